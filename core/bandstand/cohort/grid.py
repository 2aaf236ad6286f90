"""Evidence to findings for many people at once: for each view and each column of the sheet, a grid of states.

It follows :class:`bandstand.engine.findings.FindingsReader`. What a record counts for is one number that sorts as the
findings policy does: the rank of its source, then its day, then how cautious its claim is. The greatest number of each
person and criterion is the finding, and its rank and caution say which state that is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from bandstand.cohort.batch import day_of
from bandstand.cohort.said import NONE, SOURCES, Said
from bandstand.engine.findings import CAUTION, RANK_WEIGHT, counts_in, cycle_start, months_before
from bandstand.errors import EngineError
from bandstand.models.evidence import EvidenceSource
from bandstand.models.finding import Claim, State

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    import numpy.typing as npt

    from bandstand.cohort.batch import Ints, Rows, Saying
    from bandstand.models.framework import Outcome, View
    from bandstand.packs.pack import Pack

    Flags = npt.NDArray[np.bool_]
    #: One byte for each criterion and person, in which the bit of the finding's state is set.
    Bits = npt.NDArray[np.uint8]

_SILENT: Final = 1 << State.NOT_EVIDENCED
_INT32: Final = 1 << 31
#: One byte tells so many ranks and cautions apart.
_BYTE: Final = 255


@dataclass(frozen=True, slots=True)
class Sightings:
    """Which records speak of which criteria, where they count.

    Attributes:
        person: Of each record, whether it counts or not, whose it is.
        record: Of each time that one speaks of a criterion, the record.
        criterion: The row of the criterion among the bits.
        source: The kind of source, by its position.
    """

    person: Ints
    record: npt.NDArray[Any]
    criterion: Ints
    source: npt.NDArray[np.int8]


@dataclass(slots=True)
class Sight:
    """What the evidence of one view, or of one review's column, shows of some people.

    Attributes:
        bits: Shape (criteria, people): the bit ``1 << state`` of each finding.
        there: Shape (people,): who has evidence in it.
        full: Shape (people,): whose evidence may reach the top of the scale.
        sources: Shape (criteria, people): a bit for each kind of source that speaks of the criterion, in the order of
            :class:`EvidenceSource`; None unless measures ask for it.
        records: The evidence that counts, record by record; None unless measures ask for it.
    """

    bits: Bits
    there: Flags
    full: Flags
    sources: Bits | None = None
    records: Sightings | None = None


@dataclass(slots=True)
class Seen:
    """Everything that the evidence of some people shows.

    Attributes:
        views: What it shows in each view.
        columns: For each review point that somebody has evidence for: its position, the view that its column goes by
            for each person (NONE where there is no evidence for it), and what it shows there.
        left_out: Shape (people,): who has evidence that does not count.
    """

    views: list[Sight]
    columns: list[tuple[int, npt.NDArray[np.int8], Sight]]
    left_out: Flags


class GridReader:
    """Reads findings off numbered records, by one policy, as at one day.

    Args:
        pack: The pack.
        outcome: The outcome, whose views are read.
        criteria: Ids of the outcome's criteria, in order.
        as_of: Evidence up to this date counts.
        review_point: The last review point of this cycle that counts; all when None.
        column_criteria: Positions of the criteria that columns of the sheet are wanted for; none are read without.
        sightings: Whether measures ask for the evidence behind findings, in views and in columns.
    """

    def __init__(
        self,
        pack: Pack,
        outcome: Outcome,
        criteria: Sequence[str],
        as_of: dt.date,
        *,
        review_point: str | None = None,
        column_criteria: Sequence[int] = (),
        sightings: tuple[bool, bool] = (False, False),
    ) -> None:
        policy, views = pack.framework.findings, pack.framework.views_of(outcome)
        self._framework, self._unfolds = pack.id, pack.unfolded.unfolds
        self._position = {criterion: at for at, criterion in enumerate(criteria)}
        self._criteria, self._views = len(criteria), len(views)
        self._points = {point.id: at for at, point in enumerate(pack.framework.review_points)}
        self._latest = len(self._points) if review_point is None else self._points[review_point]
        self._sightings = sightings
        self._oldest = day_of(months_before(as_of, policy.max_age_months))
        self._span = day_of(as_of) - self._oldest
        self._cycle = day_of(cycle_start(policy.cycle_starts, as_of)) - self._oldest
        self._column_row = np.full(max(len(criteria), 1), NONE, np.int32)
        self._column_row[list(column_criteria)] = np.arange(len(column_criteria), dtype=np.int32)
        self._columns = len(column_criteria)
        self._sayings: list[Saying] = []
        self._number(views)
        self._said = Said(self._views)
        self._tables = self._said.tables(self._key)

    def _number(self, views: Sequence[View]) -> None:
        """Number the ranks of all views, and look at which ranks and claims give which state."""
        self._counts: list[dict[tuple[EvidenceSource, bool], tuple[int, bool, tuple[int, ...]]]] = []
        ranks = 0
        for at, view in enumerate(views):
            found = {
                (source, moderated): counts
                for source in EvidenceSource
                for moderated in (False, True)
                if (counts := counts_in(at, view, source, moderated=moderated)) is not None
            }
            self._counts.append(
                {way: (ranks + c.weight // RANK_WEIGHT - 1, c.full, c.states) for way, c in found.items()}
            )
            ranks += max(c.weight // RANK_WEIGHT for c in found.values())
        self._day_bits = 2 + max(self._span, 1).bit_length()
        bits = ranks.bit_length() + self._day_bits
        if bits > 31:  # noqa: PLR2004 - a sign besides
            raise EngineError("The findings policy has more ranks and days than the column engine can number.")
        self._key: type[np.signedinteger[Any]] = np.int16 if bits <= 15 else np.int32  # noqa: PLR2004 - likewise
        states = np.full(max(4 * ranks, _BYTE) + 1, _SILENT, np.uint8)
        self._least_full = [-1] * len(views)
        for at, ways in enumerate(self._counts):
            full = [rank for rank, is_full, _ in ways.values() if is_full]
            self._least_full[at] = min(full, default=ranks + 1)
            if any(rank >= self._least_full[at] and not is_full for rank, is_full, _ in ways.values()):
                raise EngineError("A rank of the findings policy may reach more than the one above it.")
            for rank, _, of_claim in ways.values():
                for number, claim in enumerate(Claim):
                    states[rank << 2 | CAUTION[claim]] = 1 << of_claim[number]
        self._states, self._fits = states, 4 * ranks < _BYTE

    def learn(self, sayings: Sequence[Saying]) -> None:
        """Take in what is new among ``sayings``, which begin with those that are known.

        Raises:
            ValueError: They do not.
        """
        known = len(self._sayings)
        if known and (len(sayings) < known or sayings[known - 1] != self._sayings[-1]):
            raise ValueError("These are other sayings than those of the batches before.")
        fresh = sayings[known:]
        if not fresh:
            return
        self._sayings.extend(fresh)
        for saying in fresh:
            self._said.add(self._aims(saying), self._points.get(saying.review_point or "", NONE), saying.source)
        self._tables = self._said.tables(self._key)

    def _aims(self, saying: Saying) -> list[tuple[int, list[int], list[bool]]]:
        """Of each criterion that a saying speaks of: its position, and what it counts for in each view."""
        if saying.framework != self._framework:
            return []
        way = (saying.source, saying.moderated)
        silent, aims = int(np.iinfo(self._key).min), []
        for name in saying.criteria:
            for criterion, claim in self._unfolds.get((name, saying.claim), ()):
                if criterion in self._position:
                    found = [ways.get(way) for ways in self._counts]
                    keys = [silent if c is None else c[0] << self._day_bits | CAUTION[claim] for c in found]
                    aims.append((self._position[criterion], keys, [c is not None and c[1] for c in found]))
        return aims

    def speaks(self, rows: Rows, size: int) -> Flags:
        """Who has evidence for the outcome, whether it counts or not: shape (people,)."""
        found = np.zeros(size, np.bool_)
        tables = self._tables
        found[rows.person if tables.all_speak else rows.person[tables.speaks.take(rows.saying)]] = True
        return found

    def read(self, rows: Rows, size: int) -> Seen:
        """What the evidence of ``size`` people shows; rows of other outcomes are passed over."""
        tables = self._tables
        left_out = np.zeros(size, np.bool_)
        person, saying = rows.person, rows.saying
        day = rows.day - np.int32(self._oldest)
        if not tables.all_speak:
            person, saying, day = _only(tables.speaks.take(saying), person, saying, day)
        keeps = day.view(np.uint32) <= self._span
        if self._latest < len(self._points):
            keeps &= ~((tables.point.take(saying) > self._latest) & (day >= self._cycle))
        gone = np.flatnonzero(~keeps)
        if len(gone) * 2 > len(saying):
            left_out[person.take(gone)] = True
            person, saying, day = _only(keeps, person, saying, day)
        elif len(gone):
            # Where little is left out, it is quicker to let it say nothing.
            left_out[person.take(gone)] = True
            saying, day = saying.copy(), day.copy()
            saying[gone], day[gone] = len(tables.count) - 1, 0
        said = self._unfold(person, saying, day, size)
        place = self._place(tables.aims.unit.take(said.aim), said)
        views = [self._view(at, said, place) for at in range(self._views)]
        return Seen(views, self._read_columns(said) if self._columns else [], left_out)

    def _unfold(self, person: Ints, saying: Ints, day: Ints, size: int) -> _Unfolded:
        """A row for each criterion that each record speaks of."""
        tables, days = self._tables, day.astype(self._key) << 2
        if tables.single:
            return _Unfolded(size, person, saying, None, saying, person, days)
        count = tables.count.take(saying)
        record = np.repeat(np.arange(len(count), dtype=np.int32), count)
        before = np.cumsum(count, dtype=np.int32) - count
        aim = np.arange(len(record), dtype=np.int32) + (tables.first.take(saying) - before).take(record)
        return _Unfolded(size, person, saying, record, aim, person.take(record), days.take(record))

    def _place(self, row: npt.NDArray[Any], said: _Unfolded) -> npt.NDArray[Any]:
        """Where in a grid of rows and people each row of the evidence belongs."""
        small = (self._criteria + self._columns * len(self._points) + 1) * said.size < _INT32
        place: npt.NDArray[Any] = row * (np.int32 if small else np.int64)(said.size)
        place += said.whose
        return place

    def _view(self, at: int, said: _Unfolded, place: npt.NDArray[Any]) -> Sight:
        """What the view ``at`` shows."""
        aims = self._tables.aims
        counts = aims.keys[at].take(said.aim)
        counts += said.days
        grid = self._greatest(self._criteria, said.size, place, counts)
        greatest = grid.max(axis=0)
        # Ranks that count in full stand above all others, so what counts in full is never beaten by what does not.
        full = greatest >= self._least_full[at] << self._day_bits
        sight = Sight(self._bits(grid), greatest >= 0, full)
        if self._sightings[0]:
            self._look(sight, said, aims.unit.take(said.aim), counts >= 0)
        return sight

    def _read_columns(self, said: _Unfolded) -> list[tuple[int, npt.NDArray[np.int8], Sight]]:
        """What each review's column shows: for each person by the first view in which it counts in full, or counts."""
        aims, points, columns, size = self._tables.aims, len(self._points), self._columns, said.size
        there = (aims.point >= 0) & (aims.offer > 0)
        # Whatever is of no column goes to one more, which nobody looks at.
        slot = np.where(there, aims.point, points).astype(np.int16)
        read = self._column_row[aims.unit]
        rows = np.where(there & (read >= 0), slot * np.int32(columns) + read, points * columns).astype(np.int32)
        of_slot, row = slot.take(said.aim), rows.take(said.aim)
        if self._cycle > 0 and len(before := np.flatnonzero(said.days < self._cycle << 2)):
            of_slot[before], row[before] = points, points * columns
        column = self._place(of_slot.astype(np.int32), said)
        best = np.zeros((points + 1, size), np.int8)
        np.maximum.at(best.reshape(-1), column, aims.offer.take(said.aim))
        chosen = np.where(best > 0, (2 * self._views - best) % self._views, 0).astype(np.int8)
        counts = aims.keys.reshape(-1).take(chosen.reshape(-1).take(column) * np.int32(aims.keys.shape[1]) + said.aim)
        counts += said.days
        grid = self._greatest(points * columns + 1, size, self._place(row, said), counts)[:-1]
        bits = self._bits(grid).reshape(points, columns, size)
        found = []
        for at in range(points):
            shown = best[at] > 0
            if shown.any():
                sight = Sight(bits[at], shown, best[at] > self._views)
                if self._sightings[1]:
                    within = (row >= at * columns) & (row < (at + 1) * columns)
                    self._look(sight, said, row - np.int32(at * columns), (counts >= 0) & within)
                found.append((at, np.where(shown, chosen[at], np.int8(NONE)), sight))
        return found

    def _greatest(self, height: int, size: int, place: npt.NDArray[Any], counts: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """The greatest count of each row and person, or NONE."""
        grid = np.full((height, size), NONE, self._key)
        np.maximum.at(grid.reshape(-1), place, counts)
        return grid

    def _bits(self, keys: npt.NDArray[Any]) -> Bits:
        """The state that each greatest count gives, as a bit."""
        code = ((keys >> self._day_bits) << 2) | (keys & 3)
        if self._fits:
            # Translating bytes is the fastest way there is to look up one byte for another.
            translated = bytearray(code.astype(np.uint8)).translate(self._states[: _BYTE + 1].tobytes())
            return np.frombuffer(translated, np.uint8).reshape(keys.shape)
        return self._states.take(np.where(keys < 0, len(self._states) - 1, code))

    def _look(self, sight: Sight, said: _Unfolded, row: Ints, counting: Flags) -> None:
        """Keep which kinds of source speak of what, and which records do."""
        at = np.flatnonzero(counting)
        record = at if said.record is None else said.record.take(at)
        source, row = self._tables.source.take(said.saying.take(record)), row.take(at)
        place = row * np.int64(said.size) + said.whose.take(at)
        bits = np.zeros(sight.bits.size, np.uint8)
        for number in range(len(SOURCES)):
            bits[place[source == number]] |= 1 << number
        sight.sources = bits.reshape(sight.bits.shape)
        sight.records = Sightings(said.person, record, row, source)


@dataclass(frozen=True, slots=True)
class _Unfolded:
    """Records that are in time, unfolded to the criteria that they speak of.

    Attributes:
        size: How many people there are.
        person: Of each record, whose it is.
        saying: Of each record, what it says.
        record: Of each row, its record; None where every record is one row.
        aim: Of each row, which part of what its saying says it is.
        whose: Of each row, whose it is.
        days: Of each row, what its day adds to what it counts for.
    """

    size: int
    person: Ints
    saying: Ints
    record: Ints | None
    aim: Ints
    whose: Ints
    days: npt.NDArray[Any]


def _only(keeps: Flags, *columns: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], ...]:
    return tuple(np.compress(keeps, column) for column in columns)
