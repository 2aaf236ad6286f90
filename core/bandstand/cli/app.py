"""The commands: what each takes, and which use case it calls."""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bandstand.cli import changes, check, errors, locks, opened, overlays, samples, signing, start, workforce
from bandstand.cli.options import (
    FLAGS_OFF,
    AsJson,
    AsOf,
    Engine,
    Files,
    FrameworkArgument,
    FrameworkOption,
    KeepGoing,
    LockOption,
    OutcomeOption,
    OverlayOption,
    People,
    PersonOption,
    Purpose,
    RefuseExpired,
    ReviewPointOption,
    Settings,
    Since,
    read_date,
    read_settings,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pydantic import BaseModel

    from bandstand.service import Docket, Question, Service

EXIT_CODES = (
    "Exit codes: 0 done; 1 a check found problems; 2 bad input or usage; 3 refused, as by a framework that does "
    "not serve the purpose; 4 the engines disagreed and nothing is recommended; 70 a fault of Bandstand."
)

app = typer.Typer(
    name="bandstand",
    help=f"Evaluate evidence against published professional frameworks. People decide.\n\n{EXIT_CODES}",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"], "default_map": FLAGS_OFF},
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)

for commands in (workforce, opened, check, samples, overlays, changes, locks, signing, start):
    commands.add_to(app)

#: No ladder has more rungs; a pack's levels go as far.
_HIGHEST_LEVEL = 99


def _version(value: bool) -> None:  # noqa: FBT001 - Typer's callback
    if value:
        from bandstand import __version__  # noqa: PLC0415 - only needed here

        typer.echo(f"bandstand {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and leave.")
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log what happens, on standard error.")] = False,
) -> None:
    del version
    import structlog  # noqa: PLC0415 - set up once, before anything logs

    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG if verbose else logging.ERROR),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


@app.command()
def frameworks(*, lock: LockOption = None, as_json: AsJson = False) -> None:
    """List the frameworks that are installed, how each stands to the lock, and whatever was set aside.

    Example: `bandstand frameworks`
    """
    from bandstand.cli import render_pack  # noqa: PLC0415

    with errors.told(as_json=as_json):
        catalogue, standings = locks.held_against(_service().catalogue, lock)
    if as_json:
        _write_json(render_pack.catalogue_listing(catalogue, standings))
    else:
        render_pack.catalogue(catalogue, standings)


