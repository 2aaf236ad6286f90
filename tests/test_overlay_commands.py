"""`overlay new` and `overlay check`, and how `show`, `sheet` and `evaluate` mark what is the trust's."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import TYPE_CHECKING

import pytest

from bandstand.packs.yaml_source import read_yaml
from bandstand.schemas import published
from commands import Cli, validate, write_csv
from overlaying import overlay

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

BAND = "expected.bands.column_4"
VALUES = f"""\
confirm:
  - expected.bands.column_3
change:
  - {{ at: {BAND}, to: {{ gold: 6, to: 6 }}, by: hr-lead, on: 2025-06-20, why: The board's plan. }}
add:
  criteria:
    - standard: L3
      id: L3.T1
      label: Mentors a colleague
      descriptor: Mentors one colleague through the year.
      set: sheet
      named_by: [ladder.levels.3.criteria, sheet.order]
aliases: {{ "teaching:M1-6": [Main scale] }}
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return overlay(tmp_path / "own", VALUES, pack="smart_equip", version="2024.1")


def plain(panel: str) -> str:
    """What stands in the panel of a wrong use, without its frame."""
    return " ".join(re.sub(r"[│╭╮╰╯─]", "", panel).split())


def checked(cli: Cli, *folders: Path) -> tuple[int, list[dict[str, Any]]]:
    code, out, _ = cli("overlay", "check", *folders, "--json")
    listing = json.loads(out)
    validate("overlay-check", listing)
    return code, listing["overlays"]


def test_a_new_overlay_holds_every_example_value_and_passes_the_check_untouched(installed: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "our-overlay"
    given = ("--by", "trust-board", "--why", 'Minute 12: "bands"', "--on", "2026-09-01")
    code, out, _ = installed("overlay", "new", "smart_equip", folder, *given)
    assert code == 0
    assert "an overlay on smart_equip 2024.1, with 11 example values to confirm or change." in out
    assert f"bandstand overlay check {folder}" in out
    code, (one,) = checked(installed, folder)
    assert (code, one["problems"], one["settled"], len(one["unconfirmed"])) == (0, [], [], 11)
    assert one["overlay"] | {"digest": ""} == {
        "id": "our_overlay",
        "by": "trust-board",
        "on": "2026-09-01",
        "why": 'Minute 12: "bands"',
        "expired": "warn",
        "digest": "",
    }


def test_what_a_new_overlay_leaves_open_is_what_the_check_asks_for(installed: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    code, out, _ = installed("overlay", "new", "smart_equip", folder, "--json")
    listing = json.loads(out)
    validate("overlay-new", listing)
    assert (code, listing["to_fill_in"], listing["framework"]) == (0, ["by", "why"], "smart_equip 2024.1")
    assert listing["files"] == [
        "overlay.yaml",
        "schemas/overlay.schema.json",
        "schemas/values.schema.json",
        "schemas/wording.schema.json",
        "values.yaml",
    ]
    assert all((folder / name).is_file() for name in listing["files"])
    text = (folder / "overlay.yaml").read_text("utf-8")
    assert f"on: {dt.datetime.now(tz=dt.UTC).astimezone().date()}\n" in text
    code, (one,) = checked(installed, folder)
    lines = {problem["place"]["path"]: problem["place"]["line"] for problem in one["problems"]}
    assert code == 1
    assert {name: text.splitlines()[line - 1] for name, line in lines.items()} == {"by": "by:", "why": "why:"}


@pytest.mark.parametrize(
    ("framework", "section", "entries"),
    [("smart_equip", "confirm", 11), ("smart_equip", "change", 11), ("hampshire_careers", "settings", 2)],
)
def test_taking_the_marks_away_decides_what_stands_there(
    framework: str, section: str, entries: int, installed: Cli, tmp_path: Path
) -> None:
    folder = tmp_path / "new"
    installed("overlay", "new", framework, folder, "--by", "hr-lead", "--why", "Agreed.")
    path = folder / "values.yaml"
    kept: list[str] = []
    inside = False
    for line in path.read_text("utf-8").splitlines():
        inside = line.startswith(f"{section}:") or (inside and line.startswith("  "))
        entry = re.sub(r"^  # (?=- |\w+: \")", "  ", line)
        if section == "change":
            # What is listed is what holds; a trust writes another number, as a lower start or a higher end.
            step = 1 if ".to, " in entry else -1
            entry = re.sub(r"to: (\{ from: )?(\d+)", lambda m: f"to: {m[1] or ''}{int(m[2]) + step}", entry, count=1)  # noqa: B023
        kept.append(entry if inside else line)
    path.write_text("\n".join(kept), "utf-8")
    code, (one,) = checked(installed, folder)
    assert (code, one["problems"], len(one["settled"]), one["unconfirmed"]) == (0, [], entries, [])


def test_the_example_of_a_criterion_can_be_added_as_it_stands(installed: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    installed("overlay", "new", "smart_equip", folder, "--by", "hr-lead", "--why", "Agreed.")
    path = folder / "values.yaml"
    path.write_text(path.read_text("utf-8").replace("    # ", "    "), "utf-8")
    code, (one,) = checked(installed, folder)
    assert (code, one["problems"]) == (0, [])
    assert [settled["at"] for settled in one["settled"]] == ["L1.T1", "ladder.levels.1.criteria", "sheet.order"]


def test_an_editor_finds_the_schemas_beside_the_files(installed: Cli, tmp_path: Path) -> None:
    installed("overlay", "new", "smart_equip", tmp_path / "new", "--by", "hr-lead", "--why", "Agreed.")
    for name in ("overlay", "values"):
        first = (tmp_path / "new" / f"{name}.yaml").read_text("utf-8").splitlines()[0]
        assert first == f"# yaml-language-server: $schema=schemas/{name}.schema.json"
        schema = json.loads((tmp_path / "new" / "schemas" / f"{name}.schema.json").read_text("utf-8"))
        assert schema == published()[f"{name}.schema.json"]


def test_a_new_overlay_replaces_nothing_unless_it_is_told_to(installed: Cli, tmp_path: Path) -> None:
    words = ("overlay", "new", "smart_equip", tmp_path / "new", "--by", "hr-lead", "--why", "Agreed.")
    assert installed(*words)[0] == 0
    code, _, err = installed(*words)
    assert (code, "is there already; --force replaces it" in plain(err)) == (2, True)
    assert installed(*words, "--force", "--id", "other")[0] == 0
    assert read_yaml("o", (tmp_path / "new" / "overlay.yaml").read_bytes()).data["id"] == "other"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--on", "1 September"), '"1 September" cannot stand there: a date is written YYYY-MM-DD'),
        (("--id", "Our Trust"), '"Our Trust" cannot stand there'),
        (("--by", " "), '" " cannot stand there'),
    ],
)
def test_a_new_overlay_takes_no_value_that_it_could_not_hold(
    given: tuple[str, str], said: str, installed: Cli, tmp_path: Path
) -> None:
    code, _, err = installed("overlay", "new", "smart_equip", tmp_path / "new", *given)
    assert (code, said in plain(err)) == (2, True)
    assert not (tmp_path / "new").exists()


def test_a_check_says_what_an_overlay_does_and_what_it_leaves(installed: Cli, own: Path) -> None:
    code, out, _ = installed("overlay", "check", own)
    said = " ".join(out.split())
    assert code == 0
    assert "our_trust, for smart_equip 2024.1, by trust-board on 1 June 2025: Minute 12." in said
    assert "The trust's own, by hr-lead on 20 June 2025: The board's plan." in said
    assert "gold 6, to 6 (the pack had gold 5, to 5)" in said
    assert "Still example values of the pack: 9." in said
    assert "expected.bands.column_1: from 1, gold 2, to 2 (lines 382-394)" in said
    assert "expected.bands.column_3:" not in said


def test_a_check_lists_every_problem_with_its_code_file_line_and_remedy(installed: Cli, tmp_path: Path) -> None:
    values = "confirm:\n  - expected.bands.column_9\nchange:\n  - { at: ladder.levels.4.need, to: 9 }\n"
    folder = overlay(tmp_path / "own", values, pack="smart_equip", version="2024.1")
    code, out, _ = installed("overlay", "check", folder)
    said = " ".join(out.split())
    assert code == 1
    assert f"{folder / 'values.yaml'}, line 2, confirm[0]:" in said
    assert "Did you mean expected.bands.column_7? [unknown-address]" in said
    # What an address leads to comes before whether the whole still makes a pack.
    assert "impossible-level" not in said
    code, (one,) = checked(installed, folder)
    assert (code, one["usable"], one["settled"]) == (1, True, [])
    assert [(p["code"], p["place"]["line"]) for p in one["problems"]] == [("unknown-address", 2)]


def test_an_overlay_without_its_pack_or_that_is_not_there_is_unusable(
    installed: Cli, own: Path, tmp_path: Path
) -> None:
    other = overlay(tmp_path / "other", VALUES, pack="smart_equip", version="2023.1")
    for folder, problem in ((other, "not-installed"), (tmp_path / "nowhere", "missing-file")):
        code, (good, bad) = checked(installed, own, folder)
        assert code == 2
        assert (good["usable"], good["problems"]) == (True, [])
        assert (bad["usable"], [p["code"] for p in bad["problems"]]) == (False, [problem])
    out = " ".join(installed("overlay", "check", other)[1].split())
    assert "is for smart_equip 2023.1, which is not installed. Of smart_equip there is 2024.1." in out


def test_show_marks_what_is_the_trust_s(installed: Cli, own: Path) -> None:
    code, out, _ = installed("show", "smart_equip", "--overlay", own)
    said = " ".join(out.split())
    assert code == 0
    assert "Overlay our_trust, by trust-board on 1 June 2025: Minute 12." in said
    assert "gold 6, to 6 (the pack had gold 5, to 5)" in said
    listed = json.loads(installed("show", "smart_equip", "--overlay", own, "--json")[1])
    validate("listing", listed)
    assert listed["overlay"]["digest"].startswith("sha256:")
    assert [settled["at"] for settled in listed["settled"]] == [
        *("L3.T1", "ladder.levels.3.criteria", "sheet.order", "teaching:M1-6 aliases", BAND),
        "expected.bands.column_3",
    ]


@pytest.mark.parametrize(
    ("item", "at"),
    [
        ("expected", [BAND, "expected.bands.column_3"]),
        ("rule:ladder", ["ladder.levels.3.criteria"]),
        ("L3.T1", ["L3.T1", "ladder.levels.3.criteria", "sheet.order"]),
        ("L3", ["L3.T1"]),
        ("teaching:M1-6", ["teaching:M1-6 aliases"]),
        ("L4", []),
    ],
)
def test_show_marks_what_of_one_thing_is_the_trust_s(item: str, at: list[str], installed: Cli, own: Path) -> None:
    listed = json.loads(installed("show", "smart_equip", item, "--overlay", own, "--json")[1])
    validate("item", listed)
    assert [settled["at"] for settled in listed["settled"]] == at
    out = installed("show", "smart_equip", item, "--overlay", own)[1]
    assert ("The trust's own, by" in out) == bool(at)
    assert "The trust's own" not in installed("show", "smart_equip", "L4")[1]


def test_show_lists_what_was_and_what_is_beside_what_the_document_does_not_state(installed: Cli, own: Path) -> None:
    listed = json.loads(installed("show", "smart_equip", "--provenance", "--overlay", own, "--json")[1])
    validate("provenance", listed)
    before = json.loads(installed("show", "smart_equip", "--provenance", "--json")[1])
    assert before["counts"]["illustrative"] - listed["counts"]["illustrative"] == 2
    band = next(settled for settled in listed["settled"] if settled["at"] == BAND)
    assert (band["was"], band["now"]) == ({"gold": 5, "to": 5}, {"gold": 6, "to": 6})
    assert (band["by"], band["on"], band["why"]) == ("hr-lead", "2025-06-20", "The board's plan.")
    notes = {doubt["id"]: doubt["note"] for doubt in listed["doubts"] if doubt["status"] == "trust"}
    assert notes["column_4"].startswith("Set by hr-lead on 20 June 2025: The board's plan. The pack had gold 5, to 5.")
    assert "The trust's own, by hr-lead" in installed("show", "smart_equip", "--provenance", "--overlay", own)[1]


def test_the_sheet_has_the_trust_s_lines_and_is_evidence_with_its_overlay(
    installed: Cli, own: Path, tmp_path: Path
) -> None:
    path = tmp_path / "sheet.xlsx"
    words = ("sheet", "smart_equip", "--levels", "3", "-o", path, "--overlay", own, "--json")
    listed = json.loads(installed(*words)[1])
    assert listed["rows"] == 7
    row = {"id": "e1", "person": "P-1", "framework": "smart_equip", "criteria": "L3.T1", "claim": "met"}
    evidence = write_csv(tmp_path / "e.csv", [{**row, "source": "appraiser", "date": "2025-07-01", "author": "P-2"}])
    code, out, _ = installed("evaluate", evidence, "--overlay", own, "--json", "--engine", "plain")
    found = json.loads(out)[0]["findings"]["L3.T1"]
    assert (code, found["finding"], found["evidence"]) == (0, "met", "e1")
    code, _, err = installed("evaluate", evidence)
    assert (code, '"L3.T1" is not a criterion of smart_equip 2024.1' in err) == (2, True)
    assert installed("candidates", evidence, "--to", "npqel", "--overlay", own)[0] == 0


def test_every_command_of_overlays_has_help_with_an_example(installed: Cli) -> None:
    for command in ("new", "check"):
        code, out, _ = installed("overlay", command, "--help")
        assert (code, "Example: bandstand overlay" in " ".join(out.split())) == (0, True)
