"""Official wording laid over a pack: a trust's texts where ours stood, which decide nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeVar

from bandstand.models.standard import Criterion, Descriptor, Point, Statement

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bandstand.models.standard import Standard
    from bandstand.packs.pack import Pack

Part = TypeVar("Part", Criterion, Point, Statement)

#: What the id of the other end of a criterion ends with.
BELOW: Final = ".below"


def word(pack: Pack, wording: Mapping[str, str]) -> Pack:
    """The pack with official texts in the place of ours; ids that it has no text for are left out."""
    return replace(pack, standards=tuple(_standard(standard, wording) for standard in pack.standards))


def worded(pack: Pack) -> dict[str, None]:
    """Ids of everything in a pack that has a text, or that people can be at though the document lost it.

    What the document leaves blank is not there to be worded: official wording brings words, and no criteria.
    """
    known: dict[str, None] = {}
    for standard in pack.standards:
        for criterion in standard.criteria:
            known.update(dict.fromkeys(_names(criterion)))
    known.update(dict.fromkeys(unit.id for unit in pack.criteria.values() if unit.status != "blank"))
    return known


def _names(criterion: Criterion) -> Iterator[str]:
    if criterion.descriptor is not None:
        yield criterion.id
    if criterion.below is not None:
        yield f"{criterion.id}{BELOW}"


def _standard(standard: Standard, wording: Mapping[str, str]) -> Standard:
    criteria = tuple(_criterion(criterion, wording) for criterion in standard.criteria)
    return standard.model_copy(update={"criteria": criteria})


def _criterion(criterion: Criterion, wording: Mapping[str, str]) -> Criterion:
    below = criterion.below
    if below is not None and f"{criterion.id}{BELOW}" in wording:
        below = Descriptor(descriptor=wording[f"{criterion.id}{BELOW}"], source=below.source, basis=below.basis)
    parts = {
        "below": below,
        "statements": tuple(_part(s, s.id, wording) for s in criterion.statements),
        "points": tuple(_point(criterion.id, point, wording) for point in criterion.points),
    }
    return _part(criterion, criterion.id, wording).model_copy(update=parts)


def _point(criterion: str, point: Point, wording: Mapping[str, str]) -> Point:
    statements = tuple(_part(s, s.id, wording) for s in point.statements)
    return _part(point, f"{criterion}@{point.at}", wording).model_copy(update={"statements": statements})


def _part(part: Part, name: str, wording: Mapping[str, str]) -> Part:
    """A part with its official text, where there is one.

    What the pack's document lost stays marked as lost: rules and caveats go by that, and words decide nothing.
    """
    return part.model_copy(update={"descriptor": wording[name]}) if name in wording else part
