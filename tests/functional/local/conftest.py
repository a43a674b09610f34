"""Stories that hold whatever is true of Azure are told under both readings."""

import pytest

from tests.functional.local.gateway_scene import READINGS, Reading


@pytest.fixture(params=sorted(READINGS))
def reading(request: pytest.FixtureRequest) -> Reading:
    """The likeliest reading of what is not known about Azure, and the one that is worse for us."""
    return READINGS[str(request.param)]
