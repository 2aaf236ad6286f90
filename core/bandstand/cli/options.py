"""The options that several commands share, and how what they are given is read."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Annotated, Final

import typer

#: The flags that Typer adds to a group of commands: off where nothing was said of them. Typer reads whatever is neither
#: on nor off by pydantic, which help needs not at all.
FLAGS_OFF: Final = {"help": False, "install_completion": False, "show_completion": False}

_LEAST_MEMORY = 64_000_000

AsJson = Annotated[bool, typer.Option("--json", help="Write JSON, as the published schemas have it.")]
Files = Annotated[
    list[Path], typer.Argument(help="Evidence: .jsonl, .json, .csv, .xlsx, or a filled sheet.", show_default=False)
]
Packs = Annotated[
    list[str] | None,
    typer.Argument(
        help="A plugin, a framework, a pack's folder, or a project with packs in it. [default: all installed]",
        show_default=False,
    ),
]
People = Annotated[Path | None, typer.Option("--people", help="Staff list: .csv, .jsonl, .json or .xlsx.")]
FrameworkArgument = Annotated[
    str,
    typer.Argument(
        help="Id of a framework; F@VERSION names a version of it. [default version: the one valid today]",
        show_default=False,
    ),
]
FrameworkOption = Annotated[str | None, typer.Option("--framework", "-f", help="Only under this framework.")]
PersonOption = Annotated[list[str] | None, typer.Option("--person", "-p", help="Only this person; may be repeated.")]
OutcomeOption = Annotated[
    str | None,
    typer.Option("--outcome", help="Only this outcome, such as ladder. [default: all that the evidence is for]"),
]
Since = Annotated[
    str | None, typer.Option("--since", help="Compare with an earlier day, as with the last review.", metavar="DATE")
]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set", help="A setting of the trust, such as pay_switch=partial; may be repeated.", metavar="NAME=VALUE"
    ),
]
OverlayOption = Annotated[
    list[Path] | None,
    typer.Option("--overlay", help="Folder of the trust's overlay on a pack; may be repeated.", metavar="FOLDER"),
]
LockOption = Annotated[
    Path | None,
    typer.Option(
        "--lock",
        help="The trust's lock; what is not as it says is refused. [default: bandstand.lock, if this folder has it]",
        envvar="BANDSTAND_LOCK",
        show_envvar=True,
        show_default=False,
        metavar="FILE",
    ),
]
Purpose = Annotated[str | None, typer.Option("--purpose", help="What for. [default: the framework's first purpose]")]
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of", help="Count evidence up to this date. [default: the newest evidence's date]", metavar="DATE"
    ),
]
ReviewPointOption = Annotated[
    str | None, typer.Option("--review-point", help="Count evidence up to this review point, such as mid.")
]
RefuseExpired = Annotated[
    bool,
    typer.Option("--refuse-expired", help="Evaluate nothing under a framework that is not valid at the as-of date."),
]
KeepGoing = Annotated[
    bool, typer.Option("--keep-going", help="Evaluate what is good although some rows are bad; the exit code stays 2.")
]
Engine = Annotated[
    str, typer.Option("--engine", help="both: two engines that must agree; plain: the plain engine alone.")
]


WorkforceFiles = Annotated[
    list[Path],
    typer.Argument(
        help="Evidence: .parquet, .csv, .jsonl (also .gz), folders of them, or one folder of coded evidence.",
        show_default=False,
    ),
]
Frameworks = Annotated[
    list[str] | None,
    typer.Option("--framework", "-f", help="Only under this framework; may be repeated. [default: all]"),
]
Memory = Annotated[
    str, typer.Option("--memory", help="Memory that all processes together may take, about.", metavar="SIZE")
]
Processes = Annotated[
    int | None, typer.Option("--processes", min=1, help="Processes that work. [default: one for each core]")
]
OnOption = Annotated[
    str | None,
    typer.Option(
        "--on", help="Evaluate on Spark instead: spark://HOST:PORT, yarn, or local[*] to try it.", metavar="CLUSTER"
    ),
]
Partitions = Annotated[
    int | None,
    typer.Option("--partitions", min=1, help="Parts that Spark puts people into. [default: by cores and size]"),
]
RejectFile = Annotated[
    Path | None,
    typer.Option(
        "--rejects", help="Where to put rows that cannot be read. [default: beside the output]", metavar="FILE"
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Replace what is there.")]


def read_size(text: str, option: str) -> int:
    """A size in bytes that an option was given: 1GB, 512MB, 1.5 GiB."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([kmgt]?)(i?)b?\s*", text.lower())
    size = 0
    if found is not None:
        number, unit, binary = found.groups()
        size = int(float(number) * (1024 if binary else 1000) ** " kmgt".index(unit or " "))
    if size < _LEAST_MEMORY:
        raise typer.BadParameter(f'"{text}" is not a size of 64MB or more, such as 1GB', param_hint=option)
    return size


def read_date(text: str | None, option: str) -> dt.date | None:
    """The date that an option was given; None where it was not given."""
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f'"{text}" is not a date written YYYY-MM-DD', param_hint=option) from None


def read_settings(given: list[str]) -> dict[str, str]:
    """The trust's settings that ``--set`` was given, by the fact's id."""
    settings: dict[str, str] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not (equals and name.strip() and value.strip()):
            raise typer.BadParameter(f'"{text}" is not written NAME=VALUE', param_hint="--set")
        settings[name.strip()] = value.strip()
    return settings
