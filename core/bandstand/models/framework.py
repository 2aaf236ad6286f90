"""The pack format: what a framework publishes, and how its evidence is to be counted.

``framework.yaml`` is read as :class:`Framework`, each file of ``standards/`` as :class:`Standard`.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from bandstand.models.evidence import EvidenceSource, PlainDate
from bandstand.models.finding import Claim
from bandstand.models.provenance import Lines, Provenance

Zone = Literal["red", "amber", "gold", "green"]
ZONES: tuple[Zone, ...] = ("red", "amber", "gold", "green")

PackId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
ItemId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 .:+_@-]{0,59}$")]
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Label = Annotated[str, Field(min_length=1, max_length=80)]
Text = Annotated[str, Field(min_length=1, max_length=2000)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Document(_Part):
    """The published document that a pack rests on; every `source` names lines of it."""

    title: str
    file: str = Field(description="Name of the text file whose lines the pack cites.")


class Purpose(Provenance):
    """A use that the framework serves. The first is the one assumed when an evaluation names none."""

    id: Key
    label: Label


class Refusal(Provenance):
    """A use that the framework does not serve, and why."""

    id: Key
    reason: Text


class ReviewPoint(Provenance):
    """A time of the year at which evidence is reviewed; in order."""

    id: Key
    label: Label


class Grade(Provenance):
    """A grade, as the document prints it: ``teaching:UPS2-3``."""

    id: ItemId
    label: Label
    strand: Key
    column: int = Field(ge=1, description="Place in the framework's grade order, least senior first.")
    aliases: tuple[str, ...] = Field(default=(), description="Other spellings that staff lists use.")


class Role(Provenance):
    """A role that the framework says something about."""

    id: Key
    label: Label
    level: int | None = Field(default=None, description="The level that the document names for the role.")
    says: Literal["minimum", "goal", "example", "equivalent"] | None = None


class Option(_Part):
    """A value that a person's record may hold: a strand, a career stage or a flag."""

    id: ItemId
    label: Label
    note: Text | None = None


class ZoneMeaning(Provenance):
    """What a zone means to the person who is in it."""

    id: Zone
    label: Label
    meaning: Text


class Rank(_Part):
    """One rung of a view's order of sources: the best rung that has evidence is the one that counts.

    Attributes:
        sources: Kinds of source on this rung. Moderated evidence of any source in the view counts in full, on the first
            rung or, where that does not reach the top of the scale, above it.
        reaches: The highest claim that unmoderated evidence on this rung may reach.
    """

    sources: tuple[EvidenceSource, ...] = Field(min_length=1)
    reaches: Claim = Claim.MET


class View(_Part):
    """Whose word a set of findings goes by. Views are kept apart; the first that has evidence is recommended on."""

    id: Key
    label: Label
    ranks: tuple[Rank, ...] = Field(min_length=1)


def _month_day(value: object) -> object:
    if isinstance(value, str):
        dt.date.fromisoformat(f"2001-{value}")
    return value


class FindingsPolicy(Provenance):
    """How evidence becomes findings.

    Within a view, each criterion goes by its best rank of source, there by the latest date, and on one date by the
    more cautious claim. Evidence older than ``max_age_months`` at the as-of date does not count.
    """

    max_age_months: int = Field(ge=1, le=600)
    cycle_starts: Annotated[str, BeforeValidator(_month_day)] = Field(
        pattern=r"^\d\d-\d\d$", description="Month and day on which a yearly cycle of reviews begins, as 09-01."
    )
    views: tuple[View, ...] = Field(min_length=1, max_length=20)


class Action(Provenance):
    """A recommended action. Text may name {person}, {level}, {standing}, {next_level}, {grade}, {lines}, {count}."""

    id: Key
    label: Label
    text: Text


class Outcome(_Part):
    """Which conclusions an evaluation publishes by name."""

    level: str
    zone: str
    action: str
    notes: tuple[str, ...] = Field(default=(), description="Conclusions whose values are actions said in addition.")
    colours: str | None = Field(default=None, description="The `ragging` rule whose colours fill `ragging`.")


class Gap(Provenance):
    """Something that the document lost or never gave, listed so that nobody takes it for an oversight."""

    what: Text
    status: Literal["missing", "unresolved"]


class Framework(_Part):
    """A framework: its identity, validity, purposes, grades, roles, zones and how its evidence is counted."""

    id: PackId
    version: Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z.+-]{0,39}$")]
    title: str
    publisher: str
    summary: Text
    document: Document
    valid_from: PlainDate
    valid_until: PlainDate | None = None
    purposes: tuple[Purpose, ...] = Field(min_length=1)
    refuses: tuple[Refusal, ...] = ()
    review_points: tuple[ReviewPoint, ...] = ()
    strands: tuple[Option, ...] = ()
    grades: tuple[Grade, ...] = ()
    roles: tuple[Role, ...] = ()
    career_stages: tuple[Option, ...] = ()
    flags: tuple[Option, ...] = ()
    zones: tuple[ZoneMeaning, ...] = ()
    findings: FindingsPolicy
    actions: tuple[Action, ...] = Field(min_length=1)
    outcome: Outcome
    gaps: tuple[Gap, ...] = ()

    @model_validator(mode="after")
    def _dates_in_order(self) -> Framework:
        if self.valid_until is not None and self.valid_until < self.valid_from:
            raise ValueError("valid_until is before valid_from")
        return self


class Criterion(Provenance):
    """The one thing found met or not."""

    id: ItemId
    label: Label
    descriptor: Text
    set: Key = Field(description="Which of the document's lists it stands in, such as `sheet` or `ladder`.")


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
    label: Label
    title: str | None = Field(default=None, description="The heading that the document gives it, word for word.")
    level: int | None = Field(default=None, ge=1)
    summary: Text
    source: Lines
    criteria: tuple[Criterion, ...] = Field(min_length=1)
    examples: tuple[Illustration, ...] = ()
    qualifications: tuple[Qualification, ...] = ()
    gaps: tuple[Gap, ...] = ()
