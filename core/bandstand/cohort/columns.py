"""A program's clauses over columns: every condition and every conclusion of many people at once.

It concludes what :class:`bandstand.engine.plain.PlainEngine` does. A column is an array with an entry for each person;
a condition that nothing is known of does not hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from bandstand.cohort.said import SOURCES
from bandstand.engine.plain import EVIDENCE_MEASURES
from bandstand.errors import EngineError
from bandstand.models.clauses import COMPARISONS, ConcludedIs, FindingIs, MeasureCompares

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import numpy.typing as npt

    from bandstand.cohort.grid import Flags, Sight
    from bandstand.models.clauses import FactCompares, FactIs, FactKnown, Measure, Value
    from bandstand.models.finding import State
    from bandstand.rules.program import CompiledClause, Program

_COUNTED: Final = np.int16


@dataclass(frozen=True, slots=True)
class Given:
    """What a program runs on.

    Attributes:
        sight: What the evidence shows, with what does not apply to a person set to that.
        applies: Shape (criteria, people): whether each applies to each; None where all do.
        fact: Whether a condition on a fact holds, for each person.
        asked: Shape (people,): of whom the conclusions are wanted. Rules that contradict one another of somebody else,
            as on no evidence in a view that nobody looks at, are not found out.
    """

    sight: Sight
    applies: Flags | None
    fact: Callable[[FactIs | FactKnown | FactCompares], Flags]
    asked: Flags

    @property
    def size(self) -> int:
        """How many people there are."""
        return int(self.sight.bits.shape[1])


class ColumnRun:
    """What a program concluded.

    Attributes:
        program: The program.
        clauses: Of each conclusion, its clauses.
        size: How many people there are.
        values: Of each conclusion, shape (people,): the position of its value.
    """

    def __init__(
        self,
        program: Program,
        clauses: Sequence[Sequence[CompiledClause]],
        given: Given,
        holds: Callable[[int, ColumnRun], Flags],
    ) -> None:
        nothing = np.zeros(0, np.int16)
        self.program, self.clauses, self.size = program, clauses, given.size
        self.values: list[npt.NDArray[np.int16]] = [nothing] * len(program.conclusions)
        self._known: dict[int, Flags] = {}
        self._holds = holds

    def holds(self, condition: int) -> Flags:
        """Of whom a condition is true: shape (people,)."""
        if condition not in self._known:
            self._known[condition] = self._holds(condition, self)
        return self._known[condition]

    def has(self, conclusion: int, values: Iterable[Value]) -> Flags:
        """Of whom a conclusion has one of some values: shape (people,)."""
        return one_of(self.values[conclusion], positions(self.program, conclusion, values))


class ColumnProgram:
    """Runs one program over columns. It holds no state between runs.

    Args:
        program: The program.
        rows: Of each of its criteria, the row of what the evidence shows; NONE for one that nothing reads.
    """

    def __init__(self, program: Program, rows: Sequence[int]) -> None:
        self.program = program
        self._row = dict(zip(program.criteria, rows, strict=True))
        self._masks = {at: _mask(c.states) for at, c in enumerate(program.conditions) if isinstance(c, FindingIs)}
        self._measure = {measure.name: at for at, measure in enumerate(program.measures)}
        self._clauses: list[list[CompiledClause]] = [[] for _ in program.conclusions]
        for clause in program.clauses:
            self._clauses[clause.conclusion].append(clause)

    def run(self, given: Given) -> ColumnRun:
        """Conclude everything, for everybody.

        Raises:
            EngineError: Two clauses conclude different values of one conclusion, of one person of whom it is asked.
        """
        measures = [self._take(measure, given) for measure in self.program.measures]

        def holds(at: int, run: ColumnRun) -> Flags:
            return self._holds(at, given, measures, run)

        run = ColumnRun(self.program, self._clauses, given, holds)
        for layer in self.program.layers:
            for at in layer.conclusions:
                self._conclude(at, run, given.asked)
        return run

    def _holds(self, at: int, given: Given, measures: Sequence[npt.NDArray[Any]], run: ColumnRun) -> Flags:
        condition = self.program.conditions[at]
        match condition:
            case FindingIs():
                holds: Flags = (given.sight.bits[self._row[condition.criterion]] & self._masks[at]) != 0
                return holds
            case MeasureCompares():
                number = measures[self._measure[condition.measure]]
                # The interpreter's comparisons serve columns as well.
                compared: Any = COMPARISONS[condition.comparison](number, condition.number)  # type: ignore[arg-type]
                return np.asarray(compared, np.bool_)
            case ConcludedIs():
                return run.has(self.program.positions[condition.conclusion], condition.values)
            case _:
                return given.fact(condition)

    def _conclude(self, at: int, run: ColumnRun, asked: Flags) -> None:
        declared = self.program.conclusions[at]
        values = np.full(run.size, declared.values.index(declared.otherwise), np.int16)
        by_value: dict[int, Flags] = {}
        for clause in self._clauses[at]:
            holds = met(clause, run)
            said = by_value.get(clause.value)
            by_value[clause.value] = holds if said is None else said | holds
        for value, holds in by_value.items():
            np.copyto(values, np.int16(value), where=holds)
        if len(by_value) > 1:
            self._check(at, list(by_value.items()), asked)
        run.values[at] = values

    def _check(self, at: int, said: Sequence[tuple[int, Flags]], asked: Flags) -> None:
        """See that nobody of whom it is asked has two values.

        Raises:
            EngineError: Somebody has.
        """
        anything = said[0][1].copy()
        for value, holds in said[1:]:
            twice = anything & holds
            if twice.any() and (twice & asked).any():
                declared = self.program.conclusions[at]
                who = int(np.flatnonzero(twice & asked)[0])
                other = next(one for one, held in said if one != value and held[who])
                raise EngineError(
                    f"{self.program.name}: rule {declared.rule} concludes both {declared.values[other]!r} and "
                    f"{declared.values[value]!r} of {declared.name}."
                )
            anything |= holds

    def _take(self, measure: Measure, given: Given) -> npt.NDArray[Any]:
        """A measure of everybody's findings or evidence: shape (people,)."""
        rows = [self._row[criterion] for criterion in measure.criteria]
        if measure.how in EVIDENCE_MEASURES:
            return _evidence_measure(measure, rows, given)
        counted = (given.sight.bits[rows] & _mask(measure.states)) != 0
        if measure.how == "run":
            return _run_of(counted)
        return np.asarray(counted.sum(axis=0, dtype=_COUNTED))


