"""Evidence records and people, as they come in."""

from __future__ import annotations

import datetime as dt
import re
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator


class EvidenceSource(StrEnum):
    """The kind of place that a piece of evidence comes from."""

    SELF = "self"
    APPRAISER = "appraiser"
    PEER = "peer"
    DOCUMENT = "document"
    OBSERVATION = "observation"
    DATA = "data"
    PUPIL_VOICE = "pupil_voice"


def _plain_date(value: Any) -> Any:
    """Take a date as YYYY-MM-DD or as a spreadsheet's own date; pydantic alone would also take seconds since 1970."""
    if isinstance(value, dt.datetime):
        if value.time() != dt.time():
            raise ValueError("a date has no time of day")
        return value.date()
    if isinstance(value, dt.date):
        return value
    if isinstance(value, str):
        try:
            return dt.datetime.strptime(value.strip(), "%Y-%m-%d").date()  # noqa: DTZ007 - a date has no zone
        except ValueError:
            raise ValueError("a date is written YYYY-MM-DD") from None
    raise ValueError("a date is written YYYY-MM-DD")


PlainDate = Annotated[dt.date, BeforeValidator(_plain_date, json_schema_input_type=dt.date)]
#: Control characters, and those that turn the writing direction or take no room: what is read is what is there.
_UNSEEN = r"\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
#: What a spreadsheet puts where a formula failed.
_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"})


def _no_error(value: str) -> str:
    if value in _ERRORS:
        raise ValueError("this is a spreadsheet's error, not an id")
    return value


Identifier = Annotated[
    str,
    Field(
        pattern=rf"^[^\s{_UNSEEN}]([^{_UNSEEN}]{{0,118}}[^\s{_UNSEEN}])?$",
        description="Up to 120 characters that can be seen, on one line.",
    ),
    AfterValidator(_no_error),
]


CLAIM_PATTERN = r"^[a-z][a-z0-9_]{0,39}$"
#: The point on the criteria's scale that is claimed: met, partly_met, not_met, or a point of a framework's own scale.
ClaimWord = Annotated[
    str,
    Field(
        pattern=CLAIM_PATTERN,
        description="`met`, `partly_met` or `not_met`; for criteria on a scale of points, `not_met` or the point.",
    ),
]


class Attachment(BaseModel):
    """A file that a piece of evidence points to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    uri: str = Field(min_length=1, max_length=2000)
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None


class Observation(BaseModel):
    """What a piece of evidence says, whoever it is about; the fields are those of :class:`Evidence`."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    claim: ClaimWord
    source: EvidenceSource
    author: Identifier | None = None
    date: PlainDate
    review_point: str | None = None
    note: str | None = Field(default=None, max_length=10_000)
    attachments: tuple[Attachment, ...] = ()
    moderated_by: Identifier | None = None
    accepted_from: Identifier | None = None
    accepted_by: Identifier | None = None

    @model_validator(mode="after")
    def _accepted_by_somebody(self) -> Self:
        if (self.accepted_from is None) != (self.accepted_by is None):
            raise ValueError("evidence accepted from another framework names both the record and whoever accepted it")
        return self


class Evidence(Observation):
    """One dated observation about one person, from a named kind of source, against one or more criteria.

    Attributes:
        id: Unique among the evidence read together.
        person: The person's id; Bandstand needs no names.
        framework: The framework that the criteria belong to.
        criteria: Ids of one or more criteria.
        claim: The point on the criteria's scale that this observation claims.
        source: The kind of source.
        author: Id of whoever recorded it.
        date: The day that it was observed.
        review_point: The review that it was recorded for, when it was recorded for one.
        note: Free text; no rule reads it.
        attachments: Files that show it.
        moderated_by: Id of whoever agreed the claim with the person; then it counts in full in the agreed view.
        accepted_from: Id of the record of another framework that this one was accepted from.
        accepted_by: Id of whoever accepted it, and judged what it shows here.
    """

    id: Identifier
    person: Identifier
    framework: Identifier
    criteria: tuple[Identifier, ...] = Field(min_length=1)


FACT_PATTERN = rf"^[^{_UNSEEN}]*$"
#: What a fact says; where it is free text, it is shown as it was written.
FactText = Annotated[
    str,
    Field(
        min_length=1,
        max_length=2000,
        pattern=FACT_PATTERN,
        description="Up to 2,000 characters that can be seen, on one line.",
    ),
]


Fte = Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]


class Person(BaseModel):
    """What Bandstand may know of a person: the role, never the protected characteristics.

    Attributes:
        person: The person's id.
        grade: The grade, as ``teaching:UPS1`` or, where one strand alone has it, ``UPS1``.
        roles: Ids of roles that the framework names.
        strand: The framework's strand (teaching, non-teaching, governance), when the grade alone leaves it open.
        fte: Full-time equivalent of the contract, above 0 and at most 1.
        in_role_since: The day that the person entered the present role.
        career_stage: Such as ``ECT1``, ``ECT2`` or ``MPR``.
        flags: Ids of flags that the framework declares.
        school: Where the person works. Reports may count by it; no rule can read it.
        facts: What else frameworks ask for, by the fact's id.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    person: Identifier
    grade: str | None = None
    roles: tuple[str, ...] = ()
    strand: str | None = None
    fte: Fte | None = None
    in_role_since: PlainDate | None = None
    career_stage: str | None = None
    flags: tuple[str, ...] = ()
    school: Identifier | None = None
    facts: dict[str, FactText] = Field(default_factory=dict)


#: Columns that staff lists often have and that no rule may read (Equality Act 2010, section 4); readers leave them out.
PROTECTED_FIELDS = frozenset(
    {
        "age",
        "date_of_birth",
        "dob",
        "disability",
        "gender",
        "gender_reassignment",
        "ethnicity",
        "marital_status",
        "marriage",
        "maternity",
        "nationality",
        "pregnancy",
        "race",
        "religion",
        "belief",
        "sex",
        "sexual_orientation",
    }
)


def is_protected(name: str) -> bool:
    """Whether a name is that of a protected characteristic, in whatever letter case and with whatever between words."""
    return "_".join(re.split(r"[\s_-]+", name.strip().casefold())) in PROTECTED_FIELDS
