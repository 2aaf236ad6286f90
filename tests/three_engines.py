"""How the three engines are held together: one person's evaluation as a row of the table, and where the table differs.

A row is made of what one person's evaluation publishes, and not of what the column engine does, so that neither can be
wrong in the same way.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import pytest

from agreement import assert_agreed, ran
from bandstand.cohort.kernel import Kernel
from bandstand.cohort.people import batch_of
from bandstand.cohort.results import LETTERS, SCHEMA
from bandstand.engine.publish import publish
from bandstand.models.finding import State
from bandstand.models.framework import ZONES
from bandstand.workforce import verify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bandstand.cohort.ask import Ask
    from bandstand.engine.evaluate import Evaluated, Evaluator, Run
    from bandstand.models.evaluation import Evaluation
    from bandstand.models.evidence import Evidence, Person

Row = dict[str, Any]

#: What there is a caveat on only where there are next steps, which the table has not.
_OF_STEPS: Final = "The choice of what to work on"


def row_of(evaluator: Evaluator, ask: Ask, person: Person, evidence: Sequence[Evidence]) -> Row | None:
    """One person's row, from both engines that conclude person by person; None without evidence for the outcome."""
    names = evaluator.pack.named_for(evaluator.pack.outcomes[ask.outcome])
    if not any(r.framework == evaluator.pack.id and not names.isdisjoint(r.criteria) for r in evidence):
        return None
    evaluated = evaluate(evaluator, ask, person, evidence)
    row = published_row(evaluated, every_conclusion=ask.every_conclusion)
    # What verifies a sample of a table does not publish each person for it, and says the same.
    assert verify.differences(row, evaluated, every_conclusion=ask.every_conclusion) == []
    return {**row, **{name: [] for name in ask.without}}


def evaluate(evaluator: Evaluator, ask: Ask, person: Person, evidence: Sequence[Evidence]) -> Evaluated:
    """One person's evaluation, in which both engines conclude alike by the firings that are called for."""
    evaluated = evaluator.evaluate(
        person,
        [record for record in evidence if record.framework == evaluator.pack.id],
        ask.as_of,
        outcome=ask.outcome,
        purpose=ask.purpose,
        review_point=ask.review_point,
        settings=ask.settings,
        since=ask.since,
    )
    assert evaluated.differences == ()
    for run in evaluated.runs:
        if run.durable is not None and run.program.clauses:
            assert_agreed(run.program, run.plain, run.durable)
    return evaluated


def published_row(evaluated: Evaluated, *, every_conclusion: bool) -> Row:
    """An evaluation as a row of the table: what its document says."""
    document, outcome, run = publish(evaluated), evaluated.outcome, evaluated.headline
    states = run.findings.states
    actions = {action.id for action in evaluated.pack.framework.actions}
    noted = (document.value(name) for name in outcome.notes)
    since = evaluated.since
    return {
        "person": document.person,
        "framework": document.framework,
        "outcome": document.outcome,
        "purpose": document.purpose,
        "school": evaluated.person.school,
        "grade": document.grade,
        "career_stage": document.career_stage,
        "view": document.view,
        "views": list(document.views),
        "level": document.level,
        "zone": document.zone,
        "action": document.recommendation.action,
        "notes": [note for note in noted if note in actions],
        "next_level": document.next_steps.level,
        "blockers": [blocker.criterion for blocker in document.blockers],
        "columns": list(_columns(document)),
        "caveats": sorted(_caveats(document)),
        "seen": run.findings.seen,
        "criteria": sum(state != State.NOT_APPLICABLE for state in states),
        "conclusions": _conclusions(evaluated, document, every_conclusion=every_conclusion),
        "level_before": None if since is None or outcome.level is None else since.run.value(outcome.level),
        "zone_before": None if since is None or outcome.zone is None else _zone(since.run, outcome.zone),
        "as_of": document.as_of,
        "pack": f"{document.pins.pack.id} {document.pins.pack.version}",
        "pack_digest": document.pins.pack.digest,
        "overlay_digest": document.pins.overlay,
        "engine": document.pins.engine,
    }


def _zone(run: Run, name: str) -> Any:
    value = run.value(name)
    return value if value in ZONES else None


def _columns(document: Evaluation) -> Iterator[Row]:
    for point, colours in document.ragging.items():
        letters = "".join(LETTERS[colour] for colour in colours.values())
        yield {"review_point": point, "view": document.ragging_views[point], "colours": letters}


def _caveats(document: Evaluation) -> set[str]:
    found = set()
    for caveat in document.recommendation.caveats:
        if caveat.code == "basis":
            if not caveat.text.startswith(_OF_STEPS):
                found.add(f"basis:{caveat.basis}")
        elif caveat.code != "one-engine":
            found.add(caveat.code)
    return found


