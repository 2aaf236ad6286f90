"""The record of a run over a workforce on this machine, and what tells one run from another."""

from __future__ import annotations

import contextlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bandstand.interop.source import name_of
from bandstand.models.cohort_run import RunCounts
from bandstand.workforce.pins import folder_pin, pin
from bandstand.workforce.recorded import ENGINE, record

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence
    from concurrent.futures import Future
    from pathlib import Path

    from bandstand.cohort.staff_in import StaffFile
    from bandstand.cohort.tally import Tally
    from bandstand.models.cohort_run import CohortRun, InputPin
    from bandstand.packs.pack import Pack
    from bandstand.service import Service
    from bandstand.workforce.asked import CohortQuestion
    from bandstand.workforce.given import EvidenceFiles, Given


@dataclass(frozen=True, slots=True)
class Pins:
    """Digests of what is read, worked out while other work is done.

    Attributes:
        evidence: Of the files with evidence.
        people: Of the staff list, if there is one.
    """

    evidence: Future[tuple[InputPin, ...]]
    people: Future[InputPin] | None

    @classmethod
    def of(cls, evidence: EvidenceFiles, given: Given) -> Pins:
        """Begin to work them out."""
        threads = ThreadPoolExecutor(1)
        people = None if given.people is None else threads.submit(pin, given.people, name_of(given.people))
        pins = cls(threads.submit(_pins, evidence), people)
        threads.shutdown(wait=False)
        return pins


def record_of(
    question: CohortQuestion,
    given: Given,
    pins: Pins,
    today: dt.date,
    as_of: dt.date,
    packs: Sequence[Pack],
    tally: Tally,
    staff: StaffFile | None = None,
) -> CohortRun:
    """What was read, asked and counted."""
    counts = RunCounts(
        read=tally.read,
        rejected=tally.rejected,
        people=tally.people,
        listed=0 if staff is None else staff.listed,
        people_rejected=0 if staff is None else len(staff.rest.rejects),
        written=tally.written,
    )
    return record(
        question,
        pins.evidence.result(),
        None if pins.people is None else pins.people.result(),
        packs,
        counts,
        as_of=as_of,
        today=today,
        overlays=given.overlays,
        lock=given.lock,
    )


def fingerprint(
    doing: str, service: Service, question: CohortQuestion, evidence: EvidenceFiles, given: Given, rows: int
) -> dict[str, Any]:
    """All that what is kept of a run depends on, as JSON has it.

    Args:
        doing: What is done.
        service: What is installed.
        question: What is asked.
        evidence: The evidence.
        given: What is read and written.
        rows: How many rows a part of it has: with other parts, what is finished of one is of no use.
    """
    return {
        "doing": doing,
        "engine": ENGINE,
        "files": [[str(file.path.absolute()), file.size, file.changed] for file in evidence.inputs.files],
        "people": None if given.people is None else _state_of(given.people),
        "packs": sorted([p.name, p.digest, p.overlay.digest if p.overlay else ""] for p in service.catalogue.packs),
        "today": service.today.isoformat(),
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
            sorted(question.without),
        ],
        "rows": rows,
    }


def _pins(evidence: EvidenceFiles) -> tuple[InputPin, ...]:
    if evidence.folder is not None:
        files = [file.path for file in evidence.folder.files]
        return (folder_pin(files, name_of(evidence.folder.path)),)
    return tuple(pin(file.path, file.name) for file in evidence.inputs.files)


def _state_of(path: Path) -> list[Any]:
    with contextlib.suppress(OSError):
        about = path.stat()
        return [str(path.absolute()), about.st_size, about.st_mtime_ns]
    return [str(path.absolute())]
