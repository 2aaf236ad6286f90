"""Two versions of what a pack asks of an evidence record, as JSON Schema; titles and descriptions are wording."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from bandstand.change.fields import Layer
from bandstand.change.said import said
from bandstand.change.walk import Spot, Walk
from bandstand.models.change import Subject

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Keywords that ask for nothing.
_NOTES: Final = frozenset({"title", "description", "$comment", "examples", "default", "deprecated"})
#: Keywords under which keys are names, and not keywords.
_NAMING: Final = frozenset({"properties", "patternProperties", "$defs", "definitions", "dependentSchemas"})
#: Keywords whose value is data.
_DATA: Final = frozenset({"const", "enum", "required", "type", "dependentRequired"})


def schema(walk: Walk, was: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Compare two evidence schemas keyword by keyword."""
    _compare(walk, was, now, Spot(Subject.SCHEMA, "evidence.schema.json", "what is asked of evidence"), names=False)


def _compare(walk: Walk, was: Any, now: Any, spot: Spot, *, names: bool) -> None:
    """Compare two values; with ``names``, the keys of both are names of fields and the like."""
    if was == now and repr(was) == repr(now):
        return
    if not (isinstance(was, dict) and isinstance(now, dict)):
        if isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
            for at, (before, after) in enumerate(zip(was, now, strict=True)):
                if isinstance(before, dict | list):
                    _compare(walk, before, after, spot.at(str(at)), names=False)
                else:
                    walk.leaf(Layer.MEANING, spot.at(str(at)), _where(spot), before, after)
            return
        walk.leaf(Layer.MEANING, spot, _where(spot), was, now)
        return
    for key in dict.fromkeys((*was, *now)):
        is_note = key in _NOTES and not names
        here = replace(spot.at(key), layer=max(spot.layer, Layer.WORDING) if is_note else spot.layer)
        if key not in now:
            sentence = f"{spot.noun}: {_where(here)} is gone; before, it was {said(was[key])}."
            walk.log.add(Layer.MEANING, here, "removed", sentence, was[key])
        elif key not in was:
            sentence = f"{spot.noun}: {_where(here)} is new: {said(now[key])}."
            walk.log.add(Layer.MEANING, here, "added", sentence, None, now[key])
        elif key in _DATA and not names:
            if was[key] != now[key]:
                walk.leaf(Layer.MEANING, here, _where(here), was[key], now[key])
        else:
            _compare(walk, was[key], now[key], here, names=key in _NAMING and not names)


def _where(spot: Spot) -> str:
    return spot.address.partition("/")[2].replace("/", ".") or "the whole"
