"""The pages of the kinds of rule: made from the classes, complete, and held against them."""

from __future__ import annotations

import ast
import inspect
import re
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import reading
from bandstand.kind_pages import lowered, pages
from bandstand.kind_pages.texts import text_of
from bandstand.models.clauses import Clause, ConcludedIs, FactCompares, FindingIs, Measure
from bandstand.models.finding import SETTLED_STATES, SHORT_STATES, State
from bandstand.models.provenance import Basis, Ground
from bandstand.packs.yaml_source import read_yaml
from bandstand.rules.facts import COMMON, WORD_CODES
from bandstand.rules.kinds import KINDS
from codes_in_source import NOT_CODES, codes_in

if TYPE_CHECKING:
    from bandstand.models.clauses import Condition
    from bandstand.rules.base import Rule

FOLDER = Path(__file__).parent.parent / "docs" / "rules"
GROUND = (Ground(source="1", basis=Basis.STATED),)
each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.KIND)


@pytest.fixture(autouse=True)
def _read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "load_catalogue", reading.catalogue)


@cache
def made() -> dict[str, bytes]:
    return pages.pages()


def text(kind: type[Rule]) -> str:
    return made()[f"{kind.KIND}.md"].decode()


def test_the_committed_pages_are_those_of_the_kinds(capsys: pytest.CaptureFixture[str]) -> None:
    assert pages.main(["check", str(FOLDER)]) == 0, "run `make pages`, and commit the result"
    assert capsys.readouterr() == ("", "")
    assert {path.name for path in FOLDER.iterdir()} == {"README.md", *(f"{kind.KIND}.md" for kind in KINDS)}


def test_a_page_that_has_drifted_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert pages.main(["write", str(tmp_path)]) == 0
    (tmp_path / "ragging.md").write_text("Somebody mended this by hand.\n", "utf-8")
    capsys.readouterr()
    assert pages.main(["check", str(tmp_path)]) == 1
    assert capsys.readouterr().err.startswith("Not up to date: ragging.md. Run `python -m bandstand.kind_pages write ")


@each_kind
def test_a_page_says_of_each_field_what_can_stand_there_and_what_it_means(kind: type[Rule]) -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \| (.*?) \| (.*) \|$", text(kind), re.MULTILINE)
    fields = [field.alias or name for name, field in kind.model_fields.items()]
    own = set(fields) - {"id", "kind", "label", "source", "basis", "note"}
    assert own
    assert own <= {name for name, _, _, _ in rows}
    described = [row for row in rows if "." not in row[0]]
    assert [row for row in described if not all(part.strip() for part in row)] == []
    assert re.search(r"title|anyOf|\$ref|None", " ".join(" ".join(row) for row in described)) is None


@each_kind
def test_a_kind_names_exactly_the_codes_that_its_check_can_report(kind: type[Rule]) -> None:
    modules = {
        sys.modules[parent.__module__] for parent in kind.__mro__ if parent.__module__.startswith("bandstand.rules")
    }
    own = [module for module in modules if module.__name__ != "bandstand.rules.base"]
    sources = [inspect.getsource(module) for module in own]
    found = {code for source in sources for code in codes_in(ast.parse(source))} - NOT_CODES
    helpers = (
        ("unknown_sets(", {"unknown-set"}),
        ("unknown_word(", set(WORD_CODES)),
        ('unknown("fact"', {"protected-characteristic"}),
    )
    for helper, codes in helpers:
        if any(helper in source for source in sources):
            found |= codes
    assert sorted(kind.CODES) == sorted(found)


def test_the_codes_of_words_are_those_of_the_facts_that_every_framework_has() -> None:
    facts = [fact.removesuffix("s").replace("_", "-") for fact, sort in COMMON.items() if sort != "number"]
    assert sorted(WORD_CODES) == sorted([*(f"unknown-{fact}" for fact in facts), "unknown-fact-value"])


@each_kind
def test_a_page_shows_a_rule_of_a_pack_and_the_clauses_that_it_becomes(kind: type[Rule]) -> None:
    page = text(kind)
    shown = re.search(r"The rule `(\w+)` of (\w+) \S+:\n\n```yaml\n(.*?)\n```", page, re.DOTALL)
    assert shown is not None
    pack = reading.pack(shown[2])
    rule = pack.rule_by_id[shown[1]]
    assert rule.KIND == kind.KIND
    source = read_yaml("rules.yaml", shown[3].encode())
    assert source.problems == []
    (data,) = source.data
    whole = pack.content[next(name for name in pack.content if _holds(pack.content[name], rule.id))]
    written = next(item for item in whole["rules"] if item["id"] == rule.id)
    assert {
        name: value[:3] if isinstance(value, list) and isinstance(value[0], dict) else value
        for name, value in written.items()
    } == data
    part = pack.lowered[pack.rules.index(rule)]
    shown_clauses = re.findall(r"^- `(\S+)` is (.+?) (?:when|always)", page, re.MULTILINE)
    assert shown_clauses
    assert {name for name, _ in shown_clauses} <= {conclusion.name for conclusion in part.conclusions}
    more = re.search(r"… and (one|\d+) more clause", page)
    hidden = 0 if more is None else 1 if more[1] == "one" else int(more[1])
    assert len(shown_clauses) + hidden == len(part.clauses)


def _holds(content: object, rule: str) -> bool:
    rules = content.get("rules", ()) if isinstance(content, dict) else ()
    return any(item.get("id") == rule for item in rules)


def test_every_rule_of_every_pack_can_be_shown_and_worded() -> None:
    for pack in reading.catalogue().packs:
        for rule, part in zip(pack.rules, pack.lowered, strict=True):
            assert text_of(pack, rule).startswith(f"- id: {rule.id}\n")
            said = [lowered.clause(clause) for clause in part.clauses]
            assert len(set(said)) == len(said) or len(said) > 100


def clause(*conditions: Condition, need: int | str = "all") -> Clause:
    return Clause("rule.value", True, need, conditions, GROUND)  # type: ignore[arg-type]  # the test's own words


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (clause(), "`rule.value` is yes always"),
        (clause(FindingIs("A.1", SETTLED_STATES)), "`rule.value` is yes when `A.1 is met`"),
        (
            clause(FindingIs("A.1", SHORT_STATES), FactCompares("fte", ">", 0.25), need="any"),
            "`rule.value` is yes when any of these holds: `A.1 is found short`; `fte > 0.25`",
        ),
        (
            clause(*(FindingIs(f"A.{n}", frozenset(State) - SHORT_STATES) for n in range(1, 7)), need=2),
            (
                "`rule.value` is yes when at least 2 of these hold: `A.1 is not found short`; "
                "`A.2 is not found short`; `A.3 is not found short`; `A.4 is not found short`; and 2 more"
            ),
        ),
        (
            clause(*(FindingIs(f"A.{n}", SETTLED_STATES) for n in range(1, 6)), ConcludedIs("x.y", frozenset({10, 9}))),
            (
                "`rule.value` is yes when all of these hold: `A.1 is met`; `A.2 is met`; `A.3 is met`; "
                "`x.y is 9 or 10`; and 2 more"
            ),
        ),
    ],
)
def test_a_clause_in_words(given: Clause, words: str) -> None:
    assert lowered.clause(given) == words


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (Measure("m", "count", ("A", "B"), SETTLED_STATES), "how many of 2 criteria are met"),
        (
            Measure("m", "kinds", ("A",), sources=frozenset({"self", "data"})),
            "how many different kinds of source among data and self speak of one criterion",
        ),
    ],
)
def test_a_measure_in_words(given: Measure, words: str) -> None:
    assert lowered.measure(given) == words
