"""Columns of raw tables as numbers: which of its distinct values each row has, and what a row says as a reader has it.

However a table was written, a column comes out in one of few forms here: text is text whether it came as a dictionary,
as a view, as large text or as bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bandstand.interop.source import RawRow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import numpy.typing as npt

    from bandstand.cohort.batch import Ints

    Flags = npt.NDArray[np.bool_]

#: Stands between the texts of a list while the list is looked for among others. No criterion has it in it.
_MARK = "\x1f"
#: So many rows tell whether a column comes in runs.
_LOOKED_AT = 4_096
#: So many values are looked at whether rows use them or not.
_FEW = 1_024
#: So many rows are looked at one by one before the next are made ready.
_AT_A_TIME = 10_000


class Distinct(NamedTuple):
    """One column: the position of each row's value among the distinct ones; of a row without any, their number."""

    codes: Ints
    values: pa.Array

    @property
    def size(self) -> int:
        """How many codes there can be."""
        return len(self.values) + 1


def fields_of(
    table: pa.Table | pa.RecordBatch, column_of: Callable[[object], str | None]
) -> dict[str, pa.Array | pa.ChunkedArray]:
    """The columns of a table by the field that each is; of two for one field, the first."""
    found: dict[str, pa.Array | pa.ChunkedArray] = {}
    for at, name in enumerate(table.schema.names):
        field = column_of(name)
        if field is not None:
            found.setdefault(field, table.column(at))
    return found


