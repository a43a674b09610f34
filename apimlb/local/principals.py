"""Who a token is asked for: the owner, an application, a user, or a managed identity of the store."""

import uuid
from typing import Literal

from apimlb.errors import ConfigError, NotFoundError
from apimlb.http import last_segment
from apimlb.local.entra.plane import APPLICATION_KIND, Application
from apimlb.local.entra.tokens import Principal, User
from apimlb.local.store import Document, Store

Kind = Literal["owner", "app", "user", "identity"]

_IDENTITY_KIND = "microsoft.managedidentity/userassignedidentities"


def find(store: Store, owner: Application, kind: str, id: str) -> Principal | User:
    """The principal; `id` is the owner's nothing, an application's client id, a user's object id, an
    identity's client id, principal id or name. Raises `NotFoundError` for an identity that is not there and
    `ConfigError` for a kind that is none.

    Any application and user will do: whom a tenant knows, a gateway cannot tell from a token.
    """
    match kind:
        case "owner":
            return Principal(owner.client_id, owner.object_id)
        case "app":
            return _application(store, id)
        case "user":
            return User(id)
        case "identity":
            return _identity(store, id)
    raise ConfigError(f"There is no kind of principal {kind!r}.", next_step="Give app, user or identity.")


def _application(store: Store, client_id: str) -> Principal:
    for document in store.of_kind(APPLICATION_KIND):
        if str(document.body["appId"]).lower() == client_id.lower():
            return Principal(str(document.body["appId"]), str(document.body["id"]))
    return Principal(client_id, str(uuid.uuid5(uuid.NAMESPACE_OID, client_id.lower())))


def _identity(store: Store, id: str) -> Principal:
    for document in store.of_kind(_IDENTITY_KIND):
        properties = document.body["properties"]
        if id.lower() in _names(document):
            return Principal(str(properties["clientId"]), str(properties["principalId"]), "2")
    raise NotFoundError(
        f"There is no managed identity {id}.", next_step="Give its client id, its principal id or its name."
    )


def _names(document: Document) -> set[str]:
    properties = document.body["properties"]
    name = last_segment(document.id)
    return {str(each).lower() for each in (name, properties["clientId"], properties["principalId"])}
