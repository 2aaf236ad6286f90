"""The pack against the published document: everything counted, and every line cited where it says it is."""

from __future__ import annotations

from collections import Counter
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

import reading

if TYPE_CHECKING:
    from collections.abc import Iterator

PACK = Path(str(files("bandstand_smart_equip") / "pack"))

SHEET_LINES = {1: 5, 2: 4, 3: 6, 4: 6, 5: 11, 6: 13, 7: 15, 8: 15}
LADDER_CRITERIA = {1: 5, 2: 3, 3: 9, 4: 6, 5: 16, 6: 10, 7: 12, 8: 1, 9: 1, 10: 1}

# The document's first line of each sheet; its lines follow one another without a gap.
FIRST_LINE = {1: 543, 2: 548, 3: 552, 4: 558, 5: 564, 6: 581, 7: 600, 8: 621}

# Words that tell each line of the sheets from the others, in the sheet's order.
SHEET_WORDS: dict[int, tuple[str, ...]] = {
    1: ("Apologies", "AUP", "every opportunity", "separates personal", "confidential channel"),
    2: ("collaboration and feedback", "Never walks past", "cabinet principle", "level 1 and 2"),
    3: ("OFSTED", "protocols positively", "credit colleagues", "pocket guide", "side issues", "same level 3"),
    4: (
        "delegation",
        "challenge all members",
        "Shared plans",
        "Role modelling",
        "concisely",
        "professional conversations",
    ),
    5: (
        "compelling vision",
        "full responsibility",
        "divisive rifts",
        "absorbs blame",
        "Engine room",
        "workload and wellbeing",
        "newly forming",
        "EEF Guide",
        "Aligns actions",
        "100% of the team",
        "data for evaluation",
    ),
    6: (
        "strip away assumptions",
        "on a journey",
        "Powerhouse",
        "at least one strategy",
        "motivational power of praise",
        "Pace setting",
        "scope out",
        "ICT, finance",
        "summaries or key points",
        "snake oil",
        "A(what they would adopt)",
        "challenging conversations",
        "corrupting influence",
    ),
    7: (
        "SEF",
        "precedes 'How'",
        "long term vision",
        "leadership type",
        "contextual factors",
        "SOPs",
        "not just comply",
        "constructive criticism",
        "reflective section of EEF",
        "milestones",
        "ladder level",
        "Sweats the detail",
        "FOI",
        "costed",
        "Pupils as stakeholders",
    ),
    8: (
        "expected goal of all members",
        "fundamental principles",
        "year by year",
        "hold peers to account",
        "priorities for all schools",
        "Health Checks",
        "EQUIP expectations",
        "LGCs",
        "unified Trust",
        "five year strategic plan",
        "assisted",
        "interface of TOLT and TSLT",
        "professional reputation",
        "financial allocation",
        "parents and community",
    ),
}

# Words of each of the ladder's minimum criteria, in the order of the cell.
LADDER_WORDS: dict[int, tuple[str, ...]] = {
    1: ("prior agreed standard", "Code of Conduct", "Separate personal", "areas of policy", "promotes Ethos"),
    2: ("actively collaborating", "Respects cabinet principle", "anonymously online"),
    3: (
        "Own Ideas",
        "Explain ideas",
        "actionable proposals",
        "You value the SDP",
        "power of a Vision",
        "core values work",
        "focusses any negativity",
        "workable solutions",
        "minimises the time",
    ),
    4: (
        "growing expertise",
        "3 or more (including them)",
        "capacity of all",
        "research intent",
        "implementation goals",
        "analyse information",
    ),
    5: (
        "enhancing pupils' experiences",
        "ALL team members",
        "Engine room",
        "Main role",
        "informed intent",
        "multiple models",
        "Efficient and effective",
        "MAT values",
        "agreed action plan",
        "Active monitoring",
        "multi-source",
        "listen more",
        "beyond instructional",
        "EEF guide",
        "regular QA",
        "reflect deeply",
    ),
    6: (
        "balanced research",
        "leadership for all",
        "Powerhouse",
        "over self interest",
        "Collaborative and Empowering",
        "Rationale",
        "use of praise",
        "snake oil",
        "business management",
        "recommend reading",
    ),
    7: (
        "whole school change",
        "matching of leadership",
        "analysis of priorities",
        "Policy and practice",
        "Drives equity",
        "use criticism",
        "Systematic leadership",
        "gov. policy",
        "impact measures",
        "Stakeholder views",
        "mutual support",
        "Aligns budget",
    ),
    8: ("across a number of teams",),
    9: ("strategic leadership capacity",),
    10: ("system change",),
}


