"""A trust's own layer on a pack: who confirmed what, when and why. It never edits the pack.

``overlay.yaml`` is read as :class:`Overlay`; beside it ``values.yaml`` as :class:`ValuesFile` and ``wording.yaml`` as
:class:`WordingFile`.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from bandstand.models.evidence import Identifier, PlainDate
from bandstand.models.framework import ItemId, Key, Label, PackId, Text
from bandstand.models.provenance import Lines

#: A text as its publisher has it, which may be longer than ours.
OfficialText = Annotated[str, Field(min_length=1, max_length=20_000)]
Address = Annotated[
    str,
    Field(
        min_length=1,
        max_length=200,
        description="Where in the pack, by ids: a rule, then its fields, as `expected.bands.column_1` or "
        "`ladder.levels.4.need`; or `findings.max_age_months`.",
    ),
]


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
        expired: What happens at an as-of date at which the pack is not valid: `warn` evaluates and says so, `refuse`
            evaluates nothing.
    """

    id: Key
    pack: PackId
    version: str
    by: Identifier
    on: PlainDate
    why: Text
    expired: Literal["warn", "refuse"] = "warn"


class WordingFile(_Part):
    """The official wording that a trust may show.

    Attributes:
        wording: Text by the id of what it words: a criterion, a statement, or a point as ``1d.vi@high_impact``; the
            other end of a criterion as ``teacher.QE1.below``.
    """

    wording: dict[ItemId, OfficialText] = Field(min_length=1)


class Decided(_Part):
    """Who decided something, when and why, where that is not what overlay.yaml says.

    Attributes:
        by: Id or role of whoever decided it; that of overlay.yaml when left out.
        on: When; likewise.
        why: Why; likewise.
    """

    by: Identifier | None = None
    on: PlainDate | None = None
    why: Text | None = None


class Confirm(Decided):
    """A value of the pack that the trust takes as its own."""

    at: Address


class Change(Decided):
    """A value that the trust puts in the place of the pack's.

    Attributes:
        to: The new value; of a part with several, those that change, as `{ gold: 6, to: 6 }`.
    """

    at: Address
    to: Any = Field(json_schema_extra={"type": ["string", "number", "boolean", "null", "array", "object"]})


class AddedCriterion(Decided):
    """A criterion that the trust asks for besides those of the document.

    Attributes:
        standard: Id of the standard that it stands in.
        id: Its id, which nothing in the pack has.
        label: What it is called.
        descriptor: What meeting it looks like.
        set: The pack's set that it is in, such as `sheet`.
        group: The heading within its standard that it stands under, if there are some.
        only_if: Flags of which the person must have one for it to apply at all.
        source: Lines of the document that it goes with; those of its standard when left out.
        named_by: Addresses of the lists of rules that are to name it, as `ladder.levels.4.criteria` or `sheet.order`.
    """

    standard: ItemId
    id: ItemId
    label: Label
    descriptor: Text
    set: Key
    group: ItemId | None = None
    only_if: tuple[Key, ...] = ()
    source: Lines | None = None
    named_by: tuple[Address, ...] = ()


class AddedGrade(Decided):
    """A grade of the trust's own.

    Attributes:
        id: Its id, which no grade of the pack has, as `teaching:LP`.
        label: What it is called.
        strand: The pack's strand that it is in.
        column: Its place in the framework's grade order, least senior first.
        aliases: Other spellings that staff lists use.
        source: Lines of the document that it goes with; those of the pack's first grade of its strand when left out.
        named_by: Addresses of the lists of rules that are to name it, as `expected.bands.column_4.grades`.
    """

    id: ItemId
    label: Label
    strand: Key
    column: int = Field(ge=1)
    aliases: tuple[str, ...] = ()
    source: Lines | None = None
    named_by: tuple[Address, ...] = ()


class Additions(_Part):
    """What the trust adds.

    Attributes:
        criteria: Criteria of its own.
        grades: Grades of its own.
    """

    criteria: tuple[AddedCriterion, ...] | None = None
    grades: tuple[AddedGrade, ...] | None = None


class ValuesFile(_Part):
    """The values that a trust confirms, changes and adds. A list that holds only remarks is empty.

    Attributes:
        confirm: Values of the pack that the trust takes as its own: an address each, or an entry.
        change: Values that the trust puts in their place.
        add: Criteria and grades of the trust's own.
        aliases: Other spellings of the pack's grades that the trust's staff lists use, by the grade's id.
        settings: What the trust answers to what the framework asks of a trust, by the fact's id.
    """

    confirm: tuple[Address | Confirm, ...] | None = None
    change: tuple[Change, ...] | None = None
    add: Additions | None = None
    aliases: dict[ItemId, Annotated[tuple[str, ...], Field(min_length=1)]] | None = None
    settings: dict[Key, ItemId] | None = None


class Settled(_Part):
    """One thing of an overlaid pack that is the trust's: what, whose decision, and what the pack had.

    Attributes:
        at: Where it is, by ids.
        kind: What sort of thing it is part of: a rule, the policy of findings, a criterion, a grade, a fact.
        item: The id of that.
        how: Whether the trust took the pack's value as it was, put another in its place, or added to the pack.
        was: What the pack had; nothing where it had none.
        now: What holds.
        by: Id or role of whoever decided it.
        on: When.
        why: Why.
    """

    at: str
    kind: Literal["rule", "findings", "criterion", "grade", "fact"]
    item: str
    how: Literal["confirmed", "changed", "added"]
    was: Any
    now: Any
    by: str
    on: dt.date
    why: str


class Unconfirmed(_Part):
    """An example value of a pack that no trust has confirmed or changed.

    Attributes:
        at: The address by which an overlay confirms or changes it; None where only the pack's author can.
        setting: Id of the setting that decides it, where an overlay's `settings` do.
        kind: What it is: band, bound, rule, fact …
        id: Its id, or that of what it is in.
        value: What it is now.
        source: Lines of the document.
        note: Why it is an example.
    """

    at: str | None
    setting: str | None
    kind: str
    id: str
    value: Any
    source: str
    note: str | None