@app.command()
def show(
    framework: FrameworkArgument,
    item: Annotated[
        str | None,
        typer.Argument(
            help="Id of a standard, criterion, stage, grade, role, rule …; or rule:ID where several share one.",
            show_default=False,
        ),
    ] = None,
    *,
    overlay: OverlayOption = None,
    provenance: Annotated[
        bool, typer.Option("--provenance", help="List all that the document does not state, or has lost.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show a framework, or one thing in it, with the lines of the document that it rests on.

    Example: `bandstand show smart_equip L4.3`
    """
    from bandstand.cli import render_pack  # noqa: PLC0415
    from bandstand.lookup import find_item, provenance_of  # noqa: PLC0415

    if provenance and item is not None:
        raise typer.BadParameter("it lists the whole framework; leave out the item", param_hint="--provenance")
    service = _service(overlays=overlay, as_json=as_json)
    pack = service.pack(framework, service.today)
    versions = service.catalogue.versions(pack.id)
    if provenance:
        listed = provenance_of(pack)
        if as_json:
            _write_json(listed)
        else:
            render_pack.provenance(listed)
        return
    if item is None:
        if as_json:
            _write_json(render_pack.framework_listing(pack, versions))
        else:
            render_pack.pack(pack, versions)
        return
    found = find_item(pack, item)
    if as_json:
        _write_json(found.listing())
    else:
        render_pack.item(found)


@app.command()
def evaluate(  # noqa: PLR0913 - one parameter for each option of the command
    files: Files,
    *,
    people: People = None,
    framework: FrameworkOption = None,
    outcome: OutcomeOption = None,
    person: PersonOption = None,
    purpose: Purpose = None,
    as_of: AsOf = None,
    review_point: ReviewPointOption = None,
    since: Since = None,
    settings: Settings = None,
    overlay: OverlayOption = None,
    lock: LockOption = None,
    refuse_expired: RefuseExpired = False,
    keep_going: KeepGoing = False,
    engine: Engine = "both",
    report: Annotated[str | None, typer.Option("--report", help="Write a report, such as sentences.")] = None,
    as_json: AsJson = False,
) -> None:
    """Evaluate evidence: for each person and outcome, what came out, what is recommended, and what is next.

    Example: `bandstand evaluate evidence.csv --people staff.csv --as-of 2025-07-31`
    """
    from bandstand.cli import render  # noqa: PLC0415
    from bandstand.cli.console import with_progress  # noqa: PLC0415

    if report and as_json:
        raise typer.BadParameter("a report is text; give either --report or --json", param_hint="--report")
    service = _service(engine, overlay, locks.in_use(lock), as_json=as_json)
    writer = service.catalogue.reports.get(report) if report else None
    if report and writer is None:
        known = ", ".join(service.catalogue.reports)
        raise typer.BadParameter(f'there is no report "{report}"; there is {known}', param_hint="--report")
    question = _question(
        framework,
        outcome,
        person,
        purpose,
        as_of,
        review_point,
        since,
        settings,
        keep_going=keep_going,
        refuse_expired=refuse_expired,
    )
    docket = _docket(service, files, people, question, as_json=as_json)
    done = with_progress(docket.evaluations(), len(docket.cases))
    packs = {case.evaluator.pack.id: case.evaluator.pack for case in docket.cases}
    if as_json:
        disagreed = _write_json_array(done)
    elif writer is not None:
        evaluations = list(done)
        disagreed = any(evaluation.certificate.agreed is False for evaluation in evaluations)
        typer.echo(writer(evaluations, packs), nl=False)
    else:
        lines = [render.line(evaluation, packs[evaluation.framework]) for evaluation in done]
        disagreed = any(line.agreed is False for line in lines)
        render.evaluations(lines, docket, packs)
    _leave(docket, disagreed=disagreed, as_json=as_json)


@app.command()
def explain(  # noqa: PLR0913 - one parameter for each option of the command
    files: Files,
    *,
    people: People = None,
    framework: FrameworkOption = None,
    outcome: OutcomeOption = None,
    person: PersonOption = None,
    purpose: Purpose = None,
    as_of: AsOf = None,
    review_point: ReviewPointOption = None,
    since: Since = None,
    settings: Settings = None,
    overlay: OverlayOption = None,
    lock: LockOption = None,
    refuse_expired: RefuseExpired = False,
    keep_going: KeepGoing = False,
    engine: Engine = "both",
    level: Annotated[
        int | None,
        typer.Option("--why-not", help="Say what stands between the person and this level.", metavar="LEVEL"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Explain, in sentences, where each person stands and why.

    Example: `bandstand explain evidence.csv --people staff.csv --person P-0001 --why-not 5`
    """
    from bandstand.cli import render  # noqa: PLC0415
    from bandstand.cli.console import with_progress  # noqa: PLC0415
    from bandstand.explain import explain as in_sentences  # noqa: PLC0415

    service = _service(engine, overlay, locks.in_use(lock), as_json=as_json)
    question = _question(
        framework,
        outcome,
        person,
        purpose,
        as_of,
        review_point,
        since,
        settings,
        keep_going=keep_going,
        refuse_expired=refuse_expired,
    )
    docket = _docket(service, files, people, question, as_json=as_json)
    packs = {case.evaluator.pack.id: case.evaluator.pack for case in docket.cases}
    disagreed = False
    separator = "["
    for evaluated, stands_between in with_progress(docket.explained(level), len(docket.cases)):
        disagreed = disagreed or evaluated.certificate.agreed is False
        explanation = in_sentences(evaluated, packs[evaluated.framework], stands_between)
        if as_json:
            typer.echo(f"{separator}\n{explanation.model_dump_json()}", nl=False)
            separator = ","
        else:
            render.explanation(explanation)
    if as_json:
        typer.echo("[]" if separator == "[" else "\n]")
    _leave(docket, disagreed=disagreed, as_json=as_json)


@app.command()
def candidates(
    files: Files,
    *,
    to: Annotated[str, typer.Option("--to", help="Id of the framework to look for.", show_default=False)],
    person: PersonOption = None,
    overlay: OverlayOption = None,
    lock: LockOption = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write them as .csv, to be accepted.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it is there.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show evidence for other frameworks that may be worth a look in one; it counts only once somebody accepts it.

    Example: `bandstand candidates evidence.csv --to hampshire_careers -o to-accept.csv`
    """
    from bandstand.candidates import to_accept  # noqa: PLC0415
    from bandstand.cli import render  # noqa: PLC0415
    from bandstand.models.listing import CandidateListing  # noqa: PLC0415

    if output is not None and output.suffix.lower() != ".csv":
        raise typer.BadParameter("the file is a table: give a name that ends in .csv", param_hint="--output")
    if output is not None and output.exists() and not force:
        raise typer.BadParameter(f"{output} is there already; --force replaces it", param_hint="--output")
    service = _service(overlays=overlay, lock=locks.in_use(lock), as_json=as_json)
    with errors.told(as_json=as_json):
        found = service.candidates(files, to, person or ())
    if output is not None:
        output.write_text(to_accept(found), encoding="utf-8-sig", newline="")
    if as_json:
        _write_json(CandidateListing(candidates=tuple(found)))
    else:
        render.candidates(found, to, output)


@app.command()
def sheet(
    framework: FrameworkArgument,
    *,
    output: Annotated[Path, typer.Option("--output", "-o", help="The workbook to write (.xlsx).", show_default=False)],
    levels: Annotated[str | None, typer.Option("--levels", help="Levels to put on it, such as 1-5 or 6.")] = None,
    person: Annotated[str | None, typer.Option("--person", "-p", help="Id of the person it is for.")] = None,
    overlay: OverlayOption = None,
    lock: LockOption = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it is there.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write a framework's sheet as a workbook; filled in, it is evidence as it stands.

    Example: `bandstand sheet smart_equip --levels 1-5 --person P-0001 -o sheet.xlsx`
    """
    if output.suffix.lower() != ".xlsx":
        raise typer.BadParameter("the sheet is a workbook: give a name that ends in .xlsx", param_hint="--output")
    if output.exists() and not force:
        raise typer.BadParameter(f"{output} is there already; --force replaces it", param_hint="--output")
    service = _service(overlays=overlay, lock=locks.in_use(lock), as_json=as_json)
    with errors.told(as_json=as_json):
        summary = service.write_sheet(framework, output, _levels(levels), person)
    if as_json:
        from bandstand.models.listing import SheetListing  # noqa: PLC0415

        _write_json(SheetListing(file=str(output), levels=summary.levels, rows=summary.rows))
    else:
        span = ", ".join(map(str, summary.levels))
        typer.echo(
            f"{output}: {summary.rows} lines of level {span}. Filled in, it is evidence: bandstand evaluate {output}"
        )


def _service(
    engine: str = "both", overlays: list[Path] | None = None, lock: Path | None = None, *, as_json: bool = False
) -> Service:
    from bandstand.service import Service  # noqa: PLC0415 - heavy, and --help needs none of it

    if engine not in ("both", "plain"):
        raise typer.BadParameter("it is both or plain", param_hint="--engine")
    with errors.told(as_json=as_json):
        service = Service(durable=None if engine == "both" else False, overlays=overlays or (), lock=lock)
    locks.say(service.standings, lock)
    by_lock = {standing.framework for standing in service.standings if standing.problems}
    names = ", ".join(dict.fromkeys(item.name for item in service.catalogue.set_aside if item.name not in by_lock))
    if names:
        typer.echo(f"Set aside, with its problems: {names}. See bandstand frameworks.", err=True)
    return service


def _question(  # noqa: PLR0913 - the options that evaluate and explain share
    framework: str | None,
    outcome: str | None,
    person: list[str] | None,
    purpose: str | None,
    as_of: str | None,
    review_point: str | None,
    since: str | None,
    settings: list[str] | None,
    *,
    keep_going: bool,
    refuse_expired: bool,
) -> Question:
    from bandstand.service import Question  # noqa: PLC0415

    return Question(
        framework=framework,
        outcome=outcome,
        people=tuple(person or ()),
        purpose=purpose,
        as_of=read_date(as_of, "--as-of"),
        review_point=review_point,
        since=read_date(since, "--since"),
        settings=read_settings(settings or []),
        keep_going=keep_going,
        refuse_expired=refuse_expired,
    )


def _docket(service: Service, files: list[Path], people: Path | None, question: Question, *, as_json: bool) -> Docket:
    from bandstand.cli.console import reading  # noqa: PLC0415

    with errors.told(as_json=as_json), reading() as progress:
        docket = service.prepare(files, people, question, progress=progress)
    for note in docket.notes:
        typer.echo(note, err=True)
    return docket


def _leave(docket: Docket, *, disagreed: bool, as_json: bool) -> None:
    if docket.problems:
        errors.say_problems(docket.problems, as_json=as_json)
    if disagreed:
        raise typer.Exit(errors.DISAGREED)
    if docket.problems:
        raise typer.Exit(errors.BAD_INPUT)


def _levels(text: str | None) -> list[int] | None:
    if text is None:
        return None
    found: list[int] = []
    try:
        for part in text.split(","):
            first, dash, last = part.strip().partition("-")
            start, end = int(first), int(last if dash else first)
            if not 0 < start <= end <= _HIGHEST_LEVEL:
                raise ValueError  # noqa: TRY301 - one answer serves all that can be wrong
            found.extend(range(start, end + 1))
    except ValueError:
        found = []
    if not found:
        raise typer.BadParameter(f'"{text}" names no levels; write 1-5 or 6,7', param_hint="--levels")
    return found


def _write_json(content: BaseModel) -> None:
    """Write one document by its published schema, names as the pack's files have them."""
    typer.echo(json.dumps(content.model_dump(mode="json", by_alias=True), ensure_ascii=False, indent=2))


def _write_json_array(documents: Iterable[BaseModel] | Iterator[BaseModel]) -> bool:
    """Write documents as one array, each as soon as it is there; say whether any has engines that disagreed."""
    disagreed = False
    separator = "["
    for document in documents:
        content = document.model_dump(mode="json")
        disagreed = disagreed or content["certificate"]["agreed"] is False
        sys.stdout.write(f"{separator}\n{json.dumps(content, ensure_ascii=False)}")
        separator = ","
    sys.stdout.write("[]\n" if separator == "[" else "\n]\n")
    return disagreed
