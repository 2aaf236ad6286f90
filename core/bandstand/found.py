"""Finds the packs that somebody names, by plugin, framework or folder, and reads each with the place of its parts."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bandstand.errors import NotFoundError
from bandstand.models.problem import Place, Problem
from bandstand.packs.draft import Draft
from bandstand.packs.load import FRAMEWORK, read_pack
from bandstand.packs.yaml_source import read_yaml
from bandstand.plugins import Catalogue, ask_plugins
from bandstand.rules.base import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from importlib.resources.abc import Traversable

    from bandstand.rules.base import Rule

#: Folders of a project that hold copies of packs, and other people's.
_NOT_LOOKED_INTO = frozenset({"build", "dist", "node_modules", "site-packages", "__pycache__"})


@dataclass(frozen=True, slots=True)
class FoundPack:
    """A pack that was asked for.

    Attributes:
        plugin: Name of the plugin that brings it; None for a folder that was named.
        draft: The pack as it was read; its ``pack`` is None where it has problems, which are the draft's.
    """

    plugin: str | None
    draft: Draft

    @property
    def name(self) -> str:
        """Id and version, with the overlay over it; where it has problems, the plugin or folder it was asked for by."""
        pack = self.draft.pack
        if pack is None:
            return self.plugin or self.folder
        return pack.name if pack.overlay is None else f"{pack.name} with {pack.overlay.overlay.id}"

    @property
    def folder(self) -> str:
        """The pack's folder as a person finds it: below the present one where it is there."""
        relative = os.path.relpath(self.draft.place)
        return self.draft.place if relative.startswith(os.pardir) else relative

    def located(self, problem: Problem) -> Problem:
        """A problem of the pack, with the file named so that an editor finds it from the present folder."""
        place = problem.place.model_copy(update={"file": self.file(problem.place.file)})
        return problem.model_copy(update={"place": place})

    def file(self, name: str) -> str:
        """A file of the pack as a person finds it, likewise."""
        return os.path.normpath(os.path.join(self.folder, name))  # noqa: PTH118 - a pack may be within a zip file

    @property
    def problems(self) -> list[Problem]:
        """Everything that is wrong with its files, each located."""
        return [self.located(problem) for problem in self.draft.all_problems()]


def find_packs(names: Sequence[str] = (), catalogue: Catalogue | None = None) -> list[FoundPack]:
    """The packs of these names, each once; those of every plugin that is installed when none is named.

    A name is a plugin's, a framework's, the folder of a pack, or a folder in which there are packs, such as a project.
    What cannot be loaded at all is a pack too, whose problem says so.

    Args:
        names: In any order.
        catalogue: What the plugins add; what is installed when None.

    Raises:
        NotFoundError: There is nothing of a name; the message suggests the nearest, or says why it was set aside.
    """
    catalogue = ask_plugins() if catalogue is None else catalogue
    chosen: list[tuple[str | None, Traversable]] = [*catalogue.roots] if not names else []
    for name in names:
        chosen.extend(_named(name, catalogue))
    unlike = {os.path.realpath(str(root)): (plugin, root) for plugin, root in chosen}
    found = [FoundPack(plugin, _read(root, catalogue.kinds)) for plugin, root in unlike.values()]
    aside = [item for item in catalogue.set_aside if not names or item.name in names]
    return [*found, *(FoundPack(item.name, _unusable(item.name, item.reason)) for item in aside)]


def _named(name: str, catalogue: Catalogue) -> list[tuple[str | None, Traversable]]:
    """What a name stands for: folders of packs, each with its plugin where one brings it."""
    by_name: dict[str, list[tuple[str | None, Traversable]]] = {item.name: [] for item in catalogue.set_aside}
    for plugin, root in catalogue.roots:
        for known in {plugin, _framework_id(root)} - {None}:
            by_name.setdefault(str(known), []).append((plugin, root))
    if name in by_name:
        return by_name[name]
    path = Path(name)
    if path.name == FRAMEWORK and path.is_file():
        path = path.parent
    if not path.is_dir():
        near = did_you_mean(name, by_name)
        raise NotFoundError(f'"{name}" is no plugin or framework that is installed, and no folder. {near}')
    roots = list(_roots(path))
    if not roots:
        raise NotFoundError(f'There is no pack in "{name}". A pack is a folder with a {FRAMEWORK}.')
    return [(None, root) for root in roots]


def _roots(folder: Path) -> Iterator[Path]:
    """The folders of packs in a folder, itself included; what lies within a pack is the pack's own."""
    if (folder / FRAMEWORK).is_file():
        yield folder
        return
    for below in sorted(folder.iterdir()):
        is_other = below.name in _NOT_LOOKED_INTO or below.name.startswith(".") or (below / "pyvenv.cfg").exists()
        if below.is_dir() and not below.is_symlink() and not is_other:
            yield from _roots(below)


def _read(root: Traversable, kinds: Mapping[str, type[Rule]]) -> Draft:
    try:
        return read_pack(root, kinds)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a rule kind of a stranger's plugin may raise anything
        return _unusable(str(root), f"The pack cannot be read: {type(error).__name__}: {error}.")


def _unusable(place: str, message: str) -> Draft:
    problem = Problem(code="unusable", place=Place(file="."), message=message, remedy="Mend the plugin.")
    return Draft(place, problems=[problem])


def _framework_id(root: Traversable) -> str | None:
    """The id that a pack's framework.yaml gives, whatever else may be wrong with the pack."""
    try:
        data = read_yaml(FRAMEWORK, (root / FRAMEWORK).read_bytes()).data
    except OSError:
        return None
    given = data.get("id") if isinstance(data, dict) else None
    return given if isinstance(given, str) else None
