"""Whether everything that one part of a pack names is there in another: criteria, points, conclusions, rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bandstand.models.framework import ZONES
from bandstand.rules.base import did_you_mean
from bandstand.rules.ragging import Ragging

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bandstand.models.clauses import Conclusion
    from bandstand.models.example import Example
    from bandstand.models.framework import Framework, Outcome
    from bandstand.models.guidance import Crosswalk
    from bandstand.models.standard import Criterion
    from bandstand.models.unfold import Unfolded
    from bandstand.packs.draft import Draft
    from bandstand.packs.yaml_source import Path, Source
    from bandstand.rules.base import Rule

#: What an action's text may name where its outcome has levels.
LEVEL_FIELDS = frozenset({"level", "next_level", "standing"})
#: No level is above this, which is what a table of results has room for.
_HIGHEST: Final = 32_767


def check_standards(draft: Draft, framework: Framework) -> None:
    """Ids that stand twice; sections, groups and scales that are not there; points that are not those of the scale."""
    standards: dict[str, str] = {}
    criteria: dict[str, str] = {}
    sections = [section.id for section in framework.sections]
    groups = [group.id for group in framework.groups]
    for standard, source in draft.standards:
        _check_new(standards, standard.id, "standard", source, ("id",))
        if standard.section is not None and standard.section not in sections:
            message = f'"{standard.section}" is not a section.'
            source.report("unknown-section", ("section",), message, did_you_mean(standard.section, sections))
        for n, criterion in enumerate(standard.criteria):
            for path, name in _ids(criterion):
                _check_new(criteria, name, "criterion", source, ("criteria", n, *path))
            if criterion.group is not None and criterion.group not in groups:
                message = f'"{criterion.group}" is not a group.'
                remedy = did_you_mean(criterion.group, groups)
                source.report("unknown-group", ("criteria", n, "group"), message, remedy)
            _check_points(criterion, framework, source, ("criteria", n))


def _check_new(seen: dict[str, str], name: str, kind: str, source: Source, path: Path) -> None:
    if name in seen:
        article = "an" if kind[0] in "aeiou" else "a"
        message = f'There is {article} {kind} "{name}" already, in {seen[name]}.'
        source.report("duplicate-id", path, message, "Rename one of them.")
    seen.setdefault(name, source.file)


def _ids(criterion: Criterion) -> Iterator[tuple[Path, str]]:
    yield ("id",), criterion.id
    for n, statement in enumerate(criterion.statements):
        yield ("statements", n, "id"), statement.id
    for n, point in enumerate(criterion.points):
        yield ("points", n, "at"), f"{criterion.id}@{point.at}"
        for m, statement in enumerate(point.statements):
            yield ("points", n, "statements", m, "id"), statement.id


def _check_points(criterion: Criterion, framework: Framework, source: Source, path: Path) -> None:
    flags = [flag.id for flag in framework.flags]
    for n, flag in enumerate(criterion.only_if):
        if flag not in flags:
            message = f'"{flag}" is not a flag.'
            source.report("unknown-flag", (*path, "only_if", n), message, did_you_mean(flag, flags))
    if criterion.scale is None:
        return
    scales = {scale.id: [point.id for point in scale.points] for scale in framework.scales}
    if criterion.scale not in scales:
        remedy = did_you_mean(criterion.scale, scales)
        source.report("unknown-scale", (*path, "scale"), f'"{criterion.scale}" is not a scale.', remedy)
    elif [point.at for point in criterion.points] != scales[criterion.scale]:
        message = f"The points of {criterion.id} are not those of the scale {criterion.scale}."
        remedy = f"Give each once and in order: {', '.join(scales[criterion.scale])}."
        source.report("wrong-points", (*path, "points"), message, remedy)
    elif next(scale.ordinal for scale in framework.scales if scale.id == criterion.scale):
        for n, point in enumerate(criterion.points):
            if point.statements:
                message = (
                    f"{criterion.id} is at a point of {criterion.scale} as a whole, and {point.at} has statements."
                )
                remedy = "Give the point a descriptor, or the criterion a scale that is not ordinal."
                source.report("wrong-points", (*path, "points", n, "statements"), message, remedy)


def check_guidance(draft: Draft, framework: Framework, unfolded: Unfolded) -> None:
    """What guidance and crosswalks are about is there; ids stand once."""
    known = _things(draft, framework, unfolded)
    lists: dict[str, str] = {}
    items: dict[str, str] = {}
    for guidance, source in draft.guidance:
        _check_new(lists, guidance.id, "list of guidance", source, ("id",))
        for n, item in enumerate(guidance.items):
            _check_new(items, item.id, "item of guidance", source, ("items", n, "id"))
            for m, name in enumerate(item.about):
                if name not in known:
                    message = f'"{name}" is nothing in this pack.'
                    remedy = did_you_mean(name, known)
                    source.report("unknown-item", ("items", n, "about", m), message, remedy)
    targets: dict[str, str] = {}
    for crosswalk, source in draft.crosswalks:
        _check_new(targets, crosswalk.to, "crosswalk to", source, ("to",))
        _check_links(crosswalk, known, source)


def check_informing(framework: Framework, unfolded: Unfolded, top: Source) -> None:
    """The criteria that inform only are there, and so are the grades that a gap leaves without a band."""
    for n, informing in enumerate(framework.informs):
        for m, pattern in enumerate(informing.criteria):
            if not unfolded.matching(pattern):
                message = f'"{pattern}" is not a criterion, and matches none.'
                remedy = did_you_mean(pattern, unfolded.units)
                top.report("unknown-criterion", ("informs", n, "criteria", m), message, remedy)
    grades = [grade.id for grade in framework.grades]
    for n, gap in enumerate(framework.gaps):
        for m, name in enumerate(gap.grades):
            if name not in grades:
                message = f'"{name}" is not a grade of this pack.'
                top.report("unknown-grade", ("gaps", n, "grades", m), message, did_you_mean(name, grades))


def _check_links(crosswalk: Crosswalk, known: dict[str, None], source: Source) -> None:
    if crosswalk.external != bool(crosswalk.targets):
        message = "Targets are given for what no pack holds, and for nothing else."
        source.report("bad-value", ("targets",), message, "Give both external: true and targets, or neither.")
    for n, link in enumerate(crosswalk.links):
        if link.from_ not in known:
            message = f'"{link.from_}" is nothing in this pack.'
            source.report("unknown-item", ("links", n, "from"), message, did_you_mean(link.from_, known))
        for m, name in enumerate(link.to if crosswalk.external else ()):
            if name not in crosswalk.targets:
                message = f'"{name}" is not among the targets.'
                remedy = did_you_mean(name, crosswalk.targets)
                source.report("unknown-item", ("links", n, "to", m), message, remedy)


def _things(draft: Draft, framework: Framework, unfolded: Unfolded) -> dict[str, None]:
    """Ids of everything in a pack that something can be about."""
    parts: Iterable[Iterable[str]] = (
        (framework.id,),
        (section.id for section in framework.sections),
        (standard.id for standard, _ in draft.standards),
        unfolded.criteria,
        unfolded.names,
        (role.id for role in framework.roles),
        (grade.id for grade in framework.grades),
        (point.id for scale in framework.scales for point in scale.points),
        (item.id for guidance, _ in draft.guidance for item in guidance.items),
    )
    return {name: None for part in parts for name in part}


def check_outcomes(draft: Draft, framework: Framework, conclusions: dict[str, Conclusion], unfolded: Unfolded) -> None:
    """Each outcome's rules, sets, purposes and conclusions are there, and every rule serves one."""
    top = draft.sources["framework.yaml"]
    rules = {rule.id: rule for rule, _, _ in draft.rules}
    sets = dict.fromkeys(unit.set for unit in unfolded.units.values())
    purposes = [purpose.id for purpose in framework.purposes]
    for n, outcome in enumerate(framework.outcomes):
        path: Path = ("outcomes", n)
        fields: dict[str, tuple[tuple[str, ...], list[str]]] = {
            "rules": (outcome.rules, list(rules)),
            "sets": (outcome.sets, list(sets)),
            "purposes": (outcome.purposes, purposes),
            "views": (outcome.views, [view.id for view in framework.findings.views]),
        }
        for field, (names, known) in fields.items():
            for m, name in enumerate(names):
                if name not in known:
                    code = f"unknown-{field.removesuffix('s')}"
                    message = f'"{name}" is not a {field.removesuffix("s")} of this pack.'
                    top.report(code, (*path, field, m), message, did_you_mean(name, known))
        for field in ("colours", "focus", "tracks"):
            name = getattr(outcome, field)
            if name is not None and (name not in outcome.rules or name not in rules):
                message = f'"{name}" is not one of the rules that {outcome.id} takes.'
                top.report("unknown-rule", (*path, field), message, did_you_mean(name, outcome.rules))
        if outcome.colours in rules and not isinstance(rules[outcome.colours or ""], Ragging):
            message = f'"{outcome.colours}" is no ragging rule.'
            top.report("unknown-rule", (*path, "colours"), message, "Name a rule of the kind ragging.")
        _check_named(outcome, framework, {n: c for n, c in conclusions.items() if c.rule in outcome.rules}, top, path)
    used = {name for outcome in framework.outcomes for name in outcome.rules}
    for rule, source, where in draft.rules:
        _check_used(rule, used, source, where)


