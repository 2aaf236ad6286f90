"""Bands against the order of grades: a more senior grade is expected no lower, and every grade has a band."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Literal

from bandstand.rules.expected_band import ExpectedBand

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bandstand.checks.bench import Bench
    from bandstand.models.framework import Grade
    from bandstand.models.problem import Problem
    from bandstand.rules.expected_band import Band

_End = Literal["from", "gold", "to"]
_ENDS: tuple[_End, ...] = ("from", "gold", "to")


def bands(bench: Bench) -> Iterator[Problem]:
    """Bands that fall where grades rise, and grades without a band."""
    for rule in bench.pack.rules:
        if isinstance(rule, ExpectedBand):
            yield from _falling(bench, rule)
            yield from _without(bench, rule)


def _falling(bench: Bench, rule: ExpectedBand) -> Iterator[Problem]:
    """Each end of a band that lies lower than that of a grade before it in the strand, with the nearest of those."""
    banded = _banded(bench, rule)
    reported: set[tuple[int, _End]] = set()
    for strand in bench.pack.framework.strands:
        grades = sorted((grade for grade in banded if grade.strand == strand.id), key=lambda grade: grade.column)
        pairs = [(low, high) for low, high in combinations(grades, 2) if low.column < high.column]
        for low, high in sorted(pairs, key=lambda pair: (pair[1].column, -pair[0].column)):
            at, band = banded[high]
            lower = banded[low][1]
            for end in _ENDS:
                if (at, end) in reported or not _is_lower(band, lower, end):
                    continue
                reported.add((at, end))
                yield bench.of_rule(
                    rule.id,
                    ("bands", at, end),
                    "band-not-monotone",
                    f"{high.id} comes after {low.id}, and `{end}` of its band is level {_level(band, end)}, "
                    f"not {_level(lower, end)} or higher.",
                    "Let no end of a band lie lower than that of a grade before it.",
                    counter_example=(
                        f"{low.id} (column {low.column}): {_span(lower)}",
                        f"{high.id} (column {high.column}): {_span(band)}",
                    ),
                )


def _without(bench: Bench, rule: ExpectedBand) -> Iterator[Problem]:
    banded = _banded(bench, rule)
    said = {name for gap in bench.pack.framework.gaps for name in gap.grades}
    for n, grade in enumerate(bench.pack.framework.grades):
        if banded and grade not in banded and grade.id not in said:
            yield bench.of_framework(
                ("grades", n),
                "grade-without-band",
                f"{grade.id} has no band in {rule.id}, so nobody in that grade has a zone.",
                "Give it a band, or name it in the `grades` of a gap that says why there is none.",
            )


def _banded(bench: Bench, rule: ExpectedBand) -> dict[Grade, tuple[int, Band]]:
    """The grades that have a band, each with it and its place."""
    by_id = {grade.id: grade for grade in bench.pack.framework.grades}
    return {by_id[name]: (at, band) for at, band in enumerate(rule.bands) for name in band.grades}


def _is_lower(band: Band, other: Band, end: _End) -> bool:
    """Whether an end lies lower than another's; where either is not given, nothing can be said."""
    one, two = _level(band, end), _level(other, end)
    return one is not None and two is not None and one < two


def _level(band: Band, end: _End) -> int | None:
    bound = band.bound(end)
    return None if bound is None else bound[0]


def _span(band: Band) -> str:
    return ", ".join(f"{end} {level}" for end in _ENDS if (level := _level(band, end)) is not None)
