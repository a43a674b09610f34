"""What the fuzzer starts from: expressions and policies that mean something, and grammar to make more of."""

# ruff: noqa: E501 - rows of tables

import json
import random
from functools import cache
from pathlib import Path

from apimlb.errors import PolicyError
from apimlb.policy.csharp.syntax.lexer import SourceText, Token, tokens

ROOT = Path(__file__).parents[2]

NASTY = (
    '""', "null", "0", "-1", "2147483647", "-2147483648", "9223372036854775807L", "1e308", "0.1m", "1e-28m", "'\\0'",
    "'\\ud800'", '"\\ud83d\\ude00"', '"{0}"', '"{0.__class__}"', '"\\\\\'\\""', "'\"'", "new int[0]", "double.NaN",
    '@"a""b"', '$"{1,-5}|{2:X8}"', "new string('x', 2000)", "int.MinValue", "__class__", "ctx", "g_type", "t1", "v_x",
    "ﬁ", "x", "y", "context", "context.Variables", 'JObject.Parse("{\\"a\\":[1,{\\"b\\":null}]}")',
)  # fmt: skip
LEAVES = {
    "int": ("0", "1", "-7", "42", "int.MaxValue", "x", "context.Variables.Count", '"abc".Length'),
    "string": ('"a"', '""', '"é\\n\\0"', "s", "context.Request.Method", "null", '"{0}{{"', '@"c:\\""q"""'),
    "bool": ("true", "false", "b", "(x > 3)", 'context.Request.Headers.ContainsKey("a")'),
    "double": ("0.5", "1e300", "-0.0", "double.NaN", "d"),
    "list": ("new[] { 1, 2, 3 }", "new int[0]", "new List<int> { 4, 5 }", "Enumerable.Range(x, 3)"),
    "token": ('JToken.Parse("[1,2]")', 'JObject.Parse("{\\"a\\":{\\"b\\":1}}")["a"]', 'new JObject(new JProperty("k", 1))'),
}  # fmt: skip
SHAPES = {
    "int": ("({int} + {int})", "({int} * {int})", "({int} / {int})", "({int} % {int})", "({int} << {int})", "(~{int})",
            "({bool} ? {int} : {int})", "{string}.Length", "{string}.IndexOf({string})", "{list}.Sum()",
            "{list}.Count(q => {bool})", "checked({int} - {int})", "(int){double}", "(int)(long){int}",
            "int.Parse({string})", "{string}.LastIndexOf({string}, {int} & 7, StringComparison.OrdinalIgnoreCase)",
            "string.Compare({string}, {int} & 3, {string}, {int} & 3, {int} & 7)", "Array.FindIndex({list}.ToArray(), k => k > {int})",
            "Convert.ToInt32({string}, 16)", "new Regex({string}).Match({string}, {int} & 3).Index", "new StringReader({string}).Read()",
            "Encoding.UTF8.GetByteCount({string})", "Array.BinarySearch({list}.ToArray(), {int})", "{list}.Aggregate(0, (m, n) => m ^ n)", "({token} as JArray).Count",
            "{list}.ToList().BinarySearch({int})", "{list}.ToList().FindLastIndex({int} & 3, k => k > {int})", "{list}.ToList().LastIndexOf({int}, {int} & 3)",
            "Math.Abs({int})", "unchecked((byte){int})", "(x = {int})", "x++", "(x += {int})"),
    "string": ("({string} + {string})", "({string} ?? {string})", "{int}.ToString()", '{int}.ToString("X4")',
               "{string}.Substring({int})", "{string}.Replace({string}, {string})", '$"{{{int}}}-{{{string},5}}"',
               'string.Join({string}, {list})', "{string}.PadLeft({int} & 63)", "{token}.ToString()", "{string}?.Trim()",
               'string.Format({string}, {int}, {string})', "Convert.ToBase64String(Encoding.UTF8.GetBytes({string}))",
               "Regex.Replace({string}, {string}, {string})", '{double}.ToString("F3")', "{bool}.ToString()",
               "{string}.ToUpper()", "new string('c', {int} & 15)", "new StringBuilder({string}).Insert({int} & 3, {string}, {int} & 3).ToString()",
               "new Uri({string}, UriKind.RelativeOrAbsolute).MakeRelativeUri(new Uri({string})).ToString()", "IPAddress.Parse({string}).ToString()",
               'new XElement("a", {string}, new XAttribute("b", {string}), new XComment({string}), {list}).ToString()',
               'new XElement(XName.Get({string}, {string}), new XProcessingInstruction({string}, {string})).ToString()', "{token}.Path",
               "Guid.ParseExact({string}, {string}).ToString()", "Encoding.GetEncoding({int} & 65535).GetString(new byte[] {{ 65, 200 }})",
               "{string}.Replace({string}, {string}, StringComparison.OrdinalIgnoreCase)", "TimeSpan.FromSeconds({double}).Multiply({double}).ToString()",
               "decimal.Round((decimal){double}, {int} & 31, MidpointRounding.ToZero).ToString()",
               'TimeZoneInfo.FindSystemTimeZoneById({string}).ToSerializedString()', "new X500DistinguishedName({string}).Name",
               "TimeZoneInfo.FromSerializedString({string}).Id", "new Oid({string}).FriendlyName",
               'HashAlgorithm.Create({string}).ComputeHash(Encoding.UTF8.GetBytes({string})).Length.ToString()',
               'new X509Certificate2(Encoding.UTF8.GetBytes({string})).Subject', 'DateTime.UtcNow.AddDays({int}).ToString({string})'),
    "bool": ("({int} < {int})", "({string} == {string})", "({bool} && {bool})", "(!{bool})", "({int} == {int})",
             "{string}.Contains({string})", "{list}.Any(r => r > {int})", "string.IsNullOrEmpty({string})",
             "({token} is JObject)", "int.TryParse({string}, out x)", "Regex.IsMatch({string}, {string})",
             "new HashSet<int>({list}).IsProperSubsetOf({list})", "JToken.DeepEquals({token}, {token})",
             'XNode.DeepEquals(XElement.Parse({string}), new XElement("a", {int}, new XAttribute("b", {string})))',
             "object.Equals({int}, {string})", "({token} == null)"),
    "double": ("({double} + {int})", "({double} / {double})", "Math.Round({double}, {int} & 15)", "(double){int}",
               "Math.Pow({double}, {int})", "Math.FusedMultiplyAdd({double}, {double}, {double})", "Math.ScaleB({double}, {int})", "(-{double})", "double.Parse({string})"),
    "list": ("{list}.Select(k => k + {int}).ToList()", "{list}.Where(k => {bool}).ToArray()", "{list}.OrderBy(k => -k)",
             "{list}.Concat({list})", "{list}.Take({int})", "{string}.Split(',').Select(w => w.Length)",
             "{list}.SelectMany(k => {list})", "{list}.Distinct().Reverse()", "{list}.GroupBy(k => k & 1, (k, g) => g.Count())",
             "{list}.GroupJoin({list}, k => k, m => m, (k, g) => g.Sum())", "{list}.ToLookup(k => k & 1)[{int}]", "{list}.ToHashSet().ToList().AsReadOnly()",
             "new Stack<int>({list}).ToArray()", "{list}.SkipWhile((k, m) => m < k).ToList().FindAll(k => {bool})"),
    "token": ("{token}[{string}]", "{token}[{int}]", "{token}.SelectToken({string})", "JToken.Parse({string})",
              "new JArray({list}.Select(k => (JToken)k))", "JToken.FromObject({list})", "{token}.DeepClone()",
              "{token}?.Parent", "(JToken){int}", "{token}.SelectTokens({string}).FirstOrDefault()", "{token}.AfterSelf().FirstOrDefault()",
              "new JConstructor({string}, {token}, {int})", "{token}.AncestorsAndSelf().Last()", "new JArray({token}, JValue.CreateComment({string}))"),
}  # fmt: skip
STATEMENTS = (
    "if ({bool}) {{ {more} }} else {{ {more} }}", "for (var i{n} = 0; i{n} < {int}; i{n}++) {{ {more} }}",
    "while ({bool}) {{ {more} break; }}", "foreach (var e{n} in {list}) {{ {more} }}", "x = {int};", "s += {string};",
    "try {{ {more} }} catch (Exception z{n}) {{ s = z{n}.Message; }} finally {{ {more} }}", "var w{n} = {token};",
    "switch ({int}) {{ case 1: {more} break; default: {more} break; }}", "int f{n}(int k) => k + {int}; x = f{n}({int});",
    "do {{ {more} }} while (x++ < {int});", "var l{n} = {list}; {more}", "b = {bool};", "d = {double};",
)  # fmt: skip


