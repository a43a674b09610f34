"""From a service's documents to what a request needs: API, operation, keys, backends, policies.

What is read from one service's documents is immutable and kept until one of them changes. The API with the
longest path wins, and a request that it has no operation for is not offered to a shorter one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from apimlb.http import last_segment
from apimlb.local.gateway.backends import Backends, read_backends
from apimlb.local.gateway.definitions import read_declared, read_examples
from apimlb.local.gateway.diagnostics import Diagnostic, read_diagnostics
from apimlb.local.gateway.keys import AccessRules, Holder, SubscriptionKeys, parse_scope
from apimlb.local.gateway.owners import Kinds, date, read_groups, read_users
from apimlb.local.gateway.policies import Place, PolicyScope, Substitutions, place_of
from apimlb.local.gateway.templates import Route, RouteTable, compile_template
from apimlb.local.store import Document, Json, parent_of
from apimlb.policy.apim.context import Api, Deployment, Operation, Product, SubscriptionKeyParameterNames, Url
from apimlb.policy.run.exchange import Policy

SERVICE = "microsoft.apimanagement/service"
_CONSUMPTION = "consumption"
_DEFAULT_KEYS = SubscriptionKeyParameterNames()
_POLICY_KINDS: tuple[tuple[str, PolicyScope], ...] = (
    ("policies", "global"),
    ("products/policies", "product"),
    ("apis/policies", "api"),
    ("apis/operations/policies", "operation"),
)


@dataclass(frozen=True, slots=True)
class OperationRoute:
    view: Operation
    policy: Place | None = None


@dataclass(frozen=True, slots=True)
class ApiRoute:
    """An API; `path`, with the version where that stands in it, has no slashes around it, `service_url` is
    empty when every policy chooses a backend."""

    view: Api
    path: str
    service_url: str
    rules: AccessRules
    operations: RouteTable[OperationRoute]
    policy: Place | None = None
    diagnostic: Diagnostic | None = None


@dataclass(frozen=True, slots=True)
class ProductRoute:
    view: Product
    policy: Place | None = None


@dataclass(frozen=True, slots=True)
class Service:
    """One API Management service as its gateway sees it; `apis` by lower-case path."""

    document: Document
    name: str
    sku: str
    deployment: Deployment
    apis: dict[str, ApiRoute]
    products: dict[str, ProductRoute]
    subscription_keys: SubscriptionKeys
    backends: Backends
    substitutions: Substitutions
    policy: Place | None
    external_cache: bool = False
    effective: dict[tuple[str, ...], Policy] = field(default_factory=dict)
    depth: int = 0
    """Segments of the longest of the APIs' paths."""

    def find_api(self, path: str) -> tuple[ApiRoute, str] | None:
        """The API with the longest path that `path` begins with, and the rest, which begins with a slash."""
        parts = path.removeprefix("/").split("/")
        for length in range(min(len(parts), self.depth), -1, -1):
            api = self.apis.get("/".join(parts[:length]).lower())
            if api is not None:
                return api, "/" + "/".join(parts[length:])
        return None

    def chain(
        self, product: str | None, api: ApiRoute | None, operation: OperationRoute | None
    ) -> tuple[Place, ...]:
        """The policies that apply, broad to narrow: service, product, API, operation."""
        levels = (self, self.products.get(product or ""), api, operation)
        return tuple(level.policy for level in levels if level is not None and level.policy is not None)


