"""Chats, streams and embeddings through a gateway, for Locust: `locust -f locustfile.py --headless`.

It reads the gateway's address from AZURE_OPENAI_ENDPOINT (or --host, LOCUST_HOST) and the key from
AZURE_OPENAI_API_KEY. Every setting below is also an option (`--retries 2`) and a variable
(LOADTEST_RETRIES=2). With `rpm` each Locust user stands for a crowd that asks so many times a minute, at
random moments (Poisson) and whether or not it was answered; with 0 it is one person, who asks again `pause`
seconds after the answer, on average. What was refused is sent again after the time that it was told to wait,
up to `retries` times.

Besides what Locust reports, it counts what clients of a language model mind: whether the time of a 429 was
true, the time to the first token of a stream, the tokens of each account. The sum is printed at the end, by
the master where there are workers.
"""

import heapq
import itertools
import json
import math
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

import gevent
from gevent.pool import Group
from locust import HttpUser, events, task
from locust.clients import ResponseContextManager
from locust.runners import MasterRunner, WorkerRunner
from requests.exceptions import RequestException
from urllib3 import PoolManager

# Settings: what is asked, by whom.
SETTINGS: dict[str, Any] = {
    "chat": "chat",  # deployments; without a name for the second nothing is embedded
    "embedding": "embedding",
    "api_version": "2024-10-21",
    "rpm": 0.0,  # requests a minute of each user; 0: as its pauses let it
    "pause": 5.0,  # seconds
    "tokens": "500",  # of a request on average, prompt and answer; or PROMPT,ANSWER
    "sigma": 0.9,  # spread of the sizes (lognormal); 0: all the same
    "streams": 0.3,  # share of the chats that are streamed
    "embeddings": 0.2,  # share of the requests that are embeddings
    "retries": 1,
    "seed": 0,
}
# End of the settings.

