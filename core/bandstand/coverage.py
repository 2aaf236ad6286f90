"""What a pack's examples see of its rules: clauses that conclude and do not, conditions that hold and do not, rows hit.

It is read off the runs of the plain engine, which sees every condition of every clause, so it costs next to nothing.
What can never happen does not count; what is possible is asked only of what no example shows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from bandstand import words
from bandstand.engine.plain import TRUE
from bandstand.models.clauses import Clause, ConcludedIs, Condition, FindingIs
from bandstand.models.evidence import Person
from bandstand.models.finding import State
from bandstand.rules.decision_table import DecisionTable
from bandstand.rules.program import Program

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator

    from bandstand.engine.evaluate import Evaluated, Evaluator, Run
    from bandstand.models.clauses import Conclusion
    from bandstand.models.framework import Outcome
    from bandstand.packs.pack import Pack
    from bandstand.rules.program import CompiledClause, Layer

Thing = Literal["condition", "clause"]
#: A condition or a clause by its position in a program, and whether it is to hold.
Goal = tuple[Thing, int, bool]
#: Of an outcome and one of its programs: those of some goals that can never be reached.
Impossible = Callable[["Evaluator", "Outcome", Program, "Iterable[Goal]"], "set[Goal]"]

#: What is counted: that a clause concludes, that a row of a decision table is hit, that a condition holds.
Kind = Literal["clause", "row", "condition"]


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that an example can show of a rule.

    Attributes:
        rule: Id of the rule.
        kind: What it is of.
        of: The clause, or the condition.
        holds: Whether it is to be seen to hold, or not to.
        part: The part of the rule that it stands in; of a condition, the first that asks it.
    """

    rule: str
    kind: Kind
    of: Clause | Condition
    holds: bool
    part: tuple[str | int, ...]

    def text(self, pack: Pack) -> str:
        """What is missing where no example shows it: ``never concludes …``, ``always holds: …``."""
        often = "never" if self.holds else "always"
        if not isinstance(self.of, Clause):
            return f"{often} holds: {words.asked(self.of)}"
        declared = pack.context.conclusions[self.of.conclusion]
        what = f"{often} concluded: {declared.label} ({declared.name} is {words.value(self.of.value)})"
        if self.kind == "row":
            where = f"row {int(self.part[1]) + 1}" if len(self.part) > 1 else "otherwise"
            what = f"{where} {often} hit: {declared.name} is {words.value(self.of.value)}"
        return f"{what}{_when(self.of)}"


def _when(clause: Clause) -> str:
    asked = list(dict.fromkeys(map(words.asked, clause.conditions)))
    if not asked:
        return ""
    how = {"all": "", "any": "any of "}.get(str(clause.need), f"at least {clause.need} of ")
    return f", when {how if len(asked) > 1 else ''}{words.listed(asked)}"


def obvious(evaluator: Evaluator, outcome: Outcome, program: Program, goals: Iterable[Goal]) -> set[Goal]:
    """The goals that clauses and conditions say themselves never to be reached: a row without cells always holds.

    It follows what is so through the layers, and looks at no two conditions together; a solver sees more.
    """
    del evaluator, outcome
    known = _Constants(program)
    by_thing = {"clause": known.clauses, "condition": known.conditions}
    return {(thing, at, holds) for thing, at, holds in goals if by_thing[thing][at] is (not holds)}


class _Constants:
    """For each condition and each clause of a program, what it always is; None where it depends."""

    def __init__(self, program: Program) -> None:
        self.conditions: list[bool | None] = [None] * len(program.conditions)
        self.clauses: list[bool | None] = [None] * len(program.clauses)
        every = frozenset[object](State)
        for at, condition in enumerate(program.conditions):
            if isinstance(condition, FindingIs):
                self.conditions[at] = _always(every, condition.states)
        for layer in program.layers:
            for clause in layer.clauses:
                self.clauses[clause.number] = self._clause(clause)
            possible = {
                program.conclusions[at].name: self._values(program.conclusions[at], layer, at)
                for at in layer.conclusions
            }
            for at, condition in enumerate(program.conditions):
                if isinstance(condition, ConcludedIs) and condition.conclusion in possible:
                    self.conditions[at] = _always(possible[condition.conclusion], condition.values)

    def _clause(self, clause: CompiledClause) -> bool | None:
        verdicts = [self.conditions[at] for at in clause.conditions]
        need = _needed(clause)
        if verdicts.count(True) >= need:
            return True
        return False if len(verdicts) - verdicts.count(False) < need else None

    def _values(self, declared: Conclusion, layer: Layer, at: int) -> frozenset[object]:
        """The values that a conclusion can have."""
        own = [clause for clause in layer.clauses if clause.conclusion == at]
        sure = [declared.values[clause.value] for clause in own if self.clauses[clause.number]]
        if sure:
            return frozenset(sure)
        found = {declared.values[clause.value] for clause in own if self.clauses[clause.number] is None}
        return frozenset({*found, declared.otherwise})


