"""What one body may cost: counted, and stopped before it holds the gateway. Prices are measured by
benchmarks/policy_costs.py; here they are only counted, so that the tests say the same on every machine."""

import contextlib
import json

import pytest

from apimlb.policy.apim.context import Context
from apimlb.policy.clr.budget import REQUEST_STEPS, STEPS, Allowance
from apimlb.policy.clr.exceptions import ClrException
from apimlb.policy.csharp.expression import compile_expression
from apimlb.policy.rehearse.cases import context_of
from tests.fuzz.dear import XMLS

TEXT = "context.Request.Body.As<string>(true)"


def sent(body: str) -> Context:
    return context_of({"request": {"method": "POST", "url": "https://a/b", "body": body}})


def steps(expression: str, body: str = "") -> int:
    """What an evaluation is counted at, whether it ends or is stopped."""
    context = sent(body)
    with contextlib.suppress(ClrException):
        compile_expression(expression)(context)
    return REQUEST_STEPS - context.allowance.steps


STOPPED = {
    "marks in the wrong order": (f"@({TEXT}.Normalize())", "\u0301\u0327" * 80_000),
    "marks that are only looked at": (f"@({TEXT}.IsNormalized())", "\u0301\u0327" * 80_000),
    "elements that double": (
        '@{ var x = new XElement("a"); for (var i = 0; i < 30; i++) x = new XElement("a", x, x); return 1; }',
        "",
    ),
    "tokens that double": (
        "@{ JToken x = new JArray(1); for (var i = 0; i < 40; i++) x = new JArray(x, x); return 1; }",
        "",
    ),
    "objects that double": (
        "@{ var x = new JObject(); for (var i = 0; i < 40; i++) "
        'x = new JObject(new JProperty("a", x), new JProperty("b", x)); return 1; }',
        "",
    ),
    "a list of a million numbers": (
        f"@(JsonConvert.DeserializeObject<List<int>>({TEXT}).Count)",
        f"[{'1,' * 1_000_000}1]",
    ),
    "a separator of a megabyte": (
        f"@({TEXT}.Split(new[] {{ {TEXT}.Substring(1000000) }}, StringSplitOptions.None).Length)",
        "a" * 2_000_000,
    ),
    "half a million elements": ("@(context.Request.Body.As<XElement>().Name)", f"<a>{'<b/>' * 500_000}</a>"),
    "half a million arrays": ("@(context.Request.Body.As<JArray>().Count)", f"[{'[],' * 500_000}1]"),
    "numbers that only a tolerant reader reads": (
        "@(context.Request.Body.As<JArray>().Count)",
        f"[{'1,' * 450_000}//\n]",
    ),
    "a path of a megabyte": (f"@(new JObject().SelectToken({TEXT}))", ".a" * 500_000),
    "a long body of a loop": (
        f"@{{ int x = 1; for (var i = 0; i < 90000; i++) {{ {'x = x ^ 7; ' * 900} }} return x; }}",
        "",
    ),
    "a long body of a lambda": (
        f"@(Enumerable.Range(0, 180000).Select(x => {'x ^ ' * 140} x).Max())",
        "",
    ),
    "a long body of a function": (
        f"@{{ int f(int x) {{ {'x = x ^ 7; ' * 500} return x; }} int y = 0; "
        "for (var i = 0; i < 20000; i++) y = f(y); return y; }",
        "",
    ),
    "a loop that has no end": ("@{ while (true) { } }", ""),
    "a comparison that has no end": (
        "@{ new List<int> { 2, 1 }.Sort((a, b) => { while (a > 0) { } return 0; }); return 1; }",
        "",
    ),
    "a search that has no end": (f'@(Regex.IsMatch({TEXT}, "(a|aa)+$"))', "a" * 5_000 + "!"),
}


_LOOKED_UP = {
    comparer: f"@{{ var s = {TEXT}; var d = new Dictionary<string, int>({comparer}); d[s] = 1; var n = 0; "
    "for (var i = 0; i < 100; i++) n += d[s]; return n; }"
    for comparer in (
        *(
            "",
            "StringComparer.Ordinal",
            "StringComparer.OrdinalIgnoreCase",
            "StringComparer.InvariantCulture",
        ),
        *("StringComparer.InvariantCultureIgnoreCase", "StringComparer.CurrentCultureIgnoreCase"),
    )
} | {
    name: f"@{{ var s = {TEXT}; var n = 0; for (var i = 0; i < 100; i++) {{ {turn} }} return n; }}"
    for name, turn in {
        "of headers": "if (context.Request.Headers.ContainsKey(s)) n++;",
        "of fields": "if (context.Request.Url.Query.ContainsKey(s)) n++;",
        "in a set": "n += new HashSet<string>(StringComparer.OrdinalIgnoreCase) { s }.Count;",
        "of which are distinct": "n += new[] { s, s }.Distinct(StringComparer.OrdinalIgnoreCase).Count();",
        "of groups": "n += new[] { s }.GroupBy(x => x, StringComparer.OrdinalIgnoreCase).Count();",
        "of a dictionary made": "n += new[] { s }.ToDictionary(x => x, StringComparer.OrdinalIgnoreCase)"
        ".Count;",
        "tried": "var d = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase); "
        "int o; d.TryGetValue(s, out o);",
    }.items()
}


@pytest.mark.parametrize("name", _LOOKED_UP)
def test_a_key_is_paid_for_by_its_length_each_time_it_is_looked_up(name: str) -> None:
    short, long = (steps(_LOOKED_UP[name], "a" * size) for size in (200, 20_000))
    assert long - short >= 100 * (20_000 >> 6)


