"""The commands. Each imports what it works with when it runs, so that `--help` costs little."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from apimlb.cli import (
    clients,
    draining,
    keys,
    loadtest,
    local,
    policy,
    quotas,
    resuming,
    setting_up,
    settings,
    simulate,
    status,
    tiers,
    verifying,
)
from apimlb.cli.answers import Answer
from apimlb.cli.applications import App, Form, printed
from apimlb.cli.contents import Contents
from apimlb.cli.endings import DETAILED, run_to_its_end
from apimlb.cli.grammar import common, verb
from apimlb.cli.hints import learn
from apimlb.cli.options import FILES, NOTHING, STATE, Hourly, OnSoftDeleted, Prune
from apimlb.cli.outputs import require_writable
from apimlb.cli.prose import say, show
from apimlb.errors import ConfigError

app = typer.Typer(
    name="apimlb",
    cls=Contents,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="One Azure API Management gateway in front of several Azure OpenAI accounts.",
)
app.add_typer(local.app, name="local")
app.add_typer(keys.app, name="keys")
app.add_typer(clients.app, name="clients")
app.add_typer(tiers.app, name="tiers")
app.add_typer(policy.app, name="policy")
app.add_typer(settings.app, name="config")
app.add_typer(loadtest.app, name="loadtest")
learn(lambda: typer.main.get_command(app))
app.command("status", cls=status.STATUS)(status.status)
app.command("list", cls=status.LIST)(status.list_stacks)
app.command("regions", cls=quotas.REGIONS)(quotas.regions)
app.command("resume", cls=resuming.RESUME)(resuming.resume)
app.command("drain", cls=draining.DRAIN)(draining.drain)
app.command("undrain", cls=draining.UNDRAIN)(draining.undrain)
app.command("verify-live", cls=verifying.VERIFY)(verifying.verify_live)


def _show_version(asked: bool) -> None:
    if asked:
        show(f"apimlb {_version()}")
        raise typer.Exit


def _version() -> str:
    from importlib.metadata import version  # deferred: only this needs it

    return version("apimlb")


@app.callback()
def _everywhere(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and leave."),
    ] = False,
) -> None:
    """What can be said before any command."""


@app.command(
    cls=verb(
        examples=(
            "apimlb deploy --local",
            "apimlb deploy --accounts eastus2,westus3 --capacity chat=50",
            "apimlb deploy agreed.json",
        )
    )
)
def deploy(
    context: typer.Context,
    strategy: settings.StrategyName = None,
    tier: settings.TierName = None,
    location: settings.Location = "",
    accounts: settings.Accounts = "",
    capacity: settings.Capacities = None,
    assigned: settings.Assigned = None,
    monitoring: settings.Monitored = None,
    prune: Prune = False,
    hourly: Hourly = False,
    no_wait: Annotated[
        bool,
        typer.Option("--no-wait", help="Leave when only Azure is at work; `apimlb resume` carries on."),
    ] = False,
    on_soft_deleted: OnSoftDeleted = None,
    plan_file: Annotated[
        Path | None, typer.Argument(metavar="[PLAN]", help="A saved plan: it is done if it still holds.")
    ] = None,
    saved: Annotated[
        Path | None, typer.Option("--plan", metavar="FILE", help="The same.", show_default=False)
    ] = None,
) -> Answer:
    """Plan, show, ask and provision. The last line is the gateway's URL."""
    from apimlb.cli import flows
    from apimlb.cli.consent import Consent, Where, read_plan, require_place, require_stack, where_of
    from apimlb.cli.next_steps import answered
    from apimlb.cli.wiring import open_session

    said, file = common(context), _one_plan(plan_file, saved)
    agreed = read_plan(file) if file is not None else None
    named = {"strategy": strategy, "tier": tier, "location": location, "monitoring": monitoring}
    flags = settings.overrides(assigned, accounts, capacity, **named)
    if agreed is not None:
        flags = {**agreed.settings, **{path: value for path, value in flags.items() if value is not None}}
        on_soft_deleted = on_soft_deleted or settings.soft_deleted(agreed.on_soft_deleted)
        require_stack(agreed, said.stack)
        said = said if said.stack else said.nearer({"stack": agreed.stack})
        require_place(agreed, Where(said.place.local))
    session = open_session(said, overrides=flags, start_local=True)
    if agreed is not None:
        require_place(agreed, where_of(session))
    consent = Consent(said.yes, prune, hourly, on_soft_deleted, agreed, waits=not no_wait)
    return answered(flows.deploy(session, consent))


