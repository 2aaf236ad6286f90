"""What the benchmark of whole workforces compares gives, for everybody, what one person's evaluation gives."""

# ruff: noqa: S608 - the SQL names files of the test's own

from __future__ import annotations

import importlib
import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bandstand.engine.evaluate import Evaluator
from bandstand.models.evidence import Evidence, EvidenceSource, Person
from bandstand.plugins import load_catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"
PEOPLE = 200
VALUES = {"level": "ladder.level", "zone": "expected.zone", "action": "action.value"}

for needed in ("duckdb", "numpy", "pyarrow"):
    pytest.importorskip(needed)


@pytest.fixture(scope="module", autouse=True)
def benchmarks() -> Iterator[None]:
    sys.path.insert(0, str(BENCHMARKS))
    yield
    sys.path.remove(str(BENCHMARKS))


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Any:
    made = importlib.import_module("cohort_files").make(tmp_path_factory.mktemp("cohort"), PEOPLE)
    importlib.import_module("cohort_findings").make(made)
    return made


def rows(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = importlib.import_module("pyarrow.parquet").read_table(path).to_pylist()
    return sorted(found, key=lambda row: str(row["person"]))


@pytest.fixture(scope="module")
def expected(files: Any) -> list[dict[str, Any]]:
    """View, level, zone and action of everybody, by the evaluation of one person."""
    evaluator = Evaluator(load_catalogue().frameworks()["smart_equip"], durable=False)
    as_of = importlib.import_module("cohort_rules").AS_OF
    evidence: dict[str, list[Evidence]] = {}
    for n, row in enumerate(rows(files.evidence("shuffled"))):
        record = {**row, "criteria": (row["criteria"],), "source": EvidenceSource(row["source"])}
        evidence.setdefault(row["person"], []).append(
            Evidence.model_construct(id=str(n), framework="smart_equip", **record)
        )
    found = []
    for known in rows(files.staff):
        run = evaluator.evaluate(Person(**known), evidence[known["person"]], as_of).headline
        values = {name: run.value(of) for name, of in VALUES.items()}
        found.append({"person": known["person"], "view": run.findings.view, **values})
    return found


@pytest.mark.parametrize("kind", ["sorted", "shuffled", "coded"])
@pytest.mark.parametrize("contestant", ["sql", "plain_sql", "polars", "python"])
def test_a_contestant_gives_everybody_the_view_level_zone_and_action_of_an_evaluation(
    contestant: str, kind: str, files: Any, expected: list[dict[str, Any]], tmp_path: Path
) -> None:
    if contestant == "polars":
        pytest.importorskip("polars")
    importlib.import_module(f"cohort_{contestant}").run(files, kind, tmp_path / "out.parquet")
    assert rows(tmp_path / "out.parquet") == expected


@pytest.mark.parametrize(("contestant", "package"), [("openfisca", "openfisca_core"), ("zen", "zen")])
def test_a_peer_that_is_given_findings_gives_everybody_what_an_evaluation_gives(
    contestant: str, package: str, files: Any, expected: list[dict[str, Any]], tmp_path: Path
) -> None:
    pytest.importorskip(package)
    importlib.import_module(f"cohort_{contestant}").run(files, "findings", tmp_path / "out.parquet")
    assert rows(tmp_path / "out.parquet") == expected


def test_the_people_of_the_benchmark_are_of_all_levels_zones_and_actions_for_which_there_are_bands(
    expected: list[dict[str, Any]],
) -> None:
    assert {row["view"] for row in expected} >= {"agreed", "self"}
    assert {row["zone"] for row in expected} == {"red", "amber", "gold", "green"}
    assert len({row["level"] for row in expected}) > 8
    assert len({row["action"] for row in expected}) == 8


def test_files_are_the_same_whoever_makes_them(files: Any, tmp_path: Path) -> None:
    again = importlib.import_module("cohort_files").make(tmp_path, PEOPLE)
    for kind in ("sorted", "shuffled"):
        assert again.evidence(kind).read_bytes() == files.evidence(kind).read_bytes()


def test_shuffled_and_coded_files_have_the_rows_of_the_sorted_one(files: Any) -> None:
    duckdb = importlib.import_module("duckdb")
    coded = files.evidence("coded")
    of_strings = "SELECT person, criteria, claim, source, date, review_point, moderated_by IS NOT NULL AS m FROM '{}'"
    said = f"""
        SELECT p.person, s.criteria[1], claim, source, date, review_point, moderated
        FROM '{coded}/evidence.parquet' AS e
        JOIN read_parquet('{coded}/sayings.parquet', file_row_number=true) AS s ON s.file_row_number = e.saying
        JOIN read_parquet('{coded}/people.parquet', file_row_number=true) AS p ON p.file_row_number = e.person"""
    in_order = of_strings.format(files.evidence("sorted"))
    assert duckdb.sql(f"SELECT count(*) FROM ({in_order})").fetchall() == [(PEOPLE * 107,)]
    for other in (said, of_strings.format(files.evidence("shuffled"))):
        assert duckdb.sql(f"({in_order}) EXCEPT ALL ({other})").fetchall() == []
        assert duckdb.sql(f"({other}) EXCEPT ALL ({in_order})").fetchall() == []


def test_the_benchmark_sees_that_all_give_the_same_and_prints_ratios_to_the_command_and_a_bare_scan(
    tmp_path: Path,
) -> None:
    command = [sys.executable, str(BENCHMARKS / "cohort.py"), "--people", "30", "--rounds", "1", "--kinds", "coded"]
    command += ["--only", "bandstand", "sql", "scan", "--json", str(tmp_path / "rounds.json")]
    run = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    assert run.returncode == 0, run.stderr
    assert "30 people: 2 results are the same" in run.stderr
    assert "### 30 people, coded" in run.stdout
    assert "| bandstand | 1.00 |" in run.stdout
    (race,) = json.loads((tmp_path / "rounds.json").read_text())["races"]
    assert {entry["name"] for entry in race["taken"]} == {"bandstand", "sql", "scan"}
    assert race["skipped"] == []


def test_the_benchmark_stops_where_two_give_different_results(tmp_path: Path) -> None:
    cohort = importlib.import_module("cohort")
    race = cohort.Race(None, 2, tmp_path)
    race.digests = {cohort.Entry("sql", "coded"): (2, 17), cohort.Entry("polars", "coded"): (2, 17)}
    race.agree()
    race.digests[cohort.Entry("python", "coded")] = (2, 18)
    with pytest.raises(SystemExit, match="2 people: results differ"):
        race.agree()


def test_a_contestant_that_fails_is_said_to_and_not_run_again(tmp_path: Path) -> None:
    cohort = importlib.import_module("cohort")
    files = importlib.import_module("cohort_rules").Files(tmp_path / "nowhere")
    race = cohort.Race(files, 2, tmp_path)
    race.time(cohort.Entry("sql", "coded"))
    assert race.taken == {}
    assert race.skipped[cohort.Entry("sql", "coded")].startswith("failed: ")
