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
_VISIBLE = r"[!-~\pL\pN]"
_ONE = r"[!-:<-~]+( [0-9A-Fa-f]{64})?"
_DIGEST = r"^[0-9a-f]{64}$"
_ATTACHED = rf"^{_ONE}(; ?{_ONE})*$"


def surely_noted(column: pa.Array) -> tuple[Flags, Flags | None]:
    """Where there is a note, and where a closer look is needed."""
    return _looked_at(column, _VISIBLE, _LONGEST_NOTE)


def surely_attached(column: pa.Array) -> tuple[Flags, Flags | None]:
    """Where something is attached, and where a closer look is needed."""
    if (pa.types.is_list(column.type) or pa.types.is_large_list(column.type)) and _are_objects(column.type.value_type):
        return _listed(column)
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


def _are_objects(kind: pa.DataType) -> bool:
    """Whether things of a type are attachments as JSON has them."""
    if not pa.types.is_struct(kind):
        return False
    fields = {field.name: field.type for field in kind}
    return "uri" in fields and fields.keys() <= {"uri", "sha256"} and all(map(pa.types.is_string, fields.values()))


def _listed(column: pa.Array) -> tuple[Flags, Flags | None]:
    there: Flags = pc.fill_null(pc.list_value_length(column), 0).to_numpy() > 0
    each = column.flatten()
    uris = pc.struct_field(each, "uri")
    given, unsure = _looked_at(uris, _VISIBLE, _LONGEST_ATTACHMENT)
    good = given if unsure is None else given & ~unsure
    if each.type.num_fields > 1:
        digests = pc.struct_field(each, "sha256")
        _, unsure = _looked_at(digests, _DIGEST, _LONGEST_ATTACHMENT)
        # An empty text is none: it is there, and no digest.
        empty = pc.fill_null(pc.equal(digests, ""), fill_value=False).to_numpy(zero_copy_only=False)
        good = good & ~empty if unsure is None else good & ~empty & ~unsure
    if good.all():
        return there, None
    odd = np.zeros(len(column), np.bool_)
    odd[pc.list_parent_indices(column).to_numpy()[~good]] = True
    return there, odd
