"""Files that are made from something else and committed: written, or held against what they should be."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Kind:
    """What is known of every file of one kind that is made.

    Attributes:
        ending: How its name ends.
        mark: What it holds, and what nobody writes by hand; a file without it is somebody else's.
    """

    ending: str
    mark: bytes


def drift(folder: Path, wanted: Mapping[str, bytes], kind: Kind) -> list[str]:
    """Names of the files in ``folder`` that are missing, that hold something else, or that were made and no longer are.

    A name is the path below ``folder``. Files that were not made, as the rest of a manual beside its pages, are left
    out.
    """
    paths = [path for path in folder.rglob(f"*{kind.ending}") if path.is_file()]
    there = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    differing = (name for name in wanted if there.get(name) != wanted[name])
    abandoned = (name for name in there if name not in wanted and kind.mark in there[name])
    return sorted({*differing, *abandoned})


def write(folder: Path, wanted: Mapping[str, bytes], kind: Kind) -> list[str]:
    """Bring the files in ``folder`` in line with what they should be; the names of those that were not.

    Nothing is deleted but what carries the mark of the kind.
    """
    changed = drift(folder, wanted, kind)
    folder.mkdir(parents=True, exist_ok=True)
    for name in changed:
        if name in wanted:
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(wanted[name])
        else:
            (folder / name).unlink()
    return changed


def main(
    module: str,
    description: str | None,
    make: Callable[[], Mapping[str, bytes]],
    kind: Kind,
    arguments: Sequence[str] | None = None,
) -> int:
    """The command of a module that makes files; 1 when a check finds files that are not as they should be."""
    parser = argparse.ArgumentParser(prog=f"python -m {module}", description=description)
    parser.add_argument("what", choices=["write", "check"], help="write the files, or check that they are up to date")
    parser.add_argument("folder", type=Path, help="where they are")
    given = parser.parse_args(arguments)
    if given.what == "write":
        sys.stdout.writelines(f"{given.folder / name}\n" for name in write(given.folder, make(), kind))
        return 0
    names = drift(given.folder, make(), kind)
    if names:
        again = f"python -m {module} write {given.folder}"
        sys.stderr.write(f"Not up to date: {', '.join(names)}. Run `{again}`, and commit the result.\n")
    return 1 if names else 0
