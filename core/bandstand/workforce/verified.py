"""A sample of a run's people evaluated again, one by one, by the engines that evaluate one person."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bandstand.cohort.coded import CodedFolder, look_into_folder
from bandstand.cohort.files import find_files, is_coded, look_into
from bandstand.cohort.parquet_in import GroupChunk
from bandstand.cohort.raw import python_values
from bandstand.engine.evaluate import Evaluator
from bandstand.interop.people import PersonCheck
from bandstand.interop.records import RecordCheck
from bandstand.interop.source import EVIDENCE, RawRow
from bandstand.models.evidence import Evidence, Person
from bandstand.workforce.verify import differences

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bandstand.cohort.local import Progress
    from bandstand.cohort.pieces import Chunk, Piece
    from bandstand.packs.pack import Pack
    from bandstand.service import Service
    from bandstand.workforce.run import CohortDone, Given


def verify_sample(service: Service, done: CohortDone, given: Given, people: int, progress: Progress) -> list[str]:
    """Evaluate some people again, from their records and one by one, and compare.

    Args:
        service: What is installed.
        done: What the run came to.
        given: What it read and wrote.
        people: How many people, who are spread evenly over the results; all when there are no more.
        progress: Told what is done.

    Returns:
        A sentence for each value of a row of results that differs.
    """
    run = done.run
    packs = service.catalogue.frameworks(run.as_of)
    rows = _sample(given, people)
    names = sorted({row["person"] for row in rows})
    records = _records(given, names, packs, RecordCheck(packs, run.default_framework, run.today), progress)
    staff = _staff(given, names, packs)
    evaluators: dict[str, Evaluator] = {}
    found: list[str] = []
    for at, row in enumerate(rows):
        progress("Verifying", at, len(rows))
        pack = packs[row["framework"]]
        evaluator = evaluators.setdefault(pack.id, Evaluator(pack))
        name = row["person"]
        evaluated = evaluator.evaluate(
            staff.get(name) or Person(person=name),
            [record for record in records.get(name, ()) if record.framework == pack.id],
            run.as_of,
            outcome=row["outcome"],
            purpose=row["purpose"],
            review_point=run.review_point if pack.framework.review_points else None,
            settings=run.settings,
            since=run.since,
        )
        found.extend(
            f"{name}, {row['framework']} {row['outcome']}: {told}."
            for told in differences(row, evaluated, every_conclusion=run.every_conclusion)
        )
    return found


def _sample(given: Given, people: int) -> list[dict[str, Any]]:
    """The rows of some people, spread evenly over the results."""
    if given.output.suffix.lower() == ".arrow":
        with pa.OSFile(str(given.output)) as source:
            table = pa.ipc.open_file(source).read_all()
        names = table.column("person").combine_chunks().unique()
    else:
        table = None
        names = pq.read_table(given.output, columns=["person"]).column("person").combine_chunks().unique()
    some = names.take(pa.array(np.unique(np.linspace(0, len(names) - 1, min(people, len(names))).astype(np.int64))))
    if table is None:
        wanted = pc.is_in(pc.field("person"), value_set=some)
        table = pq.read_table(given.output, filters=wanted)
        return list(table.to_pylist())
    return list(table.filter(pc.is_in(table.column("person"), value_set=some)).to_pylist())


def _records(
    given: Given, names: Sequence[str], packs: Mapping[str, Pack], check: RecordCheck, progress: Progress
) -> Mapping[str, list[Evidence]]:
    """The good records about some people, as they are read one by one."""
    found: dict[str, list[Evidence]] = defaultdict(list)
    if is_coded(given.files[0]):
        for record in _of_folder(look_into_folder(given.files[0]), names, packs):
            found[record.person].append(record)
        return found
    chunks = look_into(find_files(given.files), frozenset(EVIDENCE.known)).chunks
    for at, chunk in enumerate(chunks):
        progress("Verifying", at, len(chunks))
        if not _may_have(chunk, names):
            continue
        for piece in chunk.pieces():
            for row in _rows(piece, names):
                result = check.evidence(row)
                if not isinstance(result, list):
                    found[result[0].person].append(result[0])
    return found


def _may_have(chunk: Chunk, names: Sequence[str]) -> bool:
    if not isinstance(chunk, GroupChunk) or not isinstance(chunk.group.low, str):
        return True
    # An id may be written with a space before it.
    low, high = chunk.group.low, chunk.group.high
    return low[:1].isspace() or any(low.strip() <= name <= high for name in names)


def _rows(piece: Piece, names: Sequence[str]) -> Iterator[RawRow]:
    table = piece.table
    column = table.column("person").unify_dictionaries().combine_chunks()
    texts = column.dictionary if isinstance(column, pa.DictionaryArray) else column
    known = pc.is_in(pc.utf8_trim_whitespace(texts.cast(pa.string())), value_set=pa.array(names))
    if isinstance(column, pa.DictionaryArray):
        known = known.take(column.indices)
    some = table.filter(pc.fill_null(known, fill_value=False)).combine_chunks()
    columns = {name: python_values(some.column(name).combine_chunks()) for name in some.column_names}
    for at in range(some.num_rows):
        values = {name: cells[at] for name, cells in columns.items() if cells[at] is not None}
        yield RawRow(piece.file, None, None, None, values)


def _of_folder(folder: CodedFolder, names: Sequence[str], packs: Mapping[str, Pack]) -> Iterator[Evidence]:
    ids = pq.read_table(folder.path / "people.parquet").column("person").combine_chunks()
    numbers = pc.index_in(pa.array(names), value_set=ids).drop_null()
    for chunk in folder.chunks:
        for piece in chunk.pieces():
            some = piece.table.filter(pc.is_in(piece.table.column("person"), value_set=numbers.cast(pa.uint32())))
            for at, row in enumerate(some.to_pylist()):
                said = folder.sayings[row["saying"]]
                if said.framework not in packs:
                    continue
                yield Evidence(
                    id=f"row{at}",
                    person=ids[row["person"]].as_py(),
                    framework=said.framework,
                    criteria=said.criteria,
                    claim=said.claim,
                    source=said.source,
                    date=row["date"],
                    review_point=said.review_point,
                    moderated_by="somebody" if said.moderated else None,
                )


def _staff(given: Given, names: Sequence[str], packs: Mapping[str, Pack]) -> Mapping[str, Person]:
    """What the staff list has of some people."""
    if given.people is None:
        return {}
    from bandstand.cohort.staff_in import raw_people  # noqa: PLC0415 - only with a staff list

    check, wanted = PersonCheck(packs), set(names)
    found: dict[str, Person] = {}
    for row in raw_people(given.people, packs):
        if str(row.values.get("person", "")).strip() in wanted:
            person = check.person(row)
            if isinstance(person, Person):
                found.setdefault(person.person, person)
    return found
