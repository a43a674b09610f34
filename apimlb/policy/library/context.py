"""The `context` variable and what hangs on it, and the extension methods that API Management adds."""

import re
from collections.abc import Callable, Iterable

from apimlb.http import Headers
from apimlb.policy import context as views
from apimlb.policy.casts import RUNTIME
from apimlb.policy.types import Definition, Needs, Type
from apimlb.policy.values.collections import MISSING, ClrArray, Enum, ReadOnlyMap, Sequence
from apimlb.policy.values.credentials import Authorization, BasicAuthCredentials, Jwt, read_basic, read_jwt
from apimlb.policy.values.dates import DateTime, TimeSpan, from_epoch
from apimlb.policy.values.encodings import url_encode
from apimlb.policy.values.exceptions import argument_null, invalid_cast
from apimlb.policy.values.guids import Guid
from apimlb.policy.values.iteration import elements
from apimlb.policy.values.text import clr_type_name
from apimlb.policy.values.utf16 import enter, leave

STRING = "System.String"


def strings(items: Iterable[str]) -> ClrArray:
    return ClrArray([enter(item) for item in items], STRING)


class HeaderMap(ReadOnlyMap):
    """Headers as IReadOnlyDictionary<string, string[]>; names ignore case."""

    types = "System.String,System.String[]"

    def __init__(self, headers: Headers) -> None:
        self._headers = headers

    def find(self, key: object) -> object:
        if key is None:
            raise argument_null("key")
        found = self._headers.get_all(str(key))
        return strings(found) if found else MISSING

    def pairs(self) -> Iterable[tuple[object, object]]:
        names: dict[str, str] = {}
        for name, _ in self._headers:
            names.setdefault(name.lower(), name)
        return [(enter(name), strings(self._headers.get_all(name))) for name in names.values()]

    def __len__(self) -> int:
        return len({name.lower() for name, _ in self._headers})


class ListMap(ReadOnlyMap):
    """Query parameters, form fields or claims: several texts under a name, or a single one."""

    def __init__(self, items: dict[str, list[str]], single: bool = False) -> None:
        self._items = items
        self._single = single
        self.types = "System.String,System.String" if single else "System.String,System.String[]"

    def _value(self, values: list[str]) -> object:
        return enter(values[0]) if self._single else strings(values)

    def find(self, key: object) -> object:
        if key is None:
            raise argument_null("key")
        found = self._items.get(leave(str(key)))
        return MISSING if found is None else self._value(found)

    def pairs(self) -> Iterable[tuple[object, object]]:
        return [(enter(name), self._value(values)) for name, values in self._items.items()]

    def __len__(self) -> int:
        return len(self._items)


class VariableMap(ReadOnlyMap):
    """context.Variables: what the policy put there, as CLR values."""

    def __init__(self, variables: dict[str, object]) -> None:
        self._variables = variables

    def find(self, key: object) -> object:
        try:
            return entered(self._variables[key])  # type: ignore[index]
        except KeyError:
            if key is None:
                raise argument_null("key") from None
            return MISSING

    def pairs(self) -> Iterable[tuple[object, object]]:
        return [(enter(name), entered(value)) for name, value in self._variables.items()]

    def __len__(self) -> int:
        return len(self._variables)


def entered(value: object) -> object:
    """A value from outside, as expressions hold it."""
    if type(value) is str:
        return value if value.isascii() else enter(value)
    return bytearray(value) if type(value) is bytes else value


def variables(context: views.Context) -> VariableMap:
    return VariableMap(context.variables)


def variable_or_default(kind: Type, target: ReadOnlyMap, name: str, default: object) -> object:
    """GetValueOrDefault<T>: the documented behaviour is to throw for a value of another type."""
    value = target.find(name)
    if value is MISSING:
        return default
    if value is None:
        return kind.default
    if type(value) is str and kind.name == STRING:
        return value
    if not RUNTIME.is_a(value, kind):
        raise invalid_cast(clr_type_name(value), kind.underlying.name)
    return value


def variable_or_type_default(kind: Type, target: ReadOnlyMap, name: str) -> object:
    return variable_or_default(kind, target, name, kind.default)


def variable_or_null(target: ReadOnlyMap, name: str) -> object:
    value = target.find(name)
    return None if value is MISSING else value


def map_value_or(target: ReadOnlyMap, key: object, default: object) -> object:
    """CollectionExtensions.GetValueOrDefault of .NET Core."""
    value = target.find(key)
    return default if value is MISSING else value


