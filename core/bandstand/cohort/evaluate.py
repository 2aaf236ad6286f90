"""A few whole people from raw tables to results: what one process of a runner does with what it is given."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyarrow as pa

from bandstand.cohort.coding import Coder
from bandstand.cohort.gather import batch_from
from bandstand.cohort.kernel import Kernel
from bandstand.cohort.staff import StaffReader

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from bandstand.cohort.ask import Ask
    from bandstand.cohort.read import Reject
    from bandstand.packs.pack import Pack


@dataclass(slots=True)
class CohortEvaluator:
    """Reads raw tables and evaluates who is in them. It can be pickled, and learns what it has to in each process.

    Attributes:
        asks: What is asked, in the order in which results come.
        packs: Framework id -> pack, of all that evidence may be for.
        default_framework: The framework of records that name none; without it, the only one there is.
        today: Evidence after this day is a problem.
        versions: Other versions of the same frameworks, as a coder takes them.
    """

    asks: Sequence[Ask]
    packs: Mapping[str, Pack]
    default_framework: str | None
    today: dt.date
    versions: Sequence[Pack] = ()
    _own: tuple[Coder, StaffReader, list[Kernel]] | None = field(default=None, init=False, repr=False, compare=False)

    def evaluate(
        self,
        evidence: pa.Table,
        people: pa.Table | None,
        file: str = "evidence",
        people_file: str = "people",
    ) -> tuple[pa.Table, list[Reject]]:
        """Evaluate whole people.

        Args:
            evidence: Raw evidence: all that there is of whoever is in it.
            people: The staff list, in whole or of these people.
            file: What problems call the evidence. They do not say in which row they are, as a part of a file is given.
            people_file: What problems call the staff list.

        Returns:
            A table with the schema of results, ask by ask; and the rows that could not be read.

        Raises:
            EngineError: Rules contradict one another.
        """
        coder, staff, kernels = self._ready()
        coded = coder.code(evidence, file=file, first_row=None)
        known = None if people is None else staff.read(people, file=people_file, first_row=None)
        batch = batch_from([coded], known, coder.sayings)
        results = pa.concat_tables([kernel.evaluate(batch) for kernel in kernels])
        return results, [*coded.rejects, *(() if known is None else known.rejects)]

    def _ready(self) -> tuple[Coder, StaffReader, list[Kernel]]:
        if self._own is None:
            coder = Coder(
                self.packs, default_framework=self.default_framework, today=self.today, versions=self.versions
            )
            self._own = coder, StaffReader(self.packs), [Kernel(ask) for ask in self.asks]
        return self._own

    def __getstate__(self) -> dict[str, object]:
        """What is given, without what was learned."""
        names = ("asks", "packs", "default_framework", "today", "versions")
        return {name: getattr(self, name) for name in names}

    def __setstate__(self, state: Mapping[str, object]) -> None:
        """Begin in another process."""
        for name, value in state.items():
            setattr(self, name, value)
        self._own = None
