"""Two versions of a decision table: its rows have no ids, and are told apart by what they say."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from bandstand.change.fields import Layer
from bandstand.change.said import said
from bandstand.change.walk import out_of_order
from bandstand.models.change import Subject
from bandstand.rules.base import either
from bandstand.rules.decision_table import Otherwise

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bandstand.change.walk import Spot, Walk
    from bandstand.rules.decision_table import DecisionTable, Row

#: A cell in one way of writing it: the values that it allows, in any order, each with what kind of value it is.
_Cell = frozenset[tuple[str, str]]


class _Numbered(NamedTuple):
    """A row with its number, from 1, and its cells by the column, each in one way of writing it."""

    number: int
    row: Row
    cells: frozenset[tuple[str, _Cell]]


def table(walk: Walk, was: DecisionTable, now: DecisionTable, spot: Spot) -> frozenset[str]:
    """Compare columns and rows of two versions of a decision table."""
    spot = replace(spot, subject=Subject.ROW)
    called = _renamed(was, now)
    _columns(walk, was, now, spot, called)
    old, new = _rows(was, {}), _rows(now, called)
    pairs = _pairs(old, new)
    for before, after in pairs:
        here = _at(spot, after, now)
        walk.provenance(before.row, after.row, here)
        if before.cells != after.cells:
            sentence = f"{here.noun} now holds where {_when(after.row)}; before, where {_when(before.row)}."
            walk.log.add(Layer.MEANING, here.at("when"), "changed", sentence, before.row, after.row)
        if before.row.then != after.row.then:
            sentence = f"{here.noun} ({_when(after.row)}) now gives {after.row.then}; before, {before.row.then}."
            walk.log.add(Layer.MEANING, here.at("then"), "changed", sentence, before.row.then, after.row.then)
    for gone in [row for row in old if row not in [before for before, _ in pairs]]:
        here = _at(spot, gone, now)
        sentence = f"{here.noun} as it was is gone: where {_when(gone.row)}, it gave {gone.row.then}."
        walk.log.add(Layer.MEANING, here, "removed", sentence, gone.row)
    for come in [row for row in new if row not in [after for _, after in pairs]]:
        here = _at(spot, come, now)
        sentence = f"{here.noun} is new: where {_when(come.row)}, it gives {come.row.then}."
        walk.log.add(Layer.MEANING, here, "added", sentence, None, come.row)
    _order(walk, pairs, now, spot)
    _otherwise(walk, was, now, spot)
    return frozenset({"inputs", "rows", "otherwise"})


def _at(spot: Spot, row: _Numbered, rule: DecisionTable) -> Spot:
    return spot.at(f"rows/{row.number}", f"row {row.number} of {rule.id}")


def _rows(rule: DecisionTable, called: Mapping[str, str]) -> list[_Numbered]:
    return [
        _Numbered(n, row, frozenset((called.get(column, column), _cell(cell)) for column, cell in row.when.items()))
        for n, row in enumerate(rule.rows, start=1)
    ]


def _cell(cell: object) -> _Cell:
    values = cell if isinstance(cell, tuple) else (cell,)
    # To Python, True is 1; spaces in "> 0.25" are nobody's business.
    return frozenset((type(value).__name__, "".join(str(value).split())) for value in values)


def _renamed(was: DecisionTable, now: DecisionTable) -> dict[str, str]:
    """Columns that look where another one looked that is gone: what they were called, by what they are called now."""
    found: dict[str, str] = {}
    for name, column in now.inputs.items():
        same = [old for old, other in was.inputs.items() if other == column and old not in now.inputs]
        free = [old for old in same if old not in found.values()]
        if name not in was.inputs and free:
            found[name] = free[0]
    return found


def _columns(walk: Walk, was: DecisionTable, now: DecisionTable, spot: Spot, called: Mapping[str, str]) -> None:
    """Where each column looks. One that is new or gone is told of by the rows that use it."""
    for name, column in now.inputs.items():
        old = was.inputs.get(called.get(name, name))
        here = spot.at(f"inputs/{name}", f"column {name} of {now.id}")
        if name in called:
            sentence = f"column {called[name]} of {now.id} is now called {name}."
            walk.log.add(Layer.WORDING, here, "renamed", sentence, called[name], name)
        elif old is None:
            walk.log.add(Layer.WORDING, here, "added", f"{here.noun} is new.", None, column)
        elif old != column:
            looks, looked = (part.fact or part.conclusion for part in (column, old))
            sentence = f"{here.noun} now looks at {looks}; before, at {looked}."
            walk.log.add(Layer.MEANING, here, "changed", sentence, old, column)
    for name, column in was.inputs.items():
        if name not in now.inputs and name not in called.values():
            here = spot.at(f"inputs/{name}", f"column {name} of {now.id}")
            walk.log.add(Layer.WORDING, here, "removed", f"{here.noun} is gone.", column)


def _pairs(old: Sequence[_Numbered], new: Sequence[_Numbered]) -> list[tuple[_Numbered, _Numbered]]:
    """Rows of the two that are taken for the same one, by their new order.

    First those that say the same, then those with the same conditions, then, by their order, those with the same
    outcome that share most of their conditions.
    """
    pairs: list[tuple[_Numbered, _Numbered]] = []
    left, right = list(old), list(new)

    def take(before: _Numbered, after: _Numbered) -> None:
        pairs.append((before, after))
        left.remove(before)
        right.remove(after)

    for after in new:
        same = [row for row in left if row.cells == after.cells and row.row.then == after.row.then]
        if same:
            take(min(same, key=lambda row: abs(row.number - after.number)), after)
    for after in list(right):
        same = [row for row in left if row.cells == after.cells]
        if same:
            take(same[0], after)
    for after in list(right):
        alike = [row for row in left if row.row.then == after.row.then]
        if alike:
            take(max(alike, key=lambda row: (len(row.cells & after.cells), -row.number)), after)
    return sorted(pairs, key=lambda pair: pair[1].number)


def _order(walk: Walk, pairs: Sequence[tuple[_Numbered, _Numbered]], rule: DecisionTable, spot: Spot) -> None:
    """Rows that others have overtaken; where all that hold are collected, their order decides nothing at all."""
    was = [str(before.number) for before, _ in sorted(pairs, key=lambda pair: pair[0].number)]
    now = [str(before.number) for before, _ in pairs]
    numbers = {str(before.number): after for before, after in pairs}
    for name in out_of_order(was, now):
        after = numbers[name]
        here = _at(spot, after, rule)
        decides = "" if rule.hit == "first" else f", where the order decides nothing (hit policy {rule.hit})"
        sentence = f"{here.noun} ({_when(after.row)}) stood before as row {name}{decides}."
        # A table that is not collected concludes of each row, by its number, whether it holds.
        layer = Layer.WORDING if rule.hit == "collect" else Layer.MEANING
        walk.log.add(layer, here, "reordered", sentence, int(name), after.number)


def _otherwise(walk: Walk, was: DecisionTable, now: DecisionTable, spot: Spot) -> None:
    here = spot.at("otherwise", f"{now.id}, where no row holds,")
    old, new = (rule.otherwise if isinstance(rule.otherwise, Otherwise) else None for rule in (was, now))
    before, after = (last and last.then for last in (old, new))
    if before != after:
        sentence = f"{here.noun} now gives {after or 'nothing'}; before, {before or 'nothing'}."
        walk.log.add(Layer.MEANING, here, "changed", sentence, before, after)
    elif old is not None and new is not None:
        walk.provenance(old, new, here)
    elif was.otherwise != now.otherwise:
        told = "is said to give nothing on purpose" if now.otherwise else "is no longer said to give nothing on purpose"
        walk.log.add(Layer.PROVENANCE, here, "changed", f"{here.noun} {told}.", was.otherwise, now.otherwise)


def _when(row: Row) -> str:
    if not row.when:
        return "anything is so"
    return " and ".join(f"{column} is {_allowed(cell)}" for column, cell in row.when.items())


def _allowed(cell: object) -> str:
    values = cell if isinstance(cell, tuple) else (cell,)
    return either([said(value) for value in values])
