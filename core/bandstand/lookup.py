"""Finds one thing of a pack by its id: a standard, criterion, grade, role, rule, zone, action or review point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bandstand.errors import NotFoundError
from bandstand.models.listing import ItemListing
from bandstand.rules.base import did_you_mean

if TYPE_CHECKING:
    from pydantic import BaseModel

    from bandstand.packs.pack import Pack


@dataclass(frozen=True, slots=True)
class Item:
    """One thing of a pack.

    Attributes:
        kind: What it is, in a word.
        id: Its id.
        value: The thing itself.
        pack: The pack that it is in.
    """

    kind: str
    id: str
    value: BaseModel
    pack: Pack

    def listing(self) -> ItemListing:
        """The thing with its kind and the document that its lines are of."""
        return ItemListing(
            kind=self.kind,
            id=self.id,
            framework=self.pack.id,
            version=self.pack.version,
            document=self.pack.framework.document.file,
            item=self.value.model_dump(mode="json", by_alias=True, exclude_none=True),
        )


def find_item(pack: Pack, wanted: str) -> Item:
    """The thing of ``pack`` with the id ``wanted``, in whatever letter case.

    Raises:
        NotFoundError: There is none; the message suggests the nearest.
    """
    framework = pack.framework
    groups: list[tuple[str, dict[str, Any]]] = [
        ("standard", {standard.id: standard for standard in pack.standards}),
        ("criterion", dict(pack.criteria)),
        ("grade", {grade.id: grade for grade in framework.grades}),
        ("role", {role.id: role for role in framework.roles}),
        ("rule", dict(pack.rule_by_id)),
        ("zone", {zone.id: zone for zone in framework.zones}),
        ("action", {action.id: action for action in framework.actions}),
        ("review point", {point.id: point for point in framework.review_points}),
    ]
    for kind, items in groups:
        for name, value in items.items():
            if name.lower() == wanted.lower():
                return Item(kind, name, value, pack)
    grades = pack.find_grades(wanted)
    if len(grades) == 1:
        return Item("grade", grades[0].id, grades[0], pack)
    known = [name for _, items in groups for name in items]
    raise NotFoundError(f'{pack.name} has nothing called "{wanted}". {did_you_mean(wanted, known)}')
