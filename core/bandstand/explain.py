"""An evaluation in plain sentences: a view of its document, for people who have never seen the program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bandstand import words
from bandstand.models.explanation import Explanation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bandstand.models.clauses import Value
    from bandstand.models.evaluation import Evaluation, ViewResult, WhyNot
    from bandstand.packs.pack import Pack


def explain(evaluation: Evaluation, pack: Pack, why_not: WhyNot | None = None) -> Explanation:
    """The evaluation in sentences; ``pack`` is the one that it was made under."""
    advice = evaluation.recommendation
    return Explanation(
        person=evaluation.person,
        framework=evaluation.framework,
        outcome=evaluation.outcome,
        headline=_headline(evaluation, pack),
        reasons=() if evaluation.certificate.agreed is False else tuple(_reasons(evaluation, pack)),
        recommended=advice.text,
        steps=tuple(_steps(evaluation)),
        notes=advice.notes,
        caveats=tuple(caveat.text for caveat in advice.caveats),
        footing=_footing(evaluation),
        why_not=why_not,
    )


def explain_why_not(why: WhyNot) -> str:
    """What stands between a person and a level, in sentences."""
    if why.held:
        return f"Level {why.level} is held, so nothing stands between."
    if why.steps.reaches is None:
        return f"Level {why.level} cannot be reached by evidence alone."
    asked = [f"{step.named}: {step.asks}" for step in why.steps.criteria]
    also = (
        "" if len(why.blockers) == len(asked) else f" Of {len(why.blockers)} open lines, these are the fewest that do."
    )
    minimum = [b.criterion for b in why.blockers if b.kind == "employment_minimum"]
    floor = (
        f" {words.listed(minimum)} belong to the minimum for employment and are never development points."
        if minimum
        else ""
    )
    head = f"Level {why.level} needs {words.count(len(asked), 'line')}, and nothing less would do:"
    return "\n".join([head, *(f"  {item}" for item in asked)]) + also + floor


def explain_all(evaluations: Sequence[Evaluation], packs: Mapping[str, Pack]) -> str:
    """Every evaluation in sentences, as plain text with an empty line between people."""
    return "\n\n".join(explain(evaluation, packs[evaluation.framework]).text() for evaluation in evaluations) + "\n"


def _headline(evaluation: Evaluation, pack: Pack) -> str:
    if evaluation.certificate.agreed is False:
        label = words.uncapitalised(pack.outcomes[evaluation.outcome].label)
        return f"{evaluation.person}, {label}: {evaluation.result} (as at {words.day(evaluation.as_of)})."
    view = evaluation.views.get(evaluation.view)
    label = view.label if view else evaluation.view
    seen = view.evidence if view else 0
    points = {point.id: point.label for point in pack.framework.review_points}
    when = f", {points[evaluation.review_point]}" if evaluation.review_point else ""
    if not seen:
        of = f", {words.uncapitalised(pack.outcomes[evaluation.outcome].label)}," if len(pack.outcomes) > 1 else ""
        return f"{evaluation.person}: nothing is evidenced under {pack.name}{of} as at {words.day(evaluation.as_of)}."
    whose = f"({label.lower()}{when}, as at {words.day(evaluation.as_of)})"
    if evaluation.level is None:
        outcome = pack.outcomes[evaluation.outcome]
        return f"{evaluation.person}, {words.uncapitalised(outcome.label)}: {evaluation.result} {whose}."
    stands = f"is at level {evaluation.level}" if evaluation.level else "holds no level yet"
    return f"{evaluation.person} {stands} {whose}{_zone(evaluation, pack)}."


def _zone(evaluation: Evaluation, pack: Pack) -> str:
    name = pack.outcomes[evaluation.outcome].zone
    if evaluation.zone is None or name is None:
        return ""
    as_far = " as far as the evidence goes" if only_absence_stops(evaluation, pack) else ""
    holder = pack.rule_by_id[name.partition(".")[0]].holder(evaluation, pack.framework)
    return f", in the {evaluation.zone} zone{f' for {holder}' if holder else ''}{as_far}"


def only_absence_stops(evaluation: Evaluation, pack: Pack) -> bool:
    """Whether nothing but missing or unagreed evidence stops the next level, so that the zone may be higher."""
    level = pack.outcomes[evaluation.outcome].level or ""
    name = f"{level.partition('.')[0]}.stopped_by"
    stopped = next((c.value for c in evaluation.conclusions if c.name == name), None)
    return stopped == "absence"


def _reasons(evaluation: Evaluation, pack: Pack) -> Iterator[str]:
    # Where the person stands comes first, then what that is held against.
    for name in pack.outcomes[evaluation.outcome].rules:
        yield from pack.rule_by_id[name].sentences(evaluation, pack.context)
    if evaluation.since is not None:
        tracks = pack.outcomes[evaluation.outcome].tracks is not None
        day = words.day(evaluation.since)
        yield _changed(evaluation, pack) if tracks else f"What has changed since {day} is not tracked here."
    for fact in evaluation.facts.values():
        if fact.given:
            yield f"{fact.label}: {fact.words}."
    others = [
        f"{view.label.lower()} {view.result}{_lines(view)}"
        for name, view in evaluation.views.items()
        if name != evaluation.view
    ]
    if others:
        yield f"By other views: {words.listed(others)}."
    left_out: dict[str, int] = {}
    for item in evaluation.trace.left_out:
        left_out[item.reason] = left_out.get(item.reason, 0) + 1
    months = pack.framework.findings.max_age_months
    why = {
        "too_old": f"older than {months} months",
        "after_as_of": f"dated after {words.day(evaluation.as_of)}",
        "later_review": "recorded for a later review point",
    }
    if left_out:
        parts = [f"{words.count(number, 'record')} {why[reason]}" for reason, number in sorted(left_out.items())]
        yield f"Not counted: {words.listed(parts)}."


#: What is left out of many steps is counted; all of them are in the document.
_MOST_STEPS = 10


def _steps(evaluation: Evaluation) -> Iterator[str]:
    """What each thing to work on looks like, and where it stands now."""
    if evaluation.next_steps.kind != "focus":
        return
    steps = evaluation.next_steps.criteria
    for step in steps[:_MOST_STEPS]:
        yield f"{step.named}: {step.descriptor} [{step.asks}]"
    if len(steps) > _MOST_STEPS:
        yield f"… and {len(steps) - _MOST_STEPS} more; --json names them all."


def _lines(view: ViewResult) -> str:
    """How many lines a view has seen, where its result is a level and does not say so itself."""
    return f" ({words.count(view.evidence, 'line')} seen)" if view.level is not None else ""


def _changed(evaluation: Evaluation, pack: Pack) -> str:
    """What has changed since the earlier day."""
    assert evaluation.since is not None
    rule = pack.rule_by_id.get(pack.outcomes[evaluation.outcome].tracks or "")

    def worded(value: Value) -> str:
        return str(value) if rule is None else rule.worded(value, pack.context)

    changes = [
        f"{words.uncapitalised(change.label)} ({worded(change.was)}, now {worded(change.now)})"
        for change in evaluation.changes
    ]
    day = words.day(evaluation.since)
    return f"Since {day}: {words.listed(changes, most=12)}." if changes else f"Since {day}, nothing has changed."


def _footing(evaluation: Evaluation) -> str:
    certificate = evaluation.certificate
    if certificate.agreed:
        checked = "Checked by two engines"
    elif certificate.agreed is None:
        checked = "Concluded by one engine, unchecked"
    else:
        checked = "The engines disagree"
    pack = evaluation.pins.pack
    overlay = f"; overlay {evaluation.pins.overlay[:19]}…" if evaluation.pins.overlay else ""
    digests = f"{pack.digest[:19]}…{overlay}; evaluation {evaluation.pins.digest[:19]}…"
    return f"A person decides. {checked}; pack {pack.id} {pack.version}, {digests}"
