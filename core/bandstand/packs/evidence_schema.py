"""A pack's evidence schema: read, and seen to be one that any record can be held against, quickly and without end."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

import jsonschema

from bandstand.canonical import dumps
from bandstand.models.evidence import is_protected
from bandstand.models.problem import Problem, shown
from bandstand.packs.pattern_steps import TooIntricateError
from bandstand.packs.pattern_tree import UnreadPatternError
from bandstand.packs.patterns import slow_input
from bandstand.packs.yaml_source import MOST_BYTES, read_yaml
from bandstand.rules.base import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bandstand.packs.yaml_source import Path, Source

#: Keywords that hold one schema, a list of them, and several by name.
_ONE: Final = (
    "additionalProperties",
    "contains",
    "contentSchema",
    "else",
    "if",
    "items",
    "not",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
)
_LIST: Final = ("allOf", "anyOf", "oneOf", "prefixItems")
_NAMED: Final = ("$defs", "definitions", "dependentSchemas", "patternProperties", "properties")
#: Those that look at the same value as the schema that they stand in, and not at a part of it.
_SAME_VALUE: Final = frozenset({"allOf", "anyOf", "dependentSchemas", "else", "if", "not", "oneOf", "then"})
_REFS: Final = ("$ref", "$dynamicRef")
_MOST_PATTERNS: Final = 100
_LONGEST_PATTERN: Final = 1_000
_MOST_LOOKS: Final = 10_000

_REMEDY: Final = (
    "Begin it with ^, let no repeat stand in or beside one that takes the same, or say how often at the most."
)


def read_schema(file: str, content: bytes) -> tuple[dict[str, Any] | None, list[Problem]]:
    """The schema in ``content``, if it is one, and whatever is wrong with it."""
    # What is JSON is YAML, which remembers its lines.
    source = read_yaml(file, content)
    source.problems.clear()
    try:
        if len(content) > MOST_BYTES:
            raise ValueError("it is too large")  # noqa: TRY301 - one report serves all that can be wrong
        schema = json.loads(content)
        dumps(schema)
        jsonschema.Draft202012Validator.check_schema(schema)
        if not isinstance(schema, dict):
            raise ValueError("it is no object")  # noqa: TRY301,TRY004 - the same
        looked_at = list(_schemas(schema))
        _check_names(looked_at, source)
        _check_references(looked_at, source)
        _check_patterns(looked_at, source)
    except jsonschema.SchemaError as error:
        message = f"This is not a JSON Schema: {error.message}."
        source.report("broken-schema", tuple(error.absolute_path), message, "Mend it.")
    except json.JSONDecodeError as error:
        source.lines = {(): error.lineno}
        source.report("broken-schema", (), f"This is not JSON: {error}.", "Mend it.")
    except (ValueError, RecursionError) as error:
        source.lines = {}
        source.report("broken-schema", (), f"This is not JSON: {error}.", "Mend it.")
    else:
        return schema, source.problems
    return None, source.problems


class _Schema:
    """One schema within the file: where it is, and the nearest around it with an id, from which references start."""

    def __init__(self, path: Path, data: dict[str, Any], base: dict[str, Any]) -> None:
        self.path = path
        self.data = data
        self.base = data if isinstance(data.get("$id"), str) else base

    def below(self) -> Iterator[tuple[str, _Schema]]:
        """The schemas that stand in it directly, each with its keyword."""
        for keyword, value in self.data.items():
            parts: Iterable[tuple[Path, Any]] = ()
            if keyword in _ONE:
                parts = [((keyword,), value)]
            elif keyword in _LIST:
                parts = [((keyword, n), part) for n, part in enumerate(value)]
            elif keyword in _NAMED:
                parts = [((keyword, name), part) for name, part in value.items()]
            for where, part in parts:
                if isinstance(part, dict):
                    yield keyword, _Schema((*self.path, *where), part, self.base)

    def resolve(self, reference: str) -> Any:
        """What a reference within the file leads to; None where it leads nowhere, or out of it."""
        if not reference.startswith("#"):
            return None
        fragment = unquote(reference[1:])
        if fragment and not fragment.startswith("/"):
            return self._anchored(fragment)
        here: Any = self.base
        for part in fragment.split("/")[1:]:
            name = part.replace("~1", "/").replace("~0", "~")
            if isinstance(here, dict) and name in here:
                here = here[name]
            elif isinstance(here, list) and name.isdecimal() and int(name) < len(here):
                here = here[int(name)]
            else:
                return None
        return here

    def _anchored(self, name: str) -> dict[str, Any] | None:
        for schema in _schemas(self.base):
            if schema.base is self.base and name in (schema.data.get("$anchor"), schema.data.get("$dynamicAnchor")):
                return schema.data
        return None


def _schemas(top: dict[str, Any]) -> Iterator[_Schema]:
    """A schema and all within it, in the order of the file."""
    waiting = [_Schema((), top, top)]
    while waiting:
        schema = waiting.pop()
        yield schema
        waiting.extend(reversed([part for _, part in schema.below()]))


def _check_names(schemas: Sequence[_Schema], source: Source) -> None:
    """No field is called as a protected characteristic is: evidence never holds one, and nothing may ask for it."""
    for schema in schemas:
        named: list[tuple[Path, str]] = []
        for keyword in ("properties", "dependentRequired", "dependentSchemas"):
            named += [((keyword, name), name) for name in schema.data.get(keyword, ())]
        for n, name in enumerate(schema.data.get("required", ())):
            named.append((("required", n), name))
        for path, name in named:
            if is_protected(name):
                message = f'"{name}" is a protected characteristic, which evidence never holds.'
                source.report("protected-characteristic", (*schema.path, *path), message, "Take it out.")


def _check_references(schemas: Sequence[_Schema], source: Source) -> None:
    known = [path for schema in schemas if (path := "/".join(map(str, ("#", *schema.path)))) != "#"]
    leading: dict[int, _Schema] = {id(schema.data): schema for schema in schemas}
    for schema in schemas:
        for keyword in _REFS:
            reference = schema.data.get(keyword)
            if isinstance(reference, str) and not isinstance(schema.resolve(reference), dict | bool):
                message = f'"{reference}" leads nowhere in this file, and no other is looked into.'
                remedy = did_you_mean(reference, known) if known else "Write what it stands for in its place."
                source.report("unknown-ref", (*schema.path, keyword), message, remedy)
    if not source.problems:
        _check_looks(leading, source)


def _check_looks(schemas: dict[int, _Schema], source: Source) -> None:
    """Holding a value against a schema comes to an end, and soon: no reference leads back to where it stands."""
    looks: dict[int, int] = {}
    under_way: set[int] = set()

    def count(schema: _Schema) -> int:
        key = id(schema.data)
        if key in under_way:
            raise _EndlessError(schema)
        if key not in looks:
            under_way.add(key)
            parts = [part for keyword, part in schema.below() if keyword in _SAME_VALUE]
            referred = [schema.resolve(schema.data[keyword]) for keyword in _REFS if keyword in schema.data]
            # What a reference leads to may stand where no keyword looks.
            parts += [schemas.get(id(to)) or _Schema((), to, schema.base) for to in referred if isinstance(to, dict)]
            looks[key] = 1 + sum(map(count, parts))
            under_way.discard(key)
        if looks[key] > _MOST_LOOKS:
            raise _EndlessError(schema)
        return looks[key]

    try:
        for schema in schemas.values():
            count(schema)
    except _EndlessError as error:
        message = "References lead back to where they stand, or multiply, so no record could be held against this."
        source.report("endless-ref", error.schema.path, message, "Let each lead on to what asks less.")


class _EndlessError(Exception):
    def __init__(self, schema: _Schema) -> None:
        self.schema = schema
        super().__init__()


def _check_patterns(schemas: Sequence[_Schema], source: Source) -> None:
    found: dict[str, Path] = {}
    for schema in schemas:
        if isinstance(schema.data.get("pattern"), str):
            found.setdefault(schema.data["pattern"], (*schema.path, "pattern"))
        for pattern in schema.data.get("patternProperties", ()):
            found.setdefault(pattern, (*schema.path, "patternProperties", pattern))
    for n, (pattern, path) in enumerate(found.items()):
        if n == _MOST_PATTERNS:
            message = f"There are more than {_MOST_PATTERNS} patterns."
            source.report("slow-pattern", path, message, "Ask for less.")
            return
        _check_pattern(pattern, path, source)


def _check_pattern(pattern: str, path: Path, source: Source) -> None:
    named = f'The pattern "{shown(pattern)}"'
    try:
        if len(pattern) > _LONGEST_PATTERN:
            raise TooIntricateError(f"it has more than {_LONGEST_PATTERN:,} characters")  # noqa: TRY301 - as the rest
        slow = slow_input(pattern)
    except UnreadPatternError as error:
        message = f"{named} uses {error}, so nobody can tell how long it takes."
        source.report("slow-pattern", path, message, "Keep to classes, groups, alternatives, repeats, ^ and $.")
    except TooIntricateError as error:
        message = f"{named} is too intricate to tell how long it takes: {error}."
        source.report("slow-pattern", path, message, "Write it more simply.")
    else:
        if slow is not None:
            place = source.place(path)
            message = f"{named} takes very long over some texts."
            example = (f"a field that holds {slow}",)
            problem = Problem(
                code="slow-pattern", place=place, message=message, remedy=_REMEDY, counter_example=example
            )
            source.problems.append(problem)
