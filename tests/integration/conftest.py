"""The local Azure that independent clients talk to."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.watched import WatchedAzure


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[WatchedAzure]:
    """A local Azure of the test's own, all of whose exchanges are held to the contract."""
    azure = WatchedAzure(tmp_path / ".apimlb" / "local")
    yield azure
    azure.close()


@pytest.fixture
def slow_azure(tmp_path: Path) -> Iterator[WatchedAzure]:
    """One in which work takes its time, two hundred times as fast as Azure's."""
    azure = WatchedAzure(tmp_path / ".apimlb" / "local", lro="realistic", time_scale=0.005)
    yield azure
    azure.close()
