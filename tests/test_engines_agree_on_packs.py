"""Both engines conclude the same of random frameworks of every kind of rule, and of random evidence under them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import support
from agreement import assert_agreed
from bandstand.engine.evaluate import Evaluator
from bandstand.models.evidence import EvidenceSource, Person
from bandstand.models.unfold import unfold
from support import criterion, points, statement

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

    from bandstand.models.clauses import Conclusion
    from bandstand.models.evidence import Evidence
    from bandstand.models.framework import Framework
    from bandstand.models.standard import Standard
    from bandstand.packs.pack import Pack

pytestmark = pytest.mark.durable

#: Rulesets cannot be taken back, so there are few frameworks, and many people for each.
PACKS = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
PEOPLE = 12
GROWTH = ("begins", "grows", "leads")
STAGES = ("first", "second", "coach", "head")
FLAGS = ("swims", "dives")
TAGS = ("helps", "leads")
SOURCES = [source.value for source in EvidenceSource]
VIEWS = [
    {
        "id": "agreed",
        "label": "Agreed",
        "ranks": [
            {"sources": ["appraiser", "observation"]},
            {"sources": ["document", "data"], "reaches": "partly_met"},
            {"sources": ["peer", "self"], "reaches": "not_met"},
        ],
    },
    {"id": "self", "label": "Own view", "ranks": [{"sources": ["self"]}]},
]
PLAIN_POINTS = {"not_met": "begins", "partly_met": "grows", "met": "leads"}
#: The rules of each outcome, and the sets of criteria that its evidence is about.
OUTCOMES = [
    {"id": "profile", "rules": ["profile", "check", "action"], "sets": ["points", "plain"], "focus": "profile"},
    {"id": "coverage", "rules": ["coverage", "talk", "covered"], "sets": ["plain", "parts"], "focus": "coverage"},
    {"id": "expected", "rules": ["expected", "rating", "advice"], "sets": ["cells"], "focus": "expected"},
]


def fact(name: str, *values: str, of: str = "person") -> dict[str, Any]:
    options = [{"id": value, "label": value} for value in values]
    return {"id": name, "label": name, "question": f"{name}?", "values": options, "of": of, "source": 1}


FACTS = {"proposed": ["low", "high"], "wind": ["yes", "no"], "limit": ["0", "1", "3", "6"]}


@st.composite
def frameworks(draw: st.DrawFn) -> Framework:
    """A framework with stages that build on one another in some way, and two other scales and facts."""
    below = {stage: STAGES[:n] for n, stage in enumerate(STAGES) if n}
    some = {stage: st.lists(st.sampled_from(lower), max_size=2, unique=True) for stage, lower in below.items()}
    builds_on = {stage: {"builds_on": draw(chosen)} for stage, chosen in some.items()}
    return support.framework(
        id="random",
        findings={"source": 3, "max_age_months": 18, "cycle_starts": "09-01", "views": VIEWS},
        scales=[
            support.scale("growth", *GROWTH),
            support.scale("stage", *STAGES, ordinal=False, **builds_on),
        ],
        career_stages=[{"id": stage, "label": stage} for stage in STAGES],
        flags=[{"id": flag, "label": flag} for flag in FLAGS],
        groups=[{"id": group, "label": group} for group in ("calm", "wild")],
        sections=[{"id": "I", "label": "Within", "summary": "All of it.", "source": 1}],
        facts=[fact(name, *values, of="trust" if name == "limit" else "person") for name, values in FACTS.items()],
        outcomes=[{"label": one["id"], "action": f"{one['rules'][-1]}.value", **one} for one in OUTCOMES],
    )


only_if = st.lists(st.sampled_from(FLAGS), max_size=2, unique=True).map(sorted)
groups = st.sampled_from([None, "calm", "wild"])


@st.composite
def cells(draw: st.DrawFn, name: str) -> dict[str, Any]:
    """A criterion with something, nothing, or several statements at each stage."""
    made: dict[str, dict[str, Any]] = {}
    for stage in STAGES:
        statements = [
            statement(
                f"{name}.{stage}.{n}",
                tags=draw(st.lists(st.sampled_from(TAGS), max_size=2, unique=True)),
                condition=draw(st.sampled_from([None, "where appropriate"])),
            )
            for n in range(draw(st.integers(0, 2)))
        ]
        made[stage] = {"statements": statements} if statements else {"status": "blank", "note": "It is blank."}
    if not any("statements" in one for one in made.values()):
        made["first"] = {"descriptor": "It is first."}
    return criterion(name, set="cells", scale="stage", points=points(*STAGES, **made), only_if=draw(only_if))


@st.composite
def standards(draw: st.DrawFn) -> list[Standard]:
    """Two standards with criteria of every sort; each sort is in the first."""
    made = []
    for name in ("one", "two"):
        least = 1 if name == "one" else 0
        criteria = []
        for n in range(draw(st.integers(least, 3))):
            fields = {"set": "points", "scale": "growth", "group": draw(groups), "only_if": draw(only_if)}
            criteria.append(criterion(f"{name}.P{n}", points=points(*GROWTH), **fields))
        plain = range(draw(st.integers(least, 2)))
        criteria += [criterion(f"{name}.Q{n}", set="plain", group=draw(groups)) for n in plain]
        for n in range(draw(st.integers(least, 2))):
            statements = [statement(f"{name}.R{n}.{m}") for m in range(draw(st.integers(1, 3)))]
            criteria.append(criterion(f"{name}.R{n}", set="parts", statements=statements, only_if=draw(only_if)))
        criteria += [draw(cells(f"{name}.S{n}")) for n in range(draw(st.integers(least, 2)))]
        if criteria:
            made.append(support.standard_of(name, *criteria, section=draw(st.sampled_from([None, "I"]))))
    return made


def some_of(values: Sequence[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True)


#: What a count may be compared with: a number, or a fact that gives it.
BOUNDS: list[dict[str, Any]] = [
    *({"at_least": number} for number in (1, 2, 4)),
    *({bound: number} for bound in ("at_most", "more_than") for number in (0, 2, "limit")),
]


@st.composite
def premises(draw: st.DrawFn, sets: list[str], criteria: list[str], readable: list[Conclusion]) -> dict[str, Any]:
    """Something that a condition looks at, of any sort."""
    sort = draw(st.sampled_from(["fact", "known", "flag", "stage", "criterion", "count", "conclusion", "conclusion"]))
    if sort == "fact":
        name = draw(st.sampled_from(sorted(FACTS)))
        return {"fact": name, "is": draw(some_of(FACTS[name]))}
    if sort == "known":
        return {"fact": draw(st.sampled_from([*FACTS, "career_stage", "fte"])), "known": draw(st.booleans())}
    if sort == "flag":
        return {"fact": "flags", "is": [draw(st.sampled_from(FLAGS))]}
    if sort == "stage":
        return {"fact": "career_stage", "is": draw(some_of(STAGES))}
    if sort == "criterion":
        asked = draw(some_of(["met", "partly", "short", "not_met", "seen"]))
        return {"criterion": draw(st.sampled_from(criteria)), "is": asked}
    if sort == "count":
        return {
            "count": draw(st.sampled_from(["evidenced", "kinds", "records"])),
            "sets": draw(some_of(sets)),
            "sources": draw(st.lists(st.sampled_from(SOURCES), max_size=3, unique=True)),
            **draw(st.sampled_from(BOUNDS)),
        }
    read = draw(st.sampled_from(readable))
    return {"conclusion": read.name, "is": draw(some_of(read.values))}


@st.composite
def conditions(draw: st.DrawFn, looked_at: st.SearchStrategy[dict[str, Any]]) -> list[dict[str, Any]]:
    """Conditions that are asked, pass and fail by anything at all."""
    some = st.lists(looked_at, min_size=1, max_size=3)
    several = st.builds(lambda need, members: {need: members}, st.sampled_from(["all", "any"]), some)
    return [
        {
            "id": f"c{n}",
            "reason": "It is so.",
            "when": draw(st.lists(looked_at, max_size=2)),
            "passes": draw(st.none() | several),
            "fails": draw(st.none() | several),
            "weight": draw(st.sampled_from(["decides", "discuss"])),
            "if_unknown": draw(st.sampled_from(["discuss", "nothing"])),
        }
        for n in range(draw(st.integers(1, 4)))
    ]


def table(name: str, **inputs: str) -> dict[str, Any]:
    """A table that reads conclusions and goes by none of them."""
    columns = {column: {"conclusion": conclusion} for column, conclusion in inputs.items()}
    return {**support.ACTION, "id": name, "inputs": columns}


@st.composite
def packs(draw: st.DrawFn) -> Pack:
    """A random framework with a rule of every kind over random standards."""
    of, made = draw(frameworks()), draw(standards())
    sets = draw(st.sampled_from([["points"], ["points", "plain"]]))
    kinds: list[dict[str, Any]] = [
        {
            "id": "profile",
            "kind": "profile",
            "sets": sets,
            "scale": "growth",
            "points": PLAIN_POINTS,
            "group_by": draw(st.permutations(["group", "standard", "section"]))[: draw(st.integers(1, 3))],
            "roll_up": draw(st.sampled_from(["lowest", "none"])),
            "focus_on": {"at_most": 2, "source": 1},
        },
        {"id": "coverage", "kind": "coverage", "sets": {"plain": "Plain", "parts": "Parts"}},
        {
            "id": "expected",
            "kind": "expectations",
            "scale": "stage",
            "sets": ["cells"],
            "tags": sorted({tag for unit in unfold(of, made).units.values() for tag in unit.tags}),
            "focus_on": {"at_most": 2, "source": 1},
        },
    ]
    read = [support.read_rule(kind) for kind in kinds]
    context = support.context(of, made, read)
    testing: list[dict[str, Any]] = []
    for (name, kind), rule, outcome in zip(
        (("check", "rating_check"), ("talk", "prompts"), ("rating", "rating_check")), read, OUTCOMES, strict=True
    ):
        units = {unit.id: unit.set for unit in context.criteria.values() if unit.set in outcome["sets"]}
        readable = [c for c in context.conclusions.values() if c.rule == rule.id]
        looked_at = premises(sorted(set(units.values())), list(units), readable)
        says = {verdict: verdict for verdict in ("not_settled", "open", "settled")}
        words = {"proposed": "proposed"} if kind == "rating_check" else {"says": says}
        testing.append({"id": name, "kind": kind, "conditions": draw(conditions(looked_at)), **words})
    tables = [
        table("action", verdict="check.verdict", seen="profile.seen"),
        table("covered", verdict="talk.verdict", whole="coverage.whole"),
        table("advice", verdict="rating.verdict", stage="expected.stage"),
    ]
    return support.ruled_pack(of, made, *draw(st.permutations([*kinds, *testing, *tables])))


def someone(dice: random.Random) -> tuple[Person, dict[str, str]]:
    """A person and what the trust has set, each known or not."""
    facts = {name: dice.choice(FACTS[name]) for name in ("proposed", "wind") if dice.random() < 0.7}
    person = Person(
        person="P-1",
        career_stage=dice.choice([None, *STAGES, *STAGES]),
        flags=tuple(dice.sample(FLAGS, dice.randint(0, 2))),
        fte=dice.choice([None, 0.5]),
        facts=facts,
    )
    return person, {"limit": dice.choice(FACTS["limit"])} if dice.random() < 0.7 else {}


def portfolio(dice: random.Random, of: Pack) -> list[Evidence]:
    """Evidence of any source on anything, with points claimed where there are some; much of it on one thing or two."""
    names = dice.sample(list(of.unfolded.names), dice.randint(1, len(of.unfolded.names)))
    found = []
    for _ in range(dice.choice([0, 2, 10, 30, 30])):
        name = dice.choice(names)
        day = dt.date(2025, 1, 1) + dt.timedelta(days=dice.randint(0, 6))
        agreed = {"moderated_by": "A-1"} if dice.random() < 0.15 else {}
        claim = dice.choice(of.unfolded.claims_of(name))
        found.append(support.record(name, claim, day.isoformat(), source=dice.choice(SOURCES), **agreed))
    return found


@PACKS
@given(packs(), st.randoms(use_true_random=False))
def test_the_engines_agree_on_profiles_coverage_expectations_and_conditions(of: Pack, dice: random.Random) -> None:
    evaluator = Evaluator(of, durable=True)
    for _ in range(PEOPLE):
        (person, trust), evidence = someone(dice), portfolio(dice, of)
        for outcome in of.outcomes:
            evaluated = evaluator.evaluate(person, evidence, support.AS_OF, outcome=outcome, settings=trust)
            for run in evaluated.runs:
                assert run.differences == ()
                assert run.durable is not None
                assert_agreed(run.program, run.plain, run.durable)
