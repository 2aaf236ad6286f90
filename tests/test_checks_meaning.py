"""What rules mean: each seeded defect is found, at its line, with the smallest input that shows it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, ClassVar, Literal

import pytest

from bandstand.checks.bench import Bench
from bandstand.checks.ladders import conditions, ladders
from bandstand.checks.meaning import contradictions, more_evidence, recommendations
from bandstand.checks.shown import shown
from bandstand.checks.tables import tables
from bandstand.checks.zones import zones
from bandstand.models.clauses import Clause, Conclusion, FindingIs, Lowered
from bandstand.models.finding import SETTLED_STATES, State
from bandstand.packs.load import read_pack
from bandstand.plugins import load_catalogue
from bandstand.rules.base import Defect, Rule, RuleContext
from tiny import tiny

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bandstand.checks.ask import Case
    from bandstand.models.problem import Problem

    Check = Callable[[Bench], Iterator[Problem]]

KINDS = load_catalogue().kinds
CHECKS: tuple[Check, ...] = (tables, ladders, conditions, more_evidence, recommendations, contradictions, zones)

NOTE = """\
    inputs:
      flags: { fact: flags }
    rows:
      - { when: { flags: on_leave }, then: rise, source: 26 }
    otherwise: nothing
"""
STAGES = """\
    inputs:
      stage: { fact: career_stage }
      flags: { fact: flags }
    rows:
      - { when: { flags: on_leave }, then: rise, source: 26 }
      - { when: { stage: ECT1 }, then: sustain, source: 26 }
    otherwise: nothing
"""


def bench(folder: Path, *changes: tuple[str, str, str]) -> Bench:
    draft = read_pack(tiny(folder, *changes), KINDS)
    assert draft.all_problems() == []
    return Bench(draft)


def found(check: Check, folder: Path, *changes: tuple[str, str, str]) -> Problem:
    (problem,) = check(bench(folder, *changes))
    return problem


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_tiny_pack_has_nothing_wrong(check: Check, tmp_path: Path) -> None:
    assert list(check(bench(tmp_path))) == []


@cache
def shipped(name: str) -> Bench:
    return Bench(read_pack(dict(load_catalogue().roots)[name], KINDS))


@pytest.mark.parametrize("name", sorted(load_catalogue().frameworks()))
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_shipped_packs_have_nothing_wrong(check: Check, name: str) -> None:
    assert list(check(shipped(name))) == []


def test_a_gap_in_a_table_is_found_with_an_input_that_no_row_is_for(tmp_path: Path) -> None:
    problem = found(tables, tmp_path, ("rules/actions.yaml", "    otherwise: nothing\n", ""))
    assert problem.code == "table-gap"
    assert (problem.place.file, problem.place.line) == ("rules/actions.yaml", 18)
    assert problem.counter_example == ("view: agreed", "flags: none", "no evidence")


def test_rows_that_overlap_where_one_may_hold_are_found_with_an_input_for_both(tmp_path: Path) -> None:
    change = ("rules/actions.yaml", f"hit: first\n{NOTE}", f"hit: unique\n{STAGES}")
    problem = found(tables, tmp_path, change)
    assert (problem.code, problem.place.line) == ("overlapping-rows", 28)
    assert problem.message == "For some input both row 1 and row 2 of note hold, which is unique."
    assert problem.counter_example == ("view: agreed", "career_stage: ECT1", "flags: on_leave", "no evidence")


def test_rows_that_overlap_are_not_reported_a_second_time_as_a_contradiction(tmp_path: Path) -> None:
    change = ("rules/actions.yaml", f"hit: first\n{NOTE}", f"hit: unique\n{STAGES}")
    assert list(contradictions(bench(tmp_path, change))) == []


def test_an_input_that_the_engine_does_not_show_is_set_aside_for_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([False, True])
    tried: list[Case] = []

    def fake(_bench: Bench, _outcome: object, case: Case, _holds: object, **_: bool) -> bool:
        tried.append(case)
        return next(answers)

    monkeypatch.setattr("bandstand.checks.tables.is_shown", fake)
    (problem,) = tables(bench(tmp_path, ("rules/actions.yaml", "    otherwise: nothing\n", "")))
    first, second = tried
    assert problem.code == "table-gap"
    assert (first.facts, first.states) != (second.facts, second.states)


def test_a_row_is_dead_only_where_no_outcome_that_takes_it_brings_it_about(tmp_path: Path) -> None:
    asking = NOTE.replace("flags: { fact: flags }", "purpose: { fact: purpose }").replace(
        "flags: on_leave", "purpose: appraisal"
    )
    again = """\
  - id: again
    label: The same once more
    rules: [ladder, expected, sheet, action, note]
    sets: [sheet, map, halves]
    purposes: [appraisal]
    level: ladder.level
    action: action.value
    notes: [note.value]
