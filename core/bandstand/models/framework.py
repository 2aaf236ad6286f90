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
Version = Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z.+-]{0,39}$")]
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


class Feature(Provenance):
    """One of several things that the document says of a point, a section or a form."""

    text: Text


class ScalePoint(Provenance):
    """One point of a scale.

    Attributes:
        phrase: How somebody or something is said to be there, as "outstanding"; "at" and the label when left out.
        summary: What it means in general.
        features: What the document says of it in general, one thing each.
        builds_on: Points whose statements hold here too; only where points accumulate.
        inherits: How what is inherited from those points is expected to be fulfilled.
        duty: What is expected here besides the statements.
    """

    id: ItemId
    label: Label
    phrase: Label | None = None
    summary: Text
    features: tuple[Feature, ...] = ()
    builds_on: tuple[ItemId, ...] = ()
    inherits: Text | None = None
    duty: Text | None = None


class Scale(Provenance):
    """Points on which a criterion is described, least first.

    Attributes:
        ordinal: Whether a higher point takes in the lower ones, so that a claim may name a point: it then says `met` of
            each point up to that one, and `not_met` of those above.
    """

    id: Key
    label: Label
    ordinal: bool
    points: tuple[ScalePoint, ...] = Field(min_length=2)

    def closure(self, point: str) -> list[str]:
        """A point and all that it builds on, directly or not, nearest first; nothing where it is not of this scale."""
        known = {own.id: own for own in self.points}
        found: dict[str, None] = {}
        waiting = [point]
        while waiting:
            name = waiting.pop(0)
            if name not in found and name in known:
                found[name] = None
                waiting.extend(known[name].builds_on)
        return list(found)

    def following(self, point: str) -> list[str]:
        """The points that build on a point directly."""
        return [own.id for own in self.points if point in own.builds_on]


class Section(_Part):
    """A part of the document that holds several standards: a domain of a toolkit."""

    id: ItemId
    label: Label
    title: str | None = Field(default=None, description="The heading that the document gives it, word for word.")
    summary: Text
    source: Lines


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
    """A recommended action.

    Its text may name {person}, {grade}, {career_stage}, {lines}, {count} and any fact that the framework asks for;
    where its outcome has a level, also {level}, {standing} and {next_level}.
    """

    id: Key
    label: Label
    text: Text


class Outcome(_Part):
    """One thing that a framework can be asked for: an evaluation gives one outcome.

    Attributes:
        rules: Ids of the rules that it takes; the first sums it up.
        sets: The criteria that its evidence is about, by their sets.
        purposes: Ids of the purposes that it serves; all of the framework's when empty.
        level: The conclusion that gives the level, where there are levels.
        zone: The conclusion that gives the zone, where there are zones.
        action: The conclusion that gives the action.
        views: Ids of the views that it goes by; all of the framework's when empty.
        speaks: The conclusion that says, true or false, whether a view says anything; any evidence does when left out.
        notes: Conclusions whose values are actions said in addition.
        colours: The `ragging` rule whose colours fill `ragging`.
        focus: The rule that says what to work on next, where no level does.
        tracks: The rule whose conclusions are compared with those of an earlier day.
    """

    id: Key
    label: Label
    rules: tuple[Key, ...] = Field(min_length=1)
    sets: tuple[Key, ...] = Field(min_length=1)
    purposes: tuple[Key, ...] = ()
    level: str | None = None
    zone: str | None = None
    action: str
    views: tuple[Key, ...] = ()
    speaks: str | None = None
    notes: tuple[str, ...] = ()
    colours: Key | None = None
    focus: Key | None = None
    tracks: Key | None = None

    @property
    def named(self) -> tuple[str, ...]:
        """Every conclusion that it publishes by name, the action first."""
        return tuple(name for name in (self.action, self.zone, self.level, *self.notes) if name is not None)


class FactAsked(Provenance):
    """Something that the framework asks about a person, or a setting that a trust makes for everybody.

    Attributes:
        question: What is asked, as a person would be asked it.
        of: Whose it is: the person's, or the trust's for everybody.
        values: What it can be; free text when empty, which is shown with the advice and read by no rule.
        default: What holds when it is not given, where something does.
        needed: Whether an evaluation without it says so.
    """

    id: Key
    label: Label
    question: Text
    of: Literal["person", "trust"] = "person"
    values: tuple[Option, ...] = ()
    default: ItemId | None = None
    needed: bool = False

    def known(self, given: str | None) -> str | None:
        """What was given, where it is an answer; else the default."""
        answers = [value.id for value in self.values]
        return given if given is not None and (given in answers or not answers) else self.default

    def is_answered(self, given: str | None) -> bool:
        """Whether what was given is an answer."""
        return given is not None and self.known(given) == given

    def worded(self, value: str | None) -> str:
        """A value of it in words; ``not known`` where there is none."""
        if value is None:
            return "not known"
        return next((option.label for option in self.values if option.id == value), value)


class Gap(Provenance):
    """Something that the document lost or never gave, listed so that nobody takes it for an oversight.

    Attributes:
        grades: Ids of the grades that have no band because of it.
    """

    what: Text
    status: Literal["missing", "unresolved"]
    grades: tuple[ItemId, ...] = ()


class Informing(Provenance):
    """Criteria that inform whoever decides, and that no rule reads.

    Attributes:
        criteria: Their ids, or patterns of them, as ``L1.c*``.
        reason: Why no rule reads them.
    """

    criteria: tuple[str, ...] = Field(min_length=1)
    reason: Text


class Framework(_Part):
    """A framework: its identity, validity, purposes, grades, roles, zones and how its evidence is counted."""

    id: PackId
    version: Version
    title: str
    publisher: str
    summary: Text
    document: Document
    valid_from: PlainDate | None = Field(default=None, description="Left out where the document gives no date.")
    valid_until: PlainDate | None = None
    purposes: tuple[Purpose, ...] = Field(min_length=1)
    refuses: tuple[Refusal, ...] = ()
    sections: tuple[Section, ...] = ()
    groups: tuple[Option, ...] = Field(default=(), description="Headings under which criteria stand in standards.")
    scales: tuple[Scale, ...] = ()
    review_points: tuple[ReviewPoint, ...] = ()
    strands: tuple[Option, ...] = ()
    grades: tuple[Grade, ...] = ()
    roles: tuple[Role, ...] = ()
    career_stages: tuple[Option, ...] = ()
    flags: tuple[Option, ...] = ()
    facts: tuple[FactAsked, ...] = ()
    zones: tuple[ZoneMeaning, ...] = ()
    findings: FindingsPolicy
    actions: tuple[Action, ...] = Field(min_length=1)
    outcomes: tuple[Outcome, ...] = Field(min_length=1)
    informs: tuple[Informing, ...] = Field(default=(), description="Criteria that inform, and that no rule reads.")
    gaps: tuple[Gap, ...] = ()

    def views_of(self, outcome: Outcome) -> tuple[View, ...]:
        """The views that an outcome goes by, in order."""
        return tuple(view for view in self.findings.views if not outcome.views or view.id in outcome.views)

    @model_validator(mode="after")
    def _dates_in_order(self) -> Framework:
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise ValueError("valid_until is before valid_from")
        return self
