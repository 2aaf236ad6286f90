"""Runs a pack's examples: each a worked input, compared with what its author expected of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bandstand import words
from bandstand.engine.plain import NOT_FIRED, TRUE
from bandstand.engine.publish import publish
from bandstand.errors import BandstandError, RefusedError
from bandstand.explain import explain
from bandstand.models.clauses import subject_of
from bandstand.models.evidence import Evidence, Person
from bandstand.rules.base import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bandstand.engine.evaluate import Evaluated, Evaluator, Run
    from bandstand.models.evaluation import Evaluation
    from bandstand.models.example import Example
    from bandstand.packs.pack import Pack

#: Examples, and whatever else is made up to try a pack, are about nobody: this is the id that all of them use.
NOBODY = "P-0000"


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one example.

    Attributes:
        differences: What came out otherwise than the example expects, a sentence each; nothing when it holds.
        evaluated: What was seen and concluded; None where the evaluation was refused, or failed.
    """

    differences: tuple[str, ...]
    evaluated: Evaluated | None


def try_example(evaluator: Evaluator, example: Example) -> Tried:
    """Evaluate an example and compare; whatever is raised on the way is among the differences."""
    try:
        evaluated = evaluate_example(evaluator, example)
    except RefusedError as error:
        return Tried(tuple(_refused(example, str(error))), None)
    except Exception as error:  # noqa: BLE001 - a rule kind of a stranger's plugin may raise anything
        return Tried((f"it cannot be evaluated: {_said(error)}",), None)
    if example.expect.refused is not None:
        return Tried((f"it was expected to be refused for {example.purpose}, and was not",), evaluated)
    try:
        return Tried(tuple(_compared(evaluated, example)), evaluated)
    except Exception as error:  # noqa: BLE001 - the same: its sentences are the kind's own
        return Tried((f"it cannot be put into words: {_said(error)}",), evaluated)


def evaluate_example(evaluator: Evaluator, example: Example) -> Evaluated:
    """What is seen and concluded of an example's person.

    Raises:
        RefusedError: The framework does not serve the example's purpose.
        EngineError: An engine failed, or rules contradict one another.
    """
    return evaluator.evaluate(
        Person(person=NOBODY, **example.person.model_dump()),
        list(example_evidence(evaluator.pack, example)),
        example.as_of,
        outcome=example.outcome,
        purpose=example.purpose,
        review_point=example.review_point,
        settings=example.settings,
        since=example.since,
    )


def _refused(example: Example, said: str) -> Iterator[str]:
    expected = example.expect.refused
    if expected is None:
        yield f"it was refused: {said}"
    elif expected not in said:
        yield f'the refusal does not say "{expected}": {said}'


def _said(error: Exception) -> str:
    return str(error) if isinstance(error, BandstandError) else f"{type(error).__name__}: {error}"


def _compared(evaluated: Evaluated, example: Example) -> Iterator[str]:
    expect = example.expect
    evaluation = publish(evaluated)
    yield from (f"the engines disagree: {difference}" for difference in evaluation.certificate.differences)
    yield from _differences(evaluation, example)
    for name, reasons in expect.because.items():
        yield from _other_reasons(evaluated, name, frozenset(reasons))
    text = explain(evaluation, evaluated.pack).text()
    yield from (f'the explanation does not say "{phrase}"' for phrase in expect.says if phrase not in text)
    yield from (f'the explanation says "{phrase}"' for phrase in expect.never_says if phrase in text)


def _other_reasons(evaluated: Evaluated, name: str, wanted: frozenset[str]) -> Iterator[str]:
    """What is wrong with the reasons of a conclusion."""
    if name not in evaluated.headline.program.positions:
        known = did_you_mean(name, evaluated.headline.program.positions)
        yield f"{name} is no conclusion here, so it has no reasons. {known}"
        return
    got = reasons_for(evaluated.headline, name)
    if got == wanted:
        return
    value = words.value(evaluated.headline.value(name))
    reasons = f"because of {words.listed(sorted(got), 12)}" if got else "because no clause concluded it otherwise"
    absent = f", and not because of {words.listed(sorted(wanted - got), 12)}" if wanted - got else ""
    yield f"{name} is {value} {reasons}{absent}"


def reasons_for(run: Run, name: str) -> frozenset[str]:
    """What the conditions that held look at, of the clause that concluded ``name``; nothing where no clause did."""
    number = run.plain.fired[run.program.positions[name]]
    if number == NOT_FIRED:
        return frozenset()
    held = (at for at in run.program.clauses[number].conditions if run.plain.verdicts[at] == TRUE)
    return frozenset(subject_of(run.program.conditions[at]) for at in held)


def example_evidence(pack: Pack, example: Example) -> Iterator[Evidence]:
    """An example's evidence as records: patterns of criteria are unfolded, and ids are given where there are none."""
    for number, given in enumerate(example.evidence, start=1):
        criteria = [c for pattern in given.criteria for c in pack.unfolded.named(pattern)]
        fields = given.model_dump()
        fields["id"] = given.id or f"E-{number}"
        fields["criteria"] = tuple(dict.fromkeys(criteria))
        yield Evidence(person=NOBODY, framework=pack.id, **fields)


def _differences(evaluation: Evaluation, example: Example) -> Iterator[str]:
    expect = example.expect
    plain = {
        "view": (expect.view, evaluation.view),
        "level": (expect.level, evaluation.level),
        "zone": (expect.zone, evaluation.zone or "none"),
        "action": (expect.action, evaluation.recommendation.action),
        "blockers": (expect.blockers, tuple(blocker.criterion for blocker in evaluation.blockers)),
        "next level": (expect.next_level, evaluation.next_steps.level),
        "result": (expect.result, evaluation.result),
        "steps": (expect.steps, tuple(step.criterion for step in evaluation.next_steps.criteria)),
        "changes": (expect.changes, {change.name: change.was for change in evaluation.changes}),
    }
    for name, (wanted, got) in plain.items():
        if wanted is not None and wanted != got:
            yield f"{name} is {got!r}, not {wanted!r}"
    found: dict[str, object] = {c: published.finding for c, published in evaluation.findings.items()}
    found.update((concluded.name, concluded.value) for concluded in evaluation.conclusions)
    expected: dict[str, object] = {**expect.findings, **expect.conclusions}
    for point, colours in expect.ragging.items():
        seen = evaluation.ragging.get(point, {})
        expected.update((f"{line} in {point}", colour) for line, colour in colours.items())
        found.update((f"{line} in {point}", colour) for line, colour in seen.items())
    for view, level_and_zone in expect.views.items():
        result = evaluation.views.get(view)
        for field in level_and_zone.model_fields_set:
            expected[f"{field} in view {view}"] = getattr(level_and_zone, field)
            found[f"{field} in view {view}"] = None if result is None else getattr(result, field)
    for name, value in expected.items():
        if name not in found or found[name] != value:
            yield f"{name} is {found.get(name)!r}, not {value!r}"
