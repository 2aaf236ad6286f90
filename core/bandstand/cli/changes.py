"""The commands that compare two versions of a pack: what changed in meaning, and whom it would move."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bandstand.cli import errors
from bandstand.cli.options import AsJson

if TYPE_CHECKING:
    from bandstand.models.change import Comparison
    from bandstand.packs.pack import Pack
    from bandstand.plugins import Catalogue

_Old = Annotated[str, typer.Argument(help="A pack's folder, the id of a framework, or ID@VERSION.", show_default=False)]
_New = Annotated[str, typer.Argument(help="What it is compared with, likewise.", show_default=False)]
_Overlays = Annotated[
    list[Path] | None,
    typer.Option("--overlay", help="Folder of an overlay to lay over both; may be repeated.", metavar="FOLDER"),
]
_OldOverlays = Annotated[
    list[Path] | None, typer.Option("--old-overlay", help="Likewise, over OLD alone.", metavar="FOLDER")
]
_NewOverlays = Annotated[
    list[Path] | None, typer.Option("--new-overlay", help="Likewise, over NEW alone.", metavar="FOLDER")
]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(diff)


def diff(  # noqa: PLR0913 - one parameter for each option of the command
    old: _Old,
    new: _New,
    *,
    overlay: _Overlays = None,
    old_overlay: _OldOverlays = None,
    new_overlay: _NewOverlays = None,
    wording: Annotated[bool, typer.Option("--wording", help="Show changes of labels and texts, too.")] = False,
    provenance: Annotated[
        bool, typer.Option("--provenance", help="Show changes of source lines, basis and notes, too.")
    ] = False,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit with 1 when the meaning changed.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show what changed between two versions of a pack: in meaning, not text; and what becomes of the examples.

    Example: `bandstand diff smart_equip packs/smart_equip-draft --exit-code`
    """
    from bandstand.plugins import ask_plugins  # noqa: PLC0415 - heavy, and --help needs none of it

    catalogue = ask_plugins()
    packs = _packs((old, new), catalogue, overlay or [], old_overlay or [], new_overlay or [])
    compared = _compared(*packs, wording=wording, provenance=provenance)
    if as_json:
        typer.echo(compared.model_dump_json(indent=2))
    else:
        from bandstand.cli import render_change  # noqa: PLC0415

        render_change.comparison(compared)
    if exit_code and compared.counts.meaning:
        raise typer.Exit(errors.FOUND)


def _compared(old: Pack, new: Pack, *, wording: bool, provenance: bool) -> Comparison:
    from bandstand.change.compare import compare, side  # noqa: PLC0415
    from bandstand.change.effect import effects_on_examples  # noqa: PLC0415
    from bandstand.models.change import Comparison, Counts  # noqa: PLC0415

    changes = compare(old, new)
    examples, effects = effects_on_examples(old, new)
    return Comparison(
        old=side(old),
        new=side(new),
        counts=Counts(meaning=len(changes.meaning), wording=len(changes.wording), provenance=len(changes.provenance)),
        meaning=changes.meaning,
        wording=changes.wording if wording else None,
        provenance=changes.provenance if provenance else None,
        examples=examples,
        effects=tuple(effects),
    )


def _packs(
    names: tuple[str, str], catalogue: Catalogue, both: list[Path], old: list[Path], new: list[Path]
) -> tuple[Pack, Pack]:
    from bandstand.change.sides import named_pack  # noqa: PLC0415

    return (
        named_pack(names[0], catalogue, [*both, *old]),
        named_pack(names[1], catalogue, [*both, *new]),
    )
