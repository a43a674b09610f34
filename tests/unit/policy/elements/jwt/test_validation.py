"""validate-azure-ad-token and validate-jwt: who gets in, and what is said to who does not."""

import base64
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from apimlb.policy.document.problems import NOT_IMPLEMENTED, InvalidPolicy
from apimlb.policy.rehearse.rehearsal import Rehearsal
from tests.unit.policy.play import play

NOW = 1_800_000_000
TENANT = "11111111-2222-3333-4444-555555555555"
V1, V2 = f"https://sts.windows.net/{TENANT}/", f"https://login.microsoftonline.com/{TENANT}/v2.0"
METADATA = f"{V2}/.well-known/openid-configuration"
KEY_SET = f"https://login.microsoftonline.com/{TENANT}/discovery/v2.0/keys"
SECRET = b"a secret that is long enough for every symmetric algorithm there is, by far and away"


@cache
def key(name: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def curve() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def published() -> list[dict[str, Any]]:
    first = {**json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key("k1").public_key())), "kid": "k1"}
    second = {**json.loads(jwt.algorithms.ECAlgorithm.to_jwk(curve().public_key())), "kid": "k2"}
    return [first, second, {"kty": "what", "kid": "k3"}]


BACKENDS: list[dict[str, Any]] = [
    {"match": METADATA, "reply": {"body": {"issuer": V2, "jwks_uri": KEY_SET}}},
    {"match": KEY_SET, "reply": {"body": {"keys": published()}}},
    {"match": "https://backend.test/*", "reply": {}},
]


def token(signer: Any = None, algorithm: str = "RS256", kid: str | None = "k1", **claims: Any) -> str:
    body = {"iss": V2, "aud": "api://app", "azp": "client", "exp": NOW + 60, "nbf": NOW - 60, **claims}
    kept = {name: value for name, value in body.items() if value is not None}
    headers = {"kid": kid} if kid else None
    return jwt.encode(kept, key("k1") if signer is None else signer, algorithm=algorithm, headers=headers)


def azure(inside: str = "", attributes: str = "") -> str:
    return f"<validate-azure-ad-token tenant-id='{TENANT}' {attributes}>{inside}</validate-azure-ad-token>"


def any_jwt(inside: str = "", attributes: str = "header-name='Authorization'") -> str:
    return f"<validate-jwt {attributes}><openid-config url='{METADATA}'/>{inside}</validate-jwt>"


async def knock(policy: str, given: str | None, **case: Any) -> Rehearsal:
    headers: Mapping[str, str] = {} if given is None else {"Authorization": f"Bearer {given}"}
    asked = {"headers": headers, "url": "https://gateway.test/x"}
    return await play(policy, **{"request": asked, "backends": BACKENDS, "clock": NOW, **case})


def reason(played: Rehearsal) -> str:
    return played.last_error.reason if played.last_error else ""


@pytest.mark.parametrize("issuer", [V1, V2])
async def test_a_good_token_of_either_version_gets_in(issuer: str) -> None:
    played = await knock(azure("<audiences><audience>api://app</audience></audiences>"), token(iss=issuer))
    assert played.response.status == 200


LISTS = (
    "<client-application-ids><application-id>client</application-id></client-application-ids>"
    "<audiences><audience>other</audience><audience>api://app</audience></audiences>"
)


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ({}, ""),
        ({"azp": None, "appid": "CLIENT"}, ""),
        ({"aud": ["x", "api://app"]}, ""),
        ({"azp": "stranger"}, "TokenClaimValueNotAllowed"),
        ({"azp": None}, "TokenClaimNotFound"),
        ({"aud": "api://elsewhere"}, "TokenAudienceNotAllowed"),
        ({"aud": None}, "TokenAudienceNotAllowed"),
        ({"iss": "https://evil.test"}, "TokenIssuerNotAllowed"),
        ({"iss": None}, "TokenIssuerNotAllowed"),
        ({"exp": NOW}, "TokenExpired"),
        ({"exp": None}, "JwtInvalid"),
        ({"exp": "soon"}, "JwtInvalid"),
        ({"exp": float("nan")}, "JwtInvalid"),
        ({"exp": float("inf")}, ""),
        ({"exp": 10**400}, ""),
        ({"exp": -(10**400)}, "TokenExpired"),
        ({"iss": [V2]}, "TokenIssuerNotAllowed"),
        ({"nbf": NOW + 1}, "JwtInvalid"),
    ],
)
async def test_what_a_token_says_decides(claims: dict[str, Any], expected: str) -> None:
    played = await knock(azure(LISTS), _signed(claims))
    assert reason(played) == expected
    assert played.response.status == (401 if expected else 200)


