"""Bandstand's own plugin: the rule kinds, readers and reports that it brings are registered as a stranger's are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bandstand.hookspecs import hookimpl
from bandstand.rules.kinds import KINDS

if TYPE_CHECKING:
    from bandstand.hookspecs import RegisterEvidenceReader, RegisterReport, RegisterRuleKind


@hookimpl
def register_rule_kinds(register: RegisterRuleKind) -> None:
    """The kinds that the shipped frameworks need."""
    for kind in KINDS:
        register(kind)


@hookimpl
def register_evidence_readers(register: RegisterEvidenceReader) -> None:
    """JSON Lines, JSON, CSV and XLSX."""
    from bandstand.interop.inbox import BUILT_IN_READERS  # noqa: PLC0415 - heavy, and only needed to read files

    for suffix, reader in BUILT_IN_READERS.items():
        register(suffix, reader)


@hookimpl
def register_reports(register: RegisterReport) -> None:
    """Explanations in sentences."""
    from bandstand.explain import explain_all  # noqa: PLC0415 - only needed to write

    register("sentences", explain_all)
