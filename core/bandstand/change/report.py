"""What may be told of whom another version of a pack would move: the counts, with those of a few people withheld."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, Literal, get_args

from bandstand.change.tally import NOT_GIVEN, NOT_KNOWN
from bandstand.models.framework import ZONES
from bandstand.models.impact import Block, Fate, Group, GroupTable, Matrix, OutcomeImpact
from bandstand.suppress import (
    Partition,
    cells_withheld,
    coarsened,
    first_that_may_be_told,
    may_tell,
    rows_withheld,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from bandstand.change.tally import Tally
    from bandstand.packs.pack import Pack

_FATES: Final[tuple[Fate, ...]] = get_args(Fate)
_MOVED: Final[frozenset[Fate]] = frozenset({"lower", "higher", "result"})
_LABELS: Final[dict[Fate, str]] = {
    "lower": "lower level",
    "higher": "higher level",
    "result": "other result",
    "zone": "other zone",
    "recommendation": "other recommendation",
    "same": "no change",
}
_Pair = tuple[int | str | None, int | str | None]


def told(tallies: Mapping[str, Tally], packs: tuple[Pack, Pack], threshold: int) -> tuple[OutcomeImpact, ...]:
    """What may be told of each outcome.

    Grades and schools with few people are put together, for an outcome with fewer people in the same way and further.

    Args:
        tallies: The counts, by the outcome's id.
        packs: The version that is compared with, and that which is compared.
        threshold: The least number of people of whom anything is said.
    """
    grades = _named((cell.grade for tally in tallies.values() for cell in tally.cells), _order_of_grades(packs))
    schools = _named((cell.school for tally in tallies.values() for cell in tally.cells), [])
    found: dict[str, OutcomeImpact] = {}
    for name in sorted(tallies, key=lambda name: (-tallies[name].people, list(tallies).index(name))):
        tally, label = tallies[name], packs[1].outcomes[name].label
        if tally.people < threshold:
            note = f"Fewer than {threshold} people were evaluated, so nothing is told of them."
            notes = (note,) if tally.people else ("Nobody was evaluated.",)
            found[name] = OutcomeImpact(outcome=name, label=label, people=None if tally.people else 0, notes=notes)
            continue
        grades = coarsened(grades, _sizes(tally, "grade"), threshold)
        schools = coarsened(schools, _sizes(tally, "school"), threshold)
        found[name] = _Telling(name, label, tally, threshold).impact(grades, schools)
    return tuple(found[name] for name in tallies)


class _Telling:
    """One outcome, and what may be told of it."""

    def __init__(self, name: str, label: str, tally: Tally, threshold: int) -> None:
        self._name, self._label, self._tally, self._threshold = name, label, tally, threshold
        fates = Counter[Fate]()
        for cell, number in tally.cells.items():
            fates[cell.fate] += number
        self._fates = fates
        self._possible = _possible(tally)
        self._parts = first_that_may_be_told(_choices(self._possible), fates, threshold) or ()
        self._notes: list[str] = []

    def impact(self, grades: Partition[str], schools: Partition[str]) -> OutcomeImpact:
        if not any(self._tally.told):
            self._notes.append("Level, zone and recommendation are those of an outcome above, and counted there.")
            self._parts = ()
        elif len(self._parts) <= 1:
            few = f"Fewer than {self._threshold} people would change, or would not; how many is withheld."
            self._notes.append(few)
            self._parts = ()
        named = {cell.school for cell in self._tally.cells}
        return OutcomeImpact(
            outcome=self._name,
            label=self._label,
            people=self._tally.people,
            blocks=tuple(map(self._block, self._parts)),
            levels=self._levels(),
            zones=self._zones(),
            grades=self._groups("grade", grades),
            schools=self._groups("school", schools) if named - {NOT_GIVEN} else None,
            notes=tuple(self._notes),
        )

    def _groups(self, by: str, partition: Partition[str]) -> GroupTable | None:
        """The table by grade or by school, with the columns by which the fewest people are withheld."""
        if not self._parts:
            return None
        of: dict[str, Counter[Fate]] = {}
        for cell, number in self._tally.cells.items():
            of.setdefault(getattr(cell, by), Counter())[cell.fate] += number
        groups = {
            tuple(member for member in members if member in of): sum(
                (of[member] for member in members if member in of), Counter[Fate]()
            )
            for members in partition
        }
        groups = {members: fates for members, fates in groups.items() if members}

        def table(parts: Partition[Fate]) -> dict[tuple[str, ...], list[int]]:
            return {members: [sum(fates[f] for f in part) for part in parts] for members, fates in groups.items()}

        tried = {parts: rows_withheld(table(parts), self._threshold) for parts in self._coarser()}
        # The finest comes first, and of equals the first is taken.
        parts = min(tried, key=lambda parts: sum(groups[members].total() for members in tried[parts]))
        withheld, rows = tried[parts], table(parts)
        # Where nobody is in a column, nobody is in any of its rows.
        empty = [not any(rows[members][at] for members in withheld) for at in range(len(parts))]
        if withheld:
            self._notes.append(
                f"By {by}, what becomes of people is withheld where it is of fewer than {self._threshold}."
            )
        if any(len(members) > 1 for members in groups):
            self._notes.append(f"A {by} with fewer than {self._threshold} people is counted together with the next.")

        def counts(members: tuple[str, ...]) -> tuple[int | None, ...]:
            if members not in withheld:
                return tuple(rows[members])
            return tuple(0 if is_empty else None for is_empty in empty)

        return GroupTable(
            columns=tuple(map(self._block, parts)),
            groups=tuple(
                Group(members=members, people=fates.total(), counts=counts(members))
                for members, fates in groups.items()
            ),
        )

    def _coarser(self) -> list[Partition[Fate]]:
        """The parts that are told, and each way of telling them together in which something is still told apart."""
        found = [self._parts]
        for choice in _choices(self._possible):
            of = {fate: part for part in choice for fate in part}
            nested = all(set(part) <= set(of[part[0]]) for part in self._parts)
            if nested and choice not in found and len(choice) > 1:
                found.append(choice)
        return found

    def _block(self, part: tuple[Fate, ...]) -> Block:
        people = sum(self._fates[fate] for fate in part)
        return Block(fates=part, label=_label(part, self._possible), people=people)

    def _levels(self) -> Matrix | None:
        moved = Counter[_Pair]()
        for cell, number in self._tally.cells.items():
            if cell.levels is not None:
                moved[cell.levels] += number
        if not moved or not self._parts:
            return None
        away: set[Fate] = {"lower", "higher"}
        if any(away & set(part) and away | set(part) != away for part in self._parts):
            self._notes.append("From which level to which is withheld, as too few people change theirs, or keep it.")
            return None
        apart = any(set(part) == {"lower"} for part in self._parts)
        known = [level for cell in self._tally.cells for level in cell.levels or ()]
        values = tuple(range(min(known), max(known) + 1))

        def block(pair: _Pair) -> str:
            before, after = pair
            if before == after:
                return "same"
            return "other" if not apart else "lower" if int(after or 0) < int(before or 0) else "higher"

        return self._matrix("all", values, moved, block)

    def _zones(self) -> Matrix | None:
        if not self._parts or not self._tally.told.zone:
            return None
        here = not self._zones_may_be_told()
        if here and ("zone",) not in self._parts:
            self._notes.append(
                "From which zone to which is withheld: with what else is told, it would tell of too few people."
            )
            return None
        moved = Counter[_Pair]()
        for cell, number in self._tally.cells.items():
            if cell.zones is not None and not (here and cell.fate in _MOVED):
                moved[cell.zones] += number
        if here:
            self._notes.append("From which zone to which is told of those who stay at their level alone.")
        seen = {zone for pair in moved for zone in pair}
        values = tuple(zone for zone in (None, *ZONES) if zone in seen)
        of: Literal["all", "same_level"] = "same_level" if here else "all"
        return self._matrix(of, values, moved, lambda pair: "same" if pair[0] == pair[1] else "other")

    def _zones_may_be_told(self) -> bool:
        """Whether how many change their zone tells nothing of few people, beside how many do at the same level."""
        certain = unsure = unsure_changed = 0
        for part in self._parts:
            of_part = [(cell, number) for cell, number in self._tally.cells.items() if cell.fate in part]
            size = sum(number for _, number in of_part)
            changed = sum(number for cell, number in of_part if cell.zones and cell.zones[0] != cell.zones[1])
            if set(part) == {"zone"}:
                certain += size
            elif not set(part) <= {"recommendation", "same"}:
                unsure, unsure_changed = unsure + size, unsure_changed + changed
        whole, changed = self._tally.people, certain + unsure_changed
        return all(
            may_tell(number, self._threshold)
            for number in (changed, whole - changed, unsure_changed, unsure - unsure_changed)
        )

    def _matrix(
        self,
        of: Literal["all", "same_level"],
        values: Sequence[int | str | None],
        moved: Mapping[_Pair, int],
        block: Callable[[_Pair], str],
    ) -> Matrix:
        """The matrix; ``block`` names the cells whose sum is told elsewhere."""
        pairs = [(before, after) for before in values for after in values]
        blocks: dict[str, dict[_Pair, int]] = {}
        for pair in pairs:
            blocks.setdefault(block(pair), {})[pair] = moved.get(pair, 0)
        few = _few(values, moved, self._threshold)
        hidden: set[_Pair] = set()
        for cells in blocks.values():
            hidden |= cells_withheld(cells, few & cells.keys(), self._threshold)
        return Matrix(
            of=of,
            values=tuple(values),
            cells=tuple(
                tuple(None if (before, after) in hidden else moved.get((before, after), 0) for after in values)
                for before in values
            ),
        )


def _few(values: Sequence[int | str | None], moved: Mapping[_Pair, int], threshold: int) -> set[_Pair]:
    """The cells of those who were, or are, few at their level or zone: where they are not is not told, either."""
    few: set[_Pair] = set()
    for value in values:
        row = [(value, other) for other in values]
        column = [(other, value) for other in values]
        for line in (row, column):
            if not may_tell(sum(moved.get(pair, 0) for pair in line), threshold):
                few.update(line)
    return few


def _possible(tally: Tally) -> tuple[Fate, ...]:
    told = tally.told
    there = {
        "lower": told.level,
        "higher": told.level,
        "result": told.result,
        "zone": told.zone,
        "recommendation": told.action,
        "same": True,
    }
    return tuple(fate for fate in _FATES if there[fate])


def _choices(possible: Sequence[Fate]) -> list[Partition[Fate]]:
    """Ways of telling fates together, the finest first; level and no level are only mixed in the last two."""
    lower, higher, result, zone, other, same = ((fate,) if fate in possible else () for fate in _FATES)
    moved = (*lower, *higher, *result)
    here = (*zone, *other, *same)
    choices: list[list[tuple[Fate, ...]]] = []
    for away in ([lower, higher, result], [moved]):
        choices.extend(
            [*away, *stays] for stays in ([zone, other, same], [(*zone, *other), same], [zone, (*other, *same)], [here])
        )
    choices += [[(*moved, *zone, *other), same], [(*moved, *here)]]
    return [tuple(part for part in parts if part) for parts in choices]


def _label(part: Sequence[Fate], possible: Sequence[Fate]) -> str:
    """What some fates together are called, in an outcome that has these."""
    whole = set(part)
    if len(part) == 1:
        return _LABELS[part[0]]
    moved = {fate for fate in possible if fate in _MOVED}
    if whole <= moved:
        return "other level"
    if whole >= moved and moved:
        return "any change, or none" if "same" in whole else "any change"
    if "same" not in whole:
        return "other zone or recommendation"
    if "zone" in whole or "zone" not in possible:
        return (
            "the same level" if "lower" in possible else "the same result" if "result" in possible else "the same zone"
        )
    return "the same level and zone" if "lower" in possible else "the same zone"


def _sizes(tally: Tally, by: str) -> Counter[str]:
    sizes = Counter[str]()
    for cell, number in tally.cells.items():
        sizes[getattr(cell, by)] += number
    return sizes


def _named(seen: Iterable[str], order: Sequence[str]) -> Partition[str]:
    """Each name by itself: in an order that is given, then by name, and what is not known last."""
    places = {name: at for at, name in enumerate(order)}
    last = (NOT_KNOWN, NOT_GIVEN)
    names = sorted(set(seen), key=lambda name: (name in last, places.get(name, len(places)), name))
    return tuple((name,) for name in names)


def _order_of_grades(packs: tuple[Pack, Pack]) -> list[str]:
    grades = [grade for pack in packs for grade in pack.framework.grades]
    return list(dict.fromkeys(grade.id for grade in sorted(grades, key=lambda grade: (grade.strand, grade.column))))
