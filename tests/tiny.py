"""A pack on disk with one of everything that a pack can have, small enough to be read whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

#: The files of the tiny pack, by their names.
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
outcomes:
  - id: position
    label: Where a person stands
    rules: [ladder, expected, sheet, action, note]
    sets: [sheet, map, halves]
    level: ladder.level
    zone: expected.zone
    action: action.value
    notes: [note.value]
    colours: sheet
sections:
  - { id: whole, label: The whole, summary: All that there is., source: 9 }
groups:
  - { id: sides, label: Two sides }
scales:
  - id: pace
    label: Pace
    ordinal: true
    source: 9
    points:
      - { id: slow, label: Slow, summary: Behind the others., source: 9 }
      - { id: steady, label: Steady, summary: With the others., builds_on: [slow], source: 9 }
facts:
  - id: aims
    label: Aims
    question: What does the person aim for?
    values:
      - { id: stay, label: To stay }
      - { id: leave, label: To leave }
    default: stay
    source: 9
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
    "standards/K.yaml": """\
id: K
section: whole
label: Parts and points
summary: What is described in parts.
source: 18-19
criteria:
  - id: K.1
    set: map
    label: Pace of work
    descriptor: Keeps up with the others.
    scale: pace
    source: 18
    points:
      - { at: slow, descriptor: Is behind the others., source: 18 }
      - { at: steady, descriptor: Is with the others., source: 18 }
  - id: K.2
    set: halves
    group: sides
    label: Both halves
    descriptor: Does both halves.
    only_if: [on_leave]
    source: 19
    statements:
      - { id: K.2.1, label: First half, descriptor: Does the first half., source: 19 }
      - { id: K.2.2, label: Second half, descriptor: Does the second half., source: 19 }
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
    hit: first
    inputs:
      flags: { fact: flags }
    rows:
      - { when: { flags: on_leave }, then: rise, source: 26 }
    otherwise: nothing
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
    "guidance/hints.yaml": """\
id: hints
label: Hints
summary: What helps.
source: 60-61
items:
  - { id: hint, label: Ask early, text: Ask before it is late., about: [K.1, lead], source: 61 }
""",
    "crosswalks/other.yaml": """\
to: other
label: Another framework
summary: Somebody else published it.
source: 62
external: true
targets: { aim1: The first aim, aim2: The second aim }
links:
  - { from: A.1, to: [aim1, aim2], relation: supports, basis: stated, source: 62 }
""",
    "evidence.schema.json": '{ "properties": { "review_point": { "enum": ["sep", null] } } }\n',
}


def tiny(folder: Path, *changes: tuple[str, str, str | bytes]) -> Path:
    """Write the tiny pack; a change is a file, what stands in it once (all of it when empty), and what is to stand."""
    content = {name: text.encode() for name, text in TINY.items()}
    for file, old, new in changes:
        wanted = new if isinstance(new, bytes) else new.encode()
        if old:
            assert content[file].count(old.encode()) == 1, f"{file} does not hold {old!r} once"
            wanted = content[file].replace(old.encode(), wanted)
        content[file] = wanted
    for name, text in content.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)
    return folder
