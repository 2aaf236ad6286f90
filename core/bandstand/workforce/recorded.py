"""The record of a run, which its table of results carries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bandstand import __version__
from bandstand.models.cohort_run import CohortRun, RunCounts, RunPack

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence
    from pathlib import Path

    from bandstand.models.cohort_run import InputPin
    from bandstand.packs.pack import Pack
    from bandstand.workforce.asked import CohortQuestion

#: What a record calls the release that ran.
ENGINE: Final = f"bandstand {__version__}"


def record(  # noqa: PLR0913 - all that a run is of
    question: CohortQuestion,
    evidence: Sequence[InputPin],
    people: InputPin | None,
    packs: Sequence[Pack],
    counts: RunCounts,
    *,
    as_of: dt.date,
    today: dt.date,
    overlays: Sequence[Path] = (),
    lock: Path | None = None,
) -> CohortRun:
    """What was read, what was asked, and by what it was answered."""
    return CohortRun(
        engine=ENGINE,
        evidence=tuple(evidence),
        people=people,
        packs=tuple(
            RunPack(
                id=pack.id,
                version=pack.version,
                digest=pack.digest,
                overlay=None if pack.overlay is None else pack.overlay.digest,
            )
            for pack in packs
        ),
        overlays=tuple(map(str, overlays)),
        lock=None if lock is None else str(lock),
        frameworks=question.frameworks,
        outcome=question.outcome,
        purpose=question.purpose,
        as_of=as_of,
        since=question.since,
        review_point=question.review_point,
        settings=dict(question.settings),
        default_framework=question.default_framework,
        every_conclusion=question.every_conclusion,
        without=question.without,
        today=today,
        counts=counts,
    )
