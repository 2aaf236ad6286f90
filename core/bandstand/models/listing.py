"""What commands write as JSON besides evaluations: lists, single things, sheets and problems."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from bandstand.models.evidence import Attachment, EvidenceSource
from bandstand.models.framework import Framework
from bandstand.models.guidance import Crosswalk, Guidance
from bandstand.models.lock import LockStandings
from bandstand.models.overlay import Settled, Unconfirmed
from bandstand.models.problem import Problem
from bandstand.models.standard import Standard


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ListedFramework(_Part):
    """A framework in a list.

    Attributes:
        id: Its id.
        version: The pack's version.
        title: The document's title.
        publisher: Who published it.
        valid_from: First day on which it holds, if the document gives one.
        valid_until: Last day on which it holds, if there is one.
        purposes: Ids of the purposes that it serves, the first being the one assumed.
        refuses: Ids of the purposes that it refuses by name.
        digest: The pack's digest.
    """

    id: str
    version: str
    title: str
    publisher: str
    valid_from: dt.date | None
    valid_until: dt.date | None
    purposes: tuple[str, ...]
    refuses: tuple[str, ...]
    digest: str


class ListedSetAside(_Part):
    """A plugin or pack that cannot serve, and why."""

    name: str
    reason: str


class CatalogueListing(_Part):
    """What `bandstand frameworks --json` writes.

    Attributes:
        frameworks: What serves.
        set_aside: What does not, and why.
        lock: How each pack stands to the lock; None where there is none.
    """

    frameworks: tuple[ListedFramework, ...]
    set_aside: tuple[ListedSetAside, ...]
    lock: LockStandings | None


class ListedOverlay(_Part):
    """The trust's overlay that lies over a framework.

    Attributes:
        id: Its id.
        by: Id or role of whoever confirmed it.
        on: When.
        why: Why.
        expired: What happens at an as-of date at which the pack is not valid.
        digest: The overlay's digest.
    """

    id: str
    by: str
    on: dt.date
    why: str
    expired: Literal["warn", "refuse"]
    digest: str


class FrameworkListing(_Part):
    """What `bandstand show FRAMEWORK --json` writes: the pack whole, but for its examples.

    Attributes:
        digest: The pack's digest.
        overlay: The trust's overlay that lies over it, if one does.
        settled: What of it is the trust's, by its overlay.
        versions: Every version that is installed, oldest first.
        framework: What its framework.yaml says.
        standards: With their criteria.
        rules: Each as its kind has it.
        guidance: What the document says that no rule reads.
        crosswalks: How the framework hangs together with other publications.
    """

    digest: str
    overlay: ListedOverlay | None = None
    settled: tuple[Settled, ...] = ()
    versions: tuple[str, ...] = ()
    framework: Framework
    standards: tuple[Standard, ...]
    rules: tuple[dict[str, Any], ...]
    guidance: tuple[Guidance, ...]
    crosswalks: tuple[Crosswalk, ...]


class Expected(_Part):
    """Something that is expected at a point of a scale whose points build on one another.

    Attributes:
        id: The statement's id.
        label: The statement in a few words.
        descriptor: What it asks for; None where the document has no text for it.
        point: The point that it belongs to.
        condition: Under what it is asked for, if it is not asked for always.
        only_if: Flags of which a person must have one for it to apply.
        source: Lines of the document.
    """

    id: str
    label: str
    descriptor: str | None
    point: str
    condition: str | None
    only_if: tuple[str, ...]
    source: str


class ItemListing(_Part):
    """What `bandstand show FRAMEWORK ID --json` writes.

    Attributes:
        kind: What it is, in a word or a few: a standard, a criterion, a grade, a rule, an item of guidance and so on.
        id: Its id.
        framework: The framework's id.
        version: The pack's version.
        document: The file that its lines are of.
        item: The thing as the pack has it.
        official: Ids of texts in it that are the publisher's own wording, given by the trust's overlay.
        settled: What of it is the trust's, by its overlay.
        own: For a stage, the statements of its own.
        inherited: Those of the stages that it builds on, nearest first.
        following: Those that the stages which build on it add.
    """

    kind: str
    id: str
    framework: str
    version: str
    document: str
    item: dict[str, Any]
    official: tuple[str, ...] = ()
    settled: tuple[Settled, ...] = ()
    own: tuple[Expected, ...] = ()
    inherited: tuple[Expected, ...] = ()
    following: tuple[Expected, ...] = ()


class Doubt(_Part):
    """Something in a pack that the document does not state in so many words, or has no text for.

    Attributes:
        status: `interpreted`, `illustrative` or `trust` for a value; `missing`, `unresolved` or `blank` for a text;
            `proposed` for a link of a crosswalk.
        kind: What it is: criterion, statement, point, rule, row, band, action …
        id: Its id, or that of what it is in.
        label: Its label, or what was lost.
        source: Lines of the document.
        note: What was read, or why there is no text.
    """

    status: Literal["interpreted", "illustrative", "trust", "missing", "unresolved", "blank", "proposed"]
    kind: str
    id: str
    label: str
    source: str
    note: str | None


class ProvenanceListing(_Part):
    """What `bandstand show FRAMEWORK --provenance --json` writes.

    Attributes:
        framework: The framework's id.
        version: The pack's version.
        document: The file that the lines are of.
        overlay: The trust's overlay that lies over it, if one does.
        settled: What of it is the trust's, by its overlay, with what the pack had.
        counts: How many there are, by status.
        doubts: All of them, by status and then by line.
    """

    framework: str
    version: str
    document: str
    overlay: ListedOverlay | None = None
    settled: tuple[Settled, ...] = ()
    counts: dict[str, int]
    doubts: tuple[Doubt, ...]


class CandidateTarget(_Part):
    """Something that a record of another framework may be about.

    Attributes:
        id: Its id.
        label: What it is called.
        basis: Whether a document states every link that leads to it, or we propose one of them.
        notes: Why the proposed links are proposed.
    """

    id: str
    label: str
    basis: Literal["stated", "proposed"]
    notes: tuple[str, ...]


class Candidate(_Part):
    """A record of one framework that may be worth a look in another. It counts there only once somebody accepts it.

    Attributes:
        evidence: The record's id.
        person: Whom it is about.
        framework: The framework that it was recorded for.
        criteria: What it names there.
        claim: What it claims there, which says nothing of the other framework.
        source: The kind of source.
        author: Id of whoever recorded it.
        date: When it was observed.
        attachments: Files that show it.
        to: The other framework.
        targets: What it may be about there.
    """

    evidence: str
    person: str
    framework: str
    criteria: tuple[str, ...]
    claim: str
    source: EvidenceSource
    author: str | None
    date: dt.date
    attachments: tuple[Attachment, ...] = ()
    to: str
    targets: tuple[CandidateTarget, ...]


class CandidateListing(_Part):
    """What `bandstand candidates --json` writes."""

    candidates: tuple[Candidate, ...]


class CheckedOverlay(_Part):
    """An overlay that was checked.

    Attributes:
        folder: Where it is.
        overlay: Whose it is and why, where that could be read.
        framework: Id and version of the pack that it is for, where that could be read.
        usable: Whether there is such an overlay, and its pack is installed.
        problems: Everything that is wrong with it.
        settled: What it confirms, changes and adds; nothing where it has problems.
        wording: Ids of what it words.
        unconfirmed: Example values of the pack that it leaves as they are.
    """

    folder: str
    overlay: ListedOverlay | None = None
    framework: str | None = None
    usable: bool
    problems: tuple[Problem, ...] = ()
    settled: tuple[Settled, ...] = ()
    wording: tuple[str, ...] = ()
    unconfirmed: tuple[Unconfirmed, ...] = ()


class OverlayListing(_Part):
    """What `bandstand overlay check --json` writes."""

    overlays: tuple[CheckedOverlay, ...]


class NewOverlay(_Part):
    """What `bandstand overlay new --json` writes.

    Attributes:
        folder: Where the overlay was written.
        framework: Id and version of the pack that it is for.
        files: Names of the files in it.
        to_fill_in: Fields of overlay.yaml that have yet to be filled in.
        unconfirmed: Example values of the pack, for the trust to confirm or change.
    """

    folder: str
    framework: str
    files: tuple[str, ...]
    to_fill_in: tuple[str, ...]
    unconfirmed: tuple[Unconfirmed, ...]


class SheetListing(_Part):
    """What `bandstand sheet --json` writes: the file, its levels, and how many lines it has."""

    file: str
    levels: tuple[int, ...]
    rows: int


class ProjectListing(_Part):
    """What `bandstand new --json` writes.

    Attributes:
        framework: Id of the new framework.
        folder: Where the project is.
        files: Every file of it, by its path below the folder.
        next: Commands to go on with.
    """

    framework: str
    folder: str
    files: tuple[str, ...]
    next: tuple[str, ...]


class SchemasListing(_Part):
    """What `bandstand schemas --json` writes.

    Attributes:
        folder: Where the schemas are.
        stale: Those that were missing, that differed from what is installed, or that nothing has any more.
        written: Whether they were brought in line.
    """

    folder: str
    stale: tuple[str, ...]
    written: bool


class ProblemListing(_Part):
    """What any command writes to standard error with --json when the input has problems."""

    problems: tuple[Problem, ...]
