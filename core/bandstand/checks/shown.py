"""Shows a case on the engine: a person and evidence that bring it about, evaluated, and the case in words."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from bandstand.checks.ask import plainest
from bandstand.engine.findings import months_before
from bandstand.errors import EngineError
from bandstand.examples import NOBODY
from bandstand.models.evidence import Evidence, Person
from bandstand.models.finding import Claim, State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from bandstand.checks.ask import Case
    from bandstand.checks.bench import Bench
    from bandstand.engine.evaluate import Evaluated, Run
    from bandstand.engine.findings import Way
    from bandstand.models.framework import Outcome

_MOST_LISTED = 12


def shown(bench: Bench, outcome: Outcome, case: Case, states: Mapping[str, State] | None = None) -> Iterator[Run]:
    """The runs of evidence that brings a case about, in its view: with one record for each finding, then with more.

    How many records and kinds of source there are, a case leaves open; so it is tried with few and with all.
    """
    chosen = states or chosen_states(bench, outcome, case)
    few = list(_evidence(bench, outcome, case.view, chosen))
    for evidence in (few, [*few, *_more(bench, case.view, few)]):
        run = _evaluated(bench, outcome, case, evidence).positions.get(case.view)
        if run is not None:
            yield run


def is_shown(
    bench: Bench, outcome: Outcome, case: Case, holds: Callable[[Run], bool], *, or_stops: bool = False
) -> bool:
    """Whether the engine concludes of a case what a formula says of it; or, likewise, stops as rules contradict."""
    try:
        return any(holds(run) for run in shown(bench, outcome, case))
    except EngineError:
        return or_stops


def chosen_states(bench: Bench, outcome: Outcome, case: Case) -> dict[str, State]:
    """One state for each criterion, the plainest that the case allows; a later view needs evidence to be there."""
    chosen = {criterion: plainest(states) for criterion, states in case.states.items()}
    quiet = all(state in (State.NOT_EVIDENCED, State.NOT_APPLICABLE) for state in chosen.values())
    if quiet and case.view != next(iter(bench.evaluator.ways(outcome.id))):
        for criterion, states in case.states.items():
            if others := states - {State.NOT_EVIDENCED, State.NOT_APPLICABLE}:
                chosen[criterion] = plainest(others)
                break
    return chosen


def as_of(bench: Bench) -> dt.date:
    """A day on which the pack is valid, and evidence of some days before as well."""
    start = bench.pack.framework.valid_from or dt.date(2025, 1, 1)
    return start + dt.timedelta(days=20)


def _evaluated(bench: Bench, outcome: Outcome, case: Case, evidence: Sequence[Evidence]) -> Evaluated:
    facts = {name: value for name, value in case.facts.items() if value is not None}
    day = as_of(bench)
    months = facts.get("months_in_role")
    asked = {fact.id: fact.of for fact in bench.pack.framework.facts}
    person = Person(
        person=NOBODY,
        grade=facts.get("grade"),
        roles=tuple(sorted(facts.get("roles", ()))),
        strand=facts.get("strand") if "grade" not in facts else None,
        fte=facts.get("fte"),
        in_role_since=None if months is None else months_before(day, int(months)),
        career_stage=facts.get("career_stage"),
        flags=tuple(sorted(facts.get("flags", ()))),
        facts={name: value for name, value in facts.items() if asked.get(name) == "person"},
    )
    settings = {name: value for name, value in facts.items() if asked.get(name) == "trust"}
    purpose = facts.get("purpose")
    return bench.evaluator.evaluate(person, evidence, day, outcome=outcome.id, purpose=purpose, settings=settings)


def _evidence(bench: Bench, outcome: Outcome, view: str, states: Mapping[str, State]) -> Iterator[Evidence]:
    """A record for each criterion that has evidence; what says nothing of other points of its scale comes last."""
    ways = bench.evaluator.ways(outcome.id)[view]
    day = as_of(bench)
    for number, (criterion, state) in enumerate(states.items(), start=1):
        if state in ways:
            days = 1 if ways[state].claim is Claim.PARTLY_MET else 2
            yield _record(f"E-{number}", bench, criterion, ways[state], day - dt.timedelta(days=days))


def _more(bench: Bench, view: str, evidence: Iterable[Evidence]) -> Iterator[Evidence]:
    """The same again, earlier, from every other kind of source that counts as much."""
    ranks = next(v.ranks for v in bench.pack.framework.findings.views if v.id == view)
    for record in evidence:
        for rank in ranks:
            for source in rank.sources:
                if source is not record.source:
                    changed = {"id": f"{record.id}-{source}", "source": source}
                    yield record.model_copy(update={**changed, "date": record.date - dt.timedelta(days=7)})


def _record(name: str, bench: Bench, criterion: str, way: Way, date: dt.date) -> Evidence:
    return Evidence(
        id=name,
        person=NOBODY,
        framework=bench.pack.id,
        criteria=(criterion,),
        claim=way.claim.value,
        source=way.source,
        date=date,
        moderated_by="A-0000" if way.moderated else None,
    )


def in_words(case: Case, states: Mapping[str, State], facts: Iterable[str] = ()) -> tuple[str, ...]:
    """A case, a line for each fact that is known or was asked about, and for each criterion with evidence."""
    asked = set(facts)
    lines = [
        f"{name}: {fact_in_words(value)}"
        for name, value in case.facts.items()
        if name in asked or name == "view" or value not in (None, frozenset())
    ]
    seen = [f"{criterion}: {state_in_words(state)}" for criterion, state in states.items() if _is_seen(state)]
    more = [f"and {len(seen) - _MOST_LISTED} more"] if len(seen) > _MOST_LISTED else []
    return (*lines, *(seen[:_MOST_LISTED] or ["no evidence"]), *more)


def _is_seen(state: State) -> bool:
    return state not in (State.NOT_EVIDENCED, State.NOT_APPLICABLE)


def state_in_words(state: State) -> str:
    """A state as people say it."""
    said = {State.PROVISIONAL: "met, waiting to be agreed", State.NOT_EVIDENCED: "no evidence"}
    return said.get(state, state.name.lower().replace("said_", "said to be ").replace("_", " "))


def fact_in_words(value: Any) -> str:
    """A value of a fact, or of a conclusion, as people write it."""
    if value is None:
        return "not known"
    if isinstance(value, frozenset):
        return ", ".join(sorted(value)) or "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)
