"""``prompts``: declared conditions as things to talk through; what is settled and what is not, and no pass mark."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from bandstand import words
from bandstand.models.clauses import Conclusion, Lowered, Value
from bandstand.models.framework import Label
from bandstand.rules.base import Defect, RuleContext
from bandstand.rules.conditions import Conditions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bandstand.models.evaluation import Evaluation
    from bandstand.models.finding import State

_VERDICTS = ("not_settled", "open", "settled")


class Prompts(Conditions):
    """Things to talk through: what is settled, what is open, and no pass mark.

    Concludes, for a rule ``plan``: ``plan.CONDITION`` for each condition, and ``plan.verdict``: ``not_settled`` when a
    condition that decides fails, ``open`` when there is something else to talk through, else ``settled``. A condition
    ``passes``, ``fails``, is ``not_asked`` where what it waits for does not hold, and else is one that ``cant_tell``.
    """

    KIND: ClassVar[str] = "prompts"
    CODES: ClassVar[tuple[str, ...]] = ("missing-words", *Conditions.CODES)

    kind: Literal["prompts"]
    says: dict[Literal["not_settled", "open", "settled"], Label] = Field(
        description="What each verdict is called, in a few words."
    )

    def conclusions(self, context: RuleContext) -> tuple[Conclusion, ...]:
        """See the class."""
        verdict = Conclusion(self.verdict_name, _VERDICTS, "settled", self.id, self.label)
        return (*self.condition_conclusions(), verdict)

    def check(self, context: RuleContext) -> Iterator[Defect]:
        """Verdicts that are not worded, and whatever is wrong with the conditions."""
        decided = any(condition.weight == "decides" for condition in self.conditions)
        possible = _VERDICTS if decided else _VERDICTS[1:]
        missing = [verdict for verdict in possible if verdict not in self.says]
        if missing:
            message = f"says does not word {words.listed(missing)}."
            yield Defect("missing-words", ("says",), message, f"Give a few words for each of {', '.join(possible)}.")
        yield from super().check(context)

    def lower(self, context: RuleContext) -> Lowered:
        """The conditions' clauses, and one for each verdict."""
        part = self.condition_clauses(context)
        verdicts = self.verdict_clauses("not_settled", "open", "settled")
        return Lowered("position", self.conclusions(context), (*part.clauses, *verdicts), part.measures)

    def result(self, value_of: Callable[[str], Value], found: Callable[[str], State], context: RuleContext) -> str:
        """The verdict in words, and how many prompts there are."""
        verdict = value_of(self.verdict_name)
        said = next(text for name, text in self.says.items() if name == verdict)
        asked = len(self.to_discuss(value_of))
        return f"{said}, {words.count(asked, 'prompt')}" if asked else said

    def sentences(self, evaluation: Evaluation, context: RuleContext) -> Iterator[str]:
        """What is settled, and a prompt for each thing that is not."""
        settled = self.passed(evaluation.value)
        if settled:
            yield f"Settled: {words.listed(settled, most=12)}."
        for condition in self.to_discuss(evaluation.value):
            fails = evaluation.value(self.name_of(condition)) == "fails"
            why = f"{condition.reason}. " if fails and condition.reason else ""
            yield f"To talk through: {why}{condition.question} ({words.lines(condition.source)})"
