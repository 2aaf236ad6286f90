"""``ragging``: a sheet's colours, green down to the first line that is not met, amber for lines met after it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from bandstand.models.clauses import Clause, Conclusion, FindingIs, Lowered, Measure, MeasureCompares
from bandstand.models.finding import SETTLED_STATES
from bandstand.models.framework import ItemId
from bandstand.rules.base import Defect, Rule, RuleContext, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

COLOURS = ("green", "amber", "blank")


class Ragging(Rule):
    """The colours of one column of a sheet, filled in for one review point.

    From the top, lines are green down to the first that is not met, which stays blank; lines that are met after it are
    amber.

    Concludes, for a rule ``sheet``: ``sheet.L3.2``, the colour of each line: ``green``, ``amber`` or ``blank``.
    """

    KIND: ClassVar[str] = "ragging"
    CODES: ClassVar[tuple[str, ...]] = ("duplicate-criterion", "unknown-criterion")

    kind: Literal["ragging"]
    order: tuple[ItemId, ...] = Field(min_length=1, description="Criteria in the sheet's order, top to bottom.")

    @property
    def first_gap(self) -> str:
        """Name of the measure: how many lines, from the first, come before the first that is not met."""
        return f"{self.id}.first_gap"

    def colour_name(self, criterion: str) -> str:
        """Name of the conclusion that gives the colour of ``criterion``'s line."""
        return f"{self.id}.{criterion}"

    def conclusions(self, context: RuleContext) -> tuple[Conclusion, ...]:
        """See the class."""
        return tuple(
            Conclusion(self.colour_name(c), COLOURS, "blank", self.id, f"Colour of line {c}") for c in self.order
        )

    def check(self, context: RuleContext) -> Iterator[Defect]:
        """Lines that are not criteria, and lines that stand twice."""
        for at, criterion in enumerate(self.order):
            if criterion not in context.criteria:
                yield unknown("criterion", criterion, context.criteria, ("order", at))
            elif self.order.index(criterion) != at:
                message = f'Line "{criterion}" stands twice in the order.'
                yield Defect("duplicate-criterion", ("order", at), message, "Name each line once.")

    def lower(self, context: RuleContext) -> Lowered:
        """A green and an amber clause for each line; a line that neither colours is blank."""
        grounds = (self.ground(),)
        clauses: list[Clause] = []
        for at, criterion in enumerate(self.order):
            met = FindingIs(criterion, SETTLED_STATES)
            above, below = MeasureCompares(self.first_gap, ">", at), MeasureCompares(self.first_gap, "<", at)
            for colour, gap in (("green", above), ("amber", below)):
                clauses.append(Clause(self.colour_name(criterion), colour, "all", (met, gap), grounds, ("order", at)))
        measure = Measure(self.first_gap, "run", self.order, SETTLED_STATES)
        return Lowered("review", self.conclusions(context), tuple(clauses), (measure,))
