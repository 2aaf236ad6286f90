"""The durable-rules adapter: the only module that imports durable-rules, and the one that knows its hazards.

docs/durable-rules.md lists the hazards of release 2.0.28 and what this module does about each;
``tests/test_durable.py`` has a test for each.
"""

from __future__ import annotations

import copy
import itertools
import os
import threading
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from bandstand.engine.plain import TRUE, Inputs, fact_verdict
from bandstand.errors import EngineError, EngineUnavailableError
from bandstand.models.clauses import (
    COMPARISONS,
    ConcludedIs,
    Condition,
    FactCompares,
    FactIs,
    FactKnown,
    FindingIs,
    MeasureCompares,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from types import ModuleType

    from bandstand.rules.program import CompiledClause, Program

RELEASE: Final = "2.0.28"
#: Past about this many facts, two ids of one state are too likely to share a 32-bit hash.
MOST_FACTS: Final = 1000
#: The engine takes at most 1,000 messages in one batch.
MOST_IN_A_BATCH: Final = 500
_TRIES: Final = 3

#: The rule that always fires, and the fact that it fires for.
_START_RULE: Final = "start"
_START: Final = ("start", 1)

Definition = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Firing:
    """One rule of the ruleset that fired.

    Attributes:
        clause: Number of the clause that it belongs to.
        condition: For a clause of which any condition is enough, position of the condition that was; else None.
    """

    clause: int
    condition: int | None


@dataclass(frozen=True, slots=True)
class DurableRun:
    """What durable-rules concluded.

    Attributes:
        values: Position of the value of each conclusion.
        firings: In the order in which the rules fired.
    """

    values: tuple[int, ...]
    firings: tuple[Firing, ...]


class _Collision(Exception):  # noqa: N818 - it never leaves this module
    """Two facts of one state share a hash."""


@cache
def _engine() -> ModuleType:
    """The ``durable.engine`` module.

    Raises:
        EngineUnavailableError: durable-rules is not installed here.
    """
    try:
        from durable import engine  # noqa: PLC0415 - optional: without a C compiler there is no durable-rules
    except ImportError as error:
        raise EngineUnavailableError(
            f"durable-rules cannot be imported ({error}), so the plain engine concludes alone. It has no wheels: "
            "with a C compiler and Python's headers, install it by "
            f"CPPFLAGS=-DPyEval_CallObject=PyObject_CallObject pip install durable-rules=={RELEASE}"
        ) from error
    module: ModuleType = engine
    return module


def is_available() -> bool:
    """Whether durable-rules can be imported here."""
    try:
        _engine()
    except EngineUnavailableError:
        return False
    return True


class _Process:
    """The one host of this process, its lock, and the rulesets registered so far; rulesets cannot be taken back."""

    def __init__(self) -> None:
        engine = _engine()

        class QuietHost(engine.Host):  # type: ignore[name-defined,misc]  # the module is untyped
            """A host without timer threads: they touch rulesets behind the caller's back, and no rule needs them."""

            def _run(self) -> None:
                pass

        self.pid = os.getpid()
        self.host: Any = QuietHost()
        self.lock = threading.Lock()
        self.names: set[str] = set()
        self.sids = itertools.count()
        #: Rules append the name they fired under; the lock lets one state run at a time.
        self.log: list[str] = []

    def action(self, name: str) -> Callable[[Any], None]:
        """The action of the rule ``name``: it only logs, and takes one argument (two would make it asynchronous)."""
        log = self.log

        def append(_closure: Any) -> None:
            log.append(name)

        return append


_process: _Process | None = None
_starting = threading.Lock()


def _this_process() -> _Process:
    global _process  # noqa: PLW0603 - the host is the process's, as durable-rules has it
    with _starting:
        if _process is None or _process.pid != os.getpid():
            _process = _Process()
        return _process


def durable_host() -> Any:
    """The process's durable-rules host, for benchmarks that time it bare."""
    return _this_process().host


class DurableEngine:
    """Runs one program with durable-rules, over and over; threads wait for one another.

    Raises:
        EngineUnavailableError: durable-rules is not installed here.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self._rules = _Rules(program)
        self._process = _this_process()
        with self._process.lock:
            if program.name not in self._process.names:
                definition = self._rules.definition(self._process.action)
                # The host takes the definition apart while it registers it.
                self._process.host.set_rulesets({program.name: copy.deepcopy(definition)})
                self._process.names.add(program.name)

    def run(self, inputs: Inputs) -> DurableRun:
        """Conclude everything, in a state of its own that is deleted afterwards.

        Raises:
            EngineError: durable-rules failed, or two rules contradict each other.
        """
        for _ in range(_TRIES):
            try:
                with self._process.lock:
                    return self._run_once(inputs)
            except _Collision:
                continue
        raise EngineError(f"{self.program.name}: durable-rules took different facts for the same {_TRIES} times.")

    def _run_once(self, inputs: Inputs) -> DurableRun:
        sid = f"s{next(self._process.sids)}"
        state = _State(self._process, self.program.name, sid)
        try:
            return self._conclude(state, inputs)
        except (_Collision, EngineError):
            raise
        except Exception as error:
            raise EngineError(f"{self.program.name}: durable-rules failed: {error}") from error
        finally:
            state.delete()

    def _conclude(self, state: _State, inputs: Inputs) -> DurableRun:
        program, rules = self.program, self._rules
        values = [c.values.index(c.otherwise) for c in program.conclusions]
        concluded: dict[int, int] = {}
        # First and alone: deleting a state in which no rule has fired frees memory that was never set.
        firings = state.assert_facts([_START])
        new = firings.copy()
        facts = list(rules.first_facts(inputs))
        for n, layer in enumerate(program.layers):
            fired = state.assert_facts(facts)
            firings.extend(fired)
            new += fired
            tallies = rules.tallies(n, firings)
            if tallies:
                counted = state.assert_facts(tallies)
                firings.extend(counted)
                new += counted
            for firing in new:
                clause = program.clauses[firing.clause]
                if isinstance(clause.need, int) and firing.condition is not None:
                    continue  # it only counts
                if concluded.setdefault(clause.conclusion, clause.value) != clause.value:
                    name = program.conclusions[clause.conclusion].name
                    raise EngineError(f"{program.name}: durable-rules concluded two values of {name}.")
            for at in layer.conclusions:
                values[at] = concluded.get(at, values[at])
            new = []
            facts = [fact for at in layer.conclusions for fact in rules.conclusion_facts(at, values[at])]
        state.raise_swallowed()
        return DurableRun(tuple(values), tuple(firings))


class _State:
    """One state of a ruleset: takes facts, gives firings, and is deleted whatever happens."""

    def __init__(self, process: _Process, ruleset: str, sid: str) -> None:
        self._host = process.host
        self._log = process.log
        self._ruleset = ruleset
        self._sid = sid
        self._asserted = 0
        self._log.clear()

    def assert_facts(self, facts: Sequence[tuple[str, int]]) -> list[Firing]:
        """Assert ``(key, value)`` facts and give what fired for them, first to last.

        Raises:
            EngineError: There are more facts than one state can safely hold.
        """
        first = self._asserted
        self._asserted += len(facts)
        if self._asserted > MOST_FACTS:
            raise EngineError(f"{self._ruleset}: more than {MOST_FACTS} facts for one person.")
        # Ids of the state's own: no two facts can be duplicates, whatever they say.
        messages = [
            {"sid": self._sid, "id": f"{self._sid}.{n}", "k": key, "v": value}
            for n, (key, value) in enumerate(facts, first)
        ]
        engine = _engine()
        for at in range(0, len(messages), MOST_IN_A_BATCH):
            try:
                self._host.assert_facts(self._ruleset, messages[at : at + MOST_IN_A_BATCH])
            except engine.MessageNotHandledException:
                continue  # no rule mentions it, which is a pass
            except engine.MessageObservedException as error:
                raise _Collision from error
        fired = [_firing(name) for name in self._log if name != _START_RULE]
        self._log.clear()
        return fired

    def raise_swallowed(self) -> None:
        """Raise what an action raised: durable-rules puts exceptions into the state, to come up later.

        Raises:
            EngineError: There was one.
        """
        exception = self._host.get_state(self._ruleset, self._sid).get("exception")
        if exception:
            raise EngineError(f"{self._ruleset}: {exception}")

    def delete(self) -> None:
        """Give the state's memory back."""
        self._host.delete_state(self._ruleset, self._sid)


def _firing(name: str) -> Firing:
    clause, _, condition = name.partition("/")
    return Firing(int(clause), int(condition) if condition else None)


class _Rules:
    """A program as durable-rules has it: the ruleset's definition, and the facts that its rules mention.

    A fact is a key and a small integer. Findings (``f``) and conclusions (``c``) are asserted with their value; a
    comparison, a word of a fact, and a conclusion that may have several values are asserted as true (``t``), because
    more than 64 tests of one key that are not equalities overflow the engine's stack. How many conditions of a clause
    hold (``n``) is counted by firings and asserted in turn.
    """

    def __init__(self, program: Program) -> None:
        self._program = program
        self._criterion = {criterion: at for at, criterion in enumerate(program.criteria)}
        self._measure = {spec.name: at for at, spec in enumerate(program.measures)}
        self._mentioned: set[tuple[str, int]] = set()
        self._loose: list[tuple[int, FactIs | FactKnown | FactCompares | MeasureCompares]] = []
        self._sets: dict[int, list[tuple[int, frozenset[int]]]] = {}
        self._tests: list[tuple[str, tuple[int, ...]]] = []
        for at, condition in enumerate(program.conditions):
            self._tests.append(self._test(at, condition))
        self._counted = [
            [clause for clause in layer.clauses if isinstance(clause.need, int)] for layer in program.layers
        ]

    def _test(self, at: int, condition: Condition) -> tuple[str, tuple[int, ...]]:
        """The key that a condition looks at, and the values of it that satisfy the condition."""
        match condition:
            case FindingIs():
                key = f"f{self._criterion[condition.criterion]}"
                values = tuple(sorted(int(state) for state in condition.states))
            case ConcludedIs():
                read = self._program.positions[condition.conclusion]
                declared = self._program.conclusions[read].values
                values = tuple(n for n, value in enumerate(declared) if value in condition.values)
                key = f"c{read}"
                if len(values) != 1:
                    self._sets.setdefault(read, []).append((at, frozenset(values)))
                    key, values = f"t{at}", (TRUE,)
            case FactIs() | FactKnown() | FactCompares() | MeasureCompares():
                self._loose.append((at, condition))
                key, values = f"t{at}", (TRUE,)
        self._mentioned.update((key, value) for value in values)
        return key, values

    def definition(self, action: Callable[[str], Callable[[Any], None]]) -> Definition:
        """The ruleset, with ``action(name)`` as the action of the rule of that name."""
        rules: Definition = {_START_RULE: {"all": [{"m0": _match("start", (1,))}], "run": action(_START_RULE)}}
        for layer in self._program.layers:
            for clause in layer.clauses:
                for name, tests in self._clause_rules(clause):
                    parts = [{f"m{n}": _match(key, values)} for n, (key, values) in enumerate(tests)]
                    rules[name] = {"all": parts, "run": action(name)}
        return rules

    def _clause_rules(self, clause: CompiledClause) -> Iterator[tuple[str, list[tuple[str, tuple[int, ...]]]]]:
        tests = [self._tests[condition] for condition in clause.conditions]
        if clause.need == "all":
            # One fact cannot satisfy two conditions of one rule, so conditions on one key become one.
            merged: dict[str, set[int]] = {}
            for key, values in tests:
                merged[key] = merged.get(key, set(values)) & set(values)
            if all(merged.values()):
                joined = [(key, tuple(sorted(values))) for key, values in merged.items()]
                yield str(clause.number), joined or [("start", (1,))]
            return
        for condition, test in zip(clause.conditions, tests, strict=True):
            if test[1]:
                yield f"{clause.number}/{condition}", [test]
        if isinstance(clause.need, int):
            enough = tuple(range(clause.need, len(tests) + 1))
            yield str(clause.number), [(f"n{clause.number}", enough)]

    def first_facts(self, inputs: Inputs) -> Iterator[tuple[str, int]]:
        """Findings, and whatever is true of the person's facts and of the measures; only what rules mention."""
        for at, state in enumerate(inputs.states):
            fact = (f"f{at}", int(state))
            if fact in self._mentioned:
                yield fact
        for at, condition in self._loose:
            if isinstance(condition, MeasureCompares):
                number = inputs.measures[self._measure[condition.measure]]
                true = COMPARISONS[condition.comparison](number, condition.number)
            else:
                true = fact_verdict(condition, inputs.facts) == TRUE
            if true:
                yield f"t{at}", TRUE

    def conclusion_facts(self, conclusion: int, value: int) -> Iterator[tuple[str, int]]:
        """A conclusion's value, and the sets of values that it is in; only what rules mention."""
        fact = (f"c{conclusion}", value)
        if fact in self._mentioned:
            yield fact
        for at, values in self._sets.get(conclusion, ()):
            if value in values:
                yield f"t{at}", TRUE

    def tallies(self, layer: int, firings: Iterable[Firing]) -> list[tuple[str, int]]:
        """For each clause of the layer that counts, how many of its conditions fired."""
        clauses = self._counted[layer]
        if not clauses:
            return []
        ticks = Counter(firing.clause for firing in firings if firing.condition is not None)
        return [(f"n{c.number}", ticks[c.number]) for c in clauses if ticks[c.number] >= int(c.need)]


def _match(key: str, values: tuple[int, ...]) -> Definition:
    one = [{"v": value} for value in values]
    return {"$and": [{"k": key}, one[0] if len(one) == 1 else {"$or": one}]}
