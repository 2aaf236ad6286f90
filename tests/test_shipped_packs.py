"""What holds of shipped frameworks: of their texts, and for any evidence at all, as that silence makes no rating."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import reading
import support
from bandstand.engine.evaluate import Evaluated, Evaluator
from bandstand.engine.publish import publish
from bandstand.examples import NOBODY, example_evidence
from bandstand.explain import explain
from bandstand.lookup import find_item
from bandstand.models.evidence import EvidenceSource, Person
from bandstand.models.finding import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bandstand.models.evidence import Evidence
    from bandstand.models.example import Example
    from bandstand.packs.pack import Pack

AS_OF = dt.date(2026, 7, 10)
#: No record has the as-of date itself, so that what a test adds on that day is the latest of all.
dates = st.dates(dt.date(2025, 8, 1), AS_OF - dt.timedelta(days=1)).map(dt.date.isoformat)


@cache
def evaluator(framework: str) -> Evaluator:
    return Evaluator(reading.pack(framework), durable=False)


def record(of: Pack, name: str, claim: str, date: str, **fields: Any) -> Evidence:
    return support.record(name, claim, date, framework=of.id, **fields)


def evidence_on(of: Pack, names: Sequence[str], most: int) -> st.SearchStrategy[list[Evidence]]:
    """Records by anybody, each claiming anything that can be claimed of one of ``names``."""
    claims = [(name, claim) for name in names for claim in of.unfolded.claims_of(name)]
    one = st.builds(
        lambda said, date, source, agreed: record(of, said[0], said[1], date, source=source, moderated_by=agreed),
        st.sampled_from(claims),
        dates,
        st.sampled_from(EvidenceSource),
        st.sampled_from([None, None, "A-1"]),
    )
    return st.lists(one, max_size=most)


# texts and sources

each_pack = pytest.mark.parametrize("framework", reading.SHIPPED)


@each_pack
def test_every_source_names_lines_of_the_document(framework: str) -> None:
    assert reading.no_such_lines(reading.pack(framework)) == []


@each_pack
def test_labels_have_two_to_six_words_and_descriptors_are_one_sentence(framework: str) -> None:
    assert reading.badly_worded(reading.pack(framework)) == []


@each_pack
def test_every_link_to_another_shipped_framework_leads_to_something_in_it(framework: str) -> None:
    crosswalks = [crosswalk for crosswalk in reading.pack(framework).crosswalks if not crosswalk.external]
    for crosswalk in crosswalks:
        other = reading.pack(crosswalk.to)
        for name in {name for link in crosswalk.links for name in link.to}:
            assert find_item(other, name).id == name


# profiles

PROFILES = [
    ("cat_toolkit", "profile"),
    *(("smart_equip", f"equip_{of}") for of in ("teacher", "ta", "support", "meetings")),
    ("smart_equip", "headteacher"),
]
each_profile = pytest.mark.parametrize(("framework", "outcome"), PROFILES)


@cache
def components(framework: str, outcome: str) -> tuple[str, ...]:
    """A few components of a profile from all over the framework: few, so that evidence on them collides."""
    of = reading.pack(framework)
    every = [name.removeprefix(f"{outcome}.") for name in of.rule_by_id[outcome].tracked(of.context)]
    return tuple(every[:: max(len(every) // 4, 1)][:4])


def on_components(framework: str, outcome: str) -> st.SearchStrategy[list[Evidence]]:
    of = reading.pack(framework)
    names = [n for c in components(framework, outcome) for n in (c, *of.unfolded.members.get(c, ()))]
    return evidence_on(of, names, most=14)


def profiled(framework: str, outcome: str, evidence: Sequence[Evidence]) -> Evaluated:
    return evaluator(framework).evaluate(Person(person="P-1"), evidence, AS_OF, outcome=outcome)


def points(evaluated: Evaluated, outcome: str) -> dict[tuple[str, str], int]:
    """The place of every component's point in every view, from 0; below 0 where it is at none."""
    of = evaluated.pack
    found = {}
    for view, run in evaluated.positions.items():
        for name in of.rule_by_id[outcome].tracked(of.context):
            values = run.program.conclusions[run.program.positions[name]].values
            found[view, name] = -1 if run.value(name) is None else values.index(run.value(name))
    return found


