"""``python -m bandstand`` is the command line."""

from bandstand.cli import run

run()
