"""A token of the service's identity is fetched once and kept until shortly before it expires."""

import jwt
import pytest

from apimlb.errors import AuthError
from apimlb.local.gateway.tokens import TokenCache
from apimlb.local.store import Document
from apimlb.policy.run.faults import PolicyFault
from tests.fakes import ManualClock

SERVICE = Document("/service/apim", "microsoft.apimanagement/service")
SECRET = "a secret that is long enough for HMAC-SHA-256"


class Issuer:
    """Issues tokens that live for an hour and counts them; refuses an identity called `stranger`."""

    def __init__(self, clock: ManualClock, *, opaque: bool = False) -> None:
        self._clock = clock
        self._opaque = opaque
        self.issued = 0

    async def __call__(self, service: Document, resource: str, client_id: str | None) -> str:
        if client_id == "stranger":
            raise AuthError("no such identity", where=service.id)
        self.issued += 1
        if self._opaque:
            return f"opaque {self.issued}"
        return jwt.encode({"aud": resource, "exp": self._clock.now() + 3600}, SECRET)


async def test_a_token_is_kept_until_shortly_before_it_expires() -> None:
    clock = ManualClock()
    issuer = Issuer(clock)
    tokens = TokenCache(clock, issuer)
    first = await tokens.get(SERVICE, "https://ai.azure.com", None)
    clock.advance(3299)
    assert await tokens.get(SERVICE, "https://ai.azure.com", None) == first
    clock.advance(1)
    assert await tokens.get(SERVICE, "https://ai.azure.com", None) != first
    assert issuer.issued == 2


async def test_resources_and_identities_have_tokens_of_their_own() -> None:
    clock = ManualClock()
    issuer = Issuer(clock)
    tokens = TokenCache(clock, issuer)
    for resource, client_id in (("a", None), ("b", None), ("a", "me"), ("a", None)):
        await tokens.get(SERVICE, resource, client_id)
    assert issuer.issued == 3


async def test_what_has_no_expiry_is_not_kept() -> None:
    clock = ManualClock()
    tokens = TokenCache(clock, Issuer(clock, opaque=True))
    assert await tokens.get(SERVICE, "a", None) == "opaque 1"
    assert await tokens.get(SERVICE, "a", None) == "opaque 2"


async def test_an_identity_that_the_service_does_not_have_is_a_fault_of_the_policy() -> None:
    clock = ManualClock()
    with pytest.raises(PolicyFault, match="no such identity") as caught:
        await TokenCache(clock, Issuer(clock)).get(SERVICE, "a", "stranger")
    assert (caught.value.source, caught.value.status) == ("authentication-managed-identity", 500)
