"""How a deploy asks what a backend answers to the gateway: an API that does so, with a key of its own.

The key opens nothing else, and what it asks costs no tokens, so that it stays active: a deploy that changes
nothing can ask without a write.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from apimlb.stack import names as stack_names
from apimlb.stack.access import named_value_id
from apimlb.stack.apis import operation_id, small_api
from apimlb.stack.draining import LIST
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


@dataclass(frozen=True, slots=True)
class Site:
    """Where a deploy asks whether what it made works.

    Ids: of the `service`, of the `api` that clients call, of the `key` that the probe asks for, and of all
    that a probe goes `through`. `path` is the API's, `tenant` Entra's, `backends` are the names of them all.
    """

    service: str
    api: str
    path: str
    key: str
    through: frozenset[str]
    tenant: str
    backends: Mapping[str, str]

    @property
    def drained(self) -> str:
        """The id of the list of the accounts that are sent nothing."""
        return f"{self.service}/namedValues/{LIST}"

    @property
    def policy(self) -> str:
        """The id of the policy that clients meet."""
        return f"{self.api}/policies/policy"

    @property
    def policies(self) -> tuple[str, str]:
        """The same with that of the API without a path."""
        return self.policy, f"{self.service}/apis/{stack_names.BARE_API}/policies/policy"


def site(names: Names, tenant: str) -> Site:
    """The site of a stack."""
    api = f"{names.service_id}/apis/{stack_names.API}"
    through = {operation_id(names, API), subscription_id(names), named_value_id(names, IDENTITY)}
    backends = {
        stack_names.backend(account, deployment): account.name
        for deployment in names.stack.deployments
        for account in names.stack.accounts
    }
    key = subscription_id(names)
    return Site(names.service_id, api, stack_names.API, key, frozenset(through), tenant, backends)


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
