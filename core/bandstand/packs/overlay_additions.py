"""What an overlay adds to a pack: criteria and grades of the trust's own, other spellings, and the trust's settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from bandstand import words
from bandstand.packs.address import FRAMEWORK, is_doubtful
from bandstand.packs.overlay_edit import of_trust
from bandstand.rules.base import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bandstand.models.overlay import AddedCriterion, AddedGrade
    from bandstand.models.standard import Standard
    from bandstand.packs.overlay_edit import Alias, Edit, Setting
    from bandstand.packs.yaml_source import Path


def add_criterion(edit: Edit, says: AddedCriterion) -> None:
    """Put a criterion into its standard, behind the others of its set, and have rules name it."""
    pack = edit.pack
    standard = _standard(edit, says)
    if standard is None:
        return
    settled = edit.settle(says.id, "criterion", says.id, "added", (None, says.label))
    raw: dict[str, Any] = {"id": says.id, "label": says.label, "descriptor": says.descriptor, "set": says.set}
    if says.group is not None:
        raw["group"] = says.group
    if says.only_if:
        raw["only_if"] = list(says.only_if)
    raw |= of_trust(says.source or standard.source, settled)
    file = next(f for f, held in edit.content.items() if f.startswith("standards/") and held["id"] == standard.id)
    criteria = edit.content[file]["criteria"]
    same = [n for n, other in enumerate(criteria) if other["set"] == says.set]
    edit.insert(file, criteria, same[-1] + 1 if same else len(criteria), raw)
    edit.added.add(says.id)
    mates = [name for name in pack.unfolded.names_in(standard) if _set_of(edit, name) == says.set]
    edit.like[says.id] = (mates or [name for name in pack.unfolded.names if _set_of(edit, name) == says.set])[0]
    _name(edit, says.id, says.named_by, {*mates, *(other["id"] for other in criteria if other["set"] == says.set)})


def add_grade(edit: Edit, says: AddedGrade) -> None:
    """Put a grade behind those of the framework, and have bands name it."""
    grades = edit.pack.framework.grades
    if says.id in {grade.id for grade in grades} | edit.added:
        edit.report("duplicate-id", ("id",), f'There is a grade "{says.id}" already.', "Give it another id.")
        return
    source = says.source or next((grade.source for grade in grades if grade.strand == says.strand), None)
    if source is None:
        message = f'No grade of {edit.pack.name} is in the strand "{says.strand}", whose lines it could go with.'
        edit.report("missing-field", ("strand",), message, "Add source, or mend the strand.")
        return
    spellings = [(("id",), says.id), *((("aliases", n), alias) for n, alias in enumerate(says.aliases))]
    if _is_taken(edit, says.id, says.strand, spellings):
        return
    settled = edit.settle(says.id, "grade", says.id, "added", (None, says.label))
    fields = {"id": says.id, "label": says.label, "strand": says.strand, "column": says.column}
    raw = {**fields, "aliases": list(says.aliases), **of_trust(source, settled)}
    there = edit.content[FRAMEWORK].setdefault("grades", [])
    there.append(raw)
    edit.touch(FRAMEWORK, ("grades", len(there) - 1))
    edit.added.add(says.id)
    _name(edit, says.id, says.named_by, set())


def add_aliases(edit: Edit, says: Alias) -> None:
    """Give a grade other spellings."""
    grades = {grade.id: (n, grade) for n, grade in enumerate(edit.pack.framework.grades)}
    if says.grade not in grades:
        message = f'"{says.grade}" is not a grade of {edit.pack.name}.'
        edit.report("unknown-grade", (), message, did_you_mean(says.grade, grades))
        return
    n, grade = grades[says.grade]
    spellings: list[tuple[Path, str]] = [((m,), spelling) for m, spelling in enumerate(says.spellings)]
    if _is_taken(edit, grade.id, grade.strand, spellings):
        return
    raw = edit.raw(FRAMEWORK, ("grades", n))
    raw["aliases"] = [*raw.get("aliases", ()), *says.spellings]
    edit.touch(FRAMEWORK, ("grades", n, "aliases"))
    edit.settle(f"{grade.id} aliases", "grade", grade.id, "added", (list(grade.aliases), raw["aliases"]))


def set_fact(edit: Edit, says: Setting) -> None:
    """Answer what the framework asks of a trust."""
    asked = {fact.id: (n, fact) for n, fact in enumerate(edit.pack.framework.facts) if fact.of == "trust"}
    if says.fact not in asked:
        message = f'{edit.pack.name} does not ask a trust for "{says.fact}".'
        edit.report("unknown-fact", (), message, did_you_mean(says.fact, asked))
        return
    n, fact = asked[says.fact]
    if not fact.is_answered(says.value):
        message = f'"{says.value}" is not an answer to {fact.id}.'
        edit.report("unknown-fact-value", (), message, did_you_mean(says.value, [value.id for value in fact.values]))
        return
    how: Literal["confirmed", "changed"] = "confirmed" if fact.default == says.value else "changed"
    settled = edit.settle(fact.id, "fact", fact.id, how, (fact.default, says.value))
    edit.raw(FRAMEWORK, ("facts", n))["default"] = says.value
    edit.mark(FRAMEWORK, ("facts", n), settled)
    edit.settings[fact.id] = says.value


def _standard(edit: Edit, says: AddedCriterion) -> Standard | None:
    """The standard that a criterion is added to; None, and problems, where the criterion cannot be added."""
    pack, found = edit.pack, True
    standards = {standard.id: standard for standard in pack.standards}
    sets = dict.fromkeys(unit.set for unit in pack.criteria.values())
    if says.standard not in standards:
        message = f'"{says.standard}" is not a standard of {pack.name}.'
        edit.report("unknown-item", ("standard",), message, did_you_mean(says.standard, standards))
        found = False
    if says.set not in sets:
        message = f'No criterion of {pack.name} is in a set "{says.set}", so nothing would ask for this one.'
        edit.report("unknown-set", ("set",), message, did_you_mean(says.set, sets))
        found = False
    if says.id in {*pack.unfolded.names, *pack.unfolded.criteria, *standards, *edit.added}:
        edit.report("duplicate-id", ("id",), f'There is "{says.id}" already.', "Give it another id, as L4.T1.")
        found = False
    return standards[says.standard] if found else None


def _set_of(edit: Edit, name: str) -> str:
    """The set that something which evidence may name is in."""
    unfolded = edit.pack.unfolded
    return unfolded.units[unfolded.members.get(name, (name,))[0]].set


def _name(edit: Edit, name: str, lists: Sequence[str], mates: set[str]) -> None:
    """Have lists of rules name something: behind the last of its mates that they name, else at the end."""
    for n, address in enumerate(lists):
        spot = edit.spot(address, ("named_by", n))
        if spot is None:
            continue
        raw = None if spot.is_part else edit.raw(spot.file, spot.path[:-1]).get(spot.field)
        if not (spot.may_change and isinstance(raw, list) and not spot.parts_below):
            message = f"{address} is no list of names."
            remedy = "Name one, as ladder.levels.4.criteria, sheet.order or expected.bands.column_4.grades."
            edit.report("bad-value", ("named_by", n), message, remedy)
            continue
        there = [at for at, other in enumerate(raw) if other in mates]
        raw.insert(there[-1] + 1 if there else len(raw), name)
        edit.touch(spot.file, spot.path)
        edit.set_by.setdefault((spot.file, spot.path), edit.entry)
        settled = edit.settle(address, spot.kind, spot.item, "added", (None, name))
        edit.marks[address] = settled
        # What a reading or an example value rests on is not confirmed by adding a name to it.
        if not is_doubtful(spot.part):
            edit.mark(spot.file, spot.part_path, settled)


def _is_taken(edit: Edit, grade: str, strand: str, spellings: Sequence[tuple[Path, str]]) -> bool:
    """Whether a spelling means a grade of the strand already; problems say which."""
    found = False
    for below, spelling in spellings:
        meant = [other.id for other in edit.pack.find_grades(spelling, strand)]
        own_now = edit.spellings.setdefault((strand, "".join(spelling.split()).lower()), grade)
        meant = meant or ([own_now] if own_now != grade else [])
        if meant:
            found, own = True, meant == [grade]
            code = "no-effect" if own else "ambiguous-alias"
            message = f'"{spelling}" means {words.listed(meant)} already.'
            edit.report(code, below, message, "Take it out." if own else "Give the grade a spelling of its own.")
    return found
