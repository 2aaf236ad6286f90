"""Staff lists of any kind and size as a table of people."""

from __future__ import annotations

import csv
import dataclasses
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from bandstand.cohort.staff import PeopleTable, code_people
from bandstand.errors import ProblemsError
from bandstand.interop.people import PersonCheck, people_readers
from bandstand.interop.rows import read_rows
from bandstand.interop.source import Limits, RawRow, file_problem, name_of, number_text, quoted, unusable
from bandstand.models.problem import Problem, by_place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from bandstand.cohort.read import Reject
    from bandstand.interop.source import Headings
    from bandstand.packs.pack import Pack

_MANY: Final = 1 << 60


@dataclass(slots=True)
class StaffFile:
    """A staff list that processes share. It can be pickled, and is then small.

    Attributes:
        path: Where the people are, as an Arrow file.
        rest: The list without them.
        listed: How many people there are.
    """

    path: Path
    rest: PeopleTable
    listed: int
    _table: PeopleTable | None = field(default=None, repr=False)

    @classmethod
    def read(cls, given: Path, packs: Mapping[str, Pack], path: Path) -> StaffFile:
        """Read a staff list, and put it where processes share it.

        Raises:
            ProblemsError: The file itself cannot be read, or has no people.
        """
        people = read_staff(given, packs)
        columns = {"ids": people.ids, "profile": pa.array(people.profile), "school": people.school}
        table = pa.table(columns)
        with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table, max_chunksize=max(table.num_rows, 1))
        nobody = pa.array([], pa.string())
        # Copies, as what is cut out of a large array keeps all of it.
        school, profile = pa.array([], pa.string()), people.profile[:0].copy()
        rest = dataclasses.replace(people, ids=nobody, profile=profile, school=school)
        listed = len(people.ids)
        del people, columns, table
        pa.default_memory_pool().release_unused()
        return cls(path, rest, listed)

    @property
    def table(self) -> PeopleTable:
        """The whole list."""
        if self._table is None:
            with pa.memory_map(str(self.path)) as source:
                columns = pa.ipc.open_file(source).read_all()
            ids, profile, school = (columns.column(name).combine_chunks() for name in ("ids", "profile", "school"))
            self._table = dataclasses.replace(
                self.rest, ids=ids, profile=profile.to_numpy(zero_copy_only=False), school=school
            )
        return self._table

    def __getstate__(self) -> tuple[Path, PeopleTable, int]:
        """What another process needs."""
        return self.path, dataclasses.replace(self.rest, rejects=()), self.listed

    def __setstate__(self, state: tuple[Path, PeopleTable, int]) -> None:
        """Begin in another process."""
        self.path, self.rest, self.listed = state
        self._table = None


def read_staff(path: Path, packs: Mapping[str, Pack]) -> PeopleTable:
    """Read a staff list: Parquet, CSV, JSON Lines, JSON or a workbook.

    Raises:
        ProblemsError: The file itself cannot be read, or has no people.
    """
    problem = unusable(path, Limits(max_bytes=_MANY))
    if problem is not None:
        raise ProblemsError([problem])
    name, headings = name_of(path), PersonCheck(packs).headings
    ending = path.suffix.lower()
    if ending in (".parquet", ".pq"):
        try:
            table = pq.read_table(path, use_threads=False)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
            message = f"This is no Parquet file: {quoted(error, 200)}."
            remedy = "Write it again, and check that it was copied whole."
            raise ProblemsError([file_problem(path, "broken-parquet", message, remedy)]) from None
        return _checked(path, code_people(table, packs, file=name, first_row=1), headings)
    if ending == ".csv":
        plain = _plain_csv(path)
        if plain is not None:
            return _checked(path, code_people(plain, packs, file=name, first_row=2), headings)
    return _one_by_one(path, packs, headings)


