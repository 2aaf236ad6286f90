"""Columns that a table has and Bandstand doesn't read: protected characteristics, names, and misspelt headings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bandstand.interop.source import Headings, RawRow, folded, quoted
from bandstand.models.evidence import PROTECTED_FIELDS
from bandstand.models.problem import Place, Problem
from bandstand.rules.base import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAMES = frozenset(
    {
        "name",
        "full_name",
        "forename",
        "forenames",
        "first_name",
        "given_name",
        "middle_name",
        "surname",
        "last_name",
        "family_name",
        "maiden_name",
        "preferred_name",
        "known_as",
        "email",
        "e_mail",
        "staff_name",
        "employee_name",
        "teacher_name",
        "email_address",
    }
)


class ColumnWatch:
    """Reports each unread column once for each file.

    Attributes:
        notes: What was left out and is no problem.
    """

    def __init__(self, headings: Headings) -> None:
        self.notes: list[str] = []
        self._headings = headings
        self._known = frozenset(headings.known)
        self._seen: set[tuple[str, str]] = set()

    def problems(self, row: RawRow) -> Iterator[Problem]:
        """The problems of columns that this row is the first of its file to fill."""
        if row.values.keys() <= self._known:
            return
        for key in row.values:
            if key not in self._known and (row.file, key) not in self._seen:
                self._seen.add((row.file, key))
                yield from self._column(row, key)

    def _column(self, row: RawRow, key: str) -> Iterator[Problem]:
        name, word = quoted(key), folded(key)
        if word in PROTECTED_FIELDS:
            self.notes.append(
                f'{row.file}: the column "{name}" was left out; a protected characteristic never reaches a rule.'
            )
            return
        if word in _NAMES:
            self.notes.append(f'{row.file}: the column "{name}" was left out; Bandstand reads ids, and never names.')
            return
        message = f'"{name}" is not a column of {self._headings.kind}; it was left out.'
        remedy = did_you_mean(word, self._headings.known, most=len(self._headings.known))
        place = Place(file=row.file, sheet=row.sheet, path=name)
        yield Problem(code="unknown-column", place=place, message=message, remedy=remedy)
