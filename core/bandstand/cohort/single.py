"""Rows that are read one by one, with one look for all that are alike in what any problem of theirs is about."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from bandstand.cohort.raw import raw_rows
from bandstand.cohort.read import RejectedRows, Rejects
from bandstand.interop.versions import Older

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Hashable, Iterable, Mapping

    from bandstand.cohort.combine import Longs
    from bandstand.cohort.judge import Judge
    from bandstand.interop.versions import Gone
    from bandstand.models.evidence import Evidence
    from bandstand.models.problem import Problem

    _Result = Evidence | Older | list[Problem]

#: So many rows are looked at before the next are made ready.
_AT_A_TIME: Final = 10_000


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
    rejects: Rejects = field(default_factory=lambda: Rejects(()))


class SingleReader:
    """Reads rows one by one.

    Args:
        judge: What tells good rows.
        gone: Where records are counted that are of another version's time.
    """

    def __init__(self, judge: Judge, gone: Gone) -> None:
        self._judge, self._gone = judge, gone

    def read(
        self,
        columns: Mapping[str, pa.Array],
        rows: Longs,
        kinds: Iterable[Hashable | None],
        *,
        file: str,
        first_row: int | None,
    ) -> Singles:
        """Read some rows of a table.

        Args:
            columns: The table.
            rows: The positions of the rows.
            kinds: For each, of which kind it is: rows of a kind have the same problems, or say the same. None where it
                is of no kind.
            file: The file's name, for problems.
            first_row: The row of the file that the table's first is, for problems; None where nobody knows.
        """
        found = Singles()
        known: dict[Hashable, _Result] = {}
        told: list[list[Problem]] = []
        numbers: dict[int, int] = {}
        bad: list[int] = []
        which: list[int] = []
        coming = iter(kinds)
        for start in range(0, len(rows), _AT_A_TIME):
            some = rows[start : start + _AT_A_TIME]
            own = list(islice(coming, len(some)))
            # The first row of each kind stands for the others, and whatever is of no kind for itself.
            first = {n if kind is None else kind: n for n, kind in reversed(list(enumerate(own))) if kind not in known}
            looked_at = dict(self._looked_at(columns, some, sorted(first.values()), file, first_row))
            known.update({kind: looked_at[n] for kind, n in first.items() if own[n] is not None})
            for n, (at, kind) in enumerate(zip(some.tolist(), own, strict=True)):
                result = looked_at[n] if kind is None else known[kind]
                if isinstance(result, list):
                    number = numbers.setdefault(id(result), len(told))
                    if number == len(told):
                        told.append(result)
                    bad.append(at)
                    which.append(number)
                else:
                    self._take(found, at, result, is_itself=n in looked_at)
        at = np.array(bad, np.int64)
        taken = {name: column.take(pa.array(at)) for name, column in columns.items()}
        places = None if first_row is None else at + first_row
        found.rejects = Rejects([RejectedRows(file, places, taken, told, np.array(which, np.int32))])
        return found

    def _looked_at(
        self, columns: Mapping[str, pa.Array], rows: Longs, which: list[int], file: str, first_row: int | None
    ) -> Iterable[tuple[int, _Result]]:
        raw = raw_rows(columns, rows[which], file=file, first_row=first_row)
        yield from ((n, self._judge.read(row)) for n, (_, row) in zip(which, raw, strict=True))

    def _take(self, found: Singles, at: int, result: Evidence | Older, *, is_itself: bool) -> None:
        if isinstance(result, Older):
            self._gone.count(result)
            if result.left_out:
                return
        evidence = result.evidence if isinstance(result, Older) else result
        found.sayings[at] = self._judge.place(evidence)
        if is_itself:
            found.dates[at] = evidence.date
