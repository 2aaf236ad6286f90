"""All three engines conclude the same of everybody, under packs and evidence that nobody thought of."""

from __future__ import annotations

import datetime as dt
import os
import pickle
from functools import partial
from typing import TYPE_CHECKING, Final

import pytest

import overlaying
import support
from agreement import ran
from bandstand.cohort.ask import Ask
from bandstand.engine.evaluate import Evaluator
from bandstand.errors import EngineError
from bandstand.models.evidence import Person
from random_packs.dice import Dice
from random_packs.packs import draw_pack
from random_packs.people import Crowd, draw_ask
from three_engines import Together
from tiny import TINY

if TYPE_CHECKING:
    from pathlib import Path

    from bandstand.models.evidence import Evidence
    from bandstand.packs.pack import Pack

#: Which packs are drawn: so many, or from one number to another. Many more are worth a night.
_WANTED: Final = os.environ.get("RANDOM_PACKS", "40")
_FIRST, _, _LAST = _WANTED.rpartition("-")
PEOPLE: Final = 12


@pytest.mark.parametrize("seed", range(int(_FIRST or 0), int(_LAST)))
def test_the_engines_agree_on_everybody_under_a_pack_drawn_at_random(seed: int) -> None:
    pack = draw_pack(seed)
    dice = Dice(f"people of {seed}")
    asks = [draw_ask(dice, pack, outcome) for outcome in pack.outcomes.values()]
    crowd = Crowd(dice, pack, asks)
    people = [crowd.person(f"P-{number}") for number in range(PEOPLE)]
    evidence = [record for person in people for record in crowd.evidence(person.person)]
    evaluator = Evaluator(pack)
    few = people[: dice.randint(1, PEOPLE - 1)]
    of_few = [record for record in evidence if record.person in {person.person for person in few}]
    for ask in asks:
        engines = ran(partial(Together.of, evaluator, ask))
        if engines is None:
            # Rules that contradict one another where there is no evidence at all serve no engine.
            with pytest.raises(EngineError, match="concludes both"):
                evaluator.evaluate(people[0], [], ask.as_of, outcome=ask.outcome)
            continue
        rows = engines.rows(people, evidence)
        if dice.chance():
            # What a kernel learned of one batch holds in the next, and in another process.
            engines.assert_agreed(few, of_few, engines.rows(few, of_few))
            engines = Together(evaluator, pickle.loads(pickle.dumps(engines.kernel)))  # noqa: S301 - its own
        engines.assert_agreed(people, evidence, rows)


#: Rows of which two hold where somebody of the first grade holds no level, and else one at the most.
_ROWS = """\
      - { when: { held: false, grade: "teaching:M1" }, then: rise, source: 21 }
      - { when: { level: 0, grade: "teaching:M1" }, then: sustain, source: 22 }
"""
_VIEWS = """\
    - id: own
      label: Own view
      ranks: [{ sources: [peer] }]
  source: 7
"""


@pytest.fixture
def contradictory(tmp_path: Path) -> Pack:
    """A pack of two views in which two rows contradict one another of whoever is of a grade and holds no level."""
    name, old = "rules/actions.yaml", TINY["rules/actions.yaml"]
    first = old.index("      - { when: { held: false }")
    last = old.index("    otherwise: { then: sustain")
    changed = (old[:first] + _ROWS + old[last:]).replace("hit: first", "hit: unique", 1)
    views = ("framework.yaml", "  source: 7\n", _VIEWS)
    return overlaying.pack(tmp_path, (name, "", changed), views)


def evidence_of(source: str, date: str) -> list[Evidence]:
    fields = {"framework": "tiny", "source": source, "date": date}
    return [support.record(line, **fields) for line in ("A.1", "A.2")]


DAY = dt.date(2025, 7, 10)


def test_a_contradiction_is_found_by_every_engine(contradictory: Pack) -> None:
    evaluator, ask = Evaluator(contradictory), Ask(contradictory, "position", "development", DAY)
    evidence = [support.record("A.1", framework="tiny", source="observation")]
    for grade, has_rows in (("M1", False), ("M2", True)):
        engines, person = Together.of(evaluator, ask), Person(person="P-1", grade=grade)
        rows = engines.rows([person], evidence)
        assert (rows is not None) == has_rows
        engines.assert_agreed([person], evidence, rows)


@pytest.mark.parametrize("since", [None, DAY - dt.timedelta(days=20)])
def test_a_contradiction_in_a_view_without_evidence_is_nobody_s(contradictory: Pack, since: dt.date | None) -> None:
    ask = Ask(contradictory, "position", "development", DAY, since=since)
    evaluator = Evaluator(contradictory)
    people = [Person(person="P-1", grade="M1")]
    for source in ("observation", "peer"):
        engines = Together.of(evaluator, ask)
        evidence = evidence_of(source, "2025-06-01")
        rows = engines.rows(people, evidence)
        assert rows is not None
        engines.assert_agreed(people, evidence, rows)
