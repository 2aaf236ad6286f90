"""The pack's examples, each run through both engines and through the plain engine alone."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest

from bandstand.engine.evaluate import Evaluator
from bandstand.examples import run_example
from bandstand.plugins import load_catalogue

if TYPE_CHECKING:
    from bandstand.models.example import Example
    from bandstand.packs.pack import Pack


@cache
def pack() -> Pack:
    return load_catalogue().frameworks()["smart_equip"]


@cache
def evaluator(engine: str) -> Evaluator:
    return Evaluator(pack(), durable=engine == "both")


@pytest.mark.parametrize("engine", [pytest.param("both", marks=pytest.mark.durable), "plain"])
@pytest.mark.parametrize("example", pack().examples, ids=lambda example: example.name)
def test_example(example: Example, engine: str) -> None:
    assert run_example(evaluator(engine), example) == []
