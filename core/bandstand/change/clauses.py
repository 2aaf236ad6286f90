"""What a rule comes to, without labels and provenance: the guard against a change that nobody noted."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bandstand.models.clauses import Clause, Lowered, Need, Value
    from bandstand.packs.pack import Pack


def effects(pack: Pack) -> dict[str, frozenset[object]]:
    """What each rule declares, measures and concludes, in no order, by the rule's id."""
    return {rule.id: _effect(lowered) for rule, lowered in zip(pack.rules, pack.lowered, strict=True)}


def _effect(lowered: Lowered) -> frozenset[object]:
    declared = (
        ("conclusion", lowered.scope, c.name, frozenset(map(_typed, c.values)), _typed(c.otherwise))
        for c in lowered.conclusions
    )
    measured = (
        ("measure", m.name, m.how, m.criteria if m.how == "run" else frozenset(m.criteria), m.states, m.sources)
        for m in lowered.measures
    )
    concluded = (
        ("clause", c.conclusion, _typed(c.value), _need(c), frozenset(map(_conditioned, c.conditions)))
        for c in lowered.clauses
    )
    return frozenset((*declared, *measured, *concluded))


def _need(clause: Clause) -> Need:
    """How many conditions a clause needs; of one condition, any is all."""
    return "all" if len(set(clause.conditions)) == 1 else clause.need


def _conditioned(condition: object) -> str:
    """A condition as a text in which sets stand in order, so that True is not 1."""
    parts = (getattr(condition, name) for name in condition.__slots__)  # type: ignore[attr-defined]  # a dataclass's
    return f"{type(condition).__name__}{[sorted(map(repr, p)) if isinstance(p, frozenset) else repr(p) for p in parts]}"


def _typed(value: Value) -> tuple[str, Value]:
    return type(value).__name__, value
