"""One outcome of one pack for many people at once: numbered evidence in, a table of results out.

It concludes of each person what :class:`bandstand.engine.evaluate.Evaluator` does, and imports neither that nor
durable-rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from bandstand.cohort.answers import Answers
from bandstand.cohort.batch import Rows
from bandstand.cohort.columns import ColumnProgram, ColumnRun, Given
from bandstand.cohort.facts import Profiles
from bandstand.cohort.grid import GridReader, Sight
from bandstand.cohort.minding import Minding
from bandstand.cohort.paths import open_criteria
from bandstand.cohort.results import LETTERS, SCHEMA
from bandstand.cohort.said import NONE
from bandstand.cohort.table import assembled, coloured, every, listed, number, word
from bandstand.engine.plain import EVIDENCE_MEASURES, PlainEngine
from bandstand.engine.smallest_change import open_criteria as open_to_one
from bandstand.models.clauses import FindingIs
from bandstand.models.finding import SHORT_STATES, State
from bandstand.rules.program import Program, compile_program, outcome_clauses, outcome_criteria

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from bandstand.cohort.answers import Pick
    from bandstand.cohort.ask import Ask
    from bandstand.cohort.batch import Batch, Ints
    from bandstand.cohort.facts import FactCondition
    from bandstand.cohort.grid import Flags, Seen
    from bandstand.models.clauses import Fact, Value
    from bandstand.models.evidence import Person

_NOT_APPLICABLE: Final = np.uint8(1 << State.NOT_APPLICABLE)
_SILENT: Final = np.uint8(1 << State.NOT_EVIDENCED)
_SHORT: Final = np.uint8(sum(1 << state for state in SHORT_STATES))
#: Bytes that one criterion of one person takes while they are evaluated: the count, the state, and what is read of it.
_BYTES: Final = 8


@dataclass(slots=True)
class Standing:
    """What one view says of everybody.

    Attributes:
        sight: What the evidence shows, with what does not apply set to that.
        evidenced: Shape (criteria, people): on what there is evidence, whether it applies or not.
        seen: Shape (people,): on how many criteria that apply there is evidence.
        full: Shape (people,): whose evidence counts in full.
        run: What was concluded.
    """

    sight: Sight
    evidenced: Flags
    seen: npt.NDArray[np.int16]
    full: Flags
    run: ColumnRun


class Kernel:
    """Evaluates one outcome of one pack for batches of people.

    What it learns of sayings and profiles it keeps, so one kernel serves one growing list of each. It can be pickled.

    Args:
        ask: What is asked.

    Attributes:
        ask: The same.
        bytes_a_person: About how much memory one person of a batch takes while it is evaluated, without the evidence.
    """

    def __init__(self, ask: Ask) -> None:
        self.ask = ask
        pack, outcome = ask.pack, ask.pack.outcomes[ask.outcome]
        self._outcome = outcome
        self._criteria = outcome_criteria(outcome, pack.criteria)
        self._views = [view.id for view in pack.framework.views_of(outcome)]
        self._points = [point.id for point in pack.framework.review_points]
        self._only_if = {at: frozenset(f) for at, c in enumerate(self._criteria) if (f := pack.criteria[c].only_if)}
        lowered = outcome_clauses(outcome, pack.rules, pack.lowered)
        program = compile_program("position", "position", self._criteria, lowered)
        review = compile_program("review", "review", self._criteria, lowered)
        self._position = ColumnProgram(program, range(len(self._criteria)))
        self._column_criteria = _read(review) if self._is_coloured(review) else []
        row = {at: n for n, at in enumerate(self._column_criteria)}
        self._review = ColumnProgram(review, [row.get(at, NONE) for at in range(len(self._criteria))])
        measured = _asks_for_evidence(program), _asks_for_evidence(review)
        self._reader = self._read_by(ask.as_of, measured, self._column_criteria)
        self._profiles = Profiles(ask, ask.as_of)
        self._before: tuple[GridReader, Profiles] | None = None
        if ask.since is not None:
            self._before = self._read_by(ask.since, (measured[0], False), ()), Profiles(ask, ask.since)
        self._speaks = None if outcome.speaks is None else program.positions[outcome.speaks]
        self._level = None if outcome.level is None else program.positions[outcome.level]
        self._answers = Answers(ask, program)
        self._first_step = self._on_the_way_to_the_first_level()
        self._minding = Minding(ask, self._answers, sorted(set(range(len(self._criteria))) - set(_read(program))))
        grids = len(self._criteria) * len(self._views) + len(row) * 2
        self.bytes_a_person = _BYTES * grids + len(program.conditions) * 2 + len(program.conclusions) * 6

    def evaluate(self, batch: Batch) -> pa.Table:
        """A row of :data:`bandstand.cohort.results.SCHEMA` for everybody who has evidence for the outcome, in order.

        Raises:
            EngineError: Rules contradict one another.
        """
        self._learn(batch)
        people = np.flatnonzero(self._reader.speaks(batch.rows, len(batch.people))).astype(np.int32)
        size = len(people)
        if not size:
            return SCHEMA.empty_table()
        rows, profile = _those(batch, people)
        seen = self._reader.read(rows, size)
        applies = self._applying(self._profiles, profile)
        standings = self._standings(seen, self._profiles, profile, applies, _looked_at(seen))
        speaking = [self._says_something(standing) & standing.full & standing.sight.there for standing in standings]
        headline = _headline(standings, speaking)
        pick = _picker(headline, standings)
        counted = _chosen(headline, [standing.seen for standing in standings])
        nothing_counts = seen.left_out & (counted == 0)
        return assembled(
            {
                **self._answers.of_everybody(size),
                "person": batch.people.take(pa.array(people)),
                "school": batch.school.take(pa.array(people)),
                "grade": _of_profiles(self._profiles.grades, profile),
                "career_stage": _of_profiles(self._profiles.stages, profile),
                "view": word(headline, self._views),
                "views": listed([s | (headline == at) for at, s in enumerate(speaking)], self._views, size),
                **self._answers.concluded(pick, size),
                "blockers": self._blockers(standings, headline),
                "columns": self._columns(seen, applies, profile),
                "caveats": listed([], [], size)
                if "caveats" in self.ask.without
                else self._minding.caveats(standings, headline, pick, self._profiles, profile, nothing_counts),
                "seen": number(counted),
                "criteria": number(np.full(size, len(self._criteria)) if applies is None else applies.sum(axis=0)),
                **self._back_then(rows, profile, headline),
            }
        )

    def _is_coloured(self, review: Program) -> bool:
        return self._outcome.colours is not None and bool(review.clauses) and "columns" not in self.ask.without

    def _read_by(self, as_of: dt.date, measured: tuple[bool, bool], columns: Sequence[int]) -> GridReader:
        ask = self.ask
        return GridReader(
            ask.pack,
            self._outcome,
            self._criteria,
            as_of,
            review_point=ask.review_point,
            column_criteria=columns,
            sightings=measured,
        )

    def _learn(self, batch: Batch) -> None:
        for reader, profiles in ((self._reader, self._profiles), *filter(None, [self._before])):
            reader.learn(batch.sayings)
            profiles.learn(batch.profiles)

    def _applying(self, profiles: Profiles, profile: Ints) -> Flags | None:
        """Which criteria apply to whom: shape (criteria, people); None where all do to everybody."""
        if not self._only_if:
            return None
        applies = np.ones((len(self._criteria), len(profile)), np.bool_)
        for at, needed in self._only_if.items():
            applies[at] = profiles.tells(needed, partial(_applies, needed), profile)
        return applies

    def _standings(
        self, seen: Seen, profiles: Profiles, profile: Ints, applies: Flags | None, asked: Sequence[Flags]
    ) -> list[Standing]:
        """What each view says; ``asked`` is of whom that is wanted, for each view."""
        found = []
        for at, sight in enumerate(seen.views):
            evidenced = sight.bits != _SILENT
            there = evidenced if applies is None else evidenced & applies
            counted = there.sum(axis=0, dtype=np.int16)
            full = sight.full & (counted > 0)
            _leave_out(sight, applies)
            view = np.full(len(profile), at, np.int8)
            given = Given(sight, applies, self._facts(profiles, profile, view), asked[at])
            found.append(Standing(sight, evidenced, counted, full, self._position.run(given)))
        return found

    def _facts(self, profiles: Profiles, profile: Ints, view: npt.NDArray[np.int8]) -> _Facts:
        return _Facts(profiles, profile, view, self._views)

    def _on_the_way_to_the_first_level(self) -> list[int]:
        """Positions of the criteria that evidence against says something by, where no level is held."""
        if self._level is None:
            return []
        program = self._position.program
        engine = PlainEngine(program)
        silent = engine.run(engine.inputs([int(State.NOT_EVIDENCED)] * len(self._criteria), {}))
        first = sorted(self._answers.levels.tolist())[1]
        way = open_to_one(program, silent, program.conclusions[self._level].name, first)
        return [self._criteria.index(criterion) for criterion in way]

    def _says_something(self, standing: Standing) -> Flags:
        """Of whom a view has evidence enough for a level, or evidence against the first."""
        run = standing.run
        if self._speaks is not None:
            return run.has(self._speaks, [True])
        if self._level is None:
            return standing.seen > 0
        lowest = int(self._answers.levels.argmin())
        short = (standing.sight.bits[self._first_step] & _SHORT).any(axis=0)
        found: Flags = (run.values[self._level] != lowest) | short
        return found

    def _blockers(self, standings: Sequence[Standing], headline: npt.NDArray[np.int8]) -> pa.ListArray:
        """Criteria that keep everybody's next level from being held."""
        size = len(headline)
        open_to: dict[str, Flags] = {}
        if self._level is not None and "blockers" not in self.ask.without:
            for at, standing in enumerate(standings):
                above = np.where(headline == at, self._answers.above[standing.run.values[self._level]], NONE)
                wanted: dict[Value, Flags] = {level: above == level for level in np.unique(above).tolist() if level > 0}
                for criterion, who in open_criteria(standing.run, self._level, wanted).items():
                    open_to[criterion] = open_to[criterion] | who if criterion in open_to else who
        names = [criterion for criterion in self._criteria if criterion in open_to]
        return listed([open_to[name] for name in names], names, size)

    def _columns(self, seen: Seen, applies: Flags | None, profile: Ints) -> pa.ListArray:
        """The colours of each review's column."""
        program, columns = self._review.program, []
        lines = [at for at, declared in enumerate(program.conclusions) if declared.rule == self._outcome.colours]
        of_columns = None if applies is None else applies[self._column_criteria]
        for point, view, sight in seen.columns:
            _leave_out(sight, of_columns)
            run = self._review.run(Given(sight, of_columns, self._facts(self._profiles, profile, view), sight.there))
            letters = np.empty((len(lines), len(profile)), np.uint8)
            for n, at in enumerate(lines):
                of_value = [ord(LETTERS[str(value)]) for value in program.conclusions[at].values]
                letters[n] = np.array(of_value, np.uint8)[run.values[at]]
            columns.append((self._points[point], view, np.ascontiguousarray(letters.T)))
        return coloured(columns, self._views, len(profile))

    def _back_then(self, rows: Rows, profile: Ints, headline: npt.NDArray[np.int8]) -> dict[str, pa.Array]:
        """Level and zone as at the earlier day, in the view that each row goes by."""
        size = len(profile)
        if self._before is None:
            nobody = np.zeros(size, np.bool_)
            return {"level_before": number(np.zeros(size), nobody), "zone_before": every(None, size)}
        reader, profiles = self._before
        applies = self._applying(profiles, profile)
        seen, asked = reader.read(rows, size), [headline == at for at in range(len(self._views))]
        pick = _picker(headline, self._standings(seen, profiles, profile, applies, asked))
        return {"level_before": self._answers.level(pick, size), "zone_before": self._answers.zone(pick, size)}


