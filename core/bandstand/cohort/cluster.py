"""A run of the command line on Spark: a session of its own, files in, and results in Parquet."""

from __future__ import annotations

import contextlib
import gzip
import os
import re
import shutil
import sys
import tempfile
from functools import reduce
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, Any

from bandstand.cohort.executor import BROKEN, EXECUTOR, ROW, STRAY
from bandstand.cohort.spark import need_spark
from bandstand.errors import BandstandError, EngineError, EngineUnavailableError, ProblemsError
from bandstand.interop.csv_rows import delimiter_of
from bandstand.interop.source import file_problem, missing_columns

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence

    from pyspark import SparkContext
    from pyspark.sql import Column, DataFrame, SparkSession

    from bandstand.cohort.spark import SparkRun
    from bandstand.interop.source import Headings
    from bandstand.models.problem import Problem

_ADDRESS = re.compile(r"^([a-z][a-z0-9+.-]+):/+(?=[^/])", re.IGNORECASE)
_SAID = re.compile(rf"{EXECUTOR}: (.+)")
_RAISED = re.compile(r"\w+(Error|Exception): ")
_HEAD = 1 << 16
#: Parts for each core, so that all of them have something to do to the end; and bytes of files that are enough for one.
_PARTS = 3
_PART_BYTES = 32 << 20
_MISSING = re.compile(r"(?:PATH_NOT_FOUND\] Path does not exist|FileNotFoundException: File(?: file)?):? ?(\S+)")


@contextlib.contextmanager
def session(master: str, settings: Mapping[str, str] | None = None) -> Iterator[SparkSession]:
    """A session of Spark's own, which says nothing on the screen and is stopped at the end.

    What Spark has to say goes to a file, which is kept where something went wrong, and every message about it names it.

    Args:
        master: Where to run, as Spark has it: ``local[*]``, ``spark://HOST:PORT``, ``yarn`` and so on.
        settings: Settings of Spark by their names, besides those of its own files and environment variables.

    Raises:
        EngineUnavailableError: Spark or Java is not there, or no cluster answers.
        EngineError: Spark failed; the message says why.
        ProblemsError: A file is not there, or cannot be read.
    """
    need_spark()
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ and "PYSPARK_GATEWAY_PORT" not in os.environ:
        raise EngineUnavailableError(
            "Spark needs Java 17 or later, and there is none here. Install it, or set JAVA_HOME."
        )
    with tempfile.NamedTemporaryFile("w+b", prefix="bandstand-spark-", suffix=".log", delete=False) as log:
        try:
            with _started(master, dict(settings or {}), log) as spark, _worded(log.name):
                yield spark
        except (EngineError, EngineUnavailableError):
            # The message names the log.
            raise
        except BaseException:
            Path(log.name).unlink(missing_ok=True)
            raise
        Path(log.name).unlink(missing_ok=True)


@contextlib.contextmanager
def _worded(log: str) -> Iterator[None]:
    """What Spark raises is said in words, while it is there to be asked for them."""
    try:
        yield
    except BandstandError:
        raise
    except Exception as error:
        raise in_words(error, log) from error


@contextlib.contextmanager
def _started(master: str, given: Mapping[str, str], log: IO[bytes]) -> Iterator[SparkSession]:
    from pyspark import SparkConf, SparkContext  # noqa: PLC0415 - of an extra
    from pyspark.java_gateway import launch_gateway  # noqa: PLC0415 - of an extra
    from pyspark.sql import SparkSession  # noqa: PLC0415 - of an extra

    settings = {"spark.ui.showConsoleProgress": "false", "spark.sql.session.timeZone": "UTC"}
    if master.startswith("local"):
        here = {"spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1", "spark.ui.enabled": "false"}
        settings |= here
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    settings |= given
    conf = SparkConf().setMaster(master).setAppName("bandstand cohort")
    for name, value in settings.items():
        conf = conf.setIfMissing(name, value)
    with contextlib.ExitStack() as running:
        try:
            gateway = launch_gateway(conf, {"stdout": log, "stderr": log})
            running.callback(_end, gateway)
            context = SparkContext(conf=conf, gateway=gateway)
            running.callback(_stop, context)
            session = SparkSession(context)
        except Exception as error:
            raise EngineUnavailableError(
                f'Spark did not start on "{master}". Check the address, and that the cluster is up; what Spark said is '
                f"in {log.name}."
            ) from error
        yield session


