"""`bandstand check`: what it says, in which form, and how it ends."""

from __future__ import annotations

import json
from importlib.metadata import EntryPoint
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from bandstand import found
from bandstand.checks import formula
from bandstand.errors import EngineUnavailableError
from bandstand.hookspecs import PROJECT
from bandstand.plugins import ask_plugins
from commands import Cli, validate
from tiny import TINY, tiny

if TYPE_CHECKING:
    from pathlib import Path

    from bandstand.plugins import Catalogue

#: What makes the tiny pack one that nothing is wrong with.
INFORMS = "informs:\n  - { criteria: ['K.?'], reason: They help to judge the others., source: 18 }\n"
ASKS = "{person} is at level {level}, to {aims}."


def in_order(folder: Path, *changes: tuple[str, str, str]) -> Path:
    """The tiny pack with nothing to be mended: one example value is left, and one rule that no example exercises."""
    framework = TINY["framework.yaml"].replace("{person} is at level {level}.", ASKS) + INFORMS
    return tiny(folder, ("framework.yaml", "", framework), *changes)


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    monkeypatch.chdir(tmp_path)
    return Cli(monkeypatch, capsys)


def test_a_pack_in_order_ends_with_0_although_it_has_warnings(cli: Cli, tmp_path: Path) -> None:
    in_order(tmp_path / "pack")
    code, out, err = cli("check", "pack")
    assert (code, err) == (0, "")
    assert "  warning unconfirmed-value Example values that nobody has confirmed; " in out
    assert "    pack/rules/bands.yaml:14 `gold` of the band later of the rule expected (2).\n" in out
    assert out.splitlines()[-1].startswith("tiny 1.0: 8 criteria, 5 rules, one example; no errors, 2 warnings")


def test_warnings_are_errors_where_strictness_is_asked_for(cli: Cli, tmp_path: Path) -> None:
    in_order(tmp_path / "pack")
    code, out, _ = cli("check", "pack", "--strict", "--quick")
    assert code == 1
    assert "error unconfirmed-value" in out
    assert "2 errors, no warnings; 9 checks not made" in out


