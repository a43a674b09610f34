"""What `apimlb loadtest` does: options into a load, a run with its table, files for others to run."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from apimlb.cli import operating, simulations
from apimlb.cli.applications import API_VERSION, Endpoint
from apimlb.cli.console import is_live, redrawn
from apimlb.cli.hints import command
from apimlb.cli.local_control import seconds
from apimlb.cli.options import Common
from apimlb.cli.outputs import require_writable
from apimlb.cli.prose import say
from apimlb.cli.wiring import Session, open_session
from apimlb.errors import ConfigError, Interrupted
from apimlb.loadtest import results
from apimlb.loadtest.criteria import criterion
from apimlb.loadtest.export import Site, export, failure
from apimlb.loadtest.load import Load, require_sense
from apimlb.loadtest.results import plain
from apimlb.loadtest.running import Run, require_locust, running

_SAY_EVERY = 10.0


def load(duration: str, tokens: str, deployment: str, **options: Any) -> Load:
    """The load that the options describe; raises `ConfigError`. `deployment` is empty for the stack's
    first."""
    simulations.sizes(tokens)
    made = Load(seconds=seconds(duration), tokens=tokens, chat=deployment, **options)
    require_sense(made)
    return made


def run(said: Common, asked: Load, fail_if: Sequence[str], html: Path | None) -> dict[str, Any]:
    """Put the gateway under the load; what came of it, with what of `fail_if` came true as `failed`.

    Raises `ConfigError` without Locust, for a condition or a folder that there is not, before anything is
    asked; `Interrupted` once it has shown what there was until then.
    """
    require_locust()
    criteria = [criterion(text) for text in fail_if]
    require_writable(html, "--html")
    session = open_session(said)
    endpoint = operating.endpoint(session)
    asked = _of_stack(asked, endpoint)
    say(f"{_described(asked)} at {endpoint.url}.")
    with running(asked, endpoint.url, endpoint.key, session.clock, html) as started:
        told = _watched(started, asked, session)
    told = {"gateway_url": endpoint.url, "users": asked.users, "rpm": asked.rpm, "seed": asked.seed, **told}
    failed = [found for each in criteria if (found := each.found(told))]
    return {**told, "failed": failed, "report": str(html or "")}


def _watched(started: Run, asked: Load, session: Session) -> dict[str, Any]:
    called = _called(session)

    def told() -> dict[str, Any]:
        return results.document(started.counts, started.seconds, called)

    quiet_until = session.clock.now() + _SAY_EVERY
    try:
        with redrawn(lambda: _board(told(), asked), live=is_live()):
            for _ in started.watch():
                if not is_live() and session.clock.now() >= quiet_until:
                    quiet_until = session.clock.now() + _SAY_EVERY
                    say(_progress(told(), asked))
    except KeyboardInterrupt:
        say("Stopping: what is under way may end.")
        started.end()
        for line in results.lines(told()):
            say(line)
        raise Interrupted(
            "The load test was stopped before its time.",
            where=f"after {started.seconds:.0f} s",
            why="You stopped it. What clients had seen until then stands above.",
            next_step="Run the same command again.",
        ) from None
    return told()


def export_files(
    said: Common, asked: Load, fail_if: Sequence[str], folder: Path, *, force: bool
) -> tuple[dict[str, Any], list[str]]:
    """Write what runs the load test without apimlb: the files as data, and what to do with them."""
    criteria = [criterion(text) for text in fail_if]
    session = open_session(said)
    endpoint = operating.endpoint(session)
    asked = _of_stack(asked, endpoint)
    files = export(folder, asked, Site(session.stack.name, endpoint.url), criteria, force=force)
    for each in criteria:
        if not failure(each):
            say(f"Note: {each.text} is left out; Azure Load Testing does not measure it.")
    for line in _next_steps(folder, files):
        say(line)
    return {"files": [str(file) for file in files]}, [str(file) for file in files]


def _next_steps(folder: Path, files: Sequence[Path]) -> Iterator[str]:
    yield "Try next, with plain Locust:"
    yield f"  pip install -r {folder}/requirements.txt"
    yield f'  eval "$({command("env --format shell")})"'
    yield f"  locust -f {files[0]} --headless --users 10 --run-time 60s"
    yield f"{files[-1].name} is for Azure Load Testing: name in it where your Key Vault has the key."


def _of_stack(asked: Load, endpoint: Endpoint) -> Load:
    """The load on deployments that the stack has; raises `ConfigError` where there is no such."""
    if asked.chat and asked.chat not in endpoint.deployments:
        raise ConfigError(
            f"The stack has no deployment {asked.chat}.",
            where="loadtest",
            next_step=f"It has {', '.join(endpoint.deployments)}.",
        )
    chat = asked.chat or endpoint.chat[0]
    if not chat:
        raise ConfigError("The stack has no deployment to chat with.", where="loadtest")
    return replace(asked, chat=chat, embedding=endpoint.embedding[0], api_version=API_VERSION)


def _called(session: Session) -> dict[str, str]:
    """The accounts by what a response may say of who answered; where several are in one region, the region
    stands for all of them."""
    named: dict[str, str] = {}
    for account in session.stack.accounts:
        host = account.endpoint.removeprefix("https://").rstrip("/")
        named[plain(host or f"{session.names.account(account)}.openai.azure.com")] = account.name
        alone = [each.location for each in session.stack.accounts].count(account.location) == 1
        named[plain(account.location)] = account.name if alone else account.location
    return named


def _described(asked: Load) -> str:
    who = f"{asked.users} users" if asked.users else f"{asked.rpm:g} requests a minute"
    return f"Sending chats, streams and embeddings of {who} for {asked.seconds:g} s"


def _progress(told: Mapping[str, Any], asked: Load) -> str:
    p95 = "–" if told["p95"] is None else f"{told['p95']:.2f} s"
    return (
        f"{told['seconds']:.0f} of {asked.seconds:g} s: {told['asked']} asked, "
        f"{told['answered']:.1%} answered, {told['refusals']} times 429, p95 {p95}"
    )


def _board(told: Mapping[str, Any], asked: Load) -> tuple[str, Sequence[str], list[list[str]], str]:
    """Title, headings, rows and what stands below them, while it runs."""
    title = f"{told['seconds']:.0f} of {asked.seconds:g} s"
    below = "\n".join(
        f"{each['account']}: {each['share']:.0%} of answers, {each['tokens_per_minute']:,} tokens a minute"
        for each in told["accounts"]
    )
    return title, results.HEADINGS, results.rows(told), below
