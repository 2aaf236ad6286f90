"""Plugins: found through entry points, asked through hooks, and set aside by name when they fail."""

from __future__ import annotations

import datetime as dt
import json
import sys
from importlib.metadata import EntryPoint, entry_points
from importlib.resources import files
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import pytest

from bandstand.engine.evaluate import Evaluator
from bandstand.hookspecs import PROJECT, Hooks, hookimpl
from bandstand.models.clauses import Clause, Conclusion, FindingIs, Lowered
from bandstand.models.evidence import Evidence, EvidenceSource, Person
from bandstand.models.finding import SETTLED_STATES, Claim, State
from bandstand.plugins import Catalogue, load_catalogue, plugin_manager
from bandstand.rules.base import Defect, Rule, RuleContext, unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from bandstand.hookspecs import RegisterEvidenceReader, RegisterPack, RegisterReport, RegisterRuleKind
    from bandstand.models.evaluation import Evaluation
    from bandstand.packs.pack import Pack

SHIPPED = files("bandstand_smart_equip") / "pack"
BUILT_IN_KINDS = [
    "coverage",
    "cumulative_levels",
    "decision_table",
    "expectations",
    "expected_band",
    "profile",
    "prompts",
    "ragging",
    "rating_check",
]
AS_OF = dt.date(2025, 7, 10)

#: A framework of two lines, whose one rule is of a kind that Bandstand does not bring.
DUTIES: dict[str, Any] = {
    "framework.yaml": {
        "id": "duties",
        "version": "1",
        "title": "Duties",
        "publisher": "Nobody in particular",
        "summary": "Two duties, of which one is enough.",
        "document": {"title": "Duties", "file": "duties.txt"},
        "valid_from": "2024-09-01",
        "purposes": [{"id": "development", "label": "Development", "source": 1}],
        "findings": {
            "max_age_months": 24,
            "cycle_starts": "09-01",
            "source": 1,
            "views": [{"id": "agreed", "label": "Agreed", "ranks": [{"sources": ["observation"]}]}],
        },
        "actions": [
            {"id": "start", "label": "Start", "text": "Start with one of them.", "source": 1},
            {"id": "go_on", "label": "Go on", "text": "Go on as before.", "source": 1},
        ],
        "outcomes": [
            {
                "id": "duty",
                "label": "Duty",
                "rules": ["duty"],
                "sets": ["duties"],
                "level": "duty.points",
                "zone": "duty.zone",
                "action": "duty.action",
            }
        ],
    },
    "standards/D.yaml": {
        "id": "D",
        "label": "Duties",
        "summary": "Both duties.",
        "source": "1",
        "criteria": [
            {"id": "D.1", "set": "duties", "label": "Gate", "descriptor": "Is at the gate.", "source": 1},
            {"id": "D.2", "set": "duties", "label": "Yard", "descriptor": "Is in the yard.", "source": 1},
        ],
    },
    "rules/duty.yaml": {
        "rules": [{"id": "duty", "kind": "any_of", "label": "Duty", "source": 1, "criteria": ["D.1", "D.2"]}],
    },
}


class AnyOf(Rule):
    """One of several criteria is enough: a kind as a trust might write it."""

    KIND: ClassVar[str] = "any_of"

    kind: Literal["any_of"]
    criteria: tuple[str, ...]

    def conclusions(self, context: RuleContext) -> tuple[Conclusion, ...]:
        del context
        return (
            Conclusion("duty.points", (0, 1), 0, self.id, "Points"),
            Conclusion("duty.zone", (None,), None, self.id, "Zone"),
            Conclusion("duty.action", ("start", "go_on"), "start", self.id, "Action"),
        )

    def check(self, context: RuleContext) -> Iterator[Defect]:
        for at, criterion in enumerate(self.criteria):
            if criterion not in context.criteria:
                yield unknown("criterion", criterion, context.criteria, ("criteria", at))

    def lower(self, context: RuleContext) -> Lowered:
        met = tuple(FindingIs(criterion, SETTLED_STATES) for criterion in self.criteria)
        open_lines = tuple(FindingIs(c, frozenset(State) - SETTLED_STATES) for c in self.criteria)
        clauses = (
            Clause("duty.points", 1, "any", met, (self.ground(),)),
            Clause("duty.points", 0, "all", open_lines, (self.ground(),)),
            Clause("duty.action", "go_on", "any", met, (self.ground(),)),
            Clause("duty.action", "start", "all", open_lines, (self.ground(),)),
        )
        return Lowered("position", self.conclusions(context), clauses)