def _always(possible: frozenset[object], asked: frozenset[Any]) -> bool | None:
    return True if possible <= asked else False if possible.isdisjoint(asked) else None


def _needed(clause: CompiledClause) -> int:
    if isinstance(clause.need, int):
        return clause.need
    return len(clause.conditions) if clause.need == "all" else 1


class Coverage:
    """Gathers what runs see of a pack's rules.

    Args:
        evaluator: Of the pack; the runs that are gathered are its own.
        impossible: What can never happen, and so does not count.
    """

    def __init__(self, evaluator: Evaluator, impossible: Impossible = obvious) -> None:
        self._evaluator = evaluator
        self._pack = evaluator.pack
        self._impossible = impossible
        self._programs = [
            (outcome, program)
            for outcome in self._pack.outcomes.values()
            for program in (evaluator.program(outcome.id), evaluator.review_program(outcome.id))
        ]
        #: For each program, what each clause and each condition was seen to do.
        self._clauses = {program.name: _Seen(len(program.clauses)) for _, program in self._programs}
        self._conditions = {program.name: _Seen(len(program.conditions)) for _, program in self._programs}

    def see(self, evaluated: Evaluated) -> None:
        """Gather what was seen in every run of an evaluation."""
        for run in evaluated.runs:
            self._see(run)

    def _see(self, run: Run) -> None:
        program, verdicts = run.program, run.plain.verdicts
        conditions, clauses = self._conditions[program.name], self._clauses[program.name]
        for at, verdict in enumerate(verdicts):
            conditions.add(at, holds=verdict == TRUE)
        for clause in program.clauses:
            held = sum(verdicts[at] == TRUE for at in clause.conditions)
            clauses.add(clause.number, holds=held >= _needed(clause))

    def items(self) -> dict[Item, bool]:
        """Everything that can happen, by rule, and whether it was seen; of what several outcomes share, in any."""
        found: dict[Item, bool] = {}
        for _, program in self._programs:
            for item, goal in self._of(program):
                found[item] = found.get(item, False) or self._was(program, goal)
        possible = {item for item, seen in found.items() if seen}
        for outcome, program in self._programs:
            unseen = {item: goal for item, goal in self._of(program) if item not in possible}
            never = self._impossible(self._evaluator, outcome, program, unseen.values()) if unseen else set()
            possible.update(item for item, goal in unseen.items() if goal not in never)
        order = {rule: at for at, rule in enumerate(self._pack.rule_by_id)}
        return {
            item: seen for item, seen in sorted(found.items(), key=lambda pair: order[pair[0].rule]) if item in possible
        }

    def _was(self, program: Program, goal: Goal) -> bool:
        thing, at, holds = goal
        seen = self._clauses if thing == "clause" else self._conditions
        return seen[program.name].was(at, holds=holds)

    def _of(self, program: Program) -> Iterator[tuple[Item, Goal]]:
        parts: dict[tuple[str, int], tuple[str | int, ...]] = {}
        for clause in program.clauses:
            rule = self._pack.rule_by_id[program.conclusions[clause.conclusion].rule]
            is_row = isinstance(rule, DecisionTable) and rule.is_hit(clause.clause)
            kind: Kind = "row" if is_row else "clause"
            for holds in (True, False):
                yield Item(rule.id, kind, clause.clause, holds, clause.clause.part), ("clause", clause.number, holds)
            for at in clause.conditions:
                parts.setdefault((rule.id, at), clause.clause.part)
        for (name, at), part in parts.items():
            for holds in (True, False):
                yield Item(name, "condition", program.conditions[at], holds, part), ("condition", at, holds)


class _Seen:
    """For each of some things, whether it was seen to hold, and whether it was seen not to."""

    __slots__ = ("_held", "_not")

    def __init__(self, size: int) -> None:
        self._held, self._not = bytearray(size), bytearray(size)

    def add(self, at: int, *, holds: bool) -> None:
        (self._held if holds else self._not)[at] = 1

    def was(self, at: int, *, holds: bool) -> bool:
        return bool((self._held if holds else self._not)[at])


def silence(evaluator: Evaluator, as_of: dt.date) -> Coverage:
    """What is seen of the rules when nothing is known of somebody."""
    seen = Coverage(evaluator)
    for outcome in evaluator.pack.outcomes:
        seen.see(evaluator.evaluate(Person(person="P-0000"), [], as_of, outcome=outcome))
    return seen


def unexercised(evaluator: Evaluator, seen: Coverage, as_of: dt.date) -> list[str]:
    """Ids of the rules of which some examples see no more than silence shows, although there is more to see."""
    items, silent = seen.items(), silence(evaluator, as_of).items()
    missing = {item.rule for item, was in items.items() if not was}
    shown = {item.rule for item, was in items.items() if was and not silent.get(item, False)}
    return [rule for rule in evaluator.pack.rule_by_id if rule in missing - shown]
