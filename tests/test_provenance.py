"""Provenance: every value of a pack says where it comes from, and how firmly."""

from __future__ import annotations

import re
import shutil
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

import support
from bandstand.errors import ProblemsError
from bandstand.lookup import provenance_of
from bandstand.models.provenance import Basis, Ground, Provenance, line_numbers
from bandstand.packs.load import load_pack
from bandstand.plugins import load_catalogue

if TYPE_CHECKING:
    from bandstand.packs.pack import Pack

SHIPPED = Path(str(files("bandstand_smart_equip"))) / "pack"
KINDS = load_catalogue(points=[]).kinds
TOP = "framework.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped pack, to be changed."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "pack"))


@pytest.fixture(scope="module")
def smart() -> Pack:
    return load_pack(SHIPPED, KINDS)


def change(folder: Path, file: str, old: str, new: str) -> int:
    """Change what stands in a file once; the line on which it begins."""
    path = folder / file
    text = path.read_text("utf-8")
    assert text.count(old) == 1, f"{file} does not hold {old!r} once"
    path.write_text(text.replace(old, new), "utf-8")
    return text[: text.index(old)].count("\n") + 1


def only_problem(folder: Path) -> tuple[str, str, int | None, str | None, str]:
    with pytest.raises(ProblemsError) as caught:
        load_pack(folder, KINDS)
    (problem,) = caught.value.problems
    return problem.code, problem.place.file, problem.place.line, problem.place.path, problem.message


@pytest.mark.parametrize(
    ("lines", "numbers"),
    [
        ("540", [540]),
        ("382-384, 460", [382, 383, 384, 460]),
        ("382-384,460", [382, 383, 384, 460]),
        ("7-7", [7]),
        ("9, 3", [9, 3]),
    ],
)
def test_lines_are_numbers_and_spans_in_the_order_given(lines: str, numbers: list[int]) -> None:
    assert line_numbers(lines) == numbers


@pytest.mark.parametrize("lines", ["540", "382-394, 460", "1,2,3-4", 540])
def test_lines_are_written_as_people_write_them(lines: str | int) -> None:
    assert Provenance.model_validate({"source": lines}).source == str(lines)


@pytest.mark.parametrize("lines", ["", "page 4", "4-", "-4", "0", "04", "4;5", "4 - 5", "4,", True, 0, -3, 1.5, None])
def test_what_names_no_lines_is_no_source(lines: object) -> None:
    with pytest.raises(ValidationError):
        Provenance.model_validate({"source": lines})


def test_a_value_is_stated_by_the_document_unless_it_says_otherwise() -> None:
    assert Provenance(source="1").basis is Basis.STATED


@pytest.mark.parametrize(
    ("basis", "firm"),
    [(Basis.STATED, True), (Basis.TRUST, True), (Basis.INTERPRETED, False), (Basis.ILLUSTRATIVE, False)],
)
def test_only_what_the_document_or_the_trust_says_is_firm(basis: Basis, firm: bool) -> None:  # noqa: FBT001 - the answer
    assert Ground(source="1", basis=basis).is_firm is firm


@pytest.mark.parametrize("basis", ["interpreted", "illustrative"])
@pytest.mark.parametrize(
    ("file", "after", "indent", "path"),
    [
        (TOP, "    label: September\n", 4, "review_points[N]"),
        ("standards/L03.yaml", "    label: Explains the why\n", 4, "criteria[N]"),
        ("rules/ladder.yaml", "    label: Leadership ladder\n", 4, "rules[N]"),
        ("rules/ladder.yaml", "    minimum:\n", 6, "rules[N].minimum"),
        ("rules/ladder.yaml", "        label: Reliable team role\n", 8, "rules[N].levels[N]"),
        ("rules/bands.yaml", "        source: 460\n", 8, "rules[N].bands[N]"),
        ("rules/actions.yaml", "        then: mentor_system\n", 8, "rules[N].rows[N]"),
    ],
)
def test_a_value_that_the_document_does_not_state_needs_a_note(
    basis: str, file: str, after: str, indent: int, path: str, folder: Path
) -> None:
    change(folder, file, after, f"{after}{' ' * indent}basis: {basis}\n")
    code, where, _, at, message = only_problem(folder)
    assert (code, where) == ("missing-note", file)
    assert re.sub(r"\d+", "N", str(at)) == path
    assert message == f"The basis is {basis}, and no note says what was read."


def test_one_end_of_a_band_that_needs_a_note_is_named_as_its_file_has_it(folder: Path) -> None:
    line = change(
        folder,
        "rules/bands.yaml",
        """          basis: illustrative
          note: >-
            The document gives level 8 as the goal for members of TSLT and TOLT and no level to start from; one level
            below the goal is an example value.
""",
        "          basis: illustrative\n",
    )
    assert only_problem(folder)[:4] == ("missing-note", "rules/bands.yaml", line - 3, "rules[0].bands[2].from")


def test_a_value_that_the_trust_has_set_needs_no_note(folder: Path) -> None:
    change(folder, "rules/ladder.yaml", "    minimum:\n", "    basis: trust\n    minimum:\n")
    assert load_pack(folder, KINDS).rule_by_id["ladder"].basis is Basis.TRUST


@pytest.mark.parametrize(
    ("file", "old", "new", "path"),
    [
        (TOP, "source: 8, 396\n", "source: 396-8\n", "refuses[1].source"),
        ("standards/L03.yaml", "source: 387, 439-444, 552-557", "source: 387, 444-439, 552-557", "source"),
        ("rules/ladder.yaml", "source: 538, 540, 548-551", "source: 538, 540, 551-548", "rules[0].levels[1].source"),
    ],
)
def test_lines_that_run_backwards_are_a_problem_at_their_source(
    file: str, old: str, new: str, path: str, folder: Path
) -> None:
    line = change(folder, file, old, new)
    code, where, at_line, at, message = only_problem(folder)
    assert (code, where, at_line, at) == ("bad-value", file, line, path)
    assert message.endswith(" run backwards.")


@pytest.mark.parametrize("source", ["pages 3-4", "lines 12", "3 to 4"])
def test_a_standard_s_source_is_lines_too(source: str, folder: Path) -> None:
    line = change(folder, "standards/L03.yaml", "source: 387, 439-444, 552-557", f"source: {source}")
    assert only_problem(folder)[:4] == ("bad-value", "standards/L03.yaml", line, "source")


def test_every_rule_of_the_shipped_pack_lowers_to_clauses_with_grounds(smart: Pack) -> None:
    clauses = [clause for lowered in smart.lowered for clause in lowered.clauses]
    assert len(clauses) > 100
    assert [clause.conclusion for clause in clauses if not clause.grounds] == []


def test_every_uncertain_ground_of_the_shipped_pack_has_its_note(smart: Pack) -> None:
    grounds = {ground for lowered in smart.lowered for clause in lowered.clauses for ground in clause.grounds}
    uncertain = [ground for ground in grounds if not ground.is_firm]
    assert len(uncertain) > 10
    assert [ground.source for ground in uncertain if not ground.note] == []
    assert all(line_numbers(ground.source) for ground in grounds)


def test_what_a_document_does_not_state_comes_in_one_order_whatever_the_order_of_a_set(smart: Pack) -> None:
    gap = {"what": "A row", "status": "missing", "source": "7"}
    notes = [f"Note {n:02}" for n in range(30)]
    listed = provenance_of(support.pack(support.framework(gaps=[{**gap, "note": note} for note in reversed(notes)])))
    assert [doubt.note for doubt in listed.doubts] == notes
    doubts = provenance_of(smart).doubts
    assert len(set(doubts)) == len(doubts)
