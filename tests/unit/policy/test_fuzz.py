"""A little of what `make fuzz` does at length, always with the same cases."""

import pytest

from tests.fuzz.trial import KINDS, Failure, shortest, trial

_TRIALS = {"scrambled expression": 240}  # hardly one of them in thirty is accepted


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_is_fed_in_yields_a_value_or_an_error_of_ours(kind: str) -> None:
    outcomes: dict[str, int] = {}
    trials = _TRIALS.get(kind, 60)
    for seed in range(trials):
        found = trial(kind, seed)
        if isinstance(found, Failure):
            pytest.fail(f"{found.what}: {shortest(found)}")
        outcomes[found] = outcomes.get(found, 0) + 1
    assert outcomes.get("refused", 0) < trials, "nothing was ever accepted"
