"""Staff lists as numbers: what is known of each person as one of few profiles, and every row that could not be read."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bandstand.cohort.combine import combined
from bandstand.cohort.ids import BAD, GOOD, read_ids
from bandstand.cohort.raw import array_of, distinct, fields_of, python_values, raw_rows, taken
from bandstand.cohort.read import Reject
from bandstand.interop.columns import ColumnWatch
from bandstand.interop.csv_rows import Columns
from bandstand.interop.people import PersonCheck, duplicate
from bandstand.interop.source import RawRow
from bandstand.models.evidence import Person

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from bandstand.cohort.batch import Ints
    from bandstand.cohort.raw import Flags
    from bandstand.models.problem import Problem
    from bandstand.packs.pack import Pack

_NOBODY = "-"


@dataclass(frozen=True)
class PeopleTable:
    """Who was read.

    Attributes:
        ids: People's ids, each once, in ascending order of their bytes.
        profile: What is known of each: a position among profiles.
        school: Where each works: an array of strings, of which some may be null.
        profiles: What is known of people, with ``-`` as the id and without their schools. The first is somebody of whom
            nothing is known.
        rejects: The rows that could not be read, and those of people who stand in the list already.
        rejected: Ids of people of whom a row could not be read, as an array of strings, in ascending order.
        problems: What is wrong with the columns.
        notes: What a user should know and need not mend.
        read: How many rows there were.
    """

    ids: pa.Array
    profile: Ints
    school: pa.Array
    profiles: Sequence[Person]
    rejects: tuple[Reject, ...] = ()
    rejected: pa.Array = field(default_factory=lambda: pa.array([], pa.string()))
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    read: int = 0

    def places(self, ids: pa.Array) -> Ints:
        """Where each of some ids stands in the list; -1 for those that do not."""
        if not len(self.ids):
            return np.full(len(ids), -1, np.int32)
        wanted = _in_bytes(ids)
        # However many there are, Arrow would read all of the list into a table for each call.
        at = np.minimum(np.searchsorted(self._in_bytes, wanted), len(self.ids) - 1)
        return np.where(self._in_bytes[at] == wanted, at, -1).astype(np.int32)

    @cached_property
    def _in_bytes(self) -> npt.NDArray[np.bytes_]:
        return _in_bytes(self.ids)


def code_people(
    table: pa.Table | pa.RecordBatch, packs: Mapping[str, Pack], *, file: str, first_row: int | None = 1
) -> PeopleTable:
    """Read a whole staff list.

    Args:
        table: The list, its columns named as headings of people are; a fact that a framework asks for may have its own.
        packs: Framework id -> pack; a grade, role, stage or flag is known when one of them knows it.
        file: The file's name, for problems.
        first_row: The row of the file that the first row is, for problems; None where nobody knows.
    """
    return StaffReader(packs).read(table, file=file, first_row=first_row)


class StaffReader:
    """Reads staff lists, or parts of one, that have their profiles together.

    Attributes:
        profiles: What is known of people. It grows, and what is there keeps its position.
    """

    def __init__(self, packs: Mapping[str, Pack]) -> None:
        self._check = PersonCheck(packs)
        self._places: dict[str, int] = {}
        self.profiles: list[Person] = []
        self._place(Person(person=_NOBODY))

    def read(self, table: pa.Table | pa.RecordBatch, *, file: str, first_row: int | None = 1) -> PeopleTable:
        """Read a list; of somebody who stands in it twice, the first row counts."""
        fields = fields_of(table, self._check.headings.column)
        columns = {name: array_of(column) for name, column in fields.items()}
        rows = table.num_rows
        person, states = read_ids(columns.get("person", pa.nulls(rows)))
        school, school_states = read_ids(columns.get("school", pa.nulls(rows)))
        profile, numbers = self._profiles(columns, rows)
        nameless: Flags = (states != GOOD)[person.codes]
        alone: Flags = nameless | (school_states == BAD)[school.codes]
        first = np.zeros(len(states), np.int64)
        first[person.codes[::-1]] = np.arange(rows - 1, -1, -1)
        again: Flags = ~nameless & (first[person.codes] != np.arange(rows))
        keep = ~(alone | again) & (profile >= 0)
        rejects: list[Reject] = []
        rejected = np.zeros(len(states), np.bool_)
        kinds: dict[int, list[Problem]] = {}
        for at, row in raw_rows(columns, np.flatnonzero(~keep), file=file, first_row=first_row):
            kind = None if alone[at] else int(numbers[at])
            reject = self._reject(row, kind, kinds, is_known=profile[at] >= 0)
            rejected[person.codes[at]] |= bool(reject.problems)
            if again[at]:
                number = None if first_row is None else first_row + int(first[person.codes[at]])
                name = person.values[int(person.codes[at])].as_py()
                twice = duplicate(name, row, str(RawRow(file, number, None, None, {})))
                reject = replace(reject, problems=(twice, *reject.problems))
            rejects.append(reject)
        rejected &= states == GOOD
        problems, notes = self._of_columns(table.schema.names, file)
        ids = person.values.take(pa.array(person.codes[keep]))
        schools = _where(school_states == GOOD, school.values).take(pa.array(school.codes[keep]))
        order = pc.sort_indices(ids)
        named = person.values.filter(pa.array(rejected[:-1]))
        return PeopleTable(
            ids.take(order),
            profile[keep][order.to_numpy()],
            schools.take(order),
            self.profiles,
            tuple(rejects),
            named.take(pc.sort_indices(named)),
            tuple(problems),
            tuple(notes),
            rows,
        )

    def _place(self, person: Person) -> int:
        at = self._places.setdefault(person.model_dump_json(), len(self.profiles))
        if at == len(self.profiles):
            self.profiles.append(person)
        return at

    def _profiles(self, columns: Mapping[str, pa.Array], rows: int) -> tuple[Ints, npt.NDArray[Any]]:
        """The position of what each row says among profiles, -1 where it can't be read; and which of its like it is."""
        coded = {name: distinct(column) for name, column in columns.items() if name not in ("person", "school")}
        together = combined([(column.codes, column.size) for column in coded.values()], rows)
        values = {name: [*python_values(column.values), None] for name, column in coded.items()}
        table = np.zeros(together.size, np.int32)
        codes = np.array(together.codes, np.int64).reshape(len(coded), len(together.found)).T
        for number, own in zip(together.found.tolist(), codes.tolist(), strict=True):
            given = {name: cells[code] for (name, cells), code in zip(values.items(), own, strict=True)}
            shown = {name: value for name, value in given.items() if value is not None}
            person = self._check.person(RawRow("-", None, None, None, {**shown, "person": _NOBODY}))
            table[number] = self._place(person) if isinstance(person, Person) else -1
        return taken(table, together.numbers), together.numbers

    def _reject(self, row: RawRow, kind: int | None, kinds: dict[int, list[Problem]], *, is_known: bool) -> Reject:
        """A row with its problems, for which one look serves all rows that say the same but for who it is and where."""
        if kind is None or (not is_known and kind not in kinds):
            result = self._check.person(row)
            problems = result if isinstance(result, list) else []
            if kind is None:
                return Reject.of(row, problems)
            kinds[kind] = problems
        return Reject.like(row, kinds.get(kind, ()))

    def _of_columns(self, names: Sequence[str], file: str) -> tuple[list[Problem], list[str]]:
        headings, watch = self._check.headings, ColumnWatch(self._check.headings)
        table = Columns(Path(file), names, headings, row=None)
        fields = dict.fromkeys(headings.column(name) or name for name in names)
        return [*table.problems, *watch.problems(RawRow(file, None, None, None, dict(fields)))], watch.notes


def _in_bytes(ids: pa.Array) -> npt.NDArray[np.bytes_]:
    # No id ends in what NumPy fills its texts up with: it could not be seen.
    return np.array(ids.cast(pa.binary()).to_numpy(zero_copy_only=False), dtype=np.bytes_)


def _where(flags: npt.NDArray[np.bool_], values: pa.Array) -> pa.Array:
    """The texts where a flag is set, nothing elsewhere; there is one flag more than texts."""
    texts = values if pa.types.is_string(values.type) else pa.nulls(len(values), pa.string())
    return pc.if_else(pa.array(flags), pa.concat_arrays([texts, pa.nulls(1, pa.string())]), None)
