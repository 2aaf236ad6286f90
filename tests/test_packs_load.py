"""Packs from disk: a tiny pack that is in order, and every problem that a pack can have, seeded one at a time."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import pytest

import bandstand
from bandstand.errors import ProblemsError
from bandstand.models.clauses import FactKnown, Lowered
from bandstand.packs import bounds
from bandstand.packs.load import load_pack, read_pack
from bandstand.plugins import load_catalogue
from bandstand.rules.ragging import Ragging
from codes_in_source import codes_of
from random_packs.strangers import Loose
from tiny import TINY, tiny

if TYPE_CHECKING:
    from collections.abc import Iterable
    from importlib.resources.abc import Traversable

    from bandstand.models.problem import Problem
    from bandstand.packs.pack import Pack
    from bandstand.rules.base import RuleContext

CORE = Path(bandstand.__file__).parent
KINDS = load_catalogue(points=[]).kinds

#: What is wrong with the tiny pack, one thing at a time: the file, what stands in it once (the whole file when nothing
#: does), what is to stand there instead, and the one problem, as people see it. An ellipsis is for a library's words.
#: Where one change leads to a second problem of its own, further files and changes follow that keep it away.
SEEDED = r"""
standards/A.yaml
+ # nothing yet
! empty-file standards/A.yaml, line 1: The file is empty. Fill it in, or delete it.

framework.yaml
+ null
! empty-file framework.yaml, line 1: The file is empty. Fill it in, or delete it.

standards/A.yaml
- label: First steps
+ label: [First steps
! broken-yaml standards/A.yaml, line 4: This is not YAML: … Mend the line.

standards/A.yaml
- level: 1
+ level: 1
+ id: AA
! duplicate-key standards/A.yaml, line 3, id: "id" is given twice. Keep one of them.

framework.yaml
- valid_until: 2025-08-31
+ valid_until: !!binary YQ==
! yaml-tag framework.yaml, line 10, valid_until: The tag tag:yaml.org,2002:binary is not allowed.
  Write the value plainly.

standards/A.yaml
- level: 1
+ level: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]
! file-too-large standards/A.yaml, line 1: The file unfolds to more than 200,000 values, or nests deeper than 40.
  Take out the aliases (*name) that repeat one another.

framwork.yaml
+ id: tiny
! unexpected-file framwork.yaml: A pack has no such file or folder. Did you mean framework.yaml?

rules/old.txt
+ rules: []
! unexpected-file rules/old.txt: This is not a .yaml file. Rename it or take it out.

rules/more/old.yaml
+ rules: []
! unexpected-file rules/more: This is not a .yaml file. Rename it or take it out.

