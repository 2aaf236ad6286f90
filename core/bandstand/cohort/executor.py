"""What an executor of Spark does with its partition: a stream of rows in, batches of results and rejects out."""

from __future__ import annotations

import json
import pickle
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

import bandstand
from bandstand.cohort.read import Reject
from bandstand.cohort.results import SCHEMA
from bandstand.errors import BandstandError
from bandstand.interop.csv_rows import stray_cell
from bandstand.interop.source import RawRow, quoted
from bandstand.models.problem import Place, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    Batches = Iterator[pa.RecordBatch]

#: Columns that readers of files add to a table: a row's place in its files; a cell under no heading; a line that is no
#: JSON.
ROW: Final = "_row"
STRAY: Final = "_stray"
BROKEN: Final = "_broken"
#: How a message of an executor begins that says all that there is to say.
EXECUTOR: Final = "Bandstand on an executor"
#: Columns of what is shuffled: whose a row is, its place among that person's, and what it is a row of.
PERSON: Final = "_person"
ORDER: Final = "_order"
EVIDENCE_ROW: Final = "_evidence"
STAFF_ROW: Final = "_staff"
#: Rows of one batch that goes back to Spark.
_BATCH: Final = 10_000


def _plain(kind: pa.DataType) -> pa.DataType:
    """A type without dictionaries, which Spark does not take."""
    if pa.types.is_dictionary(kind):
        return kind.value_type
    if pa.types.is_list(kind):
        return pa.list_(_plain(kind.value_type))
    if pa.types.is_struct(kind):
        return pa.struct([pa.field(part.name, _plain(part.type)) for part in kind])
    return kind


#: The table of results as Spark has it: the columns of :data:`bandstand.cohort.results.SCHEMA`, and words as texts.
PLAIN: Final = pa.schema([pa.field(field.name, _plain(field.type)) for field in SCHEMA])
_PROBLEM: Final = pa.struct([(name, pa.string()) for name in ("code", "field", "message", "remedy", "value")])
#: The table of rejects: a row for each row that could not be read. ``file``: what it is called; ``person``: whose it
#: is, as it was written; ``problems``: what is wrong with it; ``said``: what it says, as JSON.
REJECTS: Final = pa.schema(
    [("file", pa.string()), ("person", pa.string()), ("problems", pa.list_(_PROBLEM)), ("said", pa.string())]
)
#: How many rows of either table were read.
READ: Final = pa.schema([("evidence", pa.int64()), ("people", pa.int64())])
#: What comes out of an executor: of these columns one is filled in each row.
COLUMNS: Final = {"result": PLAIN, "reject": REJECTS, "read": READ}


class Evaluates(Protocol):
    """What executors run; it can be pickled, with everything that its answer depends on."""

    def evaluate(
        self, evidence: pa.Table, people: pa.Table | None, file: str, people_file: str
    ) -> tuple[pa.Table, Sequence[Reject]]:
        """See :meth:`bandstand.cohort.evaluate.CohortEvaluator.evaluate`."""


def evaluated(
    batches: Iterable[pa.RecordBatch], evaluator: bytes, version: str, rows: int, names: tuple[str, str]
) -> Batches:
    """The results and rejects of one partition, on an executor.

    Args:
        batches: Rows of both tables, sorted by person.
        evaluator: What to run, pickled.
        version: The version of Bandstand that pickled it.
        rows: How many rows to evaluate at a time.
        names: What rejects call the two tables.

    Yields:
        Batches with a result, a reject or a count of what was read in each row.

    Raises:
        RuntimeError: This executor cannot do it; the message says what to do.
    """
    if version != bandstand.__version__:
        raise RuntimeError(
            f"{EXECUTOR}: it is {bandstand.__version__} there, and this run is of {version}. "
            "Install the same version on every machine."
        )
    try:
        run = _read(evaluator)
    except ImportError as error:
        raise RuntimeError(
            f"{EXECUTOR}: it cannot read the packs there: {error}. Install every plugin on every machine."
        ) from None
    read = dict.fromkeys(READ.names, 0)
    for table in whole_people(batches, rows):
        evidence, strays = _rows_of(table, EVIDENCE_ROW, names[0])
        people, others = (None, []) if STAFF_ROW not in table.column_names else _rows_of(table, STAFF_ROW, names[1])
        read["evidence"] += evidence.num_rows + len(strays)
        read["people"] += len(others) + (0 if people is None else people.num_rows)
        try:
            results, rejects = run.evaluate(evidence, people, *names)
        except BandstandError as error:
            raise RuntimeError(f"{EXECUTOR}: {error}") from error
        yield from _sent(results.cast(PLAIN), "result")
        yield from _sent(reject_table([*strays, *others, *rejects]), "reject")
    yield from _sent(pa.Table.from_pylist([read], READ), "read")


