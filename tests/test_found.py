"""Packs are found by plugin, framework, folder or project, each once, and what cannot be loaded says so."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bandstand.errors import NotFoundError
from bandstand.found import find_packs
from bandstand.hookspecs import PROJECT
from bandstand.plugins import ask_plugins
from tiny import tiny

if TYPE_CHECKING:
    from bandstand.plugins import Catalogue


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    """What plugins add: one brings the tiny pack, another cannot be loaded."""
    found = ask_plugins(points=[EntryPoint("gone", "bandstand_gone", PROJECT)])
    found.roots.append(("small_plugin", tiny(tmp_path / "installed")))
    return found


def test_without_a_name_every_installed_pack_is_found() -> None:
    found = find_packs()
    assert [pack.plugin for pack in found] == ["cat_toolkit", "hampshire_careers", "npqel", "smart_equip"]
    assert [pack.problems for pack in found] == [[], [], [], []]


@pytest.mark.parametrize("name", ["small_plugin", "tiny"])
def test_a_pack_is_found_by_its_plugin_and_by_its_framework(catalogue: Catalogue, name: str) -> None:
    (pack,) = find_packs([name], catalogue)
    assert (pack.plugin, pack.name) == ("small_plugin", "tiny 1.0")


def test_a_framework_is_found_by_its_id_although_its_pack_has_problems(catalogue: Catalogue, tmp_path: Path) -> None:
    (tmp_path / "installed" / "rules" / "sheet.yaml").write_text("rules: 3\n", "utf-8")
    (pack,) = find_packs(["tiny"], catalogue)
    assert pack.name == "small_plugin"
    assert [problem.code for problem in pack.problems] == ["bad-value"]


@pytest.mark.parametrize("name", [".", "project", "project/src/ours/pack", "project/src/ours/pack/framework.yaml"])
def test_a_pack_is_found_in_its_folder_and_in_a_project_around_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    tiny(tmp_path / "project" / "src" / "ours" / "pack")
    tiny(tmp_path / "project" / "build" / "lib" / "pack")
    tiny(tmp_path / "project" / ".venv" / "pack")
    tiny(tmp_path / "project" / "env" / "lib")
    (tmp_path / "project" / "env" / "pyvenv.cfg").touch()
    monkeypatch.chdir(tmp_path)
    (pack,) = find_packs([name])
    assert (pack.plugin, pack.folder) == (None, str(Path("project/src/ours/pack")))


def test_a_problem_is_placed_where_an_editor_finds_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tiny(tmp_path / "ours", ("rules/sheet.yaml", "order:", "ordre:"))
    monkeypatch.chdir(tmp_path)
    (pack,) = find_packs(["ours"])
    assert pack.name == "ours"
    assert (str(Path("ours/rules/sheet.yaml")), 6) in [(p.place.file, p.place.line) for p in pack.problems]


def test_a_pack_that_is_named_twice_is_found_once(catalogue: Catalogue, tmp_path: Path) -> None:
    assert len(find_packs(["tiny", "small_plugin", str(tmp_path)], catalogue)) == 1


def test_a_plugin_that_cannot_be_loaded_is_found_with_its_problem(catalogue: Catalogue) -> None:
    for found in (find_packs([], catalogue)[-1], *find_packs(["gone"], catalogue)):
        assert (found.plugin, found.name, found.draft.pack) == ("gone", "gone", None)
        (problem,) = found.problems
        assert (problem.code, problem.place.file) == ("unusable", "gone")
        assert "The plugin cannot be loaded: ModuleNotFoundError" in problem.message


def test_a_rule_kind_that_raises_is_a_problem_of_the_pack(catalogue: Catalogue) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("by zero")

    catalogue.kinds["ragging"] = type("Broken", (catalogue.kinds["ragging"],), {"check": broken})
    (pack,) = find_packs(["tiny"], catalogue)
    assert [(p.code, p.message) for p in pack.problems] == [
        ("unusable", "The pack cannot be read: ZeroDivisionError: by zero.")
    ]


def test_what_is_not_there_suggests_the_nearest(catalogue: Catalogue) -> None:
    with pytest.raises(
        NotFoundError, match=r'"tinny" is no plugin or framework .* and no folder\. Did you mean tiny\?'
    ):
        find_packs(["tinny"], catalogue)


def test_a_folder_without_a_pack_says_what_a_pack_is(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"There is no pack in .* A pack is a folder with a framework\.yaml\."):
        find_packs([str(tmp_path)])
