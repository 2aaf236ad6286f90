"""What no single part of a pack can see: names used twice, names that are not there, values without provenance."""

from __future__ import annotations

import fnmatch
import string
from typing import TYPE_CHECKING

from pydantic import BaseModel

from bandstand.errors import EngineError
from bandstand.models.framework import ZONES
from bandstand.models.provenance import Basis
from bandstand.rules.base import RuleContext, did_you_mean
from bandstand.rules.program import compile_program
from bandstand.rules.ragging import Ragging

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bandstand.models.clauses import Conclusion, Lowered
    from bandstand.models.example import Example
    from bandstand.models.framework import Framework
    from bandstand.packs.draft import Draft
    from bandstand.packs.yaml_source import Path, Source

#: What an action's text may name.
ACTION_FIELDS = frozenset({"person", "level", "next_level", "grade", "lines", "count", "standing"})


def check_pack(draft: Draft) -> tuple[Lowered, ...]:
    """Cross-check a pack whose files all have their shape; problems go to the sources that they stand in.

    Returns:
        What the rules lower to, in their order; nothing when there are problems.
    """
    framework = draft.framework
    assert framework is not None
    top = draft.sources["framework.yaml"]
    criteria = {c.id: c for standard, _ in draft.standards for c in standard.criteria}
    _check_framework(framework, top)
    _check_standards(draft)
    _check_provenance(draft)
    conclusions: dict[str, Conclusion] = {}
    ids: set[str] = set()
    for rule, source, path in draft.rules:
        if rule.id in ids:
            source.report("duplicate-id", (*path, "id"), f'There is a rule "{rule.id}" already.', "Rename one of them.")
        ids.add(rule.id)
        conclusions.update((c.name, c) for c in rule.conclusions())
    context = RuleContext(framework, criteria, conclusions)
    for rule, source, path in draft.rules:
        for defect in rule.check(context):
            source.report(defect.code, (*path, *defect.path), defect.message, defect.remedy)
    _check_outcome(draft, framework, conclusions, top)
    for example, source, path in draft.examples:
        _check_example(example, source, path, draft)
    if draft.all_problems():
        return ()
    lowered = tuple(rule.lower(context) for rule, _, _ in draft.rules)
    reviews = {c.name for part in lowered if part.scope == "review" for c in part.conclusions}
    outcome = framework.outcome
    for name in (outcome.level, outcome.zone, outcome.action, *outcome.notes):
        if name in reviews:
            message = f"{name} is concluded for each review point, not for a person's position."
            top.report("unfit-conclusion", ("outcome",), message, "Name a conclusion of another rule.")
    for scope in ("position", "review"):
        try:
            compile_program(framework.id, scope, list(criteria), lowered)
        except EngineError as error:
            top.report("rules-contradict", (), str(error), "Mend the rules that it names.")
    return lowered


def _check_framework(framework: Framework, top: Source) -> None:
    lists = ("purposes", "refuses", "review_points", "strands", "grades", "roles", "career_stages", "flags", "actions")
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
        for name in sorted(fields - ACTION_FIELDS):
            message = f"The text names {{{name}}}, which is not known."
            top.report("unknown-field", ("actions", n, "text"), message, did_you_mean(name, sorted(ACTION_FIELDS)))
    for n, view in enumerate(framework.findings.views):
        reaches = [rank.reaches for rank in view.ranks]
        order = ["not_met", "partly_met", "met"]
        if [order.index(r) for r in reaches] != sorted((order.index(r) for r in reaches), reverse=True):
            message = f'In view "{view.id}" a weaker rank of source reaches further than a stronger one.'
            remedy = "Let no rank reach further than those above it, or a met claim could lower a finding."
            top.report("rank-out-of-order", ("findings", "views", n, "ranks"), message, remedy)


def _check_standards(draft: Draft) -> None:
    standards: dict[str, str] = {}
    criteria: dict[str, str] = {}
    for standard, source in draft.standards:
        if standard.id in standards:
            message = f'There is a standard "{standard.id}" already, in {standards[standard.id]}.'
            source.report("duplicate-id", ("id",), message, "Rename one of them.")
        standards.setdefault(standard.id, source.file)
        for n, criterion in enumerate(standard.criteria):
            if criterion.id in criteria:
                message = f'There is a criterion "{criterion.id}" already, in {criteria[criterion.id]}.'
                source.report("duplicate-id", ("criteria", n, "id"), message, "Rename one of them.")
            criteria.setdefault(criterion.id, source.file)


