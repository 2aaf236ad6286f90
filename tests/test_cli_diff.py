"""The command `bandstand diff`: what it shows and writes, and its exit codes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from commands import Cli, validate
from tiny import tiny

if TYPE_CHECKING:
    from pathlib import Path

LADDER = "rules/ladder.yaml"
NEEDS_BOTH = (LADDER, "need: 1", "need: 2")
TEXT = ("standards/A.yaml", "Is there on time.", "Comes on time.")
SOURCE = ("standards/A.yaml", "source: 13", "source: 14")


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return tiny(tmp_path / "old")


def test_it_says_what_changed_in_meaning_and_counts_the_rest(installed: Cli, old: Path, tmp_path: Path) -> None:
    code, out, err = installed("diff", old, tiny(tmp_path / "new", NEEDS_BOTH, TEXT, SOURCE))
    assert (code, err) == (0, "")
    assert "Changed in meaning: 1" in out
    assert "Levels\n  Level 2 now needs all of its 2 criteria; before, 1 of them.\n" in out
    assert "Changed in wording alone: 1. --wording shows them." in out
    assert "Changed in provenance alone: 1. --provenance shows them." in out
    assert "Comes on time" not in out
    assert "One example ran under both, by the plain engine; all come out the same." in out


def test_wording_and_provenance_are_shown_when_they_are_asked_for(installed: Cli, old: Path, tmp_path: Path) -> None:
    code, out, _ = installed("diff", old, tiny(tmp_path / "new", TEXT, SOURCE), "--wording", "--provenance")
    assert code == 0
    assert "Nothing changed in meaning." in out
    assert "    - Is there on time.\n    + Comes on time." in out
    assert "Criterion A.2: source is now 14; before, 13." in out


def test_exit_code_one_says_that_the_meaning_changed(installed: Cli, old: Path, tmp_path: Path) -> None:
    assert installed("diff", old, tiny(tmp_path / "new", NEEDS_BOTH), "--exit-code")[0] == 1
    assert installed("diff", old, tiny(tmp_path / "texts", TEXT, SOURCE), "--exit-code")[0] == 0
    assert installed("diff", old, old, "--exit-code")[0] == 0


def test_files_that_are_only_written_otherwise_are_said_to_be(installed: Cli, old: Path, tmp_path: Path) -> None:
    code, out, _ = installed(
        "diff", old, tiny(tmp_path / "new", (LADDER, "criteria: [A.1, A.2]", "criteria: [A.2, A.1]"))
    )
    assert code == 0
    assert "The files differ in nothing but how they are written." in out


def compared(cli: Cli, *words: str | Path) -> dict[str, Any]:
    code, out, _ = cli("diff", *words, "--json")
    assert code == 0
    content = json.loads(out)
    validate("comparison", content)
    assert isinstance(content, dict)
    return content


def test_json_is_as_its_schema_has_it(installed: Cli, old: Path, tmp_path: Path) -> None:
    new = tiny(tmp_path / "new", NEEDS_BOTH, TEXT, ("framework.yaml", 'version: "1.0"', 'version: "1.1"'))
    content = compared(installed, old, new)
    assert (content["old"]["version"], content["new"]["version"]) == ("1.0", "1.1")
    assert content["counts"] == {"meaning": 1, "wording": 1, "provenance": 0}
    assert (content["wording"], content["provenance"]) == (None, None)
    (change,) = content["meaning"]
    assert change == {
        "kind": "level",
        "change": "changed",
        "address": "rules/ladder/levels/2/need",
        "sentence": "Level 2 now needs all of its 2 criteria; before, 1 of them.",
        "was": 1,
        "now": 2,
    }
    assert len(compared(installed, old, new, "--wording")["wording"]) == 1


def test_examples_that_come_out_otherwise_are_shown_with_both(installed: Cli, old: Path, tmp_path: Path) -> None:
    new = tiny(tmp_path / "new", (LADDER, "criteria: [A.1, A.2]", "criteria: [A.1, A.2, B.1]"))
    _, out, _ = installed("diff", old, new)
    assert "Of one example, run under both by the plain engine, come out otherwise: 1" in out
    assert "    was: level 1, gold, rise\n    now: no level yet, amber, rise\n" in out
    (effect,) = compared(installed, old, new)["effects"]
    assert (effect["was"]["level"], effect["now"]["level"]) == (1, 0)


def test_an_installed_framework_is_named_by_its_id_or_its_version(installed: Cli) -> None:
    code, out, _ = installed("diff", "cat_toolkit", "cat_toolkit@1.0", "--exit-code")
    assert code == 0
    assert "Nothing changed in meaning." in out


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("cat_toolkit@9.9", 'cat_toolkit has no version "9.9" here. It is one of 1.0.'),
        ("cat_tolkit", "Did you mean cat_toolkit?"),
        ("no/such/folder", "is no plugin or framework that is installed, and no folder."),
    ],
)
def test_what_is_not_there_is_told_with_the_nearest(name: str, says: str, installed: Cli) -> None:
    code, _, err = installed("diff", "cat_toolkit", name)
    assert code == 2
    assert says in err


def test_a_pack_with_problems_is_not_compared_and_its_problems_are_listed(
    installed: Cli, old: Path, tmp_path: Path
) -> None:
    code, out, err = installed("diff", old, tiny(tmp_path / "new", (LADDER, "need: 1", "need: 3")))
    assert (code, out) == (2, "")
    assert "Level 2 needs 3 of 2 criteria." in err


def test_a_folder_with_several_packs_is_no_one_of_them(installed: Cli, old: Path, tmp_path: Path) -> None:
    tiny(tmp_path / "many" / "one")
    tiny(tmp_path / "many" / "other", ("framework.yaml", "id: tiny", "id: small"))
    code, _, err = installed("diff", old, tmp_path / "many")
    assert code == 2
    assert "holds several packs: tiny 1.0, small 1.0. Name the folder of one of them." in err


def overlay(folder: Path, text: str, version: str = "1.0") -> Path:
    folder.mkdir()
    (folder / "overlay.yaml").write_text(
        f'id: ours\npack: tiny\nversion: "{version}"\nby: hr\non: 2025-01-01\nwhy: It may be shown.\n', "utf-8"
    )
    (folder / "wording.yaml").write_text(f"wording: {{ A.1: {text} }}\n", "utf-8")
    return folder


def test_each_side_may_have_its_overlays(installed: Cli, old: Path, tmp_path: Path) -> None:
    one, other = overlay(tmp_path / "one", "Be here."), overlay(tmp_path / "other", "Be there.")
    _, out, _ = installed("diff", old, old, "--old-overlay", one, "--new-overlay", other, "--wording")
    assert "with the overlay ours" in out
    assert "    - Be here.\n    + Be there." in out
    _, out, _ = installed("diff", old, old, "--overlay", one)
    assert "Changed in wording alone: 0." in out


def test_an_overlay_of_another_version_is_told(installed: Cli, old: Path, tmp_path: Path) -> None:
    code, _, err = installed("diff", old, old, "--overlay", overlay(tmp_path / "one", "Be here.", "2.0"))
    assert code == 2
    assert "tiny 2.0" in err


def test_what_a_trust_sets_is_compared_as_what_the_pack_says(installed: Cli, old: Path, tmp_path: Path) -> None:
    ours = overlay(tmp_path / "ours", "Be here.")
    (ours / "wording.yaml").unlink()
    (ours / "values.yaml").write_text("change:\n  - { at: ladder.levels.2.need, to: 2 }\n", "utf-8")
    with (ours / "overlay.yaml").open("a", encoding="utf-8") as file:
        file.write("expired: refuse\n")
    content = compared(installed, old, old, "--new-overlay", ours, "--provenance")
    assert (content["new"]["overlay"], content["old"]["overlay"]) == ("ours", None)
    assert [change["sentence"] for change in content["meaning"]] == [
        "The framework: what happens at a day at which it does not hold is now refuse; before, warn.",
        "Level 2 now needs all of its 2 criteria; before, 1 of them.",
    ]
    assert "Level 2: basis is now trust; before, stated." in [change["sentence"] for change in content["provenance"]]
