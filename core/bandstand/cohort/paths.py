"""Back from what was concluded: the criteria that stand between people and their next level, and what grounds matter.

These follow :func:`bandstand.engine.smallest_change.open_criteria` and :func:`bandstand.engine.trace.supporting`, for
many people at once.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from bandstand.cohort.columns import met, one_of, positions
from bandstand.models.clauses import ConcludedIs, FindingIs
from bandstand.models.finding import State

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bandstand.cohort.columns import ColumnRun
    from bandstand.cohort.grid import Flags
    from bandstand.models.clauses import Value
    from bandstand.models.provenance import Ground
    from bandstand.rules.program import Program

_Key = TypeVar("_Key")


def open_criteria(run: ColumnRun, conclusion: int, wanted: Mapping[Value, Flags]) -> dict[str, Flags]:
    """Criteria that stand between people and a value of a conclusion, each with whose way it is in.

    Args:
        run: What was concluded.
        conclusion: Position of the conclusion.
        wanted: Of each value that somebody is to reach, who.

    Returns:
        By the criterion's id, an array of shape (people,).
    """
    program = run.program
    found: dict[str, Flags] = {}
    asked: dict[int, dict[frozenset[Value], Flags]] = defaultdict(dict)
    asked[conclusion] = {frozenset({value}): who for value, who in wanted.items()}
    for at in _last_first(program):
        for values, who in asked.pop(at, {}).items():
            reached = positions(program, at, values)
            lacking = who & ~one_of(run.values[at], reached)
            if not lacking.any():
                continue
            for clause in run.clauses[at]:
                if clause.value not in reached:
                    continue
                for number in clause.conditions:
                    condition = program.conditions[number]
                    missing = lacking & ~run.holds(number)
                    match condition:
                        case FindingIs() if State.MET in condition.states:
                            _join(found, condition.criterion, missing)
                        case ConcludedIs():
                            _join(asked[program.positions[condition.conclusion]], condition.values, missing)
                        case _:
                            pass
    return found


def shaky_grounds(
    run: ColumnRun, names: Sequence[str], who: Flags, confirmed: frozenset[Ground]
) -> Iterator[tuple[Ground, Flags]]:
    """Grounds that named conclusions rest on and that the document does not state, each with whose they are.

    Args:
        run: What was concluded.
        names: Names of the conclusions.
        who: Of whom it is asked: shape (people,).
        confirmed: Grounds that the trust has set, which are firm.
    """
    program = run.program
    reached: dict[int, Flags] = {program.positions[name]: who for name in names}
    for at in _last_first(program):
        asked = reached.pop(at, None)
        if asked is None or not asked.any():
            continue
        for clause in run.clauses[at]:
            # The first clause of those that hold is the reason; the rest is asked of nobody.
            fired = asked & met(clause, run)
            if not fired.any():
                continue
            asked = asked & ~fired
            earlier, own = np.zeros_like(fired), np.zeros_like(fired)
            for number in clause.conditions:
                condition = program.conditions[number]
                held = fired & run.holds(number)
                if isinstance(condition, ConcludedIs):
                    _join(reached, program.positions[condition.conclusion], held)
                    earlier |= held
                else:
                    own |= held
            # Where any condition was enough and an earlier conclusion was one of them, that is what mattered.
            rests = fired & ~(earlier & own) if clause.need == "any" else fired
            for ground in clause.clause.grounds:
                if not ground.is_firm and ground not in confirmed:
                    yield ground, rests


def _last_first(program: Program) -> list[int]:
    """Positions of the conclusions, each before those that it reads."""
    return [at for layer in reversed(program.layers) for at in layer.conclusions]


def _join(flags: dict[_Key, Flags], key: _Key, more: Flags) -> None:
    flags[key] = flags[key] | more if key in flags else more