@cache
def read(name: str) -> Any:
    return yaml.safe_load((PACK / name).read_text("utf-8"))


@cache
def standards(files: str = "*.yaml") -> tuple[dict[str, Any], ...]:
    return tuple(read(f"standards/{path.name}") for path in sorted((PACK / "standards").glob(files)))


def ladder() -> tuple[dict[str, Any], ...]:
    """The standards of the ladder, the first level at 0."""
    return standards("L*.yaml")


def criteria(level: int, of_set: str) -> list[dict[str, Any]]:
    return [c for c in ladder()[level - 1]["criteria"] if c["set"] == of_set]


def described(value: Any) -> Iterator[dict[str, Any]]:
    """Everything below a value of a pack file that may have a descriptor: criteria, and what is below them."""
    if isinstance(value, dict):
        if "descriptor" in value or ("status" in value and "what" not in value) or {"id", "set"} <= value.keys():
            yield value
        for item in value.values():
            yield from described(item)
    elif isinstance(value, list):
        for item in value:
            yield from described(item)


def rule(file: str, rule_id: str) -> dict[str, Any]:
    rules: list[dict[str, Any]] = read(f"rules/{file}.yaml")["rules"]
    return next(r for r in rules if r["id"] == rule_id)


def line(number: int) -> str:
    return reading.document(read("framework.yaml")["document"]["file"])[number - 1]


def test_the_sheets_have_75_lines() -> None:
    counts = {level: len(criteria(level, "sheet")) for level in range(1, 11)}
    assert counts == {**SHEET_LINES, 9: 0, 10: 0}
    assert sum(counts.values()) == 75


def test_each_level_has_the_ladders_minimum_criteria() -> None:
    assert {level: len(criteria(level, "ladder")) for level in range(1, 11)} == LADDER_CRITERIA


def test_criteria_are_numbered_in_order() -> None:
    assert len(ladder()) == 10
    for level, standard in enumerate(ladder(), 1):
        assert standard["id"] == f"L{level}"
        assert standard["level"] == level
        assert [c["id"] for c in criteria(level, "sheet")] == [
            f"L{level}.{n + 1}" for n in range(SHEET_LINES.get(level, 0))
        ]
        assert [c["id"] for c in criteria(level, "ladder")] == [
            f"L{level}.c{n + 1}" for n in range(LADDER_CRITERIA[level])
        ]


def test_no_label_stands_twice_in_a_standard_or_on_the_ladder() -> None:
    for together in (*((standard,) for standard in standards()), ladder()):
        labels = Counter(c["label"] for standard in together for c in standard["criteria"])
        assert [label for label, times in labels.items() if times > 1] == []


def test_only_what_the_document_has_no_text_for_is_without_a_descriptor_and_a_note_says_why() -> None:
    for part in described(list(standards())):
        assert ("descriptor" in part) == (part.get("status", "present") == "present"), part
        assert "descriptor" in part or part["note"], part


def test_nothing_of_the_ladder_is_without_a_descriptor() -> None:
    assert [part["id"] for part in described(list(ladder())) if "descriptor" not in part] == []


@pytest.mark.parametrize("level", SHEET_LINES)
def test_each_line_of_the_sheet_is_cited_where_it_stands(level: int) -> None:
    rows = criteria(level, "sheet")
    assert [row["source"] for row in rows] == [FIRST_LINE[level] + n for n in range(len(rows))]
    for row, words in zip(rows, SHEET_WORDS[level], strict=True):
        assert words in line(row["source"]), row["id"]


@pytest.mark.parametrize("level", LADDER_CRITERIA)
def test_each_minimum_criterion_is_cited_where_it_stands_and_in_order(level: int) -> None:
    rows = criteria(level, "ladder")
    cell = line(int(str(rows[0]["source"]).split(",")[0])).split("\t")[0]
    at = -1
    for row, words in zip(rows, LADDER_WORDS[level], strict=True):
        assert int(str(row["source"]).split(",")[0]) == int(str(rows[0]["source"]).split(",")[0]), row["id"]
        assert cell.find(words, at + 1) > at, f"{row['id']}: {words}"
        at = cell.find(words, at + 1)


