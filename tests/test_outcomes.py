"""What a framework can be asked for: each outcome has its own rules, criteria and purposes, and the same facts."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

import support
from bandstand.asking import check_settings
from bandstand.engine.evaluate import Evaluator
from bandstand.engine.publish import publish, why_not
from bandstand.errors import NotFoundError, RefusedError
from bandstand.models.evidence import Evidence, Person
from bandstand.models.finding import Finding
from bandstand.plugins import load_catalogue
from tiny import tiny

if TYPE_CHECKING:
    from pathlib import Path

    from bandstand.models.evaluation import Evaluation
    from bandstand.packs.pack import Pack

AS_OF = dt.date(2025, 7, 10)

#: A second outcome, without levels and for one purpose, whose advice goes by what somebody aims for.
PARTS = [
    (
        "framework.yaml",
        "outcomes:\n",
        """\
outcomes:
  - id: parts
    label: Parts and points
    rules: [parts]
    sets: [map, halves]
    purposes: [reflection]
    action: parts.value
""",
    ),
    ("framework.yaml", "    sets: [sheet, map, halves]\n", "    sets: [sheet]\n"),
    ("framework.yaml", "purposes:\n  - {", "purposes:\n  - { id: reflection, label: Reflection, source: 1 }\n  - {"),
    (
        "framework.yaml",
        "actions:\n",
        """\
actions:
  - { id: stay_on, label: Stay on, text: "{person} aims {aims}.", source: 8 }
  - { id: talk, label: Talk, text: Talk about it., source: 8 }
""",
    ),
    (
        "framework.yaml",
        "    default: stay\n    source: 9\n",
        """\
    default: stay
    source: 9
  - { id: context, label: Context, question: In what context?, needed: true, source: 9 }
  - id: pay_switch
    label: Pay
    question: Does a rating bear on pay?
    of: trust
    values: [{ id: none, label: not at all }, { id: partial, label: in part }]
    source: 9
""",
    ),
    (
        "rules/parts.yaml",
        "",
        """\
rules:
  - id: parts
    kind: decision_table
    label: What to do about the parts
    source: 20
    hit: first
    inputs: { aims: { fact: aims }, pay: { fact: pay_switch } }
    rows: [{ when: { aims: stay, pay: unknown }, then: stay_on, source: 21 }]
    otherwise: { then: talk, source: 21 }
