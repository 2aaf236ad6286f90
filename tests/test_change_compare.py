"""What is said of a change of a pack: what it is about, where it is, what was and what is, in a plain sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal, get_args

import pytest
from pydantic import BaseModel

from bandstand.change.compare import compare
from bandstand.change.effect import effects_on_examples
from bandstand.change.fields import known_names
from bandstand.models.change import Change, Subject
from bandstand.models.clauses import Clause, Conclusion, FindingIs, Lowered
from bandstand.models.finding import SETTLED_STATES
from bandstand.models.framework import Framework, Text
from bandstand.models.guidance import Crosswalk, Guidance
from bandstand.models.standard import Standard
from bandstand.packs.load import load_pack
from bandstand.rules.base import Defect, Rule, RuleContext
from bandstand.rules.kinds import KINDS
from wide import wide

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bandstand.change.compare import Changes
    from bandstand.packs.pack import Pack

Edit = tuple[str, str, str | bytes]


class Duty(Rule):
    """A kind as a trust might write it: one criterion is enough, and a line is said of it."""

    KIND: ClassVar[str] = "duty"

    kind: Literal["duty"]
    criteria: tuple[str, ...]
    mode: str = "plain"
    says: Text = "Nothing."

    def conclusions(self, context: RuleContext) -> tuple[Conclusion, ...]:
        del context
        return (Conclusion(f"{self.id}.done", (True, False), False, self.id, self.label),)

    def check(self, context: RuleContext) -> Iterator[Defect]:
        del context
        yield from ()

    def lower(self, context: RuleContext) -> Lowered:
        # It does what no kind should: it reads a text.
        named = self.criteria if "all" not in self.says else self.criteria[:1]
        met = tuple(FindingIs(name, SETTLED_STATES) for name in named)
        clauses = (Clause(f"{self.id}.done", True, "any", met, (self.ground(),)),)
        return Lowered("position", self.conclusions(context), clauses)


def pack(folder: Path, *edits: Edit) -> Pack:
    number = len(list(folder.iterdir()))
    kinds: list[type[Rule]] = [*KINDS, Duty]
    return load_pack(wide(folder / f"pack{number}", *edits), {kind.KIND: kind for kind in kinds})


def changes(folder: Path, *edits: Edit) -> Changes:
    return compare(pack(folder), pack(folder, *edits))


def only(folder: Path, *edits: Edit) -> Change:
    """The one change of meaning, and nothing else with it."""
    found = changes(folder, *edits)
    assert len(found.meaning) == 1, [change.sentence for change in found.meaning]
    assert (found.wording, found.provenance) == ((), ())
    return found.meaning[0]


LADDER, BANDS, ACTIONS, MORE = "rules/ladder.yaml", "rules/bands.yaml", "rules/actions.yaml", "rules/more.yaml"
TOP = "framework.yaml"
FAILS = (
    "        fails: { any: [{ count: evidenced, sets: [career], at_most: 0 }, { fact: career_stage, known: false }] }\n"
)
NEVER_FAILS = (
    "Condition enough of rule check now never fails; before, where there are at most 0 criteria with evidence on "
    "career or career_stage is not known."
)
SENTENCES: list[tuple[Subject, str, str, tuple[Edit, ...]]] = [
    (
        Subject.LEVEL,
        "rules/ladder/levels/2/need",
        "Level 2 now needs all of its 2 criteria; before, 1 of them.",
        ((LADDER, "need: 1, ", ""),),
    ),
    (
        Subject.LEVEL,
        "rules/ladder/levels/1/criteria",
        "Level 1 now also asks for B.1.",
        ((LADDER, "[A.1, A.2], source", "[A.1, A.2, B.1], source"),),
    ),
    (
        Subject.LEVEL,
        "rules/ladder/levels/2/unless_short",
        "Level 2 is now open where A.1 is found short.",
        ((LADDER, "need: 1", "need: 1, unless_short: [A.1]"),),
    ),
    (
        Subject.LEVEL,
        "rules/ladder/levels/2/builds_on",
        "Level 2 now builds on no other; before, on level 1.",
        ((LADDER, "need: 1", "need: 1, builds_on: []"),),
    ),
    (
        Subject.LEVEL,
        "rules/ladder/levels/3",
        "Level 3, third, is new: it needs its one criterion, and builds on level 2.",
        (
            (
                LADDER,
                "source: 43 }\n",
                "source: 43 }\n      - { level: 3, label: Third, criteria: [B.2], source: 44 }\n",
            ),
        ),
    ),
    (
        Subject.BAND,
        "rules/expected/bands/early/to",
        "Band early (teaching:M1) now ends at level 2; before, 1.",
        ((BANDS, "gold: 1, to: 1", "gold: 1, to: 2"),),
    ),
    (
        Subject.BAND,
        "rules/expected/bands/early/to",
        "Band early (teaching:M1) has no upper end now; before, 1.",
        ((BANDS, "gold: 1, to: 1", "gold: 1"),),
    ),
    (
        Subject.BAND,
        "rules/expected/bands/early",
        "Band early (teaching:M1) is now levels 1 to 2, gold from 2; before, levels 0 to 1, gold from 1.",
        ((BANDS, "from: 0, gold: 1, to: 1", "from: 1, gold: 2, to: 2"),),
    ),
    (
        Subject.BAND,
        "rules/expected/bands/first",
        "Band early is now called first.",
        ((BANDS, "id: early", "id: first"),),
    ),
    (
        Subject.BAND,
        "rules/expected/roles/lead",
        "Role lead has no band any more; before, later, level 1 and above, gold from 2.",
        ((BANDS, "        roles: [lead]\n", ""),),
    ),
    (
        Subject.ROW,
        "rules/action/rows/2/then",
        "Row 2 of action (level is 0 or 1 and fte is > 0.25) now gives sustain; before, rise.",
        ((ACTIONS, "then: rise, source: 22", "then: sustain, source: 22"),),
    ),
    (
        Subject.ROW,
        "rules/action/rows/3/when",
        (
            "Row 3 of action now holds where career_stage is ECT2 and grade is unknown; "
            "before, where career_stage is ECT1 and grade is unknown."
        ),
        ((ACTIONS, "career_stage: ECT1, grade", "career_stage: ECT2, grade"),),
    ),
    (
        Subject.ROW,
        "rules/action/rows/2",
        "Row 2 of action as it was is gone: where level is 0 or 1 and fte is > 0.25, it gave rise.",
        ((ACTIONS, '      - { when: { level: [0, 1], fte: "> 0.25" }, then: rise, source: 22 }\n', ""),),
    ),
    (
        Subject.ROW,
        "rules/action/otherwise",
        "Action, where no row holds, now gives rise; before, sustain.",
        ((ACTIONS, "then: sustain, source: 24", "then: rise, source: 24"),),
    ),
    (
        Subject.ROW,
        "rules/action/inputs/held",
        "Column held of action now looks at ladder.L2; before, at ladder.L1.",
        ((ACTIONS, "conclusion: ladder.L1 }", "conclusion: ladder.L2 }"),),
    ),
    (
        Subject.CONDITION,
        "rules/check/conditions/enough/when",
        (
            "Condition enough of rule check is now asked where rating is achieved; "
            "before, where rating is achieved or exceptional."
        ),
        ((MORE, "is: [achieved, exceptional]", "is: [achieved]"),),
    ),
    (
        Subject.CONDITION,
        "rules/check/conditions/enough/fails",
        NEVER_FAILS,
        ((MORE, FAILS, ""),),
    ),
    (
        Subject.CONDITION,
        "rules/check/conditions/enough/weight",
        "Condition enough of rule check: what a failure does is now discuss; before, decides.",
        ((MORE, "        weight: decides\n", ""),),
    ),
    (
        Subject.PROFILE,
        "rules/profile/focus_on/at_most",
        "Rule profile: at most is now 3; before, 2.",
        ((MORE, "focus_on: { at_most: 2, source: 80 }", "focus_on: { at_most: 3, source: 80 }"),),
    ),
    (
        Subject.FINDINGS,
        "framework/findings/max_age_months",
        "How evidence counts: how many months it counts is now 12; before, 24.",
        ((TOP, "max_age_months: 24", "max_age_months: 12"),),
    ),
    (
        Subject.FINDINGS,
        "framework/findings/views/agreed/ranks/self",
        "In view agreed, evidence of the source self now reaches met, and not partly met.",
        ((TOP, "[self], reaches: partly_met", "[self]"),),
    ),
    (
        Subject.PURPOSE,
        "framework/refuses/pay",
        "Refused purpose pay is gone.",
        ((TOP, "refuses:\n  - { id: pay, reason: It says nothing of pay., source: 2 }\n", ""),),
    ),
    (
        Subject.FACT,
        "framework/facts/aims/default",
        "Fact aims: what holds when it is not given is now leave; before, stay.",
        ((TOP, "default: stay", "default: leave"),),
    ),
    (
        Subject.GRADE,
        "framework/grades/teaching:M2/column",
        "Grade teaching:M2: its place in the order of grades is now 3; before, 2.",
        ((TOP, "column: 2", "column: 3"),),
    ),
    (
        Subject.FRAMEWORK,
        "framework/valid_until",
        "The framework: the last day on which it holds is now 2026-08-31; before, 2025-08-31.",
        ((TOP, "2025-08-31", "2026-08-31"),),
    ),
    (
        Subject.CRITERION,
        "standards/K/criteria/K.2/statements/K.2.1/condition",
        "Statement K.2.1 of criterion K.2: condition is now where there is time; before, nothing.",
        (("standards/K.yaml", "label: First half", "label: First half, condition: where there is time"),),
    ),
    (
        Subject.SCHEMA,
        "evidence.schema.json/properties/review_point/enum",
        "What is asked of evidence: properties.review_point.enum is now sep; before, sep and nothing.",
        (("evidence.schema.json", '["sep", null]', '["sep"]'),),
    ),
    (
        Subject.CROSSWALK,
        "crosswalks/other/links/1/relation",
        "Link 1 of crosswalk to other: relation is now same_subject; before, supports.",
        (("crosswalks/other.yaml", "relation: supports", "relation: same_subject"),),
    ),
]


@pytest.mark.parametrize(
    ("subject", "address", "sentence", "edits"),
    SENTENCES,
    ids=lambda value: value if isinstance(value, str) and "/" in value else "",
)
def test_a_change_is_said_in_one_plain_sentence(
    subject: Subject, address: str, sentence: str, edits: tuple[Edit, ...], tmp_path: Path
) -> None:
    change = only(tmp_path, *edits)
    assert (change.kind, change.address, change.sentence) == (subject, address, sentence)


def test_was_and_now_are_as_the_files_have_them(tmp_path: Path) -> None:
    change = only(tmp_path, (BANDS, "gold: 1, to: 1", "gold: 1, to: 2"))
    assert (change.change, change.was, change.now) == ("changed", 1, 2)
    rule = only(tmp_path, (LADDER, "[A.1, A.2], source", "[A.1, A.2, B.1], source"))
    assert (rule.was, rule.now) == (["A.1", "A.2"], ["A.1", "A.2", "B.1"])


def test_a_grade_that_moves_to_another_band_is_named_with_both(tmp_path: Path) -> None:
    change = only(
        tmp_path,
        (BANDS, 'grades: ["teaching:M1"]', 'grades: ["teaching:M1", "teaching:M2"]'),
        (BANDS, '        grades: ["teaching:M2"]\n', ""),
    )
    assert change.change == "moved"
    assert change.address == "rules/expected/grades/teaching:M2"
    assert change.sentence == (
        "Grade teaching:M2 has moved from band later (level 1 and above, gold from 2) to band early "
        "(levels 0 to 1, gold from 1)."
    )


def test_a_criterion_that_another_level_asks_for_now_is_said_once(tmp_path: Path) -> None:
    change = only(
        tmp_path, (LADDER, "criteria: [A.1, A.2]", "criteria: [A.1]"), (LADDER, "[B.1, B.2]", "[B.1, B.2, A.2]")
    )
    assert change.sentence == "A.2 is now asked for at level 2; before, at level 1."


def test_a_criterion_that_moves_to_another_standard_or_set_is_no_new_one(tmp_path: Path) -> None:
    row = "  - { id: B.2, set: sheet, label: Leads, descriptor: Runs a meeting., source: 17 }\n"
    found = changes(tmp_path, ("standards/B.yaml", row, ""), ("standards/A.yaml", "criteria:\n", f"criteria:\n{row}"))
    assert [change.sentence for change in found.meaning] == [
        "Criterion B.2 (leads) has moved from standard B to standard A."
    ]
    change = only(tmp_path, ("standards/B.yaml", "B.2, set: sheet", "B.2, set: halves"))
    assert change.sentence == "Criterion B.2 (leads) has moved from the set sheet to the set halves."


def test_rows_are_told_apart_by_what_they_say_and_then_by_their_order(tmp_path: Path) -> None:
    first = "      - { when: { held: false }, then: rise, source: 21 }\n"
    third = "      - { when: { career_stage: ECT1, grade: unknown }, then: rise, source: 23 }\n"
    change = only(tmp_path, (ACTIONS, first, ""), (ACTIONS, third, third + first))
    assert (change.change, change.was, change.now) == ("reordered", 1, 3)
    assert change.sentence == "Row 3 of action (held is no) stood before as row 1."


def test_a_row_that_is_new_in_between_moves_no_other(tmp_path: Path) -> None:
    row = '      - { when: { grade: "teaching:M2" }, then: sustain, source: 21 }\n'
    first = "      - { when: { held: false }, then: rise, source: 21 }\n"
    change = only(tmp_path, (ACTIONS, first, row + first))
    assert change.sentence == "Row 1 of action is new: where grade is teaching:M2, it gives sustain."


def test_a_column_that_is_only_called_otherwise_is_wording(tmp_path: Path) -> None:
    found = changes(
        tmp_path,
        (ACTIONS, "held: { conclusion", "has_it: { conclusion"),
        (ACTIONS, "when: { held: false }", "when: { has_it: false }"),
    )
    assert found.meaning == ()
    assert [change.sentence for change in found.wording] == ["Column held of action is now called has_it."]


@pytest.mark.parametrize(
    "edits",
    [
        ((LADDER, "criteria: [A.1, A.2], source: 42", "criteria: [A.1, A.2], need: 2, source: 42"),),
        ((LADDER, "need: 1", "need: 1, builds_on: [1]"),),
        ((BANDS, "gold: 1, to: 1", "gold: { level: 1, source: 31 }, to: 1"),),
        ((ACTIONS, "career_stage: ECT1, grade", "career_stage: [ECT1], grade"),),
        ((ACTIONS, '"> 0.25"', '">0.25"'),),
        ((MORE, "passes: { all: [{ criterion: K.2.1", "passes: { any: [{ criterion: K.2.1"),),
        ((TOP, "valid_from: 2024-09-01", '"valid_from": "2024-09-01"'),),
    ],
)
def test_another_way_of_writing_the_same_is_no_change(edits: tuple[Edit, ...], tmp_path: Path) -> None:
    assert changes(tmp_path, *edits).meaning == ()
    assert changes(tmp_path, *edits).wording == ()


def test_the_name_of_a_version_is_no_change(tmp_path: Path) -> None:
    found = changes(tmp_path, (TOP, 'version: "1.0"', 'version: "2.0"'))
    assert (found.meaning, found.wording, found.provenance) == ((), (), ())


def test_the_order_of_outcomes_and_purposes_is_meaning_and_that_of_grades_is_not(tmp_path: Path) -> None:
    grade = '  - { id: "teaching:M1", label: M1, strand: teaching, column: 1, source: 4 }\n'
    after = '  - { id: "teaching:M2", label: M2, strand: teaching, column: 2, source: 4 }\n'
    found = changes(tmp_path, (TOP, grade, ""), (TOP, after, after + grade))
    assert found.meaning == ()
    assert [change.change for change in found.wording] == ["reordered"]
    purpose = "  - { id: development, label: Development, source: 1 }\n"
    new = "  - { id: growth, label: Growth, source: 1 }\n"
    change = only(tmp_path, (TOP, purpose, new + purpose))
    assert change.sentence == "Purpose growth (growth) is new, before all others."


# strangers' kinds

DUTY = "rules:\n  - { id: duty, kind: duty, label: A duty, source: 99, criteria: [A.1, B.1], says: Be there. }\n"


def duty(folder: Path, *edits: tuple[str, str]) -> Changes:
    base: tuple[Edit, ...] = (("rules/duty.yaml", "", DUTY), (TOP, "action, note]", "action, note, duty]"))
    return compare(pack(folder, *base), pack(folder, *base, *(("rules/duty.yaml", old, new) for old, new in edits)))


def test_a_stranger_s_rule_is_compared_field_by_field(tmp_path: Path) -> None:
    found = duty(tmp_path, ("criteria: [A.1, B.1]", "criteria: [A.1]"))
    assert [c.sentence for c in found.meaning] == ["Rule duty: criteria: no longer B.1."]
    found = duty(tmp_path, ("says", "mode: strict, says"))
    assert [c.sentence for c in found.meaning] == ["Rule duty: mode is now strict; before, plain."]
    found = duty(tmp_path, ("source: 99", "source: 98"))
    assert (found.meaning, len(found.provenance)) == ((), 1)


def test_a_text_of_a_stranger_s_rule_is_wording_unless_the_rule_concludes_otherwise(tmp_path: Path) -> None:
    found = duty(tmp_path, ("Be there", "Come"))
    assert (found.meaning, len(found.wording)) == ((), 1)
    found = duty(tmp_path, ("Be there", "It is all"))
    assert [c.sentence for c in found.meaning] == [
        "Rule duty concludes otherwise, for a reason that no field of it shows."
    ]


def test_a_rule_of_another_kind_under_the_same_id_is_one_change(tmp_path: Path) -> None:
    found = duty(tmp_path, ("kind: duty", "kind: ragging"), ("criteria", "order"), (", says: Be there.", ""))
    assert [c.sentence for c in found.meaning] == ["Rule duty is now of the kind ragging; before, of the kind duty."]


def test_every_field_that_is_spoken_of_is_there() -> None:
    models: dict[str, type[BaseModel]] = {}
    waiting: list[type[BaseModel]] = [Framework, Standard, Guidance, Crosswalk, *KINDS]
    while waiting:
        model = waiting.pop()
        if model.__name__ not in models:
            models[model.__name__] = model
            waiting.extend(part for field in model.model_fields.values() for part in _models(field.annotation))
    assert [(model, field) for model, field in sorted(known_names()) if field not in models[model].model_fields] == []


def _models(hint: object) -> Iterator[type[BaseModel]]:
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        yield hint
    for part in get_args(hint):
        yield from _models(part)


# examples


def test_examples_that_come_out_otherwise_are_told_with_both(tmp_path: Path) -> None:
    old = pack(tmp_path)
    new = pack(tmp_path, (LADDER, "criteria: [A.1, A.2], source: 42", "criteria: [A.1, A.2, B.1], source: 42"))
    ran, (effect,) = effects_on_examples(old, new)
    assert ran == 1
    assert (effect.example, effect.outcome, effect.of) == (
        "Someone who meets both lines of level 1 is at level 1",
        "position",
        "both",
    )
    assert (effect.was.level, effect.was.zone, effect.was.result) == (1, "gold", "level 1")
    assert (effect.now.level, effect.now.zone, effect.now.result) == (0, "amber", "no level yet")


def test_an_example_runs_under_a_pack_that_lacks_what_it_names(tmp_path: Path) -> None:
    gone: tuple[Edit, ...] = (
        (TOP, "review_points:\n  - { id: sep, label: September, source: 3 }\n", ""),
        ("examples/levels.yaml", "    review_point: sep\n", ""),
        ("examples/levels.yaml", ", review_point: sep }", " }"),
    )
    ran, effects = effects_on_examples(pack(tmp_path), pack(tmp_path, *gone))
    assert ran == 2
    assert [(effect.of, effect.now.action) for effect in effects] == [("old", None)]
    assert effects[0].now.result.startswith('not evaluated: "sep" is not a review point of tiny.')
