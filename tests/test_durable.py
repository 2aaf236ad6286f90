"""The hazards of durable-rules 2.0.28, one by one, and that the adapter is safe from each."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from bandstand.engine import durable
from bandstand.engine.durable import DurableEngine
from bandstand.engine.evaluate import Evaluator
from bandstand.engine.plain import PlainEngine
from bandstand.engine.ruleset import Firing, Ruleset
from bandstand.errors import EngineError, EngineUnavailableError
from bandstand.models.clauses import ConcludedIs, Conclusion, FactCompares, FactIs, FindingIs
from bandstand.models.evidence import Evidence, Person
from bandstand.models.finding import SETTLED_STATES, State

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bandstand.models.clauses import Clause, Fact, Need, Value
    from bandstand.packs.pack import Pack
    from bandstand.rules.program import Program

    Programs = Callable[..., Program]
    Clauses = Callable[..., Clause]

pytestmark = pytest.mark.durable

MET = frozenset({State.MET})
OPEN = frozenset(State) - SETTLED_STATES

LADDER = {
    "id": "ladder",
    "kind": "cumulative_levels",
    "levels": [{"level": 1, "criteria": ["L1.1", "L1.2"]}, {"level": 2, "criteria": ["L2.1", "L2.2"], "need": 1}],
}
CRITERIA = ("L1.1", "L1.2", "L2.1", "L2.2")


def concludes(name: str = "r.a", values: tuple[Value, ...] = (True, False)) -> Conclusion:
    """A conclusion whose last value is what it is otherwise."""
    return Conclusion(name, values, values[-1], "r", name)


def both(program: Program, states: Sequence[int], facts: dict[str, Fact] | None = None) -> list[Value]:
    """What durable-rules concludes, which is what the plain engine does."""
    plain = PlainEngine(program)
    inputs = plain.inputs(states, facts or {})
    values = DurableEngine(program).run(inputs).values
    assert list(values) == list(plain.run(inputs).values)
    return [c.values[at] for c, at in zip(program.conclusions, values, strict=True)]


def run(program: Program, states: Sequence[int]) -> durable.DurableRun:
    return DurableEngine(program).run(PlainEngine(program).inputs(states, {}))


def the_process() -> Any:
    """The adapter's one host, lock and log of this process."""
    return durable._this_process()  # noqa: SLF001 - the hazards lie inside


def listen(monkeypatch: pytest.MonkeyPatch, method: str) -> list[tuple[Any, ...]]:
    """The arguments of every call of the host's method from now on."""
    host = the_process().host
    calls: list[tuple[Any, ...]] = []
    real = getattr(host, method)

    def heard(*given: Any) -> Any:
        calls.append(given)
        return real(*given)

    monkeypatch.setattr(host, method, heard)
    return calls


#: What the programs of other processes begin with: a way to make small programs.
PREAMBLE = """
from bandstand.engine import durable
from bandstand.engine.durable import DurableEngine
from bandstand.engine.plain import PlainEngine
from bandstand.models.clauses import Clause, Conclusion, FindingIs, Lowered
from bandstand.models.finding import State
from bandstand.models.provenance import Basis, Ground
from bandstand.rules.program import compile_program

MET = frozenset({State.MET})
GROUND = (Ground(source="1", basis=Basis.STATED),)

def program(name, size):
    names = [f"C{n}" for n in range(size)]
    made = [Conclusion(f"r.{n}", (True, False), False, "r", n) for n in names]
    clauses = [Clause(f"r.{n}", True, "all", (FindingIs(n, MET),), GROUND) for n in names]
    if size > 1:
        clauses.append(Clause("r.C0", True, "all", tuple(FindingIs(n, MET) for n in names), GROUND))
    return compile_program(name, "position", names, [Lowered("position", tuple(made), tuple(clauses))])
"""


def in_another_process(code: str, within: int = 120) -> str:
    """What the code prints in a process of its own, which must end well."""
    done = subprocess.run(  # noqa: S603 - the code stands in this file
        [sys.executable, "-c", PREAMBLE + textwrap.dedent(code)],
        capture_output=True,
        text=True,
        timeout=within,
        check=False,
    )
    assert done.returncode == 0, f"ended with {done.returncode}: {done.stderr}"
    return done.stdout.strip()


