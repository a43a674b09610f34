"""Public policies as they lie in their repositories: how many load here, and what stops the others?

    python benchmarks/policy_files.py CHECKOUT_DIR... [--show files|faults|refusals]

Each CHECKOUT_DIR is searched for .xml files whose root is a policy document, a fragment or a resolver. A file
loads when API Management's reader and compiler, as they are here, take it at one of the scopes; a request
goes through when the policy answers a generated one: a chat completion that carries each header, parameter
and body field which the file names, answered by whatever it calls. Named values are made up by their names,
fragments are looked for in the checkout; one that is not there does nothing. A policy that refuses the
request itself (a token that does not fit, an expression that throws) has run: `--show faults` lists those.
What a repository's own script fills in before it uploads a file (`{name}`, `#name#` or `NAME` as a whole
value) is filled in by the same rule as a named value.
Prints the share by checkout and what stops each other file. Nothing is downloaded.
"""

import argparse
import asyncio
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from apimlb.errors import ApimlbError, PolicyError
from apimlb.policy.compiler import Scope, compile_policy
from apimlb.policy.rehearse.rehearsal import rehearse
from benchmarks.policy_corpus import full_context

Json = dict[str, Any]

_ROOT = re.compile(r"\A(?:\s|<\?.*?\?>|<!--.*?-->|\ufeff)*<([\w-]+)", re.DOTALL)
_ROOTS = ("policies", "fragment", "http-data-source", "sql-data-source", "cosmosdb-data-source")
_NAMED_VALUE = re.compile(r"\{\{([^{}\s]+)\}\}")
_PLACEHOLDER = re.compile(r"([\"'>])(?:\{([\w-]+)\}|#(\w+)#|([A-Z]{3,}_[A-Z_]+))(?=[\"'<])")
_HYPHENATED = re.compile(r"(?<![{@$])\{[a-z]+(?:-[a-z]+)+\}(?!\})")
_INCLUDED = re.compile(r"fragment-id=[\"']([^\"']+)[\"']")
_AI = re.compile(r"openai|llm-|AI-Gateway|ai-hub|inference|backend-pool|load-?balanc", re.IGNORECASE)
_SCOPES: tuple[Scope, ...] = ("api", "product", "global", "operation")
_SECTIONS = ("inbound", "backend", "outbound", "on-error")
_GUID = "00112233-4455-6677-8899-aabbccddeeff"


@dataclass(slots=True)
class Outcome:
    """What became of one file: `stop` is what stopped it, empty for one that loads and runs; `fault` is how
    its own policy ended the request, empty for an answer."""

    path: Path
    is_ai: bool
    stop: str = ""
    fault: str = ""


@dataclass(slots=True)
class Checkout:
    folder: Path
    outcomes: list[Outcome] = field(default_factory=list)


def policy_files(folder: Path) -> Iterator[tuple[Path, str, str]]:
    """Path, text and root element of every policy under a folder."""
    for path in sorted(folder.rglob("*.xml")):
        if path.is_file():
            text = filled(path.read_text(encoding="utf-8-sig", errors="replace"))
            root = _ROOT.match(text)
            if root is not None and root[1] in _ROOTS:
                yield path, text, root[1]


def filled(text: str) -> str:
    """The text with the placeholders that a script of its repository fills in: a name in braces or hashes as
    a whole value, one in capitals there and wherever else it stands, and a hyphenated one in braces."""
    numbers: dict[str, int] = {}
    for name in {found[4] for found in _PLACEHOLDER.finditer(text) if found[4]}:
        text = re.sub(rf"\b{name}\b", "7", text)

    def value(found: re.Match[str]) -> str:
        name = found[2] or found[3]
        number = numbers.setdefault(name, len(numbers) + 7)
        return found[1] + _value(name, text[: found.end(1)][-40:], number)

    return _HYPHENATED.sub("7", _PLACEHOLDER.sub(value, text))


def named_values(text: str) -> dict[str, str]:
    """A value for every name, of the kind that its name and its place promise; a bare one in C# is a
    number."""
    places = {
        found[1]: text[max(0, found.start() - 40) : found.start()] for found in _NAMED_VALUE.finditer(text)
    }
    return {name: _value(name, before, number) for number, (name, before) in enumerate(places.items(), 7)}


def _value(name: str, before: str, number: int = 7) -> str:
    name = name.lower()
    if re.search(r"condition=[\"']$", before):
        return "true"
    if before.endswith("<key>"):
        return "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA=="
    if re.search(r"<address>$|(from|to)=[\"']$", before):
        return "192.0.2.1"
    if re.search(r"ur[il]|endpoint|openid|issuer", name):
        return "https://named.example/value"
    if re.search(r"tenant|client-?id|app-?id|audience|guid", name):
        return _GUID
    return str(number)


def fragments_for(text: str, known: Mapping[str, str]) -> dict[str, str]:
    """The fragments that a file includes, and those which they include."""
    found: dict[str, str] = {}
    waiting = _INCLUDED.findall(text)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = known.get(_comparable(name), "<fragment />")
            waiting += _INCLUDED.findall(found[name])
    return found


