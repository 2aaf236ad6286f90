"""Whether a row of a results table and the evaluation per person agree, column by column."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from bandstand.cohort.results import SCHEMA
from bandstand.engine.durable import DurableRun
from bandstand.engine.publish import publish
from bandstand.workforce.verify import differences
from workforce import examples_evaluated, table_of

#: A row with something in as many columns as may be, and what each could wrongly be.
WRONG: dict[str, Any] = {
    "person": "P-0001",
    "framework": "other",
    "outcome": "other",
    "purpose": "pay",
    "school": "S-1",
    "grade": "teaching:M1",
    "career_stage": "ECT1",
    "view": "other",
    "views": ["other"],
    "level": 77,
    "zone": "green-ish",
    "action": "other",
    "notes": ["other"],
    "next_level": 78,
    "blockers": ["L9.9"],
    "columns": [{"review_point": "sep", "view": "agreed", "colours": "ga-"}],
    "caveats": ["other"],
    "seen": 999,
    "criteria": 999,
    "conclusions": [{"name": "other", "value": "1"}],
    "level_before": 77,
    "zone_before": "green-ish",
    "as_of": dt.date(1999, 1, 1),
    "pack": "other 1",
    "pack_digest": "sha256:other",
    "overlay_digest": "sha256:other",
    "engine": "bandstand 0",
}


@pytest.mark.parametrize("every", [False, True], ids=["summing up", "every conclusion"])
def test_rows_of_every_example_agree_with_the_evaluations_that_they_are_of(every: bool) -> None:  # noqa: FBT001
    examples = examples_evaluated()
    rows = table_of(examples, every_conclusion=every).to_pylist()
    assert len(rows) > 100
    found = [differences(row, e, every_conclusion=every) for row, e in zip(rows, examples, strict=True)]
    assert [difference for difference in found if difference] == []


def test_a_row_says_what_the_published_document_says() -> None:
    examples = examples_evaluated()[::5]
    assert len(examples) > 50
    for row, evaluated in zip(table_of(examples).to_pylist(), examples, strict=True):
        document = publish(evaluated)
        assert (row["person"], row["framework"], row["outcome"]) == (
            document.person,
            document.framework,
            document.outcome,
        )
        assert (row["level"], row["zone"], row["view"]) == (document.level, document.zone, document.view)
        assert row["views"] == list(document.views)
        assert row["action"] == document.recommendation.action
        assert len(row["notes"]) == len(document.recommendation.notes)
        assert row["next_level"] == document.next_steps.level
        assert row["blockers"] == [blocker.criterion for blocker in document.blockers]
        assert {column["review_point"]: column["colours"] for column in row["columns"]} == {
            point: "".join({"green": "g", "amber": "a", "blank": "-"}[colour] for colour in colours.values())
            for point, colours in document.ragging.items()
        }
        left_out = {"one-engine"}
        codes = {c.code if c.basis is None else f"basis:{c.basis}" for c in document.recommendation.caveats}
        assert set(row["caveats"]) - codes == set()
        if evaluated.outcome.focus is None:
            assert set(row["caveats"]) == codes - left_out
        assert row["pack_digest"] == document.pins.pack.digest
        assert row["overlay_digest"] == document.pins.overlay
        assert row["engine"] == document.pins.engine


@pytest.mark.parametrize("column", SCHEMA.names)
def test_a_column_that_differs_is_named_with_both_values(column: str) -> None:
    evaluated = next(e for e in examples_evaluated() if e.outcome.level is not None)
    (row,) = table_of([evaluated]).to_pylist()
    (difference,) = differences({**row, column: WRONG[column]}, evaluated)
    assert difference.startswith(f"{column}: ")
    assert "in the table, " in difference
    assert difference.endswith(" in the trace")


def test_what_has_no_order_may_stand_in_any_and_nothing_may_stand_twice() -> None:
    evaluated = max(examples_evaluated(), key=lambda e: len(table_of([e]).to_pylist()[0]["blockers"]))
    (row,) = table_of([evaluated]).to_pylist()
    turned = {**row, "blockers": row["blockers"][::-1], "caveats": row["caveats"][::-1]}
    assert differences(turned, evaluated) == []
    twice = {**row, "caveats": [*row["caveats"], row["caveats"][0]]}
    assert [text.partition(":")[0] for text in differences(twice, evaluated)] == ["caveats"]


def test_a_value_as_json_may_be_written_in_any_way_and_is_no_other_value() -> None:
    evaluated = next(e for e in examples_evaluated() if e.outcome.level is None)
    (row,) = table_of([evaluated]).to_pylist()
    spaced = [{**part, "value": f" {part['value']} "} for part in row["conclusions"]]
    assert differences({**row, "conclusions": spaced}, evaluated) == []
    other = [{**part, "value": "1"} for part in row["conclusions"]]
    assert len(differences({**row, "conclusions": other}, evaluated)) == 1


def test_a_column_that_the_table_lacks_is_not_compared() -> None:
    evaluated = examples_evaluated()[0]
    assert differences({"person": evaluated.person.person}, evaluated) == []


def test_engines_that_disagree_among_themselves_agree_with_no_row() -> None:
    evaluated = examples_evaluated()[0]
    run = evaluated.headline
    declared = run.program.conclusions[0]
    other = (run.plain.values[0] + 1) % len(declared.values)
    wrong = replace(run, durable=DurableRun((other, *run.plain.values[1:]), ()))
    broken = replace(evaluated, positions={**evaluated.positions, run.findings.view: wrong}, headline=wrong)
    (row,) = table_of([evaluated]).to_pylist()
    (said,) = differences(row, broken)
    assert said.startswith(f"the engines per person do not agree among themselves: {declared.name} ")
