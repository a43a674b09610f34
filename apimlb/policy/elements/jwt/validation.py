"""Tokens that a request must carry: validate-azure-ad-token, validate-jwt."""

import base64
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from apimlb.http import last_segment
from apimlb.policy.apim.context import Context
from apimlb.policy.apim.credentials import jwt_of
from apimlb.policy.document.attributes import BOOLEAN, STRING, Getter, integer
from apimlb.policy.document.draft import Draft
from apimlb.policy.document.problems import NOT_IMPLEMENTED
from apimlb.policy.elements import formats
from apimlb.policy.elements.jwt import claims, signature
from apimlb.policy.elements.jwt.keys import Issuer, IssuerCache
from apimlb.policy.run.exchange import Act, Exchange

_DEFAULT_ENDPOINT = "https://login.microsoftonline.com"
_TENANT = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_SHARED_TENANTS = frozenset({"common", "organizations", "consumers"})

Keys = tuple[Sequence[signature.Key], frozenset[str]]
"""Keys that may have signed a token, and the issuers that it may name; empty where it may name any."""

KeySource = Callable[[Exchange, str | None], Awaitable[Keys]]
"""The keys for a token with that key id; raises TokenRefused."""


def _bare(text: str, scheme: str | None) -> str | None:
    first, _, rest = text.strip().partition(" ")
    if first.lower() == (scheme or "Bearer").lower():
        return rest.strip() or None
    return None if scheme else text.strip() or None


class _Rules(NamedTuple):
    """How a token is judged. It may name the `issuers`, or else those that come with the keys."""

    keys: KeySource
    audiences: Sequence[Getter[str]]
    required: Sequence[claims.Check]
    applications: Sequence[Getter[str]] = ()
    issuers: Sequence[Getter[str]] = ()
    expires: Getter[bool] = lambda _: True
    signed: Getter[bool] = lambda _: True
    skew: Getter[int] = lambda _: 0

    async def judge(self, token: signature.Jws, exchange: Exchange) -> claims.Claims:
        """The claims of a token that will do; raises TokenRefused."""
        context = exchange.context
        named = frozenset[str]()
        if token.algorithm != "none" or self.signed(context):
            keys, named = await self.keys(exchange, token.header.get("kid"))
            signature.verify(token, keys)
        said = token.claims()
        now = exchange.services.clock.now()
        claims.lifetime(said, now, self.skew(context), must_expire=self.expires(context))
        claims.check_issuer(said, claims.texts_of(self.issuers, context) or named)
        claims.check_application(said, claims.texts_of(self.applications, context))
        claims.check_audience(said, claims.texts_of(self.audiences, context))
        for check in self.required:
            check(context, said)
        return said


def validate_azure_ad_token(draft: Draft) -> Act:
    tenant = draft.required("tenant-id", STRING)
    endpoint = draft.attribute("authentication-endpoint", STRING, _DEFAULT_ENDPOINT)
    token_in = _token_in(draft, scheme=lambda _: None)
    applications = claims.listed(draft, "client-application-ids", "application-id")
    audiences = [
        *claims.listed(draft, "audiences", "audience"),
        *claims.listed(draft, "backend-application-ids", "application-id"),
    ]
    issuers = IssuerCache()

    async def keys(exchange: Exchange, key_id: str | None) -> Keys:
        name = last_segment(tenant(exchange.context).rstrip("/"))
        host = endpoint(exchange.context).rstrip("/")
        url = f"{host}/{name}/v2.0/.well-known/openid-configuration"
        issuer = await issuers.issuer(url, exchange.services, key_id)
        return issuer.keys_for(key_id), _tenant_issuers(name, issuer)

    return _validation(draft, token_in, _Rules(keys, audiences, claims.required_claims(draft), applications))


def _tenant_issuers(name: str, issuer: Issuer) -> frozenset[str]:
    """Both versions of a tenant's tokens: version 1 is issued by sts.windows.net. A name that tenants
    share has no issuer of its own."""
    if name.lower() in _SHARED_TENANTS:
        return frozenset()
    found = _TENANT.search(issuer.name)
    return frozenset({issuer.name, f"https://sts.windows.net/{found[0] if found else name}/"})


