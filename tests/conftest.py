"""Settings shared by all tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parent.parent

# One page may meet a cold dictionary or model, so a deadline per example would fail at random. The examples are the
# same in every run, so that a change fails by its own fault; CLEANTEXT_EXAMPLES=N asks for N new ones (a fuzz run).
EXAMPLES = os.environ.get("CLEANTEXT_EXAMPLES")
settings.register_profile(
    "cleantext",
    deadline=None,
    derandomize=EXAMPLES is None,
    max_examples=int(EXAMPLES or "60"),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("cleantext")


@pytest.fixture(scope="session")
def seeds() -> list[Path]:
    """The example pages."""
    return sorted((ROOT / "seeds").glob("*.txt"))
