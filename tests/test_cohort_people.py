"""Staff lists by the column, and batches of the people that are in them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import support
from bandstand.cohort.coding import Coder
from bandstand.cohort.gather import batch_from
from bandstand.cohort.staff import PeopleTable, StaffReader, code_people
from bandstand.interop.people import PersonCheck, duplicate
from bandstand.interop.source import RawRow
from bandstand.models.evidence import Person
from bandstand.models.problem import Problem, by_place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bandstand.cohort.batch import Batch

TODAY = dt.date(2025, 7, 31)


def option(name: str) -> dict[str, Any]:
    return {"id": name, "label": name}


def grade(name: str) -> dict[str, Any]:
    return {"id": name, "label": name, "strand": name.partition(":")[0], "column": 1, "source": "1"}


PACK = support.pack(
    support.framework(
        strands=[option("teaching"), option("support")],
        grades=[grade("teaching:M1-6"), grade("teaching:UPS1"), grade("support:M1-6")],
        roles=[{"id": "mentor", "label": "Mentor", "source": "1"}, {"id": "head", "label": "Head", "source": "1"}],
        career_stages=[option("ECT1"), option("ECT2")],
        flags=[option("returning")],
        facts=[
            {
                "id": "induction",
                "label": "Induction",
                "question": "Is induction done?",
                "values": [option("yes"), option("no")],
                "source": "1",
            },
            {"id": "subject", "label": "Subject", "question": "What is taught?", "source": "1"},
        ],
    ),
    support.standard("L1", 1, "L1.1", "L1.2"),
)
PACKS = {PACK.id: PACK}

CELLS: dict[str, list[Any]] = {
    "person": ["P-1", "P-2", " P-1", "P-3", "P-3 ", "", "#N/A", "p" * 121, "né"],
    "grade": ["UPS1", "ups1", "M1-6", "teaching:M1-6", "X", ""],
    "roles": ["mentor", "Mentor; head", "moderator", ""],
    "strand": ["teaching", "Support", "kitchen", ""],
    "fte": ["0.8", "1", "0", "much", ""],
    "in_role_since": ["2024-09-01", "1.9.2024", ""],
    "career_stage": ["ECT1", "ect 2", "MPR", ""],
    "flags": ["returning", "gone", ""],
    "school": ["S-1", " S-1", "S-2", "x" * 121, "", "S\n1"],
    "facts": ["x", ""],
    "induction": ["yes", "No", "maybe", ""],
    "subject": ["Maths", "Mat\nhs", ""],
}


@st.composite
def staff(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Some rows of a staff list, of which many are bad in one way or another."""
    fields = draw(st.sets(st.sampled_from(sorted(CELLS)))) | {"person"}
    cells = {
        name: st.one_of(st.none(), st.sampled_from(CELLS[name][:2]), st.sampled_from(CELLS[name]))
        for name in sorted(fields)
    }
    return draw(st.lists(st.fixed_dictionaries(cells), max_size=12))


def one_by_one(rows: Sequence[dict[str, Any]]) -> tuple[dict[str, Person], list[Problem], set[str]]:
    """The good people, all problems, and whose rows were bad, as the reader of single rows has them."""
    check, good, places = PersonCheck(PACKS), dict[str, Person](), dict[str, str]()
    problems, rejected = list[Problem](), set[str]()
    for at, values in enumerate(rows):
        row = RawRow("p.parquet", 1 + at, None, None, {n: value for n, value in values.items() if value is not None})
        result = check.person(row)
        name = str(values["person"] or "").strip()
        known = not any(p.place.path == "person" for p in result) if isinstance(result, list) else True
        again = known and name in places
        if known:
            problems.extend([duplicate(name, row, places[name])] if again else [])
            places.setdefault(name, str(row))
        if isinstance(result, list):
            problems.extend(result)
            rejected |= {name} if known else set()
        elif not again:
            good[name] = result
    return good, by_place(problems), rejected