def joined_or_default(target: ReadOnlyMap, name: str, default: str | None = None) -> str | None:
    """GetValueOrDefault of headers, query parameters and claims: several values are joined by a comma."""
    value = target.find(name)
    if value is MISSING:
        return default
    return ",".join(str(item) for item in value.items) if isinstance(value, ClrArray) else str(value)


def request_id(context: views.Context) -> Guid:
    return Guid(context.request_id)


def timestamp(context: views.Context) -> DateTime:
    return from_epoch(context.timestamp)


def elapsed(context: views.Context) -> TimeSpan:
    return TimeSpan(round(context.elapsed * 1_000_000) * 10)


def trace(context: views.Context, message: str | None) -> None:
    context.trace(leave(message or ""))


def headers(message: views.RequestView | views.ResponseView) -> HeaderMap:
    return HeaderMap(message.headers)


def parameters(request: views.RequestView) -> ListMap:
    return ListMap({name: [value] for name, value in request.matched_parameters.items()}, single=True)


def query(url: views.Url) -> ListMap:
    return ListMap(url.query)


def body_as(kind: Type, body: views.MessageBody, preserve: bool) -> object:
    return body.as_(kind.name, preserve)


class FormMap(ListMap):
    """AsFormUrlEncodedContent: IDictionary<string, IList<string>>."""


def form(body: views.MessageBody, preserve: bool) -> FormMap:
    return FormMap(body.form(preserve))


def form_text(fields: ReadOnlyMap) -> str:
    pieces = []
    for name, values in fields.pairs():
        for value in elements(values):
            pieces.append(f"{url_encode(str(name))}={url_encode(str(value))}")
    return "&".join(pieces)


def query_text(fields: ReadOnlyMap) -> str:
    return f"?{form_text(fields)}"


def things(items: Iterable[object]) -> Sequence:
    found = list(items)
    return Sequence(lambda: iter(found))


def product_state(product: views.Product) -> Enum:
    names = {0: "NotPublished", 1: "Published"}
    return Enum("ProductState", int(product.state != "NotPublished"), names)


def backend_type(backend: views.Backend) -> Enum:
    return Enum("BackendType", int(backend.type == "Pool"), {0: "Single", 1: "Pool"})


def moment(seconds: float | None) -> DateTime | None:
    return None if seconds is None else from_epoch(seconds)


def jwt_claims(jwt: Jwt) -> ListMap:
    return ListMap(jwt.claims)


def jwt_audiences(jwt: Jwt) -> ClrArray:
    return strings(jwt.claims.get("aud", []))


def jwt_moment(name: str) -> Callable[[Jwt], DateTime | None]:
    return lambda jwt: moment(float(jwt.claim(name) or 0) if jwt.claim(name) else None)


def jwt_claim(name: str) -> Callable[[Jwt], str | None]:
    return lambda jwt: jwt.claim(name)


def try_jwt(text: str | None) -> tuple[bool, Jwt | None]:
    found = read_jwt(text)
    return found is not None, found


def try_basic(text: str | None) -> tuple[bool, BasicAuthCredentials | None]:
    found = read_basic(text)
    return found is not None, found


class ClaimMap(ReadOnlyMap):
    """Authorization.Claims: IReadOnlyDictionary<string, object>."""

    def __init__(self, claims: dict[str, object]) -> None:
        self._claims = claims

    def find(self, key: object) -> object:
        return entered(self._claims.get(str(key), MISSING))

    def pairs(self) -> Iterable[tuple[object, object]]:
        return [(enter(name), entered(value)) for name, value in self._claims.items()]

    def __len__(self) -> int:
        return len(self._claims)


def authorization_claims(authorization: Authorization) -> ClaimMap:
    return ClaimMap(dict(authorization.claims))


def certificates(deployment: views.Deployment) -> ReadOnlyMap:
    return CertificateMap(deployment)


class CertificateMap(ReadOnlyMap):
    """context.Deployment.Certificates"""

    types = "System.String,System.Security.Cryptography.X509Certificates.X509Certificate2"

    def __init__(self, deployment: views.Deployment) -> None:
        self._items = deployment.certificates

    def find(self, key: object) -> object:
        return self._items.get(str(key), MISSING)

    def pairs(self) -> Iterable[tuple[object, object]]:
        return list(self._items.items())

    def __len__(self) -> int:
        return len(self._items)


