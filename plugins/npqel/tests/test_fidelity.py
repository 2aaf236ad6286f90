"""The pack against the published framework and a second reading of it: everything counted, and cited where it is."""

from __future__ import annotations

import re

import reading
from bandstand.lookup import provenance_of
from bandstand.models.provenance import line_numbers

PACK = reading.pack("npqel")
READING = reading.read_beside(__file__)
CRITERIA = PACK.unfolded.criteria
SECTIONS = [standard for standard in PACK.standards if standard.id.isdigit()]

#: A reference as texts have them: authors with a year in brackets, further authors, or an address. Laws are none.
CITATION = re.compile(r"\([A-Z][^()]*\b(19|20)\d\d\)|\bet al\b|\bdoi\b|https?://")

#: What a plan, and evidence about teaching, are checked against: the document has it among its practice statements.
CHECKLISTS = [standard for standard in PACK.standards if not standard.id.isdigit()]

PARTS = {
    **reading.parts(PACK.standards, PACK.guidance),
    **{f"section.{section.id}": section.source for section in SECTIONS},
    **{standard.id: standard.source for standard in CHECKLISTS},
}


def test_the_framework_has_ten_sections() -> None:
    assert [section.id for section in SECTIONS] == [str(number) for number in range(1, 11)]


def test_the_sections_have_120_evidence_statements() -> None:
    counts = [sum(criterion.set == "learn_that" for criterion in section.criteria) for section in SECTIONS]
    assert counts == [8, 20, 19, 21, 9, 13, 7, 12, 6, 5]
    assert sum(counts) == 120


def test_the_sections_have_33_groups_of_135_practice_statements() -> None:
    groups = [[c.statements for c in section.criteria if c.set == "learn_how"] for section in SECTIONS]
    assert [len(section) for section in groups] == [2, 3, 4, 5, 3, 2, 5, 5, 2, 2]
    assert sum(len(section) for section in groups) == 33
    assert sum(len(statements) for section in groups for statements in section) == 135


def test_the_suite_has_six_qualifications() -> None:
    suite = next(listed for listed in PACK.guidance if listed.id == "suite")
    assert [item.id for item in suite.items] == ["NPQLTD", "NPQLBC", "NPQLT", "NPQSL", "NPQH", "NPQEL"]


def test_statements_are_numbered_in_the_documents_order() -> None:
    for section in SECTIONS:
        for kind, letters in (("learn_that", "LT"), ("learn_how", "LH")):
            criteria = [c for c in section.criteria if c.set == kind]
            assert [c.id for c in criteria] == [f"{section.id}.{letters}{n + 1}" for n in range(len(criteria))]
            first = [line_numbers(c.source)[0] for c in criteria]
            assert first == sorted(first)
            for criterion in criteria:
                names = [f"{criterion.id}.{n + 1}" for n in range(len(criterion.statements))]
                assert [statement.id for statement in criterion.statements] == names


def test_whatever_a_plan_or_evidence_is_checked_against_is_a_practice_statement() -> None:
    practice = {unit.source for unit in PACK.criteria.values() if unit.set == "learn_how"}
    assert [c.id for checklist in CHECKLISTS for c in checklist.criteria if c.source not in practice] == []


def test_each_prompt_on_a_plan_cites_what_its_principle_cites() -> None:
    prompts = {f"plan.{c['id']}": c["source"] for c in PACK.rule_by_id["plan"].model_dump()["conditions"]}
    assert prompts == {c.id: c.source for checklist in CHECKLISTS for c in checklist.criteria if c.set == "plan"}


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
    assert provenance_of(PACK).counts == {"missing": 4, "interpreted": 8, "proposed": 10}
    assert reading.unexplained(PACK) == []


def test_no_purpose_that_it_refuses_is_served() -> None:
    assert {"appraisal", "pay", "capability", "ranking"} <= {refusal.id for refusal in PACK.framework.refuses}
    assert reading.refused_and_served(PACK) == []


def test_the_references_that_are_promised_are_absent_and_none_is_cited() -> None:
    gaps = [gap for gap in PACK.framework.gaps if gap.what.startswith("The references")]
    assert [(gap.status, line_numbers(gap.source)) for gap in gaps] == [("missing", [127])]
    texts = [unit.descriptor or "" for unit in PACK.criteria.values()]
    texts += [item.text or "" for listed in PACK.guidance for item in listed.items]
    assert [text for text in texts if CITATION.search(text)] == []
    assert [line for line in reading.lines_of(PACK)[127:] if line.strip().startswith("References")] == []


def test_the_numbers_that_were_lost_are_said_to_be() -> None:
    gaps = [gap for gap in PACK.framework.gaps if gap.what.startswith("Many numbers of the evidence statements")]
    assert [gap.status for gap in gaps] == ["missing"]


def test_the_two_kinds_of_statement_are_kept_in_sets_of_their_own_and_counted_by_each() -> None:
    for rule in ("coverage", "curriculum"):
        assert list(PACK.rule_by_id[rule].model_dump()["sets"]) == ["learn_that", "learn_how"]
    for section in SECTIONS:
        assert {c.set for c in section.criteria} == {"learn_that", "learn_how"}
        assert [c.id for c in section.criteria if (c.set == "learn_how") != bool(c.statements)] == []


def test_nothing_of_the_framework_makes_a_level_or_is_expected_of_a_grade_or_a_role() -> None:
    assert {rule.KIND for rule in PACK.rules} == {"coverage", "prompts", "decision_table"}
    assert {(o.level, o.zone) for o in PACK.outcomes.values()} == {(None, None)}
    assert (PACK.framework.grades, PACK.framework.roles) == ((), ())


def test_no_prompt_on_a_plan_decides_it() -> None:
    assert {c["weight"] for c in PACK.rule_by_id["plan"].model_dump()["conditions"]} == {"discuss"}


def test_no_section_is_said_to_be_mapped_to_a_standard_as_the_document_maps_none() -> None:
    links = [link for crosswalk in PACK.crosswalks for link in crosswalk.links]
    assert [link.from_ for link in links] == [section.id for section in SECTIONS]
    assert {link.basis for link in links} == {"proposed"}
