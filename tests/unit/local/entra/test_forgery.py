"""Tokens with flaws: each is refused for its flaw, and is right in everything else."""

import random

import jwt
import pytest

from apimlb.local.entra.forgery import FLAWS, OTHER_TENANT_ID
from apimlb.local.entra.plane import EntraPlane
from apimlb.local.entra.tokens import Principal, TokenRefused, User
from apimlb.local.store import Store
from tests.fakes import ManualClock
from tests.signing import signing_key

TENANT = "11111111-1111-1111-1111-111111111111"
AUDIENCE = "https://cognitiveservices.azure.com"
APP = Principal("cccc-client", "pppp-principal")
REASONS = {
    "expired": "expired",
    "other-tenant": "tenant",
    "unsigned": "algorithm",
    "unknown-key": "unknown-key",
}


@pytest.fixture(scope="module")
def entra():
    store = Store()
    yield EntraPlane(store, ManualClock(), random.Random(1), tenant_id=TENANT, key=signing_key())
    store.close()


def claims_of(token):
    return jwt.decode(token, options={"verify_signature": False})


def test_a_token_without_flaws_holds(entra):
    assert entra.verify(entra.mint(APP, AUDIENCE), {AUDIENCE})["oid"] == "pppp-principal"


@pytest.mark.parametrize("flaw", FLAWS)
def test_a_flaw_is_what_it_is_refused_for(entra, flaw):
    with pytest.raises(TokenRefused) as refused:
        entra.verify(entra.mint(APP, AUDIENCE, flaws={flaw}), {AUDIENCE})
    assert refused.value.reason == REASONS[flaw]


@pytest.mark.parametrize("flaw", FLAWS)
def test_everything_else_is_as_it_should_be(entra, flaw):
    good, bad = (claims_of(entra.mint(APP, AUDIENCE, flaws=flaws)) for flaws in ((), (flaw,)))
    changed = {name for name in good if good[name] != bad[name]} - {"uti"}
    expected = {"expired": {"iat", "nbf", "exp"}, "other-tenant": {"tid", "iss", "idp"}}
    assert changed == expected.get(flaw, set())


def test_flaws_add_up(entra):
    token = entra.mint(APP, AUDIENCE, flaws={"expired", "other-tenant", "unsigned"})
    claims = claims_of(token)
    assert jwt.get_unverified_header(token)["alg"] == "none"
    assert claims["tid"] == OTHER_TENANT_ID
    assert claims["exp"] - claims["iat"] == 3599


@pytest.mark.parametrize(("version", "client"), [("1.0", "appid"), ("2.0", "azp")])
def test_a_users_token_names_the_user_and_the_application(entra, version, client):
    claims = entra.verify(entra.mint(User("somebody", "cccc-client"), AUDIENCE, version=version), {AUDIENCE})
    assert (claims["oid"], claims[client], claims["scp"]) == ("somebody", "cccc-client", "user_impersonation")
    assert claims["idtyp"] == "user"
    assert "idp" not in claims
