"""Records that are right for another version of their framework, which was valid when they were made."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from bandstand import words
from bandstand.interop.records import RecordCheck

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Mapping

    from bandstand.interop.source import RawRow
    from bandstand.models.evidence import Evidence
    from bandstand.packs.pack import Pack


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
        self._gone: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
        self._left_out: set[str] = set()
        self._counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])

    def record(self, row: RawRow) -> tuple[Evidence, bool] | None:
        """The row as evidence by the version that was valid at its date, and whether its id was made from its content.

        None where no other version takes it, or the one that counts is valid at its date too: then it is a mistake.
        """
        for pack in self._versions:
            found = self._check_of(pack).evidence(row)
            if isinstance(found, list) or found[0].framework != pack.id:
                continue
            evidence, made = found
            if pack.is_valid(evidence.date) and not self._packs[pack.id].is_valid(evidence.date):
                return self._without_what_is_gone(evidence, pack), made
        return None

    def has_nothing_of(self, evidence: Evidence) -> bool:
        """Whether the version that counts has nothing of what a record names, so that the record is left out."""
        return evidence.id in self._left_out

    def notes(self) -> Iterator[str]:
        """What was left out, a sentence for each version that it is of."""
        for (old, new), (whole, parts) in self._counts.items():
            gone = words.listed(list(self._gone[old, new]), most=8)
            if whole:
                records = words.count(whole, "record is", "records are")
                yield f"Left out: {records} of the time of {old}, and about what {new} does not have ({gone})."
            if parts:
                records = words.count(parts, "record is", "records are")
                yield f"Read in part: {records} of the time of {old}, and also about what {new} does not have ({gone})."

    def _check_of(self, pack: Pack) -> RecordCheck:
        if pack.name not in self._checks:
            self._checks[pack.name] = RecordCheck({**self._packs, pack.id: pack}, self._default, self._today)
        return self._checks[pack.name]

    def _without_what_is_gone(self, evidence: Evidence, pack: Pack) -> Evidence:
        new = self._packs[pack.id]
        names = pack.name, new.name
        kept = tuple(c for c in evidence.criteria if (c, evidence.claim) in new.unfolded.unfolds)
        self._gone[names].update(dict.fromkeys(c for c in evidence.criteria if c not in kept))
        if not kept:
            self._left_out.add(evidence.id)
            self._counts[names][0] += 1
            return evidence
        self._counts[names][1] += len(kept) < len(evidence.criteria)
        points = {point.id for point in new.framework.review_points}
        point = evidence.review_point if evidence.review_point in points else None
        return evidence.model_copy(update={"criteria": kept, "review_point": point})
