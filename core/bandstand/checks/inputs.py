"""What a program can be given at all: the states that findings can be in, and the values that facts can have."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from bandstand.models.clauses import COMPARISONS, FactCompares, FactIs, FactKnown, FindingIs
from bandstand.models.finding import State
from bandstand.rules.facts import facts_of, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bandstand.engine.evaluate import Evaluator
    from bandstand.models.clauses import Condition
    from bandstand.models.framework import Outcome
    from bandstand.packs.pack import Pack
    from bandstand.rules.program import Program

#: States that the engines tell apart on a scale of points, where a claim about one point says something of the others.
_ON_A_SCALE: Final = (frozenset({State.MET}), frozenset({State.NOT_MET}), frozenset({State.NOT_EVIDENCED}))


@dataclass(frozen=True, slots=True)
class OfCriterion:
    """What the finding for one criterion can be, as far as a program tells it apart.

    Attributes:
        criterion: Its id.
        classes: States that no condition tells apart, together; each state is in one of them.
        only_if: Flags of which the person must have one; without, it does not apply.
    """

    criterion: str
    classes: tuple[frozenset[State], ...]
    only_if: frozenset[str]


@dataclass(frozen=True, slots=True)
class OfFact:
    """What one fact can be, as far as a program tells it apart.

    Attributes:
        fact: Its name.
        values: One value for each way in which conditions see it; None for not known. Of a fact that holds several
            words, each word that is asked for, which may be among them or not.
        several: Whether the fact holds several words.
    """

    fact: str
    values: tuple[str | float | None, ...]
    several: bool = False


@dataclass(frozen=True)
class Inputs:
    """Everything that a program can be given.

    Attributes:
        criteria: In the program's order.
        facts: Those that the program reads, and the view.
        states: The states that are possible in each view, by its id.
        scales: Criteria that are the points of one scale, lowest first.
        sources: How many kinds of source count in each view, by its id.
        strands: The strand of each grade, by the grade's id.
    """

    criteria: tuple[OfCriterion, ...]
    facts: tuple[OfFact, ...]
    states: Mapping[str, frozenset[State]]
    scales: tuple[tuple[str, ...], ...]
    sources: Mapping[str, int]
    strands: Mapping[str, str]


def inputs_of(evaluator: Evaluator, outcome: Outcome, program: Program) -> Inputs:
    """What one of the programs of an outcome, of the evaluator's pack, can be given."""
    pack = evaluator.pack
    ways = evaluator.ways(outcome.id)
    states = {view: frozenset({State.NOT_EVIDENCED, *found}) for view, found in ways.items()}
    read: dict[str, list[frozenset[State]]] = {name: [] for name in program.criteria}
    for condition in program.conditions:
        if isinstance(condition, FindingIs):
            read[condition.criterion].append(condition.states)
    for measure in program.measures:
        for name in measure.criteria:
            read[name].append(measure.states or frozenset({State.NOT_EVIDENCED}))
    scales = _scales(pack, program.criteria)
    for name in (name for scale in scales for name in scale):
        read[name].extend(_ON_A_SCALE)
    criteria = tuple(
        OfCriterion(name, _classes(told, conditional=bool(only_if)), only_if)
        for name, told in read.items()
        for only_if in [frozenset(pack.criteria[name].only_if)]
    )
    views = pack.framework.findings.views
    counting = {view.id: len({source for rank in view.ranks for source in rank.sources}) for view in views}
    strands = {grade.id: grade.strand for grade in pack.framework.grades}
    return Inputs(criteria, tuple(_facts(pack, outcome, program, states)), states, scales, counting, strands)


def _scales(pack: Pack, criteria: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    ordinal = {scale.id for scale in pack.framework.scales if scale.ordinal}
    known = set(criteria)
    return tuple(
        members
        for name, criterion in pack.unfolded.criteria.items()
        if criterion.scale in ordinal
        for members in [tuple(m for m in pack.unfolded.members[name] if m in known)]
        if len(members) > 1
    )


def _classes(told: Iterable[frozenset[State]], *, conditional: bool) -> tuple[frozenset[State], ...]:
    """States by what is told of them; not applying is by itself where that depends on the person."""
    told = list(told)
    grouped: dict[tuple[object, ...], set[State]] = {}
    for state in State:
        if state is State.NOT_APPLICABLE and not conditional:
            continue
        apart = state is State.NOT_APPLICABLE
        grouped.setdefault((apart, *(state in states for states in told)), set()).add(state)
    return tuple(map(frozenset, grouped.values()))


def _facts(pack: Pack, outcome: Outcome, program: Program, states: Mapping[str, object]) -> Iterable[OfFact]:
    framework = pack.framework
    read: dict[str, list[Condition]] = {"view": []}
    for condition in program.conditions:
        if isinstance(condition, FactIs | FactKnown | FactCompares):
            read.setdefault(condition.fact, []).append(condition)
    if "strand" in read:
        read.setdefault("grade", [])
    if any(pack.criteria[name].only_if for name in program.criteria):
        read.setdefault("flags", [])
    kinds = facts_of(framework)
    asked = {fact.id: fact for fact in framework.facts}
    for fact, conditions in read.items():
        kind = kinds.get(fact, "word")
        if kind == "number":
            yield OfFact(fact, (None, *_numbers(fact, conditions)))
        elif kind == "words":
            named = {word for c in conditions if isinstance(c, FactIs) for word in c.words}
            if fact == "flags":
                named.update(flag for name in program.criteria for flag in pack.criteria[name].only_if)
            yield OfFact(fact, tuple(sorted(named)), several=True)
        elif fact == "view":
            yield OfFact(fact, tuple(states))
        elif fact == "purpose":
            yield OfFact(fact, outcome.purposes or tuple(purpose.id for purpose in framework.purposes))
        else:
            nothing = () if fact in asked and asked[fact].default is not None else (None,)
            yield OfFact(fact, (*nothing, *words_of(fact, framework)))


def _numbers(fact: str, conditions: Iterable[Condition]) -> list[float]:
    """A number for each way in which it can compare: each that is named, and one between, below and above them."""
    compared = [c for c in conditions if isinstance(c, FactCompares)]
    named = sorted({c.number for c in compared})
    if fact == "fte":
        ends = [0.0, *named, 1.0]
        candidates = [n for n in (*named, 1.0, *((low + high) / 2 for low, high in pairwise(ends))) if 0 < n <= 1]
    else:
        candidates = [float(n) for name in (*named, 0) for n in (int(name) - 1, int(name), int(name) + 1) if n >= 0]
    seen: dict[tuple[bool, ...], float] = {}
    for number in sorted(candidates):
        seen.setdefault(tuple(COMPARISONS[c.comparison](number, c.number) for c in compared), number)
    return list(seen.values())