@each_profile
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_a_later_claim_of_a_point_no_lower_than_the_present_never_lowers_a_component_whoever_claims_it(
    framework: str, outcome: str, data: st.DataObject
) -> None:
    of = reading.pack(framework)
    evidence = data.draw(on_components(framework, outcome))
    component = data.draw(st.sampled_from(components(framework, outcome)))
    before = points(profiled(framework, outcome, evidence), outcome)
    present = max((place for (_, name), place in before.items() if name == f"{outcome}.{component}"), default=-1)
    # Claims of a component stand in the order of its points, beginning with what is not at the first.
    higher = of.unfolded.claims_of(component)[max(present, 0) :]
    source = data.draw(st.sampled_from(EvidenceSource))
    added = record(of, component, data.draw(st.sampled_from(higher)), AS_OF.isoformat(), source=source)
    after = points(profiled(framework, outcome, [*evidence, added]), outcome)
    assert [where for where, place in before.items() if after[where] < place] == []
    others = [where for where in before if where[1] != f"{outcome}.{component}"]
    assert [where for where in others if after[where] != before[where]] == []


@each_profile
@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_the_order_of_evidence_never_matters_to_a_profile(framework: str, outcome: str, data: st.DataObject) -> None:
    evidence = data.draw(on_components(framework, outcome))
    shuffled = data.draw(st.permutations(evidence))
    assert publish(profiled(framework, outcome, evidence)) == publish(profiled(framework, outcome, shuffled))


@each_profile
def test_the_claims_of_a_component_stand_in_the_order_of_its_points(framework: str, outcome: str) -> None:
    of = reading.pack(framework)
    for component in components(framework, outcome):
        at = [
            points(profiled(framework, outcome, [record(of, component, claim, "2026-07-01")]), outcome)
            for claim in of.unfolded.claims_of(component)
        ]
        assert [one["agreed", f"{outcome}.{component}"] for one in at] == list(range(len(at)))


# a proposed rating

CAREERS = reading.pack("hampshire_careers")
#: Statements of all stages, with and without a condition, and of a sub-standard that not everybody teaches.
STATEMENTS = [
    name
    for criterion in ("1.1", "2.3", "3.4", "8.2")
    for name in CAREERS.unfolded.members[criterion]
    if CAREERS.criteria[name].point in ("ECT1", "MPR", "UPR1", "LP")
]
stages = st.sampled_from([None, *(stage.id for stage in CAREERS.framework.career_stages)])
flags = st.sampled_from([(), ("teaches_early_reading",), ("long_absence",)])
yes_or_no = st.sampled_from(["yes", "yes", "no", None])


@st.composite
def proposals(draw: st.DrawFn) -> Person:
    """Somebody for whom "not met" is proposed, with whatever else is known."""
    told = {name: draw(yes_or_no) for name in ("career_framework_used", "concerns_in_words", "pay_eligible")}
    known = {name: answer for name, answer in told.items() if answer is not None}
    person = {"person": "P-1", "career_stage": draw(stages), "flags": draw(flags)}
    return Person.model_validate({**person, "facts": {"proposed_rating": "not_met", **known}})


def rated(person: Person, evidence: Sequence[Evidence]) -> Evaluated:
    return evaluator("hampshire_careers").evaluate(person, evidence, AS_OF, outcome="rating")


def concern(evaluated: Evaluated) -> object:
    return evaluated.headline.value("rating.concern")


on_statements = evidence_on(CAREERS, STATEMENTS, most=10)


