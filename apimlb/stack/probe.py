"""How a deploy asks what a backend answers to the gateway: an API that does so, with a key of its own.

The key opens nothing else, and what it asks costs no tokens, so that it stays active: a deploy that changes
nothing can ask without a write.
"""

from apimlb.stack.access import named_value_id
from apimlb.stack.apis import small_api
from apimlb.stack.names import IDENTITY, Names
from apimlb.stack.resources import Resource

API = "apimlb-probe"
SUBSCRIPTION = "apimlb-probe"
STATUS = "backend-status"
"""The header of an answer that says what the backend's status was, 0 where it did not answer."""
ERROR = "backend-error"
"""The header that says why, APIM's `LastError.Reason`."""


def subscription_id(names: Names) -> str:
    """The subscription whose key the API asks for."""
    return f"{names.service_id}/subscriptions/{SUBSCRIPTION}"


def probe(names: Names, policy: str) -> tuple[Resource, ...]:
    """The API and its key."""
    api = f"{names.service_id}/apis/{API}"
    body = {"properties": {"displayName": SUBSCRIPTION, "scope": api, "state": "active"}}
    return (
        *small_api(
            names,
            API,
            "Probe of the stack",
            "/{backend}",
            policy,
            frozenset({named_value_id(names, IDENTITY)}),
        ),
        Resource(
            subscription_id(names),
            "Microsoft.ApiManagement/service/subscriptions",
            body,
            "key of the probe",
            needs=frozenset({names.service_id, api}),
        ),
    )
