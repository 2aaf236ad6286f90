"""Walks through two versions of a part of a pack, field by field, and notes what is not as it was."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from bandstand import words
from bandstand.change.fields import (
    PRESENCE_COUNTS,
    Layer,
    is_ordered,
    is_set,
    keyed,
    keys_layer,
    layer_of,
    phrase,
)
from bandstand.change.said import capitalised, named, plain, said
from bandstand.models.change import Change, Subject
from bandstand.models.framework import FindingsPolicy

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bandstand.rules.base import Rule

_MOST = 8
#: Characters of a value that a sentence can hold.
_SHORT = 60
#: What the parts in a list are called; the singular of the field where nothing is said.
_NOUNS = {
    "refuses": "refused purpose",
    "facts": "fact",
    "review_points": "review point",
    "career_stages": "career stage",
    "roles": "role",
    "links": "link",
    "values": "answer",
}
#: What is the only one of its kind: a part of it needs no owner in a sentence.
_WHOLES = frozenset({"", "the framework", "how evidence counts"})
#: What a list of the framework is about, where it is another thing than the framework itself.
_SUBJECTS = {
    "purposes": Subject.PURPOSE,
    "refuses": Subject.PURPOSE,
    "scales": Subject.SCALE,
    "review_points": Subject.REVIEW_POINT,
    "strands": Subject.TERM,
    "grades": Subject.GRADE,
    "roles": Subject.ROLE,
    "career_stages": Subject.TERM,
    "flags": Subject.TERM,
    "groups": Subject.TERM,
    "sections": Subject.TERM,
    "zones": Subject.TERM,
    "facts": Subject.FACT,
    "findings": Subject.FINDINGS,
    "actions": Subject.ACTION,
    "outcomes": Subject.OUTCOME,
    "conditions": Subject.CONDITION,
}


@dataclass(frozen=True, slots=True)
class Spot:
    """Where in a pack something is.

    Attributes:
        subject: What a change there is about.
        address: Where it is, by ids.
        noun: What it is called within a sentence.
        layer: What a difference there is at the most: within a text, nothing is meaning.
    """

    subject: Subject
    address: str
    noun: str
    layer: Layer = Layer.MEANING

    def at(self, part: str, noun: str | None = None) -> Spot:
        """A part of it; of the same name, unless it has one of its own."""
        return replace(self, address=f"{self.address}/{part}", noun=noun or self.noun)


@dataclass(slots=True)
class Log:
    """Every change that was noted, by what it is, in the order in which it was."""

    changes: dict[Layer, list[Change]] = field(default_factory=lambda: {layer: [] for layer in Layer})

    def add(self, layer: Layer, spot: Spot, change: str, sentence: str, was: object = None, now: object = None) -> None:
        """Note a change; it is no more than its spot allows."""
        layer = layer if layer is Layer.PROVENANCE else max(layer, spot.layer)
        self.changes[layer].append(
            Change.model_validate(
                {
                    "kind": spot.subject,
                    "change": change,
                    "address": spot.address,
                    "sentence": capitalised(sentence),
                    "was": plain(was),
                    "now": plain(now),
                }
            )
        )


#: Compares some fields of a part in its own way, and says which.
Special = Callable[["Walk", Any, Any, Spot], frozenset[str]]


class Walk:
    """One comparison: field by field, but for what somebody knows better.

    Args:
        specials: By a model's class, what compares some of its fields in its own way.
        lone: Ids of rules that are the only ones of their kind, which a sentence about a part of them need not name.
    """

    def __init__(self, specials: Mapping[type[BaseModel], Special], lone: frozenset[str] = frozenset()) -> None:
        self.log = Log()
        self._specials = specials
        self._lone = lone

    def owner(self, rule: Rule) -> str:
        """Whose a part of a rule is, after the part's name; nothing where there is only one whose it could be."""
        return "" if rule.id in self._lone else f" of {rule.id}"

    def models(self, was: BaseModel, now: BaseModel, spot: Spot, but: Iterable[str] = ()) -> None:
        """Compare two versions of one thing, but for the fields ``but``."""
        done = set(but)
        for kind, special in self._specials.items():
            if isinstance(now, kind):
                done |= special(self, was, now, spot)
        for name in type(now).model_fields:
            if name not in done:
                self._field(type(now), name, getattr(was, name), getattr(now, name), spot)

    def provenance(self, was: BaseModel, now: BaseModel, spot: Spot) -> None:
        """Compare what two versions of one thing rest on, and its label, and leave the rest alone."""
        for name in type(now).model_fields:
            if layer_of(type(now), name) is not Layer.MEANING:
                self._field(type(now), name, getattr(was, name), getattr(now, name), spot)

    def leaf(self, layer: Layer, spot: Spot, what: str, was: object, now: object) -> None:
        """Note that one value is another."""
        if was == now and type(was) is type(now):
            return
        sentence = f"{spot.noun}: {what} is now {said(now)}; before, {said(was)}."
        is_text = layer is not Layer.PROVENANCE and Layer.WORDING in (layer, spot.layer)
        if is_text or max(map(len, map(said, (was, now)))) > _SHORT:
            sentence = f"{spot.noun}: {what} reads otherwise."
        self.log.add(layer, spot, "changed", sentence, was, now)

    def parts(
        self, was: Mapping[str, BaseModel], now: Mapping[str, BaseModel], spot: Spot, noun: str, *, ordered: bool
    ) -> None:
        """Compare things that have ids: which are new, which are gone, which differ, and how they are ordered."""
        whole = spot
        for name, old in was.items():
            here = whole.at(name, self._noun(noun, name, spot))
            if name not in now:
                self.log.add(Layer.MEANING, here, "removed", f"{named(here.noun, old)} is gone.", old)
            else:
                self.models(old, now[name], here)
        names = list(now)
        for at, (name, new) in enumerate(now.items()):
            if name not in was:
                here = whole.at(name, self._noun(noun, name, spot))
                where = (f", after {names[at - 1]}" if at else ", before all others") if ordered and was else ""
                self.log.add(Layer.MEANING, here, "added", f"{named(here.noun, new)} is new{where}.", None, new)
        self.order(
            [name for name in was if name in now], [name for name in now if name in was], spot, noun, ordered=ordered
        )

    def order(self, was: Sequence[str], now: Sequence[str], spot: Spot, noun: str, *, ordered: bool) -> None:
        """Note that the same things stand in another order; where that decides nothing, it is wording."""
        if list(was) == list(now):
            return
        moved = out_of_order(was, now)
        places = words.listed(
            [f"{name} {f'after {now[now.index(name) - 1]}' if now.index(name) else 'first'}" for name in moved], _MOST
        )
        layer = Layer.MEANING if ordered else Layer.WORDING
        owner = "" if spot.noun in _WHOLES else f" of {spot.noun}"
        self.log.add(
            layer,
            spot,
            "reordered",
            f"the {plural(noun)}{owner} stand in another order: {places}.",
            list(was),
            list(now),
        )

    def tuples(self, layer: Layer, spot: Spot, what: str, was: Sequence[object], now: Sequence[object]) -> None:
        """Note what a list of words has got and lost."""
        new, gone = [w for w in now if w not in was], [w for w in was if w not in now]
        told = [f"now also {said(new)}"] if new else []
        told += [f"no longer {said(gone)}"] if gone else []
        if not told:
            told = [f"in another order, {said(now)}; before, {said(was)}"]
        self.log.add(layer, spot, "changed", f"{spot.noun}: {what}: {' and '.join(told)}.", was, now)

    def _field(self, model: type[BaseModel], name: str, was: Any, now: Any, spot: Spot) -> None:
        if was == now and repr(was) == repr(now):
            return
        layer, what = layer_of(model, name), phrase(model, name)
        if (model.__name__, name) in PRESENCE_COUNTS and (was is None) != (now is None):
            layer = Layer.MEANING
        here = replace(
            spot,
            subject=_SUBJECTS.get(name, spot.subject),
            address=f"{spot.address}/{name.rstrip('_')}",
            noun="how evidence counts" if isinstance(now, FindingsPolicy) else spot.noun,
            layer=max(spot.layer, layer) if layer is Layer.WORDING else spot.layer,
        )
        if layer is Layer.PROVENANCE:
            self.leaf(layer, here, what, was, now)
        elif isinstance(was, BaseModel) and isinstance(now, BaseModel) and type(was) is type(now):
            self.models(was, now, here)
        elif isinstance(was, Mapping) and isinstance(now, Mapping):
            self._mappings(model, name, was, now, here)
        elif isinstance(was, tuple) and isinstance(now, tuple):
            self._tuples(model, name, was, now, here)
        else:
            self.leaf(layer, here, what, was, now)

    def _tuples(self, model: type[BaseModel], name: str, was: Any, now: Any, here: Spot) -> None:
        if not all(isinstance(item, BaseModel) for item in (*was, *now)):
            if not (is_set(model, name) and sorted(map(str, was)) == sorted(map(str, now))):
                self.tuples(layer_of(model, name), here, phrase(model, name), was, now)
            return
        noun = _NOUNS.get(name, name.removesuffix("s").replace("_", " "))
        old, new = keyed(was), keyed(now)
        if old is None or new is None:
            old, new = _numbered(was, now)
        self.parts(old, new, here, noun, ordered=is_ordered(model, name))

    def _mappings(self, model: type[BaseModel], name: str, was: Any, now: Any, here: Spot) -> None:
        what = phrase(model, name)
        for key in dict.fromkeys((*was, *now)):
            spot = here.at(str(key))
            if key not in now:
                sentence = f"{spot.noun}: {what} no longer has {said(key)}."
                self.log.add(keys_layer(model, name), replace(spot, layer=Layer.MEANING), "removed", sentence, was[key])
            elif key not in was:
                sentence = f"{spot.noun}: {what} now also has {said(key)}."
                self.log.add(
                    keys_layer(model, name), replace(spot, layer=Layer.MEANING), "added", sentence, None, now[key]
                )
            elif isinstance(was[key], BaseModel) and type(was[key]) is type(now[key]):
                self.models(was[key], now[key], replace(spot, noun=f"{what.removesuffix('s')} {key} of {spot.noun}"))
            else:
                self.leaf(layer_of(model, name), spot, f"{what}, {said(key)},", was[key], now[key])

    @staticmethod
    def _noun(noun: str, name: str, spot: Spot) -> str:
        return f"{noun} {name}" if spot.noun in _WHOLES else f"{noun} {name} of {spot.noun}"