class _Facts:
    """Conditions on facts, for people by their profiles and by the view that each is looked at in."""

    def __init__(self, profiles: Profiles, profile: Ints, view: npt.NDArray[np.int8], views: Sequence[str]) -> None:
        self._profiles, self._profile, self._view, self._views = profiles, profile, view, views

    def __call__(self, condition: FactCondition) -> Flags:
        if condition.fact == "view":
            return self._profiles.in_views(condition, self._views)[self._view]
        return self._profiles.holds(condition, self._profile)


def _read(program: Program) -> list[int]:
    """Positions of the criteria that a program reads, in order."""
    read = {c.criterion for c in program.conditions if isinstance(c, FindingIs)}
    read.update(criterion for measure in program.measures for criterion in measure.criteria)
    return [at for at, criterion in enumerate(program.criteria) if criterion in read]


def _asks_for_evidence(program: Program) -> bool:
    return any(measure.how in EVIDENCE_MEASURES for measure in program.measures)


def _those(batch: Batch, people: Ints) -> tuple[Rows, Ints]:
    """The evidence and the profiles of some people of a batch, who are numbered anew."""
    rows = batch.rows
    if len(people) == len(batch.people):
        return rows, batch.profile
    place = np.full(len(batch.people), NONE, np.int32)
    place[people] = np.arange(len(people), dtype=np.int32)
    person = place.take(rows.person)
    theirs = np.flatnonzero(person >= 0)
    return Rows(person.take(theirs), rows.saying.take(theirs), rows.day.take(theirs)), batch.profile.take(people)


