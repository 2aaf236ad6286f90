"""Workflow commands of GitHub Actions: an annotation for each problem, beside its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bandstand.models.check import CheckListing
    from bandstand.models.problem import Problem


def github(listing: CheckListing) -> str:
    """A line for each problem; nothing where there is none."""
    problems = [problem for pack in listing.packs for problem in pack.problems]
    return "".join(f"{_command(problem)}\n" for problem in problems)


def _command(problem: Problem) -> str:
    fields = {"file": problem.place.file, "line": problem.place.line, "title": problem.code}
    given = ",".join(f"{name}={_property(str(value))}" for name, value in fields.items() if value is not None)
    shown = ("Shown by:", *problem.counter_example) if problem.counter_example else ()
    lines = (f"{problem.message} {problem.remedy}".strip(), *shown)
    return f"::{problem.severity} {given}::{_data(chr(10).join(lines))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
