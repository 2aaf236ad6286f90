"""Writes the ragging sheet: a workbook to fill in at each review point, which is evidence as it stands."""

from __future__ import annotations

import datetime as dt
import io
import math
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

import xlsxwriter  # type: ignore[import-untyped]  # it ships no types
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell  # type: ignore[import-untyped]

from bandstand.errors import NotFoundError
from bandstand.interop import sheet_in
from bandstand.models.framework import ReviewPoint
from bandstand.rules.ragging import Ragging

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bandstand.packs.pack import Pack

#: Rows and columns, counted from 0 as XlsxWriter does. The reader finds them by their labels.
_TITLE, _WORDS, _PERSON, _FILLED_BY, _AUTHOR, _DATES, _HEAD, _FIRST = 0, 1, 2, 3, 4, 5, 6, 7
_LEVEL, _LINE, _TEXT, _POINT = 0, 1, 2, 3

_PAPER_A4 = 9
_FIXED_DATE = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - the workbook's own dates have no zone
_FIRST_DAY, _LAST_DAY = dt.date(2000, 1, 1), dt.date(2099, 12, 31)
_INK, _RULE, _PAPER, _INPUT = "#0B0C0C", "#B1B4B6", "#F3F2F1", "#FFF9E5"
#: Of the text's column, at its width and face.
_CHARACTERS, _LINE_HEIGHT = 76, 13.0
_SHADES = ("#FFFFFF", "#EEF3F8")
_GREEN, _AMBER = "#BFE3C5", "#FFD98C"


@dataclass(frozen=True, slots=True)
class SheetSummary:
    """What was written.

    Attributes:
        rows: How many lines the sheet has.
        levels: The levels that they belong to, least first; empty for a framework without levels.
        review_points: Ids of the columns to fill.
    """

    rows: int
    levels: tuple[int, ...]
    review_points: tuple[str, ...]


