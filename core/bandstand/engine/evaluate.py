"""One person's evidence under one pack: findings, both engines' conclusions, and whether they agree."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bandstand import words
from bandstand.engine.durable import DurableEngine, DurableRun, require_durable
from bandstand.engine.facts import person_facts
from bandstand.engine.findings import Findings, FindingSet, FindingsReader, Way
from bandstand.engine.plain import EVIDENCE_MEASURES, Inputs, PlainEngine, PlainRun
from bandstand.engine.smallest_change import open_criteria
from bandstand.errors import EngineUnavailableError, NotFoundError, RefusedError
from bandstand.models.finding import SHORT_STATES, State
from bandstand.models.provenance import Basis, Ground
from bandstand.rules.base import did_you_mean, ground
from bandstand.rules.program import Program, compile_program, outcome_clauses, outcome_criteria

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from bandstand.models.clauses import Fact, Value
    from bandstand.models.evidence import Evidence, Person
    from bandstand.models.framework import FactAsked, Outcome, Purpose
    from bandstand.packs.pack import Pack
    from bandstand.rules.program import CompiledClause


@dataclass(frozen=True, slots=True)
class Run:
    """One program on one set of findings, by one engine or both.

    Attributes:
        engine: The plain engine, which holds the program.
        findings: What it ran on.
        inputs: The same with facts and measures.
        plain: What the plain engine saw and concluded.
        durable: What durable-rules concluded; None when it is not available.
    """

    engine: PlainEngine
    findings: FindingSet
    inputs: Inputs
    plain: PlainRun
    durable: DurableRun | None

    @property
    def program(self) -> Program:
        """The clauses that ran."""
        return self.engine.program

    def value(self, name: str) -> Value:
        """What was concluded of ``name``."""
        at = self.program.positions[name]
        values = self.plain.values if self.durable is None else self.durable.values
        return self.program.conclusions[at].values[values[at]]

    def number(self, name: str) -> int:
        """What was concluded of ``name``, whose values are numbers."""
        value = self.value(name)
        assert isinstance(value, int)
        return value

    @property
    def differences(self) -> tuple[str, ...]:
        """What the engines differ on, each with both values."""
        if self.durable is None or list(self.durable.values) == self.plain.values:
            return ()
        where = " in ".join(filter(None, (self.findings.view, self.findings.review_point)))
        return tuple(
            f"{declared.name} ({where}): durable-rules {declared.values[one]!r}, plain {declared.values[other]!r}"
            for declared, one, other in zip(
                self.program.conclusions, self.durable.values, self.plain.values, strict=True
            )
            if one != other
        )


@dataclass(frozen=True, slots=True)
class Evaluated:
    """Everything seen and concluded about one person: what documents, sentences and pages are views of.

    Attributes:
        pack: The pack that was used.
        outcome: What the framework was asked for.
        person: Who.
        purpose: What for.
        as_of: Up to when.
        review_point: The last review point that counted, where one was named.
        given: All the evidence that was given, for other outcomes too.
        names: Everything that evidence for the outcome may name.
        facts: What rules could know of the person.
        settings: What the trust sets for everybody.
        findings: What the evidence shows.
        positions: A run for each view that has evidence, by the view's id; there is at least one.
        columns: A run for each review point of this cycle that has evidence, by its id.
        headline: The run that result and recommendation go by: of the first view that says something.
        speaking: Ids of the views that say something, and of the headline's.
        confirmed: What the trust has set, as the framework has it.
        unavailable: Why durable-rules did not run, if it did not.
        since: The same as at an earlier day, in the headline's view; None unless one was named.
    """

    pack: Pack
    outcome: Outcome
    person: Person
    purpose: str
    as_of: dt.date
    review_point: str | None
    given: Sequence[Evidence]
    names: frozenset[str]
    facts: Mapping[str, Fact]
    settings: Mapping[str, str]
    findings: Findings
    positions: dict[str, Run]
    columns: dict[str, Run]
    headline: Run
    speaking: frozenset[str]
    confirmed: frozenset[Ground]
    unavailable: str | None
    since: Earlier | None

    @property
    def evidence(self) -> list[Evidence]:
        """The evidence that is for the outcome."""
        return [record for record in self.given if not self.names.isdisjoint(record.criteria)]

    @property
    def runs(self) -> list[Run]:
        """Every run, views first."""
        earlier = [] if self.since is None else [self.since.run]
        return [*self.positions.values(), *self.columns.values(), *earlier]

    @property
    def views(self) -> tuple[str, ...]:
        """Ids of the views that the outcome goes by."""
        return tuple(view.id for view in self.pack.framework.views_of(self.outcome))

    @property
    def asked(self) -> list[FactAsked]:
        """What the framework asks for the outcome, besides evidence."""
        return self.pack.asked_for(self.outcome)

    def gave(self, asked: FactAsked) -> bool:
        """Whether a fact was given, by somebody's record or by the trust, and is not only what holds by default."""
        given = self.settings if asked.of == "trust" else self.person.facts
        return asked.is_answered(given.get(asked.id))

    def grounds(self, clause: CompiledClause) -> tuple[Ground, ...]:
        """What a clause rests on; a value that the trust has set is the trust's."""
        grounds = clause.clause.grounds
        if self.confirmed.isdisjoint(grounds):
            return grounds
        return tuple(Ground(source=g.source, basis=Basis.TRUST) if g in self.confirmed else g for g in grounds)

    @property
    def differences(self) -> tuple[str, ...]:
        """What the engines differ on in any run."""
        return tuple(difference for run in self.runs for difference in run.differences)


