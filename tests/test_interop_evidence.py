"""Reading evidence: four kinds of file say the same, and whatever is wrong is said plainly and all at once."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import hashlib
import io
import json
import struct
import time
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import rfc8785
import xlsxwriter  # type: ignore[import-untyped]  # it ships no types
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from openpyxl import Workbook

import support
from bandstand.errors import NotFoundError
from bandstand.interop.asks import PackAsks, fields_read, parts_of
from bandstand.interop.inbox import Inbox, read_evidence
from bandstand.interop.records import content_id
from bandstand.interop.rows import BUILT_IN_READERS, Limits, RawRow
from bandstand.models.evidence import Attachment, Evidence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from bandstand.models.problem import Problem
    from bandstand.models.standard import Standard
    from bandstand.packs.pack import Pack

TODAY = dt.date(2026, 7, 31)
SHA = "ab" * 32

#: Asks for a note wherever the claim is not met, and for an author on an appraiser's evidence.
SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "allOf": [
        {
            "if": {"properties": {"source": {"const": "appraiser"}}},
            "then": {"required": ["author"], "description": "Appraisers sign what they write."},
        }
    ],
    "properties": {"note": {"maxLength": 80}},
}


def pack(*standards: Standard, name: str = "ladder", schema: Mapping[str, Any] | None = None) -> Pack:
    made = support.framework(id=name, title=name.title(), review_points=support.REVIEWS)
    return support.pack(made, *standards, evidence_schema=schema or {})


LADDER = pack(
    support.standard("L1", 1, "L1.1", "L1.2"),
    support.standard("L3", 3, *(f"L3.{n}" for n in range(1, 7))),
    support.standard("L4", 4, "L4.1"),
    schema=SCHEMA,
)
TOOLKIT = pack(support.standard("A", None, "3.1", "3.10", "4.0", "A one"), name="toolkit")
PACKS = {"ladder": LADDER, "toolkit": TOOLKIT}

RECORDS: list[dict[str, Any]] = [
    {
        "id": "e-1",
        "person": "P-0001",
        "framework": "ladder",
        "criteria": ["L1.1", "L3.2"],
        "claim": "met",
        "source": "appraiser",
        "author": "A-0001",
        "date": "2026-01-12",
        "review_point": "mid",
        "note": "Seen twice; once with visitors, in Übung.",
        "attachments": [{"uri": "https://files.example/1", "sha256": SHA}, {"uri": "https://files.example/2"}],
        "moderated_by": "A-0002",
        "accepted_from": "e-0",
        "accepted_by": "A-0003",
    },
    {
        "id": "e-2",
        "person": "7",
        "framework": "ladder",
        "criteria": ["L1.2"],
        "claim": "partly_met",
        "source": "self",
        "date": "2026-01-13",
    },
    {
        "person": "P-0002",
        "framework": "toolkit",
        "criteria": ["A one"],
        "claim": "not_met",
        "source": "pupil_voice",
        "date": "2026-01-14",
    },
]
HEAD = [
    "id",
    "person",
    "framework",
    "criteria",
    "claim",
    "source",
    "author",
    "date",
    "review_point",
    "note",
    "attachments",
    "moderated_by",
    "accepted_from",
    "accepted_by",
]


def as_cells(record: Mapping[str, Any]) -> list[str]:
    def cell(name: str) -> str:
        value = record.get(name, "")
        if name == "criteria":
            return "; ".join(value)
        if name == "attachments":
            return "; ".join(" ".join(part.values()) for part in value)
        return str(value)

    return [cell(name) for name in HEAD]


def write_csv(path: Path, rows: Sequence[Sequence[object]], encoding: str = "utf-8", delimiter: str = ",") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    return path


def write_xlsx(path: Path, sheets: Mapping[str, Sequence[Sequence[object]]]) -> Path:
    book = xlsxwriter.Workbook(str(path), {"default_date_format": "dd/mm/yyyy"})
    for name, rows in sheets.items():
        page = book.add_worksheet(name)
        for at, row in enumerate(rows):
            page.write_row(at, 0, row)
    book.close()
    return path


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(*paths: Path, **options: Any) -> Inbox:
    return read_evidence(paths, PACKS, **{"today": TODAY, "default_framework": "ladder", **options})


def read_one(path: Path, **changes: object) -> Inbox:
    """One JSON Lines record, good but for ``changes``; None takes a field out."""
    record = {**RECORDS[1], **changes}
    return read(write(path / "e.jsonl", json.dumps({k: v for k, v in record.items() if v is not None})))


def only(inbox: Inbox) -> Problem:
    assert len(inbox.problems) == 1, "\n".join(map(str, inbox.problems))
    return inbox.problems[0]


def text_of(problem: Problem, folder: Path) -> str:
    return str(problem).replace(f"{folder}/", "")


# What is good


def test_the_four_kinds_of_file_give_the_same_evidence(tmp_path: Path) -> None:
    table = [HEAD, *map(as_cells, RECORDS)]
    dated = [list[object](HEAD), *(list[object](as_cells(record)) for record in RECORDS)]
    for row, record in zip(dated[1:], RECORDS, strict=True):
        row[HEAD.index("date")] = dt.date.fromisoformat(record["date"])
    dated[2][1] = 7.0
    paths = [
        write(tmp_path / "e.jsonl", "\n".join(map(json.dumps, RECORDS))),
        write(tmp_path / "e.json", json.dumps(RECORDS, indent=2)),
        write(tmp_path / "wrapped.json", json.dumps({"evidence": RECORDS})),
        write_csv(tmp_path / "e.csv", table),
        write_csv(tmp_path / "bom.csv", table, encoding="utf-8-sig"),
        write_csv(tmp_path / "semicolons.csv", table, delimiter=";"),
        write_csv(tmp_path / "tabs.tsv", table, delimiter="\t"),
        write_xlsx(tmp_path / "e.xlsx", {"About": [["Term", "Autumn"]], "Evidence": [["Our evidence"], [], *dated]}),
    ]
    inboxes = [read(path) for path in paths]
    for inbox in inboxes:
        assert inbox.problems == []
        assert inbox.evidence == inboxes[0].evidence
    first, second, third = inboxes[0].evidence
    assert first.criteria == ("L1.1", "L3.2")
    assert first.attachments == (
        Attachment(uri="https://files.example/1", sha256=SHA),
        Attachment(uri="https://files.example/2"),
    )
    assert (first.accepted_from, first.accepted_by) == ("e-0", "A-0003")
    assert second.person == "7"
    assert (second.accepted_from, second.accepted_by) == (None, None)
    assert third.criteria == ("A one",)
    assert third.id.startswith("e-")
    assert len(third.id) == 18


def test_words_may_be_written_as_people_write_them(tmp_path: Path) -> None:
    inbox = read_one(
        tmp_path, claim="Not met", source="Pupil Voice", review_point="Mid-year", criteria="L1.1 L1.2|L4.1"
    )
    assert inbox.problems == []
    record = inbox.evidence[0]
    assert (record.claim, record.source, record.review_point) == ("not_met", "pupil_voice", "mid")
    assert record.criteria == ("L1.1", "L1.2", "L4.1")


def test_headings_may_be_written_as_people_write_them_and_blank_rows_are_passed_over(tmp_path: Path) -> None:
    path = write(
        tmp_path / "e.csv",
        "sep=;\nPerson;Criteria;Claim;Source;Date;Review point\n\nP-0001;L1.1;met;self;2026-01-12;\n;;;;;\n",
    )
    assert [e.person for e in read(path).evidence] == ["P-0001"]


def test_the_framework_is_the_record_s_then_the_default_then_the_only_one(tmp_path: Path) -> None:
    path = write(tmp_path / "e.jsonl", json.dumps({**RECORDS[1], "framework": ""}))
    assert read(path, default_framework="ladder").evidence[0].framework == "ladder"
    alone = read_evidence([path], {"ladder": LADDER}, today=TODAY)
    assert alone.evidence[0].framework == "ladder"
    problem = only(read(path, default_framework=None))
    assert problem.code == "missing-field"
    assert "several are installed (ladder, toolkit)" in problem.remedy


def test_an_uninstalled_default_framework_is_the_caller_s_mistake(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="Did you mean ladder"):
        read(tmp_path / "e.csv", default_framework="laddr")


def test_evidence_for_another_installed_framework_is_kept(tmp_path: Path) -> None:
    inbox = read(write(tmp_path / "e.jsonl", json.dumps(RECORDS[2])))
    assert [record.framework for record in inbox.evidence] == ["toolkit"]
    assert (inbox.problems, inbox.notes) == ([], [])


def test_a_reader_of_another_kind_of_file_can_be_added(tmp_path: Path) -> None:
    def read_fixed(path: Path, _: Limits) -> Iterator[RawRow | Problem]:
        yield RawRow(path.name, 1, None, None, dict(RECORDS[1]))

    inbox = read(write(tmp_path / "e.fix", "x"), readers={**BUILT_IN_READERS, ".fix": read_fixed})
    assert [e.id for e in inbox.evidence] == ["e-2"]


def test_a_reader_that_fails_does_not_take_the_other_files_with_it(tmp_path: Path) -> None:
    def fail(path: Path, _: Limits) -> Iterator[RawRow | Problem]:
        yield RawRow(path.name, 1, None, None, {**RECORDS[1], "id": "e-9"})
        raise KeyError(path.name)

    good = write(tmp_path / "e.jsonl", json.dumps(RECORDS[1]))
    inbox = read(write(tmp_path / "e.bad", "x"), good, readers={**BUILT_IN_READERS, ".bad": fail})
    assert only(inbox).code == "reader-failed"
    assert [e.id for e in inbox.evidence] == ["e-9", "e-2"]


def test_progress_is_told_the_rows_read_so_far(tmp_path: Path) -> None:
    told: list[int] = []
    lines = "\n".join(json.dumps({**RECORDS[1], "id": f"e-{n}"}) for n in range(2500))
    read(write(tmp_path / "e.jsonl", lines), progress=told.append)
    assert told == [1000, 2000, 2500]


# What is wrong with a record


def test_every_bad_row_is_reported_and_the_good_ones_are_returned(tmp_path: Path) -> None:
    rows = [
        ["id", "person", "criteria", "claim", "source", "date"],
        ["1", "P-0001", "L1.1", "met", "self", "2026-01-12"],
        ["2", "P-0001", "L3.9", "green", "self", "12/01/2026"],
        ["3", "", "L1.1", "met", "boss", "2026-01-12"],
        ["4", "P-0001", "L1.2", "met", "self", "2026-01-12"],
    ]
    inbox = read(write_csv(tmp_path / "e.csv", rows))
    assert [e.id for e in inbox.evidence] == ["1", "4"]
    assert [(p.place.row, p.place.path, p.code, p.value) for p in inbox.problems] == [
        (3, "claim", "not-a-claim", "green"),
        (3, "criteria", "unknown-criterion", "L3.9"),
        (3, "date", "not-a-date", "12/01/2026"),
        (4, "person", "missing-field", None),
        (4, "source", "not-a-source", "boss"),
    ]
    assert all(p.remedy for p in inbox.problems)


def test_an_unknown_criterion_suggests_the_nearest_of_its_level(tmp_path: Path) -> None:
    rows = [["person", "criteria", "claim", "source", "date"], ["P-0001", "L3.9", "met", "self", "2026-01-12"]]
    problem = only(read(write_csv(tmp_path / "evidence.csv", rows)))
    assert text_of(problem, tmp_path) == (
        'evidence.csv, row 2, criteria: "L3.9" is not a criterion of ladder 2024.1 (level 3 has L3.1 to L3.6). '
        "Did you mean L3.6?"
    )
    assert problem.code == "unknown-criterion"


@pytest.mark.parametrize(
    ("changes", "code", "message", "remedy"),
    [
        ({"criteria": ["L4.2"]}, "unknown-criterion", "(level 4 has only L4.1)", "Did you mean L4.1?"),
        ({"criteria": ["Z"]}, "unknown-criterion", '"Z" is not a criterion of ladder 2024.1.', "It is one of L1.1"),
        ({"criteria": ["3.1"]}, "other-framework", "a criterion of toolkit 2024.1, not of ladder", "Write toolkit"),
        ({"criteria": []}, "missing-field", "There is no criteria.", "L3.1; L3.2"),
        ({"framework": "lader"}, "unknown-framework", '"lader" is not a framework', "Did you mean ladder?"),
        ({"review_point": "spring"}, "unknown-review-point", '"spring" is not a review point of', "It is one of sep"),
        ({"claim": "partial"}, "not-a-claim", '"partial" is not a claim.', "It is one of not_met, partly_met, met."),
        ({"claim": None}, "missing-field", "There is no claim.", "Write met, partly_met or not_met."),
        ({"source": "agreed"}, "not-a-source", '"agreed" is not a kind of source.', "moderated_by"),
        ({"date": "2026-02-30"}, "not-a-date", '"2026-02-30" is not a date.', "the year first"),
        ({"date": 46034}, "not-a-date", '"46034" is not a date.', "number for 2026-01-12"),
        ({"date": "2026-08-01"}, "future-date", "2026-08-01 is after today, 2026-07-31.", "correct the date"),
        ({"note": "x" * 10_001}, "bad-value", "is too long", "10,000"),
        ({"note": "x" * 81}, "framework-asks", "is not what ladder 2024.1 asks for", "is too long"),
        ({"source": "appraiser"}, "missing-field", "There is no author.", "Appraisers sign what they write."),
        ({"person": ["P-0001"]}, "bad-value", "is not text", "Write an id"),
        ({"person": "a\nb"}, "bad-value", "not on one line", "Write an id"),
        ({"id": True}, "bad-value", '"True" is not text.', "Write an id"),
        ({"attachments": [{"uri": "x", "sha256": "abc"}]}, "bad-value", '"abc" is not a sha256.', "64 digits"),
        ({"attachments": [{"sha256": SHA}]}, "missing-field", "There is no attachments[0].uri.", "its sha256"),
    ],
)
def test_a_bad_field_is_said_plainly(
    tmp_path: Path, changes: dict[str, object], code: str, message: str, remedy: str
) -> None:
    inbox = read_one(tmp_path, **changes)
    problem = only(inbox)
    assert inbox.evidence == []
    assert problem.code == code
    assert message in problem.message
    assert remedy in problem.remedy
    assert problem.place.line == 1


def test_no_problem_speaks_pydantic(tmp_path: Path) -> None:
    wrong: list[object] = [1.5, True, [1], {"a": 1}, "\ud800", "x" * 200]
    for field in HEAD:
        for value in wrong:
            for problem in read_one(tmp_path, **{field: value}).problems:
                words = str(problem).lower()
                assert not any(w in words for w in ("pydantic", "input should", "valid string", "tuple", "loc", "enum"))


def test_a_duplicate_id_names_the_place_of_the_first(tmp_path: Path) -> None:
    first = write(tmp_path / "a.jsonl", json.dumps(RECORDS[1]))
    second = write(tmp_path / "b.jsonl", "\n" + json.dumps({**RECORDS[1], "claim": "met"}))
    inbox = read(first, second)
    assert [e.claim for e in inbox.evidence] == ["partly_met"]
    problem = only(inbox)
    assert problem.code == "duplicate-id"
    assert text_of(problem, tmp_path).startswith('b.jsonl, line 2, id: The id "e-2" is already that of ')
    assert problem.message.endswith("a.jsonl, line 1.")


def test_a_row_without_id_that_says_the_same_as_another_is_a_duplicate(tmp_path: Path) -> None:
    rows = [["person", "criteria", "claim", "source", "date"], *[["P-1", "L1.1", "met", "self", "2026-01-12"]] * 2]
    inbox = read(write_csv(tmp_path / "e.csv", rows))
    assert len(inbox.evidence) == 1
    assert only(inbox).code == "duplicate-row"
    assert only(inbox).message.endswith("e.csv, row 2.")


def test_excel_dates_are_taken_and_a_time_of_day_is_not(tmp_path: Path) -> None:
    head = ["id", "person", "criteria", "claim", "source", "date"]
    row = ["P-0001", "L1.1", "met", "self"]
    days = [dt.date(2026, 1, 12), dt.datetime(2026, 1, 12), dt.datetime(2026, 1, 12, 9, 30), 46034]  # noqa: DTZ001
    sheet: list[list[object]] = [list(head), *([number, *row, day] for number, day in enumerate(days))]
    inbox = read(write_xlsx(tmp_path / "e.xlsx", {"Sheet1": sheet}))
    assert [(e.id, e.date) for e in inbox.evidence] == [("0", dt.date(2026, 1, 12)), ("1", dt.date(2026, 1, 12))]
    assert [(p.place.sheet, p.place.row, p.code) for p in inbox.problems] == [
        ("Sheet1", 4, "not-a-date"),
        ("Sheet1", 5, "not-a-date"),
    ]
    assert "without the time, 2026-01-12" in inbox.problems[0].remedy
    assert "spreadsheet's number for 2026-01-12" in inbox.problems[1].remedy


def test_criteria_that_a_spreadsheet_took_for_numbers_or_dates_are_read_or_reported(tmp_path: Path) -> None:
    head = ["framework", "person", "criteria", "claim", "source", "date"]
    rows = [
        ["toolkit", "P-0001", value, "met", "self", dt.date(2026, 1, 12)] for value in (4, 3.1, dt.date(2026, 3, 1))
    ]
    inbox = read(write_xlsx(tmp_path / "e.xlsx", {"S": [head, *rows]}))
    assert [e.criteria for e in inbox.evidence] == [("4.0",)]
    ambiguous, taken = inbox.problems
    assert ambiguous.code == "ambiguous-number"
    assert ambiguous.message == "A spreadsheet holds 3.1 and 3.10 as the same number, 3.1."
    assert "taken this for a date, 2026-03-01" in taken.message


def test_an_unknown_column_is_reported_once_and_a_protected_one_only_noted(tmp_path: Path) -> None:
    head = ["person", "criteria", "claim", "source", "date", "auther", "Forename", "Ethnicity"]
    rows = [["P-0001", c, "met", "self", "2026-01-12", "A", "Q", "R"] for c in ("L1.1", "L1.2")]
    inbox = read(write_csv(tmp_path / "e.csv", [head, *rows]))
    assert len(inbox.evidence) == 2
    assert {p.place.path: p.remedy for p in inbox.problems} == {"auther": "Did you mean author?"}
    assert len(inbox.notes) == 2
    assert inbox.notes[0].endswith('the column "Forename" was left out; Bandstand reads ids, and never names.')
    assert 'the column "Ethnicity" was left out' in inbox.notes[1]


def test_a_heading_that_is_near_no_other_is_answered_with_those_that_there_are(tmp_path: Path) -> None:
    head = ["person", "criteria", "claim", "source", "date", "date of award"]
    inbox = read(write_csv(tmp_path / "e.csv", [head, ["P-0001", "L1.1", "met", "self", "2026-01-12", "x"]]))
    assert only(inbox).remedy == f"It is one of {', '.join(HEAD)}."
    problem = only(read(write_csv(tmp_path / "f.csv", [["person", "criteria", "claim", "source", "fte"]])))
    assert (problem.code, "meant to be" in problem.remedy) == ("missing-column", False)


def test_whatever_else_is_wrong_is_told_along_with_a_field_that_has_no_right_shape(tmp_path: Path) -> None:
    wrong = {"criteria": ["L11.1"], "date": "2027-01-01", "moderated_by": "7", "accepted_from": "e-0"}
    inbox = read_one(tmp_path, source="line manager", **wrong)
    assert [p.code for p in inbox.problems] == ["half-accepted", "not-a-source"]
    del wrong["accepted_from"]
    inbox = read_one(tmp_path, source="line manager", **wrong)
    assert [(p.place.path, p.code, p.value) for p in inbox.problems] == [
        ("criteria", "unknown-criterion", "L11.1"),
        ("date", "future-date", "2027-01-01"),
        ("moderated_by", "agreed-with-oneself", "7"),
        ("source", "not-a-source", "line manager"),
    ]


@pytest.mark.parametrize("framework", ["ladder", "gone"])
def test_a_value_is_quoted_as_it_was_written(tmp_path: Path, framework: str) -> None:
    inbox = read_one(tmp_path, framework=framework, claim="Well achieved!", source="Line Manager")
    told = {p.place.path: p.value for p in inbox.problems if p.place.path != "framework"}
    assert told == {"claim": "Well achieved!", "source": "Line Manager"}


def test_a_part_of_an_id_that_ends_several_names_them_all(tmp_path: Path) -> None:
    problem = only(read_one(tmp_path, criteria=["2"]))
    assert problem.remedy == "Did you mean L1.2 or L3.2?"


def test_the_only_criterion_of_a_standard_is_called_so_and_one_of_several_is_not(tmp_path: Path) -> None:
    several = pack(support.standard("L1", 1, "L1.a1", "L1.b1", "L1.b2"))
    path = write(tmp_path / "e.jsonl", json.dumps({**RECORDS[1], "criteria": ["L1.a7"]}))
    problem = only(read_evidence([path], {"ladder": several}, today=TODAY))
    assert problem.message.endswith("(level 1 has L1.a1, L1.b1 and L1.b2).")


def test_a_record_on_one_line_with_others_is_named_by_its_number(tmp_path: Path) -> None:
    record = {name: value for name, value in RECORDS[1].items() if name != "id"}
    whole = write(tmp_path / "a.json", json.dumps([{**record, "claim": "met"}, record]))
    lines = write(tmp_path / "b.jsonl", "\n" + json.dumps(record))
    problem = only(read(whole, lines))
    assert (problem.code, problem.place.line) == ("duplicate-row", 2)
    assert problem.message.endswith("a.json, line 1, record 2.")


def test_reading_stops_when_there_are_more_problems_than_anyone_could_mend(tmp_path: Path) -> None:
    path = write(tmp_path / "e.jsonl", "1\n" * 50)
    inbox = read(path, limits=Limits(max_problems=10))
    assert len(inbox.problems) == 12
    assert "too-many-problems" in {p.code for p in inbox.problems}


# What is wrong with a file


@pytest.mark.parametrize(
    ("name", "content", "code", "words"),
    [
        ("e.csv", b"", "empty-file", "The file is empty."),
        ("e.csv", codecs.BOM_UTF8 + b" \n", "empty-file", "The file is empty."),
        ("e.xlsx", b"", "empty-file", "The file is empty."),
        ("e.json", b"[]", "no-records", "holds no evidence"),
        ("e.csv", b"person,criteria,claim,source,date\n", "no-records", "holds no evidence"),
        ("e.csv", "person,note\nP,caf\xe9\n".encode("cp1252"), "wrong-encoding", 'byte 0xE9 near "P,café".'),
        ("e.csv", "person,note\n".encode("utf-16"), "wrong-encoding", "UTF-16"),
        ("e.csv", "person,note\n".encode("utf-16-le"), "wrong-encoding", "UTF-16"),
        ("e.csv", b"PK\x03\x04rest", "not-a-text-file", "This is a workbook"),
        ("e.csv", b"Who,criteria,claim,source,date\nP,L1.1,met,self,x", "missing-column", "no column person."),
        ("e.csv", b'person,criteria,claim,source,date\n"P', "broken-csv", "never closed"),
        (
            "e.csv",
            b"person,criteria,claim,source,date\nP,L1.1,met,self,2026-01-12,more",
            "cell-without-heading",
            '"more"',
        ),
        ("e.txt", b"x", "unknown-kind", ".txt are not read"),
        ("evidence", b"x", "unknown-kind", "no ending"),
        ("e.jsonl", b'{"id": NaN}', "not-a-number", "NaN is no value"),
        ("e.jsonl", b'{"id": [-Infinity]}', "not-a-number", "-Infinity is no value"),
        ("e.jsonl", b'{"id": "1", "id": "2"}', "duplicate-key", '"id" is given twice'),
        ("e.jsonl", b'{"id": "1"', "broken-json", "a comma is missing at column 11"),
        ("e.jsonl", b"{} {}", "broken-json", "more follows"),
        ("e.jsonl", b"[" * 200_000, "nested-too-deep", "nested too deep"),
        ("e.jsonl", b'{"id": ' + b"9" * 5_000 + b"}", "broken-json", "too long to be read"),
        ("e.json", b"[1]", "not-a-record", '"1" is not a record'),
        ("e.json", b'{"a": [1]}', "not-a-list", "no list of records"),
        ("e.json", b"3", "not-a-list", "no list of records"),
        ("e.json", b"[\n{},\n{]", "broken-json", "double quotes is missing at column 2"),
        ("e.json", b"[" * 200_000, "nested-too-deep", "nested too deep"),
        ("e.json", b'{"evidence": [], "more": 1} x', "broken-json", "more follows"),
        ("e.xlsx", b"person,criteria\n", "not-a-workbook", "no Excel workbook"),
        ("e.xlsx", b"PK\x03\x04" + b"\0" * 40, "not-a-workbook", "no Excel workbook"),
        ("e.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old-workbook", "old Excel workbook (.xls)"),
        (
            "e.xlsx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "password-protected",
            "protected by a password",
        ),
    ],
)
def test_a_bad_file_is_said_plainly(tmp_path: Path, name: str, content: bytes, code: str, words: str) -> None:
    inbox = read(write(tmp_path / name, content))
    problem = next(p for p in inbox.problems if p.code == code)
    assert inbox.evidence == []
    assert words in problem.message
    assert problem.remedy


def test_a_wrong_encoding_says_how_to_save_the_file(tmp_path: Path) -> None:
    problem = only(read(write(tmp_path / "e.csv", "person\nP\nZo\xeb\n".encode("cp1252"))))
    assert problem.place.line == 3
    assert "CSV UTF-8" in problem.remedy


def test_a_missing_column_guesses_which_one_was_meant(tmp_path: Path) -> None:
    problem = only(read(write(tmp_path / "e.csv", "persons,criteria,claim,source,date\nP,L1.1,met,self,2026-01-12")))
    assert 'Is "persons" meant to be person?' in problem.remedy


def test_a_missing_file_and_a_folder_are_problems(tmp_path: Path) -> None:
    inbox = read(tmp_path / "none.csv", tmp_path, Path("/dev/zero"), tmp_path / "a\0b.csv")
    assert sorted(p.code for p in inbox.problems) == ["is-a-folder", "no-such-file", "no-such-file", "not-a-file"]


def test_a_file_of_100_megabytes_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "e.csv"
    with path.open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    began = time.perf_counter()
    problem = only(read(path))
    assert problem.code == "too-large"
    assert problem.message == "The file has 100 MB; at most 64 MB are read."
    assert time.perf_counter() - began < 0.5


def test_rows_beyond_the_limit_are_refused_and_those_before_are_read(tmp_path: Path) -> None:
    lines = "\n".join(json.dumps({**RECORDS[1], "id": f"e-{n}"}) for n in range(5))
    inbox = read(write(tmp_path / "e.jsonl", lines), limits=Limits(max_rows=3))
    assert len(inbox.evidence) == 3
    assert only(inbox).code == "too-many-rows"


def test_a_broken_line_of_json_lines_does_not_stop_the_rest(tmp_path: Path) -> None:
    inbox = read(write(tmp_path / "e.jsonl", "{\n" + json.dumps(RECORDS[1]) + '\n{"a": NaN}\n'))
    assert [p.place.line for p in inbox.problems] == [1, 3]
    assert len(inbox.evidence) == 1


def test_the_records_of_a_json_list_have_the_lines_on_which_they_begin(tmp_path: Path) -> None:
    text = '{\n"evidence": [\n' + json.dumps({**RECORDS[1], "claim": "x"}, indent=1) + ",\n{}]}"
    inbox = read(write(tmp_path / "e.json", text))
    assert inbox.problems[0].place.line == 3
    assert {p.place.line for p in inbox.problems[1:]} == {14}


def test_a_workbook_without_the_headings_names_its_sheets_and_the_headings(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "e.xlsx", {"Menu": [["Monday", "Soup"]], "Rota": [["Bus", "Gate"]]})
    problem = only(read(path))
    assert problem.code == "wrong-sheet"
    assert problem.message == 'No sheet has the headings of evidence (the workbook\'s sheets are "Menu", "Rota").'
    assert "id, person, framework, criteria, claim" in problem.remedy


# Workbooks made to do harm


def sheet_xml(cells: str) -> bytes:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>'.encode()


def workbook_with(folder: Path, sheet: bytes, *, packed_as: Callable[[bytes], bytes] | None = None) -> Path:
    """A workbook whose one sheet is ``sheet``; ``packed_as`` changes the whole file's bytes at the end."""
    path = write_xlsx(folder / "e.xlsx", {"Sheet1": [["person"]]})
    out = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, sheet if name == "xl/worksheets/sheet1.xml" else old.read(name))
    data = out.getvalue()
    return write(path, packed_as(data) if packed_as else data)


