"""Reads people: who there is, with grade and roles, and never a protected characteristic."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from bandstand.interop.columns import ColumnWatch
from bandstand.interop.csv_rows import read_csv
from bandstand.interop.json_rows import read_json, read_json_lines
from bandstand.interop.rows import Limits, RawRow, read_rows
from bandstand.interop.shape import shape_problems
from bandstand.interop.source import (
    PEOPLE,
    file_problem,
    folded,
    is_blank,
    number_text,
    quoted,
    squeezed,
    unambiguous,
)
from bandstand.interop.xlsx_rows import read_xlsx
from bandstand.models.evidence import FACT_PATTERN, Person, is_protected
from bandstand.models.problem import Problem, by_place
from bandstand.rules.base import did_you_mean, one_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from bandstand.interop.rows import EvidenceReader
    from bandstand.interop.source import Headings
    from bandstand.models.framework import FactAsked
    from bandstand.packs.pack import Pack

_FIELDS = frozenset(PEOPLE.known)
_EVERY = 40
_BETWEEN = re.compile(r"[;,|]")
_LISTS = {"roles": "role", "flags": "flag"}
_WORDS = {"strand": "strand", "career_stage": "career-stage"}


@dataclass(slots=True)
class PeopleList:
    """Who was read.

    Attributes:
        people: Person's id -> person, in the file's order.
        problems: What is wrong with the other rows and with the file, sorted by place.
        notes: What a user should know and need not mend.
        rejected: Ids of people whose row has a problem.
    """

    people: dict[str, Person] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    rejected: set[str] = field(default_factory=set)


def read_people(path: Path, packs: Mapping[str, Pack], *, limits: Limits = Limits()) -> PeopleList:  # noqa: B008 - frozen
    """Read people from a CSV, JSON Lines, JSON or XLSX file, reporting every bad row together.

    Args:
        path: The file.
        packs: Framework id -> pack; a grade, role, stage or flag is known when one of them knows it.
        limits: How much the file may hold.

    Returns:
        The good people, the problems and notes. A grade stays as it was written: each framework reads it for itself.
    """
    check = PersonCheck(packs)
    people, columns = PeopleList(), ColumnWatch(check.headings)
    places: dict[str, str] = {}
    for item in read_rows(path, limits, people_readers(check.headings)):
        if isinstance(item, Problem):
            people.problems.append(item)
        else:
            people.problems.extend(columns.problems(item))
            result = check.person(item)
            name = str(_cleaned(item).get("person", "")).strip()
            is_first = name not in places
            if name:
                # A bad row counts as well: that somebody stands twice is told along with whatever else is wrong.
                first = places.setdefault(name, str(item))
                people.problems.extend([] if is_first else [duplicate(name, item, first)])
            if isinstance(result, list):
                people.problems.extend(result)
                people.rejected.add(name)
            elif is_first:
                people.people[name] = result
        if len(people.problems) > limits.max_problems:
            message = f"There are more than {limits.max_problems:,} problems; the rest was not read."
            remedy = "Mend what is wrong with every row first, such as a column's grades, and read it again."
            people.problems.append(file_problem(path, "too-many-problems", message, remedy))
            break
    people.problems = by_place(people.problems)
    people.notes.extend(columns.notes)
    return people


def people_readers(headings: Headings) -> dict[str, EvidenceReader]:
    """What reads a staff list, by the ending of its name in small letters."""
    return {
        ".jsonl": partial(read_json_lines, headings=headings),
        ".ndjson": partial(read_json_lines, headings=headings),
        ".json": partial(read_json, headings=headings),
        ".csv": partial(read_csv, headings=headings),
        ".tsv": partial(read_csv, headings=headings),
        ".xlsx": partial(read_xlsx, headings=headings),
        ".xlsm": partial(read_xlsx, headings=headings),
    }


class PersonCheck:
    """Checks people against what the installed frameworks know and ask for.

    Attributes:
        headings: The columns of a staff list: those that every list may have, and the facts that frameworks ask for.
    """

    def __init__(self, packs: Mapping[str, Pack]) -> None:
        asked: dict[str, list[FactAsked]] = {}
        for pack in packs.values():
            for fact in pack.framework.facts:
                asked.setdefault(fact.id, []).append(fact)
        self._asked = asked
        self.headings = replace(PEOPLE, known=(*PEOPLE.known, *asked))
        self._packs = [pack for pack in packs.values() if pack.framework.grades]
        frameworks = [pack.framework for pack in packs.values()]
        options: dict[str, list[tuple[str, str]]] = {
            "roles": [(r.id, r.label) for f in frameworks for r in f.roles],
            "flags": [(o.id, o.label) for f in frameworks for o in f.flags],
            "career_stage": [(o.id, o.label) for f in frameworks for o in f.career_stages],
            "strand": [
                *((o.id, o.label) for f in frameworks for o in f.strands),
                *((g.strand, g.strand) for f in frameworks for g in f.grades),
            ],
        }
        self._ids = {name: list(dict.fromkeys(known for known, _ in pairs)) for name, pairs in options.items()}
        self._known = {
            name: unambiguous((squeezed(word), pair[0]) for pair in pairs for word in pair)
            for name, pairs in options.items()
        }
        self._grades: dict[tuple[str, str | None], tuple[str, str, str] | None] = {}

    def person(self, row: RawRow) -> Person | list[Problem]:
        """The row as a person, or all its problems."""
        record, problems = _cleaned(row), list[Problem]()
        for name, kind in _LISTS.items():
            if isinstance(record.get(name), list) and all(isinstance(word, str) for word in record[name]):
                words = [self._word(name, kind, word, row, problems) for word in record[name]]
                record[name] = list(dict.fromkeys(words))
        for name, kind in _WORDS.items():
            if isinstance(record.get(name), str):
                record[name] = self._word(name, kind, record[name], row, problems)
        facts = self._facts(record.get("facts"), row, problems)
        if facts is not None:
            record["facts"] = facts
        grade, strand = record.get("grade"), record.get("strand")
        strand_is_known = not any(problem.code == "unknown-strand" for problem in problems)
        if isinstance(grade, str) and (strand is None or isinstance(strand, str)) and strand_is_known:
            problems.extend(self._grade(grade.strip(), strand, row))
        try:
            person = Person.model_validate(record)
        except ValidationError as error:
            return [*problems, *shape_problems(error, row)]
        return problems or person

    def _facts(self, given: object, row: RawRow, problems: list[Problem]) -> dict[str, str] | None:
        """What frameworks ask for besides, from columns of their own and from ``facts``; None if that is no object."""
        together: dict[str, object] = {}
        if isinstance(given, dict):
            together.update(given)
        elif given is not None:
            return None
        # An empty column takes nothing away from what ``facts`` gives.
        columns = {name: value for name, value in row.values.items() if name in self._asked and not is_blank(value)}
        together.update(columns)
        facts: dict[str, str] = {}
        for name, value in together.items():
            if is_blank(value):
                continue
            text = _fact_text(value)
            fault = self._fact_fault(str(name), text) or self._answer_fault(str(name), value, text)
            if fault is not None:
                problems.append(_problem(fault[0], row, quoted(name), fault[1], fault[2], quoted(value)))
                continue
            facts[str(name)] = self._answers(str(name)).get(folded(text), text)
        return facts

    def _fact_fault(self, name: str, text: str) -> tuple[str, str, str] | None:
        """Code, message and remedy of a fact that nobody may give of a person, or None."""
        if is_protected(name):
            message = f'"{quoted(name)}" is a protected characteristic, which never reaches a rule.'
            return "protected-characteristic", message, "Take it out."
        if name not in self._asked:
            message = f'"{quoted(name)}" is not a fact that any framework asks for.'
            return "unknown-fact", message, did_you_mean(name, list(self._asked))
        asked = self._asked[name]
        if all(fact.of == "trust" for fact in asked):
            message = f'"{name}" is the trust\'s setting for everybody, and not of one person.'
            return "trust-setting", message, f"Take the column out, and give it as --set {name}={quoted(text)}."
        return None

    def _answer_fault(self, name: str, value: object, text: str) -> tuple[str, str, str] | None:
        """Code, message and remedy of what cannot be an answer to a fact, or None."""
        asked, answers = self._asked[name], self._answers(name)
        if isinstance(value, list | dict):
            kind = "a list" if isinstance(value, list) else "an object"
            message = f'"{quoted(value)}" is {kind}, and no answer to "{asked[0].question}"'
            return "bad-value", message, "Write one answer, as a text."
        if folded(text) in answers:
            return None
        if all(fact.values for fact in asked):
            message = f'"{quoted(text)}" is not an answer to "{asked[0].question}"'
            return "unknown-fact-value", message, one_of(dict.fromkeys(answers.values()), most=_EVERY)
        if re.fullmatch(FACT_PATTERN, text) is None:
            message = f'"{quoted(text)}" has a line break, or a character that cannot be seen.'
            return "bad-value", message, "Write it on one line, with characters that can be seen."
        return None

    def _answers(self, name: str) -> dict[str, str]:
        """The answers that there are to a fact, by each way of writing them: the id, or its words.

        A spreadsheet's truth is yes or no, and stands as a word in what was saved as CSV.
        """
        values = [value for fact in self._asked[name] for value in fact.values]
        answers = {folded(word): value.id for value in values for word in (value.label, value.id)}
        if {"yes", "no"} <= answers.keys():
            return {"true": answers["yes"], "false": answers["no"], **answers}
        return answers

    def _word(self, name: str, kind: str, word: str, row: RawRow, problems: list[Problem]) -> str:
        """The word as the framework spells it; an unknown one is a problem, and stays."""
        if word in self._ids[name]:
            return word
        known = self._known[name].get(squeezed(word))
        if known is not None:
            return known
        value, label = quoted(word), kind.replace("-", " ")
        message = f'"{value}" is not a {label} of any framework that is installed.'
        # The stage next to the one that was meant is written nearly like it, and asks for something else.
        is_ladder = name == "career_stage"
        remedy = one_of(self._ids[name]) if is_ladder else did_you_mean(value, self._ids[name], most=_EVERY)
        problems.append(_problem(f"unknown-{kind}", row, name, message, remedy, value))
        return word

    def _grade(self, grade: str, strand: str | None, row: RawRow) -> list[Problem]:
        if (grade, strand) not in self._grades:
            self._grades[grade, strand] = self._fault(grade, strand)
        fault = self._grades[grade, strand]
        return [] if fault is None else [_problem(fault[0], row, "grade", fault[1], fault[2], quoted(grade))]

    def _fault(self, grade: str, strand: str | None) -> tuple[str, str, str] | None:
        """Code, message and remedy of a grade that no framework can tell, or None when one can."""
        found = [pack.find_grades(grade, strand) for pack in self._packs]
        if not self._packs or any(len(grades) == 1 for grades in found):
            return None
        value = quoted(grade)
        meant = list(dict.fromkeys(g.id for grades in found for g in grades))
        if meant:
            message = f'"{value}" can mean {" or ".join(meant)}.'
            return "ambiguous-grade", message, f"Write {' or '.join(meant)}, or fill the strand column."
        elsewhere = list(dict.fromkeys(g.id for pack in self._packs for g in pack.find_grades(grade)))
        if elsewhere:
            message = f'"{value}" is not a grade of the strand {quoted(strand)}.'
            return "unknown-grade", message, f"Write {' or '.join(elsewhere)}, or mend the strand column."
        ids = list(dict.fromkeys(g.id for pack in self._packs for g in pack.framework.grades))
        short = [i.partition(":")[2] or i for i in ids]
        message = f'"{value}" is not a grade of any framework that is installed.'
        # Grades are short and alike: a wild guess could promote somebody, so only a near miss is guessed at.
        known = ids if ":" in grade else list(dict.fromkeys(short))
        return "unknown-grade", message, did_you_mean(value, known, cutoff=0.7, most=_EVERY)


def _cleaned(row: RawRow) -> dict[str, Any]:
    """The fields that are given, with numbers as the text that was meant and lists split."""
    record: dict[str, Any] = {
        name: value for name, value in row.values.items() if name in _FIELDS and not is_blank(value)
    }
    for name in ("person", "grade", "strand", "career_stage", "school"):
        if type(record.get(name)) in (float, int):
            record[name] = number_text(record[name])
    for name in _LISTS:
        if isinstance(record.get(name), str):
            record[name] = [part.strip() for part in _BETWEEN.split(record[name]) if part.strip()]
    if isinstance(record.get("fte"), bool):
        # pydantic would take true for 1.
        record["fte"] = str(record["fte"])
    return record


def _fact_text(value: object) -> str:
    """A cell as the answer that was meant: spreadsheets hold yes and no as truth, and years as numbers."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | dict):
        # No answer at all, and so never more than quoted; its whole text could be without end.
        return quoted(value)
    return number_text(value) if isinstance(value, float | int) else str(value).strip()


def _problem(code: str, row: RawRow, path: str, message: str, remedy: str, value: str) -> Problem:
    return Problem(code=code, place=row.place(path), message=message, remedy=remedy, value=value)


def duplicate(person: str, row: RawRow, first: str) -> Problem:
    """The problem of a person who stands in an earlier row already."""
    message = f'The person "{quoted(person)}" is already in {first}.'
    remedy = "Keep one row for each person."
    return _problem("duplicate-person", row, "person", message, remedy, quoted(person))
