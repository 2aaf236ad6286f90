"""Whom another version of a pack would move: everybody evaluated under both, counted, and told as far as may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from bandstand.change.compare import side
from bandstand.change.report import told
from bandstand.change.tally import Tally, tallies
from bandstand.models.impact import Impact

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bandstand.change.cohort import Cohort, Pair
    from bandstand.change.tally import Moved
    from bandstand.engine.evaluate import Evaluated


@dataclass(frozen=True, slots=True)
class Counted:
    """Everybody counted.

    Attributes:
        tallies: The exact counts, by the outcome's id; they are for nobody's eyes.
        disagreed: How many evaluations the two engines did not conclude the same of; these people are left out.
    """

    tallies: dict[str, Tally]
    disagreed: int

    def over(self, percent: float) -> list[str]:
        """Ids of the outcomes for which more than a share of people would change anything."""
        return [name for name, tally in self.tallies.items() if tally.changed * 100 > percent * tally.people]


def count(
    cohort: Cohort,
    evaluated: Iterable[tuple[Pair, Evaluated, Evaluated]],
    each: Callable[[Pair, Moved], None] | None = None,
) -> Counted:
    """Count what becomes of each pair; nothing of anybody is kept.

    Args:
        cohort: Whose pairs they are.
        evaluated: The cohort's pairs under both versions, as they come.
        each: Told of every person who is counted, where somebody asks for that on purpose.
    """
    names = list(dict.fromkeys(pair.outcome for pair in cohort.pairs))
    found = tallies(cohort.old.pack.outcomes, cohort.new.pack.outcomes, names)
    disagreed = 0
    for pair, was, now in evaluated:
        if was.differences or now.differences:
            disagreed += 1
            continue
        moved = found[pair.outcome].add(was, now)
        if each is not None:
            each(pair, moved)
    return Counted(found, disagreed)


def impact(cohort: Cohort, counted: Counted, threshold: int, engine: Literal["plain", "both"]) -> Impact:
    """What may be told of the counts."""
    packs = cohort.old.pack, cohort.new.pack
    return Impact(
        old=side(packs[0]),
        new=side(packs[1]),
        as_of=cohort.as_of,
        threshold=threshold,
        engine=engine,
        outcomes=told(counted.tallies, packs, threshold),
        notes=tuple(cohort.notes),
    )
