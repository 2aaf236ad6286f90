"""What the evidence shows for one criterion."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class Claim(StrEnum):
    """A point on a criterion's scale, as one piece of evidence claims it; least first."""

    NOT_MET = "not_met"
    PARTLY_MET = "partly_met"
    MET = "met"


class Finding(StrEnum):
    """What the evidence shows for one criterion, as it is published."""

    MET = "met"
    PARTLY_MET = "partly_met"
    NOT_MET = "not_met"
    NOT_EVIDENCED = "not_evidenced"
    NOT_APPLICABLE = "not_applicable"


class State(IntEnum):
    """A finding as the engines hold it: a small integer.

    ``PROVISIONAL`` is a claim above what its source may reach unmoderated. It is published as the finding that it may
    reach, marked provisional; the engines keep it apart, because a claim that waits to be agreed is not a shortfall.
    """

    NOT_EVIDENCED = 0
    NOT_MET = 1
    PARTLY_MET = 2
    MET = 3
    NOT_APPLICABLE = 4
    PROVISIONAL = 5


CLAIM_STATES = {Claim.NOT_MET: State.NOT_MET, Claim.PARTLY_MET: State.PARTLY_MET, Claim.MET: State.MET}

#: A criterion in one of these states does not stand in the way of anything.
SETTLED_STATES = frozenset({State.MET, State.NOT_APPLICABLE})

#: A criterion in one of these states was looked at and found wanting; silence is not among them.
SHORT_STATES = frozenset({State.NOT_MET, State.PARTLY_MET})
