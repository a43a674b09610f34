"""Questions about policies: what an expression sees, and which documents are taken."""

from apimlb.errors import CloudError
from apimlb.verify.questions import Answers, Question, Unclear
from apimlb.verify.stand import Stand, answer, document, variable

_TRIED = 'try {{ {} }} catch (Exception) {{ return "throws"; }}'


def _block(name: str, body: str) -> str:
    return f'<set-variable name="{name}" value="@{{ {_TRIED.format(body)} }}" />'


async def response_before_forward(stand: Stand) -> Answers:
    """`context.Response` inside of retry, before anything was forwarded."""
    seen = 'context.Response == null ? "null" : context.Response.StatusCode.ToString()'
    first = variable("before", seen) + answer(verify_before='(string)context.Variables["before"]')
    backend = f'<retry condition="@(false)" count="1" interval="1">{first}</retry>'
    told = (await stand.get(await stand.api("before", document(backend=backend)))).told("verify-before")
    if not told:
        raise Unclear("the policy told nothing")
    found = "null" if told == "null" else "synthetic"
    return {"policy.response_before_forward": found, "fact.response_before_forward": told}


async def response_after_failure(stand: Stand) -> Answers:
    """`context.Response` in the condition of retry, after an attempt that nobody answered."""
    lost = f'<set-backend-service base-url="https://verify-{stand.mark}.invalid" />'
    tries = variable("tries", '(int)context.Variables["tries"] + 1')
    backend = (
        '<retry condition="@(context.Response == null)" count="2" interval="0">'
        f'{tries}<forward-request timeout="5" /></retry>'
    )
    shown = answer(verify_tries='((int)context.Variables["tries"]).ToString()')
    text = document(variable("tries", "0") + lost, backend, on_error=shown)
    tried = (await stand.get(await stand.api("failure", text))).number("verify-tries")
    if tried not in (1, 3):
        raise Unclear(f"a backend that is not there was tried {tried} times")
    return {"policy.response_after_failure": "null" if tried == 3 else "synthetic"}


async def lookup_miss(stand: Stand) -> Answers:
    look = f'<cache-lookup-value key="verify-{stand.mark}-nothing" variable-name="missed" />'
    shown = answer(verify_missed='context.Variables.ContainsKey("missed") ? "null" : "unset"')
    heard = await stand.get(await stand.api("miss", document(look + shown)))
    return {"policy.lookup_miss": heard.told("verify-missed")}


async def absent_variable(stand: Stand) -> Answers:
    seen = _block("found", 'return context.Variables["absent"] == null ? "null" : "value";')
    shown = answer(verify_found='(string)context.Variables["found"]')
    heard = await stand.get(await stand.api("absent", document(seen + shown)))
    return {"policy.absent_variable": heard.told("verify-found")}


async def other_type(stand: Stand) -> Answers:
    """`GetValueOrDefault<int>` of a text."""
    seen = _block(
        "found", 'return context.Variables.GetValueOrDefault<int>("text", 7) == 7 ? "default" : "value";'
    )
    text = '<set-variable name="text" value="words" />'
    shown = answer(verify_found='(string)context.Variables["found"]')
    heard = await stand.get(await stand.api("typed", document(text + seen + shown)))
    return {"policy.other_type": heard.told("verify-found")}


async def attribute_types(stand: Stand) -> Answers:
    """A header whose value is an object to the compiler."""
    try:
        await stand.api("objects", document(answer(verify_value='(object)"text"')))
    except CloudError as error:
        return {"policy.attribute_types": "exact", "fact.attribute_types": error.code}
    return {"policy.attribute_types": "any"}


async def first_fast_retry_index(stand: Stand) -> Answers:
    """Waits of 2 s and 4 s more for each: which is the first after the one that does not wait?"""
    noted = variable("tries", '(int)context.Variables["tries"] + 1')
    retry = (
        '<retry condition="@((int)context.Variables["tries"] < 3)" count="2" interval="2" delta="4" '
        f'first-fast-retry="true">{noted}</retry>'
    )
    seconds = answer(verify_seconds="context.Elapsed.TotalSeconds.ToString()")
    text = document(variable("tries", "0") + retry + seconds)
    heard = await stand.get(await stand.api("fast", text))
    took = float(heard.told("verify-seconds").replace(",", "."))
    return {"policy.first_fast_retry_index": 0 if took < 4 else 1, "fact.first_fast_retry": round(took, 2)}


async def documents(stand: Stand) -> Answers:
    """Which documents are taken: quota-by-key on this tier, and what a breaker may name as a reason."""
    quota = '<quota-by-key calls="9" renewal-period="300" counter-key="verify" />'
    reasons = []
    for reason in ("timeout", "Server errors", "BackendConnectionFailure", "ClientConnectionFailure"):
        condition = {"count": 1, "interval": "PT10S", "errorReasons": [reason]}
        named = {"failureCondition": condition, "tripDuration": "PT10S", "acceptRetryAfter": False}
        try:
            await stand.backend("reasons", named)
        except CloudError:
            continue
        reasons.append(reason)
    return {"fact.quota_by_key": await _taken(stand, quota), "fact.error_reasons": reasons}


async def _taken(stand: Stand, element: str) -> bool:
    try:
        await stand.api("quota", document(element + answer(verify_open='"1"')))
    except CloudError:
        return False
    return True


QUESTIONS = (
    Question(("policy.response_before_forward",), response_before_forward, 10),
    Question(("policy.response_after_failure",), response_after_failure, 20),
    Question(("policy.lookup_miss",), lookup_miss, 10),
    Question(("policy.absent_variable",), absent_variable, 10),
    Question(("policy.other_type",), other_type, 10),
    Question(("policy.attribute_types",), attribute_types, 10),
    Question(("policy.first_fast_retry_index",), first_fast_retry_index, 20),
    Question(("fact.quota_by_key", "fact.error_reasons"), documents, 20),
)
