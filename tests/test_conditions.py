"""``rating_check`` and ``prompts``: what conditions come to, each and together, and what is said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

import support
from bandstand import words
from bandstand.engine.evaluate import Evaluator
from bandstand.engine.plain import PlainEngine
from bandstand.models.finding import State
from bandstand.models.framework import FactAsked
from bandstand.rules.facts import COMMON, facts_of, words_of
from support import criterion, evaluate, record

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bandstand.models.evaluation import Evaluation
    from bandstand.models.evidence import Evidence
    from bandstand.models.framework import Framework
    from bandstand.packs.pack import Pack
    from bandstand.rules.base import Defect

VIEWS = [
    {
        "id": "agreed",
        "label": "Agreed",
        "ranks": [
            {"sources": ["appraiser", "observation", "document"]},
            {"sources": ["self", "peer"], "reaches": "partly_met"},
        ],
    }
]


def fact(name: str, *values: str, **fields: Any) -> dict[str, Any]:
    options = [{"id": value, "label": value.title()} for value in values]
    return {"id": name, "label": name.title(), "question": f"{name}?", "values": options, "source": 8, **fields}


#: What the trust sets, and only the document's loss has made a number of.
READ: dict[str, Any] = {"basis": "illustrative", "note": "The document names no number."}
FRAMEWORK = support.framework(
    findings={"source": 3, "max_age_months": 18, "cycle_starts": "09-01", "views": VIEWS},
    strands=[{"id": "teaching", "label": "Teaching"}],
    grades=[{"id": "teaching:G1", "label": "G1", "strand": "teaching", "column": 1, "source": 4}],
    roles=[{"id": "lead", "label": "Lead", "source": 5}],
    career_stages=[{"id": "MPR", "label": "MPR"}],
    flags=[{"id": "swims", "label": "Swims"}],
    facts=[
        fact("proposed", "low", "high"),
        fact("wind", "yes", "no"),
        fact("limit", "1", "2", "3", of="trust", **READ),
        fact("count", "1", "many"),
        fact("aim"),
    ],
    actions=[
        *({"id": name, "label": name.title(), "text": f"{name.title()}.", "source": 4} for name in ("go_on", "stop")),
    ],
    outcomes=[
        {
            "id": "check",
            "label": "Check",
            "rules": ["rating", "mood", "action"],
            "sets": ["list", "document"],
            "action": "action.value",
        }
    ],
)
STANDARDS = (
    support.standard_of("one", criterion("A"), criterion("B")),
    support.standard_of("two", criterion("C", set="document")),
)
#: A conclusion to look at: calm or rough, by the wind.
MOOD: dict[str, Any] = {
    "id": "mood",
    "kind": "decision_table",
    "hit": "first",
    "inputs": {"wind": {"fact": "wind"}},
    "rows": [{"when": {"wind": "yes"}, "then": "rough"}],
    "otherwise": {"then": "calm", "source": 1},
}


def rating(*conditions: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"id": "rating", "kind": "rating_check", "proposed": "proposed", "conditions": conditions, **fields}


SAYS = {"not_settled": "not done", "open": "some is open", "settled": "all is settled"}


def prompts(*conditions: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"id": "rating", "kind": "prompts", "says": SAYS, "conditions": conditions, **fields}


def ruled(rule: dict[str, Any]) -> Pack:
    return support.ruled_pack(FRAMEWORK, STANDARDS, rule, MOOD, support.ACTION)


def asks(name: str = "it", **fields: Any) -> dict[str, Any]:
    """A condition; one that can fail has a reason."""
    reason: dict[str, Any] = {"reason": f"{name} is broken"} if "fails" in fields else {}
    return {"id": name, **reason, **fields}


def met(name: str) -> dict[str, Any]:
    return {"criterion": name, "is": ["met"]}


def not_met(name: str) -> dict[str, Any]:
    return {"criterion": name, "is": ["not_met"]}


WINDY: dict[str, Any] = {"fact": "wind", "is": ["yes"]}


def verdict(condition: dict[str, Any], *evidence: Evidence, **fields: Any) -> object:
    return evaluate(ruled(rating(condition)), *evidence, **fields).value(f"rating.{condition['id']}")


def by_premise(premise: dict[str, Any], *evidence: Evidence, **fields: Any) -> bool:
    """Whether a premise holds: by the condition that passes with it, and the one that fails with it."""
    passing, failing = asks(passes={"all": [premise]}), asks(fails={"all": [premise]})
    found = verdict(passing, *evidence, **fields), verdict(failing, *evidence, **fields)
    assert found in (("passes", "fails"), ("cant_tell", "cant_tell"))
    return found[0] == "passes"


# the verdict of a condition


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ({}, "cant_tell"),
        ({"A": "met"}, "passes"),
        ({"B": "not_met"}, "fails"),
        ({"A": "met", "B": "not_met"}, "fails"),
        ({"A": "not_met", "B": "met"}, "cant_tell"),
    ],
)
def test_failing_goes_before_passing_and_what_is_neither_cannot_be_told(claims: dict[str, str], expected: str) -> None:
    condition = asks(when=[WINDY], passes={"all": [met("A")]}, fails={"all": [not_met("B")]})
    evidence = [record(name, claim) for name, claim in claims.items()]
    assert verdict(condition, *evidence, facts={"wind": "yes"}) == expected
    assert verdict(condition, *evidence, facts={"wind": "no"}) == "not_asked"
    assert verdict(condition, *evidence) == "not_asked"


def test_a_condition_is_asked_when_all_that_it_is_asked_for_holds() -> None:
    condition = asks(when=[WINDY, met("A")], passes={"all": [met("B")]})
    facts = {"wind": "yes"}
    assert verdict(condition, record("B"), facts=facts) == "not_asked"
    assert verdict(condition, record("A"), facts=facts) == "cant_tell"
    assert verdict(condition, record("A"), record("B"), facts=facts) == "passes"


def test_what_no_record_can_settle_is_always_to_be_told_by_people() -> None:
    assert verdict(asks()) == "cant_tell"
    assert verdict(asks(), record("A"), record("B"), record("C")) == "cant_tell"


def test_a_condition_that_cannot_fail_never_does_and_one_that_cannot_pass_never_does() -> None:
    assert verdict(asks(passes={"all": [met("A")]}), record("A", "not_met")) == "cant_tell"
    assert verdict(asks(fails={"all": [not_met("A")]}), record("A")) == "cant_tell"


@pytest.mark.parametrize(
    ("need", "names", "expected"),
    [("all", "A", False), ("all", "AB", True), ("any", "", False), ("any", "B", True), ("any", "AB", True)],
)
@pytest.mark.parametrize(("field", "told"), [("passes", "passes"), ("fails", "fails")])
def test_all_or_any_of_the_premises_are_needed(need: str, names: str, field: str, told: str, *, expected: bool) -> None:
    condition = asks("it", **{field: {need: [met("A"), met("B")]}})
    assert verdict(condition, *(record(name) for name in names)) == (told if expected else "cant_tell")


# what a premise looks at


def states_of(word: Any) -> set[State]:
    """The states in which a criterion is what a premise asks for."""
    program = Evaluator(ruled(rating(asks(passes={"all": [{"criterion": "A", "is": word}]}))), durable=False).program()
    engine, at = PlainEngine(program), program.criteria.index("A")
    verdicts = program.conclusions[program.positions["rating.it"]].values
    found = set()
    for state in State:
        states = [int(State.NOT_EVIDENCED)] * len(program.criteria)
        states[at] = int(state)
        run = engine.run(engine.inputs(states, {}))
        if verdicts[run.values[program.positions["rating.it"]]] == "passes":
            found.add(state)
    return found


@pytest.mark.parametrize(
    ("word", "states"),
    [
        ("met", {State.MET, State.NOT_APPLICABLE}),
        ("partly", {State.PARTLY_MET, State.SAID_PARTLY_MET, State.PROVISIONAL}),
        ("short", {State.NOT_MET, State.PARTLY_MET}),
        ("not_met", {State.NOT_MET}),
        ("seen", set(State) - {State.NOT_EVIDENCED, State.NOT_APPLICABLE}),
    ],
)
def test_a_criterion_is_what_a_premise_asks_for_in_these_states(word: str, states: set[State]) -> None:
    assert states_of([word]) == states


def test_a_premise_may_ask_for_several_findings() -> None:
    assert states_of(["met", "not_met"]) == states_of(["met"]) | states_of(["not_met"])


def test_what_nobody_has_seen_is_none_of_the_findings() -> None:
    assert State.NOT_EVIDENCED not in states_of(["met", "partly", "short", "not_met", "seen"])


@pytest.mark.parametrize(
    ("premise", "given", "holds"),
    [
        ({"fact": "wind", "is": ["yes"]}, {"facts": {"wind": "yes"}}, True),
        ({"fact": "wind", "is": ["yes"]}, {"facts": {"wind": "no"}}, False),
        ({"fact": "wind", "is": ["yes", "no"]}, {"facts": {"wind": "no"}}, True),
        ({"fact": "wind", "is": ["yes", "no"]}, {}, False),
        ({"fact": "wind", "known": True}, {}, False),
        ({"fact": "wind", "known": True}, {"facts": {"wind": "no"}}, True),
        ({"fact": "wind", "known": False}, {}, True),
        ({"fact": "wind", "known": False}, {"facts": {"wind": "no"}}, False),
        ({"fact": "grade", "is": ["teaching:G1"]}, {"grade": "G1"}, True),
        ({"fact": "roles", "is": ["lead"]}, {"roles": ["lead"]}, True),
        ({"fact": "roles", "is": ["lead"]}, {}, False),
        ({"fact": "flags", "is": ["swims"]}, {"flags": ["swims"]}, True),
        ({"fact": "fte", "known": True}, {"fte": 0.4}, True),
        ({"fact": "fte", "known": True}, {}, False),
        ({"fact": "limit", "is": ["2"]}, {"settings": {"limit": "2"}}, True),
        ({"fact": "limit", "is": ["2"]}, {"facts": {"limit": "2"}}, False),
    ],
)
def test_a_fact_that_is_not_known_is_none_of_its_values(
    premise: dict[str, Any], given: dict[str, Any], *, holds: bool
) -> None:
    assert by_premise(premise, **given) is holds


@pytest.mark.parametrize(("wind", "is_rough"), [("yes", True), ("no", False), (None, False)])
def test_a_premise_may_look_at_what_another_rule_concludes(wind: str | None, *, is_rough: bool) -> None:
    facts = {} if wind is None else {"wind": wind}
    assert by_premise({"conclusion": "mood.value", "is": ["rough"]}, facts=facts) is is_rough
    assert by_premise({"conclusion": "mood.row1", "is": [True]}, facts=facts) is is_rough
    assert by_premise({"conclusion": "mood.value", "is": ["rough", "calm"]}, facts=facts)


#: Two records of one kind on A, one of another on A and B together, one more on C that is only said.
PORTFOLIO = (
    ("A", "met", "appraiser"),
    ("A", "not_met", "appraiser"),
    (("A", "B"), "met", "document"),
    ("C", "met", "self"),
)


def portfolio() -> list[Evidence]:
    return [record(names, claim, source=source) for names, claim, source in PORTFOLIO]


@pytest.mark.parametrize(
    ("counted", "number"),
    [
        ({"count": "records", "sets": ["list"]}, 3),
        ({"count": "records", "sets": ["list", "document"]}, 4),
        ({"count": "records", "sets": ["list"], "sources": ["document", "self"]}, 1),
        ({"count": "records", "sets": ["document"], "sources": ["appraiser"]}, 0),
        ({"count": "kinds", "sets": ["list"]}, 2),
        ({"count": "kinds", "sets": ["list", "document"]}, 3),
        ({"count": "kinds", "sets": ["list", "document"], "sources": ["appraiser", "self"]}, 2),
        ({"count": "evidenced", "sets": ["list"]}, 2),
        ({"count": "evidenced", "sets": ["list", "document"], "sources": ["appraiser"]}, 1),
        ({"count": "evidenced", "sets": ["document"]}, 1),
    ],
)
def test_a_count_is_of_the_evidence_on_some_sets_from_some_sources_whatever_it_shows(
    counted: dict[str, Any], number: int
) -> None:
    evidence = portfolio()
    assert by_premise({**counted, "at_most": number}, *evidence)
    assert not by_premise({**counted, "more_than": number}, *evidence)
    assert not by_premise({**counted, "at_least": number + 1}, *evidence)
    if number:
        assert by_premise({**counted, "at_least": number}, *evidence)
        assert not by_premise({**counted, "at_most": number - 1}, *evidence)
        assert by_premise({**counted, "more_than": number - 1}, *evidence)


def test_counts_of_different_things_are_told_apart_though_a_set_and_a_source_have_one_name() -> None:
    of_set = {"count": "records", "sets": ["list", "document"], "more_than": 3}
    of_source = {"count": "records", "sets": ["list"], "sources": ["document"], "more_than": 3}
    of = ruled(rating(asks("set", passes={"all": [of_set]}), asks("source", passes={"all": [of_source]})))
    found = evaluate(of, *portfolio())
    assert (found.value("rating.set"), found.value("rating.source")) == ("passes", "cant_tell")


def test_evidence_that_is_too_old_is_not_counted() -> None:
    old = record("A", "met", "2020-01-01")
    assert not by_premise({"count": "records", "sets": ["list"], "at_least": 1}, old)


@pytest.mark.parametrize(
    ("limit", "within", "over"), [("2", False, True), ("3", True, False), (None, False, False), ("4", False, False)]
)
def test_a_count_may_be_held_against_a_fact_and_where_that_is_not_known_it_is_neither_within_nor_over(
    limit: str | None, *, within: bool, over: bool
) -> None:
    counted = {"count": "records", "sets": ["list"]}
    given = {} if limit is None else {"settings": {"limit": limit}}
    assert by_premise({**counted, "at_most": "limit"}, *portfolio(), **given) is within
    assert by_premise({**counted, "more_than": "limit"}, *portfolio(), **given) is over


# what conditions come to together

PASSES = asks("passing", passes={"any": [{"fact": "purpose", "is": ["development"]}]})
BROKEN = {"all": [{"fact": "purpose", "is": ["development"]}]}
UNTOLD, SILENT = asks("untold"), asks("silent", if_unknown="nothing")
DISCUSSED, DECIDING = asks("discussed", fails=BROKEN), asks("deciding", fails=BROKEN, weight="decides")
NOT_ASKED = asks("unasked", when=[WINDY], fails=BROKEN, weight="decides")
#: It would decide if it failed, and cannot be told.
UNDECIDED = asks("undecided", fails={"all": [WINDY]}, weight="decides")

#: What a rating that is checked comes to where prompts come to this.
RATED = {"settled": "supported", "open": "needs_discussion", "not_settled": "not_supported"}
RESULTS = {
    "supported": "supported, as nothing speaks against it",
    "needs_discussion": "needs discussion",
    "not_supported": "not supported",
}


@pytest.mark.parametrize(
    ("conditions", "together", "questions"),
    [
        ([PASSES], "settled", []),
        ([NOT_ASKED], "settled", []),
        ([SILENT], "settled", []),
        ([PASSES, UNTOLD], "open", ["untold"]),
        ([PASSES, DISCUSSED], "open", ["discussed"]),
        ([PASSES, UNDECIDED], "open", ["undecided"]),
        ([PASSES, DECIDING], "not_settled", ["deciding"]),
        ([UNTOLD, DECIDING, DISCUSSED, SILENT], "not_settled", ["untold", "deciding", "discussed"]),
    ],
)
def test_what_decides_goes_before_what_is_to_be_discussed_and_that_before_what_passes_or_is_not_asked(
    conditions: list[dict[str, Any]], together: str, questions: list[str]
) -> None:
    checked = ruled(rating(*conditions))
    found = evaluate(checked, facts={"proposed": "high"})
    rated = RATED[together]
    assert found.value("rating.verdict") == rated
    asked = f", {words.count(len(questions), 'question')}" if questions else ""
    assert found.result == f"{RESULTS[rated]}{asked}"
    for_the_panel = [sentence for sentence in said(found, checked) if sentence.startswith("For the panel: ")]
    assert for_the_panel == [f"For the panel: {name}? (line 1)" for name in questions]
    talked_through = evaluate(ruled(prompts(*conditions)))
    assert talked_through.value("rating.verdict") == together
    asked = f", {words.count(len(questions), 'prompt')}" if questions else ""
    assert talked_through.result == f"{SAYS[together]}{asked}"


def test_what_decides_is_not_also_something_to_discuss() -> None:
    found = evaluate(ruled(rating(PASSES, DECIDING)), facts={"proposed": "high"})
    assert (found.value("rating.blocked"), found.value("rating.open")) == (True, False)
    found = evaluate(ruled(rating(PASSES, DISCUSSED)), facts={"proposed": "high"})
    assert (found.value("rating.blocked"), found.value("rating.open")) == (False, True)


@pytest.mark.parametrize("conditions", [[PASSES], [UNTOLD], [DECIDING]])
def test_where_nothing_is_proposed_nothing_is_supported_and_nothing_is_not(conditions: list[dict[str, Any]]) -> None:
    of = ruled(rating(*conditions))
    for facts in ({}, {"proposed": "middling"}):
        found = evaluate(of, record("A", "not_met"), facts=facts)
        assert (found.value("rating.verdict"), found.result) == ("nothing_proposed", "no rating proposed")
        assert said(found, of) == [
            "No rating is proposed. People form the rating; what is proposed can then be checked."
        ]


def test_every_condition_is_published_with_its_verdict_question_and_lines() -> None:
    conditions = [PASSES, asks("deciding", fails=BROKEN, weight="decides", source=17, basis="trust"), UNTOLD, NOT_ASKED]
    checks = evaluate(ruled(rating(*conditions))).checks
    assert [(check.id, check.verdict, check.decides) for check in checks] == [
        ("passing", "passes", False),
        ("deciding", "fails", True),
        ("untold", "cant_tell", False),
        ("unasked", "not_asked", True),
    ]
    deciding = checks[1]
    assert (deciding.label, deciding.question, deciding.reason) == ("deciding", "deciding?", "deciding is broken")
    assert (deciding.source, deciding.basis.value) == ("17", "trust")


# what is said


def said(evaluation: Evaluation, of: Pack) -> list[str]:
    return list(of.rule_by_id["rating"].sentences(evaluation, of.context))


def test_sentences_of_a_rating_give_reasons_against_questions_and_what_is_settled() -> None:
    of = ruled(rating(UNTOLD, PASSES, SILENT, NOT_ASKED, {**DISCUSSED, "source": "17, 19"}, DECIDING))
    assert said(evaluate(of, facts={"proposed": "low"}), of) == [
        "discussed is broken (lines 17, 19).",
        "deciding is broken (line 1).",
        "For the panel: untold? (line 1)",
        "For the panel: discussed? (lines 17, 19)",
        "For the panel: deciding? (line 1)",
        "Looked at, and nothing to ask: passing.",
    ]


def test_sentences_of_prompts_give_what_is_settled_and_what_to_talk_through() -> None:
    of = ruled(prompts(UNTOLD, PASSES, SILENT, NOT_ASKED, UNDECIDED, {**DISCUSSED, "source": "17, 19"}))
    assert said(evaluate(of), of) == [
        "Settled: passing.",
        "To talk through: untold? (line 1)",
        "To talk through: undecided? (line 1)",
        "To talk through: discussed is broken. discussed? (lines 17, 19)",
    ]


#: Advice that goes by the verdict.
BY_VERDICT: dict[str, Any] = {
    **support.ACTION,
    "inputs": {"verdict": {"conclusion": "rating.verdict"}},
    "rows": [
        {"when": {"verdict": "not_supported"}, "then": "stop"},
        {"when": {"verdict": "supported"}, "then": "go_on"},
    ],
}


def caveats(*conditions: dict[str, Any], of: Framework = FRAMEWORK, **given: Any) -> list[str]:
    """What advice that goes by the verdict rests on and the document does not state."""
    checked = support.ruled_pack(of, STANDARDS, rating(*conditions), MOOD, BY_VERDICT)
    found = evaluate(checked, *portfolio(), facts={"proposed": "high"}, **given)
    return [caveat.text for caveat in found.recommendation.caveats if caveat.code == "basis"]


@pytest.mark.parametrize("condition", [PASSES, DECIDING], ids=["for it", "against it"])
def test_a_verdict_that_rests_on_a_reading_says_which_condition_that_is(condition: dict[str, Any]) -> None:
    read = {"source": 12, "basis": "interpreted", "note": "It could be read otherwise.", "label": "Some thing"}
    (caveat,) = caveats({**condition, **read})
    assert caveat == 'The condition "some thing" is a reading of the document (line 12). It could be read otherwise.'


def test_a_caveat_names_a_condition_by_its_label_a_bound_by_its_fact_and_all_of_them_by_the_rule() -> None:
    within, over = ({"all": [{"count": "records", "sets": ["list"], how: "limit"}]} for how in ("at_most", "more_than"))
    of = ruled(rating(asks("few", label="Few", passes=within, fails=over), label="The rating"))
    found = of.rule_by_id["rating"]
    subjects: dict[str, set[str]] = {}
    for conclusion in found.conclusions(of.context):
        subjects.setdefault(found.subject(conclusion.name, lambda _: None), set()).add(conclusion.name)
    assert subjects == {
        'The condition "few"': {"rating.few", "rating.few.asked", "rating.few.holds", "rating.few.breaks"},
        "Limit": {"rating.records.list.within.limit", "rating.records.list.over.limit"},
        "The rating": {"rating.blocked", "rating.open", "rating.verdict"},
    }


def test_what_is_not_asked_rests_on_nothing_of_the_condition_s() -> None:
    assert caveats({**NOT_ASKED, "source": 12, "basis": "interpreted", "note": "It could be read otherwise."}) == []


def test_a_bound_that_is_an_example_value_is_named_until_the_trust_sets_it() -> None:
    over = {"all": [{"count": "records", "sets": ["list"], "more_than": "limit"}]}
    condition = asks("few", fails=over, weight="decides")
    limit = fact("limit", "1", "2", of="trust", default="1", **READ)
    facts = tuple(FactAsked.model_validate(limit) if f.id == "limit" else f for f in FRAMEWORK.facts)
    assert caveats(condition, of=FRAMEWORK.model_copy(update={"facts": facts})) == [
        "Limit is an example value, which your trust has not confirmed (line 8). The document names no number."
    ]
    assert caveats(condition, settings={"limit": "1"}) == []


# what cannot be written


@pytest.mark.parametrize(
    ("premise", "why"),
    [
        ({}, "a premise looks at one thing"),
        ({"fact": "wind", "criterion": "A", "is": ["met"]}, "a premise looks at one thing"),
        ({"fact": "wind"}, "a premise says what the thing is to be"),
        ({"criterion": "A"}, "a premise says what the thing is to be"),
        ({"fact": "wind", "is": ["yes"], "known": True}, "a premise says what the thing is to be"),
        ({"criterion": "A", "known": True}, "only a fact is known or not"),
        ({"fact": "wind", "is": ["yes"], "at_least": 1}, "go with a count"),
        ({"criterion": "A", "is": ["met"], "sets": ["list"]}, "go with a count"),
        ({"conclusion": "mood.value", "is": ["calm"], "sources": ["self"]}, "go with a count"),
        ({"count": "records", "at_least": 1}, "a count names its sets"),
        ({"count": "records", "sets": ["list"]}, "one of at_least, at_most and more_than"),
        ({"count": "records", "sets": ["list"], "at_least": 1, "at_most": 2}, "one of at_least, at_most and more_than"),
        ({"count": "records", "sets": ["list"], "at_least": 1, "is": ["met"]}, "what a count is to be is said by"),
        ({"count": "records", "sets": ["list"], "at_least": 0}, "greater than or equal to 1"),
        ({"count": "records", "sets": ["list"], "at_least": "limit"}, "valid integer"),
    ],
)
def test_a_premise_that_does_not_hang_together_is_refused(premise: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        support.read_rule(rating(asks(passes={"all": [premise]})))


def test_premises_are_all_or_any_of_some() -> None:
    for given in ({}, {"all": [WINDY], "any": [WINDY]}):
        with pytest.raises(ValidationError, match="premises are given under all or under any"):
            support.read_rule(rating(asks(passes=given)))


def test_a_condition_that_can_fail_gives_the_reason() -> None:
    with pytest.raises(ValidationError, match="a condition that can fail gives the reason"):
        support.read_rule(rating({"id": "it", "fails": BROKEN}))


def test_a_rule_has_a_condition() -> None:
    with pytest.raises(ValidationError, match="conditions"):
        support.read_rule(rating())


# what is wrong with it


def check(rule: dict[str, Any]) -> list[tuple[str, tuple[str | int, ...], str, str]]:
    found: Iterable[Defect] = support.defects(FRAMEWORK, STANDARDS, rule, MOOD)
    return [(defect.code, defect.path, defect.message, defect.remedy) for defect in found]


@pytest.mark.parametrize(
    ("premise", "code", "field", "message", "remedy"),
    [
        ({"fact": "wnd", "known": True}, "unknown-fact", ["fact"], '"wnd" is not a fact of this pack.', "wind"),
        ({"fact": "aim", "known": True}, "unknown-fact", ["fact"], '"aim" is not a fact of this pack.', None),
        ({"fact": "wind", "is": ["yes", "nope"]}, "unknown-fact-value", ["is", 1], 'wind is never "nope".', "no"),
        ({"fact": "grade", "is": ["G1"]}, "unknown-grade", ["is", 0], '"G1" is not a grade of this pack.', None),
        ({"fact": "roles", "is": ["leed"]}, "unknown-role", ["is", 0], '"leed" is not a role of this pack.', "lead"),
        (
            {"fact": "fte", "is": [1]},
            "impossible-cell",
            ["is"],
            "fte is a number, which a condition only asks whether it is known.",
            "Compare it in a decision table.",
        ),
        (
            {"conclusion": "mood.valeu", "is": ["calm"]},
            "unknown-conclusion",
            ["conclusion"],
            '"mood.valeu" is not a conclusion of this pack.',
            "mood.value",
        ),
        (
            {"conclusion": "mood.value", "is": ["calm", "wild"]},
            "impossible-cell",
            ["is", 1],
            "mood.value is never 'wild'.",
            "It is one of rough, calm.",
        ),
        (
            {"conclusion": "mood.row1", "is": [1]},
            "impossible-cell",
            ["is", 0],
            "mood.row1 is never 1.",
            "It is one of True, False.",
        ),
        (
            {"criterion": "AA", "is": ["met"]},
            "unknown-criterion",
            ["criterion"],
            '"AA" is not a criterion of this pack.',
            "A",
        ),
        (
            {"criterion": "A", "is": ["met", "mett"]},
            "unknown-finding",
            ["is", 1],
            '"mett" is not a finding of this pack.',
            "met",
        ),
        (
            {"count": "kinds", "sets": ["list", "lost"], "at_least": 2},
            "unknown-set",
            ["sets", 1],
            '"lost" is not a set of this pack.',
            "list",
        ),
        (
            {"count": "kinds", "sets": ["list"], "at_most": "limt"},
            "unknown-fact",
            ["at_most"],
            '"limt" is not a fact of this pack.',
            "limit",
        ),
        (
            {"count": "kinds", "sets": ["list"], "more_than": "wind"},
            "unfit-fact",
            ["more_than"],
            "The values of wind are not whole numbers.",
            "Name a fact whose values are numbers, or write a number.",
        ),
        (
            {"count": "kinds", "sets": ["list"], "at_most": "count"},
            "unfit-fact",
            ["at_most"],
            "The values of count are not whole numbers.",
            "Name a fact whose values are numbers, or write a number.",
        ),
        (
            {"count": "kinds", "sets": ["list"], "more_than": "aim"},
            "unfit-fact",
            ["more_than"],
            "The values of aim are not whole numbers.",
            "Name a fact whose values are numbers, or write a number.",
        ),
    ],
)
@pytest.mark.parametrize(
    ("part", "path"),
    [
        ("when", ("when", 1)),
        ("passes", ("passes", "all", 1)),
        ("fails", ("fails", "any", 1)),
    ],
)
def test_a_premise_about_what_is_not_there_is_a_defect_at_its_place(
    part: str,
    path: tuple[str | int, ...],
    premise: dict[str, Any],
    code: str,
    field: list[str | int],
    message: str,
    remedy: str | None,
) -> None:
    both = [WINDY, premise]
    given = {"when": both, "passes": {"all": both}, "fails": {"any": both}}[part]
    ((found_code, at, found_message, found_remedy),) = check(rating(asks("it", **{part: given})))
    assert (found_code, at, found_message) == (code, ("conditions", 0, *path, *field), message)
    assert remedy is None or found_remedy in (remedy, f"Did you mean {remedy}?")


def test_a_condition_given_twice_is_a_defect() -> None:
    found = check(rating(asks("one"), asks("other"), asks("one")))
    assert found == [
        ("duplicate-id", ("conditions", 2, "id"), 'There is a condition "one" already.', "Rename one of them.")
    ]


@pytest.mark.parametrize("name", ["blocked", "open", "verdict"])
def test_a_condition_called_as_what_the_rule_concludes_itself_is_a_defect(name: str) -> None:
    ((code, path, message, remedy),) = check(prompts(asks("one"), asks(name)))
    assert (code, path) == ("duplicate-id", ("conditions", 1, "id"))
    assert (message, remedy) == (f'The rule concludes "{name}" of all its conditions.', "Rename the condition.")


def test_a_proposal_that_nobody_is_asked_for_is_a_defect() -> None:
    for name in ("propose", "aim"):
        ((code, path, message, remedy),) = check(rating(asks(), proposed=name))
        assert (code, path, message) == ("unknown-fact", ("proposed",), f'"{name}" is not a fact of this pack.')
        assert remedy == "Did you mean proposed?" or name == "aim"


@pytest.mark.parametrize(
    ("conditions", "says", "missing", "possible"),
    [
        ([UNTOLD], {"open": "some is open"}, "settled", "open, settled"),
        ([DECIDING], {"settled": "settled"}, "not_settled and open", "not_settled, open, settled"),
        ([PASSES, DECIDING], {"open": "o", "settled": "s"}, "not_settled", "not_settled, open, settled"),
    ],
)
def test_a_verdict_that_prompts_have_no_words_for_is_a_defect(
    conditions: list[dict[str, Any]], says: dict[str, str], missing: str, possible: str
) -> None:
    (found,) = check(prompts(*conditions, says=says))
    assert found == (
        "missing-words",
        ("says",),
        f"says does not word {missing}.",
        f"Give a few words for each of {possible}.",
    )


def test_sound_conditions_have_no_defects_and_what_cannot_be_decided_needs_no_words() -> None:
    assert check(rating(PASSES, UNTOLD, DECIDING, NOT_ASKED)) == []
    assert check(prompts(PASSES, UNTOLD, says={"open": "some is open", "settled": "all is settled"})) == []


# the facts that rules may read


def test_rules_may_read_a_few_facts_of_everybody_and_those_that_have_answers() -> None:
    assert facts_of(FRAMEWORK) == {**COMMON, **dict.fromkeys(("proposed", "wind", "limit", "count"), "word")}


def test_every_fact_that_holds_words_has_them_listed() -> None:
    found = {name: words_of(name, FRAMEWORK) for name, kind in facts_of(FRAMEWORK).items() if kind != "number"}
    assert found == {
        "grade": ["teaching:G1"],
        "strand": ["teaching"],
        "career_stage": ["MPR"],
        "roles": ["lead"],
        "flags": ["swims"],
        "purpose": ["development"],
        "view": ["agreed"],
        "proposed": ["low", "high"],
        "wind": ["yes", "no"],
        "limit": ["1", "2", "3"],
        "count": ["1", "many"],
    }
