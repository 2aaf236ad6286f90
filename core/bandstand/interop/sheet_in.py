"""Reads a filled ragging sheet: every mark on it is one piece of evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bandstand.interop.source import RawRow, file_problem, folded, name_of, quoted
from bandstand.models.problem import Problem
from bandstand.rules.base import did_you_mean, one_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

MARKER_SHEET = "bandstand"
MARKER_ROWS = 100
FORMAT = "1"

#: What the sheet prints, by which a copied page is known as well. Change a text, and old sheets are no longer read.
HEAD_LEVEL, HEAD_LINE, HEAD_WORDS = "Level", "Line", "What it looks like"
LABEL_PERSON, LABEL_FILLED_BY, LABEL_AUTHOR, LABEL_DATE = "Person", "Filled in by", "Author", "Date of the review"
FILLED_BY = ("self", "appraiser", "agreed")
MARKS = ("met", "partly met", "not met")

_CLAIMS = {"met": "met", "partly_met": "partly_met", "not_met": "not_met", "green": "met", "amber": "met"}
_LINE_COLUMN = 1
_FIRST_POINT = 3
_LONGEST_ID = 120
_AS_SHEET = "Take the sheet again with `bandstand sheet`, and copy the marks to it."
_Row = tuple[int, list[object]]


@dataclass(frozen=True, slots=True)
class Marker:
    """What the hidden sheet says of the sheet that people fill in.

    Attributes:
        form: Version of the layout.
        framework: The framework's id.
        version: The pack's version.
        points: Folded label of a review point -> its id.
        lines: Ids of the lines.
    """

    form: str
    framework: str
    version: str
    points: dict[str, str]
    lines: frozenset[str]


def read_marker(rows: Sequence[Sequence[object]]) -> Marker | None:
    """The hidden sheet's rows as a marker, or None when they are not what Bandstand writes."""
    said: dict[str, list[str]] = {}
    points: dict[str, str] = {}
    for row in rows:
        words = [_text(cell) for cell in row if cell != ""]
        if words[0] == "review_point" and len(words) == 3:  # noqa: PLR2004 - the name, an id and a label
            points[folded(words[2])] = words[1]
        else:
            said[words[0]] = words[1:]
    if not (said.get("format") and said.get("framework") and said.get("version")):
        return None
    lines = frozenset(said.get("lines", ()))
    return Marker(said["format"][0], said["framework"][0], said["version"][0], points, lines)


def is_heading(cells: Sequence[object]) -> bool:
    """Whether a row is the ragging sheet's row of headings."""
    return [folded(cell) for cell in cells[:_FIRST_POINT]] == [folded(w) for w in (HEAD_LEVEL, HEAD_LINE, HEAD_WORDS)]


def read_lines(
    path: Path,
    sheet: str,
    top: Sequence[_Row],
    below: Iterator[tuple[int, list[object]] | Problem],
    marker: Marker | None,
) -> Iterator[RawRow | Problem]:
    """The marks of one page as evidence.

    Args:
        path: The workbook.
        sheet: The page's name.
        top: The rows down to the headings, each with its number.
        below: The rows after them.
        marker: The hidden sheet, unless it was lost.

    Yields:
        A row for each mark, and a problem for each that can't be read.
    """
    if marker is not None and marker.form != FORMAT:
        message = f"The sheet has layout {quoted(marker.form)}; this Bandstand reads layout {FORMAT}."
        yield file_problem(path, "unknown-sheet-format", message, _AS_SHEET, sheet=sheet)
        return
    page = _Page(path, sheet, top, marker)
    for item in below:
        if isinstance(item, Problem):
            yield item
            return
        yield from page.line(*item)


