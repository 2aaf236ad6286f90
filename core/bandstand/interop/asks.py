"""What a framework asks of an evidence record beyond the common shape: its JSON Schema, and plain words for it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator
from referencing import Registry

from bandstand.interop.shape import missing
from bandstand.interop.source import RawRow, quoted
from bandstand.models.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jsonschema.exceptions import ValidationError

    from bandstand.models.evidence import Evidence
    from bandstand.packs.pack import Pack

_KEPT = 50_000
#: Keywords that apply schemas to the record itself, and hold a schema, or a list of them.
_APPLY_ONE = ("not", "if", "then", "else")
_APPLY_MANY = ("allOf", "anyOf", "oneOf")
#: Keywords that say something of named fields only, or of none.
_OF_FIELDS = frozenset({"properties", "required", "dependentRequired"})
_OF_NONE = frozenset({"$schema", "$id", "$comment", "$defs", "title", "description", "examples", "type", "default"})


class PackAsks:
    """A pack's evidence schema, compiled once.

    Most schemas look at a few fields that take few values, such as the source and whether there is an author. Then one
    record's answer serves all records that have the same values there, which makes checking a large file cheap.
    """

    def __init__(self, pack: Pack) -> None:
        schema = dict(pack.evidence_schema)
        self._name = pack.name
        self._validator = Draft202012Validator(schema, registry=Registry())
        fields = fields_read(schema)
        self._fields = fields
        self._met: set[str] = set()

    def problems(self, evidence: Evidence, row: RawRow) -> list[Problem]:
        """What the framework's schema has against the record."""
        key = None
        if self._fields is not None:
            if not self._fields:
                return []
            looked_at = evidence.model_dump(mode="json", exclude_defaults=True, include=self._fields)
            key = json.dumps(looked_at, sort_keys=True)
            if key in self._met:
                return []
        record = evidence.model_dump(mode="json", exclude_defaults=True)
        problems = [self._problem(error, row) for error in self._validator.iter_errors(record)]
        if key is not None and not problems:
            if len(self._met) >= _KEPT:
                self._met.clear()
            self._met.add(key)
        return problems

    def _problem(self, error: ValidationError, row: RawRow) -> Problem:
        path = "".join(
            f"[{part}]" if isinstance(part, int) else f".{part}" if at else str(part)
            for at, part in enumerate(error.absolute_path)
        )
        said = error.schema.get("description") if isinstance(error.schema, dict) else None
        if error.validator == "required":
            # jsonschema yields one error for each absent field, and names the field in the message alone.
            names = [str(name) for name in value_of(error) if repr(name) in error.message]
            return missing(quoted(names[0]), row, said or f"{self._name} asks for it.")
        value = quoted(error.instance) if path else None
        asked = said or f"{self._name} asks: {quoted(error.message, 200)}."
        if said is None and error.validator in ("enum", "const"):
            allowed = value_of(error) if error.validator == "enum" else [error.validator_value]
            asked = f"Write {' or '.join(quoted(word) for word in allowed)}."
        subject = f'"{value}"' if value else "This"
        message = f"{subject} is not what {self._name} asks for."
        return Problem(code="framework-asks", place=row.place(path or None), message=message, remedy=asked, value=value)


def value_of(error: ValidationError) -> list[Any]:
    """The list that a ``required`` or ``enum`` keyword holds."""
    return error.validator_value if isinstance(error.validator_value, list) else []


def fields_read(schema: Mapping[str, Any] | bool) -> set[str] | None:  # noqa: FBT001 - a schema may be a boolean
    """The fields of a record that decide whether ``schema`` allows it, or None when it may look at any."""
    if isinstance(schema, bool):
        return set()
    fields: set[str] = set()
    for keyword, value in schema.items():
        parts: list[Any] = []
        if keyword in _APPLY_ONE:
            parts = [value]
        elif keyword in _APPLY_MANY:
            parts = list(value)
        elif keyword in _OF_FIELDS:
            fields |= set(value)
            if keyword == "dependentRequired":
                fields.update(*value.values())
        elif keyword not in _OF_NONE:
            return None
        for part in parts:
            below = fields_read(part)
            if below is None:
                return None
            fields |= below
    return fields
