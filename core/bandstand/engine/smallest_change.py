"""The smallest change that reaches a conclusion: the fewest criteria that would have to be met, exactly.

The clauses of the conclusion are unfolded, through the conclusions that they read, into requirements over findings.
What every way needs is taken at once. Where a clause asks for some of many, the ways are searched, and among as few
criteria the ones nearest to being met come first.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Final

from bandstand.engine.plain import TRUE
from bandstand.models.clauses import ConcludedIs, Condition, FindingIs, Need, Value
from bandstand.models.finding import State

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bandstand.engine.plain import PlainRun
    from bandstand.rules.program import Program

#: How far a criterion in each state is from being met: only a tie-break between ways of the same length.
_DISTANCE: Final = {
    State.PROVISIONAL: 0,
    State.SAID_PARTLY_MET: 1,
    State.PARTLY_MET: 1,
    State.NOT_EVIDENCED: 2,
    State.SAID_NOT_MET: 3,
    State.NOT_MET: 3,
}


@dataclass(frozen=True, slots=True)
class _Some:
    """At least ``need`` of ``options``; a string is a criterion to be met."""

    need: int
    options: tuple[_Some | str, ...]


_MET_ALREADY: Final = _Some(0, ())
_IMPOSSIBLE: Final = _Some(1, ())
_Cost = tuple[int, int]


def smallest_change(
    program: Program, states: Sequence[int], run: PlainRun, conclusion: str, value: Value
) -> tuple[str, ...] | None:
    """Ids of the fewest criteria that must come to be met for ``conclusion`` to have ``value``.

    Exact for conclusions that rest on criteria being met, as a level being held does. The order is the program's.

    Returns:
        No ids when it has the value already; None when no finding can bring it about.
    """
    search = _Search(program, states)
    tree = _Unfolding(program, run).concluded(conclusion, frozenset({value}))
    best = search.fewest(tree)
    return None if best is None else tuple(c for c in program.criteria if c in best)


def open_criteria(program: Program, run: PlainRun, conclusion: str, value: Value) -> tuple[str, ...]:
    """Ids of all criteria that stand between ``conclusion`` and ``value``, each needed or a choice, in order."""
    wanted = set(_criteria(_Unfolding(program, run).concluded(conclusion, frozenset({value}))))
    return tuple(c for c in program.criteria if c in wanted)


class _Unfolding:
    """Requirements over findings, for conclusions of one run."""

    def __init__(self, program: Program, run: PlainRun) -> None:
        self._program = program
        self._run = run
        # Where many levels build on the same ones, they are unfolded once.
        self._unfolded: dict[tuple[str, frozenset[Value]], _Some] = {}

    def concluded(self, name: str, values: frozenset[Value]) -> _Some:
        """What it takes for a conclusion to have one of some values; the same object however often it is asked."""
        if (name, values) not in self._unfolded:
            self._unfolded[name, values] = self._unfold(name, values)
        return self._unfolded[name, values]

    def _unfold(self, name: str, values: frozenset[Value]) -> _Some:
        at = self._program.positions[name]
        declared = self._program.conclusions[at].values
        if declared[self._run.values[at]] in values:
            return _MET_ALREADY
        ways = tuple(
            self._clause(clause.need, clause.conditions)
            for clause in self._program.clauses
            if clause.conclusion == at and declared[clause.value] in values
        )
        return ways[0] if len(ways) == 1 else _Some(1, ways)

    def _clause(self, need: Need, conditions: Sequence[int]) -> _Some:
        wanted = need if isinstance(need, int) else len(conditions) if need == "all" else 1
        missing = [at for at in conditions if self._run.verdicts[at] != TRUE]
        wanted -= len(conditions) - len(missing)
        if wanted <= 0:
            return _MET_ALREADY
        options = tuple(self._condition(self._program.conditions[at]) for at in missing)
        return _Some(wanted, options)

    def _condition(self, condition: Condition) -> _Some | str:
        match condition:
            case FindingIs() if State.MET in condition.states:
                return condition.criterion
            case ConcludedIs():
                return self.concluded(condition.conclusion, condition.values)
            case _:
                return _IMPOSSIBLE


class _Search:
    """Finds the cheapest set of criteria that fulfils a requirement."""

    def __init__(self, program: Program, states: Sequence[int]) -> None:
        self._order = {criterion: at for at, criterion in enumerate(program.criteria)}
        self._states = states
        self._best: tuple[_Cost, frozenset[str]] | None = None

    def fewest(self, tree: _Some) -> frozenset[str] | None:
        """The cheapest set; None when there is none. To be asked once."""
        self._descend([tree], frozenset())
        return None if self._best is None else self._best[1]

    def _cost(self, chosen: frozenset[str]) -> _Cost:
        return len(chosen), sum(self._distance(c) for c in chosen)

    def _distance(self, criterion: str) -> int:
        return _DISTANCE.get(State(self._states[self._order[criterion]]), 0)

    def _descend(self, pending: list[_Some | str], chosen: frozenset[str]) -> None:
        """Fulfil everything pending on top of what is chosen; keep the cheapest way found."""
        choices: list[_Some] = []
        seen: set[int] = set()
        while pending:
            part = pending.pop()
            if isinstance(part, str):
                chosen |= {part}
            elif id(part) in seen:
                continue
            elif part.need > len(part.options):
                return
            else:
                seen.add(id(part))
                if part.need == len(part.options):
                    pending.extend(part.options)
                elif part.need > 0:
                    choices.append(part)
        if self._best is not None and self._cost(chosen) >= self._best[0]:
            return
        # What was chosen meanwhile may already fulfil a choice, in part or whole.
        choices = [left for choice in choices if (left := _reduced(choice, chosen)).need > 0]
        if not choices:
            self._best = (self._cost(chosen), chosen)
            return
        first, *rest = sorted(choices, key=lambda choice: len(choice.options))
        for picked in self._ways(first, rest):
            self._descend([*picked, *rest], chosen)

    def _ways(self, choice: _Some, rest: Sequence[_Some]) -> Iterator[tuple[_Some | str, ...]]:
        """The ways to make a choice that are worth trying.

        Criteria that nothing else asks for differ only in how near they are, so of those the nearest are enough.
        """
        elsewhere = {c for other in rest for c in _criteria(other)}
        nested = [option for option in choice.options if not isinstance(option, str)]
        elsewhere.update(c for option in nested for c in _criteria(option))
        own = sorted(
            (o for o in choice.options if isinstance(o, str) and o not in elsewhere),
            key=lambda c: (self._distance(c), self._order[c]),
        )
        others = [o for o in choice.options if not isinstance(o, str) or o in elsewhere]
        for size in range(max(0, choice.need - len(own)), min(choice.need, len(others)) + 1):
            for some in combinations(others, size):
                yield (*some, *own[: choice.need - size])


def _reduced(choice: _Some, chosen: frozenset[str]) -> _Some:
    left = tuple(o for o in choice.options if o not in chosen)
    return _Some(choice.need - (len(choice.options) - len(left)), left)


def _criteria(part: _Some | str) -> Iterator[str]:
    """Every criterion of a requirement, looking at what occurs often once."""
    seen: set[int] = set()
    waiting: list[_Some | str] = [part]
    while waiting:
        here = waiting.pop()
        if isinstance(here, str):
            yield here
        elif id(here) not in seen:
            seen.add(id(here))
            waiting.extend(here.options)
