"""The checks of a pack, by name, and how one is made: whatever a plugin's rule kind raises in it, the others go on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bandstand.checks.bands import bands
from bandstand.checks.conform import check_engines, check_order
from bandstand.checks.exercised import check_exercised
from bandstand.checks.ladders import conditions, ladders
from bandstand.checks.meaning import contradictions, more_evidence, recommendations
from bandstand.checks.provenance import unconfirmed
from bandstand.checks.tables import tables
from bandstand.checks.unread import criteria, parts
from bandstand.checks.zones import zones
from bandstand.errors import EngineUnavailableError
from bandstand.models.problem import by_place, shown

if TYPE_CHECKING:
    from bandstand.checks.bench import Bench, Check
    from bandstand.models.problem import Problem


@dataclass(frozen=True, slots=True)
class NamedCheck:
    """One check.

    Attributes:
        name: What a report calls it.
        what: What it sees to, as a phrase.
        make: What makes it.
        is_deep: Whether it asks a solver, or tries generated evidence, and so takes its time.
    """

    name: str
    what: str
    make: Check
    is_deep: bool = False


#: Those that take no time go first.
CHECKS: Final = (
    NamedCheck("criteria", "every criterion is read by a rule, or said to inform only", criteria),
    NamedCheck("parts", "every part of the framework is used", parts),
    NamedCheck("bands", "bands rise with the grades, and every grade has one", bands),
    NamedCheck("values", "no value is only an example", unconfirmed),
    NamedCheck("examples", "an example exercises every rule", check_exercised),
    NamedCheck("tables", "decision tables have no gaps, overlaps or dead rows", tables, is_deep=True),
    NamedCheck("levels", "somebody can be at every level", ladders, is_deep=True),
    NamedCheck("conditions", "every condition can pass and fail as it says", conditions, is_deep=True),
    NamedCheck("zones", "a grade has a zone at every level, or at none", zones, is_deep=True),
    NamedCheck("evidence", "more good evidence lowers nobody", more_evidence, is_deep=True),
    NamedCheck("actions", "every action is recommended to somebody", recommendations, is_deep=True),
    NamedCheck("rules", "rules never contradict each other", contradictions, is_deep=True),
    NamedCheck("order", "the order of evidence never matters", check_order, is_deep=True),
    NamedCheck("engines", "both engines conclude the same of evidence made up", check_engines, is_deep=True),
)


def make(check: NamedCheck, bench: Bench) -> list[Problem]:
    """What a check finds, sorted by place; one that fails is a problem itself.

    Raises:
        EngineUnavailableError: It asks a solver, and there is none.
    """
    found: list[Problem] = []
    try:
        found.extend(check.make(bench))
    except EngineUnavailableError:
        raise
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a rule kind of a stranger's plugin may raise anything
        said = f"{type(error).__name__}: {shown(error, 200)}" if str(error) else type(error).__name__
        message = f"Whether {check.what} could not be told: {said}."
        remedy = "Mend the plugin's kind of rule; if the pack has none, report this as a fault of Bandstand."
        found.append(bench.of_framework((), "check-failed", message, remedy))
    return by_place(found)
