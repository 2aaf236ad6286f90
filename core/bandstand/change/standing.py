"""Where somebody stands by one version of a pack, without the document that says why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bandstand.engine.publish import result_of, zone_of
from bandstand.models.change import Standing

if TYPE_CHECKING:
    from bandstand.engine.evaluate import Evaluated


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
