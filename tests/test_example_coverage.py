"""What examples see of rules is counted: each clause, condition and row, each way; what can never happen does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import support
from bandstand.coverage import Coverage, Goal, Item, obvious, unexercised
from bandstand.engine.evaluate import Evaluator
from bandstand.models.clauses import FindingIs
from bandstand.models.evidence import Person
from bandstand.packs.load import load_pack
from bandstand.plugins import ask_plugins
from bandstand.words import asked as asked_condition
from support import AS_OF, record
from tiny import tiny

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from bandstand.models.evidence import Evidence
    from bandstand.models.framework import Outcome
    from bandstand.packs.pack import Pack
    from bandstand.rules.program import Program

LADDER: dict[str, Any] = {
    "id": "ladder",
    "kind": "cumulative_levels",
    "levels": [{"level": 1, "criteria": ["A.1", "A.2"]}, {"level": 2, "criteria": ["B.1"]}],
}
TABLE: dict[str, Any] = {
    "id": "action",
    "kind": "decision_table",
    "hit": "first",
    "inputs": {"level": {"conclusion": "ladder.level"}, "fte": {"fact": "fte"}},
    "rows": [{"when": {"level": 0, "fte": "< 0.5"}, "then": "rest"}, {"when": {"level": [0, 1]}, "then": "go_on"}],
    "otherwise": {"then": "go_on", "source": 1},
}


def pack(*rules: dict[str, Any], **of_framework: Any) -> Pack:
    """A ladder of two levels under these rules, and one action for everybody unless one of them gives it."""
    given = [*rules, *([support.ACTION] if all(rule["id"] != "action" for rule in rules) else [])]
    outcome = support.outcome(rules=[rule["id"] for rule in given], zone=None)
    actions = [{"id": a, "label": a, "text": "Go on.", "source": 4} for a in ("go_on", "rest")]
    of = support.framework(**{"outcomes": [outcome], "actions": actions, **of_framework})
    return support.ruled_pack(of, [support.standard("S", 1, "A.1", "A.2", "B.1")], *given)


class Seen:
    """What some evaluations see of a pack's rules."""

    def __init__(self, of: Pack) -> None:
        self.pack = of
        self.evaluator = Evaluator(of, durable=False)
        self.coverage = Coverage(self.evaluator)

    def add(self, *evidence: Evidence, **person: Any) -> Seen:
        given = Person.model_validate({"person": "P-1", **person})
        self.coverage.see(self.evaluator.evaluate(given, evidence, AS_OF))
        return self

    def items(self, rule: str) -> dict[str, bool]:
        """Every item of a rule by its words, and whether it was seen."""
        found = {item.text(self.pack): seen for item, seen in self.coverage.items().items() if item.rule == rule}
        assert len(found) == sum(item.rule == rule for item in self.coverage.items())
        return found

    def missing(self, rule: str) -> list[str]:
        return [text for text, seen in self.items(rule).items() if not seen]

    @property
    def unexercised(self) -> list[str]:
        return unexercised(self.evaluator, self.coverage, AS_OF)


def test_each_clause_and_condition_is_wanted_each_way() -> None:
    missing = Seen(pack(LADDER)).missing("ladder")
    held = "concluded: Level 1, Level 1, is held (ladder.L1 is yes), when A.1 is met and A.2 is met"
    assert f"never {held}" in missing
    assert f"always {held}" in missing
    assert "never holds: A.1 is met" in missing
    assert "always holds: A.1 is met" in missing
    assert "never concluded: Level 1, Level 1, is held (ladder.L1 is no), when any of A.1 is open and A.2 is open" in (
        missing
    )


def test_what_an_evaluation_sees_is_wanted_no_more() -> None:
    seen = Seen(pack(LADDER)).add(record("A.1"), record("A.2"))
    items = seen.items("ladder")
    assert items["never concluded: Level 1, Level 1, is held (ladder.L1 is yes), when A.1 is met and A.2 is met"]
    assert items["never holds: A.1 is met"]
    assert not items["always holds: A.1 is met"]
    assert not items["never holds: B.1 is met"]
    assert seen.add().items("ladder")["always holds: A.1 is met"]


def test_a_clause_that_holds_is_seen_although_another_of_the_same_conclusion_came_first() -> None:
    rows = [{"when": {"fte": "< 0.5"}, "then": "rest"}, {"when": {"fte": "< 0.9"}, "then": "rest"}]
    collects = {**TABLE, "id": "note", "hit": "collect", "rows": rows, "inputs": {"fte": {"fact": "fte"}}}
    del collects["otherwise"]
    items = Seen(pack(LADDER, collects)).add(fte=0.4).items("note")
    assert items["row 1 never hit: note.has.rest is yes, when fte < 0.5"]
    assert items["row 2 never hit: note.has.rest is yes, when fte < 0.9"]
    assert not items["row 1 always hit: note.has.rest is yes, when fte < 0.5"]


def test_a_row_that_holds_is_hit_only_where_no_earlier_one_is() -> None:
    seen = Seen(pack(LADDER, TABLE)).add(fte=0.4)
    assert seen.items("action")[
        "never concluded: action: row 2 holds (action.row2 is yes), when ladder.level is 0 or 1"
    ]
    hit = "row 2 never hit: action.value is go_on, when action.row2 is yes and action.row1 is no"
    assert hit in seen.missing("action")
    assert hit not in seen.add(fte=0.6).missing("action")


def test_otherwise_is_a_row_too() -> None:
    seen = Seen(pack(LADDER, TABLE)).add()
    hit = "otherwise never hit: action.value is go_on, when action.row1 is no and action.row2 is no"
    assert hit in seen.missing("action")
    assert hit not in seen.add(record("A.1"), record("A.2"), record("B.1")).missing("action")


