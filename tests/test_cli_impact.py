"""The command `bandstand impact`: counts of whom a change would move, its page, its list, and its exit codes."""

from __future__ import annotations

import csv
import json
import re
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bandstand import plugins
from bandstand.plugins import load_catalogue
from commands import Cli, validate, write_csv
from tiny import tiny
from wide import wide

if TYPE_CHECKING:
    from bandstand.plugins import Catalogue

LADDER, BANDS, TOP = "rules/ladder.yaml", "rules/bands.yaml", "framework.yaml"
#: Level 2 now asks for both of its criteria, of which the people of these tests have shown one.
HARDER = (LADDER, "need: 1", "need: 2")


@pytest.fixture(autouse=True)
def _plugins_are_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plugins, "load_catalogue", _catalogue)


@cache
def _catalogue() -> Catalogue:
    return load_catalogue()


@pytest.fixture
def packs(tmp_path: Path) -> tuple[Path, Path]:
    return tiny(tmp_path / "old"), tiny(tmp_path / "new", HARDER)


def staff(folder: Path, *kinds: tuple[int, str, str, str], school: str = "school") -> list[str | Path]:
    """Options that name people and their evidence: how many of each grade and school show which criteria."""
    people: list[dict[str, str]] = []
    evidence: list[dict[str, str]] = []
    for many, grade, where, shows in kinds:
        for _ in range(many):
            name = f"P-{len(people) + 1:04}"
            people.append({"person": name, "grade": grade, school: where})
            evidence.extend(
                {
                    "person": name,
                    "framework": "tiny",
                    "criteria": criterion,
                    "claim": "met",
                    "source": "observation",
                    "date": "2025-06-01",
                    "review_point": "",
                }
                for criterion in shows.split()
            )
    folder.mkdir(exist_ok=True)
    return [
        *("--people", write_csv(folder / "people.csv", people)),
        *("--evidence", write_csv(folder / "evidence.csv", evidence)),
    ]


@pytest.fixture
def given(tmp_path: Path) -> list[str | Path]:
    """Sixty people: those of M2 show one criterion of level 2, and those of M1 none."""
    return staff(
        tmp_path / "staff",
        (20, "M1", "S-01", "A.1 A.2"),
        (15, "M2", "S-01", "A.1 A.2 B.1"),
        (25, "M2", "S-02", "A.1 A.2 B.1"),
    )


def counted(cli: Cli, *words: str | Path) -> dict[str, Any]:
    code, out, _ = cli("impact", *words, "--json")
    assert code == 0
    content = json.loads(out)
    validate("impact", content)
    assert isinstance(content, dict)
    return content


def outcome(content: dict[str, Any], name: str = "position") -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in content["outcomes"] if one["outcome"] == name)
    return found


def blocks(found: dict[str, Any]) -> dict[str, int]:
    return {block["label"]: block["people"] for block in found["blocks"]}


def test_it_counts_who_moves_and_from_where_to_where(
    installed: Cli, packs: tuple[Path, Path], given: list[str | Path]
) -> None:
    content = counted(installed, *packs, *given)
    assert (content["threshold"], content["engine"], content["as_of"]) == (10, "plain", "2025-06-01")
    found = outcome(content)
    assert found["people"] == 60
    assert blocks(found) == {
        "lower level": 40,
        "higher level": 0,
        "other zone": 0,
        "other recommendation": 0,
        "no change": 20,
    }
    assert found["levels"] == {"of": "all", "values": [1, 2], "cells": [[20, 0], [40, 0]]}
    assert found["zones"] == {"of": "all", "values": ["amber", "gold"], "cells": [[0, 0], [40, 20]]}


def test_it_counts_by_grade_and_by_school(installed: Cli, packs: tuple[Path, Path], given: list[str | Path]) -> None:
    found = outcome(counted(installed, *packs, *given))
    assert [(g["members"], g["people"], g["counts"]) for g in found["grades"]["groups"]] == [
        (["teaching:M1"], 20, [0, 0, 0, 0, 20]),
        (["teaching:M2"], 40, [40, 0, 0, 0, 0]),
    ]
    assert [(g["members"], g["people"], g["counts"]) for g in found["schools"]["groups"]] == [
        (["S-01"], 35, [15, 0, 0, 0, 20]),
        (["S-02"], 25, [25, 0, 0, 0, 0]),
    ]


def test_the_tables_say_the_same(installed: Cli, packs: tuple[Path, Path], given: list[str | Path]) -> None:
    code, out, err = installed("impact", *packs, *given)
    assert (code, err) == (0, "")
    assert "Everybody evaluated under both by the plain engine, as at 1 June 2025." in out
    assert "Where a person stands (position): 60 people" in out
    assert re.search(r"lower level +40 +67 %", out)
    assert re.search(r"teaching:M2 +40 +40 +0 +0 +0 +0", out)
    assert re.search(r"S-02 +25 +25", out)


