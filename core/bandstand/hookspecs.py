"""Every hook of Bandstand: what a plugin may add, each by calling what it is given.

A plugin is a distribution with an entry point in the group ``bandstand`` that names a module (or an object) whose
functions are marked with :data:`hookimpl`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pluggy

if TYPE_CHECKING:
    from bandstand.models.evaluation import Evaluation
    from bandstand.packs.pack import Pack
    from bandstand.rules.base import Rule

#: The project's name in pluggy, and the group of its entry points.
PROJECT = "bandstand"

hookspec = pluggy.HookspecMarker(PROJECT)
#: Marks a function of a plugin as the implementation of the hook of the same name.
hookimpl = pluggy.HookimplMarker(PROJECT)

RegisterPack = Callable[[Traversable], None]
RegisterRuleKind = Callable[["type[Rule]"], None]
EvidenceReader = Callable[[Path, Any], Iterator[Any]]
RegisterEvidenceReader = Callable[[str, EvidenceReader], None]
Report = Callable[["Sequence[Evaluation]", "Mapping[str, Pack]"], str]
RegisterReport = Callable[[str, Report], None]


class Hooks:
    """The hooks, as pluggy reads them."""

    @hookspec
    def register_packs(self, register: RegisterPack) -> None:
        """Call ``register`` with each folder that holds a pack."""

    @hookspec
    def register_rule_kinds(self, register: RegisterRuleKind) -> None:
        """Call ``register`` with each class of rule, a subclass of :class:`bandstand.rules.base.Rule`."""

    @hookspec
    def register_evidence_readers(self, register: RegisterEvidenceReader) -> None:
        """Call ``register`` with a file suffix, as ``.csv``, and the function that gives such a file's rows."""

    @hookspec
    def register_reports(self, register: RegisterReport) -> None:
        """Call ``register`` with a report's name and the function that writes evaluations as text."""
