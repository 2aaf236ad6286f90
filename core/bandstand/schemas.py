"""The JSON Schemas that Bandstand publishes, generated from its models."""

from __future__ import annotations

import inspect
import json
import re
import sys
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import ConfigDict, Field, create_model

from bandstand import generated
from bandstand.models.change import Comparison
from bandstand.models.check import CheckListing
from bandstand.models.cohort_run import CohortRun
from bandstand.models.evaluation import Evaluation
from bandstand.models.evidence import Evidence, Person
from bandstand.models.example import ExampleFile
from bandstand.models.explanation import Explanation
from bandstand.models.framework import Framework
from bandstand.models.guidance import Crosswalk, Guidance
from bandstand.models.impact import Impact
from bandstand.models.listing import (
    CandidateListing,
    CatalogueListing,
    FrameworkListing,
    ItemListing,
    NewOverlay,
    OverlayListing,
    ProblemListing,
    ProjectListing,
    ProvenanceListing,
    SchemasListing,
    SheetListing,
)
from bandstand.models.lock import Lock, LockListing
from bandstand.models.opened import Opened
from bandstand.models.overlay import Overlay, ValuesFile, WordingFile
from bandstand.models.problem import Problem
from bandstand.models.signature import KeyListing, Signature, SignListing, VerifyListing
from bandstand.models.standard import Standard
from bandstand.models.summary import Summary
from bandstand.models.trial import TrialListing
from bandstand.rules.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from pydantic import BaseModel

    from bandstand.rules.base import Rule

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_ENDING = ".schema.json"
#: Whatever else a schema is of, Bandstand's own are named so.
_NAMED = "bandstand:"
_KIND = generated.Kind(_ENDING, f'\n  "$id": "{_NAMED}'.encode())
#: One entry of a docstring's ``Attributes:``, with the lines that go on below it.
_ATTRIBUTE = re.compile(r"^    (\w+): (.+(?:\n {8}.+)*)", re.MULTILINE)

_Mode = Literal["validation", "serialization"]


def _rules_file(kinds: Iterable[type[Rule]]) -> type[BaseModel]:
    """The model of a file of rules; it is put together at run time, as the kinds are listed elsewhere."""
    rule: Any = Annotated[reduce(or_, kinds), Field(discriminator="kind")]
    return create_model(
        "RulesFile",
        __config__=ConfigDict(frozen=True, extra="forbid"),
        rules=(tuple[rule, ...], Field(description="The rules, in any order; each names its kind.")),
    )


#: Name -> model, whether it is read or written, title, and description.
_PUBLISHED: dict[str, tuple[type[BaseModel], _Mode, str, str]] = {
    "framework": (
        Framework,
        "validation",
        "A framework",
        "The file framework.yaml of a pack: identity, validity, purposes, grades, roles and how evidence is counted.",
    ),
    "standard": (
        Standard,
        "validation",
        "A standard",
        "A file of a pack's standards folder: one top-level expectation with its criteria.",
    ),
    "guidance": (
        Guidance,
        "validation",
        "Guidance",
        "A file of a pack's guidance folder: what the document says that no rule reads.",
    ),
    "crosswalk": (
        Crosswalk,
        "validation",
        "A crosswalk",
        "A file of a pack's crosswalks folder: how the framework hangs together with one other publication.",
    ),
    "overlay": (
        Overlay,
        "validation",
        "An overlay",
        "The file overlay.yaml of a trust's overlay: whose it is, and why.",
    ),
    "values": (
        ValuesFile,
        "validation",
        "A trust's values",
        "The file values.yaml of a trust's overlay: what the trust confirms, changes and adds, by addresses.",
    ),
    "wording": (
        WordingFile,
        "validation",
        "Official wording",
        "The file wording.yaml of a trust's overlay: texts as their publisher has them, by the id of what each words.",
    ),
    "lock": (
        Lock,
        "validation",
        "A lock",
        "The file bandstand.lock: which packs, overlays and keys a trust has agreed to; `bandstand lock` writes it.",
    ),
    "signature": (
        Signature,
        "validation",
        "A signature",
        "The file signature.json of a pack: who vouches for it; `bandstand sign` writes it.",
    ),
    "rules": (
        _rules_file(KINDS),
        "validation",
        "Rules",
        "A file of a pack's rules folder, with the kinds of rule that Bandstand brings; a plugin may add others.",
    ),
    "examples": (
        ExampleFile,
        "validation",
        "Worked examples",
        "A file of a pack's examples folder: people, their evidence, and what is expected of their evaluation.",
    ),
    "evidence": (
        Evidence,
        "validation",
        "A piece of evidence",
        "One dated observation about one person; a framework may ask for more in its own evidence.schema.json.",
    ),
    "person": (
        Person,
        "validation",
        "A person",
        "What Bandstand may know of a person: the role, never the protected characteristics.",
    ),
    "evaluation": (
        Evaluation,
        "serialization",
        "An evaluation",
        "One run's whole result for one person and outcome: findings, conclusions, recommendation, pins and trace.",
    ),
    "problem": (
        Problem,
        "validation",
        "A problem",
        "One defect of a pack or of an input: where it is, what is wrong, and what to do about it.",
    ),
    "problems": (ProblemListing, "serialization", "Problems", "What a command writes to standard error with --json."),
    "explanation": (Explanation, "serialization", "An explanation", "One entry of `bandstand explain --json`."),
    "frameworks": (CatalogueListing, "serialization", "Frameworks", "What `bandstand frameworks --json` writes."),
    "listing": (FrameworkListing, "serialization", "A framework whole", "What `bandstand show F --json` writes."),
    "item": (ItemListing, "serialization", "One thing of a framework", "What `bandstand show F ID --json` writes."),
    "provenance": (
        ProvenanceListing,
        "serialization",
        "What a framework's document does not state",
        "What `bandstand show F --provenance --json` writes.",
    ),
    "candidates": (
        CandidateListing,
        "serialization",
        "Candidate evidence",
        "What `bandstand candidates --json` writes: evidence for other frameworks that may be worth a look.",
    ),
    "check": (CheckListing, "serialization", "What checking packs gives", "What `bandstand check --json` writes."),
    "trial": (TrialListing, "serialization", "What running examples gives", "What `bandstand test --json` writes."),
    "impact": (
        Impact,
        "serialization",
        "Whom another version of a pack would move",
        "What `bandstand impact OLD NEW --json` writes: counts of people, with those of a few withheld.",
    ),
    "comparison": (
        Comparison,
        "serialization",
        "A comparison of two packs",
        "What `bandstand diff OLD NEW --json` writes: what changed in meaning, and what becomes of the examples.",
    ),
    "opened": (
        Opened,
        "serialization",
        "A row of a table of results, opened",
        "What `bandstand open RESULTS PERSON --json` writes: the row, the evaluation, and whether they agree.",
    ),
    "cohort": (
        CohortRun,
        "serialization",
        "A run over a workforce",
        "What `bandstand cohort --json` and `encode --json` write, and a table of results has in its metadata.",
    ),
    "summary": (
        Summary,
        "serialization",
        "What a table of results comes to",
        "What `bandstand summary RESULTS --json` writes: counts of people, with those of a few withheld.",
    ),
    "sheet": (SheetListing, "serialization", "A sheet that was written", "What `bandstand sheet --json` writes."),
    "overlay-new": (
        NewOverlay,
        "serialization",
        "An overlay that was begun",
        "What `bandstand overlay new --json` writes: where it is, and what the pack leaves to the trust.",
    ),
    "overlay-check": (
        OverlayListing,
        "serialization",
        "Overlays that were checked",
        "What `bandstand overlay check --json` writes: what each makes the trust's, or what is wrong with it.",
    ),
    "project": (
        ProjectListing,
        "serialization",
        "A plugin that was begun",
        "What `bandstand new --json` writes: where it is, and its files.",
    ),
    "locking": (
        LockListing,
        "serialization",
        "What was locked, or differs",
        "What `bandstand lock --json` writes: the lock, and what changed or differs.",
    ),
    "key": (
        KeyListing,
        "serialization",
        "A key",
        "What `bandstand key new --json` and `bandstand key show --json` write: the public part of a key.",
    ),
    "signing": (SignListing, "serialization", "What was signed", "What `bandstand sign --json` writes."),
    "verifying": (
        VerifyListing,
        "serialization",
        "Who has signed what",
        "What `bandstand verify --json` writes: of each pack who signed it, or why that is not known.",
    ),
    "schemas": (
        SchemasListing,
        "serialization",
        "Schemas that were written, or looked at",
        "What `bandstand schemas --json` writes: which of them were not as they should be.",
    ),
}


