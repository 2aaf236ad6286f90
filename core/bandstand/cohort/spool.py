"""Evidence in any order parted by ranges of people, on disk: a file for each piece read, a batch for each range."""

from __future__ import annotations

import dataclasses
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bandstand.cohort.read import Coded

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy.typing as npt

    from bandstand.cohort.batch import Ints
    from bandstand.cohort.pieces import Piece

#: Bytes of an id that are compared, after those with which all ids begin.
_COMPARED: Final = 8
_SHORT: Final = np.iinfo(np.uint16)
_NARROW: Final = {True: np.uint16, False: np.int32}


@dataclass(frozen=True, slots=True)
class Cuts:
    """Where ranges of people end. Ids are compared as far as that takes, so that equal ones are always together.

    The ranges follow one another: whoever is in a later one has a later id.

    Attributes:
        prefix: What the ids that were looked at begin with.
        bounds: The eight bytes that come next, as numbers that go up: of the last ids of all ranges but the last.
    """

    prefix: str
    bounds: tuple[int, ...]

    @classmethod
    def of(cls, sample: pa.Array, ranges: int) -> Cuts:
        """Cuts that part a sample of rows' ids into about as many ranges as are asked for, of about as many rows."""
        names = sample.drop_null()
        if not len(names) or ranges <= 1:
            return cls("", ())
        least, most = (bound.as_py() for bound in pc.min_max(names).values())
        alike = itertools.takewhile(lambda pair: pair[0] == pair[1], zip(least, most, strict=False))
        prefix = "".join(one for one, _ in alike)
        keys = np.sort(_keys(names, len(prefix.encode())))
        at = (np.arange(1, ranges) * len(keys)) // ranges
        return cls(prefix, tuple(int(key) for key in np.unique(keys[at - 1])))

    @property
    def ranges(self) -> int:
        """How many ranges there are."""
        return len(self.bounds) + 1

    def range_of(self, people: pa.Array) -> npt.NDArray[np.uint16]:
        """The range that each of some ids is in."""
        bounds = np.array(self.bounds, dtype=np.uint64)
        found = np.searchsorted(bounds, _keys(people, len(self.prefix.encode())), side="left").astype(np.uint16)
        if self.prefix:
            begin = pc.starts_with(people, self.prefix).to_numpy(zero_copy_only=False)
            if not begin.all():
                before = pc.less(people, self.prefix).to_numpy(zero_copy_only=False)
                found = np.where(begin, found, np.where(before, 0, len(self.bounds))).astype(np.uint16)
        return found


def _keys(people: pa.Array, start: int) -> npt.NDArray[np.uint64]:
    """The bytes from a place on of each of some texts, as numbers whose order is that of the texts."""
    _, offsets, data = people.cast(pa.string()).buffers()
    ends = np.frombuffer(offsets, np.int32)[people.offset : people.offset + len(people) + 1].astype(np.int64)
    lengths = np.diff(ends)
    if len(people) and (lengths == lengths[0]).all():
        # Ids of one length, as most are, stand in the memory as a table of bytes.
        block = np.frombuffer(data or b"", np.uint8)[ends[0] : ends[-1]].reshape(len(people), int(lengths[0]))
        some = block[:, start : start + _COMPARED]
        wide = np.zeros((len(people), _COMPARED), np.uint8)
        wide[:, : some.shape[1]] = some
        return wide.view(">u8").reshape(-1).astype(np.uint64)
    # Zeros follow the last text, so that one that is short is filled up and nothing is read past the end.
    text = np.concatenate([np.frombuffer(data or b"", np.uint8)[: ends[-1]], np.zeros(_COMPARED, np.uint8)])
    key = np.zeros(len(people), np.uint64)
    for at in range(_COMPARED):
        place = ends[:-1] + (start + at)
        inside = place < ends[1:]
        key <<= np.uint64(8)
        key |= np.where(inside, text[np.minimum(place, len(text) - 1)], 0).astype(np.uint64)
    return key


def told_apart(piece: Piece, cuts: Cuts) -> Piece:
    """The same rows with a dictionary of ids, where ids stand as texts.

    In a million rows of any order nearly every id is another. To look each up among all of them costs more than all
    else that is done with a row, and among those of one range little.
    """
    column = piece.table.column("person").combine_chunks()
    if isinstance(column, pa.ChunkedArray):
        column = column.chunk(0) if column.num_chunks == 1 else None
    if column is None or not pa.types.is_string(column.type) or column.null_count:
        return piece
    ranges = cuts.range_of(column)
    order = np.argsort(ranges, kind="stable")
    names = column.take(pa.array(order))
    codes = np.empty(len(order), np.int32)
    words: list[pa.Array] = [pa.array([], pa.string())]
    start = before = 0
    for count in np.bincount(ranges).tolist():
        own = names.slice(start, count).dictionary_encode()
        codes[order[start : start + count]] = own.indices.to_numpy(zero_copy_only=False) + np.int32(before)
        words.append(own.dictionary)
        before += len(own.dictionary)
        start += count
    person = pa.DictionaryArray.from_arrays(pa.array(codes), pa.concat_arrays(words))
    at = piece.table.schema.get_field_index("person")
    return dataclasses.replace(piece, table=piece.table.set_column(at, "person", person))