def people_in(table: PeopleTable) -> dict[str, Person]:
    """Everybody of a table as a person."""
    found = {}
    for name, profile, school in zip(table.ids.to_pylist(), table.profile, table.school.to_pylist(), strict=True):
        found[name] = table.profiles[profile].model_copy(update={"person": name, "school": school})
    return found


@settings(deadline=None, max_examples=200)
@given(rows=staff(), dictionary=st.booleans())
def test_a_staff_list_is_read_as_its_rows_are_one_by_one(rows: list[dict[str, Any]], dictionary: bool) -> None:  # noqa: FBT001 - given by hypothesis
    names = list(rows[0]) if rows else ["person"]
    columns = {name: pa.array([row[name] for row in rows], pa.string()) for name in names}
    if dictionary:
        columns = {name: column.dictionary_encode() for name, column in columns.items()}
    table = code_people(pa.table(columns), PACKS, file="p.parquet")
    good, problems, rejected = one_by_one(rows)
    assert people_in(table) == good
    assert by_place(p for reject in table.rejects for p in reject.problems) == problems
    assert set(table.rejected.to_pylist()) == rejected
    assert table.read == len(rows)
    assert table.ids.to_pylist() == sorted(table.ids.to_pylist(), key=str.encode)


def read(**columns: Any) -> PeopleTable:
    return code_people(pa.table(columns), PACKS, file="p.parquet", first_row=2)


def test_lists_objects_numbers_and_days_are_read_as_they_are() -> None:
    table = read(
        person=pa.array([7, 8, 9]),
        roles=[["mentor", "head"], [], None],
        fte=[0.5, None, 1.0],
        in_role_since=[dt.date(2024, 9, 1), None, dt.date(2023, 1, 1)],
        facts=[{"induction": True, "subject": None}, None, {"induction": None, "subject": "Art"}],
    )
    assert people_in(table) == {
        "7": Person(
            person="7",
            roles=("mentor", "head"),
            fte=0.5,
            in_role_since=dt.date(2024, 9, 1),
            facts={"induction": "yes"},
        ),
        "8": Person(person="8"),
        "9": Person(person="9", fte=1, in_role_since=dt.date(2023, 1, 1), facts={"subject": "Art"}),
    }
    assert not table.rejects


def test_facts_may_be_a_map() -> None:
    facts = pa.array([[("subject", "Art")], None], pa.map_(pa.string(), pa.string()))
    assert people_in(read(person=["P-1", "P-2"], facts=facts))["P-1"].facts == {"subject": "Art"}


def test_people_of_whom_the_same_is_known_share_a_profile_wherever_they_work() -> None:
    table = read(person=["P-3", "P-1", "P-2"], grade=["UPS1", None, " UPS1"], school=["S-1", "S-2", "S-3"])
    assert (table.ids.to_pylist(), table.profile.tolist()) == (["P-1", "P-2", "P-3"], [0, 1, 1])
    assert table.school.to_pylist() == ["S-2", "S-3", "S-1"]
    assert table.profiles == [Person(person="-"), Person(person="-", grade="UPS1")]


def test_somebody_who_stands_twice_is_told_with_both_rows() -> None:
    table = read(person=["P-1", "P-2", "P-1"], grade=["UPS1", None, None])
    (reject,) = table.rejects
    assert (reject.row, [str(problem) for problem in reject.problems]) == (
        4,
        ['p.parquet, row 4, person: The person "P-1" is already in p.parquet, row 2. Keep one row for each person.'],
    )
    assert people_in(table)["P-1"].grade == "UPS1"
    assert table.rejected.to_pylist() == []


def test_columns_that_are_not_read_are_told() -> None:
    table = read(person=["P-1"], Ethnicity=["x"], garde=["UPS1"])
    assert [problem.code for problem in table.problems] == ["unknown-column"]
    assert table.notes == (
        'p.parquet: the column "Ethnicity" was left out; a protected characteristic never reaches a rule.',
    )


def test_a_school_may_be_called_as_staff_lists_call_it() -> None:
    assert read(person=["P-1"], Academy=["S-1"]).school.to_pylist() == ["S-1"]


