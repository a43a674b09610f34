"""One request to Resource Manager by the SDK, as often as it is called: no retries, no polling, no pauses.

Requests go in as JSON bytes and replies come out as JSON, so that no field is lost which the SDK's models do
not know. Clients are made when first needed and are shared between threads, as is one token. The pipeline has
no retry policy, and none that registers resource providers: both wait in silence for as long as it takes.
"""

import json
import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from typing import Any
from urllib.parse import urljoin, urlsplit

from azure.core import PipelineClient
from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    DeserializationError,
    HttpResponseError,
    IncompleteReadError,
    ServiceRequestError,
    ServiceResponseError,
)
from azure.core.pipeline import policies
from azure.core.polling import PollingMethod
from azure.core.rest import HttpRequest
from azure.mgmt.core.policies import ARMChallengeAuthenticationPolicy

from apimlb.clock import Clock
from apimlb.deploy import refusals
from apimlb.deploy.cloud import Target
from apimlb.deploy.following import Answer, details_of, retry_after
from apimlb.deploy.refusals import Refusal, Refused
from apimlb.deploy.sdk.credential import SharedCredential, login_refused, trust
from apimlb.stack.resources import Json

_CLIENTS = {
    "apim": ("azure.mgmt.apimanagement", "ApiManagementClient"),
    "authorization": ("azure.mgmt.authorization", "AuthorizationManagementClient"),
    "cognitive": ("azure.mgmt.cognitiveservices", "CognitiveServicesManagementClient"),
    "identity": ("azure.mgmt.msi", "ManagedServiceIdentityClient"),
    "resources": ("azure.mgmt.resource.resources", "ResourceManagementClient"),
    "subscriptions": ("azure.mgmt.resource.subscriptions", "SubscriptionClient"),
}
"""Module and class of each client. A command waits for the import of those that it asks, and no others."""

_TIMEOUTS = {"connection_timeout": 20, "read_timeout": 120}

Operation = Callable[..., Any]


