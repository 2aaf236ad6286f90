"""The machine's tree of what was asked, seen and concluded."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import BaseModel, ConfigDict

from bandstand.models.clauses import Value
from bandstand.models.finding import Finding
from bandstand.models.provenance import Ground


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Seen(_Part):
    """What a condition looked at: a finding with the evidence that it goes by, or a value.

    Attributes:
        finding: For a criterion, what the evidence shows.
        provisional: Whether the evidence claims more than its source may reach before it is agreed.
        evidence: Id of the evidence that the finding goes by.
        date: Its date.
        source: Its source.
        value: For a conclusion, a fact or a measure, its value (several words of one fact are joined by commas).
    """

    finding: Finding | None = None
    provisional: bool = False
    evidence: str | None = None
    date: dt.date | None = None
    source: str | None = None
    value: Value | float = None


class TracedCondition(_Part):
    """One condition of a clause that concluded: what it asked, what it saw, and whether it held."""

    asks: str
    subject: str
    verdict: Literal["true", "false", "unknown"]
    saw: Seen


class TracedFiring(_Part):
    """One firing of the rules engine: its place among the firings of the run, from 1, and the condition it fired for.

    ``condition`` is the place, from 0, among the conclusion's conditions, where any of them is enough.
    """

    number: int
    condition: int | None = None


class TriedClause(_Part):
    """A clause that did not hold: what it would have concluded, and each of its conditions.

    Attributes:
        value: What it would have concluded.
        needs: How many of the conditions it needs.
        grounds: Its sources and bases.
        conditions: All of them, whether they held or not.
    """

    value: Value
    needs: str
    grounds: tuple[Ground, ...]
    conditions: tuple[TracedCondition, ...]


class TracedConclusion(_Part):
    """What one rule concluded, and everything that it rests on.

    Attributes:
        name: The conclusion's name.
        label: What it is, in words.
        value: What was concluded.
        rule: Id of the rule.
        needs: How many of the conditions were needed: ``all``, ``any``, a number, or ``none`` when no clause concluded
            and the value is the conclusion's default.
        grounds: Sources and bases of the clause.
        conditions: All conditions of the clause, whether they held or not.
        firings: What fired for it; empty when only the plain engine ran.
        tried: Where no clause concluded, those that could have, and why they did not.
    """

    name: str
    label: str
    value: Value
    rule: str
    needs: str
    grounds: tuple[Ground, ...]
    conditions: tuple[TracedCondition, ...]
    firings: tuple[TracedFiring, ...]
    tried: tuple[TriedClause, ...] = ()


class LeftOut(_Part):
    """Evidence that did not count, and why."""

    evidence: str
    date: dt.date
    reason: Literal["too_old", "after_as_of", "later_review"]


class Trace(_Part):
    """The trace of one evaluation: every conclusion on the view that the recommendation uses.

    Attributes:
        view: Id of that view.
        conclusions: In the order in which they can be concluded: what is read comes before what reads it.
        left_out: Evidence that did not count.
    """

    view: str
    conclusions: tuple[TracedConclusion, ...]
    left_out: tuple[LeftOut, ...]
