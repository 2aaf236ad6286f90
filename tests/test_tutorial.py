"""The tutorial does what it says: its files and commands, in order, in a folder of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import tutorial

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.durable
def test_every_command_of_the_tutorial_gives_what_the_page_shows(tmp_path: Path) -> None:
    steps = list(tutorial.run(tutorial.PAGE.read_text("utf-8"), tmp_path))
    commands = [step.command for step in steps]
    for word in ("new", "frameworks", "check", "test", "evaluate", "explain", "overlay"):
        assert any(command.startswith(f"bandstand {word}") for command in commands), word
    wrong = [
        f"$ {step.command}\n{step.real}\nand the page shows\n{step.shown}" for step in steps if not step.is_as_shown
    ]
    assert wrong == [], "run `python tests/tutorial.py`, and read what it changed"


def test_what_a_page_does_not_say_how_to_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Something like this"):
        list(tutorial.run("Something like this:\n\n```yaml\nid: x\n```\n", tmp_path))


def test_an_output_that_differs_is_seen_and_one_that_is_cut_short_is_not(tmp_path: Path) -> None:
    page = "Look:\n\n```console\n$ printf 'a\\nb\\nc\\n'\na\n…\nc\n$ echo d\ne\n```\n"
    steps = list(tutorial.run(page, tmp_path / "one"))
    assert [(step.command, step.is_as_shown) for step in steps] == [("printf 'a\\nb\\nc\\n'", True), ("echo d", False)]
    assert tutorial.rewritten(page, tmp_path / "two") == page.replace("\ne\n", "\nd\n")


def test_files_are_written_added_to_and_changed_where_a_page_says_so(tmp_path: Path) -> None:
    page = (
        "`a/b.txt`:\n\n```text\none\ntwo\n```\n\nAdd to `a/b.txt`:\n\n```text\nthree\n```\n\n"
        "In `a/b.txt`:\n\n```diff\n-two\n+2\n+2a\n```\n\nRead:\n\n```console\n$ cat a/b.txt\none\n2\n2a\nthree\n```\n"
    )
    assert [step.is_as_shown for step in tutorial.run(page, tmp_path)] == [True]
