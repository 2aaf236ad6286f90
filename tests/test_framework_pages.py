"""The pages of the frameworks: made from the packs, complete, and held against them."""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import reading
from bandstand import framework_pages, generated, words
from bandstand.hookspecs import PROJECT
from bandstand.lookup import provenance_of
from bandstand.plugins import load_catalogue
from tiny import tiny

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDER = Path(__file__).parent.parent / "docs" / "frameworks"
each_page = pytest.mark.parametrize("framework", list(reading.catalogue().frameworks()))


@pytest.fixture(autouse=True)
def _read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(framework_pages, "load_catalogue", reading.catalogue)


@cache
def pages() -> dict[str, bytes]:
    return framework_pages.pages()


def text(framework: str) -> str:
    return pages()[f"{framework}.md"].decode()


def test_the_committed_pages_are_those_of_the_packs(capsys: pytest.CaptureFixture[str]) -> None:
    assert framework_pages.main(["check", str(FOLDER)]) == 0, "run `make pages`, and commit the result"
    assert capsys.readouterr() == ("", "")


def test_there_is_a_page_for_every_framework_that_is_installed() -> None:
    installed = {point.name for point in entry_points(group=PROJECT)}
    assert {name.removesuffix(".md") for name in pages()} == installed == {path.stem for path in FOLDER.glob("*.md")}


@each_page
def test_a_page_says_what_the_framework_is_for_and_what_it_refuses_with_the_lines(framework: str) -> None:
    of, page = reading.pack(framework).framework, text(framework)
    assert page.startswith(f"# {framework}\n")
    assert f"- title: {of.title}\n- publisher: {of.publisher}\n" in page
    assert of.summary in page
    for purpose in of.purposes:
        assert f"- **{purpose.id}**: {purpose.label} ({words.lines(purpose.source)}, {purpose.basis.value}).\n" in page
    for refused in of.refuses:
        where = f"{words.lines(refused.source)}, {refused.basis.value}"
        assert f"- Refused, **{refused.id}** ({where}): {refused.reason}\n" in page


@each_page
def test_a_page_names_every_outcome_action_and_rule_and_everything_that_is_asked(framework: str) -> None:
    of, page = reading.pack(framework), text(framework)
    table = page.partition("## What Bandstand does with it\n")[2].partition("What can be recommended:")[0].splitlines()
    for outcome in of.outcomes.values():
        (row,) = [line for line in table if line.startswith(f"| `{outcome.id}` | {outcome.label} |")]
        for name in outcome.rules:
            rule = of.rule_by_id[name]
            assert f"{rule.label} (`{rule.KIND}`)" in row
        served = outcome.purposes or [purpose.id for purpose in of.framework.purposes]
        assert row.endswith(f"| {', '.join(served)} |")
    for action in of.framework.actions:
        assert f"- **{action.label}** ({words.lines(action.source)}, {action.basis.value}).\n" in page
    for fact in of.framework.facts:
        answers = ", ".join(f"`{value.id}`" for value in fact.values) or "free text"
        assert f"| `{fact.id}` | {fact.question} | {answers} | the {fact.of} |\n" in page
    for flag in of.framework.flags:
        assert f"| flag `{flag.id}` | {flag.label} |" in page


@each_page
def test_a_page_names_all_that_the_pack_holds(framework: str) -> None:
    of, page = reading.pack(framework), text(framework)
    for name, label in [(s.id, s.label) for s in of.standards] + [(g.id, g.label) for g in of.guidance]:
        assert f"| `{name}` | {label} |" in page
    for scale in of.framework.scales:
        assert f"Scale `{scale.id}`" in page
        for point in scale.points:
            assert f"`{point.id}` ({point.label})" in page
    for view in of.framework.findings.views:
        assert f"- {view.label}: `{view.ranks[0].sources[0]}`" in page
    for example in of.examples:
        assert f"- {example.name}\n" in page


@each_page
def test_a_page_names_every_gap_and_counts_all_that_the_document_does_not_state(framework: str) -> None:
    of, page = reading.pack(framework), text(framework)
    for gap in of.framework.gaps:
        assert f"- {gap.status.capitalize()} ({words.lines(gap.source)}): {gap.what}\n" in page
    counted = provenance_of(of).counts
    assert words.listed([f"{number} {status}" for status, number in counted.items()], 9) in page


@each_page
def test_a_page_names_every_link_with_another_publication(framework: str) -> None:
    page = text(framework)
    for walk in reading.pack(framework).crosswalks:
        assert f"`{walk.to}`: {walk.summary}\n" in page
        for link in walk.links:
            there = ", ".join(f"`{to}`" for to in link.to)
            assert f"| `{link.from_}` | {there} | {link.relation.replace('_', ' ')} | {link.basis} |\n" in page