def _signed(claims: dict[str, Any]) -> str:
    """As `token`, also with claims that the library would not encode."""
    header, body, _ = token().split(".")
    changed = {**json.loads(base64.urlsafe_b64decode(body + "==")), **claims}
    changed = {name: value for name, value in changed.items() if value is not None}
    body = base64.urlsafe_b64encode(json.dumps(changed).encode()).decode().rstrip("=")
    signature = jwt.algorithms.RSAAlgorithm(jwt.algorithms.RSAAlgorithm.SHA256).sign(
        f"{header}.{body}".encode(), key("k1")
    )
    return f"{header}.{body}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


async def test_a_good_token_can_be_kept_for_expressions() -> None:
    played = await knock(
        azure("", "output-token-variable-name='jwt'")
        + "<set-variable name='oid' value='@{ var token = (Jwt)context.Variables[&quot;jwt&quot;]; "
        "return token.Claims.GetValueOrDefault(&quot;oid&quot;, &quot;&quot;); }'/>",
        token(oid="me"),
    )
    assert played.variables["oid"] == "me"


async def test_no_token_is_refused_with_the_documented_words() -> None:
    played = await knock(azure(), None)
    assert played.response.status == 401
    assert played.response.body == b'{ "statusCode": 401, "message": "JWT not present." }'
    assert played.last_error is not None
    assert (played.last_error.source, played.last_error.reason) == (
        "validate-azure-ad-token",
        "TokenNotPresent",
    )


async def test_code_and_message_can_be_chosen() -> None:
    played = await knock(
        azure("", "failed-validation-httpcode='403' failed-validation-error-message='@(\"N\" + \"o\")'"), None
    )
    assert played.response.body == b'{ "statusCode": 403, "message": "No" }'


async def test_the_signature_must_be_one_of_the_issuers() -> None:
    assert reason(await knock(azure(), token(key("k9")))) == "TokenSignatureInvalid"
    assert reason(await knock(azure(), token(key("k9"), kid="k9"))) == "TokenSignatureKeyNotFound"
    assert reason(await knock(azure(), token(curve(), "ES256", "k2"))) == ""
    assert reason(await knock(azure(), token(kid=None))) == ""
    assert reason(await knock(azure(), "not.a.token")) == "JwtInvalid"
    assert reason(await knock(azure(), token()[:-8] + "AAAAAAAA")) == "TokenSignatureInvalid"


async def test_an_unsigned_token_is_refused() -> None:
    unsigned = token("", "none")
    assert reason(await knock(azure(), unsigned)) == "TokenSignatureKeyNotFound"
    assert reason(await knock(any_jwt(), unsigned)) == "TokenSignatureKeyNotFound"


async def test_a_public_key_is_no_shared_secret() -> None:
    """The classic confusion: HS256 with the issuer's public key as the secret."""
    public = key("k1").public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    header = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT","kid":"k1"}').decode().rstrip("=")
    body = base64.urlsafe_b64encode(json.dumps({"iss": V2, "exp": NOW + 60}).encode()).decode().rstrip("=")
    algorithm = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    signature = (
        base64.urlsafe_b64encode(algorithm.sign(f"{header}.{body}".encode(), public)).decode().rstrip("=")
    )
    assert reason(await knock(azure(), f"{header}.{body}.{signature}")) == "TokenSignatureKeyNotFound"


async def test_keys_that_cannot_be_read_let_nobody_in() -> None:
    broken = [{"match": METADATA, "reply": {"fails": "connection"}}, *BACKENDS[1:]]
    garbled = [{"match": METADATA, "reply": {"body": "<html>"}}, *BACKENDS[1:]]
    for backends in (broken, garbled):
        assert reason(await knock(azure(), token(), backends=backends)) == "TokenSignatureKeyNotFound"


REQUIRED = (
    "<required-claims><claim name='roles' match='{match}' separator=','>"
    "<value>a</value><value>b</value></claim></required-claims>"
)