evidence.schema.json
+ {
! broken-schema evidence.schema.json, line 1: This is not JSON: … Mend it.

evidence.schema.json
+ { "type": "text" }
! broken-schema evidence.schema.json, line 1, type: This is not a JSON Schema: 'text' … Mend it.

evidence.schema.json
+ { "properties": { "note": { "pattern": "(" } } }
! broken-schema evidence.schema.json, line 1, properties.note.pattern: This is not a JSON Schema: '(' … Mend it.

evidence.schema.json
+ { "properties": { "note": {
+   "pattern": "^(a+)+$" } } }
! slow-pattern evidence.schema.json, line 2, properties.note.pattern:
  The pattern "^(a+)+$" takes very long over some texts. Begin it with ^, …

evidence.schema.json
+ { "properties": { "note": { "$ref": "#/$defs/text" } },
+   "$defs": { "texts": { "maxLength": 80 } } }
! unknown-ref evidence.schema.json, line 1, properties.note.$ref:
  "#/$defs/text" leads nowhere in this file, and no other is looked into. Did you mean #/$defs/texts?

evidence.schema.json
+ { "$ref": "https://example.org/evidence.json" }
! unknown-ref evidence.schema.json, line 1, $ref: "https://example.org/evidence.json" leads nowhere in this file,
  and no other is looked into. Write what it stands for in its place.

evidence.schema.json
+ { "$ref": "#/$defs/one", "$defs": { "one": { "anyOf": [
+   { "$ref": "#/$defs/one" }, { "required": ["note"] } ] } } }
! endless-ref evidence.schema.json, line 1, $defs.one:
  References lead back to where they stand, or multiply, so no record could be held against this. Let …

evidence.schema.json
+ { "required": ["note",
+   "Date of birth"] }
! protected-characteristic evidence.schema.json, line 2, required[1]:
  "Date of birth" is a protected characteristic, which evidence never holds. Take it out.

evidence.schema.json
+ { "if": { "properties": { "age": { "const": "60" } } }, "then": { "required": ["note"] } }
! protected-characteristic evidence.schema.json, line 1, if.properties.age:
  "age" is a protected characteristic, which evidence never holds. Take it out.

rules/actions.yaml
- fte: { fact: fte }
+ fte: { fact: Marital-Status }
! protected-characteristic rules/actions.yaml, line 10, rules[0].inputs.fte.fact:
  "Marital-Status" is a protected characteristic, which never reaches a rule. Take it out.

evidence.schema.json
+ true
! broken-schema evidence.schema.json, line 1: This is not … Mend it.

evidence.schema.json
+ { "const": NaN }
! broken-schema evidence.schema.json, line 1: This is not JSON: … Mend it.

evidence.schema.json
+ { "maximum": 1e999 }
! broken-schema evidence.schema.json, line 1: This is not JSON: … Mend it.

evidence.schema.json
+ { "maximum": 9007199254740993 }
! broken-schema evidence.schema.json, line 1: This is not JSON: … Mend it.

framework.yaml
- publisher: Nobody in particular
+
! missing-field framework.yaml, line 1: "publisher" is missing. Add publisher.

framework.yaml
- label: M1, strand: teaching, column: 1,
+ label: M1, strand: teaching,
! missing-field framework.yaml, line 20, grades[0]: "column" is missing. Add column.

rules/ladder.yaml
-     kind: cumulative_levels
+
! missing-field rules/ladder.yaml, line 2, rules[0]: The rule names no kind.
  Add kind: cumulative_levels or ragging or expected_band or … or decision_table.

rules/ladder.yaml
- kind: cumulative_levels
+ kind: 3
! missing-field rules/ladder.yaml, line 2, rules[0]: The rule names no kind. Add kind: …

rules/sheet.yaml
- kind: ragging
+ kind: raging
! unknown-kind rules/sheet.yaml, line 3, rules[0].kind: "raging" is not a kind of rule. Did you mean ragging?

framework.yaml
- publisher: Nobody in particular
+ publisher: Nobody in particular
+ publsher: x
! unknown-field framework.yaml, line 5, publsher: "publsher" is not a field here. Did you mean publisher?

standards/A.yaml
- label: Arrives,
+ label: Arrives, labl: Comes,
! unknown-field standards/A.yaml, line 7, criteria[0].labl: "labl" is not a field here. Did you mean label?

framework.yaml
- basis: trust
+ basis: sure
! unknown-word framework.yaml, line 43, findings.basis: "sure" is not one of the words here.
  It is one of stated, interpreted, illustrative, trust.

examples/levels.yaml
- source: observation
+ source: observations
! unknown-word examples/levels.yaml, line 7, examples[0].evidence[0].source:
  "observations" is not one of the words here. Did you mean observation?

framework.yaml
- default: stay
+ default: sty
! unknown-word framework.yaml, line 82, facts[0].default: "sty" is not a value of aims. Did you mean stay?

examples/levels.yaml
- claim: met
+ claim: meet
! unfit-claim examples/levels.yaml, line 7, examples[0].evidence[0].claim: "meet" cannot be claimed of A.1.
  Did you mean met?

examples/levels.yaml
- criteria: ["A.*"]
+ criteria: ["K.1"]
! unfit-claim examples/levels.yaml, line 7, examples[0].evidence[0].claim: "met" cannot be claimed of K.1.
  It is one of not_met, slow, steady.

examples/levels.yaml
- claim: met
+ claim: Met
! bad-value examples/levels.yaml, line 7, examples[0].evidence[0].claim: "Met" is not written as it should be. …

examples/levels.yaml
-       level: 1
+       views: { agreed: { zone: purple } }
! unknown-word examples/levels.yaml, line 9, examples[0].expect.views.agreed.zone:
  "purple" is not one of the words here. It is one of red, amber, gold, green.

framework.yaml
- max_age_months: 24
+ max_age_months: two years
! wrong-type framework.yaml, line 34, findings.max_age_months: "two years" stands where a whole number belongs. Mend it.

framework.yaml
- id: tiny
+ id: null
! wrong-type framework.yaml, line 1, id: Nothing stands where text belongs. Mend it.

framework.yaml
- title: A tiny framework
+ title: [A, tiny]
! wrong-type framework.yaml, line 3, title: A list stands where text belongs. Mend it.

framework.yaml
- version: "1.0"
+ version: 1.0
! wrong-type framework.yaml, line 2, version: The number 1.0 stands where text belongs. Mend it.

rules/ladder.yaml
- criteria: [B.1, B.2]
+ criteria: B.1
! wrong-type rules/ladder.yaml, line 9, rules[0].levels[1].criteria: "B.1" stands where a list belongs. Mend it.

standards/B.yaml
+ - id: B
! wrong-type standards/B.yaml, line 1: A list stands where a mapping belongs. Mend it.

standards/A.yaml
- level: 1
+ level: true
! bad-value standards/A.yaml, line 2, level: true does not fit here. It is a whole number or nothing.

rules/ladder.yaml
- need: 1,
+ need: 1.5,
! bad-value rules/ladder.yaml, line 9, rules[0].levels[1].need: The number 1.5 does not fit here. It is …

framework.yaml
- id: tiny
+ id: Tiny Pack
! bad-value framework.yaml, line 1, id: "Tiny Pack" is not written as it should be. It has to match …

framework.yaml
- max_age_months: 24
+ max_age_months: 0
! bad-value framework.yaml, line 34, findings.max_age_months: 0 is less than the minimum of 1. Mend the value.

rules/ladder.yaml
- criteria: [B.1, B.2]
+ criteria: []
! bad-value rules/ladder.yaml, line 9, rules[0].levels[1].criteria: [] should be non-empty. Mend the value.

rules/actions.yaml
- when: { held: false }
+ when: { held: [] }
! bad-value rules/actions.yaml, line 14, rules[0].rows[0].when.held: [] should be non-empty. Mend the value.

examples/levels.yaml
-       level: 1
+       zone: purple
! bad-value examples/levels.yaml, line 9, examples[0].expect.zone: "purple" is not written as it should be.
  It has to match …

framework.yaml
- valid_until: 2025-08-31
+ valid_until: 2023-08-31
! bad-value framework.yaml, line 1: Valid_until is before valid_from. Mend the value.

framework.yaml
- valid_from: 2024-09-01
+ valid_from: 2024-09-31
! bad-value framework.yaml, line 9, valid_from: A date is written YYYY-MM-DD. Mend the value.

framework.yaml
- cycle_starts: 09-01
+ cycle_starts: 09-31
! bad-value framework.yaml, line 35, findings.cycle_starts: … Mend the value.

examples/levels.yaml
- claim: met,
+ claim: met, accepted_from: E-0,
! bad-value examples/levels.yaml, line 7, examples[0].evidence[0]:
  Evidence accepted from another framework names both the record and whoever accepted it. Mend the value.

examples/levels.yaml
- as_of: 2025-07-10
+ as_of: July
! bad-value examples/levels.yaml, line 4, examples[0].as_of: A date is written YYYY-MM-DD. Mend the value.

examples/levels.yaml
- date: 2025-07-01
+ date: 1 July
! bad-value examples/levels.yaml, line 7, examples[0].evidence[0].date: A date is written YYYY-MM-DD. Mend the value.

rules/actions.yaml
- fte: { fact: fte }
+ fte: {}
! bad-value rules/actions.yaml, line 10, rules[0].inputs.fte: An input is either a fact or a conclusion. Mend the value.

rules/bands.yaml
- grades: ["teaching:M1"], source: 31
+ source: 31
! bad-value rules/bands.yaml, line 8, rules[0].bands[0]: A band names at least one grade or role. Mend the value.

rules/sheet.yaml
- rules:
+ rule:
! bad-value rules/sheet.yaml, line 1: A rules file has one field, rules, which is a list. Write `rules:` first.

rules/sheet.yaml
+ rules: {}
! bad-value rules/sheet.yaml, line 1: A rules file has one field, rules, which is a list. Write `rules:` first.

rules/sheet.yaml
- rules:
+ name: Sheet
+ rules:
! bad-value rules/sheet.yaml, line 1: A rules file has one field, rules, which is a list. Write `rules:` first.

framework.yaml
- purposes:
+ purposes:
+   - { id: development, label: Growth, source: 1 }
! duplicate-id framework.yaml, line 13, purposes[1].id: "development" is given twice. Rename one of them.

framework.yaml
- refuses:
+ refuses:
+   - { id: pay, reason: Nothing is said of it., source: 2 }
! duplicate-id framework.yaml, line 15, refuses[1].id: "pay" is given twice. Rename one of them.

framework.yaml
- review_points:
+ review_points:
+   - { id: sep, label: Autumn, source: 3 }
! duplicate-id framework.yaml, line 17, review_points[1].id: "sep" is given twice. Rename one of them.

framework.yaml
- strands:
+ strands:
+   - { id: teaching, label: Classroom }
! duplicate-id framework.yaml, line 19, strands[1].id: "teaching" is given twice. Rename one of them.

framework.yaml
- grades:
+ grades:
+   - { id: "teaching:M1", label: Main, strand: teaching, column: 1, source: 4 }
! duplicate-id framework.yaml, line 21, grades[1].id: "teaching:M1" is given twice. Rename one of them.

framework.yaml
- roles:
+ roles:
+   - { id: lead, label: Head, source: 5 }
! duplicate-id framework.yaml, line 24, roles[1].id: "lead" is given twice. Rename one of them.

framework.yaml
- career_stages:
+ career_stages:
+   - { id: ECT1, label: ECT }
! duplicate-id framework.yaml, line 26, career_stages[1].id: "ECT1" is given twice. Rename one of them.

framework.yaml
- flags:
+ flags:
+   - { id: on_leave, label: Away }
! duplicate-id framework.yaml, line 28, flags[1].id: "on_leave" is given twice. Rename one of them.

framework.yaml
- actions:
+ actions:
+   - { id: rise, label: Go up, text: Rise., source: 8 }
! duplicate-id framework.yaml, line 46, actions[1].id: "rise" is given twice. Rename one of them.

framework.yaml
-   views:
+   views:
+     - { id: agreed, label: Own view, ranks: [{ sources: [self] }] }
! duplicate-id framework.yaml, line 38, findings.views[1].id: "agreed" is given twice. Rename one of them.

standards/B.yaml
- id: B
- level
+ id: A
+ level
! duplicate-id standards/B.yaml, line 1, id: There is a standard "A" already, in standards/A.yaml. Rename one of them.

standards/A.yaml
- criteria:
+ criteria:
+   - { id: B.1, set: sheet, label: Another, descriptor: Another., source: 12 }
! duplicate-id standards/B.yaml, line 7, criteria[0].id: There is a criterion "B.1" already, in standards/A.yaml.
  Rename one of them.

rules/sheet.yaml
- rules:
+ rules:
+   - { id: ladder, kind: ragging, label: Another, source: 50, order: [A.1] }
! duplicate-id rules/sheet.yaml, line 2, rules[0].id: There is a rule "ladder" already. Rename one of them.

standards/K.yaml
- { id: K.2.2,
+ { id: K.2.1,
! duplicate-id standards/K.yaml, line 25, criteria[1].statements[1].id:
  There is a criterion "K.2.1" already, in standards/K.yaml. Rename one of them.

guidance/more.yaml
+ id: hints
+ label: More hints
+ summary: What helps too.
+ source: 60
+ items: [{ id: other, label: Ask twice, text: Ask again., source: 61 }]
! duplicate-id guidance/more.yaml, line 1, id: There is a list of guidance "hints" already, in guidance/hints.yaml.
  Rename one of them.

guidance/more.yaml
+ id: more
+ label: More hints
+ summary: What helps too.
+ source: 60
+ items: [{ id: hint, label: Ask twice, text: Ask again., source: 61 }]
! duplicate-id guidance/more.yaml, line 5, items[0].id:
  There is an item of guidance "hint" already, in guidance/hints.yaml. Rename one of them.

crosswalks/same.yaml
+ to: other
+ label: Another framework
+ summary: Somebody else published it.
+ source: 62
+ links: [{ from: A.1, to: [aim1], relation: supports, basis: stated, source: 62 }]
! duplicate-id crosswalks/same.yaml, line 1, to: There is a crosswalk to "other" already, in crosswalks/other.yaml.
  Rename one of them.

framework.yaml
- sections:
+ sections:
+   - { id: whole, label: Everything, summary: All of it., source: 9 }
! duplicate-id framework.yaml, line 65, sections[1].id: "whole" is given twice. Rename one of them.

framework.yaml
- { id: leave,
+ { id: stay,
! duplicate-id framework.yaml, line 81, facts[0].values[1].id: "stay" is given twice. Rename one of them.

framework.yaml
- - id: aims
+ - id: grade
! duplicate-id framework.yaml, line 76, facts[0].id: Every person has "grade" already. Give it another id.

framework.yaml
- - id: aims
+ - id: school
! duplicate-id framework.yaml, line 76, facts[0].id: Every person has "school" already. Give it another id.

framework.yaml
- - id: aims
+ - id: gender
! protected-characteristic framework.yaml, line 76, facts[0].id:
  "gender" is a protected characteristic, which never reaches a rule. Take it out.

framework.yaml
- { id: leave,
+ { id: Marital status,
! protected-characteristic framework.yaml, line 81, facts[0].values[1].id:
  "Marital status" is a protected characteristic, which never reaches a rule. Take it out.

framework.yaml
- { id: on_leave,
+ { id: disability,
standards/K.yaml
- [on_leave]
+ [disability]
! protected-characteristic framework.yaml, line 27, flags[0].id:
  "disability" is a protected characteristic, which never reaches a rule. Take it out.

framework.yaml
- { id: ECT1,
+ { id: Gender-Reassignment,
! protected-characteristic framework.yaml, line 25, career_stages[0].id:
  "Gender-Reassignment" is a protected characteristic, which never reaches a rule. Take it out.

framework.yaml
- { id: lead,
+ { id: race,
! protected-characteristic framework.yaml, line 23, roles[0].id:
  "race" is a protected characteristic, which never reaches a rule. Take it out.

framework.yaml
- strands:
+ strands:
+   - { id: Sex, label: Sex }
! protected-characteristic framework.yaml, line 18, strands[0].id:
  "Sex" is a protected characteristic, which never reaches a rule. Take it out.

framework.yaml
- { id: slow,
+ { id: not_met,
framework.yaml
- builds_on: [slow]
+ builds_on: [not_met]
standards/K.yaml
- at: slow
+ at: not_met
! bad-value framework.yaml, line 73, scales[0].points[0].id: "not_met" is a claim about any criterion,
  and so cannot be that of a point of pace. Give the point another id.

framework.yaml
- { id: steady,
+ { id: met,
standards/K.yaml
- at: steady
+ at: met
! bad-value framework.yaml, line 74, scales[0].points[1].id: "met" is a claim about any criterion,
  and so cannot be that of a point of pace. Give the point another id.

framework.yaml
- { id: steady,
+ { id: Steady,
standards/K.yaml
- at: steady
+ at: Steady
! bad-value framework.yaml, line 74, scales[0].points[1].id: "Steady" is a point of pace that no evidence could claim.
  Write at most 40 small letters, digits and underscores, a letter first.

framework.yaml
- builds_on: [slow]
+ builds_on: [slo]
! unknown-point framework.yaml, line 74, scales[0].points[1].builds_on[0]: "slo" is not a point of pace.
  Did you mean slow?

framework.yaml
- summary: Behind the others.,
+ summary: Behind the others., builds_on: [steady],
! cyclic-levels framework.yaml, line 72, scales[0].points: Points build on one another in a circle: ….
  Break it.

standards/K.yaml
- section: whole
+ section: hole
! unknown-section standards/K.yaml, line 2, section: "hole" is not a section. Did you mean whole?

standards/K.yaml
- group: sides
+ group: side
! unknown-group standards/K.yaml, line 18, criteria[1].group: "side" is not a group. Did you mean sides?

standards/K.yaml
- scale: pace
+ scale: pase
! unknown-scale standards/K.yaml, line 11, criteria[0].scale: "pase" is not a scale. Did you mean pace?

standards/K.yaml
- at: steady,
+ at: stead,
! wrong-points standards/K.yaml, line 13, criteria[0].points: The points of K.1 are not those of the scale pace.
  Give each once and in order: slow, steady.

standards/K.yaml
- at: slow, descriptor: Is behind the others.,
+ at: slow, statements: [{ id: K.1.1, label: Behind, descriptor: Is behind the others., source: 18 }],
! wrong-points standards/K.yaml, line 14, criteria[0].points[0].statements:
  K.1 is at a point of pace as a whole, and slow has statements.
  Give the point a descriptor, or the criterion a scale that is not ordinal.

standards/K.yaml
- only_if: [on_leave]
+ only_if: [off_leave]
! unknown-flag standards/K.yaml, line 21, criteria[1].only_if[0]: "off_leave" is not a flag. Did you mean on_leave?

standards/K.yaml
- descriptor: Is behind the others., source
+ source
! bad-value standards/K.yaml, line 14, criteria[0].points[0]:
  A point that is present has a descriptor or statements, and no other has. Mend the value.

standards/K.yaml
- descriptor: Is behind the others., source
+ status: missing, source
! bad-value standards/K.yaml, line 14, criteria[0].points[0]:
  A point that is not present has a note that says why. Mend the value.

standards/K.yaml
-     descriptor: Keeps up with the others.
+
! bad-value standards/K.yaml, line 7, criteria[0]: A criterion that is present has a descriptor, and no other has.
  Mend the value.

standards/K.yaml
-     scale: pace
+
! bad-value standards/K.yaml, line 7, criteria[0]: Points and scale go together. Mend the value.

guidance/hints.yaml
- about: [K.1, lead]
+ about: [K.1, led]
! unknown-item guidance/hints.yaml, line 6, items[0].about[1]: "led" is nothing in this pack. Did you mean lead?

crosswalks/other.yaml
- from: A.1
+ from: A.7
! unknown-item crosswalks/other.yaml, line 8, links[0].from: "A.7" is nothing in this pack. Did you mean A.…?

crosswalks/other.yaml
- to: [aim1, aim2]
+ to: [aim1, aim7]
! unknown-item crosswalks/other.yaml, line 8, links[0].to[1]: "aim7" is not among the targets. Did you mean aim…?

crosswalks/other.yaml
- external: true
+
! bad-value crosswalks/other.yaml, line 6, targets: Targets are given for what no pack holds, and for nothing else.
  Give both external: true and targets, or neither.

crosswalks/other.yaml
- basis: stated
+ basis: proposed
! bad-value crosswalks/other.yaml, line 8, links[0]: A proposed link has a note that says why. Mend the value.

crosswalks/other.yaml
- basis: stated, source: 62
+ basis: stated, source: 62-61
! bad-value crosswalks/other.yaml, line 8, links[0].source: Lines 62-61 run backwards. Put the smaller number first.

guidance/hints.yaml
- text: Ask before it is late.
+ text: Ask before it is late., basis: interpreted
! missing-note guidance/hints.yaml, line 6, items[0]: The basis is interpreted, and no note says what was read.
  Add a note.

framework.yaml
- label: M1, strand: teaching
+ label: M1, strand: teachng
! unknown-strand framework.yaml, line 20, grades[0].strand: "teachng" is not a strand. Did you mean teaching?

framework.yaml
- { id: pay,
+ { id: development,
! contradiction framework.yaml, line 14, refuses[0]: "development" is both served and refused. Take one of them out.

framework.yaml
-   - { id: red, label: Red, meaning: Below., source: 6 }
+
! bad-value framework.yaml, line 28, zones: Zones are red, amber, gold, green, in this order.
  Give each of them once, in that order.

framework.yaml
- level {level}.
+ level {level.
! bad-value framework.yaml, line 51, actions[1].text: The text has a stray brace: … Double it.

framework.yaml
- level {level}.
+ level {levl}.
! unknown-field framework.yaml, line 51, actions[1].text: The text names {levl}, which is not known.
  Did you mean level?

framework.yaml
- level {level}.
+ level {level.real}.
! unknown-field framework.yaml, line 51, actions[1].text: The text names {level.real}, which is not known. …

framework.yaml
- level {level}.
+ level {}.
! unknown-field framework.yaml, line 51, actions[1].text: The text names {}, which is not known. …

framework.yaml
- level {level}.
+ level {level:>9}.
! bad-value framework.yaml, line 51, actions[1].text: …

framework.yaml
- level {level}.
+ level {level!x}.
! bad-value framework.yaml, line 51, actions[1].text: …

framework.yaml
- [observation, appraiser] }
+ [observation], reaches: not_met }
! rank-out-of-order framework.yaml, line 39, findings.views[0].ranks:
  In view "agreed" a weaker rank of source reaches further than a stronger one.
  Let no rank reach further than those above it, or a met claim could lower a finding.

framework.yaml
- level: ladder.level
+ level: ladder.levels
! unknown-conclusion framework.yaml, line 58, outcomes[0].level: No rule of position concludes "ladder.levels".
  Did you mean ladder.level?

framework.yaml
- zone: expected.zone
+ zone: expected.zones
! unknown-conclusion framework.yaml, line 59, outcomes[0].zone: No rule of position concludes "expected.zones".
  Did you mean expected.zone?

framework.yaml
- action: action.value
+ action: action.valu
! unknown-conclusion framework.yaml, line 60, outcomes[0].action: No rule of position concludes "action.valu".
  Did you mean action.value?

framework.yaml
- notes: [note.value]
+ notes: [note.values]
! unknown-conclusion framework.yaml, line 61, outcomes[0].notes: No rule of position concludes "note.values".
  Did you mean note.value?

rules/actions.yaml
- otherwise: { then: sustain, source: 24 }
+ otherwise: { then: sustan, source: 24 }
! unknown-action framework.yaml, line 60, outcomes[0].action: action.value can be "sustan", which is not an action.
  Did you mean sustain?

rules/actions.yaml
-     otherwise: { then: sustain, source: 24 }
+
! no-action framework.yaml, line 60, outcomes[0].action:
  action.value can be nothing, and an evaluation always recommends something. Give the table an `otherwise`.

framework.yaml
- level: ladder.level
+ level: expected.zone
! unfit-conclusion framework.yaml, line 58, outcomes[0].level: expected.zone does not give a level.
  Name a conclusion whose values are numbers from 0, as ladder.level.

framework.yaml
- zone: expected.zone
+ zone: ladder.level
! unfit-conclusion framework.yaml, line 59, outcomes[0].zone: ladder.level does not give a zone.
  Name a conclusion whose values are zones, as expected.zone.

framework.yaml
- colours: sheet
+ colours: ladder
! unknown-rule framework.yaml, line 62, outcomes[0].colours: "ladder" is no ragging rule.
  Name a rule of the kind ragging.

framework.yaml
- colours: sheet
+ colours: shet
! unknown-rule framework.yaml, line 62, outcomes[0].colours: "shet" is not one of the rules that position takes.
  Did you mean sheet?

framework.yaml
- colours: sheet
+ colours: sheet
+     focus: more
! unknown-rule framework.yaml, line 63, outcomes[0].focus: "more" is not one of the rules that position takes. …

framework.yaml
- colours: sheet
+ colours: sheet
+     tracks: laddr
! unknown-rule framework.yaml, line 63, outcomes[0].tracks: "laddr" is not one of the rules that position takes.
  Did you mean ladder?

framework.yaml
- colours: sheet
+ colours: sheet
+     tracks: sheet
! unfit-conclusion framework.yaml, line 54, outcomes[0]: sheet.A.1 is concluded for each review point, not for a
  person's position. Name a conclusion of another rule.

framework.yaml
- action, note]
+ action, note, noted]
! unknown-rule framework.yaml, line 56, outcomes[0].rules[5]: "noted" is not a rule of this pack. Did you mean note?

framework.yaml
- sets: [sheet, map, halves]
+ sets: [sheet, maps, halves]
! unknown-set framework.yaml, line 57, outcomes[0].sets[1]: "maps" is not a set of this pack. Did you mean map?

framework.yaml
- sets: [sheet, map, halves]
+ sets: [sheet, map, halves]
+     purposes: [developmnt]
! unknown-purpose framework.yaml, line 58, outcomes[0].purposes[0]: "developmnt" is not a purpose of this pack.
  Did you mean development?

rules/sheet.yaml
- rules:
+ rules:
+   - { id: more, kind: ragging, label: Another, source: 50, order: [A.1] }
! unused-rule rules/sheet.yaml, line 2, rules[0].id: No outcome takes the rule "more".
  Name it among the rules of an outcome, or take it out.

framework.yaml
- outcomes:
+ outcomes:
+   - { id: advice, label: Advice alone, rules: [ladder, action], sets: [sheet], action: action.value }
framework.yaml
- "{person} is at level {level}."
+ Go on.
! unfit-conclusion framework.yaml, line 54, outcomes[0].action: The text of "rise" names a level, and advice has none.
  Word it without, or give the outcome a level.

rules/sheet.yaml
- rules:
+ rules:
+   - id: colour
+     kind: decision_table
+     label: A table that reads a colour
+     source: 9
+     hit: collect
+     inputs: { colour: { conclusion: sheet.A.1 } }
+     rows: [{ when: { colour: green }, then: rise, source: 9 }]
framework.yaml
- action, note]
+ action, note, colour]
! rules-contradict framework.yaml, line 54, outcomes[0]:
  tiny.position: colour.has.rise reads sheet.A.1, which no rule of its scope concludes.
  Mend the rules that it names.

framework.yaml
- outcomes:
+ outcomes:
+   - { id: short, label: In short, rules: [action], sets: [sheet], action: action.value }
framework.yaml
- "{person} is at level {level}."
+ Go on.
framework.yaml
- "{person} can reach level {next_level}."
+ Go up.
! rules-contradict framework.yaml, line 54, outcomes[0]:
  tiny.short: action.row1 reads ladder.L1, which no rule of its scope concludes. Mend the rules that it names.

framework.yaml
- outcomes:
+ outcomes:
+   - { id: short, label: In short, rules: [ladder, action], sets: [map], level: ladder.level, action: action.value }
! rules-contradict framework.yaml, line 54, outcomes[0]:
  tiny.short: ladder.L1 reads criterion A.1, which is not there. Mend the rules that it names.

rules/sheet.yaml
- rules:
+ rules:
+   - id: one
+     kind: decision_table
+     label: A table that reads the other
+     source: 9
+     hit: collect
+     inputs: { other: { conclusion: other.has.rise } }
+     rows: [{ when: { other: true }, then: rise, source: 9 }]
+   - id: other
+     kind: decision_table
+     label: A table that reads the one
+     source: 9
+     hit: collect
+     inputs: { one: { conclusion: one.has.rise } }
+     rows: [{ when: { one: true }, then: rise, source: 9 }]
framework.yaml
- action, note]
+ action, note, one, other]
! rules-contradict framework.yaml, line 54, outcomes[0]:
  tiny.position: conclusions read one another in a circle: … reads … reads …. Mend the rules that it names.

rules/ladder.yaml
-     levels:
+     levels:
+       - { level: 1, label: Another, criteria: [A.1], source: 42 }
! duplicate-level rules/ladder.yaml, line 9, rules[0].levels[1]: Level 1 is given twice. Give each level once.

rules/ladder.yaml
- criteria: [B.1, B.2]
+ criteria: [B.1, B.3]
! unknown-criterion rules/ladder.yaml, line 9, rules[0].levels[1].criteria[1]:
  "B.3" is not a criterion of this pack. Did you mean B.…?

rules/ladder.yaml
- criteria: [B.1, B.2]
+ criteria: [B.1, B.1]
! duplicate-criterion rules/ladder.yaml, line 9, rules[0].levels[1].criteria[1]: Level 2 names "B.1" twice.
  Name it once.

rules/ladder.yaml
- need: 1,
+ need: 3,
! impossible-level rules/ladder.yaml, line 9, rules[0].levels[1].need: Level 2 needs 3 of 2 criteria.
  Ask for no more than it has.

rules/ladder.yaml
- need: 1,
+ builds_on: [1, 7],
! unknown-level rules/ladder.yaml, line 9, rules[0].levels[1].builds_on[1]:
  Level 2 builds on level 7, which is not there. Name a level of this rule.

rules/ladder.yaml
- minimum: { level: 1,
+ minimum: { level: 7,
! unknown-level rules/ladder.yaml, line 6, rules[0].minimum.level: The minimum is level 7, which is not there.
  Name a level of this rule.

rules/ladder.yaml
- criteria: [A.1, A.2],
+ criteria: [A.1, A.2], builds_on: [2],
! cyclic-levels rules/ladder.yaml, line 7, rules[0].levels: Levels build on one another in a circle: …. Break it.

rules/sheet.yaml
- order: [A.1, A.2, B.1, B.2]
+ order: [A.1, A.2, B.1, B.7]
! unknown-criterion rules/sheet.yaml, line 6, rules[0].order[3]: "B.7" is not a criterion of this pack.
  Did you mean B.…?

rules/sheet.yaml
- order: [A.1, A.2, B.1, B.2]
+ order: [A.1, A.2, B.1, A.1]
! duplicate-criterion rules/sheet.yaml, line 6, rules[0].order[3]: Line "A.1" stands twice in the order.
  Name each line once.

rules/bands.yaml
- level: ladder.level
+ level: ladder.levels
! unknown-conclusion rules/bands.yaml, line 6, rules[0].level: "ladder.levels" is not a conclusion of this pack.
  Did you mean ladder.level?

rules/bands.yaml
- grades: ["teaching:M2"]
+ grades: ["teaching:M3"]
! unknown-grade rules/bands.yaml, line 10, rules[0].bands[1].grades[0]: "teaching:M3" is not a grade of this pack.
  Did you mean teaching:M…?

rules/bands.yaml
- roles: [lead]
+ roles: [leader]
! unknown-role rules/bands.yaml, line 11, rules[0].bands[1].roles[0]: "leader" is not a role of this pack.
  Did you mean lead?

rules/bands.yaml
- grades: ["teaching:M2"]
+ grades: ["teaching:M1"]
! duplicate-band rules/bands.yaml, line 10, rules[0].bands[1].grades[0]: "teaching:M1" has a band already, early.
  Give it one band.

rules/bands.yaml
- from: 0, gold: 1, to: 1
+ from: 2, gold: 1, to: 1
! band-out-of-order rules/bands.yaml, line 8, rules[0].bands[0]: Band early goes from 2 to gold 1 to 1.
  Put from, gold and to in ascending order.

rules/bands.yaml
-         from: 1
-         gold:
-           level: 2
+         from: 2
+         gold:
+           level: 1
! band-out-of-order rules/bands.yaml, line 9, rules[0].bands[1]: Band later goes from 2 to gold 1.
  Put from, gold and to in ascending order.

rules/bands.yaml
- gold: 1, to: 1
+ gold: 1, to: 7
! unknown-level rules/bands.yaml, line 8, rules[0].bands[0].to: Band early names level 7, which ladder.level never has.
  Name a level of the ladder.

rules/actions.yaml
- fte: { fact: fte }
+ fte: { fact: fta }
! unknown-fact rules/actions.yaml, line 10, rules[0].inputs.fte.fact: "fta" is not a fact of this pack.
  Did you mean fte?

rules/actions.yaml
- held: { conclusion: ladder.L1 }
+ held: { conclusion: ladder.L7 }
! unknown-conclusion rules/actions.yaml, line 8, rules[0].inputs.held.conclusion:
  "ladder.L7" is not a conclusion of this pack. Did you mean ladder.L…?

rules/actions.yaml
- when: { held: false }
+ when: { hold: false }
! unknown-input rules/actions.yaml, line 14, rules[0].rows[0].when.hold: "hold" is not an input of this pack.
  Did you mean held?

rules/sheet.yaml
- rules:
+ rules:
+   - id: more
+     kind: decision_table
+     label: A table that collects
+     source: 9
+     hit: collect
+     inputs: { held: { conclusion: ladder.L1 } }
+     rows: [{ when: { held: true }, then: rise, source: 9 }]
+     otherwise: { then: sustain, source: 9 }
framework.yaml
- action, note]
+ action, note, more]
! otherwise-in-collect rules/sheet.yaml, line 9, rules[0].otherwise: A table that collects has no otherwise.
  Take it out, or give it a row of its own.

rules/actions.yaml
- when: { held: false }
+ when: { held: maybe }
! impossible-cell rules/actions.yaml, line 14, rules[0].rows[0].when.held: ladder.L1 is never 'maybe'.
  It is one of True, False.

rules/actions.yaml
- level: [0, 1]
+ level: [0, 7]
! impossible-cell rules/actions.yaml, line 15, rules[0].rows[1].when.level: ladder.level is never 7.
  It is one of 0, 1, 2.

rules/actions.yaml
- level: [0, 1]
+ level: true
! impossible-cell rules/actions.yaml, line 15, rules[0].rows[1].when.level: ladder.level is never True.
  It is one of 0, 1, 2.

rules/actions.yaml
- when: { held: false }
+ when: { held: 1 }
! impossible-cell rules/actions.yaml, line 14, rules[0].rows[0].when.held: ladder.L1 is never 1.
  It is one of True, False.

rules/actions.yaml
- fte: "> 0.25"
+ fte: "0.25"
! impossible-cell rules/actions.yaml, line 15, rules[0].rows[1].when.fte:
  "0.25" is not a comparison, and fte is a number. Write it as "> 0.25".

rules/actions.yaml
- career_stage: ECT1
+ career_stage: 1
! impossible-cell rules/actions.yaml, line 16, rules[0].rows[2].when.career_stage:
  1 is not a word, and career_stage holds words. Put it in quotes.

rules/actions.yaml
- career_stage: ECT1
+ career_stage: ECT7
! unknown-career-stage rules/actions.yaml, line 16, rules[0].rows[2].when.career_stage:
  "ECT7" is not a career stage of this pack. Did you mean ECT1?

rules/actions.yaml
- grade: unknown
+ grade: "teaching:M7"
! unknown-grade rules/actions.yaml, line 16, rules[0].rows[2].when.grade:
  "teaching:M7" is not a grade of this pack. Did you mean teaching:M…?

rules/actions.yaml
- when: { flags: on_leave }
+ when: { flags: off_leave }
! unknown-flag rules/actions.yaml, line 26, rules[1].rows[0].when.flags:
  "off_leave" is not a flag of this pack. Did you mean on_leave?

rules/actions.yaml
- flags: { fact: flags }
+ flags: { fact: roles }
! unknown-role rules/actions.yaml, line 26, rules[1].rows[0].when.flags:
  "on_leave" is not a role of this pack. It is one of lead.

rules/actions.yaml
- flags: { fact: flags }
+ flags: { fact: strand }
! unknown-strand rules/actions.yaml, line 26, rules[1].rows[0].when.flags:
  "on_leave" is not a strand of this pack. It is one of teaching.

rules/actions.yaml
- flags: { fact: flags }
+ flags: { fact: purpose }
! unknown-purpose rules/actions.yaml, line 26, rules[1].rows[0].when.flags:
  "on_leave" is not a purpose of this pack. It is one of development.

rules/actions.yaml
- flags: { fact: flags }
+ flags: { fact: view }
! unknown-view rules/actions.yaml, line 26, rules[1].rows[0].when.flags:
  "on_leave" is not a view of this pack. It is one of agreed.

rules/actions.yaml
- when: { flags: on_leave }
+ when: { flags: sty }
rules/actions.yaml
- flags: { fact: flags }
+ flags: { fact: aims }
! unknown-fact-value rules/actions.yaml, line 26, rules[1].rows[0].when.flags: aims is never "sty". Did you mean stay?

rules/more.yaml
+ rules:
+   - { id: more, kind: profile, label: More, source: 70, sets: [map], scale: pase }
framework.yaml
- action, note]
+ action, note, more]
! unknown-scale rules/more.yaml, line 2, rules[0].scale: "pase" is not a scale of this pack. Did you mean pace?

rules/more.yaml
+ rules:
+   - { id: more, kind: profile, label: More, source: 70, sets: [map], scale: pace }
framework.yaml
- action, note]
+ action, note, more]
framework.yaml
- ordinal: true
+ ordinal: false
! unfit-scale rules/more.yaml, line 2, rules[0].scale:
  The points of pace do not take in those below them, so there is no highest. Name an ordinal scale.

rules/more.yaml
+ rules:
+   - { id: more, kind: profile, label: More, source: 70, sets: [maps], scale: pace }
framework.yaml
- action, note]
+ action, note, more]
! unknown-set rules/more.yaml, line 2, rules[0].sets[0]: "maps" is not a set of this pack. Did you mean map?

rules/more.yaml
+ rules:
+   - { id: more, kind: profile, label: More, source: 70, sets: [map], scale: pace, points: { met: stead } }
framework.yaml
- action, note]
+ action, note, more]
! unknown-point rules/more.yaml, line 2, rules[0].points.met: "stead" is not a point of this pack. Did you mean steady?

rules/more.yaml
+ rules:
+   - { id: more, kind: profile, label: More, source: 70, sets: [sheet], scale: pace, points: { met: steady } }
framework.yaml
- action, note]
+ action, note, more]
! missing-points rules/more.yaml, line 2, rules[0].points:
  A.1 has no points of its own, and points does not say what each finding stands for.
  Give a point for each of not_met, partly_met, met.

rules/more.yaml
+ rules:
+   - id: more
+     kind: profile
+     label: More
+     source: 70
+     sets: [halves]
+     scale: pace
+     points: { met: steady, partly_met: slow, not_met: slow }
framework.yaml
- action, note]
+ action, note, more]
! unfit-criterion rules/more.yaml, line 6, rules[0].sets:
  K.2 has statements, which a profile does not put together. Use coverage for criteria with statements.

rules/more.yaml
+ rules:
+   - { id: more, kind: coverage, label: More, source: 70, sets: { maps: Maps } }
framework.yaml
- action, note]
+ action, note, more]
! unknown-set rules/more.yaml, line 2, rules[0].sets.maps: "maps" is not a set of this pack. Did you mean map?

