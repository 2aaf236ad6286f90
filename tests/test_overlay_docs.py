"""The examples of docs/overlays.md are overlays that can be laid over the packs that they speak of."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bandstand.packs.yaml_source import read_yaml
from bandstand.plugins import Catalogue, load_catalogue
from overlaying import overlay

if TYPE_CHECKING:
    from bandstand.packs.pack import Pack

PAGE = (Path(__file__).parent.parent / "docs" / "overlays.md").read_text("utf-8")
BLOCKS = re.findall(r"```yaml\n# (\w+\.yaml)[^\n]*\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def laid(catalogue: Catalogue, folder: Path, framework: str, **files: Any) -> Pack:
    of = catalogue.frameworks()[framework]
    return catalogue.with_overlays([overlay(folder, pack=framework, version=of.version, **files)]).frameworks()[
        framework
    ]


def test_the_page_shows_each_file() -> None:
    assert [name for name, _ in BLOCKS] == [
        *("overlay.yaml", "values.yaml", "values.yaml", "values.yaml", "wording.yaml")
    ]


@pytest.mark.parametrize(
    ("number", "framework", "settled"), [(1, "smart_equip", 5), (2, "smart_equip", 6), (3, "hampshire_careers", 2)]
)
def test_the_values_of_the_page_lie_over_the_pack(
    number: int, framework: str, settled: int, catalogue: Catalogue, tmp_path: Path
) -> None:
    made = laid(catalogue, tmp_path / "own", framework, values=BLOCKS[number][1])
    assert made.overlay is not None
    assert len(made.overlay.settled) == settled


def test_the_identity_and_the_wording_of_the_page_are_read(catalogue: Catalogue, tmp_path: Path) -> None:
    folder = overlay(tmp_path / "own", BLOCKS[1][1])
    (folder / "overlay.yaml").write_text(BLOCKS[0][1], "utf-8")
    assert catalogue.with_overlays([folder]).frameworks()["smart_equip"].overlay is not None
    wording = read_yaml("wording.yaml", BLOCKS[4][1].encode()).data["wording"]
    made = laid(catalogue, tmp_path / "words", "cat_toolkit", wording=wording)
    assert made.is_official("1d.vi@high_impact")
