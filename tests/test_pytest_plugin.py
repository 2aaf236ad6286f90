"""`pytest -p bandstand.testing` collects a pack's examples as tests, by their sentences, once for each engine."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import bandstand.found
import bandstand.trial
from bandstand.conformance.invariants import INVARIANTS
from bandstand.engine.durable import is_available
from bandstand.errors import EngineUnavailableError
from tiny import tiny

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., pytest.RunResult]

#: A run within a test forgets what it imports, and PyYAML cannot be imported twice: these have it imported before.
IMPORTED = (bandstand.found, bandstand.trial)
EXAMPLES = "examples/levels.yaml"
SENTENCE = "Someone who meets both lines of level 1 is at level 1"
NO_PROBLEMS = "the pack has no problems"
WRONG = (EXAMPLES, "level: 1\n", "level: 2\n")


@pytest.fixture
def run(pytester: pytest.Pytester) -> Run:
    """Run pytest in a folder of its own, with the plugin."""

    def runs(*words: str) -> pytest.RunResult:
        return pytester.runpytest_inprocess("-p", "bandstand.testing", "-p", "no:cacheprovider", *words)

    return runs


def ids(result: pytest.RunResult, outcome: str) -> list[str]:
    """The ids of the items of an outcome, in a verbose run."""
    return [line.partition(f" {outcome} ")[0] for line in result.outlines if f" {outcome} " in line and "::" in line]


@pytest.mark.durable
def test_each_example_is_a_test_for_each_engine(run: Run) -> None:
    tiny(Path("ours"))
    result = run("-v")
    assert ids(result, "PASSED")[:3] == [
        f"ours/{EXAMPLES}::{SENTENCE} [both]",
        f"ours/{EXAMPLES}::{SENTENCE} [plain]",
        f"ours/framework.yaml::{NO_PROBLEMS}",
    ]
    assert result.ret == 0


def test_an_example_that_fails_says_so_in_sentences_and_shows_no_traceback(run: Run) -> None:
    tiny(Path("ours"), WRONG)
    result = run("-k", "plain")
    result.assert_outcomes(failed=1, deselected=result.parseoutcomes()["deselected"])
    said = str(result.stdout)
    assert f"{Path('ours').resolve() / EXAMPLES}:2: {SENTENCE}\n  level is 1, not 2\n" in said
    assert "Traceback" not in said
    assert "try_example" not in said


def test_a_sentence_with_dots_in_it_is_shown_as_it_stands(run: Run) -> None:
    tiny(Path("ours"), (EXAMPLES, SENTENCE, "Somebody is open on A.1 and B.2 of the ladder"))
    result = run("-v", "-k", "plain")
    assert ids(result, "FAILED") == []
    assert ids(result, "PASSED") == [f"ours/{EXAMPLES}::Somebody is open on A.1 and B.2 of the ladder [plain]"]


def test_examples_are_picked_by_their_words(run: Run) -> None:
    tiny(Path("ours"), WRONG)
    assert run("-k", "nowhere").ret == pytest.ExitCode.NO_TESTS_COLLECTED
    assert run("-k", "meets and plain").parseoutcomes()["failed"] == 1


@pytest.mark.parametrize("named", ["ours", f"ours/{EXAMPLES}", "ours/framework.yaml"])
def test_a_pack_that_does_not_load_is_one_test_that_lists_its_problems(run: Run, named: str) -> None:
    tiny(Path("ours"), ("rules/sheet.yaml", "[A.1, A.2,", "[A.9, A.8,"))
    result = run(named)
    result.assert_outcomes(failed=1)
    for n, name in enumerate(("A.9", "A.8")):
        line = f'ours/rules/sheet.yaml, line 6, rules[0].order[{n}]: "{name}" is not a criterion of this pack. *'
        result.stdout.fnmatch_lines([line.replace("[", "[[]")])
    assert "Traceback" not in str(result.stdout)


def test_each_invariant_of_the_conformance_kit_is_a_test_of_the_pack(run: Run) -> None:
    tiny(Path("ours"))
    result = run("-v", "ours/framework.yaml")
    named = ids(result, "PASSED") + ids(result, "SKIPPED")
    wanted = [NO_PROBLEMS, *(invariant.sentence for invariant in INVARIANTS)]
    assert sorted(named) == sorted(f"ours/framework.yaml::{name}" for name in wanted)
    assert result.ret == 0


def test_a_broken_invariant_says_on_what_input(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    # Of records that are alike in all that counts, the one that was given first goes.
    monkeypatch.setattr("bandstand.engine.findings._comes_first", lambda *_: False)
    tiny(Path("ours"))
    result = run("ours/framework.yaml", "-k", "order and matters")
    result.assert_outcomes(failed=1, deselected=len(INVARIANTS))
    result.stdout.fnmatch_lines(
        [
            "tiny 1.0 does not keep to this: The order of evidence never matters.",
            "In another order, evidence comes to something else: *",
            "  outcome: position",
            "  E-*",
            "  and then in the order E-* and E-*",
        ]
    )
    assert "Traceback" not in str(result.stdout)


def test_what_lies_elsewhere_is_no_example(run: Run) -> None:
    for folder in ("examples", "ours"):
        Path(folder).mkdir()
    Path("examples/levels.yaml").write_text("examples: []\n", "utf-8")
    Path("ours/levels.yaml").write_text("examples: []\n", "utf-8")
    assert run().ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_a_pack_is_tested_by_its_name_wherever_it_is_installed(run: Run) -> None:
    Path("empty").mkdir()
    result = run("empty", "--pack", "npqel", "-k", "programme and plain")
    assert result.ret == 0
    assert result.parseoutcomes()["passed"] >= 3


def test_a_pack_that_is_not_there_is_wrong_usage(run: Run) -> None:
    result = run("--pack", "npqle")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert '"npqle" is no plugin or framework that is installed, and no folder. Did you mean npqel?' in str(
        result.stderr
    )


def test_without_durable_rules_its_tests_are_skipped(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise EngineUnavailableError("It is not there.")

    monkeypatch.setattr("bandstand.engine.evaluate.require_durable", missing)
    tiny(Path("ours"))
    result = run("-rs", f"ours/{EXAMPLES}")
    result.assert_outcomes(passed=1, skipped=1)
    result.stdout.fnmatch_lines(["*durable-rules is not installed here: it needs a C compiler*"])


@pytest.mark.skipif(not is_available(), reason="durable-rules is not installed here")
def test_what_needs_durable_rules_can_be_left_out_by_its_marker(run: Run) -> None:
    tiny(Path("ours"))
    result = run("-m", "not durable", "--strict-markers", f"ours/{EXAMPLES}")
    result.assert_outcomes(passed=1, deselected=1)


def test_it_is_not_loaded_by_itself(pytester: pytest.Pytester) -> None:
    tiny(Path("ours"))
    assert pytester.runpytest_inprocess().ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_nothing_else_of_bandstand_needs_pytest() -> None:
    code = "import sys, bandstand.cli.app, bandstand.trial, bandstand.service; sys.exit('pytest' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603 - our own code
