"""What the column engine reads: the evidence of whole people as small numbers, with what the numbers stand for.

What a record says, whoever it is about and on whatever day, is one of few things, and so is what is known of a person.
Both are told once and numbered: a million records are then three columns of numbers.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

    from bandstand.models.evidence import Evidence, EvidenceSource, Person

    Ints = npt.NDArray[np.int32]

#: The first of the days, which is the day 0.
EPOCH: Final = dt.date(1970, 1, 1)


def day_of(date: dt.date) -> int:
    """A day as a number: in days since 1970-01-01."""
    return (date - EPOCH).days


def date_of(day: int) -> dt.date:
    """The day that a number stands for."""
    return EPOCH + dt.timedelta(days=day)


class Saying(NamedTuple):
    """What a record says, without who it is about, when it was seen and its note.

    Attributes:
        framework: Id of the framework.
        criteria: What it names, as evidence may name it.
        claim: The point on the criteria's scale that it claims.
        source: The kind of source.
        review_point: The review that it was recorded for, if it was for one.
        moderated: Whether somebody agreed the claim with the person.
    """

    framework: str
    criteria: tuple[str, ...]
    claim: str
    source: EvidenceSource
    review_point: str | None
    moderated: bool

    @classmethod
    def of(cls, record: Evidence) -> Saying:
        """What a record says."""
        moderated = record.moderated_by is not None
        return cls(record.framework, record.criteria, record.claim, record.source, record.review_point, moderated)


@dataclass(frozen=True, slots=True)
class Rows:
    """Evidence as numbers, one row for each record, in any order.

    Attributes:
        person: Whose it is: the person's position in the batch.
        saying: What it says: a position among sayings.
        day: The day that it was seen, in days since 1970-01-01.
    """

    person: Ints
    saying: Ints
    day: Ints


@dataclass(frozen=True, slots=True)
class Batch:
    """Some people, with all of their evidence.

    Attributes:
        people: Their ids, each once: an array of strings.
        profile: What is known of each: a position among profiles.
        school: Where each works: an array of strings, of which some may be null.
        rows: Their evidence.
        sayings: What rows may say. A list that grows: what one batch had keeps its position in the next.
        profiles: What is known of people, with ``-`` as the id and without their schools; a list that grows. The first
            is somebody of whom nothing is known.
    """

    people: pa.Array
    profile: Ints
    school: pa.Array
    rows: Rows
    sayings: Sequence[Saying]
    profiles: Sequence[Person]