@lru_cache(maxsize=1)
def _read(evaluator: bytes) -> Evaluates:
    """What was pickled, read once for all the partitions that this process is given."""
    read: Evaluates = pickle.loads(evaluator)  # noqa: S301 - it comes from the driver of the same application
    return read


def whole_people(batches: Iterable[pa.RecordBatch], rows: int) -> Iterator[pa.Table]:
    """Tables of whole people, from batches that are sorted by person.

    Args:
        batches: With a column of whose each row is; rows of nobody need not stay together.
        rows: How many rows a table may have. It has more where the last person's do not end in time.

    Yields:
        Everything that is in the batches, in the same order. There are never more rows in hand than those, one
        person's and two batches'.
    """
    held: list[pa.RecordBatch] = []
    size = 0
    for batch in batches:
        rest = batch
        if held and size + batch.num_rows > rows:
            start = _last_start(batch[PERSON], held[-1][PERSON])
            if start is not None:
                yield pa.Table.from_batches([*held, batch.slice(0, start)])
                held, size = [], 0
                rest = batch.slice(start)
        if rest.num_rows:
            held.append(rest)
            size += rest.num_rows
    if held:
        yield pa.Table.from_batches(held)


def _last_start(people: pa.Array, before: pa.Array) -> int | None:
    """The last row at which the rows of somebody begin; None where they all are of whoever came before."""
    if not len(people):
        return None
    # Comparing with nobody gives null: each row of nobody is a beginning.
    last = pa.concat_arrays([before.slice(len(before) - 1), people.slice(0, len(people) - 1)])
    starts = np.flatnonzero(pc.fill_null(pc.not_equal(people, last), fill_value=True).to_numpy(zero_copy_only=False))
    return int(starts[-1]) if len(starts) else None


def _rows_of(table: pa.Table, part: str, file: str) -> tuple[pa.Table, list[Reject]]:
    """The rows of one of the two tables, as they were, and those of them that are no rows at all."""
    schema = pa.schema(list(table.schema.field(part).type))
    chunks = (chunk.drop_null() for chunk in table[part].chunks)
    rows = pa.Table.from_batches((pa.RecordBatch.from_struct_array(chunk) for chunk in chunks), schema)
    rejects: list[Reject] = []
    for name in (STRAY, BROKEN):
        if name in rows.column_names:
            odd = pc.greater(pc.utf8_length(pc.utf8_trim_whitespace(pc.fill_null(rows[name], ""))), 0)
            rejects.extend(_no_row(name, values, file) for values in rows.filter(odd).to_pylist())
            rows = rows.filter(pc.invert(odd)).drop_columns([name])
    return rows, rejects


def _no_row(column: str, values: Mapping[str, object], file: str) -> Reject:
    """What could not be told apart into fields."""
    given = {name: value for name, value in values.items() if value is not None and name not in (STRAY, BROKEN)}
    text = str(values[column])
    if column == STRAY:
        problem = stray_cell(file, text, row=0).model_copy(update={"place": Place(file=file)})
    else:
        message, remedy = f'"{quoted(text)}" is not JSON.', "Write one record on each line."
        problem = Problem(code="broken-json", place=Place(file=file), message=message, remedy=remedy)
    return Reject.of(RawRow(file, None, None, None, given), [problem])


def _sent(table: pa.Table, name: str) -> Batches:
    """Rows as Spark takes them: one of the columns holds them, and the others nothing."""
    for batch in table.combine_chunks().to_batches(_BATCH):
        yield pa.RecordBatch.from_pydict(
            {
                each: batch.to_struct_array() if each == name else pa.nulls(batch.num_rows, pa.struct(list(schema)))
                for each, schema in COLUMNS.items()
            }
        )


def reject_table(rejects: Iterable[Reject]) -> pa.Table:
    """Rejects as a table of :data:`REJECTS`."""
    return pa.Table.from_pylist([_told(reject) for reject in rejects], REJECTS)


def _told(reject: Reject) -> dict[str, object]:
    person = reject.values.get("person")
    return {
        "file": reject.file,
        "person": None if person is None else str(person),
        "problems": [
            {
                "code": problem.code,
                "field": problem.place.path,
                "message": problem.message,
                "remedy": problem.remedy,
                "value": problem.value,
            }
            for problem in reject.problems
        ],
        "said": json.dumps(dict(reject.values), default=str, ensure_ascii=False, sort_keys=True),
    }
