"""No expression hangs, fills the memory or brings Python down: it is refused, or it throws."""

import json
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from apimlb.errors import PolicyError
from apimlb.policy.clr.exceptions import ClrException
from apimlb.policy.csharp.expression import compile_fresh
from apimlb.policy.csharp.syntax.lexer import SourceText, Token, tokens
from apimlb.policy.rehearse.cases import answer, context_of, describe

BOMBS = {
    "a loop without end": '@{ var s = ""; while (true) { s = "x"; } }',
    "a string that doubles": '@{ var s = "x"; while (true) s += s; }',
    "a list that doubles": "@{ var l = new List<int>{1}; while (true) l.AddRange(l); }",
    "an array that takes itself in": "@{ var a = new JArray(1, 2); for (;;) a.Add(a); }",
    "calls that double at every step": "@{ "
        + "".join(f"int f{i}() {{ return f{i + 1}() + f{i + 1}(); }} " for i in range(30))
        + "int f30() { return 1; } return f0(); }",
    "recursion": "@{ int F(int n) { return F(n + 1); } return F(0); }",
    "a catch around a loop": "@{ for (;;) { try { while (true) {} } catch { } } }",
    "a wide pad": '@("x".PadLeft(2000000000))',
    "a wide hole": '@($"{1,2000000000}")',
    "a huge array": "@(new byte[2000000000].Length)",
    "a huge join": "@(string.Join(new string('x', 1000000), new string[1000]))",
    "a pattern that backtracks": '@(Regex.IsMatch(new string(\'a\', 40) + "!", "^(a+)+$"))',
    "deep JSON": "@(JToken.Parse(new string('[', 100000)))",
    "deep XML": '@(XElement.Parse(string.Concat(Enumerable.Repeat("<a>", 5000))))',
    "a long look through a long text": """@{ var s = new string('a', 5000000); var n = 0;
        for (var i = 0; i < 200000; i++) n += s.IndexOf("b"); return n; }""",
    "a long look back through what nearly fits": """@{ var s = new string('a', 4000000);
        var v = "ab" + s.Substring(9); var n = 0;
        for (var i = 0; i < 50; i++) n += s.LastIndexOf(v); return n; }""",
    "white space that is no number": """@{ var s = new string(' ', 4000000) + "x"; double d;
        for (var i = 0; i < 90000; i++) double.TryParse(s, out d); return 1; }""",
    "an array copied over and over": """@{ var a = new byte[1000000];
        for (var i = 0; i < 90000; i++) Array.Copy(a, 0, a, 0, 1000000); return 1; }""",
    "an array made anew over and over": """@{ var a = new int[1000000];
        for (var i = 0; i < 90000; i++) Array.Resize(ref a, 1000000 - i % 2); return 1; }""",
    "a long chain of exceptions": """@{ var e = new Exception("a"); var n = 0;
        for (var i = 0; i < 20000; i++) e = new Exception("x", e);
        for (var i = 0; i < 70000; i++) n += e.GetBaseException().Message.Length; return n; }""",
    "a text changed one character at a time": """@{ var b = new StringBuilder(new string('a', 4000000));
        for (var i = 0; i < 90000; i++) b[i] = 'x'; return b.Length; }""",
    "a set compared over and over": """@{ var s = new HashSet<int>(Enumerable.Range(0, 200000)); var n = 0;
        for (var i = 0; i < 90000; i++) if (s.IsSubsetOf(new int[0])) n++; return n; }""",
    "a set trimmed over and over": """@{ var s = new HashSet<int>(Enumerable.Range(0, 200000));
        for (var i = 0; i < 90000; i++) s.TrimExcess(); return 1; }""",
    "a dictionary trimmed over and over": """@{ var d = Enumerable.Range(0, 200000).ToDictionary(k => k);
        for (var i = 0; i < 90000; i++) d.TrimExcess(); return 1; }""",
    "a queue copied over and over": """@{ var q = new Queue<int>(Enumerable.Range(0, 200000));
        var a = new int[200000]; for (var i = 0; i < 90000; i++) q.CopyTo(a, 0); return 1; }""",
    "a room without end": "@(new HashSet<int>(2000000000).Count)",
    "paths of the last of many tokens": """@{ var a = new JArray(Enumerable.Range(0, 100000)); var n = 0;
        for (var i = 0; i < 90000; i++) n += a.Last.Path.Length; return n; }""",
    "a path of brackets": "@(new JArray().SelectToken(new string('[', 900000)))",
    "a path of dots": """@{ var p = string.Concat(Enumerable.Repeat("[*]", 100000));
        return new JArray().SelectTokens(p).Count() / new JArray(1).SelectTokens(p).Count(); }""",
    "queries in queries": """@(new JArray(1).SelectToken(string.Concat(Enumerable.Repeat("[?(@", 5000))))""",
    "elements in elements": """@{ var e = new XElement("a");
        for (var i = 0; i < 50000; i++) e = new XElement("b", e); return e.ToString(); }""",
    "the last of many nodes": """@{ var n = 0;
        var e = new XElement("a", Enumerable.Range(0, 20000).Select(i => new XElement("b")));
        for (var i = 0; i < 90000; i++) if (e.LastNode.NextNode == null) n++; return n; }""",
    "a text that grows in place": """@{ var e = new XElement("a", "b"); for (;;) e.Add(e.Value); }""",
    "annotations": "@{ var t = new JArray(); for (;;) t.AddAnnotation(t); }",
    "deep brackets": "@(" + "(" * 400 + "1" + ")" * 400 + ")",
    "deep tries": "@{" + "try {" * 15 + "} finally { }" * 15 + " return 1; }",
    "a long text": "@(1" + " + 1" * 40_000 + ")",
    "deep blocks": "@{" + "{" * 300 + "}" * 300 + " return 1; }",
    "a layout used over and over": """@{ var f = new string('0', 990); var n = 0;
        for (var i = 0; i < 90000; i++) n += 1e300.ToString(f).Length; return n; }""",
    "a sequence of itself twice": """@{ IEnumerable<int> e = new[]{1, 2};
        for (var i = 0; i < 30; i++) e = e.Zip(e, (x, y) => x); return e.Count(); }""",
    "an object of itself twice": """@{ object o = "x"; for (var i = 0; i < 60; i++) o = new { a = o, b = o };
        return JsonConvert.SerializeObject(o); }""",
    "tokens compared over and over": """@{ var o = new JArray(Enumerable.Range(0, 50000));
        var p = o.DeepClone(); var n = 0;
        for (var i = 0; i < 90000; i++) n += JToken.DeepEquals(o, p) ? 1 : 0; return n; }""",
    "properties looked for by any case": """@{ var o = new JObject(); var n = 0;
        for (var i = 0; i < 30000; i++) o.Add("a" + i, i);
        for (var i = 0; i < 30000; i++) n += (int)o.GetValue("A" + i, StringComparison.OrdinalIgnoreCase);
        return n; }""",
    "an element of many attributes": """@{ var e = new XElement("a");
        for (var i = 0; i < 30000; i++) e.SetAttributeValue("a" + i, i); return 1; }""",
    "an element of many children": """@{ var e = new XElement("a");
        for (var i = 0; i < 30000; i++) e.SetElementValue("a" + i, i); return 1; }""",
    "a text that grows in JSON": "@(JsonConvert.SerializeObject(new string('\\u0001', 7000000)).Length)",
    "a pattern of choices": """@(Regex.IsMatch(new string('a', 40),
        string.Concat(Enumerable.Repeat("(a?)", 2000)) + "b"))""",
    "a pattern of endless parts": """@(Regex.IsMatch(new string('a', 40),
        string.Concat(Enumerable.Repeat(".*", 3000)) + "b"))""",
    "repetitions in a repetition": """@(Regex.IsMatch(new string('a', 60), "(.*a){20}!"))""",
    "arrays of arrays": "@(default(int" + "[]" * 20000 + "))",
    "types of types": "@{ var t0 = Tuple.Create(1, 1); " + "".join(
        f"var t{i} = Tuple.Create(t{i - 1}, t{i - 1}); " for i in range(1, 20)) + "return 1; }",
    "many signs": "@(" + "-" * 3000 + "1)",
    "a long path": "@(context" + ".Request" * 3000 + ")",
    "nested lambdas": "@(" + "".join(f"new[]{{1}}.Select(a{i}=>" for i in range(12)) + "1" + ")" * 12 + ")",
}  # fmt: skip


