"""Where a value comes from, and how firmly the document says it."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

if TYPE_CHECKING:
    from collections.abc import Iterator

_LINES = r"[1-9]\d*(-[1-9]\d*)?(, ?[1-9]\d*(-[1-9]\d*)?)*"


class Basis(StrEnum):
    """How firmly a rule, a threshold or a band rests on the document."""

    STATED = "stated"
    INTERPRETED = "interpreted"
    ILLUSTRATIVE = "illustrative"
    TRUST = "trust"


def _lines(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


_Written = Annotated[
    str, Field(pattern=f"^{_LINES}$", description="Lines of the document, such as 540 or 382-394, 460.")
]
Lines = Annotated[_Written, BeforeValidator(_lines, json_schema_input_type=_Written | int)]


def line_numbers(lines: str) -> list[int]:
    """Every line that ``lines`` names, in order: ``"382-384, 460"`` gives 382, 383, 384, 460."""
    numbers: list[int] = []
    for part in re.split(r", ?", lines):
        first, _, last = part.partition("-")
        numbers.extend(range(int(first), int(last or first) + 1))
    return numbers


class Provenance(BaseModel):
    """The part that every rule, level, band, criterion and row carries."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: Lines
    basis: Basis = Basis.STATED
    note: str | None = Field(
        default=None, description="What was read, and how; needed where the basis is `interpreted` or `illustrative`."
    )


#: Between the words of a class's name.
_SPACED = re.compile(r"(?<=[a-z])(?=[A-Z])")


def kind_of(part: BaseModel) -> str:
    """What a part of a pack is, in words, by its class: ``scale point``."""
    return _SPACED.sub(" ", type(part).__name__).lower()


def models_within(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], BaseModel]]:
    """Every model within a value, itself first, each with its path as the file has it."""
    if isinstance(value, BaseModel):
        yield path, value
        for name, field in type(value).model_fields.items():
            yield from models_within(getattr(value, name), (*path, field.alias or name))
    elif isinstance(value, list | tuple):
        for n, item in enumerate(value):
            yield from models_within(item, (*path, n))
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from models_within(item, (*path, name))


class Ground(BaseModel):
    """What one clause or threshold rests on, as a conclusion carries it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    basis: Basis
    note: str | None = None

    @property
    def is_firm(self) -> bool:
        """Whether the document, or the trust, says so in so many words."""
        return self.basis in (Basis.STATED, Basis.TRUST)
