"""The commands that begin a framework plugin: the project, and the schemas by which editors complete its files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bandstand.cli import errors
from bandstand.cli.options import AsJson

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bandstand.plugins import Catalogue


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (new, schemas):
        app.command()(command)


def new(
    name: Annotated[str, typer.Argument(help="Id of the new framework, such as our_ladder.", show_default=False)],
    folder: Annotated[
        Path | None, typer.Argument(help="An empty folder, or one that is not there. [default: bandstand-NAME]")
    ] = None,
    *,
    title: Annotated[
        str | None, typer.Option("--title", help="Title of the document. [default: the name in words]")
    ] = None,
    publisher: Annotated[str | None, typer.Option("--publisher", help="Who publishes it.")] = None,
    as_json: AsJson = False,
) -> None:
    """Begin a framework plugin: a project with a small pack that works, its tests, and a workflow for CI.

    Example: `bandstand new our_ladder --title "Our leadership ladder" --publisher "Our trust"`
    """
    from bandstand.starter.project import Project, check_unused, write  # noqa: PLC0415 - heavy, and --help needs none

    project = Project(name, title, publisher)
    catalogue = _catalogue()
    check_unused(project, catalogue)
    where = folder or Path(project.distribution)
    files = write(project, where, catalogue.kinds.values())
    steps = project.next_steps(where)
    if as_json:
        from bandstand.models.listing import ProjectListing  # noqa: PLC0415

        typer.echo(ProjectListing(framework=name, folder=str(where), files=files, next=steps).model_dump_json(indent=2))
        return
    typer.echo(f"{where}: a plugin that works; {where / 'README.md'} says what each of its files is. Next:\n")
    typer.echo("\n".join(f"    {step}" for step in steps))


def schemas(
    folder: Annotated[Path, typer.Argument(help="Where they are, or are to be.", show_default=False)],
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit with 1 where they are out of date.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write the JSON Schemas by which editors complete a pack's files, with every rule kind that is installed.

    Example: `bandstand schemas schemas`
    """
    from bandstand.models.listing import SchemasListing  # noqa: PLC0415 - heavy, and --help needs none of it
    from bandstand.schemas import drift, write  # noqa: PLC0415

    kinds: Iterable[type] = _catalogue().kinds.values()
    stale = tuple((drift if check else write)(folder, kinds))
    if as_json:
        listing = SchemasListing(folder=str(folder), stale=stale, written=not check)
        typer.echo(listing.model_dump_json(indent=2))
    elif not stale:
        typer.echo(f"{folder}: every schema is up to date.")
    elif check:
        typer.echo(
            f"Not up to date: {', '.join(stale)}. Run `bandstand schemas {folder}`, and commit the result.", err=True
        )
    else:
        typer.echo("\n".join(str(folder / name) for name in stale))
    if check and stale:
        raise typer.Exit(errors.FOUND)


def _catalogue() -> Catalogue:
    from bandstand.plugins import load_catalogue  # noqa: PLC0415

    return load_catalogue()
