"""An evaluation as its published document: every part a view of what the engines saw and concluded."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Literal

from bandstand import __version__, words
from bandstand.canonical import digest
from bandstand.engine.durable import RELEASE
from bandstand.engine.facts import text_of
from bandstand.engine.plain import NOT_FIRED
from bandstand.engine.recommend import recommend
from bandstand.engine.smallest_change import open_criteria, smallest_change
from bandstand.engine.trace import trace_of
from bandstand.errors import NotFoundError
from bandstand.models.evaluation import (
    Blocker,
    Certificate,
    Change,
    Checked,
    Evaluation,
    GivenFact,
    NextSteps,
    PackPin,
    Pins,
    PublishedConclusion,
    PublishedFinding,
    Step,
    ViewResult,
    WhyNot,
)
from bandstand.models.finding import FULL_STATES, Finding, State
from bandstand.models.framework import ZONES
from bandstand.models.provenance import Basis

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pydantic import BaseModel

    from bandstand.engine.evaluate import Evaluated, Run
    from bandstand.models.clauses import Value
    from bandstand.models.evidence import Evidence
    from bandstand.models.framework import View, Zone
    from bandstand.packs.pack import Pack

_FINDINGS = {
    State.NOT_EVIDENCED: Finding.NOT_EVIDENCED,
    State.NOT_MET: Finding.NOT_MET,
    State.PARTLY_MET: Finding.PARTLY_MET,
    State.MET: Finding.MET,
    State.NOT_APPLICABLE: Finding.NOT_APPLICABLE,
    State.SAID_PARTLY_MET: Finding.PARTLY_MET,
    State.SAID_NOT_MET: Finding.NOT_MET,
    # Until it is agreed, a claim is not what it claims; what it may reach is published with it.
    State.PROVISIONAL: Finding.PARTLY_MET,
}


def why_not(evaluated: Evaluated, level: int) -> WhyNot:
    """What stands between a person and a level, and the smallest change that reaches it.

    Raises:
        NotFoundError: The framework has no such level; the message names those that it has.
    """
    return _Publication(evaluated).why_not(level)


def publish(evaluated: Evaluated) -> Evaluation:
    """The evaluation as a document; the same evaluation gives the same bytes."""
    return _Publication(evaluated).document()


class _Publication:
    """One document in the making."""

    def __init__(self, evaluated: Evaluated) -> None:
        self._evaluated = evaluated
        self._pack = evaluated.pack
        self._run = evaluated.headline
        self._outcome = evaluated.outcome
        left_out = {record.id for record, _ in evaluated.findings.left_out}
        self._by_criterion: dict[str, list[Evidence]] = defaultdict(list)
        for record in evaluated.evidence:
            if record.id not in left_out:
                for criterion in dict.fromkeys(units_named(self._pack, record)):
                    self._by_criterion[criterion].append(record)
        self._findings = {
            criterion: self._finding(self._run, at) for at, criterion in enumerate(self._run.program.criteria)
        }
        self._minimum = frozenset(c for rule in self._pack.rules for c in rule.minimum_criteria())

    def document(self) -> Evaluation:
        evaluated, outcome, run = self._evaluated, self._outcome, self._run
        # Where the engines differ, no part of the document says what could pass for a recommendation.
        agreed = not evaluated.differences
        blockers, steps = self._next() if agreed else ((), _NO_STEPS)
        ragging, ragging_views = self._ragging()
        draft = Evaluation(
            person=evaluated.person.person,
            framework=self._pack.id,
            outcome=outcome.id,
            purpose=evaluated.purpose,
            as_of=evaluated.as_of,
            review_point=evaluated.review_point,
            grade=text_of(evaluated.facts.get("grade")),
            roles=tuple(sorted(_words(evaluated.facts.get("roles")))),
            career_stage=text_of(evaluated.facts.get("career_stage")),
            facts=self._facts(),
            view=run.findings.view,
            views=self._views() if agreed else {},
            result=result_of(self._evaluated, run) if agreed else "the engines disagree",
            findings=self._findings,
            conclusions=tuple(self._conclusions()),
            checks=tuple(check for name in outcome.rules for check in self._checks(name)) if agreed else (),
            level=_level(run, outcome.level) if agreed else None,
            zone=zone_of(run, outcome.zone) if agreed else None,
            ragging=ragging,
            ragging_views=ragging_views,
            recommendation=recommend(evaluated, self._findings, steps),
            blockers=blockers,
            next_steps=steps,
            since=None if evaluated.since is None else evaluated.since.day,
            changes=tuple(self._changes()) if agreed else (),
            pins=self._pins(),
            engine="plain" if run.durable is None else "durable_rules",
            certificate=self._certificate(),
            trace=trace_of(evaluated, self._findings),
        )
        content = draft.model_dump(mode="json")
        del content["pins"]["digest"]
        return draft.model_copy(update={"pins": draft.pins.model_copy(update={"digest": digest(content)})})

    def _views(self) -> dict[str, ViewResult]:
        labels = {view.id: view.label for view in self._pack.framework.findings.views}
        return {
            name: ViewResult(
                label=labels[name],
                result=result_of(self._evaluated, run),
                level=_level(run, self._outcome.level),
                zone=zone_of(run, self._outcome.zone),
                evidence=run.findings.seen,
            )
            for name, run in self._evaluated.positions.items()
            # A view of a few lines, or of claims that nobody has agreed, would read as a level that somebody gave.
            if name in self._evaluated.speaking
        }

    def _checks(self, rule: str) -> tuple[Checked, ...]:
        return self._pack.rule_by_id[rule].checks(self._run.value, self._pack.context)

    def _facts(self) -> dict[str, GivenFact]:
        """What was given of each fact that the outcome asks for."""
        known = self._evaluated.facts
        return {
            asked.id: GivenFact(
                label=asked.label,
                value=text_of(known[asked.id]),
                words=asked.worded(text_of(known[asked.id])),
                of=asked.of,
                given=self._evaluated.gave(asked),
            )
            for asked in self._evaluated.asked
        }

    def _changes(self) -> Iterable[Change]:
        """What the rule that the outcome tracks concluded otherwise on the earlier day."""
        since, run = self._evaluated.since, self._run
        if since is None or self._outcome.tracks is None:
            return
        for name in self._pack.rule_by_id[self._outcome.tracks].tracked(self._pack.context):
            was, now = since.run.value(name), run.value(name)
            if was != now:
                label = run.program.conclusions[run.program.positions[name]].label
                yield Change(name=name, label=label, was=was, now=now)

    def _finding(self, run: Run, at: int) -> PublishedFinding:
        winner = run.findings.winners[at]
        state = State(run.findings.states[at])
        if winner is None:
            return PublishedFinding(finding=_FINDINGS[state])
        provisional = state is State.PROVISIONAL
        return PublishedFinding(
            overruled=self._overruled(run, at, winner),
            finding=self._reach(run.findings.view, winner) if provisional else _FINDINGS[state],
            provisional=provisional,
            in_full=state in FULL_STATES,
            evidence=winner.id,
            source=winner.source,
            date=winner.date,
            moderated=winner.moderated_by is not None,
            accepted_from=winner.accepted_from,
            accepted_by=winner.accepted_by,
        )

    def _overruled(self, run: Run, at: int, winner: Evidence) -> tuple[str, ...]:
        """Ids of the other evidence on a criterion that counts in the view, newest first."""
        sources = {source for rank in self._view(run.findings.view).ranks for source in rank.sources}
        others = [
            record
            for record in self._by_criterion.get(run.program.criteria[at], ())
            if record is not winner and record.source in sources
        ]
        return tuple(record.id for record in sorted(others, key=lambda r: (-r.date.toordinal(), r.id)))

    def _reach(self, view_id: str, winner: Evidence) -> Finding:
        """The highest finding that an unmoderated claim of this source may reach in the view."""
        ranks = self._view(view_id).ranks
        return Finding(next(rank.reaches for rank in ranks if winner.source in rank.sources))

    def _view(self, view_id: str) -> View:
        return next(view for view in self._pack.framework.findings.views if view.id == view_id)

    def _conclusions(self) -> Iterable[PublishedConclusion]:
        run = self._run
        for declared, number in zip(run.program.conclusions, run.plain.fired, strict=True):
            grounds = self._evaluated.grounds(run.program.clauses[number]) if number != NOT_FIRED else ()
            yield PublishedConclusion(
                name=declared.name,
                value=run.value(declared.name),
                rule=declared.rule,
                basis=_weakest(ground.basis for ground in grounds),
            )

    def _ragging(self) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
        if self._outcome.colours is None:
            return {}, {}
        prefix = f"{self._outcome.colours}."
        colours = {
            point: {
                declared.name.removeprefix(prefix): run.value(declared.name)
                for declared in run.program.conclusions
                if declared.rule == self._outcome.colours
            }
            for point, run in self._evaluated.columns.items()
        }
        return colours, {point: run.findings.view for point, run in self._evaluated.columns.items()}

    def why_not(self, level: int) -> WhyNot:
        run, name = self._run, self._outcome.level
        if name is None:
            raise NotFoundError(f"{self._pack.name}, {self._outcome.label.lower()}, has no levels to ask about.")
        known = [number for number in _levels(run, name) if number > 0]
        if level not in known:
            raise NotFoundError(
                f"{self._pack.name} has no level {level}; it has {words.listed(list(map(str, known)), 12)}."
            )
        rule = self._pack.rule_by_id[run.program.conclusions[run.program.positions[name]].rule]
        own = rule.held(level)
        # Levels build on a graph: one below the highest held may itself be open.
        held = run.number(name) >= level if own is None else run.value(own) is True
        wanted: tuple[str, Value] = (name, level) if own is None else (own, True)
        blockers, steps = ((), _NO_STEPS) if held else self._towards(level, wanted)
        return WhyNot(
            person=self._evaluated.person.person,
            framework=self._pack.id,
            view=run.findings.view,
            level=level,
            held=held,
            blockers=blockers,
            steps=steps,
        )

    def _next(self) -> tuple[tuple[Blocker, ...], NextSteps]:
        name = self._outcome.level
        if name is None:
            return (), self._focus()
        level = self._run.number(name)
        above = [value for value in _levels(self._run, name) if value > level]
        return self._towards(min(above), (name, min(above))) if above else ((), _NO_STEPS)

    def _focus(self) -> NextSteps:
        """What the outcome's rule for it says to work on next."""
        if self._outcome.focus is None:
            return _NO_STEPS
        rule = self._pack.rule_by_id[self._outcome.focus]
        chosen = rule.focus(self._run.value, self._findings, self._pack.context)
        steps = tuple(self._step(focus.criterion, focus.asks) for focus in chosen)
        return NextSteps(level=None, reaches=None, kind="focus" if steps else "none", criteria=steps)

    def _step(self, criterion: str, asks: str) -> Step:
        unit = self._pack.criteria[criterion]
        return Step(
            criterion=criterion,
            label=unit.label,
            named=words.named(unit),
            descriptor=unit.text,
            official=self._pack.is_official(criterion),
            asks=asks,
        )

    def _towards(self, level: int, wanted: tuple[str, Value]) -> tuple[tuple[Blocker, ...], NextSteps]:
        """Everything open on the way to ``level``, and the smallest change that gets there."""
        run = self._run
        blockers = tuple(
            Blocker(
                criterion=criterion,
                label=self._pack.criteria[criterion].label,
                kind=self._kind([criterion]),
                **self._findings[criterion].model_dump(),
            )
            for criterion in open_criteria(run.program, run.plain, *wanted)
        )
        change = smallest_change(run.program, run.inputs.states, run.plain, *wanted)
        if change is None:
            return blockers, NextSteps(level=level, reaches=None, kind="none", criteria=())
        steps = tuple(self._step(criterion, words.asks(self._findings[criterion])) for criterion in change)
        reaches = self._reaches(change)
        return blockers, NextSteps(level=level, reaches=reaches, kind=self._kind(change), criteria=steps)

    def _kind(self, criteria: Iterable[str]) -> Literal["development", "employment_minimum"]:
        return "development" if self._minimum.isdisjoint(criteria) else "employment_minimum"

    def _reaches(self, change: Sequence[str]) -> int:
        """The level that would be held if every criterion of the change were met, by running the clauses on it."""
        run = self._run
        wanted = set(change)
        states = [
            int(State.MET) if criterion in wanted else state
            for criterion, state in zip(run.program.criteria, run.inputs.states, strict=True)
        ]
        after = run.engine.run(
            run.engine.inputs(states, run.inputs.facts, run.findings.sightings, run.findings.ignored)
        )
        assert self._outcome.level is not None
        at = run.program.positions[self._outcome.level]
        value = run.program.conclusions[at].values[after.values[at]]
        assert isinstance(value, int)
        return value

    def _certificate(self) -> Certificate:
        evaluated = self._evaluated
        runs = evaluated.runs
        two = evaluated.unavailable is None
        return Certificate(
            agreed=not evaluated.differences if two else None,
            engines=(f"durable-rules {RELEASE}", f"plain {__version__}") if two else (f"plain {__version__}",),
            runs=len(runs),
            compared=sum(len(run.program.conclusions) for run in runs) if two else 0,
            differences=evaluated.differences,
            note=evaluated.unavailable,
        )

    def _pins(self) -> Pins:
        evaluated = self._evaluated
        return Pins(
            pack=PackPin(id=self._pack.id, version=self._pack.version, digest=self._pack.digest),
            overlay=None if self._pack.overlay is None else self._pack.overlay.digest,
            # Where somebody works decides nothing, and so is nothing that the evaluation depends on.
            person=digest(evaluated.person.model_dump(mode="json", exclude={"school"})),
            evidence=digest([_dump(record) for record in sorted(evaluated.evidence, key=lambda record: record.id)]),
            engine=f"bandstand {__version__}",
            as_of=evaluated.as_of,
            digest="",
        )


