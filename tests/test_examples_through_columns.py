"""Every example of every shipped pack, and everybody of the demo school, through all three engines."""

from __future__ import annotations

import csv
import datetime as dt
import subprocess
import sys
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

import reading
from bandstand.cohort.ask import Ask
from bandstand.cohort.evaluate import CohortEvaluator
from bandstand.engine.evaluate import Evaluator
from bandstand.examples import example_evidence
from bandstand.interop.inbox import read_evidence
from bandstand.interop.people import read_people
from bandstand.models.evidence import Person
from three_engines import Row, Together, differences

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bandstand.models.evidence import Evidence
    from bandstand.models.example import Example
    from bandstand.packs.pack import Pack

ROOT = Path(__file__).parent.parent
#: The day that the demo school is evaluated as at.
DAY = dt.date(2025, 7, 31)
FILES = ("evidence", "people")


@dataclass
class Batch:
    """Those who are asked the same."""

    ask: Ask
    people: list[Person] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)

    def compare(self, evaluator: Evaluator) -> list[Row]:
        """See that all engines agree on them; the rows of those who have evidence."""
        engines = Together.of(evaluator, self.ask)
        rows = engines.rows(self.people, self.evidence)
        engines.assert_agreed(self.people, self.evidence, rows)
        assert rows is not None
        return rows


def asked(pack: Pack, evaluator: Evaluator, example: Example) -> Ask:
    """What an example asks."""
    outcome = example.outcome or next(iter(pack.outcomes))
    return Ask(
        pack,
        outcome,
        evaluator.served(example.purpose, outcome),
        example.as_of,
        example.review_point,
        example.settings,
        example.since,
        every_conclusion=True,
    )


@pytest.mark.parametrize("framework", reading.SHIPPED)
def test_the_column_engine_says_of_every_example_what_the_others_do(framework: str) -> None:
    pack = reading.pack(framework)
    evaluator = Evaluator(pack)
    alike: dict[str, Batch] = {}
    for number, example in enumerate(pack.examples):
        if example.expect.refused is None:
            ask = asked(pack, evaluator, example)
            batch = alike.setdefault(repr([getattr(ask, part.name) for part in fields(ask)[1:]]), Batch(ask))
            person = Person(person=f"P-{number:04}", **example.person.model_dump())
            batch.people.append(person)
            batch.evidence += (
                record.model_copy(update={"id": f"{number}-{record.id}", "person": person.person})
                for record in example_evidence(pack, example)
            )
    assert sum(len(batch.compare(evaluator)) for batch in alike.values()) > 20


@dataclass
class School:
    """The demo school: its people, all of their evidence, and its files as they are."""

    people: list[Person]
    evidence: list[Evidence]
    raw: dict[str, pa.Table]


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> School:
    folder = tmp_path_factory.mktemp("school")
    command = [sys.executable, str(ROOT / "examples" / "demo_school.py"), str(folder)]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own script
    packs = reading.catalogue().frameworks()
    people = read_people(folder / "people.csv", packs)
    evidence = read_evidence([folder / "evidence.csv", next(folder.glob("sheet-*.xlsx"))], packs, today=DAY)
    assert (people.problems, evidence.problems) == ([], [])
    # A programme and a plan have evidence, and are in no staff list.
    there = {record.person: Person(person=record.person) for record in evidence.evidence} | people.people
    return School(list(there.values()), evidence.evidence, {name: texts(folder / f"{name}.csv") for name in FILES})


def texts(path: Path) -> pa.Table:
    """A CSV file, of which everything is text."""
    with path.open(newline="", encoding="utf-8") as file:
        headings, *rows = csv.reader(file)
    return pa.table({heading: [row[at] for row in rows] for at, heading in enumerate(headings)})


@pytest.mark.parametrize("framework", reading.SHIPPED)
def test_the_column_engine_says_of_everybody_at_the_demo_school_what_the_others_do(
    framework: str, school: School
) -> None:
    evaluator = Evaluator(reading.pack(framework))
    asks = [
        Ask(evaluator.pack, outcome, evaluator.served(None, outcome), DAY, since=DAY - dt.timedelta(days=200))
        for outcome in evaluator.pack.outcomes
    ]
    rows = [row for ask in asks for row in Batch(ask, school.people, school.evidence).compare(evaluator)]
    assert rows
    # The same from the files as they are, but for whoever has only a sheet.
    from_files = CohortEvaluator(asks, reading.catalogue().frameworks(), None, DAY)
    table, rejects = from_files.evaluate(*(school.raw[name] for name in FILES))
    there = {record.person for record in school.evidence if not record.id.startswith("sheet-")}
    assert rejects == []
    assert differences(_by_person(row for row in rows if row["person"] in there), _by_person(table.to_pylist())) == []


def _by_person(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (row["outcome"], row["person"]))
