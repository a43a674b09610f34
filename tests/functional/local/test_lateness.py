"""ARM has said 200, and the rest of Azure does not know it yet."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from apimlb.local.entra.tokens import Principal
from apimlb.local.lateness import LATE, STALE, Lateness
from apimlb.local.world import SUBSCRIPTION_ID
from tests.functional.local.story import Look, Story
from tests.unit.local.tenant import ASSIGNMENT, EAST, GATE, GROUP, SOMEBODY

MINUTE = Lateness(configuration=(10.0, 60.0))
MINUTES = Lateness(keys=(60.0, 240.0))


@pytest.fixture
def tell() -> Iterator[Callable[..., Story]]:
    made: list[Story] = []

    def start(lateness: Lateness, **settings: Any) -> Story:
        made.append(Story(lateness=lateness, **settings))
        return made[-1]

    yield start
    for story in made:
        story.store.close()


class TestConfiguration:
    async def test_that_came_with_the_service_is_there_with_it(self, tell: Callable[..., Story]) -> None:
        story = tell(MINUTES)
        await story.gateway()
        await story.api("shut", "hello", subscriptionRequired=True)
        path = f"{GATE}/subscriptions/master/listSecrets"
        key = (await story.arm("POST", path, "2024-05-01"))[1]["primaryKey"]
        assert await story.ask("shut/x", Ocp_Apim_Subscription_Key=key) == (200, "hello")

    async def test_of_a_new_api_reaches_the_gateway_piece_by_piece(self, tell: Callable[..., Story]) -> None:
        story = tell(MINUTE)
        await story.gateway()
        story.clock.advance(60)
        await story.api("new", "hello")
        seen = await story.watch(lambda: story.ask("new/x"), 60)
        (_, first), *_, (second, last) = seen
        assert first == (404, '{ "statusCode": 404, "message": "Resource not found" }')
        assert last == (200, "hello")
        assert 10 <= second <= 60

    async def test_is_served_as_it_was_until_the_change_arrives(self, tell: Callable[..., Story]) -> None:
        story = tell(MINUTE)
        await story.gateway()
        await story.api("old", "before")
        story.clock.advance(60)
        await story.policy("old", "after")
        shown = await story.arm("GET", f"{GATE}/apis/old/policies/policy", "2024-05-01")
        assert "after" in shown[1]["properties"]["value"]
        seen = await story.watch(lambda: story.ask("old/x"), 60)
        assert [answer for _, answer in seen] == [(200, "before"), (200, "after")]
        assert seen[1][0] >= 10

    async def test_that_was_deleted_is_served_until_then(self, tell: Callable[..., Story]) -> None:
        story = tell(MINUTE)
        await story.gateway()
        await story.api("old", "still here")
        story.clock.advance(60)
        await story.remove("apis/old")
        assert (await story.arm("GET", f"{GATE}/apis/old", "2024-05-01"))[0] == 404
        assert (await story.ask("old/x")) == (200, "still here")
        story.clock.advance(60)
        assert (await story.ask("old/x"))[0] == 404

    async def test_reaches_each_unit_at_its_own_time(self, tell: Callable[..., Story]) -> None:
        story = tell(MINUTE, gateways=2)
        await story.gateway()
        await story.api("old", "before")
        story.clock.advance(60)
        await story.policy("old", "after")

        async def both() -> object:
            return {(await story.ask("old/x"))[1] for _ in range(2)}

        seen = await story.watch(both, 60)
        assert [answers for _, answers in seen] == [{"before"}, {"before", "after"}, {"after"}]

    async def test_named_values_arrive_on_their_own(self, tell: Callable[..., Story]) -> None:
        story = tell(MINUTE)
        await story.gateway()
        await story.child("namedValues/word", {"displayName": "word", "value": "one"})
        await story.api("old", "{{word}}")
        story.clock.advance(60)
        await story.child("namedValues/word", {"displayName": "word", "value": "two"})
        seen = await story.watch(lambda: story.ask("old/x"), 60)
        assert [answer for _, answer in seen] == [(200, "one"), (200, "two")]

    async def test_a_restart_neither_hurries_nor_forgets_it(self, tmp_path: Path) -> None:
        story = Story(tmp_path / "azure.db", lateness=MINUTE)
        await story.gateway()
        await story.api("old", "before")
        story.clock.advance(60)
        await story.policy("old", "after")
        story.restart()
        seen = await story.watch(lambda: story.ask("old/x"), 60)
        assert [answer for _, answer in seen] == [(200, "before"), (200, "after")]
        story.store.close()

    async def test_is_as_late_for_the_same_seed(self, tell: Callable[..., Story]) -> None:
        assert await self.arrival(tell, seed=3) == await self.arrival(tell, seed=3)
        assert await self.arrival(tell, seed=3) != await self.arrival(tell, seed=4)

    async def arrival(self, tell: Callable[..., Story], **settings: Any) -> object:
        story = tell(MINUTE, **settings)
        await story.gateway()
        await story.api("new", "hello")
        return await story.watch(lambda: story.ask("new/x"), 60, 0.25)

    async def test_goes_by_the_pace_of_the_world(self, tell: Callable[..., Story]) -> None:
        story = tell(Lateness(configuration=(60.0, 60.0)), time_scale=0.1)
        await story.gateway()
        await story.api("new", "hello")
        assert (await story.ask("new/x"))[0] == 404
        story.clock.advance(6)
        assert (await story.ask("new/x"))[0] == 200


class TestKeys:
    async def start(self, tell: Callable[..., Story]) -> Story:
        """An API that wants a key, and nothing under way."""
        story = tell(MINUTES)
        await story.gateway()
        await story.api("shut", "hello", subscriptionRequired=True)
        story.clock.advance(240)
        return story

    async def key(self, story: Story) -> str:
        about = {"displayName": "app", "scope": "/apis/shut", "state": "active"}
        made = await story.child("subscriptions/app", about)
        return str(made["properties"]["primaryKey"])

    def knocking(self, story: Story, key: str) -> Look:
        async def look() -> object:
            return (await story.ask("shut/x", Ocp_Apim_Subscription_Key=key))[0]

        return look

    async def test_take_minutes_to_work(self, tell: Callable[..., Story]) -> None:
        story = await self.start(tell)
        look = self.knocking(story, await self.key(story))
        seen = await story.watch(look, 240)
        assert [status for _, status in seen] == [401, 200]
        assert 60 <= seen[1][0] <= 240

    @pytest.mark.parametrize("state", ["suspended", "cancelled", "deleted", "regenerated"])
    async def test_take_minutes_to_stop(self, tell: Callable[..., Story], state: str) -> None:
        story = await self.start(tell)
        key = await self.key(story)
        story.clock.advance(240)
        if state == "deleted":
            await story.remove("subscriptions/app")
        elif state == "regenerated":
            path = f"{GATE}/subscriptions/app/regeneratePrimaryKey"
            assert (await story.arm("POST", path, "2024-05-01"))[0] == 204
        else:
            about = {"displayName": "app", "scope": "/apis/shut", "state": state}
            await story.child("subscriptions/app", about)
        seen = await story.watch(self.knocking(story, key), 240)
        assert [status for _, status in seen] == [200, 401]
        assert 60 <= seen[1][0] <= 240


class TestRoles:
    LATE = Lateness(roles=(60.0, 300.0), role_flaps=1, role_flap=(5.0, 20.0))

    async def test_work_fail_and_work_before_they_stay(self, tell: Callable[..., Story]) -> None:
        story = tell(self.LATE)
        await story.give_role(await story.gateway())
        seen = await story.watch(self.calling(story), 340)
        assert [status for _, status in seen] == [401, 200, 401, 200]
        assert 60 <= seen[1][0] <= 300
        times = [second for second, _ in seen[1:]]
        assert all(5 <= later - earlier <= 20 for earlier, later in pairwise(times))

    async def test_that_were_taken_away_go_the_same_way(self, tell: Callable[..., Story]) -> None:
        story = tell(self.LATE)
        await story.give_role(await story.gateway())
        story.clock.advance(340)
        assert (await story.arm("DELETE", ASSIGNMENT, "2022-04-01"))[0] == 200
        seen = await story.watch(self.calling(story), 340)
        assert [status for _, status in seen] == [200, 401, 200, 401]

    async def test_are_known_after_two_minutes_where_only_work_takes_its_time(
        self, tell: Callable[..., Story]
    ) -> None:
        story = tell(Lateness(), lro="realistic")
        await story.put(GROUP, "2024-11-01", {"location": "swedencentral"})
        properties = {"customSubDomainName": "east"}
        body = {
            "location": "swedencentral",
            "kind": "OpenAI",
            "sku": {"name": "S0"},
            "properties": properties,
        }
        await story.put(EAST, "2024-10-01", body)
        story.work()
        await story.give_role(SOMEBODY)
        token = story.world.entra.mint(Principal("c", SOMEBODY), "https://ai.azure.com")

        async def look() -> object:
            return (await story.chat(Authorization=f"Bearer {token}"))[0]

        # Whoever is let in finds no such deployment.
        assert await story.watch(look, 130) == [(0, 401), (120, 404)]

    def calling(self, story: Story) -> Look:
        async def look() -> object:
            return (await story.chat("gate.azure-api.net"))[0]

        return look


class TestArm:
    async def test_shows_what_was_there_before_for_a_while(self, tell: Callable[..., Story]) -> None:
        story = tell(Lateness(reads=(1.0, 5.0)))
        first = await story.arm("PUT", GROUP, "2024-11-01", {"location": "swedencentral", "tags": {"a": "1"}})
        assert first[0] == 201
        assert (await story.arm("GET", GROUP, "2024-11-01"))[0] == 404
        story.clock.advance(5)
        again = await story.arm("PUT", GROUP, "2024-11-01", {"location": "swedencentral", "tags": {"a": "2"}})
        assert again[1]["tags"] == {"a": "2"}

        async def tag() -> object:
            one = (await story.arm("GET", GROUP, "2024-11-01"))[1]["tags"]["a"]
            path = f"/subscriptions/{SUBSCRIPTION_ID}/resourceGroups"
            rows = (await story.arm("GET", path, "2024-11-01"))[1]["value"]
            assert [row["tags"]["a"] for row in rows] == [one]
            return one

        seen = await story.watch(tag, 5)
        assert [tag for _, tag in seen] == ["1", "2"]

    async def test_finds_a_soft_deleted_namesake_a_minute_late(self, tell: Callable[..., Story]) -> None:
        story = tell(Lateness(deleted=(20.0, 60.0)))
        await story.account()
        assert (await story.arm("DELETE", f"{EAST}/deployments/chat", "2024-10-01"))[0] in (200, 202, 204)
        assert (await story.arm("DELETE", EAST, "2024-10-01"))[0] in (200, 202, 204)
        provider = f"/subscriptions/{SUBSCRIPTION_ID}/providers/Microsoft.CognitiveServices"
        grave = f"{provider}/locations/swedencentral/resourceGroups/rg/deletedAccounts/east"

        async def names() -> object:
            rows = (await story.arm("GET", f"{provider}/deletedAccounts", "2024-10-01"))[1]["value"]
            return [row["name"] for row in rows]

        assert (await story.arm("DELETE", grave, "2024-10-01"))[0] == 204
        body = {"location": "swedencentral", "kind": "OpenAI", "sku": {"name": "S0"}, "properties": {}}
        taken = await story.arm("PUT", EAST, "2024-10-01", body)
        assert (taken[0], taken[1]["error"]["code"]) == (409, "FlagMustBeSetForRestore")
        seen = await story.watch(names, 60)
        assert [rows for _, rows in seen] == [[], ["east"]]
        assert 20 <= seen[1][0] <= 60
        assert (await story.arm("DELETE", grave, "2024-10-01"))[0] == 202
        assert await names() == []


async def test_with_everything_late_all_is_as_written_in_the_end(tell: Callable[..., Story]) -> None:
    story = tell(replace(LATE, reads=STALE))
    await story.give_role(await story.gateway())
    assert json.loads((await story.ask("openai/deployments"))[1])["statusCode"] == 404
    story.clock.advance(600)
    assert (await story.chat("gate.azure-api.net"))[0] == 200