rules/more.yaml
+ rules:
+   - { id: more, kind: expectations, label: More, source: 70, sets: [map], scale: pace,
+       focus_on: { at_most: 3, source: 70 } }
framework.yaml
- action, note]
+ action, note, more]
framework.yaml
- { id: ECT1, label: First year }
+ { id: steady, label: First year }
rules/actions.yaml
- ECT1
+ steady
! unknown-career-stage rules/more.yaml, line 2, rules[0].scale: "slow" is not a career stage of this pack.
  It is one of steady.

rules/more.yaml
+ rules:
+   - { id: more, kind: expectations, label: More, source: 70, sets: [map], scale: pace, tags: [hard],
+       focus_on: { at_most: 3, source: 70 } }
framework.yaml
- action, note]
+ action, note, more]
framework.yaml
- career_stages:
+ career_stages:
+   - { id: slow, label: Slow }
+   - { id: steady, label: Steady }
! unknown-tag rules/more.yaml, line 2, rules[0].tags[0]: "hard" is not a tag of this pack. There are none.

rules/more.yaml
+ rules:
+   - { id: more, kind: prompts, label: More, source: 70, says: { open: Open },
+       conditions: [{ id: one, label: One, question: "Is it?", source: 70,
+         passes: { all: [{ criterion: A.1, is: [met] }] } }] }
framework.yaml
- action, note]
+ action, note, more]
! missing-words rules/more.yaml, line 2, rules[0].says: says does not word settled.
  Give a few words for each of open, settled.

