"""The command line, as a user meets it: what it prints, where, and with which exit code."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bandstand.engine.durable import DurableEngine
from bandstand.hookspecs import PROJECT
from bandstand.plugins import load_catalogue
from commands import Cli, validate, write_csv
from tiny import tiny

if TYPE_CHECKING:
    from bandstand.plugins import Catalogue

EXAMPLES = Path(__file__).parent.parent / "examples"
LINES = [f"L1.{n}" for n in range(1, 6)]


@cache
def smart_alone() -> Catalogue:
    return load_catalogue(points=[point for point in entry_points(group=PROJECT) if point.name == "smart_equip"])


@pytest.fixture
def cli(installed: Cli, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """The command line with the ladder's framework alone, which most tests are about."""
    monkeypatch.setattr("bandstand.service.load_catalogue", smart_alone)
    return installed


#: A setting of the trust's, which a table reads; and a rule whose conclusions are compared with an earlier day's.
PAY_SWITCH = [
    (
        "framework.yaml",
        "    default: stay\n    source: 9\n",
        """\
    default: stay
    source: 9
  - id: pay_switch
    label: Pay
    question: Does a rating bear on pay?
    of: trust
    values: [{ id: none, label: not at all }, { id: partial, label: in part }]
    default: none
    source: 9
""",
    ),
    ("framework.yaml", "    colours: sheet\n", "    colours: sheet\n    tracks: ladder\n"),
    ("rules/actions.yaml", "flags: { fact: flags }", "pay: { fact: pay_switch }"),
    ("rules/actions.yaml", "when: { flags: on_leave }", "when: { pay: partial }"),
]


