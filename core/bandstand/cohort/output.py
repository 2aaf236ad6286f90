"""The table of results as a file: in one order and with the same bytes however it was worked out."""

from __future__ import annotations

import contextlib
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from bandstand.cohort.results import SCHEMA
from bandstand.cohort.whole import whole_or_not

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

#: Endings of a file of results.
KINDS: Final = (".parquet", ".arrow", ".csv")
#: Rows that stand together in a file.
ROWS: Final = 1 << 17
_BETWEEN: Final = "; "

Words = dict[str, list[str]]


def compact(table: pa.Table) -> pa.Table:
    """A table whose dictionaries hold what its rows use, each word once and in order."""
    together = table.unify_dictionaries().combine_chunks()
    columns = [
        _recoded(_single(column), name, None, {}) for name, column in zip(table.column_names, together, strict=True)
    ]
    return pa.Table.from_arrays(columns, schema=together.schema)


def words_of(tables: Iterable[pa.Table]) -> Words:
    """All words that compact tables use in each of their columns, in order."""
    found: dict[str, set[str]] = {}
    for table in tables:
        for name, column in zip(table.column_names, table, strict=True):
            for array in column.chunks:
                _gather(array, name, found)
    return {path: sorted(words) for path, words in found.items()}


def write_results(path: Path, parts: Sequence[Path], metadata: Mapping[str, str]) -> int:
    """Write parts, which follow one another, as one file; say how many rows it has.

    Args:
        path: The file; its ending says its kind.
        parts: Compact tables as Arrow files.
        metadata: What the file says of itself, where its kind can.

    Raises:
        OSError: It cannot be written; what was there before is there still.
    """
    words = words_of(_read(part) for part in parts)
    schema = SCHEMA.with_metadata(dict(metadata))
    rows = 0
    with whole_or_not(path) as unfinished, _writer(path, unfinished, schema) as write:
        # One table is put together while the one before it is written.
        for table in _ahead(evenly((_with_words(_read(part), words) for part in parts), ROWS)):
            write(table)
            rows += table.num_rows
    return rows


@contextlib.contextmanager
def _writer(path: Path, unfinished: Path, schema: pa.Schema) -> Iterator[Any]:
    if path.suffix.lower() == ".csv":
        plain = pa.schema([(name, pa.string()) for name in schema.names])
        with unfinished.open("wb") as file:
            # Spreadsheets take the text for UTF-8 where it begins so.
            file.write(b"\xef\xbb\xbf")
            with pa_csv.CSVWriter(file, plain, write_options=pa_csv.WriteOptions(quoting_style="needed")) as writer:
                yield lambda table: writer.write_table(flat(table))
    elif path.suffix.lower() == ".arrow":
        with pa.OSFile(str(unfinished), "wb") as sink, pa.ipc.new_file(sink, schema) as writer:
            yield lambda table: writer.write_table(table, max_chunksize=ROWS)
    else:
        with pq.ParquetWriter(unfinished, schema, compression="zstd") as writer:
            yield lambda table: writer.write_table(table, row_group_size=ROWS)


def flat(table: pa.Table) -> pa.Table:
    """The table with a text in each cell, as CSV has it: what is listed is parted by ``; ``."""
    columns = {name: _text(_single(table.column(name)), name) for name in table.column_names}
    return pa.table(columns)


def _text(array: pa.Array, name: str) -> pa.Array:
    if pa.types.is_list(array.type):
        values = array.flatten()
        if pa.types.is_struct(values.type):
            parts = [part.cast(pa.string()).fill_null("") for part in values.flatten()]
            # One review's column is its review point, its view and its colours; a conclusion is its name and value.
            between = " " if name == "columns" else ": "
            texts = pc.binary_join_element_wise(*parts, between)
        else:
            texts = values.cast(pa.string())
        return pc.binary_join(pa.ListArray.from_arrays(_from_0(array.offsets), texts), _BETWEEN).cast(pa.string())
    return array.cast(pa.string())


