"""`apimlb doctor`: numbered checks of what commands need, each with what mends it; most need no network."""

import os
import socket
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from importlib.metadata import version
from importlib.util import find_spec
from platform import python_version
from tempfile import TemporaryFile

from apimlb.cli.operating import gateway_url
from apimlb.cli.options import Common
from apimlb.cli.stack_settings import stack_of
from apimlb.cli.unfinished import trouble_of_last_run
from apimlb.cli.wiring import Session, open_session
from apimlb.cli.workspace import Workspace
from apimlb.deploy import hosting
from apimlb.deploy.login import subscription
from apimlb.deploy.observer import survey
from apimlb.errors import ApimlbError, NotFoundError, raise_first
from apimlb.local import process
from apimlb.render import render_all
from apimlb.stack.planner import plan

_ARM = ("management.azure.com", 443)
_SOON = 3.0
"""Seconds within which Azure's address answers, or counts as out of reach."""


class Health(StrEnum):
    """How a check ended; one that hangs on a failed one is not tried."""

    OK = "ok"
    ADVICE = "advice"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found, and what mends it."""

    number: int
    check: str
    health: Health
    found: str
    mend: str = ""

    def document(self) -> dict[str, object]:
        return asdict(self)

    def lines(self) -> Iterator[str]:
        mark = {Health.OK: "✓", Health.ADVICE: "!", Health.FAILED: "✗", Health.SKIPPED: "-"}[self.health]
        yield f"{self.number:>2}. {mark} {self.check}: {self.found}"
        if self.mend:
            yield f"      {self.mend}"


class Advice(Exception):
    """All works without it, though not everything does."""

    def __init__(self, found: str, mend: str) -> None:
        super().__init__(found)
        self.found, self.mend = found, mend


Check = Callable[[Common], str]
"""Returns what it found when that is well; raises `Advice` or `ApimlbError` when it is not."""


def examine(said: Common) -> list[Finding]:
    """Every check in its turn."""
    findings: list[Finding] = []
    for number, (name, check, needs) in enumerate(_checks(said.place), start=1):
        broken = [
            f.check for f in findings if f.check in needs and f.health in (Health.FAILED, Health.SKIPPED)
        ]
        if broken:
            findings.append(Finding(number, name, Health.SKIPPED, f"waits for: {', '.join(broken)}"))
        else:
            findings.append(_examined(number, name, check, said))
    return findings


def _examined(number: int, name: str, check: Check, said: Common) -> Finding:
    try:
        return Finding(number, name, Health.OK, check(said))
    except Advice as advice:
        return Finding(number, name, Health.ADVICE, advice.found, advice.mend)
    except ApimlbError as error:
        found = " ".join([error.what, *getattr(error, "__notes__", ())])
        return Finding(number, name, Health.FAILED, found, error.next_step or error.usual_step)


def _checks(place: Workspace) -> Sequence[tuple[str, Check, tuple[str, ...]]]:
    """Name, check, and the checks that must have gone well before."""
    cloud = (
        [("local Azure", _local_azure, ("state folder",))]
        if place.local
        else [("login", _login, ()), ("network", _network, ())]
    )
    reach = tuple(name for name, _, _ in cloud)
    return [
        ("installation", _installation, ()),
        ("stack file", _file, ()),
        ("policies", _policies, ("stack file",)),
        ("state folder", _state, ()),
        *cloud,
        ("stack", _stack, ("stack file", *reach)),
        ("demo", _demo, ()),
    ]


def _installation(said: Common) -> str:
    return f"apimlb {version('apimlb')} on Python {python_version()}"


def _file(said: Common) -> str:
    place = said.place
    stack = stack_of(place, {})
    accounts = ", ".join(account.location for account in stack.accounts)
    told = f"{stack.name}, {stack.tier} in {stack.location}, accounts in {accounts}"
    if not place.config.is_file():
        raise Advice(f"there is none; the defaults are {told}", "`apimlb init` writes one.")
    return f"{place.config}: {told}"


def _policies(said: Common) -> str:
    stack = stack_of(said.place, {})
    render_all(stack)
    return f"the {stack.strategy} policy compiles"


def _state(said: Common) -> str:
    root = said.place.root
    above = next(each for each in (root.absolute(), *root.absolute().parents) if each.exists())
    try:
        with TemporaryFile(dir=above):  # what os.access says of a file system like /proc is not so
            return f"{root} can be written to"
    except OSError as error:
        why = f"{root} cannot be written to: {error.strerror}."
        raise ApimlbError(why, next_step="Choose another one with --state.") from None


def _login(said: Common) -> str:
    found = subscription(os.environ, chosen=said.subscription)
    return f"subscription {found.name or found.id}"


def _network(said: Common) -> str:
    try:
        with socket.create_connection(_ARM, timeout=_SOON):
            return f"{_ARM[0]} answers"
    except OSError as error:
        raise ApimlbError(
            f"{_ARM[0]} does not answer: {error.strerror or error}.",
            next_step="Check the network and HTTPS_PROXY; `apimlb deploy --local` needs neither.",
        ) from None


def _local_azure(said: Common) -> str:
    endpoint = process.running(said.local_azure)
    return f"gateway {endpoint.gateway_url}, ARM {endpoint.arm_url}"


def _stack(said: Common) -> str:
    session = open_session(said)
    if session.names.is_guest:
        raise_first(_hosted(session))
    trouble, mend = trouble_of_last_run(session)
    try:
        found = f"{session.stack.name} at {gateway_url(session)}"
    except NotFoundError as error:
        if trouble:
            raise Advice(error.what, error.next_step) from None
        raise Advice(f"{session.stack.name} is not deployed", "`apimlb deploy` deploys it.") from None
    if trouble:
        raise Advice(f"{found}; {trouble}", mend)
    return found


def _hosted(session: Session) -> list[ApimlbError]:
    """What keeps the gateway of others that the file names from taking the stack in."""
    group = session.group()
    wanted = session.desired(group)
    seen = survey(session.cloud, wanted, group)
    return [*hosting.problems(plan(wanted, seen.replies, seen.strays), seen)]


def _demo(said: Common) -> str:
    if find_spec("openai") is None:
        raise Advice(
            "the demo needs the openai SDK",
            "`pip install 'apimlb[demo]'`; with pipx: `pipx inject apimlb openai`.",
        )
    return "the openai SDK is installed"
