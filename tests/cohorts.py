"""A small workforce's evidence as tests of the column engine's runners need it: the same in every kind of file."""

from __future__ import annotations

import csv
import gzip
import json
import random
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

#: Fields in the order of the files' columns.
FIELDS = ("person", "framework", "criteria", "claim", "source", "date", "review_point", "moderated_by")
LINES = [f"L1.{n}" for n in range(1, 6)]
Record = dict[str, str | None]


def records(people: int = 30, each: int = 8, seed: int = 1) -> list[Record]:
    """Evidence for the ladder, sorted by person."""
    draw = random.Random(seed)  # noqa: S311 - not for secrets
    made: list[Record] = []
    for number in range(people):
        for _ in range(each):
            point = draw.choice(["sep", "mid", "jul", None])
            source = draw.choice(["self", "appraiser", "observation"])
            made.append(
                {
                    "person": f"P-{number:04}",
                    "framework": "smart_equip",
                    "criteria": draw.choice(LINES),
                    "claim": draw.choice(["met", "met", "met", "partly_met", "not_met"]),
                    "source": source,
                    "date": f"2025-0{draw.randint(1, 7)}-1{draw.randint(0, 9)}",
                    "review_point": point,
                    "moderated_by": "A-1" if source == "self" and draw.random() < 0.5 else None,
                }
            )
    return made


def shuffled(rows: Sequence[Record]) -> list[Record]:
    """The same in another order."""
    mixed = list(rows)
    random.Random(2).shuffle(mixed)  # noqa: S311 - not for secrets
    return mixed


def as_parquet(path: Path, rows: Sequence[Record], *, group: int = 40) -> Path:
    """Rows as Parquet, with as many in each row group."""
    schema = pa.schema([(name, pa.string()) for name in FIELDS])
    pq.write_table(pa.Table.from_pylist(list(rows), schema=schema), path, row_group_size=group)
    return path


def as_csv(path: Path, rows: Sequence[dict[str, Any]], *, quoted: bool = False) -> Path:
    """Rows as CSV, packed where the name says so."""
    with gzip.open(path, "wt", newline="") if path.suffix == ".gz" else path.open("w", newline="") as file:
        writer = csv.DictWriter(
            file, list(rows[0]) if rows else FIELDS, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
        )
        writer.writeheader()
        writer.writerows({name: "" if value is None else value for name, value in row.items()} for row in rows)
    return path


def as_jsonl(path: Path, rows: Sequence[dict[str, Any]]) -> Path:
    """Rows as JSON Lines, packed where the name says so."""
    with gzip.open(path, "wt") if path.suffix == ".gz" else path.open("w") as file:
        for row in rows:
            given = {name: value for name, value in row.items() if value is not None}
            file.write(f"{json.dumps({**given, 'criteria': [given['criteria']]})}\n")
    return path