@pytest.mark.parametrize(
    ("match", "roles", "expected"),
    [
        ("all", ["a", "b", "c"], ""),
        ("all", ["a"], "TokenClaimValueNotAllowed"),
        ("any", ["a"], ""),
        ("any", ["c"], "TokenClaimValueNotAllowed"),
        ("any", "c,b", ""),
        ("all", None, "TokenClaimNotFound"),
    ],
)
async def test_required_claims_match_all_or_any(match: str, roles: object, expected: str) -> None:
    played = await knock(azure(REQUIRED.format(match=match)), token(roles=roles))
    assert reason(played) == expected


@pytest.mark.parametrize(
    ("claim", "text"), [(True, "true"), (7, "7"), ([None, 1.5], "1.5"), ({"a": [None]}, '{"a":[null]}')]
)
async def test_a_claim_that_is_no_text_is_as_json_has_it(claim: object, text: str) -> None:
    required = f"<required-claims><claim name='c' match='any'><value>{text}</value></claim></required-claims>"
    assert reason(await knock(azure(required), token(c=claim))) == ""


async def test_a_claim_without_values_only_has_to_be_there() -> None:
    claim = azure("<required-claims><claim name='oid'/></required-claims>")
    assert reason(await knock(claim, token(oid="x"))) == ""
    assert reason(await knock(claim, token())) == "TokenClaimNotFound"


@pytest.mark.parametrize("attribute", ["header-name='X-T'", "query-parameter-name='t'", "token-value='{}'"])
async def test_the_token_may_stand_elsewhere(attribute: str) -> None:
    given = token()
    value = '@((string)context.Variables["t"])'.replace('"', "&quot;")
    played = await knock(
        azure("", attribute.format(value)),
        None,
        variables={"t": given},
        request={"url": f"https://gateway.test/x?t={given}", "headers": {"X-T": given}},
    )
    assert played.response.status == 200


async def test_a_tenant_that_is_shared_has_no_issuer_of_its_own() -> None:
    shared = [
        {
            "match": "*/common/v2.0/*",
            "reply": {"body": {"issuer": "https://x/{tenantid}", "jwks_uri": KEY_SET}},
        },
        *BACKENDS[1:],
    ]
    played = await knock(azure().replace(TENANT, "common"), token(iss="https://any"), backends=shared)
    assert played.response.status == 200


async def test_validate_jwt_takes_the_issuer_of_the_metadata_or_of_its_list() -> None:
    listed = any_jwt("<issuers><issuer>https://mine</issuer></issuers>")
    assert reason(await knock(any_jwt(), token())) == ""
    assert reason(await knock(any_jwt(), token(iss="https://mine"))) == "TokenIssuerNotAllowed"
    assert reason(await knock(listed, token(iss="https://mine"))) == ""
    assert reason(await knock(listed, _signed({"iss": ["https://mine"]}))) == "TokenIssuerNotAllowed"
    assert reason(await knock(listed, token())) == "TokenIssuerNotAllowed"


async def test_validate_jwt_has_its_own_rules_of_time_and_scheme() -> None:
    relaxed = any_jwt("", "header-name='Authorization' require-expiration-time='false' clock-skew='30'")
    schemed = any_jwt("", "header-name='Authorization' require-scheme='DPoP'")
    assert reason(await knock(relaxed, token(exp=None))) == ""
    assert reason(await knock(relaxed, token(exp=NOW - 29))) == ""
    assert reason(await knock(relaxed, token(exp=NOW - 30))) == "TokenExpired"
    assert reason(await knock(schemed, token())) == "TokenNotPresent"


async def test_a_symmetric_key_signs_what_says_so() -> None:
    keys = f"<issuer-signing-keys><key>{base64.b64encode(SECRET).decode()}</key></issuer-signing-keys>"
    policy = f"<validate-jwt header-name='Authorization'>{keys}</validate-jwt>"
    assert reason(await knock(policy, token(SECRET, "HS256"))) == ""
    assert reason(await knock(policy, token(b"b" + SECRET, "HS256"))) == "TokenSignatureInvalid"
    assert reason(await knock(policy, token())) == "TokenSignatureKeyNotFound"


