"""Raw evidence by the column: what is good, what it says and what is wrong with the rest, as it is row by row."""

from __future__ import annotations

import datetime as dt
import pickle
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import support
from bandstand.cohort import coding, combine, judge
from bandstand.cohort.batch import Saying
from bandstand.cohort.coding import Coder
from bandstand.cohort.raw import array_of, python_values
from bandstand.cohort.read import Coded
from bandstand.interop.records import RecordCheck
from bandstand.interop.source import RawRow
from bandstand.interop.versions import Gone, OtherVersions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bandstand.models.problem import Problem
    from bandstand.packs.pack import Pack

    Good = tuple[str, Saying, int]
    Bad = tuple[int | None, list[Problem]]

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
    "moderated_by": ["A-1", "P-1", " A-1", "-", "", "x\x7f"],
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


OTHER_TEXTS = {"large": pa.large_string(), "view": pa.string_view(), "binary": pa.binary()}


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
    elif kind in OTHER_TEXTS:
        columns = {name: column.cast(OTHER_TEXTS[kind]) for name, column in columns.items()}
    table = pa.table(columns)
    if kind == "chunks":
        parts = [table.slice(at, 3) for at in range(0, len(rows), 3)] or [table]
        parts = [pa.table({n: part[n].combine_chunks().dictionary_encode() for n in names}) for part in parts]
        table = pa.concat_tables(parts)
    return table


def one_by_one(
    rows: Sequence[Mapping[str, Any]], of: Mapping[str, Pack], versions: Sequence[Pack] = ()
) -> tuple[list[Good], list[Bad], Gone]:
    """What the readers of single records make of rows."""
    check, others, gone = RecordCheck(of, "ladder", TODAY), OtherVersions(versions, of, "ladder", TODAY), Gone()
    good: list[Good] = []
    bad: list[Bad] = []
    for at, values in enumerate(rows):
        row = RawRow("f.parquet", 1 + at, None, None, {n: value for n, value in values.items() if value is not None})
        result = check.evidence(row)
        older = others.record(row) if isinstance(result, list) else None
        if older is not None:
            gone.count(older)
            if older.left_out:
                continue
            result = older.evidence, older.made
        if isinstance(result, list):
            bad.append((1 + at, result))
            continue
        e = result[0]
        saying = Saying(e.framework, e.criteria, e.claim, e.source, e.review_point, e.moderated_by is not None)
        good.append((e.person, saying, (e.date - EPOCH).days))
    return good, bad, gone


def by_column(coded: Coded, coder: Coder) -> tuple[list[Good], list[Bad]]:
    """What a coder made of rows."""
    sayings = [coder.sayings[at] for at in coded.saying.tolist()]
    good = list(zip(coded.person.to_pylist(), sayings, coded.day.tolist(), strict=True))
    return good, [(reject.row, list(reject.problems)) for reject in coded.rejects]


def coder_of(of: Mapping[str, Pack], versions: Sequence[Pack] = ()) -> Coder:
    return Coder(of, default_framework="ladder", today=TODAY, versions=versions)


def coded_alike(table: pa.Table, rows: Sequence[Mapping[str, Any]], schema: str = "plain") -> tuple[Coded, Coder]:
    """A table coded, which is seen to come to what its rows come to one by one."""
    coder = coder_of(packs(schema))
    coded = coder.code(table, file="f.parquet", first_row=1)
    assert by_column(coded, coder) == one_by_one(rows, packs(schema))[:2]
    return coded, coder


KINDS = st.sampled_from(["text", "dictionary", "large", "view", "binary", "chunks"])


@pytest.mark.parametrize("schema", ["plain", "presence", "values", "own", "any"])
@settings(deadline=None, max_examples=60)
@given(tables=st.lists(rows_of_texts(), min_size=1, max_size=3), kind=KINDS)
def test_a_table_is_read_as_its_rows_are_one_by_one(schema: str, tables: list[list[dict[str, Any]]], kind: str) -> None:
    coder = coder_of(packs(schema))
    for rows in tables:
        coded = coder.code(table_of(rows, kind), file="f.parquet", first_row=1)
        assert by_column(coded, coder) == one_by_one(rows, packs(schema))[:2]
        assert coded.read == len(rows)


