"""What generated evidence shows of a pack: that its order matters, or that the engines differ on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bandstand.conformance.invariants import engines_differ, order_matters
from bandstand.conformance.kit import Kit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bandstand.checks.bench import Bench
    from bandstand.conformance.kit import Breach
    from bandstand.models.problem import Problem

#: So many people for each outcome: enough for a check that people wait for; the conformance kit tries more.
_PEOPLE = 5


def check_order(bench: Bench) -> Iterator[Problem]:
    """The smallest evidence of each outcome that comes to something else in another order."""
    for breach in order_matters(Kit(bench.pack, people=_PEOPLE)):
        remedy = "Let a rule kind, or a reader, go by dates and ids, and never by what was given first."
        yield _problem(bench, "order-matters", breach, remedy)


def check_engines(bench: Bench) -> Iterator[Problem]:
    """The smallest evidence of each outcome on which the engines differ; nothing without durable-rules."""
    for breach in engines_differ(Kit(bench.pack, people=_PEOPLE)):
        remedy = "Report it with these lines: it is a fault of Bandstand, or of the rule kind."
        yield _problem(bench, "engines-differ", breach, remedy)


def _problem(bench: Bench, code: str, breach: Breach, remedy: str) -> Problem:
    if breach.rule is not None:
        return bench.of_rule(breach.rule, (), code, breach.says, remedy, counter_example=breach.shows)
    problem = bench.of_framework((), code, breach.says, remedy)
    return problem.model_copy(update={"counter_example": breach.shows})
