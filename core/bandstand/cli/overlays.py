"""The commands for a trust's overlays: a new one, and a check of one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bandstand.cli import errors
from bandstand.cli.options import FLAGS_OFF, AsJson, FrameworkArgument

if TYPE_CHECKING:
    from bandstand.models.listing import CheckedOverlay
    from bandstand.models.overlay import Overlay
    from bandstand.packs.pack import Pack
    from bandstand.plugins import Catalogue


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    overlay = typer.Typer(
        name="overlay",
        help="A trust's own layer on a framework: values that it confirms, changes and adds, and official wording.",
        no_args_is_help=True,
        context_settings={"default_map": FLAGS_OFF},
        rich_markup_mode="markdown",
    )
    for command in (new, check):
        overlay.command()(command)
    app.add_typer(overlay)


def new(
    framework: FrameworkArgument,
    folder: Annotated[Path, typer.Argument(help="Where the overlay is to be.", show_default=False)],
    *,
    by: Annotated[str | None, typer.Option("--by", help="Whose decision it is: an id or a role, never a name.")] = None,
    on: Annotated[
        str | None, typer.Option("--on", help="When it was decided. [default: today]", metavar="DATE")
    ] = None,
    why: Annotated[str | None, typer.Option("--why", help="Why, such as the minute of a board.")] = None,
    name: Annotated[str | None, typer.Option("--id", help="The overlay's id. [default: the folder's name]")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the files that are there.")] = False,
    as_json: AsJson = False,
) -> None:
    """Begin an overlay: every value that a framework leaves to the trust, ready to be confirmed or changed.

    Example: `bandstand overlay new smart_equip our-overlay --by trust-board --why "Minute 12 of 1 September"`
    """
    from bandstand.models.listing import NewOverlay  # noqa: PLC0415 - heavy, and --help needs none of it
    from bandstand.overlays import SCHEMAS, SCHEMAS_OF_AN_OVERLAY, begin_overlay, overlay_id  # noqa: PLC0415
    from bandstand.packs.unconfirmed import unconfirmed  # noqa: PLC0415
    from bandstand.schemas import texts  # noqa: PLC0415
    from bandstand.service import Service  # noqa: PLC0415
    from bandstand.words import count  # noqa: PLC0415

    service = Service()
    pack = service.pack(framework, service.today)
    to_fill_in = [field for field, given in (("by", by), ("why", why)) if given is None]
    overlay = _overlay(pack, name or overlay_id(folder, pack), by, on or str(service.today), why)
    files = begin_overlay(pack, overlay, to_fill_in)
    there = [file for file in files if (folder / file).exists()]
    if there and not force:
        raise typer.BadParameter(f"{folder / there[0]} is there already; --force replaces it", param_hint="--force")
    (folder / SCHEMAS).mkdir(parents=True, exist_ok=True)
    for file, text in files.items():
        (folder / file).write_text(text, encoding="utf-8", newline="\n")
    schemas = texts()
    for file in SCHEMAS_OF_AN_OVERLAY:
        (folder / SCHEMAS / file).write_bytes(schemas[file])
    left = unconfirmed(pack)
    if as_json:
        written = tuple(sorted([*files, *(f"{SCHEMAS}/{file}" for file in SCHEMAS_OF_AN_OVERLAY)]))
        listing = NewOverlay(
            folder=str(folder),
            framework=pack.name,
            files=written,
            to_fill_in=tuple(to_fill_in),
            unconfirmed=tuple(left),
        )
        typer.echo(listing.model_dump_json(indent=2))
        return
    typer.echo(f"{folder}: an overlay on {pack.name}, with {count(len(left), 'example value')} to confirm or change.")
    if to_fill_in:
        typer.echo(f"Fill in {' and '.join(to_fill_in)} in {folder / 'overlay.yaml'}.")
    typer.echo(f"Take the # away in {folder / 'values.yaml'} in front of what is decided, and then:")
    typer.echo(f"    bandstand overlay check {folder}")


def check(
    folders: Annotated[list[Path], typer.Argument(help="Folders of overlays.", show_default=False)],
    *,
    as_json: AsJson = False,
) -> None:
    """Check overlays against the frameworks that they are for: what each makes the trust's, or what is wrong with it.

    Exits with 1 where an overlay has problems, and with 2 where there is none, or its framework is not installed.

    Example: `bandstand overlay check our-overlay`
    """
    from bandstand.models.listing import OverlayListing  # noqa: PLC0415 - heavy, and --help needs none of it
    from bandstand.overlays import check_overlay  # noqa: PLC0415

    catalogue = _catalogue()
    checked = [check_overlay(folder, catalogue) for folder in folders]
    if as_json:
        typer.echo(OverlayListing(overlays=tuple(checked)).model_dump_json(indent=2))
    else:
        for one in checked:
            _say(one)
    if not all(one.usable for one in checked):
        raise typer.Exit(errors.BAD_INPUT)
    if any(one.problems for one in checked):
        raise typer.Exit(errors.FOUND)


def _overlay(pack: Pack, name: str, by: str | None, on: str, why: str | None) -> Overlay:
    """The overlay that the options ask for; what they leave open is filled in for the moment."""
    from pydantic import ValidationError  # noqa: PLC0415

    from bandstand.models.overlay import Overlay  # noqa: PLC0415

    given = {"id": name, "by": by or "-", "on": on, "why": why or "-"}
    try:
        return Overlay.model_validate({"pack": pack.id, "version": pack.version, **given})
    except ValidationError as error:
        field = str(error.errors()[0]["loc"][0])
        said = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise typer.BadParameter(f'"{given[field]}" cannot stand there: {said}', param_hint=f"--{field}") from None


def _say(one: CheckedOverlay) -> None:
    from bandstand import words  # noqa: PLC0415
    from bandstand.cli.console import new_console  # noqa: PLC0415
    from bandstand.cli.render_pack import settled  # noqa: PLC0415
    from bandstand.overlays import listed  # noqa: PLC0415

    console = new_console()
    overlay = one.overlay
    if overlay is not None:
        decided = f"by {overlay.by} on {words.day(overlay.on)}: {overlay.why}"
        console.print(f"{one.folder}: {overlay.id}, for {one.framework}, {decided}")
    for problem in one.problems:
        console.print(f"{problem} [{problem.code}]")
    if one.problems:
        console.print(f"{one.folder}: {words.count(len(one.problems), 'problem')}.")
        return
    if one.settled:
        settled(console, one.settled)
    if one.wording:
        console.print(f"Words {words.count(len(one.wording), 'text')}: {words.listed(one.wording)}.")
    if one.unconfirmed:
        console.print(f"Still example values of the pack: {len(one.unconfirmed)}.")
        for left in one.unconfirmed:
            console.print(f"  {listed(left)}")
    else:
        console.print("No example value of the pack is left unconfirmed.")


def _catalogue() -> Catalogue:
    from bandstand.plugins import load_catalogue  # noqa: PLC0415

    return load_catalogue()