rules/more.yaml
+ rules:
+   - { id: more, kind: rating_check, label: More, source: 70, proposed: aims,
+       conditions: [{ id: one, label: One, question: "Is it?", source: 70,
+         passes: { all: [{ criterion: A.1, is: [meet] }] } }] }
framework.yaml
- action, note]
+ action, note, more]
! unknown-finding rules/more.yaml, line 4, rules[0].conditions[0].passes.all[0].is[0]:
  "meet" is not a finding of this pack. Did you mean met?

rules/more.yaml
+ rules:
+   - { id: more, kind: rating_check, label: More, source: 70, proposed: aims,
+       conditions: [{ id: one, label: One, question: "Is it?", source: 70,
+         passes: { all: [{ fact: aims, is: [sty] }] } }] }
framework.yaml
- action, note]
+ action, note, more]
! unknown-fact-value rules/more.yaml, line 4, rules[0].conditions[0].passes.all[0].is[0]: aims is never "sty".
  Did you mean stay?

rules/more.yaml
+ rules:
+   - { id: more, kind: rating_check, label: More, source: 70, proposed: aims,
+       conditions: [{ id: one, label: One, question: "Is it?", source: 70,
+         passes: { all: [{ count: records, sets: [sheet], at_most: aims }] } }] }
framework.yaml
- action, note]
+ action, note, more]
! unfit-fact rules/more.yaml, line 4, rules[0].conditions[0].passes.all[0].at_most:
  The values of aims are not whole numbers. Name a fact whose values are numbers, or write a number.

