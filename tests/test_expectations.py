"""``expectations``: what a stage and those that it builds on ask for, and what evidence shows of it; no share of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import support
from support import criterion, evaluate, points, record, statement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bandstand.models.clauses import Value
    from bandstand.models.evaluation import Evaluation
    from bandstand.packs.pack import Pack

#: Second builds on first; coach and head both build on second, and not on each other.
STAGES = ("first", "second", "coach", "head")
STAGE = support.scale(
    "stage",
    *STAGES,
    ordinal=False,
    first={"inherits": "shown with support"},
    second={
        "builds_on": ["first"],
        "inherits": "met with confidence",
        "duty": "an example is set",
        "note": "It is plainly so.",
    },
    coach={
        "builds_on": ["second"],
        "phrase": "for coaches",
        "source": 30,
        "basis": "interpreted",
        "note": "One line says first.",
    },
    head={"builds_on": ["second"], "label": "Head of all"},
)
VIEWS = [
    {
        "id": "agreed",
        "label": "Agreed",
        "ranks": [
            {"sources": ["appraiser", "observation"]},
            {"sources": ["self", "peer"], "reaches": "partly_met"},
        ],
    }
]
FRAMEWORK = support.framework(
    findings={"source": 3, "max_age_months": 18, "cycle_starts": "09-01", "views": VIEWS},
    scales=[STAGE],
    career_stages=[{"id": stage, "label": stage.title()} for stage in STAGES],
    flags=[{"id": "swims", "label": "Swims"}, {"id": "dives", "label": "Dives"}],
    outcomes=[
        {
            "id": "expectations",
            "label": "What is expected",
            "rules": ["expected", "action"],
            "sets": ["list", "other"],
            "action": "action.value",
            "focus": "expected",
        }
    ],
)


def cells(name: str, **of_stages: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Points of a criterion: two statements at each stage, ``NAME.first.1`` and so on, unless others are given."""
    made = {
        stage: {"statements": list(of_stages.get(stage, [statement(f"{name}.{stage}.{n}") for n in (1, 2)]))}
        for stage in STAGES
    }
    return points(*STAGES, **made)


#: Of A, one statement of second is asked under a condition, and coach is tagged; B has one statement of first and head.
A = criterion(
    "A",
    scale="stage",
    points=cells(
        "A",
        second=[statement("A.second.1"), statement("A.second.2", condition="where there is water")],
        coach=[statement("A.coach.1", tags=["helps"])],
    ),
)
BLANK: dict[str, Any] = {"status": "blank", "note": "The document leaves it blank."}
B = criterion(
    "B",
    scale="stage",
    points=points(
        *STAGES,
        first={"statements": [statement("B.first.1", tags=["helps"])]},
        second=BLANK,
        coach=BLANK,
        head={"statements": [statement("B.head.1", tags=["leads"])]},
    ),
)
#: Asked only of those who swim or dive.
W = criterion(
    "W", scale="stage", only_if=["swims", "dives"], points=points(*STAGES, **dict.fromkeys(STAGES[1:], BLANK))
)
#: Asked of the head of all, and only where that one dives.
V = criterion(
    "V",
    scale="stage",
    only_if=["dives"],
    points=points(*STAGES, **dict.fromkeys(STAGES[:3], BLANK), head={"statements": [statement("V.head.1")]}),
)
STANDARDS = (
    support.standard_of("one", A, B),
    support.standard_of("two", W, V, criterion("X", set="other")),
)
RULE: dict[str, Any] = {
    "id": "expected",
    "kind": "expectations",
    "scale": "stage",
    "sets": ["list"],
    "tags": ["helps", "leads"],
    "focus_on": {"at_most": 3, "source": 9},
}


def expectations(**fields: Any) -> Pack:
    return support.ruled_pack(FRAMEWORK, STANDARDS, {**RULE, **fields}, support.ACTION)


PACK = expectations()
QUESTIONS = ("seen", "several_kinds", "short", "short_firm", "partly", "met", "beyond", "beyond_seen")


def at(stage: str | None, *evidence: Any, **fields: Any) -> Evaluation:
    return evaluate(PACK, *evidence, career_stage=stage, **fields)


def values(evaluation: Evaluation, *names: str) -> list[Value]:
    return [evaluation.value(f"expected.{name}") for name in names]


