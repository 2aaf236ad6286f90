"""A local Spark of several executor processes, and evaluators to run on it."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pytest

from bandstand.cohort import cluster
from bandstand.cohort.ask import Ask
from bandstand.cohort.evaluate import CohortEvaluator
from bandstand.errors import EngineError
from bandstand.plugins import load_catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pyspark.sql import SparkSession

    from bandstand.cohort.executor import Evaluates
    from bandstand.cohort.read import Reject
    from bandstand.packs.pack import Pack

EXAMPLES = Path(__file__).parent.parent / "examples"
#: Two executors of one core, each a process of its own.
MASTER: Final = "local-cluster[2,1,512]"
SETTINGS: Final = {
    "spark.executor.memory": "512m",
    "spark.driver.memory": "512m",
    "spark.sql.shuffle.partitions": "4",
    # Batches so small that people are cut by them.
    "spark.sql.execution.arrow.maxRecordsPerBatch": "300",
    # What these tests send lies here, and executors are processes of their own.
    "spark.executorEnv.PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")]),
}


def missing() -> str | None:
    """What there is not that Spark needs, or None."""
    libraries = [name for name in ("pyspark", "pandas") if find_spec(name) is None]
    has_java = shutil.which("java") is not None or "JAVA_HOME" in os.environ
    lacking = [*libraries, *([] if has_java else ["Java"])]
    return f"Spark needs {' and '.join(lacking)}: make spark" if lacking else None


#: Where Spark is not there its tests are skipped, and in CI they fail.
needs_spark = pytest.mark.skipif(missing() is not None and not os.environ.get("CI"), reason=str(missing()))


@contextlib.contextmanager
def started() -> Iterator[SparkSession]:
    """A session on the local cluster, which leaves nothing behind."""
    from pyspark.find_spark_home import _find_spark_home  # noqa: PLC0415 - of an extra

    with cluster.session(MASTER, SETTINGS) as spark:
        application = spark.sparkContext.applicationId
        try:
            yield spark
        finally:
            # A cluster on this machine keeps its executors' logs where Spark is installed.
            shutil.rmtree(Path(_find_spark_home()) / "work" / application, ignore_errors=True)


@cache
def demo(folder: Path) -> tuple[pa.Table, pa.Table]:
    """Evidence and staff list of the demo school, every value as text."""
    command = [sys.executable, str(EXAMPLES / "demo_school.py"), str(folder)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - a script of ours
    return texts(folder / "evidence.csv"), texts(folder / "people.csv")


def texts(path: Path) -> pa.Table:
    """A CSV file, every cell of which is text."""
    with path.open(encoding="utf-8") as file:
        names = file.readline().strip().split(",")
    options = pa_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True)
    return pa_csv.read_csv(path, convert_options=options)


def times(table: pa.Table, number: int) -> pa.Table:
    """A table with everybody in it so many times, each time under another id."""
    people = table["person"]
    copies = [
        table.set_column(
            table.column_names.index("person"), "person", pc.binary_join_element_wise(people, f"{copy:04}", ".")
        )
        for copy in range(number)
    ]
    return pa.concat_tables(copies)


def evaluator(packs: Sequence[Pack] | None = None) -> CohortEvaluator:
    """Asks for every outcome of some packs, or of all that are installed."""
    served = load_catalogue().frameworks() if packs is None else {pack.id: pack for pack in packs}
    asks = [
        Ask(
            pack,
            outcome.id,
            (outcome.purposes or tuple(p.id for p in pack.framework.purposes))[0],
            dt.date(2025, 7, 31),
        )
        for pack in served.values()
        for outcome in pack.framework.outcomes
    ]
    return CohortEvaluator(asks, served, None, dt.date(2026, 1, 1))


class Contradicts:
    """Rules that contradict one another."""

    def evaluate(self, *_: object) -> tuple[pa.Table, Sequence[Reject]]:
        raise EngineError("Two rules contradict one another.")


@dataclass(frozen=True)
class KillsItsExecutor:
    """Evaluates, but for once, when it kills the executor that it runs on, in the middle of a partition.

    Attributes:
        inner: What evaluates.
        mark: A file that says that it is done; while it is there nothing is killed.
    """

    inner: Evaluates
    mark: Path

    def evaluate(
        self, evidence: pa.Table, people: pa.Table | None, file: str, people_file: str
    ) -> tuple[pa.Table, Sequence[Reject]]:
        try:
            self.mark.touch(exist_ok=False)
        except FileExistsError:
            return self.inner.evaluate(evidence, people, file, people_file)
        # This process is a child of the daemon that starts them, which is the executor's.
        status = Path(f"/proc/{os.getppid()}/status").read_text("utf-8").splitlines()
        executor = int(next(line.split()[1] for line in status if line.startswith("PPid:")))
        os.kill(executor, signal.SIGKILL)
        raise RuntimeError("the executor is gone")
