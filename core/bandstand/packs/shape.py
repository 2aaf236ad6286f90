"""The shape of a pack's files: JSON Schema first, then the models, with every fault worded for its author."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

import jsonschema
from pydantic import BaseModel, ValidationError

from bandstand.models.problem import shown
from bandstand.packs.fits import fits
from bandstand.rules.base import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bandstand.packs.yaml_source import Path, Source


Model = TypeVar("Model", bound=BaseModel)


@cache
def schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of what ``model`` is read from."""
    return model.model_json_schema(mode="validation")


@cache
def _validator(model: type[BaseModel]) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(schema_of(model))


@cache
def _fits(model: type[BaseModel]) -> Callable[[Any], bool]:
    return fits(schema_of(model))


def read_as(model: type[Model], source: Source, data: object, path: Path = ()) -> Model | None:
    """``data``, which stands at ``path`` of ``source``, as a model; else None, and problems on the source.

    Problems are of the schema where it finds any, else of the model, whose checks go further.
    """
    if not _fits(model)(data):
        faults = sorted(_validator(model).iter_errors(data), key=lambda e: list(map(str, e.absolute_path)))
        for fault in faults:
            _report(source, path, fault)
        if faults:
            return None
    try:
        return model.model_validate(data)
    except ValidationError as error:
        # The schema has looked at lengths; once an item is refused, pydantic counts what is left, and finds too few.
        items = error.errors()
        for item in [item for item in items if item["type"] != "too_short"] or items:
            where = path
            for part in item["loc"]:
                where = (*where, part) if (*where, part) in source.lines else where
            message = item["msg"].removeprefix("Value error, ")
            source.report("bad-value", where, f"{message[:1].upper()}{message[1:]}.", "Mend the value.", item["input"])
        return None


def _report(source: Source, path: Path, fault: jsonschema.ValidationError) -> None:
    where = (*path, *fault.absolute_path)
    value: Any = fault.instance
    given: Any = fault.validator_value
    schema: Any = fault.schema
    match fault.validator:
        case "required":
            # One fault for each missing name, none of which says which: each reports them all, and once is kept.
            for name in given:
                if name not in value:
                    source.report("missing-field", where, f'"{name}" is missing.', f"Add {name}.")
        case "additionalProperties":
            known = list(schema.get("properties", ()))
            for name in value:
                if name not in known:
                    remedy = did_you_mean(str(name), known)
                    source.report("unknown-field", (*where, name), f'"{name}" is not a field here.', remedy)
        case "enum" | "const":
            words = given if fault.validator == "enum" else [given]
            remedy = did_you_mean(str(value), [str(word) for word in words])
            source.report("unknown-word", where, f'"{shown(value)}" is not one of the words here.', remedy, value)
        case "type":
            names = _types([given] if isinstance(given, str) else given)
            source.report("wrong-type", where, f"{_named(value)} stands where {names} belongs.", "Mend it.", value)
        case "anyOf" | "oneOf":
            _report_choice(source, path, fault)
        case "pattern":
            remedy = schema.get("description") or f"It has to match {given}."
            source.report("bad-value", where, f'"{shown(value)}" is not written as it should be.', remedy, value)
        case _:
            source.report("bad-value", where, f"{shown(fault.message)}.", "Mend the value.", value)


def _report_choice(source: Source, path: Path, fault: jsonschema.ValidationError) -> None:
    tried = _tried(fault)
    for inner in tried:
        _report(source, path, inner)
    if not tried:
        value, ways = fault.instance, _ways(cast("list[Any]", fault.validator_value))
        where = (*path, *fault.absolute_path)
        source.report("bad-value", where, f"{_named(value)} does not fit here.", ways, value)


def _tried(fault: jsonschema.ValidationError) -> list[jsonschema.ValidationError]:
    """The faults of the one way of several that the value takes: of its type, and not in order further in."""
    faults = list(fault.context or ())
    of_another_type = {f.schema_path[0] for f in faults if f.validator == "type" and not f.relative_path}
    ways = {f.schema_path[0] for f in faults} - of_another_type
    return [f for f in faults if f.schema_path[0] in ways] if len(ways) == 1 else []


_TYPES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
    "null": "nothing",
}


def _types(names: Iterable[str]) -> str:
    return " or ".join(_TYPES.get(name, name) for name in names)


def _named(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case None:
            return "Nothing"
        case dict():
            return "A mapping"
        case list():
            return "A list"
        case str():
            return f'"{shown(value)}"'
        case _:
            return f"The number {value}"


def _ways(options: Iterable[Any]) -> str:
    names = [o["type"] for o in options if isinstance(o, dict) and isinstance(o.get("type"), str)]
    return f"It is {_types(dict.fromkeys(names))}." if names else "See the reference of this field."
