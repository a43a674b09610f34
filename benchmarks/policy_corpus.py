"""Every expression of public policies, evaluated here and by a real C# compiler: do the answers agree?

    python benchmarks/policy_corpus.py ORACLE_DIR CHECKOUT_DIR...  [--show wrong|refused|accepted|messages]

ORACLE_DIR holds an `ask.py` with `ask(cases) -> answers` (cases as in `apimlb.policy.rehearse.cases`); each
CHECKOUT_DIR is searched for .xml files that hold a policy or a fragment. Each expression is asked in two
made-up contexts: one with a value for every variable, header, parameter and body that it names, one with next
to nothing. Says first how many of the files are read, and names those that are not. Nothing is downloaded.
"""

import argparse
import html
import importlib.util
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from apimlb.errors import PolicyError
from apimlb.policy.document.brackets import end_of_expression
from apimlb.policy.document.reader import read
from apimlb.policy.rehearse.cases import answer

Json = dict[str, Any]

# What differs from run to run, or hangs on the clock.
_CHANCE = re.compile(r"UtcNow|\bNow\b|NewGuid|Random\(|GetHashCode|\.Today|RNGCrypto|\.Elapsed|Timestamp")
_POLICY = re.compile(r"<(policies|fragment)\b")
_START = re.compile(r"@[({]")
_AI = re.compile(r"openai|llm-|AI-Gateway|ai-hub|inference|backend-pool|load-?balanc", re.IGNORECASE)
_NAMED_VALUE = re.compile(r"\{\{[^{}\s]+\}\}")
_ENTITIES = re.compile(r"&(?:quot|apos|lt|gt|amp|#\d+);")


def expressions(text: str) -> Iterator[str]:
    """The expressions of a policy file, entities decoded and named values filled in."""
    at = 0
    while (match := _START.search(text, at)) is not None:
        at = match.end()
        before = text[: match.start()].rstrip()
        if not before.endswith(('"', "'", ">", "<![CDATA[")):
            continue
        rest = text[match.start() : match.start() + 20_000]
        cdata = before.endswith("<![CDATA[")
        for candidate in (rest, html.unescape(rest)):
            end = end_of_expression(candidate, 1)
            if end > 0:
                found = candidate[:end]
                if not cdata and candidate is rest:
                    found = _ENTITIES.sub(lambda entity: html.unescape(entity[0]), found)
                yield _NAMED_VALUE.sub("7", found)
                at = match.start() + len(found) if candidate is rest else at
                break


_CASTS = {
    "string": ("string", "abc"), "String": ("string", "abc"), "int": ("int", 7), "Int32": ("int", 7),
    "bool": ("bool", True), "Boolean": ("bool", True), "long": ("long", 9), "double": ("double", 1.5),
    "JObject": ("JObject", {"a": 1, "data": [{"id": "x"}], "url": "https://h.example/p", "model": "gpt"}),
    "JArray": ("JArray", [{"url": "https://a.example/", "priority": 1, "isThrottling": False,
    "retryAfter": "0001-01-01T00:00:00"},
                          {"url": "https://b.example/", "priority": 2, "isThrottling": True,
                           "retryAfter": "2026-01-02T03:04:05Z"}]),
    "JToken": ("JToken", {"a": 1}), "Guid": ("Guid", "00112233-4455-6677-8899-aabbccddeeff"),
    "DateTime": ("DateTime", "2026-01-02T03:04:05Z"), "byte[]": ("byte[]", "AAECAwQFBgcICQoLDA0ODw=="),
    "IResponse": ("IResponse", {"status": 200, "headers": {"Content-Type": ["application/json"],
    "Retry-After": ["12"]},
                                "body": {"access_token": "t", "expires_in": 3600, "results": [{"a": 1}],
                                "value": []}}),
    "Jwt": ("Jwt",
    "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJzdWIiOiJ1IiwiYXVkIjpbImEiLCJiIl0sInJvbGVzIjpbInIxIiwicjIiXSwi"
                   "ZXhwIjoxNzAwMDAwMDAwLCJvaWQiOiJvIn0.x"),
    "Authorization": ("Authorization", {"access_token": "tok", "claims": {"a": "b"}}),
}  # fmt: skip
_TYPE = r"(?:Newtonsoft\.Json\.Linq\.|System\.)?([A-Za-z0-9]+(?:\[\])?)"
_CAST = re.compile(
    rf"\(\s*{_TYPE}\s*\)\s*\(?\s*context\.Variables(?:\.GetValueOrDefault\(|\[)\s*\"([^\"]+)\""
)
_GENERIC = re.compile(rf"context\.Variables\.GetValueOrDefault<{_TYPE}>\(\s*\"([^\"]+)\"")
_PLAIN = re.compile(r"context\.Variables(?:\.\w+\(|\[)\s*\"([^\"]+)\"")
_AS = re.compile(r"context\.Variables(?:\.\w+\(|\[)\s*\"([^\"]+)\"[^;]{0,4}\bas " + _TYPE)
_MAP = re.compile(
    r"(Headers|Query|MatchedParameters)(?:\.GetValueOrDefault\(|\[|\.ContainsKey\()\s*\"([^\"]+)\""
)
_KEYS = re.compile(
    r"\[\"([A-Za-z_]\w*)\"\]|Value<\w+>\(\"([A-Za-z_]\w*)\"\)|SelectToken\(\"\$?\.?([A-Za-z_]\w*)"
)


