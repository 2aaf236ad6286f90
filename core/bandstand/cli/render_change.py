"""What the commands print of two versions of a pack: their changes, and what becomes of the examples."""

from __future__ import annotations

import textwrap
from itertools import groupby
from typing import TYPE_CHECKING

from rich.text import Text

from bandstand import words
from bandstand.cli.console import new_console
from bandstand.models.change import Subject

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from bandstand.models.change import Change, Comparison, PackSide, Standing

#: How a sentence ends that leaves out what was and what is, for their length.
_TEXT = "reads otherwise."
_HEADINGS = {
    Subject.FRAMEWORK: "The framework",
    Subject.PURPOSE: "Purposes and refusals",
    Subject.OUTCOME: "What it can be asked for",
    Subject.LEVEL: "Levels",
    Subject.BAND: "Bands",
    Subject.ROW: "Decision tables",
    Subject.CONDITION: "Conditions",
    Subject.PROFILE: "Profiles",
    Subject.RULE: "Rules",
    Subject.FINDINGS: "How evidence counts",
    Subject.FACT: "What is asked besides evidence",
    Subject.ACTION: "Actions",
    Subject.REVIEW_POINT: "Review points",
    Subject.GRADE: "Grades",
    Subject.ROLE: "Roles",
    Subject.TERM: "Strands, stages, flags, zones and headings",
    Subject.SCALE: "Scales",
    Subject.STANDARD: "Standards",
    Subject.CRITERION: "Criteria",
    Subject.SCHEMA: "What is asked of an evidence record",
    Subject.CROSSWALK: "Links to other publications",
    Subject.GUIDANCE: "Guidance",
}


def comparison(compared: Comparison) -> None:
    """The changes by what they are about, then what becomes of the examples."""
    console = new_console()
    console.print(f"{side(compared.old)}\n{side(compared.new)}")
    counts = compared.counts
    if not compared.meaning:
        console.print(Text("\nNothing changed in meaning.", style="bold"))
        if not (counts.wording or counts.provenance) and compared.old.digest != compared.new.digest:
            console.print("The files differ in nothing but how they are written.")
    else:
        _changes(console, f"Changed in meaning: {counts.meaning}", compared.meaning)
    for name, changes, number in (
        ("wording", compared.wording, counts.wording),
        ("provenance", compared.provenance, counts.provenance),
    ):
        if changes is None:
            shown = f" --{name} shows them." if number else ""
            console.print(f"\nChanged in {name} alone: {number}.{shown}")
        else:
            _changes(console, f"Changed in {name} alone: {number}", changes)
    _effects(console, compared)


def side(pack: PackSide) -> str:
    """One of the two, on a line."""
    overlay = f", with the overlay {pack.overlay}" if pack.overlay else ""
    return f"{pack.id} {pack.version} ({pack.digest.removeprefix('sha256:')[:12]}{overlay})"


def standing(at: Standing) -> str:
    """Where somebody stands, in a line."""
    if at.action is None:
        return at.result
    parts = [words.standing(at.level)] if at.level is not None else []
    parts += [at.zone] if at.zone is not None else ["no zone"] if at.level is not None else []
    return ", ".join([*parts, at.action, *at.notes, *([] if at.level is not None else [at.result])])


def _changes(console: Console, title: str, changes: Sequence[Change]) -> None:
    console.print(Text(f"\n{title}", style="bold"))
    for subject, group in groupby(changes, key=lambda change: change.kind):
        console.print(f"\n{_HEADINGS[subject]}")
        for change in group:
            _print(console, change.sentence, 2)
            if change.sentence.endswith(_TEXT):
                for mark, text in (("-", change.was), ("+", change.now)):
                    _print(console, f"{mark} {'(nothing)' if text is None else text}", 4)


def _effects(console: Console, compared: Comparison) -> None:
    ran = words.count(compared.examples, "example")
    if not compared.effects:
        console.print(f"\n{ran[:1].upper()}{ran[1:]} ran under both, by the plain engine; all come out the same.")
        return
    title = f"Of {ran}, run under both by the plain engine, come out otherwise: {len(compared.effects)}"
    console.print(Text(f"\n{title}", style="bold"))
    for effect in compared.effects:
        of = "" if effect.of == "both" else f", of the {effect.of} version"
        _print(console, f"{effect.example} ({effect.outcome}{of})", 2)
        _print(console, f"was: {standing(effect.was)}", 4)
        _print(console, f"now: {standing(effect.now)}", 4)


def _print(console: Console, text: str, indent: int) -> None:
    """A text whose lines all begin at the same place, and end where their words do."""
    for line in textwrap.wrap(text, max(40, console.width - indent)):
        console.print(f"{' ' * indent}{line}", soft_wrap=True)