def _check_used(rule: Rule, used: set[str], source: Source, path: Path) -> None:
    if rule.id not in used:
        message = f'No outcome takes the rule "{rule.id}".'
        source.report("unused-rule", (*path, "id"), message, "Name it among the rules of an outcome, or take it out.")


def _check_named(
    outcome: Outcome, framework: Framework, conclusions: dict[str, Conclusion], top: Source, path: Path
) -> None:
    actions = {action.id: action for action in framework.actions}
    single = {"level": outcome.level, "zone": outcome.zone, "action": outcome.action, "speaks": outcome.speaks}
    named = [*((field, name) for field, name in single.items() if name), *(("notes", name) for name in outcome.notes)]
    for field, name in named:
        where = (*path, field)
        if name not in conclusions:
            message = f'No rule of {outcome.id} concludes "{name}".'
            top.report("unknown-conclusion", where, message, did_you_mean(name, conclusions))
        elif field in ("level", "zone", "speaks"):
            _check_values(field, conclusions[name], where, top)
        else:
            for value in conclusions[name].values:
                if value is not None and value not in actions:
                    message = f'{name} can be "{value}", which is not an action.'
                    top.report("unknown-action", where, message, did_you_mean(str(value), sorted(actions)))
                elif value is not None and outcome.level is None and _needs_a_level(actions[str(value)].text):
                    message = f'The text of "{value}" names a level, and {outcome.id} has none.'
                    top.report("unfit-conclusion", where, message, "Word it without, or give the outcome a level.")
            if field == "action" and None in conclusions[name].values:
                message = f"{name} can be nothing, and an evaluation always recommends something."
                top.report("no-action", where, message, "Give the table an `otherwise`.")


