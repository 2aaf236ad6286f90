"""A rule as its pack's file has it, cut where it goes on with more of the same."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final

from bandstand import words
from bandstand.packs.yaml_source import read_yaml

if TYPE_CHECKING:
    from bandstand.packs.pack import Pack
    from bandstand.packs.yaml_source import Path, Source
    from bandstand.rules.base import Rule

_MOST_ITEMS: Final = 3
_FOLDER: Final = "rules/"


def text_of(pack: Pack, rule: Rule) -> str:
    """The lines of a rule, without what its file indents them by."""
    for name, content in pack.files.items():
        if name.startswith(_FOLDER):
            source = read_yaml(name, content)
            for at, data in enumerate(source.data["rules"]):
                if data["id"] == rule.id:
                    return _cut(source, ("rules", at), content.decode("utf-8-sig").splitlines())
    raise LookupError(f"{pack.name} has no rule {rule.id} in its files")


def _cut(source: Source, path: Path, lines: list[str]) -> str:
    """The lines of what stands at ``path``, of long lists only the first few items."""
    data = source.data["rules"][path[-1]]
    first, last = _span(source, path, len(lines))
    shown = {number: lines[number - 1] for number in range(first, last + 1)}
    for field, value in data.items():
        if isinstance(value, list) and len(value) > _MOST_ITEMS and isinstance(value[0], dict):
            start = source.lines[*path, field, _MOST_ITEMS]
            _, end = _span(source, (*path, field), last)
            indent = " " * (len(lines[start - 1]) - len(lines[start - 1].lstrip()))
            for number in range(start, end + 1):
                shown.pop(number, None)
            shown[start] = f"{indent}# … and {words.count(len(value) - _MOST_ITEMS, 'more', 'more')}"
    numbers = sorted(shown)
    while not shown[numbers[-1]].strip() or (numbers[-1] == last and shown[last].lstrip().startswith("#")):
        # What stands before the next rule is about that.
        last = numbers.pop() - 1
    return textwrap.dedent("\n".join(shown[number] for number in numbers))


def _span(source: Source, path: Path, end: int) -> tuple[int, int]:
    """The first and last line of what stands at ``path``, which ends where the next thing outside it begins."""
    first = source.lines[path]
    following = [line for other, line in source.lines.items() if line > first and other[: len(path)] != path]
    return first, min([line - 1 for line in following if line > first] or [end])
