"""Spark gives what one process gives, row for row, whatever becomes of an executor."""

from __future__ import annotations

import csv
import datetime as dt
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

import overlaying
import spark_session
from bandstand.cohort import cluster
from bandstand.cohort.executor import PLAIN, reject_table
from bandstand.cohort.spark import evaluate_on_spark
from bandstand.errors import EngineError, EngineUnavailableError, ProblemsError
from bandstand.interop.source import EVIDENCE, PEOPLE
from bandstand.plugins import load_catalogue
from spark_session import Contradicts, KillsItsExecutor, demo, needs_spark, times

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pyspark.sql import SparkSession

    from bandstand.cohort.read import Reject

_BY = [(name, "ascending") for name in ("person", "framework", "outcome")]
#: Rows that cannot be read, by their places in the table.
_EVIDENCE_FAULTS: dict[int, dict[str, str | None]] = {
    3: {"claim": "splendid"},
    700: {"person": None},
    701: {"person": None, "date": "soon"},
    9_000: {"date": "2031-01-01"},
    20_000: {"criteria": "L99.1"},
}
_STAFF_FAULTS: dict[int, dict[str, str | None]] = {
    5: {"grade": "no such grade"},
    # Stands in the list already, with another grade.
    40: {"person": "P-0001.0000", "grade": "UPS3"},
}


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    with spark_session.started() as session:
        yield session


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> tuple[pa.Table, pa.Table]:
    """Three demo schools."""
    evidence, people = demo(tmp_path_factory.mktemp("demo"))
    return times(evidence, 3), times(people, 3)


def with_faults(table: pa.Table, faults: dict[int, dict[str, str | None]]) -> pa.Table:
    """A table with other values in some rows."""
    rows = table.to_pylist()
    for at, values in faults.items():
        rows[at] |= values
    return pa.Table.from_pylist(rows, table.schema)


def sorted_results(table: pa.Table) -> list[dict[str, Any]]:
    return list(table.cast(PLAIN).sort_by(_BY).to_pylist())


def sorted_rejects(rejects: pa.Table | Sequence[Reject]) -> list[tuple[str, list[str]]]:
    """Rejected rows as they stand, each with its codes."""
    table = rejects if isinstance(rejects, pa.Table) else reject_table(rejects)
    return sorted((row["said"], sorted(part["code"] for part in row["problems"])) for row in table.to_pylist())


@needs_spark
def test_spark_gives_what_one_process_gives_row_for_row(
    spark: SparkSession, school: tuple[pa.Table, pa.Table], tmp_path: Path
) -> None:
    evidence, people = with_faults(school[0], _EVIDENCE_FAULTS), with_faults(school[1], _STAFF_FAULTS)
    half = evidence.num_rows // 2
    pq.write_table(evidence.slice(0, half), tmp_path / "first.parquet")
    pa_csv.write_csv(evidence.slice(half), tmp_path / "second.csv")
    pa_csv.write_csv(people, tmp_path / "people.csv")
    evaluator = spark_session.evaluator()
    results, rejects = evaluator.evaluate(evidence, people)
    run = evaluate_on_spark(
        cluster.read_files(spark, [str(tmp_path / "first.parquet"), str(tmp_path / "second.csv")], EVIDENCE),
        cluster.read_files(spark, [str(tmp_path / "people.csv")], PEOPLE),
        evaluator,
        partitions=4,
        rows=3_000,
    )
    assert sorted_results(run.results.toArrow()) == sorted_results(results)
    assert results.num_rows > 600
    assert sorted_rejects(run.rejects.toArrow()) == sorted_rejects(rejects)
    assert len(rejects) == len(_EVIDENCE_FAULTS) + len(_STAFF_FAULTS)
    assert run.read() == {"evidence": evidence.num_rows, "people": people.num_rows}
    barred = str(people["person"][5])
    assert barred in evidence["person"].to_pylist()
    assert barred not in results["person"].to_pylist()
    run.release()


