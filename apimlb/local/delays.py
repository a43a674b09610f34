"""Who learns late of what: the gateways of configuration and keys, the accounts of roles, ARM's own reads."""

import random
from collections.abc import Sequence

from apimlb.clock import Clock
from apimlb.local.arm.retention import KINDS as DELETED_KINDS
from apimlb.local.arm.roles import ASSIGNMENT
from apimlb.local.gateway.router import serves
from apimlb.local.gateway.routes import SERVICE
from apimlb.local.lateness import AT_ONCE, Lateness
from apimlb.local.propagation import Delay, Propagation, Rule
from apimlb.local.store import Document, Documents, Store

_KEYS = f"{SERVICE}/subscriptions"
_SERVICE_PARTS = 9
"""Of an id split at its slashes, as far as the service's name."""


def gateway_views(
    store: Store, clock: Clock, rng: random.Random, lateness: Lateness, instances: int
) -> Sequence[Documents]:
    """What each instance of the gateway sees of the store."""
    if lateness.configuration == AT_ONCE and lateness.keys == AT_ONCE:
        return [store] * instances
    rule = _gateway_rule(store, Delay(lateness.configuration), Delay(lateness.keys))
    way = Propagation(store, clock, rng, rule, channel="gateway", readers=instances, root=SERVICE)
    return [way.view(number) for number in range(instances)]


def account_view(store: Store, clock: Clock, rng: random.Random, lateness: Lateness) -> Documents:
    """What the accounts see of role assignments."""
    if lateness.roles == AT_ONCE:
        return store
    delay = Delay(lateness.roles, lateness.role_flaps, lateness.role_flap)

    def rule(before: Document | None, after: Document | None) -> Delay | None:
        return delay if _either(before, after).kind == ASSIGNMENT else None

    return Propagation(store, clock, rng, rule, channel="accounts").view()


def reading_view(store: Store, clock: Clock, rng: random.Random, lateness: Lateness) -> Documents:
    """What ARM's GETs and lists show."""
    if lateness.reads == AT_ONCE and lateness.deleted == AT_ONCE:
        return store
    reads, deleted = Delay(lateness.reads), Delay(lateness.deleted)

    def rule(before: Document | None, after: Document | None) -> Delay | None:
        document = _either(before, after)
        if document.kind in DELETED_KINDS:
            return deleted if before is None else reads
        return reads if "/resourcegroups/" in document.id.lower() else None

    return Propagation(store, clock, rng, rule, channel="reads").view()


def _gateway_rule(store: Store, configuration: Delay, keys: Delay) -> Rule:
    """A service that does not serve yet is given all that it has with its start."""

    def rule(before: Document | None, after: Document | None) -> Delay | None:
        document = _either(before, after)
        if not document.kind.startswith(SERVICE + "/"):
            return None
        service = store.get("/".join(document.id.split("/")[:_SERVICE_PARTS]))
        if service is None or not serves(service):
            return None
        return keys if document.kind == _KEYS else configuration

    return rule


def _either(before: Document | None, after: Document | None) -> Document:
    document = after or before
    if document is None:
        raise LookupError("a change has a document")
    return document
