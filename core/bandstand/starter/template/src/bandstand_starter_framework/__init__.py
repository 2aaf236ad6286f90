"""A Bandstand framework: a pack of YAML, and where it is."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from bandstand.hookspecs import hookimpl

if TYPE_CHECKING:
    from bandstand.hookspecs import RegisterPack


@hookimpl
def register_packs(register: RegisterPack) -> None:
    """The one pack of this plugin."""
    register(files(__name__) / "pack")