def grown(rng: random.Random, kind: str, depth: int) -> str:
    """An expression of a kind."""
    if depth <= 0 or rng.random() < 0.15:
        return rng.choice(LEAVES[kind])
    shape = rng.choice(SHAPES[kind])
    return _filled(rng, shape, depth - 1)


def _filled(rng: random.Random, shape: str, depth: int) -> str:
    out, at = "", 0
    while at < len(shape):
        pair = shape[at : at + 2]
        if pair in ("{{", "}}"):
            out, at = out + pair[0], at + 2
        elif shape[at] == "{":
            end = shape.index("}", at)
            out, at = out + _hole(rng, shape[at + 1 : end], depth), end + 1
        else:
            out, at = out + shape[at], at + 1
    return out


def _hole(rng: random.Random, kind: str, depth: int) -> str:
    if kind == "n":
        return str(depth)
    if kind == "more":
        return grown_statement(rng, depth - 1) if depth > 0 else ";"
    return grown(rng, kind, depth)


def grown_statement(rng: random.Random, depth: int) -> str:
    return _filled(rng, rng.choice(STATEMENTS), depth)


def grown_expression(rng: random.Random) -> str:
    """A whole policy expression that is mostly well typed."""
    kind = rng.choice(list(SHAPES))
    if rng.random() < 0.2:
        return f"@({grown(rng, kind, rng.randint(1, 5))})"
    body = " ".join(grown_statement(rng, rng.randint(1, 4)) for _ in range(rng.randint(1, 3)))
    return f'@{{ int x = 3; var s = "s"; var b = true; var d = 0.5; {body} return {grown(rng, kind, 3)}; }}'


