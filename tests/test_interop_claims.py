"""What a record may claim: a point of its criterion's scale, and what was accepted from another framework."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from typing import TYPE_CHECKING, Any

import pytest

import support
from bandstand.candidates import candidates, to_accept
from bandstand.interop.inbox import Inbox, read_evidence
from bandstand.models.evidence import Attachment, Evidence
from bandstand.models.guidance import Crosswalk
from bandstand.models.standard import Standard

if TYPE_CHECKING:
    from pathlib import Path

    from bandstand.models.problem import Problem
    from bandstand.packs.pack import Pack

TODAY = dt.date(2026, 7, 31)
POINTS = ("begins", "grows", "leads")


def scale(name: str, *, ordinal: bool) -> dict[str, Any]:
    points = [{"id": p, "label": p.title(), "summary": f"It {p}.", "source": 1} for p in POINTS]
    return {"id": name, "label": name.title(), "ordinal": ordinal, "points": points, "source": 1}


def criterion(name: str, **fields: Any) -> dict[str, Any]:
    return {"id": name, "label": name, "descriptor": "Does it.", "set": "sheet", "source": 1, **fields}


def points(**fields: Any) -> list[dict[str, Any]]:
    return [{"at": p, "source": 1, **fields.get(p, {"descriptor": f"It {p}."})} for p in POINTS]


STATEMENTS = [
    {"id": f"2.1.grows.{n}", "label": f"Part {n}", "descriptor": "Does it.", "source": 1} for n in range(1, 3)
]
LOST: dict[str, Any] = {"status": "missing", "note": "The cell is empty."}
FRAMEWORK = support.framework(
    id="map", scales=[scale("growth", ordinal=True), scale("stage", ordinal=False)], review_points=support.REVIEWS
)
STANDARD = Standard.model_validate(
    {
        "id": "S",
        "label": "Standard",
        "summary": "A standard.",
        "source": 1,
        "criteria": [
            criterion("A", scale="growth", points=points()),
            criterion("2.1", scale="stage", points=points(grows={"statements": STATEMENTS}, leads=LOST)),
            criterion("C"),
            criterion("N", scale="stage", points=points(begins=LOST, grows=LOST, leads=LOST)),
        ],
    }
)
PACKS = {"map": support.pack(FRAMEWORK, STANDARD)}
RECORD: dict[str, Any] = {
    "id": "e-1",
    "person": "P-0001",
    "framework": "map",
    "criteria": ["C"],
    "claim": "met",
    "source": "self",
    "date": "2026-01-12",
}


def read(folder: Path, **changes: object) -> Inbox:
    """One record, good but for ``changes``; None takes a field out."""
    record = {name: value for name, value in {**RECORD, **changes}.items() if value is not None}
    (folder / "e.jsonl").write_text(json.dumps(record), "utf-8")
    return read_evidence([folder / "e.jsonl"], PACKS, today=TODAY)


def only(inbox: Inbox) -> Problem:
    assert len(inbox.problems) == 1, "\n".join(map(str, inbox.problems))
    assert inbox.evidence == []
    return inbox.problems[0]


@pytest.mark.parametrize(
    ("criteria", "claim"),
    [
        ("A", "grows"),
        ("A", "not_met"),
        ("A@grows", "met"),
        ("2.1@grows", "partly_met"),
        ("2.1@begins", "met"),
        ("2.1.grows.2", "not_met"),
        ("C", "met"),
    ],
)
def test_evidence_may_name_a_criterion_a_point_or_a_statement(tmp_path: Path, criteria: str, claim: str) -> None:
    (record,) = read(tmp_path, criteria=criteria, claim=claim).evidence
    assert (record.criteria, record.claim) == ((criteria,), claim)


def test_a_point_may_be_written_as_people_write_it(tmp_path: Path) -> None:
    (record,) = read(tmp_path, criteria="A", claim=" Grows ").evidence
    assert record.claim == "grows"


def test_one_record_may_name_points_of_several_criteria(tmp_path: Path) -> None:
    (record,) = read(tmp_path, criteria="A@grows; 2.1@begins; C").evidence
    assert record.criteria == ("A@grows", "2.1@begins", "C")


@pytest.mark.parametrize(
    ("criteria", "claim", "message", "remedy"),
    [
        ("A", "met", '"met" is not a claim that can be made of A.', "Write not_met, begins, grows or leads."),
        ("C", "grows", '"grows" is not a claim that can be made of C.', "Write not_met, partly_met or met."),
        (
            "A@grows",
            "leads",
            '"leads" is not a claim that can be made of A@grows.',
            "Write met, partly_met or not_met.",
        ),
        ("C", "growz", '"growz" is not a claim.', "It is one of not_met, partly_met, met, begins, grows, leads."),
        # The nearest word says the opposite.
        ("C", "Unmet", '"Unmet" is not a claim.', "It is one of not_met, partly_met, met, begins, grows, leads."),
        ("C", "Grows", '"Grows" is not a claim that can be made of C.', "Write not_met, partly_met or met."),
        ("C", "!", '"!" is not a claim.', "It is one of not_met, partly_met, met, begins, grows, leads."),
    ],
)
def test_a_claim_that_cannot_be_made_names_those_that_can(
    tmp_path: Path, criteria: str, claim: str, message: str, remedy: str
) -> None:
    problem = only(read(tmp_path, criteria=criteria, claim=claim))
    assert (problem.code, problem.place.path, problem.value) == ("not-a-claim", "claim", claim)
    assert (problem.message, problem.remedy) == (message, remedy)


def test_a_bad_claim_is_told_along_with_whatever_else_is_wrong(tmp_path: Path) -> None:
    inbox = read(tmp_path, claim="splendid", date="12/01/2026", source="boss")
    assert [problem.place.path for problem in inbox.problems] == ["claim", "date", "source"]


@pytest.mark.parametrize("claim", ["met", "grows"])
def test_a_criterion_described_point_by_point_cannot_be_claimed_without_its_point(tmp_path: Path, claim: str) -> None:
    problem = only(read(tmp_path, criteria="2.1", claim=claim))
    assert (problem.code, problem.place.path, problem.value) == ("which-point", "criteria", "2.1")
    assert problem.message == "2.1 is described point by point, and the evidence does not say which it is about."
    assert problem.remedy == "Write 2.1@begins or 2.1@grows."


def test_a_criterion_of_which_the_document_lost_every_point_cannot_be_claimed_at_all(tmp_path: Path) -> None:
    problem = only(read(tmp_path, criteria="N"))
    assert (problem.code, problem.remedy) == ("which-point", "The document has no text for it; leave it out.")


def test_a_point_that_the_document_lost_is_no_criterion(tmp_path: Path) -> None:
    problem = only(read(tmp_path, criteria="2.1@leads"))
    assert problem.code == "unknown-criterion"


@pytest.mark.parametrize(
    ("criteria", "said", "remedy"),
    [
        ("A@growz", " (A has A@begins, A@grows, A@leads).", "Write the one that it is about."),
        ("2.1@stays", " (2.1 has 2.1@begins, 2.1@grows).", "Write the one that it is about."),
        ("2.1 grows", ".", "Write 2.1@grows."),
        ("A @ Grows", ".", "Write A@grows, without the space."),
        ("A@Gr-ows", ".", "Write A@grows."),
        ("S", " (S has A, 2.1, C and N).", "Write the one that it is about."),
    ],
)
def test_a_criterion_that_is_not_there_is_answered_with_what_there_is_and_no_point_is_guessed_at(
    tmp_path: Path, criteria: str, said: str, remedy: str
) -> None:
    problem = only(read(tmp_path, criteria=[criteria]))
    assert problem.code == "unknown-criterion"
    assert problem.message == f'"{criteria}" is not a criterion of map 2024.1{said}'
    assert problem.remedy == remedy


def test_a_space_within_an_id_is_told_once_and_takes_no_other_criterion_with_it(tmp_path: Path) -> None:
    inbox = read(tmp_path, criteria="C A@ grows; 2.1 grows C")
    assert [(p.value, p.remedy) for p in inbox.problems] == [
        ("2.1 grows", "Write 2.1@grows."),
        ("A@ grows", "Write A@grows, without the space."),
    ]


@pytest.mark.parametrize("criteria", ["a@GROWS; c", ["a@GROWS", "c"]])
def test_an_id_in_another_letter_case_is_read_as_that_id(tmp_path: Path, criteria: object) -> None:
    (record,) = read(tmp_path, criteria=criteria).evidence
    assert record.criteria == ("A@grows", "C")


def test_ids_that_differ_in_letter_case_alone_are_never_taken_for_one_another(tmp_path: Path) -> None:
    packs = {"map": support.pack(FRAMEWORK, support.standard_of("S", criterion("T.a"), criterion("T.A")))}
    (tmp_path / "e.jsonl").write_text(json.dumps({**RECORD, "criteria": ["T.A"]}) + "\n", "utf-8")
    assert read_evidence([tmp_path / "e.jsonl"], packs, today=TODAY).evidence[0].criteria == ("T.A",)
    packs = {"map": support.pack(FRAMEWORK, support.standard_of("S", criterion("Tab"), criterion("tAb")))}
    (tmp_path / "e.jsonl").write_text(json.dumps({**RECORD, "criteria": ["TAB"]}) + "\n", "utf-8")
    assert only(read_evidence([tmp_path / "e.jsonl"], packs, today=TODAY)).code == "unknown-criterion"


def test_evidence_accepted_from_another_framework_names_the_record_and_whoever_accepted_it(tmp_path: Path) -> None:
    (record,) = read(tmp_path, accepted_from="e-0", accepted_by=7).evidence
    assert (record.accepted_from, record.accepted_by) == ("e-0", "7")


@pytest.mark.parametrize("half", [{"accepted_from": "e-0"}, {"accepted_by": "A-1"}])
def test_evidence_accepted_by_nobody_or_from_nowhere_is_refused(tmp_path: Path, half: dict[str, str]) -> None:
    problem = only(read(tmp_path, **half))
    assert (problem.code, problem.place.path) == ("half-accepted", "accepted_by")
    assert problem.message == "Evidence accepted from another framework names both the record and whoever accepted it."
    assert problem.remedy == "Fill in both accepted_from and accepted_by, or neither."
    with pytest.raises(ValueError, match="names both the record and whoever accepted it"):
        Evidence.model_validate({**RECORD, **half})


def test_nobody_accepts_evidence_about_themselves(tmp_path: Path) -> None:
    problem = only(read(tmp_path, accepted_from="e-0", accepted_by="P-0001"))
    assert (problem.code, problem.place.path) == ("agreed-with-oneself", "accepted_by")


def test_accepting_evidence_changes_the_id_that_is_made_of_it(tmp_path: Path) -> None:
    (one,) = read(tmp_path, id=None).evidence
    (other,) = read(tmp_path, id=None, accepted_from="e-0", accepted_by="A-1").evidence
    assert one.id != other.id


def linked(name: str, *others: str) -> Pack:
    """A pack of one criterion, which is linked with the criterion of each of the other packs."""
    link = {"from": f"{name}.1", "relation": "same_subject", "basis": "stated", "source": 1}
    crosswalks = tuple(
        Crosswalk.model_validate(
            {"to": to, "label": to, "summary": "Another.", "source": 1, "links": [{**link, "to": [f"{to}.1"]}]}
        )
        for to in others
    )
    standard = support.standard_of(name, criterion(f"{name}.1"))
    return support.pack(support.framework(id=name), standard, crosswalks=crosswalks)


LINKED = {"one": linked("one", "two", "three"), "two": linked("two", "three"), "three": linked("three")}


def observed(name: str, framework: str, accepted_from: str | None = None, **fields: Any) -> Evidence:
    accepted = {} if accepted_from is None else {"accepted_from": accepted_from, "accepted_by": "A-1"}
    given = {"id": name, "framework": framework, "criteria": [f"{framework}.1"], **accepted, **fields}
    return Evidence.model_validate({**RECORD, **given})


def offered(to: str, *records: Evidence) -> list[str]:
    return [candidate.evidence for candidate in candidates(iter(records), LINKED, to)]


def test_a_record_that_was_accepted_is_not_offered_again_and_one_that_came_from_there_is_not_offered_back() -> None:
    first, other = observed("e-1", "one"), observed("e-2", "one")
    accepted = observed("e-3", "two", "e-1")
    assert offered("two", first, other, accepted) == ["e-2"]
    assert offered("one", first, other, accepted) == []
    assert offered("three", first, other, accepted) == ["e-1", "e-2", "e-3"]


def test_an_observation_that_went_through_several_frameworks_is_offered_to_none_that_has_it() -> None:
    passed_on = [observed("e-1", "one"), observed("e-2", "two", "e-1"), observed("e-3", "three", "e-2")]
    assert [offered(to, *passed_on) for to in LINKED] == [[], [], []]
    # Where the first record is not among the files, the others still are of one origin.
    assert [offered(to, *passed_on[1:]) for to in LINKED] == [["e-2", "e-3"], [], []]


def test_records_that_name_one_another_in_a_circle_are_of_one_origin() -> None:
    assert offered("two", observed("e-1", "one", "e-2"), observed("e-2", "two", "e-1")) == []


def test_a_candidate_keeps_its_attachments_when_it_is_accepted(tmp_path: Path) -> None:
    files = [{"uri": "https://files.example/1, 2", "sha256": "0" * 64}, {"uri": "=plan"}]
    record = observed("e-1", "one", attachments=[*files, {"uri": "https://files.example/a;b"}])
    found = candidates([record], LINKED, "two")
    assert found[0].attachments == record.attachments
    (row,) = csv.DictReader(io.StringIO(to_accept(found)))
    assert row["note"].endswith(" Left out, for the ; in the address: one attachment.")
    row.update(criteria="two.1", claim="met", accepted_by="A-1")
    with (tmp_path / "accept.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(row))
        writer.writeheader()
        writer.writerow(row)
    inbox = read_evidence([tmp_path / "accept.csv"], LINKED, today=TODAY)
    assert inbox.problems == []
    assert inbox.evidence[0].attachments == tuple(map(Attachment.model_validate, files))
