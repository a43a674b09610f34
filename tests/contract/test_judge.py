"""The judge sees a misspelt field, an invented one and an operation that nobody knows."""

import json

import pytest

from apimlb.http import Headers, Request, Response
from tests.contract.judge import judge

GROUP = "https://management.azure.com/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/chat"
ACCOUNT = f"{GROUP}/providers/Microsoft.CognitiveServices/accounts/east"


def found(url: str, sent: object, answered: object) -> list[str]:
    body = json.dumps(sent).encode() if sent is not None else b""
    headers = Headers([("Authorization", "Bearer x"), ("Content-Type", "application/json")])
    asked = Request("PUT", f"{url}?api-version=2025-09-01", headers, body)
    return list(judge(asked, Response(200, Headers(), json.dumps(answered).encode())))


def test_what_fits_passes() -> None:
    assert found(ACCOUNT, {"location": "eastus"}, {"kind": "OpenAI"}) == []


@pytest.mark.parametrize(
    ("url", "sent", "answered", "said"),
    [
        (ACCOUNT, {"locaton": "eastus"}, {}, "'locaton' was unexpected"),
        (ACCOUNT, {"id": "mine"}, {}, "id"),
        (ACCOUNT, {"location": "eastus"}, {"colour": "blue"}, "'colour' was unexpected"),
        (f"{ACCOUNT}/friends/one", None, {}, "not in the contract"),
    ],
)
def test_what_does_not_fit_fails(url: str, sent: object, answered: object, said: str) -> None:
    assert said in "\n".join(found(url, sent, answered))
