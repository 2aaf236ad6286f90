"""Evidence for one framework as candidate evidence in another: shown by the crosswalks, and never counted by itself."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from bandstand import words
from bandstand.errors import NotFoundError
from bandstand.models.listing import Candidate, CandidateTarget
from bandstand.rules.base import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from bandstand.models.evidence import Evidence
    from bandstand.models.guidance import Crosswalk, Link
    from bandstand.packs.pack import Pack

#: Links of these relations say that evidence for the one may be worth a look for the other.
_OF_EVIDENCE = frozenset({"same_subject", "same_text"})
_COLUMNS = (
    *("person", "framework", "criteria", "claim", "source", "author", "date", "note", "attachments"),
    *("accepted_from", "accepted_by"),
)
#: A spreadsheet takes a cell that begins so for a formula; behind a space it does not, and readers strip spaces.
_FORMULA = ("=", "+", "-", "@")


def candidates(records: Iterable[Evidence], packs: Mapping[str, Pack], to: str) -> list[Candidate]:
    """The records that may be worth a look under the framework ``to``, with what they may be about there.

    Links are followed from a record's own framework to ``to``, the other way round, and through a publication that both
    are linked with. What ``to`` has already is left out: a record that was accepted there, and one that was accepted
    from there. The order is that of the records.

    Raises:
        NotFoundError: There is no such framework.
    """
    if to not in packs:
        raise NotFoundError(f'There is no framework "{to}". {did_you_mean(to, packs)}')
    given = list(records)
    origins = _origins(given)
    there = {origins[record.id] for record in given if record.framework == to}
    found: list[Candidate] = []
    for record in given:
        if record.framework not in packs or origins[record.id] in there:
            continue
        targets = _targets(record, packs[record.framework], packs[to])
        if targets:
            found.append(
                Candidate(
                    evidence=record.id,
                    person=record.person,
                    framework=record.framework,
                    criteria=record.criteria,
                    claim=record.claim,
                    source=record.source,
                    author=record.author,
                    date=record.date,
                    attachments=record.attachments,
                    to=to,
                    targets=tuple(targets.values()),
                )
            )
    return found


def _origins(records: Iterable[Evidence]) -> dict[str, str]:
    """By a record's id, that of the record that it was first accepted from, through whatever frameworks, or its own."""
    came_from = {record.id: record.accepted_from or record.id for record in records}
    origins: dict[str, str] = {}
    for record in came_from:
        passed: dict[str, None] = {}
        at = record
        # Records that name one another in a circle are all of one origin.
        while at not in origins and at not in passed:
            passed[at] = None
            at = came_from.get(at, at)
        origins.update(dict.fromkeys(passed, origins.get(at, at)))
    return origins


def _targets(record: Evidence, own: Pack, other: Pack) -> dict[str, CandidateTarget]:
    """What a record may be about in the other framework, by id; stated links go before proposed ones."""
    about = set(_lineage(record, own))
    found: dict[str, CandidateTarget] = {}
    for target, through in _linked(about, own, other):
        label = _label(target, other)
        basis = "stated" if all(link.basis == "stated" for link in through) else "proposed"
        notes = tuple(dict.fromkeys(link.note for link in through if link.note))
        known = found.get(target)
        if known is None or (known.basis == "proposed" and basis == "stated"):
            found[target] = CandidateTarget.model_validate(
                {"id": target, "label": label, "basis": basis, "notes": notes}
            )
    return found


def _linked(about: set[str], own: Pack, other: Pack) -> Iterator[tuple[str, tuple[Link, ...]]]:
    """Everything in the other framework that links lead to, with the links."""
    for crosswalk in own.crosswalks:
        for link in _links(crosswalk):
            if link.from_ not in about:
                continue
            if crosswalk.to == other.id:
                yield from ((target, (link,)) for target in link.to)
            for theirs in other.crosswalks:
                if crosswalk.external and theirs.external and theirs.to == crosswalk.to:
                    joined = (back for back in _links(theirs) if set(back.to) & set(link.to))
                    yield from ((back.from_, (link, back)) for back in joined)
    for crosswalk in other.crosswalks:
        if crosswalk.to == own.id:
            yield from ((link.from_, (link,)) for link in _links(crosswalk) if about.intersection(link.to))


def _links(crosswalk: Crosswalk) -> Iterator[Link]:
    return (link for link in crosswalk.links if link.relation in _OF_EVIDENCE)


def _lineage(record: Evidence, pack: Pack) -> Iterator[str]:
    """Ids of what a record names and of all that these stand in: criterion, standard, section."""
    for name in record.criteria:
        yield name
        for unit, _ in pack.unfolded.unfolds.get((name, record.claim), ()):
            standard = pack.standard_of[unit]
            yield from (unit, pack.criteria[unit].criterion, standard.id)
            if standard.section is not None:
                yield standard.section


def _label(name: str, pack: Pack) -> str:
    """What something is called; a standard or a criterion, as links name them."""
    labels = {standard.id: standard.label for standard in pack.standards}
    labels.update((criterion.id, criterion.label) for criterion in pack.unfolded.criteria.values())
    return labels.get(name, name)


def to_accept(found: Sequence[Candidate]) -> str:
    """The candidates as a CSV file of evidence in which somebody has yet to fill in what they show.

    Criteria, claim and whoever accepts are blank, so no row counts before a person has looked at it.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for candidate in found:
        where = words.listed([f"{target.id} {words.uncapitalised(target.label)}" for target in candidate.targets])
        named = ", ".join(candidate.criteria)
        note = (
            f"Candidate from {candidate.framework} ({named}, {candidate.claim}): look at {where}. Fill in criteria, "
            "claim and accepted_by, or take the row out."
        )
        files = [
            " ".join(filter(None, (file.uri, file.sha256))) for file in candidate.attachments if ";" not in file.uri
        ]
        if left := len(candidate.attachments) - len(files):
            note += f" Left out, for the ; in the address: {words.count(left, 'attachment')}."
        row = (candidate.person, candidate.to, "", "", candidate.source, candidate.author or "", candidate.date)
        writer.writerow(safe_cell(str(cell)) for cell in (*row, note, "; ".join(files), candidate.evidence, ""))
    return text.getvalue()


def safe_cell(cell: str) -> str:
    """The text of a cell that no spreadsheet takes for a formula."""
    return f" {cell}" if cell.startswith(_FORMULA) else cell
