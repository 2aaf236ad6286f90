"""Charts of numbers of people, as SVG: the one module that imports altair."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Ink can be read on all of the others but the bars, on which nothing is written.
_INK, _BAR, _PALE, _DEEP, _WITHHELD = "#1d2a35", "#2f6690", "#e9eff4", "#7fb0d6", "#c9c9c9"
_STEP, _SQUARE, _PANEL, _LABEL = 26, 42, 132, 190
#: How wide a digit is, and the room beside a number.
_DIGIT, _ROOM = 8, 4


class Part(Protocol):
    """People of whom the same is said: what that is, and how many they are."""

    @property
    def label(self) -> str:
        """What is said of them."""

    @property
    def people(self) -> int:
        """How many they are."""


class Group(Protocol):
    """People who have something in common, and how many of them are in each column."""

    @property
    def members(self) -> tuple[str, ...]:
        """What they have in common, or one of several."""

    @property
    def counts(self) -> tuple[int | None, ...]:
        """How many are in each column; None where a number is withheld."""


def bars(parts: Sequence[Part]) -> str:
    """A bar for each part, with its number."""
    rows = [{"name": part.label, "people": part.people} for part in parts]
    return _svg(_bars(rows, width=320))


def panels(columns: Sequence[str], groups: Sequence[Group]) -> str:
    """A panel for each column, a bar in it for each group; where numbers are withheld, a star stands for the bar."""
    alt = _altair()
    rows = [
        {
            "group": ", ".join(group.members),
            "what": column,
            "people": count or 0,
            "said": "*" if count is None else str(count),
        }
        for group in groups
        for column, count in zip(columns, group.counts, strict=True)
    ]
    most = max((count or 0 for group in groups for count in group.counts), default=0)
    order = [", ".join(group.members) for group in groups]
    base = alt.Chart(alt.Data(values=rows)).encode(
        y=alt.Y("group:N", sort=order, title=None, axis=_names()),
        x=alt.X("people:Q", title=None, axis=None, scale=alt.Scale(domain=[0, max(1, most * 1.25)])),
    )
    return _svg(
        alt.layer(base.mark_bar(color=_BAR), _numbers(base, "said:N"))
        .properties(width=_PANEL, height=alt.Step(_STEP))
        .facet(
            column=alt.Column(
                "what:N",
                sort=list(columns),
                title=None,
                header=alt.Header(labelFontSize=13, labelColor=_INK, labelLimit=_PANEL + 20),
            ),
            spacing=12,
        )
    )


def squares(
    down: tuple[str, Sequence[str]],
    across: tuple[str, Sequence[str]],
    cells: Sequence[Sequence[int | None]],
    texts: Sequence[Sequence[str]] | None = None,
) -> str:
    """A square for each row and column, the darker the more people, each with its number.

    Args:
        down: What the rows are, and the name of each.
        across: What the columns are, and the name of each.
        cells: How many people, by row and then by column; None where a number is withheld.
        texts: What is written on the squares, where that is not the number.
    """
    alt = _altair()
    said = [["*" if cell is None else str(cell) for cell in line] for line in cells] if texts is None else texts
    rows = [
        {
            "was": was,
            "is": now,
            "people": cell or 0,
            "said": text,
            "told": cell is not None,
        }
        for was, line, own in zip(down[1], cells, said, strict=True)
        for now, cell, text in zip(across[1], line, own, strict=True)
    ]
    most = max((cell or 0 for line in cells for cell in line), default=0)
    base = alt.Chart(alt.Data(values=rows)).encode(
        x=alt.X("is:N", sort=list(across[1]), title=across[0], axis=_names(orient="top", labelAngle=0)),
        y=alt.Y("was:N", sort=list(down[1]), title=down[0], axis=_names()),
    )
    drawn = base.mark_rect(stroke="white", strokeWidth=2).encode(
        color=alt.condition(
            "datum.told",
            alt.Color("people:Q", scale=alt.Scale(domain=[0, max(1, most)], range=[_PALE, _DEEP]), legend=None),
            alt.value(_WITHHELD),
        )
    )
    texts = base.mark_text(fontSize=13, color=_INK).encode(text="said:N")
    wide = max(_SQUARE, _DIGIT * max((len(str(row["said"])) for row in rows), default=0) + 2 * _ROOM)
    return _svg(alt.layer(drawn, texts).properties(width=alt.Step(wide), height=alt.Step(_STEP + 8)))


def _bars(rows: list[dict[str, Any]], width: int) -> Any:
    alt = _altair()
    most = max((row["people"] for row in rows), default=0)
    base = alt.Chart(alt.Data(values=rows)).encode(
        y=alt.Y("name:N", sort=[row["name"] for row in rows], title=None, axis=_names()),
        x=alt.X("people:Q", title=None, axis=None, scale=alt.Scale(domain=[0, max(1, most * 1.15)])),
    )
    return alt.layer(base.mark_bar(color=_BAR), _numbers(base, "people:Q")).properties(
        width=width, height=alt.Step(_STEP)
    )


def _numbers(base: Any, said: str) -> Any:
    return base.mark_text(align="left", dx=4, color=_INK, fontSize=13).encode(text=said)


def _names(**more: Any) -> Any:
    alt = _altair()
    look = {
        "domain": False,
        "ticks": False,
        "labelFontSize": 13,
        "labelColor": _INK,
        "labelLimit": _LABEL,
        "labelPadding": 6,
    }
    return alt.Axis(**look, titleFontSize=13, titleColor=_INK, titleFontWeight="normal", **more)


def _altair() -> Any:
    import altair  # noqa: ICN001, PLC0415 - an extra

    return altair


def _svg(chart: Any) -> str:
    """A chart as SVG that grows and shrinks with the page, and says nothing by itself: its table says it all."""
    text = io.StringIO()
    look = {"font": "sans-serif", "background": "white", "view": {"stroke": None}}
    chart.configure(**look).save(text, format="svg")
    return text.getvalue().replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)
