"""Records that are right for another version of their framework, which was valid when they were made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bandstand import words
from bandstand.interop.records import RecordCheck

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Mapping

    from bandstand.interop.source import RawRow
    from bandstand.models.evidence import Evidence
    from bandstand.packs.pack import Pack


@dataclass(frozen=True, slots=True)
class Older:
    """A record that another version takes, which was valid at its date.

    Attributes:
        evidence: What it says, without what the version that counts has not; all of it where that has nothing of it.
        made: Whether its id was made from its content.
        old: Name of the version that takes it.
        new: Name of the version that counts.
        gone: What the version that counts has not.
        left_out: Whether that is all that the record names, so that it is left out.
    """

    evidence: Evidence
    made: bool
    old: str
    new: str
    gone: tuple[str, ...]
    left_out: bool


@dataclass(slots=True)
class Gone:
    """How many records were of another version's time, and about what the version that counts has not.

    Attributes:
        names: Of each pair of versions, the other's and then the one that counts: what the latter has not.
        counts: Of each pair, how many records were left out, and how many read in part.
    """

    names: dict[tuple[str, str], dict[str, None]] = field(default_factory=dict)
    counts: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)

    def count(self, older: Older, times: int = 1) -> None:
        """Count a record, or some of which all is alike that matters here."""
        whole = times if older.left_out else 0
        part = times if older.gone and not older.left_out else 0
        self._add((older.old, older.new), older.gone, whole, part)

    def add(self, other: Gone) -> None:
        """Count what was counted elsewhere as well."""
        for pair, (whole, part) in other.counts.items():
            self._add(pair, other.names[pair], whole, part)

    def _add(self, pair: tuple[str, str], gone: Iterable[str], whole: int, part: int) -> None:
        self.names.setdefault(pair, {}).update(dict.fromkeys(gone))
        before = self.counts.get(pair, (0, 0))
        self.counts[pair] = before[0] + whole, before[1] + part

    def notes(self) -> Iterator[str]:
        """What was left out, a sentence for each version that it is of."""
        for (old, new), (whole, parts) in self.counts.items():
            gone = words.listed(list(self.names[old, new]), most=8)
            if whole:
                records = words.count(whole, "record is", "records are")
                yield f"Left out: {records} of the time of {old}, and about what {new} does not have ({gone})."
            if parts:
                records = words.count(parts, "record is", "records are")
                yield f"Read in part: {records} of the time of {old}, and also about what {new} does not have ({gone})."


class OtherVersions:
    """Reads records by the version of their own time, and leaves out of them what the version that counts has not.

    Args:
        versions: Versions other than those that count.
        packs: Framework id -> the pack that counts.
        default_framework: The framework of records that name none.
        today: Evidence after this day is a problem.
    """

    def __init__(
        self, versions: Iterable[Pack], packs: Mapping[str, Pack], default_framework: str | None, today: dt.date
    ) -> None:
        self._packs, self._default, self._today = packs, default_framework, today
        self._versions = list(versions)
        self._checks: dict[str, RecordCheck] = {}

    def record(self, row: RawRow) -> Older | None:
        """The row as evidence by the version that was valid at its date.

        None where no other version takes it, or the one that counts is valid at its date too: then it is a mistake.
        """
        for pack in self._versions:
            found = self._check_of(pack).evidence(row)
            if isinstance(found, list) or found[0].framework != pack.id:
                continue
            evidence, made = found
            if pack.is_valid(evidence.date) and not self._packs[pack.id].is_valid(evidence.date):
                return self._without_what_is_gone(evidence, pack, made=made)
        return None

    def checks(self) -> Iterator[tuple[str, RecordCheck]]:
        """What reads records by each of the versions, with the framework that it is a version of."""
        yield from ((pack.id, self._check_of(pack)) for pack in self._versions)

    def _check_of(self, pack: Pack) -> RecordCheck:
        if pack.name not in self._checks:
            self._checks[pack.name] = RecordCheck({**self._packs, pack.id: pack}, self._default, self._today)
        return self._checks[pack.name]

    def _without_what_is_gone(self, evidence: Evidence, pack: Pack, *, made: bool) -> Older:
        new = self._packs[pack.id]
        kept = tuple(c for c in evidence.criteria if (c, evidence.claim) in new.unfolded.unfolds)
        gone = tuple(c for c in evidence.criteria if c not in kept)
        if kept:
            points = {point.id for point in new.framework.review_points}
            point = evidence.review_point if evidence.review_point in points else None
            evidence = evidence.model_copy(update={"criteria": kept, "review_point": point})
        return Older(evidence, made, pack.name, new.name, gone, left_out=not kept)
