"""The commands that make keys, sign packs with them, and verify what is signed."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bandstand.cli import errors, locks
from bandstand.cli.options import FLAGS_OFF, AsJson

if TYPE_CHECKING:
    from pydantic import BaseModel

    from bandstand.found import FoundPack
    from bandstand.locks.signatures import KeyFile
    from bandstand.models.signature import SignedPack, TrustedKey, VerifiedPack
    from bandstand.packs.pack import Pack

#: A password on a command line would be there for everybody to see.
_PASSWORD = "BANDSTAND_KEY_PASSWORD"  # noqa: S105 - the name of a variable, and no password

_Packs = Annotated[
    list[str] | None,
    typer.Argument(
        help="Frameworks, plugins or folders of packs. [default: all that is installed]", metavar="[PACK]..."
    ),
]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(sign)
    app.command()(verify)
    keys = typer.Typer(
        help="Make and show the keys that packs are signed with.",
        no_args_is_help=True,
        context_settings={"default_map": FLAGS_OFF},
    )
    keys.command("new")(new_key)
    keys.command("show")(show_key)
    app.add_typer(keys, name="key")


def new_key(
    file: Annotated[Path, typer.Argument(help="Where to write the private key, as trust.pem.", show_default=False)],
    *,
    as_json: AsJson = False,
) -> None:
    """Make an Ed25519 key: the private one in FILE, for you alone, and the public one beside it.

    With BANDSTAND_KEY_PASSWORD set, the private key is encrypted with that password.

    Example: `bandstand key new trust.pem`
    """
    from bandstand.locks import signatures  # noqa: PLC0415 - heavy, and --help needs none of it

    public = file.with_name(f"{file.stem}.public{file.suffix}")
    try:
        with errors.told(as_json=as_json):
            key = signatures.new_key(file, public, os.environ.get(_PASSWORD))
    except FileExistsError as error:
        raise typer.BadParameter(f"{error.filename} is there already, and is left as it is") from None
    _say_key(key, file, public, as_json=as_json)


def show_key(
    file: Annotated[Path, typer.Argument(help="A private or public key.", show_default=False)],
    *,
    as_json: AsJson = False,
) -> None:
    """Show a key's fingerprint and its public part, whether the file holds the private key or the public one.

    Example: `bandstand key show trust.pem`
    """
    from bandstand.locks import signatures  # noqa: PLC0415

    with errors.told(as_json=as_json):
        key = signatures.read_key(file, os.environ.get(_PASSWORD))
    _say_key(key, file, None, as_json=as_json)


def sign(
    packs: Annotated[list[str], typer.Argument(help="Frameworks, plugins or folders of packs.", show_default=False)],
    *,
    key: Annotated[Path, typer.Option("--key", help="Your private key.", show_default=False, metavar="PEM")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the signature here. [default: into the pack]")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Sign packs, as they are now: vouch with your key that this is what you publish, or have agreed to.

    Example: `bandstand sign our-pack --key trust.pem`
    """
    from bandstand.models.signature import SignListing  # noqa: PLC0415 - heavy, and --help needs none of it

    with errors.told(as_json=as_json):
        signed = _signed(packs, key, output)
    if as_json:
        _write_json(SignListing(signed=tuple(signed)))
        return
    for each in signed:
        made = each.signature
        typer.echo(f"{each.file}: {made.framework} {made.version} {made.digest}, signed with {made.key}.")


