"""Finds plugins, asks each what it adds, and sets aside those that fail, so that the others serve."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field, replace
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Any, TypeVar

import pluggy

from bandstand import builtin, words
from bandstand.errors import NotFoundError, ProblemsError
from bandstand.hookspecs import PROJECT, EvidenceReader, Hooks, Report
from bandstand.packs.load import load_pack
from bandstand.packs.overlay import lay_over, read_overlay
from bandstand.rules.base import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable
    from importlib.resources.abc import Traversable

    from bandstand.models.overlay import Overlay
    from bandstand.packs.pack import Pack
    from bandstand.rules.base import Rule


Added = TypeVar("Added")


@dataclass(frozen=True, slots=True)
class SetAside:
    """A plugin, or one pack of it, that cannot serve.

    Attributes:
        name: The plugin's name, or the pack's place.
        reason: Why, in one or more lines; every problem of a pack.
    """

    name: str
    reason: str


@dataclass
class Catalogue:
    """Everything that the plugins add.

    Attributes:
        packs: Every version of every framework.
        kinds: Classes of rules, by the kind's name.
        readers: Readers of evidence files, by suffix.
        reports: Writers of reports, by name.
        roots: The folder of each pack, with the name of the plugin that brings it (of one that no plugin does: itself).
        set_aside: What failed.
    """

    packs: list[Pack] = field(default_factory=list)
    kinds: dict[str, type[Rule]] = field(default_factory=dict)
    readers: dict[str, EvidenceReader] = field(default_factory=dict)
    reports: dict[str, Report] = field(default_factory=dict)
    roots: list[tuple[str, Traversable]] = field(default_factory=list)
    set_aside: list[SetAside] = field(default_factory=list)

    def with_overlays(self, roots: Iterable[Traversable]) -> Catalogue:
        """The same with a trust's overlays laid over the packs that they are for.

        Args:
            roots: Folders of overlays.

        Raises:
            ProblemsError: An overlay has problems, or two are for one pack.
            NotFoundError: The pack that it is for is not here, in that version.
        """
        packs = list(self.packs)
        for root in roots:
            files = read_overlay(root)
            pack = self.pack_for(root, files.laid.overlay)
            at = next(n for n, other in enumerate(packs) if other.name == pack.name)
            packs[at] = lay_over(packs[at], files, self.kinds)
        return replace(self, packs=packs)

    def pack_for(self, root: Traversable, overlay: Overlay) -> Pack:
        """The pack that an overlay in the folder ``root`` is for.

        Raises:
            NotFoundError: It is not installed; the message says which versions are, and what to do.
        """
        wanted = f"{overlay.pack} {overlay.version}"
        versions = self.versions(overlay.pack)
        for pack in versions:
            if pack.version == overlay.version:
                return pack
        said = f"The overlay {root} is for {wanted}, which is not installed."
        if not versions:
            raise NotFoundError(f"{said} {did_you_mean(overlay.pack, [pack.id for pack in self.packs])}")
        there = words.listed([pack.version for pack in versions])
        raise NotFoundError(
            f"{said} Of {overlay.pack} there is {there}. Install the version that it is for; or look through it again, "
            f'write version: "{versions[-1].version}" into {root}/overlay.yaml, and run bandstand overlay check {root}.'
        )

    def versions(self, framework: str) -> list[Pack]:
        """Every version of a framework, oldest first: by the day from which it holds, then by its number."""
        return sorted((pack for pack in self.packs if pack.id == framework), key=_age)

    def frameworks(self, as_of: dt.date | None = None) -> dict[str, Pack]:
        """One pack for each framework, by id: the one valid at ``as_of``, else the newest."""
        chosen: dict[str, Pack] = {}
        # Last comes what is valid at the date, and among equals the newest.
        for pack in sorted(self.packs, key=lambda p: (as_of is not None and p.is_valid(as_of), *_age(p))):
            chosen[pack.id] = pack
        return dict(sorted(chosen.items()))


def _age(pack: Pack) -> tuple[dt.date, list[tuple[int, str]]]:
    """By what versions of a framework are ordered; a number in a version counts as one: 2024.10 is after 2024.9."""
    parts = re.findall(r"\d+|[^\d.]+", pack.version)
    return pack.framework.valid_from or dt.date.min, [(int(p), "") if p.isdigit() else (-1, p) for p in parts]


def plugin_manager() -> pluggy.PluginManager:
    """A new plugin manager that knows the hooks and Bandstand's own plugin, and no others yet."""
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(Hooks)
    manager.register(builtin, name=PROJECT)
    return manager


