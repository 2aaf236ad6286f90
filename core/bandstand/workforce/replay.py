"""A row of results, evaluated again as its run had it evaluated, by the engines for one person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bandstand.engine.evaluate import Evaluated, Evaluator
from bandstand.workforce.verify import differences

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bandstand.models.cohort_run import CohortRun
    from bandstand.models.evidence import Evidence, Person
    from bandstand.packs.pack import Pack


class Replay:
    """Evaluates rows of one run's results again; compiling a pack once serves all of its rows.

    Args:
        run: The record of the run.
        packs: The packs that it used, by the framework's id.
    """

    def __init__(self, run: CohortRun, packs: Mapping[str, Pack]) -> None:
        self._run, self._packs = run, packs
        self._evaluators: dict[str, Evaluator] = {}

    def evaluated(self, row: Mapping[str, Any], person: Person, evidence: Iterable[Evidence]) -> Evaluated:
        """What comes of a row's person and outcome now.

        Args:
            row: The row.
            person: What is known of its person.
            evidence: All that there is about that person, for whatever framework.
        """
        run, pack = self._run, self._packs[row["framework"]]
        if pack.id not in self._evaluators:
            self._evaluators[pack.id] = Evaluator(pack)
        return self._evaluators[pack.id].evaluate(
            person,
            [record for record in evidence if record.framework == pack.id],
            run.as_of,
            outcome=row["outcome"],
            purpose=row["purpose"],
            review_point=run.review_point if pack.framework.review_points else None,
            settings=run.settings,
            since=run.since,
        )

    def differences(self, row: Mapping[str, Any], evaluated: Evaluated) -> list[str]:
        """A phrase for each column of a row that says something else; one that was left empty says nothing."""
        kept = {column: value for column, value in row.items() if column not in self._run.without}
        return differences(kept, evaluated, every_conclusion=self._run.every_conclusion)
