"""The plain engine: a small interpreter that sees every condition true, false or unknown.

What it saw is the trace; what it concluded checks durable-rules.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
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
    from bandstand.rules.program import Program

TRUE: Final = 1
FALSE: Final = 0
#: Nothing was seen that could make the condition true or false; it does not hold.
UNKNOWN: Final = -1

#: No clause fired: the conclusion has its ``otherwise`` value.
NOT_FIRED: Final = -1


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
    """Runs one program, over and over. It holds no state between runs, and threads may share it."""

    def __init__(self, program: Program) -> None:
        self.program = program
        position = {criterion: at for at, criterion in enumerate(program.criteria)}
        self._finding: list[tuple[int, int, tuple[int, ...]]] = []
        self._fact: list[tuple[int, FactIs | FactKnown | FactCompares]] = []
        self._measure: list[tuple[int, int, Callable[[float, float], bool], float]] = []
        concluded: list[tuple[int, int, frozenset[int]]] = []
        measures = {m.name: at for at, m in enumerate(program.measures)}
        for at, condition in enumerate(program.conditions):
            match condition:
                case FindingIs():
                    self._finding.append((at, position[condition.criterion], _verdict_table(condition)))
                case FactIs() | FactKnown() | FactCompares():
                    self._fact.append((at, condition))
                case MeasureCompares():
                    compare = COMPARISONS[condition.comparison]
                    self._measure.append((at, measures[condition.measure], compare, condition.number))
                case ConcludedIs():
                    read = program.positions[condition.conclusion]
                    values = program.conclusions[read].values
                    good = frozenset(n for n, value in enumerate(values) if value in condition.values)
                    concluded.append((at, read, good))
        self._measures = [
            (spec.how, tuple(position[c] for c in spec.criteria), spec.states) for spec in program.measures
        ]
        layer_of = {c: n for n, layer in enumerate(program.layers) for c in layer.conclusions}
        self._layers = [
            (
                [(at, read, good) for at, read, good in concluded if layer_of[read] == n - 1],
                [(c.number, c.conclusion, c.value, _test(c.need, c.conditions)) for c in layer.clauses],
            )
            for n, layer in enumerate(program.layers)
        ]
        self._otherwise = [c.values.index(c.otherwise) for c in program.conclusions]

    def inputs(self, states: Sequence[int], facts: Mapping[str, Fact]) -> Inputs:
        """Findings and facts, with the program's measures taken of them."""
        taken = []
        for how, criteria, counted in self._measures:
            if how == "count":
                taken.append(sum(states[c] in counted for c in criteria))
            else:
                taken.append(next((at for at, c in enumerate(criteria) if states[c] not in counted), len(criteria)))
        return Inputs(states, facts, tuple(taken))

    def run(self, inputs: Inputs) -> PlainRun:
        """Conclude everything.

        Raises:
            EngineError: Two clauses conclude different values of one conclusion.
        """
        verdicts = [UNKNOWN] * len(self.program.conditions)
        states = inputs.states
        for at, criterion, table in self._finding:
            verdicts[at] = table[states[criterion]]
        for at, number, compare, bound in self._measure:
            verdicts[at] = compare(inputs.measures[number], bound)
        for at, condition in self._fact:
            verdicts[at] = fact_verdict(condition, inputs.facts)
        values = self._otherwise.copy()
        fired = [NOT_FIRED] * len(values)
        for concluded, clauses in self._layers:
            for at, read, good in concluded:
                verdicts[at] = values[read] in good
            for number, conclusion, value, holds in clauses:
                if holds(verdicts):
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


def _verdict_table(condition: FindingIs) -> tuple[int, ...]:
    """The verdict for each state, by the state's number."""
    table = []
    for state in State:
        if state in condition.states:
            table.append(TRUE)
        else:
            table.append(UNKNOWN if state is State.NOT_EVIDENCED else FALSE)
    return tuple(table)


def _test(need: str | int, conditions: tuple[int, ...]) -> Callable[[Sequence[int]], bool]:
    """A test of verdicts; TRUE is the greatest verdict, so ``min`` and ``max`` answer all and any."""
    if not conditions:
        satisfied = need == "all"
        return lambda _: satisfied
    if len(conditions) == 1:
        only = conditions[0]
        return lambda verdicts: verdicts[only] == TRUE
    pick = itemgetter(*conditions)
    if need == "all":
        return lambda verdicts: min(pick(verdicts)) == TRUE
    if need == "any":
        return lambda verdicts: max(pick(verdicts)) == TRUE
    least = int(need)
    return lambda verdicts: pick(verdicts).count(TRUE) >= least
