"""What a cohort is asked: one outcome of one pack, with everything that the answer depends on besides evidence."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from bandstand.packs.pack import Pack

#: What of a row takes time of its own, and may be left out: the colours of the sheet, what stands in the way of the
#: next level, and what to mind.
Leave = Literal["columns", "blockers", "caveats"]


@dataclass(frozen=True, slots=True)
class Ask:
    """One outcome of one pack.

    Attributes:
        pack: The pack, with its overlay.
        outcome: Id of one of its outcomes.
        purpose: Id of a purpose that the outcome serves.
        as_of: Evidence up to this date counts.
        review_point: The last review point of the present cycle that counts; all when None.
        settings: What the trust sets for everybody, by the fact's id; it goes before what the overlay sets.
        since: A day before ``as_of`` to compare with; none when None.
        every_conclusion: Whether the table has all conclusions, and not only those that sum the outcome up.
        without: Columns of the table that are left empty, which saves the time that they take.
    """

    pack: Pack
    outcome: str
    purpose: str
    as_of: dt.date
    review_point: str | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    since: dt.date | None = None
    every_conclusion: bool = False
    without: frozenset[Leave] = frozenset()
