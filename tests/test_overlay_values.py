"""A trust's overlay confirms, changes and adds values: by whom, when and why, through the pack's own loader."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bandstand.engine.evaluate import Evaluator
from bandstand.engine.publish import publish
from bandstand.errors import ProblemsError
from bandstand.explain import explain
from bandstand.interop.inbox import read_evidence
from bandstand.models.evidence import Evidence, Person
from bandstand.models.provenance import Basis
from bandstand.packs.unconfirmed import unconfirmed
from bandstand.plugins import load_catalogue
from bandstand.rules.cumulative_levels import CumulativeLevels
from bandstand.rules.expected_band import Band, Bound, ExpectedBand
from bandstand.rules.ragging import Ragging
from commands import write_csv
from overlaying import laid, overlay, pack

if TYPE_CHECKING:
    from pathlib import Path

    from bandstand.models.evaluation import Evaluation
    from bandstand.models.problem import Problem
    from bandstand.packs.pack import Pack

AS_OF = dt.date(2025, 7, 31)
#: The tiny pack's only example value is where the gold part of the band `later` begins.
EXAMPLE = "expected.bands.later.gold"
#: A band of the tiny pack made an example value as a whole, as the bands of a chart that lost its colours are.
CHART = (
    "rules/bands.yaml",
    "source: 31, from: 0",
    "source: 31, basis: illustrative, note: The chart is lost., from: 0",
)
#: A setting of the trust, beside what is asked of a person.
SETTING = (
    "framework.yaml",
    "facts:\n",
    """\
facts:
  - id: switch
    label: How it bears on pay
    question: Does it bear on pay?
    of: trust
    default: "no"
    source: 9
    basis: illustrative
    note: The document does not say.
    values: [{ id: "yes", label: it does }, { id: "no", label: not at all }]
""",
)
ADDED = """\
add:
  criteria:
    - standard: A
      id: A.T1
      label: Greets
      descriptor: Says good morning.
      set: sheet
      named_by: [ladder.levels.1.criteria, sheet.order]
