"""The SMART ladder for a whole workforce as hand-written SQL in DuckDB, tuned.

Evidence becomes numbers: whose it is, of which criterion, and a weight of which the greatest counts. People are taken
some at a time, so that the table of groups stays in the processor's cache and what it takes in memory does not grow.
The agreed view comes first; an appraiser's view and a person's own are looked at only where that one says nothing.
Shuffled evidence is first sorted into such parts, as numbers, in temporary files.
"""

# ruff: noqa: S608 - all that goes into the SQL is from the benchmark itself

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

import by_hand
import cohort_rules as rules
import duckdb

if TYPE_CHECKING:
    from pathlib import Path

    from cohort_rules import Files

#: People at a time, and how many such parts are worked on at once.
STEP: Final = 10_000
WORKERS: Final = 2
#: Parts of shuffled evidence that are written at once.
PARTS: Final = 50

_COUNTS: Final = f"date BETWEEN DATE '{rules.OLDEST}' AND DATE '{rules.AS_OF}'"
_DAYS: Final = f"16 * (date - DATE '{rules.OLDEST}')"
_WEIGHT: Final = f"""
    CASE WHEN {{moderated}} OR source IN ('appraiser', 'observation') THEN 3 WHEN source = 'self' THEN 1 ELSE 2 END
        * {rules.RANK}
    + CASE claim WHEN 'met' THEN 4 WHEN 'partly_met' THEN 8 ELSE 12 END
    + CASE WHEN source IN ('appraiser', 'observation') THEN {rules.APPRAISER} WHEN source = 'self' THEN {rules.SELF}
        ELSE 0 END"""
_OF_STRINGS: Final = f"{_WEIGHT.format(moderated='moderated_by IS NOT NULL')} + {_DAYS}"

#: Evidence of some people that counts, as numbers.
_MARKS: Final = {
    "coded": f"""
        SELECT person, criterion, (weight + {_DAYS})::USMALLINT AS weight
        FROM '{{evidence}}/evidence.parquet' JOIN sayings USING (saying)
        WHERE {_COUNTS} AND person BETWEEN {{first}} AND {{last}}""",
    "sorted": f"""
        SELECT p.number AS person, criterion, ({_OF_STRINGS})::USMALLINT AS weight
        FROM '{{evidence}}' JOIN criteria ON criteria = name
        JOIN (FROM people WHERE number BETWEEN {{first}} AND {{last}}) AS p USING (person)
        WHERE {_COUNTS} AND person BETWEEN '{{first_id}}' AND '{{last_id}}'""",
    "shuffled": "SELECT person, criterion, weight FROM '{parts}/part={part}/*.parquet'",
}
_SORT_INTO_PARTS: Final = f"""
    COPY (
        SELECT number AS person, criterion, ({_OF_STRINGS})::USMALLINT AS weight, number // {STEP} AS part
        FROM '{{evidence}}' JOIN criteria ON criteria = name JOIN people USING (person)
        WHERE {_COUNTS}
    ) TO '{{parts}}' (FORMAT parquet, PARTITION_BY part, COMPRESSION snappy)"""

_ADD_UP: Final = """
    sum(CASE WHEN weight & 12 = 4 THEN met ELSE 0 END)::BIGINT AS met,
    bit_or(CASE WHEN weight & 12 > 4 THEN short ELSE 0 END) AS short"""

#: The agreed view of those of whom there is evidence that counts in full.
_AGREED: Final = f"""
    SELECT person, {_ADD_UP}
    FROM (SELECT person, criterion, max(weight) AS weight FROM marks GROUP BY ALL) JOIN criteria USING (criterion)
    WHERE weight >= {3 * rules.RANK}
    GROUP BY person"""

#: Whether a view has evidence enough for a level, or evidence against the first.
_SPEAKS: Final = f"(met & 15 = {rules.FIRST} OR short & 1 = 1)"

#: The views of an appraiser and of the person, of those of whom the agreed view says nothing.
_OTHERS: Final = f"""
    SELECT person, view, {_ADD_UP}
    FROM (
        SELECT person, criterion, weight & 3 AS view, max(weight & {rules.RANK - 1}) AS weight
        FROM marks
        WHERE weight & 3 > 0 AND person NOT IN (SELECT person FROM agreed WHERE {_SPEAKS})
        GROUP BY ALL
    ) JOIN criteria USING (criterion)
    GROUP BY person, view"""

#: Levels held: as many as there are whole fours of bits below the lowest that is set in what is open.
_OPEN: Final = f"({rules.ALL_MET} - coalesce(met, 0) | (coalesce(short, 0) >> 16))"
_LEVEL: Final = f"least({len(by_hand.LEVELS)}, bit_count(({_OPEN} & -{_OPEN}) - 1) // 4)"

