"""Writes down who would move, by id, for whoever asks for that on purpose."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Final, TextIO

from bandstand.candidates import safe_cell

if TYPE_CHECKING:
    from bandstand.change.cohort import Pair
    from bandstand.change.tally import Moved

_COLUMNS: Final = (
    *("person", "outcome", "grade", "school", "change", "level_before", "level_after", "zone_before", "zone_after"),
    *("recommendation_before", "recommendation_after", "result_before", "result_after"),
)


class MovedList:
    """A table of people who would not stay as they are, a row each, written as they come.

    Args:
        file: A text file that leaves line ends as they are.
    """

    def __init__(self, file: TextIO) -> None:
        self._writer = csv.writer(file, lineterminator="\r\n")
        self._writer.writerow(_COLUMNS)
        self.rows = 0

    def add(self, pair: Pair, moved: Moved) -> None:
        """Write one person down, unless they stay as they are."""
        cell, was, now = moved
        if cell.fate == "same":
            return
        cells = (pair.person.person, pair.outcome, cell.grade, cell.school, cell.fate)
        both = ((was.level, now.level), (was.zone, now.zone), _actions(moved), (was.result, now.result))
        named = (*cells, *(value for pair_of in both for value in pair_of))
        self._writer.writerow(safe_cell("" if value is None else str(value)) for value in named)
        self.rows += 1


def _actions(moved: Moved) -> tuple[str, str]:
    was, now = (";".join([str(standing.action), *standing.notes]) for standing in (moved.was, moved.now))
    return was, now
