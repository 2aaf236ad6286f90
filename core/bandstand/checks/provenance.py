"""Values that the document does not give, and that no trust has confirmed: examples which a decision could rest on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from bandstand import words
from bandstand.models.framework import FactAsked, Framework, ScalePoint, ZoneMeaning
from bandstand.models.provenance import Basis, models_within
from bandstand.rules.base import Rule
from bandstand.rules.expected_band import Band

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel

    from bandstand.checks.bench import Bench
    from bandstand.models.problem import Problem
    from bandstand.packs.yaml_source import Path, Source

#: Between the words of a class's name.
_SPACED: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")

_KINDS: Final[dict[type, str]] = {FactAsked: "fact", ScalePoint: "point", ZoneMeaning: "zone"}


def unconfirmed(bench: Bench) -> Iterator[Problem]:
    """A warning for each value whose basis is `illustrative`, with its lines and its note."""
    for source, start, part in _parts(bench):
        named: dict[Path, str] = {}
        for path, model in models_within(part, start):
            above = next((named[path[:n]] for n in range(len(path) - 1, -1, -1) if path[:n] in named), "")
            named[path] = own = _name(model, path, above)
            if getattr(model, "basis", None) is Basis.ILLUSTRATIVE:
                value, lines = _value(model), words.lines(str(getattr(model, "source", "")))
                said = f"{own[:1].upper()}{own[1:]}{f' ({value})' if value else ''} is an example value ({lines})."
                remedy = "Confirm or change it in the trust's overlay."
                if isinstance(model, FactAsked) and model.of == "trust":
                    remedy = f"Confirm or change it in the trust's overlay, or give it with --set {model.id}=VALUE."
                message = f"{said} {getattr(model, 'note', None) or ''}".strip()
                code = "unconfirmed-value"
                yield bench.of_source(source, path, code, message, remedy, severity="warning", value=value)


def _parts(bench: Bench) -> Iterator[tuple[Source, Path, BaseModel]]:
    draft = bench.draft
    yield draft.sources["framework.yaml"], (), bench.pack.framework
    for standard, source in draft.standards:
        yield source, (), standard
    for rule, source, path in draft.rules:
        yield source, path, rule


def _name(model: BaseModel, path: Path, above: str) -> str:
    """What something is called by whoever looks for it: ``from of the band tslt of the rule expected``."""
    if isinstance(model, Framework):
        return ""
    kind = _KINDS.get(type(model)) or _SPACED.sub(" ", type(model).__name__).lower()
    if isinstance(model, Rule):
        kind = "rule"
    name = next((str(getattr(model, field)) for field in ("id", "at") if hasattr(model, field)), None)
    field = next((part for part in reversed(path) if isinstance(part, str)), kind)
    own = f"the {kind} {name}" if name is not None else f"`{field}`"
    return f"{own} of {above}" if above else own


def _value(model: BaseModel) -> str | None:
    """What stands there, where it is a figure."""
    if isinstance(model, Band):
        ends = {"from": model.lowest, "gold": model.gold, "to": model.to}
        return ", ".join(f"{end} {level}" for end, level in ends.items() if isinstance(level, int)) or None
    given = next((getattr(model, field) for field in ("level", "at_most", "default") if hasattr(model, field)), None)
    return None if given is None else str(given)
