"""`apimlb demo`: chat traffic past an account's quota, and a look at whether the client noticed.

Three accounts, the first of them preferred. Its deployment has 30,000 tokens and 300 requests a minute,
which Azure counts by the second: 5. The traffic comes faster, and asks for twice the tokens, so that
the account has no room for some of it again and again, while the three together have enough.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from apimlb.cli import flows, operating
from apimlb.cli.answers import Answer
from apimlb.cli.consent import Consent
from apimlb.cli.console import show_counts, show_table
from apimlb.cli.hints import command
from apimlb.cli.options import Common
from apimlb.cli.prose import say
from apimlb.cli.wiring import Session, open_session
from apimlb.errors import ApimlbError, ConfigError
from apimlb.local import process

REQUESTS = 60
TOKENS = 1000
"""What each request may cost at most: sixty of them are twice the first account's tokens for a minute."""
INTERVAL = 0.13
"""Seconds between two requests."""
CONCURRENCY = 4
ACCOUNTS = [
    {"location": "eastus2", "priority": 1},
    {"location": "swedencentral", "priority": 2},
    {"location": "westus3", "priority": 2},
]
QUESTION = "Why does a gateway in front of several accounts hide that one of them is throttled?"


@dataclass(frozen=True, slots=True)
class Tally:
    """What the traffic came to: the client's outcomes, and each account's."""

    client: Counter[str]
    accounts: list[dict[str, Any]]

    @property
    def refusals(self) -> int:
        """How often the preferred account refused."""
        return int(self.accounts[0]["throttled"])

    @property
    def passed_on(self) -> int:
        """How many requests the others served, each for want of room at the preferred account."""
        return sum(int(row["answered"]) for row in self.accounts[1:])

    @property
    def noticed(self) -> dict[str, int]:
        """What the client should never have seen."""
        return {outcome: count for outcome, count in self.client.items() if outcome != "200"}


def show_it_work(said: Common, *, strategy: str | None, keep: bool) -> Answer:
    """Deploy, drive, show, take away.

    Raises `ConfigError` when the openai SDK is missing, before anything is started, and `ApimlbError` when a
    client noticed or the first account had room for everything.
    """
    if find_spec("openai") is None:
        raise ConfigError(
            "The demo drives its traffic with the openai SDK, which is not installed.",
            next_step=f"Run `{sys.executable} -m pip install 'openai>=2'`.",
        )
    if said.local is False:
        raise ConfigError(
            "The demo runs on the local Azure alone.",
            where="--azure",
            why="It sends more traffic than an account of Azure takes, and takes everything away again.",
            next_step="Leave --azure out; `apimlb loadtest` puts a stack on Azure under load.",
        )
    said = said._replace(local=True, stack="demo")
    was_running = process.read(said.local_azure) is not None
    overrides = {"strategy": strategy, "accounts": ACCOUNTS}
    session = open_session(said, overrides=overrides, start_local=True)
    deployed = flows.deploy(session, Consent(yes=True), quiet=True)
    say(f"The gateway is at {deployed.gateway_url}.")
    tally = drive(session)
    _show(tally)
    if keep:
        _say_what_next()
    else:
        flows.destroy(session, purge=True, yes=True, quiet=True)
        if not was_running:
            process.stop(said.local_azure)
    _judge(tally)
    document = {
        "gateway_url": deployed.gateway_url if keep else "",
        "client": dict(tally.client),
        "accounts": tally.accounts,
    }
    return Answer(document, [deployed.gateway_url] if keep else [])


def drive(session: Session) -> Tally:
    """Send the traffic and count what came of it."""
    before = _calls(session)
    if any(row["calls"] for row in before.values()):
        _let_a_minute_pass(session)
    ask = _asker(session)
    say(f"Sending {REQUESTS} chat requests of up to {TOKENS} tokens, every third one streamed …")
    with ThreadPoolExecutor(CONCURRENCY) as pool:
        client = Counter(pool.map(ask, _paced(session)))
    return Tally(client, [_since(row, before) for row in _rows(session)])


def _let_a_minute_pass(session: Session) -> None:
    """Accounts that were in use have their quota back afterwards. The clock is moved, so nobody waits."""
    say("The accounts were in use: the local Azure's clock moves on by a minute, which renews their quota.")
    state = session.workspace.local_azure
    process.control(state, "POST", "/apimlb/clock", {"move": "advance", "seconds": 60})


def _paced(session: Session) -> Iterator[int]:
    """The requests' numbers, each when its turn has come."""
    start = session.clock.now()
    for number in range(REQUESTS):
        session.clock.pause(max(0.0, start + number * INTERVAL - session.clock.now()))
        yield number


def _asker(session: Session) -> Callable[[int], str]:
    """A function that sends one request and says what the client saw: a status, or an error's name.

    The SDK's own retries are off, since they would hide what the gateway did not.
    """
    import openai  # an extra: only the demo needs it

    endpoint = operating.endpoint(session)
    client = openai.AzureOpenAI(
        azure_endpoint=endpoint.url, api_key=endpoint.key, api_version="2024-10-21", max_retries=0
    )

    def ask(number: int) -> str:
        question: Any = [{"role": "user", "content": f"{QUESTION} ({number})"}]
        try:
            if number % 3:
                client.chat.completions.create(model="chat", messages=question, max_completion_tokens=TOKENS)
            else:
                stream = client.chat.completions.create(
                    model="chat", messages=question, max_completion_tokens=TOKENS, stream=True
                )
                for _ in stream:
                    pass
        except openai.APIStatusError as error:
            return str(error.status_code)
        except openai.APIError as error:
            return type(error).__name__
        return "200"

    return ask


def _rows(session: Session) -> list[dict[str, Any]]:
    """The chat deployments of the stack's accounts, the preferred one first."""
    found = {row["name"]: row for row in _status(session) if row["deployment"] == "chat"}
    names = [session.names.account(account) for account in session.stack.accounts]
    empty = {"deployment": "chat", "calls": 0, "answered": 0, "throttled": 0}
    return [found.get(name, {"name": name, **empty}) for name in names]


def _status(session: Session) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = process.status(session.workspace.local_azure)["accounts"]
    return rows


def _calls(session: Session) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in _rows(session)}


def _since(row: dict[str, Any], before: dict[str, dict[str, Any]]) -> dict[str, Any]:
    earlier = before[row["name"]]
    return {k: v - earlier[k] if isinstance(v, int) else v for k, v in row.items()}


def _show(tally: Tally) -> None:
    rows = [(row["name"], row["calls"], row["answered"], row["throttled"]) for row in tally.accounts]
    show_table("What each account was asked", ("account", "calls", "200", "429"), rows)
    show_counts("What the client saw", tally.client)


def _say_what_next() -> None:
    say("Everything is left running. Next:")
    for text in ("env", "local status", "set-capacity 50", "destroy --purge"):
        say(f"  {command(text)}")


def _judge(tally: Tally) -> None:
    if tally.noticed:
        raise ApimlbError(
            f"The client noticed: {tally.noticed}.",
            next_step="Run `apimlb demo --keep`, then `apimlb local status`.",
        )
    if tally.passed_on == 0:
        raise ApimlbError("The first account had room for everything, so nothing was shown.")
    say(
        f"The first account refused {tally.refusals} times and the others served {tally.passed_on} requests; "
        "the client never noticed."
    )