def test_warnings_that_are_allowed_are_listed_and_stop_nothing(cli: Cli, tmp_path: Path) -> None:
    in_order(tmp_path / "pack")
    allowed = ("--allow", "unconfirmed-value", "--allow", "unexercised-rule", "--allow", "unconfirmed-value")
    code, out, _ = cli("check", "pack", "--strict", "--quick", *allowed)
    assert code == 0
    assert "warning unconfirmed-value" in out
    assert "no errors, 2 warnings" in out
    code, out, _ = cli("check", "pack", "--strict", "--quick", *allowed[:2], "--json")
    listing = json.loads(out)
    validate("check", listing)
    assert (code, listing["allowed"]) == (1, ["unconfirmed-value"])
    severities = {p["code"]: p["severity"] for c in listing["packs"][0]["checks"] for p in c["problems"]}
    assert severities == {"unconfirmed-value": "warning", "unexercised-rule": "error"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--allow", "unconfirmed-value"), "it goes with --strict"),
        (("--strict", "--allow", "unconfirmed-values"), "Did you mean unconfirmed-value?"),
        (("--strict", "--allow", "table-gap"), '"table-gap" is not the code of a warning.'),
    ],
)
def test_only_warnings_can_be_allowed_and_only_where_they_would_count(
    cli: Cli, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    in_order(tmp_path / "pack")
    code, out, err = cli("check", "pack", *words)
    assert (code, out) == (2, "")
    assert said in " ".join(err.replace("│", " ").split())


def test_a_problem_is_shown_with_its_line_remedy_and_counter_example(cli: Cli, tmp_path: Path) -> None:
    in_order(tmp_path / "pack", ("rules/bands.yaml", "from: 0, gold: 1, to: 1", "from: 2, gold: 2, to: 2"))
    code, out, _ = cli("check", "pack", "--quick")
    assert code == 1
    assert (
        "  error band-not-monotone pack/rules/bands.yaml:13\n"
        "    teaching:M2 comes after teaching:M1, and `from` of its band is level 1, not 2 or higher. "
        "Let no end of a band lie lower than that of a grade before it.\n"
        "    shown by: teaching:M1 (column 1): from 2, gold 2, to 2\n"
        "              teaching:M2 (column 2): from 1, gold 2\n"
    ) in out


def test_a_pack_that_does_not_load_is_a_pack_with_problems(cli: Cli, tmp_path: Path) -> None:
    tiny(tmp_path / "pack", ("rules/sheet.yaml", "kind: ragging", "kind: raging"))
    code, out, _ = cli("check", "pack")
    assert code == 1
    assert "error unknown-kind pack/rules/sheet.yaml:3\n" in out
    assert out.splitlines()[-1].startswith("pack: one error, no warnings")


def test_a_project_is_checked_pack_by_pack(cli: Cli, tmp_path: Path) -> None:
    in_order(tmp_path / "project" / "one" / "pack")
    tiny(tmp_path / "project" / "two" / "pack", ("framework.yaml", "publisher: Nobody in particular\n", ""))
    code, out, _ = cli("check", "project", "--quick")
    assert code == 1
    assert [line.partition(":")[0] for line in out.splitlines()[-2:]] == ["tiny 1.0", "project/two/pack"]


@pytest.mark.parametrize("name", ["nowhere", "smart_equipp", "."])
def test_what_is_not_there_ends_with_2(name: str, cli: Cli) -> None:
    code, out, err = cli("check", name)
    assert (code, out) == (2, "")
    assert f'"{name}"' in err


def test_a_plugin_that_cannot_be_loaded_ends_with_2(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(found, "ask_plugins", with_a_stranger)
    code, out, _ = cli("check", "gone")
    assert code == 2
    assert "error unusable" in out
    assert "No module named 'bandstand_gone'" in out
    assert out.splitlines()[-1] == "gone: it cannot be looked into."


def with_a_stranger() -> Catalogue:
    return ask_plugins(points=[EntryPoint("gone", "bandstand_gone", PROJECT)])


def test_with_nothing_installed_there_is_nothing_to_check(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(found, "ask_plugins", lambda: ask_plugins(points=[]))
    code, _, err = cli("check")
    assert code == 2
    assert err == "There is nothing to check: no plugin is installed. Name the folder of a pack."


def test_without_a_solver_it_ends_with_2_and_says_what_to_install(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> None:
        raise EngineUnavailableError("There is no solver: pip install 'bandstand[check]'.")

    in_order(tmp_path / "pack")
    monkeypatch.setattr("bandstand.checks.ask.solver_library", missing)
    monkeypatch.setattr(formula, "solver_library", missing)
    code, _, err = cli("check", "pack")
    assert code == 2
    assert "bandstand[check]" in err
    assert "--quick" in err
    assert cli("check", "pack", "--quick")[0] == 0


@pytest.mark.parametrize("how", [["--json"], ["--format", "json"], ["--format", "json", "--json"]])
def test_json_is_as_its_schema_has_it(how: list[str], cli: Cli, tmp_path: Path) -> None:
    in_order(tmp_path / "pack")
    code, out, _ = cli("check", "pack", "--quick", *how)
    content = json.loads(out)
    validate("check", content)
    assert code == 0
    assert content["packs"][0]["folder"] == "pack"
    assert content["packs"][0]["warnings"] == 2


def test_each_form_is_written_and_ends_as_the_text_does(cli: Cli, tmp_path: Path) -> None:
    tiny(tmp_path / "pack", ("rules/sheet.yaml", "kind: ragging", "kind: raging"))
    code, out, _ = cli("check", "pack", "--format", "sarif", "--docs-url", "https://docs.example.org")
    assert code == 1
    rule = json.loads(out)["runs"][0]["tool"]["driver"]["rules"][0]
    assert rule["helpUri"] == "https://docs.example.org/problems/unknown-kind.md"
    code, out, _ = cli("check", "pack", "--format", "github")
    assert (code, out.startswith("::error file=pack/rules/sheet.yaml,line=3,title=unknown-kind::")) == (1, True)
    assert out.splitlines()[-1].startswith("pack: one error, no warnings"), "for whoever reads the log"
    code, out, _ = cli("check", "pack", "--format", "junit")
    assert (code, ET.fromstring(out)[0].get("failures")) == (1, "1")  # noqa: S314 - our own text


def test_a_report_goes_to_a_file_and_the_text_to_the_screen(cli: Cli, tmp_path: Path) -> None:
    in_order(tmp_path / "pack")
    (tmp_path / "check.sarif").write_text("the last one", "utf-8")
    code, out, _ = cli("check", "pack", "--quick", "--format", "sarif", "-o", "check.sarif")
    assert code == 0
    assert json.loads((tmp_path / "check.sarif").read_text("utf-8"))["version"] == "2.1.0"
    assert out.splitlines()[-1].startswith("tiny 1.0: ")
    cli("check", "pack", "--quick", "-o", "check.txt")
    assert (tmp_path / "check.txt").read_text("utf-8") == out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--format", "html"], "it is one of text, json, sarif, github, junit"),
        (["--format", "sarif", "--json"], "give either --format or --json"),
        (["-o", "."], "is a folder"),
    ],
)
def test_options_that_do_not_go_together_are_refused(options: list[str], said: str, cli: Cli) -> None:
    code, out, err = cli("check", *options)
    assert (code, out) == (2, "")
    assert said in err.replace("│ ", "")


OVERLAY = "id: ours\npack: tiny\nversion: '1.0'\nby: board\non: 2025-01-01\nwhy: Minute 3.\n"


def overlay(folder: Path, values: str) -> Path:
    folder.mkdir()
    (folder / "overlay.yaml").write_text(OVERLAY, "utf-8")
    (folder / "values.yaml").write_text(values, "utf-8")
    return folder


def test_what_the_trust_confirms_is_no_example_any_more(cli: Cli, tmp_path: Path) -> None:
    in_order(tmp_path / "pack")
    confirmed = overlay(tmp_path / "ours", "confirm: [expected.bands]\n")
    code, out, _ = cli("check", "pack", "--overlay", confirmed, "--quick")
    assert code == 0
    assert "unconfirmed-value" not in out
    assert out.splitlines()[-1].startswith("tiny 1.0 with ours: ")


def test_what_the_trust_changes_is_checked_like_the_rest_at_its_line_of_the_pack(cli: Cli, tmp_path: Path) -> None:
    in_order(tmp_path / "pack")
    changed = overlay(tmp_path / "ours", "change: [{ at: expected.bands.early, to: { from: 2, gold: 2, to: 2 } }]\n")
    code, out, _ = cli("check", "pack", "--overlay", changed, "--quick")
    assert code == 1
    assert "error band-not-monotone pack/rules/bands.yaml:13\n" in out


def test_an_overlay_for_what_is_not_checked_ends_with_2(cli: Cli, tmp_path: Path) -> None:
    in_order(tmp_path / "pack", ("rules/bands.yaml", "id: early", "id: earlier"))
    text = OVERLAY.replace("'1.0'", "'2.0'")
    (overlay(tmp_path / "ours", "confirm: [expected.bands]\n") / "overlay.yaml").write_text(text, "utf-8")
    code, _, err = cli("check", "pack", "--overlay", "ours")
    assert code == 2
    assert err == "The overlay ours is for tiny 2.0, which is not among what is checked. Did you mean tiny 1.0?"


def test_the_shipped_packs_have_no_errors_and_only_their_example_values_as_warnings(cli: Cli) -> None:
    code, out, _ = cli("check", "--json")
    assert code == 0
    codes = {problem["code"] for pack in json.loads(out)["packs"] for c in pack["checks"] for problem in c["problems"]}
    assert codes == {"unconfirmed-value"}
