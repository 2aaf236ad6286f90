"""What a table of results comes to, as it is published: counts, and never people."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import BaseModel, ConfigDict

from bandstand.models.impact import Group


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Share(_Part):
    """People of whom the same is said: one thing, or one of several that are only told together.

    Attributes:
        members: What is said: levels, zones, actions, or classes of how much is seen.
        label: The same in words.
        people: How many they are: none, or at least the threshold.
    """

    members: tuple[str, ...]
    label: str
    people: int


class ByGrade(_Part):
    """How many people of each grade are where.

    Attributes:
        columns: Where everybody is, as counts; several are told together where one has too few people.
        groups: Everybody, in groups of one grade or several.
    """

    columns: tuple[Share, ...]
    groups: tuple[Group, ...]


class ZoneGroup(_Part):
    """How many people of a grade, or of several, are in each zone.

    Attributes:
        members: The grades.
        people: How many people they have.
        least: How many people are in each zone at the least, in the zones' order.
        exact: Whether they are no more than that: nothing is withheld of where these people are.
    """

    members: tuple[str, ...]
    people: int
    least: tuple[int, ...]
    exact: bool


class Zones(_Part):
    """How many people are in each zone, as far as that follows from what is told of levels.

    Attributes:
        zones: The zones; null is none.
        least: How many people are in each at the least.
        exact: Whether they are no more than that.
        groups: Likewise by grade.
    """

    zones: tuple[str | None, ...]
    least: tuple[int, ...]
    exact: bool
    groups: tuple[ZoneGroup, ...]


class Movement(_Part):
    """How many people have gone from where to where since an earlier day.

    Attributes:
        before: Where everybody was then.
        now: Where everybody is.
        cells: How many people, by where they were and then by where they are; null where a number is withheld.
    """

    before: tuple[Share, ...]
    now: tuple[Share, ...]
    cells: tuple[tuple[int | None, ...], ...]


class CodeCount(_Part):
    """Of how many people one thing of several is said.

    Attributes:
        code: What is said: of a caveat its code, with `basis:illustrative` and `basis:interpreted` for what rests on
            a value that the document does not state; or the id of an advice.
        label: The same in words.
        people: Of how many; null where that is withheld.
    """

    code: str
    label: str
    people: int | None


class OutcomeSummary(_Part):
    """What came out for one outcome of one framework.

    Attributes:
        framework: Id of the framework.
        outcome: Id of the outcome.
        label: What it is called, where the pack that was used is installed.
        purpose: What it was made for.
        as_of: Evidence up to this date counted.
        pack: Id and version of the pack that was used.
        pack_digest: Its digest.
        overlay_digest: That of the overlay, if there was one.
        people: How many they are; null where they are fewer than the threshold, and nothing is said of them.
        levels: Levels by grade; null where there are none, or where they are told of an outcome above.
        zones: Zones, by grade too; null likewise.
        seen: On what part of the criteria that apply to them there is evidence.
        actions: What is recommended.
        advice: What is said in addition.
        caveats: What is to be minded.
        levels_moved: From which level to which; null where no earlier day was named, or nobody has a level.
        zones_moved: From which zone to which, likewise, and where that would tell of a few.
        notes: What is withheld, and why.
    """

    framework: str
    outcome: str
    label: str | None
    purpose: str
    as_of: dt.date
    pack: str
    pack_digest: str
    overlay_digest: str | None
    people: int | None
    levels: ByGrade | None = None
    zones: Zones | None = None
    seen: tuple[Share, ...] = ()
    actions: tuple[Share, ...] = ()
    advice: tuple[CodeCount, ...] = ()
    caveats: tuple[CodeCount, ...] = ()
    levels_moved: Movement | None = None
    zones_moved: Movement | None = None
    notes: tuple[str, ...] = ()


class Summary(_Part):
    """What `bandstand summary RESULTS --json` writes.

    Attributes:
        results: The table, as it was named.
        threshold: The least number of people of whom anything is said.
        since: The earlier day that was compared with, if one was and the table says so.
        outcomes: What came out, by framework and outcome.
        decides: Who decides.
    """

    results: str
    threshold: int
    since: dt.date | None
    outcomes: tuple[OutcomeSummary, ...]
    decides: Literal["People decide; these are recommendations."] = "People decide; these are recommendations."
