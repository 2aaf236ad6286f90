"""Tables of raw evidence as numbers: what each good row says, and every row that could not be read with its problems.

Nothing here knows what makes a record good. What records say is few things, and each is judged once by the reader that
reads them one by one; whatever is not as plain as that is read by it row by row. Ids of records are not compared: a
record that stands twice counts twice where records are counted, and nowhere else.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa

from bandstand.cohort.batch import day_of
from bandstand.cohort.combine import combined
from bandstand.cohort.days import read_days
from bandstand.cohort.ids import BAD, GOOD, Memory, states_of
from bandstand.cohort.judge import ALONE, NOBODY, Judge
from bandstand.cohort.raw import array_of, distinct, fields_of, taken
from bandstand.cohort.read import Coded, Rejects
from bandstand.cohort.single import SingleReader
from bandstand.cohort.surely import surely_attached, surely_noted
from bandstand.interop.columns import ColumnWatch
from bandstand.interop.csv_rows import Columns
from bandstand.interop.source import EVIDENCE, RawRow
from bandstand.interop.versions import Gone

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping, Sequence

    from bandstand.cohort.batch import Ints, Saying
    from bandstand.cohort.combine import Longs
    from bandstand.cohort.days import Days
    from bandstand.cohort.ids import Ids
    from bandstand.cohort.raw import Distinct, Flags
    from bandstand.models.problem import Problem
    from bandstand.packs.pack import Pack

#: So many rows are read together: enough that each is cheap, and few enough to stay in a processor's memory.
_TOGETHER = 1 << 20
_IDS = ("moderated_by", "accepted_from", "accepted_by", "author")


class Coder:
    """Codes tables of raw evidence.

    Attributes:
        sayings: What good records say. It grows, and what is there keeps its position.
        gone: What was left out since it was made, being of another version's time and about what is there no more.
    """

    def __init__(
        self,
        packs: Mapping[str, Pack],
        *,
        default_framework: str | None,
        today: dt.date,
        versions: Sequence[Pack] = (),
    ) -> None:
        """Take the packs by their frameworks' ids.

        Args:
            packs: Framework id -> the version that counts.
            default_framework: The framework of records that name none; without it, the only one there is.
            today: Evidence after this day is a problem.
            versions: Other versions of the same frameworks: a record that is right for the one valid at its own date is
                no problem where that is not the version that counts.
        """
        self.sayings: list[Saying] = []
        self._given = (packs, default_framework, today, tuple(versions))
        self._begin()

    def _begin(self) -> None:
        packs, default, today, versions = self._given
        self.gone = Gone()
        judge = Judge(packs, versions, default, today, self.sayings)
        self._tools = _Tools(judge, Memory(), self.gone, day_of(today))

    def __getstate__(self) -> dict[str, Any]:
        """What another process needs: it judges for itself, and goes on with the same sayings."""
        return {"sayings": self.sayings, "_given": self._given}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Begin in another process."""
        self.__dict__.update(state)
        self._begin()

    @property
    def needs(self) -> frozenset[str]:
        """Of the fields that no rule reads, those that a framework's schema looks at, so that they have to be read."""
        return self._tools.judge.needs

    def columns(self, names: Sequence[str], file: str) -> tuple[list[Problem], list[str]]:
        """What is to be said of a table's columns, once for each file: problems, and what a user need not mend.

        Args:
            names: The headings.
            file: The file's name as the user gave it.
        """
        headings = Columns(Path(file), names, EVIDENCE, row=None)
        watch = ColumnWatch(EVIDENCE)
        fields = dict.fromkeys(EVIDENCE.column(name) or name for name in names)
        problems = list(watch.problems(RawRow(file, None, None, None, dict(fields))))
        return [*headings.problems, *problems], watch.notes

    def code(self, table: pa.Table | pa.RecordBatch, *, file: str, first_row: int | None) -> Coded:
        """Code a table.

        Args:
            table: Raw evidence, its columns named as headings of evidence are; others are not looked at.
            file: The file's name, for problems.
            first_row: The row of the file that the first row is, for problems; None where nobody knows.
        """
        columns = fields_of(table, EVIDENCE.column)
        parts = []
        for start in range(0, max(table.num_rows, 1), _TOGETHER):
            piece = {name: column.slice(start, _TOGETHER) for name, column in columns.items()}
            rows = min(_TOGETHER, table.num_rows - start)
            parts.extend(self._pieces(piece, rows, file, None if first_row is None else first_row + start))
        return parts[0] if len(parts) == 1 else Coded.of(parts)

    def _pieces(self, piece: Mapping[str, Any], rows: int, file: str, first: int | None) -> list[Coded]:
        try:
            columns = {name: array_of(column) for name, column in piece.items()}
        except (OverflowError, pa.ArrowInvalid):
            if rows <= 1:
                raise
            half = rows // 2
            head = {name: column.slice(0, half) for name, column in piece.items()}
            tail = {name: column.slice(half) for name, column in piece.items()}
            after = None if first is None else first + half
            return [*self._pieces(head, half, file, first), *self._pieces(tail, rows - half, file, after)]
        return [_Piece(self._tools, columns, rows).coded(file, first)]


