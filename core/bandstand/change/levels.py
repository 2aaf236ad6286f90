"""Two versions of a ladder: what each level asks for, how much of it, and what it builds on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bandstand import words
from bandstand.change.fields import Layer
from bandstand.change.said import said
from bandstand.models.change import Subject

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bandstand.change.walk import Spot, Walk
    from bandstand.rules.cumulative_levels import CumulativeLevels, Level

_MOST = 8


def ladder(walk: Walk, was: CumulativeLevels, now: CumulativeLevels, spot: Spot) -> frozenset[str]:
    """Compare the levels of two versions of a ladder."""
    old, new = ({level.level: level for level in rule.levels} for rule in (was, now))
    moved = _moved(old, new)
    for number in sorted({*old, *new}):
        here = replace(spot.at(f"levels/{number}", f"level {number}{walk.owner(now)}"), subject=Subject.LEVEL)
        if number not in new:
            sentence = f"{here.noun}, {words.uncapitalised(old[number].label)}, is gone."
            walk.log.add(Layer.MEANING, here, "removed", sentence, old[number])
        elif number not in old:
            level = new[number]
            sentence = (
                f"{here.noun}, {words.uncapitalised(level.label)}, is new: it needs {_needs(level)}"
                f"{_beside(level)}{_below(now.builds_on(level))}."
            )
            walk.log.add(Layer.MEANING, here, "added", sentence, None, level)
        else:
            _level(walk, (was, old[number]), (now, new[number]), here, moved)
    for criterion, (before, after) in moved.items():
        here = replace(spot.at(f"levels/{after}/criteria/{criterion}"), subject=Subject.LEVEL)
        sentence = f"{criterion} is now asked for at level {after}{walk.owner(now)}; before, at level {before}."
        walk.log.add(Layer.MEANING, here, "moved", sentence, before, after)
    return frozenset({"levels"})


def _level(
    walk: Walk,
    was: tuple[CumulativeLevels, Level],
    now: tuple[CumulativeLevels, Level],
    here: Spot,
    moved: dict[str, tuple[int, int]],
) -> None:
    (old_rule, old), (new_rule, new) = was, now
    walk.provenance(old, new, here)
    lists = (
        ("criteria", "asks for", old.criteria, new.criteria),
        ("unless_short", "", old.unless_short, new.unless_short),
    )
    for field, verb, before, after in lists:
        gone = [c for c in before if c not in after and not (verb and moved.get(c, (0, 0))[0] == old.level)]
        come = [c for c in after if c not in before and not (verb and moved.get(c, (0, 0))[1] == new.level)]
        if come or gone:
            sentence = _asks(here.noun, come, gone) if verb else _short(here.noun, come, gone)
            walk.log.add(Layer.MEANING, here.at(field), "changed", sentence, before, after)
    if _need(old) != _need(new):
        same_size = len(old.criteria) == len(new.criteria)
        sentence = f"{here.noun} now needs {_needs(new)}; before, {_needs(old, short=same_size)}."
        walk.log.add(Layer.MEANING, here.at("need"), "changed", sentence, old.need, new.need)
    before_below, after_below = sorted(old_rule.builds_on(old)), sorted(new_rule.builds_on(new))
    if before_below != after_below:
        sentence = f"{here.noun} now builds on {_levels(after_below)}; before, on {_levels(before_below)}."
        walk.log.add(Layer.MEANING, here.at("builds_on"), "changed", sentence, before_below, after_below)


def _moved(old: dict[int, Level], new: dict[int, Level]) -> dict[str, tuple[int, int]]:
    """Criteria that one level asked for and another does now, with the two."""
    moved: dict[str, tuple[int, int]] = {}
    before, after = _asked(old), _asked(new)
    for criterion, levels in before.items():
        there = after.get(criterion, [])
        if len(levels) == 1 and len(there) == 1 and levels != there and levels[0] in new and there[0] in old:
            moved[criterion] = (levels[0], there[0])
    return moved


def _asked(levels: dict[int, Level]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for number, level in levels.items():
        for criterion in level.criteria:
            found.setdefault(criterion, []).append(number)
    return found


def _need(level: Level) -> int | None:
    """How many criteria are needed; None for all, however that is written."""
    return None if level.need in ("all", len(level.criteria)) else int(level.need)


def _needs(level: Level, *, short: bool = False) -> str:
    size, need = len(level.criteria), _need(level)
    if size == 1:
        return "its one criterion"
    of = "them" if short else f"its {size} criteria"
    return f"{'all' if need is None else need} of {of}"


def _beside(level: Level) -> str:
    return f", with none of {said(level.unless_short)} found short" if level.unless_short else ""


def _below(numbers: Sequence[int]) -> str:
    return f", and builds on {_levels(sorted(numbers))}"


def _levels(numbers: Sequence[int]) -> str:
    if not numbers:
        return "no other"
    return f"{'level' if len(numbers) == 1 else 'levels'} {words.listed([str(n) for n in numbers], 12)}"


def _asks(noun: str, come: Sequence[str], gone: Sequence[str]) -> str:
    parts = [f"now also asks for {words.listed(come, _MOST)}"] if come else []
    parts += [f"no longer asks for {words.listed(gone, _MOST)}"] if gone else []
    return f"{noun} {' and '.join(parts)}."


def _short(noun: str, come: Sequence[str], gone: Sequence[str]) -> str:
    parts = [f"is now open where {words.listed(come, _MOST)} is found short"] if come else []
    parts += [f"is no longer open where {words.listed(gone, _MOST)} is found short"] if gone else []
    return f"{noun} {' and '.join(parts)}."