examples/levels.yaml
- criteria: ["A.*"]
+ criteria: ["A.*", "C.*"]
! unknown-criterion examples/levels.yaml, line 7, examples[0].evidence[0].criteria[1]:
  "C.*" is not a criterion, and matches none. …

examples/levels.yaml
- findings: { A.1: met }
+ findings: { A.7: met }
! unknown-criterion examples/levels.yaml, line 8, examples[0].expect: "A.7" is not a criterion. Did you mean A.…?

examples/levels.yaml
- blockers: [B.1, B.2]
+ blockers: [B.1, B.7]
! unknown-criterion examples/levels.yaml, line 8, examples[0].expect: "B.7" is not a criterion. Did you mean B.…?

examples/levels.yaml
-       blockers: [B.1, B.2]
+       steps: [B.7]
! unknown-criterion examples/levels.yaml, line 8, examples[0].expect: "B.7" is not a criterion. Did you mean B.…?

examples/levels.yaml
-     as_of: 2025-07-10
+     as_of: 2025-07-10
+     outcome: positon
! unknown-outcome examples/levels.yaml, line 5, examples[0].outcome: "positon" is not an outcome.
  Did you mean position?

examples/levels.yaml
- 2025-07-01, review_point: sep
+ 2025-07-01, review_point: set
! unknown-review-point examples/levels.yaml, line 7, examples[0].evidence[0].review_point:
  "set" is not a review point. Did you mean sep?

