"""A page for each framework that is installed: what it is for, what Bandstand does with it, what it refuses to do."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING

from bandstand import generated, words
from bandstand.lookup import provenance_of
from bandstand.markdown import heading, table
from bandstand.plugins import load_catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bandstand.models.framework import Framework, Outcome
    from bandstand.packs.pack import Pack

_ENDING = ".md"
_MADE = "; this page is made from the pack by `make pages`"
_KIND = generated.Kind(_ENDING, f"{_MADE}\n".encode())


def pages() -> dict[str, bytes]:
    """The page of every framework that is installed, by the name of its file."""
    packs = load_catalogue().frameworks().values()
    texts = {pack.id: "\n".join(_page(pack)).rstrip() for pack in packs}
    return {f"{name}{_ENDING}": f"{text}\n".encode() for name, text in texts.items()}


def main(arguments: Sequence[str] | None = None) -> int:
    """The command ``python -m bandstand.framework_pages``; 1 when a check finds pages that differ from the packs."""
    return generated.main("bandstand.framework_pages", __doc__, pages, _KIND, arguments)


def _page(pack: Pack) -> Iterator[str]:
    framework = pack.framework
    yield f"# {pack.id}"
    yield ""
    yield f"- title: {framework.title}"
    yield f"- publisher: {framework.publisher}"
    yield f"- valid {words.span(framework.valid_from, framework.valid_until)}; pack {pack.version}"
    yield f"- lines are of `{framework.document.file}`{_MADE}"
    yield ""
    yield framework.summary
    yield ""
    yield from _uses(framework)
    yield from _outcomes(pack)
    yield from _asks(framework)
    yield from _holds(pack)
    yield from _counts(framework)
    yield from _doubts(pack)
    yield from _links(pack)
    yield from _examples(pack)


def _uses(framework: Framework) -> Iterator[str]:
    yield from heading("What it is for, and what it refuses")
    for purpose in framework.purposes:
        yield f"- **{purpose.id}**: {purpose.label} ({words.lines(purpose.source)}, {purpose.basis.value})."
    for refusal in framework.refuses:
        yield f"- Refused, **{refusal.id}** ({words.lines(refusal.source)}, {refusal.basis.value}): {refusal.reason}"
    yield ""


def _outcomes(pack: Pack) -> Iterator[str]:
    yield from heading("What Bandstand does with it")
    yield f"`bandstand evaluate FILES --framework {pack.id} --outcome ID` gives one of these for each person."
    yield ""
    rows = []
    for outcome in pack.outcomes.values():
        rules = words.listed(
            [f"{pack.rule_by_id[name].label} (`{pack.rule_by_id[name].KIND}`)" for name in outcome.rules], 9
        )
        rows.append((f"`{outcome.id}`", outcome.label, rules, _purposes(outcome, pack.framework)))
    yield from table(("outcome", "what it is", "by these rules", "for"), rows)
    yield "What can be recommended:"
    yield ""
    for action in pack.framework.actions:
        yield f"- **{action.label}** ({words.lines(action.source)}, {action.basis.value})."
    yield ""


def _purposes(outcome: Outcome, framework: Framework) -> str:
    return ", ".join(outcome.purposes or [purpose.id for purpose in framework.purposes])


def _asks(framework: Framework) -> Iterator[str]:
    facts = [
        (f"`{fact.id}`", fact.question, ", ".join(f"`{v.id}`" for v in fact.values) or "free text", f"the {fact.of}")
        for fact in framework.facts
    ]
    facts.extend((f"flag `{flag.id}`", flag.label, "", "the person") for flag in framework.flags)
    if facts:
        yield from heading("What it asks besides evidence")
        yield from table(("fact", "question", "answers", "of"), facts)


def _holds(pack: Pack) -> Iterator[str]:
    yield from heading("What it holds")
    rows = []
    for standard in pack.standards:
        units = [unit for unit in pack.criteria.values() if pack.standard_of[unit.id] is standard]
        sets = Counter(criterion.set for criterion in standard.criteria)
        held = ", ".join(f"{number} `{name}`" for name, number in sets.items())
        finer = f", {len(units)} found met or not by themselves" if len(units) != len(standard.criteria) else ""
        rows.append((f"`{standard.id}`", standard.label, f"{held}{finer}", standard.source))
    yield from table(("standard", "label", "criteria", "lines"), rows)
    for scale in pack.framework.scales:
        points = words.listed([f"`{point.id}` ({point.label})" for point in scale.points], 9)
        yield f"Scale `{scale.id}`, {words.uncapitalised(scale.label)}: {points}."
        yield ""
    for said in pack.framework.informs:
        names = words.listed([f"`{name}`" for name in said.criteria], 9)
        yield f"Informs, and no rule reads it: {names}. {said.reason} ({words.lines(said.source)}, {said.basis.value})"
        yield ""
    if pack.guidance:
        yield "What the document says that informs, and that no rule reads:"
        yield ""
        guidance = [(f"`{g.id}`", g.label, str(len(g.items)), g.source) for g in pack.guidance]
        yield from table(("guidance", "label", "items", "lines"), guidance)


def _counts(framework: Framework) -> Iterator[str]:
    policy = framework.findings
    yield from heading("How evidence counts")
    yield f"{policy.note or ''} ({words.lines(policy.source)}, {policy.basis.value})".strip()
    yield ""
    for view in policy.views:
        ranks = "; then ".join(
            f"{', '.join(f'`{source}`' for source in rank.sources)} up to {rank.reaches.value.replace('_', ' ')}"
            for rank in view.ranks
        )
        yield f"- {view.label}: {ranks}."
    yield ""


def _doubts(pack: Pack) -> Iterator[str]:
    found = provenance_of(pack)
    yield from heading("What the document does not say")
    counted = words.listed([f"{number} {status}" for status, number in found.counts.items()], 9)
    yield f"`bandstand show {pack.id} --provenance` lists every item that is not stated: {counted}."
    yield ""
    for gap in pack.framework.gaps:
        yield f"- {gap.status.capitalize()} ({words.lines(gap.source)}): {gap.what}"
    yield ""


def _links(pack: Pack) -> Iterator[str]:
    if not pack.crosswalks:
        return
    yield from heading("How it hangs together with others")
    for crosswalk in pack.crosswalks:
        yield f"`{crosswalk.to}`: {crosswalk.summary}"
        yield ""
        rows = [
            (f"`{link.from_}`", ", ".join(f"`{to}`" for to in link.to), link.relation.replace("_", " "), link.basis)
            for link in crosswalk.links
        ]
        yield from table(("here", "there", "relation", "basis"), rows)


def _examples(pack: Pack) -> Iterator[str]:
    yield from heading("Worked examples")
    for example in pack.examples:
        yield f"- {example.name}"


if __name__ == "__main__":
    sys.exit(main())
