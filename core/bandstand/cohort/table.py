"""Columns of NumPy as columns of Arrow: words, lists of words, and the colours of the sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from bandstand.cohort.results import COLUMN, CONCLUSION, SCHEMA

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from bandstand.cohort.grid import Flags


def word(codes: npt.NDArray[Any], words: Sequence[str]) -> pa.DictionaryArray:
    """A column of words, each by its position among ``words``; none where that is below 0."""
    gone = codes < 0
    indices = pa.array(np.where(gone, 0, codes).astype(np.int32), mask=gone if gone.any() else None)
    return pa.DictionaryArray.from_arrays(indices, pa.array(words, pa.string()))


def every(text: str | None, size: int) -> pa.DictionaryArray:
    """A column with the same word for everybody, or none."""
    return word(np.full(size, -1 if text is None else 0, np.int32), ["" if text is None else text])


def number(values: npt.NDArray[Any], known: Flags | None = None) -> pa.Array:
    """A column of small numbers; none where it is not known."""
    mask = None if known is None or known.all() else ~known
    return pa.array(values.astype(np.int16), mask=mask)


def listed(flags: Sequence[Flags], names: Sequence[str], size: int) -> pa.ListArray:
    """A column of lists of words: of each person the names whose flag is set, in order."""
    if not flags:
        return pa.ListArray.from_arrays(np.zeros(size + 1, np.int32), word(np.zeros(0, np.int32), names))
    by_person = np.ascontiguousarray(np.stack(flags).T)
    chosen = np.flatnonzero(by_person) % len(flags)
    return pa.ListArray.from_arrays(_offsets(by_person.sum(axis=1)), word(chosen, names))


def coloured(
    columns: Sequence[tuple[str, npt.NDArray[np.int8], npt.NDArray[np.uint8]]], views: Sequence[str], size: int
) -> pa.ListArray:
    """The column of the sheet's colours.

    Args:
        columns: Of each review point: its id, the view of each person (below 0 where there is no column), and the
            letters of the colours, shape (people, lines).
        views: Ids of the views.
        size: How many people there are.
    """
    if not columns:
        return pa.ListArray.from_arrays(np.zeros(size + 1, np.int32), pa.array([], COLUMN))
    view = np.stack([view for _, view, _ in columns], axis=1)
    there = view >= 0
    chosen = np.flatnonzero(there)
    lines = columns[0][2].shape[1]
    letters = np.stack([letters for _, _, letters in columns], axis=1).reshape(-1, lines)
    text = np.ascontiguousarray(letters[chosen])
    ends = np.arange(0, (len(chosen) + 1) * lines, max(lines, 1), dtype=np.int32)[: len(chosen) + 1]
    colours = pa.StringArray.from_buffers(len(chosen), pa.py_buffer(ends), pa.py_buffer(text))
    parts = [
        word(chosen % len(columns), [name for name, _, _ in columns]),
        word(view.reshape(-1)[chosen], views),
        colours,
    ]
    return pa.ListArray.from_arrays(_offsets(there.sum(axis=1)), pa.StructArray.from_arrays(parts, fields=list(COLUMN)))


def concluded(
    columns: Sequence[npt.NDArray[Any]], names: Sequence[str], texts: Sequence[str], size: int
) -> pa.ListArray:
    """The column of conclusions: of each person all names, with the text of the value by its position."""
    if not columns:
        return pa.ListArray.from_arrays(np.zeros(size + 1, np.int32), pa.array([], CONCLUSION))
    values = np.stack(columns, axis=1).reshape(-1)
    parts = [word(np.tile(np.arange(len(columns)), size), names), word(values, texts)]
    offsets = np.arange(0, size * len(columns) + 1, len(columns), dtype=np.int32)
    return pa.ListArray.from_arrays(offsets, pa.StructArray.from_arrays(parts, fields=list(CONCLUSION)))


def assembled(columns: Mapping[str, pa.Array]) -> pa.Table:
    """The columns as a table of results."""
    return pa.Table.from_arrays([columns[name] for name in SCHEMA.names], schema=SCHEMA)


def _offsets(counts: npt.NDArray[Any]) -> npt.NDArray[np.int32]:
    return np.concatenate([np.zeros(1, np.int32), np.cumsum(counts, dtype=np.int32)])