@st.composite
def crossed_rows(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Rows that are odd in the same few ways, alone and together."""
    few = draw(rows_of_texts().filter(lambda rows: 2 <= len(rows) <= 4))
    cells = {name: st.sampled_from([row[name] for row in few]) for name in few[0]}
    rows: list[dict[str, Any]] = draw(st.lists(st.fixed_dictionaries(cells), min_size=10, max_size=40))
    return rows


@pytest.mark.parametrize("schema", ["plain", "values"])
@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.filter_too_much])
@given(rows=crossed_rows())
def test_rows_that_are_alike_are_read_as_one_by_one(schema: str, rows: list[dict[str, Any]]) -> None:
    coded_alike(table_of(rows, "dictionary"), rows, schema)


@cache
def versions(asked: str) -> tuple[Mapping[str, Pack], Sequence[Pack]]:
    """A version that counts since September 2024, and two of before, which name what there is no more."""
    schemas = {"any": {"minProperties": 3, "additionalProperties": True}, "note": {"required": ["note"]}}
    olds = [
        support.pack(
            support.framework(version=f"{year}.1", valid_from=f"{year}-09-01", valid_until=f"{year + 1}-08-31"),
            support.standard("L1", 1, "L1.1", "L8.8", f"L{year - 2014}.1"),
            evidence_schema=schemas.get(asked, {}),
        )
        for year in (2023, 2022)
    ]
    return packs(), olds


@pytest.mark.parametrize("asked", ["nothing", "note", "any"])
@settings(deadline=None, max_examples=60)
@given(
    rows=st.lists(
        st.fixed_dictionaries(
            {
                "person": st.sampled_from(["P-1", "P-2", " P-1"]),
                "criteria": st.sampled_from(["L1.1", "L8.8", "L1.1; L8.8", "L9.1", "L8.1", "L7.1", ""]),
                "claim": st.sampled_from(["met", "not_met", "mett"]),
                "source": st.sampled_from(["self", "peer"]),
                "date": st.sampled_from(["2024-08-31", "2024-09-01", "2023-08-31", "2023-09-01", "2022-01-01", "x"]),
                "review_point": st.sampled_from([None, "sep", "other"]),
                "note": st.sampled_from([None, "seen"]),
            }
        ),
        max_size=12,
    )
)
def test_records_of_another_version_s_time_are_read_as_one_by_one(asked: str, rows: list[dict[str, Any]]) -> None:
    coder = coder_of(*versions(asked))
    coded = coder.code(table_of(rows, "text") if rows else pa.table({}), file="f.parquet", first_row=1)
    assert (*by_column(coded, coder), coder.gone) == one_by_one(rows, *versions(asked))


COLUMNS: dict[str, list[pa.Array]] = {
    "person": [
        pa.array([1, 7, None, 1], pa.int64()),
        pa.array([7.0, 7.5, float("nan"), None]),
        pa.array([True, False, None, True]),
        pa.array([b"P-1", b"P\xff1", b"", None]),
        pa.array([["P-1"], [], None, [None]]),
        pa.array(["P-1", " P-1", "P-1 ", "P-2"]).dictionary_encode(),
        pa.array([dt.date(2025, 1, 1)] * 4),
        pa.DictionaryArray.from_arrays(pa.array([0, 1, 2, 1]), pa.array(["P-1", "P-1", "P-2"])),
        pa.nulls(4),
        pc.run_end_encode(pa.array(["P-1", "P-1", "P-2", None])),
        pa.array([b"P-1", b"P\xc3", b"\xed\xa0\x80", b"ok"]).view(pa.string()),
    ],
    "criteria": [
        pa.array([["L1.1"], ["L1.1", "L1.2"], ["L1.1", "L1.1"], None]),
        pa.array([["L1.1"], [], [""], [None, "L1.1"]]),
        pa.array([["L1.1\x1fL1.2"], ["L1.1", "L1.2"], [" l1.1 "], ["L1.1; L1.2"]], pa.large_list(pa.string())),
        pa.array([1.1, 1, None, 9.25]),
        pa.array([[1.1], [2.0], [], None]),
        pa.array([["L1.1"], ["L1.2"], ["L9"], None], pa.list_(pa.large_string())),
        pa.array([{"a": "L1.1"}, None, {"a": None}, {"a": "x"}]),
        pa.array([True, None, False, True]),
        pa.array(["L1.1", None, "L1.2", "L1.1"], pa.dictionary(pa.int8(), pa.string())),
        pa.DictionaryArray.from_arrays(pa.array([0, 1, 2, 1]), pa.array(["L1.1", None, "L1.1"])),
    ],
    "claim": [pa.array([1, None, 2, 3]), pa.array([b"met", b"\xff", b"Met", b" "]).view(pa.string())],
    "source": [pa.array([1.5, None, 2, 3]), pa.nulls(4, pa.string())],
    "date": [
        pa.array([dt.date(2025, 7, 1), None, dt.date(2025, 8, 1), dt.date(1, 1, 1)]),
        pa.array([2932896, 2932897, -719162, -719163], pa.int32()).view(pa.date32()),
        pa.array([dt.date(2025, 7, 1), None, dt.date(2025, 8, 1), dt.date(1969, 12, 31)], pa.date64()),
        pa.array([1751328000000000, 1751328000000001, None, -86400000000], pa.int64()).view(pa.timestamp("us")),
        pa.array([1751328000, 1751328001, None, -86400], pa.int64()).view(pa.timestamp("s")),
        pa.array([1751328000000000000, 1751328000000000001, 0, None], pa.int64()).view(pa.timestamp("ns")),
        pa.array([1751324400, 1751328000, 0, None], pa.int64()).view(pa.timestamp("s", "Europe/London")),
        pa.array([45000, 20250701, None, 0]),
        pa.array(["2025-07-01", "2025-7-1", "0001-01-01", "2025-07-01T00:00:00"]).dictionary_encode(),
        pa.array([dt.date(2025, 7, 1)] * 3 + [None]).dictionary_encode(),
        pa.array([{"day": 1}, None, {"day": 2}, {"day": 1}]),
        pa.nulls(4),
    ],
    "id": [
        pa.array([1, 2, 2, None]),
        pa.array(["a", " a", "a\n", ""]).dictionary_encode(),
        pa.array([b"a", b"\xff", b"a b", b""]).view(pa.string()),
        pa.array([[1], None, [], [2]]),
    ],
    "note": [
        pa.array([1, None, 2.5, 3]),
        pa.array([b"a", b"\xff", b"\xc2\xa0", b""]).view(pa.string()),
        pa.array(["seen", None, "", "x" * 10_001]).dictionary_encode(),
        pa.array([True, None, False, None]),
    ],
    "attachments": [
        pa.array([[{"uri": "a", "sha256": None}], [], None, [{"uri": "", "sha256": "x"}]]),
        pa.array([[{"uri": "a", "sha256": "0" * 64}, {"uri": " é", "sha256": None}], [], [None], [{"uri": None}]]),
        pa.array([[{"uri": "a", "sha256": ""}], [{"uri": "a", "sha256": "A" * 64}], [{"uri": "u" * 2001}], None]),
        pa.array([[{"uri": "a"}], [{"uri": " "}], [{"uri": "a"}, {"uri": ""}], None]),
        pa.array([[{"uri": "a", "size": None}], [], None, [{"uri": "b", "size": 1}]]),
        pa.array([["a"], [], None, [None]]),
        pa.array([1, None, 2, 3]),
    ],
    "author": [pa.array([1, None, 7, 2]), pa.array(["A-1", "P-1", "1", "7"]).dictionary_encode(), pa.nulls(4)],
    "moderated_by": [pa.array([1.0, None, 7, 2]), pa.array([False, None, True, None])],
    "accepted_from": [pa.array(["x", None, None, "x"])],
    "accepted_by": [pa.array([1, None, 7, None])],
}
TYPED = [
    pytest.param(name, column, id=f"{name} {column.type} {n}")
    for name, own in COLUMNS.items()
    for n, column in enumerate(own)
]


@pytest.mark.parametrize("schema", ["plain", "values", "own"])
@pytest.mark.parametrize(("name", "column"), TYPED)
def test_a_column_of_any_type_is_read_as_its_values_are_one_by_one(name: str, column: pa.Array, schema: str) -> None:
    table = pa.table({**{field: pa.array([text] * 4) for field, text in PLAIN.items()}, name: column})
    values = python_values(pc.run_end_decode(column) if pa.types.is_run_end_encoded(column.type) else column)
    if pa.types.is_binary(column.type):
        values = [None if value is None else value.decode("utf-8", "replace") for value in values]
    coded, _ = coded_alike(table, [{**PLAIN, name: value} for value in values], schema)
    assert coded.read == 4


def test_text_that_is_no_text_is_told_as_broken_and_can_be_written_again() -> None:
    table = pa.table(
        {**{field: [text] for field, text in PLAIN.items()}, "note": pa.array([b"a\xff"]).view(pa.string())}
    )
    coded = coder_of(packs()).code(table, file="f.parquet", first_row=1)
    (reject,) = coded.rejects
    assert [problem.message for problem in reject.problems] == ['"a\ufffd" has a broken character.']
    assert reject.values["note"] == "a?"


def rows_like(**fields: Any) -> pa.Table:
    """A table of as many plain rows as the longest of some lists has, with the lists as columns."""
    size = max((len(column) for column in fields.values()), default=1)
    return pa.table({**{name: [text] * size for name, text in PLAIN.items()}, **fields})


def test_people_come_out_in_the_order_of_their_rows_when_the_table_is_sorted_by_person() -> None:
    people = [f"P-{at // 107}" for at in range(10_000)]
    coded = coder_of(packs()).code(rows_like(person=people), file="f.parquet", first_row=1)
    assert coded.person.to_pylist() == people
    assert not coded.rejects


def test_a_table_longer_than_what_is_read_together_keeps_its_rows_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coding, "_TOGETHER", 3)
    people = ["P-1", "", "P-2", "P-3", "P-1", " ", "P-4"]
    coded = coder_of(packs()).code(rows_like(person=people), file="f.parquet", first_row=11)
    assert (coded.person.to_pylist(), coded.read) == (["P-1", "P-2", "P-3", "P-1", "P-4"], 7)
    assert [reject.row for reject in coded.rejects] == [12, 16]
    assert [reject.problems[0].place.row for reject in coded.rejects] == [12, 16]


def test_text_too_long_for_one_piece_comes_in_smaller_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    def array_of_few(column: pa.ChunkedArray) -> pa.Array:
        if len(column) > 2:
            raise OverflowError
        return array_of(column)

    monkeypatch.setattr(coding, "array_of", array_of_few)
    coded = coder_of(packs()).code(rows_like(person=["P-1", "", "P-2", "P-3", ""]), file="f.parquet", first_row=1)
    assert coded.person.to_pylist() == ["P-1", "P-2", "P-3"]
    assert [reject.row for reject in coded.rejects] == [2, 5]


def test_where_nobody_knows_the_row_problems_name_the_file_alone() -> None:
    coded = coder_of(packs()).code(rows_like(claim=["mett", "mett"]), file="f.parquet", first_row=None)
    assert [str(problem.place) for reject in coded.rejects for problem in reject.problems] == ["f.parquet, claim"] * 2


def test_headings_are_read_as_those_of_any_table() -> None:
    table = rows_like(Moderated_By=["A-1"]).rename_columns(
        ["Person", "FRAMEWORK", "criteria", "Claim", "source", " date ", "moderated by"]
    )
    coder = coder_of(packs())
    coded = coder.code(table, file="f.parquet", first_row=1)
    assert [coder.sayings[at].moderated for at in coded.saying] == [True]


def test_columns_that_are_not_read_are_told_and_those_that_are_missing() -> None:
    names = ["person", "criteria", "claim", "date", "Gender", "Surname", "autor", "Person"]
    problems, notes = coder_of(packs()).columns(names, "f.parquet")
    assert [problem.code for problem in problems] == ["duplicate-column", "missing-column", "unknown-column"]
    assert notes == [
        'f.parquet: the column "Gender" was left out; a protected characteristic never reaches a rule.',
        'f.parquet: the column "Surname" was left out; Bandstand reads ids, and never names.',
    ]


def test_what_is_rejected_keeps_nothing_of_columns_that_are_not_read() -> None:
    coded = coder_of(packs()).code(rows_like(claim=["mett"], gender=["x"]), file="f.parquet", first_row=1)
    assert coded.rejects[0].values == {**PLAIN, "claim": "mett"}


def test_many_bad_rows_of_one_kind_are_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at = []
    evidence = RecordCheck.evidence

    def look(self: RecordCheck, row: RawRow) -> Any:
        looked_at.append(row.row)
        return evidence(self, row)

    monkeypatch.setattr(RecordCheck, "evidence", look)
    days = [EPOCH + dt.timedelta(days=at) for at in range(1_000)]
    people = [f"P-{at}" for at in range(1_000)]
    coded = coder_of(packs()).code(
        rows_like(criteria=["L9.9"] * 1_000, date=days, person=people), file="f", first_row=1
    )
    assert len(coded.rejects) == 1_000
    assert len(looked_at) <= 2
    assert coded.rejects[-1].problems[0].place.row == 1_000
    assert coded.rejects[-1].values["person"] == "P-999"


def test_sayings_keep_their_positions_and_go_on_in_another_process() -> None:
    coder = coder_of(packs())
    first = coder.code(rows_like(claim=["met", "not_met"]), file="f", first_row=1)
    there = pickle.loads(pickle.dumps(coder))  # noqa: S301 - what was pickled here
    second = there.code(rows_like(claim=["not_met", "met", "partly_met"]), file="f", first_row=1)
    assert (first.saying.tolist(), second.saying.tolist()) == ([0, 1], [1, 0, 2])
    assert (len(coder.sayings), len(there.sayings)) == (2, 3)


def test_combinations_past_what_a_table_holds_are_sorted_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(combine, "_TABLE", 1)
    rows = [
        {**PLAIN, "claim": claim, "review_point": point} for claim in ("met", "x", "not_met") for point in ("sep", None)
    ]
    coded, coder = coded_alike(table_of(rows, "text"), rows)
    assert len(set(coded.saying.tolist())) == len(coder.sayings) == 4


@pytest.mark.parametrize("limit", ["_KEPT", "_BITS"])
def test_what_is_forgotten_is_judged_again_and_keeps_its_position(limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judge, limit, 3)
    coder = coder_of(packs("values"))
    claims = ["met", "not_met", "partly_met", "mett"]
    found = []
    for author in ("A-1", "A-2", "A-3", "A-1"):
        table = rows_like(claim=claims, author=[author] * 4, moderated_by=["A-9"] * 4)
        coded = coder.code(table, file="f", first_row=1)
        found.append((coded.saying.tolist(), [reject.row for reject in coded.rejects]))
    assert found == [([0, 1, 2], [4])] * 4


def test_one_reject_can_be_asked_for() -> None:
    coded = coder_of(packs()).code(rows_like(claim=["mett", "met", "mutt"]), file="f", first_row=1)
    assert [coded.rejects[at].row for at in (0, 1, -1)] == [1, 3, 3]
    assert [reject.row for reject in coded.rejects[1:]] == [3]
    assert Coded.of([coded, coded]).read == 6
    assert [reject.row for reject in Coded.of([coded, replace(coded, rejects=())]).rejects] == [1, 3]


def test_no_rows_at_all_are_no_records() -> None:
    coder = coder_of(packs())
    coded = coder.code(rows_like().slice(0, 0), file="f", first_row=1)
    assert (coded.read, len(coded.person), len(coded.rejects), coder.sayings) == (0, 0, 0, [])
    assert coded.saying.dtype == coded.day.dtype == np.int32
