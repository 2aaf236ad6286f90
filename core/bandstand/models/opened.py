"""One person's row of a table of results, opened: the row, the whole evaluation, and whether they agree."""

from __future__ import annotations

import datetime as dt

from pydantic import BaseModel, ConfigDict

from bandstand.models.cohort_run import CohortRun
from bandstand.models.evaluation import Evaluation


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RowColumn(_Part):
    """The colours of one review's column.

    Attributes:
        review_point: The review.
        view: The view that the colours go by.
        colours: A letter for each line of the sheet: `g` green, `a` amber, `-` blank.
    """

    review_point: str
    view: str
    colours: str


class RowConclusion(_Part):
    """What was concluded.

    Attributes:
        name: The conclusion.
        value: Its value as JSON.
    """

    name: str
    value: str


class ResultRow(_Part):
    """A row of a table of results, as it stands there.

    Attributes:
        person: The person's id.
        framework: The framework's id.
        outcome: Id of what it was asked for.
        purpose: What for.
        school: Where the person works.
        grade: The person's grade, as the framework has it.
        career_stage: The career stage, likewise.
        view: The view that the row goes by.
        views: Those that say something.
        level: The level that is held; 0 for none.
        zone: The zone.
        action: What is recommended.
        notes: What is said in addition.
        next_level: The next level.
        blockers: Every criterion that keeps it from being held.
        columns: The colours of each review's column.
        caveats: Codes of what to mind; of what a value rests on, `basis:` and the basis.
        seen: On how many criteria there is evidence in the view.
        criteria: How many apply.
        conclusions: What else was concluded.
        level_before: The level at the earlier day, where one was named.
        zone_before: The zone at the earlier day.
        as_of: Evidence up to this date counted.
        pack: Id and version of the pack.
        pack_digest: Its digest.
        overlay_digest: That of the overlay, if there was one.
        engine: Release of Bandstand.
    """

    person: str
    framework: str
    outcome: str
    purpose: str
    school: str | None
    grade: str | None
    career_stage: str | None
    view: str
    views: tuple[str, ...]
    level: int | None
    zone: str | None
    action: str
    notes: tuple[str, ...]
    next_level: int | None
    blockers: tuple[str, ...]
    columns: tuple[RowColumn, ...]
    caveats: tuple[str, ...]
    seen: int
    criteria: int
    conclusions: tuple[RowConclusion, ...]
    level_before: int | None
    zone_before: str | None
    as_of: dt.date
    pack: str
    pack_digest: str
    overlay_digest: str | None
    engine: str


class OpenedRow(_Part):
    """A row with the evaluation of the same person by the engines per person.

    Attributes:
        row: The row.
        evaluation: What these engines see and conclude, with the whole trace.
        agrees: Whether they say the same in every column.
        differences: Where they do not: a sentence for each column, with both values.
    """

    row: ResultRow
    evaluation: Evaluation
    agrees: bool
    differences: tuple[str, ...]


class Opened(_Part):
    """What `bandstand open RESULTS PERSON --json` writes.

    Attributes:
        results: The table, as it was named.
        person: The person's id.
        run: The record of the run that made the table.
        changed: What is no longer what the run used: files, packs and overlays, each with both digests.
        unread: How many records about the person cannot be read, and are left out, as they were then.
        rows: The person's rows, by framework and outcome.
    """

    results: str
    person: str
    run: CohortRun
    changed: tuple[str, ...]
    unread: int
    rows: tuple[OpenedRow, ...]
