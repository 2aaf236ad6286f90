"""What every reader of files shares: limits, raw rows, headings, and how a value is quoted in a problem."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bandstand.models.problem import Place, Problem, shown
from bandstand.rules.base import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

MIB = 1024 * 1024

_WORKBOOK_STARTS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
_UTF8_MARK = b"\xef\xbb\xbf"
_LOOKED_AT = 4096
_AS_UTF8 = "In Excel choose Save As, CSV UTF-8; in other programs choose the encoding UTF-8."
_DROPPED = re.compile(r"[\s_/-]+")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one file may hold before it is refused.

    Attributes:
        max_bytes: Bytes of the file on disk.
        max_rows: Records of one file.
        max_unzipped: Bytes of a workbook once unpacked.
        max_ratio: How many times larger than packed a workbook may become; looked at above 16 MiB.
        max_problems: Problems after which the rest of the input is left unread.
    """

    max_bytes: int = 64 * MIB
    max_rows: int = 1_000_000
    max_unzipped: int = 512 * MIB
    max_ratio: int = 200
    max_problems: int = 10_000


@dataclass(slots=True)
class RawRow:
    """One record as its file gives it, before anybody has looked at what it says.

    Attributes:
        file: The file's name as the user gave it.
        row: Row as a spreadsheet counts it, from 1, for a table.
        line: Line of a text file, from 1, for JSON.
        sheet: Sheet of a workbook.
        values: Field -> value; fields that are not given are absent or None.
        cells: Field -> cell (``F14``), where the record was put together from several cells.
        written_for: Framework and pack version (``smart_equip 2024.1``) that a ragging sheet was written for.
        record: Which record of its file it is, from 1, where several may begin on one line.
    """

    file: str
    row: int | None
    line: int | None
    sheet: str | None
    values: dict[str, object]
    cells: Mapping[str, str] | None = None
    written_for: str | None = None
    record: int | None = None

    def place(self, path: str | None = None) -> Place:
        """Where the field ``path`` of this record is."""
        cell = self.cells.get(path) if self.cells is not None and path is not None else None
        if cell is not None:
            row = int("".join(c for c in cell if c.isdigit()))
            return Place(file=self.file, row=row, sheet=self.sheet, path=cell)
        return Place(file=self.file, row=self.row, line=self.line, sheet=self.sheet, path=path)

    def __str__(self) -> str:
        """Where the record is, as another record's problem names it."""
        return f"{self.place()}, record {self.record}" if self.record is not None else str(self.place())


@dataclass(frozen=True, slots=True)
class Headings:
    """The columns of a kind of table.

    Attributes:
        kind: What the table holds, in messages: ``evidence``.
        known: Every column, in the order in which messages list them.
        required: The columns without which no row can be read.
        called: Other words that a heading of a table may be, with the column that each is.
    """

    kind: str
    known: tuple[str, ...]
    required: tuple[str, ...]
    called: Mapping[str, str] = field(default_factory=dict)

    def column(self, heading: object) -> str | None:
        """The column that a heading of a table is, however it is written; None where it is none."""
        word = folded(heading)
        return word if word in self.known else self.called.get(word)


EVIDENCE = Headings(
    "evidence",
    (
        "id",
        "person",
        "framework",
        "criteria",
        "claim",
        "source",
        "author",
        "date",
        "review_point",
        "note",
        "attachments",
        "moderated_by",
        "accepted_from",
        "accepted_by",
    ),
    ("person", "criteria", "claim", "source", "date"),
)
PEOPLE = Headings(
    "people",
    ("person", "grade", "roles", "strand", "fte", "in_role_since", "career_stage", "flags", "school", "facts"),
    ("person",),
    {"academy": "school", "site": "school", "school_id": "school", "academy_id": "school"},
)


def quoted(value: object, limit: int = 60) -> str:
    """A value as a problem quotes it: one line, short, and safe to print on any terminal."""
    try:
        # A long text is cut first, so that a 60 MB cell costs nothing.
        text = shown(value[: 8 * limit] if isinstance(value, str) else value, limit)
    except (RecursionError, ValueError):
        return "…"
    return "".join(c if c.isprintable() else "\ufffd" for c in text)


def name_of(path: Path) -> str:
    """The file's name as the user gave it, safe to print."""
    return quoted(path, 400)


def folded(text: object) -> str:
    """A heading or word as it is compared: ``Review point`` is ``review_point``."""
    return "_".join(str(text).strip().lower().replace("-", " ").replace("_", " ").split())


def squeezed(text: str) -> str:
    """A word without letter case, spaces, dashes and slashes: ``UPR 2/3`` is written as ``UPR2-3`` as well."""
    return _DROPPED.sub("", text).casefold()


