"""The commands. Each imports what it works with when it runs, so that `--help` costs little."""

import sys
import tempfile
import traceback
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from apimlb.cli import clients, keys, local, policy, simulate
from apimlb.cli.applications import App, Form, printed
from apimlb.cli.hints import learn
from apimlb.cli.options import (
    Config,
    Format,
    Local,
    OnSoftDeleted,
    Output,
    Prune,
    StackName,
    State,
    Subscription,
    Yes,
    placed,
)
from apimlb.cli.prose import complain, leave_unread, say, show, show_json, speak_plainly
from apimlb.errors import ApimlbError, Interrupted, from_system
from apimlb.files import replace_file

app = typer.Typer(
    name="apimlb",
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
app.add_typer(policy.app, name="policy")
learn(lambda: typer.main.get_command(app))
app.command("simulate")(simulate.simulate)
app.command("capacity")(simulate.capacity)


def _show_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version  # deferred: only this needs it

        show(f"apimlb {version('apimlb')}")
        raise typer.Exit


@app.callback()
def _everywhere(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and leave."),
    ] = False,
) -> None:
    """What can be said before any command."""


DETAILED = "--detailed-exitcode"
StrategyName = Annotated[
    str | None, typer.Option("--strategy", help="backend-pool or retry, whatever the file says.")
]
TierName = Annotated[str | None, typer.Option("--tier", help="The APIM tier, whatever the file says.")]


@app.command()
def deploy(
    where: Local = None,
    stack: StackName = "",
    strategy: StrategyName = None,
    tier: TierName = None,
    yes: Yes = False,
    prune: Prune = False,
    on_soft_deleted: OnSoftDeleted = None,
    saved: Annotated[
        Path | None,
        typer.Option("--plan", metavar="FILE", help="Carry out a saved plan, if it still holds."),
    ] = None,
    output: Output = Format.TEXT,
    config: Config = "",
    state: State = "",
    subscription: Subscription = "",
) -> None:
    """Plan, show, ask, provision; the last line is the gateway's URL."""
    from apimlb.cli import flows
    from apimlb.cli.wiring import open_session

    overrides = {"strategy": strategy, "tier": tier}
    place = placed(where, stack, config, state)
    session = open_session(place, chosen=subscription, overrides=overrides, start_local=True)
    deployed = flows.deploy(session, flows.Consent(yes, prune, on_soft_deleted, saved))
    if output is Format.JSON:
        show_json(deployed.document())
    else:
        show(deployed.gateway_url)


@app.command()
def plan(
    where: Local = None,
    stack: StackName = "",
    strategy: StrategyName = None,
    tier: TierName = None,
    detailed_exitcode: Annotated[
        bool, typer.Option(DETAILED, help="Exit with 2 when something would change, with 1 on any error.")
    ] = False,
    on_soft_deleted: OnSoftDeleted = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Save it for `deploy --plan FILE`.", show_default=False),
    ] = None,
    output: Output = Format.TEXT,
    config: Config = "",
    state: State = "",
    subscription: Subscription = "",
) -> None:
    """Show what `deploy` would do; change nothing."""
    from apimlb.cli import flows
    from apimlb.cli.wiring import open_session

    overrides = {"strategy": strategy, "tier": tier}
    place = placed(where, stack, config, state)
    session = open_session(place, chosen=subscription, overrides=overrides, start_local=True)
    made = flows.preview(session, quiet=output is Format.JSON, on_soft_deleted=on_soft_deleted)
    if output is Format.JSON:
        show_json(flows.plan_document(made))
    if out is not None:
        flows.save_plan(made, out)
    if detailed_exitcode and not made.is_empty:
        raise ChangesPlanned


@app.command("set-capacity")
def set_capacity(
    capacity: Annotated[int, typer.Argument(metavar="N", help="Thousands of tokens per minute.")],
    account: Annotated[str, typer.Option(help="Only on this account.", show_default=False)] = "",
    deployment: Annotated[str, typer.Option(help="Only this deployment.", show_default=False)] = "",
    where: Local = None,
    stack: StackName = "",
    output: Output = Format.TEXT,
    config: Config = "",
    state: State = "",
    subscription: Subscription = "",
) -> None:
    """Give every deployment of every account N,000 tokens per minute, in place."""
    from apimlb.cli import flows
    from apimlb.cli.wiring import open_session

    session = open_session(placed(where, stack, config, state), chosen=subscription)
    changed = flows.set_capacity(session, capacity, account=account, deployment=deployment)
    if output is Format.JSON:
        show_json(changed)


