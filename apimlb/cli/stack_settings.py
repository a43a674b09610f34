"""The stack that the file, the environment and the flags describe. Nothing here needs Azure."""

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from apimlb.cli.workspace import STACK, Workspace
from apimlb.errors import ConfigError
from apimlb.stack import config
from apimlb.stack.config import Stack
from apimlb.stack.settings import Assignment, Literal, Settings, in_environment, settled


def stack_of(place: Workspace, overrides: Mapping[str, Any]) -> Stack:
    """The stack in the workspace's file, with what the environment and flags say instead; raises
    `ConfigError` for all that is wrong in any of them."""
    made, wrong = settings_of(place, overrides)
    return config.parse(made.tables, source=str(place.config), blamed=made.blamed, wrong=wrong)


def settings_of(place: Workspace, overrides: Mapping[str, Any]) -> tuple[Settings, list[ConfigError]]:
    """The settings of the stack, each with where it comes from: flag, environment, file or default; and what
    is wrong: what is no setting or value, and the name of another stack than the workspace's.

    `overrides` are the flags' values by the path of their setting, `None` for one that was not given. Raises
    `ConfigError` for a file that cannot be read.
    """
    file = config.load(place.config)
    said, wrong = in_environment(os.environ, config.Stack.known(()))
    if place.stack not in (str(file.get("name")), STACK):
        origin = "APIMLB_STACK" if os.environ.get("APIMLB_STACK") == place.stack else f"--stack {place.stack}"
        said.append(Assignment("name", place.stack, origin))
    for path, value in overrides.items():
        if value is not None:
            said.append(Assignment(path, value, _flag(path, value)))
    made, nowhere = settled(file, str(place.config), said, config.defaults())
    made.tables["name"] = place.stack
    return made, [*wrong, *_other_names(place.stack, said), *nowhere]


def _other_names(stack: str, said: Iterable[Assignment]) -> Iterator[ConfigError]:
    """Which stack a command is for is known before its settings are read, so no setting tells it."""
    for other in said:
        if other.path == "name" and str(other.value) != stack:
            yield ConfigError(
                f"This names another stack than {stack}.",
                where=other.origin,
                why="Which stack is meant is said by --stack, APIMLB_STACK or the file's name.",
                next_step=f"Say --stack {other.value} in its place.",
            )


def _flag(path: str, value: Any) -> str:
    """How a setting is said on the command line."""
    if isinstance(value, Literal):
        return f"--set {path}={value}"
    if path.endswith(".capacity") or ".capacity." in path:
        words = path.split(".")
        place = words[1] if len(words) == 3 else f"{words[1]}/{words[3]}"
        return f"--capacity {value}" if place == "*" else f"--capacity {place}={value}"
    if isinstance(value, bool):
        return f"--{path}" if value else f"--no-{path}"
    return f"--{path} {value}" if isinstance(value, str) and "." not in path else f"--set {path}={value}"
