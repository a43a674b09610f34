"""How the gateway shows a backend who it is: authentication-basic, -certificate, -managed-identity,
get-authorization-context, and the proxy that it goes through.

Microsoft Learn, API Management policy reference, the page of each. The local gateway calls backends without a
client certificate and without a proxy; both are records (`apimlb.policy.run.records`), their secrets hidden.
"""

from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

from apimlb.policy.apim.context import Context
from apimlb.policy.apim.credentials import Authorization
from apimlb.policy.document.attributes import ANY, BOOLEAN, STRING, Getter, choice
from apimlb.policy.document.draft import Draft
from apimlb.policy.run.exchange import Act, Exchange
from apimlb.policy.run.faults import PolicyFault
from apimlb.policy.run.records import HIDDEN, Value

_SECRETS = ("body", "password")


def identity_token(draft: Draft) -> Callable[[Exchange], Awaitable[str]]:
    """The token of the service's identity that `<authentication-managed-identity>` asks for."""
    resource = draft.required("resource", STRING)
    client_id = draft.attribute("client-id", STRING, None)

    async def token(exchange: Exchange) -> str:
        client = client_id(exchange.context)
        return await exchange.services.managed_identity_token(resource(exchange.context), client)

    return token


def authentication_managed_identity(draft: Draft) -> Act:
    token = identity_token(draft)
    variable = draft.word("output-token-variable-name", STRING, "")
    ignored = (PolicyFault,) if draft.word("ignore-error", BOOLEAN, False) else ()

    async def act(exchange: Exchange) -> None:
        with suppress(*ignored):
            made = await token(exchange)
            if variable:
                exchange.context.variables[variable] = made
            else:
                exchange.context.request.headers.set("Authorization", f"Bearer {made}")

    return act


def authentication_basic(draft: Draft) -> Act:
    name, password = draft.required("username", STRING), draft.required("password", STRING)

    def act(exchange: Exchange) -> None:
        context = exchange.context
        pair = f"{name(context)}:{password(context)}".encode()
        context.request.headers.set("Authorization", f"Basic {b64encode(pair).decode()}")

    return act


def certificate_of(draft: Draft) -> Callable[[Exchange, str], None]:
    """`<authentication-certificate>`, here and in send-request: records the certificate that a target
    would have been shown."""
    values_of: dict[str, Getter[Any] | None] = {
        "thumbprint": draft.optional("thumbprint", STRING),
        "certificate_id": draft.optional("certificate-id", STRING),
        "body": draft.optional("body", ANY),
        "password": draft.optional("password", STRING),
    }
    if sum(name in draft.element.attributes for name in ("thumbprint", "certificate-id", "body")) != 1:
        raise draft.error(
            "One of the attributes 'thumbprint', 'certificate-id' and 'body' is required, and only one."
        )

    def note(exchange: Exchange, target: str) -> None:
        values = _values(values_of, exchange.context)
        exchange.record("credential", "authentication-certificate", target, values)

    return note


def _values(getters: Mapping[str, Getter[Any] | None], context: Context) -> dict[str, Value]:
    """What a record tells: the values of the attributes that there are, secrets hidden when evaluated."""
    values = {name: getter(context) for name, getter in getters.items() if getter is not None}
    return {name: HIDDEN if name in _SECRETS else value for name, value in values.items()}


def authentication_certificate(draft: Draft) -> Act:
    note = certificate_of(draft)
    return lambda exchange: note(exchange, exchange.base_url)


def proxy_of(draft: Draft) -> Callable[[Exchange], None]:
    """`<proxy>`, here and in send-request: notes which proxy a request would have gone through."""
    values_of = {
        "url": draft.required("url", STRING),
        "username": draft.optional("username", STRING),
        "password": draft.optional("password", STRING),
    }

    def note(exchange: Exchange) -> None:
        values = _values(values_of, exchange.context)
        exchange.record("proxy", "proxy", str(values["url"]), values)

    return note


def get_authorization_context(draft: Draft) -> Act:
    """The connection's token as an Authorization; with `ignore-error` null for one that cannot be had."""
    provider, connection = draft.required("provider-id", STRING), draft.required("authorization-id", STRING)
    variable = draft.required("context-variable-name", STRING)
    kind_of = draft.attribute("identity-type", choice("managed", "jwt"), "managed")
    identity = draft.attribute("identity", STRING, "")
    ignore_error = draft.attribute("ignore-error", BOOLEAN, False)

    async def act(exchange: Exchange) -> None:
        context = exchange.context
        shown = identity(context) if kind_of(context) == "jwt" else None
        found: Authorization | None = None
        try:
            found = await exchange.services.authorization(provider(context), connection(context), shown)
        except PolicyFault:
            if not ignore_error(context):
                raise
        context.variables[variable(context)] = found

    return act
