"""What the simulator's accounts count: a minute of each kind, requests in slices, and what is given back."""

import pytest

from apimlb.limits import Bucket, FixedWindow, SlidingWindow
from apimlb.local.openai.switches import Charging, Minute, Switches
from apimlb.local.openai.throttle import Limits, Rate, StandardMeter, new_meter
from apimlb.simulator.accounts import soonest

LIMITS = Limits(Rate(1_000, 60.0), Rate(600, 60.0))
START = 1_800_000_000.0


def meter(minute: Minute = "opened", **switches: object) -> tuple[StandardMeter, Switches]:
    told = Switches(charging=Charging(minute=minute, settled=True), **switches)  # type: ignore[arg-type]
    made = new_meter(LIMITS, told)
    assert isinstance(made, StandardMeter)
    return made, told


@pytest.mark.parametrize(
    ("minute", "kind", "wait"),
    [
        ("opened", FixedWindow, 60 - 20),
        ("aligned", FixedWindow, 60 - 25),
        ("sliding", SlidingWindow, 60 - 20),
        ("leaky", Bucket, 600 * 60 / 1_000 - 20),
    ],
)
def test_a_minute_of_each_kind_has_room_again_when_it_should(minute: Minute, kind: type, wait: float) -> None:
    """600 of 1,000 tokens at second 5 of a clock's minute; 20 s later somebody asks for all 1,000."""
    made, switches = meter(minute)
    used, admitted = made.admit(START + 5, 600, switches)
    assert (admitted.refused_by, type(used.tokens)) == ("", kind)
    assert soonest(used, START + 25, 1_000) == pytest.approx(wait, abs=0.001)
    assert soonest(used, START + 25, 400) == 0


@pytest.mark.parametrize("minute", ["opened", "aligned", "sliding", "leaky"])
def test_what_an_answer_did_not_need_is_given_back_where_that_is_done(minute: Minute) -> None:
    made, switches = meter(minute)
    used, _ = made.admit(START, 1_000, switches)
    assert soonest(used, START, 500) > 0
    settled = used.settle(START, -500, START, switches)
    assert soonest(settled, START, 500) == 0
    kept = used.settle(START, -500, START, Switches(charging=Charging(minute=minute)))
    assert kept == used, "pay-as-you-go deployments give nothing back unless told to"


@pytest.mark.parametrize(("per_minute", "slice_seconds", "calls"), [(600, 1, 10), (30, 10, 5)])
def test_requests_are_counted_in_slices(per_minute: int, slice_seconds: float, calls: int) -> None:
    """Of a second where a second's share is at least one, else of ten."""
    switches = Switches()
    made = new_meter(Limits(Rate(10**6, 60.0), Rate(per_minute, 60.0)), switches)
    for _ in range(calls):
        made, admitted = made.admit(START, 1, switches)
        assert admitted.refused_by == ""
    made, refused = made.admit(START, 1, switches)
    assert refused.refused_by == "call"
    assert refused.wait == pytest.approx(slice_seconds)
    assert made.obstacle(START + slice_seconds, 1) == ("", 0.0)


def test_a_refused_call_uses_up_the_next_slice_where_refusals_count() -> None:
    for counted, left in ((True, "call"), (False, "")):
        switches = Switches(refused_calls_count=counted)
        made = new_meter(Limits(Rate(10, 60.0), Rate(60, 60.0)), switches)
        made, refused = made.admit(START, 11, switches)
        assert refused.refused_by == "token"
        assert made.admit(START, 1, switches)[1].refused_by == left
