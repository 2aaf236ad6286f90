"""Levels that nobody can hold, or that are never the highest that anybody holds; conditions that nothing can settle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bandstand.checks.shown import chosen_states, in_words
from bandstand.rules.conditions import Conditions
from bandstand.rules.cumulative_levels import CumulativeLevels

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bandstand.checks.bench import Bench
    from bandstand.models.framework import Outcome
    from bandstand.models.problem import Problem
    from bandstand.packs.yaml_source import Path
    from bandstand.rules.base import Rule


def ladders(bench: Bench) -> Iterator[Problem]:
    """Levels that no evidence reaches, and levels that are never the highest."""
    for outcome in bench.pack.framework.outcomes:
        if outcome.level is not None:
            yield from _levels(bench, outcome, outcome.level)


def conditions(bench: Bench) -> Iterator[Problem]:
    """Conditions of a check that are never asked, or that can never pass or fail although they say when they do."""
    for rule in bench.pack.rules:
        if not isinstance(rule, Conditions):
            continue
        outcomes = _taking(bench, rule)
        for at, condition in enumerate(rule.conditions):
            verdicts = {"passes": condition.passes is not None, "fails": condition.fails is not None}
            name = rule.name_of(condition)
            for verdict in (verdict for verdict, is_said in verdicts.items() if is_said):
                asked = [bench.asked(outcome) for outcome in outcomes]
                if any(one.is_possible(one.formula.value(name, verdict)) for one in asked):
                    continue
                yield bench.of_rule(
                    rule.id,
                    ("conditions", at, verdict),
                    "unreachable-condition",
                    f"The condition {condition.id} of {rule.id} {verdict} for no input at all.",
                    "Mend what it asks for, or take that part out.",
                )


def _taking(bench: Bench, rule: Rule) -> Sequence[Outcome]:
    return [outcome for outcome in bench.pack.framework.outcomes if rule.id in outcome.rules]


def _levels(bench: Bench, outcome: Outcome, name: str) -> Iterator[Problem]:
    asked = bench.asked(outcome)
    formula = asked.formula
    declared = formula.program.conclusions[formula.program.positions[name]]
    rule = bench.pack.rule_by_id[declared.rule]
    never = asked.impossible({value: formula.value(name, value) for value in declared.values})
    for level in (value for value in never if isinstance(value, int)):
        numbers = [own.level for own in rule.levels] if isinstance(rule, CumulativeLevels) else []
        path: Path = ("levels", numbers.index(level)) if level in numbers else ()
        held = rule.held(level)
        model = None if held is None else asked.smallest([formula.value(held, True)], asked.quiet())
        if model is None:
            message = f"Nobody can be at level {level}: no evidence at all leads to it."
            remedy = "Mend what it asks for, or take it out."
            yield bench.of_rule(rule.id, path, "unreachable-level", message, remedy)
            continue
        case = asked.case(model)
        yield bench.of_rule(
            rule.id,
            path,
            "hidden-level",
            f"Level {level} is never the highest: whoever holds it holds a higher level, too.",
            "Let the higher level build on it, or ask for more there.",
            counter_example=in_words(case, chosen_states(bench, outcome, case)),
        )
