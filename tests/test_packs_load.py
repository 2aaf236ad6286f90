"""Packs from disk: a tiny pack that is in order, and every problem that a pack can have, seeded one at a time."""

from __future__ import annotations

import ast
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import bandstand
from bandstand.errors import ProblemsError
from bandstand.packs.load import load_pack
from bandstand.plugins import load_catalogue

if TYPE_CHECKING:
    from bandstand.models.problem import Problem
    from bandstand.packs.pack import Pack

CORE = Path(bandstand.__file__).parent
KINDS = load_catalogue(points=[]).kinds

TINY = {
    "framework.yaml": """\
id: tiny
version: "1.0"
title: A tiny framework
publisher: Nobody in particular
summary: Two levels, each of two criteria.
document:
  title: A tiny document
  file: tiny.txt
valid_from: 2024-09-01
valid_until: 2025-08-31
purposes:
  - { id: development, label: Development, source: 1 }
refuses:
  - { id: pay, reason: It says nothing of pay., source: 2 }
review_points:
  - { id: sep, label: September, source: 3 }
strands:
  - { id: teaching, label: Teaching }
grades:
  - { id: "teaching:M1", label: M1, strand: teaching, column: 1, source: 4 }
  - { id: "teaching:M2", label: M2, strand: teaching, column: 2, source: 4 }
roles:
  - { id: lead, label: Lead, source: 5 }
career_stages:
  - { id: ECT1, label: First year }
flags:
  - { id: on_leave, label: On leave }
zones:
  - { id: red, label: Red, meaning: Below., source: 6 }
  - { id: amber, label: Amber, meaning: On the way., source: 6 }
  - { id: gold, label: Gold, meaning: Expected., source: 6 }
  - { id: green, label: Green, meaning: Above., source: 6 }
findings:
  max_age_months: 24
  cycle_starts: 09-01
  views:
    - id: agreed
      label: Agreed view
      ranks:
        - { sources: [observation, appraiser] }
        - { sources: [self], reaches: partly_met }
  source: 7
  basis: trust
actions:
  - id: rise
    label: Rise
    text: "{person} can reach level {next_level}."
    source: 8
  - id: sustain
    label: Sustain
    text: "{person} is at level {level}."
    source: 8
outcome:
  level: ladder.level
  zone: expected.zone
  action: action.value
  notes: [note.has.rise]
  colours: sheet
""",
    "standards/A.yaml": """\
id: A
level: 1
label: First steps
summary: What everyone does.
source: 10, 12-14
criteria:
  - { id: A.1, set: sheet, label: Arrives, descriptor: Is there on time., source: 12 }
  - { id: A.2, set: sheet, label: Prepares, descriptor: Has lessons ready., source: 13 }
""",
    "standards/B.yaml": """\
id: B
level: 2
label: Next steps
summary: What comes after.
source: 15-17
criteria:
  - { id: B.1, set: sheet, label: Shares, descriptor: Gives plans to others., source: 16 }
  - { id: B.2, set: sheet, label: Leads, descriptor: Runs a meeting., source: 17 }
""",
    "rules/actions.yaml": """\
rules:
  - id: action
    kind: decision_table
    label: Recommended action
    source: 20
    hit: first
    inputs:
      held: { conclusion: ladder.L1 }
      level: { conclusion: ladder.level }
      fte: { fact: fte }
      grade: { fact: grade }
      career_stage: { fact: career_stage }
    rows:
      - { when: { held: false }, then: rise, source: 21 }
      - { when: { level: [0, 1], fte: "> 0.25" }, then: rise, source: 22 }
      - { when: { career_stage: ECT1, grade: unknown }, then: rise, source: 23 }
    otherwise: { then: sustain, source: 24 }
  - id: note
    kind: decision_table
    label: Notes
    source: 25
    hit: collect
    inputs:
      flags: { fact: flags }
    rows:
      - { when: { flags: on_leave }, then: rise, source: 26 }
""",
    "rules/bands.yaml": """\
rules:
  - id: expected
    kind: expected_band
    label: Expected level
    source: 30
    level: ladder.level
    bands:
      - { id: early, grades: ["teaching:M1"], source: 31, from: 0, gold: 1, to: 1 }
      - id: later
        grades: ["teaching:M2"]
        roles: [lead]
        source: 32
        from: 1
        gold:
          level: 2
          source: 33
          basis: illustrative
          note: The figure is an example.
""",
    "rules/ladder.yaml": """\
rules:
  - id: ladder
    kind: cumulative_levels
    label: Ladder
    source: 40
    minimum: { level: 1, source: 41 }
    levels:
      - { level: 1, label: First, criteria: [A.1, A.2], source: 42 }
      - { level: 2, label: Second, criteria: [B.1, B.2], need: 1, source: 43 }
""",
    "rules/sheet.yaml": """\
rules:
  - id: sheet
    kind: ragging
    label: Sheet
    source: 50
    order: [A.1, A.2, B.1, B.2]
""",
    "examples/levels.yaml": """\
examples:
  - name: Someone who meets both lines of level 1 is at level 1
    person: { grade: "teaching:M1", fte: 0.8 }
    as_of: 2025-07-10
    review_point: sep
    evidence:
      - { criteria: ["A.*"], claim: met, source: observation, date: 2025-07-01, review_point: sep }
    expect:
      level: 1
      findings: { A.1: met }
      blockers: [B.1, B.2]
""",
    "evidence.schema.json": '{ "properties": { "review_point": { "enum": ["sep", null] } } }\n',
}


