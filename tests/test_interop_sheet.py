"""The ragging sheet: what is written can be filled in, and is evidence as it stands."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

import support
from bandstand.errors import NotFoundError
from bandstand.interop.inbox import Inbox, read_evidence
from bandstand.interop.people import read_people
from bandstand.interop.sheet import write_sheet
from bandstand.rules.ragging import Ragging

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from bandstand.packs.pack import Pack


TODAY = dt.date(2026, 7, 31)
SEPTEMBER, MID, JULY = dt.date(2025, 9, 12), dt.date(2026, 1, 12), dt.date(2026, 7, 3)


def pack(
    version: str = "2024.1", *, lines: tuple[str, ...] = ("L1.1", "L1.2", "L2.1", "L3.1"), sheet: bool = True
) -> Pack:
    outcomes = [support.outcome(rules=["sheet"], colours="sheet" if sheet else None)]
    made = support.framework(version=version, title="Ladder & stair", review_points=support.REVIEWS, outcomes=outcomes)
    rules = (Ragging(id="sheet", label="Sheet", source="7", kind="ragging", order=lines),) if sheet else ()
    # Labels that begin like a formula have to come out as text.
    standards = [
        support.standard(
            f"L{n}", n, *(c for c in lines if c.startswith(f"L{n}.")), label="=Line", descriptor="+Does it."
        )
        for n in sorted({int(c[1]) for c in lines})
    ]
    return support.pack(made, *standards, rules=rules)


PACK = pack()

#: Everything that a careful person fills in: two reviews, by self.
FILLED = {"D6": SEPTEMBER, "D8": "met", "D9": "partly met", "D10": "Not met", "F6": JULY, "F8": "green", "F11": "AMBER"}


def write(path: Path, person: str | None = "P-0001") -> Path:
    write_sheet(PACK, path, levels=None, person=person)
    return path


def fill(path: Path, cells: Mapping[str, Any], page: str = "Ragging sheet") -> Path:
    book = openpyxl.load_workbook(path)
    for cell, value in cells.items():
        book[page][cell] = value
    book.save(path)
    return path


def read(path: Path, with_pack: Pack = PACK) -> Inbox:
    return read_evidence([path], {"ladder": with_pack}, today=TODAY)


def cells_of(inbox: Inbox) -> list[tuple[str, str | None]]:
    return [(problem.code, problem.place.path) for problem in inbox.problems]


def test_a_filled_sheet_is_evidence_as_it_stands(tmp_path: Path) -> None:
    inbox = read(fill(write(tmp_path / "sheet.xlsx"), FILLED))
    assert inbox.problems == []
    assert inbox.notes == []
    assert {e.id: (e.criteria, e.claim, e.date, e.review_point) for e in inbox.evidence} == {
        f"sheet:P-0001:self:L1.1:sep:{SEPTEMBER}": (("L1.1",), "met", SEPTEMBER, "sep"),
        f"sheet:P-0001:self:L1.2:sep:{SEPTEMBER}": (("L1.2",), "partly_met", SEPTEMBER, "sep"),
        f"sheet:P-0001:self:L2.1:sep:{SEPTEMBER}": (("L2.1",), "not_met", SEPTEMBER, "sep"),
        f"sheet:P-0001:self:L1.1:jul:{JULY}": (("L1.1",), "met", JULY, "jul"),
        f"sheet:P-0001:self:L3.1:jul:{JULY}": (("L3.1",), "met", JULY, "jul"),
    }
    assert {(e.person, e.source, e.author, e.moderated_by) for e in inbox.evidence} == {
        ("P-0001", "self", "P-0001", None)
    }


@pytest.mark.parametrize(
    ("by", "author", "source", "moderated_by"),
    [("appraiser", "A-0001", "appraiser", None), ("agreed", "A-0001", "appraiser", "A-0001")],
)
def test_who_filled_it_in_decides_the_source(
    tmp_path: Path, by: str, author: str, source: str, moderated_by: str | None
) -> None:
    inbox = read(fill(write(tmp_path / "s.xlsx"), {"C4": by, "C5": author, "D6": SEPTEMBER, "D8": "met"}))
    record = inbox.evidence[0]
    assert (record.source, record.author, record.moderated_by) == (source, author, moderated_by)


def test_a_mark_that_is_none_is_named_by_its_cell(tmp_path: Path) -> None:
    inbox = read(fill(write(tmp_path / "s.xlsx"), {**FILLED, "F9": "mett", "F10": 3}))
    assert cells_of(inbox) == [("not-a-claim", "F9"), ("not-a-claim", "F10")]
    assert inbox.problems[0].message == '"mett" is not a mark of this sheet.'
    assert inbox.problems[0].remedy == "It is one of met, partly met, not met."
    assert str(inbox.problems[0].place).endswith("s.xlsx, sheet 'Ragging sheet', row 9, F9")
    assert len(inbox.evidence) == 5


def test_a_filled_column_without_a_date_is_one_problem_that_names_the_cell(tmp_path: Path) -> None:
    inbox = read(fill(write(tmp_path / "s.xlsx"), {**FILLED, "D6": None}))
    assert cells_of(inbox) == [("missing-field", "D6")]
    assert inbox.problems[0].message == "The column September is filled in, and has no date."
    assert len(inbox.evidence) == 2


def test_a_future_or_unreadable_date_is_one_problem_for_its_column(tmp_path: Path) -> None:
    inbox = read(fill(write(tmp_path / "s.xlsx"), {**FILLED, "D6": dt.date(2026, 9, 1), "F6": "July"}))
    assert cells_of(inbox) == [("not-a-date", "F6"), ("future-date", "D6")] or cells_of(inbox) == [
        ("future-date", "D6"),
        ("not-a-date", "F6"),
    ]
    assert inbox.evidence == []


def test_a_sheet_says_whose_it_is(tmp_path: Path) -> None:
    inbox = read(fill(write(tmp_path / "s.xlsx", person=None), FILLED))
    assert cells_of(inbox) == [("missing-field", "C3")]
    assert inbox.problems[0].message == "The sheet doesn't say whose it is."
    assert len(read(fill(tmp_path / "s.xlsx", {"C3": "P-0009"})).evidence) == 5


def test_an_agreed_sheet_says_who_agreed_it(tmp_path: Path) -> None:
    assert cells_of(read(fill(write(tmp_path / "s.xlsx"), {**FILLED, "C4": "agreed"}))) == [("missing-field", "C5")]
    assert cells_of(read(fill(write(tmp_path / "t.xlsx"), {**FILLED, "C4": "boss"}))) == [("bad-value", "C4")]


def test_a_sheet_of_another_version_is_read_by_its_line_ids(tmp_path: Path) -> None:
    newer = pack("2025.1", lines=("L1.2", "L1.1", "L2.1"))
    inbox = read(fill(write(tmp_path / "s.xlsx"), FILLED), newer)
    assert len(inbox.evidence) == 4
    assert cells_of(inbox) == [("unknown-criterion", "B11")]
    assert inbox.notes == [
        f"{tmp_path / 's.xlsx'}: the sheet was written for ladder 2024.1, and is read by its line ids as ladder 2025.1."
    ]


def test_a_copied_page_without_its_marker_is_recognised_by_its_headings(tmp_path: Path) -> None:
    path = fill(write(tmp_path / "sheet.xlsx"), FILLED)
    whole = read(path)
    book = openpyxl.load_workbook(path)
    del book["bandstand"]
    book.save(path)
    copied = read(path)
    assert copied.problems == []
    assert [(e.criteria, e.claim, e.review_point) for e in copied.evidence] == [
        (e.criteria, e.claim, e.review_point) for e in whole.evidence
    ]


def test_several_pages_in_one_workbook_are_all_read(tmp_path: Path) -> None:
    path = fill(write(tmp_path / "s.xlsx"), FILLED)
    book = openpyxl.load_workbook(path)
    copy = book.copy_worksheet(book["Ragging sheet"])
    copy["C3"] = "P-0002"
    book.save(path)
    inbox = read(path)
    assert inbox.problems == []
    assert {e.person for e in inbox.evidence} == {"P-0001", "P-0002"}


def test_a_page_whose_headings_are_gone_is_the_wrong_sheet(tmp_path: Path) -> None:
    problem = read(fill(write(tmp_path / "s.xlsx"), {**FILLED, "B7": "Row"})).problems[0]
    assert problem.code == "wrong-sheet"
    assert "its row of headings (Level, Line, …) is gone" in problem.message


def test_a_mark_whose_line_was_taken_out_is_a_problem(tmp_path: Path) -> None:
    assert cells_of(read(fill(write(tmp_path / "s.xlsx"), {**FILLED, "B11": None}))) == [("missing-line", "F11")]


def test_a_blank_sheet_holds_no_evidence(tmp_path: Path) -> None:
    assert [problem.code for problem in read(write(tmp_path / "s.xlsx")).problems] == ["no-records"]


def test_a_sheet_of_a_later_layout_is_refused(tmp_path: Path) -> None:
    path = fill(fill(write(tmp_path / "s.xlsx"), FILLED), {"B1": "2"}, page="bandstand")
    assert [problem.code for problem in read(path).problems] == ["unknown-sheet-format"]


def test_a_ragging_sheet_is_no_list_of_people(tmp_path: Path) -> None:
    problem = read_people(fill(write(tmp_path / "s.xlsx"), FILLED), {"ladder": PACK}).problems[0]
    assert problem.message == "This is a ragging sheet, which holds evidence and no people."


def test_a_long_file_name_still_gives_ids(tmp_path: Path) -> None:
    path = fill(write(tmp_path / f"{'s' * 120}.xlsx"), FILLED)
    assert len({e.id for e in read(path).evidence}) == 5


def test_levels_choose_the_lines(tmp_path: Path) -> None:
    summary = write_sheet(PACK, tmp_path / "s.xlsx", levels=[2, 3], person=None)
    assert (summary.rows, summary.levels, summary.review_points) == (2, (2, 3), ("sep", "mid", "jul"))
    page = openpyxl.load_workbook(tmp_path / "s.xlsx")["Ragging sheet"]
    assert [page[f"B{row}"].value for row in (8, 9, 10)] == ["L2.1", "L3.1", None]
    assert "the colours here begin at the first line printed" in page["A2"].value


def test_an_unknown_level_or_a_pack_without_sheet_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"has no level 7, 8; its levels are 1, 2, 3"):
        write_sheet(PACK, tmp_path / "s.xlsx", levels=[1, 7, 8], person=None)
    with pytest.raises(NotFoundError, match=r"ladder 2024\.1 has no ragging sheet"):
        write_sheet(pack(sheet=False), tmp_path / "s.xlsx", levels=None, person=None)
    assert not (tmp_path / "s.xlsx").exists()


def test_the_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = write(tmp_path / "a.xlsx"), write(tmp_path / "b.xlsx")
    assert first.read_bytes() == second.read_bytes()


def test_the_page_has_drop_downs_dates_frozen_panes_and_prints_across(tmp_path: Path) -> None:
    write_sheet(PACK, tmp_path / "s.xlsx", levels=None, person="=1+1", year=2025)
    book = openpyxl.load_workbook(tmp_path / "s.xlsx")
    page = book["Ragging sheet"]
    assert page["C3"].data_type == "s"
    assert page["A1"].value == "Ladder & stair: ragging sheet, 2025 to 2026"
    assert page["C8"].value == "=Line L1.1\n+Does it."
    assert page["C8"].data_type == "s"
    assert [page.cell(7, column).value for column in range(1, 7)] == [
        "Level",
        "Line",
        "What it looks like",
        "September",
        "Mid-year",
        "July",
    ]
    rules = {str(v.sqref): v for v in page.data_validations.dataValidation}
    assert rules["D8:F11"].formula1 == '"met,partly met,not met"'
    assert rules["C4"].formula1 == '"self,appraiser,agreed"'
    assert (rules["D6:F6"].type, rules["D6:F6"].formula1, rules["D6:F6"].formula2) == ("date", "45901", "46265")
    assert page.freeze_panes == "D8"
    assert page.page_setup.orientation == "landscape"
    assert page.print_title_rows == "$6:$7"
    assert not page.protection.sheet
    assert book["bandstand"].sheet_state == "veryHidden"


def test_the_colours_follow_the_rule_by_formula(tmp_path: Path) -> None:
    page = openpyxl.load_workbook(write(tmp_path / "s.xlsx"))["Ragging sheet"]
    formulas = {str(area.sqref): [rule.formula[0] for rule in area.rules] for area in page.conditional_formatting}
    green, amber = formulas["D8:D11"]
    count = 'COUNTIF(D$8:D8,"met")+COUNTIF(D$8:D8,"green")+COUNTIF(D$8:D8,"amber")'
    assert green == f'AND(OR(D8="met",D8="green",D8="amber"),{count}=ROWS(D$8:D8))'
    assert amber == f'AND(OR(D8="met",D8="green",D8="amber"),{count}<ROWS(D$8:D8))'
