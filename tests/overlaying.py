"""Overlays as tests write them, laid over the tiny pack or over one that is installed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bandstand.packs.load import load_pack
from bandstand.packs.overlay import lay_over, read_overlay
from bandstand.rules.kinds import KINDS
from tiny import tiny

if TYPE_CHECKING:
    from pathlib import Path

    from bandstand.packs.pack import Pack

KINDS_BY_NAME = {kind.KIND: kind for kind in KINDS}
#: Whose overlay it is, unless a test says otherwise.
BY = {"id": "our_trust", "pack": "tiny", "version": "1.0", "by": "trust-board", "on": "2025-06-01", "why": "Minute 12."}


def overlay(folder: Path, values: str | None = None, wording: dict[str, str] | None = None, **fields: Any) -> Path:
    """Write an overlay; ``values`` is the text of values.yaml."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "overlay.yaml").write_text(json.dumps({**BY, **fields}), encoding="utf-8")
    if values is not None:
        (folder / "values.yaml").write_text(values, encoding="utf-8")
    if wording is not None:
        (folder / "wording.yaml").write_text(json.dumps({"wording": wording}), encoding="utf-8")
    return folder


def pack(folder: Path, *changes: tuple[str, str, str | bytes]) -> Pack:
    """The tiny pack, with changes as :func:`tiny.tiny` has them."""
    return load_pack(tiny(folder, *changes), KINDS_BY_NAME)


def laid(folder: Path, values: str, *changes: tuple[str, str, str | bytes], **fields: Any) -> Pack:
    """The tiny pack with an overlay of these values over it."""
    return lay_over(
        pack(folder / "pack", *changes), read_overlay(overlay(folder / "own", values, **fields)), KINDS_BY_NAME
    )
