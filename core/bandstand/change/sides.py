"""The two versions of a pack that somebody names, each with the overlays that are to lie over it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bandstand.errors import NotFoundError, ProblemsError
from bandstand.found import find_packs
from bandstand.rules.base import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bandstand.packs.pack import Pack
    from bandstand.plugins import Catalogue


def named_pack(name: str, catalogue: Catalogue, overlays: Sequence[Path] = ()) -> Pack:
    """The one pack that a name stands for, with overlays laid over it.

    Args:
        name: The folder of a pack, the id of a framework that is installed, or such an id with a version:
            ``smart_equip@2024.1``. Of several versions, the newest serves.
        catalogue: What the plugins add; its packs need not have been read.
        overlays: Folders of a trust's overlays.

    Raises:
        NotFoundError: There is nothing of that name, or no such version; or an overlay is for another pack.
        ProblemsError: The pack or an overlay has problems.
    """
    framework, at, version = name.rpartition("@")
    by_version = bool(at) and not Path(name).is_dir()
    found = find_packs([framework if by_version else name], catalogue)
    problems = [problem for one in found for problem in one.problems]
    if problems:
        raise ProblemsError(problems)
    packs = [one.draft.pack for one in found if one.draft.pack is not None]
    if by_version:
        known = [pack.version for pack in packs]
        packs = [pack for pack in packs if pack.version == version]
        if not packs:
            raise NotFoundError(f'{framework} has no version "{version}" here. {did_you_mean(version, known)}')
    if len({pack.id for pack in packs}) > 1:
        named = ", ".join(pack.name for pack in packs)
        raise NotFoundError(f'"{name}" holds several packs: {named}. Name the folder of one of them.')
    newest = replace(catalogue, packs=packs).frameworks()
    alone = replace(catalogue, packs=list(newest.values()))
    return alone.with_overlays(overlays).packs[0]
