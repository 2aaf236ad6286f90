"""The lock: which packs, overlays and keys a trust has agreed to. ``bandstand.lock`` is read as :class:`Lock`."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bandstand.models.evidence import PlainDate
from bandstand.models.framework import Key, PackId, Version
from bandstand.models.problem import Problem
from bandstand.models.signature import Digest, TrustedKey

Follow = Literal["locked", "signed"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LockedPack(_Part):
    """A pack that was agreed to.

    Attributes:
        id: The framework's id.
        version: The pack's version.
        digest: The pack's digest, which is of all that its files hold.
        clauses: Digest of what its rules come down to; it changes with the code of Bandstand or of a plugin's rule
            kinds, where that makes the same files mean something else.
        signed_on: When it was signed, where the lock names trusted keys.
    """

    id: PackId
    version: Version
    digest: Digest
    clauses: Digest
    signed_on: PlainDate | None = None

    @property
    def name(self) -> str:
        """Id and version, as messages give them."""
        return f"{self.id} {self.version}"


class LockedOverlay(_Part):
    """An overlay that was agreed to.

    Attributes:
        id: The overlay's id.
        pack: Id of the framework that it is for.
        version: Version of that pack.
        digest: The overlay's digest.
        clauses: Digest of what the pack's rules come down to with the overlay over it.
    """

    id: Key
    pack: PackId
    version: Version
    digest: Digest
    clauses: Digest

    @property
    def over(self) -> str:
        """Id and version of the pack that it lies over."""
        return f"{self.pack} {self.version}"


class Lock(_Part):
    """What a trust has agreed to. Nothing may be left out, so that a line that is lost is noticed.

    Attributes:
        lock: The format of the file.
        bandstand: The version of Bandstand that wrote it.
        follow: ``locked``: a pack has to be the one that is locked. ``signed``: a later pack of a framework that is
            locked may come in its place, if one of the trusted keys has signed it.
        keep: Folder of the copies that are kept of the packs, from the lock's own; null where none are.
        trust: Keys, of which one has to have signed each pack; none where signatures are not asked for.
        packs: What may serve.
        overlays: What lies over them; a pack that is locked with an overlay serves with it only.
    """

    lock: Literal[1]
    bandstand: Annotated[str, Field(min_length=1, max_length=60)]
    follow: Follow
    keep: Annotated[str, Field(min_length=1, max_length=1000)] | None
    trust: tuple[TrustedKey, ...]
    packs: tuple[LockedPack, ...]
    overlays: tuple[LockedOverlay, ...]

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        names = [pack.name for pack in self.packs]
        over = [overlay.over for overlay in self.overlays]
        if len({*names}) < len(names) or len({*over}) < len(over) or len({*self.trust}) < len(self.trust):
            raise ValueError("a pack, an overlay's pack or a key is given twice")
        if not {*over} <= {*names}:
            raise ValueError("an overlay is for a pack that is not locked")
        if self.follow == "signed" and not self.trust:
            raise ValueError("to follow what is signed, trust has to name a key")
        if self.trust and any(pack.signed_on is None for pack in self.packs):
            raise ValueError("where keys are trusted, each pack has signed_on")
        return self


class Standing(_Part):
    """How a pack stands to the lock.

    Attributes:
        framework: The framework's id.
        version: The pack's version.
        state: ``locked``: it is the one that was locked. ``signed``: it is a later one that a trusted key signed.
            ``kept``: the copy that was kept serves in its place. ``refused``: it does not serve.
        locked: The digest that is locked.
        found: The digest of what is installed.
        overlay: Id of the overlay that lies over it.
        signed_by: Fingerprint of the trusted key that signed it.
        signed_on: When it was signed.
        problems: Why it is refused, or why a kept copy serves.
    """

    framework: str
    version: str
    state: Literal["locked", "signed", "kept", "refused"]
    locked: str | None = None
    found: str | None = None
    overlay: str | None = None
    signed_by: str | None = None
    signed_on: PlainDate | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def name(self) -> str:
        """Id and version, as messages give them."""
        return f"{self.framework} {self.version}"


class LockStandings(_Part):
    """How what is installed stands to a lock.

    Attributes:
        file: The lock.
        packs: Each pack that is installed or locked.
    """

    file: str
    packs: tuple[Standing, ...]


class LockListing(_Part):
    """What `bandstand lock --json` writes.

    Attributes:
        file: The lock.
        lock: What it holds, now.
        changes: What is otherwise than in the lock that was there before; none for a check.
        differences: What is otherwise than in the lock, for a check.
    """

    file: str
    lock: Lock
    changes: tuple[str, ...]
    differences: tuple[Problem, ...]
