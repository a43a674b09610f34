"""The local Azure for stories about deploys."""

from collections.abc import Iterator

import pytest

from apimlb.deploy.azure import Azure
from tests.functional.deploy.local_azure import LocalAzure


@pytest.fixture
def azure() -> Iterator[LocalAzure]:
    made = LocalAzure()
    yield made
    made.close()


@pytest.fixture
def slow_azure() -> Iterator[LocalAzure]:
    """Operations take as long as was recorded."""
    made = LocalAzure(lro="realistic")
    yield made
    made.close()


@pytest.fixture
def cloud(azure: LocalAzure) -> Azure:
    """What the owner's login reaches."""
    return azure.connected()
