"""Turns one raw row into evidence, or into everything that is wrong with it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from bandstand.interop.asks import PackAsks
from bandstand.interop.criteria import CriteriaNames
from bandstand.interop.shape import missing, shape_problems
from bandstand.interop.source import EVIDENCE, RawRow, folded, is_blank, number_text, quoted
from bandstand.models.evidence import CLAIM_PATTERN, Evidence, EvidenceSource
from bandstand.models.finding import Claim
from bandstand.models.problem import Problem
from bandstand.rules.base import did_you_mean, either, one_of

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from bandstand.packs.pack import Pack

_FIELDS = frozenset(EVIDENCE.known)
_SHA256 = re.compile(r"[0-9a-fA-F]{32,}")
_TEXTS = ("id", "person", "author", "moderated_by", "note", "accepted_from", "accepted_by")
_NO_ID = "-"
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)
_DAYS_KEPT = 10_000
_SOURCES = frozenset(EvidenceSource)
#: The sources in which whoever records it judges somebody else.
SEEN_BY_OTHERS = frozenset({EvidenceSource.APPRAISER, EvidenceSource.OBSERVATION, EvidenceSource.PEER})
#: Stands in the place of fields that are bad, while the others are looked at.
_STAND_IN = {
    "id": _NO_ID,
    "person": _NO_ID,
    "framework": "unknown",
    "criteria": [_NO_ID],
    "claim": Claim.MET,
    "source": EvidenceSource.SELF,
    "date": dt.date(2000, 1, 1),
}


class RecordCheck:
    """Checks records against the packs that are installed.

    Attributes:
        packs: Framework id -> pack.
    """

    def __init__(self, packs: Mapping[str, Pack], default_framework: str | None, today: dt.date) -> None:
        self.packs = packs
        self._today = today
        self._default = default_framework or (next(iter(packs)) if len(packs) == 1 else None)
        self._days: dict[str, dt.date] = {}
        self._names = {name: CriteriaNames(pack) for name, pack in packs.items()}
        self._asks = {name: PackAsks(pack) for name, pack in packs.items()}
        self._claims = {
            name: dict.fromkeys((*Claim, *(claim for _, claim in pack.unfolded.unfolds)))
            for name, pack in packs.items()
        }
        self._points = {
            name: {folded(word): point.id for point in pack.framework.review_points for word in (point.label, point.id)}
            for name, pack in packs.items()
        }

    def asks(self, framework: str) -> PackAsks:
        """What an installed framework asks of its records besides the common shape."""
        return self._asks[framework]

    def evidence(self, row: RawRow) -> tuple[Evidence, bool] | list[Problem]:
        """The row as evidence, and whether its id was made from its content; or all its problems."""
        record: dict[str, Any] = {f: v for f, v in row.values.items() if f in _FIELDS and not is_blank(v)}
        pack = self._pack(record, row)
        if isinstance(pack, Problem):
            return [pack, *_other_problems(record, row)]
        record["framework"] = pack.id
        problems = self._normalise(record, pack, row)
        made = "id" not in record
        if made:
            record["id"] = _NO_ID
        try:
            evidence = Evidence.model_validate(record)
        except ValidationError as error:
            told = {problem.place.path for problem in problems}
            problems.extend(p for p in shape_problems(error, row) if p.place.path not in told)
            return [*problems, *self._told_anyway(record, error, pack, row)]
        self._remember(row.values.get("date"), evidence.date)
        problems.extend(self._rules(evidence, pack, row))
        told = {str(problem.place.path).partition("[")[0] for problem in problems}
        asked = self._asks[pack.id].problems(evidence, row)
        problems.extend(p for p in asked if str(p.place.path).partition("[")[0] not in told)
        if problems:
            return problems
        if made:
            evidence = evidence.model_copy(update={"id": content_id(evidence)})
        return evidence, made

    def _told_anyway(self, record: dict[str, Any], error: ValidationError, pack: Pack, row: RawRow) -> list[Problem]:
        """What is wrong with the other fields of a record of which some have no right shape."""
        bad = {str(item["loc"][0]) for item in error.errors() if item["loc"]}
        good = {field: value for field, value in record.items() if field not in bad}
        try:
            evidence = Evidence.model_validate({**_STAND_IN, **good})
        except ValidationError as more:
            return shape_problems(more, row) if bad else []
        return [p for p in self._rules(evidence, pack, row) if str(p.place.path).partition("[")[0] not in bad]

    def _remember(self, text: object, date: dt.date) -> None:
        if isinstance(text, str) and text not in self._days and len(self._days) < _DAYS_KEPT:
            self._days[text] = date

    def _pack(self, record: Mapping[str, object], row: RawRow) -> Pack | Problem:
        name = record.get("framework", self._default)
        if name is None:
            remedy = f"Fill the framework column: several are installed ({', '.join(self.packs)})."
            return missing("framework", row, remedy if self.packs else "No framework is installed.")
        pack = self.packs.get(name.strip()) if isinstance(name, str) else None
        if pack is None:
            value = quoted(name)
            message = f'"{value}" is not a framework that is installed.'
            remedy = did_you_mean(value, list(self.packs))
            return _problem("unknown-framework", row, "framework", message, remedy, value)
        return pack

    def _normalise(self, record: dict[str, Any], pack: Pack, row: RawRow) -> list[Problem]:
        """Bring every way of writing a field to the one that the model reads; what can't be read is left as it is."""
        problems: list[Problem] = []
        for field in _TEXTS:
            if type(record.get(field)) in (float, int):
                record[field] = number_text(record[field])
        _fold(record, "source", _SOURCES)
        _fold(record, "claim", self._claims[pack.id])
        claim = record.get("claim")
        if isinstance(claim, str) and claim not in self._claims[pack.id]:
            # Said here, so that it is told along with whatever else is wrong with the record.
            value = quoted(claim)
            remedy = one_of(self._claims[pack.id])
            problems.append(_problem("not-a-claim", row, "claim", f'"{value}" is not a claim.', remedy, value))
        date = record.get("date")
        if isinstance(date, str):
            # A file has few days and many rows, and reading a date is a good part of reading a row.
            record["date"] = self._days.get(date, date)
        if "criteria" in record:
            record["criteria"] = self._criteria(record["criteria"], pack, row, problems)
        attachments = record.get("attachments")
        if isinstance(attachments, str):
            record["attachments"] = [_attachment(part) for part in attachments.split(";") if part.strip()]
        point = record.get("review_point")
        if point is not None:
            known = self._points[pack.id].get(folded(point)) if isinstance(point, str) else None
            if known is None:
                record["review_point"] = None
                value = quoted(point)
                message = f'"{value}" is not a review point of {pack.name}.'
                remedy = did_you_mean(value, [p.id for p in pack.framework.review_points])
                problems.append(_problem("unknown-review-point", row, "review_point", message, remedy, value))
            else:
                record["review_point"] = known
        return problems

    def _criteria(self, value: object, pack: Pack, row: RawRow, problems: list[Problem]) -> object:
        names = self._names[pack.id]
        if isinstance(value, str):
            return names.split(value)
        if isinstance(value, float | int) and not isinstance(value, bool):
            same = [c for c in pack.unfolded.names if _number(c) == value]
            if len(same) > 1:
                message = f"A spreadsheet holds {' and '.join(same)} as the same number, {number_text(value)}."
                remedy = "Format the column as Text, and type the criteria again."
                problems.append(_problem("ambiguous-number", row, "criteria", message, remedy, quoted(value)))
            return [same[0] if same else number_text(value)]
        if isinstance(value, list) and all(isinstance(c, str) for c in value):
            return list(dict.fromkeys(names.read(c.strip()) for c in value))
        return value

    def _rules(self, evidence: Evidence, pack: Pack, row: RawRow) -> list[Problem]:
        """What the record says that cannot be so, whatever the framework's schema asks for."""
        problems = [
            fault for criterion in evidence.criteria if (fault := self._criterion_fault(criterion, evidence, pack, row))
        ]
        if evidence.date > self._today:
            message = f"{evidence.date} is after today, {self._today}."
            remedy = "Evidence is of what was seen: correct the date, or leave the row out until then."
            problems.append(_problem("future-date", row, "date", message, remedy, str(evidence.date)))
        seen_by_others = evidence.source in SEEN_BY_OTHERS
        for field, alone in (("moderated_by", True), ("accepted_by", True), ("author", seen_by_others)):
            if alone and getattr(evidence, field) == evidence.person:
                message = f'"{quoted(evidence.person)}" cannot agree or judge on their own behalf.'
                remedy = "Name whoever agreed or saw it, or give the source self."
                problems.append(_problem("agreed-with-oneself", row, field, message, remedy, evidence.person))
        return problems

    def _criterion_fault(self, criterion: str, evidence: Evidence, pack: Pack, row: RawRow) -> Problem | None:
        """What is wrong with one of a record's criteria, or with claiming of it what the record claims."""
        unfolded = pack.unfolded
        if (criterion, evidence.claim) in unfolded.unfolds:
            return None
        if criterion in unfolded.names:
            if evidence.claim not in self._claims[pack.id]:
                return None
            remedy = f"Write {either(unfolded.claims_of(criterion))}."
            value = quoted(row.values.get("claim", evidence.claim))
            message = f'"{value}" is not a claim that can be made of {criterion}.'
            return _problem("not-a-claim", row, "claim", message, remedy, value)
        if criterion in unfolded.criteria:
            points = (f"{criterion}@{point.at}" for point in unfolded.criteria[criterion].points)
            parts = [point for point in points if point in unfolded.names]
            message = f"{criterion} is described point by point, and the evidence does not say which it is about."
            remedy = f"Write {either(parts)}." if parts else "The document has no text for it; leave it out."
            return _problem("which-point", row, "criteria", message, remedy, quoted(criterion))
        return self._unknown_criterion(criterion, pack, row)

    def _unknown_criterion(self, criterion: str, pack: Pack, row: RawRow) -> Problem:
        value = quoted(criterion)
        others = (other for other in self.packs.values() if other is not pack)
        owner = next((o for o in others if self._names[o.id].read(criterion) in o.unfolded.names), None)
        if owner is not None:
            message = f'"{value}" is a criterion of {owner.name}, not of {pack.name}.'
            remedy = f"Write {owner.id} in the framework column, or take the row out."
            return _problem("other-framework", row, "criteria", message, remedy, value)
        message, remedy = self._names[pack.id].unknown(criterion)
        return _problem("unknown-criterion", row, "criteria", message, remedy, value)


