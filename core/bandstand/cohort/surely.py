"""Notes and attachments by the column: where one surely can be read, and where only a closer look tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from bandstand.cohort.raw import Flags

_LONGEST_NOTE = 10_000
_LONGEST_ATTACHMENT = 2_000
_VISIBLE = r"[!-~]"
_ONE = r"[!-:<-~]+( [0-9A-Fa-f]{64})?"
_ATTACHED = rf"^{_ONE}(; ?{_ONE})*$"


def surely_noted(column: pa.Array) -> tuple[Flags, Flags | None]:
    """Where there is a note, and where a closer look is needed."""
    return _looked_at(column, _VISIBLE, _LONGEST_NOTE)


def surely_attached(column: pa.Array) -> tuple[Flags, Flags | None]:
    """Where something is attached, and where a closer look is needed."""
    return _looked_at(column, _ATTACHED, _LONGEST_ATTACHMENT)


def _looked_at(column: pa.Array, pattern: str, longest: int) -> tuple[Flags, Flags | None]:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    filled: Flags = column.is_valid().to_numpy(zero_copy_only=False)
    if not pa.types.is_string(column.type):
        return filled, filled if filled.any() else None
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        return filled, filled
    lengths = pc.fill_null(pc.binary_length(column), 0).to_numpy()
    there: Flags = lengths > 0
    if not there.any():
        return there, None
    fits = pc.fill_null(pc.match_substring_regex(column, pattern), fill_value=False).to_numpy(zero_copy_only=False)
    sure = ~there | (fits & (lengths <= longest))
    return there, None if sure.all() else np.logical_not(sure)