def result_of(evaluated: Evaluated, run: Run) -> str:
    """What came out by one run, in a few words, as the rule that sums the outcome up has it."""
    position = {criterion: at for at, criterion in enumerate(run.program.criteria)}

    def found(criterion: str) -> State:
        return State(run.findings.states[position[criterion]])

    rule = evaluated.pack.rule_by_id[evaluated.outcome.rules[0]]
    return rule.result(run.value, found, evaluated.pack.context)


def zone_of(run: Run, name: str | None) -> Zone | None:
    """The zone that a conclusion gives; None where there is none."""
    value = None if name is None else run.value(name)
    return next((zone for zone in ZONES if zone == value), None)


def units_named(pack: Pack, record: Evidence) -> Iterator[str]:
    """Ids of the criteria that a record says something of; one may come twice."""
    for name in record.criteria:
        yield from (unit for unit, _ in pack.unfolded.unfolds.get((name, record.claim), ()))


_NO_STEPS = NextSteps(level=None, reaches=None, kind="none", criteria=())
_WEAKEST_FIRST = (Basis.ILLUSTRATIVE, Basis.INTERPRETED, Basis.TRUST, Basis.STATED)


def _weakest(bases: Iterable[Basis]) -> Basis:
    return min(bases, key=_WEAKEST_FIRST.index, default=Basis.STATED)


def _dump(model: BaseModel) -> Any:
    return model.model_dump(mode="json")


def _words(fact: object) -> frozenset[str]:
    return fact if isinstance(fact, frozenset) else frozenset()


def _level(run: Run, name: str | None) -> int | None:
    return None if name is None else run.number(name)


def _levels(run: Run, name: str) -> list[int]:
    values = run.program.conclusions[run.program.positions[name]].values
    return [value for value in values if isinstance(value, int)]
