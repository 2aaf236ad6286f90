"""The smallest change is exact: no fewer criteria would do, and among as few it asks for the nearest."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bandstand.engine.plain import PlainEngine
from bandstand.engine.smallest_change import open_criteria, smallest_change
from bandstand.models.clauses import ConcludedIs, Conclusion, FactIs, FindingIs, Value
from bandstand.models.finding import SETTLED_STATES, State

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bandstand.models.clauses import Clause
    from bandstand.rules.program import Program

DISTANCE = {
    State.PROVISIONAL: 0,
    State.PARTLY_MET: 1,
    State.SAID_PARTLY_MET: 1,
    State.NOT_EVIDENCED: 2,
    State.NOT_MET: 3,
    State.SAID_NOT_MET: 3,
}
OPEN = list(DISTANCE)


def ladder(*levels: dict[str, Any]) -> dict[str, Any]:
    return {"id": "ladder", "kind": "cumulative_levels", "levels": list(levels)}


def change(
    program: Program, states: Sequence[int], name: str = "ladder.L1", *, value: Value = True
) -> tuple[str, ...] | None:
    engine = PlainEngine(program)
    return smallest_change(program, states, engine.run(engine.inputs(states, {})), name, value)


def held(engine: PlainEngine, states: Sequence[int], name: str) -> bool:
    run = engine.run(engine.inputs(states, {}))
    at = engine.program.positions[name]
    return engine.program.conclusions[at].values[run.values[at]] is True


def with_met(program: Program, states: Sequence[int], met: Sequence[str]) -> list[int]:
    return [int(State.MET) if c in met else s for c, s in zip(program.criteria, states, strict=True)]


def brute_force(program: Program, states: Sequence[int], name: str) -> tuple[int, int] | None:
    """Size and distance of the cheapest change, by trying every set of criteria."""
    engine = PlainEngine(program)
    for size in range(len(states) + 1):
        costs = [
            sum(DISTANCE.get(State(states[program.criteria.index(c)]), 0) for c in met)
            for met in itertools.combinations(program.criteria, size)
            if held(engine, with_met(program, states, met), name)
        ]
        if costs:
            return size, min(costs)
    return None


@st.composite
def ladders(draw: st.DrawFn) -> tuple[list[str], dict[str, Any]]:
    """Ladders over a few criteria that levels share, needing some or all, built on one another in any order."""
    criteria = [f"C{n}" for n in range(draw(st.integers(2, 7)))]
    levels = []
    for number in range(1, draw(st.integers(1, 4)) + 1):
        asked = draw(st.lists(st.sampled_from(criteria), min_size=1, max_size=5, unique=True))
        level: dict[str, Any] = {"level": number, "criteria": asked}
        level["need"] = draw(st.sampled_from(["all", *range(1, len(asked) + 1)]))
        if number > 1 and draw(st.booleans()):
            below = st.lists(st.integers(1, number - 1), max_size=number - 1, unique=True)
            level["builds_on"] = draw(below)
        levels.append(level)
    return criteria, ladder(*levels)


@given(ladders(), st.data())
def test_no_fewer_criteria_and_none_nearer_would_reach_a_level(
    rules_program: Callable[..., Program], drawn: tuple[list[str], dict[str, Any]], data: st.DataObject
) -> None:
    criteria, rule = drawn
    program = rules_program(criteria, [rule])
    states = data.draw(st.lists(st.sampled_from(list(State)), min_size=len(criteria), max_size=len(criteria)))
    for level in rule["levels"]:
        name = f"ladder.L{level['level']}"
        found = change(program, states, name)
        assert found is not None
        assert held(PlainEngine(program), with_met(program, states, found), name)
        distance = sum(DISTANCE.get(states[criteria.index(c)], 0) for c in found)
        assert (len(found), distance) == brute_force(program, states, name)


@given(ladders(), st.data())
def test_every_criterion_of_the_smallest_change_is_open_and_in_the_pack_s_order(
    rules_program: Callable[..., Program], drawn: tuple[list[str], dict[str, Any]], data: st.DataObject
) -> None:
    criteria, rule = drawn
    program = rules_program(criteria, [rule])
    states = data.draw(st.lists(st.sampled_from(list(State)), min_size=len(criteria), max_size=len(criteria)))
    name = f"ladder.L{rule['levels'][-1]['level']}"
    engine = PlainEngine(program)
    run = engine.run(engine.inputs(states, {}))
    found = change(program, states, name)
    assert found is not None
    between = open_criteria(program, run, name, True)
    assert set(found) <= set(between)
    assert all(states[criteria.index(c)] not in SETTLED_STATES for c in between)
    for ids in (found, between):
        assert list(ids) == sorted(ids, key=criteria.index)


@given(ladders(), st.data())
def test_nothing_has_to_change_where_the_level_is_held(
    rules_program: Callable[..., Program], drawn: tuple[list[str], dict[str, Any]], data: st.DataObject
) -> None:
    criteria, rule = drawn
    program = rules_program(criteria, [rule])
    any_state = st.sampled_from([*SETTLED_STATES, *OPEN])
    states = data.draw(st.lists(any_state, min_size=len(criteria), max_size=len(criteria)))
    name = "ladder.L1"
    assume(held(PlainEngine(program), states, name))
    assert change(program, states, name) == ()


def test_every_open_criterion_of_a_level_and_of_those_below_is_needed(rules_program: Callable[..., Program]) -> None:
    rule = ladder({"level": 1, "criteria": ["A", "B"]}, {"level": 2, "criteria": ["C", "D"]})
    program = rules_program("ABCD", [rule])
    assert change(program, [State.MET, State.NOT_MET, State.MET, State.NOT_EVIDENCED], "ladder.L2") == ("B", "D")


def test_a_criterion_that_serves_two_levels_is_preferred(rules_program: Callable[..., Program]) -> None:
    rule = ladder(
        {"level": 1, "criteria": ["A", "B"], "need": 1},
        {"level": 2, "criteria": ["B", "C"], "need": 1},
    )
    program = rules_program("ABC", [rule])
    partly, not_met = State.PARTLY_MET, State.NOT_MET
    assert change(program, [partly, not_met, partly], "ladder.L2") == ("B",)


def test_as_few_and_nearer_to_being_met_is_preferred(rules_program: Callable[..., Program]) -> None:
    program = rules_program("ABCD", [ladder({"level": 1, "criteria": list("ABCD"), "need": 2})])
    nearest_last = [State.NOT_MET, State.NOT_EVIDENCED, State.PARTLY_MET, State.PROVISIONAL]
    assert change(program, nearest_last) == ("C", "D")
    assert change(program, nearest_last[::-1]) == ("A", "B")
    assert change(program, [State.NOT_MET] * 4) == ("A", "B")
    assert change(program, [State.NOT_MET, State.MET, State.NOT_EVIDENCED, State.NOT_MET]) == ("C",)


def test_a_level_that_builds_on_none_asks_for_nothing_below(rules_program: Callable[..., Program]) -> None:
    rule = ladder({"level": 1, "criteria": ["A"]}, {"level": 2, "criteria": ["B"], "builds_on": []})
    assert change(rules_program("AB", [rule]), [State.NOT_MET, State.NOT_MET], "ladder.L2") == ("B",)


def test_there_is_none_where_no_finding_brings_it_about(
    clause: Callable[..., Clause], clauses_program: Callable[..., Program]
) -> None:
    made = [Conclusion(n, (True, False), False, "r", n) for n in ("r.fact", "r.never", "r.read", "r.short", "r.either")]
    true = frozenset({True})
    program = clauses_program(
        ["A"],
        made,
        [
            clause("r.fact", True, FactIs("grade", frozenset({"UPS1"})), FindingIs("A", SETTLED_STATES)),
            clause("r.read", True, ConcludedIs("r.never", true)),
            clause("r.short", True, FindingIs("A", frozenset({State.NOT_MET}))),
            clause("r.either", True, ConcludedIs("r.never", true), FindingIs("A", SETTLED_STATES), need="any"),
        ],
    )
    for name in ("r.fact", "r.never", "r.read", "r.short"):
        assert change(program, [State.NOT_EVIDENCED], name) is None
    assert change(program, [State.NOT_EVIDENCED], "r.either") == ("A",)


def test_any_of_several_clauses_will_do(clause: Callable[..., Clause], clauses_program: Callable[..., Program]) -> None:
    settled = {c: FindingIs(c, SETTLED_STATES) for c in "ABC"}
    program = clauses_program(
        "ABC",
        [Conclusion("r.a", (True, False), False, "r", "a")],
        [clause("r.a", True, settled["A"], settled["B"]), clause("r.a", True, settled["C"])],
    )
    assert change(program, [State.PARTLY_MET, State.PARTLY_MET, State.NOT_MET], "r.a") == ("C",)
    assert change(program, [State.MET, State.PARTLY_MET, State.NOT_MET], "r.a") == ("B",)


@pytest.mark.parametrize("size", [12, 30])
def test_many_ways_to_a_level_are_still_answered_exactly(size: int, rules_program: Callable[..., Program]) -> None:
    criteria = [f"C{n}" for n in range(size)]
    program = rules_program(criteria, [ladder({"level": 1, "criteria": criteria, "need": size // 2})])
    states = [State.PARTLY_MET if n % 2 else State.NOT_MET for n in range(size)]
    assert change(program, states) == tuple(criteria[1::2])


def test_a_level_that_builds_on_the_same_one_in_many_ways_asks_for_it_once(
    rules_program: Callable[..., Program],
) -> None:
    # Each level builds on the two below it, so there are hundreds of millions of ways down from the last to the first.
    levels = [
        {"level": n, "criteria": [f"C{n}"], "builds_on": [b for b in (n - 1, n - 2) if b > 0]} for n in range(1, 41)
    ]
    criteria = [f"C{n}" for n in range(1, 41)]
    program = rules_program(criteria, [ladder(*levels)])
    assert change(program, [State.NOT_MET] * 40, "ladder.L40") == tuple(criteria)
