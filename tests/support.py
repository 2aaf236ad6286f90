"""What several tests build: a small framework, its standards and rules, a pack of them, and evaluations under it."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import TYPE_CHECKING, Any

from bandstand.engine.evaluate import Evaluator
from bandstand.engine.publish import publish
from bandstand.models.evidence import Evidence, Person
from bandstand.models.framework import Framework
from bandstand.models.standard import Standard
from bandstand.models.unfold import unfold
from bandstand.packs.pack import Pack
from bandstand.rules.base import RuleContext
from bandstand.rules.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bandstand.models.evaluation import Evaluation
    from bandstand.rules.base import Defect, Rule

#: The day on which evidence counts, unless a test is about another.
AS_OF = dt.date(2025, 7, 31)

_FRAMEWORK: dict[str, Any] = {
    "id": "ladder",
    "version": "2024.1",
    "title": "Ladder",
    "publisher": "A trust",
    "summary": "A framework for tests.",
    "document": {"title": "A document", "file": "document.txt"},
    "valid_from": "2024-09-01",
    "purposes": [{"id": "development", "label": "Development", "source": "1"}],
    "findings": {
        "max_age_months": 18,
        "cycle_starts": "09-01",
        "views": [{"id": "agreed", "label": "Agreed", "ranks": [{"sources": ["appraiser"]}]}],
        "source": "3",
    },
    "actions": [{"id": "go_on", "label": "Go on", "text": "Go on.", "source": "4"}],
}

#: What a ladder is asked for.
_OUTCOME: dict[str, Any] = {
    "id": "ladder",
    "label": "The ladder",
    "rules": ["ladder", "expected", "action"],
    "sets": ["sheet"],
    "level": "ladder.level",
    "zone": "expected.zone",
    "action": "action.value",
}

#: The three reviews of a year.
REVIEWS = [
    {"id": "sep", "label": "September", "source": "2"},
    {"id": "mid", "label": "Mid-year", "source": "2"},
    {"id": "jul", "label": "July", "source": "2"},
]


def framework(**fields: Any) -> Framework:
    """The smallest framework, with whatever the test is about put in its place."""
    return Framework.model_validate({**_FRAMEWORK, "outcomes": [outcome()], **fields})


def outcome(**fields: Any) -> dict[str, Any]:
    """The outcome of a ladder, with whatever the test is about put in its place."""
    return {**_OUTCOME, **fields}


def standard(
    name: str, level: int | None, *criteria: str, label: str = "Line", descriptor: str = "Does it."
) -> Standard:
    """A standard of nothing but criteria."""
    return Standard.model_validate(
        {
            "id": name,
            "label": f"Standard {name}",
            "level": level,
            "summary": "A standard for tests.",
            "source": "5",
            "criteria": [
                {"id": c, "label": f"{label} {c}", "descriptor": descriptor, "set": "sheet", "source": "6"}
                for c in criteria
            ],
        }
    )


def pack(of: Framework, *standards: Standard, **fields: Any) -> Pack:
    """A pack of a framework and standards; nothing of it was loaded or checked."""
    nothing = dict.fromkeys(("rules", "lowered", "examples", "guidance", "crosswalks"), ())
    given: dict[str, Any] = {**nothing, "evidence_schema": {}, "content": {}, "digest": "sha256:0", **fields}
    return Pack(framework=of, standards=standards, place="tests", **given)


def scale(name: str, *points: str, ordinal: bool = True, **of_points: dict[str, Any]) -> dict[str, Any]:
    """A scale with points of these ids, least first; what a point has besides is given by its id."""
    made = [
        {"id": p, "label": p.title(), "summary": f"It is {p}.", "source": 1, **of_points.get(p, {})} for p in points
    ]
    return {"id": name, "label": name.title(), "ordinal": ordinal, "points": made, "source": 1}


def criterion(name: str, **fields: Any) -> dict[str, Any]:
    """A criterion of the set `list`, with whatever the test is about put in its place."""
    return {"id": name, "label": name, "descriptor": "Does it.", "set": "list", "source": 1, **fields}


def statement(name: str, **fields: Any) -> dict[str, Any]:
    """A statement of a criterion, or of one of its points."""
    return {"id": name, "label": name, "descriptor": "Does it.", "source": 1, **fields}


def points(*names: str, **of_points: dict[str, Any]) -> list[dict[str, Any]]:
    """The points of a criterion, each with a text unless something else is given for it."""
    return [{"at": p, "source": 1, **of_points.get(p, {"descriptor": f"It is {p}."})} for p in names]


def standard_of(name: str, *criteria: dict[str, Any], **fields: Any) -> Standard:
    """A standard of these criteria."""
    given = {"id": name, "label": f"Standard {name}", "summary": "A standard for tests.", "source": 1, **fields}
    return Standard.model_validate({**given, "criteria": criteria})


#: Parts of rules that stand in lists, each with a source.
_PARTS = ("levels", "bands", "rows", "conditions")


def read_rule(data: dict[str, Any]) -> Rule:
    """A rule from its YAML fields; labels, questions and sources may be left out."""
    given = {"label": data["id"], "source": 1, **data}
    for part in _PARTS:
        if part in given:
            given[part] = [{"source": 1, **one} for one in given[part]]
    if "levels" in given:
        given["levels"] = [{"label": f"Level {level['level']}", **level} for level in given["levels"]]
    if "conditions" in given:
        given["conditions"] = [{"label": c["id"], "question": f"{c['id']}?", **c} for c in given["conditions"]]
    kind = next(kind for kind in KINDS if data["kind"] == kind.KIND)
    return kind.model_validate(given)


def context(of: Framework, standards: Sequence[Standard], rules: Iterable[Rule]) -> RuleContext:
    """What rules see of a framework with these standards and rules."""
    unfolded = unfold(of, standards)
    declared = {c.name: c for rule in rules for c in rule.conclusions(RuleContext(of, unfolded, {}))}
    return RuleContext(of, unfolded, declared)


def defects(of: Framework, standards: Sequence[Standard], *rules: dict[str, Any]) -> list[Defect]:
    """What is wrong with the first of some rules, in a pack with all of them."""
    read = [read_rule(rule) for rule in rules]
    return list(read[0].check(context(of, standards, read)))


_numbers = itertools.count(1)


def ruled_pack(of: Framework, standards: Sequence[Standard], *rules: dict[str, Any]) -> Pack:
    """A pack with rules, given by their YAML fields and found without defects; its digest is its own."""
    read = [read_rule(rule) for rule in rules]
    seen = context(of, standards, read)
    assert [defect for rule in read for defect in rule.check(seen)] == []
    lowered = tuple(rule.lower(seen) for rule in read)
    return pack(of, *standards, rules=tuple(read), lowered=lowered, digest=f"sha256:{next(_numbers)}")


#: The table by which an outcome that a test is not about gets its action.
ACTION: dict[str, Any] = {
    "id": "action",
    "kind": "decision_table",
    "hit": "first",
    "inputs": {"purpose": {"fact": "purpose"}},
    "rows": [{"when": {}, "then": "go_on"}],
    "otherwise": {"then": "go_on", "source": 1},
}


def record(criteria: str | Sequence[str], claim: str = "met", date: str = "2025-07-01", **fields: Any) -> Evidence:
    """A piece of evidence about P-1; an appraiser's, unless it says otherwise."""
    named = (criteria,) if isinstance(criteria, str) else tuple(criteria)
    given = {"id": f"e{next(_numbers):05}", "person": "P-1", "framework": "ladder", "source": "appraiser", **fields}
    return Evidence.model_validate({**given, "criteria": named, "claim": claim, "date": date})


def evaluate(of: Pack, *evidence: Evidence, **fields: Any) -> Evaluation:
    """P-1 as the plain engine alone evaluates it; what is no option of the evaluator is a field of the person."""
    options = {name: fields.pop(name) for name in ("outcome", "purpose", "settings", "since") if name in fields}
    person = Person.model_validate({"person": "P-1", **fields})
    return publish(Evaluator(of, durable=False).evaluate(person, evidence, AS_OF, **options))
