"""A kind of rule as a stranger's plugin might bring it: loose clauses over anything, with any need, of any values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

from bandstand.hookspecs import hookimpl
from bandstand.models.clauses import (
    Clause,
    ConcludedIs,
    Conclusion,
    FactCompares,
    FactIs,
    FactKnown,
    FindingIs,
    Lowered,
    Measure,
    MeasureCompares,
)
from bandstand.models.evidence import EvidenceSource
from bandstand.models.finding import State
from bandstand.models.provenance import Provenance
from bandstand.plugins import ask_plugins, plugin_manager
from bandstand.rules.base import Rule, ground
from bandstand.rules.facts import COMMON, facts_of, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bandstand.hookspecs import RegisterRuleKind
    from bandstand.models.clauses import Condition
    from bandstand.models.framework import Framework
    from bandstand.rules.base import Defect, RuleContext
    from random_packs.dice import Dice

_CONDITIONS: Final = {
    "finding": FindingIs,
    "concluded": ConcludedIs,
    "fact": FactIs,
    "known": FactKnown,
    "compares": FactCompares,
    "measure": MeasureCompares,
}
_COMPARISONS: Final = ("<", "<=", ">", ">=")
_STATES: Final = [int(state) for state in State]


class LooseClause(Provenance):
    """A clause as it is lowered; a condition is its sort and then its fields in order."""

    conclusion: str
    value: bool | int | str | None
    need: Literal["all", "any"] | int
    conditions: tuple[tuple[Any, ...], ...]


class Loose(Rule):
    """Clauses, as they are lowered."""

    KIND: ClassVar[str] = "loose"

    kind: Literal["loose"]
    scope: Literal["position", "review"] = "position"
    says: dict[str, tuple[bool | int | str | None, ...]]
    otherwise: dict[str, bool | int | str | None]
    measures: tuple[dict[str, Any], ...] = ()
    clauses: tuple[LooseClause, ...]

    def conclusions(self, context: RuleContext) -> tuple[Conclusion, ...]:
        del context
        return tuple(
            Conclusion(f"{self.id}.{name}", values, self.otherwise[name], self.id, name)
            for name, values in self.says.items()
        )

    def check(self, context: RuleContext) -> Iterator[Defect]:
        del context
        yield from ()

    def lower(self, context: RuleContext) -> Lowered:
        measures = tuple(
            Measure(
                f"{self.id}.{one['name']}",
                one["how"],
                tuple(one["criteria"]),
                frozenset(map(State, one["states"])),
                frozenset(map(EvidenceSource, one["sources"])),
            )
            for one in self.measures
        )
        clauses = tuple(
            Clause(f"{self.id}.{c.conclusion}", c.value, c.need, tuple(map(_condition, c.conditions)), (ground(c),))
            for c in self.clauses
        )
        return Lowered(self.scope, self.conclusions(context), clauses, measures)


def _condition(given: Sequence[Any]) -> Condition:
    sort, subject, *rest = given
    made = [frozenset(field) if isinstance(field, list | tuple) else field for field in rest]
    if sort == "finding":
        made = [frozenset(map(State, made[0]))]
    condition: Condition = _CONDITIONS[sort](subject, *made)
    return condition


class _Plugin:
    """The plugin that brings the kind."""

    @hookimpl
    def register_rule_kinds(self, register: RegisterRuleKind) -> None:
        register(Loose)


def kinds() -> dict[str, type[Rule]]:
    """Every kind of rule, as the plugins register them, the stranger's among them."""
    manager = plugin_manager()
    manager.register(_Plugin(), name="loose")
    return ask_plugins(points=(), manager=manager).kinds


