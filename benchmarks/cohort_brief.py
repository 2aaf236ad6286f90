"""The column engine, by the command that anybody would run, asked for no more than the others give."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cohort_bandstand

if TYPE_CHECKING:
    from pathlib import Path

    from cohort_rules import Files


def command(files: Files, kind: str, out: Path) -> list[str]:
    """What follows the name of the interpreter."""
    left = [option for column in ("columns", "blockers", "caveats") for option in ("--without", column)]
    return [*cohort_bandstand.command(files, kind, out), *left]
