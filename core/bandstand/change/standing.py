"""Where somebody stands by one version of a pack, without the document that says why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bandstand.engine.publish import result_of, zone_of
from bandstand.models.change import Standing

if TYPE_CHECKING:
    from bandstand.engine.evaluate import Evaluated
    from bandstand.models.clauses import Value


def standing(evaluated: Evaluated) -> Standing:
    """Level, zone, action and result of an evaluation."""
    run, outcome = evaluated.headline, evaluated.outcome
    notes = (run.value(name) for name in outcome.notes)
    return Standing(
        level=None if outcome.level is None else run.number(outcome.level),
        zone=zone_of(run, outcome.zone),
        action=str(run.value(outcome.action)),
        notes=tuple(str(note) for note in notes if note is not None),
        result=result_of(evaluated, run),
    )


def same_result(was: Evaluated, now: Evaluated) -> bool:
    """Whether two evaluations came to the same: in the same words, or in other words for the same conclusions.

    A conclusion that one version does not draw is taken for what it is where nothing speaks for anything else.
    """
    if result_of(was, was.headline) == result_of(now, now.headline):
        return True
    old, new = _concluded(was), _concluded(now)

    def value(name: str, own: dict[str, tuple[Value, Value]], other: dict[str, tuple[Value, Value]]) -> Value:
        return own[name][0] if name in own else other[name][1]

    return all(value(name, old, new) == value(name, new, old) for name in {*old, *new})


def _concluded(evaluated: Evaluated) -> dict[str, tuple[Value, Value]]:
    """What the rule that sums an outcome up concluded, by name, each with what it is otherwise."""
    run, pack = evaluated.headline, evaluated.pack
    names = pack.rule_by_id[evaluated.outcome.rules[0]].tracked(pack.context)
    declared = {c.name: c.otherwise for c in run.program.conclusions}
    return {name: (run.value(name), declared[name]) for name in names if name in declared}
