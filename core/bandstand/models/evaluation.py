"""One run's whole result, as it is published: pins, findings, conclusions, recommendation and trace."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from bandstand.models.clauses import Value
from bandstand.models.finding import Finding
from bandstand.models.framework import Zone
from bandstand.models.provenance import Basis
from bandstand.models.recommendation import Recommendation
from bandstand.models.trace import Trace

Colour = Literal["green", "amber", "blank"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PublishedFinding(_Part):
    """What the evidence shows for one criterion, and which evidence that goes by.

    Attributes:
        finding: One of the five answers; ``not_evidenced`` when nothing counted.
        provisional: A claim above what its source may reach until it is agreed.
        in_full: Whether the evidence counts in full in the view, so that what it shows is more than what somebody says.
        evidence: Id of the evidence, unless there was none.
        source: Its source.
        date: Its date.
        moderated: Whether it was agreed with the person.
        accepted_from: Id of the record of another framework that it was accepted from, if it was.
        accepted_by: Id of whoever accepted it.
        overruled: Ids of other evidence on the criterion that counts in this view and goes after it, newest first.
    """

    finding: Finding
    provisional: bool = False
    in_full: bool = False
    evidence: str | None = None
    source: str | None = None
    date: dt.date | None = None
    moderated: bool = False
    accepted_from: str | None = None
    accepted_by: str | None = None
    overruled: tuple[str, ...] = ()


class PublishedConclusion(_Part):
    """What one rule concluded, and how firmly the document says so."""

    name: str
    value: Value
    rule: str
    basis: Basis


class ViewResult(_Part):
    """What came out by one view; level and zone where the outcome has them."""

    label: str
    result: str
    level: int | None
    zone: Zone | None
    evidence: int = Field(description="How many criteria the view has evidence on.")


class Blocker(PublishedFinding):
    """A criterion that keeps the next level from being held.

    ``kind`` is ``employment_minimum`` where it belongs to the minimum for employment, which is never a development
    point.
    """

    criterion: str
    label: str
    kind: Literal["development", "employment_minimum"]


class Step(_Part):
    """What one criterion asks for.

    Attributes:
        criterion: Its id.
        label: The criterion in a few words.
        named: How a sentence names it.
        descriptor: What meeting it looks like.
        official: Whether that is the publisher's own wording, which the trust's overlay gives, and not ours.
        asks: What it asks for, as a phrase.
    """

    criterion: str
    label: str
    named: str
    descriptor: str
    official: bool
    asks: str


class NextSteps(_Part):
    """What to work on next: the smallest change that reaches the next level, or the focus where there are no levels.

    Attributes:
        level: The next level; None at the top, and where there are no levels.
        reaches: The level that would be held after the change: more than ``level`` when what lies above is met already.
        kind: ``employment_minimum`` where it is about the minimum for employment; ``focus`` where there are no levels.
        criteria: What each criterion asks.
    """

    level: int | None
    reaches: int | None
    kind: Literal["development", "employment_minimum", "focus", "none"]
    criteria: tuple[Step, ...]


class WhyNot(_Part):
    """What stands between a person and a level.

    Attributes:
        person: The person's id.
        framework: The framework's id.
        view: The view that it goes by.
        level: The level that was asked about.
        held: Whether it is held, and so nothing stands between.
        blockers: Every criterion that is open on the way to it.
        steps: The smallest change that reaches it.
    """

    person: str
    framework: str
    view: str
    level: int
    held: bool
    blockers: tuple[Blocker, ...]
    steps: NextSteps


class PackPin(_Part):
    """The pack that was used."""

    id: str
    version: str
    digest: str


class Pins(_Part):
    """Everything that the evaluation depends on; evaluating the same again gives the same bytes.

    Attributes:
        pack: Id, version and digest of the pack.
        overlay: Digest of the trust's overlay, if there was one.
        person: Digest of what was known of the person, but for the school, which decides nothing.
        evidence: Digest of the person's evidence for the outcome, whatever its order.
        engine: Release of Bandstand.
        as_of: The as-of date.
        digest: Digest of this whole evaluation without this one field.
    """

    pack: PackPin
    overlay: str | None
    person: str
    evidence: str
    engine: str
    as_of: dt.date
    digest: str


class Certificate(_Part):
    """Whether the engines agreed.

    Attributes:
        agreed: True when both concluded the same of everything; None when only one could run.
        engines: Which ran.
        runs: How many sets of findings were concluded on.
        compared: How many conclusions were compared.
        differences: Names of conclusions that they differed on, with both values.
        note: Why only one ran.
    """

    agreed: bool | None
    engines: tuple[str, ...]
    runs: int
    compared: int
    differences: tuple[str, ...] = ()
    note: str | None = None


class Checked(_Part):
    """One condition that was looked at, for the people who decide.

    Attributes:
        rule: The rule that it is of.
        id: The condition's id.
        label: What it is about.
        verdict: ``passes``, ``fails``, ``cant_tell``, or ``not_asked`` where it does not apply.
        question: What people are asked where it fails or cannot be told.
        reason: Why it fails, where it does.
        decides: Whether its failing means that nothing is supported, and not only something to discuss.
        source: Lines of the document.
        basis: How firmly it rests on them.
    """

    rule: str
    id: str
    label: str
    verdict: Literal["passes", "fails", "cant_tell", "not_asked"]
    question: str
    reason: str | None
    decides: bool
    source: str
    basis: Basis


class GivenFact(_Part):
    """What was given of a fact that the framework asks for.

    Attributes:
        label: What it is.
        value: What was given, or holds by default; None when it is not known.
        words: The same in words.
        of: Whose it is.
        given: Whether it was given, and is not only what holds by default.
    """

    label: str
    value: str | None
    words: str
    of: Literal["person", "trust"]
    given: bool


class Change(_Part):
    """A conclusion that was another on an earlier day.

    Attributes:
        name: The conclusion.
        label: What it is, in words.
        was: Its value then.
        now: Its value at the as-of date.
    """

    name: str
    label: str
    was: Value
    now: Value


class Evaluation(_Part):
    """One person, one outcome of one framework, one as-of date.

    Attributes:
        person: The person's id.
        framework: The framework's id.
        outcome: Id of what the framework was asked for.
        purpose: What it was made for; one that the framework serves.
        as_of: Evidence up to this date counts.
        review_point: The last review point that counts, where one was named.
        grade: The person's grade as the framework has it, if it is known.
        roles: The person's roles that the framework names.
        career_stage: The person's career stage, where the framework has it.
        facts: What the outcome asks for besides, by the fact's id.
        view: The view that result and recommendation go by.
        views: What came out by every view that says something, which a few lines do not.
        result: What came out, in a few words.
        findings: By criterion, in that view.
        conclusions: In that view.
        checks: Conditions that were looked at, where the outcome tests some.
        level: The highest level held, 0 for none; None where there are no levels.
        zone: Where the level lies against the band; None where no band is known.
        ragging: Colour by review point and line.
        ragging_views: The view that each review point's colours go by.
        recommendation: What is suggested.
        blockers: Criteria that keep the next level from being held.
        next_steps: The smallest change that reaches it; where there are no levels, what to work on next.
        since: The earlier day that is compared with, if one was named.
        changes: What has changed since then.
        pins: What the evaluation depends on.
        engine: The engine that concluded: ``durable_rules`` or ``plain``.
        certificate: Whether the engines agreed.
        trace: Everything asked, seen and concluded.
    """

    person: str
    framework: str
    outcome: str
    purpose: str
    as_of: dt.date
    review_point: str | None
    grade: str | None
    roles: tuple[str, ...]
    career_stage: str | None
    facts: dict[str, GivenFact]
    view: str
    views: dict[str, ViewResult]
    result: str
    findings: dict[str, PublishedFinding]
    conclusions: tuple[PublishedConclusion, ...]
    checks: tuple[Checked, ...]
    level: int | None
    zone: Zone | None
    ragging: dict[str, dict[str, Colour]]
    ragging_views: dict[str, str]
    recommendation: Recommendation
    blockers: tuple[Blocker, ...]
    next_steps: NextSteps
    since: dt.date | None
    changes: tuple[Change, ...]
    pins: Pins
    engine: Literal["durable_rules", "plain"]
    certificate: Certificate
    trace: Trace

    def value(self, conclusion: str) -> Value:
        """The value of a conclusion by its name.

        Raises:
            KeyError: No rule of the framework concludes it.
        """
        for concluded in self.conclusions:
            if concluded.name == conclusion:
                return concluded.value
        raise KeyError(conclusion)
