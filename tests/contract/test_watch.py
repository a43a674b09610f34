"""What watches the other tests sees a misspelt field, an invented one and an operation that nobody knows."""

import json

import pytest

from apimlb.http import Headers, Request, Response
from tests.contract.shared import contract
from tests.contract.watch import Watch

GROUP = "https://management.azure.com/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/chat"
ACCOUNT = f"{GROUP}/providers/Microsoft.CognitiveServices/accounts/east"


@pytest.fixture
def watch() -> Watch:
    contract()
    return Watch()


def exchange(method: str, url: str, sent: object, answered: object) -> tuple[Request, Response]:
    body = json.dumps(sent).encode() if sent is not None else b""
    headers = Headers([("Authorization", "Bearer x"), ("Content-Type", "application/json")])
    return Request(method, url, headers, body), Response(200, Headers(), json.dumps(answered).encode())


def test_what_fits_passes(watch: Watch) -> None:
    watch(*exchange("PUT", f"{ACCOUNT}?api-version=2025-09-01", {"location": "eastus"}, {"kind": "OpenAI"}))
    watch.check()
    assert watch.seen == 1


@pytest.mark.parametrize(
    ("url", "sent", "answered", "said"),
    [
        (ACCOUNT, {"locaton": "eastus"}, {}, "'locaton' was unexpected"),
        (ACCOUNT, {"id": "mine"}, {}, "id"),
        (ACCOUNT, {"location": "eastus"}, {"colour": "blue"}, "'colour' was unexpected"),
        (f"{ACCOUNT}/friends/one", None, {}, "not in the contract"),
    ],
)
def test_what_does_not_fit_fails(watch: Watch, url: str, sent: object, answered: object, said: str) -> None:
    watch(*exchange("PUT", f"{url}?api-version=2025-09-01", sent, answered))
    with pytest.raises(pytest.fail.Exception, match=said):
        watch.check()
