"""Subscription keys: where a request may carry one, whom it belongs to, and whether it opens an API.

Microsoft Learn, Subscriptions in Azure API Management. A key opens an API when its subscription is active
and is made for that API, for a product that holds it, for all APIs, or for the whole service. The refusals
are byte for byte what Azure answers.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from apimlb.http import Headers
from apimlb.local.gateway.switches import GatewaySwitches
from apimlb.policy.apim.context import Subscription, SubscriptionKeyParameterNames, User
from apimlb.policy.run.faults import PolicyFault

ScopeKind = Literal["service", "apis", "api", "product"]

_SCOPE = re.compile(
    r"(?:.*/service/[^/]+)?(?:/(?P<kind>apis|products)(?:/(?P<name>[^/;]+)(?:;rev=\d+)?)?)?/?", re.IGNORECASE
)
_MISSING = (
    "Access denied due to missing subscription key. "
    "Make sure to include subscription key when making requests to this API."
)
_INVALID = (
    "Access denied due to invalid subscription key. "
    "Make sure to provide a valid key for an active subscription."
)
_NAMES = SubscriptionKeyParameterNames()


@dataclass(frozen=True, slots=True)
class Scope:
    """What a subscription is for; `name` (lower case) of the API or product, empty for the wider two."""

    kind: ScopeKind
    name: str = ""


@dataclass(frozen=True, slots=True)
class Holder:
    """A subscription and its two keys. Its state alone says whether they open: the dates (epoch seconds) are
    for audits, and a subscription does not expire by itself (API Management REST reference, Subscription)."""

    id: str
    name: str
    scope: Scope
    active: bool
    primary_key: str
    secondary_key: str
    created: float = 0.0
    started: float | None = None
    ended: float | None = None
    owner: User | None = None
    admissions: dict[str, "Admission"] = field(default_factory=dict, compare=False, repr=False)
    """What was made for those who came with one of its keys."""


SubscriptionKeys = Mapping[str, Holder]
"""A service's subscriptions by each of their keys."""


@dataclass(frozen=True, slots=True)
class AccessRules:
    """What an API asks of its callers; `products` (lower-case names) that hold it, True for an open one.

    `bearer`: the key may also come as `Authorization: Bearer`.
    """

    api: str
    required: bool = True
    names: SubscriptionKeyParameterNames = _NAMES
    products: tuple[tuple[str, bool], ...] = ()
    bearer: bool = False


@dataclass(frozen=True, slots=True)
class Admission:
    """In whose name a request runs: `product` is the lower-case name of the product it came through."""

    subscription: Subscription | None = None
    product: str | None = None
    user: User | None = None


def parse_scope(text: str) -> Scope | None:
    """A subscription's `properties.scope`: an ARM id, or relative to the service; None when neither."""
    match = _SCOPE.fullmatch(text)
    if match is None:
        return None
    kind, name = (match["kind"] or "").lower(), (match["name"] or "").lower()
    if kind == "products":
        return Scope("product", name) if name else None
    if kind == "apis":
        return Scope("api", name) if name else Scope("apis")
    return Scope("service")


def presented(rules: AccessRules, headers: Headers, query: Mapping[str, str]) -> str | None:
    """The key that a request carries; the query counts only where the header is absent."""
    key = headers.get(rules.names.header) or query.get(rules.names.query)
    if not key and rules.bearer:
        scheme, _, value = (headers.get("Authorization") or "").partition(" ")
        key = value.strip() if scheme.lower() == "bearer" else None
    return key or None


def admit(
    key: str | None,
    rules: AccessRules,
    subscription_keys: SubscriptionKeys,
    switches: GatewaySwitches,
    *,
    realm: str = "",
) -> Admission:
    """Let a request in; raises PolicyFault 401. `realm` is the API's URL, for the challenge."""
    if not rules.required and switches.optional_key == "ignored":
        return _without_key(rules) or Admission()
    if key is None:
        admission = _without_key(rules)
        if admission is None:
            raise _refusal("SubscriptionKeyNotFound", _MISSING, rules, realm)
        return admission
    holder = subscription_keys.get(key)
    if holder is not None and holder.active and _opens(holder.scope, rules):
        admission = holder.admissions.get(key)
        if admission is None:
            product = holder.scope.name if holder.scope.kind == "product" else None
            admission = holder.admissions[key] = Admission(_view(holder, key), product, holder.owner)
        return admission
    reading = switches.open_product_key if rules.required else switches.optional_key
    otherwise = _without_key(rules) if reading != "refused" else None
    if otherwise is not None:
        return otherwise
    raise _refusal("SubscriptionKeyInvalid", _INVALID, rules, realm)


def _opens(scope: Scope, rules: AccessRules) -> bool:
    if scope.kind == "api":
        return scope.name == rules.api
    if scope.kind == "product":
        return any(name == scope.name for name, _ in rules.products)
    return True


def _without_key(rules: AccessRules) -> Admission | None:
    """An open product comes first, and its policies run; then an API that asks for no key."""
    opened = next((name for name, is_open in rules.products if is_open), None)
    if opened is not None:
        return Admission(product=opened)
    return None if rules.required else Admission()


def _view(holder: Holder, key: str) -> Subscription:
    return Subscription(
        holder.id,
        holder.name,
        key,
        holder.primary_key,
        holder.secondary_key,
        holder.created,
        holder.started,
        holder.ended,
    )


def _refusal(reason: str, message: str, rules: AccessRules, realm: str) -> PolicyFault:
    challenge = f'AzureApiManagementKey realm="{realm}",name="{rules.names.header}",type="header"'
    return PolicyFault(
        reason,
        message,
        source="authorization",
        status=401,
        status_reason="Access Denied",
        shown=message.replace("to this API.", "to an API."),
        headers=[("WWW-Authenticate", challenge)],
    )
