"""The plain engine: a small interpreter that sees every condition true, false or unknown.

What it saw is the trace; what it concluded checks durable-rules.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

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
    from bandstand.engine.findings import Sighting
    from bandstand.rules.program import Layer, Program

TRUE: Final = 1
FALSE: Final = 0
#: Nothing was seen that could make the condition true or false; it does not hold.
UNKNOWN: Final = -1

#: No clause fired: the conclusion has its ``otherwise`` value.
NOT_FIRED: Final = -1


#: Number of a clause, and the positions of its conclusion and value.
_Result = tuple[int, int, int]
_Pick = Callable[[Sequence[int]], tuple[int, ...]]
_Test = Callable[[Sequence[int]], list[_Result]]
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
        # For each criterion that is read, its position, and the verdicts of the conditions on it by its state.
        finding = groupby((c for c in program.conditions if isinstance(c, FindingIs)), key=lambda c: c.criterion)
        self._of_criterion = [
            (position[name], [tuple(_finding_verdict(c, state) for c in group) for state in State])
            for name, group in ((name, list(conditions)) for name, conditions in finding)
        ]
        self._measures = [
            (spec.how, tuple(position[c] for c in spec.criteria), spec.states, spec.sources)
            for spec in program.measures
        ]
        # For each measure, likewise by its number, up to the first past which no comparison tells numbers apart.
        self._of_measure = [_measure_verdicts(program, spec.name) for spec in program.measures]
        self._words = [(c.fact, c.words) for c in program.conditions if isinstance(c, FactIs)]
        self._other_facts = [c for c in program.conditions if isinstance(c, FactKnown | FactCompares)]
        self._unseen = [UNKNOWN] * sum(isinstance(c, ConcludedIs) for c in program.conditions)
        layer_of = {c: n for n, layer in enumerate(program.layers) for c in layer.conclusions}
        concluded = _concluded_groups(program)
        self._layers = [
            _CompiledLayer([group for group in concluded if layer_of[group[0]] == n - 1], layer)
            for n, layer in enumerate(program.layers)
        ]
        self._otherwise = [c.values.index(c.otherwise) for c in program.conclusions]

    def inputs(
        self,
        states: Sequence[int],
        facts: Mapping[str, Fact],
        sightings: Sequence[Sighting] = (),
        ignored: Sequence[Sighting] = (),
    ) -> Inputs:
        """Findings and facts, with the program's measures taken of them and of the evidence behind them."""
        taken = []
        for how, criteria, counted, sources in self._measures:
            if how in EVIDENCE_MEASURES:
                seen = ignored if how == "ignored" else sightings
                taken.append(_evidence_measure(how, criteria, sources, seen))
                continue
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
        states = inputs.states
        for criterion, of_state in self._of_criterion:
            verdicts += of_state[states[criterion]]
        for of_number, number in zip(self._of_measure, inputs.measures, strict=True):
            verdicts += of_number[number] if number < len(of_number) else of_number[-1]
        facts = inputs.facts
        verdicts += [word_verdict(facts.get(fact), words) for fact, words in self._words]
        verdicts += [fact_verdict(condition, facts) for condition in self._other_facts]
        verdicts += self._unseen
        values = self._otherwise.copy()
        fired = [NOT_FIRED] * len(values)
        for layer in self._layers:
            for read, first, end, of_value in layer.concluded:
                verdicts[first:end] = of_value[values[read]]
            for holding in layer.tests:
                for number, conclusion, value in holding(verdicts):
                    if fired[conclusion] == NOT_FIRED:
                        values[conclusion] = value
                        fired[conclusion] = number
                    elif values[conclusion] != value:
                        raise EngineError(self._contradiction(conclusion, values[conclusion], value))
                    elif number < fired[conclusion]:
                        # How clauses are grouped for speed is not what decides which of them is the reason.
                        fired[conclusion] = number
        return PlainRun(verdicts, values, fired)

    def _contradiction(self, conclusion: int, one: int, other: int) -> str:
        declared = self.program.conclusions[conclusion]
        return (
            f"{self.program.name}: rule {declared.rule} concludes both {declared.values[one]!r} and "
            f"{declared.values[other]!r} of {declared.name}."
        )


