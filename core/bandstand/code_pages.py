"""The pages of problem codes: a list of them all, and a page for each that says what it means and what to do."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from bandstand import generated
from bandstand.codes import HEADINGS, listed, registry

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bandstand.codes import Entry

_INDEX = "problems.md"
_FOLDER = "problems"
_MADE = "This page is made from `core/bandstand/problems/` by `make pages`."
_KIND = generated.Kind(".md", f"\n{_MADE}\n".encode())

_INTRODUCTION = f"""\
# Problems

A problem is one defect of a pack, of a trust's overlay or of an input. It has a code, a place (file, then line or row,
then field), a message that names the value, and a remedy; where an input shows it, the smallest such input. Codes are
stable: other programs may go by them. All problems of a pack, or of the files read together, are reported at once,
sorted by place.

What a code means depends on what was read, so the codes stand in several lists, and some are in two. The page of each
shows it where a few lines can. A warning can be lived with; `bandstand check --strict` takes it for an error.

{_MADE}
"""


def pages() -> dict[str, bytes]:
    """The list and every page, by the name of the file below the folder of the manual."""
    texts = {_INDEX: _index(), **{f"{_FOLDER}/{code}.md": _page(code, of) for code, of in registry().items()}}
    return {name: ("\n".join(lines).rstrip() + "\n").encode() for name, lines in texts.items()}


def main(arguments: Sequence[str] | None = None) -> int:
    """The command ``python -m bandstand.code_pages``; 1 when a check finds pages that differ from the registry."""
    return generated.main("bandstand.code_pages", __doc__, pages, _KIND, arguments)


def _index() -> Iterator[str]:
    yield _INTRODUCTION
    for of, heading in HEADINGS.items():
        if not listed(of):
            continue
        yield from (
            f"## {heading.title}",
            "",
            heading.says,
            "",
            "| code | what it means | what to do |",
            "|---|---|---|",
        )
        for entry in listed(of):
            yield f"| [`{entry.code}`]({_FOLDER}/{entry.code}.md) | {_marked(entry)} | {entry.remedy} |"
        yield ""


def _marked(entry: Entry) -> str:
    return f"{entry.means} (A warning.)" if entry.severity == "warning" else entry.means


def _page(code: str, entries: Sequence[Entry]) -> Iterator[str]:
    yield from (f"# {code}", "")
    for entry in entries:
        heading = HEADINGS[entry.of]
        yield from (f"## {heading.title}", "", _marked(entry), "", f"What to do: {entry.remedy}", "")
        if entry.wrong is not None and entry.mended is not None:
            yield from ("Wrong:", "", "```yaml", entry.wrong.rstrip(), "```", "")
            yield from ("Mended:", "", "```yaml", entry.mended.rstrip(), "```", "")
    yield from (f"[All codes](../{_INDEX}).", "", _MADE)


if __name__ == "__main__":
    sys.exit(main())
