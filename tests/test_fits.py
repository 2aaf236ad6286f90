"""What is told soon to fit a schema does fit it, whatever is changed in data that did."""

from __future__ import annotations

import random
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from bandstand.models.example import ExampleFile
from bandstand.models.framework import Framework
from bandstand.models.standard import Standard
from bandstand.packs import shape
from bandstand.packs.fits import fits
from bandstand.packs.shape import schema_of
from bandstand.packs.yaml_source import read_yaml
from bandstand.plugins import load_catalogue
from tiny import TINY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel

#: What stands in the place of something else, sooner or later.
STRAYS: tuple[Any, ...] = (
    *("", " ", "x", "nothing", "all", "L1.1", "2024-09-01", "x" * 20_000),
    *(0, 1, 1.0, -1, 1.5, 10**6, True, False, None, [], {}, [1], ["x", "x"], {"x": 1}, {"id": "x"}),
)


def valid(schema: dict[str, Any], data: object) -> bool:
    return bool(jsonschema.Draft202012Validator(schema).is_valid(data))


@pytest.mark.parametrize(
    ("schema", "data"),
    [
        ({"type": "string"}, "x"),
        ({"type": ["integer", "null"]}, None),
        ({"type": "number"}, 1),
        ({"type": "integer", "minimum": 1, "maximum": 3}, 3),
        ({"exclusiveMinimum": 0}, 0.5),
        ({"const": "all"}, "all"),
        ({"enum": ["a", 1, None, True]}, True),
        ({"pattern": "^a", "minLength": 2, "maxLength": 3}, "abc"),
        ({"pattern": "^a"}, 5),
        ({"type": "array", "items": {"type": "boolean"}, "minItems": 1, "maxItems": 2}, [True, False]),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, None),
        ({"properties": {"a": {"type": "string"}}, "required": ["a"]}, {"a": "x", "b": 1}),
        ({"properties": {"a": True}, "additionalProperties": {"type": "integer"}}, {"a": "x", "b": 1}),
        ({"patternProperties": {"^x": {"type": "integer"}}, "additionalProperties": False}, {"x1": 1, "x2": 2}),
        ({"propertyNames": {"enum": ["met", "not_met"]}, "minProperties": 1}, {"met": 1}),
        ({"$defs": {"A": {"items": {"$ref": "#/$defs/A"}, "type": "array"}}, "$ref": "#/$defs/A"}, [[], [[]]]),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, dict) else None,
)
def test_data_that_fits_is_told(schema: dict[str, Any], data: object) -> None:
    assert valid(schema, data)
    assert fits(schema)(data)


@pytest.mark.parametrize(
    ("schema", "data"),
    [
        ({"type": "string"}, 1),
        ({"type": "integer"}, True),
        ({"type": "number"}, "1"),
        ({"minimum": 1}, 0),
        ({"exclusiveMinimum": 0}, 0),
        ({"maximum": 1}, 1.5),
        ({"const": 1}, True),
        ({"enum": ["a", 0]}, False),
        ({"pattern": "^a$"}, "b"),
        ({"minLength": 2}, "a"),
        ({"maxLength": 2}, "abc"),
        ({"items": {"type": "string"}}, ["a", 1]),
        ({"minItems": 1}, []),
        ({"maxItems": 1}, [1, 2]),
        ({"anyOf": [{"type": "string"}, {"minimum": 2}]}, 1),
        ({"required": ["a"]}, {}),
        ({"properties": {"a": {"type": "string"}}}, {"a": 1}),
        ({"properties": {"a": True}, "additionalProperties": False}, {"b": 1}),
        ({"patternProperties": {"^x": {"type": "integer"}}}, {"x": "1"}),
        ({"properties": {"x": True}, "patternProperties": {"^x": {"type": "integer"}}}, {"x": "1"}),
        ({"propertyNames": {"maxLength": 1}}, {"ab": 1}),
        ({"minProperties": 1}, {}),
        ({"$defs": {"A": {"type": "string"}}, "$ref": "#/$defs/A"}, 1),
        ({"$defs": {"A": {"type": "string"}}, "$ref": "#/$defs/A", "minLength": 2}, "a"),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, dict) else None,
)
def test_data_that_does_not_fit_is_left_to_a_validator(schema: dict[str, Any], data: object) -> None:
    assert not valid(schema, data)
    assert not fits(schema)(data)


@pytest.mark.parametrize(
    "schema",
    [
        {"not": {"type": "integer"}},
        {"oneOf": [True]},
        {"type": "string", "unheard-of": 1},
        {"$ref": "#/$defs/A/properties/b"},
        {"$ref": "https://example.org/schema.json"},
        {"properties": {"a": {"if": True}}},
    ],
)
def test_what_is_not_understood_is_left_to_a_validator(schema: dict[str, Any]) -> None:
    assert not fits(schema)("x") or not fits(schema)({"a": "x"})


def places(data: Any) -> Iterator[tuple[Any, Any]]:
    """Every mapping and list within data, with each of its keys."""
    for key in list(data) if isinstance(data, dict) else range(len(data)) if isinstance(data, list) else ():
        yield data, key
        yield from places(data[key])


def changed(data: Any, draw: random.Random) -> Any:
    """The data with one thing in it replaced, taken out, or added."""
    other = deepcopy(data)
    holder, key = draw.choice(list(places(other)))
    match draw.choice(("replace", "take out", "add")):
        case "replace":
            holder[key] = deepcopy(draw.choice(STRAYS))
        case "take out":
            del holder[key]
        case "add" if isinstance(holder, dict):
            holder[draw.choice(("x", "id", "label", "source", "note", "Ω"))] = deepcopy(draw.choice(STRAYS))
        case _:
            holder.append(deepcopy(draw.choice(STRAYS)))
    return other


def of_tiny(folder: str) -> list[Any]:
    return [read_yaml(name, text.encode()).data for name, text in TINY.items() if name.startswith(folder)]


@pytest.mark.parametrize(
    ("model", "folder"), [(Framework, "framework"), (Standard, "standards/"), (ExampleFile, "examples/")]
)
def test_what_is_told_to_fit_fits_whatever_is_changed(model: type[BaseModel], folder: str) -> None:
    draw = random.Random(folder)  # noqa: S311 - the same every time
    schema = schema_of(model)
    told, full = fits(schema), jsonschema.Draft202012Validator(schema)
    answers = set()
    for _ in range(200):
        data = changed(draw.choice(of_tiny(folder)), draw)
        answer = (told(data), bool(full.is_valid(data)))
        assert answer != (True, False), data
        answers.add(answer)
    assert {(True, True), (False, False)} <= answers


def test_packs_that_are_in_order_need_no_full_validator(monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(model: type[BaseModel]) -> None:
        pytest.fail(f"a file that is read as {model.__name__} was left to the full validator")

    monkeypatch.setattr(shape, "_validator", asked)
    assert load_catalogue().set_aside == []
