"""Sayings as JSON has them, and their order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bandstand.cohort.batch import Saying
from bandstand.models.evidence import EvidenceSource

if TYPE_CHECKING:
    from collections.abc import Sequence


def saying_of(parts: Sequence[Any]) -> Saying:
    """A saying of what JSON has of it.

    Raises:
        ValueError: It is not one.
    """
    framework, criteria, claim, source, review_point, moderated = parts
    return Saying(framework, tuple(criteria), claim, EvidenceSource(source), review_point, moderated)


def order_of(saying: Saying) -> tuple[Any, ...]:
    """By what sayings are ordered."""
    return (*saying[:4], saying.review_point or "", saying.moderated)
