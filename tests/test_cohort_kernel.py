"""The column engine on small tables: one row for each person, with what the engines for one person conclude."""

from __future__ import annotations

import datetime as dt
import pickle
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest

from bandstand import __version__
from bandstand.cohort.ask import Ask
from bandstand.cohort.batch import Batch, Rows
from bandstand.cohort.columns import ColumnProgram, Given
from bandstand.cohort.grid import Sight
from bandstand.cohort.kernel import Kernel
from bandstand.cohort.people import batch_of
from bandstand.cohort.results import SCHEMA
from bandstand.errors import EngineError
from bandstand.models.clauses import Conclusion, FindingIs
from bandstand.models.evidence import Evidence, Person
from bandstand.models.finding import State
from bandstand.packs.load import load_pack
from overlaying import KINDS_BY_NAME
from tiny import tiny

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from bandstand.models.clauses import Clause
    from bandstand.packs.pack import Pack
    from bandstand.rules.program import Program

AS_OF = dt.date(2025, 7, 31)
MET = frozenset({State.MET})


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    return load_pack(tiny(tmp_path_factory.mktemp("tiny")), KINDS_BY_NAME)


def seen(person: str, criterion: str, claim: str = "met", **fields: Any) -> Evidence:
    fields = {"source": "observation", "date": "2025-07-01", "framework": "tiny", **fields}
    return Evidence(
        id=f"{person}-{criterion}-{fields['date']}", person=person, criteria=(criterion,), claim=claim, **fields
    )


def rows(pack: Pack, people: Sequence[Person], evidence: Sequence[Evidence], **fields: Any) -> list[dict[str, Any]]:
    fields = {"outcome": "position", "purpose": "development", "as_of": AS_OF, **fields}
    found: list[dict[str, Any]] = Kernel(Ask(pack, **fields)).evaluate(batch_of(people, evidence)).to_pylist()
    return found


def test_a_row_says_where_somebody_stands_and_what_stands_in_the_way(pack: Pack) -> None:
    person = Person(person="P-1", grade="M2", school="S-1")
    evidence = [seen("P-1", "A.1", review_point="sep"), seen("P-1", "A.2"), seen("P-1", "B.1", "not_met")]
    (row,) = rows(pack, [person], evidence)
    assert row == {
        "person": "P-1",
        "framework": "tiny",
        "outcome": "position",
        "purpose": "development",
        "school": "S-1",
        "grade": "teaching:M2",
        "career_stage": None,
        "view": "agreed",
        "views": ["agreed"],
        "level": 1,
        "zone": "amber",
        "action": "sustain",
        "notes": [],
        "next_level": 2,
        "blockers": ["B.1", "B.2"],
        "columns": [{"review_point": "sep", "view": "agreed", "colours": "g---"}],
        "caveats": ["basis:illustrative"],
        "seen": 3,
        "criteria": 6,
        "conclusions": [],
        "level_before": None,
        "zone_before": None,
        "as_of": AS_OF,
        "pack": "tiny 1.0",
        "pack_digest": pack.digest,
        "overlay_digest": None,
        "engine": f"bandstand {__version__}",
    }


def test_a_table_has_the_same_columns_whoever_is_in_it(pack: Pack) -> None:
    kernel = Kernel(Ask(pack, "position", "development", AS_OF))
    nobody = kernel.evaluate(batch_of([Person(person="P-1")], []))
    somebody = kernel.evaluate(batch_of([Person(person="P-1")], [seen("P-1", "A.1")]))
    assert nobody.schema == somebody.schema == SCHEMA
    assert (nobody.num_rows, somebody.num_rows) == (0, 1)


def test_only_people_with_evidence_for_the_outcome_have_a_row_even_where_none_of_it_counts(pack: Pack) -> None:
    people = [Person(person=f"P-{n}") for n in range(3)]
    found = rows(pack, people, [seen("P-2", "A.1", date="2020-01-01"), seen("P-0", "A.1")])
    assert [(row["person"], row["level"], "nothing-counts" in row["caveats"]) for row in found] == [
        ("P-0", 0, False),
        ("P-2", 0, True),
    ]


