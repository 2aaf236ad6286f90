"""What no single part of a pack can see: names used twice, names that are not there, values without provenance."""

from __future__ import annotations

import re
import string
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from bandstand.errors import EngineError
from bandstand.models.evidence import CLAIM_PATTERN, Person, is_protected
from bandstand.models.finding import Claim
from bandstand.models.framework import ZONES
from bandstand.models.provenance import Basis, models_within
from bandstand.models.unfold import Unfolded, unfold
from bandstand.packs.references import (
    LEVEL_FIELDS,
    check_example,
    check_guidance,
    check_informing,
    check_outcomes,
    check_standards,
)
from bandstand.rules.base import RuleContext, did_you_mean, unknown
from bandstand.rules.facts import COMMON, facts_of
from bandstand.rules.program import compile_program, outcome_clauses, outcome_criteria

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic import BaseModel

    from bandstand.models.clauses import Conclusion, Lowered
    from bandstand.models.framework import Framework, Scale
    from bandstand.packs.draft import Draft
    from bandstand.packs.yaml_source import Path, Source

#: What an action's text may name, besides the facts that the framework asks for.
ACTION_FIELDS = frozenset({"person", "grade", "career_stage", "lines", "short_lines", "count"})


def check_pack(draft: Draft) -> tuple[Lowered, ...]:
    """Cross-check a pack whose files all have their shape; problems go to the sources that they stand in.

    Returns:
        What the rules lower to, in their order; nothing when there are problems.
    """
    framework = draft.framework
    assert framework is not None
    top = draft.sources["framework.yaml"]
    _check_framework(framework, top)
    _check_scales(draft, framework, top)
    check_standards(draft, framework)
    broken = bool(draft.all_problems())
    _check_provenance(draft)
    if broken:
        # What rules and examples name cannot be told before ids are unique and points are where they belong.
        return ()
    unfolded = unfold(framework, [standard for standard, _ in draft.standards])
    check_guidance(draft, framework, unfolded)
    check_informing(framework, unfolded, top)
    conclusions: dict[str, Conclusion] = {}
    ids: set[str] = set()
    for rule, source, path in draft.rules:
        if rule.id in ids:
            source.report("duplicate-id", (*path, "id"), f'There is a rule "{rule.id}" already.', "Rename one of them.")
        ids.add(rule.id)
        conclusions.update((c.name, c) for c in rule.conclusions(RuleContext(framework, unfolded, {})))
    context = RuleContext(framework, unfolded, conclusions)
    for rule, source, path in draft.rules:
        for defect in rule.check(context):
            source.report(defect.code, (*path, *defect.path), defect.message, defect.remedy)
    check_outcomes(draft, framework, conclusions, unfolded)
    for example, source, path in draft.examples:
        check_example(example, source, path, framework, unfolded)
    if draft.all_problems():
        return ()
    lowered = tuple(rule.lower(context) for rule, _, _ in draft.rules)
    _check_facts_read(draft, framework, lowered)
    _check_programs(draft, framework, unfolded, lowered)
    return lowered


def _check_facts_read(draft: Draft, framework: Framework, lowered: tuple[Lowered, ...]) -> None:
    """That clauses read no fact but those that rules may, whatever a plugin's kind of rule checks itself."""
    known = facts_of(framework)
    for (_, source, path), part in zip(draft.rules, lowered, strict=True):
        for fact in sorted(part.facts - set(known)):
            defect = unknown("fact", fact, known, path)
            source.report(defect.code, path, defect.message, defect.remedy)