# It may not be there at all.

ABSENT = """
import sys
sys.modules["durable"] = None
"""


def test_a_missing_durable_rules_is_named_with_how_to_build_it() -> None:
    said = in_another_process(
        ABSENT
        + """
from bandstand.errors import EngineUnavailableError
assert not durable.is_available()
try:
    DurableEngine(program("p", 1))
except EngineUnavailableError as error:
    print(error)
"""
    )
    assert "the plain engine concludes alone" in said
    assert "CPPFLAGS=-DPyEval_CallObject=PyObject_CallObject pip install durable-rules==2.0.28" in said


@pytest.fixture
def no_durable_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget this process's host, and let durable-rules be missing."""
    monkeypatch.setattr(durable, "_process", None)
    monkeypatch.setitem(sys.modules, "durable", None)
    durable._engine.cache_clear()  # noqa: SLF001 - it remembers the module


@pytest.mark.usefixtures("no_durable_rules")
def test_an_evaluator_without_durable_rules_concludes_by_the_plain_engine_and_says_why(
    pack_of: Callable[..., Pack], evidence: Callable[..., Evidence]
) -> None:
    evaluator = Evaluator(pack_of(CRITERIA, [LADDER]))
    found = evaluator.evaluate(Person(person="P-1"), [evidence(["L1.1", "L1.2"])], dt.date(2026, 7, 31))
    assert found.headline.value("ladder.level") == 1
    assert found.headline.durable is None
    assert found.differences == ()
    assert "CPPFLAGS" in str(found.unavailable)


@pytest.mark.usefixtures("no_durable_rules")
def test_an_evaluator_that_was_asked_for_durable_rules_does_not_go_on_without(pack_of: Callable[..., Pack]) -> None:
    with pytest.raises(EngineUnavailableError, match="CPPFLAGS"):
        Evaluator(pack_of(CRITERIA, [LADDER]), durable=True)


def test_an_evaluator_that_was_not_asked_for_durable_rules_says_so(
    pack_of: Callable[..., Pack], evidence: Callable[..., Evidence]
) -> None:
    evaluator = Evaluator(pack_of(CRITERIA, [LADDER]), durable=False)
    found = evaluator.evaluate(Person(person="P-1"), [evidence("L1.1")], dt.date(2026, 7, 31))
    assert (found.headline.durable, found.unavailable) == (None, "durable-rules was not asked for.")


def test_an_evaluator_with_durable_rules_concludes_by_both(
    pack_of: Callable[..., Pack], evidence: Callable[..., Evidence]
) -> None:
    evaluator = Evaluator(pack_of(CRITERIA, [LADDER]), durable=True)
    found = evaluator.evaluate(Person(person="P-1"), [evidence(CRITERIA)], dt.date(2026, 7, 31))
    assert found.headline.durable is not None
    assert found.headline.value("ladder.level") == 2
    assert (found.differences, found.unavailable) == ((), None)


# It crashes, and it keeps what it is not told to delete.


def test_a_program_in_which_no_rule_fires_does_not_crash_the_process() -> None:
    said = in_another_process(
        """
        for number in range(30):
            size = 1 + number % 6
            made = program(f"p{number}", size)
            engine = DurableEngine(made)
            for _ in range(150):
                inputs = PlainEngine(made).inputs([int(State.NOT_MET)] * size, {})
                assert engine.run(inputs).firings == ()
        print("still here")
        """
    )
    assert said == "still here"


def test_memory_stays_flat_over_many_evaluations() -> None:
    said = in_another_process(
        """
        import resource, sys
        made = program("p", 8)
        engine, plain = DurableEngine(made), PlainEngine(made)
        def evaluate(times):
            for n in range(times):
                engine.run(plain.inputs([int(State.MET if (n >> c) & 1 else State.NOT_MET) for c in range(8)], {}))
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            return peak // (1024 if sys.platform == "darwin" else 1)
        print(evaluate(200), evaluate(2800))
        """
    )
    after_200, after_3000 = map(int, said.split())
    assert after_3000 - after_200 < 4096  # KiB; one state that stays costs 3,500


