"""The commands that evaluate a whole workforce, and bring its evidence into coded form."""

from __future__ import annotations

import contextlib
import importlib.util
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from bandstand.cli import errors, locks
from bandstand.cli.options import (
    AsJson,
    AsOf,
    Force,
    Frameworks,
    LockOption,
    Memory,
    OnOption,
    OutcomeOption,
    OverlayOption,
    Partitions,
    People,
    Processes,
    Purpose,
    RefuseExpired,
    RejectFile,
    ReviewPointOption,
    Settings,
    Since,
    WorkforceFiles,
    read_date,
    read_settings,
    read_size,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bandstand.cohort.ask import Leave
    from bandstand.cohort.local import Progress, Resources
    from bandstand.service import Service
    from bandstand.workforce.given import CohortDone

#: Endings of a file of results, as bandstand.cohort.output has them, which is too heavy to be loaded for --help.
_KINDS = (".parquet", ".arrow", ".csv")
_LIBRARIES = ("numpy", "pyarrow")
_INTERRUPTED = 130
_UNREAD = "rows could not be read, and the results are without them"
#: Bytes of a file that is worth several processes.
_LARGE = 2_000_000
#: Where Spark may be told to run, as it writes that.
_CLUSTERS = re.compile(r"local(\[[^\]]+\])?|local-cluster\[\d+,\d+,\d+\]|spark://\S+|k8s://\S+|yarn")


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(cohort)
    app.command()(encode)


def cohort(  # noqa: PLR0913 - one parameter for each option of the command
    files: WorkforceFiles,
    *,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Results: .parquet, .arrow or .csv.", show_default=False)
    ],
    people: People = None,
    framework: Frameworks = None,
    outcome: OutcomeOption = None,
    purpose: Purpose = None,
    as_of: AsOf = None,
    review_point: ReviewPointOption = None,
    since: Since = None,
    settings: Settings = None,
    overlay: OverlayOption = None,
    lock: LockOption = None,
    refuse_expired: RefuseExpired = False,
    every_conclusion: Annotated[
        bool, typer.Option("--every-conclusion", help="Put all conclusions into the results.")
    ] = False,
    without: Annotated[
        list[str] | None,
        typer.Option("--without", help="Leave empty, to save time: columns, blockers or caveats; may be repeated."),
    ] = None,
    rejects: RejectFile = None,
    memory: Memory = "1GB",
    processes: Processes = None,
    on: OnOption = None,
    partitions: Partitions = None,
    verify_sample: Annotated[
        int, typer.Option("--verify-sample", min=0, help="Evaluate so many people again, one by one, and compare.")
    ] = 0,
    restart: Annotated[bool, typer.Option("--restart", help="Begin anew where an earlier run stopped.")] = False,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Evaluate a whole workforce into a table: a row for each person and outcome.

    Rows that cannot be read are put into a file beside the results, with reasons; the exit code is then 2. Interrupted,
    the same command goes on from where it had got.

    Example: `bandstand cohort evidence.parquet --people staff.csv --as-of 2025-07-31 -o results.parquet`
    """
    if output.suffix.lower() not in _KINDS:
        raise typer.BadParameter(f"give a name that ends in {', '.join(_KINDS)}", param_hint="--output")
    if verify_sample and output.suffix.lower() == ".csv":
        raise typer.BadParameter("a sample can be verified of .parquet and .arrow", param_hint="--verify-sample")
    _may_write(output, force=force)
    _may_run_on(on, partitions, restart=restart)
    _need_libraries()
    from bandstand.workforce.asked import CohortQuestion  # noqa: PLC0415 - heavy, and --help needs none of it
    from bandstand.workforce.given import Given  # noqa: PLC0415
    from bandstand.workforce.run import evaluate_workforce  # noqa: PLC0415
    from bandstand.workforce.verified import verify_sample as verify  # noqa: PLC0415

    question = CohortQuestion(
        frameworks=tuple(dict.fromkeys(framework or ())),
        outcome=outcome,
        purpose=purpose,
        as_of=read_date(as_of, "--as-of"),
        review_point=review_point,
        since=read_date(since, "--since"),
        settings=read_settings(settings or []),
        refuse_expired=refuse_expired,
        every_conclusion=every_conclusion,
        without=_left_empty(without or ()),
    )
    resources = _resources(memory, processes)
    _start_early(files, resources)
    in_use = locks.in_use(lock)
    service = _service(overlay, in_use, as_json=as_json)
    given = Given(tuple(files), output, rejects, people, tuple(overlay or ()), in_use)
    differ: list[str] = []
    with errors.told(as_json=as_json), _progress(shown=not as_json) as progress, _resumable(output):
        if on is None:
            done = evaluate_workforce(service, question, given, resources, progress, restart=restart)
        else:
            from bandstand.workforce.on_spark import evaluate_on_cluster  # noqa: PLC0415

            done = evaluate_on_cluster(service, question, given, on, progress, partitions=partitions)
        if verify_sample:
            differ = verify(service, done, given, verify_sample, progress)
    _say(done, as_json=as_json)
    for line in differ:
        typer.echo(line, err=True)
    if verify_sample and done.run.counts is not None:
        again = min(verify_sample, done.run.counts.people)
        who = f"{again:,} {'person was' if again == 1 else 'people were'} evaluated again, one by one"
        typer.echo(f"{who}: {'something else' if differ else 'the same'} came out.", err=True)
    if differ:
        raise typer.Exit(errors.DISAGREED)
    _leave(done)


def _left_empty(columns: Sequence[str]) -> tuple[Leave, ...]:
    from bandstand.cohort.ask import Leave as Leaves  # noqa: PLC0415 - only where something is left out

    known: tuple[Leave, ...] = get_args(Leaves)
    for column in columns:
        if column not in known:
            raise typer.BadParameter(f'"{column}" is not one of {", ".join(known)}', param_hint="--without")
    return tuple(column for column in known if column in columns)


def encode(  # noqa: PLR0913 - one parameter for each option of the command
    files: WorkforceFiles,
    *,
    output: Annotated[Path, typer.Option("--output", "-o", help="The folder to write.", show_default=False)],
    framework: Frameworks = None,
    as_of: AsOf = None,
    overlay: OverlayOption = None,
    lock: LockOption = None,
    rejects: RejectFile = None,
    memory: Memory = "1GB",
    processes: Processes = None,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Bring evidence into coded form: a folder that `cohort` reads several times as fast, person by person.

    Example: `bandstand encode evidence.csv -o coded`
    """
    _may_write(output, force=force)
    _need_libraries()
    from bandstand.workforce.asked import CohortQuestion  # noqa: PLC0415 - heavy, and --help needs none of it
    from bandstand.workforce.encoding import encode_evidence  # noqa: PLC0415
    from bandstand.workforce.given import Given  # noqa: PLC0415

    question = CohortQuestion(frameworks=tuple(dict.fromkeys(framework or ())), as_of=read_date(as_of, "--as-of"))
    resources = _resources(memory, processes)
    _start_early(files, resources)
    in_use = locks.in_use(lock)
    service = _service(overlay, in_use, as_json=as_json)
    given = Given(tuple(files), output, rejects, None, tuple(overlay or ()), in_use)
    with errors.told(as_json=as_json), _progress(shown=not as_json) as progress, _resumable(output):
        done = encode_evidence(service, question, given, resources, progress)
    _say(done, as_json=as_json)
    _leave(done)


def _may_write(output: Path, *, force: bool) -> None:
    if output.exists() and not force:
        raise typer.BadParameter(f"{output} is there already; --force replaces it", param_hint="--output")
    if not output.absolute().parent.is_dir():
        raise typer.BadParameter(f"there is no folder {output.parent}", param_hint="--output")


def _may_run_on(on: str | None, partitions: int | None, *, restart: bool) -> None:
    if on is None and partitions is not None:
        raise typer.BadParameter("it is of a run on Spark: name the cluster by --on", param_hint="--partitions")
    if on is not None and not _CLUSTERS.fullmatch(on):
        raise typer.BadParameter(f'"{on}" is no cluster; write spark://HOST:PORT, yarn, or local[*]', param_hint="--on")
    if on is not None and restart:
        raise typer.BadParameter("a run on Spark always begins anew", param_hint="--restart")


def _need_libraries() -> None:
    missing = [name for name in _LIBRARIES if importlib.util.find_spec(name) is None]
    if missing:
        from bandstand.errors import EngineUnavailableError  # noqa: PLC0415 - rarely needed

        raise EngineUnavailableError(
            f"A whole workforce needs {' and '.join(missing)}, which are not installed. Install them with "
            "pip install 'bandstand[workforce]'."
        )


def _resources(memory: str, processes: int | None) -> Resources:
    from bandstand.cohort.local import Resources  # noqa: PLC0415
    from bandstand.cohort.pool import processors  # noqa: PLC0415

    return Resources(read_size(memory, "--memory"), processes or processors())


def _start_early(files: list[Path], resources: Resources) -> None:
    """Let processes get ready while packs are loaded, where there is enough to do for several."""
    size = sum(path.stat().st_size for path in files if path.is_file())
    if resources.processes > 1 and (size > _LARGE or any(path.is_dir() for path in files)):
        from bandstand.cohort.pool import start_early  # noqa: PLC0415

        start_early()


def _service(overlays: list[Path] | None, lock: Path | None, *, as_json: bool) -> Service:
    from bandstand.service import Service  # noqa: PLC0415

    with errors.told(as_json=as_json):
        service = Service(durable=False, overlays=overlays or (), lock=lock)
    locks.say(service.standings, lock)
    by_lock = {standing.framework for standing in service.standings if standing.problems}
    names = ", ".join(dict.fromkeys(item.name for item in service.catalogue.set_aside if item.name not in by_lock))
    if names:
        typer.echo(f"Set aside, with its problems: {names}. See bandstand frameworks.", err=True)
    return service


@contextlib.contextmanager
def _resumable(output: Path) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        work = output.parent / f".{output.name}.unfinished"
        kept = " What is finished is kept: the same command goes on from there." if work.exists() else ""
        typer.echo(f"Interrupted.{kept}", err=True)
        raise typer.Exit(_INTERRUPTED) from None


@contextlib.contextmanager
def _progress(*, shown: bool) -> Iterator[Progress]:
    """A bar on standard error for what is done, where that is a terminal."""
    if not (shown and sys.stderr.isatty()):
        yield lambda _what, _done, _total: None
        return
    from bandstand.cli.console import new_progress  # noqa: PLC0415 - rich is heavy

    with new_progress() as bar:
        task = bar.add_task("", total=None)

        def tell(what: str, done: int, total: int) -> None:
            bar.update(task, description=what, completed=done, total=total)

        yield tell


def _say(done: CohortDone, *, as_json: bool) -> None:
    for note in done.notes:
        typer.echo(note, err=True)
    counts = done.run.counts
    assert counts is not None
    if as_json:
        typer.echo(done.run.model_dump_json(indent=2))
    else:
        written = f"{counts.written:,} rows" if counts.written != 1 else "one row"
        typer.echo(
            f"{done.output}: {written} about {counts.people:,} {'person' if counts.people == 1 else 'people'}, from "
            f"{counts.read:,} rows of evidence."
        )
    if done.rejects is None:
        return
    rows = counts.rejected + counts.people_rejected
    if rows:
        what = "row could not be read, and the results are without it" if rows == 1 else _UNREAD
        typer.echo(f"{rows:,} {what}: {done.rejects} says why.", err=True)
    else:
        typer.echo(f"Something is to be said of a file: {done.rejects} has it.", err=True)


def _leave(done: CohortDone) -> None:
    if done.rejects is not None:
        raise typer.Exit(errors.BAD_INPUT)
