"""A program as durable-rules has it: the ruleset's definition, and the facts that its rules mention."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bandstand.engine.plain import TRUE, fact_verdict
from bandstand.models.clauses import (
    COMPARISONS,
    ConcludedIs,
    FactCompares,
    FactIs,
    FactKnown,
    FindingIs,
    MeasureCompares,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from bandstand.engine.plain import Inputs
    from bandstand.models.clauses import Condition
    from bandstand.rules.program import CompiledClause, Program

#: The rule that always fires, and the key of the fact that it fires for.
START_RULE: Final = "start"
_START: Final = "start"

#: A rule of durable-rules joins at most 16 facts; a longer conjunction is counted.
MOST_JOINED: Final = 16
#: More tests of one key than 64 overflow its stack; past this many, the fact is asserted under another key as well.
MOST_TESTS: Final = 48
#: Each test of one property is tried in turn, and 512 of them hang it; so a key is a place within a group of so many.
GROUP: Final = 24

Definition = dict[str, Any]
#: A fact to assert: group and place of its key, and its value.
Assertion = tuple[int, int, int]
_Keyed = tuple[str, int]
_Test = tuple[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Firing:
    """One rule of the ruleset that fired.

    Attributes:
        clause: Number of the clause that it belongs to.
        condition: Position of the one condition that the rule looks at, where each of a clause's conditions fires by
            itself: any is enough, or it is counted how many do. None where they fire together.
    """

    clause: int
    condition: int | None


def firing_of(name: str) -> Firing:
    """The firing of the rule called ``name``."""
    clause, _, condition = name.partition("/")
    return Firing(int(clause), int(condition) if condition else None)


class Ruleset:
    """The rules of one program, and the facts that they mention.

    A fact is a key and a small integer, and the key is a number too. Findings (``f``) and conclusions (``c``) are
    asserted with their value. What is true of a number, of a word, or of a conclusion that may have one of several
    values, is asserted as true (``t``): tests that are not equalities overflow the engine's stack sooner. Where some
    of many conditions are enough, each fires, and that enough of them did (``n``) is asserted in turn.
    """

    def __init__(self, program: Program) -> None:
        self._program = program
        self._criterion = {criterion: at for at, criterion in enumerate(program.criteria)}
        self._measure = {spec.name: at for at, spec in enumerate(program.measures)}
        self._loose: list[tuple[int, FactIs | FactKnown | FactCompares | MeasureCompares]] = []
        self._sets: dict[int, list[tuple[int, frozenset[int]]]] = {}
        self._tests = [self._test(at, condition) for at, condition in enumerate(program.conditions)]
        self._needed = [_needed(clause) for clause in program.clauses]
        self._counted = [[c for c in layer.clauses if self._needed[c.number] is not None] for layer in program.layers]
        self._uses: Counter[str] = Counter()
        #: The facts to assert for a fact: under each key that a rule tests it by.
        self._copies: dict[_Keyed, dict[Assertion, None]] = defaultdict(dict)
        self._keys: dict[str, int] = {}
        self._rules = {START_RULE: [self._tested(_START, (TRUE,))]}
        for clause in program.clauses:
            for name, tests in self._clause_rules(clause):
                self._rules[name] = [self._tested(key, values) for key, values in tests]

    def definition(self, action: Callable[[str], Callable[[Any], None]]) -> Definition:
        """The ruleset as durable-rules reads it, with ``action(name)`` as the action of the rule of that name."""
        return {
            name: {"all": [{f"m{n}": test} for n, test in enumerate(tests)], "run": action(name)}
            for name, tests in self._rules.items()
        }

    def start_facts(self) -> list[Assertion]:
        """What is asserted first and for everybody."""
        return list(self._copies[_START, TRUE])

    def first_facts(self, inputs: Inputs) -> Iterator[Assertion]:
        """Findings, and whatever is true of the person's facts and of the measures; only what rules mention."""
        copies = self._copies
        for at, state in enumerate(inputs.states):
            yield from copies.get((f"f{at}", int(state)), ())
        for at, condition in self._loose:
            if isinstance(condition, MeasureCompares):
                number = inputs.measures[self._measure[condition.measure]]
                true = COMPARISONS[condition.comparison](number, condition.number)
            else:
                true = fact_verdict(condition, inputs.facts) == TRUE
            if true:
                yield from copies.get((f"t{at}", TRUE), ())

    def conclusion_facts(self, conclusion: int, value: int) -> Iterator[Assertion]:
        """A conclusion's value, and the sets of values that it is in; only what rules mention."""
        yield from self._copies.get((f"c{conclusion}", value), ())
        for at, values in self._sets.get(conclusion, ()):
            if value in values:
                yield from self._copies.get((f"t{at}", TRUE), ())

    def tallies(self, layer: int, firings: Iterable[Firing]) -> list[Assertion]:
        """For each clause of the layer that counts and has enough, that it has."""
        clauses = self._counted[layer]
        if not clauses:
            return []
        ticks = Counter(firing.clause for firing in firings if firing.condition is not None)
        enough = [c.number for c in clauses if ticks[c.number] >= (self._needed[c.number] or 0)]
        return [fact for number in enough for fact in self._copies[f"n{number}", TRUE]]

    def only_counts(self, firing: Firing) -> bool:
        """Whether a firing concludes nothing by itself, but counts towards what its clause needs."""
        return firing.condition is not None and self._needed[firing.clause] is not None

    def _test(self, at: int, condition: Condition) -> _Test:
        """The key that a condition looks at, and the values of it that satisfy the condition."""
        match condition:
            case FindingIs():
                return f"f{self._criterion[condition.criterion]}", tuple(sorted(map(int, condition.states)))
            case ConcludedIs():
                read = self._program.positions[condition.conclusion]
                declared = self._program.conclusions[read].values
                values = tuple(n for n, value in enumerate(declared) if value in condition.values)
                if len(values) == 1:
                    return f"c{read}", values
                self._sets.setdefault(read, []).append((at, frozenset(values)))
            case FactIs() | FactKnown() | FactCompares() | MeasureCompares():
                self._loose.append((at, condition))
        return f"t{at}", (TRUE,)

    def _tested(self, key: str, values: tuple[int, ...]) -> Definition:
        """A test as durable-rules reads it, under a key that is not tested too often."""
        copy = self._uses[key] // MOST_TESTS
        self._uses[key] += 1
        number = self._keys.setdefault(f"{key}'{copy}", len(self._keys))
        group, place = divmod(number, GROUP)
        for value in values:
            self._copies[key, value][group, place, value] = None
        one = [{"v": value} for value in values]
        return {"$and": [{"g": group}, {"k": place}, one[0] if len(one) == 1 else {"$or": one}]}

    def _clause_rules(self, clause: CompiledClause) -> Iterator[tuple[str, list[_Test]]]:
        """The rules of one clause, by name, with what each tests."""
        tests = [self._tests[condition] for condition in clause.conditions]
        if clause.need == "all" and self._needed[clause.number] is None:
            joined = _joined(tests)
            if joined is not None:
                yield str(clause.number), joined or [(_START, (TRUE,))]
            return
        for condition, test in zip(clause.conditions, tests, strict=True):
            if test[1]:
                yield f"{clause.number}/{condition}", [test]
        if self._needed[clause.number] is not None:
            yield str(clause.number), [(f"n{clause.number}", (TRUE,))]


def _needed(clause: CompiledClause) -> int | None:
    """How many of a clause's conditions have to fire, where that is counted: not for any, nor for all of a few."""
    if isinstance(clause.need, int):
        return clause.need
    return len(clause.conditions) if clause.need == "all" and len(clause.conditions) > MOST_JOINED else None


def _joined(tests: list[_Test]) -> list[_Test] | None:
    """Tests for one rule, one for each key, as one fact cannot satisfy two; None where no value satisfies all."""
    merged: dict[str, set[int]] = {}
    for key, values in tests:
        merged[key] = merged.get(key, set(values)) & set(values)
    if not all(merged.values()):
        return None
    return [(key, tuple(sorted(values))) for key, values in merged.items()]
