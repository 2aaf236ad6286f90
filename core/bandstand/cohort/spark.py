"""The Spark runner: the column engine over partitions of whole people, on as many machines as there are.

Evidence and the staff list go through one shuffle together, by person, and are sorted by person within each partition.
An executor then reads its partition as a stream and evaluates some whole people at a time, so a partition may be larger
than memory. What comes out depends on the rows of the people in hand alone, and these come in an order that does not
change, so a task that is run again, on another executor, gives the same rows.
"""

from __future__ import annotations

import pickle
import warnings
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

import pyarrow as pa

import bandstand
from bandstand.cohort.executor import COLUMNS, EVIDENCE_ROW, EXECUTOR, ORDER, PERSON, ROW, STAFF_ROW
from bandstand.errors import EngineUnavailableError
from bandstand.interop.source import EVIDENCE, PEOPLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pyspark.sql import Column, DataFrame

    from bandstand.cohort.executor import Evaluates
    from bandstand.interop.source import Headings

    Batches = Iterator[pa.RecordBatch]

#: Rows that an executor evaluates at a time, unless one person has more.
ROWS: Final = 200_000
_SPARK_TYPES: Final = {pa.string(): "string", pa.int16(): "smallint", pa.int64(): "bigint", pa.date32(): "date"}


@dataclass(frozen=True, slots=True)
class SparkRun:
    """What comes out of Spark. It is computed when it is first asked for, once for all.

    Attributes:
        together: A row for each row of the others, with a column for each of them; Spark keeps it.
    """

    together: DataFrame

    @property
    def results(self) -> DataFrame:
        """A row for each person and outcome, as :data:`bandstand.cohort.executor.PLAIN` has it, in no order."""
        return self._those("result")

    @property
    def rejects(self) -> DataFrame:
        """A row for each row that could not be read, as :data:`bandstand.cohort.executor.REJECTS` has it."""
        return self._those("reject")

    def read(self) -> dict[str, int]:
        """How many rows of ``evidence`` and ``people`` were read, whether they could be or not."""
        from pyspark.sql import functions  # noqa: PLC0415 - of an extra

        sums = [functions.sum(name).alias(name) for name in COLUMNS["read"].names]
        return {name: count or 0 for name, count in self._those("read").agg(*sums).collect()[0].asDict().items()}

    def release(self) -> None:
        """Let Spark forget what was computed."""
        self.together.unpersist()

    def _those(self, name: str) -> DataFrame:
        return self.together.where(f"{name} is not null").select(f"{name}.*")


def evaluate_on_spark(
    evidence: DataFrame,
    people: DataFrame | None,
    evaluator: Evaluates,
    *,
    partitions: int | None = None,
    rows: int = ROWS,
    names: tuple[str, str] = ("evidence", "people"),
) -> SparkRun:
    """Evaluate everybody of whom there is evidence, on the cluster that the evidence is on.

    Args:
        evidence: One record in each row, in the columns of an evidence file; of any types, as files have them.
        people: The staff list, one person in each row, likewise; None where nothing is known of people.
        evaluator: What is asked, of which packs. It goes to executors as it is, with overlays and settings.
        partitions: Into how many parts people are put; as many as the session shuffles into when None.
        rows: How many rows of both an executor evaluates at a time. One person's rows stay together however many they
            are.
        names: What rejects call the two tables.

    Returns:
        The results and the rejects, both of one computation, which has not begun.

    Raises:
        EngineUnavailableError: A library is missing here that Spark needs.
        KeyError: A table has no column of whose a row is.
    """
    need_spark()
    parts = _part(evidence, EVIDENCE_ROW, EVIDENCE)
    if people is not None:
        parts = parts.unionByName(_part(people, STAFF_ROW, PEOPLE), allowMissingColumns=True)
    together = parts.repartition(PERSON) if partitions is None else parts.repartition(partitions, PERSON)
    run = on_executor(pickle.dumps(evaluator), bandstand.__version__, rows, *names)
    returned = ", ".join(f"{name} {_ddl(pa.struct(list(schema)))}" for name, schema in COLUMNS.items())
    with warnings.catch_warnings():
        # PySpark says of newer versions of pandas that not all of it works with them; nothing here uses pandas.
        warnings.simplefilter("ignore", FutureWarning)
        evaluated = together.sortWithinPartitions(PERSON, ORDER).mapInArrow(run, returned).persist()
    return SparkRun(evaluated)


def _part(table: DataFrame, part: str, headings: Headings) -> DataFrame:
    """A table as it is shuffled: whose each row is, its place, and the row itself."""
    from pyspark.sql import functions  # noqa: PLC0415 - of an extra

    kinds = dict(table.dtypes)
    columns = {name: table[f"`{name.replace('`', '``')}`"] for name in table.columns}
    person = next((name for name in columns if headings.column(name) == "person"), None)
    if person is None:
        raise KeyError(f"The table of {headings.kind} has no column person; it has {', '.join(columns)}.")
    whose = _id(columns[person], kinds[person])
    order = columns.pop(ROW, None)
    if order is None:
        content = []
        for name, column in columns.items():
            # A hash passes over nulls, so it has to be told where they stand; and it takes no maps.
            content.append(functions.to_json(functions.struct(column)) if "map<" in kinds[name] else column)
            content.append(column.isNull())
        order = functions.xxhash64(*content)
    return table.select(whose.alias(PERSON), order.alias(ORDER), functions.struct(*columns.values()).alias(part))


def _id(column: Column, kind: str) -> Column:
    """An id as readers have it, without what is white around it; null where there is none."""
    from pyspark.sql import functions  # noqa: PLC0415 - of an extra

    if kind in ("float", "double") or kind.startswith("decimal"):
        whole = column.cast("bigint")
        column = functions.when(whole == column, whole.cast("string")).otherwise(column.cast("string"))
    text = functions.regexp_replace(column.cast("string"), r"(?U)^\s+|\s+$", "")
    return functions.nullif(text, functions.lit(""))


def on_executor(evaluator: bytes, version: str, rows: int, file: str, people_file: str) -> Callable[[Batches], Batches]:
    """What each executor runs over each partition; it says what to do where Bandstand is not installed."""
    mark = EXECUTOR

    def run(batches: Batches) -> Batches:
        try:
            from bandstand.cohort import executor  # noqa: PLC0415 - the executor's own
        except ImportError as error:
            raise RuntimeError(
                f"{mark}: it cannot be used there: {error}. Install bandstand[spark] on every machine, in one version."
            ) from None
        yield from executor.evaluated(batches, evaluator, version, rows, (file, people_file))

    return run


def _ddl(kind: pa.DataType) -> str:
    """A type as Spark writes it."""
    if pa.types.is_struct(kind):
        return f"struct<{', '.join(f'`{part.name}`: {_ddl(part.type)}' for part in kind)}>"
    if pa.types.is_list(kind):
        return f"array<{_ddl(kind.value_type)}>"
    return _SPARK_TYPES[kind]


def need_spark() -> None:
    """See that there is what Spark needs of Python's libraries.

    Raises:
        EngineUnavailableError: One is missing; the message says how to install it.
    """
    missing = [name for name in ("pyspark", "pandas") if find_spec(name) is None]
    if missing:
        raise EngineUnavailableError(
            f"Spark needs {' and '.join(missing)}, which is not installed here: pip install 'bandstand[spark]'."
        )
