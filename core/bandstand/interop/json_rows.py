"""Raw rows from JSON and JSON Lines, each with the line on which it begins."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from bandstand.interop.source import (
    EVIDENCE,
    Headings,
    Limits,
    RawRow,
    file_problem,
    name_of,
    no_records,
    quoted,
    read_text,
)
from bandstand.models.problem import Place, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_SPACE = re.compile(r"[ \t\r\n]*")
_LIST_REMEDY = 'Write a list of records, [{...}, {...}], or {"evidence": [...]} ("people" for people).'


def read_json_lines(path: Path, limits: Limits, headings: Headings = EVIDENCE) -> Iterator[RawRow | Problem]:
    """The records of a file with one JSON object on each line; a line that is broken doesn't stop the rest."""
    text = read_text(path, limits)
    if isinstance(text, Problem):
        yield text
        return
    found = False
    for item in read_lines(name_of(path), enumerate(text.split("\n"), start=1)):
        found = True
        yield item
    if not found:
        yield no_records(path, headings)


def read_lines(file: str, lines: Iterable[tuple[int, str]]) -> Iterator[RawRow | Problem]:
    """The records of the numbered lines of a file; a blank one holds none."""
    decoder = _Decoder()
    for number, line in lines:
        if not line.strip():
            continue
        try:
            value = decoder.decode(line)
        except _BrokenError as error:
            yield error.problem(file, number)
            continue
        yield from _row(value, decoder, file, number)


def read_json(path: Path, limits: Limits, headings: Headings = EVIDENCE) -> Iterator[RawRow | Problem]:
    """The records of a JSON file: a list of objects, or an object that holds the list under the table's name."""
    text = read_text(path, limits)
    if isinstance(text, Problem):
        yield text
        return
    scan, record = _Scan(text), 0
    file = name_of(path)
    try:
        if not _enter_list(scan, headings):
            yield file_problem(path, "not-a-list", "The file holds no list of records.", _LIST_REMEDY, line=scan.line())
            return
        while scan.more(closing="]"):
            record, line = record + 1, scan.line()
            yield from _row(scan.value(), scan.decoder, file, line, record)
        scan.end()
    except _BrokenError as error:
        yield error.problem(file, scan.line(error.position))
        return
    if not record:
        yield no_records(path, headings)


def _enter_list(scan: _Scan, headings: Headings) -> bool:
    """Go to the first record of the list; False when there is no list."""
    if scan.take("["):
        return True
    if not scan.take("{"):
        scan.value()
        return False
    while scan.more(closing="}"):
        key = scan.value()
        scan.expect(":")
        if key == headings.kind and scan.take("["):
            scan.within_object = True
            return True
        scan.value()
    return False


def _row(
    value: object, decoder: _Decoder, file: str, line: int, record: int | None = None
) -> Iterator[RawRow | Problem]:
    if decoder.faults:
        for code, path, message, remedy in decoder.faults:
            place = Place(file=file, line=line, path=path)
            yield Problem(code=code, place=place, message=message, remedy=remedy, value=path)
    elif isinstance(value, dict):
        yield RawRow(file, None, line, None, value, record=record)
    else:
        yield Problem(
            code="not-a-record",
            place=Place(file=file, line=line),
            message=f'"{quoted(value)}" is not a record.',
            remedy='A record is an object, {"person": ..., ...}.',
            value=quoted(value),
        )


