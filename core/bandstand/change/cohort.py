"""Everybody who is evaluated under both versions of a pack: read once for both, and paired by outcome."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bandstand import words
from bandstand.asking import check_settings
from bandstand.engine.evaluate import Evaluated, Evaluator
from bandstand.errors import NotFoundError, ProblemsError, RefusedError
from bandstand.interop.inbox import Inbox, read_evidence
from bandstand.interop.people import PeopleList, read_people
from bandstand.models.evidence import Person
from bandstand.models.problem import Problem, by_place
from bandstand.rules.base import did_you_mean

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from bandstand.models.evidence import Evidence
    from bandstand.packs.pack import Pack
    from bandstand.plugins import Catalogue


@dataclass(frozen=True, slots=True)
class Asked:
    """What both versions are asked.

    Attributes:
        outcome: This outcome alone; every one that both have and the evidence is for when None.
        purpose: What for; when None, the framework's first purpose, or the first of the outcome that is asked for.
        as_of: Evidence up to this date counts; the date of the newest evidence when None.
        settings: What the trust sets for everybody, by the fact's id.
        keep_going: Go on with what is good when some of the input has problems.
    """

    outcome: str | None = None
    purpose: str | None = None
    as_of: dt.date | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    keep_going: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """One person and one outcome, with the evidence that each version can read."""

    outcome: str
    person: Person
    was: Sequence[Evidence]
    now: Sequence[Evidence]


@dataclass(frozen=True, slots=True)
class Cohort:
    """Everybody who is to be evaluated under both versions.

    Attributes:
        old: The evaluator of the version that is compared with.
        new: That of the version that is compared.
        pairs: By outcome, in the framework's order, then by person.
        as_of: Evidence up to this date counts.
        asked: What both are asked.
        problems: Problems of the input; there are none unless going on in spite of them was asked for.
        notes: What a reader should know; they name nobody.
    """

    old: Evaluator
    new: Evaluator
    pairs: list[Pair]
    as_of: dt.date
    asked: Asked
    problems: list[Problem]
    notes: list[str]

    def evaluated(self) -> Iterator[tuple[Pair, Evaluated, Evaluated]]:
        """Each pair under both versions, one after the other."""
        for pair in self.pairs:
            yield pair, self._evaluate(self.old, pair, pair.was), self._evaluate(self.new, pair, pair.now)

    def _evaluate(self, evaluator: Evaluator, pair: Pair, evidence: Sequence[Evidence]) -> Evaluated:
        return evaluator.evaluate(
            pair.person,
            evidence,
            self.as_of,
            outcome=pair.outcome,
            purpose=self.asked.purpose,
            settings=self.asked.settings,
        )


@dataclass(frozen=True, slots=True)
class Input:
    """What is read.

    Attributes:
        files: Evidence.
        people: The staff list, if there is one.
        catalogue: What the plugins add: the other frameworks that evidence may be for, and readers.
        today: Evidence after this day is a problem.
        progress: Told now and then how many rows were read.
    """

    files: Sequence[Path]
    people: Path | None
    catalogue: Catalogue
    today: dt.date
    progress: Callable[[int], None] | None = None


def read_cohort(old: Pack, new: Pack, given: Input, asked: Asked, *, durable: bool | None = False) -> Cohort:
    """Read evidence and people for two versions of one framework.

    A row is read where either version can read it, as evidence for criteria that one of them lacks counts under the
    other all the same; it has problems where neither can.

    Args:
        old: The version that is compared with.
        new: The version that is compared.
        given: What is read.
        asked: What both are asked.
        durable: Whether durable-rules concludes, as for an evaluator.

    Raises:
        ProblemsError: The input has problems, and going on in spite of them was not asked for.
        NotFoundError: The two are not of one framework; or an outcome or a setting is not there.
        RefusedError: No outcome serves the purpose.
    """
    if old.id != new.id:
        raise NotFoundError(
            f"{old.name} and {new.name} are two frameworks, so nobody can be moved from one to the other. "
            "Name two versions of one."
        )
    check_settings(asked.settings, {"old": old, "new": new})
    before, after = (Evaluator(pack, durable=durable) for pack in (old, new))
    outcomes, notes = _outcomes(before, after, asked)
    others = {name: pack for name, pack in given.catalogue.frameworks(asked.as_of).items() if name != old.id}
    boxes = _boxes(given, (old, new), others)
    # A grade or a fact that one of the two lacks is no reason to leave somebody out: that is what is compared.
    both = {**others, "old": old, "new": new}
    staff = PeopleList() if given.people is None else read_people(given.people, both)
    problems = by_place([*_bad_in_both(*boxes), *staff.problems])
    if problems and not asked.keep_going:
        raise ProblemsError(problems)
    as_of = asked.as_of or max((record.date for box in boxes for record in box.evidence), default=given.today)
    notes.extend(_readings(old, new, boxes))
    pairs = _pairs((old, new), boxes, staff, outcomes)
    left = len({pair.person.person for pair in pairs} & staff.rejected)
    if left:
        notes.append(f"Left out, as their row of the staff list is bad: {words.count(left, 'person', 'people')}.")
    kept = [pair for pair in pairs if pair.person.person not in staff.rejected]
    return Cohort(before, after, kept, as_of, asked, problems, notes)


def _outcomes(old: Evaluator, new: Evaluator, asked: Asked) -> tuple[list[str], list[str]]:
    """Ids of the outcomes that are compared, in the new version's order, and what is to be said of the others."""
    was, now = old.pack.outcomes, new.pack.outcomes
    shared = [name for name in now if name in was]
    if asked.outcome is not None and asked.outcome not in shared:
        only = [pack.name for pack in (old.pack, new.pack) if asked.outcome in pack.outcomes]
        where = f"Only {only[0]} has" if only else "Neither version has"
        near = did_you_mean(asked.outcome, shared)
        raise NotFoundError(f'{where} an outcome "{asked.outcome}", so nothing can be compared. {near}')
    apart = [name for name in (*was, *now) if name not in shared and asked.outcome is None]
    notes = [f"Not compared, as only one version has it: {words.listed(apart, 12)}."] if apart else []
    wanted = [asked.outcome] if asked.outcome is not None else shared
    served, refused = [], None
    for name in wanted:
        purpose = asked.purpose
        if purpose is None and asked.outcome is None:
            purpose = old.pack.framework.purposes[0].id
        try:
            old.served(purpose, name)
            new.served(purpose, name)
        except RefusedError as error:
            refused = error
            continue
        served.append(name)
    if refused is not None and not served:
        raise refused
    return served, notes


