"""What is inside a service: written, read, listed, matched by etag, deleted."""

import json
from typing import Any

import pytest

from tests.unit.local.arm.scene import SERVICE, Scene

BACKEND = f"{SERVICE}/backends/one"
ONE = {"properties": {"url": "https://one.example.com/openai", "protocol": "http"}}
API = {"properties": {"displayName": "OpenAI", "path": "/openai/", "protocols": ["https"]}}
POST = {"properties": {"displayName": "Post", "method": "POST", "urlTemplate": "/x"}}


@pytest.fixture
async def scene() -> Scene:
    made = Scene()
    await made.group()
    await made.service()
    return made


def problems(answer: Any) -> list[tuple[str, str]]:
    assert (answer.status, answer.code) == (400, "ValidationError")
    assert answer.message == "One or more fields contain incorrect values:"
    return [(item["target"], item["message"]) for item in answer.json["error"]["details"]]


async def test_the_same_content_keeps_its_etag_and_other_content_gets_another(scene: Scene) -> None:
    first, second = await scene.put(BACKEND, ONE), await scene.put(BACKEND, ONE)
    assert (first.status, second.status) == (201, 200)
    assert first.headers.get("ETag") == second.headers.get("ETag")
    third = await scene.patch(BACKEND, {"properties": {"title": "One"}})
    assert third.headers.get("ETag") != first.headers.get("ETag")
    assert (third.properties["title"], third.properties["url"]) == ("One", ONE["properties"]["url"])
    head = await scene.ask("HEAD", BACKEND)
    assert (head.status, head.body, head.headers.get("ETag")) == (200, b"", third.headers.get("ETag"))


async def test_if_match_guards_writes(scene: Scene) -> None:
    made = await scene.put(BACKEND, ONE)
    etag = made.headers.get("ETag") or ""
    assert (await scene.put(BACKEND, ONE, If_None_Match="*")).status == 412
    assert (await scene.patch(BACKEND, {"properties": {"title": "x"}}, If_Match=etag)).status == 200
    assert (await scene.delete(BACKEND, If_Match=etag)).status == 412
    assert (await scene.delete(BACKEND, If_Match="*")).status == 200
    assert (await scene.delete(BACKEND, If_Match="*")).status == 204


async def test_lists_count_and_can_be_cut(scene: Scene) -> None:
    for name in "abc":
        await scene.put(f"{SERVICE}/tags/{name}", {"properties": {"displayName": name}})
    every = await scene.get(f"{SERVICE}/tags")
    assert (every.json["count"], "ETag" in every.headers) == (3, False)
    part = await scene.get(f"{SERVICE}/tags?$skip=1&$top=1")
    assert [row["name"] for row in part.json["value"]] == ["b"]
    assert (await scene.get(f"{SERVICE}/tags?$top=x")).status == 400


async def test_what_is_missing_is_named(scene: Scene) -> None:
    api = await scene.get(f"{SERVICE}/apis/no")
    assert api.json == {"error": {"code": "ResourceNotFound", "message": "Api not found.", "details": None}}
    below = await scene.get(f"{SERVICE}/apis/no/operations/x")
    assert below.message == "Api not found."
    assert (await scene.get(f"{SERVICE}/apis/no/operations")).message == "Api not found."
    assert (await scene.put(f"{SERVICE}/apis/no/operations/x", POST)).message == "Api not found."
    other = SERVICE.replace("chat-gw", "none")
    assert (await scene.get(f"{other}/apis/x")).headers.get("x-ms-failure-cause") == "gateway"
    assert (await scene.put(f"{other}/backends/x", ONE)).code == "ParentResourceNotFound"


async def test_a_pool_takes_members_that_exist_and_nothing_else(scene: Scene) -> None:
    pool, members = f"{SERVICE}/backends/pool", {"services": [{"id": BACKEND, "weight": 1}]}
    early = await scene.put(pool, {"properties": {"type": "Pool", "pool": members}})
    assert problems(early) == [("pool", "Backend Entity 'one' not found.")]
    await scene.put(BACKEND, ONE)
    mixed = await scene.put(pool, {"properties": {**ONE["properties"], "type": "Pool", "pool": members}})
    assert problems(mixed) == [
        ("url", "Url is not supported for backend pool."),
        ("protocol", "Protocol is not supported for backend pool."),
    ]
    empty = await scene.put(pool, {"properties": {"type": "Pool", "pool": {"services": []}}})
    assert problems(empty)[0][0] == "pool"
    good = await scene.put(pool, {"properties": {"type": "Pool", "pool": members}})
    assert list(good.properties) == ["title", "type", "url", "protocol", "pool"]
    nested = {"services": [{"id": "/backends/pool"}]}
    assert (
        "is a pool"
        in problems(await scene.put(pool + "2", {"properties": {"type": "Pool", "pool": nested}}))[0][1]
    )
    assert "in use by the pool 'pool'" in problems(await scene.delete(BACKEND))[0][1]
    assert (await scene.delete(pool)).status == 200
    assert (await scene.delete(BACKEND)).status == 200


