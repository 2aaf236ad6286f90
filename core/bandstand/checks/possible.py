"""What can never happen in a program, whatever it is given, as coverage asks it: proved by a solver."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bandstand.checks.ask import Asked
from bandstand.checks.formula import Formula
from bandstand.checks.inputs import inputs_of
from bandstand.models.finding import State

if TYPE_CHECKING:
    from bandstand.coverage import Thing
    from bandstand.engine.evaluate import Evaluator
    from bandstand.rules.program import Program


class Proven:
    """Whether it is proved that a clause or condition never holds, or never fails: see ``coverage.Impossible``.

    Args:
        evaluator: Of the pack whose programs are asked about.

    Raises:
        EngineUnavailableError: There is no solver; the message says how to install it. When it is asked, not when made.
    """

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._known: dict[str, _Known] = {}

    def __call__(self, program: Program, thing: Thing, at: int, holds: bool) -> bool:  # noqa: FBT001 - as Impossible is
        """See :data:`bandstand.coverage.Impossible`."""
        if program.name not in self._known:
            self._known[program.name] = _Known(self._asked(program))
        return not self._known[program.name].can_be(thing, at, holds=holds)

    def _asked(self, program: Program) -> Asked:
        for outcome in self._evaluator.pack.framework.outcomes:
            if program in (self._evaluator.program(outcome.id), self._evaluator.review_program(outcome.id)):
                ways = self._evaluator.ways(outcome.id)
                states = {view: frozenset({State.NOT_EVIDENCED, *found}) for view, found in ways.items()}
                return Asked(Formula(program, inputs_of(self._evaluator.pack, outcome, program, states)))
        raise AssertionError(program.name)


class _Known:
    """What is known of one program: everything that any model so far has shown, so that few need to be asked for."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._literals = {"clause": asked.formula.clauses, "condition": asked.formula.conditions}
        self._possible: set[tuple[str, int, bool]] = set()

    def can_be(self, thing: Thing, at: int, *, holds: bool) -> bool:
        if (thing, at, holds) in self._possible:
            return True
        literal = self._literals[thing][at]
        model = self._asked.model(literal if holds else self._asked.neither(literal))
        if model is None:
            return False
        self._possible.update(
            (name, n, self._asked.holds(model, one))
            for name, literals in self._literals.items()
            for n, one in enumerate(literals)
        )
        return True
