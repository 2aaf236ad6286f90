"""One person's evidence under one pack: findings, both engines' conclusions, and whether they agree."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bandstand import words
from bandstand.engine.durable import DurableEngine, DurableRun
from bandstand.engine.facts import person_facts
from bandstand.engine.findings import Findings, FindingSet, FindingsReader
from bandstand.engine.plain import Inputs, PlainEngine, PlainRun
from bandstand.engine.smallest_change import open_criteria
from bandstand.errors import EngineUnavailableError, NotFoundError, RefusedError
from bandstand.models.finding import SHORT_STATES, State
from bandstand.rules.base import did_you_mean
from bandstand.rules.program import Program, compile_program

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from bandstand.models.clauses import Fact, Value
    from bandstand.models.evidence import Evidence, Person
    from bandstand.packs.pack import Pack


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
        person: Who.
        purpose: What for.
        as_of: Up to when.
        review_point: The last review point that counted, where one was named.
        evidence: All the evidence that was given.
        facts: What rules could know of the person.
        findings: What the evidence shows.
        positions: A run for each view that has evidence, by the view's id; there is at least one.
        columns: A run for each review point of this cycle that has evidence, by its id.
        headline: The run that level, zone and recommendation go by: of the first view that says something.
        speaking: Ids of the views that say something, and of the headline's.
        unavailable: Why durable-rules did not run, if it did not.
    """

    pack: Pack
    person: Person
    purpose: str
    as_of: dt.date
    review_point: str | None
    evidence: Sequence[Evidence]
    facts: Mapping[str, Fact]
    findings: Findings
    positions: dict[str, Run]
    columns: dict[str, Run]
    headline: Run
    speaking: frozenset[str]
    unavailable: str | None

    @property
    def runs(self) -> list[Run]:
        """Every run, views first."""
        return [*self.positions.values(), *self.columns.values()]

    @property
    def differences(self) -> tuple[str, ...]:
        """What the engines differ on in any run."""
        return tuple(difference for run in self.runs for difference in run.differences)


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
        framework = pack.framework
        # The digest is of the pack's files; what kinds make of them depends on the plugins that are loaded too, and
        # a ruleset that is registered under a name stays under it while the process lasts.
        lowered = hashlib.sha256(repr(pack.lowered).encode()).hexdigest()
        name = f"{pack.id}@{pack.version}#{pack.digest.removeprefix('sha256:')[:16]}.{lowered[:8]}"
        criteria = list(pack.criteria)
        self._position = PlainEngine(compile_program(f"{name}.position", "position", criteria, pack.lowered))
        self._review = PlainEngine(compile_program(f"{name}.review", "review", criteria, pack.lowered))
        self._durable: dict[str, DurableEngine] = {}
        self.unavailable: str | None = None
        if durable is not False:
            try:
                self._durable = {
                    engine.program.name: DurableEngine(engine.program) for engine in (self._position, self._review)
                }
            except EngineUnavailableError as error:
                if durable:
                    raise
                self.unavailable = str(error)
        else:
            self.unavailable = "durable-rules was not asked for."
        self._reader = FindingsReader(framework.findings, criteria, [point.id for point in framework.review_points])
        self._views = [view.id for view in framework.findings.views]
        self._silence = [int(State.NOT_EVIDENCED)] * len(criteria)
        self._level = self.program.positions[framework.outcome.level]
        numbers = [int(number or 0) for number in self.program.conclusions[self._level].values]
        self._lowest = numbers.index(min(numbers))
        # The criteria on the way to the first level: evidence against them says something where no level is held.
        silence = self._position.run(self._position.inputs(self._silence, {}))
        first = sorted(numbers)[1]
        self._first_step = [
            criteria.index(c) for c in open_criteria(self.program, silence, framework.outcome.level, first)
        ]

    @property
    def program(self) -> Program:
        """The clauses that run over the findings of a view."""
        return self._position.program

    def evaluate(
        self,
        person: Person,
        evidence: Sequence[Evidence],
        as_of: dt.date,
        *,
        purpose: str | None = None,
        review_point: str | None = None,
    ) -> Evaluated:
        """Findings and conclusions for one person.

        Args:
            person: Who.
            evidence: All of the person's evidence for this framework, in any order.
            as_of: Evidence up to this date counts.
            purpose: One that the framework serves; its first when None.
            review_point: The last review point of the present cycle that counts; all when None.

        Raises:
            RefusedError: The framework does not serve the purpose.
            NotFoundError: The framework has no such review point.
            EngineError: An engine failed, or rules contradict one another.
        """
        purpose = self.served(purpose)
        self.check_review_point(review_point)
        facts = person_facts(self.pack, person, purpose, as_of)
        findings = self._reader.read(evidence, as_of, review_point)
        if not findings.positions:
            nothing = FindingSet(self._views[0], None, self._silence, [None] * len(self._silence), counts_in_full=False)
            findings.positions.append(nothing)
        positions = {found.view: self._run(self._position, found, facts) for found in findings.positions}
        headline = self._headline(list(positions.values()))
        speaking = {v for v, run in positions.items() if run.findings.counts_in_full and self._says_something(run)}
        return Evaluated(
            pack=self.pack,
            person=person,
            purpose=purpose,
            as_of=as_of,
            review_point=review_point,
            evidence=evidence,
            facts=facts,
            findings=findings,
            positions=positions,
            columns={str(found.review_point): self._run(self._review, found, facts) for found in findings.columns},
            headline=headline,
            speaking=frozenset({*speaking, headline.findings.view}),
            unavailable=self.unavailable,
        )

    def _headline(self, positions: list[Run]) -> Run:
        """The run to recommend on: of the first view that says something, else of the first that counts in full.

        A few lines that an appraiser has seen do not say that somebody holds no level; until they do, the view of the
        person's own sheet says more.
        """
        full = [run for run in positions if run.findings.counts_in_full]
        return next((run for run in full if self._says_something(run)), next(iter(full), positions[0]))

    def _says_something(self, run: Run) -> bool:
        """Whether a view has evidence enough for a level, or evidence against the first; silence is neither."""
        level = run.plain.values if run.durable is None else run.durable.values
        if level[self._level] != self._lowest:
            return True
        states = run.findings.states
        return any(states[at] in SHORT_STATES for at in self._first_step)

    def served(self, purpose: str | None) -> str:
        """The purpose, or the framework's first when None.

        Raises:
            RefusedError: The framework does not serve it; the message gives the lines.
        """
        framework = self.pack.framework
        served = [p.id for p in framework.purposes]
        if purpose is None:
            return served[0]
        if purpose in served:
            return purpose
        where = words.lines(", ".join(dict.fromkeys(p.source for p in framework.purposes)))
        uses = f"It serves {words.listed(served)} ({where})."
        for refusal in framework.refuses:
            if refusal.id == purpose:
                raise RefusedError(
                    f"{self.pack.name} does not serve {purpose} ({words.lines(refusal.source)}): "
                    f"{refusal.reason} {uses}"
                )
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

    def _run(self, engine: PlainEngine, found: FindingSet, facts: Mapping[str, Fact]) -> Run:
        inputs = engine.inputs(found.states, {**facts, "view": found.view})
        durable = self._durable.get(engine.program.name)
        return Run(engine, found, inputs, engine.run(inputs), durable.run(inputs) if durable else None)
