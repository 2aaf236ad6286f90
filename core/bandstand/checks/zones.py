"""Zones that do not cover the levels: a grade that has a zone at one level, and none at another."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bandstand.checks.bench import Bench
    from bandstand.models.problem import Problem


def zones(bench: Bench) -> Iterator[Problem]:
    """A level without a zone for a grade that has zones at others, wherever the zone comes from."""
    for outcome in bench.pack.framework.outcomes:
        if outcome.zone is None or outcome.level is None:
            continue
        asked = bench.asked(outcome)
        formula = asked.formula
        declared = formula.program.conclusions[formula.program.positions[outcome.zone]]
        levels = formula.program.conclusions[formula.program.positions[outcome.level]].values
        if None not in declared.values or "grade" not in formula.facts:
            continue
        none = formula.value(outcome.zone, None)
        for grade, literal in formula.facts["grade"].items():
            if (
                grade is None
                or not asked.is_possible(literal, none)
                or not asked.is_possible(literal, asked.neither(none))
            ):
                continue
            at = {level: formula.value(outcome.level, level) for level in levels}
            has = next(level for level in levels if asked.is_possible(literal, at[level], asked.neither(none)))
            lacks = [level for level in levels if not asked.is_possible(literal, at[level], asked.neither(none))]
            for level in lacks[:1]:
                yield bench.of_rule(
                    declared.rule,
                    (),
                    "zone-gap",
                    f"{grade} has a zone at level {has}, and none at level {level}.",
                    "Let the zones of a grade cover every level.",
                    counter_example=(f"grade: {grade}", f"{outcome.level}: {level}", f"{outcome.zone}: none"),
                )