def test_a_zip_bomb_is_refused_before_it_unpacks(tmp_path: Path) -> None:
    path = workbook_with(tmp_path, sheet_xml(f'<row><c t="str"><v>{"0" * 60_000_000}</v></c></row>'))
    assert path.stat().st_size < 200_000
    problem = only(read(path))
    assert problem.code == "zip-bomb"
    assert "it may be a zip bomb" in problem.message


def test_a_zip_bomb_that_lies_about_its_size_is_refused_as_well(tmp_path: Path) -> None:
    bomb = sheet_xml(f'<row><c t="str"><v>{"0" * 60_000_000}</v></c></row>')
    true_size = struct.pack("<I", len(bomb))

    def lie(data: bytes) -> bytes:
        assert data.count(true_size) == 2
        small = struct.pack("<I", 20)
        return data.replace(true_size, small).replace(
            struct.pack("<I", zlib.crc32(bomb)), struct.pack("<I", zlib.crc32(bomb[:20]))
        )

    assert only(read(workbook_with(tmp_path, bomb, packed_as=lie))).code == "zip-bomb"


def test_a_workbook_above_the_unpacked_limit_is_refused(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "e.xlsx", {"S": [HEAD, *([["x"] * 12] * 2000)]})
    assert only(read(path, limits=Limits(max_unzipped=50_000))).code == "zip-bomb"