def _boxes(given: Input, packs: tuple[Pack, Pack], others: Mapping[str, Pack]) -> tuple[Inbox, Inbox]:
    """What each of two versions reads; a record that both read alike is held once."""
    old, new = packs
    first = _evidence(given, {**others, old.id: old}, old.id)
    if _read_alike(old, new):
        return first, first
    second = _evidence(given, {**others, new.id: new}, new.id)
    known = {record.id: record for record in first.evidence}
    second.evidence = [
        same if (same := known.get(record.id)) is not None and same == record else record for record in second.evidence
    ]
    return first, second


def _read_alike(old: Pack, new: Pack) -> bool:
    """Whether two versions read every record alike: the same may be named, claimed and asked of it."""
    points = [[(point.id, point.label) for point in pack.framework.review_points] for pack in (old, new)]
    return (
        old.unfolded.unfolds == new.unfolded.unfolds
        and points[0] == points[1]
        and old.evidence_schema == new.evidence_schema
    )


def _evidence(given: Input, packs: Mapping[str, Pack], framework: str) -> Inbox:
    return read_evidence(
        given.files,
        packs,
        default_framework=framework,
        today=given.today,
        readers=given.catalogue.readers,
        progress=given.progress,
    )


_Row = tuple[str, str | None, int | None, int | None]


def _row(problem: Problem) -> _Row:
    place = problem.place
    return (place.file, place.sheet, place.row, place.line)


def _bad_in_both(one: Inbox, other: Inbox) -> Iterator[Problem]:
    """The problems of rows that neither version can read, and of the files themselves."""
    rows = {_row(problem) for problem in one.problems} & {_row(problem) for problem in other.problems}
    for box in (one, other):
        yield from (problem for problem in box.problems if _row(problem) in rows)


def _readings(old: Pack, new: Pack, boxes: Sequence[Inbox]) -> Iterator[str]:
    """What only one version can read, counted."""
    rows = [{_row(problem) for problem in box.problems} for box in boxes]
    for pack, other, own in ((old, new, rows[0] - rows[1]), (new, old, rows[1] - rows[0])):
        if own:
            count = words.count(len(own), "record")
            yield f"Counted under {other.name} alone, as {pack.name} cannot read it: {count}."


def _pairs(packs: tuple[Pack, Pack], boxes: Sequence[Inbox], staff: PeopleList, outcomes: Sequence[str]) -> list[Pair]:
    grouped: list[dict[str, list[Evidence]]] = []
    seen: dict[str, set[str]] = {name: set() for name in outcomes}
    for pack, box in zip(packs, boxes, strict=True):
        of: dict[str, list[Evidence]] = defaultdict(list)
        for record in box.evidence:
            if record.framework == pack.id:
                of[record.person].append(record)
                for outcome in pack.outcomes_of(record):
                    if outcome.id in seen:
                        seen[outcome.id].add(record.person)
        grouped.append(of)
    was, now = grouped
    return [
        Pair(name, staff.people.get(person) or Person(person=person), was.get(person, []), now.get(person, []))
        for name in outcomes
        for person in sorted(seen[name])
    ]