def _needs_a_level(text: str) -> bool:
    return any(f"{{{field}}}" in text for field in LEVEL_FIELDS)


def _check_values(field: str, conclusion: Conclusion, path: Path, top: Source) -> None:
    """A level is one of at least two numbers from 0, a zone one of the zones or none; what speaks is true or false."""
    if field == "speaks":
        fits = all(isinstance(value, bool) for value in conclusion.values)
        remedy = "Name a conclusion that is true or false, as profile.seen."
    elif field == "level":
        numbers = [value for value in conclusion.values if type(value) is int and 0 <= value <= _HIGHEST]
        fits = len(conclusion.values) == len(numbers) > 1
        remedy = "Name a conclusion whose values are numbers from 0, as ladder.level."
    else:
        fits = all(value is None or value in ZONES for value in conclusion.values)
        remedy = "Name a conclusion whose values are zones, as expected.zone."
    if not fits:
        message = f"{conclusion.name} does not say whether a view speaks." if field == "speaks" else None
        top.report("unfit-conclusion", path, message or f"{conclusion.name} does not give a {field}.", remedy)


def check_example(example: Example, source: Source, path: Path, framework: Framework, unfolded: Unfolded) -> None:
    """What an example names is there, and what it claims can be claimed."""
    points = [point.id for point in framework.review_points]
    outcomes = [outcome.id for outcome in framework.outcomes]
    if example.outcome is not None and example.outcome not in outcomes:
        message = f'"{example.outcome}" is not an outcome.'
        source.report("unknown-outcome", (*path, "outcome"), message, did_you_mean(example.outcome, outcomes))
    for n, evidence in enumerate(example.evidence):
        here = (*path, "evidence", n)
        for m, pattern in enumerate(evidence.criteria):
            names = unfolded.named(pattern)
            if not names:
                message = f'"{pattern}" is not a criterion, and matches none.'
                remedy = did_you_mean(pattern, unfolded.names)
                source.report("unknown-criterion", (*here, "criteria", m), message, remedy)
            for name in names:
                if (name, evidence.claim) not in unfolded.unfolds:
                    message = f'"{evidence.claim}" cannot be claimed of {name}.'
                    # A near miss is guessed at, and never the opposite of what is claimed: not_met for met.
                    remedy = did_you_mean(evidence.claim, unfolded.claims_of(name), cutoff=0.7)
                    source.report("unfit-claim", (*here, "claim"), message, remedy)
                    break
        _check_point(evidence.review_point, points, source, (*here, "review_point"))
    _check_point(example.review_point, points, source, (*path, "review_point"))
    _check_facts(example, source, path, framework)
    for criterion in (*example.expect.findings, *(example.expect.blockers or ()), *(example.expect.steps or ())):
        if criterion not in unfolded.units:
            message = f'"{criterion}" is not a criterion.'
            remedy = did_you_mean(criterion, unfolded.units)
            source.report("unknown-criterion", (*path, "expect"), message, remedy)


def _check_facts(example: Example, source: Source, path: Path, framework: Framework) -> None:
    for field, given in (("person", example.person.facts), ("settings", example.settings)):
        of = "person" if field == "person" else "trust"
        asked = {fact.id: fact for fact in framework.facts if fact.of == of}
        for name, value in given.items():
            where = (*path, "person", "facts", name) if field == "person" else (*path, "settings", name)
            if name not in asked:
                message = f'"{name}" is not asked of a {of}.'
                source.report("unknown-fact", where, message, did_you_mean(name, asked))
            elif not asked[name].is_answered(value):
                message = f'"{value}" is not an answer to {name}.'
                remedy = did_you_mean(value, [option.id for option in asked[name].values])
                source.report("unknown-fact-value", where, message, remedy)


def _check_point(point: str | None, points: list[str], source: Source, path: Path) -> None:
    if point is not None and point not in points:
        message = f'"{point}" is not a review point.'
        source.report("unknown-review-point", path, message, did_you_mean(point, points))
