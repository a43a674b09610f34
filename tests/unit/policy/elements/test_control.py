"""base, choose, retry, set-variable, include-fragment, limit-concurrency, wait."""

import asyncio
import itertools
import random
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apimlb.http import Request, Response
from apimlb.policy.apim.context import Context, RequestView, Url
from apimlb.policy.compiler import compile_policy, effective
from apimlb.policy.elements.control import Waits
from apimlb.policy.rehearse.services import ScriptedServices
from apimlb.policy.run.counters import Counters
from apimlb.policy.run.exchange import Exchange, ForwardOptions
from apimlb.policy.run.pipeline import run
from tests.patience import PATIENCE
from tests.unit.policy.play import FORWARD, document, play, replies
from tests.unit.policy.test_compiler import refusal

COUNT_ATTEMPTS = "<set-variable name='n' value='@(context.Variables.GetValueOrDefault<int>(\"n\", 0) + 1)'/>"


class Even(random.Random):
    """Jitter switched off: every draw is the middle of its range."""

    def uniform(self, a: float, b: float) -> float:
        return (a + b) / 2


def retry(
    children: str = FORWARD, condition: str = "context.Response.StatusCode == 429", **more: object
) -> str:
    given = {"count": 2, "interval": 0, **{name.replace("_", "-"): value for name, value in more.items()}}
    attributes = "".join(f' {name}="{value}"' for name, value in given.items())
    return f"<retry condition='@({condition})'{attributes}>{children}</retry>"


def waits(of: Waits, count: int) -> list[float]:
    return [of.before(k, Even()) for k in range(count)]


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        (Waits(5), [5, 5, 5]),
        (Waits(5, delta=2), [5, 7, 9]),
        (Waits(10, maximum=100, delta=10), [10, 20, 40, 80, 100, 100]),
        (Waits(5, maximum=3), [3, 3]),
        (Waits(5, fast_first=True), [0, 5, 5]),
        (Waits(10, maximum=100, delta=10, fast_first=True), [0, 10, 20, 40]),
        (Waits(0), [0, 0]),
    ],
)
def test_retry_waits_as_its_page_says(of: Waits, expected: Sequence[float]) -> None:
    assert waits(of, len(expected)) == pytest.approx(expected)


def test_the_formula_may_go_on_from_one_after_a_fast_first_retry() -> None:
    of = Waits(10, maximum=100, delta=10, fast_first=True)
    assert [of.before(k, Even(), fast_index=1) for k in range(4)] == [0, 20, 40, 80]


@given(st.integers(0, 100), st.integers(0, 300), st.integers(0, 100), st.integers(0, 49), st.randoms())
def test_jitter_stays_within_a_fifth_of_delta_and_under_the_maximum(
    interval: int, maximum: int, delta: int, k: int, rng: random.Random
) -> None:
    wait = Waits(interval, maximum, delta).before(k, random.Random(rng.random()))
    growth = (2**k - 1) * delta
    assert wait <= maximum
    assert wait >= min(maximum, interval + 0.8 * growth) - 1e-6
    assert wait <= interval + 1.2 * growth + 1e-6


async def test_a_backend_that_stays_busy_is_called_once_more_than_count_and_its_answer_goes_out() -> None:
    played = await play(backend=retry(), backends=replies({"status": 429, "body": "busy"}))
    assert len(played.requests) == 3
    assert (played.response.status, played.response.body) == (429, b"busy")
    assert played.last_error is None


async def test_without_buffering_only_the_first_attempt_has_a_body() -> None:
    case: dict[str, Any] = {"request": {"method": "POST", "body": "hi"}, "backends": replies(429)}
    unbuffered = await play(backend=retry(), **case)
    buffered = await play(backend=retry("<forward-request buffer-request-body='true'/>"), **case)
    assert [request.body for request in unbuffered.requests] == [b"hi", b"", b""]
    assert [request.body for request in buffered.requests] == [b"hi", b"hi", b"hi"]


async def test_the_children_run_before_the_condition_is_looked_at() -> None:
    played = await play(backend=retry(COUNT_ATTEMPTS + FORWARD, "false"), backends=replies(429))
    assert played.variables["n"] == 1


async def test_retry_ends_with_the_first_answer_that_will_do_and_waits_in_between() -> None:
    played = await play(backend=retry(count=5, interval=3), backends=replies(429, 429, 200))
    assert played.response.status == 200
    assert played.waited == 6


