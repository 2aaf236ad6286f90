"""What the documents bind us to: each rule is shown by something that is there, and what no pack alone can show."""

from __future__ import annotations

import ast
import csv
import datetime as dt
import io
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

import reading
from bandstand.candidates import candidates, to_accept
from bandstand.engine.evaluate import Evaluator
from bandstand.engine.publish import publish
from bandstand.models.evidence import PROTECTED_FIELDS, Evidence, Person

if TYPE_CHECKING:
    from bandstand.models.finding import Finding

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "faithfulness.md").read_text("utf-8")
#: A cell that names at least one thing, each in a code span, and has nothing else in it but commas.
CELL = re.compile(r"`[^`]+`(?:, `[^`]+`)*")
EXAMPLE = re.compile(r'(\w+): "(.+)"')
TEST = re.compile(r"([\w/]+\.py)::(test_\w+)")
AS_OF = dt.date(2025, 7, 10)


class Row(NamedTuple):
    """A row of the page: the section it stands in, the rule, and the cell that says what shows it."""

    section: str
    rule: str
    shown_by: str

    @property
    def named(self) -> list[str]:
        return re.findall(r"`([^`]+)`", self.shown_by)


def rows() -> list[Row]:
    found = []
    for part in PAGE.split("\n## ")[1:]:
        section, _, text = part.partition("\n")
        lines = [line for line in text.splitlines() if line.startswith("|")]
        assert lines[:2] == ["| rule | shown by |", "|---|---|"], section
        for line in lines[2:]:
            rule, shown_by = (cell.strip() for cell in line.strip("|").split(" | "))
            found.append(Row(section, rule, shown_by))
    return found


ROWS = rows()
#: Everything that the page names, each once.
NAMED = list(dict.fromkeys(name for row in ROWS for name in row.named))
EXAMPLES = [found.groups() for name in NAMED if (found := EXAMPLE.fullmatch(name))]
TESTS = [found.groups() for name in NAMED if (found := TEST.fullmatch(name))]


@cache
def names_in(file: str) -> frozenset[str]:
    """The names of a test file's tests; it is read, and not run."""
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def finding(framework: str, criterion: str, claim: str, /, outcome: str, purpose: str, **fields: Any) -> Finding:
    """What one observation, recorded under a framework with these fields, shows of a criterion."""
    given = {"id": f"E-{framework}", "person": "P-0001", "framework": framework, **fields}
    record = Evidence.model_validate({**given, "criteria": [criterion], "claim": claim, "source": "observation"})
    evaluator = Evaluator(reading.pack(framework), durable=False)
    person = Person(person="P-0001", career_stage="MPR" if framework == "hampshire_careers" else None)
    evaluated = evaluator.evaluate(person, [record], AS_OF, outcome=outcome, purpose=purpose)
    found = publish(evaluated).findings
    return next(found[name].finding for name in (criterion, f"{criterion}@{claim}") if name in found)


def test_every_framework_has_a_section() -> None:
    assert {*reading.SHIPPED} <= {row.section for row in ROWS}
    assert len(ROWS) > 100


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.rule)
def test_every_rule_is_shown_by_an_example_or_a_test(row: Row) -> None:
    assert CELL.fullmatch(row.shown_by)
    assert [name for name in row.named if not EXAMPLE.fullmatch(name) and not TEST.fullmatch(name)] == []


def test_a_rule_stands_once() -> None:
    assert len({row.rule for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize(("framework", "sentence"), EXAMPLES, ids=lambda part: part)
def test_each_example_that_is_named_is_in_its_pack(framework: str, sentence: str) -> None:
    assert sentence in [example.name for example in reading.pack(framework).examples]


@pytest.mark.parametrize(("file", "name"), TESTS, ids=lambda part: part)
def test_each_test_that_is_named_is_in_its_file(file: str, name: str) -> None:
    assert name in names_in(file)


def test_a_section_names_examples_of_its_own_framework_alone() -> None:
    own = [(row.section, name) for row in ROWS if row.section in reading.SHIPPED for name in row.named]
    told = [(section, found[1]) for section, name in own if (found := EXAMPLE.fullmatch(name))]
    assert [section for section, framework in told if section != framework] == []


def test_no_framework_asks_for_a_protected_characteristic() -> None:
    for name in reading.SHIPPED:
        framework = reading.pack(name).framework
        asked = [*(fact.id for fact in framework.facts), *(flag.id for flag in framework.flags)]
        assert PROTECTED_FIELDS.isdisjoint({word for item in asked for word in (item, *item.split("_"))}), name


def test_one_observation_counts_in_several_frameworks_and_in_each_by_its_own_rules() -> None:
    accepted = {"accepted_from": "E-hampshire_careers", "accepted_by": "A-01"}
    for date, found in (
        ("2025-05-02", ("met", "met", "met")),
        # Eighteen months old: Hampshire counts twelve, the toolkit twenty-four and the qualification thirty-six.
        ("2024-01-15", ("not_evidenced", "met", "met")),
    ):
        assert found == (
            finding("hampshire_careers", "7.1@MPR.1", "met", "expectations", "development", date=date),
            finding("cat_toolkit", "1b.i", "some_impact", "profile", "development", date=date, **accepted),
            finding("npqel", "4.LH1.1", "met", "coverage", "development", date=date, **accepted),
        )


def test_evidence_of_one_framework_is_a_candidate_in_another_and_counts_once_somebody_accepts_it() -> None:
    packs = {name: reading.pack(name) for name in reading.SHIPPED}
    given = {"id": "E-1", "person": "P-0001", "framework": "hampshire_careers", "date": "2025-05-02"}
    record = Evidence.model_validate({**given, "criteria": ["7.1@MPR.1"], "claim": "met", "source": "observation"})
    (candidate,) = candidates([record], packs, "cat_toolkit")
    # Hampshire's document states its link to standard 7; that the toolkit has something to do with it is proposed.
    assert [(target.id, target.basis) for target in candidate.targets] == [("1b", "proposed")]
    evaluated = Evaluator(packs["cat_toolkit"], durable=False).evaluate(Person(person="P-0001"), [record], AS_OF)
    assert publish(evaluated).result == "0 of 70 seen"
    (row,) = csv.DictReader(io.StringIO(to_accept([candidate])))
    assert (row["criteria"], row["claim"], row["accepted_by"], row["accepted_from"]) == ("", "", "", "E-1")
