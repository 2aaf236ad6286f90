"""What a record says, judged once for all records that say it, by the reader that reads them one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from bandstand.cohort.batch import Saying, day_of
from bandstand.cohort.raw import python_values
from bandstand.interop.records import SEEN_BY_OTHERS, RecordCheck
from bandstand.interop.source import RawRow, is_blank
from bandstand.interop.versions import OtherVersions

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    import pyarrow as pa

    from bandstand.cohort.batch import Ints
    from bandstand.cohort.combine import Longs
    from bandstand.interop.versions import Older
    from bandstand.models.evidence import Evidence
    from bandstand.models.problem import Problem
    from bandstand.packs.pack import Pack

#: In the place of a saying: what is said has a problem, or can only be judged with all that the record holds.
ODD: Final = -1
ALONE: Final = -2

#: What is judged by its words.
WORDS: Final = ("framework", "criteria", "claim", "source", "review_point")
#: What is judged by its words as well, where a framework's schema looks at them.
_MAY_MATTER: Final = ("author", "moderated_by", "accepted_from", "accepted_by", "date")
#: What is judged by whether it is there, where a framework's schema looks at that.
_MAY_BE_THERE: Final = ("author", "accepted_from", "note", "attachments")
#: Nearly every record says something of its own here, so that one judgement would serve none but itself.
_OWN: Final = frozenset({"id", "person", "note", "attachments"})
_BOTH: Final = frozenset({"accepted_from", "accepted_by"})
#: Whose everything is while it is judged, and somebody else.
NOBODY, _SOMEBODY = "-", "--"
_STAND_INS = {
    "author": {"author": _SOMEBODY},
    "moderated_by": {"moderated_by": _SOMEBODY},
    "accepted_from": {"accepted_from": _SOMEBODY, "accepted_by": _SOMEBODY},
    "note": {"note": "-"},
    "attachments": {"attachments": "-"},
}
#: So many combinations, and values of one field, are remembered before all are forgotten.
_KEPT = 500_000
#: Bits of a whole number that has a sign and is not below 0.
_BITS = 62


class Judge:
    """Judges combinations of what records say.

    Attributes:
        sayings: What good records say; it grows.
        by_others: Of each saying, whether whoever recorded it judged somebody else.
        words: The fields that are judged by their words.
        there: The fields that are judged by whether they are there.
    """

    def __init__(
        self,
        packs: Mapping[str, Pack],
        versions: Sequence[Pack],
        default_framework: str | None,
        today: dt.date,
        sayings: list[Saying],
    ) -> None:
        self._check = RecordCheck(packs, default_framework, today)
        self._others = OtherVersions(versions, packs, default_framework, today)
        self._bounds = _bounds([*packs.values(), *versions]) if versions else np.zeros(0, np.int64)
        self.sayings = sayings
        self.by_others = [saying.source in SEEN_BY_OTHERS for saying in sayings]
        self._places = {saying: at for at, saying in enumerate(sayings)}
        self._today = today
        fields: set[str] = set()
        values: set[str] = set()
        self._alone: set[str] = set()
        for name, check in (*((name, self._check) for name in packs), *self._others.checks()):
            asks = check.asks(name)
            if asks.fields is None or asks.values is None or not _OWN.isdisjoint(asks.values):
                self._alone.add(name)
            else:
                fields |= asks.fields
                values |= asks.values
        # Both are there, or neither: a record with one of them is judged by itself.
        fields |= _BOTH if _BOTH & fields else set()
        values |= _BOTH if _BOTH & values else set()
        self.words = (*WORDS, *(name for name in _MAY_MATTER if name in values))
        self.there = tuple(
            name
            for name in ("moderated_by", *_MAY_BE_THERE)
            if name not in self.words and (name in fields or name == "moderated_by")
        )
        self._known = _Known(len(self.words) + len(self.there))

    @property
    def needs(self) -> frozenset[str]:
        """Of the fields that are judged by nothing but a framework's schema, those that one looks at."""
        own = _OWN - {"person"}
        return own if self._alone else own & {*self.words, *self.there}

    def place(self, evidence: Evidence) -> int:
        """The position among sayings of what a good record says."""
        saying = Saying.of(evidence)
        at = self._places.setdefault(saying, len(self.sayings))
        if at == len(self.sayings):
            self.sayings.append(saying)
            self.by_others.append(saying.source in SEEN_BY_OTHERS)
        return at

    def read(self, row: RawRow) -> Evidence | Older | list[Problem]:
        """One row by itself: what it says, by the version that counts or by that of its own time, or its problems."""
        result = self._check.evidence(row)
        return (self._others.record(row) or result) if isinstance(result, list) else result[0]

    def spans(self, days: Ints) -> Longs:
        """Of each day, in which span it is of those that versions hold throughout or not at all."""
        return np.searchsorted(self._bounds, days, side="right")

    def outcomes(self, values: Sequence[pa.Array], codes: Sequence[Longs]) -> Ints:
        """What each of some combinations comes to: a position among sayings, or that it is odd.

        Args:
            values: The distinct values of each field of ``words``.
            codes: For each field of ``words`` and then of ``there``: of each combination, the position among values (or
                how many there are, for none); or whether the field is there.
        """
        own = [python_values(array) for array in values]
        places = self._known.places(own, codes)
        found = self._known.find(places)
        missing = np.flatnonzero(found == _Known.NEW)
        if len(missing):
            for at in missing.tolist():
                given = {
                    name: cells[int(code[at])]
                    for name, cells, code in zip(self.words, own, codes, strict=False)
                    if code[at] < len(cells)
                }
                for name, code in zip(self.there, codes[len(self.words) :], strict=True):
                    given |= _STAND_INS[name] if code[at] else {}
                found[at] = self._judge(given)
            self._known.add(places[:, missing], found[missing])
        return found

    def _judge(self, given: dict[str, Any]) -> int:
        shown = {name: value for name, value in given.items() if not is_blank(value)}
        row = RawRow("-", None, None, None, {"date": self._today, **shown, "id": NOBODY, "person": NOBODY})
        result = self._check.evidence(row)
        framework = shown.get("framework")
        if isinstance(result, list):
            alone = self._alone and (not isinstance(framework, str) or framework.strip() in self._alone)
            return ALONE if alone else ODD
        evidence, _ = result
        return ALONE if evidence.framework in self._alone else self.place(evidence)


