"""What every rule kind is: fields, the conclusions it declares, its checks, and how it lowers to clauses."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from bandstand.models.evidence import is_protected
from bandstand.models.framework import Framework, Label
from bandstand.models.provenance import Ground, Provenance

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from bandstand.models.clauses import Conclusion, Lowered, Value
    from bandstand.models.evaluation import Checked, Evaluation, PublishedFinding
    from bandstand.models.finding import State
    from bandstand.models.framework import Scale
    from bandstand.models.overlay import Settled
    from bandstand.models.standard import Unit
    from bandstand.models.unfold import Unfolded

RuleId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


@dataclass(frozen=True, slots=True)
class RuleContext:
    """What a rule may look at besides itself.

    Attributes:
        framework: The framework.
        unfolded: Its criteria, with their statements and points.
        conclusions: What all rules declare to conclude; nothing while they are asked for it.
        settled: What a trust's overlay made its own, by address, as ``expected.bands.column_1``.
    """

    framework: Framework
    unfolded: Unfolded
    conclusions: Mapping[str, Conclusion]
    settled: Mapping[str, Settled] = field(default_factory=dict)

    @property
    def criteria(self) -> Mapping[str, Unit]:
        """Everything found met or not, by its id."""
        return self.unfolded.units

    def scale(self, name: str) -> Scale | None:
        """The framework's scale of that id."""
        return next((scale for scale in self.framework.scales if scale.id == name), None)


@dataclass(frozen=True, slots=True)
class Focus:
    """One thing to work on next: a criterion, and what it asks for, as a phrase."""

    criterion: str
    asks: str


@dataclass(frozen=True, slots=True)
class Defect:
    """A problem within one rule: its path below the rule, as ``("levels", 0, "criteria", 2)``, and its words."""

    code: str
    path: tuple[str | int, ...]
    message: str
    remedy: str


class Rule(Provenance, ABC):
    """The parent of every rule kind.

    A subclass sets ``kind`` to a literal, adds its YAML fields, and says what it concludes, what can be wrong with it
    and which clauses it lowers to. A plugin registers its class through ``register_rule_kinds``.
    """

    #: The name that YAML gives the kind; the subclass repeats it as a literal field ``kind``.
    KIND: ClassVar[str]
    #: Codes of the problems that ``check`` can report.
    CODES: ClassVar[tuple[str, ...]] = ()

    id: RuleId = Field(description="Unique in the pack; the names of what the rule concludes begin with it.")
    label: Label = Field(description="What the rule is called, in a few words that people read.")

    @abstractmethod
    def conclusions(self, context: RuleContext) -> tuple[Conclusion, ...]:
        """Everything that the rule concludes, each name beginning with the rule's id and a dot.

        Called before the rule is checked, so it must get along with names that are not there.
        """

    @abstractmethod
    def check(self, context: RuleContext) -> Iterator[Defect]:
        """Whatever is wrong with the rule in this pack, beyond its shape."""

    @abstractmethod
    def lower(self, context: RuleContext) -> Lowered:
        """The rule as clauses. Called only when ``check`` found nothing."""

    def subject(self, name: str, value_of: Callable[[str], Value]) -> str:
        """What the conclusion ``name`` is about, as a noun phrase that a caveat can begin with."""
        del name, value_of
        return self.label

    def result(self, value_of: Callable[[str], Value], found: Callable[[str], State], context: RuleContext) -> str:
        """What came out, in a few words, for an outcome that the rule sums up.

        Args:
            value_of: The value of a conclusion, by its name.
            found: What the evidence shows for a criterion, by its id.
            context: What else the rule may look at.
        """
        del value_of, found, context
        return self.label

    def checks(self, value_of: Callable[[str], Value], context: RuleContext) -> tuple[Checked, ...]:
        """The conditions that the rule tested, for a rule that tests some."""
        del value_of, context
        return ()

    def focus(
        self, value_of: Callable[[str], Value], findings: Mapping[str, PublishedFinding], context: RuleContext
    ) -> tuple[Focus, ...]:
        """What to work on next, for an outcome without levels that names the rule for it."""
        del value_of, findings, context
        return ()

    def focus_ground(self) -> Ground | None:
        """What the choice of what to work on next rests on; None where it needs no saying."""
        return None

    def worded(self, value: Value, context: RuleContext) -> str:
        """A value of one of its conclusions, as a sentence gives it."""
        del context
        return "nothing seen" if value is None else str(value).replace("_", " ")

    def tracked(self, context: RuleContext) -> tuple[str, ...]:
        """Names of the conclusions that are compared with an earlier day's, for an outcome that tracks the rule."""
        return tuple(conclusion.name for conclusion in self.conclusions(context))

    def sentences(self, evaluation: Evaluation, context: RuleContext) -> Iterator[str]:
        """What the rule concluded about a person, in plain sentences; nothing when there is nothing to say."""
        del evaluation, context
        yield from ()

    def holder(self, evaluation: Evaluation, framework: Framework) -> str | None:
        """Whose zone it is that the rule concludes, in words: a grade or a role; None where it concludes none."""
        del evaluation, framework
        return None

    def held(self, level: int) -> str | None:
        """Name of the conclusion that says whether ``level`` is held; None where only the highest is concluded."""
        del level
        return None

    def minimum_criteria(self) -> frozenset[str]:
        """Ids of criteria that hold the minimum for employment: never named as development points."""
        return frozenset()

    def ground(self) -> Ground:
        """What the rule as a whole rests on."""
        return ground(self)


