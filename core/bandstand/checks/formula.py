"""A program as a formula: what its clauses make of anything that it can be given, for a solver to be asked about.

The formula allows everything that evidence can bring about, and a little more: how many records and kinds of source
speak of something is bound to the findings only as far as rules need. So what it proves impossible is impossible, and
what it finds possible is shown on the engine before anybody is told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bandstand.errors import EngineUnavailableError
from bandstand.models.clauses import (
    COMPARISONS,
    ConcludedIs,
    Condition,
    FactCompares,
    FactIs,
    FactKnown,
    FindingIs,
    Measure,
    MeasureCompares,
)
from bandstand.models.finding import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bandstand.checks.inputs import Inputs, OfFact
    from bandstand.rules.program import CompiledClause, Program


def solver_library() -> Any:
    """The library z3.

    Raises:
        EngineUnavailableError: It is not installed; the message says how to install it.
    """
    try:
        import z3  # noqa: PLC0415 - heavy, and only these checks need it
    except ImportError:
        message = "The checks of what rules mean need a solver: pip install 'bandstand[check]'."
        raise EngineUnavailableError(message) from None
    return z3


class Formula:
    """One program over one set of unknowns.

    Args:
        program: The clauses.
        inputs: What the program can be given.
        mark: What its unknowns are called after, so that two formulas can be asked about together.
        facts: A formula whose facts this one shares; its own when None.

    Attributes:
        facts: A literal for each value of each fact.
        criteria: A literal for each class of states, by the criterion.
        conditions: A literal for each condition of the program.
        clauses: A literal for each clause: whether it holds.
        values: A literal for each value of each conclusion.
        rules: What always holds of all these.
    """

    def __init__(self, program: Program, inputs: Inputs, mark: str = "", facts: Formula | None = None) -> None:
        self._z3 = solver_library()
        self._mark = mark
        self.program = program
        self.inputs = inputs
        self.rules: list[Any] = []
        self.facts: Mapping[str, Mapping[Any, Any]] = (
            {of.fact: self._fact(of) for of in inputs.facts} if facts is None else facts.facts
        )
        if facts is None:
            self._bind_strand()
        self.criteria: dict[str, dict[frozenset[State], Any]] = {
            of.criterion: self._one_of(of.criterion, of.classes) for of in inputs.criteria
        }
        self._bind_findings()
        self._bind_view()
        self._measures = {measure.name: measure for measure in program.measures}
        self._counts: dict[tuple[str, int], Any] = {}
        self.conditions: list[Any] = [None] * len(program.conditions)
        self.clauses: list[Any] = [None] * len(program.clauses)
        self.values: list[list[Any]] = [[] for _ in program.conclusions]
        for at, condition in enumerate(program.conditions):
            if not isinstance(condition, ConcludedIs):
                self.conditions[at] = self._condition(condition)
        for layer in program.layers:
            for at in layer.conclusions:
                self._conclude(at, [clause for clause in layer.clauses if clause.conclusion == at])
            for at, condition in enumerate(program.conditions):
                if isinstance(condition, ConcludedIs) and self.conditions[at] is None:
                    read = program.positions[condition.conclusion]
                    if self.values[read]:
                        self.conditions[at] = self._any(
                            literal
                            for value, literal in zip(program.conclusions[read].values, self.values[read], strict=True)
                            if value in condition.values
                        )

    def value(self, name: str, value: object) -> Any:
        """The literal of a conclusion having a value."""
        at = self.program.positions[name]
        return self.values[at][self.program.conclusions[at].values.index(value)]

    def _conclude(self, at: int, clauses: Sequence[CompiledClause]) -> None:
        declared = self.program.conclusions[at]
        for clause in clauses:
            self.clauses[clause.number] = self._named(f"clause {clause.number}", self._holds(clause))
        for position, value in enumerate(declared.values):
            own = [self.clauses[clause.number] for clause in clauses if clause.value == position]
            concluded = self._any(own)
            if value == declared.otherwise and type(value) is type(declared.otherwise):
                none = self._z3.Not(self._any(self.clauses[clause.number] for clause in clauses))
                concluded = self._z3.Or(concluded, none)
            self.values[at].append(self._named(f"{declared.name} {position}", concluded))

    def _holds(self, clause: CompiledClause) -> Any:
        literals = [self.conditions[at] for at in clause.conditions]
        if clause.need == "all":
            return self._z3.And(*literals)
        if clause.need == "any":
            return self._any(literals)
        return self.at_least(literals, clause.need)

    def _condition(self, condition: Condition) -> Any:
        match condition:
            case FindingIs(criterion=criterion, states=states):
                return self._in(criterion, states)
            case MeasureCompares(measure=measure, comparison=comparison, number=number):
                # Of whole numbers: above 2 is at least 3, below 2 is not at least 2.
                least = {">=": number, ">": int(number) + 1, "<": number, "<=": int(number) + 1}[comparison]
                literal = self._count(self._measures[measure], -int(-least // 1))
                return literal if comparison in (">=", ">") else self._z3.Not(literal)
            case FactIs(fact=fact, words=words):
                return self._any(literal for word, literal in self.facts[fact].items() if word in words)
            case FactKnown(fact=fact, known=known):
                literal = self.facts[fact].get(None, self._z3.BoolVal(False))
                return self._z3.Not(literal) if known else literal
            case FactCompares(fact=fact, comparison=comparison, number=number):
                return self._any(
                    literal
                    for value, literal in self.facts[fact].items()
                    if value is not None and COMPARISONS[comparison](value, number)
                )
        raise AssertionError(condition)

    def _count(self, measure: Measure, least: int) -> Any:
        """The literal of a measure being at least a number."""
        if least <= 0:
            return self._z3.BoolVal(True)
        key = (measure.name, least)
        if key not in self._counts:
            self._counts[key] = self._named(f"{measure.name} {least}", self._counted(measure, least))
        return self._counts[key]

    def _counted(self, measure: Measure, least: int) -> Any:
        match measure.how:
            case "count":
                return self.at_least([self._in(c, measure.states) for c in measure.criteria], least)
            case "run":
                first = measure.criteria[:least]
                return self._all(self._in(c, measure.states) for c in first) if len(first) == least else self._never()
        seen = frozenset(State) - {State.NOT_EVIDENCED, State.NOT_APPLICABLE}
        if measure.how == "ignored":
            gone = [self._in(c, frozenset({State.NOT_APPLICABLE})) for c in measure.criteria]
            return self._z3.And(self._free(measure, least), self.at_least(gone, least))
        spoken = [self._in(c, seen) for c in measure.criteria]
        if measure.how == "evidenced":
            every = self.at_least(spoken, least)
            return every if not measure.sources else self._z3.And(self._free(measure, least), every)
        if least == 1 and not measure.sources:
            return self._any(spoken)
        enough = [
            self._z3.And(literal, self._free(measure, least))
            for view, literal in self.facts["view"].items()
            if measure.how == "records" or self.inputs.sources[str(view)] >= least
        ]
        return self._z3.And(self._any(spoken), self._any(enough))

    def _free(self, measure: Measure, least: int) -> Any:
        """Whether evidence is as it has to be for a measure, where findings leave that open; more is never fewer."""
        name = f"open {measure.name}"
        fewer = self._z3.Bool(f"{self._mark}{name} {least - 1}") if least > 1 else None
        literal = self._z3.Bool(f"{self._mark}{name} {least}")
        if fewer is not None:
            self.rules.append(self._z3.Implies(literal, fewer))
        return literal

    def _bind_findings(self) -> None:
        """What a finding can be goes by the view, by the person's flags, and by the points below and above it."""
        for of in self.inputs.criteria:
            classes = self.criteria[of.criterion]
            applies = self._any(self.facts["flags"][flag] for flag in of.only_if) if of.only_if else None
            for states, literal in classes.items():
                if states == frozenset({State.NOT_APPLICABLE}):
                    self.rules.append(literal == self._z3.Not(applies))
                    continue
                for view, possible in self.inputs.states.items():
                    if states.isdisjoint(possible):
                        self.rules.append(self._z3.Or(self._z3.Not(self.facts["view"][view]), self._z3.Not(literal)))
        met, not_met, silent = (frozenset({state}) for state in (State.MET, State.NOT_MET, State.NOT_EVIDENCED))
        for scale in self.inputs.scales:
            for n, low in enumerate(scale):
                for high in scale[n + 1 :]:
                    self.rules.append(
                        self._z3.Not(
                            self._z3.And(
                                self._in(high, met), self._z3.Or(self._in(low, not_met), self._in(low, silent))
                            )
                        )
                    )
                    self.rules.append(self._z3.Not(self._z3.And(self._in(low, not_met), self._in(high, silent))))

    def _bind_view(self) -> None:
        """Only the first view is there without evidence."""
        first = next(iter(self.facts["view"].values()))
        silent = frozenset({State.NOT_EVIDENCED, State.NOT_APPLICABLE})
        some = self._any(
            literal for classes in self.criteria.values() for states, literal in classes.items() if not states <= silent
        )
        self.rules.append(self._z3.Or(first, some))

    def _bind_strand(self) -> None:
        """Where the grade is known, the strand is the grade's."""
        if "strand" not in self.facts or "grade" not in self.facts:
            return
        # The framework's grades begin with their strand only by custom, so inputs say whose each is.
        for grade, strand in self.inputs.strands.items():
            for name, literal in self.facts["strand"].items():
                if name != strand:
                    self.rules.append(self._z3.Not(self._z3.And(self.facts["grade"][grade], literal)))

    def _in(self, criterion: str, states: frozenset[State]) -> Any:
        return self._any(literal for of, literal in self.criteria[criterion].items() if of <= states)

    def _fact(self, of: OfFact) -> dict[Any, Any]:
        if of.several:
            return {word: self._z3.Bool(f"{self._mark}{of.fact} {word}") for word in of.values}
        return self._one_of(of.fact, of.values)

    def _one_of(self, name: str, values: Sequence[Any]) -> dict[Any, Any]:
        """A literal for each of some values, of which exactly one holds."""
        if len(values) == 1:
            return {values[0]: self._z3.BoolVal(True)}
        literals = [self._z3.Bool(f"{self._mark}{name} is {n}") for n in range(len(values))]
        if len(values) == 2:  # noqa: PLR2004 - one or the other
            return dict(zip(values, (literals[0], self._z3.Not(literals[0])), strict=True))
        self.rules += [self._z3.Or(*literals), self._z3.AtMost(*literals, 1)]
        return dict(zip(values, literals, strict=True))

    def _named(self, name: str, meaning: Any) -> Any:
        """A literal that stands for a longer formula."""
        if self._z3.is_true(meaning) or self._z3.is_false(meaning) or self._z3.is_const(meaning):
            return meaning
        literal = self._z3.Bool(f"{self._mark}{name}")
        self.rules.append(literal == meaning)
        return literal

    def at_least(self, literals: Sequence[Any], least: int) -> Any:
        """The literal of at least some of some literals holding."""
        if least > len(literals):
            return self._never()
        return self._any(literals) if least == 1 else self._z3.AtLeast(*literals, least)

    def _any(self, literals: Iterable[Any]) -> Any:
        found = list(literals)
        return found[0] if len(found) == 1 else self._z3.Or(*found) if found else self._never()

    def _all(self, literals: Iterable[Any]) -> Any:
        return self._z3.And(*literals)

    def _never(self) -> Any:
        return self._z3.BoolVal(False)
