"""An application asks the tenant for a token, and others judge it."""

import json
import random
from urllib.parse import urlencode

import jwt
import pytest

from apimlb.http import Headers, Request, read
from apimlb.local.entra.keys import KEY_ID, kept_key, make_key
from apimlb.local.entra.plane import Application, EntraPlane, serves
from apimlb.local.entra.tokens import Principal, TokenRefused, sign
from apimlb.local.store import Store
from tests.fakes import ManualClock

TENANT = "11111111-1111-1111-1111-111111111111"
APP = Application("aaaa-app", "oooo-object", "s3cret", "deployer")
GATEWAY = Principal("cccc-client", "pppp-principal", "2")
COGNITIVE = "https://cognitiveservices.azure.com"
ORIGIN = "https://127.0.0.1:4581"


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture(scope="module")
def key_document():
    """One key for all tests: making one takes a tenth of a second."""
    store = Store()
    kept_key(store)
    document = store.get(KEY_ID)
    store.close()
    return document


@pytest.fixture
def store(key_document):
    made = Store()
    made.put(key_document)
    yield made
    made.close()


@pytest.fixture
def entra(store, clock):
    plane = EntraPlane(store, clock, random.Random(1), tenant_id=TENANT)
    plane.register(APP)
    return plane


async def call(plane, path, form=None):
    method, body = ("POST", urlencode(form).encode()) if form is not None else ("GET", b"")
    response = await plane.send(Request(method, ORIGIN + path, Headers(), body))
    return response.status, json.loads(await read(response) or b"null")


def asks(**changes):
    form = {
        "grant_type": "client_credentials",
        "client_id": APP.client_id,
        "client_secret": APP.secret,
        "scope": f"{COGNITIVE}/.default",
    }
    form.update(changes)
    return {name: value for name, value in form.items() if value is not None}


class TestTokenEndpoint:
    async def test_a_secret_buys_a_token_that_holds_for_an_hour(self, entra, clock):
        status, body = await call(entra, f"/{TENANT}/oauth2/v2.0/token", asks())
        assert (status, body["token_type"], body["expires_in"]) == (200, "Bearer", 3599)
        claims = entra.verify(body["access_token"], {COGNITIVE})
        assert (claims["appid"], claims["oid"], claims["tid"]) == (APP.client_id, APP.object_id, TENANT)
        clock.advance(3600)
        with pytest.raises(TokenRefused) as refused:
            entra.verify(body["access_token"], {COGNITIVE})
        assert refused.value.reason == "expired"

    async def test_the_older_endpoint_takes_a_resource(self, entra):
        form = asks(scope=None, resource="https://management.azure.com/")
        _, body = await call(entra, f"/{TENANT}/oauth2/token", form)
        assert entra.verify(body["access_token"], {"https://management.azure.com"})

    @pytest.mark.parametrize(
        ("tenant", "form", "status", "error", "number"),
        [
            (TENANT, asks(client_secret="guess"), 401, "invalid_client", 7000215),
            (TENANT, asks(client_secret=None), 401, "invalid_client", 7000218),
            (TENANT, asks(client_id="nobody"), 400, "unauthorized_client", 700016),
            (TENANT, asks(client_id=None), 400, "invalid_request", 900144),
            (TENANT, asks(scope=None), 400, "invalid_request", 900144),
            (TENANT, asks(grant_type=None), 400, "invalid_request", 900144),
            (TENANT, asks(scope=COGNITIVE), 400, "invalid_scope", 1002012),
            (TENANT, asks(grant_type="password"), 400, "unsupported_grant_type", 70003),
            ("elsewhere", asks(), 400, "invalid_request", 90002),
        ],
    )
    async def test_refuses_as_entra_does(self, entra, tenant, form, status, error, number):
        answered, body = await call(entra, f"/{tenant}/oauth2/v2.0/token", form)
        assert (answered, body["error"], body["error_codes"]) == (status, error, [number])
        assert body["error_description"].startswith(f"AADSTS{number}: ")
        assert "s3cret" not in json.dumps(body)

    async def test_accepts_posts_only(self, entra):
        _, body = await call(entra, f"/{TENANT}/oauth2/v2.0/token")
        assert body["error_codes"] == [900561]


