"""The SMART ladder for a whole workforce in plain Python: the function of ``by_hand.py``, person by person.

Reviews are left out, so that it does not colour the sheet, which the others do not do either.
"""

from __future__ import annotations

import itertools
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import by_hand
import cohort_rules as rules
import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator
    from pathlib import Path

    from cohort_rules import Files

_STRINGS: Final = ("person", "criteria", "claim", "source", "date", "moderated_by")


class Record(NamedTuple):
    """Evidence, as the function by hand reads it."""

    id: int
    criteria: tuple[str, ...]
    claim: str
    source: str
    date: dt.date
    moderated_by: str | None
    review_point: None = None


def run(files: Files, kind: str, out: Path) -> None:
    """Write the results of everybody to a file of Parquet."""
    staff = {row["person"]: row for row in pq.read_table(files.staff).to_pylist()}
    results = []
    for person, records in itertools.groupby(_records(files, kind), key=itemgetter(0)):
        known = staff[person]
        results.append((person, *conclude([r for _, r in records], known["grade"], known["career_stage"])))
    names = ("person", "view", "level", "zone", "action")
    pq.write_table(pa.table(dict(zip(names, map(list, zip(*results, strict=True)), strict=True))), out)


def conclude(records: list[Record], grade: str, stage: str | None) -> tuple[str, int, str, str]:
    """View, level, zone and action."""
    found: dict[str, Any]
    if any(rules.OLDEST <= record.date <= rules.AS_OF for record in records):
        found = by_hand.evaluate(records, grade, stage, rules.AS_OF)  # type: ignore[arg-type] # only what it reads
        return found["view"], found["level"], found["zone"], found["action"]
    level, zone, short, absent = by_hand.position({}, grade)
    return "agreed", level, zone, by_hand.action("agreed", stage, level, zone, short=short, absent=absent)


def _records(files: Files, kind: str) -> Iterator[tuple[str, Record]]:
    """Everybody's records, each person's together."""
    evidence = files.evidence(kind)
    if kind == "coded":
        ids = pq.read_table(evidence / "people.parquet")["person"].to_pylist()
        sayings = pq.read_table(evidence / "sayings.parquet").to_pylist()
        said = [(*map(s.get, ("criteria", "claim", "source")), "A-01" if s["moderated"] else None) for s in sayings]
        for n, (person, saying, date) in _rows(evidence / "evidence.parquet", ("person", "saying", "date")):
            criteria, claim, source, moderated = said[saying]
            yield ids[person], Record(n, criteria, claim, source, date, moderated)
        return
    rows = _rows(evidence, _STRINGS)
    if kind == "shuffled":
        # All of it has to be held, to have each person's together.
        table = pq.read_table(evidence, columns=list(_STRINGS)).sort_by("person")
        rows = enumerate(zip(*(table[name].to_pylist() for name in _STRINGS), strict=True))
    for n, (person, criterion, claim, source, date, moderated) in rows:
        yield person, Record(n, (criterion,), claim, source, date, moderated)


def _rows(path: Path, names: tuple[str, ...]) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """The rows of a file, numbered, some at a time."""
    with pq.ParquetFile(path) as file:
        batches = file.iter_batches(columns=list(names))
        yield from enumerate(
            row for batch in batches for row in zip(*(batch.column(name).to_pylist() for name in names), strict=True)
        )
