"""YAML files as plain data that remembers its lines, read safely.

Only what a pack needs is understood: mappings, lists, strings, numbers, ``true``, ``false`` and ``null``. Dates stay
strings, ``yes`` and ``no`` stay words, tags are refused, and aliases cannot make a small file large.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import yaml

from bandstand.models.problem import Place, Problem, shown

if TYPE_CHECKING:
    from collections.abc import Hashable

MOST_BYTES: Final = 4 * 1024 * 1024
MOST_NODES: Final = 200_000
MOST_DEPTH: Final = 40
#: Whole numbers of more digits than this are text: JSON promises to hold none beyond 2**53.
_MOST_DIGITS: Final = 15

Path = tuple[str | int, ...]


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # either base is a loader
    """A safe loader that resolves scalars as YAML 1.2 does."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's own name


_STR, _MAP, _SEQ = "tag:yaml.org,2002:str", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:null|~|)$"), ["n", "~", ""])
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^-?(?:0|[1-9][0-9]*)$"), list("-0123456789"))
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"^-?(?:0|[1-9][0-9]*)\.[0-9]+$"), list("-0123456789")
)


@dataclass
class Source:
    """One YAML file.

    Attributes:
        file: Its path below the pack's root.
        data: What it holds; None when it could not be read.
        lines: The line of every key and item, by its path.
        problems: What was wrong with it.
    """

    file: str
    data: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def place(self, path: Path = ()) -> Place:
        """Where ``path`` is, or the nearest part of it that the file has."""
        at = path
        while at and at not in self.lines:
            at = at[:-1]
        return Place(file=self.file, line=self.lines.get(at, 1), path=path_text(path) or None)

    def report(self, code: str, path: Path, message: str, remedy: str, value: object = None) -> None:
        """Add a problem at ``path``."""
        quoted = None if value is None else shown(value)
        self.problems.append(Problem(code=code, place=self.place(path), message=message, remedy=remedy, value=quoted))


def path_text(path: Path) -> str:
    """A path as people write it: ``rules[2].levels[0].criteria``."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def read_yaml(file: str, content: bytes) -> Source:
    """Read one file; whatever is wrong with it is among the source's problems, and nothing is raised."""
    source = Source(file)
    if len(content) > MOST_BYTES:
        message = f"The file has more than {MOST_BYTES:,} bytes, and no pack's file needs as many."
        source.report("file-too-large", (), message, "Split it.")
        return source
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        source.lines[()] = content.count(b"\n", 0, error.start) + 1
        source.report("not-utf-8", (), "The file is not UTF-8 text.", "Save it as UTF-8.")
        return source
    loader = _Loader(text)
    try:
        _check_depth(text)
        node = loader.get_single_node()
        if node is not None:
            source.data = _Builder(source, loader).build(node, ())
        if source.data is None and not source.problems:
            source.report("empty-file", (), "The file is empty.", "Fill it in, or delete it.")
    except yaml.MarkedYAMLError as error:
        if error.problem == _TOO_DEEP_FOR_LIBYAML:
            source.data = None
            source.report("file-too-large", (), _TOO_LARGE, _UNFOLDS_LESS)
            return source
        mark = error.problem_mark or error.context_mark
        source.lines[()] = mark.line + 1 if mark else 1
        said = ", ".join(part for part in (error.context, error.problem) if part)
        source.report("broken-yaml", (), f"This is not YAML: {said}.", "Mend the line.")
    except yaml.YAMLError as error:
        source.report("broken-yaml", (), f"This is not YAML: {shown(error)}.", "Mend the file.")
    except (_TooMuchError, RecursionError):
        source.data = None
        source.report("file-too-large", (), _TOO_LARGE, _UNFOLDS_LESS)
    finally:
        loader.dispose()
    return source


_TOO_LARGE = f"The file unfolds to more than {MOST_NODES:,} values, or nests deeper than {MOST_DEPTH}."
_UNFOLDS_LESS = "Take out the aliases (*name) that repeat one another."
#: What libyaml says since 0.2.6 of flow nesting that it looks ahead at before any event of it comes.
_TOO_DEEP_FOR_LIBYAML = "exceeded maximum nesting depth"


class _TooMuchError(Exception):
    """The file unfolds to more than a pack can need."""


def _check_depth(text: str) -> None:
    """Stop at nesting that the composer, which recurses in C, would crash on; events come one by one."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MOST_DEPTH:
                raise _TooMuchError
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


class _Builder:
    """Nodes to data, counting every value, so that aliases of aliases are stopped while they unfold."""

    def __init__(self, source: Source, loader: Any) -> None:
        self._source = source
        self._loader = loader
        self._nodes = 0

    def build(self, node: yaml.Node, path: Path) -> Any:
        self._nodes += 1
        if self._nodes > MOST_NODES or len(path) > MOST_DEPTH:
            raise _TooMuchError
        self._source.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode) and node.tag == _MAP:
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode) and node.tag == _SEQ:
            return [self.build(item, (*path, n)) for n, item in enumerate(node.value)]
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, path)
        self._refuse_tag(node, path)
        return None

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[Hashable, Any]:
        data: dict[Hashable, Any] = {}
        for key_node, value_node in node.value:
            key = self._scalar(key_node, path) if isinstance(key_node, yaml.ScalarNode) else None
            if not isinstance(key, str):
                named = f'"{shown(key_node.value)}"' if isinstance(key_node, yaml.ScalarNode) else "A list or mapping"
                self._source.lines[(*path, "?")] = key_node.start_mark.line + 1
                self._source.report("broken-yaml", (*path, "?"), f"{named} is not a name.", "Put the key in quotes.")
                continue
            here = (*path, key)
            if key in data:
                self._source.lines[here] = key_node.start_mark.line + 1
                self._source.report("duplicate-key", here, f'"{key}" is given twice.', "Keep one of them.")
                continue
            self._source.lines[here] = key_node.start_mark.line + 1
            data[key] = self.build(value_node, here)
        return data

    def _scalar(self, node: yaml.ScalarNode, path: Path) -> Any:
        text: str = node.value
        is_plain = not node.style
        if node.tag != self._loader.resolve(yaml.ScalarNode, text, (is_plain, not is_plain)):
            self._refuse_tag(node, path)
            return None
        kind = node.tag.removeprefix("tag:yaml.org,2002:")
        match kind:
            case "str":
                return text
            case "bool":
                return text == "true"
            case "null":
                return None
            case "int" if len(text.lstrip("-")) <= _MOST_DIGITS:
                return int(text)
            case "float" if math.isfinite(float(text)):
                return float(text)
            case "int" | "float":
                return text
        self._refuse_tag(node, path)
        return None

    def _refuse_tag(self, node: yaml.Node, path: Path) -> None:
        self._source.report("yaml-tag", path, f"The tag {node.tag} is not allowed.", "Write the value plainly.")
