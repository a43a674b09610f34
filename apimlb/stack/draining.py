"""Accounts that somebody took out by hand, until they are taken in again: a tag on the resource group.

    apimlb-drained = eastus2,westus3

The file does not know of it, so that every command reads it before it says what the stack wants: a deploy in
the meantime leaves the account out.
"""

from collections.abc import Iterable

from apimlb.errors import ConflictError
from apimlb.stack.config import Stack
from apimlb.stack.resources import Json

TAG = "apimlb-drained"
LIST = "apimlb-drained"
"""The named value in which the policy of the strategy without pools reads who is sent nothing: names, each
with a comma behind it."""
NOBODY = "none"
"""What stands there instead of names: a named value cannot be empty."""
LONGEST = 256
"""Characters in a tag's value (Microsoft Learn, Use tags to organize your Azure resources)."""


def drained_in(group: Json | None, stack: Stack) -> frozenset[str]:
    """The stack's accounts that are out, by the tag of its group; names that the file lost do not count."""
    told = str(((group or {}).get("tags") or {}).get(TAG) or "").split(",")
    return frozenset(told) & {account.name for account in stack.accounts}


def listed(out: Iterable[str]) -> str:
    """The names as the policy reads them."""
    return "".join(f"{name}," for name in sorted(out)) or NOBODY


def names_in(value: object) -> frozenset[str]:
    """The names in what the policy reads."""
    return frozenset(str(value or "").split(",")) - {"", NOBODY}


def tags_with(group: Json, out: Iterable[str]) -> Json:
    """The group's tags when these accounts are out; raises `ConflictError` when a tag cannot hold them."""
    tags = {name: value for name, value in (group.get("tags") or {}).items() if name != TAG}
    told = ",".join(sorted(out))
    if len(told) > LONGEST:
        raise ConflictError(
            "More accounts are drained than a tag can name.",
            where=str(group.get("name") or ""),
            why=f"The tag that says who is out holds {LONGEST} characters.",
            next_step="Take some of them out of the stack's file instead.",
        )
    return {**tags, TAG: told} if told else tags


def require_one_left(stack: Stack, out: Iterable[str]) -> None:
    """Raise `ConflictError` when nobody would be left to answer."""
    if not {account.name for account in stack.accounts} - set(out):
        raise ConflictError(
            "No account would be left to answer: every one of the stack's file is drained.",
            where=f"stack {stack.name}",
            why="A gateway without an account refuses every request.",
            next_step="Take one in with `apimlb undrain ACCOUNT` first.",
        )
