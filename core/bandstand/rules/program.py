"""A pack's clauses, compiled: names become positions, conclusions are put in layers.

A program is what both engines run. Compiling checks what no single rule can see: that every conclusion read is
declared, every value concluded is one of its conclusion's, and nothing reads itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from bandstand.errors import EngineError
from bandstand.models.clauses import (
    Clause,
    ConcludedIs,
    Conclusion,
    Condition,
    FactCompares,
    FactIs,
    FactKnown,
    FindingIs,
    Lowered,
    Measure,
    MeasureCompares,
    Need,
    Scope,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bandstand.models.framework import Outcome
    from bandstand.models.standard import Unit
    from bandstand.rules.base import Rule


@dataclass(frozen=True, slots=True)
class CompiledClause:
    """A clause by positions.

    Attributes:
        clause: As the rule lowered it.
        number: Its position among the program's clauses.
        conclusion: Position of its conclusion.
        value: Position of its value among the conclusion's values.
        need: As the clause has it.
        conditions: Positions of its conditions, each once.
    """

    clause: Clause
    number: int
    conclusion: int
    value: int
    need: Need
    conditions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Layer:
    """Conclusions that read only findings, measures, facts and earlier layers."""

    conclusions: tuple[int, ...]
    clauses: tuple[CompiledClause, ...]


@dataclass(frozen=True, slots=True)
class Program:
    """Compiled clauses of one scope.

    Attributes:
        name: Unique in the process, as ``smart_equip@2024.1#ab12.position``.
        criteria: Ids of every criterion of the pack, in order; findings come in this order.
        measures: In the order of the rules.
        conditions: Each different condition once: those on findings by criterion, those on measures by measure, those
            on facts (words first), then those on conclusions by conclusion.
        conclusions: In the order of the rules.
        layers: Earliest first.
        positions: Of the conclusions, by name.
        clauses: Every clause of every layer, by its number.
    """

    name: str
    criteria: tuple[str, ...]
    measures: tuple[Measure, ...]
    conditions: tuple[Condition, ...]
    conclusions: tuple[Conclusion, ...]
    layers: tuple[Layer, ...]
    positions: dict[str, int]
    clauses: tuple[CompiledClause, ...]


def outcome_clauses(outcome: Outcome, rules: Iterable[Rule], lowered: Iterable[Lowered]) -> list[Lowered]:
    """What the rules of an outcome lower to, out of what all rules do, in the order of the rules."""
    return [part for rule, part in zip(rules, lowered, strict=True) if rule.id in outcome.rules]


def outcome_criteria(outcome: Outcome, criteria: Mapping[str, Unit]) -> list[str]:
    """Ids of the criteria that the evidence of an outcome is about, in order."""
    return [criterion for criterion, unit in criteria.items() if unit.set in outcome.sets]


def compile_program(name: str, scope: Scope, criteria: Sequence[str], lowered: Iterable[Lowered]) -> Program:
    """The clauses of one scope as a program.

    Raises:
        EngineError: The clauses contradict what is declared: an unknown conclusion, criterion, measure or value, or
            conclusions that read one another in a circle. Packs are checked before, so only a rule kind that lowers
            wrongly gets here.
    """
    parts = [part for part in lowered if part.scope == scope]
    conclusions = tuple(c for part in parts for c in part.conclusions)
    positions = {c.name: at for at, c in enumerate(conclusions)}
    if len(positions) != len(conclusions):
        twice = sorted({c.name for c in conclusions if sum(d.name == c.name for d in conclusions) > 1})
        raise EngineError(f"{name}: concluded by two rules: {', '.join(twice)}.")
    for c in conclusions:
        if c.otherwise not in c.values or len(set(c.values)) != len(c.values):
            raise EngineError(f"{name}: {c.name} is otherwise {c.otherwise!r}, and can be {c.values!r}.")
    measures = tuple(m for part in parts for m in part.measures)
    for m in measures:
        if missing := set(m.criteria) - set(criteria):
            raise EngineError(f"{name}: measure {m.name} reads {', '.join(sorted(missing))}, which is not there.")
    clauses = [clause for part in parts for clause in part.clauses]
    _check_names(name, clauses, set(criteria), set(positions), {m.name for m in measures})

    layer_of = _layers(name, clauses, positions)
    conditions = _ordered_conditions(clauses, criteria, [m.name for m in measures], positions)
    by_layer: list[list[CompiledClause]] = [[] for _ in range(max(layer_of, default=0) + 1)]
    for number, clause in enumerate(clauses):
        at = positions[clause.conclusion]
        try:
            value = conclusions[at].values.index(clause.value)
        except ValueError:
            raise EngineError(f"{name}: {clause.conclusion} is declared never to be {clause.value!r}.") from None
        used = tuple(dict.fromkeys(conditions[c] for c in clause.conditions))
        by_layer[layer_of[at]].append(CompiledClause(clause, number, at, value, clause.need, used))
    layers = tuple(
        Layer(tuple(at for at in range(len(conclusions)) if layer_of[at] == n), tuple(compiled))
        for n, compiled in enumerate(by_layer)
    )
    ordered = sorted((c for layer in layers for c in layer.clauses), key=lambda c: c.number)
    return Program(name, tuple(criteria), measures, tuple(conditions), conclusions, layers, positions, tuple(ordered))


def _ordered_conditions(
    clauses: Iterable[Clause], criteria: Sequence[str], measures: Sequence[str], positions: dict[str, int]
) -> dict[Condition, int]:
    """Each different condition with its position: by criterion, then by measure, of facts, then by conclusion."""
    criterion = {name: at for at, name in enumerate(criteria)}

    def place(condition: Condition) -> tuple[int, int]:
        match condition:
            case FindingIs():
                return 0, criterion[condition.criterion]
            case MeasureCompares():
                return 1, measures.index(condition.measure)
            case FactIs():
                return 2, 0
            case FactKnown() | FactCompares():
                return 2, 1
            case ConcludedIs():
                return 3, positions[condition.conclusion]

    different = dict.fromkeys(c for clause in clauses for c in clause.conditions)
    return {condition: at for at, condition in enumerate(sorted(different, key=place))}


def _check_names(
    name: str, clauses: Iterable[Clause], criteria: set[str], conclusions: set[str], measures: set[str]
) -> None:
    for clause in clauses:
        different = len(set(clause.conditions))
        if isinstance(clause.need, int) and not 1 <= clause.need <= different:
            needs = f"{clause.need} of {different} conditions"
            raise EngineError(f"{name}: a clause concludes {clause.conclusion} when {needs} hold, which cannot be.")
        if clause.conclusion not in conclusions:
            raise EngineError(f"{name}: a clause concludes {clause.conclusion}, which no rule declares.")
        for condition in clause.conditions:
            match condition:
                case FindingIs(criterion=read) if read not in criteria:
                    raise EngineError(f"{name}: {clause.conclusion} reads criterion {read}, which is not there.")
                case ConcludedIs(conclusion=read) if read not in conclusions:
                    raise EngineError(
                        f"{name}: {clause.conclusion} reads {read}, which no rule of its scope concludes."
                    )
                case MeasureCompares(measure=read) if read not in measures:
                    raise EngineError(f"{name}: {clause.conclusion} reads measure {read}, which is not there.")
                case _:
                    pass


def _layers(name: str, clauses: Sequence[Clause], positions: dict[str, int]) -> list[int]:
    reads: dict[int, set[int]] = {at: set() for at in positions.values()}
    for clause in clauses:
        reads[positions[clause.conclusion]].update(
            positions[c.conclusion] for c in clause.conditions if isinstance(c, ConcludedIs)
        )
    layer_of = [0] * len(positions)
    try:
        for at in TopologicalSorter(reads).static_order():
            layer_of[at] = max((layer_of[read] + 1 for read in reads[at]), default=0)
    except CycleError as error:
        names = list(positions)
        circle = " reads ".join(names[at] for at in error.args[1])
        raise EngineError(f"{name}: conclusions read one another in a circle: {circle}.") from None
    return layer_of
