"""What is counted of a part of the input."""

from __future__ import annotations

import dataclasses
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from bandstand.interop.versions import Gone


@dataclass(slots=True)
class Tally:
    """What is counted of a part of the input.

    Attributes:
        read: Rows.
        rejected: Rows that could not be read.
        people: People with evidence who were evaluated.
        listed: How many of them are on the staff list.
        barred: People with evidence who were not, as their row of the staff list could not be read.
        newest: The newest day of which there is a good record, in days since 1970-01-01.
        frameworks: How many good rows are for each framework.
        others: Fields that are no columns of evidence, by the file's position.
        gone: What was left out, being of another version's time and about what is there no more.
        written: Rows of results.
    """

    read: int = 0
    rejected: int = 0
    people: int = 0
    listed: int = 0
    barred: int = 0
    newest: int | None = None
    frameworks: Counter[str] = field(default_factory=Counter)
    others: dict[int, list[str]] = field(default_factory=dict)
    gone: Gone = field(default_factory=Gone)
    written: int = 0

    def add(self, other: Tally) -> None:
        """Add what was counted of another part."""
        for name in ("read", "rejected", "people", "listed", "barred", "written"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.see(other.newest)
        self.frameworks.update(other.frameworks)
        self.gone.add(other.gone)
        for file, names in other.others.items():
            self.others[file] = sorted({*self.others.get(file, ()), *names})

    def see(self, day: int | None) -> None:
        """Take note of a day."""
        if day is not None:
            self.newest = day if self.newest is None else max(self.newest, day)

    def as_json(self) -> dict[str, Any]:
        """The same as JSON has it."""
        own = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        gone = [[pair, list(self.gone.names[pair]), counts] for pair, counts in self.gone.counts.items()]
        return {**own, "frameworks": dict(sorted(self.frameworks.items())), "gone": gone}

    @classmethod
    def of_json(cls, content: dict[str, Any]) -> Tally:
        """The same of what JSON has."""
        others = {int(file): names for file, names in content["others"].items()}
        gone = Gone(
            {tuple(pair): dict.fromkeys(names) for pair, names, _ in content["gone"]},
            {tuple(pair): (whole, part) for pair, _, (whole, part) in content["gone"]},
        )
        return cls(**{**content, "frameworks": Counter(content["frameworks"]), "others": others, "gone": gone})
