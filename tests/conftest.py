"""Hypothesis runs without a clock, since machines differ; under CI=true it draws the same examples."""

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "apimlb",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=os.environ.get("CI") == "true",
)
settings.load_profile("apimlb")
