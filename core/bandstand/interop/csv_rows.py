"""Raw rows from CSV, whatever its delimiter, and the mapping of a table's headings to fields."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from bandstand.interop.source import (
    EVIDENCE,
    Headings,
    Limits,
    RawRow,
    file_problem,
    missing_columns,
    name_of,
    no_records,
    quoted,
    read_text,
)
from bandstand.models.problem import Place, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

_DELIMITERS = ",;\t|"
#: Stands for a column that stands twice.
_LEFT_OUT = "\0left out"


def read_csv(path: Path, limits: Limits, headings: Headings = EVIDENCE) -> Iterator[RawRow | Problem]:
    """The records of a CSV file in UTF-8, its columns parted by commas, semicolons, tabs or bars."""
    text = read_text(path, limits)
    if isinstance(text, Problem):
        yield text
        return
    yield from read_csv_lines(path, io.StringIO(without_hint(text), newline=""), delimiter_of(text, headings), headings)


def read_csv_lines(
    path: Path, lines: Iterable[str], delimiter: str, headings: Headings = EVIDENCE
) -> Iterator[RawRow | Problem]:
    """The same of lines that come one by one, the first of which are those of the headings."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    file, number, columns, found = name_of(path), 0, None, False
    try:
        for number, cells in enumerate(reader, start=1):
            if not any(cells):
                continue
            if columns is None:
                columns = Columns(path, cells, headings, row=number)
                yield from columns.problems
                if not columns.usable:
                    return
                continue
            found = True
            values, stray = columns.values(cells)
            yield stray_cell(file, stray, row=number) if stray else RawRow(file, number, None, None, values)
    except csv.Error as error:
        yield _broken(path, error, number + 1)
        return
    if not found:
        yield no_records(path, headings)


class Columns:
    """A table's heading row: which field each column fills.

    Attributes:
        problems: What is wrong with the headings.
        usable: Whether the rows below can be read.
    """

    def __init__(
        self, path: Path, cells: Sequence[object], headings: Headings, *, row: int | None, sheet: str | None = None
    ) -> None:
        self.problems: list[Problem] = []
        self._fields: list[str | None] = []
        for cell in cells:
            text = str(cell).strip()
            field = headings.column(text) or text
            if field and field in self._fields:
                message = f'The column "{quoted(text)}" stands twice; the second was left out.'
                remedy = "Keep the one that is right."
                self.problems.append(file_problem(path, "duplicate-column", message, remedy, row=row, sheet=sheet))
                field = _LEFT_OUT
            self._fields.append(field or None)
        missing = [field for field in headings.required if field not in self._fields]
        self.usable = not missing
        if missing:
            there = [str(cell) for cell in cells if str(cell).strip()]
            self.problems.append(missing_columns(path, missing, there, headings, row=row, sheet=sheet))

    @property
    def fields(self) -> tuple[str | None, ...]:
        """What each column fills; None for one without a heading, and for one that stands twice."""
        return tuple(None if field == _LEFT_OUT else field for field in self._fields)

    def values(self, cells: Sequence[object]) -> tuple[dict[str, object], str | None]:
        """Field -> value of the cells that are filled, and the text of a cell that stands under no heading."""
        values: dict[str, object] = {}
        for field, cell in zip(self._fields, cells, strict=False):
            if cell == "":
                continue
            if field is None:
                if str(cell).strip():
                    return values, str(cell)
            elif field != _LEFT_OUT:
                values[field] = cell
        for cell in cells[len(self._fields) :]:
            if str(cell).strip():
                return values, str(cell)
        return values, None


def stray_cell(file: str, text: str, *, row: int, sheet: str | None = None) -> Problem:
    """The problem of a cell that stands under no heading."""
    return Problem(
        code="cell-without-heading",
        place=Place(file=file, row=row, sheet=sheet),
        message=f'"{quoted(text)}" stands under no heading.',
        remedy="Put a text that holds the delimiter in double quotes, or take the cell out.",
        value=quoted(text),
    )


def without_hint(text: str) -> str:
    """The text without the line ``sep=;`` by which Excel is told the delimiter; Excel doesn't count it as a row."""
    first, _, rest = text.partition("\n")
    return rest if first.strip().lower().startswith("sep=") else text


def delimiter_of(text: str, headings: Headings) -> str:
    """What parts the columns of a table whose text begins so: of commas, semicolons, tabs and bars what fits best."""
    lines = (line for line in io.StringIO(without_hint(text)) if line.strip())
    first = next(lines, "")

    def known(delimiter: str) -> int:
        return sum(headings.column(part.strip('" \t\r\n')) is not None for part in first.split(delimiter))

    return max(_DELIMITERS, key=known)


def _broken(path: Path, error: csv.Error, row: int) -> Problem:
    words = str(error)
    message, remedy = "The CSV is broken: " + words, "Save it again as CSV UTF-8."
    if "unexpected end" in words:
        message, remedy = "A quotation mark opens and is never closed.", "Close it, or write it twice to mean itself."
    elif "expected after" in words:
        message, remedy = "A quotation mark stands inside a quoted text.", "Write it twice to mean itself."
    elif "field limit" in words:
        message, remedy = "A cell has more than 131,072 characters.", "Look for a quotation mark that is never closed."
    return file_problem(path, "broken-csv", f"{message} The rows from here on were not read.", remedy, row=row)
