"""A change in a revision of its own: asked before it is released, and released whole."""

from collections.abc import Iterator

import pytest

from apimlb.local.lateness import Lateness
from tests.functional.local.story import Story
from tests.unit.local.tenant import GATE

OLD, NEW = (200, "old"), (200, "new")


@pytest.fixture(params=[Lateness(), Lateness(configuration=(10.0, 60.0))], ids=["at once", "late"])
def story(request: pytest.FixtureRequest) -> Iterator[Story]:
    made = Story(lateness=request.param)
    yield made
    made.store.close()


async def prepare(story: Story) -> None:
    """An API with a second revision that answers otherwise, and nothing under way."""
    await story.gateway()
    await story.api("chat", "old")
    await story.child("apis/chat;rev=2", {"path": "chat", "sourceApiId": f"{GATE}/apis/chat"})
    await story.policy("chat;rev=2", "new")
    story.clock.advance(60)


async def release(story: Story, revision: int) -> None:
    await story.child("apis/chat/releases/r", {"apiId": f"{GATE}/apis/chat;rev={revision}"})


async def test_a_revision_answers_under_its_number_before_it_is_current(story: Story) -> None:
    await prepare(story)
    assert await story.ask("chat/x") == OLD
    assert await story.ask("chat;rev=1/x") == OLD
    assert await story.ask("chat;rev=2/x") == NEW
    assert (await story.ask("chat;rev=3/x"))[0] == 404


async def test_a_release_goes_from_one_to_the_other_with_nothing_between(story: Story) -> None:
    await prepare(story)
    await release(story, 2)
    seen = [answer for _, answer in await story.watch(lambda: story.ask("chat/x"), 60)]
    assert seen in ([NEW], [OLD, NEW])
    assert await story.ask("chat;rev=1/x") == OLD
    await release(story, 1)
    seen = [answer for _, answer in await story.watch(lambda: story.ask("chat/x"), 60)]
    assert seen in ([OLD], [NEW, OLD])


async def test_the_former_revision_can_go(story: Story) -> None:
    await prepare(story)
    await release(story, 2)
    story.clock.advance(60)
    await story.remove("apis/chat;rev=1")
    story.clock.advance(60)
    assert await story.ask("chat/x") == NEW
    assert (await story.ask("chat;rev=1/x"))[0] == 404


async def test_a_key_for_the_api_opens_whatever_is_current(story: Story) -> None:
    await prepare(story)
    about = {"displayName": "chat", "path": "chat", "subscriptionRequired": True}
    for revision in (1, 2):
        await story.child(f"apis/chat;rev={revision}", about)
    await story.child("products/gold", {"displayName": "Gold", "state": "published"})
    await story.child("products/gold/apis/chat", {})
    keys = [
        (await story.child(f"subscriptions/{name}", {"displayName": name, "scope": scope}))["properties"]
        for name, scope in (("direct", "/apis/chat"), ("product", "/products/gold"))
    ]
    story.clock.advance(60)
    for expected in (OLD, NEW):
        assert (await story.ask("chat/x"))[0] == 401
        for key in keys:
            assert await story.ask("chat/x", Ocp_Apim_Subscription_Key=key["primaryKey"]) == expected
        await release(story, 2)
        story.clock.advance(60)
