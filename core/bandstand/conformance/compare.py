"""Where two results first differ, in words."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

from pydantic import BaseModel

from bandstand.models.problem import shown


def first_difference(one: Any, other: Any) -> str:
    """Where two results first differ, with both values; ``nothing that can be shown`` where they are equal."""
    found = _difference("", one, other)
    if found is None:
        return "nothing that can be shown"
    path, left, right = found
    return f"{path} is {_shown(left)}, and then {_shown(right)}."


def _difference(path: str, one: Any, other: Any) -> tuple[str, Any, Any] | None:
    if one == other:
        return None
    left, right = _parts(one), _parts(other)
    if left is None or right is None or type(one) is not type(other):
        return path or "it", one, other
    for name in dict.fromkeys((*left, *right)):
        here = f"{path}[{name}]" if isinstance(name, int) else f"{path}.{name}".lstrip(".")
        if name not in left or name not in right:
            return here, left.get(name, "not there"), right.get(name, "not there")
        inner = _difference(here, left[name], right[name])
        if inner is not None:
            return inner
    return path or "it", one, other


def _parts(value: Any) -> dict[Any, Any] | None:
    """What a value is made of, by name or place; None where it is one thing."""
    match value:
        case BaseModel():
            return {name: getattr(value, name) for name in type(value).model_fields}
        case dict():
            return value
        case list() | tuple():
            return dict(enumerate(value))
    if is_dataclass(value):
        return {part.name: getattr(value, part.name) for part in fields(value)}
    return None


def _shown(value: Any) -> str:
    return f'"{shown(value)}"' if isinstance(value, str) else shown(value)
