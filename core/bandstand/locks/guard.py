"""Holds what is installed against a lock: what is as it was agreed serves, a kept copy in place of what is not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bandstand.errors import NotFoundError, ProblemsError
from bandstand.locks.clauses import clauses_digest
from bandstand.locks.keep import copy_of, read_copy
from bandstand.locks.refusals import Refusals
from bandstand.locks.signatures import verify
from bandstand.models.lock import Standing
from bandstand.models.problem import Problem
from bandstand.packs.load import SIGNATURE
from bandstand.plugins import SetAside

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from bandstand.locks.lockfile import LockFile
    from bandstand.models.lock import LockedPack
    from bandstand.models.signature import Signature
    from bandstand.packs.pack import Pack
    from bandstand.plugins import Catalogue
    from bandstand.rules.base import Rule

#: What is said of a copy's original, and not of the copy.
_NOT_OF_THE_COPY = frozenset({"not-installed", "kept-serves"})


@dataclass(frozen=True, slots=True)
class Enforced:
    """What may serve under a lock.

    Attributes:
        catalogue: With the packs that serve; the others are set aside.
        standings: How each pack that is installed or locked stands to the lock, in the order of their names.
    """

    catalogue: Catalogue
    standings: tuple[Standing, ...]


def enforce(catalogue: Catalogue, file: LockFile, overlays: Iterable[Path] | None = None) -> Enforced:
    """Let through of a catalogue what a lock has, and nothing else.

    Args:
        catalogue: What the plugins add, with no overlay over it.
        file: The lock.
        overlays: Folders of the trust's overlays, which are then laid over what serves; where it is None, overlays are
            not looked at, and packs that are locked with one pass without it.

    Raises:
        ProblemsError: An overlay has problems, or is for a pack that is refused.
        NotFoundError: An overlay is for a pack that is not installed.
    """
    gate = _Gate(file, catalogue.kinds)
    serving: dict[str, Pack] = {}
    standings: dict[str, Standing] = {}
    for pack in catalogue.packs:
        standings[pack.name] = standing = gate.stands(pack)
        if standing.state != "refused":
            serving[pack.name] = pack
    followed = {standing.framework for standing in standings.values() if standing.state == "signed"}
    for entry in file.lock.packs:
        if entry.name in serving or (entry.name not in standings and entry.id in followed):
            continue
        copy, standings[entry.name] = gate.instead_of(entry, standings.get(entry.name))
        if copy is not None:
            serving[entry.name] = copy
    passed = replace(catalogue, packs=list(serving.values()))
    if overlays is not None:
        laid = _laid_over(passed, overlays, standings)
        standings |= {pack.name: gate.stands_with_overlay(pack, standings[pack.name]) for pack in laid.packs}
        passed = replace(laid, packs=[pack for pack in laid.packs if standings[pack.name].state != "refused"])
    in_order = tuple(standings[name] for name in sorted(standings))
    aside = [SetAside(s.framework, " ".join(map(str, s.problems))) for s in in_order if s.problems]
    return Enforced(replace(passed, set_aside=[*catalogue.set_aside, *aside]), in_order)


def differences(catalogue: Catalogue, file: LockFile, overlays: Iterable[Path], version: str) -> list[Problem]:
    """Everything in which what is installed, and what was kept, is not what a lock has.

    Args:
        catalogue: What the plugins add, with no overlay over it.
        file: The lock.
        overlays: Folders of the trust's overlays.
        version: Bandstand's own version.

    Raises:
        ProblemsError: An overlay has problems, or is for a pack that is refused.
        NotFoundError: An overlay is for a pack that is not installed.
    """
    found = [problem for standing in enforce(catalogue, file, overlays).standings for problem in standing.problems]
    gate = _Gate(file, catalogue.kinds)
    for entry in file.lock.packs if file.keep is not None else ():
        _, standing = gate.instead_of(entry, None)
        found.extend(problem for problem in standing.problems if problem.code not in _NOT_OF_THE_COPY)
    if file.lock.bandstand != version:
        found.append(Refusals(file).other_bandstand(version))
    return list(dict.fromkeys(found))


class _Gate:
    """Says of one pack after the other how it stands to a lock."""

    def __init__(self, file: LockFile, kinds: Mapping[str, type[Rule]]) -> None:
        self._lock = file.lock
        self._keep = file.keep
        self._kinds = kinds
        self._says = Refusals(file)
        self._entries = {entry.name: entry for entry in file.lock.packs}

    def stands(self, pack: Pack) -> Standing:
        """How a pack stands that is installed, or that was kept."""
        entry = self._entries.get(pack.name)
        is_locked = entry is not None and entry.digest == pack.digest
        signature = self._signature(pack, entry) if self._lock.trust else None
        problems = list(self._against(pack, entry))
        if isinstance(signature, Problem):
            # Where the lock alone decides, that another pack is not signed either says nothing more.
            if is_locked or self._lock.follow == "signed":
                problems.append(signature)
            signature = None
        elif signature is not None and not is_locked and self._lock.follow == "signed":
            problems = list(self._followed(pack, entry, signature))
        standing = Standing(
            framework=pack.id,
            version=pack.version,
            state="refused" if problems else "locked" if is_locked else "signed",
            locked=None if entry is None else entry.digest,
            found=pack.digest,
            problems=tuple(problems),
        )
        if problems or signature is None:
            return standing
        return standing.model_copy(update={"signed_by": signature.key, "signed_on": signature.signed_on})

    def instead_of(self, entry: LockedPack, refused: Standing | None) -> tuple[Pack | None, Standing]:
        """The copy that was kept of a pack that is locked and does not serve, if it is good; and how that stands.

        Args:
            entry: The pack in the lock.
            refused: How the one that is installed stands; None when none is.
        """
        if refused is None:
            missing = (self._says.not_installed(entry),)
            refused = Standing(framework=entry.id, version=entry.version, state="refused", locked=entry.digest)
            refused = refused.model_copy(update={"problems": missing})
        if self._keep is None:
            return None, refused
        copy = read_copy(copy_of(entry, self._keep), self._kinds)
        if isinstance(copy, Problem):
            wrong: tuple[Problem, ...] = (copy,)
        elif (copy.name, copy.digest) != (entry.name, entry.digest):
            wrong = (self._says.copy_differs(entry, copy),)
        else:
            kept = self.stands(copy)
            wrong = kept.problems
            if not wrong:
                problems = (*refused.problems, self._says.copy_serves(entry, copy))
                update = {"state": "kept", "signed_by": kept.signed_by, "signed_on": kept.signed_on}
                return copy, refused.model_copy(update={**update, "problems": problems})
        problems = tuple(dict.fromkeys((*refused.problems, *wrong)))
        return None, refused.model_copy(update={"problems": problems})

    def stands_with_overlay(self, pack: Pack, standing: Standing) -> Standing:
        """How a pack that serves stands with the overlay that lies over it, or with none."""
        problems = tuple(self._overlay(pack))
        update: dict[str, object] = {"overlay": None if pack.overlay is None else pack.overlay.overlay.id}
        if problems:
            update |= {"state": "refused", "problems": (*standing.problems, *problems)}
        return standing.model_copy(update=update)

    def _against(self, pack: Pack, entry: LockedPack | None) -> Iterator[Problem]:
        """What the lock's entry says against a pack."""
        if entry is None:
            yield self._says.not_locked(pack)
        elif entry.digest != pack.digest:
            yield self._says.differs(pack, entry)
        elif (there := clauses_digest(pack.lowered)) != entry.clauses:
            yield self._says.other_clauses(pack, entry, there)

    def _followed(self, pack: Pack, entry: LockedPack | None, signature: Signature) -> Iterator[Problem]:
        """What keeps a pack that is signed from coming in the place of one that is locked."""
        others = [entry] if entry is not None else [other for other in self._lock.packs if other.id == pack.id]
        since = [other.signed_on for other in others if other.signed_on is not None]
        if not since:
            yield self._says.not_locked(pack)
        elif any(overlay.pack == pack.id for overlay in self._lock.overlays):
            # An overlay is for one version, and nobody has seen it lie over this one.
            yield self._says.not_followed(pack)
        elif signature.signed_on < max(since):
            yield self._says.signed_before(pack, signature, max(since))

    def _signature(self, pack: Pack, entry: LockedPack | None) -> Signature | Problem:
        """The signature that lies in the pack's folder, or the one that was kept of the same pack."""
        found = verify(pack, self._lock.trust, pack.files.get(SIGNATURE))
        if not isinstance(found, Problem) or entry is None or entry.digest != pack.digest or self._keep is None:
            return found
        beside = copy_of(entry, self._keep) / SIGNATURE
        try:
            content = beside.read_bytes()
        except OSError:
            return found
        kept = verify(pack, self._lock.trust, content, str(beside))
        return found if isinstance(kept, Problem) else kept

    def _overlay(self, pack: Pack) -> Iterator[Problem]:
        laid = pack.overlay
        locked = next((overlay for overlay in self._lock.overlays if overlay.over == pack.name), None)
        if laid is None:
            if locked is not None:
                yield self._says.missing_overlay(pack, locked)
        elif locked is None:
            yield self._says.overlay_not_locked(pack, laid)
        elif (laid.overlay.id, laid.digest) != (locked.id, locked.digest):
            yield self._says.overlay_differs(pack, laid, locked)
        elif (there := clauses_digest(pack.lowered)) != locked.clauses:
            yield self._says.other_clauses_with(pack, locked, there)


def _laid_over(catalogue: Catalogue, overlays: Iterable[Path], standings: Mapping[str, Standing]) -> Catalogue:
    try:
        return catalogue.with_overlays(overlays)
    except NotFoundError as error:
        named = [s for s in standings.values() if s.state == "refused" and s.framework in str(error)]
        refused = [problem for s in named for problem in s.problems]
        if not refused:
            raise
        # That it is not installed would be half the truth.
        raise ProblemsError(refused) from error