def out_of_order(was: Sequence[str], now: Sequence[str]) -> list[str]:
    """The fewest things that must have moved to make one order of the other, in the order that they have now."""
    place = {name: at for at, name in enumerate(was)}
    # Of each thing, the longest run of things in their old order that ends with it.
    runs: dict[str, list[str]] = {}
    for name in now:
        before = sorted((run for last, run in runs.items() if place[last] < place[name]), key=len)
        runs[name] = [*(before[-1] if before else ()), name]
    stayed = max(runs.values(), key=len) if runs else []
    return [name for name in now if name not in stayed]


def plural(noun: str) -> str:
    """Several of what a noun is one of."""
    return {"criterion": "criteria", "crosswalk to": "crosswalks", "guidance": "lists of guidance"}.get(
        noun, f"{noun}s"
    )


def _numbered(was: Sequence[BaseModel], now: Sequence[BaseModel]) -> tuple[dict[str, BaseModel], dict[str, BaseModel]]:
    """Things that have no ids by numbers: those that are the same have the same one, the others go by their place."""
    left, rest = list(now), []
    for item in was:
        if item in left:
            left.remove(item)
        else:
            rest.append(item)
    old = {str(n): item for n, item in enumerate(rest, start=1)}
    new = {str(n): item for n, item in enumerate(left, start=1)}
    return old, new