def array_of(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    """A column in one piece, and its text as text.

    Raises:
        OverflowError: The column's text is too long to stand in one piece.
    """
    if isinstance(column, pa.ChunkedArray):
        if pa.types.is_dictionary(column.type):
            column = column.unify_dictionaries()
        column = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
        if isinstance(column, pa.ChunkedArray):
            if column.num_chunks > 1:
                raise OverflowError
            column = column.chunk(0) if column.num_chunks else pa.array([], column.type)
    if pa.types.is_run_end_encoded(column.type):
        column = pc.run_end_decode(column)
    if pa.types.is_dictionary(column.type):
        values = _text(column.dictionary)
        same = values is column.dictionary
        return column if same else pa.DictionaryArray.from_arrays(column.indices, values)
    return _text(column)


def _text(array: pa.Array) -> pa.Array:
    kind = array.type
    if _is_bytes(kind):
        try:
            return array.cast(pa.string())
        except pa.ArrowInvalid:
            # Text of another encoding is what it seems to be, and is told as broken.
            binary = [None if v is None else v.decode("utf-8", "replace") for v in array.to_pylist()]
            return pa.array(binary, pa.string())
    if pa.types.is_string_view(kind) or pa.types.is_large_string(kind):
        # Codes may reach past what is short: text of over 2 GB does not fit, and comes in smaller pieces then.
        return array.cast(pa.string())
    return array


def _is_bytes(kind: pa.DataType) -> bool:
    tests = (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_binary_view, pa.types.is_fixed_size_binary)
    return any(test(kind) for test in tests)


def distinct(array: pa.Array) -> Distinct:
    """A column by its distinct values."""
    if pa.types.is_dictionary(array.type):
        return _compact(_numbers(array.indices, len(array.dictionary)), array.dictionary)
    if pa.types.is_null(array.type):
        return Distinct(np.zeros(len(array), np.int32), pa.array([], pa.string()))
    if pa.types.is_nested(array.type):
        return _distinct_lists(array) or _distinct_written(array)
    if pa.types.is_string(array.type) and _comes_in_runs(array):
        runs = pc.run_end_encode(array)
        encoded = runs.values.dictionary_encode()
        lengths = np.diff(runs.run_ends.to_numpy(), prepend=0)
        return Distinct(np.repeat(encoded.indices.to_numpy(), lengths), encoded.dictionary)
    encoded = array.dictionary_encode()
    return Distinct(_numbers(encoded.indices, len(encoded.dictionary)), encoded.dictionary)


def _comes_in_runs(array: pa.Array) -> bool:
    """Whether rows next to one another mostly say the same, as of people in a file that is sorted by person."""
    if array.null_count or len(array) < _LOOKED_AT:
        return False
    some = array.slice(0, _LOOKED_AT)
    changes = pc.sum(pc.not_equal(some.slice(1), some.slice(0, len(some) - 1))).as_py()
    return bool(changes * 8 < len(some))


def _numbers(indices: pa.Array, none: int) -> Ints:
    if not pa.types.is_int32(indices.type):
        indices = indices.cast(pa.int32())
    if not indices.null_count:
        numbers: Ints = indices.to_numpy()
        return numbers
    there, data = indices.buffers()
    start, stop = indices.offset, indices.offset + len(indices)
    bits = np.frombuffer(there, np.uint8)[start // 8 : -(-stop // 8)]
    is_there = np.unpackbits(bits, bitorder="little")[start % 8 :][: len(indices)]
    numbers = np.frombuffer(data, np.int32)[start:stop] - np.int32(none)
    numbers *= is_there
    numbers += np.int32(none)
    return numbers


def _compact(codes: Ints, values: pa.Array) -> Distinct:
    """Of a dictionary that is of many more rows than these, what these use."""
    if len(values) <= max(_FEW, 4 * len(codes)):
        return Distinct(codes, values)
    kept = np.unique(codes[codes < len(values)])
    places = np.full(len(values) + 1, len(kept), np.int32)
    places[kept] = np.arange(len(kept), dtype=np.int32)
    return Distinct(places[codes], values.take(pa.array(kept)))


def is_same(one: pa.Array, other: pa.Array) -> bool:
    """Whether two arrays hold the same, which takes no time where they are in the same place of memory."""
    if one.type != other.type or len(one) != len(other):
        return False
    places = [[None if b is None else b.address for b in array.buffers()] for array in (one, other)]
    return (places[0] == places[1] and one.offset == other.offset) or bool(one.equals(other))


def taken(table: npt.NDArray[Any], codes: Ints) -> npt.NDArray[Any]:
    """The entry of a table that each code stands for; NumPy's own way takes twice as long."""
    entries: npt.NDArray[Any] = pc.take(pa.array(table), pa.array(codes), boundscheck=False).to_numpy()
    return entries


def _distinct_lists(array: pa.Array) -> Distinct | None:
    """Lists of text by what they say; None for anything else, and for lists with what would confuse them."""
    kind = array.type
    if not (pa.types.is_list(kind) or pa.types.is_large_list(kind)) or not pa.types.is_string(kind.value_type):
        return None
    joined = pc.binary_join(array, _MARK)
    # A list of nothing and a list of an empty text are joined alike, and one with nothing in a place is not joined.
    is_unclear = joined.null_count != array.null_count or pc.any(pc.equal(pc.binary_length(joined), 0)).as_py()
    if is_unclear or pc.any(pc.match_substring(array.flatten(), _MARK)).as_py():
        return None
    encoded = joined.dictionary_encode()
    codes = _numbers(encoded.indices, len(encoded.dictionary))
    some = np.zeros(len(encoded.dictionary) + 1, np.int64)
    some[codes] = np.arange(len(codes))
    return Distinct(codes, array.take(pa.array(some[:-1])))


def _distinct_written(array: pa.Array) -> Distinct:
    """Objects and lists of anything, by how Python writes them."""
    places: dict[str, int] = {}
    first: list[int] = []
    codes = np.empty(len(array), np.int32)
    for at, value in enumerate(python_values(array)):
        codes[at] = -1 if value is None else places.setdefault(repr(value), len(places))
        if len(places) > len(first):
            first.append(at)
    codes[codes < 0] = len(places)
    return Distinct(codes, array.take(pa.array(first, pa.int64())))


def python_values(array: pa.Array) -> list[Any]:
    """What an array holds as readers of other files would give it; text that is no text keeps its broken characters."""
    try:
        if pa.types.is_map(array.type):
            return [None if pairs is None else dict(pairs) for pairs in array.to_pylist()]
        return list(array.to_pylist())
    except (ValueError, OverflowError):
        return [_python_value(array, at) for at in range(len(array))]


def _python_value(array: pa.Array, at: int) -> object:
    item = array[at]
    try:
        return item.as_py()
    except UnicodeDecodeError:
        return item.cast(pa.binary()).as_py().decode("utf-8", "surrogateescape")
    except (ValueError, OverflowError):
        # A day before the year 1 or after 9999, or a time to the nanosecond.
        try:
            return str(array.slice(at, 1).cast(pa.string())[0].as_py())
        except pa.ArrowInvalid:
            return str(item.type)


def raw_rows(
    columns: Mapping[str, pa.Array], rows: npt.NDArray[np.int64], *, file: str, first_row: int | None
) -> Iterator[tuple[int, RawRow]]:
    """Some rows of a table as any reader gives them, fields that are given by their names; each with its position."""
    for start in range(0, len(rows), _AT_A_TIME):
        some = rows[start : start + _AT_A_TIME]
        these = pa.array(some)
        fields = {name: python_values(column.take(these)) for name, column in columns.items()}
        for n, at in enumerate(some.tolist()):
            given = {name: cells[n] for name, cells in fields.items() if cells[n] is not None}
            yield at, RawRow(file, None if first_row is None else first_row + at, None, None, given)