async def test_a_dead_backend_is_an_error_but_the_condition_is_looked_at_each_time() -> None:
    """The attempt's other children are skipped; the condition sees a response of 500."""
    played = await play(
        backend=retry(
            COUNT_ATTEMPTS + FORWARD + "<set-variable name='after' value='1'/>",
            "context.Response != null && context.Response.StatusCode >= 500",
        ),
        backends=replies({"fails": "connection"}),
    )
    assert len(played.requests) == 3
    assert played.variables["n"] == 3
    assert "after" not in played.variables
    assert played.response.status == 500
    assert played.last_error is not None
    assert (played.last_error.reason, played.last_error.section) == ("BackendConnectionFailure", "backend")


async def test_a_dead_backend_may_come_back_to_life() -> None:
    played = await play(
        backend=retry(condition="context.Response.StatusCode >= 500"),
        backends=replies({"fails": "timeout"}, 200),
    )
    assert played.response.status == 200
    assert played.last_error is None


async def test_a_fault_that_the_condition_does_not_want_goes_to_on_error_at_once() -> None:
    played = await play(backend=retry(), backends=replies({"fails": "timeout"}, 200))
    assert len(played.requests) == 1
    assert played.last_error is not None
    assert played.last_error.reason == "Timeout"


async def test_in_the_worse_reading_a_dead_backend_leaves_no_response() -> None:
    fragile, careful = "context.Response.StatusCode >= 500", "context.Response == null"
    backends = replies({"fails": "connection"}, 200)
    fell = await play(backend=retry(condition=fragile), backends=backends, adverse=True)
    stood = await play(backend=retry(condition=careful), backends=backends, adverse=True)
    assert fell.last_error is not None
    assert fell.last_error.reason == "ExpressionValueEvaluationFailure"
    assert stood.response.status == 200


async def test_an_error_status_that_is_an_error_can_be_retried_and_still_reaches_the_client() -> None:
    played = await play(
        backend=retry("<forward-request fail-on-error-status-code='true'/>"),
        backends=replies({"status": 429, "body": "busy"}),
    )
    assert len(played.requests) == 3
    assert (played.response.status, played.response.body) == (429, b"busy")
    assert played.last_error is not None


async def test_a_condition_that_throws_is_an_error_of_the_retry() -> None:
    played = await play(backend=retry(condition='(bool)context.Variables["none"]'))
    assert played.last_error is not None
    assert (played.last_error.source, played.last_error.reason) == (
        "retry",
        "ExpressionValueEvaluationFailure",
    )


async def test_retry_takes_its_numbers_from_expressions() -> None:
    played = await play(
        "<set-variable name='c' value='@(1)'/>",
        backend=retry(count='@((int)context.Variables["c"])'.replace('"', "&quot;"), interval="@(2 + 2)"),
        backends=replies(429),
    )
    assert len(played.requests) == 2
    assert played.waited == 4


async def test_a_count_out_of_range_fails_when_it_is_evaluated() -> None:
    played = await play(backend=retry(count="@(51)"))
    assert played.last_error is not None
    assert "from 1 to 50" in played.last_error.message


async def test_choose_takes_the_first_branch_that_holds() -> None:
    mark = "<set-variable name='took' value='{}'/>"
    chosen = (
        f"<choose><when condition='@(context.Request.Method == \"GET\")'>{mark.format('get')}</when>"
        f"<when condition='true'>{mark.format('true')}</when>"
        f"<otherwise>{mark.format('else')}</otherwise></choose>"
    )
    got = await play(chosen, request={"method": "GET"})
    posted = await play(chosen, request={"method": "POST"})
    neither = await play(chosen.replace("'true'>", "'false'>"), request={"method": "POST"})
    assert [played.variables["took"] for played in (got, posted, neither)] == ["get", "true", "else"]


async def test_choose_without_a_branch_that_holds_does_nothing() -> None:
    played = await play("<choose><when condition='false'><set-variable name='a' value='1'/></when></choose>")
    assert "a" not in played.variables


async def test_a_literal_variable_is_a_string_and_an_expression_keeps_its_type() -> None:
    played = await play(
        "<set-variable name='literal' value='3'/><set-variable name='number' value='@(3)'/>"
        "<set-variable name='@(\"na\" + \"me\")' value='@(new JObject())'/>"
        "<set-variable name='read' value='@{ var number = (int)context.Variables[\"number\"]; "
        'return number + (string)context.Variables["literal"]; }\'/>'
    )
    assert played.variables["literal"] == "3"
    assert played.variables["number"] == 3
    assert "name" in played.variables
    assert played.variables["read"] == "33"


async def test_a_variable_cannot_hold_just_anything() -> None:
    played = await play("<set-variable name='a' value='@(new List<int>())'/>")
    assert played.last_error is not None
    assert (played.last_error.source, played.response.status) == ("set-variable", 500)