@given(proposals(), on_statements.filter(bool), st.data())
@settings(max_examples=60, deadline=None)
def test_silence_on_a_statement_is_never_a_concern(
    person: Person, evidence: list[Evidence], data: st.DataObject
) -> None:
    silent = data.draw(st.sampled_from(evidence)).criteria
    kept = [one for one in evidence if one.criteria != silent]
    if concern(rated(person, evidence)) != "passes":
        assert concern(rated(person, kept)) != "passes"
    assert concern(rated(person, [])) != "passes"


@given(proposals(), on_statements.filter(bool), st.data())
@settings(max_examples=60, deadline=None)
def test_taking_a_record_away_is_a_concern_only_where_it_overruled_one_that_is_found_not_met(
    person: Person, evidence: list[Evidence], data: st.DataObject
) -> None:
    gone = data.draw(st.sampled_from(evidence))
    before, after = rated(person, evidence), rated(person, [one for one in evidence if one is not gone])
    if concern(before) != "passes" and concern(after) == "passes":
        at = after.headline.program.criteria.index(gone.criteria[0])
        assert before.headline.findings.winners[at] is gone
        assert after.headline.findings.states[at] == State.NOT_MET


def test_an_older_not_met_is_a_concern_again_once_what_overruled_it_is_taken_away() -> None:
    person = Person(person="P-1", career_stage="MPR", facts={"proposed_rating": "not_met"})
    old = record(CAREERS, STATEMENTS[0], "not_met", "2026-02-01", source="document")
    new = record(CAREERS, STATEMENTS[0], "met", "2026-05-01", source="observation")
    assert [concern(rated(person, evidence)) for evidence in ([old, new], [old], [new])] == ["fails", "passes", "fails"]


@given(proposals(), on_statements)
@settings(max_examples=150, deadline=None)
def test_not_met_is_supported_only_where_evidence_that_counts_in_full_shows_something_not_met(
    person: Person, evidence: list[Evidence]
) -> None:
    evaluated = rated(person, evidence)
    if evaluated.headline.value("rating.verdict") == "supported":
        assert State.NOT_MET in evaluated.headline.findings.states


#: What is asked for besides evidence where "not met" is proposed.
TALKED_OVER = {"proposed_rating": "not_met", "career_framework_used": "yes", "concerns_in_words": "yes"}


@pytest.mark.parametrize(
    ("claim", "source", "verdict"),
    [
        ("not_met", "observation", "supported"),
        ("not_met", "peer", "not_supported"),
        ("partly_met", "observation", "not_supported"),
        ("met", "observation", "not_supported"),
        (None, None, "not_supported"),
    ],
)
def test_not_met_stands_and_falls_with_something_found_not_met(
    claim: str | None, source: str | None, verdict: str
) -> None:
    person = Person(person="P-1", career_stage="MPR", facts=TALKED_OVER)
    own, other, *_ = (name for name in STATEMENTS if CAREERS.criteria[name].point == "ECT1")
    evidence = [record(CAREERS, other, "met", "2026-05-01", source="document")]
    if claim is not None:
        evidence.append(record(CAREERS, own, claim, "2026-05-02", source=source))
    assert rated(person, evidence).headline.value("rating.verdict") == verdict


@pytest.mark.parametrize(
    "example", [e for e in CAREERS.examples if e.expect.refused is None], ids=lambda example: example.name
)
def test_no_explanation_gives_a_percentage_or_a_share_of_statements(example: Example) -> None:
    evaluated = evaluator("hampshire_careers").evaluate(
        Person(person=NOBODY, **example.person.model_dump()),
        list(example_evidence(CAREERS, example)),
        example.as_of,
        outcome=example.outcome,
        purpose=example.purpose,
        settings=example.settings,
        since=example.since,
    )
    evaluation = publish(evaluated)
    for said in (evaluation.result, explain(evaluation, CAREERS).text()):
        assert not re.search(r"%|per ?cent|\b\d+ (?:out )?of (?:the )?\d+\b", said)
