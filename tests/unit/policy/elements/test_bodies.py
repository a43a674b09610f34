"""find-and-replace, redirect-content-urls."""

from tests.unit.policy.play import play, replies

REPLACE = "<find-and-replace from='note' to='@(\"lap\" + 1)'/>"


async def test_text_is_replaced_in_a_request_before_it_goes() -> None:
    played = await play(REPLACE, request={"method": "POST", "body": "note Note note"})
    assert played.requests[0].body == b"lap1 Note lap1"


async def test_text_is_replaced_in_a_response() -> None:
    played = await play(outbound=REPLACE, backends=replies({"body": "a note"}))
    assert played.response.body == b"a lap1"


async def test_text_is_replaced_in_what_an_error_says() -> None:
    played = await play(backend="", inbound="<set-backend-service base-url='@(\"x\")'/>", on_error=(
        "<find-and-replace from='Internal' to='Some'/>"
    ))  # fmt: skip
    assert b"Some server error" in bytes(played.response.body)  # type: ignore[arg-type]


async def test_a_body_that_would_hold_the_gateway_is_not_made() -> None:
    element = "<find-and-replace from='a' to='@(new string((char)98, 10000))'/>"
    played = await play(element, request={"method": "POST", "body": "a" * 10_000})
    assert played.last_error is not None
    assert (played.response.status, played.last_error.reason) == (500, "StepLimitExceeded")
    assert "that a body may have" in played.last_error.message


async def test_links_to_the_backend_become_links_to_the_gateway() -> None:
    played = await play(
        outbound="<redirect-content-urls/>",
        api={"path": "shop"},
        service_url="https://inner.test/v1",
        request={"url": "https://gateway.test/shop/items"},
        path="/items",
        backends=replies({"body": '{"next": "https://inner.test/v1/items?page=2"}'}),
    )
    assert played.response.body == b'{"next": "https://gateway.test/shop/items?page=2"}'


async def test_links_to_the_gateway_become_links_to_the_backend_on_the_way_in() -> None:
    played = await play(
        "<redirect-content-urls/>",
        api={"path": "shop"},
        service_url="https://inner.test/v1",
        request={
            "method": "POST",
            "url": "https://gateway.test/shop/x",
            "body": "see https://gateway.test/shop/y",
        },
    )
    assert played.requests[0].body == b"see https://inner.test/v1/y"
