"""Two versions of a condition of a rating check or of prompts: when it is asked, when it passes and when it fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bandstand import words
from bandstand.change.fields import Layer
from bandstand.change.said import said
from bandstand.rules.base import either

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bandstand.change.walk import Spot, Walk
    from bandstand.rules.conditions import Condition, Premise, Premises

_NOW = {"when": "is now asked", "passes": "now passes", "fails": "now fails"}
_BARE = {
    "when": ("is now always asked", "always"),
    "passes": ("now never passes", "never"),
    "fails": ("now never fails", "never"),
}


def condition(walk: Walk, was: Condition, now: Condition, spot: Spot) -> frozenset[str]:
    """Compare what two versions of a condition look at; the order in which things are looked at decides nothing."""
    parts = {
        "when": ((was.when, "all"), (now.when, "all")),
        "passes": (_members(was.passes), _members(now.passes)),
        "fails": (_members(was.fails), _members(now.fails)),
    }
    for field, ((old, old_need), (new, new_need)) in parts.items():
        if sorted(map(_key, old)) != sorted(map(_key, new)) or (old_need != new_need and len(new) > 1):
            after = f"{_NOW[field]} {_joined(new, new_need)}" if new else _BARE[field][0]
            before = _joined(old, old_need) if old else _BARE[field][1]
            sentence = f"{spot.noun} {after}; before, {before}."
            walk.log.add(Layer.MEANING, spot.at(field), "changed", sentence, getattr(was, field), getattr(now, field))
    return frozenset(parts)


def _members(premises: Premises | None) -> tuple[tuple[Premise, ...], str]:
    if premises is None:
        return (), "all"
    return premises.members, "all" if premises.all else "any"


def _key(premise: Premise) -> str:
    """A premise in one way of writing it; sets and sources stay in order, as the name of what is measured does."""
    return repr(premise.model_copy(update={"is_": tuple(sorted(premise.is_, key=repr))}))


def _joined(premises: Sequence[Premise], need: str) -> str:
    named = [_said(premise) for premise in premises]
    return f"where {either(named) if need == 'any' else words.listed(named, len(named))}"


def _said(premise: Premise) -> str:
    """``rating is achieved``, ``at least 3 records on star``."""
    if premise.count is None:
        what = premise.fact or premise.conclusion or premise.criterion
        if premise.known is not None:
            return f"{what} is {'known' if premise.known else 'not known'}"
        return f"{what} is {either([said(value) for value in premise.is_])}"
    bound = "at least" if premise.at_least is not None else "at most" if premise.at_most is not None else "more than"
    counted = {"evidenced": "criteria with evidence", "kinds": "kinds of source", "records": "records"}[premise.count]
    sources = f" from {words.listed([source.value for source in premise.sources], 9)}" if premise.sources else ""
    return f"there are {bound} {premise.bound} {counted} on {words.listed(list(premise.sets), 9)}{sources}"
