"""A regular expression as a small tree over a small alphabet: enough to tell which texts it takes, and in what order.

JSON Schema asks patterns to keep to literals, classes, groups, alternatives, repeats and anchors. Only those are read.
"""

from __future__ import annotations

import importlib
import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# Python's own reader of patterns; its name is private, and there is no other that reads them as `re` does.
_parser: Any = importlib.import_module("re._parser")

#: Letters that stand for all that a class may hold; those that a person types come first.
_SAMPLES: Final = "a0A !-_.,/@bz9Z\n\té€中٣\x00\u200b"
_CATEGORIES: Final = {
    "CATEGORY_DIGIT": r"\d",
    "CATEGORY_NOT_DIGIT": r"\D",
    "CATEGORY_SPACE": r"\s",
    "CATEGORY_NOT_SPACE": r"\S",
    "CATEGORY_WORD": r"\w",
    "CATEGORY_NOT_WORD": r"\W",
}
_ANCHORS: Final = {
    "AT_BEGINNING": "begin",
    "AT_BEGINNING_STRING": "begin",
    "AT_END": "end",
    "AT_END_STRING": "end_string",
    "AT_BOUNDARY": "boundary",
    "AT_NON_BOUNDARY": "no_boundary",
}
_REPEATS: Final = {"MAX_REPEAT": False, "MIN_REPEAT": True}
_NO_END: Final = _parser.MAXREPEAT


class UnreadPatternError(ValueError):
    """The pattern uses more than JSON Schema asks patterns to; the message says what."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One character out of those of the alphabet that it takes."""

    takes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place in the text: ``begin``, ``end``, ``end_string``, ``boundary`` or ``no_boundary``."""

    at: str


@dataclass(frozen=True, slots=True)
class Series:
    """One part after the other."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several parts, the first that fits."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A part from ``least`` to ``most`` times; without an end when ``most`` is None.

    Attributes:
        lazy: Whether few are tried before many.
    """

    part: Node
    least: int
    most: int | None
    lazy: bool = False


Node = Letter | Anchor | Series | Choice | Repeat


def read_pattern(pattern: str) -> tuple[Node, tuple[str, ...]]:
    """The tree of a pattern, and its alphabet: one character for each way in which its classes tell characters apart.

    Raises:
        UnreadPatternError: It uses what JSON Schema advises against.
    """
    parsed = _parser.parse(pattern)
    if parsed.state.flags & ~re.UNICODE:
        raise UnreadPatternError("flags such as (?i)")
    alphabet = _alphabet(parsed)
    return _Reader(alphabet).sequence(parsed), alphabet


def begins(node: Node) -> bool:
    """Whether a text has to begin where the pattern does."""
    match node:
        case Anchor(at):
            return at == "begin"
        case Series(parts):
            return bool(parts) and begins(parts[0])
        case Choice(parts):
            return all(begins(part) for part in parts)
        case Repeat(part, least):
            return least > 0 and begins(part)
        case _:
            return False


def varies(node: Node) -> bool:
    """Whether it may fit in several ways, so that repeating it is a choice each time."""
    match node:
        case Series(parts):
            return any(varies(part) for part in parts)
        case Choice():
            return True
        case Repeat(part, least, most):
            return least != most or varies(part)
        case _:
            return False


def shortest(node: Node) -> int:
    """The length of the shortest text that it fits."""
    match node:
        case Letter():
            return 1
        case Series(parts):
            return sum(shortest(part) for part in parts)
        case Choice(parts):
            return min(shortest(part) for part in parts)
        case Repeat(part, least):
            return least * shortest(part)
        case _:
            return 0


class _Reader:
    """From the parser's items to nodes."""

    def __init__(self, alphabet: Sequence[str]) -> None:
        self._alphabet = alphabet

    def sequence(self, items: Any) -> Series:
        return Series(tuple(self._node(str(op), given) for op, given in items))

    def _node(self, op: str, given: Any) -> Node:
        if op in ("LITERAL", "NOT_LITERAL", "ANY", "IN"):
            return Letter(frozenset(c for c in self._alphabet if _takes(op, given, c)))
        if op in _REPEATS:
            least, most, items = given
            return Repeat(self.sequence(items), least, None if most is _NO_END else most, _REPEATS[op])
        if op == "BRANCH":
            return Choice(tuple(self.sequence(items) for items in given[1]))
        if op == "SUBPATTERN" and not given[1] and not given[2]:
            return self.sequence(given[3])
        if op == "AT" and str(given) in _ANCHORS:
            return Anchor(_ANCHORS[str(given)])
        raise UnreadPatternError(_NAMES.get(op, "an extension of Python's"))


