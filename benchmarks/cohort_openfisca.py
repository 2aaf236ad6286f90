"""The SMART ladder in OpenFisca-Core, on findings that were computed beforehand.

Each criterion is a variable for each view, a whole number; level, whether a view says something, zone and action are
formulas. People are taken 100,000 at a time, since a variable holds four bytes for each.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

import by_hand
import cohort_findings
import cohort_rules as rules
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from pathlib import Path

    from cohort_rules import Files

STEP: Final = 100_000
_VIEWS: Final = cohort_findings.VIEWS
_ZONES: Final = np.array(["red", "amber", "gold", "green"])
_ACTIONS: Final = np.array(
    [
        "employment_minimum", "mentor_system", "agree_view", "complete_evidence",
        "support", "objective_to_rise", "sustain", "optional",
    ]
)  # fmt: skip
_PERIOD: Final = str(rules.AS_OF.year)
_LEVELS: Final = len(by_hand.LEVELS)


def run(files: Files, kind: str, out: Path) -> None:  # noqa: ARG001 - findings are of one kind
    """Write the results of everybody to a file of Parquet."""
    findings = cohort_findings.read(files)
    staff = pq.read_table(files.staff)
    system = _system()
    builder = importlib.import_module("openfisca_core.simulations")
    bands = {grade: bounds for grade, *bounds in rules.BANDS}
    tables = []
    for start in range(0, staff.num_rows, STEP):
        some = staff.slice(start, STEP)
        simulation = builder.SimulationBuilder().build_default_simulation(system, some.num_rows)
        for view, of_view in zip(_VIEWS, findings, strict=True):
            for criterion, states in zip(rules.CRITERIA, of_view, strict=True):
                simulation.set_input(
                    _name(view, criterion.name), _PERIOD, states[start : start + STEP].astype(np.int32)
                )
        expected = np.array([bands[grade] for grade in some["grade"].to_pylist()], np.int32)
        for at, bound in enumerate(("amber", "gold", "green")):
            simulation.set_input(bound, _PERIOD, expected[:, at])
        simulation.set_input("early", _PERIOD, np.array([s is not None for s in some["career_stage"].to_pylist()]))
        found = {name: simulation.calculate(name, _PERIOD) for name in ("headline", "level", "zone", "action")}
        columns = {
            "person": some["person"],
            "view": pa.array(np.array(_VIEWS)[found["headline"]]),
            "level": pa.array(found["level"].astype(np.int16)),
            "zone": pa.array(_ZONES[found["zone"]]),
            "action": pa.array(_ACTIONS[found["action"]]),
        }
        tables.append(pa.table(columns))
    pq.write_table(pa.concat_tables(tables), out)


def _name(view: str, criterion: str) -> str:
    return f"{view}_{criterion.replace('.', '_')}"


def _system() -> Any:
    """The rules, as a tax-benefit system of one kind of entity."""
    entities = importlib.import_module("openfisca_core.entities")
    person = entities.Entity("person", "people", "", "")
    system = importlib.import_module("openfisca_core.taxbenefitsystems").TaxBenefitSystem([person])
    variable = importlib.import_module("openfisca_core.variables").Variable
    year = importlib.import_module("openfisca_core.periods").DateUnit.YEAR

    def add(name: str, formula: Any = None, value_type: type = int) -> None:
        fields = {"value_type": value_type, "entity": person, "definition_period": year, "label": name}
        system.add_variable(type(name, (variable,), fields if formula is None else {**fields, "formula": formula}))

    for view in _VIEWS:
        for criterion in rules.CRITERIA:
            add(_name(view, criterion.name))
        _add_view(add, view)
    for bound in ("amber", "gold", "green"):
        add(bound)
    add("early", value_type=bool)
    add("headline", _headline)
    add("level", lambda people, period: _of_headline(people, period, "level"))
    add(
        "zone",
        lambda people, period: sum(people("level", period) >= people(b, period) for b in ("amber", "gold", "green")),
    )
    add("action", _action)
    return system


def _add_view(add: Any, view: str) -> None:
    """What a view comes to: its level, what is short in it, whether anything counts in full, and whether it speaks."""

    def short(at: int, *, own: bool) -> Any:
        names = [*([] if own else by_hand.LEVELS[at]), *by_hand.AUTHORITY.get(at + 1, ())]
        return lambda people, period: _any(people(_name(view, name), period) == 2 for name in names)  # noqa: PLR2004

    for at, lines in enumerate(by_hand.LEVELS):
        add(f"{view}_short_{at}", short(at, own=False), bool)

        add(f"{view}_holds_{at}", _holds(view, at, lines), bool)
    add(f"{view}_level", lambda people, period: sum(people(f"{view}_holds_{at}", period) for at in range(_LEVELS)))
    add(
        f"{view}_heard",
        lambda people, period: _any(people(_name(view, criterion.name), period) > 0 for criterion in rules.CRITERIA),
        bool,
    )
    add(
        f"{view}_speaks",
        lambda people, period: people(f"{view}_holds_0", period) | people(f"{view}_short_0", period),
        bool,
    )


def _holds(view: str, at: int, lines: list[str]) -> Any:
    """The formula of one level. OpenFisca reads a formula's arguments, so it has no more than two."""

    def holds(people: Any, period: Any) -> Any:
        held = True if at == 0 else people(f"{view}_holds_{at - 1}", period)
        for line in lines:
            held = held & (people(_name(view, line), period) == 1)
        for own in by_hand.AUTHORITY.get(at + 1, ()):
            held = held & (people(_name(view, own), period) != 2)  # noqa: PLR2004 - short
        return held

    return holds


def _any(values: Any) -> Any:
    found = next(values)
    for value in values:
        found = found | value
    return found


def _headline(people: Any, period: Any) -> Any:
    """By the first view that says something, else by the first with evidence that counts in full."""
    conditions = [people(f"{view}_{how}", period) for how in ("speaks", "heard") for view in _VIEWS]
    return np.select(conditions, [0, 1, 2] * 2, 0)


def _of_headline(people: Any, period: Any, name: str) -> Any:
    return np.choose(people("headline", period), [people(f"{view}_{name}", period) for view in _VIEWS])


def _action(people: Any, period: Any) -> Any:
    level, zone, own = people("level", period), people("zone", period), people("headline", period) == len(_VIEWS) - 1
    shorts = [_of_headline(people, period, f"short_{at}") for at in range(_LEVELS)]
    next_short = np.select([level == at for at in range(_LEVELS)], shorts, default=True)
    conditions = [
        ~own & shorts[0].astype(bool),
        people("early", period),
        own,
        (level == 0) | (zone == 0) & ~next_short.astype(bool),
    ]
    return np.select(conditions, [0, 1, 2, 3], 4 + zone)