@needs_spark
def test_a_lost_executor_costs_a_retry_and_not_a_wrong_row(
    spark: SparkSession, school: tuple[pa.Table, pa.Table], tmp_path: Path
) -> None:
    evidence, people = with_faults(school[0], _EVIDENCE_FAULTS), school[1]
    pq.write_table(evidence, tmp_path / "evidence.parquet")
    pq.write_table(people, tmp_path / "people.parquet")
    evaluator = spark_session.evaluator([load_catalogue().frameworks()["smart_equip"]])
    results, rejects = evaluator.evaluate(evidence, people)
    run = evaluate_on_spark(
        spark.read.parquet(str(tmp_path / "evidence.parquet")),
        spark.read.parquet(str(tmp_path / "people.parquet")),
        KillsItsExecutor(evaluator, tmp_path / "killed"),
        partitions=4,
        rows=1_000,
    )
    assert sorted_results(run.results.toArrow()) == sorted_results(results)
    assert (tmp_path / "killed").exists()
    # What was done twice is counted once.
    assert sorted_rejects(run.rejects.toArrow()) == sorted_rejects(rejects)
    assert run.read() == {"evidence": evidence.num_rows, "people": people.num_rows}
    run.release()


@needs_spark
def test_executors_evaluate_by_the_overlay_of_the_session_that_asks(spark: SparkSession, tmp_path: Path) -> None:
    pack = overlaying.laid(tmp_path, "confirm:\n  - expected.bands.later.gold\n")
    evaluator = spark_session.evaluator([pack])
    rows = {"person": ["P-1"], "criteria": [["A.1"]], "claim": ["met"], "source": ["appraiser"]}
    table = pa.table({**rows, "date": [dt.date(2025, 5, 1)]})
    results, rejects = evaluator.evaluate(table, None)
    assert rejects == []
    run = evaluate_on_spark(spark.createDataFrame(table), None, evaluator)
    (row,) = run.results.toArrow().to_pylist()
    assert [row] == sorted_results(results)
    assert pack.overlay is not None
    assert (row["pack_digest"], row["overlay_digest"]) == (pack.digest, pack.overlay.digest)
    run.release()


@needs_spark
def test_files_are_read_as_they_are_written(spark: SparkSession, tmp_path: Path) -> None:
    text = '\ufeffPerson;Criteria;Claim;Source;Date;Note\r\nP-1;L1.1;met;self;2025-01-01;"over\r\ntwo; lines"\r\n'
    text += "P-2;L1.1;met;self;2025-01-01\r\nP-3;L1.1;met;self;2025-01-01;a;b\r\n"
    (tmp_path / "evidence.csv").write_text(text, "utf-8", newline="")
    line = '{"person": "P-4", "criteria": ["L1.1", "L1.2"], "claim": "met", "source": "self", "date": "2025-01-01"}'
    (tmp_path / "evidence.jsonl").write_text(f"{line}\n{{broken\n", "utf-8")
    names = [str(tmp_path / name) for name in ("evidence.csv", "evidence.jsonl")]
    rows = {str(row["person"]): row.asDict() for row in cluster.read_files(spark, names, EVIDENCE).collect()}
    criteria = {"P-1": "L1.1", "P-2": "L1.1", "P-3": "L1.1", "P-4": "L1.1; L1.2", "None": ""}
    assert {person: row["criteria"] for person, row in rows.items()} == criteria
    assert [rows[person]["_stray"] for person in ("P-1", "P-2", "P-3")] == [None, None, "b"]
    assert rows["None"]["_broken"] == "{broken"


@needs_spark
def test_what_an_executor_says_is_all_that_the_user_reads(
    spark: SparkSession, school: tuple[pa.Table, pa.Table]
) -> None:
    run = evaluate_on_spark(spark.createDataFrame(school[0].slice(0, 10)), None, Contradicts())
    with pytest.raises(Exception, match="Two rules contradict") as caught:
        run.results.count()
    told = cluster.in_words(caught.value, "spark.log")
    assert isinstance(told, EngineError)
    assert str(told) == "Two rules contradict one another. Spark's log is spark.log."


@needs_spark
def test_a_file_that_is_not_there_is_a_problem_with_a_remedy(spark: SparkSession, tmp_path: Path) -> None:
    with pytest.raises(ProblemsError, match="Every machine of a cluster has to find it there"):
        cluster.read_files(spark, [str(tmp_path / "nothing.csv")], EVIDENCE)


