"""Evaluate a whole workforce on this machine: from files to a table of results."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bandstand import words
from bandstand.cohort import local
from bandstand.cohort.batch import date_of
from bandstand.cohort.kernel import Kernel
from bandstand.cohort.newest import newest_written
from bandstand.cohort.output import write_results
from bandstand.cohort.parts import NotInRangeError, Worker
from bandstand.cohort.pool import Pool
from bandstand.cohort.staff_in import StaffFile
from bandstand.cohort.work import SPOOL, WorkFolder
from bandstand.effective import notes_on_validity
from bandstand.models.cohort_run import RUN_KEY
from bandstand.workforce.asked import Asked, asked, check_question
from bandstand.workforce.given import CohortDone, look_at
from bandstand.workforce.local_record import Pins, fingerprint, record_of
from bandstand.workforce.rejected import write_rejected

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from bandstand.cohort.local import Plan, Progress, Resources
    from bandstand.cohort.tally import Tally
    from bandstand.packs.pack import Pack
    from bandstand.service import Service
    from bandstand.workforce.asked import CohortQuestion
    from bandstand.workforce.given import EvidenceFiles, Given

#: How often the day up to which evidence counts is set right by what was read.
_TRIES = 4


def evaluate_workforce(
    service: Service,
    question: CohortQuestion,
    given: Given,
    resources: Resources,
    progress: Progress,
    *,
    restart: bool = False,
) -> CohortDone:
    """Evaluate everybody, and write the table of results.

    Args:
        service: What is installed.
        question: What is asked.
        given: What is read and written.
        resources: What may be used.
        progress: Told what is done.
        restart: Whether to begin anew where an earlier run was interrupted.

    Raises:
        ProblemsError: A file cannot be read at all, or the lock refuses a framework that was named.
        NotFoundError: A framework, outcome, setting or review point is not there, or no time since a day.
        RefusedError: No framework that there is evidence for serves the purpose, or is valid where that is asked; or
            another run is at work on the output.
        RunError: The machine has not what it takes.
    """
    check_question(service, question)
    evidence = look_at(given.files, service.catalogue, question.default_framework, service.today)
    plan = local.plan(evidence.inputs.chunks, resources, evidence.kind)
    pins = Pins.of(evidence, given)
    made_of = fingerprint("evaluate", service, question, evidence, given, plan.rows)
    with WorkFolder.beside(given.output).of(made_of, restart=restart) as work:
        run = _Run(service, question, given, evidence, work, resources, progress)
        found = run.evaluated(plan)
        done = run.written(found, pins)
        done.notes[:0] = work.notes
        work.done = True
    return done


@dataclass(frozen=True, slots=True)
class _Found:
    """What came of everybody.

    Attributes:
        as_of: The day up to which evidence counted.
        packs: Framework id -> the version that counted.
        staff: The staff list, if there is one.
        asked: What was asked.
        parts: The results, in parts that follow one another.
        tally: What was counted.
    """

    as_of: dt.date
    packs: Mapping[str, Pack]
    staff: StaffFile | None
    asked: Asked
    parts: list[Path]
    tally: Tally


@dataclass(frozen=True, slots=True)
class _Run:
    service: Service
    question: CohortQuestion
    given: Given
    evidence: EvidenceFiles
    work: WorkFolder
    resources: Resources
    progress: Progress

    def evaluated(self, plan: Plan) -> _Found:
        """Evaluate everybody; where no day was named, up to that of the newest evidence that could be read."""
        guess = self.question.as_of
        if guess is None and plan.sources is not None:
            guess = newest_written(self.evidence.inputs.chunks, self.service.today)
        for left in range(_TRIES, 0, -1):
            packs = self.service.catalogue.frameworks(guess or self.service.today)
            try:
                found = self._tried(plan, packs, guess)
            except NotInRangeError:
                plan = replace(plan, sources=None)
                self.work.forget("parts")
                continue
            newest = _day(found.tally.newest) or self.service.today
            guess = self.question.as_of or newest
            if (found.as_of == guess and self.service.catalogue.frameworks(guess) == packs) or left == 1:
                return found
            # What seemed to be the newest evidence could not be read, or is of another version's time.
            for folder in ("parts", "spool"):
                self.work.forget(folder)
            (self.work.path / SPOOL).unlink(missing_ok=True)
        raise AssertionError  # pragma: no cover - input is out of range once at most

    def _tried(self, plan: Plan, packs: Mapping[str, Pack], day: dt.date | None) -> _Found:
        staff = None
        if self.given.people is not None:
            staff = StaffFile.read(self.given.people, packs, self.work.path / "people.arrow")
        today = self.service.today
        if plan.sources is not None:
            as_of = day or today
            ask, worker = self._asked(packs, staff, as_of)
            with Pool(worker, plan.processes) as pool:
                parts, tally = local.run_parts(pool, plan.sources, self.work, self.progress)
            return _Found(as_of, packs, staff, ask, parts, tally)
        ask, worker = self._asked(packs, staff, day)
        with Pool(worker, plan.processes) as pool:
            spooled = local.spool(pool, self.evidence.inputs.chunks, plan, self.work, self.progress)
            if day is not None:
                parts, tally = local.run_parts(pool, spooled.sources(plan.rows), self.work, self.progress)
        if day is None:
            # Only now it is known up to which day evidence counts.
            day = _day(spooled.tally.newest) or today
            ask, worker = self._asked(packs, staff, day)
            with Pool(worker, plan.processes) as pool:
                parts, tally = local.run_parts(pool, spooled.sources(plan.rows), self.work, self.progress)
        tally.add(spooled.tally)
        return _Found(day, packs, staff, ask, parts, tally)

    def _asked(self, packs: Mapping[str, Pack], staff: StaffFile | None, day: dt.date | None) -> tuple[Asked, Worker]:
        """What is asked as at a day, and what each process begins with; nothing is asked where the day is not known."""
        ask = Asked((), {}) if day is None else asked(self.question, packs, day)
        kernels = [Kernel(each) for each in ask.asks]
        default, today = self.question.default_framework, self.service.today
        coder = self.evidence.coder(self.service.catalogue, packs, default, today, self.work.path)
        return ask, Worker(coder, kernels, staff, self.resources.people(kernels))

    def written(self, found: _Found, pins: Pins) -> CohortDone:
        """Write the table, and what could not be read.

        Raises:
            RefusedError: All evidence is for frameworks that do not serve what was asked.
        """
        tally, staff, refused = found.tally, found.staff, found.asked.refused
        if not tally.written:
            for name, error in refused.items():
                if tally.frameworks.get(name):
                    raise error
        used = [name for name in dict.fromkeys(ask.pack.id for ask in found.asked.asks) if tally.frameworks.get(name)]
        problems = self.evidence.problems(tally)
        notes = [*self.evidence.inputs.notes, *(() if staff is None else staff.rest.notes), *tally.gone.notes()]
        notes.extend(_notes(found, self.question))
        since, catalogue = self.question.since, self.service.catalogue
        notes.extend(notes_on_validity(found.packs, used, found.as_of, since, catalogue))
        packs = [found.packs[name] for name in used]
        today = self.service.today
        run = record_of(self.question, self.given, pins, today, found.as_of, packs, tally, staff)
        self.progress("Writing", 0, 1)
        write_results(self.given.output, found.parts, {RUN_KEY: run.model_dump_json()})
        self.progress("Writing", 1, 1)
        file = write_rejected(self.given.reject_file, self.work, problems, staff, self.service.refused)
        return CohortDone(run, self.given.output, file, notes)


def _notes(found: _Found, question: CohortQuestion) -> Iterator[str]:
    """What a user should know of who and what was left out."""
    tally, staff, refused = found.tally, found.staff, found.asked.refused
    names = {ask.pack.id for ask in found.asked.asks}
    other = sum(count for name, count in tally.frameworks.items() if name not in names and name not in refused)
    if other:
        than = words.listed(list(question.frameworks)) or f"those with the outcome {question.outcome}"
        yield f"Left out, being for other frameworks than {than}: {_count(other, 'record')}."
    for name, error in refused.items():
        if tally.frameworks.get(name):
            yield f"Left out. {error}"
    if staff is None:
        return
    silent = staff.listed - tally.listed
    if silent > 0:
        yield f"Not evaluated, without any evidence: {_count(silent, 'person', 'people')} on the list."
    if tally.barred:
        yield f"Not evaluated, as their row of the staff list is bad: {_count(tally.barred, 'person', 'people')}."
    unlisted = tally.people - tally.listed
    if unlisted > 0:
        yield f"Not on the list, and so without grade or career stage: {_count(unlisted, 'person', 'people')}."


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _day(day: int | None) -> dt.date | None:
    return None if day is None else date_of(day)
