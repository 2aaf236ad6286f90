"""`bandstand test` runs packs' examples through every engine, and says what failed and what no example shows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bandstand.engine import durable
from bandstand.engine.durable import DurableEngine, DurableRun
from bandstand.errors import EngineUnavailableError
from commands import Cli, validate
from overlaying import overlay
from tiny import tiny

if TYPE_CHECKING:
    from collections.abc import Callable

    from bandstand.engine.plain import Inputs

EXAMPLES = "examples/levels.yaml"
VIEW = "      flags: { fact: flags }\n      view: { fact: view }"
SENTENCE = "Someone who meets both lines of level 1 is at level 1"


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Write the tiny pack to a folder of the present one."""
    monkeypatch.chdir(tmp_path)

    def write(*changes: tuple[str, str, str], folder: str = "ours") -> Path:
        return tiny(Path(folder), *changes)

    return write


@pytest.mark.durable
def test_examples_that_hold_are_counted_with_what_they_show(installed: Cli, at: Callable[..., Path]) -> None:
    code, out, err = installed("test", at())
    assert (code, err) == (0, "")
    summary = "tiny 1.0: one example by durable-rules and plain, all as expected; coverage "
    assert summary in out
    assert "│ ladder   │ Ladder" in out


def test_an_example_that_fails_is_named_by_file_line_and_sentence(installed: Cli, at: Callable[..., Path]) -> None:
    code, out, _ = installed("test", at((EXAMPLES, "level: 1\n", "level: 2\n")))
    assert code == 1
    lines = out.splitlines()
    assert lines[:2] == [f"{Path('ours') / EXAMPLES}:2: {SENTENCE}", "  level is 1, not 2"]
    assert "one example" in out
    assert "1 not as expected" in out


def test_json_gives_all_of_it_by_the_published_schema(installed: Cli, at: Callable[..., Path]) -> None:
    code, out, _ = installed("test", at((EXAMPLES, "level: 1\n", "level: 2\n")), "--json")
    assert code == 1
    content = json.loads(out)
    validate("trial", content)
    (pack,) = content["packs"]
    engines = ["both", "plain"] if durable.is_available() else ["plain"]
    assert pack["engines"] == engines
    assert pack["failures"] == [
        {
            "file": str(Path("ours") / EXAMPLES),
            "line": 2,
            "example": SENTENCE,
            "engines": engines,
            "differences": ["level is 1, not 2"],
        }
    ]
    missing = [(item["kind"], item["wanted"], item["text"], item["line"]) for item in pack["untried"]]
    row = "row 1 never hit: note.value is rise, when note.row1 is yes"
    assert ("row", True, row, 26) in missing
    counted = {rule["rule"]: (rule["covered"], rule["possible"]) for rule in pack["rules"]}
    assert counted["note"][1] - counted["note"][0] == sum(item["rule"] == "note" for item in pack["untried"])
    covered, possible = (sum(rule[field] for rule in pack["rules"]) for field in ("covered", "possible"))
    assert pack["percent"] == 1000 * covered // possible / 10


def test_uncovered_lists_what_no_example_shows_with_the_line_of_the_pack(
    installed: Cli, at: Callable[..., Path]
) -> None:
    _, without, _ = installed("test", at())
    code, out, _ = installed("test", "ours", "--uncovered")
    assert code == 0
    rules = Path("ours") / "rules"
    listed = [
        f"  {rules / 'actions.yaml'}:26: row 1 never hit: note.value is rise, when note.row1 is yes",
        f"  {rules / 'actions.yaml'}:26: never holds: flags is on_leave",
        f"  {rules / 'ladder.yaml'}:9: never holds: ladder.L2.enough is yes",
        f"  {rules / 'bands.yaml'}:9: never holds: grade is teaching:M2",
    ]
    assert [line for line in listed if line not in out.splitlines()] == []
    assert [line for line in listed if line in without.splitlines()] == []


def test_too_little_coverage_fails(installed: Cli, at: Callable[..., Path]) -> None:
    code, out, _ = installed("test", at(), "--min-coverage", "99.5")
    assert code == 1
    assert "things that its rules can do), which is less than 99.5 %." in out
    assert installed("test", "ours", "--min-coverage", "20")[0] == 0


def test_k_picks_examples_by_their_names(installed: Cli, at: Callable[..., Path]) -> None:
    other = f"{SENTENCE}\n    as_of: 2025-07-10\n    expect: {{ level: 7 }}\n  - name: Somebody else is at level 1"
    at((EXAMPLES, SENTENCE, other))
    assert installed("test", "ours")[0] == 1
    code, out, _ = installed("test", "ours", "-k", "somebody ELSE")
    assert code == 0
    assert "one example" in out
    code, _, err = installed("test", "ours", "-k", "nobody")
    assert code == 2
    assert 'no example\'s name holds "nobody"' in err
    code, _, err = installed("test", "ours", "-k", "else", "--min-coverage", "1")
    assert code == 2
    assert "what some examples show says nothing of all" in err


