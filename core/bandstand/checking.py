"""Checks packs that were found, one check after the other, and puts together what came of it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from bandstand.checks.bench import Bench
from bandstand.checks.run import CHECKS, make
from bandstand.models.check import CheckDone, CheckListing, PackCheck
from bandstand.models.problem import by_place

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from bandstand.checks.run import NamedCheck
    from bandstand.found import FoundPack
    from bandstand.models.problem import Problem

#: What is seen to while a pack is read, before any check.
_LOADS = ("pack", "the pack's files are read, and hang together")


class Checking:
    """Some packs under way through the checks.

    Args:
        packs: In the order in which they are to be listed.
        strict: Whether warnings count as errors.
        quick: Whether the checks that take their time are left out.
        allowed: Codes of which warnings stay warnings although the rest count as errors.
    """

    def __init__(
        self,
        packs: Sequence[FoundPack],
        *,
        strict: bool = False,
        quick: bool = False,
        allowed: Collection[str] = (),
    ) -> None:
        self._packs = packs
        self._strict = strict
        self._allowed = allowed
        self._quick = quick
        self._done: list[PackCheck] = []

    @property
    def steps(self) -> int:
        """How many checks are to be made."""
        return len(self._packs) * len(CHECKS)

    def run(self) -> Iterator[NamedCheck]:
        """Make every check of every pack, and give each when it is made.

        Raises:
            EngineUnavailableError: There is no solver, and a check asks one.
        """
        for found in self._packs:
            bench = Bench(found.draft) if found.draft.pack is not None else None
            checks = [self._of(found, *_LOADS, found.draft.all_problems(), 0.0)]
            for check in CHECKS:
                if bench is None or (self._quick and check.is_deep):
                    checks.append(CheckDone(name=check.name, what=check.what, skipped=True))
                else:
                    begun = time.perf_counter()
                    problems = make(check, bench)
                    checks.append(self._of(found, check.name, check.what, problems, time.perf_counter() - begun))
                yield check
            self._done.append(_pack_check(found, checks))

    def listing(self) -> CheckListing:
        """What came of the checks that were made."""
        return CheckListing(strict=self._strict, allowed=tuple(self._allowed), packs=tuple(self._done))

    def _of(self, found: FoundPack, name: str, what: str, problems: Sequence[Problem], seconds: float) -> CheckDone:
        located = [self._weighed(found.located(problem)) for problem in problems]
        return CheckDone(name=name, what=what, seconds=round(seconds, 3), problems=tuple(by_place(located)))

    def _weighed(self, problem: Problem) -> Problem:
        if not self._strict or problem.code in self._allowed:
            return problem
        return problem.model_copy(update={"severity": "error"})


def _pack_check(found: FoundPack, checks: Sequence[CheckDone]) -> PackCheck:
    pack = found.draft.pack
    severities = [problem.severity for check in checks for problem in check.problems]
    return PackCheck(
        name=found.name,
        plugin=found.plugin,
        folder=found.folder,
        usable=all(problem.code != "unusable" for problem in found.draft.problems),
        criteria=len(pack.criteria) if pack else 0,
        rules=len(pack.rules) if pack else 0,
        examples=len(pack.examples) if pack else 0,
        errors=severities.count("error"),
        warnings=severities.count("warning"),
        checks=tuple(checks),
    )
