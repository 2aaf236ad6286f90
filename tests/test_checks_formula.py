"""A formula says of whatever evidence there is what the engine says of it."""

from __future__ import annotations

import datetime as dt
import random
from functools import cache
from typing import TYPE_CHECKING

import pytest

from bandstand.checks.ask import Asked
from bandstand.checks.formula import Formula
from bandstand.checks.inputs import inputs_of
from bandstand.engine.evaluate import Evaluator
from bandstand.engine.plain import EVIDENCE_MEASURES, TRUE
from bandstand.models.evidence import Evidence, EvidenceSource, Person
from bandstand.models.finding import State
from bandstand.plugins import load_catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bandstand.engine.evaluate import Run
    from bandstand.models.framework import Outcome
    from bandstand.packs.pack import Pack

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
    states = {view: frozenset({State.NOT_EVIDENCED, *ways}) for view, ways in own.ways(outcome.id).items()}
    program = own.program(outcome.id)
    return Asked(Formula(program, inputs_of(own.pack, outcome, program, states)))


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
