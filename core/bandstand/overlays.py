"""The use cases of a trust's overlays: one to fill in, with all that a pack leaves to the trust, and a check of one."""

from __future__ import annotations

import json
import re
import textwrap
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from bandstand import words
from bandstand.errors import NotFoundError, ProblemsError
from bandstand.models.listing import CheckedOverlay
from bandstand.models.problem import Place, Problem
from bandstand.packs.address import addresses
from bandstand.packs.overlay import OVERLAY, VALUES, lay_over, read_overlay
from bandstand.packs.unconfirmed import unconfirmed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from bandstand.models.overlay import Overlay, Unconfirmed
    from bandstand.packs.pack import Pack
    from bandstand.plugins import Catalogue

#: The folder beside an overlay's files in which editors find their schemas, and those that it holds.
SCHEMAS: Final = "schemas"
SCHEMAS_OF_AN_OVERLAY: Final = ("overlay.schema.json", "values.schema.json", "wording.schema.json")
_WIDTH: Final = 116


def check_overlay(folder: Path, catalogue: Catalogue) -> CheckedOverlay:
    """An overlay laid over the pack that it is for: what it makes the trust's, or everything that is wrong with it.

    Nothing is raised for a bad overlay: its problems are in what is returned.
    """
    try:
        files = read_overlay(folder)
    except ProblemsError as error:
        usable = (folder / OVERLAY).is_file()
        return CheckedOverlay(folder=str(folder), usable=usable, problems=error.problems)
    overlay, listed = files.laid.overlay, files.laid.listed()
    name = f"{overlay.pack} {overlay.version}"
    try:
        pack = catalogue.pack_for(folder, overlay)
    except NotFoundError as error:
        place = files.sources[OVERLAY].place(("version",))
        return CheckedOverlay(
            folder=str(folder),
            overlay=listed,
            framework=name,
            usable=False,
            problems=(_not_installed(place, str(error)),),
        )
    try:
        laid = lay_over(pack, files, catalogue.kinds)
    except ProblemsError as error:
        return CheckedOverlay(folder=str(folder), overlay=listed, framework=name, usable=True, problems=error.problems)
    return CheckedOverlay(
        folder=str(folder),
        overlay=listed,
        framework=name,
        usable=True,
        settled=() if laid.overlay is None else laid.overlay.settled,
        wording=tuple(files.laid.wording),
        unconfirmed=tuple(unconfirmed(laid)),
    )


def _not_installed(place: Place, said: str) -> Problem:
    message, _, remedy = said.partition(" is not installed. ")
    return Problem(code="not-installed", place=place, message=f"{message} is not installed.", remedy=remedy)


def overlay_id(folder: Path, pack: Pack) -> str:
    """The id of an overlay that is begun in a folder: the folder's name, where that can be one."""
    name = re.sub(r"[^a-z0-9]+", "_", folder.absolute().name.lower()).strip("_")
    return name if re.fullmatch(r"[a-z][a-z0-9_]{0,39}", name) else f"{pack.id[:32]}_overlay"


def begin_overlay(pack: Pack, overlay: Overlay, to_fill_in: Iterable[str]) -> dict[str, str]:
    """The files of an overlay to be filled in, by their names.

    Args:
        pack: The pack that it is for.
        overlay: Whose it is; what is to be filled in stands in it for nothing.
        to_fill_in: Fields that are left empty.
    """
    return {OVERLAY: _overlay(pack, overlay, set(to_fill_in)), VALUES: "\n".join(_values(pack)) + "\n"}


def _overlay(pack: Pack, overlay: Overlay, empty: set[str]) -> str:
    by = "" if "by" in empty else f" {_yaml(overlay.by)}"
    why = "" if "why" in empty else f" {_yaml(overlay.why)}"
    return f"""\
# yaml-language-server: $schema={SCHEMAS}/overlay.schema.json
# A trust's overlay on {pack.name}: {pack.framework.title}
id: {overlay.id}
pack: {overlay.pack}
version: {_yaml(overlay.version)}
# Whose decision it is: an id or a role, never a name.
by:{by}
# When it was decided.
on: {overlay.on}
# Why: a minute, a policy, or by whose leave official wording is shown.
why:{why}
# At an as-of date at which the pack is not valid: warn evaluates and says so, refuse evaluates nothing.
expired: {overlay.expired}
"""