def _check_programs(draft: Draft, framework: Framework, unfolded: Unfolded, lowered: tuple[Lowered, ...]) -> None:
    """That the clauses of every outcome hang together by themselves, and conclude what it publishes of a position."""
    top = draft.sources["framework.yaml"]
    rules = [rule for rule, _, _ in draft.rules]
    for n, outcome in enumerate(framework.outcomes):
        own = outcome_clauses(outcome, rules, lowered)
        reviews = {c.name for part in own if part.scope == "review" for c in part.conclusions}
        tracked = [c.name for part in own for c in part.conclusions if c.rule == outcome.tracks]
        for name in (*outcome.named, *([outcome.speaks] if outcome.speaks else []), *tracked[:1]):
            if name in reviews:
                message = f"{name} is concluded for each review point, not for a person's position."
                top.report("unfit-conclusion", ("outcomes", n), message, "Name a conclusion of another rule.")
        for scope in ("position", "review"):
            try:
                compile_program(f"{framework.id}.{outcome.id}", scope, outcome_criteria(outcome, unfolded.units), own)
            except EngineError as error:
                top.report("rules-contradict", ("outcomes", n), str(error), "Mend the rules that it names.")


def _check_framework(framework: Framework, top: Source) -> None:
    lists = (
        *(
            "purposes",
            "refuses",
            "sections",
            "groups",
            "scales",
            "review_points",
            "strands",
            "grades",
            "roles",
            "career_stages",
        ),
        *("flags", "facts", "actions", "outcomes"),
    )
    for name in lists:
        _check_unique(top, (name,), [part.id for part in getattr(framework, name)])
    _check_unique(top, ("findings", "views"), [view.id for view in framework.findings.views])
    strands = [strand.id for strand in framework.strands]
    for n, grade in enumerate(framework.grades):
        if grade.strand not in strands:
            remedy = did_you_mean(grade.strand, strands)
            top.report("unknown-strand", ("grades", n, "strand"), f'"{grade.strand}" is not a strand.', remedy)
    served = {purpose.id for purpose in framework.purposes}
    for n, refusal in enumerate(framework.refuses):
        if refusal.id in served:
            message = f'"{refusal.id}" is both served and refused.'
            top.report("contradiction", ("refuses", n), message, "Take one of them out.")
    if framework.zones and [zone.id for zone in framework.zones] != list(ZONES):
        message = f"Zones are {', '.join(ZONES)}, in this order."
        top.report("bad-value", ("zones",), message, "Give each of them once, in that order.")
    _check_unprotected(framework, top)
    _check_facts(framework, top)
    known = ACTION_FIELDS | LEVEL_FIELDS | {asked.id for asked in framework.facts}
    for n, action in enumerate(framework.actions):
        try:
            parts = list(string.Formatter().parse(action.text))
            fields = {name for _, name, _, _ in parts if name is not None}
        except ValueError as error:
            top.report("bad-value", ("actions", n, "text"), f"The text has a stray brace: {error}.", "Double it.")
            continue
        if any(spec or conversion for _, _, spec, conversion in parts):
            message = "A field of the text says how it is to be written."
            top.report("bad-value", ("actions", n, "text"), message, "Give its name alone, as {level}.")
        for name in sorted(fields - known):
            message = f"The text names {{{name}}}, which is not known."
            top.report("unknown-field", ("actions", n, "text"), message, did_you_mean(name, sorted(known)))
    for n, view in enumerate(framework.findings.views):
        reaches = [rank.reaches for rank in view.ranks]
        order = ["not_met", "partly_met", "met"]
        if [order.index(r) for r in reaches] != sorted((order.index(r) for r in reaches), reverse=True):
            message = f'In view "{view.id}" a weaker rank of source reaches further than a stronger one.'
            remedy = "Let no rank reach further than those above it, or a met claim could lower a finding."
            top.report("rank-out-of-order", ("findings", "views", n, "ranks"), message, remedy)


def _check_unprotected(framework: Framework, top: Source) -> None:
    """Nothing that a person's record may hold is called as a protected characteristic is, as no rule may read one."""
    named: list[tuple[Path, str]] = []
    for name in ("strands", "roles", "career_stages", "flags", "facts"):
        named += [((name, n, "id"), part.id) for n, part in enumerate(getattr(framework, name))]
    for n, asked in enumerate(framework.facts):
        named += [(("facts", n, "values", m, "id"), value.id) for m, value in enumerate(asked.values)]
    for path, name in named:
        if is_protected(name):
            message = f'"{name}" is a protected characteristic, which never reaches a rule.'
            top.report("protected-characteristic", path, message, "Take it out.")


