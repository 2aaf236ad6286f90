"""``cumulative_levels``: a level is held when its criteria are met and the levels that it builds on are held."""

from __future__ import annotations

from dataclasses import replace
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from bandstand import words
from bandstand.models.clauses import Clause, ConcludedIs, Conclusion, Condition, FindingIs, Lowered, Value
from bandstand.models.finding import SETTLED_STATES, SHORT_STATES, Finding, State
from bandstand.models.framework import ItemId, Label
from bandstand.models.provenance import Provenance
from bandstand.rules.base import Defect, Rule, RuleContext, ground, unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bandstand.models.evaluation import Evaluation

_OPEN_STATES = frozenset(State) - SETTLED_STATES
_NOT_SHORT_STATES = frozenset(State) - SHORT_STATES
#: The fields of a level that name criteria.
_NAMED = ("criteria", "unless_short")
_WANTING = (Finding.NOT_MET, Finding.PARTLY_MET)
_SETTLED_FINDINGS = frozenset({Finding.MET, Finding.NOT_APPLICABLE})
_TRUE, _FALSE = frozenset({True}), frozenset({False})


class Level(Provenance):
    """One level of the ladder.

    Attributes:
        level: Its number, from 1.
        label: Its short name.
        criteria: Ids of the criteria that it asks for.
        need: How many of them: ``all``, or a number.
        unless_short: Ids of criteria that need no evidence, and of which none may be found short: the authority that
            the document has beside what it asks people to fill in.
        builds_on: Levels that must be held too; the one below when left out, none when empty.
    """

    level: int = Field(ge=1, le=99)
    label: Label
    criteria: tuple[ItemId, ...] = Field(min_length=1)
    need: Literal["all"] | Annotated[int, Field(ge=1)] = "all"
    unless_short: tuple[ItemId, ...] = ()
    builds_on: tuple[int, ...] | None = None


class Minimum(Provenance):
    """A level that is the minimum for employment: falling short of it is never a development point.

    Attributes:
        level: Its number; the levels that it builds on are part of the minimum.
    """

    level: int = Field(ge=1)