def write_pack(folder: Path, **changes: object) -> Path:
    """Write the framework of duties, with fields of its framework.yaml changed; JSON is YAML too."""
    for name, data in DUTIES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({**data, **changes} if name == "framework.yaml" else data), "utf-8")
    return folder


def kind_hook(*kinds: type[Rule]) -> Callable[..., None]:
    @hookimpl
    def register_rule_kinds(register: RegisterRuleKind) -> None:
        for kind in kinds:
            register(kind)

    return register_rule_kinds


def pack_hook(*roots: Traversable) -> Callable[..., None]:
    @hookimpl
    def register_packs(register: RegisterPack) -> None:
        for root in roots:
            register(root)

    return register_packs


def failing_hook(name: str) -> Callable[..., None]:
    def hook(register: object) -> None:
        raise RuntimeError(f"no {name} today ({type(register).__name__})")

    hook.__name__ = name
    return hookimpl(hook)


@pytest.fixture
def plugin(monkeypatch: pytest.MonkeyPatch) -> Callable[..., EntryPoint]:
    """Makes a module of hooks that can be imported, and its entry point."""

    def make(name: str, *hooks: Callable[..., None]) -> EntryPoint:
        module = ModuleType(f"stranger_{name}")
        for hook in hooks:
            setattr(module, hook.__name__, hook)
        monkeypatch.setitem(sys.modules, module.__name__, module)
        return EntryPoint(name, module.__name__, PROJECT)

    return make


def set_aside(catalogue: Catalogue) -> dict[str, str]:
    return {aside.name: aside.reason for aside in catalogue.set_aside}


def shipped_point() -> EntryPoint:
    return next(point for point in entry_points(group=PROJECT) if point.name == "smart_equip")


def assert_the_others_serve(catalogue: Catalogue) -> None:
    assert "smart_equip" in catalogue.frameworks()
    assert set(BUILT_IN_KINDS) <= set(catalogue.kinds)
    assert ".csv" in catalogue.readers


def test_the_shipped_plugin_is_found_through_its_entry_point() -> None:
    assert shipped_point().value == "bandstand_smart_equip"
    catalogue = load_catalogue()
    assert catalogue.set_aside == []
    pack = catalogue.frameworks()["smart_equip"]
    assert pack.name == "smart_equip 2024.1"
    assert pack.place == str(SHIPPED)


def test_bandstand_s_own_kinds_readers_and_reports_are_registered_without_any_other_plugin() -> None:
    catalogue = load_catalogue(points=[])
    assert catalogue.packs == []
    assert sorted(catalogue.kinds) == BUILT_IN_KINDS
    assert {".csv", ".json", ".jsonl", ".xlsx"} <= set(catalogue.readers)
    assert "sentences" in catalogue.reports


def test_a_pack_that_no_plugin_brings_is_loaded_from_its_folder(tmp_path: Path) -> None:
    catalogue = load_catalogue(points=[], packs=[SHIPPED, tmp_path])
    assert list(catalogue.frameworks()) == ["smart_equip"]
    assert list(set_aside(catalogue)) == [str(tmp_path)]
    assert "A pack has a framework.yaml." in set_aside(catalogue)[str(tmp_path)]


def test_two_catalogues_share_nothing() -> None:
    one, two = load_catalogue(), load_catalogue(points=[])
    one.kinds.clear()
    assert sorted(two.kinds) == BUILT_IN_KINDS
    assert plugin_manager() is not plugin_manager()


