"""Raw tables to results in one step, as a runner's processes do it."""

from __future__ import annotations

import datetime as dt
import pickle

import pyarrow as pa
import pytest

import reading
from bandstand.cohort.ask import Ask
from bandstand.cohort.evaluate import CohortEvaluator
from bandstand.cohort.results import SCHEMA

TODAY = dt.date(2025, 7, 31)


@pytest.fixture
def evaluator() -> CohortEvaluator:
    """Two outcomes of two frameworks."""
    packs = {name: reading.pack(name) for name in ("smart_equip", "npqel")}
    asked = (("smart_equip", "ladder"), ("npqel", "coverage"))
    return CohortEvaluator(
        [Ask(packs[name], outcome, "development", TODAY) for name, outcome in asked], packs, "smart_equip", TODAY
    )


def evidence(**columns: list[str | None]) -> pa.Table:
    size = len(columns["person"])
    plain: dict[str, list[str | None]] = {
        "criteria": ["L1.1"] * size,
        "claim": ["met"] * size,
        "source": ["self"] * size,
        "date": ["2025-07-01"] * size,
    }
    return pa.table({**plain, **columns})


def test_each_ask_gives_a_row_for_everybody_with_evidence_for_it(evaluator: CohortEvaluator) -> None:
    table = evidence(
        person=["P-2", "P-1", "P-2"],
        framework=[None, None, "npqel"],
        criteria=["L1.1", "L1.1", "1.LT1"],
    )
    results, rejects = evaluator.evaluate(table, pa.table({"person": ["P-2"], "school": ["S-1"], "grade": ["UPS1"]}))
    assert results.schema == SCHEMA
    found = [(row["person"], row["framework"], row["school"]) for row in results.to_pylist()]
    assert found == [("P-2", "smart_equip", "S-1"), ("P-1", "smart_equip", None), ("P-2", "npqel", "S-1")]
    assert rejects == []


def test_rows_that_cannot_be_read_come_back_with_what_is_wrong(evaluator: CohortEvaluator) -> None:
    table = evidence(person=["P-1", "P-1"], claim=["met", "mett"])
    results, rejects = evaluator.evaluate(table, pa.table({"person": ["P-1", "P-2"], "grade": ["UPS1", "UPS9"]}))
    assert results.num_rows == 1
    assert [(reject.file, reject.row, reject.problems[0].code) for reject in rejects] == [
        ("evidence", None, "not-a-claim"),
        ("people", None, "unknown-grade"),
    ]


def test_it_goes_to_another_process_before_and_after_it_was_used(evaluator: CohortEvaluator) -> None:
    table = evidence(person=["P-1"])
    fresh = pickle.loads(pickle.dumps(evaluator))  # noqa: S301 - what was pickled here
    own = evaluator.evaluate(table, None)
    used = pickle.loads(pickle.dumps(evaluator))  # noqa: S301 - what was pickled here
    assert fresh.evaluate(table, None) == used.evaluate(table, None) == own


def test_one_evaluator_takes_one_part_after_the_other(evaluator: CohortEvaluator) -> None:
    first, second = evidence(person=["P-1"]), evidence(person=["P-2", "P-2"], criteria=["L1.2", "L1.3"])
    staff = pa.table({"person": ["P-1", "P-2"], "grade": ["M1-6", "UPS1"]})
    parts = [
        evaluator.evaluate(part, staff.filter(pa.array(own)))[0]
        for part, own in ((first, [True, False]), (second, [False, True]))
    ]
    whole, _ = evaluator.evaluate(pa.concat_tables([first, second]), staff)
    rows = [row for part in parts for row in part.to_pylist()]
    assert rows == whole.to_pylist()
