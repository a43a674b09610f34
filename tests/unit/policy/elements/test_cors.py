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


@pytest.mark.parametrize("strange", STRANGE)
@pytest.mark.parametrize(("ends", "status"), [("true", 200), ("false", 418)])
async def test_a_preflight_that_does_not_fit_is_granted_nothing(
    strange: dict[str, str], ends: str, status: int
) -> None:
    after = "<return-response><set-status code='418'/></return-response>"
    request = {"method": "OPTIONS", "headers": {**ASKED, **strange}}
    played = await play(CORS.format(ends) + after, request=request)
    assert played.response.status == status
    assert played.response.headers.get("Access-Control-Allow-Origin") is None


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