def test_the_sheets_end_where_the_pack_says_that_they_do() -> None:
    for level, first in FIRST_LINE.items():
        assert line(first).split("\t")[0] == str(level)
        after = line(first + SHEET_LINES[level]).split("\t")[0].strip()
        assert after in ("", str(level + 1))


def test_levels_carry_the_charts_names_and_the_ladders_headings() -> None:
    for level, standard in enumerate(ladder(), 1):
        assert line(384 + level).rstrip("\t") == f"{level}. {standard['label']}"
        heading = int(str(standard["criteria"][-1]["source"]).split(",")[0]) - 1 if level < 8 else 465
        assert line(heading).strip() == standard["title"]
        labels = {entry["level"]: entry["label"] for entry in rule("ladder", "ladder")["levels"]}
        assert labels[level] == standard["label"]


def test_each_strand_has_seven_columns_of_grades() -> None:
    grades = read("framework.yaml")["grades"]
    columns = {(g["strand"], g["column"]) for g in grades}
    assert columns == {(s, c) for s in ("teaching", "non_teaching", "governance") for c in range(1, 8)}
    assert Counter(g["strand"] for g in grades) == {"teaching": 11, "non_teaching": 7, "governance": 8}


def test_every_grade_is_printed_in_its_cell_of_the_chart() -> None:
    for grade in read("framework.yaml")["grades"]:
        cells = line(int(str(grade["source"]).split(",")[0])).split("\t")[2:]
        assert grade["label"] in cells[grade["column"] - 1], grade["id"]


def test_the_chart_has_no_colour_in_any_of_its_70_cells() -> None:
    cells = [cell for number in range(385, 395) for cell in line(number).split("\t")[2:]]
    assert "".join(cells).strip() == ""
    assert any("70 cells" in gap["what"] and gap["status"] == "missing" for gap in read("framework.yaml")["gaps"])


def test_no_other_spelling_means_two_grades_of_one_strand() -> None:
    spelled: Counter[tuple[str, str]] = Counter()
    for grade in read("framework.yaml")["grades"]:
        words = {grade["id"].partition(":")[2], *grade.get("aliases", ())}
        spelled.update({(grade["strand"], "".join(word.split()).lower()) for word in words})
    assert [spelling for spelling, times in spelled.items() if times > 1] == []


def test_the_sheet_rule_and_the_ladder_rule_run_through_all_75_lines() -> None:
    lines = [c["id"] for level in SHEET_LINES for c in criteria(level, "sheet")]
    assert rule("sheet", "sheet")["order"] == lines
    levels = rule("ladder", "ladder")["levels"]
    assert [c for entry in levels[:8] for c in entry["criteria"]] == lines
    assert [entry["criteria"] for entry in levels[8:]] == [["L9.c1"], ["L10.c1"]]


def test_every_grade_has_one_band_and_only_the_text_makes_a_band_stated() -> None:
    bands = rule("bands", "expected")["bands"]
    banded = Counter(grade for band in bands for grade in band.get("grades", ()))
    assert banded == {grade["id"]: 1 for grade in read("framework.yaml")["grades"]}
    stated = {band["id"]: band["gold"] for band in bands if "basis" not in band}
    assert stated == {"vice_chair_trust_board": 6, "chair_trust_board": 7, "tslt_tolt": 8}
    illustrative = [band for band in bands if band.get("basis") == "illustrative"]
    assert [(b["from"], b["gold"], b["to"]) for b in illustrative] == [(n, n + 1, n + 1) for n in range(1, 8)]


def test_whatever_is_not_stated_says_what_was_read() -> None:
    def silent(value: Any, where: str) -> Iterator[str]:
        if isinstance(value, dict):
            if value.get("basis", "stated") != "stated" and not value.get("note"):
                yield where
            for key, item in value.items():
                yield from silent(item, f"{where}.{key}")
        elif isinstance(value, list):
            for n, item in enumerate(value):
                yield from silent(item, f"{where}[{n}]")

    files = sorted(PACK.rglob("*.yaml"))
    names = [str(path.relative_to(PACK)) for path in files]
    assert [place for name in names for place in silent(read(name), name)] == []


