"""Each member of the allow-list called with arguments as large as a body makes them."""

# ruff: noqa: E501 - rows of tables

import random
import re

from tests.fuzz.members import called, calls

SIZE = 1_000_000
_BODY = "context.Request.Body.As<string>(true)"
BODIES: dict[str, str] = {
    "letters": "a" * SIZE, "words": "ab " * (SIZE // 3), "accents": "é" * (SIZE // 2), "marks": "\u0301\u0327" * (SIZE // 4),
    "pairs": "\U0001f600" * (SIZE // 4), "digits": "1" * SIZE, "commas": "," * (SIZE // 2), "escapes": "%41" * (SIZE // 3),
    "references": "&lt;" * (SIZE // 4), "base64": "AAAA" * (SIZE // 4), "blanks": " " * SIZE, "holes": "{0}" * (SIZE // 3),
    "numbers": f"[{'1,' * (SIZE // 2)}1]", "arrays": f"[{'[],' * (SIZE // 3)}1]", "objects": f"[{'{},' * (SIZE // 3)}1]",
    "properties": "{" + ",".join(f'"a{n}":1' for n in range(SIZE // 12)) + "}", "texts": "[" + '"a",' * (SIZE // 6) + "1]",
    "quotes": f"[{chr(39)}a{chr(39)}{(',' + chr(39) + 'a' + chr(39)) * (SIZE // 4)}]", "dates": '["2024-01-01T00:00:00Z"' + ',"2024-01-01T00:00:00Z"' * (SIZE // 24) + "]",
    "elements": f"<a>{'<b/>' * (SIZE // 4)}</a>", "attributes": "<a " + " ".join(f'b{n}="1"' for n in range(SIZE // 12)) + "/>",
    "spaces": "<a " + " ".join(f'xmlns:b{n}="c{n}"' for n in range(SIZE // 24)) + "/>", "path": "http://a/" + "../b" * (SIZE // 4), "colons": "1:" * (SIZE // 2),
    "deep": "[" * 190 + "1" + "]" * 190, "name": "CN=a," * (SIZE // 5), "reals": "[" + "1.5e3," * (SIZE // 6) + "1]", "closing": ")" * SIZE, "patterns": "(a*)*" * 1900,
    "cases": "(?i)" + "".join(map(chr, range(0x400, 0x1400))), "sets of cases": "(?i)" + "".join(f"[\\w{chr(0x4E00 + n)}]" for n in range(1500)),
}  # fmt: skip

LARGE: dict[str, tuple[str, ...]] = {
    "string": (_BODY,),
    "char[]": (f"{_BODY}.ToCharArray()",),
    "byte[]": (f"Encoding.UTF8.GetBytes({_BODY})",),
    "string[]": (f"{_BODY}.Split(',')", f"{_BODY}.Split('a')"),
    "IEnumerable<string>": (f"{_BODY}.Split(',')", f"{_BODY}.Split(' ')", f"{_BODY}.Select(x => x.ToString())"),
    "List<string>": (f"{_BODY}.Split(',').ToList()",),
    "HashSet<string>": (f"new HashSet<string>({_BODY}.Select(x => x.ToString()))",),
    "Dictionary<string,int>": ("Enumerable.Range(0, 50000).ToDictionary(x => x.ToString(), x => x)",),
    "Array": (f"{_BODY}.ToCharArray()", "Enumerable.Range(0, 200000).ToArray()"),
    "StringBuilder": (f"new StringBuilder({_BODY})",),
    "StringReader": (f"new StringReader({_BODY})",),
    "JToken": (f"JToken.Parse({_BODY})",), "JArray": (f"JArray.Parse({_BODY})",), "JObject": (f"JObject.Parse({_BODY})",), "JContainer": (f"JArray.Parse({_BODY})",),
    "XElement": (f"XElement.Parse({_BODY})",), "XContainer": (f"XElement.Parse({_BODY})",), "XNode": (f"XElement.Parse({_BODY})",),
    "XDocument": (f"XDocument.Parse({_BODY})",), "object": (_BODY, f"JToken.Parse({_BODY})", f"XElement.Parse({_BODY})"),
    "Uri": (f"new Uri({_BODY})",), "XText": (f"new XText({_BODY})",), "XAttribute": (f'new XAttribute("a", {_BODY})',),
    "int": ("1000", "5", "0", "100000"), "Regex": (f"new Regex({_BODY})", 'new Regex("a*b")', 'new Regex("(a|b)*c")'),
    "Exception": (f"new Exception({_BODY})",), "object[]": (f"new object[] {{ {_BODY}, {_BODY} }}",),
}  # fmt: skip
"""By type, values made of the whole of a body."""


def large_calls(rng: random.Random) -> list[tuple[str, str]]:
    """(an expression, the name of its body): each call with bodies that it may be about."""
    found: list[tuple[str, str]] = []
    for kind, call in calls():
        if re.search(
            r"default\((string|object|byte\[\]|char\[\]|string\[\]|IEnum|List|Hash|Dict|Array|String|J|X|Uri|Regex|Exc)",
            call,
        ):
            names = rng.sample(sorted(BODIES), 6)
            found += [(called(rng, kind, call, LARGE), name) for name in names]
    return found
