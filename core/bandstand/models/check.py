"""What checking packs gives: of each pack, what each check found."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from bandstand.models.problem import Problem


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CheckDone(_Part):
    """One check of one pack.

    Attributes:
        name: Its name, as `tables`.
        what: What it sees to, as a phrase.
        skipped: Whether it was not made, as the pack has problems that keep it from being loaded, or a quick check was
            asked for.
        seconds: How long it took.
        problems: What it found, sorted by place.
    """

    name: str
    what: str
    skipped: bool = False
    seconds: float = 0.0
    problems: tuple[Problem, ...] = ()


class PackCheck(_Part):
    """Every check of one pack.

    Attributes:
        name: The framework's id and the pack's version; of a pack that cannot be loaded, what it was asked for by.
        plugin: Name of the plugin that brings it, if one does.
        folder: Where it is.
        usable: Whether it could be looked into at all; a plugin that cannot be loaded is not.
        criteria: How many things are found met or not.
        rules: How many rules it has.
        examples: How many examples it has.
        errors: How many problems have to be mended.
        warnings: How many need not.
        checks: The checks, in the order in which they are made.
    """

    name: str
    plugin: str | None
    folder: str
    usable: bool
    criteria: int
    rules: int
    examples: int
    errors: int
    warnings: int
    checks: tuple[CheckDone, ...]

    @property
    def seconds(self) -> float:
        """How long all of it took."""
        return sum(check.seconds for check in self.checks)

    @property
    def problems(self) -> list[Problem]:
        """Everything that was found, check by check."""
        return [problem for check in self.checks for problem in check.problems]


class CheckListing(_Part):
    """What `bandstand check --json` writes.

    Attributes:
        strict: Whether warnings are counted, and given, as errors.
        allowed: Codes of which warnings stay warnings all the same.
        packs: In the order in which they were named or found.
    """

    strict: bool
    allowed: tuple[str, ...] = ()
    packs: tuple[PackCheck, ...]
