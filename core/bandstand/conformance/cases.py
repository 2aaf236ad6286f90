"""Generated people with generated evidence, the same for the same seed, to try a pack on."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import jsonschema

from bandstand import words
from bandstand.examples import NOBODY
from bandstand.models.evidence import Evidence, EvidenceSource, Person

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bandstand.models.framework import Outcome
    from bandstand.packs.pack import Pack

_SOMEBODY_ELSE: Final = "A-0000"
_MOST_RECORDS: Final = 40
_SOURCES: Final = list(EvidenceSource)
_FREE_TEXT: Final = "Said in passing"
_MOSTLY: Final = 0.7
_TWINS: Final = 0.4
#: Few days, most of them lately, some too long ago, and one that is still to come.
_DAYS_AGO: Final = (0, 0, 1, 2, 100, 100, 400, 1200, -3)


@dataclass(frozen=True)
class Case:
    """Somebody with evidence, and what is asked of it.

    Attributes:
        outcome: What the framework is asked for.
        person: Who, with what is known.
        evidence: In the order in which it is given.
        as_of: Evidence up to this day counts.
        purpose: What for; the first that the outcome serves when None.
        review_point: The last review point that counts; all when None.
        settings: What the trust sets for everybody.
    """

    outcome: str
    person: Person
    evidence: tuple[Evidence, ...]
    as_of: dt.date
    purpose: str | None = None
    review_point: str | None = None
    settings: Mapping[str, str] = field(default_factory=dict)

    def lines(self) -> tuple[str, ...]:
        """The case in words, a line for each thing that is known and for each record, in order."""
        known = {
            "outcome": self.outcome,
            "purpose": self.purpose,
            "as at": words.day(self.as_of),
            "up to the review": self.review_point,
            **{
                name.replace("_", " "): ", ".join(map(str, value)) if isinstance(value, tuple) else value
                for name, value in self.person
                if name not in ("person", "facts")
            },
            **self.person.facts,
            **self.settings,
        }
        told = [f"{name}: {value}" for name, value in known.items() if value not in (None, "")]
        return (*told, *(map(_record, self.evidence) if self.evidence else ["no evidence"]))

    def of(self, person: str) -> Case:
        """The same of somebody else."""
        records = tuple(record.model_copy(update={"person": person}) for record in self.evidence)
        return replace(self, person=self.person.model_copy(update={"person": person}), evidence=records)

    def without(self, *records: Evidence) -> Case:
        """The same without some of the evidence."""
        return replace(self, evidence=tuple(record for record in self.evidence if record not in records))


def _record(record: Evidence) -> str:
    review = "" if record.review_point is None else f", for the review {record.review_point}"
    agreed = ", agreed" if record.moderated_by else ""
    named = words.listed(record.criteria)
    return f"{record.id}: {named} {record.claim}, {record.source}{agreed}, {words.day(record.date)}{review}"


class CaseMaker:
    """Makes cases for a pack.

    Args:
        pack: The pack.
        seed: The same seed makes the same cases.
    """

    def __init__(self, pack: Pack, seed: int = 0) -> None:
        self._pack = pack
        self._dice = random.Random(f"{seed} {pack.id}")  # noqa: S311 - repeatable, and no secret
        self._claims: dict[str, list[str]] = {}
        for name, claim in pack.unfolded.unfolds:
            self._claims.setdefault(name, []).append(str(claim))
        self._asks = jsonschema.Draft202012Validator(dict(pack.evidence_schema))
        #: A day on which the pack is valid, late enough in its time for evidence of a year.
        self.as_of = (pack.framework.valid_from or dt.date(2024, 9, 1)) + dt.timedelta(days=310)
        if pack.framework.valid_until is not None:
            self.as_of = min(self.as_of, pack.framework.valid_until)

    def cases(self, outcome: Outcome, people: int) -> Iterator[Case]:
        """Some people for an outcome: nobody in particular first, and then with more and more that is known."""
        yield self.silent(outcome)
        for number in range(1, people):
            yield replace(self.somebody(outcome), evidence=tuple(self._portfolio(outcome, number)))

    def silent(self, outcome: Outcome) -> Case:
        """Somebody of whom nothing is known."""
        return Case(outcome.id, Person(person=NOBODY), (), self.as_of)

    def fullest(self, outcome: Outcome) -> Case:
        """Somebody of whom everything is found met, and agreed, by the source that counts most."""
        return replace(self.silent(outcome), evidence=tuple(self._everything(outcome, "met", self.as_of)))

    def _everything(self, outcome: Outcome, claim: str, date: dt.date) -> Iterator[Evidence]:
        """One claim of everything that can be claimed of it, agreed, by the source that counts most.

        Met of a criterion on a scale is its highest point.
        """
        view = next(v for v in self._pack.framework.findings.views if not outcome.views or v.id in outcome.views)
        source = view.ranks[0].sources[0]
        for number, name in enumerate(self._names(outcome), start=1):
            claims = self._claims[name]
            claimed = claims[-1] if claim == "met" and "met" not in claims else claim
            if claimed in claims:
                fields = {"moderated_by": _SOMEBODY_ELSE}
                yield self._record(f"E-{claim}-{number}", (name,), claimed, source, date, **fields)

    def elsewhere(self, outcome: Outcome) -> tuple[Evidence, ...]:
        """Evidence of another framework, and of other outcomes of this one."""
        mine = set(self._names(outcome))
        others = [name for name in self._pack.unfolded.names if name not in mine]
        unknown = self._record("X-1", ("elsewhere.1",), "met", EvidenceSource.OBSERVATION, self.as_of)
        found = [unknown.model_copy(update={"framework": "elsewhere"})]
        for number, name in enumerate(self._dice.sample(others, min(len(others), 6)), start=2):
            claim = self._dice.choice(self._claims[name])
            found.append(self._record(f"X-{number}", (name,), claim, self._dice.choice(_SOURCES), self.as_of))
        return tuple(found)

    def somebody(self, outcome: Outcome) -> Case:
        """Somebody with a grade, roles and facts, each known or not, and no evidence."""
        framework, dice = self._pack.framework, self._dice
        asked = [fact for fact in self._pack.asked_for(outcome) if dice.random() < _MOSTLY]
        given = {
            of: {f.id: dice.choice([v.id for v in f.values] or [_FREE_TEXT]) for f in asked if f.of == of}
            for of in ("person", "trust")
        }
        person = Person(
            person=NOBODY,
            grade=self._maybe([grade.id for grade in framework.grades]),
            roles=self._some([role.id for role in framework.roles]),
            strand=self._maybe([strand.id for strand in framework.strands]),
            fte=dice.choice([None, 0.2, 0.5, 1.0]),
            in_role_since=dice.choice([None, *(self.as_of - dt.timedelta(days=days) for days in (20, 300, 2000))]),
            career_stage=self._maybe([stage.id for stage in framework.career_stages]),
            flags=self._some([flag.id for flag in framework.flags]),
            facts=given["person"],
        )
        serving = [p.id for p in framework.purposes if not outcome.purposes or p.id in outcome.purposes]
        return Case(
            outcome.id,
            person,
            (),
            self.as_of,
            purpose=dice.choice([None, *serving]),
            review_point=dice.choice([None, None, *(point.id for point in framework.review_points)]),
            settings=given["trust"],
        )

    def _names(self, outcome: Outcome) -> list[str]:
        """What evidence for an outcome may name, in the order of the standards."""
        named = self._pack.named_for(outcome)
        return [name for name in self._pack.unfolded.names if name in named]

    def _portfolio(self, outcome: Outcome, number: int) -> Iterator[Evidence]:
        """Evidence of one sort or another: much on a few things, a little on many, or on everything with some against.

        Days and sources are few, so that much of it is alike in all that decides which counts.
        """
        names, dice = self._names(outcome), self._dice
        size = (2, 5, 12, _MOST_RECORDS)[number % 4]
        chosen = dice.sample(names, min(len(names), dice.choice([1, 2, size])))
        everywhere = (None, "not_met", "met", "partly_met", None)[number % 5]
        if everywhere is not None:
            yield from self._everything(outcome, everywhere, self.as_of - dt.timedelta(days=7))
        points = [None, None, *(point.id for point in self._pack.framework.review_points)]
        for at in range(1, size + 1):
            named = tuple(dice.sample(chosen, min(len(chosen), dice.choice([1, 1, 1, 2, 3]))))
            claims = [c for c in self._claims[named[0]] if all(c in self._claims[name] for name in named)]
            if not claims:
                continue
            record = self._record(
                f"E-{number}-{at}",
                named,
                dice.choice(claims),
                dice.choice(_SOURCES),
                self.as_of - dt.timedelta(days=dice.choice(_DAYS_AGO)),
                review_point=dice.choice(points),
                moderated_by=dice.choice([None, None, None, _SOMEBODY_ELSE]),
            )
            yield from self._allowed(record)
            if dice.random() < _TWINS:
                # A record like it in all that decides which counts, but for where it comes from and what it is called.
                changed = {"id": f"E-{number}-{at}-{at}", "source": dice.choice(_SOURCES)}
                yield from self._allowed(record.model_copy(update=changed))

    def _allowed(self, record: Evidence) -> Iterator[Evidence]:
        """The record, where the framework's own schema lets it be."""
        if self._asks.is_valid(record.model_dump(mode="json")):
            yield record

    def _record(
        self,
        name: str,
        criteria: tuple[str, ...],
        claim: str,
        source: EvidenceSource,
        date: dt.date,
        **more: Any,
    ) -> Evidence:
        given = {"id": name, "person": NOBODY, "framework": self._pack.id, "criteria": criteria, "claim": claim}
        return Evidence.model_validate({**given, "source": source, "date": date, **more})

    def _maybe(self, values: Sequence[str]) -> str | None:
        return self._dice.choice([None, *values]) if values else None

    def _some(self, values: Sequence[str]) -> tuple[str, ...]:
        return tuple(self._dice.sample(values, min(len(values), self._dice.choice([0, 0, 1, 2]))))
