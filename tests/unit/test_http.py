"""The shapes that every plane answers in."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apimlb.http import Headers, Request, Response, close, is_url, read

names = st.sampled_from(["Accept", "ACCEPT", "accept", "Retry-After", "retry-after", "X"])
pairs = st.lists(st.tuples(names, st.text("ab", max_size=3)), max_size=6)


def test_names_ignore_case_and_keep_the_case_they_came_in() -> None:
    headers = Headers([("Retry-After", "3")])
    assert headers.get("retry-after") == "3"
    assert list(headers) == [("Retry-After", "3")]
    assert "RETRY-AFTER" in headers


def test_several_values_of_one_name_are_joined() -> None:
    assert Headers([("Accept", "a"), ("X", "1"), ("accept", "b")]).get("Accept") == "a,b"


@given(pairs, names, st.lists(st.text("cd", max_size=3), max_size=3))
def test_setting_leaves_exactly_the_values_set_and_everything_else_in_order(
    items: list[tuple[str, str]], name: str, values: list[str]
) -> None:
    headers = Headers(items)
    headers.set(name, *values)
    assert headers.get_all(name) == values
    others = [(n, v) for n, v in items if n.lower() != name.lower()]
    assert [(n, v) for n, v in headers if n.lower() != name.lower()] == others


def test_setting_keeps_the_place_of_what_it_replaces() -> None:
    headers = Headers([("A", "1"), ("B", "2"), ("a", "3")])
    headers.set("a", "4")
    assert list(headers) == [("a", "4"), ("B", "2")]


def test_a_copy_is_its_own() -> None:
    headers = Headers([("A", "1")])
    headers.copy().set("A", "2")
    assert headers.get("A") == "1"


def test_a_request_knows_the_parts_of_its_url() -> None:
    request = Request("GET", "https://example.org:8443/a/b?x=1&y=&x=2")
    assert (request.host, request.path, request.query) == ("example.org", "/a/b", {"x": "2", "y": ""})


def test_a_status_has_its_phrase_unless_another_is_given() -> None:
    assert Response(429).reason == "Too Many Requests"
    assert Response(401, reason="Access Denied").reason == "Access Denied"
    assert Response(299).reason == ""


async def test_a_stream_is_read_once_and_then_there() -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b"a"
        yield b"b"

    response = Response(200, body=chunks())
    assert await read(response) == b"ab"
    assert response.body == b"ab"


class Endless:
    """A body that goes on for ever, and remembers whether it was closed."""

    def __init__(self, error: Exception | None = None) -> None:
        self.closed = False
        self._error = error

    def __aiter__(self) -> "Endless":
        return self

    async def __anext__(self) -> bytes:
        if self._error is not None:
            raise self._error
        await asyncio.Event().wait()
        return b""

    async def aclose(self) -> None:
        self.closed = True


async def test_a_stream_that_breaks_off_or_that_nobody_waits_for_is_closed() -> None:
    broken, waiting = Endless(ConnectionError("gone")), Endless()
    with pytest.raises(ConnectionError):
        await read(Response(200, body=broken))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await read(Response(200, body=waiting))
    assert (broken.closed, waiting.closed) == (True, True)


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("https://a.test", True),
        ("http://[::1]:8080/x", True),
        ("ftp://a.test", False),
        ("/x", False),
        ("http://", False),
        ("http://[a", False),
        ("http://a:99999/", False),
        ("http://a:0/", False),
    ],
)
def test_a_url_names_whom_to_ask(text: str, good: bool) -> None:
    assert is_url(text) is good


async def test_closing_stops_whoever_sends() -> None:
    stopped = []

    async def chunks() -> AsyncIterator[bytes]:
        try:
            while True:
                yield b"a"
        finally:
            stopped.append(True)

    response = Response(200, body=chunks())
    assert not isinstance(response.body, bytes)
    assert await anext(aiter(response.body)) == b"a"
    await close(response)
    assert stopped == [True]
