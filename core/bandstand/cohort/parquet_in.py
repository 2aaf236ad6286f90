"""Evidence from Parquet: only the columns that are needed, and of whom it is wanted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bandstand.cohort.pieces import MOST_ROWS, Piece, numbered, some_people
from bandstand.errors import ProblemsError
from bandstand.interop.source import file_problem, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy.typing as npt

#: Rows that are read at once where few are wanted.
_STEP: Final = 1 << 14


@dataclass(frozen=True, slots=True)
class Group:
    """A row group of a Parquet file.

    Attributes:
        file: Position of the file among those that are read.
        index: Its position in the file.
        rows: How many rows it has.
        first: The number of its first row in the file, from 1.
        low: The least id of a person in it, or some value below; None where the file does not say.
        high: The greatest, or some value above.
    """

    file: int
    index: int
    rows: int
    first: int
    low: Any = None
    high: Any = None


@dataclass(frozen=True, slots=True)
class GroupChunk:
    """A row group, or those rows of it that are about people within a range of ids.

    Attributes:
        file: Position of the file among those that are read.
        path: The file.
        name: Its name as it was given.
        columns: The columns that are read, with the fields that they are.
        group: The row group.
        after: Only of people whose ids come after this one; of everybody from the first on when None.
        until: Only of people up to this id; to the last when None.
        unnamed: Whether rows that name nobody are wanted.
        plain: Whether ids are read as texts, and not looked up among one another.
    """

    file: int
    path: Path
    name: str
    columns: tuple[tuple[str, str], ...]
    group: Group
    after: Any = None
    until: Any = None
    unnamed: bool = True
    plain: bool = False

    @property
    def weight(self) -> int:
        """How many rows the row group has."""
        return self.group.rows

    def within(self, after: object, until: object, *, unnamed: bool) -> GroupChunk:
        """The rows of it that are about people of a range of ids."""
        low, high = self.group.low, self.group.high
        if (after is None or low > after) and (until is None or high <= until):
            return self
        return replace(self, after=after, until=until, unnamed=unnamed)

    def pieces(self) -> Iterator[Piece]:
        """See :class:`bandstand.cohort.pieces.Chunk`."""
        try:
            yield from self._pieces()
        except (pa.ArrowException, OSError) as error:
            message = f"Row group {self.group.index + 1} cannot be read: {quoted(error, 200)}."
            remedy = "Write the file again, and check that it was copied whole."
            raise ProblemsError([file_problem(self.path, "broken-parquet", message, remedy)]) from None

    def _pieces(self) -> Iterator[Piece]:
        names = [column for column, _ in self.columns]
        first, left = self.group.first, self.group.rows
        words = [column for column, field in self.columns if field != "person" or not self.plain]
        with pq.ParquetFile(self.path, read_dictionary=words) as file:
            if self.until is not None and self.group.low == self.until:
                # One person's rows go on into this group: it is read as far as these go.
                left = self._last(file)
            most = MOST_ROWS // 2 if self.plain else MOST_ROWS
            if left == self.group.rows <= most:
                tables: Iterator[pa.Table] = iter([file.read_row_group(self.group.index, names, use_threads=False)])
            else:
                step = most if left == self.group.rows else _STEP
                batches = file.iter_batches(step, row_groups=[self.group.index], columns=names, use_threads=False)
                tables = (pa.Table.from_batches([batch]) for batch in batches)
            for table in tables if left else ():
                fields = table.rename_columns([field for _, field in self.columns])
                yield self._wanted(fields, first)
                first += table.num_rows
                left -= table.num_rows
                if left <= 0:
                    return

    def sample(self) -> pa.Array:
        """See :class:`bandstand.cohort.pieces.Chunk`."""
        person = next(column for column, field in self.columns if field == "person")
        with pq.ParquetFile(self.path) as file:
            batches = file.iter_batches(_STEP, row_groups=[self.group.index], columns=[person], use_threads=False)
            try:
                return some_people(pa.Table.from_batches([next(batches)]).rename_columns(["person"]))
            except (pa.ArrowException, OSError, StopIteration):
                # What is wrong with it is told when it is read.
                return pa.array([], pa.string())

    def _last(self, file: pq.ParquetFile) -> int:
        """How many rows there are up to the last one that is wanted."""
        person = next(column for column, field in self.columns if field == "person")
        wanted = np.flatnonzero(
            self._mask(file.read_row_group(self.group.index, [person], use_threads=False).column(0))
        )
        return int(wanted[-1]) + 1 if wanted.size else 0

    def _wanted(self, table: pa.Table, first: int) -> Piece:
        rows = numbered(first, table.num_rows)
        if self.after is None and self.until is None:
            return Piece(self.name, table, rows)
        mask = self._mask(table.column("person"))
        if mask.all():
            return Piece(self.name, table, rows)
        at = np.flatnonzero(mask)
        if at.size and at[-1] - at[0] + 1 == at.size:
            # In a file that is sorted these are one stretch of rows, which costs nothing to cut out.
            start = int(at[0])
            return Piece(self.name, table.slice(start, at.size), rows[start : start + at.size])
        return Piece(self.name, table.filter(pa.array(mask)), rows[mask])

    def _mask(self, people: pa.ChunkedArray) -> npt.NDArray[np.bool_]:
        masks = [self._mask_of(part) for part in people.chunks]
        return np.concatenate(masks) if masks else np.zeros(0, dtype=np.bool_)

    def _mask_of(self, people: pa.Array) -> npt.NDArray[np.bool_]:
        if isinstance(people, pa.DictionaryArray):
            known = np.append(self._between(people.dictionary), self.unnamed)
            codes = people.indices.fill_null(len(people.dictionary)).to_numpy(zero_copy_only=False)
            mask: npt.NDArray[np.bool_] = known[codes]
            return mask
        gone: npt.NDArray[np.bool_] = people.is_null().to_numpy(zero_copy_only=False)
        return np.where(gone, self.unnamed, self._between(people))

    def _between(self, values: pa.Array) -> npt.NDArray[np.bool_]:
        wanted = np.ones(len(values), dtype=np.bool_)
        if pa.types.is_integer(values.type):
            numbers = values.to_numpy(zero_copy_only=False)
            if self.after is not None:
                wanted &= numbers > self.after
            if self.until is not None:
                wanted &= numbers <= self.until
            return wanted
        for bound, compare in ((self.after, pc.greater), (self.until, pc.less_equal)):
            if bound is not None:
                held = pc.fill_null(compare(values, pa.scalar(bound, type=values.type)), fill_value=False)
                wanted &= held.to_numpy(zero_copy_only=False)
        return wanted


def groups(path: Path, file: int, person: str) -> list[Group]:
    """The row groups of a file, with what its statistics say of the column ``person``."""
    with pq.ParquetFile(path) as opened:
        about = opened.metadata
        paths = [about.schema.column(at).path for at in range(about.num_columns)]
        at = paths.index(person) if person in paths else None
        found, first = [], 1
        for index in range(about.num_row_groups):
            group = about.row_group(index)
            known = None if at is None else group.column(at).statistics
            low, high = (known.min, known.max) if known is not None and known.has_min_max else (None, None)
            found.append(Group(file, index, group.num_rows, first, low, high))
            first += group.num_rows
    return found
