"""The folder beside the output in which a run keeps what is finished, so that it can go on after an interruption."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any, Final

from bandstand.cohort.whole import whole_or_not
from bandstand.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from typing import Self

#: The form of what is kept; what was kept in another form is of no use.
FORM: Final = 1
_ABOUT: Final = "about.json"
#: What says that all of the input is spooled.
SPOOL: Final = "spool.json"


@dataclass(slots=True)
class WorkFolder:
    """A run's folder.

    Attributes:
        path: The folder.
        resumed: Whether it had something of the same run already.
        notes: What a user should know of that.
        done: Whether all is done that it was for.
    """

    path: Path
    resumed: bool = False
    notes: list[str] = field(default_factory=list)
    done: bool = False
    _lock: IO[bytes] | None = field(default=None, repr=False)

    @classmethod
    def beside(cls, output: Path) -> WorkFolder:
        """The folder of the run that writes ``output``."""
        return cls(output.parent / f".{output.name}.unfinished")

    @contextlib.contextmanager
    def of(self, made_of: Mapping[str, Any], *, restart: bool = False) -> Iterator[Self]:
        """The folder while a run is at work in it; afterwards it is only there where a run can go on from it."""
        self.begin(made_of, restart=restart)
        try:
            yield self
        finally:
            self.end(
                remove=self.done or (not any(self.path.glob("parts/*.arrow")) and not (self.path / SPOOL).exists())
            )

    def begin(self, of: Mapping[str, Any], *, restart: bool) -> None:
        """Take the folder for a run.

        Args:
            of: What the run's results depend on, as JSON has it.
            restart: Whether to throw away what there is of the same run, too.

        Raises:
            RefusedError: Another process works in it.
            OSError: It cannot be made.
        """
        self.path.mkdir(exist_ok=True)
        self._take()
        wanted = json.loads(json.dumps({"form": FORM, **of}))
        there = self.read(_ABOUT)
        if there != wanted or restart:
            if there is not None and not restart:
                self.notes.append("What another run for this output had begun was thrown away.")
            self._empty()
            self.write(_ABOUT, wanted)
        else:
            self.resumed = True
            self.notes.append("Went on from where an earlier run had got.")
        (self.path / "spool").mkdir(exist_ok=True)
        (self.path / "parts").mkdir(exist_ok=True)

    def read(self, name: str) -> Any | None:
        """What a file of the folder has as JSON; None where it is not there, or not whole."""
        with contextlib.suppress(OSError, ValueError):
            return json.loads((self.path / name).read_text("utf-8"))
        return None

    def write(self, name: str, content: Any) -> None:
        """Write a file of the folder as JSON, whole or not at all."""
        with whole_or_not(self.path / name) as unfinished:
            unfinished.write_text(json.dumps(content), "utf-8")

    def spool(self, at: int) -> Path:
        """Where the first piece of a chunk is kept, parted."""
        return self.path / "spool" / f"{at:06}"

    def part(self, at: int) -> Path:
        """Where the results of a range of people are kept."""
        return self.path / "parts" / f"{at:06}.arrow"

    def forget(self, folder: str) -> None:
        """Throw away what one of the two folders has."""
        shutil.rmtree(self.path / folder, ignore_errors=True)
        (self.path / folder).mkdir()

    def end(self, *, remove: bool) -> None:
        """Leave the folder, and take it away where it is needed no more."""
        if remove:
            shutil.rmtree(self.path, ignore_errors=True)
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _empty(self) -> None:
        for entry in list(self.path.iterdir()):
            if entry.name == "lock":
                continue
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()

    def _take(self) -> None:
        try:
            import fcntl  # noqa: PLC0415 - Windows has none
        except ImportError:
            return
        self._lock = (self.path / "lock").open("wb")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._lock.close()
            self._lock = None
            raise RefusedError(
                f"Another run is at work on this output, in {self.path}. Wait for it, or name another output."
            ) from None
        os.set_inheritable(self._lock.fileno(), False)
