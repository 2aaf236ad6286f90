"""What one process does with a part of the input: code it, part it, evaluate whole people or bring them into order."""

from __future__ import annotations

import dataclasses
import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bandstand.cohort import rejects, spool
from bandstand.cohort.batch import Batch, Rows
from bandstand.cohort.gather import batch_from
from bandstand.cohort.output import compact
from bandstand.cohort.sayings import order_of
from bandstand.cohort.spooled import Bucket, spool_state
from bandstand.cohort.staff_in import placed
from bandstand.cohort.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from bandstand.cohort.batch import Saying
    from bandstand.cohort.kernel import Kernel
    from bandstand.cohort.pieces import Chunk, Piece
    from bandstand.cohort.ranges import PeopleRange
    from bandstand.cohort.read import Coded
    from bandstand.cohort.spool import Cuts
    from bandstand.cohort.spooled import SpoolState
    from bandstand.cohort.staff import PeopleTable
    from bandstand.cohort.staff_in import StaffFile

#: The key under which a part's schema metadata has what is to be told of it, as JSON.
PART_KEY: Final = b"bandstand.part"


class NotInRangeError(Exception):
    """An id is read as one of another range than as it is written, so that ranges cannot be read by themselves."""


class Spooled(NamedTuple):
    """What came of a chunk that was coded and parted.

    Attributes:
        at: Its position.
        files: Where its pieces are.
        worker: Who numbered its sayings.
        known: How many of that worker's numbers had been told of before.
        sayings: What those after them stand for.
        rows: How many rows there are in each range.
        tally: What was counted.
    """

    at: int
    files: list[str]
    worker: str
    known: int
    sayings: list[Saying]
    rows: list[int]
    tally: Tally


@dataclass(frozen=True, slots=True)
class Whole:
    """Everybody, of input that is small.

    Attributes:
        chunks: All of it.
    """

    chunks: tuple[Chunk, ...]


