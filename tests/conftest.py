"""Settings shared by all tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parent.parent

# One page may meet a cold dictionary or model, so a deadline per example would fail at random. CLEANTEXT_EXAMPLES sets
# the number of examples for a long fuzz run.
settings.register_profile(
    "cleantext",
    deadline=None,
    max_examples=int(os.environ.get("CLEANTEXT_EXAMPLES", "60")),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("cleantext")


@pytest.fixture(scope="session")
def seeds() -> list[Path]:
    """The example pages."""
    return sorted((ROOT / "seeds").glob("*.txt"))
