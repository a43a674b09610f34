"""The judge knows what Azure's SDKs know, and finds what is wrong with a request or an answer."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apimlb.http import Headers, Request, Response
from tests.wire.facts import OUTSIDE, written
from tests.wire.judge import judge
from tests.wire.operations import operations, operations_at

Json = dict[str, Any]
SUBSCRIPTION = "/subscriptions/00000000-0000-4000-8000-000000000001"
GROUP = f"{SUBSCRIPTION}/resourceGroups/chat"
ACCOUNT = f"{GROUP}/providers/Microsoft.CognitiveServices/accounts/east"
SERVICE = f"{GROUP}/providers/Microsoft.ApiManagement/service/gw"
BACKEND = f"{SERVICE}/backends/east"
HEADERS = Headers(
    [("x-ms-request-id", "1"), ("x-ms-correlation-request-id", "2"), ("ETag", '"3"'), ("Location", "x")]
)
VERSIONS = {"CognitiveServices": "2025-09-01", "ApiManagement": "2024-05-01"}
SENT: dict[str, Json] = {
    ACCOUNT: {
        "location": "eastus",
        "kind": "OpenAI",
        "sku": {"name": "S0"},
        "properties": {"customSubDomainName": "east", "publicNetworkAccess": "Enabled"},
    },
    BACKEND: {
        "properties": {
            "url": "https://east.openai.azure.com/openai",
            "protocol": "http",
            "circuitBreaker": {
                "rules": [
                    {
                        "name": "throttled",
                        "acceptRetryAfter": True,
                        "tripDuration": "PT10S",
                        "failureCondition": {
                            "count": 1,
                            "interval": "PT1M",
                            "statusCodeRanges": [{"min": 429, "max": 429}],
                        },
                    }
                ]
            },
        }
    },
    GROUP: {"location": "eastus", "tags": {"apimlb-stack": "chat"}},
    SERVICE: {
        "location": "eastus",
        "sku": {"name": "BasicV2", "capacity": 1},
        "properties": {"publisherEmail": "a@example.com", "publisherName": "A"},
    },
}
ANSWERED: dict[str, Json] = {
    ACCOUNT: {
        **SENT[ACCOUNT],
        "id": ACCOUNT,
        "name": "east",
        "type": "Microsoft.CognitiveServices/accounts",
        "etag": '"1"',
        "properties": {
            "endpoint": "https://east.openai.azure.com/",
            "endpoints": {"OpenAI": "https://east.openai.azure.com/"},
            "dateCreated": "2026-11-21T00:00:00Z",
            "provisioningState": "Succeeded",
        },
    },
    BACKEND: {
        **SENT[BACKEND],
        "id": BACKEND,
        "name": "east",
        "type": "Microsoft.ApiManagement/service/backends",
    },
    GROUP: {**SENT[GROUP], "id": GROUP, "name": "chat", "type": "Microsoft.Resources/resourceGroups"},
}


def found(
    method: str,
    path: str,
    sent: object = None,
    answered: object = None,
    status: int = 200,
    headers: Headers = HEADERS,
) -> list[str]:
    version = next((each for part, each in VERSIONS.items() if part in path), "2025-04-01")
    body, reply = (b"" if each is None else json.dumps(each).encode() for each in (sent, answered))
    url = f"https://management.azure.com{path}"
    url += "" if "api-version" in path else f"?api-version={version}"
    return list(judge(Request(method, url, Headers(), body), Response(status, headers, reply)))


def changed(document: Json, place: str, value: object) -> Json:
    """A copy with another value at a place: "sku/name", "properties/rules/0"."""
    made = copy.deepcopy(document)
    *path, last = place.split("/")
    room: Any = made
    for part in path:
        room = room[int(part) if part.isdigit() else part]
    room[last] = value
    return made


@pytest.mark.parametrize("path", ANSWERED)
def test_what_fits_passes(path: str) -> None:
    assert found("PUT", path, SENT[path], ANSWERED[path]) == []
    assert found("GET", path, None, ANSWERED[path]) == []


@pytest.mark.parametrize(
    ("path", "place", "value", "said"),
    [
        (ACCOUNT, "locaton", "eastus", "sent/locaton: there is no such field"),
        (ACCOUNT, "id", "mine", "sent/id: is read-only"),
        (ACCOUNT, "properties/provisioningState", "Succeeded", "is read-only"),
        (ACCOUNT, "properties/publicNetworkAccess", "Perhaps", "'Perhaps' is none of disabled, enabled"),
        (ACCOUNT, "properties/disableLocalAuth", "yes", "'yes' is no truth"),
        (ACCOUNT, "tags", ["a"], "is no object"),
        (ACCOUNT, "kind", None, "null is sent"),
        (ACCOUNT, "sku", {}, "sent/sku/name: is required"),
        (BACKEND, "properties/protocl", "http", "there is no such field"),
        (BACKEND, "properties/protocol", "gopher", "is none of http, soap"),
        (BACKEND, "properties/circuitBreaker/rules", {}, "is no list"),
        (BACKEND, "properties/circuitBreaker/rules/0/failureCondition/count", "1", "is no whole number"),
        (BACKEND, "properties/circuitBreaker/rules/0/acceptRetry", True, "there is no such field"),
        (GROUP, "lacation", "eastus", "there is no such field"),
        (GROUP, "location", 1, "1 is no text"),
    ],
)
def test_a_wrong_request_is_found(path: str, place: str, value: object, said: str) -> None:
    [problem] = found("PUT", path, changed(SENT[path], place, value), ANSWERED[path])
    assert said in problem


def test_a_request_without_what_is_required_is_found() -> None:
    sent = changed(SENT[SERVICE], "properties", {"publisherName": "A"})
    assert "sent/properties/publisherEmail: is required" in found("PUT", SERVICE, sent, {}, 201)
    assert "sent/location: is required" in found("PUT", GROUP, {"tags": {}}, ANSWERED[GROUP])


@pytest.mark.parametrize(
    ("path", "place", "value", "said"),
    [
        (ACCOUNT, "colour", "blue", "answer/colour: there is no such field"),
        (ACCOUNT, "properties/endpoint", 5, "answer/properties/endpoint: 5 is no text"),
        (ACCOUNT, "properties/provisioningState", "Fine", "'Fine' is none of"),
        (BACKEND, "properties/pool", [], "answer/properties/pool: [] is no object"),
        (GROUP, "properties", {"state": "Succeeded"}, "answer/properties/state: there is no such field"),
    ],
)
def test_a_wrong_answer_is_found(path: str, place: str, value: object, said: str) -> None:
    [problem] = found("GET", path, None, changed(ANSWERED[path], place, value))
    assert said in problem


def test_an_answer_may_have_null_for_what_is_not_set_and_what_is_read_only() -> None:
    assert found("GET", ACCOUNT, None, changed(ANSWERED[ACCOUNT], "properties/migrationToken", None)) == []


def test_an_answer_says_all_that_it_should() -> None:
    nameless = {key: each for key, each in ANSWERED[ACCOUNT].items() if key != "name"}
    assert found("GET", ACCOUNT, None, nameless) == ["answer: no name"]
    assert found("GET", ACCOUNT, None, ANSWERED[ACCOUNT], headers=Headers()) == [
        "header x-ms-request-id: missing",
        "header x-ms-correlation-request-id: missing",
    ]


def test_a_refusal_says_why() -> None:
    assert found("GET", ACCOUNT, None, {"error": {"code": "NotFound"}}, 404) == ["answer: no error.message"]


@pytest.mark.parametrize(
    ("method", "path", "status", "said"),
    [
        ("GET", f"{ACCOUNT}/friends/one", 200, "no SDK has such an operation"),
        ("GET", f"{ACCOUNT}?api-version=2019-01-01", 200, "no SDK has such an operation"),
        ("PATCH", BACKEND + "/x", 200, "no SDK has such an operation"),
        ("DELETE", BACKEND, 202, "status: 202 is none of [200, 204]"),
        ("GET", ACCOUNT, 200, "answer: nothing"),
    ],
)
def test_an_exchange_of_no_operation_is_found(method: str, path: str, status: int, said: str) -> None:
    assert any(said in problem for problem in found(method, path, status=status))


def test_a_body_that_nobody_expects_is_found() -> None:
    assert found("GET", GROUP, {"a": 1}, ANSWERED[GROUP]) == ["sent: there is a body, and none is described"]
    assert found("DELETE", BACKEND, None, {"a": 1}) == ["answer: there is a body, and none is described"]


@given(
    st.sampled_from(sorted(SENT)),
    st.text("abcxyz", min_size=3, max_size=9).filter(lambda text: text != "etag"),
)
def test_no_invented_field_passes(path: str, name: str) -> None:
    known = {"tags", "sku", "kind", "zones"}
    if name not in known:
        assert any(
            f"sent/{name}: " in problem for problem in found("PUT", path, {**SENT[path], name: "x"}, {})
        )


def test_the_sdks_are_read_whole() -> None:
    """Every operation has its method, path, version and statuses; what writes a resource has bodies."""
    known = operations()
    assert len(known) > 700
    assert all(each.statuses and each.version and each.path[0] == "/" for each in known)
    writes = [each for each in known if each.name.endswith(("create_or_update", "begin_create"))]
    assert len(writes) > 60
    bodiless = {each.name.partition(".")[0] for each in writes if each.sent is None}
    assert {name for name in bodiless if "Notification" not in name} == BODILESS
    assert [each.name for each in writes if each.answered is None] == []


def test_what_is_read_for_a_path_is_all_that_there_is_at_it() -> None:
    known = operations()
    assert [each.name for each in known if each not in operations_at(each.path)] == []


BODILESS = {"ProductApi", "ProductGroup", "Tags"}
"""What is made by a PUT of nothing, besides who hears of a notification."""


def test_shapes_of_our_own_are_read() -> None:
    shape = written({"id": "text", "(tags)": ["whole number"], "...": "anything"})
    assert list(shape.wrong({"id": "a", "more": 1}, "x", sent=False)) == []
    assert list(shape.wrong({"tags": ["a"]}, "x", sent=False)) == [
        "x/tags/0: 'a' is no whole number",
        "x/id: is required",
    ]
    assert len({each.name for each in OUTSIDE}) == len(OUTSIDE)