async def test_a_fragment_runs_in_the_place_of_its_include() -> None:
    played = await play(
        "<set-variable name='a' value='1'/><include-fragment fragment-id='Marks'/>",
        fragments={"marks": "<fragment><set-variable name='b' value='{{b}}'/></fragment>"},
        named_values={"b": "2"},
    )
    assert played.variables == {"a": "1", "b": "2"}


async def test_a_fault_in_a_fragment_says_where_it_is() -> None:
    played = await play(
        "<include-fragment fragment-id='f'/>",
        fragments={"f": "<fragment><set-variable name='b' value='@(context.Variables[\"no\"])'/></fragment>"},
    )
    assert played.last_error is not None
    assert played.last_error.path == "include-fragment/set-variable"


class Slow(ScriptedServices):
    """Backends that answer when told to."""

    def __init__(self) -> None:
        super().__init__({})
        self.answer = asyncio.Event()

    async def forward(self, exchange: Exchange, options: ForwardOptions) -> Response:
        await self.answer.wait()
        return Response(200)


async def test_one_too_many_at_a_time_is_refused_and_a_place_becomes_free_again() -> None:
    key = "key='@(context.Request.Method)'"
    limited = f"<limit-concurrency {key} max-count='1'>{FORWARD}</limit-concurrency>"
    # One policy compiled twice: a key stands for one count wherever it is used.
    policies = itertools.cycle([effective([compile_policy(document(backend=limited))]) for _ in range(2)])
    slow, counters = Slow(), Counters()

    def ask(method: str) -> asyncio.Task[Response]:
        url = Url("https://gateway.test/")
        context = Context(slow.clock, slow.rng, RequestView(method, url, url))
        exchange = Exchange(context, slow, "https://backend.test", counters=counters)
        return asyncio.ensure_future(run(next(policies), exchange))

    first, second, other = ask("GET"), ask("GET"), ask("POST")
    await asyncio.wait([first, second, other], timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
    assert second.done()
    assert (await second).status == 429
    slow.answer.set()
    assert [(await task).status for task in (first, other, ask("GET"))] == [200, 200, 200]


class Sides(ScriptedServices):
    """Side services that answer, each when told to; it notes who has been asked."""

    def __init__(self, *names: str) -> None:
        super().__init__({})
        self.answers = {name: asyncio.Event() for name in names}
        self.asked: set[str] = set()
        self.everybody = asyncio.Event()

    async def send(self, request: Request, timeout: float) -> Response:
        name = request.host
        self.asked.add(name)
        if self.asked == set(self.answers):
            self.everybody.set()
        await self.answers[name].wait()
        return Response(200, body=name.encode())


def waiting(sides: Sides, until: str) -> asyncio.Task[Exchange]:
    children = "".join(
        f"<send-request response-variable-name='{name}'><set-url>https://{name}/</set-url></send-request>"
        for name in sides.answers
    )
    policy = effective([compile_policy(document(f"<wait for='{until}'>{children}</wait>", ""))])
    url = Url("https://gateway.test/")
    exchange = Exchange(Context(sides.clock, sides.rng, RequestView("GET", url, url)), sides)

    async def ask() -> Exchange:
        await run(policy, exchange)
        return exchange

    return asyncio.ensure_future(ask())


async def test_what_is_waited_for_runs_side_by_side() -> None:
    sides = Sides("a", "b")
    task = waiting(sides, "all")
    await asyncio.wait_for(sides.everybody.wait(), PATIENCE)
    sides.answers["b"].set()
    sides.answers["a"].set()
    assert set((await task).context.variables) == {"a", "b"}


async def test_the_first_of_any_ends_the_others() -> None:
    sides = Sides("a", "b")
    task = waiting(sides, "any")
    await asyncio.wait_for(sides.everybody.wait(), PATIENCE)
    sides.answers["b"].set()
    assert set((await asyncio.wait_for(task, PATIENCE)).context.variables) == {"b"}


async def test_a_fault_of_one_is_the_fault_of_all() -> None:
    played = await play(
        "<wait><send-request response-variable-name='a'><set-url>https://a/</set-url></send-request>"
        "<choose><when condition='@(context.Variables.ContainsKey(null))'/></choose></wait>"
    )
    assert played.response.status == 500
    assert played.last_error is not None
    assert played.last_error.path == "wait/choose"


def test_a_retry_holds_no_wait() -> None:
    assert "has invalid child element 'wait'" in refusal(document(backend=retry("<wait/>"))).what


def test_only_some_policies_can_be_waited_for() -> None:
    assert "invalid child element 'set-header'" in refusal(document("<wait><set-header/></wait>")).what
