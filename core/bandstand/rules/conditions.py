"""What ``rating_check`` and ``prompts`` share: declared conditions, each of which passes, fails or cannot be told."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bandstand import words
from bandstand.models.clauses import (
    Clause,
    ConcludedIs,
    Conclusion,
    FactIs,
    FactKnown,
    FindingIs,
    Lowered,
    Measure,
    MeasureCompares,
)
from bandstand.models.clauses import Condition as ClauseCondition
from bandstand.models.evaluation import Checked
from bandstand.models.evidence import EvidenceSource
from bandstand.models.finding import SETTLED_STATES, SHORT_STATES, State
from bandstand.models.framework import ItemId, Key, Label, Text
from bandstand.models.provenance import Provenance
from bandstand.rules.base import Defect, Rule, RuleContext, ground, unknown, unknown_sets
from bandstand.rules.facts import WORD_CODES, facts_of, unknown_word, words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bandstand.models.clauses import Comparison, Value

_TRUE, _FALSE = frozenset({True}), frozenset({False})
_VERDICTS = ("passes", "fails", "cant_tell", "not_asked")
#: What a rule concludes of all its conditions together.
_OWN = ("blocked", "open", "verdict")
_FINDINGS = {
    "met": SETTLED_STATES,
    "partly": frozenset({State.PARTLY_MET, State.SAID_PARTLY_MET, State.PROVISIONAL}),
    "short": SHORT_STATES,
    "not_met": frozenset({State.NOT_MET}),
    "seen": frozenset(State) - {State.NOT_EVIDENCED, State.NOT_APPLICABLE},
}

Scalar = bool | int | str | None
#: A number, or the fact that gives it.
Bound = Annotated[int, Field(ge=0)] | Key


class Premise(BaseModel):
    """One thing that holds or does not: of a fact, a conclusion, a criterion, or the evidence behind some criteria.

    Attributes:
        fact: A fact about the person, or a setting of the trust.
        known: Whether the fact is to be known.
        conclusion: Another rule's conclusion.
        criterion: A criterion.
        count: What is counted of the evidence on the criteria of ``sets``: ``evidenced`` criteria, ``kinds`` of source,
            ``records``.
        is_: What the fact or conclusion is to be one of; of a criterion ``met``, ``partly``, ``short``, ``not_met`` or
            ``seen``.
        sets: The criteria whose evidence is counted.
        sources: The kinds of source that are looked at; all when left out.
        at_least: The least that the count is to be.
        at_most: The most that it is to be: a number, or a fact whose values are numbers.
        more_than: What it is to exceed, likewise.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True)

    fact: str | None = None
    known: bool | None = None
    conclusion: str | None = None
    criterion: ItemId | None = None
    count: Literal["evidenced", "kinds", "records"] | None = None
    is_: Annotated[tuple[Scalar, ...], Field(alias="is")] = ()
    sets: tuple[Key, ...] = ()
    sources: tuple[EvidenceSource, ...] = ()
    at_least: int | None = Field(default=None, ge=1)
    at_most: Bound | None = None
    more_than: Bound | None = None

    @property
    def bound(self) -> int | str | None:
        """What a count is compared with: a number, or the fact that gives it."""
        return next((b for b in (self.at_least, self.at_most, self.more_than) if b is not None), None)

    @model_validator(mode="after")
    def _looks_at_one_thing(self) -> Premise:
        named = [name for name in ("fact", "conclusion", "criterion", "count") if getattr(self, name) is not None]
        if len(named) != 1:
            raise ValueError("a premise looks at one thing: a fact, a conclusion, a criterion or a count")
        bounds = sum(bound is not None for bound in (self.at_least, self.at_most, self.more_than))
        if self.count is None and (self.sets or self.sources or bounds):
            raise ValueError("sets, sources, at_least, at_most and more_than go with a count")
        if self.count is not None and (not self.sets or bounds != 1):
            raise ValueError("a count names its sets, and one of at_least, at_most and more_than")
        if self.count is not None and self.is_:
            raise ValueError("what a count is to be is said by at_least, at_most or more_than")
        if self.count is None and bool(self.is_) == (self.known is not None):
            raise ValueError("a premise says what the thing is to be: is, or for a fact known")
        if self.known is not None and self.fact is None:
            raise ValueError("only a fact is known or not")
        return self


