"""A bare scan: every value of every column of the evidence is read, and nothing is made of it.

Lengths and sums are asked for, since the greatest value of a column is answered from the file's statistics.
"""

# ruff: noqa: S608 - all that goes into the SQL is from the benchmark itself

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cohort_rules as rules
import duckdb

if TYPE_CHECKING:
    from pathlib import Path

    from cohort_rules import Files

_STRINGS: Final = ("person", "criteria", "claim", "source", "review_point", "moderated_by")


def run(files: Files, kind: str, out: Path) -> None:
    """Write what the columns add up to."""
    evidence = files.evidence(kind)
    numbers = ("person", "saying") if kind == "coded" else tuple(f"strlen({name})" for name in _STRINGS)
    sums = ", ".join(f"sum({of})" for of in (*numbers, f"date - DATE '{rules.OLDEST}'"))
    source = evidence / "evidence.parquet" if kind == "coded" else evidence
    connection = duckdb.connect(config={"threads": 2})
    out.write_text(str(connection.execute(f"SELECT {sums} FROM '{source}'").fetchone()))
