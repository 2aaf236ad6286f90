"""Rows by which of several columns' values they have together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from bandstand.cohort.batch import Ints

    Longs = npt.NDArray[np.int64]

#: So many combinations have places in a table; where there could be more, those that there are are sorted out.
_TABLE = 1 << 22


class Combined(NamedTuple):
    """Rows by the combination that each has.

    Attributes:
        numbers: The combination of each row, as a number below ``size``.
        size: How many numbers there can be.
        found: The numbers that there are.
        codes: For each column, the code that each of the combinations found has.
    """

    numbers: Ints
    size: int
    found: Longs
    codes: list[Longs]


def combined(parts: Sequence[tuple[Ints, int]], rows: int) -> Combined:
    """Rows by the combination of their codes; ``parts`` has each column's codes and how many codes there can be."""
    numbers, size = np.zeros(rows, np.int32), 1
    for codes, count in parts:
        if size * count > _TABLE:
            return _sorted_out(parts, rows)
        if count > 1:
            # Whatever has the same value everywhere adds nothing.
            numbers = numbers * np.int32(count) + codes if size > 1 else codes
            size *= count
    found = np.flatnonzero(np.bincount(numbers, minlength=size))
    rest, each = found, list[Any]()
    for _, count in reversed(parts):
        rest, code = np.divmod(rest, count)
        each.append(code)
    return Combined(numbers, size, found, each[::-1])


def _sorted_out(parts: Sequence[tuple[Ints, int]], rows: int) -> Combined:
    """The same where too many combinations could be to have a place for each."""
    numbers, size = np.zeros(rows, np.int64), 1
    for codes, count in parts:
        if size * count > np.iinfo(np.int64).max:
            values, numbers = np.unique(numbers, return_inverse=True)
            size = len(values)
        numbers = numbers * count + codes
        size *= count
    values, some, numbers = np.unique(numbers, return_index=True, return_inverse=True)
    each = [codes[some].astype(np.int64) for codes, _ in parts]
    return Combined(numbers.astype(np.int32), len(values), np.arange(len(values)), each)
