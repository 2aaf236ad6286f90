"""The command that checks packs: every problem, with what shows it, in the form that its reader wants."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bandstand.cli import errors
from bandstand.cli.options import AsJson, OverlayOption, Packs

if TYPE_CHECKING:
    from bandstand.models.check import CheckListing

_FORMATS = ("text", "json", "sarif", "github", "junit")


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(check)


def check(  # noqa: PLR0913 - one parameter for each option of the command
    packs: Packs = None,
    *,
    overlay: OverlayOption = None,
    strict: Annotated[bool, typer.Option("--strict", help="Take warnings for errors.")] = False,
    allow: Annotated[
        list[str] | None,
        typer.Option(
            "--allow", help="With --strict: warnings of this code stay warnings; may be repeated.", metavar="CODE"
        ),
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Leave out the checks that take long.")] = False,
    form: Annotated[str, typer.Option("--format", help=f"One of {', '.join(_FORMATS)}.", metavar="FORMAT")] = "text",
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write it to this file, and the text to the screen.", metavar="FILE"),
    ] = None,
    docs_url: Annotated[
        str | None, typer.Option("--docs-url", help="Where the manual is published, for SARIF to lead to.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check packs: what is wrong with each, where, what shows it, and what to do.

    Example: `bandstand check my_framework --strict --format sarif -o check.sarif`
    """
    from bandstand.checking import Checking  # noqa: PLC0415 - heavy, and --help needs none of it
    from bandstand.cli.console import with_progress  # noqa: PLC0415
    from bandstand.errors import EngineUnavailableError  # noqa: PLC0415
    from bandstand.found import find_packs  # noqa: PLC0415
    from bandstand.overlaid import lay_overlays  # noqa: PLC0415
    from bandstand.plugins import ask_plugins  # noqa: PLC0415

    if form not in _FORMATS:
        raise typer.BadParameter(f"it is one of {', '.join(_FORMATS)}", param_hint="--format")
    if as_json and form not in ("text", "json"):
        raise typer.BadParameter("give either --format or --json", param_hint="--format")
    if output is not None and output.is_dir():
        raise typer.BadParameter(f"{output} is a folder", param_hint="--output")
    allowed = _allowed(allow or [], strict=strict)
    found = find_packs(packs or ())
    if not found:
        typer.echo("There is nothing to check: no plugin is installed. Name the folder of a pack.", err=True)
        raise typer.Exit(errors.BAD_INPUT)
    if overlay:
        found = lay_overlays(found, overlay, ask_plugins().kinds)
    checking = Checking(found, strict=strict, quick=quick, allowed=allowed)
    try:
        for _ in with_progress(checking.run(), checking.steps, "Checking", after=2):
            pass
    except EngineUnavailableError as error:
        typer.echo(f"{error} Or leave out the checks that need it: --quick.", err=True)
        raise typer.Exit(errors.BAD_INPUT) from None
    listing = checking.listing()
    _write(listing, "json" if as_json else form, output, docs_url)
    if not all(pack.usable for pack in listing.packs):
        raise typer.Exit(errors.BAD_INPUT)
    if any(pack.errors for pack in listing.packs):
        raise typer.Exit(errors.FOUND)


def _allowed(codes: list[str], *, strict: bool) -> tuple[str, ...]:
    """The codes that may stay warnings, each once."""
    from bandstand.codes import listed  # noqa: PLC0415
    from bandstand.rules.base import did_you_mean  # noqa: PLC0415

    if codes and not strict:
        raise typer.BadParameter("it goes with --strict; without it every warning stays one", param_hint="--allow")
    warnings = [entry.code for entry in listed("check") if entry.severity == "warning"]
    for code in codes:
        if code not in warnings:
            near = did_you_mean(code, warnings)
            raise typer.BadParameter(f'"{code}" is not the code of a warning. {near}', param_hint="--allow")
    return tuple(dict.fromkeys(codes))


def _write(listing: CheckListing, form: str, output: Path | None, docs_url: str | None) -> None:
    from bandstand.cli import render_check  # noqa: PLC0415 - heavy, and --help needs none of it

    if form == "text" and output is None:
        render_check.checks(listing)
        return
    text = _formatted(listing, form, docs_url)
    if output is None:
        sys.stdout.write(text)
        if form == "github":
            # What is no workflow command is plain log.
            render_check.summaries(listing)
        return
    output.write_text(text, encoding="utf-8", newline="")
    render_check.checks(listing)


def _formatted(listing: CheckListing, form: str, docs_url: str | None) -> str:
    match form:
        case "json":
            return f"{listing.model_dump_json(indent=2)}\n"
        case "sarif":
            from bandstand.checks.formats.sarif import sarif  # noqa: PLC0415

            return sarif(listing, docs_url)
        case "github":
            from bandstand.checks.formats.github import github  # noqa: PLC0415

            return github(listing)
        case "junit":
            from bandstand.checks.formats.junit import junit  # noqa: PLC0415

            return junit(listing)
        case _:
            from bandstand.cli.render_check import as_text  # noqa: PLC0415

            return as_text(listing)
