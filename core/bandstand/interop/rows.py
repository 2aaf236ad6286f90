"""Which reader reads which kind of file, and reading any file with the right one under limits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from bandstand.interop.csv_rows import read_csv
from bandstand.interop.json_rows import read_json, read_json_lines
from bandstand.interop.source import Limits, RawRow, file_problem, quoted, too_many_rows, unusable
from bandstand.interop.xlsx_rows import read_xlsx
from bandstand.models.problem import Problem

__all__ = ["BUILT_IN_READERS", "EvidenceReader", "Limits", "RawRow", "read_rows"]

#: Reads a file that exists and is not too large: its records and what is wrong with it, in the file's order.
EvidenceReader = Callable[[Path, Limits], Iterator[RawRow | Problem]]

#: Suffix, in small letters, -> reader. The last two kinds are what the first two are also called.
BUILT_IN_READERS: Mapping[str, EvidenceReader] = MappingProxyType(
    {
        ".jsonl": read_json_lines,
        ".json": read_json,
        ".csv": read_csv,
        ".xlsx": read_xlsx,
        ".ndjson": read_json_lines,
        ".xlsm": read_xlsx,
        ".tsv": read_csv,
    }
)


def read_rows(path: Path, limits: Limits, readers: Mapping[str, EvidenceReader]) -> Iterator[RawRow | Problem]:
    """The raw rows of ``path`` and the problems of the file itself; never an exception for what the file holds."""
    problem = unusable(path, limits)
    if problem is not None:
        yield problem
        return
    reader = readers.get(path.suffix.lower())
    if reader is None:
        kinds = ", ".join(sorted(readers))
        ending = quoted(path.suffix)
        message = f"Files that end in {ending} are not read." if ending else "The name has no ending."
        yield file_problem(path, "unknown-kind", message, f"Save it as one of {kinds}.")
        return
    rows = 0
    try:
        for item in reader(path, limits):
            if isinstance(item, RawRow):
                rows += 1
                if rows > limits.max_rows:
                    yield too_many_rows(path, limits)
                    return
            yield item
    except Exception as error:  # noqa: BLE001 - a plugin's reader must not take the other files with it
        message = f"The reader of {path.suffix} files gave up: {quoted(error, 200)}."
        yield file_problem(path, "reader-failed", message, "Save it as CSV UTF-8, and tell whoever made the reader.")