def _check_provenance(draft: Draft) -> None:
    """Every value that is not stated says what was read, and lines run forwards."""
    parts: list[tuple[Source, Path, BaseModel]] = [
        *((source, (), standard) for standard, source in draft.standards),
        *((source, path, rule) for rule, source, path in draft.rules),
    ]
    if draft.framework is not None:
        parts.append((draft.sources["framework.yaml"], (), draft.framework))
    for source, path, part in parts:
        for where, value in _models(part, path):
            basis, note = getattr(value, "basis", None), getattr(value, "note", None)
            if isinstance(basis, Basis) and basis not in (Basis.STATED, Basis.TRUST) and not note:
                message = f"The basis is {basis.value}, and no note says what was read."
                source.report("missing-note", where, message, "Add a note.")
            for bounds in str(getattr(value, "source", "")).replace(" ", "").split(","):
                first, _, last = bounds.partition("-")
                if last and int(last) < int(first):
                    message = f"Lines {bounds} run backwards."
                    source.report("bad-value", (*where, "source"), message, "Put the smaller number first.")


def _models(value: object, path: Path) -> Iterator[tuple[Path, BaseModel]]:
    if isinstance(value, BaseModel):
        yield path, value
        for name, field in type(value).model_fields.items():
            yield from _models(getattr(value, name), (*path, field.alias or name))
    elif isinstance(value, list | tuple):
        for n, item in enumerate(value):
            yield from _models(item, (*path, n))
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _models(item, (*path, name))


def _check_outcome(draft: Draft, framework: Framework, conclusions: dict[str, Conclusion], top: Source) -> None:
    outcome = framework.outcome
    actions = {action.id for action in framework.actions}
    names = {"level": (outcome.level,), "zone": (outcome.zone,), "action": (outcome.action,), "notes": outcome.notes}
    for field, used in names.items():
        for name in used:
            path = ("outcome", field)
            if name not in conclusions:
                remedy = did_you_mean(name, conclusions)
                top.report("unknown-conclusion", path, f'No rule concludes "{name}".', remedy)
            elif field in ("level", "zone"):
                _check_values(field, conclusions[name], path, top)
            elif field in ("action", "notes"):
                for value in conclusions[name].values:
                    if value is not None and value not in actions:
                        remedy = did_you_mean(str(value), sorted(actions))
                        top.report("unknown-action", path, f'{name} can be "{value}", which is not an action.', remedy)
                if field == "action" and None in conclusions[name].values:
                    message = f"{name} can be nothing, and an evaluation always recommends something."
                    top.report("no-action", path, message, "Give the table an `otherwise`.")
    if outcome.colours is not None:
        colours = [rule.id for rule, _, _ in draft.rules if isinstance(rule, Ragging)]
        if outcome.colours not in colours:
            remedy = did_you_mean(outcome.colours, colours)
            top.report("unknown-rule", ("outcome", "colours"), f'"{outcome.colours}" is no ragging rule.', remedy)


def _check_values(field: str, conclusion: Conclusion, path: Path, top: Source) -> None:
    """A level is one of at least two numbers; a zone is one of the zones, or none."""
    if field == "level":
        fits = all(type(value) is int for value in conclusion.values) and len(conclusion.values) > 1
        remedy = "Name a conclusion whose values are numbers, as ladder.level."
    else:
        fits = all(value is None or value in ZONES for value in conclusion.values)
        remedy = "Name a conclusion whose values are zones, as expected.zone."
    if not fits:
        top.report("unfit-conclusion", path, f"{conclusion.name} does not give a {field}.", remedy)


def _check_example(example: Example, source: Source, path: Path, draft: Draft) -> None:
    framework = draft.framework
    assert framework is not None
    criteria = [c.id for standard, _ in draft.standards for c in standard.criteria]
    points = [point.id for point in framework.review_points]
    for n, evidence in enumerate(example.evidence):
        here = (*path, "evidence", n)
        for m, pattern in enumerate(evidence.criteria):
            if not fnmatch.filter(criteria, pattern):
                message = f'"{pattern}" is not a criterion, and matches none.'
                source.report("unknown-criterion", (*here, "criteria", m), message, did_you_mean(pattern, criteria))
        if evidence.review_point is not None and evidence.review_point not in points:
            remedy = did_you_mean(evidence.review_point, points)
            message = f'"{evidence.review_point}" is not a review point.'
            source.report("unknown-review-point", (*here, "review_point"), message, remedy)
    if example.review_point is not None and example.review_point not in points:
        remedy = did_you_mean(example.review_point, points)
        message = f'"{example.review_point}" is not a review point.'
        source.report("unknown-review-point", (*path, "review_point"), message, remedy)
    for criterion in (*example.expect.findings, *(example.expect.blockers or ())):
        if criterion not in criteria:
            message = f'"{criterion}" is not a criterion.'
            source.report("unknown-criterion", (*path, "expect"), message, did_you_mean(criterion, criteria))


def _check_unique(source: Source, path: Path, ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for n, name in enumerate(ids):
        if name in seen:
            source.report("duplicate-id", (*path, n, "id"), f'"{name}" is given twice.', "Rename one of them.")
        seen.add(name)
