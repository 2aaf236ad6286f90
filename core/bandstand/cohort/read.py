"""What comes of reading a table of raw evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from bandstand.cohort.raw import is_same

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bandstand.cohort.batch import Ints
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
        own = [
            problem.model_copy(update={"place": problem.place.model_copy(update={"row": row.row})})
            for problem in problems
        ]
        return cls.of(row, own)


def _whole(values: Mapping[str, object]) -> Mapping[str, object]:
    """Values that can be written again: characters that are broken become question marks."""
    return {
        name: value.encode("utf-8", "replace").decode() if isinstance(value, str) and not value.isascii() else value
        for name, value in values.items()
    }


@dataclass(frozen=True, slots=True)
class Coded:
    """A table of raw evidence as numbers.

    Attributes:
        person: Whose each good row is: a dictionary of ids.
        saying: What each says: a position among the coder's sayings.
        day: The day of each, in days since 1970-01-01.
        rejects: The rows that could not be read.
        read: How many rows there were.
    """

    person: pa.Array
    saying: Ints
    day: Ints
    rejects: tuple[Reject, ...]
    read: int

    @classmethod
    def of(cls, parts: Sequence[Coded]) -> Coded:
        """Several tables one after the other."""
        return cls(
            people_of(parts),
            np.concatenate([part.saying for part in parts]),
            np.concatenate([part.day for part in parts]),
            tuple(reject for part in parts for reject in part.rejects),
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