def content_id(evidence: Evidence) -> str:
    """An id made from all that a record says except its id: ``e-`` and 16 digits of a SHA-256 of canonical JSON."""
    content = evidence.model_dump(mode="json", exclude={"id"}, exclude_defaults=True)
    # The content is texts and lists of texts alone. For these the standard library writes canonical JSON (RFC 8785)
    # as rfc8785 does, which a test checks, in a third of the time.
    return f"e-{hashlib.sha256(_CANONICAL.encode(content).encode()).hexdigest()[:16]}"


def _other_problems(record: dict[str, Any], row: RawRow) -> list[Problem]:
    """What can be said of a record whose framework isn't known: its shape, but for the criteria's split."""
    trial = {**record, "framework": "unknown", "id": _NO_ID}
    trial.pop("review_point", None)
    _fold(trial, "source", _SOURCES)
    claim = trial.get("claim")
    if isinstance(claim, str) and re.fullmatch(CLAIM_PATTERN, folded(claim)):
        trial["claim"] = folded(claim)
    for field in _TEXTS:
        if type(trial.get(field)) in (float, int):
            trial[field] = number_text(trial[field])
    if isinstance(trial.get("criteria"), str | float | int):
        trial["criteria"] = [str(trial["criteria"]).strip()[:100]]
    if isinstance(trial.get("attachments"), str):
        trial.pop("attachments")
    try:
        Evidence.model_validate(trial)
    except ValidationError as error:
        return shape_problems(error, row)
    return []


def _fold(record: dict[str, Any], field: str, known: Container[str]) -> None:
    """Bring a word to the way in which it is known; one that is not stays as it was written, to be quoted so."""
    value = record.get(field)
    if isinstance(value, str) and value not in known and folded(value) in known:
        record[field] = folded(value)


def _problem(code: str, row: RawRow, field: str, message: str, remedy: str, value: str) -> Problem:
    return Problem(code=code, place=row.place(field), message=message, remedy=remedy, value=value)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _attachment(text: str) -> dict[str, str]:
    uri, _, last = text.strip().rpartition(" ")
    if uri and _SHA256.fullmatch(last):
        return {"uri": uri.strip(), "sha256": last.lower()}
    return {"uri": text.strip()}
