"""Lays a trust's overlays over packs that were found, each part keeping its place in the pack's files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bandstand.errors import NotFoundError
from bandstand.found import FoundPack
from bandstand.packs.draft import Draft
from bandstand.packs.load import EVIDENCE_SCHEMA, assemble
from bandstand.packs.overlay import lay_over, read_overlay
from bandstand.packs.yaml_source import Source
from bandstand.rules.base import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from importlib.resources.abc import Traversable

    from bandstand.packs.pack import Pack
    from bandstand.rules.base import Rule


def lay_overlays(
    packs: Sequence[FoundPack], folders: Sequence[Traversable], kinds: Mapping[str, type[Rule]]
) -> list[FoundPack]:
    """The packs, those that an overlay is for with it laid over them.

    Args:
        packs: As they were found.
        folders: Those of the overlays.
        kinds: Classes of rules, by the kind's name, by which the packs were read.

    Raises:
        ProblemsError: An overlay has problems, or two are for one pack.
        NotFoundError: The pack that an overlay is for is not among them; the message suggests the nearest.
    """
    laid = list(packs)
    for folder in folders:
        files = read_overlay(folder)
        wanted = f"{files.laid.overlay.pack} {files.laid.overlay.version}"
        names = [found.draft.pack.name if found.draft.pack is not None else "" for found in laid]
        if wanted not in names:
            near = did_you_mean(wanted, [name for name in names if name])
            raise NotFoundError(f"The overlay {folder} is for {wanted}, which is not among what is checked. {near}")
        at = names.index(wanted)
        under = laid[at].draft
        assert under.pack is not None
        laid[at] = FoundPack(laid[at].plugin, _draft(lay_over(under.pack, files, kinds), under, kinds))
    return laid


def _draft(pack: Pack, under: Draft, kinds: Mapping[str, type[Rule]]) -> Draft:
    """A draft of an overlaid pack, whose parts stand where those of the pack under it do."""
    draft = Draft(place=under.place, evidence_schema=dict(pack.evidence_schema), files=dict(under.files))
    for name, data in pack.content.items():
        if name != EVIDENCE_SCHEMA:
            lines = under.sources[name].lines if name in under.sources else {}
            draft.sources[name] = Source(name, data, lines)
    assemble(draft, kinds)
    draft.pack = pack
    return draft
