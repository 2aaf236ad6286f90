"""``profile``: a point for each criterion, rolled up by a stated method, with its gaps kept visible."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from bandstand import words
from bandstand.models.clauses import Clause, ConcludedIs, Conclusion, Condition, FindingIs, Lowered, Value
from bandstand.models.finding import SETTLED_STATES, SHORT_STATES, Claim, Finding, State
from bandstand.models.framework import ItemId, Key
from bandstand.rules.base import Chosen, Defect, Focus, Rule, RuleContext, ground, unknown, unknown_sets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from bandstand.models.evaluation import Evaluation, PublishedFinding
    from bandstand.models.provenance import Ground
    from bandstand.models.standard import Criterion

#: Seen, and not at the first point of the scale yet.
NOT_YET = "not_yet"

#: What does not apply to somebody is at no point, and so neither met nor open.
_MET = frozenset({State.MET})
_OPEN_STATES = frozenset(State) - SETTLED_STATES
_STATES = {Claim.MET: State.MET, Claim.PARTLY_MET: State.PARTLY_MET, Claim.NOT_MET: State.NOT_MET}
_TRUE, _FALSE = frozenset({True}), frozenset({False})

Grouping = Literal["group", "standard", "section"]


class Profile(Rule):
    """A point of a scale for each criterion, and no total.

    Concludes, for a rule ``profile``: ``profile.1d.vi``, the highest point up to which everything is met (``not_yet``
    where the first is found wanting, none where nothing is agreed). With ``roll_up: lowest`` also
    ``profile.standard.1d``, ``profile.section.1`` or ``profile.group.E``: the lowest point seen in each, none where
    nothing is seen. ``profile.seen`` says whether any criterion is at a point, ``profile.to_grow`` whether any is below
    the last.

    Attributes:
        scale: The scale that the points are of; it is ordinal.
        roll_up: What is concluded under each heading: the ``lowest`` point that is seen there, or ``none``.
    """

    KIND: ClassVar[str] = "profile"
    CODES: ClassVar[tuple[str, ...]] = (
        "missing-points",
        "unfit-criterion",
        "unfit-scale",
        "unknown-point",
        "unknown-scale",
        "unknown-set",
    )

    kind: Literal["profile"]
    sets: tuple[Key, ...] = Field(min_length=1, description="The criteria that it is of, by their sets.")
    scale: Key
    points: dict[Claim, ItemId] = Field(
        default_factory=dict, description="For criteria without points of their own: the point that each finding is."
    )
    group_by: tuple[Grouping, ...] = Field(
        default=("standard",), min_length=1, description="The headings that criteria are shown under, finest first."
    )
    roll_up: Literal["lowest", "none"] = "none"
    focus_on: Chosen | None = Field(default=None, description="How many criteria are chosen to work on next.")

    def name_of(self, criterion: str) -> str:
        """Name of the conclusion that gives a criterion's point."""
        return f"{self.id}.{criterion}"

    @property
    def seen_name(self) -> str:
        """Name of the conclusion that says whether any criterion is at a point."""
        return f"{self.id}.seen"

    @property
    def to_grow_name(self) -> str:
        """Name of the conclusion that says whether any criterion is below the last point."""
        return f"{self.id}.to_grow"

    def _criteria(self, context: RuleContext) -> list[Criterion]:
        """The criteria that it is of; one that the document leaves blank, or has no text of, asks for nothing."""
        criteria = context.unfolded.criteria.values()
        return [c for c in criteria if c.set in self.sets and c.status != "blank" and _units(c, context)]

    def _values(self, criterion: Criterion, context: RuleContext) -> tuple[str, ...]:
        """The points that a criterion can be at, lowest first."""
        scale = context.scale(self.scale)
        points = tuple(point.id for point in scale.points) if scale else ()
        return (NOT_YET, *points) if criterion.points else points

    def _groups(self, by: Grouping, context: RuleContext) -> dict[str, list[Criterion]]:
        """The criteria under each heading, in order."""
        found: dict[str, list[Criterion]] = {}
        for criterion in self._criteria(context):
            standard = context.unfolded.standard_of[_units(criterion, context)[0]]
            heading = {"group": criterion.group, "standard": standard.id, "section": standard.section}[by]
            if heading is not None:
                found.setdefault(heading, []).append(criterion)
        return found

    def conclusions(self, context: RuleContext) -> tuple[Conclusion, ...]:
        """See the class."""
        made: list[Conclusion] = []
        for criterion in self._criteria(context):
            values = (*self._values(criterion, context), None)
            label = words.line(criterion.id, criterion.label)
            made.append(Conclusion(self.name_of(criterion.id), values, None, self.id, label))
        for name, label in (
            (self.seen_name, "Anything is seen"),
            (self.to_grow_name, "Anything is below the last point"),
        ):
            made.append(Conclusion(name, (True, False), False, self.id, label))
        if self.roll_up == "none":
            return tuple(made)
        for by in self.group_by:
            for heading, members in self._groups(by, context).items():
                name = f"{self.id}.{by}.{heading}"
                points = self._points_of(members, context)
                label = f"Lowest point seen in {by} {heading}"
                made.append(Conclusion(name, (*points, None), None, self.id, label))
                made.extend(
                    Conclusion(f"{name}.has.{p}", (True, False), False, self.id, f"{by.title()} {heading} has {p}")
                    for p in points
                )
        return tuple(made)

    def _points_of(self, members: Sequence[Criterion], context: RuleContext) -> tuple[str, ...]:
        """The points that any of some criteria can be at, lowest first."""
        points = dict.fromkeys(p for member in members for p in self._values(member, context))
        return tuple(sorted(points, key=lambda point: point != NOT_YET))

    def check(self, context: RuleContext) -> Iterator[Defect]:
        """A scale that is not there or not ordinal, sets without criteria, and findings that stand for no point."""
        scales = {scale.id: scale for scale in context.framework.scales}
        if self.scale not in scales:
            yield unknown("scale", self.scale, scales, ("scale",))
            return
        if not scales[self.scale].ordinal:
            message = f"The points of {self.scale} do not take in those below them, so there is no highest."
            yield Defect("unfit-scale", ("scale",), message, "Name an ordinal scale.")
        yield from unknown_sets(enumerate(self.sets), ("sets",), context)
        points = [point.id for point in scales[self.scale].points]
        for claim, point in self.points.items():
            if point not in points:
                yield unknown("point", point, points, ("points", claim.value))
        plain = [c.id for c in self._criteria(context) if not c.points]
        if plain and self.points.keys() != set(Claim):
            message = f"{plain[0]} has no points of its own, and points does not say what each finding stands for."
            yield Defect("missing-points", ("points",), message, f"Give a point for each of {', '.join(Claim)}.")
        for criterion in self._criteria(context):
            if criterion.scale not in (None, self.scale):
                message = f"{criterion.id} is on the scale {criterion.scale}, and the profile on {self.scale}."
                yield Defect("unfit-criterion", ("sets",), message, "Give sets whose criteria are on one scale.")
                break
        with_statements = next((c.id for c in self._criteria(context) if c.statements), None)
        if with_statements is not None:
            message = f"{with_statements} has statements, which a profile does not put together."
            yield Defect("unfit-criterion", ("sets",), message, "Use coverage for criteria with statements.")

    def lower(self, context: RuleContext) -> Lowered:
        """A clause for each point of each criterion, and for each point that may be the lowest under a heading."""
        clauses: list[Clause] = []
        for criterion in self._criteria(context):
            clauses.extend(self._criterion_clauses(criterion, context))
        values = {self.name_of(c.id): self._values(c, context) for c in self._criteria(context)}
        seen = tuple(ConcludedIs(name, frozenset(points)) for name, points in values.items())
        below = tuple(ConcludedIs(name, frozenset(points[:-1])) for name, points in values.items())
        clauses.append(Clause(self.seen_name, True, "any", seen, (self.ground(),)))
        clauses.append(Clause(self.to_grow_name, True, "any", below, (self.ground(),)))
        if self.roll_up == "lowest":
            for by in self.group_by:
                for heading, members in self._groups(by, context).items():
                    clauses.extend(self._lowest(f"{self.id}.{by}.{heading}", members, context))
        return Lowered("position", self.conclusions(context), tuple(clauses))

    def _criterion_clauses(self, criterion: Criterion, context: RuleContext) -> Iterator[Clause]:
        name, units = self.name_of(criterion.id), _units(criterion, context)
        own: tuple[Ground, ...] = (self.ground(),)
        if not criterion.points:
            for claim, point in self.points.items():
                found = FindingIs(criterion.id, frozenset({_STATES[claim]}))
                yield Clause(name, point, "all", (found,), (*own, ground(criterion)))
            return
        scale = context.scale(self.scale)
        assert scale is not None
        own = (*own, ground(scale))
        points = [context.criteria[unit] for unit in units]
        met = [FindingIs(unit, _MET) for unit in units]
        for at, (point, unit) in enumerate(zip(self._values(criterion, context)[1:], points, strict=True)):
            above: list[Condition] = [FindingIs(units[at + 1], _OPEN_STATES)] if at + 1 < len(units) else []
            yield Clause(name, point, "all", (*met[: at + 1], *above), (*own, ground(unit)))
        short = FindingIs(units[0], SHORT_STATES)
        yield Clause(name, NOT_YET, "all", (short,), (*own, ground(points[0])))

    def _lowest(self, name: str, members: Sequence[Criterion], context: RuleContext) -> Iterator[Clause]:
        grounds = (self.ground(),)
        points = self._points_of(members, context)
        for at, point in enumerate(points):
            there = tuple(
                ConcludedIs(self.name_of(member.id), frozenset({point}))
                for member in members
                if point in self._values(member, context)
            )
            yield Clause(f"{name}.has.{point}", True, "any", there, grounds)
            lower = (ConcludedIs(f"{name}.has.{other}", _FALSE) for other in points[:at])
            yield Clause(name, point, "all", (ConcludedIs(f"{name}.has.{point}", _TRUE), *lower), grounds)

    def worded(self, value: Value, context: RuleContext) -> str:
        """A point as somebody is said to be there."""
        return super().worded(value, context) if value is None else self._at(value, context)

    def subject(self, name: str, value_of: Callable[[str], Value]) -> str:
        """A criterion's point, or the profile as a whole."""
        part = name.removeprefix(f"{self.id}.")
        whole = part in ("seen", "to_grow") or part.partition(".")[0] in ("group", "standard", "section")
        return self.label if whole else f"The point of {part}"

    def tracked(self, context: RuleContext) -> tuple[str, ...]:
        """The points of the criteria, and not what they roll up to."""
        return tuple(self.name_of(criterion.id) for criterion in self._criteria(context))

    def result(self, value_of: Callable[[str], Value], found: Callable[[str], State], context: RuleContext) -> str:
        """How many criteria are seen, and how many are at each point."""
        criteria = [c for c in self._criteria(context) if found(_units(c, context)[0]) is not State.NOT_APPLICABLE]
        seen = sum(value_of(self.name_of(c.id)) is not None for c in criteria)
        spread = f": {self._spread(criteria, value_of, context)}" if seen else ""
        return f"{seen} of {len(criteria)} seen{spread}"

    def _spread(self, criteria: Sequence[Criterion], value_of: Callable[[str], Value], context: RuleContext) -> str:
        """``3 at some impact and 8 at high impact``, of those that are seen."""
        counted = Counter(value_of(self.name_of(c.id)) for c in criteria)
        points = self._points_of(criteria, context)
        return words.listed([f"{counted[p]} {self._at(p, context)}" for p in points if counted[p]])

    def _at(self, point: Value, context: RuleContext) -> str:
        scale = context.scale(self.scale)
        assert scale is not None
        if point == NOT_YET:
            return f"not yet at {words.uncapitalised(scale.points[0].label)}"
        there = next(p for p in scale.points if p.id == point)
        return there.phrase or f"at {words.uncapitalised(there.label)}"

    def sentences(self, evaluation: Evaluation, context: RuleContext) -> Iterator[str]:
        """For each heading, the widest that there are: how many are at each point, the lowest, and what is not seen."""
        by = self.group_by[-1]
        unseen: list[str] = []
        pointless: list[str] = []
        for heading, of_heading in self._groups(by, context).items():
            members = [m for m in of_heading if _applies(evaluation.findings[_units(m, context)[0]].finding)]
            seen = [m for m in members if evaluation.value(self.name_of(m.id)) is not None]
            for member in members:
                if member not in seen:
                    evidence = (evaluation.findings[unit].evidence for unit in _units(member, context))
                    (pointless if any(evidence) else unseen).append(member.id)
            if not seen:
                continue
            spread = self._spread(members, evaluation.value, context)
            lowest = (
                f"; {self._lowest_sentence(by, heading, seen, evaluation, context)}" if self.roll_up != "none" else ""
            )
            named = self._heading(by, heading, context)
            yield f"{named}: {len(seen)} of {len(members)} seen: {spread}{lowest}."
        top = self._tops(evaluation, context)
        if top:
            yield f"Strengths: {words.listed(top, most=8)}."
        if pointless:
            yield f"Recorded, and not yet enough for a point by this view: {words.listed(pointless, most=8)}."
        if unseen:
            yield f"Not seen, and so not known: {words.listed(unseen, most=8)}."

    def _lowest_sentence(
        self, by: str, heading: str, seen: Sequence[Criterion], evaluation: Evaluation, context: RuleContext
    ) -> str:
        point = evaluation.value(f"{self.id}.{by}.{heading}")
        there = [m.id for m in seen if evaluation.value(self.name_of(m.id)) == point]
        return f"the lowest of them {self._at(point, context)} ({words.listed(there, most=4)})"

    def _tops(self, evaluation: Evaluation, context: RuleContext) -> list[str]:
        return [
            words.line(c.id, c.label)
            for c in self._criteria(context)
            if evaluation.value(self.name_of(c.id)) == self._values(c, context)[-1]
        ]

    def _heading(self, by: Grouping, heading: str, context: RuleContext) -> str:
        if by == "section":
            return next(f"{s.id} {s.label}" for s in context.framework.sections if s.id == heading)
        if by == "group":
            labels = {group.id: f"{group.id} {group.label}" for group in context.framework.groups}
            return labels.get(heading, heading)
        return next(s.label for s in context.unfolded.standard_of.values() if s.id == heading)

    def focus_ground(self) -> Ground | None:
        """What the number of things to work on rests on."""
        return None if self.focus_on is None else ground(self.focus_on)

    def focus(
        self, value_of: Callable[[str], Value], findings: Mapping[str, PublishedFinding], context: RuleContext
    ) -> tuple[Focus, ...]:
        """The next point of what is lowest; of equals, what is partly there already, then in the document's order."""
        if self.focus_on is None:
            return ()
        chosen: list[tuple[int, bool, Focus]] = []
        for criterion in self._criteria(context):
            point, values = value_of(self.name_of(criterion.id)), self._values(criterion, context)
            if point is None or point == values[-1]:
                continue
            at = values.index(str(point))
            unit = _units(criterion, context)[at] if criterion.points else criterion.id
            there = self._at(point, context)
            now = there if point == NOT_YET else f"now {there}"
            of = findings[_units(criterion, context)[max(at - 1, 0)]] if criterion.points else findings[unit]
            asks = f"{now} ({words.seen(of)})" if of.date else now
            started = findings[unit].finding is Finding.PARTLY_MET and findings[unit].in_full
            chosen.append((at, not started, Focus(unit, asks)))
        chosen.sort(key=lambda item: item[:2])
        return tuple(focus for _, _, focus in chosen[: self.focus_on.at_most])


def _applies(found: Finding) -> bool:
    return found is not Finding.NOT_APPLICABLE


def _units(criterion: Criterion, context: RuleContext) -> tuple[str, ...]:
    return context.unfolded.members.get(criterion.id, (criterion.id,))
