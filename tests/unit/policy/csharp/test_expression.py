"""What callers of `compile_expression` rely on."""

import random

import pytest

from apimlb.errors import PolicyError
from apimlb.http import Headers
from apimlb.policy.apim.bodies import MessageBody
from apimlb.policy.apim.context import Context, RequestView, ResponseView, Url
from apimlb.policy.clr.exceptions import ClrException
from apimlb.policy.clr.numbers.arithmetic import Long
from apimlb.policy.clr.objects.text import clr_type_name, to_clr_string
from apimlb.policy.csharp.expression import compile_expression
from tests.fakes import ManualClock


def context(**members: object) -> Context:
    url = Url("https://gateway.example/chat?api-version=1&tag=a&tag=b")
    request = RequestView(
        "POST", url, url, Headers([("X-One", "1"), ("x-one", "2")]), MessageBody(b'{"a":[1,2]}')
    )
    made = Context(ManualClock(), random.Random(1), request)
    for name, value in members.items():
        setattr(made, name, value)
    return made


def evaluate(source: str, **members: object) -> object:
    return compile_expression(source)(context(**members))


def test_a_value_comes_out_as_python_holds_it() -> None:
    assert evaluate("@(1 + 1)") == 2
    assert evaluate('@("h\\u00e9\\ud83d\\ude00")') == "hé😀"
    assert type(evaluate("@(5L)")) is Long
    assert evaluate("@((string)null)") is None


def test_the_static_type_is_told() -> None:
    assert compile_expression("@(1 + 1)").type == "System.Int32"
    assert compile_expression('@{ if (1 > 2) { return "a"; } return null; }').type == "System.String"
    assert compile_expression('@(context.Variables["x"])').type == "System.Object"


def test_one_text_is_compiled_once() -> None:
    assert compile_expression("@(41 + 1)") is compile_expression("@(41 + 1)")


@pytest.mark.parametrize(
    ("source", "request_body", "response_body"),
    [
        ("@(context.Request.Body.As<string>(preserveContent: true))", True, False),
        ("@(context.Response.Body.As<JObject>())", False, True),
        ("@{ var r = context.Response; return r?.Body.As<string>(); }", False, True),
        ('@(((IResponse)context.Variables["r"]).Body.As<string>())', False, False),
        ('@{ var r = (IResponse)context.Variables["r"]; return r.Body.As<string>(); }', False, False),
        ("@(context.Request.Headers.Count + context.Response.StatusCode)", False, False),
    ],
)
def test_the_bodies_that_are_read_are_known_beforehand(
    source: str, request_body: bool, response_body: bool
) -> None:
    compiled = compile_expression(source)
    assert (compiled.reads_request_body, compiled.reads_response_body) == (request_body, response_body)


def test_headers_ignore_case_and_join_their_values() -> None:
    assert evaluate('@(context.Request.Headers.GetValueOrDefault("x-ONE", "none"))') == "1,2"
    assert evaluate('@(context.Request.Headers["X-ONE"].Length)') == 2
    assert evaluate('@(context.Request.Headers.GetValueOrDefault("no", "none"))') == "none"
    assert evaluate('@(context.Request.Url.Query.GetValueOrDefault("tag"))') == "a,b"


def test_a_body_is_consumed_unless_it_is_preserved() -> None:
    body = MessageBody(b"text")
    url = Url("https://gateway.example/")
    there = context(request=RequestView("POST", url, url, body=body))
    kept = compile_expression("@(context.Request.Body.As<string>(preserveContent: true))")
    assert (kept(there), kept(there), body.consumed) == ("text", "text", False)
    taken = compile_expression("@(context.Request.Body.As<string>())")
    assert (taken(there), body.consumed) == ("text", True)
    with pytest.raises(ClrException, match="already read"):
        taken(there)


def test_the_response_may_be_missing() -> None:
    source = "@(context.Response != null && context.Response.StatusCode == 429)"
    assert evaluate(source) is False
    assert evaluate(source, response=ResponseView(429)) is True
    with pytest.raises(ClrException) as thrown:
        evaluate("@(context.Response.StatusCode)")
    assert thrown.value.type_name == "System.NullReferenceException"


def test_time_comes_from_the_clock_of_the_context() -> None:
    clock = ManualClock(1_700_000_000.5)
    there = context(clock=clock, timestamp=1_700_000_000.0)
    assert compile_expression("@(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds())")(there) == 1_700_000_000_500
    clock.advance(1)
    assert to_clr_string(compile_expression("@(context.Elapsed)")(there)) == "00:00:01.5000000"


def test_chance_comes_from_the_context() -> None:
    source = compile_expression("@(new Random().Next(0, 1000) + Guid.NewGuid().ToString())")
    first, again = source(context(rng=random.Random(5))), source(context(rng=random.Random(5)))
    assert first == again
    assert first != source(context(rng=random.Random(6)))


