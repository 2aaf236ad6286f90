"""The SMART ladder as a plain Python function, as one would write it without Bandstand: the yardstick of the benchmark.

It gives the same levels, zones, colours and actions as the pack, and no trace, no reasons and no second opinion.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bandstand.models.evidence import Evidence

SIZES = (5, 4, 6, 6, 11, 13, 15, 15)
SHEET = [[f"L{level}.{n}" for n in range(1, size + 1)] for level, size in enumerate(SIZES, start=1)]
LEVELS = [*SHEET, ["L9.c1"], ["L10.c1"]]
#: The ladder's own criteria for levels 6 to 8: none may be found short.
AUTHORITY = {level: [f"L{level}.c{n}" for n in range(1, size + 1)] for level, size in ((6, 10), (7, 12), (8, 1))}
ROWS = [line for level in SHEET for line in level]
REVIEWS = ("sep", "mid", "jul")

#: From, gold and to, for the grades of the benchmark.
BANDS = {"teaching:M1-6": (2, 3, 3), "teaching:UPS1": (3, 4, 4), "teaching:TLR1": (5, 6, 6)}

#: For each view: rank of a source, better first, and whether it may reach met without being agreed.
AGREED = {
    "appraiser": (3, True),
    "observation": (3, True),
    "document": (2, False),
    "data": (2, False),
    "peer": (2, False),
    "pupil_voice": (2, False),
    "self": (1, False),
}
APPRAISER = {"appraiser": (1, True), "observation": (1, True)}
SELF = {"self": (1, True)}
VIEWS = (("agreed", AGREED, 3), ("appraiser", APPRAISER, 1), ("self", SELF, 1))
CLAIMS = {"met": 0, "partly_met": 1, "not_met": 2}


def evaluate(evidence: Iterable[Evidence], grade: str, stage: str | None, as_of: dt.date) -> dict[str, Any]:
    """Level and zone by view, colours by review point, and the recommended action."""
    oldest = as_of.replace(year=as_of.year - 1)
    cycle = dt.date(as_of.year if as_of.month >= 9 else as_of.year - 1, 9, 1)  # noqa: PLR2004 - September
    best: dict[tuple[str, str | None], dict[str, tuple[Any, ...]]] = {}
    full: set[tuple[str, str | None]] = set()
    for record in evidence:
        if not oldest <= record.date <= as_of:
            continue
        moderated = record.moderated_by is not None
        review = record.review_point if record.date >= cycle else None
        claim = CLAIMS[record.claim]
        for view, sources, top in VIEWS:
            ranked = sources.get(record.source)
            if ranked is None:
                continue
            rank, may_reach = (top, True) if moderated else ranked
            state = record.claim if may_reach else "claimed"
            key = (rank, record.date, claim)
            for where in ((view, None), (view, review)) if review else ((view, None),):
                found = best.setdefault(where, {})
                if may_reach:
                    full.add(where)
                for line in record.criteria:
                    old = found.get(line)
                    if old is None or key > old[0] or (key == old[0] and record.id < old[1]):
                        found[line] = (key, record.id, state)
    views = {}
    for view, _, _ in VIEWS:
        if (view, None) in best:
            views[view] = position(best[view, None], grade)
    spoken = [view for view in views if (view, None) in full]
    headline = next((v for v in spoken if views[v][0] or views[v][2]), next(iter([*spoken, *views])))
    colours = {}
    for review in REVIEWS:
        with_evidence = [view for view, _, _ in VIEWS if (view, review) in best]
        if with_evidence:
            view = next((v for v in with_evidence if (v, review) in full), with_evidence[0])
            colours[review] = colour(best[view, review])
    level, zone, short, absent = views[headline]
    return {
        "views": {view: found[:2] for view, found in views.items()},
        "view": headline,
        "level": level,
        "zone": zone,
        "ragging": colours,
        "action": action(headline, stage, level, zone, short=short, absent=absent),
    }


def position(found: dict[str, tuple[Any, ...]], grade: str) -> tuple[int, str, bool, bool]:
    """Level, zone, whether level 1 is found short, and whether only silence stops the next level."""
    level = 0
    wanting = ("partly_met", "not_met")
    for number, lines in enumerate(LEVELS, start=1):
        if not all(line in found and found[line][2] == "met" for line in lines):
            break
        if any(line in found and found[line][2] in wanting for line in AUTHORITY.get(number, ())):
            break
        level += 1
    lowest, gold, top = BANDS[grade]
    zone = "red" if level < lowest else "amber" if level < gold else "gold" if level <= top else "green"
    short = any(line in found and found[line][2] in wanting for line in LEVELS[0])
    stopped = [*LEVELS[level], *AUTHORITY.get(level + 1, ())] if level < len(LEVELS) else []
    absent = bool(stopped) and not any(line in found and found[line][2] in wanting for line in stopped)
    return level, zone, short, absent


def colour(found: dict[str, tuple[Any, ...]]) -> dict[str, str]:
    """Green to the first line that is not met, amber for those met after it."""
    colours = {}
    met_so_far = True
    for line in ROWS:
        if line in found and found[line][2] == "met":
            colours[line] = "green" if met_so_far else "amber"
        else:
            met_so_far = False
            colours[line] = "blank"
    return colours


def action(view: str, stage: str | None, level: int, zone: str, *, short: bool, absent: bool) -> str:
    """The recommended action."""
    if view != "self" and short:
        return "employment_minimum"
    if stage in ("ECT1", "ECT2"):
        return "mentor_system"
    if view == "self":
        return "agree_view"
    if level == 0 and not short:
        return "complete_evidence"
    if zone == "red" and absent:
        return "complete_evidence"
    return {"red": "support", "amber": "objective_to_rise", "gold": "sustain", "green": "optional"}[zone]
