"""Evidence from CSV and JSON Lines: Arrow reads what is in order, and the readers of small files all else.

A text is cut into blocks of whole lines, so that several processes can read one file. Whatever is odd about a block (a
line with a cell too few, a value of another type) is left to the readers that ``bandstand evaluate`` uses, so that the
same is said of it.
"""

from __future__ import annotations

import gzip
import io
import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, BinaryIO, Final, cast

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.json as pa_json

from bandstand.cohort.pieces import Piece, numbered, of_raw, some_people
from bandstand.errors import ProblemsError
from bandstand.interop.csv_rows import read_csv_lines
from bandstand.interop.json_rows import read_lines
from bandstand.interop.source import EVIDENCE, RawRow, wrong_encoding
from bandstand.models.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

#: Bytes of a block.
BLOCK: Final = 16 << 20
#: Records that are taken together where they are read one by one.
_STEP: Final = 50_000
#: Bytes of a block that are looked at to see whom it is about.
_LOOKED_AT: Final = 1 << 18
_WORD: Final = pa.dictionary(pa.int32(), pa.string())


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading row of a CSV file.

    Attributes:
        line: The row as it stands.
        fields: What each column is; None for one that is not read.
        delimiter: What parts columns.
        row: Its own row.
        start: Where in the file the next row begins.
        plain: Whether every column has a heading, which fast readers need.
        wanted: The fields that are read.
    """

    line: str
    fields: tuple[str | None, ...]
    delimiter: str
    row: int
    start: int
    plain: bool
    wanted: frozenset[str]

    @property
    def read(self) -> dict[str, str]:
        """The columns that are read, by their position as a text, with their fields."""
        return {str(at): field for at, field in enumerate(self.fields) if field in self.wanted}


@dataclass(frozen=True, slots=True)
class CsvBlock:
    """Some lines of a CSV file in which nothing is quoted.

    Attributes:
        file: Position of the file among those that are read.
        path: The file.
        name: Its name as it was given.
        heading: Its heading row.
        start: Where the block begins, in bytes.
        end: Where it ends.
        first: The row of its first line.
        weight: How many lines it has.
    """

    file: int
    path: Path
    name: str
    heading: Heading
    start: int
    end: int
    first: int
    weight: int

    def pieces(self) -> Iterator[Piece]:
        """See :class:`bandstand.cohort.pieces.Chunk`."""
        data = _bytes_of(self.path, self.start, self.end)
        if self.heading.plain:
            try:
                table = pa_csv.read_csv(
                    pa.BufferReader(data),
                    read_options=_read_options(self.heading, len(data)),
                    parse_options=_parse_options(self.heading),
                    convert_options=_convert_options(self.heading),
                )
            except pa.ArrowInvalid:
                table = None
            if table is not None and not _has_blank(table):
                yield Piece(self.name, _as_fields(table, self.heading), numbered(self.first, table.num_rows))
                return
        lines = io.StringIO(_text(self.path, data, self.first), newline="")
        yield from _csv_pieces(self.path, self.name, self.heading, lines, self.first)

    def sample(self) -> pa.Array:
        """See :class:`bandstand.cohort.pieces.Chunk`."""
        return _sample(replace(self, end=_some(self.path, self.start, self.end)))


@dataclass(frozen=True, slots=True)
class CsvStream:
    """A whole CSV file, read from its beginning to its end, as one that is packed or in which something is quoted.

    Attributes:
        file: Position of the file among those that are read.
        path: The file.
        name: Its name as it was given.
        heading: Its heading row.
        weight: About how many rows it has.
    """

    file: int
    path: Path
    name: str
    heading: Heading
    weight: int

    def pieces(self) -> Iterator[Piece]:
        """See :class:`bandstand.cohort.pieces.Chunk`."""
        read = 0
        if self.heading.plain:
            try:
                for batch in self._batches():
                    table = pa.Table.from_batches([batch])
                    if _has_blank(table):
                        break
                    first = self.heading.row + 1 + read
                    yield Piece(self.name, _as_fields(table, self.heading), numbered(first, table.num_rows))
                    read += table.num_rows
                else:
                    return
            except pa.ArrowInvalid:
                pass
        with open_text(self.path) as opened:
            opened.seek(self.heading.start)
            text = io.TextIOWrapper(opened, encoding="utf-8", newline="")
            yield from _csv_pieces(
                self.path, self.name, self.heading, _strict(self.path, text), self.heading.row + 1, read
            )

    def sample(self) -> pa.Array:
        """See :class:`bandstand.cohort.pieces.Chunk`."""
        return _sample(self)

    def _batches(self) -> Iterator[pa.RecordBatch]:
        with open_text(self.path) as opened:
            opened.seek(self.heading.start)
            with pa_csv.open_csv(
                pa.PythonFile(opened, mode="r"),
                read_options=_read_options(self.heading, BLOCK),
                parse_options=_parse_options(self.heading, quoted=True),
                convert_options=_convert_options(self.heading),
            ) as reader:
                yield from reader


@dataclass(frozen=True, slots=True)
class JsonBlock:
    """Some lines of a JSON Lines file.

    Attributes:
        file: Position of the file among those that are read.
        path: The file.
        name: Its name as it was given.
        start: Where the block begins, in bytes.
        end: Where it ends.
        first: The number of its first line.
        weight: How many lines it has.
        wanted: The fields that are read.
    """

    file: int
    path: Path
    name: str
    start: int
    end: int
    first: int
    weight: int
    wanted: frozenset[str]

    def pieces(self) -> Iterator[Piece]:
        """See :class:`bandstand.cohort.pieces.Chunk`."""
        data = _bytes_of(self.path, self.start, self.end)
        yield from _json_pieces(self.path, self.name, data, self.first, self.weight, self.wanted)

    def sample(self) -> pa.Array:
        """See :class:`bandstand.cohort.pieces.Chunk`."""
        return _sample(replace(self, end=_some(self.path, self.start, self.end), weight=-1))


@dataclass(frozen=True, slots=True)
class JsonStream:
    """A whole JSON Lines file that is packed.

    Attributes:
        file: Position of the file among those that are read.
        path: The file.
        name: Its name as it was given.
        weight: About how many lines it has.
        wanted: The fields that are read.
    """

    file: int
    path: Path
    name: str
    weight: int
    wanted: frozenset[str]

    def pieces(self) -> Iterator[Piece]:
        """See :class:`bandstand.cohort.pieces.Chunk`."""
        first = 1
        with open_text(self.path) as opened:
            while lines := opened.readlines(BLOCK):
                yield from _json_pieces(self.path, self.name, b"".join(lines), first, len(lines), self.wanted)
                first += len(lines)

    def sample(self) -> pa.Array:
        """See :class:`bandstand.cohort.pieces.Chunk`."""
        return _sample(self)


def open_text(path: Path) -> BinaryIO:
    """A text as bytes, unpacked where its name ends in ``.gz``."""
    if path.suffix.lower() == ".gz":
        return cast("BinaryIO", gzip.open(path, "rb"))
    return path.open("rb")


def _bytes_of(path: Path, start: int, end: int) -> bytes:
    with path.open("rb") as opened:
        opened.seek(start)
        return opened.read(end - start)


def _some(path: Path, start: int, end: int) -> int:
    """Where the first lines of a block end."""
    first = _bytes_of(path, start, min(start + _LOOKED_AT, end))
    return start + (first.rfind(b"\n") + 1 or end - start)


def _sample(chunk: CsvBlock | CsvStream | JsonBlock | JsonStream) -> pa.Array:
    for piece in chunk.pieces():
        if piece.table.num_rows:
            return some_people(piece.table)
    return pa.array([], pa.string())


def _read_options(heading: Heading, size: int) -> pa_csv.ReadOptions:
    names = [str(at) for at in range(len(heading.fields))]
    return pa_csv.ReadOptions(use_threads=False, block_size=max(size, 1) + 1, column_names=names)


def _parse_options(heading: Heading, *, quoted: bool = False) -> pa_csv.ParseOptions:
    # An empty line counts as a row, as it does in a spreadsheet.
    return pa_csv.ParseOptions(delimiter=heading.delimiter, ignore_empty_lines=False, newlines_in_values=quoted)


def _convert_options(heading: Heading) -> pa_csv.ConvertOptions:
    names = list(heading.read)
    return pa_csv.ConvertOptions(
        column_types=dict.fromkeys(names, _WORD), include_columns=names, strings_can_be_null=False
    )


def _as_fields(table: pa.Table, heading: Heading) -> pa.Table:
    fields = heading.read
    return table.rename_columns([fields[name] for name in table.column_names])


def _has_blank(table: pa.Table) -> bool:
    """Whether a row may be wholly empty: such a row is no record, and its file's other reader knows."""
    column = table.column(0)
    return any(pc.any(pc.equal(pc.utf8_trim_whitespace(part.dictionary), "")).as_py() for part in column.chunks)


