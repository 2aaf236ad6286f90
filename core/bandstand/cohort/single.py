"""Rows that are read one by one, with one look for all that are alike in what any problem of theirs is about."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bandstand.cohort.read import Reject
from bandstand.interop.versions import Older

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Hashable, Iterable

    from bandstand.cohort.judge import Judge
    from bandstand.interop.source import RawRow
    from bandstand.interop.versions import Gone
    from bandstand.models.evidence import Evidence
    from bandstand.models.problem import Problem


@dataclass(slots=True)
class Singles:
    """What came of rows that were read one by one.

    Attributes:
        sayings: Of each good row, by its position: what it says.
        dates: The day of each good row that was looked at itself.
        rejects: The rows that could not be read.
    """

    sayings: dict[int, int] = field(default_factory=dict)
    dates: dict[int, dt.date] = field(default_factory=dict)
    rejects: list[Reject] = field(default_factory=list)


def read_singly(
    judge: Judge, rows: Iterable[tuple[int, RawRow]], kinds: Iterable[Hashable | None], gone: Gone
) -> Singles:
    """Read rows one by one.

    Args:
        judge: What tells good rows.
        rows: Rows with their positions.
        kinds: For each row, of which kind it is: rows of a kind have the same problems, or say the same. None where it
            is of no kind.
        gone: Where records are counted that are of another version's time.
    """
    found = Singles()
    known: dict[Hashable, Evidence | Older | list[Problem]] = {}
    for (at, row), kind in zip(rows, kinds, strict=True):
        result = None if kind is None else known.get(kind)
        is_alike = result is not None
        if result is None:
            result = judge.read(row)
            if kind is not None:
                known[kind] = result
        if isinstance(result, list):
            found.rejects.append(Reject.like(row, result) if is_alike else Reject.of(row, result))
            continue
        if isinstance(result, Older):
            gone.count(result)
            if result.left_out:
                continue
        evidence = result.evidence if isinstance(result, Older) else result
        found.sayings[at] = judge.place(evidence)
        if not is_alike:
            found.dates[at] = evidence.date
    return found
