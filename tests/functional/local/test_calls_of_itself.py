"""A policy asks another API of its own gateway, as it would ask any other host."""

from collections.abc import Iterator

import pytest

from tests.functional.local.story import Story

ASKING = """
<policies>
  <inbound>
    <send-request mode="new" response-variable-name="verdict" timeout="5" ignore-error="true">
      <set-url>@{
        var here = context.Request.OriginalUrl;
        return $"{here.Scheme}://{here.Host}:{here.Port}/PATH";
      }</set-url>
      <set-method>POST</set-method>
      <set-header name="Ocp-Apim-Subscription-Key">
        <value>@(context.Request.Headers.GetValueOrDefault("x-key", ""))</value>
      </set-header>
    </send-request>
    <return-response>
      <set-body>@{
        var verdict = (IResponse)context.Variables["verdict"];
        return verdict == null ? "none" : verdict.StatusCode.ToString();
      }</set-body>
    </return-response>
  </inbound>
  <backend />
  <outbound />
  <on-error />
</policies>
"""


PORT = "http://127.0.0.1:4580"


@pytest.fixture(params=["", PORT], ids=["by name", "at a port"])
def story(request: pytest.FixtureRequest) -> Iterator[Story]:
    made = Story(gateway_origin=request.param)
    yield made
    made.store.close()


async def prepare(story: Story) -> str:
    """An open API that asks one which wants a key of a product; gives such a key."""
    await story.gateway()
    await story.api("check", "fine", subscriptionRequired=True)
    await story.child("products/gold", {"displayName": "Gold", "state": "published"})
    await story.child("products/gold/apis/check", {})
    await story.api("ask", "")
    await story.write("ask", ASKING.replace("PATH", "check/x"))
    made = await story.child("subscriptions/app", {"displayName": "app", "scope": "/products/gold"})
    return str(made["properties"]["primaryKey"])


async def test_the_other_api_judges_the_key(story: Story) -> None:
    key = await prepare(story)
    assert await story.ask("ask/x", x_key=key) == (200, "200")
    assert await story.ask("ask/x", x_key="wrong") == (200, "401")
    assert await story.ask("ask/x") == (200, "401")


@pytest.mark.parametrize("state", ["suspended", "cancelled"])
async def test_and_changes_its_mind_with_the_subscription(story: Story, state: str) -> None:
    key = await prepare(story)
    about = {"displayName": "app", "scope": "/products/gold", "state": state}
    await story.child("subscriptions/app", about)
    assert await story.ask("ask/x", x_key=key) == (200, "401")
    await story.child("subscriptions/app", {**about, "state": "active"})
    assert await story.ask("ask/x", x_key=key) == (200, "200")


async def test_an_api_that_asks_itself_comes_to_an_end(story: Story) -> None:
    await prepare(story)
    await story.write("ask", ASKING.replace("PATH", "ask/x"))
    # Who is called last hears nothing, and everybody before hears that all went well.
    assert await story.ask("ask/x") == (200, "200")