def test_a_pack_with_problems_is_unusable_and_the_others_are_run(installed: Cli, at: Callable[..., Path]) -> None:
    at(folder="good")
    at(("rules/sheet.yaml", "A.1, ", "A.9, "), folder="bad")
    code, out, err = installed("test", "bad", "good")
    assert code == 2
    assert "tiny 1.0: one example" in out
    assert str(Path("bad/rules/sheet.yaml")) in err
    assert '"A.9" is not a criterion of this pack.' in err
    code, out, err = installed("test", "bad", "--json")
    assert (code, json.loads(out)) == (2, {"packs": []})
    problems: dict[str, Any] = json.loads(err)
    validate("problems", problems)
    assert problems["problems"][0]["code"] == "unknown-criterion"


def test_examples_are_run_as_the_trust_has_the_pack(installed: Cli, at: Callable[..., Path]) -> None:
    at((EXAMPLES, "level: 1\n", "level: 1\n      zone: gold\n"))
    assert installed("test", "ours")[0] == 0
    own = overlay(Path("own"), "change: [{ at: expected.bands.early, to: { gold: 2, to: 2 } }]\n")
    code, out, _ = installed("test", "ours", "--overlay", own)
    assert code == 1
    assert out.splitlines()[:2] == [f"{Path('ours') / EXAMPLES}:2: {SENTENCE}", "  zone is 'amber', not 'gold'"]


def test_without_any_plugin_there_is_nothing_to_test(installed: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bandstand.plugins.entry_points", lambda **_: ())
    code, _, err = installed("test")
    assert (code, err) == (2, "There is nothing to test: no plugin is installed. Name the folder of a pack.")


def test_what_is_not_there_is_bad_usage(installed: Cli) -> None:
    code, _, err = installed("test", "no_such_framework")
    assert code == 2
    assert '"no_such_framework" is no plugin or framework that is installed, and no folder.' in err


def test_an_installed_framework_is_tested_by_its_name(installed: Cli) -> None:
    code, out, _ = installed("test", "npqel", "-k", "programme")
    assert code == 0
    assert "npqel 1.0: " in out
    assert "cat_toolkit" not in out


def test_without_durable_rules_the_plain_engine_runs_alone_and_says_so(
    installed: Cli, at: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> None:
        raise EngineUnavailableError("It is not there.")

    monkeypatch.setattr("bandstand.engine.evaluate.require_durable", missing)
    code, out, _ = installed("test", at())
    assert code == 0
    assert "one example by plain alone, as durable-rules is not installed, all as expected" in out


def test_what_a_solver_shows_to_be_impossible_is_not_counted(
    installed: Cli, at: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    row = "      - { when: { flags: on_leave }, then: rise, source: 26 }\n"
    second = row + row.replace("on_leave", "on_leave, view: agreed").replace("26", "27")
    at(("rules/actions.yaml", row, second), ("rules/actions.yaml", "      flags: { fact: flags }", VIEW))
    hit = "row 2 never hit: note.value is rise"
    code, out, err = installed("test", "ours", "--uncovered")
    assert (code, err) == (0, "")
    assert hit not in out
    assert json.loads(installed("test", "ours", "--json")[1])["packs"][0]["solver"] is True

    def missing() -> None:
        raise EngineUnavailableError("It is not there.")

    monkeypatch.setattr("bandstand.checks.formula.solver_library", missing)
    code, out, err = installed("test", "ours", "--uncovered")
    assert code == 0
    assert hit in out
    assert err == "Without a solver, what can never happen may be counted: pip install 'bandstand[check]'."


@pytest.mark.durable
def test_an_example_on_which_the_engines_disagree_fails_by_both_together(
    installed: Cli, at: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = DurableEngine.run

    def wrong(engine: DurableEngine, inputs: Inputs) -> DurableRun:
        found = run(engine, inputs)
        return DurableRun((1 - found.values[0], *found.values[1:]), found.firings)

    monkeypatch.setattr(DurableEngine, "run", wrong)
    code, out, _ = installed("test", at())
    assert code == 1
    assert out.startswith(f"{Path('ours') / EXAMPLES}:2: {SENTENCE} (by durable-rules and the plain engine together)")
    assert "the engines disagree: action.row1 (agreed): durable-rules True, plain False" in out
