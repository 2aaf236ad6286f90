"""The local runner: whatever form and order evidence has, and however it is worked at, the same comes out."""

from __future__ import annotations

import csv
import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bandstand.cohort import files, local, output, pool
from bandstand.cohort.local import Resources
from bandstand.cohort.parts import Worker
from bandstand.cohort.spool import Cuts
from bandstand.cohort.work import WorkFolder
from bandstand.errors import ProblemsError, RefusedError, RunError
from bandstand.models.cohort_run import RUN_KEY, CohortRun
from bandstand.models.lock import Standing
from bandstand.models.problem import Place, Problem
from bandstand.service import Service
from bandstand.workforce.asked import CohortQuestion
from bandstand.workforce.encoding import encode_evidence
from bandstand.workforce.given import Given
from bandstand.workforce.run import evaluate_workforce
from bandstand.workforce.verified import verify_sample
from cohorts import FIELDS, LINES, as_csv, as_jsonl, as_parquet, records, shuffled
from workforce import catalogue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bandstand.workforce.given import CohortDone
    from cohorts import Record

AS_OF = dt.date(2025, 7, 31)
TODAY = dt.date(2025, 9, 1)
QUESTION = CohortQuestion(frameworks=("smart_equip",), as_of=AS_OF)


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of so few rows that a small input has several."""
    monkeypatch.setattr(local, "_FEW", 64)
    monkeypatch.setattr(local, "_FEWEST", 60)
    monkeypatch.setattr(local, "_MOST", 60)
    monkeypatch.setattr(files, "BLOCK", 2000)
    monkeypatch.setattr(output, "ROWS", 7)


def run(
    given: Path | Sequence[Path],
    out: Path,
    question: CohortQuestion = QUESTION,
    *,
    people: Path | None = None,
    processes: int = 1,
    restart: bool = False,
) -> CohortDone:
    paths = [given] if isinstance(given, Path) else list(given)
    return evaluate_workforce(
        service(),
        question,
        Given(paths, out, people=people),
        Resources(10**9, processes),
        lambda _what, _done, _total: None,
        restart=restart,
    )


def service() -> Service:
    return Service(catalogue(), today=TODAY, durable=False)


def rows_of(path: Path) -> list[dict[str, object]]:
    table = pa.ipc.open_file(path).read_all() if path.suffix == ".arrow" else pq.read_table(path)
    return list(table.to_pylist())


def rejects_of(done: CohortDone) -> list[tuple[str, str, str]]:
    assert done.rejects is not None
    with done.rejects.open(encoding="utf-8-sig", newline="") as file:
        return [(row["row"], row["field"], row["code"]) for row in csv.DictReader(file)]


@pytest.fixture
def expected(tmp_path: Path) -> list[dict[str, object]]:
    done = run(as_parquet(tmp_path / "expected.parquet", records()), tmp_path / "expected.out.parquet")
    assert done.rejects is None
    rows = rows_of(done.output)
    assert [row["person"] for row in rows] == sorted({str(row["person"]) for row in records()})
    return rows


@pytest.mark.parametrize(
    "kind", ["shuffled", "csv", "csv.gz", "quoted", "jsonl", "jsonl.gz", "two files", "folder", "tsv", "mixed"]
)
def test_results_are_the_same_whatever_evidence_is_in(
    tmp_path: Path, expected: list[dict[str, object]], kind: str
) -> None:
    rows, there = records(), tmp_path / "in"
    there.mkdir()
    match kind:
        case "shuffled":
            path = as_parquet(there / "e.parquet", shuffled(rows))
        case "csv" | "csv.gz":
            path = as_csv(there / f"e.{kind}", shuffled(rows))
        case "tsv":
            path = there / "e.tsv"
            path.write_text(as_csv(there / "e.txt", rows).read_text().replace(",", "\t"))
        case "quoted":
            path = as_csv(there / "e.csv", [{**row, "note": 'A "line"\nand more'} for row in rows], quoted=True)
        case "jsonl" | "jsonl.gz":
            path = as_jsonl(there / f"e.{kind}", shuffled(rows))
        case "two files" | "mixed":
            as_parquet(there / "a.parquet", rows[::2])
            other = as_parquet(there / "b.parquet", rows[1::2])
            if kind == "mixed":
                other.unlink()
                as_csv(there / "b.csv", rows[1::2])
            path = there / "*.*"
        case _:
            (there / "within").mkdir()
            as_parquet(there / "within" / "a.parquet", rows[:100])
            as_jsonl(there / "b.jsonl", rows[100:])
            path = there
    done = run(path, tmp_path / "out.parquet")
    assert rows_of(done.output) == expected
    assert done.rejects is None
    assert done.run.counts is not None
    assert (done.run.counts.read, done.run.counts.people, done.run.counts.written) == (240, 30, 30)


@pytest.mark.parametrize("order", ["sorted", "shuffled"])
def test_results_have_the_same_bytes_however_many_processes_and_parts_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, order: str
) -> None:
    rows = records() if order == "sorted" else shuffled(records())
    path = as_parquet(tmp_path / "e.parquet", rows)
    one = run(path, tmp_path / "one.parquet").output.read_bytes()
    two = run(path, tmp_path / "two.parquet", processes=2).output.read_bytes()
    monkeypatch.setattr(local, "_FEW", 10_000)
    whole = run(path, tmp_path / "whole.parquet").output.read_bytes()
    assert one == two == whole


def test_a_coded_folder_gives_the_same_results_and_is_the_same_whatever_it_is_of(
    tmp_path: Path, expected: list[dict[str, object]]
) -> None:
    folders = []
    for name, rows in (("sorted", records()), ("shuffled", shuffled(records()))):
        path = as_parquet(tmp_path / f"{name}.parquet", rows)
        given = Given([path], tmp_path / name)
        encode_evidence(service(), CohortQuestion(), given, Resources(10**9, 1), lambda _what, _done, _total: None)
        folders.append(tmp_path / name)
    for file in ("evidence.parquet", "people.parquet", "sayings.parquet"):
        assert (folders[0] / file).read_bytes() == (folders[1] / file).read_bytes()
    about = json.loads((folders[0] / "about.json").read_text())
    assert (about["rows"], about["people"], about["rejected"]) == (240, 30, 0)
    assert rows_of(run(folders[0], tmp_path / "out.parquet").output) == expected
    assert rows_of(run(folders[0], tmp_path / "two.parquet", processes=2).output) == expected


def test_a_table_may_be_arrow_or_csv(tmp_path: Path, expected: list[dict[str, object]]) -> None:
    path = as_parquet(tmp_path / "e.parquet", records())
    assert rows_of(run(path, tmp_path / "out.arrow").output) == expected
    with run(path, tmp_path / "out.csv").output.open(encoding="utf-8-sig", newline="") as file:
        flat = list(csv.DictReader(file))
    assert [row["person"] for row in flat] == [row["person"] for row in expected]
    first = expected[0]
    assert isinstance(first["blockers"], list)
    assert flat[0]["blockers"] == "; ".join(first["blockers"])
    assert isinstance(first["columns"], list)
    assert flat[0]["columns"] == "; ".join(" ".join(column.values()) for column in first["columns"])


BAD: list[Record] = [
    {**records()[0], "person": "P-0001", "criteria": "L99.1"},
    {**records()[0], "person": "P-0002", "claim": "splendid"},
    {**records()[0], "person": "", "criteria": "L1.1"},
    {**records()[0], "person": "P-0003", "date": "soon"},
]


@pytest.mark.parametrize("kind", ["parquet", "csv", "jsonl"])
@pytest.mark.parametrize("processes", [1, 2])
def test_rows_that_cannot_be_read_are_told_with_their_place_and_counted(
    tmp_path: Path, expected: list[dict[str, object]], kind: str, processes: int
) -> None:
    rows = records()
    for at, bad in zip((10, 60, 150, 239), BAD, strict=True):
        rows.insert(at, bad)
    path = {"parquet": as_parquet, "csv": as_csv, "jsonl": as_jsonl}[kind](tmp_path / f"e.{kind}", rows)
    done = run(path, tmp_path / "out.parquet", processes=processes)
    assert rows_of(done.output) == expected
    first = 2 if kind == "csv" else 1
    assert rejects_of(done) == [
        (str(10 + first), "criteria", "unknown-criterion"),
        (str(60 + first), "claim", "not-a-claim"),
        (str(150 + first), "person", "missing-field"),
        (str(239 + first), "date", "not-a-date"),
    ]
    assert done.run.counts is not None
    assert (done.run.counts.read, done.run.counts.rejected) == (244, 4)


def test_what_is_no_record_at_all_is_told_as_for_one_person(tmp_path: Path, expected: list[dict[str, object]]) -> None:
    path = as_csv(tmp_path / "e.csv", records())
    lines = path.read_text().split("\n")
    lines.insert(20, "P-0001,smart_equip,L1.1,met,appraiser,2025-01-01,,,stray")
    lines.insert(30, "")
    path.write_text("\n".join(lines))
    done = run(path, tmp_path / "out.parquet")
    assert rejects_of(done) == [("21", "", "cell-without-heading")]
    assert rows_of(done.output) == expected
    text = as_jsonl(tmp_path / "e.jsonl", records()).read_text().split("\n")
    text.insert(20, '{"person": ')
    text.insert(30, "[]")
    (tmp_path / "e.jsonl").write_text("\n".join(text))
    done = run(tmp_path / "e.jsonl", tmp_path / "out.arrow")
    assert rejects_of(done) == [("21", "", "broken-json"), ("31", "", "not-a-record")]
    assert rows_of(done.output) == expected


def test_an_id_that_is_written_in_two_ways_is_one_person(tmp_path: Path) -> None:
    rows = records()
    for at in range(0, 240, 3):
        rows[at] = {**rows[at], "person": f" {rows[at]['person']}"}
    path = as_parquet(tmp_path / "e.parquet", sorted(rows, key=lambda row: str(row["person"])))
    done = run(path, tmp_path / "out.parquet")
    plain = run(as_parquet(tmp_path / "p.parquet", records()), tmp_path / "plain.parquet")
    assert rows_of(done.output) == rows_of(plain.output)


def test_a_run_that_was_interrupted_goes_on_from_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = as_parquet(tmp_path / "e.parquet", records())
    out = tmp_path / "out.parquet"
    parts = Worker.part
    begun: list[object] = []

    def interrupted(self: Worker, *arguments: object) -> object:
        begun.append(arguments)
        if len(begun) == 3:
            raise KeyboardInterrupt
        return parts(self, *arguments)  # type: ignore[arg-type]  # whatever it takes

    monkeypatch.setattr(Worker, "part", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run(path, out)
    assert not out.exists()
    work = tmp_path / ".out.parquet.unfinished"
    assert len(list(work.glob("parts/*.arrow"))) == 2
    begun.extend([None] * 100)
    whole = len(begun)
    done = run(path, out)
    assert "Went on from where an earlier run had got." in done.notes
    planned = local.plan(files.look_into(files.find_files([path])).chunks, Resources(10**9, 1))
    assert planned.sources is not None
    assert len(begun) - whole == len(planned.sources) - 2
    assert not work.exists()
    assert out.read_bytes() == run(path, tmp_path / "other.parquet").output.read_bytes()


def test_work_of_another_question_is_not_gone_on_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = as_parquet(tmp_path / "e.parquet", shuffled(records()))
    out = tmp_path / "out.parquet"

    def never(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Worker, "part", never)
        with pytest.raises(KeyboardInterrupt):
            run(path, out)
    assert (tmp_path / ".out.parquet.unfinished" / "spool.json").is_file()
    later = CohortQuestion(frameworks=("smart_equip",), as_of=dt.date(2025, 8, 1))
    done = run(path, out, later)
    assert "What another run for this output had begun was thrown away." in done.notes
    assert {row["as_of"] for row in rows_of(out)} == {dt.date(2025, 8, 1)}


def test_two_runs_do_not_work_at_one_output(tmp_path: Path) -> None:
    path = as_parquet(tmp_path / "e.parquet", records())
    work = WorkFolder.beside(tmp_path / "out.parquet")
    work.begin({}, restart=False)
    with pytest.raises(RefusedError, match="Another run is at work on this output"):
        run(path, tmp_path / "out.parquet")
    work.end(remove=True)
    assert run(path, tmp_path / "out.parquet").output.is_file()


def test_evidence_counts_up_to_the_newest_day_of_which_there_is_a_good_record(tmp_path: Path) -> None:
    rows = records()
    rows[7] = {**rows[7], "date": "2025-08-20", "criteria": "nonsense"}
    rows[9] = {**rows[9], "date": "2026-01-01"}
    newest = max(str(row["date"]) for at, row in enumerate(rows) if at not in (7, 9))
    open_question = CohortQuestion(frameworks=("smart_equip",))
    for kind, order in (("parquet", rows), ("parquet", shuffled(rows)), ("csv", rows)):
        write = as_parquet if kind == "parquet" else as_csv
        done = run(write(tmp_path / f"e.{kind}", order), tmp_path / "out.parquet", open_question)
        assert done.run.as_of == dt.date.fromisoformat(newest)
        assert {code for _, _, code in rejects_of(done)} == {"unknown-criterion", "future-date"}


def test_who_is_not_on_the_staff_list_is_counted_and_a_bad_row_keeps_somebody_out(tmp_path: Path) -> None:
    staff = tmp_path / "staff.csv"
    staff.write_text(
        "person,grade\n" + "".join(f"P-{n:04},M{n % 5 + 1}\n" for n in range(1, 25)) + "P-0027,nonsense\nP-9999,M1\n"
    )
    done = run(as_parquet(tmp_path / "e.parquet", records()), tmp_path / "out.parquet", people=staff)
    rows = rows_of(done.output)
    assert len(rows) == 29
    assert "P-0027" not in {row["person"] for row in rows}
    assert {row["grade"] for row in rows if row["person"] in ("P-0001", "P-0000")} == {None, "teaching:M1-6"}
    assert [note for note in done.notes if " list" in note] == [
        "Not evaluated, without any evidence: 1 person on the list.",
        "Not evaluated, as their row of the staff list is bad: 1 person.",
        "Not on the list, and so without grade or career stage: 5 people.",
    ]
    assert rejects_of(done) == [("26", "grade", "unknown-grade")]


def test_the_table_says_what_it_was_made_of(tmp_path: Path) -> None:
    path = as_parquet(tmp_path / "e.parquet", records())
    done = run(path, tmp_path / "out.parquet")
    metadata = pq.read_schema(done.output).metadata
    told = CohortRun.model_validate_json(metadata[RUN_KEY.encode()])
    assert told == done.run
    assert [pin.name for pin in told.evidence] == [str(path)]
    assert [pack.id for pack in told.packs] == ["smart_equip"]


def test_a_sample_is_evaluated_again_one_by_one(tmp_path: Path) -> None:
    path = as_csv(tmp_path / "e.csv", shuffled(records()))
    done = run(path, tmp_path / "out.parquet")
    given = Given([path], done.output)
    tell = lambda _what, _done, _total: None  # noqa: E731 - nobody is told
    assert verify_sample(service(), done, given, 10, tell) == []
    other = as_csv(tmp_path / "e.csv", [{**row, "claim": "not_met"} for row in records()])
    differ = verify_sample(service(), done, Given([other], done.output), 10, tell)
    assert any(line.startswith("P-0000, smart_equip ladder: columns: ") for line in differ)


def test_the_lines_that_rows_name_are_those_of_the_framework() -> None:
    assert set(LINES) <= set(catalogue().frameworks()["smart_equip"].criteria)


def test_a_process_that_the_system_ends_is_told_with_what_to_do(tmp_path: Path) -> None:
    path = as_parquet(tmp_path / "e.parquet", records())
    chunks = files.look_into(files.find_files([path])).chunks
    with pytest.raises(RunError, match="Ask for less with --memory"), pool.Pool(_Ended(), 2) as processes:  # type: ignore[arg-type]  # a worker of the test's own
        list(processes.run("end", [(chunk,) for chunk in chunks[:2]]))


class _Ended:
    def end(self, _: object) -> None:
        import os  # noqa: PLC0415 - in another process

        os._exit(9)


def test_cuts_keep_equal_ids_together_and_ranges_in_order() -> None:
    names = pa.array(["a", "ab", "abc", "ab\u00e9", "b", "", "P-1", "P-10", "P-2", "zz" * 30, "zz" * 31])
    cuts = Cuts.of(names, 4)
    found = cuts.range_of(names).tolist()
    ordered = sorted(zip(names.to_pylist(), found, strict=True))
    assert [at for _, at in ordered] == sorted(found)
    assert cuts.range_of(pa.array(["ab"])).tolist() == [found[1]]
    assert Cuts.of(pa.array([], pa.string()), 4).ranges == 1


@pytest.mark.parametrize("processes", [1, 2])
def test_a_file_that_turns_out_to_be_broken_stops_the_run(tmp_path: Path, processes: int) -> None:
    path = as_csv(tmp_path / "e.csv", records())
    lines = path.read_bytes().split(b"\n")
    lines[200] = lines[200].replace(b"met", b"m\xe9t")
    path.write_bytes(b"\n".join(lines))
    with pytest.raises(ProblemsError) as left:
        run(path, tmp_path / "out.parquet", processes=processes)
    (problem,) = left.value.problems
    assert (problem.code, problem.place.line) == ("wrong-encoding", 201)
    whole = as_parquet(tmp_path / "e.parquet", records())
    data = bytearray(whole.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 400] = b"?" * 400
    whole.write_bytes(data)
    with pytest.raises(ProblemsError) as left:
        run(whole, tmp_path / "out.parquet", processes=processes)
    assert {problem.code for problem in left.value.problems} == {"broken-parquet"}
    assert not (tmp_path / "out.parquet").exists()


def test_ids_may_be_numbers_and_some_rows_without_any(tmp_path: Path) -> None:
    rows = [{**row, "person": str(int(str(row["person"])[2:]) * 37 % 100)} for row in records()]
    plain = rows_of(run(as_csv(tmp_path / "e.csv", rows), tmp_path / "plain.parquet").output)
    numbered = [{**row, "person": int(str(row["person"]))} for row in rows]
    numbered.insert(100, {**numbered[0], "person": None})
    schema = pa.schema([("person", pa.int64()), *((name, pa.string()) for name in FIELDS[1:])])
    pq.write_table(pa.Table.from_pylist(numbered, schema=schema), tmp_path / "e.parquet", row_group_size=40)
    done = run(tmp_path / "e.parquet", tmp_path / "out.parquet")
    assert rows_of(done.output) == plain
    assert rejects_of(done) == [("101", "person", "missing-field")]


def test_a_range_of_people_with_far_too_many_rows_is_parted_again(tmp_path: Path) -> None:
    few, many = records(people=4, each=10), records(people=60, each=10, seed=3)
    rows = [*few, *({**row, "person": f"Q-{str(row['person'])[2:]}"} for row in many)]
    path = as_csv(tmp_path / "e.csv", rows, quoted=True)
    # A file that is quoted is read from its beginning alone to see whom it is about.
    done = run(path, tmp_path / "out.parquet", processes=2)
    names = [row["person"] for row in rows_of(done.output)]
    assert names == sorted({str(row["person"]) for row in rows})
    other = run(as_parquet(tmp_path / "e.parquet", rows), tmp_path / "other.parquet")
    assert rows_of(done.output) == rows_of(other.output)


@pytest.mark.parametrize("kind", ["csv", "parquet", "jsonl", "json", "odd.csv"])
def test_a_staff_list_may_be_in_any_kind_of_file(tmp_path: Path, kind: str) -> None:
    staff = [{"person": f"P-{n:04}", "grade": f"M{n % 5 + 1}", "school": f"S-{n % 3}"} for n in range(30)]
    path = tmp_path / f"staff.{kind}"
    match kind:
        case "parquet":
            pq.write_table(pa.Table.from_pylist(staff), path)
        case "json":
            path.write_text(json.dumps({"people": staff}))
        case "jsonl":
            path.write_text("".join(f"{json.dumps(row)}\n" for row in staff))
        case _:
            as_csv(path, staff)
            if kind == "odd.csv":
                path.write_text(path.read_text().replace("\n", "\n\n").replace(",", ";"))
    done = run(as_parquet(tmp_path / "e.parquet", records()), tmp_path / "out.parquet", people=path)
    rows = rows_of(done.output)
    assert [(row["grade"], row["school"]) for row in rows] == [("teaching:M1-6", f"S-{n % 3}") for n in range(30)]
    assert done.rejects is None
    assert done.run.people is not None


def test_a_framework_that_the_lock_refuses_is_told_with_why(tmp_path: Path) -> None:
    path = as_csv(tmp_path / "e.csv", records())
    refusing = service()
    refusing.catalogue.packs = [pack for pack in catalogue().packs if pack.id != "smart_equip"]
    place = Place(file="bandstand.lock")
    why = Problem(code="digest-differs", place=place, message="It is not as it was locked.", remedy="Lock it again.")
    refusing.standings = (Standing(framework="smart_equip", version="2024.1", state="refused", problems=(why,)),)
    done = evaluate_workforce(
        refusing, CohortQuestion(), Given([path], tmp_path / "out.csv"), Resources(10**9, 1), lambda *_: None
    )
    assert done.rejects is not None
    with done.rejects.open(encoding="utf-8-sig", newline="") as file:
        told = next(csv.DictReader(file))
    assert (told["code"], told["message"]) == ("digest-differs", "It is not as it was locked.")