def met(clause: CompiledClause, run: ColumnRun) -> Flags:
    """Of whom enough of a clause's conditions hold."""
    if isinstance(clause.need, int):
        number = np.zeros(run.size, _COUNTED)
        for condition in clause.conditions:
            number += run.holds(condition)
        return number >= clause.need
    if not clause.conditions:
        return np.full(run.size, clause.need == "all")
    first, *others = clause.conditions
    if not others:
        return run.holds(first)
    holds = run.holds(first).copy()
    join = np.logical_and if clause.need == "all" else np.logical_or
    for condition in others:
        join(holds, run.holds(condition), out=holds)
    return holds


def one_of(values: npt.NDArray[np.int16], wanted: Sequence[int]) -> Flags:
    """Where a column has one of some values."""
    if not wanted:
        return np.zeros(len(values), np.bool_)
    found: Flags = values == wanted[0]
    for value in wanted[1:]:
        found |= values == value
    return found


def positions(program: Program, conclusion: int, values: Iterable[Value]) -> list[int]:
    """The positions of some values of a conclusion."""
    wanted = frozenset(values)
    return [at for at, value in enumerate(program.conclusions[conclusion].values) if value in wanted]


def _mask(states: Iterable[State]) -> np.uint8:
    return np.uint8(sum(1 << state for state in states))


def _run_of(counted: Flags) -> npt.NDArray[Any]:
    """How many rows, from the first, are before the first that is not set: shape (people,)."""
    number = np.zeros(counted.shape[1], _COUNTED)
    going_on = np.ones(counted.shape[1], np.bool_)
    for row in counted:
        going_on &= row
        number += going_on
    return number


def _evidence_measure(measure: Measure, rows: Sequence[int], given: Given) -> npt.NDArray[Any]:
    sight = given.sight
    assert sight.sources is not None
    asked = sum(1 << at for at, source in enumerate(SOURCES) if not measure.sources or source in measure.sources)
    if measure.how == "records":
        return _records(rows, asked, given)
    speaking = sight.sources[rows] & np.uint8(asked)
    if given.applies is not None:
        applies = given.applies[rows]
        speaking = np.where(applies != (measure.how == "ignored"), speaking, np.uint8(0))
    elif measure.how == "ignored":
        return np.zeros(given.size, _COUNTED)
    if measure.how == "kinds":
        kinds = np.bitwise_or.reduce(speaking, axis=0)
        return sum(((kinds >> at) & 1 for at in range(len(SOURCES))), np.zeros(given.size, _COUNTED))
    return np.asarray((speaking != 0).sum(axis=0, dtype=_COUNTED))


def _records(rows: Sequence[int], asked: int, given: Given) -> npt.NDArray[Any]:
    """How many records speak of one of some criteria that apply."""
    seen = given.sight.records
    assert seen is not None
    wanted = np.zeros(given.sight.bits.shape[0], np.bool_)
    wanted[list(rows)] = True
    about = wanted.take(seen.criterion) & ((asked >> seen.source) & 1).astype(np.bool_)
    if given.applies is not None:
        about &= given.applies[seen.criterion, seen.person.take(seen.record)]
    counted = np.zeros(len(seen.person), np.bool_)
    counted[seen.record[about]] = True
    return np.bincount(seen.person[counted], minlength=given.size)
