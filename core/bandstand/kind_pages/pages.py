"""A page for each kind of rule: its fields, an example from a pack, and the clauses that the example becomes."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, Final

from bandstand import generated, schemas, words
from bandstand.codes import registry
from bandstand.kind_pages import lowered
from bandstand.kind_pages.fields import Field, fields_of, parts_of
from bandstand.kind_pages.texts import text_of
from bandstand.markdown import heading, table
from bandstand.models.provenance import Basis, Provenance, models_within
from bandstand.plugins import load_catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from bandstand.packs.pack import Pack
    from bandstand.plugins import Catalogue
    from bandstand.rules.base import Rule

_INDEX: Final = "README.md"
_MADE: Final = "This page is made from the classes of the rules by `make pages`."
_KIND: Final = generated.Kind(".md", f"\n{_MADE}\n".encode())
#: Fields that every rule has, and that a page leaves to the index.
_OF_EVERY_RULE: Final = ("id", "kind", "label", "source", "basis", "note")
_BASIS: Final = {
    Basis.STATED: "the document says so in so many words",
    Basis.INTERPRETED: "the document is read so; a `note` says how",
    Basis.ILLUSTRATIVE: "an example value, where the document gives none; a `note` says why",
    Basis.TRUST: "the trust has set it",
}

_INTRODUCTION: Final = """\
# Kinds of rule

