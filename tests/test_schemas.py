"""The published schemas: they say what the models say, and shipped packs meet them."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
from importlib.metadata import entry_points
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from jsonschema import Draft202012Validator

from bandstand import schemas
from bandstand.engine.evaluate import Evaluator
from bandstand.engine.publish import publish
from bandstand.hookspecs import PROJECT
from bandstand.models.evidence import Person
from bandstand.packs.load import FOLDERS
from bandstand.packs.yaml_source import read_yaml
from bandstand.plugins import load_catalogue

if TYPE_CHECKING:
    from bandstand.packs.pack import Pack

FOLDER = Path(__file__).parent.parent / "schemas"
#: A folder of a pack, and the schema of the files in it.
SCHEMA_OF = {
    "": "framework.schema.json",
    "standards": "standard.schema.json",
    "rules": "rules.schema.json",
    "examples": "examples.schema.json",
    "guidance": "guidance.schema.json",
    "crosswalks": "crosswalk.schema.json",
}
#: What people give besides, and what the commands write.
INPUTS = {
    "evidence.schema.json",
    "lock.schema.json",
    "overlay.schema.json",
    "values.schema.json",
    "person.schema.json",
    "signature.schema.json",
    "wording.schema.json",
}
OUTPUTS = {
    "candidates.schema.json",
    "check.schema.json",
    "cohort.schema.json",
    "comparison.schema.json",
    "evaluation.schema.json",
    "explanation.schema.json",
    "frameworks.schema.json",
    "impact.schema.json",
    "item.schema.json",
    "key.schema.json",
    "listing.schema.json",
    "locking.schema.json",
    "opened.schema.json",
    "overlay-check.schema.json",
    "overlay-new.schema.json",
    "problem.schema.json",
    "problems.schema.json",
    "project.schema.json",
    "provenance.schema.json",
    "schemas.schema.json",
    "sheet.schema.json",
    "signing.schema.json",
    "summary.schema.json",
    "trial.schema.json",
    "verifying.schema.json",
}
NAMES = sorted({*SCHEMA_OF.values(), *INPUTS, *OUTPUTS})
#: The packs of the plugins in this repository.
SHIPPED = {
    point.value: Path(str(files(point.value))) / "pack"
    for point in entry_points(group=PROJECT)
    if point.value.startswith("bandstand_")
}
#: Each of their files: the plugin, and the file's name below the pack.
SHIPPED_FILES = [
    (plugin, path.relative_to(pack).as_posix())
    for plugin, pack in sorted(SHIPPED.items())
    for path in sorted(pack.rglob("*.yaml"))
]


EVIDENCE = {
    "id": "e1",
    "person": "P-1",
    "framework": "tiny",
    "criteria": ["A.1"],
    "claim": "steady",
    "source": "self",
    "date": "2025-07-01",
}


@pytest.fixture(scope="module")
def smart() -> Pack:
    return load_catalogue().frameworks()["smart_equip"]


def said(capsys: pytest.CaptureFixture[str]) -> str:
    captured = capsys.readouterr()
    return captured.out + captured.err


def test_the_committed_schemas_are_those_of_the_models() -> None:
    assert schemas.drift(FOLDER) == [], "run `make schemas`, and commit the result"


def test_a_schema_is_published_for_each_file_of_a_pack_each_input_and_each_output() -> None:
    assert set(SCHEMA_OF) == {"", *FOLDERS}
    assert sorted(schemas.published()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_published_schema_is_valid_draft_2020_12_and_says_what_it_is(name: str) -> None:
    schema = schemas.published()[name]
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"bandstand:{name.removesuffix('.schema.json')}"
    assert schema["title"]
    assert schema["description"].endswith(".")


@pytest.mark.parametrize("name", NAMES)
def test_descriptions_are_plain_text_without_the_mark_up_of_docstrings(name: str) -> None:
    text = json.dumps(schemas.published()[name])
    assert "``" not in text
    assert "Attributes:" not in text


def test_what_a_docstring_says_of_a_field_is_the_field_s_description() -> None:
    level = schemas.published()["rules.schema.json"]["$defs"]["Level"]
    assert level["description"] == "One level of the ladder."
    assert level["properties"]["need"]["description"] == "How many of them: `all`, or a number."


def test_the_kinds_in_the_rules_schema_are_those_that_bandstand_s_own_plugin_registers() -> None:
    kinds = schemas.published()["rules.schema.json"]["properties"]["rules"]["items"]["discriminator"]["mapping"]
    assert sorted(kinds) == sorted(load_catalogue(points=[]).kinds)


def test_the_shipped_packs_have_files_of_every_folder() -> None:
    assert {name.rpartition("/")[0] for _, name in SHIPPED_FILES} == set(SCHEMA_OF)


@pytest.mark.parametrize(("plugin", "name"), SHIPPED_FILES)
def test_a_shipped_file_meets_its_published_schema(plugin: str, name: str) -> None:
    source = read_yaml(name, (SHIPPED[plugin] / name).read_bytes())
    schema = schemas.published()[SCHEMA_OF[name.rpartition("/")[0]]]
    assert source.problems == []
    assert list(Draft202012Validator(schema).iter_errors(source.data)) == []


@pytest.mark.parametrize(("plugin", "name"), SHIPPED_FILES)
def test_a_shipped_file_points_editors_to_its_published_schema(plugin: str, name: str) -> None:
    file = SHIPPED[plugin] / name
    _, _, reference = file.read_text("utf-8").partition("\n")[0].partition("$schema=")
    assert file.parent.joinpath(reference).resolve() == FOLDER / SCHEMA_OF[name.rpartition("/")[0]]


@pytest.mark.parametrize(
    ("name", "document"),
    [
        pytest.param("rules.schema.json", {"rules": [{"kind": "no_such_kind"}]}, id="a rule of an unknown kind"),
        pytest.param("rules.schema.json", {"rules": [{"kind": "ragging", "id": "sheet"}]}, id="a bare rule"),
        pytest.param("rules.schema.json", {"rule": []}, id="a misspelt top field"),
        pytest.param("person.schema.json", {"person": "P-1", "gender": "x"}, id="a protected characteristic"),
        pytest.param("person.schema.json", {"person": "P-1", "fte": 1.5}, id="more than full time"),
        pytest.param("evidence.schema.json", {"id": "e1"}, id="evidence of nobody"),
        pytest.param("problem.schema.json", {"code": "x"}, id="a problem without a place"),
        pytest.param("standard.schema.json", {"id": "A"}, id="a standard without criteria"),
        pytest.param("examples.schema.json", {"examples": []}, id="no example"),
        pytest.param("framework.schema.json", {}, id="nothing"),
        pytest.param("guidance.schema.json", {"id": "hints", "items": []}, id="guidance of nothing"),
        pytest.param("crosswalk.schema.json", {"to": "other"}, id="a crosswalk without links"),
        pytest.param("person.schema.json", {"person": "P-1", "facts": {"aim": 1}}, id="a fact that is no text"),
        pytest.param("evidence.schema.json", {**EVIDENCE, "claim": "Met!"}, id="a claim that is no word"),
    ],
)
def test_a_published_schema_refuses(name: str, document: object) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, schemas.published()[name], Draft202012Validator)


def test_a_claim_may_be_a_point_of_a_framework_s_own_scale_and_facts_stand_by_their_ids() -> None:
    published = schemas.published()
    accepted = {"accepted_from": "e0", "accepted_by": "P-2"}
    jsonschema.validate({**EVIDENCE, **accepted}, published["evidence.schema.json"], Draft202012Validator)
    jsonschema.validate(
        {"person": "P-1", "facts": {"aim": "stay"}}, published["person.schema.json"], Draft202012Validator
    )


def test_an_evaluation_as_it_is_written_meets_its_schema(smart: Pack) -> None:
    evaluated = Evaluator(smart).evaluate(Person(person="P-0001"), [], dt.date(2025, 7, 10))
    document: Any = publish(evaluated).model_dump(mode="json")
    errors = Draft202012Validator(schemas.published()["evaluation.schema.json"]).iter_errors(document)
    assert list(errors) == []


def test_writing_twice_changes_nothing_the_second_time(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "schemas"
    assert schemas.write(folder) == NAMES
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert schemas.write(folder) == []
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_drift_names_what_differs_what_is_missing_and_what_no_model_has(tmp_path: Path) -> None:
    schemas.write(tmp_path)
    (tmp_path / "person.schema.json").write_text("{}\n", "utf-8")
    (tmp_path / "problem.schema.json").unlink()
    (tmp_path / "pupil.schema.json").write_text('{\n  "$id": "bandstand:pupil"\n}\n', "utf-8")
    (tmp_path / "README.md").write_text("Not a schema.\n", "utf-8")
    assert schemas.drift(tmp_path) == ["person.schema.json", "problem.schema.json", "pupil.schema.json"]
    assert schemas.write(tmp_path) == ["person.schema.json", "problem.schema.json", "pupil.schema.json"]
    assert schemas.drift(tmp_path) == []
    assert (tmp_path / "README.md").exists()


def test_a_schema_that_is_not_bandstand_s_is_left_alone(tmp_path: Path) -> None:
    schemas.write(tmp_path)
    theirs = tmp_path / "register.schema.json"
    theirs.write_text('{\n  "$id": "https://trust.example/register"\n}\n', "utf-8")
    (tmp_path / "drafts.schema.json").mkdir()
    assert schemas.drift(tmp_path) == []
    assert schemas.write(tmp_path) == []
    assert theirs.exists()


def test_every_schema_is_missing_from_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert schemas.drift(tmp_path / "nowhere") == NAMES


def test_the_same_models_give_the_same_bytes_in_another_process(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bandstand.schemas", "write", str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, "PYTHONHASHSEED": "7"})  # noqa: S603 - our own command
    assert schemas.drift(tmp_path) == []


def test_the_check_fails_and_names_the_remedy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    schemas.write(tmp_path)
    assert schemas.main(["check", str(tmp_path)]) == 0
    assert said(capsys) == ""
    (tmp_path / "person.schema.json").unlink()
    assert schemas.main(["check", str(tmp_path)]) == 1
    assert said(capsys) == (
        "Not up to date: person.schema.json. "
        f"Run `python -m bandstand.schemas write {tmp_path}`, and commit the result.\n"
    )
    assert schemas.main(["write", str(tmp_path)]) == 0
    assert said(capsys) == f"{tmp_path / 'person.schema.json'}\n"
