"""Bandstand evaluates evidence against published professional frameworks, and recommends with its reasons."""

from importlib.metadata import version

__version__ = version("bandstand")
