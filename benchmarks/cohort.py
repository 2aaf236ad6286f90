"""Times the SMART ladder for whole workforces, by Bandstand's column engine and others, on the same files in one run.

Usage: ``python benchmarks/cohort.py [--people N...] [--rounds N] [--only NAME...] [--json FILE] [--keep FOLDER]``.
Files of made-up people are written first, with about 107 records each: as strings sorted by person, as strings
shuffled, and coded as small numbers. What is timed, each in a process of its own, start included:

- ``bandstand``: the command ``bandstand cohort``, which besides view, level, zone and action gives colours, blockers,
  caveats and pins; ``brief``: the same without these but the pins, which is nearer to what the others give;
- ``sql``: SQL in DuckDB, written by hand and tuned; ``plain_sql``: the same rules as one would write them first;
- ``polars``: Polars, written by hand and tuned;
- ``python``: a plain Python function (``by_hand.py``), person by person, on one core;
- ``scan``: every column of the evidence read, and nothing made of it;
- ``openfisca`` and ``zen``: OpenFisca-Core and zen-engine. They know facts and no evidence, so they are given the
  finding for each criterion in each view, computed beforehand: the greater part of the work is not theirs.

All but the scan give for each person the view to go by, level, zone and action. At the smallest size everybody's
results are compared before anything is timed, and at each size again after every run. Rounds take turns, and the median
counts; what takes long has one round, and what would take very long is left out, as the tables then say. Ratios are
first, because machines differ.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import platform
import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

sys.path.insert(0, str(Path(__file__).parent))

import cohort_files
import cohort_findings
import duckdb
from cohort_measure import RunFailedError, Taken, measure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cohort_rules import Files

#: What peers are given that have no evidence.
FINDINGS: Final = "findings"
CONTESTANTS: Final = {
    "bandstand": cohort_files.KINDS,
    "brief": cohort_files.KINDS,
    "sql": cohort_files.KINDS,
    "plain_sql": cohort_files.KINDS,
    "polars": cohort_files.KINDS,
    "python": cohort_files.KINDS,
    "scan": cohort_files.KINDS,
    "openfisca": (FINDINGS,),
    "zen": (FINDINGS,),
}
#: Seconds that nothing takes to start.
START: Final = 10
CHILD: Final = Path(__file__).with_name("cohort_child.py")
DIGEST: Final = """
    SELECT count(*), sum(hash(person, view::VARCHAR, level::INTEGER, zone::VARCHAR, action::VARCHAR)) FROM '{}'
