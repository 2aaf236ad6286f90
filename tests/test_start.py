"""A framework plugin that `bandstand new` began: it can be built, installed and used as it stands."""

from __future__ import annotations

import json
import re
import tomllib
from typing import TYPE_CHECKING, ClassVar, Literal

import pytest
from jsonschema import Draft202012Validator

import reading
from bandstand import schemas
from bandstand.errors import StartError
from bandstand.packs.load import load_pack
from bandstand.packs.yaml_source import read_yaml
from bandstand.rules.kinds import KINDS
from bandstand.rules.ragging import Ragging
from bandstand.starter.project import Project, suggested, write
from commands import Cli, validate, write_csv
from environment import Environment

if TYPE_CHECKING:
    from pathlib import Path

    from bandstand.packs.pack import Pack

KINDS_BY_NAME = {kind.KIND: kind for kind in KINDS}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project as it is begun."""
    folder = tmp_path_factory.mktemp("begun") / "project"
    write(Project("our_ladder", "Our ladder", "Our trust"), folder, KINDS)
    return folder


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory, project: Path) -> Environment:
    """An environment with Bandstand, its four plugins, and the wheel of the project."""
    folder = tmp_path_factory.mktemp("environment")
    made = Environment(folder, with_shipped=True)
    built = made.run(f"python -m pip wheel --quiet --wheel-dir {folder} {project}", folder)
    assert built.returncode == 0, built.stdout
    installed = made.run(f"python -m pip install --quiet {folder}/bandstand_our_ladder-*.whl", folder)
    assert installed.returncode == 0, installed.stdout
    return made


def pack_of(project: Path) -> Pack:
    """The pack of a project, which has no problems."""
    (folder,) = project.glob("src/*/pack")
    return load_pack(folder, KINDS_BY_NAME)


def test_the_wheel_is_found_beside_the_others_and_evaluates_evidence(environment: Environment, tmp_path: Path) -> None:
    rows = [{"person": "P-1", "criteria": "S1.1;S1.2", "claim": "met", "source": "appraiser", "date": "2025-07-01"}]
    evidence = write_csv(tmp_path / "evidence.csv", rows)
    listed = environment.run("python -m bandstand frameworks --json", tmp_path)
    frameworks = json.loads(listed.stdout)
    assert [framework["id"] for framework in frameworks["frameworks"]] == sorted([*reading.SHIPPED, "our_ladder"])
    assert frameworks["set_aside"] == []
    done = environment.run(f"python -m bandstand evaluate {evidence} --framework our_ladder --json", tmp_path)
    assert done.returncode == 0, done.stdout
    (evaluation,) = json.loads(done.stdout)
    assert (evaluation["framework"], evaluation["level"]) == ("our_ladder", 1)
    assert evaluation["recommendation"]["action"] == "look"
    assert [blocker["criterion"] for blocker in evaluation["blockers"]] == ["S2.1", "S2.2"]


def test_its_own_tests_pass_untouched(environment: Environment, project: Path) -> None:
    done = environment.run("python -m pytest -p no:cacheprovider", project)
    assert done.returncode == 0, done.stdout
    assert re.search(r"\d+ passed", done.stdout)


def test_every_file_of_the_pack_leads_an_editor_to_a_schema_that_it_meets(project: Path) -> None:
    pack = project / "src" / "bandstand_our_ladder" / "pack"
    files = sorted(pack.rglob("*.yaml"))
    assert {file.parent.name for file in files} == {"pack", "standards", "rules", "examples"}
    for file in files:
        _, _, reference = file.read_text("utf-8").partition("\n")[0].partition("# yaml-language-server: $schema=")
        schema = (file.parent / reference).resolve()
        assert schema.parent == (project / "schemas").resolve()
        source = read_yaml(file.name, file.read_bytes())
        assert list(Draft202012Validator(json.loads(schema.read_text("utf-8"))).iter_errors(source.data)) == []


def test_its_schemas_are_the_published_ones(project: Path) -> None:
    assert schemas.drift(project / "schemas") == []


def test_nothing_of_it_has_the_template_s_names_left(project: Path) -> None:
    for path in project.rglob("*"):
        text = f"{path.relative_to(project)}\n{path.read_text('utf-8') if path.is_file() else ''}"
        assert re.search("starter|dot-", text, re.IGNORECASE) is None, path


def test_it_says_that_it_is_a_placeholder(project: Path) -> None:
    pack = pack_of(project)
    assert "placeholder" in pack.framework.summary
    assert "nobody's policy" in (project / pack.framework.document.file).read_text("utf-8")
    assert "So far everything here is a placeholder" in (project / "README.md").read_text("utf-8")


def test_it_depends_on_the_bandstand_that_wrote_it(project: Path) -> None:
    import bandstand  # noqa: PLC0415

    (needed,) = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    least, most = re.fullmatch(r"bandstand>=([\d.]+),<([\d.]+)", needed).groups()  # type: ignore[union-attr]  # it matches

    def numbers(version: str) -> list[int]:
        return [int(part) for part in version.split(".")]

    assert numbers(least) <= numbers(bandstand.__version__) < numbers(most)


def test_editors_know_the_kinds_of_rule_that_are_given(tmp_path: Path) -> None:
    class Own(Ragging):
        KIND: ClassVar[str] = "own"

        kind: Literal["own"]  # type: ignore[assignment]  # a kind has a name of its own

    write(Project("our_ladder"), tmp_path / "new", [*KINDS, Own])
    schema = json.loads((tmp_path / "new" / "schemas" / "rules.schema.json").read_text("utf-8"))
    kinds = schema["properties"]["rules"]["items"]["discriminator"]["mapping"]
    assert set(kinds) == {*KINDS_BY_NAME, "own"}
    assert schemas.drift(tmp_path / "new" / "schemas") == ["rules.schema.json"]


def test_a_title_may_hold_whatever_can_be_printed(tmp_path: Path) -> None:
    title, publisher = 'Père "Noël" & the \\ starter_framework: #1', "The trust's {own} – of 'all'"
    write(Project("our_ladder", title, publisher), tmp_path / "new", KINDS)
    framework = pack_of(tmp_path / "new").framework
    assert (framework.title, framework.publisher) == (title, publisher)
    project = tomllib.loads((tmp_path / "new" / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["description"] == f"{title} as a Bandstand framework."


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("Our Ladder", "our_ladder"),
        ("our-ladder", "our_ladder"),
        ("2026 ladder!", "ladder"),
        ("Échelle", "echelle"),
        ("our__ladder", "our_ladder"),
        ("ladder_", "ladder"),
        ("l" * 60, "l" * 40),
        ("a", "our_framework"),
        ("", "our_framework"),
        ("../ladder", "ladder"),
        ("梯", "our_framework"),
    ],
)
def test_a_name_that_cannot_be_one_is_refused_with_one_that_can(name: str, meant: str) -> None:
    assert suggested(name) == meant
    with pytest.raises(StartError, match=re.escape(f'"{name}" cannot be the name of a framework')) as refused:
        Project(name)
    assert str(refused.value).endswith(f"Did you mean {meant}?")
    assert Project(meant).module == f"bandstand_{meant}"


@pytest.mark.parametrize("title", ["", "  ", "two\nlines", "t" * 201, "a\x00b"])
def test_a_title_that_could_not_be_shown_is_refused(title: str) -> None:
    with pytest.raises(StartError, match="--title"):
        Project("our_ladder", title)
    with pytest.raises(StartError, match="--publisher"):
        Project("our_ladder", publisher=title)


def test_a_folder_with_something_in_it_is_left_alone(installed: Cli, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Keep me.", "utf-8")
    code, out, err = installed("new", "our_ladder", tmp_path)
    assert (code, out) == (2, "")
    assert err == f"{tmp_path} is there already, and a new framework goes into an empty folder. Name another."
    code, _, err = installed("new", "our_ladder", tmp_path / "letter.txt")
    assert (code, err.startswith(f"{tmp_path / 'letter.txt'} is there already")) == (2, True)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_name_that_is_installed_is_refused(installed: Cli, tmp_path: Path) -> None:
    code, out, err = installed("new", "smart_equip", tmp_path / "new")
    assert (code, out) == (2, "")
    assert err == 'There is a framework "smart_equip" already: it is installed. Choose another name.'
    assert not (tmp_path / "new").exists()


def test_the_command_says_where_it_is_and_what_to_do_next(
    installed: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = installed("new", "our_ladder")
    assert (code, err) == (0, "")
    assert pack_of(tmp_path / "bandstand-our-ladder").framework.title == "Our ladder"
    assert out.splitlines()[0].startswith("bandstand-our-ladder: a plugin that works; ")
    assert [line.strip() for line in out.splitlines()[2:]] == [
        "python -m pip install --editable bandstand-our-ladder",
        "bandstand check our_ladder --strict",
        "bandstand test our_ladder --min-coverage 100",
    ]


def test_as_json_it_lists_every_file(installed: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "a folder" / "new"
    code, out, _ = installed("new", "our_ladder", folder, "--title", "T", "--publisher", "P", "--json")
    assert code == 0
    listing = json.loads(out)
    validate("project", listing)
    assert listing["files"] == sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )
    assert listing["next"][0] == f"python -m pip install --editable '{folder}'"
    assert (pack_of(folder).framework.title, pack_of(folder).framework.publisher) == ("T", "P")


def test_an_empty_folder_is_filled(installed: Cli, tmp_path: Path) -> None:
    assert installed("new", "our_ladder", tmp_path)[0] == 0
    assert (tmp_path / ".github" / "workflows" / "check.yml").is_file()
    assert (tmp_path / ".gitignore").is_file()


def test_schemas_are_written_and_held_against_what_is_installed(installed: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "schemas"
    code, out, err = installed("schemas", folder, "--check")
    assert (code, out) == (1, "")
    assert err.startswith("Not up to date: candidates.schema.json, ")
    assert err.endswith(f"Run `bandstand schemas {folder}`, and commit the result.")
    code, out, _ = installed("schemas", folder)
    assert (code, out.splitlines()[0]) == (0, str(folder / "candidates.schema.json"))
    assert schemas.drift(folder) == []
    assert installed("schemas", folder, "--check") == (0, f"{folder}: every schema is up to date.\n", "")
    (folder / "rules.schema.json").unlink()
    for options, wanted in ((["--check"], (1, False)), ([], (0, True)), (["--check"], (0, False))):
        code, out, _ = installed("schemas", folder, "--json", *options)
        listing = json.loads(out)
        validate("schemas", listing)
        assert (code, listing["written"]) == wanted
        assert listing["stale"] == ([] if wanted == (0, False) else ["rules.schema.json"])
