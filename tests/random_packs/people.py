"""People with evidence, and what is asked of it: ties, gaps, sources that differ, days on and beside every bound."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

from bandstand.cohort.ask import Ask
from bandstand.engine.findings import months_before
from bandstand.models.evidence import Evidence, EvidenceSource, Person
from random_packs.frameworks import ANSWERS, DAY, STAGES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bandstand.cohort.ask import Leave
    from bandstand.models.framework import Outcome
    from bandstand.packs.pack import Pack
    from random_packs.dice import Dice

_SOURCES: Final = list(EvidenceSource)
_MONTHS: Final = 30
_LEFT_OUT: Final[tuple[Leave, ...]] = ("columns", "blockers", "caveats")


def draw_ask(dice: Dice, pack: Pack, outcome: Outcome) -> Ask:
    """What everybody is asked at once about an outcome."""
    framework = pack.framework
    as_of = DAY + dt.timedelta(days=dice.choice([0, 0, 0, 0, 1, -1, 200]))
    before = (1, 3, 30, 300, 800)
    return Ask(
        pack,
        outcome.id,
        dice.choice([p.id for p in framework.purposes if not outcome.purposes or p.id in outcome.purposes]),
        as_of,
        dice.choice([None, None, *(point.id for point in framework.review_points)]),
        {"limit": dice.choice([*ANSWERS["limit"], "many"])} if dice.chance(0.4) else {},
        as_of - dt.timedelta(days=dice.choice(before)) if dice.chance() else None,
        every_conclusion=dice.chance(0.8),
        without=frozenset(dice.some(_LEFT_OUT, 1) if dice.chance(0.1) else ()),
    )


class Crowd:
    """Draws people and their evidence under one pack.

    Args:
        dice: What they are drawn with.
        pack: The pack.
        asks: What is asked of them, whose bounds their evidence lies on and beside.
    """

    def __init__(self, dice: Dice, pack: Pack, asks: Sequence[Ask]) -> None:
        self._dice = dice
        self._pack = pack
        self._names = list(pack.unfolded.names)
        self._lately = [DAY - dt.timedelta(days=days) for days in range(1, 7)]
        self._days = [*self._lately, *dict.fromkeys(day for ask in asks for day in self._bounds(ask))]
        self._number = 0

    def _bounds(self, ask: Ask) -> Iterator[dt.date]:
        """The days on which something begins or ends to count, with those before and after."""
        policy = self._pack.framework.findings
        for day in filter(None, (ask.as_of, ask.since)):
            oldest = months_before(day, policy.max_age_months)
            starts = [dt.date.fromisoformat(f"{day.year - back}-{policy.cycle_starts}") for back in (0, 1)]
            for bound in (day, oldest, *starts):
                if bound.year > dt.MINYEAR:
                    yield from (bound + dt.timedelta(days=days) for days in (-1, 0, 1))

    def person(self, name: str) -> Person:
        """Somebody of whom this and that is known, some of it nothing that the framework knows."""
        dice, framework = self._dice, self._pack.framework
        grades = [spelling for g in framework.grades for spelling in (g.id, g.id.partition(":")[2], *g.aliases)]
        given = [asked.id for asked in framework.facts if dice.chance(0.7)]
        facts = {fact: dice.choice([*ANSWERS.get(fact, ("to stay", "to go")), "else"]) for fact in given}
        since = (0, 1, -1, 28, 364, 365, 366, 396, 3000)
        return Person(
            person=name,
            grade=dice.choice([None, "XX", *grades, *(f" {spelling.upper()} " for spelling in grades), *grades]),
            roles=tuple(dice.some(["lead", "mentor", "governor", "nobody"], 0, 3)),
            strand=dice.choice([None, "teaching", "support", "else"]),
            fte=dice.choice([None, 0.2, 0.25, 0.26, 0.5, 1]),
            in_role_since=dice.choice([None, *(DAY - dt.timedelta(days=days) for days in since)]),
            career_stage=dice.choice([None, *STAGES, *STAGES, "retired"]),
            flags=tuple(dice.some(["swims", "dives", "sings", "flies"], 0, 3)),
            school=dice.choice([None, "S-1", "S-2"]),
            facts=facts,
        )

    def evidence(self, person: str) -> Iterator[Evidence]:
        """Somebody's evidence of one sort or another, in any order."""
        dice, names = self._dice, self._names
        found: list[Evidence] = []
        days = dice.choice([self._lately, self._lately, self._days])
        for _ in range(dice.choice([0, 0, 1, 1, 2])):
            found += self._everything(person, dice.choice(["met", "met", "met", "not_met", "partly_met"]), days)
        if dice.chance(0.85):
            chosen = dice.some(names, 1, dice.choice([1, 3, len(names), len(names)]))
            few = dice.some(days, 1, dice.choice([1, 2, len(days)]))
            sources = dice.some(_SOURCES, 1, dice.choice([1, 2, 7]))
            found += (self._record(person, chosen, few, sources) for _ in range(dice.choice([1, 3, 10, 30])))
        return iter(dice.some(found, len(found)))

    def _everything(self, person: str, claim: str, days: Sequence[dt.date]) -> Iterator[Evidence]:
        """One claim of nearly everything by one source; met of a criterion on a scale is its highest point."""
        dice = self._dice
        rank = dice.choice(self._pack.framework.findings.views).ranks[0]
        day, source = dice.choice(days), dice.choice(rank.sources if dice.chance(0.8) else _SOURCES)
        fields = self._rest() if dice.chance(0.7) else {**self._rest(), "moderated_by": "A-1"}
        often = dice.choice([1.0, 0.95, 0.8])
        for name in self._names:
            claims = self._pack.unfolded.claims_of(name)
            wanted = claims[-1] if claim == "met" and "met" not in claims else claim
            if wanted in claims and dice.chance(often):
                yield self._make(person, [name], wanted, source, day, **fields)

    def _record(
        self, person: str, names: Sequence[str], days: Sequence[dt.date], sources: Sequence[EvidenceSource]
    ) -> Evidence:
        """A record on one thing, or on several that can be claimed alike; some of them twice, or a part of another."""
        dice = self._dice
        first = dice.choice(names)
        claim = dice.choice(self._pack.unfolded.claims_of(first))
        alike = [name for name in self._names if claim in self._pack.unfolded.claims_of(name)]
        also = dice.choices(alike, k=dice.choice([0, 0, 0, 1, 3]))
        day = dice.choice(days) if dice.chance(0.9) else DAY - dt.timedelta(days=dice.randint(-40, 30 * _MONTHS))
        day = dice.choice([dt.date.min, dt.date.max]) if dice.chance(0.01) else day
        return self._make(person, [first, *also], claim, dice.choice(sources), day, **self._rest())

    def _rest(self) -> dict[str, Any]:
        dice = self._dice
        points = [point.id for point in self._pack.framework.review_points]
        found: dict[str, Any] = {"review_point": dice.choice([None, *points, *points, "whenever"])}
        if dice.chance(0.2):
            found["moderated_by"] = "A-1"
        if dice.chance(0.05):
            found["framework"] = "elsewhere"
        return found

    def _make(
        self, person: str, names: Sequence[str], claim: str, source: EvidenceSource, day: dt.date, **fields: Any
    ) -> Evidence:
        self._number += 1
        given = {"id": f"E-{self._number:05}", "person": person, "framework": self._pack.id, "criteria": tuple(names)}
        return Evidence.model_validate({**given, "claim": claim, "source": source, "date": day, **fields})
