"""Whether rows of a results table say what the engines per person conclude: one row, or a sample of a run's."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from bandstand import __version__
from bandstand.engine.facts import text_of
from bandstand.engine.publish import zone_of
from bandstand.engine.recommend import recommend
from bandstand.engine.smallest_change import open_criteria
from bandstand.models.evaluation import NextSteps, PublishedFinding
from bandstand.models.finding import Finding, State

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bandstand.engine.evaluate import Evaluated, Run

#: Columns whose values are told in whatever order.
_UNORDERED: Final = frozenset({"views", "blockers", "columns", "caveats", "conclusions"})
#: What of a document is not of the table: that a second engine did not run.
_ONE_ENGINE: Final = "one-engine"
_NO_STEPS: Final = NextSteps(level=None, reaches=None, kind="none", criteria=())


def differences(row: Mapping[str, Any], evaluated: Evaluated, *, every_conclusion: bool = False) -> list[str]:
    """Where a row of a results table and the evaluation of its person by the engines per person do not agree.

    Args:
        row: One row, by column, as ``Table.to_pylist`` gives it; a column that it lacks is not compared.
        evaluated: The same person, outcome, day and settings.
        every_conclusion: Whether the table was made with all conclusions.

    Returns:
        A sentence for each column that differs, with both values; none when all agree.
    """
    return list(differing(row, evaluated, every_conclusion=every_conclusion).values())


def differing(row: Mapping[str, Any], evaluated: Evaluated, *, every_conclusion: bool = False) -> dict[str, str]:
    """The same by the column; ``engines`` stands for the two engines per person that differ among themselves."""
    if evaluated.differences:
        said = "; ".join(evaluated.differences[:3])
        return {"engines": f"the engines per person do not agree among themselves: {said}"}
    traced = row_of(evaluated, every_conclusion=every_conclusion)
    found = {}
    for column, value in traced.items():
        if column in row and _comparable(column, row[column]) != _comparable(column, value):
            found[column] = f"{column}: {_said(row[column])} in the table, {_said(value)} in the trace"
    return found


def row_of(evaluated: Evaluated, *, every_conclusion: bool = False) -> dict[str, Any]:
    """The row that a results table has of an evaluation, by column: what its document says, without its trace.

    Args:
        evaluated: An evaluation on which the engines agree.
        every_conclusion: Whether the row has all conclusions, and not only those that sum the outcome up.
    """
    run, outcome, pack = evaluated.headline, evaluated.outcome, evaluated.pack
    level = None if outcome.level is None else run.number(outcome.level)
    next_level = _next_level(run, outcome.level)
    actions = {action.id for action in pack.framework.actions}
    since = None if evaluated.since is None else evaluated.since.run
    return {
        "person": evaluated.person.person,
        "framework": pack.id,
        "outcome": outcome.id,
        "purpose": evaluated.purpose,
        "school": evaluated.person.school,
        "grade": text_of(evaluated.facts.get("grade")),
        "career_stage": text_of(evaluated.facts.get("career_stage")),
        "view": run.findings.view,
        "views": [view for view in evaluated.positions if view in evaluated.speaking],
        "level": level,
        "zone": zone_of(run, outcome.zone),
        "action": str(run.value(outcome.action)),
        "notes": [note for name in outcome.notes if (note := run.value(name)) in actions],
        "next_level": next_level,
        "blockers": _blockers(run, outcome.level, next_level),
        "columns": list(_columns(evaluated)),
        "caveats": list(_caveats(evaluated)),
        "seen": run.findings.seen,
        "criteria": sum(state != State.NOT_APPLICABLE for state in run.findings.states),
        "conclusions": list(_conclusions(evaluated, every=every_conclusion)),
        "level_before": None if since is None or outcome.level is None else since.number(outcome.level),
        "zone_before": None if since is None else zone_of(since, outcome.zone),
        "as_of": evaluated.as_of,
        "pack": pack.name,
        "pack_digest": pack.digest,
        "overlay_digest": None if pack.overlay is None else pack.overlay.digest,
        "engine": f"bandstand {__version__}",
    }


def _next_level(run: Run, name: str | None) -> int | None:
    """The least level above the one that is held."""
    if name is None:
        return None
    values = run.program.conclusions[run.program.positions[name]].values
    return min((value for value in values if isinstance(value, int) and value > run.number(name)), default=None)


def _blockers(run: Run, name: str | None, level: int | None) -> list[str]:
    return [] if name is None or level is None else list(open_criteria(run.program, run.plain, name, level))


def _columns(evaluated: Evaluated) -> Iterator[dict[str, str]]:
    """The sheet's columns, each with its colours as letters in the order of the sheet's lines."""
    from bandstand.cohort.results import LETTERS  # noqa: PLC0415 - an extra

    rule = evaluated.outcome.colours
    if rule is None:
        return
    for point, run in evaluated.columns.items():
        names = [declared.name for declared in run.program.conclusions if declared.rule == rule]
        letters = "".join(LETTERS[str(run.value(name))] for name in names)
        yield {"review_point": point, "view": run.findings.view, "colours": letters}


def _caveats(evaluated: Evaluated) -> Iterator[str]:
    """Codes of the caveats, each once; but for that of which criteria to work on, which the table does not choose."""
    found = evaluated.headline.findings
    # Codes go by what is provisional and what has evidence alone; the rest of a finding is for sentences.
    findings = {
        criterion: PublishedFinding(
            finding=Finding.NOT_EVIDENCED,
            provisional=winner is not None and state == State.PROVISIONAL,
            evidence=None if winner is None else winner.id,
        )
        for criterion, state, winner in zip(
            evaluated.headline.program.criteria, found.states, found.winners, strict=True
        )
    }
    # Without steps nothing was chosen, so that nothing is said of what the choice rests on.
    caveats = recommend(evaluated, findings, _NO_STEPS).caveats
    codes = (caveat.code if caveat.basis is None else f"{caveat.code}:{caveat.basis}" for caveat in caveats)
    yield from dict.fromkeys(code for code in codes if code != _ONE_ENGINE)


def _conclusions(evaluated: Evaluated, *, every: bool) -> Iterator[dict[str, str]]:
    run, outcome = evaluated.headline, evaluated.outcome
    for declared in run.program.conclusions:
        if every or (outcome.level is None and declared.rule == outcome.rules[0]):
            yield {"name": declared.name, "value": json.dumps(run.value(declared.name), ensure_ascii=False)}


def _comparable(column: str, value: Any) -> Any:
    """A value as it is compared: what has no order without one, and every list with what it holds twice."""
    if not isinstance(value, list | tuple):
        return value
    parts = [json.dumps(_canonical(part), sort_keys=True) for part in value]
    return Counter(parts) if column in _UNORDERED else parts


def _canonical(part: Any) -> Any:
    """A part of a list; what a conclusion's value is as JSON, in whatever way that is written."""
    if isinstance(part, dict) and "name" in part:
        return {**part, "value": json.dumps(json.loads(part["value"]))}
    return part


def _said(value: Any) -> str:
    """A value as a sentence gives it."""
    if value is None:
        return "nothing"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_part, value))}]"
    return str(value)


def _part(part: Any) -> str:
    return " ".join(map(str, part.values())) if isinstance(part, dict) else str(part)
