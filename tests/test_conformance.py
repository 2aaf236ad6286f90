"""Each invariant of the conformance kit holds of sound packs, and names the smallest input where one is broken."""

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bandstand.conformance.cases import Case
from bandstand.conformance.invariants import INVARIANTS
from bandstand.conformance.kit import Breach, Kit, smallest
from bandstand.engine import findings
from bandstand.engine.durable import DurableEngine, DurableRun
from bandstand.engine.evaluate import Evaluator
from bandstand.engine.facts import person_facts
from bandstand.engine.findings import FindingSet, FindingsReader
from bandstand.engine.publish import publish
from bandstand.errors import RefusedError
from bandstand.hookspecs import PROJECT
from bandstand.models.evidence import Person
from bandstand.models.finding import State
from bandstand.packs.load import load_pack
from bandstand.packs.pack import Pack
from bandstand.plugins import ask_plugins
from support import AS_OF, record
from tiny import tiny

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bandstand.engine.findings import Findings
    from bandstand.engine.plain import Inputs
    from bandstand.models.evaluation import Evaluation
    from bandstand.models.evidence import Evidence

    Patch = Callable[[pytest.MonkeyPatch], None]

BY_ID = {invariant.id: invariant for invariant in INVARIANTS}


def tiny_pack(folder: Path, *changes: tuple[str, str, str]) -> Pack:
    return load_pack(tiny(folder, *changes), ask_plugins(points=[]).kinds)


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    return tiny_pack(tmp_path_factory.mktemp("pack"))


def breaches(of: Pack, invariant: str, people: int = 8) -> list[Breach]:
    return list(BY_ID[invariant].breaches(Kit(of, people=people)))


def evidence_of(breach: Breach) -> list[str]:
    """The records of the input that shows it, without their ids."""
    return [line.partition(": ")[2] for line in breach.shows if line.startswith("E-")]


@pytest.mark.parametrize("invariant", [pytest.param(i, id=i.id) for i in INVARIANTS])
def test_a_sound_pack_keeps_to_every_invariant(pack: Pack, invariant: Any) -> None:
    kit = Kit(pack)
    if invariant.needs_durable and kit.both is None:
        pytest.skip("durable-rules is not installed here")
    assert list(invariant.breaches(kit)) == []


def test_invariants_are_sentences_with_names_of_their_own() -> None:
    assert len(BY_ID) == len(INVARIANTS)
    for invariant in INVARIANTS:
        assert invariant.sentence.endswith(".")
        assert invariant.sentence[0].isupper()


def test_the_same_seed_makes_the_same_people_and_another_makes_others(pack: Pack) -> None:
    assert Kit(pack).cases == Kit(pack).cases
    assert Kit(pack).cases != Kit(pack, seed=1).cases


def test_generated_evidence_is_of_every_sort(pack: Pack) -> None:
    records = [record for case in Kit(pack, people=20).cases for record in case.evidence]
    assert {record.claim for record in records} == {"met", "partly_met", "not_met", "slow", "steady"}
    assert len({record.source for record in records}) == 7
    assert {bool(record.moderated_by) for record in records} == {True, False}
    assert {record.review_point for record in records} == {"sep", None}
    assert any(len(record.criteria) > 1 for record in records)
    people = [case.person for case in Kit(pack, people=20).cases]
    assert {person.grade for person in people} == {None, "teaching:M1", "teaching:M2"}
    assert {person.facts.get("aims") for person in people} == {None, "stay", "leave"}


def test_generated_evidence_is_as_the_pack_s_own_schema_asks(tmp_path: Path) -> None:
    schema = '{ "properties": { "source": { "enum": ["observation"] }, "criteria": { "maxItems": 1 } } }'
    of = tiny_pack(tmp_path, ("evidence.schema.json", "", schema))
    cases = [case for case in Kit(of, people=12).cases if len(case.evidence) < 12]
    records = [record for case in cases for record in case.evidence]
    assert len(records) > 5
    assert {(record.source.value, len(record.criteria)) for record in records} == {("observation", 1)}


class Reader:
    """Breaks what is read of evidence: what was read is given to ``change`` with the evidence."""

    def __init__(self, change: Callable[[list[Evidence], Findings], None]) -> None:
        self._change = change

    def __call__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        read = FindingsReader.read
        change = self._change

        def broken(reader: FindingsReader, evidence: Any, *words: Any) -> Findings:
            given = list(evidence)
            found = read(reader, given, *words)
            change(given, found)
            return found

        monkeypatch.setattr(FindingsReader, "read", broken)


