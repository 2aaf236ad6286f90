"""What the commands print for people: tables, sheets of one thing, sentences and progress."""

from __future__ import annotations

import contextlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from bandstand import words
from bandstand.explain import explain_why_not
from bandstand.models.framework import ZONES, Standard
from bandstand.models.listing import CatalogueListing, FrameworkListing, ListedFramework, ListedSetAside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from bandstand.lookup import Item
    from bandstand.models.evaluation import Evaluation
    from bandstand.models.explanation import Explanation
    from bandstand.packs.pack import Pack
    from bandstand.plugins import Catalogue
    from bandstand.service import Docket

Item_ = TypeVar("Item_")

#: Colour never carries meaning alone: the word always stands there too.
_ZONE_STYLES = {"red": "bold red", "amber": "yellow", "gold": "bold yellow", "green": "green"}


def _console() -> Console:
    return Console(highlight=False, emoji=False, markup=False)


def with_progress(items: Iterable[Item_], total: int) -> Iterator[Item_]:
    """The items, with a bar on standard error while they come, when that is a terminal."""
    errors = Console(stderr=True)
    with Progress(
        TextColumn("Evaluating"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=errors,
        transient=True,
        disable=not errors.is_terminal,
    ) as progress:
        task = progress.add_task("evaluating", total=total)
        for item in items:
            yield item
            progress.advance(task)


@contextlib.contextmanager
def reading() -> Iterator[Callable[[int], None]]:
    """A spinner on standard error, told how many rows were read, when that is a terminal."""
    errors = Console(stderr=True)
    with Progress(
        SpinnerColumn(),
        TextColumn("Reading evidence: {task.completed} rows"),
        console=errors,
        transient=True,
        disable=not errors.is_terminal,
    ) as progress:
        task = progress.add_task("reading", total=None)
        yield lambda rows: progress.update(task, completed=rows)


def catalogue_listing(catalogue: Catalogue) -> CatalogueListing:
    """What is installed, for machines."""
    return CatalogueListing(
        frameworks=tuple(
            ListedFramework(
                id=pack.id,
                version=pack.version,
                title=pack.framework.title,
                publisher=pack.framework.publisher,
                valid_from=pack.framework.valid_from,
                valid_until=pack.framework.valid_until,
                purposes=tuple(purpose.id for purpose in pack.framework.purposes),
                refuses=tuple(refusal.id for refusal in pack.framework.refuses),
                digest=pack.digest,
            )
            for pack in catalogue.packs
        ),
        set_aside=tuple(ListedSetAside(name=item.name, reason=item.reason) for item in catalogue.set_aside),
    )


def catalogue(catalogue: Catalogue) -> None:
    """What is installed, a paragraph each, and what was set aside."""
    console = _console()
    for pack in catalogue.packs:
        framework = pack.framework
        until = f" to {words.day(framework.valid_until)}" if framework.valid_until else " on"
        console.print(Text(f"{pack.id} {pack.version}", style="bold"))
        console.print(f"  {framework.title}\n  {framework.publisher}")
        console.print(f"  Valid from {words.day(framework.valid_from)}{until}.", end=" ")
        console.print(f"Serves {words.listed([purpose.id for purpose in framework.purposes])};", end=" ")
        console.print(f"refuses {words.listed([refusal.id for refusal in framework.refuses])}.")
    if not catalogue.packs:
        console.print("No framework is installed. A framework comes as a plugin: pip install bandstand-smart-equip")
    for item in catalogue.set_aside:
        console.print(Text(f"Set aside: {item.name}. {item.reason}", style="red"))


def framework_listing(pack: Pack) -> FrameworkListing:
    """A framework whole, for machines."""
    return FrameworkListing(
        digest=pack.digest,
        framework=pack.framework,
        standards=pack.standards,
        rules=tuple(rule.model_dump(mode="json", by_alias=True, exclude_none=True) for rule in pack.rules),
    )


def pack(pack: Pack) -> None:
    """A framework on one page."""
    console = _console()
    framework = pack.framework
    console.print(Text(f"{framework.title} ({pack.name})", style="bold"))
    console.print(f"{framework.publisher}\n{framework.summary}")
    for purpose in framework.purposes:
        console.print(f"Serves {purpose.id} ({words.lines(purpose.source)}, {purpose.basis.value}).")
    for refusal in framework.refuses:
        console.print(f"Refuses {refusal.id} ({words.lines(refusal.source)}, {refusal.basis.value}): {refusal.reason}")
    table = Table("Standard", "Label", "Criteria", "Lines")
    for standard in pack.standards:
        sets = Counter(criterion.set for criterion in standard.criteria)
        table.add_row(
            standard.id, standard.label, ", ".join(f"{count} {name}" for name, count in sets.items()), standard.source
        )
    console.print(table)
    rules = Table("Rule", "Kind", "Label", "Basis", "Lines")
    for rule in pack.rules:
        rules.add_row(rule.id, rule.KIND, rule.label, rule.basis.value, rule.source)
    console.print(rules)
    if framework.gaps:
        console.print("Lost or unclear in the document:")
        for gap in framework.gaps:
            console.print(f"  {gap.status}, {words.lines(gap.source)}: {gap.what}")
    console.print(f"Pack {pack.digest}, {len(pack.examples)} examples. One item: bandstand show {pack.id} ID")


def item(found: Item) -> None:
    """One thing of a pack: every field, and the lines that it rests on."""
    console = _console()
    label = getattr(found.value, "label", "")
    console.print(Text(f"{found.kind} {found.id}: {label}".rstrip(": "), style="bold"))
    if isinstance(found.value, Standard):
        _standard(console, found.value)
    else:
        content = found.listing().item
        for name in ("kind", "id", "label"):
            content.pop(name, None)
        lead = content.pop("descriptor", None) or content.pop("meaning", None) or content.pop("text", None)
        if lead:
            console.print(lead)
        source, basis = content.pop("source", None), content.pop("basis", None)
        console.print(_fields(content))
        if source:
            console.print(f"{words.lines(source).capitalize()} ({basis})")
    console.print(f"{found.pack.name}; lines of {found.pack.framework.document.file}", style="dim")


def _standard(console: Console, standard: Standard) -> None:
    console.print(standard.title or "")
    console.print(standard.summary)
    table = Table("Criterion", "Set", "Label", "Descriptor", "Lines", "Basis")
    for criterion in standard.criteria:
        table.add_row(
            criterion.id, criterion.set, criterion.label, criterion.descriptor, criterion.source, criterion.basis.value
        )
    console.print(table)
    for example in standard.examples:
        console.print(f"{example.audience.capitalize()} ({words.lines(example.source)}): {example.text}")
    for qualification in standard.qualifications:
        console.print(f"{qualification.code} ({words.lines(qualification.source)}): {qualification.text}")
    for gap in standard.gaps:
        console.print(f"{gap.status.capitalize()} ({words.lines(gap.source)}): {gap.what}")


def _fields(content: Any, indent: int = 0) -> str:
    pad = "  " * indent
    if isinstance(content, dict):
        lines = []
        for name, value in content.items():
            if isinstance(value, dict) or (isinstance(value, list) and value and isinstance(value[0], dict)):
                lines.append(f"{pad}{name}:\n{_fields(value, indent + 1)}")
            else:
                lines.append(f"{pad}{name}: {_fields(value)}")
        return "\n".join(lines)
    if isinstance(content, list):
        if content and isinstance(content[0], dict):
            return f"\n{pad}-\n".join(_fields(entry, indent) for entry in content)
        return ", ".join(map(str, content))
    return str(content)


@dataclass(frozen=True, slots=True)
class Line:
    """What the table shows of one evaluation; a school's evaluations together would fill the memory.

    Attributes:
        framework: The framework's id.
        cells: In the order of the headings.
        zone: The zone, or that there is none.
        view: The view that it goes by, in words.
        marks: Names of the caveats that have a letter.
        agreed: Whether the engines agreed.
    """

    framework: str
    cells: tuple[str | Text, ...]
    zone: str
    view: str
    marks: tuple[str, ...]
    agreed: bool | None


def line(evaluation: Evaluation) -> Line:
    """The line of one evaluation."""
    found = {caveat.basis.value if caveat.basis else caveat.code for caveat in evaluation.recommendation.caveats}
    marks = tuple(name for name in _MARKS if name in found)
    open_lines = [blocker.criterion for blocker in evaluation.blockers]
    cells = (
        evaluation.person,
        (evaluation.grade or "–").rpartition(":")[2],
        str(evaluation.level),
        evaluation.view,
        Text(evaluation.zone or "–", style=_ZONE_STYLES.get(evaluation.zone or "", "")),
        evaluation.recommendation.label,
        words.listed(open_lines, most=3) if open_lines else "–",
        "".join(_MARKS[name][0] for name in marks),
    )
    view = evaluation.views[evaluation.view].label
    return Line(evaluation.framework, cells, evaluation.zone or "no zone", view, marks, evaluation.certificate.agreed)


def evaluations(lines: Sequence[Line], docket: Docket, packs: Mapping[str, Pack]) -> None:
    """Evaluations as a table for each framework, with how many stand in each zone."""
    console = _console()
    if not lines:
        console.print("There is nobody to evaluate.")
        return
    for framework in dict.fromkeys(one.framework for one in lines):
        mine = [one for one in lines if one.framework == framework]
        console.print(Text(f"{packs[framework].name}, as at {words.day(docket.as_of)}", style="bold"))
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for heading in ("Person", "Grade", "Level", "View", "Zone", "Recommended", "Open lines", "Mind"):
            table.add_column(heading, no_wrap=heading not in ("Recommended", "Open lines"))
        for one in mine:
            table.add_row(*one.cells)
        console.print(table)
        used = {name for one in mine for name in one.marks}
        legend = [f"{letter} {meaning}" for name, (letter, meaning) in _MARKS.items() if name in used]
        if legend:
            console.print(f"Mind: {'; '.join(legend)}.")
        console.print(_summary(mine))
    console.print("A person decides. Reasons: bandstand explain FILES --person ID. All of it: --json.", style="dim")


#: Letters for the column of things to mind, and the caveat that each stands for.
_MARKS = {
    "illustrative": ("e", "rests on an example value that your trust has not confirmed"),
    "one-view": ("o", "one side's view only"),
    "provisional": ("c", "some claims wait to be agreed"),
    "no-grade": ("g", "grade not known"),
    "validity": ("v", "the pack is not valid at this date"),
    "not-read": ("r", "evidence that no rule reads"),
    "one-engine": ("p", "only the plain engine concluded"),
}


def _summary(lines: Sequence[Line]) -> str:
    parts = []
    for view in dict.fromkeys(one.view for one in lines):
        zones = Counter(one.zone for one in lines if one.view == view)
        counted = ", ".join(f"{zones[zone]} {zone}" for zone in (*ZONES, "no zone") if zones[zone])
        parts.append(f"by the {view.lower()} {counted}")
    certificates = {one.agreed for one in lines}
    checked = {
        frozenset({True}): "both engines agreed on everyone",
        frozenset({None}): "only the plain engine concluded",
    }.get(frozenset(certificates), "THE ENGINES DISAGREED on some")
    return f"{words.count(len(lines), 'person', 'people').capitalize()}: {'; '.join(parts)}. {checked.capitalize()}."


def explanation(found: Explanation) -> None:
    """An explanation: where the person stands, why, what is suggested, and what to mind."""
    console = _console()
    console.print(Text(found.headline, style="bold"))
    for reason in found.reasons:
        console.print(Text(reason))
    if found.why_not is not None:
        console.print(Text(explain_why_not(found.why_not), style="bold"))
    console.print(Text.assemble(("Recommended: ", "bold"), found.recommended))
    for note in found.notes:
        console.print(Text(note))
    for caveat in found.caveats:
        console.print(Text.assemble("Mind: ", (caveat, "dim")))
    console.print(Text(found.footing, style="dim"))
    console.print()