@pytest.mark.parametrize(
    "cells",
    [
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        "<row r='1'><c r='A1'><v>1</v></c></row><row r='1048576'><c r='xfd1048576'><v>1</v></c></row>",
        "<row>" + "<c><v>1</v></c>" * 16_000 + "</row>" + "<row/>" * 9_000 + "<row><c><v>1</v></c></row>",
    ],
)
def test_two_far_cells_do_not_exhaust_the_memory(tmp_path: Path, cells: str) -> None:
    problem = only(read(workbook_with(tmp_path, sheet_xml(cells))))
    assert problem.code == "sheet-too-wide"
    assert "stray cell" in problem.remedy


def test_a_damaged_sheet_and_a_declared_entity_are_refused(tmp_path: Path) -> None:
    for sheet in (b"<worksheet><sheetData>", b"<!DOCTYPE x [<!ENTITY a 'b'>]><worksheet/>", b"\xff\xfe<"):
        assert only(read(workbook_with(tmp_path, sheet))).code == "unreadable-workbook"


def test_a_zip_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "e.xlsx"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("a.txt", "a")
    assert only(read(path)).code == "not-a-workbook"


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(sorted(BUILT_IN_READERS)))
def test_no_bytes_raise_an_exception(tmp_path_factory: pytest.TempPathFactory, data: bytes, suffix: str) -> None:
    inbox = read(write(tmp_path_factory.mktemp("any") / f"e{suffix}", data))
    assert inbox.problems
    assert inbox.evidence == []


