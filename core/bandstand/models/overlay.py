"""A trust's own layer on a pack: who confirmed what, when and why. It never edits the pack.

``overlay.yaml`` is read as :class:`Overlay`, ``wording.yaml`` beside it as :class:`WordingFile`.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from bandstand.models.evidence import Identifier, PlainDate
from bandstand.models.framework import ItemId, Key, PackId, Text

#: A text as its publisher has it, which may be longer than ours.
OfficialText = Annotated[str, Field(min_length=1, max_length=20_000)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Overlay(_Part):
    """An overlay's identity.

    Attributes:
        id: The overlay's id.
        pack: Id of the framework whose pack it is for.
        version: Version of that pack; an overlay is never laid over another.
        by: Id or role of whoever confirmed it.
        on: When.
        why: Why, as that by whose leave the wording is shown.
    """

    id: Key
    pack: PackId
    version: str
    by: Identifier
    on: PlainDate
    why: Text


class WordingFile(_Part):
    """The official wording that a trust may show.

    Attributes:
        wording: Text by the id of what it words: a criterion, a statement, or a point as ``1d.vi@high_impact``; the
            other end of a criterion as ``teacher.QE1.below``.
    """

    wording: dict[ItemId, OfficialText] = Field(min_length=1)
