"""What may be told of the counts of a table of results: those of a few people are withheld, by the rules of impact."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from bandstand import words
from bandstand.models.framework import ZONES
from bandstand.models.impact import Group
from bandstand.models.recommendation import FLAGGED, NOT_GIVEN
from bandstand.models.summary import ByGrade, CodeCount, Movement, OutcomeSummary, Share, ZoneGroup, Zones
from bandstand.suppress import Partition, coarsened, crossed_cells_withheld, may_tell
from bandstand.workforce.counts import SEEN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bandstand.packs.pack import Pack
    from bandstand.workforce.counts import Counts

#: What stands for a grade that is not known, a level below the first, and no zone.
_NOT_KNOWN: Final = "not known"
_LEVELS: Final = {"0": "none"}
_NO_ZONE: Final = "no zone"
_ZONES: Final = (None, *ZONES)

#: Caveats in words; others are told by their codes, which say what they are of.
_CAVEATS: Final = {
    "basis:illustrative": "rests on an example value, which the trust has not confirmed",
    "basis:interpreted": "rests on a reading of the document",
    "nothing-counts": "none of the evidence counts",
    "no-grade": "no grade is known",
    "not-read": "something was seen that no rule reads",
    "one-view": "goes by one side only",
    "provisional": "something is claimed and not agreed yet",
    "validity": "the framework is not valid at the day",
}


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
        levels = self._levels(grades) if tells["level"] and counts.has_levels else None
        levels_moved = None if levels is None else self._levels_moved(levels)
        zones = None
        if tells["zone"] and counts.has_zones and (tells["level"] or not counts.has_levels):
            zones = self._zones_alone(grades) if levels is None else self._zones(levels)
        return whole.model_copy(
            update={
                "levels": levels,
                "zones": zones,
                "seen": self._shares(counts.seen, {name: name for name in SEEN}),
                "actions": self._shares(counts.actions, self._actions()) if tells["action"] else (),
                "advice": self._codes(counts.advice, self._actions()),
                "caveats": self._codes(counts.caveats, self._caveats()),
                "levels_moved": levels_moved,
                "zones_moved": None if zones is None else self._zones_moved(zones, levels_moved),
                "notes": tuple(dict.fromkeys(self._notes)),
            }
        )

    def _levels(self, grades: Partition[str]) -> ByGrade:
        cells = Counter[tuple[str, str]]()
        for (grade, level, _), people in self._counts.places.items():
            cells[grade or _NOT_KNOWN, str(level)] += people
        return self._by_grade(cells, grades, self._parts(_totals(cells, 1), self._ladder()))

    def _ladder(self) -> list[str]:
        """The levels from the lowest that anybody is or was at to the highest."""
        known = {level for _, level, _ in self._counts.places if level is not None}
        known.update(level for pair in self._counts.levels_moved for level in pair)
        return [str(level) for level in range(min(known), max(known) + 1)]

    def _levels_moved(self, levels: ByGrade) -> Movement | None:
        moves = Counter[tuple[str, str]]()
        for (was, now), people in self._counts.levels_moved.items():
            moves[str(was), str(now)] += people
        if moves.total() != self._counts.people:
            return None
        return self._movement(moves, self._ladder(), tuple(column.members for column in levels.columns))

    def _zones(self, levels: ByGrade) -> Zones:
        """How many are in each zone, of those alone of whose level it is told how many there are.

        Whoever knows the band of each grade knows it too, so that it tells nothing of those of whom that is withheld.
        """
        places = Counter[tuple[str, str, str | None]]()
        for (grade, level, zone), people in self._counts.places.items():
            places[grade or _NOT_KNOWN, str(level), zone] += people
        groups = []
        for group in levels.groups:
            least, exact = [0] * len(_ZONES), True
            for column, told in zip(levels.columns, group.counts, strict=True):
                # Of several grades or levels that are told together, a zone would tell of one.
                alone = len(column.members) == len(group.members) == 1
                here = [places[group.members[0], column.members[0], zone] for zone in _ZONES]
                if told == 0:
                    continue
                if told is None or not alone or not all(may_tell(number, self._threshold) for number in here):
                    exact = False
                    continue
                least = [one + more for one, more in zip(least, here, strict=True)]
            groups.append(ZoneGroup(members=group.members, people=group.people, least=tuple(least), exact=exact))
        return Zones(
            zones=_ZONES,
            least=tuple(sum(group.least[at] for group in groups) for at in range(len(_ZONES))),
            exact=all(group.exact for group in groups),
            groups=tuple(groups),
        )

    def _zones_alone(self, grades: Partition[str]) -> Zones:
        """How many are in each zone, where nothing is told of levels."""
        cells = Counter[tuple[str, str]]()
        for (grade, _, zone), people in self._counts.places.items():
            cells[grade or _NOT_KNOWN, zone or _NO_ZONE] += people
        order = [zone or _NO_ZONE for zone in _ZONES]
        table = self._by_grade(cells, grades, self._parts(_totals(cells, 1), order))
        # A zone that is told with others is not told by itself.
        alone = [next((at for at, c in enumerate(table.columns) if c.members == (zone,)), None) for zone in order]
        exact = None not in alone
        return Zones(
            zones=_ZONES,
            least=tuple(0 if at is None else table.columns[at].people for at in alone),
            exact=exact,
            groups=tuple(
                ZoneGroup(
                    members=group.members,
                    people=group.people,
                    least=tuple(0 if at is None else group.counts[at] or 0 for at in alone),
                    exact=exact and None not in group.counts,
                )
                for group in table.groups
            ),
        )

    def _zones_moved(self, zones: Zones, levels: Movement | None) -> Movement | None:
        """From which zone to which, where whoever knows the bands learns nothing by it of what is withheld."""
        moves = Counter[tuple[str, str]]()
        for (was, now), people in self._counts.zones_moved.items():
            moves[was or _NO_ZONE, now or _NO_ZONE] += people
        if moves.total() != self._counts.people:
            return None
        order = [zone or _NO_ZONE for zone in _ZONES]
        columns = self._parts(_totals(moves, 1), order)
        found = self._movement(moves, order, columns)
        if not zones.exact or not all(moved is None or _is_whole(moved) for moved in (levels, found)):
            self._notes.append("From which zone to which is withheld: with levels by grade, it would tell of a few.")
            return None
        return found

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

    def _shares(self, sizes: Mapping[str, int], labels: Mapping[str, str]) -> tuple[Share, ...]:
        known = [*(each for each in labels if each in sizes), *sorted(each for each in sizes if each not in labels)]
        return tuple(_share(part, sizes, labels) for part in self._parts(sizes, known))

    def _codes(self, of: Mapping[str, int], labels: Mapping[str, str]) -> tuple[CodeCount, ...]:
        """Of how many each is said; withheld where it is said of a few, or of all but a few."""

        def number(people: int) -> int | None:
            both = (people, self._counts.people - people)
            return people if all(may_tell(each, self._threshold) for each in both) else None

        return tuple(CodeCount(code=code, label=labels.get(code, code), people=number(of[code])) for code in sorted(of))

    def _actions(self) -> dict[str, str]:
        """What can be recommended, in words, as far as the pack is known."""
        return {} if self._pack is None else {a.id: words.uncapitalised(a.label) for a in self._pack.framework.actions}

    def _caveats(self) -> dict[str, str]:
        """What there may be to mind, in words."""
        if self._pack is None:
            return dict(_CAVEATS)
        framework = self._pack.framework
        flags = {f"{FLAGGED}{flag.id}": words.uncapitalised(flag.label) for flag in framework.flags}
        facts = {f"{NOT_GIVEN}{fact.id}": f"not given: {words.uncapitalised(fact.label)}" for fact in framework.facts}
        return {**_CAVEATS, **flags, **facts}


def _grades(counts: Mapping[tuple[str, str], Counts], packs: Mapping[str, Pack]) -> Partition[str]:
    """The grades that there are, each by itself: in the pack's order, then by name, and what is not known last."""
    seen = {grade or _NOT_KNOWN for each in counts.values() for grade, _, _ in each.places}
    used = [pack for each in counts.values() if (pack := packs.get(each.pinned.pack_digest)) is not None]
    known = [grade for pack in used for grade in pack.framework.grades]
    order = [grade.id for grade in sorted(known, key=lambda grade: (grade.strand, grade.column))]
    places = {name: at for at, name in reversed(list(enumerate(order)))}
    names = sorted(seen, key=lambda name: (name == _NOT_KNOWN, places.get(name, len(places)), name))
    return tuple((name,) for name in names)


def _is_whole(moved: Movement) -> bool:
    """Whether nothing of a movement is withheld or told together."""
    alone = all(len(part.members) == 1 for part in (*moved.before, *moved.now) if part.people)
    return alone and all(cell is not None for line in moved.cells for cell in line)


def _sizes(counts: Counts) -> Counter[str]:
    sizes = Counter[str]()
    for (grade, _, _), people in counts.places.items():
        sizes[grade or _NOT_KNOWN] += people
    return sizes


def _totals(cells: Mapping[tuple[str, str], int], side: int) -> Counter[str]:
    totals = Counter[str]()
    for cell, people in cells.items():
        totals[cell[side]] += people
    return totals


def _share(part: Sequence[str], sizes: Mapping[str, int], labels: Mapping[str, str] = _LEVELS) -> Share:
    """People of whom one thing is said, or one of several."""
    label = ", ".join(labels.get(each, each) for each in part)
    return Share(members=tuple(part), label=label, people=sum(sizes.get(each, 0) for each in part))
