"""A formula says of whatever evidence there is what the engine says of it."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from functools import cache
from typing import TYPE_CHECKING

import pytest

from bandstand.checks.ask import Asked
from bandstand.checks.formula import Formula
from bandstand.checks.inputs import Inputs, OfCriterion, OfFact, inputs_of
from bandstand.engine.evaluate import Evaluator
from bandstand.engine.plain import EVIDENCE_MEASURES, TRUE, PlainEngine
from bandstand.models.clauses import (
    Conclusion,
    FactCompares,
    FactIs,
    FactKnown,
    FindingIs,
    Measure,
    MeasureCompares,
)
from bandstand.models.evidence import Evidence, EvidenceSource, Person
from bandstand.models.finding import State
from bandstand.plugins import load_catalogue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bandstand.engine.evaluate import Run
    from bandstand.models.clauses import Clause, Comparison, Condition, Fact
    from bandstand.models.framework import Outcome
    from bandstand.packs.pack import Pack
    from bandstand.rules.program import Program

PACKS = load_catalogue().frameworks()
OUTCOMES = [(name, outcome.id) for name, pack in PACKS.items() for outcome in pack.framework.outcomes]
AS_OF = dt.date(2025, 7, 31)


@cache
def evaluator(name: str) -> Evaluator:
    return Evaluator(PACKS[name], durable=False)


def evidence(pack: Pack, outcome: Outcome, chance: random.Random) -> Iterator[Evidence]:
    """Random records about what the outcome asks for: any source, claim and date, agreed or not."""
    names = sorted(pack.named_for(outcome))
    for number in range(chance.choice([0, 3, 30, 200])):
        name = chance.choice(names)
        yield Evidence(
            id=f"E-{number}",
            person="P-1",
            framework=pack.id,
            criteria=(name,),
            claim=chance.choice(pack.unfolded.claims_of(name)),
            source=chance.choice(list(EvidenceSource)),
            date=AS_OF - dt.timedelta(days=chance.randrange(300)),
            moderated_by=chance.choice([None, "A-1"]),
        )


def somebody(pack: Pack, chance: random.Random) -> Person:
    framework = pack.framework
    return Person(
        person="P-1",
        grade=chance.choice([None, *(grade.id for grade in framework.grades)]),
        roles=tuple(role.id for role in framework.roles if chance.random() < 0.2),
        fte=chance.choice([None, 0.2, 0.25, 0.3, 1.0]),
        career_stage=chance.choice([None, *(stage.id for stage in framework.career_stages)]),
        flags=tuple(flag.id for flag in framework.flags if chance.random() < 0.5),
        facts={
            fact.id: chance.choice([value.id for value in fact.values])
            for fact in framework.facts
            if fact.of == "person" and fact.values and chance.random() < 0.7
        },
    )


def asked_of(name: str, outcome: Outcome) -> Asked:
    own = evaluator(name)
    program = own.program(outcome.id)
    return Asked(Formula(program, inputs_of(own, outcome, program)))


def given(asked: Asked, run: Run) -> list[object]:
    """The literals of what a run was given."""
    formula = asked.formula
    facts = run.inputs.facts
    literals: list[object] = []
    for fact in formula.inputs.facts:
        value = facts[fact.fact]
        for of, literal in formula.facts[fact.fact].items():
            if fact.several:
                assert isinstance(value, frozenset)
                literals.append(literal if of in value else asked.neither(literal))
            elif of == value and fact.fact not in ("fte", "months_in_role"):
                literals.append(literal)
    for criterion, state in zip(run.program.criteria, run.inputs.states, strict=True):
        literals += [literal for of, literal in formula.criteria[criterion].items() if State(state) in of]
    return literals


@pytest.mark.parametrize(("name", "of"), OUTCOMES, ids=lambda part: part)
def test_a_formula_allows_all_that_evidence_brings_about_and_concludes_the_same(name: str, of: str) -> None:
    pack = PACKS[name]
    outcome = pack.outcomes[of]
    asked = asked_of(name, outcome)
    program = asked.formula.program
    determined = not any(measure.how in EVIDENCE_MEASURES for measure in program.measures)
    numbers = {fact.fact for fact in asked.formula.inputs.facts} & {"fte", "months_in_role"}
    for seed in range(12):
        chance = random.Random(f"{name} {of} {seed}")  # noqa: S311 - the same every time
        person = somebody(pack, chance)
        evaluated = evaluator(name).evaluate(person, list(evidence(pack, outcome, chance)), AS_OF, outcome=of)
        for run in evaluated.positions.values():
            seen = [
                literal if verdict == TRUE else asked.neither(literal)
                for literal, verdict in zip(asked.formula.conditions, run.plain.verdicts, strict=True)
            ]
            assert asked.is_possible(*given(asked, run), *seen), (seed, run.findings.view)
            if determined and not numbers:
                model = asked.model(*given(asked, run))
                for at, value in enumerate(run.plain.values):
                    assert asked.holds(model, asked.formula.values[at][value]), program.conclusions[at].name


#: Three criteria, of which the last applies to people on leave alone, and facts of each sort.
STATES = (State.NOT_EVIDENCED, State.NOT_MET, State.MET)
SMALL = Inputs(
    criteria=tuple(
        OfCriterion(name, (*map(frozenset, ([state] for state in STATES)), *also), only_if)
        for name, also, only_if in (
            ("c1", (), frozenset[str]()),
            ("c2", (), frozenset[str]()),
            ("c3", (frozenset({State.NOT_APPLICABLE}),), frozenset({"on_leave"})),
        )
    ),
    facts=(
        OfFact("view", ("agreed", "self")),
        OfFact("flags", ("on_leave",), several=True),
        OfFact("fte", (None, 0.25, 0.5)),
        OfFact("grade", (None, "A", "B")),
    ),
    states={"agreed": frozenset(STATES), "self": frozenset({State.NOT_EVIDENCED, State.MET})},
    scales=(),
    sources={"agreed": 2, "self": 1},
    strands={},
)
MET = frozenset({State.MET})
COMPARING: tuple[Comparison, ...] = ("<", "<=", ">", ">=")


@pytest.fixture
def small(clause: Callable[..., Clause], clauses_program: Callable[..., Program]) -> Program:
    """A program that compares in every way there is."""
    criteria = ("c1", "c2", "c3")
    count, run = Measure("m.count", "count", criteria, MET), Measure("m.run", "run", criteria, MET)
    conditions: list[Condition] = [
        *(MeasureCompares("m.count", comparison, n) for comparison in COMPARING for n in (0, 1, 2, 3)),
        *(MeasureCompares("m.run", comparison, 2) for comparison in COMPARING),
        *(FactCompares("fte", comparison, 0.25) for comparison in COMPARING),
        FactKnown("fte"),
        FactKnown("grade", known=False),
        FactIs("grade", frozenset({"A"})),
        FactIs("flags", frozenset({"on_leave"})),
        *(FindingIs(name, MET) for name in criteria),
    ]
    names = [f"s.c{n}" for n in range(len(conditions))]
    conclusions = [Conclusion(name, (True, False), False, "s", name) for name in [*names, "s.two", "s.any"]]
    clauses = [clause(name, True, condition) for name, condition in zip(names, conditions, strict=True)]
    settled = [FindingIs(name, MET) for name in criteria]
    clauses += [clause("s.two", True, *settled, need=2), clause("s.any", True, *settled, need="any")]
    return clauses_program(criteria, conclusions, clauses, [count, run])


def test_a_small_formula_concludes_what_the_engine_does_of_everything_that_there_can_be(small: Program) -> None:
    engine, asked = PlainEngine(small), Asked(Formula(small, SMALL))
    formula = asked.formula
    for states in itertools.product(STATES, STATES, (*STATES, State.NOT_APPLICABLE)):
        for flags, fte, grade in itertools.product(
            (frozenset[str](), frozenset({"on_leave"})), (None, 0.25, 0.5), "AB"
        ):
            facts: dict[str, Fact] = {"flags": flags, "fte": fte, "grade": grade}
            own = [formula.criteria[c][frozenset({s})] for c, s in zip(small.criteria, states, strict=True)]
            own += [formula.facts["fte"][fte], formula.facts["grade"][grade], formula.facts["view"]["agreed"]]
            own.append(
                formula.facts["flags"]["on_leave"] if flags else asked.neither(formula.facts["flags"]["on_leave"])
            )
            model = asked.model(*own)
            if (states[2] is State.NOT_APPLICABLE) == bool(flags):
                assert model is None, "what applies only to some applies to them, and to nobody else"
                continue
            run = engine.run(engine.inputs([int(state) for state in states], facts))
            seen = [[asked.holds(model, literal) for literal in values].index(True) for values in formula.values]
            assert seen == run.values


def test_a_view_that_is_not_the_first_is_there_only_with_evidence_that_counts_in_it(small: Program) -> None:
    asked = Asked(Formula(small, SMALL))
    own = asked.formula.facts["view"]["self"]
    silent = [asked.formula.criteria[name][frozenset({State.NOT_EVIDENCED})] for name in ("c1", "c2")]
    not_met = asked.formula.criteria["c1"][frozenset({State.NOT_MET})]
    assert asked.is_possible(own)
    assert asked.is_possible(own, *silent)
    assert not asked.is_possible(own, *silent, asked.formula.criteria["c3"][frozenset({State.NOT_EVIDENCED})])
    assert not asked.is_possible(own, not_met)