def tiny(folder: Path, *changes: tuple[str, str, str | bytes]) -> Path:
    """Write the tiny pack, each change of it a file, what stands there once, and what is to stand there instead."""
    content: dict[str, bytes] = {name: text.encode() for name, text in TINY.items()}
    for file, old, new in changes:
        before = content.get(file, b"")
        if old:
            assert before.count(old.encode()) == 1, f"{file} has {old!r} {before.count(old.encode())} times"
        content[file] = before.replace(old.encode(), new if isinstance(new, bytes) else new.encode()) if old else (
            new if isinstance(new, bytes) else new.encode()
        )
    for name, text in content.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)
    return folder


def load(folder: Path) -> Pack:
    return load_pack(folder, KINDS)


def problems_of(folder: Path) -> tuple[Problem, ...]:
    with pytest.raises(ProblemsError) as caught:
        load(folder)
    return caught.value.problems


@dataclass(frozen=True)
class Case:
    """One problem seeded into the tiny pack.

    Attributes:
        code: Of the problem.
        change: File, what stands there (nothing for the whole file), and what stands there instead.
        path: Of the problem, within the file.
        says: The message, or its main words.
        remedy: The remedy, or its main words.
        at: What the line holds that the problem names; the first line when None; no line when empty.
        file: Where the problem is, when it is not where the change is.
    """

    code: str
    change: tuple[str, str, str | bytes]
    path: str | None
    says: str
    remedy: str
    at: str | None = None
    file: str | None = None

    def __str__(self) -> str:
        return f"{self.code} {self.path or self.file or self.change[0]}"


F, A, B = "framework.yaml", "standards/A.yaml", "standards/B.yaml"
ACTIONS, BANDS, LADDER, SHEET = "rules/actions.yaml", "rules/bands.yaml", "rules/ladder.yaml", "rules/sheet.yaml"
LEVELS, SCHEMA = "examples/levels.yaml", "evidence.schema.json"
M1 = '{ id: "teaching:M1", label: M1, strand: teaching, column: 1, source: 4 }'
FIRST = "{ level: 1, label: First, criteria: [A.1, A.2], source: 42 }"
EARLY = '{ id: early, grades: ["teaching:M1"], source: 31, from: 0, gold: 1, to: 1 }'
ROW_3 = "{ when: { career_stage: ECT1, grade: unknown }, then: rise, source: 23 }"

