"""Where a request leads: to which service, API and operation, and which policy applies there.

What was read of the store, and where requests led, is kept for as long as the store does not change.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from apimlb.http import Request, last_segment
from apimlb.local.compiling import PolicyCompiler
from apimlb.local.gateway.policies import CompiledPolicies
from apimlb.local.gateway.routes import SERVICE, ApiRoute, OperationRoute, Service, read_service
from apimlb.local.store import Document, Documents
from apimlb.policy.apim.context import Url
from apimlb.policy.run.exchange import Policy

_GATEWAY_HOSTS = (".azure-api.net", ".localhost")
_NOT_SERVING = {"activating", "created", "creating", "deleting", "terminating", "deleted"}
_BROKEN_OFF = {"failed", "canceled"}
_DOT_SEGMENT = re.compile(r"/(?:\.|%2e){1,2}(?=/|$)", re.IGNORECASE)
_MOST_KEPT = 1024
_LONGEST_KEPT = 2048


@dataclass(frozen=True, slots=True)
class Match:
    """How far a request comes before anybody asks who sent it; requests that are alike share one.

    Without `api` no API has such a path; without `operation` the API has none, and `known` says whether it
    has one for another method. `remainder` is the path below the API's (below the gateway's, without one);
    `query` and `parameters` are decoded.
    """

    service: Service
    url: Url
    remainder: str
    query: Mapping[str, str] = field(default_factory=dict)
    api: ApiRoute | None = None
    operation: OperationRoute | None = None
    parameters: dict[str, str] = field(default_factory=dict)
    known: bool = False


class Router:
    """Finds the way of a request and keeps what was read for it."""

    def __init__(self, store: Documents, compiler: PolicyCompiler) -> None:
        self._store = store
        self._revision = -1
        self._names: dict[str, Document] = {}
        self._mounts: dict[str, Document] = {}
        self._fresh: set[str] = set()
        self._services: dict[str, tuple[Sequence[Document], Service]] = {}
        self._matches: dict[tuple[str, str], Match] = {}
        self.compiled = CompiledPolicies(compiler)

    def find(self, request: Request) -> Match | None:
        """How far the request comes; None when no service answers to its URL."""
        self._refresh()
        key = (request.method, request.url)
        match = self._matches.get(key)
        if match is None:
            match = self._match(request)
            if match is not None and len(request.url) <= _LONGEST_KEPT:
                if len(self._matches) >= _MOST_KEPT:
                    self._matches.clear()
                self._matches[key] = match
        return match

    def policy(
        self, service: Service, product: str | None, api: ApiRoute | None, operation: OperationRoute | None
    ) -> Policy:
        """The effective policy; raises PolicyError when a document of it never compiled."""
        revision = f"{api.view.id};{api.view.revision}" if api else ""
        key = (product or "", revision, operation.view.id if operation else "")
        policy = service.effective.get(key)
        if policy is None:
            policy = self.compiled.effective(service.chain(product, api, operation), service.substitutions)
            service.effective[key] = policy
        return policy

    def _match(self, request: Request) -> Match | None:
        url = Url(_resolved(request.url))
        found = self._find_service(request.host, url.path)
        if found is None:
            return None
        service, path = found
        if path != url.path:
            # A client of the service in Azure knows nothing of where it stands here.
            url = Url(f"{url.origin}{path}{url.query_string}")
        reached = service.find_api(path)
        query = request.query
        if reached is None:
            return Match(service, url, path, query)
        api, remainder = reached
        led = api.operations.find(request.method, remainder, query)
        if led is None:
            known = bool(api.operations.methods(remainder, query))
            return Match(service, url, remainder, query, api, known=known)
        return Match(service, url, remainder, query, api, *led, known=True)

    def _find_service(self, host: str, path: str) -> tuple[Service, str] | None:
        """The service, and the path below its gateway URL: by host name, else by the first segment of the
        path, else the one whose gateway URL has no path."""
        for suffix in _GATEWAY_HOSTS:
            if host.endswith(suffix):
                named = self._named(host.removesuffix(suffix))
                return None if named is None else (self._service(named), path)
        first, _, rest = path.removeprefix("/").partition("/")
        named = self._mounted(f"/{first}") or self._named(first)
        if named is not None:
            return self._service(named), f"/{rest}"
        root = self._mounted("")
        return None if root is None else (self._service(root), path)

    def _refresh(self) -> None:
        if self._revision != self._store.revision:
            self._revision = self._store.revision
            self._matches.clear()
            live = [item for item in self._store.of_kind(SERVICE) if serves(item)]
            # Where two would answer to the same, the first one does.
            self._names = {_name(item): item for item in reversed(live)}
            self._mounts = {item.hidden.get("gatewayPath", ""): item for item in reversed(live)}
            self._fresh.clear()

    def _named(self, name: str) -> Document | None:
        return self._names.get(name.lower())

    def _mounted(self, path: str) -> Document | None:
        return self._mounts.get(path)

    def _service(self, document: Document) -> Service:
        """Read anew only when a document of this service is not the very object that was read."""
        key = document.id.lower()
        kept = self._services.get(key)
        if kept is not None and key in self._fresh:
            return kept[1]
        self._fresh.add(key)
        documents = [document, *self._store.descendants(document.id)]
        if kept is not None and _same(kept[0], documents):
            return kept[1]
        service = read_service(documents)
        self.compiled.forget(key, keeping={item.id.lower() for item in documents})
        self._services[key] = (documents, service)
        return service


def _resolved(url: str) -> str:
    """The URL without dot segments (RFC 3986, 6.2.2.3), also encoded ones, as .NET's Uri has it: an operation
    or an API must not be reached by the name of another."""
    head, mark, query = url.partition("?")
    if _DOT_SEGMENT.search(head) is None:
        return url
    origin, _, path = head.partition("://")[2].partition("/")
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments:
        if _DOT_SEGMENT.fullmatch(f"/{segment}") is None:
            kept.append(segment)
        elif len(segment.lower().replace("%2e", ".")) == 2:
            del kept[-1:]
    if _DOT_SEGMENT.fullmatch(f"/{segments[-1]}"):
        kept.append("")
    return f"{head.partition('://')[0]}://{origin}/{'/'.join(kept)}{mark}{query}"


def serves(document: Document) -> bool:
    """Whether a service in this state answers."""
    properties = document.body.get("properties") or {}
    state = str(properties.get("provisioningState")).lower()
    if state in _BROKEN_OFF:
        # One that was never finished has nothing to serve with; one that served goes on.
        return properties.get("targetProvisioningState") in ("Updating", "Deleting")
    return state not in _NOT_SERVING


def _name(document: Document) -> str:
    return last_segment(document.id).lower()


def _same(some: Sequence[Document], others: Sequence[Document]) -> bool:
    return len(some) == len(others) and all(one is other for one, other in zip(some, others, strict=True))