@pytest.fixture
def tiny_cli(installed: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Cli:
    """The command line with the tiny framework alone, which asks a person for an aim and the trust for a setting."""
    catalogue = load_catalogue(points=[], packs=[tiny(tmp_path / "pack", *PAY_SWITCH)])
    assert catalogue.set_aside == []
    monkeypatch.setattr("bandstand.service.load_catalogue", lambda: catalogue)
    return installed


def tiny_rows(*lines: tuple[str, str, str]) -> list[dict[str, str]]:
    """Evidence for the tiny framework: criterion, claim and date of each."""
    given = {"person": "P-0001", "framework": "tiny", "source": "appraiser"}
    return [{**given, "criteria": name, "claim": claim, "date": date} for name, claim, date in lines]


def row(line: str, **fields: str) -> dict[str, str]:
    given = {"id": f"E-{line}", "person": "P-0001", "framework": "smart_equip", "criteria": line, "claim": "met"}
    return {**given, "source": "appraiser", "date": "2025-07-01", "review_point": "jul", **fields}


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
        (("--since", "31/07/2025"), '"31/07/2025" is not a date written YYYY-MM-DD'),
        (("--outcome", "laddr"), 'smart_equip 2024.1 has no outcome "laddr". Did you mean ladder?'),
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


def outcomes_of(out: str) -> list[tuple[str, str, int | None]]:
    return [(e["person"], e["outcome"], e["level"]) for e in json.loads(out)]


def test_each_outcome_that_the_evidence_is_for_is_evaluated_unless_one_is_asked_for(cli: Cli, tmp_path: Path) -> None:
    other = row("ht.19", id="E-ht", person="P-0002", review_point="")
    path = write_csv(tmp_path / "evidence.csv", [*map(row, LINES), other])
    ladder, headteacher = ("P-0001", "ladder", 1), ("P-0002", "headteacher", None)
    assert outcomes_of(cli("evaluate", path, "--json")[1]) == [ladder, headteacher]
    assert outcomes_of(cli("evaluate", path, "--outcome", "ladder", "--json")[1]) == [ladder]
    code, out, _ = cli("evaluate", path, "--outcome", "headteacher", "--json")
    assert (code, outcomes_of(out)) == (0, [headteacher])
    for entry in json.loads(out):
        validate("evaluation", entry)
    code, out, _ = cli("evaluate", path)
    assert code == 0
    assert "P-0001" in out
    assert "P-0002" in out


def test_evidence_for_other_frameworks_than_the_one_asked_for_is_left_out_and_counted(
    installed: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    points = [point for point in entry_points(group=PROJECT) if point.name == "smart_equip"]
    catalogue = load_catalogue(points=points, packs=[tiny(tmp_path / "pack")])
    monkeypatch.setattr("bandstand.service.load_catalogue", lambda: catalogue)
    fields = ("person", "framework", "criteria", "claim", "source", "date")
    rows = [
        {name: given[name] for name in fields} for given in (*map(row, LINES), *tiny_rows(("A.1", "met", "2025-07-01")))
    ]
    path = write_csv(tmp_path / "evidence.csv", rows)
    code, out, err = installed("evaluate", path, "--framework", "tiny", "--json")
    assert (code, outcomes_of(out)) == (0, [("P-0001", "position", 0)])
    assert err == "Left out, being for other frameworks than tiny: 5 records."
    code, out, err = installed("evaluate", path, "--json")
    assert (code, err) == (0, "")
    assert outcomes_of(out) == [("P-0001", "ladder", 1), ("P-0001", "position", 0)]
    code, out, err = installed("evaluate", path, "--outcome", "laddr")
    assert (code, out) == (2, "")
    assert 'No framework that is installed has an outcome "laddr". Did you mean ladder?' in err


def test_somebody_asked_for_by_name_is_evaluated_for_the_outcome_even_on_no_evidence(cli: Cli, evidence: Path) -> None:
    code, out, _ = cli("evaluate", evidence, "--outcome", "headteacher", "--person", "P-0001", "--json")
    assert (code, outcomes_of(out)) == (0, [("P-0001", "headteacher", None)])


def test_what_stands_between_is_not_asked_of_an_outcome_without_levels(cli: Cli, evidence: Path) -> None:
    words = ("--outcome", "headteacher", "--person", "P-0001", "--why-not", "2")
    code, _, err = cli("explain", evidence, *words)
    assert code == 2
    assert "What is asked for here has no level 2; it has no levels." in err


def test_what_changed_since_an_earlier_day_is_told_for_what_the_outcome_tracks(cli: Cli, tmp_path: Path) -> None:
    then, now = row("ht.19", claim="partly_met", date="2025-01-10"), row("ht.19", id="E-now", date="2025-06-10")
    path = write_csv(tmp_path / "evidence.csv", [{**then, "review_point": ""}, {**now, "review_point": ""}])
    code, out, _ = cli("evaluate", path, "--since", "2025-02-01", "--json")
    (entry,) = json.loads(out)
    assert code == 0
    validate("evaluation", entry)
    assert entry["since"] == "2025-02-01"
    (change,) = entry["changes"]
    assert change["name"] == "headteacher.ht.19"
    assert None not in (change["was"], change["now"])
    assert change["was"] != change["now"]
    assert "Since 1 February 2025: ht.19 " in " ".join(cli("explain", path, "--since", "2025-02-01")[1].split())
    code, out, _ = cli("explain", path, "--since", "2025-06-30", "--as-of", "2025-07-01")
    assert "Since 30 June 2025, nothing has changed." in " ".join(out.split())


def test_an_outcome_that_tracks_nothing_never_says_that_nothing_has_changed(cli: Cli, evidence: Path) -> None:
    words = ("--outcome", "star", "--person", "P-0001", "--since", "2025-01-01")
    (entry,) = json.loads(cli("evaluate", evidence, *words, "--json")[1])
    assert (entry["since"], entry["changes"]) == ("2025-01-01", [])
    out = " ".join(cli("explain", evidence, *words)[1].split())
    assert "What has changed since 1 January 2025 is not tracked here." in out
    assert "nothing has changed" not in out


@pytest.mark.durable
def test_the_earlier_day_goes_by_the_evidence_up_to_then_and_both_engines_conclude_on_it(
    tiny_cli: Cli, tmp_path: Path
) -> None:
    rows = tiny_rows(("A.1", "met", "2025-01-10"), ("A.2", "met", "2025-06-10"), ("B.1", "not_met", "2025-06-10"))
    path = write_csv(tmp_path / "evidence.csv", rows)
    (entry,) = json.loads(tiny_cli("evaluate", path, "--since", "2025-02-01", "--json")[1])
    (alone,) = json.loads(tiny_cli("evaluate", path, "--json")[1])
    changes = {change["name"]: (change["was"], change["now"]) for change in entry["changes"]}
    assert changes == {"ladder.level": (0, 1)}
    assert (alone["since"], alone["changes"]) == (None, [])
    assert entry["certificate"]["agreed"] is True
    assert entry["certificate"]["runs"] == alone["certificate"]["runs"] + 1
    assert entry["level"] == alone["level"] == 1


def test_the_trust_s_setting_holds_for_everybody_and_its_default_holds_unless_it_is_set(
    tiny_cli: Cli, tmp_path: Path
) -> None:
    path = write_csv(tmp_path / "evidence.csv", tiny_rows(("A.1", "met", "2025-06-10"), ("A.2", "met", "2025-06-10")))
    found = {}
    for setting in ("none", "partial"):
        code, out, _ = tiny_cli("evaluate", path, "--set", f"pay_switch={setting}", "--json")
        assert code == 0
        (found[setting],) = json.loads(out)
        validate("evaluation", found[setting])
        fact = found[setting]["facts"]["pay_switch"]
        assert (fact["value"], fact["of"], fact["given"]) == (setting, "trust", True)
    assert found["partial"]["recommendation"]["notes"] == ["P-0001 can reach level 2."]
    assert found["none"]["recommendation"]["notes"] == []
    (left_out,) = json.loads(tiny_cli("evaluate", path, "--json")[1])
    assert left_out["facts"]["pay_switch"] == {**found["none"]["facts"]["pay_switch"], "given": False}
    assert left_out["recommendation"]["notes"] == []
    assert "Pay: in part." in tiny_cli("explain", path, "--set", "pay_switch=partial")[1]


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("pay_swich=none", 'No framework asks a trust for "pay_swich". Did you mean pay_switch?'),
        ("aims=stay", 'No framework asks a trust for "aims".'),
        ("pay_switch=partal", '"partal" is not a value of pay_switch. Did you mean partial?'),
        ("pay_switch", '"pay_switch" is not written NAME=VALUE'),
        ("=partial", '"=partial" is not written NAME=VALUE'),
        ("pay_switch=", '"pay_switch=" is not written NAME=VALUE'),
    ],
)
def test_a_setting_that_cannot_be_is_answered_plainly(tiny_cli: Cli, tmp_path: Path, setting: str, said: str) -> None:
    path = write_csv(tmp_path / "evidence.csv", tiny_rows(("A.1", "met", "2025-06-10")))
    code, out, err = tiny_cli("evaluate", path, "--set", setting)
    assert (code, out) == (2, "")
    assert said in err


