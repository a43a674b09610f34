"""The allow-list: every type and member that an expression may use. To those of .NET, API Management adds the
`context` variable with what hangs on it, and extension methods.

Source: Microsoft Learn, "API Management policy expressions" (2026-01-15).
"""

import re

from apimlb.policy.apim import calls
from apimlb.policy.apim.credentials import read_basic, read_jwt
from apimlb.policy.clr import library
from apimlb.policy.clr.dates.instants import TimeSpan, from_epoch
from apimlb.policy.clr.enums import Enum
from apimlb.policy.clr.guids import Guid
from apimlb.policy.clr.types.definitions import Call, Definition
from apimlb.policy.clr.utf16 import enter, leave
from apimlb.policy.clr.web.uris import make_uri


def snake(name: str) -> str:
    return re.sub(r"(?<!^)[A-Z]", lambda match: f"_{match[0]}", name).lower()


def reads(kind: str, *names: str) -> tuple[tuple[str, str], ...]:
    """Properties that are attributes of the view, under their names in snake_case."""
    return tuple((f"{kind} {name}", f"{{0}}.{snake(name)}") for name in names)


_MAP = "IReadOnlyDictionary<string, "
_TEXT = "System.String"
_CERTIFICATE = "System.Security.Cryptography.X509Certificates.X509Certificate2"

