"""A suggested action, tied to the conclusions that support it, with its caveats."""

from __future__ import annotations

from typing import Final

from pydantic import BaseModel, ConfigDict

from bandstand.models.provenance import Basis

#: Before the id of a flag that a person has, and of a fact that is needed and not given: the codes of their caveats.
FLAGGED: Final = "flag-"
NOT_GIVEN: Final = "not-given-"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Caveat(_Part):
    """Something that a reader must know before acting on the recommendation.

    Attributes:
        code: ``basis`` for a value that is not stated by the document, or another stable name.
        text: A sentence.
        basis: For ``basis``, how firmly the value rests on the document.
        source: For ``basis``, the lines.
    """

    code: str
    text: str
    basis: Basis | None = None
    source: str | None = None


class Recommendation(_Part):
    """What is suggested. People decide.

    Attributes:
        action: Id of the framework's action, or ``withheld`` when the engines disagreed.
        label: The action in a few words.
        text: What is suggested, in sentences.
        supports: Names of the conclusions that it is tied to.
        notes: Further advice that goes with it.
        caveats: What it rests on that is not certain.
    """

    action: str
    label: str
    text: str
    supports: tuple[str, ...]
    notes: tuple[str, ...]
    caveats: tuple[Caveat, ...]
