"""What running examples gives, as a terminal shows it."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from rich.text import Text

from bandstand import words
from bandstand.cli.console import new_console, new_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from bandstand.models.trial import PackTrial

_ENGINES = {"both": "durable-rules and the plain engine together", "plain": "the plain engine alone"}


def trials(results: Sequence[PackTrial], *, uncovered: bool, least: float | None) -> None:
    """Each pack: its failures, how much of each rule its examples show, and with ``uncovered`` what none does."""
    console = new_console()
    for result in results:
        _pack(result, console, uncovered=uncovered, least=least)


def _pack(result: PackTrial, console: Console, *, uncovered: bool, least: float | None) -> None:
    for failure in result.failures:
        by = "" if len(failure.engines) == len(result.engines) else f" (by {_ENGINES[failure.engines[0]]})"
        console.print(Text(f"{failure.file}:{failure.line}: {failure.example}{by}", style="bold red"), soft_wrap=True)
        for difference in failure.differences:
            console.print(f"  {difference}", soft_wrap=True)
    table = new_table("Rule", "What it is", "Seen", "Of", "Share")
    for rule in result.rules:
        share = _share(rule.covered, rule.possible)
        table.add_row(rule.rule, rule.label, str(rule.covered), str(rule.possible), share)
    console.print(table)
    if uncovered:
        for rule, missing in groupby(result.untried, key=lambda item: item.rule):
            console.print(Text(rule, style="bold"))
            for item in missing:
                console.print(f"  {item.file}:{item.line}: {item.text}", soft_wrap=True)
    console.print(Text(_summary(result, least), style="bold"), soft_wrap=True)


def _summary(result: PackTrial, least: float | None) -> str:
    failed = len({(failure.file, failure.line) for failure in result.failures})
    held = "all as expected" if not failed else f"{failed} not as expected"
    how = "durable-rules and plain" if "both" in result.engines else "plain alone, as durable-rules is not installed"
    shown = f"coverage {result.percent:g} % ({result.covered:,} of {result.possible:,} things that its rules can do)"
    too_little = "" if least is None or result.percent >= least else f", which is less than {least:g} %"
    examples = words.count(result.examples, "example")
    return f"{result.framework} {result.version}: {examples} by {how}, {held}; {shown}{too_little}."


def _share(covered: int, possible: int) -> str:
    return f"{100 * covered // possible} %" if possible else "–"
