"""Bandstand evaluates evidence against published professional frameworks, and recommends with its reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    __version__: str
else:

    def __getattr__(name: str) -> str:
        """The version, as the installed distribution has it: looked up when it is asked for, being slow to look up."""
        if name != "__version__":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib.metadata import version  # noqa: PLC0415 - most commands ask for no version

        globals()[name] = version("bandstand")
        return globals()[name]
