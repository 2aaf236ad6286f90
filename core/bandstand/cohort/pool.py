"""Work shared among processes, or done in this one where there is little of it."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import pickle
import signal
import sys
import threading
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING, Any, Final

from bandstand.errors import RunError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from multiprocessing.context import BaseContext
    from typing import Self

    from bandstand.cohort.parts import Worker

#: What every process needs, loaded once for all of them where the system can.
_LOADED: Final = ["bandstand.cohort.parts", "bandstand.cohort.coding", "bandstand.cohort.kernel"]
_worker: Worker | None = None


class Pool:
    """Some processes, each with a worker of its own; none besides this one where that does.

    Args:
        worker: What each process begins with.
        processes: How many there are.
    """

    def __init__(self, worker: Worker, processes: int) -> None:
        self._worker = worker
        self._executor: ProcessPoolExecutor | None = None
        self._processes = processes
        if processes > 1:
            self._executor = ProcessPoolExecutor(
                processes, mp_context=_context(), initializer=_begin, initargs=(pickle.dumps(worker), list(sys.path))
            )

    def run(self, method: str, tasks: Iterable[Sequence[Any]]) -> Iterator[Any]:
        """Call a method of the workers with each of some sets of arguments; give what comes of it as it comes.

        Raises:
            RunError: The system ended a process.
        """
        if self._executor is None:
            for arguments in tasks:
                yield getattr(self._worker, method)(*arguments)
            return
        pending: set[Future[Any]] = set()
        left = iter(tasks)
        try:
            while True:
                # Only so many are handed over that none is idle: what waits there cannot be taken back.
                for arguments in itertools.islice(left, 2 * self._processes - len(pending)):
                    pending.add(self._executor.submit(_call, method, arguments))
                if not pending:
                    return
                done, pending = wait(pending, return_when=FIRST_COMPLETED)
                for future in done:
                    yield future.result()
        except BrokenProcessPool:
            raise RunError(
                "A process was ended by the system, most likely as memory ran out. Ask for less with --memory or "
                "--processes. What is finished is kept: the same command goes on from there."
            ) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._executor is not None:
            # What has begun is finished, so that it is kept.
            self._executor.shutdown(wait=True, cancel_futures=True)


def start_early() -> None:
    """Let what all processes share be loaded while something else is done."""
    context = _context()
    if context.get_start_method() == "forkserver":
        from multiprocessing import forkserver  # noqa: PLC0415 - not on every system

        forkserver.ensure_running()


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _context() -> BaseContext:
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_LOADED)
    return context


def _begin(worker: bytes, path: list[str]) -> None:
    global _worker  # noqa: PLW0603 - a process of a pool has no other place for what it keeps
    sys.path[:] = path
    # Whoever interrupts means the command, which then lets each process finish what it does.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    import pyarrow as pa  # noqa: PLC0415 - a setting of this process

    pa.set_cpu_count(1)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _worker = pickle.loads(worker)  # noqa: S301 - made by the process that began this one


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _call(method: str, arguments: Sequence[Any]) -> Any:
    return getattr(_worker, method)(*arguments)
