"""What the commands print of frameworks: a list of them, one of them, and one thing of one."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING, Any

from rich.text import Text

from bandstand import words
from bandstand.cli.console import new_console, new_table
from bandstand.models.listing import CatalogueListing, FrameworkListing, ListedFramework, ListedSetAside
from bandstand.models.standard import Criterion, Point, Standard, Statement, Unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from bandstand.lookup import Item
    from bandstand.models.listing import ProvenanceListing
    from bandstand.models.lock import LockStandings, Standing
    from bandstand.models.overlay import Settled
    from bandstand.packs.pack import Pack
    from bandstand.plugins import Catalogue


def catalogue_listing(catalogue: Catalogue, lock: LockStandings | None) -> CatalogueListing:
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
            for pack in _ordered(catalogue)
        ),
        set_aside=tuple(ListedSetAside(name=item.name, reason=item.reason) for item in catalogue.set_aside),
        lock=lock,
    )


def catalogue(catalogue: Catalogue, lock: LockStandings | None) -> None:
    """What is installed, a paragraph each, and what was set aside."""
    console = new_console()
    standings = {} if lock is None else {standing.name: standing for standing in lock.packs}
    today = dt.datetime.now(tz=dt.UTC).astimezone().date()
    for pack in _ordered(catalogue):
        framework = pack.framework
        console.print(Text(f"{pack.id} {pack.version}", style="bold"))
        console.print(f"  {framework.title}\n  {framework.publisher}")
        not_today = "" if pack.is_valid(today) else ", and so not today"
        console.print(f"  Valid {words.span(framework.valid_from, framework.valid_until)}{not_today}.", end=" ")
        console.print(f"Serves {words.listed([purpose.id for purpose in framework.purposes])};", end=" ")
        console.print(f"refuses {words.listed([refusal.id for refusal in framework.refuses])}.")
        if pack.name in standings:
            console.print(f"  {_standing(standings[pack.name])}")
    if not catalogue.packs:
        console.print(
            "No framework is installed. A framework comes as a plugin: pip install bandstand-smart-equip, "
            "or bandstand new NAME to begin one of your own."
        )
    for item in catalogue.set_aside:
        console.print(Text(f"Set aside: {item.name}. {item.reason}", style="red"))


def _standing(standing: Standing) -> str:
    says = {
        "locked": "As it was locked",
        "signed": "Later than what was locked, and followed as it is signed",
        "kept": "The copy that was kept serves in place of what is installed",
    }
    signed = ""
    if standing.signed_by is not None and standing.signed_on is not None:
        signed = f"; signed with {standing.signed_by} on {words.day(standing.signed_on)}"
    return f"{says[standing.state]}{signed}."


def _ordered(catalogue: Catalogue) -> list[Pack]:
    """Every version of every framework: by the framework's id, oldest first."""
    ids = dict.fromkeys(sorted(pack.id for pack in catalogue.packs))
    return [pack for framework in ids for pack in catalogue.versions(framework)]


def framework_listing(pack: Pack, versions: Sequence[Pack]) -> FrameworkListing:
    """A framework whole, for machines; ``versions`` are all of it that are installed."""
    return FrameworkListing(
        digest=pack.digest,
        overlay=None if pack.overlay is None else pack.overlay.listed(),
        settled=() if pack.overlay is None else pack.overlay.settled,
        versions=tuple(other.version for other in versions),
        framework=pack.framework,
        standards=pack.standards,
        rules=tuple(rule.model_dump(mode="json", by_alias=True, exclude_none=True) for rule in pack.rules),
        guidance=pack.guidance,
        crosswalks=pack.crosswalks,
    )


