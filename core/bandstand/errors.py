"""The exceptions of Bandstand: each carries problems, which the edge renders."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bandstand.models.problem import Problem


class BandstandError(Exception):
    """The parent of every exception that Bandstand raises on purpose."""


class ProblemsError(BandstandError):
    """A pack or an input has problems; ``problems`` holds them all, sorted by place."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        from bandstand.models.problem import by_place  # noqa: PLC0415 - heavy, and loaded where there are problems

        self.problems: tuple[Problem, ...] = tuple(by_place(problems))
        super().__init__("\n".join(map(str, self.problems)))

    def __reduce__(self) -> tuple[type[ProblemsError], tuple[tuple[Problem, ...]]]:
        """Another process gets the problems, and not the message alone."""
        return type(self), (self.problems,)


class RefusedError(BandstandError):
    """The framework does not serve what was asked of it; the message gives the source of the refusal."""


class ExpiredError(RefusedError):
    """The framework is not valid at the as-of date, and the trust refuses that; the message says what to do."""


class NotFoundError(BandstandError):
    """A framework, criterion or person was asked for that is not there; the message suggests the nearest."""


class RunError(BandstandError):
    """A run over a workforce could not be finished on this machine; the message says what to do."""


class StartError(BandstandError):
    """A new framework cannot be written under this name or into this folder; the message says what to do instead."""


class EngineUnavailableError(BandstandError):
    """An engine cannot be used on this machine; the message says how to make it usable."""


class EngineError(BandstandError):
    """An engine failed in the middle of an evaluation, or its rules contradict one another."""
