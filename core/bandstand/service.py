"""The use cases, which every edge goes through: read evidence, evaluate, explain, write sheets."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import structlog

from bandstand import words
from bandstand.engine.evaluate import Evaluated, Evaluator
from bandstand.engine.publish import publish, why_not
from bandstand.errors import NotFoundError, ProblemsError
from bandstand.interop.inbox import Inbox, Limits, read_evidence
from bandstand.interop.people import PeopleList, read_people
from bandstand.models.evidence import Person
from bandstand.models.problem import by_place
from bandstand.plugins import Catalogue, load_catalogue
from bandstand.rules.base import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from bandstand.interop.sheet import SheetSummary
    from bandstand.models.evaluation import Evaluation, WhyNot
    from bandstand.models.evidence import Evidence
    from bandstand.models.problem import Problem
    from bandstand.packs.pack import Pack

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of some evidence.

    Attributes:
        framework: Evaluate under this framework only; under every one that the evidence is for when None.
        people: Evaluate these people only; everyone when empty.
        purpose: What for; each framework's first purpose when None.
        as_of: Evidence up to this date counts; the date of the newest evidence when None.
        review_point: The last review point that counts; all when None.
        keep_going: Evaluate what is good when some of the input has problems.
    """

    framework: str | None = None
    people: tuple[str, ...] = ()
    purpose: str | None = None
    as_of: dt.date | None = None
    review_point: str | None = None
    keep_going: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """One person under one framework, ready to be evaluated."""

    evaluator: Evaluator
    person: Person
    evidence: Sequence[Evidence]
    as_of: dt.date
    question: Question

    def evaluate(self) -> Evaluated:
        """See :meth:`bandstand.engine.evaluate.Evaluator.evaluate`."""
        question = self.question
        evaluated = self.evaluator.evaluate(
            self.person, self.evidence, self.as_of, purpose=question.purpose, review_point=question.review_point
        )
        if evaluated.differences:
            _log.error("engines_disagree", pack=self.evaluator.pack.name, differences=len(evaluated.differences))
        return evaluated


