"""``decision_table``: rows of conditions over conclusions, facts and measures, each with its outcome."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bandstand.models.clauses import (
    Clause,
    Comparison,
    ConcludedIs,
    Conclusion,
    Condition,
    FactCompares,
    FactIs,
    FactKnown,
    Lowered,
    Value,
)
from bandstand.models.framework import Key
from bandstand.models.provenance import Provenance
from bandstand.rules.base import Defect, Rule, RuleContext, ground, unknown
from bandstand.rules.facts import COMMON, WORD_CODES, facts_of, unknown_word, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_COMPARISON = re.compile(r"^\s*(<=|>=|<|>)\s*(\d+(?:\.\d+)?)\s*$")
_TRUE, _FALSE = frozenset({True}), frozenset({False})

Scalar = bool | int | str | None
Cell = Scalar | Annotated[tuple[Scalar, ...], Field(min_length=1)]


class Input(BaseModel):
    """Where a column of the table looks: a fact about the person, or another rule's conclusion.

    Attributes:
        fact: A fact: ``grade``, ``strand``, ``career_stage``, ``roles``, ``flags``, ``fte``, ``months_in_role``,
            ``purpose``, ``view``, or one that the framework asks for.
        conclusion: The name of a conclusion, as ``ladder.level``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    fact: str | None = None
    conclusion: str | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Input:
        if (self.fact is None) == (self.conclusion is None):
            raise ValueError("an input is either a fact or a conclusion")
        return self


class Row(Provenance):
    """One row: when every cell holds, the outcome.

    A cell is a value, a list of values, a comparison such as ``"> 0.25"``, ``known`` or ``unknown`` (for facts). A
    column that the row leaves out may be anything.

    Attributes:
        when: What each column is to be, by the input's name; a list is any of its values.
        then: The outcome. For a table that gives an action, the id of one of the framework's actions.
    """

    when: dict[Key, Cell]
    then: Key


class Otherwise(Provenance):
    """The outcome when no row holds.

    Attributes:
        then: The outcome, as a row has it.
    """

    then: Key


