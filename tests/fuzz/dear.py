"""The dearest requests for each element of a policy, and texts of which an upload could be dear.

A case is an element as often as it is told, with requests that make it work: bodies in the forms that it reads,
many headers, long queries, large variables. `benchmarks/policy_costs.py` measures what the budget buys with
them, and the fuzzer looks for dearer ones.
"""

# ruff: noqa: E501 - rows of tables

import asyncio
import base64
import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from apimlb.policy.clr.budget import REQUEST_STEPS
from apimlb.policy.compiler import compile_policy, effective
from apimlb.policy.document.reader import SIZE_LIMIT
from apimlb.policy.rehearse.rehearsal import exchange_of
from apimlb.policy.rehearse.services import ScriptedServices
from apimlb.policy.run.pipeline import run

JSON, XML, TEXT = "application/json", "text/xml", "text/plain"
_BODY = "@(context.Request.Body.As&lt;string&gt;(true))"
_KEPT = '@((string)context.Variables["kept"])'
_KEEP = f'<set-variable name="kept" value="{_BODY}"/>'
_BACKEND = 'backend-id="b"'


def repeated(piece: str, size: int, opening: str = "", closing: str = "") -> str:
    """As many whole pieces as make a text of about `size` characters."""
    return opening + piece * max(1, (size - len(opening) - len(closing)) // len(piece)) + closing


Maker = Callable[[int], str]


def numbered(piece: str, between: str, size: int, opening: str, closing: str) -> str:
    """Pieces with a number each, for names that differ."""
    count = max(1, size // (len(piece) + 4))
    return opening + between.join(piece.format(number) for number in range(count)) + closing


_ORDER = '{{"id":{0},"name":"item number {0}","price":{0}.25,"ok":true}}'
JSONS: dict[str, Maker] = {
    "arrays": lambda n: repeated("[],", n, "[", "1]"), "objects": lambda n: repeated("{},", n, "[", "1]"),
    "numbers": lambda n: repeated("1,", n, "[", "1]"), "reals": lambda n: repeated("1.5e3,", n, "[", "1]"),
    "members": lambda n: numbered('"a{}":1', ",", n, "{", "}"), "one member": lambda n: repeated('{"a":1},', n, "[", "1]"),
    "texts": lambda n: repeated('"a",', n, "[", "1]"), "deep": lambda n: repeated(f"{'[' * 190}1{']' * 190},", n, "[", "1]"),
    "digits": lambda n: repeated(f"{'1' * 4300},", n, "[", "1]"), "wide": lambda n: repeated("\u4e00", n // 3, '["', '"]'),
    "pairs": lambda n: repeated("\U0001f600", n // 4, '["', '"]'), "escapes": lambda n: repeated("\\u0041", n, '["', '"]'),
    "dates": lambda n: repeated('"2024-01-01T00:00:00Z",', n, "[", "1]"), "names": lambda n: numbered('" {}":1', ",", n, "{", "}"),
    "messages": lambda n: repeated('{"content":[{"text":"a"}]},', n, '{"messages":[', "1]}"),
    "tolerant": lambda n: repeated("1,", n, "[//\n", "1]"), "rows": lambda n: numbered(_ORDER, ",", n, "[", "]"),
    "chat": lambda n: repeated('{"role":"user","content":"' + "all work and no play " * 20 + '"},', n, '{"messages":[', "{}]}"),
    "image": lambda n: repeated("iVBORw0KGgo", n, '{"messages":[{"content":[{"image_url":{"url":"data:,', '"}}]}]}'),
}  # fmt: skip
_ROW = '<i id="{0}"><name>item number {0}</name><price>{0}.25</price></i>'
XMLS: dict[str, Maker] = {
    "elements": lambda n: repeated("<b/>", n, "<a>", "</a>"), "attributes": lambda n: numbered('b{}="1"', " ", n, "<a ", "/>"),
    "pairs of attributes": lambda n: repeated('<a b="1" c="2"/>', n, "<r>", "</r>"), "references": lambda n: repeated("&lt;", n, "<a>", "</a>"),
    "deep": lambda n: repeated("<a>" * 190 + "</a>" * 190, n, "<r>", "</r>"), "mixed": lambda n: repeated("x<b/>", n, "<a>", "</a>"),
    "comments": lambda n: repeated("<!---->", n, "<a>", "</a>"), "instructions": lambda n: repeated("<?b?>", n, "<a>", "</a>"),
    "sections": lambda n: repeated("<![CDATA[x]]>", n, "<a>", "</a>"), "spaces": lambda n: repeated('<a xmlns="u"/>', n, "<r>", "</r>"),
    "prefixes": lambda n: repeated('<p:a xmlns:p="u"/>', n, "<r>", "</r>"), "rows": lambda n: numbered(_ROW, "", n, "<r>", "</r>"),
    "many attributes": lambda n: repeated("<a " + " ".join(f'b{i}="1"' for i in range(100)) + "/>", n, "<r>", "</r>"),
    "wide": lambda n: repeated("\u4e00", n // 3, "<a>", "</a>"), "pairs": lambda n: repeated("\U0001f600", n // 4, "<a>", "</a>"),
    "type": lambda n: repeated("b0 CDATA 'x' ", n, "<!DOCTYPE a [<!ATTLIST a ", ">]><a/>"),
}  # fmt: skip
TEXTS: dict[str, Maker] = {
    "letters": lambda n: "a" * n, "wide": lambda n: "\u4e00" * (n // 3), "pairs": lambda n: "\U0001f600" * (n // 4),
    "words": lambda n: repeated("ab ", n), "lines": lambda n: "\n" * n, "fields": lambda n: repeated("a&", n),
    "escapes": lambda n: repeated("%41", n), "tags": lambda n: repeated("<a>", n), "brackets": lambda n: "<" * n,
    "commas": lambda n: "," * n, "percent": lambda n: "%" * n, "digits": lambda n: "1" * n, "quotes": lambda n: '"' * n,
}  # fmt: skip


def token(claim: str) -> str:
    """A token with a claim that is this text of JSON, signed by nobody."""
    parts = ('{"alg":"HS256"}', f'{{"exp":99999999999,"a":{claim}}}', "x" * 32)
    return ".".join(base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts)


TOKENS: dict[str, Maker] = {
    "text": lambda n: token(repeated("a", n * 3 // 4, '"', '"')), "lists": lambda n: token(repeated("[],", n * 3 // 4, "[", "1]")),
}  # fmt: skip
FORMS: dict[str, tuple[str, dict[str, Maker]]] = {
    "json": (JSON, JSONS), "xml": (XML, XMLS), "text": (TEXT, TEXTS), "none": (TEXT, {"none": lambda n: ""}), "token": (TEXT, TOKENS),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """`policy` is repeated where `{again}` marks the part that is; `form` names what its bodies are."""

    policy: str
    form: str = "text"
    section: str = "inbound"
    more: dict[str, Any] = field(default_factory=dict)


_TOKENS = 'counter-key="a" tokens-per-minute="100000000" estimate-prompt-tokens="true"'
_ALWAYS = 'apply="always" consider-accept-header="false"'
_HEADER = f'<set-header name="h" exists-action="append"><value>{_KEPT}</value></set-header>'
_CONTENT = '<validate-content unspecified-content-type-action="ignore" max-size="4000000" size-exceeded-action="ignore"><content validate-as="{}" action="ignore"/></validate-content>'
_LIQUID = '<set-body template="liquid">{}</set-body>'
_VARY = 'vary-by-developer="false" vary-by-developer-groups="false"'
_ASKED = f"<set-url>https://side.test/</set-url><set-method>POST</set-method><set-body>{_KEPT}</set-body>"
_KEYS = "".join(f"<key>{base64.b64encode(f'{n:032}'.encode()).decode()}</key>" for n in range(300))
_RSA = "".join(f'<key n="{"x" * 500}{n + 1000}" e="AQAB"/>' for n in range(20))
_ORIGINS = f"<allowed-origins>{''.join(f'<origin>https://{n}.test</origin>' for n in range(1_000))}</allowed-origins>"
_VALUES = "".join(f"<value>{n}</value>" for n in range(1_000))
_RANGES = "".join(
    f'<address>10.0.{n >> 8}.{n & 255}</address><address-range from="10.1.{n >> 8}.{n & 255}" to="10.1.255.255"/>'
    for n in range(500)
)
_CHECK = 'failed-check-httpcode="401" failed-check-error-message="no" ignore-case="true"'

CASES: dict[str, tuple[Case, ...]] = {
    "base": (Case("<base/>"),),
    "choose": (Case(f'<choose><when condition="@({_KEPT[2:-1]} == null)"/></choose>'),),
    "include-fragment": (Case('<include-fragment fragment-id="f"/>', more={"fragments": {"f": "<fragment><trace source='a'>a</trace></fragment>"}}),),
    "limit-concurrency": (Case(f'<limit-concurrency key="{_KEPT}" max-count="9"><trace source="a">a</trace></limit-concurrency>'),),
    "retry": (Case(f'<retry condition="@(true)" count="50" interval="0"><set-body>{_BODY}</set-body></retry>'),),
    "set-variable": (Case(f'<set-variable name="{_KEPT}" value="{_KEPT}"/>'), Case('<set-variable name="a" value="@(context.Request.Body.As&lt;JToken&gt;(true))"/>', "json"), Case('<set-variable name="a" value="@(context.Request.Body.As&lt;XElement&gt;(true).Value)"/>', "xml")),
    "wait": (Case('<wait><choose><when condition="@(context.Request.Body.As&lt;string&gt;(true) == null)"/></choose></wait>'),),
    "json-to-xml": (Case(f"<json-to-xml {_ALWAYS}/>", "json"),),
    "xml-to-json": (Case(f'<xml-to-json kind="direct" {_ALWAYS}/>', "xml"),),
    "jsonp": (Case('<jsonp callback-parameter-name="c"/>', section="outbound"),),
    "validate-content": (Case(_CONTENT.format("json"), "json"), Case(_CONTENT.format("xml"), "xml")),
    "validate-headers": (Case('<validate-headers specified-header-action="ignore" unspecified-header-action="ignore"/>', "none", "outbound"),),
    "validate-parameters": (Case('<validate-parameters specified-parameter-action="ignore" unspecified-parameter-action="detect" errors-variable-name="e"/>', "none"),),
    "validate-status-code": (Case('<validate-status-code unspecified-status-code-action="detect" errors-variable-name="e"/>', "none", "outbound"),),
    "rewrite-uri": (Case('<rewrite-uri template="/a?b=1"/>', "none"), Case(f'<rewrite-uri template="/{"{p}" * 500}"/>', "none"), Case(f'<rewrite-uri template="@(&quot;/?b=&quot; + {_KEPT[1:]}.Substring(0, 900))"/>')),
    "set-body": (Case(f"<set-body>{_BODY}</set-body>"), Case('<set-body>@(context.Request.Body.As&lt;JToken&gt;(true).ToString())</set-body>', "json"), Case('<set-body>@(context.Request.Body.As&lt;XElement&gt;(true).ToString())</set-body>', "xml"),
                 Case(_LIQUID.format("{{body[0]}}"), "json"), Case(_LIQUID.format("{{body}}"), "json"), Case(_LIQUID.format("{{body}}"), "xml"),
                 Case(_LIQUID.format("{% for i in body %}{{i.Key}}{{i.name}}{{i.Value}}{% endfor %}"), "json"), Case(_LIQUID.format("{% assign a = body | Split: '' %}{{ a | Uniq | Sort | Join: ',' | Size }}")),
                 Case(_LIQUID.format("{{ body | StripHtml | UrlEncode | UrlDecode | Upcase | Capitalize | NewlineToBr | Escape | Size }}"))),
    "set-header": (Case(f'<set-header name="h{{n}}" exists-action="append"><value>{_KEPT}</value></set-header>'), Case('<set-header name="h{n}"><value>a</value></set-header>', "none"), Case(f'<set-header name="h">{_VALUES}</set-header>', "none")),
    "set-method": (Case(f"<set-method>{_KEPT}</set-method>"),),
    "set-query-parameter": (Case('<set-query-parameter name="a{n}"><value>b</value></set-query-parameter>', "none"), Case(f'<set-query-parameter name="a">{_VALUES}</set-query-parameter>', "none"), Case(f'<set-query-parameter name="a"><value>@({_KEPT[1:]}.Substring(0, 9000))</value></set-query-parameter>'),),
    "set-status": (Case(f'<set-status code="200" reason="{_KEPT}"/>', section="outbound"),),
    "forward-request": (Case("<forward-request/>", section="backend"),),
    "set-backend-service": (Case(f'<set-backend-service backend-id="{_KEPT}"/>'), Case(f'<set-backend-service base-url="@(&quot;https://a/&quot; + {_KEPT[2:-1]})"/>')),
    "find-and-replace": (Case('<find-and-replace from="a" to="aa"/>'), Case(f'<find-and-replace from="b" to="{_KEPT}"/>', more={"head": '<set-body>aab</set-body>'})),
    "redirect-content-urls": (Case("<redirect-content-urls/>"),),
    "cache-lookup-value": (Case(f'<cache-lookup-value key="{_KEPT}" variable-name="a"/>'),),
    "cache-store-value": (Case(f'<cache-store-value key="a{{n}}" value="{_KEPT}" duration="9"/>'),),
    "cache-remove-value": (Case(f'<cache-remove-value key="{_KEPT}"/>'),),
    "quota": (Case('<quota calls="90000" renewal-period="300"/>', "none", more={"scope": "product"}),),
    "quota-by-key": (Case(f'<quota-by-key calls="90000" renewal-period="300" counter-key="{_KEPT}"/>'),),
    "rate-limit": (Case('<rate-limit calls="90000" renewal-period="300"/>', "none", more={"scope": "product"}),),
    "rate-limit-by-key": (Case(f'<rate-limit-by-key calls="90000" renewal-period="300" counter-key="{_KEPT}"/>'),),
    "return-response": (Case(f"<return-response><set-body>{_BODY}</set-body></return-response>"),),
    "send-request": (Case(f'<send-request mode="new" response-variable-name="a" ignore-error="true">{_ASKED}</send-request>'), Case('<send-request mode="copy" response-variable-name="a" ignore-error="true"/>')),
    "check-header": (Case(f'<check-header name="h" {_CHECK}/>', more={"head": _HEADER}), Case(f'<check-header name="h" {_CHECK}><value>{_KEPT}</value></check-header>', more={"head": _HEADER}), Case(f'<check-header name="x-0" {_CHECK}>{_VALUES}<value>@(context.Request.Headers["x-0"][0])</value></check-header>', "none")),
    "ip-filter": (Case('<ip-filter action="allow"><address>127.0.0.1</address></ip-filter>', "none"), Case(f'<ip-filter action="forbid">{_RANGES}</ip-filter>', "none"),),
    "llm-content-safety": (Case('<llm-content-safety backend-id="s"><categories><category name="Hate" threshold="4"/></categories></llm-content-safety>', "json"),),
    "cors": (Case("<cors><allowed-origins><origin>*</origin></allowed-origins></cors>", "none"), Case(f'<cors terminate-unmatched-request="false">{_ORIGINS}</cors>', "none"),),
    "authentication-basic": (Case(f'<authentication-basic username="{_KEPT}" password="a"/>'),),
    "authentication-certificate": (Case(f'<authentication-certificate certificate-id="{_KEPT}"/>'),),
    "authentication-managed-identity": (Case(f'<authentication-managed-identity resource="{_KEPT}"/>'),),
    "get-authorization-context": (Case(f'<get-authorization-context provider-id="{_KEPT}" authorization-id="a" context-variable-name="a" ignore-error="true"/>'),),
    "proxy": (Case(f'<proxy url="{_KEPT}"/>'),),
    "log-to-eventhub": (Case(f'<log-to-eventhub logger-id="l">{_KEPT}</log-to-eventhub>'),),
    "send-one-way-request": (Case(f'<send-one-way-request mode="new">{_ASKED}</send-one-way-request>'),),
    "send-service-bus-message": (Case(f'<send-service-bus-message queue-name="q"><payload>{_KEPT}</payload></send-service-bus-message>'),),
    "trace": (Case(f'<trace source="a"><message>{_KEPT}</message></trace>'),),
    "emit-metric": (Case(f'<emit-metric name="a"><dimension name="d" value="{_KEPT}"/></emit-metric>'),),
    "mock-response": (Case('<mock-response/>', "none"),),
    "cache-lookup": (Case(f"<cache-lookup {_VARY}/>", "none", more={"method": "GET"}),),
    "cache-store": (Case('<cache-store duration="9"/>', "none", "outbound", more={"method": "GET"}),),
    "validate-jwt": (Case(f'<validate-jwt token-value="{_KEPT}"><issuer-signing-keys><key>c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0</key></issuer-signing-keys></validate-jwt>'),
                     *(Case(f'<validate-jwt token-value="{_KEPT}"><issuer-signing-keys>{keys}</issuer-signing-keys></validate-jwt>', "token") for keys in (_KEYS, _RSA)),
                     Case('<validate-jwt query-parameter-name="t"><issuer-signing-keys><key>c2VjcmV0</key></issuer-signing-keys></validate-jwt>', "none")),
    "validate-azure-ad-token": (Case(f'<validate-azure-ad-token tenant-id="t" token-value="{_KEPT}"/>'),),
    **{name: (Case(f"<{name} {_TOKENS}/>", "json"),) for name in ("llm-token-limit", "azure-openai-token-limit")},
    **{name: (Case(f'<{name}><dimension name="API ID"/></{name}>', "json"),) for name in ("llm-emit-token-metric", "azure-openai-emit-token-metric")},
    **{name: (Case(f'<{name} score-threshold="0.5" embeddings-backend-id="e" embeddings-backend-auth="system-assigned"/>', "json"),) for name in ("llm-semantic-cache-lookup", "azure-openai-semantic-cache-lookup")},
    **{name: (Case(f'<{name} duration="9"/>', "none", "outbound"),) for name in ("llm-semantic-cache-store", "azure-openai-semantic-cache-store")},
}  # fmt: skip
"""By element."""

SECTIONS = ("inbound", "backend", "outbound")


def document(case: Case, times: int) -> str:
    """A policy that holds the case's element `times` times; each has a number of its own."""
    many = "".join(case.policy.replace("{n}", str(number)) for number in range(times))
    parts = dict.fromkeys(SECTIONS, "")
    parts["backend"] = "<forward-request/>"
    if case.section == "backend":
        many = f'<retry condition="@(true)" count="50" interval="0">{case.policy}</retry>'
    parts[case.section] = many
    kept = _KEEP if "kept" in many else ""
    parts["inbound"] = f"{kept}{case.more.get('head', '')}{parts['inbound']}"
    inside = "".join(f"<{name}>{parts[name]}</{name}>" for name in SECTIONS)
    return f"<policies>{inside}<on-error/></policies>"


def request(case: Case, body: str) -> dict[str, Any]:
    """What a rehearsal is told of the request: with many headers and a long query, as far as a port takes
    them."""
    chance = random.Random(0)
    kind = FORMS[case.form][0]
    headers = {
        "Content-Type": kind,
        "Origin": "https://a",
        "Accept": kind,
        **{f"x-{n}": "a" * chance.randrange(60) for n in range(200)},
    }
    query = "&".join(["c=d", *(f"p{n}={n}" for n in range(2_000))])
    asked: dict[str, Any] = {
        "method": case.more.get("method", "POST"),
        "url": f"https://gateway.test/a?{query}",
        "parameters": {"p": "a" * 200},
        "headers": headers,
    }
    if body:
        asked["body"] = body
    given: dict[str, Any] = {
        "request": asked,
        "backends": [{"match": "*", "reply": [{"status": 200, "headers": headers, "body": body}]}],
    }
    return given | {name: value for name, value in case.more.items() if name in ("fragments", "scope")}


def large(rng: random.Random, case: Case, size: int) -> str:
    """A body of one kind or of several in a row, where the form allows it."""
    makers = [*FORMS[case.form][1].values()]
    chosen = rng.sample(makers, min(len(makers), rng.choice((1, 1, 2, 4))))
    pieces = [make(max(64, size // len(chosen))) for make in chosen]
    if len(pieces) == 1:
        return pieces[0]
    if case.form == "token":
        return pieces[0]
    if case.form == "json":
        return f"[{','.join(piece for piece in pieces if '//' not in piece) or '1'}]"
    if case.form == "xml":
        return f"<z>{''.join(piece for piece in pieces if 'DOCTYPE' not in piece)}</z>"
    return "".join(pieces)


MOST_CALLS = 10
"""That a step may pay for: the least of them take a twentieth of a microsecond."""

_BESIDE = 500
"""Calls that a run may make beside."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What a request took: counted steps, seconds of the processor, calls (of Python's functions and of C's,
    where they were counted), and whether the budget stopped it."""

    steps: int
    seconds: float
    calls: int
    stopped: bool
    status: int


def spend(case: Case, times: int, body: str, *, counts: bool = False) -> Spent:
    """Run a case's element so often on one request."""
    text, given = document(case, times), request(case, body)
    policy = effective(
        [compile_policy(text, scope=given.pop("scope", "api"), fragments=given.pop("fragments", {}))]
    )
    exchange = exchange_of(given, ScriptedServices(given))
    calls = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    async def play() -> int:
        nonlocal calls
        if counts:
            sys.setprofile(count)
        try:
            return (await run(policy, exchange)).status
        finally:
            sys.setprofile(None)

    with asyncio.Runner() as runner:
        runner.get_loop()
        start = time.process_time()
        status = runner.run(play())
        seconds = time.process_time() - start
    error = exchange.context.last_error
    stopped = error is not None and " exceed" in error.message
    return Spent(REQUEST_STEPS - exchange.context.allowance.steps, seconds, calls, stopped, status)


def fitting(case: Case, times: int) -> int:
    """So often, or as often as an upload takes the element."""
    return min(times, SIZE_LIMIT // len(document(case, 1)))


def fault(tag: str, place: int, seed: int, size: int) -> str:
    """What is wrong with the price of a case of an element, on a request that the seed makes; or nothing."""
    case, rng = CASES[tag][place], random.Random(seed)
    body = large(rng, case, size)
    times = fitting(case, rng.choice((1, 10, 40)))
    spend(case, 1, body)  # what is imported, read and kept once
    without, spent = (spend(case, count, body, counts=True) for count in (0, times))
    calls, steps = spent.calls - without.calls, max(spent.steps - without.steps, 0)
    if calls <= MOST_CALLS * steps + _BESIDE:
        return ""
    return f"<{tag}> (case {place}) makes {calls} calls for {steps} steps"
