"""What a whole workforce is asked: outcomes of frameworks, each with all that its answer depends on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bandstand import words
from bandstand.asking import check_settings, outcomes_asked
from bandstand.cohort.ask import Ask
from bandstand.effective import refuse_where_expired
from bandstand.engine.evaluate import Evaluator
from bandstand.errors import NotFoundError, RefusedError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from bandstand.cohort.ask import Leave
    from bandstand.packs.pack import Pack
    from bandstand.service import Service


@dataclass(frozen=True, slots=True)
class CohortQuestion:
    """What is asked of a workforce's evidence.

    Attributes:
        frameworks: Evaluate under these frameworks; under every one that there is evidence for when empty.
        outcome: Ask for this outcome only; for every one that there is evidence for when None.
        purpose: What for; each framework's first purpose when None.
        as_of: Evidence up to this date counts; the date of the newest evidence when None.
        review_point: The last review point that counts; all when None.
        since: An earlier day to compare with; none when None.
        settings: What the trust sets for everybody, by the fact's id.
        refuse_expired: Refuse a framework that is not valid at the as-of date, instead of saying so.
        every_conclusion: Whether results have all conclusions.
        without: Columns of the results that are left empty.
    """

    frameworks: tuple[str, ...] = ()
    outcome: str | None = None
    purpose: str | None = None
    as_of: dt.date | None = None
    review_point: str | None = None
    since: dt.date | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    refuse_expired: bool = False
    every_conclusion: bool = False
    without: tuple[Leave, ...] = ()

    @property
    def default_framework(self) -> str | None:
        """The framework of records that name none: the one that is asked for, where it is one."""
        return self.frameworks[0] if len(self.frameworks) == 1 else None


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of each framework at a day.

    Attributes:
        asks: In the order of the frameworks that were named, else of their ids, and within each in the framework's.
        refused: Why nothing is asked of some frameworks, by their ids.
    """

    asks: tuple[Ask, ...]
    refused: Mapping[str, RefusedError]


def check_question(service: Service, question: CohortQuestion) -> None:
    """See that what is asked for is there, before anything is read.

    Raises:
        NotFoundError: A framework or a setting is not there.
        ProblemsError: The lock refuses a framework.
    """
    for name in question.frameworks:
        service.check_framework(name)
    packs = service.catalogue.frameworks(question.as_of or service.today)
    check_settings(question.settings, packs)
    outcomes_asked(question.frameworks, question.outcome, question.purpose, packs)


def asked(question: CohortQuestion, packs: Mapping[str, Pack], as_of: dt.date) -> Asked:
    """What is asked of each framework.

    Raises:
        NotFoundError: An outcome, a setting or a review point is not there, or there is no time to compare.
        RefusedError: No framework serves the purpose, or is valid where that is asked.
    """
    check_settings(question.settings, packs)
    if question.since is not None and question.since >= as_of:
        days = f"{words.day(question.since)} is not before {words.day(as_of)}"
        raise NotFoundError(f"There is no time to compare: {days}, the day up to which evidence counts.")
    asks: list[Ask] = []
    refused: dict[str, RefusedError] = {}
    for name, outcomes in outcomes_asked(question.frameworks, question.outcome, question.purpose, packs).items():
        for outcome in outcomes:
            try:
                asks.append(_ask(packs[name], outcome, question, as_of))
            except RefusedError as error:
                refused[name] = error
    if refused and not asks:
        raise next(iter(refused.values()))
    return Asked(tuple(asks), refused)


def _ask(pack: Pack, outcome: str, question: CohortQuestion, as_of: dt.date) -> Ask:
    refuse_where_expired(pack, as_of, by_option=question.refuse_expired)
    evaluator = Evaluator(pack, durable=False)
    purpose = evaluator.served(question.purpose, outcome)
    has_points = bool(pack.framework.review_points)
    if has_points or question.frameworks == (pack.id,):
        # A review point of one framework says nothing to those that have none.
        evaluator.check_review_point(question.review_point)
    return Ask(
        pack=pack,
        outcome=outcome,
        purpose=purpose,
        as_of=as_of,
        review_point=question.review_point if has_points else None,
        settings=question.settings,
        since=question.since,
        every_conclusion=question.every_conclusion,
        without=frozenset(question.without),
    )
