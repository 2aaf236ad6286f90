"""Facts in people files: what frameworks ask besides, in columns of their own or under ``facts``."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

import pytest
import xlsxwriter  # type: ignore[import-untyped]  # it ships no types

import support
from bandstand.interop.people import PeopleList, read_people
from bandstand.models.evidence import Person

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bandstand.models.problem import Problem


def fact(name: str, *values: str, **fields: Any) -> dict[str, Any]:
    options = [{"id": value, "label": value.title()} for value in values]
    question = f"What is the {name.replace('_', ' ')}?"
    return {"id": name, "label": name.title(), "question": question, "values": options, "source": 1, **fields}


PACKS = {
    "one": support.pack(
        support.framework(
            id="one",
            facts=[
                fact("rating", "exceptional", "achieved", "not_met"),
                fact("pay_eligible", "yes", "no"),
                fact("pay_switch", "none", "partial", of="trust"),
            ],
        )
    ),
    "other": support.pack(support.framework(id="other", facts=[fact("context"), fact("last_year", "2023", "2024")])),
}


HEAD = ["person", "context"]


def read(path: Path) -> PeopleList:
    return read_people(path, PACKS)


def read_table(folder: Path, *rows: Sequence[object]) -> PeopleList:
    with (folder / "p.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return read(folder / "p.csv")


def read_workbook(folder: Path, *rows: Sequence[object]) -> PeopleList:
    book = xlsxwriter.Workbook(str(folder / "p.xlsx"))
    page = book.add_worksheet("Staff")
    for at, row in enumerate(rows):
        page.write_row(at, 0, row)
    book.close()
    return read(folder / "p.xlsx")


def read_json(folder: Path, **record: object) -> PeopleList:
    (folder / "p.json").write_text(json.dumps([{"person": "P-1", **record}]), "utf-8")
    return read(folder / "p.json")


def only(people: PeopleList) -> Problem:
    assert len(people.problems) == 1, "\n".join(map(str, people.problems))
    assert people.people == {}
    assert people.rejected == {"P-1"}
    return people.problems[0]


def test_each_fact_of_each_framework_has_a_column_of_its_own(tmp_path: Path) -> None:
    head = ["person", "Rating", "Pay eligible", "context", "last_year"]
    people = read_table(
        tmp_path, head, ["P-1", "Achieved", "YES", "A coastal school.", "2024"], ["P-2", "", "", "", ""]
    )
    assert people.problems == []
    assert people.people["P-1"].facts == {
        "rating": "achieved",
        "pay_eligible": "yes",
        "context": "A coastal school.",
        "last_year": "2024",
    }
    assert people.people["P-2"].facts == {}


def test_json_gives_facts_by_their_ids_or_as_fields_of_the_record(tmp_path: Path) -> None:
    given = {"rating": "achieved", "context": "A coastal school."}
    together = read_json(tmp_path, facts=given)
    apart = read_json(tmp_path, **given)
    assert together.problems == []
    assert together.people == apart.people
    assert together.people["P-1"].facts == given


def test_a_workbook_s_truth_and_numbers_are_the_answers_that_were_meant(tmp_path: Path) -> None:
    head = ["person", "pay_eligible", "last_year"]
    people = read_workbook(tmp_path, head, ["P-1", True, 2024.0], ["P-2", False, 2023])
    assert people.problems == []
    assert people.people["P-1"].facts == {"pay_eligible": "yes", "last_year": "2024"}
    assert people.people["P-2"].facts == {"pay_eligible": "no", "last_year": "2023"}


@pytest.mark.parametrize(("yes", "no"), [("TRUE", "FALSE"), ("True", "false")])
def test_a_workbook_s_truth_is_the_same_answer_once_it_is_saved_as_csv(tmp_path: Path, yes: str, no: str) -> None:
    people = read_table(tmp_path, ["person", "pay_eligible"], ["P-1", yes], ["P-2", no])
    assert people.problems == []
    assert [person.facts["pay_eligible"] for person in people.people.values()] == ["yes", "no"]
    assert only(read_table(tmp_path, ["person", "rating"], ["P-1", yes])).code == "unknown-fact-value"


def test_truth_and_numbers_in_json_are_read_alike(tmp_path: Path) -> None:
    people = read_json(tmp_path, facts={"pay_eligible": True, "last_year": 2024})
    assert people.people["P-1"].facts == {"pay_eligible": "yes", "last_year": "2024"}


def test_an_empty_field_takes_nothing_away_from_what_facts_gives(tmp_path: Path) -> None:
    people = read_json(tmp_path, facts={"rating": "achieved"}, rating=None, pay_eligible="no")
    assert people.people["P-1"].facts == {"rating": "achieved", "pay_eligible": "no"}


@pytest.mark.parametrize(
    ("name", "value", "code", "message", "remedy"),
    [
        (
            "rating",
            "exceptionl",
            "unknown-fact-value",
            '"exceptionl" is not an answer to "What is the rating?"',
            "It is one of exceptional, achieved, not_met.",
        ),
        (
            # The nearest word says the opposite.
            "rating",
            "met",
            "unknown-fact-value",
            '"met" is not an answer to "What is the rating?"',
            "It is one of exceptional, achieved, not_met.",
        ),
        (
            "pay_eligible",
            "1",
            "unknown-fact-value",
            '"1" is not an answer to "What is the pay eligible?"',
            "It is one of yes, no.",
        ),
        (
            "pay_eligible",
            "perhaps",
            "unknown-fact-value",
            '"perhaps" is not an answer to "What is the pay eligible?"',
            "It is one of yes, no.",
        ),
        (
            "pay_switch",
            "partial",
            "trust-setting",
            '"pay_switch" is the trust\'s setting for everybody, and not of one person.',
            "Take the column out, and give it as --set pay_switch=partial.",
        ),
    ],
)
def test_a_fact_that_cannot_be_taken_is_said_plainly_wherever_it_stands(
    tmp_path: Path, name: str, value: str, code: str, message: str, remedy: str
) -> None:
    for people, row in (
        (read_table(tmp_path, ["person", name], ["P-1", value]), 2),
        (read_json(tmp_path, facts={name: value}), None),
    ):
        problem = only(people)
        assert (problem.code, problem.message, problem.remedy) == (code, message, remedy)
        assert (problem.place.path, problem.place.row, problem.value) == (name, row, value)


def test_a_fact_that_no_framework_asks_for_suggests_the_nearest(tmp_path: Path) -> None:
    problem = only(read_json(tmp_path, facts={"ratting": "achieved"}))
    assert problem.code == "unknown-fact"
    assert problem.message == '"ratting" is not a fact that any framework asks for.'
    assert problem.remedy == "Did you mean rating?"


def test_a_column_that_no_framework_asks_for_is_an_unknown_column_that_suggests_the_nearest(tmp_path: Path) -> None:
    people = read_table(tmp_path, ["person", "ratting"], ["P-1", "achieved"])
    assert [(p.code, p.place.path, p.remedy) for p in people.problems] == [
        ("unknown-column", "ratting", "Did you mean rating?")
    ]
    assert people.people["P-1"].facts == {}


def test_a_protected_characteristic_is_refused_among_the_facts(tmp_path: Path) -> None:
    problem = only(read_json(tmp_path, facts={"religion": "x"}))
    assert problem.code == "protected-characteristic"
    assert problem.message == '"religion" is a protected characteristic, which never reaches a rule.'
    assert problem.remedy == "Take it out."


@pytest.mark.parametrize("facts", ["rating=achieved", ["rating"], 7])
def test_facts_that_are_no_object_say_how_to_write_them(tmp_path: Path, facts: object) -> None:
    problem = only(read_json(tmp_path, facts=facts))
    assert (problem.code, problem.place.path) == ("bad-value", "facts")
    assert problem.remedy == "Write each fact by its id with a text, or give it a column of its own."


def test_every_bad_fact_of_a_row_is_told_along_with_whatever_else_is_wrong(tmp_path: Path) -> None:
    people = read_table(tmp_path, ["person", "rating", "pay_eligible", "fte"], ["P-1", "good", "maybe", "2"])
    assert sorted((p.code, p.place.path) for p in people.problems) == [
        ("bad-value", "fte"),
        ("unknown-fact-value", "pay_eligible"),
        ("unknown-fact-value", "rating"),
    ]


def test_a_fact_longer_than_anybody_would_write_is_refused(tmp_path: Path) -> None:
    problem = only(read_json(tmp_path, facts={"context": "x" * 2001}))
    assert (problem.code, problem.place.path) == ("bad-value", "facts.context")
    assert "is too long" in problem.message


@pytest.mark.parametrize(
    "text", ["By the sea.\x1b[2J", "By the sea.\nMind: forged", "By\tthe sea.", "\u202eaes", "sea\u200b", "sea\x85side"]
)
def test_free_text_holds_nothing_that_cannot_be_seen(tmp_path: Path, text: str) -> None:
    for people in (read_json(tmp_path, facts={"context": text}), read_table(tmp_path, HEAD, ["P-1", text])):
        problem = only(people)
        assert (problem.code, problem.place.path) == ("bad-value", "context")
        assert problem.message.endswith(" has a line break, or a character that cannot be seen.")
        assert problem.remedy == "Write it on one line, with characters that can be seen."
        assert str(problem).isprintable()
    with pytest.raises(ValueError, match="should match pattern"):
        Person(person="P-1", facts={"context": text})


def test_an_answer_may_be_broken_into_lines_as_its_cell_was(tmp_path: Path) -> None:
    assert read_table(tmp_path, ["person", "rating"], ["P-1", "Not\nmet"]).people["P-1"].facts == {"rating": "not_met"}


@pytest.mark.parametrize(("value", "kind"), [(["a", "b"], "a list"), ({"a": 1}, "an object"), ({}, "an object")])
@pytest.mark.parametrize("name", ["context", "rating"])
def test_a_list_or_an_object_is_no_answer(tmp_path: Path, name: str, value: object, kind: str) -> None:
    for people in (read_json(tmp_path, facts={name: value}), read_json(tmp_path, **{name: value})):
        problem = only(people)
        assert (problem.code, problem.place.path) == ("bad-value", name)
        assert f'" is {kind}, and no answer to "What is the ' in problem.message
        assert problem.remedy == "Write one answer, as a text."


def test_a_fact_s_own_name_is_quoted_safely(tmp_path: Path) -> None:
    problem = only(read_json(tmp_path, facts={"con\x1b[2Jtext\nMind: forged": "x"}))
    assert problem.code == "unknown-fact"
    assert problem.place.path == "con\ufffd[2Jtext Mind: forged"
    assert str(problem).isprintable()


def test_a_protected_characteristic_is_known_however_it_is_written(tmp_path: Path) -> None:
    problem = only(read_json(tmp_path, facts={"Sexual-Orientation": "y"}))
    assert problem.code == "protected-characteristic"
