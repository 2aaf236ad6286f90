"""Which files a workforce's evidence is in, what kind each is of, and what of it can be read at once."""

from __future__ import annotations

import glob
import io
import mmap
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import pyarrow as pa
import pyarrow.parquet as pq

from bandstand import words
from bandstand.cohort.parquet_in import GroupChunk, groups
from bandstand.cohort.pieces import LARGE
from bandstand.cohort.text_in import BLOCK, CsvBlock, CsvStream, Heading, JsonBlock, JsonStream, open_text
from bandstand.errors import ProblemsError
from bandstand.interop.columns import ColumnWatch
from bandstand.interop.csv_rows import Columns, delimiter_of, without_hint
from bandstand.interop.source import (
    EVIDENCE,
    Limits,
    RawRow,
    empty,
    file_problem,
    missing_columns,
    name_of,
    no_records,
    quoted,
    unusable,
    wide_encoding,
    wrong_encoding,
)
from bandstand.models.problem import Problem, by_place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bandstand.cohort.pieces import Chunk

Kind = Literal["parquet", "csv", "jsonl"]

#: What ends a name, and what the file is then.
KINDS: Final[dict[str, Kind]] = {
    ".parquet": "parquet",
    ".pq": "parquet",
    ".csv": "csv",
    ".tsv": "csv",
    ".csv.gz": "csv",
    ".tsv.gz": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".jsonl.gz": "jsonl",
    ".ndjson.gz": "jsonl",
}
#: The fields that are read unless a framework asks for more.
WANTED: Final = frozenset(EVIDENCE.known) - LARGE
#: The file that tells a folder of coded evidence from any other.
ABOUT: Final = "about.json"
_NO_LIMITS: Final = Limits(max_bytes=1 << 60, max_rows=1 << 60)
_HEAD: Final = 1 << 20
#: Bytes of a row, about, where only that of its file are known.
_ROW_BYTES: Final = 60


@dataclass(frozen=True, slots=True)
class InputFile:
    """One file of evidence.

    Attributes:
        path: The file.
        name: Its name as it was given, safe to print.
        kind: What it is.
        size: Its size in bytes.
        changed: When it was last changed, in nanoseconds since 1970.
    """

    path: Path
    name: str
    kind: Kind
    size: int
    changed: int


@dataclass(frozen=True, slots=True)
class _Look:
    """A look into one file: which it is, what is read of it, and where what is wrong with it is put."""

    at: int
    file: InputFile
    wanted: frozenset[str]
    watch: ColumnWatch
    problems: list[Problem]


@dataclass(slots=True)
class Inputs:
    """What there is to read.

    Attributes:
        files: The files, in the order in which they were given, those of a folder by their names.
        chunks: Their parts, in the files' order.
        problems: What is wrong with a file and keeps nobody's evidence from being read.
        notes: What a user should know and need not mend.
    """

    files: list[InputFile]
    chunks: list[Chunk] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """How many rows there are, or about how many."""
        return sum(chunk.weight for chunk in self.chunks)


def is_coded(path: Path) -> bool:
    """Whether a path is that of a folder of coded evidence."""
    return path.is_dir() and (path / ABOUT).is_file()


def find_files(paths: Sequence[Path]) -> list[InputFile]:
    """The files of evidence that paths name: files, patterns of names, and folders with files in them.

    Raises:
        ProblemsError: Something named is not there, is of another kind, or is empty.
    """
    found: dict[Path, InputFile] = {}
    problems: list[Problem] = []
    for given in paths:
        for path in _named(given):
            result = _file(path)
            if isinstance(result, Problem):
                problems.append(result)
            else:
                found.setdefault(path, result)
        if given.is_dir() and not any(_kind(path) for path in _named(given)):
            kinds = words.listed(sorted(KINDS), 12)
            message = "This folder holds no evidence that can be read, and is no folder of coded evidence."
            problems.append(file_problem(given, "is-a-folder", message, f"Evidence is in files of {kinds}."))
    if problems:
        raise ProblemsError(problems)
    return list(found.values())