@settings(max_examples=60, deadline=None)
@given(st.integers(min_value=0), st.integers(0, 255))
def test_no_flipped_byte_of_a_workbook_raises_an_exception(
    tmp_path_factory: pytest.TempPathFactory, at: int, byte: int
) -> None:
    folder = tmp_path_factory.mktemp("any")
    path = write_xlsx(folder / "e.xlsx", {"S": [HEAD, as_cells(RECORDS[1])]})
    data = bytearray(path.read_bytes())
    data[at % len(data)] = byte
    read(write(path, bytes(data)))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["uri", "sha256", "x"]), inner),
    max_leaves=4,
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(HEAD) | st.text(max_size=5), JSON))
def test_no_record_raises_an_exception(tmp_path_factory: pytest.TempPathFactory, record: dict[str, Any]) -> None:
    inbox = read(write(tmp_path_factory.mktemp("any") / "e.json", json.dumps([{**RECORDS[1], **record}])))
    assert inbox.problems or len(inbox.evidence) == 1


# What the framework's own schema looks at


def test_a_schema_s_fields_are_found_so_that_its_answers_can_be_kept() -> None:
    assert fields_read(SCHEMA) == {"source", "author", "note"}
    assert fields_read({}) == set()
    assert fields_read({"dependentRequired": {"moderated_by": ["author"]}}) == {"moderated_by", "author"}
    assert fields_read({"not": {"required": ["note"]}}) == {"note"}
    assert fields_read({"additionalProperties": False}) is None
    assert fields_read({"allOf": [{"$ref": "#/$defs/x"}]}) is None