def symmetric(*keys: tuple[str, bytes]) -> str:
    """A policy with these keys, by id."""
    given = "".join(f"<key id='{name}'>{base64.b64encode(secret).decode()}</key>" for name, secret in keys)
    return (
        "<validate-jwt header-name='Authorization'>"
        f"<issuer-signing-keys>{given}</issuer-signing-keys></validate-jwt>"
    )


async def test_a_token_that_names_one_of_the_keys_is_judged_by_that_one() -> None:
    other = b"b" + SECRET
    two = symmetric(("first", SECRET), ("second", other))
    assert reason(await knock(two, token(SECRET, "HS256", kid="first"))) == ""
    assert reason(await knock(two, token(other, "HS256", kid="second"))) == ""
    assert reason(await knock(two, token(SECRET, "HS256", kid="second"))) == "TokenSignatureInvalid"


@pytest.mark.parametrize("kid", ["third", None])
async def test_a_token_that_names_none_of_the_keys_is_judged_by_all(kid: str | None) -> None:
    two = symmetric(("first", SECRET), ("second", b"b" + SECRET))
    assert reason(await knock(two, token(b"b" + SECRET, "HS256", kid=kid))) == ""


async def test_a_key_of_another_curve_does_not_keep_the_next_one_from_being_tried() -> None:
    wide = ec.generate_private_key(ec.SECP384R1())
    entry = {**json.loads(jwt.algorithms.ECAlgorithm.to_jwk(wide.public_key())), "kid": "k4"}
    keys = {"match": KEY_SET, "reply": {"body": {"keys": [*published(), entry]}}}
    backends = [BACKENDS[0], keys, BACKENDS[2]]
    assert reason(await knock(azure(), token(wide, "ES384", kid=None), backends=backends)) == ""


def connected(answer: str) -> str:
    keys = f"<openid-config url='{METADATA}' validate-connectivity='{answer}'/>"
    return f"<validate-jwt header-name='Authorization'>{keys}</validate-jwt>"


async def test_metadata_need_not_be_there_at_upload() -> None:
    assert reason(await knock(connected("false"), token())) == ""
    with pytest.raises(InvalidPolicy, match="validate-connectivity") as caught:
        await play(connected("true"))
    assert caught.value.code == NOT_IMPLEMENTED


async def test_an_rsa_key_may_be_given_by_its_numbers() -> None:
    numbers = published()[0]
    keys = f"<issuer-signing-keys><key n='{numbers['n']}' e='{numbers['e']}'/></issuer-signing-keys>"
    policy = f"<validate-jwt header-name='Authorization'>{keys}</validate-jwt>"
    assert reason(await knock(policy, token())) == ""


async def test_an_unsigned_token_gets_in_only_where_the_policy_says_so() -> None:
    unsigned = token("", "none", kid=None)
    policy = "<validate-jwt header-name='Authorization' require-signed-tokens='false'/>"
    assert reason(await knock(policy, unsigned)) == ""


@pytest.mark.parametrize("payload", [b"[]", b"text"])
async def test_claims_are_an_object(payload: bytes) -> None:
    parts = (
        base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (b'{"alg":"none"}', payload, b"")
    )
    policy = "<validate-jwt header-name='Authorization' require-signed-tokens='false'/>"
    assert reason(await knock(policy, ".".join(parts))) == "JwtInvalid"


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        ("<validate-jwt/>", "One of the attributes 'header-name', 'query-parameter-name', 'token-value'"),
        (azure("", "header-name='a' token-value='b'"), "Only one of the attributes"),
        ("<validate-azure-ad-token/>", "The required attribute 'tenant-id' is missing."),
        (azure("<audiences/>"), "incomplete content"),
        (any_jwt("<issuer-signing-keys><key>not base64!</key></issuer-signing-keys>"), "holds no key"),
    ],
)
async def test_a_validation_that_says_too_little_or_too_much_does_not_compile(
    policy: str, message: str
) -> None:
    with pytest.raises(InvalidPolicy, match=message):
        await play(policy)


@pytest.mark.parametrize(
    "inside",
    [
        "<decryption-keys><key certificate-id='a'/></decryption-keys>",
        "<issuer-signing-keys><key certificate-id='a'/></issuer-signing-keys>",
    ],
)
async def test_what_needs_certificates_is_not_implemented(inside: str) -> None:
    with pytest.raises(InvalidPolicy) as caught:
        await play(any_jwt(inside))
    assert caught.value.code == NOT_IMPLEMENTED