def test_a_few_are_never_told_and_neither_is_what_would_tell_them(
    installed: Cli, packs: tuple[Path, Path], tmp_path: Path
) -> None:
    few = staff(
        tmp_path / "few",
        (30, "M1", "S-01", "A.1 A.2"),
        (12, "M2", "S-01", "A.1 A.2 B.1"),
        (3, "M2", "S-02", "A.1 A.2 B.1"),
        (20, "M2", "S-02", "A.1 A.2 B.1 B.2"),
    )
    found = outcome(counted(installed, *packs, *few))
    assert blocks(found)["lower level"] == 15
    assert [g["counts"] for g in found["schools"]["groups"]] == [[None, 0, 0, 0, None], [None, 0, 0, 0, None]]
    assert "By school, what becomes of people is withheld where it is of fewer than 10." in found["notes"]
    _, out, _ = installed("impact", *packs, *few)
    assert re.search(r"S-02 +23 +\* +0 +0 +0 +\*", out)


def test_the_threshold_can_be_set_and_is_never_one(
    installed: Cli, packs: tuple[Path, Path], given: list[str | Path]
) -> None:
    assert outcome(counted(installed, *packs, *given))["schools"]["groups"][0]["counts"][0] == 15
    found = outcome(counted(installed, *packs, *given, "--threshold", "16"))
    assert found["schools"]["groups"][0]["counts"][0] is None
    assert installed("impact", *packs, *given, "--threshold", "1")[0] == 2


