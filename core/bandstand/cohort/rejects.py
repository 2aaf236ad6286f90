"""Rows that could not be read, as a table for whoever mends them: in the order of the input, with their reasons."""

from __future__ import annotations

import csv
import heapq
import json
from typing import TYPE_CHECKING, Any, Final

from bandstand.interop.source import EVIDENCE, PEOPLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from bandstand.cohort.read import Reject
    from bandstand.models.problem import Problem

#: The columns before those of the row's own values.
COLUMNS: Final = ("file", "row", "field", "code", "message", "remedy")
_VALUES: Final = tuple(dict.fromkeys([*EVIDENCE.known, *PEOPLE.known]))


def reject_line(file: int, name: str, row: int | None, problem: Problem, values: Mapping[str, object]) -> list[Any]:
    """One problem of one row as a list that JSON can hold: what orders it first, then the columns."""
    at = row if row is not None else problem.place.row or problem.place.line
    path = problem.place.path or ""
    told = [name, at, path, problem.code, problem.message, problem.remedy]
    return [file, at or 0, *told, {key: text_of(value) for key, value in values.items() if key in _VALUES}]


def lines_of(file: int, rejects: Iterable[Reject]) -> Iterator[list[Any]]:
    """The problems of rejected rows."""
    for reject in rejects:
        for problem in reject.problems:
            yield reject_line(file, reject.file, reject.row, problem, reject.values)


def text_of(value: object) -> str:
    """A value as a cell."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return "; ".join(map(text_of, value))
    return str(value)


def keep(path: Path, lines: Sequence[list[Any]]) -> None:
    """Keep the problems of one part of the input until all are there."""
    if not lines:
        return
    ordered = sorted(lines, key=_order)
    with path.open("w", encoding="utf-8") as file:
        file.writelines(f"{json.dumps(line)}\n" for line in ordered)


def merged(paths: Iterable[Path]) -> Iterator[list[Any]]:
    """All problems that were kept, in the order of the input."""
    opened = [path.open(encoding="utf-8") for path in paths if path.exists()]
    try:
        yield from heapq.merge(*(map(json.loads, file) for file in opened), key=_order)
    finally:
        for file in opened:
            file.close()


def write_rejects(path: Path, lines: Iterable[list[Any]]) -> None:
    """Write the table."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*COLUMNS, *_VALUES])
        for _, _, *told, values in lines:
            writer.writerow([*(text_of(cell) for cell in told), *(values.get(name, "") for name in _VALUES)])


def _order(line: list[Any]) -> tuple[Any, ...]:
    return line[0], line[1], line[4], line[5], line[6]