def _stop(context: SparkContext) -> None:
    from py4j.protocol import Py4JError  # noqa: PLC0415 - of an extra

    # It may be gone already.
    with contextlib.suppress(OSError, Py4JError):
        context.stop()


def _end(gateway: Any) -> None:
    gateway.shutdown()
    if gateway.proc is not None:
        gateway.proc.stdin.close()
        gateway.proc.wait()


def in_words(error: Exception, log: str) -> BandstandError:
    """What went wrong in Spark, for somebody who reads no Java.

    Args:
        error: What Spark raised.
        log: The file with what else it said.
    """
    text = _text(error)
    said = _SAID.findall(text)
    if said:
        return EngineError(f"{said[-1]} Spark's log is {log}.")
    missing = _MISSING.search(text)
    if missing is not None:
        return ProblemsError([_not_there(missing[1])])
    return EngineError(f"Spark could not finish: {_gist(error)} Nothing was left half written. Its log is {log}.")


def _text(error: Exception) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - an exception of Spark asks Spark what it says, and that may be gone
        return "Spark ended."


def _gist(error: Exception) -> str:
    """The line that says most: what Python raised on an executor, else the first."""
    text = _text(error)
    lines = [line.strip() for line in text.splitlines() if line.strip()] or [type(error).__name__]
    line = next((line for line in reversed(lines) if _RAISED.match(line)), lines[0])
    return line if line.endswith(".") else f"{line}."


def read_files(
    spark: SparkSession, names: Sequence[str], headings: Headings, wanted: Container[str] | None = None
) -> DataFrame:
    """Files as one table, in which a column that only some have is empty for the others.

    Args:
        spark: The session.
        names: Parquet, CSV or JSON Lines by their suffixes, also packed as ``.gz``, and folders of Parquet; each a path
            or an address such as ``hdfs://...``.
        headings: What they hold.
        wanted: The fields that are read of them; every column when None.

    Raises:
        ProblemsError: One is not there or of another kind, or lacks a column.
    """
    tables = [_read_file(spark, name, headings) for name in names]
    if wanted is not None:
        own = (ROW, STRAY, BROKEN)
        tables = [
            table.select(*(_named(table, c) for c in table.columns if c in wanted or c in own)) for table in tables
        ]
    kinds: dict[str, set[str]] = {}
    for column, kind in (pair for table in tables for pair in table.dtypes):
        kinds.setdefault(column, set()).add(kind)
    unlike = {column for column, found in kinds.items() if len(found) > 1}
    alike = (_as_texts(table, unlike) for table in tables)
    return reduce(lambda one, other: one.unionByName(other, allowMissingColumns=True), alike)


def _as_texts(table: DataFrame, columns: Container[str]) -> DataFrame:
    """A table in which some columns are text, as a file of texts has them."""
    from pyspark.sql import functions  # noqa: PLC0415 - of an extra

    for column, kind in table.dtypes:
        if column in columns and kind != "string":
            values = _named(table, column)
            is_list = kind.startswith("array")
            table = table.withColumn(column, functions.concat_ws("; ", values) if is_list else values.cast("string"))
    return table


