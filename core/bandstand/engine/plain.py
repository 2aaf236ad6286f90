"""The plain engine: a small interpreter that sees every condition true, false or unknown.

What it saw is the trace; what it concluded checks durable-rules.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Final

from bandstand.errors import EngineError
from bandstand.models.clauses import (
    COMPARISONS,
    ConcludedIs,
    Fact,
    FactCompares,
    FactIs,
    FactKnown,
    FindingIs,
    MeasureCompares,
)
from bandstand.models.finding import State

if TYPE_CHECKING:
    from bandstand.rules.program import Layer, Program

TRUE: Final = 1
FALSE: Final = 0
#: Nothing was seen that could make the condition true or false; it does not hold.
UNKNOWN: Final = -1

#: No clause fired: the conclusion has its ``otherwise`` value.
NOT_FIRED: Final = -1


#: Number of a clause, and the positions of its conclusion and value.
_Result = tuple[int, int, int]
#: A conclusion, the first and the end of the conditions on it, and their verdicts by its value.
_ConcludedGroup = tuple[int, int, int, list[tuple[int, ...]]]


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a program runs on.

    Attributes:
        states: One :class:`State` for each criterion of the program, as integers.
        facts: Facts about the person, by name.
        measures: One number for each measure of the program.
    """

    states: Sequence[int]
    facts: Mapping[str, Fact]
    measures: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PlainRun:
    """What the plain engine saw and concluded: the trace, before anyone words it.

    Attributes:
        verdicts: TRUE, FALSE or UNKNOWN for each condition of the program.
        values: Position of the value of each conclusion.
        fired: Number of the clause that concluded each conclusion, or NOT_FIRED.
    """

    verdicts: Sequence[int]
    values: Sequence[int]
    fired: Sequence[int]


class PlainEngine:
    """Runs one program, over and over. It holds no state between runs, and threads may share it.

    A program's conditions stand in groups: those on one criterion, on one measure, on one conclusion. What a group's
    verdicts are is a matter of one small number (a state, a measure, a value), so they are looked up together.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        position = {criterion: at for at, criterion in enumerate(program.criteria)}
        # For each criterion, the verdicts of the conditions on it, by its state.
        finding = [[c for c in program.conditions if isinstance(c, FindingIs) and c.criterion == name] for name in position]
        self._of_criterion = [[tuple(_finding_verdict(c, s) for c in group) for s in State] for group in finding]
        self._measures = [(spec.how, tuple(position[c] for c in spec.criteria), spec.states) for spec in program.measures]
        # For each measure, likewise by its number, from none of its criteria to all.
        self._of_measure = [
            [
                tuple(
                    int(COMPARISONS[c.comparison](number, c.number))
                    for c in program.conditions
                    if isinstance(c, MeasureCompares) and c.measure == spec.name
                )
                for number in range(len(spec.criteria) + 1)
            ]
            for spec in program.measures
        ]
        self._facts = [c for c in program.conditions if isinstance(c, FactIs | FactKnown | FactCompares)]
        self._unseen = [UNKNOWN] * sum(isinstance(c, ConcludedIs) for c in program.conditions)
        layer_of = {c: n for n, layer in enumerate(program.layers) for c in layer.conclusions}
        concluded = _concluded_groups(program)
        self._layers = [
            _CompiledLayer([group for group in concluded if layer_of[group[0]] == n - 1], layer)
            for n, layer in enumerate(program.layers)
        ]
        self._otherwise = [c.values.index(c.otherwise) for c in program.conclusions]

    def inputs(self, states: Sequence[int], facts: Mapping[str, Fact]) -> Inputs:
        """Findings and facts, with the program's measures taken of them."""
        taken = []
        for how, criteria, counted in self._measures:
            number = 0
            for c in criteria:
                if states[c] in counted:
                    number += 1
                elif how == "run":
                    break
            taken.append(number)
        return Inputs(states, facts, tuple(taken))

    def run(self, inputs: Inputs) -> PlainRun:
        """Conclude everything.

        Raises:
            EngineError: Two clauses conclude different values of one conclusion.
        """
        verdicts: list[int] = []
        for of_state, state in zip(self._of_criterion, inputs.states, strict=True):
            verdicts += of_state[state]
        for of_number, number in zip(self._of_measure, inputs.measures, strict=True):
            verdicts += of_number[number]
        facts = inputs.facts
        verdicts += [fact_verdict(condition, facts) for condition in self._facts]
        verdicts += self._unseen
        values = self._otherwise.copy()
        fired = [NOT_FIRED] * len(values)
        for layer in self._layers:
            for read, first, end, of_value in layer.concluded:
                verdicts[first:end] = of_value[values[read]]
            for number, conclusion, value in layer.holding(verdicts):
                if fired[conclusion] == NOT_FIRED:
                    values[conclusion] = value
                    fired[conclusion] = number
                elif values[conclusion] != value:
                    raise EngineError(self._contradiction(conclusion, values[conclusion], value))
        return PlainRun(verdicts, values, fired)

    def _contradiction(self, conclusion: int, one: int, other: int) -> str:
        declared = self.program.conclusions[conclusion]
        return (
            f"{self.program.name}: rule {declared.rule} concludes both {declared.values[one]!r} and "
            f"{declared.values[other]!r} of {declared.name}."
        )


