"""Questions about the gateway: pools, breakers, keys, errors, limits and the cache."""

import itertools
import json

from apimlb.verify.bench import Heard
from apimlb.verify.questions import Answers, Question, Unclear
from apimlb.verify.stand import FORWARD, Stand, answer, document, header, rule, to_backend, variable

_CALLS = 24
_UNKNOWN_KEY = "0123456789abcdef0123456789abcdef"


async def weighting(stand: Stand) -> Answers:
    """Two members of one weight: in turn, or by lot? By lot, 24 calls change hands 12 times."""
    members = (await stand.backend("w1"), await stand.backend("w2"))
    pool = await stand.pool("weights", members)
    url = await stand.api("weighting", document(to_backend(pool)))
    names = [(await stand.get(url)).told("verify-name") for _ in range(_CALLS)]
    turns = sum(one != other for one, other in itertools.pairwise(names))
    found = "smooth" if turns >= _CALLS - 4 else "random"
    return {"gateway.weighting": found, "fact.weighting": " ".join(names)}


async def pin_selected_member(stand: Stand) -> Answers:
    """Retry without naming the pool again, whose first member refuses: who is asked next?"""
    refusing = await stand.backend("p1", rule((429, 429)))
    pool = await stand.pool("pinned", (refusing, await stand.backend("p2")))
    attempts = (
        '<retry condition="@(context.Response != null && context.Response.StatusCode == 429)" count="2" '
        'interval="0">' + variable("tries", '(int)context.Variables["tries"] + 1') + FORWARD + "</retry>"
    )
    shown = header("verify-tries", '((int)context.Variables["tries"]).ToString()')
    text = document(to_backend(pool) + variable("tries", "0"), attempts, shown)
    url = await stand.api("pinning", text)
    for _ in range(8):
        heard = await stand.get(url, verify_p1="429,0,0")
        if heard.status == 429 or heard.number("verify-tries") != 1:
            return {"gateway.pin_selected_member": heard.status == 429}
    raise Unclear("the member that refuses was never asked")


async def window(stand: Stand) -> Answers:
    """Two failures, six seconds apart, of two that an interval of ten takes: do they always come together?"""
    backend = await stand.backend("i1", rule((500, 599), count=2, trip="PT2S"))
    url = await stand.api("interval", document(to_backend(backend)))
    opened = []
    for _ in range(4):
        await stand.get(url, verify_i1="500,0,0")
        await stand.sleep(6)
        await stand.get(url, verify_i1="500,0,0")
        opened.append((await stand.get(url)).status != 200)
        await stand.sleep(12.5)
    if not any(opened):
        raise Unclear("two failures never opened the breaker")
    return {"gateway.window": "sliding" if all(opened) else "tumbling", "fact.window": opened}


async def late_failures(stand: Stand) -> Answers:
    """A failure that was asked for before the breaker opened and comes after: does it keep it open?"""
    backend = await stand.backend("l1", rule((500, 599), trip="PT6S"))
    url = await stand.api("lateness", document(to_backend(backend)))

    async def quick() -> Heard:
        await stand.sleep(1)
        return await stand.get(url, verify_l1="500,0,0")

    began = stand.bench.clock.now()
    await stand.bench.together([stand.get(url, verify_l1="500,0,4"), quick()])
    await stand.sleep(began + 8.5 - stand.bench.clock.now())
    heard = await stand.get(url)
    return {"gateway.late_failures": "ignored" if heard.status == 200 else "extend"}


async def exhausted(stand: Stand) -> Answers:
    """What a pool with nobody left says, word for word."""
    pool = await stand.pool("empty", (await stand.backend("x1", rule((429, 429))),))
    on_error = header("verify-reason", "context.LastError.Reason")
    url = await stand.api("emptiness", document(to_backend(pool), on_error=on_error))
    await stand.get(url, verify_x1="429,0,0")
    heard = await stand.get(url)
    if heard.status == 200:
        raise Unclear("one refusal did not open the breaker")
    return {
        "gateway.exhausted_message": _message(heard),
        "gateway.exhausted_reason": heard.reason,
        "gateway.exhausted_retry_after": "soonest" if heard.told("Retry-After") else "absent",
        "fact.exhausted": {
            "status": heard.status,
            "retry_after": heard.told("Retry-After"),
            "last_error": heard.told("verify-reason"),
        },
    }