def test_what_a_criterion_that_does_not_apply_says_is_left_out(pack: Pack) -> None:
    people = [Person(person="P-1"), Person(person="P-2", flags=("on_leave",))]
    evidence = [seen(person, "K.2.1") for person in ("P-1", "P-2")]
    by_person = {row["person"]: row for row in rows(pack, people, evidence)}
    assert [by_person[p]["seen"] for p in ("P-1", "P-2")] == [0, 1]
    assert by_person["P-2"]["criteria"] == by_person["P-1"]["criteria"] + 2
    assert by_person["P-2"]["notes"] == ["rise"]
    assert "flag-on_leave" in by_person["P-2"]["caveats"]


def test_an_earlier_day_says_where_somebody_stood_then(pack: Pack) -> None:
    evidence = [seen("P-1", "A.1", date="2025-01-10"), seen("P-1", "A.2", date="2025-06-10")]
    (row,) = rows(pack, [Person(person="P-1", grade="M1")], evidence, since=dt.date(2025, 3, 1))
    assert (row["level_before"], row["zone_before"]) == (0, "amber")
    assert (row["level"], row["zone"]) == (1, "gold")


def test_every_conclusion_can_be_had(pack: Pack) -> None:
    (row,) = rows(pack, [Person(person="P-1")], [seen("P-1", "A.1")], every_conclusion=True)
    concluded = {one["name"]: one["value"] for one in row["conclusions"]}
    assert concluded["ladder.level"] == "0"
    assert concluded["ladder.L1"] == "false"
    assert concluded["action.value"] == '"rise"'


def test_columns_that_take_time_can_be_left_out_and_change_nothing_else(pack: Pack) -> None:
    evidence = [seen("P-1", "A.1", review_point="sep")]
    (whole,) = rows(pack, [Person(person="P-1")], evidence)
    (part,) = rows(pack, [Person(person="P-1")], evidence, without=frozenset({"columns", "blockers", "caveats"}))
    assert (part["columns"], part["blockers"], part["caveats"]) == ([], [], [])
    left = ("columns", "blockers", "caveats")
    assert {k: v for k, v in part.items() if k not in left} == {k: v for k, v in whole.items() if k not in left}


def test_a_kernel_takes_sayings_and_profiles_as_they_come_and_can_be_sent_to_another_process(pack: Pack) -> None:
    kernel = pickle.loads(pickle.dumps(Kernel(Ask(pack, "position", "development", AS_OF))))  # noqa: S301 - our own
    people = [Person(person="P-1", grade="M1"), Person(person="P-2", grade="M2")]
    evidence = [seen("P-1", "A.1"), seen("P-2", "A.1"), seen("P-2", "A.2"), seen("P-1", "A.2", "not_met")]
    whole = batch_of(people, evidence)
    first = Batch(
        whole.people.slice(0, 1),
        whole.profile[:1],
        whole.school.slice(0, 1),
        Rows(*(part[whole.rows.person == 0] for part in (whole.rows.person, whole.rows.saying, whole.rows.day))),
        whole.sayings[:1],
        whole.profiles[:2],
    )
    early = Rows(first.rows.person[:1], first.rows.saying[:1], first.rows.day[:1])
    only = kernel.evaluate(Batch(first.people, first.profile, first.school, early, first.sayings, first.profiles))
    assert only.to_pylist()[0]["level"] == 0
    assert kernel.evaluate(whole).to_pylist() == rows(pack, people, evidence)


def test_a_kernel_takes_no_list_of_sayings_that_does_not_begin_with_what_it_knows(pack: Pack) -> None:
    kernel = Kernel(Ask(pack, "position", "development", AS_OF))
    kernel.evaluate(batch_of([], [seen("P-1", "A.1")]))
    with pytest.raises(ValueError, match="other sayings than those of the batches before"):
        kernel.evaluate(batch_of([], [seen("P-1", "A.2")]))


