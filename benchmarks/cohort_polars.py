"""The SMART ladder for a whole workforce in hand-written Polars, tuned.

Evidence becomes one number for each record: whose it is, of which criterion, and a weight of which the greatest counts;
sorting these is faster than grouping by person and criterion. People are taken some at a time. The agreed view comes
first; an appraiser's view and a person's own are looked at only where that one says nothing. Shuffled evidence is first
sorted into such parts, as numbers, in temporary files.
"""

from __future__ import annotations

import datetime as dt
import importlib
import tempfile
from typing import TYPE_CHECKING, Any, Final

import by_hand
import cohort_rules as rules

if TYPE_CHECKING:
    from pathlib import Path

    from cohort_rules import Files

#: Only ``make bench`` installs it, so that nobody else can look up its types.
pl: Final[Any] = importlib.import_module("polars")

#: People at a time.
STEP: Final = 20_000
#: Where a record's number has the criterion, the view (none yet) and the person; its weight is below.
CRITERION: Final = 1 << 16
VIEW: Final = 1 << 24
PERSON: Final = 1 << 26

_SOURCES: Final = {
    "self": (1, rules.SELF),
    **dict.fromkeys(("appraiser", "observation"), (3, rules.APPRAISER)),
    **dict.fromkeys(("peer", "document", "data", "pupil_voice"), (2, 0)),
}
_CLAIMS: Final = {"met": 4, "partly_met": 8, "not_met": 12}
_NUMBERS: Final = pl.Enum([criterion.name for criterion in rules.CRITERIA])
_MET: Final = pl.Series([criterion.met for criterion in rules.CRITERIA], dtype=pl.Int64)
_SHORT: Final = pl.Series([criterion.short for criterion in rules.CRITERIA], dtype=pl.Int64)
#: By the source's number, and then the same for what somebody agreed.
_RANKS: Final = pl.Series(
    [(3 if moderated else rank) * rules.RANK + own for moderated in (False, True) for rank, own in _SOURCES.values()],
    dtype=pl.UInt64,
)
_BANDS: Final = pl.DataFrame(rules.BANDS, schema=["grade", "amber", "gold", "green"], orient="row")
_FIRST_DAY: Final = (rules.OLDEST - dt.date(1970, 1, 1)).days

_COUNTS: Final = pl.col("date").is_between(rules.OLDEST, rules.AS_OF)
_DAYS: Final = (pl.col("date").to_physical() - _FIRST_DAY).cast(pl.UInt64) * 16
#: Whether a view has evidence enough for a level, or evidence against the first.
_SPEAKS: Final = (pl.col("met") & 15 == rules.FIRST) | (pl.col("short") & 1 == 1)


def _weight(moderated: Any) -> Any:
    """What a record weighs but for its day."""
    source = pl.col("source").cast(pl.Enum(list(_SOURCES))).to_physical().cast(pl.UInt32)
    claim = pl.col("claim").cast(pl.Enum(list(_CLAIMS))).to_physical().cast(pl.UInt64)
    return pl.lit(_RANKS).gather(source + len(_SOURCES) * moderated.cast(pl.UInt32)) + (claim + 1) * 4


def _criterion(name: Any) -> Any:
    """Its position among criteria; null for what the ladder does not go by."""
    return name.cast(_NUMBERS, strict=False).to_physical().cast(pl.UInt64)


_STRINGS: Final = (_criterion(pl.col("criteria")) * CRITERION) + _weight(pl.col("moderated_by").is_not_null()) + _DAYS


def run(files: Files, kind: str, out: Path) -> None:
    """Write the results of everybody to a file of Parquet."""
    people = pl.read_parquet(files.staff).join(_BANDS, on="grade")
    evidence = files.evidence(kind)
    if kind == "coded":
        people = pl.read_parquet(evidence / "people.parquet").join(people, on="person", maintain_order="left")
        said = pl.read_parquet(evidence / "sayings.parquet").select(
            (_criterion(pl.col("criteria").list.first()) * CRITERION + _weight(pl.col("moderated"))).alias("said")
        )
    else:
        people = people.sort("person")
    ids = people["person"]
    results = []
    with tempfile.TemporaryDirectory(dir=out.parent) as parts:
        if kind == "shuffled":
            _sort_into_parts(evidence, ids, parts)
        for at, start in enumerate(range(0, len(people), STEP)):
            some = people[start : start + STEP]
            if kind == "coded":
                records = pl.scan_parquet(evidence / "evidence.parquet").filter(
                    pl.col("person").is_between(start, start + STEP - 1), _COUNTS
                )
                person = pl.col("person").cast(pl.UInt64) - start
                mark = pl.lit(said["said"]).gather(pl.col("saying")) + _DAYS
                marks = records.select(person * PERSON + mark).drop_nulls().collect().to_series()
            elif kind == "sorted":
                records = pl.scan_parquet(evidence).filter(
                    pl.col("person").is_between(pl.lit(some["person"][0]), pl.lit(some["person"][-1])), _COUNTS
                )
                person = pl.col("person").cast(pl.Enum(some["person"])).to_physical().cast(pl.UInt64)
                marks = records.select(person * PERSON + _STRINGS).drop_nulls().collect().to_series()
            else:
                marks = pl.read_parquet(f"{parts}/part={at}/*.parquet")["mark"] - start * PERSON
            results.append(_results(marks, some))
    pl.concat(results).write_parquet(out)


