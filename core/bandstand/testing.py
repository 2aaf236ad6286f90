"""A pytest plugin that collects a pack's examples, and what holds of every pack, as tests.

With ``pytest -p bandstand.testing`` each example is a test for each engine, and each invariant of the conformance kit
is one, all named by their sentences. It is not loaded by itself, and nothing else of Bandstand needs pytest.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from typing import Any

    from _pytest._code.code import TerminalRepr

    from bandstand.conformance.invariants import Invariant
    from bandstand.conformance.kit import Kit
    from bandstand.engine.evaluate import Evaluator
    from bandstand.found import FoundPack
    from bandstand.models.example import Example
    from bandstand.models.trial import EngineChoice

_FRAMEWORK = "framework.yaml"
_NO_DURABLE = "durable-rules is not installed here: it needs a C compiler"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option for packs that do not lie among the files that are tested."""
    parser.getgroup("bandstand").addoption(
        "--pack",
        action="append",
        default=[],
        metavar="NAME",
        help="Test the packs of this plugin, framework, folder or project, too; may be repeated.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker of what needs durable-rules, and take the packs that are named among what is tested."""
    config.addinivalue_line("markers", "durable: needs durable-rules; skipped where it could not be built")
    config.stash[_PACKS] = _Packs()
    names = config.getoption("--pack")
    if names:
        from bandstand.errors import NotFoundError  # noqa: PLC0415 - only where packs are named
        from bandstand.found import find_packs  # noqa: PLC0415

        try:
            config.args.extend(found.draft.place for found in find_packs(names))
        except NotFoundError as error:
            raise pytest.UsageError(str(error)) from None


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A pack's ``framework.yaml``, and the files of its ``examples`` folder."""
    if file_path.name == _FRAMEWORK:
        return _PackFile.from_parent(parent, path=file_path)
    folder = file_path.parent
    if file_path.suffix == ".yaml" and folder.name == "examples" and (folder.parent / _FRAMEWORK).is_file():
        return _ExampleFile.from_parent(parent, path=file_path)
    return None


class _Loaded:
    """A pack that was read once, with an evaluator for each engine, made when it is needed."""

    def __init__(self, found: FoundPack) -> None:
        self.found = found
        self.is_reported = False
        self._evaluators: dict[EngineChoice, Evaluator] = {}

    @property
    def is_usable(self) -> bool:
        return self.found.draft.pack is not None

    @cached_property
    def kit(self) -> Kit:
        from bandstand.conformance.kit import Kit  # noqa: PLC0415 - heavy, and only needed to run

        assert self.found.draft.pack is not None
        return Kit(self.found.draft.pack)

    def evaluator(self, engine: EngineChoice) -> Evaluator:
        from bandstand.engine.evaluate import Evaluator  # noqa: PLC0415 - heavy, and only needed to run

        if engine not in self._evaluators:
            assert self.found.draft.pack is not None
            self._evaluators[engine] = Evaluator(self.found.draft.pack, durable=None if engine == "both" else False)
        evaluator = self._evaluators[engine]
        if engine == "both" and evaluator.unavailable is not None:
            pytest.skip(_NO_DURABLE)
        return evaluator


class _Packs:
    """The packs of a session, by their folders."""

    def __init__(self) -> None:
        self._loaded: dict[Path, _Loaded] = {}

    def at(self, folder: Path) -> _Loaded:
        from bandstand.found import find_packs  # noqa: PLC0415 - heavy, and only needed where there are packs

        if folder not in self._loaded:
            (found,) = find_packs([str(folder / _FRAMEWORK)])
            self._loaded[folder] = _Loaded(found)
        return self._loaded[folder]


_PACKS = pytest.StashKey[_Packs]()


class Unmet(Exception):  # noqa: N818 - it is no error of the program, and reads as what it says
    """What an item of a pack found wrong, in sentences."""

    def __init__(self, sentences: Sequence[str]) -> None:
        self.sentences = tuple(sentences)
        super().__init__("\n".join(sentences))


class _Item(pytest.Item):
    """An item that fails with sentences, and shows no traceback for them."""

    line = 1

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> str | TerminalRepr:
        if isinstance(excinfo.value, Unmet):
            return "\n".join(excinfo.value.sentences)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        # Were the last the item's own name, pytest would take the dots in a sentence for those between modules.
        return self.path, self.line - 1, f"{self.path.name}: {self.name}"


class _PackFile(pytest.File):
    """The ``framework.yaml`` of a pack, which stands for the pack as a whole."""

    def collect(self) -> Iterator[pytest.Item]:
        loaded = self.config.stash[_PACKS].at(self.path.parent)
        if loaded.is_usable or not loaded.is_reported:
            loaded.is_reported = True
            yield _ProblemsItem.from_parent(self, name="the pack has no problems", loaded=loaded)
        if loaded.is_usable:
            from bandstand.conformance.invariants import INVARIANTS  # noqa: PLC0415 - heavy, and only needed for packs

            for invariant in INVARIANTS:
                yield _InvariantItem.from_parent(self, name=invariant.sentence, loaded=loaded, invariant=invariant)


class _ExampleFile(pytest.File):
    """A file of examples: each is an item for each engine."""

    def collect(self) -> Iterator[pytest.Item]:
        loaded = self.config.stash[_PACKS].at(self.path.parent.parent)
        if not loaded.is_usable:
            if not loaded.is_reported:
                loaded.is_reported = True
                yield _ProblemsItem.from_parent(self, name="the pack has no problems", loaded=loaded)
            return
        engines: tuple[EngineChoice, ...] = ("both", "plain")
        for example, source, path in loaded.found.draft.examples:
            if source.file == f"examples/{self.path.name}":
                line = source.place(path).line or 1
                for engine in engines:
                    yield _ExampleItem.from_parent(
                        self,
                        name=f"{example.name} [{engine}]",
                        loaded=loaded,
                        example=example,
                        engine=engine,
                        line=line,
                    )


class _ProblemsItem(_Item):
    """That a pack can be read and has no problems."""

    def __init__(self, *, loaded: _Loaded, **fields: Any) -> None:
        super().__init__(**fields)
        self._loaded = loaded

    def runtest(self) -> None:
        problems = self._loaded.found.problems
        if problems:
            raise Unmet([str(problem) for problem in problems])


class _InvariantItem(_Item):
    """One invariant of a pack."""

    def __init__(self, *, loaded: _Loaded, invariant: Invariant, **fields: Any) -> None:
        super().__init__(**fields)
        self._loaded, self._invariant = loaded, invariant
        if invariant.needs_durable:
            self.add_marker(pytest.mark.durable)

    def runtest(self) -> None:
        kit = self._loaded.kit
        if self._invariant.needs_durable and kit.both is None:
            pytest.skip(_NO_DURABLE)
        breaches = list(self._invariant.breaches(kit))
        if breaches:
            raise Unmet([f"{kit.pack.name} does not keep to this: {self._invariant.sentence}", *map(str, breaches)])


class _ExampleItem(_Item):
    """One example by one engine, or by both that must agree."""

    def __init__(self, *, loaded: _Loaded, example: Example, engine: EngineChoice, line: int, **fields: Any) -> None:
        super().__init__(**fields)
        self._loaded, self._example, self._engine, self.line = loaded, example, engine, line
        if engine == "both":
            self.add_marker(pytest.mark.durable)

    def runtest(self) -> None:
        from bandstand.examples import try_example  # noqa: PLC0415 - heavy, and only needed to run

        tried = try_example(self._loaded.evaluator(self._engine), self._example)
        if tried.differences:
            raise Unmet([f"{self.path}:{self.line}: {self._example.name}", *(f"  {d}" for d in tried.differences)])