def true_of(evaluation: Evaluation) -> set[str]:
    """Which of the questions, and of the tags, are answered with yes."""
    asked = (*QUESTIONS, "tag.helps", "tag.leads", "not_taught")
    return {name for name in asked if evaluation.value(f"expected.{name}") is True}


def said(evaluation: Evaluation) -> list[str]:
    return list(PACK.rule_by_id["expected"].sentences(evaluation, PACK.context))


def steps(evaluation: Evaluation) -> list[str]:
    return [step.criterion for step in evaluation.next_steps.criteria]


# what it concludes


@pytest.mark.parametrize("stage", [*STAGES, None])
def test_silence_says_nothing_of_any_stage(stage: str | None) -> None:
    found = at(stage)
    assert values(found, "stage") == [stage]
    assert true_of(found) == set()


@pytest.mark.parametrize("stage", [None, "third"])
def test_nothing_is_concluded_of_somebody_whose_stage_is_not_known(stage: str | None) -> None:
    found = at(stage, record("A.first.1", "not_met"), record("A.coach.1", source="observation"))
    assert values(found, "stage") == [None]
    assert true_of(found) == set()
    assert found.result == "career stage not known"


@pytest.mark.parametrize(
    ("stage", "asked"),
    [
        ("first", {"first"}),
        ("second", {"first", "second"}),
        ("coach", {"first", "second", "coach"}),
        ("head", {"first", "second", "head"}),
    ],
)
def test_a_stage_asks_for_its_own_statements_and_those_of_all_that_it_builds_on(stage: str, asked: set[str]) -> None:
    short = {of for of in STAGES if "short" in true_of(at(stage, record(f"A.{of}.1", "not_met")))}
    assert short == asked
    assert short == {of for of in STAGES if "met" in true_of(at(stage, record(f"A.{of}.1")))}
    assert short == {of for of in STAGES if "seen" in true_of(at(stage, record(f"A.{of}.1", source="self")))}


@pytest.mark.parametrize(
    ("stage", "beyond"),
    [("first", {"second", "coach", "head"}), ("second", {"coach", "head"}), ("coach", set()), ("head", set())],
)
def test_only_what_builds_on_a_stage_is_beyond_it_and_two_that_build_on_one_are_not_beyond_each_other(
    stage: str, beyond: set[str]
) -> None:
    met = {of for of in STAGES if "beyond" in true_of(at(stage, record(f"A.{of}.1")))}
    assert met == beyond
    seen = {of for of in STAGES if "beyond_seen" in true_of(at(stage, record(f"A.{of}.1", "not_met")))}
    assert seen == beyond


@pytest.mark.parametrize(
    ("claim", "source", "concluded"),
    [
        ("met", "appraiser", {"seen", "met"}),
        ("partly_met", "appraiser", {"seen", "partly"}),
        ("not_met", "appraiser", {"seen", "short", "short_firm"}),
        ("met", "self", {"seen"}),
        ("partly_met", "self", {"seen"}),
        ("not_met", "self", {"seen"}),
    ],
)
def test_only_evidence_that_counts_in_full_shows_anything_met_met_in_part_or_wanting(
    claim: str, source: str, concluded: set[str]
) -> None:
    assert true_of(at("second", record("A.first.1", claim, source=source))) == concluded


def test_what_falls_short_only_under_a_condition_is_told_from_what_falls_short_without() -> None:
    conditional = record("A.second.2", "not_met")
    assert {"short", "short_firm"} & true_of(at("second", conditional)) == {"short"}
    both = at("second", conditional, record("A.second.1", "not_met"))
    assert {"short", "short_firm"} & true_of(both) == {"short", "short_firm"}


@pytest.mark.parametrize(
    ("stage", "name", "tag"),
    [
        ("first", "B.first.1", "tag.helps"),
        ("coach", "B.first.1", "tag.helps"),
        ("second", "A.coach.1", "tag.helps"),
        ("second", "B.head.1", "tag.leads"),
        ("head", "A.coach.1", None),
        ("coach", "B.head.1", None),
    ],
)
def test_a_tag_is_shown_by_the_stage_s_own_inherited_and_further_statements_and_by_no_other_branch_s(
    stage: str, name: str, tag: str | None
) -> None:
    tags = {"tag.helps", "tag.leads"}
    assert tags & true_of(at(stage, record(name))) == ({tag} if tag else set())
    assert not tags & true_of(at(stage, record(name, "partly_met")))


