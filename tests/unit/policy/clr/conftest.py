"""Values are tested outside of any expression, so each test gets the account that a request would have."""

from collections.abc import Iterator

import pytest

from apimlb.policy.clr.budget import Allowance


@pytest.fixture(autouse=True)
def _account() -> Iterator[None]:
    with Allowance().turn():
        yield
