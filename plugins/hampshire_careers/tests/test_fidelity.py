"""The pack against the published guidance and a second reading of it: everything counted, and cited where it stands."""

from __future__ import annotations

import re
from collections import Counter

import reading
from bandstand.lookup import provenance_of
from bandstand.models.provenance import line_numbers

PACK = reading.pack("hampshire_careers")
READING = reading.read_beside(__file__)
SUBSTANDARDS = PACK.unfolded.criteria
CELLS = {f"{name}@{point.at}": point for name, criterion in SUBSTANDARDS.items() for point in criterion.points}
STAGES = {stage.id: stage for stage in PACK.framework.scales[0].points}
RATINGS = next(listed for listed in PACK.guidance if listed.id == "ratings")

#: How the document says that a thing is asked only under a condition.
CONDITION = re.compile(r"\b(where|as|if|when) (appropriate|necessary|required|relevant)\b", re.IGNORECASE)

#: Stages are read at the head of the first block of standards, what leading practitioners build on at that of each.
PARTS = {
    **reading.parts(PACK.standards, (listed for listed in PACK.guidance if listed is not RATINGS)),
    **{f"S{standard.id}": standard.source for standard in PACK.standards},
    **{f"stage.{stage.id}": stage.source for stage in STAGES.values()},
    **{f"block.{standard.id}.LP": STAGES["LP"].source for standard in PACK.standards},
    **{f"rating.{number}": item.source for number, item in enumerate(RATINGS.items, start=1)},
}


def test_the_guidance_has_8_standards_and_35_substandards() -> None:
    counts = {standard.id: len(standard.criteria) for standard in PACK.standards}
    assert counts == {"1": 3, "2": 5, "3": 5, "4": 5, "5": 4, "6": 4, "7": 4, "8": 5}
    assert sum(counts.values()) == 35


def test_each_substandard_has_a_cell_for_each_of_the_seven_stages() -> None:
    assert list(STAGES) == ["ECT1", "ECT2", "MPR", "UPR1", "UPR2-3", "LP", "AHT-DHT"]
    assert {tuple(point.at for point in criterion.points) for criterion in SUBSTANDARDS.values()} == {tuple(STAGES)}
    assert len(CELLS) == 245


def test_245_cells_hold_524_statements_five_are_blank_and_one_is_missing() -> None:
    assert Counter(cell.status for cell in CELLS.values()) == {"present": 239, "blank": 5, "missing": 1}
    assert sum(len(cell.statements) for cell in CELLS.values()) == len(PACK.criteria) == 524


def test_the_three_ratings_are_named() -> None:
    assert [item.label for item in RATINGS.items] == [
        "Exceptional performance",
        "Achieved expectations",
        "Not met expectations",
    ]


def test_the_cells_without_a_statement_are_those_that_the_document_has_none_for() -> None:
    blank = ["1.3@UPR2-3", "1.3@AHT-DHT", "5.3@LP", "7.2@ECT2", "8.2@UPR2-3"]
    assert reading.doubtful(PACK, "blank") == blank
    assert reading.doubtful(PACK, "missing", "point") == ["8.5@AHT-DHT"]


def test_each_blank_cell_is_an_empty_one_of_the_document() -> None:
    lines = reading.lines_of(PACK)
    cells = [cell for cell in CELLS.values() if cell.status == "blank"]
    assert [cell.source for cell in cells if "\t" not in {lines[n - 1] for n in line_numbers(cell.source)}] == []


def test_what_line_1208_says_is_reported_as_a_conflict() -> None:
    stage = STAGES["LP"]
    assert stage.basis == "interpreted"
    assert "line 1208" in (stage.note or "")
    assert "conflict" in (stage.note or "")
    assert 1208 in line_numbers(stage.source)
    gaps = [gap for gap in PACK.framework.gaps if "1208" in gap.what]
    assert [(gap.status, 1208 in line_numbers(gap.source)) for gap in gaps] == [("unresolved", True)]


def test_line_1208_says_mpr_where_the_seven_other_blocks_say_upr() -> None:
    lines = reading.lines_of(PACK)
    said = {n: "UPR" if "for UPR." in lines[n - 1] else "MPR" for n in line_numbers(STAGES["LP"].source) if n > 36}
    assert said == {**dict.fromkeys((56, 191, 330, 562, 748, 906, 1066), "UPR"), 1208: "MPR"}


def test_no_line_belongs_to_two_statements() -> None:
    cited = Counter(n for unit in PACK.criteria.values() for n in line_numbers(unit.source))
    assert [n for n, times in cited.items() if times > 1] == []


