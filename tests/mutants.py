"""Packs that differ from another in one place: every field changed, every list and mapping with something less."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any
from unittest import mock

from bandstand.packs import load
from bandstand.packs.draft import Draft
from bandstand.packs.load import EVIDENCE_SCHEMA
from bandstand.packs.shape import read_as
from bandstand.packs.yaml_source import Source
from bandstand.rules.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic import BaseModel

    from bandstand.packs.pack import Pack

Where = tuple[str | int, ...]

#: Fields whose values are one of a few, and others that are written in a way of their own.
_OTHERS: dict[str, tuple[Any, ...]] = {
    "status": ("present", "missing", "unresolved", "blank"),
    "of": ("person", "trust"),
    "hit": ("first", "unique", "collect"),
    "weight": ("decides", "discuss"),
    "if_unknown": ("discuss", "nothing"),
    "roll_up": ("lowest", "none"),
    "tells": ("covered", "left_out"),
    "reaches": ("met", "partly_met", "not_met"),
    "relation": ("supports", "same_text"),
    "basis": ("stated", "trust", "interpreted"),
    "count": ("records", "kinds", "evidenced"),
    "kind": ("prompts", "rating_check"),
    "cycle_starts": ("01-01",),
    "valid_from": ("2024-10-01",),
    "valid_until": ("2026-08-31",),
    "group_by": ("group",),
    "source": ("99",),
}
TEXTS = frozenset(
    {
        *("label", "descriptor", "text", "summary", "title", "publisher", "question", "reason", "phrase", "meaning"),
        *("inherits", "duty", "condition"),
    }
)
_MOST = 2


class _Builder:
    """Makes packs of what their files hold; what is in most of them is read once."""

    def __init__(self) -> None:
        self._read: dict[tuple[type[BaseModel], int], BaseModel] = {}
        self._kept: list[Any] = []

    def build(self, content: Mapping[str, Any]) -> Pack | None:
        """The pack whose files hold this; None where it has problems."""
        sources = {name: Source(name, data) for name, data in content.items() if name != EVIDENCE_SCHEMA}
        draft = Draft("tests", sources=sources, evidence_schema=content[EVIDENCE_SCHEMA])
        with mock.patch.object(load, "read_as", self._read_as):
            load.assemble(draft, {kind.KIND: kind for kind in KINDS})
        return draft.pack

    def _read_as(self, model: type[BaseModel], source: Source, data: object, path: Where = ()) -> BaseModel | None:
        key = (model, id(data))
        if key not in self._read:
            read = read_as(model, source, data, path)
            if read is None:
                return None
            # What is kept keeps its place in memory, and so its number.
            self._kept.append(data)
            self._read[key] = read
        return self._read[key]


def mutants(content: Mapping[str, Any]) -> Iterator[tuple[Where, Any, Any, Pack]]:
    """Every pack that differs in one place and has no problem: the place, what was there, what is, and the pack.

    Of places that are alike, as the labels of two criteria, only the first that gives any is tried.
    """
    pool: dict[str, dict[Any, None]] = defaultdict(dict)
    for where, value in _within(content):
        if isinstance(value, str | int) and not isinstance(value, bool):
            pool[field_of(where)][value] = None
    builder, done = _Builder(), set[tuple[str, ...]]()
    for where, value in _within(content):
        alike = (type(value).__name__, *_folder(where))
        if alike in done:
            continue
        for other in _others(field_of(where), value, pool):
            made = builder.build(_put(content, where, other))
            if made is not None:
                done.add(alike)
                yield where, value, other, made


def field_of(where: Where) -> str:
    """The name of the field that a place is in."""
    return next(str(part) for part in reversed(where) if isinstance(part, str))


def _folder(where: Where) -> tuple[str, ...]:
    """What a place is of, whatever its file is called and wherever in a list it stands; rules are told apart."""
    file = str(where[0])
    top = file.partition("/")[0]
    number = (str(where[2]), file) if top == "rules" and len(where) > 2 else ()
    return (top, *number, *(str(part) for part in where[1:] if isinstance(part, str)))


def _within(value: Any, where: Where = ()) -> Iterator[tuple[Where, Any]]:
    if where:
        yield where, value
    if isinstance(value, dict):
        for key, part in value.items():
            if where or not str(key).startswith("examples"):
                yield from _within(part, (*where, key))
    elif isinstance(value, list):
        for at, part in enumerate(value):
            yield from _within(part, (*where, at))


def _others(field: str, value: Any, pool: Mapping[str, Mapping[Any, None]]) -> Iterator[Any]:
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield from (value + 1, value - 1)
    elif isinstance(value, str):
        yield from (f"{value} more",) if field in TEXTS else ()
        yield from [other for other in (*_OTHERS.get(field, ()), *pool[field]) if other != value][:_MOST]
        yield from (f"{value}z",) if field == "id" else ()
    elif isinstance(value, list):
        yield from (value[:at] + value[at + 1 :] for at in range(len(value)))
        yield from ([*value[:at], value[at + 1], value[at], *value[at + 2 :]] for at in range(len(value) - 1))
        if value and isinstance(value[0], str):
            yield from [[*value, other] for other in pool[field] if other not in value][:_MOST]
    elif isinstance(value, dict):
        yield from ({key: part for key, part in value.items() if key != gone} for gone in value)


def _put(content: Any, where: Where, value: Any) -> Any:
    if not where:
        return value
    first, *rest = where
    if isinstance(content, dict):
        return {**content, first: _put(content[first], tuple(rest), value)}
    assert isinstance(first, int)
    return [*content[:first], _put(content[first], tuple(rest), value), *content[first + 1 :]]