FILES = [
    Case("missing-file", (F, "", b""), None, "A pack has a framework.yaml.", "Add it", at="", file=F),
    Case("empty-file", (A, "", "# nothing yet\n"), None, "The file is empty.", "Fill it in, or delete it."),
    Case("empty-file", (F, "", "---\n"), None, "The file is empty.", "Fill it in, or delete it."),
    Case("not-utf-8", (A, "First steps", b"First st\xe9ps"), None, "The file is not UTF-8", "Save", at="label:"),
    Case("broken-yaml", (A, "label: First", "label: [First"), None, "This is not YAML: ", "Mend", at="summary:"),
    Case("duplicate-key", (A, "level: 1\n", "level: 1\nid: AA\n"), "id", '"id" is given twice.', "Keep", at="id: AA"),
    Case("yaml-tag", (F, "title: A tiny f", "title: !!binary f"), "title", "The tag tag:", "Write the", at="!!binary"),
    Case("file-too-large", (A, "", "[" * 60 + "]" * 60), None, "nests deeper than 40", "Take out the aliases"),
    Case("file-too-large", (A, "", b"#" * (4 * 1024 * 1024 + 1)), None, "has 4,194,305 bytes", "Split it."),
    Case("unexpected-file", ("framwork.yml", "", "x"), None, "A pack has no such file", "Did you mean framework.", at=""),
    Case("unexpected-file", ("rules/old.txt", "", "x"), None, "This is not a .yaml file.", "Rename it or", at=""),
    Case("unexpected-file", ("rules/a/b.yaml", "", "x"), None, "This is not a .yaml", "Rename", at="", file="rules/a"),
    Case("broken-schema", (SCHEMA, "", "{"), None, "This is not JSON: ", "Mend it.", at=""),
    Case("broken-schema", (SCHEMA, "", b'"\xff"'), None, "This is not JSON: ", "Mend it.", at=""),
    Case("broken-schema", (SCHEMA, "", "[" * 100_000), None, "This is not JSON: ", "Mend it.", at=""),
    Case("broken-schema", (SCHEMA, "", b" " * (4 * 1024 * 1024 + 1)), None, "too large", "Mend it.", at=""),
    Case("broken-schema", (SCHEMA, "[", "{").__class__((SCHEMA, "", '{ "type": "text" }')), "type", "Schema: ", "", at=""),
    Case("broken-schema", (SCHEMA, "", '{ "pattern": "(" }'), "pattern", "This is not a JSON Schema: ", "Mend", at=""),
    Case("broken-schema", (SCHEMA, "", "true"), None, "This is not ", "Mend it.", at=""),
    Case("broken-schema", (SCHEMA, "", '{ "const": NaN }'), None, "This is not JSON: ", "Mend it.", at=""),
    Case("broken-schema", (SCHEMA, "", '{ "maximum": 1e999 }'), None, "This is not JSON: ", "Mend it.", at=""),
    Case("broken-schema", (SCHEMA, "", '{ "maximum": 9007199254740993 }'), None, "not JSON: ", "Mend it.", at=""),
]
SHAPES = [
    Case("missing-field", (F, "publisher: Nobody in particular\n", ""), None, '"publisher" is missing.', "Add publish"),
    Case("missing-field", (F, M1, M1.replace(", column: 1", "")), "grades[0]", '"column" is', "Add column.", at=":M1"),
    Case("missing-field", (LADDER, "    kind: cumulative_levels\n", ""), "rules[0]", "names no kind", "Add kind: cum", at="id: l"),
    Case("missing-field", (LADDER, "kind: cumulative_levels", "kind: 3"), "rules[0]", "names no kind", "Add kind", at="id: l"),
    Case("unknown-kind", (SHEET, "ragging", "raging"), "rules[0].kind", '"raging" is not a kind of rule.', "Did you mean ragging?", at="raging"),
    Case("unknown-field", (F, "publisher", "publsher: x\npublisher"), "publsher", '"publsher" is not a field here.', "Did you mean publisher?", at="publsher"),
    Case("unknown-field", (A, "Arrives,", "Arrives, level: 1,"), "criteria[0].level", '"level" is not a field here.', "", at="Arrives"),
    Case("unknown-word", (F, "basis: trust", "basis: sure"), "findings.basis", '"sure" is not one of the words here.', "It is one of stated, interpreted, illustrative, trust.", at="sure"),
    Case("unknown-word", (LEVELS, "claim: met", "claim: meets"), "examples[0].evidence[0].claim", '"meets" is not one', "Did you mean met?", at="meets"),
    Case("wrong-type", (F, "max_age_months: 24", "max_age_months: two years"), "findings.max_age_months", '"two years" stands where a whole number belongs.', "Mend it.", at="two years"),
    Case("wrong-type", (A, "level: 1", "level: true"), "level", "true", "", at="level: true"),
    Case("wrong-type", (F, "id: tiny", "id: null"), "id", "Nothing stands where text belongs.", "Mend it.", at="id: null"),
    Case("wrong-type", (F, "title: A tiny framework", "title: [A, tiny]"), "title", "A list stands where text belongs.", "Mend it.", at="title: ["),
    Case("wrong-type", (LADDER, "[B.1, B.2]", "B.1"), "rules[0].levels[1].criteria", '"B.1" stands where a list belongs.', "Mend it.", at="B.1"),
    Case("wrong-type", (B, "", "- id: B\n"), None, "A list stands where a mapping belongs.", "Mend it."),
    Case("wrong-type", (F, 'version: "1.0"', "version: 1.0"), "version", "The number 1.0 stands where text belongs.", "Mend it.", at="version"),
    Case("bad-value", (F, "id: tiny", "id: Tiny Pack"), "id", '"Tiny Pack" is not written as it should be.', "It has to match", at="id: Tiny"),
    Case("bad-value", (F, "max_age_months: 24", "max_age_months: 0"), "findings.max_age_months", "0 is less than the minimum of 1.", "Mend the value.", at="max_age"),
    Case("bad-value", (LADDER, "[B.1, B.2]", "[]"), "rules[0].levels[1].criteria", "non-empty", "Mend the value.", at="[]"),
    Case("bad-value", (LADDER, "need: 1", "need: some"), "rules[0].levels[1].need", '"some" does not fit here.', "", at="need"),
    Case("bad-value", (LEVELS, "is at level 1", "is at level 1" * 20), "examples[0].name", "is too long", "Mend", at="name"),
    Case("bad-value", (F, "valid_until: 2025-08-31", "valid_until: 2023-08-31"), None, "Valid_until is before valid_from.", "Mend the value."),
    Case("bad-value", (F, "valid_from: 2024-09-01", "valid_from: 2024-09-31"), "valid_from", "A date is written YYYY-MM-DD.", "Mend the value.", at="valid_from"),
    Case("bad-value", (F, "cycle_starts: 09-01", "cycle_starts: 09-31"), "findings.cycle_starts", "", "Mend", at="cycle_starts"),
    Case("bad-value", (LEVELS, "as_of: 2025-07-10", "as_of: July"), "examples[0].as_of", "A date is written YYYY-MM-DD.", "Mend the value.", at="as_of"),
    Case("bad-value", (LEVELS, "date: 2025-07-01", "date: 1 July"), "examples[0].evidence[0].date", "A date is written YYYY-MM-DD.", "Mend", at="1 July"),
    Case("bad-value", (ACTIONS, "{ fact: fte }", "{}"), "rules[0].inputs.fte", "An input is either a fact or a conclusion.", "Mend", at="fte: {}"),
    Case("bad-value", (BANDS, 'grades: ["teaching:M1"], ', ""), "rules[0].bands[0]", "A band names at least one grade or role.", "Mend", at="early"),
    Case("bad-value", (SHEET, "rules:", "rule:"), None, "A rules file has one field, rules, which is a list.", "Write `rules:` first."),
    Case("bad-value", (SHEET, "", "rules: {}\n"), None, "A rules file has one field, rules, which is a list.", "Write"),
    Case("bad-value", (SHEET, "rules:", "name: x\nrules:"), None, "A rules file has one field, rules, which", "Write"),
]
VALUES_OF_EITHER_KIND = [
    Case("bad-value", (A, "descriptor: Is there on time., source: 12", "descriptor: x, source: page 12"), "criteria[0].source", '"page 12" is not written as it should be.', "Lines of the document, such as 540 or 382-394, 460.", at="page 12"),
    Case("bad-value", (A, "source: 10, 12-14", "source: lines 12-14"), "source", '"lines 12-14" is not written as it should be.', "Lines of the document", at="lines 12"),
    Case("missing-field", (BANDS, "          source: 33\n", ""), "rules[0].bands[1].gold", '"source" is missing.', "Add source.", at="gold:"),
    Case("unknown-field", (BANDS, "          source: 33\n", "          source: 33\n          lines: 3\n"), "rules[0].bands[1].gold.lines", '"lines" is not a field', "", at="lines: 3"),
    Case("missing-field", (ACTIONS, "otherwise: { then: sustain, source: 24 }", "otherwise: { then: sustain }"), "rules[0].otherwise", '"source" is missing.', "Add source.", at="otherwise"),
    Case("unknown-word", (LEVELS, "level: 1\n", "level: 1\n      views: { agreed: { zone: purple } }\n"), "examples[0].expect.views.agreed.zone", '"purple" is not one of the words here.', "It is one of red, amber, gold, green.", at="purple"),
    Case("bad-value", (LEVELS, "level: 1\n", "level: 1\n      zone: purple\n"), "examples[0].expect.zone", '"purple" is not written as it should be.', "It has to match", at="purple"),
    Case("bad-value", (ACTIONS, "{ held: false }", "{ held: [] }"), "rules[0].rows[0].when.held", "non-empty", "Mend", at="held: []"),
]
FRAMEWORKS = [
    *(
        Case("duplicate-id", (F, f"\n{name}:\n", f"\n{name}:\n  - {first}\n"), f"{name}[1].id", f'"{item}" is given twice.', "Rename one of them.", at=at)
        for name, item, first, at in (
            ("purposes", "development", "{ id: development, label: Growth, source: 1 }", "label: Development"),
            ("refuses", "pay", "{ id: pay, reason: None., source: 2 }", "nothing of pay"),
            ("review_points", "sep", "{ id: sep, label: Autumn, source: 3 }", "September"),
            ("strands", "teaching", "{ id: teaching, label: Classroom }", "label: Teaching"),
            ("grades", "teaching:M1", '{ id: "teaching:M1", label: Main, strand: teaching, column: 1, source: 4 }', "label: M1,"),
            ("roles", "lead", "{ id: lead, label: Head, source: 5 }", "label: Lead,"),
            ("career_stages", "ECT1", "{ id: ECT1, label: ECT }", "First year"),
            ("flags", "on_leave", "{ id: on_leave, label: Away }", "On leave"),
            ("actions", "rise", "{ id: rise, label: Go up, text: Rise., source: 8 }", "id: rise\n"),
        )
    ),
    Case("duplicate-id", (F, "  views:\n", "  views:\n    - { id: agreed, label: Own, ranks: [{ sources: [self] }] }\n"), "findings.views[1].id", '"agreed" is given twice.', "Rename", at="    - id: agreed\n"),
    Case("duplicate-id", (B, "id: B\n", "id: A\n"), "id", 'There is a standard "A" already, in standards/A.yaml.', "Rename", at="id: A\n"),
    Case("duplicate-id", (B, "id: B.1", "id: A.1").__class__((B, "summary: What comes after.", "summary: After.\nqualifications: []")), None, "", "", at="") if False else Case("duplicate-id", (A, "criteria:\n", "criteria:\n  - { id: A.1, set: sheet, label: Comes, descriptor: Comes., source: 12 }\n"), "criteria[1].id", 'There is a criterion "A.1" already, in standards/A.yaml.', "Rename", at="Arrives"),
    Case("duplicate-id", (SHEET, "rules:\n", "rules:\n  - { id: ladder, kind: ragging, label: S, source: 50, order: [A.1] }\n"), "rules[0].id", 'There is a rule "ladder" already.', "Rename one of them.", at="id: ladder"),
    Case("unknown-strand", (F, M1, M1.replace("teaching, c", "teachng, c")), "grades[0].strand", '"teachng" is not a strand.', "Did you mean teaching?", at="teachng"),
    Case("contradiction", (F, "id: pay", "id: development, label").__class__((F, "{ id: pay,", "{ id: development,")), "refuses[0]", '"development" is both served and refused.', "Take one of them out.", at="nothing of pay"),
    Case("bad-value", (F, "  - { id: red, label: Red, meaning: Below., source: 6 }\n", ""), "zones", "Zones are red, amber, gold, green, in this order.", "Give each of them once, in that order.", at="zones"),
    Case("bad-value", (F, "level {level}.", "level {level."), "actions[1].text", "The text has a stray brace: ", "Double it.", at="level {level."),
    Case("unknown-field", (F, "level {level}.", "level {levl}."), "actions[1].text", "The text names {levl}, which is not known.", "Did you mean level?", at="{levl}"),
    Case("unknown-field", (F, "level {level}.", "level {}."), "actions[1].text", "The text names {}, which is not known.", "", at="level {}"),
    Case("unknown-field", (F, "level {level}.", "level {level.real}."), "actions[1].text", "The text names {level.real}, which is not known.", "", at="real"),
    Case("unknown-field", (F, "level {level}.", "level {level:{width}}."), "actions[1].text", "The text names {width}, which is not known.", "", at="width"),
    Case("bad-value", (F, "level {level}.", "level {level!x}."), "actions[1].text", "", "", at="level!x"),
    Case("bad-value", (F, "level {level}.", "level {level:>>}."), "actions[1].text", "", "", at="level:>>"),
    Case("rank-out-of-order", (F, "[observation, appraiser] }", "[observation], reaches: not_met }"), "findings.views[0].ranks", 'In view "agreed" a weaker rank of source reaches further than a stronger one.', "Let no rank reach further than those above it", at="ranks:"),
    Case("missing-note", (F, "source: 7\n  basis: trust", "source: 7\n  basis: interpreted"), "findings", "The basis is interpreted, and no note says what was read.", "Add a note.", at="findings:"),
    Case("bad-value", (A, "source: 10, 12-14", "source: 10, 14-12"), "source", "Lines 14-12 run backwards.", "Put the smaller number first.", at="14-12"),
    Case("unknown-conclusion", (F, "level: ladder.level", "level: ladder.levl"), "outcome.level", 'No rule concludes "ladder.levl".', "Did you mean ladder.level?", at="ladder.levl"),
    Case("unknown-conclusion", (F, "zone: expected.zone", "zone: expected.zon"), "outcome.zone", 'No rule concludes "expected.zon".', "Did you mean expected.zone?", at="expected.zon"),
    Case("unknown-conclusion", (F, "action: action.value", "action: actoin.value"), "outcome.action", 'No rule concludes "actoin.value".', "Did you mean action.value?", at="actoin"),
    Case("unknown-conclusion", (F, "[note.has.rise]", "[note.has.rice]"), "outcome.notes", 'No rule concludes "note.has.rice".', "Did you mean note.has.rise?", at="rice"),
    Case("unknown-action", (ACTIONS, "then: sustain", "then: sustan"), "outcome.action", 'action.value can be "sustan", which is not an action.', "Did you mean sustain?", at="action: action.value", file=F),
    Case("no-action", (ACTIONS, "    otherwise: { then: sustain, source: 24 }\n", ""), "outcome.action", "action.value can be nothing, and an evaluation always recommends something.", "Give the table an `otherwise`.", at="action: action.value", file=F),
    Case("unknown-rule", (F, "colours: sheet", "colours: ladder"), "outcome.colours", '"ladder" is no ragging rule.', "It is one of sheet.", at="colours"),
    Case("rules-contradict", (ACTIONS, "{ conclusion: ladder.L1 }\n      level: { conclusion: ladder.level }\n      fte", "{ conclusion: ladder.L1 }\n      level: { conclusion: ladder.level }\n      colour: { conclusion: sheet.A.1 }\n      fte").__class__((ACTIONS, "{ when: { held: false }", "{ when: { held: false, level: 0 }")), None, "", "", at="") if False else Case("rules-contradict", (LADDER, "rules:\n", "rules:\n  - { id: colour, kind: decision_table, label: C, source: 9, hit: first, inputs: { c: { conclusion: sheet.A.1 } }, rows: [{ when: { c: green }, then: x, source: 9 }] }\n"), None, "tiny: colour.row1 reads sheet.A.1, which no rule of its scope concludes.", "Mend the rules that it names.", file=F),
]