@pytest.mark.parametrize(
    ("stage", "names", "sources", "several"),
    [
        ("second", ["A.first.1", "A.first.2"], ["appraiser", "appraiser"], False),
        ("second", ["A.first.1", "A.first.1"], ["appraiser", "observation"], True),
        ("second", ["A.first.1", "A.first.1"], ["appraiser", "self"], False),
        ("second", ["A.first.1", "A.coach.1"], ["appraiser", "peer"], True),
        ("head", ["A.first.1", "A.coach.1"], ["appraiser", "peer"], False),
    ],
)
def test_evidence_is_of_several_kinds_when_others_of_more_than_one_kind_speak_of_the_stage_or_beyond(
    stage: str, names: list[str], sources: list[str], *, several: bool
) -> None:
    evidence = [record(name, source=source) for name, source in zip(names, sources, strict=True)]
    assert ("several_kinds" in true_of(at(stage, *evidence))) is several


def test_what_is_in_no_set_of_the_rule_says_nothing() -> None:
    assert true_of(at("first", record("X", "not_met"), record("X", source="self"))) == set()


@pytest.mark.parametrize("flags", [["swims"], ["dives"], ["swims", "dives"]])
def test_what_applies_to_people_with_one_of_some_flags_counts_for_these(flags: list[str]) -> None:
    wanting = record("W@first", "not_met")
    assert true_of(at("first", wanting, flags=flags)) == {"seen", "short", "short_firm"}


def test_evidence_on_what_does_not_apply_counts_for_nothing_and_is_said_to_be_there() -> None:
    assert true_of(at("first", record("W@first", "not_met"), record("W@first", source="self"))) == {"not_taught"}
    assert true_of(at("first")) == set()
    assert true_of(at("first", record("V.head.1"))) == {"not_taught"}
    both = record("W@first"), record("V.head.1")
    assert "not_taught" in true_of(at("first", *both, flags=["swims"]))
    assert "not_taught" not in true_of(at("first", *both, flags=["dives"]))


def test_no_conclusion_is_a_number_or_a_share() -> None:
    of_rule = PACK.rule_by_id["expected"].conclusions(PACK.context)
    assert [c.name for c in of_rule if any(type(value) in (int, float) for value in c.values)] == []


# what is wrong with it


@pytest.mark.parametrize(
    ("fields", "code", "path", "message", "remedy"),
    [
        ({"scale": "stages"}, "unknown-scale", ("scale",), '"stages" is not a scale of this pack.', "stage"),
        ({"sets": ["list", "lost"]}, "unknown-set", ("sets", 1), '"lost" is not a set of this pack.', "list"),
        ({"tags": ["helps", "lead"]}, "unknown-tag", ("tags", 1), '"lead" is not a tag of this pack.', "leads"),
    ],
)
def test_what_is_not_there_is_a_defect(
    fields: dict[str, Any], code: str, path: tuple[str | int, ...], message: str, remedy: str
) -> None:
    (defect,) = support.defects(FRAMEWORK, STANDARDS, {**RULE, **fields})
    assert (defect.code, defect.path, defect.message) == (code, path, message)
    assert defect.remedy == f"Did you mean {remedy}?"


def test_a_stage_that_nobody_can_be_at_is_a_defect() -> None:
    stages = [{"id": stage, "label": stage} for stage in STAGES if stage != "coach"]
    fewer = support.framework(scales=[STAGE], career_stages=stages, flags=[])
    (defect,) = support.defects(fewer, STANDARDS, RULE)
    assert (defect.code, defect.path) == ("unknown-career-stage", ("scale",))
    assert defect.message == '"coach" is not a career stage of this pack.'


# what is said


def test_the_result_is_the_stage_and_on_how_many_of_its_statements_there_is_evidence() -> None:
    assert at("head").result == "Head of all, evidence on 0 statements"
    evidence = record("A.head.1"), record("A.first.1", "not_met", source="self"), record("A.coach.1"), record("W@first")
    assert at("head", *evidence).result == "Head of all, evidence on 2 statements"
    assert at("head", *evidence, flags=["swims"]).result == "Head of all, evidence on 3 statements"


