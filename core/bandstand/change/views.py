"""Two versions of a view: on which rank each kind of source stands, and how far its claims reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bandstand.change.fields import Layer

if TYPE_CHECKING:
    from bandstand.change.walk import Spot, Walk
    from bandstand.models.framework import View


def view(walk: Walk, was: View, now: View, spot: Spot) -> frozenset[str]:
    """Compare the ranks of two versions of a view, source by source."""
    old, new = _ranks(was), _ranks(now)
    for source in dict.fromkeys((*old, *new)):
        here = spot.at(f"ranks/{source}", f"in {spot.noun}, evidence of the source {source}")
        before, after = old.get(source), new.get(source)
        if before == after:
            continue
        if before is None and after is not None:
            sentence = f"{here.noun} now counts, on rank {after[0]}, and reaches {after[1]}."
        elif after is None and before is not None:
            sentence = f"{here.noun} no longer counts; before, on rank {before[0]}, reaching {before[1]}."
        else:
            assert before is not None
            assert after is not None
            told = [f"stands on rank {after[0]}, and not {before[0]}"] if before[0] != after[0] else []
            told += [f"reaches {after[1]}, and not {before[1]}"] if before[1] != after[1] else []
            sentence = f"{here.noun} now {' and '.join(told)}."
        walk.log.add(Layer.MEANING, here, "changed", sentence, before, after)
    return frozenset({"ranks"})


def _ranks(view: View) -> dict[str, tuple[int, str]]:
    """Rank, from 1, and reach of each kind of source; the first rank that names it is the one that counts."""
    found: dict[str, tuple[int, str]] = {}
    for at, rank in enumerate(view.ranks, start=1):
        for source in rank.sources:
            found.setdefault(source.value, (at, rank.reaches.value.replace("_", " ")))
    return found
