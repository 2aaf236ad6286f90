"""``rating_check``: a proposed rating, tested against declared conditions; people form the rating."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from bandstand import words
from bandstand.models.clauses import Conclusion, FactKnown, Lowered, Value
from bandstand.models.framework import Key
from bandstand.rules.base import Defect, RuleContext, unknown
from bandstand.rules.conditions import Conditions
from bandstand.rules.facts import facts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bandstand.models.evaluation import Evaluation
    from bandstand.models.finding import State

_WORDS = {
    "supported": "supported, as nothing speaks against it",
    "needs_discussion": "needs discussion",
    "not_supported": "not supported",
    "nothing_proposed": "no rating proposed",
}


class RatingCheck(Conditions):
    """Whether anything speaks against a rating that somebody proposes; it never proposes one.

    Concludes, for a rule ``rating``: ``rating.CONDITION`` for each condition, and ``rating.verdict``: ``not_supported``
    when a condition that decides fails, else ``needs_discussion`` when another fails or cannot be told, else
    ``supported``; ``nothing_proposed`` when no rating is proposed. A condition ``passes``, ``fails``, is ``not_asked``
    where what it waits for does not hold, and else is one that ``cant_tell``.

    Attributes:
        proposed: The fact that gives the rating which somebody proposes.
    """

    KIND: ClassVar[str] = "rating_check"

    kind: Literal["rating_check"]
    proposed: Key

    def conclusions(self, context: RuleContext) -> tuple[Conclusion, ...]:
        """See the class."""
        verdict = Conclusion(self.verdict_name, tuple(_WORDS), "nothing_proposed", self.id, self.label)
        return (*self.condition_conclusions(), verdict)

    def check(self, context: RuleContext) -> Iterator[Defect]:
        """A proposal that the framework does not ask for, and whatever is wrong with the conditions."""
        known = facts_of(context.framework)
        if self.proposed not in known:
            yield unknown("fact", self.proposed, known, ("proposed",))
        yield from super().check(context)

    def lower(self, context: RuleContext) -> Lowered:
        """The conditions' clauses, and one for each verdict."""
        part = self.condition_clauses(context)
        given = (FactKnown(self.proposed),)
        verdicts = self.verdict_clauses("not_supported", "needs_discussion", "supported", given)
        return Lowered("position", self.conclusions(context), (*part.clauses, *verdicts), part.measures)

    def result(self, value_of: Callable[[str], Value], found: Callable[[str], State], context: RuleContext) -> str:
        """The verdict, and how many questions there are."""
        verdict = str(value_of(self.verdict_name))
        asked = len(self.to_discuss(value_of))
        if verdict == "nothing_proposed" or not asked:
            return _WORDS[verdict]
        return f"{_WORDS[verdict]}, {words.count(asked, 'question')}"

    def sentences(self, evaluation: Evaluation, context: RuleContext) -> Iterator[str]:
        """The reasons against, the questions for the panel, and what passes, each with its lines."""
        if evaluation.value(self.verdict_name) == "nothing_proposed":
            yield "No rating is proposed. People form the rating; what is proposed can then be checked."
            return
        for condition in self.conditions:
            verdict, where = evaluation.value(self.name_of(condition)), words.lines(condition.source)
            if verdict == "fails":
                yield f"{condition.reason} ({where})."
        for condition in self.to_discuss(evaluation.value):
            yield f"For the panel: {condition.question} ({words.lines(condition.source)})"
        passed = self.passed(evaluation.value)
        if passed:
            yield f"Looked at, and nothing to ask: {words.listed(passed, most=12)}."
