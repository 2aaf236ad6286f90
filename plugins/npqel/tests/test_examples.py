"""The pack's examples, each run through both engines and through the plain engine alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pack_examples import differences, each_engine, each_example

if TYPE_CHECKING:
    from bandstand.models.example import Example


@each_engine
@each_example("npqel")
def test_example(example: Example, engine: str) -> None:
    assert differences("npqel", example, engine) == ()
