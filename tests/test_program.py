"""Compiling finds what no single rule can see, and puts conclusions in layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bandstand.errors import EngineError
from bandstand.models.clauses import (
    ConcludedIs,
    Conclusion,
    FindingIs,
    Lowered,
    Measure,
    MeasureCompares,
    Need,
    Scope,
)
from bandstand.models.finding import State
from bandstand.rules.program import compile_program

if TYPE_CHECKING:
    from collections.abc import Callable

    from bandstand.models.clauses import Clause, Condition
    from bandstand.rules.program import Program

MET = frozenset({State.MET})
TRUE = frozenset({True})


def concludes(name: str, rule: str = "r") -> Conclusion:
    return Conclusion(name, (True, False), False, rule, name)


@pytest.mark.parametrize(
    ("conclusion", "value", "condition", "message"),
    [
        ("r.z", True, FindingIs("A", MET), r"a clause concludes r\.z, which no rule declares"),
        ("r.a", "maybe", FindingIs("A", MET), r"r\.a is declared never to be 'maybe'"),
        ("r.a", True, FindingIs("Z", MET), r"r\.a reads criterion Z, which is not there"),
        ("r.a", True, ConcludedIs("r.z", TRUE), r"r\.a reads r\.z, which no rule of its scope concludes"),
        ("r.a", True, MeasureCompares("r.z", ">", 1), r"r\.a reads measure r\.z, which is not there"),
        ("r.a", True, ConcludedIs("r.a", TRUE), r"conclusions read one another in a circle: r\.a reads r\.a"),
    ],
)
def test_a_clause_that_names_what_is_not_there_is_refused_by_name(
    conclusion: str,
    value: bool | str,  # noqa: FBT001 - a parameter of the table above
    condition: Condition,
    message: str,
    clause: Callable[..., Clause],
    clauses_program: Callable[..., Program],
) -> None:
    with pytest.raises(EngineError, match=message):
        clauses_program(["A"], [concludes("r.a")], [clause(conclusion, value, condition)])


def test_two_rules_may_not_conclude_the_same(clauses_program: Callable[..., Program]) -> None:
    with pytest.raises(EngineError, match=r"concluded by two rules: r\.a, r\.b\.$"):
        clauses_program([], [concludes(n) for n in ("r.b", "r.a", "r.c", "r.a", "r.b")], [])


def test_a_circle_of_conclusions_is_named_in_full(
    clause: Callable[..., Clause], clauses_program: Callable[..., Program]
) -> None:
    names = ["r.a", "r.b", "r.c"]
    clauses = [
        clause(name, True, ConcludedIs(other, TRUE)) for name, other in zip(names, names[1:] + names[:1], strict=True)
    ]
    with pytest.raises(EngineError, match="circle: ") as caught:
        clauses_program([], [concludes(n) for n in names], clauses)
    assert all(name in str(caught.value) for name in names)


def test_what_a_conclusion_is_otherwise_is_one_of_its_values() -> None:
    lowered = Lowered("position", (Conclusion("r.a", (1, 2), 3, "r", "A"),), ())
    with pytest.raises(EngineError, match=r"r\.a is otherwise 3, and can be \(1, 2\)"):
        compile_program("p", "position", ["A"], [lowered])


def test_a_measure_reads_only_criteria_that_are_there() -> None:
    lowered = Lowered("position", (), (), (Measure("r.count", "count", ("A", "Z"), frozenset({State.MET})),))
    with pytest.raises(EngineError, match=r"measure r\.count reads Z, which is not there"):
        compile_program("p", "position", ["A"], [lowered])


@pytest.mark.parametrize(("need", "conditions"), [(0, 2), (-1, 2), (3, 2), (2, 1), (1, 0)])
def test_a_clause_cannot_need_none_of_its_conditions_or_more_than_it_has(
    need: Need, conditions: int, clause: Callable[..., Clause], clauses_program: Callable[..., Program]
) -> None:
    asked = [FindingIs(c, MET) for c in "ABC"[:conditions]]
    with pytest.raises(EngineError, match=r"r\.a"):
        clauses_program("ABC", [concludes("r.a")], [clause("r.a", True, *asked, need=need)])


def test_a_condition_named_twice_is_one_of_those_that_a_clause_has(
    clause: Callable[..., Clause], clauses_program: Callable[..., Program]
) -> None:
    twice = [FindingIs("A", MET), FindingIs("A", MET)]
    with pytest.raises(EngineError, match=r"r\.a"):
        clauses_program("A", [concludes("r.a")], [clause("r.a", True, *twice, need=2)])


@pytest.mark.parametrize(("scope", "names"), [("position", ["p.a"]), ("review", ["v.a"])])
def test_only_the_rules_of_the_scope_are_compiled(
    scope: Scope, names: list[str], unused_name: Callable[[], str]
) -> None:
    parts = [
        Lowered("position", (concludes("p.a", "p"),), ()),
        Lowered("review", (concludes("v.a", "v"),), ()),
    ]
    program = compile_program(unused_name(), scope, [], parts)
    assert [c.name for c in program.conclusions] == names


def test_a_rule_may_not_read_the_conclusion_of_another_scope(
    clause: Callable[..., Clause], unused_name: Callable[[], str]
) -> None:
    parts = [
        Lowered("position", (concludes("p.a", "p"),), (clause("p.a", True, ConcludedIs("v.a", TRUE)),)),
        Lowered("review", (concludes("v.a", "v"),), ()),
    ]
    with pytest.raises(EngineError, match=r"p\.a reads v\.a, which no rule of its scope concludes"):
        compile_program(unused_name(), "position", [], parts)


def test_a_conclusion_lies_one_layer_above_the_highest_that_it_reads(
    clause: Callable[..., Clause], clauses_program: Callable[..., Program]
) -> None:
    program = clauses_program(
        ["A"],
        [concludes(n) for n in ("r.top", "r.middle", "r.base", "r.unread")],
        [
            clause("r.top", True, ConcludedIs("r.middle", TRUE), ConcludedIs("r.base", TRUE)),
            clause("r.top", False, FindingIs("A", MET)),
            clause("r.middle", True, ConcludedIs("r.base", TRUE)),
            clause("r.base", True, FindingIs("A", MET)),
        ],
    )
    layers = [[program.conclusions[at].name for at in layer.conclusions] for layer in program.layers]
    assert layers == [["r.base", "r.unread"], ["r.middle"], ["r.top"]]
    assert [[c.number for c in layer.clauses] for layer in program.layers] == [[3], [2], [0, 1]]
    assert [c.number for c in program.clauses] == [0, 1, 2, 3]


def test_a_condition_that_many_clauses_ask_is_held_once(
    clause: Callable[..., Clause], clauses_program: Callable[..., Program]
) -> None:
    program = clauses_program(
        ["A"],
        [concludes("r.a"), concludes("r.b")],
        [clause("r.a", True, FindingIs("A", MET)), clause("r.b", True, FindingIs("A", MET), FindingIs("A", MET))],
    )
    assert program.conditions == (FindingIs("A", MET),)
    assert [c.conditions for c in program.clauses] == [(0,), (0,)]


def test_positions_and_measures_follow_the_order_of_the_rules(clauses_program: Callable[..., Program]) -> None:
    measures = [Measure(n, "count", ("A",), MET) for n in ("r.m2", "r.m1")]
    program = clauses_program("BA", [concludes("r.b"), concludes("r.a")], [], measures)
    assert program.criteria == ("B", "A")
    assert program.positions == {"r.b": 0, "r.a": 1}
    assert [m.name for m in program.measures] == ["r.m2", "r.m1"]


def test_a_program_of_nothing_has_one_empty_layer(clauses_program: Callable[..., Program]) -> None:
    program = clauses_program([], [], [])
    assert [(layer.conclusions, layer.clauses) for layer in program.layers] == [((), ())]