def load_catalogue(
    *,
    points: Iterable[EntryPoint] | None = None,
    packs: Iterable[Traversable] = (),
    manager: pluggy.PluginManager | None = None,
) -> Catalogue:
    """Load every plugin, and every pack of every plugin.

    Args:
        points: Entry points to load; those of the group ``bandstand`` of what is installed when None.
        packs: Folders of further packs that no plugin brings.
        manager: A manager with plugins registered already; a new one when None.
    """
    catalogue = ask_plugins(points=points, manager=manager)
    catalogue.roots.extend((str(root), root) for root in packs)
    for name, root in catalogue.roots:
        _load_pack(name, root, catalogue)
    return catalogue


def ask_plugins(
    *, points: Iterable[EntryPoint] | None = None, manager: pluggy.PluginManager | None = None
) -> Catalogue:
    """Load every plugin and ask it what it adds; its packs are named among the roots, and not read.

    Args:
        points: Entry points to load; those of the group ``bandstand`` of what is installed when None.
        manager: A manager with plugins registered already; a new one when None.
    """
    manager = manager or plugin_manager()
    catalogue = Catalogue()
    for point in sorted(entry_points(group=PROJECT) if points is None else points, key=lambda p: p.name):
        _load_plugin(manager, point, catalogue)
    for name, _ in manager.list_name_plugin():
        if not _ask(manager, name, catalogue):
            manager.unregister(name=name)
    return catalogue


def _load_plugin(manager: pluggy.PluginManager, point: EntryPoint, catalogue: Catalogue) -> None:
    if manager.has_plugin(point.name):
        catalogue.set_aside.append(SetAside(point.name, "There is a plugin of that name already."))
        return
    try:
        manager.register(point.load(), name=point.name)
        # A hook implementation whose name is misspelt would otherwise never be called, and nobody would know.
        manager.check_pending()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a stranger's plugin raises, the others serve
        if manager.has_plugin(point.name):
            manager.unregister(name=point.name)
        catalogue.set_aside.append(SetAside(point.name, f"The plugin cannot be loaded: {_said(error)}"))


def _ask(manager: pluggy.PluginManager, name: str, catalogue: Catalogue) -> bool:
    """Ask one plugin what it adds; when it fails, nothing that it added stays."""
    others = [plugin for other, plugin in manager.list_name_plugin() if other != name]
    kinds: dict[str, type[Rule]] = {}
    readers: dict[str, EvidenceReader] = {}
    reports: dict[str, Report] = {}
    found: list[tuple[str, Traversable]] = []

    def add_kind(kind: type[Rule]) -> None:
        _add(kinds, catalogue.kinds, kind.KIND, kind, "a rule kind")

    def add_reader(suffix: str, reader: EvidenceReader) -> None:
        _add(readers, catalogue.readers, suffix.lower(), reader, "an evidence reader")

    def add_report(report: str, writer: Report) -> None:
        _add(reports, catalogue.reports, report, writer, "a report")

    def add_pack(root: Traversable) -> None:
        found.append((name, root))

    asked: list[tuple[str, Any]] = [
        ("register_rule_kinds", add_kind),
        ("register_evidence_readers", add_reader),
        ("register_reports", add_report),
        ("register_packs", add_pack),
    ]
    try:
        for hook, register in asked:
            manager.subset_hook_caller(hook, remove_plugins=others)(register=register)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a stranger's plugin raises, the others serve
        catalogue.set_aside.append(SetAside(name, f"The plugin failed: {_said(error)}"))
        return False
    catalogue.kinds.update(kinds)
    catalogue.readers.update(readers)
    catalogue.reports.update(reports)
    catalogue.roots.extend(found)
    return True


def _add(own: dict[str, Added], known: dict[str, Added], name: str, added: Added, what: str) -> None:
    if name in own or name in known:
        raise ValueError(f'there is {what} "{name}" already')
    own[name] = added


def _load_pack(name: str, root: Traversable, catalogue: Catalogue) -> None:
    try:
        pack = load_pack(root, catalogue.kinds)
    except ProblemsError as error:
        listed = "\n".join(f"  {problem}" for problem in error.problems)
        catalogue.set_aside.append(
            SetAside(name, f"Its pack has {words.count(len(error.problems), 'problem')}:\n{listed}")
        )
        return
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a rule kind of a stranger's plugin may raise anything
        catalogue.set_aside.append(SetAside(name, f"Its pack cannot be loaded: {_said(error)}"))
        return
    for other in catalogue.packs:
        if (other.id, other.version) == (pack.id, pack.version):
            message = f"There is a pack {pack.name} already, from {other.place}; this one is in {pack.place}."
            catalogue.set_aside.append(SetAside(name, message))
            return
    catalogue.packs.append(pack)


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
