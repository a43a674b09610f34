"""Where a command's files are: the stack's name, its directory, the local Azure's. Standard library only.

.apimlb/                     --state, else APIMLB_STATE, else here
    <stack>/                 the cache and journal of a stack on Azure
    local/                   the local Azure: its database, certificate and endpoint
    local/stacks/<stack>/    the cache and journal of a stack on it
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from apimlb.errors import ConfigError

CONFIG = "apimlb.toml"
STACK = "apimlb"


class Workspace(NamedTuple):
    """The files of one stack on one target; a named tuple, since importing dataclasses takes too long."""

    root: Path
    config: Path
    stack: str
    local: bool

    @property
    def local_azure(self) -> Path:
        return self.root / "local"

    @property
    def directory(self) -> Path:
        return (self.local_azure / "stacks" if self.local else self.root) / self.stack


def workspace(
    *,
    local: bool | None = None,
    stack: str = "",
    state: str = "",
    config: str = "",
    environ: Mapping[str, str] = os.environ,
) -> Workspace:
    """The flag first, then the environment, then the file, then the default; raises `ConfigError`."""
    named = config or environ.get("APIMLB_CONFIG", "")
    file = Path(named or CONFIG)
    if named and not file.is_file():
        setting = "--config" if config else "APIMLB_CONFIG"
        what = "This is a folder, not a file." if file.is_dir() else "There is no such file."
        raise ConfigError(what, where=named, next_step=f"Name the stack's file with {setting}.")
    name = stack or environ.get("APIMLB_STACK") or _name_in(file) or STACK
    if name == "local":
        raise ConfigError(
            "A stack cannot be called local.", where=str(file), next_step="Choose another name."
        )
    return Workspace(
        root=Path(state or environ.get("APIMLB_STATE") or ".apimlb"),
        config=file,
        stack=name,
        local=_is_local(environ.get("APIMLB_TARGET", "")) if local is None else local,
    )


def _is_local(target: str) -> bool:
    if target not in ("", "azure", "local"):
        raise ConfigError(
            f"APIMLB_TARGET is {target!r}.", where="the environment", next_step="Set it to azure or local."
        )
    return target == "local"


def _name_in(file: Path) -> str:
    if not file.is_file():
        return ""
    import tomllib  # deferred: as slow as the rest of the fast path

    try:
        with file.open("rb") as opened:
            return str(tomllib.load(opened).get("name", ""))
    except (OSError, ValueError, RecursionError):
        return ""  # whoever needs the rest of the file says what is wrong with it