class _Page:
    """One page of a filled sheet: what its top says, which holds for every mark."""

    def __init__(self, path: Path, sheet: str, top: Sequence[_Row], marker: Marker | None) -> None:
        self._path, self._sheet, self._marker = path, sheet, marker
        self._file = name_of(path)
        self._heading_row, headings = top[-1]
        self._person, self._person_cell = self._beside(top, LABEL_PERSON)
        self._by, self._by_cell = self._beside(top, LABEL_FILLED_BY)
        self._author, self._author_cell = self._beside(top, LABEL_AUTHOR)
        dates = next((row for row in reversed(top[:-1]) if row[1] and folded(row[1][0]) == folded(LABEL_DATE)), None)
        self._date_row = dates[0] if dates else max(1, self._heading_row - 1)
        self._dates = dates[1] if dates else []
        self._points = {at: _text(cell) for at, cell in enumerate(headings) if at >= _FIRST_POINT and cell != ""}
        self._told: set[str] = set()

    def line(self, number: int, cells: list[object]) -> Iterator[RawRow | Problem]:
        """The marks of one row."""
        line = _text(cells[_LINE_COLUMN]) if len(cells) > _LINE_COLUMN else ""
        for at, label in self._points.items():
            mark = cells[at] if at < len(cells) else ""
            if not _text(mark):
                continue
            problem = self._top_problem(at, label)
            cell = f"{_letters(at)}{number}"
            claim = _CLAIMS.get(folded(mark))
            if claim is None:
                value = quoted(mark)
                message = f'"{value}" is not a mark of this sheet.'
                yield self._problem("not-a-claim", cell, message, one_of(MARKS), value)
            elif not line:
                message = "This mark stands on a row whose line id was taken out."
                yield self._problem("missing-line", cell, message, _AS_SHEET)
            elif problem is None:
                yield self._record(number, cell, line, at, claim)
            if problem is not None and problem.code + str(problem.place.path) not in self._told:
                self._told.add(problem.code + str(problem.place.path))
                yield problem

    def _record(self, number: int, cell: str, line: str, at: int, claim: str) -> RawRow:
        label = self._points[at]
        point = self._marker.points.get(folded(label), label) if self._marker else label
        by = folded(self._by) if self._by else FILLED_BY[0]
        author = self._author or (self._person if by == "self" else None)
        # Sheets of two years, or of two views, are different evidence whatever their files are called.
        review = folded(point) if self._marker is None else point
        name = f"{self._path.stem}:{self._person}:{by}:{line}:{review}:{str(self._dates[at])[:10]}"
        values: dict[str, object] = {
            "person": self._person,
            "criteria": [line],
            "claim": claim,
            "source": "appraiser" if by == "agreed" else by,
            "author": author,
            "date": self._dates[at],
            "review_point": point,
        }
        if len(name) <= _LONGEST_ID and name.isprintable():
            values["id"] = name
        if by == "agreed":
            values["moderated_by"] = author
        if self._marker is not None:
            values["framework"] = self._marker.framework
        cells = {
            "person": self._person_cell,
            "author": self._author_cell,
            "date": f"{_letters(at)}{self._date_row}",
            "review_point": f"{_letters(at)}{self._heading_row}",
            "criteria": f"{_letters(_LINE_COLUMN)}{number}",
            "claim": cell,
            "id": cell,
        }
        written_for = f"{self._marker.framework} {self._marker.version}" if self._marker else None
        return RawRow(self._file, number, None, self._sheet, values, cells, written_for)

    def _top_problem(self, at: int, label: str) -> Problem | None:
        """What the top of the page lacks for a mark in this column."""
        if not self._person:
            message = "The sheet doesn't say whose it is."
            return self._problem("missing-field", self._person_cell, message, "Write the person's id there.")
        by = folded(self._by) if self._by else FILLED_BY[0]
        if by not in FILLED_BY:
            value = quoted(self._by)
            message = f'"{value}" is not a way in which the sheet is filled in.'
            return self._problem("bad-value", self._by_cell, message, did_you_mean(value, FILLED_BY), value)
        if by != "self" and not self._author:
            message = "A sheet that its owner did not fill in says who did, or who agreed it with the person."
            return self._problem("missing-field", self._author_cell, message, "Write the id of the author there.")
        if at >= len(self._dates) or not _text(self._dates[at]):
            message = f"The column {quoted(label)} is filled in, and has no date."
            cell = f"{_letters(at)}{self._date_row}"
            return self._problem("missing-field", cell, message, "Write the day of the review there.")
        return None

    def _beside(self, top: Sequence[_Row], label: str) -> tuple[str, str]:
        """The text beside ``label``, and the cell that holds it or should."""
        for number, cells in top[:-1]:
            if cells and folded(cells[0]) == folded(label):
                at = next((at for at, cell in enumerate(cells) if at and _text(cell)), _FIRST_POINT - 1)
                return (_text(cells[at]) if at < len(cells) else ""), f"{_letters(at)}{number}"
        return "", f"A{self._heading_row}"

    def _problem(self, code: str, cell: str, message: str, remedy: str, value: str | None = None) -> Problem:
        place = RawRow(self._file, None, None, self._sheet, {}, {"cell": cell}).place("cell")
        return Problem(code=code, place=place, message=message, remedy=remedy, value=value)


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _letters(at: int) -> str:
    """A column's letters, from 0: 0 is A, 26 is AA."""
    letters = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