@dataclass(frozen=True, slots=True)
class Earlier:
    """What was concluded as at an earlier day.

    Attributes:
        day: The day.
        run: Of the same view, on the evidence up to then.
    """

    day: dt.date
    run: Run


class _Compiled:
    """One outcome of a pack, compiled: its criteria, its reader of evidence, and its programs for both engines."""

    def __init__(self, pack: Pack, outcome: Outcome, *, durable: bool) -> None:
        framework = pack.framework
        self.outcome = outcome
        self.criteria = outcome_criteria(outcome, pack.criteria)
        # The digest is of the pack's files; what is made of them depends on the trust's overlay and the plugins' kinds
        # too, and a ruleset that is registered under a name stays under it while the process lasts.
        lowered = outcome_clauses(outcome, pack.rules, pack.lowered)
        made = hashlib.sha256(repr((self.criteria, lowered)).encode()).hexdigest()
        name = f"{pack.id}@{pack.version}#{pack.digest.removeprefix('sha256:')[:16]}.{made[:8]}.{outcome.id}"
        self.position = PlainEngine(compile_program(f"{name}.position", "position", self.criteria, lowered))
        self.review = PlainEngine(compile_program(f"{name}.review", "review", self.criteria, lowered))
        programs = [engine.program for engine in (self.position, self.review) if engine.program.clauses]
        self.durable = {program.name: DurableEngine(program) for program in programs} if durable else {}
        points = [point.id for point in framework.review_points]
        measured = any(measure.how in EVIDENCE_MEASURES for part in lowered for measure in part.measures)
        views = framework.views_of(outcome)
        self.views = tuple(view.id for view in views)
        policy = framework.findings.model_copy(update={"views": views})
        self.reader = FindingsReader(policy, self.criteria, points, pack.unfolded.unfolds, sightings=measured)
        self.names = pack.named_for(outcome)
        self._speaks = None if outcome.speaks is None else self.position.program.positions[outcome.speaks]
        self.silence = [int(State.NOT_EVIDENCED)] * len(self.criteria)
        #: Criteria that apply only to people with one of some flags.
        self.only_if = [
            (at, frozenset(flags)) for at, c in enumerate(self.criteria) if (flags := pack.criteria[c].only_if)
        ]
        self._level: int | None = None
        if outcome.level is not None:
            program = self.position.program
            self._level = program.positions[outcome.level]
            numbers = [int(number or 0) for number in program.conclusions[self._level].values]
            self._lowest = numbers.index(min(numbers))
            # The criteria on the way to the first level: evidence against them says something where none is held.
            silent = self.position.run(self.position.inputs(self.silence, {}))
            on_the_way = open_criteria(program, silent, outcome.level, sorted(numbers)[1])
            self._first_step = [self.criteria.index(c) for c in on_the_way]

    def run(self, engine: PlainEngine, found: FindingSet, facts: Mapping[str, Fact]) -> Run:
        """Conclude on one set of findings, by both engines where both are there."""
        inputs = engine.inputs(found.states, {**facts, "view": found.view}, found.sightings, found.ignored)
        durable = self.durable.get(engine.program.name)
        run = durable.run(inputs) if durable else DurableRun((), ()) if self.durable else None
        return Run(engine, found, inputs, engine.run(inputs), run)

    def headline(self, positions: list[Run]) -> Run:
        """The run to recommend on: of the first view that says something, else of the first that counts in full.

        A few lines that an appraiser has seen do not say that somebody holds no level; until they do, the view of the
        person's own sheet says more.
        """
        full = [run for run in positions if run.findings.counts_in_full]
        return next((run for run in full if self.says_something(run)), next(iter(full), positions[0]))

    def says_something(self, run: Run) -> bool:
        """Whether a view has evidence enough for a level, or evidence against the first; silence is neither.

        Where there are no levels, a conclusion says so, or any evidence does.
        """
        values = run.plain.values if run.durable is None else run.durable.values
        if self._speaks is not None:
            return run.program.conclusions[self._speaks].values[values[self._speaks]] is True
        if self._level is None:
            return run.findings.seen > 0
        if values[self._level] != self._lowest:
            return True
        states = run.findings.states
        return any(states[at] in SHORT_STATES for at in self._first_step)