sections:
"""
    purposes = "  - { id: development, label: Development, source: 1 }\n"
    changes = (
        ("rules/actions.yaml", NOTE, asking),
        ("framework.yaml", "sections:\n", again),
        ("framework.yaml", purposes, f"{purposes}  - {{ id: appraisal, label: Appraisal, source: 1 }}\n"),
        (
            "framework.yaml",
            "    label: Where a person stands\n",
            "    label: Where one stands\n    purposes: [development]\n",
        ),
    )
    assert list(tables(bench(tmp_path, *changes))) == []


KINDS_OF_SOURCE = """\
rules:
  - id: talk
    kind: prompts
    label: To talk through
    source: 27
    says: { open: there is something to say, settled: all is settled }
    conditions:
      - id: several
        label: Several kinds
        passes: { all: [{ count: kinds, sets: [sheet], at_least: 2 }] }
        question: Who else has seen it?
        source: 28
"""


def test_what_takes_several_kinds_of_source_is_shown_with_several(tmp_path: Path) -> None:
    rows = STAGES.replace("stage: { fact: career_stage }", "several: { conclusion: talk.several }").replace(
        "stage: ECT1", "several: passes"
    )
    changes = (
        ("rules/sheet.yaml", "rules:\n", KINDS_OF_SOURCE),
        ("framework.yaml", "rules: [ladder,", "rules: [talk, ladder,"),
        ("rules/actions.yaml", f"hit: first\n{NOTE}", f"hit: unique\n{rows}"),
    )
    assert found(tables, tmp_path, *changes).code == "overlapping-rows"


@pytest.mark.parametrize(
    ("slow", "steady"), [(State.PARTLY_MET, State.MET), (State.NOT_MET, State.PARTLY_MET), (State.MET, State.NOT_MET)]
)
def test_points_of_one_scale_are_shown_apart(slow: State, steady: State, tmp_path: Path) -> None:
    on = bench(tmp_path)
    outcome = on.pack.framework.outcomes[0]
    asked = on.asked(outcome)
    wanted = {"K.1@slow": slow, "K.1@steady": steady}
    states = {name: wanted.get(name, State.NOT_EVIDENCED) for name in on.pack.criteria}
    case = asked.case(asked.model())
    (run, *_) = shown(on, outcome, case, states)
    seen = dict(zip(run.program.criteria, run.inputs.states, strict=True))
    assert {name: seen[name] for name in wanted} == wanted


def test_rows_that_overlap_are_no_problem_where_the_first_has_the_say(tmp_path: Path) -> None:
    assert list(tables(bench(tmp_path, ("rules/actions.yaml", NOTE, STAGES)))) == []


def test_a_row_that_an_earlier_one_always_comes_before_is_found_with_an_input_that_shows_it(tmp_path: Path) -> None:
    row = '      - { when: { held: false, fte: "> 0.5" }, then: sustain, source: 21 }\n'
    after = "      - { when: { held: false }, then: rise, source: 21 }\n"
    problem = found(tables, tmp_path, ("rules/actions.yaml", after, after + row))
    assert (problem.code, problem.place.line) == ("shadowed-row", 15)
    assert "as row 1 does here" in problem.message
    assert problem.counter_example[:2] == ("held: false", "level: 0")
    assert "fte: 0.75" in problem.counter_example


def test_a_row_whose_cells_never_go_together_is_found_with_the_cells(tmp_path: Path) -> None:
    row = "      - { when: { grade: unknown, level: 2, held: false }, then: sustain, source: 21 }\n"
    after = "      - { when: { held: false }, then: rise, source: 21 }\n"
    problem = found(tables, tmp_path, ("rules/actions.yaml", after, row + after))
    assert (problem.code, problem.place.line) == ("unreachable-row", 14)
    assert problem.counter_example == ("level: 2", "held: false")


def test_a_fact_with_a_default_is_never_unknown(tmp_path: Path) -> None:
    asking = NOTE.replace("flags: { fact: flags }", "aims: { fact: aims }").replace("flags: on_leave", "aims: unknown")
    problem = found(tables, tmp_path, ("rules/actions.yaml", NOTE, asking))
    assert (problem.code, problem.place.line) == ("unreachable-row", 26)
    assert problem.message == "Row 1 of note can never hold. This cell never holds: aims: unknown."


def test_a_row_that_is_never_collected_is_found(tmp_path: Path) -> None:
    rows = NOTE.replace("    otherwise: nothing\n", "").replace(
        "flags: { fact: flags }\n",
        "flags: { fact: flags }\n      level: { conclusion: ladder.level }\n      held: { conclusion: ladder.L1 }\n",
    )
    rows += "      - { when: { level: 2, held: false }, then: rise, source: 27 }\n"
    changes = (
        ("rules/actions.yaml", f"hit: first\n{NOTE}", f"hit: collect\n{rows}"),
        ("framework.yaml", "    notes: [note.value]\n", ""),
    )
    problem = found(tables, tmp_path, *changes)
    assert (problem.code, problem.place.line) == ("unreachable-row", 29)


def test_a_level_that_is_never_the_highest_is_found_with_somebody_who_holds_it(tmp_path: Path) -> None:
    change = ("rules/ladder.yaml", "criteria: [B.1, B.2], need: 1,", "criteria: [A.1], builds_on: [],")
    problem = found(ladders, tmp_path, change)
    assert (problem.code, problem.place.line) == ("hidden-level", 8)
    assert problem.counter_example == ("view: agreed", "A.1: met", "A.2: met")


class Strange(Rule):
    """A level that nobody can be at, and one that good evidence takes away; or two values at once."""

    KIND: ClassVar[str] = "strange"
    kind: Literal["strange"]
    does: Literal["nothing", "lowers", "contradicts"]

    def conclusions(self, context: RuleContext) -> tuple[Conclusion, ...]:
        del context
        return (Conclusion("strange.level", (0, 1, 2), 0, self.id, "Level"),)

    def check(self, context: RuleContext) -> Iterator[Defect]:
        del context
        yield from ()

    def lower(self, context: RuleContext) -> Lowered:
        ground = (self.ground(),)
        met, open_ = FindingIs("A.1", SETTLED_STATES), FindingIs("A.2", frozenset(State) - SETTLED_STATES)
        settled = FindingIs("A.2", SETTLED_STATES)
        clauses = {
            "nothing": (Clause("strange.level", 1, "all", (met,), ground),),
            "lowers": (
                Clause("strange.level", 2, "all", (met, open_), ground),
                Clause("strange.level", 1, "all", (met, settled), ground),
            ),
            "contradicts": (
                Clause("strange.level", 1, "all", (met,), ground),
                Clause("strange.level", 2, "all", (settled,), ground),
            ),
        }[self.does]
        return Lowered("position", self.conclusions(context), clauses)


def with_outcome(folder: Path, rule: str, takes: str, field: str) -> Path:
    """The tiny pack with one more rule, which its outcome takes, for one of the things that the outcome gives."""
    changes = (
        ("rules/sheet.yaml", "rules:\n", rule),
        ("framework.yaml", "rules: [ladder,", f"rules: [{takes}, ladder,"),
    )
    root = tiny(folder, *changes)
    top = root / "framework.yaml"
    given = {"level": "ladder.level", "zone": "expected.zone"}[field.partition(":")[0]]
    text = top.read_text("utf-8")
    assert f"{field.partition(':')[0]}: {given}\n" in text
    top.write_text(text.replace(f"{field.partition(':')[0]}: {given}\n", f"{field}\n"), "utf-8")
    return root


def level_of_strange(folder: Path, does: str) -> Bench:
    rule = f"rules:\n  - {{ id: strange, kind: strange, does: {does}, label: Strange, source: 50 }}\n"
    draft = read_pack(with_outcome(folder, rule, "strange", "level: strange.level"), {**KINDS, "strange": Strange})
    assert draft.all_problems() == []
    return Bench(draft)


def zone_of_places(folder: Path, rows: str) -> Bench:
    table = f"""\
