"""The pack format: what a framework says that no rule reads, and how it hangs together with other publications.

Each file of ``guidance/`` is read as :class:`Guidance`, each file of ``crosswalks/`` as :class:`Crosswalk`.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bandstand.models.framework import ItemId, Key, Label, PackId, Text
from bandstand.models.provenance import Lines, Provenance
from bandstand.models.standard import Status


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class GuidanceItem(Provenance):
    """One thing that the document says and no rule reads.

    Attributes:
        text: What it says, in our words; None only where the document has no text for it.
        about: Ids of what it is about in the same pack: criteria, standards, roles, points.
        columns: What the document says under each heading, where it is a table or a form.
    """

    id: ItemId
    label: Label
    text: Text | None = None
    status: Status = "present"
    about: tuple[ItemId, ...] = ()
    columns: dict[str, Text] = Field(default_factory=dict)


class Guidance(_Part):
    """A file of `guidance/`: a list that informs whoever decides, and decides nothing."""

    id: Key
    label: Label
    title: str | None = Field(default=None, description="The heading that the document gives it, word for word.")
    summary: Text
    source: Lines
    items: tuple[GuidanceItem, ...] = Field(min_length=1)


class Link(_Part):
    """One thing of this framework and what it has to do with another's.

    Attributes:
        from_: Id of a thing in this pack.
        to: Ids of things in the other framework.
        relation: `supports`: having the one can help with the other. `same_subject`: evidence for the one may be worth
            a look for the other. `same_text`: both are the same published text.
        basis: Whether the document states the link or we propose it.
        source: Lines of this framework's document.
        note: Why it is proposed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True)

    from_: ItemId = Field(alias="from")
    to: tuple[ItemId, ...] = Field(min_length=1)
    relation: Literal["supports", "same_subject", "same_text"]
    basis: Literal["stated", "proposed"]
    source: Lines
    note: Text | None = None

    @model_validator(mode="after")
    def _says_why(self) -> Link:
        if self.basis == "proposed" and not self.note:
            raise ValueError("a proposed link has a note that says why")
        return self


class Crosswalk(_Part):
    """A file of `crosswalks/`: how this framework hangs together with one other publication.

    Attributes:
        to: Id of the other framework, or a name for a publication that no pack holds.
        external: Whether no pack holds it, so that its ids are listed in `targets`.
        targets: Ids and labels of what the other publication has, where it is external.
        summary: What the document says of the other publication.
    """

    to: PackId
    label: Label
    summary: Text
    source: Lines
    external: bool = False
    targets: dict[str, Label] = Field(default_factory=dict)
    links: tuple[Link, ...] = Field(min_length=1)
