"""The records about some people out of a whole workforce's evidence, each read as the reader of one person reads it."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bandstand.cohort.coded import PEOPLE_FILE, faults, look_into_folder
from bandstand.cohort.files import find_files, is_coded, look_into
from bandstand.cohort.parquet_in import GroupChunk
from bandstand.cohort.raw import python_values
from bandstand.cohort.staff_in import raw_people
from bandstand.interop.people import PersonCheck
from bandstand.interop.records import RecordCheck, content_id
from bandstand.interop.source import EVIDENCE, RawRow
from bandstand.interop.versions import OtherVersions
from bandstand.models.evidence import Evidence, Person

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from bandstand.cohort.pieces import Chunk, Piece
    from bandstand.packs.pack import Pack

#: Stands for whoever agreed a claim: coded evidence has only that somebody did.
_SOMEBODY: Final = "-"
_NO_ID: Final = "-"


@dataclass(frozen=True, slots=True)
class Reading:
    """By what records are read.

    Attributes:
        packs: Framework id -> the version that counts.
        versions: Other versions of the same frameworks.
        default_framework: The framework of records that name none.
        today: Evidence after this day cannot be.
        progress: Told which part of how many is read.
    """

    packs: Mapping[str, Pack]
    versions: Sequence[Pack]
    default_framework: str | None
    today: dt.date
    progress: Callable[[int, int], None] = lambda _, __: None


@dataclass(slots=True)
class Records:
    """What was found.

    Attributes:
        evidence: The good records of each person, in the order in which they were found.
        unread: How many of each person's could not be read.
    """

    evidence: dict[str, list[Evidence]] = field(default_factory=lambda: defaultdict(list))
    unread: Counter[str] = field(default_factory=Counter)


def records_of(people: Collection[str], files: Sequence[Path], reading: Reading) -> Records:
    """The records about some people.

    Args:
        people: Their ids.
        files: Evidence: files, patterns, folders, or one folder of coded evidence.
        reading: By what they are read.

    Raises:
        ProblemsError: A file cannot be read at all.
    """
    if is_coded(files[0]):
        return _of_codes(sorted(people), files[0], reading)
    check = RecordCheck(reading.packs, reading.default_framework, reading.today)
    others = OtherVersions(reading.versions, reading.packs, reading.default_framework, reading.today)
    found = Records()
    for row in _rows(sorted(people), files, reading):
        result = check.evidence(row)
        if isinstance(result, list):
            older = others.record(row)
            if older is None:
                found.unread[str(row.values.get("person", "")).strip()] += 1
            elif not older.left_out:
                found.evidence[older.evidence.person].append(older.evidence)
        else:
            found.evidence[result[0].person].append(result[0])
    return found


def staff_of(people: Collection[str], path: Path | None, packs: Mapping[str, Pack]) -> dict[str, Person]:
    """What a staff list has of some people, by their ids; somebody who stands in it twice is as the first row says."""
    if path is None:
        return {}
    check, found = PersonCheck(packs), dict[str, Person]()
    for row in raw_people(path, packs):
        if str(row.values.get("person", "")).strip() in people:
            person = check.person(row)
            if isinstance(person, Person):
                found.setdefault(person.person, person)
    return found


def _rows(names: Sequence[str], files: Sequence[Path], reading: Reading) -> Iterator[RawRow]:
    chunks = look_into(find_files(files), frozenset(EVIDENCE.known)).chunks
    for at, chunk in enumerate(chunks):
        reading.progress(at, len(chunks))
        if _may_have(chunk, names):
            for piece in chunk.pieces():
                yield from _rows_of(piece, names)


def _may_have(chunk: Chunk, names: Sequence[str]) -> bool:
    """Whether a part of a file may be about one of some people, by what the file says of the part."""
    if not isinstance(chunk, GroupChunk) or not isinstance(chunk.group.low, str):
        return True
    # An id may be written with a space before it.
    low, high = chunk.group.low, chunk.group.high
    return low[:1].isspace() or any(low.strip() <= name <= high for name in names)


def _rows_of(piece: Piece, names: Sequence[str]) -> Iterator[RawRow]:
    column = piece.table.column("person").unify_dictionaries().combine_chunks()
    column = column.chunk(0) if isinstance(column, pa.ChunkedArray) else column
    coded = column if isinstance(column, pa.DictionaryArray) else column.dictionary_encode()
    texts = pc.utf8_trim_whitespace(coded.dictionary.cast(pa.string()))
    known = pc.is_in(texts, value_set=pa.array(names, pa.string())).take(coded.indices)
    wanted = pc.fill_null(known, fill_value=False)
    some = piece.table.filter(wanted).combine_chunks()
    rows = piece.rows[wanted.to_numpy(zero_copy_only=False)].tolist()
    columns = {name: python_values(some.column(name).combine_chunks()) for name in some.column_names}
    for at, row in enumerate(rows):
        values = {name: cells[at] for name, cells in columns.items() if cells[at] is not None}
        yield RawRow(piece.file, row, None, None, values)


def _of_codes(names: Sequence[str], path: Path, reading: Reading) -> Records:
    """Records made from what coded evidence has of them, which is all that rules read; their ids from their content."""
    folder, found = look_into_folder(path), Records()
    ids = pq.read_table(path / PEOPLE_FILE, columns=["person"]).column("person").combine_chunks()
    ids = ids.chunk(0) if isinstance(ids, pa.ChunkedArray) else ids
    numbers = pc.index_in(pa.array(names, pa.string()), value_set=ids).drop_null().to_pylist()
    for at, chunk in enumerate(folder.chunks):
        reading.progress(at, len(folder.chunks))
        if not any(chunk.group.low <= number <= chunk.group.high for number in numbers):
            continue
        for piece in chunk.pieces():
            for row in piece.table.filter(
                pc.is_in(piece.table.column("person"), value_set=pa.array(numbers, pa.uint32()))
            ).to_pylist():
                name, said = ids[row["person"]].as_py(), folder.sayings[row["saying"]]
                if row["date"] > reading.today or any(faults(said, reading.packs)):
                    found.unread[name] += 1
                    continue
                record = Evidence(
                    id=_NO_ID,
                    person=name,
                    framework=said.framework,
                    criteria=said.criteria,
                    claim=said.claim,
                    source=said.source,
                    date=row["date"],
                    review_point=said.review_point,
                    moderated_by=_SOMEBODY if said.moderated else None,
                )
                found.evidence[name].append(record.model_copy(update={"id": content_id(record)}))
    return found
