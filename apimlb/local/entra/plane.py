"""The tenant's endpoints: discovery, keys, and tokens for applications that prove a secret."""

import hmac
import random
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from apimlb.clock import Clock
from apimlb.http import Request, Response
from apimlb.local.entra import answers
from apimlb.local.entra.answers import Refusal
from apimlb.local.entra.forgery import Flaw, forge
from apimlb.local.entra.keys import SigningKey, kept_key
from apimlb.local.entra.tokens import Claims, Principal, User, Verifier, Version, claims_for, issuer
from apimlb.local.store import Document, Store

APPLICATION_KIND = "microsoft.graph/applications"

# A token lasts an hour less a second, one of a managed identity a day less a second, as Entra's do.
TOKEN_SECONDS = 3599.0
IDENTITY_TOKEN_SECONDS = 86399.0

_VERSIONS: dict[tuple[str, ...], Version] = {
    ("v2.0", ".well-known", "openid-configuration"): "2.0",
    (".well-known", "openid-configuration"): "1.0",
}
_KEYS = {("discovery", "v2.0", "keys"), ("discovery", "keys")}
_TOKENS: dict[tuple[str, ...], Version] = {("oauth2", "v2.0", "token"): "2.0", ("oauth2", "token"): "1.0"}
_INSTANCE = ("discovery", "instance")
_PATHS = {*_VERSIONS, *_KEYS, *_TOKENS, _INSTANCE}


@dataclass(frozen=True, slots=True)
class Application:
    """An app registration with its service principal and one secret."""

    client_id: str
    object_id: str
    secret: str = field(repr=False)
    name: str = ""


class EntraPlane:
    """One tenant, at any host. Its applications live in the store, and its key too unless one is handed
    in."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        rng: random.Random,
        *,
        tenant_id: str,
        key: SigningKey | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._rng = rng
        self._tenant_id = tenant_id
        self._key = key or kept_key(store)
        self._verifier = Verifier(tenant_id, self._key)

    def register(self, application: Application) -> None:
        """Make the application known, or give it another secret."""
        body = {"appId": application.client_id, "id": application.object_id, "displayName": application.name}
        id = f"/tenants/{self._tenant_id}/applications/{application.client_id}"
        self._store.put(Document(id, APPLICATION_KIND, body, {"secret": application.secret}))

    def mint(
        self,
        who: Principal | User,
        audience: str,
        *,
        seconds: float = TOKEN_SECONDS,
        version: Version = "1.0",
        extra: Mapping[str, Any] | None = None,
        flaws: Collection[Flaw] = (),
    ) -> str:
        """A token that holds from now on for `seconds`; `extra` claims (roles, say) join or replace the
        usual ones, and `flaws` make it one that nobody must accept."""
        now = self._clock.now()
        claims = claims_for(who, audience, self._tenant_id, version=version, now=now, seconds=seconds)
        claims["uti"] = f"{self._rng.getrandbits(128):032x}"
        return forge({**claims, **(extra or {})}, self._key, flaws)

    def verify(self, token: str, audiences: Collection[str]) -> Claims:
        """The token's claims, if it is this tenant's, holds now, and is for one of `audiences`; raises
        `TokenRefused`."""
        return self._verifier.verify(token, audiences, self._clock.now())

    async def send(self, request: Request) -> Response:
        try:
            return self._answer(request)
        except Refusal as reason:
            return answers.refusal(reason, self._clock.now(), self._rng)

    def _answer(self, request: Request) -> Response:
        tenant, *rest = _segments(request)
        path = tuple(rest)
        if path == _INSTANCE:
            return answers.document(_instance(_origin(request), self._tenant_id))
        if path in _TOKENS:
            if request.method != "POST":
                raise answers.post_only(request.method)
            self._check_tenant(tenant, "invalid_request")
            return self._token(_form(request))
        if path in _VERSIONS:
            self._check_tenant(tenant, "invalid_tenant")
            return answers.document(_metadata(_origin(request), self._tenant_id, _VERSIONS[path]))
        if path in _KEYS:
            return answers.document({"keys": [self._key.jwk]})
        return Response(404)

    def _check_tenant(self, tenant: str, error: str) -> None:
        if tenant.lower() != self._tenant_id.lower():
            raise answers.unknown_tenant(tenant, error)

    def _token(self, form: Mapping[str, str]) -> Response:
        if "grant_type" not in form:
            raise answers.missing("grant_type")
        if form["grant_type"] != "client_credentials":
            raise answers.bad_grant(form["grant_type"])
        principal = self._authenticate(form)
        token = self.mint(principal, _audience(form))
        seconds = int(TOKEN_SECONDS)
        body = {
            "token_type": "Bearer",
            "expires_in": seconds,
            "ext_expires_in": seconds,
            "access_token": token,
        }
        return answers.document(body)

    def _authenticate(self, form: Mapping[str, str]) -> Principal:
        client_id = form.get("client_id")
        if not client_id:
            raise answers.missing("client_id")
        found = self._store.get(f"/tenants/{self._tenant_id}/applications/{client_id}")
        if found is None:
            raise answers.unknown_client(client_id, self._tenant_id)
        if not form.get("client_secret"):
            raise answers.no_credential()
        if not hmac.compare_digest(form["client_secret"].encode(), str(found.hidden["secret"]).encode()):
            raise answers.bad_secret(client_id)
        return Principal(str(found.body["appId"]), str(found.body["id"]))


def serves(request: Request) -> bool:
    """Whether the path is one of the tenant's, so that it can share a host with another plane."""
    return tuple(_segments(request)[1:]) in _PATHS


def _segments(request: Request) -> list[str]:
    return request.path.strip("/").split("/")


def _origin(request: Request) -> str:
    parts = urlsplit(request.url)
    return f"{parts.scheme}://{parts.netloc}"


def _form(request: Request) -> dict[str, str]:
    return dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))


def _audience(form: Mapping[str, str]) -> str:
    """What the token is for: `scope` of the v2.0 endpoint, `resource` of the older one."""
    if form.get("resource"):
        return form["resource"]
    if not form.get("scope"):
        raise answers.missing("scope")
    scopes = form["scope"].split()
    if len(scopes) != 1 or not scopes[0].endswith("/.default"):
        raise answers.bad_scope(form["scope"])
    return scopes[0].removesuffix("/.default")


def _metadata(origin: str, tenant_id: str, version: Version) -> dict[str, Any]:
    """OpenID Connect discovery; the endpoints are where the document was asked for."""
    middle = "oauth2/v2.0" if version == "2.0" else "oauth2"
    keys = "discovery/v2.0/keys" if version == "2.0" else "discovery/keys"
    return {
        "token_endpoint": f"{origin}/{tenant_id}/{middle}/token",
        "token_endpoint_auth_methods_supported": ["client_secret_post"],
        "jwks_uri": f"{origin}/{tenant_id}/{keys}",
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "issuer": issuer(tenant_id, version),
        "authorization_endpoint": f"{origin}/{tenant_id}/{middle}/authorize",
        "tenant_region_scope": None,
        "cloud_instance_name": "microsoftonline.com",
    }


def _instance(origin: str, tenant_id: str) -> dict[str, Any]:
    host = urlsplit(origin).netloc
    known = {"preferred_network": host, "preferred_cache": host, "aliases": [host]}
    return {
        "tenant_discovery_endpoint": f"{origin}/{tenant_id}/v2.0/.well-known/openid-configuration",
        "api-version": "1.1",
        "metadata": [known],
    }