DEFINITIONS = (
    *library.DEFINITIONS,
    Definition(
        "IContext", "class",
        rows=(
            ("IReadOnlyDictionary<string, object> Variables", calls.variables),
            *reads("IRequest", "Request"), *reads("IApi", "Api"),
            ("IResponse Response", "{0}.shown_response"),
            *reads("IOperation", "Operation"), *reads("IProduct", "Product"), *reads("IUser", "User"),
            *reads("ISubscription", "Subscription"), *reads("IDeployment", "Deployment"),
            *reads("IBackend", "Backend"), *reads("ILastError", "LastError"),
            *reads("IWorkspace", "Workspace"), *reads("bool", "Tracing"),
            ("Guid RequestId", lambda context: Guid(int=context.request_id.int)),
            ("DateTime Timestamp", lambda context: from_epoch(context.timestamp)),
            ("TimeSpan Elapsed", lambda context: TimeSpan(round(context.elapsed * 1_000_000) * 10)),
            ("void Trace(string message)", lambda context, message: context.trace(leave(message or ""))),
        ),
    ),
    Definition(
        "IRequest", "class",
        rows=(
            *reads("IMessageBody", "Body"), *reads("string", "Method", "IpAddress"),
            *reads("IUrl", "Url", "OriginalUrl"), *reads("X509Certificate2", "Certificate"),
            *reads("IPrivateEndpointConnection", "PrivateEndpointConnection"),
            (_MAP + "string[]> Headers", calls.HeaderMap),
            (_MAP + "string> MatchedParameters",
             lambda request: calls.MemberMap(request.matched_parameters, f"{_TEXT},{_TEXT}", enter)),
            ("IFoundry Foundry", lambda request: request if request.foundry_deployment is not None else None),
        ),
    ),
    Definition("IFoundry", "class", rows=(("string Deployment", "{0}.foundry_deployment"),)),
    Definition(
        "IResponse", "class",
        rows=(
            *reads("IMessageBody", "Body"), *reads("int", "StatusCode"), *reads("string", "StatusReason"),
            (_MAP + "string[]> Headers", calls.HeaderMap),
        ),
    ),
    Definition(
        "IMessageBody", "class",
        rows=(
            ("T As<T>(bool preserveContent = false)",
             Call(lambda kind, body, preserve: body.as_(kind.name, preserve), types=("T",))),
            ("IDictionary<string, IList<string>> AsFormUrlEncodedContent(bool preserveContent = false)",
             lambda body, preserve: calls.list_map(body.form(preserve))),
        ),
    ),
    Definition(
        "IUrl", "class",
        rows=(
            *reads("string", "Host", "Path", "QueryString", "Scheme"), *reads("int", "Port"),
            (_MAP + "string[]> Query", lambda url: calls.list_map(url.query)),
            ("Uri ToUri()", lambda url: make_uri(url.text)),
        ),
    ),
    Definition(
        "IApi", "class",
        rows=(
            *reads("string", "Id", "Name", "Path", "Revision", "Version"),
            *reads("bool", "IsCurrentRevision"), *reads("IUrl", "ServiceUrl"),
            ("IEnumerable<string> Protocols", lambda api: calls.strings(api.protocols)),
            *reads("ISubscriptionKeyParameterNames", "SubscriptionKeyParameterNames"),
        ),
    ),
    Definition("ISubscriptionKeyParameterNames", "class", rows=reads("string", "Header", "Query")),
    Definition("BackendType", "enum", constants={"Single": 0, "Pool": 1}),
    Definition(
        "IBackend", "class",
        rows=(
            *reads("string", "Id", "AzureRegion"),
            ("BackendType Type",
             lambda backend: Enum("BackendType", int(backend.type == "Pool"), {0: "Single", 1: "Pool"})),
        ),
    ),
    Definition(
        "IDeployment", "class",
        rows=(
            *reads("string", "GatewayId", "Region", "ServiceId", "ServiceName"),
            ("IGateway Gateway", "{0}"),
            (_MAP + "X509Certificate2> Certificates", lambda deployment: calls.MemberMap(
                deployment.certificates, f"{_TEXT},{_CERTIFICATE}", lambda certificate: certificate)),
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
            ("ProductState State", lambda product: Enum(
                "ProductState", int(product.state != "NotPublished"), {0: "NotPublished", 1: "Published"})),
            ("IEnumerable<IGroup> Groups", lambda product: calls.things(product.groups)),
        ),
    ),
    Definition(
        "ISubscription", "class",
        rows=(
            *reads("string", "Id", "Name", "Key", "PrimaryKey", "SecondaryKey"),
            ("DateTime CreatedDate", lambda each: from_epoch(each.created_date)),
            ("DateTime? StartDate", lambda each: calls.moment(each.start_date)),
            ("DateTime? EndDate", lambda each: calls.moment(each.end_date)),
        ),
    ),
    Definition(
        "IUser", "class",
        rows=(
            *reads("string", "Id", "Email", "FirstName", "LastName", "Note"),
            ("DateTime RegistrationDate", lambda user: from_epoch(user.registration_date)),
            ("IEnumerable<IGroup> Groups", lambda user: calls.things(user.groups)),
            ("IEnumerable<IUserIdentity> Identities", lambda user: calls.things(user.identities)),
        ),
    ),
    Definition("IGroup", "class", rows=reads("string", "Id", "Name")),
    Definition("IUserIdentity", "class", rows=reads("string", "Id", "Provider")),
    Definition("IWorkspace", "class", rows=reads("string", "Id", "Name")),
    Definition("IPrivateEndpointConnection", "class", rows=reads("string", "Name", "GroupId", "MemberName")),
    Definition(
        "Authorization", "class",
        rows=(*reads("string", "AccessToken"), (_MAP + "object> Claims",
                lambda given: calls.MemberMap(given.claims, f"{_TEXT},System.Object", calls.entered))),
    ),
    Definition("BasicAuthCredentials", "class", rows=reads("string", "UserId", "Password")),
    Definition(
        "Jwt", "class",
        rows=(
            *reads("string", "Algorithm", "Type"),
            ("IEnumerable<string> Audiences", lambda jwt: calls.strings(jwt.claims.get("aud", []))),
            (_MAP + "string[]> Claims", lambda jwt: calls.list_map(jwt.claims)),
            ("DateTime? ExpirationTime", calls.jwt_moment("exp")),
            ("DateTime? IssuedAt", calls.jwt_moment("iat")),
            ("DateTime? NotBefore", calls.jwt_moment("nbf")),
            ("string Id", lambda jwt: jwt.claim("jti")),
            ("string Issuer", lambda jwt: jwt.claim("iss")),
            ("string Subject", lambda jwt: jwt.claim("sub")),
        ),
    ),
    Definition(
        "ContextExtensions", "static", nameable=False,
        rows=(
            ("static string GetValueOrDefault(this IReadOnlyDictionary<string, string[]> map, string name, "
             "string defaultValue = null)", Call(calls.joined_or_default, cost="none")),
            ("static string GetValueOrDefault(this IReadOnlyDictionary<string, string> map, string name, "
             "string defaultValue = null)", Call(calls.joined_or_default, cost="none")),
            ("static object GetValueOrDefault(this IReadOnlyDictionary<string, object> map, string name)",
             Call(calls.map_value_or, cost="none")),
            ("static T GetValueOrDefault<T>(this IReadOnlyDictionary<string, object> map, string name)",
             Call(lambda kind, map, name: calls.variable_or_default(kind, map, name, kind.default),
                  types=("T",), cost="none")),
            ("static T GetValueOrDefault<T>(this IReadOnlyDictionary<string, object> map, string name, "
             "T defaultValue)", Call(calls.variable_or_default, types=("T",), cost="none")),
            ("static Jwt AsJwt(this string input)", read_jwt),
            ("static bool TryParseJwt(this string input, out Jwt result)", calls.tried(read_jwt)),
            ("static BasicAuthCredentials AsBasic(this string input)", read_basic),
            ("static bool TryParseBasic(this string input, out BasicAuthCredentials result)",
             calls.tried(read_basic)),
            ("static string ToFormUrlEncodedContent(this IDictionary<string, IList<string>> form)",
             calls.form_text),
            ("static string ToQueryString(this IDictionary<string, IList<string>> form)",
             lambda form: f"?{calls.form_text(form)}"),
        ),
    ),
    Definition(
        "DictionaryExtensions", "static", nameable=False, outer=True,
        rows=(
            *(
                row
                for kind in ("IReadOnlyDictionary<K, V>", "IDictionary<K, V>")
                for row in (
                    (f"static V GetValueOrDefault<K, V>(this {kind} map, K name)",
                     Call(lambda kind, map, key: calls.map_value_or(map, key, kind.default), types=("V",))),
                    (f"static V GetValueOrDefault<K, V>(this {kind} map, K name, V defaultValue)",
                     calls.map_value_or),
                )
            ),
        ),
    ),
)  # fmt: skip
