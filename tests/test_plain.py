"""The plain engine sees each condition true, false or unknown, and concludes what the clauses say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bandstand.engine.findings import Sighting
from bandstand.engine.plain import FALSE, NOT_FIRED, TRUE, UNKNOWN, PlainEngine, PlainRun, fact_verdict
from bandstand.errors import EngineError
from bandstand.models.clauses import (
    ConcludedIs,
    Conclusion,
    Condition,
    Fact,
    FactCompares,
    FactIs,
    FactKnown,
    FindingIs,
    Measure,
    MeasureCompares,
    Need,
    Value,
)
from bandstand.models.evidence import EvidenceSource
from bandstand.models.finding import SETTLED_STATES, SHORT_STATES, State

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bandstand.models.clauses import Clause
    from bandstand.rules.program import Program

MET = frozenset({State.MET})


def concludes(name: str = "r.a", values: tuple[Value, ...] = (True, False)) -> Conclusion:
    """A conclusion whose last value is what it is otherwise."""
    return Conclusion(name, values, values[-1], "r", name)


def run(program: Program, states: Sequence[int], facts: Mapping[str, Fact] | None = None) -> PlainRun:
    engine = PlainEngine(program)
    return engine.run(engine.inputs(states, facts or {}))


def value(program: Program, ran: PlainRun, name: str = "r.a") -> Value:
    at = program.positions[name]
    return program.conclusions[at].values[ran.values[at]]


@pytest.mark.parametrize(
    ("state", "verdict"),
    [
        (State.NOT_EVIDENCED, UNKNOWN),
        (State.NOT_MET, FALSE),
        (State.PARTLY_MET, FALSE),
        (State.MET, TRUE),
        (State.NOT_APPLICABLE, TRUE),
        (State.PROVISIONAL, FALSE),
    ],
)
def test_a_finding_without_evidence_is_unknown_and_any_other_is_true_or_false(
    state: State, verdict: int, clause: Callable[..., Clause], clauses_program: Callable[..., Program]
) -> None:
    program = clauses_program(["A"], [concludes()], [clause("r.a", True, FindingIs("A", SETTLED_STATES))])
    assert run(program, [state]).verdicts == [verdict]


def test_a_condition_that_asks_for_silence_is_true_of_it(
    clause: Callable[..., Clause], clauses_program: Callable[..., Program]
) -> None:
    silent = FindingIs("A", frozenset({State.NOT_EVIDENCED}))
    program = clauses_program(["A"], [concludes()], [clause("r.a", True, silent)])
    ran = run(program, [State.NOT_EVIDENCED])
    assert ran.verdicts == [TRUE]
    assert value(program, ran) is True


@pytest.mark.parametrize(
    ("condition", "fact", "verdict"),
    [
        (FactIs("grade", frozenset({"UPS1", "UPS2"})), "UPS1", TRUE),
        (FactIs("grade", frozenset({"UPS1"})), "MPR", FALSE),
        (FactIs("grade", frozenset({"UPS1"})), None, UNKNOWN),
        (FactIs("roles", frozenset({"lead"})), frozenset({"lead", "mentor"}), TRUE),
        (FactIs("roles", frozenset({"lead"})), frozenset({"mentor"}), FALSE),
        (FactIs("roles", frozenset({"lead"})), frozenset[str](), FALSE),
        (FactIs("fte", frozenset({"1"})), 1, FALSE),
        (FactKnown("fte"), 0.0, TRUE),
        (FactKnown("fte"), None, FALSE),
        (FactKnown("fte", known=False), None, TRUE),
        (FactKnown("fte", known=False), 0.5, FALSE),
        (FactCompares("fte", ">", 0.25), 0.25, FALSE),
        (FactCompares("fte", ">=", 0.25), 0.25, TRUE),
        (FactCompares("fte", "<", 0.25), 0.25, FALSE),
        (FactCompares("fte", "<=", 0.25), 0.25, TRUE),
        (FactCompares("fte", ">", 0.25), 0.26, TRUE),
        (FactCompares("fte", ">", 0.25), None, UNKNOWN),
        (FactCompares("fte", ">", 3), "4", FALSE),
    ],
)
def test_a_fact_is_true_false_or_where_it_is_not_known_unknown(
    condition: FactIs | FactKnown | FactCompares, fact: Fact, verdict: int
) -> None:
    assert fact_verdict(condition, {condition.fact: fact}) == verdict
    if fact is None:
        assert fact_verdict(condition, {}) == verdict


def test_an_unknown_fact_neither_holds_nor_fails_its_clause_s_opposite(
    clause: Callable[..., Clause], clauses_program: Callable[..., Program]
) -> None:
    small, large = FactCompares("fte", "<=", 0.5), FactCompares("fte", ">", 0.5)
    program = clauses_program(
        [],
        [concludes(values=("small", "large", None))],
        [clause("r.a", "small", small), clause("r.a", "large", large)],
    )
    ran = run(program, [])
    assert ran.verdicts == [UNKNOWN, UNKNOWN]
    assert value(program, ran) is None
    assert ran.fired == [NOT_FIRED]


@pytest.mark.parametrize(("first", "expected"), [(State.MET, "yes"), (State.NOT_MET, "no")])
def test_a_conclusion_reads_the_value_concluded_before_it(
    first: State, expected: str, clause: Callable[..., Clause], clauses_program: Callable[..., Program]
) -> None:
    program = clauses_program(
        ["A"],
        [concludes("r.b", ("yes", "no", "open")), concludes("r.a")],
        [
            clause("r.b", "yes", ConcludedIs("r.a", frozenset({True}))),
            clause("r.b", "no", ConcludedIs("r.a", frozenset({False}))),
            clause("r.a", True, FindingIs("A", MET)),
        ],
    )
    ran = run(program, [first])
    assert value(program, ran, "r.b") == expected
    assert [ran.verdicts[program.conditions.index(ConcludedIs("r.a", frozenset({v})))] for v in (True, False)] == [
        first is State.MET,
        first is not State.MET,
    ]


def test_an_otherwise_value_is_read_like_any_other(
    clause: Callable[..., Clause], clauses_program: Callable[..., Program]
) -> None:
    program = clauses_program(
        [],
        [concludes("r.a", ("x", None)), concludes("r.b")],
        [clause("r.b", True, ConcludedIs("r.a", frozenset({None})))],
    )
    ran = run(program, [])
    assert value(program, ran, "r.a") is None
    assert value(program, ran, "r.b") is True
    assert ran.fired == [NOT_FIRED, 0]


def test_the_first_clause_that_fires_is_named_when_two_conclude_the_same(
    clause: Callable[..., Clause], clauses_program: Callable[..., Program]
) -> None:
    program = clauses_program(
        ["A", "B"],
        [concludes()],
        [clause("r.a", True, FindingIs("A", MET)), clause("r.a", True, FindingIs("B", MET))],
    )
    assert run(program, [State.MET, State.MET]).fired == [0]
    assert run(program, [State.NOT_MET, State.MET]).fired == [1]


def test_two_values_of_one_conclusion_are_a_contradiction_that_names_rule_and_values(
    clause: Callable[..., Clause], clauses_program: Callable[..., Program]
) -> None:
    program = clauses_program(
        ["A"],
        [concludes(values=("one", "two", None))],
        [clause("r.a", "one", FindingIs("A", MET)), clause("r.a", "two", FindingIs("A", SETTLED_STATES))],
    )
    with pytest.raises(EngineError, match=r"rule r concludes both 'one' and 'two' of r\.a"):
        run(program, [State.MET])
    assert value(program, run(program, [State.NOT_APPLICABLE])) == "two"


@pytest.mark.parametrize(
    ("need", "met", "holds"),
    [
        ("all", 3, True),
        ("all", 2, False),
        ("any", 1, True),
        ("any", 0, False),
        (1, 1, True),
        (1, 0, False),
        (2, 2, True),
        (2, 3, True),
        (2, 1, False),
        (3, 3, True),
        (3, 2, False),
    ],
)
def test_a_clause_holds_when_as_many_of_its_conditions_do_as_it_needs(
    need: Need, met: int, *, holds: bool, clause: Callable[..., Clause], clauses_program: Callable[..., Program]
) -> None:
    conditions = [FindingIs(c, MET) for c in "ABC"]
    program = clauses_program("ABC", [concludes()], [clause("r.a", True, *conditions, need=need)])
    states = [State.MET] * met + [State.NOT_EVIDENCED] * (3 - met)
    for turned in range(3):
        assert value(program, run(program, states[turned:] + states[:turned])) is holds


@pytest.mark.parametrize(("need", "holds"), [("all", True), ("any", False)])
def test_all_of_no_conditions_holds_always_and_any_of_none_never(
    need: Need, *, holds: bool, clause: Callable[..., Clause], clauses_program: Callable[..., Program]
) -> None:
    program = clauses_program([], [concludes()], [clause("r.a", True, need=need)])
    assert value(program, run(program, [])) is holds


@pytest.mark.parametrize(
    ("how", "states", "number"),
    [
        ("count", [State.MET, State.NOT_MET, State.NOT_APPLICABLE], 2),
        ("count", [State.NOT_MET, State.PROVISIONAL, State.NOT_EVIDENCED], 0),
        ("run", [State.MET, State.NOT_MET, State.MET], 1),
        ("run", [State.NOT_MET, State.MET, State.MET], 0),
        ("run", [State.MET, State.NOT_APPLICABLE, State.MET], 3),
    ],
)
def test_a_measure_counts_findings_or_the_run_of_them_from_the_first(
    how: Any,
    states: list[State],
    number: int,
    clause: Callable[..., Clause],
    clauses_program: Callable[..., Program],
) -> None:
    measure = Measure("r.number", how, ("A", "B", "C"), SETTLED_STATES)
    exactly = (MeasureCompares("r.number", ">=", number), MeasureCompares("r.number", "<=", number))
    program = clauses_program("ABC", [concludes()], [clause("r.a", True, *exactly)], [measure])
    engine = PlainEngine(program)
    inputs = engine.inputs(states, {})
    assert inputs.measures == (number,)
    assert value(program, engine.run(inputs)) is True


def test_a_run_goes_in_the_measure_s_order_and_not_the_pack_s(clauses_program: Callable[..., Program]) -> None:
    measure = Measure("r.number", "run", ("C", "A", "B"), SETTLED_STATES)
    program = clauses_program("ABC", [], [], [measure])
    assert PlainEngine(program).inputs([State.MET, State.NOT_MET, State.MET], {}).measures == (2,)


#: A document on A and B, another on B, and an observation of C.
SIGHTINGS = (
    Sighting(EvidenceSource.DOCUMENT, (0, 1)),
    Sighting(EvidenceSource.DOCUMENT, (1,)),
    Sighting(EvidenceSource.OBSERVATION, (2,)),
)


@pytest.mark.parametrize(
    ("how", "criteria", "number"),
    [
        ("evidenced", "ABC", 3),
        ("evidenced", "AB", 2),
        ("evidenced", "D", 0),
        ("kinds", "ABC", 2),
        ("kinds", "AB", 1),
        ("kinds", "D", 0),
        ("records", "ABC", 3),
        ("records", "B", 2),
        ("records", "AC", 2),
        ("records", "D", 0),
    ],
)
def test_a_measure_of_evidence_counts_criteria_kinds_of_source_or_records_and_looks_at_no_finding(
    how: Any, criteria: str, number: int, clause: Callable[..., Clause], clauses_program: Callable[..., Program]
) -> None:
    measure = Measure("r.number", how, tuple(criteria))
    exactly = (MeasureCompares("r.number", ">=", number), MeasureCompares("r.number", "<=", number))
    program = clauses_program("ABCD", [concludes()], [clause("r.a", True, *exactly)], [measure])
    engine = PlainEngine(program)
    inputs = engine.inputs([State.NOT_EVIDENCED] * 4, {}, SIGHTINGS)
    assert inputs.measures == (number,)
    assert value(program, engine.run(inputs)) is True
    assert engine.inputs([State.MET] * 4, {}).measures == (0,)


def test_a_number_past_all_that_it_is_compared_with_is_told_like_the_last(
    clause: Callable[..., Clause], clauses_program: Callable[..., Program]
) -> None:
    measure = Measure("r.records", "records", ("A",))
    few, many = MeasureCompares("r.records", "<=", 2), MeasureCompares("r.records", ">", 2)
    program = clauses_program(
        "A",
        [concludes("r.few"), concludes("r.many")],
        [clause("r.few", True, few), clause("r.many", True, many)],
        [measure],
    )
    engine = PlainEngine(program)
    for records in (0, 2, 3, 4, 500):
        ran = engine.run(engine.inputs([State.MET], {}, [Sighting(EvidenceSource.SELF, (0,))] * records))
        assert [value(program, ran, name) for name in ("r.few", "r.many")] == [records <= 2, records > 2]


@pytest.mark.parametrize(("how", "number"), [("evidenced", 1), ("kinds", 1), ("records", 1)])
def test_a_measure_of_evidence_may_look_at_some_sources_alone(
    how: Any, number: int, clauses_program: Callable[..., Program]
) -> None:
    measure = Measure("r.number", how, ("A", "B", "C"), sources=frozenset({"observation"}))
    engine = PlainEngine(clauses_program("ABC", [], [], [measure]))
    assert engine.inputs([State.MET] * 3, {}, SIGHTINGS).measures == (number,)


def test_what_does_not_apply_to_the_person_is_counted_apart(clauses_program: Callable[..., Program]) -> None:
    hows: tuple[Any, ...] = ("ignored", "evidenced")
    measures = [Measure(f"r.{how}", how, ("A", "B", "C")) for how in hows]
    engine = PlainEngine(clauses_program("ABC", [], [], measures))
    assert engine.inputs([State.MET] * 3, {}, SIGHTINGS[2:], SIGHTINGS[:1]).measures == (2, 1)


def test_a_program_without_clauses_concludes_every_otherwise_value(clauses_program: Callable[..., Program]) -> None:
    program = clauses_program(["A"], [concludes("r.a"), concludes("r.b", (1, 2))], [])
    ran = run(program, [State.MET])
    assert [value(program, ran, name) for name in ("r.a", "r.b")] == [False, 2]
    assert ran.fired == [NOT_FIRED, NOT_FIRED]


def test_runs_leave_nothing_behind_for_the_next(
    clause: Callable[..., Clause], clauses_program: Callable[..., Program]
) -> None:
    conditions: list[Condition] = [FindingIs("A", SHORT_STATES)]
    program = clauses_program(["A"], [concludes()], [clause("r.a", True, *conditions)])
    engine = PlainEngine(program)
    seen = [value(program, engine.run(engine.inputs([s], {}))) for s in (State.NOT_MET, State.MET, State.PARTLY_MET)]
    assert seen == [True, False, True]
