"""Whom another version of a pack would move, as it is published: counts, and never people."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import BaseModel, ConfigDict

from bandstand.models.change import PackSide

#: What becomes of somebody under the new version; each person is counted in one of these.
Fate = Literal["lower", "higher", "result", "zone", "recommendation", "same"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Block(_Part):
    """People of whom the same is said: of one sort, or of several that are only told together.

    Attributes:
        fates: What becomes of them: `lower` and `higher` are of the level, `result` of what came out where there are no
            levels; `zone` is another zone at the same level, `recommendation` another recommendation and nothing else,
            `same` none of these.
        label: The same in words.
        people: How many they are: none, or at least the threshold.
    """

    fates: tuple[Fate, ...]
    label: str
    people: int


class Group(_Part):
    """People who have a grade or a school in common, or one of several.

    Attributes:
        members: Ids of the grades or schools; several are told together where one has too few people.
        people: How many they are, at least the threshold.
        counts: How many of them are in each column, in the columns' order; null where a number is withheld.
    """

    members: tuple[str, ...]
    people: int
    counts: tuple[int | None, ...]


class GroupTable(_Part):
    """What becomes of people by grade or by school.

    Attributes:
        columns: What becomes of them: blocks of the outcome, or several of those together where that withholds less.
        groups: Everybody, in groups.
    """

    columns: tuple[Block, ...]
    groups: tuple[Group, ...]


class Matrix(_Part):
    """How many people go from what to what.

    Attributes:
        of: Whether everybody is counted, or only those who stay at their level.
        values: The levels or zones, lowest first; null is no zone.
        cells: By what it was and then by what it is, in the order of `values`; null where a number is withheld.
    """

    of: Literal["all", "same_level"]
    values: tuple[int | str | None, ...]
    cells: tuple[tuple[int | None, ...], ...]


class OutcomeImpact(_Part):
    """What becomes of everybody who was evaluated for one outcome under both versions.

    Attributes:
        outcome: The outcome's id.
        label: What it is called.
        people: How many they are; None where they are fewer than the threshold, and nothing is said of them.
        blocks: What becomes of them.
        levels: From which level to which; None where there are none, or where it is withheld.
        zones: From which zone to which, likewise.
        grades: By grade; None where nothing is told of what becomes of people.
        schools: By school; None likewise, and where no school is given.
        notes: What is withheld, and why.
    """

    outcome: str
    label: str
    people: int | None
    blocks: tuple[Block, ...] = ()
    levels: Matrix | None = None
    zones: Matrix | None = None
    grades: GroupTable | None = None
    schools: GroupTable | None = None
    notes: tuple[str, ...] = ()


class Impact(_Part):
    """What `bandstand impact OLD NEW --json` writes.

    Attributes:
        old: The version that is compared with.
        new: The version that is compared.
        as_of: Evidence up to this date counts, under both.
        threshold: The least number of people of whom anything is said.
        engine: The engine that concluded.
        outcomes: What becomes of people, by what the framework was asked for.
        notes: What a reader should know.
    """

    old: PackSide
    new: PackSide
    as_of: dt.date
    threshold: int
    engine: Literal["plain", "both"]
    outcomes: tuple[OutcomeImpact, ...]
    notes: tuple[str, ...] = ()
