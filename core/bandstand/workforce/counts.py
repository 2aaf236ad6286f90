"""Counts what a table of results holds, by outcome; no row of it comes to Python."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from bandstand.errors import NotFoundError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from bandstand.workforce.table import ResultsTable

_KEY: Final = "framework, outcome"
#: On what part of the criteria that apply there is evidence, least first, with the condition by which it is told.
SEEN: Final = {
    "nothing": "seen = 0",
    "up to a quarter": "seen * 4 <= criteria",
    "up to half": "seen * 2 <= criteria",
    "up to three quarters": "seen * 4 <= criteria * 3",
    "more, but not all": "seen < criteria",
    "all": "true",
}
_SEEN: Final = " ".join(f"WHEN {condition} THEN '{name}'" for name, condition in SEEN.items())


class Pinned(NamedTuple):
    """What is the same for everybody of one outcome."""

    purpose: str
    as_of: dt.date
    pack: str
    pack_digest: str
    overlay_digest: str | None


@dataclass(slots=True)
class Counts:
    """The exact counts of one outcome; they are for nobody's eyes.

    Attributes:
        pinned: What is the same for everybody.
        places: By grade, level and zone.
        seen: By the part of the criteria that there is evidence on.
        actions: By what is recommended.
        advice: Of how many each advice is said in addition.
        caveats: Of how many each caveat is said.
        levels_moved: By the level at the earlier day and the level.
        zones_moved: By the zone at the earlier day and the zone.
        same: Of level, zone and action, what is that of an outcome before this one, so that both tell of the same
            people.
    """

    pinned: Pinned
    places: Counter[tuple[str | None, int | None, str | None]] = field(default_factory=Counter)
    seen: Counter[str] = field(default_factory=Counter)
    actions: Counter[str] = field(default_factory=Counter)
    advice: Counter[str] = field(default_factory=Counter)
    caveats: Counter[str] = field(default_factory=Counter)
    levels_moved: Counter[tuple[int, int]] = field(default_factory=Counter)
    zones_moved: Counter[tuple[str | None, str | None]] = field(default_factory=Counter)
    same: set[str] = field(default_factory=set)

    @property
    def has_levels(self) -> bool:
        """Whether anybody has a level, be it that none is held."""
        return any(level is not None for _, level, _ in self.places)

    @property
    def has_zones(self) -> bool:
        """Whether anybody is in a zone."""
        return any(zone is not None for _, _, zone in self.places)

    @property
    def people(self) -> int:
        """How many people there are."""
        return self.seen.total()


def count(table: ResultsTable, threshold: int) -> dict[tuple[str, str], Counts]:
    """The counts of each outcome, by the framework and the outcome.

    Args:
        table: The results.
        threshold: Outcomes whose levels, zones or actions differ for fewer people than this have the same.

    Raises:
        NotFoundError: The table holds somebody twice, or several runs.
    """
    found = {key: Counts(pinned) for key, pinned in _pinned(table)}
    for name, expressions, condition in (
        ("places", "grade, level, zone", "true"),
        ("seen", f"CASE {_SEEN} END", "true"),
        ("actions", "action", "true"),
        ("levels_moved", "level_before, level", "level IS NOT NULL AND level_before IS NOT NULL"),
        ("zones_moved", "zone_before, zone", "level_before IS NOT NULL OR zone_before IS NOT NULL"),
    ):
        for framework, outcome, *what, people in table.ask(
            f"SELECT *, count(*) FROM (SELECT {_KEY}, {expressions} FROM results WHERE {condition}) "  # noqa: S608 - of ours
            "GROUP BY ALL ORDER BY ALL"
        ):
            getattr(found[framework, outcome], name)[tuple(what) if len(what) > 1 else what[0]] = people
    for name, column in (("advice", "notes"), ("caveats", "caveats")):
        # Lists that are alike are put together first: there are few, and taking lists apart is slow.
        for framework, outcome, said, people in table.ask(
            f"SELECT *, count(*) FROM (SELECT {_KEY}, {column} FROM results) GROUP BY ALL"  # noqa: S608 - of ours
        ):
            getattr(found[framework, outcome], name).update(dict.fromkeys(said, people))
    _mark_the_same(table, found, threshold)
    return found


def _pinned(table: ResultsTable) -> Iterator[tuple[tuple[str, str], Pinned]]:
    pins = ", ".join(Pinned._fields)
    runs = table.ask(f"SELECT {_KEY}, {pins} FROM results GROUP BY ALL ORDER BY ALL")  # noqa: S608 - of ours
    known: set[tuple[str, str]] = set()
    for framework, outcome, *values in runs:
        if (framework, outcome) in known:
            raise NotFoundError(
                f"{table.path} holds several runs: {framework}, {outcome}, was evaluated for several purposes, at "
                "several days, or under several packs. Sum up the results of one run."
            )
        known.add((framework, outcome))
        yield (framework, outcome), Pinned(*values)


def _mark_the_same(table: ResultsTable, found: dict[tuple[str, str], Counts], threshold: int) -> None:
    """See which outcomes of a framework have the same levels, zones or actions of all but a few people."""
    keys = list(found)
    for at, later in enumerate(keys):
        for earlier in keys[:at]:
            if earlier[0] != later[0]:
                continue
            for what in ("level", "zone", "action"):
                if what not in found[later].same and _may_be_same(found[earlier], found[later], what):
                    differ, both = _differing(table, earlier, later, what)
                    if both and differ < threshold:
                        found[later].same.add(what)


def _may_be_same(one: Counts, other: Counts, what: str) -> bool:
    """Whether two outcomes have any value in common, without which no row can be the same."""
    if what == "action":
        return not one.actions.keys().isdisjoint(other.actions)
    either = [
        {level if what == "level" else zone for _, level, zone in counts.places} - {None} for counts in (one, other)
    ]
    return not either[0].isdisjoint(either[1])


def _differing(table: ResultsTable, one: tuple[str, str], other: tuple[str, str], what: str) -> tuple[int, int]:
    """How many of those whom two outcomes have in common differ, and how many these are."""
    ((differ, both),) = table.ask(
        f"SELECT count(*) FILTER (a.{what} IS DISTINCT FROM b.{what}), count(*) "  # noqa: S608 - of ours
        "FROM results a JOIN results b USING (person) "
        "WHERE a.framework = ? AND a.outcome = ? AND b.framework = ? AND b.outcome = ?",
        [*one, *other],
    )
    return int(differ), int(both)