@needs_spark
def test_a_file_without_a_column_that_every_row_needs_is_a_problem(spark: SparkSession, tmp_path: Path) -> None:
    (tmp_path / "evidence.csv").write_text("person,criteria,claim,source\nP-1,L1.1,met,self\n", "utf-8")
    with pytest.raises(ProblemsError, match="The table has no column date"):
        cluster.read_files(spark, [str(tmp_path / "evidence.csv")], EVIDENCE)


def test_without_java_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "need_spark", lambda: None)
    monkeypatch.setattr("shutil.which", lambda _: None)
    for name in ("JAVA_HOME", "PYSPARK_GATEWAY_PORT"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(EngineUnavailableError, match="Spark needs Java 17"), cluster.session("local[1]"):
        pass


@pytest.mark.parametrize(
    ("given", "told"),
    [("hdfs://host/a.parquet", "hdfs://host/a.parquet"), ("s3a:/bucket/a b.csv", "s3a://bucket/a b.csv")],
)
def test_an_address_keeps_its_two_slashes(given: str, told: str) -> None:
    assert cluster.address(given) == told


def test_a_path_is_told_to_spark_as_a_file_of_this_machine(tmp_path: Path) -> None:
    assert cluster.address(str(tmp_path / "a.csv")) == (tmp_path / "a.csv").as_uri()


@needs_spark
def test_the_command_writes_on_a_cluster_what_it_writes_on_one_machine(
    school: tuple[pa.Table, pa.Table], tmp_path: Path
) -> None:
    few = pc.less(school[1]["person"], "P-0012.0000")
    ours = pc.equal(school[0]["framework"], "smart_equip")
    named = pc.and_(pc.less(school[0]["person"], "P-0012.0000"), ours)
    evidence = with_faults(school[0].filter(named), {3: {"claim": "splendid"}})
    pq.write_table(evidence, tmp_path / "evidence.parquet")
    pa_csv.write_csv(school[1].filter(few), tmp_path / "people.csv")
    command = [sys.executable, "-m", "bandstand", "cohort", "evidence.parquet", "--people", "people.csv"]
    command += ["--framework", "smart_equip", "--as-of", "2025-07-31"]
    said = {}
    for name, more in (("alone", ()), ("spark", ("--on", "local[1]", "--partitions", "2"))):
        done = subprocess.run(  # noqa: S603 - the program under test
            [*command, "-o", f"{name}.parquet", *more], cwd=tmp_path, check=False, capture_output=True, text=True
        )
        assert done.returncode == 2, done.stderr
        said[name] = [text.replace(name, "") for text in (done.stdout, done.stderr)]
    # Nothing of what Spark has to say reaches the screen.
    assert said["spark"] == said["alone"]
    alone, spark = (pq.read_table(tmp_path / f"{name}.parquet") for name in ("alone", "spark"))
    assert spark.equals(alone)
    assert alone.num_rows > 20
    counts = [json.loads(table.schema.metadata[b"bandstand.run"])["counts"] for table in (alone, spark)]
    assert counts[0] == counts[1]
    with (tmp_path / "spark.rejects.csv").open(encoding="utf-8-sig", newline="") as file:
        (reject,) = csv.DictReader(file)
    assert (reject["field"], reject["code"], reject["claim"]) == ("claim", "not-a-claim", "splendid")
    assert not list(tmp_path.glob(".*"))


@needs_spark
def test_what_goes_wrong_on_an_executor_is_said_without_java(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    (tmp_path / "evidence.csv").write_text("person,criteria,claim,source,date\nP-1,L1.1,met,self,2025-01-01\n", "utf-8")
    # Executors have a Python without any library.
    python = tmp_path_factory.mktemp("bare") / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" -S "$@"\n', "utf-8")
    python.chmod(0o755)
    command = [sys.executable, "-m", "bandstand", "cohort", "evidence.csv", "-f", "smart_equip", "-o", "out.parquet"]
    done = subprocess.run(  # noqa: S603 - the program under test
        [*command, "--as-of", "2025-07-31", "--on", "local[1]"],
        cwd=tmp_path,
        env={**os.environ, "PYSPARK_PYTHON": str(python)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 70, done.stderr
    (line,) = done.stderr.splitlines()
    assert "Spark could not finish: ModuleNotFoundError: No module named" in line
    log = Path(line.rpartition("Its log is ")[2].removesuffix("."))
    assert log.stat().st_size > 0
    log.unlink()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["evidence.csv"]
