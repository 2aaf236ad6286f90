"""Addresses within a pack: what an overlay may name, by ids, and where it stands in the pack's files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from bandstand.models.provenance import Basis, Provenance, models_within

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic import BaseModel

    from bandstand.packs.pack import Pack
    from bandstand.packs.yaml_source import Path

FRAMEWORK: Final = "framework.yaml"
FINDINGS: Final = "findings"
#: What says what something is, or where it comes from, and is nobody's to change.
FIXED: Final = frozenset({"id", "kind", "label", "source", "basis", "note"})
#: The fields by which an item of a list is known, the first that it has.
_NAMED_BY: Final = ("id", "level", "at")
#: What of the policy of findings a trust may set; the rest is how evidence counts, which the framework says.
_OF_FINDINGS: Final = frozenset({"max_age_months", "cycle_starts"})


@dataclass(frozen=True, slots=True)
class Spot:
    """What an address leads to.

    Attributes:
        address: By ids, as ``expected.bands.column_1.gold``.
        kind: Whether it is in a rule or in the policy of findings.
        item: The rule's id, or ``findings``.
        file: The file that it is in.
        path: Where in what the file holds.
        part: The innermost part with a source and a basis that it is, or is in.
        part_path: Where in the file that part is.
        part_address: The part's own address.
        owner: The model whose field it is, if it is a field.
        is_name: Whether it is that by which its item of a list is known.
        parts: Everything with a source and a basis in the same rule or policy, by its path.
    """

    address: str
    kind: Literal["rule", "findings"]
    item: str
    file: str
    path: Path
    part: BaseModel
    part_path: Path
    part_address: str
    owner: BaseModel | None
    is_name: bool
    parts: Mapping[Path, BaseModel]

    @property
    def parts_below(self) -> dict[Path, BaseModel]:
        """The parts that are within it, itself left out."""
        depth = len(self.path)
        return {path: part for path, part in self.parts.items() if len(path) > depth and path[:depth] == self.path}

    @property
    def is_part(self) -> bool:
        """Whether it is a part itself, and not a field of one."""
        return self.path == self.part_path

    @property
    def field(self) -> str:
        """Its last name, as the file has it."""
        return str(self.path[-1])

    @property
    def may_change(self) -> bool:
        """Whether the value of it, or of a field of it, is a trust's to set."""
        of_findings = self.kind == FINDINGS and len(self.path) > 1 and self.field not in _OF_FINDINGS
        return not (self.is_name or of_findings or (not self.is_part and self.field in FIXED))

    @property
    def wraps(self) -> str | None:
        """The one field of its own that the value may have as a part of its own, as the level of a band's bound."""
        return None if self.owner is None else wrapped(type(self.owner), self.field)


def addresses(pack: Pack) -> dict[str, Spot]:
    """Everything in a pack's rules and its policy of findings by its address, in the order of the files."""
    found: dict[str, Spot] = {}
    for file, data in pack.content.items():
        for n, raw in enumerate(data["rules"] if file.startswith("rules/") else ()):
            rule = pack.rule_by_id[raw["id"]]
            walk = _Walk("rule", rule.id, file, ("rules", n), rule)
            found.update((spot.address, spot) for spot in walk.spots(raw))
    raw = pack.content[FRAMEWORK][FINDINGS]
    walk = _Walk("findings", FINDINGS, FRAMEWORK, (FINDINGS,), pack.framework.findings)
    for spot in walk.spots(raw):
        found.setdefault(spot.address, spot)
    return found


def wrapped(model: type[BaseModel], field: str) -> str | None:
    """The one field that a value of ``field`` is kept in where it has a source and a basis of its own; else None."""
    for name, info in model.model_fields.items():
        if field in (info.alias, name):
            for choice in (info.annotation, *get_args(info.annotation)):
                if isinstance(choice, type) and issubclass(choice, Provenance):
                    own = [own for own in choice.model_fields if own not in Provenance.model_fields]
                    return own[0] if len(own) == 1 else None
    return None


def is_doubtful(part: BaseModel) -> bool:
    """Whether a part is an example value or a reading, so that there is something for a trust to confirm."""
    return getattr(part, "basis", None) in (Basis.ILLUSTRATIVE, Basis.INTERPRETED)


class _Walk:
    """A walk through one rule, or the policy of findings, as its file holds it and as it was read."""

    def __init__(self, kind: Literal["rule", "findings"], item: str, file: str, start: Path, model: BaseModel) -> None:
        self._kind, self._item, self._file, self._start = kind, item, file, start
        self._models = dict(models_within(model, start))
        self._parts: Mapping[Path, BaseModel] = {p: m for p, m in self._models.items() if hasattr(m, "basis")}

    def spots(self, raw: Any) -> Iterator[Spot]:
        yield from self._walk(raw, self._start, self._item, (self._start, self._item), is_name=False)

    def _walk(self, raw: Any, path: Path, address: str, part: tuple[Path, str], *, is_name: bool) -> Iterator[Spot]:
        if path in self._parts:
            part = (path, address)
        yield Spot(
            address=address,
            kind=self._kind,
            item=self._item,
            file=self._file,
            path=path,
            part=self._parts[part[0]],
            part_path=part[0],
            part_address=part[1],
            owner=self._models.get(path[:-1]),
            is_name=is_name,
            parts=self._parts,
        )
        model = self._models.get(path)
        if isinstance(raw, dict):
            absent = [] if model is None else [name for name in _names(model) if name not in raw]
            known_by = _known_by(raw) if isinstance(path[-1], int) else None
            for name in (*raw, *absent):
                below = (*path, name)
                yield from self._walk(raw.get(name), below, f"{address}.{name}", part, is_name=name == known_by)
        elif isinstance(raw, list):
            for n, one in enumerate(raw):
                if isinstance(one, dict | list):
                    known_by = _known_by(one)
                    name = one[known_by] if known_by is not None and isinstance(one, dict) else n + 1
                    yield from self._walk(one, (*path, n), f"{address}.{name}", part, is_name=False)


def _names(model: BaseModel) -> Iterator[str]:
    """Every field of a model as files have it."""
    for name, info in type(model).model_fields.items():
        yield info.alias or name


def _known_by(raw: Any) -> str | None:
    """The field that an item of a list is known by; None for one that is known by its number."""
    return next((name for name in _NAMED_BY if name in raw), None) if isinstance(raw, dict) else None


def value_within(raw: Any, *, of_list: bool) -> Any:
    """The value of what stands at an address, as people are shown it: without ids, sources and parts of its own.

    Of a part with several fields, the numbers, where it has some: those are what a trust decides.

    Args:
        raw: What the file holds there.
        of_list: Whether it is an item of a list, and so known by one of its fields.
    """
    if not isinstance(raw, dict):
        return raw
    known_by = _known_by(raw) if of_list else None
    fields = {n: _unwrapped(v) for n, v in raw.items() if n not in FIXED and n != known_by and not _holds_parts(v)}
    if "source" in raw and not of_list and len(fields) == 1:
        return next(iter(fields.values()))
    numbers = {name: value for name, value in fields.items() if type(value) in (int, float)}
    return numbers or fields


def _unwrapped(raw: Any) -> Any:
    return value_within(raw, of_list=False) if isinstance(raw, dict) and "source" in raw else raw


def _holds_parts(raw: Any) -> bool:
    return isinstance(raw, list) and any(isinstance(one, dict) and "source" in one for one in raw)
