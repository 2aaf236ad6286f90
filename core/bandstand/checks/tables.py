"""Decision tables: inputs for which no row holds, or two where one is to; rows that never hold, or never count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bandstand.checks.shown import chosen_states, fact_in_words, in_words, is_shown
from bandstand.rules.decision_table import DecisionTable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bandstand.checks.ask import Asked, Case
    from bandstand.checks.bench import Bench
    from bandstand.engine.evaluate import Run
    from bandstand.models.framework import Outcome
    from bandstand.models.problem import Problem

#: How often a case that the engine does not show is set aside, and another asked for.
_TRIES = 5


def tables(bench: Bench) -> Iterator[Problem]:
    """Gaps, overlaps, and rows that are shadowed or unreachable in every outcome that takes the table."""
    for rule in bench.pack.rules:
        if isinstance(rule, DecisionTable):
            outcomes = [o for o in bench.pack.framework.outcomes if rule.id in o.rules]
            looked_at = [_Table(bench, outcome, rule) for outcome in outcomes]
            yield from _dead_rows(looked_at)
            for table in looked_at:
                yield from table.gaps()
                yield from table.overlaps()


def _dead_rows(looked_at: Sequence[_Table]) -> Iterator[Problem]:
    dead = [table.dead() for table in looked_at]
    for at in range(len(looked_at[0].rule.rows) if looked_at else 0):
        if all(at in unreachable for unreachable, _ in dead):
            yield looked_at[0].unreachable(at)
        elif all(at in unreachable or at in shadowed for unreachable, shadowed in dead):
            n = next(n for n, (_, shadowed) in enumerate(dead) if at in shadowed)
            yield looked_at[n].shadowed(at)


class _Table:
    """One table as one outcome takes it."""

    def __init__(self, bench: Bench, outcome: Outcome, rule: DecisionTable) -> None:
        self.rule = rule
        self._bench = bench
        self._outcome = outcome
        self._asked: Asked = bench.asked(outcome)
        formula = self._asked.formula
        asking = [c for c in formula.program.clauses if c.clause.part[:1] == ("rows",)]
        rows = [c for c in asking if formula.program.conclusions[c.conclusion].rule == rule.id]
        if rule.hit != "collect":
            rows = [c for c in rows if not rule.is_hit(c.clause)]
        self._clauses = [c.number for c in sorted(rows, key=lambda c: str(c.clause.part[1]).zfill(6))]
        self._rows: list[Any] = [formula.clauses[number] for number in self._clauses]

    def dead(self) -> tuple[set[int], set[int]]:
        """Rows that no input makes hold, and rows before which, where one is enough, another always holds."""
        rows = dict(enumerate(self._rows))
        unreachable = set(self._asked.impossible(rows))
        if self.rule.hit != "first":
            return unreachable, set()
        alone = {at: self._asked.all_of(row, *map(self._asked.neither, self._rows[:at])) for at, row in rows.items()}
        return unreachable, set(self._asked.impossible(alone)) - unreachable

    def unreachable(self, at: int) -> Problem:
        """The problem of a row that no input makes hold, with the cells that never go together."""
        program = self._asked.formula.program
        conditions = program.clauses[self._clauses[at]].conditions
        literals = {c: self._asked.formula.conditions[c] for c in conditions}
        together = self._asked.core([], literals)
        cells = self._cells(at)
        reading = [name for name, of in cells.items() if not of.isdisjoint(together)]
        shown = tuple(f"{name}: {_cell(self.rule.rows[at].when[name])}" for name in reading)
        these = "This cell never holds" if len(shown) == 1 else "These cells never hold together"
        return self._bench.of_rule(
            self.rule.id,
            ("rows", at),
            "unreachable-row",
            f"Row {at + 1} of {self.rule.id} can never hold. {these}: {', '.join(shown)}.",
            "Take the row out, or mend the cells.",
            counter_example=shown,
        )

    def _cells(self, at: int) -> dict[str, set[int]]:
        """The conditions, by their positions, that each cell of a row lowers to."""
        program = self._asked.formula.program
        position = {condition: n for n, condition in enumerate(program.conditions)}
        row = self.rule.rows[at]
        return {name: {position[c] for c in self.rule.cell(name, row.when[name])} for name in row.when}

    def shadowed(self, at: int) -> Problem:
        """The problem of a row that never counts, with an input of which an earlier row has the say."""
        model = self._asked.smallest([self._rows[at]], self._asked.quiet())
        earlier = [e for e in range(at) if self._asked.holds(model, self._rows[e])]
        case = self._asked.case(model)
        never = f"Row {at + 1} of {self.rule.id} never counts: whenever it holds, an earlier row does"
        return self._bench.of_rule(
            self.rule.id,
            ("rows", at),
            "shadowed-row",
            f"{never}, as row {earlier[0] + 1} does here.",
            "Put it before that row, narrow the earlier row, or take it out.",
            counter_example=self._input(model, case),
        )

    def gaps(self) -> Iterator[Problem]:
        """The smallest input for which no row holds, where the table does not say what then."""
        if self.rule.otherwise is not None or self.rule.hit == "collect":
            return
        found = self._find([self._asked.neither(row) for row in self._rows], lambda held: not any(held))
        if found is not None:
            yield self._bench.of_rule(
                self.rule.id,
                (),
                "table-gap",
                f"For some input no row of {self.rule.id} holds, and the table does not say what then.",
                "Add a row, or an otherwise; write `otherwise: nothing` where it is to say nothing.",
                counter_example=found,
            )

    def overlaps(self) -> Iterator[Problem]:
        """Pairs of rows that hold for one input, where at most one may."""
        if self.rule.hit != "unique":
            return
        for second in range(len(self._rows)):
            for first in range(second):
                yield from self._overlap(first, second)

    def _overlap(self, first: int, second: int) -> Iterator[Problem]:
        def both(held: list[bool]) -> bool:
            return held[first] and held[second]

        found = self._find([self._rows[first], self._rows[second]], both, or_stops=True)
        if found is not None:
            yield self._bench.of_rule(
                self.rule.id,
                ("rows", second),
                "overlapping-rows",
                f"For some input both row {first + 1} and row {second + 1} of {self.rule.id} hold, which is unique.",
                "Narrow one of them, or make the hit policy first.",
                counter_example=found,
            )

    def _find(
        self, literals: list[Any], holds: Callable[[list[bool]], bool], *, or_stops: bool = False
    ) -> tuple[str, ...] | None:
        """The smallest input with some literals, if the engine shows it."""
        for _ in range(_TRIES):
            model = self._asked.smallest(literals, self._asked.quiet())
            if model is None:
                return None
            case = self._asked.case(model)
            if is_shown(self._bench, self._outcome, case, lambda run: holds(self._held(run)), or_stops=or_stops):
                return self._input(model, case)
            literals = [*literals, self._asked.other(case)]
        return None

    def _held(self, run: Run) -> list[bool]:
        if self.rule.hit == "collect":
            return []
        return [run.value(self.rule.row_name(at)) is True for at in range(len(self.rule.rows))]

    def _input(self, model: Any, case: Case) -> tuple[str, ...]:
        """The table's inputs, then somebody who has them."""
        formula = self._asked.formula
        lines = []
        for name, column in self.rule.inputs.items():
            if column.conclusion is not None:
                at = formula.program.positions[column.conclusion]
                values = formula.program.conclusions[at].values
                told = zip(values, formula.values[at], strict=True)
                value = next(value for value, literal in told if self._asked.holds(model, literal))
                lines.append(f"{name}: {_nothing_or(value)}")
        facts = [column.fact for column in self.rule.inputs.values() if column.fact is not None]
        return (*lines, *in_words(case, chosen_states(self._bench, self._outcome, case), facts))


def _nothing_or(value: object) -> str:
    return "nothing" if value is None else fact_in_words(value)


def _cell(cell: object) -> str:
    return " or ".join(map(_nothing_or, cell)) if isinstance(cell, tuple) else _nothing_or(cell)
