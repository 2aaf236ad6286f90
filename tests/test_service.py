"""The use cases over the frameworks that are installed: what is asked of whom, and what is said of what is left out."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from bandstand.errors import NotFoundError, RefusedError
from bandstand.service import Docket, Question, Service
from commands import write_csv

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def service() -> Service:
    return Service(durable=False, today=dt.date(2025, 8, 1))


def row(name: str, framework: str, criteria: str, person: str = "P-1", **fields: str) -> dict[str, str]:
    given = {"id": name, "person": person, "framework": framework, "criteria": criteria, "claim": "met"}
    return {**given, "source": "appraiser", "date": "2025-07-01", **fields}


ROWS = [
    row("E-1", "smart_equip", "L1.1"),
    row("E-2", "cat_toolkit", "1a.i", claim="high_impact"),
    row("E-3", "hampshire_careers", "1.1@MPR"),
    row("E-4", "npqel", "2.LT1"),
]


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "evidence.csv", ROWS)


def cases(docket: Docket) -> list[tuple[str, str]]:
    return [(case.evaluator.pack.id, case.outcome) for case in docket.cases]


def test_a_framework_that_does_not_serve_the_purpose_is_left_out_with_its_reason_where_others_do(
    service: Service, evidence: Path
) -> None:
    docket = service.prepare([evidence], question=Question(purpose="pay"))
    assert cases(docket) == [("hampshire_careers", "rating")]
    refused = [note for note in docket.notes if note.startswith("Left out. ")]
    assert [note.split()[2] for note in refused] == ["cat_toolkit", "npqel", "smart_equip"]
    assert all(" does not serve pay (line" in note for note in refused)


@pytest.mark.parametrize("framework", [None, "cat_toolkit"])
def test_where_nothing_serves_the_purpose_all_is_refused(
    framework: str | None, service: Service, tmp_path: Path
) -> None:
    path = write_csv(tmp_path / "evidence.csv", [ROWS[1]])
    with pytest.raises(RefusedError, match=r"cat_toolkit 1\.0 does not serve pay"):
        service.prepare([path], question=Question(purpose="pay", framework=framework))


def test_what_a_framework_is_for_is_told_in_full_when_it_is_asked_for_something_else(
    service: Service, evidence: Path
) -> None:
    with pytest.raises(RefusedError) as caught:
        service.prepare([evidence], question=Question(purpose="promotion", framework="hampshire_careers"))
    told = str(caught.value)
    assert 'names no purpose "promotion". It serves appraisal, pay and development (lines ' in told
    lines = told.partition("(lines ")[2].partition(")")[0].split(", ")
    assert len(lines) == len(set(lines))


def test_what_stands_between_is_told_of_outcomes_with_that_level_and_the_others_come_without(
    service: Service, evidence: Path
) -> None:
    docket = service.prepare([evidence], question=Question(people=("P-1",)))
    told = {(done.framework, done.outcome): why for done, why in docket.explained(1)}
    assert len(told) == len(docket.cases) > 3
    stands_between = {key: (why.level, why.held) for key, why in told.items() if why is not None}
    assert stands_between == {("smart_equip", "ladder"): (1, False)}


@pytest.mark.parametrize(
    ("framework", "told"),
    [("smart_equip", "no level 11; the levels are 1, 2,"), ("npqel", "no level 11; it has no levels")],
)
def test_a_level_that_nothing_has_is_refused_before_anything_is_explained(
    framework: str, told: str, service: Service, evidence: Path
) -> None:
    docket = service.prepare([evidence], question=Question(framework=framework))
    with pytest.raises(NotFoundError, match=told):
        docket.explained(11)


@pytest.mark.parametrize("since", ["2025-07-01", "2025-07-02"])
def test_no_time_has_passed_since_a_day_that_is_not_before_the_as_of_date(
    since: str, service: Service, evidence: Path
) -> None:
    question = Question(as_of=dt.date(2025, 7, 1), since=dt.date.fromisoformat(since))
    with pytest.raises(NotFoundError, match=r"There is no time to compare: \d July 2025 is not before 1 July 2025"):
        service.prepare([evidence], question=question)


def test_evidence_for_what_is_not_asked_is_counted_as_left_out_by_framework_or_by_outcome(
    service: Service, evidence: Path
) -> None:
    by_framework = service.prepare([evidence], question=Question(framework="npqel"))
    assert "Left out, being for other frameworks than npqel: 3 records." in by_framework.notes
    by_outcome = service.prepare([evidence], question=Question(outcome="ladder"))
    assert "Left out, being for other frameworks than those with the outcome ladder: 3 records." in by_outcome.notes


def test_whoever_is_not_on_the_staff_list_is_named_where_grade_or_stage_matters(
    service: Service, evidence: Path, tmp_path: Path
) -> None:
    staff = write_csv(tmp_path / "people.csv", [{"person": "P-2", "grade": "UPS1"}])
    note = "Not on the list, and so without grade or career stage: one person (P-1)."
    for framework in ("smart_equip", "hampshire_careers"):
        assert note in service.prepare([evidence], staff, Question(framework=framework)).notes
    assert note not in service.prepare([evidence], staff, Question(framework="cat_toolkit")).notes


def test_somebody_whose_rows_could_not_be_read_is_not_said_to_be_unheard_of(service: Service, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "evidence.csv", [ROWS[0], row("E-9", "smart_equip", "L99.1", person="P-9")])
    with pytest.raises(NotFoundError, match=r"in what could be read of these files.*Without --keep-going") as caught:
        service.prepare([path], question=Question(people=("P-9",), keep_going=True))
    assert '"P-9"' in str(caught.value)
