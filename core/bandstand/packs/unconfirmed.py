"""The example values of a pack that no trust has confirmed yet, with the address by which an overlay does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bandstand.models.framework import FactAsked
from bandstand.models.overlay import Unconfirmed
from bandstand.models.provenance import Basis, kind_of, models_within
from bandstand.packs.address import addresses, value_within

if TYPE_CHECKING:
    from pydantic import BaseModel

    from bandstand.packs.address import Spot
    from bandstand.packs.pack import Pack


def unconfirmed(pack: Pack) -> list[Unconfirmed]:
    """Every example value of a pack, as an overlay over it has left them: those of rules, of facts, and the rest."""
    found = [_in_a_rule(pack, spot) for spot in addresses(pack).values() if spot.is_part and _is_example(spot.part)]
    elsewhere = [pack.framework, *pack.standards, *pack.guidance, *pack.crosswalks]
    for whole in elsewhere:
        for path, part in models_within(whole):
            if path[:1] != ("findings",) and _is_example(part):
                found.append(_elsewhere(part))
    return found


def _is_example(part: BaseModel) -> bool:
    return getattr(part, "basis", None) is Basis.ILLUSTRATIVE


def _in_a_rule(pack: Pack, spot: Spot) -> Unconfirmed:
    raw = pack.content[spot.file]
    for name in spot.path:
        raw = raw[name]
    value = value_within(raw, of_list=isinstance(spot.path[-1], int))
    return _unconfirmed(spot.part, address=spot.address, name=spot.item, value=value)


def _elsewhere(part: BaseModel) -> Unconfirmed:
    name = next((str(getattr(part, field)) for field in ("id", "at", "label", "what") if hasattr(part, field)), "")
    if isinstance(part, FactAsked) and part.of == "trust":
        return _unconfirmed(part, setting=part.id, name=name, value=part.default)
    return _unconfirmed(part, name=name, value=getattr(part, "text", getattr(part, "descriptor", None)))


def _unconfirmed(
    part: BaseModel, *, name: str, value: object, address: str | None = None, setting: str | None = None
) -> Unconfirmed:
    source, note = str(getattr(part, "source", "1")), getattr(part, "note", None)
    return Unconfirmed(at=address, setting=setting, kind=kind_of(part), id=name, value=value, source=source, note=note)