CHAT, STREAM, EMBEDDINGS = "chat", "stream", "embeddings"
LARGEST, SMALLEST, LEAST_ANSWER = 12_000, 50, 16
LONGEST_INPUT = 8_000
CHARACTERS, ENVELOPE = 4, 7
WORDS = "Why would a gateway stand in front of several accounts and not only one? "
TEXT = WORDS * (CHARACTERS * LARGEST // len(WORDS) + 1)
LONGEST_WAIT, BACKOFF, MOST_BACKOFF = 60.0, 0.5, 8.0
CONNECTIONS = 2_000
EVERY = 1.0

COUNTS: Counter[str] = Counter()
"""How often what happened, by words joined with `|`."""
RUN = {"began": 0.0, "ended": 0.0}


class Question(NamedTuple):
    """One request: its kind, the characters of its text, and the most tokens that its answer may have."""

    kind: str
    characters: int
    limit: int = 0


def questions(settings: dict[str, Any], rng: random.Random) -> Iterator[Question]:
    """Chats of the sizes that were asked for, without end."""
    while True:
        prompt, limit = sizes(settings, rng)
        rng.random()  # the simulator decides here whether a request states its limit; here all do
        streamed = rng.random() < settings["streams"]
        characters = (max(ENVELOPE + 1, prompt) - ENVELOPE) * CHARACTERS
        yield Question(STREAM if streamed else CHAT, characters, limit)


def sizes(settings: dict[str, Any], rng: random.Random) -> tuple[int, int]:
    """The tokens of a prompt, and the most that its answer may have."""
    means, sigma = [int(part) for part in str(settings["tokens"]).split(",")], settings["sigma"]
    if len(means) == 2:
        prompt, limit = (drawn(mean, sigma, rng) for mean in means)
        return prompt, max(LEAST_ANSWER, limit)
    tokens = max(SMALLEST, drawn(means[0], sigma, rng))
    limit = max(LEAST_ANSWER, round(tokens * (rng.uniform(0.2, 0.8) if sigma else 0.5)))
    return tokens - limit, limit


def drawn(mean: int, sigma: float, rng: random.Random) -> int:
    if not (mean and sigma):
        return mean
    return min(LARGEST, round(rng.lognormvariate(math.log(mean) - sigma**2 / 2, sigma)))


def embedded(chats: Iterator[Question]) -> Iterator[Question]:
    """Texts to embed, as long as the prompts."""
    return (Question(EMBEDDINGS, min(each.characters, LONGEST_INPUT * CHARACTERS)) for each in chats)


def moments(seed: str, rate: float) -> Iterator[float]:
    """When somebody comes, in seconds from the beginning, `rate` times a second on average."""
    rng, moment = random.Random(seed), 0.0
    while rate > 0:
        moment += rng.expovariate(rate)
        yield moment


def crowd(settings: dict[str, Any], seed: str) -> Iterator[tuple[float, Question]]:
    """What is asked and when: chats as `apimlb simulate` has them, embeddings beside them."""
    rate, share = settings["rpm"] / 60, settings["embeddings"]
    chats = questions(settings, random.Random(f"questions {seed}"))
    texts = embedded(questions(settings, random.Random(f"embeddings {seed}")))
    return heapq.merge(
        zip(moments(f"arrivals {seed}", rate * (1 - share)), chats, strict=False),
        zip(moments(f"arrivals of embeddings {seed}", rate * share), texts, strict=False),
    )


def person(settings: dict[str, Any], seed: str) -> Iterator[tuple[float, Question]]:
    """What one person asks, each after how many seconds."""
    rng = random.Random(f"person {seed}")
    chats = questions(settings, random.Random(f"questions {seed}"))
    texts = embedded(questions(settings, random.Random(f"embeddings {seed}")))
    while True:
        pause = rng.expovariate(1 / settings["pause"]) if settings["pause"] else 0.0
        yield pause, next(texts if rng.random() < settings["embeddings"] else chats)


class Reply(NamedTuple):
    """What came of one sending: a status (0: nothing that is whole), and the seconds that a client was told
    to wait, NaN where it was told nothing that can be read."""

    status: int
    told: float = math.nan


class Client(HttpUser):
    """A crowd, or a person: see the top of the file."""

    host = os.environ.get("AZURE_OPENAI_ENDPOINT")
    pool_manager = PoolManager(num_pools=10, maxsize=CONNECTIONS)
    numbers = itertools.count()

    def on_start(self) -> None:
        self.settings = settings_of(self.environment)
        self.client.headers["api-key"] = os.environ["AZURE_OPENAI_API_KEY"]
        self.chance = random.Random(f"clients {self.settings['seed']}")
        asks = crowd if self.settings["rpm"] else person
        self.turns = asks(self.settings, self.named())
        self.began = time.monotonic()
        self.asked = Group()
        self.wait()

    def named(self) -> str:
        """A seed of its own for each user; the first one has the plain seed."""
        number, worker = next(self.numbers), getattr(self.environment.runner, "worker_index", 0)
        seed = str(self.settings["seed"])
        return seed if (number, worker) in ((0, 0), (0, -1)) else f"{seed} {worker} {number}"

    def wait_time(self) -> float:
        moment, self.question = next(self.turns)
        if not self.settings["rpm"]:
            return moment
        return max(0.0, self.began + moment - time.monotonic())

    @task
    def ask(self) -> None:
        if self.settings["rpm"]:
            self.asked.add(gevent.spawn(self.converse, self.question))
        else:
            self.converse(self.question)

    def on_stop(self) -> None:
        """What is under way may end, until Locust's patience (--stop-timeout) is nearly over."""
        self.asked.join(timeout=max(0.0, (self.environment.stop_timeout or 0.0) - 1))
        self.asked.kill()

    def converse(self, question: Question) -> None:
        """Ask, and ask again what was refused as the OpenAI SDKs do, as often as the settings say."""
        COUNTS[f"{question.kind}|asked"] += 1
        last, wait = Reply(-1), Reply(-1)
        try:
            for attempt in range(self.settings["retries"] + 1):
                last = self.send(question)
                judge(wait, last)
                wait = last
                if attempt == self.settings["retries"] or not again(last.status):
                    break
                gevent.sleep(self.patience(last, attempt))
        finally:
            judge(wait, None)
            COUNTS[f"{question.kind}|ended|{last.status}"] += 1

    def patience(self, reply: Reply, attempt: int) -> float:
        """Seconds before the next attempt: openai-python's `_calculate_retry_timeout`."""
        if 0 < reply.told <= LONGEST_WAIT:
            return reply.told
        return float(min(BACKOFF * 2.0**attempt, MOST_BACKOFF) * (1 - 0.25 * self.chance.random()))

    def send(self, question: Question) -> Reply:
        """One request; counts what came of it."""
        path, body = self.request_of(question)
        began = time.perf_counter()
        with self.client.post(
            path, json=body, name=question.kind, stream=True, catch_response=True, timeout=120
        ) as response:
            status, first, tokens = received(question.kind, response, began)
            took = time.perf_counter() - began
            response.request_meta["response_time"] = took * 1000
            if status != 200:
                response.failure(f"HTTP {status}" if status else "no whole answer")
            told = told_to_wait(response.headers or {})
        account = account_of(response.headers or {})
        note(question.kind, status, took, first)
        if status == 200:
            COUNTS[f"account|{account}|answers"] += 1
            COUNTS[f"account|{account}|tokens"] += tokens
        return Reply(status, told)

    def request_of(self, question: Question) -> tuple[str, dict[str, Any]]:
        """Path and body."""
        text, chosen = TEXT[: question.characters], self.settings
        query = f"?api-version={chosen['api_version']}"
        if question.kind == EMBEDDINGS:
            return f"/openai/deployments/{chosen['embedding']}/embeddings{query}", {"input": [text]}
        body: dict[str, Any] = {"messages": [{"role": "user", "content": text}]}
        body["max_completion_tokens"] = question.limit
        if question.kind == STREAM:
            body |= {"stream": True, "stream_options": {"include_usage": True}}
        return f"/openai/deployments/{chosen['chat']}/chat/completions{query}", body


def received(kind: str, response: ResponseContextManager, began: float) -> tuple[int, float, int]:
    """Status (0 for an answer that broke off), seconds to the first token of a stream, tokens."""
    try:
        if response.status_code != 200:
            return response.status_code, 0.0, 0
        if kind == STREAM:
            return streamed(response, began)
        usage = response.json().get("usage") or {}
    except (RequestException, ValueError):
        return 0, 0.0, 0
    return 200, 0.0, int(usage.get("total_tokens") or 0)


def streamed(response: ResponseContextManager, began: float) -> tuple[int, float, int]:
    """The same of a stream, read as it comes."""
    first, tokens = 0.0, 0
    for line in response.iter_lines():
        if not line.startswith(b"data: "):
            continue
        if line == b"data: [DONE]":
            return 200, first, tokens
        event = json.loads(line[len(b"data: ") :])
        tokens = int((event.get("usage") or {}).get("total_tokens") or tokens)
        if not first and any(each["delta"].get("content") for each in event.get("choices") or ()):
            first = time.perf_counter() - began
    return 0, first, tokens


def again(status: int) -> bool:
    """Whether SDKs send it again."""
    return status in (0, 408, 409, 429) or status >= 500


def told_to_wait(headers: Any) -> float:
    for name, unit in (("retry-after-ms", 1000), ("Retry-After", 1)):
        try:
            return float(headers[name]) / unit
        except (KeyError, ValueError):
            continue
    return math.nan


def account_of(headers: Any) -> str:
    """Who answered: the account's host where the stack has `backend_header`, else its region."""
    return str(headers.get("x-apimlb-backend") or headers.get("x-ms-region") or "").replace("|", " ")


def judge(before: Reply, after: Reply | None) -> None:
    """Count whether the time that a refused client was told was true: whoever came again then was let in.
    `after` is None for one that did not come again."""
    if before.status != 429:
        return
    if math.isnan(before.told):
        COUNTS["waits|missing"] += 1
    elif after is None or not 0 < before.told <= LONGEST_WAIT:
        COUNTS["waits|untried"] += 1
    else:
        COUNTS["waits|short" if after.status == 429 else "waits|true"] += 1


def note(kind: str, status: int, took: float, first: float) -> None:
    """Count an attempt; times in milliseconds."""
    COUNTS[f"{kind}|sent|{status}"] += 1
    if status == 200:
        COUNTS[f"{kind}|took|{round(took * 1000)}"] += 1
        if first:
            COUNTS[f"{kind}|first|{round(first * 1000)}"] += 1


def settings_of(environment: Any) -> dict[str, Any]:
    return {name: getattr(environment.parsed_options, name) for name in SETTINGS}


@events.init_command_line_parser.add_listener
def add_options(parser: Any) -> None:
    for name, default in SETTINGS.items():
        option = f"--{name.replace('_', '-')}"
        parser.add_argument(option, type=type(default), default=default, env_var=f"LOADTEST_{name.upper()}")


@events.init.add_listener
def prepare(environment: Any, **_: Any) -> None:
    # Else Locust's timer for --run-time begins when gevent last looked at the clock: before the imports.
    gevent.get_hub().loop.update_now()
    if not isinstance(environment.runner, MasterRunner) and not os.environ.get("AZURE_OPENAI_API_KEY"):
        sys.exit(
            "AZURE_OPENAI_API_KEY is not set: it is the key that the gateway lets these clients in with."
        )


@events.test_start.add_listener
def begin(environment: Any, **_: Any) -> None:
    RUN.update(began=time.monotonic(), ended=0.0)
    COUNTS.clear()
    if not isinstance(environment.runner, WorkerRunner):
        gevent.spawn(keep)


@events.test_stopping.add_listener
def end(**_: Any) -> None:
    RUN["ended"] = time.monotonic()


@events.report_to_master.add_listener
def hand_over(client_id: str, data: dict[str, Any]) -> None:
    data["counts"] = dict(COUNTS)
    COUNTS.clear()


@events.worker_report.add_listener
def take_over(client_id: str, data: dict[str, Any]) -> None:
    COUNTS.update(data.get("counts", {}))


def document() -> dict[str, Any]:
    seconds = (RUN["ended"] or time.monotonic()) - RUN["began"] if RUN["began"] else 0.0
    return {"seconds": seconds, "counts": dict(COUNTS)}


def keep() -> None:
    """Write the counts where LOADTEST_COUNTS says, every second."""
    while "LOADTEST_COUNTS" in os.environ:
        write()
        gevent.sleep(EVERY)


def write() -> None:
    file = os.environ["LOADTEST_COUNTS"]
    with open(f"{file}.new", "w", encoding="utf-8") as whole:
        json.dump(document(), whole)
    os.replace(f"{file}.new", file)


@events.quitting.add_listener
def conclude(environment: Any, **_: Any) -> None:
    if isinstance(environment.runner, WorkerRunner):
        return
    if "LOADTEST_COUNTS" in os.environ:
        write()
    else:
        print("\n".join(summary(document())))


def summary(told: dict[str, Any]) -> list[str]:
    """What Locust's own report does not have."""
    counts, minutes = Counter(told["counts"]), max(told["seconds"], 1.0) / 60
    lines = ["", "What clients of a language model mind:"]
    for kind in (CHAT, STREAM, EMBEDDINGS):
        asked = counts[f"{kind}|asked"]
        ended = {status: counts[f"{kind}|ended|{status}"] for status in (200, 429)}
        if asked:
            lines.append(f"  {kind}: {asked} asked, {ended[200]} answered, {ended[429]} refused in the end")
    waits = ", ".join(f"{counts[f'waits|{each}']} {each}" for each in ("true", "short", "missing", "untried"))
    lines.append(f"  times that a 429 told: {waits}")
    for name in sorted(key.split("|")[1] for key in counts if key.startswith("account|") and "tokens" in key):
        tokens, answers = (counts[f"account|{name}|{what}"] for what in ("tokens", "answers"))
        lines.append(f"  {name or 'unknown'}: {answers} answers, {tokens / minutes:.0f} tokens a minute")
    return lines
