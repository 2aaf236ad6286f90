"""The fields of a model in words, from its JSON Schema: what can stand in each, what holds when it is left out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from pydantic import TypeAdapter

from bandstand.models.framework import ItemId, Key
from bandstand.models.provenance import Lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_DEFS: Final = "#/$defs/"
#: What some types are called; the index of the pages says how each is written.
_NAMED: Final[tuple[tuple[Any, str], ...]] = ((Key, "a name"), (ItemId, "an id"), (Lines, "lines"))
#: What of a field's schema is no part of its type.
_NO_TYPE: Final = ("default", "description", "title")
_PLAIN: Final = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
}
#: What any scalar of YAML may be.
_ANYTHING: Final = {"boolean", "integer", "string", "null"}


@dataclass(frozen=True, slots=True)
class Field:
    """One field.

    Attributes:
        name: As YAML has it.
        type: What can stand there, in words.
        default: What holds when it is left out; None where it may not be.
        meaning: What it is for.
    """

    name: str
    type: str
    default: str | None
    meaning: str


def fields_of(schema: Mapping[str, Any], defs: Mapping[str, Any]) -> Iterator[Field]:
    """Every field of a mapping, in order.

    Args:
        schema: The schema of the mapping.
        defs: The definitions that it refers to; those of mappings are linked to a heading of their name.
    """
    for name, part in schema.get("properties", {}).items():
        default = None if name in schema.get("required", ()) else _default(part.get("default"))
        referred = defs.get(str(part.get("$ref", "")).removeprefix(_DEFS), {})
        meaning = part.get("description") or ("" if "properties" in referred else referred.get("description", ""))
        yield Field(name, _type(part, defs), default, meaning)


def parts_of(schema: Mapping[str, Any], defs: Mapping[str, Any]) -> list[str]:
    """Names of the mappings that a mapping holds, directly or within others, nearest first."""
    found: dict[str, None] = {}
    waiting = [schema]
    while waiting:
        for name in _referred(waiting.pop(0)):
            if name not in found and "properties" in defs[name]:
                found[name] = None
                waiting.append(defs[name])
    return list(found)


def _referred(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield str(value["$ref"]).removeprefix(_DEFS)
        for name, part in value.items():
            if name != "discriminator":
                yield from _referred(part)
    elif isinstance(value, list):
        for part in value:
            yield from _referred(part)


@cache
def _names() -> list[tuple[dict[str, Any], str]]:
    return [(_bare(TypeAdapter(named).json_schema()), name) for named, name in _NAMED]


def _bare(part: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a schema that says what can stand there."""
    bare = {name: value for name, value in part.items() if name not in _NO_TYPE}
    if "anyOf" in bare:
        bare["anyOf"] = [_bare(way) for way in bare["anyOf"]]
    return bare


def _type(part: Mapping[str, Any], defs: Mapping[str, Any]) -> str:
    for schema, name in _names():
        if _bare(part) == schema:
            return name
    if "$ref" in part:
        name = str(part["$ref"]).removeprefix(_DEFS)
        article = "an" if name[0] in "AEIOU" else "a"
        return f"{article} [{name}](#{name.lower()})" if "properties" in defs[name] else _type(defs[name], defs)
    if "const" in part or "enum" in part:
        return _either([f"`{word}`" for word in part.get("enum", [part.get("const")])])
    if "anyOf" in part:
        return _either(list(dict.fromkeys(_ways(part, defs))))
    if part.get("type") == "array":
        least = ", one or more" if part.get("minItems") else ""
        return f"a list of {_several(_type(part['items'], defs))}{least}"
    if part.get("type") == "object":
        return _mapping(part, defs)
    return _PLAIN[part["type"]] + _span(part)


def _ways(part: Mapping[str, Any], defs: Mapping[str, Any]) -> Iterator[str]:
    """Each thing that can stand there; where nothing does by default, that goes without saying."""
    left_out: set[str] = set() if part.get("default", "") is not None else {"null"}
    if {way.get("type") for way in part["anyOf"]} >= _ANYTHING:
        yield "a value"
        left_out = _ANYTHING
    yield from (_type(way, defs) for way in part["anyOf"] if way.get("type") not in left_out)


def _mapping(part: Mapping[str, Any], defs: Mapping[str, Any]) -> str:
    """A mapping whose keys are names of one sort, or a few words."""
    (value,) = part.get("patternProperties", {}).values() or [part["additionalProperties"]]
    names = part.get("propertyNames", {})
    of = "names" if "patternProperties" in part else _type(names, defs)
    return f"a mapping from {of} to {_type(value, defs)}"


def _several(of: str) -> str:
    plural = {
        "a name": "names",
        "an id": "ids",
        "text": "texts",
        "a whole number": "whole numbers",
        "a value": "values",
    }
    return plural.get(of) or of.removeprefix("a ").removeprefix("an ")


def _span(part: Mapping[str, Any]) -> str:
    least, most = part.get("minimum"), part.get("maximum")
    if least is not None:
        return f" (from {least})" if most is None else f" ({least} to {most})"
    longest = part.get("maxLength")
    return f" of up to {longest} characters" if longest is not None else ""


def _either(ways: list[str]) -> str:
    return f"{', '.join(ways[:-1])} or {ways[-1]}" if len(ways) > 1 else ways[0]


def _default(value: Any) -> str:
    return "nothing" if value in (None, [], {}) else f"`{value if isinstance(value, str) else json.dumps(value)}`"
