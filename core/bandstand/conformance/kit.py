"""A pack under trial: its cases, what comes of each, and the smallest case on which something still goes wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Final

from bandstand.conformance.cases import Case, CaseMaker
from bandstand.engine.evaluate import Evaluator
from bandstand.engine.publish import publish
from bandstand.examples import NOBODY
from bandstand.explain import explain
from bandstand.models.evidence import Person

if TYPE_CHECKING:
    from bandstand.engine.evaluate import Evaluated
    from bandstand.models.evaluation import Evaluation
    from bandstand.packs.pack import Pack

#: A smallest case is looked for with so many evaluations at the most.
_MOST_TRIES: Final = 400


@dataclass(frozen=True, slots=True)
class Breach:
    """That an invariant does not hold.

    Attributes:
        says: What goes wrong, in a sentence.
        shows: The smallest input that shows it, a line for each thing in it; nothing where no input is needed.
        rule: Id of the rule that it is of, where it is one's.
    """

    says: str
    shows: tuple[str, ...] = ()
    rule: str | None = None

    def __str__(self) -> str:
        return "\n".join([self.says, *(f"  {line}" for line in self.shows)])


@dataclass(frozen=True, slots=True)
class Document:
    """What is published of a case.

    Attributes:
        evaluation: The document.
        text: The explanation, as text.
    """

    evaluation: Evaluation
    text: str


class Kit:
    """A pack, people to try it on, and the engines.

    Args:
        pack: A pack without problems.
        seed: The same seed gives the same people.
        people: How many for each outcome.
    """

    def __init__(self, pack: Pack, seed: int = 0, people: int = 8) -> None:
        self.pack = pack
        self.seed, self.people = seed, people
        self.maker = CaseMaker(pack, seed)
        self.plain = Evaluator(pack, durable=False)
        self._documents: dict[int, Document] = {}

    @cached_property
    def both(self) -> Evaluator | None:
        """Both engines; None where durable-rules is not installed."""
        evaluator = Evaluator(self.pack)
        return evaluator if evaluator.unavailable is None else None

    @cached_property
    def cases(self) -> list[Case]:
        """Some people for each outcome."""
        return [case for outcome in self.pack.framework.outcomes for case in self.maker.cases(outcome, self.people)]

    @cached_property
    def sound(self) -> list[Case]:
        """Those that can be evaluated and put into words; that the others cannot is for one invariant to say."""
        return [case for case in self.cases if self.failure(case) is None]

    def failure(self, case: Case) -> str | None:
        """What is raised when a case is evaluated and put into words; None where nothing is."""
        try:
            self.document(case)
        except Exception as error:  # noqa: BLE001 - a rule kind of a stranger's plugin may raise anything
            return f"{type(error).__name__}: {error}"
        return None

    def evaluate(self, case: Case, evaluator: Evaluator | None = None) -> Evaluated:
        """What is seen and concluded of a case, by the plain engine unless another evaluator is given."""
        return (evaluator or self.plain).evaluate(
            case.person,
            case.evidence,
            case.as_of,
            outcome=case.outcome,
            purpose=case.purpose,
            review_point=case.review_point,
            settings=case.settings,
        )

    def document(self, case: Case, evaluator: Evaluator | None = None) -> Document:
        """What is published of a case; that of one of the kit's own cases is made once."""
        if evaluator is not None or not any(case is own for own in self.cases):
            return self._publish(case, evaluator)
        if id(case) not in self._documents:
            self._documents[id(case)] = self._publish(case, None)
        return self._documents[id(case)]

    def _publish(self, case: Case, evaluator: Evaluator | None) -> Document:
        evaluation = publish(self.evaluate(case, evaluator))
        return Document(evaluation, explain(evaluation, self.pack).text())

    def breaches(self, cases: list[Case], wrong: Callable[[Case], Breach | None]) -> Iterator[Breach]:
        """For each outcome, what is wrong with the smallest of its cases with which something is, or that raises.

        Args:
            cases: What is tried, until one of an outcome's is wrong.
            wrong: What is wrong with a case; the lines that show it may be left out, and are then the case's own.
        """
        told: set[str] = set()
        for case in cases:
            if case.outcome in told:
                continue
            try:
                breach = wrong(case)
            except Exception as error:  # noqa: BLE001 - a rule kind of a stranger's plugin may raise anything
                told.add(case.outcome)
                yield Breach(f"Trying it fails: {type(error).__name__}: {error}", case.lines())
                continue
            if breach is not None:
                told.add(case.outcome)
                least = smallest(case, lambda tried: wrong(tried) is not None)
                found = wrong(least) or breach
                yield found if found.shows else replace(found, shows=least.lines())


def smallest(case: Case, is_wrong: Callable[[Case], bool]) -> Case:
    """The smallest case that is still wrong: no record and nothing known of the person can be left out of it.

    A case on which trying raises is not wrong in the same way. Looking stops after a fixed number of tries, so that the
    answer may not be the very smallest of a large one.
    """
    tries = 0

    def still(tried: Case) -> bool:
        nonlocal tries
        tries += 1
        if tries > _MOST_TRIES:
            return False
        try:
            return is_wrong(tried)
        except Exception:  # noqa: BLE001 - a rule kind of a stranger's plugin may raise anything
            return False

    least, before = case, None
    while least is not before:
        before = least
        least = _fewer_records(least, still)
        for simpler in _simpler(least):
            # Each makes one thing simpler, of whatever has become of the case by then.
            tried = simpler(least)
            if tried != least and still(tried):
                least = tried
    return least


def _fewer_records(case: Case, still: Callable[[Case], bool]) -> Case:
    """Leave out as many records as can be, large parts first."""
    size = len(case.evidence)
    while size:
        at = 0
        while at < len(case.evidence):
            less = replace(case, evidence=case.evidence[:at] + case.evidence[at + size :])
            if still(less):
                case = less
            else:
                at += size
        size //= 2
    return case


def _simpler(case: Case) -> Iterator[Simpler]:
    """Ways to make a case simpler, one thing at a time."""
    yield partial(replace, purpose=None)
    yield partial(replace, review_point=None)
    for name in case.settings:
        yield partial(_without_setting, name=name)
    for field, value in _KNOWN_OF_NOBODY.items():
        yield partial(_known, field=field, value=value)
    for name in case.person.facts:
        yield partial(_without_fact, name=name)
    for at, record in enumerate(case.evidence):
        for criterion in record.criteria if len(record.criteria) > 1 else ():
            yield partial(_changed, at=at, field="criteria", value=(criterion,))
        for field in ("review_point", "moderated_by"):
            yield partial(_changed, at=at, field=field, value=None)


Simpler = Callable[[Case], Case]
_KNOWN_OF_NOBODY: Final = {field: value for field, value in Person(person=NOBODY) if field not in ("person", "facts")}


def _without_setting(case: Case, name: str) -> Case:
    return replace(case, settings={other: value for other, value in case.settings.items() if other != name})


def _known(case: Case, field: str, value: object) -> Case:
    return replace(case, person=case.person.model_copy(update={field: value}))


def _without_fact(case: Case, name: str) -> Case:
    return _known(case, "facts", {other: value for other, value in case.person.facts.items() if other != name})


def _changed(case: Case, at: int, field: str, value: object) -> Case:
    """The same with one record that says less."""
    changed = case.evidence[at].model_copy(update={field: value})
    return replace(case, evidence=(*case.evidence[:at], changed, *case.evidence[at + 1 :]))
