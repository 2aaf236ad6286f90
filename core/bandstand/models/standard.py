"""The pack format: standards, with their criteria and what each looks like.

Each file of ``standards/`` is read as :class:`Standard`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bandstand.models.framework import Gap, ItemId, Key, Label, Text
from bandstand.models.provenance import Lines, Provenance

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bandstand.models.framework import Scale


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


#: Whether the document has a text: it may have lost it, given it in a way that cannot be attributed, or left it blank.
Status = Literal["present", "missing", "unresolved", "blank"]


class Descriptor(Provenance):
    """What something looks like, in our words."""

    descriptor: Text


class Statement(Provenance):
    """One of several things that a criterion asks for, found met or not by itself.

    Attributes:
        condition: Under what the document asks for it, as "where appropriate"; it stays a condition.
        tags: Names by which rules pick it.
    """

    id: ItemId
    label: Label
    descriptor: Text
    condition: Text | None = None
    tags: tuple[Key, ...] = ()


class Point(Provenance):
    """What a criterion looks like at one point of its scale.

    Attributes:
        at: The scale's point.
        status: Whether the document has a text for it; the others need a note.
        statements: What it asks for, where that is several things.
    """

    at: ItemId
    descriptor: Text | None = None
    status: Status = "present"
    statements: tuple[Statement, ...] = ()

    @model_validator(mode="after")
    def _has_a_text(self) -> Point:
        if (self.status == "present") == (self.descriptor is None and not self.statements):
            raise ValueError("a point that is present has a descriptor or statements, and no other has")
        if self.descriptor is not None and self.statements:
            raise ValueError("a point has a descriptor or statements, not both")
        if self.status != "present" and not self.note:
            raise ValueError("a point that is not present has a note that says why")
        return self


class Criterion(Provenance):
    """What evidence is about: found met or not as a whole, statement by statement, or point by point of a scale.

    Attributes:
        descriptor: What meeting it looks like; None only where the document has no text for it.
        below: What falling below it looks like, where the document describes both ends.
        status: Whether the document has a text for it; the others need a note.
        set: Which of the document's lists it stands in, such as `sheet` or `ladder`.
        group: The heading within its standard that it stands under, if there are some.
        refs: Codes of other publications that the document gives for it, as it prints them.
        only_if: Flags of which the person must have one for it to apply at all.
        statements: What it asks for, where that is several things.
        scale: The scale that its points are on.
        points: What it looks like at each point of the scale.
        unattributed: Texts that the document has, and that cannot be attributed to a point for certain.
    """

    id: ItemId
    label: Label
    descriptor: Text | None = None
    below: Descriptor | None = None
    status: Status = "present"
    set: Key
    group: ItemId | None = None
    refs: tuple[str, ...] = ()
    only_if: tuple[Key, ...] = ()
    statements: tuple[Statement, ...] = ()
    scale: Key | None = None
    points: tuple[Point, ...] = ()
    unattributed: tuple[Descriptor, ...] = ()

    @model_validator(mode="after")
    def _hangs_together(self) -> Criterion:
        if (self.status == "present") == (self.descriptor is None):
            raise ValueError("a criterion that is present has a descriptor, and no other has")
        if self.status != "present" and not self.note:
            raise ValueError("a criterion that is not present has a note that says why")
        if bool(self.points) != (self.scale is not None):
            raise ValueError("points and scale go together")
        if self.points and self.statements:
            raise ValueError("a criterion has points or statements, not both")
        return self


class Unit(Provenance):
    """The smallest thing that is found met or not: a criterion, one of its statements, or one of its points.

    Attributes:
        descriptor: What meeting it looks like; None where the document has no text for it that can be told for certain.
        set: As the criterion has it.
        group: As the criterion has it.
        criterion: Id of the criterion that it belongs to, its own where it is one.
        point: The point of the scale that it belongs to, if its criterion has points.
        at: What the point is called, where the unit is the point itself.
        below: As the criterion has it.
        condition: As the statement has it.
        tags: As the statement has them.
        only_if: As the criterion has them.
    """

    id: ItemId
    label: str
    descriptor: Text | None
    status: Status
    set: Key
    group: ItemId | None
    criterion: ItemId
    point: ItemId | None = None
    at: Label | None = None
    below: Descriptor | None = None
    condition: Text | None = None
    tags: tuple[Key, ...] = ()
    only_if: tuple[Key, ...] = ()

    @property
    def text(self) -> str:
        """The descriptor, or a sentence that says why there is none."""
        return self.descriptor or _NO_TEXT[self.status].format(self.criterion)


_NO_TEXT: dict[Status, str] = {
    "present": "",
    "missing": "The document has lost its text.",
    "unresolved": "Which of the document's texts belongs here cannot be told for certain; {} shows them all.",
    "blank": "The document leaves this blank.",
}


def units_of(criterion: Criterion, scale: Scale | None) -> Iterator[Unit]:
    """The units of a criterion, in order; ``scale`` is the one that its points are on.

    A point has its criterion's label, as its id says which point it is. A point of an ordinal scale is a unit even
    where the document has lost its text, as people can still be at it. A point without a text on another scale asks
    for nothing, and is none.
    """
    if not criterion.points and not criterion.statements:
        yield _unit(criterion, criterion, criterion.label, status=criterion.status, below=criterion.below)
        return
    for statement in criterion.statements:
        yield _statement(criterion, statement, None)
    labels = {point.id: point.label for point in scale.points} if scale else {}
    for point in criterion.points:
        for statement in point.statements:
            yield _statement(criterion, statement, point.at)
        if point.descriptor is not None or (scale is not None and scale.ordinal):
            fields = {"id": f"{criterion.id}@{point.at}", "point": point.at, "at": labels.get(point.at, point.at)}
            yield _unit(criterion, point, criterion.label, status=point.status, **fields)


def _statement(criterion: Criterion, statement: Statement, point: str | None) -> Unit:
    condition, tags = statement.condition, statement.tags
    return _unit(criterion, statement, statement.label, id=statement.id, point=point, condition=condition, tags=tags)


def _unit(criterion: Criterion, part: Criterion | Statement | Point, label: str, **fields: Any) -> Unit:
    return Unit.model_validate(
        {
            "id": criterion.id,
            "label": label,
            "descriptor": part.descriptor,
            "status": "present",
            "set": criterion.set,
            "group": criterion.group,
            "criterion": criterion.id,
            "only_if": criterion.only_if,
            "source": part.source,
            "basis": part.basis,
            "note": part.note,
            **fields,
        }
    )


class Illustration(Provenance):
    """What meeting a standard can look like for one audience; it informs, and no rule reads it."""

    audience: Key
    text: Text


class Qualification(Provenance):
    """A qualification that can support a level, and is never required."""

    code: Annotated[str, Field(min_length=1, max_length=20)]
    text: Text


class Standard(_Part):
    """A top-level expectation with its criteria: one rung of a ladder, one section of a toolkit."""

    id: ItemId
    section: ItemId | None = None
    label: Label
    title: str | None = Field(default=None, description="The heading that the document gives it, word for word.")
    level: int | None = Field(default=None, ge=1)
    summary: Text
    source: Lines
    criteria: tuple[Criterion, ...] = Field(min_length=1)
    examples: tuple[Illustration, ...] = ()
    qualifications: tuple[Qualification, ...] = ()
    gaps: tuple[Gap, ...] = ()