class _BrokenError(Exception):
    """The text is not JSON from ``position`` on."""

    def __init__(self, code: str, message: str, remedy: str, position: int, column: int | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.remedy, self.position, self.column = code, message, remedy, position, column

    def problem(self, file: str, line: int) -> Problem:
        at = f" at column {self.column}" if self.column is not None else ""
        message = f"{self.message}{at}."
        return Problem(code=self.code, place=Place(file=file, line=line), message=message, remedy=self.remedy)


class _Decoder:
    """JSON as the standard has it: keys once, no NaN. What else is wrong with the last value is in ``faults``."""

    def __init__(self) -> None:
        self.faults: list[tuple[str, str | None, str, str]] = []
        self._json = json.JSONDecoder(object_pairs_hook=self._pairs, parse_constant=self._constant)

    def decode(self, line: str) -> object:
        """The one value of a line."""
        value, end = self.raw(line, _past_space(line, 0))
        rest = _past_space(line, end)
        if rest != len(line):
            raise _syntax(line, rest, "more follows after the record", "Write one record on each line.")
        return value

    def raw(self, text: str, start: int) -> tuple[object, int]:
        """The value that begins at ``start``, and where it ends."""
        self.faults = []
        try:
            return self._json.raw_decode(text, start)
        except json.JSONDecodeError as error:
            raise _syntax(text, error.pos, _reason(error.msg)) from None
        except RecursionError:
            remedy = "A record is flat: take out the lists within lists."
            raise _BrokenError("nested-too-deep", "The JSON is nested too deep", remedy, start) from None
        except ValueError:
            # Python refuses to read whole numbers of more than 4,300 digits.
            raise _BrokenError("broken-json", "A number is too long to be read", "Check the number.", start) from None

    def _pairs(self, pairs: list[tuple[str, object]]) -> dict[str, object]:
        values = dict(pairs)
        if len(values) != len(pairs):
            seen: set[str] = set()
            for key, _ in pairs:
                if key in seen:
                    name = quoted(key)
                    remedy = "Keep the one that is right."
                    self.faults.append(("duplicate-key", name, f'"{name}" is given twice in one record.', remedy))
                seen.add(key)
        return values

    def _constant(self, name: str) -> None:
        self.faults.append(("not-a-number", None, f"{name} is no value that JSON has.", "Leave the field out instead."))


class _Scan:
    """A JSON text walked through element by element, so that each element's line is known."""

    def __init__(self, text: str) -> None:
        self.text, self.at, self.decoder, self.within_object = text, _past_space(text, 0), _Decoder(), False
        self._fresh = True
        self._counted, self._line = 0, 1

    def line(self, position: int | None = None) -> int:
        """The line of ``position``, or of where the scan stands; asked for in ascending order."""
        at = self.at if position is None else position
        if at >= self._counted:
            self._line += self.text.count("\n", self._counted, at)
            self._counted = at
        return self._line

    def take(self, mark: str) -> bool:
        """Step over ``mark`` when it comes next."""
        if not self.text.startswith(mark, self.at):
            return False
        self._move(self.at + 1)
        self._fresh = True
        return True

    def expect(self, mark: str) -> None:
        """Step over ``mark``, which must come next."""
        if not self.text.startswith(mark, self.at):
            raise _syntax(self.text, self.at, f'"{mark}" is missing')
        self._move(self.at + 1)

    def more(self, closing: str) -> bool:
        """Whether another element comes before ``closing``; steps over the comma or the mark."""
        if self.text.startswith(closing, self.at):
            self._move(self.at + 1)
            return False
        if not self._fresh:
            self.expect(",")
        self._fresh = False
        return True

    def value(self) -> object:
        """The value that comes next."""
        value, end = self.decoder.raw(self.text, self.at)
        self._move(end)
        return value

    def end(self) -> None:
        """Check that nothing follows the list but the end of the object that holds it."""
        if self.within_object:
            self._fresh = False
            while self.more(closing="}"):
                self.value()
                self.expect(":")
                self.value()
        if self.at != len(self.text):
            raise _syntax(self.text, self.at, "more follows after the list of records")

    def _move(self, to: int) -> None:
        self.at = _past_space(self.text, to)


def _past_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _reason(words: str) -> str:
    """The decoder's reason in plain words."""
    reasons = {
        "Expecting value": "a value is missing",
        "Expecting property name enclosed in double quotes": "a field's name in double quotes is missing",
        "Expecting ',' delimiter": "a comma is missing",
        "Expecting ':' delimiter": "a colon is missing",
        "Illegal trailing comma before end of object": "a comma stands before the closing brace",
        "Illegal trailing comma before end of array": "a comma stands before the closing bracket",
        "Unterminated string starting at": "a quotation mark is never closed",
        "Invalid control character at": "a text holds a line break or another control character",
    }
    return reasons.get(words, words[:1].lower() + words[1:])


def _syntax(text: str, position: int, reason: str, remedy: str = "Mend the JSON there.") -> _BrokenError:
    column = position - (text.rfind("\n", 0, position) + 1) + 1
    return _BrokenError("broken-json", f"The JSON is broken: {reason}", remedy, position, column)