class LooseDrawing:
    """Draws one loose rule.

    Args:
        dice: What it is drawn with.
        framework: Whose facts it reads.
        units: Ids of the criteria that it may read.
        readable: Conclusions of other rules that it may read.
    """

    def __init__(self, dice: Dice, framework: Framework, units: Sequence[str], readable: Sequence[Conclusion]) -> None:
        self._dice = dice
        self._framework = framework
        self._units = units
        self._readable = [(one.name, one.values) for one in readable]
        self._measures: list[dict[str, Any]] = []
        self._says: dict[str, Sequence[Any]] = {}
        self._otherwise: dict[str, Any] = {}
        self._clauses: list[dict[str, Any]] = []

    def rule(self, name: str, scope: str = "position", **valued: Sequence[Any]) -> dict[str, Any]:
        """The rule: some things that hold or not, and conclusions with the values given, of which the first is else."""
        for at in range(self._dice.randint(0, 4)):
            self._measures.append(self._measure(f"m{at}"))
        truths = [f"t{n}" for n in range(self._dice.randint(1, 5))]
        for truth in truths:
            self._truth(name, truth)
        for conclusion, values in valued.items():
            self._one_of(name, conclusion, values)
        if self._dice.chance():
            self._one_of(name, "mixed", self._dice.choice([(None, "low", 3, True), (7, 2, None), ("", "a", "b")]))
        self._dice.shuffle(self._clauses)
        return {
            "id": name,
            "kind": "loose",
            "label": name,
            **self._dice.rests(),
            "scope": scope,
            "says": {one: list(values) for one, values in self._says.items()},
            "otherwise": self._otherwise,
            "measures": self._measures,
            "clauses": self._clauses,
        }

    def _truth(self, rule: str, name: str) -> None:
        """Something that holds when any of several clauses does; as all conclude the same, none contradicts another."""
        value = self._dice.choice([True, True, True, False])
        self._says[name], self._otherwise[name] = (True, False), not value
        for _ in range(self._dice.randint(1, 3)):
            several = [self._condition(rule) for _ in range(self._dice.randint(0, 4))]
            different = len({_condition(one) for one in several})
            need = self._dice.choice(["all", "any", *range(1, different + 1)])
            self._clause(name, value, need, several)
        self._readable.append((f"{rule}.{name}", (True, False)))

    def _one_of(self, rule: str, name: str, values: Sequence[Any]) -> None:
        """One of some values: the first whose condition holds, so that no two do."""
        self._says[name], self._otherwise[name] = self._dice.sample(values, len(values)), values[0]
        steps: list[str] = []
        for at, value in enumerate(values[1:]):
            step = f"{name}_{at}"
            self._truth(rule, step)
            earlier = [["concluded", f"{rule}.{other}", [False]] for other in steps]
            self._clause(name, value, "all", [*earlier, ["concluded", f"{rule}.{step}", [True]]])
            steps.append(step)
        self._readable.append((f"{rule}.{name}", tuple(values)))

    def _clause(self, name: str, value: Any, need: Any, conditions: list[Any]) -> None:
        made = {"conclusion": name, "value": value, "need": need, "conditions": conditions}
        self._clauses.append({**made, **self._dice.rests()})

    def _measure(self, name: str) -> dict[str, Any]:
        dice = self._dice
        return {
            "name": name,
            "how": dice.choice(["count", "run", "evidenced", "kinds", "records", "ignored"]),
            "criteria": dice.some(self._units, 0, 6),
            "states": dice.some(_STATES, 0, 5),
            "sources": dice.choice([[], dice.some([source.value for source in EvidenceSource], 1, 3)]),
        }

    def _condition(self, rule: str) -> list[Any]:
        dice = self._dice
        sorts = ["finding", "finding", "fact", "known", "compares"]
        sorts += ["measure"] * (2 if self._measures else 0) + ["concluded"] * (3 if self._readable else 0)
        match dice.choice(sorts):
            case "finding":
                likely = [[3], [3, 4], [1, 2], [0], dice.some(_STATES, 1)]
                return ["finding", dice.choice(self._units), dice.choice(likely)]
            case "measure":
                measure = f"{rule}.{dice.choice(self._measures)['name']}"
                return ["measure", measure, dice.choice(_COMPARISONS), dice.choice([0, 1, 2, 1.5, 3])]
            case "concluded":
                name, values = dice.choice(self._readable)
                return ["concluded", name, dice.some(values, 1)]
            case sort:
                return self._of_fact(sort)

    def _of_fact(self, sort: str) -> list[Any]:
        dice, known = self._dice, facts_of(self._framework)
        if sort == "known":
            return ["known", dice.choice(list(known)), dice.chance()]
        if sort == "compares":
            return [
                "compares",
                dice.choice(["fte", "months_in_role", "months_in_role", "grade"]),
                dice.choice(_COMPARISONS),
                dice.choice([0, 0.25, 0.5, 1, 12, 13]),
            ]
        fact = dice.choice([name for name in known if COMMON.get(name) != "number"])
        words = words_of(fact, self._framework) or ["none"]
        return ["fact", fact, dice.some(words, 1, 2)]
