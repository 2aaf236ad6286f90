"""Raw rows from a workbook: tables found by their headings, and filled ragging sheets."""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING

import python_calamine

from bandstand.interop import sheet_in
from bandstand.interop.csv_rows import Columns, stray_cell
from bandstand.interop.source import (
    EVIDENCE,
    Headings,
    Limits,
    RawRow,
    file_problem,
    name_of,
    no_records,
    quoted,
)
from bandstand.interop.workbook import open_workbook, rows_of
from bandstand.models.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_HEADINGS_WITHIN = 50
_ENOUGH_KNOWN = 3
_Rows = list[tuple[int, list[object]]]


def read_xlsx(path: Path, limits: Limits, headings: Headings = EVIDENCE) -> Iterator[RawRow | Problem]:
    """The records of every visible sheet that has the headings or is a ragging sheet; other sheets are passed over."""
    workbook = open_workbook(path, limits)
    if isinstance(workbook, Problem):
        yield workbook
        return
    names = [
        sheet.name
        for sheet in workbook.sheets_metadata
        if sheet.visible == python_calamine.SheetVisibleEnum.Visible
        and sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
    ]
    marker = _marker(path, workbook)
    recognised = found = False
    for name in names if marker is None or headings.kind == EVIDENCE.kind else ():
        for item in _sheet_rows(path, workbook, name, headings, marker):
            found = found or item is not None
            recognised = True
            if item is not None:
                yield item
    if not recognised:
        yield _wrong_sheet(path, names, headings, is_ragging=marker is not None)
    elif not found:
        yield no_records(path, headings)


def _sheet_rows(
    path: Path,
    workbook: python_calamine.CalamineWorkbook,
    name: str,
    headings: Headings,
    marker: sheet_in.Marker | None,
) -> Iterator[RawRow | Problem | None]:
    """The records of one sheet. A None comes first when the sheet is one to be read, whatever it holds."""
    rows = rows_of(path, workbook, name)
    above: _Rows = []
    for item in islice(rows, _HEADINGS_WITHIN):
        if isinstance(item, Problem):
            yield item
            return
        number, cells = item
        if headings.kind == EVIDENCE.kind and sheet_in.is_heading(cells):
            yield None
            yield from sheet_in.read_lines(path, name, [*above, item], rows, marker)
            return
        if _is_heading(cells, headings):
            yield None
            columns = Columns(path, cells, headings, row=number, sheet=name)
            yield from columns.problems
            if columns.usable:
                yield from _table(path, name, columns, rows)
            return
        above.append(item)


def _table(
    path: Path, name: str, columns: Columns, rows: Iterator[tuple[int, list[object]] | Problem]
) -> Iterator[RawRow | Problem]:
    file = name_of(path)
    for item in rows:
        if isinstance(item, Problem):
            yield item
            return
        number, cells = item
        values, stray = columns.values(cells)
        yield stray_cell(file, stray, row=number, sheet=name) if stray else RawRow(file, number, None, name, values)


def _is_heading(cells: Sequence[object], headings: Headings) -> bool:
    words = [headings.column(cell) for cell in cells if cell != ""]
    known = sum(word is not None for word in words)
    # A list of people may have no other column; one cell that says Person is no table of evidence.
    enough = 2 if len(headings.required) > 1 else min(2, len(words))
    return known >= _ENOUGH_KNOWN or ("person" in words and known >= enough)


def _marker(path: Path, workbook: python_calamine.CalamineWorkbook) -> sheet_in.Marker | None:
    if sheet_in.MARKER_SHEET not in workbook.sheet_names:
        return None
    rows = islice(rows_of(path, workbook, sheet_in.MARKER_SHEET), sheet_in.MARKER_ROWS)
    return sheet_in.read_marker([item[1] for item in rows if not isinstance(item, Problem)])


def _wrong_sheet(path: Path, names: Sequence[str], headings: Headings, *, is_ragging: bool) -> Problem:
    there = ", ".join(f'"{quoted(name)}"' for name in chain(names[:12], ["…"] if names[12:] else []))
    which = f"the workbook's sheets are {there}" if len(names) > 1 else f"the workbook's one sheet is {there}"
    message = f"No sheet has the headings of {headings.kind} ({which})."
    remedy = f"The headings stand in one row: {', '.join(headings.known)}. Hidden sheets are not read."
    if is_ragging:
        message = f"This is a ragging sheet, which holds evidence and no {headings.kind}."
        if headings.kind == EVIDENCE.kind:
            message = f"This was a ragging sheet, but its row of headings (Level, Line, …) is gone ({which})."
            remedy = "Take the sheet again with `bandstand sheet`, and copy the marks to it."
    return file_problem(path, "wrong-sheet", message, remedy)