@dataclass(slots=True)
class Worker:
    """One process with all that it needs. It can be pickled before it has done anything.

    Attributes:
        coder: Codes what is raw; gone once all of it is coded.
        kernels: One for each thing that is asked, in the order in which results come; None where people are only
            brought into order.
        staff: The staff list, if there is one.
        most: How many people are evaluated at once.
    """

    coder: Any
    kernels: Sequence[Kernel] | None
    staff: StaffFile | None
    most: int
    _told: int = 0
    _spooled: SpoolState | None = None

    def spool(self, at: int, chunk: Chunk, cuts: Cuts, path: Path) -> Spooled:
        """Code a chunk, and keep it parted into ranges of people."""
        tally, lines, files, rows = Tally(), list[Any](), [], np.zeros(cuts.ranges, np.int64)
        for number, (coded, found) in enumerate(self._coded([chunk], tally, cuts)):
            lines.extend(found)
            if len(coded.person):
                file = path.with_name(f"{path.name}-{number:04}.arrow")
                rows += spool.write(file, coded, cuts)
                _count(coded, self.coder.sayings, tally)
                files.append(file.name)
        rejects.keep(path.with_suffix(".rejects"), lines)
        known, new = self._told, list(self.coder.sayings[self._told :])
        self._told = len(self.coder.sayings)
        return Spooled(at, files, f"{os.getpid()}", known, new, rows.tolist(), tally)

    def part(self, source: PeopleRange | Bucket | Whole, path: Path) -> Tally:
        """Evaluate the people of a part, or bring them into order, and keep what comes of it.

        Raises:
            NotInRangeError: The part was to be people of a range, and some of what was read for it is about others.
        """
        tally, lines = Tally(), list[Any]()
        if isinstance(source, Bucket):
            if self._spooled is None:
                self._spooled = spool_state(source.spool)
                # Nothing raw is read any more, and what a coder remembers of it is large.
                self.coder = None
                pa.default_memory_pool().release_unused()
            coded = self._spooled.reader.read(source.at, source.only)
            sayings: Sequence[Saying] = self._spooled.sayings
        else:
            coded = []
            for part, found in self._coded(source.chunks, tally):
                coded.append(part)
                lines.extend(found)
            sayings = self.coder.sayings
            if not isinstance(source, Whole):
                _check(coded, source)
            for part in coded:
                _count(part, sayings, tally)
        batch = _in_order(batch_from(coded, self.people, sayings))
        tally.barred = self._barred(coded)
        del coded
        tally.people = len(batch.people)
        self._count_staff(batch, tally)
        table = ordered_rows(batch) if self.kernels is None else self._evaluated(batch)
        tally.written = table.num_rows if self.kernels is not None else len(batch.rows.person)
        rejects.keep(path.with_suffix(".rejects"), lines)
        about = {**(table.schema.metadata or {}), PART_KEY: json.dumps(tally.as_json())}
        unfinished = path.with_suffix(".unfinished")
        with pa.OSFile(str(unfinished), "wb") as sink, pa.ipc.new_file(sink, table.schema.with_metadata(about)) as out:
            out.write_table(table.combine_chunks(), max_chunksize=max(table.num_rows, 1))
        unfinished.replace(path)
        return tally

    @property
    def people(self) -> PeopleTable | None:
        """The staff list, if there is one."""
        return None if self.staff is None else self.staff.table

    def _coded(
        self, chunks: Iterable[Chunk], tally: Tally, cuts: Cuts | None = None
    ) -> Iterator[tuple[Coded, list[Any]]]:
        for chunk in chunks:
            for piece in chunk.pieces():
                coded = self._code(piece if cuts is None else spool.told_apart(piece, cuts))
                gone = getattr(self.coder, "gone", None)
                if gone is not None and gone.counts:
                    tally.gone.add(gone)
                    gone.names.clear()
                    gone.counts.clear()
                tally.read += coded.read + piece.broken
                tally.rejected += len(coded.rejects) + piece.broken
                if piece.others:
                    tally.others[chunk.file] = sorted({*tally.others.get(chunk.file, ()), *piece.others})
                broken = (rejects.reject_line(chunk.file, piece.file, None, problem, {}) for problem in piece.problems)
                yield coded, [*broken, *rejects.lines_of(chunk.file, coded.rejects)]

    def _code(self, piece: Piece) -> Coded:
        rows = piece.rows
        if not len(rows) or (rows[-1] - rows[0] + 1 == len(rows) and (np.diff(rows) == 1).all()):
            first = int(rows[0]) if len(rows) else None
            whole: Coded = self.coder.code(piece.table, file=piece.file, first_row=first)
            return whole
        coded: Coded = self.coder.code(piece.table, file=piece.file, first_row=0)
        return dataclasses.replace(coded, rejects=tuple(placed(reject, rows) for reject in coded.rejects))

    def _barred(self, coded: Sequence[Coded]) -> int:
        if self.people is None or not len(self.people.rejected):
            return 0
        named = [part.person.dictionary.take(pc.unique(part.person.indices)) for part in coded]
        names = pc.unique(pa.chunked_array(named, pa.string()))
        return pc.sum(pc.is_in(names, value_set=self.people.rejected)).as_py() or 0

    def _count_staff(self, batch: Batch, tally: Tally) -> None:
        if self.people is None:
            return
        known = pc.is_in(batch.people, value_set=_between(self.people.ids, batch.people))
        tally.listed = pc.sum(known).as_py() or 0

    def _evaluated(self, batch: Batch) -> pa.Table:
        tables = []
        for some in _portions(batch, self.most):
            found = [kernel.evaluate(some) for kernel in self.kernels or ()]
            tables.append(by_person(found, some.people))
        return compact(pa.concat_tables(tables) if tables else pa.table({}))


