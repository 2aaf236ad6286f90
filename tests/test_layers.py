"""Data flows one way through core: nothing imports what stands to its right."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

import bandstand

if TYPE_CHECKING:
    from collections.abc import Iterator

CORE = Path(bandstand.__file__).parent

#: Left to right: what stands in a group may import from the groups before it. Parts of one group do not import each
#: other. Imports for type checkers count as any other does: a type is a dependency.
ORDER: tuple[tuple[str, ...], ...] = (
    ("",),  # bandstand/__init__.py, which has the version
    ("models",),
    ("canonical", "codes", "errors", "generated", "markdown", "suppress", "words"),
    ("rules",),
    ("packs",),
    ("engine",),
    ("candidates", "charts", "explain", "interop", "lookup", "reports", "schemas"),
    ("examples",),
    ("conformance", "coverage"),
    ("checks",),
    ("hookspecs",),
    ("builtin",),
    ("plugins",),
    ("asking", "cohort", "effective", "locks"),
    ("code_pages", "found", "framework_pages", "kind_pages", "overlays", "service", "starter"),
    ("again", "change", "checking", "overlaid", "testing", "trial", "workforce"),
    ("cli",),
    ("__main__",),
)
#: What a part leaves alone although it stands to the left: files are read without an engine, and sentences are views of
#: the trace, never of an engine.
LEFT_ALONE = {
    "candidates": {"engine"},
    "explain": {"engine"},
    "hookspecs": {"engine", "explain", "interop", "lookup", "schemas", "examples", "checks"},
    "interop": {"engine"},
    "lookup": {"engine"},
    "schemas": {"packs", "engine"},
}


class Import(NamedTuple):
    """One import of one module: by whom, of what, and where."""

    module: str
    imported: str
    line: int

    def __str__(self) -> str:
        return f"{self.module}, line {self.line}, imports {self.imported}"


def modules() -> dict[str, Path]:
    """Every module of core by its dotted name."""
    found = {}
    for path in sorted(CORE.rglob("*.py")):
        parts = path.relative_to(CORE.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()


def imports_of(module: str) -> Iterator[Import]:
    """Every import of a module, wherever in it, by the full name of what is imported."""
    for node in ast.walk(ast.parse(MODULES[module].read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (Import(module, alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}, line {node.lineno}: write the whole name of what is imported"
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield Import(module, full if full in MODULES else str(node.module), node.lineno)


IMPORTS = [found for module in MODULES for found in imports_of(module)]
WITHIN = [found for found in IMPORTS if found.imported.partition(".")[0] == "bandstand"]


def part(module: str) -> str:
    """The part of core that a module belongs to: ``rules`` for ``bandstand.rules.base``."""
    return module.split(".")[1] if "." in module else ""


RANK = {name: rank for rank, group in enumerate(ORDER) for name in group}


def test_every_part_of_core_has_its_place_in_the_order() -> None:
    assert {part(module) for module in MODULES} - set(RANK) == set(), "say in ORDER where the new part stands"


def test_the_imports_are_found() -> None:
    found = {(each.module, each.imported) for each in WITHIN}
    assert ("bandstand.rules.base", "bandstand.models.provenance") in found
    assert ("bandstand.rules.cumulative_levels", "bandstand.words") in found, "from bandstand import words"
    assert ("bandstand.builtin", "bandstand.interop.inbox") in found, "within a function"
    assert ("bandstand.hookspecs", "bandstand.packs.pack") in found, "for type checkers"


def test_nothing_imports_to_its_right() -> None:
    wrong = [
        str(each)
        for each in WITHIN
        if {part(each.module), part(each.imported)} <= set(RANK)
        and part(each.module) != part(each.imported)
        and RANK[part(each.imported)] >= RANK[part(each.module)]
    ]
    assert wrong == []


@pytest.mark.parametrize("name", sorted(LEFT_ALONE))
def test_a_part_leaves_alone_what_it_has_no_business_with(name: str) -> None:
    wrong = [str(each) for each in WITHIN if part(each.module) == name and part(each.imported) in LEFT_ALONE[name]]
    assert wrong == []


def test_models_import_nothing_of_core_but_models() -> None:
    wrong = [str(each) for each in WITHIN if part(each.module) == "models" and part(each.imported) != "models"]
    assert wrong == []


def test_models_need_no_library_but_pydantic() -> None:
    libraries = {each.imported.partition(".")[0] for each in IMPORTS if part(each.module) == "models"}
    assert libraries & {"jsonschema", "pluggy", "rfc8785", "yaml", "durable", "structlog", "typer", "rich"} == set()
    assert "pydantic" in libraries


def test_only_yaml_source_reads_yaml() -> None:
    assert {each.module for each in IMPORTS if each.imported.partition(".")[0] == "yaml"} == {
        "bandstand.packs.yaml_source"
    }


def test_only_the_adapter_imports_durable_rules() -> None:
    importers = {each.module for each in IMPORTS if each.imported.partition(".")[0].startswith("durable")}
    assert importers == {"bandstand.engine.durable"}


def test_only_signatures_import_cryptography() -> None:
    importers = {each.module for each in IMPORTS if each.imported.partition(".")[0] == "cryptography"}
    assert importers == {"bandstand.locks.signatures"}


def test_no_module_names_durable_rules_s_modules_in_a_text_either() -> None:
    named = {
        module
        for module, path in MODULES.items()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and (node.value in ("durable", "durable_rules_engine") or node.value.startswith("durable."))
    }
    assert named == set()


def test_only_the_engine_s_own_modules_import_the_adapter() -> None:
    importers = {part(each.module) for each in WITHIN if each.imported == "bandstand.engine.durable"}
    assert importers <= {"engine"}


def test_no_two_modules_import_each_other_when_they_run() -> None:
    needs: dict[str, set[str]] = {module: set() for module in MODULES}
    for module, path in MODULES.items():
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)
                needs[module] |= {each.imported for each in WITHIN if each.module == module and each.line in lines}
    ordered = list(TopologicalSorter(needs).static_order())
    assert set(ordered) == set(MODULES)
