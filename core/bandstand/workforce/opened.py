"""One person of a table of results: the rows, the whole evaluation of each, and whether they say the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bandstand import __version__, words
from bandstand.cohort.coded import look_into_folder
from bandstand.cohort.files import find_files, is_coded
from bandstand.engine.publish import publish
from bandstand.errors import NotFoundError
from bandstand.models.evidence import Person
from bandstand.models.opened import Opened, OpenedRow, ResultRow
from bandstand.workforce import pins
from bandstand.workforce.records import Reading, records_of, staff_of
from bandstand.workforce.replay import Replay
from bandstand.workforce.table import ResultsTable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from bandstand.models.cohort_run import CohortRun, InputPin
    from bandstand.packs.pack import Pack
    from bandstand.service import Service


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be opened.

    Attributes:
        results: The table.
        person: The person's id.
        framework: Rows of this framework only; of all when None.
        outcome: Rows of this outcome only; of all when None.
        evidence: Where the evidence is now, if it is not where the run found it.
        people: Where the staff list is now, likewise.
    """

    results: Path
    person: str
    framework: str | None = None
    outcome: str | None = None
    evidence: Sequence[Path] = ()
    people: Path | None = None


def run_of(results: Path) -> CohortRun:
    """The record of the run that made a table.

    Raises:
        NotFoundError: It is no table of results, or has no record of its run.
    """
    with ResultsTable(results) as table:
        run = table.run
    if run is None:
        raise NotFoundError(
            f"{results} does not say which run made it, as a table that something else wrote anew: open the one that "
            "bandstand cohort wrote."
        )
    return run


def open_person(
    wanted: Wanted,
    run: CohortRun,
    service: Service,
    progress: Callable[[str, int, int], None] = lambda _, __, ___: None,
) -> tuple[Opened, dict[str, Pack]]:
    """Evaluate one person again as the run did, with the whole trace, and compare.

    Args:
        wanted: What is to be opened.
        run: The record of the run.
        service: What is installed, with the overlays and the lock of the run.
        progress: Told what is done.

    Returns:
        What came of it, and the packs that were used, by the framework's id.

    Raises:
        NotFoundError: The table has nothing about the person, or a file that the run read is not there.
        ProblemsError: A file cannot be read at all.
    """
    rows = _rows(wanted)
    packs, changed = _packs(rows, run, service)
    files = list(wanted.evidence) or pins.placed([pin.name for pin in run.evidence], wanted.results, "--evidence")
    staff = wanted.people
    if staff is None and run.people is not None:
        (staff,) = pins.placed([run.people.name], wanted.results, "--people")
    changed.extend(_changed(run, files, staff, progress))
    reading = Reading(
        packs,
        [pack for pack in service.catalogue.packs if pack is not packs.get(pack.id)],
        run.default_framework,
        run.today,
        lambda at, of: progress("Reading", at, of),
    )
    found = records_of([wanted.person], files, reading)
    person = staff_of([wanted.person], staff, packs).get(wanted.person) or Person(person=wanted.person)
    replay = Replay(run, packs)
    opened = []
    for row in rows:
        evaluated = replay.evaluated(row, person, found.evidence.get(wanted.person, ()))
        differ = replay.differences(row, evaluated)
        opened.append(
            OpenedRow(
                row=ResultRow.model_validate({name: row[name] for name in ResultRow.model_fields}),
                evaluation=publish(evaluated),
                agrees=not differ,
                differences=tuple(differ),
            )
        )
    return Opened(
        results=str(wanted.results),
        person=wanted.person,
        run=run,
        changed=tuple(changed),
        unread=found.unread[wanted.person],
        rows=tuple(opened),
    ), packs


def _rows(wanted: Wanted) -> list[dict[str, Any]]:
    """The rows about the person, by framework and outcome."""
    with ResultsTable(wanted.results) as table:
        rows = list(table.rows("person = ?", [wanted.person]))
    if not rows:
        # No guess: the nearest id would be a colleague's.
        raise NotFoundError(f'There is nothing about "{wanted.person}" in {wanted.results}. Check the id.')
    chosen = [
        row for row in rows if wanted.framework in (None, row["framework"]) and wanted.outcome in (None, row["outcome"])
    ]
    if not chosen:
        there = words.listed([f"{row['framework']}, {row['outcome']}" for row in rows], 12)
        raise NotFoundError(f"{wanted.person} has no such row in {wanted.results}; there is {there}.")
    return sorted(chosen, key=lambda row: (row["framework"], row["outcome"]))


def _packs(rows: Sequence[Mapping[str, Any]], run: CohortRun, service: Service) -> tuple[dict[str, Pack], list[str]]:
    """The packs that were used, else those that would be now; and a sentence for each that is another."""
    packs = service.catalogue.frameworks(run.as_of)
    changed: list[str] = []
    for row in rows:
        framework = row["framework"]
        installed = service.catalogue.versions(framework)
        same = next((pack for pack in installed if _pinned(pack) == (row["pack_digest"], row["overlay_digest"])), None)
        if same is not None:
            packs[framework] = same
            continue
        if not installed:
            # It says how to get it, or why it does not serve.
            service.pack(framework)
        changed.extend(_other_pack(packs[framework], row))
    if run.engine != f"bandstand {__version__}":
        changed.append(f"The run was by {run.engine}, and this is bandstand {__version__}.")
    return packs, list(dict.fromkeys(changed))


def _pinned(pack: Pack) -> tuple[str, str | None]:
    return pack.digest, None if pack.overlay is None else pack.overlay.digest


def _other_pack(pack: Pack, row: Mapping[str, Any]) -> Iterator[str]:
    digest, overlay = _pinned(pack)
    if digest != row["pack_digest"]:
        yield (
            f"The pack is not the one that the run used: it is {pack.name}, {digest}, now, and was {row['pack']}, "
            f"{row['pack_digest']}."
        )
    if overlay != row["overlay_digest"]:
        yield (
            f"The overlay on {pack.name} is not the one that the run used: it is {overlay or 'none'} now, and was "
            f"{row['overlay_digest'] or 'none'}."
        )


def _changed(
    run: CohortRun, files: Sequence[Path], staff: Path | None, progress: Callable[[str, int, int], None]
) -> Iterator[str]:
    """A sentence for each file that is not the one that the run read."""
    now: dict[Path, InputPin] = {}
    if is_coded(files[0]):
        folder = look_into_folder(files[0])
        now[files[0]] = pins.folder_pin([file.path for file in folder.files], str(files[0]))
    else:
        each = find_files(files)
        for at, file in enumerate(each):
            progress("Checking digests", at, len(each))
            now[file.path] = pins.pin(file.path, file.name)
    yield from pins.changed(run.evidence, now)
    if run.people is not None and staff is not None:
        yield from pins.changed([run.people], {staff: pins.pin(staff, str(staff))})
    elif staff is not None:
        yield f"{staff} was not read by the run, which had no staff list."