def test_every_action_that_a_table_names_is_there_and_none_is_idle() -> None:
    actions = {action["id"] for action in read("framework.yaml")["actions"]}
    used: set[str] = set()
    tables = [
        table
        for path in sorted((PACK / "rules").glob("*.yaml"))
        for table in read(f"rules/{path.name}")["rules"]
        if table["kind"] == "decision_table"
    ]
    for table in tables:
        used.update(row["then"] for row in table["rows"])
        if table.get("otherwise", "nothing") != "nothing":
            used.add(table["otherwise"]["then"])
    assert used == actions


def test_qualifications_are_never_required() -> None:
    for standard in standards():
        for qualification in standard.get("qualifications", ()):
            assert "can support" in qualification["text"]
            assert "never required" in qualification["text"]
            code = qualification["code"]
            assert any(code in line(n) for n in map(int, str(qualification["source"]).split("-"))), code


def test_there_are_at_least_24_examples_each_named_once() -> None:
    names = [
        e["name"] for path in (PACK / "examples").glob("*.yaml") for e in read(f"examples/{path.name}")["examples"]
    ]
    assert len(names) >= 24
    assert len(set(names)) == len(names)


def test_the_sentence_that_contradicts_the_others_is_reported_with_the_reading_that_is_used() -> None:
    sheet = rule("sheet", "sheet")
    assert sheet["basis"] == "interpreted"
    assert "it is read as lines below" in " ".join(sheet["note"].split())
    gaps = [gap for gap in read("framework.yaml")["gaps"] if gap["source"] == 540]
    assert [(gap["status"], "contradicts" in gap["what"]) for gap in gaps] == [("unresolved", True)]
    assert "No items above this" in line(540)


def test_what_equip_looks_like_at_the_levels_informs_and_no_rule_reads_it() -> None:
    listed = read("guidance/equip-by-level.yaml")
    names = {item["id"] for item in listed["items"]}
    assert names.isdisjoint(c["id"] for standard in standards() for c in standard["criteria"])
    rules = [path.read_text("utf-8") for path in (PACK / "rules").glob("*.yaml")]
    assert [name for name in (listed["id"], *sorted(names)) if any(name in text for text in rules)] == []
    assert "472" in listed["summary"]
    assert "literal guide" in line(472)


def test_each_level_of_the_ladder_asks_for_its_own_lines_alone_and_builds_on_the_one_below() -> None:
    for entry in rule("ladder", "ladder")["levels"]:
        assert {name.partition(".")[0] for name in entry["criteria"]} == {f"L{entry['level']}"}
        assert entry.keys().isdisjoint({"at_least", "builds_on"}), entry["level"]


def test_the_team_of_three_at_level_4_counts_its_leader() -> None:
    (team,) = [c for c in criteria(4, "ladder") if c["label"] == "Leads three or more"]
    assert "at least three people, the leader counted as one" in " ".join(team["descriptor"].split())
    (role,) = [role for role in read("framework.yaml")["roles"] if role["id"] == "leads_plc"]
    assert "The leader is one of the three." in role["note"]
    assert "3 or more (including them)" in line(448)


def test_the_links_to_qualifications_are_those_that_the_ladder_names_and_the_readings_are_proposed() -> None:
    links = {link["from"]: link for link in read("crosswalks/npqel.yaml")["links"]}
    assert {level: (link["to"], link["basis"]) for level, link in links.items()} == {
        "L5": (["NPQLT", "NPQLTD", "NPQLBC"], "stated"),
        "L6": (["NPQSL"], "stated"),
        "L7": (["NPQH"], "stated"),
        "L8": (["NPQEL"], "stated"),
        "L9": (["NPQEL"], "proposed"),
        "L10": (["NPQEL"], "proposed"),
    }
    assert {link["relation"] for link in links.values()} == {"supports"}


def test_the_document_is_held_valid_for_the_school_year_that_its_title_names() -> None:
    framework = read("framework.yaml")
    assert (str(framework["valid_from"]), str(framework["valid_until"])) == ("2024-09-01", "2025-08-31")
    assert "2024-2025" in line(8)