def _message(heard: Heard) -> str:
    try:
        return str(json.loads(heard.body)["message"])
    except (ValueError, KeyError, TypeError):
        raise Unclear(f"the body has no message: {heard.body[:200]!r}") from None


async def optional_key(stand: Stand) -> Answers:
    """A key on an API that requires none: one that is made for it, and one that is nobody's."""
    shown = answer(verify_key='context.Subscription == null ? "" : context.Subscription.Id')
    url = await stand.api("optional", document(shown))
    key = await _key(stand, "optional", f"/apis/verify-{stand.mark}-optional")
    heard = await stand.get(url, Ocp_Apim_Subscription_Key=_UNKNOWN_KEY)
    if heard.status == 401:
        return {"gateway.optional_key": "refused"}
    for pause in (0.0, 5.0, 20.0, 60.0):
        await stand.sleep(pause)
        if (await stand.get(url, Ocp_Apim_Subscription_Key=key)).told("verify-key"):
            return {"gateway.optional_key": "resolved"}
    return {"gateway.optional_key": "ignored"}


async def open_product_key(stand: Stand) -> Answers:
    """A key that opens nothing, on an API that requires one and stands in an open product."""
    product = f"products/verify-{stand.mark}"
    properties = {"displayName": f"verify {stand.mark}", "subscriptionRequired": False, "state": "published"}
    url = await stand.api("opened", document(answer(verify_open='"1"')), keyed=True)
    await stand.bench.write(product, {"properties": properties})
    await stand.bench.write(f"{product}/apis/verify-{stand.mark}-opened", {})
    for pause in (0.0, 1.0, 5.0, 20.0, 60.0):
        await stand.sleep(pause)
        if (await stand.get(url)).status == 200:
            break
    else:
        raise Unclear("an API in an open product asked for a key")
    heard = await stand.get(url, Ocp_Apim_Subscription_Key=_UNKNOWN_KEY)
    return {"gateway.open_product_key": "refused" if heard.status == 401 else "ignored"}


async def _key(stand: Stand, name: str, scope: str) -> str:
    """A key of a new subscription."""
    keys = {
        which: f"{stand.mark:0<24}{number:08d}" for number, which in enumerate(("primaryKey", "secondaryKey"))
    }
    properties = {"displayName": f"verify {stand.mark} {name}", "scope": scope, "state": "active", **keys}
    await stand.bench.write(f"subscriptions/verify-{stand.mark}-{name}", {"properties": properties})
    return keys["primaryKey"]


async def timeout_status(stand: Stand) -> Answers:
    """The default answer when a backend takes longer than it may."""
    backend = await stand.backend("t1")
    text = document(to_backend(backend), '<forward-request timeout="2" />')
    heard = await stand.get(await stand.api("timeout", text), verify_t1="200,0,6")
    if heard.status < 500:
        raise Unclear(f"a backend that took too long led to {heard.status}")
    return {"gateway.timeout_status": heard.status}


async def wrong_method(stand: Stand) -> Answers:
    url = await stand.api("method", document(answer(verify_open='"1"')))
    return {"gateway.wrong_method": (await stand.call("POST", url, {})).status}


async def early_errors(stand: Stand) -> Answers:
    """Whether on-error sees that a key is missing."""
    text = document(answer(verify_open='"1"'), on_error=header("verify-on-error", '"1"'))
    heard = await stand.get(await stand.api("early", text, keyed=True))
    return {"gateway.early_errors_run_on_error": bool(heard.told("verify-on-error"))}


async def v2_duration(stand: Stand) -> Answers:
    """An answer that takes 35 s."""
    backend = await stand.backend("d1")
    heard = await stand.get(await stand.api("duration", document(to_backend(backend))), verify_d1="200,0,35")
    found = "unlimited" if heard.status == 200 else "30-seconds"
    return {"gateway.v2_duration": found, "fact.v2_duration": [heard.status, round(heard.seconds, 1)]}


async def over_buffer_status(stand: Stand) -> Answers:
    """Three MiB, which the policy wants to send twice if it has to."""
    backend = await stand.backend("b1")
    forward = '<forward-request timeout="120" buffer-request-body="true" />'
    text = document(to_backend(backend), forward)
    url = await stand.api("buffer", text, methods=("POST",))
    heard = await stand.call("POST", url, {}, b"x" * (3 * 1024 * 1024))
    if heard.status not in (500, 413):
        raise Unclear(f"a body of three MiB is answered {heard.status}")
    return {"gateway.over_buffer_status": heard.status}