def write(path: Path, coded: Coded, cuts: Cuts) -> list[int]:
    """Write coded rows, a batch of one row for each range of people; say how many rows each has."""
    names = coded.person.dictionary
    person = coded.person.indices.to_numpy(zero_copy_only=False)
    used = np.zeros(len(names), np.bool_)
    used[person] = True
    kept = np.flatnonzero(used)
    names = names.take(pa.array(kept))
    ranges = cuts.range_of(names)
    # People in the order of their ranges, and rows after them: a stable sort of small numbers is a linear one.
    by_range = np.argsort(ranges, kind="stable")
    place = np.zeros(len(used), np.int32)
    place[kept[by_range]] = np.arange(len(kept), dtype=np.int32)
    ends = np.concatenate([[0], np.cumsum(np.bincount(ranges, minlength=cuts.ranges))])
    of_row = np.zeros(len(used), np.uint16)
    of_row[kept] = ranges
    row_range = of_row[person]
    rows = np.argsort(row_range, kind="stable")
    row_ends = np.concatenate([[0], np.cumsum(np.bincount(row_range, minlength=cuts.ranges))])
    names = names.take(pa.array(by_range))
    local = (place[person] - ends[row_range].astype(np.int32))[rows]
    columns = {"person": _narrow(local), "saying": _narrow(coded.saying[rows]), "day": _narrow(coded.day[rows])}
    schema = pa.schema(
        [("people", pa.list_(pa.string())), *((name, pa.list_(values.type)) for name, values in columns.items())]
    )
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, schema) as writer:
        for at in range(cuts.ranges):
            start, end = int(row_ends[at]), int(row_ends[at + 1])
            own = names.slice(int(ends[at]), int(ends[at + 1] - ends[at]))
            values = [own, *(column.slice(start, end - start) for column in columns.values())]
            writer.write_batch(pa.record_batch([one_row(array) for array in values], schema=schema))
    return [int(count) for count in np.diff(row_ends)]


def _narrow(values: Ints) -> pa.Array:
    """Small numbers in as few bytes as they need."""
    small = not len(values) or (values.min() >= 0 and values.max() <= _SHORT.max)
    return pa.array(values.astype(_NARROW[bool(small)]))


def one_row(values: pa.Array) -> pa.ListArray:
    """A column of one row, which is a list of some values."""
    return pa.ListArray.from_arrays(pa.array([0, len(values)], pa.int32()), values)


class SpoolReader:
    """Reads what a spool has of each range.

    Args:
        files: The files, in the order of the input.
        places: Of each file, what its numbers of sayings are among all sayings; as they are when None.
    """

    def __init__(self, files: Sequence[Path], places: Sequence[Ints | None]) -> None:
        self._files, self._places = files, places

    def people(self, at: int) -> pa.Array:
        """Ids of people in one range, some of them several times."""
        found = []
        for file in self._files:
            with pa.OSFile(str(file)) as source:
                found.append(pa.ipc.open_file(source).get_batch(at).column("people").flatten())
        return pa.concat_arrays(found)

    def read(self, at: int, only: tuple[Cuts, int] | None = None) -> list[Coded]:
        """The rows of one range, file by file; of a range within it where one is named."""
        found = []
        for file, places in zip(self._files, self._places, strict=True):
            with pa.OSFile(str(file)) as source:
                batch = pa.ipc.open_file(source).get_batch(at)
            people, person, saying, day = (
                batch.column(name).flatten() for name in ("people", "person", "saying", "day")
            )
            if not len(person):
                continue
            whose, says, days = _wide(person), _wide(saying), _wide(day)
            if only is not None:
                mine = (only[0].range_of(people) == only[1])[whose]
                whose, says, days = whose[mine], says[mine], days[mine]
            names = pa.DictionaryArray.from_arrays(pa.array(whose), people)
            found.append(Coded(names, says if places is None else places[says], days, (), len(whose)))
        return found


def _wide(values: pa.Array) -> Any:
    return values.to_numpy(zero_copy_only=False).astype(np.int32)


def first_at_least(ids: pa.Array, name: str) -> int:
    """The position of the first of ids in order that does not come before a name."""
    low, high = 0, len(ids)
    while low < high:
        middle = (low + high) // 2
        if ids[middle].as_py() < name:
            low = middle + 1
        else:
            high = middle
    return low
