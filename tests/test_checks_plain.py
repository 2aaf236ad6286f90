"""What a closer look finds without a solver: what nothing reads, bands that fall, values that are only examples."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bandstand.checks.bands import bands
from bandstand.checks.bench import Bench
from bandstand.checks.provenance import unconfirmed
from bandstand.checks.unread import criteria, parts
from bandstand.found import find_packs
from bandstand.packs.load import read_pack
from bandstand.plugins import ask_plugins
from tiny import TINY, tiny

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bandstand.models.problem import Problem

    Change = tuple[str, str, str]

KINDS = ask_plugins(points=[]).kinds

#: No rule of the tiny pack reads what is described in parts.
INFORMS = "informs:\n  - { criteria: ['K.?'], reason: They help to judge the others., source: 18 }\n"
LAST = "    default: stay\n    source: 9\n"


def found(check: Callable[[Bench], Iterator[Problem]], folder: Path, *changes: Change) -> list[Problem]:
    draft = read_pack(tiny(folder, *changes), KINDS)
    assert draft.all_problems() == []
    return list(check(Bench(draft)))


def places(problems: list[Problem]) -> list[tuple[str, str, int | None, str | None]]:
    return [(p.code, p.place.file, p.place.line, p.place.path) for p in problems]


def test_a_criterion_that_no_rule_reads_is_found_at_its_line(tmp_path: Path) -> None:
    problems = found(criteria, tmp_path)
    assert places(problems) == [
        ("unread-criterion", "standards/K.yaml", 7, "criteria[0]"),
        ("unread-criterion", "standards/K.yaml", 16, "criteria[1]"),
    ]
    assert problems[0].message == "No rule reads K.1, so evidence about it changes nothing."
    assert [p.severity for p in problems] == ["error", "error"]


def test_what_the_framework_says_informs_only_need_not_be_read(tmp_path: Path) -> None:
    assert found(criteria, tmp_path, ("framework.yaml", LAST, f"{LAST}{INFORMS}")) == []


def test_a_part_of_a_criterion_that_is_not_read_is_found_by_itself(tmp_path: Path) -> None:
    order = ("rules/sheet.yaml", "order: [A.1, A.2, B.1, B.2]", "order: [A.1, A.2, B.1, B.2, K.2.1, K.1@slow]")
    level = ("rules/ladder.yaml", "criteria: [B.1, B.2]", "criteria: [B.1, B.2, K.2.1, K.1@slow]")
    messages = [problem.message.partition(",")[0] for problem in found(criteria, tmp_path, order, level)]
    assert messages == ["No rule reads K.1@steady", "No rule reads K.2.2"]


def test_what_is_said_to_inform_only_and_is_read_is_found(tmp_path: Path) -> None:
    said = INFORMS.replace("'K.?'", "'K.?', 'B.*'")
    (problem,) = found(criteria, tmp_path, ("framework.yaml", LAST, f"{LAST}{said}"))
    assert (problem.code, problem.place.line, problem.place.path) == (
        "not-only-informing",
        85,
        "informs[0].criteria[1]",
    )
    assert problem.message == '"B.*" is said to inform only, and a rule reads B.1.'


def test_what_informs_only_is_a_criterion(tmp_path: Path) -> None:
    said = INFORMS.replace("'K.?'", "'Q.*'")
    draft = read_pack(tiny(tmp_path, ("framework.yaml", LAST, f"{LAST}{said}")), KINDS)
    (problem,) = draft.all_problems()
    assert (problem.code, problem.place.path) == ("unknown-criterion", "informs[0].criteria[0]")


def test_a_fact_that_no_rule_reads_and_no_text_names_is_a_warning(tmp_path: Path) -> None:
    (problem,) = found(parts, tmp_path)
    assert places([problem]) == [("unused-item", "framework.yaml", 76, "facts[0]")]
    assert problem.severity == "warning"
    named = ("framework.yaml", "{person} is at level {level}.", "{person} is at level {level}, to {aims}.")
    assert found(parts, tmp_path / "named", named) == []


STRAND = "  - { id: teaching, label: Teaching }\n"
STRANDS = f"{STRAND}  - {{ id: support, label: Support }}\n"
COLOURS = "    colours: sheet\n"
POLICY = "  source: 7\n"
VIEW = "    - { id: own, label: Own view, ranks: [{ sources: [self] }] }\n"
LEAD = "  - { id: lead, label: Lead, source: 5 }\n"
CHAIR = "  - { id: chair, label: Chair, source: 5 }\n"
SERVED = "  - { id: development, label: Development, source: 1 }\n"
TRAINING = "  - { id: training, label: Training, source: 1 }\n"
SCALE = """\
  - id: depth
    label: Depth
    ordinal: true
    source: 9
    points:
      - { id: low, label: Low, summary: Less., source: 9 }
      - { id: high, label: High, summary: More., source: 9 }
