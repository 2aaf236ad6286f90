"""The tiny pack with one of every kind of rule, and of whatever else a pack can have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiny import tiny

if TYPE_CHECKING:
    from pathlib import Path

_FACTS = """\
  - id: rating
    label: Proposed rating
    question: Which rating is proposed?
    values:
      - { id: achieved, label: Achieved }
      - { id: exceptional, label: Exceptional }
    source: 9
  - id: limit
    label: Limit
    question: How many records are enough?
    of: trust
    values:
      - { id: "1", label: One }
      - { id: "2", label: Two }
    default: "1"
    needed: true
    source: 9
"""
_ACTIONS = """\
  - { id: talk, label: Talk, text: Talk it over., source: 8 }
  - { id: fine, label: All is well, text: Nothing is left to ask., source: 8 }
"""
_STAGES = """\
  - id: stages
    label: Stages
    ordinal: false
    source: 70
    points:
      - { id: ECT1, label: First year, summary: To begin with., source: 70 }
      - id: ECT2
        label: Second year
        phrase: in the second year
        summary: After that.
        features: [{ text: Goes on., source: 70 }]
        builds_on: [ECT1]
        inherits: with less help
        duty: and helps others
        source: 70
"""
_OUTCOMES = """\
  - id: rating
    label: A proposed rating
    rules: [check, expectations, rated]
    sets: [career]
    action: rated.value
    speaks: expectations.seen
    focus: expectations
    tracks: expectations
  - id: parts
    label: Parts of the work
    rules: [profile, coverage, plan, planned]
    sets: [map, halves]
    action: planned.value
    views: [agreed]
    purposes: [development]
    focus: profile
"""
_CAREER = """\
id: C
label: The career
title: Of careers
summary: What is expected by and by.
source: 71-74
examples: [{ audience: teachers, text: Asks a colleague., source: 71 }]
qualifications: [{ code: Q1, text: A course., source: 71 }]
gaps: [{ what: A table, status: missing, source: 71, note: It has lost its cells. }]
criteria:
  - id: C.1
    set: career
    label: Own practice
    descriptor: Gets better.
    refs: [T1]
    scale: stages
    source: 72
    points:
      - at: ECT1
        source: 72
        statements:
          - { id: C.1.1, label: Looks back, descriptor: Looks back on lessons., tags: [looks], source: 72 }
      - at: ECT2
        source: 73
        statements:
          - id: C.1.2
            label: Plans ahead
            descriptor: Plans ahead.
            condition: where there is time
            source: 73
  - id: C.2
    set: career
    label: Others' practice
    descriptor: Helps others.
    below: { descriptor: Leaves others alone., source: 74 }
    only_if: [on_leave]
    source: 74
"""
_RULES = """\
rules:
  - id: profile
    kind: profile
    label: A profile
    source: 80
    sets: [map]
    scale: pace
    roll_up: lowest
    group_by: [standard, section]
    focus_on: { at_most: 2, source: 80 }
  - id: coverage
    kind: coverage
    label: What is covered
    source: 81
    sets: { halves: Halves, map: Parts }
    focus_on: { at_most: 3, source: 81 }
  - id: expectations
    kind: expectations
    label: What is expected
    source: 82
    scale: stages
    sets: [career]
    tags: [looks]
    focus_on: { at_most: 2, source: 82 }
  - id: check
    kind: rating_check
    label: A check of the rating
    source: 83
    proposed: rating
    conditions:
      - id: enough
        label: Enough records
        question: Is there enough?
        reason: There is too little.
        when: [{ fact: rating, is: [achieved, exceptional] }]
        passes: { all: [{ count: records, sets: [career], sources: [self, peer], more_than: limit }] }
        fails: { any: [{ count: evidenced, sets: [career], at_most: 0 }, { fact: career_stage, known: false }] }
        weight: decides
        source: 84
      - id: seen
        label: Anything seen
        question: Is anything seen?
        passes:
          all:
            - { conclusion: expectations.seen, is: [true] }
            - { criterion: C.2, is: [met, partly] }
            - { count: kinds, sets: [career], at_least: 2 }
        if_unknown: nothing
        source: 85
  - id: plan
    kind: prompts
    label: To talk through
    source: 86
    says: { not_settled: Not settled, open: Open still, settled: All settled }
    conditions:
      - id: half
        label: The first half
        question: What of the first half?
        passes: { all: [{ criterion: K.2.1, is: [met] }] }
        source: 87
  - id: rated
    kind: decision_table
    label: What to do about the rating
    source: 88
    hit: first
    inputs:
      verdict: { conclusion: check.verdict }
    rows:
      - { when: { verdict: supported }, then: fine, source: 88 }
      - { when: { verdict: [not_supported, needs_discussion] }, then: talk, source: 89 }
    otherwise: { then: talk, source: 89 }
  - id: planned
    kind: decision_table
    label: What to do about the plan
    source: 90
    hit: unique
    inputs:
      seen: { conclusion: profile.seen }
      covered: { conclusion: coverage.whole }
    rows:
      - { when: { seen: true, covered: all }, then: fine, source: 90 }
      - { when: { seen: true, covered: [some, none] }, then: talk, source: 91 }
      - { when: { seen: false }, then: talk, source: 92 }
    otherwise: { then: talk, source: 93 }
"""
_OUTCOME = "    colours: sheet\n"
_FACT = "    default: stay\n    source: 9\n"


def wide(folder: Path, *changes: tuple[str, str, str | bytes]) -> Path:
    """Write the tiny pack with all that; changes are as for the tiny pack, and of its files as they are there."""
    own: list[tuple[str, str, str | bytes]] = [
        ("framework.yaml", _OUTCOME, _OUTCOME + _OUTCOMES),
        ("framework.yaml", _FACT, _FACT + _FACTS),
        ("framework.yaml", "outcomes:\n", f"{_ACTIONS}outcomes:\n"),
        ("framework.yaml", "scales:\n", f"scales:\n{_STAGES}"),
        (
            "framework.yaml",
            "  - { id: ECT1, label: First year }\n",
            "  - { id: ECT1, label: First year }\n  - { id: ECT2, label: Second year }\n",
        ),
        (
            "framework.yaml",
            "summary: Two levels",
            "gaps: [{ what: A map, status: missing, source: 1, note: Lost. }]\nsummary: Two levels",
        ),
        ("standards/C.yaml", "", _CAREER),
        ("rules/more.yaml", "", _RULES),
    ]
    return tiny(folder, *own, *changes)
