"""``expected_band``: the levels expected of a grade or role, and the zone that a level lies in against them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bandstand import words
from bandstand.models.clauses import Clause, ConcludedIs, Conclusion, Condition, FactIs, Lowered, Value
from bandstand.models.framework import ZONES, Framework, ItemId, Key
from bandstand.models.provenance import Basis, Ground, Lines, Provenance
from bandstand.rules.base import Defect, Rule, RuleContext, ground, unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bandstand.models.evaluation import Evaluation

_TRUE, _FALSE = frozenset({True}), frozenset({False})
End = Literal["from", "gold", "to"]
ENDS: tuple[End, ...] = ("from", "gold", "to")


class Bound(Provenance):
    """One end of a band, where it rests on something else than the band.

    Attributes:
        level: The number of the level.
    """

    level: int = Field(ge=0)


class Band(BaseModel):
    """What is expected of some grades and roles.

    Below ``from`` is red; from there to below ``gold`` is amber, the zone of someone new to the role; from ``gold`` to
    ``to`` is gold, the expectation; above is green. Without ``to`` the document sets no upper end, and nothing is
    green.

    Attributes:
        id: Unique in the rule.
        grades: Ids of grades.
        roles: Ids of roles.
        source: Lines that the bounds rest on, where a bound gives none of its own.
        basis: How firmly, likewise.
        note: What was read, likewise.
        gold: The level at which gold begins, likewise.
        to: The last level that is gold, likewise; nothing is green where it is left out.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    id: Key
    grades: tuple[ItemId, ...] = ()
    roles: tuple[Key, ...] = ()
    source: Lines
    basis: Basis = Basis.STATED
    note: str | None = None
    lowest: int | Bound = Field(
        alias="from", description="The level at which amber begins: its number, or a bound with a source of its own."
    )
    gold: int | Bound
    to: int | Bound | None = None

    @model_validator(mode="after")
    def _for_someone(self) -> Band:
        if not self.grades and not self.roles:
            raise ValueError("a band names at least one grade or role")
        return self

    def bound(self, end: End) -> tuple[int, Ground] | None:
        """One end of the band, with what it rests on; None for a ``to`` that is not given."""
        given = {"from": self.lowest, "gold": self.gold, "to": self.to}[end]
        if given is None:
            return None
        if isinstance(given, Bound):
            return given.level, ground(given)
        return given, Ground(source=self.source, basis=self.basis, note=self.note)


