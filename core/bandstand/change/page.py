"""The impact of another version of a pack as one page that needs nothing else: no script, no network."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from bandstand import __version__, words

if TYPE_CHECKING:
    from bandstand.models.impact import Impact, OutcomeImpact

_TEMPLATE: Final = "impact.html"


def page(found: Impact) -> str:
    """The whole page, as text."""
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415 - it comes with the extra

    source = (files(__package__) / "templates" / _TEMPLATE).read_text("utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(source).render(
        found=found,
        day=words.day(found.as_of),
        outcomes=[_outcome(outcome) for outcome in found.outcomes],
        engine="the plain engine" if found.engine == "plain" else "both engines",
        version=__version__,
        share=share,
        said=said,
    )


def _outcome(outcome: OutcomeImpact) -> dict[str, Any]:
    """An outcome with its charts."""
    from markupsafe import Markup  # noqa: PLC0415 - it comes with the extra

    from bandstand.change import charts  # noqa: PLC0415 - an extra

    unchanged = is_unchanged(outcome)
    there = bool(outcome.blocks) and not unchanged
    tables = [("grade", outcome.grades), ("school", outcome.schools)] if there else []
    matrices = [("level", outcome.levels), ("zone", outcome.zones)] if there else []
    # What altair drew is markup of ours; every name in it was escaped by the renderer.
    return {
        "of": outcome,
        "unchanged": unchanged,
        "fates": Markup(charts.fates(outcome)) if there else None,  # noqa: S704
        "matrices": [
            (what, matrix, Markup(charts.matrix(matrix, what)))  # noqa: S704
            for what, matrix in matrices
            if matrix is not None
        ],
        "groups": [
            (by, table, Markup(charts.groups(table)))  # noqa: S704
            for by, table in tables
            if table is not None
        ],
    }


def is_unchanged(outcome: OutcomeImpact) -> bool:
    """Whether it is told that nobody at all would change."""
    parts = [block.fates for block in outcome.blocks]
    return ("same",) in parts and not any(block.people for block in outcome.blocks if block.fates != ("same",))


def share(people: int, of: int) -> str:
    """A share in whole per cent; what is some, and less than one, is said to be."""
    percent = round(100 * people / of)
    return "under 1 %" if people and not percent else f"{percent} %"


def said(value: float | str | None) -> str:
    """A level or a zone in a table's head."""
    return "no zone" if value is None else str(value)
