"""Reading people: grades and roles that some framework knows, and never a protected characteristic."""

from __future__ import annotations

import csv
import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import pytest
import xlsxwriter  # type: ignore[import-untyped]  # it ships no types

import support
from bandstand.interop.people import PeopleList, read_people
from bandstand.interop.source import Limits

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def grade(name: str, column: int, *aliases: str) -> dict[str, Any]:
    strand = name.partition(":")[0]
    return {"id": name, "label": name, "strand": strand, "column": column, "aliases": aliases, "source": "1"}


def option(name: str) -> dict[str, Any]:
    return {"id": name, "label": name}


PACK = support.pack(
    support.framework(
        strands=[option("teaching"), option("support")],
        grades=[
            grade("teaching:M1-6", 1),
            grade("teaching:UPS1", 2, "UPR1"),
            grade("support:M1-6", 1),
            grade("support:G5", 2),
        ],
        roles=[
            {"id": "head_of_department", "label": "Head of department", "source": "1"},
            {"id": "mentor", "label": "Mentor", "source": "1"},
        ],
        career_stages=[option("ECT1"), option("ECT2"), {"id": "UPR2-3", "label": "UPR 2/3, senior"}],
        flags=[option("returning")],
    )
)

HEAD = ["person", "grade", "roles", "strand", "fte", "in_role_since", "career_stage", "flags"]
ROWS: list[list[Any]] = [
    ["P-0001", "UPS1", "head_of_department; mentor", "", 0.8, "2024-09-01", "", "returning"],
    ["P-0002", "M1-6", "", "teaching", 1, "", "ECT1", ""],
    ["P-0003", "", "", "", "", "", "", ""],
]
RECORDS: list[dict[str, Any]] = [
    {
        "person": "P-0001",
        "grade": "UPS1",
        "roles": ["head_of_department", "mentor"],
        "fte": 0.8,
        "in_role_since": "2024-09-01",
        "flags": ["returning"],
    },
    {"person": "P-0002", "grade": "M1-6", "strand": "teaching", "fte": 1, "career_stage": "ECT1"},
    {"person": "P-0003"},
]


