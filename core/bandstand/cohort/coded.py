"""Folders of coded evidence: what records say as numbers, sorted by person, with what the numbers stand for.

``evidence.parquet`` has a row for each record: ``person`` and ``saying`` are rows of the other two tables, from 0, and
``date`` is the day. ``people.parquet`` has people's ids, in order, ``sayings.parquet`` what records say, and
``about.json`` what it was made of.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bandstand.cohort.batch import date_of, day_of
from bandstand.cohort.files import ABOUT, InputFile
from bandstand.cohort.output import evenly
from bandstand.cohort.parquet_in import GroupChunk, groups
from bandstand.cohort.read import Coded, Reject
from bandstand.cohort.sayings import order_of, saying_of
from bandstand.errors import ProblemsError
from bandstand.interop.source import file_problem, name_of, quoted
from bandstand.models.problem import Place, Problem
from bandstand.rules.base import did_you_mean

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from bandstand.cohort.batch import Saying
    from bandstand.packs.pack import Pack

#: The form of the folder; it changes when what was written before can no longer be read as it stands.
FORM: Final = 1
KIND: Final = "bandstand coded evidence"
EVIDENCE_FILE: Final = "evidence.parquet"
PEOPLE_FILE: Final = "people.parquet"
SAYINGS_FILE: Final = "sayings.parquet"
_FILES: Final = (ABOUT, EVIDENCE_FILE, PEOPLE_FILE, SAYINGS_FILE)
_GROUP: Final = 1 << 20
_EVIDENCE: Final = pa.schema(
    [
        pa.field("person", pa.uint32(), nullable=False),
        pa.field("saying", pa.uint32(), nullable=False),
        pa.field("date", pa.date32(), nullable=False),
    ]
)
_SAYINGS: Final = pa.schema(
    [
        pa.field("framework", pa.string(), nullable=False),
        pa.field("criteria", pa.list_(pa.string()), nullable=False),
        pa.field("claim", pa.string(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("review_point", pa.string()),
        pa.field("moderated", pa.bool_(), nullable=False),
    ]
)


@dataclass(slots=True)
class FolderCoder:
    """Reads the rows of a folder of coded evidence as a coder reads raw ones. It can be pickled.

    Attributes:
        people: Where the ids are, as an Arrow file.
        sayings: What the numbers stand for.
        wrong: What is wrong with some of them, by their positions.
        today: The last day of which there can be evidence, in days since 1970-01-01.
    """

    people: Path
    sayings: Sequence[Saying]
    wrong: Mapping[int, tuple[Problem, ...]]
    today: int
    _names: pa.Array | None = field(default=None, repr=False)

    def code(self, table: pa.Table, *, file: str, first_row: int | None) -> Coded:
        """The rows as numbers, and those whose saying no pack knows any more, or that are of the future."""
        # Positions of people and sayings fit 31 bits: there are rows of them in the folder's other files.
        person, saying = (_numbers(table, name, pa.uint32()).view(np.int32) for name in ("person", "saying"))
        day = _numbers(table, "date", pa.date32())
        bad = day > self.today
        if self.wrong:
            is_wrong = np.zeros(len(self.sayings), np.bool_)
            is_wrong[list(self.wrong)] = True
            bad |= is_wrong[saying]
        rejects: tuple[Reject, ...] = ()
        read = len(person)
        if bad.any():
            rejects = tuple(self._rejects(np.flatnonzero(bad), person, saying, day, file, first_row))
            person, saying, day = person[~bad], saying[~bad], day[~bad]
        if (person[1:] >= person[:-1]).all():
            begins = np.ones(len(person), np.bool_)
            np.not_equal(person[1:], person[:-1], out=begins[1:])
            who, codes = person[begins], np.cumsum(begins, dtype=np.int32) - np.int32(1)
        else:
            who, codes = np.unique(person, return_inverse=True)
        names = self._ids().take(pa.array(who))
        people = pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32, copy=False)), names)
        return Coded(people, saying, day, rejects, read)

    def _ids(self) -> pa.Array:
        if self._names is None:
            with pa.memory_map(str(self.people)) as source:
                column = pa.ipc.open_file(source).read_all().column("person")
            self._names = column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
        return self._names

    def _rejects(self, rows: Any, person: Any, saying: Any, day: Any, file: str, first: int | None) -> Iterator[Reject]:
        for at in rows.tolist():
            row = None if first is None else first + at
            said = self.sayings[int(saying[at])]
            name = self._ids()[int(person[at])].as_py()
            date = date_of(int(day[at]))
            problems = list(self.wrong.get(int(saying[at]), ()))
            if day[at] > self.today:
                message = f"{date} is after today, {date_of(self.today)}."
                remedy = "Evidence is of what was seen: correct the date, or leave the row out until then."
                problems.append(
                    Problem(
                        code="future-date",
                        place=Place(file=file, path="date"),
                        message=message,
                        remedy=remedy,
                        value=str(date),
                    )
                )
            placed = tuple(
                p.model_copy(update={"place": p.place.model_copy(update={"file": file, "row": row})}) for p in problems
            )
            values = {"person": name, **said._asdict(), "date": date}
            yield Reject(file, row, placed, values)


@dataclass(frozen=True, slots=True)
class CodedFolder:
    """A folder of coded evidence that was looked into.

    Attributes:
        path: The folder.
        files: Its files.
        chunks: The parts of its evidence.
        sayings: What its numbers of sayings stand for.
    """

    path: Path
    files: tuple[InputFile, ...]
    chunks: tuple[GroupChunk, ...]
    sayings: tuple[Saying, ...]

    def coder(self, packs: Mapping[str, Pack], today: dt.date, work: Path) -> FolderCoder:
        """What reads its rows, by packs that serve now.

        Args:
            packs: Framework id -> pack.
            today: The last day of which there can be evidence.
            work: A folder in which people's ids are put so that all processes share them.
        """
        ids = pq.read_table(self.path / PEOPLE_FILE, columns=["person"], use_threads=False).combine_chunks()
        shared = work / "people-ids.arrow"
        with pa.OSFile(str(shared), "wb") as sink, pa.ipc.new_file(sink, ids.schema) as writer:
            writer.write_table(ids, max_chunksize=max(ids.num_rows, 1))
        wrong = {at: problems for at, saying in enumerate(self.sayings) if (problems := tuple(faults(saying, packs)))}
        return FolderCoder(shared, self.sayings, wrong, day_of(today))


def look_into_folder(path: Path) -> CodedFolder:
    """See what a folder of coded evidence has.

    Raises:
        ProblemsError: It is not whole, is of another form, or its numbers do not fit together.
    """
    try:
        about = json.loads((path / ABOUT).read_text("utf-8"))
        if about.get("kind") != KIND:
            raise _broken(path, f"Its {ABOUT} does not say that it is {KIND}.")
        if about.get("form") != FORM:
            raise _broken(path, f"It is of the form {quoted(about.get('form'))}, and this release reads {FORM}.")
        missing = [name for name in _FILES if not (path / name).is_file()]
        if missing:
            raise _broken(path, f"It lacks {' and '.join(missing)}.")
        evidence = path / EVIDENCE_FILE
        if not pq.read_schema(evidence).equals(_EVIDENCE):
            raise _broken(path, f"{EVIDENCE_FILE} has other columns.")
        sayings = tuple(_read_sayings(path / SAYINGS_FILE))
        ids = pq.read_table(path / PEOPLE_FILE, columns=["person"], use_threads=False).column("person").combine_chunks()
        found = groups(evidence, 0, "person")
        _check(path, pq.ParquetFile(evidence), ids, len(sayings))
    except (OSError, ValueError, KeyError, AttributeError, pa.ArrowException) as error:
        raise _broken(path, f"It cannot be read: {quoted(error, 200)}.") from None
    columns = tuple((name, name) for name in _EVIDENCE.names)
    name = name_of(evidence)
    chunks = tuple(GroupChunk(0, evidence, name, columns, group) for group in found if group.rows)
    files = []
    for each in _FILES:
        stat = (path / each).stat()
        files.append(InputFile(path / each, name_of(path / each), "parquet", stat.st_size, stat.st_mtime_ns))
    return CodedFolder(path, tuple(files), chunks, sayings)


def write_folder(path: Path, parts: Sequence[Path], about: Mapping[str, Any]) -> tuple[int, int]:
    """Write a folder of coded evidence from parts of whole people, which follow one another.

    Args:
        path: The folder, which is there and empty.
        parts: What :func:`bandstand.cohort.parts.ordered_rows` made of each.
        about: What is to be said of where it is from.

    Returns:
        How many people and how many sayings it has.
    """
    sayings = sorted(
        {text for part in parts for text in _column(part, "sayings").to_pylist()},
        key=lambda text: order_of(saying_of(json.loads(text))),
    )
    place = {text: at for at, text in enumerate(sayings)}
    schema = pa.schema([pa.field("person", pa.string(), nullable=False)])
    names = (pa.table([_column(part, "people")], schema=schema) for part in parts)
    people = _write(path / PEOPLE_FILE, schema, names)
    _write(path / EVIDENCE_FILE, _EVIDENCE, _all_numbered(parts, place))
    columns: dict[str, list[Any]] = defaultdict(list)
    for text in sayings:
        for name, value in zip(_SAYINGS.names, json.loads(text), strict=True):
            columns[name].append(value)
    pq.write_table(pa.table({name: columns[name] for name in _SAYINGS.names}, schema=_SAYINGS), path / SAYINGS_FILE)
    whole = {"kind": KIND, "form": FORM, **about, "people": people, "sayings": len(sayings)}
    (path / ABOUT).write_text(f"{json.dumps(whole, indent=2, ensure_ascii=False)}\n", "utf-8")
    return people, len(sayings)


def _write(path: Path, schema: pa.Schema, tables: Iterable[pa.Table]) -> int:
    """Write tables as one file, whose bytes do not depend on how they were parted; say how many rows it has."""
    rows = 0
    with pq.ParquetWriter(path, schema, compression="snappy") as writer:
        for table in evenly(tables, _GROUP):
            writer.write_table(table, row_group_size=_GROUP)
            rows += table.num_rows
    return rows


def _all_numbered(parts: Sequence[Path], place: Mapping[str, int]) -> Iterator[pa.Table]:
    people = 0
    for part in parts:
        yield _numbered(part, people, place)
        people += len(_column(part, "people"))


def _column(part: Path, name: str) -> pa.Array:
    with pa.OSFile(str(part)) as source:
        return pa.ipc.open_file(source).read_all().column(name).combine_chunks().flatten()


def _numbered(part: Path, before: int, place: Mapping[str, int]) -> pa.Table:
    """The rows of a part by the numbers that they have in the folder."""
    with pa.OSFile(str(part)) as source:
        table = pa.ipc.open_file(source).read_all()
    columns = {name: table.column(name).combine_chunks().flatten() for name in ("sayings", "person", "saying", "date")}
    own = np.array([place[text] for text in columns["sayings"].to_pylist()], np.uint32)
    person = columns["person"].to_numpy(zero_copy_only=False) + np.uint32(before)
    saying = own[columns["saying"].to_numpy(zero_copy_only=False)]
    return pa.table([pa.array(person), pa.array(saying), columns["date"]], schema=_EVIDENCE)


def _read_sayings(path: Path) -> Iterator[Saying]:
    for row in pq.read_table(path, use_threads=False).cast(_SAYINGS).to_pylist():
        yield saying_of([row[name] for name in _SAYINGS.names])


def _check(path: Path, evidence: pq.ParquetFile, ids: pa.Array, sayings: int) -> None:
    """See that numbers are those of people and sayings that there are, and people in order."""
    in_order = pc.all(pc.less(ids.slice(0, max(len(ids) - 1, 0)), ids.slice(1)), min_count=0).as_py()
    if ids.null_count or not in_order:
        raise _broken(path, f"The ids in {PEOPLE_FILE} are not in order, or one stands twice.")
    most = (len(ids), sayings)
    about = evidence.metadata
    for index in range(about.num_row_groups):
        for column, limit in enumerate(most):
            known = about.row_group(index).column(column).statistics
            has = known is not None and known.has_min_max
            highest = known.max if has else pc.max(evidence.read_row_group(index).column(column)).as_py()
            if highest is not None and highest >= limit:
                raise _broken(path, f"{EVIDENCE_FILE} has numbers of people or sayings that are not there.")


def faults(saying: Saying, packs: Mapping[str, Pack]) -> Iterator[Problem]:
    """What packs that serve now have against a saying."""
    pack = packs.get(saying.framework)
    if pack is None:
        message = f'"{quoted(saying.framework)}" is not a framework that is installed.'
        yield _problem("unknown-framework", "framework", message, did_you_mean(saying.framework, list(packs)))
        return
    unfolds = pack.unfolded.unfolds
    for criterion in saying.criteria:
        if (criterion, saying.claim) in unfolds:
            continue
        if criterion in pack.unfolded.names:
            message = f'"{quoted(saying.claim)}" is not a claim that can be made of {criterion} in {pack.name}.'
            yield _problem("not-a-claim", "claim", message, "Encode the evidence again from its source.")
        else:
            message = f'"{quoted(criterion)}" is not a criterion of {pack.name}.'
            yield _problem("unknown-criterion", "criteria", message, "Encode the evidence again from its source.")
    points = {point.id for point in pack.framework.review_points}
    if saying.review_point is not None and saying.review_point not in points:
        message = f'"{quoted(saying.review_point)}" is not a review point of {pack.name}.'
        remedy = did_you_mean(saying.review_point, sorted(points))
        yield _problem("unknown-review-point", "review_point", message, remedy)


def _problem(code: str, field_name: str, message: str, remedy: str) -> Problem:
    return Problem(code=code, place=Place(file=EVIDENCE_FILE, path=field_name), message=message, remedy=remedy)


def _broken(path: Path, message: str) -> ProblemsError:
    remedy = "Write it again with bandstand encode."
    return ProblemsError([file_problem(path, "broken-coded", message, remedy)])


def _numbers(table: pa.Table, name: str, kind: pa.DataType) -> Any:
    """A column as an array of numbers of four bytes."""
    column = table.column(name)
    array = column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
    return array.cast(kind).view(pa.uint32() if kind == pa.uint32() else pa.int32()).to_numpy(zero_copy_only=False)