def test_a_setting_that_the_framework_does_not_ask_for_is_refused(cli: Cli, evidence: Path) -> None:
    code, out, err = cli("evaluate", evidence, "--set", "pay_switch=partial")
    assert (code, out) == (2, "")
    assert 'No framework asks a trust for "pay_switch".' in err


def test_a_person_s_facts_come_from_the_staff_list_and_a_setting_of_the_trust_never_does(
    tiny_cli: Cli, tmp_path: Path
) -> None:
    path = write_csv(tmp_path / "evidence.csv", tiny_rows(("A.1", "met", "2025-06-10")))
    staff = write_csv(tmp_path / "staff.csv", [{"person": "P-0001", "aims": "Leave"}])
    (entry,) = json.loads(tiny_cli("evaluate", path, "--people", staff, "--json")[1])
    assert entry["facts"]["aims"] == {
        "label": "Aims",
        "value": "leave",
        "words": "To leave",
        "of": "person",
        "given": True,
    }
    assert "Aims: To leave." in tiny_cli("explain", path, "--people", staff)[1]
    bad = write_csv(tmp_path / "bad.csv", [{"person": "P-0001", "pay_switch": "partial"}])
    code, _, err = tiny_cli("evaluate", path, "--people", bad)
    assert code == 2
    assert "give it as --set pay_switch=partial" in err


def test_a_missing_file_is_said_plainly(cli: Cli, tmp_path: Path) -> None:
    code, _, err = cli("evaluate", tmp_path / "nowhere.csv")
    assert code == 2
    assert "nowhere.csv" in err
    assert "Traceback" not in err