_DEARER = {
    "a host in another script": (f'@(new Uri("http://" + {TEXT}).IdnHost)', "\u00e9" * 60),
    "a host of many letters": (
        f'@(new Uri("http://" + {TEXT}).IdnHost)',
        "".join(map(chr, range(0x4E00, 0x5200))),
    ),
    "entities of Latin-1": (f"@(System.Net.WebUtility.HtmlEncode({TEXT}))", "\u00e9" * 1_000),
    "a path of many steps": (f'@(new Uri(new Uri("http://a/b"), {TEXT}))', "../" * 300),
}


@pytest.mark.parametrize("name", _DEARER)
def test_a_character_that_is_looked_at_closely_costs_more(name: str) -> None:
    expression, body = _DEARER[name]
    assert steps(expression, body) >= steps(expression, "a") + len(body) // 5


@pytest.mark.parametrize("name", STOPPED)
def test_what_a_body_or_a_policy_makes_of_itself_is_stopped(name: str) -> None:
    expression, body = STOPPED[name]
    if name == "a search that has no end":
        with pytest.raises(ClrException, match="timed out"):
            compile_expression(expression)(sent(body))
    else:
        assert STEPS < steps(expression, body) < STEPS + 10


LEAST = {
    "tokens put before others": (
        '@{ var a = new JArray(); for (var i = 0; i < 60000; i++) a.AddFirst("x"); return a.Count; }',
        "",
        STEPS,
    ),
    "tokens taken from before others": (
        "@{ var a = context.Request.Body.As<JArray>(); while (a.Count > 0) a.RemoveAt(0); return a.Count; }",
        f"[{'1,' * 80_000}1]",
        STEPS,
    ),
    "properties taken from before others": (
        "@{ var o = context.Request.Body.As<JObject>(); while (o.Count > 0) o.First.Remove(); return 0; }",
        json.dumps(dict.fromkeys(map(str, range(20_000)))),
        STEPS,
    ),
    "elements put before others in a list": (
        '@{ var l = new List<string>(); for (var i = 0; i < 20000; i++) l.Insert(0, "x"); return l.Count; }',
        "",
        300_000,
    ),
    "elements taken from before others in a list": (
        f"@{{ var l = {TEXT}.ToList(); while (l.Count > 0) l.RemoveAt(0); return l.Count; }}",
        "a" * 20_000,
        300_000,
    ),
    "entries taken from before others": (
        f"@{{ var d = {TEXT}.Split(',').ToDictionary(x => x); "
        "while (d.Count > 0) d.Remove(d.Keys.First()); return d.Count; }",
        ",".join(map(str, range(20_000))),
        STEPS,
    ),
    "elements taken from before others in a set": (
        f"@{{ var s = new HashSet<string>({TEXT}.Split(',')); "
        "while (s.Count > 0) s.Remove(s.First()); return s.Count; }",
        ",".join(map(str, range(20_000))),
        STEPS,
    ),
    "an escape for each": (f"@(Uri.UnescapeDataString({TEXT}).Length)", "%C3" * 10_000, 20_000),
    "an ampersand for each": (
        f"@(System.Net.WebUtility.HtmlDecode({TEXT}).Length)",
        "&" * 100_000,
        100_000,
    ),
    "a character for each": (f"@({TEXT}.ToCharArray().Length)", "a" * 10_000, 10_000),
    "an element for each": ("@(context.Request.Body.As<XElement>().Name)", f"<a>{'<b/>' * 1_000}</a>", 4_000),
    "a date each": (f"@(JToken.Parse({TEXT}).Type)", "[" + '"2024-01-01T00:00:00Z",' * 1_000 + "]", 5_000),
    "a hole for each": (f"@(string.Format({TEXT}, 1))", "{0}" * 250, 1_000),
    "decimal arithmetic": ("@{ var d = 1m; for (int i = 0; i < 999; i++) d += 1.1m; return d; }", "", 3_900),
    "pairs of surrogates": (f"@({TEXT}.Length)", "\U0001f600" * 10_000, 900),
}  # fmt: skip


@pytest.mark.parametrize("name", LEAST)
def test_work_is_paid_for_by_its_size(name: str) -> None:
    expression, body, least = LEAST[name]
    assert steps(expression, body) >= least


def test_a_chat_request_costs_little_however_long_its_texts() -> None:
    body = '{"messages":[{"role":"user","content":"' + "all work and no play " * 100_000 + '"}]}'
    assert steps('@((string)context.Request.Body.As<JObject>()["messages"][0]["role"])', body) < STEPS // 5


def test_a_megabyte_of_usual_xml_is_read_and_written_by_one_expression() -> None:
    body = XMLS["rows"](1_000_000)
    assert steps("@(context.Request.Body.As<XElement>().ToString())", body) < STEPS


def test_the_evaluations_of_a_request_draw_on_one_budget() -> None:
    dear = compile_expression("@{ var n = 0; for (var i = 0; i < 150000; i++) n ^= i; return n; }")
    context = sent("")
    for _ in range(REQUEST_STEPS // 300_000):
        dear(context)
    with pytest.raises(ClrException, match="number of steps"):
        dear(context)
    assert compile_expression("@(1)")(sent("")) == 1


def test_what_a_request_makes_is_bounded_in_all() -> None:
    made = compile_expression("@(new string('a', 1000000))")
    context = sent("")
    context.allowance = Allowance(room=2_500_000)
    made(context)
    made(context)
    with pytest.raises(ClrException, match="bytes that one request may make"):
        made(context)


def test_the_same_evaluation_is_counted_the_same_each_time() -> None:
    expression = '@(JObject.Parse("{\\"a\\":[1,2,3]}")["a"].Select(x => (int)x * 2).Sum())'
    assert steps(expression) == steps(expression)
