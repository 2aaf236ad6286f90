"""What two versions of a pack make of the examples that either brings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from bandstand.change.standing import same_result, standing
from bandstand.engine.evaluate import Evaluated, Evaluator
from bandstand.errors import BandstandError, RefusedError
from bandstand.examples import evaluate_example
from bandstand.models.change import ExampleEffect, Standing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bandstand.models.example import Example
    from bandstand.packs.pack import Pack

_Of = Literal["old", "new", "both"]


def effects_on_examples(old: Pack, new: Pack) -> tuple[int, list[ExampleEffect]]:
    """How many examples were run under both packs, by the plain engine, and those that come out otherwise."""
    was, now = Evaluator(old, durable=False), Evaluator(new, durable=False)
    examples = list(_examples(old, new))
    found = []
    for example, of in examples:
        ran = _run(was, example), _run(now, example)
        before, after = (standing(one) if isinstance(one, Evaluated) else Standing(result=one) for one in ran)
        if _differ(ran, before, after):
            outcome = example.outcome or next(iter((old if of == "old" else new).outcomes))
            found.append(ExampleEffect(example=example.name, outcome=outcome, of=of, was=before, now=after))
    return len(examples), found


def _examples(old: Pack, new: Pack) -> Iterator[tuple[Example, _Of]]:
    """Every example of the two, once where both have it; what is expected of it does not matter."""
    inputs = [_input(example) for example in new.examples]
    shared = []
    for example in old.examples:
        given = _input(example)
        is_shared = given in inputs
        if is_shared:
            shared.append(given)
        yield example, "both" if is_shared else "old"
    for example, given in zip(new.examples, inputs, strict=True):
        if given not in shared:
            yield example, "new"


def _input(example: Example) -> Example:
    return example.model_copy(update={"expect": None})


def _differ(ran: tuple[Evaluated | str, Evaluated | str], before: Standing, after: Standing) -> bool:
    """Whether level, zone, recommendation or result differ; other words for the same result do not."""
    was, now = ran
    if isinstance(was, Evaluated) and isinstance(now, Evaluated) and not same_result(was, now):
        return True
    return before.model_copy(update={"result": ""}) != after.model_copy(update={"result": ""}) or (
        before.action is None and before.result != after.result
    )


def _run(evaluator: Evaluator, example: Example) -> Evaluated | str:
    """What comes out of an example, or why nothing does; evidence that names nothing in the pack is left out."""
    pack = evaluator.pack
    known = tuple(
        given for given in example.evidence if any(pack.unfolded.named(pattern) for pattern in given.criteria)
    )
    try:
        return evaluate_example(evaluator, example.model_copy(update={"evidence": known}))
    except RefusedError:
        return f"refused for {example.purpose}"
    except BandstandError as error:
        return f"not evaluated: {str(error).replace(pack.name, pack.id)}"