"""


def band(of: Pack, name: str) -> Band:
    rule = of.rule_by_id["expected"]
    assert isinstance(rule, ExpectedBand)
    return next(band for band in rule.bands if band.id == name)


def bound(of: Pack, name: str, end: str) -> Bound:
    found = {"from": band(of, name).lowest, "gold": band(of, name).gold, "to": band(of, name).to}[end]
    assert isinstance(found, Bound)
    return found


def ladder(of: Pack) -> CumulativeLevels:
    rule = of.rule_by_id["ladder"]
    assert isinstance(rule, CumulativeLevels)
    return rule


def record(criteria: list[str], claim: str = "met", date: str = "2025-07-01") -> Evidence:
    fields = {"id": f"e-{'-'.join(criteria)}", "person": "P-1", "framework": "tiny", "source": "observation"}
    return Evidence.model_validate({**fields, "criteria": criteria, "claim": claim, "date": date})


def evaluate(of: Pack, *evidence: Evidence, grade: str = "teaching:M1", settings: Any = None) -> Evaluation:
    person = Person(person="P-1", grade=grade)
    return publish(Evaluator(of, durable=False).evaluate(person, evidence, AS_OF, settings=settings))


def problems(folder: Path, values: str, *changes: tuple[str, str, str | bytes]) -> list[Problem]:
    with pytest.raises(ProblemsError) as caught:
        laid(folder, values, *changes)
    found = list(caught.value.problems)
    assert {problem.place.file for problem in found} == {str(folder / "own" / "values.yaml")}
    return found


def told(folder: Path, values: str, *changes: tuple[str, str, str | bytes]) -> tuple[str, int | None, str]:
    """Code and line of the one problem of an overlay, and the sentences that a person reads."""
    (found,) = problems(folder, values, *changes)
    return found.code, found.place.line, f"{found.message} {found.remedy}"


def test_a_value_that_is_confirmed_is_the_trust_s_as_it_was_and_keeps_its_lines(tmp_path: Path) -> None:
    of = laid(tmp_path, f"confirm:\n  - {EXAMPLE}\n")
    gold = bound(of, "later", "gold")
    assert (gold.level, gold.basis, gold.source) == (2, Basis.TRUST, "33")
    assert gold.note == (
        "Confirmed by trust-board on 1 June 2025: Minute 12. The pack's own note: The figure is an example."
    )
    # What the document states of the band stays the document's.
    assert band(of, "later").basis is Basis.STATED


def test_an_entry_says_for_itself_by_whom_when_and_why(tmp_path: Path) -> None:
    values = f"confirm:\n  - {{ at: {EXAMPLE}, by: hr-lead, on: 2025-06-20, why: As agreed }}\n"
    of = laid(tmp_path, values)
    assert "Confirmed by hr-lead on 20 June 2025: As agreed." in str(bound(of, "later", "gold").note)
    assert of.overlay is not None
    (settled,) = of.overlay.settled
    assert (settled.by, settled.on, settled.why) == ("hr-lead", dt.date(2025, 6, 20), "As agreed")
    assert (settled.at, settled.how, settled.was, settled.now) == (EXAMPLE, "confirmed", 2, 2)


def test_confirming_a_list_confirms_whatever_in_it_the_document_does_not_state(tmp_path: Path) -> None:
    of = laid(tmp_path, "confirm: [expected.bands]\n", CHART)
    assert band(of, "early").basis is Basis.TRUST
    assert bound(of, "later", "gold").basis is Basis.TRUST
    assert band(of, "later").basis is Basis.STATED
    assert unconfirmed(of) == []


def test_one_end_of_an_example_band_can_be_confirmed_by_itself(tmp_path: Path) -> None:
    of = laid(tmp_path, "confirm: [expected.bands.early.to]\n", CHART)
    assert (band(of, "early").basis, bound(of, "early", "to").basis) == (Basis.ILLUSTRATIVE, Basis.TRUST)
    assert bound(of, "early", "to").source == "31"


def test_a_part_that_is_changed_is_decided_as_it_then_stands(tmp_path: Path) -> None:
    of = laid(tmp_path, "change:\n  - { at: expected.bands.early, to: { gold: 2, to: 2 } }\n", CHART)
    early = band(of, "early")
    assert (early.lowest, early.gold, early.to, early.basis) == (0, 2, 2, Basis.TRUST)
    assert str(early.note).startswith("Set by trust-board on 1 June 2025: Minute 12. The pack had gold 1, to 1.")
    assert [one.at for one in unconfirmed(of)] == [EXAMPLE]


def test_one_value_that_is_changed_leaves_the_rest_of_its_part_to_what_it_rests_on(tmp_path: Path) -> None:
    of = laid(tmp_path, "change:\n  - { at: expected.bands.early.to, to: 2 }\n", CHART)
    assert (band(of, "early").basis, bound(of, "early", "to").level) == (Basis.ILLUSTRATIVE, 2)
    assert bound(of, "early", "to").basis is Basis.TRUST
    assert [one.at for one in unconfirmed(of)] == ["expected.bands.early", EXAMPLE]


def test_a_stated_value_that_is_changed_is_the_trust_s_and_the_others_stay_the_document_s(tmp_path: Path) -> None:
    of = laid(tmp_path, "change:\n  - { at: expected.bands.early, to: { to: 2 } }\n")
    assert (band(of, "early").basis, bound(of, "early", "to").basis) == (Basis.STATED, Basis.TRUST)


@pytest.mark.parametrize("at", [EXAMPLE, f"{EXAMPLE}.level"])
def test_a_bound_with_a_source_of_its_own_is_changed_by_its_number(at: str, tmp_path: Path) -> None:
    of = laid(tmp_path, f"change:\n  - {{ at: {at}, to: 1 }}\n")
    gold = bound(of, "later", "gold")
    assert (gold.level, gold.basis, gold.source) == (1, Basis.TRUST, "33")
    assert "The pack had 2. The pack's own note: The figure is an example." in str(gold.note)


def test_a_bound_is_taken_away_by_changing_it_to_nothing(tmp_path: Path) -> None:
    of = laid(tmp_path, "change:\n  - { at: expected.bands.early.to, to: null }\n")
    assert (band(of, "early").to, band(of, "early").basis) == (None, Basis.TRUST)


def test_how_many_criteria_a_level_needs_is_a_trust_s_to_change_even_where_the_pack_leaves_it_out(
    tmp_path: Path,
) -> None:
    values = "change:\n  - { at: ladder.levels.1.need, to: 1 }\n  - { at: ladder.levels.2.need, to: 2 }\n"
    of = laid(tmp_path, values)
    assert [(level.need, level.basis) for level in ladder(of).levels] == [(1, Basis.TRUST), (2, Basis.TRUST)]
    assert of.overlay is not None
    assert [(s.was, s.now) for s in of.overlay.settled] == [("all", 1), (1, 2)]
    assert evaluate(of, record(["A.1"])).level == 1
    assert evaluate(pack(tmp_path / "plain"), record(["A.1"])).level == 0


def test_how_long_evidence_counts_is_a_trust_s_to_change(tmp_path: Path) -> None:
    of = laid(tmp_path, "change:\n  - { at: findings.max_age_months, to: 1 }\n")
    old = record(["A.1", "A.2"], date="2025-05-01")
    assert (evaluate(pack(tmp_path / "plain"), old).level, evaluate(of, old).level) == (1, 0)
    assert of.framework.findings.basis is Basis.TRUST


def test_a_row_of_a_table_goes_by_its_number(tmp_path: Path) -> None:
    of = laid(tmp_path, 'change:\n  - { at: action.rows.2.when.fte, to: "> 0.5" }\n')
    assert "> 0.5" in repr(of.rule_by_id["action"])


def test_a_criterion_that_is_added_is_asked_for_read_and_explained_like_any_other(tmp_path: Path) -> None:
    of = laid(tmp_path, ADDED)
    unit = of.criteria["A.T1"]
    assert (unit.basis, unit.source, unit.note) == (
        Basis.TRUST,
        "10, 12-14",
        "Added by trust-board on 1 June 2025: Minute 12.",
    )
    assert ladder(of).levels[0].criteria == ("A.1", "A.2", "A.T1")
    sheet = of.rule_by_id["sheet"]
    assert isinstance(sheet, Ragging)
    assert sheet.order == ("A.1", "A.2", "A.T1", "B.1", "B.2")
    assert [criterion.id for criterion in of.standards[0].criteria] == ["A.1", "A.2", "A.T1"]
    without = evaluate(of, record(["A.1", "A.2"]))
    assert (without.level, [step.criterion for step in without.next_steps.criteria]) == (0, ["A.T1"])
    text = explain(without, of).text()
    assert "A.T1 greets (no evidence yet)" in text
    assert "Your trust added to what level 1 asks for on 1 June 2025." in text
    assert evaluate(of, record(["A.1", "A.2", "A.T1"])).level == 1


def test_several_criteria_that_are_added_stand_in_their_order(tmp_path: Path) -> None:
    second = ADDED.partition("criteria:\n")[2].replace("A.T1", "A.T2").replace("Greets", "Listens")
    of = laid(tmp_path, ADDED + second)
    assert ladder(of).levels[0].criteria == ("A.1", "A.2", "A.T1", "A.T2")
    assert [criterion.id for criterion in of.standards[0].criteria] == ["A.1", "A.2", "A.T1", "A.T2"]
    note = str(ladder(of).levels[0].note)
    assert "A.T1 added by trust-board" in note
    assert "A.T2 added by trust-board" in note


def test_adding_a_criterion_to_a_reading_does_not_confirm_the_reading(tmp_path: Path) -> None:
    reading = ("rules/ladder.yaml", "source: 42 }", "source: 42, basis: interpreted, note: Read so. }")
    of = laid(tmp_path, ADDED, reading)
    assert (ladder(of).levels[0].basis, ladder(of).levels[0].note) == (Basis.INTERPRETED, "Read so.")
    assert "Your trust added to what level 1" in explain(evaluate(of), of).text()


def test_evidence_for_an_added_criterion_is_asked_for_what_its_neighbours_are(tmp_path: Path) -> None:
    schema = '{ "properties": { "criteria": { "items": { "pattern": "^[ABK]\\\\.[0-9]$" } } }, "required": ["author"] }'
    of = laid(tmp_path, ADDED, ("evidence.schema.json", "", schema))
    row = {"id": "e1", "person": "P-1", "framework": "tiny", "criteria": "A.T1", "claim": "met"}
    row |= {"source": "observation", "date": "2025-07-01", "author": "P-2"}
    path = write_csv(tmp_path / "good.csv", [row])
    inbox = read_evidence([path], {"tiny": of}, today=AS_OF)
    assert [record.criteria for record in inbox.evidence] == [("A.T1",)]
    path = write_csv(tmp_path / "bad.csv", [{**row, "author": ""}])
    assert [p.place.path for p in read_evidence([path], {"tiny": of}, today=AS_OF).problems] == ["author"]


def test_a_grade_that_is_added_has_its_band(tmp_path: Path) -> None:
    values = """\