def pack(pack: Pack, versions: Sequence[Pack]) -> None:
    """A framework on one page; ``versions`` are all of it that are installed."""
    console = new_console()
    framework = pack.framework
    console.print(Text(f"{framework.title} ({pack.name})", style="bold"))
    console.print(f"{framework.publisher}\n{framework.summary}")
    console.print(f"Valid {words.span(framework.valid_from, framework.valid_until)}.")
    for other in versions:
        if other is not pack:
            span = words.span(other.framework.valid_from, other.framework.valid_until)
            console.print(f"Version {other.version} is valid {span}: bandstand show {pack.id}@{other.version}")
    for purpose in framework.purposes:
        console.print(f"Serves {purpose.id} ({words.lines(purpose.source)}, {purpose.basis.value}).")
    for refusal in framework.refuses:
        console.print(f"Refuses {refusal.id} ({words.lines(refusal.source)}, {refusal.basis.value}): {refusal.reason}")
    table = new_table("Standard", "Label", "Criteria", "Lines")
    for standard in pack.standards:
        sets = Counter(criterion.set for criterion in standard.criteria)
        table.add_row(
            standard.id, standard.label, ", ".join(f"{count} {name}" for name, count in sets.items()), standard.source
        )
    console.print(table)
    outcomes = new_table("Outcome", "Label", "Rules", "For")
    for outcome in framework.outcomes:
        purposes = outcome.purposes or tuple(purpose.id for purpose in framework.purposes)
        outcomes.add_row(outcome.id, outcome.label, ", ".join(outcome.rules), ", ".join(purposes))
    console.print(outcomes)
    rules = new_table("Rule", "Kind", "Label", "Basis", "Lines")
    for rule in pack.rules:
        rules.add_row(rule.id, rule.KIND, rule.label, rule.basis.value, rule.source)
    console.print(rules)
    if framework.facts:
        facts = new_table("Asked besides", "Question", "Answers", "Of")
        for fact in framework.facts:
            answers = ", ".join(value.id for value in fact.values) or "free text"
            facts.add_row(fact.id, fact.question, answers, f"the {fact.of}")
        console.print(facts)
    _informs(console, pack)
    _overlay(console, pack)
    console.print(f"Pack {pack.digest}, {len(pack.examples)} examples. One item: bandstand show {pack.id} ID")


def _informs(console: Console, pack: Pack) -> None:
    """What of a pack informs, and no rule reads: guidance, links to other publications, and what the document lost."""
    if pack.guidance:
        lists = new_table("Guidance", "Label", "Items", "Lines")
        for guidance in pack.guidance:
            lists.add_row(guidance.id, guidance.label, str(len(guidance.items)), guidance.source)
        console.print(lists)
    for crosswalk in pack.crosswalks:
        counted = Counter(link.basis for link in crosswalk.links)
        links = ", ".join(f"{counted[basis]} {basis}" for basis in ("stated", "proposed") if counted[basis])
        console.print(f"Linked with {crosswalk.to} ({links}): {crosswalk.summary}")
    for informing in pack.framework.informs:
        named = words.listed(list(informing.criteria))
        where = f"{words.lines(informing.source)}, {informing.basis.value}"
        console.print(f"Informs, and is read by no rule: {named} ({where}). {informing.reason}")
    if pack.framework.gaps:
        console.print("Lost or unclear in the document:")
        for gap in pack.framework.gaps:
            console.print(f"  {gap.status}, {words.lines(gap.source)}: {gap.what}")


def _overlay(console: Console, pack: Pack) -> None:
    """Whose overlay lies over a pack, and what of it is the trust's; nothing where none does."""
    if pack.overlay is None:
        return
    own, worded = pack.overlay.overlay, len(pack.overlay.wording)
    console.print(f"Overlay {own.id}, by {own.by} on {words.day(own.on)}: {own.why}")
    if own.expired == "refuse":
        console.print("Nothing is evaluated at a date at which the pack is not valid.")
    settled(console, pack.overlay.settled)
    if worded:
        console.print(f"Official wording: {words.count(worded, 'text')}.")
    console.print(f"Overlay {pack.overlay.digest}")