def test_a_schema_is_taken_apart_into_what_each_part_asks() -> None:
    condition = SCHEMA["allOf"][0]
    assert parts_of(SCHEMA) == [{"properties": {"note": {"maxLength": 80}}}, condition]
    assert parts_of({"required": ["a"], "anyOf": [{"required": ["b"]}], "type": "object"}) == [
        {"required": ["a"]},
        {"anyOf": [{"required": ["b"]}]},
    ]
    referring = {"properties": {"note": {"$ref": "#/$defs/n"}}, "$defs": {"n": {"maxLength": 3}}}
    assert parts_of(referring) == [referring]
    closed = {"properties": {"note": {}}, "additionalProperties": False}
    assert parts_of(closed) == [closed]


SCHEMAS = st.recursive(
    st.sampled_from(
        [
            True,
            False,
            {"required": ["note"]},
            {"properties": {"source": {"const": "self"}}},
            {"properties": {"criteria": {"maxItems": 1}, "note": {"maxLength": 1}}, "required": ["author"]},
            {"dependentRequired": {"note": ["author"]}},
            {"maxProperties": 8},
        ]
    ),
    lambda inner: (
        st.fixed_dictionaries({"if": inner, "then": inner})
        | st.fixed_dictionaries({"not": inner})
        | st.lists(inner, min_size=1, max_size=2).flatmap(
            lambda many: st.sampled_from([{"allOf": many}, {"anyOf": many}, {"oneOf": many, "required": ["note"]}])
        )
    ),
    max_leaves=5,
)


