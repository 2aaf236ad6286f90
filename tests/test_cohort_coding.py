"""Raw evidence by the column: what is good, what it says and what is wrong with the rest, as it is row by row."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import support
from bandstand.cohort.batch import Saying
from bandstand.cohort.coding import Coder
from bandstand.interop.records import RecordCheck
from bandstand.interop.source import RawRow

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bandstand.cohort.read import Coded
    from bandstand.models.problem import Problem
    from bandstand.packs.pack import Pack

TODAY = dt.date(2025, 7, 31)
EPOCH = dt.date(1970, 1, 1)


@cache
def packs(schema: str = "plain") -> Mapping[str, Pack]:
    """Two frameworks, of which the first asks for something besides, as ``schema`` says."""
    asked: dict[str, dict[str, Any]] = {
        "plain": {},
        "presence": {
            "if": {"properties": {"source": {"const": "observation"}}, "required": ["source"]},
            "then": {"required": ["note"], "dependentRequired": {"attachments": ["author"]}},
        },
        "values": {
            "properties": {"author": {"pattern": "^A"}, "accepted_by": {"pattern": "^A"}},
            "allOf": [
                {
                    "if": {"properties": {"date": {"pattern": "^2025-07"}}, "required": ["date"]},
                    "then": {"required": ["moderated_by"]},
                }
            ],
        },
        "own": {"properties": {"note": {"minLength": 3}, "id": {"pattern": "^e"}}},
        "any": {"additionalProperties": True, "minProperties": 8},
    }
    one = support.pack(
        support.framework(review_points=support.REVIEWS),
        support.standard("L1", 1, "L1.1", "L1.2"),
        evidence_schema=asked[schema],
    )
    other = support.pack(support.framework(id="other"), support.standard("M1", 1, "M1.1", "L1.2"))
    return {one.id: one, other.id: other}


FEW: dict[str, list[Any]] = {
    "id": ["e-1", " e-2 ", "e\n3", "#N/A", "x" * 121, "é", ""],
    "person": ["P-1", "P-2", " P-1", "P\u200b1", "A-1", "#N/A", "#P", "p" * 120, "p" * 121, "né", ""],
    "framework": ["ladder", "other", " ladder ", "latter", ""],
    "criteria": ["L1.1", "L1.2", "l1.1", "L1.1; L1.2", "L1.1 L1.2", "M1.1", "L9.9", "", ";", "L1.1\x1f"],
    "claim": ["met", "not_met", "Partly met", "mett", " met ", ""],
    "source": ["self", "appraiser", "Observation", "peer", "agreed", ""],
    "author": ["A-1", "P-1", "B-1", " P-1 ", "", "a\tb"],
    "date": ["2025-07-01", "2025-07-31", "2025-08-01", " 2024-09-01 ", "1.7.2025", "45000", "2025-02-30", ""],
    "review_point": ["sep", "July", "mid ", "june", ""],
    "note": ["seen", "x", " ", "n" * 10_001, "\u00a0", "\u200b", ""],
    "attachments": ["a.pdf", "a.pdf; b.pdf", ";", "a b", "a.pdf " + "0" * 64, "a.pdf " + "0" * 40, "u" * 2001, ""],
    "moderated_by": ["A-1", "P-1", " A-1", "", "x\x7f"],
    "accepted_from": ["e-9", ""],
    "accepted_by": ["A-1", "P-1", "B-2", ""],
}
#: What half of the cells are, so that there are good rows as well.
PLAIN = {
    "person": "P-2",
    "framework": "ladder",
    "criteria": "L1.1",
    "claim": "met",
    "source": "peer",
    "date": "2025-07-01",
}


@st.composite
def rows_of_texts(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Some rows of texts, of which many are odd in one way or another."""
    fields = draw(st.sets(st.sampled_from(sorted(FEW)))) | {"person", "criteria", "claim", "source", "date"}
    cell = {
        name: st.one_of(
            st.just(PLAIN.get(name)),
            st.just(PLAIN.get(name)),
            st.none(),
            st.sampled_from(FEW[name]),
            st.text(max_size=4),
        )
        for name in sorted(fields)
    }
    return draw(st.lists(st.fixed_dictionaries(cell), max_size=12))


def table_of(rows: Sequence[Mapping[str, Any]], kind: str) -> pa.Table:
    """Rows of texts as a table whose columns are of one kind."""
    names = list(rows[0]) if rows else list(PLAIN)
    columns = {name: pa.array([row[name] for row in rows], pa.string()) for name in names}
    if kind == "dictionary":
        columns = {name: column.dictionary_encode() for name, column in columns.items()}
    elif kind in ("large", "view"):
        own = pa.large_string() if kind == "large" else pa.string_view()
        columns = {name: column.cast(own) for name, column in columns.items()}
    table = pa.table(columns)
    if kind == "chunks":
        parts = [table.slice(at, 3) for at in range(0, len(rows), 3)] or [table]
        parts = [pa.table({n: part[n].combine_chunks().dictionary_encode() for n in names}) for part in parts]
        table = pa.concat_tables(parts)
    return table


def one_by_one(
    rows: Sequence[Mapping[str, Any]], of: Mapping[str, Pack]
) -> tuple[list[tuple[str, Saying, int]], list[tuple[int, list[Problem]]]]:
    """What the reader of single records makes of rows."""
    check, good, bad = RecordCheck(of, "ladder", TODAY), [], []
    for at, row in enumerate(rows):
        values = {name: value for name, value in row.items() if value is not None}
        result = check.evidence(RawRow("f.parquet", 1 + at, None, None, values))
        if isinstance(result, list):
            bad.append((1 + at, result))
            continue
        e = result[0]
        saying = Saying(e.framework, e.criteria, e.claim, e.source, e.review_point, e.moderated_by is not None)
        good.append((e.person, saying, (e.date - EPOCH).days))
    return good, bad


def by_column(
    coded: Coded, coder: Coder
) -> tuple[list[tuple[str, Saying, int]], list[tuple[int | None, list[Problem]]]]:
    people = coded.person.to_pylist()
    sayings = [coder.sayings[at] for at in coded.saying.tolist()]
    good = list(zip(people, sayings, coded.day.tolist(), strict=True))
    return good, [(reject.row, list(reject.problems)) for reject in coded.rejects]


def coder_of(of: Mapping[str, Pack]) -> Coder:
    return Coder(of, default_framework="ladder", today=TODAY)


@pytest.mark.parametrize("schema", ["plain", "presence", "values", "own", "any"])
@settings(deadline=None, max_examples=60)
@given(
    tables=st.lists(rows_of_texts(), min_size=1, max_size=3),
    kind=st.sampled_from(["text", "dictionary", "large", "view", "chunks"]),
)
def test_a_table_is_read_as_its_rows_are_one_by_one(schema: str, tables: list[list[dict[str, Any]]], kind: str) -> None:
    coder = coder_of(packs(schema))
    for rows in tables:
        coded = coder.code(table_of(rows, kind), file="f.parquet", first_row=1)
        assert by_column(coded, coder) == one_by_one(rows, packs(schema))
        assert coded.read == len(rows)
