"""Runs a pack's examples through every engine, and tells what they leave untried."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bandstand.checks.possible import never
from bandstand.coverage import Coverage, Item, obvious
from bandstand.engine.evaluate import Evaluator
from bandstand.examples import try_example
from bandstand.models.trial import Failure, PackTrial, RuleCoverage, Untried

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bandstand.found import FoundPack
    from bandstand.models.example import Example
    from bandstand.models.problem import Place
    from bandstand.models.trial import EngineChoice
    from bandstand.packs.pack import Pack


class Placed(NamedTuple):
    """An example and where it stands."""

    example: Example
    place: Place


class Trial:
    """The examples of one pack, run one by one.

    Args:
        found: A pack without problems.
        text: Only the examples whose names hold this, in whatever letter case; all when None.
        solver: Whether a solver says what can never happen, and so need not be shown; else what is obvious does.
    """

    def __init__(self, found: FoundPack, text: str | None = None, *, solver: bool = False) -> None:
        assert found.draft.pack is not None
        self._found = found
        self._pack: Pack = found.draft.pack
        wanted = (text or "").casefold()
        self.examples = [
            Placed(example, source.place(path))
            for example, source, path in found.draft.examples
            if wanted in example.name.casefold()
        ]
        plain = Evaluator(self._pack, durable=False)
        both = Evaluator(self._pack)
        self._evaluators: dict[EngineChoice, Evaluator] = {"both": both} if both.unavailable is None else {}
        self._evaluators["plain"] = plain
        self._solver = solver
        self._coverage = Coverage(plain, never if solver else obvious)
        self._failures: list[Failure] = []

    def run(self) -> Iterator[Placed]:
        """Run each example through each engine, and give it when it is done."""
        for placed in self.examples:
            self._failures.extend(self._run(placed))
            yield placed

    def _run(self, placed: Placed) -> Iterator[Failure]:
        by_differences: dict[tuple[str, ...], list[EngineChoice]] = {}
        for engine, evaluator in self._evaluators.items():
            tried = try_example(evaluator, placed.example)
            if tried.differences:
                by_differences.setdefault(tried.differences, []).append(engine)
            if engine == "plain" and tried.evaluated is not None:
                self._coverage.see(tried.evaluated)
        for differences, engines in by_differences.items():
            file = self._found.file(placed.place.file)
            name = placed.example.name
            yield Failure(
                file=file, line=placed.place.line, example=name, engines=tuple(engines), differences=differences
            )

    def result(self) -> PackTrial:
        """What came of the examples that were run."""
        items = self._coverage.items()
        rules = [
            RuleCoverage(
                rule=rule.id,
                label=rule.label,
                covered=sum(seen for item, seen in items.items() if item.rule == rule.id),
                possible=sum(item.rule == rule.id for item in items),
            )
            for rule in self._pack.rules
        ]
        return PackTrial(
            framework=self._pack.id,
            version=self._pack.version,
            folder=self._found.folder,
            examples=len(self.examples),
            engines=tuple(self._evaluators),
            failures=tuple(self._failures),
            percent=_percent(sum(items.values()), len(items)),
            rules=tuple(rules),
            untried=tuple(self._untried(items)),
            solver=self._solver,
        )

    def _untried(self, items: dict[Item, bool]) -> Iterator[Untried]:
        for item, seen in items.items():
            if not seen:
                source, path = self._found.draft.rule_at(item.rule, item.part)
                place = source.place(path)
                yield Untried(
                    rule=item.rule,
                    kind=item.kind,
                    wanted=item.holds,
                    text=item.text(self._pack),
                    file=self._found.file(place.file),
                    line=place.line,
                )


def _percent(covered: int, possible: int) -> float:
    """Rounded down, so that only all of it is 100."""
    return 1000 * covered // possible / 10 if possible else 100.0