@settings(max_examples=200, deadline=None)
@given(SCHEMAS.filter(lambda schema: isinstance(schema, dict)))
def test_taking_a_schema_apart_changes_no_answer(schema: dict[str, Any]) -> None:
    asks, whole = PackAsks(pack(support.standard("L1", 1, "L1.1"), schema=schema)), Draft202012Validator(schema)
    optional: list[dict[str, str]] = [{}, {"note": "long"}, {"author": "A-1"}, {"note": "x", "author": "A-1"}]
    for more in optional * 2:
        for source in ("self", "peer"):
            record = {**RECORDS[1], **more, "source": source}
            row = RawRow("e.json", None, 1, None, record)
            assert (not asks.problems(Evidence.model_validate(record), row)) == whole.is_valid(record)


def test_a_field_already_told_of_is_not_told_of_again_by_the_schema(tmp_path: Path) -> None:
    strict = pack(support.standard("L1", 1, "L1.1"), schema={"properties": {"criteria": {"items": {"pattern": "^L"}}}})
    path = write(tmp_path / "e.jsonl", json.dumps({**RECORDS[1], "criteria": ["X"]}))
    assert [p.code for p in read_evidence([path], {"ladder": strict}, today=TODAY).problems] == ["unknown-criterion"]


def test_a_kept_answer_never_serves_a_record_that_differs_where_the_schema_looks(tmp_path: Path) -> None:
    records = [
        {**RECORDS[1], "id": f"e-{n}", "source": source, **({"author": "A-0001"} if has_author else {})}
        for n, (source, has_author) in enumerate([("appraiser", True), ("appraiser", False), ("self", False)] * 2)
    ]
    inbox = read(write(tmp_path / "e.jsonl", "\n".join(map(json.dumps, records))))
    assert [p.place.line for p in inbox.problems] == [2, 5]
    assert len(inbox.evidence) == 4


