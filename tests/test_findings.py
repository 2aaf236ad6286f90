"""Evidence becomes findings by the framework's policy, whatever order it comes in."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bandstand.engine.findings import Findings, FindingSet, FindingsReader, cycle_start, months_before
from bandstand.models.evidence import Evidence, EvidenceSource
from bandstand.models.finding import SETTLED_STATES, Claim, State
from bandstand.models.framework import FindingsPolicy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

AS_OF = dt.date(2026, 7, 31)
CRITERIA = ("A", "B", "C")
POINTS = ("january", "july")


def policy(*views: list[tuple[list[str], str]], months: int = 12, cycle: str = "09-01") -> FindingsPolicy:
    return FindingsPolicy.model_validate(
        {
            "source": 1,
            "max_age_months": months,
            "cycle_starts": cycle,
            "views": [
                {
                    "id": f"view{at}",
                    "label": f"View {at}",
                    "ranks": [{"sources": sources, "reaches": reaches} for sources, reaches in ranks],
                }
                for at, ranks in enumerate(views)
            ],
        }
    )


AGREED: list[tuple[list[str], str]] = [
    (["appraiser", "observation"], "met"),
    (["document"], "partly_met"),
    (["self"], "partly_met"),
]
OWN: list[tuple[list[str], str]] = [(["self"], "met")]


def reader(given_policy: FindingsPolicy | None = None) -> FindingsReader:
    unfolds = {(criterion, str(claim)): ((criterion, claim),) for criterion in CRITERIA for claim in Claim}
    return FindingsReader(given_policy or policy(AGREED), CRITERIA, POINTS, unfolds)


def read(evidence: Iterable[Evidence], **more: Any) -> Findings:
    return reader(more.pop("policy", None)).read(evidence, more.pop("as_of", AS_OF), **more)


def state(findings: Findings, criterion: str = "A", view: str = "view0") -> State:
    found = {f.view: f for f in findings.positions}[view]
    return State(found.states[CRITERIA.index(criterion)])


def winner(findings: Findings) -> str:
    won = findings.positions[0].winners[0]
    assert won is not None
    return won.id


def test_the_best_rank_that_has_evidence_wins_however_old(evidence: Callable[..., Evidence]) -> None:
    records = [
        evidence("A", "not_met", "2025-08-01", source="appraiser"),
        evidence("A", "met", "2026-07-30", source="document"),
        evidence("A", "met", "2026-07-31", source="self"),
    ]
    assert state(read(records)) is State.NOT_MET
    assert state(read(records[1:])) is State.PROVISIONAL
    assert winner(read(records[1:])) == records[1].id


def test_the_latest_date_wins_within_a_rank(evidence: Callable[..., Evidence]) -> None:
    records = [
        evidence("A", "met", "2026-05-01", source="appraiser"),
        evidence("A", "not_met", "2026-05-02", source="observation"),
    ]
    assert state(read(records)) is State.NOT_MET
    records.append(evidence("A", "met", "2026-05-03", source="appraiser"))
    assert state(read(records)) is State.MET


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        (("met", "partly_met"), State.PARTLY_MET),
        (("partly_met", "not_met"), State.NOT_MET),
        (("not_met", "met"), State.NOT_MET),
    ],
)
def test_the_more_cautious_claim_wins_on_one_date(
    claims: tuple[str, str], expected: State, evidence: Callable[..., Evidence]
) -> None:
    records = [evidence("A", claim) for claim in claims]
    assert state(read(records)) is expected
    assert state(read(records[::-1])) is expected


def test_the_lower_id_wins_between_equals(evidence: Callable[..., Evidence]) -> None:
    records = [evidence("A", id=name) for name in ("b", "a", "c")]
    assert winner(read(records)) == "a"
    assert winner(read(records[::-1])) == "a"


def test_what_was_agreed_goes_before_an_equal_that_waits_for_agreement(evidence: Callable[..., Evidence]) -> None:
    own = policy([(["self"], "partly_met")])
    alone, moderated = evidence("A", source="self", id="a"), evidence("A", source="self", id="b", moderated_by="M")
    assert state(read([alone], policy=own)) is State.PROVISIONAL
    assert state(read([moderated], policy=own)) is State.MET
    for records in ([alone, moderated], [moderated, alone]):
        assert (winner(read(records, policy=own)), state(read(records, policy=own))) == ("b", State.MET)


@pytest.mark.parametrize(
    ("reaches", "claim", "expected"),
    [
        ("met", "met", State.MET),
        ("partly_met", "met", State.PROVISIONAL),
        ("partly_met", "partly_met", State.SAID_PARTLY_MET),
        ("partly_met", "not_met", State.SAID_NOT_MET),
        ("not_met", "partly_met", State.PROVISIONAL),
        ("not_met", "not_met", State.SAID_NOT_MET),
    ],
)
def test_a_claim_above_what_its_source_reaches_is_provisional(
    reaches: str, claim: str, expected: State, evidence: Callable[..., Evidence]
) -> None:
    found = read([evidence("A", claim, source="self")], policy=policy([(["self"], reaches)]))
    assert state(found) is expected
    assert found.positions[0].counts_in_full is (reaches == "met")


def test_moderated_evidence_counts_in_full_and_on_the_first_rank(evidence: Callable[..., Evidence]) -> None:
    moderated = evidence("A", "met", "2026-05-02", source="self", moderated_by="APP-1")
    found = read([moderated])
    assert state(found) is State.MET
    assert found.positions[0].counts_in_full
    earlier = evidence("A", "not_met", "2026-05-01", source="appraiser")
    later = evidence("A", "not_met", "2026-05-03", source="appraiser")
    assert state(read([moderated, earlier])) is State.MET
    assert state(read([moderated, later])) is State.NOT_MET
    assert state(read([moderated, evidence("A", "not_met", "2026-07-01", source="document")])) is State.MET


def test_moderation_lets_no_source_into_a_view_that_does_not_name_it(evidence: Callable[..., Evidence]) -> None:
    found = read([evidence("A", source="document", moderated_by="M")], policy=policy(OWN))
    assert found.positions == []
    assert found.left_out == []


def test_a_later_claim_that_waits_for_agreement_does_not_undo_a_moderated_one(
    evidence: Callable[..., Evidence],
) -> None:
    records = [
        evidence("A", "met", "2026-01-10", source="self", moderated_by="APP-1"),
        evidence("A", "met", "2026-02-10", source="self"),
    ]
    assert state(read(records, policy=policy([(["self"], "partly_met")]))) is State.MET


def test_views_are_kept_apart_and_only_those_with_evidence_are_given(evidence: Callable[..., Evidence]) -> None:
    records = [evidence("A", "not_met", source="appraiser"), evidence("A", "met", source="self")]
    both = read(records, policy=policy(AGREED, OWN))
    assert [f.view for f in both.positions] == ["view0", "view1"]
    assert state(both) is State.NOT_MET
    assert state(both, view="view1") is State.MET
    assert [f.view for f in read(records[:1], policy=policy(AGREED, OWN)).positions] == ["view0"]
    assert read([], policy=policy(AGREED, OWN)) == Findings([], [], [])


def test_a_criterion_without_evidence_stays_without(evidence: Callable[..., Evidence]) -> None:
    found = read([evidence(("A", "C"))]).positions[0]
    assert found.states == [State.MET, State.NOT_EVIDENCED, State.MET]
    assert [w is not None for w in found.winners] == [True, False, True]


@pytest.mark.parametrize(
    ("as_of", "months", "last_day"),
    [
        ("2026-07-31", 12, "2025-07-31"),
        ("2026-03-31", 1, "2026-02-28"),
        ("2024-03-31", 1, "2024-02-29"),
        ("2024-02-29", 12, "2023-02-28"),
        ("2026-02-28", 24, "2024-02-28"),
        ("2026-01-15", 1, "2025-12-15"),
        ("2026-12-31", 13, "2025-11-30"),
        ("2026-01-31", 600, "1976-01-31"),
    ],
)
def test_evidence_exactly_as_old_as_allowed_counts_and_a_day_older_does_not(
    as_of: str, months: int, last_day: str, evidence: Callable[..., Evidence]
) -> None:
    day = dt.date.fromisoformat(last_day)
    assert months_before(dt.date.fromisoformat(as_of), months) == day
    counts = evidence("A", date=last_day)
    too_old = evidence("B", date=(day - dt.timedelta(days=1)).isoformat())
    found = read([counts, too_old], policy=policy(AGREED, months=months), as_of=dt.date.fromisoformat(as_of))
    assert state(found) is State.MET
    assert state(found, "B") is State.NOT_EVIDENCED
    assert found.left_out == [(too_old, "too_old")]


def test_evidence_of_the_as_of_day_counts_and_of_the_day_after_does_not(evidence: Callable[..., Evidence]) -> None:
    today, tomorrow = evidence("A", date="2026-07-31"), evidence("B", date="2026-08-01")
    found = read([today, tomorrow])
    assert [state(found, c) for c in "AB"] == [State.MET, State.NOT_EVIDENCED]
    assert found.left_out == [(tomorrow, "after_as_of")]


def test_a_review_point_leaves_out_only_later_points_of_this_cycle(evidence: Callable[..., Evidence]) -> None:
    january = evidence("A", date="2026-01-20", review_point="january")
    july = evidence("B", date="2026-07-10", review_point="july")
    july_before = evidence("C", date="2025-08-20", review_point="july")
    for_none = evidence("A", "not_met", date="2026-07-12")
    records = [january, july, july_before, for_none]
    found = read(records, review_point="january")
    assert found.left_out == [(july, "later_review")]
    assert [state(found, c) for c in CRITERIA] == [State.NOT_MET, State.NOT_EVIDENCED, State.MET]
    assert read(records).left_out == []
    assert read(records, review_point="july").left_out == []


def test_columns_hold_this_cycle_s_reviews_only(evidence: Callable[..., Evidence]) -> None:
    records = [
        evidence("A", date="2026-07-10", review_point="july"),
        evidence("A", "not_met", date="2026-01-20", review_point="january"),
        evidence("B", date="2026-01-20", review_point="january", source="self"),
        evidence("C", date="2025-08-31", review_point="january"),
        evidence("C", date="2025-09-01", review_point="summer"),
        evidence("C", date="2026-06-01"),
    ]
    found = read(records, policy=policy(AGREED, OWN))
    assert [(c.review_point, c.view, c.states) for c in found.columns] == [
        ("january", "view0", [State.NOT_MET, State.PROVISIONAL, State.NOT_EVIDENCED]),
        ("july", "view0", [State.MET, State.NOT_EVIDENCED, State.NOT_EVIDENCED]),
    ]
    assert [state(found, c) for c in CRITERIA] == [State.MET, State.PROVISIONAL, State.MET]


def test_a_column_goes_by_the_first_view_that_counts_in_full_or_else_by_the_first(
    evidence: Callable[..., Evidence],
) -> None:
    own = evidence("A", date="2026-01-20", review_point="january", source="self")
    shown = evidence("B", date="2026-01-20", review_point="january", source="document")
    agreed = evidence("C", date="2026-01-20", review_point="january")

    def columns(*records: Evidence) -> list[tuple[str, list[int]]]:
        return [(c.view, c.states) for c in read(records, policy=policy(AGREED, OWN)).columns]

    silent, waits, met = State.NOT_EVIDENCED, State.PROVISIONAL, State.MET
    assert columns(shown) == [("view0", [silent, waits, silent])]
    assert columns(own, shown) == [("view1", [met, silent, silent])]
    assert columns(own, shown, agreed) == [("view0", [waits, waits, met])]


@pytest.mark.parametrize(
    ("as_of", "start"),
    [("2026-08-31", "2025-09-01"), ("2026-09-01", "2026-09-01"), ("2026-01-01", "2025-09-01")],
)
def test_a_cycle_begins_on_its_day(as_of: str, start: str, evidence: Callable[..., Evidence]) -> None:
    day = dt.date.fromisoformat(start)
    assert cycle_start("09-01", dt.date.fromisoformat(as_of)) == day
    first = evidence("A", date=start, review_point="january")
    before = evidence("B", date=(day - dt.timedelta(days=1)).isoformat(), review_point="january")
    columns = read([first, before], as_of=dt.date.fromisoformat(as_of)).columns
    assert [c.states for c in columns] == [[State.MET, State.NOT_EVIDENCED, State.NOT_EVIDENCED]]


def test_a_cycle_of_the_calendar_year_begins_in_january() -> None:
    assert cycle_start("01-01", dt.date(2026, 1, 1)) == dt.date(2026, 1, 1)
    assert cycle_start("01-01", dt.date(2026, 12, 31)) == dt.date(2026, 1, 1)


# Properties

_DATES = st.dates(dt.date(2025, 7, 1), dt.date(2026, 8, 10))
_CLAIMS = ("met", "partly_met", "not_met")


@st.composite
def records(draw: st.DrawFn, claim: str | None = None, name: str | None = None) -> Evidence:
    return Evidence(
        id=name or draw(st.uuids()).hex,
        person="P-1",
        framework="testing",
        criteria=tuple(draw(st.lists(st.sampled_from(CRITERIA), min_size=1, max_size=3, unique=True))),
        claim=Claim(claim or draw(st.sampled_from(_CLAIMS))),
        source=EvidenceSource(draw(st.sampled_from(["self", "appraiser", "document", "observation"]))),
        date=draw(_DATES),
        review_point=draw(st.sampled_from([None, "january", "july", "summer"])),
        moderated_by=draw(st.sampled_from([None, None, "APP-1"])),
    )


@st.composite
def policies(draw: st.DrawFn) -> FindingsPolicy:
    """Policies as packs may declare them, whose first rank reaches met in each view."""
    views = []
    for _ in range(draw(st.integers(1, 3))):
        sources = draw(st.permutations(["self", "appraiser", "document", "observation"]))
        cuts = sorted(draw(st.sets(st.integers(1, 3), max_size=3)))
        groups = [list(sources[a:b]) for a, b in zip([0, *cuts], [*cuts, 4], strict=True)]
        lower = sorted(draw(st.lists(st.integers(0, 2), min_size=len(groups), max_size=len(groups))))
        views.append([(group, "met" if not at else _CLAIMS[lower[at]]) for at, group in enumerate(groups)])
    return policy(*views, months=draw(st.sampled_from([1, 6, 12])))


def seen(found: Iterable[FindingSet]) -> list[Any]:
    return [(f.view, f.review_point, f.states, [w and w.id for w in f.winners], f.counts_in_full) for f in found]


def settled(found: Iterable[FindingSet]) -> set[tuple[str, str | None, str]]:
    return {
        (f.view, f.review_point, criterion)
        for f in found
        for criterion, one in zip(CRITERIA, f.states, strict=True)
        if one in SETTLED_STATES
    }


@given(st.lists(records(), max_size=12), policies(), st.randoms(use_true_random=False))
def test_the_order_of_evidence_never_matters(
    given_records: list[Evidence], given_policy: FindingsPolicy, dice: Any
) -> None:
    shuffled = given_records.copy()
    dice.shuffle(shuffled)
    one, other = (reader(given_policy).read(r, AS_OF, "july") for r in (given_records, shuffled))
    assert seen(one.positions) == seen(other.positions)
    assert seen(one.columns) == seen(other.columns)
    assert {(r.id, why) for r, why in one.left_out} == {(r.id, why) for r, why in other.left_out}


@given(st.lists(records(), max_size=8), records(claim="met"), policies())
def test_a_further_met_claim_never_unsettles_a_criterion_in_any_view(
    given_records: list[Evidence], further: Evidence, given_policy: FindingsPolicy
) -> None:
    before, after = (reader(given_policy).read(r, AS_OF) for r in (given_records, [*given_records, further]))
    assert settled(before.positions) <= settled(after.positions)
    # A column can come to go by another view, which is another sheet.
    same = {(c.view, c.review_point) for c in before.columns} & {(c.view, c.review_point) for c in after.columns}
    columns = [c for c in before.columns if (c.view, c.review_point) in same]
    assert settled(columns) <= settled(after.columns)


@given(st.lists(records(), max_size=10), policies())
def test_each_finding_goes_by_rank_then_date_then_caution_then_id(
    given_records: list[Evidence], given_policy: FindingsPolicy
) -> None:
    oldest = months_before(AS_OF, given_policy.max_age_months)
    found = {f.view: f for f in reader(given_policy).read(given_records, AS_OF).positions}
    for view in given_policy.views:
        rank_of = {source: at for at, rank in enumerate(view.ranks) for source in rank.sources}
        for at, criterion in enumerate(CRITERIA):
            best = min(
                (
                    (
                        0 if r.moderated_by else rank_of[r.source],
                        -r.date.toordinal(),
                        -_CLAIMS.index(r.claim),
                        r.id,
                    )
                    for r in given_records
                    if criterion in r.criteria and oldest <= r.date <= AS_OF and r.source in rank_of
                ),
                default=None,
            )
            won = found[view.id].winners[at] if view.id in found else None
            assert (won and won.id) == (best and best[-1])


@given(st.lists(records(), max_size=8))
def test_every_piece_of_evidence_either_counts_or_is_left_out_with_a_reason(given_records: list[Evidence]) -> None:
    found = reader(policy(AGREED, OWN)).read(given_records, AS_OF, "january")
    left_out = [r.id for r, _ in found.left_out]
    assert len(left_out) == len(set(left_out))
    winners = {w.id for f in [*found.positions, *found.columns] for w in f.winners if w is not None}
    assert winners.isdisjoint(left_out)
    kept = [r for r in given_records if r.id not in left_out]
    assert seen(reader(policy(AGREED, OWN)).read(kept, AS_OF).positions) == seen(found.positions)


#: What a claim about a group says of its members, and a point of those up to it.
UNFOLDS = {
    ("G", "met"): (("A", Claim.MET), ("B", Claim.MET)),
    ("S", "leads"): (("A", Claim.MET), ("B", Claim.NOT_MET)),
    ("A", "met"): (("A", Claim.MET),),
    ("A", "not_met"): (("A", Claim.NOT_MET),),
    ("Z", "met"): (("Z", Claim.MET),),
}


def unfolding() -> FindingsReader:
    return FindingsReader(policy(AGREED), CRITERIA, POINTS, UNFOLDS, sightings=True)


def test_a_claim_counts_for_every_criterion_that_it_says_something_of(evidence: Callable[..., Evidence]) -> None:
    group = unfolding().read([evidence("G", "met")], AS_OF)
    assert [state(group, c) for c in ("A", "B", "C")] == [State.MET, State.MET, State.NOT_EVIDENCED]
    point = unfolding().read([evidence("S", "leads")], AS_OF)
    assert [state(point, c) for c in ("A", "B", "C")] == [State.MET, State.NOT_MET, State.NOT_EVIDENCED]


def test_a_claim_that_says_nothing_of_these_criteria_is_read_by_nobody(evidence: Callable[..., Evidence]) -> None:
    read_of = unfolding().read([evidence("Z", "met"), evidence("A", "leads")], AS_OF)
    assert (read_of.positions, read_of.columns, read_of.left_out) == ([], [], [])


def test_all_evidence_that_counts_is_sighted_and_not_only_what_a_finding_goes_by(
    evidence: Callable[..., Evidence],
) -> None:
    records = [
        evidence("A", "met", "2026-05-01", source="observation"),
        evidence("A", "not_met", "2026-06-01", source="document"),
        evidence("G", "met", "2026-06-02", source="self"),
        evidence("A", "met", "2020-01-01", source="observation"),
    ]
    found = unfolding().read(records, AS_OF)
    sighted = [(sighting.source.value, sighting.criteria) for sighting in found.positions[0].sightings]
    assert sighted == [("observation", (0,)), ("document", (0,)), ("self", (0, 1))]
    assert winner(found) == records[0].id


def test_what_does_not_apply_is_set_aside_and_its_evidence_with_it(evidence: Callable[..., Evidence]) -> None:
    records = [evidence("G", "met", source="observation"), evidence("A", "met", source="document")]
    (found,) = unfolding().read(records, AS_OF).positions
    found.leave_out(frozenset({0}))
    assert [State(found.states[at]) for at in (0, 1)] == [State.NOT_APPLICABLE, State.MET]
    assert [(sighting.source.value, sighting.criteria) for sighting in found.sightings] == [("observation", (1,))]
    assert [(sighting.source.value, sighting.criteria) for sighting in found.ignored] == [
        ("observation", (0,)),
        ("document", (0,)),
    ]
