"""The record of one run over a workforce: all that is needed to evaluate any of its rows again."""

from __future__ import annotations

import datetime as dt
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

#: The key under which a results table's schema metadata has the record, as JSON in UTF-8.
RUN_KEY: Final = "bandstand.run"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class InputPin(_Part):
    """One file that was read.

    Attributes:
        name: Its path as it was given, or as it was found in a folder or by a pattern that was given.
        bytes: Its size; of a folder of coded evidence, that of all its files together.
        sha256: Its digest as `sha256:` and 64 digits; of a folder of coded evidence, of its files' digests by name.
            None where the run did not read the whole file for it.
    """

    name: str
    bytes: int
    sha256: str | None = None


class RunPack(_Part):
    """A pack that was used.

    Attributes:
        id: Id of the framework.
        version: Its version.
        digest: Digest of the pack.
        overlay: Digest of the overlay that was laid over it, if one was.
    """

    id: str
    version: str
    digest: str
    overlay: str | None = None


class RunCounts(_Part):
    """How much there was of everything.

    Attributes:
        read: Rows of evidence that were read.
        rejected: How many of them could not be.
        people: People with evidence who were evaluated.
        listed: People on the staff list.
        people_rejected: Rows of it that could not be read.
        written: Rows of results.
    """

    read: int
    rejected: int
    people: int
    listed: int = 0
    people_rejected: int = 0
    written: int


class CohortRun(_Part):
    """What was read, what was asked, and by what it was answered.

    Attributes:
        engine: Release of Bandstand.
        evidence: The files and coded folders with evidence, in the order in which they were read.
        people: The staff list, if there was one.
        packs: The packs that were used.
        overlays: Folders of overlays, as they were given.
        lock: The trust's lock, as it was given or found.
        frameworks: Ids of the frameworks that were asked for; all that there is evidence for when empty.
        outcome: The outcome that was asked for; every one that there is evidence for when None.
        purpose: What for; each framework's first purpose when None.
        as_of: Evidence up to this date counts.
        since: The earlier day that is compared with, if one was named.
        review_point: The last review point that counts, if one was named.
        settings: What the trust sets for everybody, by the fact's id.
        default_framework: The framework of records that name none.
        every_conclusion: Whether the table has all conclusions.
        without: Columns that were left empty: some of `columns`, `blockers` and `caveats`.
        today: The day of the run: evidence after it was rejected.
        counts: How much there was of everything.
    """

    engine: str
    evidence: tuple[InputPin, ...]
    people: InputPin | None = None
    packs: tuple[RunPack, ...]
    overlays: tuple[str, ...] = ()
    lock: str | None = None
    frameworks: tuple[str, ...] = ()
    outcome: str | None = None
    purpose: str | None = None
    as_of: dt.date
    since: dt.date | None = None
    review_point: str | None = None
    settings: dict[str, str] = Field(default_factory=dict)
    default_framework: str | None = None
    every_conclusion: bool = False
    without: tuple[str, ...] = ()
    today: dt.date
    counts: RunCounts | None = None
