"""Questions about a program: whether something can happen, what cannot, and the smallest case in which it does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from bandstand.checks.formula import Formula, solver_library
from bandstand.models.finding import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Goal = TypeVar("Goal")

#: Which state of those that a program does not tell apart a case is shown with: silence first, then what is plain.
_PLAIN = (
    State.NOT_EVIDENCED,
    State.MET,
    State.NOT_MET,
    State.PARTLY_MET,
    State.PROVISIONAL,
    State.SAID_PARTLY_MET,
    State.SAID_NOT_MET,
    State.NOT_APPLICABLE,
)


@dataclass(frozen=True)
class Case:
    """Something that a program can be given, and what it would conclude.

    Attributes:
        facts: The value of each fact that the program reads, with the view; of a fact of several words, those it has.
        states: The states that each criterion may be in, by its id; the program tells them not apart.
        view: Id of the view.
    """

    facts: Mapping[str, Any]
    states: Mapping[str, frozenset[State]]

    @property
    def view(self) -> str:
        """Id of the view."""
        return str(self.facts["view"])


class Asked:
    """A solver that knows one formula, or two of the same facts."""

    def __init__(self, *formulas: Formula) -> None:
        self._z3 = solver_library()
        self.formula = formulas[0]
        self._solver = self._z3.SolverFor("QF_FD")
        for formula in formulas:
            self._solver.add(*formula.rules)

    def model(self, *literals: Any) -> Any:
        """A model in which all of some literals hold; None where there is none."""
        return self._solver.model() if self._solver.check(*self._named(literals)) == self._z3.sat else None

    def is_possible(self, *literals: Any) -> bool:
        """Whether all of some literals can hold together."""
        return self.model(*literals) is not None

    def impossible(self, goals: Mapping[Goal, Any]) -> list[Goal]:
        """Those of some literals, by name, that can never hold."""
        left = dict(goals)
        while left:
            model = self.model(self._z3.Or(*left.values()))
            if model is None:
                break
            left = {name: literal for name, literal in left.items() if not self._is_true(model, literal)}
        return list(left)

    def smallest(self, literals: Sequence[Any], wanted: Iterable[Any]) -> Any:
        """A model in which the literals hold, and of what is wanted as much as can be, the first before the others."""
        model = self.model(*literals)
        if model is None:
            return None
        kept = list(literals)
        for literal in wanted:
            better = model if self._is_true(model, literal) else self.model(*kept, literal)
            if better is not None:
                model = better
                kept.append(literal)
        return model

    def core(self, fixed: Sequence[Any], parts: Mapping[Goal, Any]) -> list[Goal]:
        """Names of parts that cannot hold together with what is fixed, of which none can be left out."""
        kept = dict(parts)
        for name in parts:
            without = [literal for other, literal in kept.items() if other != name]
            if not self.is_possible(*fixed, *without):
                del kept[name]
        return list(kept)

    def quiet(self, formula: Formula | None = None) -> list[Any]:
        """What a small case wants: the first view, facts that are not known, and criteria without evidence."""
        of = formula or self.formula
        wanted = [next(iter(of.facts["view"].values()))]
        for fact, values in of.facts.items():
            if None in values:
                wanted.append(values[None])
            elif fact in ("flags", "roles"):
                wanted.extend(self._z3.Not(literal) for literal in values.values())
        for classes in of.criteria.values():
            wanted.extend(literal for states, literal in classes.items() if State.NOT_EVIDENCED in states)
        return wanted

    def case(self, model: Any, formula: Formula | None = None) -> Case:
        """What a model gives the program."""
        of = formula or self.formula
        facts: dict[str, Any] = {}
        for fact in of.inputs.facts:
            holding = [value for value, literal in of.facts[fact.fact].items() if self._is_true(model, literal)]
            facts[fact.fact] = frozenset(holding) if fact.several else holding[0]
        states = {
            criterion: next(states for states, literal in classes.items() if self._is_true(model, literal))
            for criterion, classes in of.criteria.items()
        }
        possible = of.inputs.states[str(facts["view"])]
        kept = {
            criterion: frozenset(state for state in found if state in possible or state is State.NOT_APPLICABLE)
            for criterion, found in states.items()
        }
        return Case(facts, kept)

    def always(self, literal: Any) -> None:
        """Ask from now on only about what a literal holds in."""
        self._solver.add(literal)

    def all_of(self, *literals: Any) -> Any:
        """The literal of all of some literals holding."""
        return self._z3.And(*literals)

    def any_of(self, *literals: Any) -> Any:
        """The literal of any of some literals holding."""
        return self._z3.Or(*literals)

    def neither(self, literal: Any) -> Any:
        """The literal of another not holding."""
        return self._z3.Not(literal)

    def other(self, case: Case, formula: Formula | None = None) -> Any:
        """The literal of something else being given than a case."""
        of = formula or self.formula
        same = [literal for fact, values in of.facts.items() for v, literal in values.items() if _is(case, fact, v)]
        for criterion, classes in of.criteria.items():
            same.extend(literal for states, literal in classes.items() if case.states[criterion] <= states)
        return self._z3.Not(self._z3.And(*same))

    def holds(self, model: Any, literal: Any) -> bool:
        """Whether a literal holds in a model."""
        return self._is_true(model, literal)

    def _is_true(self, model: Any, literal: Any) -> bool:
        return bool(self._z3.is_true(model.eval(literal, model_completion=True)))

    def _named(self, literals: Iterable[Any]) -> list[Any]:
        """Assumptions, which a solver takes only as names."""
        names = []
        for literal in literals:
            inner = literal.arg(0) if self._z3.is_not(literal) else literal
            if self._z3.is_const(inner) and not self._z3.is_true(inner) and not self._z3.is_false(inner):
                names.append(literal)
                continue
            name = self._z3.FreshBool("asked")
            self._solver.add(name == literal)
            names.append(name)
        return names


def _is(case: Case, fact: str, value: object) -> bool:
    given = case.facts[fact]
    return value in given if isinstance(given, frozenset) else value == given


def plainest(states: frozenset[State]) -> State:
    """The state, of some that a program does not tell apart, with which a case is shown."""
    return next(state for state in _PLAIN if state in states)
