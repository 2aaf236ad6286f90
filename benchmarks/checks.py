"""Times `bandstand check` over packs that are made up, of 1, 2, 4 and 8 times as many criteria: ratios to the smallest.

Usage: ``python benchmarks/checks.py [--lines N] [--rounds N] [--quick]``. A pack has a ladder of eight levels, of which
one asks for all but two of its lines and the others for all, a sheet of them, as many criteria on a scale as a level
has lines, and their profile, a table of notes by level, bands for eight grades and an example. The lines of a level and
what is on the scale grow. What grows linearly has the ratios 2, 4 and 8.

Rounds take turns, so that a machine that slows down slows all alike; the median of the rounds counts. Before anything
is timed, every pack is seen to be without a problem.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bandstand.checks.bench import Bench
from bandstand.checks.run import CHECKS, make
from bandstand.packs.load import read_pack
from bandstand.rules.kinds import KINDS

TIMES = (1, 2, 4, 8)
LEVELS = range(1, 9)
KIND_BY_NAME = {kind.KIND: kind for kind in KINDS}


def files(lines: int) -> dict[str, Any]:
    """A pack with so many lines to a level, by the names of its files; JSON is YAML too."""
    return {
        "framework.yaml": framework(),
        **{f"standards/L{level}.yaml": standard(level, lines) for level in LEVELS},
        "standards/P.yaml": paced(lines),
        "rules/rules.yaml": {"rules": list(rules(lines))},
        "examples/examples.yaml": {"examples": [example()]},
    }


def framework() -> dict[str, Any]:
    """Its identity, grades, scale, actions and outcomes."""
    actions = ["rise", "sustain", "look", "talk", *(f"note_{level}" for level in LEVELS)]
    return {
        "id": "made_up",
        "version": "1",
        "title": "A framework that is made up",
        "publisher": "Nobody in particular",
        "summary": "As many criteria as are wanted.",
        "document": {"title": "None", "file": "none.txt"},
        "purposes": [{"id": "development", "label": "Development", "source": 1}],
        "strands": [{"id": "teaching", "label": "Teaching"}],
        "grades": [
            {"id": f"teaching:G{n}", "label": f"G{n}", "strand": "teaching", "column": n, "source": 1}
            for n in range(1, 9)
        ],
        "scales": [
            {
                "id": "pace",
                "label": "Pace",
                "ordinal": True,
                "source": 1,
                "points": [
                    {"id": point, "label": point.title(), "summary": f"It is {point}.", "source": 1}
                    for point in ("slow", "steady", "swift")
                ],
            }
        ],
        "findings": {
            "max_age_months": 24,
            "cycle_starts": "09-01",
            "source": 1,
            "views": [
                {"id": "agreed", "label": "Agreed", "ranks": [{"sources": ["observation", "appraiser"]}]},
                {"id": "own", "label": "Own", "ranks": [{"sources": ["self"]}]},
            ],
        },
        "actions": [{"id": action, "label": action, "text": f"Do {action}.", "source": 1} for action in actions],
        "outcomes": [
            {
                "id": "position",
                "label": "Where a person stands",
                "rules": ["ladder", "expected", "sheet", "action", "note"],
                "sets": ["sheet"],
                "level": "ladder.level",
                "zone": "expected.zone",
                "action": "action.value",
                "notes": ["note.value"],
            },
            {
                "id": "pace",
                "label": "How fast",
                "rules": ["profile", "pace_action"],
                "sets": ["pace"],
                "action": "pace_action.value",
                "speaks": "profile.seen",
                "focus": "profile",
            },
        ],
    }


def standard(level: int, lines: int) -> dict[str, Any]:
    """The lines of a level."""
    criteria = [
        {"id": name, "set": "sheet", "label": "A line", "descriptor": "Does it.", "source": 1}
        for name in lines_of(level, lines)
    ]
    top = {"id": f"L{level}", "level": level, "label": f"Level {level}", "summary": "What it asks.", "source": 1}
    return {**top, "criteria": criteria}


def lines_of(level: int, lines: int) -> list[str]:
    """The lines of a level by their ids."""
    return [f"L{level}.{n}" for n in range(1, lines + 1)]


def paced(number: int) -> dict[str, Any]:
    """So many criteria on the scale."""
    points = [{"at": point, "descriptor": f"Is {point}.", "source": 1} for point in ("slow", "steady", "swift")]
    criterion = {"set": "pace", "label": "Pace", "descriptor": "Moves.", "scale": "pace", "source": 1, "points": points}
    criteria = [{"id": f"P{n}", **criterion} for n in range(1, number + 1)]
    return {"id": "P", "label": "Pace", "summary": "How fast.", "source": 1, "criteria": criteria}


def rules(lines: int) -> Any:
    """One rule of most kinds."""
    every = [lines_of(level, lines) for level in LEVELS]
    yield {
        "id": "ladder",
        "kind": "cumulative_levels",
        "label": "Ladder",
        "source": 1,
        "minimum": {"level": 1, "source": 1},
        "levels": [
            {"level": n, "label": f"Level {n}", "criteria": names, "need": max(1, lines - spare), "source": 1}
            for n, (names, spare) in enumerate(zip(every, (*[0] * (len(every) - 1), 2), strict=True), 1)
        ],
    }
    yield {
        "id": "sheet",
        "kind": "ragging",
        "label": "Sheet",
        "source": 1,
        "order": [name for names in every for name in names],
    }
    yield {
        "id": "expected",
        "kind": "expected_band",
        "label": "Expected",
        "source": 1,
        "level": "ladder.level",
        "bands": [
            {"id": f"b{n}", "grades": [f"teaching:G{n}"], "source": 1, "from": n // 3, "gold": 3, "to": 5}
            for n in range(1, 9)
        ],
    }
    yield table("action", {"zone": {"conclusion": "expected.zone"}}, [("red", "rise"), ("amber", "rise")], "sustain")
    notes = [(level, f"note_{level}") for level in LEVELS]
    yield table("note", {"level": {"conclusion": "ladder.level"}}, notes, None)
    yield {
        "id": "profile",
        "kind": "profile",
        "label": "Profile",
        "source": 1,
        "scale": "pace",
        "sets": ["pace"],
        "focus_on": {"at_most": 3, "source": 1},
    }
    yield table("pace_action", {"grow": {"conclusion": "profile.to_grow"}}, [(True, "look")], "talk")


def table(name: str, inputs: dict[str, Any], rows: list[tuple[Any, str]], otherwise: str | None) -> dict[str, Any]:
    """A decision table of one input."""
    (column,) = inputs
    return {
        "id": name,
        "kind": "decision_table",
        "label": name,
        "source": 1,
        "hit": "first",
        "inputs": inputs,
        "rows": [{"when": {column: value}, "then": then, "source": 1} for value, then in rows],
        "otherwise": "nothing" if otherwise is None else {"then": otherwise, "source": 1},
    }


def example() -> dict[str, Any]:
    """Somebody who meets the first level."""
    met = {"criteria": ["L1.*"], "claim": "met", "source": "observation", "date": "2025-07-01"}
    swift = {"criteria": ["P1"], "claim": "steady", "source": "observation", "date": "2025-07-01"}
    return {
        "name": "Somebody who meets the lines of level 1",
        "person": {"grade": "teaching:G1"},
        "as_of": "2025-07-10",
        "evidence": [met, swift],
        "expect": {"level": 1},
    }


def write(folder: Path, lines: int) -> Path:
    """Write a pack."""
    for name, content in files(lines).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content), "utf-8")
    return folder


def seconds(folder: Path, *, quick: bool) -> dict[str, float]:
    """How long it takes to read a pack, and to make each check of it."""
    begun = time.perf_counter()
    draft = read_pack(folder, KIND_BY_NAME)
    taken = {"read": time.perf_counter() - begun}
    if draft.pack is None:
        sys.exit("\n".join(map(str, draft.all_problems())))
    bench = Bench(draft)
    for check in CHECKS:
        if quick and check.is_deep:
            continue
        begun = time.perf_counter()
        found = make(check, bench)
        taken[check.name] = time.perf_counter() - begun
        if errors := [str(problem) for problem in found if problem.severity == "error"]:
            sys.exit("\n".join(errors))
    return {**taken, "in all": sum(taken.values())}


def main() -> None:
    """Time them, and print a line for each check."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--lines", type=int, default=6, help="lines of a level of the smallest pack")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="leave out the checks that take long")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        folders = {times: write(Path(work) / str(times), given.lines * times) for times in TIMES}
        rounds = [
            {times: seconds(folder, quick=given.quick) for times, folder in folders.items()}
            for _ in range(given.rounds)
        ]
    smallest = given.lines * (len(LEVELS) + 3)
    print(f"Python {platform.python_version()}, {platform.system()} {platform.machine()}.", end=" ")
    print(f"{smallest} criteria, and 2, 4 and 8 times as many; the median of {given.rounds} rounds.")
    print(f"{'':12}{'1x':>10}{'2x':>8}{'4x':>8}{'8x':>8}")
    for name in rounds[0][1]:
        medians = [statistics.median(one[times][name] for one in rounds) for times in TIMES]
        ratios = "".join(f"{median / medians[0]:8.1f}" for median in medians[1:])
        print(f"{name:12}{medians[0] * 1000:7.0f} ms{ratios}")


if __name__ == "__main__":
    main()
