"""``coverage``: what of each standard evidence shows something of, and what is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import support
from bandstand.models.finding import Claim
from support import criterion, evaluate, record, statement

if TYPE_CHECKING:
    from bandstand.models.clauses import Value
    from bandstand.models.evaluation import Evaluation
    from bandstand.packs.pack import Pack

VIEWS = [
    {
        "id": "agreed",
        "label": "Agreed",
        "ranks": [
            {"sources": ["appraiser", "observation"]},
            {"sources": ["self"], "reaches": "partly_met"},
        ],
    }
]
FRAMEWORK = support.framework(
    findings={"source": 3, "max_age_months": 18, "cycle_starts": "09-01", "views": VIEWS},
    flags=[{"id": "swims", "label": "Swims"}],
    outcomes=[
        {
            "id": "coverage",
            "label": "Coverage",
            "rules": ["coverage", "action"],
            "sets": ["know", "do", "other"],
            "action": "action.value",
            "focus": "coverage",
        }
    ],
)


def know(name: str, **fields: Any) -> dict[str, Any]:
    return criterion(name, **{"set": "know", **fields})


#: In standard one two things to know and one, of two statements, to do; in two one to know; in three nothing of either.
STANDARDS = (
    support.standard_of(
        "one", know("K1"), know("K2"), criterion("D1", set="do", statements=[statement("D1.1"), statement("D1.2")])
    ),
    support.standard_of("two", know("K3"), label="Last things"),
    support.standard_of("three", criterion("X", set="other")),
)


def coverage(*standards: Any, **fields: Any) -> Pack:
    rule = {
        "id": "coverage",
        "kind": "coverage",
        "sets": {"know": "Things to know", "do": "Things to do"},
        **fields,
    }
    return support.ruled_pack(FRAMEWORK, standards or STANDARDS, rule, support.ACTION)


PACK = coverage()
LEFT_OUT = coverage(tells="left_out")


def values(evaluation: Evaluation, *names: str) -> list[Value]:
    return [evaluation.value(f"coverage.{name}") for name in names]


def said(evaluation: Evaluation, of: Pack) -> list[str]:
    return list(of.rule_by_id["coverage"].sentences(evaluation, of.context))


def steps(evaluation: Evaluation) -> list[str]:
    return [step.criterion for step in evaluation.next_steps.criteria]


# what it concludes


def test_each_kind_of_criteria_in_each_standard_is_covered_by_itself() -> None:
    found = evaluate(PACK, record("K1"), record("D1"))
    assert values(found, "one.know", "one.do", "two.know", "whole") == ["some", "all", "none", "some"]
    names = {conclusion.name for conclusion in found.conclusions if conclusion.rule == "coverage"}
    assert names == {f"coverage.{part}" for part in ("one.know", "one.do", "two.know", "whole")}


def test_all_is_covered_only_when_everything_of_every_kind_is() -> None:
    most = [record(["K1", "K2", "D1"])]
    assert values(evaluate(PACK, *most), "one.know", "one.do", "two.know", "whole") == ["all", "all", "none", "some"]
    assert values(evaluate(PACK, *most, record("K3")), "two.know", "whole") == ["all", "all"]


def test_nothing_is_covered_by_no_evidence_and_nothing_by_evidence_on_something_else() -> None:
    assert values(evaluate(PACK), "one.know", "whole") == ["none", "none"]
    assert values(evaluate(PACK, record("X")), "one.know", "whole") == ["none", "none"]


@pytest.mark.parametrize(
    ("claim", "source", "covered"),
    [
        (Claim.MET, "appraiser", True),
        (Claim.PARTLY_MET, "appraiser", True),
        (Claim.NOT_MET, "appraiser", False),
        (Claim.MET, "self", False),
        (Claim.PARTLY_MET, "self", False),
        (Claim.NOT_MET, "self", False),
    ],
)
def test_what_is_shown_in_whole_or_in_part_is_covered_and_what_is_only_said_is_not(
    claim: Claim, source: str, *, covered: bool
) -> None:
    found = evaluate(PACK, record("K3", claim, source=source))
    assert values(found, "two.know") == ["all" if covered else "none"]
    assert found.result.startswith(f"{int(covered)} of 3 things to know and 0 of 2 things to do")
    assert ("K3" in steps(found)) is not covered


def test_what_was_agreed_with_the_person_is_covered_whoever_said_it() -> None:
    found = evaluate(PACK, record("K3", source="self", moderated_by="A-1"))
    assert values(found, "two.know") == ["all"]


def test_what_does_not_apply_to_the_person_is_neither_covered_nor_left_out() -> None:
    one = support.standard_of("one", know("K1"), know("K2", only_if=["swims"]))
    of = coverage(one, support.standard_of("two", know("K3", only_if=["swims"])), sets={"know": "Things to know"})
    nothing = evaluate(of)
    assert (values(nothing, "one.know", "two.know", "whole"), steps(nothing)) == (["none", "none", "none"], ["K1"])
    assert said(nothing, of) == ["Nothing yet on one standard one."]
    found = evaluate(of, record("K1"), record("K2"))
    assert values(found, "one.know", "two.know", "whole") == ["all", "none", "all"]
    assert (found.result, steps(found)) == ("1 of 1 things to know", [])
    assert said(found, of) == ["one Standard one: 1 of 1 things to know (with K1)."]
    swimmer = evaluate(of, record("K1"), flags=["swims"])
    assert (values(swimmer, "one.know", "whole"), steps(swimmer)) == (["some", "some"], ["K2", "K3"])


def test_what_the_document_leaves_blank_is_never_left_out() -> None:
    blank = know("K2", descriptor=None, status="blank", note="The document leaves it blank.")
    of = coverage(support.standard_of("one", know("K1"), blank), sets={"know": "Things to know"})
    found = evaluate(of, record("K1"))
    assert (values(found, "one.know", "whole"), found.result) == (["all", "all"], "1 of 1 things to know")
    assert steps(found) == []


# what is wrong with it


def test_a_set_that_no_criterion_is_in_is_a_defect() -> None:
    given = {"id": "coverage", "kind": "coverage", "sets": {"know": "Things to know", "dos": "Things to do"}}
    (defect,) = support.defects(FRAMEWORK, STANDARDS, given)
    assert (defect.code, defect.path) == ("unknown-set", ("sets", "dos"))
    assert defect.message == '"dos" is not a set of this pack.'
    assert defect.remedy == "Did you mean do?"


def test_sets_that_criteria_are_in_are_no_defect() -> None:
    given = {"id": "coverage", "kind": "coverage", "sets": {"know": "Things to know", "other": "Others"}}
    assert support.defects(FRAMEWORK, STANDARDS, given) == []


# what is said


def test_the_result_counts_each_kind_by_itself_and_what_is_left_out_where_that_is_wanted() -> None:
    evidence = record("K1"), record("D1.1", "partly_met")
    assert evaluate(PACK, *evidence).result == "1 of 3 things to know and 1 of 2 things to do"
    assert evaluate(LEFT_OUT, *evidence).result == "nothing shown on 2 of 3 things to know and 1 of 2 things to do"


@pytest.mark.parametrize("claim", [Claim.MET, Claim.PARTLY_MET])
def test_what_somebody_claims_is_counted_and_named_by_itself(claim: Claim) -> None:
    found = evaluate(PACK, record("K1"), record("K2", claim, source="self"), record("K3", "not_met", source="self"))
    assert found.result == "1 of 3 things to know and 0 of 2 things to do; 1 claimed and not agreed"
    assert "Claimed and not agreed, so not counted: K2." in said(found, PACK)


def test_sentences_name_what_is_covered_in_each_standard_those_of_which_nothing_is_and_what_is_not_met() -> None:
    found = evaluate(PACK, record(["K1", "D1.2"]), record("D1.1", "partly_met"), record("K2", "not_met"))
    assert said(found, PACK) == [
        "one Standard one: 1 of 2 things to know and 2 of 2 things to do (with K1, D1.1 in part and D1.2).",
        "Nothing yet on two last things.",
        "Looked at and found not met: K2.",
    ]


def test_sentences_name_what_is_left_out_where_that_is_wanted() -> None:
    assert said(evaluate(LEFT_OUT, record(["K1", "D1.2", "K3"])), LEFT_OUT) == [
        "one Standard one: 1 of 2 things to know and 1 of 2 things to do (without K2 and D1.1).",
        "two Last things: 1 of 1 things to know.",
    ]


# what to work on next


def test_everything_that_is_left_out_comes_next_in_the_document_s_order() -> None:
    found = evaluate(PACK, record("K2"), record("D1.1", "not_met"))
    assert steps(found) == ["K1", "D1.1", "D1.2", "K3"]
    assert [step.asks for step in found.next_steps.criteria][:2] == [
        "evidence; there is none yet",
        "from not met to met (the appraiser, 1 July 2025)",
    ]


def test_no_more_comes_next_than_the_rule_says() -> None:
    assert steps(evaluate(coverage(focus_on={"at_most": 2, "source": 1}))) == ["K1", "K2"]


def test_nothing_comes_next_where_all_is_covered() -> None:
    found = evaluate(PACK, record(["K1", "K2", "D1", "K3"]))
    assert (steps(found), found.next_steps.kind) == ([], "none")
