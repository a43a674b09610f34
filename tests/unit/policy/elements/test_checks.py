"""check-header."""

import pytest

from tests.unit.policy.play import play

CHECK = (
    "<check-header name='Key' failed-check-httpcode='@(400 + 3)' failed-check-error-message='Go away' "
    "ignore-case='{}'><value>Open</value><value>Sesame</value></check-header>"
)


@pytest.mark.parametrize(
    ("given", "ignore_case", "reason"),
    [
        ({"key": "Open"}, "false", None),
        ({"key": "sesame"}, "true", None),
        ({"key": "sesame"}, "false", "HeaderValueNotAllowed"),
        ({}, "true", "HeaderNotFound"),
    ],
)
async def test_a_header_must_be_there_and_have_one_of_the_values(
    given: dict[str, str], ignore_case: str, reason: str | None
) -> None:
    played = await play(CHECK.format(ignore_case), request={"headers": given})
    if reason is None:
        assert played.response.status == 200
        return
    assert played.last_error is not None
    assert (played.last_error.source, played.last_error.reason) == ("check-header", reason)
    assert played.response.status == 403
    assert played.response.body == b'{ "statusCode": 403, "message": "Go away" }'
