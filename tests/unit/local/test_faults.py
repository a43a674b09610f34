import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apimlb.errors import ConfigError, NotFoundError
from apimlb.http import Headers, Request, Response, read
from apimlb.local.codes import CODES
from apimlb.local.faults import PLANES, Fault, Faults, Faulty, Plane
from tests.fakes import ManualClock, ScriptedTransport

EAST = "https://east.openai.azure.com/openai/deployments/chat/chat/completions?api-version=2024-10-21"
GROUP = "/subscriptions/s/resourceGroups/g"
GATE = f"{GROUP}/providers/Microsoft.ApiManagement/service/gate"
ROLES = "/providers/Microsoft.Authorization/roleAssignments"
REFUSED = Fault(status=429, url="*east*")


def chat(url: str = EAST, method: str = "POST") -> Request:
    return Request(method, url)


class Scene:
    """A plane that always answers 200, and what was ordered to go wrong before it."""

    def __init__(self, *faults: Fault, plane: Plane = "openai", answers: int = 9) -> None:
        self.clock = ManualClock()
        self.faults = Faults(self.clock)
        for fault in faults:
            self.faults.add(fault)
        self.behind = ScriptedTransport([200] * answers)
        self.door = Faulty(plane, self.behind, self.faults, self.clock)

    async def statuses(self, count: int) -> list[int]:
        return [(await self.door.send(chat())).status for _ in range(count)]


class TestWhichRequests:
    @pytest.mark.parametrize(
        "pattern",
        [
            "*",
            EAST,
            EAST.partition("?")[0],
            "*.openai.azure.com/*",
            "east.openai.azure.com/*",
            "https://EAST.openai.azure.com/*",
            "/openai/deployments/chat/*",
            "/openai/deployments/*/completions",
            "*api-version=2024-10-21",
        ],
    )
    def test_a_pattern_is_for_the_url_or_for_what_follows_the_host(self, pattern: str) -> None:
        assert Fault(url=pattern, status=500).meets("openai", chat())

    @pytest.mark.parametrize(
        "pattern", ["", "east", "/openai", "west.*", "/chat/*", "https://west*", "[east]*"]
    )
    def test_a_pattern_is_for_nothing_else(self, pattern: str) -> None:
        assert not Fault(url=pattern, status=500).meets("openai", chat())

    def test_brackets_mean_themselves(self) -> None:
        assert Fault(url="*/ids[1]", status=500).meets("arm", Request("GET", "https://arm/ids[1]"))
        assert not Fault(url="*/ids[1]", status=500).meets("arm", Request("GET", "https://arm/ids1"))

    def test_a_method_and_a_plane_narrow_it(self) -> None:
        assert Fault(method="post", status=500).meets("openai", chat())
        assert not Fault(method="GET", status=500).meets("openai", chat())
        assert Fault(plane="openai", status=500).meets("openai", chat())
        assert not Fault(plane="gateway", status=500).meets("openai", chat())

    @pytest.mark.parametrize(
        ("pattern", "method", "path"),
        [
            ("Microsoft.ApiManagement/service/apis", "PUT", f"{GATE}/apis/openai"),
            ("microsoft.apimanagement/service/apis", "GET", f"{GATE}/apis"),
            ("*/apis/operations", "PUT", f"{GATE}/apis/openai/operations/all"),
            ("*/subscriptions/listSecrets", "POST", f"{GATE}/subscriptions/app/listSecrets"),
            ("Microsoft.Authorization/roleAssignments", "PUT", f"{GATE}{ROLES}/x"),
            ("Microsoft.Resources/subscriptions/resourceGroups", "PUT", GROUP),
        ],
    )
    def test_a_type_is_that_of_the_resource(self, pattern: str, method: str, path: str) -> None:
        fault = Fault(type=pattern, status=500)
        assert fault.meets("arm", Request(method, f"https://arm{path}?api-version=1"))
        assert not fault.meets("arm", Request(method, f"https://arm{path}/more/x?api-version=1"))

    @given(st.text("abc/?*[]!.-", max_size=20))
    def test_every_url_is_like_itself(self, path: str) -> None:
        url = f"https://host/{path}"
        assert Fault(url=url, status=500).meets("arm", Request("GET", url))


