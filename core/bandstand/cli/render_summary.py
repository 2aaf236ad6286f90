"""What the command prints of what a table of results comes to: tables of counts, and never people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.text import Text

from bandstand import words
from bandstand.cli.console import new_console
from bandstand.cli.render_impact import WITHHELD, new_counts, number
from bandstand.reports import share
from bandstand.workforce.page import at_least, codes, movements, name_of, zone

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from bandstand.models.summary import ByGrade, Movement, OutcomeSummary, Share, Summary, Zones

#: No table of counts is as wide, in characters.
_WIDEST: Final = 10_000


def summary(found: Summary) -> None:
    """Each outcome with its tables."""
    console = new_console()
    since = "" if found.since is None else f" Compared with {words.day(found.since)}."
    console.print(
        f"{found.results}. {found.decides}{since} {WITHHELD} is a number that is withheld: of fewer than "
        f"{found.threshold} people, or one by which such a number could be worked out; 20+ is at least 20."
    )
    for outcome in found.outcomes:
        _outcome(console, outcome)
    if not found.outcomes:
        console.print("\nThe table has no rows.")


def _outcome(console: Console, outcome: OutcomeSummary) -> None:
    people = (
        "fewer people than may be told" if outcome.people is None else words.count(outcome.people, "person", "people")
    )
    console.print(Text(f"\n{name_of(outcome)}: {people}", style="bold"))
    console.print(f"  For {outcome.purpose}, as at {words.day(outcome.as_of)}, by {outcome.pack}.")
    if outcome.people is not None:
        if outcome.levels is not None:
            _levels(console, outcome.levels, outcome.people)
        if outcome.zones is not None:
            _zones(console, outcome.zones, outcome.people)
        for what, moved in movements(outcome):
            _moved(console, what, moved)
        for title, parts in (("criteria with evidence", outcome.seen), ("recommended", outcome.actions)):
            if parts:
                _shares(console, title, parts, outcome.people)
        for title, listed in codes(outcome):
            counts = new_counts(words.uncapitalised(title), "people", "share")
            for label, said in listed:
                counts.add_row(label, number(said), "" if said is None else share(said, outcome.people))
            _print(console, counts)
    for note in outcome.notes:
        console.print(f"  {note}")


def _levels(console: Console, table: ByGrade, people: int) -> None:
    counts = new_counts("levels by grade", "people", *(column.label for column in table.columns))
    for group in table.groups:
        counts.add_row(", ".join(group.members), str(group.people), *map(number, group.counts))
    counts.add_row("everybody", str(people), *(str(column.people) for column in table.columns))
    _print(console, counts)


def _zones(console: Console, table: Zones, people: int) -> None:
    counts = new_counts("zones by grade", "people", *map(zone, table.zones))
    for group in table.groups:
        said = (at_least(least, exact=group.exact) for least in group.least)
        counts.add_row(", ".join(group.members), str(group.people), *said)
    counts.add_row("everybody", str(people), *(at_least(least, exact=table.exact) for least in table.least))
    _print(console, counts)


def _moved(console: Console, what: str, moved: Movement) -> None:
    counts = new_counts(f"{what}: was, is", "people", *(part.label for part in moved.now))
    for was, cells in zip(moved.before, moved.cells, strict=True):
        counts.add_row(was.label, str(was.people), *map(number, cells))
    _print(console, counts)


def _shares(console: Console, title: str, parts: tuple[Share, ...], people: int) -> None:
    counts = new_counts(title, "people", "share")
    for part in parts:
        counts.add_row(part.label, str(part.people), share(part.people, people))
    _print(console, counts)


def _print(console: Console, counts: Table) -> None:
    """A table at its whole width, whatever the screen's: a number that is cut short is another number."""
    width, console.width = console.width, _WIDEST
    console.print(counts)
    console.width = width