def _read_file(spark: SparkSession, name: str, headings: Headings) -> DataFrame:
    from pyspark.sql import functions  # noqa: PLC0415 - of an extra

    suffix = PurePosixPath(name.removesuffix(".gz")).suffix.lower()
    where = address(name)
    if where.startswith("file:") and not Path(name).exists():
        raise ProblemsError([_not_there(name)])
    if suffix in (".csv", ".tsv"):
        table = _read_csv(spark, name, where, headings)
    elif suffix in (".jsonl", ".ndjson"):
        table = spark.read.json(where, primitivesAsString=True, columnNameOfCorruptRecord=BROKEN)
    elif suffix in ("", ".parquet"):
        table = spark.read.parquet(where)
    else:
        message = f"A cluster reads no {suffix} files."
        remedy = "Save it as Parquet, CSV or JSON Lines, or run it without --on."
        raise ProblemsError([file_problem(Path(name), "unknown-kind", message, remedy)])
    fields = {headings.column(column) for column in table.columns}
    missing = [field for field in headings.required if field not in fields]
    if missing:
        raise ProblemsError([missing_columns(Path(name), missing, table.columns, headings)])
    # By their fields, as another file may have another heading for one. Of two for one field, the first is read.
    for column in table.columns:
        field = headings.column(column)
        if field is not None and field != column and field not in table.columns:
            table = table.withColumnRenamed(column, field)
    # The order of the file, which says whose row comes first where somebody stands in it twice. It is the same when a
    # task is run again, as the parts into which files are cut are.
    return table.withColumn(ROW, functions.monotonically_increasing_id())


def _read_csv(spark: SparkSession, name: str, where: str, headings: Headings) -> DataFrame:
    """A CSV file, every cell as text, with a column for a cell that stands under no heading."""
    options = {"sep": _delimiter(name, where, headings), "escape": '"', "multiLine": "true", "encoding": "UTF-8"}
    columns = spark.read.csv(where, header=True, **options).columns
    schema = ", ".join(f"`{column.replace('`', '``')}` string" for column in [*columns, STRAY])
    return spark.read.csv(where, schema, header=True, **options)


def _named(table: DataFrame, column: str) -> Column:
    return table[f"`{column.replace('`', '``')}`"]


def _delimiter(name: str, where: str, headings: Headings) -> str:
    """What parts the cells of a CSV file; in one that is not on this machine it is the usual one."""
    if not where.startswith("file:"):
        return "\t" if ".tsv" in name.lower() else ","
    with _text_of(name) as file:
        return delimiter_of(file.read(_HEAD), headings)


def _text_of(name: str) -> IO[str]:
    if name.lower().endswith(".gz"):
        return gzip.open(name, "rt", encoding="utf-8-sig", errors="replace")
    return Path(name).open(encoding="utf-8-sig", errors="replace")


def _not_there(name: str) -> Problem:
    remedy = "Check the name. Every machine of a cluster has to find it there: put it where all of them can read."
    return file_problem(Path(name), "no-such-file", "There is no such file.", remedy)


def parts_for(spark: SparkSession, size: int) -> int:
    """Into how many parts people are put where nobody says it.

    Spark would make two hundred of them however few people there are, as it does not look at the size of what it keeps.

    Args:
        spark: The session.
        size: Bytes of evidence, as far as they are known.
    """
    cores: int = spark.sparkContext.defaultParallelism
    return max(_PARTS * cores, -(-size // _PART_BYTES))


def write_parts(run: SparkRun, folder: Path, asks: Sequence[tuple[str, str]]) -> int:
    """Write what came of a run into a folder that executors see as well.

    Args:
        run: The run.
        folder: The folder; ``results`` and ``rejects`` in it are folders of Parquet, whose files follow one another by
            their names.
        asks: The framework and outcome of what is asked, in the order in which a person's results come.

    Returns:
        How many rows of results there are.
    """
    from pyspark.sql import functions  # noqa: PLC0415 - of an extra

    known = functions.array(*(functions.lit(" ".join(ask)) for ask in asks))
    place = functions.array_position(known, functions.concat_ws(" ", "framework", "outcome"))
    run.results.orderBy("person", place).write.parquet(address(str(folder / "results")))
    run.rejects.orderBy("file", "said").write.parquet(address(str(folder / "rejects")))
    rows: int = run.results.count()
    return rows


def address(name: str) -> str:
    """A file as Spark is told of it: an address as it is, and a path as the whole path of a file of this machine."""
    if _ADDRESS.match(name):
        # A path of the command line has lost one of two slashes.
        return _ADDRESS.sub(r"\1://", name)
    return Path(name).resolve().as_uri()
