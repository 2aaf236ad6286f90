"""Evidence to findings: for each view, and for each column of the sheet, what the evidence shows for each criterion."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bandstand.models.evidence import EvidenceSource
from bandstand.models.finding import CLAIM_STATES, Claim, State

if TYPE_CHECKING:
    from bandstand.models.evidence import Evidence
    from bandstand.models.framework import FindingsPolicy, View

_CLAIMS: Final = {claim: n for n, claim in enumerate(Claim)}
#: A day's ordinal and a claim's number fit below this, so a rank outweighs them both.
_RANK_WEIGHT: Final = 1 << 28
_TOP: Final = len(Claim) - 1
_SILENT: Final = int(State.NOT_EVIDENCED)


@dataclass(slots=True)
class FindingSet:
    """What the evidence of one view shows, altogether or in one column of the sheet.

    Attributes:
        view: Id of the view.
        review_point: Id of the column's review point; None for all the evidence that counts.
        states: One :class:`State` for each criterion of the pack, as integers.
        winners: The evidence that each finding goes by, or None where there is none.
        counts_in_full: Whether any of it may reach the top of the scale, being moderated or from a source that need not.
    """

    view: str
    review_point: str | None
    states: list[int]
    winners: list[Evidence | None]
    counts_in_full: bool


@dataclass(slots=True)
class Findings:
    """Everything that one person's evidence shows.

    Attributes:
        positions: A finding set for each view that has evidence, in the policy's order.
        columns: A finding set for each review point of this cycle that has evidence, and each view of it.
        left_out: Evidence that did not count, each with the reason: ``too_old``, ``after_as_of``, ``later_review``.
    """

    positions: list[FindingSet]
    columns: list[FindingSet]
    left_out: list[tuple[Evidence, str]]


class _Best:
    """The best evidence so far for each criterion: a key to compare by, and whose it is."""

    __slots__ = ("full", "keys", "reach", "winners")

    def __init__(self, size: int) -> None:
        self.keys = [-1] * size
        self.winners: list[Evidence | None] = [None] * size
        self.reach = [0] * size
        self.full = False


class FindingsReader:
    """Turns evidence into findings by a framework's policy. It holds no state between people.

    Args:
        policy: The framework's declared policy.
        criteria: Ids of all criteria, in order.
        review_points: Ids of the review points, in order.
    """

    def __init__(self, policy: FindingsPolicy, criteria: Sequence[str], review_points: Sequence[str]) -> None:
        self.policy = policy
        self._position = {criterion: at for at, criterion in enumerate(criteria)}
        self._review_points = {point: at for at, point in enumerate(review_points)}
        self._month, self._day = (int(part) for part in policy.cycle_starts.split("-"))
        # For each kind of source, unmoderated and moderated: the views it counts in, with its weight and reach there.
        self._ranked = {
            (source, moderated): [
                (at, *ranked)
                for at, view in enumerate(policy.views)
                if (ranked := _rank(view, source, moderated=moderated)) is not None
            ]
            for source in EvidenceSource
            for moderated in (False, True)
        }

    def read(self, evidence: Iterable[Evidence], as_of: dt.date, review_point: str | None = None) -> Findings:
        """Findings as at ``as_of``, and no later than ``review_point`` where one is given.

        The order of ``evidence`` never matters.
        """
        oldest = months_before(as_of, self.policy.max_age_months)
        cycle = self.cycle_start(as_of)
        points = self._review_points
        latest = len(points) if review_point is None else points[review_point]
        size = len(self._position)
        views = self.policy.views
        positions: list[_Best | None] = [None] * len(views)
        columns: dict[tuple[int, int], _Best] = {}
        left_out: list[tuple[Evidence, str]] = []
        position = self._position
        ranked = self._ranked

        for record in evidence:
            date = record.date
            if date > as_of:
                left_out.append((record, "after_as_of"))
                continue
            if date < oldest:
                left_out.append((record, "too_old"))
                continue
            point = points.get(record.review_point, -1) if record.review_point is not None and date >= cycle else -1
            if point > latest:
                left_out.append((record, "later_review"))
                continue
            key = (date.toordinal() << 2) | (3 - _CLAIMS[record.claim])
            where = [position[criterion] for criterion in record.criteria]
            for view, weight, reach in ranked[record.source, record.moderated_by is not None]:
                best = positions[view]
                if best is None:
                    best = positions[view] = _Best(size)
                _take(best, where, weight + key, record, reach)
                if point >= 0:
                    column = columns.get((point, view))
                    if column is None:
                        column = columns[point, view] = _Best(size)
                    _take(column, where, weight + key, record, reach)

        names = list(points)
        return Findings(
            [_finding_set(views[at], None, best) for at, best in enumerate(positions) if best is not None],
            [_finding_set(views[view], names[point], best) for (point, view), best in sorted(columns.items())],
            left_out,
        )

    def cycle_start(self, as_of: dt.date) -> dt.date:
        """The first day of the yearly cycle of reviews that ``as_of`` lies in."""
        start = dt.date(as_of.year, self._month, self._day)
        return start if start <= as_of else dt.date(as_of.year - 1, self._month, self._day)


def months_before(day: dt.date, months: int) -> dt.date:
    """The same day ``months`` earlier, or the last of that month where it has no such day."""
    years, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return dt.date(years, month + 1, min(day.day, calendar.monthrange(years, month + 1)[1]))


def _rank(view: View, source: EvidenceSource, *, moderated: bool) -> tuple[int, int] | None:
    """The weight and the reach (a claim's number) of a source in a view, or None where it does not count there."""
    ranks = len(view.ranks)
    for at, rank in enumerate(view.ranks):
        if source in rank.sources:
            if moderated:
                return ranks * _RANK_WEIGHT, _TOP
            return (ranks - at) * _RANK_WEIGHT, _CLAIMS[rank.reaches]
    return None


def _take(best: _Best, where: list[int], key: int, record: Evidence, reach: int) -> None:
    if reach == _TOP:
        best.full = True
    keys, winners = best.keys, best.winners
    for at in where:
        old = keys[at]
        if key > old:
            keys[at] = key
            winners[at] = record
            best.reach[at] = reach
        elif key == old:
            # Equal in every way that counts: the id decides, so that the order of the evidence cannot.
            winner = winners[at]
            if winner is not None and record.id < winner.id:
                winners[at] = record
                best.reach[at] = reach


def _finding_set(view: View, review_point: str | None, best: _Best) -> FindingSet:
    states = [
        _SILENT if winner is None else _STATES[winner.claim, reach]
        for winner, reach in zip(best.winners, best.reach, strict=True)
    ]
    return FindingSet(view.id, review_point, states, best.winners, best.full)


#: The state that a claim gives, by the claim and the number of the highest claim that its source may reach.
_STATES: Final[dict[tuple[Claim, int], int]] = {
    (claim, reach): int(CLAIM_STATES[claim] if number <= reach else State.PROVISIONAL)
    for claim, number in _CLAIMS.items()
    for reach in range(len(Claim))
}