examples/levels.yaml
-     review_point: sep
-     evidence
+     review_point: set
+     evidence
! unknown-review-point examples/levels.yaml, line 5, examples[0].review_point: "set" is not a review point.
  Did you mean sep?

framework.yaml
- source: 7
-   basis: trust
+ source: 7
+   basis: interpreted
! missing-note framework.yaml, line 33, findings: The basis is interpreted, and no note says what was read. Add a note.
"""


@dataclass(frozen=True)
class Case:
    """One of the seeded problems."""

    changes: tuple[tuple[str, str, str], ...]
    code: str
    rendered: str

    def matches(self, problem: Problem) -> bool:
        """Whether a problem is the one expected; an ellipsis stands for any words."""
        pattern = ".*".join(map(re.escape, self.rendered.split("…")))
        return problem.code == self.code and re.fullmatch(pattern, str(problem)) is not None


def cases() -> list[Case]:
    made = []
    for block in SEEDED.strip("\n").split("\n\n"):
        changes: list[tuple[str, list[str], list[str]]] = []
        said: list[str] = []
        for line in block.split("\n"):
            match line[:2]:
                case "- ":
                    changes[-1][1].append(line[2:])
                case "+ " | "+":
                    changes[-1][2].append(line[2:])
                case "! " | "  ":
                    said.append(line[2:])
                case _:
                    changes.append((line, [], []))
        code, _, rendered = " ".join(said).partition(" ")
        given = tuple((file, "\n".join(old), "\n".join(new)) for file, old, new in changes)
        made.append(Case(given, code, rendered))
    return made


CASES = cases()


def load(folder: Traversable) -> Pack:
    return load_pack(folder, KINDS)


def problems_of(folder: Path) -> tuple[Problem, ...]:
    with pytest.raises(ProblemsError) as caught:
        load(folder)
    return caught.value.problems


def rendered(problems: Iterable[Problem]) -> list[str]:
    return [f"{p.code} {p}" for p in problems]


def test_the_tiny_pack_is_in_order(tmp_path: Path) -> None:
    pack = load(tiny(tmp_path))
    assert pack.name == "tiny 1.0"
    assert pack.place == str(tmp_path)
    assert list(pack.criteria) == ["A.1", "A.2", "B.1", "B.2", "K.1@slow", "K.1@steady", "K.2.1", "K.2.2"]
    assert pack.standard_of["B.1"].label == "Next steps"
    assert list(pack.rule_by_id) == ["action", "note", "expected", "ladder", "sheet"]
    assert len(pack.lowered) == len(pack.rules)
    assert [example.name for example in pack.examples] == ["Someone who meets both lines of level 1 is at level 1"]
    assert [guidance.id for guidance in pack.guidance] == ["hints"]
    assert [crosswalk.to for crosswalk in pack.crosswalks] == ["other"]
    assert pack.evidence_schema == {"properties": {"review_point": {"enum": ["sep", None]}}}


def test_standards_rules_and_examples_come_in_the_order_of_their_files(tmp_path: Path) -> None:
    (tiny(tmp_path) / "standards" / "A.yaml").rename(tmp_path / "standards" / "C.yaml")
    assert [standard.id for standard in load(tmp_path).standards] == ["B", "A", "K"]


def test_a_pack_needs_no_evidence_schema_examples_guidance_or_crosswalks(tmp_path: Path) -> None:
    tiny(tmp_path)
    for name in ("evidence.schema.json", "examples/levels.yaml", "guidance/hints.yaml", "crosswalks/other.yaml"):
        (tmp_path / name).unlink()
    pack = load(tmp_path)
    assert pack.evidence_schema == {}
    assert (pack.examples, pack.guidance, pack.crosswalks) == ((), (), ())


def test_points_that_no_evidence_can_claim_may_have_any_id(tmp_path: Path) -> None:
    point = "{{ id: {}, label: A point, summary: What it is., source: 9 }}"
    both = ", ".join(map(point.format, ("not_met", "Steady as she goes")))
    wording = f"  - {{ id: wording, label: Wording, ordinal: true, source: 9, points: [{both}] }}\n"
    pack = load(tiny(tmp_path, ("framework.yaml", "scales:\n", f"scales:\n{wording}")))
    assert [scale.id for scale in pack.framework.scales] == ["wording", "pace"]


def test_a_pack_is_read_from_a_zip_file_as_from_a_folder(tmp_path: Path) -> None:
    folder = tiny(tmp_path / "folder")
    with zipfile.ZipFile(tmp_path / "tiny.zip", "w") as archive:
        for name in TINY:
            archive.write(folder / name, name)
    with zipfile.ZipFile(tmp_path / "tiny.zip") as archive:
        assert load(zipfile.Path(archive)).digest == load(folder).digest


@pytest.mark.parametrize("case", CASES, ids=[f"{case.code}-{n}" for n, case in enumerate(CASES)])
def test_a_seeded_problem_is_reported_alone_with_its_place_and_remedy(case: Case, tmp_path: Path) -> None:
    problems = problems_of(tiny(tmp_path, *case.changes))
    assert len(problems) == 1, rendered(problems)
    assert case.matches(problems[0]), f"{rendered(problems)[0]!r} is not {case.code} {case.rendered!r}"


def test_a_folder_without_a_framework_is_no_pack(tmp_path: Path) -> None:
    (tiny(tmp_path) / "framework.yaml").unlink()
    expected = "missing-file framework.yaml: A pack has a framework.yaml. Add it, or name the pack's folder."
    assert rendered(problems_of(tmp_path)) == [expected]
    assert rendered(problems_of(tmp_path / "nowhere")) == [expected]


def test_a_file_that_is_not_utf_8_is_reported_at_its_line(tmp_path: Path) -> None:
    problems = problems_of(tiny(tmp_path, ("standards/A.yaml", "First steps", b"First st\xe9ps")))
    assert rendered(problems) == [
        "not-utf-8 standards/A.yaml, line 3: The file is not UTF-8 text. Save it as UTF-8.",
    ]


def test_a_file_that_is_too_large_is_reported(tmp_path: Path) -> None:
    problems = problems_of(tiny(tmp_path, ("standards/A.yaml", "", b"#" * (4 * 1024 * 1024 + 1))))
    assert [p.code for p in problems] == ["file-too-large"]
    assert problems[0].message == "The file has more than 4,194,304 bytes, and no pack's file needs as many."
    assert problems[0].remedy == "Split it."


@pytest.mark.parametrize("content", [b" " * (4 * 1024 * 1024 + 1), b"[" * 200_000, b'{ "title": "\xff" }'])
def test_a_schema_of_any_bytes_is_a_problem_and_never_an_exception(content: bytes, tmp_path: Path) -> None:
    problems = problems_of(tiny(tmp_path, ("evidence.schema.json", "", content)))
    assert [p.code for p in problems] == ["broken-schema"]
    assert problems[0].message.startswith("This is not JSON: ")


def test_a_file_that_cannot_be_read_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Path.open

    def refuse(path: Path, mode: str = "r", *rest: Any) -> Any:
        if path.name == "B.yaml" and mode == "rb":
            raise PermissionError(13, "Permission denied")
        return opened(path, mode, *rest)

    folder = tiny(tmp_path)
    monkeypatch.setattr(Path, "open", refuse)
    assert rendered(problems_of(folder)) == [
        "unreadable-file standards/B.yaml: The file cannot be read: Permission denied. Check its rights.",
    ]


class Reads(Ragging):
    """A stranger's kind, which checks nothing and reads whatever fact it is told to."""

    KIND: ClassVar[str] = "reads"

    kind: Literal["reads"]  # type: ignore[assignment]  # a kind of its own
    fact: str

    def lower(self, context: RuleContext) -> Lowered:
        """A sheet whose first line goes by the fact."""
        part = super().lower(context)
        first = part.clauses[0]
        return replace(part, clauses=(replace(first, conditions=(FactKnown(self.fact),)), *part.clauses[1:]))


