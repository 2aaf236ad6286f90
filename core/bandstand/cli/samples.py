"""The command that runs the examples of packs, and says what they leave untried."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bandstand.cli import errors
from bandstand.cli.options import AsJson, OverlayOption, Packs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bandstand.models.trial import PackTrial


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("test")(run_examples)


def run_examples(
    packs: Packs = None,
    *,
    text: Annotated[
        str | None, typer.Option("-k", help="Only the examples whose names hold this.", metavar="TEXT")
    ] = None,
    min_coverage: Annotated[
        float | None,
        typer.Option(
            "--min-coverage", help="Fail below this share of what can happen.", metavar="PERCENT", min=0, max=100
        ),
    ] = None,
    uncovered: Annotated[
        bool, typer.Option("--uncovered", help="List what no example shows, with the line of the pack.")
    ] = False,
    overlay: OverlayOption = None,
    as_json: AsJson = False,
) -> None:
    """Run the examples of packs through every engine, and say how much of the rules they show.

    Example: `bandstand test my_framework --min-coverage 100 --uncovered`
    """
    from bandstand.cli import render_trial  # noqa: PLC0415 - heavy, and --help needs none of it
    from bandstand.cli.console import with_progress  # noqa: PLC0415
    from bandstand.found import find_packs  # noqa: PLC0415
    from bandstand.overlaid import lay_overlays  # noqa: PLC0415
    from bandstand.plugins import ask_plugins  # noqa: PLC0415
    from bandstand.trial import Trial  # noqa: PLC0415

    if text is not None and min_coverage is not None:
        raise typer.BadParameter("what some examples show says nothing of all", param_hint="--min-coverage")
    catalogue = ask_plugins()
    found = lay_overlays(find_packs(packs or (), catalogue), overlay or (), catalogue.kinds)
    if not found:
        typer.echo("There is nothing to test: no plugin is installed. Name the folder of a pack.", err=True)
        raise typer.Exit(errors.BAD_INPUT)
    solver = _has_solver()
    trials = [Trial(pack, text, solver=solver) for pack in found if pack.draft.pack is not None]
    total = sum(len(trial.examples) for trial in trials)
    if text is not None and trials and not total:
        raise typer.BadParameter(f'no example\'s name holds "{text}"', param_hint="-k")
    for _ in with_progress((placed for trial in trials for placed in trial.run()), total, "Running examples"):
        pass
    results = list(with_progress((trial.result() for trial in trials), len(trials), "Counting what they show"))
    if as_json:
        from bandstand.models.trial import TrialListing  # noqa: PLC0415

        typer.echo(TrialListing(packs=tuple(results)).model_dump_json(indent=2))
    else:
        render_trial.trials(results, uncovered=uncovered, least=min_coverage)
        if not solver and any(result.untried for result in results):
            typer.echo(
                "Without a solver, what can never happen may be counted: pip install 'bandstand[check]'.", err=True
            )
    problems = [problem for pack in found for problem in pack.problems]
    if problems:
        errors.say_problems(problems, as_json=as_json)
        raise typer.Exit(errors.BAD_INPUT)
    if _fails(results, min_coverage):
        raise typer.Exit(errors.FOUND)


def _has_solver() -> bool:
    from bandstand.checks.formula import solver_library  # noqa: PLC0415 - heavy, and --help needs none of it
    from bandstand.errors import EngineUnavailableError  # noqa: PLC0415

    try:
        solver_library()
    except EngineUnavailableError:
        return False
    return True


def _fails(results: Sequence[PackTrial], least: float | None) -> bool:
    return any(result.failures or (least is not None and result.percent < least) for result in results)
