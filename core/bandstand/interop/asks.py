"""What a framework asks of an evidence record beyond the common shape: its JSON Schema, and plain words for it."""

from __future__ import annotations

import json
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator
from referencing import Registry

from bandstand.interop.shape import missing
from bandstand.interop.source import RawRow, quoted
from bandstand.models.evidence import Evidence
from bandstand.models.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from jsonschema.exceptions import ValidationError

    from bandstand.packs.pack import Pack

_KEPT = 50_000
#: Keywords that apply schemas to the record itself, and hold a schema, or a list of them.
_APPLY_ONE = ("not", "if", "then", "else")
_APPLY_MANY = ("allOf", "anyOf", "oneOf")
_ALONE = ("required", "dependentRequired", "anyOf", "oneOf", "not")
_CONDITION = frozenset({"if", "then", "else"})
#: Keywords that say something of named fields only, or of none.
_OF_FIELDS = frozenset({"properties", "required", "dependentRequired"})
_OF_NONE = frozenset({"$schema", "$id", "$comment", "title", "description", "examples", "type", "default"})


class PackAsks:
    """A pack's evidence schema, taken apart once into what it asks of this field and of that.

    Most parts look at a field or two, and one record's answer serves all records that have the same values there.
    That makes checking a large file cheap.
    """

    def __init__(self, pack: Pack) -> None:
        self._name, self._like = pack.name, pack.like
        self._parts = [_Part(part) for part in parts_of(dict(pack.evidence_schema))]

    def problems(self, evidence: Evidence, row: RawRow) -> list[Problem]:
        """What the framework's schema has against the record.

        The schema knows no criterion that the trust added: it is asked for what its neighbour is asked for.
        """
        if not self._like.keys().isdisjoint(evidence.criteria):
            named = dict.fromkeys(self._like.get(name, name) for name in evidence.criteria)
            evidence = evidence.model_copy(update={"criteria": tuple(named)})
        return [self._problem(error, row) for part in self._parts for error in part.errors(evidence)]

    @property
    def fields(self) -> frozenset[str] | None:
        """The fields of which it matters that they are given, or what they say; None where any may matter."""
        return _together(part.fields for part in self._parts)

    @property
    def values(self) -> frozenset[str] | None:
        """The fields of which it matters what they say; None where any may."""
        return _together(part.values for part in self._parts)

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


class _Part:
    """A part of a schema that can be checked alone, with the records that were found to meet it."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._validator = Draft202012Validator(dict(schema), registry=Registry())
        fields = self.fields = fields_read(schema)
        self.values = fields_read(schema, by_value=True)
        known = None if fields is None else sorted(fields & set(Evidence.model_fields))
        self._key: Callable[[Evidence], object] | None = None
        if known is not None:
            self._key = attrgetter(*known) if known else _same
        self._met: set[object] = set()

    def errors(self, evidence: Evidence) -> list[ValidationError]:
        """What the part has against the record."""
        key = self._key(evidence) if self._key is not None else None
        if key is not None and key in self._met:
            return []
        errors = list(self._validator.iter_errors(evidence.model_dump(mode="json", exclude_defaults=True)))
        if key is not None and not errors:
            if len(self._met) >= _KEPT:
                self._met.clear()
            self._met.add(key)
        return errors


def _together(each: Iterable[set[str] | None]) -> frozenset[str] | None:
    """Everything that is in one of several sets, of which one that is None is of all that there is."""
    found: set[str] = set()
    for fields in each:
        if fields is None:
            return None
        found |= fields
    return frozenset(found)


def _same(_: Evidence) -> object:
    """The key of a part that looks at no field of the record: its answer is always the same."""
    return ()


def parts_of(
    schema: dict[str, Any] | bool,  # noqa: FBT001 - a schema may be a boolean
    *,
    within: bool = False,
) -> list[dict[str, Any]]:
    """Schemas that a record meets one by one when, and only when, it meets ``schema``."""
    if not isinstance(schema, dict):
        return [{"allOf": [schema]}]
    if "$ref" in json.dumps(schema) or fields_read(schema) is None:
        return [schema]
    # The words of a nested part are about that part; those of the whole schema would be no help with one field.
    words = {"description": schema["description"]} if within and "description" in schema else {}
    parts = [{"properties": {name: below}} for name, below in schema.get("properties", {}).items()]
    parts.extend({keyword: schema[keyword], **words} for keyword in _ALONE if keyword in schema)
    if "if" in schema:
        parts.append({keyword: schema[keyword] for keyword in _CONDITION & schema.keys()})
    for below in schema.get("allOf", []):
        parts.extend(parts_of(below, within=True))
    return parts


def value_of(error: ValidationError) -> list[Any]:
    """The list that a ``required`` or ``enum`` keyword holds."""
    return error.validator_value if isinstance(error.validator_value, list) else []


def fields_read(
    schema: Mapping[str, Any] | bool,  # noqa: FBT001 - a schema may be a boolean
    *,
    by_value: bool = False,
) -> set[str] | None:
    """The fields of a record that decide whether ``schema`` allows it, or None when it may look at any.

    With ``by_value``, those alone of which it looks at more than that they are given: what type a field is of, the
    shape of all records says already.
    """
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
            fields.update(_named(keyword, value, by_value=by_value))
        elif keyword not in _OF_NONE:
            return None
        for part in parts:
            below = fields_read(part, by_value=by_value)
            if below is None:
                return None
            fields |= below
    return fields


def _named(keyword: str, value: Any, *, by_value: bool) -> Iterator[str]:
    """The fields that a keyword which names fields is about."""
    if not by_value:
        yield from value
        yield from (name for names in value.values() for name in names) if keyword == "dependentRequired" else ()
    elif keyword == "properties":
        yield from (name for name, asks in value.items() if isinstance(asks, dict) and not asks.keys() <= _OF_NONE)
