"""Reads evidence from files of any kind: the good records, and every problem of the others."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bandstand.errors import NotFoundError
from bandstand.interop.columns import ColumnWatch
from bandstand.interop.records import RecordCheck
from bandstand.interop.rows import BUILT_IN_READERS, EvidenceReader, Limits, RawRow, read_rows
from bandstand.interop.source import EVIDENCE, file_problem
from bandstand.interop.versions import Gone, OtherVersions
from bandstand.models.problem import Problem, by_place
from bandstand.rules.base import did_you_mean

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from bandstand.models.evidence import Evidence
    from bandstand.packs.pack import Pack

__all__ = ["BUILT_IN_READERS", "EvidenceReader", "Inbox", "Limits", "read_evidence"]

_STEP = 1_000
#: File, row, line, sheet and record of a row: what is kept of each, without what it says.
_Spot = tuple[str, int | None, int | None, str | None, int | None]


@dataclass(slots=True)
class Inbox:
    """What was read.

    Attributes:
        evidence: The good records, in the order of the files.
        problems: What is wrong with the others and with the files, sorted by place.
        notes: What a user should know and need not mend.
        newest: The newest day of which there is a good record, counted or left out; None where there is none.
    """

    evidence: list[Evidence] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    newest: dt.date | None = None


def read_evidence(
    paths: Sequence[Path],
    packs: Mapping[str, Pack],
    *,
    versions: Iterable[Pack] = (),
    default_framework: str | None = None,
    today: dt.date,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    readers: Mapping[str, EvidenceReader] = BUILT_IN_READERS,
    progress: Callable[[int], None] | None = None,
) -> Inbox:
    """Read evidence from ``paths``, reporting every bad row together.

    Args:
        paths: Files of any kind that ``readers`` has.
        packs: Framework id -> pack, of all that are installed.
        versions: Other versions of the same frameworks: a record that is right for the one valid at its own date is no
            problem where that is not the version that counts; of what only that one has it says nothing here.
        default_framework: The framework of records that name none; without it, the only one installed.
        today: Evidence after this day is a problem.
        limits: How much one file may hold.
        readers: Suffix, in small letters and with its dot, -> reader.
        progress: Called now and then, and at the end, with the number of rows read so far.

    Returns:
        The good records, the problems and notes. A record with a problem is not among the good ones. What a file holds
        never raises an exception.

    Raises:
        NotFoundError: ``default_framework`` is not installed.
    """
    if default_framework is not None and default_framework not in packs:
        near = did_you_mean(default_framework, list(packs))
        raise NotFoundError(f'"{default_framework}" is not a framework that is installed. {near}')
    check, others = (
        RecordCheck(packs, default_framework, today),
        OtherVersions(versions, packs, default_framework, today),
    )
    reading = _Reading(check, others, limits, progress)
    for path in paths:
        if not reading.read(path, readers):
            break
    return reading.inbox()


class _Reading:
    """One call of :func:`read_evidence`."""

    def __init__(
        self,
        check: RecordCheck,
        others: OtherVersions,
        limits: Limits,
        progress: Callable[[int], None] | None,
    ) -> None:
        self._check, self._others, self._limits, self._progress = check, others, limits, progress
        self._box = Inbox()
        self._gone = Gone()
        self._columns = ColumnWatch(EVIDENCE)
        self._ids: dict[str, _Spot] = {}
        self._sheets: set[tuple[str, str]] = set()
        self._rows = 0

    def read(self, path: Path, readers: Mapping[str, EvidenceReader]) -> bool:
        """Read one file; False when there are too many problems to go on."""
        for item in read_rows(path, self._limits, readers):
            if isinstance(item, Problem):
                self._box.problems.append(item)
            else:
                self._row(item)
            if len(self._box.problems) > self._limits.max_problems:
                message = f"There are more than {self._limits.max_problems:,} problems; the rest was not read."
                remedy = "Mend what is wrong with every row first, such as a column's dates, and read it again."
                self._box.problems.append(file_problem(path, "too-many-problems", message, remedy))
                return False
        return True

    def inbox(self) -> Inbox:
        """What was read, with problems sorted and notes complete."""
        if self._progress is not None:
            self._progress(self._rows)
        box = self._box
        box.problems = by_place(box.problems)
        box.notes.extend([*self._columns.notes, *self._gone.notes()])
        return box

    def _row(self, row: RawRow) -> None:
        self._rows += 1
        if self._progress is not None and self._rows % _STEP == 0:
            self._progress(self._rows)
        self._box.problems.extend(self._columns.problems(row))
        if row.written_for is not None:
            self._note_version(row, row.written_for)
        result, older = self._check.evidence(row), None
        if isinstance(result, list):
            older = self._others.record(row)
            if older is None:
                self._box.problems.extend(result)
                return
            self._gone.count(older)
            result = older.evidence, older.made
        evidence, made = result
        spot = (row.file, row.row, row.line, row.sheet, row.record)
        first = self._ids.setdefault(evidence.id, spot)
        if first is spot:
            self._box.newest = max(evidence.date, self._box.newest or evidence.date)
            if older is None or not older.left_out:
                self._box.evidence.append(evidence)
        else:
            self._box.problems.append(_duplicate(evidence.id, row, first, made=made))

    def _note_version(self, row: RawRow, written_for: str) -> None:
        """Say once for each sheet when it was written for another version of its pack."""
        if (row.file, written_for) in self._sheets:
            return
        self._sheets.add((row.file, written_for))
        pack = self._check.packs.get(str(row.values.get("framework")))
        if pack is not None and pack.name != written_for:
            self._box.notes.append(
                f"{row.file}: the sheet was written for {written_for}, and is read by its line ids as {pack.name}."
            )


def _duplicate(name: str, row: RawRow, first: _Spot, *, made: bool) -> Problem:
    file, number, line, sheet, record = first
    there = RawRow(file, number, line, sheet, {}, record=record)
    if made:
        message, remedy = f"The row says the same as {there}.", "Take one out, or give each an id when both are meant."
        return Problem(code="duplicate-row", place=row.place(), message=message, remedy=remedy)
    message = f'The id "{name}" is already that of {there}.'
    remedy = "Give it its own id."
    return Problem(code="duplicate-id", place=row.place("id"), message=message, remedy=remedy, value=name)
