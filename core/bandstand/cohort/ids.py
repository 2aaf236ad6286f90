"""Ids by the column: which of them can be read as they stand, and what the others are once they are read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import ConfigDict, TypeAdapter, ValidationError

from bandstand.cohort.raw import Distinct, distinct, is_same, python_values
from bandstand.interop.source import is_blank, number_text
from bandstand.models.evidence import Identifier

if TYPE_CHECKING:
    import numpy.typing as npt

    from bandstand.cohort.batch import Ints

    States = npt.NDArray[np.int8]

#: What an id can be: one that cannot be read, one that can, and none at all.
BAD: Final = 0
GOOD: Final = 1
BLANK: Final = 2

_LONGEST = 120
_FIRST, _LAST = 0x21, 0x7E
#: The ids for which a look at each byte is enough. Any other is read by itself.
_PLAIN = r"^[!-~]([ -~]*[!-~])?$"
_READER = TypeAdapter(Identifier, config=ConfigDict(str_strip_whitespace=True))


def read_id(value: object) -> str | None:
    """A value as the id that every reader has it for, with numbers as the text that was meant; None if it is none."""
    text = number_text(value) if type(value) in (int, float) else value  # type: ignore[arg-type]  # it is a number
    try:
        return _READER.validate_python(text)
    except ValidationError:
        return None


def states_of(values: pa.Array) -> States:
    """What each of an array of texts is; what could only be read by taking something away is BAD here."""
    states = np.full(len(values), GOOD, np.int8)
    if not len(values):
        return states
    good = _plain(values)
    if not good.all():
        states[~good] = BAD
    if values.null_count:
        states[pc.is_null(values).to_numpy(zero_copy_only=False)] = BLANK
    return states


def _plain(values: pa.Array) -> npt.NDArray[np.bool_]:
    """Which texts are ids for certain: of visible ASCII, not too long, and not begun as a spreadsheet's error is."""
    _, offsets, data = values.buffers()
    ends = np.frombuffer(offsets, np.int32)[values.offset : values.offset + len(values) + 1]
    text = np.frombuffer(data if data is not None else b"", np.uint8)[ends[0] : ends[-1]]
    lengths = np.diff(ends)
    good: npt.NDArray[np.bool_] = (lengths > 0) & (lengths <= _LONGEST)
    if len(text) and (text.min() < _FIRST or text.max() > _LAST):
        good &= _filled(pc.match_substring_regex(_valid(values), _PLAIN))
    if len(text) and (text == ord("#")).any():
        good &= ~_filled(pc.starts_with(values, "#"))
    return good


def _valid(values: pa.Array) -> pa.Array:
    try:
        values.validate(full=True)
    except pa.ArrowInvalid:
        return pa.array([v if isinstance(v, str) and v.isascii() else None for v in python_values(values)], pa.string())
    return values


def _filled(flags: pa.Array) -> npt.NDArray[np.bool_]:
    filled: npt.NDArray[np.bool_] = pc.fill_null(flags, fill_value=False).to_numpy(zero_copy_only=False)
    return filled


class Ids(NamedTuple):
    """The distinct values of a column as ids.

    Attributes:
        values: The ids as they are once they are read, each once.
        states: What each is, and after them BLANK for rows that have none.
        places: Where each of the column's values is among them; None where they are the same.
    """

    values: pa.Array
    states: States
    places: Ints | None

    def codes(self, codes: Ints) -> Ints:
        """The places of rows of which ``codes`` has those among the column's own values."""
        return codes if self.places is None else self.places[codes]


def ids_of(values: pa.Array) -> Ids:
    """Distinct values of any type as ids; those that are written differently and read alike are one."""
    is_text = pa.types.is_string(values.type)
    states = states_of(values) if is_text else np.full(len(values), BAD, np.int8)
    bad = np.flatnonzero(states == BAD)
    if len(bad):
        texts: list[str | None] = python_values(values) if is_text else [None] * len(values)
        for at, value in zip(bad.tolist(), python_values(values.take(pa.array(bad))), strict=True):
            name = None if is_blank(value) else read_id(value)
            states[at] = GOOD if name is not None else BLANK if is_blank(value) else BAD
            texts[at] = name
        values = pa.array(texts, pa.string())
    elif not is_text:
        values = pa.array([], pa.string())
    states = np.append(states, np.int8(BLANK))
    once = values.dictionary_encode()
    if len(once.dictionary) == len(values):
        return Ids(values, states, None)
    kept = once.dictionary
    good = np.full(len(kept), GOOD, np.int8)
    # What cannot be read comes after the ids, and what is none at all comes last.
    ids = pa.concat_arrays([kept, pa.array([""], pa.string())])
    places = pc.fill_null(once.indices, len(kept)).to_numpy()
    places = np.append(np.where(states[:-1] == BLANK, len(kept) + 1, places), len(kept) + 1).astype(np.int32)
    return Ids(ids, np.concatenate([good, np.array([BAD, BLANK], np.int8)]), places)


def read_ids(column: pa.Array) -> tuple[Distinct, States]:
    """A column of ids by its distinct ids, as they are once they are read, and what each is."""
    coded = distinct(column)
    ids = ids_of(coded.values)
    return Distinct(ids.codes(coded.codes), ids.values), ids.states


class Memory:
    """Distinct ids that were looked at, for as long as the same come again: a file has one dictionary for many rows."""

    def __init__(self) -> None:
        self._ids: dict[str, tuple[pa.Array, Ids]] = {}
        self._found: dict[str, tuple[Ids, Ids, Ints]] = {}

    def ids(self, name: str, values: pa.Array) -> Ids:
        """Distinct values of a column as ids."""
        known = self._ids.get(name)
        if known is None or not is_same(known[0], values):
            known = self._ids[name] = values, ids_of(values)
        return known[1]

    def found(self, name: str, ids: Ids, people: Ids) -> Ints:
        """Where each of a column's ids, and what else its codes stand for, is among people; -1 where it is not."""
        known = self._found.get(name)
        if known is None or known[0] is not ids or known[1] is not people:
            known = self._found[name] = ids, people, _places(ids, people)
        return known[2]


def _places(ids: Ids, people: Ids) -> Ints:
    places = np.full(len(ids.values) + 1, -1, np.int32)
    # What is looked up among is read into a table first, which takes longer than looking up.
    if len(ids.values) <= len(people.values):
        found = pc.fill_null(pc.index_in(people.values, value_set=ids.values), -1).to_numpy()
        at = np.flatnonzero(found >= 0)
        places[found[at]] = at
    else:
        places[:-1] = pc.fill_null(pc.index_in(ids.values, value_set=people.values), -1).to_numpy()
    places[ids.states != GOOD] = -1
    return places
