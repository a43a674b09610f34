"""The console script. `gateway-url` is answered out of the stack's cache and `--help` out of a file, before
anything heavy is imported.

Shell scripts call `$(apimlb gateway-url)` often; a process that imports Typer takes several times as long as
one that reads a small file.
"""

import gc
import json
import os
import sys
from pathlib import Path

_INTERRUPTED = 130
_USUAL = 80
"""Columns for which the texts in help/ are written; wider ones show the same."""
_MADE_AT_START = 100_000
"""Objects that are made before the collector looks for garbage. `plan` makes some 135,000, of which all but
2,000 stay; looking through them 280 times, as is usual, took a tenth of its time."""
_COMMAND = "gateway-url"
_WITHOUT_EFFECT = ("--quiet", "-q", "--verbose", "-v", "--yes", "-y", "--no-color")
_WITH_VALUE = {"--stack": "stack", "--state": "state", "--config": "config"}


def main() -> None:
    """Run the command in `sys.argv`."""
    arguments = sys.argv[1:]
    try:
        text = _help(arguments) if arguments[-1:] in (["--help"], ["-h"]) else ""
        if not text and _COMMAND in arguments:
            text = _cached_url(arguments)
        if text:
            _show(text, arguments)
            return
        gc.set_threshold(_MADE_AT_START)
        from apimlb.cli.app import run  # deferred: Typer and the commands are not needed above
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)
    run()


def _show(text: str, arguments: list[str]) -> None:
    from apimlb.cli.prose import show  # deferred, for every other command

    try:
        show(text)
    except OSError as error:
        from apimlb.cli.endings import end_with  # deferred: a disk is seldom full

        end_with(error, arguments)


def _help(arguments: list[str]) -> str:
    """The help of the command, as it is kept for terminals of the usual width; empty where it is not kept."""
    words = arguments[:-1]
    if _columns() < _USUAL or not all(word.replace("-", "").isalpha() and word[0] != "-" for word in words):
        return ""
    file = Path(__file__).with_name("help") / f"{' '.join(['apimlb', *words])}.txt"
    try:
        return file.read_text("utf-8").removesuffix("\n")
    except OSError:
        return ""


def _columns() -> int:
    try:
        return int(os.environ.get("COLUMNS") or os.get_terminal_size().columns)
    except (OSError, ValueError):
        return _USUAL


def _cached_url(arguments: list[str]) -> str:
    """The URL in the stack's cache; empty when there is none, or anything else is asked for."""
    from apimlb.cli.workspace import workspace  # deferred, for every other command
    from apimlb.deploy.state import read_state

    options: dict[str, str | bool] = {}
    words: list[str] = []
    waiting = iter(arguments)
    for argument in waiting:
        name, equals, value = argument.partition("=")
        if argument in ("--local", "--azure"):
            options["local"] = argument == "--local"
        elif name in _WITH_VALUE:
            options[_WITH_VALUE[name]] = value if equals else next(waiting, "")
        elif argument not in _WITHOUT_EFFECT:
            words.append(argument)
    if words != [_COMMAND]:
        return ""
    try:
        place = workspace(**options)  # type: ignore[arg-type]
        known = read_state(place.directory) or {}
        if place.local and _has_moved(place.local_azure / "endpoint.json", known["gateway_url"]):
            return ""
        asked = os.environ.get("AZURE_SUBSCRIPTION_ID", "")
        if asked and not options.get("local") and known["subscription_id"] != asked:
            return ""
        return str(known["gateway_url"])
    except Exception:  # whatever is wrong, the whole command says so better
        return ""


def _has_moved(endpoint: Path, url: str) -> bool:
    """Whether the local Azure runs, and at other ports than when the stack was deployed."""
    try:
        return str(json.loads(endpoint.read_bytes())["gateway_url"]) != url
    except FileNotFoundError:
        return False
