"""A rule that no example exercises is a warning at the line of the rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bandstand.checks.bench import Bench
from bandstand.checks.exercised import check_exercised
from bandstand.found import find_packs
from bandstand.packs.load import read_pack
from bandstand.plugins import ask_plugins
from tiny import tiny

if TYPE_CHECKING:
    from pathlib import Path

KINDS = ask_plugins(points=[]).kinds
#: An example in which the flag is set that the note goes by.
ON_LEAVE = '{ grade: "teaching:M1", fte: 0.8, flags: [on_leave] }'


def problems(folder: Path, *changes: tuple[str, str, str]) -> list[tuple[str, str, int | None, str]]:
    bench = Bench(read_pack(tiny(folder, *changes), KINDS))
    return [(p.code, p.place.file, p.place.line, p.severity) for p in check_exercised(bench)]


def test_a_table_of_which_no_row_is_ever_hit_is_not_exercised(tmp_path: Path) -> None:
    assert problems(tmp_path) == [("unexercised-rule", "rules/actions.yaml", 18, "warning")]


def test_a_rule_that_an_example_exercises_is_none(tmp_path: Path) -> None:
    change = ("examples/levels.yaml", '{ grade: "teaching:M1", fte: 0.8 }', ON_LEAVE)
    assert problems(tmp_path, change) == []


def test_without_examples_that_evaluate_anything_no_rule_is_exercised(tmp_path: Path) -> None:
    refused = """\
examples:
  - name: Nothing is said about anybody's pay
    purpose: pay
    as_of: 2025-07-10
    expect: { refused: It says nothing of pay }
"""
    found = problems(tmp_path, ("examples/levels.yaml", "", refused))
    assert [file for _, file, _, _ in found] == [
        "rules/actions.yaml",
        "rules/actions.yaml",
        "rules/bands.yaml",
        "rules/ladder.yaml",
        "rules/sheet.yaml",
    ]


@pytest.mark.parametrize("framework", ["cat_toolkit", "hampshire_careers", "npqel", "smart_equip"])
def test_every_rule_of_the_packs_that_are_shipped_is_exercised(framework: str) -> None:
    (found,) = find_packs([framework])
    assert list(check_exercised(Bench(found.draft))) == []
