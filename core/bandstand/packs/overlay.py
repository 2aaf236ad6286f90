"""An overlay from disk, laid over the pack that it is for; the pack itself stays as it is."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, TypeVar

from pydantic import BaseModel

from bandstand import canonical
from bandstand.errors import ProblemsError
from bandstand.models.listing import ListedOverlay
from bandstand.models.overlay import AddedCriterion, AddedGrade, Change, Confirm, Overlay, ValuesFile, WordingFile
from bandstand.models.problem import Place, Problem
from bandstand.packs.bounds import lies_outside, read_files
from bandstand.packs.draft import Draft
from bandstand.packs.load import EVIDENCE_SCHEMA, assemble
from bandstand.packs.overlay_additions import add_aliases, add_criterion, add_grade, set_fact
from bandstand.packs.overlay_edit import Alias, Edit, Entry, Setting, entries
from bandstand.packs.overlay_values import change, confirm
from bandstand.packs.overlay_wording import word, worded
from bandstand.packs.shape import read_as
from bandstand.packs.yaml_source import Source, read_yaml
from bandstand.rules.base import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from importlib.resources.abc import Traversable

    from bandstand.models.overlay import Settled
    from bandstand.packs.pack import Pack
    from bandstand.packs.yaml_source import Path
    from bandstand.rules.base import Rule

Model = TypeVar("Model", bound=BaseModel)

OVERLAY: Final = "overlay.yaml"
VALUES: Final = "values.yaml"
WORDING: Final = "wording.yaml"
_FILES: Final = (OVERLAY, VALUES, WORDING)
#: A file that ends so and is none of an overlay's would be taken for one, and read by nobody.
_LIKE_ONE: Final = (".yaml", ".yml")


@dataclass(frozen=True)
class LaidOver:
    """An overlay that lies over a pack.

    Attributes:
        overlay: Whose it is, and why.
        wording: Official texts, by the id of what each words.
        digest: ``sha256:`` and the hash of the whole content as canonical JSON.
        settled: What became the trust's, in the order in which it was laid over.
        marks: The same by the address of each part or value that is the trust's.
        settings: What the trust answers to what the framework asks of a trust, by the fact's id.
        like: By the id of each criterion that the trust added, what evidence may name that stands in the same list.
    """

    overlay: Overlay
    wording: Mapping[str, str]
    digest: str
    settled: tuple[Settled, ...] = ()
    marks: Mapping[str, Settled] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    like: Mapping[str, str] = field(default_factory=dict)

    def listed(self) -> ListedOverlay:
        """Whose it is, as commands write it."""
        own = self.overlay
        return ListedOverlay(id=own.id, by=own.by, on=own.on, why=own.why, expired=own.expired, digest=self.digest)


@dataclass(frozen=True)
class OverlayFiles:
    """An overlay as it was read, before it lies over a pack.

    Attributes:
        sources: Its files, by their names in its folder.
        values: What it confirms, changes and adds.
        laid: Whose it is, with its wording and its digest.
    """

    sources: Mapping[str, Source]
    values: ValuesFile
    laid: LaidOver


def read_overlay(root: Traversable) -> OverlayFiles:
    """Read the overlay in the folder ``root``.

    Raises:
        ProblemsError: The overlay has problems; it holds every one of them.
    """
    problems = list(_wrong_files(root))
    there = {str(root / name): name for name in _FILES if _has(root, name) and not lies_outside(root, root / name)}
    held = read_files([(path, root / name) for path, name in there.items()], problems)
    sources = {there[path]: read_yaml(path, content) for path, content in held}
    overlay = _as(Overlay, sources, OVERLAY)
    values = _as(ValuesFile, sources, VALUES)
    wording = _as(WordingFile, sources, WORDING)
    if overlay is not None and len(sources) == 1 and overlay.expired == "warn":
        message = "overlay.yaml alone lays nothing over its pack."
        remedy = "Add values.yaml, which confirms and changes, or wording.yaml, which words; or say expired: refuse."
        sources[OVERLAY].report("missing-file", (), message, remedy)
    problems += [problem for source in sources.values() for problem in source.problems]
    if problems or overlay is None:
        raise ProblemsError(problems)
    content = {name: source.data for name, source in sources.items()}
    laid = LaidOver(overlay, {} if wording is None else wording.wording, canonical.digest(content))
    return OverlayFiles(sources, values or ValuesFile(), laid)


def lay_over(pack: Pack, files: OverlayFiles, kinds: Mapping[str, type[Rule]]) -> Pack:
    """The pack with an overlay laid over it: the trust's values and criteria, and texts that are the publisher's own.

    Args:
        pack: The pack that the overlay is for.
        files: The overlay.
        kinds: Classes of rules, by the kind's name, by which the pack was loaded.

    Raises:
        ProblemsError: The overlay names what is not in the pack, may not be changed, or would break the pack; or
            another overlay lies over it already.
    """
    top = files.sources[OVERLAY]
    if pack.overlay is not None:
        message = f'The overlay "{pack.overlay.overlay.id}" lies over {pack.name} already.'
        top.report("duplicate-overlay", ("pack",), message, "Name one overlay for each framework; put both into one.")
        raise ProblemsError(top.problems)
    known, words = worded(pack), files.sources.get(WORDING)
    for name in files.laid.wording if words is not None else ():
        if words is not None and name not in known:
            message = f'"{name}" is nothing in {pack.name} that has a text.'
            words.report("unknown-item", ("wording", name), message, did_you_mean(name, known))
    laid, made = files.laid, pack
    if VALUES in files.sources:
        edit, found = _with_values(pack, files, kinds)
        settled, marks = tuple(edit.settled), edit.marks
        laid = replace(laid, settled=settled, marks=marks, settings=edit.settings, like=edit.like)
        made = found or pack
    problems = [problem for source in files.sources.values() for problem in source.problems]
    if problems:
        raise ProblemsError(problems)
    return replace(word(made, laid.wording), digest=pack.digest, files=pack.files, overlay=laid)


def _has(root: Traversable, name: str) -> bool:
    return (root / name).is_file()


def _as(model: type[Model], sources: Mapping[str, Source], name: str) -> Model | None:
    source = sources.get(name)
    return None if source is None or source.data is None else read_as(model, source, source.data)


def _wrong_files(root: Traversable) -> Iterator[Problem]:
    """What is wrong with the folder itself: files that are not there, and files that nothing reads."""
    if not root.is_dir() or not _has(root, OVERLAY):
        message, remedy = "An overlay has a file overlay.yaml.", f"Add it to {root}, or name the overlay's folder."
        yield Problem(code="missing-file", place=Place(file=str(root / OVERLAY)), message=message, remedy=remedy)
        return
    for entry in sorted(root.iterdir(), key=lambda e: e.name):
        place = Place(file=str(root / entry.name))
        if entry.name in _FILES and lies_outside(root, entry):
            message, remedy = "This leads out of the overlay's folder.", "Put the file itself there."
            yield Problem(code="outside-pack", place=place, message=message, remedy=remedy)
        elif entry.name not in _FILES and entry.name.endswith(_LIKE_ONE):
            message, remedy = f"An overlay has no file {entry.name}.", did_you_mean(entry.name, _FILES)
            yield Problem(code="unexpected-file", place=place, message=message, remedy=remedy)


def _with_values(pack: Pack, files: OverlayFiles, kinds: Mapping[str, type[Rule]]) -> tuple[Edit, Pack | None]:
    """The pack with values.yaml laid over it; None, and problems on its source, where that cannot be."""
    source = files.sources[VALUES]
    given = list(entries(files.values, files.laid.overlay))
    edit = _laid(pack, given, source)
    if source.problems:
        return edit, None
    draft, found = _load(pack, edit.content, kinds)
    for file, path, problem in found:
        entry = edit.entry_of(file, path) or _culprit(pack, given, problem, kinds)
        where = problem.place.path or "all of it"
        message = f"It would break the pack ({file}, {where}): {problem.message}"
        source.report(problem.code, entry.path, message, problem.remedy)
    return edit, draft.pack


def _laid(pack: Pack, given: Sequence[Entry], source: Source) -> Edit:
    edit = Edit(pack, source)
    for edit.entry in given:
        match edit.entry.says:
            case AddedCriterion() as says:
                add_criterion(edit, says)
            case AddedGrade() as says:
                add_grade(edit, says)
            case Alias() as says:
                add_aliases(edit, says)
            case Setting() as says:
                set_fact(edit, says)
            case Change() as says:
                change(edit, says)
            case Confirm() as says:
                confirm(edit, says)
    return edit


@dataclass
class _Watched(Source):
    """A file of an overlaid pack, which keeps the path of each problem as it is and not as people write it."""

    found: list[tuple[Path, Problem]] = field(default_factory=list)

    def report(self, code: str, path: Path, message: str, remedy: str, value: object = None) -> None:
        """Add a problem at ``path``."""
        super().report(code, path, message, remedy, value)
        self.found.append((path, self.problems[-1]))


def _load(
    pack: Pack, content: Mapping[str, Any], kinds: Mapping[str, type[Rule]]
) -> tuple[Draft, list[tuple[str, Path, Problem]]]:
    """The edited content through the loader, as if it had been read; and every problem, with its file and path."""
    draft = Draft(place=pack.place, evidence_schema=dict(pack.evidence_schema))
    watched = {name: _Watched(name, data) for name, data in content.items() if name != EVIDENCE_SCHEMA}
    draft.sources.update(watched)
    assemble(draft, kinds)
    found = [(name, path, problem) for name, source in watched.items() for path, problem in source.found]
    return draft, found


def _culprit(pack: Pack, given: Sequence[Entry], problem: Problem, kinds: Mapping[str, type[Rule]]) -> Entry:
    """The entry from which on a problem is there, where nothing was edited that it stands at."""
    without, with_it = 0, len(given)
    while with_it - without > 1:
        middle = (without + with_it) // 2
        _, found = _load(pack, _laid(pack, given[:middle], Source("")).content, kinds)
        if any((other.code, other.message) == (problem.code, problem.message) for _, _, other in found):
            with_it = middle
        else:
            without = middle
    return given[with_it - 1]
