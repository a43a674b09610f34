"""What the deployer asks of a cloud: reads, writes and deletions by Azure resource id."""

from dataclasses import dataclass, field
from typing import Literal, Protocol

from apimlb.stack.resources import Json

PUBLIC = "https://management.azure.com"

_SETTLED = frozenset({"", "succeeded", "failed", "canceled", "disabled"})


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a deploy waits, in seconds: at most `limit` for a backend to be ready, whose row of successful
    probes must have lasted `steady`; `drain` for what is under way at a backend that was taken out."""

    limit: float = 600.0
    steady: float = 60.0
    drain: float = 180.0


@dataclass(frozen=True, slots=True)
class Target:
    """Where Resource Manager is, whose subscription is meant, and who asks.

    Without `client_id` whoever is logged in asks (Azure CLI, environment, managed identity). `ca_file` is a
    PEM file to trust instead of the public authorities; an endpoint with one is reached without any proxy.
    """

    subscription_id: str
    endpoint: str = PUBLIC
    authority: str = ""
    tenant_id: str = ""
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    ca_file: str = ""
    limits: Limits = field(default_factory=Limits)

    @property
    def scope(self) -> str:
        """The scope that a token for the endpoint is asked for."""
        return self.endpoint.rstrip("/") + "/.default"


class Cloud(Protocol):
    """Azure Resource Manager as apimlb needs it. Every call blocks and may be made from any thread.

    All raise `AuthError`, `QuotaError`, `ConflictError` and `CloudError`. An APIM subscription's keys
    (listSecrets) stand at the top level of its JSON as `primaryKey` and `secondaryKey`, a secret named value
    (listValue) where that of another does, as far as this login may read them; a list shows neither.
    """

    def get(self, id: str) -> Json | None:
        """The resource as Azure shows it, `None` when it does not exist."""
        ...

    def secrets(self, id: str) -> Json | None:
        """An APIM subscription's keys alone, `{}` where this login may not read them, `None` without it."""
        ...

    def put(self, id: str, body: Json, etag: str = "") -> Json:
        """Create or replace; returns the resource once Azure is done with it.

        With the `etag` of the reply that the body was made from, `CloudError` of status 412 when the resource
        has been changed since, where Azure tells.
        """
        ...

    def patch(self, id: str, body: Json) -> Json:
        """Change what the body names; returns the resource once Azure is done with it."""
        ...

    def delete(self, id: str) -> None:
        """Delete and wait; a soft-deleted resource's id purges it. Not there is as good as deleted."""
        ...

    def renew_key(self, id: str, which: Literal["primary", "secondary"]) -> None:
        """Make one of an APIM subscription's two keys anew."""
        ...

    def children(self, parent: str, kind: str) -> list[Json]:
        """The resources of the type `kind` (lower case) under `parent`; none when the parent is not there."""
        ...

    def resources_in_group(self, group: str) -> list[Json]:
        """Everything in the resource group with this id: `id`, `type`, `location` and `tags` of each."""
        ...

    def locks(self, scope: str) -> list[Json]:
        """The locks at a scope, a subscription's id, and below it: `id` and `properties.level` of each."""
        ...

    def permissions(self, scope: str) -> list[Json]:
        """What this login's roles allow at a scope, the id of a subscription, group or resource: `actions`
        and `notActions` of each."""
        ...

    def denials(self, scope: str, resource: Json) -> list[Json]:
        """Azure Policy's evaluations that would deny a resource, with its `type` in its body, at the scope of
        a group or a subscription: `policyInfo` of each. Raises `CloudError` where Azure cannot tell."""
        ...

    def locations(self) -> list[str]:
        """The short names of the regions that the subscription can use."""
        ...

    def regions(self) -> list[Json]:
        """The same with `metadata.geographyGroup`, where Azure says it: `Europe`, `US`, `Asia Pacific`."""
        ...

    def usages(self, location: str) -> list[Json]:
        """The region's Azure OpenAI quotas: `name.value`, `currentValue`, `limit`."""
        ...

    def models(self, location: str) -> list[Json]:
        """The region's catalogue of models: `kind` and `model` with its `skus` and `deprecation`."""
        ...

    def registration(self, namespace: str) -> str:
        """How the resource provider stands in the subscription: `Registered`, `Registering` and others."""
        ...

    def register(self, namespace: str) -> None:
        """Begin to register the resource provider; it takes minutes."""
        ...

    def service_name_taken(self, name: str) -> str:
        """Why the name cannot be an APIM service's, empty when it can."""
        ...

    def domain_taken(self, subdomain: str) -> str:
        """Why the name cannot be an account's subdomain, empty when it can."""
        ...


def state_of(body: Json) -> str:
    """The resource's provisioningState in lower case, empty for one that has none."""
    properties = body.get("properties") or {}
    return str(properties.get("provisioningState") or "").lower()


def is_settled(body: Json) -> bool:
    """Whether Azure is done with the resource, well or not."""
    return state_of(body) in _SETTLED