def _text(path: Path, data: bytes, first: int) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = first + data.count(b"\n", 0, error.start)
        raise ProblemsError([wrong_encoding(path, data, error.start, line=line)]) from None


def _strict(path: Path, lines: Iterable[str]) -> Iterator[str]:
    try:
        yield from lines
    except UnicodeDecodeError as error:
        raise ProblemsError([wrong_encoding(path, error.object, error.start, line=None)]) from None


def _csv_pieces(
    path: Path, name: str, heading: Heading, lines: Iterable[str], first: int, skipped: int = 0
) -> Iterator[Piece]:
    """What the reader of small files makes of lines; the heading row goes before them."""
    head = heading.line if heading.line.endswith("\n") else f"{heading.line}\n"
    items = read_csv_lines(path, itertools.chain(io.StringIO(head, newline=""), lines), heading.delimiter)
    # The heading row is the first that the reader sees.
    yield from _read(name, _records(_moved(items, first - 2), first + skipped), heading.wanted)


def _moved(items: Iterable[RawRow | Problem], by: int) -> Iterator[RawRow | Problem]:
    for item in items:
        if isinstance(item, RawRow):
            item.row = None if item.row is None else item.row + by
            yield item
        elif item.code not in ("no-records", "duplicate-column") and item.place.row is not None:
            place = item.place.model_copy(update={"row": item.place.row + by})
            yield item.model_copy(update={"place": place})