class _CompiledLayer:
    """One layer's clauses, sorted by how they are tested; TRUE is the greatest verdict, so min and max answer all and any."""

    __slots__ = ("_any", "_count", "_every", "_one", "_two", "concluded")

    def __init__(self, concluded: list[_ConcludedGroup], layer: Layer) -> None:
        self.concluded = concluded
        self._one: list[tuple[_Result, int]] = []
        self._two: list[tuple[_Result, int, int]] = []
        self._every: list[tuple[_Result, Callable[[Sequence[int]], tuple[int, ...]]]] = []
        self._any: list[tuple[_Result, Callable[[Sequence[int]], tuple[int, ...]]]] = []
        self._count: list[tuple[_Result, tuple[int, ...], int]] = []
        for clause in layer.clauses:
            result, at = (clause.number, clause.conclusion, clause.value), clause.conditions
            if isinstance(clause.need, int):
                self._count.append((result, at, clause.need))
            elif len(at) == 1:
                self._one.append((result, at[0]))
            elif clause.need == "any":
                if at:
                    self._any.append((result, itemgetter(*at)))
            elif len(at) == 2:  # noqa: PLR2004 - by far the most common
                self._two.append((result, at[0], at[1]))
            else:
                self._every.append((result, itemgetter(*at) if at else lambda _: (TRUE,)))

    def holding(self, verdicts: Sequence[int]) -> list[_Result]:
        """Number, conclusion and value of every clause that holds."""
        held = [result for result, a in self._one if verdicts[a] == TRUE]
        held += [result for result, a, b in self._two if verdicts[a] == TRUE and verdicts[b] == TRUE]
        held += [result for result, pick in self._every if min(pick(verdicts)) == TRUE]
        held += [result for result, pick in self._any if max(pick(verdicts)) == TRUE]
        held += [result for result, at, least in self._count if [verdicts[c] for c in at].count(TRUE) >= least]
        return held


def _concluded_groups(program: Program) -> list[_ConcludedGroup]:
    groups: list[_ConcludedGroup] = []
    conditions = [(at, c) for at, c in enumerate(program.conditions) if isinstance(c, ConcludedIs)]
    for name, group in groupby(conditions, key=lambda pair: pair[1].conclusion):
        members = list(group)
        read = program.positions[name]
        by_value = [tuple(int(value in c.values) for _, c in members) for value in program.conclusions[read].values]
        groups.append((read, members[0][0], members[-1][0] + 1, by_value))
    return groups


def fact_verdict(condition: FactIs | FactKnown | FactCompares, facts: Mapping[str, Fact]) -> int:
    """TRUE, FALSE or, where the fact is not known, UNKNOWN."""
    fact = facts.get(condition.fact)
    if isinstance(condition, FactKnown):
        return (fact is not None) == condition.known
    if fact is None:
        return UNKNOWN
    if isinstance(condition, FactCompares):
        return isinstance(fact, int | float) and COMPARISONS[condition.comparison](fact, condition.number)
    if isinstance(fact, frozenset):
        return not condition.words.isdisjoint(fact)
    return fact in condition.words


def _finding_verdict(condition: FindingIs, state: State) -> int:
    if state in condition.states:
        return TRUE
    return UNKNOWN if state is State.NOT_EVIDENCED else FALSE
