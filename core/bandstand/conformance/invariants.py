"""The invariants: each a sentence that holds of every pack, and what looks for a case on which it does not."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from bandstand import words
from bandstand.conformance.compare import first_difference
from bandstand.conformance.kit import Breach, Kit
from bandstand.conformance.process import different_elsewhere
from bandstand.engine.evaluate import Evaluator
from bandstand.errors import BandstandError, RefusedError
from bandstand.models.evaluation import Evaluation
from bandstand.models.finding import Finding, State

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator

    from bandstand.conformance.cases import Case
    from bandstand.engine.evaluate import Evaluated, Run
    from bandstand.models.evidence import Evidence


@dataclass(frozen=True, slots=True)
class Invariant:
    """Something that holds of every pack.

    Attributes:
        id: A stable kebab-case name.
        sentence: What holds.
        breaches: Gives each way in which it does not hold of a kit's pack, with the smallest case.
        needs_durable: Whether nothing can be said without durable-rules.
    """

    id: str
    sentence: str
    breaches: Callable[[Kit], Iterator[Breach]]
    needs_durable: bool = False


#: What an evaluation comes to, without what it was given and how that is pinned.
_CONCLUDED: Final = frozenset(
    {"view", "views", "result", "findings", "conclusions", "checks", "level", "zone", "ragging", "blockers"}
)
#: So many records are taken away in turn, spread over all that there are.
_MOST_TAKEN: Final = 12
_SILENT: Final = (State.NOT_EVIDENCED, State.NOT_APPLICABLE)
_BRACES: Final = re.compile(r"\{[^{}]*\}")


def _evaluation_fails(kit: Kit) -> Iterator[Breach]:
    yield from kit.breaches(kit.cases, partial(_fails, kit))


def _fails(kit: Kit, case: Case) -> Breach | None:
    said = kit.failure(case)
    return None if said is None else Breach(f"This cannot be evaluated: {said}")


def order_matters(kit: Kit) -> Iterator[Breach]:
    """For each outcome, the smallest evidence that comes to something else in another order."""

    def wrong(case: Case) -> Breach | None:
        given = kit.document(case)
        for other in _other_orders(case):
            found = kit.document(other)
            if found != given:
                order = words.listed([record.id for record in other.evidence], most=12)
                said = first_difference(given, found)
                return Breach(
                    f"In another order, evidence comes to something else: {said}",
                    (*case.lines(), f"and then in the order {order}"),
                )
        return None

    yield from kit.breaches([case for case in kit.sound if len(case.evidence) > 1], wrong)


def _other_orders(case: Case) -> Iterator[Case]:
    records = list(case.evidence)
    yield replace(case, evidence=tuple(reversed(records)))
    dice = random.Random(len(records))  # noqa: S311 - repeatable, and no secret
    dice.shuffle(records)
    yield replace(case, evidence=tuple(records))


def _not_repeatable(kit: Kit) -> Iterator[Breach]:
    again = Evaluator(kit.pack, durable=False)

    def wrong(case: Case) -> Breach | None:
        one, other = kit.document(case), kit.document(case, again)
        same = one == other and one.evaluation.model_dump_json() == other.evaluation.model_dump_json()
        return None if same else Breach(f"The second time it comes to something else: {first_difference(one, other)}")

    found = list(kit.breaches(kit.sound, wrong))
    yield from found
    if not found:
        for case in different_elsewhere(kit):
            says = "In another process it comes to other bytes, as what is made of a set does unless it is sorted."
            yield Breach(says, case.lines())


def engines_differ(kit: Kit) -> Iterator[Breach]:
    """For each outcome, the smallest evidence on which the engines differ; nothing without durable-rules."""
    both = kit.both
    if both is None:
        return

    def wrong(case: Case) -> Breach | None:
        try:
            evaluated = kit.evaluate(case, both)
        except BandstandError as error:
            return Breach(f"durable-rules fails where the plain engine does not: {error}")
        if not evaluated.differences:
            return None
        return Breach(f"The engines differ on {evaluated.differences[0]}.", rule=_rule_of_difference(evaluated))

    yield from kit.breaches(kit.sound, wrong)


def _rule_of_difference(evaluated: Evaluated) -> str | None:
    for run in evaluated.runs:
        if run.durable is not None:
            for declared, one, other in zip(run.program.conclusions, run.durable.values, run.plain.values, strict=True):
                if one != other:
                    return declared.rule
    return None


def _silence_speaks(kit: Kit) -> Iterator[Breach]:
    def wrong(case: Case) -> Breach | None:
        evaluation = kit.document(case).evaluation
        held = [
            c
            for c, found in evaluation.findings.items()
            if found.finding not in (Finding.NOT_EVIDENCED, Finding.NOT_APPLICABLE)
        ]
        if held:
            return Breach(f"{held[0]} is found {evaluation.findings[held[0]].finding.value} without any evidence.")
        failing = [check for check in evaluation.checks if check.verdict == "fails"]
        if failing:
            return Breach(f'The condition "{failing[0].label}" fails although nothing is known.', rule=failing[0].rule)
        coloured = [line for column in evaluation.ragging.values() for line in column]
        if coloured:
            return Breach(f"The line {coloured[0]} has a colour without any evidence.")
        if not evaluation.recommendation.text.strip():
            return Breach("Nothing is recommended to somebody of whom nothing is known.")
        return None

    silent = [kit.maker.silent(outcome) for outcome in kit.pack.framework.outcomes]
    yield from kit.breaches([case for case in silent if kit.failure(case) is None], wrong)


def _later_counts(kit: Kit) -> Iterator[Breach]:
    def wrong(case: Case) -> Breach | None:
        later = tuple(_later(record, case.as_of) for record in case.evidence)
        without = kit.document(replace(case, evidence=tuple(r for r in case.evidence if r.date <= case.as_of)))
        found = kit.document(replace(case, evidence=(*case.evidence, *later)))
        if _concluded(without.evaluation) == _concluded(found.evaluation):
            return None
        said = first_difference(_concluded(without.evaluation), _concluded(found.evaluation))
        return Breach(f"The same evidence again, dated a day too late, changes something: {said}")

    yield from kit.breaches([case for case in kit.sound if case.evidence], wrong)


def _later(record: Evidence, as_of: dt.date) -> Evidence:
    changed = {"id": f"{record.id}-later", "date": as_of.fromordinal(as_of.toordinal() + 1)}
    return record.model_copy(update=changed)


def _concluded(evaluation: Evaluation) -> dict[str, Any]:
    content = evaluation.model_dump(mode="json", include=set(_CONCLUDED))
    return {**content, "action": evaluation.recommendation.action, "steps": evaluation.next_steps.model_dump()}


def _elsewhere_counts(kit: Kit) -> Iterator[Breach]:
    def wrong(case: Case) -> Breach | None:
        outcome = kit.pack.outcomes[case.outcome]
        others = kit.maker.elsewhere(outcome)
        given, found = kit.document(case), kit.document(replace(case, evidence=(*case.evidence, *others)))
        if given == found:
            return None
        return Breach(f"Evidence of another framework or outcome changes something: {first_difference(given, found)}")

    yield from kit.breaches(kit.sound, wrong)


def _person_matters(kit: Kit) -> Iterator[Breach]:
    def wrong(case: Case) -> Breach | None:
        named = case.of("P-9999")
        given, found = _concluded(kit.document(case).evaluation), _concluded(kit.document(named).evaluation)
        if given == found:
            return None
        return Breach(f"Somebody else with the same record comes to something else: {first_difference(given, found)}")

    yield from kit.breaches(kit.sound, wrong)


def _refusal_lost(kit: Kit) -> Iterator[Breach]:
    for refusal in kit.pack.framework.refuses:
        for outcome in kit.pack.framework.outcomes:
            case = replace(kit.maker.silent(outcome), purpose=refusal.id)
            try:
                kit.evaluate(case)
            except RefusedError as error:
                if words.lines(refusal.source) not in str(error) or refusal.reason not in str(error):
                    yield Breach(
                        f"The refusal of {refusal.id} does not give its lines and reason: {error}", case.lines()
                    )
            else:
                yield Breach(f"{refusal.id} is evaluated although the framework refuses it.", case.lines())


def _unknown_grade_placed(kit: Kit) -> Iterator[Breach]:
    def wrong(case: Case) -> Breach | None:
        evaluation = kit.document(case).evaluation
        if evaluation.zone is None:
            return None
        return Breach(f"Somebody of a grade that the framework does not have is in the {evaluation.zone} zone.")

    placed = [
        replace(made, person=made.person.model_copy(update={"grade": "no such grade"}))
        for outcome in kit.pack.framework.outcomes
        for made in (kit.maker.silent(outcome), kit.maker.fullest(outcome))
    ]
    failing = [case for case in placed if kit.failure(case) is not None]
    yield from kit.breaches(failing, partial(_fails, kit))
    yield from kit.breaches([case for case in placed if case not in failing], wrong)


def _top_unreachable(kit: Kit) -> Iterator[Breach]:
    for outcome in kit.pack.framework.outcomes:
        case = kit.maker.fullest(outcome)
        if kit.failure(case) is not None:
            continue
        evaluated, evaluation = kit.evaluate(case), kit.document(case).evaluation
        source = case.evidence[0].source if case.evidence else "nobody"
        shown = (f"outcome: {outcome.id}", f"everything met, {source}, agreed, {words.day(case.as_of)}")
        states = zip(evaluated.headline.program.criteria, evaluated.headline.findings.states, strict=True)
        short = [criterion for criterion, state in states if state not in (State.MET, State.NOT_APPLICABLE)]
        if short:
            yield Breach(
                f"With everything met by the source that counts most, {words.listed(short)} is not met.", shown
            )
        levels = kit.plain.levels(outcome.id)
        if levels and evaluation.level != max(levels):
            stands = words.listed([blocker.criterion for blocker in evaluation.blockers])
            said = f"With everything met, the level is {evaluation.level} and not {max(levels)}; open: {stands}."
            yield Breach(said, shown)


def _left_with_braces(kit: Kit) -> Iterator[Breach]:
    def wrong(case: Case) -> Breach | None:
        found = _BRACES.search(kit.document(case).text)
        return None if found is None else Breach(f"The explanation has a field that was not filled in: {found[0]}")

    yield from kit.breaches(kit.sound, wrong)


def _breaks_schema(kit: Kit) -> Iterator[Breach]:
    import jsonschema  # noqa: PLC0415 - heavy, and only needed here

    schema = Evaluation.model_json_schema(mode="serialization")
    validator = jsonschema.Draft202012Validator(schema)

    def wrong(case: Case) -> Breach | None:
        content = kit.document(case).evaluation.model_dump(mode="json", warnings=False)
        fault = next(validator.iter_errors(content), None)
        return None if fault is None else Breach(f"The document is not as its schema has it: {fault.message}")

    # Two with something to say of each outcome, as checking a document takes longer than making it.
    full = [kit.maker.fullest(outcome) for outcome in kit.pack.framework.outcomes]
    some = {case.outcome: case for case in kit.sound}
    yield from kit.breaches([*(case for case in full if kit.failure(case) is None), *some.values()], wrong)


def _unfounded(kit: Kit) -> Iterator[Breach]:
    def wrong(case: Case) -> Breach | None:
        counting = {record.id: record for record in case.evidence if record.date <= case.as_of}
        for run in kit.evaluate(case).runs:
            found = run.findings
            for criterion, state, winner in zip(run.program.criteria, found.states, found.winners, strict=True):
                if state in _SILENT:
                    continue
                if winner is None or counting.get(winner.id) is not winner or not _is_about(kit, winner, criterion):
                    what = State(state).name.lower()
                    return Breach(f"{criterion} is found {what}, and no evidence that counts says so.")
        return None

    yield from kit.breaches(kit.sound, wrong)


def _is_about(kit: Kit, record: Evidence, criterion: str) -> bool:
    """Whether a record says something of a criterion."""
    unfolds = kit.pack.unfolded.unfolds
    return any(unit == criterion for name in record.criteria for unit, _ in unfolds.get((name, record.claim), ()))


def _out_of_nothing(kit: Kit) -> Iterator[Breach]:
    def wrong(case: Case) -> Breach | None:
        full = kit.evaluate(case).positions
        for record in case.evidence[:: len(case.evidence) // _MOST_TAKEN + 1]:
            for view, run in kit.evaluate(case.without(record)).positions.items():
                made = _made(full.get(view), run)
                if made is not None:
                    return Breach(f"Without {record.id}, {made} is known of, and with it nothing is.")
        return None

    yield from kit.breaches([case for case in kit.sound if case.evidence], wrong)


def _made(full: Run | None, less: Run) -> str | None:
    """A criterion of which something is found with less evidence, and nothing with all of it."""
    for at, criterion in enumerate(less.program.criteria):
        before = State.NOT_EVIDENCED if full is None else full.findings.states[at]
        if before == State.NOT_EVIDENCED and less.findings.states[at] not in _SILENT:
            return criterion
    return None


INVARIANTS: Final = (
    Invariant("evaluation-fails", "Whatever is recorded can be evaluated and put into words.", _evaluation_fails),
    Invariant("order-matters", "The order of evidence never matters.", order_matters),
    Invariant("not-repeatable", "The same input gives the same bytes.", _not_repeatable),
    Invariant("engines-differ", "Both engines conclude the same of everybody.", engines_differ, needs_durable=True),
    Invariant(
        "silence-speaks",
        "Without any evidence something is recommended, and nothing is held against anybody.",
        _silence_speaks,
    ),
    Invariant(
        "unfounded-finding",
        "Every finding goes by evidence that was given, that counts, and that is about it.",
        _unfounded,
    ),
    Invariant(
        "out-of-nothing", "Taking evidence away never makes anything of what nothing is known of.", _out_of_nothing
    ),
    Invariant("later-counts", "Evidence after the day that is asked about changes nothing.", _later_counts),
    Invariant(
        "elsewhere-counts", "Evidence of another framework, or for another outcome, changes nothing.", _elsewhere_counts
    ),
    Invariant("person-matters", "Who somebody is never matters, but what is recorded.", _person_matters),
    Invariant(
        "refusal-lost", "Each purpose that is refused by name is refused with its lines and its reason.", _refusal_lost
    ),
    Invariant(
        "unknown-grade-placed",
        "A grade that the framework does not have gives no zone, and stops nothing.",
        _unknown_grade_placed,
    ),
    Invariant(
        "top-unreachable",
        "Everything met by the source that counts most reaches the top of every scale and ladder.",
        _top_unreachable,
    ),
    Invariant("field-left", "No explanation is left with a field in braces.", _left_with_braces),
    Invariant("breaks-schema", "Every document is as its published schema has it.", _breaks_schema),
)
