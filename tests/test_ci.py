"""What docs/ci.md tells a trust is what it gets: the commands are run, and this repository's own gate uses the same."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bandstand.packs.yaml_source import read_yaml
from bandstand.rules.kinds import KINDS
from bandstand.starter.project import Project, write
from environment import Environment

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "ci.md").read_text("utf-8")
#: What differs between ways of writing the same findings down.
_FORMS = re.compile(r" --format \w+| -o \S+| --junitxml \S+| --allow \S+")


def blocks(language: str) -> list[str]:
    """The page's blocks of code in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


def commands(block: str) -> list[str]:
    """The commands of a block of the shell, each on one line."""
    return block.replace("\\\n  ", "").splitlines()


SHELL, CHANGE, IMPACT, LOCK = map(commands, blocks("sh"))
GITHUB, SARIF, GITLAB = blocks("yaml")


def data(block: str) -> Any:
    """A block of YAML as data."""
    source = read_yaml("block.yaml", block.encode())
    assert source.problems == []
    return source.data


def plain(given: Sequence[str]) -> list[str]:
    """Commands without how they write down what they find; those that install come before."""
    return [_FORMS.sub("", command) for command in given if " pip install " not in command]


def target(name: str) -> list[str]:
    """The commands of a target of the Makefile."""
    found = re.search(rf"^{name}:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert found is not None
    return [line.strip().removeprefix("$(BIN)/") for line in found[1].splitlines()]


def test_the_repository_s_own_gate_uses_the_commands_of_the_page() -> None:
    assert [*target("packs"), *target("test")] == SHELL
    gate = (ROOT / ".ci" / "run").read_text("utf-8").splitlines()
    assert {"make packs", "make test"} <= set(gate)


def test_a_project_s_workflow_is_the_one_of_the_page(tmp_path: Path) -> None:
    write(Project("our_ladder"), tmp_path / "new", KINDS)
    assert (tmp_path / "new" / ".github" / "workflows" / "check.yml").read_text("utf-8") == GITHUB
    steps = [step["run"] for step in data(GITHUB)["jobs"]["check"]["steps"] if "run" in step]
    assert plain(steps) == plain(SHELL)


def test_on_gitlab_the_same_is_checked_and_every_report_is_kept() -> None:
    job = data(GITLAB)["check"]
    assert plain(job["script"]) == plain(SHELL)
    written = re.findall(r"(?:-o|--junitxml) (\S+)", " ".join(job["script"]))
    assert job["artifacts"]["reports"]["junit"] == written


def test_the_findings_can_be_uploaded_from_where_they_are_written() -> None:
    check, upload = data(SARIF)
    assert plain([check["run"]]) == plain(SHELL[1:2])
    assert check["run"].endswith(f" -o {upload['with']['sarif_file']}")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[int, str]]:
    """Run a command in a project that was begun, is installed, and has a branch to compare with."""
    folder = tmp_path_factory.mktemp("ci")
    project = folder / "project"
    write(Project("our_ladder"), project, KINDS)
    environment = Environment(folder / "environment", with_shipped=False)

    def run_there(command: str) -> tuple[int, str]:
        done = environment.run(command, project)
        return done.returncode, done.stdout

    as_somebody = "git -c user.name=Nobody -c user.email=nobody@trust.example"
    for command in (
        "python -m pip install --quiet --editable .",
        "git init --quiet && git add --all",
        f"{as_somebody} commit --quiet --message Begin",
        "git update-ref refs/remotes/origin/main HEAD",
    ):
        code, said = run_there(command)
        assert code == 0, said
    return run_there


@pytest.mark.durable
@pytest.mark.parametrize("command", [*SHELL, *(step["run"] for step in data(SARIF) if "run" in step)])
def test_a_project_that_was_begun_passes(run: Callable[[str], tuple[int, str]], command: str) -> None:
    code, said = run(command)
    assert code == 0, said


@pytest.mark.durable
def test_a_report_that_gitlab_keeps_is_written(run: Callable[[str], tuple[int, str]]) -> None:
    for command in data(GITLAB)["check"]["script"][3:]:
        code, said = run(command)
        assert code == 0, said
    assert run("ls check.xml")[0] == 0


@pytest.mark.durable
def test_what_a_change_would_do_stops_it_where_it_moves_somebody(run: Callable[[str], tuple[int, str]]) -> None:
    branch, compare = CHANGE
    assert run(branch)[0] == 0
    assert run(compare)[0] == 0
    people = "".join(f"P-{n}\n" for n in range(20))
    rows = "".join(f"P-{n},S1.1,met,appraiser,2025-07-01\n" for n in range(20))
    assert run(f"printf 'person\n{people}' > people.csv")[0] == 0
    assert run(f"printf 'person,criteria,claim,source,date\n{rows}' > evidence.csv")[0] == 0
    (impact,) = IMPACT
    code, said = run(impact)
    assert code == 0, said
    # One line of step 1 is enough from now on.
    ladder = "src/bandstand_our_ladder/pack/rules/ladder.yaml"
    assert run(f"sed -i.bak 's/criteria: .S1.1, S1.2./&, need: 1/' {ladder} && rm {ladder}.bak")[0] == 0
    code, said = run(compare)
    assert code == 1, said
    assert "Level 1 now needs" in said
    code, said = run(impact)
    assert code == 1, said
    assert run(f"git checkout --quiet -- {ladder}")[0] == 0


@pytest.mark.durable
def test_what_differs_from_the_lock_stops_it(run: Callable[[str], tuple[int, str]]) -> None:
    (check,) = LOCK
    assert run("bandstand lock")[0] == 0
    assert run(check)[0] == 0
    framework = "src/bandstand_our_ladder/pack/framework.yaml"
    assert run(f"sed -i.bak 's/max_age_months: 24/max_age_months: 12/' {framework} && rm {framework}.bak")[0] == 0
    code, said = run(check)
    assert code == 1, said
    assert run(f"git checkout --quiet -- {framework} && rm -r bandstand.lock bandstand.lock.d")[0] == 0
