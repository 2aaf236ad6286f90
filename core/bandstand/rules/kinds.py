"""The rule kinds that Bandstand brings, in the order in which messages list them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bandstand.rules.coverage import Coverage
from bandstand.rules.cumulative_levels import CumulativeLevels
from bandstand.rules.decision_table import DecisionTable
from bandstand.rules.expectations import Expectations
from bandstand.rules.expected_band import ExpectedBand
from bandstand.rules.profile import Profile
from bandstand.rules.prompts import Prompts
from bandstand.rules.ragging import Ragging
from bandstand.rules.rating_check import RatingCheck

if TYPE_CHECKING:
    from bandstand.rules.base import Rule

KINDS: Final[tuple[type[Rule], ...]] = (
    CumulativeLevels,
    Ragging,
    ExpectedBand,
    Profile,
    Coverage,
    Expectations,
    RatingCheck,
    Prompts,
    DecisionTable,
)
