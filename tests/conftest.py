"""What tests build: frameworks, rules from a few words, programs with a name of their own, and the command line."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

import support
from bandstand.models.clauses import Clause, Lowered
from bandstand.models.evidence import Evidence
from bandstand.models.provenance import Basis, Ground
from bandstand.models.standard import Criterion, Standard
from bandstand.rules.program import Program, compile_program
from commands import Cli

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from bandstand.models.clauses import Conclusion, Condition, Measure, Need, Scope, Value
    from bandstand.models.framework import Framework
    from bandstand.packs.pack import Pack
    from bandstand.rules.base import Rule, RuleContext

_GROUND = Ground(source="1", basis=Basis.STATED)
_names = (f"test{number}" for number in itertools.count(1))

_FIELDS: dict[str, Any] = {
    "id": "testing",
    "version": "1",
    "refuses": [{"id": "pay", "reason": "It says nothing of pay.", "source": 2}],
    "review_points": [{"id": key, "label": key.title(), "source": 3} for key in ("january", "july")],
    "strands": [{"id": "teaching", "label": "Teaching"}, {"id": "support", "label": "Support"}],
    "grades": [
        {"id": f"teaching:G{n}", "label": f"G{n}", "strand": "teaching", "column": n, "source": 4} for n in range(1, 81)
    ],
    "roles": [{"id": role, "label": role.title(), "source": 5} for role in ("lead", "mentor", "governor")],
    "career_stages": [{"id": "ECT1", "label": "ECT1"}, {"id": "MPR", "label": "MPR"}],
    "flags": [{"id": "on_leave", "label": "On leave"}],
    "findings": {
        "source": 6,
        "max_age_months": 12,
        "cycle_starts": "09-01",
        "views": [
            {
                "id": "agreed",
                "label": "Agreed view",
                "ranks": [
                    {"sources": ["appraiser", "observation"]},
                    {"sources": ["document", "data"], "reaches": "partly_met"},
                    {"sources": ["self"], "reaches": "partly_met"},
                ],
            },
            {"id": "self", "label": "Own view", "ranks": [{"sources": ["self"]}]},
        ],
    },
}


def _framework(rules: Sequence[str] = ("ladder", "expected", "action")) -> Framework:
    return support.framework(**_FIELDS, outcomes=[support.outcome(rules=rules, sets=["list"])])


def _criterion(criterion: str) -> Criterion:
    return Criterion(id=criterion, label=criterion, descriptor=f"Does {criterion}.", set="list", source="1")


def _standard(criteria: Iterable[str]) -> Standard:
    made = tuple(map(_criterion, criteria))
    return Standard(id="S1", label="Standard", summary="A standard.", source="1", criteria=made)


def _context(criteria: Iterable[str], rules: Iterable[Rule]) -> RuleContext:
    given = list(criteria)
    return support.context(_framework(), [_standard(given)] if given else [], rules)


def _lowered(criteria: Sequence[str], rules: Sequence[Rule]) -> tuple[Lowered, ...]:
    context = _context(criteria, rules)
    for rule in rules:
        assert list(rule.check(context)) == []
    return tuple(rule.lower(context) for rule in rules)


@pytest.fixture(scope="session")
def framework() -> Framework:
    """A framework with two strands, eighty grades, three roles and two views."""
    return _framework()


@pytest.fixture(scope="session")
def read_rule() -> Callable[[dict[str, Any]], Rule]:
    """Read a rule from its YAML fields; labels and sources may be left out."""
    return support.read_rule


@pytest.fixture(scope="session")
def context_of() -> Callable[[Iterable[str], Iterable[Rule]], RuleContext]:
    """What rules see of a pack with these criteria and rules."""
    return _context


@pytest.fixture(scope="session")
def unused_name() -> Callable[[], str]:
    """A name that no program of this process has; rulesets cannot be taken back."""
    return lambda: next(_names)


@pytest.fixture(scope="session")
def rules_program() -> Callable[..., Program]:
    """Check, lower and compile rules, given by their YAML fields, under an unused name."""

    def build(criteria: Sequence[str], rules: Sequence[dict[str, Any]], scope: Scope = "position") -> Program:
        return compile_program(next(_names), scope, criteria, _lowered(criteria, [support.read_rule(r) for r in rules]))

    return build


@pytest.fixture(scope="session")
def clause() -> Callable[..., Clause]:
    """Make a clause from what it concludes and its conditions."""

    def build(conclusion: str, value: Value, *conditions: Condition, need: Need = "all") -> Clause:
        return Clause(conclusion, value, need, conditions, (_GROUND,))

    return build


@pytest.fixture(scope="session")
def clauses_program() -> Callable[..., Program]:
    """Compile plain clauses under an unused name."""

    def build(
        criteria: Sequence[str],
        conclusions: Iterable[Conclusion],
        clauses: Iterable[Clause],
        measures: Iterable[Measure] = (),
    ) -> Program:
        part = Lowered("position", tuple(conclusions), tuple(clauses), tuple(measures))
        return compile_program(next(_names), "position", criteria, [part])

    return build


@pytest.fixture(scope="session")
def pack_of() -> Callable[..., Pack]:
    """A pack with these criteria and rules, and a digest of its own."""

    def build(criteria: Sequence[str], rules: Sequence[dict[str, Any]]) -> Pack:
        read = [support.read_rule(rule) for rule in rules]
        return replace(
            support.pack(_framework([rule.id for rule in read]), _standard(criteria)),
            rules=tuple(read),
            lowered=_lowered(criteria, read),
            digest=f"sha256:{next(_names)}",
        )

    return build


@pytest.fixture(scope="session")
def evidence() -> Callable[..., Evidence]:
    """A piece of evidence from a few words; an appraiser's, that the criterion is met, unless it says otherwise."""
    numbers = itertools.count(1)

    def build(criteria: str | Sequence[str], claim: str = "met", date: str = "2026-05-02", **more: Any) -> Evidence:
        return Evidence.model_validate(
            {
                "id": f"e{next(numbers):05}",
                "person": "P-1",
                "framework": "testing",
                "criteria": (criteria,) if isinstance(criteria, str) else tuple(criteria),
                "claim": claim,
                "source": "appraiser",
                "date": dt.date.fromisoformat(date),
                **more,
            }
        )

    return build


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    """The command line with whatever is installed."""
    monkeypatch.setenv("COLUMNS", "120")
    return Cli(monkeypatch, capsys)