class CumulativeLevels(Rule):
    """A ladder: a level is held when its criteria are met and the levels that it builds on are held.

    All of a level's criteria are asked for, or at least ``need`` of them, and none of ``unless_short`` may be found
    short. "Builds on" is a graph, not always a chain.

    Concludes, for a rule ``ladder`` with a level 3: ``ladder.L3`` (held or not), ``ladder.L3.short`` (evidence shows a
    criterion of it, or of a level that it builds on, wanting), ``ladder.level`` (the highest level held, 0 for none)
    and ``ladder.stopped_by`` (what keeps the next level from being held: ``shortfall``, ``absence`` of evidence,
    ``nothing``).

    Attributes:
        minimum: The level that is the minimum for employment, where there is one.
        levels: The levels, in any order.
    """

    KIND: ClassVar[str] = "cumulative_levels"
    CODES: ClassVar[tuple[str, ...]] = (
        "cyclic-levels",
        "duplicate-criterion",
        "duplicate-level",
        "impossible-level",
        "unknown-criterion",
        "unknown-level",
    )

    kind: Literal["cumulative_levels"]
    minimum: Minimum | None = None
    levels: tuple[Level, ...] = Field(min_length=1)

    def held(self, level: int) -> str:
        """Name of the conclusion that says whether ``level`` is held."""
        return f"{self.id}.L{level}"

    @property
    def level_name(self) -> str:
        """Name of the conclusion that gives the highest level held."""
        return f"{self.id}.level"

    def builds_on(self, level: Level) -> tuple[int, ...]:
        """Numbers of the levels that ``level`` builds on, as given or as the order of the levels implies."""
        if level.builds_on is not None:
            return level.builds_on
        below = [other.level for other in self.levels if other.level < level.level]
        return (max(below),) if below else ()

    def conclusions(self, context: RuleContext) -> tuple[Conclusion, ...]:
        """See the class."""
        made: list[Conclusion] = []
        for level in self.levels:
            name = self.held(level.level)
            made.append(Conclusion(name, (True, False), False, self.id, f"Level {level.level}, {level.label}, is held"))
            short = f"Evidence falls short of level {level.level}"
            made.append(Conclusion(f"{name}.short", (True, False), False, self.id, short))
            if level.unless_short:
                against = f"A criterion that may not be short at level {level.level} is found short"
                made.append(Conclusion(f"{name}.against", (True, False), False, self.id, against))
            if level.need != "all" and level.need < len(level.criteria):
                enough = f"Enough criteria of level {level.level} are met"
                made.append(Conclusion(f"{name}.enough", (True, False), False, self.id, enough))
                too_few = f"Too few criteria of level {level.level} can still be met"
                made.append(Conclusion(f"{name}.too_few", (True, False), False, self.id, too_few))
        numbers = (0, *sorted(level.level for level in self.levels))
        made.append(Conclusion(self.level_name, numbers, 0, self.id, "Highest level held"))
        stops = ("shortfall", "absence", "nothing")
        made.append(Conclusion(f"{self.id}.stopped_by", stops, "nothing", self.id, "What stops the next level"))
        return tuple(made)

    def subject(self, name: str, value_of: Callable[[str], Value]) -> str:
        """A level by its number, or the ladder."""
        number = name.removeprefix(f"{self.id}.L").partition(".")[0]
        return f"Level {number}" if number.isdigit() else super().subject(name, value_of)

    def worded(self, value: Value, context: RuleContext) -> str:
        """A level, as a sentence gives it."""
        return words.standing(value) if isinstance(value, int) else super().worded(value, context)

    def tracked(self, context: RuleContext) -> tuple[str, ...]:
        """The highest level held; which lines changed is in the findings."""
        return (self.level_name,)

    def result(self, value_of: Callable[[str], Value], found: Callable[[str], State], context: RuleContext) -> str:
        """The highest level held, in words."""
        level = value_of(self.level_name)
        assert isinstance(level, int)
        return words.standing(level)

    def sentences(self, evaluation: Evaluation, context: RuleContext) -> Iterator[str]:
        """Why the highest level is held, and where the next one is open."""
        held = evaluation.value(self.level_name)
        ascending = sorted(self.levels, key=lambda level: level.level)
        for level in ascending:
            if level.level == held:
                yield self._held_sentence(level, evaluation) + self._whose(level, context)
        following = [level for level in ascending if isinstance(held, int) and level.level > held]
        if following:
            yield self._open_sentence(following[0], evaluation, context) + self._whose(following[0], context)
        done = [
            f"level {level.level}"
            for level in following[1:]
            if all(evaluation.findings[c].finding in _SETTLED_FINDINGS for c in level.criteria)
            and not _found_short(level, evaluation)
        ]
        if done:
            yield f"All lines of {words.listed(done)} are met already and wait for the levels below."

    def _whose(self, level: Level, context: RuleContext) -> str:
        """That the trust's overlay settled what a level asks for; nothing where it did not."""
        at = f"{self.id}.levels.{level.level}"
        settled = context.settled.get(at) or context.settled.get(f"{at}.criteria")
        if settled is None:
            return ""
        if settled.how == "added":
            return f" Your trust added to what level {level.level} asks for on {words.day(settled.on)}."
        return f" What level {level.level} asks for was {words.whose(settled)}."

    def _held_sentence(self, level: Level, evaluation: Evaluation) -> str:
        found = [evaluation.findings[c] for c in level.criteria]
        met = [f for f in found if f.finding in _SETTLED_FINDINGS]
        latest = max((f for f in met if f.date is not None), key=lambda f: (f.date, f.evidence), default=None)
        last = f" (the latest by {words.seen(latest)})" if latest else ""
        if len(level.criteria) == 1:
            how_many = "its line is met"
        elif len(met) == len(found):
            how_many = f"{words.all_of(len(found))} of its lines are met"
        else:
            how_many = f"{len(met)} of its {len(found)} lines are met, and it asks for {level.need}"
        below = sorted(self._all_below(level))
        also = ""
        if below:
            also = (
                f", and so {'is level' if len(below) == 1 else 'are levels'} {words.listed([str(n) for n in below], 9)}"
            )
        return f"Level {level.level}, {level.label}, is held: {how_many}{last}{also}."

    def _open_sentence(self, level: Level, evaluation: Evaluation, context: RuleContext) -> str:
        open_lines = [c for c in level.criteria if evaluation.findings[c].finding not in _SETTLED_FINDINGS]
        enough = level.need != "all" and len(level.criteria) - len(open_lines) >= level.need
        against = _found_short(level, evaluation)
        if (not open_lines or enough) and not against:
            return f"Level {level.level}, {level.label}, waits for a level that it builds on."
        asked, open_lines = len(open_lines), [*open_lines, *against]
        found = [evaluation.findings[c] for c in open_lines]
        # One source and date for all of them is said once.
        origins = {words.seen(f) for f in found}
        together = origins.pop() if len(found) > 1 and len(origins) == 1 and "" not in origins else ""
        named = [
            f"{words.line(c, context.criteria[c].label)} ({words.finding(f, origin=not together)})"
            for c, f in zip(open_lines, found, strict=True)
        ]
        ending = f", all by {together}" if together else ""
        share = "its one line" if len(level.criteria) == 1 else f"{asked} of {len(level.criteria)} lines"
        if against:
            beside = words.count(len(against), "criterion that may not", "criteria that may not")
            share = f"{f'{share} and ' if asked else ''}{beside} be found short"
        return f"Level {level.level}, {level.label}, is open on {share}: {words.listed(named, most=8)}{ending}."

    def _all_below(self, level: Level) -> set[int]:
        by_number = {other.level: other for other in self.levels}
        below: set[int] = set()
        waiting = list(self.builds_on(level))
        while waiting:
            number = waiting.pop()
            if number not in below:
                below.add(number)
                waiting.extend(self.builds_on(by_number[number]))
        return below

    def minimum_criteria(self) -> frozenset[str]:
        """The criteria of the minimum level."""
        if self.minimum is None:
            return frozenset()
        least = next(level for level in self.levels if level.level == self.minimum.level)
        wanted = {least.level, *self._all_below(least)}
        return frozenset(c for level in self.levels if level.level in wanted for c in level.criteria)

    def check(self, context: RuleContext) -> Iterator[Defect]:
        """Unknown criteria, levels given twice, needs that exceed the criteria, and circles in what builds on what."""
        numbers = [level.level for level in self.levels]
        for at, level in enumerate(self.levels):
            path = ("levels", at)
            if numbers.index(level.level) != at:
                yield Defect("duplicate-level", path, f"Level {level.level} is given twice.", "Give each level once.")
            named = [(field, n, c) for field in _NAMED for n, c in enumerate(getattr(level, field))]
            for number, (field, n, criterion) in enumerate(named):
                if criterion not in context.criteria:
                    yield unknown("criterion", criterion, context.criteria, (*path, field, n))
                elif criterion in {c for _, _, c in named[:number]}:
                    message = f'Level {level.level} names "{criterion}" twice.'
                    yield Defect("duplicate-criterion", (*path, field, n), message, "Name it once.")
            if level.need != "all" and level.need > len(level.criteria):
                message = f"Level {level.level} needs {level.need} of {len(level.criteria)} criteria."
                yield Defect("impossible-level", (*path, "need"), message, "Ask for no more than it has.")
            for n, other in enumerate(level.builds_on or ()):
                if other not in numbers:
                    message = f"Level {level.level} builds on level {other}, which is not there."
                    yield Defect("unknown-level", (*path, "builds_on", n), message, "Name a level of this rule.")
        if self.minimum is not None and self.minimum.level not in numbers:
            message = f"The minimum is level {self.minimum.level}, which is not there."
            yield Defect("unknown-level", ("minimum", "level"), message, "Name a level of this rule.")
        try:
            TopologicalSorter({level.level: self.builds_on(level) for level in self.levels}).prepare()
        except CycleError as error:
            circle = " on ".join(map(str, reversed(error.args[1])))
            yield Defect(
                "cyclic-levels", ("levels",), f"Levels build on one another in a circle: {circle}.", "Break it."
            )

    def lower(self, context: RuleContext) -> Lowered:
        """Two clauses for each level held or not, two for short or not, and one for each value of the rest."""
        clauses: list[Clause] = []
        for at, level in enumerate(self.levels):
            clauses.extend(replace(clause, part=("levels", at)) for clause in self._level_clauses(level))
        ladder = (self.ground(),)
        descending = sorted((level.level for level in self.levels), reverse=True)
        ascending = descending[::-1]
        for at, number in enumerate(descending):
            above = [ConcludedIs(self.held(other), _FALSE) for other in descending[:at]]
            here = (ConcludedIs(self.held(number), _TRUE), *above)
            clauses.append(Clause(self.level_name, number, "all", here, ladder))
        stopped = f"{self.id}.stopped_by"
        for below, number in zip((0, *ascending), ascending, strict=False):
            at_this = ConcludedIs(self.level_name, frozenset({below}))
            for value, short in (("shortfall", _TRUE), ("absence", _FALSE)):
                stop = (at_this, ConcludedIs(f"{self.held(number)}.short", short))
                clauses.append(Clause(stopped, value, "all", stop, ladder))
        return Lowered("position", self.conclusions(context), tuple(clauses))

    def _level_clauses(self, level: Level) -> Iterator[Clause]:
        name = self.held(level.level)
        grounds = (ground(level),)
        size = len(level.criteria)
        need = size if level.need == "all" else level.need
        settled: tuple[Condition, ...] = tuple(FindingIs(c, SETTLED_STATES) for c in level.criteria)
        unsettled: tuple[Condition, ...] = tuple(FindingIs(c, _OPEN_STATES) for c in level.criteria)
        short = tuple(FindingIs(c, SHORT_STATES) for c in level.criteria)
        if need < size:
            # How many is counted first, in a conclusion of its own, so that what builds on it stays all or any.
            enough = f"{name}.enough"
            yield Clause(enough, True, need, settled, grounds)
            yield Clause(enough, False, size - need + 1, unsettled, grounds)
            yield Clause(f"{name}.too_few", True, size - need + 1, short, grounds)
            settled, unsettled = (ConcludedIs(enough, _TRUE),), (ConcludedIs(enough, _FALSE),)
            wanting: tuple[Condition, ...] = (ConcludedIs(f"{name}.too_few", _TRUE),)
        else:
            wanting = short
        if level.unless_short:
            # Likewise by itself, so that few conditions are joined and the trace says by what the level is open.
            against = f"{name}.against"
            found = tuple(FindingIs(c, SHORT_STATES) for c in level.unless_short)
            clear = tuple(FindingIs(c, _NOT_SHORT_STATES) for c in level.unless_short)
            yield Clause(against, True, "any", found, grounds)
            yield Clause(against, False, "all", clear, grounds)
            settled = (*settled, ConcludedIs(against, _FALSE))
            unsettled = (*unsettled, ConcludedIs(against, _TRUE))
            wanting = (*wanting, ConcludedIs(against, _TRUE))
        lower = self.builds_on(level)
        yield Clause(name, True, "all", (*settled, *(ConcludedIs(self.held(n), _TRUE) for n in lower)), grounds)
        yield Clause(name, False, "any", (*unsettled, *(ConcludedIs(self.held(n), _FALSE) for n in lower)), grounds)
        lower_short = (ConcludedIs(f"{self.held(n)}.short", _TRUE) for n in lower)
        yield Clause(f"{name}.short", True, "any", (*wanting, *lower_short), grounds)


def _found_short(level: Level, evaluation: Evaluation) -> list[str]:
    """What stands against a level although it need not be shown for it."""
    found = evaluation.findings
    return [c for c in level.unless_short if found[c].in_full and found[c].finding in _WANTING]
