"""One case of the fuzzer: make a text, feed it, and judge what came of it."""

# ruff: noqa: E501 - rows of tables

import asyncio
import random
import re
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass

from apimlb.errors import ConfigError, PolicyError
from apimlb.policy.clr.exceptions import ClrException
from apimlb.policy.compiler import compile_policy
from apimlb.policy.csharp.expression import UNTRANSLATED, compile_fresh
from apimlb.policy.document.reader import read
from apimlb.policy.rehearse.cases import context_of, describe
from apimlb.policy.rehearse.rehearsal import rehearse
from tests.fuzz import dear
from tests.fuzz.material import (
    grown_expression,
    grown_policy,
    mutated_expression,
    scrambled,
    written_expressions,
    written_policies,
)
from tests.fuzz.watched import feed_watched, watched_policy

SLOW = 3.0
"""Seconds after which a case counts as a hang: three times what an expression may take on a busy machine."""
Outcome = str
_CONTEXT = {
    "variables": {"a": {"type": "string", "value": "v"}, "n": {"type": "int", "value": "7"}},
    "request": {"method": "POST", "headers": {"a": ["1", "2"]}, "body": '{"model": "m", "n": [1, {"x": null}]}'},
    "response": {"status": 429, "reason": "Too Many", "headers": {"Retry-After": ["3"]}, "body": "[]"},
}  # fmt: skip
_CASE = {"named_values": {"n": "v"}, "fragments": {"f": "<fragment><base/></fragment>"},
         "request": {"method": "POST", "url": "https://gateway.test/a", "body": {"a": 1}},
         "service_url": "https://backend.test", "backends": [{"match": "*", "reply": [{"status": 500}, {"status": 200}]}]}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Failure:
    """`what` names the fault without the text, so that equal faults are told once."""

    what: str
    text: str
    feed: Callable[[str], Outcome]


def _refused(problem: PolicyError) -> Outcome:
    if problem.code == UNTRANSLATED:
        raise AssertionError("wrote Python that is none")
    if problem.line < 1 or problem.column < 1:
        raise AssertionError("names no place")
    return "refused"


def feed_expression(text: str) -> Outcome:
    """Compile and evaluate."""
    try:
        made = compile_fresh(text)
    except PolicyError as problem:
        return _refused(problem)
    try:
        describe(made(context_of(_CONTEXT)))
    except ClrException as thrown:
        cause = thrown.__cause__
        fine = (type(None), ClrException, RecursionError)
        if not isinstance(cause, fine) and not _is_null(cause):
            raise cause or thrown from None
        return "thrown"
    return "value"


def _is_null(error: BaseException | None) -> bool:
    """What a null does inside of a member that does not check for it, which is a NullReferenceException."""
    return isinstance(error, TypeError | AttributeError) and "None" in str(error)


def _named(text: str) -> dict[str, str]:
    """A value for each name that a policy asks for."""
    return dict.fromkeys(re.findall(r"\{\{([\w.-]+)\}\}", text), "v")


def feed_reader(text: str) -> Outcome:
    """Read, as text and as escaped XML."""
    outcome = "refused"
    for form in ("rawxml", "xml"):
        try:
            if form == "rawxml":
                read(text)
            compile_policy(text, format=form, named_values=_named(text))
            outcome = "value"
        except PolicyError as problem:
            _refused(problem)
    return outcome


def feed_policy(text: str) -> Outcome:
    """Compile and run."""
    try:
        asyncio.run(rehearse(text, {**_CASE, "named_values": _named(text)}))
    except PolicyError as problem:
        return _refused(problem)
    except ConfigError:
        return "refused"
    return "value"


def _feed_watched(text: str) -> Outcome:
    """Run traced and plain."""
    try:
        return feed_watched(text)
    except PolicyError as problem:
        return _refused(problem)


def _document(rng: random.Random) -> str:
    made = rng.choice((*written_policies(), grown_policy(rng)))
    return made if rng.random() < 0.2 else scrambled(rng, made)


def _policy(rng: random.Random) -> str:
    made = grown_policy(rng) if rng.random() < 0.8 else rng.choice(written_policies())
    return made if rng.random() < 0.8 else scrambled(rng, made)


def _dear(rng: random.Random) -> str:
    """A dear request, by what makes it."""
    tag = rng.choice(sorted(dear.CASES))
    return f"{tag} {rng.randrange(len(dear.CASES[tag]))} {rng.getrandbits(32)}"


def feed_dear(text: str) -> Outcome:
    """Run it; what it does is paid for."""
    tag, place, seed = text.split(" ")
    problem = dear.fault(tag, int(place), int(seed), 8_000)
    if problem:
        raise AssertionError(problem)
    return "value"


KINDS: dict[str, tuple[Callable[[random.Random], str], Callable[[str], Outcome]]] = {
    "mutated expression": (mutated_expression, feed_expression),
    "grown expression": (grown_expression, feed_expression),
    "scrambled expression": (lambda rng: scrambled(rng, rng.choice(written_expressions())), feed_expression),
    "document": (_document, feed_reader),
    "policy": (_policy, feed_policy),
    "watched policy": (watched_policy, _feed_watched),
    "dear request": (_dear, feed_dear),
}


def trial(kind: str, seed: int) -> Outcome | Failure:
    """One case: its outcome (value, refused, thrown), or what is wrong."""
    make, feed = KINDS[kind]
    text = make(random.Random(seed))
    what = fault(feed, text)
    return Failure(what[1:], text, feed) if what.startswith("!") else what


def fault(feed: Callable[[str], Outcome], text: str) -> str:
    """The outcome, or a fault behind an exclamation mark."""
    started = time.process_time()
    try:
        outcome = feed(text)
    except Exception as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        words = re.sub(r"'[^']*'|\"[^\"]*\"|\d+", "…", str(error))[:80]
        return f"!{type(error).__name__} in {frame.name}: {words}"
    if time.process_time() - started > SLOW:
        return "!took too long"
    return outcome


def shortest(failure: Failure, tries: int = 300) -> str:
    """A shorter text with the same fault, by leaving out ever smaller pieces."""
    text, wanted = failure.text, f"!{failure.what}"
    if failure.what == "took too long":
        return text
    size = len(text) // 2
    while size >= 1 and tries > 0:
        at, shrunk = 0, False
        while at < len(text) and tries > 0:
            tries -= 1
            shorter = text[:at] + text[at + size :]
            if fault(failure.feed, shorter) == wanted:
                text, shrunk = shorter, True
            else:
                at += size
        size = size if shrunk and size > 1 else size // 2
    return text
