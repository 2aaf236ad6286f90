"""Times the engines side by side, on the same people, in one run: ratios first, because machines differ.

Usage: ``python benchmarks/engines.py [--people N] [--rounds N] [--memory N]``. About 110 records a person. What is
timed:

- ``both``: findings, both engines, the certificate and the trace that every document is a view of;
- ``plain``: the same by the plain engine alone;
- ``bare``: durable-rules alone on the same clauses, its facts prepared beforehand, nothing read and nothing checked;
- ``by hand``: a plain Python function for the same ladder, without trace or reasons (``by_hand.py``);
- ``document``: the published document of an evaluation, for scale.

Rounds take turns, so that a machine that slows down slows all alike; the median of the rounds counts. Before anything
is timed, everybody's results are compared, so that all of them are known to do the same work.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import platform
import random
import resource
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parent))

import by_hand

from bandstand.engine.durable import durable_host
from bandstand.engine.evaluate import Evaluated, Evaluator
from bandstand.engine.publish import publish
from bandstand.models.evidence import Evidence, EvidenceSource, Person
from bandstand.models.finding import Claim
from bandstand.plugins import load_catalogue

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

AS_OF = dt.date(2025, 7, 31)
REVIEWS = {"sep": dt.date(2024, 9, 16), "mid": dt.date(2025, 2, 3), "jul": dt.date(2025, 7, 7)}
RECORDS = 110


@dataclass(frozen=True, slots=True)
class Somebody:
    """One synthetic person with about 110 records."""

    person: Person
    evidence: list[Evidence]


def population(rng: random.Random, count: int) -> list[Somebody]:
    """People between levels 0 and 10, with sheets at the three reviews and what others saw."""
    return [somebody(rng, n) for n in range(count)]


def somebody(rng: random.Random, number: int) -> Somebody:
    """One person: the sheet of July whole, a third of it again at another review, and some observations."""
    person = f"P-{number:06}"
    lines = [*by_hand.ROWS, "L9.c1", "L10.c1"]
    reach = rng.randrange(len(lines) + 1)
    grade = rng.choice(list(by_hand.BANDS))  # as the framework has it, so that nobody looks it up
    stage = rng.choice((None, None, None, "ECT1"))
    drawn = [(line, "jul") for line in lines] + [
        (rng.choice(lines), rng.choice(("sep", "mid", None))) for _ in range(RECORDS - len(lines))
    ]
    evidence = []
    for n, (line, review) in enumerate(drawn):
        sure = lines.index(line) < reach
        date = REVIEWS[review] if review else AS_OF - dt.timedelta(days=rng.randrange(400))
        evidence.append(
            Evidence(
                id=f"{person}-{n}",
                person=person,
                framework="smart_equip",
                criteria=(line,),
                claim=Claim.MET if sure else rng.choice(list(Claim)),
                source=rng.choice((EvidenceSource.SELF, EvidenceSource.APPRAISER))
                if review
                else rng.choice(list(EvidenceSource)),
                date=date,
                review_point=review,
                moderated_by="A-01" if sure and review else None,
            )
        )
    return Somebody(Person(person=person, grade=grade, career_stage=stage), evidence)


def summary(evaluated: Evaluated) -> dict[str, Any]:
    """What an evaluation concluded, in the shape that the function by hand gives."""
    run = evaluated.headline
    colours = evaluated.outcome.colours
    return {
        "views": {view: (r.value("ladder.level"), r.value("expected.zone")) for view, r in evaluated.positions.items()},
        "view": run.findings.view,
        "level": run.value("ladder.level"),
        "zone": run.value("expected.zone"),
        "ragging": {
            review: {line: column.value(f"{colours}.{line}") for line in by_hand.ROWS}
            for review, column in evaluated.columns.items()
        },
        "action": run.value("action.value"),
    }


class Bare:
    """Durable-rules with nothing around it: replays the batches of facts that the adapter asserted for each person."""

    def __init__(self, evaluator: Evaluator, people: Sequence[Somebody]) -> None:
        self._batches: list[list[tuple[str, list[list[dict[str, Any]]]]]] = []
        host = durable_host()
        self._host = host
        asserted = host.assert_facts
        for who in people:
            states: dict[tuple[str, str], list[list[dict[str, Any]]]] = {}

            def record(ruleset: str, facts: list[dict[str, Any]], states: Any = states) -> Any:
                if facts:
                    states.setdefault((ruleset, facts[0]["sid"]), []).append([dict(fact) for fact in facts])
                return asserted(ruleset, facts)

            host.assert_facts = record
            evaluator.evaluate(who.person, who.evidence, AS_OF)
            self._batches.append([(ruleset, batches) for (ruleset, _), batches in states.items()])
        host.assert_facts = asserted

    def run(self, at: int) -> None:
        """Assert one person's facts again, in states that are deleted afterwards."""
        for ruleset, batches in self._batches[at]:
            for facts in batches:
                self._host.assert_facts(ruleset, facts)
            self._host.delete_state(ruleset, batches[0][0]["sid"])


