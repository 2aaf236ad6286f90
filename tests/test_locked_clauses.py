"""What a pack's rules come down to is locked with it, as the code of a rule kind is no part of the pack's files."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import fields, replace
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import pytest

from bandstand.hookspecs import hookimpl
from bandstand.locks import making
from bandstand.locks.clauses import clauses_digest
from bandstand.locks.guard import enforce
from bandstand.locks.lockfile import read_lock
from bandstand.locks.making import Terms, make_lock
from bandstand.models.clauses import Clause, Conclusion, FindingIs, Lowered, Measure
from bandstand.models.finding import State
from bandstand.models.provenance import Basis, Ground
from bandstand.plugins import load_catalogue, plugin_manager
from bandstand.rules.base import Rule
from locking import codes
from tiny import tiny

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bandstand.hookspecs import RegisterRuleKind
    from bandstand.plugins import Catalogue


class Enough(Rule):
    """Some of several criteria are enough: a kind as a trust might write it, of which the code can change."""

    KIND: ClassVar[str] = "enough"
    ENOUGH: ClassVar[int] = 1

    kind: Literal["enough"]
    criteria: tuple[str, ...]

    def conclusions(self, context: object) -> tuple[Conclusion, ...]:
        del context
        return (Conclusion(f"{self.id}.held", (False, True), False, self.id, "Enough"),)

    def check(self, context: object) -> Iterator[Any]:
        del context
        yield from ()

    def lower(self, context: object) -> Lowered:
        met = tuple(FindingIs(criterion, frozenset({State.MET})) for criterion in self.criteria)
        clause = Clause(f"{self.id}.held", True, self.ENOUGH, met, (self.ground(),))
        return Lowered("position", self.conclusions(context), (clause,))


class Stricter(Enough):
    ENOUGH: ClassVar[int] = 2


ENOUGH = [
    (
        "framework.yaml",
        "rules: [ladder, expected, sheet, action, note]",
        "rules: [ladder, expected, sheet, action, note, enough]",
    ),
    (
        "rules/sheet.yaml",
        "",
        """\
rules:
  - { id: sheet, kind: ragging, label: Sheet, source: 50, order: [A.1, A.2, B.1, B.2] }
  - { id: enough, kind: enough, label: Enough, source: 51, criteria: [A.1, A.2] }
""",
    ),
]


def with_kind(kind: type[Rule], folder: Path) -> Catalogue:
    @hookimpl
    def register_rule_kinds(register: RegisterRuleKind) -> None:
        register(kind)

    manager = plugin_manager()
    plugin = ModuleType("kinds")
    plugin.__dict__["register_rule_kinds"] = register_rule_kinds
    manager.register(plugin, name="kinds")
    loaded = load_catalogue(points=[], packs=[folder], manager=manager)
    assert loaded.set_aside == []
    return loaded


def test_a_rule_kind_whose_code_changed_is_noticed_although_no_file_did(tmp_path: Path) -> None:
    folder = tiny(tmp_path / "pack", *ENOUGH)
    there = with_kind(Enough, folder)
    lock, vouching = make_lock(there, (), Terms(keep="kept"), {}, "0.1.0")
    path = tmp_path / "bandstand.lock"
    making.install(path, lock, there, vouching, None)
    file = read_lock(path)
    assert [s.state for s in enforce(with_kind(Enough, folder), file).standings] == ["locked"]
    (refused,) = enforce(with_kind(Stricter, folder), file).standings
    # The copy that was kept means something else now, too.
    assert (refused.state, codes(refused)) == ("refused", ["clauses-differ"])
    assert refused.problems[0].message.startswith("The files of tiny 1.0 are those that were locked, but")
    assert file.lock.packs[0].clauses in refused.problems[0].message


def test_the_digest_of_clauses_is_the_same_in_every_process() -> None:
    code = (
        "from bandstand.plugins import load_catalogue; from bandstand.locks.clauses import clauses_digest; "
        "print([clauses_digest(pack.lowered) for pack in load_catalogue().packs])"
    )
    path = os.pathsep.join(filter(None, sys.path))
    said = {
        subprocess.run(  # noqa: S603 - our own interpreter
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(said) == 1
    assert said.pop().count("sha256:") == 4


GROUND = Ground(source="1", basis=Basis.STATED)
MET_OR_PARTLY = FindingIs("A.1", frozenset({State.MET, State.PARTLY_MET}))
CLAUSE = Clause("a.b", True, "all", (MET_OR_PARTLY,), (GROUND,), ("rows", 1))
CONCLUSION = Conclusion("a.b", (False, True), False, "a", "Label")
LOWERED = Lowered("position", (CONCLUSION,), (CLAUSE,), (Measure("m", "count", ("A.1",)),))


@pytest.mark.parametrize(
    "other",
    [
        replace(LOWERED, scope="review"),
        replace(LOWERED, measures=()),
        replace(LOWERED, measures=(Measure("m", "run", ("A.1",)),)),
        replace(LOWERED, conclusions=(replace(CONCLUSION, otherwise=True),)),
        replace(LOWERED, conclusions=(replace(CONCLUSION, values=(0, 1)),)),
        replace(LOWERED, clauses=()),
        replace(LOWERED, clauses=(replace(CLAUSE, need="any"),)),
        replace(LOWERED, clauses=(replace(CLAUSE, value=1),)),
        replace(LOWERED, clauses=(replace(CLAUSE, conditions=(FindingIs("A.1", frozenset({State.MET})),)),)),
        replace(LOWERED, clauses=(replace(CLAUSE, grounds=(GROUND.model_copy(update={"basis": Basis.TRUST}),)),)),
    ],
)
def test_whatever_decides_is_in_the_digest_of_clauses(other: Lowered) -> None:
    assert clauses_digest([other]) != clauses_digest([LOWERED])


def test_what_is_there_for_people_is_not_in_the_digest_of_clauses() -> None:
    conclusions = (replace(CONCLUSION, label="Another label", rule="another"),)
    same = replace(LOWERED, conclusions=conclusions, clauses=(replace(CLAUSE, part=()),))
    assert clauses_digest([same]) == clauses_digest([LOWERED])
    assert {field.name for field in fields(Clause)} == {"conclusion", "value", "need", "conditions", "grounds", "part"}


@pytest.mark.parametrize("odd", [float("nan"), float("inf"), 2**70, b"bytes", object])
def test_odd_values_of_a_stranger_s_kind_can_be_digested(odd: Any) -> None:
    assert clauses_digest([replace(LOWERED, clauses=(replace(CLAUSE, value=odd),))]).startswith("sha256:")
