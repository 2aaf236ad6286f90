"""What can never happen in a program, whatever it is given, as coverage asks it: proved by a solver."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bandstand.checks.ask import Asked
from bandstand.checks.formula import Formula
from bandstand.checks.inputs import inputs_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bandstand.coverage import Goal
    from bandstand.engine.evaluate import Evaluator
    from bandstand.models.framework import Outcome
    from bandstand.rules.program import Program


def never(evaluator: Evaluator, outcome: Outcome, program: Program, goals: Iterable[Goal]) -> set[Goal]:
    """Those of some goals that are proved never to be reached: see ``coverage.Impossible``.

    Args:
        evaluator: Of the pack.
        outcome: One of the pack's.
        program: One of the outcome's programs.
        goals: What is asked about. The fewer, the sooner it is answered.

    Raises:
        EngineUnavailableError: There is no solver; the message says how to install it.
    """
    asked = Asked(Formula(program, inputs_of(evaluator, outcome, program)))
    literals = {"condition": asked.formula.conditions, "clause": asked.formula.clauses}
    wanted = {
        (thing, at, holds): literals[thing][at] if holds else asked.neither(literals[thing][at])
        for thing, at, holds in goals
    }
    return set(asked.impossible(wanted))