def timed(work: Callable[[int], object], count: int) -> float:
    """Microseconds a person."""
    start = time.perf_counter()
    for n in range(count):
        work(n)
    return (time.perf_counter() - start) / count * 1e6


def compare(people: Sequence[Somebody], rounds: int) -> dict[str, Any]:
    """Time everything in turns; medians in microseconds a person, and the ratios that matter."""
    pack = load_catalogue().frameworks()["smart_equip"]
    both, plain = Evaluator(pack, durable=True), Evaluator(pack, durable=False)
    for who in people:
        expected = by_hand.evaluate(who.evidence, str(who.person.grade), who.person.career_stage, AS_OF)
        for evaluator in (both, plain):
            evaluated = evaluator.evaluate(who.person, who.evidence, AS_OF)
            if evaluated.differences or summary(evaluated) != expected:
                raise SystemExit(f"{who.person.person}: not the same work: {evaluated.differences}")
    bare = Bare(both, people)
    published = [both.evaluate(who.person, who.evidence, AS_OF) for who in people[:50]]

    def with_both(n: int) -> object:
        evaluated = both.evaluate(people[n].person, people[n].evidence, AS_OF)
        return evaluated.differences

    work: dict[str, Callable[[int], object]] = {
        "both": with_both,
        "plain": lambda n: plain.evaluate(people[n].person, people[n].evidence, AS_OF),
        "bare": bare.run,
        "by hand": lambda n: by_hand.evaluate(
            people[n].evidence, str(people[n].person.grade), people[n].person.career_stage, AS_OF
        ),
        "document": lambda n: publish(published[n % len(published)]),
    }
    times: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(rounds):
        for name, one in work.items():
            times[name].append(timed(one, len(people)))
    medians = {name: statistics.median(values) for name, values in times.items()}
    return {
        "python": platform.python_version(),
        "people": len(people),
        "records_a_person": round(statistics.mean(len(who.evidence) for who in people)),
        "rounds": rounds,
        "microseconds_a_person": {name: round(value, 1) for name, value in medians.items()},
        "ratios": {
            "both / bare": round(
                statistics.median(a / b for a, b in zip(times["both"], times["bare"], strict=True)), 2
            ),
            "plain / by hand": round(
                statistics.median(a / b for a, b in zip(times["plain"], times["by hand"], strict=True)), 2
            ),
        },
    }


def memory(people: Sequence[Somebody], count: int) -> dict[str, Any]:
    """Peak memory while ``count`` people are evaluated by both engines, sampled ten times: it should stay flat."""
    evaluator = Evaluator(load_catalogue().frameworks()["smart_equip"], durable=True)
    samples = []
    for n in range(count):
        who = people[n % len(people)]
        evaluator.evaluate(who.person, who.evidence, AS_OF)
        if (n + 1) % max(1, count // 10) == 0:
            samples.append(round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1))
    return {"people": count, "peak_megabytes_at_each_tenth": samples}


def main() -> None:
    """Print the comparison as JSON."""
    parser = argparse.ArgumentParser(description="Time the engines side by side.")
    parser.add_argument("--people", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--memory", type=int, default=0, help="also evaluate so many people and watch memory")
    options = parser.parse_args()
    people = population(random.Random(42), options.people)
    result = compare(people, options.rounds)
    if options.memory:
        result["memory"] = memory(people, options.memory)
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
