"""Evaluates the demo school many times over under all frameworks at once, and under each by itself, and compares.

Usage: ``python benchmarks/together.py [--times N]``. Evidence is read once for all frameworks, so all at once should
take less than one after the other.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from spark import run, write_school

from bandstand.plugins import load_catalogue


def main() -> None:
    """Write the files, run all and each, and print how long they took."""
    parser = argparse.ArgumentParser(description="All frameworks at once against one after the other.")
    parser.add_argument("--times", type=int, default=1000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        people, rows = write_school(folder, options.times)
        print(f"{people:,} people on the list, {rows:,} records")
        together = run(folder, "all")
        print(f"all at once: {together:.1f} s")
        each = {framework: run(folder, framework, "-f", framework) for framework in load_catalogue().frameworks()}
        for framework, seconds in each.items():
            print(f"{framework}: {seconds:.1f} s")
        print(f"one after the other: {sum(each.values()):.1f} s, {sum(each.values()) / together:.2f} times as long")


if __name__ == "__main__":
    main()
