"""A pack's content while an overlay's entries are laid over it, and whose decision each edited value is."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from bandstand import words
from bandstand.models.overlay import AddedCriterion, AddedGrade, Change, Confirm, Settled
from bandstand.models.provenance import Basis
from bandstand.packs.address import addresses
from bandstand.rules.base import did_you_mean

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from bandstand.models.overlay import Decided, Overlay, ValuesFile
    from bandstand.packs.address import Spot
    from bandstand.packs.pack import Pack
    from bandstand.packs.yaml_source import Path, Source

How = Literal["confirmed", "changed", "added"]
_VERBS: dict[How, str] = {"confirmed": "Confirmed", "changed": "Set", "added": "Added"}


@dataclass(frozen=True, slots=True)
class Alias:
    """Other spellings of a grade."""

    grade: str
    spellings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """The trust's answer to what the framework asks of a trust."""

    fact: str
    value: str


Says = Confirm | Change | AddedCriterion | AddedGrade | Alias | Setting


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that values.yaml says.

    Attributes:
        says: What it says.
        path: Where it stands there.
        by: Whose decision it is.
        on: When it was decided.
        why: Why.
    """

    says: Says
    path: Path
    by: str
    on: dt.date
    why: str


def entries(values: ValuesFile, overlay: Overlay) -> Iterator[Entry]:
    """All that values.yaml says, in the order in which it is laid over: what is added, changed, and then confirmed."""

    def entry(says: Says, decided: Decided | None, *path: str | int) -> Entry:
        by, on, why = (overlay.by, overlay.on, overlay.why)
        if decided is not None:
            by, on, why = decided.by or by, decided.on or on, decided.why or why
        return Entry(says, path, by, on, why)

    if values.add is not None:
        for n, criterion in enumerate(values.add.criteria or ()):
            yield entry(criterion, criterion, "add", "criteria", n)
        for n, grade in enumerate(values.add.grades or ()):
            yield entry(grade, grade, "add", "grades", n)
    for name, spellings in (values.aliases or {}).items():
        yield entry(Alias(name, spellings), None, "aliases", name)
    for name, value in (values.settings or {}).items():
        yield entry(Setting(name, value), None, "settings", name)
    for n, change in enumerate(values.change or ()):
        yield entry(change, change, "change", n)
    for n, given in enumerate(values.confirm or ()):
        confirm = Confirm(at=given) if isinstance(given, str) else given
        yield entry(confirm, confirm, "confirm", n)


@dataclass
class Edit:
    """A pack's content while entries are laid over it, one after the other; the pack stays as it is.

    Attributes:
        pack: The pack.
        source: Where the entries stand; problems go there.
        entry: The entry that is being laid over.
        content: What the pack's files hold, edited.
        settled: What became the trust's, in the order of the entries.
        marks: The same by the address of each part or value that is the trust's.
        settings: What the trust answers, by the fact's id.
        like: By each added criterion's id, what evidence may name of the pack's own that stands in the same list.
        added: Ids that were added.
        spellings: By strand and spelling, the grade that an entry gave it to.
        set_by: By file and path, the entry that sets a value there.
        index: Everything in the pack that has an address.
    """

    pack: Pack
    source: Source
    entry: Entry = field(init=False)
    content: dict[str, Any] = field(init=False)
    settled: list[Settled] = field(default_factory=list)
    marks: dict[str, Settled] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    like: dict[str, str] = field(default_factory=dict)
    added: set[str] = field(default_factory=set)
    spellings: dict[tuple[str, str], str] = field(default_factory=dict)
    set_by: dict[tuple[str, Path], Entry] = field(default_factory=dict)
    index: dict[str, Spot] = field(init=False)
    _touched: list[tuple[str, Path, Entry]] = field(default_factory=list)
    _inserted: list[tuple[str, list[Any], Any, Entry]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.content = copy.deepcopy(dict(self.pack.content))
        self.index = addresses(self.pack)

    def report(self, code: str, below: Path, message: str, remedy: str) -> None:
        """Add a problem of the present entry; ``below`` is the place within it, where the entry spells it out."""
        while below and (*self.entry.path, *below) not in self.source.lines:
            below = below[:-1]
        self.source.report(code, (*self.entry.path, *below), message, remedy)

    def spot(self, address: str, below: Path) -> Spot | None:
        """What an address of the present entry leads to; None, and a problem, where that is nothing."""
        spot = self.index.get(address)
        if spot is None:
            message = f'"{address}" leads to nothing in the rules of {self.pack.name}.'
            self.report("unknown-address", below, message, did_you_mean(address, self.index))
        return spot

    def raw(self, file: str, path: Path) -> Any:
        """What the edited content holds at a path of a file."""
        raw = self.content[file]
        for part in path:
            raw = raw[part]
        return raw

    def settle(self, at: str, kind: str, item: str, how: How, change: tuple[Any, Any]) -> Settled:
        """What the present entry makes the trust's; ``change`` is what the pack had, and what holds."""
        by, on, why = self.entry.by, self.entry.on, self.entry.why
        was, now = copy.deepcopy(change)
        settled = Settled.model_validate(
            {"at": at, "kind": kind, "item": item, "how": how, "was": was, "now": now, "by": by, "on": on, "why": why}
        )
        self.settled.append(settled)
        return settled

    def is_trusts(self, spot: Spot, path: Path) -> bool:
        """Whether a part of the file that ``spot`` is in has become the trust's."""
        return bool(self.raw(spot.file, path).get("basis") == Basis.TRUST)

    def mark(self, file: str, path: Path, settled: Settled) -> None:
        """Make a part the trust's: its lines stay, and its note says whose decision it is."""
        raw = self.raw(file, path)
        address = next((s.address for s in self.index.values() if (s.file, s.path) == (file, path)), settled.at)
        if address in self.marks:
            raw["note"] = f"{raw['note']} {note_of(settled)}"
        else:
            raw |= of_trust(raw["source"], settled, raw.get("note"))
        self.marks[address] = settled
        self.touch(file, path)

    def wrap(self, spot: Spot, value: Any, settled: Settled) -> None:
        """Give a value a source and a basis of its own, so that the rest of its part keeps what it rests on."""
        parent = self.raw(spot.file, spot.path[:-1])
        parent[spot.field] = {str(spot.wraps): value, **of_trust(parent["source"], settled)}
        self.marks[spot.address] = settled
        self.touch(spot.file, spot.path)

    def touch(self, file: str, path: Path) -> None:
        """Keep that the present entry edited something."""
        self._touched.append((file, path, self.entry))

    def insert(self, file: str, into: list[Any], at: int, raw: Any) -> None:
        """Put something into a list of a file; where it stands may change while more is put in."""
        into.insert(at, raw)
        self._inserted.append((file, into, raw, self.entry))

    def entry_of(self, file: str, path: Path) -> Entry | None:
        """The entry that edited what stands at a path of a file, or something in it or around it; the nearest."""
        touched = list(self._touched)
        for own, into, raw, entry in self._inserted:
            at = next(n for n, other in enumerate(into) if other is raw)
            touched.append((own, ("criteria", at), entry))
        near = [
            (len(where), entry)
            for own, where, entry in touched
            if own == file and (path[: len(where)] == where or where[: len(path)] == path)
        ]
        return max(near, key=lambda one: one[0])[1] if near else None


def of_trust(source: Any, settled: Settled, note: str | None = None) -> dict[str, Any]:
    """Source, basis and note of a part that is the trust's; ``note`` is the one that the pack gave it."""
    return {"source": source, "basis": Basis.TRUST.value, "note": note_of(settled, note)}


def note_of(settled: Settled, note: str | None = None) -> str:
    """Whose decision it is in a sentence or two, with what the pack had and said."""
    why = settled.why if settled.why.endswith((".", "!", "?")) else f"{settled.why}."
    what = f"{settled.now} added" if settled.how == "added" and settled.kind == "rule" else _VERBS[settled.how]
    said = f"{what} by {settled.by} on {words.day(settled.on)}: {why}"
    if settled.how == "changed":
        said += f" The pack had {words.held(settled.was)}."
    return f"{said} The pack's own note: {note}" if note else said
