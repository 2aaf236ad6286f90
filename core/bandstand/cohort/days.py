"""Days by the column, as whole numbers."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import TypeAdapter, ValidationError

from bandstand.cohort.batch import day_of
from bandstand.cohort.raw import distinct, python_values
from bandstand.models.evidence import PlainDate

if TYPE_CHECKING:
    import numpy.typing as npt

    from bandstand.cohort.batch import Ints
    from bandstand.cohort.raw import Flags

_FIRST = day_of(dt.date.min)
_LAST = day_of(dt.date.max)
_IN_A_DAY = {"s": 86_400, "ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}
_NOTHING = np.iinfo(np.int64).min
_READER = TypeAdapter(PlainDate)


class Days(NamedTuple):
    """A column of days.

    Attributes:
        days: Days since 1970-01-01; anything where there is no day.
        good: Where there is one; None where there is one everywhere.
        written: What tells apart how rows write it.
    """

    days: Ints
    good: Flags | None
    written: npt.NDArray[np.int64] | Ints


def read_days(column: pa.Array) -> Days:
    """A column of days, of times of which some are midnight, or of texts."""
    kind = column.type
    if pa.types.is_date(kind):
        if pa.types.is_date64(kind):
            column = column.cast(pa.date32(), safe=False)
        numbers = _filled(column.view(pa.int32()))
        return _checked(numbers, numbers, column)
    if pa.types.is_timestamp(kind):
        local = column if kind.tz is None else pc.local_timestamp(column)
        times = _filled(local.view(pa.int64()))
        days, rest = np.divmod(times, _IN_A_DAY[kind.unit])
        return _checked(days, times, column, rest == 0)
    coded = distinct(column)
    read = [_day(value) for value in python_values(coded.values)]
    table = np.array([*(0 if day is None else day for day in read), 0], np.int32)
    good = np.array([*(day is not None for day in read), False])
    has = good[:-1].all() and (not len(coded.codes) or int(coded.codes.max()) < len(coded.values))
    return Days(table[coded.codes], None if has else good[coded.codes], coded.codes)


def _filled(array: pa.Array) -> npt.NDArray[np.int64] | Ints:
    if array.null_count:
        array = pc.fill_null(array.cast(pa.int64()), _NOTHING)
    numbers: npt.NDArray[np.int64] = array.to_numpy(zero_copy_only=False)
    return numbers


def _checked(
    days: npt.NDArray[np.int64] | Ints,
    written: npt.NDArray[np.int64] | Ints,
    column: pa.Array,
    also: Flags | None = None,
) -> Days:
    if also is None and not column.null_count and len(days) and days.min() >= _FIRST and days.max() <= _LAST:
        return Days(days.astype(np.int32, copy=False), None, written)
    good: Flags = (days >= _FIRST) & (days <= _LAST)
    if also is not None:
        good &= also
    if column.null_count:
        good &= column.is_valid().to_numpy(zero_copy_only=False)
    return Days(np.where(good, days, 0).astype(np.int32), None if good.all() else good, written)


def _day(value: object) -> int | None:
    try:
        return day_of(_READER.validate_python(value))
    except ValidationError:
        return None
