"""Whether data fits a JSON Schema, told soon where it does: most does, and a full validator takes its time over it.

A yes is certain. A no only means that a full validator has to look, which also says what is wrong: whatever is not
understood here, or would take long to tell, is a no.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Fits = Callable[[Any], bool]

#: What says nothing of the data; a validator that is asked for no formats takes "format" for such, too.
_SAYS_NOTHING: Final = {"$defs", "title", "description", "default", "examples", "format"}
#: What is told together: each depends on which names the others are about.
_OF_OBJECTS: Final = {"properties", "patternProperties", "additionalProperties"}
_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}
_BELOW: Final = "#/$defs/"


def fits(schema: Mapping[str, Any]) -> Fits:
    """What tells of data, as it comes from YAML or JSON, whether it fits a schema of draft 2020-12."""
    return _Reader(schema).read(schema)


class _Reader:
    """Makes a function of each part of one schema."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._defs = schema.get("$defs", {})
        self._named: dict[str, Fits] = {}

    def read(self, schema: Any) -> Fits:
        if schema is True:
            return _always
        if not isinstance(schema, dict) or not schema.keys() <= _KEYWORDS.keys() | _SAYS_NOTHING | _OF_OBJECTS:
            return _never
        parts = [_KEYWORDS[keyword](self, value) for keyword, value in schema.items() if keyword in _KEYWORDS]
        if not schema.keys().isdisjoint(_OF_OBJECTS):
            parts.append(self._object(schema))
        if len(parts) == 1:
            return parts[0]
        return lambda data: all(part(data) for part in parts)

    def reference(self, name: str) -> Fits:
        """What a reference leads to, which is looked up when it is first asked: it may lead to where it stands."""
        key = name.removeprefix(_BELOW)
        if not name.startswith(_BELOW) or key not in self._defs:
            return _never

        def referred(data: Any) -> bool:
            known = self._named.get(key)
            if known is None:
                known = self._named[key] = self.read(self._defs[key])
            return known(data)

        return referred

    def any_of(self, ways: list[Any]) -> Fits:
        read = [self.read(way) for way in ways]
        return lambda data: any(way(data) for way in read)

    def items(self, schema: Any) -> Fits:
        item = self.read(schema)
        return lambda data: not isinstance(data, list) or all(map(item, data))

    def names(self, schema: Any) -> Fits:
        name = self.read(schema)
        return lambda data: not isinstance(data, dict) or all(map(name, data))

    def _object(self, schema: Mapping[str, Any]) -> Fits:
        own = {name: self.read(part) for name, part in schema.get("properties", {}).items()}
        patterns = [(re.compile(p), self.read(part)) for p, part in schema.get("patternProperties", {}).items()]
        more = self.read(schema.get("additionalProperties", True))

        def fits_object(data: Any) -> bool:
            if not isinstance(data, dict):
                return True
            for name, value in data.items():
                known = name in own
                if known and not own[name](value):
                    return False
                for pattern, part in patterns:
                    if pattern.search(name):
                        known = True
                        if not part(value):
                            return False
                if not known and not more(value):
                    return False
            return True

        return fits_object


def _always(_: Any) -> bool:
    return True


def _never(_: Any) -> bool:
    return False


def _type(given: str | list[str]) -> Fits:
    names = [given] if isinstance(given, str) else given
    # By the very type: JSON tells true from 1, although Python does not.
    types = {each for name in names for each in _TYPES.get(name, ())}
    return lambda data: type(data) in types


def _one_of(words: list[Any]) -> Fits:
    known = {(type(word), word) for word in words if isinstance(word, str | int | None)}
    return lambda data: isinstance(data, str | int | None) and (type(data), data) in known


def _text(test: Fits) -> Fits:
    return lambda data: not isinstance(data, str) or test(data)


def _number(test: Fits) -> Fits:
    return lambda data: not isinstance(data, int | float) or test(data)


def _list(test: Fits) -> Fits:
    return lambda data: not isinstance(data, list) or test(data)


def _mapping(test: Fits) -> Fits:
    return lambda data: not isinstance(data, dict) or test(data)


def _pattern(pattern: str) -> Fits:
    search = re.compile(pattern).search
    return _text(lambda data: search(data) is not None)


_KEYWORDS: Final[dict[str, Callable[[_Reader, Any], Fits]]] = {
    "$ref": _Reader.reference,
    "anyOf": _Reader.any_of,
    "items": _Reader.items,
    "propertyNames": _Reader.names,
    "type": lambda _, given: _type(given),
    "enum": lambda _, words: _one_of(words),
    "const": lambda _, word: _one_of([word]),
    "pattern": lambda _, pattern: _pattern(pattern),
    "minLength": lambda _, least: _text(lambda data: len(data) >= least),
    "maxLength": lambda _, most: _text(lambda data: len(data) <= most),
    "minimum": lambda _, least: _number(lambda data: data >= least),
    "exclusiveMinimum": lambda _, below: _number(lambda data: data > below),
    "maximum": lambda _, most: _number(lambda data: data <= most),
    "minItems": lambda _, least: _list(lambda data: len(data) >= least),
    "maxItems": lambda _, most: _list(lambda data: len(data) <= most),
    "minProperties": lambda _, least: _mapping(lambda data: len(data) >= least),
    "required": lambda _, names: _mapping(lambda data: all(name in data for name in names)),
}
