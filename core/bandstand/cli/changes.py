"""The commands that compare two versions of a pack: what changed in meaning, and whom it would move."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bandstand.cli import errors
from bandstand.cli.options import (
    AsJson,
    AsOf,
    Engine,
    KeepGoing,
    OutcomeOption,
    People,
    Purpose,
    Settings,
    read_date,
    read_settings,
)

if TYPE_CHECKING:
    from bandstand.change.cohort import Asked, Cohort
    from bandstand.change.impact import Counted
    from bandstand.models.change import Comparison
    from bandstand.models.impact import Impact
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

#: A threshold of one would withhold nothing.
LEAST_THRESHOLD = 2


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(diff)
    app.command()(impact)


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


def impact(  # noqa: PLR0913 - one parameter for each option of the command
    old: _Old,
    new: _New,
    *,
    evidence: Annotated[
        list[Path], typer.Option("--evidence", "-e", help="Evidence, as evaluate reads it; may be repeated.")
    ],
    people: People = None,
    outcome: OutcomeOption = None,
    purpose: Purpose = None,
    as_of: AsOf = None,
    settings: Settings = None,
    overlay: _Overlays = None,
    old_overlay: _OldOverlays = None,
    new_overlay: _NewOverlays = None,
    threshold: Annotated[
        int, typer.Option("--threshold", min=LEAST_THRESHOLD, help="Tell nothing of fewer people than this.")
    ] = 10,
    fail_over: Annotated[
        float | None,
        typer.Option(
            "--fail-over",
            min=0,
            max=100,
            metavar="PERCENT",
            help="Exit with 1 when more than this share would change level, zone, result or recommendation.",
        ),
    ] = None,
    html: Annotated[Path | None, typer.Option("--html", help="Write a page with charts (.html), too.")] = None,
    list_people: Annotated[
        bool, typer.Option("--list", help="Write down who would change, by id, in the file of --output.")
    ] = False,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The table of --list (.csv).")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files that are there.")] = False,
    keep_going: KeepGoing = False,
    engine: Engine = "plain",
    as_json: AsJson = False,
) -> None:
    """Count who would change level, zone or recommendation under another version of a pack, and never say who.

    Example: `bandstand impact smart_equip packs/draft --people staff.csv --evidence evidence.csv --html impact.html`
    """
    from bandstand.change.cohort import Asked  # noqa: PLC0415 - heavy, and --help needs none of it
    from bandstand.plugins import load_catalogue  # noqa: PLC0415

    if engine not in ("both", "plain"):
        raise typer.BadParameter("it is both or plain", param_hint="--engine")
    if list_people != (output is not None):
        raise typer.BadParameter(
            "who would change is only written on purpose: give both", param_hint="--list, --output"
        )
    check_file(output, ".csv", "--output", force=force)
    check_file(html, ".html", "--html", force=force)
    if html is not None:
        from bandstand.reports import check_installed  # noqa: PLC0415

        check_installed()
    catalogue = load_catalogue()
    packs = _packs((old, new), catalogue, overlay or [], old_overlay or [], new_overlay or [])
    asked = Asked(
        outcome=outcome,
        purpose=purpose,
        as_of=read_date(as_of, "--as-of"),
        settings=read_settings(settings or []),
        keep_going=keep_going,
    )
    cohort = _cohort(packs, (evidence, people), catalogue, asked, durable=engine == "both", as_json=as_json)
    counted = _count(cohort, output)
    found = _found(cohort, counted, threshold, engine)
    if as_json:
        typer.echo(found.model_dump_json(indent=2))
    else:
        from bandstand.cli import render_impact  # noqa: PLC0415

        render_impact.impact(found)
    if html is not None:
        from bandstand.change.page import page  # noqa: PLC0415

        html.write_text(page(found), "utf-8")
        typer.echo(f"{html}: the same as a page.", err=True)
    _leave(cohort, counted, fail_over, as_json=as_json)


def check_file(path: Path | None, suffix: str, option: str, *, force: bool) -> None:
    """See that a file that is to be written has the right ending, and is not there yet unless it may be replaced."""
    if path is None:
        return
    if path.suffix.lower() != suffix:
        raise typer.BadParameter(f"give a name that ends in {suffix}", param_hint=option)
    if path.exists() and not force:
        raise typer.BadParameter(f"{path} is there already; --force replaces it", param_hint=option)


def _cohort(
    packs: tuple[Pack, Pack],
    files: tuple[list[Path], Path | None],
    catalogue: Catalogue,
    asked: Asked,
    *,
    durable: bool,
    as_json: bool,
) -> Cohort:
    from bandstand.change.cohort import Input, read_cohort  # noqa: PLC0415
    from bandstand.cli.console import reading  # noqa: PLC0415
    from bandstand.errors import ProblemsError  # noqa: PLC0415

    today = dt.datetime.now(tz=dt.UTC).astimezone().date()
    try:
        with reading() as progress:
            given = Input(files[0], files[1], catalogue, today, progress)
            return read_cohort(*packs, given, asked, durable=None if durable else False)
    except ProblemsError as error:
        errors.say_problems(error.problems, as_json=as_json)
        raise typer.Exit(errors.BAD_INPUT) from None


def _count(cohort: Cohort, output: Path | None) -> Counted:
    from bandstand.change.impact import count  # noqa: PLC0415
    from bandstand.change.moved import MovedList  # noqa: PLC0415
    from bandstand.cli.console import with_progress  # noqa: PLC0415

    done = with_progress(cohort.evaluated(), len(cohort.pairs))
    if output is None:
        return count(cohort, done)
    with output.open("w", encoding="utf-8-sig", newline="") as file:
        listed = MovedList(file)
        counted = count(cohort, done, listed.add)
    typer.echo(
        f"{output} names people by their ids, {listed.rows} in all, with what nobody has decided about them. "
        "It is for whoever answers for these people alone: keep it as you keep appraisal records, and delete it.",
        err=True,
    )
    return counted


def _found(cohort: Cohort, counted: Counted, threshold: int, engine: str) -> Impact:
    from bandstand.change.impact import impact as told  # noqa: PLC0415

    return told(cohort, counted, threshold, "both" if engine == "both" else "plain")


def _leave(cohort: Cohort, counted: Counted, fail_over: float | None, *, as_json: bool) -> None:
    for note in cohort.notes:
        typer.echo(note, err=True)
    over = [] if fail_over is None else counted.over(fail_over)
    if over:
        typer.echo(f"More than {fail_over:g} % of those evaluated would change: {', '.join(over)}.", err=True)
    if cohort.problems:
        errors.say_problems(cohort.problems, as_json=as_json)
    if counted.disagreed:
        typer.echo("The engines did not conclude the same of somebody, who is left out. Please report it.", err=True)
        raise typer.Exit(errors.DISAGREED)
    if cohort.problems:
        raise typer.Exit(errors.BAD_INPUT)
    if over:
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