def raw_people(path: Path, packs: Mapping[str, Pack]) -> Iterator[RawRow]:
    """The rows of a staff list one by one, as they are before anybody has looked at what they say."""
    headings = PersonCheck(packs).headings
    if path.suffix.lower() in (".parquet", ".pq"):
        table = pq.read_table(path, use_threads=False)
        for batch in table.to_batches():
            for row in batch.to_pylist():
                values = {headings.column(name) or name: value for name, value in row.items() if value is not None}
                yield RawRow(name_of(path), None, None, None, values)
        return
    for item in read_rows(path, _limits(path), people_readers(headings)):
        if isinstance(item, RawRow):
            yield item


def _limits(path: Path) -> Limits:
    """Limits that let the whole of a file through, of which as much is read as there may be."""
    return Limits(max_bytes=path.stat().st_size, max_rows=_MANY, max_problems=_MANY)


def _checked(path: Path, people: PeopleTable, headings: Headings) -> PeopleTable:
    fatal = [problem for problem in people.problems if problem.code == "missing-column"]
    if not fatal and not people.read:
        message = f"The file holds no {headings.kind}."
        fatal = [file_problem(path, "no-records", message, "Check that it is the right one.")]
    if fatal:
        raise ProblemsError(fatal)
    return people


def _plain_csv(path: Path) -> pa.Table | None:
    """A CSV file that is as plain as most are: commas, a heading for each column in the first row, no empty rows."""
    with path.open("rb") as file:
        head = file.readline(1 << 16)
    try:
        line = head.decode("utf-8-sig")
        names = next(csv.reader([line], strict=True), [])
    except (UnicodeDecodeError, csv.Error):
        return None
    if not all(name.strip() for name in names) or len({name.strip() for name in names}) != len(names):
        return None
    columns = [str(at) for at in range(len(names))]
    try:
        table = pa_csv.read_csv(
            path,
            read_options=pa_csv.ReadOptions(column_names=columns, skip_rows=1, use_threads=False),
            parse_options=pa_csv.ParseOptions(ignore_empty_lines=False),
            convert_options=pa_csv.ConvertOptions(
                column_types=dict.fromkeys(columns, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        return None
    # A row without anybody is told by the other reader, which knows an empty one.
    person = table.column(0)
    blank = any(not str(name).strip() for name in person.to_pylist()) if table.num_rows < 1 << 16 else False
    return None if blank or len(names) == 1 else table.rename_columns(names)


def _one_by_one(path: Path, packs: Mapping[str, Pack], headings: Headings) -> PeopleTable:
    rows: list[RawRow] = []
    wrong: list[Problem] = []
    for item in read_rows(path, _limits(path), people_readers(headings)):
        if isinstance(item, Problem):
            wrong.append(item)
        else:
            rows.append(item)
    if not rows:
        raise ProblemsError(by_place(wrong))
    names = list(dict.fromkeys(name for row in rows for name in row.values))
    columns = {str(name): _column([row.values.get(name) for row in rows]) for name in names}
    if "person" not in columns:
        columns["person"] = pa.nulls(len(rows), pa.string())
    people = code_people(pa.table(columns), packs, file=name_of(path), first_row=0)
    places = np.array([row.row or row.line or 0 for row in rows], np.int64)
    rejects = tuple(placed(reject, places) for reject in people.rejects)
    return dataclasses.replace(people, rejects=rejects, problems=(*wrong, *people.problems))


def _column(values: Sequence[object]) -> pa.Array:
    try:
        return pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return pa.array([_text(value) for value in values], pa.string())


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "; ".join(str(_text(part)) for part in value)
    return number_text(value) if isinstance(value, int | float) else str(value)


def placed(reject: Reject, rows: Sequence[int] | np.ndarray[Any, Any]) -> Reject:
    """A reject with the row that it has in its file, of one with its position among some rows."""
    if reject.row is None:
        return reject
    row = int(rows[reject.row])
    problems = tuple(
        problem.model_copy(update={"place": problem.place.model_copy(update={"row": row})})
        for problem in reject.problems
    )
    return dataclasses.replace(reject, row=row, problems=problems)
