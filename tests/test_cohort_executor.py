"""An executor evaluates whole people from a stream, says what it cannot do, and needs no Spark for that."""

from __future__ import annotations

import json
import pickle
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bandstand
from bandstand.cohort import spark
from bandstand.cohort.executor import (
    BROKEN,
    COLUMNS,
    EVIDENCE_ROW,
    PERSON,
    PLAIN,
    STAFF_ROW,
    STRAY,
    evaluated,
    reject_table,
    whole_people,
)
from bandstand.cohort.read import Reject
from bandstand.cohort.results import SCHEMA
from bandstand.errors import EngineUnavailableError
from bandstand.models.problem import Place, Problem
from spark_session import Contradicts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

VERSION = bandstand.__version__
Row = dict[str, str | None]


@dataclass(frozen=True)
class Lists:
    """Rejects every row, so that what was given can be seen."""

    def evaluate(
        self, evidence: pa.Table, people: pa.Table | None, file: str, people_file: str
    ) -> tuple[pa.Table, Sequence[Reject]]:
        tables = ((file, evidence), (people_file, people))
        rows = [Reject(name, None, (), row) for name, table in tables if table is not None for row in table.to_pylist()]
        return SCHEMA.empty_table(), rows


class FromElsewhere:
    """What can be read only where a plugin is installed."""

    def __reduce__(self) -> Any:
        return __import__, ("bandstand_not_installed",)


def batch(people: Iterable[str | None]) -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict({PERSON: pa.array(people, pa.string())})


def rows(*given: tuple[str | None, Row | None, Row | None]) -> pa.RecordBatch:
    """Rows of both tables as they come to an executor."""
    people, evidence, staff = zip(*given, strict=True)
    text = pa.string()
    return pa.RecordBatch.from_pydict(
        {
            PERSON: pa.array(people, text),
            EVIDENCE_ROW: pa.array(evidence, pa.struct([(n, text) for n in ("person", "claim", STRAY, BROKEN)])),
            STAFF_ROW: pa.array(staff, pa.struct([(n, text) for n in ("person", "grade")])),
        }
    )


def run(batches: Iterable[pa.RecordBatch], evaluator: object, version: str = VERSION) -> pa.Table:
    pickled = pickle.dumps(evaluator)
    return pa.Table.from_batches(evaluated(batches, pickled, version, 2, ("evidence.csv", "people.csv")))


@given(
    st.lists(st.tuples(st.sampled_from([None, "A", "B", "C", "D"]), st.integers(1, 5)), max_size=8),
    st.integers(1, 7),
    st.integers(1, 9),
)
def test_a_person_is_never_cut_whatever_the_batches(given: list[tuple[str | None, int]], step: int, most: int) -> None:
    people = sorted((name for name, times in given for _ in range(times)), key=lambda name: name or "")
    batches = [batch(people[start : start + step]) for start in range(0, len(people), step)]
    tables = [table[PERSON].to_pylist() for table in whole_people(batches, most)]
    assert [name for table in tables for name in table] == people
    named = [{name for name in table if name is not None} for table in tables]
    assert sum(map(len, named)) == len(set(people) - {None})
    longest = max((people.count(name) for name in set(people) - {None}), default=1)
    assert all(0 < len(table) <= most + longest + 2 * step for table in tables)


def test_rows_of_nobody_need_not_stay_together() -> None:
    tables = whole_people([batch([None] * 4), batch([None] * 4)], 4)
    assert [table.num_rows for table in tables] == [7, 1]


def test_rows_come_apart_into_evidence_and_staff_list_as_they_were() -> None:
    row: Row = {"person": "A", "claim": "met", STRAY: None, BROKEN: None}
    found = run([rows(("A", row, None), ("A", None, {"person": "A", "grade": "M1"}))], Lists())
    rejects = [reject for reject in found["reject"].to_pylist() if reject is not None]
    assert [(reject["file"], json.loads(reject["said"])) for reject in rejects] == [
        ("evidence.csv", {"person": "A", "claim": "met"}),
        ("people.csv", {"person": "A", "grade": "M1"}),
    ]


def test_each_row_is_a_result_or_a_reject_or_a_count() -> None:
    row: Row = {"person": "A", "claim": "met"}
    found = run([rows(("A", row, None)), rows(("B", row, None), ("B", None, {"person": "B"}))], Lists())
    assert all(sum(value is not None for value in line.values()) == 1 for line in found.to_pylist())
    assert [read for read in found["read"].to_pylist() if read is not None] == [{"evidence": 2, "people": 1}]
    assert found.column_names == list(COLUMNS)


def test_what_is_no_record_is_told_and_left_out() -> None:
    stray: Row = {"person": "A", "claim": "met", STRAY: "and more"}
    broken: Row = {"person": None, "claim": None, BROKEN: "{"}
    found = run([rows(("A", stray, None), (None, broken, None))], Lists())
    rejects = [reject for reject in found["reject"].to_pylist() if reject is not None]
    assert [[problem["code"] for problem in reject["problems"]] for reject in rejects] == [
        ["cell-without-heading"],
        ["broken-json"],
    ]


def test_a_reject_says_all_that_there_is_to_say() -> None:
    place = Place(file="evidence.csv", path="claim")
    problem = Problem(code="not-a-claim", place=place, message="Wrong.", remedy="Mend it.", value="good")
    table = reject_table([Reject("evidence.csv", None, (problem,), {"person": 17, "criteria": ["L1.1", "Ö"]})])
    assert table.to_pylist() == [
        {
            "file": "evidence.csv",
            "person": "17",
            "problems": [
                {"code": "not-a-claim", "field": "claim", "message": "Wrong.", "remedy": "Mend it.", "value": "good"}
            ],
            "said": '{"criteria": ["L1.1", "Ö"], "person": 17}',
        }
    ]


def test_spark_has_the_columns_of_results_with_words_as_texts() -> None:
    assert PLAIN.names == SCHEMA.names
    assert not any("dictionary" in str(field.type) for field in PLAIN)
    assert SCHEMA.empty_table().cast(PLAIN).schema == PLAIN


def test_another_version_on_an_executor_is_refused() -> None:
    with pytest.raises(RuntimeError, match=r"it is .* there, and this run is of 0\.0\.1\. Install the same version"):
        run([rows(("A", None, None))], Lists(), "0.0.1")


def test_a_plugin_that_an_executor_lacks_is_named() -> None:
    with pytest.raises(RuntimeError, match=r"No module named 'bandstand_not_installed'\. Install every plugin"):
        run([rows(("A", None, None))], FromElsewhere())


def test_what_an_engine_says_is_said_by_the_executor() -> None:
    with pytest.raises(RuntimeError, match=r"^Bandstand on an executor: Two rules contradict one another\.$"):
        run([rows(("A", None, None))], Contradicts())


def test_an_executor_without_bandstand_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    work = spark.on_executor(b"", VERSION, 1, "evidence", "people")
    monkeypatch.setitem(sys.modules, "bandstand.cohort.executor", None)
    monkeypatch.delattr("bandstand.cohort.executor")
    with pytest.raises(RuntimeError, match=r"Install bandstand\[spark\] on every machine"):
        list(work(iter([])))


def test_a_missing_library_is_named_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spark, "find_spec", lambda _: None)
    with pytest.raises(
        EngineUnavailableError, match=r"Spark needs pyspark and pandas, .*pip install 'bandstand\[spark\]'"
    ):
        spark.need_spark()
