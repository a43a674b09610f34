"""What tests do to a running local Azure, at its own paths."""

import json
import random
from dataclasses import asdict

import jwt
import pytest

from apimlb.http import Headers, Request, read
from apimlb.local.entra.plane import Application
from apimlb.local.server.control import Control, kept_clock
from apimlb.local.store import Document, Store
from apimlb.local.world import OWNER, SUBSCRIPTION_ID, World, WorldSettings
from apimlb.policy.run.records import Record
from apimlb.wall_clock import AdjustableClock
from tests.fakes import ManualClock
from tests.signing import signing_key

SECRET = "s3cret"
SETTINGS = WorldSettings(
    owner=Application(OWNER.client_id, OWNER.object_id, SECRET), arm_origin="https://arm", lro="realistic"
)
GROUP = f"/subscriptions/{SUBSCRIPTION_ID}/resourceGroups/rg"


class Scene:
    """A world that can be told what to do."""

    def __init__(self, store=None):
        self.ground = ManualClock()
        self.store = store or Store()
        self.clock = kept_clock(self.store, self.ground)
        self.world = World(self.store, self.clock, random.Random(1), SETTINGS, key=signing_key())
        self.stopped: list[bool] = []
        self.control = Control(self.world, self.clock, lambda: self.stopped.append(True))

    async def __call__(self, method, path, document=None, **headers):
        headers = headers or {"x-apimlb-control": SECRET}
        named = Headers((name.replace("_", "-"), value) for name, value in headers.items())
        body = b"" if document is None else json.dumps(document).encode()
        response = await self.control.send(Request(method, f"https://arm/apimlb/{path}", named, body))
        return response.status, json.loads(await read(response))


@pytest.fixture
def scene():
    made = Scene()
    yield made
    made.store.close()


class TestAccounts:
    EAST = f"{GROUP}/providers/Microsoft.CognitiveServices/accounts/east"

    async def test_can_be_made_to_behave_otherwise_and_back(self, scene):
        scene.store.put(Document(self.EAST, "microsoft.cognitiveservices/accounts"))
        assert await scene("PUT", "accounts/EAST", {"pressure": 2}) == (200, {"pressure": 2})
        assert await scene("DELETE", "accounts/east") == (200, {})

    async def test_that_are_not_there_or_settings_that_cannot_be_are_refused(self, scene):
        status, said = await scene("PUT", "accounts/east", {"pressure": 2})
        assert (status, said["next_step"]) == (404, "Run `apimlb deploy --local` first.")
        scene.store.put(Document(self.EAST, "microsoft.cognitiveservices/accounts"))
        assert (await scene("DELETE", "accounts/west"))[0] == 404
        status, said = await scene("PUT", "accounts/eas", {"pressure": 2})
        assert (status, said["next_step"]) == (
            404,
            f"Did you mean {self.EAST.rpartition('/')[2]}? There are {self.EAST.rpartition('/')[2]}.",
        )
        assert (await scene("PUT", "accounts/east", {"pressure": "high"}))[0] == 400


class TestWhoMay:
    @pytest.mark.parametrize(
        ("method", "path"),
        [("GET", "faults"), ("POST", "faults"), ("DELETE", "faults"), ("POST", "clock"), ("POST", "token")],
    )
    @pytest.mark.parametrize("header", [{"accept": "*/*"}, {"x_apimlb_control": "guess"}])
    async def test_only_who_knows_the_owners_secret(self, scene, method, path, header):
        status, said = await scene(method, path, {"status": 500}, **header)
        assert status == 403
        assert "secret" in said["what"]
        assert not scene.world.faults

    async def test_anybody_may_ask_how_it_is(self, scene):
        status, said = await scene("GET", "status", accept="*/*")
        assert (status, said["accounts"], said["breakers"], said["faults"]) == (200, [], [], 0)
        assert said["clock"]["frozen"] is False

    async def test_a_web_page_may_not_stop_it(self, scene):
        assert (await scene("POST", "stop", accept="*/*"))[0] == 405
        assert not scene.stopped
        assert (await scene("POST", "stop", x_apimlb_stop="1"))[0] == 202
        assert scene.stopped

    async def test_there_is_nothing_else(self, scene):
        assert (await scene("GET", "token"))[0] == 404
        assert (await scene("GET", "secrets"))[0] == 404


class TestFaults:
    async def test_are_ordered_listed_and_taken_back(self, scene):
        order = {"status": 503, "url": "*/subscriptions*", "count": 1, "headers": [["Retry-After", "3"]]}
        status, made = await scene("POST", "faults", order)
        assert (status, made["id"], made["happened"]) == (201, 1, 0)
        answer = await scene.world.manage(Request("GET", "https://arm/subscriptions"))
        assert (answer.status, answer.headers.get("retry-after")) == (503, "3")
        assert (await scene("GET", "status"))[1]["faults"] == 0, "it is used up"
        _, listed = await scene("GET", "faults")
        assert [(row["id"], row["happened"], row["status"]) for row in listed] == [(1, 1, 503)]
        assert await scene("DELETE", "faults/1") == (200, {"cleared": 1})
        assert (await scene("DELETE", "faults/1"))[0] == 404
        assert await scene("DELETE", "faults") == (200, {"cleared": 0})

    @pytest.mark.parametrize(
        "order",
        [
            {},
            {"state": 500},
            {"status": "500"},
            {"status": True},
            {"reset": 1},
            {"status": 500, "headers": ["a"]},
            {"status": 500, "headers": {"abc": "d"}},
            {"delay": "soon"},
            [],
        ],
    )
    async def test_nonsense_is_told_to_be(self, scene, order):
        status, said = await scene("POST", "faults", order)
        assert status == 400
        assert said["what"]
        assert not scene.world.faults


