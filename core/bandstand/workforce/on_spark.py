"""Evaluate a whole workforce on a cluster: from files that all its machines see, to what one machine would write."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bandstand.cohort import cluster, rejects
from bandstand.cohort.coding import Coder
from bandstand.cohort.evaluate import CohortEvaluator
from bandstand.cohort.files import WANTED, find_files, is_coded
from bandstand.cohort.output import compact, write_results
from bandstand.cohort.results import SCHEMA
from bandstand.cohort.spark import evaluate_on_spark
from bandstand.effective import notes_on_validity
from bandstand.errors import ProblemsError, RefusedError, RunError
from bandstand.interop.source import EVIDENCE, PEOPLE, file_problem
from bandstand.models.cohort_run import RUN_KEY, InputPin, RunCounts
from bandstand.models.problem import Place, Problem
from bandstand.workforce.asked import asked, check_question
from bandstand.workforce.given import CohortDone
from bandstand.workforce.pins import pin
from bandstand.workforce.recorded import record

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bandstand.cohort.local import Progress
    from bandstand.service import Service
    from bandstand.workforce.asked import CohortQuestion
    from bandstand.workforce.given import Given


def evaluate_on_cluster(
    service: Service,
    question: CohortQuestion,
    given: Given,
    master: str,
    progress: Progress,
    *,
    partitions: int | None = None,
) -> CohortDone:
    """Evaluate everybody on a cluster, and write the table of results here.

    Args:
        service: What is installed.
        question: What is asked, with the day up to which evidence counts.
        given: What is read and written; every machine of the cluster has to see it under the same names.
        master: The cluster, as Spark has it.
        progress: Told what is done.
        partitions: Into how many parts people are put; as many as cores and files ask for when None.

    Raises:
        RefusedError: The day is not given, or no framework serves the purpose or is valid where that is asked.
        NotFoundError: A framework, outcome, setting or review point is not there, or no time since a day.
        ProblemsError: A file cannot be read.
        EngineUnavailableError: Spark is not there, or no cluster answers.
        EngineError: Spark failed.
        RunError: What executors wrote is not seen here.
    """
    check_question(service, question)
    if question.as_of is None:
        raise RefusedError("A cluster is not asked for the newest evidence first: name the day by --as-of.")
    packs = service.catalogue.frameworks(question.as_of)
    ask = asked(question, packs, question.as_of)
    versions = [pack for pack in service.catalogue.packs if pack is not packs[pack.id]]
    evaluator = CohortEvaluator(ask.asks, packs, question.default_framework, service.today, versions)
    needs = Coder(packs, default_framework=question.default_framework, today=service.today).needs
    pins = _pins(given.files)
    people = None if given.people is None else _pins([given.people])[0]
    names = (pins[0].name if len(pins) == 1 else "evidence", "people" if people is None else people.name)
    folder = given.output.absolute().parent / f".{given.output.name}.spark"
    shutil.rmtree(folder, ignore_errors=True)
    try:
        progress("Evaluating on Spark", 0, 2)
        with cluster.session(master) as spark:
            run = evaluate_on_spark(
                cluster.read_files(spark, [each.name for each in pins], EVIDENCE, WANTED | needs),
                None if people is None else cluster.read_files(spark, [people.name], PEOPLE),
                evaluator,
                partitions=partitions or cluster.parts_for(spark, sum(each.bytes for each in pins)),
                names=names,
            )
            written = cluster.write_parts(run, folder, [(each.pack.id, each.outcome) for each in ask.asks])
            read = run.read()
        progress("Writing", 1, 2)
        parts, frameworks, count = _parts(folder, written)
        rejected = _rejects(folder)
        counts = RunCounts(
            read=read["evidence"],
            rejected=sum(each["file"] != names[1] for each in rejected),
            people=count,
            listed=read["people"],
            people_rejected=sum(each["file"] == names[1] for each in rejected),
            written=written,
        )
        used = [packs[name] for name in dict.fromkeys(each.pack.id for each in ask.asks) if name in frameworks]
        about = record(
            question,
            pins,
            people,
            used,
            counts,
            as_of=question.as_of,
            today=service.today,
            overlays=given.overlays,
            lock=given.lock,
        )
        write_results(given.output, parts, {RUN_KEY: about.model_dump_json()})
        progress("Writing", 2, 2)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    notes = [f"Left out. {error}" for error in ask.refused.values()]
    notes.extend(
        notes_on_validity(packs, [pack.id for pack in used], question.as_of, question.since, service.catalogue)
    )
    if rejected:
        rejects.write_rejects(given.reject_file, _lines(rejected))
    else:
        given.reject_file.unlink(missing_ok=True)
    return CohortDone(about, given.output, given.reject_file if rejected else None, notes)


def _pins(paths: Sequence[Path]) -> list[InputPin]:
    """The files that paths name. What is not on this machine is known by its address alone."""
    found: list[InputPin] = []
    for path in paths:
        told = cluster.address(str(path))
        if not told.startswith("file:"):
            found.append(InputPin(name=told, bytes=0))
            continue
        if is_coded(path):
            message, remedy = "A cluster reads no coded evidence.", "Name the files that it was made of."
            raise ProblemsError([file_problem(path, "is-a-folder", message, remedy)])
        found.extend(pin(file.path, str(file.path)) for file in find_files([path]))
    return found


def _parts(folder: Path, written: int) -> tuple[list[Path], set[str], int]:
    """What executors wrote as compact tables, the frameworks that there are in it, and how many people."""
    parts, frameworks, people, rows = list[Path](), set[str](), 0, 0
    last = None
    for file in sorted((folder / "results").glob("part-*.parquet")):
        table = compact(pq.read_table(file).cast(SCHEMA))
        if not table.num_rows:
            continue
        rows += table.num_rows
        frameworks.update(table["framework"].unique().to_pylist())
        names = table["person"]
        people += pc.count_distinct(names).as_py() - (names[0].as_py() == last)
        last = names[-1].as_py()
        part = file.with_suffix(".arrow")
        with pa.OSFile(str(part), "wb") as sink, pa.ipc.new_file(sink, table.schema) as out:
            out.write_table(table.combine_chunks(), max_chunksize=table.num_rows)
        parts.append(part)
    if rows != written:
        raise RunError(
            f"Executors wrote {written:,} rows of results, and here {rows:,} of them are seen. Let the output be in a "
            "folder that every machine of the cluster shares."
        )
    return parts, frameworks, people


def _rejects(folder: Path) -> list[dict[str, Any]]:
    return list(pq.read_table(folder / "rejects").to_pylist())


def _lines(rejected: Sequence[dict[str, Any]]) -> Iterator[list[Any]]:
    for each in rejected:
        for problem in each["problems"]:
            place = Place(file=each["file"], path=problem["field"])
            told = Problem(place=place, **{name: problem[name] for name in ("code", "message", "remedy")})
            yield rejects.reject_line(0, each["file"], None, told, json.loads(each["said"]))
