"""set-backend-service and forward-request."""

import pytest

from apimlb.policy.document.problems import NOT_IMPLEMENTED
from tests.unit.policy.play import document, play, replies
from tests.unit.policy.test_compiler import refusal


async def test_a_base_url_takes_the_rest_of_the_path_and_the_query_along() -> None:
    played = await play(
        "<set-backend-service base-url='https://other.test/base/'/>"
        "<set-variable name='url' value='@(context.Request.Url.ToString())'/>",
        request={"url": "https://gateway.test/chat?api-version=1"},
    )
    assert played.requests[0].url == "https://other.test/base/chat?api-version=1"
    assert played.requests[0].headers.get("Host") == "other.test"
    assert played.variables["url"] == "https://other.test/base/chat?api-version=1"


async def test_a_backend_is_chosen_by_id_anew_in_each_attempt() -> None:
    choose = (
        "<retry condition='@(context.Response.StatusCode == 429)' count='1' interval='0'>"
        "<set-variable name='n' value='@(context.Variables.GetValueOrDefault<int>(\"n\", 0) + 1)'/>"
        '<set-backend-service backend-id=\'@("b" + context.Variables["n"])\'/>'
        "<forward-request/></retry>"
    )
    played = await play(
        backend=choose,
        backend_urls={"b1": "https://one.test", "b2": "https://two.test/x"},
        backends=[{"match": "*one*", "reply": {"status": 429}}, {"match": "*two*", "reply": {"status": 200}}],
    )
    assert [request.url for request in played.requests] == ["https://one.test/", "https://two.test/x/"]
    assert played.response.status == 200


async def test_the_url_that_was_called_is_what_later_expressions_see() -> None:
    played = await play(
        "<set-backend-service backend-id='b'/>",
        outbound="<set-header name='called'><value>@(context.Request.Url.Host)</value></set-header>",
        backend_urls={"b": "https://member.test"},
    )
    assert played.response.headers.get("called") == "member.test"


@pytest.mark.parametrize("url", ["nonsense", "http://[a", "http://a:99999"])
async def test_a_base_url_must_be_a_url(url: str) -> None:
    played = await play(f"<set-backend-service base-url='@(\"{url}\")'/>")
    assert played.response.status == 500
    assert played.last_error is not None
    assert played.last_error.source == "set-backend-service"


@pytest.mark.parametrize("attribute", ["timeout='2'", "timeout-ms='2000'", "timeout='@(1 + 1)'"])
async def test_a_backend_that_takes_too_long_is_a_timeout(attribute: str) -> None:
    played = await play(backend=f"<forward-request {attribute}/>", backends=replies({"after": 2.5}))
    assert played.last_error is not None
    assert (played.last_error.source, played.last_error.reason) == ("forward-request", "Timeout")
    assert played.response.status == 500


async def test_an_error_status_may_be_made_an_error() -> None:
    """The client still gets what the backend said, on-error may change it."""
    played = await play(
        backend="<forward-request fail-on-error-status-code='true'/>",
        outbound="<set-header name='never'><value>1</value></set-header>",
        on_error="<set-header name='seen'><value>@(\"\" + context.Response.StatusCode)</value></set-header>",
        backends=replies({"status": 418, "body": "teapot"}),
    )
    assert (played.response.status, played.response.body) == (418, b"teapot")
    assert played.response.headers.get("seen") == "418"
    assert "never" not in played.response.headers
    assert played.last_error is not None
    assert played.last_error.source == "forward-request"


async def test_the_host_header_that_a_policy_sets_is_sent() -> None:
    played = await play("<set-header name='Host'><value>mine.test</value></set-header>")
    assert played.requests[0].headers.get("Host") == "mine.test"


SPILL = (
    "<retry condition='@(context.Response.StatusCode == 429)' count='2' interval='0' first-fast-retry='true'>"
    "<choose><when condition='@(context.Response.StatusCode == 429)'>"
    "<set-backend-service backend-id='b'/></when>"
    "<otherwise><set-backend-service backend-id='a'/></otherwise></choose>"
    "<forward-request buffer-request-body='true' {}/></retry>"
)


@pytest.mark.parametrize("strict", ["", "fail-on-error-status-code='true'"])
@pytest.mark.parametrize(("status", "asked"), [(200, ["a"]), (429, ["a", "b"])])
async def test_before_anything_was_forwarded_there_is_a_response_that_is_no_error(
    strict: str, status: int, asked: list[str]
) -> None:
    backends = [{"match": "*a.backend*", "reply": {"status": status}}, {"reply": {}}]
    played = await play(backend=SPILL.format(strict), backends=backends)
    assert played.response.status == 200
    assert [request.host.partition(".")[0] for request in played.requests] == asked


async def test_in_the_worse_reading_there_is_none() -> None:
    played = await play(backend=SPILL.format(""), adverse=True)
    assert played.response.status == 500
    assert played.requests == ()


@pytest.mark.parametrize(
    "element",
    [
        "<set-backend-service backend-id='f' sf-resolve-condition='@(true)'/>",
        "<set-backend-service backend-id='d' dapr-method='m'/>",
    ],
)
def test_attributes_for_fabrics_that_are_not_here_are_said_to_be_missing(element: str) -> None:
    found = refusal(document(element))
    assert found.code == NOT_IMPLEMENTED
    assert "not implemented by the local gateway" in found.what


def test_a_wait_for_100_continue_is_said_to_be_missing() -> None:
    found = refusal(document(backend="<forward-request continue-timeout='5'/>"))
    assert found.code == NOT_IMPLEMENTED


async def test_each_attempt_goes_to_the_path_that_it_is_rewritten_to() -> None:
    rewritten = (
        "<retry condition='@(context.Response.StatusCode == 429)' count='1' interval='0'>"
        "<rewrite-uri template='@(\"/x\" + context.Variables.Count)'/><set-variable name='v' value='1'/>"
        "<forward-request/></retry>"
    )
    played = await play(backend=rewritten, backends=replies(429, 200))
    assert [request.path for request in played.requests] == ["/x0", "/x1"]
