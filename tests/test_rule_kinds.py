"""What each rule kind finds wrong with itself, and what its clauses come to mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from bandstand.engine.plain import PlainEngine
from bandstand.errors import EngineError
from bandstand.models.finding import State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from bandstand.models.clauses import Fact, Value
    from bandstand.rules.base import Defect, Rule, RuleContext
    from bandstand.rules.program import Program

    Reader = Callable[[dict[str, Any]], Rule]
    Contexts = Callable[[Iterable[str], Iterable[Rule]], RuleContext]
    Check = Callable[..., list[Defect]]
    Conclude = Callable[..., dict[str, Value]]

SILENT, NOT_MET, PARTLY, MET, NOT_APPLICABLE, PROVISIONAL = (
    State.NOT_EVIDENCED,
    State.NOT_MET,
    State.PARTLY_MET,
    State.MET,
    State.NOT_APPLICABLE,
    State.PROVISIONAL,
)


@pytest.fixture
def check(read_rule: Reader, context_of: Contexts) -> Check:
    """What is wrong with a rule among others, in a pack with criteria A to E."""

    def find(rule: dict[str, Any], *others: dict[str, Any]) -> list[Defect]:
        read = read_rule(rule)
        return list(read.check(context_of("ABCDE", [read, *map(read_rule, others)])))

    return find


@pytest.fixture
def conclude(rules_program: Callable[..., Program]) -> Conclude:
    """Everything that rules conclude of findings for A, B and so on, in order."""

    def run(
        rules: Sequence[dict[str, Any]],
        states: Sequence[State] = (),
        facts: Mapping[str, Fact] | None = None,
        scope: str = "position",
    ) -> dict[str, Value]:
        program = rules_program("ABCDE"[: len(states)], rules, scope)
        engine = PlainEngine(program)
        values = engine.run(engine.inputs(states, facts or {})).values
        return {c.name: c.values[at] for c, at in zip(program.conclusions, values, strict=True)}

    return run


def places(defects: Iterable[Defect]) -> list[tuple[str, tuple[str | int, ...]]]:
    return [(defect.code, defect.path) for defect in defects]


# cumulative_levels


def ladder(*levels: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": "ladder", "kind": "cumulative_levels", "levels": list(levels), **more}


def level(number: int, criteria: str, **more: Any) -> dict[str, Any]:
    return {"level": number, "criteria": list(criteria), **more}


def test_a_sound_ladder_has_no_defects(check: Check) -> None:
    assert (
        check(
            ladder(
                level(1, "AB"), level(2, "C"), level(3, "DE", need=1, builds_on=[1]), minimum={"level": 1, "source": 1}
            )
        )
        == []
    )


def test_a_level_given_twice_is_a_defect(check: Check) -> None:
    (defect,) = check(ladder(level(1, "A"), level(1, "B", builds_on=[])))
    assert (defect.code, defect.path) == ("duplicate-level", ("levels", 1))
    assert defect.message == "Level 1 is given twice."


def test_a_level_s_unknown_criterion_is_a_defect_that_names_the_nearest(
    read_rule: Reader, context_of: Contexts
) -> None:
    rule = read_rule(ladder({"level": 1, "criteria": ["L1.1", "L1.9"]}))
    (defect,) = rule.check(context_of(["L1.1", "L2.9"], [rule]))
    assert (defect.code, defect.path) == ("unknown-criterion", ("levels", 0, "criteria", 1))
    assert defect.message == '"L1.9" is not a criterion of this pack.'
    assert defect.remedy.startswith("Did you mean L")


def test_a_criterion_that_a_level_names_twice_is_a_defect(check: Check) -> None:
    (defect,) = check(ladder(level(1, "ABA")))
    assert (defect.code, defect.path) == ("duplicate-criterion", ("levels", 0, "criteria", 2))
    assert defect.message == 'Level 1 names "A" twice.'


@pytest.mark.parametrize(
    ("unless_short", "code", "n"),
    [("Z", "unknown-criterion", 0), ("CA", "duplicate-criterion", 1), ("CC", "duplicate-criterion", 1)],
)
def test_what_may_not_be_short_is_another_criterion_of_the_pack(
    unless_short: str, code: str, n: int, check: Check
) -> None:
    (defect,) = check(ladder(level(1, "AB", unless_short=list(unless_short))))
    assert (defect.code, defect.path) == (code, ("levels", 0, "unless_short", n))


def test_a_level_that_needs_more_than_it_has_is_a_defect(check: Check) -> None:
    (defect,) = check(ladder(level(1, "AB", need=3)))
    assert (defect.code, defect.path) == ("impossible-level", ("levels", 0, "need"))
    assert defect.message == "Level 1 needs 3 of 2 criteria."


def test_a_level_that_is_not_there_cannot_be_built_on(check: Check) -> None:
    (defect,) = check(ladder(level(1, "A"), level(2, "B", builds_on=[1, 7])))
    assert (defect.code, defect.path) == ("unknown-level", ("levels", 1, "builds_on", 1))
    assert defect.message == "Level 2 builds on level 7, which is not there."


def test_a_minimum_that_is_not_a_level_is_a_defect(check: Check) -> None:
    (defect,) = check(ladder(level(1, "A"), minimum={"level": 2, "source": 1}))
    assert (defect.code, defect.path) == ("unknown-level", ("minimum", "level"))
    assert defect.message == "The minimum is level 2, which is not there."


def test_levels_that_build_on_one_another_in_a_circle_are_a_defect_that_names_the_circle(check: Check) -> None:
    (defect,) = check(ladder(level(1, "A", builds_on=[3]), level(2, "B"), level(3, "C")))
    assert (defect.code, defect.path) == ("cyclic-levels", ("levels",))
    assert "in a circle: " in defect.message
    assert set(defect.message.partition("circle: ")[2].rstrip(".").split(" on ")) == {"1", "2", "3"}


def test_a_level_that_builds_on_itself_is_a_circle(check: Check) -> None:
    assert places(check(ladder(level(1, "A", builds_on=[1])))) == [("cyclic-levels", ("levels",))]


def test_all_defects_of_a_ladder_are_found_at_once(check: Check) -> None:
    assert places(check(ladder(level(1, "AZ", need=4), level(1, "BB", builds_on=[])))) == [
        ("unknown-criterion", ("levels", 0, "criteria", 1)),
        ("impossible-level", ("levels", 0, "need")),
        ("duplicate-level", ("levels", 1)),
        ("duplicate-criterion", ("levels", 1, "criteria", 1)),
    ]


def test_a_level_is_not_held_while_a_lower_one_is_open(conclude: Conclude) -> None:
    rule = ladder(level(1, "A"), level(2, "B"), level(3, "C"))
    found = conclude([rule], [MET, SILENT, MET])
    assert [found[f"ladder.L{n}"] for n in (1, 2, 3)] == [True, False, False]
    assert found["ladder.level"] == 1
    assert conclude([rule], [SILENT, MET, MET])["ladder.level"] == 0
    assert conclude([rule], [MET, MET, MET])["ladder.level"] == 3


def test_a_criterion_that_does_not_apply_stands_in_no_level_s_way(conclude: Conclude) -> None:
    assert conclude([ladder(level(1, "AB"))], [MET, NOT_APPLICABLE])["ladder.L1"] is True


@pytest.mark.parametrize("state", [SILENT, NOT_MET, PARTLY, PROVISIONAL])
def test_any_other_finding_keeps_a_level_open(state: State, conclude: Conclude) -> None:
    assert conclude([ladder(level(1, "AB"))], [MET, state])["ladder.L1"] is False


@pytest.mark.parametrize(
    ("state", "held"),
    [(SILENT, True), (NOT_APPLICABLE, True), (MET, True), (PROVISIONAL, True), (PARTLY, False), (NOT_MET, False)],
)
@pytest.mark.parametrize("need", ["all", 1])
def test_what_may_not_be_short_keeps_a_level_open_only_where_evidence_finds_it_short(
    need: str | int, state: State, *, held: bool, conclude: Conclude
) -> None:
    rule = ladder(level(1, "AB", unless_short=["C"], need=need), level(2, "D"))
    found = conclude([rule], [MET, MET, state, SILENT])
    assert (found["ladder.L1"], found["ladder.level"], found["ladder.L1.short"]) == (held, int(held), not held)
    assert found["ladder.stopped_by"] == ("absence" if held else "shortfall")
    assert found["ladder.L2.short"] is not held


@pytest.mark.parametrize(
    ("states", "held"),
    [
        ([MET, NOT_APPLICABLE, NOT_MET], True),
        ([MET, MET, MET], True),
        ([NOT_MET, PARTLY, MET], False),
        ([MET, SILENT, PROVISIONAL], False),
    ],
)
def test_a_level_that_needs_some_is_held_by_as_many_of_them(
    states: list[State], *, held: bool, conclude: Conclude
) -> None:
    found = conclude([ladder(level(1, "ABC", need=2))], states)
    assert (found["ladder.L1"], found["ladder.L1.enough"]) == (held, held)


@pytest.mark.parametrize(
    ("states", "too_few"),
    [([NOT_MET, PARTLY, MET], True), ([NOT_MET, SILENT, SILENT], False), ([PROVISIONAL, PROVISIONAL, SILENT], False)],
)
def test_a_level_that_needs_some_is_short_once_too_few_can_still_be_met(
    states: list[State], *, too_few: bool, conclude: Conclude
) -> None:
    found = conclude([ladder(level(1, "ABC", need=2))], states)
    assert (found["ladder.L1.too_few"], found["ladder.L1.short"]) == (too_few, too_few)


def test_a_level_that_needs_every_one_declares_no_count(conclude: Conclude) -> None:
    assert "ladder.L1.enough" not in conclude([ladder(level(1, "AB", need=2))], [MET, MET])


def test_a_level_builds_on_those_it_names_and_not_on_the_one_below(conclude: Conclude) -> None:
    rule = ladder(level(1, "A"), level(2, "B"), level(3, "C", builds_on=[1]))
    found = conclude([rule], [MET, NOT_MET, MET])
    assert [found[f"ladder.L{n}"] for n in (1, 2, 3)] == [True, False, True]
    assert found["ladder.level"] == 3


def test_the_level_below_is_the_next_lower_number_whatever_the_order(conclude: Conclude) -> None:
    rule = ladder(level(5, "C"), level(1, "A"), level(3, "B"))
    assert conclude([rule], [MET, NOT_MET, MET])["ladder.level"] == 1
    assert conclude([rule], [MET, MET, MET])["ladder.level"] == 5


@pytest.mark.parametrize(
    ("states", "stopped_by"),
    [
        ([MET, SILENT], "absence"),
        ([MET, PROVISIONAL], "absence"),
        ([MET, NOT_MET], "shortfall"),
        ([PARTLY, SILENT], "shortfall"),
        ([SILENT, NOT_MET], "absence"),
        ([MET, MET], "nothing"),
    ],
)
def test_the_next_level_is_stopped_by_a_shortfall_an_absence_or_nothing(
    states: list[State], stopped_by: str, conclude: Conclude
) -> None:
    assert conclude([ladder(level(1, "A"), level(2, "B"))], states)["ladder.stopped_by"] == stopped_by


def test_a_shortfall_below_falls_short_of_every_level_that_builds_on_it(conclude: Conclude) -> None:
    rule = ladder(level(1, "A"), level(2, "B"), level(3, "C", builds_on=[]))
    found = conclude([rule], [NOT_MET, MET, MET])
    assert [found[f"ladder.L{n}.short"] for n in (1, 2, 3)] == [True, True, False]


# ragging


def sheet(order: str) -> dict[str, Any]:
    return {"id": "sheet", "kind": "ragging", "order": list(order)}


def test_a_line_that_is_no_criterion_is_a_defect(check: Check) -> None:
    (defect,) = check(sheet("AZ"))
    assert (defect.code, defect.path) == ("unknown-criterion", ("order", 1))
    assert defect.message == '"Z" is not a criterion of this pack.'
    assert defect.remedy == "It is one of A, B, C, D, E."


def test_a_line_that_stands_twice_is_a_defect(check: Check) -> None:
    (defect,) = check(sheet("ABA"))
    assert (defect.code, defect.path) == ("duplicate-criterion", ("order", 2))
    assert defect.message == 'Line "A" stands twice in the order.'


@pytest.mark.parametrize(
    ("states", "colours"),
    [
        ([MET, MET, MET, MET], "green green green green"),
        ([MET, NOT_MET, MET, SILENT], "green blank amber blank"),
        ([SILENT, MET, MET, PARTLY], "blank amber amber blank"),
        ([MET, NOT_APPLICABLE, PROVISIONAL, MET], "green green blank amber"),
        ([NOT_MET, NOT_MET, NOT_MET, NOT_MET], "blank blank blank blank"),
    ],
)
def test_lines_are_green_down_to_the_first_gap_amber_after_it_and_otherwise_blank(
    states: list[State], colours: str, conclude: Conclude
) -> None:
    found = conclude([sheet("ABCD")], states, scope="review")
    assert [found[f"sheet.{c}"] for c in "ABCD"] == colours.split()


def test_colours_go_down_the_sheet_s_order_and_not_the_pack_s(conclude: Conclude) -> None:
    found = conclude([sheet("CAB")], [MET, NOT_MET, MET], scope="review")
    assert [found[f"sheet.{c}"] for c in "CAB"] == ["green", "green", "blank"]
    assert conclude([sheet("BCA")], [MET, NOT_MET, MET], scope="review")["sheet.A"] == "amber"


# expected_band

FIVE = ladder(*(level(n, c) for n, c in enumerate("ABCDE", 1)))


def bands(*given: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": "expected", "kind": "expected_band", "level": "ladder.level", "bands": list(given), **more}


def band(name: str = "upper", lowest: Any = 2, gold: Any = 3, to: Any = None, **more: Any) -> dict[str, Any]:
    whose = more if {"grades", "roles"} & more.keys() else {"grades": ["teaching:G1"], **more}
    return {"id": name, "from": lowest, "gold": gold, "to": to, **whose}


def zone(conclude: Conclude, rule: dict[str, Any], held: int, **facts: Fact) -> tuple[Value, Value]:
    found = conclude([FIVE, rule], [MET] * held + [SILENT] * (5 - held), facts)
    assert found["ladder.level"] == held
    return found["expected.band"], found["expected.zone"]


def test_sound_bands_have_no_defects(check: Check) -> None:
    assert check(bands(band(to=4), band("top", roles=["lead"], lowest=0, gold=0)), FIVE) == []


def test_bands_on_an_unknown_level_are_a_defect(check: Check) -> None:
    (defect,) = check(bands(band(), level="ladder.levels"), FIVE)
    assert (defect.code, defect.path) == ("unknown-conclusion", ("level",))
    assert defect.remedy == "Did you mean ladder.level?"


@pytest.mark.parametrize(
    ("whose", "code", "message"),
    [
        ({"grades": ["teaching:G1", "teaching:G99"]}, "unknown-grade", '"teaching:G99" is not a grade of this pack.'),
        ({"roles": ["lead", "leader"]}, "unknown-role", '"leader" is not a role of this pack.'),
    ],
)
def test_a_grade_or_role_that_is_not_there_is_a_defect(
    whose: dict[str, Any], code: str, message: str, check: Check
) -> None:
    (defect,) = check(bands(band(**whose)), FIVE)
    assert (defect.code, defect.path, defect.message) == (code, ("bands", 0, next(iter(whose)), 1), message)


def test_a_grade_with_two_bands_is_a_defect_that_names_the_first(check: Check) -> None:
    (defect,) = check(bands(band("one"), band("two")), FIVE)
    assert (defect.code, defect.path) == ("duplicate-band", ("bands", 1, "grades", 0))
    assert defect.message == '"teaching:G1" has a band already, one.'


@pytest.mark.parametrize(
    ("bounds", "message"),
    [
        ((3, 2, None), "Band upper goes from 3 to gold 2."),
        ((2, 3, 1), "Band upper goes from 2 to gold 3 to 1."),
    ],
)
def test_bounds_out_of_order_are_a_defect(bounds: tuple[Any, ...], message: str, check: Check) -> None:
    (defect,) = check(bands(band("upper", *bounds)), FIVE)
    assert (defect.code, defect.path, defect.message) == ("band-out-of-order", ("bands", 0), message)


def test_a_bound_that_the_ladder_never_has_is_a_defect(check: Check) -> None:
    assert [(d.code, d.path, d.message) for d in check(bands(band(to=9)), FIVE)] == [
        ("unknown-level", ("bands", 0, "to"), "Band upper names level 9, which ladder.level never has.")
    ]
    assert places(check(bands(band("upper", 2, {"level": 8, "source": 1})), FIVE)) == [
        ("unknown-level", ("bands", 0, "gold"))
    ]


def test_a_band_is_for_someone(read_rule: Reader) -> None:
    with pytest.raises(ValidationError, match="a band names at least one grade or role"):
        read_rule(bands({"id": "none", "from": 1, "gold": 2}))


@pytest.mark.parametrize(
    ("held", "expected"),
    [(0, "red"), (1, "red"), (2, "amber"), (3, "gold"), (4, "gold"), (5, "green")],
)
def test_a_level_is_red_below_its_band_amber_then_gold_within_and_green_above(
    held: int, expected: str, conclude: Conclude
) -> None:
    assert zone(conclude, bands(band(to=4)), held, grade="teaching:G1") == ("upper", expected)


def test_nothing_is_green_without_an_upper_end(conclude: Conclude) -> None:
    assert zone(conclude, bands(band()), 5, grade="teaching:G1") == ("upper", "gold")


def test_nothing_is_amber_where_gold_is_where_the_band_starts(conclude: Conclude) -> None:
    rule = bands(band("upper", 3, 3, 3))
    assert [zone(conclude, rule, held, grade="teaching:G1")[1] for held in (2, 3, 4)] == ["red", "gold", "green"]


@pytest.mark.parametrize("facts", [{}, {"grade": None}, {"grade": "teaching:G2", "roles": frozenset({"lead"})}])
def test_there_is_no_zone_where_no_band_is_for_the_person(facts: dict[str, Fact], conclude: Conclude) -> None:
    assert zone(conclude, bands(band()), 3, **facts) == (None, None)


def test_a_band_is_for_its_grades_and_its_roles_alike(conclude: Conclude) -> None:
    rule = bands(band(grades=["teaching:G1", "teaching:G2"], roles=["lead"]))
    for facts in ({"grade": "teaching:G2"}, {"roles": frozenset({"mentor", "lead"})}):
        assert zone(conclude, rule, 3, **facts) == ("upper", "gold")


def test_the_band_that_expects_most_goes_first_where_several_are_for_the_person(conclude: Conclude) -> None:
    rule = bands(band("grade", 1, 2), band("mentors", 1, 4, roles=["mentor"]), band("leads", 3, 4, roles=["lead"]))
    facts: dict[str, Fact] = {"grade": "teaching:G1"}
    assert zone(conclude, rule, 2, **facts) == ("grade", "gold")
    assert zone(conclude, rule, 2, **facts, roles=frozenset({"mentor"})) == ("mentors", "amber")
    assert zone(conclude, rule, 2, **facts, roles=frozenset({"mentor", "lead"})) == ("leads", "red")


def test_a_bound_may_rest_on_lines_of_its_own(read_rule: Reader, context_of: Contexts) -> None:
    note = "Read from the chart."
    rule = read_rule(
        bands(band("upper", {"level": 2, "source": 44, "basis": "illustrative", "note": note}, 3, 4, source=40))
    )
    clauses = rule.lower(context_of("ABCDE", [rule, read_rule(FIVE)])).clauses
    rests_on = {c.value: [g.source for g in c.grounds] for c in clauses if c.conclusion == "expected.zone"}
    assert rests_on == {"red": ["44"], "amber": ["44", "40"], "gold": ["40"], "green": ["40"]}


# decision_table


def table(*rows: tuple[dict[str, Any], str], hit: str = "first", **more: Any) -> dict[str, Any]:
    inputs = {
        "level": {"conclusion": "ladder.level"},
        "held": {"conclusion": "ladder.L1"},
        "fte": {"fact": "fte"},
        "grade": {"fact": "grade"},
        "roles": {"fact": "roles"},
    }
    return {
        "id": "action",
        "kind": "decision_table",
        "hit": hit,
        "inputs": inputs,
        "rows": [{"when": when, "then": then} for when, then in rows],
        **more,
    }


def outcome(conclude: Conclude, rule: dict[str, Any], held: int = 0, **facts: Fact) -> Value:
    return conclude([FIVE, rule], [MET] * held + [SILENT] * (5 - held), facts)["action.value"]


def test_a_sound_table_has_no_defects(check: Check) -> None:
    rows = (
        ({"level": [1, 2], "held": True}, "one"),
        ({"fte": "> 0.25", "grade": "teaching:G1", "roles": ["lead", "mentor"]}, "two"),
        ({"fte": "known", "grade": "unknown"}, "one"),
    )
    assert check(table(*rows, otherwise={"then": "three", "source": 1}), FIVE) == []


def test_an_input_is_either_a_fact_or_a_conclusion(read_rule: Reader) -> None:
    for given in ({}, {"fact": "fte", "conclusion": "ladder.level"}):
        with pytest.raises(ValidationError, match="an input is either a fact or a conclusion"):
            read_rule(table(({}, "one"), inputs={"level": given}))


@pytest.mark.parametrize(
    ("given", "code", "path", "message"),
    [
        ({"fact": "post"}, "unknown-fact", ("inputs", "x", "fact"), '"post" is not a fact of this pack.'),
        (
            {"fact": "age"},
            "protected-characteristic",
            ("inputs", "x", "fact"),
            '"age" is a protected characteristic, which never reaches a rule.',
        ),
        (
            {"conclusion": "ladder.lever"},
            "unknown-conclusion",
            ("inputs", "x", "conclusion"),
            '"ladder.lever" is not a conclusion of this pack.',
        ),
    ],
)
def test_an_input_that_looks_nowhere_is_a_defect(
    given: dict[str, str], code: str, path: tuple[str, ...], message: str, check: Check
) -> None:
    (defect,) = check(table(({}, "one"), inputs={"x": given}), FIVE)
    assert (defect.code, defect.path, defect.message) == (code, path, message)


def test_a_table_that_collects_has_no_otherwise(check: Check) -> None:
    (defect,) = check(table(({}, "one"), hit="collect", otherwise={"then": "two", "source": 1}), FIVE)
    assert (defect.code, defect.path) == ("otherwise-in-collect", ("otherwise",))
    assert defect.message == "A table that collects has no otherwise."


def test_a_cell_in_no_column_is_a_defect(check: Check) -> None:
    (defect,) = check(table(({"levle": 1}, "one")), FIVE)
    assert (defect.code, defect.path) == ("unknown-input", ("rows", 0, "when", "levle"))
    assert defect.remedy == "Did you mean level?"


@pytest.mark.parametrize(
    ("column", "cell", "message"),
    [
        ("level", 9, "ladder.level is never 9."),
        ("level", [1, 9], "ladder.level is never 9."),
        ("level", "1", "ladder.level is never '1'."),
        ("level", True, "ladder.level is never True."),
        ("held", 1, "ladder.L1 is never 1."),
        ("held", "yes", "ladder.L1 is never 'yes'."),
        ("held", None, "ladder.L1 is never None."),
        ("fte", "about 0.25", '"about 0.25" is not a comparison, and fte is a number.'),
        ("fte", "= 0.25", '"= 0.25" is not a comparison, and fte is a number.'),
        ("grade", 3, "3 is not a word, and grade holds words."),
    ],
)
def test_a_cell_that_its_input_can_never_hold_is_a_defect(column: str, cell: Any, message: str, check: Check) -> None:
    (defect,) = check(table(({column: cell}, "one")), FIVE)
    assert (defect.code, defect.path, defect.message) == ("impossible-cell", ("rows", 0, "when", column), message)


def test_a_number_without_a_comparison_is_no_cell(read_rule: Reader) -> None:
    with pytest.raises(ValidationError):
        read_rule(table(({"fte": 0.25}, "one")))


@pytest.mark.parametrize(
    ("fact", "word", "code"),
    [
        ("grade", "teaching:G99", "unknown-grade"),
        ("strand", "teachers", "unknown-strand"),
        ("career_stage", "ECT9", "unknown-career-stage"),
        ("roles", "leader", "unknown-role"),
        ("flags", "leave", "unknown-flag"),
        ("purpose", "pay", "unknown-purpose"),
        ("view", "agree", "unknown-view"),
    ],
)
def test_a_word_that_the_framework_does_not_have_is_a_defect(fact: str, word: str, code: str, check: Check) -> None:
    (defect,) = check(table(({"x": word}, "one"), inputs={"x": {"fact": fact}}), FIVE)
    assert (defect.code, defect.path) == (code, ("rows", 0, "when", "x"))
    assert defect.message.startswith(f'"{word}" is not a ')


def test_the_first_row_that_holds_gives_the_outcome(conclude: Conclude) -> None:
    rule = table(({"level": [1, 2]}, "low"), ({"held": True}, "some"), ({}, "none"))
    assert [outcome(conclude, rule, held) for held in (0, 1, 3)] == ["none", "low", "some"]


def test_otherwise_is_the_outcome_when_no_row_holds(conclude: Conclude) -> None:
    rule = table(({"level": 1}, "low"), otherwise={"then": "other", "source": 1})
    assert [outcome(conclude, rule, held) for held in (1, 2)] == ["low", "other"]
    assert outcome(conclude, table(({"level": 1}, "low")), 2) is None


@pytest.mark.parametrize("hit", ["first", "unique"])
def test_two_rows_with_one_outcome_never_contradict(hit: str, conclude: Conclude) -> None:
    rule = table(({"level": 1}, "low"), ({"held": True}, "low"), hit=hit)
    assert outcome(conclude, rule, 1) == "low"


def test_two_outcomes_where_rows_should_be_unique_are_a_contradiction(conclude: Conclude) -> None:
    rule = table(({"level": 1}, "low"), ({"held": True}, "some"), hit="unique")
    assert outcome(conclude, rule, 2) == "some"
    with pytest.raises(EngineError, match=r"concludes both 'low' and 'some' of action\.value"):
        outcome(conclude, rule, 1)


def test_a_table_that_collects_gives_every_outcome_whose_row_holds(conclude: Conclude) -> None:
    rows = (({"level": [1, 2]}, "low"), ({"held": True}, "some"), ({"held": False}, "none"), ({"level": 5}, "low"))
    rule = table(*rows, hit="collect")
    for held, expected in ((0, {"none"}), (1, {"low", "some"}), (3, {"some"}), (5, {"low", "some"})):
        found = conclude([FIVE, rule], [MET] * held + [SILENT] * (5 - held))
        assert {n for n in ("low", "some", "none") if found[f"action.has.{n}"] is True} == expected


@pytest.mark.parametrize(
    ("cell", "fte", "expected"),
    [
        ("> 0.25", 0.25, "no"),
        ("> 0.25", 0.2500001, "yes"),
        (">= 0.25", 0.25, "yes"),
        ("<0.25", 0.25, "no"),
        (" <=  0.25 ", 0.25, "yes"),
        ("> 0", 1, "yes"),
        (["> 0.25", "< 0.75"], 0.5, "yes"),
        (["> 0.25", "< 0.75"], 0.75, "no"),
    ],
)
def test_a_comparison_holds_beyond_its_number_and_at_it_only_where_it_says_so(
    cell: Any, fte: float, expected: str, conclude: Conclude
) -> None:
    rule = table(({"fte": cell}, "yes"), otherwise={"then": "no", "source": 1})
    assert outcome(conclude, rule, fte=fte) == expected


def test_a_fact_that_is_not_known_holds_in_no_cell_but_unknown(conclude: Conclude) -> None:
    rows = (({"fte": "> 0"}, "some"), ({"fte": "<= 0"}, "none"), ({"fte": "unknown"}, "not_said"))
    assert outcome(conclude, table(*rows)) == "not_said"
    assert outcome(conclude, table(*rows[:2], otherwise={"then": "other", "source": 1})) == "other"
    assert outcome(conclude, table(({"fte": "known"}, "said"), rows[2]), fte=0.5) == "said"


def test_a_cell_of_words_holds_when_the_fact_is_or_has_one_of_them(conclude: Conclude) -> None:
    rule = table(({"roles": ["lead", "mentor"]}, "yes"), otherwise={"then": "no", "source": 1})
    cases = ({"mentor"}, "yes"), ({"governor", "lead"}, "yes"), ({"governor"}, "no"), (set[str](), "no")
    assert [outcome(conclude, rule, roles=frozenset(roles)) for roles, _ in cases] == [
        expected for _, expected in cases
    ]


def test_every_cell_of_a_row_has_to_hold(conclude: Conclude) -> None:
    rule = table(({"level": 1, "grade": "teaching:G1"}, "yes"), otherwise={"then": "no", "source": 1})
    assert outcome(conclude, rule, 1, grade="teaching:G1") == "yes"
    assert outcome(conclude, rule, 2, grade="teaching:G1") == "no"
    assert outcome(conclude, rule, 1, grade="teaching:G2") == "no"
    assert outcome(conclude, rule, 1) == "no"


PARTS: list[tuple[dict[str, Any], set[tuple[str | int, ...]]]] = [
    (
        {
            "id": "ladder",
            "kind": "cumulative_levels",
            "levels": [{"level": 2, "criteria": ["A"]}, {"level": 1, "criteria": ["B"]}],
        },
        {(), ("levels", 0), ("levels", 1)},
    ),
    ({"id": "sheet", "kind": "ragging", "order": ["A", "B"]}, {("order", 0), ("order", 1)}),
    (
        {
            "id": "talk",
            "kind": "prompts",
            "says": {"open": "open", "settled": "settled"},
            "conditions": [{"id": "one"}, {"id": "two", "passes": {"all": [{"criterion": "A", "is": ["met"]}]}}],
        },
        {(), ("conditions", 0), ("conditions", 1)},
    ),
    (
        {
            "id": "action",
            "kind": "decision_table",
            "hit": "first",
            "inputs": {"fte": {"fact": "fte"}},
            "rows": [{"when": {"fte": "> 0.5"}, "then": "rest"}, {"when": {"fte": "known"}, "then": "talk"}],
            "otherwise": {"then": "rest", "source": 1},
        },
        {("rows", 0), ("rows", 1), ("otherwise",)},
    ),
]


@pytest.mark.parametrize(
    ("rule", "parts"), PARTS, ids=lambda given: str(given.get("kind", "parts")) if isinstance(given, dict) else "parts"
)
def test_a_clause_names_the_part_of_its_rule_that_it_comes_from(
    read_rule: Callable[[dict[str, Any]], Rule],
    context_of: Callable[..., RuleContext],
    rule: dict[str, Any],
    parts: set[tuple[str | int, ...]],
) -> None:
    read = read_rule(rule)
    lowered = read.lower(context_of(["A", "B"], [read]))
    assert {clause.part for clause in lowered.clauses} == parts


def test_a_band_s_clauses_name_it_although_the_most_demanding_goes_first(
    read_rule: Callable[[dict[str, Any]], Rule], context_of: Callable[..., RuleContext]
) -> None:
    rules = [
        read_rule({"id": "ladder", "kind": "cumulative_levels", "levels": [{"level": 1, "criteria": ["A"]}]}),
        read_rule(
            {
                "id": "expected",
                "kind": "expected_band",
                "level": "ladder.level",
                "bands": [
                    {"id": "low", "grades": ["teaching:G1"], "from": 0, "gold": 0},
                    {"id": "high", "grades": ["teaching:G2"], "from": 1, "gold": 1},
                ],
            }
        ),
    ]
    lowered = rules[1].lower(context_of(["A"], rules))
    named = {clause.value: clause.part for clause in lowered.clauses if clause.conclusion == "expected.band"}
    assert named == {"low": ("bands", 0), "high": ("bands", 1)}
