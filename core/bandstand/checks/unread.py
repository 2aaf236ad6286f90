"""What a pack holds and nothing uses: criteria that no rule reads, and parts of the framework that nothing names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bandstand.models.clauses import FindingIs, MeasureCompares
from bandstand.rules.decision_table import DecisionTable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bandstand.checks.bench import Bench
    from bandstand.models.framework import Framework
    from bandstand.models.problem import Problem
    from bandstand.packs.pack import Pack
    from bandstand.packs.yaml_source import Path

    #: A part of the framework: where it stands, what it is in a word, and its id.
    Part = tuple[Path, str, str]


def criteria(bench: Bench) -> Iterator[Problem]:
    """Criteria that no rule reads though the framework does not say that they inform only; and the other way round."""
    pack = bench.pack
    read = _read(pack)
    patterns = [pattern for said in pack.framework.informs for pattern in said.criteria]
    informing = {unit for pattern in patterns for unit in pack.unfolded.matching(pattern)}
    for n, said in enumerate(pack.framework.informs):
        for m, pattern in enumerate(said.criteria):
            wrongly = [unit for unit in pack.unfolded.matching(pattern) if unit in read]
            if wrongly:
                yield bench.of_framework(
                    ("informs", n, "criteria", m),
                    "not-only-informing",
                    f'"{pattern}" is said to inform only, and a rule reads {wrongly[0]}.',
                    "Name those alone that no rule reads.",
                )
    # What the document has lost, or leaves blank, cannot be read.
    unread = {unit.id for unit in pack.criteria.values() if unit.status == "present"} - read - informing
    units: dict[str, list[str]] = {}
    for unit in pack.criteria.values():
        units.setdefault(unit.criterion, []).append(unit.id)
    for standard, source in bench.draft.standards:
        for n, criterion in enumerate(standard.criteria):
            own = units.get(criterion.id, [])
            for name in [criterion.id] if unread.issuperset(own) and own else [unit for unit in own if unit in unread]:
                yield bench.of_source(
                    source,
                    ("criteria", n),
                    "unread-criterion",
                    f"No rule reads {name}, so evidence about it changes nothing.",
                    "Let a rule read it, or say under `informs` in framework.yaml why none does.",
                )


def parts(bench: Bench) -> Iterator[Problem]:
    """Parts of the framework that nothing names, and columns of decision tables that no row asks about."""
    named = set(_texts([source.data for name, source in bench.draft.sources.items() if name.startswith("rules/")]))
    for path, kind, name in _unused(bench.pack, named):
        message = f'Nothing in the pack uses the {kind} "{name}".'
        remedy = "Take it out, or let what it is meant for name it."
        yield bench.of_framework(path, "unused-item", message, remedy, severity="warning")
    for rule in bench.pack.rules:
        if isinstance(rule, DecisionTable):
            asked = {name for row in rule.rows for name in row.when}
            for name in rule.inputs:
                if name not in asked:
                    message = f'No row of {rule.id} asks about its input "{name}".'
                    path = ("inputs", name)
                    yield bench.of_rule(rule.id, path, "unused-item", message, "Take it out.", severity="warning")


def _read(pack: Pack) -> set[str]:
    """The criteria that some clause looks at, by itself or in a measure."""
    read: set[str] = set()
    for part in pack.lowered:
        conditions = [condition for clause in part.clauses for condition in clause.conditions]
        read.update(c.criterion for c in conditions if isinstance(c, FindingIs))
        measures = {c.measure for c in conditions if isinstance(c, MeasureCompares)}
        read.update(c for measure in part.measures if measure.name in measures for c in measure.criteria)
    return read


def _unused(pack: Pack, named: set[str]) -> Iterator[Part]:
    framework = pack.framework
    every = [criterion for standard in pack.standards for criterion in standard.criteria]
    used: dict[str, set[str]] = {
        "sections": {str(standard.section) for standard in pack.standards},
        "groups": {str(criterion.group) for criterion in every},
        "scales": {str(criterion.scale) for criterion in every} | named,
        "strands": {grade.strand for grade in framework.grades} | named,
        # What the document says of a role informs whoever decides.
        "roles": {role.id for role in framework.roles if role.says is not None} | named,
        "facts": _facts(pack),
    }
    for field, names in used.items():
        for n, part in enumerate(getattr(framework, field)):
            if part.id not in names:
                yield (field, n), field.removesuffix("s"), part.id
    taken = _of_outcomes(framework)
    for n, view in enumerate(framework.findings.views):
        if view.id not in taken["views"]:
            yield ("findings", "views", n), "view", view.id
    for n, purpose in enumerate(framework.purposes):
        if purpose.id not in taken["purposes"]:
            yield ("purposes", n), "purpose", purpose.id
    for n, zone in enumerate(framework.zones[:1]):
        if all(outcome.zone is None for outcome in framework.outcomes):
            yield ("zones", n), "zone", zone.id


def _facts(pack: Pack) -> set[str]:
    """The facts that a rule reads or an action's text names, and those in free words, shown with the advice."""
    framework = pack.framework
    free = {fact.id for fact in framework.facts if not fact.values}
    texts = "".join(action.text for action in framework.actions)
    worded = {fact.id for fact in framework.facts if f"{{{fact.id}}}" in texts}
    return free.union(worded, *(part.facts for part in pack.lowered))


def _of_outcomes(framework: Framework) -> dict[str, set[str]]:
    """The views and purposes that some outcome goes by or serves; an outcome that names none takes all."""
    every = {
        "views": {view.id for view in framework.findings.views},
        "purposes": {purpose.id for purpose in framework.purposes},
    }
    return {
        field: set().union(*(set(getattr(outcome, field)) or names for outcome in framework.outcomes))
        for field, names in every.items()
    }


def _texts(value: Any) -> Iterator[str]:
    """Every text within data, keys too."""
    waiting = [value]
    while waiting:
        here = waiting.pop()
        if isinstance(here, str):
            yield here
        elif isinstance(here, list):
            waiting.extend(here)
        elif isinstance(here, dict):
            waiting.extend(here.keys())
            waiting.extend(here.values())