class Evaluator:
    """Evaluates people under one pack; compiling it once serves any number of them.

    Args:
        pack: A checked pack.
        durable: Whether durable-rules concludes. None: when it is available.

    Raises:
        EngineUnavailableError: ``durable`` is true and durable-rules is not installed.
    """

    def __init__(self, pack: Pack, *, durable: bool | None = None) -> None:
        self.pack = pack
        self.unavailable: str | None = None
        if durable is False:
            self.unavailable = "durable-rules was not asked for."
        else:
            try:
                require_durable()
            except EngineUnavailableError as error:
                if durable:
                    raise
                self.unavailable = str(error)
        self._compiled: dict[str, _Compiled] = {}

    def program(self, outcome: str | None = None) -> Program:
        """The clauses of an outcome that run over the findings of a view; of the first outcome when None."""
        return self._of(self._outcome(outcome)).position.program

    def review_program(self, outcome: str | None = None) -> Program:
        """The clauses of an outcome that run over the findings of one review's column; of the first when None."""
        return self._of(self._outcome(outcome)).review.program

    def ways(self, outcome: str | None = None) -> dict[str, dict[State, Way]]:
        """The states that evidence can bring about, with a record that does, by the view; of the first when None."""
        return self._of(self._outcome(outcome)).reader.ways()

    def levels(self, outcome: str | None = None) -> list[int]:
        """The levels of an outcome, of the first when None; there are none where it has no levels."""
        asked = self._outcome(outcome)
        if asked.level is None:
            return []
        program = self._of(asked).position.program
        values = program.conclusions[program.positions[asked.level]].values
        return [value for value in values if isinstance(value, int) and value > 0]

    def evaluate(
        self,
        person: Person,
        evidence: Sequence[Evidence],
        as_of: dt.date,
        *,
        outcome: str | None = None,
        purpose: str | None = None,
        review_point: str | None = None,
        settings: Mapping[str, str] | None = None,
        since: dt.date | None = None,
    ) -> Evaluated:
        """Findings and conclusions for one person.

        Args:
            person: Who.
            evidence: The person's evidence for this framework, in any order; what is for other outcomes is left out.
            as_of: Evidence up to this date counts.
            outcome: What the framework is asked for; its first outcome when None.
            purpose: One that the outcome serves; its first when None.
            review_point: The last review point of the present cycle that counts; all when None.
            settings: What the trust sets for everybody, by the fact's id; it goes before what its overlay sets.
            since: A day before ``as_of`` to compare with; none when None.

        Raises:
            RefusedError: The framework does not serve the purpose.
            NotFoundError: The framework has no such outcome or review point.
            EngineError: An engine failed, or rules contradict one another.
        """
        asked = self._outcome(outcome)
        purpose = self.served(purpose, asked.id)
        self.check_review_point(review_point)
        compiled = self._of(asked)
        settings = {**self.pack.settings, **(settings or {})}
        facts = person_facts(self.pack, person, purpose, as_of, settings)
        findings = self._read(compiled, evidence, facts, as_of, review_point)
        positions = {found.view: compiled.run(compiled.position, found, facts) for found in findings.positions}
        headline = compiled.headline(list(positions.values()))
        speaking = {v for v, run in positions.items() if run.findings.counts_in_full and compiled.says_something(run)}
        earlier = None
        if since is not None:
            known = person_facts(self.pack, person, purpose, since, settings)
            then = self._read(compiled, evidence, known, since, review_point)
            of_view = next((found for found in then.positions if found.view == headline.findings.view), None)
            of_view = of_view or self._nothing(compiled, known, headline.findings.view)
            earlier = Earlier(since, compiled.run(compiled.position, of_view, known))
        return Evaluated(
            pack=self.pack,
            outcome=asked,
            person=person,
            purpose=purpose,
            as_of=as_of,
            review_point=review_point,
            given=evidence,
            names=compiled.names,
            facts=facts,
            settings=settings,
            findings=findings,
            positions=positions,
            columns={
                str(found.review_point): compiled.run(compiled.review, found, facts)
                for found in (findings.columns if compiled.review.program.clauses else ())
            },
            headline=headline,
            speaking=frozenset({*speaking, headline.findings.view}),
            confirmed=frozenset(
                ground(asked)
                for asked in self.pack.framework.facts
                if asked.of == "trust" and asked.is_answered(settings.get(asked.id))
            ),
            unavailable=self.unavailable,
            since=earlier,
        )

    def _read(
        self,
        compiled: _Compiled,
        evidence: Sequence[Evidence],
        facts: Mapping[str, Fact],
        as_of: dt.date,
        review_point: str | None,
    ) -> Findings:
        findings = compiled.reader.read(evidence, as_of, review_point)
        if not findings.positions:
            findings.positions.append(self._nothing(compiled, facts, compiled.views[0]))
        for found in (*findings.positions, *findings.columns):
            _leave_out_what_does_not_apply(compiled, found, facts)
        return findings

    def _nothing(self, compiled: _Compiled, facts: Mapping[str, Fact], view: str) -> FindingSet:
        """What a view shows on no evidence at all."""
        silence = compiled.silence
        nothing = FindingSet(view, None, silence.copy(), [None] * len(silence), counts_in_full=False)
        _leave_out_what_does_not_apply(compiled, nothing, facts)
        return nothing

    def _of(self, outcome: Outcome) -> _Compiled:
        if outcome.id not in self._compiled:
            self._compiled[outcome.id] = _Compiled(self.pack, outcome, durable=self.unavailable is None)
        return self._compiled[outcome.id]

    def _outcome(self, name: str | None) -> Outcome:
        outcomes = self.pack.outcomes
        if name is None:
            return next(iter(outcomes.values()))
        if name not in outcomes:
            near = did_you_mean(name, outcomes)
            raise NotFoundError(f'{self.pack.name} has no outcome "{name}". {near}')
        return outcomes[name]

    def served(self, purpose: str | None, outcome: str | None = None) -> str:
        """The purpose, or the outcome's first when None.

        Raises:
            RefusedError: The framework, or the outcome, does not serve it; the message gives the lines.
            NotFoundError: The framework has no such outcome.
        """
        framework, asked = self.pack.framework, self._outcome(outcome)
        serving = [p for p in framework.purposes if not asked.purposes or p.id in asked.purposes]
        served = [p.id for p in serving]
        if purpose is None:
            return served[0]
        if purpose in served:
            return purpose
        uses = f"It serves {_uses(framework.purposes)}."
        for refusal in framework.refuses:
            if refusal.id == purpose:
                raise RefusedError(
                    f"{self.pack.name} does not serve {purpose} ({words.lines(refusal.source)}): "
                    f"{refusal.reason} {uses}"
                )
        if purpose in {p.id for p in framework.purposes}:
            label = words.uncapitalised(asked.label)
            uses = f"It serves {_uses(serving)} with it."
            raise RefusedError(f"{self.pack.name} does not serve {purpose} with this outcome ({label}). {uses}")
        raise RefusedError(f'{self.pack.name} names no purpose "{purpose}". {uses}')

    def check_review_point(self, review_point: str | None) -> None:
        """See that a review point is one of the framework's.

        Raises:
            NotFoundError: It is not; the message suggests the nearest.
        """
        points = [point.id for point in self.pack.framework.review_points]
        if review_point is not None and review_point not in points:
            near = did_you_mean(review_point, points)
            raise NotFoundError(f'"{review_point}" is not a review point of {self.pack.name}. {near}')


def _uses(purposes: Sequence[Purpose]) -> str:
    """Purposes by their ids, with the lines of all of them."""
    sources = dict.fromkeys(part for purpose in purposes for part in purpose.source.split(", "))
    return f"{words.listed([purpose.id for purpose in purposes])} ({words.lines(', '.join(sources))})"


def _leave_out_what_does_not_apply(compiled: _Compiled, found: FindingSet, facts: Mapping[str, Fact]) -> None:
    flags = facts["flags"]
    assert isinstance(flags, frozenset)
    absent = frozenset(at for at, needed in compiled.only_if if needed.isdisjoint(flags))
    if absent:
        found.leave_out(absent)
