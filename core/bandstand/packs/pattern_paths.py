"""Finds texts that a pattern can be found in along ever more ways: what makes a backtracking reader slow.

The pattern becomes an automaton whose states are its letters, and each of whose edges counts how many ways lead along
it. Two ways round from a state to itself over one text (or one edge that counts twice) multiply with every round. A
state, and another further on, that both go round over a text which also leads from the one to the other, add up.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from bandstand.packs.pattern_steps import TooIntricateError
from bandstand.packs.pattern_tree import Anchor, Choice, Letter, Node, Repeat, Series, begins, varies

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MOST_LETTERS: Final = 250
_MOST_PAIRS: Final = 300_000
#: How many times a part is written out where it may stand only so often; past it, the end is taken for open.
_WRITTEN_OUT: Final = 3

#: States that several readers of one text are in.
_Together = tuple[int, ...]
_Found = tuple[_Together, bool]


@dataclass(frozen=True, slots=True)
class Round:
    """A text that leads to a part of the pattern, and one that can be repeated there along several ways."""

    before: str
    again: str


@dataclass
class _Part:
    """What one part of the pattern adds: how many ways leave it out, and its first and last letters with theirs."""

    empty: int
    first: Counter[int] = field(default_factory=Counter)
    last: Counter[int] = field(default_factory=Counter)


def ambiguous_rounds(node: Node, alphabet: Iterable[str]) -> Iterator[Round]:
    """Every sort of round that adds or multiplies ways, those that multiply first.

    Raises:
        TooIntricateError: The pattern has too many letters, or letters that go together in too many ways.
    """
    whole = node if begins(node) else Series((Repeat(Letter(frozenset(alphabet)), 0, None, lazy=True), node))
    automaton = _Automaton(whole)
    yield from automaton.multiplying()
    yield from automaton.adding()


class _Automaton:
    """States are the letters of a pattern, from 1; 0 is before the first."""

    def __init__(self, node: Node) -> None:
        self._takes: list[frozenset[str]] = [frozenset()]
        self._edges: list[Counter[int]] = [Counter()]
        whole = self._part(node)
        self._edges[0] = whole.first
        self._looked_at = 0
        self._reach = [self._closure(state) for state in range(len(self._edges))]

    # From the tree to the automaton.

    def _part(self, node: Node) -> _Part:
        match node:
            case Letter(takes):
                if len(self._takes) > _MOST_LETTERS:
                    raise TooIntricateError("it has too many letters")
                self._takes.append(takes)
                self._edges.append(Counter())
                state = len(self._takes) - 1
                return _Part(0, Counter([state]), Counter([state]))
            case Anchor():
                return _Part(1)
            case Series(parts):
                done = _Part(1)
                for part in parts:
                    done = self._joined(done, self._part(part))
                return done
            case Choice(parts):
                options = [self._part(part) for part in parts]
                first = sum((option.first for option in options), Counter[int]())
                last = sum((option.last for option in options), Counter[int]())
                return _Part(_few(sum(option.empty for option in options)), first, last)
            case Repeat():
                return self._repeat(node)

    def _joined(self, one: _Part, other: _Part) -> _Part:
        self._link(one.last, other.first)
        first = one.first + _times(other.first, one.empty)
        last = other.last + _times(one.last, other.empty)
        return _Part(_few(one.empty * other.empty), first, last)

    def _link(self, last: Counter[int], first: Counter[int]) -> None:
        for state, ways in last.items():
            for then, more in first.items():
                self._edges[state][then] = _few(self._edges[state][then] + ways * more)

    def _repeat(self, node: Repeat) -> _Part:
        """A number of parts written out, then a loop, or a few that may be left out.

        How many there may be is rounded: what matters is which can follow which, and how often.
        """
        spare = None if node.most is None else node.most - node.least
        is_open = spare is None or spare > _WRITTEN_OUT or (node.least > _WRITTEN_OUT and varies(node.part))
        done = _Part(1)
        for _ in range(min(node.least, _WRITTEN_OUT - 1)):
            done = self._joined(done, self._part(node.part))
        if is_open:
            part = self._part(node.part)
            self._link(part.last, part.first)
            return self._joined(done, _Part(1, part.first, part.last))
        rest = _Part(1)
        for _ in range(spare or 0):
            part = self._joined(self._part(node.part), rest)
            rest = _Part(_few(1 + part.empty), part.first, part.last)
        return self._joined(done, rest)

    # Rounds.

    def multiplying(self) -> Iterator[Round]:
        """Rounds along two ways from a state to itself."""
        states = range(1, len(self._edges))
        looping = [s for s in states if self._is_looping(s)]
        for state in looping:
            for then in self._edges[state]:
                if self._edges[state][then] > 1 and state in self._reach[then]:
                    back = "" if then == state else self._word((then,), (state,)) or ""
                    yield Round(self._before(state), self._letter(then) + back)
        for state in looping:
            # It comes apart somewhere on the way, and comes together again.
            word = self._word((state, state), (state, state), apart=True)
            if word is not None:
                yield Round(self._before(state), word)

    def adding(self) -> Iterator[Round]:
        """Rounds at two states, over a text that leads from the one to the other as well."""
        looping = [s for s in range(1, len(self._edges)) if self._is_looping(s)]
        for state in looping:
            for other in looping:
                if other in self._reach[state] and state not in self._reach[other]:
                    word = self._word((state, state, other), (state, other, other))
                    if word:
                        yield Round(self._before(state), word)

    def _is_looping(self, state: int) -> bool:
        return state in self._reach[state]

    def _before(self, state: int) -> str:
        return self._word((0,), (state,)) or ""

    def _letter(self, state: int) -> str:
        return min(self._takes[state], key=_rank)

    def _closure(self, start: int) -> set[int]:
        found: set[int] = set()
        waiting = [start]
        while waiting:
            for then in self._edges[waiting.pop()]:
                if then not in found:
                    found.add(then)
                    waiting.append(then)
        return found

    def _word(self, start: _Together, goal: _Together, *, apart: bool = False) -> str | None:
        """The shortest text, of at least one letter, that leads from some states to others together.

        With ``apart``, they are not the same all the way.
        """
        first, last = (start, False), (goal, apart)
        found: dict[_Found, tuple[_Found, str]] = {}
        waiting = deque([first])
        while waiting:
            here = waiting.popleft()
            for states, letter in self._steps(here[0]):
                then = (states, apart and (here[1] or len(set(states)) > 1))
                if then not in found:
                    found[then] = (here, letter)
                    waiting.append(then)
                if then == last:
                    return _spelt(found, first, last)
        return None

    def _steps(self, here: _Together) -> Iterator[tuple[_Together, str]]:
        """Where some states lead together over one letter."""
        options: list[tuple[_Together, frozenset[str] | None]] = [((), None)]
        for state in here:
            options = [
                ((*done, then), both)
                for done, letters in options
                for then in self._edges[state]
                if (both := self._takes[then] if letters is None else letters & self._takes[then])
            ]
        self._looked_at += len(options)
        if self._looked_at > _MOST_PAIRS:
            raise TooIntricateError("its letters go together in too many ways")
        for then, letters in options:
            yield then, min(letters or ("",), key=_rank)


def _spelt(found: dict[_Found, tuple[_Found, str]], start: _Found, goal: _Found) -> str:
    letters: list[str] = []
    here = goal
    while True:
        here, letter = found[here]
        letters.append(letter)
        if here == start:
            return "".join(reversed(letters))


def _few(ways: int) -> int:
    """Two ways are as good as more."""
    return min(ways, 2)


def _times(ways: Counter[int], by: int) -> Counter[int]:
    return Counter({state: _few(number * by) for state, number in ways.items() if number * by})


def _rank(letter: str) -> tuple[bool, bool, str]:
    """Letters that a person types go first."""
    return not letter.isalnum(), not letter.isprintable(), letter
