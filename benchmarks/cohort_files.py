"""Files of made-up evidence for the benchmark of whole workforces: the same people three times, about 107 records each.

- ``sorted.parquet``: ids, criteria, claims, sources, reviews and who agreed as strings, sorted by person;
- ``shuffled.parquet``: the same rows in an order that is as good as random;
- ``coded/``: what a person's record says as the number of a saying and the person as a number, sorted by person:
  ``evidence.parquet`` (``person``, ``saying``, ``date``), ``people.parquet`` and ``sayings.parquet``, in which the
  numbers are positions, as ``bandstand encode`` writes them;
- ``staff.parquet``: grade and career stage of everybody.

The whole sheet stands for July. Besides there are 30 records of criteria at random, of other reviews and of none, from
ten days after the day that counts to 400 days before it. Of four people in five the sheet is agreed as far as they have
come; of others it is agreed in part, or is their own word only, or is two years old.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import by_hand
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from cohort_rules import AS_OF, Files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy.typing as npt

EXTRA: Final = 30
#: People generated together.
CHUNK: Final = 10_000
#: Rows to a group of a Parquet file.
GROUP: Final = 1 << 20
#: How often a criterion of the ladder's own is found wanting.
_WANTING: Final = 0.1
KINDS: Final = ("sorted", "shuffled", "coded")

SHEET: Final = [line for level in by_hand.LEVELS for line in level]
CRITERIA: Final = [*SHEET, *(c for level in by_hand.AUTHORITY.values() for c in level)]
CLAIMS: Final = ["not_met", "partly_met", "met"]
SOURCES: Final = ["self", "appraiser", "peer", "document", "observation", "data", "pupil_voice"]
POINTS: Final = [None, *by_hand.REVIEWS]
RECORDS: Final = len(SHEET) + EXTRA
_EPOCH: Final = dt.date(1970, 1, 1)
_REVIEW_DAYS: Final = np.array(
    [0, *((day - _EPOCH).days for day in (dt.date(2024, 9, 16), dt.date(2025, 2, 3), dt.date(2025, 7, 7)))]
)
_SHAPE: Final = (len(CRITERIA), len(CLAIMS), len(SOURCES), len(POINTS), 2)


_CODED: Final = pa.schema(
    [
        pa.field(name, kind, nullable=False)
        for name, kind in (("person", pa.uint32()), ("saying", pa.uint32()), ("date", pa.date32()))
    ]
)


class _Records(NamedTuple):
    """Records of some people: whose, which saying, and the day since 1970."""

    person: npt.NDArray[np.int32]
    saying: npt.NDArray[np.int32]
    day: npt.NDArray[np.int32]


def make(folder: Path, people: int, kinds: tuple[str, ...] = KINDS, seed: int = 42) -> Files:
    """Write the files that are not there yet. The same number of people and seed give the same files."""
    files = Files(folder)
    folder.mkdir(parents=True, exist_ok=True)
    writers = {"sorted": _write_sorted, "shuffled": _write_shuffled, "coded": _write_coded}
    if not files.staff.exists():
        pq.write_table(_staff(people, seed), files.staff, compression="zstd")
    for kind in kinds:
        if not files.evidence(kind).exists():
            unfinished = files.folder / "unfinished"
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.unlink(missing_ok=True)
            writers[kind](unfinished, people, seed)
            unfinished.rename(files.evidence(kind))
    return files


def sayings() -> pa.Table:
    """What a record may say, by the number of its saying."""
    criterion, claim, source, point, moderated = (at.tolist() for at in _said())
    columns = {
        "framework": ["smart_equip"] * len(criterion),
        "criteria": [[CRITERIA[at]] for at in criterion],
        "claim": [CLAIMS[at] for at in claim],
        "source": [SOURCES[at] for at in source],
        "review_point": [POINTS[at] for at in point],
        "moderated": [bool(at) for at in moderated],
    }
    return pa.table({name: pa.array(values) for name, values in columns.items()})


def _said() -> tuple[npt.NDArray[Any], ...]:
    """Criterion, claim, source, review and whether it was agreed, of every saying; two sources have reviews."""
    of = np.indices(_SHAPE).reshape(len(_SHAPE), -1)
    return tuple(of[:, (of[3] == 0) | (of[2] <= SOURCES.index("appraiser"))])


def _staff(people: int, seed: int) -> pa.Table:
    rng = np.random.default_rng([seed, 1])
    grades = list(by_hand.BANDS)
    stages = np.array([None, None, None, "ECT1"])
    return pa.table(
        {
            "person": _ids(0, people),
            "grade": pa.array(np.array(grades)[rng.integers(0, len(grades), people)]),
            "career_stage": pa.array(stages[rng.integers(0, len(stages), people)], pa.string()),
        }
    )


def _ids(start: int, stop: int) -> pa.Array:
    return pa.array([f"P-{n:07}" for n in range(start, stop)], pa.string())


def _records(people: int, seed: int) -> Iterator[_Records]:
    """The records of everybody, some people at a time."""
    number = np.full(_SHAPE, -1, np.int32)
    said = _said()
    number[said] = np.arange(len(said[0]))
    for start in range(0, people, CHUNK):
        yield _of_some(start, min(start + CHUNK, people), number, np.random.default_rng([seed, 2, start]))


def _of_some(start: int, stop: int, number: npt.NDArray[np.int32], rng: np.random.Generator) -> _Records:
    size = (stop - start, RECORDS)
    last = (AS_OF - _EPOCH).days
    of = rng.random((stop - start, 1))
    agreed, own, old = of < 0.8, (of >= 0.8) & (of < 0.9), of >= 0.98  # noqa: PLR2004 - as the module says
    reach = rng.integers(0, len(SHEET) + 1, (stop - start, 1))
    criterion = np.empty(size, np.int16)
    criterion[:, : len(SHEET)] = np.arange(len(SHEET))
    criterion[:, len(SHEET) :] = rng.integers(0, len(CRITERIA), (stop - start, EXTRA))
    point = np.full(size, len(POINTS) - 1, np.int8)
    point[:, len(SHEET) :] = rng.integers(0, len(POINTS) - 1, (stop - start, EXTRA))
    sure = (criterion < reach) | (criterion >= len(SHEET))
    claim = np.where(sure, CLAIMS.index("met"), rng.integers(0, len(CLAIMS), size))
    source = np.where(point > 0, rng.integers(0, 2, size), rng.integers(0, len(SOURCES), size))
    moderated = np.where(agreed, sure & (point > 0), rng.random(size) < np.where(point > 0, 0.6, 0.1))
    source, moderated = np.where(own, 0, source), moderated & ~own
    claim = np.where((criterion >= len(SHEET)) & (rng.random(size) < _WANTING), CLAIMS.index("partly_met"), claim)
    day = np.where(point > 0, _REVIEW_DAYS[point], last - rng.integers(-10, 400, size)) - np.where(old, 730, 0)
    saying = number[criterion, claim, source, point, moderated.astype(np.int8)]
    person = np.repeat(np.arange(start, stop, dtype=np.int32), RECORDS)
    return _Records(person, saying.reshape(-1), day.astype(np.int32).reshape(-1))


def _write_coded(folder: Path, people: int, seed: int) -> None:
    folder.mkdir()
    names = pa.schema([pa.field("person", pa.string(), nullable=False)])
    pq.write_table(pa.table([_ids(0, people)], schema=names), folder / "people.parquet")
    pq.write_table(sayings(), folder / "sayings.parquet")
    tables = (
        pa.table([records.person.astype(np.uint32), records.saying.astype(np.uint32), _days(records)], schema=_CODED)
        for records in _records(people, seed)
    )
    _write(folder / "evidence.parquet", _CODED, tables)
    about = {"kind": "bandstand coded evidence", "form": 1, "people": people, "sayings": len(_said()[0])}
    (folder / "about.json").write_text(json.dumps(about))


def _write_sorted(path: Path, people: int, seed: int) -> None:
    told = _Told(people)
    _write(path, told.schema, map(told.table, _records(people, seed)))


def _write_shuffled(path: Path, people: int, seed: int) -> None:
    """Deal records to heaps at random, then shuffle each heap: as good as shuffling all, in little memory."""
    told = _Told(people)
    heaps = -(-people // CHUNK)
    rng = np.random.default_rng([seed, 3])
    with tempfile.TemporaryDirectory(dir=path.parent) as name:
        parts = [Path(name) / str(at) for at in range(heaps)]
        for records in _records(people, seed):
            rows = np.stack(records, axis=1)
            at = rng.integers(0, heaps, len(rows))
            rows = rows[np.argsort(at, kind="stable")]
            counts = np.bincount(at, minlength=heaps)
            for part, stop, count in zip(parts, np.cumsum(counts), counts, strict=True):
                with part.open("ab") as heap:
                    heap.write(rows[stop - count : stop].tobytes())
        heaped = (rng.permutation(np.fromfile(part, np.int32).reshape(-1, 3)) for part in parts)
        _write(path, told.schema, (told.table(_Records(*rows.T)) for rows in heaped))


def _write(path: Path, schema: pa.Schema, tables: Iterable[pa.Table]) -> None:
    """Write tables as one file in groups of as many rows each, wherever people begin, as programs do."""
    rest = schema.empty_table()
    with pq.ParquetWriter(path, schema) as writer:
        for table in tables:
            rest = pa.concat_tables([rest, table])
            while rest.num_rows >= GROUP:
                writer.write_table(rest[:GROUP], row_group_size=GROUP)
                rest = rest[GROUP:]
        if rest.num_rows:
            writer.write_table(rest, row_group_size=GROUP)


def _days(records: _Records) -> pa.Array:
    return pa.array(records.day).cast(pa.date32())


class _Told:
    """Records as tables of strings."""

    def __init__(self, people: int) -> None:
        told = sayings()
        self._ids = _ids(0, people)
        self._sayings = pa.table(
            {
                "criteria": told["criteria"].combine_chunks().flatten(),
                **{name: told[name].combine_chunks() for name in ("claim", "source", "review_point")},
                "moderated_by": pa.array(
                    ["A-01" if yes else None for yes in told["moderated"].to_pylist()], pa.string()
                ),
            }
        )
        self.schema = pa.schema(
            [
                *((name, pa.string()) for name in ("person", "criteria", "claim", "source")),
                ("date", pa.date32()),
                ("review_point", pa.string()),
                ("moderated_by", pa.string()),
            ]
        )

    def table(self, records: _Records) -> pa.Table:
        said = self._sayings.take(pa.array(records.saying))
        columns = {name: said[name] for name in said.column_names}
        columns["person"] = self._ids.take(pa.array(records.person))
        columns["date"] = _days(records)
        return pa.table([columns[name] for name in self.schema.names], schema=self.schema)
