"""What tests of locks build: a catalogue of packs in folders, a lock of it, keys, and what serves under the lock."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

from bandstand.locks import signatures
from bandstand.locks.guard import enforce
from bandstand.locks.lockfile import read_lock
from bandstand.locks.making import Terms, install, make_lock
from bandstand.plugins import load_catalogue

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from bandstand.locks.lockfile import LockFile
    from bandstand.models.lock import Follow, Standing
    from bandstand.models.signature import TrustedKey
    from bandstand.plugins import Catalogue

#: The day on which tests sign.
DAY = dt.date(2026, 9, 1)


def catalogue(*folders: Path) -> Catalogue:
    """What is installed, were it the packs in these folders."""
    return load_catalogue(points=[], packs=folders)


def write_lock(
    path: Path,
    *folders: Path,
    overlays: Sequence[Path] = (),
    trust: Sequence[TrustedKey] = (),
    follow: Follow = "locked",
    keep: str | None = "bandstand.lock.d",
    given: Mapping[str, bytes] | None = None,
) -> LockFile:
    """Lock the packs in some folders as `bandstand lock` does, and read the lock again."""
    before = read_lock(path) if path.exists() else None
    there = catalogue(*folders)
    lock, vouching = make_lock(there, overlays, Terms(tuple(trust), follow, keep), given or {}, "0.1.0", before)
    install(path, lock, there, vouching, before)
    return read_lock(path)


def serving(file: LockFile, *folders: Path, overlays: Sequence[Path] = ()) -> dict[str, str]:
    """The digest of each pack that serves under a lock, by its name."""
    return {pack.name: pack.digest for pack in enforce(catalogue(*folders), file, overlays).catalogue.packs}


def standing(file: LockFile, *folders: Path, overlays: Sequence[Path] = ()) -> Standing:
    """How the one pack that is installed or locked stands to a lock."""
    (only,) = enforce(catalogue(*folders), file, overlays).standings
    return only


def codes(of: Standing) -> list[str]:
    """The codes of a standing's problems."""
    return [problem.code for problem in of.problems]


def key(folder: Path, name: str = "trust") -> signatures.KeyFile:
    """A new key."""
    folder.mkdir(exist_ok=True)
    return signatures.new_key(folder / f"{name}.pem", folder / f"{name}.public.pem")


def sign(folder: Path, by: signatures.KeyFile, on: dt.date = DAY) -> Path:
    """Sign the pack in a folder, as it is now."""
    (pack,) = catalogue(folder).packs
    assert by.private is not None
    path = folder / "signature.json"
    path.write_bytes(signatures.signature_text(signatures.sign(pack, by.private, on)))
    return path


def overlay(folder: Path, text: str = "What the publisher says.", **fields: Any) -> Path:
    """An overlay that words one line of the tiny pack; JSON is YAML too."""
    folder.mkdir(exist_ok=True)
    top = {"id": "ours", "pack": "tiny", "version": "1.0", "by": "hr-lead", "on": "2026-09-01", "why": "We may."}
    (folder / "overlay.yaml").write_text(json.dumps({**top, **fields}), "utf-8")
    (folder / "wording.yaml").write_text(json.dumps({"wording": {"A.1": text}}), "utf-8")
    return folder
