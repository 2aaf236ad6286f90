"""What a process and all that it starts take: seconds, seconds of processor time, and memory at the most.

A process of its own measures, since Linux has it that what a process held at the most is never less than what the one
held that started it.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: Seconds between two looks at how much memory several processes share out among themselves.
_EVERY: Final = 0.05
#: As Linux numbers what a process can ask for.
_SET_CHILD_SUBREAPER: Final = 36
_PROC: Final = Path("/proc")


class Taken(NamedTuple):
    """What one run took.

    Attributes:
        seconds: From the start of the process to its end.
        processor: Of all its processes and threads together.
        megabytes: The most memory held at one time.
    """

    seconds: float
    processor: float
    megabytes: float


class RunFailedError(Exception):
    """A contestant did not finish; the message is what it said last."""


def measure(command: Sequence[str], log: Path) -> Taken:
    """Run a command to its end, by a process that measures.

    Raises:
        RunFailedError: It ended with an error.
    """
    run = subprocess.run(  # noqa: S603 - our own
        [sys.executable, "-I", __file__, str(log), *command], check=True, stdout=subprocess.PIPE
    )
    taken: dict[str, float] | None = json.loads(run.stdout)
    if taken is None:
        raise RunFailedError(log.read_text(errors="replace")[-2000:] or "it said nothing")
    return Taken(**taken)


def _measure(command: Sequence[str], log: Path) -> Taken | None:
    """Run a command to its end; None where it ended with an error.

    Memory is what the system has as the most that the process held. Where it starts others, memory that is shared
    counts once, by looking every twentieth of a second; Linux alone tells that.
    """
    _adopt_orphans()
    with log.open("wb") as output:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)  # noqa: S603 - our own
        several = _Several(process.pid)
        several.start()
        seconds = processor = alone = 0.0
        # It may end before those that it started.
        with contextlib.suppress(ChildProcessError):
            while True:
                pid, status, usage = os.wait4(-1, 0)
                processor += usage.ru_utime + usage.ru_stime
                alone = max(alone, usage.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10))
                if pid == process.pid:
                    seconds = time.perf_counter() - start
                    process.returncode = os.waitstatus_to_exitcode(status)
        several.stop()
    if process.returncode != 0:
        return None
    return Taken(seconds, processor, max(alone, several.megabytes))


def _adopt_orphans() -> None:
    """Have what a contestant leaves running counted as this process's own; Linux alone can."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1)


class _Several(threading.Thread):
    """Watches what a process and those below it hold together, while there is more than one."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.megabytes = 0.0
        self._pid = pid
        self._over = threading.Event()

    def run(self) -> None:
        while not self._over.wait(_EVERY):
            pids = list(_family(self._pid))
            if len(pids) > 1:
                self.megabytes = max(self.megabytes, sum(map(_share, pids)))

    def stop(self) -> None:
        self._over.set()
        self.join()


def _family(pid: int) -> Iterator[int]:
    yield pid
    for thread in _listed(_PROC / str(pid) / "task"):
        for child in _read(thread / "children").split():
            yield from _family(int(child))


def _share(pid: int) -> float:
    """The megabytes of a process, what it shares with others in parts."""
    for line in _read(_PROC / str(pid) / "smaps_rollup").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _listed(folder: Path) -> list[Path]:
    with contextlib.suppress(OSError):
        return list(folder.iterdir())
    return []


def _read(path: Path) -> str:
    # A process may be gone by the time that it is looked at.
    with contextlib.suppress(OSError):
        return path.read_text()
    return ""


if __name__ == "__main__":
    measured = _measure(sys.argv[2:], Path(sys.argv[1]))
    print(json.dumps(measured and measured._asdict()))