def test_everything_that_was_read_is_in_the_pack() -> None:
    assert reading.only_read(READING, PARTS) == []


def test_everything_in_the_pack_was_read() -> None:
    assert reading.only_in_pack(READING, PARTS) == []
    assert reading.only_in_pack(READING, PACK.criteria) == []


def test_everything_is_cited_where_it_was_read() -> None:
    assert reading.cited_elsewhere(READING, PARTS) == []


def test_the_words_that_were_read_stand_where_they_were_read() -> None:
    assert reading.words_elsewhere(READING, reading.lines_of(PACK)) == []


def test_what_the_document_does_not_state_is_counted_and_explained() -> None:
    assert provenance_of(PACK).counts == {
        "missing": 6,
        "unresolved": 1,
        "blank": 5,
        "illustrative": 1,
        "interpreted": 36,
    }
    assert reading.unexplained(PACK) == []


def test_no_purpose_that_it_refuses_is_served() -> None:
    assert {"capability", "checklist", "ranking"} <= {refusal.id for refusal in PACK.framework.refuses}
    assert reading.refused_and_served(PACK) == []


def test_whatever_is_asked_only_where_appropriate_or_the_like_keeps_its_condition() -> None:
    lines = reading.lines_of(PACK)
    said = {unit.id: " ".join(lines[n - 1] for n in line_numbers(unit.source)) for unit in PACK.criteria.values()}
    conditional = [name for name, words in said.items() if CONDITION.search(words)]
    assert len(conditional) > 30
    assert [name for name in conditional if PACK.criteria[name].condition is None] == []


def test_early_reading_and_early_mathematics_are_asked_only_of_those_who_teach_them() -> None:
    only = {(unit.criterion, unit.only_if) for unit in PACK.criteria.values() if unit.criterion in ("3.4", "3.5")}
    assert only == {("3.4", ("teaches_early_reading",)), ("3.5", ("teaches_early_mathematics",))}
    assert {unit.criterion for unit in PACK.criteria.values() if unit.only_if} == {"3.4", "3.5"}


def test_each_stage_builds_on_upr_or_what_comes_before_it_and_no_stage_on_leading_practitioners() -> None:
    assert {stage.id: list(stage.builds_on) for stage in STAGES.values()} == {
        "ECT1": [],
        "ECT2": ["ECT1"],
        "MPR": ["ECT2"],
        "UPR1": ["MPR"],
        "UPR2-3": ["UPR1"],
        "LP": ["UPR2-3"],
        "AHT-DHT": ["UPR2-3"],
    }


def test_of_the_three_ratings_only_achieved_expectations_is_described() -> None:
    described = {item.id: "does not describe it" not in (item.text or "") for item in RATINGS.items}
    assert described == {"rating.exceptional": False, "rating.achieved": True, "rating.not_met": False}
    assert [scale.id for scale in PACK.framework.scales] == ["career_stage"]
    assert [name for name, criterion in SUBSTANDARDS.items() if criterion.below is not None] == []
    gaps = [gap for gap in PACK.framework.gaps if gap.what.startswith("The career expectations framework")]
    assert [(gap.status, 13 in line_numbers(gap.source)) for gap in gaps] == [("missing", True)]


def test_no_condition_on_a_rating_counts_what_is_met() -> None:
    conditions = PACK.rule_by_id["rating"].model_dump()["conditions"]
    asked = [
        (condition["id"], one["count"], one["criterion"])
        for condition in conditions
        for test in (condition["passes"], condition["fails"])
        if test is not None
        for one in (*test["all"], *test["any"])
        if one["count"] is not None or one["criterion"] is not None
    ]
    assert asked == [("portfolio", "records", None)] * 2


def test_part_two_of_the_standards_is_not_in_the_file_and_said_to_be_missing() -> None:
    gaps = [gap for gap in PACK.framework.gaps if gap.what.startswith("Part Two of the Teachers' Standards")]
    assert [gap.status for gap in gaps] == ["missing"]
    assert [list(crosswalk.targets) for crosswalk in PACK.crosswalks] == [[f"TS{n}" for n in range(1, 9)]]
    assert [line for line in reading.lines_of(PACK) if "Part Two" in line or "Part 2" in line] == []


def test_the_links_to_the_eight_standards_are_stated_by_the_documents_own_headings() -> None:
    lines = reading.lines_of(PACK)
    for link in (link for crosswalk in PACK.crosswalks for link in crosswalk.links):
        assert (link.to, link.relation, link.basis) == ((f"TS{link.from_}",), "same_text", "stated")
        assert f"Standard {link.from_}:" in lines[line_numbers(link.source)[-1] - 1]
