"""`apimlb local fault`, `clock`, `token`, `env`: what tests do to a running local Azure, and clients read."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from apimlb.cli.answers import Answer
from apimlb.cli.applications import Form, printed
from apimlb.cli.grammar import Group, common, verb
from apimlb.cli.options import STATE, Common
from apimlb.cli.prose import say
from apimlb.errors import ConfigError

fault = typer.Typer(
    cls=Group,
    no_args_is_help=True,
    help="Make requests fail on order. Faults end with the process: after `down` and `up` there are none.",
)
clock = typer.Typer(
    cls=Group, help="Show the local Azure's clock, stop it, move it forward. It never goes back."
)
ACCOUNT = verb(STATE, examples=("apimlb local account oai-apimlb-eastus2-1a2b3c4d --set pressure=2",))
TOKEN = verb(STATE, examples=("apimlb local token --audience https://cognitiveservices.azure.com",))
ENV = verb(STATE, examples=('eval "$(apimlb local env)"',))

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?)([smhd]?)")


def seconds(text: str) -> float:
    """`90`, `30s`, `5m`, `2h`, `1d` or several of them in a row (`1h30m`); raises `ConfigError`."""
    parts = _DURATION.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise ConfigError(
            f"{text!r} is not a length of time.", next_step="Write it like 30s, 5m, 2h or 1h30m."
        )
    return sum(float(number) * _UNITS[unit or "s"] for number, unit in parts)


def ask(said: Common, method: str, path: str, document: object = None) -> Any:
    """What the running local Azure answers at one of its own paths."""
    from apimlb.local import process

    return process.control(said.local_azure, method, f"/apimlb/{path}", document)


Pattern = Annotated[
    str,
    typer.Option(
        metavar="PATTERN",
        help="Requests to a URL like this: * and ? stand for anything. With a slash in front only what "
        "follows the host is compared; the query may be left out.",
    ),
]
ResourceType = Annotated[
    str,
    typer.Option(
        metavar="PATTERN",
        help="Only requests to resources of this type: Microsoft.ApiManagement/service/apis, or */apis.",
    ),
]
Plane = Annotated[
    str,
    typer.Option(
        help="Only requests to arm, entra, gateway, openai (the accounts), safety or outside.",
        show_default=False,
    ),
]
Lasting = Annotated[
    str, typer.Option("--for", metavar="DURATION", help="Only for so long: 90s, 10m.", show_default=False)
]
Status = Annotated[int, typer.Option(min=0, max=599, help="Answer with this status.", show_default=False)]
Code = Annotated[
    str,
    typer.Option(
        help="Answer with this error in Azure's words: RequestConflict, TooManyRequests, "
        "ExpiredAuthenticationToken …; a code that is not known needs a status.",
        show_default=False,
    ),
]
HeaderLines = Annotated[
    list[str] | None,
    typer.Option(metavar="'NAME: VALUE'", help="With this header; may be repeated.", show_default=False),
]
RetryAfter = Annotated[
    str, typer.Option(help="With Retry-After: seconds, or anything else.", show_default=False)
]
Applied = Annotated[
    bool, typer.Option("--applied", help="Do what was asked all the same, and only then answer so.")
]
Ending = Annotated[
    str,
    typer.Option(
        metavar="END",
        help="Let the long-running operations that are started end so: failed, canceled, garbage (who asks "
        "after one gets half a document) or vanished (who asks gets 404).",
        show_default=False,
    ),
]
Cut = Annotated[
    int, typer.Option(help="Close it after so many chunks of the answer.", show_default=False, min=-1)
]


@fault.command(
    "add", cls=verb(STATE, examples=("apimlb local fault add --plane openai --status 503 --count 5",))
)
def add_fault(
    context: typer.Context,
    url: Pattern = "*",
    method: Annotated[str, typer.Option(help="Only requests with this method.")] = "*",
    type: ResourceType = "*",
    plane: Plane = "",
    skip: Annotated[int, typer.Option(help="Let so many by first.", min=0)] = 0,
    count: Annotated[int, typer.Option(help="So many requests; 0 for all.", min=0)] = 0,
    lasting: Lasting = "0s",
    status: Status = 0,
    code: Code = "",
    body: Annotated[str, typer.Option(help="With this body.", show_default=False)] = "",
    header: HeaderLines = None,
    retry_after: RetryAfter = "",
    delay: Annotated[str, typer.Option(help="Wait before the answer: 30s, 5m, 0.5s.")] = "0s",
    reset: Annotated[bool, typer.Option("--reset", help="Close the connection without an answer.")] = False,
    applied: Applied = False,
    operation: Ending = "",
    cut: Cut = -1,
) -> Answer:
    """Order a fault and print its number. Of several that fit a request the oldest happens."""
    headers = [_header(text) for text in header or []]
    if retry_after:
        headers.append(["Retry-After", retry_after])
    asked = {
        "url": url,
        "method": method,
        "type": type,
        "plane": plane,
        "skip": skip,
        "count": count,
        "seconds": seconds(lasting),
        "status": status,
        "code": code,
        "body": body,
        "headers": headers,
        "delay": seconds(delay),
        "reset": reset,
        "applied": applied,
        "operation": operation,
        "cut": cut,
    }
    made = ask(common(context), "POST", "faults", asked)
    say(f"Ordered: {described(made)}.")
    return Answer(made, [str(made["id"])])


@fault.command("list", cls=verb(STATE, examples=("apimlb local fault list",)))
def list_faults(context: typer.Context) -> Answer:
    """Show what was ordered, and how often each has happened."""
    found = ask(common(context), "GET", "faults")
    return Answer(found, [f"{row['id']:>3}  {row['happened']:>5} ×  {described(row)}" for row in found])


@fault.command("clear", cls=verb(STATE, examples=("apimlb local fault clear", "apimlb local fault clear 3")))
def clear_faults(
    context: typer.Context,
    id: Annotated[int | None, typer.Argument(metavar="[ID]", help="Only this one.")] = None,
) -> Answer:
    """Take faults back."""
    told = ask(common(context), "DELETE", "faults" if id is None else f"faults/{id}")
    say(f"{told['cleared']} taken back.")
    return Answer(told)


def account(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="ACCOUNT", help="Its name, as `status` shows it.")],
    set: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="NAME=VALUE",
            help="Such as pressure=2, token_seconds=0.02, rate_headers=stale, charging=words.",
            show_default=False,
        ),
    ] = None,
) -> Answer:
    """Make one account behave otherwise than all do. Until the local Azure stops, or without --set."""
    path = f"accounts/{quote(name, safe='')}"
    if set:
        told = ask(common(context), "PUT", path, dict(_pair(text) for text in set))
        say(f"{name}: {', '.join(f'{key} = {json.dumps(value)}' for key, value in told.items())}.")
        return Answer({"account": name, "behaviour": told})
    ask(common(context), "DELETE", path)
    say(f"{name} behaves as all do.")
    return Answer({"account": name, "behaviour": {}})


def _pair(text: str) -> tuple[str, Any]:
    """`name=value`, the value as JSON or, where it is none, as the text that it is."""
    name, equals, value = text.partition("=")
    if not equals:
        raise ConfigError(f"{text!r} has no value.", next_step="Write it like pressure=2.")
    try:
        return name.replace("-", "_"), json.loads(value)
    except ValueError:
        return name.replace("-", "_"), value


@clock.callback(invoke_without_command=True)
def show_clock(context: typer.Context) -> Answer | None:
    """Show where the clock stands; its place is kept with the state."""
    if context.invoked_subcommand is not None:
        return None
    return _standing(ask(common(context), "GET", "clock"))


@clock.command("freeze", cls=verb(STATE, examples=("apimlb local clock freeze",)))
def freeze_clock(context: typer.Context) -> Answer:
    """Stop it where it stands."""
    return _standing(ask(common(context), "POST", "clock", {"move": "freeze"}))


@clock.command("resume", cls=verb(STATE, examples=("apimlb local clock resume",)))
def resume_clock(context: typer.Context) -> Answer:
    """Let it go on from where it stands."""
    return _standing(ask(common(context), "POST", "clock", {"move": "resume"}))


@clock.command("advance", cls=verb(STATE, examples=("apimlb local clock advance 90s",)))
def advance_clock(
    context: typer.Context,
    by: Annotated[str, typer.Argument(metavar="DURATION", help="Like 30s, 5m, 2h or 1h30m.")],
) -> Answer:
    """Move it forward; whoever waits for less is woken. A frozen clock stays frozen."""
    asked = {"move": "advance", "seconds": seconds(by)}
    return _standing(ask(common(context), "POST", "clock", asked))


def token(
    context: typer.Context,
    audience: Annotated[
        str, typer.Option(help="Whom it is for; ARM unless given.", show_default=False)
    ] = "https://management.azure.com",
    app: Annotated[
        str, typer.Option(metavar="ID", help="Of the application with this client id.", show_default=False)
    ] = "",
    user: Annotated[
        str, typer.Option(metavar="ID", help="Of the user with this object id.", show_default=False)
    ] = "",
    identity: Annotated[
        str,
        typer.Option(metavar="ID", help="Of this managed identity: a name or an id.", show_default=False),
    ] = "",
    lifetime: Annotated[int, typer.Option("--seconds", help="How long it holds.", min=0)] = 3599,
    version: Annotated[str, typer.Option("--token-version", help="1.0 or 2.0.")] = "1.0",
    expired: Annotated[bool, typer.Option("--expired", help="It ended an hour ago.")] = False,
    other_tenant: Annotated[bool, typer.Option("--other-tenant", help="Another tenant's.")] = False,
    unsigned: Annotated[bool, typer.Option("--unsigned", help="With alg none.")] = False,
    unknown_key: Annotated[
        bool, typer.Option("--unknown-key", help="Signed with a key that is not published.")
    ] = False,
) -> Answer:
    """Print a token of the local Entra and nothing else. The owner's unless somebody is named."""
    kind, id = _named({"app": app, "user": user, "identity": identity})
    flaws = {
        "expired": expired,
        "other-tenant": other_tenant,
        "unsigned": unsigned,
        "unknown-key": unknown_key,
    }
    asked = {
        "audience": audience,
        "kind": kind,
        "id": id,
        "seconds": lifetime,
        "version": version,
        "flaws": [name for name, wanted in flaws.items() if wanted],
    }
    told = ask(common(context), "POST", "token", asked)
    return Answer(told, [told["token"]])