class TestDiscovery:
    async def test_leads_to_endpoints_where_it_was_asked(self, entra):
        _, body = await call(entra, f"/{TENANT}/v2.0/.well-known/openid-configuration")
        assert body["token_endpoint"] == f"{ORIGIN}/{TENANT}/oauth2/v2.0/token"
        assert body["jwks_uri"] == f"{ORIGIN}/{TENANT}/discovery/v2.0/keys"
        assert body["issuer"] == f"https://login.microsoftonline.com/{TENANT}/v2.0"

    async def test_the_version_1_document_names_the_other_issuer(self, entra):
        _, body = await call(entra, f"/{TENANT}/.well-known/openid-configuration")
        assert body["issuer"] == f"https://sts.windows.net/{TENANT}/"

    async def test_published_keys_check_a_token(self, entra):
        _, body = await call(entra, f"/{TENANT}/discovery/v2.0/keys")
        token = entra.mint(GATEWAY, COGNITIVE, version="2.0")
        key = jwt.PyJWK(body["keys"][0])
        assert jwt.get_unverified_header(token)["kid"] == key.key_id
        claims = jwt.decode(
            token,
            key,
            ["RS256"],
            audience=COGNITIVE,
            options={"verify_exp": False, "verify_iat": False, "verify_nbf": False},
        )
        assert (claims["azp"], claims["ver"]) == (GATEWAY.client_id, "2.0")

    async def test_an_unknown_tenant_has_none(self, entra):
        status, body = await call(entra, "/elsewhere/v2.0/.well-known/openid-configuration")
        assert (status, body["error"], body["error_codes"]) == (400, "invalid_tenant", [90002])

    async def test_instance_discovery_names_this_host(self, entra):
        _, body = await call(entra, "/common/discovery/instance?api-version=1.1")
        assert body["metadata"][0]["preferred_network"] == "127.0.0.1:4581"

    async def test_other_paths_are_not_found(self, entra):
        assert await call(entra, f"/{TENANT}/oauth2/v2.0/authorize") == (404, None)


class TestVerify:
    @pytest.mark.parametrize("audience", [COGNITIVE, COGNITIVE + "/"])
    def test_a_slash_at_the_end_of_an_audience_makes_no_difference(self, entra, audience):
        assert entra.verify(entra.mint(GATEWAY, COGNITIVE), {audience})

    def test_says_why_not(self, entra, clock, store):
        good = jwt.decode(entra.mint(GATEWAY, COGNITIVE), options={"verify_signature": False})
        head, payload, _ = entra.mint(GATEWAY, COGNITIVE).split(".")
        foreign = entra.mint(GATEWAY, "https://graph.microsoft.com").split(".")[2]
        other = EntraPlane(store, clock, random.Random(2), tenant_id="another")
        cases = {
            "malformed": "not.a token",
            "algorithm": jwt.encode(good, "", algorithm="none"),
            "unknown-key": sign(good, make_key()),
            "signature": f"{head}.{payload}.{foreign}",
            "expired": entra.mint(GATEWAY, COGNITIVE, seconds=0),
            "not-yet-valid": entra.mint(GATEWAY, COGNITIVE, extra={"nbf": int(clock.now()) + 60}),
            "tenant": other.mint(GATEWAY, COGNITIVE),
            "issuer": entra.mint(GATEWAY, COGNITIVE, extra={"iss": "https://evil.example/"}),
            "audience": entra.mint(GATEWAY, "https://graph.microsoft.com"),
        }
        reasons = {}
        for reason, token in cases.items():
            with pytest.raises(TokenRefused) as refused:
                entra.verify(token, {COGNITIVE})
            reasons[refused.value.reason] = reason
        assert list(reasons) == list(reasons.values()) == list(cases)

    def test_a_symmetric_signature_with_the_public_key_is_no_signature(self, entra):
        forged = jwt.encode({"aud": COGNITIVE}, "k" * 32, algorithm="HS256")
        with pytest.raises(TokenRefused) as refused:
            entra.verify(forged, {COGNITIVE})
        assert refused.value.reason == "algorithm"

    def test_a_restart_keeps_the_key_and_the_applications(self, entra, store, clock):
        token = entra.mint(GATEWAY, COGNITIVE)
        again = EntraPlane(store, clock, random.Random(3), tenant_id=TENANT)
        assert again.verify(token, {COGNITIVE}) == entra.verify(token, {COGNITIVE})


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (f"/{TENANT}/oauth2/v2.0/token", True),
        ("/common/discovery/instance", True),
        (f"/{TENANT}/v2.0/.well-known/openid-configuration", True),
        (f"/subscriptions/{TENANT}/resourceGroups", False),
        ("/", False),
    ],
)
def test_its_paths_can_share_a_host_with_arm(path, expected):
    assert serves(Request("GET", ORIGIN + path)) is expected
