"""A pack on the bench: loaded without a problem, with the place of each of its parts, ready to be looked into."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from bandstand.checks.ask import Asked
from bandstand.checks.formula import Formula
from bandstand.checks.inputs import inputs_of
from bandstand.engine.evaluate import Evaluator
from bandstand.models.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bandstand.checks.inputs import Inputs
    from bandstand.models.framework import Outcome
    from bandstand.packs.draft import Draft
    from bandstand.packs.pack import Pack
    from bandstand.packs.yaml_source import Path, Source

    Check = Callable[["Bench"], Iterator[Problem]]


@dataclass(frozen=True)
class Bench:
    """A pack, and where its parts stand.

    Attributes:
        draft: The pack as it was read; it has no problems.
    """

    draft: Draft

    @property
    def pack(self) -> Pack:
        """The pack that the draft makes."""
        assert self.draft.pack is not None
        return self.draft.pack

    @cached_property
    def evaluator(self) -> Evaluator:
        """Evaluates under the pack by the plain engine alone, which is enough to show that something can happen."""
        return Evaluator(self.pack, durable=False)

    def asked(self, outcome: Outcome) -> Asked:
        """A solver that knows the clauses of an outcome which run over the findings of a view.

        Raises:
            EngineUnavailableError: There is no solver; the message says how to install it.
        """
        if outcome.id not in self._asked:
            program = self.evaluator.program(outcome.id)
            self._asked[outcome.id] = Asked(Formula(program, self.inputs(outcome)))
        return self._asked[outcome.id]

    def inputs(self, outcome: Outcome) -> Inputs:
        """What those clauses can be given."""
        return inputs_of(self.evaluator, outcome, self.evaluator.program(outcome.id))

    @cached_property
    def _asked(self) -> dict[str, Asked]:
        return {}

    def of_rule(
        self,
        rule: str,
        path: Path,
        code: str,
        message: str,
        remedy: str,
        *,
        severity: Literal["error", "warning"] = "error",
        counter_example: tuple[str, ...] = (),
    ) -> Problem:
        """A problem of something within a rule, as ``("rows", 2)``; ``()`` is the rule itself."""
        source, where = self.draft.rule_at(rule, path)
        return self.of_source(source, where, code, message, remedy, severity=severity, counter_example=counter_example)

    def of_framework(
        self, path: Path, code: str, message: str, remedy: str, *, severity: Literal["error", "warning"] = "error"
    ) -> Problem:
        """A problem of something in ``framework.yaml``, as ``("grades", 2)``."""
        return self.of_source(self.draft.sources["framework.yaml"], path, code, message, remedy, severity=severity)

    def of_source(
        self,
        source: Source,
        path: Path,
        code: str,
        message: str,
        remedy: str,
        *,
        severity: Literal["error", "warning"] = "error",
        counter_example: tuple[str, ...] = (),
        value: str | None = None,
    ) -> Problem:
        """A problem of something in one of the pack's files."""
        return Problem(
            code=code,
            place=source.place(path),
            message=message,
            remedy=remedy,
            value=value,
            severity=severity,
            counter_example=counter_example,
        )
