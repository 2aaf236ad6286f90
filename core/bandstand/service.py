"""The use cases, which every edge goes through: read evidence, evaluate, explain, write sheets."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import structlog

from bandstand import words
from bandstand.asking import check_settings, outcomes_asked
from bandstand.candidates import candidates
from bandstand.effective import notes_on_validity, read_effective, refuse_where_expired
from bandstand.engine.evaluate import Evaluated, Evaluator
from bandstand.engine.publish import publish, why_not
from bandstand.errors import NotFoundError, ProblemsError, RefusedError
from bandstand.interop.inbox import Limits
from bandstand.interop.people import PeopleList, read_people
from bandstand.locks.guard import enforce
from bandstand.locks.lockfile import read_lock
from bandstand.models.evidence import Person
from bandstand.models.problem import by_place
from bandstand.plugins import Catalogue, load_catalogue
from bandstand.rules.base import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from bandstand.interop.inbox import Inbox
    from bandstand.interop.sheet import SheetSummary
    from bandstand.models.evaluation import Evaluation, WhyNot
    from bandstand.models.evidence import Evidence
    from bandstand.models.listing import Candidate
    from bandstand.models.lock import Standing
    from bandstand.models.problem import Problem
    from bandstand.packs.pack import Pack

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of some evidence.

    Attributes:
        framework: Evaluate under this framework only; under every one that the evidence is for when None.
        outcome: Ask the framework for this outcome only; for every one that the evidence is for when None.
        people: Evaluate these people only; everyone when empty.
        purpose: What for; when None, each framework's first purpose, or the first of the outcome that is asked for.
        as_of: Evidence up to this date counts; the date of the newest evidence when None.
        review_point: The last review point that counts; all when None.
        since: An earlier day to compare with; none when None.
        settings: What the trust sets for everybody, by the fact's id.
        keep_going: Evaluate what is good when some of the input has problems.
        refuse_expired: Refuse a framework that is not valid at the as-of date, instead of saying so.
    """

    framework: str | None = None
    outcome: str | None = None
    people: tuple[str, ...] = ()
    purpose: str | None = None
    as_of: dt.date | None = None
    review_point: str | None = None
    since: dt.date | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    keep_going: bool = False
    refuse_expired: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """One person and one outcome of one framework, ready to be evaluated."""

    evaluator: Evaluator
    outcome: str
    person: Person
    evidence: Sequence[Evidence]
    as_of: dt.date
    question: Question

    def evaluate(self) -> Evaluated:
        """See :meth:`bandstand.engine.evaluate.Evaluator.evaluate`."""
        question = self.question
        evaluated = self.evaluator.evaluate(
            self.person,
            self.evidence,
            self.as_of,
            outcome=self.outcome,
            purpose=question.purpose,
            review_point=question.review_point if self.evaluator.pack.framework.review_points else None,
            settings=question.settings,
            since=question.since,
        )
        if evaluated.differences:
            _log.error("engines_disagree", pack=self.evaluator.pack.name, differences=len(evaluated.differences))
        return evaluated


@dataclass(frozen=True, slots=True)
class Docket:
    """Everything that is to be evaluated, and what came with it.

    Attributes:
        cases: By framework, then outcome, then person.
        as_of: Evidence up to this date counts.
        problems: Problems of the input; there are none unless going on in spite of them was asked for.
        notes: What a user should know and need not mend.
    """

    cases: list[Case]
    as_of: dt.date
    problems: list[Problem]
    notes: list[str]

    def evaluations(self) -> Iterator[Evaluation]:
        """Each case evaluated and published, one after the other."""
        for case in self.cases:
            yield publish(case.evaluate())

    def explained(self, level: int | None) -> Iterator[tuple[Evaluation, WhyNot | None]]:
        """Each case with what stands between its person and ``level``, when one is asked about.

        Cases of frameworks and outcomes that have no such level come without.

        Raises:
            NotFoundError: None of them has the level; the message names those that there are.
        """
        asked = {(case.evaluator, case.outcome): case.evaluator.levels(case.outcome) for case in self.cases}
        known = sorted({known for levels in asked.values() for known in levels})
        if level is not None and self.cases and level not in known:
            has = f"the levels are {words.listed(list(map(str, known)), 12)}" if known else "it has no levels"
            raise NotFoundError(f"What is asked for here has no level {level}; {has}.")
        return self._explained(level, asked)

    def _explained(
        self, level: int | None, levels: Mapping[tuple[Evaluator, str], Sequence[int]]
    ) -> Iterator[tuple[Evaluation, WhyNot | None]]:
        for case in self.cases:
            evaluated = case.evaluate()
            is_asked = level in levels[case.evaluator, case.outcome] and not evaluated.differences
            yield publish(evaluated), why_not(evaluated, level) if level is not None and is_asked else None


