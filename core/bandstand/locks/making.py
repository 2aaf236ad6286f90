"""Makes a lock of what is installed, and brings the kept copies in line with it."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bandstand.errors import ProblemsError
from bandstand.locks.clauses import clauses_digest
from bandstand.locks.keep import copy_name, copy_of, forget, keep_pack
from bandstand.locks.lockfile import LockFile, write_lock
from bandstand.locks.signatures import read_signature, verify
from bandstand.models.lock import Lock, LockedOverlay, LockedPack
from bandstand.models.problem import Place, Problem
from bandstand.packs.load import SIGNATURE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from bandstand.models.lock import Follow
    from bandstand.models.signature import Signature, TrustedKey
    from bandstand.packs.pack import Pack
    from bandstand.plugins import Catalogue


@dataclass(frozen=True, slots=True)
class Terms:
    """What a trust lays down besides what is installed.

    Attributes:
        trust: Keys, of which one has to have signed each pack; none where signatures are not asked for.
        follow: Whether a later pack that is signed may come in the place of one that is locked.
        keep: The folder of the kept copies, from the lock's own; None where none are kept.
    """

    trust: tuple[TrustedKey, ...] = ()
    follow: Follow = "locked"
    keep: str | None = None


def make_lock(
    catalogue: Catalogue,
    overlays: Sequence[Path],
    terms: Terms,
    signatures: Mapping[str, bytes],
    version: str,
    before: LockFile | None = None,
) -> tuple[Lock, dict[str, bytes]]:
    """A lock of everything that is installed, and the signature of each pack that has one, by the pack's name.

    Args:
        catalogue: What the plugins add, with no overlay over it.
        overlays: Folders of the trust's overlays.
        terms: What the trust lays down.
        signatures: Signatures that do not lie in the packs' folders: what each file holds, by the file.
        version: Bandstand's own version.
        before: The lock that was there before; signatures that were kept with it still count.

    Raises:
        ProblemsError: Keys are trusted and a pack is signed by none of them; a signature that was given is of nothing
            that is installed; or an overlay has problems.
        NotFoundError: An overlay is for a pack that is not installed.
    """
    problems: list[Problem] = []
    beside = dict(_by_pack(catalogue, signatures, problems))
    packs: list[LockedPack] = []
    found: dict[str, bytes] = {}
    for pack in catalogue.packs:
        given = beside.get(pack.name, [])
        own = pack.files.get(SIGNATURE)
        tried = [*given, *([] if own is None else [(f"{pack.place}/{SIGNATURE}", own)]), *_kept(pack, before)]
        signed = _signed(pack, terms.trust, tried) if terms.trust else None
        if isinstance(signed, Problem):
            problems.append(signed)
            continue
        vouching = signed[1] if signed else next((content for _, content in tried), None)
        if vouching is not None:
            found[pack.name] = vouching
        packs.append(
            LockedPack(
                id=pack.id,
                version=pack.version,
                digest=pack.digest,
                clauses=clauses_digest(pack.lowered),
                signed_on=signed[0].signed_on if signed else None,
            )
        )
    if problems:
        raise ProblemsError(problems)
    lock = Lock(
        lock=1,
        bandstand=version,
        follow=terms.follow,
        keep=terms.keep,
        trust=terms.trust,
        packs=tuple(sorted(packs, key=lambda pack: (pack.id, pack.version))),
        overlays=tuple(_overlays(catalogue.with_overlays(overlays).packs)),
    )
    return lock, found


def install(
    path: Path, lock: Lock, catalogue: Catalogue, signatures: Mapping[str, bytes], before: LockFile | None
) -> bool:
    """Write the lock and keep a copy of each of its packs; whether the lock was otherwise before.

    The copies come first, under names of their own, then the lock in one move, and only then does what the lock before
    had kept go: whenever it is interrupted, there is a lock, and the copies that it names.

    Raises:
        OSError: Something cannot be written.
    """
    if lock.keep is not None:
        for pack in catalogue.packs:
            keep_pack(pack, path.parent / lock.keep, signatures.get(pack.name), catalogue.kinds)
    is_new = write_lock(path, lock)
    if lock.keep is not None:
        keep = path.parent / lock.keep
        then = () if before is None or before.lock.keep != lock.keep else before.lock.packs
        now = {copy_of(entry, keep).name for entry in lock.packs}
        forget(keep, {copy_of(entry, keep).name for entry in then} - now)
    return is_new


def _by_pack(
    catalogue: Catalogue, signatures: Mapping[str, bytes], problems: list[Problem]
) -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    """The signatures that were given, by the name of the pack that each is of."""
    of: dict[str, list[tuple[str, bytes]]] = {pack.name: [] for pack in catalogue.packs}
    digests = {pack.name: pack.digest for pack in catalogue.packs}
    for place, content in signatures.items():
        signature = read_signature(place, content)
        if isinstance(signature, Problem):
            problems.append(signature)
            continue
        name = f"{signature.framework} {signature.version}"
        if digests.get(name) != signature.digest:
            message = f"The signature is of {name} {signature.digest}, which is not installed."
            remedy = "Leave it out, or sign what is installed."
            problems.append(Problem(code="signed-another", place=Place(file=place), message=message, remedy=remedy))
            continue
        of[name].append((place, content))
    yield from of.items()


def _kept(pack: Pack, before: LockFile | None) -> Iterator[tuple[str, bytes]]:
    if before is not None and before.keep is not None:
        path = before.keep / copy_name(pack.id, pack.version, pack.digest) / SIGNATURE
        with contextlib.suppress(OSError):
            yield str(path), path.read_bytes()


def _signed(
    pack: Pack, trust: Sequence[TrustedKey], tried: Sequence[tuple[str, bytes]]
) -> tuple[Signature, bytes] | Problem:
    """The first of some signatures that is good, with its file's content; else why the last is not."""
    last: Problem | None = None
    for place, content in tried:
        signature = verify(pack, trust, content, place)
        if not isinstance(signature, Problem):
            return signature, content
        last = signature
    if last is not None:
        return last
    unsigned = verify(pack, trust, None)
    assert isinstance(unsigned, Problem)
    return unsigned


def _overlays(packs: Sequence[Pack]) -> Iterator[LockedOverlay]:
    for pack in sorted(packs, key=lambda pack: (pack.id, pack.version)):
        if pack.overlay is not None:
            yield LockedOverlay(
                id=pack.overlay.overlay.id,
                pack=pack.id,
                version=pack.version,
                digest=pack.overlay.digest,
                clauses=clauses_digest(pack.lowered),
            )
