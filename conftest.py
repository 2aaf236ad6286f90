"""What holds for every test: CI repeats itself, and skips nothing for want of durable-rules."""

from __future__ import annotations

import os

import hypothesis
import pytest

from bandstand.engine.durable import is_available

# At home, Hypothesis tries something new each time; a gate has to give the same answer to the same code.
hypothesis.settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    hypothesis.settings.load_profile("ci")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Stop at once where tests would be skipped that CI is there to run."""
    del session
    if os.environ.get("CI") and not is_available():
        pytest.exit("durable-rules is not installed, and CI has to test with it", returncode=1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs durable-rules where it could not be built; CI stopped before."""
    if not is_available():
        for item in items:
            if item.get_closest_marker("durable"):
                item.add_marker(pytest.mark.skip(reason="durable-rules is not installed here: it needs a C compiler"))