def by_person(tables: Sequence[pa.Table], people: pa.Array) -> pa.Table:
    """Results of several kernels together: person by person, in the order of the kernels."""
    if len(tables) == 1:
        return tables[0]
    together = pa.concat_tables(tables).unify_dictionaries().combine_chunks()
    rank = pc.index_in(together.column("person").combine_chunks(), value_set=people).to_numpy(zero_copy_only=False)
    # A stable sort leaves the kernels in their order; it is a linear one for small numbers.
    small = rank.astype(np.uint16) if len(people) <= np.iinfo(np.uint16).max else rank
    return together.take(pa.array(np.argsort(small, kind="stable")))


def ordered_rows(batch: Batch) -> pa.Table:
    """The rows of a batch, person by person, in one row: who and what is said in them, and positions among these."""
    rows = batch.rows
    used = np.unique(rows.saying)
    ordered = sorted(used.tolist(), key=lambda at: order_of(batch.sayings[at]))
    place = np.zeros(len(batch.sayings), np.uint32)
    place[ordered] = np.arange(len(ordered), dtype=np.uint32)
    saying = place[rows.saying]
    order = np.lexsort((saying, rows.day, rows.person))
    says = [json.dumps(batch.sayings[at]) for at in ordered]
    columns = {
        "people": batch.people,
        "sayings": pa.array(says, pa.string()),
        "person": pa.array(rows.person[order].astype(np.uint32)),
        "saying": pa.array(saying[order]),
        "date": pa.array(rows.day[order]).view(pa.date32()),
    }
    return pa.table({name: spool.one_row(values) for name, values in columns.items()})


def _check(coded: Iterable[Coded], source: PeopleRange) -> None:
    for part in coded:
        names = part.person.dictionary.take(pc.unique(part.person.indices))
        least, most = (bound.as_py() for bound in pc.min_max(names).values())
        if least is None:
            continue
        # Where people are numbered, the numbers are read as they stand.
        if isinstance(source.after, str) and least <= source.after:
            raise NotInRangeError
        if isinstance(source.until, str) and most > source.until:
            raise NotInRangeError


def _count(coded: Coded, sayings: Sequence[Saying], tally: Tally) -> None:
    if not len(coded.saying):
        return
    tally.see(int(coded.day.max()))
    counts = np.bincount(coded.saying)
    for at in np.flatnonzero(counts).tolist():
        tally.frameworks[sayings[at].framework] += int(counts[at])


def _in_order(batch: Batch) -> Batch:
    """The same with people in the order of their ids."""
    order = pc.sort_indices(batch.people)
    at = order.to_numpy()
    if (at[1:] > at[:-1]).all():
        return batch
    place = np.empty(len(at), np.int32)
    place[at] = np.arange(len(at), dtype=np.int32)
    rows = Rows(place[batch.rows.person], batch.rows.saying, batch.rows.day)
    return Batch(
        batch.people.take(order), batch.profile[at], batch.school.take(order), rows, batch.sayings, batch.profiles
    )


def _portions(batch: Batch, most: int) -> Iterator[Batch]:
    """A batch in portions of at most so many people."""
    if len(batch.people) <= most:
        yield batch
        return
    rows = batch.rows
    order = np.argsort(rows.person, kind="stable")
    person = rows.person[order]
    for start in range(0, len(batch.people), most):
        end = min(start + most, len(batch.people))
        low, high = np.searchsorted(person, [start, end])
        own = order[low:high]
        yield Batch(
            batch.people.slice(start, end - start),
            batch.profile[start:end],
            batch.school.slice(start, end - start),
            Rows((person[low:high] - start).astype(np.int32), rows.saying[own], rows.day[own]),
            batch.sayings,
            batch.profiles,
        )


def _between(ids: pa.Array, people: pa.Array) -> pa.Array:
    """Of ids in order, a stretch that has all those of some people that are among them."""
    if not len(people):
        return ids.slice(0, 0)
    low = spool.first_at_least(ids, people[0].as_py())
    high = spool.first_at_least(ids, people[len(people) - 1].as_py()) + 1
    return ids.slice(low, max(min(high, len(ids)) - low, 0))
