"""What a table of results comes to: levels, zones, coverage, actions and movement, as far as may be told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bandstand.models.summary import Summary
from bandstand.workforce.counts import count
from bandstand.workforce.table import ResultsTable
from bandstand.workforce.telling import told

if TYPE_CHECKING:
    from pathlib import Path

    from bandstand.plugins import Catalogue


def summarise(path: Path, threshold: int, catalogue: Catalogue | None = None) -> Summary:
    """Count a table of results and say what may be told of it.

    Args:
        path: The table.
        threshold: The least number of people of whom anything is said, at least two.
        catalogue: What is installed, for labels and the order of grades; without it these are as the table has them.

    Raises:
        NotFoundError: It is no table of results of one run.
    """
    packs = {} if catalogue is None else {pack.digest: pack for pack in catalogue.packs}
    with ResultsTable(path) as table:
        run = table.run
        return Summary(
            results=path.name,
            threshold=threshold,
            since=None if run is None else run.since,
            outcomes=told(count(table, threshold), packs, threshold),
        )
