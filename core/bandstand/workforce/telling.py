"""What may be told of the counts of a table of results: those of a few people are withheld, by the rules of impact."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from bandstand.models.framework import ZONES
from bandstand.models.impact import Group
from bandstand.models.summary import ByGrade, CodeCount, Movement, OutcomeSummary, Share
from bandstand.suppress import Partition, coarsened, crossed_cells_withheld, may_tell
from bandstand.workforce.counts import SEEN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bandstand.packs.pack import Pack
    from bandstand.workforce.counts import Counts

#: What stands for a grade that is not known, a level below the first, and no zone.
_NOT_KNOWN: Final = "not known"
_NO_LEVEL: Final = "0"
_NO_ZONE: Final = "no zone"


def told(
    counts: Mapping[tuple[str, str], Counts], packs: Mapping[str, Pack], threshold: int
) -> tuple[OutcomeSummary, ...]:
    """What may be told of each outcome.

    Grades with few people are put together, for an outcome with fewer people in the same way and further.

    Args:
        counts: The counts, by framework and outcome.
        packs: The packs that are installed of those that were used, by their digest.
        threshold: The least number of people of whom anything is said.
    """
    frameworks = list(dict.fromkeys(framework for framework, _ in counts))
    found: dict[tuple[str, str], OutcomeSummary] = {}
    for framework in frameworks:
        of = {key: each for key, each in counts.items() if key[0] == framework}
        grades = _grades(of, packs)
        for key in sorted(of, key=lambda key: (-of[key].people, list(of).index(key))):
            if of[key].people >= threshold:
                grades = coarsened(grades, _sizes(of[key]), threshold)
            found[key] = _Telling(key, of[key], packs.get(of[key].pinned.pack_digest), threshold).summary(grades)
    return tuple(found[key] for key in counts)


class _Telling:
    """One outcome, and what may be told of it."""

    def __init__(self, key: tuple[str, str], counts: Counts, pack: Pack | None, threshold: int) -> None:
        self._key, self._counts, self._pack, self._threshold = key, counts, pack, threshold
        self._notes: list[str] = []

    def summary(self, grades: Partition[str]) -> OutcomeSummary:
        counts, pack = self._counts, self._pack
        framework, outcome = self._key
        whole = OutcomeSummary(
            framework=framework,
            outcome=outcome,
            label=pack.outcomes[outcome].label if pack is not None and outcome in pack.outcomes else None,
            people=counts.people if counts.people >= self._threshold else None,
            **counts.pinned._asdict(),
        )
        if whole.people is None:
            few = f"Fewer than {self._threshold} people were evaluated, so nothing is told of them."
            return whole.model_copy(update={"notes": (few,)})
        tells = {what: what not in counts.same for what in ("level", "zone", "action")}
        if not all(tells.values()):
            same = [f"{what}s" for what, tell in tells.items() if not tell]
            self._notes.append(f"Told of an outcome above, where they are the same: {', '.join(same)}.")
        levels, levels_moved = self._places("level", grades) if tells["level"] else (None, None)
        zones, zones_moved = self._places("zone", grades) if tells["zone"] else (None, None)
        return whole.model_copy(
            update={
                "levels": levels,
                "zones": zones,
                "seen": self._shares(counts.seen, list(SEEN)),
                "actions": self._shares(counts.actions, self._actions()) if tells["action"] else (),
                "advice": self._codes(counts.advice),
                "caveats": self._codes(counts.caveats),
                "levels_moved": levels_moved,
                "zones_moved": zones_moved,
                "notes": tuple(dict.fromkeys(self._notes)),
            }
        )

    def _places(self, what: str, grades: Partition[str]) -> tuple[ByGrade | None, Movement | None]:
        """Where people are, by grade, and where they were; both by the same columns, whose totals are told."""
        counts = self._counts
        by_grade = Counter[tuple[str, str]]()
        moves = Counter[tuple[str, str]]()
        if what == "level":
            for (grade, level), people in counts.levels.items():
                by_grade[grade or _NOT_KNOWN, str(level)] += people
            for (was, now), people in counts.levels_moved.items():
                moves[str(was), str(now)] += people
            known = [int(place) for pair in moves for place in pair] + [int(place) for _, place in by_grade]
            order = [str(level) for level in range(min(known, default=0), max(known, default=-1) + 1)]
        else:
            for (grade, zone), people in counts.zones.items():
                by_grade[grade or _NOT_KNOWN, zone or _NO_ZONE] += people
            for (before, after), people in counts.zones_moved.items():
                moves[before or _NO_ZONE, after or _NO_ZONE] += people
            order = [_NO_ZONE, *ZONES]
        if not by_grade.total():
            return None, None
        columns = self._parts(_totals(by_grade, 1), order)
        table = self._by_grade(by_grade, grades, columns)
        return table, self._movement(moves, order, columns) if moves.total() == by_grade.total() else None

    def _by_grade(self, cells: Counter[tuple[str, str]], grades: Partition[str], columns: Partition[str]) -> ByGrade:
        sizes = _totals(cells, 0)
        groups = [tuple(grade for grade in group if sizes[grade]) for group in grades]
        groups = [group for group in groups if group]
        numbers = self._crossed(cells, groups, columns)
        if any(len(group) > 1 for group in groups):
            self._notes.append(f"A grade with fewer than {self._threshold} people is counted together with the next.")
        return ByGrade(
            columns=tuple(_share(part, _totals(cells, 1)) for part in columns),
            groups=tuple(
                Group(members=group, people=sum(sizes[grade] for grade in group), counts=line)
                for group, line in zip(groups, numbers, strict=True)
            ),
        )

    def _movement(self, moves: Counter[tuple[str, str]], order: Sequence[str], columns: Partition[str]) -> Movement:
        before = self._parts(_totals(moves, 0), order)
        return Movement(
            before=tuple(_share(part, _totals(moves, 0)) for part in before),
            now=tuple(_share(part, _totals(moves, 1)) for part in columns),
            cells=tuple(self._crossed(moves, before, columns)),
        )

    def _crossed(
        self, cells: Counter[tuple[str, str]], rows: Sequence[tuple[str, ...]], columns: Partition[str]
    ) -> list[tuple[int | None, ...]]:
        """The numbers of a table, by row, with those that are withheld as None."""
        table = {
            (row, column): sum(cells[one, other] for one in row for other in column)
            for row in rows
            for column in columns
        }
        withheld = crossed_cells_withheld(table, self._threshold)
        return [tuple(None if (row, column) in withheld else table[row, column] for column in columns) for row in rows]

    def _parts(self, sizes: Mapping[str, int], order: Sequence[str]) -> Partition[str]:
        """Each of what there is by itself, or with its neighbours where too few people are there."""
        return coarsened(tuple((each,) for each in order), sizes, self._threshold)

    def _shares(self, sizes: Mapping[str, int], order: Sequence[str]) -> tuple[Share, ...]:
        known = [*(each for each in order if each in sizes), *sorted(each for each in sizes if each not in order)]
        return tuple(_share(part, sizes) for part in self._parts(sizes, known))

    def _codes(self, of: Mapping[str, int]) -> tuple[CodeCount, ...]:
        """Of how many each is said; withheld where it is said of a few, or of all but a few."""

        def number(people: int) -> int | None:
            both = (people, self._counts.people - people)
            return people if all(may_tell(each, self._threshold) for each in both) else None

        return tuple(CodeCount(code=code, people=number(of[code])) for code in sorted(of))

    def _actions(self) -> list[str]:
        return [] if self._pack is None else [action.id for action in self._pack.framework.actions]


def _grades(counts: Mapping[tuple[str, str], Counts], packs: Mapping[str, Pack]) -> Partition[str]:
    """The grades that there are, each by itself: in the pack's order, then by name, and what is not known last."""
    seen = {grade or _NOT_KNOWN for each in counts.values() for grade, _ in (*each.levels, *each.zones)}
    used = [pack for each in counts.values() if (pack := packs.get(each.pinned.pack_digest)) is not None]
    known = [grade for pack in used for grade in pack.framework.grades]
    order = [grade.id for grade in sorted(known, key=lambda grade: (grade.strand, grade.column))]
    places = {name: at for at, name in reversed(list(enumerate(order)))}
    names = sorted(seen, key=lambda name: (name == _NOT_KNOWN, places.get(name, len(places)), name))
    return tuple((name,) for name in names)


def _sizes(counts: Counts) -> Counter[str]:
    sizes = Counter[str]()
    for (grade, _), people in (counts.levels or counts.zones).items():
        sizes[grade or _NOT_KNOWN] += people
    return sizes


def _totals(cells: Mapping[tuple[str, str], int], side: int) -> Counter[str]:
    totals = Counter[str]()
    for cell, people in cells.items():
        totals[cell[side]] += people
    return totals


def _share(part: Sequence[str], sizes: Mapping[str, int]) -> Share:
    names = ["none" if each == _NO_LEVEL else each for each in part]
    return Share(members=tuple(part), label=", ".join(names), people=sum(sizes.get(each, 0) for each in part))
