"""The keys that clients call the gateway with: subscriptions of the stack's product. No policy knows them.

Each change is one write, which no deploy makes too; so nobody who shuts a key out has to wait for one to end.
"""

import re
from dataclasses import dataclass
from typing import Literal

from apimlb.deploy.cloud import Cloud
from apimlb.deploy.refusals import SECRETS
from apimlb.errors import AuthError, ConfigError, ConflictError, NotFoundError
from apimlb.stack.access import product_id, subscription
from apimlb.stack.marks import mark_of
from apimlb.stack.names import Names
from apimlb.stack.resources import Json

PRODUCT = "microsoft.apimanagement/service/products"
SUBSCRIPTION = "microsoft.apimanagement/service/subscriptions"
Which = Literal["primary", "secondary"]
"""A subscription has two keys, so that an app can change from one to the other before the one is renewed."""

ACTIVE = "active"

_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Key:
    """A subscription of the stack. `state` is APIM's: only an active one opens the gateway; `created` is ISO
    8601 in UTC, empty where Azure does not say."""

    name: str
    state: str
    created: str


@dataclass(frozen=True, slots=True)
class Secrets:
    """The two keys of a subscription; `state` is APIM's, and only an active one's open the gateway."""

    name: str
    primary: str
    secondary: str
    state: str

    @property
    def notice(self) -> str:
        """What whoever is given the keys should know, empty where there is nothing."""
        if self.state == ACTIVE:
            return ""
        return f"The key {self.name} is {self.state}: it is refused until somebody activates it in Azure."


def listed(cloud: Cloud, names: Names) -> tuple[Key, ...]:
    """Every key of the stack, by name; raises what the cloud raises."""
    found = cloud.children(names.service_id, SUBSCRIPTION)
    return tuple(sorted((_key(body) for body in found if _is_ours(body, names)), key=lambda key: key.name))


def require_new(cloud: Cloud, names: Names, name: str) -> None:
    """Raise `ConfigError` for a name that no key can have, `ConflictError` for one in use."""
    if not _NAME.fullmatch(name):
        raise ConfigError(
            f"A key cannot be called {name!r}",
            where="keys create",
            next_step="Use lower-case letters, digits and hyphens, 64 at most.",
        )
    there = cloud.get(_id(names, name))
    if there is not None and not _is_ours(there, names):
        raise ConflictError(
            f"The gateway has another key called {name}, which is not for the stack's clients",
            where="keys create",
            next_step="Choose another name.",
        )
    if there is not None:
        raise _in_use(name, str(there["properties"].get("state")))


def create(cloud: Cloud, names: Names, name: str) -> Secrets:
    """A new key under the name; raises as `require_new` does."""
    require_new(cloud, names, name)
    product = cloud.get(product_id(names))
    if product is None:
        raise NotFoundError("The stack has no keys", where=names.service, next_step="Run `apimlb deploy`.")
    mark = mark_of(PRODUCT, product)
    return _secrets(cloud.put(_id(names, name), subscription(names, f"{name} {mark}" if mark else name)))


def _in_use(name: str, state: str) -> ConflictError:
    if state == ACTIVE:
        fate, next_step = "", f"`apimlb keys rotate {name}` renews it."
    else:
        fate = f", and it is {state}"
        next_step = f"`apimlb keys revoke {name} --delete` takes it away; then the name is free."
    return ConflictError(f"There is a key {name} already{fate}", where="keys create", next_step=next_step)


def primary_of(cloud: Cloud, id: str) -> str | None:
    """The first key of the subscription with this id, by one question; `None` when it is not there."""
    found = cloud.secrets(id)
    return None if found is None else _readable(found)["primaryKey"]


def secrets_of(cloud: Cloud, id: str) -> Secrets | None:
    """The keys of the subscription with this id, `None` when it is not there."""
    found = cloud.get(id)
    return None if found is None else _secrets(found)


def rotate(cloud: Cloud, names: Names, name: str, which: Which) -> Secrets:
    """Renew one of the two; the other goes on. Raises `NotFoundError` for a name that the stack lacks."""
    id = _require(cloud, names, name)
    cloud.renew_key(id, which)
    return _secrets(cloud.get(id) or {})


def revoke(cloud: Cloud, names: Names, name: str, *, delete: bool) -> None:
    """Cancel the subscription, or delete it; raises `NotFoundError` for a name that the stack lacks."""
    id = _require(cloud, names, name)
    if delete:
        cloud.delete(id)
    else:
        cloud.patch(id, {"properties": {"state": "cancelled"}})


def _require(cloud: Cloud, names: Names, name: str) -> str:
    id = _id(names, name)
    found = cloud.get(id)
    if found is None or not _is_ours(found, names):
        have = ", ".join(key.name for key in listed(cloud, names)) or "none"
        raise NotFoundError(f"The stack has no key {name}", next_step=f"It has: {have}.")
    return id


def _id(names: Names, name: str) -> str:
    """The id of the key that people of the stack call so."""
    return f"{names.service_id}/subscriptions/{_whole(names, name)}"


def _whole(names: Names, name: str) -> str:
    """The name of the subscription: that of the stack is before it beside others'."""
    if not names.is_guest or name.startswith(f"{names.stack.name}-"):
        return name
    return names.inside(name)


def _is_ours(body: Json, names: Names) -> bool:
    return str(body["properties"].get("scope") or "").lower() == product_id(names).lower()


def _key(body: Json) -> Key:
    properties = body["properties"]
    return Key(str(body["name"]), str(properties.get("state")), str(properties.get("createdDate") or ""))


def _secrets(body: Json) -> Secrets:
    """The keys out of the subscription; raises `AuthError` where this login may not read them."""
    told = _readable(body)
    state = str(body["properties"].get("state"))
    return Secrets(str(body["name"]), told["primaryKey"], told["secondaryKey"], state)


def _readable(told: Json) -> dict[str, str]:
    if "primaryKey" not in told:
        raise AuthError("This login may not read the gateway's keys", next_step=SECRETS)
    return {which: str(told[which]) for which in ("primaryKey", "secondaryKey")}
