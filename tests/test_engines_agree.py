"""Both engines conclude the same of random rules and random people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agreement import compare
from bandstand.engine.durable import DurableEngine
from bandstand.engine.plain import PlainEngine
from bandstand.engine.ruleset import MOST_JOINED
from bandstand.models.clauses import ConcludedIs, Conclusion, FactCompares, FactIs, FactKnown, FindingIs, Need
from bandstand.models.finding import State

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Sequence

    from bandstand.models.clauses import Clause, Condition, Fact
    from bandstand.rules.program import Program

pytestmark = pytest.mark.durable

#: Rulesets cannot be taken back, so there are few programs, and many people for each.
PROGRAMS = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
PEOPLE = 30
GRADES = [f"teaching:G{n}" for n in range(1, 7)]
ROLES = ["lead", "mentor", "governor"]
OUTCOMES = ["rest", "talk", "visit"]


@st.composite
def ladders(draw: st.DrawFn, criteria: list[str]) -> dict[str, Any]:
    levels = []
    for number in range(1, draw(st.integers(1, 5)) + 1):
        asked = draw(st.lists(st.sampled_from(criteria), min_size=1, max_size=4, unique=True))
        level = {"level": number, "criteria": asked, "need": draw(st.sampled_from(["all", *range(1, len(asked) + 1)]))}
        if draw(st.booleans()):
            level["builds_on"] = draw(st.lists(st.sampled_from(range(1, number + 1)), max_size=3, unique=True))
            level["builds_on"] = [n for n in level["builds_on"] if n < number]
        levels.append(level)
    return {"id": "ladder", "kind": "cumulative_levels", "levels": levels}


@st.composite
def bands(draw: st.DrawFn, most: int) -> dict[str, Any]:
    grades, roles = draw(st.permutations(GRADES)), draw(st.permutations(ROLES))
    made = []
    for n in range(draw(st.integers(1, 3))):
        bounds = sorted(draw(st.lists(st.integers(0, most), min_size=3, max_size=3)))
        made.append(
            {
                "id": f"band{n}",
                "grades": grades[2 * n : 2 * n + draw(st.integers(0, 2))],
                "roles": [roles[n]],
                "from": bounds[0],
                "gold": bounds[1],
                "to": draw(st.sampled_from([None, bounds[2]])),
            }
        )
    return {"id": "expected", "kind": "expected_band", "level": "ladder.level", "bands": made}


@st.composite
def tables(draw: st.DrawFn, name: str, most: int) -> dict[str, Any]:
    hit = draw(st.sampled_from(["first", "unique", "collect"]))
    words = st.lists(st.sampled_from(GRADES), min_size=1, max_size=3, unique=True)
    cells: dict[str, st.SearchStrategy[Any]] = {
        "level": st.lists(st.integers(0, most), min_size=1, max_size=3, unique=True) | st.integers(0, most),
        "zone": st.sampled_from(["red", "amber", "gold", "green", None]),
        "held": st.booleans() | st.just([True, False]),
        "stopped": st.sampled_from(["shortfall", "absence", "nothing"]),
        "grade": words | st.sampled_from(["known", "unknown"]),
        "roles": st.sampled_from(ROLES),
        "fte": st.sampled_from(["> 0.25", ">= 0.5", "< 0.5", "<= 0.25", "known", "unknown"]),
    }
    rows = []
    for _ in range(draw(st.integers(1, 5))):
        columns = draw(st.lists(st.sampled_from(sorted(cells)), max_size=3, unique=True))
        rows.append({"when": {c: draw(cells[c]) for c in columns}, "then": draw(st.sampled_from(OUTCOMES))})
    rule: dict[str, Any] = {
        "id": name,
        "kind": "decision_table",
        "hit": hit,
        "inputs": {
            "level": {"conclusion": "ladder.level"},
            "zone": {"conclusion": "expected.zone"},
            "held": {"conclusion": "ladder.L1"},
            "stopped": {"conclusion": "ladder.stopped_by"},
            **{fact: {"fact": fact} for fact in ("grade", "roles", "fte")},
        },
        "rows": rows,
    }
    if hit != "collect" and draw(st.booleans()):
        rule["otherwise"] = {"then": draw(st.sampled_from(OUTCOMES)), "source": 1}
    return rule


@st.composite
def packs(draw: st.DrawFn) -> tuple[list[str], list[dict[str, Any]]]:
    criteria = [f"L{n}.1" for n in range(1, draw(st.integers(2, 8)) + 1)]
    ladder = draw(ladders(criteria))
    most = len(ladder["levels"])
    return criteria, [draw(tables("action", most)), draw(bands(most)), ladder, draw(tables("notes", most))]


def someone(dice: random.Random) -> dict[str, Fact]:
    return {
        "grade": dice.choice([None, *GRADES]),
        "roles": frozenset(dice.sample(ROLES, dice.randint(0, 3))),
        "fte": dice.choice([None, 0.0, 0.25, 0.26, 0.5, 1]),
    }


def findings(dice: random.Random, size: int) -> list[int]:
    likely: list[int] = dice.choice([[3], [3, 3, 3, 1], [int(state) for state in State]])
    return [dice.choice(likely) for _ in range(size)]


@PROGRAMS
@given(packs(), st.randoms(use_true_random=False))
def test_the_engines_agree_on_levels_zones_and_tables(
    rules_program: Callable[..., Program], pack: tuple[list[str], list[dict[str, Any]]], dice: random.Random
) -> None:
    program = rules_program(*pack)
    plain, durable = PlainEngine(program), DurableEngine(program)
    for _ in range(PEOPLE):
        compare(plain, durable, findings(dice, len(program.criteria)), someone(dice))


@settings(PROGRAMS, max_examples=15)
@given(st.integers(1, 12), st.randoms(use_true_random=False))
def test_the_engines_agree_on_colours(rules_program: Callable[..., Program], size: int, dice: random.Random) -> None:
    criteria = [f"L{n}" for n in range(size)]
    order = dice.sample(criteria, dice.randint(1, size))
    program = rules_program(criteria, [{"id": "sheet", "kind": "ragging", "order": order}], "review")
    plain, durable = PlainEngine(program), DurableEngine(program)
    for _ in range(PEOPLE):
        compare(plain, durable, findings(dice, size), {})


@pytest.mark.parametrize("size", range(MOST_JOINED - 2, MOST_JOINED + 3))
@settings(PROGRAMS, max_examples=4)
@given(dice=st.randoms(use_true_random=False))
def test_the_engines_agree_on_clauses_about_as_long_as_durable_rules_can_join(
    rules_program: Callable[..., Program], size: int, dice: random.Random
) -> None:
    criteria = [f"L1.{n}" for n in range(size)]
    levels = [{"level": 1, "criteria": criteria}, {"level": 2, "criteria": dice.sample(criteria, size - 1)}]
    program = rules_program(criteria, [{"id": "ladder", "kind": "cumulative_levels", "levels": levels}])
    plain, durable = PlainEngine(program), DurableEngine(program)
    for _ in range(PEOPLE):
        compare(plain, durable, findings(dice, size), {})


@st.composite
def conditions(draw: st.DrawFn, readable: Sequence[str]) -> Condition:
    kinds: list[st.SearchStrategy[Condition]] = [
        st.builds(FindingIs, st.sampled_from("ABC"), st.frozensets(st.sampled_from(list(State)), min_size=1)),
        st.builds(FactIs, st.just("grade"), st.frozensets(st.sampled_from(GRADES[:3]), min_size=1)),
        st.builds(FactKnown, st.just("fte"), st.booleans()),
        st.builds(FactCompares, st.just("fte"), st.sampled_from(["<", "<=", ">", ">="]), st.sampled_from([0.25, 0.5])),
    ]
    if readable:
        values = st.frozensets(st.sampled_from(["low", "high", None]), min_size=1)
        kinds.append(st.builds(ConcludedIs, st.sampled_from(readable), values))
    return draw(st.one_of(kinds))


@st.composite
def loose_clauses(draw: st.DrawFn) -> list[tuple[str, str, Need, list[Condition]]]:
    """Clauses as a stranger's rule kind might lower to: conditions on anything, any need."""
    names = [f"r.{n}" for n in range(draw(st.integers(1, 4)))]
    made: list[tuple[str, str, Need, list[Condition]]] = []
    for at, name in enumerate(names):
        for _ in range(draw(st.integers(1, 3))):
            chosen = draw(st.lists(conditions(names[:at]), min_size=1, max_size=4, unique=True))
            need = draw(st.sampled_from(["all", "any", *range(1, len(chosen) + 1)]))
            made.append((name, draw(st.sampled_from(["low", "low", "high"])), need, chosen))
    return made


@PROGRAMS
@given(loose_clauses(), st.randoms(use_true_random=False))
def test_the_engines_agree_on_clauses_that_no_shipped_kind_lowers_to(
    clause: Callable[..., Clause],
    clauses_program: Callable[..., Program],
    loose: list[tuple[str, str, Need, list[Condition]]],
    dice: random.Random,
) -> None:
    declared = [Conclusion(n, ("low", "high", None), None, "r", n) for n in dict.fromkeys(one[0] for one in loose)]
    clauses = [clause(name, value, *asked, need=need) for name, value, need, asked in loose]
    program = clauses_program("ABC", declared, clauses)
    plain, durable = PlainEngine(program), DurableEngine(program)
    for _ in range(PEOPLE):
        compare(plain, durable, findings(dice, 3), someone(dice))
