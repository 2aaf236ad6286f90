"""What is in a spool: which files, what their numbers stand for, and how much of which range of people."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from bandstand.cohort.sayings import order_of, saying_of
from bandstand.cohort.spool import Cuts, SpoolReader
from bandstand.cohort.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bandstand.cohort.batch import Ints, Saying
    from bandstand.cohort.parts import Spooled

#: By how much a range may have more rows than it should.
_UNEVEN: Final = 3


@dataclass(frozen=True, slots=True)
class Bucket:
    """The people of one range of a spool.

    Attributes:
        at: Which range.
        spool: What says of the spool what is in it.
        only: Of a range of which there is too much, ranges within it, and which of these.
    """

    at: int
    spool: Path
    only: tuple[Cuts, int] | None = None


@dataclass(frozen=True, slots=True)
class SpoolState:
    """What is spooled.

    Attributes:
        path: The file that says so.
        files: The files, in the order of the input.
        places: What each file's numbers of sayings are among all sayings.
        sayings: All sayings.
        cuts: Where ranges of people end.
        rows: How many rows each range has.
        tally: What was counted.
    """

    path: Path
    files: list[Path]
    places: list[Ints | None]
    sayings: list[Saying]
    cuts: Cuts
    rows: list[int]
    tally: Tally

    @property
    def reader(self) -> SpoolReader:
        """What reads it."""
        return SpoolReader(self.files, self.places)

    def sources(self, wanted: int) -> tuple[Bucket, ...]:
        """The ranges that have rows; where one has far more than is wanted, ranges within it."""
        found: list[Bucket] = []
        for at, rows in enumerate(self.rows):
            if rows > _UNEVEN * wanted:
                people = self.reader.people(at)
                some = np.linspace(0, len(people) - 1, min(len(people), 100_000)).astype(np.int64)
                cuts = Cuts.of(people.take(pa.array(some)), -(-rows // wanted))
                found.extend(Bucket(at, self.path, (cuts, within)) for within in range(cuts.ranges))
            elif rows:
                found.append(Bucket(at, self.path))
        return tuple(found)


def content_of(spooled: Sequence[Spooled], cuts: Cuts) -> dict[str, Any]:
    """What there is to say of what is spooled, as JSON has it."""
    tally, rows = Tally(), np.zeros(cuts.ranges, np.int64)
    workers: dict[str, list[Any]] = {}
    for each in sorted(spooled, key=lambda each: each.known):
        workers.setdefault(each.worker, []).extend(each.sayings)
        tally.add(each.tally)
        rows += np.array(each.rows, np.int64)
    return {
        "files": [[file, each.worker] for each in spooled for file in each.files],
        "workers": workers,
        "prefix": cuts.prefix,
        "bounds": cuts.bounds,
        "rows": rows.tolist(),
        "tally": tally.as_json(),
    }


def spool_state(path: Path) -> SpoolState:
    """What a spool has, of what is said of it."""
    content = json.loads(path.read_text("utf-8"))
    own = {worker: [saying_of(parts) for parts in sayings] for worker, sayings in content["workers"].items()}
    every = sorted({saying for sayings in own.values() for saying in sayings}, key=order_of)
    place = {saying: at for at, saying in enumerate(every)}
    of_worker = {worker: np.array([place[saying] for saying in sayings], np.int32) for worker, sayings in own.items()}
    return SpoolState(
        path,
        [path.parent / "spool" / file for file, _ in content["files"]],
        [of_worker[worker] for _, worker in content["files"]],
        every,
        Cuts(content["prefix"], tuple(content["bounds"])),
        content["rows"],
        Tally.of_json(content["tally"]),
    )