class DecisionTable(Rule):
    """A table: rows of what has to hold, each with its outcome, and what holds where none does.

    Of rows that hold, the hit policy says which counts: with ``first`` the one that stands first; with ``unique`` there
    is never more than one; with ``collect`` all of them do. Where no row needs to hold, the table says so by
    ``otherwise: nothing``; without an ``otherwise``, the rows cover everything.

    Concludes, for a rule ``action`` with hit policy ``first`` or ``unique``: ``action.value``, the outcome (none when
    no row holds and there is no ``otherwise``), and ``action.row1`` and so on, whether each row holds. With
    ``collect``: ``action.has.OUTCOME`` for each outcome.

    Attributes:
        hit: Which of the rows that hold counts.
        inputs: The columns, each with a name that rows use.
        rows: The rows, from the top.
        otherwise: The outcome where no row holds, or ``nothing``.
    """

    KIND: ClassVar[str] = "decision_table"
    CODES: ClassVar[tuple[str, ...]] = (
        "impossible-cell",
        "otherwise-in-collect",
        "protected-characteristic",
        "unknown-conclusion",
        "unknown-fact",
        "unknown-input",
        *WORD_CODES,
    )

    kind: Literal["decision_table"]
    hit: Literal["unique", "first", "collect"]
    inputs: dict[Key, Input] = Field(min_length=1)
    rows: tuple[Row, ...] = Field(min_length=1)
    otherwise: Otherwise | Literal["nothing"] | None = None

    @property
    def _last(self) -> Otherwise | None:
        return self.otherwise if isinstance(self.otherwise, Otherwise) else None

    @property
    def value_name(self) -> str:
        """Name of the conclusion that gives the outcome."""
        return f"{self.id}.value"

    def row_name(self, at: int) -> str:
        """Name of the conclusion that says whether a row holds, by its place from 0; not where rows are collected."""
        return f"{self.id}.row{at + 1}"

    def _has(self, outcome: str) -> str:
        return f"{self.id}.has.{outcome}"

    def is_hit(self, clause: Clause) -> bool:
        """Whether a clause of the table gives the outcome of its row, and does not only say that the row holds."""
        return self.hit == "collect" or clause.conclusion == self.value_name

    def cell(self, name: str, cell: Cell) -> tuple[Condition, ...]:
        """The conditions that a cell in the column of an input lowers to."""
        return tuple(_conditions(self.inputs[name], cell))

    def outcomes(self) -> tuple[str, ...]:
        """Every outcome, in the order of the rows."""
        last = (self._last.then,) if self._last else ()
        return tuple(dict.fromkeys((*(row.then for row in self.rows), *last)))

    def conclusions(self, context: RuleContext) -> tuple[Conclusion, ...]:
        """See the class."""
        if self.hit == "collect":
            return tuple(
                Conclusion(self._has(o), (True, False), False, self.id, f"{self.label}: {o}") for o in self.outcomes()
            )
        values: tuple[Value, ...] = self.outcomes()
        otherwise = self._last.then if self._last else None
        if otherwise is None:
            values = (*values, None)
        rows = (
            Conclusion(self.row_name(at), (True, False), False, self.id, f"{self.label}: row {at + 1} holds")
            for at in range(len(self.rows))
        )
        return (*rows, Conclusion(self.value_name, values, otherwise, self.id, self.label))

    def check(self, context: RuleContext) -> Iterator[Defect]:
        """Unknown inputs and columns, and cells that their input can never hold."""
        for name, column in self.inputs.items():
            if column.fact is not None and column.fact not in facts_of(context.framework):
                yield unknown("fact", column.fact, facts_of(context.framework), ("inputs", name, "fact"))
            if column.conclusion is not None and column.conclusion not in context.conclusions:
                yield unknown("conclusion", column.conclusion, context.conclusions, ("inputs", name, "conclusion"))
        if self.hit == "collect" and self.otherwise is not None:
            message = "A table that collects has no otherwise."
            yield Defect("otherwise-in-collect", ("otherwise",), message, "Take it out, or give it a row of its own.")
        for at, row in enumerate(self.rows):
            for name, cell in row.when.items():
                path = ("rows", at, "when", name)
                if name not in self.inputs:
                    yield unknown("input", name, self.inputs, path)
                else:
                    yield from self._check_cell(self.inputs[name], cell, path, context)

    def _check_cell(
        self, column: Input, cell: Cell, path: tuple[str | int, ...], context: RuleContext
    ) -> Iterator[Defect]:
        values = cell if isinstance(cell, tuple) else (cell,)
        if column.conclusion is not None:
            conclusion = context.conclusions.get(column.conclusion)
            for value in values:
                # To Python, True is 1; to a reader, no level is True.
                if conclusion is not None and (type(value), value) not in {(type(v), v) for v in conclusion.values}:
                    message = f"{column.conclusion} is never {value!r}."
                    known = ", ".join("null" if v is None else str(v) for v in conclusion.values)
                    yield Defect("impossible-cell", path, message, f"It is one of {known}.")
        elif column.fact in facts_of(context.framework) and cell not in ("known", "unknown"):
            number = COMMON.get(column.fact) == "number"
            for value in values:
                if number and not (isinstance(value, str) and _COMPARISON.match(value)):
                    message = f'"{value}" is not a comparison, and {column.fact} is a number.'
                    yield Defect("impossible-cell", path, message, 'Write it as "> 0.25".')
                elif not number and not isinstance(value, str):
                    message = f"{value!r} is not a word, and {column.fact} holds words."
                    yield Defect("impossible-cell", path, message, "Put it in quotes.")
                elif not number:
                    yield from self._check_word(str(column.fact), str(value), path, context)

    def _check_word(self, fact: str, word: str, path: tuple[str | int, ...], context: RuleContext) -> Iterator[Defect]:
        if word not in words_of(fact, context.framework):
            yield unknown_word(fact, word, context.framework, path)

    def lower(self, context: RuleContext) -> Lowered:
        """A clause for each row; with ``first``, an outcome's clause also asks that no earlier row holds."""
        clauses: list[Clause] = []
        for at, row in enumerate(self.rows):
            conditions = tuple(c for name, cell in row.when.items() for c in self.cell(name, cell))
            grounds, part = (ground(row),), ("rows", at)
            if self.hit == "collect":
                clauses.append(Clause(self._has(row.then), True, "all", conditions, grounds, part))
                continue
            clauses.append(Clause(self.row_name(at), True, "all", conditions, grounds, part))
            earlier = range(at) if self.hit == "first" else ()
            alone = (ConcludedIs(self.row_name(at), _TRUE), *(ConcludedIs(self.row_name(e), _FALSE) for e in earlier))
            clauses.append(Clause(self.value_name, row.then, "all", alone, grounds, part))
        if self._last is not None:
            none = tuple(ConcludedIs(self.row_name(at), _FALSE) for at in range(len(self.rows)))
            last = (ground(self._last),)
            clauses.append(Clause(self.value_name, self._last.then, "all", none, last, ("otherwise",)))
        return Lowered("position", self.conclusions(context), tuple(clauses))


def _conditions(column: Input, cell: Cell) -> Iterator[Condition]:
    values = cell if isinstance(cell, tuple) else (cell,)
    if column.conclusion is not None:
        yield ConcludedIs(column.conclusion, frozenset(values))
        return
    fact = cast("str", column.fact)
    if cell in ("known", "unknown"):
        yield FactKnown(fact, cell == "known")
    elif COMMON.get(fact) == "number":
        for value in values:
            match = _COMPARISON.match(str(value))
            assert match is not None
            yield FactCompares(fact, cast("Comparison", match[1]), float(match[2]))
    else:
        yield FactIs(fact, frozenset(map(str, values)))
