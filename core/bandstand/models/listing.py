"""What commands write as JSON besides evaluations: lists, single things, sheets and problems."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pydantic import BaseModel, ConfigDict

from bandstand.models.framework import Framework, Standard
from bandstand.models.problem import Problem


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ListedFramework(_Part):
    """A framework in a list.

    Attributes:
        id: Its id.
        version: The pack's version.
        title: The document's title.
        publisher: Who published it.
        valid_from: First day on which it holds.
        valid_until: Last day on which it holds, if there is one.
        purposes: Ids of the purposes that it serves, the first being the one assumed.
        refuses: Ids of the purposes that it refuses by name.
        digest: The pack's digest.
    """

    id: str
    version: str
    title: str
    publisher: str
    valid_from: dt.date
    valid_until: dt.date | None
    purposes: tuple[str, ...]
    refuses: tuple[str, ...]
    digest: str


class ListedSetAside(_Part):
    """A plugin or pack that cannot serve, and why."""

    name: str
    reason: str


class CatalogueListing(_Part):
    """What `bandstand frameworks --json` writes."""

    frameworks: tuple[ListedFramework, ...]
    set_aside: tuple[ListedSetAside, ...]


class FrameworkListing(_Part):
    """What `bandstand show FRAMEWORK --json` writes: the pack whole, but for its examples.

    Attributes:
        digest: The pack's digest.
        framework: What its framework.yaml says.
        standards: With their criteria.
        rules: Each as its kind has it.
    """

    digest: str
    framework: Framework
    standards: tuple[Standard, ...]
    rules: tuple[dict[str, Any], ...]


class ItemListing(_Part):
    """What `bandstand show FRAMEWORK ID --json` writes.

    Attributes:
        kind: What it is: standard, criterion, grade, role, rule, zone, action or review point.
        id: Its id.
        framework: The framework's id.
        version: The pack's version.
        document: The file that its lines are of.
        item: The thing as the pack has it.
    """

    kind: str
    id: str
    framework: str
    version: str
    document: str
    item: dict[str, Any]


class SheetListing(_Part):
    """What `bandstand sheet --json` writes: the file, its levels, and how many lines it has."""

    file: str
    levels: tuple[int, ...]
    rows: int


class ProblemListing(_Part):
    """What any command writes to standard error with --json when the input has problems."""

    problems: tuple[Problem, ...]