def snake(name: str) -> str:
    return re.sub(r"(?<!^)[A-Z]", lambda match: f"_{match[0]}", name).lower()


def reads(kind: str, *names: str) -> tuple[tuple[str, str], ...]:
    """Properties that are attributes of the view, under their names in snake_case."""
    return tuple((f"{kind} {name}", f"{{0}}.{snake(name)}") for name in names)


def is_view(view: type) -> Callable[[object], bool]:
    return lambda value: isinstance(value, view)


_MAP = "IReadOnlyDictionary<string, "

DEFINITIONS = (
    Definition(
        "IContext", "class",
        rows=(
            ("IReadOnlyDictionary<string, object> Variables", variables),
            *reads("IRequest", "Request"), *reads("IResponse", "Response"), *reads("IApi", "Api"),
            *reads("IOperation", "Operation"), *reads("IProduct", "Product"), *reads("IUser", "User"),
            *reads("ISubscription", "Subscription"), *reads("IDeployment", "Deployment"),
            *reads("IBackend", "Backend"), *reads("ILastError", "LastError"), *reads("IWorkspace", "Workspace"),
            *reads("bool", "Tracing"),
            ("Guid RequestId", request_id),
            ("DateTime Timestamp", timestamp),
            ("TimeSpan Elapsed", elapsed),
            ("void Trace(string message)", trace),
        ),
    ),
    Definition(
        "IRequest", "class", test=is_view(views.RequestView),
        rows=(
            *reads("IMessageBody", "Body"), *reads("string", "Method", "IpAddress"),
            *reads("IUrl", "Url", "OriginalUrl"), *reads("X509Certificate2", "Certificate"),
            *reads("IPrivateEndpointConnection", "PrivateEndpointConnection"),
            (_MAP + "string[]> Headers", headers),
            (_MAP + "string> MatchedParameters", parameters),
            ("IFoundry Foundry", lambda request: request if request.foundry_deployment is not None else None),
        ),
    ),
    Definition("IFoundry", "class", rows=(("string Deployment", "{0}.foundry_deployment"),)),
    Definition(
        "IResponse", "class", test=is_view(views.ResponseView),
        rows=(
            *reads("IMessageBody", "Body"), *reads("int", "StatusCode"), *reads("string", "StatusReason"),
            (_MAP + "string[]> Headers", headers),
        ),
    ),
    Definition(
        "IMessageBody", "class", test=is_view(views.MessageBody),
        rows=(
            ("T As<T>(bool preserveContent = false)", Needs(body_as, types=("T",))),
            ("IDictionary<string, IList<string>> AsFormUrlEncodedContent(bool preserveContent = false)", form),
        ),
    ),
    Definition(
        "IUrl", "class", test=is_view(views.Url),
        rows=(
            *reads("string", "Host", "Path", "QueryString", "Scheme"), *reads("int", "Port"),
            (_MAP + "string[]> Query", query),
        ),
    ),
    Definition(
        "IApi", "class",
        rows=(
            *reads("string", "Id", "Name", "Path", "Revision", "Version"), *reads("bool", "IsCurrentRevision"),
            *reads("IUrl", "ServiceUrl"),
            ("IEnumerable<string> Protocols", lambda api: strings(api.protocols)),
            *reads("ISubscriptionKeyParameterNames", "SubscriptionKeyParameterNames"),
        ),
    ),
    Definition("ISubscriptionKeyParameterNames", "class", rows=reads("string", "Header", "Query")),
    Definition("BackendType", "enum", constants={"Single": 0, "Pool": 1}),
    Definition(
        "IBackend", "class",
        rows=(*reads("string", "Id", "AzureRegion"), ("BackendType Type", backend_type)),
    ),
    Definition(
        "IDeployment", "class",
        rows=(
            *reads("string", "GatewayId", "Region", "ServiceId", "ServiceName"),
            ("IGateway Gateway", "{0}"),
            (_MAP + "X509Certificate2> Certificates", certificates),
        ),
    ),
    Definition(
        "IGateway", "class",
        rows=(
            ("string Id", "{0}.gateway_id"),
            ("string InstanceId", "{0}.gateway_instance_id"),
            ("bool IsManaged", "{0}.gateway_is_managed"),
        ),
    ),
    Definition(
        "ILastError", "class",
        rows=reads("string", "Source", "Reason", "Message", "Scope", "Section", "Path", "PolicyId"),
    ),
    Definition("IOperation", "class", rows=reads("string", "Id", "Method", "Name", "UrlTemplate")),
    Definition("ProductState", "enum", constants={"NotPublished": 0, "Published": 1}),
    Definition(
        "IProduct", "class",
        rows=(
            *reads("string", "Id", "Name"), *reads("bool", "ApprovalRequired", "SubscriptionRequired"),
            *reads("int?", "SubscriptionsLimit"),
            ("ProductState State", product_state),
            ("IEnumerable<IGroup> Groups", lambda product: things(product.groups)),
        ),
    ),
    Definition(
        "ISubscription", "class",
        rows=(
            *reads("string", "Id", "Name", "Key", "PrimaryKey", "SecondaryKey"),
            ("DateTime CreatedDate", lambda each: from_epoch(each.created_date)),
            ("DateTime? StartDate", lambda each: moment(each.start_date)),
            ("DateTime? EndDate", lambda each: moment(each.end_date)),
        ),
    ),
    Definition(
        "IUser", "class",
        rows=(
            *reads("string", "Id", "Email", "FirstName", "LastName", "Note"),
            ("DateTime RegistrationDate", lambda user: from_epoch(user.registration_date)),
            ("IEnumerable<IGroup> Groups", lambda user: things(user.groups)),
            ("IEnumerable<IUserIdentity> Identities", lambda user: things(user.identities)),
        ),
    ),
    Definition("IGroup", "class", rows=reads("string", "Id", "Name")),
    Definition("IUserIdentity", "class", rows=reads("string", "Id", "Provider")),
    Definition("IWorkspace", "class", rows=reads("string", "Id", "Name")),
    Definition("IPrivateEndpointConnection", "class", rows=reads("string", "Name", "GroupId", "MemberName")),
    Definition(
        "Authorization", "class", test=is_view(Authorization),
        rows=(*reads("string", "AccessToken"), (_MAP + "object> Claims", authorization_claims)),
    ),
    Definition("BasicAuthCredentials", "class", rows=reads("string", "UserId", "Password")),
    Definition(
        "Jwt", "class", test=is_view(Jwt),
        rows=(
            ("string Algorithm", "{0}.algorithm"),
            ("string Type", "{0}.type"),
            ("IEnumerable<string> Audiences", jwt_audiences),
            (_MAP + "string[]> Claims", jwt_claims),
            ("DateTime? ExpirationTime", jwt_moment("exp")),
            ("DateTime? IssuedAt", jwt_moment("iat")),
            ("DateTime? NotBefore", jwt_moment("nbf")),
            ("string Id", jwt_claim("jti")),
            ("string Issuer", jwt_claim("iss")),
            ("string Subject", jwt_claim("sub")),
        ),
    ),
    Definition(
        "ContextExtensions", "static", nameable=False,
        rows=(
            ("static string GetValueOrDefault(this IReadOnlyDictionary<string, string[]> map, string name, "
             "string defaultValue = null)", joined_or_default),
            ("static string GetValueOrDefault(this IReadOnlyDictionary<string, string> map, string name, "
             "string defaultValue = null)", joined_or_default),
            ("static object GetValueOrDefault(this IReadOnlyDictionary<string, object> map, string name)",
             variable_or_null),
            ("static T GetValueOrDefault<T>(this IReadOnlyDictionary<string, object> map, string name)",
             Needs(variable_or_type_default, types=("T",))),
            ("static T GetValueOrDefault<T>(this IReadOnlyDictionary<string, object> map, string name, "
             "T defaultValue)", Needs(variable_or_default, types=("T",))),
            ("static V GetValueOrDefault<K, V>(this IReadOnlyDictionary<K, V> map, K name, V defaultValue)",
             map_value_or),
            ("static Jwt AsJwt(this string input)", read_jwt),
            ("static bool TryParseJwt(this string input, out Jwt result)", try_jwt),
            ("static BasicAuthCredentials AsBasic(this string input)", read_basic),
            ("static bool TryParseBasic(this string input, out BasicAuthCredentials result)", try_basic),
            ("static string ToFormUrlEncodedContent(this IDictionary<string, IList<string>> form)", form_text),
            ("static string ToQueryString(this IDictionary<string, IList<string>> form)", query_text),
        ),
    ),
)  # fmt: skip
