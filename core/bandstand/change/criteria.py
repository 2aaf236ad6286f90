"""Two versions of the standards: which criteria there are, where each stands, and what it asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bandstand.change.fields import Layer
from bandstand.change.said import named
from bandstand.change.walk import Spot, Walk
from bandstand.models.change import Subject

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bandstand.models.standard import Criterion, Standard


def standards(walk: Walk, was: Sequence[Standard], now: Sequence[Standard]) -> None:
    """Compare standards by their ids, and then criteria by theirs, wherever they stand."""
    top = Spot(Subject.STANDARD, "standards", "")
    old, new = ({standard.id: standard for standard in given} for given in (was, now))
    for name in dict.fromkeys((*old, *new)):
        here = top.at(name, f"standard {name}")
        if name not in new:
            walk.log.add(Layer.MEANING, here, "removed", f"{named(here.noun, old[name])} is gone.", _head(old[name]))
        elif name not in old:
            walk.log.add(Layer.MEANING, here, "added", f"{named(here.noun, new[name])} is new.", None, _head(new[name]))
        else:
            walk.models(old[name], new[name], here, but={"criteria"})
    before, after = ([name for name in own if name in other] for own, other in ((old, new), (new, old)))
    walk.order(before, after, top, "standard", ordered=True)
    _criteria(walk, was, now)


def _head(standard: Standard) -> dict[str, object]:
    return {"id": standard.id, "label": standard.label, "level": standard.level}


def _criteria(walk: Walk, was: Sequence[Standard], now: Sequence[Standard]) -> None:
    old, new = _placed(was), _placed(now)
    for name, (before, before_in) in old.items():
        here = Spot(Subject.CRITERION, f"standards/{before_in}/criteria/{name}", f"criterion {name}")
        if name not in new:
            walk.log.add(Layer.MEANING, here, "removed", f"{named(here.noun, before)} is gone.", before)
            continue
        after, after_in = new[name]
        here = Spot(Subject.CRITERION, f"standards/{after_in}/criteria/{name}", f"criterion {name}")
        if before_in != after_in:
            sentence = f"{named(here.noun, after)} has moved from standard {before_in} to standard {after_in}."
            walk.log.add(Layer.MEANING, here, "moved", sentence, before_in, after_in)
        if before.set != after.set:
            sentence = f"{named(here.noun, after)} has moved from the set {before.set} to the set {after.set}."
            walk.log.add(Layer.MEANING, here.at("set"), "moved", sentence, before.set, after.set)
        walk.models(before, after, here, but={"set"})
    for name, (after, after_in) in new.items():
        if name not in old:
            here = Spot(Subject.CRITERION, f"standards/{after_in}/criteria/{name}", f"criterion {name}")
            sentence = f"{named(here.noun, after)} is new, in standard {after_in} and the set {after.set}."
            walk.log.add(Layer.MEANING, here, "added", sentence, None, after)
    for standard in now:
        names = [criterion.id for criterion in standard.criteria]
        stayed = [name for name in names if old.get(name, (None, ""))[1] == standard.id]
        spot = Spot(Subject.CRITERION, f"standards/{standard.id}/criteria", f"standard {standard.id}")
        walk.order([name for name in old if name in stayed], stayed, spot, "criterion", ordered=True)


def _placed(given: Sequence[Standard]) -> dict[str, tuple[Criterion, str]]:
    """Every criterion with the standard that it stands in, by its id."""
    return {criterion.id: (criterion, standard.id) for standard in given for criterion in standard.criteria}
