"""Counts what becomes of people under another version of a pack, person by person, keeping nobody."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from bandstand.change.standing import same_result, standing

if TYPE_CHECKING:
    from bandstand.engine.evaluate import Evaluated
    from bandstand.models.change import Standing
    from bandstand.models.framework import Outcome, Zone
    from bandstand.models.impact import Fate

#: What stands for a grade that neither version knows, and for a school that is not given.
NOT_KNOWN: Final = "not known"
NOT_GIVEN: Final = "not given"


class Told(NamedTuple):
    """What an outcome has that another did not tell of already.

    Attributes:
        level: Whether levels are compared.
        zone: Whether zones are.
        result: Whether results are, where there are no levels.
        action: Whether recommendations are.
    """

    level: bool
    zone: bool
    result: bool
    action: bool


class Cell(NamedTuple):
    """What is counted of a person: grade and school, what becomes of them, and from where to where."""

    grade: str
    school: str
    fate: Fate
    levels: tuple[int, int] | None
    zones: tuple[Zone | None, Zone | None] | None


class Moved(NamedTuple):
    """One person's fate, with where both versions have them."""

    cell: Cell
    was: Standing
    now: Standing


@dataclass(slots=True)
class Tally:
    """The counts of one outcome.

    Attributes:
        told: What is compared.
        cells: How many people are in each cell.
    """

    told: Told
    cells: Counter[Cell] = field(default_factory=Counter)

    @property
    def people(self) -> int:
        """How many people were counted."""
        return self.cells.total()

    @property
    def changed(self) -> int:
        """How many of them do not stay as they are."""
        return sum(number for cell, number in self.cells.items() if cell.fate != "same")

    def add(self, was: Evaluated, now: Evaluated) -> Moved:
        """Count one person."""
        before, after = standing(was), standing(now)
        levels = None
        if self.told.level and before.level is not None and after.level is not None:
            levels = (before.level, after.level)
        zones = (before.zone, after.zone) if self.told.zone else None
        cell = Cell(
            _grade(was, now), was.person.school or NOT_GIVEN, self._fate(was, now, before, after), levels, zones
        )
        self.cells[cell] += 1
        return Moved(cell, before, after)

    def _fate(self, was: Evaluated, now: Evaluated, before: Standing, after: Standing) -> Fate:
        told = self.told
        if told.level and before.level is not None and after.level is not None and before.level != after.level:
            return "lower" if after.level < before.level else "higher"
        if told.result and not same_result(was, now):
            return "result"
        if told.zone and before.zone != after.zone:
            return "zone"
        if told.action and (before.action, before.notes) != (after.action, after.notes):
            return "recommendation"
        return "same"


def tallies(old: dict[str, Outcome], new: dict[str, Outcome], names: list[str]) -> dict[str, Tally]:
    """An empty tally for each outcome; what two outcomes have in common is counted for the first alone.

    Two tables of the same levels, of people of whom all but a few are the same, would tell of those few.
    """
    seen: set[tuple[str, object, object]] = set()

    def is_new(what: str, was: object, now: object) -> bool:
        if was is None or now is None or (what, was, now) in seen:
            return False
        seen.add((what, was, now))
        return True

    found = {}
    for name in names:
        was, now = old[name], new[name]
        has_levels = was.level is not None and now.level is not None
        # A level is what came out of the rule that sums an outcome up, so that a result of the same rule tells of it.
        is_new_sum = is_new("sum", was.rules[0], now.rules[0])
        found[name] = Tally(
            Told(
                level=is_new("level", was.level, now.level) and is_new_sum,
                zone=is_new("zone", was.zone, now.zone),
                result=not has_levels and is_new_sum,
                action=is_new("action", was.action, now.action),
            )
        )
    return found


def _grade(was: Evaluated, now: Evaluated) -> str:
    for evaluated in (was, now):
        grade = evaluated.facts.get("grade")
        if isinstance(grade, str):
            return grade
    return NOT_KNOWN
