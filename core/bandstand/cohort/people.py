"""People and evidence, as one person's evaluation has them, as a batch of the column engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from bandstand.cohort.batch import Batch, Rows, Saying, day_of
from bandstand.models.evidence import Person

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from bandstand.models.evidence import Evidence

#: Whose id a profile has, being nobody's.
_NOBODY: Final = "-"


def batch_of(people: Sequence[Person], evidence: Sequence[Evidence]) -> Batch:
    """A batch of some people with their evidence.

    Args:
        people: Who, each once.
        evidence: What there is, in any order. Whoever it is about and is not among the people comes after them, as
            somebody of whom nothing is known.

    Raises:
        ValueError: Somebody is given twice.
    """
    position = {person.person: at for at, person in enumerate(people)}
    if len(position) != len(people):
        raise ValueError("somebody is given twice")
    profiles = _Numbered()
    profiles.number(_profile_key(Person(person=_NOBODY)))
    known = [profiles.number(_profile_key(person)) for person in people]
    sayings = _Numbered()
    rows = [
        (
            position.setdefault(record.person, len(position)),
            sayings.number(Saying.of(record)),
            day_of(record.date),
        )
        for record in evidence
    ]
    unknown = len(position) - len(people)
    columns = np.array(rows, dtype=np.int32).reshape(-1, 3)
    return Batch(
        people=pa.array(list(position), pa.string()),
        profile=np.array([*known, *[0] * unknown], dtype=np.int32),
        school=pa.array([*(person.school for person in people), *[None] * unknown], pa.string()),
        rows=Rows(columns[:, 0].copy(), columns[:, 1].copy(), columns[:, 2].copy()),
        sayings=[saying for saying in sayings.things if isinstance(saying, Saying)],
        profiles=[Person.model_validate_json(str(profile)) for profile in profiles.things],
    )


class _Numbered:
    """Different things, each with a number from 0."""

    def __init__(self) -> None:
        self.things: dict[Hashable, int] = {}

    def number(self, thing: Hashable) -> int:
        return self.things.setdefault(thing, len(self.things))


def _profile_key(person: Person) -> str:
    """What is known of somebody but for who it is and where, in one text: facts are a mapping, which has no hash."""
    return person.model_copy(update={"person": _NOBODY, "school": None}).model_dump_json()