def _comparable(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", re.sub(r"^(frag|pf|fragment|policy)[-_.]", "", name.lower()))


def known_fragments(folder: Path) -> dict[str, str]:
    """The fragments of a checkout, by what their file or folder is called."""
    found: dict[str, str] = {}
    for path, text, root in policy_files(folder):
        if root == "fragment":
            for name in (path.parent.name, path.name.split(".")[0]):
                found[_comparable(name)] = text
    return found


def documents(text: str, root: str) -> Iterator[tuple[str, Scope, Mapping[str, str]]]:
    """The ways in which a file may be used: as the policy of a scope, or included in one of the sections."""
    if root == "policies":
        yield from ((text, scope, {}) for scope in _SCOPES)
        return
    if root == "fragment":
        for section in _SECTIONS:
            held = f'<{section}><include-fragment fragment-id="this-file" /></{section}>'
            yield f"<policies>{held}</policies>", "product", {"this-file": text}
        return
    yield text, "api", {}


def request_for(text: str) -> Json:
    """A chat completion with everything that the expressions of a file look for."""
    held = full_context(text)["request"]
    return {
        "method": "POST",
        "url": held["url"].replace(":8443/openai/x", "/openai/deployments/gpt-4o/chat/completions"),
        "headers": held["headers"],
        "body": {**held["body"], "stream": False},
        "parameters": {"deployment-id": "gpt-4o", **held["matched_parameters"]},
        "ip": "203.0.113.7",
    }


_COMPLETION = {
    "status": 200,
    "headers": {"Content-Type": "application/json"},
    "body": {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "model": "gpt-4o",
        "choices": [
            {"index": 0, "message": {"role": "assistant", "content": "hello"}, "finish_reason": "stop"}
        ],
        "usage": {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12},
        "access_token": "token",
        "expires_in": 3600,
        "data": [{"embedding": [0.1, 0.2, 0.3], "index": 0}],
    },
}


def case_for(text: str, scope: str, fragments: Mapping[str, str], values: Mapping[str, str]) -> Json:
    return {
        "scope": scope,
        "request": request_for(text),
        "named_values": dict(values),
        "fragments": dict(fragments),
        "backends": [{"reply": _COMPLETION}],
        "product": {"id": "starter", "name": "Starter"},
        "subscription": {"id": "subscription", "name": "Subscription", "key": "k"},
        "user": {"id": "user", "email": "user@contoso.com"},
    }


def judge(path: Path, text: str, root: str, known: Mapping[str, str]) -> Outcome:
    """Load a file, and send a request through it."""
    outcome = Outcome(path, bool(_AI.search(f"{path} {text}")))
    fragments = fragments_for(text, known)
    values = named_values(text + "".join(fragments.values()))
    refusals = []
    for document, scope, own in documents(text, root):
        held = {**fragments, **own}
        try:
            compile_policy(document, scope=scope, fragments=held, named_values=values)
        except PolicyError as error:
            refusals.append(error)
            continue
        outcome.fault, outcome.stop = asyncio.run(_sent(document, case_for(text, scope, held, values)))
        return outcome
    # Of several ways, the one that got furthest says what stands in the way of the file.
    outcome.stop = min(refusals, key=lambda error: len(getattr(error, "problems", ()) or (error,))).what
    return outcome


async def _sent(document: str, case: Json) -> tuple[str, str]:
    """How the policy ended the request, and what of ours did."""
    try:
        played = await rehearse(document, case)
    except ApimlbError as error:
        return "", f"the request: {error.what}"
    except Exception as error:  # a crash of ours is what this is to find
        return "", f"crash: {error!r}"
    fault = played.last_error
    return ("" if fault is None else f"{fault.source} {fault.reason}: {fault.message}"), ""


def _short(stop: str) -> str:
    """What stops files in general: the message without the place."""
    return re.sub(r" on line \d+, column \d+| Line \d+, position \d+\.", "", stop)[:110]


def examine(folder: Path) -> Checkout:
    known = known_fragments(folder)
    return Checkout(folder, [judge(path, text, root, known) for path, text, root in policy_files(folder)])


def _share(outcomes: list[Outcome]) -> str:
    through = sum(not each.stop for each in outcomes)
    return f"{through:4} of {len(outcomes):4}  {100 * through / max(1, len(outcomes)):5.1f} %"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("checkouts", type=Path, nargs="+")
    parser.add_argument("--show", choices=("files", "faults", "refusals"), default="files")
    arguments = parser.parse_args()
    checkouts = [examine(folder) for folder in arguments.checkouts]
    everything = [outcome for checkout in checkouts for outcome in checkout.outcomes]
    for checkout in checkouts:
        print(f"{_share(checkout.outcomes)}  {checkout.folder.name}")
    print(f"{_share(everything)}  all")
    print(f"{_share([each for each in everything if each.is_ai])}  of them about AI or load balancing")
    for stop, count in Counter(_short(each.stop) for each in everything if each.stop).most_common():
        print(f"{count:4}  {stop}")
    for outcome in everything:
        if arguments.show == "files" and outcome.stop:
            print(f"  {outcome.path}: {outcome.stop}")
        if arguments.show == "faults" and outcome.fault:
            print(f"  {outcome.path}: {outcome.fault[:200]}")


if __name__ == "__main__":
    main()
