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
            person, evidence, example.as_of, purpose=example.purpose, review_point=example.review_point
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
    return differences


def example_evidence(pack: Pack, example: Example) -> Iterator[Evidence]:
    """An example's evidence as records: patterns of criteria are unfolded, and ids are given where there are none."""
    for number, given in enumerate(example.evidence, start=1):
        criteria = [c for pattern in given.criteria for c in fnmatch.filter(pack.criteria, pattern)]
        fields = given.model_dump()
        fields["id"] = given.id or f"E-{number}"
        fields["criteria"] = tuple(dict.fromkeys(criteria))
        yield Evidence(person=NOBODY, framework=pack.id, **fields)


def _differences(evaluation: Evaluation, example: Example) -> Iterator[str]:
    expect = example.expect
    zone = evaluation.zone or "none"
    plain = {
        "view": (expect.view, evaluation.view),
        "level": (expect.level, evaluation.level),
        "zone": (expect.zone, zone),
        "action": (expect.action, evaluation.recommendation.action),
        "blockers": (expect.blockers, tuple(blocker.criterion for blocker in evaluation.blockers)),
        "next level": (expect.next_level, evaluation.next_steps.level),
    }
    for name, (wanted, got) in plain.items():
        if wanted is not None and wanted != got:
            yield f"{name} is {got!r}, not {wanted!r}"
    for view, level_and_zone in expect.views.items():
        found = evaluation.views.get(view)
        if found is None:
            yield f"there is no view {view}"
            continue
        for field in level_and_zone.model_fields_set:
            wanted_here, got_here = getattr(level_and_zone, field), getattr(found, field)
            if wanted_here != got_here:
                yield f"{field} in view {view} is {got_here!r}, not {wanted_here!r}"
    for criterion, finding in expect.findings.items():
        if evaluation.findings[criterion].finding is not finding:
            yield f"{criterion} is {evaluation.findings[criterion].finding}, not {finding}"
    for point, colours in expect.ragging.items():
        for line, colour in colours.items():
            seen = evaluation.ragging.get(point, {}).get(line)
            if seen != colour:
                yield f"{line} in {point} is {seen}, not {colour}"
    known = {concluded.name: concluded.value for concluded in evaluation.conclusions}
    for name, value in expect.conclusions.items():
        if name not in known or known[name] != value:
            yield f"{name} is {known.get(name)!r}, not {value!r}"