def validate_jwt(draft: Draft) -> Act:
    scheme = draft.attribute("require-scheme", STRING, None)
    token_in = _token_in(draft, scheme)
    draft.at_least_one(*_PLACES)
    rules = _Rules(
        issuers=claims.listed(draft, "issuers", "issuer"),
        audiences=claims.listed(draft, "audiences", "audience"),
        required=claims.required_claims(draft),
        keys=_key_source(draft),
        expires=draft.attribute("require-expiration-time", BOOLEAN, True),
        signed=draft.attribute("require-signed-tokens", BOOLEAN, True),
        skew=draft.attribute("clock-skew", integer(), 0),
    )
    return _validation(draft, token_in, rules)


def _key_source(draft: Draft) -> KeySource:
    """Keys of `<issuer-signing-keys>` and of every `<openid-config>`; the issuers of the latter where
    there are no keys of the former.

    Microsoft Learn, validate-jwt: a key's `id` is matched with the token's `kid`. Where no key has that id,
    every key is tried, as Microsoft.IdentityModel does.
    """
    configurations = [_metadata_url(child) for child in draft.children("openid-config")]
    keys_here = draft.nested("issuer-signing-keys", "key")
    local = [(key.word("id", STRING, ""), _local_key(key)) for key in keys_here]
    issuers = IssuerCache()

    async def keys(exchange: Exchange, key_id: str | None) -> Keys:
        if named := [key for name, key in local if name == key_id]:
            return named, frozenset()
        found = [key for _, key in local]
        names: set[str] = set()
        for configuration in configurations:
            issuer = await issuers.issuer(configuration(exchange.context), exchange.services, key_id)
            found += issuer.keys_for(key_id)
            names.add(issuer.name)
        return found, frozenset() if local else frozenset(names)

    return keys


def _metadata_url(draft: Draft) -> Getter[str]:
    """Of an `<openid-config>`. Its metadata is read with the first token: whether it can be is not asked at
    upload."""
    if draft.word("validate-connectivity", BOOLEAN, False):
        draft.lacks("validate-connectivity")
    return draft.required("url", STRING)


def _local_key(draft: Draft) -> signature.Key:
    """A symmetric key in base64, or an RSA key by modulus and exponent."""
    modulus, exponent = draft.word("n", STRING, ""), draft.word("e", STRING, "")
    if draft.word("certificate-id", STRING, ""):
        what = "Keys from certificates are not implemented by the local gateway"
        raise draft.error(what, code=NOT_IMPLEMENTED)
    secret = draft.words()
    try:
        if modulus:
            return signature.public_key({"kty": "RSA", "n": modulus, "e": exponent})
        return signature.symmetric_key(base64.b64decode(secret, validate=True))
    except ValueError as error:  # binascii.Error is a ValueError
        raise draft.error("The element 'key' holds no key: base64, or 'n' and 'e'.") from error


_PLACES = ("header-name", "query-parameter-name", "token-value")


def _token_in(draft: Draft, scheme: Getter[str | None]) -> Callable[[Context], str | None]:
    """Finds a request's token, without its scheme; None without a token, or without the scheme that is
    required."""
    draft.at_most_one(*_PLACES)
    header = draft.attribute("header-name", STRING, "Authorization")
    query = draft.optional("query-parameter-name", STRING)
    value = draft.optional("token-value", STRING)

    def token(context: Context) -> str | None:
        if value is not None:
            return _bare(value(context), None)
        if query is not None:
            values = context.request.original_url.query.get(query(context), ())
            return next(filter(None, values), None)
        return _bare(formats.header(context.request.headers, header(context)) or "", scheme(context))

    return token


def _validation(draft: Draft, token_in: Callable[[Context], str | None], rules: _Rules) -> Act:
    """The act of both policies: find the token, judge it, keep it or refuse the request."""
    if draft.child("decryption-keys"):
        what = "<decryption-keys> is not implemented by the local gateway"
        raise draft.error(what, code=NOT_IMPLEMENTED)
    status = draft.attribute("failed-validation-httpcode", integer(100, 999), 401)
    message = draft.attribute("failed-validation-error-message", STRING, "")
    variable = draft.word("output-token-variable-name", STRING, "")

    async def act(exchange: Exchange) -> None:
        context = exchange.context
        text = token_in(context)
        try:
            if text is None:
                raise claims.TokenRefused("TokenNotPresent", "JWT not present.")
            token = signature.token_of(text)
            said = await rules.judge(token, exchange)
        except claims.TokenRefused as refused:
            refused.status, refused.shown = status(context), message(context) or refused.message
            raise
        if variable:
            context.variables[variable] = jwt_of(token.header, said)

    return act
