"""Two versions of the expected bands: where each begins and ends, and whose it is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from bandstand import words
from bandstand.change.fields import Layer
from bandstand.models.change import Subject
from bandstand.rules.expected_band import Bound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bandstand.change.walk import Spot, Walk
    from bandstand.models.provenance import Ground
    from bandstand.rules.expected_band import Band, ExpectedBand

_End = Literal["from", "gold", "to"]
_ENDS: tuple[_End, ...] = ("from", "gold", "to")
_SAYS = {"from": "now begins at", "gold": "is now expected from", "to": "now ends at"}
_MOST = 8


def bands(walk: Walk, was: ExpectedBand, now: ExpectedBand, spot: Spot) -> frozenset[str]:
    """Compare the bands of two versions of a rule, and whose band each grade and role has."""
    old, new = ({band.id: band for band in rule.bands} for rule in (was, now))
    renamed = _renamed(old, new)
    for name, band in old.items():
        here = _at(walk, spot, name, now)
        if name in new:
            _band(walk, band, new[name], here)
        elif name in renamed:
            after = new[renamed[name]]
            _band(walk, band, after, _at(walk, spot, after.id, now))
            sentence = f"band {name}{walk.owner(now)} is now called {after.id}."
            walk.log.add(Layer.MEANING, _at(walk, spot, after.id, now), "renamed", sentence, name, after.id)
        else:
            walk.log.add(Layer.MEANING, here, "removed", f"{here.noun} is gone ({_span(band)}).", band)
    for name, band in new.items():
        if name not in old and name not in renamed.values():
            here = _at(walk, spot, name, now)
            sentence = f"{here.noun} is new: {_span(band)}, for {words.listed(_whose(band), _MOST)}."
            walk.log.add(Layer.MEANING, here, "added", sentence, None, band)
    _members(walk, (was, now), spot, renamed)
    return frozenset({"bands"})


def _at(walk: Walk, spot: Spot, name: str, rule: ExpectedBand) -> Spot:
    return replace(spot.at(f"bands/{name}", f"band {name}{walk.owner(rule)}"), subject=Subject.BAND)


def _given(band: Band, end: _End) -> int | Bound | None:
    return {"from": band.lowest, "gold": band.gold, "to": band.to}[end]


def _band(walk: Walk, was: Band, now: Band, here: Spot) -> None:
    walk.provenance(was, now, here)
    before, after = _levels(was), _levels(now)
    changed = [end for end in _ENDS if before[end] != after[end]]
    noun = f"{here.noun} ({words.listed(_whose(now), _MOST)})"
    if len(changed) == 1:
        end = changed[0]
        had = "it had none" if before[end] is None else str(before[end])
        has = "has no upper end now" if after[end] is None else f"{_SAYS[end]} level {after[end]}"
        walk.log.add(Layer.MEANING, here.at(end), "changed", f"{noun} {has}; before, {had}.", before[end], after[end])
    elif changed:
        sentence = f"{noun} is now {_span(now)}; before, {_span(was)}."
        walk.log.add(Layer.MEANING, here, "changed", sentence, before, after)
    for end in _ENDS:
        old, new = was.bound(end), now.bound(end)
        is_own = any(isinstance(_given(band, end), Bound) for band in (was, now))
        if is_own and old and new and old[1] != new[1]:
            sentence = f"{here.noun}, {end}: it rests on {_ground(new[1])} now; before, on {_ground(old[1])}."
            walk.log.add(Layer.PROVENANCE, here.at(end), "changed", sentence, old[1], new[1])


def _levels(band: Band) -> dict[_End, int | None]:
    """The three ends of a band; None for an upper end that is not given."""
    return {end: bound[0] if (bound := band.bound(end)) else None for end in _ENDS}


def _members(walk: Walk, rules: tuple[ExpectedBand, ExpectedBand], spot: Spot, renamed: dict[str, str]) -> None:
    """Which band each grade and role has; one that stays in its band is told of by what became of the band."""
    was, now = (dict(_held(rule)) for rule in rules)
    owner = walk.owner(rules[1])
    by = f" (by {rules[1].id})" if owner else ""
    for member in dict.fromkeys((*was, *now)):
        kind, name = member
        here = replace(spot.at(f"{kind}s/{name}", f"{kind} {name}{by}"), subject=Subject.BAND)
        before, after = was.get(member), now.get(member)
        if before is None and after is not None:
            sentence = f"{here.noun} has a band now: {after.id}, {_span(after)}."
            walk.log.add(Layer.MEANING, here, "added", sentence, None, after.id)
        elif after is None and before is not None:
            sentence = f"{here.noun} has no band any more; before, {before.id}, {_span(before)}."
            walk.log.add(Layer.MEANING, here, "removed", sentence, before.id)
        elif before is not None and after is not None and after.id != renamed.get(before.id, before.id):
            sentence = (
                f"{here.noun} has moved from band {before.id} ({_span(before)}) to band {after.id} ({_span(after)})."
            )
            walk.log.add(Layer.MEANING, here, "moved", sentence, before.id, after.id)


def _held(rule: ExpectedBand) -> Iterator[tuple[tuple[str, str], Band]]:
    for band in rule.bands:
        yield from ((("grade", name), band) for name in band.grades)
        yield from ((("role", name), band) for name in band.roles)


def _renamed(old: dict[str, Band], new: dict[str, Band]) -> dict[str, str]:
    """Bands that are the same but for their ids."""
    found: dict[str, str] = {}
    for name, band in old.items():
        same = [n for n, other in new.items() if n not in old and n not in found.values() and _same(band, other)]
        if name not in new and same:
            found[name] = same[0]
    return found


def _same(one: Band, other: Band) -> bool:
    return _levels(one) == _levels(other) and sorted(_whose(one)) == sorted(_whose(other))


def _whose(band: Band) -> list[str]:
    return [*band.grades, *(f"role {role}" for role in band.roles)]


def _span(band: Band) -> str:
    lowest, gold, top = _levels(band).values()
    if top is None:
        span = f"level {lowest} and above"
    else:
        span = f"level {lowest}" if lowest == top else f"levels {lowest} to {top}"
    return span if lowest == gold else f"{span}, gold from {gold}"


def _ground(ground: Ground) -> str:
    return f"{words.lines(ground.source)} ({ground.basis.value})"