def published(kinds: Iterable[type[Rule]] = KINDS) -> dict[str, dict[str, Any]]:
    """Every published schema (draft 2020-12), by the name of its file; rules are of the given kinds."""
    own = tuple(kinds)
    models = _PUBLISHED if own == KINDS else {**_PUBLISHED, "rules": (_rules_file(own), *_PUBLISHED["rules"][1:])}
    return {f"{name}{_ENDING}": _schema(name, *how) for name, how in models.items()}


def texts(kinds: Iterable[type[Rule]] = KINDS) -> dict[str, bytes]:
    """Every published schema as it is written, by the name of its file."""
    return {
        name: f"{json.dumps(schema, indent=2, sort_keys=True, ensure_ascii=False)}\n".encode()
        for name, schema in published(kinds).items()
    }


def drift(folder: Path, kinds: Iterable[type[Rule]] = KINDS) -> list[str]:
    """Names of the schemas in ``folder`` that are missing, that differ from the models, or that no model has now."""
    return generated.drift(folder, texts(kinds), _KIND)


def write(folder: Path, kinds: Iterable[type[Rule]] = KINDS) -> list[str]:
    """Bring the schemas in ``folder`` in line with the models; the names of those that were not."""
    return generated.write(folder, texts(kinds), _KIND)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command ``python -m bandstand.schemas``; 1 when a check finds schemas that differ from the models."""
    return generated.main("bandstand.schemas", __doc__, texts, _KIND, arguments)


def _schema(name: str, model: type[BaseModel], mode: _Mode, title: str, description: str) -> dict[str, Any]:
    schema = model.model_json_schema(mode=mode)
    for part in (schema, *schema.get("$defs", {}).values()):
        _describe(part)
    top = {"$schema": DIALECT, "$id": f"{_NAMED}{name}", "title": title, "description": description}
    return {**schema, **top}


def _describe(part: dict[str, Any]) -> None:
    """Turn a docstring into what editors show: its text for the whole, and its attributes for the fields."""
    text, _, attributes = inspect.cleandoc(part.get("description", "")).partition("\n\nAttributes:\n")
    if text:
        part["description"] = plain(text)
    for name, words in _entries(attributes):
        # A field that Python could not name as YAML does has an underscore behind it.
        field = name.rstrip("_")
        if field in part.get("properties", {}):
            part["properties"][field].setdefault("description", words)


def _entries(attributes: str) -> Iterator[tuple[str, str]]:
    for match in _ATTRIBUTE.finditer(attributes):
        yield match[1], plain(match[2])


def plain(text: str) -> str:
    """A docstring's text without its mark-up, each paragraph on one line."""
    paragraphs = re.sub(r":\w+:`~?([^`]+)`", r"`\1`", text).replace("``", "`").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


if __name__ == "__main__":
    sys.exit(main())
