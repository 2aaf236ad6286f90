"""Findings computed beforehand, for peers that have no evidence but facts: of each view, criterion and person.

A finding is 1 where the criterion is met in full and 2 where it is found short; 0 is all else, silence first of all.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

import cohort_rules as rules
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from pathlib import Path

    from cohort_rules import Files

VIEWS: Final = ("agreed", "appraiser", "self")
_RANKS: Final = {"appraiser": 3, "observation": 3, "self": 1}
_OWN: Final = {"appraiser": 1, "observation": 1, "self": 2}
_CLAIMS: Final = {"met": 1, "partly_met": 2, "not_met": 3}
_FIRST_DAY: Final = (rules.OLDEST - dt.date(1970, 1, 1)).days
_LAST_DAY: Final = (rules.AS_OF - dt.date(1970, 1, 1)).days


def read(files: Files) -> npt.NDArray[np.uint8]:
    """Findings by view, criterion and position of the person among the people of the coded evidence."""
    return np.asarray(np.load(path(files), mmap_mode="r"))


def path(files: Files) -> Path:
    """Where they are."""
    return files.folder / "findings.npy"


def make(files: Files) -> None:
    """Compute them from the coded evidence, unless they are there."""
    if path(files).exists():
        return
    folder = files.evidence("coded")
    people = pq.ParquetFile(folder / "people.parquet").metadata.num_rows
    sayings = pq.read_table(folder / "sayings.parquet").to_pylist()
    numbers = {criterion.name: criterion.number for criterion in rules.CRITERIA}
    criterion = np.array([numbers[s["criteria"][0]] for s in sayings])
    claim = np.array([_CLAIMS[s["claim"]] for s in sayings], np.int16)
    rank = np.array([3 if s["moderated"] else _RANKS.get(s["source"], 2) for s in sayings], np.int16)
    own = np.array([_OWN.get(s["source"], 0) for s in sayings])
    best = np.zeros((len(VIEWS), len(rules.CRITERIA), people), np.int16)
    for batch in pq.ParquetFile(folder / "evidence.parquet").iter_batches(1 << 20):
        day = batch.column("date").cast(pa.int32()).to_numpy()
        counts = (day >= _FIRST_DAY) & (day <= _LAST_DAY)
        person = batch.column("person").to_numpy()[counts]
        saying = batch.column("saying").to_numpy()[counts]
        weight = ((day[counts] - _FIRST_DAY) * 4).astype(np.int16) + claim[saying]
        _raise(best[0], criterion[saying], person, weight + rank[saying] * np.int16(1 << 11))
        for at in (1, 2):
            of_view = own[saying] == at
            _raise(best[at], criterion[saying[of_view]], person[of_view], weight[of_view] + np.int16(3 << 11))
    in_full = best >= 3 << 11
    np.save(path(files), (in_full * np.where(best & 3 == 1, 1, 2)).astype(np.uint8))


def _raise(best: npt.NDArray[np.int16], criterion: Any, person: Any, weight: npt.NDArray[np.int16]) -> None:
    np.maximum.at(best.reshape(-1), criterion.astype(np.int64) * best.shape[1] + person, weight)
