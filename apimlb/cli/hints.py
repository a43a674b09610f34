"""Next commands as they may be copied: with the flags that led this command where it works.

Whoever says what to do next, in any room, names the command in backticks and bare (`apimlb deploy`); here it
gets those of the user's own flags that say which stack, on which cloud, described in which file, and that it
accepts. What the environment says stays there for the next command, too.
"""

import os
import re
import shlex
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

_TARGETS = ("--local", "--azure")
_NAMED = ("--stack", "--config", "--state", "--subscription", "--strategy", "--tier")
_LONG = 120
_VALUED = (*_NAMED, "--output", "-o")
_COMMAND = re.compile(r"`apimlb ([^`]+)`")
_FILE = re.compile(r"(?<![\w./-])apimlb\.toml\b")
_LOGIN = re.compile(r"`az (login|account)\b(?! list-locations)")
_RESTART = (
    "Run the same command again; if it fails again, start the local Azure anew: `apimlb local down`, then "
    "`apimlb local up`."
)
_DEMO = (("--local",), ("--stack", "demo"))
"""What `apimlb demo` works on without being told."""

Flag = tuple[str, ...]
"""An option as it was given: its name, and its value where it has one."""


def given(arguments: Sequence[str]) -> tuple[Flag, ...]:
    """The flags in a command line that say where it works; the last of several that contradict each other."""
    found: dict[str, Flag] = {}
    for name, *value in _flags(arguments):
        found["--local" if name in _TARGETS else name] = (name, *value)
    implied = _DEMO if next(_words(arguments), "") == "demo" else ()
    return (*implied, *found.values())


def _flags(arguments: Sequence[str]) -> Iterator[Flag]:
    waiting = iter(arguments)
    for argument in waiting:
        name, equals, value = argument.partition("=")
        if argument in _TARGETS:
            yield (argument,)
        elif name in _NAMED:
            yield (name, value if equals else next(waiting, ""))


def _words(arguments: Sequence[str]) -> Iterator[str]:
    """What is neither an option nor the value of one of those that say where."""
    waiting = iter(arguments)
    for argument in waiting:
        if argument in _VALUED:
            next(waiting, "")
        elif not argument.startswith("-"):
            yield argument


def completed(text: str, arguments: Sequence[str] | None = None) -> str:
    """The text, each command in it with the flags of the command line `arguments` (this process's unless
    given)."""
    if "`apimlb " not in text:
        return text
    flags = given(sys.argv[1:] if arguments is None else arguments)
    return _COMMAND.sub(lambda found: f"`{_aimed(found[1], flags)}`", text)


def command(text: str) -> str:
    """A command to stand alone in its line: `env` -> `apimlb env --local`, as this process was called."""
    return _aimed(text, given(sys.argv[1:]))


def about_file(text: str, arguments: Sequence[str] | None = None) -> str:
    """The text, with the user's own file where it speaks of `apimlb.toml`."""
    flags = dict(f for f in given(sys.argv[1:] if arguments is None else arguments) if len(f) == 2)
    file = flags.get("--config", "")
    return _FILE.sub(lambda found: file, text) if file else text


def repeated(text: str, arguments: Sequence[str]) -> str:
    """The text, with the command line itself for "the same command"; a long one is not written out."""
    line = shlex.join(["apimlb", *arguments])
    return text if len(line) > _LONG else text.replace("the same command", f"`{line}`")


def without_login(text: str, arguments: Sequence[str], environ: Mapping[str, str] = os.environ) -> str:
    """The text; on the local Azure, where nobody logs in, what starts it anew instead of a login to Azure."""
    targets = [flag[0] for flag in given(arguments) if flag[0] in _TARGETS]
    local = targets[-1:] == ["--local"] or (not targets and environ.get("APIMLB_TARGET") == "local")
    return _RESTART if local and _LOGIN.search(text) else text


def _aimed(text: str, flags: Sequence[Flag]) -> str:
    said = text.split()
    if "--help" in said:
        return f"apimlb {text}"
    accepted = options(text)
    target = {*_TARGETS} if {*_TARGETS} & {*said} else set()
    fitting = [f for f in flags if f[0] in accepted and f[0] not in said and f[0] not in target]
    return " ".join(["apimlb", text, *(shlex.join(flag) for flag in fitting)])


def options(text: str) -> frozenset[str]:
    """The options that the command reads with which the text begins; raises `LookupError` for no command."""
    if not _known:
        return frozenset()
    found = _known[0]()
    for word in text.split():
        below = getattr(found, "commands", None)
        if below is None or word.startswith("-"):
            break
        found = below[word]
    return frozenset(
        name
        for each in found.params
        if not getattr(each, "hidden", False)
        for name in (*each.opts, *each.secondary_opts)
    )


_known: list[Callable[[], Any]] = []


def learn(tree: Callable[[], Any]) -> None:
    """Say how to get at all commands as a tree: they import what talks, which imports this."""
    _known[:] = [cache(tree)]
