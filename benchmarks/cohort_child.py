"""One contestant's run, in a process of its own: ``python cohort_child.py NAME FOLDER KIND OUT``."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path

from cohort_rules import Files


def main() -> None:
    """Run the contestant's module, or become the command that it names."""
    name, folder, kind, out = sys.argv[1:]
    contestant = importlib.import_module(f"cohort_{name}")
    files = Files(Path(folder))
    if hasattr(contestant, "command"):
        os.execv(sys.executable, [sys.executable, *contestant.command(files, kind, Path(out))])  # noqa: S606 - its own
    contestant.run(files, kind, Path(out))


if __name__ == "__main__":
    main()
