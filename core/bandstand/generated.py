"""Files that are made from something else and committed: written, or held against what they should be."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


def drift(folder: Path, wanted: Mapping[str, bytes], ending: str) -> list[str]:
    """Names of the files in ``folder`` that are missing, that hold something else, or that nothing makes."""
    there = {path.name for path in folder.glob(f"*{ending}")}
    differing = (name for name in wanted if name in there and (folder / name).read_bytes() != wanted[name])
    return sorted({*differing, *(wanted.keys() ^ there)})


def write(folder: Path, wanted: Mapping[str, bytes], ending: str) -> list[str]:
    """Bring the files in ``folder`` in line with what they should be; the names of those that were not."""
    changed = drift(folder, wanted, ending)
    folder.mkdir(parents=True, exist_ok=True)
    for name in changed:
        if name in wanted:
            (folder / name).write_bytes(wanted[name])
        else:
            (folder / name).unlink()
    return changed


def main(
    module: str,
    description: str | None,
    make: Callable[[], Mapping[str, bytes]],
    ending: str,
    arguments: Sequence[str] | None = None,
) -> int:
    """The command of a module that makes files; 1 when a check finds files that are not as they should be."""
    parser = argparse.ArgumentParser(prog=f"python -m {module}", description=description)
    parser.add_argument("what", choices=["write", "check"], help="write the files, or check that they are up to date")
    parser.add_argument("folder", type=Path, help="where they are")
    given = parser.parse_args(arguments)
    if given.what == "write":
        sys.stdout.writelines(f"{given.folder / name}\n" for name in write(given.folder, make(), ending))
        return 0
    names = drift(given.folder, make(), ending)
    if names:
        again = f"python -m {module} write {given.folder}"
        sys.stderr.write(f"Not up to date: {', '.join(names)}. Run `{again}`, and commit the result.\n")
    return 1 if names else 0
