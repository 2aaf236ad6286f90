"""A sample of a run's people evaluated again, one by one, by the engines that evaluate one person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bandstand.models.evidence import Person
from bandstand.workforce.records import Reading, records_of, staff_of
from bandstand.workforce.replay import Replay

if TYPE_CHECKING:
    from bandstand.cohort.local import Progress
    from bandstand.service import Service
    from bandstand.workforce.given import CohortDone, Given


def verify_sample(service: Service, done: CohortDone, given: Given, people: int, progress: Progress) -> list[str]:
    """Evaluate some people again, from their records and one by one, and compare.

    Args:
        service: What is installed.
        done: What the run came to.
        given: What it read and wrote.
        people: How many people, who are spread evenly over the results; all when there are no more.
        progress: Told what is done.

    Returns:
        A sentence for each value of a row of results that differs.
    """
    run = done.run
    packs = service.catalogue.frameworks(run.as_of)
    rows = _sample(given, people)
    names = sorted({row["person"] for row in rows})
    versions = [pack for pack in service.catalogue.packs if pack is not packs[pack.id]]
    reading = Reading(packs, versions, run.default_framework, run.today, lambda at, of: progress("Verifying", at, of))
    records = records_of(names, given.files, reading).evidence
    staff = staff_of(names, given.people, packs)
    replay = Replay(run, packs)
    found: list[str] = []
    for at, row in enumerate(rows):
        progress("Verifying", at, len(rows))
        name = row["person"]
        evaluated = replay.evaluated(row, staff.get(name) or Person(person=name), records.get(name, ()))
        told = replay.differences(row, evaluated)
        found.extend(f"{name}, {row['framework']} {row['outcome']}: {one}." for one in told)
    return found


def _sample(given: Given, people: int) -> list[dict[str, Any]]:
    """The rows of some people, spread evenly over the results."""
    if given.output.suffix.lower() == ".arrow":
        with pa.OSFile(str(given.output)) as source:
            table = pa.ipc.open_file(source).read_all()
        names = table.column("person").combine_chunks().unique()
    else:
        table = None
        names = pq.read_table(given.output, columns=["person"]).column("person").combine_chunks().unique()
    some = names.take(pa.array(np.unique(np.linspace(0, len(names) - 1, min(people, len(names))).astype(np.int64))))
    if table is None:
        wanted = pc.is_in(pc.field("person"), value_set=some)
        table = pq.read_table(given.output, filters=wanted)
        return list(table.to_pylist())
    return list(table.filter(pc.is_in(table.column("person"), value_set=some)).to_pylist())
