"""check-header, ip-filter."""

import pytest

from tests.unit.policy.play import document, play
from tests.unit.policy.test_compiler import refusal

CHECK = (
    "<check-header name='Key' failed-check-httpcode='@(400 + 3)' failed-check-error-message='Go away' "
    "ignore-case='{}'><value>Open</value><value>Sesame</value></check-header>"
)


@pytest.mark.parametrize(
    ("given", "ignore_case", "reason"),
    [
        ({"key": "Open"}, "false", None),
        ({"key": "sesame"}, "true", None),
        ({"key": "sesame"}, "false", "HeaderValueNotAllowed"),
        ({}, "true", "HeaderNotFound"),
    ],
)
async def test_a_header_must_be_there_and_have_one_of_the_values(
    given: dict[str, str], ignore_case: str, reason: str | None
) -> None:
    played = await play(CHECK.format(ignore_case), request={"headers": given})
    if reason is None:
        assert played.response.status == 200
        return
    assert played.last_error is not None
    assert (played.last_error.source, played.last_error.reason) == ("check-header", reason)
    assert played.response.status == 403
    assert played.response.body == b'{ "statusCode": 403, "message": "Go away" }'


FILTER = (
    "<ip-filter action='{}'><address>192.0.2.1</address>"
    "<address-range from='198.51.100.5' to='198.51.100.9'/></ip-filter>"
)


@pytest.mark.parametrize(
    ("ip", "listed"),
    [
        ("192.0.2.1", True),
        ("192.0.2.2", False),
        ("198.51.100.5", True),
        ("198.51.100.9", True),
        ("198.51.100.10", False),
        ("2001:db8::1", False),
    ],
)
async def test_callers_are_let_in_or_kept_out_by_their_address(ip: str, listed: bool) -> None:
    allowed = await play(FILTER.format("allow"), request={"ip": ip})
    forbidden = await play(FILTER.format("forbid"), request={"ip": ip})
    assert allowed.response.status == (200 if listed else 403)
    assert forbidden.response.status == (403 if listed else 200)


async def test_the_error_says_why_and_the_client_is_told_less() -> None:
    played = await play(FILTER.format("allow"), request={"ip": "192.0.2.7"})
    assert played.last_error is not None
    assert played.last_error.reason == "CallerIpNotAllowed"
    assert played.last_error.message == "Caller IP address 192.0.2.7 is not allowed. Access denied."
    assert played.response.body == b'{ "statusCode": 403, "message": "Forbidden" }'


async def test_a_caller_without_address_is_let_in_by_no_list_of_friends() -> None:
    allowed = await play(FILTER.format("allow"), request={"ip": "unknown"})
    forbidden = await play(FILTER.format("forbid"), request={"ip": "unknown"})
    assert allowed.last_error is not None
    assert allowed.last_error.reason == "FailedToParseCallerIP"
    assert forbidden.response.status == 200


@pytest.mark.parametrize(
    "inside", ["", "<address>10.0.0.0/8</address>", "<address-range from='x' to='192.0.2.1'/>"]
)
def test_a_filter_needs_addresses(inside: str) -> None:
    assert refusal(document(f"<ip-filter action='allow'>{inside}</ip-filter>")).target == "ip-filter"
