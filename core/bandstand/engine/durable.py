"""The durable-rules adapter: the only module that imports durable-rules, and the one that knows its hazards.

docs/durable-rules.md lists the hazards of release 2.0.28 and what this module does about each;
``tests/test_durable.py`` has a test for each.
"""

from __future__ import annotations

import copy
import itertools
import os
import threading
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from bandstand.engine.ruleset import START_RULE, Assertion, Firing, Ruleset, firing_of
from bandstand.errors import EngineError, EngineUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import ModuleType

    from bandstand.engine.plain import Inputs
    from bandstand.rules.program import Program

RELEASE: Final = "2.0.28"
#: Past about this many facts, two ids of one state are too likely to share a 32-bit hash.
MOST_FACTS: Final = 1000
#: The engine takes at most 1,000 messages in one batch.
MOST_IN_A_BATCH: Final = 500
_TRIES: Final = 3


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


def require_durable() -> None:
    """See that durable-rules can be imported here.

    Raises:
        EngineUnavailableError: It cannot; the message says how to make it.
    """
    _engine()


def is_available() -> bool:
    """Whether durable-rules can be imported here."""
    try:
        require_durable()
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
        if _process is None:
            _process = _Process()
        return _process


def _forget_the_parent() -> None:
    """In a child process: the parent's host is not ours, and its locks may be held by threads that are not here."""
    global _process, _starting
    _process, _starting = None, threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_the_parent)


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
        self._rules = Ruleset(program)
        self._registered()

    def _registered(self) -> _Process:
        """This process, with the program's ruleset registered in it; after a fork it has to be again."""
        process, name = _this_process(), self.program.name
        with process.lock:
            if name not in process.names:
                definition = self._rules.definition(process.action)
                try:
                    # The host takes the definition apart while it registers it.
                    process.host.set_rulesets({name: copy.deepcopy(definition)})
                except Exception as error:
                    raise EngineError(f"{name}: durable-rules does not take its rules: {error}") from error
                process.names.add(name)
        return process

    def run(self, inputs: Inputs) -> DurableRun:
        """Conclude everything, in a state of its own that is deleted afterwards.

        Raises:
            EngineError: durable-rules failed, or two rules contradict each other.
        """
        process = self._registered()
        for _ in range(_TRIES):
            try:
                with process.lock:
                    return self._run_once(process, inputs)
            except _Collision:
                continue
        raise EngineError(f"{self.program.name}: durable-rules took different facts for the same {_TRIES} times.")

    def _run_once(self, process: _Process, inputs: Inputs) -> DurableRun:
        state = _State(process, self.program.name, f"s{next(process.sids)}")
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
        firings = state.start(rules.start_facts())
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
                if rules.only_counts(firing):
                    continue
                clause = program.clauses[firing.clause]
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
        self._started = False
        self._log.clear()

    def start(self, facts: Sequence[Assertion]) -> list[Firing]:
        """Assert the facts for which a rule always fires; only then may the state be deleted."""
        self._start = facts[0]
        fired = self.assert_facts(facts)
        self._started = True
        return fired

    def assert_facts(self, facts: Sequence[Assertion]) -> list[Firing]:
        """Assert facts and give what fired for them, first to last.

        Raises:
            EngineError: There are more facts than one state can safely hold.
        """
        first = self._asserted
        self._asserted += len(facts)
        if self._asserted > MOST_FACTS:
            raise EngineError(f"{self._ruleset}: more than {MOST_FACTS} facts for one person.")
        # Ids of the state's own: no two facts can be duplicates, whatever they say.
        messages = [self._message(n, fact) for n, fact in enumerate(facts, first)]
        for at in range(0, len(messages), MOST_IN_A_BATCH):
            self._assert(messages[at : at + MOST_IN_A_BATCH])
        fired = [firing_of(name) for name in self._log if name != START_RULE]
        self._log.clear()
        return fired

    def _message(self, number: int, fact: Assertion) -> dict[str, Any]:
        group, place, value = fact
        return {"sid": self._sid, "id": f"{self._sid}.{number}", "g": group, "k": place, "v": value}

    def _assert(self, messages: list[dict[str, Any]]) -> None:
        engine = _engine()
        try:
            self._host.assert_facts(self._ruleset, messages)
        except engine.MessageNotHandledException:
            # That no rule mentions a fact is a pass, but what the rest of its batch fired waits: start again to run it.
            again = self._message(self._asserted, self._start)
            self._asserted += 1
            self._host.assert_facts(self._ruleset, [again])
        except engine.MessageObservedException as error:
            raise _Collision from error

    def raise_swallowed(self) -> None:
        """Raise what an action raised: durable-rules puts exceptions into the state, to come up later.

        Raises:
            EngineError: There was one.
        """
        exception = self._host.get_state(self._ruleset, self._sid).get("exception")
        if exception:
            raise EngineError(f"{self._ruleset}: {exception}")

    def delete(self) -> None:
        """Give the state's memory back; a state that took no fact was never made."""
        if self._started:
            self._host.delete_state(self._ruleset, self._sid)