facts:
"""


def edited(file: str, *changes: tuple[str, str]) -> Change:
    """Several changes of one file of the tiny pack as one."""
    text = TINY[file]
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return file, "", text


@pytest.mark.parametrize(
    ("change", "path", "kind"),
    [
        (edited("standards/K.yaml", ("section: whole\n", "")), "sections[0]", "section"),
        (edited("standards/K.yaml", ("    group: sides\n", "")), "groups[0]", "group"),
        (edited("framework.yaml", (STRAND, STRANDS)), "strands[1]", "strand"),
        (edited("framework.yaml", (LEAD, LEAD + CHAIR)), "roles[1]", "role"),
        (
            edited("framework.yaml", (COLOURS, f"{COLOURS}    views: [agreed]\n"), (POLICY, VIEW + POLICY)),
            "findings.views[1]",
            "view",
        ),
        (
            edited("framework.yaml", (COLOURS, f"{COLOURS}    purposes: [development]\n"), (SERVED, SERVED + TRAINING)),
            "purposes[1]",
            "purpose",
        ),
        (edited("framework.yaml", ("    zone: expected.zone\n", "")), "zones[0]", "zone"),
        (edited("framework.yaml", ("facts:\n", SCALE)), "scales[1]", "scale"),
    ],
)
def test_a_part_of_the_framework_that_nothing_names_is_a_warning(
    change: Change, path: str, kind: str, tmp_path: Path
) -> None:
    (problem,) = [p for p in found(parts, tmp_path, change) if p.place.path != "facts[0]"]
    assert (problem.code, problem.severity, problem.place.path) == ("unused-item", "warning", path)
    assert f"uses the {kind} " in problem.message


def test_a_role_of_which_the_document_says_something_informs(tmp_path: Path) -> None:
    role = "  - { id: chair, label: Chair, level: 2, says: example, source: 5 }\n"
    problems = found(parts, tmp_path, ("framework.yaml", LEAD, LEAD + role))
    assert [problem.place.path for problem in problems] == ["facts[0]"]


def test_an_input_that_no_row_asks_about_is_a_warning(tmp_path: Path) -> None:
    flags = "      flags: { fact: flags }\n"
    problem = found(parts, tmp_path, ("rules/actions.yaml", flags, f"{flags}      fte: {{ fact: fte }}\n"))[-1]
    assert places([problem]) == [("unused-item", "rules/actions.yaml", 25, "rules[1].inputs.fte")]
    assert problem.message == 'No row of note asks about its input "fte".'


@pytest.mark.parametrize(
    ("early", "end", "message", "shows"),
    [
        (
            "from: 2, gold: 2, to: 2",
            "from",
            "teaching:M2 comes after teaching:M1, and `from` of its band is level 1, not 2 or higher.",
            ("teaching:M1 (column 1): from 2, gold 2, to 2", "teaching:M2 (column 2): from 1, gold 2"),
        ),
        ("from: 0, gold: 1, to: 1", None, None, None),
    ],
)
def test_a_band_that_falls_where_grades_rise_is_found(
    early: str, end: str | None, message: str | None, shows: tuple[str, ...] | None, tmp_path: Path
) -> None:
    problems = found(bands, tmp_path, ("rules/bands.yaml", "from: 0, gold: 1, to: 1", early))
    if end is None:
        assert problems == []
        return
    (problem,) = problems
    assert places([problem]) == [("band-not-monotone", "rules/bands.yaml", 13, f"rules[0].bands[1].{end}")]
    assert (problem.message, problem.counter_example) == (message, shows)


GOLD = """\
        gold:
          level: 2
          source: 33
          basis: illustrative
          note: The figure is an example.