async def test_a_url_has_no_query_and_a_share_is_from_0_to_100(scene: Scene) -> None:
    asked = {"properties": {**ONE["properties"], "url": "https://x.example/a?b=c"}}
    assert problems(await scene.put(BACKEND, asked)) == [("url", "'url' must not contain a query string.")]
    await scene.put(BACKEND, ONE)
    member = {"id": BACKEND, "weight": 200, "priority": 101}
    pool = {"properties": {"type": "Pool", "pool": {"services": [member]}}}
    assert [target for target, _ in problems(await scene.put(f"{SERVICE}/backends/pool", pool))] == [
        "pool.services.priority",
        "pool.services.weight",
    ]
    member |= {"weight": 100, "priority": 0}
    assert (await scene.put(f"{SERVICE}/backends/pool", pool)).status == 201


RULE = {
    "name": "trip",
    "failureCondition": {"count": 1, "interval": "PT10S", "statusCodeRanges": [{"min": 429, "max": 429}]},
    "tripDuration": "PT1M",
    "acceptRetryAfter": True,
}


@pytest.mark.parametrize(
    ("changes", "target"),
    [
        ({"url": "one"}, "url"),
        ({"protocol": "https"}, "protocol"),
        ({"pool": {"services": []}}, "pool"),
        ({"circuitBreaker": {"rules": [RULE, RULE]}}, "circuitBreaker"),
        ({"circuitBreaker": {"rules": [{**RULE, "tripDuration": "10s"}]}}, "tripDuration"),
        ({"circuitBreaker": {"rules": [{**RULE, "name": ""}]}}, "circuitBreaker.rules[0].name"),
        (
            {"circuitBreaker": {"rules": [{**RULE, "failureCondition": {"interval": "PT1S"}}]}},
            "failureCondition",
        ),
        ({"circuitBreaker": {"rules": [RULE]}}, ""),
    ],
)
async def test_a_backend_must_make_sense(scene: Scene, changes: dict[str, Any], target: str) -> None:
    answer = await scene.put(BACKEND, {"properties": {**ONE["properties"], **changes}})
    if target:
        assert problems(answer)[0][0] == target
    else:
        assert answer.status == 201


async def test_the_consumption_tier_has_no_breaker() -> None:
    scene = Scene()
    await scene.group()
    await scene.service("Consumption")
    body = {"properties": {**ONE["properties"], "circuitBreaker": {"rules": [RULE]}}}
    assert problems(await scene.put(BACKEND, body))[0][0] == "circuitBreaker"


async def test_an_api_is_written_with_its_defaults(scene: Scene) -> None:
    api = f"{SERVICE}/apis/openai"
    made = await scene.put(api, API)
    assert (made.status, made.properties["path"], made.properties["subscriptionRequired"]) == (
        201,
        "openai",
        True,
    )
    assert "Location" not in made.headers
    names = {"subscriptionKeyParameterNames": {"header": "api-key"}}
    patched = await scene.patch(api, {"properties": names})
    assert patched.properties["subscriptionKeyParameterNames"] == {
        "header": "api-key",
        "query": "subscription-key",
    }
    listed = (await scene.get(f"{SERVICE}/apis")).json["value"][0]["properties"]
    assert listed["subscriptionKeyParameterNames"] is None
    twin = await scene.put(f"{SERVICE}/apis/twin", API)
    assert problems(twin) == [
        ("path", "Cannot create API 'OpenAI' with the same Path 'openai' as API 'OpenAI'.")
    ]
    link = {"displayName": "Imported", "path": "imported", "format": "openapi-link", "value": "https://x"}
    refused = await scene.put(f"{SERVICE}/apis/imported", {"properties": link})
    assert (refused.status, refused.code) == (501, "NotImplemented")
    assert "'openapi-link'" in refused.message
    revision = await scene.put(f"{api};rev=2", API)
    assert (revision.properties["apiRevision"], revision.properties["isCurrent"]) == ("2", False)


async def test_an_api_goes_with_all_that_is_in_it(scene: Scene) -> None:
    api = f"{SERVICE}/apis/openai"
    await scene.put(api, API)
    await scene.put(f"{api}/operations/post", POST)
    gone = await scene.delete(api)
    assert gone.status == 202
    assert (await scene.follow(gone.headers.get("Azure-AsyncOperation"))).json == {"status": "Succeeded"}
    assert (await scene.follow(gone.headers.get("Location"))).status == 204
    assert scene.store.descendants(api) == []
    await scene.put(api, API)
    assert (await scene.delete(api, version="2022-08-01")).status == 200


