"""The command that locks packs, and what every command says of the lock that it goes by."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bandstand.cli import errors
from bandstand.cli.options import AsJson, OverlayOption

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bandstand.locks.lockfile import LockFile
    from bandstand.locks.making import Terms
    from bandstand.models.lock import Lock, LockStandings, Standing
    from bandstand.models.problem import Problem
    from bandstand.plugins import Catalogue

#: As bandstand.locks.lockfile has it, which is too heavy to be loaded for --help.
_DEFAULT = Path("bandstand.lock")


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(lock)


def in_use(named: Path | None) -> Path | None:
    """The lock to go by: the one that is named, else that of the present folder, if it has one."""
    return named if named is not None else _DEFAULT if _DEFAULT.exists() or _DEFAULT.is_symlink() else None


def held_against(catalogue: Catalogue, named: Path | None) -> tuple[Catalogue, LockStandings | None]:
    """A catalogue as the lock lets it through, overlays aside, and how each pack stands to it."""
    path = in_use(named)
    if path is None:
        return catalogue, None
    from bandstand.locks.guard import enforce  # noqa: PLC0415 - heavy, and --help needs none of it
    from bandstand.locks.lockfile import read_lock  # noqa: PLC0415
    from bandstand.models.lock import LockStandings  # noqa: PLC0415

    enforced = enforce(catalogue, read_lock(path))
    return enforced.catalogue, LockStandings(file=str(path), packs=enforced.standings)


def say(standings: Sequence[Standing], path: Path | None) -> None:
    """Say on standard error what the lock refuses, and in full where a kept copy serves in its place."""
    refused = [
        f"{standing.name} ({', '.join(dict.fromkeys(problem.code for problem in standing.problems))})"
        for standing in standings
        if standing.state == "refused"
    ]
    for standing in standings:
        if standing.state == "kept":
            typer.echo("\n".join(map(str, standing.problems)), err=True)
    if refused:
        typer.echo(f"Refused by the lock {path}: {', '.join(refused)}. See bandstand frameworks.", err=True)


def lock(  # noqa: PLR0913 - one parameter for each option of the command
    *,
    overlay: OverlayOption = None,
    output: Annotated[
        Path, typer.Option("--output", "-o", "--lock", help="The lock.", envvar="BANDSTAND_LOCK", metavar="FILE")
    ] = _DEFAULT,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; list what differs, and exit with 1 where anything does.")
    ] = False,
    keep: Annotated[
        Path | None,
        typer.Option("--keep", help="Keep copies of the packs here. [default: the lock's name with .d]"),
    ] = None,
    no_keep: Annotated[bool, typer.Option("--no-keep", help="Keep no copies: what differs does not serve.")] = False,
    trust: Annotated[
        list[Path] | None,
        typer.Option("--trust", help="Public key that packs have to be signed with; may be repeated.", metavar="PEM"),
    ] = None,
    no_trust: Annotated[bool, typer.Option("--no-trust", help="Ask for no signatures any more.")] = False,
    follow: Annotated[
        str | None,
        typer.Option(
            "--follow", help="locked: what is locked alone serves; signed: what a trusted key signed later, too."
        ),
    ] = None,
    signature: Annotated[
        list[Path] | None,
        typer.Option("--signature", help="A signature that does not lie in its pack; may be repeated.", metavar="FILE"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Lock the packs that are installed, and the overlays given: from then on, evaluation refuses any other.

    Keys, copies and what is followed stay as they were in the lock before, unless they are given.

    Example: `bandstand lock --overlay our-wording && bandstand lock --check --overlay our-wording`
    """
    laying_down = (keep, no_keep, trust, no_trust, follow, signature)
    if check and any(laying_down):
        raise typer.BadParameter(
            "it compares with the lock as it is; leave out what is laid down", param_hint="--check"
        )
    if keep and no_keep:
        raise typer.BadParameter("give either --keep or --no-keep", param_hint="--keep")
    if trust and no_trust:
        raise typer.BadParameter("give either --trust or --no-trust", param_hint="--trust")
    if follow not in (None, "locked", "signed"):
        raise typer.BadParameter("it is locked or signed", param_hint="--follow")
    from bandstand import __version__  # noqa: PLC0415
    from bandstand.locks.lockfile import read_lock  # noqa: PLC0415
    from bandstand.service import Service  # noqa: PLC0415

    catalogue = Service(durable=False).catalogue
    with errors.told(as_json=as_json):
        if check:
            _check(catalogue, read_lock(output), overlay or [], __version__, as_json=as_json)
            return
        before = read_lock(output) if output.exists() or output.is_symlink() else None
        terms = _terms(output, before, keep, trust, follow, no_keep=no_keep, no_trust=no_trust)
        _lock(catalogue, output, before, overlay or [], terms, signature or [], as_json=as_json)


