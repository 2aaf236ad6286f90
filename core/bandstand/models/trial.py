"""What running a pack's examples gives: what came out otherwise than expected, and what no example shows."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

EngineChoice = Literal["both", "plain"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Failure(_Part):
    """An example that does not hold.

    Attributes:
        file: The file that it stands in, as an editor finds it.
        line: Its line there.
        example: Its sentence.
        engines: By which engines: `both`, durable-rules and the plain engine, which must agree; `plain`, that alone.
        differences: What came out otherwise than expected, a sentence each.
    """

    file: str
    line: int | None
    example: str
    engines: tuple[EngineChoice, ...]
    differences: tuple[str, ...]


class Untried(_Part):
    """Something that can happen and that no example shows.

    Attributes:
        rule: Id of the rule.
        kind: What it is of: a clause, a row of a decision table, a condition.
        wanted: Whether an example is wanted in which it happens, or one in which it does not.
        text: What is missing, in words.
        file: The file of the rule, as an editor finds it.
        line: The line there of the part of the rule that it is in.
    """

    rule: str
    kind: Literal["clause", "row", "condition"]
    wanted: bool
    text: str
    file: str
    line: int | None


class RuleCoverage(_Part):
    """How much of a rule the examples show.

    Attributes:
        rule: Its id.
        label: What it is called.
        covered: How many of the things that can happen some example shows.
        possible: How many there are: each clause that concludes and does not, each row that is hit and is not, each
            condition that holds and does not.
    """

    rule: str
    label: str
    covered: int
    possible: int


class PackTrial(_Part):
    """What running one pack's examples gives.

    Attributes:
        framework: The framework's id.
        version: The pack's version.
        folder: The pack's folder.
        examples: How many were run.
        engines: By which engines.
        failures: The examples that do not hold, in the order of the files.
        percent: Share of what can happen that some example shows, rounded down to a tenth.
        rules: The same by rule.
        untried: What no example shows.
        solver: Whether a solver took out what can never happen; else only what is obvious was.
    """

    framework: str
    version: str
    folder: str
    examples: int
    engines: tuple[EngineChoice, ...]
    failures: tuple[Failure, ...]
    percent: float
    rules: tuple[RuleCoverage, ...]
    untried: tuple[Untried, ...]
    solver: bool

    @property
    def covered(self) -> int:
        """How many of the things that can happen some example shows."""
        return sum(rule.covered for rule in self.rules)

    @property
    def possible(self) -> int:
        """How many there are."""
        return sum(rule.possible for rule in self.rules)


class TrialListing(_Part):
    """What `bandstand test --json` writes."""

    packs: tuple[PackTrial, ...]