"""


def test_a_gold_level_and_an_upper_end_may_not_fall_either_and_no_end_is_no_fall(tmp_path: Path) -> None:
    early, later = ("from: 0, gold: 1, to: 1", "from: 1, gold: 1, to: 2"), "        gold: 1\n"
    (problem,) = found(bands, tmp_path / "to", edited("rules/bands.yaml", early, (GOLD, f"{later}        to: 1\n")))
    assert problem.place.path == "rules[0].bands[1].to"
    assert "`to` of its band is level 1, not 2 or higher" in problem.message
    assert found(bands, tmp_path / "open", edited("rules/bands.yaml", early, (GOLD, later))) == []


def test_grades_of_one_column_or_of_two_strands_are_not_compared(tmp_path: Path) -> None:
    falling = ("rules/bands.yaml", "from: 0, gold: 1, to: 1", "from: 2, gold: 2, to: 2")
    assert found(bands, tmp_path / "column", falling, ("framework.yaml", "column: 2,", "column: 1,")) == []
    strands = edited("framework.yaml", (STRAND, STRANDS), ("label: M2, strand: teaching", "label: M2, strand: support"))
    assert found(bands, tmp_path / "strand", falling, strands) == []


M2 = '  - { id: "teaching:M2", label: M2, strand: teaching, column: 2, source: 4 }\n'
M3 = M2.replace("M2", "M3").replace("column: 2", "column: 3")


def test_a_grade_without_a_band_is_found_where_others_have_one(tmp_path: Path) -> None:
    (problem,) = found(bands, tmp_path, ("framework.yaml", M2, M2 + M3))
    assert places([problem]) == [("grade-without-band", "framework.yaml", 22, "grades[2]")]
    assert problem.message == "teaching:M3 has no band in expected, so nobody in that grade has a zone."


@pytest.mark.parametrize(("grade", "code"), [("teaching:M3", None), ("teaching:M4", "unknown-grade")])
def test_a_grade_that_a_gap_leaves_without_a_band_needs_none(grade: str, code: str | None, tmp_path: Path) -> None:
    gap = f'gaps:\n  - {{ what: The band of M3., status: missing, source: 4, grades: ["{grade}"] }}\n'
    framework = edited("framework.yaml", (M2, M2 + M3), (LAST, f"{LAST}{gap}"))
    if code is None:
        assert found(bands, tmp_path, framework) == []
    else:
        (problem,) = read_pack(tiny(tmp_path, framework), KINDS).all_problems()
        assert (problem.code, problem.place.path) == (code, "gaps[0].grades[0]")


def test_a_value_that_is_only_an_example_is_a_warning_with_its_lines_and_note(tmp_path: Path) -> None:
    (problem,) = found(unconfirmed, tmp_path)
    assert places([problem]) == [("unconfirmed-value", "rules/bands.yaml", 14, "rules[0].bands[1].gold")]
    assert (problem.severity, problem.value) == ("warning", "2")
    assert problem.message == (
        "`gold` of the band later of the rule expected (2) is an example value (line 33). The figure is an example."
    )


def test_a_setting_that_is_only_an_example_can_be_given(tmp_path: Path) -> None:
    fact = f"{LAST}    of: trust\n    basis: illustrative\n    note: Nobody says.\n"
    problem = found(unconfirmed, tmp_path, ("framework.yaml", LAST, fact))[0]
    assert problem.message == "The fact aims (stay) is an example value (line 9). Nobody says."
    assert problem.remedy == "Confirm or change it in the trust's overlay, or give it with --set aims=VALUE."


def test_a_whole_band_is_one_value_with_its_figures(tmp_path: Path) -> None:
    band = ("rules/bands.yaml", "source: 31, from: 0,", "source: 31, basis: illustrative, note: Made up., from: 0,")
    problem = found(unconfirmed, tmp_path, band)[0]
    assert (problem.value, problem.place.line) == ("from 0, gold 1, to 1", 8)
    assert problem.message.startswith("The band early of the rule expected (from 0, gold 1, to 1) is an example value")


@pytest.mark.parametrize("framework", ["cat_toolkit", "hampshire_careers", "npqel", "smart_equip"])
def test_the_shipped_packs_have_nothing_unread_or_falling(framework: str) -> None:
    (pack,) = find_packs([framework])
    bench = Bench(pack.draft)
    assert [problem for check in (criteria, parts, bands) for problem in check(bench)] == []


def test_the_example_values_of_the_shipped_packs_are_those_that_are_known() -> None:
    packs = {pack.plugin: Bench(pack.draft) for pack in find_packs()}
    found_in = {plugin: len(list(unconfirmed(bench))) for plugin, bench in packs.items()}
    assert found_in == {"cat_toolkit": 0, "hampshire_careers": 1, "npqel": 0, "smart_equip": 11}


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "path"),
    [
        ("rules/actions.yaml", "then: rise, source: 22 }", "then: rise }", 15, "rules[0].rows[1]"),
        ("rules/ladder.yaml", "need: 1, source: 43 }", "need: 1 }", 9, "rules[0].levels[1]"),
        ("rules/bands.yaml", "    source: 30\n", "", 2, "rules[0]"),
        ("rules/bands.yaml", "          source: 33\n", "", 14, "rules[0].bands[1].gold"),
    ],
)
def test_a_rule_or_threshold_without_its_lines_is_found_at_its_line(
    file: str, old: str, new: str, line: int, path: str, tmp_path: Path
) -> None:
    draft = read_pack(tiny(tmp_path, (file, old, new)), KINDS)
    assert places(draft.all_problems()) == [("missing-field", file, line, path)]
