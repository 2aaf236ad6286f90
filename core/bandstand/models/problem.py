"""One defect of a pack or of an input, as a value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from collections.abc import Iterable


class Place(BaseModel):
    """Where a problem is: a file, and within it a line or a row, and within that a field.

    Attributes:
        file: The file's name as the user gave it, or the pack's path below its root.
        line: Line of a text file, from 1.
        row: Row of a sheet or table as a spreadsheet counts them, from 1 (the heading row is 1).
        sheet: The sheet of a workbook.
        path: The field, as ``criteria`` or ``rules[2].levels[0].criteria``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str
    line: int | None = None
    row: int | None = None
    sheet: str | None = None
    path: str | None = None

    def __str__(self) -> str:
        parts = [self.file]
        if self.sheet is not None:
            parts.append(f"sheet {self.sheet!r}")
        if self.row is not None:
            parts.append(f"row {self.row}")
        if self.line is not None:
            parts.append(f"line {self.line}")
        if self.path:
            parts.append(self.path)
        return ", ".join(parts)


class Problem(BaseModel):
    """One defect, with what a person needs to mend it.

    Attributes:
        code: A stable kebab-case name, such as ``unknown-criterion``; docs/problems.md lists them.
        place: Where it is.
        message: What is wrong, in a sentence that names the value.
        remedy: What to do about it.
        value: The offending value as it was read, shortened.
        severity: Whether it has to be mended, or is a warning, which a strict check takes for an error.
        counter_example: The smallest input that shows it, a line for each thing in it, where an input does.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    place: Place
    message: str
    remedy: str
    value: str | None = None
    severity: Literal["error", "warning"] = "error"
    counter_example: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.place}: {self.message} {self.remedy}".rstrip()


def by_place(problems: Iterable[Problem]) -> list[Problem]:
    """The problems sorted by file, sheet, line, row and path, each kept once."""
    return sorted(
        dict.fromkeys(problems),
        key=lambda p: (
            p.place.file,
            p.place.sheet or "",
            p.place.line or 0,
            p.place.row or 0,
            p.place.path or "",
            p.code,
            p.message,
        ),
    )


def shown(value: object, limit: int = 60) -> str:
    """A value as a problem quotes it: its text, on one line, cut at ``limit`` characters."""
    text = " ".join(str(value).split())
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
