"""The SMART ladder in zen-engine, person by person, on findings that were computed beforehand.

A person comes with the criteria met and those found short in each view, as lists; a node of expressions finds the view
to go by, its level and the zone, and a decision table the action.
"""

from __future__ import annotations

import importlib
import json
from typing import TYPE_CHECKING, Any, Final

import by_hand
import cohort_findings
import cohort_rules as rules
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from cohort_rules import Files

STEP: Final = 10_000
_VIEWS: Final = cohort_findings.VIEWS


def run(files: Files, kind: str, out: Path) -> None:  # noqa: ARG001 - findings are of one kind
    """Write the results of everybody to a file of Parquet."""
    decision = importlib.import_module("zen").ZenEngine().create_decision(json.dumps(_graph()))
    names = ("view", "level", "zone", "action")
    found = [tuple(map(decision.evaluate(person)["result"].get, names)) for person in _people(files)]
    columns = dict(zip(names, map(list, zip(*found, strict=True)), strict=True))
    pq.write_table(pa.table({"person": pq.read_table(files.staff)["person"], **columns}), out)


def _people(files: Files) -> Iterator[dict[str, Any]]:
    """What the engine is given of each person."""
    findings = cohort_findings.read(files)
    staff = pq.read_table(files.staff, columns=["grade", "career_stage"]).to_pylist()
    bands = {grade: bounds for grade, *bounds in rules.BANDS}
    names = np.array([criterion.name for criterion in rules.CRITERIA], object)
    for start in range(0, len(staff), STEP):
        some = np.ascontiguousarray(findings[:, :, start : start + STEP].transpose(2, 0, 1))
        for known, of_person in zip(staff[start : start + STEP], some, strict=True):
            amber, gold, green = bands[known["grade"]]
            yield {
                "amber": amber,
                "gold": gold,
                "green": green,
                "early": known["career_stage"] in ("ECT1", "ECT2"),
                **{
                    view: {"met": list(names[states == 1]), "short": list(names[states == 2])}  # noqa: PLR2004
                    for view, states in zip(_VIEWS, of_person, strict=True)
                },
            }


def _graph() -> dict[str, Any]:
    """The decision: expressions, then a table."""
    nodes: list[dict[str, Any]] = [
        {"id": "in", "name": "in", "type": "inputNode"},
        {"id": "ladder", "name": "ladder", "type": "expressionNode", "content": {"expressions": _expressions()}},
        {"id": "action", "name": "action", "type": "decisionTableNode", "content": _actions()},
        {"id": "out", "name": "out", "type": "outputNode"},
    ]
    links = [("in", "ladder"), ("ladder", "action"), ("action", "out")]
    edges = [{"id": f"{a}-{b}", "type": "edge", "sourceId": a, "targetId": b} for a, b in links]
    return {"nodes": [{**node, "position": {"x": 0, "y": 0}} for node in nodes], "edges": edges}


def _expressions() -> list[dict[str, str]]:
    first = _listed(by_hand.LEVELS[0])
    speaks = [f"all({first}, # in {view}.met) or some({first}, # in {view}.short)" for view in _VIEWS]
    heard = [f"len({view}.met) + len({view}.short) > 0" for view in _VIEWS]
    view = "'agreed'"
    for condition, name in reversed([*zip(speaks, _VIEWS, strict=True), *zip(heard, _VIEWS, strict=True)]):
        view = f"{condition} ? '{name}' : ({view})"
    level, next_short = str(len(by_hand.LEVELS)), "true"
    for at, lines in reversed(list(enumerate(by_hand.LEVELS))):
        own = by_hand.AUTHORITY.get(at + 1, [])
        held = f"all({_listed(lines)}, # in $.met)" + (f" and none({_listed(own)}, # in $.short)" if own else "")
        level = f"{held} ? ({level}) : {at}"
        next_short = f"$.level == {at} ? some({_listed([*lines, *own])}, # in $.short) : ({next_short})"
    of_view = "$.view == 'agreed' ? agreed.{0} : $.view == 'appraiser' ? appraiser.{0} : self.{0}"
    expressions = {
        "early": "early",
        "view": view,
        "met": of_view.format("met"),
        "short": of_view.format("short"),
        "level": level,
        "zone": "$.level < amber ? 'red' : $.level < gold ? 'amber' : $.level < green ? 'gold' : 'green'",
        "first_short": f"some({first}, # in $.short)",
        "next_short": next_short,
    }
    return [{"id": key, "key": key, "value": value} for key, value in expressions.items()]


def _actions() -> dict[str, Any]:
    inputs = ("view", "first_short", "early", "level", "zone", "next_short")
    rows = [
        {"view": "'agreed', 'appraiser'", "first_short": "true", "action": "'employment_minimum'"},
        {"early": "true", "action": "'mentor_system'"},
        {"view": "'self'", "action": "'agree_view'"},
        {"level": "0", "action": "'complete_evidence'"},
        {"zone": "'red'", "next_short": "false", "action": "'complete_evidence'"},
        {"zone": "'red'", "action": "'support'"},
        {"zone": "'amber'", "action": "'objective_to_rise'"},
        {"zone": "'gold'", "action": "'sustain'"},
        {"action": "'optional'"},
    ]
    blank = dict.fromkeys(inputs, "")
    return {
        "hitPolicy": "first",
        "passThrough": True,
        "inputField": None,
        "outputPath": None,
        "executionMode": "single",
        "inputs": [{"id": name, "name": name, "field": name} for name in inputs],
        "outputs": [{"id": "action", "name": "action", "field": "action"}],
        "rules": [{"_id": str(n), **blank, **row} for n, row in enumerate(rows)],
    }


def _listed(names: Sequence[str]) -> str:
    return f"[{', '.join(repr(name) for name in names)}]"
