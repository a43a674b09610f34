"""Where these tests are run, Microsoft's documents judge the traffic of all other tests of the run too."""

import pytest

from tests.contract.judge import judge
from tests.contract.shared import folder
from tests.wire.watch import JUDGES


def pytest_configure(config: pytest.Config) -> None:
    folder()
    JUDGES.append(judge)
