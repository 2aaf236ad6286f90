"""Progress on standard error: where somebody watches, and not before it is worth it."""

from __future__ import annotations

import io
import threading
from typing import TYPE_CHECKING

import pytest
from rich.console import Console
from rich.progress import Progress

from bandstand.cli import console

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What a terminal would show of standard error."""
    written = io.StringIO()
    monkeypatch.setattr(console, "Console", lambda **_: Console(file=written, force_terminal=True))
    return written


def test_a_bar_is_shown_while_one_item_takes_its_time(screen: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = threading.Event()
    start = Progress.start

    def started(progress: Progress) -> None:
        start(progress)
        shown.set()

    monkeypatch.setattr(Progress, "start", started)

    def slow() -> Iterator[int]:
        assert shown.wait(timeout=60)
        yield 1

    assert list(console.with_progress(slow(), 1, "Checking", after=0.01)) == [1]
    assert "Checking" in screen.getvalue()


def test_what_is_done_soon_needs_no_bar(screen: io.StringIO) -> None:
    assert list(console.with_progress(range(100), 100, "Checking", after=600)) == list(range(100))
    assert screen.getvalue() == ""


def test_a_bar_goes_when_what_is_done_fails(screen: io.StringIO) -> None:
    def failing() -> Iterator[int]:
        yield 1
        raise RuntimeError("no more")

    with pytest.raises(RuntimeError, match="no more"):
        list(console.with_progress(failing(), 2, "Checking", after=600))
    assert threading.active_count() == len([t for t in threading.enumerate() if not isinstance(t, threading.Timer)])
    assert screen.getvalue() == ""
