"""Policies as texts: the stack's own, and those of the reference stacks as files."""

from pathlib import Path
from shlex import quote

from apimlb.cli.stack_settings import stack_of
from apimlb.cli.workspace import Workspace
from apimlb.errors import ConfigError
from apimlb.render import references, render


def render_policy(place: Workspace, strategy: str | None) -> str:
    """The policy of the stack in the workspace's file."""
    return render(stack_of(place, {"strategy": strategy}))


def render_references(folder: Path, *, check: bool) -> None:
    """Write the reference stacks' policies; with `check` raise `ConfigError` where a file differs instead."""
    for name, policy in references().items():
        path, text = folder / name, policy.encode()
        if not check:
            folder.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text)
        elif not path.is_file() or path.read_bytes() != text:
            raise ConfigError(
                "The file is not what its template renders to.",
                where=str(path),
                next_step=f"Run `apimlb render --references {quote(str(folder))}`, look at the difference.",
            )
