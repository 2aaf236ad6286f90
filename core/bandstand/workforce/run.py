"""Evaluate a whole workforce on this machine, or bring its evidence into coded form: from files to files."""

from __future__ import annotations

import contextlib
import datetime as dt
import shutil
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bandstand import __version__, words
from bandstand.cohort import local, rejects
from bandstand.cohort.coded import CodedFolder, look_into_folder, write_folder
from bandstand.cohort.coding import Coder
from bandstand.cohort.files import WANTED, InputFile, Inputs, find_files, is_coded, look_into, unread
from bandstand.cohort.kernel import Kernel
from bandstand.cohort.newest import newest_written
from bandstand.cohort.output import write_results
from bandstand.cohort.parts import NotInRangeError, Worker
from bandstand.cohort.pool import Pool
from bandstand.cohort.spooled import SPOOLED
from bandstand.cohort.staff_in import read_staff
from bandstand.cohort.tally import Tally
from bandstand.cohort.work import WorkFolder
from bandstand.effective import notes_on_validity
from bandstand.errors import ProblemsError, RefusedError
from bandstand.interop.columns import ColumnWatch
from bandstand.interop.source import EVIDENCE, file_problem, name_of
from bandstand.models.cohort_run import RUN_KEY, CohortRun, RunCounts
from bandstand.workforce.asked import Asked, asked, check_question
from bandstand.workforce.pins import folder_pin, pin
from bandstand.workforce.recorded import record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bandstand.cohort.local import Plan, Progress, Resources
    from bandstand.cohort.staff import PeopleTable
    from bandstand.models.problem import Problem
    from bandstand.packs.pack import Pack
    from bandstand.service import Service
    from bandstand.workforce.asked import CohortQuestion

#: How often the day up to which evidence counts is set right by what was read.
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Given:
    """The files of a run.

    Attributes:
        files: Evidence: files, patterns, folders, or one folder of coded evidence.
        output: What is written.
        rejects: Where rows are put that cannot be read; beside the output when None.
        people: The staff list, if there is one.
        overlays: Folders of overlays, as they were given.
        lock: The trust's lock, if there is one.
    """

    files: Sequence[Path]
    output: Path
    rejects: Path | None = None
    people: Path | None = None
    overlays: Sequence[Path] = ()
    lock: Path | None = None

    @property
    def reject_file(self) -> Path:
        """Where rows are put that cannot be read."""
        name = self.output.name.removesuffix(self.output.suffix)
        return self.rejects or self.output.with_name(f"{name}.rejects.csv")


@dataclass(slots=True)
class CohortDone:
    """What came of a run.

    Attributes:
        run: What was read and asked, and how much there was of everything.
        output: What was written.
        rejects: Where the rows are that could not be read; None where there are none.
        notes: What a user should know and need not mend.
        problems: How many problems of files there are besides.
    """

    run: CohortRun
    output: Path
    rejects: Path | None
    notes: list[str] = field(default_factory=list)
    problems: int = 0