def test_a_made_id_follows_from_the_content_alone(tmp_path: Path) -> None:
    record = {k: v for k, v in RECORDS[1].items() if k != "id"}
    first = read(write(tmp_path / "a.jsonl", json.dumps(record))).evidence[0]
    again = read(write(tmp_path / "b.json", json.dumps([{**record, "note": " "}]))).evidence[0]
    other = read(write(tmp_path / "c.json", json.dumps([{**record, "note": "x"}]))).evidence[0]
    assert isinstance(first, Evidence)
    assert first.id == again.id != other.id


@given(st.text(min_size=1, max_size=50), st.text(min_size=1, max_size=50))
def test_a_made_id_is_of_canonical_json(note: str, uri: str) -> None:
    evidence = Evidence.model_validate({**RECORDS[0], "note": note, "attachments": [{"uri": uri}]})
    content = evidence.model_dump(mode="json", exclude={"id"}, exclude_defaults=True)
    assert content_id(evidence) == f"e-{hashlib.sha256(rfc8785.dumps(content)).hexdigest()[:16]}"


@pytest.mark.parametrize("field", ["moderated_by", "author"])
def test_nobody_agrees_or_judges_on_their_own_behalf(tmp_path: Path, field: str) -> None:
    given = {"person": "P-0001", "criteria": ["L1.1"], "claim": "met", "source": "appraiser", "date": "2026-01-12"}
    path = tmp_path / "evidence.json"
    path.write_text(json.dumps([{**given, "framework": "ladder", field: "P-0001"}]), encoding="utf-8")
    problems = read_evidence([path], PACKS, today=TODAY).problems
    assert [p.place.path for p in problems if p.code == "agreed-with-oneself"] == [field]


