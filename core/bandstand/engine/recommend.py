"""The recommendation of an evaluation: the framework's action in words, what supports it, and what to mind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bandstand import words
from bandstand.engine.facts import text_of
from bandstand.engine.plain import NOT_FIRED
from bandstand.engine.trace import supporting
from bandstand.models.clauses import FindingIs
from bandstand.models.finding import Finding
from bandstand.models.provenance import Basis, Ground
from bandstand.models.recommendation import FLAGGED, NOT_GIVEN, Caveat, Recommendation
from bandstand.rules.base import ground

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bandstand.engine.evaluate import Evaluated
    from bandstand.models.clauses import Fact
    from bandstand.models.evaluation import NextSteps, PublishedFinding
    from bandstand.models.framework import Action


def recommend(evaluated: Evaluated, findings: Mapping[str, PublishedFinding], steps: NextSteps) -> Recommendation:
    """What the framework suggests to somebody; nothing at all when the engines disagreed.

    Args:
        evaluated: What was seen and concluded.
        findings: By criterion, in the view that the recommendation goes by.
        steps: The smallest change that reaches the next level.
    """
    differences = evaluated.differences
    return _withheld(differences) if differences else _Advice(evaluated, findings, steps).recommendation()


def _withheld(differences: Sequence[str]) -> Recommendation:
    text = (
        "The two engines did not conclude the same, so nothing is recommended. This is a fault of the program or of "
        "the pack: please report it with the evaluation's pins. They differ on "
        f"{'; '.join(differences[:3])}{' …' if len(differences) > 3 else ''}."  # noqa: PLR2004 - a line's worth
    )
    return Recommendation(
        action="withheld", label="Nothing is recommended", text=text, supports=(), notes=(), caveats=()
    )


class _Advice:
    """One recommendation in the making."""

    def __init__(self, evaluated: Evaluated, findings: Mapping[str, PublishedFinding], steps: NextSteps) -> None:
        self._evaluated = evaluated
        self._framework = evaluated.pack.framework
        self._run = evaluated.headline
        self._findings = findings
        self._steps = steps

    def recommendation(self) -> Recommendation:
        outcome, run = self._evaluated.outcome, self._run
        action = self._action(outcome.action)
        assert action is not None
        notes = [note for name in outcome.notes if (note := self._action(name)) is not None]
        supports = supporting(self._evaluated, outcome.named)
        concluded = [name for name in supports if run.plain.fired[run.program.positions[name]] != NOT_FIRED]
        return Recommendation(
            action=action.id,
            label=action.label,
            text=self._worded(action),
            supports=tuple(sorted(concluded)),
            notes=tuple(map(self._worded, notes)),
            caveats=(*self._shaky_grounds(supports, [action, *notes]), *self._circumstances()),
        )

    def _action(self, conclusion: str) -> Action | None:
        value = self._run.value(conclusion)
        return next((action for action in self._framework.actions if action.id == value), None)

    def _worded(self, action: Action) -> str:
        steps, facts = self._steps, self._evaluated.facts
        fields: dict[str, object] = {
            asked.id: asked.worded(text_of(facts[asked.id])) for asked in self._framework.facts
        }
        if self._evaluated.outcome.level is not None:
            level = self._run.number(self._evaluated.outcome.level)
            above = "" if steps.level is None else steps.level
            fields |= {"level": level, "standing": words.standing(level), "next_level": above}
        fields |= {
            "person": self._evaluated.person.person,
            "grade": facts.get("grade") or "this grade",
            "career_stage": self._stage(facts.get("career_stage")),
            "lines": words.listed([step.named for step in steps.criteria]),
            "short_lines": words.listed(self._short_lines()),
            "count": len(steps.criteria),
        }
        return action.text.format(**fields)

    def _short_lines(self) -> list[str]:
        """The steps on what was found wanting, which goes before what nobody has looked at; all where nothing was."""
        findings, short = self._findings, (Finding.NOT_MET, Finding.PARTLY_MET)
        steps = self._steps.criteria
        found = [s.named for s in steps if findings[s.criterion].in_full and findings[s.criterion].finding in short]
        return found or [step.named for step in steps]

    def _stage(self, stage: Fact) -> str:
        labels = {option.id: option.label for option in self._framework.career_stages}
        return labels.get(str(stage), "not known")

    def _shaky_grounds(self, supports: Mapping[str, tuple[Ground, ...]], actions: Sequence[Action]) -> Iterable[Caveat]:
        """A caveat for each thing that the recommendation rests on and that the document does not state."""
        # A scale is nobody's point in particular.
        subjects = {
            ground(scale): f"The order of the scale of {words.uncapitalised(scale.label)}"
            for scale in self._framework.scales
            if any(ground(scale) in found for found in supports.values())
        }
        for name, found in supports.items():
            declared = self._run.program.conclusions[self._run.program.positions[name]]
            rule = self._evaluated.pack.rule_by_id[declared.rule]
            for one in found:
                subjects.setdefault(one, rule.subject(name, self._run.value))
        for action in actions:
            subjects.setdefault(ground(action), f'"{action.label}"')
        focus = self._evaluated.outcome.focus
        if focus is not None and self._steps.criteria:
            chosen = self._evaluated.pack.rule_by_id[focus].focus_ground()
            if chosen is not None:
                subjects.setdefault(chosen, "The choice of what to work on")
        subjects.setdefault(ground(self._framework.findings), "How evidence counts")
        said: set[tuple[str, Basis, str | None]] = set()
        for one, subject in sorted(subjects.items(), key=lambda item: (item[0].basis, item[1], item[0].source)):
            if not one.is_firm and (subject, one.basis, one.note) not in said:
                said.add((subject, one.basis, one.note))
                yield Caveat(code="basis", text=_basis_text(one, subject), basis=one.basis, source=one.source)

    def _circumstances(self) -> Iterable[Caveat]:
        """Caveats that come from this person's evidence and record rather than from the framework."""
        evaluated, framework, run = self._evaluated, self._framework, self._run
        views = {view.id: view for view in framework.findings.views}
        first = views[evaluated.views[0]].label
        if run.findings.view != evaluated.views[0] and evaluated.evidence:
            label = views[run.findings.view].label
            what = "This goes" if evaluated.outcome.level is None else "Level and zone go"
            text = f"{what} by one side only ({label.lower()}): the {first.lower()} says too little yet."
            yield Caveat(code="one-view", text=text)
        provisional = [c for c, found in self._findings.items() if found.provisional]
        if provisional:
            text = f"Claimed and not agreed yet: {words.listed(provisional, most=8)}."
            yield Caveat(code="provisional", text=text)
        read = {c.criterion for c in run.program.conditions if isinstance(c, FindingIs)}
        read.update(c for measure in run.program.measures for c in measure.criteria)
        unread = [c for c, found in self._findings.items() if found.evidence is not None and c not in read]
        if unread:
            text = f"Seen, and read by no rule, so look at it yourself: {words.listed(unread, most=8)}."
            yield Caveat(code="not-read", text=text)
        left_out = evaluated.findings.left_out
        if left_out and not run.findings.seen:
            text = (
                f"None of the evidence counts as at {words.day(evaluated.as_of)}: "
                f"{words.count(len(left_out), 'record is', 'records are')} too old, dated later, or for a later review."
            )
            yield Caveat(code="nothing-counts", text=text)
        if evaluated.outcome.zone is not None and framework.grades and evaluated.facts.get("grade") is None:
            given = evaluated.person.grade
            what = (
                "No grade is recorded" if given is None else f'"{given}" is not clearly one of this framework\'s grades'
            )
            yield Caveat(code="no-grade", text=f"{what}, so the zone can only go by a role.")
        for asked in evaluated.asked:
            if asked.needed and evaluated.facts[asked.id] is None:
                yield Caveat(code=NOT_GIVEN + asked.id, text=f"{asked.label} is not given. {asked.question}")
        for flag in framework.flags:
            if flag.id in evaluated.person.flags:
                yield Caveat(code=FLAGGED + flag.id, text=f"{flag.label}. {flag.note or ''}".strip())
        since, until = framework.valid_from, framework.valid_until
        if (since is not None and evaluated.as_of < since) or (until is not None and evaluated.as_of > until):
            span, day = words.span(since, until), words.day(evaluated.as_of)
            text = f"{evaluated.pack.name} is valid {span}, and this is as at {day}."
            yield Caveat(code="validity", text=text)
        if evaluated.unavailable is not None:
            yield Caveat(code="one-engine", text="Only the plain engine concluded, so no second engine has checked it.")


def _basis_text(ground: Ground, subject: str) -> str:
    where = words.lines(ground.source)
    if ground.basis is Basis.ILLUSTRATIVE:
        return f"{subject} is an example value, which your trust has not confirmed ({where}). {ground.note}"
    return f"{subject} is a reading of the document ({where}). {ground.note}"
