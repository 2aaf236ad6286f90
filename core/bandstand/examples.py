"""Runs a pack's examples: each a worked input, compared with what its author expected of it."""

from __future__ import annotations

import fnmatch
from typing import TYPE_CHECKING

from bandstand.engine.publish import publish
from bandstand.errors import RefusedError
from bandstand.explain import explain
from bandstand.models.evidence import Evidence, Person

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bandstand.engine.evaluate import Evaluator
    from bandstand.models.evaluation import Evaluation
    from bandstand.models.example import Example
    from bandstand.packs.pack import Pack

#: Examples are about nobody: this is the id that all of them use.
NOBODY = "P-0000"


def run_example(evaluator: Evaluator, example: Example) -> list[str]:
    """What came out otherwise than the example expects, a sentence each; nothing when it holds."""
    pack, expect = evaluator.pack, example.expect
    person = Person(person=NOBODY, **example.person.model_dump())
    evidence = list(example_evidence(pack, example))
    try:
        evaluated = evaluator.evaluate(
            person,
            evidence,
            example.as_of,
            outcome=example.outcome,
            purpose=example.purpose,
            review_point=example.review_point,
            settings=example.settings,
            since=example.since,
        )
    except RefusedError as error:
        if expect.refused is None:
            return [f"it was refused: {error}"]
        return [] if expect.refused in str(error) else [f'the refusal does not say "{expect.refused}": {error}']
    if expect.refused is not None:
        return [f"it was expected to be refused for {example.purpose}, and was not"]
    evaluation = publish(evaluated)
    differences = [f"the engines disagree: {difference}" for difference in evaluation.certificate.differences]
    differences.extend(_differences(evaluation, example))
    text = explain(evaluation, pack).text()
    differences.extend(f'the explanation does not say "{phrase}"' for phrase in expect.says if phrase not in text)
    differences.extend(f'the explanation says "{phrase}"' for phrase in expect.never_says if phrase in text)
    return differences


def example_evidence(pack: Pack, example: Example) -> Iterator[Evidence]:
    """An example's evidence as records: patterns of criteria are unfolded, and ids are given where there are none."""
    for number, given in enumerate(example.evidence, start=1):
        criteria = [c for pattern in given.criteria for c in fnmatch.filter(pack.unfolded.names, pattern)]
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
