"""Regular expressions of a pack that some input makes a reader slow with: found, with such an input."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from itertools import chain, islice, product
from typing import TYPE_CHECKING, Final

from bandstand.packs.pattern_paths import Round, ambiguous_rounds
from bandstand.packs.pattern_steps import Stepper
from bandstand.packs.pattern_tree import read_pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: No field of an evidence record is longer.
LONGEST_FIELD: Final = 10_000
#: A field that takes more steps than this takes a noticeable part of a second, each time that it is read.
_MOST_STEPS: Final = 20_000_000
#: How far steps are counted, and in texts of how many rounds; the rest follows from how they grow.
_COUNTED: Final = 100_000
_ROUNDS: Final = (8, 12, 16, 20, 24)
_SHORT, _LONG = 100, 200
#: From one round to the one after the next, steps that multiply grow by more; those that add up by less.
_MULTIPLYING: Final = 1.5
_MOST_TRIED: Final = 40
_MOST_ENDINGS: Final = 2


@dataclass(frozen=True, slots=True)
class SlowInput:
    """A text that a pattern takes very long over, part by part.

    Attributes:
        before: What it begins with.
        again: What comes then, over and over.
        times: How often.
        after: What it ends with, because of which every way is tried.
    """

    before: str
    again: str
    times: int
    after: str

    @property
    def text(self) -> str:
        """The whole text."""
        return f"{self.before}{self.again * self.times}{self.after}"

    def __str__(self) -> str:
        parts = [f"{_quoted(self.again)} {self.times:,} times"]
        if self.before:
            parts.insert(0, _quoted(self.before))
        if self.after:
            parts.append(_quoted(self.after))
        return ", then ".join(parts)


def slow_input(pattern: str) -> SlowInput | None:
    """An input of at most ``LONGEST_FIELD`` characters that ``pattern`` takes very long over; None where there is none.

    Raises:
        UnreadPatternError: The pattern uses what JSON Schema advises against, so it cannot be told.
        TooIntricateError: It is too intricate to be told.
    """
    tree, alphabet = read_pattern(pattern)
    stepper = Stepper(tree)
    rounds = chain(ambiguous_rounds(tree, alphabet), (Round("", c) for c in alphabet))
    tried = islice(_unlike(rounds), _MOST_TRIED)
    return next((slow for found in tried if (slow := _slowest(stepper, found, alphabet)) is not None), None)


def _unlike(rounds: Iterable[Round]) -> Iterator[Round]:
    seen: set[Round] = set()
    for found in rounds:
        if found not in seen:
            seen.add(found)
            yield found


def _slowest(stepper: Stepper, found: Round, alphabet: tuple[str, ...]) -> SlowInput | None:
    """The round as an input, with an ending after which the pattern is looked for longest, where it makes it slow."""
    rounds = _enough(stepper, found) + 4
    for endings in (("", *alphabet), ["".join(pair) for pair in product(alphabet[:6], repeat=2)]):
        longest = sorted(endings, key=lambda after: -stepper.steps(_text(found, rounds, after), _COUNTED))
        for after in longest[:_MOST_ENDINGS]:
            times = _multiplies(stepper, found, after) or _adds_up(stepper, found, after)
            if times:
                return SlowInput(found.before, found.again, times, after)
    return None


def _text(found: Round, times: int, after: str) -> str:
    return f"{found.before}{found.again * times}{after}"


def _enough(stepper: Stepper, found: Round) -> int:
    """How many rounds make a text long enough for the pattern to be looked for at all."""
    return -(-stepper.shortest // len(found.again))


def _multiplies(stepper: Stepper, found: Round, after: str) -> int | None:
    """How many rounds are far too many where each multiplies the steps; None where it does not."""
    enough = _enough(stepper, found)
    for rounds in (enough + more for more in _ROUNDS):
        taken = stepper.steps(_text(found, rounds, after), _COUNTED)
        if taken >= _COUNTED:
            return 2 * rounds + 8
    fewer = stepper.steps(_text(found, rounds - 2, after), _COUNTED)
    return 4 * rounds if taken > _MULTIPLYING * fewer else None


def _adds_up(stepper: Stepper, found: Round, after: str) -> int | None:
    """How many rounds fill a field where that takes too many steps; None where it does not."""
    enough, size = _enough(stepper, found), len(found.again)
    short, long = (stepper.steps(_text(found, enough + length // size, after), _COUNTED) for length in (_SHORT, _LONG))
    projected = long * (LONGEST_FIELD / _LONG) ** math.log2(long / short)
    is_slow = long >= _COUNTED or projected > _MOST_STEPS
    return (LONGEST_FIELD - len(found.before) - len(after)) // size if is_slow else None


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=not text.isprintable())
