"""Says in plain words what pydantic found wrong with a record's shape."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from bandstand.interop.source import RawRow, quoted
from bandstand.models.evidence import EvidenceSource
from bandstand.models.finding import Claim
from bandstand.models.problem import Problem
from bandstand.rules.base import did_you_mean, one_of

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

_DATE = "Write it as 2026-01-12, the year first."
_ID = "Write an id of at most 120 characters on one line."
_NUMBERED = range(20_000, 80_000)  # spreadsheets' numbers for days from 1954 to 2119

#: Field -> what stands there, as a remedy.
ASKS = {
    "id": _ID,
    "person": _ID,
    "framework": "Write the framework's id.",
    "criteria": "Write one or more criteria, such as L3.1; L3.2.",
    "claim": "Write met, partly_met or not_met.",
    "source": f"Write one of {', '.join(EvidenceSource)}.",
    "author": _ID,
    "date": _DATE,
    "in_role_since": _DATE,
    "review_point": "Write the review point's id, or leave it empty.",
    "note": "Keep the note to 10,000 characters of text.",
    "attachments": "An attachment is a uri and, if you have it, its sha256 (64 digits and small letters a to f).",
    "moderated_by": _ID,
    "accepted_from": _ID,
    "accepted_by": _ID,
    "grade": "Write the grade as the framework prints it.",
    "roles": "Write the roles' ids, with ; between them.",
    "flags": "Write the flags' ids, with ; between them.",
    "facts": "Write each fact by its id with a text, or give it a column of its own.",
    "school": _ID,
    "fte": "Write a number above 0 and at most 1, such as 0.8.",
}
_CODES = {"date": "not-a-date", "in_role_since": "not-a-date", "claim": "not-a-claim", "source": "not-a-source"}
_NAMES = {"not-a-date": "a date", "not-a-claim": "a claim", "not-a-source": "a kind of source"}
_REASONS = {
    "string_type": "is not text",
    "string_pattern_mismatch": "is too long, or not on one line",
    "string_too_long": "is too long",
    "string_too_short": "is empty",
    "tuple_type": "is not a list",
    "extra_forbidden": "is not part of this",
    "float_parsing": "is not a number",
    "float_type": "is not a number",
    "finite_number": "is not a number",
    "greater_than": "is too small",
    "less_than_equal": "is too large",
    "string_unicode": "has a broken character",
}


def shape_problems(error: ValidationError, row: RawRow) -> list[Problem]:
    """One problem for each thing that is wrong with the record's shape."""
    return [_problem(item, row) for item in error.errors(include_url=False, include_context=False)]


def missing(field: str, row: RawRow, remedy: str | None = None) -> Problem:
    """The problem of a field that every record needs."""
    message = f"There is no {field}."
    return Problem(code="missing-field", place=row.place(field), message=message, remedy=remedy or ASKS.get(field, ""))


def _problem(item: ErrorDetails, row: RawRow) -> Problem:
    if not item["loc"]:
        message = "Evidence accepted from another framework names both the record and whoever accepted it."
        remedy = "Fill in both accepted_from and accepted_by, or neither."
        return Problem(code="half-accepted", place=row.place("accepted_by"), message=message, remedy=remedy)
    field = str(item["loc"][0]) if item["loc"] else ""
    path = _path(item["loc"])
    if item["type"] in ("missing", "too_short"):
        return missing(path, row, ASKS.get(field))
    value = quoted(item["input"])
    code = _CODES.get(field, "bad-value")
    message = f'"{value}" {_reason(item, field)}.' if code == "bad-value" else f'"{value}" is not {_NAMES[code]}.'
    if isinstance(item["input"], dt.date | dt.datetime) and field not in ("date", "in_role_since"):
        message = f"The spreadsheet has taken this for a date, {item['input']:%Y-%m-%d}."
        remedy = "Format the column as Text, and type the value again."
    else:
        remedy = _remedy(item, field)
    return Problem(code=code, place=row.place(path), message=message, remedy=remedy, value=value)


def _reason(item: ErrorDetails, field: str) -> str:
    if item["type"] == "string_pattern_mismatch" and field == "attachments":
        return "is not a sha256"
    return _REASONS.get(item["type"], f"can't be read as {field or 'a record'}")


def _remedy(item: ErrorDetails, field: str) -> str:
    value = item["input"]
    if field in ("date", "in_role_since"):
        return _date_remedy(value)
    if field == "source" and str(value).strip().lower() == "agreed":
        return "Write appraiser, and in moderated_by the id of whoever agreed it."
    if field == "claim":
        return one_of([Claim.MET, Claim.PARTLY_MET, Claim.NOT_MET])
    if field == "source":
        return did_you_mean(quoted(value), list(EvidenceSource))
    return ASKS.get(field, "")


def _date_remedy(value: object) -> str:
    if isinstance(value, dt.datetime):
        return f"Write the day without the time, {value:%Y-%m-%d}."
    try:
        days = float(str(value))
    except ValueError:
        return _DATE
    if days.is_integer() and int(days) in _NUMBERED:
        day = dt.date(1899, 12, 30) + dt.timedelta(days=int(days))
        return f"It looks like a spreadsheet's number for {day}: format the column as a date, or write {day}."
    return _DATE


def _path(loc: tuple[int | str, ...]) -> str:
    path = ""
    for part in loc:
        path += f"[{part}]" if isinstance(part, int) else f".{quoted(part)}" if path else quoted(part)
    return path