def env(
    context: typer.Context,
    form: Annotated[Form, typer.Option("--format", help="How to print them.")] = Form.SHELL,
) -> Answer:
    """Print what Azure's own clients need. It holds the owner's secret.

    For a shell: eval "$(apimlb local env)". In it HTTPS to anywhere else fails, for Python then trusts the
    local certificate instead of the usual ones.
    """
    from apimlb.local import process

    endpoint = process.running(common(context).local_azure)
    ca = str(Path(endpoint.ca).absolute())
    values = {
        "AZURE_SUBSCRIPTION_ID": endpoint.subscription_id,
        "AZURE_TENANT_ID": endpoint.tenant_id,
        "AZURE_CLIENT_ID": endpoint.client_id,
        "AZURE_CLIENT_SECRET": endpoint.client_secret,
        "AZURE_AUTHORITY_HOST": endpoint.arm_url,
        "APIMLB_ARM_ENDPOINT": endpoint.arm_url,
        "APIMLB_GATEWAY_URL": endpoint.gateway_url,
        "APIMLB_CA": ca,
        "REQUESTS_CA_BUNDLE": ca,
        "SSL_CERT_FILE": ca,
        "NODE_EXTRA_CA_CERTS": ca,
    }
    return Answer(values, [printed(form, values)])


