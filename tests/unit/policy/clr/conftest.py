"""Values are tested outside of any expression, so each test gets the budget that an evaluation would have."""

import pytest

from apimlb.policy.clr.budget import BUDGET


@pytest.fixture(autouse=True)
def _budget() -> None:
    BUDGET.renew()
