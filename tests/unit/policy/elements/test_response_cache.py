"""cache-lookup, cache-store: what is kept, for whom, and what a hit leaves out."""

from typing import Any

import pytest

from apimlb.http import Headers
from apimlb.policy.apim.bodies import MessageBody
from apimlb.policy.apim.context import Context, RequestView, Url, User, UserGroup
from apimlb.policy.compiler import compile_policy, effective
from apimlb.policy.rehearse.services import ScriptedServices
from apimlb.policy.run.exchange import Exchange
from apimlb.policy.run.pipeline import run
from tests.unit.policy.play import FORWARD, document

LOOKUP = "<cache-lookup vary-by-developer='false' vary-by-developer-groups='false' {}>{}</cache-lookup>"
COUNT = "<set-header name='seen' exists-action='append'><value>{}</value></set-header>"


class Gateway:
    """One policy and one cache, asked several times."""

    def __init__(
        self, lookup: str = LOOKUP.format("", ""), store: str = "duration='60'", status: int = 200
    ) -> None:
        outbound = COUNT.format("before") + f"<cache-store {store}/>" + COUNT.format("after")
        self.policy = effective([compile_policy(document(lookup, FORWARD, outbound))])
        replies = [{"status": status, "body": f"answer {number}"} for number in range(1, 5)]
        self.services = ScriptedServices({"backends": [{"reply": replies}]})

    async def ask(
        self,
        url: str = "https://gateway.test/a?x=1&y=2",
        method: str = "GET",
        user: User | None = None,
        **headers: str,
    ) -> tuple[str, str | None]:
        """The answer's body, and which of outbound's notes it got."""
        place = Url(url)
        named = Headers((name.replace("_", "-"), value) for name, value in headers.items())
        view = RequestView(method, place, place, named, MessageBody(b""))
        exchange = Exchange(
            Context(self.services.clock, self.services.rng, view, user=user),
            self.services,
            "https://backend.test",
        )
        response = await run(self.policy, exchange)
        assert isinstance(response.body, bytes)
        return response.body.decode(), response.headers.get("seen")


async def test_a_hit_asks_nobody_and_goes_on_behind_the_store() -> None:
    gateway = Gateway()
    assert await gateway.ask() == ("answer 1", "before,after")
    assert await gateway.ask() == ("answer 1", "before,after")
    assert len(gateway.services.requests) == 1


async def test_a_response_is_forgotten_after_its_time() -> None:
    gateway = Gateway(store="duration='@(60)'")
    await gateway.ask()
    gateway.services.clock.pass_by(60)
    assert (await gateway.ask())[0] == "answer 2"


@pytest.mark.parametrize("second", [{"method": "POST"}, {"url": "https://gateway.test/b?x=1&y=2"}])
async def test_another_method_or_place_is_another_response(second: dict[str, Any]) -> None:
    gateway = Gateway()
    await gateway.ask()
    assert (await gateway.ask(**second))[0] == "answer 2"


@pytest.mark.parametrize(
    ("by", "same"),
    [
        ("vary-by-developer='false' vary-by-developer-groups='false'", True),
        ("vary-by-developer='true' vary-by-developer-groups='false'", False),
        ("vary-by-developer='false' vary-by-developer-groups='true'", False),
    ],
)
async def test_developers_and_their_groups_tell_responses_apart(by: str, same: bool) -> None:
    gateway = Gateway(f"<cache-lookup {by}/>")
    for user in (User("a", groups=(UserGroup("x", "X"),)), None):
        await gateway.ask(user=user)
    assert len(gateway.services.requests) == (1 if same else 2)


@pytest.mark.parametrize(
    ("inside", "same"),
    [
        ("", False),
        ("<vary-by-query-parameter>x</vary-by-query-parameter>", True),
        ("<vary-by-query-parameter>x;y</vary-by-query-parameter>", False),
    ],
)
async def test_query_parameters_tell_responses_apart(inside: str, same: bool) -> None:
    gateway = Gateway(LOOKUP.format("", inside))
    await gateway.ask()
    answer = (await gateway.ask("https://gateway.test/a?x=1&y=3"))[0]
    assert answer == ("answer 1" if same else "answer 2")


async def test_headers_tell_responses_apart_where_they_are_named() -> None:
    gateway = Gateway(LOOKUP.format("", "<vary-by-header>Accept</vary-by-header>"))
    await gateway.ask(accept="a")
    assert (await gateway.ask(accept="b", other="c"))[0] == "answer 2"
    assert (await gateway.ask(accept="a", other="d"))[0] == "answer 1"


@pytest.mark.parametrize(
    ("attribute", "kept"), [("", False), ("allow-private-response-caching='true'", True)]
)
async def test_what_was_asked_with_credentials_is_private(attribute: str, kept: bool) -> None:
    gateway = Gateway(LOOKUP.format(attribute, ""))
    await gateway.ask(authorization="Bearer x")
    assert (await gateway.ask(authorization="Bearer x"))[0] == ("answer 1" if kept else "answer 2")


@pytest.mark.parametrize(("store", "kept"), [("", False), ("cache-response='true'", True)])
async def test_only_a_200_is_kept_unless_it_is_told_to(store: str, kept: bool) -> None:
    gateway = Gateway(store=f"duration='60' {store}", status=404)
    await gateway.ask()
    assert (await gateway.ask())[0] == ("answer 1" if kept else "answer 2")


async def test_a_miss_asks_for_the_whole_response() -> None:
    gateway = Gateway()
    await gateway.ask(if_none_match='"e"', if_modified_since="Sat, 29 Oct 1994 19:43:31 GMT")
    assert "If-None-Match" not in gateway.services.requests[0].headers
    assert "If-Modified-Since" not in gateway.services.requests[0].headers
