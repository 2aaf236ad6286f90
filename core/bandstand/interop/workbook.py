"""Opens a workbook that may be anything: unpacks it under limits, and hands calamine only what was counted.

A declared size can lie, so every part is inflated here and its bytes are counted. calamine holds a sheet as a full
rectangle and aborts the process when that does not fit in memory, so the extent of each sheet is measured as well.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING
from xml.parsers import expat

import python_calamine

from bandstand.interop.source import MIB, Limits, file_problem, read_bytes
from bandstand.models.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAX_PARTS = 5_000
_MAX_CELLS = 20_000_000
_RATIO_FROM = 16 * MIB
_PIECE = MIB
_PACKED_PIECE = 64 * 1024
_LOCAL_HEADER = struct.Struct("<4s22xHH")
_COPY = "Copy the cells that matter to a new workbook, or save them as CSV UTF-8."
_SAVE_AGAIN = "Open it in Excel and save it again as an Excel workbook (.xlsx)."
#: Parts that hold no cells: pictures, charts, printers' settings, macros.
_NOT_NEEDED = (
    "xl/media/",
    "xl/drawings/",
    "xl/charts/",
    "xl/pivotCache/",
    "xl/pivotTables/",
    "docProps/",
    "customXml/",
)


class _RefusedError(Exception):
    """The workbook is refused; the arguments are code, message and remedy."""


def open_workbook(path: Path, limits: Limits) -> python_calamine.CalamineWorkbook | Problem:
    """The workbook at ``path``, or why it can't be opened."""
    data = read_bytes(path, limits)
    if isinstance(data, Problem):
        return data
    try:
        return python_calamine.load_workbook(_unpacked(data, limits))
    except _RefusedError as error:
        code, message, remedy = error.args
        return file_problem(path, code, message, remedy)
    except BaseException as error:  # noqa: BLE001 - a panic in calamine is no Exception
        return unreadable(path, error)


def unreadable(path: Path, error: BaseException, sheet: str | None = None) -> Problem:
    """The problem of a workbook on which the reader gave up; interrupts are raised again."""
    if isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit | MemoryError):
        raise error
    message = "The workbook is damaged, or of a kind that can't be read."
    return file_problem(path, "unreadable-workbook", message, _SAVE_AGAIN, sheet=sheet)


def rows_of(
    path: Path, workbook: python_calamine.CalamineWorkbook, sheet: str
) -> Iterator[tuple[int, list[object]] | Problem]:
    """The rows of a sheet that hold anything, each with its number from 1."""
    try:
        rows = workbook.get_sheet_by_name(sheet).iter_rows()
        for number, cells in enumerate(rows, start=1):
            if any(cell != "" for cell in cells):
                yield number, list(cells)
    except Exception as error:  # noqa: BLE001 - whatever a third party's parser raises is the file's fault
        yield unreadable(path, error, sheet)


def _unpacked(data: bytes, limits: Limits) -> io.BytesIO:
    """A workbook of the same parts, stored without packing: what was counted is what is read."""
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise _RefusedError("password-protected", "The workbook is protected by a password.", _NO_PASSWORD)
        raise _RefusedError("old-workbook", "This is an old Excel workbook (.xls).", _SAVE_AGAIN)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = packed.infolist()
            if len(parts) > _MAX_PARTS:
                raise _RefusedError("zip-bomb", f"The workbook has {len(parts):,} parts.", _SAVE_AGAIN)
            if "[Content_Types].xml" not in packed.namelist():
                raise _RefusedError("not-a-workbook", "This is a zip file, but no Excel workbook.", _SAVE_AGAIN)
            return _repacked(data, parts, limits)
    except (zipfile.BadZipFile, zlib.error, struct.error, OSError, ValueError, NotImplementedError):
        message = "This is no Excel workbook, though its name says so (or it was cut short)."
        remedy = "If it is a CSV file, give it the ending .csv; otherwise save it again as an Excel workbook (.xlsx)."
        raise _RefusedError("not-a-workbook", message, remedy) from None


_ERROR_CELL = re.compile(rb"""(<(?:\w+:)?c\b[^<>]*?\s)t=["']e["']""")
_NO_PASSWORD = "Take the password off (File, Info, Protect Workbook) and save it again."  # noqa: S105 - words, no secret


