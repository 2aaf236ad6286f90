"""A trust's overlay brings the official wording: shown as that, pinned, and never deciding anything."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import pytest

from bandstand.cli import main
from bandstand.engine.evaluate import Evaluator
from bandstand.engine.publish import publish
from bandstand.errors import NotFoundError, ProblemsError
from bandstand.explain import explain
from bandstand.lookup import find_item, provenance_of
from bandstand.models.evidence import Evidence, Person
from bandstand.plugins import load_catalogue

if TYPE_CHECKING:
    from pathlib import Path

    from bandstand.models.evaluation import Evaluation
    from bandstand.packs.pack import Pack

OFFICIAL = "A sentence that only this test has ever published."
LOST = "What the publisher's own copy says where the pack's document has a hole."
WORDING = {"1a.i@highest_impact": OFFICIAL, "1d.iii@some_impact": LOST, "1a.ii": "An official name."}
OVERLAY = {"id": "our_trust", "pack": "cat_toolkit", "version": "1.0", "by": "hr-lead", "on": "2026-09-01"}


def write(folder: Path, wording: dict[str, str] | None = None, **fields: Any) -> Path:
    """An overlay's folder; JSON is YAML too."""
    folder.mkdir(exist_ok=True)
    overlay = {**OVERLAY, "why": "Its publisher lets us show it.", **fields}
    (folder / "overlay.yaml").write_text(json.dumps(overlay), encoding="utf-8")
    (folder / "wording.yaml").write_text(json.dumps({"wording": wording or WORDING}), encoding="utf-8")
    return folder


def laid_over(folder: Path) -> Pack:
    return load_catalogue().with_overlays([folder]).frameworks()["cat_toolkit"]


def evaluation(pack: Pack) -> Evaluation:
    record = Evidence.model_validate(
        {
            "id": "E-1",
            "person": "P-1",
            "framework": "cat_toolkit",
            "criteria": ["1a.i", "1d.iii"],
            "claim": "high_impact",
            "source": "appraiser",
            "date": dt.date(2026, 5, 2),
        }
    )
    return publish(Evaluator(pack, durable=False).evaluate(Person(person="P-1"), [record], dt.date(2026, 6, 1)))


def test_the_official_wording_stands_where_ours_stood_and_is_called_that(tmp_path: Path) -> None:
    pack = laid_over(write(tmp_path / "overlay"))
    assert pack.criteria["1a.i@highest_impact"].descriptor == OFFICIAL
    assert pack.criteria["1a.i@high_impact"].descriptor != OFFICIAL
    item = find_item(pack, "1a.i")
    assert item.official == ("1a.i@highest_impact",)
    assert item.listing().official == ("1a.i@highest_impact",)
    assert find_item(pack, "1a.ii").official == ("1a.ii",)
    assert find_item(pack, "1b.i").official == ()


def test_a_step_shows_the_official_wording_and_says_so(tmp_path: Path) -> None:
    pack = laid_over(write(tmp_path / "overlay"))
    published = evaluation(pack)
    steps = {step.criterion: step for step in published.next_steps.criteria}
    assert steps["1a.i@highest_impact"].descriptor == OFFICIAL
    assert steps["1a.i@highest_impact"].official
    assert not steps["1d.iii@highest_impact"].official
    assert OFFICIAL in explain(published, pack).text()


def test_the_overlay_is_pinned_and_decides_nothing(tmp_path: Path) -> None:
    plain = load_catalogue().frameworks()["cat_toolkit"]
    without, with_it = evaluation(plain), evaluation(laid_over(write(tmp_path / "overlay")))
    other = evaluation(laid_over(write(tmp_path / "other", {"1a.i@highest_impact": "Another made-up sentence."})))
    assert (without.pins.overlay, with_it.pins.pack.digest) == (None, without.pins.pack.digest)
    assert str(with_it.pins.overlay).startswith("sha256:")
    assert len({without.pins.digest, with_it.pins.digest, other.pins.digest}) == 3
    assert len({with_it.pins.overlay, other.pins.overlay}) == 2
    assert with_it.conclusions == without.conclusions
    assert with_it.recommendation.action == without.recommendation.action


def test_a_text_that_the_document_lost_is_shown_and_stays_marked_as_lost(tmp_path: Path) -> None:
    plain, pack = load_catalogue().frameworks()["cat_toolkit"], laid_over(write(tmp_path / "overlay"))
    unit, before = pack.criteria["1d.iii@some_impact"], plain.criteria["1d.iii@some_impact"]
    assert (unit.text, unit.status, unit.basis) == (LOST, "unresolved", before.basis)
    assert before.text != LOST
    assert provenance_of(pack).counts == provenance_of(plain).counts
    assert find_item(pack, "1d.iii@some_impact").official == ("1d.iii@some_impact",)
    caveats = [caveat.text for caveat in evaluation(plain).recommendation.caveats]
    assert [caveat.text for caveat in evaluation(pack).recommendation.caveats] == caveats


@pytest.mark.parametrize(
    ("framework", "version", "blank"),
    [("smart_equip", "2024.1", "support.ES2"), ("hampshire_careers", "1.0", "1.3@UPR2-3")],
)
def test_what_the_document_leaves_blank_is_not_an_overlay_s_to_fill(
    framework: str, version: str, blank: str, tmp_path: Path
) -> None:
    folder = write(tmp_path / "overlay", {blank: OFFICIAL}, pack=framework, version=version)
    with pytest.raises(ProblemsError, match=f'"{blank}" is nothing in {framework} {version} that has a text') as caught:
        load_catalogue().with_overlays([folder])
    assert [problem.code for problem in caught.value.problems] == ["unknown-item"]


