"""How values of a pack are said in the sentences of a comparison, and how they are written down beside them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from bandstand import words
from bandstand.change.fields import Layer, layer_of

_MOST = 12


def said(value: object) -> str:
    """A value within a sentence: ``yes``, ``3``, ``M1 and M2``, ``level 1``."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "yes" if value else "no"
        case BaseModel():
            return _model(value)
        case Mapping():
            return words.listed([f"{said(key)}: {said(part)}" for key, part in value.items()], _MOST)
        case tuple() | list() | frozenset():
            return words.listed([said(part) for part in value], _MOST) if value else "nothing"
        case _:
            return str(value)


def plain(value: object) -> Any:
    """A value as the pack's files have it, for machines."""
    match value:
        case BaseModel():
            return value.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True)
        case Mapping():
            return {str(key): plain(part) for key, part in value.items()}
        case tuple() | list():
            return [plain(part) for part in value]
        case None | bool() | int() | float():
            return value
        case _:
            return str(value)


def named(noun: str, item: BaseModel) -> str:
    """A thing with its label, where it has one: ``criterion L4.3 (shared plans)``."""
    label = getattr(item, "label", None)
    return f"{noun} ({words.uncapitalised(label)})" if isinstance(label, str) else noun


def capitalised(sentence: str) -> str:
    """A sentence that begins as one."""
    return f"{sentence[:1].upper()}{sentence[1:]}"


def _model(item: BaseModel) -> str:
    kind = type(item)
    parts = {
        name: value
        for name in kind.model_fields
        if layer_of(kind, name) is Layer.MEANING and (value := getattr(item, name)) not in (None, ())
    }
    if not parts:
        texts = [str(value) for name in kind.model_fields if isinstance(value := getattr(item, name), str)]
        return texts[-1] if texts else "something"
    return ", ".join(f"{name.rstrip('_').replace('_', ' ')} {said(value)}" for name, value in parts.items())