def _applies(needed: frozenset[str], person: Person, facts: Mapping[str, Fact]) -> bool:
    """Whether a criterion applies that is for people with one of some flags."""
    del person
    flags = facts["flags"]
    assert isinstance(flags, frozenset)
    return not needed.isdisjoint(flags)


def _leave_out(sight: Sight, applies: Flags | None) -> None:
    """Set what does not apply to somebody to that, whatever there is of it."""
    if applies is not None:
        sight.bits[~applies] = _NOT_APPLICABLE


def _looked_at(seen: Seen) -> list[Flags]:
    """Of whom each view is looked at: of whom it has evidence, and the first of those of whom none has any."""
    first, *others = (sight.there for sight in seen.views)
    return [first | ~np.logical_or.reduce(others), *others] if others else [np.ones_like(first)]


def _headline(standings: Sequence[Standing], speaking: Sequence[Flags]) -> npt.NDArray[np.int8]:
    """The view that each row goes by: the first that says something, else that counts in full, else that there is."""
    chosen = np.zeros(len(speaking[0]), np.int8)
    # The best of them is looked at last, and the first view of each last of all.
    full = [standing.full & standing.sight.there for standing in standings]
    for flags in ([standing.sight.there for standing in standings], full, speaking):
        for at in reversed(range(len(standings))):
            chosen[flags[at]] = at
    return chosen


def _chosen(headline: npt.NDArray[np.int8], columns: Sequence[npt.NDArray[Any]]) -> npt.NDArray[Any]:
    """Of each person the entry of the column of the view that the row goes by."""
    if len(columns) == 1:
        return columns[0]
    found = columns[0].copy()
    for at, column in enumerate(columns[1:], start=1):
        np.copyto(found, column, where=headline == at)
    return found


def _picker(headline: npt.NDArray[np.int8], standings: Sequence[Standing]) -> Pick:
    """What was concluded in the view that each row goes by."""

    def pick(conclusion: int) -> npt.NDArray[np.int16]:
        return _chosen(headline, [standing.run.values[conclusion] for standing in standings])

    return pick


def _of_profiles(known: Sequence[str | None], profile: Ints) -> pa.Array:
    """A word of each profile as a column."""
    names = list(dict.fromkeys(name for name in known if name is not None))
    place = {name: n for n, name in enumerate(names)}
    codes = np.array([NONE if name is None else place[name] for name in known], np.int32)
    return word(codes.take(profile), names)
