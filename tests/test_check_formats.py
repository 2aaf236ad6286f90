"""What checks found as SARIF, as GitHub's annotations and as JUnit's XML: valid, escaped, and with all of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from bandstand.checks.formats.github import github
from bandstand.checks.formats.junit import junit
from bandstand.checks.formats.sarif import sarif
from bandstand.models.check import CheckDone, CheckListing, PackCheck
from bandstand.models.problem import Place, Problem

#: What SARIF 2.1.0 asks of the parts that are written here: names, types and words as in the standard's own schema.
SARIF = json.loads((Path(__file__).parent / "sarif-2.1.0-part.schema.json").read_text("utf-8"))

GAP = Problem(
    code="table-gap",
    place=Place(file="pack a/rules/actions.yaml", line=12, path="rules[0]"),
    message='100% of <rows>, and "more":\r\nnone holds.',
    remedy="Add an `otherwise`.",
    counter_example=("grade: teaching:M1", "fte: 50%, or less"),
)
EXAMPLE = Problem(
    code="unconfirmed-value",
    place=Place(file="pack a/rules/bands.yaml", line=3),
    message="An example value.",
    remedy="Confirm it.",
    value="from 1",
    severity="warning",
)
OWN = Problem(code="of-a-stranger", place=Place(file="/else/where/pack"), message="A \x00 stranger's.", remedy="")


def listing(*problems: Problem, usable: bool = True) -> CheckListing:
    done = (
        CheckDone(name="tables", what="tables have no gaps", seconds=1.5, problems=problems),
        CheckDone(name="bands", what="bands rise", seconds=0.25),
        CheckDone(name="zones", what="zones cover", skipped=True),
    )
    errors = sum(problem.severity == "error" for problem in problems)
    pack = PackCheck(
        name="tiny 1.0",
        plugin=None,
        folder="pack a",
        usable=usable,
        criteria=8,
        rules=5,
        examples=1,
        errors=errors,
        warnings=len(problems) - errors,
        checks=done,
    )
    return CheckListing(strict=False, packs=(pack,))


@pytest.mark.parametrize("problems", [(), (GAP,), (GAP, EXAMPLE, OWN)])
@pytest.mark.parametrize("docs", [None, "https://docs.example.org/manual/"])
def test_sarif_is_as_the_standard_has_it(problems: tuple[Problem, ...], docs: str | None) -> None:
    jsonschema.Draft202012Validator(SARIF).validate(json.loads(sarif(listing(*problems), docs)))


def run_of(text: str) -> dict[str, Any]:
    (run,) = json.loads(text)["runs"]
    assert isinstance(run, dict)
    return run


def test_sarif_gives_each_problem_with_its_place_and_what_shows_it() -> None:
    first, second, third = run_of(sarif(listing(GAP, EXAMPLE, OWN)))["results"]
    assert first["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "pack%20a/rules/actions.yaml", "uriBaseId": "SRCROOT"},
                "region": {"startLine": 12},
            },
            "logicalLocations": [{"fullyQualifiedName": "rules[0]"}],
        }
    ]
    assert first["message"]["text"].endswith(
        "none holds. Add an `otherwise`.\nShown by:\ngrade: teaching:M1\nfte: 50%, or less"
    )
    assert first["properties"]["counterExample"] == ["grade: teaching:M1", "fte: 50%, or less"]
    assert (first["level"], second["level"], second["properties"]["value"]) == ("error", "warning", "from 1")
    assert third["locations"][0]["physicalLocation"] == {"artifactLocation": {"uri": "file:///else/where/pack"}}


def test_sarif_says_what_each_code_means_and_leads_to_its_page_where_the_manual_is_published() -> None:
    run = run_of(sarif(listing(GAP, EXAMPLE, OWN, EXAMPLE), "https://docs.example.org/manual/"))
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["of-a-stranger", "table-gap", "unconfirmed-value"]
    assert [rules[result["ruleIndex"]]["id"] for result in run["results"]] == [r["ruleId"] for r in run["results"]]
    assert rules[0] == {"id": "of-a-stranger"}, "what a plugin's kind of rule brings is in no registry"
    assert rules[1]["helpUri"] == "https://docs.example.org/manual/problems/table-gap.md"
    assert rules[1]["shortDescription"]["text"].startswith("For some input no row of a table holds")
    assert "Wrong:\n\n```yaml\n" in rules[1]["help"]["markdown"]
    assert rules[2]["defaultConfiguration"] == {"level": "warning"}
    assert "helpUri" not in json.dumps(run_of(sarif(listing(GAP))))


def test_sarif_says_whether_everything_could_be_looked_into() -> None:
    assert run_of(sarif(listing()))["invocations"] == [{"executionSuccessful": True}]
    assert run_of(sarif(listing(usable=False)))["invocations"] == [{"executionSuccessful": False}]


def test_github_has_a_line_for_each_problem_and_escapes_what_would_end_it() -> None:
    assert github(listing(GAP, EXAMPLE, OWN)).splitlines() == [
        (
            "::error file=pack a/rules/actions.yaml,line=12,title=table-gap::"
            '100%25 of <rows>, and "more":%0D%0Anone holds. Add an `otherwise`.'
            "%0AShown by:%0Agrade: teaching:M1%0Afte: 50%25, or less"
        ),
        "::warning file=pack a/rules/bands.yaml,line=3,title=unconfirmed-value::An example value. Confirm it.",
        "::error file=/else/where/pack,title=of-a-stranger::A \x00 stranger's.",
    ]
    assert github(listing()) == ""


def test_github_escapes_commas_and_colons_in_names_of_files_too() -> None:
    odd = Problem(code="bad-value", place=Place(file="C:/a,b%\n"), message="No.", remedy="Mend it.")
    assert github(listing(odd)) == "::error file=C%3A/a%2Cb%25%0A,title=bad-value::No. Mend it.\n"


def suite_of(text: str) -> ET.Element:
    suites = ET.fromstring(text)  # noqa: S314 - our own text
    assert (suites.tag, suites.get("name")) == ("testsuites", "bandstand check")
    (suite,) = suites
    return suite


def test_junit_has_a_suite_for_each_pack_and_a_case_for_each_check() -> None:
    suite = suite_of(junit(listing(GAP, EXAMPLE, OWN)))
    assert suite.attrib == {
        "name": "tiny 1.0",
        "tests": "3",
        "failures": "1",
        "errors": "0",
        "skipped": "1",
        "time": "1.750",
    }
    tables, bands, zones = suite
    assert (tables.get("classname"), tables.get("name")) == ("tiny 1.0", "tables: tables have no gaps")
    failure, output = tables
    assert (failure.tag, failure.get("type"), failure.get("message")) == ("failure", "table-gap", "2 problems")
    assert '100% of <rows>, and "more"' in str(failure.text)
    assert "    grade: teaching:M1\n" in str(failure.text)
    assert "A \ufffd stranger's." in str(failure.text), "XML can hold no such character"
    assert (output.tag, output.text) == (
        "system-out",
        "pack a/rules/bands.yaml:3: unconfirmed-value: An example value. Confirm it.",
    )
    assert list(bands) == []
    assert [child.tag for child in zones] == ["skipped"]


def test_in_junit_a_warning_fails_nothing_and_what_cannot_be_looked_into_is_an_error() -> None:
    warned = suite_of(junit(listing(EXAMPLE)))
    assert (warned.get("failures"), warned.get("errors")) == ("0", "0")
    unusable = suite_of(junit(listing(OWN, usable=False)))
    assert (unusable.get("failures"), unusable.get("errors")) == ("0", "1")
    assert [child.tag for child in unusable[0]] == ["error"]