def settled(console: Console, of_trust: Sequence[Settled]) -> None:
    """What is the trust's, a line each, by whose decision it is; what was changed with what the pack had."""
    decisions: dict[tuple[str, dt.date, str], list[Settled]] = {}
    for one in of_trust:
        decisions.setdefault((one.by, one.on, one.why), []).append(one)
    for (by, on, why), decided in decisions.items():
        console.print(f"The trust's own, by {by} on {words.day(on)}: {why}")
        table = new_table("", "What", "Value", no_wrap=("",))
        for one in decided:
            had = f" (the pack had {words.held(one.was)})" if one.how == "changed" else ""
            table.add_row(one.how, one.at, f"{words.held(one.now)}{had}")
        console.print(table)


def item(found: Item) -> None:
    """One thing of a pack: every field, and the lines that it rests on."""
    console = new_console()
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
    settled(console, found.settled)
    if found.also:
        names = words.listed([f"{kind.replace(' ', '_')}:{found.id}" for kind in found.also])
        console.print(f"There is also {names}.", style="dim")
    console.print(f"{found.pack.name}; lines of {found.pack.framework.document.file}", style="dim")


def _standard(console: Console, standard: Standard) -> None:
    console.print(standard.title or "")
    console.print(standard.summary)
    for name, criteria in groupby(standard.criteria, key=lambda criterion: criterion.set):
        table = new_table("Id", "What it asks", "Lines", "Basis", title=f"Set {name}", title_justify="left")
        for criterion in criteria:
            said = criterion.descriptor or f"({criterion.status} in the document)"
            if criterion.below is not None:
                said += f"\nNot met: {criterion.below.descriptor}"
            asks = Text.assemble((f"{criterion.label}. ", "bold"), said)
            table.add_row(criterion.id, asks, criterion.source, criterion.basis.value)
        console.print(table)
    for example in standard.examples:
        console.print(f"{example.audience.capitalize()} ({words.lines(example.source)}): {example.text}")
    for qualification in standard.qualifications:
        console.print(f"{qualification.code} ({words.lines(qualification.source)}): {qualification.text}")
    for gap in standard.gaps:
        console.print(f"{gap.status.capitalize()} ({words.lines(gap.source)}): {gap.what}")
    console.print(words.lines(standard.source).capitalize())


def _expected(console: Console, found: Item) -> None:
    """What is expected at a stage: its own statements, what it inherits, and what comes next."""
    listing = found.listing()
    parts = [("Its own", listing.own), ("Inherited", listing.inherited), ("Added next", listing.following)]
    for title, statements in parts:
        if not statements:
            continue
        table = new_table(
            "Id", "Label", "Descriptor", "Lines", title=f"{title}: {len(statements)}", title_justify="left"
        )
        for one in statements:
            only = f" Only for: {', '.join(one.only_if)}." if one.only_if else ""
            table.add_row(one.id, one.label, f"{one.descriptor}{only}", one.source)
        console.print(table)


def _criterion(console: Console, criterion: Criterion) -> None:
    """A criterion with its statements or points, and what cannot be attributed to one."""
    console.print(criterion.descriptor or f"({criterion.status} in the document)")
    if criterion.below is not None:
        console.print(f"Not met: {criterion.below.descriptor}")
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
    table = new_table("Id", "Descriptor", "Lines", "Basis")
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
    console = new_console()
    counted = ", ".join(f"{number} {status}" for status, number in found.counts.items())
    console.print(Text(f"{found.framework} {found.version}: {counted or 'all is stated'}", style="bold"))
    if found.overlay is not None:
        own = found.overlay
        console.print(f"Overlay {own.id}, by {own.by} on {words.day(own.on)}: {own.why}")
    settled(console, found.settled)
    for status in found.counts:
        table = new_table("Id", "What", "Lines", "Note", title=status.capitalize(), title_justify="left")
        for doubt in found.doubts:
            if doubt.status == status:
                table.add_row(doubt.id, f"{doubt.label} ({doubt.kind})", doubt.source, doubt.note or "")
        console.print(table)
    console.print(f"Lines of {found.document}", style="dim")
