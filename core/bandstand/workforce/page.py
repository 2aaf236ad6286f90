"""What a table of results comes to as one page that needs nothing else: no script, no network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bandstand import words
from bandstand.reports import as_it_stands, rendered

if TYPE_CHECKING:
    from bandstand.models.summary import ByGrade, Movement, OutcomeSummary, Summary, Zones

_TEMPLATE: Final = "summary.html"


def page(found: Summary) -> str:
    """The whole page, as text."""
    return rendered(
        __package__,
        _TEMPLATE,
        found=found,
        outcomes=[_outcome(each) for each in found.outcomes],
        day=words.day,
        zone=zone,
        at_least=at_least,
    )


def name_of(outcome: OutcomeSummary) -> str:
    """What an outcome is called, with its framework."""
    return f"{outcome.framework}: {outcome.label or outcome.outcome}"


def zone(name: str | None) -> str:
    """A zone in a table's head."""
    return "no zone" if name is None else name


def at_least(least: int, *, exact: bool) -> str:
    """How many there are, or at the least; a star where nothing is known."""
    return str(least) if exact else f"{least}+" if least else "*"


def movements(outcome: OutcomeSummary) -> list[tuple[str, Movement]]:
    """From where to where people went, each with what of."""
    both = (("level", outcome.levels_moved), ("zone", outcome.zones_moved))
    return [(what, moved) for what, moved in both if moved]


def codes(outcome: OutcomeSummary) -> list[tuple[str, list[tuple[str, int | None]]]]:
    """What is said of some people and not of others, in words."""
    both = (("What is said in addition", outcome.advice), ("What is to be minded", outcome.caveats))
    return [(title, [(one.label, one.people) for one in of]) for title, of in both if of]


def _outcome(outcome: OutcomeSummary) -> dict[str, Any]:
    """An outcome with its charts."""
    from bandstand import charts  # noqa: PLC0415 - an extra

    shares = (("Criteria on which there is evidence", outcome.seen), ("What is recommended", outcome.actions))
    return {
        "id": f"{outcome.framework}.{outcome.outcome}",
        "of": outcome,
        "name": name_of(outcome),
        "levels": None if outcome.levels is None else _levels(outcome.levels),
        "zones": None if outcome.zones is None else _zones(outcome.zones),
        "moved": [(what, moved, _moved(what, moved)) for what, moved in movements(outcome)],
        "shares": [(title, parts, as_it_stands(charts.bars(parts))) for title, parts in shares if parts],
        "codes": codes(outcome),
    }


def _levels(table: ByGrade) -> str:
    from bandstand import charts  # noqa: PLC0415 - an extra

    grades = [", ".join(group.members) for group in table.groups]
    columns = [column.label for column in table.columns]
    cells = [group.counts for group in table.groups]
    return as_it_stands(charts.squares(("grade", grades), ("levels", columns), cells))


def _zones(table: Zones) -> str:
    from bandstand import charts  # noqa: PLC0415 - an extra

    grades = [", ".join(group.members) for group in table.groups]
    cells = [[None if not group.exact and not n else n for n in group.least] for group in table.groups]
    texts = [[at_least(number, exact=group.exact) for number in group.least] for group in table.groups]
    return as_it_stands(charts.squares(("grade", grades), ("zones", list(map(zone, table.zones))), cells, texts))


def _moved(what: str, moved: Movement) -> str:
    from bandstand import charts  # noqa: PLC0415 - an extra

    before, now = ([part.label for part in parts] for parts in (moved.before, moved.now))
    return as_it_stands(charts.squares((f"{what} before", before), (f"{what} now", now), moved.cells))