def _named(principals: Mapping[str, str]) -> tuple[str, str]:
    """Kind and id of the one principal that was given, the owner for none."""
    given = [(kind, id) for kind, id in principals.items() if id]
    if len(given) > 1:
        options = " and ".join(f"--{kind}" for kind, _ in given)
        raise ConfigError(f"{options} name different principals.", next_step="Give one of them.")
    return given[0] if given else ("owner", "")


def _header(text: str) -> list[str]:
    name, colon, value = text.partition(":")
    if not colon or not name.strip():
        raise ConfigError(f"{text!r} is not a header.", next_step="Write it like 'Retry-After: 7'.")
    return [name.strip(), value.strip()]


def described(row: Mapping[str, Any]) -> str:
    """A fault in one line: which requests, how many, and what happens to them."""
    which = [row["method"] if row["method"] != "*" else "any", row["url"]]
    which += [f"of type {row['type']}"] if row["type"] != "*" else []
    which += [f"at {row['plane']}"] if row["plane"] else []
    what = [f"after {row['delay']:g} s"] if row["delay"] else []
    what += ["once it is done"] if row["applied"] else []
    what += [f"status {row['status']}"] if row["status"] else []
    what += [row["code"]] if row["code"] else []
    what += [f"its operation {row['operation']}"] if row["operation"] else []
    what += [f"{name}: {value}" for name, value in row["headers"]]
    what += ["reset"] if row["reset"] else []
    what += [f"cut after {row['cut']} chunks"] if row["cut"] >= 0 else []
    often = [f"after {row['skip']}"] if row["skip"] else []
    often += [f"{row['count']} times" if row["count"] else "always"]
    often += [f"for {row['seconds']:g} s"] if row["seconds"] else []
    return f"{' '.join(which)}, {' '.join(often)}: {', '.join(what)}"


def _standing(told: Mapping[str, Any]) -> Answer:
    """Where the clock stands, as the local Azure tells it."""
    ahead = told["ahead"]
    place = f"{abs(ahead):g} s {'ahead of' if ahead > 0 else 'behind'}" if ahead else "with"
    say(f"It {'stands still' if told['frozen'] else 'runs'}, {place} this machine's clock.")
    return Answer(told, [told["now"]])
