"""Runs what a page of the manual shows, in order: files are written, commands are run, outputs are put in their places.

A block of code is one of these, by the line above it:

- ``console``: lines that begin with ``$`` are commands, and what follows each is its output; a line that is ``…`` alone
  stands for any lines.
- with a file's name above it, as `` `evidence.csv`: ``, the file's content; after `` Add to `…`: `` what is put at its
  end.
- ``diff`` after `` In `…`: ``, lines to take out, which the file has once, and what is to stand there.

``python tests/tutorial.py`` writes the outputs of docs/write-a-framework.md anew.
"""

from __future__ import annotations

import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from environment import Environment

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = Path(__file__).parent.parent / "docs" / "write-a-framework.md"
_BLOCK = re.compile(r"(?P<above>[^\n]*)\n\n```(?P<language>\w+)\n(?P<text>.*?\n)?```$", re.DOTALL | re.MULTILINE)
_NAMED = re.compile(r"(?P<verb>Add to |In )?`(?P<file>[^`]+)`:")
#: What changes with every word of a pack, with every invariant of the conformance kit, and from day to day.
_CHANGING = (
    (re.compile(r"sha256:[0-9a-f]+…"), "sha256:…"),
    (re.compile(r"^\.+ +\[ *\d+%\]\n", re.MULTILINE), ""),
    (re.compile(r"^\d+ passed in .*", re.MULTILINE), "… passed"),
)


@dataclass(frozen=True)
class Step:
    """One command of a page, what the page shows of its output, and what it was."""

    command: str
    shown: str
    real: str

    @property
    def is_as_shown(self) -> bool:
        """Whether the page shows the real output."""
        parts = [re.escape(part) for part in re.split(r"^…\n", self.shown, flags=re.MULTILINE)]
        return re.fullmatch("(?:.*\n)*?".join(parts), self.real) is not None


def run(page: str, folder: Path) -> Iterator[Step]:
    """Do what a page says in a folder; every command as it is done.

    Raises:
        ValueError: A block is of no kind that can be run.
    """
    here = folder / "work"
    here.mkdir(parents=True)
    environment = Environment(folder / "environment", with_shipped=False)
    for block in _BLOCK.finditer(page):
        text = block["text"] or ""
        if block["language"] == "console":
            for command, shown in _commands(text):
                if command.startswith("cd "):
                    here = here / command.removeprefix("cd ")
                    yield Step(command, shown, "")
                else:
                    yield Step(command, _folded(shown), _folded(environment.run(command, here).stdout))
            continue
        named = _NAMED.fullmatch(block["above"])
        if named is None:
            raise ValueError(f"What is to be done with the block below this line? {block['above']!r}")
        _write(here / named["file"], named["verb"], block["language"], text)


def _write(file: Path, verb: str | None, language: str, text: str) -> None:
    if language == "diff":
        old = "".join(f"{line[1:]}\n" for line in text.splitlines() if line.startswith("-"))
        new = "".join(f"{line[1:]}\n" for line in text.splitlines() if line.startswith("+"))
        content = file.read_text("utf-8")
        assert content.count(old) == 1, f"{file.name} does not have this once: {old}"
        file.write_text(content.replace(old, new), "utf-8")
    elif verb == "Add to ":
        with file.open("a", encoding="utf-8") as end:
            end.write(text)
    else:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")


def _commands(text: str) -> Iterator[tuple[str, str]]:
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        yield command, shown


def _folded(output: str) -> str:
    """An output without what changes from day to day, and without blanks at the ends of lines."""
    for changing, instead in _CHANGING:
        output = changing.sub(instead, output)
    lines = [line.rstrip() for line in output.splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    return "".join(f"{line}\n" for line in lines)


def rewritten(page: str, folder: Path) -> str:
    """The page with every output as it is; what it leaves out with ``…`` stays out where the rest is as shown."""
    done, rest = "", page
    for step in run(page, folder):
        before, command, rest = rest.partition(f"$ {step.command}\n")
        end = re.search(r"^(\$ |```)", rest, re.MULTILINE)
        assert end is not None
        done += f"{before}{command}{rest[: end.start()] if step.is_as_shown else step.real}"
        rest = rest[end.start() :]
    return done + rest


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        PAGE.write_text(rewritten(PAGE.read_text("utf-8"), Path(place)), "utf-8")
    sys.stdout.write(f"{PAGE}\n")
