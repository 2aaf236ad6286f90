"""How Bandstand words dates, findings and lists of criteria, wherever a person reads them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bandstand.models.clauses import (
    ConcludedIs,
    Condition,
    FactCompares,
    FactIs,
    FactKnown,
    FindingIs,
    MeasureCompares,
    Value,
)
from bandstand.models.finding import SETTLED_STATES, SHORT_STATES, Finding, State

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from bandstand.models.evaluation import PublishedFinding
    from bandstand.models.overlay import Settled
    from bandstand.models.standard import Unit

#: A label that begins with a name of several words: Question Level Analysis.
_NAME = re.compile(r"[A-Z][a-z]+(?:'s)? [A-Z][a-z]")
_SOURCES = {
    "self": "own view",
    "appraiser": "the appraiser",
    "peer": "a colleague",
    "document": "a document",
    "observation": "an observation",
    "data": "data",
    "pupil_voice": "pupils",
}


def day(date: dt.date) -> str:
    """A date as ``2 May 2025``."""
    return f"{date.day} {date:%B %Y}"


def span(since: dt.date | None, until: dt.date | None) -> str:
    """``from 1 September 2024 to 31 August 2025``; an end that is not known is left out."""
    parts = (f"{word} {day(date)}" for word, date in (("from", since), ("to", until)) if date is not None)
    return " ".join(parts) or "whenever, as the document gives no date"


def listed(items: Sequence[str], most: int = 6) -> str:
    """``a, b and c``; past ``most`` items, the rest are counted."""
    shown = list(items)
    if len(shown) > most:
        shown = [*shown[: most - 1], f"{len(shown) - most + 1} more"]
    if not shown:
        return "none"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def held(given: object) -> str:
    """What a pack holds, in words: ``5``, ``all``, ``gold 5, to 5``; ``nothing`` where there is none."""
    match given:
        case None:
            return "nothing"
        case bool():
            return "true" if given else "false"
        case dict():
            return ", ".join(f"{name} {held(one)}" for name, one in given.items())
        case list() | tuple():
            return listed([held(one) for one in given], most=12)
        case _:
            return str(given)


def lines(source: str) -> str:
    """Where in the document: ``line 540``, ``lines 382-394``."""
    return f"line {source}" if source.isdigit() else f"lines {source}"


def uncapitalised(label: str) -> str:
    """A label within a sentence: ``shared plans``; one that begins with an abbreviation keeps it."""
    is_name = _NAME.match(label) is not None
    return label if is_name or not (label[1:2].islower() or label[1:2] == " ") else label[:1].lower() + label[1:]


def line(criterion: str, label: str) -> str:
    """A criterion as a sentence names it: ``L4.3 shared plans``."""
    return f"{criterion} {uncapitalised(label)}"


def named(unit: Unit) -> str:
    """A criterion, or a point of one, as a sentence names it: ``1d.vi new on known (high impact)``."""
    if unit.at is None:
        return line(unit.id, unit.label)
    return f"{line(unit.criterion, unit.label)} ({uncapitalised(unit.at)})"


def whose(settled: Settled | None) -> str:
    """Whose a value is that is the trust's: ``set by your trust on 1 September 2026``; the day where it is known."""
    if settled is None:
        return "set by your trust"
    return f"{'confirmed' if settled.how == 'confirmed' else 'set'} by your trust on {day(settled.on)}"


def standing(level: int) -> str:
    """``level 3``; ``no level yet`` where none is held, as no ladder has a level 0."""
    return f"level {level}" if level else "no level yet"


def count(number: int, noun: str, nouns: str | None = None) -> str:
    """``one line``, ``2 lines``; ``nouns`` where the plural is not made with an s."""
    return f"one {noun}" if number == 1 else f"{number} {nouns or f'{noun}s'}"


def all_of(number: int) -> str:
    """``the one``, ``both``, ``all 3``."""
    return {1: "the one", 2: "both"}.get(number, f"all {number}")


def seen(found: PublishedFinding) -> str:
    """Where a finding comes from: ``an observation, 2 May 2025``; nothing when there is no evidence.

    Evidence that was recorded for another framework says whose judgement brought it here.
    """
    if found.date is None or found.source is None:
        return ""
    source = _SOURCES.get(found.source, found.source)
    agreed = ", agreed" if found.moderated and found.source == "self" else ""
    accepted = f", accepted from {found.accepted_from} by {found.accepted_by}" if found.accepted_from else ""
    return f"{source}{agreed}, {day(found.date)}{accepted}"


def finding(found: PublishedFinding, *, origin: bool = True) -> str:
    """A finding that is not met: ``partly met, own view, 12 January 2025``; with ``origin`` false, ``partly met``."""
    if found.finding is Finding.NOT_EVIDENCED:
        return "no evidence yet"
    said = "claimed and not agreed yet" if found.provisional else found.finding.value.replace("_", " ")
    return f"{said}, {seen(found)}" if origin else said


def asks(found: PublishedFinding) -> str:
    """What a criterion that is not met asks for, as a phrase."""
    if found.provisional:
        return f"agree the claim ({seen(found)})"
    match found.finding:
        case Finding.PARTLY_MET:
            return f"from partly met to met ({seen(found)})"
        case Finding.NOT_MET:
            return f"from not met to met ({seen(found)})"
        case _:
            return "evidence; there is none yet"


def asked(condition: Condition) -> str:
    """What a condition asks: ``L3.2 is met``, ``ladder.level is 3 or 4``, ``fte > 0.25``."""
    match condition:
        case FindingIs():
            return f"{condition.criterion} is {states(condition.states)}"
        case ConcludedIs():
            return f"{condition.conclusion} is {' or '.join(map(value, sorted(condition.values, key=_in_order)))}"
        case MeasureCompares():
            return f"{condition.measure} {condition.comparison} {condition.number:g}"
        case FactIs():
            return f"{condition.fact} is {' or '.join(sorted(condition.words))}"
        case FactCompares():
            return f"{condition.fact} {condition.comparison} {condition.number:g}"
        case FactKnown():
            return f"{condition.fact} is {'known' if condition.known else 'not known'}"


def value(of: Value) -> str:
    """A conclusion's value in a word: ``yes``, ``none``, ``3``."""
    match of:
        case None:
            return "none"
        case bool():
            return "yes" if of else "no"
        case _:
            return str(of)


def _in_order(of: Value) -> tuple[bool, int, str]:
    """Numbers before words, and 9 before 10."""
    return (False, of, "") if isinstance(of, int) and not isinstance(of, bool) else (True, 0, value(of))


def states(of: frozenset[State]) -> str:
    """Findings as a condition asks for them: ``met``, ``open``, ``found short``, or each by its name."""
    if of == SETTLED_STATES:
        return "met"
    if of == frozenset(State) - SETTLED_STATES:
        return "open"
    if of == SHORT_STATES:
        return "found short"
    if of == frozenset(State) - SHORT_STATES:
        return "not found short"
    return " or ".join(state.name.lower() for state in sorted(of))
