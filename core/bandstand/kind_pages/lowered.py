"""What a rule lowers to, in words: a few of its conclusions, measures and clauses that differ in more than a name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, TypeVar

from bandstand import words
from bandstand.models.clauses import ConcludedIs, Conclusion, FactIs, FactKnown, FindingIs, MeasureCompares, subject_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence

    from bandstand.models.clauses import Clause, Condition, Lowered, Measure, Value

Item = TypeVar("Item")

_MOST_SHOWN: Final = 16
_MOST_CONDITIONS: Final = 4
#: Of a conclusion with more values than these, clauses are alike whichever value they conclude.
_MOST_VALUES: Final = 6
_MEASURES: Final = {
    "count": "how many of {n} are {states}",
    "run": "how many of {n}, from the first, are {states} before the first that is not",
    "evidenced": "how many of {n} have evidence, whatever it says",
    "kinds": "how many different kinds of source{sources} speak of {n}",
    "records": "how many records{sources} speak of {n}",
    "ignored": "how many of {n} have evidence although they do not apply to the person",
}


def unlike_conclusions(part: Lowered, ids: Collection[str]) -> list[Conclusion]:
    """Conclusions of which no two differ in a name alone; ``ids`` are of the parts of the rule."""
    return _unlike(part.conclusions, lambda c: (_sort(c.name, ids), c.values))


def unlike_measures(part: Lowered, ids: Collection[str]) -> list[Measure]:
    """Measures of which no two differ in a name alone; ``ids`` are of the parts of the rule."""
    return _unlike(part.measures, lambda m: (_sort(m.name, ids), m.how, m.states, m.sources))


def unlike_clauses(part: Lowered, ids: Collection[str]) -> list[Clause]:
    """Clauses of which no two differ in a name alone; ``ids`` are of the parts of the rule."""
    values = {conclusion.name: conclusion.values for conclusion in part.conclusions}

    def shape(clause: Clause) -> Hashable:
        value = _value(clause.value) if len(values[clause.conclusion]) > _MOST_VALUES else clause.value
        conditions = frozenset(_shape(condition, ids) for condition in clause.conditions)
        return _sort(clause.conclusion, ids), value, clause.need if isinstance(clause.need, str) else "k", conditions

    return _unlike(part.clauses, shape)


def clause(of: Clause) -> str:
    """``ladder.L1 is yes when all of these hold: S1.1 is met; S1.2 is met``."""
    concluded = f"`{of.conclusion}` is {words.value(of.value)}"
    if not of.conditions:
        return f"{concluded} always"
    few = _few(of.conditions)
    shown = [f"`{words.asked(condition)}`" for condition in few]
    if len(of.conditions) > len(few):
        shown.append(f"and {len(of.conditions) - len(few)} more")
    if len(of.conditions) == 1:
        return f"{concluded} when {shown[0]}"
    how_many = {"all": "all of these hold", "any": "any of these holds"}.get(str(of.need))
    return f"{concluded} when {how_many or f'at least {of.need} of these hold'}: {'; '.join(shown)}"


def measure(of: Measure) -> str:
    """What is counted."""
    sources = f" among {words.listed(sorted(of.sources), 9)}" if of.sources else ""
    states = words.states(of.states)
    return _MEASURES[of.how].format(
        n=words.count(len(of.criteria), "criterion", "criteria"), states=states, sources=sources
    )


def more(shown: int, there: int, noun: str) -> Iterator[str]:
    """A line that says how many are not shown; nothing where all are."""
    if there > shown:
        yield from (f"… and {words.count(there - shown, f'more {noun}')} like these.", "")


def _few(conditions: Sequence[Condition]) -> list[Condition]:
    """As many as are shown: one of each sort before there is a second of any."""
    unlike = {_shape(condition, ()): at for at, condition in reversed([*enumerate(conditions)])}
    order = sorted(range(len(conditions)), key=lambda at: (at not in unlike.values(), at))
    return [conditions[at] for at in sorted(order[:_MOST_CONDITIONS])]


def _unlike(items: Iterable[Item], shape: Callable[[Item], Hashable]) -> list[Item]:
    found: dict[Any, Item] = {}
    for item in items:
        found.setdefault(shape(item), item)
    return list(found.values())[:_MOST_SHOWN]


def _shape(condition: Condition, ids: Collection[str]) -> Hashable:
    match condition:
        case FindingIs():
            return condition.states
        case ConcludedIs():
            return _sort(condition.conclusion, ids), frozenset(map(_value, condition.values))
        case MeasureCompares():
            return _sort(condition.measure, ids), condition.comparison
        case FactIs() | FactKnown():
            return subject_of(condition)
        case _:
            return subject_of(condition), condition.comparison


def _sort(name: str, ids: Collection[str]) -> str:
    """A name without what is particular in it: ``ladder.L3.short`` and ``ladder.L4.short`` are of one sort."""
    return ".".join(part if re.fullmatch("[a-z_]+", part) and part not in ids else "*" for part in name.split("."))


def _value(value: Value) -> bool | str | None:
    return value if isinstance(value, bool) or value is None else type(value).__name__
