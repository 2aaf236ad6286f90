"""The registry of problem codes: what each means where, and what to do; ``problems/*.toml`` holds it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final, Literal

Severity = Literal["error", "warning"]
ListName = Literal["pack", "check", "overlay", "lock", "input"]


@dataclass(frozen=True, slots=True)
class Heading:
    """One list of codes.

    Attributes:
        title: What it is of.
        says: What a problem of this list does.
    """

    title: str
    says: str


#: What a code means depends on what was read, so there are several lists, and a code may be in more than one.
HEADINGS: Final[dict[ListName, Heading]] = {
    "pack": Heading(
        "Packs",
        "Problems of a framework's files. A pack with any of them is set aside, and the other frameworks serve.",
    ),
    "check": Heading(
        "What a closer look finds",
        "What `bandstand check` finds in a pack that loads and so could serve: defects of its meaning, and warnings.",
    ),
    "overlay": Heading(
        "Overlays",
        "Problems of a trust's overlay, besides those of the shape of its files, which are as those of packs.",
    ),
    "lock": Heading(
        "Locks and signatures",
        "Why a pack or an overlay does not serve under a trust's lock, or cannot be signed or verified.",
    ),
    "input": Heading(
        "Evidence and people",
        "Problems of evidence files, staff lists and ragging sheets. The rows without problems are still read.",
    ),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One code in one list.

    Attributes:
        code: The stable name.
        of: The list.
        means: What it means there, in a sentence.
        remedy: What to do, in a sentence.
        severity: Whether it has to be mended, or is a warning that a strict check takes for an error.
        wrong: A few lines of a file that have the problem, where that helps.
        mended: The same without it.
    """

    code: str
    of: ListName
    means: str
    remedy: str
    severity: Severity = "error"
    wrong: str | None = None
    mended: str | None = None


@cache
def listed(of: ListName) -> tuple[Entry, ...]:
    """The codes of one list, in their order; none where the list is empty."""
    file = files(__package__) / "problems" / f"{of}.toml"
    if not file.is_file():
        return ()
    return tuple(Entry(code, of, **fields) for code, fields in tomllib.loads(file.read_text("utf-8")).items())


@cache
def registry() -> dict[str, tuple[Entry, ...]]:
    """What every code means, list by list, by the code in the order of the alphabet."""
    found: dict[str, list[Entry]] = {}
    for of in HEADINGS:
        for entry in listed(of):
            found.setdefault(entry.code, []).append(entry)
    return {code: tuple(found[code]) for code in sorted(found)}
