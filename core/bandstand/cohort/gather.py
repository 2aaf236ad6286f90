"""Batches put together: coded evidence of whole people with what the staff list has of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bandstand.cohort.batch import Batch, Rows
from bandstand.cohort.read import people_of
from bandstand.models.evidence import Person

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bandstand.cohort.batch import Ints, Saying
    from bandstand.cohort.read import Coded
    from bandstand.cohort.staff import PeopleTable


def batch_from(coded: Sequence[Coded], people: PeopleTable | None, sayings: Sequence[Saying]) -> Batch:
    """A batch of everybody of whom there is evidence in some coded tables, in the order in which they stand there.

    Those of whom a row of the staff list was rejected are left out with their evidence.

    Args:
        coded: Tables with all the evidence of whoever is in them, coded by one coder.
        people: The staff list, in whole or of these people; of somebody who is not in it nothing is known.
        sayings: The coder's sayings.
    """
    whose = people_of(coded)
    codes, ids = whose.indices.to_numpy(), whose.dictionary
    saying = _together([part.saying for part in coded])
    day = _together([part.day for part in coded])
    used = np.zeros(len(ids), np.bool_)
    used[codes] = True
    if people is not None and len(people.rejected):
        used &= ~pc.is_in(ids, value_set=people.rejected).to_numpy(zero_copy_only=False)
        kept = used[codes]
        if not kept.all():
            codes, saying, day = codes[kept], saying[kept], day[kept]
    if not used.all():
        places = np.cumsum(used, dtype=np.int32) - 1
        codes, ids = places[codes], ids.filter(pa.array(used))
    rows = Rows(codes, saying, day)
    if people is None:
        nothing = np.zeros(len(ids), np.int32)
        return Batch(ids, nothing, pa.nulls(len(ids), pa.string()), rows, sayings, [Person(person="-")])
    profile, school = _known(ids, people)
    return Batch(ids, profile, school, rows, sayings, people.profiles)


def _together(parts: Sequence[Ints]) -> Ints:
    return parts[0] if len(parts) == 1 else np.concatenate([np.zeros(0, np.int32), *parts])


def _known(ids: pa.Array, people: PeopleTable) -> tuple[Ints, pa.Array]:
    """The profile and the school of each."""
    at = people.places(ids)
    profile = np.append(people.profile, np.int32(0))[at]
    return profile, people.school.take(pa.array(at, mask=at < 0))