@cache
def written_expressions() -> tuple[str, ...]:
    """The expressions of the test cases that C# accepts: what it refuses tells little once it is changed."""
    folder = ROOT / "tests/unit/policy/cases"
    found: list[str] = []
    for each in sorted(folder.glob("*.answers.json")):
        refused = {answer["id"] for answer in json.loads(each.read_text()) if "compile_error" in answer}
        cases = json.loads((folder / each.name.replace(".answers", "")).read_text())
        found += [case["expression"] for case in cases if case["id"] not in refused]
    return tuple(dict.fromkeys(found))


@cache
def written_policies() -> tuple[str, ...]:
    """The policies of the repository."""
    return tuple(each.read_text() for each in sorted((ROOT / "policies").glob("*.xml")))


@cache
def _vocabulary() -> tuple[tuple[tuple[str, tuple[str, ...]], ...], tuple[str, ...]]:
    pool: list[tuple[str, tuple[str, ...]]] = []
    words: list[str] = list(NASTY)
    for text in written_expressions():
        try:
            found: list[Token] = tokens(SourceText(text, 1, 1), 2, len(text) - 1)[:-1]
        except PolicyError:
            continue
        pieces = tuple(text[token.at : token.end] for token in found)
        if pieces:
            pool.append((text[:2], pieces))
            words += pieces
    return tuple(pool), tuple(words)


