"""What the commands print of people: evaluations as tables, explanations as sentences, and candidate evidence."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich import box
from rich.padding import Padding
from rich.text import Text

from bandstand import words
from bandstand.cli.console import new_console, new_table
from bandstand.explain import explain_why_not, only_absence_stops
from bandstand.models.framework import ZONES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from bandstand.models.evaluation import Evaluation
    from bandstand.models.explanation import Explanation
    from bandstand.models.listing import Candidate
    from bandstand.packs.pack import Pack
    from bandstand.service import Docket

#: Colour never carries meaning alone: the word always stands there too.
_ZONE_STYLES = {"red": "bold red", "amber": "yellow", "gold": "bold yellow", "green": "green"}


@dataclass(frozen=True, slots=True)
class Line:
    """What the table shows of one evaluation; a school's evaluations together would fill the memory.

    Attributes:
        framework: The framework's id.
        outcome: The outcome's id.
        cells: In the order of the headings.
        zone: The zone, or that there is none.
        view: The view that it goes by, in words.
        marks: Names of the caveats that have a letter.
        agreed: Whether the engines agreed.
    """

    framework: str
    outcome: str
    cells: tuple[str | Text, ...]
    zone: str
    view: str
    marks: tuple[str, ...]
    agreed: bool | None


_LEVEL_HEADINGS = ("Person", "Grade", "Level", "View", "Zone", "Recommended", "Open lines", "Mind")
_HEADINGS = ("Person", "Result", "View", "Recommended", "Next", "Mind")
_WRAPPED = ("Result", "Recommended", "Open lines", "Next")


def line(evaluation: Evaluation, pack: Pack) -> Line:
    """The line of one evaluation under ``pack``."""
    found = {caveat.basis.value if caveat.basis else caveat.code for caveat in evaluation.recommendation.caveats}
    if only_absence_stops(evaluation, pack):
        found.add("absence")
    marks = tuple(name for name in _MARKS if name in found)
    view = next(view.label for view in pack.framework.findings.views if view.id == evaluation.view)
    shown = view.removesuffix(" view").lower()
    letters = "".join(_MARKS[name][0] for name in marks)
    label = evaluation.recommendation.label
    cells: tuple[str | Text, ...]
    if pack.outcomes[evaluation.outcome].level is None:
        steps = [step.criterion for step in evaluation.next_steps.criteria]
        following = words.listed(steps, most=3) if steps else "–"
        cells = (evaluation.person, evaluation.result, shown, label, following, letters)
    else:
        open_lines = [blocker.criterion for blocker in evaluation.blockers]
        cells = (
            evaluation.person,
            (evaluation.grade or "–").rpartition(":")[2],
            "–" if evaluation.level is None else str(evaluation.level),
            shown,
            Text(evaluation.zone or "–", style=_ZONE_STYLES.get(evaluation.zone or "", "")),
            label,
            words.listed(open_lines, most=3) if open_lines else "–",
            letters,
        )
    zone, agreed = evaluation.zone or "no zone", evaluation.certificate.agreed
    return Line(evaluation.framework, evaluation.outcome, cells, zone, view, marks, agreed)


def evaluations(lines: Sequence[Line], docket: Docket, packs: Mapping[str, Pack]) -> None:
    """Evaluations as a table for each outcome, with how many stand in each zone."""
    console = new_console()
    if not lines:
        console.print("There is nobody to evaluate.")
        return
    for framework, name in dict.fromkeys((one.framework, one.outcome) for one in lines):
        mine = [one for one in lines if (one.framework, one.outcome) == (framework, name)]
        outcome = packs[framework].outcomes[name]
        title = f"{packs[framework].name}, {words.uncapitalised(outcome.label)}, as at {words.day(docket.as_of)}"
        console.print(Text(title, style="bold"))
        headings = _HEADINGS if outcome.level is None else _LEVEL_HEADINGS
        whole = frozenset(headings).difference(_WRAPPED)
        table = new_table(*headings, no_wrap=whole, box=box.SIMPLE_HEAD, pad_edge=False)
        for one in mine:
            table.add_row(*one.cells)
        console.print(table)
        used = {mark for one in mine for mark in one.marks}
        legend = [f"{letter} {meaning}" for mark, (letter, meaning) in _MARKS.items() if mark in used]
        if legend:
            console.print(f"Mind: {'; '.join(legend)}.")
        console.print(_summary(mine, zones=outcome.zone is not None))
    console.print("A person decides. Reasons: bandstand explain FILES --person ID. All of it: --json.", style="dim")


#: Letters for the column of things to mind, and the caveat that each stands for.
_MARKS = {
    "illustrative": ("e", "rests on an example value that your trust has not confirmed"),
    "one-view": ("o", "one side's view only"),
    "provisional": ("c", "some claims wait to be agreed"),
    "no-grade": ("g", "grade not known"),
    "validity": ("v", "the pack is not valid at this date"),
    "not-read": ("r", "evidence that no rule reads"),
    "nothing-counts": ("n", "none of the evidence counts at this date"),
    "absence": ("s", "may stand higher, as only missing or unagreed evidence stops here"),
    "one-engine": ("p", "only the plain engine concluded"),
}


def _summary(lines: Sequence[Line], *, zones: bool) -> str:
    parts = []
    for view in dict.fromkeys(one.view for one in lines):
        by_zone = Counter(one.zone for one in lines if one.view == view)
        counted = ", ".join(f"{by_zone[zone]} {zone}" for zone in (*ZONES, "no zone") if by_zone[zone])
        parts.append(f"by the {view.lower()} {counted if zones else by_zone.total()}")
    certificates = {one.agreed for one in lines}
    checked = {
        frozenset({True}): "both engines agreed on everyone",
        frozenset({None}): "only the plain engine concluded",
    }.get(frozenset(certificates), "THE ENGINES DISAGREED on some")
    return f"{words.count(len(lines), 'person', 'people').capitalize()}: {'; '.join(parts)}. {checked.capitalize()}."


def candidates(found: Sequence[Candidate], to: str, output: Path | None) -> None:
    """Candidate evidence as a table, with what to do about it."""
    console = new_console()
    if not found:
        console.print(f"No evidence for other frameworks is linked with {to}.")
        return
    headings = ("Person", "Evidence", "Recorded for", "On", "Look at", "Link")
    table = new_table(*headings, box=box.SIMPLE_HEAD, pad_edge=False)
    for one in found:
        targets = words.listed([f"{target.id} {words.uncapitalised(target.label)}" for target in one.targets], most=4)
        bases = " and ".join(dict.fromkeys(target.basis for target in one.targets))
        named = words.listed(one.criteria, most=3)
        table.add_row(one.person, one.evidence, f"{one.framework}: {named}", words.day(one.date), targets, bases)
    console.print(table)
    how = f"{output} has a row for each" if output else "With -o FILE.csv, a table has a row for each"
    console.print(
        f"None of it counts under {to} yet. {how}: fill in criteria, claim and who accepts it, and read it as evidence."
    )


def explanation(found: Explanation) -> None:
    """An explanation: where the person stands, why, what is suggested, and what to mind."""
    console = new_console()
    console.print(Text(found.headline, style="bold"))
    for reason in found.reasons:
        console.print(Text(reason))
    if found.why_not is not None:
        console.print(Text(explain_why_not(found.why_not), style="bold"))
    console.print(Text.assemble(("Recommended: ", "bold"), found.recommended))
    for step in found.steps:
        console.print(Padding(Text(step), (0, 0, 0, 2)))
    for note in found.notes:
        console.print(Text(note))
    for caveat in found.caveats:
        console.print(Text.assemble("Mind: ", (caveat, "dim")))
    console.print(Text(found.footing, style="dim"))
    console.print()