@app.command("gateway-url")
def gateway_url(
    where: Local = None,
    stack: StackName = "",
    config: Config = "",
    state: State = "",
    subscription: Subscription = "",
) -> None:
    """Print the gateway's URL and nothing else."""
    from apimlb.cli import flows
    from apimlb.cli.wiring import open_session

    session = open_session(placed(where, stack, config, state), chosen=subscription)
    show(flows.gateway_url(session))


@app.command()
def env(
    for_app: Annotated[App, typer.Option("--app", help="The app that will read them.")] = App.OPENAI_SDK,
    form: Annotated[Form, typer.Option("--format", help="How to print them.")] = Form.DOTENV,
    where: Local = None,
    stack: StackName = "",
    config: Config = "",
    state: State = "",
    subscription: Subscription = "",
) -> None:
    """Print what an app needs to use the gateway: endpoint, key, deployments. Holds the key: keep it safe."""
    from apimlb.cli import flows
    from apimlb.cli.applications import variables
    from apimlb.cli.wiring import open_session

    session = open_session(placed(where, stack, config, state), chosen=subscription)
    show(printed(form, variables(for_app, flows.endpoint(session))))


@app.command()
def destroy(
    purge: Annotated[
        bool,
        typer.Option("--purge", help="Purge gateway and accounts too: names and quota are free at once."),
    ] = False,
    location: Annotated[
        str, typer.Option(help="The gateway's location, whatever the file says.", show_default=False)
    ] = "",
    where: Local = None,
    stack: StackName = "",
    yes: Yes = False,
    config: Config = "",
    state: State = "",
    subscription: Subscription = "",
) -> None:
    """Delete what the stack has in Azure, and nothing else."""
    from apimlb.cli import flows
    from apimlb.cli.wiring import open_session

    place, overrides = placed(where, stack, config, state), {"location": location or None}
    session = open_session(place, chosen=subscription, overrides=overrides)
    flows.destroy(session, purge=purge, yes=yes)


@app.command()
def render(
    references: Annotated[
        Path | None, typer.Option(help="Write the reference stacks' policies there.", show_default=False)
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail when it would differ.")] = False,
    stack: StackName = "",
    strategy: StrategyName = None,
    config: Config = "",
) -> None:
    """Print the policy of the stack's API, compiled as Azure would."""
    from apimlb.cli import flows

    if references is not None:
        flows.render_references(references, check=check)
        return
    text = flows.render_policy(placed(None, stack, config, ""), strategy)
    if not check:
        show(text)


@app.command()
def demo(
    keep: Annotated[bool, typer.Option("--keep", help="Leave everything running at the end.")] = False,
    strategy: StrategyName = None,
    state: State = "",
) -> None:
    """Drive chat traffic past an account's quota on the local Azure; fail if a client notices."""
    from apimlb.cli.demo import show_it_work
    from apimlb.cli.workspace import workspace

    show_it_work(workspace(local=True, stack="demo", state=state), strategy=strategy, keep=keep)


class ChangesPlanned(SystemExit):
    """`plan --detailed-exitcode` found something to do."""

    def __init__(self) -> None:
        super().__init__(2)


def run() -> None:
    """Run the command line; an error ends in its message and exit code, never in a traceback.

    With `--detailed-exitcode`, where 2 means changes, every error ends in 1.
    """
    speak_plainly()
    try:
        app()
    except SystemExit as end:
        if end.code in (0, None) or isinstance(end, ChangesPlanned):
            raise
        sys.exit(_code(end.code))
    except ApimlbError as error:
        _end(error)
    except KeyboardInterrupt:
        _end(Interrupted("Stopped.", next_step="Run the same command again."))
    except BrokenPipeError:
        leave_unread()
    except OSError as error:
        refused = from_system(error)
        if refused is None:
            _confess(error)
        _end(refused)
    except Exception as error:
        _confess(error)


def _end(error: ApimlbError) -> NoReturn:
    complain(error)
    sys.exit(_code(error.exit_code))


def _code(code: str | int | None) -> str | int | None:
    return 1 if DETAILED in sys.argv else code


def _confess(error: Exception) -> NoReturn:
    """The last door: a bug of ours, told as one. Its details go where only its owner reads them."""
    details = "".join(traceback.format_exception(error)).encode(errors="backslashreplace")
    log = Path("apimlb-error.log")
    try:
        replace_file(log, details)
    except OSError:
        log = Path(tempfile.mkdtemp(prefix="apimlb-")) / log
        replace_file(log, details)
    say(f"Error: apimlb failed in a way it should not: {type(error).__name__}.")
    say(f"  where: {log}")
    say("  next:  Look through that file for what nobody else should read, then report it with the rest.")
    sys.exit(_code(70))
