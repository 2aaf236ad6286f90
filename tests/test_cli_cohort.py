"""The commands cohort and encode, as a user meets them: what they print and leave behind, and their exit codes."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bandstand.cohort import files, local
from bandstand.plugins import load_catalogue
from cohorts import as_csv, as_jsonl, as_parquet, records, shuffled
from commands import validate
from tiny import tiny
from workforce import catalogue

if TYPE_CHECKING:
    from pathlib import Path

    from commands import Cli

ASKED = ("-f", "smart_equip", "--as-of", "2025-07-31")
INTERRUPTED = 130


@pytest.fixture
def cli(installed: Cli, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """The command line, for which packs are loaded once."""
    monkeypatch.setattr("bandstand.service.load_catalogue", catalogue)
    return installed


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    return as_csv(tmp_path / "evidence.csv", shuffled(records()))


def test_a_table_is_written_and_its_size_said(cli: Cli, tmp_path: Path, evidence: Path) -> None:
    out = tmp_path / "results.parquet"
    assert cli("cohort", evidence, *ASKED, "-o", out) == (
        0,
        f"{out}: 30 rows about 30 people, from 240 rows of evidence.\n",
        "",
    )
    assert pq.read_table(out).num_rows == 30
    assert sorted(path.name for path in tmp_path.iterdir()) == ["evidence.csv", "results.parquet"]


def test_the_record_of_the_run_is_there_as_json(cli: Cli, tmp_path: Path, evidence: Path) -> None:
    code, out, _ = cli("cohort", evidence, *ASKED, "-o", tmp_path / "r.parquet", "--json")
    told = json.loads(out)
    assert code == 0
    validate("cohort", told)
    assert told["counts"]["people"] == 30
    assert told["as_of"] == "2025-07-31"
    assert told["evidence"][0]["name"] == str(evidence)


def test_columns_that_are_not_wanted_are_left_empty_and_the_sample_is_verified_without_them(
    cli: Cli, tmp_path: Path, evidence: Path
) -> None:
    out, left = tmp_path / "results.parquet", ["blockers", "caveats"]
    options = [option for column in left for option in ("--without", column)]
    code, told, _ = cli("cohort", evidence, *ASKED, "-o", out, *options, "--verify-sample", "3", "--json")
    assert (code, json.loads(told)["without"]) == (0, left)
    cli("cohort", evidence, *ASKED, "-o", tmp_path / "whole.parquet")
    part, whole = pq.read_table(out).to_pylist(), pq.read_table(tmp_path / "whole.parquet").to_pylist()
    assert [row["caveats"] + row["blockers"] for row in part] == [[]] * 30
    assert any(row["blockers"] for row in whole)
    kept = [name for name in part[0] if name not in left]
    assert [[row[name] for name in kept] for row in part] == [[row[name] for name in kept] for row in whole]


def test_what_is_there_is_not_written_over(cli: Cli, tmp_path: Path, evidence: Path) -> None:
    out = tmp_path / "results.parquet"
    out.write_text("mine")
    code, _, err = cli("cohort", evidence, *ASKED, "-o", out)
    assert code == 2
    assert "is there already; --force replaces it" in err.replace("│ ", "").replace(" │", "")
    assert out.read_text() == "mine"
    assert cli("cohort", evidence, *ASKED, "-o", out, "--force")[0] == 0
    assert pq.read_table(out).num_rows == 30


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("-o", "results.xlsx"), "give a name that ends in .parquet, .arrow, .csv"),
        (("-o", "nowhere/results.parquet"), "there is no folder nowhere"),
        (("-o", "results.parquet", "--memory", "little"), "is not a size of 64MB or more"),
        (("-o", "results.parquet", "--as-of", "July"), "is not a date written YYYY-MM-DD"),
        (("-o", "results.parquet", "--without", "level"), '"level" is not one of columns, blockers, caveats'),
    ],
)
def test_wrong_usage_is_told(
    cli: Cli,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    evidence: Path,
    options: tuple[str, ...],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, err = cli("cohort", evidence, *options)
    assert code == 2
    assert said in " ".join(err.replace("│", " ").split())


@pytest.mark.parametrize("command", ["cohort", "encode"])
def test_rows_that_cannot_be_read_are_put_beside_the_results(cli: Cli, tmp_path: Path, command: str) -> None:
    rows = records()
    rows[3] = {**rows[3], "criteria": "L99.9"}
    path = as_csv(tmp_path / "evidence.csv", rows)
    out = tmp_path / ("results.parquet" if command == "cohort" else "coded")
    code, _, err = cli(command, path, "--as-of", "2025-07-31", "-o", out)
    beside = tmp_path / ("results.rejects.csv" if command == "cohort" else "coded.rejects.csv")
    assert code == 2
    assert err == f"1 row could not be read, and the results are without it: {beside} says why."
    assert out.exists()
    with beside.open(encoding="utf-8-sig", newline="") as file:
        (told,) = csv.DictReader(file)
    assert (told["file"], told["row"], told["code"]) == (str(path), "5", "unknown-criterion")
    assert told["message"] == '"L99.9" is not a criterion of smart_equip 2024.1.'
    assert told["remedy"].startswith("Did you mean")
    assert (told["person"], told["criteria"]) == (rows[3]["person"], "L99.9")


def test_a_column_that_nobody_knows_is_told_among_the_rejects(cli: Cli, tmp_path: Path) -> None:
    path = as_jsonl(tmp_path / "e.jsonl", [{**row, "moderatedby": "A-1"} for row in records()])
    code, _, err = cli("cohort", path, *ASKED, "-o", tmp_path / "r.csv", "--rejects", tmp_path / "bad.csv")
    assert code == 2
    assert err == f"Something is to be said of a file: {tmp_path / 'bad.csv'} has it."
    with (tmp_path / "bad.csv").open(encoding="utf-8-sig", newline="") as file:
        (told,) = csv.DictReader(file)
    assert (told["row"], told["code"]) == ("", "unknown-column")


def _empty(folder: Path) -> Path:
    (folder / "e.csv").touch()
    return folder / "e.csv"


def _no_rows(folder: Path) -> Path:
    return as_csv(folder / "e.csv", [])


def _no_rows_of_parquet(folder: Path) -> Path:
    return as_parquet(folder / "e.parquet", [])


def _column_missing(folder: Path) -> Path:
    return as_csv(
        folder / "e.csv", [{name: value for name, value in row.items() if name != "claim"} for row in records()]
    )


def _column_missing_of_parquet(folder: Path) -> Path:
    pq.write_table(pa.table({"person": ["P-1"], "when": ["2025-01-01"]}), folder / "e.parquet")
    return folder / "e.parquet"


def _no_parquet(folder: Path) -> Path:
    (folder / "e.parquet").write_text("person,criteria\n")
    return folder / "e.parquet"


def _workbook(folder: Path) -> Path:
    openpyxl.Workbook().save(folder / "e.xlsx")
    return folder / "e.xlsx"


def _other_encoding(folder: Path) -> Path:
    path = as_csv(folder / "e.csv", records())
    path.write_bytes(path.read_bytes() + "P-1,smart_equip,L1.1,met,self,2025-01-01,,\u00e9\n".encode("latin-1"))
    return path


def _folder_of_nothing(folder: Path) -> Path:
    (folder / "notes.txt").write_text("nothing")
    return folder


def _folder_not_whole(folder: Path) -> Path:
    (folder / "about.json").write_text('{"kind": "bandstand coded evidence", "form": 1}')
    return folder


def _folder_of_another_form(folder: Path) -> Path:
    (folder / "about.json").write_text('{"kind": "bandstand coded evidence", "form": 99}')
    return folder


def _nothing(folder: Path) -> Path:
    return folder / "nothing.csv"


@pytest.mark.parametrize(
    ("make", "code", "said"),
    [
        (_empty, "empty-file", "The file is empty."),
        (_no_rows, "no-records", "The file holds no evidence."),
        (_no_rows_of_parquet, "no-records", "The file holds no evidence."),
        (_column_missing, "missing-column", "The table has no column claim."),
        (_column_missing_of_parquet, "missing-column", "The table has no column criteria, claim, source and date."),
        (_no_parquet, "broken-parquet", "This is no Parquet file"),
        (_workbook, "unknown-kind", "give it to bandstand evaluate"),
        (_other_encoding, "wrong-encoding", "The file is not UTF-8: byte 0xE9 near"),
        (_folder_of_nothing, "is-a-folder", "This folder holds no evidence that can be read"),
        (_folder_not_whole, "broken-coded", "It lacks evidence.parquet and people.parquet and sayings.parquet."),
        (_folder_of_another_form, "broken-coded", "It is of the form 99, and this release reads 1."),
        (_nothing, "no-such-file", "There is no such file."),
    ],
)
def test_a_file_that_cannot_be_read_at_all_stops_the_run(
    cli: Cli, tmp_path: Path, make: object, code: str, said: str
) -> None:
    assert callable(make)
    (tmp_path / "in").mkdir()
    good = (
        as_csv(tmp_path / "good.csv", records()) if make not in (_folder_not_whole, _folder_of_another_form) else None
    )
    out = tmp_path / "results.parquet"
    path = make(tmp_path / "in")
    left, _, err = cli("cohort", path, *ASKED, "-o", out, "--json")
    told = json.loads(err)["problems"]
    assert left == 2
    assert [problem["code"] for problem in told] == [code]
    assert said in f"{told[0]['message']} {told[0]['remedy']}"
    assert not out.exists()
    if good is not None and code != "no-records":
        assert cli("cohort", good, path, *ASKED, "-o", out)[0] == 2
        assert not out.exists()


def test_what_is_not_there_or_refused_is_told_before_anything_is_read(cli: Cli, tmp_path: Path, evidence: Path) -> None:
    out = tmp_path / "results.parquet"
    assert cli("cohort", evidence, "-f", "smart_equpi", "-o", out)[::2] == (
        2,
        'There is no framework "smart_equpi". Did you mean smart_equip?',
    )
    code, _, err = cli("cohort", evidence, *ASKED, "--purpose", "capability", "-o", out)
    assert code == 3
    assert err.startswith("Refused: smart_equip 2024.1 does not serve capability")
    code, _, err = cli("cohort", evidence, *ASKED, "--since", "2026-01-01", "-o", out)
    assert (code, err) == (
        2,
        "There is no time to compare: 1 January 2026 is not before 31 July 2025, the day up to which evidence counts.",
    )
    assert not out.exists()


def test_coded_evidence_that_a_pack_no_longer_knows_is_rejected_with_the_reason(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, evidence: Path
) -> None:
    assert cli("encode", evidence, "-o", tmp_path / "coded")[0] == 0
    others = load_catalogue(points=[], packs=[tiny(tmp_path / "pack")])
    monkeypatch.setattr("bandstand.service.load_catalogue", lambda: others)
    code, _, err = cli("cohort", tmp_path / "coded", "-o", tmp_path / "r.csv")
    assert code == 2, err
    assert "240 rows could not be read" in err
    with (tmp_path / "r.rejects.csv").open(encoding="utf-8-sig", newline="") as file:
        told = list(csv.DictReader(file))
    assert len(told) == 240
    assert {row["code"] for row in told} == {"unknown-framework"}
    assert told[0]["message"] == '"smart_equip" is not a framework that is installed.'
    assert (told[0]["row"], told[0]["person"]) == ("1", "P-0000")


def test_a_sample_is_verified(cli: Cli, tmp_path: Path, evidence: Path) -> None:
    code, _, err = cli("cohort", evidence, *ASKED, "-o", tmp_path / "r.parquet", "--verify-sample", "5")
    assert (code, err) == (0, "5 people were evaluated again, one by one: the same came out.")
    assert cli("encode", evidence, "-o", tmp_path / "coded")[0] == 0
    code, _, err = cli("cohort", tmp_path / "coded", *ASKED, "-o", tmp_path / "r.arrow", "--verify-sample", "99")
    assert (code, err) == (0, "30 people were evaluated again, one by one: the same came out.")


#: Evaluates with small parts, and is ended by a signal after two of them.
ENDED = """
import os, signal, sys
# Whatever runs the tests in the background may have the signal passed over.
signal.signal(signal.SIGINT, signal.default_int_handler)
from bandstand.cli import main
from bandstand.cohort import local
from bandstand.cohort.parts import Worker
local._FEW, local._FEWEST, local._MOST = 64, 60, 60
part, done = Worker.part, []
def ended(self, source, path):
    if len(done) == 2:
        os.kill(os.getpid(), int(os.environ["ENDED_BY"]))
    done.append(path)
    return part(self, source, path)