@pytest.mark.parametrize(
    ("stage", "sentences"),
    [
        (
            "first",
            [
                (
                    "At First the document describes 4 statements of the stage's own, shown with support. It is no "
                    "checklist."
                ),
                "What builds on it: Second, 2 statements more.",
            ],
        ),
        (
            "second",
            [
                (
                    "At Second the document describes 2 statements of the stage's own, and 4 inherited from First, met "
                    "with confidence; besides, an example is set. It is no checklist."
                ),
                "What builds on it: Coach, one statement more and Head of all, 4 statements more.",
            ],
        ),
        (
            "coach",
            [
                (
                    "For coaches the document describes one statement of the stage's own, and 6 inherited from Second "
                    "and First. It is no checklist."
                ),
                "What this stage builds on is a reading (line 30). One line says first.",
            ],
        ),
        (None, ["The career stage is not known, so what is expected cannot be said."]),
    ],
)
def test_sentences_say_what_is_expected_own_and_inherited_and_what_comes_next(
    stage: str | None, sentences: list[str]
) -> None:
    assert said(at(stage)) == sentences


def test_sentences_say_what_is_not_met_met_in_part_only_said_and_met_beyond() -> None:
    found = at(
        "second",
        record("A.second.2", "not_met"),
        record("A.first.1", "not_met", source="observation"),
        record("A.first.2", "partly_met"),
        record("A.second.1", "not_met", source="self"),
        record("B.first.1", source="self"),
        record("A.head.1"),
        record("A.head.2", source="self"),
        record("W@first"),
    )
    assert said(found)[2:] == [
        (
            "Not met: A.first.1 A.first.1 (an observation, 1 July 2025) and A.second.2 A.second.2 ("
            "the appraiser, 1 July 2025; condition: where there is water)."
        ),
        "Met in part: A.first.2 A.first.2 (the appraiser, 1 July 2025).",
        (
            "Said by somebody and not agreed, so counted neither for nor against: A.second.1 A.second.1 and B.first.1 "
            "B.first.1."
        ),
        "Met beyond the stage: A.head.1 A.head.1.",
    ]


def test_sentences_say_what_is_met_by_evidence_that_counts_in_full_and_applies() -> None:
    evidence = record("A.first.1"), record("B.first.1", source="self"), record("W@first")
    met = "A.first.1 A.first.1 (the appraiser, 1 July 2025)"
    assert f"Met: {met}." in said(at("first", *evidence))
    both = f"Met: {met} and W@first W (the appraiser, 1 July 2025)."
    assert both in said(at("first", *evidence, flags=["dives"]))


# what to work on next


def test_what_is_not_met_comes_first_then_what_is_met_in_part_each_from_the_nearest_stage_on() -> None:
    evidence = (
        record("A.first.1", "partly_met"),
        record("B.first.1", "not_met"),
        record("A.second.1", "partly_met"),
        record("A.head.1", "not_met"),
    )
    found = evaluate(expectations(focus_on={"at_most": 9, "source": 9}), *evidence, career_stage="head")
    assert steps(found) == ["A.head.1", "B.first.1", "A.second.1", "A.first.1"]
    assert steps(at("head", *evidence)) == ["A.head.1", "B.first.1", "A.second.1"]
    assert found.next_steps.criteria[0].asks == "from not met to met (the appraiser, 1 July 2025)"


def test_what_somebody_says_and_what_is_of_another_branch_is_nothing_to_work_on() -> None:
    assert steps(at("head", record("A.first.1", "not_met", source="self"), record("A.coach.1", "not_met"))) == []


def test_where_nothing_falls_short_the_next_stage_s_statements_follow_on_what_is_seen_met() -> None:
    found = at("first", record("A.first.1"))
    assert steps(found) == ["A.second.1", "A.second.2"]
    assert {step.asks for step in found.next_steps.criteria} == {"what Second adds"}
    branches = at("second", record("A.first.1"), record("A.coach.1"))
    assert steps(branches) == ["A.head.1", "A.head.2"]
    assert steps(at("second", record("A.first.1"))) == ["A.coach.1", "A.head.1", "A.head.2"]


def test_what_is_said_to_be_met_opens_nothing_further() -> None:
    assert steps(at("first", record("A.first.1", source="self"))) == []
    assert steps(at("head", record("A.first.1"))) == []
    assert steps(at(None, record("A.first.1"))) == []