rules:
  - id: places
    kind: decision_table
    label: Places
    source: 27
    hit: first
    inputs: {{ grade: {{ fact: grade }}, level: {{ conclusion: ladder.level }} }}
{rows}"""
    draft = read_pack(with_outcome(folder, table, "places", "zone: places.value"), KINDS)
    assert draft.all_problems() == []
    return Bench(draft)


def test_a_level_that_no_evidence_leads_to_is_found(tmp_path: Path) -> None:
    (problem,) = ladders(level_of_strange(tmp_path, "nothing"))
    assert (problem.code, problem.message) == (
        "unreachable-level",
        "Nobody can be at level 2: no evidence at all leads to it.",
    )
    assert (problem.place.file, problem.place.line) == ("rules/sheet.yaml", 2)


def test_good_evidence_that_lowers_a_level_is_found_with_the_least_evidence_that_shows_it(tmp_path: Path) -> None:
    (problem,) = more_evidence(level_of_strange(tmp_path, "lowers"))
    assert problem.code == "evidence-lowers"
    assert problem.counter_example == (
        "view: agreed",
        "A.1: met",
        "A.2 becomes met, having been no evidence",
        "strange.level: 2, then 1",
    )


def test_good_evidence_that_lowers_a_zone_is_found(tmp_path: Path) -> None:
    rows = """\
    rows:
      - { when: { level: 1 }, then: gold, source: 28 }
    otherwise: { then: amber, source: 28 }
