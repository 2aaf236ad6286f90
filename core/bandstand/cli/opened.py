"""The commands for what a run over a workforce wrote: what it comes to, and one person of it with the whole trace."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bandstand.cli import errors, locks
from bandstand.cli.changes import LEAST_THRESHOLD, check_file
from bandstand.cli.options import AsJson, FrameworkOption, LockOption, OutcomeOption, OverlayOption, People

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bandstand.models.cohort_run import CohortRun
    from bandstand.models.opened import Opened
    from bandstand.packs.pack import Pack
    from bandstand.service import Service

_Results = Annotated[
    Path, typer.Argument(help="The table that bandstand cohort wrote (.parquet or .arrow).", show_default=False)
]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("open")(open_row)
    app.command()(summary)


def open_row(  # noqa: PLR0913 - one parameter for each option of the command
    results: _Results,
    person: Annotated[str, typer.Argument(help="The person's id.", show_default=False)],
    *,
    framework: FrameworkOption = None,
    outcome: OutcomeOption = None,
    evidence: Annotated[
        list[Path] | None,
        typer.Option("--evidence", "-e", help="Where the evidence is now, if it was moved; may be repeated."),
    ] = None,
    people: People = None,
    overlay: OverlayOption = None,
    lock: LockOption = None,
    as_json: AsJson = False,
) -> None:
    """Open one person's row of the results of a workforce: why it says what it says, checked by the other engines.

    Example: `bandstand open results.parquet P-0001 --framework smart_equip`
    """
    from bandstand.cli.console import doing  # noqa: PLC0415 - heavy, and --help needs none of it
    from bandstand.workforce.table import check_installed  # noqa: PLC0415

    check_installed()
    from bandstand.workforce.opened import Wanted, open_person, run_of  # noqa: PLC0415

    run = run_of(results)
    wanted = Wanted(results, person, framework, outcome, tuple(evidence or ()), people)
    with errors.told(as_json=as_json):
        service = _service(run, results, overlay, lock)
        with doing() as progress:
            opened, packs = open_person(wanted, run, service, progress)
    if as_json:
        typer.echo(opened.model_dump_json(indent=2))
    else:
        _show(opened, packs)
    if not all(row.agrees for row in opened.rows):
        raise typer.Exit(errors.DISAGREED)


def _service(run: CohortRun, results: Path, overlays: Sequence[Path] | None, lock: Path | None) -> Service:
    """What is installed, with the overlays and the lock of the run unless others are named."""
    from bandstand.service import Service  # noqa: PLC0415
    from bandstand.workforce.pins import placed  # noqa: PLC0415

    laid = list(overlays or ()) or placed(run.overlays, results, "--overlay")
    held = lock
    if held is None and run.lock is not None:
        (held,) = placed([run.lock], results, "--lock")
    service = Service(today=run.today, overlays=laid, lock=held)
    locks.say(service.standings, held)
    return service


def _show(opened: Opened, packs: dict[str, Pack]) -> None:
    """Each row in sentences, and whether it says the same; then what is no longer as it was."""
    from bandstand.cli import render  # noqa: PLC0415
    from bandstand.explain import explain  # noqa: PLC0415

    for row in opened.rows:
        render.explanation(explain(row.evaluation, packs[row.row.framework]))
        name = f"The row in {opened.results} ({row.row.framework}, {row.row.outcome})"
        if row.agrees:
            columns = len(type(row.row).model_fields) - len(opened.run.without)
            typer.echo(f"{name} says the same in all of its {columns} columns.\n")
        else:
            typer.echo(f"{name} does not say the same:")
            typer.echo("".join(f"  {difference}\n" for difference in row.differences))
    for line in opened.changed:
        typer.echo(line, err=True)
    if opened.unread:
        one = opened.unread == 1
        records = "One record" if one else f"{opened.unread} records"
        typer.echo(f"{records} about {opened.person} cannot be read, and {'is' if one else 'are'} left out.", err=True)


def summary(
    results: _Results,
    *,
    threshold: Annotated[
        int, typer.Option("--threshold", min=LEAST_THRESHOLD, help="Tell nothing of fewer people than this.")
    ] = 10,
    report: Annotated[Path | None, typer.Option("--report", help="Write a page with charts (.html), too.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the page if it is there.")] = False,
    as_json: AsJson = False,
) -> None:
    """Sum up the results of a workforce: levels, zones, coverage, what is recommended, and movement; never people.

    Example: `bandstand summary results.parquet --report summary.html`
    """
    check_file(report, ".html", "--report", force=force)
    if report is not None:
        from bandstand.reports import check_installed  # noqa: PLC0415 - heavy, and --help needs none of it

        check_installed()
    from bandstand.plugins import load_catalogue  # noqa: PLC0415
    from bandstand.workforce.summary import summarise  # noqa: PLC0415

    found = summarise(results, threshold, load_catalogue())
    if as_json:
        typer.echo(found.model_dump_json(indent=2))
    else:
        from bandstand.cli import render_summary  # noqa: PLC0415

        render_summary.summary(found)
    if report is not None:
        from bandstand.workforce.page import page  # noqa: PLC0415

        report.write_text(page(found), "utf-8")
        typer.echo(f"{report}: the same as a page.", err=True)