def test_what_says_itself_that_it_always_or_never_holds_is_not_wanted() -> None:
    rows = [
        {"when": {}, "then": "rest"},
        {"when": {"level": [0, 1, 2]}, "then": "go_on"},
    ]
    rule = {**TABLE, "id": "note", "hit": "collect", "rows": rows}
    del rule["otherwise"]
    items = Seen(pack(LADDER, rule)).items("note")
    assert sorted(items) == [
        "never holds: ladder.level is 0 or 1 or 2",
        "row 1 never hit: note.has.rest is yes",
        "row 2 never hit: note.has.go_on is yes, when ladder.level is 0 or 1 or 2",
    ]


def test_what_is_known_to_be_impossible_is_taken_out_and_what_was_seen_stays() -> None:
    of = pack(LADDER)
    evaluator = Evaluator(of, durable=False)
    asked: list[Goal] = []

    def nothing_holds(_: Evaluator, outcome: Outcome, program: Program, goals: Iterable[Goal]) -> set[Goal]:
        assert outcome.id in program.name
        given = list(goals)
        asked.extend(given)
        return {goal for goal in given if goal[2]}

    coverage = Coverage(evaluator, nothing_holds)
    coverage.see(evaluator.evaluate(Person(person="P-1"), [record("A.1")], AS_OF))
    holding = {item.text(of) for item in coverage.items() if item.rule == "ladder" and item.holds}
    assert "never holds: A.1 is met" in holding, "it was seen, whatever anybody can prove"
    assert "never holds: A.2 is met" not in holding
    conditions = [asked_condition(c) for c in evaluator.program().conditions]
    assert ("condition", conditions.index("A.2 is met"), True) in asked
    assert ("condition", conditions.index("A.1 is met"), True) not in asked, "only what was not seen is asked about"


def test_what_two_outcomes_share_is_wanted_once() -> None:
    outcomes = [
        support.outcome(rules=["ladder", "action"], zone=None),
        support.outcome(id="again", rules=["ladder", "action"], zone=None),
    ]
    twice, once = Seen(pack(LADDER, outcomes=outcomes)), Seen(pack(LADDER))
    assert len(twice.coverage.items()) == len(once.coverage.items())
    assert not twice.add(record("A.1")).items("ladder")["never holds: A.2 is met"]
    given = Person(person="P-1")
    twice.coverage.see(twice.evaluator.evaluate(given, [record("A.2")], AS_OF, outcome="again"))
    assert twice.items("ladder")["never holds: A.2 is met"]


def test_a_rule_of_which_examples_show_no_more_than_silence_is_not_exercised() -> None:
    seen = Seen(pack(LADDER, TABLE))
    assert seen.unexercised == ["ladder", "action"], "no example at all"
    assert seen.add().unexercised == ["ladder", "action"], "somebody of whom nothing is known"
    assert seen.add(fte=0.4).unexercised == ["ladder"]
    assert seen.add(record("A.1")).unexercised == []


def test_a_rule_that_can_do_but_one_thing_is_exercised_by_anything() -> None:
    seen = Seen(pack(LADDER))
    assert "action" in seen.unexercised
    assert "action" not in seen.add().unexercised


def test_the_lines_of_a_sheet_are_seen_in_the_columns_of_reviews(tmp_path: Path) -> None:
    of = load_pack(tiny(tmp_path), ask_plugins(points=[]).kinds)
    seen = Seen(of)
    green = "never concluded: Colour of line A.1 (sheet.A.1 is green), when A.1 is met and sheet.first_gap > 0"
    given = {"framework": "tiny", "source": "observation"}
    assert green in seen.add(record("A.1", **given)).missing("sheet")
    assert green not in seen.add(record("A.1", review_point="sep", **given)).missing("sheet")


def test_items_come_in_the_order_of_the_rules_and_name_their_part() -> None:
    items = list(Seen(pack(TABLE, LADDER)).coverage.items())
    assert list(dict.fromkeys(item.rule for item in items)) == ["action", "ladder"]
    assert {item.part for item in items if item.rule == "ladder"} == {(), ("levels", 0), ("levels", 1)}
    row = next(item for item in items if item.kind == "row" and item.part == ("rows", 1))
    assert isinstance(row, Item)
    assert row.text(pack(TABLE, LADDER)).startswith("row 2 never hit")


def test_what_depends_on_evidence_may_go_either_way() -> None:
    evaluator = Evaluator(pack(LADDER), durable=False)
    program, outcome = evaluator.program(), evaluator.pack.framework.outcomes[0]
    asked = [at for at, c in enumerate(program.conditions) if isinstance(c, FindingIs)]
    clauses = [clause.number for clause in program.clauses if clause.clause.conclusion.startswith("ladder.")]
    goals: list[Goal] = [("condition", at, holds) for at in asked for holds in (True, False)]
    goals += [("clause", at, holds) for at in clauses for holds in (True, False)]
    assert len(goals) > 20
    assert obvious(evaluator, outcome, program, goals) == set()


def test_what_follows_from_a_row_that_always_holds_is_not_wanted_either() -> None:
    items = Seen(pack(LADDER)).items("action")
    assert sorted(items) == [
        "always holds: action.row1 is no",
        "never concluded: action: row 1 holds (action.row1 is yes)",
        "never holds: action.row1 is yes",
        "otherwise always hit: action.value is go_on, when action.row1 is no",
        "row 1 never hit: action.value is go_on, when action.row1 is yes",
    ]
