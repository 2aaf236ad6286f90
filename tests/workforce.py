"""Tables of results as tests need them: from evaluations by the engines per person, without the column engine."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pyarrow as pa

from bandstand.cohort.results import SCHEMA
from bandstand.engine.evaluate import Evaluated, Evaluator
from bandstand.examples import evaluate_example
from bandstand.plugins import load_catalogue
from bandstand.workforce.verify import row_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bandstand.plugins import Catalogue


def table_of(evaluated: Iterable[Evaluated], *, every_conclusion: bool = False) -> pa.Table:
    """A row for each evaluation, in order."""
    return pa.Table.from_pylist([row_of(e, every_conclusion=every_conclusion) for e in evaluated], schema=SCHEMA)


@cache
def catalogue() -> Catalogue:
    """What is installed, asked for once."""
    return load_catalogue()


@cache
def examples_evaluated() -> tuple[Evaluated, ...]:
    """Every example of every installed pack that is not about a refusal, by the plain engine."""
    return tuple(_evaluated())


def _evaluated() -> Iterator[Evaluated]:
    for pack in catalogue().packs:
        evaluator = Evaluator(pack, durable=False)
        for example in pack.examples:
            if example.expect.refused is None:
                yield evaluate_example(evaluator, example)
