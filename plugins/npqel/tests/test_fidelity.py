"""The pack against the published framework and a second reading of it: everything counted, and cited where it is."""

from __future__ import annotations

import reading
from bandstand.lookup import provenance_of
from bandstand.models.provenance import line_numbers

PACK = reading.pack("npqel")
READING = reading.read_beside(__file__)
CRITERIA = PACK.unfolded.criteria
SECTIONS = [standard for standard in PACK.standards if standard.id.isdigit()]

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


def test_every_source_names_lines_of_the_document() -> None:
    assert reading.no_such_lines(PACK) == []


def test_labels_have_two_to_six_words_and_descriptors_are_one_sentence() -> None:
    assert reading.badly_worded(PACK) == []


def test_what_the_document_does_not_state_is_counted_and_explained() -> None:
    assert provenance_of(PACK).counts == {"missing": 4, "interpreted": 8, "proposed": 10}
    assert reading.unexplained(PACK) == []


def test_no_purpose_that_it_refuses_is_served() -> None:
    assert {"appraisal", "pay", "capability", "ranking"} <= {refusal.id for refusal in PACK.framework.refuses}
    assert reading.refused_and_served(PACK) == []
