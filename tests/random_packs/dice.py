"""Dice with which packs, people and evidence are drawn: the same seed draws the same."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Thing = TypeVar("Thing")
_BASES = ("stated", "trust", "interpreted", "illustrative")
_NOTES = ("It can be read so.", "It is an example.")


class Dice(random.Random):
    """A random generator, with what is drawn over and over."""

    #: How often a part of the pack is not stated by its document.
    doubt = 0.0

    def chance(self, of: float = 0.5) -> bool:
        """Whether something happens that does so often."""
        return self.random() < of

    def some(self, things: Iterable[Thing], least: int = 0, most: int | None = None) -> list[Thing]:
        """Some of what there is, at the most all of it, in any order."""
        there = list(things)
        most = len(there) if most is None else min(most, len(there))
        return self.sample(there, self.randint(min(least, most), most))

    def in_order(self, things: Iterable[Thing], least: int = 0, most: int | None = None) -> list[Thing]:
        """Some of what there is, in its order."""
        there = list(things)
        chosen = set(self.some(range(len(there)), least, most))
        return [thing for at, thing in enumerate(there) if at in chosen]

    def shares(self, things: Sequence[Thing], count: int) -> list[list[Thing]]:
        """Everything there is in so many parts, some of which may be empty."""
        parts: list[list[Thing]] = [[] for _ in range(count)]
        for thing in self.sample(things, len(things)):
            self.choice(parts).append(thing)
        return parts

    def doubts(self, *often: float) -> None:
        """Draw how often what comes next is doubtful: where much is, every caveat is everybody's, and tells nothing."""
        self.doubt = self.choice(often)

    def rests(self) -> dict[str, Any]:
        """What a part of a pack rests on: few lines and notes, so that several parts rest on the same."""
        source = self.randint(1, 6)
        if not self.chance(self.doubt):
            return {"source": source}
        basis = self.choice(_BASES)
        return {"source": source, "basis": basis, "note": self.choice(_NOTES)}
