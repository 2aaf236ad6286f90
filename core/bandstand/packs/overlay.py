"""An overlay from disk, laid over the pack that it is for; the pack itself stays as it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeVar

from bandstand import canonical
from bandstand.errors import ProblemsError
from bandstand.models.overlay import Overlay, WordingFile
from bandstand.models.problem import Place, Problem
from bandstand.models.standard import Criterion, Descriptor, Point, Statement
from bandstand.packs.shape import read_as
from bandstand.packs.yaml_source import Source, read_yaml
from bandstand.rules.base import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from importlib.resources.abc import Traversable

    from bandstand.models.standard import Standard
    from bandstand.packs.pack import Pack

Part = TypeVar("Part", Criterion, Point, Statement)

OVERLAY: Final = "overlay.yaml"
WORDING: Final = "wording.yaml"
#: What the id of the other end of a criterion ends with.
BELOW: Final = ".below"


@dataclass(frozen=True)
class LaidOver:
    """An overlay that lies over a pack.

    Attributes:
        overlay: Whose it is, and why.
        wording: Official texts, by the id of what each words.
        digest: ``sha256:`` and the hash of the whole content as canonical JSON.
    """

    overlay: Overlay
    wording: Mapping[str, str]
    digest: str


@dataclass(frozen=True)
class OverlayFiles:
    """An overlay as it was read, before it lies over a pack."""

    top: Source
    wording: Source
    laid: LaidOver


def read_overlay(root: Traversable) -> OverlayFiles:
    """Read the overlay in the folder ``root``.

    Raises:
        ProblemsError: The overlay has problems; it holds every one of them.
    """
    sources = {name: _read(root, name) for name in (OVERLAY, WORDING)}
    top, words = sources[OVERLAY], sources[WORDING]
    overlay = read_as(Overlay, top, top.data) if top.data is not None else None
    given = read_as(WordingFile, words, words.data) if words.data is not None else None
    problems = [problem for source in sources.values() for problem in source.problems]
    if problems or overlay is None or given is None:
        raise ProblemsError(problems)
    content = {name: source.data for name, source in sources.items()}
    digest = canonical.digest(content)
    return OverlayFiles(top, words, LaidOver(overlay, given.wording, digest))


def lay_over(pack: Pack, files: OverlayFiles) -> Pack:
    """The pack with an overlay laid over it; texts that the overlay words are the publisher's own.

    Raises:
        ProblemsError: The overlay words what is not in the pack, or another overlay lies over it already.
    """
    known = _worded(pack)
    words, laid = files.wording, files.laid
    if pack.overlay is not None:
        files.top.report(
            "duplicate-overlay",
            ("pack",),
            f'The overlay "{pack.overlay.overlay.id}" lies over {pack.name} already.',
            "Name one overlay for each framework; put the wording of both into one.",
        )
        raise ProblemsError(files.top.problems)
    for name in laid.wording:
        if name not in known:
            message = f'"{name}" is nothing in {pack.name} that has a text.'
            words.report("unknown-item", ("wording", name), message, did_you_mean(name, known))
    if words.problems:
        raise ProblemsError(words.problems)
    standards = tuple(_standard(standard, laid.wording) for standard in pack.standards)
    return replace(pack, standards=standards, overlay=laid)


def _read(root: Traversable, name: str) -> Source:
    file = root / name
    if not file.is_file():
        source = Source(name)
        problem = Problem(
            code="missing-file",
            place=Place(file=name),
            message=f"An overlay has a file {name}.",
            remedy=f"Add it to {root}, or name the overlay's folder.",
        )
        source.problems.append(problem)
        return source
    return read_yaml(name, file.read_bytes())


def _worded(pack: Pack) -> dict[str, None]:
    """Ids of everything in a pack that has a text, or that people can be at though the document lost it.

    What the document leaves blank is not there to be worded: an overlay brings words, and no criteria.
    """
    known: dict[str, None] = {}
    for standard in pack.standards:
        for criterion in standard.criteria:
            known.update(dict.fromkeys(_names(criterion)))
    known.update(dict.fromkeys(unit.id for unit in pack.criteria.values() if unit.status != "blank"))
    return known


def _names(criterion: Criterion) -> Iterator[str]:
    if criterion.descriptor is not None:
        yield criterion.id
    if criterion.below is not None:
        yield f"{criterion.id}{BELOW}"


def _standard(standard: Standard, wording: Mapping[str, str]) -> Standard:
    criteria = tuple(_criterion(criterion, wording) for criterion in standard.criteria)
    return standard.model_copy(update={"criteria": criteria})


def _criterion(criterion: Criterion, wording: Mapping[str, str]) -> Criterion:
    below = criterion.below
    if below is not None and f"{criterion.id}{BELOW}" in wording:
        below = Descriptor(descriptor=wording[f"{criterion.id}{BELOW}"], source=below.source, basis=below.basis)
    parts = {
        "below": below,
        "statements": tuple(_part(s, s.id, wording) for s in criterion.statements),
        "points": tuple(_point(criterion.id, point, wording) for point in criterion.points),
    }
    return _part(criterion, criterion.id, wording).model_copy(update=parts)


def _point(criterion: str, point: Point, wording: Mapping[str, str]) -> Point:
    statements = tuple(_part(s, s.id, wording) for s in point.statements)
    return _part(point, f"{criterion}@{point.at}", wording).model_copy(update={"statements": statements})


def _part(part: Part, name: str, wording: Mapping[str, str]) -> Part:
    """A part with its official text, where there is one.

    What the pack's document lost stays marked as lost: rules and caveats go by that, and words decide nothing.
    """
    return part.model_copy(update={"descriptor": wording[name]}) if name in wording else part