class Service:
    """Bandstand's use cases over what is installed.

    Args:
        catalogue: What the plugins add; loaded from what is installed when None.
        today: The present day; evidence after it is a problem.
        durable: Whether durable-rules concludes; when it is available, if None.
        overlays: Folders of a trust's overlays, laid over the packs that they are for.
        lock: The trust's lock; what is not as it says does not serve.

    Raises:
        ProblemsError: An overlay has problems, or the lock cannot be read.
        NotFoundError: An overlay is for a pack that is not installed.
    """

    def __init__(
        self,
        catalogue: Catalogue | None = None,
        *,
        today: dt.date | None = None,
        durable: bool | None = None,
        overlays: Sequence[Path] = (),
        lock: Path | None = None,
    ) -> None:
        installed = load_catalogue() if catalogue is None else catalogue
        #: How each pack stands to the lock; nothing where there is none.
        self.standings: tuple[Standing, ...] = ()
        if lock is None:
            self.catalogue = installed.with_overlays(overlays)
        else:
            enforced = enforce(installed, read_lock(lock), overlays)
            self.catalogue, self.standings = enforced.catalogue, enforced.standings
        self.today = today or dt.datetime.now(tz=dt.UTC).astimezone().date()
        self._durable = durable
        self._evaluators: dict[str, Evaluator] = {}
        for item in self.catalogue.set_aside:
            _log.warning("set_aside", name=item.name, reason=item.reason)

    def pack(self, framework: str, as_of: dt.date | None = None) -> Pack:
        """The pack of a framework that is valid at ``as_of``; ``smart_equip@2024.1`` is that version, whatever the day.

        Raises:
            ProblemsError: The lock refuses it.
            NotFoundError: It is not installed; the message suggests the nearest, or says why it was set aside.
        """
        packs = self.catalogue.frameworks(as_of)
        framework, names_version, version = framework.partition("@")
        if framework in packs and not names_version:
            return packs[framework]
        if framework in packs:
            versions = {pack.version: pack for pack in self.catalogue.versions(framework)}
            if version in versions:
                return versions[version]
            refused = [p for s in self.standings if s.name == f"{framework} {version}" for p in s.problems]
            if refused:
                raise ProblemsError(refused)
            there = words.listed(list(versions))
            raise NotFoundError(f'{framework} is not installed in version "{version}"; there is {there}.')
        if framework in self.refused:
            raise ProblemsError(self.refused[framework])
        for item in self.catalogue.set_aside:
            if item.name == framework:
                raise NotFoundError(f"{framework} was set aside. {item.reason}")
        raise NotFoundError(f'There is no framework "{framework}". {did_you_mean(framework, packs)}')

    def prepare(
        self,
        files: Sequence[Path],
        people: Path | None = None,
        question: Question = Question(),
        *,
        limits: Limits = Limits(),  # noqa: B008 - frozen
        progress: Callable[[int], None] | None = None,
    ) -> Docket:
        """Read the input and see who is to be evaluated under what.

        A framework that does not serve the purpose is left out, and noted, where another does.

        Raises:
            ProblemsError: The input has problems, or is for a framework that the lock refuses, and going on in spite of
                that was not asked for.
            NotFoundError: A framework, outcome, person, setting or review point is not there, or no time since a day.
            RefusedError: No framework that there is evidence for serves the purpose, or is valid where that is asked.
        """
        if question.framework is not None:
            self.check_framework(question.framework)
        check_settings(question.settings, self.catalogue.frameworks(question.as_of or self.today))
        packs, inbox, as_of = read_effective(
            self.catalogue,
            files,
            as_of=question.as_of,
            today=self.today,
            default_framework=question.framework,
            limits=limits,
            progress=progress,
        )
        check_settings(question.settings, packs)
        staff = PeopleList() if people is None else read_people(people, packs, limits=limits)
        problems = self._unrefused([*inbox.problems, *staff.problems], keep_going=question.keep_going)
        if problems and not question.keep_going:
            raise ProblemsError(problems)
        if question.since is not None and question.since >= as_of:
            days = f"{words.day(question.since)} is not before {words.day(as_of)}"
            raise NotFoundError(f"There is no time to compare: {days}, the day up to which evidence counts.")
        notes = [*inbox.notes, *staff.notes]
        cases = self._cases(inbox, staff, replace(question, as_of=as_of), packs, notes)
        used = list(dict.fromkeys(case.evaluator.pack.id for case in cases))
        notes.extend(notes_on_validity(packs, used, as_of, question.since, self.catalogue))
        return Docket(cases, as_of, problems, notes)

    def check_framework(self, framework: str) -> None:
        """See that there is a framework; which version of it is taken is the as-of date's to say.

        Raises:
            NotFoundError: There is none, or a version was named.
        """
        self.pack(framework)
        name, names_version, _ = framework.partition("@")
        if names_version:
            remedy = f"Ask for {name}, and for the day with --as-of."
            raise NotFoundError(f"An evaluation takes the version of {name} that is valid at its as-of date. {remedy}")

    @cached_property
    def refused(self) -> dict[str, list[Problem]]:
        """Why the lock refuses each framework of which nothing serves."""
        serving = {pack.id for pack in self.catalogue.packs}
        refused: dict[str, list[Problem]] = defaultdict(list)
        for standing in self.standings:
            if standing.framework not in serving:
                refused[standing.framework].extend(standing.problems)
        return refused

    def _unrefused(self, problems: Sequence[Problem], *, keep_going: bool = False) -> list[Problem]:
        """Problems of the input; for a framework that the lock refuses, why, and not that it is not installed.

        Raises:
            ProblemsError: There is input for such a framework, and going on in spite of that was not asked for. What
                else is wrong is mostly that nothing of the framework is known.
        """
        names = {p.value for p in problems if p.code == "unknown-framework" and p.value in self.refused}
        why = [problem for name in names for problem in self.refused[str(name)]]
        if why and not keep_going:
            raise ProblemsError(why)
        return by_place([*(p for p in problems if p.code != "unknown-framework" or p.value not in names), *why])

    def _cases(
        self,
        inbox: Inbox,
        staff: PeopleList,
        question: Question,
        packs: Mapping[str, Pack],
        notes: list[str],
    ) -> list[Case]:
        as_of = question.as_of
        assert as_of is not None
        named = [question.framework] if question.framework else []
        asked = outcomes_asked(named, question.outcome, question.purpose, packs)
        grouped: dict[tuple[str, str], list[Evidence]] = defaultdict(list)
        for record in inbox.evidence:
            grouped[record.framework, record.person].append(record)
        has_problems = bool(inbox.problems or staff.problems)
        everybody = {person for _, person in grouped} | set(staff.people)
        _check_people(question.people, everybody, has_problems=has_problems)
        wanted = _wanted(grouped, asked, question.people, packs)
        other = sum(len(records) for (name, _), records in grouped.items() if name not in asked)
        if other:
            records_left = words.count(other, "record")
            than = question.framework or f"those with the outcome {question.outcome}"
            notes.append(f"Left out, being for other frameworks than {than}: {records_left}.")
        silent = sorted(set(staff.people) - {person for _, person in grouped})
        if silent and not question.people:
            who = words.count(len(silent), "person", "people")
            notes.append(f"Not evaluated, without any evidence: {who} on the list ({words.listed(silent)}).")
        # Without the facts of a row that could not be read, a rule that protects somebody might not fire.
        rejected = sorted(staff.rejected & {person for _, _, person in wanted})
        if rejected:
            who = words.count(len(rejected), "person", "people")
            notes.append(f"Not evaluated, as their row of the staff list is bad: {who} ({words.listed(rejected)}).")
        cases = []
        refused: dict[str, RefusedError] = {}
        for framework, outcomes in asked.items():
            for outcome in outcomes:
                people = sorted(p for f, o, p in wanted if (f, o) == (framework, outcome) and p not in staff.rejected)
                if not people:
                    continue
                try:
                    evaluator = self._evaluator(packs[framework], outcome, question, as_of)
                except RefusedError as error:
                    refused[framework] = error
                    continue
                for person in people:
                    known = staff.people.get(person) or Person(person=person)
                    records = grouped.get((framework, person), [])
                    cases.append(Case(evaluator, outcome, known, records, as_of, question))
        if refused and not cases:
            raise next(iter(refused.values()))
        notes.extend(f"Left out. {error}" for error in refused.values())
        placed = {
            case.person.person
            for case in cases
            if case.evaluator.pack.outcomes[case.outcome].zone or case.evaluator.pack.framework.career_stages
        }
        unlisted = sorted(placed - set(staff.people)) if staff.people else []
        if unlisted:
            who = words.count(len(unlisted), "person", "people")
            notes.append(f"Not on the list, and so without grade or career stage: {who} ({words.listed(unlisted)}).")
        return cases

    def _evaluator(self, pack: Pack, outcome: str, question: Question, as_of: dt.date) -> Evaluator:
        refuse_where_expired(pack, as_of, by_option=question.refuse_expired)
        if pack.name not in self._evaluators:
            self._evaluators[pack.name] = Evaluator(pack, durable=self._durable)
        evaluator = self._evaluators[pack.name]
        evaluator.served(question.purpose, outcome)
        if pack.framework.review_points or question.framework == pack.id:
            # A review point of one framework says nothing to those that have none.
            evaluator.check_review_point(question.review_point)
        return evaluator

    def candidates(
        self,
        files: Sequence[Path],
        to: str,
        people: Sequence[str] = (),
        *,
        limits: Limits = Limits(),  # noqa: B008 - frozen
    ) -> list[Candidate]:
        """Evidence for other frameworks that may be worth a look under the framework ``to``.

        Raises:
            ProblemsError: The input has problems.
            NotFoundError: There is no such framework, or nothing about one of the people.
        """
        self.check_framework(to)
        packs, inbox, _ = read_effective(
            self.catalogue, files, as_of=None, today=self.today, default_framework=None, limits=limits
        )
        if inbox.problems:
            raise ProblemsError(self._unrefused(inbox.problems))
        _check_people(people, {record.person for record in inbox.evidence}, has_problems=False)
        records = [record for record in inbox.evidence if not people or record.person in people]
        return candidates(records, packs, to)

    def write_sheet(self, framework: str, path: Path, levels: Sequence[int] | None, person: str | None) -> SheetSummary:
        """Write a framework's ragging sheet as a workbook.

        Raises:
            NotFoundError: There is no such framework, sheet or level.
        """
        from bandstand.interop.sheet import write_sheet  # noqa: PLC0415 - only needed to write

        return write_sheet(self.pack(framework, self.today), path, levels=levels, person=person)


