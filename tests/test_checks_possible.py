"""What coverage leaves out is proved never to happen, and only that."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import pytest

from bandstand.checks.possible import never
from bandstand.engine.evaluate import Evaluator
from bandstand.engine.plain import TRUE
from bandstand.examples import try_example
from bandstand.models.clauses import ConcludedIs
from bandstand.packs.load import load_pack
from bandstand.plugins import load_catalogue
from tiny import tiny

if TYPE_CHECKING:
    from pathlib import Path

    from bandstand.coverage import Goal

KINDS = load_catalogue().kinds
ROW = "      - { when: { held: false }, then: rise, source: 21 }\n"


def test_what_two_conditions_exclude_together_is_proved(tmp_path: Path) -> None:
    impossible = "      - { when: { held: false, level: 2 }, then: rise, source: 21 }\n"
    pack = load_pack(tiny(tmp_path, ("rules/actions.yaml", ROW, ROW + impossible)), KINDS)
    evaluator = Evaluator(pack, durable=False)
    program = evaluator.program()
    at = next(c.number for c in program.clauses if c.clause.conclusion == "action.row2")
    goals: list[Goal] = [("clause", at, True), ("clause", at, False)]
    assert never(evaluator, pack.framework.outcomes[0], program, goals) == {("clause", at, True)}


def test_what_can_happen_is_not_left_out(tmp_path: Path) -> None:
    pack = load_pack(tiny(tmp_path), KINDS)
    evaluator = Evaluator(pack, durable=False)
    program = evaluator.program()
    goals: list[Goal] = [
        ("condition", at, holds)
        for at, condition in enumerate(program.conditions)
        if isinstance(condition, ConcludedIs) and condition.conclusion in ("ladder.L1", "ladder.L2")
        for holds in (True, False)
    ]
    assert len(goals) > 4
    assert never(evaluator, pack.framework.outcomes[0], program, goals) == set()


@pytest.mark.parametrize("name", sorted(load_catalogue().frameworks()))
def test_nothing_that_an_example_shows_is_proved_impossible(name: str) -> None:
    pack = load_catalogue().frameworks()[name]
    evaluator = Evaluator(pack, durable=False)
    shown: dict[tuple[str, str], set[Goal]] = defaultdict(set)
    for example in pack.examples:
        evaluated = try_example(evaluator, example).evaluated
        for run in evaluated.runs if evaluated else ():
            assert evaluated is not None
            shown[evaluated.outcome.id, run.program.name].update(
                ("condition", at, verdict == TRUE) for at, verdict in enumerate(run.plain.verdicts)
            )
    assert sum(map(len, shown.values())) > 20
    for (name_of, program_name), goals in shown.items():
        programs = (evaluator.program(name_of), evaluator.review_program(name_of))
        program = next(own for own in programs if own.name == program_name)
        assert never(evaluator, pack.outcomes[name_of], program, goals) == set()