def read_service(documents: Sequence[Document]) -> Service:
    """`documents` are the service's own and then everything below it, at any depth."""
    service = documents[0]
    kinds: dict[str, list[Document]] = {}
    for document in documents[1:]:
        kinds.setdefault(document.kind.removeprefix(SERVICE + "/"), []).append(document)
    name = _name(service)
    sku = str((service.body.get("sku") or {}).get("name") or "")
    policies = _policies(kinds)
    products = [_product(item, kinds, policies) for item in kinds.get("products", [])]
    members = _members(kinds)
    segments = _segments(kinds)
    current = _current(kinds)
    diagnostics = read_diagnostics(kinds)
    substitutions = _substitutions(kinds)
    apis = [
        _api(
            item,
            kinds,
            policies,
            _doors(item, products, members),
            segments,
            is_current=item.id in current,
            diagnostic=diagnostics.get(_unrevised(item.id), diagnostics.get(service.id.lower())),
        )
        for item in kinds.get("apis", [])
    ]
    return Service(
        document=service,
        name=name,
        sku=sku,
        deployment=Deployment(name, name, str(service.body.get("location") or "")),
        apis=_by_path(apis),
        products={product.view.id.lower(): product for product in products},
        subscription_keys=_ring(kinds),
        backends=read_backends(
            service.id,
            kinds.get("backends", []),
            breakers=sku.lower() != _CONSUMPTION,
            named_values=substitutions.named_values,
        ),
        substitutions=substitutions,
        policy=policies.get(service.id.lower()),
        external_cache=bool(kinds.get("caches")),
        depth=max((api.path.count("/") + 1 for api in apis), default=0),
    )


def _name(document: Document) -> str:
    return last_segment(document.id)


def _properties(document: Document) -> Json:
    properties: Json = document.body.get("properties") or {}
    return properties


def _policies(kinds: Kinds) -> dict[str, Place]:
    """Policies by the lower-case id of what they belong to."""
    return {
        document.id.lower().rsplit("/policies/", 1)[0]: place_of(document, scope)
        for kind, scope in _POLICY_KINDS
        for document in kinds.get(kind, [])
    }


def _product(document: Document, kinds: Kinds, policies: Mapping[str, Place]) -> ProductRoute:
    properties = _properties(document)
    groups, id = read_groups(kinds), document.id.lower()
    seeing = [
        _name(item).lower() for item in kinds.get("products/groups", []) if parent_of(item.id).lower() == id
    ]
    view = Product(
        id=_name(document),
        name=str(properties.get("displayName") or _name(document)),
        state="Published" if str(properties.get("state")).lower() == "published" else "NotPublished",
        approval_required=bool(properties.get("approvalRequired")),
        subscription_required=properties.get("subscriptionRequired") is not False,
        subscriptions_limit=properties.get("subscriptionsLimit"),
        groups=tuple(groups[name] for name in seeing if name in groups),
    )
    return ProductRoute(view, policies.get(document.id.lower()))


def _members(kinds: Kinds) -> set[tuple[str, str]]:
    """Which product (lower-case name) holds which API (lower-case name without revision)."""
    nested = [(item.id, _name(item)) for item in kinds.get("products/apis", [])]
    linked = [
        (item.id, last_segment(str(_properties(item).get("apiId") or "")))
        for item in kinds.get("products/apilinks", [])
    ]
    return {(id.lower().split("/")[-3], _unrevised(api)) for id, api in nested + linked}


def _unrevised(api: str) -> str:
    return api.lower().partition(";")[0]


def _doors(
    document: Document, products: Sequence[ProductRoute], members: set[tuple[str, str]]
) -> tuple[tuple[str, bool], ...]:
    """The products that hold an API; a published one that requires no subscription is open."""
    api = _unrevised(_name(document))
    return tuple(
        (view.id.lower(), view.state == "Published" and not view.subscription_required)
        for view in (product.view for product in products)
        if (view.id.lower(), api) in members
    )


def _current(kinds: Kinds) -> set[str]:
    """The ids of the current revisions: the released one of each API, or else its first."""
    released = {_name(item).lower(): str(item.body["revision"]) for item in kinds.get("currentrevisions", [])}
    found: dict[str, str] = {}
    for item in kinds.get("apis", []):
        api = _unrevised(_name(item))
        if api not in found or _revision(item) == released.get(api):
            found[api] = item.id
    return set(found.values())


def _revision(document: Document) -> str:
    return str(_properties(document).get("apiRevision") or "1")


def _segments(kinds: Kinds) -> set[str]:
    """The version sets (lower-case name) whose versions stand in the path."""
    return {
        _name(item).lower()
        for item in kinds.get("apiversionsets", [])
        if str(_properties(item).get("versioningScheme")).lower() == "segment"
    }