@dataclass(slots=True)
class _Read:
    """What is read: files of evidence, or a folder of coded evidence."""

    inputs: Inputs
    folder: CodedFolder | None

    @property
    def kind(self) -> type:
        return str if self.folder is None else int


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
        ProblemsError: A file cannot be read at all, or is for a framework that the lock refuses.
        NotFoundError: A framework, outcome, setting or review point is not there, or no time since a day.
        RefusedError: No framework that there is evidence for serves the purpose, or is valid where that is asked.
        RunError: The machine has not what it takes.
    """
    check_question(service, question)
    return _Run(service, question, given, resources, progress).evaluate(restart=restart)


def encode_evidence(
    service: Service, question: CohortQuestion, given: Given, resources: Resources, progress: Progress
) -> CohortDone:
    """Bring evidence into coded form: a folder that is read several times as fast, with each person's rows together.

    Raises:
        ProblemsError: A file cannot be read at all.
        NotFoundError: A framework is not there.
    """
    check_question(service, question)
    return _Run(service, question, given, resources, progress).encode()


class _Run:
    def __init__(
        self, service: Service, question: CohortQuestion, given: Given, resources: Resources, progress: Progress
    ) -> None:
        self._service, self._question, self._given = service, question, given
        self._resources, self._progress = resources, progress
        self._catalogue, self._today = service.catalogue, service.today

    def evaluate(self, *, restart: bool) -> CohortDone:
        read = self._look()
        work = WorkFolder.beside(self._given.output)
        thrown = work.begin(self._fingerprint(read, "evaluate"), restart=restart)
        finished = False
        try:
            done = self._evaluated(read, work)
            finished = True
        finally:
            work.end(remove=finished or not _has_any(work))
        if thrown:
            done.notes.insert(0, "What another run for this output had begun was thrown away.")
        elif work.resumed:
            done.notes.insert(0, "Went on from where an earlier run had got.")
        return done

    def _evaluated(self, read: _Read, work: WorkFolder) -> CohortDone:
        question, total = self._question, Tally()
        as_of = question.as_of
        plan = local.plan(read.inputs.chunks, self._resources, read.kind)
        guess = None
        if as_of is None and plan.sources is not None:
            guess = newest_written(read.inputs.chunks, self._today)
        for _ in range(_TRIES):
            packs = self._catalogue.frameworks(as_of or guess or self._today)
            people = None if self._given.people is None else read_staff(self._given.people, packs)
            try:
                day, ask, parts, total = self._try(read, work, plan, packs, people, as_of or guess)
            except NotInRangeError:
                plan = replace(plan, sources=None)
                work.forget("parts")
                continue
            exact = as_of or _day(total.newest) or self._today
            if day == exact and self._catalogue.frameworks(day) == packs:
                break
            # The newest evidence that can be read is of another day than it seemed.
            guess = exact
            for folder in ("parts", "spool"):
                work.forget(folder)
            (work.path / SPOOLED).unlink(missing_ok=True)
        return self._written(read, work, packs, people, day, ask, parts, total)

    def _try(
        self,
        read: _Read,
        work: WorkFolder,
        plan: Plan,
        packs: Mapping[str, Pack],
        people: PeopleTable | None,
        day: dt.date | None,
    ) -> tuple[dt.date, Asked, list[Path], Tally]:
        if plan.sources is not None:
            as_of = day or self._today
            ask, worker = self._asked(read, work, packs, people, as_of)
            with Pool(worker, plan.processes) as pool:
                return as_of, ask, *local.run_parts(pool, plan.sources, work, self._progress)
        ask, worker = self._asked(read, work, packs, people, day)
        with Pool(worker, plan.processes) as pool:
            spooled = local.spool(pool, read.inputs.chunks, plan, work, self._progress)
            if day is not None:
                parts, tally = local.run_parts(pool, spooled.sources(plan.rows), work, self._progress)
        if day is None:
            # Only now it is known up to which day evidence counts.
            day = _day(spooled.tally.newest) or self._today
            ask, worker = self._asked(read, work, packs, people, day)
            with Pool(worker, plan.processes) as pool:
                parts, tally = local.run_parts(pool, spooled.sources(plan.rows), work, self._progress)
        tally.add(spooled.tally)
        return day, ask, parts, tally

    def _asked(
        self, read: _Read, work: WorkFolder, packs: Mapping[str, Pack], people: PeopleTable | None, day: dt.date | None
    ) -> tuple[Asked, Worker]:
        """What is asked as at a day, and what each process begins with; nothing is asked where the day is not known."""
        ask = Asked((), {}) if day is None else asked(self._question, packs, day)
        kernels = [Kernel(each) for each in ask.asks]
        worker = Worker(self._coder(read, packs, work), kernels, people, self._resources.people(kernels))
        return ask, worker

    def _written(
        self,
        read: _Read,
        work: WorkFolder,
        packs: Mapping[str, Pack],
        people: PeopleTable | None,
        as_of: dt.date,
        ask: Asked,
        parts: Sequence[Path],
        tally: Tally,
    ) -> CohortDone:
        if ask.refused and not tally.written and set(ask.refused) & set(tally.frameworks):
            raise next(error for name, error in ask.refused.items() if name in tally.frameworks)
        names = {each.pack.id for each in ask.asks}
        used = [name for name in dict.fromkeys(each.pack.id for each in ask.asks) if tally.frameworks.get(name)]
        notes = [*read.inputs.notes, *(() if people is None else people.notes), *tally.gone.notes()]
        notes.extend(_notes(tally, ask, names, people, self._question))
        notes.extend(notes_on_validity(packs, used, as_of, self._question.since, self._catalogue))
        file_problems = self._file_problems(read, tally)
        run = self._record(read, as_of, [packs[name] for name in used], tally, people)
        self._progress("Writing", 0, 1)
        write_results(self._given.output, parts, {RUN_KEY: run.model_dump_json()})
        self._progress("Writing", 1, 1)
        file = self._write_rejects(work, file_problems, people)
        return CohortDone(run, self._given.output, file, notes, len(file_problems) + self._staff_problems(people))

    def encode(self) -> CohortDone:
        read = self._look()
        if read.folder is not None:
            message = "This folder holds coded evidence already."
            raise ProblemsError([file_problem(read.folder.path, "is-a-folder", message, "Name the files it is from.")])
        work = WorkFolder.beside(self._given.output)
        work.begin(self._fingerprint(read, "encode"), restart=False)
        finished = False
        try:
            done = self._encoded(read, work)
            finished = True
        finally:
            work.end(remove=finished or not _has_any(work))
        return done

    def _encoded(self, read: _Read, work: WorkFolder) -> CohortDone:
        plan = local.plan(read.inputs.chunks, self._resources)
        day = self._question.as_of or self._today
        packs = self._catalogue.frameworks(day)
        coder = Coder(packs, default_framework=self._question.default_framework, today=self._today)
        try:
            parts, tally = self._ordered(coder, read, work, plan)
        except NotInRangeError:
            work.forget("parts")
            parts, tally = self._ordered(coder, read, work, replace(plan, sources=None))
        used = [packs[name] for name in sorted(tally.frameworks)]
        run = self._record(read, day, used, tally, None)
        about = {
            "engine": f"bandstand {__version__}",
            "evidence": [pin.model_dump(mode="json") for pin in run.evidence],
            "rows": tally.read - tally.rejected,
            "rejected": tally.rejected,
        }
        output = self._given.output
        self._progress("Writing", 0, 1)
        with _whole_folder(output) as unfinished:
            write_folder(unfinished, parts, about)
        self._progress("Writing", 1, 1)
        problems = self._file_problems(read, tally)
        file = self._write_rejects(work, problems, None)
        return CohortDone(run, output, file, list(read.inputs.notes), len(problems))

    def _ordered(self, coder: Coder, read: _Read, work: WorkFolder, plan: Plan) -> tuple[list[Path], Tally]:
        with Pool(Worker(coder, None, None, 1), plan.processes) as pool:
            if plan.sources is not None:
                return local.run_parts(pool, plan.sources, work, self._progress)
            spooled = local.spool(pool, read.inputs.chunks, plan, work, self._progress)
            parts, tally = local.run_parts(pool, spooled.sources(plan.rows), work, self._progress)
        tally.add(spooled.tally)
        return parts, tally

    def _look(self) -> _Read:
        folders = [path for path in self._given.files if is_coded(path)]
        if not folders:
            packs = self._catalogue.frameworks(self._today)
            needs = Coder(packs, default_framework=self._question.default_framework, today=self._today).needs
            return _Read(look_into(find_files(self._given.files), WANTED | needs), None)
        if len(self._given.files) > 1:
            message = "A folder of coded evidence is read by itself: what it holds may stand in the other files too."
            remedy = "Name it alone, or encode all files together."
            raise ProblemsError([file_problem(folders[0], "is-a-folder", message, remedy)])
        folder = look_into_folder(folders[0])
        return _Read(Inputs(list(folder.files), list(folder.chunks)), folder)

    def _coder(self, read: _Read, packs: Mapping[str, Pack], work: WorkFolder) -> Any:
        if read.folder is not None:
            return read.folder.coder(packs, self._today, work.path)
        versions = [pack for pack in self._catalogue.packs if pack is not packs[pack.id]]
        default = self._question.default_framework
        return Coder(packs, default_framework=default, today=self._today, versions=versions)

    def _fingerprint(self, read: _Read, doing: str) -> dict[str, Any]:
        """All that the results depend on."""
        question = self._question
        people = self._given.people
        return {
            "doing": doing,
            "engine": f"bandstand {__version__}",
            "files": [[str(file.path.absolute()), file.size, file.changed] for file in read.inputs.files],
            "people": None if people is None else _state_of(people),
            "packs": sorted([p.name, p.digest, p.overlay.digest if p.overlay else ""] for p in self._catalogue.packs),
            "today": self._today.isoformat(),
            "frameworks": list(question.frameworks),
            "asked": [
                question.outcome,
                question.purpose,
                str(question.as_of),
                question.review_point,
                str(question.since),
                sorted(question.settings.items()),
                question.refuse_expired,
                question.every_conclusion,
            ],
            # Ranges of people are as large as memory lets them be, so what is finished is of use to the same alone.
            "rows": self._resources.rows,
        }

    def _record(
        self, read: _Read, as_of: dt.date, packs: Sequence[Pack], tally: Tally, people: PeopleTable | None
    ) -> CohortRun:
        question, given = self._question, self._given
        if read.folder is None:
            pins = [pin(file.path, file.name) for file in read.inputs.files]
        else:
            pins = [folder_pin([file.path for file in read.folder.files], name_of(read.folder.path))]
        counts = RunCounts(
            read=tally.read,
            rejected=tally.rejected,
            people=tally.people,
            listed=0 if people is None else len(people.ids),
            people_rejected=0 if people is None else len(people.rejects),
            written=tally.written,
        )
        return record(
            question,
            pins,
            None if given.people is None else pin(given.people, name_of(given.people)),
            packs,
            counts,
            as_of=as_of,
            today=self._today,
            overlays=given.overlays,
            lock=given.lock,
        )

    def _file_problems(self, read: _Read, tally: Tally) -> list[Problem]:
        watch = ColumnWatch(EVIDENCE)
        found = list(read.inputs.problems)
        for at, names in sorted(tally.others.items()):
            file = read.inputs.files[at]
            if file.kind == "jsonl":
                found.extend(unread(file, names, watch))
        read.inputs.notes.extend(watch.notes)
        return found

    @staticmethod
    def _staff_problems(people: PeopleTable | None) -> int:
        return 0 if people is None else len(people.rejects) + len(people.problems)

    def _write_rejects(self, work: WorkFolder, problems: Sequence[Problem], people: PeopleTable | None) -> Path | None:
        path = self._given.reject_file
        kept = sorted([*work.path.glob("spool/*.rejects"), *work.path.glob("parts/*.rejects")])
        of_staff = () if people is None else people.rejects
        staff_problems = () if people is None else people.problems
        if not (kept or problems or of_staff or staff_problems):
            path.unlink(missing_ok=True)
            return None

        def lines() -> Iterator[list[Any]]:
            for problem in (*problems, *staff_problems):
                yield rejects.reject_line(0, problem.place.file, None, problem, {})
            yield from rejects.merged(kept)
            yield from rejects.lines_of(0, of_staff)

        rejects.write_rejects(path, lines())
        return path


def _notes(
    tally: Tally, ask: Asked, names: set[str], people: PeopleTable | None, question: CohortQuestion
) -> Iterator[str]:
    other = sum(count for name, count in tally.frameworks.items() if name not in names and name not in ask.refused)
    if other:
        than = words.listed(list(question.frameworks)) or f"those with the outcome {question.outcome}"
        yield f"Left out, being for other frameworks than {than}: {_count(other, 'record')}."
    for name, error in ask.refused.items():
        if tally.frameworks.get(name):
            yield f"Left out. {error}"
    if people is None:
        return
    silent = len(people.ids) - tally.listed
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
    return None if day is None else dt.date(1970, 1, 1) + dt.timedelta(days=day)


def _state_of(path: Path) -> list[Any]:
    with contextlib.suppress(OSError):
        about = path.stat()
        return [str(path.absolute()), about.st_size, about.st_mtime_ns]
    return [str(path.absolute())]


def _has_any(work: WorkFolder) -> bool:
    """Whether something is finished that another run could go on from."""
    return (work.path / SPOOLED).exists() or any(work.path.glob("parts/*.arrow"))


@contextlib.contextmanager
def _whole_folder(path: Path) -> Iterator[Path]:
    """A folder beside another's place, which takes that place once it is written."""
    unfinished = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}."))
    try:
        yield unfinished
        unfinished.chmod(0o777 & ~_umask())
        if path.exists():
            old = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}."))
            path.replace(old / path.name)
            unfinished.replace(path)
            shutil.rmtree(old)
        else:
            unfinished.replace(path)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _umask() -> int:
    import os  # noqa: PLC0415 - this alone

    mask = os.umask(0o077)
    os.umask(mask)
    return mask


__all__ = ["CohortDone", "Given", "InputFile", "RefusedError", "encode_evidence", "evaluate_workforce"]