def _records(items: Iterable[RawRow | Problem], first: int) -> Iterator[RawRow | Problem]:
    """Records and problems from a row on."""
    for item in items:
        row = item.row if isinstance(item, RawRow) else item.place.row
        if row is None or row >= first:
            yield item


def _json_pieces(path: Path, name: str, data: bytes, first: int, lines: int, wanted: frozenset[str]) -> Iterator[Piece]:
    head = data[: data.find(b"\n") + 1 or len(data)]
    lists = b'"criteria":[' in head.replace(b" ", b"")
    table = _json_table(data, wanted, lists=lists)
    if table is not None and lines in (table.num_rows, -1):
        known = [name for name in table.column_names if name in wanted]
        others = frozenset(name for name in table.column_names if name not in EVIDENCE.known)
        yield Piece(name, table.select(known), numbered(first, table.num_rows), others=others)
        return
    text = _text(path, data, first)
    yield from _read(name, read_lines(name, enumerate(text.split("\n"), start=first)), wanted)


def _json_table(data: bytes, wanted: frozenset[str], *, lists: bool) -> pa.Table | None:
    schema = pa.schema(
        [
            (name, pa.list_(pa.string()) if lists and name == "criteria" else pa.string())
            for name in EVIDENCE.known
            if name in wanted
        ]
    )
    try:
        table = pa_json.read_json(
            pa.BufferReader(data),
            read_options=pa_json.ReadOptions(use_threads=False, block_size=len(data) + 1),
            parse_options=pa_json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="infer"),
        )
        table.validate(full=True)
    except pa.ArrowInvalid:
        return None
    return table


def _read(name: str, items: Iterator[RawRow | Problem], wanted: frozenset[str]) -> Iterator[Piece]:
    """Records that are read one by one, in pieces."""
    while taken := list(itertools.islice(items, _STEP)):
        problems = [item for item in taken if isinstance(item, Problem)]
        broken = {item.place.row or item.place.line for item in problems}
        yield from of_raw(name, (item for item in taken if isinstance(item, RawRow)), problems, len(broken), wanted)