def _one_plan(first: Path | None, second: Path | None) -> Path | None:
    """The saved plan that is named, in one way or the other; raises `ConfigError` for two."""
    if first and second and first != second:
        raise ConfigError(
            f"Two plans are named: {first} and {second}.", where="deploy", next_step="Name one of them."
        )
    return first or second


@app.command(cls=verb(examples=("apimlb plan", "apimlb plan --out agreed.json", f"apimlb plan {DETAILED}")))
def plan(
    context: typer.Context,
    strategy: settings.StrategyName = None,
    tier: settings.TierName = None,
    location: settings.Location = "",
    accounts: settings.Accounts = "",
    capacity: settings.Capacities = None,
    assigned: settings.Assigned = None,
    monitoring: settings.Monitored = None,
    detailed_exitcode: Annotated[
        bool, typer.Option(DETAILED, help="Exit with 2 when something would change, with 1 on any error.")
    ] = False,
    on_soft_deleted: OnSoftDeleted = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Save it for `deploy FILE`.", show_default=False),
    ] = None,
) -> Answer:
    """Show what `deploy` would do; change nothing."""
    from apimlb.cli import flows
    from apimlb.cli.consent import plan_document, save_plan, where_of
    from apimlb.cli.turns import usual_times
    from apimlb.cli.wiring import open_session

    said = common(context)
    named = {"strategy": strategy, "tier": tier, "location": location, "monitoring": monitoring}
    flags = settings.overrides(assigned, accounts, capacity, **named)
    require_writable(out, "--out")
    session = open_session(said, overrides=flags, start_local=True)
    made = flows.preview(session, quiet=said.json, on_soft_deleted=on_soft_deleted)
    if out is not None:
        save_plan(
            made.plan,
            out,
            stack=session.stack.name,
            where=where_of(session),
            settings=flags,
            on_soft_deleted=on_soft_deleted,
        )
    known = usual_times(session)
    document = {
        **plan_document(made.plan),
        "quotas": [row.document() for row in made.quotas],
        "usual_seconds": known.total(made.plan),
    }
    return Answer(document, code=CHANGED if detailed_exitcode and not made.plan.is_empty else 0)


@app.command("set-capacity", cls=verb(examples=("apimlb set-capacity 50 --deployment chat",)))
def set_capacity(
    context: typer.Context,
    capacity: Annotated[
        int, typer.Argument(metavar="N", help="Thousands of tokens per minute, or units where provisioned.")
    ],
    account: Annotated[str, typer.Option(help="Only on this account.", show_default=False)] = "",
    deployment: Annotated[str, typer.Option(help="Only this deployment.", show_default=False)] = "",
    hourly: Hourly = False,
) -> Answer:
    """Give each deployment N,000 tokens per minute, in place. A provisioned one gets N units (PTU)."""
    from apimlb.cli import flows
    from apimlb.cli.wiring import open_session

    session = open_session(common(context))
    where = {"account": account, "deployment": deployment}
    return Answer(flows.set_capacity(session, capacity, **where, hourly=hourly))


@app.command("gateway-url", cls=verb(examples=("curl $(apimlb gateway-url)/openai/v1/models",)))
def gateway_url(context: typer.Context) -> Answer:
    """Print the gateway's URL and nothing else."""
    from apimlb.cli import operating
    from apimlb.cli.wiring import open_session

    url = operating.gateway_url(open_session(common(context)))
    return Answer({"gateway_url": url}, [url])


