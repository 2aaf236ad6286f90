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
    reach, marked provisional. ``SAID_PARTLY_MET`` and ``SAID_NOT_MET`` are claims below the top from a source that does
    not count in full, and are published as what they say. The engines keep all three apart, because what nobody has
    agreed is neither met nor a shortfall.
    """

    NOT_EVIDENCED = 0
    NOT_MET = 1
    PARTLY_MET = 2
    MET = 3
    NOT_APPLICABLE = 4
    PROVISIONAL = 5
    SAID_PARTLY_MET = 6
    SAID_NOT_MET = 7


CLAIM_STATES = {Claim.NOT_MET: State.NOT_MET, Claim.PARTLY_MET: State.PARTLY_MET, Claim.MET: State.MET}

#: A criterion in one of these states does not stand in the way of anything.
SETTLED_STATES = frozenset({State.MET, State.NOT_APPLICABLE})

#: The state of a claim from a source that does not count in full, where it says no more than the source may reach.
SAID_STATES = {Claim.NOT_MET: State.SAID_NOT_MET, Claim.PARTLY_MET: State.SAID_PARTLY_MET, Claim.MET: State.MET}

#: A criterion in one of these states was judged by evidence that counts in full.
FULL_STATES = frozenset({State.NOT_MET, State.PARTLY_MET, State.MET})

#: A criterion in one of these states was found wanting by evidence that counts in full; silence is not among them.
SHORT_STATES = frozenset({State.NOT_MET, State.PARTLY_MET})
