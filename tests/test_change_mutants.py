"""Whatever is changed in a pack is noted as what it is: no meaning is missed, and no wording is taken for meaning."""

from __future__ import annotations

import datetime as dt
import random
from typing import TYPE_CHECKING, Any

import pytest

import support
from bandstand.change.clauses import effects
from bandstand.change.compare import Changes, compare
from bandstand.change.fields import Layer, layer_of
from bandstand.change.standing import standing
from bandstand.engine.evaluate import Evaluator
from bandstand.models.evidence import EvidenceSource, Person
from bandstand.packs.load import load_pack
from bandstand.rules.kinds import KINDS
from mutants import TEXTS, Where, field_of, mutants
from wide import wide

if TYPE_CHECKING:
    from bandstand.models.evidence import Evidence
    from bandstand.packs.pack import Pack

AS_OF = dt.date(2025, 7, 31)
#: In the order of these nothing is decided: neither what is concluded nor what is shown.
_NO_ORDER = frozenset({"sources", "sets", "about", "is", "criteria", "bands", "levels", "all", "any"})


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    return load_pack(wide(tmp_path_factory.mktemp("wide")), {kind.KIND: kind for kind in KINDS})


@pytest.fixture(scope="module")
def changed(base: Pack) -> list[tuple[Where, Any, Any, Pack, Changes]]:
    return [(*mutant, compare(base, mutant[3])) for mutant in mutants(base.content)]


Changed = list[tuple[Where, Any, Any, "Pack", Changes]]


def test_a_pack_compared_with_itself_has_no_changes(base: Pack) -> None:
    assert compare(base, base) == Changes((), (), ())


def test_whatever_changes_clauses_policy_or_schema_is_listed_as_meaning(base: Pack, changed: Changed) -> None:
    missed = [
        (where, was, now)
        for where, was, now, pack, changes in changed
        if _weight(pack) != _weight(base) and not changes.meaning
    ]
    assert missed == []


def test_each_rule_shows_by_its_fields_why_it_concludes_otherwise(changed: Changed) -> None:
    assert [
        (where, was, now)
        for where, was, now, _, changes in changed
        if any("no field of it shows" in change.sentence for change in changes.meaning)
    ] == []


def test_a_text_that_is_changed_is_wording_and_nothing_else(changed: Changed) -> None:
    texts = [
        item
        for item in changed
        if field_of(item[0]) in TEXTS and isinstance(item[1], str) and "document" not in item[0]
    ]
    assert len(texts) > 40
    for where, _, _, _, changes in texts:
        assert changes.wording, where
        assert (changes.meaning, changes.provenance) == ((), ()), where


def test_sources_bases_and_notes_are_provenance_and_nothing_else(changed: Changed) -> None:
    traces = [item for item in changed if field_of(item[0]) in ("source", "basis") and not isinstance(item[1], dict)]
    assert len(traces) > 20
    for where, _, _, _, changes in traces:
        assert changes.provenance, where
        assert (changes.meaning, changes.wording) == ((), ()), where


def test_only_an_order_that_decides_nothing_goes_without_a_word(changed: Changed) -> None:
    for where, was, now, _, changes in changed:
        if not (changes.meaning or changes.wording or changes.provenance):
            in_order = isinstance(was, list) and sorted(map(repr, was)) == sorted(map(repr, now))
            already_there = field_of(where) == "sources" and set(was) <= set(now)
            assert in_order or already_there, (where, was, now)
            assert field_of(where) in _NO_ORDER or "when" in where, where


def test_people_stand_where_they_stood_when_no_meaning_changed(base: Pack, changed: Changed) -> None:
    rng = random.Random("standing")  # noqa: S311 - the same evidence each time
    people = [_somebody(rng, base) for _ in range(8)]
    before = _stand(base, people)
    moved = [
        (where, was, now)
        for where, was, now, pack, changes in changed
        if not changes.meaning and _stand(pack, people) != before
    ]
    assert moved == []
    assert any(_stand(pack, people) != before for *_, pack, changes in changed if changes.meaning)


def test_changes_are_listed_in_the_same_order_each_time(base: Pack, changed: Changed) -> None:
    for *_, pack, changes in changed[::25]:
        assert compare(base, pack) == changes


def test_every_change_has_a_sentence_and_an_address(changed: Changed) -> None:
    for where, _, _, _, changes in changed:
        for change in (*changes.meaning, *changes.wording, *changes.provenance):
            assert change.address.count("//") == 0, where
            assert change.sentence.endswith("."), change.sentence
            assert change.sentence[:1].isupper(), change.sentence


def _weight(pack: Pack) -> object:
    """What must not change unseen: what the rules come to, how evidence counts, and what is asked of it."""
    policy = pack.framework.findings
    ranks = [[(sorted(rank.sources), rank.reaches) for rank in view.ranks] for view in policy.views]
    counted = {
        name: getattr(policy, name)
        for name in type(policy).model_fields
        if layer_of(type(policy), name) is Layer.MEANING and name != "views"
    }
    seen = [view.id for view in policy.views]
    # A source that stands on a rank already counts for nothing on a lower one.
    first = [
        sorted({source: at for at, (of, _) in reversed(list(enumerate(view))) for source in of}.items())
        for view in ranks
    ]
    reach = [[reaches for _, reaches in view] for view in ranks]
    return effects(pack), counted, seen, first, reach, pack.evidence_schema


def _somebody(rng: random.Random, pack: Pack) -> tuple[Person, list[Evidence]]:
    names = list(pack.unfolded.names)
    records = []
    for _ in range(rng.randrange(4, 14)):
        name = rng.choice(names)
        claim = rng.choice(pack.unfolded.claims_of(name))
        records.append(
            support.record(name, claim, "2025-06-01", framework=pack.id, source=rng.choice(list(EvidenceSource)))
        )
    person = Person(
        person="P-1",
        grade=rng.choice(["teaching:M1", "teaching:M2"]),
        roles=rng.choice([(), ("lead",)]),
        career_stage=rng.choice(["ECT1", "ECT2", None]),
        flags=rng.choice([(), ("on_leave",)]),
        fte=rng.choice([None, 0.2, 1.0]),
        facts=rng.choice([{}, {"rating": "achieved"}]),
    )
    return person, records


def _stand(pack: Pack, people: list[tuple[Person, list[Evidence]]]) -> list[object]:
    evaluator = Evaluator(pack, durable=False)
    found: list[object] = []
    for outcome in pack.outcomes:
        for person, records in people:
            at = standing(evaluator.evaluate(person, records, AS_OF, outcome=outcome))
            found.append((at.level, at.zone, at.action, at.notes))
    return found
