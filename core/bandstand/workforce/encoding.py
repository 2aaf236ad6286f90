"""Bring evidence into coded form: from files to a folder."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bandstand.cohort import local
from bandstand.cohort.coded import write_folder
from bandstand.cohort.parts import NotInRangeError, Worker
from bandstand.cohort.pool import Pool
from bandstand.cohort.work import WorkFolder
from bandstand.errors import ProblemsError
from bandstand.interop.source import file_problem
from bandstand.workforce.asked import check_question
from bandstand.workforce.given import CohortDone, look_at
from bandstand.workforce.local_record import Pins, fingerprint, record_of
from bandstand.workforce.recorded import ENGINE
from bandstand.workforce.rejected import write_rejected

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bandstand.cohort.local import Plan, Progress, Resources
    from bandstand.cohort.pieces import Chunk
    from bandstand.cohort.tally import Tally
    from bandstand.service import Service
    from bandstand.workforce.asked import CohortQuestion
    from bandstand.workforce.given import Given


def encode_evidence(
    service: Service, question: CohortQuestion, given: Given, resources: Resources, progress: Progress
) -> CohortDone:
    """Bring evidence into coded form: a folder that is read faster, with each person's rows together.

    Args:
        service: What is installed.
        question: Which frameworks it is for, and as at which day their versions count; the present day's when None.
        given: What is read and written.
        resources: What may be used.
        progress: Told what is done.

    Raises:
        ProblemsError: A file cannot be read at all.
        NotFoundError: A framework is not there.
        RunError: The machine has not what it takes.
    """
    check_question(service, question)
    catalogue, default, today = service.catalogue, question.default_framework, service.today
    evidence = look_at(given.files, catalogue, default, today)
    if evidence.folder is not None:
        message = "This folder holds coded evidence already."
        raise ProblemsError([file_problem(evidence.folder.path, "is-a-folder", message, "Name the files it is from.")])
    day = question.as_of or today
    packs = catalogue.frameworks(day)
    pins = Pins.of(evidence, given)
    plan = local.plan(evidence.inputs.chunks, resources)
    with WorkFolder.beside(given.output).of(
        fingerprint("encode", service, question, evidence, given, plan.rows)
    ) as work:
        worker = Worker(evidence.coder(catalogue, packs, default, today, work.path), None, None, 1)
        try:
            parts, tally = _ordered(worker, evidence.inputs.chunks, work, plan, progress)
        except NotInRangeError:
            work.forget("parts")
            parts, tally = _ordered(worker, evidence.inputs.chunks, work, replace(plan, sources=None), progress)
        run = record_of(question, given, pins, today, day, [packs[name] for name in sorted(tally.frameworks)], tally)
        about = {
            "engine": ENGINE,
            "evidence": [pin.model_dump(mode="json") for pin in run.evidence],
            "rows": tally.read - tally.rejected,
            "rejected": tally.rejected,
        }
        progress("Writing", 0, 1)
        with _whole_folder(given.output) as unfinished:
            write_folder(unfinished, parts, about)
        progress("Writing", 1, 1)
        problems = evidence.problems(tally)
        file = write_rejected(given.reject_file, work, problems, None, service.refused)
        work.done = True
    notes = [*work.notes, *evidence.inputs.notes, *tally.gone.notes()]
    return CohortDone(run, given.output, file, notes)


def _ordered(
    worker: Worker, chunks: Sequence[Chunk], work: WorkFolder, plan: Plan, progress: Progress
) -> tuple[list[Path], Tally]:
    with Pool(worker, plan.processes) as pool:
        if plan.sources is not None:
            return local.run_parts(pool, plan.sources, work, progress)
        spooled = local.spool(pool, chunks, plan, work, progress)
        parts, tally = local.run_parts(pool, spooled.sources(plan.rows), work, progress)
    tally.add(spooled.tally)
    return parts, tally


@contextlib.contextmanager
def _whole_folder(path: Path) -> Iterator[Path]:
    """A folder beside another's place, which takes that place once it is written."""
    unfinished = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}."))
    try:
        yield unfinished
        mask = os.umask(0o077)
        os.umask(mask)
        unfinished.chmod(0o777 & ~mask)
        if path.exists():
            old = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}."))
            path.replace(old / path.name)
            unfinished.replace(path)
            shutil.rmtree(old)
        else:
            unfinished.replace(path)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
