"""The command line, as a user meets it: what it prints, where, and with which exit code."""

from __future__ import annotations

import csv
import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bandstand.cli import main
from bandstand.engine.durable import DurableEngine
from bandstand.schemas import published

EXAMPLES = Path(__file__).parent.parent / "examples"
LINES = [f"L1.{n}" for n in range(1, 6)]


class Cli:
    """Runs the command line in this process."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def __call__(self, *words: str | Path) -> tuple[int, str, str]:
        """Exit code, standard output and standard error, the last two with their line breaks folded to spaces."""
        self._monkeypatch.setattr(sys, "argv", ["bandstand", *map(str, words)])
        with pytest.raises(SystemExit) as left:
            main()
        out, err = self._capsys.readouterr()
        return int(left.value.code or 0), out, " ".join(err.split())


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    monkeypatch.setenv("COLUMNS", "120")
    return Cli(monkeypatch, capsys)


def row(line: str, **fields: str) -> dict[str, str]:
    given = {"id": f"E-{line}", "person": "P-0001", "framework": "smart_equip", "criteria": line, "claim": "met"}
    return {**given, "source": "appraiser", "date": "2025-07-01", "review_point": "jul", **fields}


def write_csv(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def validate(schema: str, content: object) -> None:
    jsonschema.Draft202012Validator(published()[f"{schema}.schema.json"]).validate(content)


def make_demo_school(folder: Path) -> None:
    command = [sys.executable, str(EXAMPLES / "demo_school.py"), str(folder)]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own script


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "evidence.csv", [row(line) for line in LINES])


@pytest.fixture
def people(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "people.csv", [{"person": "P-0001", "grade": "UPS1", "fte": "1"}])


@pytest.mark.durable
def test_evaluate_prints_a_table_and_says_that_people_decide(cli: Cli, evidence: Path, people: Path) -> None:
    code, out, err = cli("evaluate", evidence, "--people", people)
    assert (code, err) == (0, "")
    assert "P-0001" in out
    assert "UPS1" in out
    assert "Complete the evidence first" in out
    assert "One person: by the agreed view 1 red. Both engines agreed on everyone." in " ".join(out.split())
    assert "A person decides." in out


def test_evaluate_as_json_is_what_the_published_schema_says(cli: Cli, evidence: Path, people: Path) -> None:
    code, out, _ = cli("evaluate", evidence, "--people", people, "--json")
    content = json.loads(out)
    assert code == 0
    for entry in content:
        validate("evaluation", entry)
    assert [(e["person"], e["level"], e["zone"]) for e in content] == [("P-0001", 1, "red")]
    assert content[0]["ragging"]["jul"]["L1.5"] == "green"
    assert content[0]["as_of"] == "2025-07-01"
    names = "person framework purpose as_of findings conclusions level zone ragging recommendation blockers next_steps"
    assert {*names.split(), "pins", "engine", "certificate", "trace"} <= set(content[0])
    assert {"action", "text", "caveats"} <= set(content[0]["recommendation"])


def test_evaluating_twice_prints_the_same_bytes(cli: Cli, evidence: Path) -> None:
    assert cli("evaluate", evidence, "--json") == cli("evaluate", evidence, "--json")


def test_a_report_in_sentences_can_be_asked_for(cli: Cli, evidence: Path) -> None:
    code, out, _ = cli("evaluate", evidence, "--report", "sentences")
    assert code == 0
    assert out.startswith("P-0001 is at level 1 (agreed view, as at 1 July 2025).")
    code, _, err = cli("evaluate", evidence, "--report", "opera")
    assert code == 2
    assert 'no report "opera"' in err


def test_a_report_and_json_are_not_asked_for_together(cli: Cli, evidence: Path) -> None:
    code, _, err = cli("evaluate", evidence, "--report", "sentences", "--json")
    assert code == 2
    assert "either --report or --json" in err


def test_somebody_asked_for_twice_is_evaluated_once(cli: Cli, evidence: Path, tmp_path: Path) -> None:
    staff = write_csv(tmp_path / "staff.csv", [{"person": "P-0002", "grade": "UPS1"}])
    words = ("--people", staff, "-p", "P-0002", "-p", "P-0002", "--json")
    assert len(json.loads(cli("evaluate", evidence, *words)[1])) == 1


@pytest.mark.durable
def test_explain_gives_reasons_and_what_stands_between(cli: Cli, evidence: Path, people: Path) -> None:
    code, out, _ = cli("explain", evidence, "--people", people, "--why-not", "2")
    folded = " ".join(out.split())
    assert code == 0
    assert "Level 1, Self-led reliability, is held: all 5 of its lines are met" in folded
    assert "Level 2 needs 4 lines, and nothing less would do:" in folded
    assert "Recommended: Too little has been recorded" in folded
    assert "A person decides. Checked by two engines" in folded


def test_explain_as_json_has_the_same_in_parts(cli: Cli, evidence: Path) -> None:
    code, out, _ = cli("explain", evidence, "--why-not", "3", "--json")
    entry = json.loads(out)[0]
    assert code == 0
    validate("explanation", entry)
    assert entry["headline"].startswith("P-0001 is at level 1")
    assert [step["criterion"] for step in entry["why_not"]["steps"]["criteria"]][:2] == ["L2.1", "L2.2"]


def test_every_bad_row_is_reported_with_its_place_and_remedy(cli: Cli, tmp_path: Path) -> None:
    rows = [row("L1.1"), row("L3.9"), row("L1.2", claim="splendid"), row("L1.3", date="2099-01-01")]
    path = write_csv(tmp_path / "bad.csv", rows)
    code, out, err = cli("evaluate", path)
    assert (code, out) == (2, "")
    assert 'row 3, criteria: "L3.9" is not a criterion of smart_equip 2024.1 (level 3 has L3.1 to L3.6).' in err
    assert "Did you mean L3.6?" in err
    assert "row 4, claim" in err
    assert "row 5, date" in err
    assert err.endswith("3 problems.")


def test_keep_going_evaluates_the_good_rows_and_still_exits_with_2(cli: Cli, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "bad.csv", [*map(row, LINES), row("L3.9")])
    code, out, err = cli("evaluate", path, "--keep-going", "--json")
    assert code == 2
    assert json.loads(out)[0]["level"] == 1
    validate("problems", json.loads(err))
    assert json.loads(err)["problems"][0]["code"] == "unknown-criterion"


def test_problems_as_json_hold_place_message_and_remedy(cli: Cli, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "bad.csv", [row("L3.9")])
    code, out, err = cli("evaluate", path, "--json")
    problem: dict[str, Any] = json.loads(err)["problems"][0]
    assert (code, out) == (2, "")
    assert problem["place"]["row"] == 2
    assert problem["remedy"] == "Did you mean L3.6?"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--framework", "smart_equp"), 'There is no framework "smart_equp". Did you mean smart_equip?'),
        (("--person", "P-0007"), 'There is nothing about "P-0007" in these files. Check the id.'),
        (("--review-point", "july"), '"july" is not a review point of smart_equip 2024.1. Did you mean jul?'),
        (("--as-of", "31/07/2025"), '"31/07/2025" is not a date written YYYY-MM-DD'),
        (("--engine", "petrol"), "it is both or plain"),
    ],
)
def test_a_word_that_is_not_known_is_answered_with_the_nearest(
    cli: Cli, evidence: Path, words: tuple[str, ...], said: str
) -> None:
    code, out, err = cli("evaluate", evidence, *words)
    assert (code, out) == (2, "")
    assert said in err


def test_a_purpose_that_is_not_served_is_refused_with_3(cli: Cli, evidence: Path) -> None:
    code, out, err = cli("evaluate", evidence, "--purpose", "pay")
    assert (code, out) == (3, "")
    assert err.startswith("Refused: smart_equip 2024.1 does not serve pay (line 8)")


@pytest.mark.durable
def test_engines_that_disagree_exit_with_4(cli: Cli, evidence: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    right = DurableEngine.run

    def wrong(self: DurableEngine, inputs: Any) -> Any:
        run = right(self, inputs)
        object.__setattr__(run, "values", (1 - run.values[0], *run.values[1:]))
        return run

    monkeypatch.setattr(DurableEngine, "run", wrong)
    code, out, _ = cli("evaluate", evidence)
    assert code == 4
    assert "Nothing is recommended" in out
    assert "The engines disagreed on some" in out


def test_a_missing_file_is_said_plainly(cli: Cli, tmp_path: Path) -> None:
    code, _, err = cli("evaluate", tmp_path / "nowhere.csv")
    assert code == 2
    assert "nowhere.csv" in err
    assert "Traceback" not in err


def test_a_fault_of_the_program_is_worded_and_never_a_traceback(
    cli: Cli, evidence: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bandstand.service.read_evidence", lambda *_, **__: 1 / 0)
    code, _, err = cli("evaluate", evidence)
    assert code == 1
    assert "This is a fault of Bandstand: ZeroDivisionError" in err
    assert "Traceback" not in err


def test_frameworks_lists_what_is_installed(cli: Cli) -> None:
    code, out, _ = cli("frameworks")
    assert code == 0
    assert "smart_equip 2024.1" in out
    listed = json.loads(cli("frameworks", "--json")[1])
    validate("frameworks", listed)
    assert listed["frameworks"][0]["purposes"] == ["appraisal", "development"]


@pytest.mark.parametrize(
    ("item", "said"),
    [
        ("L4.3", "Shared plans for impact"),
        ("l4.c2", "three"),
        ("L4", "Develops others"),
        ("UPS2", "grade teaching:UPS2-3"),
        ("tslt", "role tslt"),
        ("ladder", "rule ladder"),
        ("amber", "printed as light brown"),
        ("jul", "review point jul"),
    ],
)
def test_show_finds_anything_by_its_id(cli: Cli, item: str, said: str) -> None:
    code, out, _ = cli("show", "smart_equip", item)
    assert code == 0
    assert said in " ".join(out.split())
    assert "000_104f8b9fcef4d66d.txt" in out
    listing = json.loads(cli("show", "smart_equip", item, "--json")[1])
    validate("item", listing)
    assert listing["item"]["id"] == listing["id"]


def test_show_gives_a_framework_whole_and_says_what_is_not_there(cli: Cli) -> None:
    code, out, _ = cli("show", "smart_equip")
    assert code == 0
    assert "Refuses pay (line 8, interpreted)" in " ".join(out.split())
    content = json.loads(cli("show", "smart_equip", "--json")[1])
    validate("listing", content)
    assert sum(len(standard["criteria"]) for standard in content["standards"]) == 139
    code, _, err = cli("show", "smart_equip", "L4.33")
    assert code == 2
    assert "Did you mean L4.3?" in err


def test_a_sheet_is_written_once_and_replaced_only_by_force(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "sheet.xlsx"
    code, out, _ = cli("sheet", "smart_equip", "--levels", "1-5", "--person", "P-0001", "-o", path)
    assert code == 0
    assert "32 lines" in out
    code, _, err = cli("sheet", "smart_equip", "-o", path)
    assert code == 2
    assert "--force replaces it" in err
    code, out, _ = cli("sheet", "smart_equip", "-o", path, "--force", "--json")
    validate("sheet", json.loads(out))
    assert (code, json.loads(out)["rows"]) == (0, 75)


@pytest.mark.parametrize(
    ("words", "said"),
    [(("--levels", "five"), '"five" names no levels'), (("--levels", "9"), "levels"), ((), "ends in .xlsx")],
)
def test_a_sheet_that_cannot_be_is_answered_plainly(
    cli: Cli, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    name = "sheet.xlsx" if words else "sheet.csv"
    code, _, err = cli("sheet", "smart_equip", "-o", tmp_path / name, *words)
    assert code == 2
    assert said in err


@pytest.mark.parametrize("command", ["frameworks", "show", "evaluate", "explain", "sheet"])
def test_every_command_helps_with_an_example(cli: Cli, command: str) -> None:
    code, out, _ = cli(command, "--help")
    assert code == 0
    assert f"bandstand {command}" in out
    assert "Example" in out


def test_the_help_gives_the_exit_codes(cli: Cli) -> None:
    code, out, _ = cli("--help")
    assert code == 0
    assert "4 the engines disagreed" in " ".join(out.replace("│", "").split())


@pytest.mark.durable
def test_the_demo_school_is_the_same_every_time_and_evaluates(cli: Cli, tmp_path: Path) -> None:
    for folder in ("one", "other"):
        make_demo_school(tmp_path / folder)
    one, other = tmp_path / "one", tmp_path / "other"
    for name in ("people.csv", "evidence.csv"):
        assert (one / name).read_bytes() == (other / name).read_bytes()
    code, out, err = cli(
        "evaluate", one / "evidence.csv", "--people", one / "people.csv", "--as-of", "2025-07-31", "--json"
    )
    content = json.loads(out)
    assert code == 0
    assert "P-0061" in err
    assert len(content) == 60
    assert {entry["certificate"]["agreed"] for entry in content} == {True}
    assert {entry["zone"] for entry in content} == {"red", "amber", "gold", "green"}
    assert len({entry["recommendation"]["action"] for entry in content}) > 5


def test_a_filled_sheet_is_evidence_as_it_stands(cli: Cli, tmp_path: Path) -> None:
    make_demo_school(tmp_path)
    code, out, _ = cli("evaluate", tmp_path / "sheet-P-0061.xlsx", "--people", tmp_path / "people.csv", "--json")
    (found,) = json.loads(out)
    assert code == 0
    assert (found["person"], found["view"], found["level"]) == ("P-0061", "self", 2)
    assert found["recommendation"]["action"] == "agree_view"
    july = found["ragging"]["jul"]
    assert [july[f"L3.{n}"] for n in range(1, 7)] == ["green", "green", "green", "blank", "amber", "amber"]
    assert [blocker["criterion"] for blocker in found["blockers"]] == ["L3.4"]


def test_whoever_s_row_of_the_staff_list_is_bad_is_not_evaluated_without_it(
    cli: Cli, evidence: Path, tmp_path: Path
) -> None:
    staff = write_csv(tmp_path / "staff.csv", [{"person": "P-0001", "grade": "MPS", "career_stage": "ECT1"}])
    code, out, err = cli("evaluate", evidence, "--people", staff, "--keep-going", "--json")
    assert (code, json.loads(out)) == (2, [])
    assert "Not evaluated, as their row of the staff list is bad: one person (P-0001)." in err


@pytest.mark.parametrize("levels", ["1-9999999999", "1-", "5-1", "0"])
def test_levels_out_of_all_bounds_are_answered_plainly(cli: Cli, tmp_path: Path, levels: str) -> None:
    code, _, err = cli("sheet", "smart_equip", "-o", tmp_path / "sheet.xlsx", "--levels", levels)
    assert code == 2
    assert "names no levels" in err


@pytest.mark.skipif(not hasattr(signal, "SIGPIPE"), reason="this system has no pipes that break")
def test_a_reader_that_has_read_enough_ends_the_command_quietly(evidence: Path) -> None:
    command = [sys.executable, "-m", "bandstand", "evaluate", str(evidence), "--json", "--engine", "plain"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:  # noqa: S603 - our own
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        said = running.stderr.read()
    assert (running.returncode, said) == (-signal.SIGPIPE, b"")