@pytest.mark.parametrize(
    ("fact", "code"), [("age", "protected-characteristic"), ("shoe_size", "unknown-fact"), ("school", "unknown-fact")]
)
def test_no_kind_of_rule_reads_a_fact_that_rules_may_not_know(fact: str, code: str, tmp_path: Path) -> None:
    rule = ("rules/sheet.yaml", "kind: ragging", f"kind: reads\n    fact: {fact}")
    outcome = ("framework.yaml", "    colours: sheet\n", "")
    with pytest.raises(ProblemsError) as caught:
        load_pack(tiny(tmp_path, rule, outcome), {**KINDS, "reads": Reads})
    (problem,) = caught.value.problems
    assert (problem.code, problem.place.file, problem.place.line) == (code, "rules/sheet.yaml", 2)
    assert f'"{fact}"' in problem.message


_LEVELS = """\
rules:
  - id: own
    kind: loose
    label: Levels of our own
    source: 1
    says: {{ level: {0} }}
    otherwise: {{ level: {0[0]} }}
    clauses: []
"""


@pytest.mark.parametrize(
    ("values", "fits"), [([4, 0, 7], True), ([0, 32_767], True), ([-1, 0], False), ([0, 32_768], False), ([1], False)]
)
def test_levels_are_at_least_two_numbers_from_none_on(values: list[int], fits: bool, tmp_path: Path) -> None:  # noqa: FBT001
    outcome = ("framework.yaml", "    level: ladder.level\n", "    level: own.level\n")
    rules = ("framework.yaml", "rules: [ladder,", "rules: [own, ladder,")
    folder = tiny(tmp_path, ("rules/own.yaml", "", _LEVELS.format(values)), outcome, rules)
    problems = read_pack(folder, {**KINDS, "loose": Loose}).all_problems()
    assert [problem.code for problem in problems] == ([] if fits else ["unfit-conclusion"])


@pytest.mark.parametrize("name", ["rules/bands.yaml", "evidence.schema.json", "examples"])
def test_what_leads_out_of_the_pack_is_not_read(name: str, tmp_path: Path) -> None:
    folder, other = tiny(tmp_path / "pack"), tiny(tmp_path / "other")
    if (folder / name).is_dir():
        (folder / name / "levels.yaml").unlink()
        (folder / name).rmdir()
    else:
        (folder / name).unlink()
    (folder / name).symlink_to(other / name)
    told = [problem for problem in problems_of(folder) if problem.code == "outside-pack"]
    assert rendered(told) == [f"outside-pack {name}: This leads out of the pack's folder. Put the file itself there."]