""",
    ),
]


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    folder: Path = tiny(tmp_path_factory.mktemp("pack"), *PARTS)
    catalogue = load_catalogue(points=[], packs=[folder])
    assert catalogue.set_aside == []
    return catalogue.frameworks()["tiny"]


@pytest.fixture(scope="module")
def evaluator(pack: Pack) -> Evaluator:
    return Evaluator(pack)


def record(criterion: str, claim: str = "met", **fields: Any) -> Evidence:
    given = {"person": "P-1", "framework": "tiny", "criteria": [criterion], "claim": claim, "source": "observation"}
    return Evidence.model_validate({"id": f"E-{criterion}-{claim}", "date": "2025-07-01", **given, **fields})


def evaluate(evaluator: Evaluator, *evidence: Evidence, outcome: str | None = None, **fields: Any) -> Evaluation:
    settings = fields.pop("settings", None)
    person = Person.model_validate({"person": "P-1", **fields})
    return publish(evaluator.evaluate(person, evidence, AS_OF, outcome=outcome, settings=settings))


def test_an_outcome_has_the_criteria_of_its_sets_and_the_conclusions_of_its_rules(evaluator: Evaluator) -> None:
    parts = evaluate(evaluator, outcome="parts")
    position = evaluate(evaluator, outcome="position")
    assert list(parts.findings) == ["K.1@slow", "K.1@steady", "K.2.1", "K.2.2"]
    assert {conclusion.rule for conclusion in parts.conclusions} == {"parts"}
    assert list(position.findings) == ["A.1", "A.2", "B.1", "B.2"]
    assert {conclusion.rule for conclusion in position.conclusions} == {"ladder", "expected", "action", "note"}


def test_evidence_for_another_outcome_is_left_to_it(evaluator: Evaluator) -> None:
    ladder, point = record("A.1"), record("K.1", "steady")
    parts = evaluate(evaluator, ladder, point, outcome="parts")
    alone = evaluate(evaluator, point, outcome="parts")
    assert parts == alone
    assert parts.pins.evidence == alone.pins.evidence


def test_a_record_is_evidence_for_each_outcome_that_it_speaks_of(pack: Pack) -> None:
    both = record("A.1").model_copy(update={"criteria": ("A.1", "K.2")})
    assert [outcome.id for outcome in pack.outcomes_of(both)] == ["parts", "position"]
    assert [outcome.id for outcome in pack.outcomes_of(record("K.1", "slow"))] == ["parts"]


def test_the_first_outcome_is_the_one_assumed(evaluator: Evaluator) -> None:
    assert evaluate(evaluator).outcome == "parts"


def test_an_outcome_without_levels_has_a_result_and_no_level_zone_or_blockers(evaluator: Evaluator) -> None:
    found = evaluate(evaluator, record("K.1", "steady"), outcome="parts")
    assert (found.level, found.zone, found.blockers, found.ragging) == (None, None, (), {})
    assert found.result == "What to do about the parts"
    assert (found.views["agreed"].level, found.views["agreed"].result) == (None, found.result)
    assert (found.next_steps.level, found.next_steps.kind) == (None, "none")
    asked = evaluator.evaluate(Person(person="P-1"), [], AS_OF, outcome="parts")
    with pytest.raises(NotFoundError, match=r"tiny 1\.0, parts and points, has no levels to ask about"):
        why_not(asked, 1)


def test_an_outcome_that_is_not_there_suggests_the_nearest(evaluator: Evaluator) -> None:
    with pytest.raises(NotFoundError, match=r'tiny 1\.0 has no outcome "part"\. Did you mean parts\?'):
        evaluate(evaluator, outcome="part")


def test_an_outcome_s_own_purposes_are_served_and_the_others_refused(evaluator: Evaluator) -> None:
    assert evaluator.served(None, "parts") == "reflection"
    assert evaluator.served(None, "position") == "reflection"
    assert evaluator.served("development", "position") == "development"
    with pytest.raises(
        RefusedError, match=r"does not serve development with this outcome \(parts and points\)\. It serves"
    ):
        evaluator.served("development", "parts")
    with pytest.raises(RefusedError, match="It says nothing of pay"):
        evaluator.served("pay", "parts")


def test_a_point_claimed_is_found_met_with_those_below_it_and_those_above_are_not(evaluator: Evaluator) -> None:
    slow = evaluate(evaluator, record("K.1", "slow"), outcome="parts").findings
    assert (slow["K.1@slow"].finding, slow["K.1@steady"].finding) == (Finding.MET, Finding.NOT_MET)
    later = record("K.1", "steady", date="2025-07-05")
    risen = evaluate(evaluator, record("K.1", "slow"), later, outcome="parts").findings
    assert (risen["K.1@slow"].finding, risen["K.1@steady"].finding) == (Finding.MET, Finding.MET)
    assert risen["K.1@steady"].evidence == later.id
    assert risen["K.1@steady"].overruled == ("E-K.1-slow",)


def test_what_applies_only_to_people_with_a_flag_is_not_applicable_to_others(evaluator: Evaluator) -> None:
    claimed = record("K.2", "partly_met")
    others = evaluate(evaluator, claimed, outcome="parts").findings
    assert {others[name].finding for name in ("K.2.1", "K.2.2")} == {Finding.NOT_APPLICABLE}
    theirs = evaluate(evaluator, claimed, outcome="parts", flags=["on_leave"]).findings
    assert {theirs[name].finding for name in ("K.2.1", "K.2.2")} == {Finding.PARTLY_MET}
    silent = evaluate(evaluator, outcome="parts", flags=["on_leave"]).findings
    assert {silent[name].finding for name in ("K.2.1", "K.2.2")} == {Finding.NOT_EVIDENCED}


def test_a_fact_decides_and_its_default_holds_until_it_is_given(evaluator: Evaluator) -> None:
    assumed = evaluate(evaluator, outcome="parts")
    assert assumed.recommendation.text == "P-1 aims To stay."
    assert (assumed.facts["aims"].value, assumed.facts["aims"].given) == ("stay", False)
    given = evaluate(evaluator, outcome="parts", facts={"aims": "leave"})
    assert given.recommendation.action == "talk"
    assert (given.facts["aims"].words, given.facts["aims"].given) == ("To leave", True)


def test_a_fact_that_is_needed_and_not_given_is_said(evaluator: Evaluator) -> None:
    (caveat,) = [c for c in evaluate(evaluator).recommendation.caveats if c.code == "not-given-context"]
    assert caveat.text == "Context is not given. In what context?"
    given = evaluate(evaluator, facts={"context": "A coastal school."})
    assert "not-given-context" not in {c.code for c in given.recommendation.caveats}
    assert given.facts["context"].words == "A coastal school."


def test_a_setting_is_the_trust_s_and_what_a_person_s_record_says_of_it_does_not_count(evaluator: Evaluator) -> None:
    set_by_the_trust = evaluate(evaluator, settings={"pay_switch": "partial"})
    assert set_by_the_trust.recommendation.action == "talk"
    assert (set_by_the_trust.facts["pay_switch"].value, set_by_the_trust.facts["pay_switch"].of) == ("partial", "trust")
    of_the_person = evaluate(evaluator, facts={"pay_switch": "partial"})
    assert of_the_person.recommendation.action == "stay_on"
    assert (of_the_person.facts["pay_switch"].value, of_the_person.facts["pay_switch"].given) == (None, False)


def asking_a_trust(name: str, fact: str, *values: str) -> Pack:
    answers = [{"id": value, "label": value} for value in values]
    asked = {"id": fact, "label": fact, "question": f"{fact}?", "of": "trust", "values": answers, "source": 1}
    return support.pack(support.framework(id=name, facts=[asked]))


def test_a_setting_is_what_any_framework_that_asks_for_it_takes() -> None:
    packs = {
        "first": asking_a_trust("first", "pay", "none", "partial"),
        "other": asking_a_trust("other", "pay", "none", "whole"),
        "free": asking_a_trust("free", "context"),
        "few": asking_a_trust("few", "context", "coast", "city"),
    }
    for value in ("none", "partial", "whole"):
        check_settings({"pay": value}, packs)
    check_settings({"context": "By a lake."}, packs)
    with pytest.raises(NotFoundError, match=r'"never" is not a value of pay\. It is one of none, partial, whole\.'):
        check_settings({"pay": "never"}, packs)
    with pytest.raises(NotFoundError, match=r"Did you mean pay\?"):
        check_settings({"pai": "none"}, packs)