def test_the_order_of_people_and_of_evidence_changes_no_row(pack: Pack) -> None:
    people = [Person(person="P-1", grade="M1"), Person(person="P-2", grade="M2")]
    evidence = [seen(p, c, claim) for p in ("P-1", "P-2") for c, claim in (("A.1", "met"), ("A.2", "partly_met"))]
    forwards = rows(pack, people, evidence)
    backwards = rows(pack, people[::-1], evidence[::-1])
    assert sorted(backwards, key=lambda row: row["person"]) == forwards


def test_rules_that_contradict_one_another_of_somebody_who_is_asked_about_are_told_with_the_rule(
    clauses_program: Callable[..., Program], clause: Callable[..., Clause]
) -> None:
    declared = Conclusion("r.a", ("one", "two", None), None, "r", "A value")
    clauses = [clause("r.a", "one", FindingIs("A", MET)), clause("r.a", "two", FindingIs("A", MET))]
    program = clauses_program(["A"], [declared], clauses)
    bits = np.array([[1 << State.NOT_MET, 1 << State.MET]], np.uint8)
    sight = Sight(bits, there=np.ones(2, np.bool_), full=np.ones(2, np.bool_))
    columns = ColumnProgram(program, range(len(program.criteria)))
    given = Given(sight, None, lambda _: np.zeros(2, np.bool_), asked=np.array([False, True]))
    with pytest.raises(EngineError, match=r"rule r concludes both 'one' and 'two' of r\.a"):
        columns.run(given)
    columns.run(replace(given, asked=np.array([True, False])))


def test_the_column_engine_imports_neither_durable_rules_nor_the_service() -> None:
    code = (
        "import sys, bandstand.cohort.kernel, bandstand.cohort.evaluate\n"
        "gone = {'durable', 'durable_rules_engine', 'bandstand.service', 'bandstand.engine.durable', "
        "'bandstand.engine.evaluate', 'typer'}\n"
        "print(sorted(gone & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 - ours
    assert done.stdout.strip() == "[]"


def test_more_ranks_and_days_than_half_a_number_holds_are_counted_in_a_whole_one(tmp_path: Path) -> None:
    sources = ("observation", "appraiser", "peer", "document", "data", "pupil_voice", "self")
    views = "".join(
        f"    - id: v{n}\n      label: V{n}\n      ranks:\n"
        + "".join(f"        - {{ sources: [{source}] }}\n" for source in sources)
        for n in range(12)
    )
    old = """    - id: agreed
      label: Agreed view
      ranks:
        - { sources: [observation, appraiser] }
        - { sources: [self], reaches: partly_met }
"""
    many = load_pack(
        tiny(tmp_path, ("framework.yaml", old, views), ("framework.yaml", "max_age_months: 24", "max_age_months: 600")),
        KINDS_BY_NAME,
    )
    evidence = [seen("P-1", "A.1", date="1980-01-01"), seen("P-1", "A.2", source="self"), seen("P-1", "A.2", "not_met")]
    (row,) = rows(many, [Person(person="P-1")], evidence)
    assert (row["view"], row["level"], row["blockers"]) == ("v0", 0, ["A.2"])
    (agreed,) = rows(many, [Person(person="P-1")], evidence[:2])
    assert agreed["level"] == 1


def test_numbers_of_evidence_may_come_in_any_integer_order(pack: Pack) -> None:
    batch = batch_of([], [seen("P-1", "A.1"), seen("P-1", "A.2")])
    order = np.array([1, 0])
    turned = Rows(*(part[order] for part in (batch.rows.person, batch.rows.saying, batch.rows.day)))
    kernel = Kernel(Ask(pack, "position", "development", AS_OF))
    again = Batch(batch.people, batch.profile, batch.school, turned, batch.sayings, batch.profiles)
    assert kernel.evaluate(again).equals(kernel.evaluate(batch))
    assert isinstance(kernel.evaluate(again), pa.Table)
