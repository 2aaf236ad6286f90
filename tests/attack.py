"""Somebody who reads all that is told of an outcome, and reckons: which numbers of people does that leave possible?"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import z3

from bandstand.change.tally import Cell

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bandstand.models.impact import Fate, GroupTable, Matrix, OutcomeImpact

MOVED = ("lower", "higher", "result")


def kinds_of_people(
    grades: Sequence[str], schools: Sequence[str], levels: Sequence[int], zones: Sequence[Any]
) -> list[Cell]:
    """Everything that anybody could be, each once."""
    found: list[Cell] = []
    for grade, school, was, now, zone, other in itertools.product(grades, schools, levels, levels, zones, zones):
        fates: tuple[Fate, ...] = ("recommendation", "same")
        if was != now:
            fates = ("lower",) if now < was else ("higher",)
        elif zone != other:
            fates = ("zone",)
        found.extend(Cell(grade, school, fate, (was, now), (zone, other)) for fate in fates)
    return found


class Reader:
    """What a reader knows: every number that is told, that people are whole, and that none are fewer than none.

    Args:
        told: All that is told of an outcome.
        kinds: Everything that anybody could be.
    """

    def __init__(self, told: OutcomeImpact, kinds: Sequence[Cell]) -> None:
        self._kinds = kinds
        self._people = {kind: z3.Int(f"n{at}") for at, kind in enumerate(kinds)}
        self._known = [number >= 0 for number in self._people.values()]
        self._known.append(self._sum(kinds) == told.people)
        for block in told.blocks:
            self._known.append(self._sum(k for k in kinds if k.fate in block.fates) == block.people)
        #: What is withheld, each by what it is of.
        self.withheld: dict[tuple[Any, ...], list[Cell]] = {}
        for by, table in (("grade", told.grades), ("school", told.schools)):
            if table is not None:
                self._read_groups(by, table)
        for what, matrix in (("levels", told.levels), ("zones", told.zones)):
            if matrix is not None:
                self._read_matrix(what, matrix)

    def _sum(self, kinds: Iterable[Cell]) -> Any:
        return z3.Sum([self._people[kind] for kind in kinds])

    def _tell(self, name: tuple[Any, ...], kinds: Iterable[Cell], number: int | None) -> None:
        of = list(kinds)
        if number is None:
            self.withheld[name] = of
        else:
            self._known.append(self._sum(of) == number)

    def _read_groups(self, by: str, table: GroupTable) -> None:
        for group in table.groups:
            members = [kind for kind in self._kinds if getattr(kind, by) in group.members]
            self._tell((by, group.members), members, group.people)
            for column, number in zip(table.columns, group.counts, strict=True):
                of = (kind for kind in members if kind.fate in column.fates)
                self._tell((by, group.members, column.fates), of, number)

    def _read_matrix(self, what: str, matrix: Matrix) -> None:
        for was, row in zip(matrix.values, matrix.cells, strict=True):
            for now, number in zip(matrix.values, row, strict=True):
                of = (
                    kind
                    for kind in self._kinds
                    if getattr(kind, what) == (was, now) and not (matrix.of == "same_level" and kind.fate in MOVED)
                )
                self._tell((what, was, now), of, number)

    def ranges(self) -> Iterator[tuple[tuple[Any, ...], int, int]]:
        """For each number that is withheld, the least and the most that it can be."""
        for name, kinds in self.withheld.items():
            yield name, self._end(self._sum(kinds), least=True), self._end(self._sum(kinds), least=False)

    def can_be(self, true: dict[Cell, int]) -> bool:
        """Whether what is true is among what a reader takes for possible, as it must be."""
        solver = z3.Solver()
        solver.add(*self._known, *(self._people[kind] == true.get(kind, 0) for kind in self._kinds))
        return bool(solver.check() == z3.sat)

    def _end(self, number: Any, *, least: bool) -> int:
        search = z3.Optimize()
        search.add(*self._known)
        goal = search.minimize(number) if least else search.maximize(number)
        assert search.check() == z3.sat
        return int((search.lower(goal) if least else search.upper(goal)).as_long())
