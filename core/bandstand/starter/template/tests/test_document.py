"""That every line of the document which the pack cites is there. The pack's examples are collected beside this."""

from __future__ import annotations

from pathlib import Path

from bandstand.models.provenance import line_numbers, models_within
from bandstand.plugins import load_catalogue

PROJECT = Path(__file__).parent.parent
PACK = load_catalogue().frameworks()["starter_framework"]
DOCUMENT = (PROJECT / PACK.framework.document.file).read_text("utf-8").splitlines()


def test_every_line_that_the_pack_cites_is_there() -> None:
    cited = {
        line
        for part in (PACK.framework, *PACK.standards, *PACK.rules)
        for _, model in models_within(part)
        for line in line_numbers(getattr(model, "source", None) or "1")
    }
    missing = [line for line in sorted(cited) if line > len(DOCUMENT) or not DOCUMENT[line - 1].strip()]
    assert missing == []
