"""What the command line loads before it does anything: help and the version need none of the heavy libraries."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import version

import pytest
from typer.main import get_command

import bandstand
from bandstand.cli.app import app

#: Libraries that take their time to load, each by the name that it is imported by.
HEAVY = {
    "altair",
    "cryptography",
    "duckdb",
    "durable",
    "durable_rules_engine",
    "jsonschema",
    "numpy",
    "pluggy",
    "pyarrow",
    "pydantic",
    "pyspark",
    "python_calamine",
    "referencing",
    "rfc8785",
    "vl_convert",
    "xlsxwriter",
    "yaml",
    "z3",
}
#: What prints help and writes logs, neither of which the version needs.
FOR_SCREENS = {"rich", "structlog"}

#: Runs the command line once for each line that it reads, and then says what is loaded.
_RUN = """\
import json, sys
from bandstand.cli import main
for line in sys.stdin.read().splitlines():
    sys.argv = ["bandstand", *line.split()]
    try:
        main()
    except SystemExit as left:
        assert not left.code, line
sys.stderr.write(json.dumps(list(sys.modules)))
"""
_IMPORT = "import json, sys, bandstand.cli.app; sys.stderr.write(json.dumps(list(sys.modules)))"


def loaded(program: str, *lines: str) -> tuple[set[str], str]:
    """The modules that a fresh interpreter has loaded once it ran a program, and what that printed."""
    command = [sys.executable, "-c", program]
    run = subprocess.run(  # noqa: S603 - our own
        command, input="\n".join(lines), capture_output=True, encoding="utf-8", check=True
    )
    return set(json.loads(run.stderr)), run.stdout


def commands() -> list[str]:
    """Every command, and every group of commands."""
    found = []
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]  # it is a group
        found += [name, *(f"{name} {below}" for below in getattr(command, "commands", ()))]
    return found


def test_help_loads_no_heavy_library() -> None:
    modules, printed = loaded(_RUN, "--help")
    assert "Usage: bandstand" in printed
    assert modules & HEAVY == set()


def test_no_command_loads_a_heavy_library_to_say_what_it_does() -> None:
    assert {"evaluate", "overlay", "overlay new"} <= set(commands())
    modules, printed = loaded(_RUN, *(f"{command} --help" for command in commands()))
    assert [command for command in commands() if f"Usage: bandstand {command} " not in printed] == []
    assert modules & HEAVY == set()


def test_the_version_loads_no_heavy_library_and_nothing_that_prints_help() -> None:
    modules, printed = loaded(_RUN, "--version")
    assert printed == f"bandstand {bandstand.__version__}\n"
    assert modules & (HEAVY | FOR_SCREENS) == set()


def test_the_commands_are_loaded_without_what_they_use() -> None:
    modules, _ = loaded(_IMPORT)
    assert modules & (HEAVY | FOR_SCREENS | {"importlib.metadata"}) == set()
    within = {module.split(".")[1] for module in modules if module.startswith("bandstand.")}
    assert within == {"cli", "errors"}


def test_the_version_is_that_of_the_distribution() -> None:
    assert bandstand.__version__ == version("bandstand")


def test_no_other_name_is_made_up() -> None:
    with pytest.raises(AttributeError, match="module 'bandstand' has no attribute 'nothing'"):
        _ = bandstand.nothing  # type: ignore[attr-defined]
