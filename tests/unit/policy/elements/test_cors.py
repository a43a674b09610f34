"""cors: what a browser is granted before and with an answer, and which pages are not."""

import pytest

from tests.unit.policy.play import document, play
from tests.unit.policy.test_compiler import refusal

CORS = (
    "<cors terminate-unmatched-request='{}'><allowed-origins><origin>https://a.example</origin></allowed-origins>"
    "<allowed-methods preflight-result-max-age='60'><method>POST</method></allowed-methods>"
    "<allowed-headers><header>api-key</header></allowed-headers>"
    "<expose-headers><header>Retry-After</header></expose-headers></cors>"
)
ASKED = {"Origin": "https://a.example", "Access-Control-Request-Method": "POST"}


async def test_a_preflight_that_fits_is_answered_before_anything_else_runs() -> None:
    asked = {**ASKED, "Access-Control-Request-Headers": "API-key"}
    played = await play(
        CORS.format("false") + "<return-response/>", request={"method": "OPTIONS", "headers": asked}
    )
    shown = played.response.headers
    assert played.response.status == 200
    assert shown.get("Access-Control-Allow-Origin") == "https://a.example"
    assert shown.get("Access-Control-Allow-Methods") == "POST"
    assert shown.get("Access-Control-Allow-Headers") == "API-key"
    assert shown.get("Access-Control-Max-Age") == "60"


STRANGE = [
    {"Origin": "https://b.example"},
    {"Access-Control-Request-Method": "DELETE"},
    {"Access-Control-Request-Headers": "api-key, x-other"},
]


AFTER = "<return-response><set-status code='418'/></return-response>"


@pytest.mark.parametrize("strange", STRANGE)
@pytest.mark.parametrize("ends", ["true", "false"])
async def test_a_preflight_that_does_not_fit_is_granted_nothing(strange: dict[str, str], ends: str) -> None:
    request = {"method": "OPTIONS", "headers": {**ASKED, **strange}}
    played = await play(CORS.format(ends) + AFTER, request=request)
    assert (played.response.status, played.response.body) == (200, b"")
    assert played.response.headers.get("Access-Control-Allow-Origin") is None


@pytest.mark.parametrize(("ends", "granted"), [("true", None), ("false", "https://b.example")])
async def test_a_further_cors_may_know_the_origin(ends: str, granted: str | None) -> None:
    other = CORS.format("true").replace("a.example", "b.example")
    request = {"method": "OPTIONS", "headers": {**ASKED, "Origin": "https://b.example"}}
    played = await play(CORS.format(ends) + AFTER + other, request=request)
    assert played.response.headers.get("Access-Control-Allow-Origin") == granted


async def test_without_cors_a_preflight_is_a_request_like_any_other() -> None:
    played = await play(AFTER, request={"method": "OPTIONS", "headers": ASKED})
    assert played.response.status == 418


@pytest.mark.parametrize(
    ("ends", "method", "status"), [("true", "GET", 200), ("true", "POST", 418), ("false", "GET", 418)]
)
async def test_a_simple_request_of_a_stranger_may_be_ended(ends: str, method: str, status: int) -> None:
    request = {"method": method, "headers": {"Origin": "https://b.example"}}
    played = await play(CORS.format(ends) + AFTER, request=request)
    assert (played.response.status, played.response.body) == (status, b"")


async def test_its_words_may_be_expressions() -> None:
    element = (
        '<cors allow-credentials=\'@(true)\'><allowed-origins><origin>@("https://" + "a.example")</origin>'
        "</allowed-origins><allowed-methods preflight-result-max-age='@(5)'><method>*</method>"
        "</allowed-methods><allowed-headers><header>*</header></allowed-headers></cors>"
    )
    played = await play(element, request={"method": "OPTIONS", "headers": ASKED})
    assert played.response.headers.get("Access-Control-Allow-Credentials") == "true"
    assert played.response.headers.get("Access-Control-Max-Age") == "5"


@pytest.mark.parametrize("end", ["", "<return-response><set-status code='429'/></return-response>"])
async def test_a_page_of_an_allowed_origin_can_read_every_answer(end: str) -> None:
    played = await play(CORS.format("false") + end, request={"headers": {"Origin": "https://a.example"}})
    assert played.response.headers.get("Access-Control-Allow-Origin") == "https://a.example"
    assert played.response.headers.get("Access-Control-Expose-Headers") == "Retry-After"


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://b.example"}])
async def test_nobody_else_gets_headers(headers: dict[str, str]) -> None:
    played = await play(CORS.format("true"), request={"headers": headers})
    assert played.response.status == 200
    assert played.response.headers.get("Access-Control-Allow-Origin") is None


async def test_any_origin_is_said_to_be_any() -> None:
    anybody = "<cors><allowed-origins><origin>*</origin></allowed-origins></cors>"
    played = await play(anybody, request={"headers": {"Origin": "https://b.example"}})
    assert played.response.headers.get("Access-Control-Allow-Origin") == "*"


def test_without_origins_it_is_refused() -> None:
    found = refusal(document("<cors/>"))
    assert "'origin'" in found.what