def test_nobody_is_ever_named(
    installed: Cli, packs: tuple[Path, Path], given: list[str | Path], tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    _, out, err = installed("impact", *packs, *given, "--html", page)
    said = out + err + page.read_text("utf-8") + json.dumps(counted(installed, *packs, *given))
    assert "P-00" not in said


def test_who_would_move_is_written_down_only_on_purpose_and_with_a_warning(
    installed: Cli, packs: tuple[Path, Path], given: list[str | Path], tmp_path: Path
) -> None:
    file = tmp_path / "moved.csv"
    for half in (["--list"], ["--output", file]):
        code, _, err = installed("impact", *packs, *given, *half)
        assert (code, file.exists()) == (2, False)
        assert "only written on purpose: give both" in err
    code, out, err = installed("impact", *packs, *given, "--list", "-o", file)
    assert code == 0
    assert "names people by their ids, 40 in all" in err
    assert "P-00" not in out + err
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == 40
    assert rows[0] == {
        "person": "P-0021",
        "outcome": "position",
        "grade": "teaching:M2",
        "school": "S-01",
        "change": "lower",
        "level_before": "2",
        "level_after": "1",
        "zone_before": "gold",
        "zone_after": "amber",
        "recommendation_before": "sustain",
        "recommendation_after": "sustain",
        "result_before": "level 2",
        "result_after": "level 1",
    }
    assert installed("impact", *packs, *given, "--list", "-o", file)[0] == 2
    assert installed("impact", *packs, *given, "--list", "-o", file, "--force")[0] == 0


@pytest.mark.parametrize(("percent", "exits"), [("66", 1), ("67", 0), ("0", 1), ("100", 0)])
def test_more_than_a_stated_share_fails(
    percent: str, exits: int, installed: Cli, packs: tuple[Path, Path], given: list[str | Path]
) -> None:
    code, _, err = installed("impact", *packs, *given, "--fail-over", percent)
    assert code == exits
    assert (f"More than {percent} % of those evaluated would change: position." in err) is bool(exits)


def test_the_same_pack_moves_nobody(installed: Cli, packs: tuple[Path, Path], given: list[str | Path]) -> None:
    code, out, _ = installed("impact", packs[0], packs[0], *given, "--fail-over", "0")
    assert code == 0
    assert "Nobody would change." in out


# input


def test_bad_rows_are_listed_and_nothing_is_counted_unless_it_is_to_go_on(
    installed: Cli, packs: tuple[Path, Path], tmp_path: Path
) -> None:
    bad = staff(tmp_path / "bad", (20, "M1", "S-01", "A.1 A.2"), (1, "M1", "S-01", "Z.9"), (2, "M9", "S-01", "A.1"))
    code, out, err = installed("impact", *packs, *bad)
    assert (code, out) == (2, "")
    assert '"Z.9"' in err
    assert '"M9" is not a grade' in err
    code, out, err = installed("impact", *packs, *bad, "--keep-going")
    assert code == 2
    assert "(position): 20 people" in out
    assert "Left out, as their row of the staff list is bad: 2 people." in err


def test_what_only_one_version_can_read_counts_under_that_one(
    installed: Cli, packs: tuple[Path, Path], given: list[str | Path], tmp_path: Path
) -> None:
    gone = tiny(
        tmp_path / "gone",
        (
            "standards/B.yaml",
            "  - { id: B.1, set: sheet, label: Shares, descriptor: Gives plans to others., source: 16 }\n",
            "",
        ),
        (LADDER, "criteria: [B.1, B.2], need: 1", "criteria: [B.2]"),
        ("rules/sheet.yaml", "A.2, B.1", "A.2"),
        ("examples/levels.yaml", "blockers: [B.1, B.2]", "blockers: [B.2]"),
    )
    code, _, err = installed("impact", packs[0], gone, *given)
    assert code == 0
    assert "Counted under tiny 1.0 alone, as tiny 1.0 cannot read it: 40 records." in err
    assert blocks(outcome(counted(installed, packs[0], gone, *given)))["lower level"] == 40


def test_a_grade_that_the_new_version_lacks_leaves_people_without_a_zone(
    installed: Cli, packs: tuple[Path, Path], given: list[str | Path], tmp_path: Path
) -> None:
    gone = tiny(
        tmp_path / "gone",
        (TOP, '  - { id: "teaching:M2", label: M2, strand: teaching, column: 2, source: 4 }\n', ""),
        (BANDS, '        grades: ["teaching:M2"]\n', ""),
    )
    found = outcome(counted(installed, packs[0], gone, *given))
    assert blocks(found)["other zone"] == 40
    assert found["zones"]["values"] == [None, "gold"]
    assert found["zones"]["cells"] == [[0, 0], [40, 20]]


def test_schools_are_read_under_any_of_their_headings(installed: Cli, packs: tuple[Path, Path], tmp_path: Path) -> None:
    for heading in ("School", "Academy", "Site"):
        given = staff(tmp_path / heading, (20, "M2", "S-01", "A.1 A.2 B.1"), school=heading)
        found = outcome(counted(installed, *packs, *given))
        assert [group["members"] for group in found["schools"]["groups"]] == [["S-01"]]


def test_without_schools_there_is_no_table_of_them(installed: Cli, packs: tuple[Path, Path], tmp_path: Path) -> None:
    found = outcome(counted(installed, *packs, *staff(tmp_path / "none", (20, "M2", "", "A.1 A.2 B.1"))))
    assert found["schools"] is None


def test_two_frameworks_are_no_two_versions(installed: Cli, packs: tuple[Path, Path], given: list[str | Path]) -> None:
    code, _, err = installed("impact", packs[0], "cat_toolkit", *given)
    assert code == 2
    assert "are two frameworks, so nobody can be moved from one to the other." in err


@pytest.mark.parametrize(
    ("option", "value", "exits", "says"),
    [
        ("--outcome", "positon", 2, "Did you mean position?"),
        ("--purpose", "pay", 3, "does not serve pay"),
        ("--set", "pay_switch=no", 2, 'No framework asks a trust for "pay_switch".'),
        ("--as-of", "soon", 2, "is not a date written YYYY-MM-DD"),
        ("--engine", "durable", 2, "it is both or plain"),
        ("--html", "page.txt", 2, "give a name that ends in .html"),
    ],
)
def test_what_cannot_be_asked_is_told(
    option: str, value: str, exits: int, says: str, installed: Cli, packs: tuple[Path, Path], given: list[str | Path]
) -> None:
    code, out, err = installed("impact", *packs, *given, option, value)
    assert (code, out) == (exits, "")
    assert says in err.replace("│ ", "")


def test_evidence_after_the_as_of_date_counts_under_neither(
    installed: Cli, packs: tuple[Path, Path], given: list[str | Path]
) -> None:
    content = counted(installed, *packs, *given, "--as-of", "2025-05-01")
    assert blocks(outcome(content))["no change"] == 60


@pytest.mark.durable
def test_both_engines_count_the_same(installed: Cli, packs: tuple[Path, Path], given: list[str | Path]) -> None:
    plain, both = (counted(installed, *packs, *given, "--engine", engine) for engine in ("plain", "both"))
    assert both["engine"] == "both"
    assert both["outcomes"] == plain["outcomes"]


# what counts as a change


def everything(folder: Path, many: int) -> list[str | Path]:
    """People with evidence for each outcome of the wide pack."""
    given = staff(folder, (many, "M1", "S-01", "A.1 A.2 K.2.1 C.1.1"))
    path = Path(str(given[3]))
    rows = list(csv.DictReader(path.read_text("utf-8").splitlines()))
    people = sorted({row["person"] for row in rows})
    write_csv(path, [*rows, *({**rows[0], "person": name, "criteria": "K.1", "claim": "slow"} for name in people)])
    return given


def test_other_words_for_the_same_result_are_no_change(installed: Cli, tmp_path: Path) -> None:
    old = wide(tmp_path / "old")
    new = wide(tmp_path / "new", (TOP, "id: slow, label: Slow", "id: slow, label: Slowly"))
    found = outcome(counted(installed, old, new, *everything(tmp_path / "staff", 12)), "parts")
    assert blocks(found) == {"other result": 0, "other recommendation": 0, "no change": 12}


def test_another_result_is_a_change_where_there_are_no_levels(installed: Cli, tmp_path: Path) -> None:
    old = wide(tmp_path / "old")
    point = "      - { at: slow, descriptor: Is behind the others., source: 18 }\n"
    new = wide(
        tmp_path / "new",
        ("standards/K.yaml", point, point.replace("Is behind", "Was behind")),
        (TOP, "[observation, appraiser]", "[appraiser]"),
    )
    found = outcome(counted(installed, old, new, *everything(tmp_path / "staff", 12)), "parts")
    assert blocks(found)["other result"] == 12


@pytest.mark.parametrize("levels", ["    level: ladder.level\n    zone: expected.zone\n", ""], ids=["levels", "none"])
def test_what_two_outcomes_share_is_told_once(levels: str, installed: Cli, tmp_path: Path) -> None:
    second = (
        "  - id: again\n    label: The same again\n    rules: [ladder, expected, sheet, action, note]\n"
        f"    sets: [sheet]\n{levels}    action: action.value\n"
    )
    both = (
        (TOP, "sections:\n", f"{second}sections:\n"),
        (TOP, '"{person} can reach level {next_level}."', "Go on."),
        (TOP, '"{person} is at level {level}."', "Stay."),
    )
    old, new = tiny(tmp_path / "old", *both), tiny(tmp_path / "new", *both, HARDER)
    given = staff(tmp_path / "staff", (20, "M1", "S-01", "A.1 A.2"), (21, "M2", "S-01", "A.1 A.2 B.1"))
    content = counted(installed, old, new, *given)
    assert blocks(outcome(content))["lower level"] == 21
    again = outcome(content, "again")
    assert (again["blocks"], again["levels"], again["zones"]) == ([], None, None)
    assert again["notes"] == ["Level, zone and recommendation are those of an outcome above, and counted there."]


# the page


def test_the_page_needs_nothing_else_and_has_a_table_for_each_chart(
    installed: Cli, packs: tuple[Path, Path], given: list[str | Path], tmp_path: Path
) -> None:
    file = tmp_path / "page.html"
    code, _, err = installed("impact", *packs, *given, "--html", file)
    assert code == 0
    assert "the same as a page" in err
    page = file.read_text("utf-8")
    assert '<html lang="en-GB">' in page
    assert "<title>Whom tiny 1.0 would move</title>" in page
    assert page.count("<h1") == 1
    assert "<script" not in page
    assert re.findall(r'(?:src|href)="(?!#)[^"]*"', page) == []
    assert re.findall(r"url\(|@import", page) == []
    assert page.count("<svg ") == page.count("<figure") == page.count("<table") == page.count("<caption>") == 5
    assert 'name="viewport"' in page
    assert "@media print" in page


def test_the_page_says_what_a_pack_says_and_runs_none_of_it(
    installed: Cli, given: list[str | Path], tmp_path: Path
) -> None:
    label = (TOP, "label: Where a person stands", 'label: "<script>alert(1)</script> & more"')
    packs = tiny(tmp_path / "old", label), tiny(tmp_path / "new", label, HARDER)
    installed("impact", *packs, *given, "--html", tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text("utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in page


def test_a_page_without_what_draws_it_says_what_to_install(
    installed: Cli, packs: tuple[Path, Path], given: list[str | Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "altair", None)
    code, out, err = installed("impact", *packs, *given, "--html", tmp_path / "page.html")
    assert (code, out) == (2, "")
    assert err == "A page with charts needs what draws them: pip install 'bandstand[reports]'."
    assert installed("impact", *packs, *given)[0] == 0


def test_a_page_is_not_written_over_another_by_mistake(
    installed: Cli, packs: tuple[Path, Path], given: list[str | Path], tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    page.write_text("mine", "utf-8")
    assert installed("impact", *packs, *given, "--html", page)[0] == 2
    assert page.read_text("utf-8") == "mine"
    assert installed("impact", *packs, *given, "--html", page, "--force")[0] == 0