class Premises(BaseModel):
    """Several premises, of which all or any hold.

    Attributes:
        all: Each of these holds.
        any: At least one of these holds.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    all: tuple[Premise, ...] = ()
    any: tuple[Premise, ...] = ()

    @model_validator(mode="after")
    def _one_of_them(self) -> Premises:
        if bool(self.all) == bool(self.any):
            raise ValueError("premises are given under all or under any")
        return self

    @property
    def members(self) -> tuple[Premise, ...]:
        """The premises, whichever is needed."""
        return self.all or self.any


class Condition(Provenance):
    """One thing that is looked at before anybody decides.

    Attributes:
        id: Unique in the rule.
        label: What it is called, in a few words.
        question: What people are asked where it fails or cannot be told.
        reason: Why it fails, where it does.
        when: What has to hold for it to be asked at all.
        passes: When it passes; left out where no record can settle it, so that people are always asked.
        fails: When it fails, which goes before passing; never, when left out.
        weight: What a failure does: ``decides`` or only gives something to ``discuss``.
        if_unknown: What it does where it cannot be told: gives something to ``discuss``, or ``nothing``.
    """

    id: Key
    label: Label
    question: Text
    reason: Text | None = None
    when: tuple[Premise, ...] = ()
    passes: Premises | None = None
    fails: Premises | None = None
    weight: Literal["decides", "discuss"] = "discuss"
    if_unknown: Literal["discuss", "nothing"] = "discuss"

    @model_validator(mode="after")
    def _gives_its_reason(self) -> Condition:
        if self.fails is not None and self.reason is None:
            raise ValueError("a condition that can fail gives the reason")
        return self


class Conditions(Rule):
    """The parent of the kinds that test conditions: ``ID.CONDITION`` is passes, fails, cant_tell or not_asked."""

    CODES: ClassVar[tuple[str, ...]] = (
        "duplicate-id",
        "impossible-cell",
        "protected-characteristic",
        "unfit-fact",
        "unknown-conclusion",
        "unknown-criterion",
        "unknown-fact",
        "unknown-finding",
        "unknown-set",
        *WORD_CODES,
    )

    conditions: tuple[Condition, ...] = Field(min_length=1, description="What is looked at, in order.")

    @property
    def verdict_name(self) -> str:
        """Name of the conclusion that gives the verdict on all conditions together."""
        return f"{self.id}.verdict"

    def name_of(self, condition: Condition) -> str:
        """Name of the conclusion that gives a condition's verdict."""
        return f"{self.id}.{condition.id}"

    def condition_conclusions(self) -> Iterator[Conclusion]:
        """The verdict of each condition, and what it is made of."""
        for condition in self.conditions:
            name = self.name_of(condition)
            yield Conclusion(name, _VERDICTS, "not_asked", self.id, condition.label)
            for part, label in (("asked", "is asked"), ("holds", "holds"), ("breaks", "is broken")):
                made = f"{condition.label}, {label}"
                yield Conclusion(f"{name}.{part}", (True, False), False, self.id, made)
        for premise in self._bounded():
            label = f"How many {premise.count}, against {premise.bound}"
            yield Conclusion(self._bounded_name(premise), (True, False), False, self.id, label)
        for part, label in (("blocked", "A condition that decides fails"), ("open", "There is something to discuss")):
            yield Conclusion(f"{self.id}.{part}", (True, False), False, self.id, label)

    def _premises(self) -> Iterator[Premise]:
        for condition in self.conditions:
            yield from condition.when
            for premises in (condition.passes, condition.fails):
                yield from premises.members if premises else ()

    def _bounded(self) -> tuple[Premise, ...]:
        """The premises that count against a fact, each once."""
        return tuple(dict.fromkeys(p for p in self._premises() if isinstance(p.bound, str)))

    def _bounded_name(self, premise: Premise) -> str:
        how = "within" if premise.at_most is not None else "over"
        return f"{self._measure_name(premise)}.{how}.{premise.bound}"

    def _measure_name(self, premise: Premise) -> str:
        # A set may be called as a source is.
        return ".".join((self.id, str(premise.count), "+".join(premise.sets), *premise.sources))

    def check(self, context: RuleContext) -> Iterator[Defect]:
        """Conditions given twice or named as what the rule concludes itself, and premises of what is not there."""
        ids = [condition.id for condition in self.conditions]
        for n, condition in enumerate(self.conditions):
            path = ("conditions", n)
            if condition.id in _OWN:
                message = f'The rule concludes "{condition.id}" of all its conditions.'
                yield Defect("duplicate-id", (*path, "id"), message, "Rename the condition.")
            if ids.index(condition.id) != n:
                message = f'There is a condition "{condition.id}" already.'
                yield Defect("duplicate-id", (*path, "id"), message, "Rename one of them.")
            for m, premise in enumerate(condition.when):
                yield from _check_premise(premise, (*path, "when", m), context)
            for field in ("passes", "fails"):
                premises: Premises | None = getattr(condition, field)
                for m, premise in enumerate(premises.members if premises else ()):
                    which = "all" if premises and premises.all else "any"
                    yield from _check_premise(premise, (*path, field, which, m), context)

    def condition_clauses(self, context: RuleContext) -> Lowered:
        """Four clauses for each verdict, and whether anything decides or is open."""
        clauses: list[Clause] = []
        measures: dict[str, Measure] = {}
        for at, condition in enumerate(self.conditions):
            lowered = self._verdict_clauses(condition, measures, context)
            clauses.extend(replace(clause, part=("conditions", at)) for clause in lowered)
        for premise in self._bounded():
            clauses.extend(self._bound_clauses(premise, measures, context))
        grounds = (self.ground(),)
        for part, stops in (("blocked", self._blocking()), ("open", self._opening())):
            there = tuple(ConcludedIs(name, frozenset(verdicts)) for name, verdicts in stops.items())
            gone = tuple(ConcludedIs(name, frozenset(_VERDICTS) - verdicts) for name, verdicts in stops.items())
            clauses.append(Clause(f"{self.id}.{part}", True, "any", there, grounds))
            clauses.append(Clause(f"{self.id}.{part}", False, "all", gone, grounds))
        return Lowered("position", (), tuple(clauses), tuple(measures.values()))

    def _verdict_clauses(
        self, condition: Condition, measures: dict[str, Measure], context: RuleContext
    ) -> Iterator[Clause]:
        """A clause for each thing that a condition's verdict is made of, and one for each verdict."""
        name, own = self.name_of(condition), (ground(condition),)
        parts = {"asked": (condition.when, "all")}
        for part, given in (("holds", condition.passes), ("breaks", condition.fails)):
            if given is not None:
                parts[part] = _needs(given)
        for part, (premises, need) in parts.items():
            lowered = tuple(self._lower(premise, measures, context) for premise in premises)
            yield Clause(f"{name}.{part}", True, "any" if need == "any" else "all", lowered, own)
        asked, holds, breaks = (f"{name}.{part}" for part in ("asked", "holds", "breaks"))
        # What is not asked rests on nothing of the condition's.
        yield Clause(name, "not_asked", "all", (ConcludedIs(asked, _FALSE),), (self.ground(),))
        yield Clause(name, "fails", "all", (ConcludedIs(asked, _TRUE), ConcludedIs(breaks, _TRUE)), own)
        whole = (ConcludedIs(asked, _TRUE), ConcludedIs(breaks, _FALSE))
        for value, held in (("passes", _TRUE), ("cant_tell", _FALSE)):
            yield Clause(name, value, "all", (*whole, ConcludedIs(holds, held)), own)

    def verdict_clauses(
        self, against: str, undecided: str, otherwise: str, when: tuple[ClauseCondition, ...] = ()
    ) -> tuple[Clause, ...]:
        """A clause for each verdict on all conditions together, each only ``when`` something else is so.

        Args:
            against: The verdict when a condition that decides fails.
            undecided: Else, when another fails or cannot be told.
            otherwise: Else.
            when: What has to hold besides.
        """
        blocked, opens = f"{self.id}.blocked", f"{self.id}.open"
        asked: dict[str, tuple[ClauseCondition, ...]] = {
            against: (ConcludedIs(blocked, _TRUE),),
            undecided: (ConcludedIs(blocked, _FALSE), ConcludedIs(opens, _TRUE)),
            otherwise: (ConcludedIs(blocked, _FALSE), ConcludedIs(opens, _FALSE)),
        }
        grounds = (self.ground(),)
        return tuple(
            Clause(self.verdict_name, verdict, "all", (*when, *conditions), grounds)
            for verdict, conditions in asked.items()
        )

    def passed(self, value_of: Callable[[str], Value]) -> list[str]:
        """Labels of the conditions that pass, as a sentence has them."""
        passing = [condition for condition in self.conditions if value_of(self.name_of(condition)) == "passes"]
        return [words.uncapitalised(condition.label) for condition in passing]

    def _blocking(self) -> dict[str, set[str]]:
        """The verdicts that decide against, by the name of their conclusion."""
        deciding = [c for c in self.conditions if c.fails is not None and c.weight == "decides"]
        return {self.name_of(condition): {"fails"} for condition in deciding}

    def _opening(self) -> dict[str, set[str]]:
        """The verdicts that give something to discuss, by the name of their conclusion."""
        found: dict[str, set[str]] = {}
        for condition in self.conditions:
            verdicts = {"fails"} if condition.fails is not None and condition.weight == "discuss" else set()
            if condition.if_unknown == "discuss":
                verdicts.add("cant_tell")
            if verdicts:
                found[self.name_of(condition)] = verdicts
        return found

    def subject(self, name: str, value_of: Callable[[str], Value]) -> str:
        """A condition by its label; what a count is compared with by its name."""
        part = name.removeprefix(f"{self.id}.")
        labels = {condition.id: condition.label for condition in self.conditions}
        if part.partition(".")[0] in labels:
            return f'The condition "{words.uncapitalised(labels[part.partition(".")[0]])}"'
        bound = part.rpartition(".")[2]
        return bound.replace("_", " ").capitalize() if ".within." in part or ".over." in part else self.label

    def _lower(self, premise: Premise, measures: dict[str, Measure], context: RuleContext) -> ClauseCondition:
        if premise.fact is not None:
            if premise.known is not None:
                return FactKnown(premise.fact, premise.known)
            return FactIs(premise.fact, frozenset(map(str, premise.is_)))
        if premise.conclusion is not None:
            return ConcludedIs(premise.conclusion, frozenset(premise.is_))
        if premise.criterion is not None:
            return FindingIs(premise.criterion, frozenset().union(*(_FINDINGS[str(word)] for word in premise.is_)))
        assert premise.count is not None
        measure = self._measure(premise, measures, context)
        if isinstance(premise.bound, str):
            return ConcludedIs(self._bounded_name(premise), _TRUE)
        assert premise.bound is not None
        comparison: Comparison = ">=" if premise.at_least is not None else "<=" if premise.at_most is not None else ">"
        return MeasureCompares(measure, comparison, premise.bound)

    def _measure(self, premise: Premise, measures: dict[str, Measure], context: RuleContext) -> str:
        assert premise.count is not None
        name = self._measure_name(premise)
        units = tuple(unit.id for unit in context.criteria.values() if unit.set in premise.sets)
        measures.setdefault(name, Measure(name, premise.count, units, sources=frozenset(premise.sources)))
        return name

    def _bound_clauses(self, premise: Premise, measures: dict[str, Measure], context: RuleContext) -> Iterator[Clause]:
        """A clause for each number that the fact may be."""
        fact = str(premise.bound)
        asked = next(asked for asked in context.framework.facts if asked.id == fact)
        comparison: Comparison = "<=" if premise.at_most is not None else ">"
        for value in words_of(fact, context.framework):
            here = MeasureCompares(self._measure(premise, measures, context), comparison, int(value))
            both = (FactIs(fact, frozenset({value})), here)
            yield Clause(self._bounded_name(premise), True, "all", both, (ground(asked),))

    def checks(self, value_of: Callable[[str], Value], context: RuleContext) -> tuple[Checked, ...]:
        """Every condition with its verdict, its question and its lines."""
        return tuple(
            Checked.model_validate(
                {
                    "rule": self.id,
                    "id": condition.id,
                    "label": condition.label,
                    "verdict": value_of(self.name_of(condition)),
                    "question": condition.question,
                    "reason": condition.reason if value_of(self.name_of(condition)) == "fails" else None,
                    "decides": condition.weight == "decides",
                    "source": condition.source,
                    "basis": condition.basis,
                }
            )
            for condition in self.conditions
        )

    def to_discuss(self, value_of: Callable[[str], Value]) -> list[Condition]:
        """The conditions that leave something to ask."""
        return [
            condition
            for condition in self.conditions
            if value_of(self.name_of(condition)) == "fails"
            or (value_of(self.name_of(condition)) == "cant_tell" and condition.if_unknown == "discuss")
        ]


