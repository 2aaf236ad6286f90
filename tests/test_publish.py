"""What an evaluation's document says of facts, of settings, of accepted evidence, and where engines or views differ."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

import support
from bandstand.canonical import digest
from bandstand.cli import render
from bandstand.engine.durable import DurableEngine
from bandstand.engine.evaluate import Evaluator
from bandstand.engine.facts import person_facts
from bandstand.engine.publish import publish
from bandstand.explain import explain
from bandstand.models.evidence import Evidence, Person
from bandstand.models.finding import Finding
from bandstand.models.provenance import Basis
from bandstand.plugins import load_catalogue
from bandstand.rules.facts import facts_of

if TYPE_CHECKING:
    from bandstand.models.evaluation import Evaluation
    from bandstand.packs.pack import Pack

AS_OF = dt.date(2025, 7, 31)


@pytest.fixture(scope="module")
def packs() -> dict[str, Pack]:
    return load_catalogue().frameworks()


def record(pack: Pack, criteria: str, claim: str = "met", **fields: Any) -> Evidence:
    given = {"id": f"E-{criteria}", "person": "P-1", "framework": pack.id, "source": "appraiser", "date": "2025-07-01"}
    return Evidence.model_validate({**given, "criteria": [criteria], "claim": claim, **fields})


def evaluate(pack: Pack, *evidence: Evidence, durable: bool = False, **fields: Any) -> Evaluation:
    options = {name: fields.pop(name) for name in ("outcome", "purpose", "settings", "as_of") if name in fields}
    person = Person.model_validate({"person": "P-1", **fields})
    as_of = options.pop("as_of", AS_OF)
    return publish(Evaluator(pack, durable=durable).evaluate(person, evidence, as_of, **options))


# where the engines differ


@pytest.mark.durable
def test_where_the_engines_differ_nothing_is_said_that_could_pass_for_a_recommendation(
    packs: dict[str, Pack], monkeypatch: pytest.MonkeyPatch
) -> None:
    pack = packs["hampshire_careers"]
    right = DurableEngine.run

    def wrong(self: DurableEngine, inputs: Any) -> Any:
        run = right(self, inputs)
        values = list(run.values)
        at = self.program.positions["rating.verdict"]
        values[at] = 1 if values[at] != 1 else 0
        return dataclasses.replace(run, values=tuple(values))

    about: dict[str, Any] = {"career_stage": "MPR", "facts": {"proposed_rating": "achieved"}}
    evidence = record(pack, "1.1@MPR.1", "partly_met")
    assert evaluate(pack, evidence, durable=True, **about).checks != ()
    monkeypatch.setattr(DurableEngine, "run", wrong)
    found = evaluate(pack, evidence, durable=True, **about)
    assert found.certificate.agreed is False
    assert (found.result, found.level, found.zone) == ("the engines disagree", None, None)
    assert (found.views, found.checks, found.blockers, found.next_steps.criteria) == ({}, (), (), ())
    told = explain(found, pack)
    assert told.headline == "P-1, check of a proposed rating: the engines disagree (as at 31 July 2025)."
    assert (told.reasons, told.steps) == ((), ())
    assert "the engines disagree" in render.line(found, pack).cells


# facts and settings


def test_an_outcome_shows_the_facts_that_its_rules_read_and_no_others(packs: dict[str, Pack]) -> None:
    pack = packs["hampshire_careers"]
    facts: dict[str, Any] = {"career_stage": "MPR", "facts": {"proposed_rating": "achieved", "pay_eligible": "yes"}}
    rating, expected = evaluate(pack, **facts), evaluate(pack, outcome="expectations", **facts)
    assert {"proposed_rating", "pay_eligible", "portfolio_limit"} <= rating.facts.keys()
    assert expected.facts == {}
    assert "Proposed rating" not in explain(expected, pack).text()
    context = evaluate(packs["cat_toolkit"], facts={"context": "A coastal school."})
    assert context.facts["context"].words == "A coastal school."


@pytest.mark.parametrize(("given", "value", "is_given"), [("60", "60", True), ("7", "40", False), (None, "40", False)])
def test_a_setting_counts_as_given_only_where_it_is_an_answer(
    given: str | None,
    value: str,
    is_given: bool,  # noqa: FBT001 - a case
    packs: dict[str, Pack],
) -> None:
    settings = {} if given is None else {"portfolio_limit": given}
    limit = evaluate(packs["hampshire_careers"], settings=settings).facts["portfolio_limit"]
    assert (limit.value, limit.given) == (value, is_given)


@pytest.mark.parametrize(("settings", "basis"), [({}, Basis.ILLUSTRATIVE), ({"portfolio_limit": "60"}, Basis.TRUST)])
def test_a_value_that_the_trust_has_set_is_called_that_in_conclusions_and_trace(
    settings: dict[str, str], basis: Basis, packs: dict[str, Pack]
) -> None:
    pack = packs["hampshire_careers"]
    about: dict[str, Any] = {"career_stage": "MPR", "facts": {"proposed_rating": "achieved"}}
    found = evaluate(pack, record(pack, "1.1@MPR"), settings=settings, **about)
    (within,) = [c for c in found.conclusions if c.name.endswith(".portfolio_limit") and c.value is True]
    assert within.basis is basis
    (traced,) = [c for c in found.trace.conclusions if c.name == within.name]
    assert {ground.basis for ground in traced.grounds} == {basis}


# evidence


def test_accepted_evidence_says_where_it_came_from_and_by_whom(packs: dict[str, Pack]) -> None:
    pack = packs["npqel"]
    evidence = record(pack, "2.LT1", accepted_from="E-elsewhere", accepted_by="A-7")
    found = evaluate(pack, evidence).findings["2.LT1"]
    assert (found.accepted_from, found.accepted_by) == ("E-elsewhere", "A-7")
    partly = record(
        packs["hampshire_careers"], "1.1@MPR.1", "partly_met", accepted_from="E-elsewhere", accepted_by="A-7"
    )
    told = explain(evaluate(packs["hampshire_careers"], partly, career_stage="MPR"), packs["hampshire_careers"]).text()
    assert "1 July 2025, accepted from E-elsewhere by A-7" in told


def test_evidence_of_which_none_counts_is_told_and_not_taken_for_silence(packs: dict[str, Pack]) -> None:
    pack = packs["npqel"]
    early = evaluate(pack, record(pack, "2.LT1"), as_of=dt.date(2025, 1, 1))
    (caveat,) = [c for c in early.recommendation.caveats if c.code == "nothing-counts"]
    assert caveat.text.startswith("None of the evidence counts as at 1 January 2025: one record is ")
    assert "n" in render.line(early, pack).cells[-1]
    later = evaluate(pack, record(pack, "2.LT1"))
    assert "nothing-counts" not in {c.code for c in later.recommendation.caveats}


def test_red_support_begins_with_what_was_found_short_and_not_with_what_nobody_has_seen(packs: dict[str, Pack]) -> None:
    pack = packs["smart_equip"]
    first, second = ([c.id for c in s.criteria if c.set == "sheet"] for s in pack.standards[:2])
    met = [record(pack, name) for name in first]
    found = evaluate(pack, *met, record(pack, second[0], "not_met"), grade="UPS1", fte=1)
    assert found.zone == "red"
    assert len(found.next_steps.criteria) == len(second) > 1
    label = pack.criteria[second[0]].label
    assert f"beginning with {second[0]} {label[:1].lower()}{label[1:]}. Red" in found.recommendation.text


def test_a_zone_that_only_missing_evidence_keeps_low_is_marked_in_the_table(packs: dict[str, Pack]) -> None:
    pack = packs["smart_equip"]
    names = [c.id for c in pack.standards[0].criteria if c.set == "sheet"]
    seen = [record(pack, name) for name in names[:-1]]
    assert "s" in render.line(evaluate(pack, *seen, grade="UPS1"), pack).cells[-1]
    short = record(pack, names[-1], "not_met")
    assert "s" not in render.line(evaluate(pack, *seen, short, grade="UPS1"), pack).cells[-1]


# what does not apply, and views

VIEWS = [
    {"id": "agreed", "label": "Agreed view", "ranks": [{"sources": ["appraiser"]}]},
    {"id": "self", "label": "Own view", "ranks": [{"sources": ["self"]}]},
]


def small(*criteria: dict[str, Any], **outcome: Any) -> Pack:
    of = {"id": "cover", "label": "Cover", "rules": ["cover", "action"], "sets": ["list"], "action": "action.value"}
    framework = support.framework(
        findings={"source": 3, "max_age_months": 18, "cycle_starts": "09-01", "views": VIEWS},
        flags=[{"id": "swims", "label": "Swims"}],
        outcomes=[{**of, **outcome}],
    )
    rule = {"id": "cover", "kind": "coverage", "sets": {"list": "Things"}}
    return support.ruled_pack(framework, (support.standard_of("one", *criteria),), rule, support.ACTION)


def test_evidence_on_what_does_not_apply_makes_no_view_speak_and_is_not_counted() -> None:
    pack = small(support.criterion("K1"), support.criterion("K2", only_if=["swims"]))
    appraised, own = support.record("K2"), support.record("K1", source="self")
    found = support.evaluate(pack, appraised, own)
    assert found.findings["K2"].finding is Finding.NOT_APPLICABLE
    assert (found.view, list(found.views), found.views["self"].evidence) == ("self", ["self"], 1)
    swimmer = support.evaluate(pack, appraised, own, flags=["swims"])
    assert (swimmer.view, swimmer.views["agreed"].evidence) == ("agreed", 1)


def test_an_outcome_that_goes_by_one_s_own_view_does_not_miss_the_agreed_one() -> None:
    own = support.record("K1", source="self")
    both = support.evaluate(small(support.criterion("K1")), own)
    assert "one-view" in {caveat.code for caveat in both.recommendation.caveats}
    alone = support.evaluate(small(support.criterion("K1"), views=["self"]), own, support.record("K1", "not_met"))
    assert (alone.view, alone.findings["K1"].finding) == ("self", Finding.MET)
    assert "one-view" not in {caveat.code for caveat in alone.recommendation.caveats}


# where somebody works


def test_where_somebody_works_changes_nothing_of_an_evaluation(packs: dict[str, Pack]) -> None:
    pack = packs["smart_equip"]
    of_no_school = evaluate(pack, record(pack, "L1.1"), grade="UPS1")
    assert evaluate(pack, record(pack, "L1.1"), grade="UPS1", school="S-01") == of_no_school
    # What was known of a person has this digest since people have no school.
    person = Person(person="P-1", grade="UPS1").model_dump(mode="json")
    assert person.pop("school") is None
    assert of_no_school.pins.person == digest(person)


def test_no_rule_can_read_where_somebody_works(packs: dict[str, Pack]) -> None:
    for pack in packs.values():
        assert "school" not in facts_of(pack.framework)
        facts = person_facts(pack, Person(person="P-1", school="S-01"), "development", AS_OF, {})
        assert "S-01" not in facts.values()