#: Measures of the evidence behind findings, and not of the findings.
EVIDENCE_MEASURES: Final = frozenset({"evidenced", "kinds", "records", "ignored"})


def _evidence_measure(how: str, criteria: Sequence[int], sources: frozenset[str], sightings: Iterable[Sighting]) -> int:
    wanted = set(criteria)
    about = [
        sighting
        for sighting in sightings
        if not wanted.isdisjoint(sighting.criteria) and (not sources or sighting.source in sources)
    ]
    match how:
        case "kinds":
            return len({sighting.source for sighting in about})
        case "records":
            return len(about)
        case _:
            return len({at for sighting in about for at in sighting.criteria} & wanted)


def _measure_verdicts(program: Program, measure: str) -> list[tuple[int, ...]]:
    """The verdicts of the conditions on a measure by its number; the last serve all greater numbers."""
    compared = [c for c in program.conditions if isinstance(c, MeasureCompares) and c.measure == measure]
    most = math.ceil(max((c.number for c in compared), default=0)) + 1
    return [tuple(int(COMPARISONS[c.comparison](n, c.number)) for c in compared) for n in range(most + 1)]


class _CompiledLayer:
    """One layer's clauses, sorted by how they are tested; as TRUE is greatest, min and max answer all and any."""

    def __init__(self, concluded: list[_ConcludedGroup], layer: Layer) -> None:
        self.concluded = concluded
        always: list[_Result] = []
        one: list[tuple[_Result, int]] = []
        two: list[tuple[_Result, int, int]] = []
        every: list[tuple[_Result, int, _Pick]] = []
        any_: list[tuple[_Result, _Pick]] = []
        counted: list[tuple[_Result, tuple[int, ...], int]] = []
        for clause in layer.clauses:
            result, at = (clause.number, clause.conclusion, clause.value), clause.conditions
            if isinstance(clause.need, int):
                counted.append((result, at, clause.need))
            elif not at:
                if clause.need == "all":
                    always.append(result)
            elif len(at) == 1:
                one.append((result, at[0]))
            elif clause.need == "any":
                any_.append((result, itemgetter(*at)))
            elif len(at) == 2:  # noqa: PLR2004 - by far the most common
                two.append((result, at[0], at[1]))
            else:
                every.append((result, at[0], itemgetter(*at)))
        tests: list[tuple[list[Any], _Test]] = [
            (always, lambda _: always),
            (one, lambda v: [result for result, a in one if v[a] == TRUE]),
            (two, lambda v: [result for result, a, b in two if v[a] == TRUE and v[b] == TRUE]),
            # The first condition of a clause is mostly the one that fails; the rest are only picked when it holds.
            (every, lambda v: [result for result, a, pick in every if v[a] == TRUE and min(pick(v)) == TRUE]),
            (any_, lambda v: [result for result, pick in any_ if max(pick(v)) == TRUE]),
            (counted, lambda v: [result for result, at, k in counted if [v[c] for c in at].count(TRUE) >= k]),
        ]
        #: Each gives number, conclusion and value of every clause of its sort that holds.
        self.tests = [test for clauses, test in tests if clauses]


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
    if isinstance(condition, FactIs):
        return word_verdict(fact, condition.words)
    if isinstance(condition, FactKnown):
        return (fact is not None) == condition.known
    if fact is None:
        return UNKNOWN
    return isinstance(fact, int | float) and COMPARISONS[condition.comparison](fact, condition.number)


def word_verdict(fact: Fact, words: frozenset[str]) -> int:
    """Whether a fact is, or has among its words, one of ``words``; UNKNOWN where it is not known."""
    if fact is None:
        return UNKNOWN
    return not words.isdisjoint(fact) if isinstance(fact, frozenset) else fact in words


def _finding_verdict(condition: FindingIs, state: State) -> int:
    if state in condition.states:
        return TRUE
    return UNKNOWN if state is State.NOT_EVIDENCED else FALSE
