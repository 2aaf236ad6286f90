"""Makes the demo school: 60 synthetic members of staff with a year of evidence, and one sheet filled in by its owner.

Nobody here exists: people are ids, and everything about them comes from a seeded generator. The same seed gives the
same files. Usage: ``python examples/demo_school.py FOLDER [--people N] [--seed N]``.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import random
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from openpyxl import load_workbook

from bandstand.interop.sheet import write_sheet
from bandstand.plugins import load_catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator

FRAMEWORK = "smart_equip"
REVIEWS = {"sep": dt.date(2024, 9, 16), "mid": dt.date(2025, 2, 3), "jul": dt.date(2025, 7, 7)}
#: Lines of each level's sheet, as the document counts them.
LINES = {1: 5, 2: 4, 3: 6, 4: 6, 5: 11, 6: 13, 7: 15, 8: 15}

PEOPLE_COLUMNS = ("person", "grade", "roles", "strand", "fte", "in_role_since", "career_stage", "flags")
EVIDENCE_COLUMNS = (
    "id", "person", "framework", "criteria", "claim", "source", "author", "date", "review_point", "moderated_by",
)  # fmt: skip

#: Grades as staff lists have them, how many in sixty have each, and the level that most of them are near.
GRADES = (
    ("UNQ1", "teaching", 2, 1),
    ("M3", "teaching", 10, 2),
    ("M6", "teaching", 8, 3),
    ("UPS1", "teaching", 7, 4),
    ("UPS3", "teaching", 4, 4),
    ("TLR2", "teaching", 4, 5),
    ("TLR1", "teaching", 2, 6),
    ("AH", "teaching", 2, 7),
    ("Head", "teaching", 1, 8),
    ("B", "non_teaching", 8, 2),
    ("F", "non_teaching", 4, 3),
    ("G", "non_teaching", 2, 3),
    ("L", "non_teaching", 1, 6),
    ("LGC", "governance", 3, 2),
    ("Chair", "governance", 1, 5),
    ("VC TB", "governance", 1, 6),
)


@dataclass
class Member:
    """One synthetic member of staff: what the list says, and the level that the evidence is drawn around."""

    row: dict[str, str]
    level: int
    habit: str


def members(rng: random.Random, count: int) -> Iterator[Member]:
    """``count`` members of staff, in proportion to the grades, each with a habit that shapes the evidence."""
    pool = [(grade, strand, level) for grade, strand, share, level in GRADES for _ in range(share)]
    for n in range(count):
        grade, strand, level = pool[n % len(pool)]
        habit = rng.choices(("agreed", "own_view", "patchy", "absent", "short_of_minimum"), weights=(72, 10, 10, 5, 3))[
            0
        ]
        early = grade == "M3" and rng.random() < 0.4  # noqa: PLR2004 - two in five of the newest teachers
        row = {
            "person": f"P-{n + 1:04}",
            "grade": grade,
            "roles": "tslt" if grade == "Head" else "",
            "strand": strand,
            "fte": "" if strand == "governance" else rng.choice(("1", "1", "1", "0.8", "0.6", "0.25")),
            "in_role_since": f"{rng.randrange(2015, 2025)}-09-01",
            "career_stage": rng.choice(("ECT1", "ECT2")) if early else "",
            "flags": "long_absence" if habit == "absent" else "",
        }
        yield Member(row, max(0, min(8, level + rng.choice((-2, -1, 0, 0, 0, 0, 0, 1)))), habit)


def records(rng: random.Random, member: Member) -> Iterator[dict[str, str]]:
    """A year of evidence: the sheet at each review, agreed in July, and what others saw in between."""
    person = member.row["person"]
    reviews = {"absent": ("sep",), "patchy": ("sep", "jul")}.get(member.habit, tuple(REVIEWS))
    for review in reviews:
        for line, claim in claims(rng, member, review):
            agreed = review == "jul" and member.habit not in ("own_view", "patchy")
            yield {
                "id": f"E-{person}-{review}-{line}",
                "person": person,
                "framework": FRAMEWORK,
                "criteria": line,
                "claim": claim,
                "source": "self",
                "author": person,
                "date": str(REVIEWS[review]),
                "review_point": review,
                "moderated_by": f"A-{int(person[2:]) % 9 + 1:02}" if agreed else "",
            }
    for n in range(rng.randrange(2, 7)):
        level = max(1, min(8, member.level + rng.choice((0, 1))))
        yield {
            "id": f"E-{person}-seen-{n}",
            "person": person,
            "framework": FRAMEWORK,
            "criteria": f"L{level}.{rng.randint(1, LINES[level])}",
            "claim": rng.choice(("met", "met", "partly_met")),
            "source": rng.choice(("observation", "appraiser", "peer", "document", "pupil_voice")),
            "author": f"A-{rng.randint(1, 9):02}",
            "date": str(dt.date(2024, 10, 1) + dt.timedelta(days=rng.randrange(260))),
            "review_point": "",
            "moderated_by": "",
        }


def claims(rng: random.Random, member: Member, review: str) -> Iterator[tuple[str, str]]:
    """What the member says of each line of the sheet at one review: sure up to the level, less and less above it."""
    behind = {"sep": 1, "mid": 0, "jul": 0}[review]
    for level, lines in LINES.items():
        if level > member.level + 2:
            return
        for n in range(1, lines + 1):
            if member.habit == "patchy" and rng.random() < 0.35:  # noqa: PLR2004 - a third of the lines left blank
                continue
            above = level - (member.level - behind)
            chance = 1.0 if above <= 0 else 0.6 if above == 1 else 0.25
            if member.habit == "short_of_minimum" and level == 1 and n == 1:
                chance = 0.0
            met = rng.random() < chance
            yield f"L{level}.{n}", "met" if met else rng.choice(("partly_met", "not_met"))


def fill_sheet(path: Path, person: str) -> None:
    """Take the sheet for levels 1 to 5 and fill in September and July as its owner would."""
    pack = load_catalogue().frameworks()[FRAMEWORK]
    write_sheet(pack, path, levels=range(1, 6), person=person)
    book = load_workbook(path)
    page = book.worksheets[0]
    rows = {str(cell.value): cell.row for column in page.iter_cols(max_col=3) for cell in column if cell.value}
    head = rows["Level"]
    columns = {str(cell.value).casefold()[:3]: n for n, cell in enumerate(page[head], start=1) if cell.value}
    for review in ("sep", "jul"):
        page.cell(rows["Date of the review"], columns[review]).value = REVIEWS[review]
    for at in range(head + 1, page.max_row + 1):
        line = str(page.cell(at, 2).value or "")
        level = int(line[1 : line.index(".")]) if line.startswith("L") and "." in line else 0
        if not level:
            continue
        sure = {"sep": level == 1, "jul": level <= 2 or (level == 3 and line != "L3.4")}  # noqa: PLR2004 - the levels
        for review, met in sure.items():
            page.cell(at, columns[review]).value = "met" if met else "not met" if review == "jul" else None
    book.save(path)


def main() -> None:
    """Write people.csv, evidence.csv and the filled sheet into a folder."""
    parser = argparse.ArgumentParser(description="Make the synthetic demo school.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--people", type=int, default=60)
    parser.add_argument("--seed", type=int, default=2024)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    folder: Path = options.folder
    folder.mkdir(parents=True, exist_ok=True)
    staff = list(members(rng, options.people))
    owner = f"P-{options.people + 1:04}"
    with (folder / "people.csv").open("w", newline="", encoding="utf-8") as file:
        people = csv.DictWriter(file, PEOPLE_COLUMNS)
        people.writeheader()
        people.writerows(member.row for member in staff)
        people.writerow({"person": owner, "grade": "UPS1", "strand": "teaching", "fte": "1"})
    with (folder / "evidence.csv").open("w", newline="", encoding="utf-8") as file:
        evidence = csv.DictWriter(file, EVIDENCE_COLUMNS)
        evidence.writeheader()
        evidence.writerows(record for member in staff for record in records(rng, member))
    fill_sheet(folder / f"sheet-{owner}.xlsx", owner)
    print(f"{folder}: people.csv, evidence.csv and sheet-{owner}.xlsx")


if __name__ == "__main__":
    main()
