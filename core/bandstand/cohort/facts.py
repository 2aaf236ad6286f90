"""Facts about people as columns: each is known of a profile, and looked up by everybody's profile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bandstand.engine.facts import person_facts, text_of
from bandstand.engine.plain import TRUE, fact_verdict

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence

    from bandstand.cohort.ask import Ask
    from bandstand.cohort.batch import Ints
    from bandstand.cohort.grid import Flags
    from bandstand.models.clauses import Fact, FactCompares, FactIs, FactKnown
    from bandstand.models.evidence import Person

    FactCondition = FactIs | FactKnown | FactCompares
    _Test = Callable[[Person, dict[str, Fact]], bool]


class Profiles:
    """What rules may know of each profile, as at one day.

    Args:
        ask: What is asked.
        as_of: The day.
    """

    def __init__(self, ask: Ask, as_of: dt.date) -> None:
        self._ask, self._as_of = ask, as_of
        self._settings = {**ask.pack.settings, **ask.settings}
        self._people: list[Person] = []
        self._facts: list[dict[str, Fact]] = []
        self._flags: dict[object, Flags] = {}
        self.grades: list[str | None] = []
        self.stages: list[str | None] = []

    def learn(self, profiles: Sequence[Person]) -> None:
        """Take in what is new among ``profiles``, which begin with those that are known."""
        fresh = profiles[len(self._people) :]
        self._people.extend(fresh)
        ask = self._ask
        for person in fresh:
            facts = person_facts(ask.pack, person, ask.purpose, self._as_of, self._settings)
            self._facts.append(facts)
            self.grades.append(text_of(facts["grade"]))
            self.stages.append(text_of(facts["career_stage"]))
        if fresh:
            self._flags.clear()

    def holds(self, condition: FactCondition, profile: Ints) -> Flags:
        """Whether a condition on a fact holds, for people by their profiles: shape (people,)."""
        return self.tells(condition, lambda _, facts: fact_verdict(condition, facts) == TRUE, profile)

    def in_views(self, condition: FactCondition, views: Sequence[str]) -> Flags:
        """Whether a condition on the view holds in each of some views: shape (views,)."""
        return np.array([fact_verdict(condition, {"view": view}) == TRUE for view in views])

    def tells(self, key: object, test: _Test, profile: Ints) -> Flags:
        """What a test says of people by their profiles, kept by ``key``: shape (people,)."""
        if key not in self._flags:
            told = [test(person, facts) for person, facts in zip(self._people, self._facts, strict=True)]
            self._flags[key] = np.array(told, np.bool_)
        return self._flags[key].take(profile)
