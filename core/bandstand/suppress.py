"""Which numbers may be told of a few people: none below a threshold, and none from which one could be worked out.

Zero is told, as it is nobody. Whoever reads all that is told and reckons with it is left, for each number that is
withheld, a range at least as wide as the threshold; each rule here says why, and docs/changing-a-framework.md how they
go together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence

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


def crossed_cells_withheld(table: Mapping[tuple[Row, Key], int], threshold: int) -> frozenset[tuple[Row, Key]]:
    """The cells that are withheld of a table of which the total of every row and every column is told.

    Args:
        table: What each cell holds, by its row and its column; every cell is there. Each row and each column has
            together nobody or at least ``threshold`` people.
        threshold: The least number that may be told.

    Small numbers are withheld, and with each of them as many others as it takes for it to have a range at least as
    wide as the threshold: another of its row, another of its column, and where these cross; of all ways, that with
    the fewest people. How wide a range the totals leave is reckoned and not guessed: a number can rise by what can
    flow back from its column to its row through the other numbers that are withheld, and fall likewise. A reader who
    counts out nobody knows that each was at least one. Where that leaves too little, as in a row of one small number
    after another, the whole row or column is withheld, its zeros too, so that any of it may be nobody; and where
    nothing else will do, other zeros, or all but the totals. Then each range is as :func:`rows_withheld` has it.
    """
    lines = [{cell[side] for cell, number in table.items() if number} for side in (0, 1)]
    # In a row or a column in which nobody is, every number is known.
    table = {cell: number for cell, number in table.items() if cell[0] in lines[0] and cell[1] in lines[1]}
    withheld = {cell for cell, number in table.items() if not may_tell(number, threshold)}
    waiting = sorted(withheld, key=_by_size(table))
    while waiting:
        slack = _slack(table, withheld)
        if _width(dict(slack), waiting[-1], threshold) >= threshold:
            waiting.pop()
            continue
        there = {cell: number for cell, number in table.items() if number}
        more = (
            _whole_line(table, withheld, waiting[-1], threshold)
            or _crossing(there, withheld, waiting[-1])
            or _crossing(table, withheld, waiting[-1])
        )
        if not more:
            return frozenset(table)
        withheld |= more
        waiting = [*sorted(more, key=_by_size(table)), *waiting]
    return frozenset(withheld)


def _slack(table: Mapping[tuple[Row, Key], int], withheld: Collection[tuple[Row, Key]]) -> dict[tuple[Row, Key], int]:
    """By how much each number that is withheld could be less, as far as a reader knows of it alone."""
    told = [cell for cell in table if cell not in withheld]
    rows, columns = {cell[0] for cell in told}, {cell[1] for cell in told}
    # In a row or a column of which nothing is told, any may be nobody.
    return {
        cell: max(table[cell] - 1, 0) if cell[0] in rows and cell[1] in columns else table[cell] for cell in withheld
    }


def _whole_line(
    table: Mapping[tuple[Row, Key], int],
    withheld: Collection[tuple[Row, Key]],
    cell: tuple[Row, Key],
    threshold: int,
) -> set[tuple[Row, Key]]:
    """The rest of the row or the column of a cell, where not even all numbers of it would leave range enough."""
    own = max(table[cell] - 1, 0)
    for side in (0, 1):
        line = [other for other in table if other[side] == cell[side]]
        room = sum(max(table[other] - 1, 0) for other in line if other != cell)
        rest = set(line) - set(withheld)
        if rest and own + room < threshold:
            return rest
    return set()


def _by_size(table: Mapping[tuple[Row, Key], int]) -> Callable[[tuple[Row, Key]], tuple[int, str]]:
    return lambda cell: (table[cell], repr(cell))


def _crossing(
    table: Mapping[tuple[Row, Key], int], withheld: Collection[tuple[Row, Key]], cell: tuple[Row, Key]
) -> set[tuple[Row, Key]]:
    """What more is withheld for a cell to be the corner of a rectangle of what is: the fewest people; none if it is."""
    row, column = cell
    best: tuple[int, set[tuple[Row, Key]]] | None = None
    for beside in (each for each in table if each[0] == row and each[1] != column):
        for below in (each for each in table if each[1] == column and each[0] != row):
            corners = {beside, below, (below[0], beside[1])}
            new = {corner for corner in corners if corner not in withheld}
            if not new or not corners <= table.keys():
                continue
            cost = sum(table[corner] for corner in new)
            if best is None or cost < best[0]:
                best = cost, new
    return set() if best is None else best[1]


def _width(slack: dict[tuple[Row, Key], int], cell: tuple[Row, Key], enough: int) -> int:
    """How wide the range of a withheld number is, up to ``enough``.

    Args:
        slack: By how much each withheld number could fall by itself.
        cell: The number.
        enough: Where reckoning stops.
    """
    own = slack.pop(cell)
    row, column = _Node("row", cell[0]), _Node("column", cell[1])
    rises = _flow(dict(slack), column, row, enough)
    return rises + _flow(dict(slack), row, column, min(enough - rises, own))


class _Node(NamedTuple):
    """A row or a column, between which numbers lie."""

    kind: str
    name: object


def _flow(slack: dict[tuple[Row, Key], int], start: _Node, end: _Node, enough: int) -> int:
    """How much can flow, up to ``enough``: from row to column as numbers rise, and back as they fall by their slack.

    ``slack`` is used up.
    """
    lies: dict[_Node, list[tuple[Row, Key]]] = {}
    for cell in slack:
        lies.setdefault(_Node("row", cell[0]), []).append(cell)
        lies.setdefault(_Node("column", cell[1]), []).append(cell)
    total = 0
    while total < enough:
        path = _path(slack, lies, start, end)
        if path is None:
            break
        step = min([enough - total, *(slack[cell] for cell, falls in path if falls)])
        for cell, falls in path:
            slack[cell] += -step if falls else step
        total += step
    return total


def _path(
    slack: Mapping[tuple[Row, Key], int],
    lies: Mapping[_Node, Sequence[tuple[Row, Key]]],
    start: _Node,
    end: _Node,
) -> list[tuple[tuple[Row, Key], bool]] | None:
    """The cells of a shortest way, each with whether it falls; None where there is no way."""
    came: dict[_Node, tuple[_Node, tuple[Row, Key], bool] | None] = {start: None}
    edge = [start]
    while edge and end not in came:
        reached = []
        for node in edge:
            falls = node.kind == "column"
            for cell in lies.get(node, ()):
                to = _Node("row", cell[0]) if falls else _Node("column", cell[1])
                if to not in came and (slack[cell] > 0 or not falls):
                    came[to] = node, cell, falls
                    reached.append(to)
        edge = reached
    path = []
    at = came.get(end)
    while at is not None:
        node, cell, falls = at
        path.append((cell, falls))
        at = came[node]
    return path or None


def _is_open(numbers: Sequence[int], threshold: int) -> bool:
    return len(numbers) > 1 and sum(numbers) - len(numbers) >= threshold