def test_a_fault_of_the_program_is_worded_and_never_a_traceback(
    cli: Cli, evidence: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bandstand.effective.read_evidence", lambda *_, **__: 1 / 0)
    code, _, err = cli("evaluate", evidence)
    assert code == 70
    assert "This is a fault of Bandstand: ZeroDivisionError" in err
    assert "Traceback" not in err


def test_frameworks_lists_what_is_installed(installed: Cli) -> None:
    code, out, _ = installed("frameworks")
    assert code == 0
    assert "smart_equip 2024.1" in out
    listed = json.loads(installed("frameworks", "--json")[1])
    validate("frameworks", listed)
    purposes = {framework["id"]: framework["purposes"] for framework in listed["frameworks"]}
    assert purposes["smart_equip"] == ["appraisal", "development"]
    assert [point.name for point in entry_points(group=PROJECT) if point.name not in purposes] == []


@pytest.mark.parametrize(
    ("item", "said"),
    [
        ("L4.3", "Shared plans for impact"),
        ("l4.c2", "three"),
        ("L4", "Develops others"),
        ("UPS2", "grade teaching:UPS2-3"),
        ("tslt", "role tslt"),
        ("ladder", "rule ladder"),
        ("outcome:ladder", "outcome ladder"),
        ("expected", "rule expected"),
        ("section:headteacher", "section headteacher"),
        ("section:star", "section star"),
        ("ht.19", "criterion ht.19"),
        ("coaching", "list of guidance coaching"),
        ("amber", "printed as light brown"),
        ("jul", "review point jul"),
    ],
)
def test_show_finds_anything_by_its_id(cli: Cli, item: str, said: str) -> None:
    code, out, _ = cli("show", "smart_equip", item)
    assert code == 0
    assert said in " ".join(out.split())
    assert "000_104f8b9fcef4d66d.txt" in out
    assert "None" not in out
    listing = json.loads(cli("show", "smart_equip", item, "--json")[1])
    validate("item", listing)
    assert listing["item"]["id"] == listing["id"]


def test_show_gives_a_framework_whole_and_says_what_is_not_there(cli: Cli) -> None:
    code, out, _ = cli("show", "smart_equip")
    assert code == 0
    assert "Refuses pay (line 8, interpreted)" in " ".join(out.split())
    assert "Informs, and is read by no rule: L[1-5].c* (lines 538, 540, interpreted)." in " ".join(out.split())
    content = json.loads(cli("show", "smart_equip", "--json")[1])
    validate("listing", content)
    levels = [standard for standard in content["standards"] if standard["level"] is not None]
    assert sum(len(standard["criteria"]) for standard in levels) == 139
    assert {item["id"] for item in content["guidance"]} >= {"coaching", "seven_principles"}
    code, _, err = cli("show", "smart_equip", "L4.33")
    assert code == 2
    assert "Did you mean L4.3?" in err


def test_provenance_lists_all_that_the_document_does_not_state(cli: Cli) -> None:
    code, out, _ = cli("show", "smart_equip", "--provenance")
    assert code == 0
    assert out.startswith("smart_equip 2024.1: ")
    content = json.loads(cli("show", "smart_equip", "--provenance", "--json")[1])
    validate("provenance", content)
    doubts = content["doubts"]
    assert content["counts"] == {
        status: len([doubt for doubt in doubts if doubt["status"] == status]) for status in content["counts"]
    }
    assert list(dict.fromkeys(doubt["status"] for doubt in doubts)) == list(content["counts"])
    assert {"missing", "illustrative", "interpreted"} <= set(content["counts"])
    lost = [doubt["label"] for doubt in doubts if doubt["status"] == "missing"]
    assert any("70 cells of the chart" in label for label in lost)
    bands = [doubt for doubt in doubts if (doubt["status"], doubt["kind"]) == ("illustrative", "band")]
    assert len(bands) == 7
    assert all(doubt["note"] for doubt in doubts if doubt["status"] in ("illustrative", "interpreted", "proposed"))
    assert content["document"] == "000_104f8b9fcef4d66d.txt"


def test_provenance_is_of_the_whole_framework(cli: Cli) -> None:
    code, out, err = cli("show", "smart_equip", "L4.3", "--provenance")
    assert (code, out) == (2, "")
    assert "it lists the whole framework; leave out the item" in err


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
def test_the_demo_school_is_the_same_every_time_and_evaluates(installed: Cli, tmp_path: Path) -> None:
    for folder in ("one", "other"):
        make_demo_school(tmp_path / folder)
    one, other = tmp_path / "one", tmp_path / "other"
    for name in ("people.csv", "evidence.csv"):
        assert (one / name).read_bytes() == (other / name).read_bytes()
    code, out, err = installed(
        "evaluate", one / "evidence.csv", "--people", one / "people.csv", "--as-of", "2025-07-31", "--json"
    )
    content = json.loads(out)
    assert code == 0
    assert "P-0061" in err
    assert {entry["certificate"]["agreed"] for entry in content} == {True}
    assert {entry["framework"] for entry in content} == {point.name for point in entry_points(group=PROJECT)}
    ladder = [entry for entry in content if (entry["framework"], entry["outcome"]) == ("smart_equip", "ladder")]
    assert len(ladder) == 60
    assert {entry["zone"] for entry in ladder} == {"red", "amber", "gold", "green"}
    assert len({entry["recommendation"]["action"] for entry in ladder}) > 5


def test_a_filled_sheet_is_evidence_as_it_stands(installed: Cli, tmp_path: Path) -> None:
    make_demo_school(tmp_path)
    words = (tmp_path / "sheet-P-0061.xlsx", "--people", tmp_path / "people.csv", "--json")
    code, out, _ = installed("evaluate", *words)
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
