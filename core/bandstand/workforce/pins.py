"""Which files a run read: what is recorded of each, where each is now, and whether it is still the same."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

from bandstand import words
from bandstand.errors import NotFoundError
from bandstand.models.cohort_run import InputPin

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence


def pin(path: Path, name: str) -> InputPin:
    """What is recorded of a file; ``name`` is its path as it was given."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return InputPin(name=name, bytes=path.stat().st_size, sha256=f"sha256:{digest}")


def folder_pin(files: Iterable[Path], name: str) -> InputPin:
    """What is recorded of a folder of coded evidence, by its files."""
    pins = {file.name: pin(file, file.name) for file in files}
    own = json.dumps({name: each.sha256 for name, each in sorted(pins.items())}, separators=(",", ":"))
    digest = hashlib.sha256(own.encode()).hexdigest()
    return InputPin(name=name, bytes=sum(each.bytes for each in pins.values()), sha256=f"sha256:{digest}")


def placed(names: Sequence[str], results: Path, option: str) -> list[Path]:
    """Where what a run read is now: as it was named, or beside the results.

    Args:
        names: What it was named.
        results: The results.
        option: The option by which somebody says where it is.

    Raises:
        NotFoundError: Something is neither there nor there.
    """
    places, gone = [], []
    for name in names:
        choices = [Path(name), results.parent / name, results.parent / Path(name).name]
        place = next((choice for choice in choices if choice.exists()), None)
        if place is None:
            gone.append(name)
        else:
            places.append(place)
    if gone:
        what = f"{words.listed(gone)}, which the run read, cannot be found"
        raise NotFoundError(f"{what}, as it was named or beside {results.name}. Say where it is with {option}.")
    return places


def changed(pins: Sequence[InputPin], now: Mapping[Path, InputPin]) -> Iterator[str]:
    """A sentence for each file that is not the one that was read, with both digests.

    Args:
        pins: What was read.
        now: What there is, in the same order where names differ.
    """
    same = {each.sha256 for each in now.values()}
    told = {each.sha256 for each in pins}
    others = [(path, each) for path, each in now.items() if each.sha256 not in told]
    unknown = [each for each in pins if each.sha256 is None]
    gone = [each for each in pins if each.sha256 is not None and each.sha256 not in same]
    for each, (path, other) in zip(gone, others, strict=False):
        yield (
            f"{path} is not the file that the run read as {each.name}: it is {other.sha256} "
            f"({other.bytes:,} bytes) now, and was {each.sha256} ({each.bytes:,} bytes)."
        )
    for each in gone[len(others) :]:
        yield f"{each.name}, {each.sha256}, which the run read, is not among what was named."
    for each in unknown:
        yield f"The run did not see {each.name} whole, so that it cannot be told whether it is the same still."
    for path, other in others[len(gone) + len(unknown) :]:
        yield f"{path}, {other.sha256}, was not read by the run."
