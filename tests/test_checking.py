"""Packs go through every check, each by itself: what one raises stops no other, and strictness and haste are heeded."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import pytest

from bandstand import checking
from bandstand.checking import Checking
from bandstand.checks import run
from bandstand.checks.bench import Bench
from bandstand.checks.run import CHECKS, NamedCheck, make
from bandstand.errors import EngineUnavailableError
from bandstand.found import FoundPack
from bandstand.packs.load import read_pack
from bandstand.plugins import ask_plugins
from bandstand.rules.decision_table import DecisionTable
from tiny import tiny

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bandstand.models.check import PackCheck
    from bandstand.models.clauses import Clause
    from bandstand.models.problem import Problem

KINDS = ask_plugins(points=[]).kinds


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(read_pack(tiny(tmp_path), KINDS))


def checked(folder: Path, *, strict: bool = False, quick: bool = False) -> PackCheck:
    made = Checking([FoundPack(None, read_pack(folder, KINDS))], strict=strict, quick=quick)
    assert [check.name for check in made.run()] == [check.name for check in CHECKS]
    (pack,) = made.listing().packs
    assert made.listing().strict == strict
    return pack


def test_every_check_is_made_and_says_what_it_sees_to(tmp_path: Path) -> None:
    pack = checked(tiny(tmp_path))
    assert [check.name for check in pack.checks] == ["pack", *(check.name for check in CHECKS)]
    assert len({check.name for check in pack.checks}) == len(pack.checks)
    assert not any(check.skipped for check in pack.checks)
    found = {check.name: {problem.code for problem in check.problems} for check in pack.checks if check.problems}
    assert found["criteria"] == {"unread-criterion"}
    assert found["values"] == {"unconfirmed-value"}
    assert found["parts"] == {"unused-item"}
    assert (pack.criteria, pack.rules, pack.examples) == (8, 5, 1)
    assert (pack.errors, pack.warnings) == (
        sum(problem.severity == "error" for problem in pack.problems),
        sum(problem.severity == "warning" for problem in pack.problems),
    )
    assert pack.warnings > 0


def test_files_are_named_from_the_present_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tiny(tmp_path / "ours" / "pack")
    monkeypatch.chdir(tmp_path)
    files = {problem.place.file for problem in checked(tmp_path / "ours" / "pack", quick=True).problems}
    assert "ours/pack/rules/bands.yaml" in files
    assert all((tmp_path / file).is_file() for file in files)


def test_strictly_every_warning_is_an_error(tmp_path: Path) -> None:
    pack = checked(tiny(tmp_path), strict=True, quick=True)
    assert {problem.severity for problem in pack.problems} == {"error"}
    assert (pack.errors, pack.warnings) == (len(pack.problems), 0)


def test_a_quick_check_skips_what_takes_long(tmp_path: Path) -> None:
    pack = checked(tiny(tmp_path), quick=True)
    assert {c.name for c in pack.checks if c.skipped} == {check.name for check in CHECKS if check.is_deep}
    assert any(check.problems for check in pack.checks)


def test_a_pack_with_problems_goes_through_no_further_check(tmp_path: Path) -> None:
    tiny(tmp_path, ("rules/sheet.yaml", "kind: ragging", "kind: raging"))
    pack = checked(tmp_path)
    assert [problem.code for problem in pack.problems] == ["unknown-kind"]
    assert [check.name for check in pack.checks if not check.skipped] == ["pack"]
    assert (pack.usable, pack.errors, pack.rules) == (True, 1, 0)


def failing(bench: Bench) -> Iterator[Problem]:
    yield bench.of_framework(("grades", 1), "grade-without-band", "One.", "Mend it.")
    raise KeyError("no such\nthing")


def leaving(bench: Bench) -> Iterator[Problem]:  # noqa: ARG001 - every check is given the bench
    yield from ()
    raise SystemExit


def test_what_a_check_raises_is_a_problem_beside_what_it_found_before(bench: Bench) -> None:
    failed, found = make(NamedCheck("bands", "bands rise", failing), bench)
    assert (found.code, failed.code, failed.severity) == ("grade-without-band", "check-failed", "error")
    assert failed.message == "Whether bands rise could not be told: KeyError: 'no such\\nthing'."
    (left,) = make(NamedCheck("bands", "bands rise", leaving), bench)
    assert left.message == "Whether bands rise could not be told: SystemExit."


class Broken(DecisionTable):
    """A stranger's table, which loads and then cannot say which of its clauses gives an outcome."""

    KIND: ClassVar[str] = "broken"

    kind: Literal["broken"]  # type: ignore[assignment]  # a kind of its own
    loaded: ClassVar[bool] = False

    def is_hit(self, clause: Clause) -> bool:
        """Whether it does, until the pack is loaded."""
        if Broken.loaded:
            raise RuntimeError("no hits today")
        return super().is_hit(clause)


def test_a_rule_kind_that_raises_spoils_its_own_check_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    note = "  - id: note\n    kind: decision_table"
    tiny(tmp_path, ("rules/actions.yaml", note, note.replace("decision_table", "broken")))
    draft = read_pack(tmp_path, {**KINDS, "broken": Broken})
    assert draft.all_problems() == []
    monkeypatch.setattr(Broken, "loaded", True)
    made = Checking([FoundPack(None, draft)])
    assert len(list(made.run())) == len(CHECKS)
    (pack,) = made.listing().packs
    failed = {check.name for check in pack.checks for problem in check.problems if problem.code == "check-failed"}
    assert "tables" in failed
    assert {"criteria", "bands", "values"} & failed == set()
    assert "RuntimeError: no hits today" in str([p.message for p in pack.problems if p.code == "check-failed"])


def test_without_a_solver_nothing_is_said_to_be_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unavailable(bench: Bench) -> Iterator[Problem]:
        raise EngineUnavailableError(f"There is no solver for {bench.pack.name}.")

    monkeypatch.setattr(checking, "CHECKS", (NamedCheck("tables", "tables", unavailable, is_deep=True),))
    found = FoundPack(None, read_pack(tiny(tmp_path), KINDS))
    with pytest.raises(EngineUnavailableError):
        list(Checking([found]).run())
    assert len(list(Checking([found], quick=True).run())) == 1


def test_every_family_of_checks_is_among_those_that_are_made() -> None:
    modules = {check.make.__module__.rpartition(".")[2] for check in CHECKS}
    assert modules >= {"bands", "ladders", "meaning", "provenance", "tables", "unread", "zones", "conform", "exercised"}
    assert {check.make for check in run.CHECKS} == {check.make for check in CHECKS}
