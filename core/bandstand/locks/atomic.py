"""Files written whole or not at all: whoever reads one while it is written, or after a crash, finds the old one."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file beside its place and move it there, so that no half of it is ever seen.

    Raises:
        OSError: It cannot be written; what was there before is there still.
    """
    with naming(path):
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            # A temporary file is its owner's alone; this one is for whoever may read the folder's other files.
            Path(name).chmod(0o666 & ~_umask())
            Path(name).replace(path)
            sync_folder(path.parent)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise


def write_new(path: Path, content: bytes, mode: int) -> None:
    """Write a file that is not there yet, with these rights from the first moment on.

    Raises:
        FileExistsError: Something of that name is there; it is left as it is.
        OSError: It cannot be written.
    """
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        with contextlib.suppress(OSError):
            path.unlink()
        raise


@contextlib.contextmanager
def naming(path: Path) -> Iterator[None]:
    """Let an error of the system name what was to be written, and not the file that it was to be moved from."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def sync_folder(folder: Path) -> None:
    """See that what was moved within a folder outlives a loss of power, where the system can promise that."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
