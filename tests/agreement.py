"""How two engines are held against each other: what they conclude, and what fires for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bandstand.engine.plain import TRUE
from bandstand.engine.ruleset import MOST_JOINED, Firing
from bandstand.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bandstand.engine.durable import DurableEngine, DurableRun
    from bandstand.engine.plain import PlainEngine, PlainRun
    from bandstand.models.clauses import Fact
    from bandstand.rules.program import Program


def ran(run: Callable[[], Any]) -> Any:
    """What an engine ran to, or None for a contradiction that it found."""
    try:
        return run()
    except EngineError as error:
        if "conclude" not in str(error):
            raise
        return None


def compare(plain: PlainEngine, durable: DurableEngine, states: Sequence[int], facts: dict[str, Fact]) -> None:
    """See that both engines find a contradiction, or that they agree on everything."""
    inputs = plain.inputs(states, facts)
    one: PlainRun | None = ran(lambda: plain.run(inputs))
    other: DurableRun | None = ran(lambda: durable.run(inputs))
    assert (one is None) == (other is None)
    if one is not None and other is not None:
        assert_agreed(plain.program, one, other)


def assert_agreed(program: Program, one: PlainRun, other: DurableRun) -> None:
    """See that durable-rules concluded what the plain engine did, each by the firings that its conditions call for."""
    assert list(other.values) == list(one.values)
    fired = set(other.firings)
    assert len(fired) == len(other.firings)
    assert fired == expected_firings(program, one)


def expected_firings(program: Program, run: PlainRun) -> set[Firing]:
    """One for each clause that asks for all or some and has them, and where conditions fire alone, one for each."""
    firings: set[Firing] = set()
    for clause in program.clauses:
        holding = [at for at in clause.conditions if run.verdicts[at] == TRUE]
        needed = len(clause.conditions) if clause.need == "all" else clause.need
        if clause.need != "all" or len(clause.conditions) > MOST_JOINED:
            firings.update(Firing(clause.number, at) for at in holding)
        if needed != "any" and len(holding) >= int(needed):
            firings.add(Firing(clause.number, None))
    return firings
