"""The impact of another version of a pack as one page that needs nothing else: no script, no network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bandstand import words
from bandstand.reports import as_it_stands, rendered

if TYPE_CHECKING:
    from bandstand.models.impact import GroupTable, Impact, Matrix, OutcomeImpact

_TEMPLATE: Final = "impact.html"


def page(found: Impact) -> str:
    """The whole page, as text."""
    return rendered(
        __package__,
        _TEMPLATE,
        found=found,
        day=words.day(found.as_of),
        outcomes=[_outcome(outcome) for outcome in found.outcomes],
        engine="the plain engine" if found.engine == "plain" else "both engines",
        said=said,
    )


def _outcome(outcome: OutcomeImpact) -> dict[str, Any]:
    """An outcome with its charts."""
    from bandstand import charts  # noqa: PLC0415 - an extra

    unchanged = is_unchanged(outcome)
    there = bool(outcome.blocks) and not unchanged
    tables = [("grade", outcome.grades), ("school", outcome.schools)] if there else []
    matrices = [("level", outcome.levels), ("zone", outcome.zones)] if there else []
    return {
        "of": outcome,
        "unchanged": unchanged,
        "fates": as_it_stands(charts.bars(outcome.blocks)) if there else None,
        "matrices": [(what, matrix, _squares(what, matrix)) for what, matrix in matrices if matrix is not None],
        "groups": [(by, table, _panels(table)) for by, table in tables if table is not None],
    }


def _squares(what: str, matrix: Matrix) -> str:
    from bandstand import charts  # noqa: PLC0415 - an extra

    names = [said(value) for value in matrix.values]
    return as_it_stands(charts.squares((f"{what} before", names), (f"{what} after", names), matrix.cells))


def _panels(table: GroupTable) -> str:
    from bandstand import charts  # noqa: PLC0415 - an extra

    return as_it_stands(charts.panels([block.label for block in table.columns], table.groups))


def is_unchanged(outcome: OutcomeImpact) -> bool:
    """Whether it is told that nobody at all would change."""
    parts = [block.fates for block in outcome.blocks]
    return ("same",) in parts and not any(block.people for block in outcome.blocks if block.fates != ("same",))


def said(value: float | str | None) -> str:
    """A level or a zone in a table's head."""
    return "no zone" if value is None else str(value)
