"""authentication-basic, -certificate, -managed-identity, get-authorization-context, proxy."""

import pytest

from tests.unit.policy.play import document, play
from tests.unit.policy.test_compiler import refusal


async def test_the_identity_sets_the_header_or_a_variable() -> None:
    header = await play("<authentication-managed-identity resource='https://r'/>", identity="t")
    variable = await play(
        "<authentication-managed-identity resource='https://r' output-token-variable-name='v'/>", identity="t"
    )
    assert header.requests[0].headers.get("Authorization") == "Bearer t"
    assert variable.variables["v"] == "t"
    assert "Authorization" not in variable.requests[0].headers


async def test_no_identity_is_an_error_unless_it_is_ignored() -> None:
    element = "<authentication-managed-identity resource='https://r' ignore-error='{}'/>"
    strict = await play(element.format("false"), identity=False)
    lenient = await play(element.format("true"), identity=False)
    assert strict.response.status == 500
    assert strict.last_error is not None
    assert strict.last_error.source == "authentication-managed-identity"
    assert lenient.response.status == 200


async def test_basic_credentials_are_encoded() -> None:
    played = await play("<authentication-basic username='user' password='@(\"pass\" + 1)'/>")
    assert played.requests[0].headers.get("Authorization") == "Basic dXNlcjpwYXNzMQ=="


@pytest.mark.parametrize(
    ("attributes", "values"),
    [
        ("thumbprint='AB12'", {"thumbprint": "AB12"}),
        ("certificate-id='mine' password='secret'", {"certificate_id": "mine", "password": "(hidden)"}),
        ("body='@(new byte[] {1})'", {"body": "(hidden)"}),
    ],
)
async def test_a_certificate_is_noted_for_the_backend_without_its_secrets(
    attributes: str, values: dict[str, str]
) -> None:
    played = await play(f"<authentication-certificate {attributes}/>")
    record = played.records[0]
    assert (record.kind, record.target, dict(record.values)) == ("credential", "https://backend.test", values)


@pytest.mark.parametrize("attributes", ["", "thumbprint='a' certificate-id='b'"])
def test_a_certificate_is_named_in_one_way(attributes: str) -> None:
    assert "only one" in refusal(document(f"<authentication-certificate {attributes}/>")).what


CONTEXT = (
    "<get-authorization-context provider-id='github' authorization-id='mine' context-variable-name='auth' "
    "identity-type='managed' ignore-error='{}'/>"
    "<set-header name='Authorization'><value>"
    '@("Bearer " + ((Authorization)context.Variables.GetValueOrDefault("auth"))?.AccessToken)'
    "</value></set-header>"
)


async def test_a_connection_gives_its_token_and_claims() -> None:
    claim = (
        "<set-variable name='scope' "
        'value=\'@((string)((Authorization)context.Variables["auth"]).Claims["scope"])\'/>'
    )
    held = {"github/mine": {"access_token": "gh-token", "claims": {"scope": "repo"}}}
    played = await play(CONTEXT.format("false") + claim, authorizations=held)
    assert played.requests[0].headers.get("Authorization") == "Bearer gh-token"
    assert played.variables["scope"] == "repo"


async def test_a_connection_that_is_not_there_is_an_error_unless_it_is_ignored() -> None:
    strict = await play(CONTEXT.format("false"))
    lenient = await play(CONTEXT.format("true"))
    assert strict.response.status == 500
    assert strict.last_error is not None
    assert strict.last_error.source == "get-authorization-context"
    assert lenient.variables["auth"] is None
    assert lenient.requests[0].headers.get("Authorization") == "Bearer "


async def test_a_proxy_is_noted() -> None:
    played = await play("<proxy url='http://proxy.test:8080'/>")
    assert played.records[0].values == {"url": "http://proxy.test:8080"}
