"""Charts of whom another version of a pack would move, as SVG: the one module that imports altair."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from bandstand.errors import NotFoundError

if TYPE_CHECKING:
    from bandstand.models.impact import GroupTable, Matrix, OutcomeImpact

#: Ink can be read on all of the others but the bars, on which nothing is written.
_INK, _BAR, _PALE, _DEEP, _WITHHELD = "#1d2a35", "#2f6690", "#e9eff4", "#7fb0d6", "#c9c9c9"
_STEP, _SQUARE, _PANEL, _LABEL = 26, 42, 132, 190


def check_installed() -> None:
    """See that what draws charts and pages is installed.

    Raises:
        NotFoundError: It is not; the message says how to install it.
    """
    try:
        import altair  # noqa: F401, ICN001, PLC0415 - an extra
        import jinja2  # noqa: F401, PLC0415 - it comes with altair
        import vl_convert  # noqa: F401, PLC0415 - an extra
    except ImportError:
        raise NotFoundError("A page with charts needs what draws them: pip install 'bandstand[reports]'.") from None


def fates(outcome: OutcomeImpact) -> str:
    """A bar for what becomes of people, each with its number."""
    rows = [{"name": block.label, "people": block.people} for block in outcome.blocks]
    return _svg(_bars(rows, width=320))


def groups(table: GroupTable) -> str:
    """A panel for each column, a bar in it for each group; where numbers are withheld, a star stands for the bar."""
    alt = _altair()
    rows = [
        {
            "group": ", ".join(group.members),
            "what": block.label,
            "people": count or 0,
            "said": "*" if count is None else str(count),
        }
        for group in table.groups
        for block, count in zip(table.columns, group.counts, strict=True)
    ]
    most = max((count or 0 for group in table.groups for count in group.counts), default=0)
    order = [", ".join(group.members) for group in table.groups]
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
                sort=[block.label for block in table.columns],
                title=None,
                header=alt.Header(labelFontSize=13, labelColor=_INK, labelLimit=_PANEL + 20),
            ),
            spacing=12,
        )
    )


def matrix(shown: Matrix, what: str) -> str:
    """A square for each way from one value to another, the darker the more people, each with its number."""
    alt = _altair()
    names = ["no zone" if value is None else str(value) for value in shown.values]
    rows = [
        {
            "was": was,
            "is": now,
            "people": cell or 0,
            "said": "*" if cell is None else str(cell),
            "told": cell is not None,
        }
        for was, cells in zip(names, shown.cells, strict=True)
        for now, cell in zip(names, cells, strict=True)
    ]
    most = max((cell or 0 for cells in shown.cells for cell in cells), default=0)
    base = alt.Chart(alt.Data(values=rows)).encode(
        x=alt.X("is:N", sort=names, title=f"{what} after", axis=_names(orient="top", labelAngle=0)),
        y=alt.Y("was:N", sort=names, title=f"{what} before", axis=_names()),
    )
    squares = base.mark_rect(stroke="white", strokeWidth=2).encode(
        color=alt.condition(
            "datum.told",
            alt.Color("people:Q", scale=alt.Scale(domain=[0, max(1, most)], range=[_PALE, _DEEP]), legend=None),
            alt.value(_WITHHELD),
        )
    )
    texts = base.mark_text(fontSize=13, color=_INK).encode(text="said:N")
    return _svg(alt.layer(squares, texts).properties(width=alt.Step(_SQUARE), height=alt.Step(_STEP + 8)))


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
