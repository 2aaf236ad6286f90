"""An evaluation in sentences, for people who have never seen the program."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from bandstand.models.evaluation import WhyNot


class Explanation(BaseModel):
    """An evaluation in sentences; `bandstand explain --json` writes a list of these.

    Attributes:
        person: The person's id.
        framework: The framework's id.
        outcome: Id of what the framework was asked for.
        headline: Where the person stands, in one sentence.
        reasons: Why.
        recommended: What is suggested.
        steps: What to work on next, one thing each with what it looks like, where the outcome has a focus.
        notes: What goes with it.
        caveats: What it rests on that is not certain.
        footing: Who decides, what checked it, and how to find the pack again.
        why_not: What stands between the person and the level that was asked about, if one was.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    person: str
    framework: str
    outcome: str
    headline: str
    reasons: tuple[str, ...]
    recommended: str
    steps: tuple[str, ...]
    notes: tuple[str, ...]
    caveats: tuple[str, ...]
    footing: str
    why_not: WhyNot | None = None

    def text(self) -> str:
        """All of it as plain text."""
        steps = (f"  {step}" for step in self.steps)
        parts = [self.headline, *self.reasons, f"Recommended: {self.recommended}", *steps, *self.notes]
        parts.extend(f"Mind: {caveat}" for caveat in self.caveats)
        return "\n".join([*parts, self.footing])
