"""What rules mean together: good evidence counts against nobody, and whatever can be recommended is, to somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bandstand.checks.ask import Asked, plainest
from bandstand.checks.formula import Formula
from bandstand.checks.shown import chosen_states, in_words, is_shown, shown, state_in_words
from bandstand.models.finding import State
from bandstand.models.framework import ZONES
from bandstand.rules.decision_table import DecisionTable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bandstand.checks.ask import Case
    from bandstand.checks.bench import Bench
    from bandstand.models.framework import Outcome
    from bandstand.models.problem import Problem

#: What a finding can become by more evidence that somebody meets the criterion, or by a claim of more in place of one
#: of less. That somebody meets it in part, where nobody had looked, is not more.
RISES: Final[Mapping[State, frozenset[State]]] = {
    State.NOT_EVIDENCED: frozenset({State.PROVISIONAL, State.MET}),
    State.NOT_MET: frozenset({State.PARTLY_MET, State.MET}),
    State.PARTLY_MET: frozenset({State.MET}),
    State.SAID_NOT_MET: frozenset({State.SAID_PARTLY_MET, State.PROVISIONAL, State.MET}),
    State.SAID_PARTLY_MET: frozenset({State.PROVISIONAL, State.MET}),
    State.PROVISIONAL: frozenset({State.MET}),
    State.MET: frozenset(),
    State.NOT_APPLICABLE: frozenset(),
}
_TRIES = 5


def more_evidence(bench: Bench) -> Iterator[Problem]:
    """More evidence that criteria are met lowers a level or a zone: the smallest case in which it does."""
    for outcome in bench.pack.framework.outcomes:
        if outcome.level is not None or outcome.zone is not None:
            yield from _Rising(bench, outcome).problems()


def recommendations(bench: Bench) -> Iterator[Problem]:
    """Actions that no outcome ever recommends."""
    framework = bench.pack.framework
    said: set[str] = set()
    for outcome in framework.outcomes:
        asked = bench.asked(outcome)
        goals = {
            str(value): asked.formula.value(name, value)
            for name in (outcome.action, *outcome.notes)
            for value in asked.formula.program.conclusions[asked.formula.program.positions[name]].values
            if value is not None and str(value) not in said
        }
        said.update(goals.keys() - set(asked.impossible(goals)))
    for n, action in enumerate(framework.actions):
        if action.id not in said:
            named = {
                rule.id for rule in bench.pack.rules if isinstance(rule, DecisionTable) and action.id in rule.outcomes()
            }
            why = f"what {' and '.join(sorted(named))} asks for can never be" if named else "no rule names it"
            yield bench.of_framework(
                ("actions", n),
                "unreachable-action",
                f'"{action.id}" is never recommended: {why}.',
                "Mend the rows that recommend it, or take it out.",
            )


def contradictions(bench: Bench) -> Iterator[Problem]:
    """Rules that conclude two values of one thing at once, which stops an evaluation: the smallest case of it."""
    unique = {r.value_name for r in bench.pack.rules if isinstance(r, DecisionTable) and r.hit == "unique"}
    for outcome in bench.pack.framework.outcomes:
        asked = bench.asked(outcome)
        formula = asked.formula
        both = {}
        for at, declared in enumerate(formula.program.conclusions):
            clauses: dict[int, list[Any]] = {}
            for clause in formula.program.clauses:
                if clause.conclusion == at and declared.name not in unique:
                    clauses.setdefault(clause.value, []).append(formula.clauses[clause.number])
            if len(clauses) > 1:
                both[at] = formula.at_least([asked.any_of(*own) for own in clauses.values()], 2)
        while both:
            model = asked.model(asked.any_of(*both.values()))
            if model is None:
                break
            at = next(at for at, literal in both.items() if asked.holds(model, literal))
            case = asked.case(asked.smallest([both.pop(at)], asked.quiet()))
            if not is_shown(bench, outcome, case, lambda _: False, or_stops=True):
                continue
            declared = formula.program.conclusions[at]
            yield bench.of_rule(
                declared.rule,
                (),
                "rules-contradict",
                f"The rule {declared.rule} can conclude two values of {declared.name} at once.",
                "Let only one of its clauses hold at a time.",
                counter_example=in_words(case, chosen_states(bench, outcome, case)),
            )


class _Rising:
    """The rules of one outcome twice over: before and after more evidence, of the same person."""

    def __init__(self, bench: Bench, outcome: Outcome) -> None:
        self._bench = bench
        self._outcome = outcome
        program, inputs = bench.evaluator.program(outcome.id), bench.inputs(outcome)
        self._before = Formula(program, inputs)
        self._after = Formula(program, inputs, "after ", self._before)
        self._asked = Asked(self._before, self._after)
        self._program = program
        self._same: list[Any] = []
        for of in inputs.criteria:
            self._bind(of.criterion)

    def _bind(self, criterion: str) -> None:
        """A finding stays as it is or rises; one class is the same as itself, however many states are in it."""
        before, after = self._before.criteria[criterion], self._after.criteria[criterion]
        for here, literal in before.items():
            reached = here.union(*(RISES[state] for state in here))
            for there, other in after.items():
                if reached.isdisjoint(there):
                    self._asked.always(self._asked.neither(self._asked.all_of(literal, other)))
        self._same.append(self._asked.all_of(*(before[states] == after[states] for states in before)))

    def problems(self) -> Iterator[Problem]:
        """One for the level and one for the zone, at the most."""
        if self._outcome.level is not None:
            yield from self._lowered(self._outcome.level, self._numbers(self._outcome.level), "level")
        if self._outcome.zone is not None:
            yield from self._lowered(self._outcome.zone, [None, *ZONES], "zone")

    def _numbers(self, name: str) -> list[Any]:
        values = self._program.conclusions[self._program.positions[name]].values
        return sorted(value for value in values if isinstance(value, int))

    def _lowered(self, name: str, ascending: Sequence[Any], what: str) -> Iterator[Problem]:
        known = self._program.conclusions[self._program.positions[name]].values
        order = [value for value in ascending if value in known]
        falls = self._asked.any_of(
            *(
                self._asked.all_of(self._before.value(name, high), self._after.value(name, low))
                for at, high in enumerate(order)
                for low in order[:at]
            )
        )
        literals = [falls]
        for _ in range(_TRIES):
            model = self._asked.smallest(literals, [*self._same, *self._asked.quiet()])
            if model is None:
                return
            found = self._shown(model, name, order)
            if found is not None:
                rule = self._program.conclusions[self._program.positions[name]].rule
                yield self._bench.of_rule(
                    rule,
                    (),
                    "evidence-lowers",
                    f"More evidence that criteria are met lowers the {what} ({name}).",
                    "Let no rule ask that a criterion is not met, or not looked at, for something better.",
                    counter_example=found,
                )
                return
            literals.append(self._asked.other(self._asked.case(model)))

    def _shown(self, model: Any, name: str, order: Sequence[Any]) -> tuple[str, ...] | None:
        """The case in words, if the engine concludes less after than before."""
        before, after = self._asked.case(model), self._asked.case(model, self._after)
        first = chosen_states(self._bench, self._outcome, before)
        then = self._then(before, after, first)
        if then is None:
            return None
        runs = zip(
            shown(self._bench, self._outcome, before, first),
            shown(self._bench, self._outcome, after, then),
            strict=False,
        )
        for was, becomes in ((one.value(name), other.value(name)) for one, other in runs):
            if order.index(becomes) < order.index(was):
                rises = [
                    f"{criterion} becomes {state_in_words(state)}, having been {state_in_words(first[criterion])}"
                    for criterion, state in then.items()
                    if state is not first[criterion]
                ]
                return (*in_words(before, first), *rises, f"{name}: {_word(was)}, then {_word(becomes)}")
        return None

    def _then(self, before: Case, after: Case, first: dict[str, State]) -> dict[str, State] | None:
        """What findings become; a finding before is chosen anew where it could not rise from what it was."""
        then: dict[str, State] = {}
        for criterion, possible in after.states.items():
            if first[criterion] in possible:
                then[criterion] = first[criterion]
                continue
            start = next((s for s in before.states[criterion] if RISES[s] & possible), None)
            if start is None:
                return None
            if not RISES[first[criterion]] & possible:
                first[criterion] = start
            then[criterion] = plainest(RISES[first[criterion]] & possible)
        return then


def _word(value: object) -> str:
    return "none" if value is None else str(value)
