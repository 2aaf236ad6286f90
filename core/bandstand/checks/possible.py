"""What of a program can never happen, whatever it is given, as that a condition holds or that a clause does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from bandstand.checks.ask import Asked
from bandstand.checks.formula import Formula
from bandstand.checks.inputs import inputs_of
from bandstand.models.finding import State

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bandstand.engine.evaluate import Evaluator
    from bandstand.models.framework import Outcome
    from bandstand.rules.program import Program

#: A condition or a clause by its position in a program, and whether it is to hold.
Item = tuple[Literal["condition", "clause"], int, bool]


def never(evaluator: Evaluator, outcome: Outcome, program: Program, items: Iterable[Item]) -> set[Item]:
    """Those of some things that can never happen; the others can, as far as findings and facts decide it.

    Args:
        evaluator: Of the pack.
        outcome: One of the pack's.
        program: One of the outcome's programs.
        items: What is asked about. The fewer, the sooner it is answered.

    Raises:
        EngineUnavailableError: There is no solver; the message says how to install it.
    """
    ways = evaluator.ways(outcome.id)
    states = {view: frozenset({State.NOT_EVIDENCED, *found}) for view, found in ways.items()}
    asked = Asked(Formula(program, inputs_of(evaluator.pack, outcome, program, states)))
    goals = {}
    for item in items:
        what, at, holds = item
        literal = asked.formula.conditions[at] if what == "condition" else asked.formula.clauses[at]
        goals[item] = literal if holds else asked.neither(literal)
    return set(asked.impossible(goals))
