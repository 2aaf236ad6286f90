"""The documentation says what is so: each hook, option, kind, exit code and dependency, and output as it really is."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bandstand import explain, framework_pages
from bandstand.cli import errors, main
from bandstand.cli.app import app
from bandstand.hookspecs import Hooks
from bandstand.plugins import load_catalogue
from bandstand.service import Question, Service

if TYPE_CHECKING:
    from collections.abc import Iterator

    import typer

AS_OF = dt.date(2025, 7, 31)
ROOT = Path(__file__).parent.parent


def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def folded(words: str) -> str:
    """Words without line breaks, and digests cut to nothing: they change with every word of the pack."""
    return re.sub(r"sha256:[0-9a-f]*…", "sha256:…", " ".join(words.split()))


@pytest.mark.parametrize("hook", [name for name in vars(Hooks) if not name.startswith("_")])
def test_every_hook_is_documented_and_tested(hook: str) -> None:
    assert f"`{hook}`" in text("docs/plugins.md")
    assert hook in text("tests/test_plugins.py")
    assert (getattr(Hooks, hook).__doc__ or "").count(". ") == 0


@pytest.mark.parametrize("kind", sorted(load_catalogue().kinds))
def test_every_kind_of_rule_is_documented(kind: str) -> None:
    assert f"| [`{kind}`]({kind}.md) |" in text("docs/rules/README.md")
    assert "(rules/README.md)" in text("docs/plugins.md")


def commands_of(group: typer.Typer, *names: str) -> Iterator[tuple[str, ...]]:
    """Every command of a group by its words, those of the groups in it too."""
    for info in group.registered_commands:
        yield (*names, info.name or str(getattr(info.callback, "__name__", "")))
    for below in group.registered_groups:
        assert below.typer_instance is not None
        own = below.name if isinstance(below.name, str) else below.typer_instance.info.name
        yield from commands_of(below.typer_instance, *names, str(own))


@pytest.mark.parametrize("command", list(commands_of(app)), ids=" ".join)
def test_every_command_and_option_is_documented(
    command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr(sys, "argv", ["bandstand", *command, "--help"])
    with pytest.raises(SystemExit):
        main()
    options = set(re.findall(r"(--[a-z-]+)", capsys.readouterr().out)) - {"--help", "--output"}
    page = text("docs/command-line.md")
    assert "--json" in options
    assert f"`{' '.join(command)}" in page
    assert [option for option in sorted(options) if option not in page] == []


def test_every_exit_code_is_documented_and_in_the_help() -> None:
    codes = [errors.OK, errors.FOUND, errors.BAD_INPUT, errors.REFUSED, errors.DISAGREED, errors.FAULT]
    page = text("docs/command-line.md")
    assert codes == sorted(set(codes))
    for code in codes:
        assert f"| {code} |" in page
        assert f"{code} " in str(app.info.help)


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads(text("pyproject.toml"))["project"]
    page = text("docs/dependencies.md").lower().replace("-", "")
    names = [re.split(r"[<>=]", dependency)[0].lower().replace("-", "") for dependency in project["dependencies"]]
    assert [name for name in names if name not in page] == []


@pytest.mark.durable
def test_the_readme_shows_real_output(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "examples" / "demo_school.py"), str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own script
    question = Question(framework="smart_equip", outcome="ladder", people=("P-0022",), as_of=AS_OF)
    docket = Service().prepare([tmp_path / "evidence.csv"], tmp_path / "people.csv", question)
    (evaluation,) = docket.evaluations()
    said = folded(explain.explain(evaluation, docket.cases[0].evaluator.pack).text())
    shown = re.search(r"```\n(P-0022 is at .*?)\n```", text("README.md"), re.DOTALL)
    assert shown is not None
    beginning, ending = folded(shown[1]).split(" … ")
    assert said.startswith(beginning)
    assert said.endswith(ending)


def test_links_between_pages_lead_somewhere() -> None:
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_writing_the_pages_leaves_whatever_else_stands_in_the_folder_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    manual = tmp_path / "manual.md"
    manual.write_text("# Manual\n\nPages are made from the packs by `make pages`.\n", "utf-8")
    assert framework_pages.main(["write", str(tmp_path)]) == 0
    assert {path.name for path in tmp_path.iterdir()} == {*framework_pages.pages(), "manual.md"}
    # A page of a framework that is not installed any more was made, too.
    (tmp_path / "gone.md").write_bytes((tmp_path / "smart_equip.md").read_bytes())
    capsys.readouterr()
    assert framework_pages.main(["check", str(tmp_path)]) == 1
    assert capsys.readouterr().err.startswith("Not up to date: gone.md. ")
    assert framework_pages.main(["write", str(tmp_path)]) == 0
    assert not (tmp_path / "gone.md").exists()
    assert framework_pages.main(["check", str(tmp_path)]) == 0
    assert manual.read_text("utf-8").startswith("# Manual")