class TestHowOften:
    async def test_until_it_is_used_up(self) -> None:
        scene = Scene(replace(REFUSED, count=2))
        assert await scene.statuses(3) == [429, 429, 200]

    async def test_for_ever_when_no_count_is_given(self) -> None:
        scene = Scene(REFUSED)
        assert await scene.statuses(5) == [429] * 5
        assert [(order.id, order.happened) for order in scene.faults] == [(1, 5)]

    async def test_one_after_the_other_in_the_order_they_were_given(self) -> None:
        scene = Scene(replace(REFUSED, count=1), Fault(status=503, count=1))
        assert await scene.statuses(3) == [429, 503, 200]

    async def test_after_so_many_were_let_by(self) -> None:
        scene = Scene(replace(REFUSED, skip=2, count=1))
        assert await scene.statuses(4) == [200, 200, 429, 200]
        assert [(order.fitted, order.happened) for order in scene.faults] == [(3, 1)]

    async def test_who_is_let_by_may_meet_the_next(self) -> None:
        scene = Scene(replace(REFUSED, skip=1), Fault(status=503))
        assert await scene.statuses(2) == [503, 429]

    async def test_for_so_long(self) -> None:
        scene = Scene(replace(REFUSED, seconds=30))
        assert await scene.statuses(2) == [429, 429]
        scene.clock.advance(30)
        assert await scene.statuses(1) == [200]
        assert [order.open for order in scene.faults] == [False]

    def test_others_may_be_added_and_taken_back_while_they_are_gone_through(self) -> None:
        faults = Scene(REFUSED, Fault(status=503)).faults
        seen = []
        for order in faults:
            seen.append(order.id)
            faults.add(REFUSED)
            faults.remove(order.id)
        assert seen == [1, 2]
        assert [order.id for order in faults] == [3, 4]

    async def test_until_it_is_taken_back(self) -> None:
        scene = Scene(REFUSED, Fault(status=503))
        scene.faults.remove(1)
        assert await scene.statuses(1) == [503]
        assert scene.faults.clear() == 1
        assert await scene.statuses(1) == [200]

    def test_what_is_not_there_cannot_be_taken_back(self) -> None:
        with pytest.raises(NotFoundError, match="no fault 7"):
            Faults(ManualClock()).remove(7)

    def test_numbers_are_not_given_twice(self) -> None:
        faults = Faults(ManualClock())
        faults.add(REFUSED)
        faults.clear()
        assert faults.add(REFUSED).id == 2


class TestWhatHappens:
    async def test_a_status_with_headers_and_body(self) -> None:
        scene = Scene(Fault(status=429, headers=(("Retry-After", "7"),), body='{"a": 1}'))
        response = await scene.door.send(chat())
        assert response.headers == Headers([("Retry-After", "7"), ("Content-Type", "application/json")])
        assert await read(response) == b'{"a": 1}'
        assert scene.behind.requests == []

    @pytest.mark.parametrize("plane", PLANES)
    async def test_a_status_alone_says_what_the_plane_would(self, plane: Plane) -> None:
        scene = Scene(Fault(status=503), plane=plane)
        assert "ordered" in json.dumps(json.loads(await read(await scene.door.send(chat()))))

    async def test_a_status_that_has_no_body_gets_none(self) -> None:
        response = await Scene(Fault(status=204)).door.send(chat())
        assert (await read(response), len(response.headers)) == (b"", 0)

    async def test_a_delay_before_the_plane_answers(self) -> None:
        scene = Scene(Fault(delay=30))
        assert await scene.statuses(1) == [200]
        assert scene.clock.slept == [30]

    async def test_a_reset_after_a_delay(self) -> None:
        scene = Scene(Fault(reset=True, delay=2))
        with pytest.raises(ConnectionResetError):
            await scene.door.send(chat())
        assert scene.clock.slept == [2]
        assert scene.behind.requests == []

    @pytest.mark.parametrize("code", CODES)
    async def test_a_code_is_answered_in_azures_words(self, code: str) -> None:
        scene = Scene(Fault(code=code), plane="entra" if code.islower() else "arm")
        response = await scene.door.send(Request("PUT", f"https://arm{GATE}/apis/openai"))
        error = json.loads(await read(response))["error"]
        assert response.status == CODES[code].status
        assert (error if isinstance(error, str) else error["code"]) == code
        assert dict(CODES[code].headers).items() <= dict(response.headers).items()

    async def test_the_words_name_what_was_asked_for(self) -> None:
        scene = Scene(Fault(code="RequestConflict"), plane="arm")
        response = await scene.door.send(Request("PUT", f"https://arm{GATE}/apis/openai?api-version=1"))
        assert f"'{GATE}'" in json.loads(await read(response))["error"]["message"]

    async def test_a_status_and_headers_of_ones_own_go_before_the_codes(self) -> None:
        fault = Fault(code="TooManyRequests", status=503, headers=(("Retry-After", "900"),))
        response = await Scene(fault, plane="arm").door.send(chat())
        assert (response.status, response.headers.get_all("Retry-After")) == (503, ["900"])
        assert json.loads(await read(response))["error"]["code"] == "TooManyRequests"

    async def test_any_code_can_be_given_with_a_status(self) -> None:
        response = await Scene(Fault(code="Strange", status=409), plane="arm").door.send(chat())
        assert json.loads(await read(response))["error"]["code"] == "Strange"

    async def test_an_answer_may_be_kept_from_who_was_obeyed(self) -> None:
        scene = Scene(Fault(status=500, applied=True, count=1), Fault(reset=True, applied=True))
        assert await scene.statuses(1) == [500]
        with pytest.raises(ConnectionResetError):
            await scene.door.send(chat())
        assert len(scene.behind.requests) == 2


