"""The trace of an evaluation: built from what the engines saw, once, for every view of it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from bandstand import words
from bandstand.engine.plain import NOT_FIRED, TRUE, UNKNOWN
from bandstand.models.clauses import ConcludedIs, Condition, FindingIs, MeasureCompares, subject_of
from bandstand.models.trace import LeftOut, Seen, Trace, TracedConclusion, TracedCondition, TracedFiring, TriedClause

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Literal

    from bandstand.engine.evaluate import Evaluated, Run
    from bandstand.engine.ruleset import Firing
    from bandstand.models.clauses import Fact, Value
    from bandstand.models.evaluation import PublishedFinding
    from bandstand.models.provenance import Ground
    from bandstand.rules.program import CompiledClause


def trace_of(evaluated: Evaluated, findings: dict[str, PublishedFinding]) -> Trace:
    """The trace of the headline run; ``findings`` are those that it went by, by criterion."""
    run = evaluated.headline
    firings = _firings(run)
    worded = _Words(evaluated, findings)
    traced = [worded.conclusion(at, firings.get(at, [])) for layer in run.program.layers for at in layer.conclusions]
    left_out = sorted(
        (
            LeftOut.model_validate({"evidence": record.id, "date": record.date, "reason": reason})
            for record, reason in evaluated.findings.left_out
        ),
        key=lambda item: (item.date, item.evidence),
    )
    return Trace(view=run.findings.view, conclusions=tuple(traced), left_out=tuple(left_out))


def supporting(evaluated: Evaluated, names: Iterable[str]) -> dict[str, tuple[Ground, ...]]:
    """What the named conclusions rest on: each conclusion that led to them, with the grounds that mattered.

    Where any condition was enough and an earlier conclusion was one of them, it is that conclusion which mattered:
    level 6 is not held because level 4 is not, whatever level 6 itself rests on.
    """
    run = evaluated.headline
    program = run.program
    found: dict[str, tuple[Ground, ...]] = {}
    waiting = [program.positions[name] for name in names]
    while waiting:
        at = waiting.pop()
        name = program.conclusions[at].name
        if name in found:
            continue
        number = run.plain.fired[at]
        if number == NOT_FIRED:
            found[name] = ()
            continue
        clause = program.clauses[number]
        held = [program.conditions[c] for c in clause.conditions if run.plain.verdicts[c] == TRUE]
        earlier = [program.positions[c.conclusion] for c in held if isinstance(c, ConcludedIs)]
        also_own = len(held) > len(earlier)
        found[name] = () if clause.need == "any" and earlier and also_own else evaluated.grounds(clause)
        waiting.extend(earlier)
    return found


def _firings(run: Run) -> dict[int, list[tuple[int, Firing]]]:
    """The firings that concluded each conclusion, with their number in the run; by the conclusion's position."""
    grouped: dict[int, list[tuple[int, Firing]]] = defaultdict(list)
    for number, firing in enumerate(run.durable.firings if run.durable else (), start=1):
        grouped[run.program.clauses[firing.clause].conclusion].append((number, firing))
    return grouped


class _Words:
    """Conclusions and conditions of one run, in words."""

    def __init__(self, evaluated: Evaluated, findings: dict[str, PublishedFinding]) -> None:
        self._evaluated = evaluated
        self._run = run = evaluated.headline
        self._findings = findings
        self._measures = {spec.name: at for at, spec in enumerate(run.program.measures)}

    def conclusion(self, at: int, firings: list[tuple[int, Firing]]) -> TracedConclusion:
        declared = self._run.program.conclusions[at]
        number = self._run.plain.fired[at]
        clause = None if number == NOT_FIRED else self._run.program.clauses[number]
        return TracedConclusion(
            name=declared.name,
            label=declared.label,
            value=self._run.value(declared.name),
            rule=declared.rule,
            needs="none" if clause is None else str(clause.need),
            grounds=() if clause is None else self._evaluated.grounds(clause),
            conditions=() if clause is None else tuple(self._conditions(clause)),
            tried=tuple(self._tried(at)) if clause is None else (),
            firings=() if clause is None else tuple(_traced(clause, firings)),
        )

    def _tried(self, at: int) -> Iterator[TriedClause]:
        """The clauses that could have concluded something else, and did not hold."""
        declared = self._run.program.conclusions[at]
        for clause in self._run.program.clauses:
            if clause.conclusion == at:
                yield TriedClause(
                    value=declared.values[clause.value],
                    needs=str(clause.need),
                    grounds=self._evaluated.grounds(clause),
                    conditions=tuple(self._conditions(clause)),
                )

    def _conditions(self, clause: CompiledClause) -> Iterator[TracedCondition]:
        for at in clause.conditions:
            condition = self._run.program.conditions[at]
            verdict = _verdict(self._run.plain.verdicts[at])
            asks, subject = words.asked(condition), subject_of(condition)
            yield TracedCondition(asks=asks, subject=subject, verdict=verdict, saw=self._seen(condition))

    def _seen(self, condition: Condition) -> Seen:
        subject = subject_of(condition)
        match condition:
            case FindingIs():
                found = self._findings[subject]
                return Seen(
                    finding=found.finding,
                    provisional=found.provisional,
                    evidence=found.evidence,
                    date=found.date,
                    source=found.source,
                )
            case ConcludedIs():
                return Seen(value=self._run.value(subject))
            case MeasureCompares():
                return Seen(value=self._run.inputs.measures[self._measures[subject]])
            case _:
                return Seen(value=_fact(self._run.inputs.facts.get(subject)))


def _traced(clause: CompiledClause, firings: list[tuple[int, Firing]]) -> Iterator[TracedFiring]:
    for number, firing in firings:
        if firing.clause == clause.number:
            place = None if firing.condition is None else clause.conditions.index(firing.condition)
            yield TracedFiring(number=number, condition=place)


def _verdict(verdict: int) -> Literal["true", "false", "unknown"]:
    return "true" if verdict == TRUE else "unknown" if verdict == UNKNOWN else "false"


def _fact(fact: Fact) -> Value | float:
    return ", ".join(sorted(fact)) if isinstance(fact, frozenset) else fact