def first_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of records that are alike in all that counts, the one that was given first goes."""
    monkeypatch.setattr(findings, "_comes_first", lambda *_: False)


def the_last_is_met(given: list[Evidence], found: Findings) -> None:
    """The last record of two or more decides on the first criterion."""
    for view in found.positions:
        if len(given) > 1 and view.winners[0] is not None:
            view.states[0] = int(State.MET) if given[-1].claim == "met" else int(State.NOT_MET)


def an_odd_number_is_met(given: list[Evidence], found: Findings) -> None:
    """An odd number of records makes the second criterion met."""
    for view in found.positions:
        if len(given) % 2:
            view.states[1], view.winners[1] = int(State.MET), given[0]


def from_nowhere(_: list[Evidence], found: Findings) -> None:
    """What is seen of the first criterion is said by nobody."""
    for view in found.positions:
        view.winners[0] = None


def elsewhere(given: list[Evidence], found: Findings) -> None:
    """Whatever is recorded for another framework is against the first criterion."""
    for view in found.positions:
        if any(record.framework != "tiny" for record in given):
            view.states[0] = int(State.NOT_MET)


def a_day_too_late(monkeypatch: pytest.MonkeyPatch) -> None:
    read = FindingsReader.read
    monkeypatch.setattr(
        FindingsReader,
        "read",
        lambda reader, evidence, as_of, *more: read(reader, evidence, as_of.fromordinal(as_of.toordinal() + 1), *more),
    )


def by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is known of somebody depends on who it is."""
    facts = person_facts

    def known(pack: Pack, person: Person, *more: Any) -> dict[str, Any]:
        found = facts(pack, person, *more)
        return {**found, "grade": "teaching:M1" if person.person == "P-0000" else "teaching:M2"}

    monkeypatch.setattr("bandstand.engine.evaluate.person_facts", known)


