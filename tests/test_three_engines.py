"""All three engines conclude the same of everybody, under packs and evidence that nobody thought of."""

from __future__ import annotations

import os
import pickle
from typing import Final

import pytest

from bandstand.engine.evaluate import Evaluator
from random_packs.dice import Dice
from random_packs.packs import draw_pack
from random_packs.people import Crowd, draw_ask
from three_engines import Together

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
        engines = Together.of(evaluator, ask)
        rows = engines.rows(people, evidence)
        if dice.chance():
            # What a kernel learned of one batch holds in the next, and in another process.
            engines.assert_agreed(few, of_few, [row for row in rows if row["person"] in {p.person for p in few}])
            engines = Together(evaluator, pickle.loads(pickle.dumps(engines.kernel)))  # noqa: S301 - its own
        engines.assert_agreed(people, evidence, rows)
