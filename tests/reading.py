"""A second reading of each framework's document, and what of the pack it is compared with.

Somebody who had not seen the pack read the document and wrote ``plugins/<name>/tests/reading.tsv``: for each thing the
document has, its id, the line where it stands and two to five words of that line. Its last rows, of guidance, headings
and checklists, were read when the two were compared. Ids are the pack's, and a few more that :func:`parts` and each
plugin's tests explain. The functions below say what is wrong, in a list that is empty when nothing is.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from bandstand.engine.evaluate import Evaluator
from bandstand.errors import RefusedError
from bandstand.hookspecs import PROJECT
from bandstand.lookup import provenance_of
from bandstand.models.provenance import line_numbers, models_within
from bandstand.plugins import load_catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from bandstand.models.guidance import Guidance
    from bandstand.models.standard import Criterion, Standard
    from bandstand.packs.pack import Pack
    from bandstand.plugins import Catalogue

    Parts = Mapping[str, str]


#: The frameworks of the plugins in this repository.
SHIPPED = sorted(point.name for point in entry_points(group=PROJECT) if point.value.startswith("bandstand_"))


class Row(NamedTuple):
    """One thing that the reading found: its id, its line, and words that stand there."""

    id: str
    line: int
    words: str


@cache
def catalogue() -> Catalogue:
    """Everything that is installed, read once."""
    return load_catalogue()


def pack(framework: str) -> Pack:
    """The pack of an installed framework."""
    return catalogue().frameworks()[framework]


def read_beside(test: str) -> tuple[Row, ...]:
    """The reading that stands beside a test file, given by its ``__file__``."""
    rows = (line.split("\t") for line in (Path(test).parent / "reading.tsv").read_text("utf-8").splitlines())
    return tuple(Row(name, int(line), words) for name, line, words in rows)


@cache
def document(name: str) -> tuple[str, ...]:
    """A document's lines, the first at 0; without the document the tests that cite it are skipped."""
    for folder in Path(__file__).resolve().parents:
        file = folder.parent / "shared" / "seeds" / name
        if file.is_file():
            return tuple(file.read_text("utf-8").split("\n"))
    pytest.skip(f"The published document is not ours to ship; put {name} into shared/seeds beside the repository.")


def lines_of(of: Pack) -> tuple[str, ...]:
    """The lines of a pack's document, the first at 0."""
    return document(of.framework.document.file)


def parts(standards: Iterable[Standard] = (), guidance: Iterable[Guidance] = ()) -> dict[str, str]:
    """The lines that a pack cites for each thing in these standards and lists of guidance, by its id in the reading.

    Besides the pack's own ids: ``ES1-`` is what falling below ES1 looks like, ``1d.i?2`` the second text of 1d.i that
    belongs to no point for certain, ``5.3@LP!blank`` a point without a text and why, and ``by_level.E.level_6_7`` a
    column of an item of guidance.
    """
    found: dict[str, str] = {}
    for standard in standards:
        for criterion in standard.criteria:
            found.update(_of_criterion(criterion))
    for item in (item for listed in guidance for item in listed.items):
        names = [f"{item.id}.{column}" for column in item.columns] or [item.id]
        found.update(dict.fromkeys(names, item.source))
    return found


def _of_criterion(criterion: Criterion) -> Iterator[tuple[str, str]]:
    yield criterion.id, criterion.source
    if criterion.below:
        yield f"{criterion.id}-", criterion.below.source
    for number, text in enumerate(criterion.unattributed, start=1):
        yield f"{criterion.id}?{number}", text.source
    for point in criterion.points:
        name = f"{criterion.id}@{point.at}"
        if point.status != "present":
            yield f"{name}!{point.status}", point.source
        elif point.descriptor:
            yield name, point.source
    for statement in (*criterion.statements, *(s for point in criterion.points for s in point.statements)):
        yield statement.id, statement.source


def only_read(rows: Iterable[Row], of: Parts) -> list[str]:
    """What the reading has and the pack has not."""
    return [row.id for row in rows if row.id not in of]


def only_in_pack(rows: Iterable[Row], of: Iterable[str]) -> list[str]:
    """What the pack has and the reading has not."""
    read = {row.id for row in rows}
    return [name for name in of if name not in read]


def cited_elsewhere(rows: Iterable[Row], of: Parts) -> list[str]:
    """What the reading found on a line that the pack does not cite for it."""
    known = [row for row in rows if row.id in of]
    return [f"{row.id}: {row.line} is not in {of[row.id]}" for row in known if row.line not in line_numbers(of[row.id])]


def words_elsewhere(rows: Iterable[Row], lines: tuple[str, ...]) -> list[str]:
    """Whose words do not stand on the line that the reading names, or are fewer than two or more than five."""
    return [str(row) for row in rows if row.words not in lines[row.line - 1] or not 2 <= len(row.words.split()) <= 5]


def no_such_lines(of: Pack) -> list[str]:
    """Every source in the pack that ends where the document has no line or a blank one."""
    lines = lines_of(of)
    wrong = []
    for part in (of.framework, *of.standards, *of.rules, *of.guidance, *of.crosswalks):
        for path, model in models_within(part):
            source = getattr(model, "source", None)
            if source is None:
                continue
            for cited in re.split(r", ?", source):
                ends = [int(end) for end in cited.split("-")]
                if ends != sorted(ends) or not all(end <= len(lines) and lines[end - 1].strip() for end in ends):
                    wrong.append(f"{getattr(part, 'id', part)}.{'.'.join(map(str, path))}: {cited}")
    return wrong


def badly_worded(of: Pack) -> list[str]:
    """Labels of criteria and statements without two to six words, and descriptors that are not one sentence."""
    wrong = []
    for _, model in (found for standard in of.standards for found in models_within(standard.criteria)):
        label, descriptor = getattr(model, "label", None), getattr(model, "descriptor", None)
        if label is not None and not 2 <= len(label.split()) <= 6:
            wrong.append(f"label: {label}")
        if descriptor is not None and not re.fullmatch(r"[A-Z][^.?!]*\.", descriptor):
            wrong.append(f"descriptor: {descriptor}")
    return wrong


def doubtful(of: Pack, status: str, kind: str | None = None) -> list[str]:
    """Ids of what has a status that the document did not give it plainly, of one kind if that is given."""
    return [d.id for d in provenance_of(of).doubts if d.status == status and kind in (None, d.kind)]


def unexplained(of: Pack) -> list[str]:
    """What the document does not state in so many words and no note explains; a gap explains itself."""
    return [f"{d.status} {d.kind} {d.id}" for d in provenance_of(of).doubts if not d.note and d.kind != "gap"]


def refused_and_served(of: Pack) -> list[str]:
    """Each outcome that is given for a purpose which the framework refuses."""
    evaluator = Evaluator(of, durable=False)
    served = []
    for refusal in of.framework.refuses:
        for outcome in of.outcomes:
            try:
                evaluator.served(refusal.id, outcome)
            except RefusedError as error:
                if refusal.reason in str(error):
                    continue
            served.append(f"{outcome} for {refusal.id}")
    return served
