"""A life of a stack as `make soak` plays it with real processes, over ports."""

from tests.sequences.judging import play
from tests.sequences.moves import Move

FILE = {
    "accounts": [{"location": "eastus2"}],
    "deployments": {"chat": {"model": "gpt-5.1", "version": "2025-11-13", "capacity": 300}},
}


def test_a_stack_that_real_processes_deal_with_ends_well() -> None:
    play(
        (
            Move("start", {"late": True, "file": FILE}),
            Move("deploy", {"kill": {"at": 9, "writes": True, "applied": True}}),
            Move("set_capacity", {"capacity": 250}),
            Move("delete", {"label": "policy of the bare host"}),
        ),
        real=True,
    )