class Wire:
    """The SDK's clients at a target. Everything raises `Refused` for what is not answered as it should be."""

    def __init__(
        self, target: Target, credential: SharedCredential, clock: Clock, options: Mapping[str, Any]
    ) -> None:
        self._target = target
        self._credential = credential
        self._clock = clock
        self._options = options
        self._clients: dict[str, Any] = {}
        self._elsewhere: dict[str, Wire] = {}
        self._bare: PipelineClient[Any, Any] | None = None
        self._lock = threading.Lock()
        self._answered = False

    def at(self, subscription_id: str) -> "Wire":
        """The wire to another subscription of the same tenant; to the target's own this one."""
        if subscription_id.lower() == self._target.subscription_id.lower():
            return self
        with self._lock:
            if subscription_id not in self._elsewhere:
                target = replace(self._target, subscription_id=subscription_id)
                self._elsewhere[subscription_id] = Wire(target, self._credential, self._clock, self._options)
            return self._elsewhere[subscription_id]

    def call(self, client: str, group: str, method: str, *arguments: Any, **options: Any) -> Answer:
        """The answer to an operation of the SDK; one that starts with `begin_` is begun and not followed."""
        operation = self._operation(client, group, method)
        if method.startswith("begin_"):
            options["polling"] = _Begun()
        with self._speaking():
            try:
                made = operation(*arguments, cls=_kept, **options)
            except HttpResponseError as error:
                # A success that the SDK does not expect of this operation is one all the same.
                if error.response is None or not 200 <= int(error.response.status_code or 0) < 300:
                    raise
                return _required(_answer(error.response))
            return _required(_answer(made.result() if method.startswith("begin_") else made))

    def look(self, url: str) -> Answer:
        """The answer to a GET; nobody but Resource Manager is asked, since a token goes with it."""
        whole = urljoin(self._target.endpoint, url)
        if not self._is_ours(whole):
            text = f"Azure's operation is said to be at {urlsplit(whole).netloc}, which is another place"
            raise Refused(Refusal(404, "", text))
        with self._speaking():
            response = self._pipeline().send_request(HttpRequest("GET", whole))
            response.raise_for_status()
            return _answer(response)

    def post(self, path: str, body: Json, version: str) -> Answer:
        """The answer to a POST that no installed client has."""
        url = f"{self._target.endpoint.rstrip('/')}{path}?api-version={version}"
        with self._speaking():
            response = self._pipeline().send_request(HttpRequest("POST", url, json=body))
            response.raise_for_status()
            return _required(_answer(response))

    def pages(self, client: str, group: str, method: str, *arguments: str) -> list[Json]:
        """All entries of a listing, page by page, as they came; the SDK would hand out its models of them."""
        entries: list[Json] = []

        def keep(response: Any) -> None:
            answer = _answer(response)
            if answer.status == 200:
                entries.extend(_rows(answer))

        with self._speaking():
            for _ in self._operation(client, group, method)(*arguments, raw_response_hook=keep):
                pass
        return entries

    def renew(self) -> None:
        """Forget the token that Azure does not take."""
        self._credential.renew()

    @contextmanager
    def _speaking(self) -> Iterator[None]:
        try:
            yield
        except DeserializationError as error:
            text = "Azure's answer is not of the expected form"
            raise Refused(Refusal(0, "", text), refusals.UNEXPECTED) from error
        except json.JSONDecodeError as error:
            raise Refused(Refusal(0, "", "Azure's answer is empty"), refusals.GARBLED) from error
        except AzureError as error:
            raise self._refused(error) from error
        self._answered = True

    def _refused(self, error: AzureError) -> Refused:
        """The SDK's exception as Azure's own words and what they mean."""
        lost = _unanswered(error)
        if lost is not None:
            return self._unreachable(lost)
        response = getattr(error, "response", None)
        body = _error_in(response)
        if isinstance(error, ClientAuthenticationError) and "code" not in body and not _from_arm(response):
            return login_refused(error)
        self._answered = True
        if not isinstance(error, HttpResponseError) or response is None:
            return self._unreachable(error)
        message = str(body.get("message") or "") or f"Azure answered with status {response.status_code}"
        return Refused(
            Refusal(
                int(response.status_code or 0),
                str(body.get("code") or ""),
                message,
                details_of(body),
                retry_after(_headers(response), self._clock.now()),
            )
        )

    def _unreachable(self, error: BaseException) -> Refused:
        message = f"{self._target.endpoint} cannot be reached: {str(error)[:300]}"
        means = refusals.INTERRUPTED if self._answered else refusals.UNREACHABLE
        return Refused(Refusal(0, "", message), means)

    def _is_ours(self, url: str) -> bool:
        asked, endpoint = urlsplit(url), urlsplit(self._target.endpoint)
        here = (endpoint.hostname or "").lower()
        there = (asked.hostname or "").lower()
        return asked.scheme == endpoint.scheme and (there == here or there.endswith("." + here))

    def _operation(self, client: str, group: str, method: str) -> Operation:
        """The operation of a group of the client, or of the client itself."""
        holder = self._client(client)
        found: Operation = getattr(getattr(holder, group) if group else holder, method)
        return found

    def _pipeline(self) -> PipelineClient[Any, Any]:
        """For what no operation of a client asks."""
        with self._lock:
            if self._bare is None:
                # What cannot be read is for whoever follows an operation to judge.
                reading = (policies.ContentDecodePolicy, _Readable)
                plain = [policy for policy in self._policies() if not isinstance(policy, reading)]
                self._bare = PipelineClient(self._target.endpoint, **{**self._settings(), "policies": plain})
            return self._bare

    def _client(self, name: str) -> Any:
        with self._lock:
            if name not in self._clients:
                subscription = () if name == "subscriptions" else (self._target.subscription_id,)
                self._clients[name] = client_class(name)(
                    self._credential,
                    *subscription,
                    base_url=self._target.endpoint.rstrip("/"),
                    credential_scopes=[self._target.scope],
                    **self._settings(),
                )
            return self._clients[name]

    def _settings(self) -> dict[str, Any]:
        return {"policies": self._policies(), **_TIMEOUTS, **trust(self._target), **self._options}

    def _policies(self) -> list[Any]:
        """The SDK's own pipeline without what asks again by itself; each client needs its own."""
        return [
            policies.RequestIdPolicy(),
            policies.HeadersPolicy(),
            policies.UserAgentPolicy(user_agent="apimlb"),
            policies.ProxyPolicy(),
            policies.ContentDecodePolicy(),
            _Readable(),
            policies.RedirectPolicy(),
            ARMChallengeAuthenticationPolicy(self._credential, self._target.scope),
            policies.CustomHookPolicy(),
            policies.NetworkTraceLoggingPolicy(),
            policies.SensitiveHeaderCleanupPolicy(),
        ]


