"""`apimlb verify-live`: ask a subscription what Azure's documents leave open, and keep the answers."""

import asyncio
import json
import textwrap
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from apimlb.cli.answers import Answer
from apimlb.cli.grammar import common, verb
from apimlb.cli.interruption import cleaned_up
from apimlb.cli.options import Common
from apimlb.cli.outputs import require_writable, saved
from apimlb.cli.prose import counted, say
from apimlb.errors import ApimlbError, ConfigError, Interrupted, NotFoundError, meant
from apimlb.files import replace_file
from apimlb.stack.choices import Tier

if TYPE_CHECKING:
    from apimlb.verify.interview import Found

VERIFY = verb(examples=("apimlb verify-live", "apimlb verify-live --local --only gateway.wrong_method"))
NAME = "verify"
CAPACITY = 12
"""Thousands of tokens a minute of each account: the least of which calls are counted over ten seconds."""
_AROUND = 15 * 60.0
"""Seconds that deploying and taking away take on a v2 tier."""
_UNITS, _PROVISIONED = 15, "provisioned"
"""The least that provisioned throughput comes in, and what the deployment is called."""
_COLUMNS = 80
_COST = "a {tier} gateway by the hour, and some ten thousand tokens"
_LITTLE = "less than 2 USD: "
"""What that comes to on the usual tier."""


def verify_live(
    context: typer.Context,
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where the answers go.")] = Path(
        "azure-answers.json"
    ),
    location: Annotated[str, typer.Option(metavar="REGION", help="Where all of it is made.")] = "eastus2",
    tier: Annotated[str, typer.Option(help="The gateway's tier.")] = "BasicV2",
    only: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="Only questions whose names begin so; may be repeated.", show_default=False
        ),
    ] = None,
    minutes: Annotated[
        int, typer.Option(help="Ask no more after so many; what is left stays open.", min=1)
    ] = 60,
    provisioned: Annotated[
        bool,
        typer.Option(
            "--provisioned",
            help="Also ask what takes provisioned throughput: 15 units, billed by the hour.",
        ),
    ] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Take nothing away afterwards.")] = False,
) -> Answer:
    """Ask a subscription what Azure's documents leave open. Deploys the smallest stack for it, and destroys.

    The answers go into a file that `apimlb local up --answers FILE` reads. It says which tier and region they
    are from, and holds no id, name or key of yours.
    """
    from apimlb.cli.wiring import open_session
    from apimlb.verify.interview import chosen, left_out, seconds_of

    said = common(context)
    said = said if said.stack else said.nearer({"stack": NAME})
    questions = chosen(only or (), provisioned=provisioned)
    if not questions:
        about = ", ".join(only or ())
        if left_out(only or ()):
            raise ConfigError(
                f"What is asked about {about} takes provisioned throughput, which is billed by the hour.",
                where="--only",
                next_step="Add --provisioned if that is meant.",
            )
        raise ConfigError(f"No question is about {about}.", where="--only")
    _require_tier(tier)
    require_writable(out, "--out")
    paid = any(question.provisioned for question in questions)
    _agree(said, location, tier, min(seconds_of(questions), 60.0 * minutes), paid=paid)
    session = open_session(said, overrides=_smallest(location, tier, paid=paid), start_local=True)
    with cleaned_up(), _taken_away(session, keep=keep):
        found = _found(session, questions, 60.0 * minutes, paid=paid)
        found.open.update({} if provisioned else left_out(only or ()))
        azure = "the local one" if said.place.local else {"tier": tier, "location": location}
        return _written({"version": 1, "apimlb": version("apimlb"), "azure": azure, **asdict(found)}, out)


def _written(document: Mapping[str, Any], out: Path) -> Answer:
    """The answers, in the file too; where that cannot be written, all of them on stdout."""
    data = json.dumps(document, indent=2)
    answer = saved(
        Answer(document, _lines(document)), partial(_keep, out, data), unsaved=Answer(document, [data])
    )
    if answer.code == 0:
        facts = sum(name.startswith("fact.") for name in document["answers"])
        told = counted(len(document["answers"]) - facts, "answer")
        told += f" and {counted(facts, 'fact')}" if facts else ""
        say(f"{told} in {out}. Next: `apimlb local up --answers {out}`")
    return answer


def _keep(file: Path, data: str) -> None:
    replace_file(file, f"{data}\n".encode(), 0o644)


def _require_tier(tier: str) -> None:
    """Raise `ConfigError` for a tier that there is not, and for the one that most questions make no sense
    at."""
    known = [str(each) for each in Tier if each.has_breakers]
    if tier in known:
        return
    told = f"There is no tier {tier}.{meant(tier, known)}"
    if tier == Tier.CONSUMPTION:
        told = f"The {tier} tier has neither the circuit breakers nor the cache that the questions are about."
    raise ConfigError(told, where=f"--tier {tier}", next_step=f"Choose one of {', '.join(known)}.")


