"""The column engine, by the command that anybody would run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cohort_rules as rules

if TYPE_CHECKING:
    from pathlib import Path

    from cohort_rules import Files


def command(files: Files, kind: str, out: Path) -> list[str]:
    """What follows the name of the interpreter."""
    return [
        *("-m", "bandstand", "cohort", str(files.evidence(kind)), "--people", str(files.staff)),
        *("--framework", "smart_equip", "--outcome", "ladder", "--as-of", str(rules.AS_OF), "--output", str(out)),
    ]