def test_two_overlays_on_one_framework_are_refused_as_only_one_would_be_pinned(tmp_path: Path) -> None:
    first, second = write(tmp_path / "first"), write(tmp_path / "second", {"1a.i": OFFICIAL}, id="another")
    with pytest.raises(ProblemsError, match=r"lies over cat_toolkit 1\.0 already") as caught:
        load_catalogue().with_overlays([first, second])
    assert [(p.code, p.place.file, p.place.path) for p in caught.value.problems] == [
        ("duplicate-overlay", str(second / "overlay.yaml"), "pack")
    ]


def test_the_catalogue_that_an_overlay_is_laid_over_stays_as_it_was(tmp_path: Path) -> None:
    catalogue = load_catalogue()
    catalogue.with_overlays([write(tmp_path / "overlay")])
    assert all(pack.overlay is None for pack in catalogue.packs)


def test_the_other_end_of_a_row_has_official_wording_of_its_own(tmp_path: Path) -> None:
    folder = write(tmp_path / "o", {"teacher.QE1.below": OFFICIAL}, pack="smart_equip", version="2024.1")
    unit = load_catalogue().with_overlays([folder]).frameworks()["smart_equip"].criteria["teacher.QE1"]
    assert unit.below is not None
    assert unit.below.descriptor == OFFICIAL
    assert unit.descriptor != OFFICIAL


def test_wording_of_what_is_not_there_is_a_problem_with_its_line_and_a_remedy(tmp_path: Path) -> None:
    folder = write(tmp_path / "overlay", {"1a.ix@high_impact": OFFICIAL, "5.2@UPR1": OFFICIAL})
    with pytest.raises(ProblemsError) as caught:
        laid_over(folder)
    codes = [(problem.code, problem.place.file) for problem in caught.value.problems]
    assert codes == [("unknown-item", str(folder / "wording.yaml"))] * 2
    assert "Did you mean 1a.i" in str(caught.value)


def test_an_overlay_for_another_version_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError) as caught:
        laid_over(write(tmp_path / "overlay", version="0.9"))
    told = str(caught.value)
    assert "is for cat_toolkit 0.9, which is not installed. Of cat_toolkit there is 1.0." in told
    assert f'write version: "1.0" into {tmp_path / "overlay"}/overlay.yaml' in told


def test_an_overlay_for_a_framework_that_is_not_there_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"cat_tolkit 1\.0, which is not installed\. Did you mean cat_toolkit\?"):
        laid_over(write(tmp_path / "overlay", pack="cat_tolkit"))


def test_what_an_overlay_lacks_is_told_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "overlay"
    folder.mkdir()
    (folder / "overlay.yaml").write_text("id: our_trust\npack: cat_toolkit\n", encoding="utf-8")
    with pytest.raises(ProblemsError) as caught:
        laid_over(folder)
    told = str(caught.value)
    for missing in ("version", "by", "on", "why"):
        assert f'"{missing}" is missing' in told


def test_an_overlay_of_nothing_but_its_identity_is_refused_unless_it_asks_for_something(tmp_path: Path) -> None:
    folder = write(tmp_path / "overlay")
    (folder / "wording.yaml").unlink()
    with pytest.raises(ProblemsError, match=r"overlay\.yaml alone lays nothing over its pack\. Add values\.yaml"):
        laid_over(folder)
    write(folder, expired="refuse")
    (folder / "wording.yaml").unlink()
    assert laid_over(folder).overlay is not None


@pytest.mark.parametrize("name", ["value.yaml", "values.yml"])
def test_a_file_that_nothing_would_read_is_refused_and_other_papers_may_lie_there(name: str, tmp_path: Path) -> None:
    folder = write(tmp_path / "overlay")
    (folder / "minutes.pdf").write_bytes(b"")
    laid_over(folder)
    (folder / name).write_text("confirm: []\n", encoding="utf-8")
    with pytest.raises(ProblemsError, match=rf"An overlay has no file {name}\. Did you mean values\.yaml\?"):
        laid_over(folder)


def test_a_file_of_an_overlay_lies_in_its_folder_and_has_a_size_that_an_overlay_can_need(tmp_path: Path) -> None:
    folder = write(tmp_path / "overlay")
    (folder / "wording.yaml").rename(tmp_path / "elsewhere.yaml")
    (folder / "wording.yaml").symlink_to(tmp_path / "elsewhere.yaml")
    (folder / "values.yaml").write_text(f"# {' ' * 4 * 1024 * 1024}\n", encoding="utf-8")
    with pytest.raises(ProblemsError) as caught:
        laid_over(folder)
    assert [(problem.code, problem.place.file) for problem in caught.value.problems] == [
        ("file-too-large", str(folder / "values.yaml")),
        ("outside-pack", str(folder / "wording.yaml")),
    ]


def test_a_folder_without_an_overlay_says_what_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError, match=r"An overlay has a file overlay\.yaml") as caught:
        laid_over(tmp_path / "nowhere")
    assert [problem.code for problem in caught.value.problems] == ["missing-file"]


def test_the_command_shows_official_wording(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write(tmp_path / "overlay")
    words = ["bandstand", "show", "cat_toolkit", "1a.i@highest_impact", "--overlay", str(folder)]
    monkeypatch.setattr("sys.argv", words)
    with pytest.raises(SystemExit):
        main()
    out = " ".join(capsys.readouterr().out.split())
    assert OFFICIAL in out
    assert "Official wording, by the overlay our_trust: 1a.i@highest_impact." in out
