"""Evidence to findings: for each view, and for each column of the sheet, what the evidence shows for each criterion."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from bandstand.models.evidence import EvidenceSource
from bandstand.models.finding import CLAIM_STATES, SAID_STATES, Claim, State

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bandstand.models.evidence import Evidence
    from bandstand.models.framework import FindingsPolicy, View

_CLAIMS: Final = {claim: n for n, claim in enumerate(Claim)}
#: The more cautious a claim, the greater; it fits two bits.
_CAUTION: Final = {claim: len(Claim) - n for claim, n in _CLAIMS.items()}
#: A day's ordinal and a claim's number fit below this, so a rank outweighs them both.
_RANK_WEIGHT: Final = 1 << 28
_TOP: Final = len(Claim) - 1
_SILENT: Final = int(State.NOT_EVIDENCED)
#: More views than a policy will ever have; a finding set's number is its view plus this many for each review point.
_VIEWS: Final = 1 << 10


#: Where a criterion is, and what is claimed of it.
_Aim = tuple[int, Claim]
#: What evidence about something with a claim says of each criterion: by id and claim, criteria and what each is.
Unfolds = Mapping[tuple[str, str], Sequence[tuple[str, Claim]]]


class Sighting(NamedTuple):
    """One record as measures of evidence see it.

    Attributes:
        source: The kind of source.
        criteria: Positions of the criteria that it speaks of.
    """

    source: EvidenceSource
    criteria: tuple[int, ...]


@dataclass(slots=True)
class FindingSet:
    """What the evidence of one view shows, altogether or in one column of the sheet.

    Attributes:
        view: Id of the view.
        review_point: Id of the column's review point; None for all the evidence that counts.
        states: One :class:`State` for each criterion, as integers.
        winners: The evidence that each finding goes by, or None where there is none.
        counts_in_full: Whether any of it may reach the top of the scale, being moderated or from a source that need
            not be.
        sightings: All that counts, whether a finding goes by it or not.
    """

    view: str
    review_point: str | None
    states: list[int]
    winners: list[Evidence | None]
    counts_in_full: bool
    sightings: list[Sighting] = field(default_factory=list)


@dataclass(slots=True)
class Findings:
    """Everything that one person's evidence shows.

    Attributes:
        positions: A finding set for each view that has evidence, in the policy's order.
        columns: A finding set for each review point of this cycle that has evidence: by the first view in which that
            evidence counts in full, else by the first.
        left_out: Evidence that did not count, each with the reason: ``too_old``, ``after_as_of``, ``later_review``.
    """

    positions: list[FindingSet]
    columns: list[FindingSet]
    left_out: list[tuple[Evidence, str]]


class _Best:
    """The best evidence so far for each criterion: a key to compare by, the state that it gives, and whose it is."""

    __slots__ = ("full", "keys", "sightings", "states", "winners")

    def __init__(self, size: int) -> None:
        self.keys = [-1] * size
        self.states = [_SILENT] * size
        self.winners: list[Evidence | None] = [None] * size
        self.full = False
        self.sightings: list[Sighting] = []


class _Counts(NamedTuple):
    """How one kind of evidence counts in one view.

    Attributes:
        view: Position of the view.
        weight: More than any key of a lower rank.
        full: Whether it may reach the top of the scale.
        states: The state that each claim gives.
    """

    view: int
    weight: int
    full: bool
    states: dict[Claim, int]


class FindingsReader:
    """Turns evidence into findings by a framework's policy. It holds no state between people.

    Args:
        policy: The framework's declared policy.
        criteria: Ids of all criteria that findings are wanted for, in order.
        review_points: Ids of the review points, in order.
        unfolds: What a claim about each thing says of which criteria; what it leaves out is read by nobody.
    """

    def __init__(
        self, policy: FindingsPolicy, criteria: Sequence[str], review_points: Sequence[str], unfolds: Unfolds
    ) -> None:
        self.policy = policy
        self._size = len(criteria)
        position = {criterion: at for at, criterion in enumerate(criteria)}
        self._aims: dict[tuple[str, str], tuple[_Aim, ...]] = {
            said: aims
            for said, of in unfolds.items()
            if (aims := tuple((position[criterion], claim) for criterion, claim in of if criterion in position))
        }
        self._review_points = {point: at for at, point in enumerate(review_points)}
        self._month, self._day = (int(part) for part in policy.cycle_starts.split("-"))
        self._counts = {
            (source, moderated): [
                counts
                for at, view in enumerate(policy.views)
                if (counts := _counts(at, view, source, moderated=moderated)) is not None
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
        unfolded = self._aims
        best: dict[int, _Best] = {}
        left_out: list[tuple[Evidence, str]] = []

        for record in evidence:
            date, claim = record.date, record.claim
            aims = [aim for criterion in record.criteria for aim in unfolded.get((criterion, claim), ())]
            if not aims:
                continue
            if date > as_of:
                left_out.append((record, "after_as_of"))
                continue
            if date < oldest:
                left_out.append((record, "too_old"))
                continue
            review = record.review_point
            point = points.get(review, -1) if review is not None and date >= cycle else -1
            if point > latest:
                left_out.append((record, "later_review"))
                continue
            self._count(record, aims, point, best)

        names = list(points)
        chosen: dict[int, int] = {}
        for at in sorted(at for at in best if at >= _VIEWS):
            point = at // _VIEWS - 1
            if point not in chosen or (best[at].full and not best[chosen[point]].full):
                chosen[point] = at
        return Findings(
            [self._finding_set(at, None, best[at]) for at in sorted(at for at in best if at < _VIEWS)],
            [self._finding_set(at % _VIEWS, names[point], best[at]) for point, at in chosen.items()],
            left_out,
        )

    def _count(self, record: Evidence, aims: Sequence[_Aim], point: int, best: dict[int, _Best]) -> None:
        """Let one record count in every view that it counts in; ``point`` is its column's, or below 0.

        It counts in the view altogether, and in the column of its review.
        """
        day = record.date.toordinal() << 2
        sighting = Sighting(record.source, tuple(at for at, _ in aims))
        for view, weight, full, states in self._counts[record.source, record.moderated_by is not None]:
            weighed = weight + day
            # The view's findings altogether, then those of the review's column; a set's number says which it is.
            for at in (view,) if point < 0 else (view, view + _VIEWS * (point + 1)):
                found = best.get(at)
                if found is None:
                    found = best[at] = _Best(self._size)
                if full:
                    found.full = True
                found.sightings.append(sighting)
                keys = found.keys
                for criterion, said in aims:
                    old, key = keys[criterion], weighed | _CAUTION[said]
                    if key > old or (key == old and _comes_first(record, found.winners[criterion])):
                        keys[criterion] = key
                        found.states[criterion] = states[said]
                        found.winners[criterion] = record

    def _finding_set(self, view: int, review_point: str | None, best: _Best) -> FindingSet:
        return FindingSet(
            self.policy.views[view].id, review_point, best.states, best.winners, best.full, best.sightings
        )

    def cycle_start(self, as_of: dt.date) -> dt.date:
        """The first day of the yearly cycle of reviews that ``as_of`` lies in."""
        start = dt.date(as_of.year, self._month, self._day)
        if start <= as_of:
            return start
        return start.replace(year=as_of.year - 1) if as_of.year > dt.MINYEAR else dt.date.min


def months_before(day: dt.date, months: int) -> dt.date:
    """The same day ``months`` earlier, or the last of that month where it has no such day."""
    years, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    if years < dt.MINYEAR:
        return dt.date.min
    return dt.date(years, month + 1, min(day.day, calendar.monthrange(years, month + 1)[1]))


def _counts(at: int, view: View, source: EvidenceSource, *, moderated: bool) -> _Counts | None:
    """How evidence of a source counts in a view, or None where it does not."""
    ranks = len(view.ranks)
    for number, rank in enumerate(view.ranks):
        if source in rank.sources:
            reach = _TOP if moderated else _CLAIMS[rank.reaches]
            # Moderated evidence stands with the first rank where that counts in full, so that the latest of both goes;
            # else above it, or a later claim that waits to be agreed would undo one that was.
            first = ranks if view.ranks[0].reaches is Claim.MET else ranks + 1
            weight = (first if moderated else ranks - number) * _RANK_WEIGHT
            said = CLAIM_STATES if reach == _TOP else SAID_STATES
            states = {claim: int(said[claim] if n <= reach else State.PROVISIONAL) for claim, n in _CLAIMS.items()}
            return _Counts(at, weight, reach == _TOP, states)
    return None


def _comes_first(record: Evidence, winner: Evidence | None) -> bool:
    """Whether ``record``, equal to ``winner`` in all that counts, goes first: by id, so that order never matters."""
    return winner is not None and record.id < winner.id
