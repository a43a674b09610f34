"""Azure Resource Manager by way of Microsoft's SDK: the only door to it, where its errors change passport.

`apimlb.deploy.operations` says which operation serves which type of resource. Requests go in as JSON bytes
and replies come out as JSON, so that no field is lost which the SDK's models do not know; bytes, not a file,
because the SDK sends them again when it retries. Clients are made when first needed and are shared between
threads, as is one token.
"""

import json
import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any, Literal, NoReturn, Protocol, TypeVar

from azure.core.credentials import AccessToken
from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    DeserializationError,
    HttpResponseError,
    ServiceRequestError,
    ServiceResponseError,
)
from azure.identity import ClientSecretCredential, CredentialUnavailableError, DefaultAzureCredential
from azure.mgmt.apimanagement import ApiManagementClient
from azure.mgmt.authorization import AuthorizationManagementClient
from azure.mgmt.cognitiveservices import CognitiveServicesManagementClient
from azure.mgmt.msi import ManagedServiceIdentityClient
from azure.mgmt.resource.resources import ResourceManagementClient
from azure.mgmt.resource.subscriptions import SubscriptionClient

from apimlb.clock import Clock
from apimlb.deploy import refusals
from apimlb.deploy.cloud import Target
from apimlb.deploy.ids import group_of, kind_of, short
from apimlb.deploy.operations import KINDS, Kind
from apimlb.deploy.refusals import Meaning, Refusal
from apimlb.errors import CloudError, NotFoundError
from apimlb.stack.resources import Json

CLIENTS: dict[str, Callable[..., Any]] = {
    "apim": ApiManagementClient,
    "authorization": AuthorizationManagementClient,
    "cognitive": CognitiveServicesManagementClient,
    "identity": ManagedServiceIdentityClient,
    "resources": ResourceManagementClient,
    "subscriptions": SubscriptionClient,
}

Reply = TypeVar("Reply")
Operation = Callable[..., Json]

RETRY_SECONDS = 600.0
"""How long a code that is worth another attempt is met with one."""

_CLIENT_OPTIONS = {
    # A dead endpoint is told within seconds; by default ten attempts of 300 s each stand in the way.
    "retry_total": 4,
    "connection_timeout": 20,
    "read_timeout": 120,
    "user_agent": "apimlb",
}
_TOKEN_MARGIN = 300.0


class Credential(Protocol):
    """Whatever of azure-identity gives tokens."""

    def get_token(self, *scopes: str, **options: Any) -> AccessToken: ...


class SharedCredential:
    """One token for all clients; each of them would ask for its own."""

    def __init__(self, source: Credential, tenant_id: str, clock: Clock) -> None:
        self._source = source
        self._tenant = {"tenant_id": tenant_id} if tenant_id else {}
        self._clock = clock
        self._lock = threading.Lock()
        self._tokens: dict[tuple[str, ...], AccessToken] = {}

    def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        """A token with five minutes left at least; `claims`, Azure's wish for a fresh one, asks anew."""
        with self._lock:
            held = self._tokens.get(scopes)
            if held is None or options.get("claims") or held.expires_on - self._clock.now() < _TOKEN_MARGIN:
                held = self._tokens[scopes] = self._source.get_token(*scopes, **{**self._tenant, **options})
            return held


