"""A pack's examples as tests: each run through both engines and through the plain engine alone."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest

import reading
from bandstand.engine.evaluate import Evaluator
from bandstand.examples import try_example

if TYPE_CHECKING:
    from bandstand.models.example import Example

each_engine = pytest.mark.parametrize("engine", [pytest.param("both", marks=pytest.mark.durable), "plain"])


def each_example(framework: str) -> pytest.MarkDecorator:
    """Runs a test once for each example of an installed framework, named as the example is."""
    return pytest.mark.parametrize("example", reading.pack(framework).examples, ids=lambda example: example.name)


@cache
def _evaluator(framework: str, engine: str) -> Evaluator:
    return Evaluator(reading.pack(framework), durable=engine == "both")


def differences(framework: str, example: Example, engine: str) -> tuple[str, ...]:
    """What came out otherwise than the example expects; nothing when it holds."""
    return try_example(_evaluator(framework, engine), example).differences
