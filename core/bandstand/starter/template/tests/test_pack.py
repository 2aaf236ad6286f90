"""The pack's examples, and that every line which the pack cites is there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import bandstand_starter_framework
from bandstand.engine.evaluate import Evaluator
from bandstand.examples import try_example
from bandstand.models.provenance import line_numbers, models_within
from bandstand.plugins import load_catalogue

if TYPE_CHECKING:
    from bandstand.models.example import Example

PACK = load_catalogue().frameworks()["starter_framework"]
DOCUMENT = (Path(__file__).parent.parent / "document.txt").read_text("utf-8").splitlines()


def test_the_plugin_that_is_installed_is_this_one() -> None:
    assert PACK.place.startswith(str(Path(bandstand_starter_framework.__file__).parent))


@pytest.mark.parametrize("example", PACK.examples, ids=lambda example: example.name)
def test_example(example: Example) -> None:
    assert try_example(Evaluator(PACK), example).differences == ()


def test_every_line_that_the_pack_cites_is_there() -> None:
    cited = {
        line
        for part in (PACK.framework, *PACK.standards, *PACK.rules)
        for _, model in models_within(part)
        for line in line_numbers(getattr(model, "source", None) or "1")
    }
    missing = [line for line in sorted(cited) if line > len(DOCUMENT) or not DOCUMENT[line - 1].strip()]
    assert missing == []