def verify(
    packs: _Packs = None,
    *,
    key: Annotated[
        list[Path] | None,
        typer.Option("--key", help="Public key to trust; may be repeated. [default: those of the lock]", metavar="PEM"),
    ] = None,
    signature: Annotated[
        Path | None, typer.Option("--signature", help="The pack's signature, where it does not lie in it.")
    ] = None,
    lock: Annotated[
        Path | None,
        typer.Option("--lock", help="A lock that names trusted keys.", envvar="BANDSTAND_LOCK", metavar="FILE"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say who has signed which pack; exit with 1 where any is not signed, altered, or signed with an unknown key.

    Example: `bandstand verify our-pack --key trust.public.pem`
    """
    from bandstand.found import find_packs  # noqa: PLC0415
    from bandstand.locks.signatures import require_signing  # noqa: PLC0415
    from bandstand.models.signature import VerifyListing  # noqa: PLC0415
    from bandstand.words import day  # noqa: PLC0415

    with errors.told(as_json=as_json):
        require_signing()
        trusted = _trusted_keys(key, lock)
    found = find_packs(packs or ())
    if signature is not None and len(found) != 1:
        raise typer.BadParameter("it is of one pack; name that", param_hint="--signature")
    verified = [_verified(each, trusted, signature) for each in found]
    if as_json:
        _write_json(VerifyListing(packs=tuple(verified)))
    for each in () if as_json else verified:
        if each.signed_on is not None:
            typer.echo(f"{each.pack} {each.digest}: signed with {each.signed_by} on {day(each.signed_on)}.")
        for problem in each.problems:
            typer.echo(str(problem))
    if not as_json and not found:
        typer.echo("No pack is installed.")
    if any(each.problems for each in verified):
        raise typer.Exit(errors.FOUND)


def _signed(packs: list[str], key: Path, output: Path | None) -> list[SignedPack]:
    """Sign every pack, once it is known that each can be."""
    from bandstand.found import find_packs  # noqa: PLC0415
    from bandstand.locks import signatures  # noqa: PLC0415
    from bandstand.locks.atomic import write_atomically  # noqa: PLC0415
    from bandstand.models.signature import SignedPack  # noqa: PLC0415

    found = [_whole(each) for each in find_packs(packs)]
    if output is not None and len(found) > 1:
        names = ", ".join(pack.name for pack in found)
        raise typer.BadParameter(f"there are several packs ({names}); name one", param_hint="--output")
    private = signatures.read_key(key, os.environ.get(_PASSWORD))
    if private.private is None:
        raise typer.BadParameter(f"{key} holds a public key; name the private one", param_hint="--key")
    if private.is_open:
        typer.echo(f"{key} can be read by others than you. Only you should: chmod 600 {key}", err=True)
    places = [_place(pack, output) for pack in found]
    replaced = [_replaced(place) for place in places]
    today = dt.datetime.now(tz=dt.UTC).astimezone().date()
    signed = []
    for pack, place, before in zip(found, places, replaced, strict=True):
        made = signatures.sign(pack, private.private, today)
        write_atomically(place, signatures.signature_text(made))
        signed.append(SignedPack(file=str(place), replaced=before, signature=made))
    return signed


def _trusted_keys(named: list[Path] | None, lock: Path | None) -> tuple[TrustedKey, ...]:
    from bandstand.locks.lockfile import read_lock  # noqa: PLC0415
    from bandstand.locks.signatures import read_public_keys  # noqa: PLC0415

    if named:
        return read_public_keys(named)
    path = locks.in_use(lock)
    keys = () if path is None else read_lock(path).lock.trust
    if not keys:
        why = "there is no lock here that names keys" if path is None else f"{path} names no keys"
        raise typer.BadParameter(f"name a public key; {why}", param_hint="--key")
    return keys


def _verified(found: FoundPack, trusted: tuple[TrustedKey, ...], beside: Path | None) -> VerifiedPack:
    from bandstand.locks import signatures  # noqa: PLC0415
    from bandstand.models.problem import Problem  # noqa: PLC0415
    from bandstand.models.signature import VerifiedPack  # noqa: PLC0415
    from bandstand.packs.load import SIGNATURE  # noqa: PLC0415

    pack = found.draft.pack
    result = VerifiedPack(
        pack=found.name,
        digest=None if pack is None else pack.digest,
        signed_by=None,
        signed_on=None,
        problems=tuple(found.problems) if pack is None else (),
    )
    if pack is None:
        return result
    given = pack.files.get(SIGNATURE) if beside is None else beside.read_bytes()
    place = str(Path(found.folder) / SIGNATURE if beside is None else beside)
    said = signatures.verify(pack, trusted, given, place)
    if isinstance(said, Problem):
        return result.model_copy(update={"problems": (said,)})
    return result.model_copy(update={"signed_by": said.key, "signed_on": said.signed_on})


def _whole(found: FoundPack) -> Pack:
    """The pack that was found; one with problems is not signed."""
    if found.draft.pack is None:
        from bandstand.errors import ProblemsError  # noqa: PLC0415

        raise ProblemsError(found.problems)
    return found.draft.pack


def _place(pack: Pack, output: Path | None) -> Path:
    from bandstand.packs.load import SIGNATURE  # noqa: PLC0415

    if output is not None:
        return output
    folder = Path(pack.place)
    if not folder.is_dir():
        raise typer.BadParameter(f"{pack.name} is in no folder that can be written to; give a file", param_hint="-o")
    return Path(os.path.relpath(folder)) / SIGNATURE if folder.is_relative_to(Path.cwd()) else folder / SIGNATURE


def _replaced(place: Path) -> str | None:
    """The key of the signature that is there already; what is there and is none is not written over."""
    from bandstand.locks.signatures import read_signature  # noqa: PLC0415
    from bandstand.models.problem import Problem  # noqa: PLC0415

    if not place.exists():
        return None
    there = read_signature(str(place), place.read_bytes())
    if isinstance(there, Problem):
        raise typer.BadParameter(f"{place} is there already and is no signature; take it away first", param_hint="-o")
    return there.key


def _say_key(key: KeyFile, file: Path, public: Path | None, *, as_json: bool) -> None:
    from bandstand.models.signature import KeyListing  # noqa: PLC0415

    if as_json:
        _write_json(
            KeyListing(
                file=str(file),
                public_file=None if public is None else str(public),
                fingerprint=key.public.fingerprint,
                public_key=key.public.public_key,
                pem=key.pem,
                encrypted=key.encrypted,
            )
        )
        return
    if public is not None:
        locked = f" It needs the password in {_PASSWORD}." if key.encrypted else ""
        typer.echo(f"{file}: the private key. Keep it to yourself, and out of the repository.{locked}")
        typer.echo(f"{public}: the public key, which is for everybody.")
    typer.echo(f"Fingerprint: {key.public.fingerprint}\n{key.pem}", nl=False)


def _write_json(content: BaseModel) -> None:
    typer.echo(content.model_dump_json(indent=2))