class TestClock:
    async def test_stands_still_and_goes_forward(self, scene):
        before = scene.clock.now()
        assert (await scene("POST", "clock", {"move": "freeze"}))[1]["frozen"] is True
        scene.ground.advance(100)
        status, shown = await scene("POST", "clock", {"move": "advance", "seconds": 30})
        assert (status, shown["epoch"], shown["ahead"]) == (200, before + 30, -70)
        assert (await scene("GET", "clock"))[1] == shown
        assert (await scene("POST", "clock", {"move": "resume"}))[1]["frozen"] is False

    async def test_goes_on_from_there_after_a_restart(self, scene):
        await scene("POST", "clock", {"move": "advance", "seconds": 86400})
        restarted = kept_clock(scene.store, scene.ground)
        assert isinstance(restarted, AdjustableClock)
        assert restarted.now() == scene.clock.now()
        await scene("POST", "clock", {"move": "freeze"})
        scene.ground.advance(5)
        assert kept_clock(scene.store, scene.ground).now() == scene.clock.now()

    async def test_ends_what_takes_time_though_nobody_asks_arm(self, scene):
        _, said = await scene("POST", "token", {"audience": "https://management.azure.com"})
        headers = Headers([("Authorization", f"Bearer {said['token']}")])
        url = f"https://arm{GROUP}?api-version=2024-11-01"
        for method, body in (("PUT", b'{"location": "eastus2"}'), ("DELETE", b"")):
            await scene.world.manage(Request(method, url, headers, body))
        assert scene.store.get(GROUP) is not None
        await scene("POST", "clock", {"move": "advance", "seconds": 3600})
        assert scene.store.get(GROUP) is None

    @pytest.mark.parametrize(
        "move",
        [
            {},
            {"move": "back"},
            {"move": "advance"},
            {"move": "advance", "seconds": -1},
            {"move": "advance", "seconds": 1e300},
            {"move": "advance", "seconds": "30"},
        ],
    )
    async def test_does_not_do_everything(self, scene, move):
        before = scene.clock.now()
        assert (await scene("POST", "clock", move))[0] == 400
        assert scene.clock.now() == before


class TestToken:
    async def test_is_the_owners_unless_it_is_said(self, scene):
        status, said = await scene("POST", "token", {"audience": "https://management.azure.com"})
        claims = scene.world.entra.verify(said["token"], {"https://management.azure.com"})
        assert (status, claims["oid"], claims["exp"] - claims["iat"]) == (200, OWNER.object_id, 3599)

    async def test_is_as_wrong_as_was_asked_for(self, scene):
        asked = {"audience": "api://a", "kind": "app", "id": "x", "seconds": 60, "flaws": ["expired"]}
        _, said = await scene("POST", "token", {**asked, "version": "2.0"})
        claims = jwt.decode(said["token"], options={"verify_signature": False})
        assert (claims["azp"], claims["exp"] - claims["iat"]) == ("x", 60)
        assert claims["exp"] < scene.clock.now()

    @pytest.mark.parametrize(
        "asked",
        [
            {},
            {"audience": "a", "flaws": ["ugly"]},
            {"audience": "a", "version": "3.0"},
            {"audience": "a", "kind": "robot"},
            {"audience": "a", "seconds": "long"},
        ],
    )
    async def test_nonsense_gets_none(self, scene, asked):
        assert (await scene("POST", "token", asked))[0] == 400

    async def test_an_identity_must_be_there(self, scene):
        asked = {"audience": "a", "kind": "identity", "id": "nobody"}
        assert (await scene("POST", "token", asked))[0] == 404


class TestRecords:
    RECORD = Record("metric", "emit-metric", "mine/Calls", {"value": 1.0}, 5.0, "r", "chat", "any", "apim")

    async def test_are_shown_and_forgotten(self, scene):
        scene.world.records.keep(self.RECORD)
        assert await scene("GET", "records") == (200, [asdict(self.RECORD)])
        assert await scene("DELETE", "records") == (200, {"cleared": 1})
        assert await scene("GET", "records") == (200, [])

    async def test_are_for_the_owner_alone(self, scene):
        assert (await scene("GET", "records", x_apimlb_control="guess"))[0] == 403


class TestConnections:
    async def test_are_made_and_taken_away(self, scene):
        held = {"access_token": "t", "claims": {"scope": "repo"}}
        assert await scene("PUT", "connections/git%20hub/mine", held) == (200, held)
        assert scene.world.connections.find("Git Hub", "MINE").claims == {"scope": "repo"}
        assert await scene("DELETE", "connections/git%20hub/mine") == (200, {})
        assert scene.world.connections.find("git hub", "mine") is None

    @pytest.mark.parametrize(
        ("path", "held", "status"),
        [("connections/github", {"access_token": "t"}, 404), ("connections/a/b", {"access_token": 1}, 400)],
    )
    async def test_need_a_name_and_a_token(self, scene, path, held, status):
        assert (await scene("PUT", path, held))[0] == status