def _read(path: Path) -> pa.Table:
    with pa.OSFile(str(path)) as source:
        return pa.ipc.open_file(source).read_all()


def evenly(tables: Iterable[pa.Table], rows: int) -> Iterator[pa.Table]:
    """The same rows in tables of one size, so that how they were parted leaves no trace."""
    kept: list[pa.Table] = []
    held = 0
    for table in tables:
        kept.append(table)
        held += table.num_rows
        if held >= rows:
            together = pa.concat_tables(kept).combine_chunks()
            for start in range(0, held - rows + 1, rows):
                yield together.slice(start, rows).combine_chunks()
            left = held % rows
            kept, held = [together.slice(together.num_rows - left)], left
    if held:
        yield pa.concat_tables(kept).combine_chunks()


def _ahead(tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """The same, each worked out by another thread while the one before it is used."""
    with ThreadPoolExecutor(1) as thread:
        coming = thread.submit(next, tables, None)
        while (table := coming.result()) is not None:
            coming = thread.submit(next, tables, None)
            yield table


def _single(column: pa.ChunkedArray) -> pa.Array:
    if column.num_chunks == 1:
        return column.chunk(0)
    return column.combine_chunks() if column.num_chunks else pa.array([], column.type)


def _with_words(table: pa.Table, words: Words) -> pa.Table:
    places = {path: {word: at for at, word in enumerate(known)} for path, known in words.items()}
    columns = [_recoded(_single(column), name, words, places) for name, column in zip(SCHEMA.names, table, strict=True)]
    return pa.Table.from_arrays(columns, schema=SCHEMA)


def _recoded(array: pa.Array, path: str, words: Words | None, places: Mapping[str, Mapping[str, int]]) -> pa.Array:
    """The same values with other dictionaries: those given, or what is used where none are."""
    if isinstance(array, pa.DictionaryArray):
        indices = array.indices
        codes = indices.fill_null(0).to_numpy(zero_copy_only=False)
        gone = indices.is_null().to_numpy(zero_copy_only=False) if indices.null_count else None
        own = array.dictionary.to_pylist()
        if words is None:
            seen = codes if gone is None else codes[~gone]
            used = sorted(
                {own[at] for at in np.flatnonzero(np.bincount(seen, minlength=1)).tolist()} if len(seen) else ()
            )
            at_word = {word: at for at, word in enumerate(used)}
            new = np.array([at_word.get(word, 0) for word in own] or [0], np.int32)
        else:
            used = words.get(path, [])
            new = np.array([places.get(path, {}).get(word, 0) for word in own] or [0], np.int32)
        return pa.DictionaryArray.from_arrays(pa.array(new[codes], mask=gone), pa.array(used, pa.string()))
    if pa.types.is_list(array.type):
        values = _recoded(array.flatten(), f"{path}[]", words, places)
        return pa.ListArray.from_arrays(_from_0(array.offsets), values, type=array.type)
    if pa.types.is_struct(array.type):
        fields = list(array.type)
        parts = [
            _recoded(part, f"{path}.{field.name}", words, places)
            for field, part in zip(fields, array.flatten(), strict=True)
        ]
        return pa.StructArray.from_arrays(parts, fields=fields)
    return array


def _from_0(offsets: pa.Array) -> pa.Array:
    """Offsets of lists into what is flattened of them, where they are a stretch of a longer array."""
    start = offsets[0].as_py()
    return pc.subtract(offsets, start) if start else offsets


def _gather(array: pa.Array, path: str, found: dict[str, set[str]]) -> None:
    if isinstance(array, pa.DictionaryArray):
        found.setdefault(path, set()).update(array.dictionary.to_pylist())
    elif pa.types.is_list(array.type):
        _gather(array.values, f"{path}[]", found)
    elif pa.types.is_struct(array.type):
        for at, field in enumerate(array.type):
            _gather(array.field(at), f"{path}.{field.name}", found)