def _sort_into_parts(evidence: Path, ids: Any, folder: str) -> None:
    person = pl.col("person").cast(pl.Enum(ids)).to_physical().cast(pl.UInt64)
    marks = pl.scan_parquet(evidence).filter(_COUNTS).select(mark=person * PERSON + _STRINGS).drop_nulls()
    part = (pl.col("mark") // (STEP * PERSON)).alias("part")
    marks.sink_parquet(pl.PartitionBy(folder, key=part, include_key=False), compression="lz4", mkdir=True)


def _results(marks: Any, people: Any) -> Any:
    """Of some people, whose marks have their positions: the view to go by, level, zone and action."""
    mark = pl.col("mark")
    records = pl.LazyFrame({"mark": marks})
    agreed = _views(records, rules.RANK * 3).collect()
    said = pl.Series([False]).extend_constant(value=False, n=len(people) - 1)
    said = said.scatter(agreed.filter(_SPEAKS)["group"] // (PERSON // VIEW), values=True)
    own = mark & 3
    others = _views(
        records.filter(own > 0, ~pl.lit(said).gather(mark // PERSON)).select(
            mark - (mark & 3 * rules.RANK) + own * VIEW
        ),
        0,
    ).collect()
    views = pl.concat([agreed, others]).with_columns(
        person=pl.col("group") // (PERSON // VIEW), view=pl.col("group") % 4
    )
    headlines = views.sort("person", pl.when(_SPEAKS).then(pl.col("view")).otherwise(pl.col("view") + 4)).unique(
        "person", keep="first", maintain_order=True
    )
    is_open = rules.ALL_MET - pl.col("met") | pl.col("short") // (1 << 16)
    return (
        people.lazy()
        .with_row_index("at")
        .join(
            headlines.lazy().select(pl.col("person").cast(pl.UInt32).alias("at"), "view", "met", "short"), "at", "left"
        )
        .with_columns(pl.col("view", "met", "short").fill_null(0))
        .with_columns(
            level=pl.min_horizontal(is_open.bitwise_trailing_zeros() // 4, len(by_hand.LEVELS)).cast(pl.Int16)
        )
        .with_columns(
            zone=pl.when(pl.col("level") < pl.col("amber"))
            .then(pl.lit("red"))
            .when(pl.col("level") < pl.col("gold"))
            .then(pl.lit("amber"))
            .when(pl.col("level") < pl.col("green"))
            .then(pl.lit("gold"))
            .otherwise(pl.lit("green")),
        )
        .select("person", _NAME.alias("view"), "level", "zone", _ACTION.alias("action"))
        .collect()
    )


def _views(marks: Any, least: int) -> Any:
    """What the greatest weights for each criterion add up to, of those from ``least`` on, by person and view."""
    mark = pl.col("mark")
    cell = mark // CRITERION
    criterion = cell % (VIEW // CRITERION)
    met = mark & 12 == 4  # noqa: PLR2004 - the bits of a weight
    return (
        marks.select(mark.sort())
        .filter(cell.ne_missing(cell.shift(-1)), mark % CRITERION >= least)
        .select(
            group=(mark // VIEW).set_sorted(),
            met=pl.when(met).then(pl.lit(_MET).gather(criterion)).otherwise(0),
            short=pl.when(met).then(0).otherwise(pl.lit(_SHORT).gather(criterion)),
        )
        .group_by("group")
        .agg(pl.col("met").sum(), pl.col("short").bitwise_or())
    )


_NAME: Final = (
    pl.when(pl.col("view") == 0)
    .then(pl.lit("agreed"))
    .when(pl.col("view") == rules.APPRAISER)
    .then(pl.lit("appraiser"))
    .otherwise(pl.lit("self"))
)
_ACTION: Final = (
    pl.when(pl.col("view") != rules.SELF, pl.col("short") & 1 == 1)
    .then(pl.lit("employment_minimum"))
    .when(pl.col("career_stage").is_in(["ECT1", "ECT2"]))
    .then(pl.lit("mentor_system"))
    .when(pl.col("view") == rules.SELF)
    .then(pl.lit("agree_view"))
    .when(pl.col("level") == 0)
    .then(pl.lit("complete_evidence"))
    .when(pl.col("zone") == "red", pl.col("short") // 2 ** pl.col("level") % 2 == 0)
    .then(pl.lit("complete_evidence"))
    .otherwise(
        pl.col("zone").replace_strict(
            {"red": "support", "amber": "objective_to_rise", "gold": "sustain", "green": "optional"}
        )
    )
)