def test_parts_of_a_list_have_their_profiles_together() -> None:
    reader = StaffReader(PACKS)
    first = reader.read(pa.table({"person": ["P-1"], "grade": ["UPS1"]}), file="p")
    second = reader.read(
        pa.table({"person": ["P-2", "P-3"], "grade": ["M1-6", "UPS1"], "strand": ["support", None]}), file="p"
    )
    assert (first.profile.tolist(), second.profile.tolist()) == ([1], [2, 1])
    assert second.profiles is reader.profiles


def evidence(*people: str | None) -> pa.Table:
    size = len(people)
    plain = {"criteria": "L1.1", "claim": "met", "source": "self", "date": "2025-07-01"}
    return pa.table({"person": pa.array(people, pa.string()), **{name: [text] * size for name, text in plain.items()}})


def gathered(people: PeopleTable | None, *tables: pa.Table) -> Batch:
    coder = Coder(PACKS, default_framework=None, today=TODAY)
    coded = [coder.code(table, file="f", first_row=1) for table in tables]
    return batch_from(coded, people, coder.sayings)


def test_a_batch_has_everybody_once_with_what_is_known_of_them() -> None:
    staff = read(
        person=["P-1", "P-2", "P-9"],
        grade=["UPS1", "M1-6", "UPS1"],
        strand=[None, "support", None],
        school=["S-1", None, "S-2"],
    )
    batch = gathered(staff, evidence("P-2", "P-0", "P-2"), evidence("P-1", "P-0"))
    assert batch.people.to_pylist() == ["P-2", "P-0", "P-1"]
    assert batch.rows.person.tolist() == [0, 1, 0, 2, 1]
    assert [batch.profiles[at].grade for at in batch.profile] == ["M1-6", None, "UPS1"]
    assert batch.school.to_pylist() == [None, None, "S-1"]


def test_whoever_s_row_of_the_staff_list_was_rejected_is_left_out_with_the_evidence() -> None:
    staff = read(person=["P-1", "P-2", "P-3"], grade=["X", "UPS1", "UPS1"])
    batch = gathered(staff, evidence("P-1", "P-2", "P-1", "P-4"))
    assert batch.people.to_pylist() == ["P-2", "P-4"]
    assert batch.rows.person.tolist() == [0, 1]
    assert len(batch.rows.saying) == len(batch.rows.day) == 2
    assert batch.profile.tolist() == [1, 0]


def test_whoever_has_no_good_row_is_not_in_the_batch() -> None:
    table = evidence("P-1", "P-2", "P-1")
    table = table.set_column(2, "claim", pa.array(["met", "mett", "met"]))
    batch = gathered(None, table)
    assert batch.people.to_pylist() == ["P-1"]
    assert batch.rows.person.tolist() == [0, 0]
    assert batch.profiles == [Person(person="-")]


@pytest.mark.parametrize("tables", [(), (evidence(),), (evidence(None),)])
def test_a_batch_of_nobody_is_empty(tables: tuple[pa.Table, ...]) -> None:
    batch = gathered(read(person=["P-1"]), *tables)
    assert (len(batch.people), len(batch.profile), len(batch.school)) == (0, 0, 0)
    assert batch.rows.person.dtype == np.int32


@given(
    people=st.lists(st.sampled_from(["a", "aé", "b", "B", "é", "￿", "𐀀", "z"]), unique=True),
    named=st.lists(st.sampled_from(["a", "aé", "b", "B", "é", "￿", "𐀀", "z", "c"])),
)
def test_people_are_found_in_a_list_in_any_letters(people: list[str], named: list[str]) -> None:
    staff = read(person=pa.array(people, pa.string()), subject=pa.array(people, pa.string()))
    batch = gathered(staff, evidence(*named))
    assert batch.people.to_pylist() == list(dict.fromkeys(named))
    known = [batch.profiles[at].facts.get("subject") for at in batch.profile]
    assert known == [name if name in people else None for name in dict.fromkeys(named)]
