"""Which numbers may be told of a few people: none below a threshold, and none from which one could be worked out.

Zero is told, as it is nobody. Whoever reads all that is told and reckons with it is left, for each number that is
withheld, a range at least as wide as the threshold; each rule here says why, and docs/changing-a-framework.md how they
go together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence

Key = TypeVar("Key", bound="Hashable")
Row = TypeVar("Row", bound="Hashable")

#: The parts of a whole that are told together, each part by its names.
Partition = tuple[tuple[Key, ...], ...]


def may_tell(number: int, threshold: int) -> bool:
    """Whether a number may be told: that it is nobody, or enough people."""
    return number == 0 or number >= threshold


def first_that_may_be_told(
    choices: Iterable[Partition[Key]], counts: Mapping[Key, int], threshold: int
) -> Partition[Key] | None:
    """The first way of telling counts together in which every part may be told; None where none does."""
    for partition in choices:
        if all(may_tell(sum(counts.get(name, 0) for name in part), threshold) for part in partition):
            return partition
    return None


def coarsened(partition: Partition[Key], sizes: Mapping[Key, int], threshold: int) -> Partition[Key]:
    """A partition of which neighbours are put together until each part has nobody in it or enough people.

    The smallest part goes with the smaller of its neighbours, of equals the first. As parts are only ever put together,
    partitions that are made one from the other tell nothing when they are compared.
    """
    parts = list(partition)
    while True:
        size = {part: sum(sizes.get(name, 0) for name in part) for part in parts}
        there = [part for part in parts if size[part]]
        least = min(there, key=lambda part: size[part], default=None)
        if least is None or len(there) == 1 or size[least] >= threshold:
            return tuple(parts)
        at = there.index(least)
        other = min((*there[max(at - 1, 0) : at], *there[at + 1 : at + 2]), key=lambda part: size[part])
        first, second = sorted((least, other), key=there.index)
        parts[parts.index(first)] = (*first, *second)
        parts.remove(second)


def rows_withheld(table: Mapping[Row, Sequence[int]], threshold: int) -> frozenset[Row]:
    """The rows of a table of which only the total is told, while the total of every column is told.

    Each row has at least ``threshold`` people, and each column none or as many. A row is told whole or not at all: one
    with a small number in it is withheld, and as many more, the smallest first, as it takes for the withheld rows to
    have together, in each column, nobody or enough people. One row is so never withheld alone.

    What is left to whoever reckons is a table of which the totals of rows and columns are known, and nothing else. A
    number in it can be anything from ``max(0, row + column - all)`` to ``min(row, column)``: a range as wide as the
    least of row, column, all but the row and all but the column. Each of these is at least the threshold, unless all of
    the withheld rows are in one column; but then each number is a row's total, and none was small.
    """
    withheld = {row for row, cells in table.items() if not all(may_tell(cell, threshold) for cell in cells)}
    if not withheld:
        return frozenset()
    by_size = sorted((row for row in table if row not in withheld), key=lambda row: sum(table[row]))
    for column in range(len(next(iter(table.values())))):
        together = sum(table[row][column] for row in withheld)
        if not may_tell(together, threshold):
            more = next(row for row in by_size if table[row][column])
            by_size.remove(more)
            withheld.add(more)
    return frozenset(withheld)


def cells_withheld(block: Mapping[Key, int], hidden: Collection[Key], threshold: int) -> frozenset[Key]:
    """The cells that are withheld of some whose sum is told, being nobody or enough people.

    Args:
        block: What the cells hold.
        hidden: Cells that are withheld whatever they hold.
        threshold: The least number that may be told.

    Small numbers are withheld, and as many more, the smallest first, as it takes for those that are withheld to hold at
    least the threshold more than there are of them: each is at least one, if a reader counts out nobody, and so may be
    anything from one to the rest and one. Where not even all of them are enough, nothing of the block is told, so that
    where people are is not told either.
    """
    wanted = {key for key, number in block.items() if not may_tell(number, threshold)}
    if sum(block.values()) == 0 or not (wanted or hidden):
        return frozenset()
    wanted |= {key for key in hidden if block.get(key)}
    told = sorted((key for key, number in block.items() if number and key not in wanted), key=lambda key: block[key])
    while not _is_open([block[key] for key in wanted], threshold):
        if not told:
            return frozenset(block)
        wanted.add(told.pop(0))
    return frozenset(wanted | set(hidden))


def _is_open(numbers: Sequence[int], threshold: int) -> bool:
    return len(numbers) > 1 and sum(numbers) - len(numbers) >= threshold