def look_into(files: Sequence[InputFile], wanted: frozenset[str] = WANTED) -> Inputs:
    """The parts that the files have, and what can be told of the files before any row is read.

    Args:
        files: The files.
        wanted: The fields that are read of them.

    Raises:
        ProblemsError: A file has no rows that could be read: it lacks a column, or is not of its kind. Without what is
            in it, people would be judged by a part of their evidence.
    """
    inputs = Inputs(list(files))
    wrong: list[Problem] = []
    watch = ColumnWatch(EVIDENCE)
    for at, file in enumerate(files):
        try:
            look = {"parquet": _parquet, "csv": _csv, "jsonl": _jsonl}[file.kind]
            found = look(_Look(at, file, wanted, watch, inputs.problems))
        except ProblemsError as error:
            wrong.extend(error.problems)
            continue
        if found:
            inputs.chunks.extend(found)
        else:
            inputs.problems.append(no_records(file.path, EVIDENCE))
    if not inputs.chunks and not wrong:
        wrong = inputs.problems
    if wrong:
        raise ProblemsError(by_place(wrong))
    inputs.notes.extend(watch.notes)
    return inputs


def unread(file: InputFile, names: Iterable[str], watch: ColumnWatch) -> list[Problem]:
    """What is to be said of columns that are not read."""
    values = {name: "" for name in names if name}
    return list(watch.problems(RawRow(file.name, None, None, None, dict(values))))


def _named(given: Path) -> list[Path]:
    if given.is_dir():
        within = sorted(path for path in given.rglob("*") if path.is_file())
        return [path for path in within if _kind(path) and not _is_hidden(path.relative_to(given))]
    if not given.exists() and glob.has_magic(str(given)):
        return [Path(name) for name in sorted(glob.glob(str(given), recursive=True))] or [given]  # noqa: PTH207 - a Path's own does not take whole paths
    return [given]


def _is_hidden(path: Path) -> bool:
    return any(part.startswith((".", "_")) for part in path.parts)


def _kind(path: Path) -> Kind | None:
    name = path.name.lower()
    return next((kind for ending, kind in KINDS.items() if name.endswith(ending)), None)


def _file(path: Path) -> InputFile | Problem:
    problem = unusable(path, _NO_LIMITS)
    if problem is not None:
        return problem
    kind = _kind(path)
    if kind is None:
        ending = quoted(path.suffix)
        message = f"Of a whole workforce, files that end in {ending} are not read." if ending else "No ending."
        remedy = f"Save it as one of {words.listed(sorted(KINDS), 12)}, or give it to bandstand evaluate."
        return file_problem(path, "unknown-kind", message, remedy)
    about = path.stat()
    return InputFile(path, name_of(path), kind, about.st_size, about.st_mtime_ns)


def _parquet(look: _Look) -> list[Chunk]:
    file, problems = look.file, look.problems
    try:
        schema = pq.read_schema(file.path)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        message = f"This is no Parquet file: {quoted(error, 200).rstrip('.')}."
        raise ProblemsError(
            [file_problem(file.path, "broken-parquet", message, "Write it again, and check that it was copied whole.")]
        ) from None
    columns: dict[str, str] = {}
    others = []
    for name in schema.names:
        column = EVIDENCE.column(name)
        if column is None:
            others.append(name)
        elif column in columns.values():
            message = f'The column "{quoted(name)}" stands twice; the second was left out.'
            problems.append(file_problem(file.path, "duplicate-column", message, "Keep the one that is right."))
        else:
            columns[name] = column
    missing = [field for field in EVIDENCE.required if field not in columns.values()]
    if missing:
        raise ProblemsError([missing_columns(file.path, missing, schema.names, EVIDENCE)])
    problems.extend(unread(file, others, look.watch))
    wanted = tuple((name, column) for name, column in columns.items() if column in look.wanted)
    person = next(name for name, column in wanted if column == "person")
    return [
        GroupChunk(look.at, file.path, file.name, wanted, group)
        for group in groups(file.path, look.at, person)
        if group.rows
    ]