"""


class Entry(NamedTuple):
    """A contestant on one kind of file."""

    name: str
    kind: str


class Race:
    """One size: the files, and what each entry took and gave."""

    def __init__(self, files: Files, people: int, work: Path) -> None:
        self.people = people
        self.taken: dict[Entry, list[Taken]] = {}
        self.digests: dict[Entry, tuple[int, int]] = {}
        self.skipped: dict[Entry, str] = {}
        self._files = files
        self._work = work

    def run(self, entry: Entry) -> Taken | None:
        """Run an entry once and see that it gives what the others give; None where it failed."""
        out = self._work / "out.parquet"
        command = [sys.executable, str(CHILD), entry.name, str(self._files.folder), entry.kind, str(out)]
        try:
            taken = measure(command, self._work / "log")
            if entry.name != "scan":
                self.digests[entry] = digest(out)
        except RunFailedError as error:
            self.skipped[entry] = f"failed: {str(error).strip().splitlines()[-1]}"
            say(f"{entry.name}, {entry.kind}: {error}")
            return None
        finally:
            clear(self._work)
        self.agree()
        return taken

    def agree(self) -> None:
        """See that all results so far are one and the same.

        Raises:
            SystemExit: Two differ.
        """
        found = set(self.digests.values())
        if len(found) > 1:
            raise SystemExit(f"{self.people} people: results differ: {self.digests}")

    def time(self, entry: Entry) -> None:
        """Run an entry and keep what it took."""
        taken = self.run(entry)
        if taken is not None:
            self.taken.setdefault(entry, []).append(taken)
            say(f"{self.people} people, {entry.kind}, {entry.name}: {taken.seconds:.2f} s, {taken.megabytes:.0f} MB")

    def is_long(self, entry: Entry, seconds: float) -> bool:
        """Whether it took so long that once is enough."""
        return entry in self.taken and self.taken[entry][0].seconds > seconds

    def median(self, entry: Entry) -> float:
        """Seconds."""
        return statistics.median(taken.seconds for taken in self.taken[entry])


def digest(path: Path) -> tuple[int, int]:
    """How many rows there are, and the sum of their hashes, in whatever order they are."""
    row = duckdb.connect().execute(DIGEST.format(path)).fetchone()
    assert row is not None
    return int(row[0]), int(row[1])


def clear(folder: Path) -> None:
    """Empty the folder that contestants work in."""
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def race(options: argparse.Namespace) -> Iterator[Race]:
    """Race at each size, smallest first; what would take too long, by the size before, is skipped."""
    entries = [Entry(name, kind) for name in options.only for kind in CONTESTANTS[name] if kind in options.kinds]
    before: Race | None = None
    for people in sorted(options.people):
        folder = options.keep / str(people)
        say(f"{people} people: writing files under {folder}")
        files = cohort_files.make(folder, people)
        cohort_findings.make(files)
        work = folder / "work"
        work.mkdir(exist_ok=True)
        current = Race(files, people, work)
        running = []
        for entry in entries:
            reason = too_long(before, entry, people, options.longest)
            if reason:
                current.skipped[entry] = reason
            else:
                running.append(entry)
        if before is None:
            for entry in running:
                current.run(entry)
            say(f"{people} people: {len(current.digests)} results are the same")
        for _ in range(options.rounds):
            for entry in running:
                if entry not in current.skipped and not current.is_long(entry, options.once_from):
                    current.time(entry)
        shutil.rmtree(work)
        before = current
        yield current


def too_long(before: Race | None, entry: Entry, people: int, longest: float) -> str | None:
    """Why an entry is not run, if it is not: by what it took, or would have taken, at the size before."""
    if before is None:
        return None
    if entry in before.skipped:
        return before.skipped[entry]
    took = before.median(entry)
    expected = took * people / before.people
    # What took no time to speak of took it to start.
    if took < START or expected <= longest:
        return None
    return f"would take about {expected / 60:.0f} minutes by what it took with {before.people:,} people"


def report(races: Sequence[Race]) -> Iterator[str]:
    """The tables, in Markdown: for each size and kind of file, ratios first."""
    for current in races:
        kinds = dict.fromkeys(entry.kind for entry in (*current.taken, *current.skipped))
        for kind in kinds:
            yield f"\n### {current.people:,} people, {kind}\n"
            yield "| what | times bandstand | times a bare scan | seconds | processor seconds | peak MB |"
            yield "|---|---|---|---|---|---|"
            of_kind = [entry for entry in current.taken if entry.kind == kind]
            for entry in sorted(of_kind, key=current.median):
                taken = current.taken[entry]
                yield (
                    f"| {entry.name} | {ratio(current, entry, 'bandstand')} | {ratio(current, entry, 'scan')} "
                    f"| {current.median(entry):.2f} | {statistics.median(t.processor for t in taken):.2f} "
                    f"| {max(t.megabytes for t in taken):.0f} |"
                )
            for entry, reason in current.skipped.items():
                if entry.kind == kind:
                    yield f"| {entry.name} | {reason} | | | | |"


def ratio(current: Race, entry: Entry, to: str) -> str:
    """The median of the rounds' ratios to another contestant on the same file, or nothing where that did not run."""
    ours, theirs = current.taken[entry], current.taken.get(Entry(to, entry.kind))
    if not theirs:
        return ""
    return f"{statistics.median(a.seconds / b.seconds for a, b in zip(ours, theirs, strict=False)):.2f}"


def as_json(races: Sequence[Race]) -> dict[str, Any]:
    """All rounds of all entries."""
    return {
        "python": platform.python_version(),
        "races": [
            {
                "people": current.people,
                "taken": [
                    {**e._asdict(), "rounds": [t._asdict() for t in taken]} for e, taken in current.taken.items()
                ],
                "skipped": [{**entry._asdict(), "reason": reason} for entry, reason in current.skipped.items()],
            }
            for current in races
        ],
    }


def say(text: str) -> None:
    """Tell how far it is."""
    print(text, file=sys.stderr, flush=True)


def main() -> None:
    """Race, print the tables, and write all rounds as JSON where that is asked for."""
    parser = argparse.ArgumentParser(description="Time the SMART ladder for whole workforces.")
    parser.add_argument("--people", type=int, nargs="+", default=[1_000, 100_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="+", choices=list(CONTESTANTS), default=list(CONTESTANTS))
    parser.add_argument(
        "--kinds", nargs="+", choices=[*cohort_files.KINDS, FINDINGS], default=[*cohort_files.KINDS, FINDINGS]
    )
    parser.add_argument("--longest", type=float, default=300, help="seconds; what would take longer is skipped")
    parser.add_argument("--once-from", type=float, default=30, help="seconds; what took longer is not run again")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--keep", type=Path, help="where the files of evidence are, or are to stay")
    options = parser.parse_args()
    with contextlib.ExitStack() as stack:
        if options.keep is None:
            options.keep = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        races = list(race(options))
    print("\n".join(report(races)))
    if options.json:
        options.json.write_text(json.dumps(as_json(races), indent=2) + "\n")


if __name__ == "__main__":
    main()