def _api(
    document: Document,
    kinds: Kinds,
    policies: Mapping[str, Place],
    products: tuple[tuple[str, bool], ...],
    segments: set[str],
    *,
    is_current: bool,
    diagnostic: Diagnostic | None,
) -> ApiRoute:
    properties = _properties(document)
    names = properties.get("subscriptionKeyParameterNames") or {}
    keys = SubscriptionKeyParameterNames(
        names.get("header") or _DEFAULT_KEYS.header, names.get("query") or _DEFAULT_KEYS.query
    )
    service_url = str(properties.get("serviceUrl") or "").rstrip("/")
    path = str(properties.get("path") or "").strip("/")
    prefix = document.id.lower() + "/operations/"
    operations = [item for item in kinds.get("apis/operations", []) if item.id.lower().startswith(prefix)]
    view = Api(
        id=_name(document).partition(";")[0],
        name=str(properties.get("displayName") or _name(document)),
        path=path,
        service_url=Url(service_url) if service_url else None,
        revision=_revision(document),
        version=properties.get("apiVersion"),
        is_current_revision=is_current,
        protocols=tuple(properties.get("protocols") or ("https",)),
        subscription_key_parameter_names=keys,
    )
    rules = AccessRules(
        api=_unrevised(_name(document)),
        required=properties.get("subscriptionRequired") is not False,
        names=keys,
        products=products,
        bearer=str(names.get("bearer") or "").lower() == "enabled",
    )
    routes = RouteTable(_operation(item, policies) for item in operations)
    if view.version and last_segment(str(properties.get("apiVersionSetId") or "").lower()) in segments:
        path = f"{path}/{view.version}".strip("/")
    place = policies.get(document.id.lower())
    return ApiRoute(view, path, service_url, rules, routes, place, diagnostic)


def _operation(document: Document, policies: Mapping[str, Place]) -> Route[OperationRoute]:
    properties = _properties(document)
    template = str(properties.get("urlTemplate") or "/")
    method = str(properties.get("method") or "GET").upper()
    name = str(properties.get("displayName") or _name(document))
    about = (read_examples(properties), read_declared(properties))
    view = Operation(_name(document), method, name, template, *about)
    return Route(method, compile_template(template), OperationRoute(view, policies.get(document.id.lower())))


def _by_path(apis: Sequence[ApiRoute]) -> dict[str, ApiRoute]:
    """A revision is reached as `{path};rev={n}`, the current one also without."""
    found: dict[str, ApiRoute] = {}
    for api in apis:
        found.setdefault(f"{api.path};rev={api.view.revision}".lower(), api)
        if api.view.is_current_revision:
            found.setdefault(api.path.lower(), api)
    return found


def _ring(kinds: Kinds) -> dict[str, Holder]:
    subscription_keys: dict[str, Holder] = {}
    users = read_users(kinds)
    for document in kinds.get("subscriptions", []):
        properties = _properties(document)
        scope = parse_scope(str(properties.get("scope") or "/"))
        if scope is None:
            continue
        holder = Holder(
            id=_name(document),
            name=str(properties.get("displayName") or ""),
            scope=scope,
            active=str(properties.get("state")).lower() == "active",
            primary_key=str(document.hidden.get("primaryKey") or ""),
            secondary_key=str(document.hidden.get("secondaryKey") or ""),
            created=date(properties.get("createdDate")) or 0.0,
            started=date(properties.get("startDate")),
            ended=date(properties.get("endDate") or properties.get("expirationDate")),
            owner=users.get(last_segment(str(properties.get("ownerId") or "").lower())),
        )
        subscription_keys |= {key: holder for key in (holder.primary_key, holder.secondary_key) if key}
    return subscription_keys


def _substitutions(kinds: Kinds) -> Substitutions:
    values = {
        str(properties.get("displayName") or _name(item)): str(
            item.hidden.get("value") or properties.get("value") or ""
        )
        for item in kinds.get("namedvalues", [])
        for properties in [_properties(item)]
    }
    fragments = {_name(item): place_of(item, "global").text for item in kinds.get("policyfragments", [])}
    return Substitutions(values, fragments)