add:
  grades:
    - id: "teaching:LP"
      label: LP
      strand: teaching
      column: 2
      aliases: [Lead practitioner]
      named_by: [expected.bands.later.grades]
"""
    of = laid(tmp_path, values)
    assert evaluate(of, record(["A.1", "A.2"]), grade="lead practitioner").zone == "amber"
    assert (of.framework.grades[-1].source, of.framework.grades[-1].basis) == ("4", Basis.TRUST)


def test_another_spelling_of_a_grade_is_read_as_that_grade(tmp_path: Path) -> None:
    of = laid(tmp_path, 'aliases: { "teaching:M1": [Main 1, MPS1] }\n')
    assert evaluate(of, grade="mps 1").grade == "teaching:M1"
    assert evaluate(pack(tmp_path / "plain"), grade="mps 1").grade is None


def test_what_the_trust_sets_holds_for_everybody_and_an_explicit_setting_goes_before_it(tmp_path: Path) -> None:
    of = laid(tmp_path, 'settings: { switch: "yes" }\n', SETTING)
    fact = evaluate(of).facts["switch"]
    assert (fact.value, fact.given, fact.words) == ("yes", True, "it does")
    assert evaluate(of, settings={"switch": "no"}).facts["switch"].value == "no"
    assert of.framework.facts[0].basis is Basis.TRUST
    assert [one.setting for one in unconfirmed(of)] == [None]
    assert [one.setting for one in unconfirmed(pack(tmp_path / "plain", SETTING))] == [None, "switch"]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (
            f"confirm: [{EXAMPLE}]\n",
            "level 1 and above, expected from level 2 (2 confirmed by your trust on 1 June 2025)",
        ),
        (f"change: [{{ at: {EXAMPLE}, to: 1 }}]\n", "level 1 and above (1 set by your trust on 1 June 2025)"),
    ],
)
def test_a_sentence_says_whose_value_it_is(values: str, said: str, tmp_path: Path) -> None:
    plain, of = pack(tmp_path / "plain"), laid(tmp_path, values)
    text = explain(evaluate(of, grade="teaching:M2"), of).text()
    assert "(2 is an example value)" in explain(evaluate(plain, grade="teaching:M2"), plain).text()
    assert f"The band for teaching:M2 is {said}." in text
    assert "is an example value" not in text


def test_a_band_that_is_the_trust_s_as_a_whole_is_said_to_be_once(tmp_path: Path) -> None:
    of = laid(tmp_path, "confirm: [expected.bands.early]\n", CHART)
    text = explain(evaluate(of), of).text()
    assert "The band for teaching:M1 is levels 0 to 1 (confirmed by your trust on 1 June 2025)." in text


def test_a_caveat_about_an_example_value_goes_once_the_trust_has_confirmed_it(tmp_path: Path) -> None:
    plain, of = pack(tmp_path / "plain", CHART), laid(tmp_path, "confirm: [expected.bands.early]\n", CHART)
    bases = [[caveat.basis for caveat in evaluate(one).recommendation.caveats] for one in (plain, of)]
    assert (Basis.ILLUSTRATIVE in bases[0], Basis.ILLUSTRATIVE in bases[1]) == (True, False)
    zone = {concluded.name: concluded.basis for concluded in evaluate(of).conclusions}["expected.zone"]
    assert zone is Basis.TRUST


def test_pack_and_overlay_are_both_pinned_and_replaying_gives_the_same_bytes(tmp_path: Path) -> None:
    plain, of = pack(tmp_path / "plain"), laid(tmp_path, f"confirm: [{EXAMPLE}]\n")
    other = laid(tmp_path / "other", f"change: [{{ at: {EXAMPLE}, to: 1 }}]\n")
    pins = [evaluate(one).pins for one in (plain, of, other)]
    assert {pin.pack.digest for pin in pins} == {plain.digest}
    assert len({pin.overlay for pin in pins}) == 3
    assert len({pin.digest for pin in pins}) == 3
    again = laid(tmp_path / "again", f"confirm: [{EXAMPLE}]\n")
    assert evaluate(again).model_dump_json() == evaluate(of).model_dump_json()


def test_the_pack_that_an_overlay_is_laid_over_stays_as_it_was(tmp_path: Path) -> None:
    of = laid(tmp_path, ADDED)
    plain = pack(tmp_path / "plain")
    assert "A.T1" not in plain.criteria
    assert of.content != plain.content
    assert replace(plain, place="").files == replace(of, place="").files


@pytest.mark.durable
def test_both_engines_conclude_on_an_added_criterion_in_one_process_with_the_plain_pack(tmp_path: Path) -> None:
    # A criterion that no rule reads moves those after it, and the engine keeps rulesets by their names.
    unread = ADDED.partition("      named_by")[0]
    for of in (pack(tmp_path / "plain"), laid(tmp_path, unread), laid(tmp_path / "named", ADDED)):
        evidence = [record(["A.1", "A.2", "B.1", *(["A.T1"] if "A.T1" in of.criteria else [])])]
        made = publish(Evaluator(of, durable=True).evaluate(Person(person="P-1"), evidence, AS_OF))
        assert (made.certificate.agreed, made.level) == (True, 2)


@pytest.mark.parametrize(
    ("values", "code", "line", "said"),
    [
        ("confirm:\n  - expected.bands.latter.gold\n", "unknown-address", 2, "Did you mean expected.bands.later.gold?"),
        ("confirm:\n  - expected.bands.early\n", "no-effect", 2, "The document states expected.bands.early (line 31)"),
        ("change:\n  - at: expected.bands.early\n    to: { to: 1 }\n", "no-effect", 3, "Confirm it instead."),
        ("change:\n  - { at: ladder.levels.2.level, to: 3 }\n", "fixed-value", 2, "says what something is or rests on"),
        ("change:\n  - { at: ladder.levels.2.source, to: 3 }\n", "fixed-value", 2, "goes into by, on and why"),
        ("change:\n  - { at: ladder.levels.2, to: { basis: stated } }\n", "fixed-value", 2, "ladder.levels.2.basis"),
        ("change:\n  - { at: ladder.kind, to: ragging }\n", "fixed-value", 2, "ladder.kind"),
        ("change:\n  - { at: findings.views, to: [] }\n", "fixed-value", 2, "or how evidence counts"),
        ("change:\n  - { at: ladder.levels, to: [] }\n", "fixed-value", 2, "holds parts with sources of their own"),
        (
            "change:\n  - { at: expected.bands.early.to, to: { level: 2, source: 1, basis: stated } }\n",
            "fixed-value",
            2,
            "expected.bands.early.to says what something is or rests on",
        ),
        (
            "change:\n  - { at: action.rows.1.when, to: { fte: { source: 1 } } }\n",
            "fixed-value",
            2,
            "goes into by, on and why of the entry",
        ),
        ("change:\n  - { at: ladder.levels.2, to: 2 }\n", "bad-value", 2, "Give those that change by their names"),
        ("change:\n  - { at: ladder.levels.2, to: { ned: 2 } }\n", "unknown-field", 2, "Did you mean need?"),
        ('aliases:\n  "teaching:M9": [X]\n', "unknown-grade", 2, "Did you mean teaching:M2?"),
        ('aliases:\n  "teaching:M1": [M2]\n', "ambiguous-alias", 2, '"M2" means teaching:M2 already.'),
        ('aliases:\n  "teaching:M1": [m1]\n', "no-effect", 2, '"m1" means teaching:M1 already. Take it out.'),
        ('aliases:\n  "teaching:M1": [X]\n  "teaching:M2": [x]\n', "ambiguous-alias", 3, "means teaching:M1 already"),
        ("settings:\n  aims: stay\n", "unknown-fact", 2, 'does not ask a trust for "aims"'),
        ("settings:\n  switch: perhaps\n", "unknown-fact-value", 2, '"perhaps" is not an answer to switch.'),
        (ADDED.replace("standard: A", "standard: Z"), "unknown-item", 3, '"Z" is not a standard of tiny 1.0.'),
        (ADDED.replace("id: A.T1", "id: A.2"), "duplicate-id", 4, "Give it another id, as L4.T1."),
        (ADDED.replace("set: sheet", "set: sheets"), "unknown-set", 7, "Did you mean sheet?"),
        (ADDED.replace("sheet.order", "sheet.label"), "bad-value", 8, "sheet.label is no list of names."),
        (ADDED.replace("sheet.order", "ladder.levels"), "bad-value", 8, "ladder.levels is no list of names."),
        (ADDED.replace("sheet.order", "sheet.orders"), "unknown-address", 8, "Did you mean sheet.order?"),
    ],
)
def test_what_an_entry_may_not_say_is_a_problem_at_its_line(
    values: str, code: str, line: int, said: str, tmp_path: Path
) -> None:
    found = told(tmp_path, values, SETTING)
    assert found[:2] == (code, line)
    assert said in found[2]


def test_two_entries_that_set_one_value_are_refused_by_the_line_of_the_other(tmp_path: Path) -> None:
    values = "change:\n  - { at: ladder.levels.2, to: { need: 2 } }\n  - { at: ladder.levels.2.need, to: all }\n"
    code, line, said = told(tmp_path, values)
    assert (code, line) == ("duplicate-entry", 3)
    assert "ladder.levels.2.need is set by another entry already, in line 2." in said


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("{ at: action.rows.2.when, to: {} }", '{ at: action.rows.2.when.fte, to: "> 0.5" }'),
        ('{ at: action.rows.2.when.fte, to: "> 0.5" }', "{ at: action.rows.2.when, to: {} }"),
        ("{ at: action.rows.2.when.level, to: [0] }", "{ at: action.rows.2.when.level, to: [1] }"),
    ],
)
def test_an_entry_within_what_another_replaces_is_refused_too(first: str, second: str, tmp_path: Path) -> None:
    assert told(tmp_path, f"change:\n  - {first}\n  - {second}\n")[:2] == ("duplicate-entry", 3)


def test_what_another_entry_changes_is_not_there_to_be_confirmed_besides(tmp_path: Path) -> None:
    values = f"change:\n  - {{ at: {EXAMPLE}, to: 1 }}\nconfirm:\n  - {EXAMPLE}.level\n  - expected.bands\n"
    code, line, said = told(tmp_path, values, CHART)
    assert (code, line) == ("duplicate-entry", 4)
    assert "is set by another entry already, in line 2." in said


def test_what_changes_a_criterion_s_list_by_an_addition_is_not_replaced_besides(tmp_path: Path) -> None:
    values = f"{ADDED}change:\n  - {{ at: sheet.order, to: [A.1] }}\n"
    assert told(tmp_path, values)[:2] == ("duplicate-entry", 10)


def test_the_reading_of_how_evidence_counts_can_be_confirmed(tmp_path: Path) -> None:
    reading = ("framework.yaml", "source: 7\n  basis: trust", "source: 7\n  basis: interpreted\n  note: Read so.")
    plain, of = pack(tmp_path / "plain", reading), laid(tmp_path, "confirm: [findings]\n", reading)
    said = ["How evidence counts" in explain(evaluate(one), one).text() for one in (plain, of)]
    assert said == [True, False]


@pytest.mark.parametrize(
    ("values", "code", "line", "said"),
    [
        ("change:\n  - { at: expected.bands.early.to, to: 9 }\n", "unknown-level", 2, "Band early names level 9"),
        ("change:\n  - { at: expected.bands.early.from, to: 2 }\n", "band-out-of-order", 2, "rules/bands.yaml"),
        ("change:\n  - { at: ladder.levels.2.need, to: 3 }\n", "impossible-level", 2, "Level 2 needs 3 of 2 criteria."),
        ("change:\n  - { at: ladder.levels.2.need, to: some }\n", "unknown-word", 2, "rules[0].levels[1].need"),
        ("change:\n  - { at: findings.max_age_months, to: 0 }\n", "bad-value", 2, "framework.yaml, findings"),
        (ADDED.replace("set: sheet", "set: sheet\n      group: none"), "unknown-group", 3, '"none" is not a group.'),
        (ADDED.replace("set: sheet", "set: sheet\n      only_if: [pregnant]"), "unknown-flag", 3, "is not a flag"),
    ],
)
def test_an_overlay_never_makes_a_broken_pack(values: str, code: str, line: int, said: str, tmp_path: Path) -> None:
    found = [p for p in problems(tmp_path, values) if p.code == code]
    assert [problem.place.line for problem in found] == [line]
    assert said in found[0].message
    assert "It would break the pack" in found[0].message


def test_the_entry_that_breaks_something_elsewhere_is_found_among_others(tmp_path: Path) -> None:
    # The second band that names the grade stands in the pack, and no entry touched it.
    values = f"""\
