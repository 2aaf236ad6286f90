"""Raw evidence as readers hand it on: tables of some rows of a file, with where each of them stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np
import pyarrow as pa

from bandstand.interop.source import EVIDENCE, RawRow, number_text

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Sequence

    import numpy.typing as npt

    from bandstand.models.problem import Problem

#: Fields that no rule reads and that are large: unless a framework asks for them, they stay in the file.
LARGE: Final = frozenset({"id", "note", "attachments"})
#: Rows that a reader hands on at once, at most.
MOST_ROWS: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Piece:
    """Some rows of a file.

    Attributes:
        file: The file's name as it was given.
        table: The rows, a column for each field that the file has.
        rows: Where each stands: rows of a table as a spreadsheet counts them, lines of a text.
        problems: What is wrong with records that could not even be told apart into fields.
        broken: How many such records there are.
        others: Fields that are no columns of evidence.
    """

    file: str
    table: pa.Table
    rows: npt.NDArray[np.int64]
    problems: Sequence[Problem] = ()
    broken: int = 0
    others: frozenset[str] = frozenset()


class Chunk(Protocol):
    """Part of the input, small enough to be handed from process to process, that can be read by itself."""

    @property
    def file(self) -> int:
        """Position of the file that it is of among the files that are read."""

    @property
    def weight(self) -> int:
        """How many rows it has, or about how many."""

    def pieces(self) -> Iterator[Piece]:
        """Its rows, in the file's order.

        Raises:
            ProblemsError: The file cannot be read on from somewhere.
        """

    def sample(self) -> pa.Array:
        """Ids of people in some of its rows, as texts, as they are written there."""


def numbered(first: int, count: int) -> npt.NDArray[np.int64]:
    """Rows that follow one another."""
    return np.arange(first, first + count, dtype=np.int64)


def some_people(table: pa.Table) -> pa.Array:
    """The ids in a table, as texts; none where there are none."""
    column = table.column("person").combine_chunks()
    try:
        return column.cast(pa.string()).drop_null()
    except pa.ArrowException:
        # Ids that are no texts, or none of any encoding: what they are is told when they are read.
        return pa.array([], pa.string())


def of_raw(
    file: str, items: Iterable[RawRow], problems: Sequence[Problem], broken: int, wanted: Container[str]
) -> Iterator[Piece]:
    """Rows that were read one by one as pieces, each of which holds rows whose fields are of like types."""
    alike: dict[tuple[tuple[str, str], ...], list[RawRow]] = {}
    others: set[str] = set()
    for row in items:
        others.update(str(name) for name in row.values if name not in EVIDENCE.known)
        kept = {name: _plain(value) for name, value in row.values.items() if name in wanted}
        row.values = kept
        signature = tuple(sorted((name, "list") for name, value in kept.items() if isinstance(value, list)))
        alike.setdefault(signature, []).append(row)
    for signature, rows in alike.items():
        lists = {name for name, _ in signature}
        columns = {
            name: pa.array(
                [row.values.get(name) for row in rows], type=pa.list_(pa.string()) if name in lists else pa.string()
            )
            for name in EVIDENCE.known
            if name in EVIDENCE.required or any(name in row.values for row in rows)
        }
        places = np.array([row.row or row.line or 0 for row in rows], dtype=np.int64)
        yield Piece(file, pa.table(columns), places)
    if problems or others:
        yield Piece(file, _NOTHING, numbered(0, 0), problems, broken, frozenset(others))


_NOTHING = pa.table({name: pa.array([], type=pa.string()) for name in EVIDENCE.required})


def _plain(value: object) -> object:
    """A value as a cell of a column of texts, or of lists of texts."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float | int):
        return number_text(value)
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return value
    return str(value)
