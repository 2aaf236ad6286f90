"""What to mind about each row: the codes of the caveats that the recommendation of that person carries."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from bandstand.cohort.paths import shaky_grounds
from bandstand.cohort.table import listed
from bandstand.models.finding import State
from bandstand.models.provenance import Basis
from bandstand.models.recommendation import FLAGGED, NOT_GIVEN
from bandstand.rules.base import ground

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy.typing as npt
    import pyarrow as pa

    from bandstand.cohort.answers import Answers, Pick
    from bandstand.cohort.ask import Ask
    from bandstand.cohort.batch import Ints
    from bandstand.cohort.facts import Profiles
    from bandstand.cohort.grid import Flags
    from bandstand.cohort.kernel import Standing
    from bandstand.models.clauses import Fact
    from bandstand.models.evidence import Person
    from bandstand.models.provenance import Ground

_PROVISIONAL: Final = np.uint8(1 << State.PROVISIONAL)


class Minding:
    """Finds the caveats of an outcome, as :mod:`bandstand.engine.recommend` words them.

    The table has no next steps where an outcome has no levels, and so no caveat about how they were chosen; and one
    engine concluded, which is said of the table as a whole.

    Args:
        ask: What is asked.
        answers: What conclusions come to.
        unread: Positions of the criteria that no rule reads.
    """

    def __init__(self, ask: Ask, answers: Answers, unread: Sequence[int]) -> None:
        pack = ask.pack
        self._framework, self._outcome = pack.framework, pack.outcomes[ask.outcome]
        self._answers, self._unread = answers, list(unread)
        self._asked = [asked for asked in pack.asked_for(self._outcome) if asked.needed]
        settings = {**pack.settings, **ask.settings}
        self._confirmed = frozenset(
            ground(asked)
            for asked in pack.framework.facts
            if asked.of == "trust" and asked.is_answered(settings.get(asked.id))
        )
        self._valid = pack.is_valid(ask.as_of)

    def caveats(
        self,
        standings: Sequence[Standing],
        headline: npt.NDArray[np.int8],
        pick: Pick,
        profiles: Profiles,
        profile: Ints,
        nothing_counts: Flags,
    ) -> pa.ListArray:
        """The column of caveats.

        Args:
            standings: What each view says.
            headline: Position of the view that each row goes by.
            pick: What was concluded there.
            profiles: What is known of people.
            profile: Position of each person's profile.
            nothing_counts: Who has evidence and none that counts.
        """
        size = len(headline)
        # In one order, whoever else is in the batch: what rests on what is found in an order that depends on them.
        found: dict[str, Flags] = {f"basis:{basis}": np.zeros(size, np.bool_) for basis in Basis}
        for one, who in self._grounds(standings, headline, pick):
            if not one.is_firm and who.any():
                code = f"basis:{one.basis}"
                found[code] = found[code] | who
        if not ground(self._framework.findings).is_firm:
            found[f"basis:{self._framework.findings.basis}"] = np.ones(size, np.bool_)
        found["one-view"] = headline > 0
        found["provisional"], found["not-read"] = self._of_findings(standings, headline)
        found["nothing-counts"] = nothing_counts
        found |= self._of_people(profiles, profile)
        if not self._valid:
            found["validity"] = np.ones(size, np.bool_)
        there = {code: who for code, who in found.items() if who.any()}
        return listed(list(there.values()), list(there), size)

    def _grounds(
        self, standings: Sequence[Standing], headline: npt.NDArray[np.int8], pick: Pick
    ) -> Iterator[tuple[Ground, Flags]]:
        for at, standing in enumerate(standings):
            who = headline == at
            if who.any():
                yield from shaky_grounds(standing.run, self._outcome.named, who, self._confirmed)
        yield from self._answers.action_grounds(pick)

    def _of_findings(self, standings: Sequence[Standing], headline: npt.NDArray[np.int8]) -> tuple[Flags, Flags]:
        """Whose findings wait to be agreed; and of whom there is evidence that no rule reads."""
        provisional, unread = np.zeros(len(headline), np.bool_), np.zeros(len(headline), np.bool_)
        for at, standing in enumerate(standings):
            who = headline == at
            # What does not apply to somebody is never provisional, whatever there is of it.
            provisional |= who & (np.bitwise_or.reduce(standing.sight.bits, axis=0) & _PROVISIONAL != 0)
            if self._unread:
                unread |= who & standing.evidenced[self._unread].any(axis=0)
        return provisional, unread

    def _of_people(self, profiles: Profiles, profile: Ints) -> dict[str, Flags]:
        found = {}
        if self._outcome.zone is not None and self._framework.grades:
            found["no-grade"] = profiles.tells("no-grade", lambda _, facts: facts["grade"] is None, profile)
        for asked in self._asked:
            code = NOT_GIVEN + asked.id
            found[code] = profiles.tells(code, partial(_is_not_given, asked.id), profile)
        for flag in self._framework.flags:
            code = FLAGGED + flag.id
            found[code] = profiles.tells(code, partial(_has_flag, flag.id), profile)
        return found


def _is_not_given(fact: str, person: Person, facts: Mapping[str, Fact]) -> bool:
    del person
    return facts[fact] is None


def _has_flag(flag: str, person: Person, facts: Mapping[str, Fact]) -> bool:
    del facts
    return flag in person.flags
