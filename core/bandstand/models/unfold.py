"""What a claim about something says of which units: a component of a point, a cell of each of its statements."""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from bandstand.models.finding import Claim
from bandstand.models.standard import Unit, units_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bandstand.models.framework import Framework, Scale
    from bandstand.models.standard import Criterion, Standard


@dataclass
class Unfolded:
    """A pack's criteria, unfolded.

    Attributes:
        units: By id, in the order of the standards.
        unfolds: By an id that evidence may name and a claim that it may make of it: what that says of which units.
        members: By the id of a criterion, or of a point of one, with several units: theirs.
        standard_of: By a unit's id, the standard that it is in.
        criteria: By id, every criterion as it is written.
    """

    units: dict[str, Unit] = field(default_factory=dict)
    unfolds: dict[tuple[str, str], tuple[tuple[str, Claim], ...]] = field(default_factory=dict)
    members: dict[str, tuple[str, ...]] = field(default_factory=dict)
    standard_of: dict[str, Standard] = field(default_factory=dict)
    criteria: dict[str, Criterion] = field(default_factory=dict)

    @cached_property
    def names(self) -> dict[str, None]:
        """Everything that evidence may name, in the order of the standards."""
        return {name: None for name, _ in self.unfolds}

    def names_in(self, standard: Standard) -> list[str]:
        """What evidence may name in one standard."""
        return [name for name in self.names if self.standard_of[self.members.get(name, (name,))[0]].id == standard.id]

    def named(self, pattern: str) -> list[str]:
        """What evidence may name that an id, or a pattern of ids, is of."""
        return [pattern] if pattern in self.names else fnmatch.filter(self.names, pattern)

    def matching(self, pattern: str) -> list[str]:
        """The units that an id, or a pattern of ids, is of: by their own, or by those of what they belong to."""
        return [
            unit
            for unit in self.units
            if fnmatch.fnmatchcase(unit, pattern) or fnmatch.fnmatchcase(self.units[unit].criterion, pattern)
        ]

    def claims_of(self, name: str) -> list[str]:
        """The claims that evidence may make of ``name``; none where evidence cannot name it."""
        return [claim for known, claim in self.unfolds if known == name]


def unfold(framework: Framework, standards: Iterable[Standard]) -> Unfolded:
    """Every criterion of ``standards`` as its units, with what may be claimed of it."""
    scales = {scale.id: scale for scale in framework.scales}
    found = Unfolded()
    for standard in standards:
        for criterion in standard.criteria:
            found.criteria[criterion.id] = criterion
            scale = scales.get(criterion.scale or "")
            units = list(units_of(criterion, scale))
            found.units.update((unit.id, unit) for unit in units)
            found.standard_of.update((unit.id, standard) for unit in units)
            if scale is not None and scale.ordinal:
                _ordinal(criterion.id, scale, [unit.id for unit in units], found)
            else:
                _plain(criterion, units, found)
    return found


def _plain(criterion: Criterion, units: Sequence[Unit], found: Unfolded) -> None:
    """A claim about a unit is about that unit; one about a cell, or a group of statements, is about each of them."""
    names: dict[str, tuple[str, ...]] = {unit.id: (unit.id,) for unit in units}
    if criterion.points or criterion.statements:
        found.members[criterion.id] = tuple(unit.id for unit in units)
    if criterion.statements:
        names[criterion.id] = found.members[criterion.id]
    for point in criterion.points:
        cell = f"{criterion.id}@{point.at}"
        if point.statements:
            names[cell] = found.members[cell] = tuple(statement.id for statement in point.statements)
    for name, members in names.items():
        for claim in Claim:
            found.unfolds[name, claim] = tuple((member, claim) for member in members)


def _ordinal(name: str, scale: Scale, points: Sequence[str], found: Unfolded) -> None:
    """A claim of a point is that it and all below it are met and none above; so is a claim about one point met."""
    found.members[name] = tuple(points)
    found.unfolds[name, Claim.NOT_MET] = tuple((point, Claim.NOT_MET) for point in points)
    for at, (unit, declared) in enumerate(zip(points, scale.points, strict=True)):
        upto = tuple((point, Claim.MET) for point in points[: at + 1])
        found.unfolds[name, declared.id] = (*upto, *((point, Claim.NOT_MET) for point in points[at + 1 :]))
        found.unfolds[unit, Claim.MET] = upto
        found.unfolds[unit, Claim.PARTLY_MET] = ((unit, Claim.PARTLY_MET),)
        found.unfolds[unit, Claim.NOT_MET] = tuple((point, Claim.NOT_MET) for point in points[at:])
