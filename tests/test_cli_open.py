"""The command `bandstand open`: one person's row with the whole trace, and whether both say the same."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest

from bandstand import plugins
from bandstand.cohort.local import Resources
from bandstand.models.cohort_run import RUN_KEY
from bandstand.service import Service
from bandstand.workforce.asked import CohortQuestion
from bandstand.workforce.encoding import encode_evidence
from bandstand.workforce.given import Given
from bandstand.workforce.run import evaluate_workforce
from bandstand.workforce.table import ResultsTable
from cohorts import as_csv, as_jsonl, as_parquet, records, shuffled
from commands import Cli, validate, write_csv
from overlaying import overlay
from workforce import catalogue

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

QUESTION = CohortQuestion(frameworks=("smart_equip",), as_of=dt.date(2025, 7, 31), since=dt.date(2025, 3, 1))
TODAY = dt.date(2025, 9, 1)
ROWS = records(people=12)


@pytest.fixture(autouse=True)
def _plugins_are_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plugins, "load_catalogue", catalogue)
    monkeypatch.setattr("bandstand.service.load_catalogue", catalogue)


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    return Cli(monkeypatch, capsys)


def staff(folder: Path) -> Path:
    people = [{"person": f"P-{at:04}", "grade": "UPS1", "school": "S-01"} for at in range(12)]
    return write_csv(folder / "staff.csv", people)


def run(
    evidence: Path, people: Path | None, overlays: Sequence[Path] = (), question: CohortQuestion = QUESTION
) -> Path:
    """Evaluate a small workforce, and where the results are."""
    given = Given([evidence], evidence.parent / "results.parquet", people=people, overlays=tuple(overlays))
    service = Service(catalogue(), today=TODAY, overlays=overlays)
    evaluate_workforce(service, question, given, Resources(memory=1 << 30, processes=1), lambda *_: None)
    return given.output


@pytest.fixture
def results(tmp_path: Path) -> Path:
    return run(as_csv(tmp_path / "evidence.csv", ROWS), staff(tmp_path))


def edited(path: Path, **changes: Any) -> None:
    """Write a table anew with other values in the first row, and what else it has."""
    table = pq.read_table(path)
    rows = table.to_pylist()
    rows[0].update(changes)
    pq.write_table(table.from_pylist(rows, schema=table.schema), path)


def coded(path: Path) -> Path:
    """Evidence in coded form."""
    given = Given([as_csv(path.parent / "raw.csv", ROWS)], path)
    service = Service(catalogue(), today=TODAY)
    encode_evidence(service, QUESTION, given, Resources(memory=1 << 30, processes=1), lambda *_: None)
    return path


KINDS: dict[str, Callable[[Path], Path]] = {
    "CSV": lambda folder: as_csv(folder / "evidence.csv", shuffled(ROWS)),
    "packed CSV": lambda folder: as_csv(folder / "evidence.csv.gz", ROWS),
    "JSON Lines": lambda folder: as_jsonl(folder / "evidence.jsonl", ROWS),
    "Parquet": lambda folder: as_parquet(folder / "evidence.parquet", ROWS, group=7),
    "shuffled Parquet": lambda folder: as_parquet(folder / "evidence.parquet", shuffled(ROWS), group=7),
    "coded": lambda folder: coded(folder / "coded"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_row_is_opened_whatever_its_evidence_is_in(kind: str, tmp_path: Path, cli: Cli) -> None:
    path = run(KINDS[kind](tmp_path), staff(tmp_path))
    code, out, err = cli("open", path, "P-0003", "--json")
    document = json.loads(out)
    validate("opened", document)
    assert (code, err, document["changed"], document["unread"]) == (0, "", [], 0)
    (row,) = document["rows"]
    assert (row["agrees"], row["differences"]) == (True, [])
    assert row["row"]["person"] == row["evaluation"]["person"] == "P-0003"
    assert row["row"]["grade"] == "teaching:UPS1"
    assert row["evaluation"]["trace"]["conclusions"]
    given = [record["evidence"] for record in row["evaluation"]["findings"].values() if record["evidence"]]
    assert given
    assert all(name.startswith("e-") for name in given)


def test_the_trace_is_told_in_sentences_with_that_the_row_says_the_same(results: Path, cli: Cli) -> None:
    code, out, err = cli("open", results, "P-0003", "--framework", "smart_equip", "--outcome", "ladder")
    said = " ".join(out.split())
    assert (code, err) == (0, "")
    assert "A person decides." in said
    assert f"The row in {results} (smart_equip, ladder) says the same in all of its 27 columns." in said


def test_what_the_run_asked_is_asked_again(tmp_path: Path, cli: Cli) -> None:
    question = replace(QUESTION, since=None, review_point="mid", purpose="development", every_conclusion=True)
    path = run(as_csv(tmp_path / "evidence.csv", ROWS), staff(tmp_path), question=question)
    code, out, _ = cli("open", path, "P-0003", "--json")
    (row,) = json.loads(out)["rows"]
    assert (code, row["agrees"]) == (0, True)
    assert row["evaluation"]["review_point"] == "mid"
    assert row["evaluation"]["purpose"] == row["row"]["purpose"] == "development"
    assert len(row["row"]["conclusions"]) == len(row["evaluation"]["conclusions"])


def test_a_row_that_differs_is_told_column_by_column(results: Path, cli: Cli) -> None:
    edited(results, level=9, action="other")
    code, out, _ = cli("open", results, "P-0000")
    said = " ".join(out.split())
    assert code == 4
    assert "does not say the same: level: 9 in the table, " in said
    assert "action: other in the table, " in said
    assert "zone: " not in said.partition("does not say the same")[2]


def test_evidence_that_has_changed_is_said_to_have_with_both_digests(results: Path, cli: Cli) -> None:
    evidence = results.parent / "evidence.csv"
    then = json.loads(cli("open", results, "P-0003", "--json")[1])["run"]["evidence"][0]
    more = [{**row, "claim": "not_met"} if row["person"] == "P-0003" else row for row in ROWS]
    as_csv(evidence, more)
    code, _, err = cli("open", results, "P-0003")
    assert code == 4
    assert f"{evidence} is not the file that the run read as {evidence}: it is sha256:" in err
    assert f"now, and was {then['sha256']} ({then['bytes']:,} bytes)." in err


def test_evidence_that_was_moved_is_found_beside_the_results_or_where_it_is_said_to_be(
    tmp_path: Path, cli: Cli
) -> None:
    (tmp_path / "then").mkdir()
    path = run(as_csv(tmp_path / "then" / "evidence.csv", ROWS), staff(tmp_path / "then"))
    now = tmp_path / "now"
    shutil.move(tmp_path / "then", now)
    assert cli("open", now / path.name, "P-0003")[0] == 0
    shutil.move(now / "evidence.csv", tmp_path / "other.csv")
    shutil.move(now / "staff.csv", tmp_path / "others.csv")
    code, _, err = cli("open", now / path.name, "P-0003")
    assert (code, "which the run read, cannot be found" in err, "--evidence" in err) == (2, True, True)
    code, _, err = cli("open", now / path.name, "P-0003", "--evidence", tmp_path / "other.csv")
    assert (code, "--people" in err) == (2, True)
    given = ("--evidence", tmp_path / "other.csv", "--people", tmp_path / "others.csv")
    code, _, err = cli("open", now / path.name, "P-0003", *given)
    assert (code, err) == (0, "")


def test_the_overlays_of_the_run_are_laid_again_and_another_is_said_to_be_one(tmp_path: Path, cli: Cli) -> None:
    smart = {"pack": "smart_equip", "version": "2024.1"}
    own = overlay(tmp_path / "own", wording={"L1.1": "Our words."}, **smart)
    path = run(as_csv(tmp_path / "evidence.csv", ROWS), staff(tmp_path), [own])
    code, _, err = cli("open", path, "P-0003")
    assert (code, err) == (0, "")
    overlay(own, wording={"L1.1": "Our other words."}, **smart)
    code, out, err = cli("open", path, "P-0003")
    assert code == 4
    assert "overlay_digest: " in out
    assert "The overlay on smart_equip 2024.1 is not the one that the run used: it is sha256:" in err


def test_another_pack_is_said_to_be_one(results: Path, cli: Cli) -> None:
    edited(results, pack_digest="sha256:0")
    code, out, err = cli("open", results, "P-0000")
    assert (code, "pack_digest: sha256:0 in the table" in " ".join(out.split())) == (4, True)
    assert "The pack is not the one that the run used: it is smart_equip 2024.1, sha256:" in err
    assert "now, and was smart_equip 2024.1, sha256:0." in err


def test_records_that_cannot_be_read_are_left_out_and_counted(tmp_path: Path, cli: Cli) -> None:
    wrong = [{**row, "claim": "splendid"} for row in ROWS if row["person"] == "P-0003"][:2]
    path = run(as_csv(tmp_path / "evidence.csv", [*ROWS, *wrong]), staff(tmp_path))
    code, _, err = cli("open", path, "P-0003")
    assert (code, err) == (0, "2 records about P-0003 cannot be read, and are left out.")


def test_a_row_that_is_not_there_is_not_guessed_at(results: Path, cli: Cli) -> None:
    code, _, err = cli("open", results, "P-0033")
    assert (code, err) == (2, f'There is nothing about "P-0033" in {results}. Check the id.')
    code, _, err = cli("open", results, "P-0003", "--outcome", "star")
    assert (code, "has no such row" in err, "there is smart_equip, ladder." in err) == (2, True, True)


def test_a_table_without_the_record_of_its_run_is_not_opened(results: Path, cli: Cli) -> None:
    table = pq.read_table(results)
    pq.write_table(table.replace_schema_metadata(None), results)
    code, _, err = cli("open", results, "P-0003")
    assert (code, "does not say which run made it" in err) == (2, True)
    pq.write_table(table.replace_schema_metadata({RUN_KEY: '{"engine": 1}'}), results)
    code, _, err = cli("open", results, "P-0003")
    assert (code, "It may be of another release of Bandstand" in err) == (2, True)


def test_somebody_who_is_in_no_staff_list_is_opened_too(tmp_path: Path, cli: Cli) -> None:
    path = run(as_parquet(tmp_path / "evidence.parquet", ROWS), None)
    code, _, err = cli("open", path, "P-0003")
    assert (code, err) == (0, "")
    code, _, err = cli("open", path, "P-0003", "--people", staff(tmp_path))
    assert (code, "was not read by the run, which had no staff list." in err) == (4, True)


def test_every_row_of_a_run_can_be_opened(results: Path, cli: Cli) -> None:
    with ResultsTable(results) as table:
        people = [name for (name,) in table.ask("SELECT DISTINCT person FROM results ORDER BY ALL")]
    assert len(people) == 12
    assert {cli("open", results, name, "--json")[0] for name in people} == {0}