class ExpectedBand(Rule):
    """Bands by grade and role, and the zone of a level against the band that applies.

    A level below ``from`` is in the red zone; from there to below ``gold`` it is amber; from ``gold`` to ``to`` it is
    gold, and above that green. Where several bands apply, the one that expects most goes first: by its gold level, then
    by where it starts.

    Concludes, for a rule ``expected``: ``expected.band`` (the id of the band that applies, or none), ``expected.zone``
    (red, amber, gold, green or none) and, for each band, ``expected.for.ID`` (whether it is for this person).

    Attributes:
        bands: The bands; a grade or a role stands in one of them at the most.
    """

    KIND: ClassVar[str] = "expected_band"
    CODES: ClassVar[tuple[str, ...]] = (
        "band-out-of-order",
        "duplicate-band",
        "unknown-conclusion",
        "unknown-grade",
        "unknown-level",
        "unknown-role",
    )

    kind: Literal["expected_band"]
    level: str = Field(description="Name of the conclusion that gives the level, as `ladder.level`.")
    bands: tuple[Band, ...] = Field(min_length=1)

    def conclusions(self, context: RuleContext) -> tuple[Conclusion, ...]:
        """See the class."""
        ids: tuple[Value, ...] = tuple(band.id for band in self.bands)
        return (
            *(
                Conclusion(self._for(b), (True, False), False, self.id, f"Band {b.id} is for this person")
                for b in self.bands
            ),
            Conclusion(f"{self.id}.band", (*ids, None), None, self.id, "Band that applies"),
            Conclusion(f"{self.id}.zone", (*ZONES, None), None, self.id, "Zone against the band"),
        )

    def _for(self, band: Band) -> str:
        return f"{self.id}.for.{band.id}"

    def subject(self, name: str, value_of: Callable[[str], Value]) -> str:
        """The band that was used, with its numbers."""
        used = self._band(value_of(f"{self.id}.band"))
        return self.label if used is None else f"The band used ({_span(used)})"

    def sentences(self, evaluation: Evaluation, context: RuleContext) -> Iterator[str]:
        """Which band the level was held against, and whose it is."""
        used = self._band(evaluation.value(f"{self.id}.band"))
        if used is None:
            yield "No band is known for this person, so there is no zone."
            return
        whose = "; ".join([*self._trusts(used, context), *_examples(used)])
        aside = f" ({whose})" if whose else ""
        yield f"The band for {self.holder(evaluation, context.framework)} is {_span(used)}{aside}."

    def _trusts(self, band: Band, context: RuleContext) -> list[str]:
        """Which of a band's numbers are the trust's, since when; all of them without being named."""
        at = f"{self.id}.bands.{band.id}"
        ends = _ends(band)
        said: dict[str, list[str]] = {}
        for end, (level, rests_on) in ends.items():
            if rests_on.basis is Basis.TRUST:
                settled = context.settled.get(f"{at}.{end}", context.settled.get(at))
                said.setdefault(words.whose(settled), []).append(str(level))
        return [
            whose if len(levels) == len(ends) else f"{words.listed(list(dict.fromkeys(levels)))} {whose}"
            for whose, levels in said.items()
        ]

    def holder(self, evaluation: Evaluation, framework: Framework) -> str | None:
        """The grade or roles of the person that the band is for."""
        used = self._band(evaluation.value(f"{self.id}.band"))
        if used is None:
            return None
        if evaluation.grade in used.grades:
            return evaluation.grade
        labels = [role.label for role in framework.roles if role.id in used.roles and role.id in evaluation.roles]
        return " and ".join(labels) or used.id

    def _band(self, name: Value) -> Band | None:
        return next((band for band in self.bands if band.id == name), None)

    def check(self, context: RuleContext) -> Iterator[Defect]:
        """Unknown levels, grades and roles; grades with two bands; bounds out of order."""
        level = context.conclusions.get(self.level)
        if level is None:
            yield unknown("conclusion", self.level, context.conclusions, ("level",))
        grades = [grade.id for grade in context.framework.grades]
        roles = [role.id for role in context.framework.roles]
        seen: dict[str, str] = {}
        for at, band in enumerate(self.bands):
            path = ("bands", at)
            for field, names, known in (("grades", band.grades, grades), ("roles", band.roles, roles)):
                for n, name in enumerate(names):
                    if name not in known:
                        yield unknown(field.removesuffix("s"), name, known, (*path, field, n))
                    elif name in seen:
                        message = f'"{name}" has a band already, {seen[name]}.'
                        yield Defect("duplicate-band", (*path, field, n), message, "Give it one band.")
                    seen.setdefault(name, band.id)
            levels = [level for level, _ in _ends(band).values()]
            if levels != sorted(levels):
                message = f"Band {band.id} goes from {levels[0]} to gold {levels[1]}" + (
                    f" to {levels[2]}." if len(levels) > 2 else "."  # noqa: PLR2004 - its three ends
                )
                yield Defect("band-out-of-order", path, message, "Put from, gold and to in ascending order.")
            for end, number in zip(ENDS, levels, strict=False):
                if level is not None and number not in level.values:
                    message = f"Band {band.id} names level {number}, which {self.level} never has."
                    yield Defect("unknown-level", (*path, end), message, "Name a level of the ladder.")

    def lower(self, context: RuleContext) -> Lowered:
        """Who each band is for, which one applies, and a clause for each zone of each band."""
        levels = sorted(v for v in context.conclusions[self.level].values if isinstance(v, int))
        clauses: list[Clause] = []
        demanding = sorted(self.bands, key=_demand, reverse=True)
        for at, band in enumerate(demanding):
            whose: list[Condition] = []
            if band.grades:
                whose.append(FactIs("grade", frozenset(band.grades)))
            if band.roles:
                whose.append(FactIs("roles", frozenset(band.roles)))
            own = Ground(source=band.source, basis=band.basis, note=band.note)
            part = ("bands", self.bands.index(band))
            clauses.append(Clause(self._for(band), True, "any", tuple(whose), (own,), part))
            others = (ConcludedIs(self._for(other), _FALSE) for other in demanding[:at])
            applies = (ConcludedIs(self._for(band), _TRUE), *others)
            clauses.append(Clause(f"{self.id}.band", band.id, "all", applies, (own,), part))
            clauses.extend(replace(clause, part=part) for clause in self._zones(band, levels))
        return Lowered("position", self.conclusions(context), tuple(clauses))

    def _zones(self, band: Band, levels: list[int]) -> Iterator[Clause]:
        lowest, gold, top = band.bound("from"), band.bound("gold"), band.bound("to")
        assert lowest is not None
        assert gold is not None
        zones = {
            "red": ([n for n in levels if n < lowest[0]], (lowest[1],)),
            "amber": ([n for n in levels if lowest[0] <= n < gold[0]], (lowest[1], gold[1])),
            "gold": (
                [n for n in levels if n >= gold[0] and (top is None or n <= top[0])],
                (gold[1], *((top[1],) if top else ())),
            ),
            "green": ([n for n in levels if top is not None and n > top[0]], (top[1],) if top else ()),
        }
        here = ConcludedIs(f"{self.id}.band", frozenset({band.id}))
        for zone, (numbers, grounds) in zones.items():
            if numbers:
                at = ConcludedIs(self.level, frozenset(numbers))
                yield Clause(f"{self.id}.zone", zone, "all", (here, at), tuple(dict.fromkeys(grounds)))


def _demand(band: Band) -> tuple[int, int, str]:
    gold, lowest = band.bound("gold"), band.bound("from")
    return (gold[0] if gold else 0, lowest[0] if lowest else 0, band.id)


def _span(band: Band) -> str:
    """A band in words: ``3 to 4``, ``6 and above``."""
    ends = {end: level for end, (level, _) in _ends(band).items()}
    if "to" in ends:
        return f"level {ends['from']}" if ends["from"] == ends["to"] else f"levels {ends['from']} to {ends['to']}"
    start = f"level {ends['from']} and above"
    return start if ends["from"] == ends["gold"] else f"{start}, expected from level {ends['gold']}"


def _ends(band: Band) -> dict[str, tuple[int, Ground]]:
    """The ends that a band has, each with its level and what that rests on."""
    return {end: bound for end in ENDS if (bound := band.bound(end))}


def _examples(band: Band) -> list[str]:
    """Which of a band's numbers are example values; nothing where none is."""
    found = [str(level) for level, rests_on in _ends(band).values() if rests_on.basis is Basis.ILLUSTRATIVE]
    examples = list(dict.fromkeys(found))
    are = "is an example value" if len(examples) == 1 else "are example values"
    return [f"{words.listed(examples)} {are}"] if examples else []
