"""Every example of every shipped pack, and everybody of the demo school, through all three engines."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import reading
from bandstand.cohort.ask import Ask
from bandstand.engine.evaluate import Evaluator
from bandstand.examples import example_evidence
from bandstand.interop.inbox import read_evidence
from bandstand.interop.people import read_people
from bandstand.models.evidence import Person
from three_engines import Together

if TYPE_CHECKING:
    from bandstand.models.evidence import Evidence
    from bandstand.models.example import Example
    from bandstand.packs.pack import Pack

ROOT = Path(__file__).parent.parent
#: The day that the demo school is evaluated as at.
DAY = dt.date(2025, 7, 31)


@dataclass
class Batch:
    """Those who are asked the same."""

    ask: Ask
    people: list[Person] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)

    def compare(self, evaluator: Evaluator) -> int:
        """See that all engines agree on them; how many of them have evidence."""
        engines = Together.of(evaluator, self.ask)
        rows = engines.rows(self.people, self.evidence)
        engines.assert_agreed(self.people, self.evidence, rows)
        assert rows is not None
        return len(rows)


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
    assert sum(batch.compare(evaluator) for batch in alike.values()) > 20


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Person], list[Evidence]]:
    """The demo school: its people and all of their evidence."""
    folder = tmp_path_factory.mktemp("school")
    command = [sys.executable, str(ROOT / "examples" / "demo_school.py"), str(folder)]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own script
    packs = reading.catalogue().frameworks()
    people = read_people(folder / "people.csv", packs)
    files = [folder / "evidence.csv", next(folder.glob("sheet-*.xlsx"))]
    evidence = read_evidence(files, packs, today=DAY)
    assert (people.problems, evidence.problems) == ([], [])
    # A programme and a plan have evidence, and are in no staff list.
    there = people.people | {
        r.person: Person(person=r.person) for r in evidence.evidence if r.person not in people.people
    }
    return list(there.values()), evidence.evidence


@pytest.mark.parametrize("framework", reading.SHIPPED)
def test_the_column_engine_says_of_everybody_at_the_demo_school_what_the_others_do(
    framework: str, school: tuple[list[Person], list[Evidence]]
) -> None:
    evaluator = Evaluator(reading.pack(framework))
    compared = 0
    for outcome in evaluator.pack.outcomes:
        ask = Ask(evaluator.pack, outcome, evaluator.served(None, outcome), DAY, since=DAY - dt.timedelta(days=200))
        compared += Batch(ask, *school).compare(evaluator)
    assert compared > 0
