"""Words why a pack or an overlay is refused: what is locked, what is there, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bandstand.locks.keep import copy_of, is_kept
from bandstand.models.problem import Place, Problem

if TYPE_CHECKING:
    from bandstand.locks.lockfile import LockFile
    from bandstand.models.lock import LockedOverlay, LockedPack
    from bandstand.models.signature import Signature
    from bandstand.packs.overlay import LaidOver
    from bandstand.packs.pack import Pack

_AGREE = "lock it with `bandstand lock` once that is agreed to"


class Refusals:
    """The problems of one lock, each placed at the line of it that says otherwise."""

    def __init__(self, file: LockFile) -> None:
        self._file = file

    def differs(self, pack: Pack, entry: LockedPack) -> Problem:
        """The pack is another than the one that is locked."""
        message = f"{pack.name} is not the pack that was locked: {entry.digest} is locked, and {pack.digest} is there."
        return self._problem("lock-differs", self._at(entry, "digest"), message, self._look(entry))

    def not_locked(self, pack: Pack) -> Problem:
        """The lock has no such pack, or has other versions of it."""
        others = [other for other in self._file.lock.packs if other.id == pack.id]
        has = "".join(f" The lock has {other.name} ({other.digest})." for other in others)
        message = f"{pack.name} ({pack.digest}) is not in the lock.{has}"
        return self._problem("not-locked", ("packs",), message, self._look(others[0] if others else None))

    def not_installed(self, entry: LockedPack) -> Problem:
        """The pack is locked, and nothing of its name was loaded."""
        message = f"{entry.name} ({entry.digest}) is locked, and is not installed or was set aside."
        remedy = "Install it, mend it as `bandstand frameworks` says, or lock again without it."
        return self._problem("not-installed", self._at(entry), message, remedy)

    def other_clauses(self, pack: Pack, entry: LockedPack, there: str) -> Problem:
        """The pack's files are those that are locked, and code makes something else of them."""
        whose = f"The files of {pack.name}"
        return self._other_clauses(whose, entry.clauses, there, self._at(entry, "clauses"))

    def signed_before(self, pack: Pack, signature: Signature, since: object) -> Problem:
        """A pack that would be followed was signed earlier than what it would replace."""
        message = f"{pack.name} was signed on {signature.signed_on}, before what is locked ({since})."
        remedy = f"An earlier pack never comes in the place of a later one by itself; {_AGREE}."
        return self._problem("signed-before", ("packs",), message, remedy)

    def not_followed(self, pack: Pack) -> Problem:
        """A pack that is signed would come in the place of one that has an overlay."""
        locked = next(overlay for overlay in self._file.lock.overlays if overlay.pack == pack.id)
        message = (
            f"{pack.name} ({pack.digest}) is signed, but {locked.over} is locked with the overlay {locked.id}, which "
            "is not for what comes in its place."
        )
        remedy = f"Bring the overlay in line with it, and {_AGREE}."
        return self._problem("not-followed", self._over(locked), message, remedy)

    def missing_overlay(self, pack: Pack, locked: LockedOverlay) -> Problem:
        """The pack is locked with an overlay, and none was given."""
        message = f"{pack.name} is locked with the overlay {locked.id} ({locked.digest}), which was not given."
        remedy = "Give its folder with --overlay, or lock again without it."
        return self._problem("missing-overlay", self._over(locked), message, remedy)

    def overlay_not_locked(self, pack: Pack, laid: LaidOver) -> Problem:
        """The lock has no overlay for the pack."""
        message = f"The overlay {laid.overlay.id} over {pack.name} ({laid.digest}) is not in the lock."
        return self._problem("not-locked", ("overlays",), message, f"Read it, and {_AGREE}, with --overlay.")

    def overlay_differs(self, pack: Pack, laid: LaidOver, locked: LockedOverlay) -> Problem:
        """The overlay is another than the one that is locked."""
        message = (
            f"The overlay over {pack.name} is not the one that was locked: {locked.id} {locked.digest} is locked, and "
            f"{laid.overlay.id} {laid.digest} is there."
        )
        return self._problem("lock-differs", self._over(locked, "digest"), message, f"Read it, and {_AGREE}.")

    def other_clauses_with(self, pack: Pack, locked: LockedOverlay, there: str) -> Problem:
        """Pack and overlay are those that are locked, and code makes something else of them."""
        whose = f"The files of the overlay {locked.id} over {pack.name}"
        return self._other_clauses(whose, locked.clauses, there, self._over(locked, "clauses"))

    def copy_differs(self, entry: LockedPack, pack: Pack) -> Problem:
        """The copy that was kept is of another pack."""
        message = (
            f"The copy that was kept is not the pack that was locked: {entry.name} {entry.digest} is locked, and "
            f"{pack.name} {pack.digest} is there."
        )
        remedy = "Take the folder from where you keep its history."
        return Problem(code="altered-copy", place=Place(file=pack.place), message=message, remedy=remedy)

    def copy_serves(self, entry: LockedPack, pack: Pack) -> Problem:
        """That the copy that was kept serves, which is to be known and not to be mended."""
        message = f"The copy that was kept of {entry.name} serves in its place ({entry.digest})."
        place = Place(file=pack.place)
        return Problem(code="kept-serves", place=place, message=message, remedy="", severity="warning")

    def other_bandstand(self, version: str) -> Problem:
        """Another Bandstand wrote the lock."""
        message = f"The lock was written by Bandstand {self._file.lock.bandstand}, and this is {version}."
        return self._problem("other-bandstand", ("bandstand",), message, f"Read what changed in it, and {_AGREE}.")

    def _other_clauses(self, whose: str, locked: str, there: str, where: tuple[str | int, ...]) -> Problem:
        message = (
            f"{whose} are those that were locked, but the rules come down to something else: {locked} is locked, and "
            f"{there} is there. The code of Bandstand, or of the plugin that brings a kind of rule, is another."
        )
        remedy = f"Install what it was locked with (Bandstand {self._file.lock.bandstand}), or {_AGREE}."
        return self._problem("clauses-differ", where, message, remedy)

    def _look(self, entry: LockedPack | None) -> str:
        """Where to look: at what is different from the copy that was kept, if there is one."""
        copy = None if entry is None or self._file.keep is None else copy_of(entry, self._file.keep)
        if entry is None or copy is None or not is_kept(copy):
            return f"See what it holds with `bandstand show`, and {_AGREE}."
        return f"See what changed with `bandstand diff {copy} {entry.id}`, and {_AGREE}."

    def _at(self, entry: LockedPack, *field: str) -> tuple[str | int, ...]:
        return ("packs", self._file.lock.packs.index(entry), *field)

    def _over(self, locked: LockedOverlay, *field: str) -> tuple[str | int, ...]:
        return ("overlays", self._file.lock.overlays.index(locked), *field)

    def _problem(self, code: str, where: tuple[str | int, ...], message: str, remedy: str) -> Problem:
        return Problem(code=code, place=self._file.place(where), message=message, remedy=remedy)
