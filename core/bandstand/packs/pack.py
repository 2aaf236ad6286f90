"""One dated version of a framework, loaded and found free of problems."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from bandstand.models.unfold import Unfolded, unfold
from bandstand.rules.base import RuleContext

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from bandstand.models.clauses import Lowered
    from bandstand.models.evidence import Evidence
    from bandstand.models.example import Example
    from bandstand.models.framework import FactAsked, Framework, Grade, Outcome
    from bandstand.models.guidance import Crosswalk, Guidance
    from bandstand.models.standard import Standard, Unit
    from bandstand.packs.overlay import LaidOver
    from bandstand.rules.base import Rule


@dataclass(frozen=True)
class Pack:
    """A pack as the rest of Bandstand sees it.

    Attributes:
        framework: What ``framework.yaml`` says.
        standards: In the order of their files.
        rules: In the order of their files, each checked.
        lowered: What each rule lowers to, in the same order.
        examples: In the order of their files.
        guidance: What the document says that no rule reads, in the order of the files.
        crosswalks: How the framework hangs together with other publications, in the order of the files.
        evidence_schema: JSON Schema that an evidence record for this framework also meets.
        content: What its files hold, by their names, as it was read.
        digest: ``sha256:`` and the hash of the whole content as canonical JSON.
        place: Where it was loaded from, for people.
        files: Its files byte by byte, by their names, and its signature, which the digest is not of; empty where it was
            made of something else.
        overlay: The trust's overlay that lies over it, if one does.
    """

    framework: Framework
    standards: tuple[Standard, ...]
    rules: tuple[Rule, ...]
    lowered: tuple[Lowered, ...]
    examples: tuple[Example, ...]
    guidance: tuple[Guidance, ...]
    crosswalks: tuple[Crosswalk, ...]
    evidence_schema: Mapping[str, Any]
    content: Mapping[str, Any]
    digest: str
    place: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    overlay: LaidOver | None = None

    @property
    def id(self) -> str:
        """The framework's id."""
        return self.framework.id

    @property
    def version(self) -> str:
        """The pack's version."""
        return self.framework.version

    @property
    def name(self) -> str:
        """Id and version, as messages give them: ``smart_equip 2024.1``."""
        return f"{self.id} {self.version}"

    def is_valid(self, as_of: dt.date) -> bool:
        """Whether the pack holds at a date; it always does where the document gives no dates."""
        since, until = self.framework.valid_from, self.framework.valid_until
        return (since is None or since <= as_of) and (until is None or as_of <= until)

    @property
    def settings(self) -> Mapping[str, str]:
        """What the trust's overlay answers to what the framework asks of a trust, by the fact's id."""
        return {} if self.overlay is None else self.overlay.settings

    @property
    def like(self) -> Mapping[str, str]:
        """By the id of each criterion that the trust added, one of the pack's own that stands in the same list."""
        return {} if self.overlay is None else self.overlay.like

    @cached_property
    def unfolded(self) -> Unfolded:
        """What evidence may name and claim, and what it says of which criteria."""
        return unfold(self.framework, self.standards)

    @property
    def criteria(self) -> dict[str, Unit]:
        """Everything found met or not by its id, in the order of the standards: statements and points by themselves."""
        return self.unfolded.units

    @property
    def standard_of(self) -> dict[str, Standard]:
        """The standard that each of the criteria stands in, by the criterion's id."""
        return self.unfolded.standard_of

    @cached_property
    def outcomes(self) -> dict[str, Outcome]:
        """Everything that the framework can be asked for, by its id."""
        return {outcome.id: outcome for outcome in self.framework.outcomes}

    @cached_property
    def _sets(self) -> dict[str, frozenset[str]]:
        """The sets of criteria that each thing which evidence may name is in."""
        sets: dict[str, frozenset[str]] = {}
        for (name, _), said in self.unfolded.unfolds.items():
            sets[name] = frozenset(self.criteria[unit].set for unit, _ in said)
        return sets

    def outcomes_of(self, record: Evidence) -> list[Outcome]:
        """The outcomes that a record is evidence for, in the framework's order."""
        sets = frozenset().union(*(self._sets.get(name, frozenset()) for name in record.criteria))
        return [outcome for outcome in self.framework.outcomes if not sets.isdisjoint(outcome.sets)]

    def named_for(self, outcome: Outcome) -> frozenset[str]:
        """Everything that evidence for an outcome may name."""
        return frozenset(name for name, sets in self._sets.items() if not sets.isdisjoint(outcome.sets))

    def is_official(self, name: str) -> bool:
        """Whether the text of something is the publisher's own, given by the overlay, and not our words."""
        return self.overlay is not None and name in self.overlay.wording

    @cached_property
    def rule_by_id(self) -> dict[str, Rule]:
        """Every rule by its id."""
        return {rule.id: rule for rule in self.rules}

    @cached_property
    def _facts_read(self) -> dict[str, frozenset[str]]:
        """The facts that each rule reads, by its id."""
        return {rule.id: part.facts for rule, part in zip(self.rules, self.lowered, strict=True)}

    def asked_for(self, outcome: Outcome) -> list[FactAsked]:
        """What the framework asks for an outcome: what its rules read, and what is shown with the advice alone."""
        read = frozenset().union(*(self._facts_read[rule] for rule in outcome.rules))
        read_elsewhere = frozenset().union(*self._facts_read.values()) - read
        return [asked for asked in self.framework.facts if asked.id not in read_elsewhere]

    @cached_property
    def context(self) -> RuleContext:
        """What the rules may look at besides themselves."""
        declared = {c.name: c for part in self.lowered for c in part.conclusions}
        return RuleContext(self.framework, self.unfolded, declared, {} if self.overlay is None else self.overlay.marks)

    @cached_property
    def _grades(self) -> dict[str, list[Grade]]:
        """Every grade by each of its spellings, folded."""
        found: dict[str, list[Grade]] = {}
        for grade in self.framework.grades:
            for spelling in dict.fromkeys(map(_folded, (grade.id, grade.id.partition(":")[2], *grade.aliases))):
                found.setdefault(spelling, []).append(grade)
        return found

    def find_grades(self, text: str, strand: str | None = None) -> list[Grade]:
        """The grades that ``text`` can mean: by id, by the part after the strand, or by another spelling.

        Letter case and spaces do not matter. ``strand`` narrows the answer; more than one is ambiguous.
        """
        wanted = _folded(text)
        found = self._grades.get(wanted, [])
        exact = [grade for grade in found if _folded(grade.id) == wanted]
        return exact or [grade for grade in found if strand is None or grade.strand == strand]


def _folded(text: str) -> str:
    return "".join(text.split()).lower()