def _check_facts(framework: Framework, top: Source) -> None:
    """Facts have names of their own; a default is one of their values."""
    for n, asked in enumerate(framework.facts):
        if asked.id in (*COMMON, *Person.model_fields, *LEVEL_FIELDS, *ACTION_FIELDS):
            message = f'Every person has "{asked.id}" already.'
            top.report("duplicate-id", ("facts", n, "id"), message, "Give it another id.")
        values = [value.id for value in asked.values]
        _check_unique(top, ("facts", n, "values"), values)
        if asked.default is not None and asked.default not in values:
            message = f'"{asked.default}" is not a value of {asked.id}.'
            top.report("unknown-word", ("facts", n, "default"), message, did_you_mean(asked.default, values))


def _check_scales(draft: Draft, framework: Framework, top: Source) -> None:
    """Points of a scale have ids of their own, can be claimed, and build on one another without a circle."""
    claimed = {criterion.scale for standard, _ in draft.standards for criterion in standard.criteria}
    for n, scale in enumerate(framework.scales):
        if scale.ordinal and scale.id in claimed:
            _check_claims(scale, top, ("scales", n, "points"))
        points = [point.id for point in scale.points]
        _check_unique(top, ("scales", n, "points"), points)
        for m, point in enumerate(scale.points):
            for k, other in enumerate(point.builds_on):
                if other not in points:
                    message = f'"{other}" is not a point of {scale.id}.'
                    where = ("scales", n, "points", m, "builds_on", k)
                    top.report("unknown-point", where, message, did_you_mean(other, points))
        try:
            TopologicalSorter({point.id: point.builds_on for point in scale.points}).prepare()
        except CycleError as error:
            circle = " on ".join(map(str, reversed(error.args[1])))
            message = f"Points build on one another in a circle: {circle}."
            top.report("cyclic-levels", ("scales", n, "points"), message, "Break it.")


def _check_claims(scale: Scale, top: Source, path: Path) -> None:
    """Evidence claims a point of an ordinal scale by its id, beside ``not_met`` of none and the claims about one point.

    A scale that no criterion is on only words what a rule concludes, and its points may be called anything.
    """
    for n, point in enumerate(scale.points):
        if point.id in list(Claim):
            message = f'"{point.id}" is a claim about any criterion, and so cannot be that of a point of {scale.id}.'
            top.report("bad-value", (*path, n, "id"), message, "Give the point another id.")
        elif re.fullmatch(CLAIM_PATTERN, point.id) is None:
            message = f'"{point.id}" is a point of {scale.id} that no evidence could claim.'
            remedy = "Write at most 40 small letters, digits and underscores, a letter first."
            top.report("bad-value", (*path, n, "id"), message, remedy)


def _check_provenance(draft: Draft) -> None:
    """Every value that is not stated says what was read, and lines run forwards."""
    parts: list[tuple[Source, Path, BaseModel]] = [
        *((source, (), standard) for standard, source in draft.standards),
        *((source, (), guidance) for guidance, source in draft.guidance),
        *((source, (), crosswalk) for crosswalk, source in draft.crosswalks),
        *((source, path, rule) for rule, source, path in draft.rules),
    ]
    if draft.framework is not None:
        parts.append((draft.sources["framework.yaml"], (), draft.framework))
    for source, path, part in parts:
        for where, value in models_within(part, path):
            basis, note = getattr(value, "basis", None), getattr(value, "note", None)
            if isinstance(basis, Basis) and basis not in (Basis.STATED, Basis.TRUST) and not note:
                message = f"The basis is {basis.value}, and no note says what was read."
                source.report("missing-note", where, message, "Add a note.")
            for bounds in str(getattr(value, "source", "")).replace(" ", "").split(","):
                first, _, last = bounds.partition("-")
                if last and int(last) < int(first):
                    message = f"Lines {bounds} run backwards."
                    source.report("bad-value", (*where, "source"), message, "Put the smaller number first.")


def _check_unique(source: Source, path: Path, ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for n, name in enumerate(ids):
        if name in seen:
            source.report("duplicate-id", (*path, n, "id"), f'"{name}" is given twice.', "Rename one of them.")
        seen.add(name)
