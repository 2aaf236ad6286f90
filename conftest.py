"""What holds for every test: in CI nothing may be skipped for want of durable-rules."""

from __future__ import annotations

import os

import pytest

from bandstand.engine.durable import is_available


def pytest_sessionstart(session: pytest.Session) -> None:
    """Stop at once where tests would be skipped that CI is there to run."""
    del session
    if os.environ.get("CI") and not is_available():
        pytest.exit("durable-rules is not installed, and CI has to test with it", returncode=1)
