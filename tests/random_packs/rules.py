"""Rules of every built-in kind, drawn at random over the criteria and facts of a framework."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bandstand.models.evidence import EvidenceSource
from bandstand.rules.facts import COMMON, facts_of, words_of
from random_packs.frameworks import ANSWERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bandstand.models.clauses import Conclusion, Value
    from bandstand.models.framework import Framework
    from bandstand.models.standard import Unit
    from bandstand.models.unfold import Unfolded
    from random_packs.dice import Dice

_SOURCES: Final = [source.value for source in EvidenceSource]
_FOUND: Final = ("met", "partly", "short", "not_met", "seen")
_SUMMING: Final = ("level", "zone", "verdict", "whole", "seen", "met", "short")
_COMPARED: Final = ("> 0.25", ">= 0.5", "< 12", "<= 0.25", "> 3", "< 1", "known", "unknown")


class Rules:
    """Draws rules of every kind.

    Args:
        dice: What they are drawn with.
        framework: The framework that they are of.
        unfolded: Its criteria.
    """

    def __init__(self, dice: Dice, framework: Framework, unfolded: Unfolded) -> None:
        self._dice = dice
        self._framework = framework
        self._unfolded = unfolded

    def units(self, *sets: str) -> list[str]:
        """Ids of the units of some sets."""
        return [unit.id for unit in self._of(*sets)]

    def _of(self, *sets: str) -> list[Unit]:
        return [unit for unit in self._unfolded.units.values() if unit.set in sets]

    def _rule(self, name: str, kind: str, **fields: Any) -> dict[str, Any]:
        return {"id": name, "kind": kind, "label": name, **self._dice.rests(), **fields}

    def _chosen(self) -> dict[str, Any]:
        return {"at_most": self._dice.randint(1, 3), **self._dice.rests()}

    def ladder(self, name: str, *sets: str) -> dict[str, Any]:
        """Levels in any order, with gaps between their numbers, that build on one another without a circle."""
        dice, units = self._dice, self.units(*sets)
        numbers = dice.some(range(1, 9), 1, 5)
        levels: list[dict[str, Any]] = []
        for at, number in enumerate(numbers):
            asked = dice.some(units, 1, 5)
            level = {"level": number, "label": f"Level {number}", "criteria": asked, **dice.rests()}
            if dice.chance(0.4):
                level["need"] = dice.choice(["all", *range(1, len(asked) + 1)])
            if dice.chance(0.3):
                level["unless_short"] = dice.some([unit for unit in units if unit not in asked], 0, 3)
            levels.append(level)
            if dice.chance(0.4):
                level["builds_on"] = dice.some(numbers[:at], 0, 3)
        if any("builds_on" in level for level in levels):
            # Without it a level builds on the one below, which may stand later in the list and build on this one.
            for at, level in enumerate(levels):
                level.setdefault("builds_on", dice.some(numbers[:at], 0, 2))
        minimum = {"minimum": {"level": dice.choice(numbers), **dice.rests()}} if dice.chance(0.3) else {}
        return self._rule(name, "cumulative_levels", levels=levels, **minimum)

    def bands(self, name: str, level: Conclusion) -> dict[str, Any] | None:
        """Bands of different grades and roles; None where the framework has neither."""
        dice, numbers = self._dice, sorted(value for value in level.values if isinstance(value, int))
        grades = dice.shares([grade.id for grade in self._framework.grades], 4)
        roles = dice.shares([role.id for role in self._framework.roles], 4)
        bands = []
        for at, (of, also) in enumerate(zip(grades[1:], roles[1:], strict=True)):
            if of or also:
                ends = sorted(dice.choices(numbers, k=3))
                band = {"id": f"b{at}", "grades": of, "roles": also, **dice.rests()}
                band |= {"from": self._bound(ends[0]), "gold": self._bound(ends[1])}
                bands.append({**band, "to": self._bound(ends[2])} if dice.chance(0.7) else band)
        return self._rule(name, "expected_band", level=level.name, bands=bands) if bands else None

    def _bound(self, level: int) -> Any:
        return {"level": level, **self._dice.rests()} if self._dice.chance(0.3) else level

    def sheet(self, name: str, *sets: str) -> dict[str, Any]:
        """A sheet of some lines in any order."""
        return self._rule(name, "ragging", order=self._dice.some(self.units(*sets), 1, 12))

    def profile(self, name: str) -> dict[str, Any]:
        """A profile of criteria with points, and of those without any where findings stand for points."""
        dice = self._dice
        points = {"not_met": "begins", "partly_met": dice.choice(["begins", "grows"]), "met": "leads"}
        fields: dict[str, Any] = {
            "sets": dice.choice([["points"], ["points", "plain"], ["plain"]]),
            "scale": "growth",
            "points": points,
            "group_by": dice.some(["group", "standard", "section"], 1),
            "roll_up": dice.choice(["lowest", "lowest", "none"]),
        }
        if dice.chance(0.7):
            fields["focus_on"] = self._chosen()
        return self._rule(name, "profile", **fields)

    def coverage(self, name: str, *sets: str) -> dict[str, Any]:
        """Coverage of some sets."""
        fields: dict[str, Any] = {"sets": {of: of for of in self._dice.some(sets, 1)}}
        if self._dice.chance():
            fields["tells"] = self._dice.choice(["covered", "left_out"])
        if self._dice.chance():
            fields["focus_on"] = self._chosen()
        return self._rule(name, "coverage", **fields)

    def expectations(self, name: str) -> dict[str, Any]:
        """What is expected at each stage."""
        tags = sorted({tag for unit in self._of("cells") for tag in unit.tags})
        fields = {"scale": "stage", "sets": ["cells"], "tags": self._dice.some(tags), "focus_on": self._chosen()}
        return self._rule(name, "expectations", **fields)

    def conditions(self, name: str, kind: str, sets: Sequence[str], readable: Sequence[Conclusion]) -> dict[str, Any]:
        """A check of a rating, or prompts, whose conditions are asked, pass and fail by anything at all."""
        dice = self._dice
        made = []
        for at in range(dice.randint(1, 5)):
            condition = {"id": f"c{at}", "label": f"c{at}", "question": "Is it?", "reason": "It is.", **dice.rests()}
            condition["when"] = [self._premise(sets, readable) for _ in range(dice.choice([0, 0, 1, 2]))]
            for field in ("passes", "fails"):
                if dice.chance(0.6):
                    some = [self._premise(sets, readable) for _ in range(dice.randint(1, 3))]
                    condition[field] = {dice.choice(["all", "any"]): some}
            condition["weight"] = dice.choice(["decides", "discuss"])
            condition["if_unknown"] = dice.choice(["discuss", "nothing"])
            made.append(condition)
        says = {verdict: verdict for verdict in ("not_settled", "open", "settled")}
        words = {"proposed": "proposed"} if kind == "rating_check" else {"says": says}
        return self._rule(name, kind, conditions=made, **words)

    def _premise(self, sets: Sequence[str], readable: Sequence[Conclusion]) -> dict[str, Any]:
        dice = self._dice
        match dice.choice(["fact", "known", "word", "criterion", "count", "count", "conclusion", "conclusion"]):
            case "fact":
                fact = dice.choice(list(ANSWERS))
                return {"fact": fact, "is": dice.some(ANSWERS[fact], 1, 2)}
            case "known":
                return {"fact": dice.choice([*ANSWERS, *COMMON]), "known": dice.chance()}
            case "word":
                fact = dice.choice(["flags", "career_stage", "purpose", "view"])
                return {"fact": fact, "is": dice.some(words_of(fact, self._framework), 1, 2)}
            case "conclusion" if readable:
                read = dice.choice(readable)
                return {"conclusion": read.name, "is": dice.some(read.values, 1, 2)}
            case "count":
                several = dice.some(sets, 1, 2)
                sources = dice.choice([[], dice.some(_SOURCES, 1, 3)])
                counted = dice.choice(["evidenced", "kinds", "records"])
                return {"count": counted, "sets": several, "sources": sources, **self._bounds()}
            case _:
                return {"criterion": dice.choice(self.units(*sets)), "is": dice.some(_FOUND, 1, 2)}

    def _bounds(self) -> dict[str, Any]:
        dice = self._dice
        if dice.chance(0.4):
            return {"at_least": dice.choice([1, 2, 4])}
        return {dice.choice(["at_most", "more_than"]): dice.choice([0, 2, *["limit"] * 4])}

    def table(
        self, name: str, readable: Sequence[Conclusion], outcomes: Sequence[str], *, always: bool
    ) -> dict[str, Any]:
        """A table of conclusions and facts; ``always`` one that has an outcome whatever holds."""
        dice = self._dice
        columns = {f"in{at}": column for at, column in enumerate(self._columns(readable))}
        hit = dice.choice(["first", "first", "unique"] if always else ["first", "first", "unique", "collect"])
        # Now and then a table of which one row is to hold at the most has several that do.
        rows = self._rows(columns, outcomes, apart=hit == "unique" and dice.chance(0.9))
        inputs = {name: {"fact" if one[0] else "conclusion": one[1]} for name, one in columns.items()}
        fields: dict[str, Any] = {"hit": hit, "inputs": inputs, "rows": rows}
        if always or (hit != "collect" and dice.chance()):
            fields["otherwise"] = {"then": dice.choice(outcomes), **dice.rests()}
        elif hit != "collect" and dice.chance():
            fields["otherwise"] = "nothing"
        return self._rule(name, "decision_table", **fields)

    def _columns(self, readable: Sequence[Conclusion]) -> list[tuple[bool, str, tuple[Value, ...]]]:
        """Where some columns look: whether at a fact, its name, and the values that it can have."""
        known = facts_of(self._framework)
        of_facts = [(True, name, tuple(self._words(name))) for name in self._dice.some(known, 1, 3)]
        # What rules sum up is looked at most.
        summed = [one for one in readable if one.name.rpartition(".")[2] in _SUMMING]
        chosen = dict.fromkeys([*self._dice.some(summed, 0, 2), *self._dice.some(readable, 0, 2)])
        return [*((False, one.name, one.values) for one in chosen), *of_facts]

    def _words(self, fact: str) -> list[str]:
        return [] if COMMON.get(fact) == "number" else words_of(fact, self._framework)

    def _rows(
        self, columns: dict[str, tuple[bool, str, tuple[Value, ...]]], outcomes: Sequence[str], *, apart: bool
    ) -> list[dict[str, Any]]:
        """Rows of cells; ``apart`` has them told apart by what the first column looks at, so that one holds at most."""
        dice = self._dice
        name, (is_fact, looks_at, values) = next(iter(columns.items()))
        several = COMMON.get(looks_at) == "words" if is_fact else False
        keys: list[Any] = [None]
        then = dice.choice(outcomes)
        if apart and values and not several:
            keys = [part for part in dice.shares(values, dice.randint(1, 4)) if part]
        elif not apart:
            keys *= dice.randint(1, 5)
        rows = []
        for key in keys:
            chosen = dice.some(columns, 0, 3)
            when = {column: self._cell(*columns[column]) for column in chosen}
            if key is not None:
                when[name] = key
            rows.append(
                {"when": when, "then": then if key is None and apart else dice.choice(outcomes), **dice.rests()}
            )
        return rows

    def _cell(self, is_fact: bool, name: str, values: tuple[Value, ...]) -> Any:  # noqa: FBT001 - of a column
        dice = self._dice
        if is_fact and (not values or dice.chance(0.2)):
            return dice.choice(_COMPARED if COMMON.get(name) == "number" else _COMPARED[-2:])
        return dice.choice(values) if dice.chance() else dice.some(values, 1)