def _agree(said: Common, location: str, tier: str, seconds: float, *, paid: bool) -> None:
    from apimlb.cli.board import span
    from apimlb.cli.consent import confirm

    cost = f"{_LITTLE if tier == Tier.BASIC_V2 else ''}{_COST.format(tier=tier)}"
    cost += f"{f', and {_UNITS} units of provisioned throughput by the hour' if paid else ''}"
    told = (
        f"Makes a gateway ({tier}) and two accounts of its own in {location}, asks them for about "
        f"{span(seconds)}, and destroys and purges all of it: {span(seconds + _AROUND)} in all."
    )
    for text in (told, "Costs nothing here." if said.place.local else f"Costs {cost}."):
        for line in textwrap.wrap(text, _COLUMNS):
            say(line)
    confirm("Go on?", yes=said.yes)


@contextmanager
def _taken_away(session: Any, *, keep: bool) -> Iterator[None]:
    """What is made meanwhile goes in the end, whatever happens. What failed first is what is told; where
    nothing was made, nothing is left to take away. The stack has a name that no other command has unless it
    is told."""
    from apimlb.cli import flows

    by_hand = f"`apimlb destroy --purge --stack {session.stack.name}` takes it away."

    def take_away() -> None:
        if keep:
            say(f"What was made for it stays. {by_hand}")
        else:
            flows.destroy(session, purge=True, yes=True, quiet=True)

    try:
        yield
    except BaseException as first:
        say("It ends here." if keep else "Taking away what was made for it.")
        try:
            take_away()
        except NotFoundError:
            pass
        except ApimlbError as error:
            say(f"What was made may still be there: {error}. {by_hand}")
        if isinstance(first, Interrupted):
            first.why, first.next_step = "", "Run the same command again."
        raise
    take_away()


def _found(session: Any, questions: Sequence[Any], seconds: float, *, paid: bool) -> "Found":
    """What a stack that is deployed for it answers."""
    from apimlb.cli import flows
    from apimlb.cli.consent import Consent
    from apimlb.verify.interview import interview

    deployed = flows.deploy(session, Consent(yes=True, on_soft_deleted="purge"), quiet=True)
    if paid:
        session.cloud.put(*_provisioned(session))
    stand = _stand(session, deployed.gateway_url, _PROVISIONED if paid else "")
    return asyncio.run(interview(stand, questions, say, until=session.clock.now() + seconds))


def _smallest(location: str, tier: str, *, paid: bool) -> Mapping[str, Any]:
    """The smallest stack that can be asked: one gateway, two accounts, no more than one deployment each, of
    the cheapest model or, if throughput is `paid` by the hour, of the cheapest that comes so."""
    model = "gpt-5.4-mini" if paid else "gpt-5.4-nano"
    chat = {"model": model, "version": "2026-03-17", "capacity": CAPACITY}
    return {
        "location": location,
        "gateway": "",
        "gateway_identity": "",
        "path": "openai",
        "tier": tier,
        "strategy": "backend-pool",
        "bare_host": False,
        "monitoring": False,
        "accounts": [{"location": location, "name": "one"}, {"location": location, "name": "two"}],
        "deployments": {"chat": chat},
    }


def _provisioned(session: Any) -> tuple[str, dict[str, Any]]:
    """The id and the body of a deployment beside the stack's on its first account, with which it goes."""
    [chat], first = session.stack.deployments.values(), session.stack.accounts[0]
    body = {
        "sku": {"name": "GlobalProvisionedManaged", "capacity": _UNITS},
        "properties": {"model": {"format": "OpenAI", "name": chat.model, "version": chat.version}},
    }
    return session.names.deployment_id(first, _PROVISIONED), body


def _stand(session: Any, origin: str, provisioned: str) -> Any:
    """Where the questions are asked; `provisioned` is what the deployment is called that is billed by the
    hour, empty without one."""
    from apimlb.stack.names import IDENTITY
    from apimlb.verify.live import LiveBench
    from apimlb.verify.stand import Stand

    names = session.names
    urls = tuple(f"https://{names.account(each)}.openai.azure.com" for each in session.stack.accounts)
    bench = LiveBench(session.cloud, session.clock, names.service_id, origin.rstrip("/"))
    word, tokens = uuid.uuid4().hex[:8], 1000 * CAPACITY
    return Stand(bench, word, urls, f"{{{{{IDENTITY}}}}}", "chat", tokens, provisioned)


def _lines(document: Mapping[str, Any]) -> Iterator[str]:
    """A line for each switch, in 80 columns."""
    told = document["answers"].items()
    rows = {name: _brief(value) for name, value in told if not name.startswith("fact.")}
    width = max((len(name) for name in [*rows, *document["open"]]), default=0)
    for name, text in rows.items():
        yield f"{name:<{width}}  {text}"
    for name, why in document["open"].items():
        yield f"{name:<{width}}  open: {why}"[:78]


def _brief(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {each}" for name, each in value.items())
    return json.dumps(value) if not isinstance(value, str) else value
