"""What the commands print for people: tables, sheets of one thing, sentences and progress."""

from __future__ import annotations

import contextlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from bandstand import words
from bandstand.explain import explain_why_not, only_absence_stops
from bandstand.models.framework import ZONES
from bandstand.models.listing import CatalogueListing, FrameworkListing, ListedFramework, ListedSetAside
from bandstand.models.standard import Criterion, Point, Standard, Statement, Unit

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from bandstand.lookup import Item
    from bandstand.models.evaluation import Evaluation
    from bandstand.models.explanation import Explanation
    from bandstand.models.listing import Candidate, ProvenanceListing
    from bandstand.packs.pack import Pack
    from bandstand.plugins import Catalogue
    from bandstand.service import Docket

Item_ = TypeVar("Item_")

#: Colour never carries meaning alone: the word always stands there too.
_ZONE_STYLES = {"red": "bold red", "amber": "yellow", "gold": "bold yellow", "green": "green"}


def _table(*headings: str, no_wrap: Container[str] = (), **style: Any) -> Table:
    """A table whose cells are folded where they do not fit: an id that is cut short names nothing."""
    table = Table(**style)
    for heading in headings:
        table.add_column(heading, overflow="fold", no_wrap=heading in no_wrap)
    return table


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
        console.print(Text(f"{pack.id} {pack.version}", style="bold"))
        console.print(f"  {framework.title}\n  {framework.publisher}")
        console.print(f"  Valid {words.span(framework.valid_from, framework.valid_until)}.", end=" ")
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
        guidance=pack.guidance,
        crosswalks=pack.crosswalks,
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
    table = _table("Standard", "Label", "Criteria", "Lines")
    for standard in pack.standards:
        sets = Counter(criterion.set for criterion in standard.criteria)
        table.add_row(
            standard.id, standard.label, ", ".join(f"{count} {name}" for name, count in sets.items()), standard.source
        )
    console.print(table)
    outcomes = _table("Outcome", "Label", "Rules", "For")
    for outcome in framework.outcomes:
        purposes = outcome.purposes or tuple(purpose.id for purpose in framework.purposes)
        outcomes.add_row(outcome.id, outcome.label, ", ".join(outcome.rules), ", ".join(purposes))
    console.print(outcomes)
    rules = _table("Rule", "Kind", "Label", "Basis", "Lines")
    for rule in pack.rules:
        rules.add_row(rule.id, rule.KIND, rule.label, rule.basis.value, rule.source)
    console.print(rules)
    if framework.facts:
        facts = _table("Asked besides", "Question", "Answers", "Of")
        for fact in framework.facts:
            answers = ", ".join(value.id for value in fact.values) or "free text"
            facts.add_row(fact.id, fact.question, answers, f"the {fact.of}")
        console.print(facts)
    if pack.guidance:
        lists = _table("Guidance", "Label", "Items", "Lines")
        for guidance in pack.guidance:
            lists.add_row(guidance.id, guidance.label, str(len(guidance.items)), guidance.source)
        console.print(lists)
    for crosswalk in pack.crosswalks:
        counted = Counter(link.basis for link in crosswalk.links)
        links = ", ".join(f"{counted[basis]} {basis}" for basis in ("stated", "proposed") if counted[basis])
        console.print(f"Linked with {crosswalk.to} ({links}): {crosswalk.summary}")
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
    elif isinstance(found.value, Criterion):
        _criterion(console, found.value)
    elif isinstance(found.value, Unit):
        _unit(console, found.value)
    elif isinstance(found.value, Point):
        _described(console, _parts(found.id, found.value))
        console.print(f"{words.lines(found.value.source).capitalize()} ({found.value.basis.value})")
    else:
        content = found.listing().item
        for name in ("kind", "id", "label"):
            content.pop(name, None)
        leads = ("descriptor", "meaning", "text", "summary", "question")
        lead = next((text for name in leads if (text := content.pop(name, None))), None)
        if lead:
            console.print(lead)
        source, basis = content.pop("source", None), content.pop("basis", None)
        console.print(_fields(content))
        if source:
            console.print(f"{words.lines(source).capitalize()}{f' ({basis})' if basis else ''}")
        _expected(console, found)
    if found.official and found.pack.overlay is not None:
        which = words.listed(found.official)
        console.print(f"Official wording, by the overlay {found.pack.overlay.overlay.id}: {which}.")
    if found.also:
        names = words.listed([f"{kind.replace(' ', '_')}:{found.id}" for kind in found.also])
        console.print(f"There is also {names}.", style="dim")
    console.print(f"{found.pack.name}; lines of {found.pack.framework.document.file}", style="dim")


