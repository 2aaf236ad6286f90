"""What coverage leaves out is proved never to happen, and only that."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import pytest

from bandstand.checks.possible import Proven
from bandstand.coverage import Obvious
from bandstand.engine.evaluate import Evaluator
from bandstand.engine.plain import TRUE
from bandstand.examples import try_example
from bandstand.models.clauses import ConcludedIs
from bandstand.packs.load import load_pack
from bandstand.plugins import load_catalogue
from tiny import tiny

if TYPE_CHECKING:
    from pathlib import Path

KINDS = load_catalogue().kinds
ROW = "      - { when: { held: false }, then: rise, source: 21 }\n"


def test_what_two_conditions_exclude_together_is_proved_and_is_not_obvious(tmp_path: Path) -> None:
    never = "      - { when: { held: false, level: 2 }, then: rise, source: 21 }\n"
    pack = load_pack(tiny(tmp_path, ("rules/actions.yaml", ROW, ROW + never)), KINDS)
    evaluator = Evaluator(pack, durable=False)
    program = evaluator.program()
    at = next(c.number for c in program.clauses if c.clause.conclusion == "action.row2")
    proven, obvious = Proven(evaluator), Obvious()
    assert proven(program, "clause", at, True)
    assert not proven(program, "clause", at, False)
    assert not obvious(program, "clause", at, True)


def test_what_can_happen_is_not_left_out(tmp_path: Path) -> None:
    evaluator = Evaluator(load_pack(tiny(tmp_path), KINDS), durable=False)
    program, proven = evaluator.program(), Proven(evaluator)
    for at, condition in enumerate(program.conditions):
        if isinstance(condition, ConcludedIs) and condition.conclusion in ("ladder.L1", "ladder.L2"):
            assert not proven(program, "condition", at, True)
            assert not proven(program, "condition", at, False)


@pytest.mark.parametrize("name", sorted(load_catalogue().frameworks()))
def test_nothing_that_an_example_shows_is_proved_impossible(name: str) -> None:
    pack = load_catalogue().frameworks()[name]
    evaluator = Evaluator(pack, durable=False)
    shown: dict[str, set[tuple[int, bool]]] = defaultdict(set)
    programs = {}
    for example in pack.examples:
        evaluated = try_example(evaluator, example).evaluated
        for run in evaluated.runs if evaluated else ():
            programs[run.program.name] = run.program
            shown[run.program.name].update((at, verdict == TRUE) for at, verdict in enumerate(run.plain.verdicts))
    proven = Proven(evaluator)
    assert sum(map(len, shown.values())) > 20
    wrong = [
        (programs[program].conditions[at], holds)
        for program, seen in shown.items()
        for at, holds in sorted(seen)
        if proven(programs[program], "condition", at, holds)
    ]
    assert wrong == []
