"""A pack while it is read: its parts, and where each came from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bandstand.models.example import Example
    from bandstand.models.framework import Framework
    from bandstand.models.guidance import Crosswalk, Guidance
    from bandstand.models.problem import Problem
    from bandstand.models.standard import Standard
    from bandstand.packs.pack import Pack
    from bandstand.packs.yaml_source import Path, Source
    from bandstand.rules.base import Rule


@dataclass
class Draft:
    """A pack while it is read: its parts, each with the source and path that it came from.

    Attributes:
        place: Where the pack is, for people.
        sources: Every YAML file, by its path below the pack's root.
        files: Each file that could be read, byte by byte, by its path below the pack's root.
        problems: Those that belong to no YAML file.
        pack: What it makes, once it is found free of problems.
    """

    place: str
    sources: dict[str, Source] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    framework: Framework | None = None
    standards: list[tuple[Standard, Source]] = field(default_factory=list)
    rules: list[tuple[Rule, Source, Path]] = field(default_factory=list)
    examples: list[tuple[Example, Source, Path]] = field(default_factory=list)
    guidance: list[tuple[Guidance, Source]] = field(default_factory=list)
    crosswalks: list[tuple[Crosswalk, Source]] = field(default_factory=list)
    evidence_schema: dict[str, Any] = field(default_factory=dict)
    pack: Pack | None = None

    def all_problems(self) -> list[Problem]:
        """Every problem found so far."""
        return [*self.problems, *(problem for source in self.sources.values() for problem in source.problems)]

    def rule_at(self, rule: str, path: Path = ()) -> tuple[Source, Path]:
        """The source of the rule of an id, and the path there of something within the rule, as ``("rows", 2)``."""
        source, start = next((source, start) for own, source, start in self.rules if own.id == rule)
        return source, (*start, *path)