def test_a_plugin_that_is_not_there_is_set_aside_and_the_others_serve() -> None:
    catalogue = load_catalogue(points=[EntryPoint("absent", "no_such_module_anywhere", PROJECT), shipped_point()])
    reason = "The plugin cannot be loaded: ModuleNotFoundError: No module named 'no_such_module_anywhere'"
    assert set_aside(catalogue) == {"absent": reason}
    assert_the_others_serve(catalogue)


def test_a_plugin_that_raises_on_import_is_set_aside_and_the_others_serve(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "stranger_raising.py").write_text('raise RuntimeError("it is Monday")\n', "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    catalogue = load_catalogue(points=[EntryPoint("raising", "stranger_raising", PROJECT), shipped_point()])
    assert set_aside(catalogue) == {"raising": "The plugin cannot be loaded: RuntimeError: it is Monday"}
    assert_the_others_serve(catalogue)


@pytest.mark.parametrize(
    "name", ["register_rule_kinds", "register_evidence_readers", "register_reports", "register_packs"]
)
def test_a_plugin_whose_hook_raises_is_set_aside_and_the_others_serve(
    name: str, plugin: Callable[..., EntryPoint]
) -> None:
    catalogue = load_catalogue(points=[plugin("failing", failing_hook(name)), shipped_point()])
    assert set_aside(catalogue) == {"failing": f"The plugin failed: RuntimeError: no {name} today (function)"}
    assert_the_others_serve(catalogue)


def test_nothing_stays_of_a_plugin_of_which_one_hook_raises(plugin: Callable[..., EntryPoint]) -> None:
    point = plugin("half", kind_hook(AnyOf), failing_hook("register_packs"))
    catalogue = load_catalogue(points=[point])
    assert sorted(catalogue.kinds) == BUILT_IN_KINDS
    assert list(set_aside(catalogue)) == ["half"]


def test_a_misspelt_hook_is_set_aside_and_named(plugin: Callable[..., EntryPoint]) -> None:
    @hookimpl
    def register_pack(register: RegisterPack) -> None:
        register(SHIPPED)

    catalogue = load_catalogue(points=[plugin("aaa_misspelt", register_pack), shipped_point()])
    assert list(set_aside(catalogue)) == ["aaa_misspelt"]
    assert "unknown hook 'register_pack'" in set_aside(catalogue)["aaa_misspelt"]
    assert_the_others_serve(catalogue)


def test_a_hook_that_takes_what_its_hook_does_not_give_is_set_aside(plugin: Callable[..., EntryPoint]) -> None:
    @hookimpl
    def register_packs(registrar: RegisterPack) -> None:
        registrar(SHIPPED)

    catalogue = load_catalogue(points=[plugin("aaa_wrong", register_packs), shipped_point()])
    assert list(set_aside(catalogue)) == ["aaa_wrong"]
    assert "registrar" in set_aside(catalogue)["aaa_wrong"]
    assert_the_others_serve(catalogue)


def test_a_plugin_with_the_name_of_another_is_set_aside_and_the_first_serves(plugin: Callable[..., EntryPoint]) -> None:
    catalogue = load_catalogue(points=[shipped_point(), plugin("smart_equip", kind_hook(AnyOf))])
    assert list(set_aside(catalogue)) == ["smart_equip"]
    assert "already" in set_aside(catalogue)["smart_equip"]
    assert "any_of" not in catalogue.kinds
    assert_the_others_serve(catalogue)


def test_a_plugin_that_takes_bandstand_s_own_name_does_not_displace_it(plugin: Callable[..., EntryPoint]) -> None:
    catalogue = load_catalogue(points=[plugin(PROJECT, kind_hook(AnyOf)), shipped_point()])
    assert list(set_aside(catalogue)) == [PROJECT]
    assert_the_others_serve(catalogue)


def test_one_module_under_two_names_serves_once(plugin: Callable[..., EntryPoint]) -> None:
    first = plugin("first", kind_hook(AnyOf))
    catalogue = load_catalogue(points=[first, EntryPoint("second", first.value, PROJECT)])
    assert "any_of" in catalogue.kinds
    assert list(set_aside(catalogue)) == ["second"]


def test_a_pack_with_problems_is_set_aside_with_every_problem_and_the_others_serve(
    tmp_path: Path, plugin: Callable[..., EntryPoint]
) -> None:
    root = write_pack(tmp_path, id="Duties", version=1)
    catalogue = load_catalogue(points=[plugin("broken", kind_hook(AnyOf), pack_hook(root)), shipped_point()])
    assert set_aside(catalogue)["broken"] == (
        "Its pack has 2 problems:\n"
        '  framework.yaml, line 1, id: "Duties" is not written as it should be. It has to match '
        "^[a-z][a-z0-9_]{1,39}$.\n"
        "  framework.yaml, line 1, version: The number 1 stands where text belongs. Mend it."
    )
    assert "any_of" in catalogue.kinds, "the plugin itself is in order"
    assert_the_others_serve(catalogue)


def test_a_pack_with_one_problem_has_one_problem(tmp_path: Path, plugin: Callable[..., EntryPoint]) -> None:
    root = write_pack(tmp_path, version=1)
    catalogue = load_catalogue(points=[plugin("broken", kind_hook(AnyOf), pack_hook(root))])
    assert set_aside(catalogue)["broken"].startswith("Its pack has one problem:\n")


def test_a_plugin_s_other_packs_serve_when_one_has_problems(tmp_path: Path, plugin: Callable[..., EntryPoint]) -> None:
    good, bad = write_pack(tmp_path / "good"), write_pack(tmp_path / "bad", version=1)
    catalogue = load_catalogue(points=[plugin("two", kind_hook(AnyOf), pack_hook(bad, good))])
    assert [pack.name for pack in catalogue.packs] == ["duties 1"]
    assert [aside.name for aside in catalogue.set_aside] == ["two"]


def test_a_kind_that_raises_while_its_pack_is_checked_sets_the_pack_aside(
    tmp_path: Path, plugin: Callable[..., EntryPoint]
) -> None:
    class Raising(AnyOf):
        def check(self, context: RuleContext) -> Iterator[Defect]:
            raise ZeroDivisionError(str(len(context.criteria)))

    point = plugin("raising", kind_hook(Raising), pack_hook(write_pack(tmp_path)))
    catalogue = load_catalogue(points=[point, shipped_point()])
    assert set_aside(catalogue) == {"raising": "Its pack cannot be loaded: ZeroDivisionError: 2"}
    assert_the_others_serve(catalogue)


def test_a_pack_that_is_there_already_is_set_aside_with_both_places(
    tmp_path: Path, plugin: Callable[..., EntryPoint]
) -> None:
    one, two = write_pack(tmp_path / "one"), write_pack(tmp_path / "two")
    catalogue = load_catalogue(points=[plugin("a", kind_hook(AnyOf), pack_hook(one)), plugin("b", pack_hook(two))])
    assert [pack.place for pack in catalogue.packs] == [str(one)]
    assert set_aside(catalogue) == {
        "b": f"There is a pack duties 1 already, from {one}; this one is in {two}.",
    }


def versions(tmp_path: Path, plugin: Callable[..., EntryPoint]) -> Catalogue:
    """Two versions of one framework, the first for a year and the second from then on."""
    first = write_pack(tmp_path / "2023", version="2023", valid_from="2023-09-01", valid_until="2024-08-31")
    second = write_pack(tmp_path / "2024", version="2024", valid_from="2024-09-01")
    return load_catalogue(points=[plugin("duties", kind_hook(AnyOf), pack_hook(second, first))])


@pytest.mark.parametrize(
    ("as_of", "version"),
    [
        (None, "2024"),
        (dt.date(2023, 9, 1), "2023"),
        (dt.date(2024, 8, 31), "2023"),
        (dt.date(2024, 9, 1), "2024"),
        (dt.date(2030, 1, 1), "2024"),
        (dt.date(2020, 1, 1), "2024"),
    ],
)
def test_a_framework_is_served_in_the_version_valid_at_the_date_and_else_in_the_newest(
    as_of: dt.date | None, version: str, tmp_path: Path, plugin: Callable[..., EntryPoint]
) -> None:
    catalogue = versions(tmp_path, plugin)
    assert catalogue.set_aside == []
    assert {name: pack.version for name, pack in catalogue.frameworks(as_of).items()} == {"duties": version}


def test_a_version_that_has_ended_gives_way_to_the_newest(tmp_path: Path, plugin: Callable[..., EntryPoint]) -> None:
    ended = write_pack(tmp_path / "a", version="2023", valid_from="2023-09-01", valid_until="2024-08-31")
    to_come = write_pack(tmp_path / "b", version="2026", valid_from="2026-09-01")
    catalogue = load_catalogue(points=[plugin("duties", kind_hook(AnyOf), pack_hook(ended, to_come))])
    assert catalogue.frameworks(dt.date(2025, 1, 1))["duties"].version == "2026"


def test_a_kind_of_a_plugin_is_unknown_without_the_plugin(tmp_path: Path) -> None:
    catalogue = load_catalogue(points=[], packs=[write_pack(tmp_path)])
    assert catalogue.packs == []
    assert '"any_of" is not a kind of rule.' in set_aside(catalogue)[str(tmp_path)]


@pytest.mark.parametrize("order", ["pack_first", "kind_first"])
def test_a_pack_may_use_a_kind_of_another_plugin_whatever_their_names(
    order: str, tmp_path: Path, plugin: Callable[..., EntryPoint]
) -> None:
    names = ("a", "z") if order == "pack_first" else ("z", "a")
    points = [plugin(names[0], pack_hook(write_pack(tmp_path))), plugin(names[1], kind_hook(AnyOf))]
    catalogue = load_catalogue(points=points)
    assert catalogue.set_aside == []
    assert list(catalogue.frameworks()) == ["duties"]


def test_the_checks_of_a_plugin_s_kind_are_reported_with_their_place(
    tmp_path: Path, plugin: Callable[..., EntryPoint]
) -> None:
    root = write_pack(tmp_path)
    rule = {"id": "duty", "kind": "any_of", "label": "Duty", "source": 1, "criteria": ["D.1", "D.9"]}
    (root / "rules" / "duty.yaml").write_text(json.dumps({"rules": [rule]}, indent=1), "utf-8")
    catalogue = load_catalogue(points=[plugin("duties", kind_hook(AnyOf), pack_hook(root))])
    assert (
        'rules/duty.yaml, line 10, rules[0].criteria[1]: "D.9" is not a criterion of this pack.'
        in (set_aside(catalogue)["duties"])
    )


@pytest.mark.durable
@pytest.mark.parametrize(
    ("claims", "points", "action"),
    [
        ({}, 0, "start"),
        ({"D.1": Claim.PARTLY_MET}, 0, "start"),
        ({"D.2": Claim.MET}, 1, "go_on"),
        ({"D.1": Claim.NOT_MET, "D.2": Claim.MET}, 1, "go_on"),
        ({"D.1": Claim.NOT_MET, "D.2": Claim.NOT_MET}, 0, "start"),
    ],
)
def test_both_engines_run_a_plugin_s_kind_and_agree(
    claims: Mapping[str, Claim], points: int, action: str, tmp_path: Path, plugin: Callable[..., EntryPoint]
) -> None:
    catalogue = load_catalogue(points=[plugin("duties", kind_hook(AnyOf), pack_hook(write_pack(tmp_path)))])
    evidence = [
        Evidence(
            id=f"e-{criterion}",
            person="P-0001",
            framework="duties",
            criteria=(criterion,),
            claim=claim,
            source=EvidenceSource.OBSERVATION,
            author="P-0002",
            date=dt.date(2025, 5, 2),
        )
        for criterion, claim in claims.items()
    ]
    evaluator = Evaluator(catalogue.frameworks()["duties"], durable=True)
    run = evaluator.evaluate(Person(person="P-0001"), evidence, AS_OF).headline
    assert run.durable is not None
    assert run.differences == ()
    assert list(run.durable.values) == list(run.plain.values)
    assert (run.value("duty.points"), run.value("duty.action"), run.value("duty.zone")) == (points, action, None)


@pytest.mark.parametrize("kind", BUILT_IN_KINDS)
def test_a_kind_that_is_there_already_sets_its_plugin_aside(kind: str, plugin: Callable[..., EntryPoint]) -> None:
    again = type("Again", (AnyOf,), {"KIND": kind, "__module__": __name__, "__doc__": "A kind with a taken name."})
    catalogue = load_catalogue(points=[plugin("again", kind_hook(AnyOf, again)), shipped_point()])
    assert set_aside(catalogue) == {
        "again": f'The plugin failed: ValueError: there is a rule kind "{kind}" already',
    }
    assert "any_of" not in catalogue.kinds
    assert_the_others_serve(catalogue)


def test_of_two_plugins_with_one_kind_the_first_by_name_serves(plugin: Callable[..., EntryPoint]) -> None:
    class Other(AnyOf):
        """The same name again."""

    catalogue = load_catalogue(points=[plugin("b", kind_hook(Other)), plugin("a", kind_hook(AnyOf))])
    assert catalogue.kinds["any_of"] is AnyOf
    assert list(set_aside(catalogue)) == ["b"]


def test_a_plugin_that_registers_one_kind_twice_is_set_aside(plugin: Callable[..., EntryPoint]) -> None:
    catalogue = load_catalogue(points=[plugin("twice", kind_hook(AnyOf, AnyOf))])
    assert list(set_aside(catalogue)) == ["twice"]
    assert "any_of" not in catalogue.kinds


def test_readers_and_reports_of_a_plugin_are_registered(plugin: Callable[..., EntryPoint]) -> None:
    def read(path: Path, limits: object) -> Iterator[object]:
        yield from (path, limits)

    def write(evaluations: Sequence[Evaluation], packs: Mapping[str, Pack]) -> str:
        return f"{len(evaluations)} of {len(packs)}"

    @hookimpl
    def register_evidence_readers(register: RegisterEvidenceReader) -> None:
        register(".ODS", read)

    @hookimpl
    def register_reports(register: RegisterReport) -> None:
        register("count", write)

    catalogue = load_catalogue(points=[plugin("more", register_evidence_readers, register_reports)])
    assert catalogue.set_aside == []
    assert catalogue.readers[".ods"] is read
    assert ".csv" in catalogue.readers
    assert catalogue.reports["count"]([], {}) == "0 of 0"


@pytest.mark.parametrize(
    ("hook", "name", "reason"),
    [
        ("register_evidence_readers", ".CSV", 'there is an evidence reader ".csv" already'),
        ("register_reports", "sentences", 'there is a report "sentences" already'),
    ],
)
def test_a_reader_or_report_that_is_there_already_sets_its_plugin_aside(
    hook: str, name: str, reason: str, plugin: Callable[..., EntryPoint]
) -> None:
    def again(register: Callable[[str, object], None]) -> None:
        register(name, print)

    again.__name__ = hook
    catalogue = load_catalogue(points=[plugin("again", hookimpl(again))])
    assert set_aside(catalogue) == {"again": f"The plugin failed: ValueError: {reason}"}


def test_a_plugin_registered_with_the_manager_serves_like_one_with_an_entry_point(tmp_path: Path) -> None:
    class Own:
        register_rule_kinds = staticmethod(kind_hook(AnyOf))
        register_packs = staticmethod(pack_hook(write_pack(tmp_path)))

    manager = plugin_manager()
    manager.register(Own(), name="own")
    catalogue = load_catalogue(points=[], manager=manager)
    assert catalogue.set_aside == []
    assert list(catalogue.frameworks()) == ["duties"]


def test_every_hook_says_in_one_sentence_what_it_is_for() -> None:
    hooks = {name: hook for name, hook in vars(Hooks).items() if not name.startswith("_")}
    assert sorted(hooks) == [
        "register_evidence_readers",
        "register_packs",
        "register_reports",
        "register_rule_kinds",
    ]
    for hook in hooks.values():
        assert hook.__doc__.startswith("Call ``register`` with ")
        assert hook.__doc__.endswith(".")
        assert "\n" not in hook.__doc__
