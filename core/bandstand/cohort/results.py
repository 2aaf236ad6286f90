"""The table of results: a row for each person and outcome, with the same columns for every framework."""

from __future__ import annotations

from typing import Final

import pyarrow as pa

#: A word of few: Parquet and Arrow hold each once.
WORD: Final = pa.dictionary(pa.int32(), pa.string())

#: Colours of a column of the sheet, as letters in the order of the sheet's lines.
LETTERS: Final = {"green": "g", "amber": "a", "blank": "-"}

COLUMN: Final = pa.struct([("review_point", WORD), ("view", WORD), ("colours", pa.string())])
CONCLUSION: Final = pa.struct([("name", WORD), ("value", WORD)])

#: ``person``: the id. ``framework``, ``outcome``, ``purpose``: what was asked. ``school``, ``grade``, ``career_stage``:
#: the person's, grade and stage as the framework has them. ``view``: the view that the row goes by; ``views``: those
#: that say something. ``level``, ``zone``, ``action``, ``notes``: what was concluded. ``next_level``, ``blockers``: the
#: next level and every criterion that keeps it from being held. ``columns``: the colours of each review's column.
#: ``caveats``: codes of what to mind; of what a value rests on, ``basis:`` and the basis. ``seen``, ``criteria``: on
#: how many criteria there is evidence in the view, of how many that apply. ``conclusions``: by name, the value as JSON;
#: of the rule that sums the outcome up where there is no level, or of all where that was asked for. ``level_before``,
#: ``zone_before``: in the same view, as at the earlier day, where one was named. The rest are pins.
SCHEMA: Final = pa.schema(
    [
        pa.field("person", pa.string(), nullable=False),
        pa.field("framework", WORD, nullable=False),
        pa.field("outcome", WORD, nullable=False),
        pa.field("purpose", WORD, nullable=False),
        pa.field("school", pa.string()),
        pa.field("grade", WORD),
        pa.field("career_stage", WORD),
        pa.field("view", WORD, nullable=False),
        pa.field("views", pa.list_(WORD), nullable=False),
        pa.field("level", pa.int16()),
        pa.field("zone", WORD),
        pa.field("action", WORD, nullable=False),
        pa.field("notes", pa.list_(WORD), nullable=False),
        pa.field("next_level", pa.int16()),
        pa.field("blockers", pa.list_(WORD), nullable=False),
        pa.field("columns", pa.list_(COLUMN), nullable=False),
        pa.field("caveats", pa.list_(WORD), nullable=False),
        pa.field("seen", pa.int16(), nullable=False),
        pa.field("criteria", pa.int16(), nullable=False),
        pa.field("conclusions", pa.list_(CONCLUSION), nullable=False),
        pa.field("level_before", pa.int16()),
        pa.field("zone_before", WORD),
        pa.field("as_of", pa.date32(), nullable=False),
        pa.field("pack", WORD, nullable=False),
        pa.field("pack_digest", WORD, nullable=False),
        pa.field("overlay_digest", WORD),
        pa.field("engine", WORD, nullable=False),
    ]
)