def test_a_state_is_deleted_even_when_the_evaluation_fails(
    rules_program: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = rules_program(CRITERIA, [LADDER])
    engine, host = DurableEngine(program), the_process().host
    deleted = listen(monkeypatch, "delete_state")
    tell = host.assert_facts
    asserted: list[str] = []

    def fail_later(name: str, messages: list[dict[str, Any]]) -> Any:
        asserted.append(messages[0]["sid"])
        if len(asserted) > 1:
            raise RuntimeError("out of order")
        return tell(name, messages)

    monkeypatch.setattr(host, "assert_facts", fail_later)
    with pytest.raises(EngineError, match="durable-rules failed: out of order"):
        engine.run(PlainEngine(program).inputs([3, 3, 3, 3], {}))
    assert deleted == [(program.name, asserted[0])]


def test_no_timer_threads_are_started() -> None:
    said = in_another_process(
        """
        import threading
        made = program("p", 2)
        DurableEngine(made).run(PlainEngine(made).inputs([3, 1], {}))
        print([thread.name for thread in threading.enumerate()])
        """
    )
    assert said == "['MainThread']"


# It is one per process.


def test_a_program_is_registered_once_under_its_name(rules_program: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    program = rules_program(CRITERIA, [LADDER])
    registered = listen(monkeypatch, "set_rulesets")
    inputs = PlainEngine(program).inputs([3, 3, 1, 3], {})
    assert DurableEngine(program).run(inputs) == DurableEngine(program).run(inputs)
    assert [list(given) for (given,) in registered] == [[program.name]]


def test_the_host_takes_a_copy_apart_and_not_the_definition(
    rules_program: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[dict[str, Any]] = []
    define = Ruleset.definition

    def keep(self: Any, action: Any) -> dict[str, Any]:
        made.append(define(self, action))
        return made[-1]

    monkeypatch.setattr(Ruleset, "definition", keep)
    DurableEngine(rules_program(CRITERIA, [LADDER]))
    assert all(callable(rule["run"]) for rule in made[0].values())


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_child_process_gets_a_host_of_its_own() -> None:
    said = in_another_process(
        """
        import os, sys
        made = program("p", 3)
        plain, engine = PlainEngine(made), DurableEngine(made)
        parent = durable.durable_host()
        child = os.fork()
        if not child:
            assert durable.durable_host() is not parent
            for one in (DurableEngine(made), engine):
                for n in range(200):
                    inputs = plain.inputs([3, 1 + n % 3, 3], {})
                    assert list(one.run(inputs).values) == list(plain.run(inputs).values)
            print("child", flush=True)
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert durable.durable_host() is parent
        inputs = plain.inputs([3, 3, 3], {})
        assert list(engine.run(inputs).values) == list(plain.run(inputs).values)
        print("parent")
        """
    )
    assert said.split() == ["child", "parent"]


def test_threads_wait_for_one_another(rules_program: Programs) -> None:
    program = rules_program(CRITERIA, [LADDER])
    plain, engine = PlainEngine(program), DurableEngine(program)
    people = [plain.inputs([1 + (n >> bit) % 3 for bit in range(4)], {}) for n in range(300)]

    def everyone(turn: int) -> int:
        mine = people[turn * 7 :] + people[: turn * 7]
        return sum(list(engine.run(person).values) == list(plain.run(person).values) for person in mine)

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(everyone, range(4))) == [300] * 4


# What it does with facts.


def test_facts_that_no_rule_mentions_are_passed_over(clauses_program: Programs, clause: Clauses) -> None:
    program = clauses_program(["A", "B"], [concludes()], [clause("r.a", True, FindingIs("A", MET))])
    assert both(program, [State.MET, State.PARTLY_MET]) == [True]
    assert both(program, [State.NOT_EVIDENCED, State.MET]) == [False]
    assert both(clauses_program(["A"], [concludes()], []), [State.MET]) == [False]


def test_an_unmentioned_fact_of_a_batch_hides_no_firing_of_it(
    clauses_program: Programs, clause: Clauses, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = clauses_program(["A", "B"], [concludes()], [clause("r.a", True, FindingIs("A", MET))])
    first = Ruleset.first_facts  # it leaves out what no rule mentions
    stray = (0, 23, 2)
    monkeypatch.setattr(Ruleset, "first_facts", lambda self, inputs: [*first(self, inputs), stray])
    assert both(program, [State.MET, State.PARTLY_MET]) == [True]


@pytest.mark.parametrize("state", list(State))
def test_two_conditions_of_a_clause_on_one_criterion_are_both_asked(
    state: State, clauses_program: Programs, clause: Clauses
) -> None:
    asked = [
        FindingIs("A", frozenset({State.MET, State.PARTLY_MET})),
        FindingIs("A", frozenset({State.MET, State.NOT_MET})),
        FindingIs("A", OPEN | MET),
    ]
    program = clauses_program(
        ["A"],
        [concludes("r.all"), concludes("r.any"), concludes("r.two")],
        [
            clause("r.all", True, *asked[:2]),
            clause("r.any", True, *asked[:2], need="any"),
            clause("r.two", True, *asked, need=2),
        ],
    )
    either = state in {State.MET, State.PARTLY_MET, State.NOT_MET}
    assert both(program, [state]) == [state is State.MET, either, either]


@pytest.mark.parametrize("state", list(State))
def test_conditions_that_cannot_hold_together_hide_no_other_conclusion(
    state: State, clauses_program: Programs, clause: Clauses
) -> None:
    program = clauses_program(
        ["A", "B"],
        [concludes("r.never"), concludes("r.met")],
        [
            clause("r.never", True, FindingIs("A", MET), FindingIs("A", OPEN)),
            clause("r.met", True, FindingIs("B", MET)),
        ],
    )
    assert both(program, [state, State.MET]) == [False, True]
    assert both(program, [state, State.NOT_MET]) == [False, False]


def test_two_conditions_of_a_clause_on_one_conclusion_are_both_asked(
    clauses_program: Programs, clause: Clauses
) -> None:
    values = ("middle", "high", "low")
    program = clauses_program(
        "AB",
        [concludes("r.level", values), concludes("r.a")],
        [
            clause("r.level", "middle", FindingIs("A", MET), FindingIs("B", OPEN)),
            clause("r.level", "high", FindingIs("B", MET)),
            clause(
                "r.a",
                True,
                ConcludedIs("r.level", frozenset({"low", "middle"})),
                ConcludedIs("r.level", frozenset({"middle", "high"})),
            ),
        ],
    )
    assert both(program, [1, 1]) == ["low", False]
    assert both(program, [3, 1]) == ["middle", True]
    assert both(program, [3, 3]) == ["high", False]


def test_a_hash_collision_is_tried_again_under_another_state(
    rules_program: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    from durable import engine as library  # noqa: PLC0415 - optional, as in the adapter

    program = rules_program(CRITERIA, [LADDER])
    plain, engine, host = PlainEngine(program), DurableEngine(program), the_process().host
    sids: list[str] = []
    tell = host.assert_facts

    def collide(name: str, messages: list[dict[str, Any]]) -> Any:
        sids.append(messages[0]["sid"])
        if len(sids) == 2:
            raise library.MessageObservedException(messages)
        return tell(name, messages)

    monkeypatch.setattr(host, "assert_facts", collide)
    inputs = plain.inputs([3, 3, 3, 1], {})
    assert list(engine.run(inputs).values) == list(plain.run(inputs).values)
    assert sids[0] == sids[1]
    assert len(set(sids)) == 2


def test_collisions_without_end_are_an_error(rules_program: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    from durable import engine as library  # noqa: PLC0415 - optional, as in the adapter

    program = rules_program(CRITERIA, [LADDER])
    engine = DurableEngine(program)

    def collide(_name: str, messages: list[dict[str, Any]]) -> Any:
        raise library.MessageObservedException(messages)

    monkeypatch.setattr(the_process().host, "assert_facts", collide)
    with pytest.raises(EngineError, match="durable-rules took different facts for the same 3 times"):
        engine.run(PlainEngine(program).inputs([3, 3, 3, 3], {}))


def test_facts_that_say_the_same_are_not_duplicates(rules_program: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    program = rules_program(CRITERIA, [LADDER])
    engine, calls = DurableEngine(program), listen(monkeypatch, "assert_facts")
    for _ in range(3):
        engine.run(PlainEngine(program).inputs([3, 3, 3, 3], {}))
    ids = [fact["id"] for _, facts in calls for fact in facts]
    assert len(ids) == len(set(ids)) > 0


def test_more_facts_than_a_state_can_safely_hold_are_an_error(
    rules_program: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = rules_program(CRITERIA, [LADDER])
    monkeypatch.setattr(durable, "MOST_FACTS", 4)
    with pytest.raises(EngineError, match="more than 4 facts for one person"):
        run(program, [3, 3, 3, 3])
    assert durable.MOST_FACTS < 1000


def test_facts_in_several_batches_conclude_the_same(rules_program: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    program = rules_program(CRITERIA, [LADDER])
    whole = run(program, [3, 3, 1, 3])
    monkeypatch.setattr(durable, "MOST_IN_A_BATCH", 1)
    assert run(program, [3, 3, 1, 3]).values == whole.values


def test_every_fact_is_a_key_without_dots_and_a_plain_integer(
    rules_program: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = {
        "id": "action",
        "kind": "decision_table",
        "hit": "first",
        "inputs": {
            "level": {"conclusion": "ladder.level"},
            "held": {"conclusion": "ladder.L1"},
            "fte": {"fact": "fte"},
        },
        "rows": [
            {"when": {"level": [1, 2], "held": True, "fte": "> 0.25"}, "then": "one"},
            {"when": {"level": 0}, "then": "two"},
        ],
    }
    program = rules_program(CRITERIA, [LADDER, table])
    engine, plain, calls = DurableEngine(program), PlainEngine(program), listen(monkeypatch, "assert_facts")
    for states in ([3, 3, 1, 1], [State.MET, State.MET, State.MET, State.MET], [1, 1, 1, 1]):
        engine.run(plain.inputs(states, {"fte": 0.5}))
    told = [fact for _, facts in calls for fact in facts]
    assert {key for fact in told for key in fact} <= {"sid", "id", "g", "k", "v"}
    assert {type(fact[name]) for fact in told for name in ("g", "k", "v")} == {int}


def test_booleans_words_and_numbers_are_never_confused(clauses_program: Programs, clause: Clauses) -> None:
    values = ("1", 1, "True", None)
    program = clauses_program(
        "AB",
        [concludes("r.value", values), *(concludes(f"r.{n}") for n in range(4))],
        [
            clause("r.value", 1, FindingIs("A", MET)),
            clause("r.value", "True", FindingIs("B", MET)),
            *(clause(f"r.{n}", True, ConcludedIs("r.value", frozenset({value}))) for n, value in enumerate(values)),
        ],
    )
    assert both(program, [State.MET, State.NOT_MET]) == [1, False, True, False, False]
    assert both(program, [State.NOT_MET, State.MET]) == ["True", False, False, True, False]
    assert both(program, [State.NOT_MET, State.NOT_MET]) == [None, False, False, False, True]


@pytest.mark.parametrize(("fte", "holds"), [("4", [False, True]), (4, [True, False]), (True, [False, False])])
def test_a_word_is_no_number_and_a_number_no_word(
    fte: Fact, holds: list[bool], clauses_program: Programs, clause: Clauses
) -> None:
    program = clauses_program(
        [],
        [concludes("r.over"), concludes("r.four")],
        [
            clause("r.over", True, FactCompares("fte", ">", 3)),
            clause("r.four", True, FactIs("fte", frozenset({"4"}))),
        ],
    )
    assert both(program, [], facts={"fte": fte}) == holds


# What it does with actions and with what is not there.


def test_an_exception_in_an_action_comes_up_as_an_error(
    rules_program: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(_self: Any, name: str) -> Callable[[Any], None]:
        def action(_closure: Any) -> None:
            raise RuntimeError(f"{name} has failed")

        return action

    monkeypatch.setattr(type(the_process()), "action", failing)
    engine = DurableEngine(program := rules_program(CRITERIA, [LADDER]))
    monkeypatch.undo()
    for _ in range(2):
        with pytest.raises(EngineError, match="has failed"):
            engine.run(PlainEngine(program).inputs([3, 3, 3, 3], {}))
    assert both(rules_program(CRITERIA, [LADDER]), [3, 3, 1, 1])[0] is True


def test_two_values_of_one_conclusion_are_an_error(clauses_program: Programs, clause: Clauses) -> None:
    program = clauses_program(
        "A",
        [concludes("r.a", ("one", "two", None))],
        [clause("r.a", "one", FindingIs("A", MET)), clause("r.a", "two", FindingIs("A", SETTLED_STATES))],
    )
    with pytest.raises(EngineError, match=r"durable-rules concluded two values of r\.a"):
        run(program, [State.MET])
    assert both(program, [State.NOT_APPLICABLE]) == ["two"]


def test_a_false_conclusion_is_asserted_and_fires_once_for_each_blocker_by_name(rules_program: Programs) -> None:
    program = rules_program(CRITERIA, [{**LADDER, "levels": [{"level": 1, "criteria": list(CRITERIA)}]}])
    fired = run(program, [State.MET, State.NOT_MET, State.NOT_EVIDENCED, State.PROVISIONAL]).firings
    held = program.positions["ladder.L1"]
    blockers = [f for f in fired if program.clauses[f.clause].conclusion == held]
    assert len(blockers) == 3
    assert all(program.clauses[f.clause].clause.value is False for f in blockers)
    named = [program.conditions[f.condition] for f in blockers if f.condition is not None]
    assert sorted(c.criterion for c in named if isinstance(c, FindingIs)) == ["L1.2", "L2.1", "L2.2"]


def test_a_lower_level_that_is_not_held_is_a_blocker_of_the_higher_by_name(rules_program: Programs) -> None:
    program = rules_program(CRITERIA, [LADDER])
    fired = run(program, [State.MET, State.NOT_MET, State.MET, State.MET]).firings
    above = program.positions["ladder.L2"]
    named = [
        program.conditions[f.condition]
        for f in fired
        if program.clauses[f.clause].conclusion == above and f.condition is not None
    ]
    assert named == [ConcludedIs("ladder.L1", frozenset({False}))]


def test_a_clause_with_no_conditions_fires_by_the_start_alone(clauses_program: Programs, clause: Clauses) -> None:
    program = clauses_program("A", [concludes()], [clause("r.a", True)])
    assert both(program, [State.NOT_EVIDENCED]) == [True]
    assert run(program, [State.NOT_EVIDENCED]).firings == (Firing(0, None),)


# How much it holds: 64 tests of one fact, 16 facts of one rule, 250 rules of one test, 511 keys of one property.


def test_a_program_with_more_keys_than_a_bucket_holds_does_not_hang() -> None:
    # With 512 keys side by side, durable-rules looks for an empty place for ever, and keeps Python's lock meanwhile.
    said = in_another_process(
        """
        made = program("p", 600)
        engine, plain = DurableEngine(made), PlainEngine(made)
        for state in (State.MET, State.NOT_MET):
            inputs = plain.inputs([int(state)] * 600, {})
            assert list(engine.run(inputs).values) == list(plain.run(inputs).values)
        print("still here")
        """,
        within=30,
    )
    assert said == "still here"


def test_a_sheet_of_a_hundred_lines_gets_its_colours(rules_program: Programs) -> None:
    lines = [f"L{n}" for n in range(100)]
    program = rules_program(lines, [{"id": "sheet", "kind": "ragging", "order": lines}], "review")
    colours = both(program, [State.MET] * 80 + [State.NOT_MET] + [State.MET] * 19)
    assert colours == ["green"] * 80 + ["blank"] + ["amber"] * 19
    assert both(program, [State.MET] * 100) == ["green"] * 100


def test_eighty_bands_find_the_one_that_applies(rules_program: Programs) -> None:
    bands = [{"id": f"band{n}", "grades": [f"teaching:G{n}"], "from": n % 2, "gold": 1 + n % 2} for n in range(1, 81)]
    rule = {"id": "expected", "kind": "expected_band", "level": "ladder.level", "bands": bands}
    program = rules_program(CRITERIA, [LADDER, rule])
    band, zone = (program.positions[f"expected.{name}"] for name in ("band", "zone"))
    for grade in (1, 40, 79, 80):
        found = both(program, [3, 3, 1, 1], facts={"grade": f"teaching:G{grade}"})
        assert (found[band], found[zone]) == (f"band{grade}", "amber" if grade % 2 else "gold")
    assert both(program, [3, 3, 1, 1], facts={"grade": "teaching:G99"})[band] is None


@pytest.mark.parametrize("size", [16, 17, 40])
def test_a_level_may_ask_for_any_number_of_criteria(size: int, rules_program: Programs) -> None:
    criteria = [f"C{n}" for n in range(size)]
    rule = {"id": "ladder", "kind": "cumulative_levels", "levels": [{"level": 1, "criteria": criteria}]}
    program = rules_program(criteria, [rule])
    held = program.positions["ladder.L1"]
    assert both(program, [State.MET] * size)[held] is True
    assert both(program, [State.MET] * (size - 1) + [State.NOT_MET])[held] is False


@pytest.mark.parametrize(("size", "need"), [(2, 2), (3, "all"), (20, "all"), (20, 5)])
def test_a_condition_named_twice_counts_once_in_either_engine(
    size: int, need: Need, clauses_program: Programs, clause: Clauses
) -> None:
    criteria = [f"C{n}" for n in range(size)]
    asked = [FindingIs(c, MET) for c in [*criteria, "C0"]]
    program = clauses_program(criteria, [concludes()], [clause("r.a", True, *asked, need=need)])
    enough = size if need == "all" else int(need)
    assert both(program, [State.MET] * enough + [State.NOT_MET] * (size - enough)) == [True]
    assert both(program, [State.MET] * (enough - 1) + [State.NOT_MET] * (size - enough + 1)) == [False]


@pytest.mark.parametrize("hit", ["first", "unique"])
def test_a_table_may_have_any_number_of_rows(hit: str, rules_program: Programs) -> None:
    rows = [{"when": {"grade": f"teaching:G{n}"}, "then": f"outcome{n}"} for n in range(1, 31)]
    table = {
        "id": "action",
        "kind": "decision_table",
        "hit": hit,
        "inputs": {"grade": {"fact": "grade"}},
        "rows": rows,
        "otherwise": {"then": "other", "source": 1},
    }
    program = rules_program([], [table])
    for grade, outcome in (("G1", "outcome1"), ("G30", "outcome30"), ("G31", "other")):
        assert both(program, [], facts={"grade": f"teaching:{grade}"})[-1] == outcome


@pytest.mark.parametrize("states", [MET, SETTLED_STATES])
@pytest.mark.parametrize("size", [60, 70, 200])
def test_any_number_of_clauses_may_ask_the_same_condition(
    size: int, states: frozenset[State], clauses_program: Programs, clause: Clauses
) -> None:
    names = [f"r.{n}" for n in range(size)]
    asked = FindingIs("A", states)
    program = clauses_program("A", [concludes(n) for n in names], [clause(n, True, asked) for n in names])
    assert both(program, [State.MET]) == [True] * size
    assert both(program, [State.NOT_MET]) == [False] * size


def test_a_ruleset_that_durable_rules_cannot_take_is_an_error_by_name(
    rules_program: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    from durable_rules_engine import error  # noqa: PLC0415 - optional, as in the adapter

    def refuse(_definitions: Any) -> None:
        raise error("Could not create ruleset, error code: 108")

    program = rules_program(CRITERIA, [LADDER])
    monkeypatch.setattr(the_process().host, "set_rulesets", refuse)
    with pytest.raises(EngineError, match=rf"{program.name}: .*error code: 108"):
        DurableEngine(program)
