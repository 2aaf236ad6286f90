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
CAUTION: Final = {claim: len(Claim) - n for claim, n in _CLAIMS.items()}
#: A day's ordinal and a claim's number fit below this, so a rank outweighs them both.
RANK_WEIGHT: Final = 1 << 28
_TOP: Final = len(Claim) - 1
_SILENT: Final = int(State.NOT_EVIDENCED)
_NOT_APPLICABLE: Final = int(State.NOT_APPLICABLE)
#: More views than a policy will ever have; a finding set's number is its view plus this many for each review point.
_VIEWS: Final = 1 << 10


#: Where a criterion is, the number of what is claimed of it, and how cautious that is.
_Aim = tuple[int, int, int]
#: What evidence about something with a claim says of each criterion: by id and claim, criteria and what each is.
Unfolds = Mapping[tuple[str, str], Sequence[tuple[str, Claim]]]


#: A record that counts, what it says of which criteria, and the place of its review, or below 0 where it has none.
_Counting = tuple["Evidence", Sequence[_Aim], int]


class Sighting(NamedTuple):
    """One record as measures of evidence see it.

    Attributes:
        source: The kind of source.
        criteria: Positions of the criteria that it speaks of.
    """

    source: EvidenceSource
    criteria: tuple[int, ...]


class Way(NamedTuple):
    """A record that brings about a state, where nothing else speaks of the criterion.

    Attributes:
        source: The kind of source.
        claim: What it claims.
        moderated: Whether somebody agreed it.
    """

    source: EvidenceSource
    claim: Claim
    moderated: bool


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
        ignored: What would count, of criteria that do not apply to the person.
    """

    view: str
    review_point: str | None
    states: list[int]
    winners: list[Evidence | None]
    counts_in_full: bool
    sightings: list[Sighting] = field(default_factory=list)
    ignored: list[Sighting] = field(default_factory=list)

    @property
    def seen(self) -> int:
        """How many criteria that apply to the person have evidence."""
        return sum(
            winner is not None and state != _NOT_APPLICABLE
            for winner, state in zip(self.winners, self.states, strict=True)
        )

    def leave_out(self, criteria: frozenset[int]) -> None:
        """Set aside what there is of criteria, by their positions, that do not apply to the person."""
        for at in criteria:
            self.states[at] = _NOT_APPLICABLE
        sightings, self.sightings = self.sightings, []
        for sighting in sightings:
            kept = tuple(at for at in sighting.criteria if at not in criteria)
            gone = tuple(at for at in sighting.criteria if at in criteria)
            for part, where in ((kept, self.sightings), (gone, self.ignored)):
                if part:
                    where.append(Sighting(sighting.source, part))
        self.counts_in_full = self.counts_in_full and bool(self.seen)


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


class Counts(NamedTuple):
    """How one kind of evidence counts in one view.

    Attributes:
        view: Position of the view.
        weight: More than any key of a lower rank; a multiple of ``RANK_WEIGHT``.
        full: Whether it may reach the top of the scale.
        states: The state that each claim gives, by the claim's number.
    """

    view: int
    weight: int
    full: bool
    states: tuple[int, ...]


class FindingsReader:
    """Turns evidence into findings by a framework's policy. It holds no state between people.

    Args:
        policy: The framework's declared policy.
        criteria: Ids of all criteria that findings are wanted for, in order.
        review_points: Ids of the review points, in order.
        unfolds: What a claim about each thing says of which criteria; what it leaves out is read by nobody.
        sightings: Whether all that counts is kept, for measures of evidence, and not only what findings go by.
    """

    def __init__(
        self,
        policy: FindingsPolicy,
        criteria: Sequence[str],
        review_points: Sequence[str],
        unfolds: Unfolds,
        *,
        sightings: bool = False,
    ) -> None:
        self._sightings = sightings
        self.policy = policy
        self._size = len(criteria)
        position = {criterion: at for at, criterion in enumerate(criteria)}
        #: By claim and then by what it is made of, as reading a person's records looks up both for each.
        self._aims: dict[str, dict[str, tuple[_Aim, ...]]] = {}
        for (name, word), of in unfolds.items():
            aims = tuple((position[c], _CLAIMS[claim], CAUTION[claim]) for c, claim in of if c in position)
            if aims:
                self._aims.setdefault(str(word), {})[name] = aims
        self._review_points = {point: at for at, point in enumerate(review_points)}
        self._counts = {
            (source, moderated): [
                counts
                for at, view in enumerate(policy.views)
                if (counts := counts_in(at, view, source, moderated=moderated)) is not None
            ]
            for source in EvidenceSource
            for moderated in (False, True)
        }

    def read(self, evidence: Iterable[Evidence], as_of: dt.date, review_point: str | None = None) -> Findings:
        """Findings as at ``as_of``, and no later than ``review_point`` where one is given.

        The order of ``evidence`` never matters.
        """
        oldest = months_before(as_of, self.policy.max_age_months)
        cycle = cycle_start(self.policy.cycle_starts, as_of)
        points = self._review_points
        latest = len(points) if review_point is None else points[review_point]
        unfolded = self._aims
        counting: list[_Counting] = []
        left_out: list[tuple[Evidence, str]] = []

        for record in evidence:
            date, named = record.date, record.criteria
            of_claim = unfolded.get(record.claim, {})
            if len(named) == 1:
                aims = of_claim.get(named[0], ())
            else:
                aims = tuple(aim for criterion in named for aim in of_claim.get(criterion, ()))
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
            counting.append((record, aims, point))

        best = self._best(counting)
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

    def _best(self, counting: Iterable[_Counting]) -> dict[int, _Best]:
        """The best evidence for each criterion, by the number of the set: a view, or a review's column in one."""
        best: dict[int, _Best] = {}
        ways, size, keeps = self._counts, self._size, self._sightings
        for record, aims, point in counting:
            day = record.date.toordinal() << 2
            for view, weight, full, states in ways[record.source, record.moderated_by is not None]:
                weighed = weight + day
                # The view's findings altogether, then those of the review's column.
                for at in (view,) if point < 0 else (view, view + _VIEWS * (point + 1)):
                    found = best.get(at)
                    if found is None:
                        found = best[at] = _Best(size)
                    if full:
                        found.full = True
                    if keeps:
                        found.sightings.append(Sighting(record.source, tuple(at for at, _, _ in aims)))
                    keys = found.keys
                    for criterion, said, caution in aims:
                        old, key = keys[criterion], weighed | caution
                        if key > old or (key == old and _comes_first(record, found.winners[criterion])):
                            keys[criterion] = key
                            found.states[criterion] = states[said]
                            found.winners[criterion] = record
        return best

    def _finding_set(self, view: int, review_point: str | None, best: _Best) -> FindingSet:
        return FindingSet(
            self.policy.views[view].id, review_point, best.states, best.winners, best.full, best.sightings
        )

    def ways(self) -> dict[str, dict[State, Way]]:
        """For each view, by its id, each state that evidence can bring about there, and a record that does."""
        found: dict[str, dict[State, Way]] = {view.id: {} for view in self.policy.views}
        for (source, moderated), ways in self._counts.items():
            for counts in ways:
                for claim, state in zip(Claim, counts.states, strict=True):
                    way = Way(source, claim, moderated=moderated)
                    found[self.policy.views[counts.view].id].setdefault(State(state), way)
        return found


