"""``coverage``: which statements have evidence, by standard and by kind, and which are left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from bandstand import words
from bandstand.models.clauses import Clause, Conclusion, Lowered, Measure, MeasureCompares, Value
from bandstand.models.finding import Finding, State
from bandstand.models.framework import Key, Label
from bandstand.rules.base import Chosen, Defect, Focus, Rule, RuleContext, unknown_sets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from bandstand.models.evaluation import Evaluation, PublishedFinding

#: Evidence that counts in full shows something of a statement.
_COVERED_STATES = frozenset({State.MET, State.PARTLY_MET})
#: Somebody says that they show something of it, and nobody has agreed that.
_CLAIMED_STATES = frozenset({State.PROVISIONAL, State.SAID_PARTLY_MET})
_COVERED = frozenset({Finding.MET, Finding.PARTLY_MET})
#: Nothing that counts in full shows anything of it; what does not apply to somebody is neither covered nor left out.
_LEFT_OUT_STATES = frozenset(State) - _COVERED_STATES - {State.NOT_APPLICABLE}
_WIDTH = 8


class Coverage(Rule):
    """How much of each standard has evidence, each kind of criteria by itself; it makes no level and no total.

    Concludes, for a rule ``coverage``: ``coverage.3.learn_that``, ``all``, ``some`` or ``none`` of the criteria of the
    set ``learn_that`` in standard 3 that apply are shown by evidence that counts in full; ``coverage.whole``, the same
    of everything. A claim that waits to be agreed covers nothing.
    """

    KIND: ClassVar[str] = "coverage"
    CODES: ClassVar[tuple[str, ...]] = ("unknown-set",)

    kind: Literal["coverage"]
    sets: dict[Key, Label] = Field(min_length=1, description="The sets of criteria, with what each is called.")
    tells: Literal["covered", "left_out"] = Field(
        default="covered", description="Whether sentences name what is covered, or what is left out."
    )
    focus_on: Chosen | None = Field(default=None, description="How many statements are chosen next; all when left out.")

    def conclusions(self, context: RuleContext) -> tuple[Conclusion, ...]:
        """See the class."""
        values = ("all", "some", "none")
        parts = (
            Conclusion(f"{self.id}.{standard}.{of}", values, "none", self.id, f"Coverage of {standard}, {of}")
            for standard, of in self._parts(context)
        )
        return (*parts, Conclusion(f"{self.id}.whole", values, "none", self.id, "Coverage of the whole"))

    def _parts(self, context: RuleContext) -> dict[tuple[str, str], list[str]]:
        """The criteria of each set in each standard; one that the document leaves blank asks for nothing."""
        found: dict[tuple[str, str], list[str]] = {}
        for unit in context.criteria.values():
            if unit.set in self.sets and unit.status != "blank":
                standard = context.unfolded.standard_of[unit.id]
                found.setdefault((standard.id, unit.set), []).append(unit.id)
        return found

    def check(self, context: RuleContext) -> Iterator[Defect]:
        """Sets without criteria."""
        yield from unknown_sets(((name, name) for name in self.sets), ("sets",), context)

    def lower(self, context: RuleContext) -> Lowered:
        """Two measures for each part, and three clauses that look at them."""
        measures: list[Measure] = []
        clauses: list[Clause] = []
        parts = {f"{self.id}.{standard}.{of}": units for (standard, of), units in self._parts(context).items()}
        parts[f"{self.id}.whole"] = [unit for units in parts.values() for unit in units]
        grounds = (self.ground(),)
        for name, units in parts.items():
            covered, left_out = f"{name}.covered", f"{name}.left_out"
            measures.append(Measure(covered, "count", tuple(units), _COVERED_STATES))
            measures.append(Measure(left_out, "count", tuple(units), _LEFT_OUT_STATES))
            there = MeasureCompares(covered, ">=", 1)
            clauses.append(Clause(name, "all", "all", (there, MeasureCompares(left_out, "<", 1)), grounds))
            clauses.append(Clause(name, "some", "all", (there, MeasureCompares(left_out, ">=", 1)), grounds))
            clauses.append(Clause(name, "none", "all", (MeasureCompares(covered, "<", 1),), grounds))
        return Lowered("position", self.conclusions(context), tuple(clauses), tuple(measures))

    def result(self, value_of: Callable[[str], Value], found: Callable[[str], State], context: RuleContext) -> str:
        """How many statements of each kind are covered, or left out, and of how many."""
        parts = []
        claimed = 0
        for of, label in self.sets.items():
            named = [units for (_, kind), units in self._parts(context).items() if kind == of]
            states = [state for part in named for u in part if (state := found(u)) is not State.NOT_APPLICABLE]
            counted = sum((state in _COVERED_STATES) == (self.tells == "covered") for state in states)
            claimed += sum(state in _CLAIMED_STATES for state in states)
            parts.append(f"{counted} of {len(states)} {words.uncapitalised(label)}")
        waiting = f"; {claimed} claimed and not agreed" if claimed else ""
        return f"{'nothing shown on ' if self.tells == 'left_out' else ''}{words.listed(parts)}{waiting}"

    def sentences(self, evaluation: Evaluation, context: RuleContext) -> Iterator[str]:
        """Each standard that is covered in part, the kinds apart; then those of which nothing is covered."""
        empty: list[str] = []
        by_standard: dict[str, list[tuple[str, list[str]]]] = {}
        for (standard, of), every in self._parts(context).items():
            units = [unit for unit in every if evaluation.findings[unit].finding is not Finding.NOT_APPLICABLE]
            if units:
                by_standard.setdefault(standard, []).append((of, units))
        for name, parts in by_standard.items():
            label = next(s.label for s in context.unfolded.standard_of.values() if s.id == name)
            covered = {unit for _, units in parts for unit in units if _is_covered(evaluation.findings[unit])}
            if not covered:
                empty.append(f"{name} {words.uncapitalised(label)}")
                continue
            shares = [
                f"{sum(unit in covered for unit in units)} of {len(units)} {words.uncapitalised(self.sets[of])}"
                for of, units in parts
            ]
            wanted = [unit for _, units in parts for unit in units if (unit in covered) == (self.tells == "covered")]
            what = "with" if self.tells == "covered" else "without"
            listed = [_in_part(unit, evaluation) for unit in wanted]
            named = f" ({what} {words.listed(listed, most=_WIDTH)})" if wanted else ""
            yield f"{name} {label}: {words.listed(shares)}{named}."
        if empty:
            yield f"Nothing yet on {words.listed(empty, most=10)}."
        units = [unit for every in self._parts(context).values() for unit in every]
        found = evaluation.findings
        not_met = [u for u in units if found[u].finding is Finding.NOT_MET and found[u].in_full]
        if not_met:
            yield f"Looked at and found not met: {words.listed(not_met, most=_WIDTH)}."
        claimed = [u for u in units if _is_claimed(evaluation.findings[u])]
        if claimed:
            yield f"Claimed and not agreed, so not counted: {words.listed(claimed, most=_WIDTH)}."

    def focus(
        self, value_of: Callable[[str], Value], findings: Mapping[str, PublishedFinding], context: RuleContext
    ) -> tuple[Focus, ...]:
        """What is left out, in the document's order."""
        left_out = [
            Focus(unit, words.asks(findings[unit]))
            for units in self._parts(context).values()
            for unit in units
            if not _is_covered(findings[unit]) and findings[unit].finding is not Finding.NOT_APPLICABLE
        ]
        return tuple(left_out if self.focus_on is None else left_out[: self.focus_on.at_most])


def _is_covered(found: PublishedFinding) -> bool:
    return found.in_full and found.finding in _COVERED


def _is_claimed(found: PublishedFinding) -> bool:
    return not found.in_full and found.finding in _COVERED


def _in_part(unit: str, evaluation: Evaluation) -> str:
    found = evaluation.findings[unit]
    return f"{unit} in part" if _is_covered(found) and found.finding is Finding.PARTLY_MET else unit
