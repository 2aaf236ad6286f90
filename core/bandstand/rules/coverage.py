"""``coverage``: which statements have evidence, by standard and by kind, and which are left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from bandstand import words
from bandstand.models.clauses import Clause, Conclusion, Lowered, Measure, MeasureCompares, Value
from bandstand.models.finding import Finding, State
from bandstand.models.framework import Key, Label
from bandstand.rules.base import Defect, Focus, Rule, RuleContext, unknown
from bandstand.rules.profile import Chosen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from bandstand.models.evaluation import Evaluation, PublishedFinding

#: Evidence shows something of a statement, whether anybody has agreed it or not.
_COVERED_STATES = frozenset({State.MET, State.PARTLY_MET, State.PROVISIONAL, State.SAID_PARTLY_MET})
_COVERED = frozenset({Finding.MET, Finding.PARTLY_MET})
_WIDTH = 8


class Coverage(Rule):
    """How much of each standard has evidence, each kind of criteria by itself; it makes no level and no total.

    Concludes, for a rule ``coverage``: ``coverage.3.learn_that``, ``all``, ``some`` or ``none`` of the criteria of the
    set ``learn_that`` in standard 3; ``coverage.whole``, the same of everything.
    """

    KIND: ClassVar[str] = "coverage"

    kind: Literal["coverage"]
    sets: dict[Key, Label] = Field(min_length=1, description="The sets of criteria, with what each is called.")
    names: Literal["covered", "left_out"] = Field(
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
        """The criteria of each set in each standard."""
        found: dict[tuple[str, str], list[str]] = {}
        for unit in context.criteria.values():
            if unit.set in self.sets:
                standard = context.unfolded.standard_of[unit.id]
                found.setdefault((standard.id, unit.set), []).append(unit.id)
        return found

    def check(self, context: RuleContext) -> Iterator[Defect]:
        """Sets without criteria."""
        sets = dict.fromkeys(unit.set for unit in context.criteria.values())
        for name in self.sets:
            if name not in sets:
                yield unknown("set", name, sets, ("sets", name))

    def lower(self, context: RuleContext) -> Lowered:
        """A measure for each part, and three clauses that look at it."""
        measures: list[Measure] = []
        clauses: list[Clause] = []
        parts = {f"{self.id}.{standard}.{of}": units for (standard, of), units in self._parts(context).items()}
        parts[f"{self.id}.whole"] = [unit for units in parts.values() for unit in units]
        grounds = (self.ground(),)
        for name, units in parts.items():
            covered = f"{name}.covered"
            measures.append(Measure(covered, "count", tuple(units), _COVERED_STATES))
            none, full = MeasureCompares(covered, "<", 1), MeasureCompares(covered, ">=", len(units))
            some = (MeasureCompares(covered, ">=", 1), MeasureCompares(covered, "<", len(units)))
            clauses.append(Clause(name, "all", "all", (full,), grounds))
            clauses.append(Clause(name, "some", "all", some, grounds))
            clauses.append(Clause(name, "none", "all", (none,), grounds))
        return Lowered("position", self.conclusions(context), tuple(clauses), tuple(measures))

    def result(self, value_of: Callable[[str], Value], found: Callable[[str], Finding], context: RuleContext) -> str:
        """How many statements of each kind are covered, or left out, and of how many."""
        parts = []
        for of, label in self.sets.items():
            units = [unit.id for unit in context.criteria.values() if unit.set == of]
            counted = sum((found(unit) in _COVERED) == (self.names == "covered") for unit in units)
            parts.append(f"{counted} of {len(units)} {words.uncapitalised(label)}")
        return f"{'leaves out ' if self.names == 'left_out' else ''}{words.listed(parts)}"

    def sentences(self, evaluation: Evaluation, context: RuleContext) -> Iterator[str]:
        """Each standard that is covered in part, the kinds apart; then those of which nothing is covered."""
        empty: list[str] = []
        by_standard: dict[str, list[tuple[str, list[str]]]] = {}
        for (standard, of), units in self._parts(context).items():
            by_standard.setdefault(standard, []).append((of, units))
        for name, parts in by_standard.items():
            label = next(s.label for s in context.unfolded.standard_of.values() if s.id == name)
            covered = {unit for _, units in parts for unit in units if _is_covered(unit, evaluation)}
            if not covered:
                empty.append(f"{name} {words.uncapitalised(label)}")
                continue
            shares = [
                f"{sum(unit in covered for unit in units)} of {len(units)} {words.uncapitalised(self.sets[of])}"
                for of, units in parts
            ]
            wanted = [unit for _, units in parts for unit in units if (unit in covered) == (self.names == "covered")]
            what = "with" if self.names == "covered" else "without"
            named = f" ({what} {words.listed(wanted, most=_WIDTH)})" if wanted else ""
            yield f"{name} {label}: {words.listed(shares)}{named}."
        if empty:
            yield f"Nothing yet on {words.listed(empty, most=10)}."

    def focus(
        self, value_of: Callable[[str], Value], findings: Mapping[str, PublishedFinding], context: RuleContext
    ) -> tuple[Focus, ...]:
        """What is left out, in the document's order."""
        left_out = [
            Focus(unit, words.asks(findings[unit]))
            for units in self._parts(context).values()
            for unit in units
            if findings[unit].finding not in _COVERED
        ]
        return tuple(left_out if self.focus_on is None else left_out[: self.focus_on.at_most])


def _is_covered(unit: str, evaluation: Evaluation) -> bool:
    return evaluation.findings[unit].finding in _COVERED
