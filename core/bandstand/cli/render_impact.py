"""What the command prints of whom another version of a pack would move: tables of counts, and never people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

from bandstand import words
from bandstand.change.page import is_unchanged, said
from bandstand.cli.console import new_console
from bandstand.cli.render_change import side
from bandstand.reports import share

if TYPE_CHECKING:
    from rich.console import Console

    from bandstand.models.impact import GroupTable, Impact, Matrix, OutcomeImpact

#: What stands where a number is withheld.
WITHHELD = "*"


def impact(found: Impact) -> None:
    """Each outcome with its tables."""
    console = new_console()
    engine = "the plain engine" if found.engine == "plain" else "both engines"
    console.print(f"{side(found.old)}\n{side(found.new)}")
    console.print(
        f"Everybody evaluated under both by {engine}, as at {words.day(found.as_of)}. {WITHHELD} is a number that is "
        f"withheld: of fewer than {found.threshold} people, or one by which such a number could be worked out."
    )
    for outcome in found.outcomes:
        _outcome(console, outcome)
    if not found.outcomes:
        console.print("\nNobody has evidence for anything that both versions can be asked for.")


def _outcome(console: Console, outcome: OutcomeImpact) -> None:
    people = "fewer than may be told" if outcome.people is None else words.count(outcome.people, "person", "people")
    console.print(Text(f"\n{outcome.label} ({outcome.outcome}): {people}", style="bold"))
    if is_unchanged(outcome):
        console.print("  Nobody would change.")
        return
    if outcome.blocks and outcome.people:
        table = new_counts("", "people", "share")
        for block in outcome.blocks:
            table.add_row(block.label, str(block.people), share(block.people, outcome.people))
        console.print(table)
    for title, matrix in (("level", outcome.levels), ("zone", outcome.zones)):
        if matrix is not None:
            _matrix(console, title, matrix)
    for title, groups in (("grade", outcome.grades), ("school", outcome.schools)):
        if groups is not None:
            _groups(console, title, groups)
    for note in outcome.notes:
        console.print(f"  {note}")


def _matrix(console: Console, what: str, matrix: Matrix) -> None:
    names = [said(value) for value in matrix.values]
    table = new_counts(f"{what}: was, is", *names)
    for name, cells in zip(names, matrix.cells, strict=True):
        table.add_row(name, *(number(cell) for cell in cells))
    console.print(table)


def _groups(console: Console, by: str, groups: GroupTable) -> None:
    table = new_counts(by, "people", *(block.label for block in groups.columns))
    for group in groups.groups:
        table.add_row(", ".join(group.members), str(group.people), *map(number, group.counts))
    console.print(table)


def new_counts(first: str, *others: str) -> Table:
    """A table with numbers in all its columns but the first, whose headings break between words alone."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(first, overflow="fold", min_width=len(first))
    for heading in others:
        table.add_column(heading, justify="right", min_width=max(map(len, heading.split())))
    return table


def number(count: int | None) -> str:
    """A number, or what stands where it is withheld."""
    return WITHHELD if count is None else str(count)
