"""The console as commands write to it: tables that cut nothing short, and progress on standard error."""

from __future__ import annotations

import contextlib
import threading
from typing import IO, TYPE_CHECKING, Any, TypeVar

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator

Item = TypeVar("Item")


def new_table(*headings: str, no_wrap: Container[str] = (), **style: Any) -> Table:
    """A table whose cells are folded where they do not fit: an id that is cut short names nothing."""
    table = Table(**style)
    for heading in headings:
        table.add_column(heading, overflow="fold", no_wrap=heading in no_wrap)
    return table


def new_console(file: IO[str] | None = None) -> Console:
    """The console for what people read; what they gave is printed as it stands, whatever brackets it holds."""
    return Console(highlight=False, emoji=False, markup=False, file=file)


def with_progress(items: Iterable[Item], total: int, doing: str = "Evaluating", *, after: float = 0) -> Iterator[Item]:
    """The items, with a bar on standard error that says what is done while they come, when that is a terminal.

    Args:
        items: What is done.
        total: How many there are.
        doing: What doing them is called.
        after: Seconds after which the bar is shown; what takes less needs none.
    """
    errors = Console(stderr=True)
    progress = Progress(
        TextColumn(doing),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=errors,
        transient=True,
        disable=not errors.is_terminal,
    )
    task = progress.add_task(doing, total=total)
    # One item may take longer than that by itself, so the bar does not wait for it.
    clock = threading.Timer(after, progress.start)
    clock.daemon = True
    clock.start()
    try:
        for item in items:
            yield item
            progress.advance(task)
    finally:
        clock.cancel()
        clock.join()
        progress.stop()


def new_progress() -> Progress:
    """A bar on standard error that says what is done, how far it is, and how long it may still take."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )


@contextlib.contextmanager
def reading() -> Iterator[Callable[[int], None]]:
    """A spinner on standard error, told how many rows were read, when that is a terminal."""
    errors = Console(stderr=True)
    with Progress(
        SpinnerColumn(),
        TextColumn("Reading evidence: {task.completed} rows"),
        console=errors,
        transient=True,
        disable=not errors.is_terminal,
    ) as progress:
        task = progress.add_task("reading", total=None)
        yield lambda rows: progress.update(task, completed=rows)


@contextlib.contextmanager
def doing() -> Iterator[Callable[[str, int, int], None]]:
    """A bar on standard error, told what is done, how much of it and of how much, when that is a terminal."""
    errors = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=errors,
        transient=True,
        disable=not errors.is_terminal,
    ) as progress:
        task = progress.add_task("", total=None)
        yield lambda what, done, of: progress.update(task, description=what, completed=done, total=of)