def _sort(word: str) -> str:
    """What a word can stand for, roughly: its first character's kind."""
    return "a" if word[0].isalpha() else "0" if word[0].isdigit() else word[0] if word[0] in "\"'@$" else "+"


def mutated_expression(rng: random.Random) -> str:
    """A written expression with a few tokens replaced, dropped, doubled or moved, or a piece of another."""
    pool, words = _vocabulary()
    opening, pieces = rng.choice(pool)
    made = list(pieces)
    for _ in range(rng.randint(1, 2)):
        at = rng.randrange(len(made))
        action = rng.random()
        if action < 0.6:
            alike = [word for word in rng.sample(words, 200) if _sort(word) == _sort(made[at])]
            made[at] = rng.choice(alike or words)
        elif action < 0.65:
            made[at] = rng.choice(words)
        elif action < 0.7 and len(made) > 1:
            del made[at]
        elif action < 0.8:
            made.insert(at, rng.choice(words))
        elif action < 0.9:
            other = rng.choice(pool)[1]
            start = rng.randrange(len(other))
            made[at:at] = other[start : start + rng.randint(1, 12)]
        else:
            there = rng.randrange(len(made))
            made[at], made[there] = made[there], made[at]
    return f"{opening}{' '.join(made)}{')' if opening == '@(' else '}'}"


def scrambled(rng: random.Random, text: str) -> str:
    """A text with a few of its characters replaced, dropped, doubled, or cut."""
    made = list(text)
    for _ in range(rng.randint(1, 6)):
        if not made:
            break
        at = rng.randrange(len(made))
        action = rng.random()
        if action < 0.4:
            made[at] = rng.choice("\"'<>&@(){}[];:!-=/\\ \n\0ﬁ\ud800\U0001f600$#,.x1")
        elif action < 0.6:
            del made[at]
        elif action < 0.8:
            end = min(len(made), at + rng.randint(1, 40))
            made[at:at] = made[at:end]
        else:
            del made[at : at + rng.randint(1, 40)]
    return "".join(made)


_STEPS = (
    '<set-variable name="{n}" value="{e}"/>', '<set-header name="{n}" exists-action="override"><value>{e}</value></set-header>',
    '<choose><when condition="{e}">{p}</when><otherwise>{p}</otherwise></choose>', "<set-body>{e}</set-body>",
    '<retry condition="{e}" count="{k}" interval="0">{p}</retry>', "<return-response><set-body>{e}</set-body></return-response>",
    '<rewrite-uri template="{e}"/>', "<base/>", "<forward-request/>", '<trace source="a"><message>{e}</message></trace>',
    '<set-status code="{k}" reason="{n}"/>', '<set-backend-service base-url="{e}"/>', "<!-- {n} -->", "<include-fragment fragment-id=\"f\"/>",
)  # fmt: skip


def _steps(rng: random.Random, depth: int) -> str:
    made = ""
    for _ in range(rng.randint(0, 3)):
        step = rng.choice(_STEPS)
        value = (
            grown_expression(rng) if rng.random() < 0.7 else rng.choice(("a", "{{n}}", "@(1", "1", "true"))
        )
        step = step.replace("{n}", rng.choice(("a", "b", "{{n}}", ""))).replace(
            "{k}", rng.choice(("1", "3", "50", "-1", "x"))
        )
        step = step.replace("{e}", value)
        while "{p}" in step:
            step = step.replace("{p}", _steps(rng, depth - 1) if depth else "", 1)
        made += step
    return made


def grown_policy(rng: random.Random) -> str:
    """A whole policy document."""
    sections = "".join(
        f"<{name}>{_steps(rng, 2)}</{name}>" for name in ("inbound", "backend", "outbound", "on-error")
    )
    return f"<policies>{sections}</policies>"
