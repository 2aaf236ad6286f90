"""``expectations``: what is expected at a career stage, own and inherited, and what the evidence says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from bandstand import words
from bandstand.models.clauses import (
    Clause,
    ConcludedIs,
    Conclusion,
    Condition,
    FactIs,
    Lowered,
    Measure,
    MeasureCompares,
    Value,
)
from bandstand.models.evidence import EvidenceSource
from bandstand.models.finding import Finding, State
from bandstand.models.framework import Key
from bandstand.rules.base import Chosen, Defect, Focus, Rule, RuleContext, ground, unknown, unknown_sets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from bandstand.models.evaluation import Evaluation, PublishedFinding
    from bandstand.models.framework import ScalePoint
    from bandstand.models.provenance import Ground
    from bandstand.models.standard import Unit

_MET, _PARTLY, _NOT_MET = (frozenset({state}) for state in (State.MET, State.PARTLY_MET, State.NOT_MET))
_TRUE, _FALSE = frozenset({True}), frozenset({False})
_FACT = "career_stage"
_SEVERAL = 2


class Expectations(Rule):
    """What is expected at a career stage, own and inherited, and what the evidence says of it.

    A stage's own statements count, and those of the stages that it builds on; never how many of them make anything.

    Concludes, for a rule ``expected``: ``expected.stage``, the person's stage; and, each true or false of statements
    of the stage and of those that it builds on, ``expected.seen`` (there is evidence on any),
    ``expected.several_kinds`` (from more than one kind of source), ``expected.short`` (evidence that counts in full
    shows any not met), ``expected.short_firm`` (any not met that the document asks for without a condition),
    ``expected.partly`` (any met in part), ``expected.met`` (any met), ``expected.tag.T`` (any tagged T is met). Of
    stages that build on this one: ``expected.beyond_seen`` (there is evidence on any), ``expected.beyond`` (any is
    met). ``expected.not_taught``: there is evidence on what applies only to people with a flag that this person has
    not.

    Attributes:
        sets: The criteria whose statements are expected, by their sets.
        tags: Tags of statements of which it is concluded by themselves whether any is met.
        focus_on: How many statements are chosen to work on next.
    """

    KIND: ClassVar[str] = "expectations"
    CODES: ClassVar[tuple[str, ...]] = ("unknown-career-stage", "unknown-scale", "unknown-set", "unknown-tag")

    kind: Literal["expectations"]
    scale: Key = Field(description="The scale whose points are the stages; the person's is the fact career_stage.")
    sets: tuple[Key, ...] = Field(min_length=1)
    tags: tuple[Key, ...] = ()
    focus_on: Chosen

    def _stages(self, context: RuleContext) -> tuple[ScalePoint, ...]:
        scale = context.scale(self.scale)
        return scale.points if scale else ()

    def closure(self, stage: str, context: RuleContext) -> list[str]:
        """A stage and all that it builds on, directly or not, nearest first."""
        scale = context.scale(self.scale)
        return scale.closure(stage) if scale else []

    def following(self, stage: str, context: RuleContext) -> list[str]:
        """The stages that build on a stage directly."""
        scale = context.scale(self.scale)
        return scale.following(stage) if scale else []

    def _units(self, stages: Sequence[str], context: RuleContext) -> list[Unit]:
        return [unit for unit in context.criteria.values() if unit.set in self.sets and unit.point in stages]

    def _beyond(self, stage: str, context: RuleContext) -> list[Unit]:
        own = self.closure(stage, context)
        above = [p.id for p in self._stages(context) if p.id not in own and stage in self.closure(p.id, context)]
        return self._units(above, context)

    def _questions(self, context: RuleContext) -> dict[str, str]:
        """What is asked of each stage's statements, and its words."""
        return {
            "seen": "There is evidence on what the stage expects",
            "several_kinds": "Evidence on the stage, or beyond it, is of several kinds",
            "short": "Evidence shows something that the stage expects wanting",
            "partly": "Evidence shows something that the stage expects in part",
            "met": "Evidence shows something that the stage expects met",
            "short_firm": "Evidence shows something wanting that the document asks for without a condition",
            "beyond": "Something of a stage that builds on this one is met",
            "beyond_seen": "There is evidence on a stage that builds on this one",
            **{f"tag.{tag}": f"Something tagged {tag} is met" for tag in self.tags},
        }

    def conclusions(self, context: RuleContext) -> tuple[Conclusion, ...]:
        """See the class."""
        stages = [point.id for point in self._stages(context)]
        made = [Conclusion(f"{self.id}.stage", (*stages, None), None, self.id, "Career stage")]
        for question, label in self._questions(context).items():
            made.append(Conclusion(f"{self.id}.{question}", (True, False), False, self.id, label))
            made.extend(
                Conclusion(f"{self.id}.{question}.{stage}", (True, False), False, self.id, f"{label} ({stage})")
                for stage in stages
            )
        label = "There is evidence on what applies only to people with a flag that this person has not"
        made.append(Conclusion(f"{self.id}.not_taught", (True, False), False, self.id, label))
        for flags in self._conditional(context):
            name = f"{self.id}.applies.{'.'.join(flags)}"
            made.append(Conclusion(name, (True, False), False, self.id, f"Applies to the person: {', '.join(flags)}"))
            made.append(Conclusion(f"{name}.ignored", (True, False), False, self.id, f"Evidence without {flags[0]}"))
        return tuple(made)

    def _conditional(self, context: RuleContext) -> dict[tuple[str, ...], list[str]]:
        """Criteria that apply only to people with one of some flags, by the flags."""
        found: dict[tuple[str, ...], list[str]] = {}
        for unit in context.criteria.values():
            if unit.set in self.sets and unit.only_if:
                found.setdefault(unit.only_if, []).append(unit.id)
        return found

    def check(self, context: RuleContext) -> Iterator[Defect]:
        """A scale that is not there, stages that nobody can be at, sets without criteria, tags that nothing has."""
        scales = {scale.id: scale for scale in context.framework.scales}
        if self.scale not in scales:
            yield unknown("scale", self.scale, scales, ("scale",))
            return
        stages = [stage.id for stage in context.framework.career_stages]
        for point in scales[self.scale].points:
            if point.id not in stages:
                yield unknown("career stage", point.id, stages, ("scale",))
        yield from unknown_sets(enumerate(self.sets), ("sets",), context)
        tags = dict.fromkeys(tag for unit in context.criteria.values() for tag in unit.tags)
        for n, tag in enumerate(self.tags):
            if tag not in tags:
                yield unknown("tag", tag, tags, ("tags", n))

    def lower(self, context: RuleContext) -> Lowered:
        """For each stage a measure of each question, and a clause that joins it with the person's stage."""
        clauses: list[Clause] = []
        measures: list[Measure] = []
        stages = self._stages(context)
        for point in stages:
            own = (ground(point),)
            here = FactIs(_FACT, frozenset({point.id}))
            clauses.append(Clause(f"{self.id}.stage", point.id, "all", (here,), own))
            for question, measure, least in self._measures(point.id, context):
                measures.append(measure)
                asked = (here, MeasureCompares(measure.name, ">=", least))
                clauses.append(Clause(f"{self.id}.{question}.{point.id}", True, "all", asked, own))
        grounds = (self.ground(),)
        for question in self._questions(context):
            each = tuple(ConcludedIs(f"{self.id}.{question}.{point.id}", _TRUE) for point in stages)
            clauses.append(Clause(f"{self.id}.{question}", True, "any", each, grounds))
        ignored: list[Condition] = []
        for flags, units in self._conditional(context).items():
            name = f"{self.id}.applies.{'.'.join(flags)}"
            measure = Measure(f"{name}.evidenced", "ignored", tuple(units))
            measures.append(measure)
            clauses.append(Clause(name, True, "all", (FactIs("flags", frozenset(flags)),), grounds))
            seen = (ConcludedIs(name, _FALSE), MeasureCompares(measure.name, ">=", 1))
            clauses.append(Clause(f"{name}.ignored", True, "all", seen, grounds))
            ignored.append(ConcludedIs(f"{name}.ignored", _TRUE))
        clauses.append(Clause(f"{self.id}.not_taught", True, "any", tuple(ignored), grounds))
        return Lowered("position", self.conclusions(context), tuple(clauses), tuple(measures))

    def _measures(self, stage: str, context: RuleContext) -> Iterator[tuple[str, Measure, int]]:
        """What is measured for each question of a stage, and how much of it there has to be."""
        units = self._units(self.closure(stage, context), context)
        beyond = self._beyond(stage, context)
        counted: dict[str, tuple[list[Unit], frozenset[State]]] = {
            "short": (units, _NOT_MET),
            "partly": (units, _PARTLY),
            "short_firm": ([unit for unit in units if unit.condition is None], _NOT_MET),
            "met": (units, _MET),
            "beyond": (beyond, _MET),
            **{f"tag.{tag}": ([u for u in (*units, *beyond) if tag in u.tags], _MET) for tag in self.tags},
        }
        for question, (of, states) in counted.items():
            yield question, Measure(self._count(question, stage), "count", _ids(of), states), 1
        yield "seen", Measure(self._count("seen", stage), "evidenced", _ids(units)), 1
        yield "beyond_seen", Measure(self._count("beyond_seen", stage), "evidenced", _ids(beyond)), 1
        # One's own word is no second kind beside what others saw.
        others = frozenset(EvidenceSource) - {EvidenceSource.SELF}
        kinds = Measure(self._count("several_kinds", stage), "kinds", _ids((*units, *beyond)), sources=others)
        yield "several_kinds", kinds, _SEVERAL

    def _count(self, question: str, stage: str) -> str:
        return f"{self.id}.{question}.{stage}.count"

    def result(self, value_of: Callable[[str], Value], found: Callable[[str], State], context: RuleContext) -> str:
        """The stage, and how many of its statements anything is known of; no share of them means anything."""
        stage = value_of(f"{self.id}.stage")
        if stage is None:
            return "career stage not known"
        units = self._units(self.closure(str(stage), context), context)
        seen = sum(found(u.id) not in (State.NOT_EVIDENCED, State.NOT_APPLICABLE) for u in units)
        return f"{self._label(str(stage), context)}, evidence on {words.count(seen, 'statement')}"

    def _label(self, stage: str, context: RuleContext) -> str:
        return next(point.label for point in self._stages(context) if point.id == stage)

    def sentences(self, evaluation: Evaluation, context: RuleContext) -> Iterator[str]:
        """What is expected, own and inherited, at the stage and at the next; what is seen; what falls short."""
        stage = evaluation.value(f"{self.id}.stage")
        if stage is None:
            yield "The career stage is not known, so what is expected cannot be said."
            return
        point = next(p for p in self._stages(context) if p.id == stage)
        yield self._expected(point, context)
        if not ground(point).is_firm and point.note:
            yield f"What this stage builds on is a reading ({words.lines(point.source)}). {point.note}"
        following = self.following(point.id, context)
        if following:
            more = [
                f"{self._label(name, context)}, {words.count(len(self._units([name], context)), 'statement')} more"
                for name in following
            ]
            yield f"What builds on it: {words.listed(more)}."
        units = self._units(self.closure(point.id, context), context)
        for label, of in (("Not met", Finding.NOT_MET), ("Met in part", Finding.PARTLY_MET), ("Met", Finding.MET)):
            there = [u for u in units if _agreed(evaluation.findings[u.id], of)]
            if there:
                yield f"{label}: {words.listed([self._named(u, evaluation) for u in there], most=6)}."
        said = [u for u in units if evaluation.findings[u.id].evidence and not evaluation.findings[u.id].in_full]
        said = [u for u in said if evaluation.findings[u.id].finding is not Finding.NOT_APPLICABLE]
        if said:
            claimed = words.listed([words.line(u.id, u.label) for u in said], most=6)
            yield f"Said by somebody and not agreed, so counted neither for nor against: {claimed}."
        beyond = [u for u in self._beyond(point.id, context) if _agreed(evaluation.findings[u.id], Finding.MET)]
        if beyond:
            named = [words.line(u.id, u.label) for u in beyond]
            yield f"Met beyond the stage: {words.listed(named, most=6)}."

    def _expected(self, point: ScalePoint, context: RuleContext) -> str:
        own = len(self._units([point.id], context))
        below = self.closure(point.id, context)[1:]
        where = point.phrase or f"at {point.label}"
        said = (
            f"{where[:1].upper()}{where[1:]} the document describes {words.count(own, 'statement')} of the stage's own"
        )
        if below:
            inherited = len(self._units(below, context))
            names = words.listed([self._label(name, context) for name in below], most=9)
            how = f", {point.inherits}" if point.inherits else ""
            said += f", and {inherited} inherited from {names}{how}"
        elif point.inherits:
            said += f", {point.inherits}"
        return f"{said}{f'; besides, {point.duty}' if point.duty else ''}. It is no checklist."

    def _named(self, unit: Unit, evaluation: Evaluation) -> str:
        found = evaluation.findings[unit.id]
        condition = f"; condition: {unit.condition}" if unit.condition else ""
        return f"{words.line(unit.id, unit.label)} ({words.seen(found)}{condition})"

    def focus_ground(self) -> Ground | None:
        """What the number of things to work on rests on."""
        return ground(self.focus_on)

    def focus(
        self, value_of: Callable[[str], Value], findings: Mapping[str, PublishedFinding], context: RuleContext
    ) -> tuple[Focus, ...]:
        """What falls short at the stage; where nothing does, what builds on the sub-standards that are seen met."""
        stage = value_of(f"{self.id}.stage")
        if stage is None:
            return ()
        order = self.closure(str(stage), context)
        units = self._units(order, context)
        chosen = [u for u in units if any(_agreed(findings[u.id], of) for of in (Finding.NOT_MET, Finding.PARTLY_MET))]
        if chosen:
            # What is not met goes before what is met in part; then the nearest stage, and there the document's order.
            chosen.sort(key=lambda u: (findings[u.id].finding is Finding.PARTLY_MET, order.index(str(u.point))))
            return tuple(Focus(u.id, words.asks(findings[u.id])) for u in chosen[: self.focus_on.at_most])
        strong = {u.criterion for u in units if _agreed(findings[u.id], Finding.MET)}
        following = [
            u
            for u in self._units(self.following(str(stage), context), context)
            if u.criterion in strong and findings[u.id].finding not in (Finding.MET, Finding.NOT_APPLICABLE)
        ]
        return tuple(
            Focus(u.id, f"what {self._label(str(u.point), context)} adds") for u in following[: self.focus_on.at_most]
        )


def _agreed(found: PublishedFinding, wanted: Finding) -> bool:
    """Whether evidence that counts in full shows this finding; what somebody says alone shows nothing."""
    return found.finding is wanted and found.in_full


def _ids(units: Iterable[Unit]) -> tuple[str, ...]:
    return tuple(unit.id for unit in units)
