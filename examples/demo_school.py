"""Makes the demo trust of three schools: 60 synthetic members of staff with a year of evidence, and one filled sheet.

There is evidence for all four frameworks: the ladder for everybody, and what else fits a person's work; besides, a
programme and an implementation plan. Nobody here exists: people are ids, and everything about them comes from a seeded
generator. The same seed gives the same files. Usage: ``python examples/demo_school.py FOLDER [--people N] [--seed N]``.
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
    from collections.abc import Iterable, Iterator

FRAMEWORK = "smart_equip"
TOOLKIT = "cat_toolkit"
CAREERS = "hampshire_careers"
QUALIFICATION = "npqel"
REVIEWS = {"sep": dt.date(2024, 9, 16), "mid": dt.date(2025, 2, 3), "jul": dt.date(2025, 7, 7)}
#: Lines of each level's sheet, as the document counts them.
LINES = {1: 5, 2: 4, 3: 6, 4: 6, 5: 11, 6: 13, 7: 15, 8: 15}

#: What a staff list has of everybody, and then what frameworks ask for besides.
PEOPLE_COLUMNS = (
    *("person", "grade", "roles", "strand", "fte", "in_role_since", "career_stage", "flags"),
    *("proposed_rating", "pay_eligible", "career_framework_used", "concerns_in_words", "context"),
    "school",
)
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


#: Career stages of those grades that have one; early-career teachers have their own already.
STAGES = {"M3": "MPR", "M6": "MPR", "UPS1": "UPR1", "UPS3": "UPR2-3", "TLR2": "UPR2-3", "TLR1": "LP", "AH": "AHT-DHT"}
#: The EQUIP set that fits somebody's work, by grade.
EQUIP_SETS = {"B": "ta", "F": "support", "G": "support", "L": "support", "AH": "meetings"}
#: Rows of the EQUIP sets that every set describes.
EQUIP_ROWS = ("ES1", "ES4", "QE1", "QE2", "QC1", "QC3", "UR2", "UR3", "IE1", "IE2", "PT1", "PT3")
LEADERS = ("TLR2", "TLR1", "AH", "Head", "L")
POINTS = ("not_met", "some_impact", "high_impact", "highest_impact")
CONTEXTS = ("primary, 210 pupils", "secondary, 940 pupils", "special school, 120 pupils", "two small rural schools")


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
        # Drawn apart, so that what was asked for later leaves the evidence for the ladder as it was.
        row |= besides(random.Random(f"{row['person']} besides"), grade, row)
        row["school"] = school(row["person"])
        yield Member(row, max(0, min(8, level + rng.choice((-2, -1, 0, 0, 0, 0, 0, 1)))), habit)


def school(person: str) -> str:
    """Where somebody works: one of three schools, of which the first is the largest."""
    return random.Random(f"{person} school").choices(("S-01", "S-02", "S-03"), weights=(3, 2, 2))[0]


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


def besides(rng: random.Random, grade: str, row: dict[str, str]) -> dict[str, str]:
    """What the other frameworks ask of somebody: career stage, proposed rating and what goes with it, context."""
    found = {}
    stage = row["career_stage"] or STAGES.get(grade, "")
    if stage:
        rating = rng.choices(("achieved", "exceptional", "not_met", ""), weights=(70, 12, 8, 10))[0]
        found = {
            "career_stage": stage,
            "proposed_rating": rating,
            "pay_eligible": rng.choice(("yes", "yes", "no", "")) if rating else "",
            "career_framework_used": rng.choice(("yes", "yes", "yes", "")) if rating else "",
            "concerns_in_words": rng.choice(("yes", "no", "")) if rating == "not_met" else "",
        }
        flags = [row["flags"], rng.choice(("", "", "teaches_early_reading"))]
        found["flags"] = ";".join(filter(None, flags))
    if grade in LEADERS and rng.random() < 0.8:  # noqa: PLR2004 - most say in what context they lead
        found["context"] = rng.choice(CONTEXTS)
    return found


class Others:
    """Evidence for everything but the ladder; what can be named is taken from the packs themselves."""

    def __init__(self) -> None:
        packs = load_catalogue().frameworks()
        self._components = [c.id for c in packs[TOOLKIT].unfolded.criteria.values()]
        self._cells = [name for name in packs[CAREERS].unfolded.members if "@" in name]
        self._statements = [unit.id for unit in packs[QUALIFICATION].criteria.values() if unit.set.startswith("learn")]
        self._plan = [unit.id for unit in packs[QUALIFICATION].criteria.values() if unit.set == "plan"]

    def records(self, member: Member) -> Iterator[dict[str, str]]:
        """What fits a person's work: an EQUIP set, a STAR project, the toolkit, the career stage, the qualification."""
        row = member.row
        rng = random.Random(f"{row['person']} others")
        yield from self._numbered(row["person"], "equip", FRAMEWORK, self._equip(rng, row["grade"]))
        if row["strand"] != "governance" and rng.random() < 0.5:  # noqa: PLR2004 - half have a project this year
            yield from self._numbered(row["person"], "star", FRAMEWORK, self._star(rng))
        if row["grade"] in LEADERS:
            yield from self._numbered(row["person"], "toolkit", TOOLKIT, self._toolkit(rng))
        if row["career_stage"] and row["proposed_rating"]:
            yield from self._numbered(row["person"], "stage", CAREERS, self._careers(rng, row))
        if row["grade"] in ("Head", "AH"):
            yield from self._numbered(row["person"], "npq", QUALIFICATION, self._qualification(rng, 30))

    def programme_and_plan(self) -> Iterator[dict[str, str]]:
        """A programme and an implementation plan, which are looked at as people are."""
        rng = random.Random("programme and plan")
        yield from self._numbered("PROGRAMME-1", "npq", QUALIFICATION, self._qualification(rng, 190, "document"))
        chosen = [c for c in self._plan if rng.random() < 0.6]  # noqa: PLR2004 - a plan with gaps to talk through
        plan = ((c, "met", "document", "A-01", dt.date(2025, 5, 12)) for c in chosen)
        yield from self._numbered("PLAN-1", "plan", QUALIFICATION, plan)

    @staticmethod
    def _numbered(person: str, what: str, framework: str, seen: Iterable[Seen]) -> Iterator[dict[str, str]]:
        for n, (criteria, claim, source, author, date) in enumerate(seen, start=1):
            yield {
                "id": f"E-{person}-{what}-{n}",
                "person": person,
                "framework": framework,
                "criteria": criteria,
                "claim": claim,
                "source": source,
                "author": author or person,
                "date": str(date),
                "review_point": "",
                "moderated_by": "",
            }

    def _equip(self, rng: random.Random, grade: str) -> Iterator[Seen]:
        of = EQUIP_SETS.get(grade, "teacher")
        if grade in ("Head", "LGC", "Chair", "VC TB"):
            if grade == "Head":
                for n in sorted(rng.sample(range(1, 49), 20)):
                    yield f"ht.{n}", rng.choice(("met", "met", "partly_met")), "appraiser", "A-01", _day(rng)
            return
        for name in sorted(rng.sample(EQUIP_ROWS, 6)):
            claim = rng.choices(("met", "partly_met", "not_met"), weights=(5, 3, 1))[0]
            yield f"{of}.{name}", claim, rng.choice(("observation", "appraiser")), "A-02", _day(rng)

    @staticmethod
    def _star(rng: random.Random) -> Iterator[Seen]:
        done = rng.choice((3, 4, 5, 5, 6))
        for n in range(1, done + 1):
            yield f"star.{n}", "met", "appraiser", "A-03", _day(rng)

    def _toolkit(self, rng: random.Random) -> Iterator[Seen]:
        """A leader's own reflection in autumn, and in summer what was talked over."""
        for component in sorted(rng.sample(self._components, 18)):
            at = rng.choices((0, 1, 2, 3), weights=(1, 4, 5, 2))[0]
            yield component, POINTS[at], "self", "", dt.date(2024, 11, 4)
            if rng.random() < 0.6:  # noqa: PLR2004 - more than half were talked over
                yield component, POINTS[min(3, at + rng.choice((0, 0, 1)))], "appraiser", "A-04", dt.date(2025, 6, 23)

    def _careers(self, rng: random.Random, row: dict[str, str]) -> Iterator[Seen]:
        """A few cells of the person's stage, seen in the round; concerns where "not met" is proposed, mostly."""
        own = [cell for cell in self._cells if cell.endswith(f"@{row['career_stage']}")]
        for cell in sorted(rng.sample(own, 7)):
            source = rng.choice(("observation", "appraiser", "document", "data"))
            yield cell, rng.choice(("met", "met", "met", "partly_met")), source, "A-05", _day(rng)
        if row["proposed_rating"] == "not_met" and rng.random() < 0.7:  # noqa: PLR2004 - some rest on nothing
            yield rng.choice(own), "not_met", "observation", "A-05", _day(rng)
        above = {"ECT1": "MPR", "ECT2": "MPR", "MPR": "UPR1", "UPR1": "UPR2-3", "UPR2-3": "LP"}.get(row["career_stage"])
        if row["proposed_rating"] == "exceptional" and above:
            cell = rng.choice([cell for cell in self._cells if cell.endswith(f"@{above}")])
            yield cell, "met", "observation", "A-05", _day(rng)

    def _qualification(self, rng: random.Random, count: int, source: str = "self") -> Iterator[Seen]:
        for statement in sorted(rng.sample(self._statements, count)):
            claim = rng.choice(("met", "met", "partly_met"))
            yield statement, claim, source, "" if source == "self" else "A-06", _day(rng)


#: What somebody saw: criteria, claim, source, author (nobody but the person where empty), day.
Seen = tuple[str, str, str, str, dt.date]


def _day(rng: random.Random) -> dt.date:
    return dt.date(2024, 10, 1) + dt.timedelta(days=rng.randrange(260))


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
        people.writerow({"person": owner, "grade": "UPS1", "strand": "teaching", "fte": "1", "school": school(owner)})
    with (folder / "evidence.csv").open("w", newline="", encoding="utf-8") as file:
        evidence = csv.DictWriter(file, EVIDENCE_COLUMNS)
        evidence.writeheader()
        evidence.writerows(record for member in staff for record in records(rng, member))
        others = Others()
        evidence.writerows(record for member in staff for record in others.records(member))
        evidence.writerows(others.programme_and_plan())
    fill_sheet(folder / f"sheet-{owner}.xlsx", owner)
    print(f"{folder}: people.csv, evidence.csv and sheet-{owner}.xlsx")


if __name__ == "__main__":
    main()
