"""Rules that no example exercises: what they do could change, and no test of the pack would tell."""

from __future__ import annotations

import contextlib
import datetime as dt
from typing import TYPE_CHECKING

from bandstand.coverage import Coverage, unexercised
from bandstand.errors import BandstandError
from bandstand.examples import evaluate_example

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bandstand.checks.bench import Bench
    from bandstand.models.problem import Problem


def check_exercised(bench: Bench) -> Iterator[Problem]:
    """A warning for each rule of which no example shows more than what it does when nothing is known of somebody."""
    pack, evaluator = bench.pack, bench.evaluator
    seen = Coverage(evaluator)
    for example in pack.examples:
        # What an example cannot show, being refused or failing, it does not exercise.
        with contextlib.suppress(BandstandError):
            seen.see(evaluate_example(evaluator, example))
    day = next((example.as_of for example in pack.examples), pack.framework.valid_from or dt.date(2000, 1, 1))
    for rule in unexercised(evaluator, seen, day):
        message = f'No example exercises the rule "{rule}": none shows more of it than an empty record does.'
        remedy = "Add an example in which it does something; `bandstand test --uncovered` lists what it can do."
        yield bench.of_rule(rule, (), "unexercised-rule", message, remedy, severity="warning")