def _terms(
    output: Path,
    before: LockFile | None,
    keep: Path | None,
    trust: list[Path] | None,
    follow: str | None,
    *,
    no_keep: bool,
    no_trust: bool,
) -> Terms:
    """What is given, and what the lock before had of what is not."""
    from bandstand.locks.lockfile import KEPT_BESIDE, relative_to_lock  # noqa: PLC0415
    from bandstand.locks.making import Terms  # noqa: PLC0415
    from bandstand.locks.signatures import read_public_keys  # noqa: PLC0415

    keys = read_public_keys(trust) if trust else () if before is None or no_trust else before.lock.trust
    followed = follow or ("locked" if before is None or no_trust else before.lock.follow)
    if followed == "signed" and not keys:
        raise typer.BadParameter("what is signed can be followed only where keys are trusted", param_hint="--follow")
    beside = f"{output.name}{KEPT_BESIDE}" if before is None else before.lock.keep
    where = None if no_keep else beside if keep is None else relative_to_lock(keep, output)
    return Terms(trust=keys, follow="signed" if followed == "signed" else "locked", keep=where)


def _lock(
    catalogue: Catalogue,
    output: Path,
    before: LockFile | None,
    overlays: list[Path],
    terms: Terms,
    signatures: list[Path],
    *,
    as_json: bool,
) -> None:
    from bandstand import __version__  # noqa: PLC0415
    from bandstand.locks.lockfile import changes  # noqa: PLC0415
    from bandstand.locks.making import install, make_lock  # noqa: PLC0415

    if catalogue.set_aside:
        # A lock without them would make it look as if somebody had agreed that they go.
        for item in catalogue.set_aside:
            typer.echo(f"Set aside: {item.name}. {item.reason}", err=True)
        typer.echo("Nothing was locked. Mend or uninstall what is set aside, and lock again.", err=True)
        raise typer.Exit(errors.BAD_INPUT)
    given = {str(path): path.read_bytes() for path in signatures}
    made, vouching = make_lock(catalogue, overlays, terms, given, __version__, before)
    is_new = install(output, made, catalogue, vouching, before)
    changed = [] if before is None else changes(before.lock, made)
    if as_json:
        _write(output, made, changed, [])
        return
    kept = f", with a copy of each in {output.parent / made.keep}" if made.keep else ""
    if not is_new:
        typer.echo(f"{output} is as it was: {_count(made)}{kept}.")
        return
    typer.echo(f"{output}: {_count(made)}{kept}. Commit both." if kept else f"{output}: {_count(made)}. Commit it.")
    for pack in made.packs:
        signed = f", signed on {pack.signed_on}" if pack.signed_on else ""
        typer.echo(f"  {pack.name} {pack.digest}{signed}")
    for laid in made.overlays:
        typer.echo(f"  {laid.id} over {laid.over} {laid.digest}")
    if changed:
        typer.echo("Changed since the lock before:")
    for sentence in changed:
        typer.echo(f"  {sentence}")


def _check(catalogue: Catalogue, file: LockFile, overlays: list[Path], version: str, *, as_json: bool) -> None:
    from bandstand.locks.guard import differences  # noqa: PLC0415

    found = differences(catalogue, file, overlays, version)
    if as_json:
        _write(file.path, file.lock, [], found)
    elif not found:
        typer.echo(f"Everything is as {file.path} says: {_count(file.lock)}.")
    for problem in () if as_json else found:
        typer.echo(str(problem))
    if any(problem.severity == "error" for problem in found):
        raise typer.Exit(errors.FOUND)


def _write(path: Path, content: Lock, changed: Sequence[str], found: Sequence[Problem]) -> None:
    from bandstand.models.lock import LockListing  # noqa: PLC0415

    listing = LockListing(file=str(path), lock=content, changes=tuple(changed), differences=tuple(found))
    typer.echo(listing.model_dump_json(indent=2))


def _count(made: Lock) -> str:
    from bandstand.words import count, listed  # noqa: PLC0415

    parts = [count(len(made.packs), "pack")]
    if made.overlays:
        parts.append(count(len(made.overlays), "overlay"))
    if made.trust:
        parts.append(f"{count(len(made.trust), 'trusted key')}")
    return listed(parts)