def _standard(console: Console, standard: Standard) -> None:
    console.print(standard.title or "")
    console.print(standard.summary)
    table = _table("Criterion", "Set", "Label", "Descriptor", "Lines", "Basis")
    for criterion in standard.criteria:
        words_of = criterion.descriptor or f"({criterion.status} in the document)"
        if criterion.below is not None:
            words_of += f"\nBelow: {criterion.below.descriptor}"
        table.add_row(criterion.id, criterion.set, criterion.label, words_of, criterion.source, criterion.basis.value)
    console.print(table)
    for example in standard.examples:
        console.print(f"{example.audience.capitalize()} ({words.lines(example.source)}): {example.text}")
    for qualification in standard.qualifications:
        console.print(f"{qualification.code} ({words.lines(qualification.source)}): {qualification.text}")
    for gap in standard.gaps:
        console.print(f"{gap.status.capitalize()} ({words.lines(gap.source)}): {gap.what}")


def _expected(console: Console, found: Item) -> None:
    """What is expected at a stage: its own statements, what it inherits, and what comes next."""
    listing = found.listing()
    parts = [("Its own", listing.own), ("Inherited", listing.inherited), ("Added next", listing.following)]
    for title, statements in parts:
        if not statements:
            continue
        table = _table("Id", "Label", "Descriptor", "Lines", title=f"{title}: {len(statements)}", title_justify="left")
        for one in statements:
            only = f" Only for: {', '.join(one.only_if)}." if one.only_if else ""
            table.add_row(one.id, one.label, f"{one.descriptor}{only}", one.source)
        console.print(table)


def _criterion(console: Console, criterion: Criterion) -> None:
    """A criterion with its statements or points, and what cannot be attributed to one."""
    console.print(criterion.descriptor or f"({criterion.status} in the document)")
    if criterion.below is not None:
        console.print(f"Below: {criterion.below.descriptor}")
    if criterion.refs:
        console.print(f"Refers to: {', '.join(criterion.refs)}")
    if criterion.only_if:
        console.print(f"Only for: {', '.join(criterion.only_if)}")
    parts: list[tuple[str, Statement | Point]] = [(statement.id, statement) for statement in criterion.statements]
    for point in criterion.points:
        parts.extend(_parts(f"{criterion.id}@{point.at}", point))
    _described(console, parts)
    for text in criterion.unattributed:
        console.print(f"Not attributed to a point ({words.lines(text.source)}): {text.descriptor}")
    console.print(f"{words.lines(criterion.source).capitalize()} ({criterion.basis.value})")
    if criterion.note:
        console.print(criterion.note)


def _parts(name: str, point: Point) -> list[tuple[str, Statement | Point]]:
    """The statements of a point, or the point itself, called ``name``, where it has none."""
    return [(statement.id, statement) for statement in point.statements] or [(name, point)]


def _described(console: Console, parts: Sequence[tuple[str, Statement | Point]]) -> None:
    if not parts:
        return
    table = _table("Id", "Descriptor", "Lines", "Basis")
    for name, part in parts:
        said = part.descriptor or f"({getattr(part, 'status', 'missing')}) {part.note}"
        only = f" Only where it applies: {part.condition}." if isinstance(part, Statement) and part.condition else ""
        table.add_row(name, f"{said}{only}", part.source, part.basis.value)
    console.print(table)


def _unit(console: Console, unit: Unit) -> None:
    """A statement or a point, and the criterion that it belongs to."""
    console.print(unit.text)
    if unit.condition:
        console.print(f"Only where it applies: {unit.condition}")
    if unit.only_if:
        console.print(f"Only for: {', '.join(unit.only_if)}")
    if unit.tags:
        console.print(f"Tagged: {', '.join(unit.tags)}")
    at = f" at {unit.at or unit.point}" if unit.point else ""
    console.print(f"Part of {unit.criterion}{at}")
    console.print(f"{words.lines(unit.source).capitalize()} ({unit.basis.value})")
    if unit.note:
        console.print(unit.note)


def _fields(content: Any, indent: int = 0) -> str:
    pad = "  " * indent
    if isinstance(content, dict):
        lines = []
        for name, value in content.items():
            if value in ([], {}, ""):
                continue
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


def provenance(found: ProvenanceListing) -> None:
    """All that a framework's document does not state, a table for each status."""
    console = _console()
    counted = ", ".join(f"{number} {status}" for status, number in found.counts.items())
    console.print(Text(f"{found.framework} {found.version}: {counted or 'all is stated'}", style="bold"))
    for status in found.counts:
        table = _table("Id", "What", "Lines", "Note", title=status.capitalize(), title_justify="left")
        for doubt in found.doubts:
            if doubt.status == status:
                table.add_row(doubt.id, f"{doubt.label} ({doubt.kind})", doubt.source, doubt.note or "")
        console.print(table)
    console.print(f"Lines of {found.document}", style="dim")


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
    console = _console()
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
        table = _table(*headings, no_wrap=whole, box=box.SIMPLE_HEAD, pad_edge=False)
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
    console = _console()
    if not found:
        console.print(f"No evidence for other frameworks is linked with {to}.")
        return
    headings = ("Person", "Evidence", "Recorded for", "On", "Look at", "Link")
    table = _table(*headings, box=box.SIMPLE_HEAD, pad_edge=False)
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
    console = _console()
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