def write_csv(path: Path, *rows: Sequence[object]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def write_xlsx(path: Path, *rows: Sequence[object]) -> Path:
    book = xlsxwriter.Workbook(str(path), {"default_date_format": "dd/mm/yyyy"})
    page = book.add_worksheet("Staff")
    for at, row in enumerate(rows):
        page.write_row(at, 0, row)
    book.close()
    return path


def read(path: Path) -> PeopleList:
    return read_people(path, {"ladder": PACK})


def test_the_four_kinds_of_file_give_the_same_people(tmp_path: Path) -> None:
    lines, whole, wrapped = tmp_path / "p.jsonl", tmp_path / "p.json", tmp_path / "w.json"
    lines.write_text("\n".join(map(json.dumps, RECORDS)), encoding="utf-8")
    whole.write_text(json.dumps(RECORDS), encoding="utf-8")
    wrapped.write_text(json.dumps({"people": RECORDS}), encoding="utf-8")
    dated = [[dt.date(2024, 9, 1) if cell == "2024-09-01" else cell for cell in row] for row in ROWS]
    table = write_csv(tmp_path / "p.csv", HEAD, *ROWS)
    book = write_xlsx(tmp_path / "p.xlsx", ["Our staff"], HEAD, *dated)
    lists = [read(path) for path in (lines, whole, wrapped, table, book)]
    for people in lists:
        assert people.problems == []
        assert people.people == lists[0].people
    assert lists[0].people["P-0001"].roles == ("head_of_department", "mentor")
    assert lists[0].people["P-0001"].in_role_since == dt.date(2024, 9, 1)
    assert lists[0].people["P-0002"].fte == 1


def test_a_grade_stays_as_it_was_written_and_other_words_become_the_framework_s(tmp_path: Path) -> None:
    row = ["P-0001", "upr 1", "Head of Department | mentor", "Teaching", "", "", "ect1", ""]
    person = read(write_csv(tmp_path / "p.csv", HEAD, row)).people["P-0001"]
    assert person.grade == "upr 1"
    assert (person.roles, person.strand, person.career_stage) == (("head_of_department", "mentor"), "teaching", "ECT1")


@pytest.mark.parametrize(
    ("column", "value", "code", "message", "remedy"),
    [
        ("grade", "UPS7", "unknown-grade", '"UPS7" is not a grade of any', "Did you mean UPS1?"),
        ("grade", "teaching:UPS7", "unknown-grade", "is not a grade of any", "Did you mean teaching:UPS1?"),
        (
            "grade",
            "M1-6",
            "ambiguous-grade",
            '"M1-6" can mean teaching:M1-6 or support:M1-6.',
            "Write teaching:M1-6 or support:M1-6, or fill the strand column.",
        ),
        ("roles", "mentr; head_of_department", "unknown-role", '"mentr" is not a role of any', "Did you mean mentor?"),
        ("strand", "teach", "unknown-strand", '"teach" is not a strand', "Did you mean teaching?"),
        ("career_stage", "ECT3", "unknown-career-stage", '"ECT3" is not a', "It is one of ECT1, ECT2, UPR2-3."),
        ("roles", "safeguarding", "unknown-role", "is not a role", "It is one of head_of_department, mentor."),
        ("flags", "new", "unknown-flag", '"new" is not a flag', "It is one of returning."),
        ("fte", "1.2", "bad-value", '"1.2" is too large.', "at most 1"),
        ("fte", "nan", "bad-value", '"nan" is not a number.', "0.8"),
        ("fte", "80%", "bad-value", '"80%" is not a number.', "0.8"),
        ("in_role_since", "01/09/2024", "not-a-date", '"01/09/2024" is not a date.', "the year first"),
        ("person", "", "missing-field", "There is no person.", "Write an id"),
    ],
)
def test_a_bad_field_is_said_plainly(
    tmp_path: Path, column: str, value: str, code: str, message: str, remedy: str
) -> None:
    row = {"person": "P-0001", "flags": "returning", column: value}
    people = read(write_csv(tmp_path / "p.csv", HEAD, [row.get(name, "") for name in HEAD]))
    assert people.people == {}
    assert [problem.code for problem in people.problems] == [code]
    problem = people.problems[0]
    assert message in problem.message
    assert remedy in problem.remedy
    assert (problem.place.row, problem.place.path) == (2, column)


def test_a_grade_of_another_strand_says_which_grades_there_are(tmp_path: Path) -> None:
    row = ["P-0001", "UPS1", "", "support", "", "", "", ""]
    problem = read(write_csv(tmp_path / "p.csv", HEAD, row)).problems[0]
    assert problem.message == '"UPS1" is not a grade of the strand support.'
    assert problem.remedy == "Write teaching:UPS1, or mend the strand column."


def test_every_bad_row_is_reported_and_the_good_ones_are_returned(tmp_path: Path) -> None:
    rows = [["P-0001", "UPS7", "x"], ["P-0002", "UPS1", ""], ["P-0002", "G5", ""], ["P-0003", "", "y"]]
    people = read(write_csv(tmp_path / "p.csv", HEAD[:3], *rows))
    assert list(people.people) == ["P-0002"]
    assert [(p.place.row, p.code) for p in people.problems] == [
        (2, "unknown-grade"),
        (2, "unknown-role"),
        (4, "duplicate-person"),
        (5, "unknown-role"),
    ]
    assert people.problems[2].message.endswith("p.csv, row 3.")


def test_protected_characteristics_are_left_out_with_one_note_each(tmp_path: Path) -> None:
    head = ["person", "Date of birth", "SEX", "Surname", "grad"]
    people = read(write_csv(tmp_path / "p.csv", head, *[[f"P-{n}", "1", "2", "3", "4"] for n in range(3)]))
    assert len(people.people) == 3
    assert len(people.notes) == 3
    assert all("a protected characteristic never reaches a rule" in note for note in people.notes[:2])
    assert {problem.place.path: problem.remedy for problem in people.problems} == {"grad": "Did you mean grade?"}


def test_a_column_of_names_is_left_out_with_a_note_and_stops_nothing(tmp_path: Path) -> None:
    people = read(write_csv(tmp_path / "p.csv", ["person", "Name", "E-mail"], *[[f"P-{n}", "Q", "R"] for n in (1, 2)]))
    assert (list(people.people), people.problems) == (["P-1", "P-2"], [])
    assert [note.partition(": ")[2] for note in people.notes] == [
        f'the column "{name}" was left out; Bandstand reads ids, and never names.' for name in ("Name", "E-mail")
    ]


@pytest.mark.parametrize("stage", ["UPR2-3", "upr 2/3", "UPR 2/3, Senior", "UPR2/3"])
def test_a_stage_may_be_written_by_its_id_or_its_label_in_whatever_way(tmp_path: Path, stage: str) -> None:
    row = ["P-0001", "", "HEAD-OF-department", "", "", "", stage, ""]
    person = read(write_csv(tmp_path / "p.csv", HEAD, row)).people["P-0001"]
    assert (person.career_stage, person.roles) == ("UPR2-3", ("head_of_department",))


def test_a_label_that_several_have_is_none_of_them(tmp_path: Path) -> None:
    stages = [{"id": name, "label": "Senior"} for name in ("S1", "S2")]
    path = write_csv(tmp_path / "p.csv", ["person", "career_stage"], ["P-1", "Senior"], ["P-2", "s2"])
    found = read_people(path, {"ladder": support.pack(support.framework(career_stages=stages))})
    assert [(problem.code, problem.remedy) for problem in found.problems] == [
        ("unknown-career-stage", "It is one of S1, S2.")
    ]
    assert found.people["P-2"].career_stage == "S2"


def test_that_somebody_stands_twice_is_told_where_either_row_is_bad(tmp_path: Path) -> None:
    rows = [["P-1", "Z"], ["P-1", "G5"], ["P-2", "G5"], ["P-2", "Z"]]
    found = read(write_csv(tmp_path / "p.csv", ["person", "grade"], *rows))
    assert [(problem.place.row, problem.code) for problem in found.problems] == [
        (2, "unknown-grade"),
        (3, "duplicate-person"),
        (5, "unknown-grade"),
        (5, "duplicate-person"),
    ]
    assert (list(found.people), found.rejected) == (["P-2"], {"P-1", "P-2"})


def test_a_protected_characteristic_in_json_is_left_out_as_well(tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    path.write_text('[{"person": "P-0001", "Religion": "x"}]', encoding="utf-8")
    people = read(path)
    assert list(people.people) == ["P-0001"]
    assert people.problems == []
    assert "Religion" in people.notes[0]


def test_a_truth_value_is_no_share_of_a_contract(tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    path.write_text('[{"person": "P-0001", "fte": true}]', encoding="utf-8")
    assert [problem.code for problem in read(path).problems] == ["bad-value"]


def test_numbers_that_a_spreadsheet_made_of_ids_are_ids_again(tmp_path: Path) -> None:
    assert list(read(write_xlsx(tmp_path / "p.xlsx", ["person", "fte"], [17.0, 0.5])).people) == ["17"]


@pytest.mark.parametrize("heading", ["school", "School", "Academy", "Site", "School ID", "academy_id"])
def test_a_school_is_read_under_any_of_its_headings(heading: str, tmp_path: Path) -> None:
    rows = (["person", heading], ["P-0001", "S-01"], ["P-0002", ""], ["P-0003", 103])
    for path in (write_csv(tmp_path / "p.csv", *rows), write_xlsx(tmp_path / "p.xlsx", *rows)):
        people = read(path)
        assert (people.problems, people.notes) == ([], [])
        assert [person.school for person in people.people.values()] == ["S-01", None, "103"]


def test_a_school_and_an_academy_are_one_column_too_many(tmp_path: Path) -> None:
    people = read(write_csv(tmp_path / "p.csv", ["person", "school", "academy"], ["P-0001", "S-01", "S-02"]))
    assert people.people["P-0001"].school == "S-01"
    assert [problem.code for problem in people.problems] == ["duplicate-column"]


def test_a_fact_that_a_framework_asks_for_is_not_taken_for_the_school(tmp_path: Path) -> None:
    fact = {"id": "site", "label": "Site", "question": "Which site?", "source": 1}
    asking = support.pack(support.framework(facts=[fact]))
    path = write_csv(tmp_path / "p.csv", ["person", "site"], ["P-0001", "the old one"])
    person = read_people(path, {"ladder": asking}).people["P-0001"]
    assert (person.school, person.facts) == (None, {"site": "the old one"})


def test_a_workbook_of_something_else_is_the_wrong_sheet(tmp_path: Path) -> None:
    problem = read(write_xlsx(tmp_path / "p.xlsx", ["Menu", "Monday"], ["Soup", "Bread"])).problems[0]
    assert problem.code == "wrong-sheet"
    assert 'the workbook\'s one sheet is "Staff"' in problem.message
    assert "person, grade, roles" in problem.remedy


def test_reading_stops_when_there_are_more_problems_than_anyone_could_mend(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "p.csv", ["person", "grade"], *[[f"P-{n}", "Z"] for n in range(50)])
    people = read_people(path, {"ladder": PACK}, limits=Limits(max_problems=10))
    assert len(people.problems) == 12


def test_one_row_can_have_several_problems_and_all_are_told(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("person,grade,fte,flags\nP-0001,UPS9,2,gone\n", encoding="utf-8")
    found = read_people(path, {"ladder": PACK})
    assert {problem.place.path for problem in found.problems} == {"fte", "grade", "flags"}
    assert found.people == {}