def _needs(premises: Premises) -> tuple[tuple[Premise, ...], str]:
    return premises.members, "all" if premises.all else "any"


def _check_premise(premise: Premise, path: tuple[str | int, ...], context: RuleContext) -> Iterator[Defect]:
    if premise.fact is not None:
        yield from _check_fact(premise.fact, premise.is_, path, context)
    elif premise.conclusion is not None:
        yield from _check_conclusion(premise.conclusion, premise.is_, path, context)
    elif premise.criterion is not None:
        if premise.criterion not in context.criteria:
            yield unknown("criterion", premise.criterion, context.criteria, (*path, "criterion"))
        for n, word in enumerate(premise.is_):
            if word not in _FINDINGS:
                yield unknown("finding", str(word), _FINDINGS, (*path, "is", n))
    else:
        yield from unknown_sets(enumerate(premise.sets), (*path, "sets"), context)
        if isinstance(premise.bound, str):
            field = "at_most" if premise.at_most is not None else "more_than"
            yield from _check_bound(premise.bound, (*path, field), context)


def _check_bound(fact: str, path: tuple[str | int, ...], context: RuleContext) -> Iterator[Defect]:
    numbers = {asked.id: [value.id for value in asked.values] for asked in context.framework.facts}
    if fact not in numbers:
        yield unknown("fact", fact, numbers, path)
    elif not numbers[fact] or not all(value.isdecimal() for value in numbers[fact]):
        message = f"The values of {fact} are not whole numbers."
        yield Defect("unfit-fact", path, message, "Name a fact whose values are numbers, or write a number.")