async def test_operations_are_told_apart_by_method_and_template(scene: Scene) -> None:
    api = f"{SERVICE}/apis/openai"
    await scene.put(api, API)
    assert (await scene.put(f"{api}/operations/post", POST)).status == 201
    twin = await scene.put(f"{api}/operations/twin", POST)
    assert "already exists: POST, /x" in problems(twin)[0][1]
    loose = {"properties": {**POST["properties"], "urlTemplate": "/deployments/{id}/*"}}
    assert problems(await scene.put(f"{api}/operations/loose", loose))[0][0] == "templateParameters"
    loose["properties"]["templateParameters"] = [{"name": "id", "type": "string"}]  # type: ignore[assignment]
    assert (await scene.put(f"{api}/operations/loose", loose)).status == 201
    bad = {"properties": {**POST["properties"], "method": "NO WAY"}}
    assert problems(await scene.put(f"{api}/operations/bad", bad))[0][0] == "method"
    assert problems(await scene.put(f"{api}/operations/bad", {"properties": {}}))[0][0] == "displayName"


async def test_a_product_holds_apis(scene: Scene) -> None:
    product, link = f"{SERVICE}/products/chat", f"{SERVICE}/products/chat/apis/openai"
    assert (await scene.put(link, {})).message == "Product not found."
    await scene.put(product, {"properties": {"displayName": "Chat", "state": "published"}})
    assert (await scene.put(link, {})).message == "Api not found."
    await scene.put(f"{SERVICE}/apis/openai", API)
    assert [(await scene.put(link, {})).status for _ in range(2)] == [201, 200]
    assert (await scene.ask("HEAD", link)).status == 204
    assert (await scene.get(f"{product}/apis")).json["value"][0]["properties"]["path"] == "openai"
    await scene.patch(f"{SERVICE}/apis/openai", {"properties": {"path": "moved"}})
    assert (await scene.get(f"{product}/apis")).json["value"][0]["properties"]["path"] == "moved"
    assert (await scene.delete(link)).status == 200
    assert (await scene.ask("HEAD", link)).status == 404
    await scene.put(link, {})
    await scene.delete(f"{SERVICE}/apis/openai")
    assert (await scene.get(f"{product}/apis")).json["value"] == []
    assert (
        problems(await scene.put(product, {"properties": {"displayName": "x", "state": "odd"}}))[0][0]
        == "state"
    )


async def test_a_diagnostic_needs_its_logger(scene: Scene) -> None:
    path, body = f"{SERVICE}/diagnostics/azuremonitor", {"properties": {"loggerId": "/loggers/log"}}
    assert problems(await scene.put(path, body)) == [("loggerId", "Logger 'log' not found.")]
    await scene.put(f"{SERVICE}/loggers/log", {"properties": {"loggerType": "azureMonitor"}})
    assert (await scene.put(path, body)).status == 201


async def test_a_diagnostic_says_what_it_was_not_told(scene: Scene) -> None:
    await scene.put(f"{SERVICE}/loggers/log", {"properties": {"loggerType": "azureMonitor"}})
    path, sent = f"{SERVICE}/diagnostics/azuremonitor", {"loggerId": "/loggers/log", "logClientIp": False}
    await scene.put(path, {"properties": sent})
    assert (await scene.get(path)).properties == {
        "httpCorrelationProtocol": "Legacy",
        "verbosity": "information",
        "logClientIp": False,
        "loggerId": "/loggers/log",
        "sampling": {"samplingType": "fixed", "percentage": 100.0},
    }
    changed = await scene.patch(path, {"properties": {"sampling": {"percentage": 5}, "verbosity": "error"}})
    assert changed.properties["sampling"] == {"samplingType": "fixed", "percentage": 5}
    assert changed.properties["verbosity"] == "error"


async def test_an_openapi_document_becomes_an_api_with_its_operations(scene: Scene) -> None:
    answers = {"responses": {"200": {"description": "OK"}}}
    document = {
        "openapi": "3.0.1",
        "info": {"title": "Weather", "version": "1"},
        "servers": [{"url": "https://weather.example/api/"}],
        "paths": {
            "/days/{day}": {"get": {"operationId": "getDay", **answers}},
            "/days": {"post": {"summary": "Add a day", **answers}, "parameters": []},
        },
    }
    sent = {"path": "weather", "format": "openapi+json", "value": json.dumps(document)}
    made = await scene.put(f"{SERVICE}/apis/weather", {"properties": sent})
    assert (made.status, made.properties["displayName"]) == (201, "Weather")
    assert made.properties["serviceUrl"] == "https://weather.example/api"
    rows = (await scene.get(f"{SERVICE}/apis/weather/operations")).json["value"]
    told = {row["name"]: (row["properties"]["method"], row["properties"]["urlTemplate"]) for row in rows}
    assert told == {"getDay": ("GET", "/days/{day}"), "post-days": ("POST", "/days")}
    document["paths"] = {"/": {"get": answers}}
    await scene.put(f"{SERVICE}/apis/weather", {"properties": {**sent, "value": json.dumps(document)}})
    assert (await scene.get(f"{SERVICE}/apis/weather/operations")).json["count"] == 1
    broken = await scene.put(f"{SERVICE}/apis/weather", {"properties": {**sent, "value": "{"}})
    assert problems(broken)[0][0] == "value"
