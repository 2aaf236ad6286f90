"""The commands that compare two versions of a pack: what changed in meaning, and whom it would move."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import typer


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    del app
