"""The newest day that evidence seems to be of, before it is read: by what files say of themselves, or one column."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from bandstand.cohort.parquet_in import GroupChunk

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bandstand.cohort.pieces import Chunk


def newest_written(chunks: Sequence[Chunk], today: dt.date) -> dt.date | None:
    """The newest day that stands in some row and is not after today; None where there is none.

    A row that cannot be read may be what it is of, so it is only what to begin with.
    """
    found: dt.date | None = None
    for chunk in chunks:
        if isinstance(chunk, GroupChunk):
            days: Iterable[Any] = _of_group(chunk, today)
        else:
            days = (day for piece in chunk.pieces() for day in _distinct(piece.table))
        for written in days:
            day = _day(written)
            if day is not None and day <= today and (found is None or day > found):
                found = day
    return found


def _of_group(chunk: GroupChunk, today: dt.date) -> Iterable[Any]:
    column = next(name for name, field in chunk.columns if field == "date")
    with pq.ParquetFile(chunk.path, read_dictionary=[column]) as file:
        group = file.metadata.row_group(chunk.group.index)
        at = next(n for n in range(group.num_columns) if group.column(n).path_in_schema == column)
        known = group.column(at).statistics
        most = known.max if known is not None and known.has_min_max else None
        if isinstance(most, dt.date) and not isinstance(most, dt.datetime) and most <= today:
            return [most]
        table = file.read_row_group(chunk.group.index, [column], use_threads=False)
        return _distinct(table.rename_columns(["date"]))


def _distinct(table: pa.Table) -> Iterable[Any]:
    column = table.column("date").unify_dictionaries().combine_chunks()
    try:
        values = column.dictionary if isinstance(column, pa.DictionaryArray) else column.unique()
        return list(values.to_pylist())
    except (ValueError, OverflowError, pa.ArrowException):
        return []


def _day(written: object) -> dt.date | None:
    if isinstance(written, dt.datetime):
        return written.date()
    if isinstance(written, dt.date):
        return written
    try:
        return dt.date.fromisoformat(str(written).strip())
    except ValueError:
        return None
