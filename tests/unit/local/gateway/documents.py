"""An API Management service written into a store by hand, one document at a time."""

from dataclasses import dataclass, field
from typing import Any

from apimlb.local.store import Document, Json, Store, kind_of

GROUP = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg"
THROTTLED = {
    "rules": [
        {
            "name": "throttled",
            "failureCondition": {
                "count": 1,
                "interval": "PT1M",
                "statusCodeRanges": [{"min": 429, "max": 429}],
            },
            "tripDuration": "PT1M",
            "acceptRetryAfter": True,
        }
    ]
}


@dataclass
class ServiceDocuments:
    """Writes what ARM would have written; every method can be called again to replace."""

    store: Store = field(default_factory=Store)
    name: str = "apim"
    sku: str = "Developer"
    gateway_path: str = ""
    state: str = "Succeeded"

    def __post_init__(self) -> None:
        self.id = f"{GROUP}/providers/Microsoft.ApiManagement/service/{self.name}"
        body = {
            "name": self.name,
            "location": "West Europe",
            "sku": {"name": self.sku, "capacity": 1},
            "properties": {"provisioningState": self.state},
        }
        self.store.put(
            Document(self.id, kind_of(self.id), body, {"gatewayPath": self.gateway_path}, etag="1")
        )

    def put(self, path: str, properties: Json | None = None, **hidden: Any) -> None:
        id = f"{self.id}/{path}"
        self.store.put(Document(id, kind_of(id), {"properties": properties or {}}, hidden))

    def delete(self, path: str) -> None:
        self.store.delete(f"{self.id}/{path}")

    def backend(self, name: str, url: str = "", *, breaker: Json | None = None, **properties: Any) -> None:
        found = {"url": url or f"https://{name}.test/openai", "protocol": "http", "type": "Single"}
        self.put(f"backends/{name}", {**found, "circuitBreaker": breaker, **properties})

    def pool(self, name: str, *members: tuple[str, int, int]) -> None:
        """`members` are name, priority and weight."""
        services = [
            {"id": f"{self.id}/backends/{member}", "priority": priority, "weight": weight}
            for member, priority, weight in members
        ]
        self.put(f"backends/{name}", {"type": "Pool", "pool": {"services": services}})

    def api(self, name: str = "chat", path: str = "openai", **properties: Any) -> None:
        self.put(
            f"apis/{name}",
            {
                "displayName": name.title(),
                "path": path,
                "subscriptionRequired": False,
                "apiRevision": "1",
                "isCurrent": True,
                **properties,
            },
        )

    def operation(
        self,
        template: str = "/*",
        method: str = "POST",
        *,
        api: str = "chat",
        name: str = "any",
        **properties: Any,
    ) -> None:
        found = {"displayName": name, "method": method, "urlTemplate": template, "templateParameters": []}
        self.put(f"apis/{api}/operations/{name}", {**found, **properties})

    def policy(self, text: str, scope: str = "") -> None:
        """`scope` is a path below the service: "", "apis/chat", "products/gold" ..."""
        prefix = f"{scope}/" if scope else ""
        self.put(f"{prefix}policies/policy", {"format": "rawxml"}, rawxml=text)

    def subscription(self, name: str, scope: str, *, state: str = "active") -> None:
        """Its keys are `{name}-1` and `{name}-2`; `scope` is a path below the service."""
        self.put(
            f"subscriptions/{name}",
            {"displayName": name.title(), "scope": f"{self.id}/{scope}", "state": state},
            primaryKey=f"{name}-1",
            secondaryKey=f"{name}-2",
        )

    def product(self, name: str, *apis: str, **properties: Any) -> None:
        self.put(
            f"products/{name}",
            {"displayName": name.title(), "state": "published", "subscriptionRequired": True, **properties},
        )
        for api in apis:
            self.put(f"products/{name}/apis/{api}")


def policy_of(*, inbound: str = "", backend: str = "", outbound: str = "", on_error: str = "") -> str:
    """A policy document; every section inherits, `backend` only where it is empty."""
    return (
        f"<policies><inbound><base />{inbound}</inbound>"
        f"<backend>{backend or '<base />'}</backend>"
        f"<outbound><base />{outbound}</outbound>"
        f"<on-error><base />{on_error}</on-error></policies>"
    )