@app.command(cls=verb(examples=("apimlb env --app python > .env", 'eval "$(apimlb env --format shell)"')))
def env(
    context: typer.Context,
    for_app: Annotated[App, typer.Option("--app", help="The app that will read them.")] = App.OPENAI_SDK,
    form: Annotated[Form, typer.Option("--format", help="How to print them.")] = Form.DOTENV,
) -> Answer:
    """Print what an app needs to use the gateway. It holds the key: keep it safe."""
    from apimlb.cli import operating
    from apimlb.cli.applications import NOTES, variables
    from apimlb.cli.wiring import open_session

    found = variables(for_app, operating.endpoint(open_session(common(context))))
    for note in NOTES[for_app]:
        say(f"Note: {note}")
    return Answer(found, [printed(form, found)])


@app.command(cls=verb(examples=("apimlb destroy --purge",)))
def destroy(
    context: typer.Context,
    purge: Annotated[
        bool,
        typer.Option("--purge", help="Purge gateway and accounts too: names and quota are free at once."),
    ] = False,
    location: Annotated[
        str, typer.Option(help="The gateway's location, whatever the file says.", show_default=False)
    ] = "",
) -> Answer:
    """Delete what the stack has in Azure, and nothing else."""
    from apimlb.cli import flows
    from apimlb.cli.wiring import open_session

    said = common(context)
    session = open_session(said, overrides={"location": location or None})
    return Answer(flows.destroy(session, purge=purge, yes=said.yes))


@app.command(cls=verb(FILES, examples=("apimlb render --strategy retry", "apimlb render --check")))
def render(
    context: typer.Context,
    references: Annotated[
        Path | None, typer.Option(help="Write the reference stacks' policies there.", show_default=False)
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail when it would differ.")] = False,
    strategy: settings.StrategyName = None,
) -> Answer:
    """Print the stack's policy, compiled as Azure would."""
    from apimlb.cli import rendering

    if references is not None:
        rendering.render_references(references, check=check)
        return Answer({"folder": str(references)})
    text = rendering.render_policy(common(context).place, strategy)
    return Answer({"policy": text}, [] if check else [text])


@app.command(cls=verb(STATE, examples=("apimlb demo", "apimlb demo --keep")))
def demo(
    context: typer.Context,
    keep: Annotated[bool, typer.Option("--keep", help="Leave everything running at the end.")] = False,
    strategy: settings.StrategyName = None,
) -> Answer:
    """Drive chat past a quota on the local Azure. Fails if a client notices."""
    from apimlb.cli.demo import show_it_work

    return show_it_work(common(context), strategy=strategy, keep=keep)


app.command("init", cls=setting_up.INIT)(setting_up.init)
app.command("doctor", cls=setting_up.DOCTOR)(setting_up.doctor)
app.command("open", cls=setting_up.OPEN)(setting_up.open_)
app.command("completion", cls=setting_up.COMPLETION)(setting_up.completion)
app.command("simulate", cls=simulate.SIMULATE)(simulate.simulate)
app.command("capacity", cls=simulate.CAPACITY)(simulate.capacity)


@app.command(cls=verb(NOTHING, examples=("apimlb version", "apimlb version --output json")))
def version() -> Answer:
    """Print the versions of apimlb and of what runs it."""
    from platform import platform, python_version  # deferred: only this needs them

    found = {"apimlb": _version(), "python": python_version(), "platform": platform()}
    return Answer(found, [f"{name} {value}" for name, value in found.items()])


CHANGED = 2
"""The exit code of `plan --detailed-exitcode` that found something to do."""


def run() -> None:
    """Run the command line in `sys.argv`."""
    run_to_its_end(typer.main.get_command(app), sys.argv[1:])
