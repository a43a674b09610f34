"""mock-response: answers out of the API's definition."""

import pytest

from tests.unit.policy.play import play

EXAMPLES = [
    {"status": 200, "content_type": "application/xml", "body": "<a/>"},
    {"status": 200, "content_type": "application/json", "body": '{"a": 1}'},
    {"status": 404, "content_type": "text/plain", "body": "none"},
]


@pytest.mark.parametrize(
    ("attributes", "status", "content_type", "body"),
    [
        ("", 200, "application/xml", b"<a/>"),
        (
            "content-type='application/json; charset=utf-8'",
            200,
            "application/json; charset=utf-8",
            b'{"a": 1}',
        ),
        ("status-code='404'", 404, "text/plain", b"none"),
        ("status-code='500'", 500, None, b""),
        ("content-type='text/csv'", 200, "text/csv", b""),
    ],
)
async def test_the_example_that_fits_is_the_answer(
    attributes: str, status: int, content_type: str | None, body: bytes
) -> None:
    played = await play(f"<mock-response {attributes}/>", operation={"examples": EXAMPLES})
    assert (played.response.status, played.response.body) == (status, body)
    assert played.response.headers.get("Content-Type") == content_type
    assert played.requests == ()


async def test_nothing_runs_after_it() -> None:
    played = await play("<mock-response/>", outbound="<set-status code='418'/>")
    assert (played.response.status, played.response.body) == (200, b"")
