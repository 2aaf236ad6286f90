"""The command line as tests run it, what they give it to read, and the schemas that it writes by."""

from __future__ import annotations

import csv
import sys
from typing import TYPE_CHECKING

import jsonschema
import pytest

from bandstand.cli import main
from bandstand.schemas import published

if TYPE_CHECKING:
    from pathlib import Path


class Cli:
    """Runs the command line in this process."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def __call__(self, *words: str | Path) -> tuple[int, str, str]:
        """Exit code, standard output and standard error, the last two with their line breaks folded to spaces."""
        self._monkeypatch.setattr(sys, "argv", ["bandstand", *map(str, words)])
        with pytest.raises(SystemExit) as left:
            main()
        out, err = self._capsys.readouterr()
        return int(left.value.code or 0), out, " ".join(err.split())


def write_csv(path: Path, rows: list[dict[str, str]]) -> Path:
    """Write rows, each with the columns of the first."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def validate(schema: str, content: object) -> None:
    """See that what a command wrote is as the published schema has it."""
    jsonschema.Draft202012Validator(published()[f"{schema}.schema.json"]).validate(content)
