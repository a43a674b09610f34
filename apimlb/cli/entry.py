"""The console script. `gateway-url` is answered out of the stack's cache before anything heavy is imported.

Shell scripts call `$(apimlb gateway-url)` often; a process that imports Typer takes several times as long as
one that reads a small file.
"""

import json
import os
import sys

_WITH_VALUE = {"--stack": "stack", "--state": "state", "--config": "config"}


def main() -> None:
    """Run the command in `sys.argv`."""
    arguments = sys.argv[1:]
    url = _cached_url(arguments[1:]) if arguments[:1] == ["gateway-url"] else ""
    if url:
        print(url)  # noqa: T201 the answer
        return
    from apimlb.cli.app import run  # deferred: Typer and the commands are not needed above

    run()


def _cached_url(arguments: list[str]) -> str:
    """The URL in the stack's cache; empty when there is none, or anything else is asked for."""
    from apimlb.cli.workspace import workspace  # deferred, for every other command

    options: dict[str, str | bool] = {}
    waiting = iter(arguments)
    for argument in waiting:
        name, equals, value = argument.partition("=")
        if argument in ("--local", "--azure"):
            options["local"] = argument == "--local"
        elif name in _WITH_VALUE:
            options[_WITH_VALUE[name]] = value if equals else next(waiting, "")
        else:
            return ""
    try:
        state = workspace(**options).directory / "state.json"  # type: ignore[arg-type]
        known = json.loads(state.read_bytes())
        asked = os.environ.get("AZURE_SUBSCRIPTION_ID", "")
        if asked and not options.get("local") and known["subscription_id"] != asked:
            return ""
        return str(known["gateway_url"])
    except Exception:  # whatever is wrong, the whole command says so better
        return ""
