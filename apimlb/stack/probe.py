"""How a deploy asks what a backend answers to the gateway: an API that does so, with a key of its own.

The key opens nothing else, and what it asks costs no tokens, so that it stays active: a deploy that changes
nothing can ask without a write.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from apimlb.stack import names as stack_names
from apimlb.stack.access import identity_needs, named_value_id
from apimlb.stack.adopted import grant, is_lent
from apimlb.stack.apis import operation_id, small_api, title_of
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
    return names.child("subscriptions", SUBSCRIPTION)


@dataclass(frozen=True, slots=True)
class Site:
    """Where a deploy asks whether what it made works.

    Ids: of the `service`, of the `api` that clients call and of the one at the `bare` host, of the list of
    accounts that are sent nothing (`drained`), of the `key` that the probe asks for, and of all that a probe
    goes `through`. `path` is the API's, `asking` the probe's, `tenant` Entra's; `backends` are the names of
    them all, with their account's; `adopted` those of accounts that exist already, each with the command that
    its owner lets the gateway in with, "" where a key does.
    """

    service: str
    api: str
    bare: str
    path: str
    asking: str
    key: str
    drained: str
    through: frozenset[str]
    tenant: str
    backends: Mapping[str, str]
    adopted: Mapping[str, str] = field(default_factory=dict)

    @property
    def policy(self) -> str:
        """The id of the policy that clients meet."""
        return f"{self.api}/policies/policy"

    @property
    def policies(self) -> tuple[str, str]:
        """The same with that of the API without a path."""
        return self.policy, f"{self.bare}/policies/policy"


def site(names: Names, tenant: str) -> Site:
    """The site of a stack."""
    key = subscription_id(names)
    return Site(
        names.service_id,
        names.child("apis", stack_names.API),
        names.child("apis", stack_names.BARE_API),
        names.stack.path,
        names.inside(API),
        key,
        named_value_id(names, LIST),
        frozenset({operation_id(names, API), key, named_value_id(names, IDENTITY)}),
        tenant,
        {
            names.backend(account, deployment): account.name
            for deployment in names.stack.deployments
            for account in names.stack.accounts
        },
        {
            names.backend(account, deployment): grant(names) if is_lent(account) else ""
            for deployment in names.stack.deployments
            for account in names.stack.accounts
            if account.endpoint
        },
    )


def probe(names: Names, policy: str) -> tuple[Resource, ...]:
    """The API and its key."""
    api, title = names.child("apis", API), names.inside(SUBSCRIPTION)
    body = {"properties": {"displayName": title, "scope": api, "state": "active"}}
    return (
        *small_api(
            names,
            API,
            title_of(names, "Probe of the stack"),
            "/{backend}",
            policy,
            identity_needs(names),
        ),
        Resource(
            subscription_id(names),
            "Microsoft.ApiManagement/service/subscriptions",
            body,
            "key of the probe",
            needs=frozenset({names.service_id, api}),
        ),
    )