def _bounds(packs: Sequence[Pack]) -> Longs:
    """The days on which some version begins to hold, or no longer does."""
    days = set()
    for pack in packs:
        since, until = pack.framework.valid_from, pack.framework.valid_until
        days |= {day_of(since)} if since is not None else set()
        days |= {day_of(until) + 1} if until is not None else set()
    return np.array(sorted(days), np.int64)


class _Known:
    """What combinations were found to come to, by their values' numbers over all batches."""

    NEW: Final = -3

    def __init__(self, fields: int) -> None:
        self._fields = fields
        self._clear()

    def _clear(self) -> None:
        self._numbers_of: list[dict[object, int]] = [{} for _ in range(self._fields)]
        self._bits = [1] * self._fields
        self._places = np.zeros((self._fields, 0), np.int64)
        self._sorted = np.zeros(0, np.int64)
        self._outcomes = np.zeros(0, np.int32)

    def places(self, values: Sequence[list[Any]], codes: Sequence[Longs]) -> Longs:
        """Combinations, by each value's number over all batches: a row for each field."""
        if len(self._sorted) > _KEPT or any(len(numbers) > _KEPT for numbers in self._numbers_of):
            self._clear()
        found = np.empty((self._fields, len(codes[0])), np.int64)
        for at, code in enumerate(codes):
            if at >= len(values):
                found[at] = code
                continue
            numbers = self._numbers_of[at]
            own = [numbers.setdefault(_token(cell), len(numbers) + 1) for cell in values[at]]
            found[at] = np.array([*own, 0], np.int64)[code]
        self._widen(found)
        return found

    def _widen(self, found: Longs) -> None:
        most = found.max(axis=1, initial=0)
        bits = [max(have, int(top).bit_length()) for have, top in zip(self._bits, most, strict=True)]
        if bits == self._bits:
            return
        self._bits = bits
        known, outcomes = self._places, self._outcomes
        self._places, self._sorted = known[:, :0], self._sorted[:0]
        self._outcomes = outcomes[:0]
        self.add(known, outcomes)

    def _packed(self, places: Longs) -> Longs:
        packed = np.zeros(places.shape[1], np.int64)
        for row, bits in zip(places, self._bits, strict=True):
            packed = (packed << bits) | row
        return packed

    def find(self, places: Longs) -> Ints:
        """What each of the combinations comes to, or NEW."""
        found = np.full(places.shape[1], self.NEW, np.int32)
        if len(self._sorted):
            packed = self._packed(places)
            at = np.minimum(np.searchsorted(self._sorted, packed), len(self._sorted) - 1)
            hit = self._sorted[at] == packed
            found[hit] = self._outcomes[at[hit]]
        return found

    def add(self, places: Longs, outcomes: Ints) -> None:
        """Keep what combinations come to that were not known."""
        if sum(self._bits) > _BITS:
            # Too many to be numbered together: they are judged again with each batch.
            return
        together = np.concatenate([self._places, places], axis=1)
        packed = self._packed(together)
        order = np.argsort(packed)
        self._places, self._sorted = together[:, order], packed[order]
        self._outcomes = np.concatenate([self._outcomes, outcomes])[order]


def _token(value: object) -> object:
    """What tells a value from all that are read otherwise: 1 is not ``True``, and a list can be looked up."""
    return value if isinstance(value, str) else (type(value).__name__, repr(value))
