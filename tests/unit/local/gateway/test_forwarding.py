"""What leaves the gateway is the client's request without what concerned only its own connection."""

import asyncio
from collections.abc import Callable

import pytest

from apimlb.http import Headers, Request, Response
from apimlb.local.gateway.backends import Credentials
from apimlb.local.gateway.forwarding import add_credentials, send, strip_hop_by_hop
from apimlb.policy.run.exchange import ForwardOptions
from tests.fakes import ManualClock, ScriptedTransport

FOLLOW = ForwardOptions(follow_redirects=True)


def test_headers_of_one_connection_end_here() -> None:
    headers = Headers(
        [
            ("Connection", "keep-alive, X-Trace"),
            ("Keep-Alive", "timeout=5"),
            ("x-trace", "1"),
            ("Transfer-Encoding", "chunked"),
            ("TE", "trailers"),
            ("Authorization", "Bearer t"),
            ("Accept", "text/event-stream"),
        ]
    )
    strip_hop_by_hop(headers)
    assert list(headers) == [("Authorization", "Bearer t"), ("Accept", "text/event-stream")]


async def test_both_ways_and_with_the_length_of_what_is_sent() -> None:
    answer = Response(200, Headers([("Connection", "close"), ("x-ms-region", "East US")]), b"{}")
    transport = ScriptedTransport([answer])
    request = Request(
        "POST", "https://east.test/", Headers([("Content-Length", "99"), ("Upgrade", "h2c")]), b"abc"
    )
    response = await send(transport, request, ForwardOptions(), ManualClock())
    assert list(transport.requests[0].headers) == [("Content-Length", "3")]
    assert list(response.headers) == [("x-ms-region", "East US")]


async def test_a_request_without_body_names_no_length() -> None:
    transport = ScriptedTransport([200])
    await send(transport, Request("GET", "https://east.test/"), ForwardOptions(), ManualClock())
    assert "Content-Length" not in transport.requests[0].headers


class Silent:
    """A backend that accepts the request and never answers."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()

    async def send(self, request: Request) -> Response:
        self.asked.set()
        await asyncio.Event().wait()
        raise AssertionError


async def test_a_backend_that_sends_no_headers_in_time_is_given_up() -> None:
    clock, silent = ManualClock(), Silent()
    call = asyncio.create_task(
        send(silent, Request("GET", "https://east.test/"), ForwardOptions(timeout=30), clock)
    )
    await silent.asked.wait()
    clock.advance(29)
    assert (await asyncio.wait([call], timeout=0.01))[1], "a second is left"
    clock.advance(2)
    with pytest.raises(TimeoutError):
        await call


def redirect(status: int, location: str) -> Callable[[Request], Response]:
    return lambda request: Response(status, Headers([("Location", location)]))


async def test_redirects_are_the_clients_business_unless_the_policy_says_so() -> None:
    transport = ScriptedTransport([redirect(302, "/b")])
    response = await send(transport, Request("GET", "https://east.test/a"), ForwardOptions(), ManualClock())
    assert response.status == 302


@pytest.mark.parametrize("location", ["http://[b", "ftp://b.test/", "http://b.test:99999/"])
async def test_a_redirect_to_what_is_no_url_is_the_answer(location: str) -> None:
    transport = ScriptedTransport([redirect(302, location)])
    response = await send(transport, Request("GET", "https://east.test/a"), FOLLOW, ManualClock())
    assert (response.status, response.headers.get("Location")) == (302, location)


async def test_a_followed_redirect_keeps_the_body_only_where_the_status_says_so() -> None:
    transport = ScriptedTransport([redirect(307, "/b"), redirect(303, "https://west.test/c"), 200])
    request = Request("POST", "https://east.test/a", Headers([("Authorization", "Bearer t")]), b"body")
    assert (await send(transport, request, FOLLOW, ManualClock())).status == 200
    _, second, third = transport.requests
    assert (second.method, second.url, second.body) == ("POST", "https://east.test/b", b"body")
    assert second.headers.get("Authorization") == "Bearer t"
    assert (third.method, third.url, third.body) == ("GET", "https://west.test/c", b"")
    assert third.headers.get("Authorization") is None
    assert third.headers.get("Host") == "west.test"


def test_a_backends_credentials_go_on_the_request() -> None:
    request = Request("GET", "https://east.test/a?x=1", Headers([("Authorization", "client's")]))
    add_credentials(request, Credentials(headers=(("x-key", ("1", "2")),), query=(("code", "a b"),)), "token")
    assert request.url == "https://east.test/a?x=1&code=a%20b"
    assert request.headers.get_all("x-key") == ["1", "2"]
    assert request.headers.get("Authorization") == "Bearer token"


def test_a_fixed_authorization_comes_before_the_identitys() -> None:
    request = Request("GET", "https://east.test/a")
    add_credentials(request, Credentials(authorization="Basic abc", query=(("c", "1"),)), "token")
    assert request.headers.get("Authorization") == "Basic abc"
    assert request.url == "https://east.test/a?c=1"
