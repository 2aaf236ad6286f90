"""Ranges of people, so that what is read for one range is little more than what it holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bandstand.cohort.parquet_in import GroupChunk

#: How many times over rows may be read, before it is cheaper to part them first.
_MOST_READ: Final = 1.5
#: By how much a range may be larger than what was asked for.
_LARGER: Final = 3


@dataclass(frozen=True, slots=True)
class PeopleRange:
    """Everybody whose id comes after one and up to another.

    Attributes:
        after: The first id that does not belong to it any more, downwards; None for the first range.
        until: The last id that belongs to it; None for the last range.
        chunks: What has to be read for it, each cut to the range.
    """

    after: Any
    until: Any
    chunks: tuple[GroupChunk, ...]


def ranges(chunks: Sequence[GroupChunk], rows: int, kind: type = str) -> list[PeopleRange] | None:
    """Part people into ranges by what the row groups' statistics say, or None where that would read too much.

    A row belongs to the range that its person's id is in, wherever it stands: no order of the rows is relied upon, and
    several sorted files are as good as one.

    Args:
        chunks: Every row group.
        rows: How many rows a range should have.
        kind: What ids have to be for their order to be that of people.
    """
    groups = [chunk.group for chunk in chunks]
    total = sum(group.rows for group in groups)
    if any(group.low is None or group.high is None for group in groups if group.rows):
        return None
    kinds = {type(bound) for group in groups if group.rows for bound in (group.low, group.high)}
    if kinds != {kind}:
        return None
    filled = [chunk for chunk in chunks if chunk.group.rows]
    found, read = [], 0
    cuts = _cuts(filled, rows)
    for after, until in zip([None, *cuts], [*cuts, None], strict=True):
        within = [
            chunk
            for chunk in filled
            if (until is None or chunk.group.low <= until) and (after is None or chunk.group.high > after)
        ]
        # Where a group begins with the range's last person, only the beginning is read.
        held = sum(chunk.group.rows for chunk in within if until is None or chunk.group.low != until)
        read += held
        if held > _LARGER * rows or read > _MOST_READ * total + rows:
            return None
        # A row that names nobody is in every range, or in none: it goes where the least id of its group does.
        found.append(
            PeopleRange(
                after,
                until,
                tuple(chunk.within(after, until, unnamed=after is None or chunk.group.low > after) for chunk in within),
            )
        )
    return found


def _cuts(chunks: Sequence[GroupChunk], rows: int) -> list[Any]:
    """The ids at which one range ends and the next begins."""
    cuts: list[Any] = []
    held = 0
    ordered = sorted(chunks, key=lambda chunk: chunk.group.high)
    for chunk in ordered[:-1]:
        held += chunk.group.rows
        if held >= rows and (not cuts or chunk.group.high > cuts[-1]) and chunk.group.high < ordered[-1].group.high:
            cuts.append(chunk.group.high)
            held = 0
    return cuts