#: A row for each person, by the first view that says something, else by the first with evidence that counts in full.
_RESULTS: Final = f"""
    WITH views AS (
        SELECT person, 0 AS view, met, short FROM agreed UNION ALL FROM ({_OTHERS})
    ), headlines AS (
        SELECT DISTINCT ON (person) person, view, met, short
        FROM views ORDER BY person, CASE WHEN {_SPEAKS} THEN view ELSE view + 3 END
    ), standing AS (
        SELECT
            p.person,
            p.early,
            coalesce(view, 0) AS view,
            coalesce(short, 0) AS short,
            {_LEVEL} AS level,
            CASE WHEN level < amber THEN 'red' WHEN level < gold THEN 'amber' WHEN level < green THEN 'gold'
                ELSE 'green' END AS zone
        FROM people AS p LEFT JOIN headlines AS h ON h.person = number
        WHERE number BETWEEN {{first}} AND {{last}}
    )
    SELECT
        person,
        CASE view WHEN 0 THEN 'agreed' WHEN {rules.APPRAISER} THEN 'appraiser' ELSE 'self' END AS view,
        level::SMALLINT AS level,
        zone,
        CASE
            WHEN view <> {rules.SELF} AND short & 1 = 1 THEN 'employment_minimum'
            WHEN early THEN 'mentor_system'
            WHEN view = {rules.SELF} THEN 'agree_view'
            WHEN level = 0 OR zone = 'red' AND short >> level & 1 = 0 THEN 'complete_evidence'
            WHEN zone = 'red' THEN 'support'
            WHEN zone = 'amber' THEN 'objective_to_rise'
            WHEN zone = 'gold' THEN 'sustain'
            ELSE 'optional'
        END AS action
    FROM standing"""


def run(files: Files, kind: str, out: Path) -> None:
    """Write the results of everybody to a file of Parquet."""
    with tempfile.TemporaryDirectory(dir=out.parent) as parts:
        connection = duckdb.connect(config={"threads": WORKERS, "preserve_insertion_order": False})
        # Groups by two small numbers are kept in a plain array where their ranges are known to be small enough.
        connection.execute("SET perfect_ht_threshold = 24")
        evidence = files.evidence(kind)
        _look_up(connection, files, kind)
        if kind == "shuffled":
            connection.execute(_SORT_INTO_PARTS.format(evidence=evidence, parts=parts))
        connection.execute(
            "CREATE TABLE results (person VARCHAR, view VARCHAR, level SMALLINT, zone VARCHAR, action VARCHAR)"
        )
        starts = connection.execute(
            f"""SELECT min(number), max(number), min(person), max(person)
            FROM people GROUP BY number // {STEP} ORDER BY 1"""
        ).fetchall()

        def work(part: int) -> None:
            first, last, first_id, last_id = starts[part]
            cursor = connection.cursor()
            marks = _MARKS[kind].format(
                evidence=evidence, first=first, last=last, first_id=first_id, last_id=last_id, parts=parts, part=part
            )
            cursor.execute(f"CREATE TEMP TABLE marks AS {marks}")
            cursor.execute(f"CREATE TEMP TABLE agreed AS {_AGREED}")
            cursor.execute(f"INSERT INTO results {_RESULTS.format(first=first, last=last)}")
            cursor.close()

        with ThreadPoolExecutor(WORKERS) as pool:
            list(pool.map(work, range(len(starts))))
        connection.execute(f"COPY results TO '{out}' (FORMAT parquet, COMPRESSION zstd)")


def _look_up(connection: duckdb.DuckDBPyConnection, files: Files, kind: str) -> None:
    """Tables of criteria, people and, of coded evidence, of what sayings weigh."""
    connection.execute("CREATE TABLE criteria (name VARCHAR, criterion UTINYINT, met BIGINT, short BIGINT)")
    connection.execute(f"INSERT INTO criteria VALUES {', '.join(str(tuple(row)) for row in rules.CRITERIA)}")
    connection.execute("CREATE TABLE bands (grade VARCHAR, amber INTEGER, gold INTEGER, green INTEGER)")
    connection.execute(f"INSERT INTO bands VALUES {', '.join(map(str, rules.BANDS))}")
    ids = f"(SELECT person, row_number() OVER (ORDER BY person) - 1 AS number FROM '{files.staff}')"
    if kind == "coded":
        ids = f"(SELECT person, file_row_number AS number FROM read_parquet('{files.evidence(kind)}/people.parquet'))"
        connection.execute(
            f"""CREATE TABLE sayings AS
            SELECT file_row_number::UINTEGER AS saying, criterion, ({_WEIGHT.format(moderated="moderated")}) AS weight
            FROM read_parquet('{files.evidence(kind)}/sayings.parquet') JOIN criteria ON name = criteria[1]"""
        )
    connection.execute(
        f"""CREATE TABLE people AS
        SELECT person, number::UINTEGER AS number, amber, gold, green,
            coalesce(career_stage IN ('ECT1', 'ECT2'), false) AS early
        FROM {ids} JOIN '{files.staff}' USING (person) JOIN bands USING (grade)"""
    )