def full_context(expression: str) -> Json:
    """A context in which whatever the expression names is there."""
    variables: dict[str, Json] = {
        name: {"type": "string", "value": "abc"} for name in _PLAIN.findall(expression)
    }
    typed = [(kind, name) for kind, name in _CAST.findall(expression) + _GENERIC.findall(expression)]
    typed += [(kind, name) for name, kind in _AS.findall(expression)]
    for kind, name in typed:
        if kind in _CASTS:
            variables[name] = {"type": _CASTS[kind][0], "value": _CASTS[kind][1]}
    headers = {"Content-Type": ["application/json"], "Authorization": [f"Bearer {_CASTS['Jwt'][1]}"]}
    query: list[str] = []
    parameters: dict[str, str] = {}
    for where, name in _MAP.findall(expression):
        if where == "Headers" and name.lower() not in ("content-type", "authorization"):
            headers[name] = ["17"]
        elif where == "Query":
            query.append(f"{name}=q%20{len(query)}")
        elif where == "MatchedParameters":
            parameters[name] = "p1"
    body: Json = {
        "model": "gpt-4o",
        "messages": [{"role": "user", "content": "hé\U0001f600 there"}],
        "stream": True,
    }
    for keys in _KEYS.findall(expression):
        body.setdefault(next(key for key in keys if key), "text")
    return {
        "variables": variables,
        "request": {
            "method": "POST", "url": "https://gw.example.com:8443/openai/x?" + "&".join(query or ["v=1"]),
            "headers": headers,
            "matched_parameters": parameters, "body": body,
        },
        "response": {"status": 429, "reason": "Too Many Requests", "headers": {**headers,
        "Retry-After": ["12"]}, "body": body},
        "user": {"id": "u", "email": "a@contoso.com", "first_name": "A", "last_name": "B",
        "groups": [{"id": "g",
                 "name": "G"}], "identities": []},
        "product": {"id": "p", "name": "Product", "groups": []},
        "subscription": {"id": "s", "name": "Sub", "key": "k", "primary_key": "k", "secondary_key": "l"},
        "last_error": {"source": "validate-jwt", "reason": "TokenExpired", "message": "expired",
        "scope": "api",
                       "section": "inbound", "path": "choose[1]", "policy_id": "x"},
    }  # fmt: skip


def agree(expression: str, ours: Json, theirs: Json) -> str:
    """One word on two answers."""
    if "compile_error" in theirs:
        return "both refuse" if "compile_error" in ours else "accepted"
    if "compile_error" in ours:
        return "refused"
    if _CHANCE.search(expression):
        same = ours.get("type") == theirs.get("type") and ours.get("throws") == theirs.get("throws")
        return "chance" if same else "wrong"
    if "throws" in ours and "throws" in theirs:
        if ours["throws"] != theirs["throws"]:
            return "wrong"
        return "same" if ours["message"] == theirs["message"] else "messages"
    return "same" if ours == theirs else "wrong"


def load_oracle(folder: Path) -> Callable[[list[Json]], list[Json]]:
    spec = importlib.util.spec_from_file_location("ask", folder / "ask.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: Callable[[list[Json]], list[Json]] = module.ask
    return found


def collect(folders: list[Path]) -> dict[str, list[Path]]:
    """Each expression, with the files that it stands in."""
    found: dict[str, list[Path]] = {}
    for folder in folders:
        for path in sorted(folder.rglob("*.xml")):
            for each in expressions(path.read_text(encoding="utf-8-sig", errors="replace")):
                found.setdefault(each, []).append(path)
    return found


def read_all(folders: list[Path]) -> None:
    """Read every policy file, and say which cannot be."""
    paths = [path for folder in folders for path in sorted(folder.rglob("*.xml"))]
    texts = {path: path.read_text(encoding="utf-8-sig", errors="replace") for path in paths}
    policies = {path: text for path, text in texts.items() if _POLICY.search(text)}
    unread: dict[Path, PolicyError] = {}
    for path, text in policies.items():
        try:
            read(text)
        except PolicyError as error:
            unread[path] = error
    print(f"{len(policies) - len(unread)} of {len(policies)} policy files read")
    for path, refused in unread.items():
        print(f"  not read: {path.name}, line {refused.line}: {refused.what}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("oracle", type=Path)
    parser.add_argument("checkouts", type=Path, nargs="+")
    parser.add_argument("--show", action="append", default=[], help="print the cases that ended so")
    arguments = parser.parse_args()
    read_all(arguments.checkouts)
    found = collect(arguments.checkouts)
    cases: list[Json] = [
        {"id": f"{index}{'fe'[empty]}", "expression": text, "context": {} if empty else full_context(text)}
        for index, text in enumerate(found)
        for empty in (False, True)
    ]
    files = {path for paths in found.values() for path in paths}
    print(f"{len(found)} expressions in {len(files)} files, {len(cases)} cases")
    results = Counter[str]()
    refused: dict[str, bool] = {}
    for case, theirs in zip(cases, load_oracle(arguments.oracle)(cases), strict=True):
        theirs.pop("id")
        text = case["expression"]
        try:
            ours = answer(text, case["context"])
        except PolicyError as error:
            ours = {"crash": repr(error)}
        result = agree(text, ours, theirs)
        results[result] += 1
        if result == "refused":
            refused[text] = any(_AI.search(str(path)) for path in found[text])
        if result in arguments.show:
            print(f"--- {result} {found[text][0]}\n{text}\n  ours   {ours}\n  theirs {theirs}")
    for name, count in results.most_common():
        print(f"{name:12} {count}")
    share = 100 * len(refused) / max(len(found), 1)
    print(
        f"refused expressions: {len(refused)} ({share:.1f} %), of them in load-balancing and AI policies: "
        f"{sum(refused.values())}"
    )
    sys.exit(1 if results["wrong"] else 0)


if __name__ == "__main__":
    main()
