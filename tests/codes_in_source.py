"""Every problem code that the source of core can report, found as what is written like one."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import bandstand

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bandstand.codes import ListName

CORE = Path(bandstand.__file__).parent

#: What looks like a problem's code in the source of core, and is none.
NOT_CODES = {"utf-8", "utf-8-sig", "utf-16-le", "career-stage", "site-packages"}
_KEBAB = re.compile(r"[a-z]+(?:-[a-z0-9]+)+")

#: The words that ``unknown-`` is put before: facts that a rule may ask for, what an outcome names, and what a staff
#: list holds.
COMPOSED = {
    "packs/references.py": {"unknown-rule", "unknown-set", "unknown-purpose"},
    "rules/base.py": {"unknown-role", "unknown-grade", "unknown-strand", "unknown-career-stage", "unknown-flag"}
    | {"unknown-purpose", "unknown-view"},
    "interop/people.py": {"unknown-role", "unknown-flag", "unknown-strand", "unknown-career-stage"},
}

#: The files whose codes stand in each list.
_SOURCES: dict[ListName, tuple[str, ...]] = {
    "pack": ("packs/[!o]*.py", "rules/*.py"),
    "check": ("checks/*.py", "found.py"),
    "overlay": ("packs/overlay*.py", "overlays*.py"),
    "lock": ("locks*.py", "locks/*.py"),
    "input": (
        "interop/*.py",
        "cohort/files.py",
        "cohort/*_in.py",
        "cohort/coded.py",
        "workforce/encoding.py",
        "workforce/given.py",
    ),
}


def files_of(of: ListName) -> list[Path]:
    """The files whose codes stand in a list."""
    return sorted({path for pattern in _SOURCES[of] for path in CORE.glob(pattern)})


def codes_of(of: ListName) -> set[str]:
    """Every code in the source that stands in a list."""
    paths = files_of(of)
    composed = (COMPOSED.get(path.relative_to(CORE).as_posix(), set()) for path in paths)
    return {*_codes_in(paths), *(code for codes in composed for code in codes)}


def _codes_in(paths: Iterable[Path]) -> set[str]:
    """``unknown-…`` is put together from a word: for rules, see :func:`bandstand.rules.base.unknown`."""
    return {code for path in paths for code in codes_in(ast.parse(path.read_text("utf-8")))} - NOT_CODES


def codes_in(tree: ast.Module) -> Iterator[str]:
    """Whatever is written like a code in one module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _KEBAB.fullmatch(node.value):
            yield node.value
        elif isinstance(node, ast.keyword) and node.arg == "code" and isinstance(node.value, ast.Constant):
            yield str(node.value.value)
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)
            if name in ("report", "Defect", "file_problem"):
                yield str(node.args[0].value)
            elif name == "unknown":
                yield f"unknown-{str(node.args[0].value).replace(' ', '-')}"


def composed_codes() -> set[tuple[str, str]]:
    """Where core puts a code together from parts: file, and the expression."""
    return {
        (path.relative_to(CORE).as_posix(), ast.unparse(node))
        for path in sorted(CORE.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.JoinedStr)
        and isinstance(node.values[0], ast.Constant)
        and re.fullmatch(r"[a-z]{2,}-", str(node.values[0].value))
    }
