"""What comes of reading a table of raw evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple, overload

import numpy as np
import pyarrow as pa

from bandstand.cohort.raw import is_same, raw_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from bandstand.cohort.batch import Ints
    from bandstand.cohort.combine import Longs
    from bandstand.interop.source import RawRow
    from bandstand.models.problem import Problem


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that could not be read.

    Attributes:
        file: The file's name as the user gave it.
        row: Its row, where somebody knows.
        problems: What is wrong with it.
        values: What it says, by the names of the fields that are read; nothing else of it is kept.
    """

    file: str
    row: int | None
    problems: tuple[Problem, ...]
    values: Mapping[str, object]

    @classmethod
    def of(cls, row: RawRow, problems: Iterable[Problem]) -> Reject:
        """A row with its problems."""
        return cls(row.file, row.row, tuple(problems), _whole(row.values))

    @classmethod
    def like(cls, row: RawRow, problems: Iterable[Problem]) -> Reject:
        """A row with the problems of one that differs only in what none of them is about."""
        return cls.of(row, [_placed(problem, row.row) for problem in problems])


def _placed(problem: Problem, row: int | None) -> Problem:
    if problem.place.row == row:
        return problem
    return problem.model_copy(update={"place": problem.place.model_copy(update={"row": row})})


def _whole(values: Mapping[str, object]) -> Mapping[str, object]:
    """Values that can be written again: characters that are broken become question marks."""
    return {
        name: value.encode("utf-8", "replace").decode() if isinstance(value, str) and not value.isascii() else value
        for name, value in values.items()
    }


class Rejects(Sequence[Reject]):
    """Rows that could not be read: each is put together when it is asked for, as there may be as many as rows.

    Attributes:
        parts: What they are put together from.
    """

    def __init__(self, parts: Sequence[RejectedRows]) -> None:
        self.parts: Final = tuple(part for part in parts if len(part.which))

    @classmethod
    def together(cls, each: Iterable[Sequence[Reject]]) -> Sequence[Reject]:
        """Those of several tables."""
        every = list(each)
        lazy = [own for own in every if isinstance(own, Rejects)]
        if len(lazy) < len(every):
            return tuple(reject for own in every for reject in own)
        return cls([part for own in lazy for part in own.parts])

    def __len__(self) -> int:
        return sum(len(part.which) for part in self.parts)

    def __iter__(self) -> Iterator[Reject]:
        for part in self.parts:
            rows = raw_rows(part.columns, np.arange(len(part.which)), file=part.file, first_row=None)
            for (at, row), which in zip(rows, part.which.tolist(), strict=True):
                row.row = None if part.rows is None else int(part.rows[at])
                yield Reject.like(row, part.told[which])

    @overload
    def __getitem__(self, index: int) -> Reject: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Reject]: ...

    def __getitem__(self, index: int | slice) -> Reject | Sequence[Reject]:
        """One, or some; going through them is faster."""
        return tuple(self)[index]


class RejectedRows(NamedTuple):
    """Some rows that could not be read.

    Attributes:
        file: The file's name as the user gave it.
        rows: Their rows, where somebody knows.
        columns: What they say, by the names of the fields that are read.
        told: The problems of the first row of each kind.
        which: Of each row, which of these are its own.
    """

    file: str
    rows: Longs | None
    columns: Mapping[str, pa.Array]
    told: Sequence[Sequence[Problem]]
    which: Ints


@dataclass(frozen=True, slots=True)
class Coded:
    """A table of raw evidence as numbers.

    Attributes:
        person: Whose each good row is: a dictionary of ids.
        saying: What each says: a position among the coder's sayings.
        day: The day of each, in days since 1970-01-01.
        rejects: The rows that could not be read, in their order.
        read: How many rows there were.
    """

    person: pa.Array
    saying: Ints
    day: Ints
    rejects: Sequence[Reject]
    read: int

    @classmethod
    def of(cls, parts: Sequence[Coded]) -> Coded:
        """Several tables one after the other."""
        return cls(
            people_of(parts),
            np.concatenate([part.saying for part in parts]),
            np.concatenate([part.day for part in parts]),
            Rejects.together(part.rejects for part in parts),
            sum(part.read for part in parts),
        )


def people_of(parts: Sequence[Coded]) -> pa.Array:
    """Whose the rows of several tables are, one table after the other: a dictionary of ids."""
    people = [part.person for part in parts]
    if not people:
        return pa.DictionaryArray.from_arrays(pa.array([], pa.int32()), pa.array([], pa.string()))
    first = people[0].dictionary
    if all(is_same(first, own.dictionary) for own in people[1:]):
        indices = pa.concat_arrays([own.indices for own in people]) if len(people) > 1 else people[0].indices
        return pa.DictionaryArray.from_arrays(indices, first, safe=False)
    return pa.chunked_array(people).unify_dictionaries().combine_chunks()
