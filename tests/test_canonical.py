"""Canonical JSON is what the standard's own library writes, whichever of the two writers wrote it."""

from __future__ import annotations

import hashlib
import math
from typing import Any

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from bandstand.canonical import digest, dumps

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
numbers = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
contents = st.recursive(
    st.none() | st.booleans() | numbers | words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4),
    max_leaves=20,
)


@given(contents)
@example({"b": 0.25, "a": [1.0, 1e-7, 1e16, 0.0001, 1e15, -0.0, 5e-324]})
@example({"€": 1, "\U0001f600": 2, "\ufb33": 3, "a": '\u2028\x7f\x1f"\\/'})
def test_it_is_what_the_standard_s_own_library_writes(content: Any) -> None:
    assert dumps(content) == rfc8785.dumps(content)


@pytest.mark.parametrize("content", [2**53, math.nan, math.inf, {1: 2}, "\ud800", {1, 2}])
def test_what_is_no_json_is_refused_by_both(content: Any) -> None:
    with pytest.raises(rfc8785.CanonicalizationError):
        rfc8785.dumps(content)
    with pytest.raises(rfc8785.CanonicalizationError):
        dumps(content)


def test_a_digest_names_its_algorithm() -> None:
    wanted = hashlib.sha256(b'{"a":1}').hexdigest()
    assert digest({"a": 1}) == f"sha256:{wanted}"
