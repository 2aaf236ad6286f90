"""Counts the steps that a backtracking reader takes to find a pattern in a text, up to a limit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bandstand.packs.pattern_tree import Anchor, Choice, Letter, Node, Repeat, Series, begins, shortest

if TYPE_CHECKING:
    from collections.abc import Callable

#: A pattern that unfolds to more steps than this is not looked into.
MOST_INSTRUCTIONS: Final = 3_000


class TooIntricateError(ValueError):
    """The pattern unfolds to more than can be looked into."""


class Stepper:
    """A pattern as a list of instructions, run as ``re`` runs it: the first way that fits, and back when none does.

    Attributes:
        shortest: The length of the shortest text that the pattern is found in.

    Raises:
        TooIntricateError: It unfolds to too many instructions.
    """

    def __init__(self, node: Node) -> None:
        self._code: list[tuple[str, object, int]] = []
        self._loops = 0
        self._begins = begins(node)
        self.shortest = shortest(node)
        self._add(node)
        self._emit("found", None)

    def steps(self, text: str, limit: int) -> int:
        """How many steps it takes to look for the pattern in ``text``; it stops at ``limit``."""
        return self._look(text, limit)[0]

    def is_in(self, text: str, limit: int) -> bool:
        """Whether the pattern is found in ``text``, within ``limit`` steps."""
        return self._look(text, limit)[1]

    def _look(self, text: str, limit: int) -> tuple[int, bool]:
        taken = 0
        # What is left of the text has to be long enough, which is seen at once.
        last = len(text) - self.shortest
        for start in range(min(last, 0) + 1 if self._begins else last + 1):
            more, found = self._from(start, text, limit - taken)
            taken += more
            if found or taken >= limit:
                return taken, found
        return taken, False

    def _from(self, start: int, text: str, limit: int) -> tuple[int, bool]:
        code, taken = self._code, 0
        waiting: list[tuple[int, int, tuple[int, ...]]] = [(0, start, (-1,) * self._loops)]
        while waiting and taken < limit:
            at, place, marks = waiting.pop()
            while taken < limit:
                taken += 1
                what, given, to = code[at]
                if what == "letter":
                    if place == len(text) or text[place] not in given:  # type: ignore[operator]  # a letter's is a set
                        break
                    place += 1
                elif what == "anchor":
                    if not _ANCHORS[str(given)](text, place):
                        break
                elif what == "either":
                    waiting.append((to, place, marks))
                elif what == "or":
                    waiting.append((at + 1, place, marks))
                    at = to
                    continue
                elif what == "go":
                    at = to
                    continue
                elif what == "round":
                    # A round that took nothing is not followed by another.
                    if marks[to] == place:
                        break
                    marks = (*marks[:to], place, *marks[to + 1 :])
                else:
                    return taken, True
                at += 1
        return taken, False

    def _emit(self, what: str, given: object, to: int = 0) -> int:
        if len(self._code) >= MOST_INSTRUCTIONS:
            raise TooIntricateError("it unfolds to too much")
        self._code.append((what, given, to))
        return len(self._code) - 1

    def _aim(self, at: int) -> None:
        what, given, _ = self._code[at]
        self._code[at] = (what, given, len(self._code))

    def _add(self, node: Node) -> None:
        match node:
            case Letter(takes):
                self._emit("letter", takes)
            case Anchor(at):
                self._emit("anchor", at)
            case Series(parts):
                for part in parts:
                    self._add(part)
            case Choice(parts):
                ends = []
                for part in parts[:-1]:
                    fork = self._emit("either", None)
                    self._add(part)
                    ends.append(self._emit("go", None))
                    self._aim(fork)
                self._add(parts[-1])
                for end in ends:
                    self._aim(end)
            case Repeat():
                self._add_repeat(node)

    def _add_repeat(self, node: Repeat) -> None:
        for _ in range(node.least):
            self._add(node.part)
        # "either" goes on and comes back to the part after it; "or" is the other way round.
        fork = "or" if node.lazy else "either"
        if node.most is None:
            loop, self._loops = self._loops, self._loops + 1
            start = self._emit(fork, None)
            self._emit("round", None, loop)
            self._add(node.part)
            self._emit("go", None, start)
            self._aim(start)
            return
        forks = []
        for _ in range(node.most - node.least):
            forks.append(self._emit(fork, None))
            self._add(node.part)
        for at in forks:
            self._aim(at)


def _is_word(text: str, place: int) -> bool:
    return 0 <= place < len(text) and (text[place].isalnum() or text[place] == "_")


def _is_boundary(text: str, place: int) -> bool:
    return _is_word(text, place - 1) != _is_word(text, place)


_ANCHORS: Final[dict[str, Callable[[str, int], bool]]] = {
    "begin": lambda _, place: place == 0,
    "end": lambda text, place: place == len(text) or (place == len(text) - 1 and text[place] == "\n"),
    "end_string": lambda text, place: place == len(text),
    "boundary": _is_boundary,
    "no_boundary": lambda text, place: not _is_boundary(text, place),
}