def _check_fact(
    fact: str, values: tuple[Scalar, ...], path: tuple[str | int, ...], context: RuleContext
) -> Iterator[Defect]:
    known = facts_of(context.framework)
    if fact not in known:
        yield unknown("fact", fact, known, (*path, "fact"))
    elif known[fact] == "number":
        if values:
            message = f"{fact} is a number, which a condition only asks whether it is known."
            yield Defect("impossible-cell", (*path, "is"), message, "Compare it in a decision table.")
    else:
        words = words_of(fact, context.framework)
        for n, word in enumerate(values):
            if word not in words:
                yield unknown_word(fact, str(word), context.framework, (*path, "is", n))


def _check_conclusion(
    name: str, values: tuple[Scalar, ...], path: tuple[str | int, ...], context: RuleContext
) -> Iterator[Defect]:
    declared = context.conclusions.get(name)
    if declared is None:
        yield unknown("conclusion", name, context.conclusions, (*path, "conclusion"))
        return
    for n, value in enumerate(values):
        # To Python, True is 1; to a reader, no level is True.
        if (type(value), value) not in {(type(v), v) for v in declared.values}:
            remedy = f"It is one of {', '.join(map(str, declared.values))}."
            yield Defect("impossible-cell", (*path, "is", n), f"{name} is never {value!r}.", remedy)
