"""The SMART ladder for a whole workforce as SQL in DuckDB as one would write it first: one query over the whole file.

DuckDB may take 2 GB of memory and writes to temporary files beyond that.
"""

# ruff: noqa: S608 - all that goes into the SQL is from the benchmark itself

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import by_hand
import cohort_rules as rules
import duckdb

if TYPE_CHECKING:
    from pathlib import Path

    from cohort_rules import Files

_READ: Final = {
    "coded": """
        SELECT p.person, s.criteria[1] AS criterion, claim, source, date, moderated
        FROM '{evidence}/evidence.parquet' AS e
        JOIN read_parquet('{evidence}/sayings.parquet') AS s ON s.file_row_number = e.saying
        JOIN read_parquet('{evidence}/people.parquet') AS p ON p.file_row_number = e.person""",
    "strings": """
        SELECT person, criteria AS criterion, claim, source, date, moderated_by IS NOT NULL AS moderated
        FROM '{evidence}'""",
}
_VIEWS: Final = ("agreed", "appraiser", "own")

#: A claim is 1 where it is met, 2 partly met and 3 not met; the better of two claims has the greater key.
_BEST: Final = f"""
    SELECT
        person,
        criterion,
        max(rank * 100000 + day * 10 + claim) AS agreed,
        max(day * 10 + claim) FILTER (source IN ('appraiser', 'observation')) AS appraiser,
        max(day * 10 + claim) FILTER (source = 'self') AS own
    FROM (
        SELECT
            person,
            criterion,
            source,
            date - DATE '{rules.OLDEST}' AS day,
            CASE claim WHEN 'met' THEN 1 WHEN 'partly_met' THEN 2 ELSE 3 END AS claim,
            CASE WHEN moderated OR source IN ('appraiser', 'observation') THEN 3 WHEN source = 'self' THEN 1 ELSE 2
                END AS rank
        FROM ({{evidence}})
        WHERE date BETWEEN DATE '{rules.OLDEST}' AND DATE '{rules.AS_OF}'
    )
    GROUP BY ALL"""

#: Of each view and level: whether it is short of anything, how many lines are met, and whether its own criteria let it.
_BY_LEVEL: Final = f"""
    SELECT
        person,
        level,
        bool_or(agreed >= 300000) AS agreed_heard,
        bool_or(appraiser IS NOT NULL) AS appraiser_heard,
        bool_or(own IS NOT NULL) AS own_heard,
        {{columns}}
    FROM (
        SELECT * REPLACE (CASE WHEN agreed >= 300000 THEN agreed END AS agreed) FROM ({_BEST})
    ) JOIN criteria USING (criterion)
    GROUP BY ALL"""


def _query(evidence: str) -> str:
    """View, level, zone and action of everybody."""
    columns = ", ".join(
        f"""
        coalesce(count(*) FILTER (line AND {view} % 10 = 1) = any_value(lines)
            AND NOT bool_or(NOT line AND {view} % 10 > 1), false) AS {view}_met,
        coalesce(bool_or({view} % 10 > 1), false) AS {view}_short"""
        for view in _VIEWS
    )
    people = ", ".join(
        f"""
        coalesce(min(level) FILTER (NOT coalesce({view}_met, false)), {len(by_hand.LEVELS) + 1}) - 1 AS {view}_level,
        coalesce(list(level) FILTER ({view}_short), []) AS {view}_shorts,
        coalesce(bool_or({view}_heard), false) AS {view}_heard"""
        for view in _VIEWS
    )
    speaks = " ".join(f"WHEN {v}_level > 0 OR list_contains({v}_shorts, 1) THEN '{v}'" for v in _VIEWS)
    heard = " ".join(f"WHEN {v}_heard THEN '{v}'" for v in _VIEWS)
    of_view = {
        name: f"CASE headline {' '.join(f'''WHEN '{v}' THEN {v}_{name}''' for v in _VIEWS)} END"
        for name in ("level", "shorts")
    }
    return f"""
    WITH by_level AS ({_BY_LEVEL.format(columns=columns, evidence=evidence)}),
    of_people AS (
        SELECT s.person, s.grade, s.career_stage, {people}
        FROM '{{staff}}' AS s CROSS JOIN (SELECT DISTINCT level FROM criteria) AS l
        LEFT JOIN by_level USING (person, level)
        GROUP BY ALL
    ),
    headlines AS (SELECT *, CASE {speaks} {heard} ELSE 'agreed' END AS headline FROM of_people),
    standing AS (
        SELECT
            person,
            career_stage,
            if(headline = 'own', 'self', headline) AS view,
            {of_view["level"]} AS level,
            {of_view["shorts"]} AS shorts,
            CASE WHEN level < amber THEN 'red' WHEN level < gold THEN 'amber' WHEN level < green THEN 'gold'
                ELSE 'green' END AS zone
        FROM headlines JOIN bands USING (grade)
    )
    SELECT
        person,
        view,
        level::SMALLINT AS level,
        zone,
        CASE
            WHEN view <> 'self' AND list_contains(shorts, 1) THEN 'employment_minimum'
            WHEN career_stage IN ('ECT1', 'ECT2') THEN 'mentor_system'
            WHEN view = 'self' THEN 'agree_view'
            WHEN level = 0 THEN 'complete_evidence'
            WHEN zone = 'red' AND NOT list_contains(shorts, level + 1) THEN 'complete_evidence'
            WHEN zone = 'red' THEN 'support'
            WHEN zone = 'amber' THEN 'objective_to_rise'
            WHEN zone = 'gold' THEN 'sustain'
            ELSE 'optional'
        END AS action
    FROM standing"""


def run(files: Files, kind: str, out: Path) -> None:
    """Write the results of everybody to a file of Parquet."""
    connection = duckdb.connect(
        config={
            "threads": 2,
            "preserve_insertion_order": False,
            "memory_limit": "2GB",
            "temp_directory": str(out.parent / "spilt"),
        }
    )
    lines = {line: level for level, names in enumerate(by_hand.LEVELS, start=1) for line in names}
    own = {name: level for level, names in by_hand.AUTHORITY.items() for name in names}
    rows = [(name, level, name in lines, len(by_hand.LEVELS[level - 1])) for name, level in (lines | own).items()]
    connection.execute("CREATE TABLE criteria (criterion VARCHAR, level INTEGER, line BOOLEAN, lines INTEGER)")
    connection.execute(f"INSERT INTO criteria VALUES {', '.join(map(str, rows))}")
    connection.execute("CREATE TABLE bands (grade VARCHAR, amber INTEGER, gold INTEGER, green INTEGER)")
    connection.execute(f"INSERT INTO bands VALUES {', '.join(map(str, rules.BANDS))}")
    evidence = _READ["coded" if kind == "coded" else "strings"].format(evidence=files.evidence(kind))
    connection.execute(f"COPY ({_query(evidence).replace('{staff}', str(files.staff))}) TO '{out}' (FORMAT parquet)")