AFFORDABLE = 200
"""Rounds of the plain loop below that an evaluation may cost; the dearest bomb costs about a fifth of it."""


def plain() -> None:
    for _ in range(5_000_000):
        pass


def work(do: Callable[[], object]) -> float:
    """Processor time of this process, in seconds: it does not grow while others have the processor."""
    before = time.process_time()
    do()
    return time.process_time() - before


@pytest.fixture(scope="module")
def affordable() -> float:
    """Processor seconds that an evaluation may take on this machine."""
    return AFFORDABLE * work(plain)


@pytest.mark.parametrize("source", BOMBS.values(), ids=BOMBS)
def test_what_would_not_end_is_ended(source: str, affordable: float) -> None:
    found: dict[str, object] = {}
    took = work(lambda: found.update(answer(source, {})))
    assert "throws" in found or "compile_error" in found
    assert took < affordable


def test_many_lines_are_read_in_passing(affordable: float) -> None:
    source = """@{ var r = new StringReader(new string('\\n', 60000) + new string('a', 3000000));
        var n = 0; while (r.ReadLine() != null) n++; return n; }"""
    found: dict[str, object] = {}
    took = work(lambda: found.update(answer(source, {})))
    assert found["value"] == "60001"
    assert took < affordable / 4


def test_long_chains_are_no_nesting() -> None:
    assert answer("@(" + "1+" * 2000 + "1)", {})["value"] == "2001"
    assert answer("@(" + '"a"+' * 300 + '"b")', {})["value"] == "a" * 300 + "b"


