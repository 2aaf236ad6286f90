"""Facts about a person, as rules may read them: a fixed few, and no protected characteristic among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from bandstand.models.clauses import Fact
    from bandstand.models.evidence import Person
    from bandstand.packs.pack import Pack


def person_facts(
    pack: Pack, person: Person, purpose: str, as_of: dt.date, settings: Mapping[str, str]
) -> dict[str, Fact]:
    """What rules of ``pack`` may know of ``person``; a fact that is not known is None.

    A grade that the framework does not have, or that could be several of its grades, is not known. Roles, stages, flags
    and facts that belong to other frameworks are left out. A setting is the trust's for everybody, so what a person's
    record says of it does not count. An answer that the framework does not know is none.
    """
    framework = pack.framework
    grades = pack.find_grades(person.grade, person.strand) if person.grade else []
    grade = grades[0] if len(grades) == 1 else None
    stages = {stage.id for stage in framework.career_stages}
    roles = {role.id for role in framework.roles}
    flags = {flag.id for flag in framework.flags}
    since = person.in_role_since
    asked: dict[str, Fact] = {
        fact.id: fact.known((settings if fact.of == "trust" else person.facts).get(fact.id)) for fact in framework.facts
    }
    return {
        **asked,
        "grade": grade.id if grade else None,
        "strand": grade.strand if grade else person.strand,
        "roles": frozenset(roles.intersection(person.roles)),
        "fte": person.fte,
        "career_stage": person.career_stage if person.career_stage in stages else None,
        "flags": frozenset(flags.intersection(person.flags)),
        "months_in_role": None if since is None or since > as_of else _whole_months(since, as_of),
        "purpose": purpose,
    }


def text_of(fact: object) -> str | None:
    """A fact that is one word or text; None where it is not known, or is something else."""
    return fact if isinstance(fact, str) else None


def _whole_months(start: dt.date, end: dt.date) -> int:
    return (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)
