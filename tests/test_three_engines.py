"""All three engines conclude the same of everybody, under packs and evidence that nobody thought of."""

from __future__ import annotations

import os
from typing import Final

import pytest

from bandstand.engine.evaluate import Evaluator
from random_packs.dice import Dice
from random_packs.packs import draw_pack
from random_packs.people import Crowd, draw_ask
from three_engines import row_of

#: Which packs are drawn: so many, or from one number to another. Many more are worth a night.
_WANTED: Final = os.environ.get("RANDOM_PACKS", "20")
_FIRST, _, _LAST = _WANTED.rpartition("-")
PEOPLE: Final = 12


@pytest.mark.parametrize("seed", range(int(_FIRST or 0), int(_LAST)))
def test_the_engines_agree_on_whole_packs(seed: int) -> None:
    pack = draw_pack(seed)
    dice = Dice(f"people of {seed}")
    asks = [draw_ask(dice, pack, outcome) for outcome in pack.outcomes.values()]
    crowd = Crowd(dice, pack, asks)
    evaluator = Evaluator(pack)
    for number in range(PEOPLE):
        person = crowd.person(f"P-{number}")
        evidence = list(crowd.evidence(person.person))
        for ask in asks:
            row_of(evaluator, ask, person, evidence)