def cycle_start(starts: str, as_of: dt.date) -> dt.date:
    """The first day of the yearly cycle of reviews that ``as_of`` lies in; it starts on ``starts``, as ``09-01``."""
    month, day = (int(part) for part in starts.split("-"))
    start = dt.date(as_of.year, month, day)
    if start <= as_of:
        return start
    return start.replace(year=as_of.year - 1) if as_of.year > dt.MINYEAR else dt.date.min


def months_before(day: dt.date, months: int) -> dt.date:
    """The same day ``months`` earlier, or the last of that month where it has no such day."""
    years, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    if years < dt.MINYEAR:
        return dt.date.min
    return dt.date(years, month + 1, min(day.day, calendar.monthrange(years, month + 1)[1]))


def counts_in(at: int, view: View, source: EvidenceSource, *, moderated: bool) -> Counts | None:
    """How evidence of a source counts in a view, or None where it does not."""
    ranks = len(view.ranks)
    for number, rank in enumerate(view.ranks):
        if source in rank.sources:
            reach = _TOP if moderated else _CLAIMS[rank.reaches]
            # Moderated evidence stands with the first rank where that counts in full, so that the latest of both goes;
            # else above it, or a later claim that waits to be agreed would undo one that was.
            first = ranks if view.ranks[0].reaches is Claim.MET else ranks + 1
            weight = (first if moderated else ranks - number) * RANK_WEIGHT
            said = CLAIM_STATES if reach == _TOP else SAID_STATES
            states = tuple(int(said[claim] if n <= reach else State.PROVISIONAL) for claim, n in _CLAIMS.items())
            return Counts(at, weight, reach == _TOP, states)
    return None


def _comes_first(record: Evidence, winner: Evidence | None) -> bool:
    """Whether ``record``, equal to ``winner`` in all that counts, goes first: by id, so that order never matters."""
    return winner is not None and record.id < winner.id