class _Tools(NamedTuple):
    judge: Judge
    memory: Memory
    gone: Gone
    today: int


class _Piece:
    """Some rows that are read together."""

    def __init__(self, tools: _Tools, columns: Mapping[str, pa.Array], rows: int) -> None:
        self._judge, self._memory, self._gone, self._today = tools
        self._columns, self._rows = columns, rows
        #: Rows that are read one by one, as what is odd about them may be so of no other.
        self._alone: Flags | None = None
        #: Rows whose ids are odd, and what tells of which kind each is: nothing below 0, elsewhere how it is written.
        self._odd: Flags | None = None
        self._marks: list[Ints] = []
        self._distinct: dict[str, Distinct] = {}
        self._ids: dict[str, tuple[Ints, Ids]] = {}

    def coded(self, file: str, first: int | None) -> Coded:
        """The rows as numbers, and those that could not be read."""
        self._look_at_ids("person")
        for name in _IDS:
            if name in self._columns:
                self._look_at_ids(name)
        self._look_at_both()
        self._look_at_texts()
        days = self._days()
        sayings, numbers = self._sayings()
        self._look_at_selves(sayings)
        return self._gather(sayings, numbers, days, file, first)

    def _column(self, name: str) -> Distinct:
        if name not in self._distinct:
            self._distinct[name] = distinct(self._columns.get(name, pa.nulls(self._rows)))
        return self._distinct[name]

    def _column_of_ids(self, name: str) -> tuple[Ints, Ids]:
        if name not in self._ids:
            column = self._column(name)
            ids = self._memory.ids(name, column.values)
            self._ids[name] = ids.codes(column.codes), ids
        return self._ids[name]

    def _look_at_ids(self, name: str) -> None:
        codes, ids = self._column_of_ids(name)
        bad = ids.states == BAD if name != "person" else ids.states != GOOD
        if bad[:-1].any() or (bad[-1] and len(codes) and int(codes.max()) == len(ids.values)):
            flags = bad[codes]
            self._set_odd(flags, np.where(flags, self._column(name).codes, -1))

    def _set_odd(self, flags: Flags, mark: Ints) -> None:
        self._odd = flags if self._odd is None else self._odd | flags
        self._marks.append(mark)

    def _set_alone(self, flags: Flags) -> None:
        self._alone = flags if self._alone is None else self._alone | flags

    def _given(self, name: str) -> Flags:
        """Where a field of ids is given."""
        codes, ids = self._column_of_ids(name)
        given: Flags = codes < len(ids.values) if ids.places is None else (ids.states == GOOD)[codes]
        return given

    def _look_at_both(self) -> None:
        if "accepted_from" in self._columns or "accepted_by" in self._columns:
            one, other = self._given("accepted_from"), self._given("accepted_by")
            self._set_odd(one != other, np.where(one != other, one, -1))

    def _look_at_texts(self) -> None:
        if "id" in self._columns:
            column = self._columns["id"]
            if pa.types.is_string(column.type):
                self._set_alone(states_of(column) == BAD)
            else:
                self._look_at_ids("id")
        self._there: dict[str, Flags] = {}
        for name, surely in (("note", surely_noted), ("attachments", surely_attached)):
            if name in self._columns:
                there, unsure = surely(self._columns[name])
                self._there[name] = there
                if unsure is not None:
                    self._set_alone(unsure)

    def _days(self) -> Days:
        days = read_days(self._columns.get("date", pa.nulls(self._rows)))
        if len(days.days) and int(days.days.max()) > self._today:
            past = days.days <= self._today
            days = days._replace(good=past if days.good is None else days.good & past)
        return days

    def _sayings(self) -> tuple[Ints, Ints]:
        """What each row says, as far as its words go, and the number of the combination that it has."""
        parts: list[tuple[Ints, int]] = []
        values: list[pa.Array] = []
        for name in self._judge.words:
            column = self._column(name)
            values.append(column.values)
            parts.append((column.codes, column.size))
        for name in self._judge.there:
            if name in ("note", "attachments"):
                flags = self._there.get(name, np.zeros(self._rows, np.bool_))
            else:
                flags = self._given(name) if name in self._columns else np.zeros(self._rows, np.bool_)
            parts.append((flags.view(np.int8).astype(np.int32), 2))
        together = combined(parts, self._rows)
        outcomes = self._judge.outcomes(values, together.codes)
        table = np.zeros(together.size, np.int32)
        table[together.found] = outcomes
        sayings = taken(table, together.numbers)
        if (outcomes == ALONE).any():
            self._set_alone(sayings == ALONE)
        return sayings, together.numbers

    def _look_at_selves(self, sayings: Ints) -> None:
        """Read by themselves rows in which somebody agrees or judges on their own behalf."""
        person, people = self._column_of_ids("person")
        nameless = people.states != GOOD
        for name in ("moderated_by", "accepted_by", "author"):
            if name not in self._columns:
                continue
            codes, ids = self._column_of_ids(name)
            found = self._memory.found(name, ids, people)
            if found.max() >= 0:
                same: Flags = taken(found, codes) == person
                if name == "author":
                    same &= np.array([*self._judge.by_others, False, False])[sayings]
                self._set_alone(same)
            if self._odd is not None and NOBODY in ids.values.to_pylist():
                # Where nobody is named, the reader puts that in the place of the person.
                self._set_alone(nameless[person])

    def _gather(self, sayings: Ints, numbers: Ints, days: Days, file: str, first: int | None) -> Coded:
        codes, ids = self._column_of_ids("person")
        odd = None if int(sayings.min(initial=0)) >= 0 else sayings < 0
        for flags in (self._alone, self._odd, None if days.good is None else ~days.good):
            if flags is not None:
                odd = flags if odd is None else odd | flags
        if odd is None or not odd.any():
            return Coded(_people(codes, ids), sayings, days.days, Rejects(()), self._rows)
        rows = np.flatnonzero(odd)
        kinds = self._kinds(rows, sayings, numbers, days)
        reader = SingleReader(self._judge, self._gone)
        singles = reader.read(self._columns, rows, kinds, file=file, first_row=first)
        sayings, day, keep = sayings.copy(), days.days.copy(), ~odd
        for at, saying in singles.sayings.items():
            sayings[at], keep[at] = saying, True
        for at, date in singles.dates.items():
            day[at] = day_of(date)
        return Coded(_people(codes[keep], ids), sayings[keep], day[keep], singles.rejects, self._rows)

    def _kinds(self, rows: Longs, sayings: Ints, numbers: Ints, days: Days) -> Iterator[tuple[int, ...] | None]:
        """Of each of some rows its kind: which combination it has that is odd, when, and how what else is odd reads.

        What is good adds nothing to what is told of the rest, but that of a good day it matters which versions hold.
        """
        dated = np.ones(len(rows), np.bool_) if days.good is None else days.good[rows]
        when = np.where(dated, self._judge.spans(days.days[rows]), days.written[rows])
        marks = [mark[rows] for mark in self._marks]
        what = np.where(sayings[rows] < 0, numbers[rows], -1)
        alone = np.zeros(len(rows), np.bool_) if self._alone is None else self._alone[rows]
        each = zip(*(array.tolist() for array in (what, dated, when, *marks)), strict=True)
        for is_alone, kind in zip(alone.tolist(), each, strict=True):
            yield None if is_alone else kind


def _people(codes: Ints, people: Ids) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(codes), people.values, safe=False)
