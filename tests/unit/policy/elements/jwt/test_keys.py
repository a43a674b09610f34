"""Reading an issuer's keys, and when they are read again."""

import json

import pytest

from apimlb.http import Request, Response
from apimlb.policy.elements.jwt.claims import TokenRefused
from apimlb.policy.elements.jwt.keys import REFRESH, REREAD, IssuerCache
from apimlb.policy.rehearse.services import ScriptedServices

URL = "https://issuer.test/metadata"


class Issuing(ScriptedServices):
    """Services that publish as many keys as `keys` says, or fail."""

    def __init__(self) -> None:
        super().__init__({})
        self.keys = 1
        self.fails = False
        self.document: bytes | None = None

    async def send(self, request: Request, timeout: float) -> Response:
        self.requests.append(request)
        if self.fails:
            raise TimeoutError
        if self.document is not None:
            return Response(200, body=self.document)
        if request.url == URL:
            return Response(
                200, body=json.dumps({"issuer": "me", "jwks_uri": "https://issuer.test/keys"}).encode()
            )
        keys = [{"kty": "oct", "k": "c2VjcmV0", "kid": str(at)} for at in range(self.keys)]
        return Response(200, body=json.dumps({"keys": keys}).encode())


async def test_keys_are_kept_and_read_again_when_they_are_old() -> None:
    issuing, issuers = Issuing(), IssuerCache()
    for seconds, expected in ((0.0, 2), (REFRESH - 1, 2), (1.0, 4)):
        issuing.clock.pass_by(seconds)
        assert (await issuers.issuer(URL, issuing, "0")).name == "me"
        assert len(issuing.requests) == expected


async def test_a_key_that_is_not_there_is_looked_for_again_but_not_all_the_time() -> None:
    issuing, issuers = Issuing(), IssuerCache()
    await issuers.issuer(URL, issuing, "0")
    issuing.keys = 2
    assert (await issuers.issuer(URL, issuing, "1")).keys_for("1") == []
    issuing.clock.pass_by(REREAD)
    assert len((await issuers.issuer(URL, issuing, "1")).keys_for("1")) == 1
    assert len(issuing.requests) == 4


@pytest.mark.parametrize("document", [b"", b"[]", b"[" * 100_000], ids=["empty", "no object", "too deep"])
async def test_a_document_that_does_not_read_is_no_issuer(document: bytes) -> None:
    issuing = Issuing()
    issuing.document = document
    with pytest.raises(TokenRefused, match="Unable to retrieve document"):
        await IssuerCache().issuer(URL, issuing, None)


async def test_old_keys_are_better_than_none() -> None:
    issuing, issuers = Issuing(), IssuerCache()
    issuing.fails = True
    with pytest.raises(TokenRefused):
        await issuers.issuer(URL, issuing, None)
    issuing.fails = False
    await issuers.issuer(URL, issuing, None)
    issuing.fails = True
    issuing.clock.pass_by(REFRESH)
    assert (await issuers.issuer(URL, issuing, None)).name == "me"
