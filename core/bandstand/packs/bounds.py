"""What of a folder is read as its own: files that lie in it, and no more bytes than anything here needs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from bandstand.models.problem import Place, Problem
from bandstand.packs.yaml_source import MOST_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from importlib.resources.abc import Traversable

#: No pack needs as much: the largest that Bandstand ships has a thirtieth of it.
MOST_BYTES_IN_ALL: Final = 16 * 1024 * 1024


def lies_outside(root: Traversable, entry: Traversable) -> bool:
    """Whether a name within a folder leads out of it, as a link may."""
    if not isinstance(root, Path) or not isinstance(entry, Path):
        # An archive has no links that are followed.
        return False
    return not entry.resolve().is_relative_to(root.resolve())


def read_files(files: Iterable[tuple[str, Traversable]], problems: list[Problem]) -> Iterator[tuple[str, bytes]]:
    """What each of some named files holds, up to ``MOST_BYTES_IN_ALL``; those that cannot be read are problems.

    Of a file that is too large, as much comes as shows it.
    """
    taken = 0
    for name, file in files:
        try:
            with file.open("rb") as stream:
                content = stream.read(MOST_BYTES + 1)
        except OSError as error:
            message = f"The file cannot be read: {error.strerror}."
            problems.append(_problem("unreadable-file", name, message, "Check its rights."))
            continue
        taken += len(content)
        if taken > MOST_BYTES_IN_ALL:
            message = f"Up to here the files have {taken:,} bytes; a pack has at most {MOST_BYTES_IN_ALL:,}."
            problems.append(_problem("pack-too-large", name, message, "Take out what no pack needs."))
            return
        yield name, content


def _problem(code: str, file: str, message: str, remedy: str) -> Problem:
    return Problem(code=code, place=Place(file=file), message=message, remedy=remedy)