_KEY = 'context.Request.Headers.GetValueOrDefault("verify-key", "")'
_BATCH = 25


async def cache(stand: Stand) -> Answers:
    """How soon what is stored is seen, how long a lookup takes, and how much of what is stored is lost."""
    url = await stand.api("cache", document(_cache_policy()))
    delay = await _delay(stand, url)
    took = [
        float((await stand.get(url, verify_do="time", verify_key=f"t{n}")).told("verify-seconds"))
        for n in range(20)
    ]
    kept = 0
    for number in range(8):
        await stand.get(url, verify_do="store", verify_key=f"loss{number}-")
    await stand.sleep(max(1.0, 2 * delay))
    for number in range(8):
        kept += int(
            (await stand.get(url, verify_do="count", verify_key=f"loss{number}-")).told("verify-kept")
        )
    return {
        "gateway.cache_delay": delay,
        "gateway.cache_seconds": [round(min(took), 4), round(max(took), 4)],
        "gateway.cache_loss": round(1 - kept / (8 * _BATCH), 3),
    }


async def _delay(stand: Stand, url: str) -> float:
    """Seconds until something stored is seen, nothing where the same policy sees it at once. One that is lost
    is stored again."""
    for attempt in range(5):
        key = f"delay{attempt}-"
        heard = await stand.get(url, verify_do="both", verify_key=key)
        if heard.told("verify-kept") != "0":
            return 0.0
        began = stand.bench.clock.now()
        while stand.bench.clock.now() < began + 3:
            await stand.sleep(0.01)
            if (await stand.get(url, verify_do="one", verify_key=key)).told("verify-kept") != "0":
                return round(stand.bench.clock.now() - began, 2)
    raise Unclear("nothing that was stored was seen within three seconds")


def _cache_policy() -> str:
    """The policy does what the header `verify-do` says, with keys that begin with that of `verify-key`."""
    does = '@(context.Request.Headers.GetValueOrDefault("verify-do", "") == "{}")'

    def when(word: str, inside: str) -> str:
        return f'<when condition="{does.format(word)}">{inside}</when>'

    def store(number: int) -> str:
        return f'<cache-store-value key="@({_KEY} + "{number}")" value="1" duration="120" />'

    def look(number: int) -> str:
        return (
            f'<cache-lookup-value key="@({_KEY} + "{number}")" variable-name="v{number}" default-value="0" />'
        )

    def kept(numbers: range) -> str:
        total = " + ".join(f'((string)context.Variables["v{number}"] == "1" ? 1 : 0)' for number in numbers)
        return answer(verify_kept=f"({total}).ToString()")

    every, one = range(_BATCH), range(1)
    stores, looks = "".join(map(store, every)), "".join(map(look, every))
    seconds = '(context.Elapsed - (TimeSpan)context.Variables["began"]).TotalSeconds.ToString()'
    timed = variable("began", "context.Elapsed") + look(0) + answer(verify_seconds=seconds)
    return (
        "<choose>"
        + when("store", stores + answer(verify_kept='"0"'))
        + when("count", looks + kept(every))
        + when("both", store(0) + look(0) + kept(one))
        + when("one", look(0) + kept(one))
        + when("time", timed)
        + "</choose>"
    )


QUESTIONS = (
    Question(("gateway.weighting",), weighting, 20),
    Question(("gateway.pin_selected_member",), pin_selected_member, 15),
    Question(("gateway.window",), window, 90),
    Question(("gateway.late_failures",), late_failures, 25),
    Question(
        ("gateway.exhausted_message", "gateway.exhausted_reason", "gateway.exhausted_retry_after"),
        exhausted,
        15,
    ),
    Question(("gateway.optional_key",), optional_key, 30),
    Question(("gateway.open_product_key",), open_product_key, 30),
    Question(("gateway.timeout_status",), timeout_status, 20),
    Question(("gateway.wrong_method",), wrong_method, 10),
    Question(("gateway.early_errors_run_on_error",), early_errors, 10),
    Question(("gateway.v2_duration",), v2_duration, 50),
    Question(("gateway.over_buffer_status",), over_buffer_status, 20),
    Question(("gateway.cache_delay", "gateway.cache_seconds", "gateway.cache_loss"), cache, 30),
)
