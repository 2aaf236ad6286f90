"""Generated evidence shows a pack whose order matters, or on which the engines differ, by the smallest input."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bandstand.checks.bench import Bench
from bandstand.checks.conform import check_engines, check_order
from bandstand.engine.durable import DurableEngine, DurableRun
from bandstand.found import find_packs
from bandstand.packs.load import read_pack
from bandstand.plugins import ask_plugins
from tiny import tiny

if TYPE_CHECKING:
    from pathlib import Path

    from bandstand.engine.plain import Inputs


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(read_pack(tiny(tmp_path), ask_plugins(points=[]).kinds))


def test_a_sound_pack_has_neither_problem(bench: Bench) -> None:
    assert [*check_order(bench), *check_engines(bench)] == []


def test_order_that_matters_is_a_problem_of_the_framework(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    # Of records that are alike in all that counts, the one that was given first goes.
    monkeypatch.setattr("bandstand.engine.findings._comes_first", lambda *_: False)
    (problem,) = check_order(bench)
    assert (problem.code, problem.severity) == ("order-matters", "error")
    assert problem.place.file == "framework.yaml"
    assert len([line for line in problem.counter_example if line.startswith("E-")]) == 2


@pytest.mark.durable
def test_engines_that_differ_are_a_problem_of_the_rule(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    run = DurableEngine.run

    def wrong(engine: DurableEngine, inputs: Inputs) -> DurableRun:
        found = run(engine, inputs)
        at = engine.program.positions.get("ladder.L1")
        return found if at is None else DurableRun((*found.values[:at], 0, *found.values[at + 1 :]), found.firings)

    monkeypatch.setattr(DurableEngine, "run", wrong)
    (problem,) = check_engines(bench)
    assert (problem.code, problem.severity) == ("engines-differ", "error")
    assert (problem.place.file, problem.place.line) == ("rules/ladder.yaml", 2)
    assert problem.message == "The engines differ on ladder.L1 (agreed): durable-rules True, plain False."
    assert problem.counter_example[-1] == "no evidence"


@pytest.mark.durable
@pytest.mark.parametrize("framework", ["cat_toolkit", "hampshire_careers", "npqel", "smart_equip"])
def test_the_packs_that_are_shipped_have_neither(framework: str) -> None:
    (found,) = find_packs([framework])
    bench = Bench(found.draft)
    assert [*check_order(bench), *check_engines(bench)] == []
