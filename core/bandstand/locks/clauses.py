"""The digest of what rules come down to: it changes where code makes the same files mean something else."""

from __future__ import annotations

import dataclasses
import enum
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel

from bandstand.canonical import digest, dumps

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bandstand.models.clauses import Lowered

#: JSON promises to hold no whole number beyond this, and no infinity at all.
_MOST: Final = 2**53 - 1
#: What of clauses is there for people and decides nothing; the pack's own digest covers the words.
_DECIDES_NOTHING: Final = frozenset({("Conclusion", "rule"), ("Conclusion", "label"), ("Clause", "part")})


def clauses_digest(lowered: Iterable[Lowered]) -> str:
    """``sha256:`` and the hash of the clauses of all rules, whatever order their sets are held in.

    What JSON cannot hold, as a stranger's rule kind may give it, is written as Python shows it.
    """
    return digest([_plain(part) for part in lowered])


def _plain(value: Any) -> Any:
    match value:
        case enum.Enum():
            return _plain(value.value)
        case None | str() | bool():
            return value
        case int() | float() if abs(value) <= _MOST:
            return value
        case tuple() | list():
            return [_plain(item) for item in value]
        case frozenset() | set():
            return sorted((_plain(item) for item in value), key=dumps)
        case BaseModel():
            return _plain_fields(value, type(value).model_fields)
        case _ if dataclasses.is_dataclass(value):
            return _plain_fields(value, [field.name for field in dataclasses.fields(value)])
    return f"{type(value).__qualname__} {value!r}"


def _plain_fields(value: Any, names: Iterable[str]) -> dict[str, Any]:
    kind = type(value).__name__
    kept = {name: _plain(getattr(value, name)) for name in names if (kind, name) not in _DECIDES_NOTHING}
    return {"": kind, **kept}
