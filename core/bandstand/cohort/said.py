"""What sayings come to under one policy: which criteria each speaks of, and what it counts for there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from bandstand.models.evidence import EvidenceSource

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

SOURCES: Final = tuple(EvidenceSource)
#: Stands for no position where something is told by its position.
NONE: Final = -1


class Said:
    """What is known of each saying, growing."""

    def __init__(self, views: int) -> None:
        self._views = views
        self._first: list[int] = []
        self._count: list[int] = []
        self._point: list[int] = []
        self._source: list[int] = []
        self._unit: list[int] = []
        self._keys: list[list[int]] = []
        self._offer: list[int] = []

    def add(self, aims: Sequence[tuple[int, list[int], list[bool]]], point: int, source: EvidenceSource) -> None:
        """Take in one saying."""
        self._first.append(len(self._unit))
        self._count.append(len(aims))
        self._point.append(point)
        self._source.append(SOURCES.index(source))
        for unit, keys, full in aims:
            self._unit.append(unit)
            self._keys.append(keys)
            # The greater, the sooner a column goes by the view: a view in which it counts in full before any other.
            offers = [
                (2 if is_full else 1) * self._views - at
                for at, (key, is_full) in enumerate(zip(keys, full, strict=True))
                if key >= 0
            ]
            self._offer.append(max(offers, default=0))

    def tables(self, key: type[np.signedinteger[Any]]) -> Tables:
        """All of it as arrays, with one saying more at the end, which says nothing."""
        count = np.array([*self._count, 0], np.int32)
        first = np.array([*self._first, len(self._unit)], np.int32)
        point = np.array([*self._point, NONE], np.int8)
        # One aim more than there are, for sayings that have none.
        keys = np.full((self._views, len(self._unit) + 1), np.iinfo(key).min, key)
        if self._unit:
            keys[:, :-1] = np.array(self._keys, np.int64).T
        aims = Aims(
            unit=np.array([*self._unit, 0], np.int32),
            keys=keys,
            offer=np.array([*self._offer, 0], np.int8),
            point=np.append(np.repeat(point, count), np.int8(NONE)),
        )
        single = bool((count <= 1).all())
        return Tables(
            first=first,
            count=count,
            speaks=count > 0,
            all_speak=bool((count[:-1] > 0).all()),
            single=single,
            point=point,
            source=np.array([*self._source, 0], np.int8),
            aims=aims.at(np.where(count > 0, first, len(self._unit))) if single else aims,
        )


@dataclass(frozen=True, slots=True)
class Aims:
    """What is known of each aim: of each criterion that a saying speaks of.

    Attributes:
        unit: The position of the criterion.
        keys: Of a view and an aim, what it counts for before its day is added; below all days where it does not.
        offer: How soon a column goes by the best of its views; 0 where it counts in none.
        point: The review point of its saying, or NONE.
    """

    unit: npt.NDArray[np.int32]
    keys: npt.NDArray[Any]
    offer: npt.NDArray[np.int8]
    point: npt.NDArray[np.int8]

    def at(self, order: npt.NDArray[Any]) -> Aims:
        """Some of them, in some order."""
        parts = self.unit[order], self.keys[:, order], self.offer[order], self.point[order]
        return Aims(*map(np.ascontiguousarray, parts))


@dataclass(frozen=True, slots=True)
class Tables:
    """What is known of each saying; the last is one that says nothing.

    Attributes:
        first: Its first aim.
        count: How many aims it has.
        speaks: Whether it has any.
        all_speak: Whether all sayings have, but for the last.
        single: Whether none has more than one. Then the aims are in the order of the sayings, one for each.
        point: Its review point, or NONE.
        source: Its kind of source.
        aims: What is known of the aims.
    """

    first: npt.NDArray[np.int32]
    count: npt.NDArray[np.int32]
    speaks: npt.NDArray[np.bool_]
    all_speak: bool
    single: bool
    point: npt.NDArray[np.int8]
    source: npt.NDArray[np.int8]
    aims: Aims