def _values(pack: Pack) -> Iterator[str]:
    open_values = unconfirmed(pack)
    yield f"# yaml-language-server: $schema={SCHEMAS}/values.schema.json"
    yield from _remark(
        "What the trust decides. Take the # away in front of an entry to decide it; by, on and why are those of "
        "overlay.yaml unless an entry gives its own: { at: …, by: …, on: …, why: … }. An address goes by ids: a rule, "
        "its fields, and the items of its lists by id, level or number. Then: bandstand overlay check FOLDER",
        "",
    )
    of_rules = [one for one in open_values if one.at is not None]
    yield "\n# Values of the pack that the trust takes as its own."
    yield "confirm:"
    for note, group in groupby(of_rules, key=lambda one: (one.note, one.source)):
        yield from _remark(f"{note[0]} ({words.lines(note[1])})", "  ")
        yield from (f"  # - {one.at} # {words.held(one.value)}" for one in group)
    yield "\n# Values that the trust puts in the place of the pack's; of a part with several, those that change."
    yield "change:"
    yield from (f"  # - {{ at: {one.at}, to: {_flow(one.value)} }}" for one in of_rules)
    asked = [fact for fact in pack.framework.facts if fact.of == "trust"]
    if asked:
        yield "\n# What the trust answers to what the framework asks of a trust."
        yield "settings:"
    for fact in asked:
        yield from _remark(fact.question, "  ")
        answers = words.listed([value.id for value in fact.values], most=12) if fact.values else "free text"
        yield f"  # {fact.id}: {_yaml(fact.default or '')} # {answers}"
    for grade in pack.framework.grades[:1]:
        yield "\n# Other spellings that the trust's staff lists use, by the grade's id."
        yield "aliases:"
        yield f"  # {_yaml(grade.id)}: [{_yaml(f'Our {grade.label}')}]"
    yield "\n# Criteria of the trust's own, and the lists of rules that are to name each."
    yield "add:"
    yield "  criteria:"
    yield from (f"    # {line}" for line in _example(pack))
    left = [one for one in open_values if one.at is None and one.setting is None]
    if left:
        yield ""
        which = words.listed([f"{one.kind} {one.id}" for one in left], most=20)
        yield from _remark(f"Example values that only the pack's author can settle: {which}.", "")


def _example(pack: Pack) -> Iterator[str]:
    """A criterion as it could be added to the pack."""
    standard = pack.standards[0]
    criterion = standard.criteria[0]
    yield f"- standard: {_yaml(standard.id)}"
    yield f"  id: {_yaml(f'{standard.id}.T1')}"
    yield "  label: A few words"
    yield "  descriptor: What meeting it looks like, in a sentence."
    yield f"  set: {criterion.set}"
    lists = list(_lists_with(pack, criterion.id))
    yield from [f"  named_by: [{', '.join(lists)}]"] if lists else []


def _lists_with(pack: Pack, name: str) -> Iterator[str]:
    """Addresses of the lists of rules that name a criterion."""
    for spot in addresses(pack).values():
        raw: Any = pack.content[spot.file]
        for part in spot.path:
            raw = raw.get(part) if isinstance(raw, dict) else raw[part]
        if isinstance(raw, list) and name in raw:
            yield spot.address


def _remark(text: str, indent: str) -> Iterator[str]:
    """A text as remarks, folded."""
    yield from textwrap.wrap(
        text, _WIDTH, initial_indent=f"{indent}# ", subsequent_indent=f"{indent}# ", break_long_words=False
    )


def _yaml(text: str) -> str:
    """A text as YAML reads it back, in quotes."""
    return json.dumps(text, ensure_ascii=False)


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{name}: {_flow(one)}' for name, one in value.items())} }}"
    return json.dumps(value, ensure_ascii=False)


def listed(one: Unconfirmed) -> str:
    """An example value in words, with where it is and the lines that it rests on."""
    where = one.at or (f"setting {one.setting}" if one.setting else f"{one.kind} {one.id}")
    return f"{where}: {words.held(one.value)} ({words.lines(one.source)})"
