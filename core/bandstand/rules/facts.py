"""Which facts about a person a rule may read, and the words that each may hold. None is a protected characteristic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from bandstand.rules.base import Defect, did_you_mean, unknown

if TYPE_CHECKING:
    from bandstand.models.framework import Framework

#: Facts that every framework has, and what each is.
COMMON: dict[str, Literal["word", "words", "number"]] = {
    "grade": "word",
    "strand": "word",
    "career_stage": "word",
    "roles": "words",
    "flags": "words",
    "fte": "number",
    "months_in_role": "number",
    "purpose": "word",
    "view": "word",
}

#: Codes of the problems that :func:`unknown_word` makes.
WORD_CODES = (
    "unknown-career-stage",
    "unknown-fact-value",
    "unknown-flag",
    "unknown-grade",
    "unknown-purpose",
    "unknown-role",
    "unknown-strand",
    "unknown-view",
)


def facts_of(framework: Framework) -> dict[str, Literal["word", "words", "number"]]:
    """The facts that rules of a framework may read: free text is shown with the advice, and never read."""
    return {**COMMON, **{asked.id: "word" for asked in framework.facts if asked.values}}


def words_of(fact: str, framework: Framework) -> list[str]:
    """The words that a fact which holds words may hold."""
    for asked in framework.facts:
        if asked.id == fact:
            return [value.id for value in asked.values]
    return {
        "grade": [g.id for g in framework.grades],
        "strand": [s.id for s in framework.strands],
        "career_stage": [s.id for s in framework.career_stages],
        "roles": [r.id for r in framework.roles],
        "flags": [f.id for f in framework.flags],
        "purpose": [p.id for p in framework.purposes],
        "view": [v.id for v in framework.findings.views],
    }[fact]


def unknown_word(fact: str, word: str, framework: Framework, path: tuple[str | int, ...]) -> Defect:
    """The defect of asking a fact for a word that it never holds; the code is of the same few in every framework."""
    known = words_of(fact, framework)
    if fact in COMMON:
        return unknown(fact.removesuffix("s").replace("_", " "), word, known, path)
    return Defect("unknown-fact-value", path, f'{fact} is never "{word}".', did_you_mean(word, known))
