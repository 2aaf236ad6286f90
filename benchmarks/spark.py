"""Evaluates the demo school many times over, on one machine and on a Spark of its processes, and compares every row.

Usage: ``python benchmarks/spark.py [--times N] [--on CLUSTER] [--keep FOLDER]``. The school is written so many times,
each with other ids, with its evidence for all frameworks; then ``bandstand cohort`` runs on the same file twice. Spark
is for what is past one machine, so the time on one is what it costs, and not what it gains.
"""

from __future__ import annotations

import argparse
import contextlib
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Iterator

DEMO: Final = Path(__file__).parent.parent / "examples" / "demo_school.py"
#: Schools that stand together in a file.
TOGETHER: Final = 20


def texts(path: Path) -> pa.Table:
    """A CSV file, every cell as text and the empty ones as nothing."""
    with path.open(encoding="utf-8") as file:
        names = file.readline().strip().split(",")
    options = pa_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True)
    return pa_csv.read_csv(path, convert_options=options)


def copies(table: pa.Table, times: int) -> Iterator[pa.Table]:
    """The table so many times, each time with other ids of people."""
    at = table.column_names.index("person")
    for start in range(0, times, TOGETHER):
        yield pa.concat_tables(
            table.set_column(at, "person", pc.binary_join_element_wise(f"{copy:05}", table["person"], "."))
            for copy in range(start, min(start + TOGETHER, times))
        )


def write(table: pa.Table, path: Path, times: int) -> int:
    """Write the copies, and say how many rows there are."""
    with pq.ParquetWriter(path, table.schema) as writer:
        for part in copies(table, times):
            writer.write_table(part)
    rows: int = table.num_rows * times
    return rows


def write_school(folder: Path, times: int) -> tuple[int, int]:
    """Write the demo school so many times, and say how many people and how many records that are."""
    subprocess.run([sys.executable, str(DEMO), str(folder)], check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - ours
    rows = write(texts(folder / "evidence.csv"), folder / "evidence.parquet", times)
    return write(texts(folder / "people.csv"), folder / "people.parquet", times), rows


def run(folder: Path, name: str, *more: str) -> float:
    """Evaluate everybody, and say how many seconds it took."""
    command = [sys.executable, "-m", "bandstand", "cohort", "evidence.parquet", "--people", "people.parquet"]
    begun = time.perf_counter()
    subprocess.run(  # noqa: S603 - the program that is timed
        [*command, "--as-of", "2025-07-31", "--output", f"{name}.parquet", "--force", *more], cwd=folder, check=True
    )
    return time.perf_counter() - begun


def main() -> None:
    """Write the files, run both, and compare."""
    parser = argparse.ArgumentParser(description="Compare Spark's rows with one machine's on the demo school.")
    parser.add_argument("--times", type=int, default=1000)
    parser.add_argument("--on", default="local-cluster[2,1,2048]")
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = options.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        people, rows = write_school(folder, options.times)
        print(f"{people:,} people, {rows:,} records")
        alone = run(folder, "alone")
        print(f"one machine: {alone:.0f} s")
        spark = run(folder, "spark", "--on", options.on)
        print(f"{options.on}: {spark:.0f} s, {spark / alone:.1f} times as long")
        tables = [pq.read_table(folder / f"{name}.parquet") for name in ("alone", "spark")]
        if not tables[0].equals(tables[1]):
            sys.exit("The rows differ.")
        print(f"All {tables[0].num_rows:,} rows are the same, in the same order.")


if __name__ == "__main__":
    main()
