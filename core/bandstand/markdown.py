"""Headings and tables of the pages of the manual that are made."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


def heading(text: str, depth: int = 2) -> tuple[str, str]:
    """A heading and the blank line below it."""
    return f"{'#' * depth} {text}", ""


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A table and the blank line below it; what would split a cell in two is written otherwise."""
    yield f"| {' | '.join(headings)} |"
    yield f"|{'---|' * len(headings)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', '/') for cell in row)} |"
    yield ""
