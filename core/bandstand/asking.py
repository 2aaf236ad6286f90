"""What is asked of which framework: the outcomes that an evaluation gives, and the settings that a trust may name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bandstand.errors import NotFoundError
from bandstand.rules.base import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bandstand.models.framework import FactAsked
    from bandstand.packs.pack import Pack


def outcomes_asked(
    named: Sequence[str], outcome: str | None, purpose: str | None, packs: Mapping[str, Pack]
) -> dict[str, list[str]]:
    """Ids of the outcomes that are asked for, by framework.

    Where neither an outcome nor a purpose is named, those that serve the framework's first purpose.

    Args:
        named: Ids of the frameworks that were asked for; every one of ``packs`` when there are none.
        outcome: This outcome only.
        purpose: What for.
        packs: Framework id -> pack.

    Raises:
        NotFoundError: No framework that was asked for has the outcome.
    """
    names = list(named) or list(packs)
    asked: dict[str, list[str]] = {}
    for name in names:
        framework = packs[name].framework
        serves = purpose or framework.purposes[0].id
        known = serves in {known.id for known in framework.purposes}
        asked[name] = [
            each.id
            for each in framework.outcomes
            if (
                each.id == outcome if outcome is not None else not each.purposes or serves in each.purposes or not known
            )
        ]
    if outcome is not None and not any(asked.values()):
        there = list(dict.fromkeys(other for name in names for other in packs[name].outcomes))
        near = did_you_mean(outcome, there)
        whose = f"{packs[names[0]].name} has no" if len(names) == 1 else "No framework that is installed has an"
        raise NotFoundError(f'{whose} outcome "{outcome}". {near}')
    return {name: outcomes for name, outcomes in asked.items() if outcomes}


def check_settings(settings: Mapping[str, str], packs: Mapping[str, Pack]) -> None:
    """See that what the trust sets is something that a framework asks of a trust, and a value that one of them takes.

    Raises:
        NotFoundError: It is not; the message suggests the nearest.
    """
    asked: dict[str, list[FactAsked]] = {}
    for pack in packs.values():
        for fact in pack.framework.facts:
            if fact.of == "trust":
                asked.setdefault(fact.id, []).append(fact)
    for name, value in settings.items():
        if name not in asked:
            raise NotFoundError(f'No framework asks a trust for "{name}". {did_you_mean(name, asked)}')
        values = list(dict.fromkeys(option.id for fact in asked[name] for option in fact.values))
        if value not in values and all(fact.values for fact in asked[name]):
            raise NotFoundError(f'"{value}" is not a value of {name}. {did_you_mean(value, values)}')