A rule stands in a file of a pack's `rules/` folder and names its kind. One kind is one class in one file: its fields,
its checks, what it concludes, and how it becomes *clauses*. A clause concludes one value of one conclusion when all,
any or at least *k* of its conditions hold: conditions look at findings, at measures of findings or of the evidence
behind them, at facts about the person, and at earlier conclusions. Both engines run clauses and know no kind, so a kind
that a plugin adds ([plugins.md](../plugins.md)) is run as these are."""

_ENDING: Final = """\
*A name* is of small letters, digits and underscores, a letter first, and at most 40 of them. *An id* is as the document
prints it: letters, digits, spaces and `. : + _ @ -`, a letter or a digit first, and at most 60. *Lines* are numbers of
lines of the document, as `540` or `382-394, 460`. [problems.md](../problems.md) lists all that can be wrong with a
pack."""

_CLOSER: Final = """\
`bandstand check` goes on to look at what the rules of a pack mean together, and shows an input for each thing that it
finds: [what a closer look finds](../problems.md#what-a-closer-look-finds)."""


def pages() -> dict[str, bytes]:
    """The index, and the page of every kind that is installed, by the name of its file."""
    catalogue = load_catalogue()
    schema = schemas.published(catalogue.kinds.values())["rules.schema.json"]
    defs = schema["$defs"]
    by_kind = schema["properties"]["rules"]["items"]["discriminator"]["mapping"]
    found = {name: defs[reference.rpartition("/")[2]] for name, reference in by_kind.items()}
    kinds = {name: found[name] for name in catalogue.kinds}
    texts = {f"{name}.md": _page(name, own, defs, catalogue) for name, own in kinds.items()}
    texts[_INDEX] = _index(kinds, defs)
    return {name: ("\n".join(lines).rstrip() + "\n").encode() for name, lines in texts.items()}


def main(arguments: Sequence[str] | None = None) -> int:
    """The command ``python -m bandstand.kind_pages``; 1 when a check finds pages that differ from the kinds."""
    return generated.main("bandstand.kind_pages", __doc__, pages, _KIND, arguments)


def _index(kinds: Mapping[str, dict[str, Any]], defs: Mapping[str, Any]) -> Iterator[str]:
    yield from (_INTRODUCTION, "")
    yield from table(
        ("kind", "what it is"),
        [(f"[`{name}`]({name}.md)", own["description"].partition("\n\n")[0]) for name, own in kinds.items()],
    )
    yield from heading("What every rule has")
    own = next(iter(kinds.values()))
    rows = {field.name: field for field in fields_of(own, defs)}
    rows["kind"] = Field("kind", "one of the above", None, "What sort of rule it is.")
    yield from _table(rows[name] for name in _OF_EVERY_RULE)
    yield "Levels, bands, rows and conditions have `source`, `basis` and `note` of their own. A basis is one of these:"
    yield ""
    yield from (f"- `{basis.value}`: {_BASIS[basis]}." for basis in Basis)
    yield ""
    yield _ENDING
    yield from ("", _MADE)


def _page(name: str, own: dict[str, Any], defs: Mapping[str, Any], catalogue: Catalogue) -> Iterator[str]:
    kind = catalogue.kinds[name]
    yield from (f"# {name}", "", own["description"], "")
    yield from heading("Fields")
    yield from _table(_fields(own, defs, _OF_EVERY_RULE))
    yield f"And `id`, `label`, `source`, `basis` and `note`, as [every rule has]({_INDEX}#what-every-rule-has)."
    yield ""
    for part in parts_of(own, defs):
        yield from heading(part, 3)
        yield from (defs[part].get("description", ""), "")
        usual = tuple(Provenance.model_fields) if _rests_on_lines(defs[part]["properties"]) else ()
        yield from _table(_fields(defs[part], defs, usual))
        if usual:
            yield from ("And `source`, `basis` and `note`.", "")
    yield from _example(kind, catalogue)
    yield from heading("What its check can report")
    yield "Besides what can be wrong with [any file of a pack](../problems.md#packs):"
    yield ""
    for code in sorted(kind.CODES):
        means = next((entry.means for entry in registry().get(code, ()) if entry.of == "pack"), "")
        yield f"- [`{code}`](../problems/{code}.md): {means}"
    yield from ("", _CLOSER, "", f"[All kinds]({_INDEX}).", "", _MADE)


def _rests_on_lines(properties: Mapping[str, Any]) -> bool:
    usual = Provenance.model_json_schema()["properties"]
    return all(properties.get(name) == part for name, part in usual.items())


def _fields(schema: Mapping[str, Any], defs: Mapping[str, Any], without: Sequence[str]) -> list[Field]:
    return [field for field in fields_of(schema, defs) if field.name not in without]


def _table(fields: Iterable[Field]) -> Iterator[str]:
    rows = [(f"`{field.name}`", field.type, field.default or "needed", field.meaning) for field in fields]
    yield from table(("field", "what can stand there", "when left out", "meaning"), rows)


def _shows(rule: Rule) -> int:
    """How much of its kind a rule shows: the fields that it has, and those lists that have several items."""
    given = [getattr(rule, name) for name in rule.model_fields_set - set(_OF_EVERY_RULE)]
    return len(given) + sum(isinstance(value, tuple) and len(value) > 1 for value in given)


def _particular(pack: Pack, rule: Rule) -> frozenset[str]:
    """What of the names of conclusions is particular to a part of the rule, or to a criterion."""
    parts = {str(getattr(part, "id", "")) for _, part in models_within(rule)} - {rule.id}
    return frozenset(parts | {part for name in pack.unfolded.names for part in name.split(".")})


def _example(kind: type[Rule], catalogue: Catalogue) -> Iterator[str]:
    """The rule of a shipped pack that shows most of the kind's fields in the fewest lines, and what it becomes."""
    there = [(pack, rule) for pack in catalogue.frameworks().values() for rule in pack.rules if rule.KIND == kind.KIND]
    if not there:
        return
    pack, rule = min(there, key=lambda item: (-_shows(item[1]), len(text_of(*item).splitlines())))
    yield from heading("Example")
    yield from (f"The rule `{rule.id}` of {pack.name}:", "", "```yaml", text_of(pack, rule).rstrip(), "```", "")
    yield from heading("What it becomes")
    yield from (schemas.plain(inspect.getdoc(kind.lower) or ""), "")
    part = pack.lowered[pack.rules.index(rule)]
    ids = _particular(pack, rule)
    rows = [
        (f"`{c.name}`", c.label, ", ".join(map(words.value, c.values)), words.value(c.otherwise))
        for c in lowered.unlike_conclusions(part, ids)
    ]
    yield from table(("concludes", "what it is", "one of", "else"), rows)
    yield from lowered.more(len(rows), len(part.conclusions), "conclusion")
    measures = lowered.unlike_measures(part, ids)
    for measure in measures:
        yield f"- measures `{measure.name}`: {lowered.measure(measure)}"
    yield from ("",) if measures else ()
    yield from lowered.more(len(measures), len(part.measures), "measure")
    clauses = lowered.unlike_clauses(part, ids)
    yield from (f"- {lowered.clause(clause)}" for clause in clauses)
    yield ""
    yield from lowered.more(len(clauses), len(part.clauses), "clause")