Worker.part = ended
main()
"""


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT])
def test_a_run_that_is_ended_in_the_middle_goes_on_from_there(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, end: signal.Signals
) -> None:
    path = as_parquet(tmp_path / "e.parquet", records())
    out = tmp_path / "results.parquet"
    words = ["cohort", str(path), *ASKED, "-o", str(out), "--processes", "1"]
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", ENDED, *words],
        env={**os.environ, "ENDED_BY": str(int(end))},
        capture_output=True,
        text=True,
        check=False,
    )
    if end == signal.SIGINT:
        assert done.returncode == INTERRUPTED
        assert done.stderr == "Interrupted. What is finished is kept: the same command goes on from there.\n"
    else:
        assert done.returncode == -end
    assert not out.exists()
    assert len(list((tmp_path / ".results.parquet.unfinished" / "parts").glob("*.arrow"))) == 2
    for name, value in (("_FEW", 64), ("_FEWEST", 60), ("_MOST", 60)):
        monkeypatch.setattr(local, name, value)
    code, _, err = cli(*words)
    assert (code, err) == (0, "Went on from where an earlier run had got.")
    assert cli("cohort", path, *ASKED, "-o", tmp_path / "other.parquet")[0] == 0
    assert out.read_bytes() == (tmp_path / "other.parquet").read_bytes()
    assert not (tmp_path / ".results.parquet.unfinished").exists()


def test_several_frameworks_are_asked_at_once_and_others_left_out(cli: Cli, tmp_path: Path) -> None:
    given = {**records()[0], "person": "P-0001", "review_point": None}
    rows = [
        *records(),
        {**given, "framework": "npqel", "criteria": "1.LT1"},
        {**given, "framework": "cat_toolkit", "criteria": "1a.i", "claim": "not_met"},
    ]
    path = as_csv(tmp_path / "e.csv", rows)
    out = tmp_path / "r.parquet"
    named = ("-f", "npqel", "-f", "smart_equip", "--as-of", "2025-07-31")
    code, _, err = cli("cohort", path, *named, "-o", out)
    assert (code, err) == (0, "Left out, being for other frameworks than npqel and smart_equip: 1 record.")
    table = pq.read_table(out)
    asked = list(zip(*(table.column(name).to_pylist() for name in ("person", "framework")), strict=True))
    own = [framework for person, framework in asked if person == "P-0001"]
    assert own == sorted(own)
    assert set(own) == {"npqel", "smart_equip"}
    assert [person for person, _ in asked] == sorted(person for person, _ in asked)
    everything = cli("cohort", path, "--as-of", "2025-07-31", "-o", out, "--force")
    assert everything[0] == 0
    assert set(pq.read_table(out).column("framework").to_pylist()) == {"cat_toolkit", "npqel", "smart_equip"}


def test_the_blocks_of_a_text_are_cut_between_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "BLOCK", 500)
    path = as_csv(tmp_path / "e.csv", records())
    chunks = files.look_into(files.find_files([path])).chunks
    assert len(chunks) > 10
    assert sum(chunk.weight for chunk in chunks) == 240
    rows = [row for chunk in chunks for piece in chunk.pieces() for row in piece.rows.tolist()]
    assert rows == list(range(2, 242))
