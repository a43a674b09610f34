"""The documented `context` variable of policy expressions, as Python objects.

Attributes are the C# members in snake_case: `context.Request.OriginalUrl` is `context.request.original_url`.
Elements change these objects; expressions read them through the tables of `apimlb.policy.clr.library`.
Source: Microsoft Learn, "API Management policy expressions", context variable (2026).
"""

import random
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from apimlb.clock import Clock
from apimlb.http import Headers, reason_phrase
from apimlb.policy.apim.bodies import MessageBody, parse_query, rest_of
from apimlb.policy.clr.budget import Allowance
from apimlb.policy.switches import Switches

if TYPE_CHECKING:  # a policy that names no certificate does without the family
    from apimlb.policy.clr.certificates.certificate import X509


NO_REQUEST = uuid.UUID(int=0)
LIKELY = Switches()
DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}
_DEFAULT_ENDS = {scheme: f":{port}" for scheme, port in DEFAULT_PORTS.items()}


class Url:
    """IUrl: an absolute URL in its parts. Immutable; elements that rewrite it put a new one in its place."""

    clr_name = "IUrl"

    def __init__(self, text: str) -> None:
        self.text = text
        parts = self._parts = urlsplit(text)
        self.scheme = parts.scheme
        self.netloc = parts.netloc  # host and port as they are written
        self.path = parts.path or "/"
        self.query_string = f"?{parts.query}" if parts.query else ""

    @property
    def origin(self) -> str:
        """Scheme, host and port, as they are written."""
        return f"{self.scheme}://{self.netloc}"

    @property
    def host(self) -> str:
        return self._parts.hostname or ""

    @property
    def port(self) -> int:
        return self._parts.port or DEFAULT_PORTS.get(self.scheme, -1)

    @cached_property
    def query(self) -> dict[str, list[str]]:
        return parse_query(self._parts.query)

    @cached_property
    def _whole(self) -> str:
        parts = self._parts
        if parts.netloc.endswith(_DEFAULT_ENDS.get(parts.scheme, " ")):
            parts = parts._replace(netloc=parts.netloc.rpartition(":")[0])
        return parts._replace(path=self.path).geturl()

    def __str__(self) -> str:
        return self._whole


url_of = lru_cache(1024)(Url)
"""`Url(text)`, the same one for the same text: a gateway sends to few URLs, and reading takes time."""


@dataclass(slots=True)
class RequestView:
    """IRequest. `body` is None for a request without a body."""

    clr_name = "IRequest"
    method: str
    url: Url
    original_url: Url
    headers: Headers = field(default_factory=Headers)
    body: MessageBody | None = None
    ip_address: str = "127.0.0.1"
    matched_parameters: dict[str, str] = field(default_factory=dict)
    certificate: "X509 | None" = None
    foundry_deployment: str | None = None
    private_endpoint_connection: "PrivateEndpointConnection | None" = None


@dataclass(slots=True)
class ResponseView:
    """IResponse: `context.Response`, and what send-request leaves in a variable. Without a reason it has its
    status's own."""

    clr_name = "IResponse"
    status_code: int
    status_reason: str = ""
    headers: Headers = field(default_factory=Headers)
    body: MessageBody | None = None

    def __post_init__(self) -> None:
        if not self.status_reason:
            self.status_reason = reason_phrase(self.status_code)

    def copy(self) -> "ResponseView":
        """Another response with what a gateway would pass on of this one."""
        body = MessageBody(rest_of(self.body))
        return ResponseView(self.status_code, self.status_reason, self.headers.copy(), body)


@dataclass(frozen=True, slots=True)
class PrivateEndpointConnection:
    clr_name = "IPrivateEndpointConnection"
    name: str | None = None
    group_id: str | None = None
    member_name: str | None = None


@dataclass(frozen=True, slots=True)
class SubscriptionKeyParameterNames:
    clr_name = "ISubscriptionKeyParameterNames"
    header: str = "Ocp-Apim-Subscription-Key"
    query: str = "subscription-key"


@dataclass(frozen=True, slots=True)
class Api:
    """IApi; `path` is the URL suffix without slashes around it."""

    clr_name = "IApi"
    id: str
    name: str
    path: str
    service_url: Url | None = None
    revision: str = "1"
    version: str | None = None
    is_current_revision: bool = True
    protocols: tuple[str, ...] = ("https",)
    subscription_key_parameter_names: SubscriptionKeyParameterNames = SubscriptionKeyParameterNames()


@dataclass(frozen=True, slots=True)
class Backend:
    """The backend that the request goes to; `type` is Single or Pool."""

    clr_name = "IBackend"
    id: str
    type: str = "Single"
    azure_region: str | None = None