def client_class(name: str) -> Callable[..., Any]:
    """What makes the client that `apimlb.deploy.operations` calls so."""
    module, made = _CLIENTS[name]
    found: Callable[..., Any] = getattr(import_module(module), made)
    return found


class _Readable(policies.SansIOHTTPPolicy[Any, Any]):
    """Refuses a success that is not Resource Manager's, before an operation of the SDK stumbles over it; of
    one that hands it on as a stream the answer is looked at when it is there."""

    def on_response(self, request: Any, response: Any) -> None:
        streamed = response.context.options.get("stream", True)
        if not streamed and 200 <= int(response.http_response.status_code) < 300:
            _required(_answer(response))


class _Begun(PollingMethod[Any]):
    """What the SDK does with a long-running operation when it is only begun: keep its first answer."""

    def initialize(self, client: Any, initial_response: Any, deserialization_callback: Any) -> None:
        self._first = initial_response

    def run(self) -> None:
        """Nothing: it is finished from the start."""

    def status(self) -> str:
        return "begun"

    def finished(self) -> bool:
        return True

    def resource(self) -> Any:
        return self._first


def silence() -> None:
    """Keep the SDK's warnings from the terminal: they are said again by the errors that they end in."""
    for name in ("azure", "msal"):
        logging.getLogger(name).addHandler(logging.NullHandler())


def _kept(response: Any, *_: Any) -> Any:
    """What the SDK calls with its pipeline's response, instead of its models."""
    return response


def _answer(response: Any) -> Answer:
    http = getattr(response, "http_response", response)
    return Answer(int(http.status_code), _headers(http), _object(http.text()))


def _headers(response: Any) -> dict[str, str]:
    return {str(name).lower(): str(value) for name, value in response.headers.items()}


def _object(text: str) -> Json | None:
    """The JSON object in the text, `{}` for an empty text and for `null`, `None` for anything else."""
    try:
        body = json.loads(text) if text.strip() else None
    except ValueError:
        return None
    return body if isinstance(body, dict) else {} if body is None else None


def _required(answer: Answer) -> Answer:
    """The answer; raises `Refused` for one that something in between must have given: that a write or a
    deletion was not done is told by nothing else."""
    if answer.body is None:
        kind = answer.headers.get("content-type", "").partition(";")[0].strip()
        told = f"{kind} that is no JSON object" if "json" in kind else f"{kind or 'no JSON'} instead of JSON"
        raise Refused(Refusal(0, "", f"Azure's answer is {told}"), refusals.GARBLED)
    return answer


def _rows(answer: Answer) -> list[Json]:
    """The entries of a page; raises `Refused` for an answer without any list, over which the SDK stumbles."""
    rows = (answer.body or {}).get("value")
    if not isinstance(rows, list):
        raise Refused(Refusal(0, "", "Azure's answer is no list"), refusals.GARBLED)
    return rows


def _error_in(response: Any) -> Json:
    """The error's fields out of the answer, wrapped in `error` as ARM does it or bare."""
    try:
        body = json.loads(response.text())
    except (AttributeError, ValueError, AzureError):
        return {}
    error = body.get("error", body) if isinstance(body, dict) else {}
    return error if isinstance(error, dict) else {}


def _from_arm(response: Any) -> bool:
    """Whether the response is Resource Manager's: Entra's are asked for by POST at `/oauth2/`."""
    request = getattr(response, "request", None)
    return request is not None and "/oauth2/" not in str(getattr(request, "url", ""))


def _unanswered(error: BaseException | None) -> BaseException | None:
    """The failed connection that the error comes from, if it comes from one: azure-identity wraps them."""
    while error is not None and not isinstance(
        error, ServiceRequestError | ServiceResponseError | IncompleteReadError
    ):
        error = error.__cause__ or error.__context__
    return error