"""
    (problem,) = more_evidence(zone_of_places(tmp_path, rows))
    assert problem.code == "evidence-lowers"
    assert (problem.place.file, problem.place.line) == ("rules/sheet.yaml", 2)
    assert problem.counter_example[-1] == "places.value: gold, then amber"
    assert sum("becomes met" in line for line in problem.counter_example) == 1


def test_rules_that_conclude_two_things_at_once_are_found(tmp_path: Path) -> None:
    (problem,) = contradictions(level_of_strange(tmp_path, "contradicts"))
    assert problem.code == "rules-contradict"
    assert problem.counter_example == ("view: agreed", "A.1: met", "A.2: met")


def test_an_action_that_is_never_recommended_is_found(tmp_path: Path) -> None:
    added = '  - { id: rest, label: Rest, text: "{person} can rest.", source: 8 }\noutcomes:\n'
    problem = found(recommendations, tmp_path, ("framework.yaml", "outcomes:\n", added))
    assert (problem.code, problem.place.file) == ("unreachable-action", "framework.yaml")
    assert problem.message == '"rest" is never recommended: no rule names it.'


def test_an_action_of_a_row_that_can_never_hold_is_found(tmp_path: Path) -> None:
    added = '  - { id: rest, label: Rest, text: "{person} can rest.", source: 8 }\noutcomes:\n'
    row = "      - { when: { level: 2, held: false }, then: rest, source: 21 }\n"
    after = "      - { when: { held: false }, then: rise, source: 21 }\n"
    changes = (("framework.yaml", "outcomes:\n", added), ("rules/actions.yaml", after, row + after))
    problem = found(recommendations, tmp_path, *changes)
    assert problem.message == '"rest" is never recommended: what action asks for can never be.'


@pytest.mark.parametrize("levels", ["[0, 2]", "[0]"])
def test_a_level_without_a_zone_is_found_once_wherever_the_zone_comes_from(levels: str, tmp_path: Path) -> None:
    rows = f"""\
    rows:
      - {{ when: {{ grade: "teaching:M1", level: {levels} }}, then: gold, source: 28 }}
      - {{ when: {{ grade: "teaching:M2" }}, then: amber, source: 28 }}
    otherwise: nothing
"""
    (problem,) = zones(zone_of_places(tmp_path, rows))
    assert (problem.code, problem.place.line) == ("zone-gap", 2)
    assert problem.counter_example == ("grade: teaching:M1", "ladder.level: 1", "places.value: none")


def never_asked(folder: Path, part: str, premises: str) -> Problem:
    """What is wrong with a condition that passes, or fails, by some premises."""
    rule = f"""\
rules:
  - id: talk
    kind: prompts
    label: To talk through
    source: 27
    says: {{ open: there is something to say, settled: all is settled }}
    conditions:
      - id: never
        label: Never
        {part}: {premises}
        question: Can this be?
        reason: It can
        source: 28
"""
    changes = (
        ("rules/sheet.yaml", "rules:\n", rule),
        ("framework.yaml", "rules: [ladder,", "rules: [talk, ladder,"),
    )
    return found(conditions, folder, *changes)


@pytest.mark.parametrize("part", ["passes", "fails"])
def test_a_condition_that_nothing_settles_is_found(part: str, tmp_path: Path) -> None:
    both = "{ all: [{ criterion: A.1, is: [met] }, { criterion: A.1, is: [not_met] }] }"
    problem = never_asked(tmp_path, part, both)
    assert (problem.code, problem.place.line) == ("unreachable-condition", 10)
    assert problem.message == f"The condition never of talk {part} for no input at all."


def test_that_a_higher_point_is_met_and_a_lower_one_is_not_is_known_to_be_impossible(tmp_path: Path) -> None:
    both = "{ all: [{ criterion: K.1@steady, is: [met] }, { criterion: K.1@slow, is: [not_met] }] }"
    assert never_asked(tmp_path, "passes", both).code == "unreachable-condition"