def _wanted(
    grouped: Mapping[tuple[str, str], Sequence[Evidence]],
    asked: Mapping[str, Sequence[str]],
    people: Sequence[str],
    packs: Mapping[str, Pack],
) -> set[tuple[str, str, str]]:
    """Framework, outcome and person of each case: of what is asked for, that which there is evidence for.

    Somebody who was asked for by name is evaluated even on no evidence at all, which says so.
    """
    wanted: set[tuple[str, str, str]] = set()
    for (framework, person), records in grouped.items():
        if framework not in asked or (people and person not in people):
            continue
        of = {outcome.id for record in records for outcome in packs[framework].outcomes_of(record)}
        wanted.update((framework, outcome, person) for outcome in asked[framework] if outcome in of)
    seen = {person for _, _, person in wanted}
    unseen = [person for person in dict.fromkeys(people) if person not in seen]
    wanted.update((name, outcomes[0], person) for person in unseen for name, outcomes in asked.items() if outcomes)
    return wanted


def _check_people(asked: Sequence[str], known: set[str], *, has_problems: bool) -> None:
    for person in asked:
        if person not in known:
            # No guess: the nearest id would be a colleague's.
            where = "what could be read of these files" if has_problems else "these files"
            also = " Without --keep-going, what is wrong with the rest is told." if has_problems else ""
            raise NotFoundError(f'There is nothing about "{person}" in {where}. Check the id.{also}')
