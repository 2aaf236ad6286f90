"""The file of what could not be read, put together from what each part of a run had of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bandstand.cohort import rejects

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from bandstand.cohort.staff_in import StaffFile
    from bandstand.cohort.work import WorkFolder
    from bandstand.models.problem import Problem


def write_rejected(
    path: Path,
    work: WorkFolder,
    problems: Sequence[Problem],
    staff: StaffFile | None,
    refused: Mapping[str, Sequence[Problem]],
) -> Path | None:
    """Write the file: problems of whole files, rows of evidence in the order of the input, rows of the staff list.

    Args:
        path: The file; one that is there from an earlier run is taken away where there is nothing to write.
        work: The run's folder.
        problems: What is wrong with files.
        staff: The staff list, if there is one.
        refused: Why the lock refuses frameworks, by their ids.

    Returns:
        The file; None where there is nothing to tell.
    """
    kept = sorted([*work.path.glob("spool/*.rejects"), *work.path.glob("parts/*.rejects")])
    of_staff = () if staff is None else staff.rest.rejects
    of_files = [*problems, *(() if staff is None else staff.rest.problems)]
    if not (kept or of_files or of_staff):
        path.unlink(missing_ok=True)
        return None

    def lines() -> Iterator[list[Any]]:
        for problem in of_files:
            yield rejects.reject_line(0, problem.place.file, None, problem, {})
        for line in rejects.merged(kept):
            yield from _told(line, refused)
        yield from rejects.lines_of(0, of_staff)

    rejects.write_rejects(path, lines())
    return path


def _told(line: list[Any], refused: Mapping[str, Sequence[Problem]]) -> Iterator[list[Any]]:
    """A line; of a framework that the lock refuses, why, and not that it is not installed."""
    order, at, file, row, _, code, _, _, values = line
    why = refused.get(str(values.get("framework", "")).strip(), ()) if code == "unknown-framework" else ()
    if not why:
        yield line
    for problem in why:
        yield [order, at, file, row, "framework", problem.code, f"{problem.message}", problem.remedy, values]
