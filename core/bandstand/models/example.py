"""A worked input and the output expected of it, shipped with a pack and run as a test."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from bandstand.models.clauses import Value
from bandstand.models.evidence import FactText, Fte, Identifier, Observation, PlainDate
from bandstand.models.finding import Finding
from bandstand.models.framework import Zone


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ExampleEvidence(Observation):
    """A piece of evidence as an example gives it: ``criteria`` may use patterns, as ``L1.[0-9]*``."""

    id: Identifier | None = None
    criteria: tuple[str, ...] = Field(min_length=1)


class ExamplePerson(_Part):
    """What the example knows of its person."""

    grade: str | None = None
    roles: tuple[str, ...] = ()
    strand: str | None = None
    fte: Fte | None = None
    in_role_since: PlainDate | None = None
    career_stage: str | None = None
    flags: tuple[str, ...] = ()
    facts: dict[str, FactText] = Field(default_factory=dict)


class ExpectedView(_Part):
    """What one view is expected to show."""

    level: int | None = None
    zone: Zone | None = None


class Expected(_Part):
    """What the evaluation is expected to hold; whatever is left out is not looked at.

    Attributes:
        view: The view that the recommendation uses.
        level: Highest level held.
        zone: Zone; give ``none`` as the word for no zone.
        action: Id of the recommended action.
        views: Level and zone by view.
        findings: Findings by criterion, in the view that is used.
        ragging: Colours by review point and line; lines left out are not looked at.
        blockers: Criteria that keep the next level from being held, all of them, in order.
        next_level: The level that the next steps reach.
        conclusions: Values by the conclusion's name.
        because: Reasons by the conclusion's name: the criteria, facts, measures and earlier conclusions that the
            conditions which held look at, of the clause that concluded it; all of them, in any order, and none where
            no clause did.
        result: What came out, in a few words.
        steps: Criteria that the next steps name, all of them, in order.
        changes: What each conclusion was on the earlier day, by its name; null for nothing known.
        says: Phrases that the explanation holds, in any order.
        never_says: Phrases that it does not hold.
        refused: A phrase of the refusal, where the purpose is one that the framework does not serve.
    """

    view: str | None = None
    level: int | None = None
    zone: Annotated[str, Field(pattern="^(red|amber|gold|green|none)$")] | None = None
    action: str | None = None
    views: dict[str, ExpectedView] = Field(default_factory=dict)
    findings: dict[str, Finding] = Field(default_factory=dict)
    ragging: dict[str, dict[str, Annotated[str, Field(pattern="^(green|amber|blank)$")]]] = Field(default_factory=dict)
    blockers: tuple[str, ...] | None = None
    next_level: int | None = None
    conclusions: dict[str, Value] = Field(default_factory=dict)
    because: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    result: str | None = None
    steps: tuple[str, ...] | None = None
    changes: dict[str, Value] | None = None
    says: tuple[str, ...] = ()
    never_says: tuple[str, ...] = ()
    refused: str | None = None


class Example(_Part):
    """One example: its name is a sentence that a headteacher can read.

    Attributes:
        outcome: Id of the outcome that is asked for; the framework's first when left out.
        settings: What the trust sets for everybody, by the fact's id.
        since: The earlier day that is compared with.
    """

    name: str = Field(min_length=12, max_length=160)
    person: ExamplePerson = ExamplePerson()
    outcome: str | None = None
    settings: dict[str, str] = Field(default_factory=dict)
    purpose: str | None = None
    as_of: PlainDate
    since: PlainDate | None = None
    review_point: str | None = None
    evidence: tuple[ExampleEvidence, ...] = ()
    expect: Expected


class ExampleFile(_Part):
    """A file of ``examples/``."""

    examples: tuple[Example, ...] = Field(min_length=1)
