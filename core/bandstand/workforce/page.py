"""What a table of results comes to as one page that needs nothing else: no script, no network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bandstand import words
from bandstand.reports import as_it_stands, rendered

if TYPE_CHECKING:
    from bandstand.models.summary import ByGrade, CodeCount, Movement, OutcomeSummary, Summary

_TEMPLATE: Final = "summary.html"
#: Caveats in words; others are told by their codes, which say what they are of.
_CAVEATS: Final = {
    "basis:illustrative": "rests on an example value, which the trust has not confirmed",
    "basis:interpreted": "rests on a reading of the document",
    "nothing-counts": "none of the evidence counts",
    "no-grade": "no grade is known",
    "not-read": "something was seen that no rule reads",
    "one-view": "goes by one side only",
    "provisional": "something is claimed and not agreed yet",
    "validity": "the framework is not valid at the day",
}


def page(found: Summary) -> str:
    """The whole page, as text."""
    return rendered(
        __package__, _TEMPLATE, found=found, outcomes=[_outcome(each) for each in found.outcomes], day=words.day
    )


def name_of(outcome: OutcomeSummary) -> str:
    """What an outcome is called, with its framework."""
    return f"{outcome.framework}: {outcome.label or outcome.outcome}"


def caveat(code: str) -> str:
    """A caveat in words."""
    return _CAVEATS.get(code, code)


def tables(outcome: OutcomeSummary) -> list[tuple[str, ByGrade]]:
    """What is told by grade, each with what it is of."""
    return [(what, table) for what, table in (("levels", outcome.levels), ("zones", outcome.zones)) if table]


def movements(outcome: OutcomeSummary) -> list[tuple[str, Movement]]:
    """From where to where people went, each with what of."""
    both = (("level", outcome.levels_moved), ("zone", outcome.zones_moved))
    return [(what, moved) for what, moved in both if moved]


def codes(outcome: OutcomeSummary) -> list[tuple[str, list[tuple[str, int | None]]]]:
    """What is said of some people and not of others, in words."""

    def listed(of: tuple[CodeCount, ...]) -> list[tuple[str, int | None]]:
        return [(caveat(one.code), one.people) for one in of]

    both = (("What is said in addition", listed(outcome.advice)), ("What is to be minded", listed(outcome.caveats)))
    return [(title, of) for title, of in both if of]


def _outcome(outcome: OutcomeSummary) -> dict[str, Any]:
    """An outcome with its charts."""
    from bandstand import charts  # noqa: PLC0415 - an extra

    shares = (("Criteria on which there is evidence", outcome.seen), ("What is recommended", outcome.actions))
    return {
        "id": f"{outcome.framework}.{outcome.outcome}",
        "of": outcome,
        "name": name_of(outcome),
        "by_grade": [(what, table, _by_grade(what, table)) for what, table in tables(outcome)],
        "moved": [(what, moved, _moved(what, moved)) for what, moved in movements(outcome)],
        "shares": [(title, parts, as_it_stands(charts.bars(parts))) for title, parts in shares if parts],
        "codes": codes(outcome),
    }


def _by_grade(what: str, table: ByGrade) -> str:
    from bandstand import charts  # noqa: PLC0415 - an extra

    grades = [", ".join(group.members) for group in table.groups]
    columns = [column.label for column in table.columns]
    cells = [group.counts for group in table.groups]
    return as_it_stands(charts.squares(("grade", grades), (what, columns), cells))


def _moved(what: str, moved: Movement) -> str:
    from bandstand import charts  # noqa: PLC0415 - an extra

    before, now = ([part.label for part in parts] for parts in (moved.before, moved.now))
    return as_it_stands(charts.squares((f"{what} before", before), (f"{what} now", now), moved.cells))