class Azure:
    """Azure Resource Manager at a target: a `Cloud`."""

    def __init__(
        self, target: Target, credential: Credential, clock: Clock, options: Mapping[str, Any]
    ) -> None:
        self._target = target
        self._credential = credential
        self._clock = clock
        self._options = options
        self._clients: dict[str, Any] = {}
        self._lock = threading.Lock()

    def get(self, id: str) -> Json | None:
        kind = _kind(id)
        options = {"format": "rawxml"} if kind.rawxml else {}
        try:
            return self._with_secrets(id, kind, self._call(kind, kind.get, id, **options))
        except NotFoundError:
            return None

    def put(self, id: str, body: Json) -> Json:
        return self._write(id, body, _kind(id).put)

    def patch(self, id: str, body: Json) -> Json:
        return self._write(id, body, _kind(id).patch)

    def delete(self, id: str) -> None:
        kind = _kind(id)
        try:
            self._call(kind, kind.delete, id, **({"if_match": "*"} if kind.guarded else {}))
        except NotFoundError:
            return

    def renew_key(self, id: str, which: Literal["primary", "secondary"]) -> None:
        self._call(_kind(id), f"regenerate_{which}_key", id)

    def children(self, parent: str, kind: str) -> list[Json]:
        way = KINDS[kind]
        # What is listed for the whole subscription is asked for without arguments.
        arguments = _kind(parent).arrange(parent) if group_of(parent) else ()
        try:
            return self._pages(way.client, way.group, way.list, *arguments, where=short(parent))
        except NotFoundError:
            return []

    def resources_in_group(self, group: str) -> list[Json]:
        return self.children(group, "microsoft.resources/resources")

    def locations(self) -> list[str]:
        id = self._target.subscription_id
        return [str(r["name"]) for r in self._pages("subscriptions", "subscriptions", "list_locations", id)]

    def usages(self, location: str) -> list[Json]:
        return self._pages("cognitive", "usages", "list", location, where=location)

    def models(self, location: str) -> list[Json]:
        return self._pages("cognitive", "models", "list", location, where=location)

    def service_name_taken(self, name: str) -> str:
        operation: Operation = self._client("apim").api_management_service.check_name_availability
        answer = self._patiently(lambda: operation(_bytes({"name": name}), cls=_json), name)
        return "" if answer.get("nameAvailable") else str(answer.get("message") or answer.get("reason"))

    def domain_taken(self, subdomain: str) -> str:
        operation: Operation = self._client("cognitive").check_domain_availability
        arguments = (subdomain, "Microsoft.CognitiveServices/accounts", "OpenAI")
        answer = self._patiently(lambda: operation(*arguments, cls=_json), subdomain)
        return "" if answer.get("isSubdomainAvailable") else str(answer.get("reason") or "it is taken")

    def _write(self, id: str, body: Json, method: str) -> Json:
        kind = _kind(id)
        guard = ("*",) if kind.guarded and method == kind.patch else ()
        sent = () if kind.bare else (*guard, _bytes(body))
        options = {} if kind.bare else {"content_type": "application/json"}
        try:
            reply = self._call(kind, method, id, *sent, **options)
        except CloudError as error:
            # The same role for the same principal under another name: what was wanted is there.
            if error.code != "RoleAssignmentExists":
                raise
            return {"id": id, **body}
        if reply:
            return self._with_secrets(id, kind, reply)
        return self.get(id) or {}

    def _with_secrets(self, id: str, kind: Kind, body: Json) -> Json:
        return {**body, **self._call(kind, kind.secrets, id)} if kind.secrets else body

    def _call(self, kind: Kind, method: str, id: str, *arguments: Any, **options: Any) -> Json:
        """The operation's final JSON, waited for."""
        operation: Operation = getattr(getattr(self._client(kind.client), kind.group), method)
        arguments = (*kind.arrange(id), *arguments)
        if not method.startswith("begin_"):
            return self._patiently(lambda: operation(*arguments, cls=_json, **options), short(id))
        interval = self._target.pace or kind.poll

        def finish() -> Json:
            poller: Any = operation(*arguments, cls=_json, polling_interval=interval, **options)
            poller.wait(kind.patience)
            if not poller.done():
                raise _unfinished(id, kind)
            return poller.result() or {}

        return self._patiently(finish, short(id))

    def _pages(self, client: str, group: str, method: str, *arguments: str, where: str = "") -> list[Json]:
        """All entries of a listing, page by page, as they came; the SDK would hand out its models of them."""
        operation = getattr(getattr(self._client(client), group), method)

        def collect() -> list[Json]:
            entries: list[Json] = []

            def keep(response: Any) -> None:
                if response.http_response.status_code == 200:
                    entries.extend(_json(response).get("value") or [])

            for _ in operation(*arguments, raw_response_hook=keep):
                pass
            return entries

        return self._patiently(collect, where)

    def _patiently(self, attempt: Callable[[], Reply], where: str) -> Reply:
        """What the attempt returns, tried again for as long as that may help; raises apimlb's own errors."""
        end, number = self._clock.now() + RETRY_SECONDS, 1
        while True:
            try:
                return attempt()
            except DeserializationError as error:
                raise CloudError("Azure's answer is not of the expected form", where=where) from error
            except AzureError as error:
                refusal, means = self._told(error)
                number += 1
                pause = refusals.pause_before(number, means)
                if not pause or self._clock.now() + pause > end:
                    _raise(refusal, means, where, error)
                self._clock.pause(pause)

    def _told(self, error: AzureError) -> tuple[Refusal, Meaning]:
        """The SDK's exception as Azure's own words and what they mean."""
        response = getattr(error, "response", None)
        body = _error_in(response)
        unanswered = _unanswered(error)
        if unanswered is not None:
            message = f"{self._target.endpoint} cannot be reached: {str(unanswered)[:300]}"
            return Refusal(0, "", message), refusals.UNREACHABLE
        if isinstance(error, ClientAuthenticationError) and "code" not in body:
            return Refusal(0, "", _login_problem(error)), refusals.NO_LOGIN
        if not isinstance(error, HttpResponseError) or response is None:
            return Refusal(0, "", str(error)[:300]), refusals.UNREACHABLE
        details = tuple(_detail(entry) for entry in body.get("details") or () if isinstance(entry, dict))
        message = str(body.get("message") or error.message)
        refusal = Refusal(int(response.status_code or 0), str(body.get("code") or ""), message, details)
        return refusal, refusals.meaning(refusal)

    def _client(self, name: str) -> Any:
        with self._lock:
            if name not in self._clients:
                subscription = () if name == "subscriptions" else (self._target.subscription_id,)
                self._clients[name] = CLIENTS[name](
                    self._credential,
                    *subscription,
                    base_url=self._target.endpoint.rstrip("/"),
                    credential_scopes=[self._target.scope],
                    **_CLIENT_OPTIONS,
                    **_trust(self._target),
                    **self._options,
                )
            return self._clients[name]