def _conclusions(evaluated: Evaluated, document: Evaluation, *, every_conclusion: bool) -> list[Row]:
    outcome = evaluated.outcome
    if not every_conclusion and outcome.level is not None:
        return []
    return [
        {"name": one.name, "value": json.dumps(one.value, ensure_ascii=False)}
        for one in document.conclusions
        if every_conclusion or one.rule == outcome.rules[0]
    ]


@dataclass(frozen=True)
class Together:
    """The engines that conclude person by person, and the column engine, for one ask.

    Attributes:
        evaluator: The engines that conclude person by person.
        kernel: The column engine.
    """

    evaluator: Evaluator
    kernel: Kernel

    @classmethod
    def of(cls, evaluator: Evaluator, ask: Ask) -> Together:
        """Them, for an ask."""
        return cls(evaluator, Kernel(ask))

    def rows(self, people: Sequence[Person], evidence: Sequence[Evidence]) -> list[Row] | None:
        """A row for everybody who has evidence for the outcome, person by person; None where rules contradict."""
        by_person: dict[str, list[Evidence]] = {person.person: [] for person in people}
        for record in evidence:
            by_person[record.person].append(record)
        rows = (row_of(self.evaluator, self.kernel.ask, person, by_person[person.person]) for person in people)
        found: list[Row] | None = ran(lambda: [row for row in rows if row is not None])
        return found

    def assert_agreed(
        self, people: Sequence[Person], evidence: Sequence[Evidence], wanted: Sequence[Row] | None
    ) -> None:
        """See that the table of a batch has the rows that are wanted; else say so of the smallest case there is."""
        found = differences(wanted, _table(self.kernel, people, evidence))
        if found:
            pytest.fail("\n".join([*found[:5], *self._smallest(people, evidence)]), pytrace=False)

    def _smallest(self, people: Sequence[Person], evidence: Sequence[Evidence]) -> Iterator[str]:
        """Somebody of whom the engines differ, with as little evidence as they differ on, in words."""
        for person in people:
            own = [record for record in evidence if record.person == person.person]
            if self._differ(person, own):
                kept = smallest_case(partial(self._differ, person), own)
                ask = self.kernel.ask
                told = (f"{part.name} {getattr(ask, part.name)!r}" for part in fields(ask) if part.name != "pack")
                yield f"asked of {ask.pack.name}: {', '.join(told)}"
                yield f"of {person!r}"
                yield from (f"  {record.model_dump(mode='json', exclude_defaults=True)}" for record in kept)
                yield from self._differ(person, kept)
                return
        yield "of each person alone the engines agree"

    def _differ(self, person: Person, evidence: Sequence[Evidence]) -> list[str]:
        # Another batch has other sayings by the same numbers, which a kernel that knows some does not take in.
        table = _table(Kernel(self.kernel.ask), [person], evidence)
        return differences(self.rows([person], evidence), table)


def _table(kernel: Kernel, people: Sequence[Person], evidence: Sequence[Evidence]) -> list[Row] | None:
    table = ran(lambda: kernel.evaluate(batch_of(people, evidence)))
    if table is None:
        return None
    assert table.schema == SCHEMA
    rows: list[Row] = table.to_pylist()
    return rows


def differences(wanted: Sequence[Row] | None, table: Sequence[Row] | None) -> list[str]:
    """Where a table differs from the rows of the people that it is of, a line for each; None are contradictions."""
    found = []
    if wanted is None or table is None:
        where = "one person" if wanted is None else "columns"
        return [] if wanted is table else [f"rules contradict one another by {where} alone"]
    if [row["person"] for row in wanted] != [row["person"] for row in table]:
        people = ([row["person"] for row in rows] for rows in (table, wanted))
        return ["there are rows for {}, and not for {}".format(*people)]
    for one, other in zip(wanted, table, strict=True):
        found += [
            f"{one['person']}, {name}: {_shown(one[name], other[name])}"
            for name in one
            if one[name] != _comparable(name, other[name])
        ]
    return found


def _comparable(name: str, value: Any) -> Any:
    return sorted(value) if name == "caveats" else value


def _shown(wanted: Any, got: Any) -> str:
    if isinstance(wanted, list) and isinstance(got, list):
        missing = [one for one in wanted if one not in got]
        more = [one for one in got if one not in wanted]
        return f"the columns lack {missing} and have {more}" if missing or more else f"columns {got}, one {wanted}"
    return f"columns {got!r}, one person {wanted!r}"


def smallest_case(fails: Callable[[Sequence[Evidence]], object], evidence: Sequence[Evidence]) -> list[Evidence]:
    """Somebody's evidence without whatever can be left out while the engines still differ."""
    kept = list(evidence)
    size = max(1, len(kept) // 2)
    while size:
        at = 0
        while at < len(kept):
            fewer = [*kept[:at], *kept[at + size :]]
            if fails(fewer):
                kept = fewer
            else:
                at += size
        size //= 2
    return kept
