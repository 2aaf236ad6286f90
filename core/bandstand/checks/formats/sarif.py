"""SARIF 2.1.0: what checks found, as code hosts and editors show it beside the lines."""

from __future__ import annotations

import json
from pathlib import PurePath, PurePosixPath
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from bandstand import __version__
from bandstand.codes import registry

if TYPE_CHECKING:
    from bandstand.codes import Entry
    from bandstand.models.check import CheckListing, PackCheck
    from bandstand.models.problem import Place, Problem

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif(listing: CheckListing, docs: str | None = None) -> str:
    """The document.

    Args:
        listing: What checks found.
        docs: Address of the published manual, where there is one: each rule then leads to the page of its code.
    """
    found = [
        (pack, check.name, problem) for pack in listing.packs for check in pack.checks for problem in check.problems
    ]
    codes = sorted({problem.code for _, _, problem in found})
    driver = {"name": "Bandstand", "version": __version__, "rules": [_rule(code, docs) for code in codes]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"SRCROOT": {"description": {"text": "The folder in which the check was made."}}},
        "invocations": [{"executionSuccessful": all(pack.usable for pack in listing.packs)}],
        "results": [_result(pack, check, problem, codes.index(problem.code)) for pack, check, problem in found],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2) + "\n"


def entry_of(code: str) -> Entry | None:
    """What the registry says of a code in packs; None for one that a plugin's kind of rule brings."""
    entries = {entry.of: entry for entry in registry().get(code, ())}
    return entries.get("check") or entries.get("pack")


def _rule(code: str, docs: str | None) -> dict[str, Any]:
    rule: dict[str, Any] = {"id": code}
    entry = entry_of(code)
    if entry is None:
        return rule
    text = f"{entry.means} {entry.remedy}"
    rule |= {
        "shortDescription": {"text": entry.means},
        "help": {"text": text, "markdown": text},
        "defaultConfiguration": {"level": entry.severity},
    }
    if entry.wrong is not None and entry.mended is not None:
        shown = (
            f"{title}:\n\n```yaml\n{lines.rstrip()}\n```"
            for title, lines in (("Wrong", entry.wrong), ("Mended", entry.mended))
        )
        rule["help"]["markdown"] = "\n\n".join((text, *shown))
    if docs is not None:
        rule["helpUri"] = f"{docs.rstrip('/')}/problems/{code}.md"
    return rule


def _result(pack: PackCheck, check: str, problem: Problem, index: int) -> dict[str, Any]:
    properties: dict[str, Any] = {"pack": pack.name, "check": check, "remedy": problem.remedy}
    if problem.value is not None:
        properties["value"] = problem.value
    text = f"{problem.message} {problem.remedy}".strip()
    if problem.counter_example:
        properties["counterExample"] = list(problem.counter_example)
        text = "\n".join((text, "Shown by:", *problem.counter_example))
    return {
        "ruleId": problem.code,
        "ruleIndex": index,
        "level": problem.severity,
        "message": {"text": text},
        "locations": [_location(problem.place)],
        "properties": properties,
    }


def _location(place: Place) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": _artifact(place.file)}
    if place.line is not None:
        physical["region"] = {"startLine": place.line}
    location: dict[str, Any] = {"physicalLocation": physical}
    if place.path is not None:
        location["logicalLocations"] = [{"fullyQualifiedName": place.path}]
    return location


def _artifact(file: str) -> dict[str, str]:
    path = PurePath(file)
    if path.is_absolute():
        return {"uri": path.as_uri()}
    return {"uri": quote(PurePosixPath(*path.parts).as_posix()), "uriBaseId": "SRCROOT"}
