"""A whole workforce on one machine: input of any size and order, in parts of whole people, within a memory's size."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from bandstand.cohort.parquet_in import GroupChunk
from bandstand.cohort.parts import PART_KEY, Whole
from bandstand.cohort.ranges import PeopleRange, ranges
from bandstand.cohort.spool import Cuts
from bandstand.cohort.spooled import content_of, spool_state
from bandstand.cohort.tally import Tally
from bandstand.cohort.work import SPOOL

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from bandstand.cohort.kernel import Kernel
    from bandstand.cohort.parts import Spooled
    from bandstand.cohort.pieces import Chunk
    from bandstand.cohort.pool import Pool
    from bandstand.cohort.spooled import Bucket, SpoolState
    from bandstand.cohort.work import WorkFolder

    Source = PeopleRange | Bucket | Whole
    #: Told what is done, how many rows of it are, and of how many.
    Progress = Callable[[str, int, int], None]

#: Bytes that a process takes before it has read anything, and those of a row while it is read and evaluated.
_PROCESS: Final = 170 << 20
_ROW: Final = 250
_FEWEST: Final = 100_000
_MOST: Final = 1_000_000
#: Rows below which one process is done before others have begun.
_FEW: Final = 400_000
#: Chunks that are looked at to see whom the input is about.
_LOOKED_AT: Final = 32


@dataclass(frozen=True, slots=True)
class Resources:
    """What a run may use.

    Attributes:
        memory: Bytes, of all processes together.
        processes: How many of them work.
    """

    memory: int
    processes: int

    @property
    def _each(self) -> int:
        return max(self.memory - _PROCESS * (self.processes + 1), 0) // self.processes

    @property
    def rows(self) -> int:
        """How many rows are read at once by one process."""
        return min(max(self._each // _ROW, _FEWEST), _MOST)

    def people(self, kernels: Sequence[Kernel]) -> int:
        """How many people are evaluated at once by one process."""
        most = max((kernel.bytes_a_person for kernel in kernels), default=1)
        return min(max(self._each // 2 // most, 1_000), 50_000)


@dataclass(frozen=True, slots=True)
class Plan:
    """How the input is read.

    Attributes:
        sources: The parts of whole people that it has; None where it has to be parted first.
        processes: How many processes are worth while.
        rows: How many rows a part should have.
        total: How many rows there are, or about how many.
    """

    sources: tuple[Source, ...] | None
    processes: int
    rows: int
    total: int


def plan(chunks: Sequence[Chunk], resources: Resources, kind: type = str) -> Plan:
    """See how the input is best read.

    Args:
        chunks: All of it.
        resources: What may be used.
        kind: What ids of people in Parquet have to be for their order to be that of people.
    """
    total = sum(chunk.weight for chunk in chunks)
    processes = 1 if total <= _FEW else resources.processes
    rows = min(resources.rows, max(_FEW // 4, -(-total // (4 * processes))))
    if total <= max(_FEW // 2, rows // 2):
        return Plan((Whole(tuple(chunks)),), 1, rows, total)
    groups = [chunk for chunk in chunks if isinstance(chunk, GroupChunk)]
    sources = ranges(groups, rows, kind) if len(groups) == len(chunks) else None
    return Plan(None if sources is None else tuple(sources), processes, rows, total)


def spool(pool: Pool, chunks: Sequence[Chunk], planned: Plan, work: WorkFolder, progress: Progress) -> SpoolState:
    """Code the input, and part it into ranges of people; what was spooled before is taken as it is."""
    path = work.path / SPOOL
    if not path.exists():
        work.forget("spool")
        looked_at = chunks[:: max(len(chunks) // _LOOKED_AT, 1)]
        sample = pa.concat_arrays([chunk.sample() for chunk in looked_at])
        cuts = Cuts.of(sample, -(-planned.total // planned.rows))
        del sample
        pa.default_memory_pool().release_unused()
        spooled: list[Spooled] = []
        done = 0
        parts = [replace(chunk, plain=True) if isinstance(chunk, GroupChunk) else chunk for chunk in chunks]
        for each in pool.run("spool", ((at, chunk, cuts, work.spool(at)) for at, chunk in enumerate(parts))):
            spooled.append(each)
            done += chunks[each.at].weight
            progress("Reading", done, planned.total)
        work.write(SPOOL, content_of(sorted(spooled, key=lambda each: each.at), cuts))
    return spool_state(path)


def run_parts(pool: Pool, sources: Sequence[Source], work: WorkFolder, progress: Progress) -> tuple[list[Path], Tally]:
    """Let every part be worked at that is not finished yet; give what came of all, in their order, and the count.

    Raises:
        NotInRangeError: Ranges cannot be read by themselves: the input has to be spooled.
    """
    paths = [work.part(at) for at in range(len(sources))]
    left = [(source, path) for source, path in zip(sources, paths, strict=True) if not path.exists()]
    done = len(sources) - len(left)
    progress("Evaluating", done, len(sources))
    for _ in pool.run("part", left):
        done += 1
        progress("Evaluating", done, len(sources))
    tally = Tally()
    for path in paths:
        tally.add(_tally_of(path))
    return paths, tally


def _tally_of(path: Path) -> Tally:
    with pa.OSFile(str(path)) as source:
        metadata = pa.ipc.open_file(source).schema.metadata or {}
    return Tally.of_json(json.loads(metadata[PART_KEY]))
