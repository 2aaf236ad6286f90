"""People and evidence as a batch: numbered once, with whoever is only in the evidence."""

from __future__ import annotations

import datetime as dt

import pytest

from bandstand.cohort.batch import Saying
from bandstand.cohort.people import batch_of
from bandstand.models.evidence import EvidenceSource, Person
from support import record


def test_what_people_and_records_have_alike_is_told_once() -> None:
    people = [Person(person="P-1", grade="G1", school="S-1"), Person(person="P-2", grade="G1")]
    batch = batch_of(people, [record("A.1", date="1970-01-02"), record("A.1", person="P-2", moderated_by="A-1")])
    assert batch.people.to_pylist() == ["P-1", "P-2"]
    assert batch.school.to_pylist() == ["S-1", None]
    assert batch.profiles == [Person(person="-"), Person(person="-", grade="G1")]
    assert batch.profile.tolist() == [1, 1]
    said = Saying("ladder", ("A.1",), "met", EvidenceSource.APPRAISER, None, moderated=False)
    assert batch.sayings == [said, said._replace(moderated=True)]
    rows = batch.rows
    day = (dt.date(2025, 7, 1) - dt.date(1970, 1, 1)).days
    assert (rows.person.tolist(), rows.saying.tolist(), rows.day.tolist()) == ([0, 1], [0, 1], [1, day])


def test_whoever_is_only_in_the_evidence_comes_after_the_others_and_is_nobody_in_particular() -> None:
    batch = batch_of([Person(person="P-2", grade="G1")], [record("A.1"), record("A.2", person="P-2")])
    assert batch.people.to_pylist() == ["P-2", "P-1"]
    assert [batch.profiles[at].grade for at in batch.profile] == ["G1", None]
    assert batch.rows.person.tolist() == [1, 0]


def test_a_batch_may_have_no_evidence() -> None:
    batch = batch_of([Person(person="P-1")], [])
    assert batch.rows.person.tolist() == []
    assert batch.profile.tolist() == [0]


def test_nobody_is_given_twice() -> None:
    with pytest.raises(ValueError, match="somebody is given twice"):
        batch_of([Person(person="P-1"), Person(person="P-1")], [])