confirm:
  - {EXAMPLE}
change:
  - {{ at: ladder.levels.2.need, to: 2 }}
  - at: expected.bands.early.grades
    to: ["teaching:M1", "teaching:M2"]
"""
    code, line, said = told(tmp_path, values)
    assert (code, line) == ("duplicate-band", 5)
    assert '"teaching:M2" has a band already, early.' in said


def test_no_overlay_makes_a_framework_serve_what_it_refuses(tmp_path: Path) -> None:
    for at in ("refuses.pay", "purposes.development", "framework.refuses"):
        assert told(tmp_path / at, f"change:\n  - {{ at: {at}, to: null }}\n")[0] == "unknown-address"


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ("confirm: !!python/name:os.system x\n", "yaml-tag"),
        ("purposes: []\n", "unknown-field"),
        ("add:\n  flags: [{ id: sex, label: Sex }]\n", "unknown-field"),
        ("confirm: {}\n", "bad-value"),
        ("change: [{ at: ladder.levels.2.need }]\n", "missing-field"),
        ("\n", "empty-file"),
    ],
)
def test_the_file_s_shape_is_checked_as_a_pack_s_is(values: str, code: str, tmp_path: Path) -> None:
    assert code in {problem.code for problem in problems(tmp_path, values)}


def test_a_trust_s_own_criterion_is_not_worded_as_its_publisher_s(tmp_path: Path) -> None:
    from bandstand.packs.overlay import lay_over, read_overlay  # noqa: PLC0415
    from overlaying import KINDS_BY_NAME  # noqa: PLC0415

    files = read_overlay(overlay(tmp_path / "own", ADDED, {"A.T1": "Official."}))
    with pytest.raises(ProblemsError, match=r'"A\.T1" is nothing in tiny 1\.0 that has a text'):
        lay_over(pack(tmp_path / "pack"), files, KINDS_BY_NAME)


def test_values_and_wording_lie_over_a_pack_together(tmp_path: Path) -> None:
    of = load_catalogue(points=[], packs=[pack_folder(tmp_path)]).with_overlays(
        [overlay(tmp_path / "own", ADDED, {"A.1": "Official."})]
    )
    (made,) = of.packs
    assert (made.criteria["A.1"].descriptor, made.is_official("A.1")) == ("Official.", True)
    assert "A.T1" in made.criteria


def pack_folder(folder: Path) -> Path:
    from tiny import tiny  # noqa: PLC0415

    return tiny(folder / "pack")


@pytest.mark.parametrize("framework", ["smart_equip", "hampshire_careers", "cat_toolkit", "npqel"])
def test_everything_in_a_shipped_pack_that_is_an_example_value_can_be_confirmed(framework: str, tmp_path: Path) -> None:
    catalogue = load_catalogue()
    of = catalogue.frameworks()[framework]
    left = unconfirmed(of)
    addresses = "".join(f"\n  - {one.at}" for one in left if one.at)
    settings = "".join(f'\n  {one.setting}: "{one.value}"' for one in left if one.setting)
    assert all(one.at or one.setting for one in left)
    values = f"confirm:{addresses}\nsettings:{settings}\n"
    folder = overlay(tmp_path / "own", values, pack=framework, version=of.version)
    assert unconfirmed(catalogue.with_overlays([folder]).frameworks()[framework]) == []