def connect(target: Target, clock: Clock, **options: Any) -> Azure:
    """The cloud at the target. Nothing is asked before the first call; `options` go to every SDK client."""
    for name in ("azure", "msal"):  # their warnings are said again by the errors that they end in
        logging.getLogger(name).addHandler(logging.NullHandler())
    credential = SharedCredential(_credential(target, options), target.tenant_id, clock)
    return Azure(target, credential, clock, options)


def _credential(target: Target, options: Mapping[str, Any]) -> Credential:
    authority: dict[str, Any] = {}
    if target.authority:
        authority = {"authority": target.authority, "disable_instance_discovery": True}
    if target.client_id:
        return ClientSecretCredential(
            target.tenant_id, target.client_id, target.client_secret, **authority, **_trust(target), **options
        )
    # The Azure CLI needs more than the default ten seconds for a token on a slow machine.
    return DefaultAzureCredential(
        process_timeout=60, additionally_allowed_tenants=["*"], **authority, **options
    )


def _trust(target: Target) -> dict[str, Any]:
    return {"connection_verify": target.ca_file, "use_env_settings": False} if target.ca_file else {}


def _kind(id: str) -> Kind:
    return KINDS[kind_of(id)]


def _bytes(body: Json) -> bytes:
    return json.dumps(body).encode()


def _json(response: Any, *_: Any) -> Json:
    """The reply's JSON, `{}` for an empty one; what the SDK calls with its pipeline's response."""
    text = response.http_response.text()
    body = json.loads(text) if text.strip() else {}
    return body if isinstance(body, dict) else {}


def _error_in(response: Any) -> Json:
    """The error's fields out of the answer, wrapped in `error` as ARM does it or bare."""
    try:
        body = json.loads(response.text())
    except (AttributeError, ValueError, AzureError):
        return {}
    error = body.get("error", body) if isinstance(body, dict) else {}
    return error if isinstance(error, dict) else {}


def _detail(entry: Json) -> str:
    target, message = entry.get("target"), entry.get("message") or ""
    return f"{target}: {message}" if target else str(message)


def _unanswered(error: BaseException | None) -> BaseException | None:
    """The failed connection that the error comes from, if it comes from one: azure-identity wraps them."""
    while error is not None and not isinstance(error, ServiceRequestError | ServiceResponseError):
        error = error.__cause__ or error.__context__
    return error


def _login_problem(error: ClientAuthenticationError) -> str:
    told = str(error.message).partition("AADSTS")
    if isinstance(error, CredentialUnavailableError) or not told[1]:
        return "Not logged in to Azure"
    return "Azure refused the login: " + (told[1] + told[2]).splitlines()[0]


def _unfinished(id: str, kind: Kind) -> CloudError:
    return CloudError(
        f"Azure is not done after {kind.patience / 60:.0f} minutes", where=short(id), next_step=refusals.AGAIN
    )


def _raise(refusal: Refusal, means: Meaning, where: str, cause: AzureError) -> NoReturn:
    raise refusals.error_of(refusal, where=where, means=means) from cause