@dataclass(frozen=True, slots=True)
class Docket:
    """Everything that is to be evaluated, and what came with it.

    Attributes:
        cases: By framework, then person.
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
        """Each case with what stands between its person and ``level``, when one is asked about."""
        for case in self.cases:
            evaluated = case.evaluate()
            yield publish(evaluated), None if level is None else why_not(evaluated, level)


class Service:
    """Bandstand's use cases over what is installed.

    Args:
        catalogue: What the plugins add; loaded from what is installed when None.
        today: The present day; evidence after it is a problem.
        durable: Whether durable-rules concludes; when it is available, if None.
    """

    def __init__(
        self, catalogue: Catalogue | None = None, *, today: dt.date | None = None, durable: bool | None = None
    ) -> None:
        self.catalogue = load_catalogue() if catalogue is None else catalogue
        self.today = today or dt.datetime.now(tz=dt.UTC).astimezone().date()
        self._durable = durable
        self._evaluators: dict[str, Evaluator] = {}
        for item in self.catalogue.set_aside:
            _log.warning("set_aside", name=item.name, reason=item.reason)

    def pack(self, framework: str, as_of: dt.date | None = None) -> Pack:
        """The pack of a framework that is valid at ``as_of``.

        Raises:
            NotFoundError: It is not installed; the message suggests the nearest, or says why it was set aside.
        """
        packs = self.catalogue.frameworks(as_of)
        if framework in packs:
            return packs[framework]
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

        Raises:
            ProblemsError: The input has problems, and going on in spite of them was not asked for.
            NotFoundError: A framework, person or review point is not there.
            RefusedError: A framework does not serve the purpose.
        """
        packs = self.catalogue.frameworks(question.as_of)
        if question.framework is not None:
            self.pack(question.framework, question.as_of)
        inbox = read_evidence(
            files,
            packs,
            default_framework=question.framework,
            today=self.today,
            limits=limits,
            readers=self.catalogue.readers,
            progress=progress,
        )
        staff = PeopleList() if people is None else read_people(people, packs, limits=limits)
        problems = by_place([*inbox.problems, *staff.problems])
        if problems and not question.keep_going:
            raise ProblemsError(problems)
        as_of = question.as_of or max((record.date for record in inbox.evidence), default=self.today)
        if question.as_of is None and self.catalogue.frameworks(as_of) != packs:
            # The newest evidence is of another version's time: read again, as if that day had been asked for.
            return self.prepare(files, people, replace(question, as_of=as_of), limits=limits, progress=progress)
        notes = [*inbox.notes, *staff.notes]
        return Docket(self._cases(inbox, staff, question, as_of, notes), as_of, problems, notes)

    def _cases(
        self, inbox: Inbox, staff: PeopleList, question: Question, as_of: dt.date, notes: list[str]
    ) -> list[Case]:
        grouped: dict[tuple[str, str], list[Evidence]] = defaultdict(list)
        for record in inbox.evidence:
            grouped[record.framework, record.person].append(record)
        self._check_people(question.people, {person for _, person in grouped} | set(staff.people))
        wanted = [
            (framework, person)
            for framework, person in sorted(grouped)
            if question.framework in (None, framework) and (not question.people or person in question.people)
        ]
        # Somebody who was asked for by name is evaluated even on no evidence at all, which says so.
        seen = {person for _, person in wanted}
        frameworks = [question.framework] if question.framework else list(self.catalogue.frameworks(question.as_of))
        unseen = [person for person in dict.fromkeys(question.people) if person not in seen]
        wanted.extend((name, person) for person in unseen for name in frameworks)
        other = sum(len(records) for key, records in grouped.items() if question.framework not in (None, key[0]))
        if other:
            records = words.count(other, "record")
            notes.append(f"Left out, being for other frameworks than {question.framework}: {records}.")
        silent = sorted(set(staff.people) - {person for _, person in grouped})
        if silent and not question.people:
            who = words.count(len(silent), "person", "people")
            notes.append(f"Not evaluated, without any evidence: {who} on the list ({words.listed(silent)}).")
        # Without the facts of a row that could not be read, a rule that protects somebody might not fire.
        rejected = sorted(staff.rejected & {person for _, person in wanted})
        if rejected:
            who = words.count(len(rejected), "person", "people")
            notes.append(f"Not evaluated, as their row of the staff list is bad: {who} ({words.listed(rejected)}).")
        cases = []
        for framework, person in wanted:
            if person in staff.rejected:
                continue
            evaluator = self._evaluator(framework, question)
            known = staff.people.get(person) or Person(person=person)
            cases.append(Case(evaluator, known, grouped.get((framework, person), []), as_of, question))
        if staff.people:
            unlisted = sorted({case.person.person for case in cases} - set(staff.people))
            if unlisted:
                who = words.count(len(unlisted), "person", "people")
                notes.append(f"Not on the list, and so without a zone: {who} ({words.listed(unlisted)}).")
        return cases

    def _check_people(self, asked: Sequence[str], known: set[str]) -> None:
        for person in asked:
            if person not in known:
                # No guess: the nearest id would be a colleague's.
                raise NotFoundError(f'There is nothing about "{person}" in these files. Check the id.')

    def _evaluator(self, framework: str, question: Question) -> Evaluator:
        pack = self.pack(framework, question.as_of)
        if pack.digest not in self._evaluators:
            self._evaluators[pack.digest] = Evaluator(pack, durable=self._durable)
        evaluator = self._evaluators[pack.digest]
        evaluator.served(question.purpose)
        evaluator.check_review_point(question.review_point)
        return evaluator

    def write_sheet(self, framework: str, path: Path, levels: Sequence[int] | None, person: str | None) -> SheetSummary:
        """Write a framework's ragging sheet as a workbook.

        Raises:
            NotFoundError: There is no such framework, sheet or level.
        """
        from bandstand.interop.sheet import write_sheet  # noqa: PLC0415 - only needed to write

        return write_sheet(self.pack(framework), path, levels=levels, person=person)