def _csv(look: _Look) -> list[Chunk]:
    at, file, heading = look.at, look.file, _heading(look)
    if file.path.suffix.lower() == ".gz":
        # What is packed is a good deal shorter than its text.
        return [CsvStream(at, file.path, file.name, heading, max(file.size * 4 // _ROW_BYTES, 1))]
    if heading.start >= file.size:
        return []
    with file.path.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as text:
        if text.find(b'"', heading.start) >= 0 or _has_bare_return(text, heading.start):
            return [CsvStream(at, file.path, file.name, heading, max(file.size // _ROW_BYTES, 1))]
        return [
            CsvBlock(at, file.path, file.name, heading, start, end, heading.row + first, lines)
            for start, end, first, lines in _blocks(text, heading.start)
        ]


def _jsonl(look: _Look) -> list[Chunk]:
    # Which fields there are is only known once it is read.
    at, file = look.at, look.file
    if file.path.suffix.lower() == ".gz":
        return [JsonStream(at, file.path, file.name, max(file.size * 4 // _ROW_BYTES, 1), look.wanted)]
    with file.path.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as text:
        if text[:3] == b"\xef\xbb\xbf" and len(text) == len(b"\xef\xbb\xbf"):
            return []
        start = 3 if text[:3] == b"\xef\xbb\xbf" else 0
        return [JsonBlock(at, file.path, file.name, *block, look.wanted) for block in _blocks(text, start)]


def _blocks(text: mmap.mmap, start: int) -> Iterator[tuple[int, int, int, int]]:
    """Where each block of whole lines begins and ends, the number of its first line, and how many lines it has."""
    first, size = 1, len(text)
    while start < size:
        end = size
        if start + BLOCK < size:
            end = text.rfind(b"\n", start, start + BLOCK) + 1 or text.find(b"\n", start + BLOCK) + 1 or size
        block = text[start:end]
        lines = block.count(b"\n") + (not block.endswith(b"\n"))
        yield start, end, first, lines
        start, first = end, first + lines


def _has_bare_return(text: mmap.mmap, start: int) -> bool:
    """Whether a line may end in a carriage return alone, as old programs for the Macintosh write it."""
    at = text.find(b"\r", start)
    while at >= 0:
        if text[at + 1 : at + 2] != b"\n":
            return True
        end = text.find(b"\n", at) + 1
        nearby = text[end : end + (1 << 20)]
        if nearby.count(b"\r") != nearby.count(b"\r\n") + nearby.endswith(b"\r"):
            return True
        at = text.find(b"\r", end + max(len(nearby) - 1, 0))
    return False


def _heading(look: _Look) -> Heading:
    """The heading row of a CSV file.

    Raises:
        ProblemsError: There is none, a column is missing, or the file is no text in UTF-8.
    """
    file = look.file
    try:
        with open_text(file.path) as opened:
            head = opened.read(_HEAD)
    except (OSError, EOFError) as error:
        message = f"The file can't be read: {quoted(error)}."
        raise ProblemsError([file_problem(file.path, "not-readable", message, "Check that it is whole.")]) from None
    try:
        # The last character may be cut through.
        text = head.decode("utf-8-sig", "strict" if len(head) < _HEAD else "ignore")
    except UnicodeDecodeError as error:
        at = head.count(b"\n", 0, error.start) + 1
        raise ProblemsError([wrong_encoding(file.path, head, error.start, line=at)]) from None
    if "\0" in text[:4096]:
        raise ProblemsError([wide_encoding(file.path)])
    if not text.strip():
        raise ProblemsError([empty(file.path)])
    plain = without_hint(text)
    start = len(text[: len(text) - len(plain)].encode()) + 3 * head.startswith(b"\xef\xbb\xbf")
    delimiter = delimiter_of(text, EVIDENCE)
    row = 0
    # As the reader of small files has it, though with a heading on one line: a name needs no line break.
    for line in io.StringIO(plain, newline=""):
        row += 1
        start += len(line.encode())
        cells = [cell.strip().strip('"') for cell in line.rstrip("\r\n").split(delimiter)]
        if any(cells):
            break
    columns = Columns(file.path, cells, EVIDENCE, row=row)
    if not columns.usable:
        raise ProblemsError(columns.problems)
    look.problems.extend(columns.problems)
    fields = columns.fields
    look.problems.extend(unread(file, [name for name in fields if name and name not in EVIDENCE.known], look.watch))
    return Heading(line, fields, delimiter, row, start, all(cells), look.wanted)