@dataclass(frozen=True, slots=True)
class Deployment:
    """IDeployment: the gateway that runs the policy."""

    clr_name = "IDeployment"
    service_name: str
    service_id: str
    region: str
    gateway_id: str = "managed"
    gateway_instance_id: str = "managed"
    gateway_is_managed: bool = True
    certificates: "Mapping[str, X509]" = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LastError:
    """ILastError, set before on-error runs."""

    clr_name = "ILastError"
    source: str
    reason: str
    message: str
    scope: str
    section: str
    path: str
    policy_id: str | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """What the API's definition shows as an answer of one status and media type."""

    status: int
    content_type: str
    body: str


@dataclass(frozen=True, slots=True)
class DeclaredParameter:
    """A header, query or path parameter; `values` are all that it may be, empty for any."""

    name: str
    required: bool = False
    type: str = "string"
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Declared:
    """What the API's definition says of one operation: its parameters, the media types of its requests, and
    of each status that it answers with the headers and the media types."""

    headers: tuple[DeclaredParameter, ...] = ()
    query: tuple[DeclaredParameter, ...] = ()
    path: tuple[DeclaredParameter, ...] = ()
    contents: tuple[str, ...] = ()
    response_headers: Mapping[int, tuple[DeclaredParameter, ...]] = field(default_factory=dict)
    response_contents: Mapping[int, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Operation:
    """IOperation; `examples` are for mock-response and `declared` is for the policies that validate: neither
    is a member of it."""

    clr_name = "IOperation"
    id: str
    method: str
    name: str
    url_template: str
    examples: tuple[Example, ...] = ()
    declared: Declared = field(default_factory=Declared)


@dataclass(frozen=True, slots=True)
class UserGroup:
    clr_name = "IGroup"
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Product:
    """IProduct; `state` is Published or NotPublished."""

    clr_name = "IProduct"
    id: str
    name: str
    state: str = "Published"
    approval_required: bool = False
    subscription_required: bool = False
    subscriptions_limit: int | None = None
    groups: tuple[UserGroup, ...] = ()


@dataclass(frozen=True, slots=True)
class Subscription:
    """ISubscription; `key` is the one that the request carried. Dates are epoch seconds."""

    clr_name = "ISubscription"
    id: str
    name: str
    key: str
    primary_key: str
    secondary_key: str
    created_date: float = 0.0
    start_date: float | None = None
    end_date: float | None = None


@dataclass(frozen=True, slots=True)
class UserIdentity:
    clr_name = "IUserIdentity"
    id: str
    provider: str


@dataclass(frozen=True, slots=True)
class User:
    """IUser; `registration_date` is epoch seconds."""

    clr_name = "IUser"
    id: str
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    note: str | None = None
    registration_date: float = 0.0
    groups: tuple[UserGroup, ...] = ()
    identities: tuple[UserIdentity, ...] = ()


@dataclass(frozen=True, slots=True)
class Workspace:
    clr_name = "IWorkspace"
    id: str
    name: str


@dataclass(slots=True)
class Context:
    """IContext. `variables` hold CLR values (see `apimlb.policy.clr`) or views of this module;
    `timestamp` is when the request came, in epoch seconds of `clock`."""

    clr_name = "IContext"
    clock: Clock
    rng: random.Random
    request: RequestView
    response: ResponseView | None = None
    unanswered: bool = False
    variables: dict[str, object] = field(default_factory=dict)
    api: Api | None = None
    operation: Operation | None = None
    product: Product | None = None
    subscription: Subscription | None = None
    user: User | None = None
    deployment: Deployment | None = None
    backend: Backend | None = None
    last_error: LastError | None = None
    workspace: Workspace | None = None
    request_id: uuid.UUID = NO_REQUEST
    timestamp: float = 0.0
    tracing: bool = False
    traces: list[str] = field(default_factory=list)
    switches: Switches = LIKELY
    allowance: Allowance = field(default_factory=Allowance)
    shown_variables: object = None
    """`variables` as expressions see them; made when the first one looks."""

    @property
    def shown_response(self) -> ResponseView | None:
        """`context.Response`: what there is; while no backend was asked yet, one that is no error (see the
        switch `response_before_forward`)."""
        response = self.response
        if response is None and self.unanswered:
            return ResponseView(200)
        return response

    @property
    def elapsed(self) -> float:
        """Seconds since the request came."""
        return self.clock.now() - self.timestamp

    def trace(self, message: str) -> None:
        """`context.Trace(...)`: kept when the request is traced."""
        if self.tracing:
            self.traces.append(message)
