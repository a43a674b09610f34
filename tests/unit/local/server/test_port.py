"""HTTP to Request and Response to HTTP, with a client that may leave."""

import asyncio

import pytest

from apimlb.http import Headers, Response
from apimlb.local.server.port import Port


class Client:
    """One HTTP exchange as a server sees it; `leave` makes the client go away."""

    def __init__(self, *parts, headers=(), **scope):
        self.scope = {
            "type": "http",
            "method": "POST",
            "scheme": "http",
            "server": ("127.0.0.1", 4580),
            "client": ("127.0.0.1", 50000),
            "raw_path": b"/a%2Fb",
            "query_string": b"x=1",
            "headers": [(b"host", b"east.openai.azure.com"), *headers],
            **scope,
        }
        self.sent = []
        self._left = asyncio.Event()
        bodies = list(parts) or [b""]
        self._messages = [
            {"type": "http.request", "body": body, "more_body": index + 1 < len(bodies)}
            for index, body in enumerate(bodies)
        ]

    def leave(self):
        self._left.set()

    async def receive(self):
        if self._messages:
            return self._messages.pop(0)
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message):
        self.sent.append(message)

    async def asks(self, answer):
        await Port(answer)(self.scope, self.receive, self.send)
        return self

    @property
    def status(self):
        return self.sent[0]["status"]

    @property
    def headers(self):
        return dict(self.sent[0]["headers"])

    @property
    def chunks(self):
        return [message["body"] for message in self.sent[1:]]


def answering(response):
    async def answer(request):
        return response

    return answer


class TestRequests:
    async def test_arrive_whole_with_their_absolute_url(self):
        seen = []

        async def answer(request):
            seen.append(request)
            return Response(204)

        client = await Client(b"one ", b"two", headers=[(b"x", b"1"), (b"te", b"trailers")]).asks(answer)
        (request,) = seen
        assert request.url == "http://east.openai.azure.com/a%2Fb?x=1"
        assert (request.method, request.body, request.client) == ("POST", b"one two", "127.0.0.1")
        assert request.headers == Headers([("host", "east.openai.azure.com"), ("x", "1")])
        assert (client.status, client.headers) == (204, {})

    async def test_a_client_that_leaves_before_the_end_is_not_answered(self):
        client = Client(b"half")
        client._messages[0]["more_body"] = True
        client.leave()
        await client.asks(answering(Response(200)))
        assert client.sent == []


class TestResponses:
    async def test_bytes_have_their_length_whatever_the_headers_said(self):
        headers = Headers(
            [("Content-Length", "99"), ("Connection", "close"), ("Set-Cookie", "a"), ("Set-Cookie", "b")]
        )
        client = await Client().asks(answering(Response(200, headers, b"body")))
        assert client.sent[0]["headers"] == [
            (b"Set-Cookie", b"a"),
            (b"Set-Cookie", b"b"),
            (b"content-length", b"4"),
        ]
        assert client.chunks == [b"body"]

    async def test_a_header_cannot_be_made_two(self):
        client = await Client().asks(answering(Response(200, Headers([("x", "a\r\nSet-Cookie: b")]))))
        assert client.headers[b"x"] == b"a Set-Cookie: b"

    async def test_chunks_are_relayed_as_they_come(self):
        client = Client()
        seen = []

        async def body():
            for number in range(3):
                seen.append(len(client.sent))
                yield b"%d" % number

        await client.asks(answering(Response(200, Headers(), body())))
        assert client.chunks == [b"0", b"1", b"2", b""]
        assert seen == [1, 2, 3]

    @pytest.mark.parametrize(("error", "status"), [(ConnectionError("gone"), 502), (TimeoutError(), 502)])
    async def test_nobody_there_is_a_502(self, error, status):
        async def answer(request):
            raise error

        assert (await Client().asks(answer)).status == status

    async def test_a_failure_is_a_500_that_tells_nothing(self, capsys):
        async def answer(request):
            raise RuntimeError("inner workings")

        client = await Client().asks(answer)
        assert client.status == 500
        assert b"inner workings" not in b"".join(client.chunks)
        assert "inner workings" in capsys.readouterr().err


class TestLeaving:
    async def test_cancels_an_answer_that_is_being_made(self):
        client, cancelled = Client(), asyncio.Event()

        async def answer(request):
            client.leave()
            try:
                await asyncio.Event().wait()
            finally:
                cancelled.set()
            raise AssertionError("unreachable")

        await asyncio.wait_for(client.asks(answer), 1)
        assert cancelled.is_set()
        assert client.sent == []

    async def test_closes_a_stream_under_way(self):
        client, closed = Client(), asyncio.Event()

        async def body():
            try:
                yield b"first"
                client.leave()
                await asyncio.Event().wait()
            finally:
                closed.set()

        await asyncio.wait_for(client.asks(answering(Response(200, Headers(), body()))), 1)
        assert closed.is_set()
        assert client.chunks == [b"first"]

    async def test_a_stop_of_the_server_is_no_leaving(self):
        async def answer(request):
            await asyncio.Event().wait()

        task = asyncio.create_task(Client().asks(answer))
        for _ in range(3):
            await asyncio.get_running_loop().run_in_executor(None, lambda: None)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
