"""What a framework publishes, drawn at random: purposes, grades, facts, views, scales, and standards of criteria."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

from bandstand.models.evidence import EvidenceSource
from support import criterion, points, scale, statement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from random_packs.dice import Dice

#: The day that everything is drawn around.
DAY: Final = dt.date(2025, 7, 10)
GROWTH: Final = ("begins", "grows", "leads")
STAGES: Final = ("first", "second", "coach", "head")
TAGS: Final = ("helps", "leads")
#: The sets that criteria are in, by what they are made of.
SETS: Final = ("lines", "points", "plain", "parts", "cells")
_ACTIONS: Final = ("go_on", "talk", "visit", "rest", "cheer")
_REACHES: Final = ("met", "partly_met", "not_met")


def framework(dice: Dice, name: str) -> dict[str, Any]:
    """The content of a framework.yaml but for its outcomes, which depend on its rules."""
    facts = _facts(dice)
    dice.doubts(0, 0, 0, 0.2)
    return {
        "id": name,
        "version": "1",
        "title": "Drawn",
        "publisher": "Nobody",
        "summary": "A framework that nobody wrote.",
        "document": {"title": "None", "file": "none.txt"},
        **_validity(dice),
        "purposes": [_named(dice, of) for of in ("development", "appraisal", "pay")[: dice.randint(1, 3)]],
        "review_points": [_named(dice, of) for of in ("sep", "mid", "jul")[: dice.choice([0, 1, 3, 3])]],
        "sections": [{"id": of, "label": of, "summary": "A part.", "source": 1} for of in ("I", "II")],
        "groups": [{"id": of, "label": of} for of in ("calm", "wild")],
        "strands": [{"id": of, "label": of} for of in ("teaching", "support")],
        "grades": _grades(dice),
        "roles": [_named(dice, of) for of in ("lead", "mentor", "governor")[: dice.choice([0, 2, 3])]],
        "career_stages": [{"id": of, "label": of} for of in STAGES],
        "flags": _flags(dice),
        "facts": facts,
        "zones": [{**_named(dice, of), "meaning": of} for of in ("red", "amber", "gold", "green")],
        "scales": _scales(dice),
        "findings": _policy(dice),
        "actions": [{**_named(dice, of), "text": "{person}: {lines}."} for of in _ACTIONS[: dice.randint(2, 5)]],
    }


def _named(dice: Dice, name: str) -> dict[str, Any]:
    return {"id": name, "label": name, **dice.rests()}


def _validity(dice: Dice) -> dict[str, Any]:
    near = (-400, -1, 0, 1, 400)
    since = dice.choice([None, *(DAY + dt.timedelta(days=days) for days in near[:4])])
    until = dice.choice([None, None, *((since or DAY) + dt.timedelta(days=days) for days in (0, 1, 400))])
    named = {"valid_from": since, "valid_until": until}
    return {name: day.isoformat() for name, day in named.items() if day is not None}


def _grades(dice: Dice) -> list[dict[str, Any]]:
    """Grades of two strands, of which some are called alike, with other spellings for some."""
    wanted = [("teaching", "G1"), ("teaching", "G2"), ("support", "G1"), ("support", "S1"), ("teaching", "G3")]
    found = []
    for column, (strand, name) in enumerate(wanted[: dice.choice([0, 3, 5])], start=1):
        aliases = [f"{name} plus"] if dice.chance() else []
        grade = {**_named(dice, f"{strand}:{name}"), "strand": strand, "column": column, "aliases": aliases}
        found.append(grade)
    return found


def _flags(dice: Dice) -> list[dict[str, Any]]:
    notes: list[dict[str, Any]] = [{}, {"note": "Think of it."}]
    return [{"id": of, "label": of, **dice.choice(notes)} for of in ("swims", "dives", "sings")[: dice.randint(1, 3)]]


#: What facts may be, by their ids; the trust's is a number.
ANSWERS: Final = {"proposed": ("low", "high"), "wind": ("yes", "no", "gusts"), "limit": ("0", "1", "3", "6")}


def _facts(dice: Dice) -> list[dict[str, Any]]:
    found = []
    dice.doubts(0, 0.9)
    for name, values in ANSWERS.items():
        options = [{"id": value, "label": value} for value in values]
        fact = {**_named(dice, name), "question": f"{name}?", "values": options, "needed": dice.chance(0.3)}
        if dice.chance(0.3):
            fact["default"] = dice.choice(values)
        found.append({**fact, "of": "trust" if name == "limit" else "person"})
    if dice.chance():
        found.append({**_named(dice, "aims"), "question": "Which?", "needed": dice.chance()})
    return found


def _scales(dice: Dice) -> list[dict[str, Any]]:
    """An ordinal scale, and one whose points build on one another in some way."""
    below: dict[str, dict[str, Any]] = {
        stage: {"builds_on": dice.some(STAGES[:n], 0, 2), **dice.rests()} for n, stage in enumerate(STAGES)
    }
    return [{**scale("growth", *GROWTH), **dice.rests()}, {**scale("stage", *STAGES, ordinal=False, **below)}]


def _policy(dice: Dice) -> dict[str, Any]:
    """Views of several ranks, of which none reaches further than those above it; one source may be in several views."""
    sources = [source.value for source in EvidenceSource]
    names = [f"view{n}" for n in range(20)] if dice.chance(0.03) else ["agreed", "own", "third", "far"]
    views = []
    for name in names if len(names) > 4 else names[: dice.choice([1, 2, 2, 3, 4])]:
        # Of very many views every source has a rank of its own, so that there are very many ranks.
        parts = [[one] for one in sources] if len(names) > 4 else dice.shares(dice.some(sources, 1), dice.randint(1, 4))
        ranks: list[dict[str, Any]] = [{"sources": part} for part in parts if part]
        start = dice.choice([0, 0, 0, 1])
        reaches = sorted(_REACHES.index(dice.choice(_REACHES[start:])) for _ in ranks)
        if dice.chance(0.7):
            reaches[0] = start
        for rank, reach in zip(ranks, reaches, strict=True):
            rank["reaches"] = _REACHES[reach]
        views.append({"id": name, "label": name, "ranks": ranks})
    return {
        **dice.rests(),
        "max_age_months": dice.choice([1, 12, 12, 18, 24, 24, 600]),
        "cycle_starts": dice.choice(["09-01", "01-01", "02-28", "12-31", f"{DAY:%m-%d}", "07-11"]),
        "views": views,
    }


def standards(dice: Dice, flags: Sequence[str]) -> list[dict[str, Any]]:
    """Up to three standards with criteria of every sort; each sort is in the first."""
    dice.doubts(0, 0, 0.02, 0.2)
    draw = _Criteria(dice, flags)
    found = []
    for at, name in enumerate(("one", "two", "three")[: dice.randint(1, 3)]):
        least = 0 if at else 1
        criteria = [
            *(draw.criterion(f"{name}.L{n}", "lines") for n in range(dice.randint(2 * least, 4))),
            *(draw.on_a_scale(f"{name}.P{n}") for n in range(dice.randint(least, 2))),
            *(draw.criterion(f"{name}.Q{n}", "plain") for n in range(dice.randint(least, 2))),
            *(draw.in_parts(f"{name}.R{n}") for n in range(dice.randint(least, 2))),
            *(draw.in_cells(f"{name}.S{n}") for n in range(dice.randint(least, 2))),
        ]
        if criteria:
            section = {"section": dice.choice(["I", "II"])} if dice.chance() else {}
            dice.shuffle(criteria)
            head = {"id": name, "label": name, "summary": "A standard.", "source": dice.randint(1, 6)}
            found.append({**head, **section, "criteria": criteria})
    return found


class _Criteria:
    """Draws criteria of every sort, some of which apply only to people with a flag."""

    def __init__(self, dice: Dice, flags: Sequence[str]) -> None:
        self._dice = dice
        self._flags = flags

    def criterion(self, name: str, of: str, **fields: Any) -> dict[str, Any]:
        dice = self._dice
        found = {**criterion(name, set=of), **fields, **dice.rests()}
        if dice.chance(0.3):
            found["only_if"] = dice.some(self._flags, 1, 2)
        if dice.chance(0.4):
            found["group"] = dice.choice(["calm", "wild"])
        if of in ("lines", "plain") and dice.chance(0.08):
            del found["descriptor"]
            found |= {"status": dice.choice(["blank", "missing", "unresolved"]), "note": "It has none."}
        return found

    def on_a_scale(self, name: str) -> dict[str, Any]:
        own: dict[str, dict[str, Any]] = {}
        for point in GROWTH:
            own[point] = {"descriptor": f"It {point}.", **self._dice.rests()}
            if self._dice.chance(0.08):
                own[point] = {"status": "missing", "note": "It is lost."}
        return self.criterion(name, "points", scale="growth", points=points(*GROWTH, **own))

    def in_parts(self, name: str) -> dict[str, Any]:
        parts = [{**statement(f"{name}.{n}"), **self._dice.rests()} for n in range(self._dice.randint(1, 3))]
        return self.criterion(name, "parts", statements=parts)

    def in_cells(self, name: str) -> dict[str, Any]:
        """A criterion with something, nothing, or several statements at each stage."""
        own: dict[str, dict[str, Any]] = {}
        for stage in STAGES:
            parts = [self._tagged(f"{name}.{stage}.{n}") for n in range(self._dice.randint(0, 2))]
            own[stage] = {"statements": parts} if parts else {"status": "blank", "note": "It is blank."}
        if not any("statements" in one for one in own.values()):
            own["first"] = {"descriptor": "It is first."}
        return self.criterion(name, "cells", scale="stage", points=points(*STAGES, **own))

    def _tagged(self, name: str) -> dict[str, Any]:
        condition = {"condition": "where it can be"} if self._dice.chance(0.3) else {}
        return {**statement(name, tags=self._dice.some(TAGS)), **condition, **self._dice.rests()}
