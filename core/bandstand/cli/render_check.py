"""What checks found, as a terminal shows it: pack by pack, and a line for each pack at the end."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

from rich.text import Text

from bandstand import words
from bandstand.cli.console import new_console

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from bandstand.models.check import CheckListing, PackCheck
    from bandstand.models.problem import Problem

_STYLES: Final = {"error": "red", "warning": "yellow"}
#: Of these there can be many, and one remedy serves all.
_COMPACT: Final = "unconfirmed-value"
#: A check that takes longer says how long.
_LONG: Final = 2.0


def checks(listing: CheckListing) -> None:
    """Every problem by its place, and the summary of each pack, on the screen."""
    _print(listing, new_console())


def as_text(listing: CheckListing) -> str:
    """The same as plain text, for a file."""
    console = new_console(file=io.StringIO())
    _print(listing, console)
    written = console.file
    assert isinstance(written, io.StringIO)
    return written.getvalue()


def _print(listing: CheckListing, console: Console) -> None:
    for pack in listing.packs:
        if pack.problems:
            console.print(Text(f"{pack.name} ({pack.folder})", style="bold"), soft_wrap=True)
            _problems([problem for problem in pack.problems if problem.code != _COMPACT], console)
            _compact([problem for problem in pack.problems if problem.code == _COMPACT], console)
            console.print()
    _summaries(listing, console)


def summaries(listing: CheckListing) -> None:
    """A line for each pack, on the screen."""
    _summaries(listing, new_console())


def _summaries(listing: CheckListing, console: Console) -> None:
    for pack in listing.packs:
        console.print(Text(_summary(pack), style="bold"), soft_wrap=True)


def _problems(problems: Sequence[Problem], console: Console) -> None:
    for problem in sorted(problems, key=lambda p: (p.place.file, p.place.line or 0)):
        line = Text("  ")
        line.append(f"{problem.severity} {problem.code}", style=_STYLES[problem.severity])
        line.append(f" {_place(problem)}")
        console.print(line, soft_wrap=True)
        console.print(f"    {problem.message} {problem.remedy}".rstrip(), soft_wrap=True)
        for n, shown in enumerate(problem.counter_example):
            console.print(f"    {'shown by: ' if n == 0 else '          '}{shown}", soft_wrap=True)


def _compact(problems: Sequence[Problem], console: Console) -> None:
    if not problems:
        return
    line = Text("  ")
    line.append(f"{problems[0].severity} {_COMPACT}", style=_STYLES[problems[0].severity])
    line.append(" Example values that nobody has confirmed; a trust's overlay confirms or changes them:")
    console.print(line, soft_wrap=True)
    for problem in problems:
        # The first sentence says what it is and where; the note after it stands in the pack.
        said = problem.message.partition(" is an example value")[0]
        console.print(f"    {_place(problem)} {said}.", soft_wrap=True)


def _place(problem: Problem) -> str:
    place = problem.place
    return place.file if place.line is None else f"{place.file}:{place.line}"


def _summary(pack: PackCheck) -> str:
    if not pack.usable:
        return f"{pack.name}: it cannot be looked into."
    errors = words.count(pack.errors, "error") if pack.errors else "no errors"
    warnings = words.count(pack.warnings, "warning") if pack.warnings else "no warnings"
    took = f"; {pack.seconds:.0f} s" if pack.seconds > _LONG else ""
    held = ""
    if pack.rules:
        counts = (
            words.count(pack.criteria, "criterion", "criteria"),
            words.count(pack.rules, "rule"),
            words.count(pack.examples, "example"),
        )
        held = f"{', '.join(counts)}; "
    skipped = sum(check.skipped for check in pack.checks)
    left = f"; {words.count(skipped, 'check')} not made" if skipped else ""
    return f"{pack.name}: {held}{errors}, {warnings}{left}{took}."
