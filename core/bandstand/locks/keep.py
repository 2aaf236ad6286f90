"""The last good packs: copies kept beside the lock, whole or not at all, and looked at again before they serve."""

from __future__ import annotations

import contextlib
import errno
import re
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bandstand.errors import ProblemsError
from bandstand.locks.atomic import naming, sync_folder, write_atomically, write_new
from bandstand.models.problem import Place, Problem
from bandstand.packs.load import SIGNATURE, load_pack

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bandstand.models.lock import LockedPack
    from bandstand.packs.pack import Pack
    from bandstand.rules.base import Rule

_DIGITS = 12
#: What is written before it takes its place, and stays where the program is ended in the middle.
_BEGUN = re.compile(r"\.[a-z0-9_]+-[0-9A-Za-z.+-]+-[0-9a-f]{12}\.[a-z0-9_]{8}")


def copy_name(framework: str, version: str, digest: str) -> str:
    """The folder's name of a copy: with the digest's beginning, so that a new copy never takes an old one's place."""
    return f"{framework}-{version}-{digest.removeprefix('sha256:')[:_DIGITS]}"


def copy_of(entry: LockedPack, folder: Path) -> Path:
    """Where the copy of a pack that is locked is kept."""
    return folder / copy_name(entry.id, entry.version, entry.digest)


def keep_pack(pack: Pack, folder: Path, signature: bytes | None, kinds: Mapping[str, type[Rule]]) -> Path:
    """Keep a copy of a pack, as it was read, with the signature that vouches for it.

    A copy that is there and as good as new stays; what was there and is not is replaced.

    Returns:
        The copy's folder.

    Raises:
        OSError: It cannot be written; what was there before is there still.
    """
    target = folder / copy_name(pack.id, pack.version, pack.digest)
    there = read_copy(target, kinds)
    if not isinstance(there, Problem) and there.digest == pack.digest:
        _keep_signature(target / SIGNATURE, there.files.get(SIGNATURE), signature)
        return target
    with naming(folder):
        folder.mkdir(exist_ok=True)
    with naming(target):
        _write(target, pack, signature, kinds)
    return target


def _write(target: Path, pack: Pack, signature: bytes | None, kinds: Mapping[str, type[Rule]]) -> None:
    folder = target.parent
    fresh, aside = (Path(tempfile.mkdtemp(dir=folder, prefix=f".{target.name}.")) for _ in range(2))
    try:
        files = {name: content for name, content in pack.files.items() if name != SIGNATURE}
        for name, content in {**files, **({} if signature is None else {SIGNATURE: signature})}.items():
            (fresh / name).parent.mkdir(exist_ok=True)
            write_new(fresh / name, content, 0o666)
        fresh.chmod(folder.stat().st_mode & 0o777)
        made = read_copy(fresh, kinds)
        if isinstance(made, Problem) or made.digest != pack.digest:
            raise OSError(errno.EIO, "What was written is not what is read again")
        if target.exists():
            target.rename(aside / "altered")
        fresh.rename(target)
        sync_folder(folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.rmtree(aside, ignore_errors=True)


def read_copy(folder: Path, kinds: Mapping[str, type[Rule]]) -> Pack | Problem:
    """The pack in the folder of a copy, or why there is none; nothing is raised, whatever became of it."""
    if not is_kept(folder):
        message = "No copy of the pack was kept here, or it may not be read."
        remedy = "Take the folder from where you keep its history; the next `bandstand lock` keeps one."
        return _problem(folder, "not-kept", message, remedy)
    try:
        return load_pack(folder, kinds)
    except ProblemsError as error:
        said = f"{error.problems[0]}"
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a rule kind of a stranger's plugin may raise anything
        said = f"{type(error).__name__}: {error}"
    remedy = "Take the folder from where you keep its history."
    return _problem(folder, "altered-copy", f"The copy that was kept cannot be loaded: {said}", remedy)


def is_kept(folder: Path) -> bool:
    """Whether there is a copy, as far as anybody may see."""
    try:
        return folder.is_dir()
    except OSError:
        return False


def forget(folder: Path, names: Iterable[str]) -> None:
    """Take away copies that no lock names any more, and what was begun and never became one.

    What cannot be taken away stays, and does no harm.
    """
    begun = [path.name for path in folder.iterdir() if _BEGUN.fullmatch(path.name)] if is_kept(folder) else []
    for name in (*names, *begun):
        shutil.rmtree(folder / name, ignore_errors=True)


def _keep_signature(path: Path, there: bytes | None, wanted: bytes | None) -> None:
    if wanted is not None and wanted != there:
        write_atomically(path, wanted)
    elif wanted is None:
        with contextlib.suppress(FileNotFoundError):
            path.unlink()


def _problem(folder: Path, code: str, message: str, remedy: str) -> Problem:
    return Problem(code=code, place=Place(file=str(folder)), message=message, remedy=remedy)