def test_a_problem_has_its_place_in_the_policy() -> None:
    with pytest.raises(PolicyError) as problem:
        compile_expression("@{\n  var a = 1;\n  return a + b;\n}", line=10, column=20)
    assert (problem.value.line, problem.value.column, problem.value.code) == (12, 14, "CS0103")
    with pytest.raises(PolicyError) as problem:
        compile_expression("@(1 + )", line=3, column=5)
    assert (problem.value.line, problem.value.column) == (3, 11)


def test_an_exception_knows_the_line_that_threw_it() -> None:
    source = compile_expression("@{\n  string s = null;\n\n  return s.Length;\n}", line=7)
    with pytest.raises(ClrException) as thrown:
        source(context())
    assert thrown.value.line == 10


def test_what_the_allow_list_leaves_out_is_refused_with_advice() -> None:
    for source in ("@(Environment.MachineName)", "@(DateTime.UtcNow.ToUniversalTime())",
    "@(Regex.Escape(\"a\"))",
                   "@(System.IO.File.ReadAllText(\"/etc/passwd\"))", "@(new System.Net.Http.HttpClient())",
                   "@(typeof(string).Assembly)", "@(new Match())"):  # fmt: skip
        with pytest.raises(PolicyError) as problem:
            compile_expression(source)
        assert problem.value.code == "NotAllowed"


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("@{ yield return 1; }", "'yield' is not possible"),
        ("@{ (int x, int y) = (1, 2); return x; }", "Tuples need System.ValueTuple"),
        ('@{ (int, string) f() { return (1, ""); } return 1; }', "Tuples need System.ValueTuple"),
        ("@{ int f(ref int x) => x; return 1; }", "'ref' parameters are not supported"),
        ("@{ T f<T>(T x) => x; return f(1); }", "functions with type parameters are not supported"),
        ("@{ switch (1) { return 1; } }", "'}' expected"),
        ("@{ if (true) { switch (1) { case 1: return 1; }", "'}' expected, but the expression ends"),
    ],
)
def test_a_statement_that_cannot_be_is_refused_by_its_name(source: str, what: str) -> None:
    with pytest.raises(PolicyError) as problem:
        compile_expression(source)
    assert what in problem.value.what


def test_python_is_out_of_reach() -> None:
    for source in ('@(__import__("os"))', "@(ctx.clock)", "@(v_x)", '@("".__class__)', "@(g_repr)"):
        with pytest.raises(PolicyError):
            compile_expression(source)
    found = evaluate("@(\"');raise SystemExit('\" + '\\'' + \"\\\\\")")
    assert found == "');raise SystemExit('" + "'" + "\\"


def test_braces_of_a_policy_stay_text() -> None:
    source = '@{ var a = new int[9]; int.TryParse("7", out a["{0:\'>2}{0.x}".Length - 5]); return a[7]; }'
    assert evaluate(source) == 7
    assert evaluate('@($"{{0}}{"{0}"}" + string.Concat("{1}", "{}"))') == "{0}{0}{1}{}"


def test_values_tell_their_types_and_texts() -> None:
    body = evaluate("@(context.Request.Body.As<JObject>())")
    assert clr_type_name(body) == "Newtonsoft.Json.Linq.JObject"
    assert to_clr_string(body) == '{\n  "a": [\n    1,\n    2\n  ]\n}'
    assert to_clr_string(evaluate("@(true)")) == "True"
    assert to_clr_string(None) == ""
    assert clr_type_name(evaluate("@(new List<int>())")) == "System.Collections.Generic.List`1[System.Int32]"


def test_an_object_in_a_variable_is_shared_and_not_copied() -> None:
    there = context(variables={})
    there.variables["list"] = compile_expression('@(JArray.Parse("[{\\"n\\":1}]"))')(there)
    compile_expression('@{ var l = (JArray)context.Variables["list"]; l[0]["n"] = 2; return l; }')(there)
    assert compile_expression('@((int)((JArray)context.Variables["list"])[0]["n"])')(there) == 2


@pytest.mark.parametrize("subset", ["[]", "[<!ENTITY b 'c'>]", "SYSTEM 's' []"])
def test_a_document_type_with_declarations_is_refused(subset: str) -> None:
    with pytest.raises(ClrException, match="DTD is prohibited"):
        evaluate(f'@(XElement.Parse("<!DOCTYPE a {subset}><a/>"))')


def test_an_expression_that_no_upload_could_pay_for_is_refused() -> None:
    with pytest.raises(PolicyError, match="takes more to compile than one upload may") as caught:
        compile_expression(f"@{{ var l = new[]{{1}}; {'l.Select(x => x + 1); ' * 5_500} return 1; }}")
    assert (caught.value.code, caught.value.line, caught.value.column) == ("TooLong", 1, 1)


def test_the_values_of_a_token_can_be_enumerated_more_than_once() -> None:
    twice = '@{ var v = JArray.Parse("[1,2]").Values<int>(); return v.Sum() + v.Count(); }'
    assert evaluate(twice) == 5
