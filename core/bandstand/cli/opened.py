"""The commands for what a run over a workforce wrote: what it comes to, and one person of it with the whole trace."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bandstand.cli.changes import LEAST_THRESHOLD, check_file
from bandstand.cli.options import AsJson

_Results = Annotated[Path, typer.Argument(help="The table that bandstand cohort wrote (.parquet).", show_default=False)]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(summary)


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
