"""Policies that are run twice, watched and not: a trace must change nothing but itself."""

# ruff: noqa: E501 - rows of tables

import asyncio
import json
import random
from dataclasses import astuple

from apimlb.http import Headers, read
from apimlb.policy.apim.bodies import MessageBody
from apimlb.policy.apim.context import Context, RequestView, Subscription, Url
from apimlb.policy.compiler import compile_policy, effective
from apimlb.policy.rehearse.services import ScriptedServices
from apimlb.policy.run.exchange import Exchange
from apimlb.policy.run.pipeline import run
from apimlb.policy.run.tracing import Recorder, shown

VALUES = (
    "x", '@(context.Request.Body.As<string>())', '@(context.Request.Body.As<JObject>(true)["model"])', "@(1)",
    '@(context.Variables.GetValueOrDefault("a", "none"))', '@((string)context.Variables["b"])', "@(Guid.NewGuid().ToString())",
    '@(context.Response.Body.As<string>())', "@(context.Response.StatusCode.ToString())", "@(new Random().Next(9))",
    '@(context.Request.Headers.GetValueOrDefault("x", ""))', '@(string.Join(",", context.Variables.Keys))', "@((string)null)",
    '@(JArray.Parse("[1,2]"))', '@("abc".Select(c => c).ToString())', "@(DateTime.UtcNow.Ticks)", '@(int.Parse("x").ToString())',
)  # fmt: skip
TEXTS = tuple(
    value for value in VALUES if "Next" not in value and "JArray" not in value and "Ticks" not in value
)
ELEMENTS = (
    '<trace source="s"><message>{text}</message><metadata name="m" value="{plain}"/></trace>', '<set-variable name="{name}" value="{value}"/>',
    '<set-header name="h" exists-action="append"><value>{text}</value></set-header>', "<set-body>{text}</set-body>",
    '<find-and-replace from="m" to="{plain}"/>', '<log-to-eventhub logger-id="l">{text}</log-to-eventhub>',
    '<emit-metric name="m"><dimension name="d" value="{plain}"/></emit-metric>', '<cache-store-value key="{name}" value="{value}" duration="60"/>',
    '<cache-lookup-value key="{name}" variable-name="{name}"/>', '<limit-concurrency key="k" max-count="2">{inner}</limit-concurrency>',
    '<choose><when condition="@(context.Variables.ContainsKey(&quot;{name}&quot;))">{inner}</when><otherwise>{inner}</otherwise></choose>',
    '<retry condition="@(context.Response.StatusCode == 429)" count="2" interval="1">{inner}</retry>',
    '<send-request mode="copy" response-variable-name="{name}" ignore-error="true"><set-url>https://side.test/</set-url></send-request>',
    '<wait for="all"><choose><when condition="true">{inner}</when></choose><choose><when condition="true">{inner}</when></choose></wait>',
    '<return-response response-variable-name="{name}"><set-body>{text}</set-body></return-response>', '<set-status code="418"/>',
    '<set-body template="liquid">{liquid}</set-body>', '<json-to-xml apply="always"/>', "<mock-response/>", '<include-fragment fragment-id="f"/>',
    '<rate-limit-by-key calls="2" renewal-period="60" counter-key="{plain}" remaining-calls-variable-name="{name}"/>',
)  # fmt: skip


def watched_policy(rng: random.Random) -> str:
    sections = "".join(f"<{name}>{_block(rng, 2)}</{name}>" for name in ("inbound", "outbound", "on-error"))
    forward = f'<retry condition="@(context.Response.StatusCode &gt;= 429)" count="1" interval="0">{_block(rng, 1)}<forward-request buffer-request-body="true"/></retry>'
    return (
        f"<policies>{sections.replace('</inbound>', f'</inbound><backend>{forward}</backend>', 1)}</policies>"
    )


def _block(rng: random.Random, depth: int) -> str:
    return "".join(_element(rng, depth) for _ in range(rng.randrange(4)))


def _element(rng: random.Random, depth: int) -> str:
    made = rng.choice(ELEMENTS)
    if "{inner}" in made and not depth:
        return ""
    while "{inner}" in made:
        made = made.replace("{inner}", _block(rng, depth - 1), 1)
    for name, choices in (("{value}", VALUES), ("{text}", TEXTS), ("{plain}", TEXTS), ("{name}", "abc")):
        while name in made:
            made = made.replace(name, rng.choice(choices), 1)
    return made.replace("{liquid}", "{{body.model}}{{context.Variables.a}}")


def feed_watched(text: str) -> str:
    """Run a policy with and without a trace; raises AssertionError where the two differ."""
    policy = effective(
        [compile_policy(text, fragments={"f": "<fragment><set-status code='201'/></fragment>"})]
    )
    plain, traced = asyncio.run(_told(policy, False)), asyncio.run(_told(policy, True))
    for name, mine in plain.items():
        assert mine == traced[name], f"{name} differs when traced"
    return "value"


async def _told(policy: object, tracing: bool) -> dict[str, object]:
    """All that can be seen of a run but its trace."""
    replies = [{"status": 429}, {"headers": {"Content-Type": "application/json"}, "body": {"model": "m"}}]
    services, url = (
        ScriptedServices({"backends": [{"reply": replies}], "seed": 3}),
        Url("https://gateway.test/a?b=1"),
    )
    body = json.dumps({"model": "m", "n": [1]}).encode()
    view = RequestView("POST", url, url, Headers([("Content-Type", "application/json")]), MessageBody(body))
    context = Context(services.clock, services.rng, view, subscription=Subscription("s", "s", "", "", ""))
    context.tracing = tracing
    exchange = Exchange(
        context, services, "https://backend.test", trace=Recorder().entered if tracing else None
    )
    response = await run(policy, exchange)  # type: ignore[arg-type]
    content = await read(response)
    return {
        "status": (response.status, response.reason),
        "headers": list(response.headers),
        "body": content,
        "requests": [(each.method, each.url, list(each.headers), each.body) for each in services.requests],
        "records": [astuple(each) for each in services.records],
        "waited": services.clock.waited,
        "variables": {name: shown(value) for name, value in context.variables.items()},
        "error": context.last_error,
        "steps": exchange.steps,
        "chance": services.rng.random(),
    }
