"""The plain clauses that every rule lowers to, and the words that they are made of.

A clause concludes one value of one conclusion when all, any or at least ``k`` of its conditions hold. Conditions look
at findings, measures, facts about the person and earlier conclusions. Everything that runs rules runs clauses.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

    from bandstand.models.finding import State
    from bandstand.models.provenance import Ground

#: A conclusion's value. Every conclusion declares the few values that it can take.
Value = str | int | bool | None

#: What a fact about the person may be: one word, several words, a number, or nothing known.
Fact = str | frozenset[str] | float | None

Comparison = Literal["<", "<=", ">", ">="]
COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True, slots=True)
class FindingIs:
    """Holds when the finding for ``criterion`` is in one of ``states``."""

    criterion: str
    states: frozenset[State]


@dataclass(frozen=True, slots=True)
class ConcludedIs:
    """Holds when ``conclusion`` was concluded with one of ``values``."""

    conclusion: str
    values: frozenset[Value]


@dataclass(frozen=True, slots=True)
class FactIs:
    """Holds when the person's ``fact`` is, or has among its words, one of ``words``."""

    fact: str
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class FactKnown:
    """Holds when the person's ``fact`` is known (or, with ``known`` false, when it is not)."""

    fact: str
    known: bool = True


@dataclass(frozen=True, slots=True)
class FactCompares:
    """Holds when the person's ``fact`` is a number that stands in ``comparison`` to ``number``."""

    fact: str
    comparison: Comparison
    number: float


@dataclass(frozen=True, slots=True)
class MeasureCompares:
    """Holds when ``measure`` stands in ``comparison`` to ``number``."""

    measure: str
    comparison: Comparison
    number: float


Condition = FindingIs | ConcludedIs | FactIs | FactKnown | FactCompares | MeasureCompares


def subject_of(condition: Condition) -> str:
    """What a condition looks at: the id of a criterion, or the name of a conclusion, a fact or a measure."""
    match condition:
        case FindingIs():
            return condition.criterion
        case ConcludedIs():
            return condition.conclusion
        case MeasureCompares():
            return condition.measure
        case _:
            return condition.fact


@dataclass(frozen=True, slots=True)
class Measure:
    """A number computed over findings, or over the evidence that they come from.

    Attributes:
        name: Unique in the pack, as ``sheet.first_gap``.
        how: ``count`` is how many of ``criteria`` are in one of ``states``; ``run`` is how many of them, from the
            first, are before the first that is not. ``evidenced`` is how many of them have evidence, whatever it says;
            ``kinds`` is how many different kinds of source speak of them, and ``records`` how many records do;
            ``ignored`` is how many of them have evidence although they do not apply to the person.
        criteria: Ids, in order.
        states: The states that count; none for the measures of evidence.
        sources: For measures of evidence, the kinds of source that are looked at; all when empty.
    """

    name: str
    how: Literal["count", "run", "evidenced", "kinds", "records", "ignored"]
    criteria: tuple[str, ...]
    states: frozenset[State] = frozenset()
    sources: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Conclusion:
    """Something that a rule concludes, with every value that it can take.

    Attributes:
        name: Unique in the pack, as ``ladder.level``.
        values: All its values.
        otherwise: The value when no clause concludes one; ``values`` holds it. Where clauses cover every case it is
            never used.
        rule: Id of the rule that declares it.
        label: What it is, in words.
    """

    name: str
    values: tuple[Value, ...]
    otherwise: Value
    rule: str
    label: str


Need = Literal["all", "any"] | int


@dataclass(frozen=True, slots=True)
class Clause:
    """Conclude ``value`` of ``conclusion`` when ``need`` of ``conditions`` hold.

    Attributes:
        conclusion: Name of a declared conclusion.
        value: One of its values.
        need: ``all``, ``any``, or how many at the least.
        conditions: In any order; a condition named twice counts once, and all of no conditions holds always.
        grounds: What the clause rests on.
        part: The part of its rule that it comes from, as ``("rows", 2)``; the rule as a whole when empty.
    """

    conclusion: str
    value: Value
    need: Need
    conditions: tuple[Condition, ...]
    grounds: tuple[Ground, ...]
    part: tuple[str | int, ...] = ()


Scope = Literal["position", "review"]


@dataclass(frozen=True, slots=True)
class Lowered:
    """What one rule lowers to.

    Attributes:
        scope: ``position`` clauses run over the findings of a view; ``review`` clauses over one review point's column.
        conclusions: Declared in any order.
        clauses: Layered by what they read; a conclusion never reads itself, directly or through others.
        measures: Those that the clauses read.
    """

    scope: Scope
    conclusions: tuple[Conclusion, ...]
    clauses: tuple[Clause, ...]
    measures: tuple[Measure, ...] = ()

    @property
    def facts(self) -> frozenset[str]:
        """The facts about the person that the clauses read."""
        conditions = (condition for clause in self.clauses for condition in clause.conditions)
        return frozenset(c.fact for c in conditions if isinstance(c, FactIs | FactKnown | FactCompares))
