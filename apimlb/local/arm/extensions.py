"""Small resources below others, kept as they come: federated credentials, diagnostic settings.

Shapes: Microsoft's descriptions of Microsoft.ManagedIdentity 2024-11-30 (federatedIdentityCredentials) and of
Microsoft.Insights 2021-05-01-preview (diagnosticSettings). Neither has an effect: no outside token is taken,
and nothing is collected.
"""

from collections.abc import Callable
from dataclasses import dataclass

from apimlb.local.arm.call import Call, Reply, section
from apimlb.local.arm.errors import ArmError, invalid_content
from apimlb.local.arm.identities import TYPE as IDENTITY
from apimlb.local.arm.routes import GROUP, Route, crud
from apimlb.local.store import Document, Json


@dataclass(frozen=True, slots=True)
class Extension:
    """A type below what stands at the path `above`; `properties` makes what is kept out of what was sent."""

    type: str
    above: str
    pattern: str
    properties: Callable[[Json], Json]

    @property
    def routes(self) -> tuple[Route, ...]:
        return crud(
            self.pattern,
            get=lambda call: Reply(200, self._require(call).body),
            put=self._put,
            delete=self._delete,
            listed=self._list,
        )

    def _put(self, call: Call) -> Reply:
        existing = call.document()
        self._parent(call)
        body = {
            "id": existing.id if existing else call.id,
            "name": existing.body["name"] if existing else call.name,
            "type": self.type,
            "properties": self.properties(section(call.body(), "properties")),
        }
        call.stored(body, {})
        return Reply(200 if existing or self.type == SETTINGS else 201, body)

    def _require(self, call: Call) -> Document:
        found = call.document()
        if found is None:
            raise ArmError(404, "NotFound", f"The resource '{call.id}' was not found.")
        return found

    def _delete(self, call: Call) -> Reply:
        found = call.document()
        if found is None:
            return Reply(204)
        call.store.delete(found.id)
        return Reply(200)

    def _list(self, call: Call) -> Reply:
        parent = self._parent(call)
        rows = call.store.children(parent, self.type.lower()) if self.type == CREDENTIALS else []
        if self.type == SETTINGS:
            within = f"{parent.lower()}/providers/{SETTINGS.lower()}/"
            rows = [d for d in call.store.of_kind(SETTINGS.lower()) if d.id.lower().startswith(within)]
        return Reply(200, {"value": [row.body for row in rows]})

    def _parent(self, call: Call) -> str:
        """The id of what it stands below; raises `ArmError` when that is not there."""
        id = call.id[: call.id.lower().rindex(self.above.lower())].rstrip("/")
        found = call.store.get(id)
        if found is None:
            raise ArmError(404, "ParentResourceNotFound", f"The resource '{id}' was not found.")
        return found.id


CREDENTIALS = f"{IDENTITY}/federatedIdentityCredentials"
SETTINGS = "Microsoft.Insights/diagnosticSettings"


def _credential(sent: Json) -> Json:
    for name in ("issuer", "subject", "audiences"):
        if not sent.get(name):
            raise invalid_content(f"The request content was invalid: '{name}' is required.")
    return {name: sent[name] for name in ("issuer", "subject", "audiences")}


def _setting(sent: Json) -> Json:
    if not any(sent.get(name) for name in _SINKS):
        raise invalid_content(f"At least one data sink needs to be specified: {', '.join(_SINKS)}.")
    return {**dict.fromkeys(_SINKS), **sent, **{name: sent.get(name) or [] for name in ("logs", "metrics")}}


_SINKS = ("workspaceId", "storageAccountId", "eventHubAuthorizationRuleId", "marketplacePartnerId")

ROUTES = (
    *Extension(
        CREDENTIALS,
        "/federatedIdentityCredentials",
        f"{GROUP}/providers/{IDENTITY}/{{identity}}/federatedIdentityCredentials/{{credential}}",
        _credential,
    ).routes,
    *Extension(
        SETTINGS,
        f"/providers/{SETTINGS}",
        f"/{{scope*}}/providers/{SETTINGS}/{{setting}}",
        _setting,
    ).routes,
)