@each_page
def test_no_cell_of_a_page_s_tables_is_split_in_two(framework: str) -> None:
    rows = [line for line in text(framework).splitlines() if line.startswith("|")]
    width = 0
    for n, row in enumerate(rows):
        if n + 1 < len(rows) and set(rows[n + 1]) == {"|", "-"}:
            width = row.count("|")
        assert row.count("|") == width, row


def test_what_would_split_a_cell_is_written_otherwise_and_a_pack_without_facts_has_no_table_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tiny(tmp_path, ("standards/A.yaml", "label: First steps", 'label: "First | steps"'))
    catalogue = load_catalogue(points=[], packs=[folder])
    assert catalogue.set_aside == []
    monkeypatch.setattr(framework_pages, "load_catalogue", lambda: catalogue)
    (page,) = framework_pages.pages().values()
    assert b"| `A` | First / steps | 2 `sheet` | 10, 12-14 |\n" in page
    assert b"- valid from 1 September 2024 to 31 August 2025; pack 1.0\n" in page
    assert b"| `K` | Parts and points | 1 `map`, 1 `halves`, 4 found met or not by themselves | 18-19 |\n" in page


# the command


def test_a_page_that_has_drifted_is_named_with_the_remedy_and_written_anew(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert framework_pages.main(["write", str(tmp_path)]) == 0
    assert capsys.readouterr().out.split() == [str(tmp_path / name) for name in sorted(pages())]
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == pages()
    (tmp_path / "npqel.md").write_text("Somebody mended this by hand.\n", "utf-8")
    (tmp_path / "smart_equip.md").unlink()
    assert framework_pages.main(["check", str(tmp_path)]) == 1
    again = f"Run `python -m bandstand.framework_pages write {tmp_path}`, and commit the result."
    assert capsys.readouterr() == ("", f"Not up to date: npqel.md, smart_equip.md. {again}\n")
    assert framework_pages.main(["write", str(tmp_path)]) == 0
    assert framework_pages.main(["check", str(tmp_path)]) == 0


MADE = {"a.txt": b"made: a\n", "b.txt": b"made: b\n"}


@pytest.fixture
def command(tmp_path: Path) -> Callable[[str], int]:
    """The command of a module that makes two files."""
    kind = generated.Kind(".txt", b"made: ")
    return lambda what: generated.main(
        "some.module", "Makes files.", lambda: MADE, kind, [what, str(tmp_path / "all" / "new")]
    )


def test_a_command_that_makes_files_exits_with_1_only_where_a_check_finds_drift(
    command: Callable[[str], int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command("check") == 1
    assert "Not up to date: a.txt, b.txt. Run `python -m some.module write " in capsys.readouterr().err
    assert command("write") == 0
    assert command("check") == 0
    assert command("write") == 0
    (tmp_path / "all" / "new" / "a.txt").write_bytes(b"made: c\n")
    capsys.readouterr()
    assert command("check") == 1
    assert (tmp_path / "all" / "new" / "a.txt").read_bytes() == b"made: c\n"
    assert command("write") == 0
    assert capsys.readouterr().out == f"{tmp_path / 'all' / 'new' / 'a.txt'}\n"
    assert (tmp_path / "all" / "new" / "a.txt").read_bytes() == MADE["a.txt"]


def test_what_was_made_and_no_longer_is_drifts_and_what_somebody_else_wrote_does_not(
    command: Callable[[str], int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command("write") == 0
    abandoned, written = (tmp_path / "all" / "new" / name for name in ("c.txt", "d.txt"))
    abandoned.write_bytes(b"made: c\n")
    written.write_bytes(b"by hand\n")
    capsys.readouterr()
    assert command("check") == 1
    assert "Not up to date: c.txt. Run" in capsys.readouterr().err
    assert command("write") == 0
    assert (abandoned.exists(), written.exists()) == (False, True)
    assert command("check") == 0


@pytest.mark.parametrize("arguments", [[], ["check"], ["mend", "docs"], ["check", "docs", "more"]])
def test_a_command_that_makes_files_answers_bad_usage_with_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    kind = generated.Kind(".txt", b"made: ")
    with pytest.raises(SystemExit) as left:
        generated.main("some.module", "Makes files.", lambda: MADE, kind, arguments)
    assert left.value.code == 2
    assert "usage: python -m some.module" in capsys.readouterr().err