class Stream:
    """Chunks, and whether somebody let go of them."""

    def __init__(self, chunks: int) -> None:
        self.closed = False
        self.body = self._run(chunks)

    async def _run(self, chunks: int) -> AsyncIterator[bytes]:
        try:
            for number in range(chunks):
                yield b"%d" % number
        finally:
            self.closed = True


async def cut_short(body: bytes | AsyncIterator[bytes], cut: int) -> list[bytes]:
    scene = Scene(Fault(cut=cut))
    scene.behind = ScriptedTransport([Response(200, Headers([("Content-Length", "9")]), body)])
    scene.door = Faulty("openai", scene.behind, scene.faults, scene.clock)
    response = await scene.door.send(chat())
    assert not isinstance(response.body, bytes)
    assert "Content-Length" not in response.headers
    seen: list[bytes] = []
    with pytest.raises(ConnectionResetError):
        await collect(response.body, seen)
    return seen


async def collect(chunks: AsyncIterator[bytes], seen: list[bytes]) -> None:
    async for chunk in chunks:
        seen.append(chunk)


class TestCut:
    @given(st.integers(0, 6), st.integers(0, 6))
    def test_a_stream_ends_after_so_many_chunks_and_is_let_go_of(self, chunks: int, cut: int) -> None:
        async def story() -> None:
            stream = Stream(chunks)
            assert await cut_short(stream.body, cut) == [b"%d" % n for n in range(min(chunks, cut))]
            assert stream.closed or cut == 0

        asyncio.run(story())

    async def test_a_whole_body_is_one_chunk(self) -> None:
        assert await cut_short(b"whole", 1) == [b"whole"]
        assert await cut_short(b"whole", 0) == []


class TestOrders:
    @pytest.mark.parametrize(
        ("fault", "said"),
        [
            (Fault(), "does nothing"),
            (Fault(status=99), "no status"),
            (Fault(status=600), "no status"),
            (Fault(status=500, count=-1), "below 0"),
            (Fault(delay=-1.0), "below 0"),
            (Fault(delay=float("nan")), "below 0"),
            (Fault(reset=True, status=500), "carries no answer"),
            (Fault(reset=True, cut=1), "carries no answer"),
            (Fault(delay=1, body="x"), "belongs to a status"),
            (Fault(status=500, headers=(("a", "b\r\nc: d"),)), "line break"),
            (Fault(status=500, plane="moon"), "no plane"),  # type: ignore[arg-type]
            (Fault(status=500, skip=-1), "below 0"),
            (Fault(status=500, seconds=float("inf")), "below 0"),
            (Fault(code="Strange"), "No status is known"),
            (Fault(code="Conflict", reset=True), "carries no answer"),
            (Fault(delay=1, applied=True), "takes no place"),
            (Fault(operation="well"), "cannot end"),  # type: ignore[arg-type]
            (Fault(operation="failed", plane="openai"), "Only ARM"),
            (Fault(operation="failed", status=500), "answered as any"),
        ],
    )
    def test_nonsense_is_refused(self, fault: Fault, said: str) -> None:
        with pytest.raises(ConfigError, match=said):
            Faults(ManualClock()).add(fault)
