"""``profile``: which point evidence puts a criterion at, what rolls up, and what is said of all that is not known."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

import support
from bandstand.explain import explain
from bandstand.models.finding import Claim
from support import criterion, evaluate, points, record, statement

if TYPE_CHECKING:
    from bandstand.models.clauses import Value
    from bandstand.models.evaluation import Evaluation
    from bandstand.packs.pack import Pack
    from bandstand.rules.base import Defect

GROWTH = ("begins", "grows", "leads")
VIEWS = [
    {
        "id": "agreed",
        "label": "Agreed",
        "ranks": [
            {"sources": ["appraiser", "observation"]},
            {"sources": ["peer"], "reaches": "partly_met"},
            {"sources": ["self"], "reaches": "partly_met"},
        ],
    },
    {"id": "self", "label": "Own view", "ranks": [{"sources": ["self"]}]},
]
FRAMEWORK = support.framework(
    findings={"source": 3, "max_age_months": 18, "cycle_starts": "09-01", "views": VIEWS},
    sections=[
        {"id": name, "label": label, "summary": "Some of it.", "source": 1}
        for name, label in (("I", "Within"), ("II", "Without"))
    ],
    groups=[{"id": "calm", "label": "Calm things"}, {"id": "wild", "label": "Wild things"}],
    scales=[
        support.scale("growth", *GROWTH, leads={"phrase": "out in front"}),
        support.scale("stage", *GROWTH, ordinal=False),
    ],
    flags=[{"id": "swims", "label": "Swims"}],
    outcomes=[
        {
            "id": "profile",
            "label": "Profile",
            "rules": ["profile", "action"],
            "sets": ["list", "plain"],
            "action": "action.value",
            "speaks": "profile.seen",
            "focus": "profile",
            "tracks": "profile",
        }
    ],
)
PLAIN_POINTS = {"not_met": "begins", "partly_met": "grows", "met": "leads"}


def grown(name: str, **fields: Any) -> dict[str, Any]:
    """A criterion with a text for each point of growth."""
    return criterion(name, **{"scale": "growth", "points": points(*GROWTH), **fields})


#: Under section I the standards one (A, B) and two (C, and D, which the document leaves blank); under II three (E).
STANDARDS = (
    support.standard_of("one", grown("A", group="calm"), grown("B", group="wild"), section="I"),
    support.standard_of(
        "two",
        grown("C", group="calm"),
        criterion("D", descriptor=None, status="blank", note="The document leaves it blank."),
        section="I",
    ),
    support.standard_of("three", grown("E", group="wild"), section="II"),
)
#: Three criteria without points of their own: what is found of them is their point.
PLAIN = support.standard_of("plain", *(criterion(name, set="plain") for name in "PQR"), section="II")


def rule(**fields: Any) -> dict[str, Any]:
    return {"id": "profile", "kind": "profile", "sets": ["list"], "scale": "growth", **fields}


def plain(**fields: Any) -> dict[str, Any]:
    return rule(sets=["plain"], points=PLAIN_POINTS, **fields)


def profile(*standards: Any, **fields: Any) -> Pack:
    return support.ruled_pack(FRAMEWORK, standards or STANDARDS, rule(**fields), support.ACTION)


def plain_profile(**fields: Any) -> Pack:
    return support.ruled_pack(FRAMEWORK, [PLAIN], plain(**fields), support.ACTION)


PACK = profile()
PLAIN_PACK = plain_profile()
ROLLED_UP = profile(roll_up="lowest", group_by=["group", "standard", "section"])


def values(evaluation: Evaluation, *names: str) -> list[Value]:
    return [evaluation.value(f"profile.{name}") for name in names]


def said(evaluation: Evaluation, of: Pack) -> list[str]:
    return list(of.rule_by_id["profile"].sentences(evaluation, of.context))


def steps(evaluation: Evaluation) -> list[str]:
    return [step.criterion for step in evaluation.next_steps.criteria]


# the point of a criterion


@pytest.mark.parametrize(
    ("claim", "point"), [("begins", "begins"), ("grows", "grows"), ("leads", "leads"), ("not_met", "not_yet")]
)
def test_a_criterion_is_at_the_point_that_evidence_claims_of_it(claim: str, point: str) -> None:
    assert values(evaluate(PACK, record("A", claim)), "A", "B") == [point, None]


def test_what_has_no_evidence_is_at_no_point_and_not_below_the_first() -> None:
    nothing = evaluate(PACK)
    assert values(nothing, "A", "B", "C", "E") == [None] * 4
    assert values(nothing, "seen", "to_grow") == [False, False]


@pytest.mark.parametrize(
    ("claimed", "point"),
    [
        ([("A@grows", "met")], "grows"),
        ([("A@begins", "partly_met")], "not_yet"),
        ([("A@grows", "partly_met")], None),
        ([("A@grows", "not_met")], None),
        ([("A", "begins"), ("A@grows", "partly_met")], "begins"),
        ([("A@begins", "met"), ("A@leads", "not_met")], "begins"),
    ],
)
def test_a_point_claimed_by_itself_says_what_it_says_of_that_point_and_those_below_and_above(
    claimed: list[tuple[str, str]], point: str | None
) -> None:
    assert values(evaluate(PACK, *(record(*one) for one in claimed)), "A") == [point]


@pytest.mark.parametrize(
    ("earlier", "later", "point"),
    [("leads", "begins", "begins"), ("begins", "leads", "leads"), ("leads", "not_met", "not_yet")],
)
def test_the_later_of_two_points_goes_and_undoes_the_other(earlier: str, later: str, point: str) -> None:
    both = record("A", earlier, "2025-06-01"), record("A", later, "2025-06-02", source="observation")
    assert values(evaluate(PACK, *both), "A") == values(evaluate(PACK, *both[::-1]), "A") == [point]


def test_of_two_points_claimed_on_one_day_the_lower_goes() -> None:
    both = record("A", "leads"), record("A", "begins", source="observation")
    assert values(evaluate(PACK, *both), "A") == ["begins"]


def test_a_point_is_not_reached_over_one_below_it_that_has_since_been_found_wanting() -> None:
    leads, gap = record("A", "leads", "2025-05-01"), record("A@grows", "partly_met", "2025-06-01")
    assert values(evaluate(PACK, leads, gap), "A") == ["begins"]
    first = record("A@begins", "partly_met", "2025-06-01")
    assert values(evaluate(PACK, leads, first), "A") == ["not_yet"]


def test_a_better_source_outdoes_a_later_one() -> None:
    seen, said_later = record("A", "grows", "2025-05-01"), record("A", "leads", "2025-06-01", source="peer")
    assert values(evaluate(PACK, seen, said_later), "A") == ["grows"]


@pytest.mark.parametrize("claim", [*GROWTH, "not_met"])
def test_what_somebody_says_alone_is_no_point_in_the_agreed_view(claim: str) -> None:
    found = evaluate(PACK, record("A", claim, source="peer"))
    assert found.view == "agreed"
    assert values(found, "A", "seen", "to_grow") == [None, False, False]


def test_what_was_agreed_with_the_person_counts_in_full_whoever_said_it() -> None:
    found = evaluate(PACK, record("A", "grows", source="self", moderated_by="A-1"))
    assert (found.view, values(found, "A")) == ("agreed", ["grows"])


def test_an_own_claim_is_a_point_in_the_own_view_and_nowhere_else() -> None:
    found = evaluate(PACK, record("A", "grows", source="self"))
    assert (found.view, values(found, "A")) == ("self", ["grows"])
    seen_too = evaluate(PACK, record("A", "grows", source="self"), record("B", "begins"))
    assert (seen_too.view, values(seen_too, "A", "B")) == ("agreed", [None, "begins"])


@pytest.mark.parametrize(
    "given",
    [grown("A", only_if=["swims"]), criterion("A", only_if=["swims"])],
    ids=["with points", "without"],
)
def test_what_does_not_apply_to_the_person_is_at_no_point_whatever_evidence_says(given: dict[str, Any]) -> None:
    of = profile(support.standard_of("one", given, grown("B")), points=PLAIN_POINTS)
    claimed = record("A", "met" if "points" not in given else "leads"), record("B", "begins")
    found = evaluate(of, *claimed)
    assert values(found, "A", "B") == [None, "begins"]
    assert found.result == "1 of 1 seen: 1 at begins"
    assert said(found, of) == ["Standard one: 1 of 1 seen: 1 at begins."]
    assert values(evaluate(of, *claimed, flags=["swims"]), "A", "B") == ["leads", "begins"]


@pytest.mark.parametrize(("claim", "point"), PLAIN_POINTS.items())
def test_a_criterion_without_points_is_at_the_point_that_its_finding_stands_for(claim: str, point: str) -> None:
    assert values(evaluate(PLAIN_PACK, record("P", claim)), "P", "Q") == [point, None]


@pytest.mark.parametrize("claim", Claim)
def test_a_criterion_without_points_is_at_none_while_its_finding_is_only_said(claim: Claim) -> None:
    assert values(evaluate(PLAIN_PACK, record("P", claim, source="peer")), "P", "seen") == [None, False]


def test_what_the_document_leaves_blank_asks_for_nothing_and_evidence_on_it_is_read_by_nobody() -> None:
    found = evaluate(PACK, record("A", "begins"), record("D"))
    assert "profile.D" not in {conclusion.name for conclusion in found.conclusions}
    assert found.result == "1 of 4 seen: 1 at begins"
    caveats = {caveat.code: caveat.text for caveat in found.recommendation.caveats}
    assert caveats["not-read"] == "Seen, and read by no rule, so look at it yourself: D."


# the whole


@pytest.mark.parametrize(
    ("claimed", "seen", "to_grow"),
    [
        ({"A": "not_met"}, True, True),
        ({"A": "grows"}, True, True),
        ({"A": "leads"}, True, False),
        ({"A": "leads", "B": "grows"}, True, True),
    ],
)
def test_something_is_to_grow_while_anything_that_is_seen_is_below_the_last_point(
    claimed: dict[str, str], *, seen: bool, to_grow: bool
) -> None:
    found = evaluate(PACK, *(record(name, claim) for name, claim in claimed.items()))
    assert values(found, "seen", "to_grow") == [seen, to_grow]


def test_the_lowest_point_seen_under_a_heading_rolls_up_and_what_is_not_seen_takes_no_part() -> None:
    found = evaluate(ROLLED_UP, record("A", "leads"), record("B", "grows"), record("C", "leads"))
    assert values(found, "standard.one", "standard.two", "standard.three") == ["grows", "leads", None]
    assert values(found, "section.I", "section.II") == ["grows", None]
    assert values(found, "group.calm", "group.wild") == ["leads", "grows"]


def test_not_yet_at_the_first_point_is_the_lowest_there_is() -> None:
    found = evaluate(ROLLED_UP, record("A", "not_met"), record("B", "begins"))
    assert values(found, "standard.one", "section.I") == ["not_yet", "not_yet"]


@pytest.mark.parametrize("order", ["PA", "AP"])
def test_not_yet_is_the_lowest_also_beside_criteria_that_have_no_such_point(order: str) -> None:
    one = {"P": criterion("P"), "A": grown("A")}
    mixed = support.standard_of("one", *(one[name] for name in order))
    of = profile(mixed, points=PLAIN_POINTS, roll_up="lowest")
    found = evaluate(of, record("P", "not_met"), record("A", "not_met"))
    assert values(found, "P", "A", "standard.one") == ["begins", "not_yet", "not_yet"]
    assert found.result == "2 of 2 seen: 1 not yet at begins and 1 at begins"


def test_nothing_rolls_up_unless_the_rule_says_how() -> None:
    assert {conclusion.name for conclusion in evaluate(PACK, record("A", "grows")).conclusions} == {
        *(f"profile.{name}" for name in ("A", "B", "C", "E", "seen", "to_grow")),
        *("action.value", "action.row1"),
    }


def test_no_conclusion_of_a_profile_is_a_number() -> None:
    context = ROLLED_UP.context
    of_rule = ROLLED_UP.rule_by_id["profile"].conclusions(context)
    assert [c.name for c in of_rule if any(type(value) in (int, float) for value in c.values)] == []


@pytest.mark.parametrize(("claim", "line"), [("not_met", "6"), ("begins", "6"), ("grows", "7")])
def test_a_point_rests_on_the_rule_s_lines_the_scale_s_and_its_own(claim: str, line: str) -> None:
    texts = {point: {"descriptor": "It is so.", "source": n} for n, point in enumerate(GROWTH, 6)}
    of = profile(support.standard_of("one", grown("A", points=points(*GROWTH, **texts))), source=5)
    found = evaluate(of, record("A", claim))
    (traced,) = [conclusion for conclusion in found.trace.conclusions if conclusion.name == "profile.A"]
    assert [ground.source for ground in traced.grounds] == ["5", "1", line]


# what is wrong with it


def check(given: dict[str, Any], *standards: Any) -> list[Defect]:
    return support.defects(FRAMEWORK, standards or (*STANDARDS, PLAIN), given)


def only(found: list[Defect]) -> tuple[str, tuple[str | int, ...], str, str]:
    (defect,) = found
    return defect.code, defect.path, defect.message, defect.remedy


def test_a_sound_profile_has_no_defects() -> None:
    assert check(rule()) == []
    assert check(rule(sets=["list", "plain"], points=PLAIN_POINTS, roll_up="lowest")) == []


def test_a_scale_that_is_not_there_is_a_defect() -> None:
    found = only(check(rule(scale="grwth")))
    assert found == ("unknown-scale", ("scale",), '"grwth" is not a scale of this pack.', "Did you mean growth?")


def test_a_scale_whose_points_do_not_take_in_those_below_them_is_a_defect() -> None:
    found = check(rule(scale="stage"), support.standard_of("one", criterion("A")))
    assert [(defect.code, defect.path) for defect in found] == [
        ("unfit-scale", ("scale",)),
        ("missing-points", ("points",)),
    ]
    assert found[0].message == "The points of stage do not take in those below them, so there is no highest."


def test_a_set_that_no_criterion_is_in_is_a_defect() -> None:
    found = only(check(rule(sets=["list", "plane"])))
    assert found == ("unknown-set", ("sets", 1), '"plane" is not a set of this pack.', "Did you mean plain?")


def test_a_finding_that_stands_for_no_point_of_the_scale_is_a_defect() -> None:
    found = only(check(plain() | {"points": {**PLAIN_POINTS, "met": "leeds"}}))
    assert found[:3] == ("unknown-point", ("points", "met"), '"leeds" is not a point of this pack.')
    assert found[3] == "Did you mean leads?"


def test_criteria_without_points_need_one_for_each_finding() -> None:
    assert only(check(rule(sets=["plain"], points={"met": "leads"}))) == (
        "missing-points",
        ("points",),
        "P has no points of its own, and points does not say what each finding stands for.",
        "Give a point for each of not_met, partly_met, met.",
    )


def test_criteria_on_another_scale_are_a_defect() -> None:
    other = support.framework(scales=[support.scale("growth", *GROWTH), support.scale("pace", *GROWTH)])
    standard = support.standard_of("one", grown("A"), grown("B", scale="pace"), grown("C", scale="pace"))
    found = only(support.defects(other, [standard], rule()))
    assert found[:3] == (
        "unfit-criterion",
        ("sets",),
        "B is on the scale pace, and the profile on growth.",
    )


def test_criteria_with_statements_are_a_defect() -> None:
    standard = support.standard_of("one", grown("A"), criterion("B", statements=[statement("B.1")]))
    found = only(check(rule(points=PLAIN_POINTS), standard))
    assert found == (
        "unfit-criterion",
        ("sets",),
        "B has statements, which a profile does not put together.",
        "Use coverage for criteria with statements.",
    )


@pytest.mark.parametrize(
    "fields", [{"focus_on": {"at_most": 0, "source": 9}}, {"focus_on": {"at_most": 21, "source": 9}}, {"group_by": []}]
)
def test_nothing_and_more_than_anybody_can_work_on_is_no_choice_and_no_grouping(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=next(iter(fields))):
        support.read_rule(rule(**fields))


# what is said


def test_the_result_says_how_many_are_seen_and_how_many_are_at_each_point_lowest_first() -> None:
    assert evaluate(PACK).result == "0 of 4 seen"
    claimed = {"A": "leads", "B": "not_met", "C": "grows", "E": "grows"}
    found = evaluate(PACK, *(record(name, claim) for name, claim in claimed.items()))
    assert found.result == "4 of 4 seen: 1 not yet at begins, 2 at grows and 1 out in front"


def test_sentences_give_each_heading_by_itself_strengths_and_what_is_not_known() -> None:
    found = evaluate(ROLLED_UP, record("A", "leads"), record("B", "grows"), record("C@grows", "partly_met"))
    assert said(found, ROLLED_UP) == [
        "I Within: 2 of 3 seen: 1 at grows and 1 out in front; the lowest of them at grows (B).",
        "Strengths: A A.",
        "Recorded, and not yet enough for a point by this view: C.",
        "Not seen, and so not known: E.",
    ]


@pytest.mark.parametrize(
    ("by", "heading"), [("section", "I Within"), ("standard", "Standard one"), ("group", "calm Calm things")]
)
def test_the_widest_heading_is_the_last_that_the_rule_groups_by(by: str, heading: str) -> None:
    of = profile(group_by=["standard", by])
    (first, *_) = said(evaluate(of, record("A", "begins")), of)
    assert first.startswith(f"{heading}: 1 of ")
    assert "lowest" not in first


def test_of_somebody_of_whom_nothing_is_seen_only_that_is_said() -> None:
    assert said(evaluate(PACK), PACK) == ["Not seen, and so not known: A, B, C and E."]


@pytest.mark.parametrize(
    ("value", "worded"), [(None, "nothing seen"), ("grows", "at grows"), ("leads", "out in front")]
)
def test_a_point_is_worded_as_somebody_is_said_to_be_there(value: Value, worded: str) -> None:
    assert PACK.rule_by_id["profile"].worded(value, PACK.context) == worded


def test_caveats_name_the_criterion_or_the_profile_as_a_whole() -> None:
    found = ROLLED_UP.rule_by_id["profile"]
    subjects = {name: found.subject(f"profile.{name}", lambda _: None) for name in ("A", "seen", "section.I")}
    assert subjects == {"A": "The point of A", "seen": "profile", "section.I": "profile"}


def test_points_are_compared_with_an_earlier_day_s_and_what_they_roll_up_to_is_not() -> None:
    records = (
        record("A", "begins", "2025-03-01"),
        record("A", "grows", "2025-06-01"),
        record("B", "leads", "2025-06-01"),
    )
    found = evaluate(ROLLED_UP, *records, since=dt.date(2025, 4, 1))
    assert {change.name: (change.was, change.now) for change in found.changes} == {
        "profile.A": ("begins", "grows"),
        "profile.B": (None, "leads"),
    }
    (changed,) = [reason for reason in explain(found, ROLLED_UP).reasons if reason.startswith("Since 1 April 2025")]
    assert "A (at begins, now at grows)" in changed
    assert "B (nothing seen, now out in front)" in changed


# what to work on next

READ: dict[str, Any] = {"source": 9, "basis": "interpreted", "note": "No number is given."}
FOCUSED: dict[str, Any] = {"focus_on": {"at_most": 3, **READ}}
FOCUSED_PACK = profile(**FOCUSED)


def test_the_lowest_are_chosen_first_then_what_is_partly_there_then_in_the_document_s_order() -> None:
    claimed = record("A", "grows"), record("B", "begins"), record("C", "begins"), record("E", "not_met")
    found = evaluate(FOCUSED_PACK, *claimed, record("C@grows", "partly_met", "2025-07-02"))
    assert steps(found) == ["E@begins", "C@grows", "B@grows"]
    assert [step.asks for step in found.next_steps.criteria] == [
        "not yet at begins (the appraiser, 1 July 2025)",
        "now at begins (the appraiser, 1 July 2025)",
        "now at begins (the appraiser, 1 July 2025)",
    ]


def test_what_is_worked_on_says_when_the_present_point_was_seen() -> None:
    claimed = record("A@grows", "met", "2025-07-02"), record("A@begins", "met", "2025-07-03")
    (step,) = evaluate(FOCUSED_PACK, *claimed).next_steps.criteria
    assert (step.criterion, step.asks) == ("A@leads", "now at grows (the appraiser, 2 July 2025)")


def test_what_somebody_only_says_is_partly_there_puts_nothing_forward() -> None:
    claimed = record("A", "begins"), record("B", "begins"), record("B@grows", "partly_met", "2025-07-02", source="peer")
    assert steps(evaluate(FOCUSED_PACK, *claimed)) == ["A@grows", "B@grows"]


def test_what_is_at_the_last_point_and_what_is_not_seen_is_nothing_to_work_on() -> None:
    found = evaluate(FOCUSED_PACK, record("A", "leads"), record("B", "grows", source="peer"))
    assert (steps(found), found.next_steps.kind) == ([], "none")


def test_as_many_are_chosen_as_the_rule_says_and_none_where_it_says_nothing() -> None:
    claimed = [record(name, "begins") for name in "ABCE"]
    assert steps(evaluate(profile(focus_on={"at_most": 1, "source": 9}, group_by=["section"]), *claimed)) == ["A@grows"]
    assert steps(evaluate(PACK, *claimed)) == []


def test_a_criterion_without_points_is_worked_on_as_a_whole() -> None:
    found = evaluate(plain_profile(**FOCUSED), record("P", "partly_met"), record("Q", "not_met"), record("R"))
    assert steps(found) == ["Q", "P"]
    assert [step.asks for step in found.next_steps.criteria] == [
        "now at begins (the appraiser, 1 July 2025)",
        "now at grows (the appraiser, 1 July 2025)",
    ]


def test_a_choice_that_rests_on_a_reading_says_so_and_only_where_something_is_chosen() -> None:
    def caveats(evaluation: Evaluation) -> list[str]:
        return [caveat.text for caveat in evaluation.recommendation.caveats if "choice" in caveat.text]

    assert caveats(evaluate(FOCUSED_PACK, record("A", "begins"))) == [
        "The choice of what to work on is a reading of the document (line 9). No number is given."
    ]
    assert caveats(evaluate(FOCUSED_PACK, record("A", "leads"))) == []
