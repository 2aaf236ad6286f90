"""What contestants share: where files are, and the SMART ladder as tables that hand-written SQL and Polars look up.

Of a person, one number has four bits for each level: how many of its lines are met. A second number has a bit for
each level of which something is found short and, from the sixteenth bit on, four for each again, of which one is set
where the ladder's own criteria are. What is open is then one number too, and its lowest bit says which level is next.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import by_hand

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Files:
    """The files of so many people, in one folder."""

    folder: Path

    @property
    def staff(self) -> Path:
        """Who there is: ``person``, ``grade`` and ``career_stage``."""
        return self.folder / "staff.parquet"

    def evidence(self, kind: str) -> Path:
        """A file of strings, or the folder of the coded form."""
        return self.folder / ("coded" if kind == "coded" else f"{kind}.parquet")


class Criterion(NamedTuple):
    """A criterion that the ladder goes by.

    Attributes:
        name: Its id.
        number: Its position among criteria.
        met: What it adds to the first number where it is met.
        short: What it sets in the second where it is found short.
    """

    name: str
    number: int
    met: int
    short: int


CRITERIA: Final = [
    Criterion(name, number, met, short)
    for number, (name, met, short) in enumerate(
        [
            *((line, 1 << 4 * at, 1 << at) for at, lines in enumerate(by_hand.LEVELS) for line in lines),
            *(
                (own, 0, 1 << level - 1 | 1 << 4 * (level - 1) + 16)
                for level, criteria in by_hand.AUTHORITY.items()
                for own in criteria
            ),
        ]
    )
]
#: The first number of somebody who has met everything.
ALL_MET: Final = sum(criterion.met for criterion in CRITERIA)
#: Lines of level 1; the first number of somebody who holds it ends in it.
FIRST: Final = len(by_hand.LEVELS[0])
#: Grade, and the levels at which amber, gold and green begin.
BANDS: Final = [(grade, low, gold, top + 1) for grade, (low, gold, top) in by_hand.BANDS.items()]
#: The last day that evidence counts, and the first.
AS_OF: Final = dt.date(2025, 7, 31)
OLDEST: Final = dt.date(AS_OF.year - 1, AS_OF.month, AS_OF.day)
#: The weight of a record: its rank in the agreed view (2 bits), its day (9), how cautious its claim is (2), and whose
#: view it makes besides (2): the appraiser's, the person's own or none. The greatest counts.
RANK: Final = 1 << 13
APPRAISER: Final = 1
SELF: Final = 2