def write_sheet(
    pack: Pack, path: Path, *, levels: Sequence[int] | None, person: str | None, year: int | None = None
) -> SheetSummary:
    """Write the pack's ragging sheet to ``path``; the same arguments give the same bytes.

    Args:
        pack: A pack with a ``ragging`` rule.
        path: Where to write; a file that is there is replaced.
        levels: Which levels' lines to print, or None for all.
        person: The person's id, or None to leave the cell to fill.
        year: The calendar year in which the review cycle begins; the date cells then take only its days.

    Returns:
        How much was written.

    Raises:
        NotFoundError: The pack has no sheet, or none of its lines belong to a level that was asked for.
        OSError: The file can't be written.
    """
    rule = _rule(pack)
    lines = _lines(pack, rule, levels)
    points = pack.framework.review_points or (ReviewPoint(id="review", label="Review", source="1"),)
    held = io.BytesIO()
    book = xlsxwriter.Workbook(held, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": pack.framework.title, "created": _FIXED_DATE})
    page = _Page(pack, book, lines, points, year)
    page.top(person, is_partial=len(lines) < len(rule.order))
    page.lines()
    page.marks()
    page.print_set_up()
    _write_marker(pack, book, lines, points)
    book.close()
    path.write_bytes(held.getvalue())
    found = sorted({level for line in lines if (level := pack.standard_of[line].level) is not None})
    return SheetSummary(len(lines), tuple(found), tuple(point.id for point in points))


def _rule(pack: Pack) -> Ragging:
    named = [pack.rule_by_id[outcome.colours] for outcome in pack.framework.outcomes if outcome.colours is not None]
    rule = next((rule for rule in (*named, *pack.rules) if isinstance(rule, Ragging)), None)
    if not isinstance(rule, Ragging):
        raise NotFoundError(f"{pack.name} has no ragging sheet.")
    return rule


def _lines(pack: Pack, rule: Ragging, levels: Sequence[int] | None) -> list[str]:
    if levels is None:
        return list(rule.order)
    there = list(dict.fromkeys(level for c in rule.order if (level := pack.standard_of[c].level) is not None))
    absent = [level for level in levels if level not in there]
    if absent or not levels:
        which = f"no level {', '.join(map(str, absent))}" if absent else "no lines when no level is asked for"
        known = ", ".join(map(str, there)) or "none"
        raise NotFoundError(f"The sheet of {pack.name} has {which}; its levels are {known}.")
    return [c for c in rule.order if pack.standard_of[c].level in levels]


class _Page:
    """The page that people fill in."""

    def __init__(
        self,
        pack: Pack,
        book: xlsxwriter.Workbook,
        lines: Sequence[str],
        points: Sequence[ReviewPoint],
        year: int | None,
    ) -> None:
        self._pack, self._book, self._lines, self._points, self._year = pack, book, lines, points, year
        self._page: xlsxwriter.worksheet.Worksheet = book.add_worksheet("Ragging sheet")
        self._last_row = _FIRST + len(lines) - 1
        self._last_column = _POINT + len(points) - 1
        self._formats: dict[tuple[tuple[str, Any], ...], xlsxwriter.format.Format] = {}

    def top(self, person: str | None, *, is_partial: bool) -> None:
        """Title, instructions, whose sheet it is, and the dates of the reviews."""
        page, framework = self._page, self._pack.framework
        years = f", {self._year} to {self._year + 1}" if self._year is not None else ""
        page.write_string(_TITLE, 0, f"{framework.title}: ragging sheet{years}", self._format(bold=True, font_size=14))
        text = (
            "Choose a mark for each line in the column of the review, and write the day of the review above it; leave "
            "a line blank when nothing was seen. Green runs down to the first line that is not met; a line met after "
            "it is amber. The file can be given to Bandstand as it is."
        )
        if is_partial:
            text += " Only some levels are printed: the colours here begin at the first line printed."
        wrapped = self._format(text_wrap=True, valign="top")
        page.merge_range(_WORDS, 0, _WORDS, self._last_column, text, wrapped)
        page.set_row(_WORDS, 48)
        label, entry = self._format(bold=True, bg_color=_PAPER, border=1), self._entry(num_format="@")
        rows = ((_PERSON, sheet_in.LABEL_PERSON, person or ""), (_FILLED_BY, sheet_in.LABEL_FILLED_BY, "self"))
        for row, name, value in (*rows, (_AUTHOR, sheet_in.LABEL_AUTHOR, "")):
            page.merge_range(row, _LEVEL, row, _LINE, name, label)
            page.write_string(row, _TEXT, value, entry)
        self._help(_PERSON, _TEXT, "Person", "The person's id, never a name.")
        self._help(_AUTHOR, _TEXT, "Author", "The id of whoever fills this in. An agreed sheet needs it.")
        choice = {
            "validate": "list",
            "source": list(sheet_in.FILLED_BY),
            "input_title": "Filled in by",
            "input_message": "self, appraiser, or agreed when both have settled it together.",
            "error_title": "Filled in by",
            "error_message": "Choose self, appraiser or agreed.",
        }
        page.data_validation(_FILLED_BY, _TEXT, _FILLED_BY, _TEXT, choice)
        page.merge_range(_DATES, _LEVEL, _DATES, _TEXT, sheet_in.LABEL_DATE, label)
        first, last = self._span()
        days = {
            "validate": "date",
            "criteria": "between",
            "minimum": first,
            "maximum": last,
            "error_title": "Date of the review",
            "error_message": f"Write a date from {first:%d/%m/%Y} to {last:%d/%m/%Y}.",
        }
        for column in range(_POINT, self._last_column + 1):
            page.write_blank(_DATES, column, None, self._entry(num_format="dd mmm yyyy", align="center"))
        page.data_validation(_DATES, _POINT, _DATES, self._last_column, days)

    def lines(self) -> None:
        """The headings, and a row of our words for each line, shaded by level."""
        page = self._page
        head = self._format(bold=True, bg_color=_INK, font_color="#FFFFFF", border=1, text_wrap=True, valign="vcenter")
        words = (sheet_in.HEAD_LEVEL, sheet_in.HEAD_LINE, sheet_in.HEAD_WORDS, *(point.label for point in self._points))
        for column, word in enumerate(words):
            page.write_string(_HEAD, column, word, head)
        bold = self._format(bold=True)
        row = _FIRST
        by_standard = groupby(self._lines, key=lambda line: self._pack.standard_of[line].id)
        for band, (_, members) in enumerate(by_standard):
            cell = self._format(bg_color=_SHADES[band % 2], border=1, text_wrap=True, valign="top")
            for line in members:
                standard, criterion = self._pack.standard_of[line], self._pack.criteria[line]
                level = f"{standard.level}" if standard.level is not None else standard.label
                page.write_string(row, _LEVEL, level, cell)
                page.write_string(row, _LINE, line, cell)
                # Not every program fits a row to text of two faces, so its height is given.
                page.set_row(row, _height(criterion.text))
                page.write_rich_string(row, _TEXT, bold, criterion.label, f"\n{criterion.text}", cell)
                for column in range(_POINT, self._last_column + 1):
                    page.write_blank(row, column, None, self._entry(align="center", valign="vcenter"))
                row += 1

    def marks(self) -> None:
        """The drop-downs, and the colours that follow the ragging rule."""
        page = self._page
        choice = {
            "validate": "list",
            "source": list(sheet_in.MARKS),
            "error_title": "Mark",
            "error_message": "Choose met, partly met or not met, or leave the cell blank.",
        }
        page.data_validation(_FIRST, _POINT, self._last_row, self._last_column, choice)
        # The mark is shown with its colour's name, so that nobody need tell the colours apart.
        green = self._book.add_format({"bg_color": _GREEN, "font_color": _INK, "num_format": '@" (green)"'})
        amber = self._book.add_format({"bg_color": _AMBER, "font_color": _INK, "num_format": '@" (amber)"'})
        for column in range(_POINT, self._last_column + 1):
            here = xl_rowcol_to_cell(_FIRST, column)
            letter = xl_col_to_name(column)
            run = f"{letter}${_FIRST + 1}:{letter}{_FIRST + 1}"
            met = "+".join(f'COUNTIF({run},"{word}")' for word in ("met", "green", "amber"))
            is_met = f'OR({here}="met",{here}="green",{here}="amber")'
            area = (_FIRST, column, self._last_row, column)
            for criteria, shown in (
                (f"=AND({is_met},{met}=ROWS({run}))", green),
                (f"=AND({is_met},{met}<ROWS({run}))", amber),
            ):
                page.conditional_format(*area, {"type": "formula", "criteria": criteria, "format": shown})

    def print_set_up(self) -> None:
        """Widths, frozen panes, and A4 across with the headings on every page."""
        page = self._page
        page.set_column(_LEVEL, _LEVEL, 12 if any(s.level is None for s in self._pack.standards) else 7)
        page.set_column(_LINE, _LINE, 10)
        page.set_column(_TEXT, _TEXT, 72)
        page.set_column(_POINT, self._last_column, 18)
        page.freeze_panes(_FIRST, _POINT)
        page.set_landscape()
        page.set_paper(_PAPER_A4)
        page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        page.fit_to_pages(1, 0)
        page.repeat_rows(_DATES, _HEAD)
        page.print_area(0, 0, self._last_row, self._last_column)
        # & begins a code in a footer.
        page.set_footer(f"&L{self._pack.name.replace('&', '&&')}&RPage &P of &N")
        page.set_selection(_PERSON, _TEXT, _PERSON, _TEXT)

    def _span(self) -> tuple[dt.date, dt.date]:
        """The first and last day that a review may have."""
        if self._year is None:
            return _FIRST_DAY, _LAST_DAY
        month, day = map(int, self._pack.framework.findings.cycle_starts.split("-"))
        return dt.date(self._year, month, day), dt.date(self._year + 1, month, day) - dt.timedelta(days=1)

    def _help(self, row: int, column: int, title: str, message: str) -> None:
        self._page.data_validation(
            row, column, row, column, {"validate": "any", "input_title": title, "input_message": message}
        )

    def _entry(self, **properties: Any) -> xlsxwriter.format.Format:
        return self._format(bg_color=_INPUT, border=1, **properties)

    def _format(self, **properties: Any) -> xlsxwriter.format.Format:
        if properties.get("border"):
            properties["border_color"] = _RULE
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format({"font_name": "Arial", "font_size": 10, **properties})
        return self._formats[key]


def _height(descriptor: str) -> float:
    """Height of a row in points: the label's line, and as many as the descriptor needs."""
    return _LINE_HEIGHT * (1 + math.ceil(len(descriptor) / _CHARACTERS)) + 3


def _write_marker(pack: Pack, book: xlsxwriter.Workbook, lines: Sequence[str], points: Sequence[ReviewPoint]) -> None:
    """The hidden page by which the reader knows what it has before it."""
    page = book.add_worksheet(sheet_in.MARKER_SHEET)
    rows = [
        ["format", sheet_in.FORMAT],
        ["framework", pack.id],
        ["version", pack.version],
        ["digest", pack.digest],
        *(["review_point", point.id, point.label] for point in points),
        ["lines", *lines],
    ]
    for at, words in enumerate(rows):
        for column, word in enumerate(words):
            page.write_string(at, column, word)
    page.very_hidden()