@pytest.mark.parametrize("person", ["P\x1b[31m1", "\u202eP1", "P\u200b1", " ", "x" * 121])
def test_an_id_holds_nothing_that_cannot_be_seen(tmp_path: Path, person: str) -> None:
    given = {"person": person, "criteria": ["L1.1"], "claim": "met", "source": "self", "date": "2026-01-12"}
    path = tmp_path / "evidence.json"
    path.write_text(json.dumps([{**given, "framework": "ladder"}]), encoding="utf-8")
    inbox = read_evidence([path], PACKS, today=TODAY)
    assert inbox.evidence == []
    assert [problem.place.path for problem in inbox.problems] == ["person"]


def test_a_number_of_any_length_can_be_an_id_or_a_problem_and_never_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "evidence.json"
    path.write_text('[{"person": 1' + "0" * 400 + ', "criteria": ["L1.1"]}]', encoding="utf-8")
    assert read_evidence([path], PACKS, today=TODAY).problems


@pytest.mark.parametrize("error", ["#N/A", "#REF!"])
def test_a_cell_in_which_a_formula_failed_is_told_and_never_read_as_blank(tmp_path: Path, error: str) -> None:
    book = Workbook()
    page = book.worksheets[0]
    page.append(["person", "criteria", "claim", "source", "date", "moderated_by", "framework"])
    page.append(["P-0001", "L1.1", "met", "self", dt.date(2026, 1, 12), error, "ladder"])
    page.append(["P-0001", "L1.2", error, "self", dt.date(2026, 1, 12), "A-01", "ladder"])
    page.append(["P-0002", "L1.1", "met", "self", dt.date(2026, 1, 12), "A-01", "ladder"])
    book.save(tmp_path / "evidence.xlsx")
    inbox = read_evidence([tmp_path / "evidence.xlsx"], PACKS, today=TODAY)
    assert [(p.place.row, p.place.path, str(p.value).upper()) for p in inbox.problems] == [
        (2, "moderated_by", error),
        (3, "claim", error),
    ]
    assert [record.person for record in inbox.evidence] == ["P-0002"]
