"""What a trust's overlay says, drawn at random: values confirmed and changed, criteria and grades added, settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bandstand.packs.address import addresses, is_doubtful
from random_packs.frameworks import ANSWERS

if TYPE_CHECKING:
    from bandstand.packs.address import Spot
    from bandstand.packs.pack import Pack
    from random_packs.dice import Dice


def draw_values(dice: Dice, pack: Pack) -> dict[str, Any]:
    """The content of a values.yaml; an entry of it may be one that the pack refuses."""
    spots = list(addresses(pack).values())
    values: dict[str, Any] = {
        "confirm": [spot.address for spot in dice.some([s for s in spots if s.is_part and is_doubtful(s.part)], 0, 4)],
        "change": [change for spot in dice.some(spots, 0, 60) if (change := _change(dice, pack, spot)) is not None][:4],
        "add": _added(dice, pack),
    }
    if dice.chance():
        values["settings"] = {"limit": dice.choice(ANSWERS["limit"])}
    if pack.framework.grades and dice.chance():
        values["aliases"] = {dice.choice(pack.framework.grades).id: ["ours"]}
    return {name: value for name, value in values.items() if value}


def _change(dice: Dice, pack: Pack, spot: Spot) -> dict[str, Any] | None:
    """Another value of what trusts change: how much is needed, which rungs a band has, what a policy counts."""
    match spot.field:
        case "need":
            return {"at": spot.address, "to": dice.choice(["all", 1, 2])}
        case "from" | "gold" | "to" if spot.item == "expected":
            return {"at": spot.address, "to": dice.choice(_levels(pack))}
        case "max_age_months":
            return {"at": spot.address, "to": dice.choice([3, 6, 13, 36])}
        case "cycle_starts":
            return {"at": spot.address, "to": dice.choice(["08-31", "07-10", "01-01"])}
        case "then":
            return {"at": spot.address, "to": dice.choice([action.id for action in pack.framework.actions])}
        case "at_most" | "at_least" | "more_than":
            return {"at": spot.address, "to": dice.randint(1, 3)}
        case _:
            return None


def _levels(pack: Pack) -> list[int]:
    return [0, *(level.level for rule in pack.rules for level in getattr(rule, "levels", ()))]


def _added(dice: Dice, pack: Pack) -> dict[str, Any]:
    """A criterion that a level and the sheet name, and a grade that a band names."""
    added: dict[str, Any] = {}
    if dice.chance():
        spots = [spot for spot in addresses(pack).values() if spot.item in ("ladder", "sheet")]
        lists = [spot.address for spot in spots if spot.field in ("criteria", "unless_short", "order")]
        criterion: dict[str, Any] = {
            "standard": dice.choice(pack.standards).id,
            "id": "T.1",
            "label": "Ours",
            "descriptor": "Is ours.",
        }
        criterion |= {"set": "lines", "named_by": dice.some(lists, 0, 2)}
        if dice.chance(0.3):
            criterion["only_if"] = [dice.choice(pack.framework.flags).id]
        added["criteria"] = [criterion]
    if pack.framework.grades and dice.chance():
        lists = [s.address for s in addresses(pack).values() if s.item == "expected" and s.field == "grades"]
        grade = {
            "id": "teaching:LP",
            "label": "LP",
            "strand": "teaching",
            "column": 9,
            "named_by": dice.some(lists, 0, 1),
        }
        added["grades"] = [grade]
    return added
