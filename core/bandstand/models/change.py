"""What changed between two versions of a pack, as it is published: in meaning, in wording, in provenance."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from bandstand.models.framework import Zone


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Subject(StrEnum):
    """What a change is about, in the order in which changes are listed."""

    FRAMEWORK = "framework"
    PURPOSE = "purpose"
    OUTCOME = "outcome"
    LEVEL = "level"
    BAND = "band"
    ROW = "row"
    CONDITION = "condition"
    PROFILE = "profile"
    RULE = "rule"
    FINDINGS = "findings"
    FACT = "fact"
    ACTION = "action"
    REVIEW_POINT = "review_point"
    GRADE = "grade"
    ROLE = "role"
    TERM = "term"
    SCALE = "scale"
    STANDARD = "standard"
    CRITERION = "criterion"
    SCHEMA = "schema"
    CROSSWALK = "crosswalk"
    GUIDANCE = "guidance"


class Change(_Part):
    """One thing that is not as it was.

    Attributes:
        kind: What it is about.
        change: What became of it.
        address: Where it is, by ids: `rules/ladder/levels/4/need`.
        sentence: The change in a sentence.
        was: What the old version has there, as its files have it; None for nothing.
        now: What the new version has there, likewise.
    """

    kind: Subject
    change: Literal["added", "removed", "moved", "reordered", "renamed", "changed"]
    address: str
    sentence: str
    was: Any = None
    now: Any = None


class Counts(_Part):
    """How many changes there are of each sort."""

    meaning: int
    wording: int
    provenance: int


class PackSide(_Part):
    """One of the two versions.

    Attributes:
        id: The framework's id.
        version: The pack's version.
        digest: The pack's digest.
        overlay: Id of the trust's overlay that lies over it, if one does.
        overlay_digest: That overlay's digest.
    """

    id: str
    version: str
    digest: str
    overlay: str | None = None
    overlay_digest: str | None = None


class Standing(_Part):
    """Where somebody stands by one version: what came out for one outcome.

    Attributes:
        level: The highest level held, 0 for none; None where the outcome has no levels.
        zone: Where the level lies against the band; None where there is none.
        action: Id of the recommended action; None where nothing could be evaluated.
        notes: Ids of actions that are said in addition.
        result: What came out, in a few words; or why nothing could be evaluated.
    """

    level: int | None = None
    zone: Zone | None = None
    action: str | None = None
    notes: tuple[str, ...] = ()
    result: str


class ExampleEffect(_Part):
    """An example that comes out otherwise under the new version.

    Attributes:
        example: The example's name.
        outcome: What is asked for.
        of: The version that brings the example: `old`, `new`, or `both` where it is the same.
        was: What comes out under the old version.
        now: What comes out under the new version.
    """

    example: str
    outcome: str
    of: Literal["old", "new", "both"]
    was: Standing
    now: Standing


class Comparison(_Part):
    """What `bandstand diff OLD NEW --json` writes.

    Attributes:
        old: The version that is compared with.
        new: The version that is compared.
        counts: How many changes there are of each sort.
        meaning: Every change that can change what is concluded, or what is asked of evidence and people.
        wording: Changes of labels and texts alone; None unless they were asked for.
        provenance: Changes of source lines, basis and notes; None unless they were asked for.
        examples: How many examples were run under both versions, by the plain engine.
        effects: The examples of which level, zone, recommendation or result differ.
    """

    old: PackSide
    new: PackSide
    counts: Counts
    meaning: tuple[Change, ...]
    wording: tuple[Change, ...] | None
    provenance: tuple[Change, ...] | None
    examples: int
    effects: tuple[ExampleEffect, ...]