def _repacked(data: bytes, parts: list[zipfile.ZipInfo], limits: Limits) -> io.BytesIO:
    stored, total = io.BytesIO(), 0
    with zipfile.ZipFile(stored, "w", zipfile.ZIP_STORED) as out:
        seen: set[str] = set()
        for part in parts:
            if part.flag_bits & 1:
                raise _RefusedError("password-protected", "The workbook is protected by a password.", _NO_PASSWORD)
            if part.filename.startswith(_NOT_NEEDED) or not part.filename.endswith((".xml", ".rels")):
                continue
            if part.filename in seen:
                raise _RefusedError("unreadable-workbook", "The workbook has the same part twice.", _SAVE_AGAIN)
            seen.add(part.filename)
            extent = _Extent()
            content = bytearray()
            for piece in _inflated(data, part):
                total += len(piece)
                _check_size(total, len(data), limits)
                extent.feed(piece)
                content += piece
            extent.feed(b"", last=True)
            # calamine gives an error such as #N/A as an empty cell, which would read as not given; as text it is told.
            out.writestr(part.filename, _ERROR_CELL.sub(rb'\1t="str"', content))
    stored.seek(0)
    return stored


def _check_size(total: int, packed: int, limits: Limits) -> None:
    ratio = total / packed
    if total > limits.max_unzipped or (total > _RATIO_FROM and ratio > limits.max_ratio):
        message = (
            f"The workbook unpacks to more than {total // MIB:,} MB, over {int(ratio):,} times its size: "
            "it may be a zip bomb, and was not read further."
        )
        raise _RefusedError("zip-bomb", message, _COPY)


def _inflated(data: bytes, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """The bytes of a part in pieces, inflated until the stream itself ends; its declared size is not believed."""
    mark, name, extra = _LOCAL_HEADER.unpack_from(data, part.header_offset)
    if mark != b"PK\x03\x04":
        raise zipfile.BadZipFile
    start = part.header_offset + _LOCAL_HEADER.size + name + extra
    packed = memoryview(data)[start : start + part.compress_size]
    if part.compress_type == zipfile.ZIP_STORED:
        yield from (bytes(packed[at : at + _PIECE]) for at in range(0, len(packed), _PIECE))
        return
    if part.compress_type != zipfile.ZIP_DEFLATED:
        raise NotImplementedError
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    for at in range(0, len(packed), _PACKED_PIECE):
        pending = bytes(packed[at : at + _PACKED_PIECE])
        while pending and not inflate.eof:
            yield inflate.decompress(pending, _PIECE)
            pending = inflate.unconsumed_tail
    yield inflate.flush()


class _Extent:
    """Measures the rectangle that a sheet's filled cells span, while its XML goes by."""

    def __init__(self) -> None:
        # The encoding is fixed: calamine reads UTF-8 whatever the declaration says.
        self._parser = expat.ParserCreate("utf-8")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._row = self._column = self._last_row = self._last_column = 0
        self._in_cell = False

    def feed(self, piece: bytes, *, last: bool = False) -> None:
        """Look at the next bytes of the part."""
        try:
            self._parser.Parse(piece, last)
        except expat.ExpatError:
            raise _RefusedError("unreadable-workbook", "A part of the workbook is damaged.", _SAVE_AGAIN) from None

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if self._in_cell:
            self._last_row = max(self._last_row, self._row)
            self._last_column = max(self._last_column, self._column)
            if self._last_row * self._last_column > _MAX_CELLS:
                message = f"A sheet spans {self._last_row:,} rows by {self._last_column:,} columns."
                remedy = "Look for a stray cell far below or to the right, delete it, and save again."
                raise _RefusedError("sheet-too-wide", message, remedy)
            return
        name = name.rpartition(":")[2]
        if name == "c":
            self._in_cell = True
            self._at(attributes.get("r"))
        elif name == "row":
            self._row, self._column = int(attributes.get("r") or self._row + 1), 0

    def _at(self, reference: str | None) -> None:
        if reference is None:
            self._column += 1
            return
        letters = reference.rstrip("0123456789")
        self._row = int(reference[len(letters) :])
        self._column = 0
        for letter in letters.upper():
            self._column = self._column * 26 + ord(letter) - 64

    def _end(self, name: str) -> None:
        if name == "c" or name.endswith(":c"):
            self._in_cell = False

    @staticmethod
    def _doctype(*_: object) -> None:
        message = "The workbook declares entities, which no workbook does."
        raise _RefusedError("unreadable-workbook", message, _SAVE_AGAIN)