def ground(part: Provenance) -> Ground:
    """The source and basis of any part of a pack, as a clause carries them."""
    return Ground(source=part.source, basis=part.basis, note=part.note)


class Chosen(Provenance):
    """How many things are chosen to work on next.

    Attributes:
        at_most: How many at the most.
    """

    at_most: int = Field(ge=1, le=20)


def unknown_sets(
    named: Iterable[tuple[str | int, str]], path: tuple[str | int, ...], context: RuleContext
) -> Iterator[Defect]:
    """A defect for each set, given with its place below ``path``, that no criterion is in."""
    sets = dict.fromkeys(unit.set for unit in context.criteria.values())
    for place, name in named:
        if name not in sets:
            yield unknown("set", name, sets, (*path, place))


def unknown(kind: str, value: str, known: Sequence[str] | Mapping[str, object], path: tuple[str | int, ...]) -> Defect:
    """The defect of naming something that is not there, with the nearest thing that is.

    A fact that is a protected characteristic is there for nobody.
    """
    if kind == "fact" and is_protected(value):
        message = f'"{value}" is a protected characteristic, which never reaches a rule.'
        return Defect("protected-characteristic", path, message, "Take it out.")
    article = "an" if kind[0] in "aeiou" else "a"
    message = f'"{value}" is not {article} {kind} of this pack.'
    return Defect(f"unknown-{kind.replace(' ', '-')}", path, message, did_you_mean(value, known))


def did_you_mean(
    value: str, known: Sequence[str] | Mapping[str, object], *, cutoff: float = 0.65, most: int = 12
) -> str:
    """A remedy that names the nearest known word, or else up to ``most`` of them; ``cutoff`` is how near, up to 1.

    Where several words are the value with something and a dot before it, as ``ta.QE1`` is of ``QE1``, all are named.
    """
    lower = {word.lower(): word for word in known}
    near = [word for word in lower if word.endswith(f".{value.lower()}")][:most]
    near = near or get_close_matches(value.lower(), list(lower), n=1, cutoff=cutoff)
    return f"Did you mean {either([lower[word] for word in near])}?" if near else one_of(known, most=most)


def one_of(known: Sequence[str] | Mapping[str, object], *, most: int = 12) -> str:
    """A remedy that names up to ``most`` known words and guesses at none: a near word may well be its opposite."""
    words = list(known)
    if not words:
        return "There are none."
    return f"It is one of {', '.join(words[:most])}{' …' if len(words) > most else ''}."


def either(names: Sequence[str]) -> str:
    """``a, b or c``."""
    return f"{', '.join(names[:-1])} or {names[-1]}" if len(names) > 1 else names[0]