CASES = json.loads((Path(__file__).parents[1] / "cases" / "semantics.json").read_text())


def mutated(rng: random.Random, pool: list[tuple[str, list[Token]]], words: dict[str, list[str]]) -> str:
    """A case's text with a few tokens replaced, dropped or moved."""
    opening, chosen = rng.choice(pool)
    texts = [(token.kind, token.text) for token in chosen]
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(texts))
        kind = texts[at][0]
        action = rng.random()
        if action < 0.7:
            texts[at] = (kind, rng.choice(words[kind]))
        elif action < 0.8 and len(texts) > 1:
            del texts[at]
        elif action < 0.9:
            other = rng.choice(list(words))
            texts.insert(at, (other, rng.choice(words[other])))
        else:
            there = rng.randrange(len(texts))
            texts[at], texts[there] = texts[there], texts[at]
    closing = ")" if opening == "@(" else "}"
    return f"{opening}{' '.join(text for _, text in texts)}{closing}"


@pytest.mark.parametrize("seed", range(4))
def test_mutated_expressions_yield_a_value_or_an_error_of_ours(seed: int) -> None:
    rng = random.Random(seed)
    texts = [case["expression"] for case in CASES]
    pool = [(text[:2], tokens(SourceText(text, 1, 1), 2, len(text) - 1)[:-1]) for text in texts]
    words: dict[str, list[str]] = {}
    for _, found in pool:
        for token in found:
            words.setdefault(token.kind, []).append(token.text)
    outcomes = [outcome(mutated(rng, pool, words)) for _ in range(400)]
    assert {each for each in outcomes if each not in ("value", "refused", "thrown")} == set()
    assert outcomes.count("value") > 10


def outcome(text: str) -> str:
    """One word on what a text came to, or what was wrong with it."""
    try:
        describe(compile_fresh(text)(context_of({})))
    except PolicyError as problem:
        return "refused" if problem.line == 1 and problem.code else f"no place: {text}"
    except ClrException as thrown:
        ours = thrown.type_name.startswith(("System.", "Newtonsoft."))
        return "thrown" if ours and not isinstance(thrown.__cause__, NameError) else f"{thrown}: {text}"
    return "value"