_NAMES: Final = {
    "ASSERT": "a look ahead or behind",
    "ASSERT_NOT": "a look ahead or behind",
    "GROUPREF": "a reference back to a group",
    "GROUPREF_EXISTS": "a condition on a group",
    "ATOMIC_GROUP": "an atomic group",
    "POSSESSIVE_REPEAT": "a possessive repeat",
    "SUBPATTERN": "flags such as (?i:…)",
}


def _takes(op: str, given: Any, character: str) -> bool:
    match op:
        case "LITERAL":
            return bool(ord(character) == given)
        case "NOT_LITERAL":
            return bool(ord(character) != given)
        case "ANY":
            return character != "\n"
        case "RANGE":
            return bool(given[0] <= ord(character) <= given[1])
        case "CATEGORY":
            return _is_of(str(given), character)
        case _:
            negated = bool(given) and str(given[0][0]) == "NEGATE"
            return any(_takes(str(o), g, character) for o, g in given[negated:]) != negated


@cache
def _is_of(category: str, character: str) -> bool:
    return re.fullmatch(_CATEGORIES[category], character) is not None


def _alphabet(parsed: Any) -> tuple[str, ...]:
    """Samples, and the ends of every range and what lies beside them; of those that no class tells apart, the first."""
    classes = list(dict.fromkeys(_classes(parsed)))
    ends = {end for op, given in classes for end in _ends(op, given)}
    beside = (chr(n) for end in sorted(ends) for n in (end, end - 1, end + 1) if _is_character(n))
    seen: dict[tuple[bool, ...], str] = {}
    for character in (*_SAMPLES, *beside):
        seen.setdefault(tuple(_takes(op, given, character) for op, given in classes), character)
    return tuple(seen.values())


def _is_character(number: int) -> bool:
    return 0 <= number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF  # noqa: PLR2004 - Unicode's own bounds


def _classes(items: Any) -> Iterator[tuple[str, Any]]:
    for op, given in items:
        name = str(op)
        if name in ("LITERAL", "NOT_LITERAL", "ANY"):
            yield name, given
        elif name == "IN":
            yield name, tuple((str(o), g) for o, g in given)
        elif name in _REPEATS:
            yield from _classes(given[2])
        elif name == "BRANCH":
            for branch in given[1]:
                yield from _classes(branch)
        elif name == "SUBPATTERN":
            yield from _classes(given[3])


def _ends(op: str, given: Any) -> Iterator[int]:
    match op:
        case "LITERAL" | "NOT_LITERAL":
            yield given
        case "RANGE":
            yield from given
            # What lies within may belong to another class too.
            yield from (n for n in range(given[0], min(given[1], given[0] + 300)) if _turns(n))
        case "IN":
            for inner, of in given:
                yield from _ends(inner, of)


def _turns(number: int) -> bool:
    """Whether a category begins or ends between a character and the next."""
    pair = [chr(n) for n in (number, number + 1) if _is_character(n)]
    names = ("CATEGORY_DIGIT", "CATEGORY_SPACE", "CATEGORY_WORD")
    return any(_is_of(name, one) != _is_of(name, other) for one, other in pairwise(pair) for name in names)
