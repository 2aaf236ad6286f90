"""Canonical JSON (RFC 8785) and digests of it: by Python's own writer where it writes the same, as it is far faster."""

from __future__ import annotations

import contextlib
import hashlib
import json
from typing import Any, Final

import rfc8785

#: Whole numbers up to here are the same to every reader of JSON.
_MOST: Final = 2**53 - 1
#: Between these, both write a fraction without an exponent.
_LEAST_FRACTION, _MOST_FRACTION = 1e-4, 1e15
_SAME: Final = frozenset({str, bool, type(None)})


def dumps(content: Any) -> bytes:
    """``content`` as canonical JSON.

    Raises:
        rfc8785.CanonicalizationError: It holds what JSON cannot, or numbers that not every reader takes for the same.
    """
    if _is_written_the_same(content):
        # What is no text, half of a character, fails here, and is the library's to refuse.
        with contextlib.suppress(UnicodeEncodeError):
            return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    return rfc8785.dumps(content)


def digest(content: Any) -> str:
    """``sha256:`` and the hash of ``content`` as canonical JSON.

    Raises:
        rfc8785.CanonicalizationError: As :func:`dumps`.
    """
    return f"sha256:{hashlib.sha256(dumps(content)).hexdigest()}"


def _is_written_the_same(content: Any) -> bool:
    """Whether Python's writer gives canonical JSON: plain types, keys that sort alike, and numbers written alike."""
    waiting = [content]
    # Keys come again and again, and most values are text or nothing: neither is looked at twice.
    known: set[str] = set()
    while waiting:
        value = waiting.pop()
        kind = type(value)
        if kind is dict:
            for key, inner in value.items():
                if key not in known:
                    if type(key) is not str or not key.isascii():
                        return False
                    known.add(key)
                if type(inner) not in _SAME:
                    waiting.append(inner)
        elif kind is list or kind is tuple:
            waiting.extend(inner for inner in value if type(inner) not in _SAME)
        elif not (kind in _SAME or _is_number_written_the_same(value)):
            return False
    return True


def _is_number_written_the_same(value: object) -> bool:
    if type(value) is int:
        return -_MOST <= value <= _MOST
    return type(value) is float and not value.is_integer() and _LEAST_FRACTION <= abs(value) < _MOST_FRACTION
