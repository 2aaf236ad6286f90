"""Errors at the edge: what the user reads on standard error, and the exit code."""

from __future__ import annotations

import contextlib
import os
import sys
import traceback
from typing import TYPE_CHECKING, Final

import typer

from bandstand.errors import BandstandError, EngineError, EngineUnavailableError, ProblemsError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bandstand.models.problem import Problem

#: Exit codes, as docs/command-line.md and every command's help give them.
OK: Final = 0
FOUND: Final = 1
BAD_INPUT: Final = 2
REFUSED: Final = 3
DISAGREED: Final = 4
FAULT: Final = 70

_MOST_SHOWN = 50


@contextlib.contextmanager
def told(*, as_json: bool) -> Iterator[None]:
    """Problems are told in the form that was asked for, and the command leaves with the code of bad input."""
    try:
        yield
    except ProblemsError as error:
        say_problems(error.problems, as_json=as_json)
        raise typer.Exit(BAD_INPUT) from None


def report(error: Exception) -> int:
    """Say what went wrong and give the exit code."""
    match error:
        case ProblemsError(problems=problems):
            say_problems(problems)
            return BAD_INPUT
        case RefusedError():
            _say(f"Refused: {error}")
            return REFUSED
        case EngineError() | EngineUnavailableError():
            _say(f"The rules engine failed: {error}")
            return FAULT
        case BandstandError():
            _say(str(error))
            return BAD_INPUT
        case OSError():
            name = f"{error.filename}: " if error.filename else ""
            _say(f"{name}{error.strerror or error}. Check the path and its rights.")
            return BAD_INPUT
    if os.environ.get("BANDSTAND_TRACEBACK"):
        traceback.print_exception(error)
    _say(
        f"This is a fault of Bandstand: {type(error).__name__}: {error}. Nothing was changed. "
        "Run again with BANDSTAND_TRACEBACK=1 and report what it prints."
    )
    return FAULT


def say_problems(problems: Sequence[Problem], *, as_json: bool = False) -> None:
    """List problems on standard error, each with its remedy; as JSON they are all there."""
    if as_json:
        from bandstand.models.listing import ProblemListing  # noqa: PLC0415 - heavy, and --help needs none of it

        _say(ProblemListing(problems=tuple(problems)).model_dump_json(indent=2))
        return
    for problem in problems[:_MOST_SHOWN]:
        _say(str(problem))
    if len(problems) > _MOST_SHOWN:
        _say(f"… and {len(problems) - _MOST_SHOWN} more; --json gives them all.")
    _say("One problem." if len(problems) == 1 else f"{len(problems)} problems.")


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