def unambiguous(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Way of writing -> id, of ``pairs`` of the two; a way in which several ids are written is none of them."""
    found: dict[str, str | None] = {}
    for word, name in pairs:
        found[word] = name if found.get(word, name) == name else None
    return {word: name for word, name in found.items() if name is not None}


def is_blank(value: object) -> bool:
    """Whether a field that holds ``value`` counts as not given."""
    if isinstance(value, str):
        return not value or value.isspace()
    return value is None or value == []


def number_text(value: float) -> str:
    """A number as the id that was meant: a spreadsheet holds 7 as 7.0."""
    if isinstance(value, int):
        return str(value)
    return str(int(value)) if math.isfinite(value) and value.is_integer() else str(value)


def file_problem(path: Path, code: str, message: str, remedy: str, **place: object) -> Problem:
    """A problem of a file; ``place`` may hold its line, row or sheet."""
    where = Place.model_validate({"file": name_of(path), **place})
    return Problem(code=code, place=where, message=message, remedy=remedy)


def unusable(path: Path, limits: Limits) -> Problem | None:
    """Why ``path`` cannot be read at all, or None."""
    try:
        if not path.exists():
            return file_problem(path, "no-such-file", "There is no such file.", "Check the name and the folder.")
        if path.is_dir():
            return file_problem(path, "is-a-folder", "This is a folder.", "Name the files in it.")
        if not path.is_file():
            return file_problem(path, "not-a-file", "This is a device or a pipe.", "Save it as a file first.")
        size = path.stat().st_size
    except (OSError, ValueError) as error:
        return _not_readable(path, error)
    if size == 0:
        return empty(path)
    return too_large(path, size, limits) if size > limits.max_bytes else None


def read_bytes(path: Path, limits: Limits) -> bytes | Problem:
    """The file's bytes, or why they can't be had."""
    problem = unusable(path, limits)
    if problem is not None:
        return problem
    try:
        with path.open("rb") as file:
            # What is asked for is what memory is taken for.
            data = file.read(min(limits.max_bytes, path.stat().st_size) + 1)
    except OSError as error:
        return _not_readable(path, error)
    return too_large(path, len(data), limits) if len(data) > limits.max_bytes else data


def read_text(path: Path, limits: Limits) -> str | Problem:
    """The text of a UTF-8 file, with or without its byte order mark, or why it can't be had."""
    data = read_bytes(path, limits)
    if isinstance(data, Problem):
        return data
    if data.startswith(_WORKBOOK_STARTS):
        message = f"This is a workbook, though its name ends in {path.suffix}."
        return file_problem(path, "not-a-text-file", message, "Rename it to .xlsx, or save it as what it is called.")
    if data.startswith(_WIDE_MARKS) or b"\x00" in data[:_LOOKED_AT]:
        return wide_encoding(path)
    try:
        text = data.removeprefix(_UTF8_MARK).decode("utf-8")
    except UnicodeDecodeError as error:
        at = error.start + (len(_UTF8_MARK) if data.startswith(_UTF8_MARK) else 0)
        return wrong_encoding(path, data, at, line=data.count(b"\n", 0, at) + 1)
    return text if text.strip() else empty(path)


def wide_encoding(path: Path) -> Problem:
    """The problem of a text of two bytes for each character, or of what is no text."""
    return file_problem(path, "wrong-encoding", "The file is in UTF-16 (or no text at all), not UTF-8.", _AS_UTF8)


def wrong_encoding(path: Path, data: bytes, at: int, *, line: int | None) -> Problem:
    """The problem of a byte that no text in UTF-8 has there, with what stands around it.

    Args:
        path: The file.
        data: Some of it.
        at: The position of the byte in that.
        line: Its line in the file, where somebody knows.
    """
    start = max(data.rfind(b"\n", 0, at) + 1, at - 20)
    near = data[start : at + 20].partition(b"\n")[0].decode("cp1252", "replace")
    message = f'The file is not UTF-8: byte 0x{data[at]:02X} near "{quoted(near)}".'
    place = {} if line is None else {"line": line}
    return file_problem(path, "wrong-encoding", message, _AS_UTF8, **place)


def empty(path: Path) -> Problem:
    """The problem of a file with nothing in it."""
    return file_problem(path, "empty-file", "The file is empty.", "Check that it was saved, and is the right one.")


def no_records(path: Path, headings: Headings) -> Problem:
    """The problem of a file that is in order but holds no record."""
    message = f"The file holds no {headings.kind}."
    return file_problem(path, "no-records", message, "Check that it is the right one.")


def too_large(path: Path, size: int, limits: Limits) -> Problem:
    """The problem of a file that is larger than the limit."""
    limit = _megabytes(limits.max_bytes)
    message = f"The file has {_megabytes(size)}; at most {limit} are read."
    return file_problem(path, "too-large", message, "Split it into smaller files and give them together.")


def too_many_rows(path: Path, limits: Limits) -> Problem:
    """The problem of a file with more records than the limit; those before it were read."""
    message = f"The file has more than {limits.max_rows:,} records; the rest was not read."
    return file_problem(path, "too-many-rows", message, "Split it into smaller files and give them together.")


def missing_columns(
    path: Path, missing: Sequence[str], there: Sequence[str], headings: Headings, **place: object
) -> Problem:
    """The problem of a table without the columns that every row needs."""
    names = " and ".join([", ".join(missing[:-1]), missing[-1]] if len(missing) > 1 else missing)
    message = f"The table has no column {names}."
    unused = [word for word in there if folded(word) not in headings.known]
    guesses = [(word, did_you_mean(folded(word), missing)) for word in unused]
    near = [
        (word, guess.removeprefix("Did you mean ").removesuffix("?"))
        for word, guess in guesses
        if guess.startswith("Did you mean")
    ]
    hints = "".join(f' Is "{quoted(word)}" meant to be {wanted}?' for word, wanted in near)
    remedy = f"The headings stand in the first row; {headings.kind} has {', '.join(headings.known)}.{hints}"
    return file_problem(path, "missing-column", message, remedy, **place)


def _not_readable(path: Path, error: Exception) -> Problem:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else "the name is not a file's"
    message = f"The file can't be read: {reason}."
    return file_problem(path, "not-readable", message, "Check that you may open it, and that no other program has it.")


def _megabytes(size: int) -> str:
    return f"{size / MIB:,.0f} MB" if size >= MIB else f"{size:,} bytes"