def counting(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule kind that says how often it was asked."""
    asked: list[int] = []

    def sentences(*_: object) -> Iterator[str]:
        asked.append(1)
        yield f"Asked {len(asked)} times."

    monkeypatch.setattr(ask_plugins(points=[]).kinds["cumulative_levels"], "sentences", sentences)


def failing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule kind that cannot word somebody whose first line is found not met."""

    def sentences(_: object, evaluation: Evaluation, *__: object) -> Iterator[str]:
        if evaluation.findings["A.1"].finding.value == "not_met":
            raise ZeroDivisionError
        yield "All is well."

    monkeypatch.setattr(ask_plugins(points=[]).kinds["cumulative_levels"], "sentences", sentences)


def braces(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule kind that leaves a field in braces where something is met."""

    def sentences(_: object, evaluation: Evaluation, *__: object) -> Iterator[str]:
        met = any(found.finding.value == "met" for found in evaluation.findings.values())
        yield "At level {level}." if met else "At no level."

    monkeypatch.setattr(ask_plugins(points=[]).kinds["cumulative_levels"], "sentences", sentences)


def any_grade(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Pack, "find_grades", lambda pack, *_: [pack.framework.grades[0]])


def grade_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    find = Pack.find_grades

    def found(pack: Pack, text: str, strand: str | None = None) -> Any:
        if text == "no such grade":
            raise KeyError(text)
        return find(pack, text, strand)

    monkeypatch.setattr(Pack, "find_grades", found)


def every_purpose(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Evaluator, "served", lambda *_: "development")


def without_its_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> str:
        raise RefusedError("No.")

    monkeypatch.setattr(Evaluator, "served", refuse)


def a_number_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """A document whose level is a word once one is held."""

    def published(evaluated: Any) -> Evaluation:
        made = publish(evaluated)
        return made.model_copy(update={"level": "two"}) if made.level == 2 else made

    monkeypatch.setattr("bandstand.conformance.kit.publish", published)


def one_view_that_reaches_nothing(_: list[Evidence], found: Findings) -> None:
    for view in found.positions:
        view.states[5] = int(State.PARTLY_MET)


def silence_is_against(monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = Evaluator._nothing  # noqa: SLF001 - it is broken on purpose

    def against(*words: Any) -> FindingSet:
        found = nothing(*words)
        found.states[2] = int(State.NOT_MET)
        return found

    monkeypatch.setattr(Evaluator, "_nothing", against)


#: Invariant, what breaks it, what is said, and how many records show it at the most.
BROKEN: list[tuple[str, Patch, str, int]] = [
    ("evaluation-fails", failing, "This cannot be evaluated: ZeroDivisionError", 1),
    ("order-matters", first_comes_first, "In another order, evidence comes to something else: ", 2),
    ("order-matters", Reader(the_last_is_met), "In another order, evidence comes to something else: ", 2),
    ("not-repeatable", counting, "The second time it comes to something else: text is ", 0),
    ("silence-speaks", silence_is_against, "B.1 is found not_met without any evidence.", 0),
    ("unfounded-finding", Reader(from_nowhere), "A.1 is found ", 1),
    ("out-of-nothing", Reader(an_odd_number_is_met), ", A.2 is known of, and with it nothing is.", 2),
    ("later-counts", a_day_too_late, "The same evidence again, dated a day too late, changes something: ", 1),
    ("elsewhere-counts", Reader(elsewhere), "Evidence of another framework or outcome changes something: ", 1),
    ("person-matters", by_name, "Somebody else with the same record comes to something else: ", 0),
    ("refusal-lost", every_purpose, "pay is evaluated although the framework refuses it.", 0),
    ("refusal-lost", without_its_lines, "The refusal of pay does not give its lines and reason: No.", 0),
    ("unknown-grade-placed", any_grade, "Somebody of a grade that the framework does not have is in the ", 0),
    ("unknown-grade-placed", grade_stops, "This cannot be evaluated: KeyError: 'no such grade'", 0),
    ("top-unreachable", Reader(one_view_that_reaches_nothing), "counts most, K.1@steady is not met.", 0),
    ("field-left", braces, "The explanation has a field that was not filled in: {level}", 1),
    ("breaks-schema", a_number_in_words, "The document is not as its schema has it: 'two' is not ", 3),
]


@pytest.mark.parametrize(("invariant", "breaks", "said", "most"), BROKEN)
def test_a_broken_pack_is_shown_on_the_smallest_input(
    pack: Pack, monkeypatch: pytest.MonkeyPatch, invariant: str, breaks: Patch, said: str, most: int
) -> None:
    breaks(monkeypatch)
    first, *_ = breaches(pack, invariant)
    assert said in first.says
    assert len(evidence_of(first)) <= most
    assert "outcome: position" in first.shows
    left = {"grade", "roles", "strand", "fte", "in role since", "career stage", "flags", "aims", "purpose"}
    known = {line.partition(": ")[0] for line in first.shows}
    assert known & left <= {"grade", "purpose"}, "nothing is told of the person that it does not need"


def test_the_smallest_input_to_an_order_is_two_records_that_contradict_each_other(
    pack: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    first_comes_first(monkeypatch)
    (breach,) = breaches(pack, "order-matters")
    one, other = evidence_of(breach)
    assert one[: len("K.2")] == other[: len("K.2")], "both are about one criterion, or a statement of it"
    assert one.rpartition(", ")[2] == other.rpartition(", ")[2], "of one day"
    assert breach.shows[-1].startswith("and then in the order E-")


@pytest.mark.durable
def test_engines_that_differ_are_shown_on_one_record_and_name_the_rule(
    pack: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = DurableEngine.run

    def wrong(engine: DurableEngine, inputs: Inputs) -> DurableRun:
        found = run(engine, inputs)
        at = engine.program.positions.get("ladder.L2.enough")
        if at is None or inputs.states[engine.program.criteria.index("B.2")] != State.MET:
            return found
        return DurableRun((*found.values[:at], 1 - found.values[at], *found.values[at + 1 :]), found.firings)

    monkeypatch.setattr(DurableEngine, "run", wrong)
    (breach,) = breaches(pack, "engines-differ")
    assert breach.rule == "ladder"
    assert breach.says == "The engines differ on ladder.L2.enough (agreed): durable-rules False, plain True."
    assert len(evidence_of(breach)) == 1
    assert evidence_of(breach)[0].startswith("B.2 met, ")


@pytest.mark.durable
def test_an_engine_that_fails_alone_differs(pack: Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> DurableRun:
        raise RefusedError("It stopped.")

    monkeypatch.setattr(DurableEngine, "run", fails)
    (breach,) = breaches(pack, "engines-differ")
    assert breach.says == "durable-rules fails where the plain engine does not: It stopped."
    assert evidence_of(breach) == []


def test_without_durable_rules_nothing_is_said_of_engines(pack: Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Kit, "both", None)
    assert breaches(pack, "engines-differ") == []


KIND = """\
from typing import Literal

from bandstand.hookspecs import hookimpl
from bandstand.rules.ragging import Ragging

#: So many words that no two processes have them in the same order.
WORDS = {str(number) for number in range(100)}


class Unsorted(Ragging):
    KIND = "unsorted"
    kind: Literal["unsorted"]

    def sentences(self, evaluation, context):
        yield f"Looked at {', '.join(WORDS)}."


@hookimpl
def register_rule_kinds(register):
    register(Unsorted)
"""


def test_what_is_made_of_a_set_that_is_not_sorted_differs_in_another_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "unsorted_kind.py").write_text(KIND, "utf-8")
    installed = tmp_path / "unsorted_kind-1.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: unsorted-kind\nVersion: 1\n", "utf-8")
    (installed / "entry_points.txt").write_text(f"[{PROJECT}]\nunsorted = unsorted_kind\n", "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=":")
    kinds = ask_plugins(points=[EntryPoint("unsorted", "unsorted_kind", PROJECT)]).kinds
    of = load_pack(tiny(tmp_path / "pack", ("rules/sheet.yaml", "kind: ragging", "kind: unsorted")), kinds)
    (breach,) = breaches(of, "not-repeatable")
    assert breach.says.startswith("In another process it comes to other bytes")
    assert evidence_of(breach) == []


def test_what_is_raised_while_an_invariant_is_tried_is_a_breach(pack: Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    def too_late(given: list[Evidence], found: Findings) -> None:
        del found
        if any(record.id.endswith("-later") for record in given):
            raise ZeroDivisionError

    Reader(too_late)(monkeypatch)
    (breach,) = breaches(pack, "later-counts")
    assert breach.says == "Trying it fails: ZeroDivisionError: "
    assert evidence_of(breach)


def case(*evidence: Evidence, **person: Any) -> Case:
    given = Person.model_validate({"person": "P-0000", **person})
    return Case("position", given, tuple(evidence), AS_OF, purpose="development", settings={"a": "b"})


def test_the_smallest_case_keeps_only_what_it_needs() -> None:
    records = [record(["A.1", "B.1"], review_point="sep", moderated_by="A-1") for _ in range(9)]
    wanted = {records[2].id, records[7].id}
    tried: list[Case] = []

    def wrong(made: Case) -> bool:
        tried.append(made)
        return wanted <= {r.id for r in made.evidence if "B.1" in r.criteria} and made.person.fte == 0.5

    least = smallest(case(*records, fte=0.5, roles=["lead"], facts={"aims": "stay"}), wrong)
    assert [(r.id, r.criteria, r.review_point, r.moderated_by) for r in least.evidence] == [
        (records[2].id, ("B.1",), None, None),
        (records[7].id, ("B.1",), None, None),
    ]
    assert least.person == Person(person="P-0000", fte=0.5)
    assert (least.purpose, least.settings) == (None, {})
    assert len(tried) < 60


def test_a_case_that_cannot_be_made_smaller_stays_as_it_is() -> None:
    whole = case(record("A.1"), record("A.2"))
    assert smallest(whole, lambda made: made == whole) == whole


def test_a_smaller_case_that_fails_otherwise_is_not_taken() -> None:
    records = (record("A.1"), record("A.2"))

    def wrong(made: Case) -> bool:
        if len(made.evidence) < 2:
            raise KeyError("something else")
        return True

    assert smallest(case(*records), wrong).evidence == records


def test_a_case_in_words_has_a_line_for_each_thing_that_is_known() -> None:
    seen = record("A.1", id="E-1", source="self", date="2025-07-01", moderated_by="A-1", review_point="sep")
    given = replace(case(seen, grade="teaching:M1", roles=["lead"], facts={"aims": "stay"}), review_point="sep")
    assert given.lines() == (
        "outcome: position",
        "purpose: development",
        "as at: 31 July 2025",
        "up to the review: sep",
        "grade: teaching:M1",
        "roles: lead",
        "aims: stay",
        "a: b",
        "E-1: A.1 met, self, agreed, 1 July 2025, for the review sep",
    )
    assert case().lines()[-1] == "no evidence"


def test_the_manual_lists_every_invariant() -> None:
    page = (Path(__file__).parent.parent / "docs" / "testing.md").read_text("utf-8")
    assert [i.id for i in INVARIANTS if f"| `{i.id}` | {i.sentence} |" not in page] == []
