"""JUnit's XML: a suite for each pack, a test case for each check, as build servers show it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bandstand.models.check import CheckDone, CheckListing, PackCheck
    from bandstand.models.problem import Problem

#: What XML 1.0 cannot hold, however it is written.
_NO_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(listing: CheckListing) -> str:
    """The document: an error is a failure, a warning is a case's output, what cannot be looked into is an error."""
    suites = Element("testsuites", name="bandstand check")
    for pack in listing.packs:
        suite = SubElement(suites, "testsuite", {"name": _text(pack.name), **_counts(pack)})
        for check in pack.checks:
            _case(suite, pack, check)
    indent(suites)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(suites, encoding="unicode")}\n'


def _counts(pack: PackCheck) -> dict[str, str]:
    failing = [check for check in pack.checks if _errors(check)]
    unusable = 0 if pack.usable else len(failing)
    return {
        "tests": str(len(pack.checks)),
        "failures": str(len(failing) - unusable),
        "errors": str(unusable),
        "skipped": str(sum(check.skipped for check in pack.checks)),
        "time": f"{pack.seconds:.3f}",
    }


def _case(suite: Element, pack: PackCheck, check: CheckDone) -> None:
    name = f"{check.name}: {check.what}"
    case = SubElement(suite, "testcase", classname=_text(pack.name), name=name, time=f"{check.seconds:.3f}")
    if check.skipped:
        SubElement(case, "skipped")
    errors = _errors(check)
    warnings = [problem for problem in check.problems if problem.severity == "warning"]
    if errors:
        failure = SubElement(case, "failure" if pack.usable else "error", type=errors[0].code)
        failure.set("message", _text(errors[0].message if len(errors) == 1 else f"{len(errors)} problems"))
        failure.text = _listed(errors)
    if warnings:
        SubElement(case, "system-out").text = _listed(warnings)


def _errors(check: CheckDone) -> list[Problem]:
    return [problem for problem in check.problems if problem.severity == "error"]


def _listed(problems: Iterable[Problem]) -> str:
    return _text("\n".join(line for problem in problems for line in _lines(problem)))


def _lines(problem: Problem) -> Iterable[str]:
    where = problem.place.file if problem.place.line is None else f"{problem.place.file}:{problem.place.line}"
    yield f"{where}: {problem.code}: {problem.message} {problem.remedy}".rstrip()
    yield from (f"    {line}" for line in problem.counter_example)


def _text(text: str) -> str:
    return _NO_XML.sub("\ufffd", text)