def test_links_within_a_pack_and_to_the_whole_of_it_are_followed(tmp_path: Path) -> None:
    folder = tiny(tmp_path / "pack")
    (folder / "rules" / "bands.yaml").rename(folder / "rules" / "zones.yaml")
    (folder / "standards" / "A.yaml").rename(folder / "standards" / "C.yaml")
    (folder / "standards" / "D.yaml").symlink_to(folder / "standards" / "C.yaml")
    (folder / "standards" / "C.yaml").rename(folder / "standards" / "A.yaml")
    (tmp_path / "link").symlink_to(folder)
    assert [p.code for p in problems_of(tmp_path / "link")] == ["unexpected-file"], "the link in it leads nowhere now"
    (folder / "standards" / "D.yaml").unlink()
    assert load(tmp_path / "link").digest == load(folder).digest


def test_a_pack_of_very_many_bytes_is_read_no_further(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert bounds.MOST_BYTES_IN_ALL >= 16 * 1024 * 1024
    monkeypatch.setattr(bounds, "MOST_BYTES_IN_ALL", 5_000)
    (told,) = [problem for problem in problems_of(tiny(tmp_path)) if problem.code == "pack-too-large"]
    assert told.place.file.startswith("standards/")
    assert re.fullmatch(r"Up to here the files have \d,\d\d\d bytes; a pack has at most 5,000\.", told.message)


@pytest.mark.parametrize("folder", ["examples", "standards"])
def test_a_pack_of_very_many_files_is_reported_once(folder: str, tmp_path: Path) -> None:
    tiny(tmp_path)
    for number in range(501):
        (tmp_path / folder / f"z{number:03}.yaml").write_text("", "utf-8")
    told = [p for p in problems_of(tmp_path) if p.code != "empty-file"]
    assert [p.code for p in told] == ["too-many-files"]
    assert told[0].message == "The pack has more than 500 files."
    assert told[0].remedy == "Put more into each."


def test_every_missing_field_is_reported_at_once(tmp_path: Path) -> None:
    lines = ("publisher: Nobody in particular", "title: A tiny framework", "summary: Two levels, each of two criteria.")
    changes = [("framework.yaml", f"{line}\n", "") for line in lines]
    assert [p.message for p in problems_of(tiny(tmp_path, *changes))] == [
        '"publisher" is missing.',
        '"summary" is missing.',
        '"title" is missing.',
    ]


def test_problems_of_several_files_are_all_reported_at_once_sorted_by_place(tmp_path: Path) -> None:
    folder = tiny(
        tmp_path,
        ("standards/B.yaml", "level: 2", "level: two"),
        ("framework.yaml", "max_age_months: 24", "max_age_months: 0"),
        ("framework.yaml", "id: tiny", "id: Tiny"),
        ("rules/sheet.yaml", "kind: ragging", "kind: raging"),
        ("rules/ladder.yaml", "label: Ladder", "labl: Ladder"),
        ("standards/A.yaml", "label: First steps", "label: [First steps"),
        ("evidence.schema.json", "", "{"),
        ("notes.txt", "", "x"),
    )
    found = [(p.place.file, p.place.line, p.code) for p in problems_of(folder)]
    assert found == [
        ("evidence.schema.json", 1, "broken-schema"),
        ("framework.yaml", 1, "bad-value"),
        ("framework.yaml", 34, "bad-value"),
        ("notes.txt", None, "unexpected-file"),
        ("rules/ladder.yaml", 2, "missing-field"),
        ("rules/ladder.yaml", 4, "unknown-field"),
        ("rules/sheet.yaml", 3, "unknown-kind"),
        ("standards/A.yaml", 4, "broken-yaml"),
        ("standards/B.yaml", 2, "bad-value"),
    ]


def test_problems_between_files_are_all_reported_at_once_sorted_by_place(tmp_path: Path) -> None:
    folder = tiny(
        tmp_path,
        ("rules/sheet.yaml", "order: [A.1,", "order: [A.7,"),
        ("rules/ladder.yaml", "need: 1,", "need: 3,"),
        ("framework.yaml", "zone: expected.zone", "zone: expected.zones"),
        ("framework.yaml", "colours: sheet", "colours: shoot"),
        ("examples/levels.yaml", "blockers: [B.1, B.2]", "blockers: [B.1, B.7]"),
        ("standards/A.yaml", "source: 10, 12-14", "source: 10, 14-12"),
    )
    assert [(p.place.file, p.place.line, p.code) for p in problems_of(folder)] == [
        ("examples/levels.yaml", 8, "unknown-criterion"),
        ("framework.yaml", 59, "unknown-conclusion"),
        ("framework.yaml", 62, "unknown-rule"),
        ("rules/ladder.yaml", 9, "impossible-level"),
        ("rules/sheet.yaml", 6, "unknown-criterion"),
        ("standards/A.yaml", 5, "bad-value"),
    ]


def test_what_a_broken_part_would_have_had_is_not_reported_missing_elsewhere(tmp_path: Path) -> None:
    problems = problems_of(tiny(tmp_path, ("standards/A.yaml", "level: 1", "levl: 1")))
    assert [p.code for p in problems] == ["unknown-field"]


def test_the_message_of_the_exception_holds_every_problem(tmp_path: Path) -> None:
    folder = tiny(
        tmp_path,
        ("rules/sheet.yaml", "kind: ragging", "kind: raging"),
        ("framework.yaml", "id: tiny", "id: null"),
    )
    with pytest.raises(ProblemsError) as caught:
        load(folder)
    assert str(caught.value) == (
        "framework.yaml, line 1, id: Nothing stands where text belongs. Mend it.\n"
        'rules/sheet.yaml, line 3, rules[0].kind: "raging" is not a kind of rule. Did you mean ragging?'
    )


def test_a_digest_names_its_algorithm(tmp_path: Path) -> None:
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", load(tiny(tmp_path)).digest)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("framework.yaml", "purposes:\n", "# What it is for.\n\npurposes:\n"),
        ("framework.yaml", 'id: tiny\nversion: "1.0"\n', "version: '1.0'\nid: \"tiny\"\n"),
        ("framework.yaml", "  - { id: teaching, label: Teaching }", "  - label: Teaching\n    id: teaching"),
        (
            "rules/sheet.yaml",
            "order: [A.1, A.2, B.1, B.2]",
            "order: [\n      A.1, A.2,\n      B.1, B.2,\n      ]",
        ),
        ("standards/A.yaml", "summary: What everyone does.", "summary: >-\n  What everyone\n  does."),
        ("evidence.schema.json", "", '{"properties":\n {"review_point": {"enum": ["sep", null]}}}'),
    ],
)
def test_what_changes_only_the_writing_leaves_the_digest_alone(file: str, old: str, new: str, tmp_path: Path) -> None:
    assert load(tiny(tmp_path / "one")).digest == load(tiny(tmp_path / "two", (file, old, new))).digest


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("framework.yaml", "max_age_months: 24", "max_age_months: 23"),
        ("framework.yaml", "source: 7", "source: 9"),
        ("standards/A.yaml", "Is there on time.", "Is there in time."),
        ("standards/A.yaml", "source: 13", 'source: "13"'),
        ("rules/ladder.yaml", "need: 1,", "need: 2,"),
        ("rules/sheet.yaml", "order: [A.1, A.2,", "order: [A.2, A.1,"),
        ("examples/levels.yaml", "blockers: [B.1, B.2]", "blockers: [B.2, B.1]"),
        ("evidence.schema.json", '"sep", null', '"sep"'),
    ],
)
def test_what_changes_a_value_changes_the_digest(file: str, old: str, new: str, tmp_path: Path) -> None:
    assert load(tiny(tmp_path / "one")).digest != load(tiny(tmp_path / "two", (file, old, new))).digest


def test_a_signature_lies_beside_the_pack_and_is_no_part_of_its_digest(tmp_path: Path) -> None:
    without = load(tiny(tmp_path / "one"))
    folder = tiny(tmp_path / "two")
    (folder / "signature.json").write_bytes(b"whatever it holds")
    signed = load(folder)
    assert signed.digest == without.digest
    assert signed.files == {**without.files, "signature.json": b"whatever it holds"}


def test_a_pack_keeps_its_files_byte_by_byte(tmp_path: Path) -> None:
    folder = tiny(tmp_path)
    there = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert load(folder).files == there


#: Codes with a test of their own above, since text cannot seed them.
SEEDED_BY_HAND = {"missing-file", "not-utf-8", "outside-pack", "pack-too-large", "too-many-files", "unreadable-file"}


def test_every_code_that_a_pack_can_have_is_seeded() -> None:
    assert {case.code for case in CASES} | SEEDED_BY_HAND == codes_of("pack")
