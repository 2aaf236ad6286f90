"""What several tests build: a small framework, its standards, and a pack of them."""

from __future__ import annotations

from typing import Any

from bandstand.models.framework import Framework
from bandstand.models.standard import Standard
from bandstand.packs.pack import Pack

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
    given: dict[str, Any] = {**nothing, "evidence_schema": {}, **fields}
    return Pack(framework=of, standards=standards, digest="sha256:0", place="tests", **given)
