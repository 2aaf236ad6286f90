"""The registry of problem codes and its pages: every code that there is, none that there is not."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bandstand import code_pages
from bandstand.codes import HEADINGS, Entry, listed, registry
from bandstand.packs.yaml_source import read_yaml
from codes_in_source import COMPOSED, codes_of, composed_codes

if TYPE_CHECKING:
    from bandstand.codes import ListName

DOCS = Path(__file__).parent.parent / "docs"
ENTRIES = [entry for of in HEADINGS for entry in listed(of)]


@pytest.mark.parametrize("of", HEADINGS)
def test_a_list_holds_exactly_the_codes_that_the_source_has_for_it(of: ListName) -> None:
    assert sorted(entry.code for entry in listed(of)) == sorted(codes_of(of))


@pytest.mark.parametrize("of", HEADINGS)
def test_a_list_stands_in_the_order_of_the_alphabet(of: ListName) -> None:
    assert [entry.code for entry in listed(of)] == sorted(entry.code for entry in listed(of))


def test_codes_are_put_together_nowhere_else() -> None:
    others = {
        ("starter/project.py", """f"bandstand-{self.name.replace('_', '-')}\""""),
    }
    assert {file for file, _ in composed_codes() - others} == set(COMPOSED)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"{entry.of}-{entry.code}")
def test_an_entry_is_worded_in_sentences_and_shows_both_sides_or_none(entry: Entry) -> None:
    for text in (entry.means, entry.remedy):
        assert re.fullmatch(r"[A-Z`].*\.", text), text
        assert "|" not in text
    assert entry.severity in ("error", "warning")
    assert (entry.wrong is None) == (entry.mended is None)
    assert entry.wrong is None or entry.wrong != entry.mended


@pytest.mark.parametrize("entry", [e for e in ENTRIES if e.mended], ids=lambda entry: f"{entry.of}-{entry.code}")
def test_what_an_entry_shows_as_mended_can_be_read(entry: Entry) -> None:
    source = read_yaml("mended.yaml", (entry.mended or "").encode())
    assert source.problems == []
    assert source.data


def test_every_code_has_a_page_and_a_row_that_leads_to_it() -> None:
    pages = {name: text.decode() for name, text in code_pages.pages().items()}
    assert set(pages) == {"problems.md", *(f"problems/{code}.md" for code in registry())}
    for entry in ENTRIES:
        assert f"| [`{entry.code}`](problems/{entry.code}.md) | {entry.means}" in pages["problems.md"]
        page = pages[f"problems/{entry.code}.md"]
        assert page.startswith(f"# {entry.code}\n\n## ")
        assert entry.means in page
        assert f"What to do: {entry.remedy}" in page


def test_a_page_shows_what_is_wrong_beside_what_mends_it() -> None:
    page = code_pages.pages()["problems/wrong-type.md"].decode()
    assert 'Wrong:\n\n```yaml\nversion: 1.0\n```\n\nMended:\n\n```yaml\nversion: "1.0"\n```\n' in page


def test_the_manual_s_pages_are_those_of_the_registry() -> None:
    assert code_pages.main(["check", str(DOCS)]) == 0


def test_a_page_of_a_code_that_is_gone_goes_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "evidence.md").write_text("# Evidence\n", "utf-8")
    assert code_pages.main(["write", str(tmp_path)]) == 0
    (tmp_path / "problems" / "gone.md").write_bytes((tmp_path / "problems" / "bad-value.md").read_bytes())
    capsys.readouterr()
    assert code_pages.main(["check", str(tmp_path)]) == 1
    assert "Not up to date: problems/gone.md. " in capsys.readouterr().err
    assert code_pages.main(["write", str(tmp_path)]) == 0
    assert code_pages.main(["check", str(tmp_path)]) == 0
    assert (tmp_path / "evidence.md").exists()
